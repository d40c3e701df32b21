/* SPDX-License-Identifier: MIT
 * The forms of written times, each read from first byte to last: epoch numbers, ISO 8601 (RFC 3339, RFC 9557), CLF,
 * dates with the month in words (RFC 3164, ctime, RFC 5322) and in numbers. */
#include "parse/stamp_token.h"

#define EPOCH_DIGITS_MOST 21 /* nanoseconds of the year 9999 */

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static StampCursor cursor_of(Span text) {
    return (StampCursor){text.p, text.p + text.n};
}

/* How many digits of an epoch number stand before the point that makes it milliseconds. */
static int millisecond_digits(int whole) {
    return whole + (whole <= 11 ? 3 : whole <= 14 ? 0 : whole <= 17 ? -3 : -6);
}

bool stamp_form_epoch(Span text, RawStamp *out) {
    StampCursor c = cursor_of(text);
    bool negative = stamp_take(&c, '-');
    int whole = 0;
    while (c.end - c.p > 1 && c.p[0] == '0' && is_digit(c.p[1])) { /* leading zeros tell no unit */
        c.p++;
    }
    const char *digits = c.p;
    for (; c.p < c.end && is_digit(*c.p); c.p++) {
        whole++;
    }
    if (whole == 0 || whole > EPOCH_DIGITS_MOST) {
        return false;
    }
    int wanted = millisecond_digits(whole), seen = 0;
    int64_t value = 0;
    bool rest = false;
    for (c.p = digits; c.p < c.end; c.p++) {
        if (*c.p == '.' && c.p == digits + whole && c.p + 1 < c.end) {
            continue;
        }
        if (!is_digit(*c.p)) {
            return false;
        }
        if (seen++ < wanted) {
            value = value * 10 + (*c.p - '0');
        } else {
            rest = rest || *c.p != '0';
        }
    }
    for (; seen < wanted; seen++) {
        value *= 10;
    }
    value = negative ? -value - rest : value; /* cut towards the past */
    *out = (RawStamp){.local = value, .has_offset = true, .has_year = true};
    return value >= STAMP_LEAST && value < STAMP_MOST;
}

/* Blanks, a comma with blanks, "at": what may stand between a date and a clock. */
static bool take_between(StampCursor *c) {
    bool comma = stamp_take(c, ',');
    bool blanks = stamp_take_blanks(c);
    if (blanks && c->end - c->p > 3 && memcmp(c->p, "at ", 3) == 0) {
        c->p += 3;
    }
    return comma || blanks;
}

/* HH[MM[SS[.fraction]]] */
static bool take_basic_clock(StampCursor *c, StampParts *parts) {
    Civil *civil = &parts->civil;
    if (!stamp_take_number(c, 2, 2, &civil->hour)) {
        return false;
    }
    const char *minute = c->p;
    if (stamp_take_number(c, 2, 2, &civil->minute)) {
        const char *second = c->p;
        if (!stamp_take_number(c, 2, 2, &civil->second)) {
            return c->p == second;
        }
        return (!stamp_take(c, '.') && !stamp_take(c, ',')) || stamp_take_fraction(c, &civil->milli);
    }
    return c->p == minute;
}

/* YYYY-MM-DD, also with / or . and with single digits, or YYYYMMDD. */
static bool take_iso_date(StampCursor *c, StampParts *parts, bool *basic) {
    Civil *civil = &parts->civil;
    if (!stamp_take_number(c, 4, 4, &civil->year)) {
        return false;
    }
    parts->has_year = true;
    char separator = c->p < c->end ? *c->p : '\0';
    *basic = separator != '-' && separator != '/' && separator != '.';
    if (*basic) {
        return stamp_take_number(c, 2, 2, &civil->month) && stamp_take_number(c, 2, 2, &civil->day);
    }
    c->p++;
    return stamp_take_number(c, 1, 2, &civil->month) && stamp_take(c, separator) &&
           stamp_take_number(c, 1, 2, &civil->day);
}

