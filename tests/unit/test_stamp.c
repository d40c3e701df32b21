/* SPDX-License-Identifier: MIT
 * Written times to instants, and what a whole file decides. Expected values derived by hand. */
#include "base/error.h"
#include "parse/stamp.h"

#include <string.h>

/* "2026-11-25T10:27:55.000Z"; without Z where zone-less; "----" where year-less; dmy, mdy or both readings told. */
static void describe(const RawStamp *stamp, GString *out) {
    char text[INSTANT_TEXT_SIZE];
    g_string_assign(out, ds_instant_text(stamp->local - stamp->offset, text));
    if (!stamp->has_offset) {
        g_string_truncate(out, out->len - 1);
    }
    if (!stamp->has_year) {
        memcpy(out->str, "----", 4);
    }
    g_string_append(out, stamp->decided_dmy ? " dmy" : stamp->decided_mdy ? " mdy" : "");
    if (stamp->swappable) {
        g_string_append_printf(out, " or %.10s", ds_instant_text(stamp->swapped, text));
    }
}

static const struct {
    const char *form, *text, *expected; /* NULL: no time */
} TEXTS[] = {
    /* ISO 8601 and its relatives */
    {"iso", "2026-11-25T10:27:55Z", "2026-11-25T10:27:55.000Z"},
    {"iso", "  2026-11-25T10:27:55.9999Z\r\n", "2026-11-25T10:27:55.999Z"}, /* cut, not rounded */
    {"iso", "2026-11-25T10:27:55.123456789+05:30", "2026-11-25T04:57:55.123Z"},
    {"iso", "2026-11-25 10:27:55,5", "2026-11-25T10:27:55.500"},
    {"iso", "2026-11-25 10:27:55 +0000", "2026-11-25T10:27:55.000Z"},
    {"iso", "2026-11-25 10:27:55+02", "2026-11-25T08:27:55.000Z"},
    {"iso", "2026-11-25 10:27:55-0330", "2026-11-25T13:57:55.000Z"},
    {"iso", "2026-11-25 10:27:55 UTC", "2026-11-25T10:27:55.000Z"},
    {"iso", "2026-11-25 10:27:55.25 GMT", "2026-11-25T10:27:55.250Z"},
    {"iso", "2026-11-25 10:27:55.5 +0100 CET", "2026-11-25T09:27:55.500Z"},
    {"iso", "2026-11-25T10:27:55+01:00[Europe/Berlin]", "2026-11-25T09:27:55.000Z"},
    {"iso", "2026-11-25t10:27:55z", "2026-11-25T10:27:55.000Z"},
    {"iso", "2026-11-25, 10:27:55", "2026-11-25T10:27:55.000"},
    {"iso", "2026-11-25 10:27", "2026-11-25T10:27:00.000"},
    {"iso", "2026-11-25T10Z", "2026-11-25T10:00:00.000Z"},
    {"iso", "2026-11-25T10:27:55:123", "2026-11-25T10:27:55.123"},
    {"iso", "2026-11-25", "2026-11-25T00:00:00.000"},
    {"iso", "2026/11/25 10:27:55", "2026-11-25T10:27:55.000"},
    {"iso", "2026.1.5 9:05:01", "2026-01-05T09:05:01.000"},
    {"iso", "20261125T102755Z", "2026-11-25T10:27:55.000Z"},
    {"iso", "20261125T102755.125+0100", "2026-11-25T09:27:55.125Z"},
    {"iso", "20261125T1027", "2026-11-25T10:27:00.000"},
    {"iso", "20261125102755", "2026-11-25T10:27:55.000"},
    {"iso", "20261125", "2026-11-25T00:00:00.000"},
    {"iso", "Wed 2026-11-25 10:27:55 UTC", "2026-11-25T10:27:55.000Z"},
    {"iso", "2026-06-13 12:10:00 PM", "2026-06-13T12:10:00.000"},
    {"iso", "2026-06-14 12:10:00 AM", "2026-06-14T00:10:00.000"},
    {"iso", "2026-06-13 01:00:00 pm", "2026-06-13T13:00:00.000"},
    {"iso", "2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"},
    {"iso", "2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.999Z"},
    {"iso", "2026-12-31T24:00:00Z", "2027-01-01T00:00:00.000Z"},
    {"iso", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
    {"iso", "1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"},
    {"iso", "2026-02-29T00:00:00Z", NULL},
    {"iso", "2026-13-01T00:00:00Z", NULL},
    {"iso", "2026-11-25T24:00:01Z", NULL},
    {"iso", "2026-11-25T10:60:00Z", NULL},
    {"iso", "2026-11-25T10:27:61Z", NULL},
    {"iso", "2026-11-25T10:27:55.Z", NULL},
    {"iso", "2026-11-25T10:27:55+24:00", NULL},
    {"iso", "2026-11-25T10:27:55+01:0", NULL},
    {"iso", "2026-11-25T10:27:55 CET", "2026-11-25T09:27:55.000Z"},
    {"iso", "2026-11-25T10:27:55 IST", NULL}, /* India, Ireland or Israel */
    {"iso", "2026-11-25T10:27:55Zx", NULL},
    {"iso", "2026-11-25 13:00:00 PM", NULL},
    {"iso", "2026-11-25 0:10:00 AM", NULL},
    {"iso", "0000-11-25T10:27:55Z", NULL},
    {"iso", "2026-11/25", NULL},
    {"iso", "", NULL},
    {"iso", "   ", NULL},
    /* epochs: the unit is told by the size */
    {"epoch", "1700000000", "2023-11-14T22:13:20.000Z"},
    {"epoch", "1700000000000", "2023-11-14T22:13:20.000Z"},
    {"epoch", "1700000000000000", "2023-11-14T22:13:20.000Z"},
    {"epoch", "1700000000000000000", "2023-11-14T22:13:20.000Z"},
    {"epoch", "1595037214.261953", "2020-07-18T01:53:34.261Z"},
    {"epoch", "1700000000123.9", "2023-11-14T22:13:20.123Z"},
    {"epoch", "1700000000123999.5", "2023-11-14T22:13:20.123Z"},
    {"epoch", "0", "1970-01-01T00:00:00.000Z"},
    {"epoch", "0.0019", "1970-01-01T00:00:00.001Z"},
    {"epoch", "0001.5", "1970-01-01T00:00:01.500Z"},
    {"epoch", "-1.5", "1969-12-31T23:59:58.500Z"},
    {"epoch", "-0.0001", "1969-12-31T23:59:59.999Z"}, /* cut towards the past */
    {"epoch", "-1.5000", "1969-12-31T23:59:58.500Z"},
    {"epoch", "99999999999", "5138-11-16T09:46:39.000Z"},
    {"epoch", "1e9", NULL},
    {"epoch", "1700000000.", NULL},
    {"epoch", "1.7.0", NULL},
    {"epoch", "-", NULL},
    {"epoch", ".5", NULL},
    {"epoch", "+5", NULL},
    {"epoch", "99999999999999999", "5138-11-16T09:46:39.999Z"},
    {"epoch", "999999999999999999999", NULL},
    {"epoch", "9999999999999999999999999", NULL},
    /* the month in words */
    {"clf", "25/Nov/2026:10:00:00 +0000", "2026-11-25T10:00:00.000Z"},
    {"clf", "25/Nov/2026:15:51:43.209", "2026-11-25T15:51:43.209"},
    {"clf", "25/nov/2026:15:51:43 -0500", "2026-11-25T20:51:43.000Z"},
    {"clf", "31/Nov/2026:10:00:00 +0000", NULL},
    {"clf", "25/Now/2026:10:00:00 +0000", NULL},
    {"rfc3164", "Nov  5 10:00:00", "-----11-05T10:00:00.000"},
    {"rfc3164", "Nov 25 10:00:00.123456", "-----11-25T10:00:00.123"},
    {"rfc3164", "Feb 29 10:00:00", "-----02-29T10:00:00.000"},
    {"rfc3164", "Nov 25 2026 10:00:00", "2026-11-25T10:00:00.000"},
    {"rfc3164", "2026 Nov 25 10:00:00", "2026-11-25T10:00:00.000"},
    {"rfc3164", "Nov 25 10:00:00 2026", "2026-11-25T10:00:00.000"},
    {"rfc3164", "*Mar  1 00:00:05.250", "-----03-01T00:00:05.250"},
    {"rfc3164", "Mar  1 00:00:05 UTC", "-----03-01T00:00:05.000Z"},
    {"rfc3164", "Dec 31 24:00:00", "-----01-01T00:00:00.000"},
    {"rfc3164", "25 Nov 10:00:00.5", "-----11-25T10:00:00.500"},
    {"rfc3164", "Nov 31 10:00:00", NULL},
    {"rfc3164", "Nov 25", NULL},
    {"rfc3164", "Novem 25 10:00:00", NULL},
    {"ctime", "Wed Nov 25 10:00:00 2026", "2026-11-25T10:00:00.000"},
    {"ctime", "Tue Mar 3 23:59:10 2026 +0000", "2026-03-03T23:59:10.000Z"},
    {"ctime", "Tue Mar  3 23:59:10 UTC 2026", "2026-03-03T23:59:10.000Z"},
    {"ctime", "Wed Nov 25 10:00:00 EST 2026", "2026-11-25T15:00:00.000Z"},
    {"ctime", "Wed Nov 25 10:00:00 CET 2026", "2026-11-25T09:00:00.000Z"},
    {"ctime", "Sat Jul 25 10:00:00 PM CEST 2026", "2026-07-25T20:00:00.000Z"},
    {"ctime", "Wed Nov 25 10:00:00 NZDT 2026", "2026-11-24T21:00:00.000Z"},
    {"ctime", "Wed Nov 25 2026 10:00:00 GMT+0100 (Central European Standard Time)", "2026-11-25T09:00:00.000Z"},
    {"ctime", "Wed Nov 25 10:00:00", NULL},
    {"ctime", "Wednesday, November 25, 2026, 9:05:06 PM", "2026-11-25T21:05:06.000"},
    {"ctime", "November 25, 2026 at 9:05 AM UTC", "2026-11-25T09:05:00.000Z"},
    {"rfc2822", "Tue, 03 Mar 2026 23:59:10 +0000", "2026-03-03T23:59:10.000Z"},
    {"rfc2822", "3 Mar 2026 23:59 PDT", "2026-03-04T06:59:00.000Z"},
    {"rfc2822", "Tuesday, 03-Mar-26 23:59:10 GMT", "2026-03-03T23:59:10.000Z"},
    {"rfc2822", "Tue, 03 Mar 2026 23:59:10 -0800 (PST)", "2026-03-04T07:59:10.000Z"},
    {"rfc2822", "Tue, 03 Mar 2026 23:59:10", "2026-03-03T23:59:10.000"},
    {"rfc2822", "Tue, 03 Mar", NULL},
    /* numbers only */
    {"numeric", "13/04/2019 23:50:00", "2019-04-13T23:50:00.000 dmy"},
    {"numeric", "04/13/2019 23:50", "2019-04-13T23:50:00.000 mdy"},
    {"numeric", "01/11/2026 10:00:00", "2026-11-01T10:00:00.000 or 2026-01-11"},
    {"numeric", "11/11/2026 10:00:00", "2026-11-11T10:00:00.000"}, /* both readings are one */
    {"numeric", "25.11.26", "2026-11-25T00:00:00.000 dmy"},
    {"numeric", "25-11-69 1:02:03.5", "1969-11-25T01:02:03.500 dmy"},
    {"numeric",
     "11/25/2026, 9:05:06\xe2\x80\xaf"
     "PM",
     "2026-11-25T21:05:06.000 mdy"},
    {"numeric", "11/25/2026 9:05:06 p.m.", "2026-11-25T21:05:06.000 mdy"},
    {"numeric", "24/01/2017 10:00:00 UTC", "2017-01-24T10:00:00.000Z dmy"},
    {"numeric", "13/13/2019", NULL},
    {"numeric", "31/04/2019", NULL},
    {"numeric", "01/11-2026", NULL},
    {"numeric", "01/11/202", NULL},
    {"numeric", "01/11", NULL},
    {"dmy", "01/11/2026", "2026-11-01T00:00:00.000"},
    {"dmy", "11/25/2026", NULL},
    {"mdy", "01/11/2026", "2026-01-11T00:00:00.000"},
    {"mdy", "25/11/2026", NULL},
    /* by the shape */
    {"auto", "2026-11-25T10:27:55Z", "2026-11-25T10:27:55.000Z"},
    {"auto", "1700000000", "2023-11-14T22:13:20.000Z"},
    {"auto", "1700000000.5", "2023-11-14T22:13:20.500Z"},
    {"auto", "-5", "1969-12-31T23:59:55.000Z"},
    {"auto", "20261125", "2026-11-25T00:00:00.000"},
    {"auto", "20261125T102755Z", "2026-11-25T10:27:55.000Z"},
    {"auto", "20261125102755", "2026-11-25T10:27:55.000"},
    {"auto", "20269925", "1970-08-23T14:32:05.000Z"}, /* no date */
    {"auto", "2026/11/25 10:27:55", "2026-11-25T10:27:55.000"},
    {"auto", "25/Nov/2026:10:00:00 +0000", "2026-11-25T10:00:00.000Z"},
    {"auto", "3 Mar 2026 23:59:10 +0000", "2026-03-03T23:59:10.000Z"},
    {"auto", "03-Mar-2026 23:59:10", "2026-03-03T23:59:10.000"},
    {"auto", "2026 Nov 25 10:00:00", "2026-11-25T10:00:00.000"},
    {"auto", "2026-Nov-25 10:00:00", "2026-11-25T10:00:00.000"},
    {"auto", "Tue, 03 Mar 2026 23:59:10 +0000", "2026-03-03T23:59:10.000Z"},
    {"auto", "Wed Nov 25 10:00:00 2026", "2026-11-25T10:00:00.000"},
    {"auto", "Wed 2026-11-25 10:27:55 UTC", "2026-11-25T10:27:55.000Z"},
    {"auto", "Nov  5 10:00:00", "-----11-05T10:00:00.000"},
    {"auto", "13/04/2019 23:50:00", "2019-04-13T23:50:00.000 dmy"},
    {"auto", "13.5", "1970-01-01T00:00:13.500Z"},
    {"auto", "hello", NULL},
    {"auto", "2026-11-25T10:27:55Z and more", NULL},
    {"auto", "4294967296429496729642949672964294967296", NULL},
    /* patterns */
    {"%Y-%m-%d %H:%M:%S", "2026-11-25 10:27:55", "2026-11-25T10:27:55.000"},
    {"%Y%m%d%H%M%S%f", "20261125102755123456", "2026-11-25T10:27:55.123"},
    {"%F %T.%f %z", "2026-11-25 10:27:55.5 +01:00", "2026-11-25T09:27:55.500Z"},
    {"%D %I:%M %p", "11/25/26 12:05 AM", "2026-11-25T00:05:00.000"},
    {"%a, %d %B %Y %T %Z", "Wed, 25 November 2026 10:27:55 UTC", "2026-11-25T10:27:55.000Z"},
    {"%s.%f", "1595037214.261953", "2020-07-18T01:53:34.261Z"},
    {"%s", "-3", "1969-12-31T23:59:57.000Z"},
    {"%Y/%j %H", "2024/366 23", "2024-12-31T23:00:00.000"},
    {"%Y/%j", "2026/366", NULL},
    {"[%e/%b/%y:%H%%]", "[ 5/Nov/26:10%]", "2026-11-05T10:00:00.000"},
    {"%m-%d %H:%M:%S.%f", "11-25 10:27:55.1", "-----11-25T10:27:55.100"},
    {"%Y-%m-%d%n%H:%M", "2026-11-25   10:27", "2026-11-25T10:27:00.000"},
    {"%Y-%m-%d", "2026-11-25x", NULL},
    {"%Y-%m-%d", "26-11-25", NULL},
};

static StampSpec *spec_of(const char *form) {
    const char *forms[] = {form, NULL};
    g_autoptr(GError) error = NULL;
    StampSpec *spec = stamp_spec_new(forms, &error);
    g_assert_no_error(error);
    return spec;
}

static void test_texts(void) {
    g_autoptr(GString) got = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        StampSpec *spec = spec_of(TEXTS[i].form);
        size_t n = strlen(TEXTS[i].text);
        g_autofree char *copy = g_memdup2(TEXTS[i].text, n + !n); /* not terminated: nothing may read past it */
        RawStamp stamp;
        g_string_assign(got, "no time");
        if (stamp_scan(spec, (Span){copy, n}, &stamp)) {
            describe(&stamp, got);
        }
        if (strcmp(got->str, TEXTS[i].expected ? TEXTS[i].expected : "no time") != 0) {
            g_error("%s '%s': %s, not %s", TEXTS[i].form, TEXTS[i].text, got->str, TEXTS[i].expected);
        }
        stamp_spec_free(spec);
    }
}

