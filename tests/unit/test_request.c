/* SPDX-License-Identifier: MIT
 * Outages in served traffic: one request every ten seconds, so that every edge can be worked out by hand. */
#include "outage/detect.h"
#include "outage/traffic.h"

#define STEP (10 * MILLIS_SECOND)
#define T0 INT64_C(1779364800000) /* 2026-05-21T12:00:00Z */

typedef struct {
    Config *config;
    Store *store;
    uint64_t line;
    Instant first, last;
} Log;

static Log log_new(void) {
    Config *config = ds_config_new();
    return (Log){config, ds_store_new(config), 0, INSTANT_NONE, INSTANT_NONE};
}

static void request(Log *log, const char *service, Instant time, bool bad) {
    Record r = {.signal = SIGNAL_REQUEST,
                .state = bad ? STATE_DOWN : STATE_UP,
                .time = time,
                .until = INSTANT_NONE,
                .service = ds_span_of(service),
                .count = 1,
                .bad = bad ? 1 : 0,
                .reason = bad ? REASON_HTTP_5XX : REASON_NONE,
                .origin = {0, ++log->line}};
    r.hash = ds_span_hash((Span){(const char *)&r.origin.line, sizeof r.origin.line});
    ds_store_add(log->store, &r);
    log->first = log->first == INSTANT_NONE ? time : log->first;
    log->last = time;
}

/* Requests number from..to-1 of one every ten seconds. */
static void requests(Log *log, const char *service, int from, int to, bool bad) {
    for (int i = from; i < to; i++) {
        request(log, service, T0 + i * STEP, bad);
    }
}

static GArray *detect(Log *log, const char *service, Instant to, GArray **band) {
    ds_store_input(log->store, 0, 0, log->first, log->last);
    g_autoptr(Quality) quality = ds_quality_new();
    ds_quality_add(quality, "access.log");
    ds_store_finish(log->store, quality);
    GArray *windows = g_array_new(FALSE, FALSE, sizeof(Window));
    *band = g_array_new(FALSE, FALSE, sizeof(Segment));
    for (size_t i = 0; i < ds_store_series(log->store); i++) {
        SeriesInfo info = ds_series_info(log->store, i);
        if (info.signal == SIGNAL_REQUEST && g_str_equal(ds_store_name(log->store, info.service), service)) {
            detect_requests(log->store, log->config, i, T0, to, windows, *band);
        }
    }
    return windows;
}

static void log_free(Log *log, GArray *windows, GArray *band) {
    ds_store_free(log->store);
    ds_config_free(log->config);
    g_array_unref(windows);
    g_array_unref(band);
}

static Millis in_state(const GArray *band, State state) {
    Millis sum = 0;
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        g_assert_cmpint(s->start, <, s->end);
        g_assert_true(i == 0 || g_array_index(band, Segment, i - 1).end <= s->start);
        sum += s->state == state ? s->end - s->start : 0;
    }
    return sum;
}

/* 36 bad ones from 12:10:00 to 12:15:50, the next good one at 12:16:00. Lines: 61 is the first bad, 96 the last. */
static void test_errors(void) {
    Log log = log_new();
    requests(&log, "shop", 0, 60, false);
    requests(&log, "shop", 60, 96, true);
    requests(&log, "shop", 96, 200, false);
    GArray *band, *windows = detect(&log, "shop", T0 + 200 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->state, ==, STATE_DOWN);
    g_assert_cmpint(w->start, ==, T0 + 60 * STEP);
    g_assert_cmpint(w->end, ==, T0 + 96 * STEP);
    g_assert_cmpint(w->start_lo, ==, T0 + 59 * STEP);
    g_assert_cmpint(w->end_lo, ==, T0 + 95 * STEP);
    g_assert_cmpint(w->start_hi, ==, T0 + 60 * STEP + STEP / 2);
    g_assert_cmpint(w->end_hi, ==, T0 + 96 * STEP + STEP / 2);
    g_assert_cmpuint(w->failed, ==, 36);
    g_assert_cmpuint(w->reasons[REASON_HTTP_5XX], ==, 36);
    g_assert_cmpuint(w->flags, ==, 0);
    g_assert_cmpint(w->observed, ==, 36 * STEP);
    g_assert_cmpint(w->likely, ==, 36 * STEP); /* both bounds lie alike around their edges */
    g_assert_cmpuint(w->proof[PROOF_LAST_UP].line, ==, 60);
    g_assert_cmpuint(w->proof[PROOF_FIRST_DOWN].line, ==, 61);
    g_assert_cmpuint(w->proof[PROOF_LAST_DOWN].line, ==, 96);
    g_assert_cmpuint(w->proof[PROOF_FIRST_UP].line, ==, 97);
    g_assert_cmpint(in_state(band, STATE_DOWN), ==, 36 * STEP);
    g_assert_cmpint(in_state(band, STATE_UP), ==, 164 * STEP);
    log_free(&log, windows, band);
}

