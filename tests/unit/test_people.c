/* SPDX-License-Identifier: MIT
 * Users, local hours and money. */
#include "impact/room.h"

#include "impact_scene.h"

#include <math.h>

#define DAY0 INT64_C(1779235200000) /* 2026-05-20T00:00:00Z */
#define AT(h, m) (DAY0 + (h)*MILLIS_HOUR + (m)*M)

static GArray *span(Instant start, Instant end) {
    GArray *spans = spans_new();
    spans_put(spans, start, end);
    return spans;
}

/* Only the local hour 2 counts. Berlin skips it on 2026-03-29 and has it twice on 2026-10-25. */
static void test_profile_and_clock_changes(void) {
    double profile[24] = {0};
    profile[2] = 1;
    g_autoptr(Zone) berlin = ds_zone_load("Europe/Berlin", NULL);
    g_assert_nonnull(berlin);
    static const struct {
        Instant from;
        int hours;
        double minutes;
    } rows[] = {
        {INT64_C(1774652400000), 24, 60},  /* 2026-03-28 00:00 +01:00 */
        {INT64_C(1774738800000), 23, 0},   /* 2026-03-29 */
        {INT64_C(1792879200000), 25, 120}, /* 2026-10-25 00:00 +02:00 */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) day = span(rows[i].from, rows[i].from + rows[i].hours * MILLIS_HOUR);
        g_assert_cmpfloat(profile_minutes(day, berlin, profile), ==, rows[i].minutes);
    }
    g_autoptr(GArray) odd = span(AT(1, 59) + 30 * MILLIS_SECOND, AT(2, 1)); /* UTC: one minute of it in hour 2 */
    g_assert_cmpfloat(profile_minutes(odd, NULL, profile), ==, 1);
}

static VantageConfig *vantage(Scene *s, const char *name, double users, const char *zone) {
    VantageConfig *v = g_new0(VantageConfig, 1);
    v->name = g_strdup(name);
    v->weight = 1;
    v->users = users;
    v->zone = zone ? ds_zone_load(zone, NULL) : NULL;
    g_ptr_array_add(s->config->vantages, v);
    return v;
}

static ServiceConfig *service(Scene *s, double users) {
    ServiceConfig *c = g_new0(ServiceConfig, 1);
    c->name = g_strdup("chat");
    c->users = users;
    g_ptr_array_add(s->config->services, c);
    return c;
}

/* chat from two vantages, six hours: eu down 18:00-20:00 UTC, jp down 19:00-20:00. The service: 19:00-20:00. */
static Scene chat(void) {
    Scene s = scene_new(AT(17, 0), AT(23, 0));
    scene_name(&s, "chat", "eu", "");
    scene_name(&s, "chat", "jp", "");
    scene_finish_store(&s);
    const Part eu[] = {{AT(18, 0), STATE_UP}, {AT(20, 0), STATE_DOWN}, {AT(23, 0), STATE_UP}};
    const Part both[] = {{AT(19, 0), STATE_UP}, {AT(20, 0), STATE_DOWN}, {AT(23, 0), STATE_UP}};
    scene_service(&s, "chat", both, 3);
    scene_series(&s, "chat", "eu", "", eu, 3);
    scene_series(&s, "chat", "jp", "", both, 3);
    scene_window(&s, SIGNAL_SERVICE, STATE_DOWN, "chat", NAME_NONE, NAME_NONE, AT(19, 0), AT(20, 0));
    return s;
}

static const Loss *loss(const Scene *s, guint index) {
    g_assert_cmpuint(s->impact->losses->len, ==, 3);
    return &g_array_index(s->impact->losses, Loss, index);
}

static void test_users(void) {
    static const struct {
        double of_service, of_eu, of_jp, eu, jp;
    } rows[] = {
        {0, 0, 0, NAN, NAN},        {0, 300, 0, 300, NAN},     {1000, 0, 0, 500, 500},
        {1000, 300, 100, 750, 250}, {1000, 300, 0, 1000, NAN}, /* all of the service's people are where people are told
                                                                */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Scene s = chat();
        service(&s, rows[i].of_service);
        vantage(&s, "eu", rows[i].of_eu, NULL);
        vantage(&s, "jp", rows[i].of_jp, NULL);
        scene_measure(&s);
        const double told[] = {rows[i].eu, rows[i].jp};
        for (guint v = 0; v < 2; v++) {
            g_assert_cmpint(isnan(loss(&s, v + 1)->users), ==, isnan(told[v]));
            if (!isnan(told[v])) {
                g_assert_cmpfloat(loss(&s, v + 1)->users, ==, told[v]);
            }
        }
        scene_free(&s);
    }
}

