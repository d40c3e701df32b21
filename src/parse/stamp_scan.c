/* SPDX-License-Identifier: MIT
 * Which forms a time may have, and trying them in order. Where a form has a shape that most logs write, that shape is
 * tried first, as it is much faster to read; what it does not fit goes to the form itself. */
#include "parse/stamp_token.h"

#include "base/error.h"

#define FORMS_MOST 16u
#define FORM_NAMES "auto, epoch, iso, rfc3164, clf, rfc2822, ctime, dmy, mdy, numeric, tai64n, clock"

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
    FORM_TAI64N,
    FORM_CLOCK,
    FORM_PATTERN
} FormKind;

static const struct {
    const char *name;
    bool lacks_year, lacks_zone, numeric;
} FORMS[FORM_PATTERN] = {
    [FORM_AUTO] = {"auto", true, true, true},        [FORM_EPOCH] = {"epoch", false, false, false},
    [FORM_ISO] = {"iso", false, true, false},        [FORM_RFC3164] = {"rfc3164", true, true, false},
    [FORM_CLF] = {"clf", false, true, false},        [FORM_RFC2822] = {"rfc2822", false, true, false},
    [FORM_CTIME] = {"ctime", false, true, false},    [FORM_DMY] = {"dmy", false, true, false},
    [FORM_MDY] = {"mdy", false, true, false},        [FORM_NUMERIC] = {"numeric", false, true, true},
    [FORM_TAI64N] = {"tai64n", false, false, false}, [FORM_CLOCK] = {"clock", true, true, false},
};

struct StampSpec {
    size_t count;
    struct {
        FormKind kind;
        StampPattern *pattern; /* FORM_PATTERN only; owned */
    } forms[FORMS_MOST];
    bool lacks_year, lacks_zone, numeric;
    unsigned shapes; /* that the first form tries before all else */
};

static unsigned shapes_of(FormKind kind) {
    switch (kind) {
    case FORM_AUTO: /* tells them apart by their first bytes, so each of them comes first for texts like it */
        return STAMP_SHAPE_ISO | STAMP_SHAPE_CLF | STAMP_SHAPE_SYSLOG;
    case FORM_ISO:
        return STAMP_SHAPE_ISO;
    case FORM_CLF:
        return STAMP_SHAPE_CLF;
    case FORM_RFC3164:
        return STAMP_SHAPE_SYSLOG;
    default:
        return 0;
    }
}

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
    spec->shapes = spec->count == 0 ? shapes_of(kind) : spec->shapes;
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
            return stamp_plain_clf(text, out) || stamp_form_clf(text, out) || stamp_form_named(text, out);
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
    return stamp_plain_syslog(text, out) || stamp_form_named(text, out) || stamp_form_iso(text, out);
}

static bool scan_form(FormKind kind, const StampPattern *pattern, Span text, RawStamp *out) {
    switch (kind) {
    case FORM_AUTO:
        return stamp_plain_iso(text, out) || scan_auto(text, out);
    case FORM_EPOCH:
        return stamp_form_epoch(text, out);
    case FORM_ISO:
        return stamp_plain_iso(text, out) || stamp_form_iso(text, out);
    case FORM_CLF:
        return stamp_plain_clf(text, out) || stamp_form_clf(text, out);
    case FORM_RFC3164:
        return stamp_plain_syslog(text, out) || stamp_form_named(text, out);
    case FORM_RFC2822:
    case FORM_CTIME:
        return stamp_form_named(text, out) && out->has_year;
    case FORM_DMY:
        return stamp_form_numeric(text, ORDER_DMY, out);
    case FORM_MDY:
        return stamp_form_numeric(text, ORDER_MDY, out);
    case FORM_NUMERIC:
        return stamp_form_numeric(text, ORDER_FILE, out);
    case FORM_TAI64N:
        return stamp_form_tai64n(text, out);
    case FORM_CLOCK:
        return stamp_form_clock(text, out);
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

bool stamp_scan_next(const StampSpec *spec, StampMemo *memo, Span text, RawStamp *out) {
    text = ds_span_trim(text);
    return stamp_plain_again(memo, text, out) || stamp_plain_first(memo, spec->shapes, text, out) ||
           stamp_scan(spec, text, out);
}
