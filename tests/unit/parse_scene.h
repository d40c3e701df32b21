/* SPDX-License-Identifier: MIT
 * For the tests of parser files: why entries were rejected, as text, and that a mistake is told where it stands. */
#ifndef TEST_PARSE_SCENE_H
#define TEST_PARSE_SCENE_H

#include "parse/parser.h"

/* A sink's reject: "LINE: why" into the GString that is its context. */
static inline void append_why(void *context, Origin origin, Span entry, const char *why) {
    (void)entry;
    g_string_append_printf(context, "%" G_GUINT64_FORMAT ": %s\n", origin.line, why);
}

/* A parser file that is refused, as f.yaml, with a message that begins with `line` and holds `part`. */
static inline void expect_mistake(const char *yaml, const char *line, const char *part) {
    g_autoptr(GError) error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(yaml), "f.yaml", &error);
    g_assert_null(parser);
    g_test_message("%s", error->message);
    g_assert_true(g_str_has_prefix(error->message, line));
    g_assert_nonnull(strstr(error->message, part));
}

#endif
