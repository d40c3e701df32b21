/* SPDX-License-Identifier: MIT
 * Patterns: groups by name, faults with their offset, invalid UTF-8, and lines made to take for ever. */
#include "parse/parser.h"

static Regex *compile(const char *pattern, bool extended) {
    g_autofree char *fault = NULL;
    size_t offset = 0;
    Regex *regex = regex_new(ds_span_of(pattern), extended, &fault, &offset);
    g_assert_no_error(NULL);
    g_assert_null(fault);
    g_assert_nonnull(regex);
    return regex;
}

static void test_groups(void) {
    Regex *regex = compile("^ (?<host>\\S+) \\s (?<state>UP|DOWN) (?<rest>x)? # a comment", true);
    Matcher *matcher = matcher_new(regex_groups(regex));
    Span values[8], subject = SPAN("web DOWN");
    g_assert_cmpuint(regex_groups(regex), ==, 3);
    g_assert_cmpint(regex_group(regex, SPAN("state")), ==, 2);
    g_assert_cmpint(regex_group(regex, SPAN("nothing")), ==, -1);
    g_assert_cmpint(matcher_match(matcher, regex, subject), ==, MATCH_FOUND);
    matcher_values(matcher, regex, subject, values);
    g_assert_true(ds_span_equal(values[1], SPAN("web")));
    g_assert_true(ds_span_equal(values[2], SPAN("DOWN")));
    g_assert_null(values[3].p);
    g_assert_cmpint(matcher_match(matcher, regex, SPAN("web LOST")), ==, MATCH_NONE);
    g_assert_cmpint(matcher_match(matcher, regex, (Span){NULL, 0}), ==, MATCH_NONE);
    matcher_free(matcher);
    regex_free(regex);
}

/* Two groups of one name are one: whichever took part. */
static void test_duplicate_names(void) {
    Regex *regex = compile("(?J)^(?:a(?<n>\\d+)|b(?<n>\\w+))$", false);
    Matcher *matcher = matcher_new(regex_groups(regex));
    Span values[4];
    int group = regex_group(regex, SPAN("n"));
    g_assert_cmpint(matcher_match(matcher, regex, SPAN("b77")), ==, MATCH_FOUND);
    matcher_values(matcher, regex, SPAN("b77"), values);
    g_assert_true(ds_span_equal(values[group], SPAN("77")));
    matcher_free(matcher);
    regex_free(regex);
}

static void test_fault(void) {
    char *fault = NULL;
    size_t offset = 0;
    g_assert_null(regex_new(SPAN("abc(d"), false, &fault, &offset));
    g_assert_nonnull(strstr(fault, "parenthesis"));
    g_assert_cmpuint(offset, ==, 5);
    g_free(fault);
}

static void test_bytes(void) {
    Regex *regex = compile("^(?<emoji>\xf0\x9f\x9f\xa5)\\s(?<name>.+)$", false);
    Matcher *matcher = matcher_new(regex_groups(regex));
    g_assert_cmpint(matcher_match(matcher, regex, SPAN("\xf0\x9f\x9f\xa5 web")), ==, MATCH_FOUND);
    g_assert_cmpint(matcher_match(matcher, regex, SPAN("\xff\xfe\xf0\x9f")), ==, MATCH_NONE);
    matcher_free(matcher);
    regex_free(regex);
}

/* (a+)+$ needs 2^n steps on a...ab: the limit ends it, and a thousand such lines do not take long either. */
static void test_limit(void) {
    Regex *regex = compile("^(?:a+)+$", false);
    Matcher *matcher = matcher_new(regex_groups(regex));
    g_autofree char *line = g_strnfill(64, 'a');
    line[63] = 'b';
    int64_t start = g_get_monotonic_time();
    for (unsigned i = 0; i < 3000; i++) {
        g_assert_cmpint(matcher_match(matcher, regex, (Span){line, 64}), ==, MATCH_LIMIT);
    }
    g_assert_cmpint(g_get_monotonic_time() - start, <, 60 * G_USEC_PER_SEC);
    matcher_free(matcher);
    regex_free(regex);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regex/groups", test_groups);
    g_test_add_func("/regex/duplicate-names", test_duplicate_names);
    g_test_add_func("/regex/fault", test_fault);
    g_test_add_func("/regex/bytes", test_bytes);
    g_test_add_func("/regex/limit", test_limit);
    return g_test_run();
}
