/* SPDX-License-Identifier: MIT
 * Surges of user reports: single complaints in minutes, and logs that hold counts in slots of twenty minutes. */
#include "outage/detect.h"

#include <math.h>

#define T0 INT64_C(1779300000000) /* 2026-05-20T18:00:00Z */
#define SLOT (20 * MILLIS_MINUTE)

typedef struct {
    Config *config;
    Store *store;
    uint64_t line;
    Instant first, last;
    GArray *windows, *surges;
    Curve curve;
} Log;

static Log log_new(void) {
    Config *config = ds_config_new();
    return (Log){.config = config,
                 .store = ds_store_new(config),
                 .first = INSTANT_NONE,
                 .windows = g_array_new(FALSE, FALSE, sizeof(Window)),
                 .surges = g_array_new(FALSE, FALSE, sizeof(Surge))};
}

static void report(Log *log, Instant time, const char *user, unsigned count) {
    Record r = {.signal = SIGNAL_REPORT,
                .time = time,
                .until = INSTANT_NONE,
                .service = SPAN("chat"),
                .vantage = SPAN("eu"),
                .user = ds_span_of(user),
                .counted = user == NULL,
                .count = count,
                .origin = {0, ++log->line}};
    r.hash = ds_span_hash((Span){(const char *)&r.origin.line, sizeof r.origin.line});
    ds_store_add(log->store, &r);
    log->first = log->first == INSTANT_NONE ? time : log->first;
    log->last = time;
}

static void detect(Log *log, Instant from, Instant to) {
    ds_store_input(log->store, 0, 0, log->first, log->last);
    g_autoptr(Quality) quality = ds_quality_new();
    ds_quality_add(quality, "reports.csv");
    ds_store_finish(log->store, quality);
    g_assert_cmpuint(ds_store_series(log->store), ==, 1);
    detect_surges(log->store, log->config, 0, from, to, log->windows, log->surges, &log->curve);
    g_assert_cmpuint(log->windows->len, ==, log->surges->len);
}

static void log_free(Log *log) {
    ds_store_free(log->store);
    ds_config_free(log->config);
    g_array_unref(log->windows);
    g_array_unref(log->surges);
    g_array_unref(log->curve.counts);
    g_array_unref(log->curve.levels);
}

/* One person a minute for a hundred minutes; `more` others a minute from 18:50 to 19:00. */
static void fill_minutes(Log *log, unsigned more, bool one_person) {
    unsigned number = 0;
    char name[32];
    for (int minute = 0; minute < 100; minute++) {
        g_snprintf(name, sizeof name, "u%u", number++);
        report(log, T0 + minute * MILLIS_MINUTE, name, 1);
        for (unsigned k = 0; minute >= 50 && minute < 60 && k < more; k++) {
            g_snprintf(name, sizeof name, "v%u", one_person ? 0 : number++);
            report(log, T0 + minute * MILLIS_MINUTE + 1000 * (int)k, name, 1);
        }
    }
}

static void test_crowd(void) {
    Log log = log_new();
    fill_minutes(&log, 10, false);
    detect(&log, T0, T0 + 100 * MILLIS_MINUTE);
    g_assert_cmpuint(log.windows->len, ==, 1);
    const Window *w = &g_array_index(log.windows, Window, 0);
    const Surge *s = &g_array_index(log.surges, Surge, 0);
    g_assert_cmpint(w->signal, ==, SIGNAL_REPORT);
    g_assert_cmpint(w->state, ==, STATE_SURGE);
    g_assert_cmpint(w->start, ==, T0 + 50 * MILLIS_MINUTE);
    g_assert_cmpint(w->end, ==, T0 + 60 * MILLIS_MINUTE);
    g_assert_cmpint(w->start_lo, ==, T0 + 49 * MILLIS_MINUTE);
    g_assert_cmpint(w->start_hi, ==, T0 + 51 * MILLIS_MINUTE);
    g_assert_cmpint(w->likely, ==, 10 * MILLIS_MINUTE);
    g_assert_cmpuint(w->flags, ==, 0);
    g_assert_cmpuint(s->window, ==, 0);
    g_assert_cmpuint(s->reports, ==, 110);
    g_assert_cmpfloat_with_epsilon(s->excess, 100, 1e-9); /* the quiet level is exactly one a minute */
    g_assert_cmpint(s->peak, ==, T0 + 50 * MILLIS_MINUTE);
    g_assert_cmpuint(s->peak_reports, ==, 11);
    g_assert_cmpuint(log.curve.counts->len, ==, 100);
    g_assert_cmpint(log.curve.start, ==, T0);
    g_assert_cmpfloat(g_array_index(log.curve.counts, double, 55), ==, 11);
    g_assert_cmpfloat_with_epsilon(g_array_index(log.curve.levels, double, 55), 1, 1e-9);
    log_free(&log);
}

static void test_one_angry_user(void) {
    Log log = log_new();
    fill_minutes(&log, 15, true);
    detect(&log, T0, T0 + 100 * MILLIS_MINUTE);
    g_assert_cmpuint(log.windows->len, ==, 0);
    log_free(&log);
}

/* Two more people a minute for ten minutes: 30 against 10 is not yet a surge (thrice the level, but not 1.5 above). */
static void test_small_crowd(void) {
    Log log = log_new();
    fill_minutes(&log, 2, false);
    detect(&log, T0, T0 + 100 * MILLIS_MINUTE);
    g_assert_cmpuint(log.windows->len, ==, 0);
    log_free(&log);
}

/* Slots of twenty minutes. -1: the slot is missing. */
static void fill_slots(Log *log, const int *counts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (counts[i] >= 0) {
            report(log, T0 + (Instant)i * SLOT, NULL, (unsigned)counts[i]);
        }
    }
}

