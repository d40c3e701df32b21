/* SPDX-License-Identifier: MIT
 * Burn-rate alerts after the fact, and what each incident spent of a budget; instants derived on paper. */
#include "impact_scene.h"

#include <math.h>

#define DAY0 INT64_C(1779235200000) /* 2026-05-20T00:00:00Z */
#define S MILLIS_SECOND

static Scene scene_of(Millis length, const Part *parts, size_t n, double target) {
    Scene s = scene_new(DAY0, DAY0 + length);
    scene_name(&s, "api", "mon1", "");
    scene_finish_store(&s);
    scene_service(&s, "api", parts, n);
    Objective *o = g_new0(Objective, 1);
    o->name = g_strdup("o");
    o->service = g_strdup("api");
    o->target = target;
    o->window = 30 * MILLIS_DAY;
    g_ptr_array_add(s.config->objectives, o);
    return s;
}

static Instant fired(const Scene *s, unsigned alert) {
    g_assert_cmpuint(s->impact->objectives->len, ==, 1);
    return g_array_index(s->impact->objectives, ObjectiveResult, 0).alerts[alert].fired;
}

static void assert_fired(const Scene *s, unsigned alert, Instant expected) {
    g_assert_cmpint(fired(s, alert), ==, expected);
}

/* Four good days, then down for 10 min at target 99.9 %. 14.4 * 0.001 of an hour are 51.84 s; 6 * 0.001 of 6 h are
 * 129.6 s; 0.003 of a day and 0.001 of three days are 259.2 s; the short windows need a twelfth of each. */
static void test_one_outage(void) {
    Instant down = DAY0 + 4 * MILLIS_DAY;
    const Part parts[] = {{down, STATE_UP}, {down + 10 * M, STATE_DOWN}, {DAY0 + 5 * MILLIS_DAY, STATE_UP}};
    Scene s = scene_of(5 * MILLIS_DAY, parts, 3, 0.999);
    scene_measure(&s);
    assert_fired(&s, 0, down + 51840);
    assert_fired(&s, 1, down + 129600);
    assert_fired(&s, 2, down + 259200);
    assert_fired(&s, 3, down + 259200);
    scene_free(&s);
}

/* Two outages of 30 s, 20 min apart: the long window of the first alert is full after 21.84 s of the second, when the
 * short one holds 21.84 s of the second alone (it needs 4.32 s). The others never: 60 s in all. */
static void test_two_outages(void) {
    Instant first = DAY0 + 2 * MILLIS_DAY, second = first + 20 * M;
    const Part parts[] = {{first, STATE_UP},
                          {first + 30 * S, STATE_DOWN},
                          {second, STATE_UP},
                          {second + 30 * S, STATE_DOWN},
                          {DAY0 + 3 * MILLIS_DAY, STATE_UP}};
    Scene s = scene_of(3 * MILLIS_DAY, parts, 5, 0.999);
    scene_measure(&s);
    assert_fired(&s, 0, second + 21840);
    assert_fired(&s, 1, INSTANT_NONE);
    assert_fired(&s, 2, INSTANT_NONE);
    assert_fired(&s, 3, INSTANT_NONE);
    scene_free(&s);
}

/* Known for 30 min of the hour before: 0.0144 * (1800 s + t) = t, so t = 25.92 / 0.9856 s = 26.2987... s: at the next
 * millisecond. The short window of 5 min is known in full. Six hours: 0.006 * (1800 + t) = t, t = 10.8 / 0.994 s =
 * 10.8651... s; half an hour of them needs 10.8 s. */
static void test_unknown_left_out(void) {
    Instant down = DAY0 + MILLIS_DAY;
    const Part parts[] = {{down - 30 * M, STATE_UNKNOWN},
                          {down, STATE_UP},
                          {down + 10 * M, STATE_DOWN},
                          {DAY0 + 2 * MILLIS_DAY, STATE_UP}};
    Scene s = scene_of(2 * MILLIS_DAY, parts, 4, 0.999);
    scene_measure(&s);
    assert_fired(&s, 0, down + 26299);
    assert_fired(&s, 1, down + 10866);
    scene_free(&s);
}

/* Unknown time after an outage: good time falls out of the long window and nothing comes in. Down for 40 s after a good
 * hour, at t after the onset 3640 s - t are known: 40 s are 0.0144 of it from t = 862.2 s on, but the short window has
 * nothing bad any more from 340 s on, so the alert never fires. */
static void test_short_window_ends_it(void) {
    Instant down = DAY0 + MILLIS_HOUR;
    const Part parts[] = {{down, STATE_UP}, {down + 40 * S, STATE_DOWN}, {DAY0 + 4 * MILLIS_HOUR, STATE_UNKNOWN}};
    Scene s = scene_of(4 * MILLIS_HOUR, parts, 3, 0.999);
    scene_measure(&s);
    assert_fired(&s, 0, INSTANT_NONE);
    scene_free(&s);
    /* 50 s are 0.0144 of 3472.22... s, which are known at t = 177.77... s; the short window has all of them. */
    const Part longer[] = {{down, STATE_UP}, {down + 50 * S, STATE_DOWN}, {DAY0 + 4 * MILLIS_HOUR, STATE_UNKNOWN}};
    s = scene_of(4 * MILLIS_HOUR, longer, 3, 0.999);
    scene_measure(&s);
    assert_fired(&s, 0, down + 177778);
    scene_free(&s);
}

/* Down from the first instant: nothing is known at it, a millisecond later all that is known is bad. At 90 % the first
 * alert would need 144 % of the time. At 100 % whatever is bad fires. */
