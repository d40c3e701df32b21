/* SPDX-License-Identifier: MIT
 * Three shapes that nearly all lines of large logs have, read from fixed places without a cursor. They take only what
 * is beyond doubt; anything else is left to the forms, which read these shapes too, with the same result. */
#include "parse/stamp_token.h"

/* Two digits; a fault makes *bad true. */
static unsigned two(const char *p, unsigned *bad) {
    unsigned tens = (unsigned)(unsigned char)p[0] - '0', ones = (unsigned)(unsigned char)p[1] - '0';
    *bad |= (unsigned)(tens > 9) | (unsigned)(ones > 9);
    return tens * 10 + ones;
}

/* "HH:MM:SS" in milliseconds. Leap seconds and the end of the day are left to the forms. */
static Millis plain_clock(const char *p, unsigned *bad) {
    unsigned hour = two(p, bad), minute = two(p + 3, bad), second = two(p + 6, bad);
    *bad |= (unsigned)(hour > 23) | (unsigned)(minute > 59) | (unsigned)(second > 59) | (unsigned)(p[2] != ':') |
            (unsigned)(p[5] != ':');
    return (Millis)((hour * 60 + minute) * 60 + second) * MILLIS_SECOND;
}

/* Midnight of a date; a date that does not exist makes *bad true. */
static Instant plain_date(unsigned year, unsigned month, unsigned day, unsigned *bad) {
    *bad |= (unsigned)(year == 0) | (unsigned)(month - 1 > 11) | (unsigned)(day - 1 > 30);
    if (*bad || (day > 28 && (int)day > ds_month_length((int)year, (int)month))) {
        *bad = 1;
        return 0;
    }
    return ds_days_of((int)year, (int)month, (int)day) * MILLIS_DAY;
}

/* 1..12 of "Jan" .. "Dec" as they are always written in these shapes, or 0. */
static unsigned plain_month(const char *p) {
    static const char NAMES[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (unsigned i = 0; i < 12; i++) {
        if (p[0] == NAMES[i][0] && p[1] == NAMES[i][1] && p[2] == NAMES[i][2]) {
            return i + 1;
        }
    }
    return 0;
}

/* "+hhmm" or "+hh:mm", whose minutes are `gap` bytes after the hours. */
static void plain_offset(const char *p, size_t gap, RawStamp *out, unsigned *bad) {
    unsigned hours = two(p + 1, bad), minutes = two(p + 3 + gap, bad);
    Millis offset = (Millis)(hours * 60 + minutes) * MILLIS_MINUTE;
    *bad |= (unsigned)(*p != '+' && *p != '-') | (unsigned)(hours > 23) | (unsigned)(minutes > 59);
    out->has_offset = true;
    out->offset = *p == '-' ? -offset : offset;
}

/* ".fffZ", as most write it. */
static bool plain_millis(const char *p, RawStamp *out) {
    unsigned bad = 0, tenth = (unsigned)(unsigned char)p[1] - '0', rest = two(p + 2, &bad);
    if (p[0] != '.' || tenth > 9 || bad || p[4] != 'Z') {
        return false;
    }
    out->local += tenth * 100 + rest;
    out->has_offset = true;
    return true;
}

/* ".fff", "Z", "+hh:mm" or nothing after the seconds. */
static bool plain_end(const char *p, const char *end, RawStamp *out) {
    unsigned bad = 0;
    if (end - p == 5 && plain_millis(p, out)) {
        return true;
    }
    if (p < end && (*p == '.' || *p == ',')) {
        StampCursor c = {p + 1, end};
        int milli;
        if (!stamp_take_fraction(&c, &milli)) {
            return false;
        }
        out->local += milli;
        p = c.p;
    }
    if (p == end) {
        return true;
    }
    if (*p == 'Z') {
        out->has_offset = true;
        return p + 1 == end;
    }
    if (end - p != 6 || p[3] != ':') {
        return false;
    }
    plain_offset(p, 1, out, &bad);
    return !bad;
}

bool stamp_plain_iso(Span text, RawStamp *out) {
    const char *p = text.p;
    if (text.n < 19 || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' ')) {
        return false;
    }
    unsigned bad = 0;
    unsigned year = two(p, &bad) * 100 + two(p + 2, &bad), month = two(p + 5, &bad), day = two(p + 8, &bad);
    Millis clock = plain_clock(p + 11, &bad);
    *out = (RawStamp){.local = plain_date(year, month, day, &bad) + clock, .has_year = true};
    return !bad && plain_end(p + 19, p + text.n, out);
}

bool stamp_plain_clf(Span text, RawStamp *out) {
    const char *p = text.p;
    if (text.n != 26 || p[2] != '/' || p[6] != '/' || p[11] != ':' || p[20] != ' ') {
        return false;
    }
    unsigned bad = 0;
    unsigned day = two(p, &bad), year = two(p + 7, &bad) * 100 + two(p + 9, &bad);
    Millis clock = plain_clock(p + 12, &bad);
    *out = (RawStamp){.local = plain_date(year, plain_month(p + 3), day, &bad) + clock, .has_year = true};
    plain_offset(p + 21, 0, out, &bad);
    return !bad;
}

bool stamp_plain_syslog(Span text, RawStamp *out) {
    const char *p = text.p;
    if (text.n != 15 || p[3] != ' ' || p[6] != ' ') {
        return false;
    }
    unsigned bad = 0;
    char padded[2] = {p[4] == ' ' ? '0' : p[4], p[5]};
    unsigned day = two(padded, &bad);
    Millis clock = plain_clock(p + 7, &bad);
    *out = (RawStamp){.local = plain_date(STAMP_YEARLESS, plain_month(p), day, &bad) + clock};
    return !bad;
}

/* ---- the time after another ---- */

static void note(StampMemo *memo, Span text, unsigned seconds_at, bool exact, const RawStamp *stamp) {
    memo->seconds_at = (uint8_t)seconds_at;
    memo->size = exact ? (uint8_t)text.n : 0;
    memcpy(memo->text, text.p, exact ? text.n : seconds_at);
    memo->minute = *stamp;
    Millis within = stamp->local % MILLIS_MINUTE;
    memo->minute.local -= within < 0 ? within + MILLIS_MINUTE : within;
    if (!exact) { /* what follows the seconds is read anew each time */
        memo->minute.has_offset = false;
        memo->minute.offset = 0;
    }
}

bool stamp_plain_first(StampMemo *memo, unsigned shapes, Span text, RawStamp *out) {
    if (shapes & STAMP_SHAPE_ISO && stamp_plain_iso(text, out)) {
        note(memo, text, 17, false, out);
        return true;
    }
    if (shapes & STAMP_SHAPE_CLF && stamp_plain_clf(text, out)) {
        note(memo, text, 18, true, out);
        return true;
    }
    if (shapes & STAMP_SHAPE_SYSLOG && stamp_plain_syslog(text, out)) {
        note(memo, text, 13, true, out);
        return true;
    }
    return false;
}

bool stamp_plain_again(const StampMemo *memo, Span text, RawStamp *out) {
    const size_t at = memo->seconds_at;
    if (at == 0 || text.n < at + 2 || (memo->size && text.n != memo->size) || memcmp(text.p, memo->text, at) != 0) {
        return false;
    }
    unsigned bad = 0, second = two(text.p + at, &bad);
    if (bad || second > 59) {
        return false;
    }
    *out = memo->minute;
    out->local += second * MILLIS_SECOND;
    const char *p = text.p + at + 2, *end = text.p + text.n;
    return memo->size ? memcmp(p, memo->text + at + 2, (size_t)(end - p)) == 0 : plain_end(p, end, out);
}