/* WhatsApp on 2019-07-03, every slot from 11:00 (read off the public counts): 0 at 13:20, 49 at 13:40, peak 367. The
 * outage takes more than half of these data, and is one surge all the same. */
static void test_long_surge(void) {
    const int counts[] = {0,   3,   0,   1,   0,   2,   1,   0,   49,  293, 355, 367, 286, 185, 169, 201,
                          178, 200, 184, 147, 183, 187, 184, 184, 140, 74,  109, 150, 129, 151, 109, 108,
                          97,  53,  62,  38,  30,  19,  16,  10,  12,  4,   5,   1,   1,   0,   2,   1};
    Log log = log_new();
    fill_slots(&log, counts, G_N_ELEMENTS(counts));
    detect(&log, T0, T0 + (Instant)G_N_ELEMENTS(counts) * SLOT);
    g_assert_cmpuint(log.windows->len, ==, 1);
    const Window *w = &g_array_index(log.windows, Window, 0);
    g_assert_cmpint(w->start, ==, T0 + 8 * SLOT);
    g_assert_cmpint(w->end, >=, T0 + 34 * SLOT); /* 22:00 told as the first calm hour */
    g_assert_cmpint(w->end, <=, T0 + 38 * SLOT);
    g_assert_cmpuint(g_array_index(log.surges, Surge, 0).peak_reports, ==, 367);
    g_assert_cmpint(g_array_index(log.surges, Surge, 0).peak, ==, T0 + 11 * SLOT);
    log_free(&log);
}

/* 80 from the first slot on; and 80 to the last one, where the period ends. */
static void test_ends_of_data(void) {
    int counts[60];
    for (int i = 0; i < 60; i++) {
        counts[i] = i < 5 || i >= 55 ? 80 : i % 3;
    }
    Log log = log_new();
    fill_slots(&log, counts, 60);
    detect(&log, T0, T0 + 60 * SLOT);
    g_assert_cmpuint(log.windows->len, ==, 2);
    const Window *first = &g_array_index(log.windows, Window, 0), *last = &g_array_index(log.windows, Window, 1);
    g_assert_cmpuint(first->flags, ==, FLAG_STARTED_BEFORE);
    g_assert_cmpint(first->start, ==, T0);
    g_assert_cmpint(first->end, ==, T0 + 5 * SLOT);
    g_assert_cmpint(first->likely, ==, MILLIS_NONE);
    g_assert_cmpuint(last->flags, ==, FLAG_ONGOING);
    g_assert_cmpint(last->start, ==, T0 + 55 * SLOT);
    g_assert_cmpint(last->end, ==, INSTANT_NONE);
    g_assert_cmpint(last->observed, ==, 5 * SLOT);
    log_free(&log);
}

/* A missing slot inside neither ends a surge nor counts; one behind it leaves the end unobserved. */
static void test_unknown_slots(void) {
    int counts[60];
    for (int i = 0; i < 60; i++) {
        counts[i] = i == 32 || i == 36 ? -1 : i >= 30 && i < 36 ? 80 : i % 3;
    }
    Log log = log_new();
    fill_slots(&log, counts, 60);
    detect(&log, T0, T0 + 60 * SLOT);
    g_assert_cmpuint(log.windows->len, ==, 1);
    const Window *w = &g_array_index(log.windows, Window, 0);
    g_assert_cmpint(w->start, ==, T0 + 30 * SLOT);
    g_assert_cmpint(w->end, ==, T0 + 36 * SLOT);
    g_assert_cmpint(w->end_hi, ==, T0 + 38 * SLOT); /* the slot after the missing one is quiet again */
    g_assert_cmpint(w->unknown, ==, SLOT);
    g_assert_cmpuint(w->flags, ==, FLAG_END_UNOBSERVED);
    g_assert_cmpuint(g_array_index(log.surges, Surge, 0).reports, ==, 5 * 80);
    g_assert_true(isnan(g_array_index(log.curve.counts, double, 32)));
    log_free(&log);
}

/* Sixty reports a slot at the same four hours of every day, for four weeks, are a habit; once at other hours, a surge.
 */
static void test_hour_of_week(void) {
    Log log = log_new();
    const int per_day = 72;
    for (int slot = 0; slot < 28 * per_day; slot++) {
        int of_day = slot % per_day, day = slot / per_day;
        bool busy = of_day >= 30 && of_day < 42;
        bool odd = day == 20 && of_day >= 60 && of_day < 66;
        report(&log, T0 + (Instant)slot * SLOT, NULL, busy || odd ? 60 : 1 + (unsigned)(slot % 3));
    }
    detect(&log, T0, T0 + 28 * MILLIS_DAY);
    g_assert_cmpuint(log.windows->len, ==, 1);
    g_assert_cmpint(g_array_index(log.windows, Window, 0).start, ==, T0 + (Instant)(20 * per_day + 60) * SLOT);
    g_assert_cmpint(g_array_index(log.windows, Window, 0).end, ==, T0 + (Instant)(20 * per_day + 66) * SLOT);
    log_free(&log);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/surge/crowd", test_crowd);
    g_test_add_func("/surge/one-angry-user", test_one_angry_user);
    g_test_add_func("/surge/small-crowd", test_small_crowd);
    g_test_add_func("/surge/long", test_long_surge);
    g_test_add_func("/surge/ends-of-data", test_ends_of_data);
    g_test_add_func("/surge/unknown-slots", test_unknown_slots);
    g_test_add_func("/surge/hour-of-week", test_hour_of_week);
    return g_test_run();
}
