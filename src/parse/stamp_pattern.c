/* SPDX-License-Identifier: MIT
 * Strptime-like patterns, compiled to one step a conversion so that a mistake is told when the parser file is read and
 * not at the first line. Conversions as in IEEE Std 1003.1 strptime; %f, %z and %Z as in many loggers' manuals. */
#include "parse/stamp_token.h"

#include "base/error.h"

#define STEPS_MOST 128u /* a pattern for 128 bytes of text needs no more */
#define CONVERSIONS "%Y %y %m %d %e %b %B %a %A %H %I %M %S %f %p %z %Z %s %j %T %F %D %n %t %%"

typedef struct {
    char conversion; /* '=' a literal byte, ' ' blanks, else the letter */
    char literal;
} Step;

struct StampPattern {
    size_t count;
    Step steps[STEPS_MOST];
    bool has_year, has_zone;
};

/* What a run of the steps found beyond the parts. */
typedef struct {
    StampParts parts;
    bool has_day_of_year, has_epoch, negative;
    int day_of_year;
    int64_t epoch;
} Found;

static bool add_step(StampPattern *pattern, char conversion, char literal) {
    if (pattern->count == STEPS_MOST) {
        return false;
    }
    pattern->steps[pattern->count++] = (Step){conversion, literal};
    return true;
}

/* Adds one conversion; those that stand for several are written out. */
static bool add_conversion(StampPattern *pattern, char letter) {
    const char *whole = letter == 'T' ? "H:M:S" : letter == 'F' ? "Y-m-d" : letter == 'D' ? "m/d/y" : NULL;
    for (; whole && *whole; whole++) {
        bool name = g_ascii_isalpha(*whole);
        if (!add_step(pattern, name ? *whole : '=', *whole)) {
            return false;
        }
    }
    switch (letter) {
    case 'T':
    case 'F':
    case 'D':
        return true;
    case 'n':
    case 't':
        return add_step(pattern, ' ', ' ');
    case '%':
        return add_step(pattern, '=', '%');
    case 'B':
    case 'e':
    case 'A':
        return add_step(pattern, letter == 'B' ? 'b' : letter == 'e' ? 'd' : 'a', 0);
    default:
        return add_step(pattern, letter, 0);
    }
}

static bool has(const StampPattern *pattern, char conversion) {
    for (size_t i = 0; i < pattern->count; i++) {
        if (pattern->steps[i].conversion == conversion) {
            return true;
        }
    }
    return false;
}

/* A pattern must tell a day: nothing else in a file could. */
static bool check_pattern(StampPattern *pattern, const char *text, GError **error) {
    bool epoch = has(pattern, 's');
    pattern->has_year = epoch || has(pattern, 'Y') || has(pattern, 'y');
    pattern->has_zone = epoch || has(pattern, 'z') || has(pattern, 'Z');
    bool month_and_day = (has(pattern, 'm') || has(pattern, 'b')) && has(pattern, 'd');
    bool day_of_year = has(pattern, 'j') && pattern->has_year; /* which date it is depends on the year */
    if (!epoch && !month_and_day && !day_of_year) {
        g_set_error(error, DS_ERROR, EXIT_USAGE,
                    "time pattern '%s' tells no day (expected %%s, a month and %%d, or a year and %%j)", text);
        return false;
    }
    return true;
}

StampPattern *stamp_pattern_new(const char *text, GError **error) {
    g_autofree StampPattern *pattern = g_new0(StampPattern, 1);
    bool room = true;
    for (const char *p = text; *p && room; p++) {
        if (*p == ' ' || *p == '\t' || *p == '\n') {
            room = add_step(pattern, ' ', ' ');
        } else if (*p != '%') {
            room = add_step(pattern, '=', *p);
        } else if (p[1] && strchr("YymdebBaAHIMSfpzZsjTFDnt%", p[1])) {
            room = add_conversion(pattern, *++p);
        } else {
            g_set_error(error, DS_ERROR, EXIT_USAGE, "unknown conversion '%%%.1s' in time pattern '%s' (expected %s)",
                        p + 1, text, CONVERSIONS);
            return NULL;
        }
    }
    if (!room) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "time pattern '%.40s...' is too long (expected at most %u pieces)",
                    text, STEPS_MOST);
        return NULL;
    }
    return check_pattern(pattern, text, error) ? g_steal_pointer(&pattern) : NULL;
}