static void test_users_of_a_pair(void) {
    Scene s = chat();
    ServiceConfig *c = service(&s, 1000);
    c->vantage_users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    double *users = g_new(double, 1);
    *users = 42;
    g_hash_table_insert(c->vantage_users, g_strdup("jp"), users);
    scene_measure(&s);
    g_assert_cmpfloat(loss(&s, 1)->users, ==, 500);
    g_assert_cmpfloat(loss(&s, 2)->users, ==, 42);
    scene_free(&s);
}

/* eu 600 people, jp 400; half of them active at any hour. eu 120 min: 36000, jp 60 min: 12000 user-minutes. */
static void test_money(void) {
    Scene s = chat();
    service(&s, 1000);
    vantage(&s, "eu", 60, NULL);
    vantage(&s, "jp", 40, NULL);
    for (int h = 0; h < 24; h++) {
        s.config->profile[h] = 0.5;
    }
    s.config->cost_per_minute = 100;
    s.config->cost_per_user_minute = 0.25;
    scene_measure(&s);
    g_assert_cmpfloat(loss(&s, 1)->user_minutes, ==, 36000);
    g_assert_cmpfloat(loss(&s, 2)->user_minutes, ==, 12000);
    g_assert_cmpfloat(loss(&s, 1)->cost, ==, 9000);
    const Loss *whole = loss(&s, 0);
    g_assert_cmpint(whole->down, ==, 60 * M);
    g_assert_cmpfloat(whole->users, ==, 1000);
    g_assert_cmpfloat(whole->user_minutes, ==, 48000);
    g_assert_cmpfloat(whole->cost, ==, 100 * 60 + 0.25 * 48000);
    /* observed 60, min 59, max 61 */
    g_assert_cmpfloat_with_epsilon(whole->cost_low, 18000 * 0.5 * 59 / 60, 1e-9);
    g_assert_cmpfloat_with_epsilon(whole->cost_high, 18000 * 1.5 * 61 / 60, 1e-9);
    g_assert_true(isnan(loss(&s, 1)->cost_per_minute));
    scene_free(&s);
}

static void test_nothing_told(void) {
    Scene s = chat();
    scene_measure(&s);
    for (guint i = 0; i < 3; i++) {
        g_assert_true(isnan(loss(&s, i)->cost));
        g_assert_true(isnan(loss(&s, i)->cost_low));
        g_assert_true(isnan(loss(&s, i)->user_minutes));
        g_assert_true(isnan(loss(&s, i)->users));
    }
    scene_free(&s);
}

/* Berlin is at +02:00: peak 20:30-23:00 local is 18:30-21:00 UTC. Tokyo at +09:00: business 04:00-04:30 is 19:00-19:30.
 */
static void test_local_hours(void) {
    Scene s = chat();
    vantage(&s, "eu", 0, "Europe/Berlin")->peak =
        scene_hours(20 * MILLIS_HOUR + 30 * M, 23 * MILLIS_HOUR, "Europe/Berlin");
    vantage(&s, "jp", 0, "Asia/Tokyo")->business = scene_hours(4 * MILLIS_HOUR, 4 * MILLIS_HOUR + 30 * M, "Asia/Tokyo");
    scene_measure(&s);
    g_assert_cmpint(loss(&s, 1)->down, ==, 120 * M);
    g_assert_cmpint(loss(&s, 1)->peak, ==, 90 * M);
    g_assert_cmpint(loss(&s, 1)->business, ==, 0);
    g_assert_cmpint(loss(&s, 2)->down, ==, 60 * M);
    g_assert_cmpint(loss(&s, 2)->business, ==, 30 * M);
    g_assert_cmpint(loss(&s, 0)->peak, ==, 60 * M); /* the service was down for an hour, all of it peak in eu */
    g_assert_cmpint(loss(&s, 0)->business, ==, 30 * M);
    scene_free(&s);
}

/* A window in which the vantage was at fault is nobody's loss. */
static void test_fault(void) {
    Scene s = chat();
    scene_window(&s, SIGNAL_PROBE, STATE_DOWN, "chat", scene_find(&s, "eu"), scene_find(&s, ""), AT(18, 0), AT(20, 0))
        ->flags = FLAG_VANTAGE_FAULT;
    scene_measure(&s);
    g_assert_cmpint(loss(&s, 1)->down, ==, 0);
    g_assert_cmpint(loss(&s, 2)->down, ==, 60 * M);
    scene_free(&s);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/clock-changes", test_profile_and_clock_changes);
    g_test_add_func("/people/users", test_users);
    g_test_add_func("/people/users-of-a-pair", test_users_of_a_pair);
    g_test_add_func("/people/money", test_money);
    g_test_add_func("/people/nothing-told", test_nothing_told);
    g_test_add_func("/people/local-hours", test_local_hours);
    g_test_add_func("/people/fault", test_fault);
    return g_test_run();
}
