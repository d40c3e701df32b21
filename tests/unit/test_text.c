/* SPDX-License-Identifier: MIT
 * Escapes and numbers, each against values written by hand. */
#include "base/text.h"

#include <glib.h>
#include <math.h>

typedef void (*Escape)(GString *out, Span text);

typedef struct {
    Escape escape;
    Span in;
    const char *out;
} EscapeCase;

#define S(literal)                                                                                                     \
    { literal, sizeof(literal) - 1 }

static void test_escapes(void) {
    static const EscapeCase cases[] = {
        {ds_text_utf8, S("a\x1b\xff\xc3\xa9"), "a\x1b\xEF\xBF\xBD\xC3\xA9"},
        {ds_text_utf8, S("\xc0\xaf"), "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* overlong / */
        {ds_text_utf8, S("\xed\xa0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* a surrogate */
        {ds_text_utf8, S("\xe2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* cut short */
        {ds_text_utf8, S("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf"},                 /* U+10FFFF */
        {ds_text_visible, S("\x1b]0;owned\x07web"), "\\x1b]0;owned\\x07web"},
        {ds_text_visible,
         {"\xc2\x9b"
          "31m\t\n\x7f",
          8},
         "\\x9b31m\\x09\\x0a\\x7f"},                             /* C1, tab, newline, DEL */
        {ds_text_visible, S("a\0b\x9b"), "a\\x00b\xEF\xBF\xBD"}, /* a bare C1 byte is no UTF-8 */
        {ds_text_visible, S("\xc2\xa0"), "\xc2\xa0"},            /* first after C1 */
        {ds_text_html, S("<a href=\"x\">'&\x01"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\\x01"},
        {ds_text_html, S("\xef\xbf\xbe"), "\xEF\xBF\xBD"}, /* U+FFFE: not in XML */
        {ds_text_markdown, S("<b> a|b *c* _d_ `e`"), "&lt;b&gt; a\\|b \\*c\\* \\_d\\_ \\`e\\`"},
        {ds_text_markdown, S("[x](javascript:alert(4))"), "\\[x\\]\\(javascript\\:alert(4))"},
        {ds_text_markdown, S("![i](u)"), "\\!\\[i\\]\\(u)"},
        {ds_text_markdown, S("http://a www.b"), "http\\://a www\\.b"},
        {ds_text_markdown, S("06:04 10.0.0.1"), "06:04 10.0.0.1"},
        {ds_text_markdown, S("1. one"), "1\\. one"},
        {ds_text_markdown, S("- x -y"), "\\- x \\-y"},
        {ds_text_markdown, S("a@b.c"), "a<!-- -->@b.c"},
        {ds_text_markdown, S("a\nb\\"), "a\\x0ab\\\\"},
        {ds_text_csv, S("plain"), "plain"},
        {ds_text_csv, S("a,b"), "\"a,b\""},
        {ds_text_csv, S("say \"hi\""), "\"say \"\"hi\"\"\""},
        {ds_text_csv, S("=A1"), "'=A1"},
        {ds_text_csv, S("=H(\"x\",1)"), "\"'=H(\"\"x\"\",1)\""},
        {ds_text_csv, S("@eu"), "'@eu"},
        {ds_text_csv, S("+cmd"), "'+cmd"},
        {ds_text_csv, S("-12.5"), "-12.5"},
        {ds_text_csv, S("+1"), "+1"},
        {ds_text_csv, S("-1.2.3"), "'-1.2.3"},
        {ds_text_csv, S("-"), "'-"},
        {ds_text_csv, S("\t=1"), "'\\x09=1"},
        {ds_text_csv, S("a\nb"), "a\\x0ab"},
        {ds_text_csv, S(""), ""},
        {ds_text_cell, S("=1,\"2\""), "'=1,\"2\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        cases[i].escape(out, cases[i].in);
        g_assert_cmpstr(out->str, ==, cases[i].out);
    }
}

static void test_durations(void) {
    static const struct {
        Millis length;
        const char *words, *seconds;
    } cases[] = {
        {0, "0 s", "0.000"},
        {250, "250 ms", "0.250"},
        {45000, "45 s", "45.000"},
        {1250, "1 s 250 ms", "1.250"},
        {3600000, "1 h", "3600.000"},
        {4984000, "1 h 23 min 4 s", "4984.000"},
        {183605000, "2 d 3 h 0 min 5 s", "183605.000"},
        {86400001, "1 d 0 h 0 min 0 s 1 ms", "86400.001"},
        {-61000, "-1 min 1 s", "-61.000"},
        {MILLIS_NONE, "", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) words = g_string_new(NULL);
        g_autoptr(GString) seconds = g_string_new(NULL);
        ds_text_duration(words, cases[i].length);
        ds_text_seconds(seconds, cases[i].length);
        g_assert_cmpstr(words->str, ==, cases[i].words);
        g_assert_cmpstr(seconds->str, ==, cases[i].seconds);
    }
}

static void test_percent(void) {
    const struct {
        double ratio;
        const char *text;
    } cases[] = {
        {1, "100.000 %"},
        {0, "0.000 %"},
        {0.5, "50.000 %"},
        {0.9999, "99.990 %"},
        {2591999.0 / 2592000.0, "99.99996 %"}, /* 1 s in 30 days */
        {0.99999961, "99.99996 %"},
        {1e-9, "0.0000001 %"},
        {1 - 1.2e-16, "99.99999999999999 %"}, /* the last number before 1 */
        {(double)NAN, "\xE2\x80\x93"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        ds_text_percent(out, cases[i].ratio);
        g_assert_cmpstr(out->str, ==, cases[i].text);
    }
}

static void test_nearest(void) {
    static const char *const choices[] = {"confirm-down", "confirm-up", "max-gap", "quorum", "report", "windows", NULL};
    g_assert_cmpstr(ds_text_nearest("confirm_dwon", choices), ==, "confirm-down");
    g_assert_cmpstr(ds_text_nearest("maxgap", choices), ==, "max-gap");
    g_assert_cmpstr(ds_text_nearest("Quroum", choices), ==, "quorum");
    g_assert_cmpstr(ds_text_nearest("window", choices), ==, "windows");
    g_assert_null(ds_text_nearest("elephant", choices));
    g_assert_null(ds_text_nearest("x", choices));
    g_assert_null(ds_text_nearest("", choices));
}

static void test_ints(void) {
    int64_t value = 7;
    g_assert_true(ds_text_int(SPAN("-9223372036854775808"), &value) && value == INT64_MIN);
    g_assert_true(ds_text_int(SPAN("9223372036854775807"), &value) && value == INT64_MAX);
    g_assert_true(ds_text_int(SPAN("+012"), &value) && value == 12);
    static const char *const bad[] = {"",    "-",  "1 ", "0x1", "9223372036854775808", "-9223372036854775809",
                                      "1.0", "--1"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(ds_text_int(ds_span_of(bad[i]), &value));
    }
    g_assert_cmpint(value, ==, 12);
}

static void test_doubles(void) {
    double value = 0;
    g_assert_true(ds_text_double(SPAN("-0.25"), &value) && value == -0.25);
    g_assert_true(ds_text_double(SPAN(".5"), &value) && value == 0.5);
    g_assert_true(ds_text_double(SPAN("5."), &value) && value == 5);
    g_assert_true(ds_text_double(SPAN("1e-3"), &value) && value == 0.001);
    static const char *const bad[] = {"", ".", "1,5", "inf", "nan", "0x1p3", "1e", "1e999", "1.2.3", " 1"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(ds_text_double(ds_span_of(bad[i]), &value));
    }
}

static void test_millis(void) {
    static const struct {
        const char *text;
        Millis length;
    } cases[] = {
        {"90", 90000},         {"90s", 90000},
        {"5m", 300000},        {"5 min", 300000},
        {"1h30m", 5400000},    {"2d", 172800000},
        {"250ms", 250},        {"1 h 30 min", 5400000},
        {"0.5", 500},          {"1.5h", 5400000},
        {"PT5M", 300000},      {"P1DT2H", 93600000},
        {"PT0.25S", 250},      {"0", 0},
        {"1999us", 1},         {"1w", 604800000},
        {"P2W", 1209600000},   {"0.123456789s", 123},
        {"10 seconds", 10000},
    };
    static const char *const bad[] = {"",
                                      "m",
                                      "-5m",
                                      "5x",
                                      "5m30",
                                      "P",
                                      "PT",
                                      "P1H",
                                      "PT5",
                                      "1h 30",
                                      "1e3",
                                      "99999999999999999999",
                                      "9223372036854775807d"};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Millis length = -1;
        g_assert_true(ds_text_millis(ds_span_of(cases[i].text), &length));
        g_assert_cmpint(length, ==, cases[i].length);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Millis length = -1;
        g_assert_false(ds_text_millis(ds_span_of(bad[i]), &length));
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/escapes", test_escapes);
    g_test_add_func("/text/durations", test_durations);
    g_test_add_func("/text/percent", test_percent);
    g_test_add_func("/text/nearest", test_nearest);
    g_test_add_func("/text/ints", test_ints);
    g_test_add_func("/text/doubles", test_doubles);
    g_test_add_func("/text/millis", test_millis);
    return g_test_run();
}
