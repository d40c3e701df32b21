/* SPDX-License-Identifier: MIT
 * Lines inside of lines: where they come from, what stands around them, parts put together, wrappers in wrappers; and
 * files that parsers share. */
#include "parse/parser.h"

static const char docker[] = "name: docker\ntitle: t\ntype: json\nwraps: '{log}'\nstream: '{stream}'\ntime: iso\n"
                             "require: [log, stream, time]\nrules:\n  - partial: newline\n";
static const char tagged[] = "name: tagged\ntitle: t\ntype: regex\nwraps: '{line}'\nrules:\n"
                             "  - pattern: '^@(?<service>\\w+)/(?<vantage>\\w+)\\s(?<line>.*)'\n"
                             "  - pattern: '^--'\n    ignore: true\n";
static const char probe[] = "name: probe\ntitle: t\ntype: regex\nrules:\n"
                            "  - pattern: '^(?:(?<time>\\d{4}-\\S+)\\s)?probe\\s(?<state>up|down)\\s?(?<text>.*)'\n";
static const char passing[] = "name: loose\ntitle: t\ntype: regex\nsignal: request\nrules:\n"
                              "  - pattern: '(?<time>\\d{4}-\\S+)\\sloose\\s(?<status>\\d+)'\n";
static const char request[] = "name: request\ntitle: t\ntype: regex\nsignal: request\nrules:\n"
                              "  - pattern: '^(?<time>\\d{4}-\\S+)\\srequest\\s(?<status>\\d+)'\n";

static Parser *parser_of(const char *text) {
    GError *error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(text), "f.yaml", &error);
    g_assert_no_error(error);
    return parser;
}

static void append_record(void *context, const Record *record) {
    char text[INSTANT_TEXT_SIZE];
    g_string_append_printf(context, "%" G_GUINT64_FORMAT ":%.8s:%.*s/%.*s:%.*s ", record->origin.line,
                           ds_instant_text(record->time, text) + 11, (int)record->service.n, record->service.p,
                           (int)record->vantage.n, record->vantage.n ? record->vantage.p : "", (int)record->text.n,
                           record->text.n ? record->text.p : "");
}

static void append_reject(void *context, Origin origin, Span entry, const char *why) {
    (void)entry;
    g_string_append_printf(context, "%" G_GUINT64_FORMAT "! ", origin.line);
    g_assert_nonnull(why);
}

/* Runs "a > b > c" and compares what comes out; accepted, ignored and rejected make the entries. */
static void check(const Reading *reading, const char *text, const char *expected, const uint64_t counts[4]) {
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "x");
    Sink sink = {append_record, append_reject, got};
    g_autoptr(GError) error = NULL;
    g_assert_true(run_memory_as(reading, ds_span_of(text), &sink, page, &error));
    g_assert_cmpstr(got->str, ==, expected);
    g_assert_cmpuint(page->accepted, ==, counts[0]);
    g_assert_cmpuint(page->ignored, ==, counts[1]);
    g_assert_cmpuint(page->rejected, ==, counts[2]);
    g_assert_cmpuint(page->lines, ==, counts[3]);
    g_assert_cmpuint(page->entries, ==, counts[0] + counts[1] + counts[2]);
}

static void test_one(void) {
    g_autoptr(Parser) outer = parser_of(docker), inner = parser_of(probe);
    const Reading reading = {.wrappers = {outer}, .wrapper_count = 1, .parsers = {inner}, .parser_count = 1};
    /* The inner time counts where there is one; a line in parts is that of its first; other streams go on beside it;
     * what is no line of the wrapper is rejected by its own line; two lines in one entry are two. */
    check(&reading,
          "{\"log\":\"2026-01-01T10:00:00Z probe up\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:00Z\"}\n"
          "{\"log\":\"probe do\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:01Z\"}\n"
          "{\"log\":\"probe up x\\n\",\"stream\":\"b\",\"time\":\"2026-01-01T11:00:02Z\"}\n"
          "oops\n"
          "{\"log\":\"wn y\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:03Z\"}\n"
          "{\"log\":\"probe up 1\\nprobe up 2\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:04Z\"}\n"
          "{\"log\":\"other\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:05Z\"}\n"
          "{\"log\":\"\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:06Z\"}\n"
          "{\"log\":\"probe up z\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:07Z\"}\n",
          "4! 1:10:00:00:sample/: 3:11:00:02:sample/:x 2:11:00:01:sample/:y 6:11:00:04:sample/:1 "
          "6:11:00:04:sample/:2 7! 9:11:00:07:sample/:z ",
          (const uint64_t[]){6, 1, 2, 9});
}

