/* SPDX-License-Identifier: MIT
 * Tracks: what is written is read, whatever it is; a regular log takes few bytes; disorder is put right in pieces. */
#include "series/track.h"

static void assert_same(const Observation *a, const Observation *b) {
    g_assert_cmpint(a->time, ==, b->time);
    g_assert_cmpint(a->state, ==, b->state);
    g_assert_cmpint(a->from, ==, b->from);
    g_assert_cmpint(a->reason, ==, b->reason);
    g_assert_cmpint(a->event, ==, b->event);
    g_assert_cmpint(a->soft, ==, b->soft);
    g_assert_cmpint(a->duration, ==, b->duration);
    g_assert_cmpint(a->interval, ==, b->interval);
    g_assert_cmpuint(a->origin.file, ==, b->origin.file);
    g_assert_cmpuint(a->origin.line, ==, b->origin.line);
}

static void assert_reads(const Track *track, const Observation *told, size_t n) {
    TrackReader reader;
    track_open(track, &reader);
    for (size_t i = 0; i < n; i++) {
        g_assert_true(track_next(&reader));
        assert_same(&reader.coder.last, &told[i]);
    }
    g_assert_false(track_next(&reader));
    g_assert_false(track_next(&reader));
}

static void test_extremes(void) {
    const Origin far = {7, UINT64_MAX};
    const Origin near = {7, 0};
    const Observation told[] = {
        {.time = 0, .origin = near},
        {.time = INT64_MAX, .state = STATE_SURGE, .origin = far, .duration = INT64_MAX, .interval = INT64_MIN},
        {.time = INT64_MIN,
         .state = STATE_DOWN,
         .from = STATE_SURGE,
         .reason = REASON_OTHER,
         .soft = true,
         .event = EVENT_MAINTENANCE_END,
         .origin = near,
         .duration = INT64_MIN,
         .interval = INT64_MAX},
        {.time = 999, .state = STATE_UP, .origin = far},
        {.time = 1000, .state = STATE_UP, .event = EVENT_CURRENT, .origin = near},
        {.time = 1000, .state = STATE_UP, .event = EVENT_CURRENT, .origin = near},
    };
    Track *track = track_new(7);
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        track_add(track, &told[i]);
    }
    g_assert_false(track->ordered);
    assert_reads(track, told, G_N_ELEMENTS(told));
    track_seal(track);
    assert_reads(track, told, G_N_ELEMENTS(told));
    track_free(track);
}

static void test_empty(void) {
    Track *track = track_new(0);
    assert_reads(track, NULL, 0);
    track_seal(track);
    assert_reads(track, NULL, 0);
    g_autoptr(GPtrArray) tracks = tracks_new();
    track_sort(track, tracks);
    g_assert_cmpuint(tracks->len, ==, 0);
}

typedef struct {
    const char *name;
    Millis jitter, latency; /* spread of both */
    Millis grain;           /* of the stamps */
    int64_t lines;          /* a round of all series takes so many lines, give or take one */
    unsigned failing;       /* per mille */
    double limit;           /* bytes a probe */
} Shape;

static Millis spread(GRand *random, Millis width) {
    return width ? g_rand_int_range(random, 0, (gint32)width) : 0;
}

static Observation *make_probes(const Shape *shape, size_t n) {
    g_autoptr(GRand) random = g_rand_new_with_seed(20260101);
    Observation *told = g_new0(Observation, n);
    for (size_t i = 0; i < n; i++) {
        Instant time = INT64_C(1767225600000) + (Instant)i * 60000 + spread(random, shape->jitter);
        told[i].time = time / shape->grain * shape->grain;
        told[i].origin = (Origin){3, (uint64_t)((int64_t)i * shape->lines + spread(random, shape->lines) + 1)};
        bool failed = spread(random, 1000) < (Millis)shape->failing;
        told[i].state = failed ? STATE_DOWN : STATE_UP;
        told[i].reason = failed ? REASON_TIMEOUT : REASON_NONE;
        told[i].duration = failed ? 10000 : shape->latency ? 20 + spread(random, shape->latency) : 0;
    }
    return told;
}

static void test_sizes(void) {
    static const Shape shapes[] = {
        {"whole seconds", 0, 0, 1000, 1, 0, 1.01},        {"late by a second", 1500, 0, 1000, 1, 0, 1.01},
        {"steady milliseconds", 30, 0, 1, 1, 0, 1.01},    {"steady latency", 30, 30, 1, 1, 0, 2.01},
        {"jitter and latency", 200, 150, 1, 1, 5, 3.1},   {"much of both", 500, 380, 1, 1, 5, 3.6},
        {"regions in any order", 100, 100, 1, 6, 5, 3.1}, {"one in twenty fails", 100, 100, 1, 1, 50, 3.5},
    };
    enum { N = 20000 };
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autofree Observation *told = make_probes(&shapes[i], N);
        Track *track = track_new(3);
        for (size_t k = 0; k < N; k++) {
            track_add(track, &told[k]);
        }
        double size = (double)track->bytes / N;
        g_test_message("%s: %.3f bytes a probe", shapes[i].name, size);
        g_assert_cmpfloat(size, <=, shapes[i].limit);
        g_assert_true(track->ordered);
        track_seal(track);
        assert_reads(track, told, N);
        track_free(track);
    }
}

