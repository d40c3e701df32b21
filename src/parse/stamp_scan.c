/* SPDX-License-Identifier: MIT
 * Which forms a time may have, and trying them in order. Most times of most logs are ISO 8601 with a fixed shape, so
 * that shape is read straight from its places; every other text, and every oddity, goes to the forms. */
#include "parse/stamp_token.h"

#include "base/error.h"

#define FORMS_MOST 16u
#define FORM_NAMES "auto, epoch, iso, rfc3164, clf, rfc2822, ctime, dmy, mdy, numeric"

typedef enum {
    FORM_AUTO,
    FORM_EPOCH,
    FORM_ISO,
    FORM_RFC3164,
    FORM_CLF,
    FORM_RFC2822,
    FORM_CTIME,
    FORM_DMY,
    FORM_MDY,
    FORM_NUMERIC,
    FORM_PATTERN
} FormKind;

static const struct {
    const char *name;
    bool lacks_year, lacks_zone, numeric;
} FORMS[FORM_PATTERN] = {
    [FORM_AUTO] = {"auto", true, true, true},     [FORM_EPOCH] = {"epoch", false, false, false},
    [FORM_ISO] = {"iso", false, true, false},     [FORM_RFC3164] = {"rfc3164", true, true, false},
    [FORM_CLF] = {"clf", false, true, false},     [FORM_RFC2822] = {"rfc2822", false, true, false},
    [FORM_CTIME] = {"ctime", false, true, false}, [FORM_DMY] = {"dmy", false, true, false},
    [FORM_MDY] = {"mdy", false, true, false},     [FORM_NUMERIC] = {"numeric", false, true, true},
};

struct StampSpec {
    size_t count;
    struct {
        FormKind kind;
        StampPattern *pattern; /* FORM_PATTERN only; owned */
    } forms[FORMS_MOST];
    bool lacks_year, lacks_zone, numeric;
};

static bool add_form(StampSpec *spec, const char *text, GError **error) {
    if (spec->count == FORMS_MOST) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "too many time forms (expected at most %u)", FORMS_MOST);
        return false;
    }
    FormKind kind = FORM_AUTO;
    while (kind < FORM_PATTERN && strcmp(text, FORMS[kind].name) != 0) {
        kind++;
    }
    if (kind == FORM_PATTERN && !strchr(text, '%')) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "unknown time form '%s' (expected %s, or a pattern like %%Y-%%m-%%d)",
                    text, FORM_NAMES);
        return false;
    }
    StampPattern *pattern = kind == FORM_PATTERN ? stamp_pattern_new(text, error) : NULL;
    if (kind == FORM_PATTERN && !pattern) {
        return false;
    }
    spec->forms[spec->count].kind = kind;
    spec->forms[spec->count++].pattern = pattern;
    spec->lacks_year = spec->lacks_year || (pattern ? stamp_pattern_lacks_year(pattern) : FORMS[kind].lacks_year);
    spec->lacks_zone = spec->lacks_zone || (pattern ? stamp_pattern_lacks_zone(pattern) : FORMS[kind].lacks_zone);
    spec->numeric = spec->numeric || (!pattern && FORMS[kind].numeric);
    return true;
}

StampSpec *stamp_spec_new(const char *const *forms, GError **error) {
    StampSpec *spec = g_new0(StampSpec, 1);
    for (; *forms; forms++) {
        if (!add_form(spec, *forms, error)) {
            stamp_spec_free(spec);
            return NULL;
        }
    }
    if (spec->count == 0) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "no time form is told (expected %s, or a pattern)", FORM_NAMES);
        stamp_spec_free(spec);
        return NULL;
    }
    return spec;
}

void stamp_spec_free(StampSpec *spec) {
    if (spec) {
        for (size_t i = 0; i < spec->count; i++) {
            stamp_pattern_free(spec->forms[i].pattern);
        }
        g_free(spec);
    }
}

bool stamp_may_lack_year(const StampSpec *spec) {
    return spec->lacks_year;
}

bool stamp_may_lack_zone(const StampSpec *spec) {
    return spec->lacks_zone;
}

bool stamp_may_be_numeric(const StampSpec *spec) {
    return spec->numeric;
}

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/* Two digits; a fault sets a bit of *bad above all numbers. */
static unsigned two(const char *p, unsigned *bad) {
    unsigned tens = (unsigned)(unsigned char)p[0] - '0', ones = (unsigned)(unsigned char)p[1] - '0';
    *bad |= (unsigned)(tens > 9) | (unsigned)(ones > 9);
    return tens * 10 + ones;
}

