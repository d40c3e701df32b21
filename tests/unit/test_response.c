/* SPDX-License-Identifier: MIT
 * Response times of an incident told by hand, and percentiles by nearest rank. */
#include "impact/room.h"

#include "impact_scene.h"

#define DAY0 INT64_C(1779235200000) /* 2026-05-20T00:00:00Z */
#define AT(h, m) (DAY0 + (h)*MILLIS_HOUR + (m)*M)

static guint last_window(const Scene *s) {
    return s->outages->windows->len - 1;
}

/* chat is down 18:00-19:00 as the service sees it: eu from 18:00 to 18:40, us from 18:02 to 19:00. Users complain from
 * 17:58. Lines of evidence: 11 the first failure, 99 the recovery. */
static Scene outage(void) {
    Scene s = scene_new(AT(12, 0), AT(24, 0));
    scene_name(&s, "chat", "eu", "");
    scene_name(&s, "chat", "us", "");
    scene_name(&s, "mail", "eu", "");
    scene_notice(&s, AT(18, 1), "mail", "identified"); /* about another service */
    scene_notice(&s, AT(18, 20), "chat", "Investigating");
    scene_notice(&s, AT(18, 50), "", "monitoring");
    scene_notice(&s, AT(19, 30), "chat", "resolved"); /* after all was over */
    scene_finish_store(&s);
    const Part up[] = {{AT(24, 0), STATE_UP}};
    scene_service(&s, "chat", up, 1);
    scene_service(&s, "mail", up, 1);

    Incident in = {.id = 1,
                   .kind = INCIDENT_OUTAGE,
                   .start = AT(18, 0),
                   .end = AT(19, 0),
                   .windows = g_array_new(FALSE, FALSE, sizeof(guint)),
                   .attached = g_array_new(FALSE, FALSE, sizeof(guint)),
                   .notices = g_array_new(FALSE, FALSE, sizeof(guint)),
                   .services = g_array_new(FALSE, FALSE, sizeof(Name)),
                   .vantages = g_array_new(FALSE, FALSE, sizeof(Name)),
                   .peak = AT(18, 2),
                   .first_recovery = AT(18, 40),
                   .restored = AT(19, 0)};
    Name chat = scene_find(&s, "chat"), check = scene_find(&s, "");
    g_array_append_val(in.services, chat);
    Window *w = scene_window(&s, SIGNAL_SERVICE, STATE_DOWN, "chat", NAME_NONE, NAME_NONE, AT(18, 0), AT(19, 0));
    w->proof[PROOF_FIRST_DOWN] = (Origin){0, 11};
    w->proof[PROOF_FIRST_UP] = (Origin){0, 99};
    guint index = last_window(&s);
    g_array_append_val(in.windows, index);
    w = scene_window(&s, SIGNAL_PROBE, STATE_DOWN, "chat", scene_find(&s, "eu"), check, AT(18, 0), AT(18, 40));
    w->start_hi += 10 * MILLIS_SECOND; /* the failed check had its answer after ten seconds */
    w->proof[PROOF_FIRST_DOWN] = (Origin){0, 11};
    w->proof[PROOF_FIRST_UP] = (Origin){0, 70};
    index = last_window(&s);
    g_array_append_val(in.attached, index);
    scene_window(&s, SIGNAL_PROBE, STATE_DOWN, "chat", scene_find(&s, "us"), check, AT(18, 2), AT(19, 0));
    index = last_window(&s);
    g_array_append_val(in.attached, index);
    scene_window(&s, SIGNAL_PROBE, STATE_DOWN, "chat", scene_find(&s, "us"), check, AT(17, 50), AT(17, 51))->flags =
        FLAG_BLIP;
    index = last_window(&s);
    g_array_append_val(in.attached, index);
    scene_window(&s, SIGNAL_REPORT, STATE_SURGE, "chat", scene_find(&s, "eu"), check, AT(17, 58), AT(19, 10));
    index = last_window(&s);
    g_array_append_val(in.attached, index);
    g_array_append_val(s.outages->incidents, in);
    return s;
}

