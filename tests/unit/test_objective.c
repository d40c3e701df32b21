/* SPDX-License-Identifier: MIT
 * Error budgets: spent, burn rate, and the day they are gone. */
#include "impact_scene.h"

#include <math.h>

#define DAY0 INT64_C(1779235200000) /* 2026-05-20T00:00:00Z */

static void objective(Scene *s, const char *name, const char *service, double target, Millis window) {
    Objective *o = g_new0(Objective, 1);
    o->name = g_strdup(name);
    o->service = g_strdup(service);
    o->target = target;
    o->window = window;
    g_ptr_array_add(s->config->objectives, o);
}

/* Ten hours: down for 6 min at 01:00 and for 6 min at 02:00. */
static Scene ten_hours(void) {
    Scene s = scene_new(DAY0, DAY0 + 10 * MILLIS_HOUR);
    scene_name(&s, "api", "mon1", "");
    scene_finish_store(&s);
    const Part parts[] = {{DAY0 + 60 * M, STATE_UP},
                          {DAY0 + 66 * M, STATE_DOWN},
                          {DAY0 + 120 * M, STATE_UP},
                          {DAY0 + 126 * M, STATE_DOWN},
                          {DAY0 + 600 * M, STATE_UP}};
    scene_service(&s, "api", parts, 5);
    return s;
}

static const ObjectiveResult *result(const Scene *s, guint index) {
    g_assert_cmpuint(s->impact->objectives->len, >, index);
    return &g_array_index(s->impact->objectives, ObjectiveResult, index);
}

/* Known = 588/600 = 0.98. */
static void test_budgets(void) {
    Scene s = ten_hours();
    objective(&s, "met exactly", "api", 0.98, 0);
    objective(&s, "gone", NULL, 0.99, 0);
    objective(&s, "thirty days", "api", 0.99, 30 * MILLIS_DAY);
    objective(&s, "never", "api", 1, 0);
    scene_measure(&s);
    const ObjectiveResult *r = result(&s, 0);
    g_assert_true(r->met);
    g_assert_cmpint(r->budget, ==, 12 * M);
    g_assert_cmpint(r->spent, ==, 12 * M);
    assert_ratio(r->achieved, 0.98);
    assert_ratio(r->spent_share, 1);
    g_assert_cmpfloat_with_epsilon(r->burn_rate, 1, 1e-9);
    g_assert_cmpint(r->exhausted, ==, DAY0 + 126 * M);

    r = result(&s, 1);
    g_assert_false(r->met);
    g_assert_cmpint(r->budget, ==, 6 * M);
    assert_ratio(r->spent_share, 2);
    g_assert_cmpfloat_with_epsilon(r->burn_rate, 2, 1e-9);
    g_assert_cmpint(r->exhausted, ==, DAY0 + 66 * M);

    /* 1 % of 43200 min is 432 min; 420 are left, at 1.2 min an hour: 350 hours more. */
    r = result(&s, 2);
    g_assert_cmpint(r->budget, ==, 432 * M);
    g_assert_cmpfloat_with_epsilon(r->spent_share, 12.0 / 432, 1e-12);
    g_assert_cmpint(ABS(r->exhausted - (DAY0 + 360 * MILLIS_HOUR)), <=, 1);

    r = result(&s, 3);
    g_assert_cmpint(r->budget, ==, 0);
    g_assert_true(isinf(r->spent_share) && isinf(r->burn_rate));
    g_assert_cmpint(r->exhausted, ==, DAY0 + 60 * M); /* at the first instant down */
    g_assert_false(r->met);
    scene_free(&s);
}

/* Service hours of half of the time: what is left lasts twice as long. 10 h of which 5 count, 12 min down in them. */
static void test_service_hours(void) {
    Scene s = ten_hours();
    ServiceConfig *api = g_new0(ServiceConfig, 1);
    api->name = g_strdup("api");
    api->objective = 0.9;
    api->hours = scene_hours(0, 5 * MILLIS_HOUR, "UTC");
    g_ptr_array_add(s.config->services, api);
    scene_measure(&s);
    const ObjectiveResult *r = result(&s, 0);
    g_assert_cmpstr(r->name, ==, "api");
    g_assert_cmpint(r->window, ==, 300 * M);
    g_assert_cmpint(r->budget, ==, 30 * M);
    assert_ratio(r->achieved, 288.0 / 300);
    g_assert_true(r->met);
    /* 18 min are left; 12 min in 10 h of the clock: 15 h more. */
    g_assert_cmpint(ABS(r->exhausted - (DAY0 + 25 * MILLIS_HOUR)), <=, 1);
    scene_free(&s);
}

static void test_unknown_service(void) {
    Scene s = ten_hours();
    objective(&s, "elsewhere", "web", 0.9, MILLIS_DAY);
    scene_measure(&s);
    const ObjectiveResult *r = result(&s, 0);
    g_assert_false(r->met);
    g_assert_true(isnan(r->achieved));
    g_assert_cmpint(r->exhausted, ==, INSTANT_NONE);
    scene_free(&s);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/objective/budgets", test_budgets);
    g_test_add_func("/objective/service-hours", test_service_hours);
    g_test_add_func("/objective/unknown-service", test_unknown_service);
    return g_test_run();
}