/* Anything, with small and large steps back and forth. */
static void test_random(void) {
    g_autoptr(GRand) random = g_rand_new_with_seed(4711);
    enum { N = 3000 };
    g_autofree Observation *told = g_new0(Observation, N);
    for (unsigned round = 0; round < 50; round++) {
        Track *track = track_new(round);
        Observation o = {.state = STATE_UP, .origin = {round, 1}};
        for (size_t i = 0; i < N; i++) {
            unsigned width = g_rand_int(random) % 40;
            uint64_t bits = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);
            int64_t change = (int64_t)(bits >> (63 - width)) - (int64_t)(UINT64_C(1) << width);
            switch (g_rand_int(random) % 8) {
            case 0:
                o.state = (State)(g_rand_int(random) % STATE_COUNT);
                break;
            case 1:
                o.reason = (Reason)(g_rand_int(random) % REASON_COUNT);
                break;
            case 2:
                o.duration += change;
                break;
            case 3:
                o.soft = !o.soft;
                break;
            case 4:
                o.interval = o.interval ? 0 : change;
                break;
            default:
                o.time += round % 2 ? change : change % 4 * 1000;
                break;
            }
            o.origin.line += width % 3;
            track_add(track, &o);
            told[i] = o;
        }
        assert_reads(track, told, N);
        track_free(track);
    }
}

static gint compare(gconstpointer left, gconstpointer right, gpointer context) {
    (void)context;
    const Observation *a = left;
    const Observation *b = right;
    if (a->time != b->time) {
        return a->time < b->time ? -1 : 1;
    }
    return (a->origin.line > b->origin.line) - (a->origin.line < b->origin.line);
}

/* All observations of the tracks, in the order of tracks, each of which must be ordered. */
static Observation *read_all(const GPtrArray *tracks, size_t n) {
    Observation *all = g_new0(Observation, n + 1);
    size_t count = 0;
    for (guint i = 0; i < tracks->len; i++) {
        const Track *track = g_ptr_array_index(tracks, i);
        g_assert_true(track->ordered);
        TrackReader reader;
        for (track_open(track, &reader); track_next(&reader); count++) {
            g_assert_cmpuint(count, <, n);
            all[count] = reader.coder.last;
        }
    }
    g_assert_cmpuint(count, ==, n);
    return all;
}

static void test_sort(void) {
    static const struct {
        size_t n;
        unsigned
            disorder; /* 1 newest first, 2 any order, 3 one step back, 4 pairs of one time and line swapped in state */
        guint most;   /* tracks */
    } rows[] = {{2, 1, 1}, {1000, 2, 1}, {200000, 1, 4}, {200000, 2, 4}, {200000, 3, 3}, {200000, 4, 1}};
    g_autoptr(GRand) random = g_rand_new_with_seed(99);
    for (size_t r = 0; r < G_N_ELEMENTS(rows); r++) {
        size_t n = rows[r].n;
        g_autofree Observation *told = g_new0(Observation, n);
        Track *track = track_new(1);
        for (size_t i = 0; i < n; i++) {
            uint32_t any = g_rand_int(random) % 100000u;
            Instant times[] = {0, (Instant)(n - i), any, i == n / 2 ? 0 : (Instant)i,
                               (Instant)(i / 4 * 2 + (i / 2 + 1) % 2)};
            told[i].time = times[rows[r].disorder] * 1000;
            told[i].origin = (Origin){1, rows[r].disorder == 4 ? 5 : i + 1};
            told[i].state = i % 2 ? STATE_DOWN : STATE_UP;
            track_add(track, &told[i]);
        }
        g_assert_false(track->ordered);
        g_autoptr(GPtrArray) tracks = tracks_new();
        track_sort(track, tracks);
        g_assert_cmpuint(tracks->len, <=, rows[r].most);
        g_autofree Observation *sorted = read_all(tracks, n);
        g_qsort_with_data(told, (gint)n, sizeof *told, compare, NULL);
        if (tracks->len > 1) {
            g_qsort_with_data(sorted, (gint)n, sizeof *sorted, compare, NULL);
        }
        for (size_t i = 0; i < n; i++) {
            assert_same(&sorted[i], &told[i]);
        }
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/track/extremes", test_extremes);
    g_test_add_func("/track/empty", test_empty);
    g_test_add_func("/track/sizes", test_sizes);
    g_test_add_func("/track/random", test_random);
    g_test_add_func("/track/sort", test_sort);
    return g_test_run();
}