static void check(const Scene *s, ResponseKind kind, Instant time, Millis uncertainty, uint64_t line,
                  const char *source) {
    const Response *r = &g_array_index(s->impact->responses, Response, kind);
    g_assert_cmpint(r->kind, ==, kind);
    g_assert_cmpint(r->time, ==, time);
    g_assert_cmpint(r->since, ==, time == INSTANT_NONE ? MILLIS_NONE : time - AT(18, 0));
    g_assert_cmpint(r->uncertainty, ==, uncertainty);
    g_assert_cmpstr(r->source, ==, source);
    g_assert_cmpuint(strlen(r->definition), >, 0);
    if (line) {
        g_assert_cmpuint(r->origin.line, ==, line);
    }
}

static void test_times(void) {
    Scene s = outage();
    scene_measure(&s);
    g_assert_cmpuint(s.impact->responses->len, ==, RESPONSE_COUNT);
    check(&s, RESPONSE_IMPACT_START, AT(18, 0), 30 * MILLIS_SECOND, 11, "probe"); /* half of (17:59, 18:00] */
    check(&s, RESPONSE_DETECTED, AT(18, 0) + 10 * MILLIS_SECOND, 0, 11, "probe");
    check(&s, RESPONSE_ACKNOWLEDGED, AT(18, 20), 0, 0, "notice");
    check(&s, RESPONSE_FIRST_NOTICE, AT(18, 20), 0, 0, "notice");
    check(&s, RESPONSE_MITIGATED, AT(18, 40), 30 * MILLIS_SECOND, 70, "probe");
    check(&s, RESPONSE_RESTORED, AT(19, 0), 30 * MILLIS_SECOND, 99, "probe");
    check(&s, RESPONSE_RESOLVED, AT(19, 30), 0, 0, "notice");
    scene_free(&s);
}

/* Still down: nothing is restored, and mitigation is the operator's word. */
static void test_ongoing(void) {
    Scene s = outage();
    Incident *in = &g_array_index(s.outages->incidents, Incident, 0);
    in->ongoing = true;
    in->end = AT(24, 0);
    in->first_recovery = in->restored = INSTANT_NONE;
    scene_measure(&s);
    check(&s, RESPONSE_MITIGATED, AT(18, 50), 0, 0, "notice");
    check(&s, RESPONSE_RESTORED, INSTANT_NONE, MILLIS_NONE, 0, "");
    scene_free(&s);
}

static void test_sightings(void) {
    Scene s = outage();
    scene_measure(&s);
    static const struct {
        Signal signal;
        int minute; /* after 17:00 */
        int lead;   /* minutes before the first notice */
    } rows[] = {{SIGNAL_REPORT, 58, 22}, {SIGNAL_PROBE, 60, 20}, {SIGNAL_NOTICE, 80, 0}};
    g_assert_cmpuint(s.impact->sightings->len, ==, G_N_ELEMENTS(rows));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Sighting *g = &g_array_index(s.impact->sightings, Sighting, i);
        g_assert_cmpint(g->signal, ==, rows[i].signal);
        g_assert_cmpint(g->first, ==, AT(17, rows[i].minute));
        g_assert_cmpint(g->lead, ==, rows[i].lead * M);
    }
    scene_free(&s);
}

static void test_nearest_rank(void) {
    const Millis ten[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    g_assert_cmpint(nearest_rank(ten, 10, 0.5), ==, 5);
    g_assert_cmpint(nearest_rank(ten, 10, 0.9), ==, 9);
    g_assert_cmpint(nearest_rank(ten, 3, 0.5), ==, 2);
    g_assert_cmpint(nearest_rank(ten, 3, 0.9), ==, 3);
    g_assert_cmpint(nearest_rank(ten, 1, 0.5), ==, 1);
}

static void test_summaries(void) {
    Scene s = outage();
    scene_measure(&s);
    g_assert_cmpuint(s.impact->summaries->len, ==, RESPONSE_COUNT - 1);
    for (guint i = 0; i < s.impact->summaries->len; i++) {
        const ResponseSummary *r = &g_array_index(s.impact->summaries, ResponseSummary, i);
        const Response *one = &g_array_index(s.impact->responses, Response, r->kind);
        g_assert_cmpuint(r->count, ==, 1);
        g_assert_cmpint(r->median, ==, one->since);
        g_assert_cmpint(r->p90, ==, one->since);
    }
    scene_free(&s);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/response/times", test_times);
    g_test_add_func("/response/ongoing", test_ongoing);
    g_test_add_func("/response/sightings", test_sightings);
    g_test_add_func("/response/nearest-rank", test_nearest_rank);
    g_test_add_func("/response/summaries", test_summaries);
    return g_test_run();
}