void stamp_pattern_free(StampPattern *pattern) {
    g_free(pattern);
}

bool stamp_pattern_lacks_year(const StampPattern *pattern) {
    return !pattern->has_year;
}

bool stamp_pattern_lacks_zone(const StampPattern *pattern) {
    return !pattern->has_zone;
}

static bool take_epoch(StampCursor *c, Found *found) {
    found->negative = stamp_take(c, '-');
    const char *from = c->p;
    int64_t seconds = 0;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9' && c->p - from < 12; c->p++) {
        seconds = seconds * 10 + (*c->p - '0');
    }
    found->has_epoch = true;
    found->epoch = seconds;
    return c->p > from;
}

/* Numbers may be padded with blanks, as strptime allows. */
static bool take_padded(StampCursor *c, int least, int most, int *value) {
    (void)stamp_take_blanks(c);
    return stamp_take_number(c, least, most, value);
}

static bool run_date_step(char conversion, StampCursor *c, Found *found) {
    Civil *civil = &found->parts.civil;
    switch (conversion) {
    case 'Y':
        return take_padded(c, 4, 4, &civil->year);
    case 'y': {
        int year;
        bool fits = take_padded(c, 2, 2, &year);
        civil->year = year + (year <= 68 ? 2000 : 1900);
        return fits;
    }
    case 'm':
        return take_padded(c, 1, 2, &civil->month);
    case 'd':
        return take_padded(c, 1, 2, &civil->day);
    case 'b':
        return stamp_take_month(c, &civil->month);
    case 'a':
        return stamp_take_weekday(c);
    default: /* j */
        found->has_day_of_year = true;
        return take_padded(c, 1, 3, &found->day_of_year);
    }
}

static bool run_step(const Step *step, StampCursor *c, Found *found) {
    Civil *civil = &found->parts.civil;
    switch (step->conversion) {
    case '=':
        return stamp_take(c, step->literal);
    case ' ':
        (void)stamp_take_blanks(c);
        return true;
    case 'H':
    case 'I':
        return take_padded(c, 1, 2, &civil->hour);
    case 'M':
        return take_padded(c, 1, 2, &civil->minute);
    case 'S':
        return take_padded(c, 1, 2, &civil->second);
    case 'f':
        return stamp_take_fraction(c, &civil->milli);
    case 'p':
        return stamp_take_half(c, &found->parts.half);
    case 'z':
    case 'Z':
        return stamp_take_zone(c, &found->parts);
    case 's':
        return take_epoch(c, found);
    default:
        return run_date_step(step->conversion, c, found);
    }
}

/* The date of a day of the year; false where the year has no such day. */
static bool set_day_of_year(Found *found) {
    Civil *civil = &found->parts.civil;
    if (civil->year < 1 || civil->year > 9999 || found->day_of_year < 1 ||
        found->day_of_year > 337 + ds_month_length(civil->year, 2)) {
        return false;
    }
    Civil date = ds_civil_of((ds_days_of(civil->year, 1, 1) + found->day_of_year - 1) * MILLIS_DAY);
    civil->month = date.month;
    civil->day = date.day;
    return true;
}

bool stamp_pattern_scan(const StampPattern *pattern, Span text, RawStamp *out) {
    StampCursor c = {text.p, text.p + text.n};
    Found found = {.parts = {.has_year = pattern->has_year}};
    for (size_t i = 0; i < pattern->count; i++) {
        if (!run_step(&pattern->steps[i], &c, &found)) {
            return false;
        }
    }
    if (!stamp_at_end(&c)) {
        return false;
    }
    if (found.has_epoch) {
        int64_t value = found.epoch * MILLIS_SECOND + found.parts.civil.milli;
        *out = (RawStamp){.local = found.negative ? -value : value, .has_offset = true, .has_year = true};
        return out->local >= STAMP_LEAST && out->local < STAMP_MOST;
    }
    return (!found.has_day_of_year || set_day_of_year(&found)) && stamp_finish(&found.parts, out);
}
