/* SPDX-License-Identifier: MIT
 * The partition of time, against sums made by hand. */
#include "impact_scene.h"

#include <math.h>

#define DAY0 INT64_C(1781827200000) /* 2026-06-19T00:00:00Z */
#define AT(h, m) (DAY0 + (h)*MILLIS_HOUR + (m)*M)

static void assert_sum(const Availability *r) {
    g_assert_cmpint(r->period, ==, r->up + r->partial + r->degraded + r->down + r->maintenance + r->unknown);
}

/* Down 08:07-08:49, maintenance 08:00-08:15, period 07:30-09:30. */
static Scene disk_swap(MaintenanceMode mode) {
    Scene s = scene_new(AT(7, 30), AT(9, 30));
    s.config->maintenance_mode = mode;
    scene_name(&s, "host7", "mon1", "");
    scene_maintenance(&s, AT(8, 0), AT(8, 15), "host7");
    scene_finish_store(&s);
    const Part parts[] = {{AT(8, 7), STATE_UP}, {AT(8, 49), STATE_DOWN}, {AT(9, 30), STATE_UP}};
    scene_service(&s, "host7", parts, 3);
    scene_series(&s, "host7", "mon1", "", parts, 3);
    scene_window(&s, SIGNAL_SERVICE, STATE_DOWN, "host7", NAME_NONE, NAME_NONE, AT(8, 7), AT(8, 49));
    scene_measure(&s);
    return s;
}

static void test_maintenance_modes(void) {
    Scene s = disk_swap(MAINTENANCE_HONOUR);
    const Availability *r = scene_row(&s, SIGNAL_PROBE, "host7", "mon1");
    assert_sum(r);
    g_assert_cmpint(r->up, ==, 4260000);
    g_assert_cmpint(r->down, ==, 2040000);
    g_assert_cmpint(r->maintenance, ==, 900000);
    assert_ratio(r->known, 4260.0 / 6300);
    assert_ratio(r->total, 4260.0 / 7200);
    const Availability *service = scene_row(&s, SIGNAL_SERVICE, "host7", NULL);
    g_assert_cmpint(service->down, ==, 2040000);
    g_assert_cmpuint(service->outages, ==, 1);
    g_assert_cmpint(service->longest, ==, 2040000); /* from the end of the maintenance on */
    assert_ratio(s.impact->mean_known, 4260.0 / 6300);
    scene_free(&s);

    s = disk_swap(MAINTENANCE_EXCLUDE);
    r = scene_row(&s, SIGNAL_PROBE, "host7", "mon1");
    assert_sum(r);
    g_assert_cmpint(r->period, ==, 6300000);
    g_assert_cmpint(r->maintenance, ==, 0);
    assert_ratio(r->total, 4260.0 / 6300);
    scene_free(&s);

    s = disk_swap(MAINTENANCE_IGNORE);
    r = scene_row(&s, SIGNAL_PROBE, "host7", "mon1");
    assert_sum(r);
    g_assert_cmpint(r->down, ==, 2520000); /* all 42 minutes */
    g_assert_cmpint(r->up, ==, 4680000);
    g_assert_cmpint(scene_row(&s, SIGNAL_SERVICE, "host7", NULL)->longest, ==, 2520000);
    scene_free(&s);
}

/* Maintenance that begins before the period, overlaps itself, and holds a whole outage. */
static void test_maintenance_united(void) {
    Scene s = scene_new(AT(0, 0), AT(3, 0));
    scene_name(&s, "db", "mon1", "");
    scene_maintenance(&s, AT(-2, 0), AT(0, 30), "db");
    scene_maintenance(&s, AT(0, 10), AT(0, 20), "");
    scene_finish_store(&s);
    const Part parts[] = {{AT(0, 10), STATE_UP},
                          {AT(0, 20), STATE_DOWN},
                          {AT(1, 0), STATE_UP},
                          {AT(1, 5), STATE_DOWN},
                          {AT(3, 0), STATE_UP}};
    scene_service(&s, "db", parts, 5);
    scene_window(&s, SIGNAL_SERVICE, STATE_DOWN, "db", NAME_NONE, NAME_NONE, AT(0, 10), AT(0, 20));
    scene_window(&s, SIGNAL_SERVICE, STATE_DOWN, "db", NAME_NONE, NAME_NONE, AT(1, 0), AT(1, 5));
    scene_window(&s, SIGNAL_SERVICE, STATE_PARTIAL, "db", NAME_NONE, NAME_NONE, AT(2, 0), AT(2, 5));
    scene_measure(&s);
    const Availability *r = scene_row(&s, SIGNAL_SERVICE, "db", NULL);
    assert_sum(r);
    g_assert_cmpint(r->maintenance, ==, 30 * M);
    g_assert_cmpint(r->down, ==, 5 * M);
    g_assert_cmpint(r->up, ==, 145 * M);
    g_assert_cmpuint(r->outages, ==, 1); /* the one inside maintenance does not count, nor does partial */
    g_assert_cmpint(r->longest, ==, 5 * M);
    scene_free(&s);
}