/* ".fff", "Z", "+hh:mm" or nothing after the seconds; false for anything else. */
static bool plain_end(const char *p, const char *end, RawStamp *out) {
    if (p < end && (*p == '.' || *p == ',')) {
        int weight = 100, milli = 0;
        const char *from = ++p;
        for (; p < end && is_digit(*p); p++) {
            milli += weight * (*p - '0');
            weight /= 10;
        }
        if (p == from) {
            return false;
        }
        out->local += milli;
    }
    if (p == end) {
        return true;
    }
    out->has_offset = true;
    if (*p == 'Z') {
        return p + 1 == end;
    }
    if (end - p != 6 || (*p != '+' && *p != '-') || p[3] != ':') {
        return false;
    }
    unsigned bad = 0;
    unsigned hours = two(p + 1, &bad), minutes = two(p + 4, &bad);
    Millis offset = (Millis)hours * MILLIS_HOUR + (Millis)minutes * MILLIS_MINUTE;
    out->offset = *p == '-' ? -offset : offset;
    return !bad && hours <= 23 && minutes <= 59;
}

/* YYYY-MM-DDTHH:MM:SS[.fff][Z|+hh:mm] and nothing else. False: perhaps another form, or no time at all. */
static bool scan_plain_iso(Span text, RawStamp *out) {
    const char *p = text.p;
    if (text.n < 19 || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' ') || p[13] != ':' || p[16] != ':') {
        return false;
    }
    unsigned bad = 0;
    unsigned year = two(p, &bad) * 100 + two(p + 2, &bad), month = two(p + 5, &bad), day = two(p + 8, &bad);
    unsigned hour = two(p + 11, &bad), minute = two(p + 14, &bad), second = two(p + 17, &bad);
    bad |= (unsigned)(year == 0) | (unsigned)(month - 1 > 11) | (unsigned)(day == 0) | (unsigned)(hour > 23) |
           (unsigned)(minute > 59) | (unsigned)(second > 59);
    if (bad || (day > 28 && (int)day > ds_month_length((int)year, (int)month))) {
        return false;
    }
    int64_t days = ds_days_of((int)year, (int)month, (int)day);
    *out = (RawStamp){.has_year = true};
    out->local = ((days * 24 + hour) * 60 + minute) * MILLIS_MINUTE + second * MILLIS_SECOND;
    return plain_end(p + 19, text.p + text.n, out);
}

/* What may begin with a digit, told by how many there are. */
static bool scan_auto_digits(Span text, RawStamp *out) {
    size_t digits = 1;
    while (digits < text.n && is_digit(text.p[digits])) {
        digits++;
    }
    char next = digits < text.n ? text.p[digits] : '\0';
    bool all = digits == text.n;
    if (digits <= 2) {
        if (next == ' ' || (digits + 1 < text.n && g_ascii_isalpha(text.p[digits + 1]))) {
            return stamp_form_clf(text, out) || stamp_form_named(text, out);
        }
        return stamp_form_numeric(text, ORDER_FILE, out) || stamp_form_epoch(text, out);
    }
    /* A number of 8 or 14 digits that is a date is one: as an epoch it would lie in 1970 or past 2286. */
    if (digits == 4 || (digits == 8 && !all) || (all && (digits == 8 || digits == 14))) {
        if (stamp_form_iso(text, out) || (digits == 4 && stamp_form_named(text, out))) {
            return true;
        }
    }
    return stamp_form_epoch(text, out);
}

static bool scan_auto(Span text, RawStamp *out) {
    if (is_digit(text.p[0])) {
        return scan_auto_digits(text, out);
    }
    if (text.p[0] == '-') {
        return stamp_form_epoch(text, out);
    }
    return stamp_form_named(text, out) || stamp_form_iso(text, out);
}

static bool scan_form(FormKind kind, const StampPattern *pattern, Span text, RawStamp *out) {
    switch (kind) {
    case FORM_AUTO:
        return scan_plain_iso(text, out) || scan_auto(text, out);
    case FORM_EPOCH:
        return stamp_form_epoch(text, out);
    case FORM_ISO:
        return scan_plain_iso(text, out) || stamp_form_iso(text, out);
    case FORM_CLF:
        return stamp_form_clf(text, out);
    case FORM_RFC3164:
        return stamp_form_named(text, out);
    case FORM_RFC2822:
    case FORM_CTIME:
        return stamp_form_named(text, out) && out->has_year;
    case FORM_DMY:
        return stamp_form_numeric(text, ORDER_DMY, out);
    case FORM_MDY:
        return stamp_form_numeric(text, ORDER_MDY, out);
    case FORM_NUMERIC:
        return stamp_form_numeric(text, ORDER_FILE, out);
    case FORM_PATTERN:
        break;
    }
    return stamp_pattern_scan(pattern, text, out);
}

bool stamp_scan(const StampSpec *spec, Span text, RawStamp *out) {
    text = ds_span_trim(text);
    if (text.n == 0 || text.n > STAMP_TEXT_MOST) {
        return false;
    }
    for (size_t i = 0; i < spec->count; i++) {
        if (scan_form(spec->forms[i].kind, spec->forms[i].pattern, text, out)) {
            return true;
        }
    }
    return false;
}
