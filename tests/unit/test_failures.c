/* SPDX-License-Identifier: MIT
 * Logs that tell failures only: runs of failed tries, every edge worked out by hand. Bins of ten seconds. */
#include "outage/detect.h"
#include "outage/outage.h"

#define T0 INT64_C(1779364800000) /* 2026-05-21T12:00:00Z */
#define SECOND MILLIS_SECOND

typedef struct {
    Config *config;
    Store *store;
    uint64_t line;
} Log;

static Log log_new(void) {
    Config *config = ds_config_new();
    return (Log){config, ds_store_new(config), 0};
}

static void add(Log *log, bool failures, bool bad, Instant time, Reason reason) {
    Record r = {.signal = SIGNAL_REQUEST,
                .time = time,
                .until = INSTANT_NONE,
                .service = SPAN("shop"),
                .check = failures ? SPAN("nginx-error") : (Span){NULL, 0},
                .failures = failures,
                .count = 1,
                .bad = bad,
                .reason = reason,
                .origin = {failures ? 0 : 1, ++log->line}};
    r.hash = ds_span_hash((Span){(const char *)&r.origin.line, sizeof r.origin.line});
    ds_store_add(log->store, &r);
}

/* A failed try a second, from..to-1 seconds after T0. */
static void fail(Log *log, int from, int to, Reason reason) {
    for (int i = from; i < to; i++) {
        add(log, true, true, T0 + i * SECOND, reason);
    }
}

/* The error log was written from `first` to `last` seconds after T0. */
static Outages *find(Log *log, int first, int last) {
    ds_store_input(log->store, 0, 0, T0 + first * SECOND, T0 + last * SECOND);
    ds_store_finish(log->store, NULL);
    return ds_outages_find(log->store, log->config);
}

static void log_free(Log *log, Outages *outages) {
    ds_outages_free(outages);
    ds_store_free(log->store);
    ds_config_free(log->config);
}

static const Window *window_at(const Outages *o, guint i) {
    return &g_array_index(o->windows, Window, i);
}

/* An hour of log, refused tries in 12:20:03 to 12:20:58 (56 lines), then one that stands alone at 12:40. */
static void test_run(void) {
    Log log = log_new();
    fail(&log, 1203, 1259, REASON_CONNECT_REFUSED);
    fail(&log, 2400, 2401, REASON_TIMEOUT);
    Outages *o = find(&log, 0, 3600);
    g_assert_cmpuint(o->windows->len, ==, 1);
    const Window *w = window_at(o, 0);
    g_assert_cmpint(w->signal, ==, SIGNAL_REQUEST);
    g_assert_cmpint(w->state, ==, STATE_DEGRADED);
    g_assert_cmpint(w->flags, ==, FLAG_WEAK);
    g_assert_cmpint(w->start, ==, T0 + 1203 * SECOND);
    g_assert_cmpint(w->end, ==, T0 + 1258 * SECOND + 1);
    g_assert_cmpint(w->start_lo, ==, w->start - 5 * SECOND);
    g_assert_cmpint(w->start_hi, ==, w->start + 5 * SECOND);
    g_assert_cmpint(w->end_lo, ==, w->end - 5 * SECOND);
    g_assert_cmpint(w->end_hi, ==, w->end + 5 * SECOND);
    g_assert_cmpuint(w->failed, ==, 56);
    g_assert_cmpuint(w->reasons[REASON_CONNECT_REFUSED], ==, 56);
    g_assert_cmpuint(w->proof[PROOF_FIRST_DOWN].line, ==, 1);
    g_assert_cmpuint(w->proof[PROOF_LAST_DOWN].line, ==, 56);
    g_assert_cmpint(w->unknown, ==, 0);
    log_free(&log, o);
}

/* The log is nothing but its outage: found all the same, open at both ends. */
static void test_nothing_else(void) {
    Log log = log_new();
    fail(&log, 0, 95, REASON_CONNECT_REFUSED);
    Outages *o = find(&log, 0, 94);
    g_assert_cmpuint(o->windows->len, ==, 1);
    const Window *w = window_at(o, 0);
    g_assert_cmpint(w->flags, ==, FLAG_WEAK | FLAG_STARTED_BEFORE | FLAG_END_UNOBSERVED);
    g_assert_cmpint(w->start, ==, T0);
    g_assert_cmpint(w->end, ==, T0 + 94 * SECOND + 1);
    log_free(&log, o);
}

