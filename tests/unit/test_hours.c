/* SPDX-License-Identifier: MIT
 * Hours as stretches of time: clock changes, shifts over midnight, holidays, union. */
#include "config.h"

#include <glib.h>

static void rule_clear(gpointer rule) {
    ds_zone_free(((HoursRule *)rule)->zone);
}

static GArray *rules_new(void) {
    GArray *rules = g_array_new(FALSE, FALSE, sizeof(HoursRule));
    g_array_set_clear_func(rules, rule_clear);
    return rules;
}

static void add(GArray *rules, unsigned days, Millis from, Millis to, const char *zone) {
    HoursRule rule = {.days = days, .from = from, .to = to, .zone = ds_zone_load(zone, NULL)};
    g_assert_nonnull(rule.zone);
    g_array_append_val(rules, rule);
}

static Instant utc(int month, int day, int hour, int minute) {
    Civil civil = {.year = 2026, .month = month, .day = day, .hour = hour, .minute = minute};
    return ds_instant_of(&civil);
}

static Millis total(const GArray *segments) {
    Millis sum = 0;
    for (guint i = 0; i < segments->len; i++) {
        const Segment *segment = &g_array_index(segments, Segment, i);
        sum += segment->end - segment->start;
    }
    return sum;
}

static void test_clock_change(void) { /* 29 March 2026, Berlin: 02:00 becomes 03:00; the local day has 23 hours */
    g_autoptr(GArray) rules = rules_new();
    add(rules, 0x7F, 9 * MILLIS_HOUR, 17 * MILLIS_HOUR, "Europe/Berlin");
    g_autoptr(GArray) work = ds_hours_within(rules, NULL, utc(3, 28, 23, 0), utc(3, 29, 22, 0));
    g_assert_cmpuint(work->len, ==, 1);
    g_assert_cmpint(g_array_index(work, Segment, 0).start, ==, utc(3, 29, 7, 0));
    g_assert_cmpint(g_array_index(work, Segment, 0).end, ==, utc(3, 29, 15, 0));
    g_autoptr(GArray) days = rules_new();
    add(days, 1u << 6, 0, 0, "Europe/Berlin"); /* Sunday, all day */
    g_autoptr(GArray) spring = ds_hours_within(days, NULL, utc(3, 27, 0, 0), utc(3, 31, 0, 0));
    g_assert_cmpint(total(spring), ==, 23 * MILLIS_HOUR);
    g_autoptr(GArray) autumn = ds_hours_within(days, NULL, utc(10, 24, 0, 0), utc(10, 28, 0, 0));
    g_assert_cmpint(total(autumn), ==, 25 * MILLIS_HOUR);
    g_assert_cmpint(g_array_index(autumn, Segment, 0).start, ==, utc(10, 24, 22, 0));
}

static void test_over_midnight(void) { /* Friday 27 November 22:00 to Saturday 06:00 */
    g_autoptr(GArray) rules = rules_new();
    add(rules, 1u << 4, 22 * MILLIS_HOUR, 6 * MILLIS_HOUR, "UTC");
    g_assert_true(ds_hours_hold(rules, NULL, utc(11, 27, 22, 0)));
    g_assert_true(ds_hours_hold(rules, NULL, utc(11, 28, 5, 59)));
    g_assert_false(ds_hours_hold(rules, NULL, utc(11, 28, 6, 0)));
    g_assert_false(ds_hours_hold(rules, NULL, utc(11, 27, 3, 0)));
    g_autoptr(GArray) holidays = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t friday = ds_days_of(2026, 11, 27);
    g_array_append_val(holidays, friday);
    g_assert_false(ds_hours_hold(rules, holidays, utc(11, 28, 5, 0))); /* the shift that begins on the holiday */
}

static void test_union(void) {
    g_autoptr(GArray) rules = rules_new();
    add(rules, 0x7F, 10 * MILLIS_HOUR, 12 * MILLIS_HOUR, "UTC");
    add(rules, 0x7F, 11 * MILLIS_HOUR, 13 * MILLIS_HOUR, "UTC");
    add(rules, 0x7F, 13 * MILLIS_HOUR, 14 * MILLIS_HOUR, "UTC");
    g_autoptr(GArray) day = ds_hours_within(rules, NULL, utc(11, 2, 11, 30), utc(11, 3, 10, 30));
    g_assert_cmpuint(day->len, ==, 2);
    g_assert_cmpint(g_array_index(day, Segment, 0).start, ==, utc(11, 2, 11, 30));
    g_assert_cmpint(g_array_index(day, Segment, 0).end, ==, utc(11, 2, 14, 0));
    g_assert_cmpint(g_array_index(day, Segment, 1).end, ==, utc(11, 3, 10, 30));
}

static void test_always(void) {
    g_autoptr(GArray) all = ds_hours_within(NULL, NULL, 5, 10);
    g_assert_cmpint(total(all), ==, 5);
    g_autoptr(GArray) none = ds_hours_within(NULL, NULL, 10, 10);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_true(ds_hours_hold(NULL, NULL, 0));
    g_autoptr(GArray) daily = rules_new();
    add(daily, 0x7F, 0, 0, "Asia/Kolkata");
    g_autoptr(GArray) week = ds_hours_within(daily, NULL, utc(11, 2, 1, 0), utc(11, 9, 1, 0));
    g_assert_cmpuint(week->len, ==, 1);
    g_assert_cmpint(total(week), ==, 7 * MILLIS_DAY);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hours/clock-change", test_clock_change);
    g_test_add_func("/hours/over-midnight", test_over_midnight);
    g_test_add_func("/hours/union", test_union);
    g_test_add_func("/hours/always", test_always);
    return g_test_run();
}
