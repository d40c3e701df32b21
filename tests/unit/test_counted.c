/* SPDX-License-Identifier: MIT
 * Running totals to differences, the time that counts are of, from file to file, and mistakes in both. */
#include "parse_scene.h"

#define HEAD "name: t\ntitle: t\ntype: csv\nsignal: request\nrequire: [time]\n"
#define TOTALS                                                                                                         \
    HEAD "rules:\n  - fields:\n      count: {from: n, cumulative: true}\n"                                             \
         "      bad_count: {from: f, cumulative: true}\n"

static void append_record(void *context, const Record *record) {
    g_string_append_printf(context, "%.*s %" G_GINT64_FORMAT "+%" G_GINT64_FORMAT " %u/%u\n", (int)record->service.n,
                           record->service.p, record->time, record->duration, record->bad, record->count);
}

static void check(const char *yaml, const char *text, const char *expected, uint64_t ignored) {
    GError *error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(yaml), "t.yaml", &error);
    g_assert_no_error(error);
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "t");
    Sink sink = {append_record, append_why, got};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, page, NULL));
    g_assert_cmpstr(got->str, ==, expected);
    g_assert_cmpuint(page->ignored, ==, ignored); /* with the header */
    g_assert_cmpuint(page->entries, ==, page->accepted + page->ignored + page->rejected);
    ds_parser_free(parser);
}

/* The first row of a service only sets the level; a smaller number is a new beginning and counts as it stands; more
 * than 32 bits are no matter. */
static void test_differences(void) {
    check(TOTALS,
          "time,service,n,f\n1,a,100,10\n1,b,5,0\n3,a,150,12\n4,b,5,0\n5,a,30,1\n6,a,30,1\n6,a,31,2\n"
          "7,c,9000000000000,1\n8,c,9000000000007,3\n",
          "a 1000+2000 2/50\nb 1000+3000 0/0\na 3000+2000 1/30\na 5000+1000 0/0\na 6000+0 1/1\nc 7000+1000 2/7\n", 4);
}

/* Good and bad without a total; a total of which a status says what it is; a restart of one number is one of all. */
static void test_kinds(void) {
    check(HEAD "rules:\n  - fields:\n      good_count: {from: g, cumulative: true}\n"
               "      bad_count: {from: f, cumulative: true}\n",
          "time,g,f\n1,10,1\n2,14,3\n3,2,4\n", "sample 1000+1000 2/6\nsample 2000+1000 4/6\n", 2);
    check(HEAD "rules:\n  - fields: {count: {from: n, cumulative: true}}\n",
          "time,n,status,count\n1,10,200,7\n2,14,503,7\n3,20,200,7\n", "sample 1000+1000 4/4\nsample 2000+1000 0/6\n",
          2);
}

/* What cannot be: time that goes back, more failures than requests, no number; they leave the level as it was, but for
 * a number that was understood. A row that tells other numbers than the one before sets the level anew. */
static void test_refused(void) {
    check(TOTALS, "time,n,f\n5,100,10\n4,120,10\n6,x,10\n6,,10\n7,101,20\nnever,1,1\n8,105,21\n9,9,\n10,12,\n",
          "3: a running total from before the time of the entry before\n4: count is no number\n"
          "5: bad_count without count or good_count\n6: more than were counted failed or succeeded\n"
          "7: time not understood\nsample 7000+1000 1/4\n9: no status\n10: no status\n",
          2);
}

/* Each check and vantage has a level of its own. */
static void test_keys(void) {
    check(TOTALS, "time,vantage,check,n,f\n1,v,x,10,1\n1,v,y,20,1\n1,w,x,40,1\n2,v,x,11,1\n2,v,y,22,1\n2,w,x,44,1\n",
          "sample 1000+1000 0/1\nsample 1000+1000 0/2\nsample 1000+1000 0/4\n", 4);
}

/* Counts of a step: of a told length from or up to the time, or of the time since the entry before. */
static void test_interval(void) {
    check(HEAD "rules:\n  - fields: {bad_count: '0', interval_s: '{w}'}\n", "time,count,w\n60,5,10\n70,5,\n",
          "sample 60000+10000 0/5\nsample 70000+0 0/5\n", 1);
    check(HEAD "rules:\n  - stamped: completed\n    fields: {bad_count: '0', interval: 10s}\n", "time,count\n60,5\n",
          "sample 50000+10000 0/5\n", 1);
    check(HEAD "rules:\n  - fields: {bad_count: '0', interval: previous}\n",
          "time,service,count\n60,a,5\n65,b,5\n70,a,6\n69,a,7\n80,a,8\n",
          "a 60000+0 0/5\nb 65000+0 0/5\na 60000+10000 0/6\na 69000+0 0/7\na 70000+10000 0/8\n", 1);
}

/* Rows without requests tell of silence, but not before the first request. */
static void test_idle(void) {
    Parser *parser = ds_parser_compile(ds_span_of(TOTALS), "t.yaml", NULL);
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "t");
    Sink sink = {append_record, append_why, got};
    g_assert_true(run_memory(parser, SPAN("time,n,f\n1,0,0\n2,0,0\n3,4,0\n4,4,0\n9,4,0\n"), &sink, page, NULL));
    g_assert_cmpint(page->dated_first, ==, 2000);
    g_assert_cmpint(page->dated_last, ==, 9000);
    ds_parser_free(parser);
}

/* A record and its further one have levels by their own names; while one has no level yet the entry is accepted for
 * the other. */
static void test_also(void) {
    check(HEAD "rules:\n  - fields:\n      count: {from: n, cumulative: true}\n      bad: 'false'\n    also:\n"
               "      - {fields: {service: other, count: {from: m, cumulative: true}}}\n",
          "time,n,m\n1,10,5\n2,12,6\n", "sample 1000+1000 0/2\nother 1000+1000 0/1\n", 2);
}

static void test_mistakes(void) {
    static const struct {
        const char *yaml, *line, *part;
    } cases[] = {
        {HEAD "rules:\n  - fields: {count: {from: n, cumulative: yes}}\n", "f.yaml:7:", "false, true"},
        {HEAD "rules:\n  - fields: {bad: {from: n, cumulative: true}}\n",
         "f.yaml:7:", "count, bad_count and good_count"},
        {HEAD "rules:\n  - fields: {count: {const: '4', cumulative: true}}\n", "f.yaml:7:", "from a capture"},
        {HEAD "rules:\n  - signal: report\n    fields: {count: {from: n, cumulative: true}}\n",
         "f.yaml:8:", "of requests"},
        {HEAD "rules:\n  - fields: {count: {from: n, cumulative: true}, bad_count: '{f}'}\n", "f.yaml:7:", "all that"},
        {HEAD "rules:\n  - fields: {count: {from: n, cumulative: true}, interval: 10s}\n", "f.yaml:7:", "no interval"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        expect_mistake(cases[i].yaml, cases[i].line, cases[i].part);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/counted/differences", test_differences);
    g_test_add_func("/counted/kinds", test_kinds);
    g_test_add_func("/counted/refused", test_refused);
    g_test_add_func("/counted/keys", test_keys);
    g_test_add_func("/counted/interval", test_interval);
    g_test_add_func("/counted/idle", test_idle);
    g_test_add_func("/counted/also", test_also);
    g_test_add_func("/counted/mistakes", test_mistakes);
    return g_test_run();
}
