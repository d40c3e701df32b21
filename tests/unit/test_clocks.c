/* SPDX-License-Identifier: MIT
 * Clocks of vantages held against each other by when they saw a service down. */
#include "impact_scene.h"

#define DAY0 INT64_C(1779235200000) /* 2026-05-20T00:00:00Z */
#define H MILLIS_HOUR

/* A day of one service; a vantage a row: down for `length` from each of the starts (minutes after midnight, -1 ends).
 */
typedef struct {
    const char *vantage;
    int starts[4];
    int length;
} Row;

static Scene scene_of(const Row *rows, size_t n) {
    Scene s = scene_new(DAY0, DAY0 + 24 * H);
    for (size_t i = 0; i < n; i++) {
        scene_name(&s, "web", rows[i].vantage, "");
    }
    scene_finish_store(&s);
    scene_service(&s, "web", (Part[]){{DAY0 + 24 * H, STATE_UP}}, 1);
    for (size_t i = 0; i < n; i++) {
        Part parts[9];
        size_t count = 0;
        for (size_t k = 0; k < 4 && rows[i].starts[k] >= 0; k++) {
            Instant start = DAY0 + rows[i].starts[k] * M;
            parts[count++] = (Part){start, STATE_UP};
            parts[count++] = (Part){start + rows[i].length * M, STATE_DOWN};
        }
        parts[count++] = (Part){DAY0 + 24 * H, STATE_UP};
        scene_series(&s, "web", rows[i].vantage, "", parts, count);
    }
    scene_measure(&s);
    return s;
}

static const ClockCheck *check_of(const Scene *s, guint index) {
    g_assert_cmpuint(s->impact->clocks->len, >, index);
    return &g_array_index(s->impact->clocks, ClockCheck, index);
}

/* Of two, each is off by the same the other way round. */
static void test_two(void) {
    const Row rows[] = {{"a", {120, 300, -1}, 20}, {"b", {165, 345, -1}, 20}};
    Scene s = scene_of(rows, 2);
    g_assert_cmpint(check_of(&s, 0)->shift, ==, 45 * M);
    g_assert_cmpint(check_of(&s, 0)->offset, ==, 45 * M);
    g_assert_cmpuint(check_of(&s, 0)->matched, ==, 2);
    g_assert_cmpuint(check_of(&s, 0)->others, ==, 1);
    g_assert_cmpint(check_of(&s, 1)->shift, ==, -45 * M);
    scene_free(&s);
}

/* Half of each window is common: 10 of 30 min, agreement 1/3. Nothing to suspect, but 10 min apart. */
static void test_overlapping(void) {
    const Row rows[] = {{"a", {120, 300, -1}, 20}, {"b", {130, 310, -1}, 20}};
    Scene s = scene_of(rows, 2);
    g_assert_cmpint(check_of(&s, 0)->shift, ==, 0);
    g_assert_cmpint(check_of(&s, 0)->offset, ==, 10 * M);
    g_assert_cmpint(check_of(&s, 1)->offset, ==, -10 * M);
    scene_free(&s);
}

/* Every hour at a, at half past at b: half an hour either way fits three of four windows alike, so it stays open. */
static void test_open(void) {
    const Row rows[] = {{"a", {60, 120, 180, -1}, 10}, {"b", {90, 150, -1}, 10}};
    Scene s = scene_of(rows, 2);
    g_assert_cmpuint(s.impact->clocks->len, ==, 0);
    scene_free(&s);
}

/* Other lengths at other times: 10 of 40 min at best, 0.25. They are different outages. */
static void test_unlike(void) {
    const Row rows[] = {{"a", {120, -1}, 10}, {"b", {240, -1}, 40}};
    Scene s = scene_of(rows, 2);
    g_assert_cmpuint(s.impact->clocks->len, ==, 0);
    scene_free(&s);
}

/* Nobody else watches, or nobody was down: nothing to judge. */
static void test_alone(void) {
    const Row rows[] = {{"a", {120, -1}, 10}};
    Scene s = scene_of(rows, 1);
    g_assert_cmpuint(s.impact->clocks->len, ==, 0);
    scene_free(&s);
    const Row quiet[] = {{"a", {-1}, 10}, {"b", {-1}, 10}};
    s = scene_of(quiet, 2);
    g_assert_cmpuint(s.impact->clocks->len, ==, 0);
    scene_free(&s);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clocks/two", test_two);
    g_test_add_func("/clocks/overlapping", test_overlapping);
    g_test_add_func("/clocks/open", test_open);
    g_test_add_func("/clocks/unlike", test_unlike);
    g_test_add_func("/clocks/alone", test_alone);
    return g_test_run();
}