/* 2026-03-29 in Berlin, 09:00-17:00 local is 07:00-15:00 UTC although the day has 23 hours. */
static void test_business_hours(void) {
    const Instant from = INT64_C(1774738800000), day = INT64_C(1774742400000); /* 28th 23:00, 29th 00:00 UTC */
    Scene s = scene_new(from, from + 23 * MILLIS_HOUR);
    scene_name(&s, "web", "mon1", "");
    scene_finish_store(&s);
    ServiceConfig *web = g_new0(ServiceConfig, 1);
    web->name = g_strdup("web");
    web->hours = scene_hours(9 * MILLIS_HOUR, 17 * MILLIS_HOUR, "Europe/Berlin");
    g_ptr_array_add(s.config->services, web);
    const Part parts[] = {{day + 7 * MILLIS_HOUR, STATE_UP},
                          {day + 8 * MILLIS_HOUR, STATE_DOWN},
                          {day + 15 * MILLIS_HOUR, STATE_UP},
                          {day + 16 * MILLIS_HOUR, STATE_DOWN},
                          {from + 23 * MILLIS_HOUR, STATE_UP}};
    scene_service(&s, "web", parts, 5);
    scene_measure(&s);
    const Availability *r = scene_row(&s, SIGNAL_SERVICE, "web", NULL);
    assert_sum(r);
    g_assert_cmpint(r->period, ==, 8 * MILLIS_HOUR);
    g_assert_cmpint(r->down, ==, 3600000);
    g_assert_cmpint(r->up, ==, 25200000);
    assert_ratio(r->total, 0.875);
    scene_free(&s);
}

static void test_one_second_in_thirty_days(void) {
    Scene s = scene_new(DAY0, DAY0 + 30 * MILLIS_DAY);
    scene_name(&s, "core", "mon1", "");
    scene_finish_store(&s);
    const Part parts[] = {
        {DAY0 + MILLIS_DAY, STATE_UP}, {DAY0 + MILLIS_DAY + 1000, STATE_DOWN}, {DAY0 + 30 * MILLIS_DAY, STATE_UP}};
    scene_service(&s, "core", parts, 3);
    scene_measure(&s);
    const Availability *r = scene_row(&s, SIGNAL_SERVICE, "core", NULL);
    assert_sum(r);
    g_assert_cmpint(r->up, ==, INT64_C(2591999000));
    g_assert_cmpint(r->down, ==, 1000);
    assert_ratio(r->known, 0.9999996141975309);
    scene_free(&s);
}

/* Unknown for the first half: 7200 s unknown, 600 s down, 6600 s up. */
static void test_unknown(void) {
    Scene s = scene_new(AT(0, 0), AT(4, 0));
    scene_name(&s, "new", "mon1", "");
    scene_name(&s, "never", "mon1", "");
    scene_finish_store(&s);
    const Part none[] = {{AT(4, 0), STATE_UNKNOWN}};
    const Part parts[] = {
        {AT(2, 0), STATE_UNKNOWN}, {AT(2, 30), STATE_UP}, {AT(2, 40), STATE_DOWN}, {AT(4, 0), STATE_UP}};
    scene_service(&s, "never", none, 1);
    scene_service(&s, "new", parts, 4);
    scene_measure(&s);
    const Availability *r = scene_row(&s, SIGNAL_SERVICE, "new", NULL);
    assert_sum(r);
    g_assert_cmpint(r->unknown, ==, 7200000);
    assert_ratio(r->known, 6600.0 / 7200);
    assert_ratio(r->total, 6600.0 / 14400);
    assert_ratio(r->low, 6600.0 / 14400);
    assert_ratio(r->high, 13800.0 / 14400);
    assert_ratio(r->coverage, 0.5);
    r = scene_row(&s, SIGNAL_SERVICE, "never", NULL);
    assert_sum(r);
    g_assert_true(isnan(r->known));
    assert_ratio(r->total, 0);
    assert_ratio(r->low, 0);
    assert_ratio(r->high, 1);
    assert_ratio(r->coverage, 0);
    assert_ratio(s.impact->mean_known, 6600.0 / 7200); /* the unknown service has no weight */
    scene_free(&s);
}

/* 60 min: 10 degraded, 20 partial, 5 down, 25 up. wd 0.3, wp 0.5: G = 3 + 10 = 13, D = 18, U = 42. */
static void test_weights(void) {
    Scene s = scene_new(AT(0, 0), AT(1, 0));
    s.config->detection.degraded_weight = 0.3;
    s.config->detection.partial_weight = 0.5;
    scene_name(&s, "shop", "mon1", "");
    scene_finish_store(&s);
    const Part parts[] = {
        {AT(0, 10), STATE_DEGRADED}, {AT(0, 30), STATE_PARTIAL}, {AT(0, 35), STATE_DOWN}, {AT(1, 0), STATE_UP}};
    scene_service(&s, "shop", parts, 4);
    GArray *blips = g_array_index(s.outages->services, ServiceVerdict, 0).blips;
    const Segment blip[] = {{AT(0, 34), AT(0, 36), STATE_DOWN}, {AT(0, 50), AT(0, 51), STATE_DOWN}};
    g_array_append_vals(blips, blip, 2);
    scene_measure(&s);
    const Availability *r = scene_row(&s, SIGNAL_SERVICE, "shop", NULL);
    assert_sum(r);
    assert_ratio(r->known, 42.0 / 60);
    assert_ratio(r->total, 42.0 / 60);
    g_assert_cmpint(r->blip, ==, 2 * M); /* one minute of the first lies in up time, and all of the second */
    scene_free(&s);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/availability/maintenance-modes", test_maintenance_modes);
    g_test_add_func("/availability/maintenance-united", test_maintenance_united);
    g_test_add_func("/availability/business-hours", test_business_hours);
    g_test_add_func("/availability/one-second", test_one_second_in_thirty_days);
    g_test_add_func("/availability/unknown", test_unknown);
    g_test_add_func("/availability/weights", test_weights);
    return g_test_run();
}