static void test_nested(void) {
    g_autoptr(Parser) outer = parser_of(docker), middle = parser_of(tagged), inner = parser_of(probe);
    const Reading reading = {.wrappers = {outer, middle}, .wrapper_count = 2, .parsers = {inner}, .parser_count = 1};
    g_autofree char *name = ds_reading_name(&reading);
    g_assert_cmpstr(name, ==, "docker > tagged > probe");
    check(&reading,
          "{\"log\":\"@web/fra probe down a\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:00Z\"}\n"
          "{\"log\":\"-- cut\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:01Z\"}\n"
          "{\"log\":\"no tag\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:02Z\"}\n"
          "{\"log\":\"@web/fra 2026-01-01T10:00:00Z probe up "
          "b\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T11:00:03Z\"}\n",
          "3! 1:11:00:00:web/fra:a 4:10:00:00:web/fra:b ", (const uint64_t[]){2, 1, 1, 4});
}

/* A header of one program names nothing for another whose lines stand between. */
static void test_programs(void) {
    static const char headed[] =
        "name: headed\ntitle: t\ntype: regex\nrules:\n"
        "  - pattern: '^target\\s(?<service>\\w+)'\n    ignore: true\n    remember: [service]\n"
        "  - pattern: '^(?<time>\\d{4}-\\S+)\\sprobe\\s(?<state>up|down)'\n";
    g_autoptr(Parser) outer = parser_of(tagged), inner = parser_of(headed);
    const Reading reading = {.wrappers = {outer}, .wrapper_count = 1, .parsers = {inner}, .parser_count = 1};
    check(&reading,
          "@a/v target x\n@b/v target y\n@a/v 2026-01-01T10:00:00Z probe up\n@b/v 2026-01-01T10:00:01Z probe up\n"
          "@c/v 2026-01-01T10:00:02Z probe up\n@a/v 2026-01-01T10:00:03Z probe up\n",
          "3:10:00:00:x/v: 4:10:00:01:y/v: 5:10:00:02:c/v: 6:10:00:03:x/v: ", (const uint64_t[]){4, 2, 0, 6});
}

/* The number of a process is no part of the name of a program; a host that is not known is no service. */
static void test_tag(void) {
    static const char tag[] = "name: tag\ntitle: t\ntype: regex\nwraps: '{line}'\nrules:\n"
                              "  - pattern: '^(?<service>\\S+)\\s(?<line>.*)'\n";
    static const char host[] = "name: host\ntitle: t\ntype: regex\nsignal: request\nrules:\n"
                               "  - pattern: '^(?<time>\\d{4}-\\S+)\\s(?<service>\\S+)\\s(?<status>\\d+)'\n";
    g_autoptr(Parser) outer = parser_of(tag), inner = parser_of(host);
    const Reading reading = {.wrappers = {outer}, .wrapper_count = 1, .parsers = {inner}, .parser_count = 1};
    check(&reading,
          "web[12]: 2026-01-01T10:00:00Z - 200\nweb[13]: 2026-01-01T10:00:01Z _ 200\nweb 2026-01-01T10:00:02Z shop "
          "200\n",
          "1:10:00:00:web/: 2:10:00:01:web/: 3:10:00:02:shop/: ", (const uint64_t[]){3, 0, 0, 3});
}

