/* SPDX-License-Identifier: MIT
 * Clocks without a date: the form, the day of every line of a file, and a date told before the lines. */
#include "parse/parser.h"

typedef struct {
    const char *name, *lines[6], *expected[6], *zone, *told, *date, *packed, *modified, *says;
} DayCase;

static StampSpec *spec_of(const char *first, const char *second) {
    GError *error = NULL;
    const char *const forms[] = {first, second, NULL};
    StampSpec *spec = stamp_spec_new(forms, &error);
    g_assert_no_error(error);
    return spec;
}

static Instant utc(const char *text) {
    RawStamp stamp;
    StampSpec *spec = spec_of("iso", NULL);
    bool read = text && stamp_scan(spec, ds_span_of(text), &stamp);
    stamp_spec_free(spec);
    return read ? stamp.local : INSTANT_NONE;
}

static void test_form(void) {
    static const struct {
        const char *text;
        Millis clock; /* -1: none */
    } cases[] = {{"10:27:55.665", 37675665},
                 {"00:05", 300000},
                 {" 9:05 PM ", 75900000},
                 {"12:00:01 AM", 1000},
                 {"24:00", 86400000},
                 {"23:59:60", 86399999},
                 {"24:01", -1},
                 {"10", -1},
                 {"10:5", -1},
                 {"10:05x", -1},
                 {"2026-11-25", -1},
                 {"13:00 PM", -1}};
    StampSpec *spec = spec_of("clock", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        RawStamp stamp;
        bool read = stamp_scan(spec, ds_span_of(cases[i].text), &stamp);
        g_assert_cmpint(read ? stamp.local : -1, ==, cases[i].clock);
        g_assert_true(!read || (stamp.dayless && !stamp.has_year && !stamp.has_offset));
    }
    stamp_spec_free(spec);
}

static void run_case(const DayCase *c) {
    StampSpec *spec = spec_of("iso", "clock");
    StampSurvey survey;
    RawStamp stamp;
    stamp_survey_start(&survey);
    for (int i = 0; c->lines[i]; i++) {
        g_assert_true(stamp_scan(spec, ds_span_of(c->lines[i]), &stamp));
        stamp_survey_add(&survey, &stamp);
    }
    g_autoptr(Zone) zone = ds_zone_load(c->zone ? c->zone : "UTC", NULL);
    char path[] = "log";
    InputFile file = {.path = path, .date = utc(c->date), .packed = utc(c->packed), .modified = utc(c->modified)};
    FileQuality quality = {0};
    StampContext context;
    g_assert_true(stamp_context_start(&context, &survey, zone, 0, NULL, &file, &quality, NULL));
    stamp_context_days(&context, &survey, utc(c->told), &file, &quality);
    for (int i = 0; c->lines[i]; i++) {
        g_assert_true(stamp_scan(spec, ds_span_of(c->lines[i]), &stamp));
        char text[INSTANT_TEXT_SIZE];
        Instant instant = stamp_resolve(&context, &stamp);
        if (instant != utc(c->expected[i])) {
            g_error("%s: '%s' is %s, not %s", c->name, c->lines[i], ds_instant_text(instant, text), c->expected[i]);
        }
    }
    g_assert_cmpstr(quality.year_rule, ==, c->says);
    g_free(quality.zone);
    g_free(quality.year_rule);
    stamp_spec_free(spec);
}

