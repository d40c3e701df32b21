/* SPDX-License-Identifier: MIT
 * Framing: lines, blocks and rows out of memory, with everything that real files have at the ends of lines. */
#include "parse/parser.h"

static Parser *parser_of(const char *text) {
    GError *error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(text), "t.yaml", &error);
    g_assert_no_error(error);
    return parser;
}

/* Entries as "line:text|", and the number of physical lines. */
static void check(FrameKind kind, const Parser *parser, Span bytes, const char *expected, uint64_t lines) {
    Bytes source = {.memory = bytes};
    Matcher *matcher = matcher_new(4);
    Framer framer;
    Entry entry;
    g_autoptr(GString) got = g_string_new(NULL);
    framer_start(&framer, kind, &source, parser, matcher);
    while (framer_next(&framer, &entry)) {
        g_string_append_printf(got, "%" G_GUINT64_FORMAT ":", entry.line);
        g_string_append_len(got, entry.text.p ? entry.text.p : "", (gssize)entry.text.n);
        g_string_append(got, entry.fault ? "!|" : "|");
    }
    g_assert_cmpstr(got->str, ==, expected);
    g_assert_cmpuint(framer_lines(&framer), ==, lines);
    framer_stop(&framer);
    matcher_free(matcher);
}

static void test_lines(void) {
    check(FRAME_LINES, NULL, SPAN("a\nb\n"), "1:a|2:b|", 2);
    check(FRAME_LINES, NULL, SPAN("a\r\n\r\nb"), "1:a|2:|3:b|", 3);
    check(FRAME_LINES, NULL, SPAN(""), "", 0);
    check(FRAME_LINES, NULL, SPAN("\n"), "1:|", 1);
    check(FRAME_LINES, NULL, SPAN("a\n\0\0\0\0b\0\0\r\nc\0"), "1:a|2:b|3:c|", 3);
    check(FRAME_LINES, NULL, SPAN("\0\0\0"), "", 1);
    check(FRAME_LINES, NULL, SPAN("\033[31mred\033[0m x\n\033]0;title\007y\nz"), "1:red x|2:y|3:z|", 3);
    check(FRAME_LINES, NULL, SPAN("cut \033["), "1:cut |", 1);
}

static void test_blocks(void) {
    Parser *open =
        parser_of("name: t\ntitle: t\ntype: regex\nentry: {begin: '^B'}\nrules:\n  - {pattern: x, ignore: true}\n");
    check(FRAME_BLOCKS, open, SPAN("h\nB1\n a\n b\nB2\r\n c\r\n"), "1:h|2:B1\n a\n b|5:B2\n c|", 6);
    check(FRAME_BLOCKS, open, SPAN("B1"), "1:B1|", 1);
    check(FRAME_BLOCKS, open, SPAN("h\n\nB\nB\n"), "1:h|2:|3:B|4:B|", 4);
    ds_parser_free(open);
    Parser *both = parser_of("name: t\ntitle: t\ntype: regex\nentry: {begin: '^B', end: '^E'}\nrules:\n"
                             "  - {pattern: x, ignore: true}\n");
    check(FRAME_BLOCKS, both, SPAN("B\nx\nE\ny\nB\nE\nB\nz\nB\n"), "1:B\nx\nE|4:y|5:B\nE|7:B\nz|9:B|", 9);
    ds_parser_free(both);
}

static void test_rows(void) {
    Parser *parser = parser_of("name: t\ntitle: t\ntype: csv\ndelimiter: ','\nrequire: [a]\n");
    check(FRAME_CSV, parser, SPAN("a,b\n1,\"x\ny\"\n2,z"), "1:a,b|2:1,\"x\ny\"|4:2,z|", 4);
    check(FRAME_CSV, parser, SPAN("\"a\"\"\n\",b\r\nc"), "1:\"a\"\"\n\",b|3:c|", 3);
    check(FRAME_CSV, parser, SPAN("5\" disk,x\ny\n"), "1:5\" disk,x|2:y|", 2);
    check(FRAME_CSV, parser, SPAN("1,\"open\n2,x\n3,y\n"), "1:1,\"open!|2:2,x|3:3,y|", 3);
    ds_parser_free(parser);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/frame/lines", test_lines);
    g_test_add_func("/frame/blocks", test_blocks);
    g_test_add_func("/frame/rows", test_rows);
    return g_test_run();
}