/* Many lines, so that the window moves: lines and times still belong together. */
static void test_long(void) {
    g_autoptr(Parser) outer = parser_of(tagged), inner = parser_of(probe);
    const Reading reading = {.wrappers = {outer}, .wrapper_count = 1, .parsers = {inner}, .parser_count = 1};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) expected = g_string_new(NULL);
    for (unsigned i = 0; i < 20000; i++) {
        g_string_append_printf(text, "@s%u/v 2026-01-01T10:00:00Z probe up %u\n", i % 7, i);
        g_string_append_printf(expected, "%u:10:00:00:s%u/v:%u ", i + 1, i % 7, i);
    }
    check(&reading, text->str, expected->str, (const uint64_t[]){20000, 0, 0, 20000});
}

/* Programs of which no line is read are left out and counted; of one that is partly read the rest is rejected, and so
 * is what tells no program. The first line of b, which nobody takes, stands before the one that is read. */
static void test_left_out(void) {
    static const char loose[] = "name: loose\ntitle: t\ntype: regex\nwraps: '{line}'\nrules:\n"
                                "  - pattern: '^@(?<service>[^/]*)/(?<vantage>\\w+)\\s(?<line>.*)'\n";
    g_autoptr(Parser) outer = parser_of(loose), inner = parser_of(probe);
    const Reading reading = {.wrappers = {outer}, .wrapper_count = 1, .parsers = {inner}, .parser_count = 1};
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "x");
    Sink sink = {append_record, append_reject, got};
    g_assert_true(
        run_memory_as(&reading,
                      SPAN("@sshd[7]/v session\n@b/v hello\n@cron/v job\n@b/v 2026-01-01T10:00:00Z probe up a\n"
                           "@sshd[8]/v session\n@/v nobody\n@b/v 2026-01-01T10:00:99Z probe up\n"),
                      &sink, page, NULL));
    g_assert_cmpstr(got->str, ==, "2! 4:10:00:00:b/v:a 6! 7! ");
    g_assert_cmpuint(page->accepted, ==, 1);
    g_assert_cmpuint(page->ignored, ==, 3);
    g_assert_cmpuint(page->rejected, ==, 3);
    g_autofree char *left = ds_quality_left(page);
    g_assert_cmpstr(left, ==, "lines of programs no parser reads: sshd 2, cron 1");
}

static void test_shared(void) {
    g_autoptr(Parser) a = parser_of(probe), b = parser_of(request);
    const Reading reading = {.parsers = {a, b}, .parser_count = 2};
    g_autofree char *name = ds_reading_name(&reading);
    g_assert_cmpstr(name, ==, "probe + request");
    check(&reading,
          "2026-01-01T10:00:00Z probe up a\n2026-01-01T10:00:01Z request 200\n\nneither\n"
          "2026-01-01T10:00:02Z probe up b\n",
          "1:10:00:00:sample/:a 2:10:00:01:sample/: 4! 5:10:00:02:sample/:b ", (const uint64_t[]){3, 1, 1, 5});
}