/* Rows of 60 requests a minute, all bad in the minutes 10 to 15: an edge may be a minute off to both sides. */
static void test_counted(void) {
    Log log = log_new();
    for (int i = 0; i < 30; i++) {
        bool bad = i >= 10 && i < 16;
        Record r = {.signal = SIGNAL_REQUEST,
                    .time = T0 + i * MILLIS_MINUTE,
                    .duration = MILLIS_MINUTE,
                    .until = INSTANT_NONE,
                    .service = SPAN("shop"),
                    .count = 60,
                    .bad = bad ? 60 : 0,
                    .hash = (uint64_t)i,
                    .origin = {0, (uint64_t)i + 1}};
        ds_store_add(log.store, &r);
    }
    log.first = T0;
    log.last = T0 + 30 * MILLIS_MINUTE;
    GArray *band, *windows = detect(&log, "shop", T0 + 30 * MILLIS_MINUTE, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->start, ==, T0 + 10 * MILLIS_MINUTE);
    g_assert_cmpint(w->start_lo, ==, T0 + 9 * MILLIS_MINUTE);
    g_assert_cmpint(w->start_hi, ==, T0 + 11 * MILLIS_MINUTE);
    g_assert_cmpint(w->end, ==, T0 + 16 * MILLIS_MINUTE);
    g_assert_cmpint(w->end_lo, ==, T0 + 15 * MILLIS_MINUTE);
    g_assert_cmpint(w->end_hi, ==, T0 + 17 * MILLIS_MINUTE);
    g_assert_cmpuint(w->failed, ==, 360);
    g_assert_cmpuint(w->proof[PROOF_FIRST_DOWN].line, ==, 11);
    g_assert_cmpuint(w->flags, ==, 0);
    log_free(&log, windows, band);
}

/* Nothing between 12:14:50 and 12:21:00: due at 12:15:00, back at 12:21:00. */
static void test_silence(void) {
    Log log = log_new();
    requests(&log, "shop", 0, 90, false);
    requests(&log, "shop", 126, 198, false);
    GArray *band, *windows = detect(&log, "shop", T0 + 198 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->start, ==, T0 + 90 * STEP);
    g_assert_cmpint(w->end, ==, T0 + 126 * STEP);
    g_assert_cmpint(w->start_lo, ==, T0 + 89 * STEP);
    g_assert_cmpint(w->end_hi, ==, T0 + 126 * STEP + MILLIS_SECOND); /* stamps are cut to seconds */
    g_assert_cmpuint(w->failed, ==, 0);
    g_assert_cmpuint(w->flags, ==, 0);
    g_assert_cmpuint(w->proof[PROOF_LAST_UP].line, ==, 90);
    g_assert_cmpuint(w->proof[PROOF_FIRST_UP].line, ==, 91);
    g_assert_cmpint(in_state(band, STATE_DOWN), ==, 36 * STEP);
    g_assert_cmpint(in_state(band, STATE_UNKNOWN), ==, 0);
    log_free(&log, windows, band);
}

/* Errors, then nothing at all, then normal again: one window. */
static void test_errors_then_silence(void) {
    Log log = log_new();
    requests(&log, "shop", 0, 60, false);
    requests(&log, "shop", 60, 75, true);
    requests(&log, "shop", 110, 200, false);
    GArray *band, *windows = detect(&log, "shop", T0 + 200 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->start, ==, T0 + 60 * STEP);
    g_assert_cmpint(w->end, ==, T0 + 110 * STEP);
    g_assert_cmpuint(w->failed, ==, 15);
    log_free(&log, windows, band);
}

/* Three bad ones in a row among two hundred are no outage, nor is one in twenty for good. */
static void test_few_errors(void) {
    Log log = log_new();
    for (int i = 0; i < 200; i++) {
        request(&log, "shop", T0 + i * STEP, (i >= 100 && i < 103) || i % 20 == 7);
    }
    GArray *band, *windows = detect(&log, "shop", T0 + 200 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 0);
    g_assert_cmpint(in_state(band, STATE_UP), ==, 200 * STEP);
    log_free(&log, windows, band);
}

