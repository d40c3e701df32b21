/* SPDX-License-Identifier: MIT
 * CSV: cells with and without quotes, delimiters, headers that fit and do not. */
#include "parse/parser.h"

static const char yaml[] = "name: t\ntitle: t\ntype: csv\nrequire: [time|stamp, status]\noptional: [service]\n"
                           "refuse: [count]\nrules:\n  - fields: {state: '{status}', time: '{time|stamp}'}\n";

static Parser *parser_of(const char *text) {
    GError *error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(text), "t.yaml", &error);
    g_assert_no_error(error);
    return parser;
}

static void test_cells(void) {
    static const struct {
        const char *row, *cells; /* cells joined by / */
    } cases[] = {
        {"a,b,c", "a/b/c"},
        {"", ""},
        {",", "/"},
        {"a,", "a/"},
        {"\"a,b\",c", "a,b/c"},
        {"\"\",x", "/x"},
        {"\"a\"\"b\"", "a\"b"},
        {"\"\"\"\"", "\""},
        {"\"a\"b,c", "ab/c"},
        {"\"open", "open"},
        {"a\"b,c", "a\"b/c"},
        {"\"line\nbreak\",x", "line\nbreak/x"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) scratch = g_string_sized_new(256);
        g_autoptr(GString) got = g_string_new(NULL);
        Span cell;
        bool first = true;
        for (size_t at = 0; csv_cell(ds_span_of(cases[i].row), ',', &at, &cell, scratch); first = false) {
            g_string_append_printf(got, "%s%.*s", first ? "" : "/", (int)cell.n, cell.p);
        }
        g_assert_cmpstr(got->str, ==, cases[i].cells);
    }
}

static void test_delimiter(void) {
    static const struct {
        const char *header;
        char delimiter;
    } cases[] = {{"time,status", ','}, {"time;status;a,b", ';'},  {"time\tstatus", '\t'},
                 {"time|status", '|'}, {"\"a,b,c\";status", ';'}, {"time", ','}};
    Parser *parser = parser_of(yaml);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(csv_delimiter(parser, ds_span_of(cases[i].header)), ==, cases[i].delimiter);
    }
    ds_parser_free(parser);
}

static void test_header(void) {
    static const struct {
        const char *header, *why; /* why: part of it; NULL: fits */
    } cases[] = {{"Time,STATUS", NULL},
                 {"stamp, status ,x", NULL},
                 {"time,state", "no column 'status'"},
                 {"status", "no column 'time|stamp'"},
                 {"time,status,count", "a column 'count'"}};
    Parser *parser = parser_of(yaml);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CsvShape shape = {0};
        char *why = NULL;
        bool fits = csv_header(&shape, parser, ds_span_of(cases[i].header), &why);
        g_assert_cmpint(fits, ==, cases[i].why == NULL);
        g_assert_true(fits || strstr(why, cases[i].why));
        g_free(why);
        csv_shape_clear(&shape);
    }
    ds_parser_free(parser);
}

static void count_record(void *context, const Record *record) {
    (void)record;
    ++*(unsigned *)context;
}

/* Rows: one too long is rejected, one too short has empty cells, an empty one and a repeated header are ignored. */
static void test_rows(void) {
    static const char text[] =
        "time,status,service\n2026-01-01T00:00:00Z,up,a\n2026-01-01T00:01:00Z,down\n\n"
        "2026-01-01T00:02:00Z,up,a,extra\ntime,status,service\n2026-01-01T00:03:00Z,\"u\"\"p\",a\n"
        "2026-01-01T00:04:00Z,\"up\",\"two\nlines\"\n";
    unsigned records = 0;
    Parser *parser = parser_of(yaml);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "x");
    Sink sink = {count_record, NULL, &records};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, page, NULL));
    g_assert_cmpuint(records, ==, 3);
    g_assert_cmpuint(page->accepted, ==, 3);
    g_assert_cmpuint(page->ignored, ==, 3);
    g_assert_cmpuint(page->rejected, ==, 2);
    g_assert_cmpuint(page->entries, ==, 8);
    g_assert_cmpuint(page->lines, ==, 9);
    ds_parser_free(parser);
}

/* Rows of every length up to five words, each bit pattern of delimiters in the first twelve bytes: the quick walk finds
 * the cells that the careful one finds. Bytes that differ from the delimiter in one bit stand between. */
static void test_words(void) {
    enum { MOST = 40 };
    static const char between[] = {'-', (char)0xac, 'x', '+', '\x01', (char)0x80, (char)0xff};
    Span cells[MOST + 1];
    Span *place[MOST + 1];
    for (unsigned i = 0; i <= MOST; i++) {
        place[i] = &cells[i];
    }
    CsvShape shape = {.place = place, .count = MOST + 1, .delimiter = ','};
    g_autoptr(GString) scratch = g_string_new(NULL);
    for (unsigned n = 0; n <= MOST; n++) {
        for (unsigned bits = 0; bits < 4096; bits += n < 13 ? 1 : 7) {
            g_autofree char *row = g_malloc(n); /* of that size: a byte too far is found */
            for (unsigned i = 0; i < n; i++) {
                row[i] = bits >> (i % 12) & 1 ? ',' : between[i % sizeof between];
            }
            Entry entry = {.text = {row, n}};
            g_assert_null(csv_row(&shape, &entry, scratch));
            size_t at = 0;
            Span cell;
            unsigned column = 0;
            for (; csv_cell(entry.text, ',', &at, &cell, scratch); column++) {
                g_assert_true(cells[column].p == cell.p && cells[column].n == cell.n);
            }
            g_assert_true(column > MOST || cells[column].p == NULL);
            shape.count = column - 1;
            g_assert_nonnull(csv_row(&shape, &entry, scratch));
            shape.count = MOST + 1;
        }
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/csv/cells", test_cells);
    g_test_add_func("/csv/delimiter", test_delimiter);
    g_test_add_func("/csv/header", test_header);
    g_test_add_func("/csv/rows", test_rows);
    g_test_add_func("/csv/words", test_words);
    return g_test_run();
}