static void test_edges(void) {
    const Part parts[] = {{DAY0 + M, STATE_DOWN}, {DAY0 + MILLIS_HOUR, STATE_UP}};
    Scene s = scene_of(MILLIS_HOUR, parts, 2, 0.9);
    scene_measure(&s);
    assert_fired(&s, 0, INSTANT_NONE);
    assert_fired(&s, 1, DAY0 + 1);
    scene_free(&s);
    const Part late[] = {{DAY0 + M, STATE_UP}, {DAY0 + 2 * M, STATE_DOWN}, {DAY0 + MILLIS_HOUR, STATE_UP}};
    s = scene_of(MILLIS_HOUR, late, 3, 1);
    scene_measure(&s);
    assert_fired(&s, 0, DAY0 + M + 1);
    assert_fired(&s, 3, DAY0 + M + 1);
    scene_free(&s);
    const Part good[] = {{DAY0 + MILLIS_HOUR, STATE_UP}};
    s = scene_of(MILLIS_HOUR, good, 1, 1);
    scene_measure(&s);
    assert_fired(&s, 0, INSTANT_NONE);
    scene_free(&s);
}

/* Degraded time at weight 0.5 needs twice as long; maintenance counts neither way. */
static void test_weights_and_maintenance(void) {
    Instant bad = DAY0 + 4 * MILLIS_DAY;
    const Part parts[] = {{bad, STATE_UP}, {bad + 10 * M, STATE_DEGRADED}, {DAY0 + 5 * MILLIS_DAY, STATE_UP}};
    Scene s = scene_of(5 * MILLIS_DAY, parts, 3, 0.999);
    s.config->detection.degraded_weight = 0.5;
    scene_measure(&s);
    assert_fired(&s, 0, bad + 103680);
    scene_free(&s);
    s = scene_new(DAY0, DAY0 + 5 * MILLIS_DAY);
    scene_name(&s, "api", "mon1", "");
    scene_maintenance(&s, bad, bad + 10 * M, "api");
    scene_finish_store(&s);
    const Part down[] = {{bad, STATE_UP}, {bad + 10 * M, STATE_DOWN}, {DAY0 + 5 * MILLIS_DAY, STATE_UP}};
    scene_service(&s, "api", down, 3);
    ServiceConfig *api = g_new0(ServiceConfig, 1);
    api->name = g_strdup("api");
    api->objective = 0.999;
    g_ptr_array_add(s.config->services, api);
    scene_measure(&s);
    assert_fired(&s, 0, INSTANT_NONE);
    scene_free(&s);
}

static void incident(Scene *s, IncidentKind kind, Instant start, Instant end, const char *service) {
    Incident in = {.kind = kind, .id = s->outages->incidents->len + 1, .start = start, .end = end};
    GArray **lists[] = {&in.windows, &in.attached, &in.notices, &in.services, &in.vantages};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        *lists[i] = g_array_new(FALSE, FALSE, sizeof(guint));
    }
    Name name = scene_find(s, service);
    g_array_append_val(in.services, name);
    g_array_append_val(s->outages->incidents, in);
}

/* Down 6 min in the first incident, 3 min in the second, 1 min in none: of 10 min spent. Budget: 1 % of 30 d = 432 min.
 * An incident of another service and one known from users spend nothing. */
static void test_spends(void) {
    const Part parts[] = {{DAY0 + 60 * M, STATE_UP},    {DAY0 + 66 * M, STATE_DOWN}, {DAY0 + 120 * M, STATE_UP},
                          {DAY0 + 123 * M, STATE_DOWN}, {DAY0 + 200 * M, STATE_UP},  {DAY0 + 201 * M, STATE_DOWN},
                          {DAY0 + 600 * M, STATE_UP}};
    Scene s = scene_of(10 * MILLIS_HOUR, parts, 7, 0.99);
    incident(&s, INCIDENT_OUTAGE, DAY0 + 50 * M, DAY0 + 70 * M, "api");
    incident(&s, INCIDENT_OUTAGE, DAY0 + 60 * M, DAY0 + 70 * M, "mon1");
    incident(&s, INCIDENT_OUTAGE, DAY0 + 120 * M, DAY0 + 123 * M, "api");
    incident(&s, INCIDENT_REPORTED, DAY0 + 190 * M, DAY0 + 210 * M, "api");
    scene_measure(&s);
    g_assert_cmpuint(s.impact->spends->len, ==, 2);
    const BudgetSpend *a = &g_array_index(s.impact->spends, BudgetSpend, 0);
    const BudgetSpend *b = &g_array_index(s.impact->spends, BudgetSpend, 1);
    g_assert_cmpuint(a->incident, ==, 0);
    g_assert_cmpint(a->spent, ==, 6 * M);
    assert_ratio(a->share, 0.6);
    assert_ratio(a->of_budget, 6.0 / 432);
    g_assert_cmpuint(b->incident, ==, 2);
    g_assert_cmpint(b->spent, ==, 3 * M);
    assert_ratio(b->share, 0.3);
    scene_free(&s);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/burn/one-outage", test_one_outage);
    g_test_add_func("/burn/two-outages", test_two_outages);
    g_test_add_func("/burn/unknown-left-out", test_unknown_left_out);
    g_test_add_func("/burn/short-window-ends-it", test_short_window_ends_it);
    g_test_add_func("/burn/edges", test_edges);
    g_test_add_func("/burn/weights-and-maintenance", test_weights_and_maintenance);
    g_test_add_func("/budget/spends", test_spends);
    return g_test_run();
}
