/* SPDX-License-Identifier: MIT
 * What the name of a file tells: captures of `file:`, what goes before them, and detection by them. */
#include "parse/parser.h"

#define HEAD "name: t\ntitle: t\ntype: csv\ntime: epoch\n"
#define NAMED                                                                                                          \
    HEAD "file: '(?<kind>ping|load)-(?<service>[^/]+)-\\d{4}\\.csv$'\nrequire: [time, value]\nrules:\n"                \
         "  - when: {kind: ping}\n    fields: {state: {from: value, map: {nan: down}, default: up}, text: '{kind}'}\n" \
         "  - when: {kind: load}\n    ignore: true\n"

static Parser *parser_of(const char *text) {
    GError *error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(text), "t.yaml", &error);
    g_assert_no_error(error);
    return parser;
}

static void append_record(void *context, const Record *record) {
    g_string_append_printf(context, "%.*s/%.*s/%s ", (int)record->service.n, record->service.p, (int)record->text.n,
                           record->text.p ? record->text.p : "", ds_state_name(record->state));
}

static void check(const char *path, const char *expected, uint64_t ignored, uint64_t rejected) {
    g_autoptr(Parser) parser = parser_of(NAMED);
    const Reading reading = {.parsers = {parser}, .parser_count = 1};
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, path);
    Sink sink = {append_record, NULL, got};
    g_assert_true(run_memory_at(&reading, path, SPAN("time,value\n1,0.5\n2,nan\n"), &sink, page, NULL));
    g_assert_cmpstr(got->str, ==, expected);
    g_assert_cmpuint(page->ignored, ==, ignored + 1); /* the header */
    g_assert_cmpuint(page->rejected, ==, rejected);
}

static void test_captures(void) {
    check("ping-db.example-2026.csv", "db.example/ping/up db.example/ping/down ", 0, 0);
    check("logs.zip!host/ping/ping-db-2026.csv", "db/ping/up db/ping/down ", 0, 0);
    check("load-db-2026.csv", "", 2, 0);
    check("other-db-2026.csv", "", 0, 2);
    check("ping-db-2026.csv/a/b/c.csv", "", 0, 2); /* a folder far above says nothing */
}

/* Lines of the file tell the service anew; a file of which nothing is told forgets the name of the one before. */
static void test_set(void) {
    static const char yaml[] = "name: t\ntitle: t\ntype: regex\nfile: '(?<site>\\w+)-\\d\\.log$'\nrules:\n"
                               "  - pattern: '^host\\s(?<service>\\w+)'\n    ignore: true\n    remember: [service]\n"
                               "  - pattern: '^(?<time>\\d+)\\s(?<state>\\w+)$'\n    fields: {text: '{site}'}\n";
    g_autoptr(Parser) parser = parser_of(yaml);
    g_autoptr(ParserState) state = ds_parser_state_new();
    g_autoptr(GString) got = g_string_new(NULL);
    static const struct {
        const char *path, *text;
    } files[] = {{"fra-1.log", "1 up\nhost a\n2 up\n"}, {"sin-2.log", "3 up\n"}, {"log", "4 down\n"}};
    Sink sink = {append_record, NULL, got};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        const InputFile file = {.path = (char *)files[i].path, .date = INSTANT_NONE};
        GError *error = NULL;
        Run run;
        run_start(&run, parser, RUN_READ);
        run.file = &file;
        run.sink = &sink;
        run.state = state;
        run.error = &error;
        run.defaults = (RunDefaults){.service = SPAN("stem")};
        run_source(&run, NULL, ds_span_of(files[i].text), false);
        g_autoptr(Zone) utc = ds_zone_load("UTC", NULL);
        g_assert_true(stamp_context_start(&run.stamp, NULL, utc, 0, NULL, &file, NULL, &error));
        g_assert_true(run_read(&run));
        framer_stop(&run.framer);
        run_stop(&run);
    }
    g_assert_cmpstr(got->str, ==, "stem/fra/up a/fra/up a/sin/up a//down ");
}

/* What the user says of an input goes before the name of the file. */
static void test_told(void) {
    g_autoptr(Parser) parser = parser_of(NAMED);
    const InputFile file = {.path = (char *)"ping-db-2026.csv", .date = INSTANT_NONE};
    Run run;
    run_start(&run, parser, RUN_READ);
    run.file = &file;
    run.defaults.service_told = SPAN("shop");
    path_apply(&run);
    g_assert_cmpuint(run.remembered_set, ==, 0);
    g_assert_cmpstr(run.kept[0]->str, ==, "ping");
    run_stop(&run);
}

static void test_bid(void) {
    g_autoptr(GPtrArray) parsers = g_ptr_array_new_with_free_func((GDestroyNotify)ds_parser_free);
    g_ptr_array_add(parsers, parser_of(NAMED));
    Bid best[3];
    Span head = SPAN("time,value\n1,0.5\n2,nan\n");
    g_assert_cmpuint(ds_parsers_bid(parsers, "x/ping-db-2026.csv", head, true, best), ==, 1);
    g_assert_cmpfloat(best[0].score, >, 0.9);
    g_assert_cmpuint(ds_parsers_bid(parsers, "x/load-db-2026.csv", head, true, best), ==, 1); /* deliberately nothing */
    g_assert_cmpfloat(best[0].score, ==, 0.5);
    g_assert_cmpuint(ds_parsers_bid(parsers, "x/ping.csv", head, true, best), ==, 0);
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL, head, true, best), ==, 0);
}

static void test_mistakes(void) {
    static const struct {
        const char *yaml, *part;
    } cases[] = {{HEAD "file: [a]\n", "t.yaml:5: file must be a pattern"},
                 {HEAD "file: ''\n", "t.yaml:5: file must be a pattern"},
                 {HEAD "file: '('\n", "t.yaml:5: bad pattern"},
                 {HEAD "file: '(?<duration_ms>\\d+)'\n", "t.yaml:5: file: a name tells no unit"},
                 {"name: t\ntitle: t\ntype: ical\nfile: a\n", "t.yaml:4: file goes neither"},
                 {"name: t\ntitle: t\ntype: regex\nwraps: '{l}'\nfile: a\n", "t.yaml:5: file goes neither"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(ds_parser_compile(ds_span_of(cases[i].yaml), "t.yaml", &error));
        g_assert_true(g_str_has_prefix(error->message, cases[i].part));
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path/captures", test_captures);
    g_test_add_func("/path/set", test_set);
    g_test_add_func("/path/told", test_told);
    g_test_add_func("/path/bid", test_bid);
    g_test_add_func("/path/mistakes", test_mistakes);
    return g_test_run();
}