bool stamp_form_iso(Span text, RawStamp *out) {
    StampCursor c = cursor_of(text);
    StampParts parts = {0};
    bool basic;
    if (stamp_take_weekday(&c)) { /* systemd's "Wed 2026-11-25 10:00:00 UTC" */
        (void)take_between(&c);
    }
    if (!take_iso_date(&c, &parts, &basic)) {
        return false;
    }
    if (stamp_at_end(&c)) {
        return stamp_finish(&parts, out);
    }
    bool letter = stamp_take(&c, 'T') || stamp_take(&c, 't') || stamp_take(&c, '_');
    bool joined = basic && !letter && is_digit(*c.p); /* 20261125102755: not ISO, but often met */
    if (!letter && !joined && !take_between(&c)) {
        return false;
    }
    StampCursor clock = c;
    if (!stamp_take_clock(&c, &parts)) {
        c = clock;
        parts.civil.second = parts.civil.milli = 0;
        if (!(letter || basic) || (joined && c.end - c.p < 6) || !take_basic_clock(&c, &parts)) {
            return false;
        }
    }
    stamp_take_tail(&c, &parts);
    return stamp_at_end(&c) && stamp_finish(&parts, out);
}

bool stamp_form_clf(Span text, RawStamp *out) {
    StampCursor c = cursor_of(text);
    StampParts parts = {.has_year = true};
    Civil *civil = &parts.civil;
    if (!stamp_take_number(&c, 1, 2, &civil->day) || !stamp_take(&c, '/') || !stamp_take_month(&c, &civil->month) ||
        !stamp_take(&c, '/') || !stamp_take_number(&c, 4, 4, &civil->year) ||
        (!stamp_take(&c, ':') && !stamp_take_blanks(&c)) || !stamp_take_clock(&c, &parts)) {
        return false;
    }
    stamp_take_tail(&c, &parts);
    return stamp_at_end(&c) && stamp_finish(&parts, out);
}

/* A year, where the number ahead is one and not the hour of a clock. */
static bool take_named_year(StampCursor *c, StampParts *parts, bool two_digits) {
    StampCursor ahead = *c;
    const char *from = ahead.p;
    int year;
    if (parts->has_year || !stamp_take_year(&ahead, &year) || (ahead.p - from == 2 && !two_digits)) {
        return false;
    }
    if (ahead.p < ahead.end && ((*ahead.p == ':' && ahead.p - from == 2) || is_digit(*ahead.p))) {
        return false;
    }
    parts->has_year = true;
    parts->civil.year = year;
    *c = ahead;
    return true;
}

/* "Nov 25", "November 25," or "25 Nov", "25-Nov-"; a year may stand before, or after the second. */
static bool take_named_date(StampCursor *c, StampParts *parts) {
    Civil *civil = &parts->civil;
    if (take_named_year(c, parts, false) && !stamp_take_blanks(c) && !stamp_take(c, '-')) {
        return false;
    }
    if (stamp_take_month(c, &civil->month)) {
        (void)stamp_take(c, '.');
        return (stamp_take_blanks(c) || stamp_take(c, '-')) && stamp_take_number(c, 1, 2, &civil->day);
    }
    return stamp_take_number(c, 1, 2, &civil->day) && (stamp_take_blanks(c) || stamp_take(c, '-')) &&
           stamp_take_month(c, &civil->month);
}

