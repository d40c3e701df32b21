/* SPDX-License-Identifier: MIT
 * Civil time and instants. Expected values by hand or with `date -u -d ... +%s`. */
#include "base/clock.h"

#include <glib.h>

static const struct {
    Civil civil;
    Instant instant;
    const char *text;
} INSTANTS[] = {
    {{1970, 1, 1, 0, 0, 0, 0}, 0, "1970-01-01T00:00:00.000Z"},
    {{1969, 12, 31, 23, 59, 59, 999}, -1, "1969-12-31T23:59:59.999Z"},
    {{2026, 11, 25, 10, 27, 55, 0}, INT64_C(1795602475000), "2026-11-25T10:27:55.000Z"},
    {{2000, 2, 29, 12, 0, 0, 5}, INT64_C(951825600005), "2000-02-29T12:00:00.005Z"},
    {{1900, 3, 1, 0, 0, 0, 0}, INT64_C(-2203891200000), "1900-03-01T00:00:00.000Z"},
    {{1, 1, 1, 0, 0, 0, 0}, INT64_C(-62135596800000), "0001-01-01T00:00:00.000Z"},
    {{9999, 12, 31, 23, 59, 59, 999}, INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
};

static void test_instants(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(INSTANTS); i++) {
        char text[INSTANT_TEXT_SIZE];
        g_assert_true(ds_civil_valid(&INSTANTS[i].civil));
        g_assert_cmpint(ds_instant_of(&INSTANTS[i].civil), ==, INSTANTS[i].instant);
        g_assert_cmpstr(ds_instant_text(INSTANTS[i].instant, text), ==, INSTANTS[i].text);
        Civil back = ds_civil_of(INSTANTS[i].instant);
        g_assert_cmpint(ds_instant_of(&back), ==, INSTANTS[i].instant);
    }
}

static void test_edges(void) {
    char text[INSTANT_TEXT_SIZE];
    g_assert_cmpstr(ds_instant_text(INSTANT_NONE, text), ==, "");
    g_assert_cmpstr(ds_instant_text(INT64_MAX, text), ==, "+292278994-08-17T07:12:55.807Z");
    g_assert_cmpstr(ds_instant_text(INT64_MIN + 1, text), ==, "-292275055-05-16T16:47:04.193Z");
    Civil leap = {2016, 12, 31, 23, 59, 60, 500};
    g_assert_true(ds_civil_valid(&leap));
    g_assert_cmpint(ds_instant_of(&leap), ==, INT64_C(1483228799999));
}

static void test_every_day(void) {
    /* Two eras walked by the rules of the calendar alone. */
    int64_t days = ds_days_of(1600, 1, 1);
    g_assert_cmpint(days, ==, -135140);
    int weekday = 6; /* 1600-01-01 was a Saturday */
    for (int year = 1600; year < 2401; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= ds_month_length(year, month); day++, days++) {
                g_assert_cmpint(ds_days_of(year, month, day), ==, days);
                g_assert_cmpint(ds_weekday_of(days), ==, weekday);
                Civil civil = ds_civil_of(days * MILLIS_DAY + MILLIS_DAY - 1);
                g_assert_true(civil.year == year && civil.month == month && civil.day == day);
                weekday = weekday % 7 + 1;
            }
        }
    }
    g_assert_cmpint(ds_days_of(2026, 2, 29), ==, ds_days_of(2026, 3, 1)); /* days beyond the end run on */
}

static void test_valid(void) {
    static const Civil BAD[] = {
        {0, 1, 1, 0, 0, 0, 0},     {10000, 1, 1, 0, 0, 0, 0}, {2026, 0, 1, 0, 0, 0, 0},  {2026, 13, 1, 0, 0, 0, 0},
        {2026, 2, 29, 0, 0, 0, 0}, {1900, 2, 29, 0, 0, 0, 0}, {2026, 4, 31, 0, 0, 0, 0}, {2026, 1, 0, 0, 0, 0, 0},
        {2026, 1, 1, 24, 0, 0, 0}, {2026, 1, 1, 0, 60, 0, 0}, {2026, 1, 1, 0, 0, 61, 0}, {2026, 1, 1, 0, 0, 0, 1000},
        {2026, 1, 1, -1, 0, 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_assert_false(ds_civil_valid(&BAD[i]));
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/instants", test_instants);
    g_test_add_func("/clock/edges", test_edges);
    g_test_add_func("/clock/every-day", test_every_day);
    g_test_add_func("/clock/valid", test_valid);
    return g_test_run();
}