/* Bad to the last line, and the period ends there. */
static void test_ongoing(void) {
    Log log = log_new();
    requests(&log, "shop", 0, 150, false);
    requests(&log, "shop", 150, 200, true);
    GArray *band, *windows = detect(&log, "shop", T0 + 200 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->start, ==, T0 + 150 * STEP);
    g_assert_cmpint(w->end, ==, INSTANT_NONE);
    g_assert_cmpint(w->observed, ==, 50 * STEP);
    g_assert_cmpuint(w->flags, ==, FLAG_ONGOING);
    g_assert_cmpint(w->likely, ==, MILLIS_NONE);
    log_free(&log, windows, band);
}

/* The same, but the period goes on for an hour that nobody speaks for. */
static void test_end_unobserved(void) {
    Log log = log_new();
    requests(&log, "shop", 0, 150, false);
    requests(&log, "shop", 150, 200, true);
    GArray *band, *windows = detect(&log, "shop", T0 + 200 * STEP + MILLIS_HOUR, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->end, ==, T0 + 200 * STEP);
    g_assert_cmpint(w->end_hi, ==, T0 + 200 * STEP + MILLIS_HOUR);
    g_assert_cmpuint(w->flags, ==, FLAG_END_UNOBSERVED);
    log_free(&log, windows, band);
}