static void test_specs(void) {
    static const struct {
        const char *form, *says;
    } BAD[] = {
        {"is", "unknown time form 'is'"},
        {"%Y-%Q-%d", "unknown conversion '%Q'"},
        {"%Y-%m-%d %", "unknown conversion '%'"},
        {"%H:%M:%S", "tells no day"},
        {"%Y-%m", "tells no day"},
        {"%j", "tells no day"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(BAD); i++) {
        const char *forms[] = {BAD[i].form, NULL};
        g_autoptr(GError) error = NULL;
        g_assert_null(stamp_spec_new(forms, &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
        if (!strstr(error->message, BAD[i].says)) {
            g_error("'%s' should say '%s'", error->message, BAD[i].says);
        }
    }
    static const struct {
        const char *form;
        bool year, zone, numeric;
    } LACKS[] = {
        {"auto", true, true, true},     {"epoch", false, false, false},   {"iso", false, true, false},
        {"rfc3164", true, true, false}, {"numeric", false, true, true},   {"dmy", false, true, false},
        {"%s", false, false, false},    {"%m/%d %z", true, false, false}, {"%Y/%m/%d", false, true, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(LACKS); i++) {
        StampSpec *spec = spec_of(LACKS[i].form);
        g_assert_true(stamp_may_lack_year(spec) == LACKS[i].year);
        g_assert_true(stamp_may_lack_zone(spec) == LACKS[i].zone);
        g_assert_true(stamp_may_be_numeric(spec) == LACKS[i].numeric);
        stamp_spec_free(spec);
    }
    const char *two[] = {"epoch", "iso", NULL}; /* tried in turn */
    StampSpec *spec = stamp_spec_new(two, NULL);
    RawStamp stamp;
    g_assert_true(stamp_scan(spec, SPAN("2026-11-25"), &stamp));
    g_assert_false(stamp_scan(spec, SPAN("Nov  5 10:00:00"), &stamp));
    stamp_spec_free(spec);
}

/* A file as a list of times, read twice as a parser does. expected: the instants, blanks between. */
typedef struct {
    const char *name, *zone, *lines[16], *expected[16];
    int year;
    const char *order, *date, *packed, *modified;   /* of the file; NULL: none */
    const char *says_zone, *says_year, *says_order; /* the ledger; NULL: nothing */
} FileCase;

static Instant utc(const char *text) {
    if (!text) {
        return INSTANT_NONE;
    }
    StampSpec *spec = spec_of("iso");
    RawStamp stamp;
    g_assert_true(stamp_scan(spec, ds_span_of(text), &stamp));
    stamp_spec_free(spec);
    return stamp.local;
}

static void run_file(const FileCase *c) {
    StampSpec *spec = spec_of("auto");
    StampSurvey survey;
    RawStamp stamp;
    stamp_survey_start(&survey);
    for (int i = 0; c->lines[i]; i++) {
        g_assert_true(stamp_scan(spec, ds_span_of(c->lines[i]), &stamp));
        stamp_survey_add(&survey, &stamp);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Zone) zone = ds_zone_load(c->zone ? c->zone : "UTC", &error);
    g_assert_no_error(error);
    char path[] = "log";
    InputFile file = {.path = path, .date = utc(c->date), .packed = utc(c->packed), .modified = utc(c->modified)};
    FileQuality quality = {0};
    StampContext context;
    g_assert_true(stamp_context_start(&context, &survey, zone, c->year, c->order, &file, &quality, &error));
    for (int i = 0; c->lines[i]; i++) {
        char text[INSTANT_TEXT_SIZE];
        g_assert_true(stamp_scan(spec, ds_span_of(c->lines[i]), &stamp));
        Instant instant = stamp_resolve(&context, &stamp);
        if (instant != utc(c->expected[i])) {
            g_error("%s: '%s' is %s, not %s", c->name, c->lines[i], ds_instant_text(instant, text), c->expected[i]);
        }
    }
    g_assert_cmpstr(quality.zone, ==, c->says_zone);
    g_assert_cmpstr(quality.year_rule, ==, c->says_year);
    g_assert_cmpstr(quality.date_order, ==, c->says_order);
    g_free(quality.zone);
    g_free(quality.year_rule);
    g_free(quality.date_order);
    stamp_spec_free(spec);
}

static const FileCase FILES[] = {
    {.name = "New Year",
     .lines = {"Dec 31 23:50:00", "Jan  1 00:10:00"},
     .expected = {"2025-12-31 23:50:00", "2026-01-01 00:10:00"},
     .packed = "2026-01-01",
     .says_zone = "UTC",
     .says_year = "years 2025 to 2026, that of the last line from the gzip header"},
    {.name = "lines interleaved at New Year",
     .lines = {"Jan  1 00:00:01", "Dec 31 23:59:59", "Jan  1 00:00:02", "Jan  1 00:05:00"},
     .expected = {"2026-01-01 00:00:01", "2025-12-31 23:59:59", "2026-01-01 00:00:02", "2026-01-01 00:05:00"},
     .packed = "2026-01-01",
     .says_zone = "UTC",
     .says_year = "year 2026 from the gzip header"},
    {.name = "packed long after the last line",
     .lines = {"Nov 25 10:00:00", "Nov 26 10:00:00"},
     .expected = {"2025-11-25 10:00:00", "2025-11-26 10:00:00"},
     .packed = "2026-03-01",
     .says_zone = "UTC",
     .says_year = "year 2025 from the gzip header"},
    {.name = "two New Years",
     .lines = {"Dec 30 00:00:00", "Mar  1 00:00:00", "Aug  1 00:00:00", "Dec 31 00:00:00", "Jan  2 00:00:00"},
     .expected = {"2023-12-30", "2024-03-01", "2024-08-01", "2024-12-31", "2025-01-02"},
     .modified = "2025-01-02 00:00:01",
     .says_zone = "UTC",
     .says_year = "years 2023 to 2025, that of the last line from the file's own time of change"},
    {.name = "--year is the last line's",
     .lines = {"Dec 31 23:50:00", "Jan  1 00:10:00"},
     .expected = {"2019-12-31 23:50:00", "2020-01-01 00:10:00"},
     .year = 2020,
     .packed = "2026-01-01",
     .says_zone = "UTC",
     .says_year = "years 2019 to 2020, that of the last line as told"},
    {.name = "a name that tells the first day of its month",
     .lines = {"Jan  5 10:00:00", "Jan 31 10:00:00"},
     .expected = {"2026-01-05 10:00:00", "2026-01-31 10:00:00"},
     .date = "2026-01-01",
     .modified = "2026-08-01",
     .says_zone = "UTC",
     .says_year = "year 2026 from the file's name"},
    {.name = "a name that tells the day of rotation",
     .lines = {"Dec 30 10:00:00", "Dec 31 10:00:00"},
     .expected = {"2025-12-30 10:00:00", "2025-12-31 10:00:00"},
     .date = "2026-01-01",
     .says_zone = "UTC",
     .says_year = "year 2025 from the file's name"},
    {.name = "newest first, no year: the first line is the last in time",
     .lines = {"Jan  1 00:10:00", "Jan  1 00:00:00", "Dec 31 23:50:00"},
     .expected = {"2026-01-01 00:10:00", "2026-01-01 00:00:00", "2025-12-31 23:50:00"},
     .packed = "2026-01-01",
     .says_zone = "UTC",
     .says_year = "years 2025 to 2026, that of the first line from the gzip header"},
    {.name = "29 February moves the year to one that has it",
     .lines = {"Feb 28 23:00:00", "Feb 29 01:00:00", "Mar  1 01:00:00"},
     .expected = {"2024-02-28 23:00:00", "2024-02-29 01:00:00", "2024-03-01 01:00:00"},
     .modified = "2026-11-25",
     .says_zone = "UTC",
     .says_year = "year 2024 from the file's own time of change"},
    {.name = "a full date among them",
     .lines = {"Dec 31 23:00:00", "Jan  1 01:00:00", "2022-01-01T02:00:00Z", "Jan  1 03:00:00"},
     .expected = {"2021-12-31 23:00:00", "2022-01-01 01:00:00", "2022-01-01 02:00:00", "2022-01-01 03:00:00"},
     .modified = "2026-11-25",
     .says_zone = "UTC",
     .says_year = "years 2021 to 2022, that of the last line from a full date in the file"},
    {.name = "nothing tells the year",
     .lines = {"Mar  1 01:00:00"},
     .expected = {"1970-03-01 01:00:00"},
     .says_zone = "UTC",
     .says_year = "year 1970 because nothing tells it; say which with --year"},
    {.name = "the hour that comes twice",
     .zone = "Europe/Berlin",
     .lines = {"2026-10-25 01:50:00", "2026-10-25 02:00:00", "2026-10-25 02:50:00", "2026-10-25 02:00:00",
               "2026-10-25 02:00:00", "2026-10-25 02:50:00", "2026-10-25 03:00:00"},
     .expected = {"2026-10-24 23:50:00", "2026-10-25 00:00:00", "2026-10-25 00:50:00", "2026-10-25 01:00:00",
                  "2026-10-25 01:00:00", "2026-10-25 01:50:00", "2026-10-25 02:00:00"},
     .says_zone = "Europe/Berlin"},
    {.name = "the same, newest first",
     .zone = "Europe/Berlin",
     .lines = {"2026-10-25 03:00:00", "2026-10-25 02:50:00", "2026-10-25 02:00:00", "2026-10-25 02:50:00",
               "2026-10-25 02:00:00", "2026-10-25 01:50:00"},
     .expected = {"2026-10-25 02:00:00", "2026-10-25 01:50:00", "2026-10-25 01:00:00", "2026-10-25 00:50:00",
                  "2026-10-25 00:00:00", "2026-10-24 23:50:00"},
     .says_zone = "Europe/Berlin"},
    {.name = "a file that begins in it",
     .zone = "Europe/Berlin",
     .lines = {"2026-10-25 02:30:00", "2026-10-25 02:40:00"},
     .expected = {"2026-10-25 00:30:00", "2026-10-25 00:40:00"},
     .says_zone = "Europe/Berlin"},
    {.name = "a line before with an offset tells the half",
     .zone = "Europe/Berlin",
     .lines = {"2026-10-25T02:30:00+01:00", "2026-10-25 02:40:00"},
     .expected = {"2026-10-25 01:30:00", "2026-10-25 01:40:00"},
     .says_zone = "Europe/Berlin"},
    {.name = "many writers, lines a little out of order",
     .zone = "Europe/Berlin",
     .lines = {"2026-10-25 01:50:02", "2026-10-25 01:50:00", "2026-10-25 01:59:01", "2026-10-25 01:59:00",
               "2026-10-25 02:10:01", "2026-10-25 02:10:00", "2026-10-25 02:59:59", "2026-10-25 02:00:01",
               "2026-10-25 02:00:00", "2026-10-25 02:20:00"},
     .expected = {"2026-10-24 23:50:02", "2026-10-24 23:50:00", "2026-10-24 23:59:01", "2026-10-24 23:59:00",
                  "2026-10-25 00:10:01", "2026-10-25 00:10:00", "2026-10-25 00:59:59", "2026-10-25 01:00:01",
                  "2026-10-25 01:00:00", "2026-10-25 01:20:00"},
     .says_zone = "Europe/Berlin"},
    {.name = "the hour that does not exist",
     .zone = "Europe/Berlin",
     .lines = {"2026-03-29 01:55:00", "2026-03-29 02:30:00", "2026-03-29 03:00:00"},
     .expected = {"2026-03-29 00:55:00", "2026-03-29 01:30:00", "2026-03-29 01:00:00"},
     .says_zone = "Europe/Berlin"},
    {.name = "offsets that change",
     .zone = "Europe/Berlin",
     .lines = {"2026-05-04T14:04:00+02:00", "2026-05-04T12:05:00Z"},
     .expected = {"2026-05-04 12:04:00", "2026-05-04 12:05:00"}},
    {.name = "one line decides day and month",
     .lines = {"12/04/2019 23:50:00", "13/04/2019 00:00:00"},
     .expected = {"2019-04-12 23:50:00", "2019-04-13 00:00:00"},
     .says_zone = "UTC",
     .says_order = "dmy"},
    {.name = "month first",
     .lines = {"04/12/2019 23:50:00", "04/13/2019 00:00:00"},
     .expected = {"2019-04-12 23:50:00", "2019-04-13 00:00:00"},
     .says_zone = "UTC",
     .says_order = "mdy"},
    {.name = "the order is told",
     .lines = {"01/11/2026 10:00:00"},
     .expected = {"2026-01-11 10:00:00"},
     .order = "mdy",
     .says_zone = "UTC",
     .says_order = "mdy"},
    {.name = "both readings are one",
     .lines = {"01/01/2026 10:00:00"},
     .expected = {"2026-01-01 10:00:00"},
     .says_zone = "UTC"},
};

static void test_files(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(FILES); i++) {
        run_file(&FILES[i]);
    }
}

static void test_undecidable(void) {
    static const char *const LINES[] = {"11/11/2026", "01/11/2026", "02/11/2026"};
    StampSpec *spec = spec_of("auto");
    StampSurvey survey;
    RawStamp stamp;
    stamp_survey_start(&survey);
    for (size_t i = 0; i < G_N_ELEMENTS(LINES); i++) {
        g_assert_true(stamp_scan(spec, ds_span_of(LINES[i]), &stamp));
        stamp_survey_add(&survey, &stamp);
    }
    g_autoptr(Zone) zone = ds_zone_load("UTC", NULL);
    char path[] = "web.csv";
    InputFile file = {.path = path, .date = INSTANT_NONE, .packed = INSTANT_NONE, .modified = INSTANT_NONE};
    StampContext context;
    g_autoptr(GError) error = NULL;
    g_assert_false(stamp_context_start(&context, &survey, zone, 0, NULL, &file, NULL, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    g_assert_cmpstr(error->message, ==,
                    "web.csv: '01/11/2026' may be 1 November 2026 or 11 January 2026 and no line decides; say which "
                    "with --date-order dmy or --date-order mdy");
    stamp_spec_free(spec);
}

static void test_without_survey(void) {
    StampSpec *spec = spec_of("auto");
    g_autoptr(Zone) zone = ds_zone_load("UTC", NULL);
    StampContext context;
    RawStamp stamp;
    g_assert_true(stamp_context_start(&context, NULL, zone, 2026, NULL, NULL, NULL, NULL));
    g_assert_true(stamp_scan(spec, SPAN("Nov  5 10:00:00"), &stamp));
    g_assert_cmpint(stamp_resolve(&context, &stamp), ==, utc("2026-11-05 10:00:00"));
    stamp_spec_free(spec);
}

/* A year of quarter hours, in order: the cache of the zone's interval must change nothing. */
static void test_cache(void) {
    g_autoptr(Zone) zone = ds_zone_load("Europe/Berlin", NULL);
    StampContext context;
    g_assert_true(stamp_context_start(&context, NULL, zone, 0, NULL, NULL, NULL, NULL));
    for (Instant t = utc("2026-01-01"); t < utc("2027-01-01"); t += 15 * MILLIS_MINUTE) {
        RawStamp stamp = {.local = t + ds_zone_offset(zone, t), .has_year = true};
        g_assert_cmpint(stamp_resolve(&context, &stamp), ==, t);
    }
}

/* Reading a time after another one gives what reading it alone gives. */
static void test_next(void) {
    static const char *const forms[] = {"auto", "iso", "clf", "rfc3164", "%Y-%m-%d %H:%M:%S"};
    static const char *const texts[] = {
        "2026-11-25T10:27:55Z",
        "2026-11-25T10:27:56.123Z",
        "2026-11-25T10:27:57+02:00",
        "2026-11-25 10:27:58",
        "2026-11-25T10:27:60Z",
        "2026-11-25T10:27:5",
        "2026-11-25T10:27:59.5Z",
        "2026-11-25T10:27:59.12xZ",
        "2026-11-25T10:28:00Z",
        "1969-12-31T23:59:59.999Z",
        "1969-12-31T23:59:58Z",
        "25/Nov/2026:10:27:55 +0000",
        "25/Nov/2026:10:27:56 +0100",
        "25/Nov/2026:10:27:57 +0000",
        "25/Nov/2026:10:27:61 +0000",
        "25/Nov/2026:10:27:58",
        "Nov 25 10:27:55",
        "Nov 25 10:27:56",
        "Nov 25 10:27:56 2026",
        "Nov 25 10:27:5x",
        "1764066475",
        " 2026-11-25T10:27:01Z ",
        "2026-11-25T10:27:55.123456789Z",
        "",
    };
    for (size_t f = 0; f < G_N_ELEMENTS(forms); f++) {
        const char *const spec_forms[] = {forms[f], NULL};
        StampSpec *spec = stamp_spec_new(spec_forms, NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(texts) * G_N_ELEMENTS(texts); i++) {
            const Span before = ds_span_of(texts[i / G_N_ELEMENTS(texts)]);
            const Span text = ds_span_of(texts[i % G_N_ELEMENTS(texts)]);
            StampMemo memo = {0};
            RawStamp alone, next;
            (void)stamp_scan_next(spec, &memo, before, &next);
            const bool expected = stamp_scan(spec, text, &alone);
            g_assert_true(stamp_scan_next(spec, &memo, text, &next) == expected);
            if (expected) {
                g_autoptr(GString) a = g_string_new(NULL);
                g_autoptr(GString) b = g_string_new(NULL);
                describe(&alone, a);
                describe(&next, b);
                g_assert_cmpstr(a->str, ==, b->str);
            }
        }
        stamp_spec_free(spec);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stamp/texts", test_texts);
    g_test_add_func("/stamp/specs", test_specs);
    g_test_add_func("/stamp/files", test_files);
    g_test_add_func("/stamp/undecidable", test_undecidable);
    g_test_add_func("/stamp/without-survey", test_without_survey);
    g_test_add_func("/stamp/cache", test_cache);
    g_test_add_func("/stamp/next", test_next);
    return g_test_run();
}
