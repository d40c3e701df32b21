/* SPDX-License-Identifier: MIT
 * The ledger: examples are limited and cut, everything is counted, sums hold. */
#include "quality.h"

#include <glib.h>

static void test_reject(void) {
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *file = ds_quality_add(quality, "a.log");
    char longest[500];
    memset(longest, 'x', sizeof longest);
    ds_quality_reject(file, 1, (Span){longest, sizeof longest}, "no rule fits");
    for (uint64_t line = 2; line <= 30; line++) {
        ds_quality_reject(file, line, SPAN("bad \xff"), "no rule fits");
    }
    g_assert_cmpuint(file->rejected, ==, 30);
    g_assert_cmpuint(file->examples->len, ==, 2);
    g_assert_cmpuint(strlen(g_array_index(file->examples, RejectExample, 0).text), ==, QUALITY_EXAMPLE_SIZE);
    ds_quality_settle(file);
    const RejectExample *often = &g_array_index(file->examples, RejectExample, 0);
    g_assert_cmpstr(often->text, ==, "bad \xEF\xBF\xBD");
    g_assert_cmpuint(often->line, ==, 2);
    g_assert_cmpuint(often->count, ==, 29);
}

/* Numbers and words are alike, marks and reasons are not; the most frequent come first and twenty stay. */
static void test_shapes(void) {
    static const char other[] = "other";
    static const char why[] = "no rule fits";
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *file = ds_quality_add(quality, "a.log");
    ds_quality_reject(file, 1, SPAN("a=1"), why);
    ds_quality_reject(file, 2, SPAN("key=1234"), other);
    ds_quality_reject(file, 3, SPAN("key=1234;"), why);
    ds_quality_reject(file, 4, SPAN("name=99;"), why);
    ds_quality_reject(file, 5, SPAN(""), why);
    for (size_t n = 1; n < 300; n++) {
        char marks[300];
        memset(marks, '-', n);
        ds_quality_reject(file, 5 + n, (Span){marks, n}, why);
    }
    g_assert_cmpuint(file->examples->len, ==, QUALITY_SHAPES);
    ds_quality_settle(file);
    g_assert_cmpuint(file->rejected, ==, 304);
    g_assert_cmpuint(file->examples->len, ==, QUALITY_EXAMPLES);
    g_assert_cmpuint(g_array_index(file->examples, RejectExample, 0).line, ==, 3);
    g_assert_cmpuint(g_array_index(file->examples, RejectExample, 0).count, ==, 2);
    g_assert_cmpuint(g_array_index(file->examples, RejectExample, 1).line, ==, 1);
}

static void test_steps(void) {
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *file = ds_quality_add(quality, "a.log");
    for (uint64_t line = 1; line <= 25; line++) {
        ds_quality_step(file, line, 1000);
    }
    g_assert_cmpuint(file->clock_steps, ==, 25);
    g_assert_cmpuint(file->steps->len, ==, 20);
}

static void test_total(void) {
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *a = ds_quality_add(quality, "a.log");
    FileQuality *b = ds_quality_add(quality, "b.log");
    ds_quality_add(quality, "empty.log");
    a->entries = 3;
    a->accepted = 2;
    a->rejected = 1;
    a->first = 50;
    a->last = 90;
    b->entries = 4;
    b->ignored = 4;
    b->first = 10;
    b->last = 20;
    FileQuality total = ds_quality_total(quality);
    g_assert_cmpuint(total.entries, ==, 7);
    g_assert_cmpuint(total.accepted + total.ignored + total.rejected, ==, 7);
    g_assert_cmpint(total.first, ==, 10);
    g_assert_cmpint(total.last, ==, 90);
    g_autoptr(Quality) none = ds_quality_new();
    g_assert_true(ds_quality_total(none).first == INSTANT_NONE);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/quality/reject", test_reject);
    g_test_add_func("/quality/shapes", test_shapes);
    g_test_add_func("/quality/steps", test_steps);
    g_test_add_func("/quality/total", test_total);
    return g_test_run();
}