/* Bad from the first line: it may have begun any time since the period did. */
static void test_started_before(void) {
    Log log = log_new();
    requests(&log, "shop", 10, 50, true);
    requests(&log, "shop", 50, 200, false);
    GArray *band, *windows = detect(&log, "shop", T0 + 200 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpuint(w->flags, ==, FLAG_STARTED_BEFORE);
    g_assert_cmpint(w->start, ==, T0 + 10 * STEP);
    g_assert_cmpint(w->start_lo, ==, T0);
    log_free(&log, windows, band);
}

/* The end of a log is no silence; but where another virtual host goes on in it, this one has vanished. */
static void test_end_of_log(void) {
    Log log = log_new();
    requests(&log, "shop", 0, 150, false);
    GArray *band, *windows = detect(&log, "shop", T0 + 200 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 0);
    g_assert_cmpint(in_state(band, STATE_UP), ==, 150 * STEP);
    log_free(&log, windows, band);

    log = log_new();
    for (int i = 0; i < 200; i++) {
        if (i < 150) {
            request(&log, "shop", T0 + i * STEP, false);
        }
        request(&log, "blog", T0 + i * STEP, false);
    }
    windows = detect(&log, "shop", T0 + 200 * STEP, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->start, ==, T0 + 150 * STEP);
    g_assert_cmpuint(w->flags, ==, FLAG_ONGOING);
    log_free(&log, windows, band);
}

/* Ten days with a request a minute from 8 to 20 h: nights are silent, and no outage. */
static void test_nights(void) {
    Log log = log_new();
    for (int minute = 0; minute < 10 * 1440; minute++) {
        if (minute % 1440 < 720) {
            request(&log, "shop", T0 + minute * MILLIS_MINUTE, false);
        }
    }
    GArray *band, *windows = detect(&log, "shop", T0 + 10 * MILLIS_DAY, &band);
    g_assert_cmpuint(windows->len, ==, 0); /* the first night has none before it, and is measured by later ones */
    g_assert_cmpint(in_state(band, STATE_DOWN), ==, 0);
    log_free(&log, windows, band);
}

/* A line of the year 9999 behind a day's: cost goes with the lines, and the outage before is found as ever. */
static void test_far_line(void) {
    Log log = log_new();
    requests(&log, "web", 0, 100, false);
    requests(&log, "web", 100, 120, true);
    requests(&log, "web", 120, 220, false);
    Instant far = INT64_C(253399140000000); /* 9999-11-25T00:00:00Z */
    request(&log, "web", far, false);
    GArray *band, *windows = detect(&log, "web", far + STEP, &band);
    g_assert_cmpuint(windows->len, >=, 1);
    const Window *first = &g_array_index(windows, Window, 0);
    g_assert_cmpint(first->start, ==, T0 + 100 * STEP);
    g_assert_cmpint(first->end, ==, T0 + 120 * STEP);
    size_t count = 0;
    Millis width = 0;
    bool slots = false;
    const Bin *bins = ds_series_bins(log.store, 0, &count, &width, &slots);
    g_autoptr(GArray) steps = traffic_steps(log.store, bins, count, width);
    g_assert_cmpuint(steps->len, ==, 222); /* a step a request, and one of nothing for eight thousand years */
    log_free(&log, windows, band);
}

/* Two requests a second for twenty minutes, of which one in twenty fails, from 12:10 to 12:13 five in twenty; and three
 * in twenty for forty seconds by chance, half a minute after that. These are no part of the outage. */
static void test_crowd_beside(void) {
    Log log = log_new();
    for (int i = 0; i < 2400; i++) {
        int bin = i / 20, bad = bin >= 60 && bin < 78 ? 5 : bin > 80 && bin < 85 ? 3 : 1;
        request(&log, "shop", T0 + i * 500, i % 20 * bad % 20 < bad);
    }
    GArray *band, *windows = detect(&log, "shop", T0 + 20 * MILLIS_MINUTE, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(ABS(w->start - (T0 + 10 * MILLIS_MINUTE)), <=, STEP);
    g_assert_cmpint(ABS(w->end - (T0 + 13 * MILLIS_MINUTE)), <=, STEP);
    g_assert_cmpint(w->end_hi, <, T0 + 13 * MILLIS_MINUTE + 3 * STEP);
    log_free(&log, windows, band);
}

/* Two requests a second for twenty minutes that take `usual` ms, from 12:10 to 12:13 `slow` ms. */
static void lengths(Log *log, Millis usual, Millis slow, bool fail) {
    for (int i = 0; i < 2400; i++) {
        bool inside = i >= 1200 && i < 1560;
        Record r = {.signal = SIGNAL_REQUEST,
                    .time = T0 + i * 500,
                    .until = INSTANT_NONE,
                    .service = SPAN("shop"),
                    .count = 1,
                    .bad = fail && inside ? 1 : 0,
                    .timed = true,
                    .took = inside ? slow : usual,
                    .origin = {0, ++log->line}};
        r.hash = ds_span_hash((Span){(const char *)&r.origin.line, sizeof r.origin.line});
        ds_store_add(log->store, &r);
        log->first = log->first == INSTANT_NONE ? r.time : log->first;
        log->last = r.time;
    }
}

/* Four times as long for three minutes: degraded, the edges on the bins' own. */
static void test_slow(void) {
    Log log = log_new();
    lengths(&log, 100, 400, false);
    GArray *band, *windows = detect(&log, "shop", T0 + 20 * MILLIS_MINUTE, &band);
    g_assert_cmpuint(windows->len, ==, 1);
    const Window *w = &g_array_index(windows, Window, 0);
    g_assert_cmpint(w->state, ==, STATE_DEGRADED);
    g_assert_cmpint(w->start, ==, T0 + 10 * MILLIS_MINUTE);
    g_assert_cmpint(w->end, ==, T0 + 13 * MILLIS_MINUTE);
    g_assert_cmpuint(w->flags, ==, 0);
    g_assert_cmpuint(w->failed, ==, 360);
    g_assert_cmpint(in_state(band, STATE_DEGRADED), ==, 3 * MILLIS_MINUTE);
    g_assert_cmpint(in_state(band, STATE_UP), ==, 17 * MILLIS_MINUTE);
    log_free(&log, windows, band);
}

/* Nobody feels 40 ms instead of 10; failed ones are no slow ones; and it can be put off. */
static void test_slow_not(void) {
    for (int i = 0; i < 3; i++) {
        Log log = log_new();
        log.config->detection.slow_factor = i == 2 ? 0 : 3;
        lengths(&log, i == 0 ? 10 : 100, i == 0 ? 40 : 400, i == 1);
        GArray *band, *windows = detect(&log, "shop", T0 + 20 * MILLIS_MINUTE, &band);
        g_assert_cmpuint(windows->len, ==, i == 1 ? 1 : 0);
        g_assert_cmpint(in_state(band, STATE_DEGRADED), ==, 0);
        log_free(&log, windows, band);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/request/errors", test_errors);
    g_test_add_func("/request/counted", test_counted);
    g_test_add_func("/request/silence", test_silence);
    g_test_add_func("/request/errors-then-silence", test_errors_then_silence);
    g_test_add_func("/request/few-errors", test_few_errors);
    g_test_add_func("/request/crowd-beside", test_crowd_beside);
    g_test_add_func("/request/ongoing", test_ongoing);
    g_test_add_func("/request/end-unobserved", test_end_unobserved);
    g_test_add_func("/request/started-before", test_started_before);
    g_test_add_func("/request/end-of-log", test_end_of_log);
    g_test_add_func("/request/far-line", test_far_line);
    g_test_add_func("/request/nights", test_nights);
    g_test_add_func("/request/slow", test_slow);
    g_test_add_func("/request/slow-not", test_slow_not);
    return g_test_run();
}
