/* SPDX-License-Identifier: MIT
 * Names: one number a text, cleaned texts, and final numbers that depend on the texts alone. */
#include "series/names.h"

#include <glib.h>

static void assert_text(Span text, const char *p, size_t n) {
    g_assert_true(ds_span_equal(text, (Span){p, n}));
}

static void test_clean(void) {
    static const struct {
        const char *text;
        size_t n;
        const char *clean;
    } rows[] = {
        {"", 0, ""}, {"web", 3, "web"}, {"h\0o\0s\0t\0", 8, "host"}, {"\0\0", 2, ""}, {"caf\xc3\xa9", 5, "caf\xc3\xa9"},
    };
    char buffer[NAME_LIMIT];
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Span clean = names_clean((Span){rows[i].text, rows[i].n}, buffer);
        assert_text(clean, rows[i].clean, strlen(rows[i].clean));
    }
    g_assert_cmpuint(names_clean((Span){NULL, 0}, buffer).n, ==, 0);
}

/* Long texts are cut to whole characters; invalid UTF-8 is cut all the same. */
static void test_cut(void) {
    static const struct {
        size_t plain;     /* bytes before the characters */
        const char *unit; /* repeated to the end */
        size_t kept;
    } rows[] = {
        {NAME_LIMIT, "a", NAME_LIMIT},
        {NAME_LIMIT, "\xc3\xa9", NAME_LIMIT},
        {NAME_LIMIT - 1, "\xc3\xa9", NAME_LIMIT - 1},
        {NAME_LIMIT - 2, "\xc3\xa9", NAME_LIMIT},
        {NAME_LIMIT - 2, "\xe2\x82\xac", NAME_LIMIT - 2},
        {NAME_LIMIT - 3, "\xf0\x9f\x98\x80", NAME_LIMIT - 3},
        {0, "\x80", NAME_LIMIT - 4},
    };
    char buffer[NAME_LIMIT];
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < rows[i].plain) {
            g_string_append_c(text, 'x');
        }
        while (text->len < NAME_LIMIT + 8) {
            g_string_append(text, rows[i].unit);
        }
        Span clean = names_clean((Span){text->str, text->len}, buffer);
        g_assert_cmpuint(clean.n, >=, rows[i].kept - 1);
        g_assert_cmpuint(clean.n, <=, rows[i].kept);
        assert_text(clean, text->str, clean.n);
        if (i < G_N_ELEMENTS(rows) - 1) {
            g_assert_cmpuint(clean.n, ==, rows[i].kept);
            g_assert_true(g_utf8_validate_len(clean.p, clean.n, NULL));
        }
    }
}

static void test_numbers(void) {
    Names *names = names_new();
    g_assert_cmpuint(names_add(names, SPAN("b")), ==, 0);
    g_assert_cmpuint(names_add(names, SPAN("")), ==, 1);
    g_assert_cmpuint(names_add(names, SPAN("b")), ==, 0);
    g_assert_cmpuint(names_add(names, SPAN("\xc3\xa4")), ==, 2);
    g_assert_cmpuint(names_add(names, SPAN("B")), ==, 3);
    g_assert_cmpuint(names_find(names, SPAN("c")), ==, NAME_NONE);
    const char *before = names_text(names, 0).p;
    g_autofree Name *numbers = names_sort(names);
    static const Name expected[] = {2, 0, 3, 1}; /* "" < "B" < "b" < a with dots, by bytes */
    for (Name i = 0; i < names_count(names); i++) {
        g_assert_cmpuint(numbers[i], ==, expected[i]);
    }
    g_assert_cmpuint(names_find(names, SPAN("")), ==, 0);
    g_assert_cmpstr(names_text(names, 1).p, ==, "B");
    g_assert_true(names_text(names, 2).p == before);
    g_assert_cmpstr(names_text(names, NAME_NONE).p, ==, "");
    names_free(names);
}

static void test_many(void) {
    Names *names = names_new();
    char text[16];
    for (unsigned i = 0; i < 20000; i++) {
        int n = g_snprintf(text, sizeof text, "host%u", i * 7919u % 20000u);
        g_assert_cmpuint(names_add(names, (Span){text, (size_t)n}), ==, i);
    }
    g_free(names_sort(names));
    g_assert_cmpuint(names_count(names), ==, 20000);
    for (Name i = 1; i < 20000; i++) {
        g_assert_cmpint(strcmp(names_text(names, i - 1).p, names_text(names, i).p), <, 0);
        g_assert_cmpuint(names_find(names, names_text(names, i)), ==, i);
    }
    names_free(names);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/names/clean", test_clean);
    g_test_add_func("/names/cut", test_cut);
    g_test_add_func("/names/numbers", test_numbers);
    g_test_add_func("/names/many", test_many);
    return g_test_run();
}
