/* SPDX-License-Identifier: MIT
 * The pieces of written times: numbers, fractions, names, clocks, zones. Sources: RFC 3339, RFC 5322 3.3 and 4.3,
 * ISO 8601-1. Fractions are cut, towards the past; a leap second is the last millisecond before the next minute. */
#include "parse/stamp_token.h"

static const char MONTHS[12][10] = {"january", "february", "march",     "april",   "may",      "june",
                                    "july",    "august",   "september", "october", "november", "december"};
static const char WEEKDAYS[7][10] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
static const struct {
    char name[5];
    int hours;
} ZONES[] = {
    {"UTC", 0},   {"GMT", 0},   {"UT", 0},    {"Z", 0},     {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
    {"MST", -7},  {"MDT", -6},  {"PST", -8},  {"PDT", -7},  {"WET", 0},  {"WEST", 1}, {"BST", 1},  {"CET", 1},
    {"CEST", 2},  {"MET", 1},   {"MEST", 2},  {"EET", 2},   {"EEST", 3}, {"MSK", 3},  {"JST", 9},  {"KST", 9},
    {"AEST", 10}, {"AEDT", 11}, {"NZST", 12}, {"NZDT", 13}, /* as date(1) writes them; IST is three zones, so none */
};
#define ZONES_UNIVERSAL 4 /* the first ones: an offset may follow */

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool stamp_at_end(const StampCursor *c) {
    return c->p == c->end;
}

bool stamp_take(StampCursor *c, char byte) {
    if (c->p < c->end && *c->p == byte) {
        c->p++;
        return true;
    }
    return false;
}

bool stamp_take_blanks(StampCursor *c) {
    const char *from = c->p;
    while (c->p < c->end) {
        if (*c->p == ' ' || *c->p == '\t') {
            c->p++;
        } else if (c->end - c->p >= 3 && memcmp(c->p, "\xe2\x80\xaf", 3) == 0) { /* U+202F */
            c->p += 3;
        } else if (c->end - c->p >= 2 && memcmp(c->p, "\xc2\xa0", 2) == 0) { /* U+00A0 */
            c->p += 2;
        } else {
            break;
        }
    }
    return c->p > from;
}

bool stamp_take_number(StampCursor *c, int least, int most, int *value) {
    int digits = 0, number = 0;
    while (c->p < c->end && digits < most && is_digit(*c->p)) {
        number = number * 10 + (*c->p++ - '0');
        digits++;
    }
    *value = number;
    return digits >= least;
}

bool stamp_take_fraction(StampCursor *c, int *milli) {
    const char *from = c->p;
    int weight = 100;
    *milli = 0;
    for (; c->p < c->end && is_digit(*c->p); c->p++) {
        *milli += weight * (*c->p - '0');
        weight /= 10;
    }
    return c->p > from;
}

/* The word at the cursor, not taken. */
static size_t word_length(const StampCursor *c) {
    size_t n = 0;
    while (c->p + n < c->end && is_letter(c->p[n])) {
        n++;
    }
    return n;
}

static uint32_t three_letters(const char *p) {
    return (uint32_t)(unsigned char)lower(p[0]) << 16 | (uint32_t)(unsigned char)lower(p[1]) << 8 |
           (unsigned char)lower(p[2]);
}

/* Index of the name that the word is, whole or by its first three letters ("sept" too), or -1. */
static int find_name(const StampCursor *c, size_t n, const char (*names)[10], int count) {
    if (n < 3) {
        return -1;
    }
    uint32_t begins = three_letters(c->p);
    for (int i = 0; i < count; i++) {
        if (three_letters(names[i]) != begins) {
            continue;
        }
        size_t whole = strlen(names[i]);
        bool fits = n == 3 || (n == whole && g_ascii_strncasecmp(c->p, names[i], n) == 0) ||
                    (n == 4 && whole == 9 && lower(c->p[3]) == 't');
        return fits ? i : -1;
    }
    return -1;
}

bool stamp_take_month(StampCursor *c, int *month) {
    size_t n = word_length(c);
    int i = find_name(c, n, MONTHS, 12);
    if (i >= 0) {
        c->p += n;
        *month = i + 1;
    }
    return i >= 0;
}

bool stamp_take_weekday(StampCursor *c) {
    size_t n = word_length(c);
    bool found = find_name(c, n, WEEKDAYS, 7) >= 0;
    if (found) {
        c->p += n;
    }
    return found;
}

bool stamp_take_half(StampCursor *c, StampHalf *half) {
    char first = c->p < c->end ? lower(*c->p) : '\0';
    size_t left = (size_t)(c->end - c->p);
    if ((first != 'a' && first != 'p') || left < 2) {
        return false;
    }
    if (lower(c->p[1]) == 'm' && word_length(c) == 2) {
        c->p += 2;
    } else if (left >= 4 && c->p[1] == '.' && lower(c->p[2]) == 'm' && c->p[3] == '.') {
        c->p += 4;
    } else {
        return false;
    }
    *half = first == 'a' ? HALF_AM : HALF_PM;
    return true;
}

bool stamp_take_clock(StampCursor *c, StampParts *parts) {
    Civil *civil = &parts->civil;
    if (!stamp_take_number(c, 1, 2, &civil->hour) || !stamp_take(c, ':') ||
        !stamp_take_number(c, 2, 2, &civil->minute)) {
        return false;
    }
    if (stamp_take(c, ':')) {
        if (!stamp_take_number(c, 2, 2, &civil->second)) {
            return false;
        }
        bool fraction = stamp_take(c, '.') || stamp_take(c, ',') || stamp_take(c, ':');
        if (fraction && !stamp_take_fraction(c, &civil->milli)) {
            return false;
        }
    }
    StampCursor ahead = *c;
    (void)stamp_take_blanks(&ahead);
    if (stamp_take_half(&ahead, &parts->half)) {
        *c = ahead;
    }
    return true;
}

/* +hh, +hhmm, +hh:mm; with a name in front also +h. */
static bool take_offset(StampCursor *c, int least, StampParts *parts) {
    StampCursor ahead = *c;
    bool west = stamp_take(&ahead, '-');
    int hours = 0, minutes = 0;
    if ((!west && !stamp_take(&ahead, '+')) || !stamp_take_number(&ahead, least, 2, &hours)) {
        return false;
    }
    bool more = stamp_take(&ahead, ':') || (ahead.p < ahead.end && is_digit(*ahead.p));
    if ((more && !stamp_take_number(&ahead, 2, 2, &minutes)) || hours > 23 || minutes > 59) {
        return false;
    }
    *c = ahead;
    parts->has_offset = true;
    parts->offset = hours * MILLIS_HOUR + minutes * MILLIS_MINUTE;
    if (west) {
        parts->offset = -parts->offset;
    }
    return true;
}

bool stamp_take_zone(StampCursor *c, StampParts *parts) {
    size_t n = word_length(c);
    if (n == 0) {
        return take_offset(c, 2, parts);
    }
    for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++) {
        if (strlen(ZONES[i].name) != n || g_ascii_strncasecmp(c->p, ZONES[i].name, n) != 0) {
            continue;
        }
        c->p += n;
        parts->has_offset = true;
        parts->offset = ZONES[i].hours * MILLIS_HOUR;
        if (i < ZONES_UNIVERSAL) {
            (void)take_offset(c, 1, parts);
        }
        return true;
    }
    return false;
}