static void test_detection(void) {
    /* Two lines are too few to take a program for the only one that counts. */
    static const char few[] = "@a/b one\n@a/b two\n@a/b three\n@c/b 2026-01-01T10:00:00Z probe up\n"
                              "@c/b 2026-01-01T10:00:01Z probe up\n";
    g_autoptr(GPtrArray) parsers = g_ptr_array_new_with_free_func((GDestroyNotify)ds_parser_free);
    const char *const yaml[] = {docker, probe, request, passing, tagged};
    for (unsigned i = 0; i < G_N_ELEMENTS(yaml); i++) {
        g_ptr_array_add(parsers, parser_of(yaml[i]));
    }
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"2026-01-01T10:00:00Z probe up\n2026-01-01T10:00:01Z probe up\n", "probe"},
        {"@a/b probe up\n@a/b probe down\n", NULL}, /* no time anywhere */
        {"@a/b 2026-01-01T10:00:00Z probe up\n-- x\n@a/b 2026-01-01T10:00:00Z probe down\n", "tagged > probe"},
        {"{\"log\":\"@a/b probe up\\n\",\"stream\":\"a\",\"time\":\"2026-01-01T10:00:00Z\"}\n",
         "docker > tagged > probe"},
        {"2026-01-01T10:00:00Z probe up\n2026-01-01T10:00:00Z request 200\n2026-01-01T10:00:00Z probe up\n"
         "2026-01-01T10:00:00Z request 200\n2026-01-01T10:00:00Z request 200\n2026-01-01T10:00:00Z probe up\n"
         "2026-01-01T10:00:00Z request 200\n",
         "request + probe"},
        /* Three lines of one program among many of another that no parser reads. */
        {"@a/b one\n@a/b two\n@a/b three\n@a/b four\n@a/b five\n@c/b 2026-01-01T10:00:00Z probe up\n"
         "@c/b 2026-01-01T10:00:01Z probe up\n@c/b 2026-01-01T10:00:02Z probe up\n",
         "tagged > probe"},
        /* One line in seven that is none of the wrapper's. */
        {"@a/b one\n@a/b two\n@a/b three\nspoilt\n@c/b 2026-01-01T10:00:00Z probe up\n"
         "@c/b 2026-01-01T10:00:01Z probe up\n@c/b 2026-01-01T10:00:02Z probe up\n",
         "tagged > probe"},
        /* A parser that reads past what is in front, which tells two programs apart, or does not. */
        {"@a/b 2026-01-01T10:00:00Z loose 200\n@c/b 2026-01-01T10:00:00Z loose 200\n", "tagged > loose"},
        {"@a/b 2026-01-01T10:00:00Z loose 200\n@a/b 2026-01-01T10:00:00Z loose 200\n", "loose"},
        /* Two programs, a parser each. */
        {"@a/b 2026-01-01T10:00:00Z request 200\n@a/b 2026-01-01T10:00:00Z request 200\n"
         "@a/b 2026-01-01T10:00:00Z request 200\n@a/b 2026-01-01T10:00:00Z request 200\n@c/b 2026-01-01T10:00:00Z "
         "probe up\n"
         "@c/b 2026-01-01T10:00:01Z probe up\n@c/b 2026-01-01T10:00:02Z probe up\n",
         "tagged > request + probe"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Bid best[3];
        ds_parsers_bid(parsers, NULL, ds_span_of(cases[i].text), true, best);
        g_autofree char *name = best[0].parser ? ds_reading_name(&best[0].reading) : NULL;
        g_assert_cmpstr(name, ==, cases[i].name);
        Reading again;
        g_autofree char *unknown = NULL;
        g_autofree char *why = NULL;
        if (name) {
            g_assert_true(ds_reading_of(parsers, name, &again, &unknown, &why));
            g_assert_cmpuint(again.parser_count, ==, best[0].reading.parser_count);
        }
    }
    Reading reading;
    char *unknown = NULL, *why = NULL;
    g_assert_false(ds_reading_of(parsers, "probe > request", &reading, &unknown, &why));
    g_assert_nonnull(strstr(why, "no wrapper"));
    g_free(why);
    g_assert_false(ds_reading_of(parsers, "probe + nothing", &reading, &unknown, &why));
    g_assert_cmpstr(unknown, ==, "nothing");
    g_free(unknown);
    Bid best[3];
    ds_parsers_bid(parsers, NULL, ds_span_of(few), true, best);
    g_assert_cmpfloat(best[0].score, <, 0.5);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wrapper/left-out", test_left_out);
    g_test_add_func("/wrapper/one", test_one);
    g_test_add_func("/wrapper/nested", test_nested);
    g_test_add_func("/wrapper/programs", test_programs);
    g_test_add_func("/wrapper/tag", test_tag);
    g_test_add_func("/wrapper/long", test_long);
    g_test_add_func("/wrapper/shared", test_shared);
    g_test_add_func("/wrapper/detection", test_detection);
    return g_test_run();
}