bool stamp_form_named(Span text, RawStamp *out) {
    StampCursor c = cursor_of(text);
    StampParts parts = {0};
    if (stamp_take_weekday(&c)) {
        (void)stamp_take(&c, '.');
        (void)take_between(&c);
    }
    if (!stamp_take(&c, '*')) { /* Cisco's marks of a clock that is not set */
        (void)stamp_take(&c, '.');
    }
    if (!take_named_date(&c, &parts)) {
        return false;
    }
    bool dash = stamp_take(&c, '-');
    bool apart = dash || take_between(&c);
    if (apart && take_named_year(&c, &parts, true)) {
        if (stamp_at_end(&c)) {
            return stamp_finish(&parts, out);
        }
        apart = take_between(&c) || stamp_take(&c, ':');
    }
    if (!apart || !stamp_take_clock(&c, &parts)) {
        return false;
    }
    stamp_take_tail(&c, &parts);
    if (!parts.has_year && stamp_take_blanks(&c)) {
        (void)take_named_year(&c, &parts, false);
        stamp_take_tail(&c, &parts);
    }
    return stamp_at_end(&c) && stamp_finish(&parts, out);
}

/* Both readings of two numbers. Where they differ and both are dates, the whole file decides. */
static bool finish_numeric(StampParts *parts, int first, int second, StampOrder order, RawStamp *out) {
    RawStamp month_first;
    parts->civil.day = second;
    parts->civil.month = first;
    bool mdy = order != ORDER_DMY && stamp_finish(parts, &month_first);
    parts->civil.day = first;
    parts->civil.month = second;
    bool dmy = order != ORDER_MDY && stamp_finish(parts, out);
    if (dmy && order == ORDER_FILE) {
        out->swappable = mdy && first != second;
        out->decided_dmy = !mdy;
        out->swapped = mdy ? month_first.local : out->local;
    } else if (!dmy && mdy) {
        *out = month_first;
        out->decided_mdy = order == ORDER_FILE;
    }
    return dmy || mdy;
}

bool stamp_form_numeric(Span text, StampOrder order, RawStamp *out) {
    StampCursor c = cursor_of(text);
    StampParts parts = {.has_year = true};
    int first, second;
    if (!stamp_take_number(&c, 1, 2, &first) || stamp_at_end(&c)) {
        return false;
    }
    char separator = *c.p++;
    if ((separator != '/' && separator != '.' && separator != '-') || !stamp_take_number(&c, 1, 2, &second) ||
        !stamp_take(&c, separator) || !stamp_take_year(&c, &parts.civil.year)) {
        return false;
    }
    if (!stamp_at_end(&c)) {
        if ((!take_between(&c) && !stamp_take(&c, 'T')) || !stamp_take_clock(&c, &parts)) {
            return false;
        }
        stamp_take_tail(&c, &parts);
    }
    return stamp_at_end(&c) && finish_numeric(&parts, first, second, order, out);
}

/* TAI64N labels. The programs that write them count from ten seconds before the epoch and know of no leap seconds, so
 * that is how they are read; a label that is written by the true scale comes out some 27 seconds late. */
bool stamp_form_tai64n(Span text, RawStamp *out) {
    uint64_t seconds = 0, nano = 0;
    if (text.n != 25 || text.p[0] != '@') {
        return false;
    }
    for (size_t i = 1; i < text.n; i++) {
        int digit = g_ascii_xdigit_value(text.p[i]);
        if (digit < 0) {
            return false;
        }
        uint64_t *part = i <= 16 ? &seconds : &nano;
        *part = *part << 4 | (uint64_t)digit;
    }
    int64_t epoch = (int64_t)(seconds - (UINT64_C(1) << 62)) - 10;
    if (nano >= 1000000000 || epoch < STAMP_LEAST / 1000 || epoch >= STAMP_MOST / 1000) {
        return false;
    }
    *out = (RawStamp){.local = epoch * 1000 + (int64_t)(nano / 1000000), .has_offset = true, .has_year = true};
    return true;
}

bool stamp_form_clock(Span text, RawStamp *out) {
    StampCursor c = cursor_of(text);
    StampParts parts = {.civil = {.year = 1970, .month = 1, .day = 1}, .has_year = true};
    if (!stamp_take_clock(&c, &parts)) {
        return false;
    }
    stamp_take_tail(&c, &parts);
    if (!stamp_at_end(&c) || !stamp_finish(&parts, out)) {
        return false;
    }
    out->has_year = false;
    out->dayless = true;
    return true;
}