/* Two runs with 40 s without a line between are two windows. */
static void test_two_runs(void) {
    Log log = log_new();
    fail(&log, 600, 660, REASON_CONNECT_REFUSED);
    fail(&log, 700, 730, REASON_TIMEOUT);
    Outages *o = find(&log, 0, 3600);
    g_assert_cmpuint(o->windows->len, ==, 2);
    g_assert_cmpint(window_at(o, 0)->end, ==, T0 + 659 * SECOND + 1);
    g_assert_cmpint(window_at(o, 1)->start, ==, T0 + 700 * SECOND);
    g_assert_cmpuint(window_at(o, 1)->reasons[REASON_TIMEOUT], ==, 30);
    log_free(&log, o);
}

/* A failure a minute for two days is this log's usual noise; ten a second for a minute is not. */
static void test_noise(void) {
    Log log = log_new();
    for (int minute = 0; minute < 2880; minute++) {
        add(&log, true, true, T0 + minute * MILLIS_MINUTE, REASON_TIMEOUT);
    }
    for (int i = 0; i < 600; i++) {
        add(&log, true, true, T0 + MILLIS_DAY + i * 100, REASON_CONNECT_REFUSED);
    }
    Outages *o = find(&log, 0, 2 * 86400);
    g_assert_cmpuint(o->windows->len, ==, 1);
    g_assert_cmpint(window_at(o, 0)->start, ==, T0 + MILLIS_DAY);
    g_assert_cmpuint(window_at(o, 0)->reasons[REASON_CONNECT_REFUSED], ==, 600);
    log_free(&log, o);
}

/* Alone: no verdict of the service, all of the series unknown, an incident of requests. */
static void test_sums_alone(void) {
    Log log = log_new();
    fail(&log, 600, 660, REASON_CONNECT_REFUSED);
    Outages *o = find(&log, 0, 3600);
    g_assert_cmpuint(o->services->len, ==, 0);
    g_assert_cmpuint(o->series->len, ==, 1);
    const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, 0);
    for (guint i = 0; i < v->band->len; i++) {
        g_assert_cmpint(g_array_index(v->band, Segment, i).state, ==, STATE_UNKNOWN);
    }
    g_assert_cmpuint(o->incidents->len, ==, 1);
    g_assert_cmpint(g_array_index(o->incidents, Incident, 0).kind, ==, INCIDENT_REQUESTS);
    log_free(&log, o);
}

/* Beside an access log of the same service that one rules: good all the time, so there is no incident; its period
 * holds. */
static void test_beside_access_log(void) {
    Log log = log_new();
    fail(&log, 600, 660, REASON_CONNECT_REFUSED);
    for (int i = 0; i < 1200; i++) {
        add(&log, false, false, T0 + i * SECOND, REASON_NONE);
    }
    ds_store_input(log.store, 1, 1, T0, T0 + 1199 * SECOND);
    Outages *o = find(&log, 0, 36000);
    g_assert_cmpuint(o->services->len, ==, 1);
    const ServiceVerdict *v = &g_array_index(o->services, ServiceVerdict, 0);
    g_assert_cmpuint(v->band->len, ==, 1);
    g_assert_cmpint(g_array_index(v->band, Segment, 0).state, ==, STATE_UP);
    g_assert_cmpint(o->to, ==, T0 + 1200 * SECOND);
    g_assert_cmpuint(o->windows->len, ==, 1);
    g_assert_true(window_at(o, 0)->failures);
    g_assert_cmpuint(o->incidents->len, ==, 0);
    log_free(&log, o);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/failures/run", test_run);
    g_test_add_func("/failures/nothing-else", test_nothing_else);
    g_test_add_func("/failures/two-runs", test_two_runs);
    g_test_add_func("/failures/noise", test_noise);
    g_test_add_func("/failures/sums-alone", test_sums_alone);
    g_test_add_func("/failures/beside-access-log", test_beside_access_log);
    return g_test_run();
}