static const DayCase CASES[] = {
    {.name = "the last line is of the day the file was written",
     .lines = {"09:00", "15:00", "23:50", "00:10"},
     .expected = {"2026-11-24 09:00", "2026-11-24 15:00", "2026-11-24 23:50", "2026-11-25 00:10"},
     .modified = "2026-11-25 00:10:20",
     .says = "days 2026-11-24 to 2026-11-25, from the file's own time of change"},
    {.name = "it cannot lie after that time",
     .lines = {"23:40", "23:58"},
     .expected = {"2026-11-24 23:40", "2026-11-24 23:58"},
     .modified = "2026-11-25 03:00:00",
     .says = "day 2026-11-24 from the file's own time of change"},
    {.name = "that time in the zone of the lines",
     .lines = {"00:10", "00:20"},
     .expected = {"2026-11-24 23:10", "2026-11-24 23:20"},
     .zone = "Europe/Berlin",
     .modified = "2026-11-24 23:21:00",
     .says = "day 2026-11-25 from the file's own time of change"},
    {.name = "long silences do not pass midnight",
     .lines = {"00:05", "22:41", "08:00", "23:00"},
     .expected = {"2026-11-24 00:05", "2026-11-24 22:41", "2026-11-25 08:00", "2026-11-25 23:00"},
     .date = "2026-11-24",
     .modified = "2027-01-01",
     .says = "days 2026-11-24 to 2026-11-25, from the file's name"},
    {.name = "lines a little out of order",
     .lines = {"23:59:59", "00:00:01", "23:59:58", "00:00:02"},
     .expected = {"2026-11-24 23:59:59", "2026-11-25 00:00:01", "2026-11-24 23:59:58", "2026-11-25 00:00:02"},
     .date = "2026-11-24",
     .says = "days 2026-11-24 to 2026-11-25, from the file's name"},
    {.name = "newest first",
     .lines = {"00:10", "00:05", "23:50", "23:40", "09:00"},
     .expected = {"2026-11-25 00:10", "2026-11-25 00:05", "2026-11-24 23:50", "2026-11-24 23:40", "2026-11-24 09:00"},
     .packed = "2026-11-25 00:11",
     .says = "days 2026-11-24 to 2026-11-25, from the gzip header"},
    {.name = "newest first, in a file named after its oldest day",
     .lines = {"00:10", "00:05", "23:50", "23:40", "23:30"},
     .expected = {"2026-11-25 00:10", "2026-11-25 00:05", "2026-11-24 23:50", "2026-11-24 23:40", "2026-11-24 23:30"},
     .date = "2026-11-24",
     .says = "days 2026-11-24 to 2026-11-25, from the file's name"},
    {.name = "a full date among them",
     .lines = {"23:50", "2026-11-25 00:10", "12:00", "23:55", "00:01"},
     .expected = {"2026-11-24 23:50", "2026-11-25 00:10", "2026-11-25 12:00", "2026-11-25 23:55", "2026-11-26 00:01"},
     .modified = "2027-01-01",
     .says = "days 2026-11-24 to 2026-11-26, from a full date in the file"},
    {.name = "nothing tells",
     .lines = {"10:00"},
     .expected = {"1970-01-01 10:00"},
     .says = "day 1970-01-01 because nothing tells it; say which with --day"},
    {.name = "--day is the newest line's, and goes before all else",
     .lines = {"23:50", "00:10"},
     .expected = {"2020-02-28 23:50", "2020-02-29 00:10"},
     .told = "2020-02-29",
     .date = "2026-11-24",
     .says = "days 2020-02-28 to 2020-02-29, as told"},
};

static void test_files(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        run_case(&CASES[i]);
    }
}

static void append_time(void *context, const Record *record) {
    char text[INSTANT_TEXT_SIZE];
    g_string_append_printf(context, "%.16s ", ds_instant_text(record->time, text));
}

/* A date in a header: the clock goes on past midnight until another header tells a date. */
static void check_header(const char *form, const char *text, const char *expected) {
    g_autofree char *yaml = g_strdup_printf("name: t\ntitle: t\ntype: regex\ntime: ['%s', clock]\nrules:\n"
                                            "  - pattern: '^=\\s(?<date>.+)'\n    ignore: true\n    remember: [date]\n"
                                            "  - pattern: '^(?<clock>[\\d:]+)\\s(?<state>\\w+)$'\n"
                                            "    fields: {time: '{date} {clock}'}\n",
                                            form);
    g_autoptr(Parser) parser = ds_parser_compile(ds_span_of(yaml), "t.yaml", NULL);
    g_autoptr(GString) got = g_string_new(NULL);
    Sink sink = {append_time, NULL, got};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, NULL, NULL));
    g_assert_cmpstr(got->str, ==, expected);
}

static void test_header(void) {
    check_header("iso", "= 2026-11-24\n22:00 up\n23:50 up\n00:10 up\n13:00 up\n00:20 up\n= 2026-11-27\n01:00 up\n",
                 "2026-11-24T22:00 2026-11-24T23:50 2026-11-25T00:10 2026-11-25T13:00 2026-11-26T00:20 "
                 "2026-11-27T01:00 ");
    check_header("%b %d %H:%M", "= Dec 31\n23:50 up\n00:10 up\n= Jan 1\n00:20 up\n",
                 "2025-12-31T23:50 2026-01-01T00:10 2026-01-01T00:20 "); /* samples end in the year 2026 */
    check_header("iso", "= 2026-11-24\n23:59 up\n00:01 up\n23:58 up\n00:02 up\n",
                 "2026-11-24T23:59 2026-11-25T00:01 2026-11-24T23:58 2026-11-25T00:02 ");
    check_header("iso", "= 2026-11-24\n09:00 up\n08:00 up\n", "2026-11-24T09:00 2026-11-24T08:00 ");
    check_header("iso", "22:00 up\n01:00 up\n", "2026-01-01T22:00 2026-01-02T01:00 "); /* no header: their first day */
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/day/form", test_form);
    g_test_add_func("/day/files", test_files);
    g_test_add_func("/day/header", test_header);
    return g_test_run();
}