/* "[Europe/Berlin]" or "(CET)": a remark once the offset is told. */
static void skip_remark(StampCursor *c) {
    char close = c->p < c->end && *c->p == '[' ? ']' : ')';
    if (c->p < c->end && (*c->p == '[' || *c->p == '(')) {
        const char *end = memchr(c->p, close, (size_t)(c->end - c->p));
        c->p = end ? end + 1 : c->p;
    }
}

void stamp_take_tail(StampCursor *c, StampParts *parts) {
    StampCursor ahead = *c;
    (void)stamp_take_blanks(&ahead);
    if (parts->has_offset || !stamp_take_zone(&ahead, parts)) {
        return;
    }
    *c = ahead;
    bool blanks = stamp_take_blanks(&ahead);
    size_t n = word_length(&ahead);
    if (blanks && n >= 2 && n <= 5 && ahead.p + n == ahead.end) { /* "+0100 CET": the offset counts */
        ahead.p += n;
        *c = ahead;
    } else {
        skip_remark(&ahead);
        *c = stamp_at_end(&ahead) ? ahead : *c;
    }
}

bool stamp_take_year(StampCursor *c, int *year) {
    const char *from = c->p;
    if (!stamp_take_number(c, 2, 4, year) || c->p - from == 3) {
        return false;
    }
    if (c->p - from == 2) {
        *year += *year <= 68 ? 2000 : 1900;
    }
    return true;
}

/* The hour of a 24-hour clock; -1 where an hour of 12 cannot be. */
static int whole_hour(int hour, StampHalf half) {
    if (half == HALF_NONE) {
        return hour;
    }
    if (hour < 1 || hour > 12) {
        return -1;
    }
    return hour % 12 + (half == HALF_PM ? 12 : 0);
}

bool stamp_finish(const StampParts *parts, RawStamp *out) {
    Civil civil = parts->civil;
    civil.year = parts->has_year ? civil.year : STAMP_YEARLESS;
    civil.hour = whole_hour(civil.hour, parts->half);
    bool day_end = civil.hour == 24 && civil.minute == 0 && civil.second == 0 && civil.milli == 0;
    if (day_end) {
        civil.hour = 0;
    }
    if (!ds_civil_valid(&civil)) {
        return false;
    }
    Instant local = ds_instant_of(&civil) + (day_end ? MILLIS_DAY : 0);
    if (day_end && !parts->has_year && civil.month == 12 && civil.day == 31) {
        local -= 366 * MILLIS_DAY; /* the first of January, in whichever year fits */
    }
    *out = (RawStamp){
        .local = local, .has_offset = parts->has_offset, .offset = parts->offset, .has_year = parts->has_year};
    return true;
}
