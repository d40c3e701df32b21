/* SPDX-License-Identifier: MIT
 * POSIX TZ rules: the footer of TZif files, which tells the offsets after the last transition (IEEE Std 1003.1, "TZ" in
 * 8.3 Other Environment Variables; RFC 8536 3.3.1 allows hours from -167 to 167). */
#include "base/zone_table.h"

#define NAME_LEAST 3 /* letters of an abbreviation; fewer is no TZ string */

typedef struct {
    const char *p, *end;
} Cursor;

static bool take(Cursor *c, char byte) {
    if (c->p < c->end && *c->p == byte) {
        c->p++;
        return true;
    }
    return false;
}

static bool take_number(Cursor *c, int least, int most, int *value) {
    int n = 0;
    const char *from = c->p;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9' && n <= most) {
        n = n * 10 + (*c->p++ - '0');
    }
    *value = n;
    return c->p > from && n >= least && n <= most;
}

/* Letters, or anything in < >; only its presence counts. */
static bool skip_name(Cursor *c) {
    const char *from = c->p;
    if (take(c, '<')) {
        while (c->p < c->end && *c->p != '>') {
            c->p++;
        }
        return take(c, '>');
    }
    while (c->p < c->end && g_ascii_isalpha(*c->p)) {
        c->p++;
    }
    return c->p - from >= NAME_LEAST;
}

/* [+-]h[hh][:mm[:ss]] */
static bool take_time(Cursor *c, int most_hours, Millis *time) {
    int hours = 0, minutes = 0, seconds = 0;
    bool negative = take(c, '-');
    if (!negative) {
        (void)take(c, '+');
    }
    if (!take_number(c, 0, most_hours, &hours)) {
        return false;
    }
    if (take(c, ':')) {
        if (!take_number(c, 0, 59, &minutes) || (take(c, ':') && !take_number(c, 0, 59, &seconds))) {
            return false;
        }
    }
    *time = hours * MILLIS_HOUR + minutes * MILLIS_MINUTE + seconds * MILLIS_SECOND;
    if (negative) {
        *time = -*time;
    }
    return true;
}

static bool take_date(Cursor *c, ZoneDate *date) {
    *date = (ZoneDate){.kind = 'n', .time = 2 * MILLIS_HOUR};
    bool fits;
    if (take(c, 'M')) {
        date->kind = 'M';
        fits = take_number(c, 1, 12, &date->month) && take(c, '.') && take_number(c, 1, 5, &date->week) &&
               take(c, '.') && take_number(c, 0, 6, &date->day);
    } else if (take(c, 'J')) {
        date->kind = 'J';
        fits = take_number(c, 1, 365, &date->day);
    } else {
        fits = take_number(c, 0, 365, &date->day);
    }
    return fits && (!take(c, '/') || take_time(c, 167, &date->time));
}

bool zone_rule_parse(Span text, ZoneRule *rule) {
    Cursor c = {text.p, text.p + text.n};
    Millis west;
    *rule = (ZoneRule){0};
    if (!skip_name(&c) || !take_time(&c, 24, &west)) {
        return false;
    }
    rule->standard = -west; /* POSIX counts west of Greenwich positive */
    if (c.p == c.end) {
        return true;
    }
    if (!skip_name(&c)) {
        return false;
    }
    rule->has_daylight = true;
    rule->daylight = rule->standard + MILLIS_HOUR;
    if (c.p < c.end && *c.p != ',') {
        if (!take_time(&c, 24, &west)) {
            return false;
        }
        rule->daylight = -west;
    }
    return take(&c, ',') && take_date(&c, &rule->start) && take(&c, ',') && take_date(&c, &rule->end) && c.p == c.end;
}

/* The wall-clock time, as if it were UTC, at which a rule changes the clocks in a year. */
static Instant wall_time(const ZoneDate *date, int year) {
    int64_t day;
    if (date->kind == 'M') {
        int64_t first = ds_days_of(year, date->month, 1);
        int weekday = ds_weekday_of(first) % 7; /* 0 Sunday, as POSIX counts */
        day = (date->day - weekday + 7) % 7 + (date->week - 1) * 7;
        if (day >= ds_month_length(year, date->month)) {
            day -= 7; /* week 5 is the last one */
        }
        day += first;
    } else {
        day = ds_days_of(year, 1, 1) + date->day;
        if (date->kind == 'J') {
            day -= date->day <= 59 || ds_month_length(year, 2) == 28; /* 29 February is never counted */
        }
    }
    return day * MILLIS_DAY + date->time;
}

void zone_add_step(GArray *steps, Instant at, Millis offset) {
    ZoneStep *last = steps->len ? &g_array_index(steps, ZoneStep, steps->len - 1) : NULL;
    if (last && at < last->at) {
        return;
    }
    if (last && at == last->at && steps->len > 1) {
        g_array_set_size(steps, steps->len - 1);
        last = &g_array_index(steps, ZoneStep, steps->len - 1);
    }
    if (!last || last->offset != offset) {
        ZoneStep step = {at, offset};
        g_array_append_val(steps, step);
    }
}

void zone_rule_extend(const ZoneRule *rule, int first, int last, GArray *steps) {
    /* An explicit step beyond a rule's year keeps its place: the rule speaks only for what is after it. */
    Instant told_until = g_array_index(steps, ZoneStep, steps->len - 1).at;
    for (int year = first; year <= last && rule->has_daylight; year++) {
        ZoneStep start = {wall_time(&rule->start, year) - rule->standard, rule->daylight};
        ZoneStep end = {wall_time(&rule->end, year) - rule->daylight, rule->standard};
        bool southern = end.at < start.at;
        ZoneStep pair[2] = {southern ? end : start, southern ? start : end};
        for (int i = 0; i < 2; i++) {
            if (pair[i].at > told_until) {
                zone_add_step(steps, pair[i].at, pair[i].offset);
            }
        }
    }
}
