/* SPDX-License-Identifier: MIT
 * Probes of one series to windows, step by step: bands, runs, windows, blips, measures, clipping. */
#include "outage_text.h"

/* ---- bands ---- */

static GArray *band_of(const char *letters) {
    GArray *band = band_new();
    for (unsigned i = 0; letters[i]; i++) {
        if (letters[i] != '.') {
            band_put(band, T0 + i * MINUTE, T0 + (i + 1) * MINUTE, state_of(letters[i]));
        }
    }
    return band;
}

static void test_band(void) {
    g_autoptr(GArray) band = band_of("UUDD..UWW");
    expect_text("joined where it touches", tell_band(band), "up 0-2, down 2-4, up 6-7, degraded 7-9");
    band_put(band, T0 + 20 * MINUTE, T0 + 20 * MINUTE, STATE_DOWN); /* no time */
    g_assert_cmpuint(band->len, ==, 4);
    g_assert_cmpint(band_at(band, T0 + 2 * MINUTE - 1), ==, STATE_UP);
    g_assert_cmpint(band_at(band, T0 + 2 * MINUTE), ==, STATE_DOWN);
    g_assert_cmpint(band_at(band, T0 + 4 * MINUTE), ==, STATE_UNKNOWN);
    g_assert_cmpint(band_at(band, T0 - 1), ==, STATE_UNKNOWN);
    g_assert_cmpint(band_at(band, T0 + 9 * MINUTE), ==, STATE_UNKNOWN);
    g_assert_cmpuint(band_seek(band, T0 + 4 * MINUTE), ==, 2);
    g_assert_cmpuint(band_seek(band, T0 + 9 * MINUTE), ==, 4);
    g_assert_cmpint(band_time(band, T0 + MINUTE, T0 + 8 * MINUTE, STATE_UP), ==, 2 * MINUTE);
    g_assert_cmpint(band_time(band, T0 + MINUTE, T0 + 8 * MINUTE, STATE_UNKNOWN), ==, 2 * MINUTE);
    g_assert_cmpint(band_time(band, T0 - MINUTE, T0 + 12 * MINUTE, STATE_UNKNOWN), ==, 6 * MINUTE);
    g_assert_cmpint(band_time(band, T0 + 3 * MINUTE, T0 + 3 * MINUTE, STATE_DOWN), ==, 0);
    g_assert_true(band_touches(band, T0 + 3 * MINUTE, T0 + 6 * MINUTE, STATE_DOWN));
    g_assert_false(band_touches(band, T0 + 4 * MINUTE, T0 + 6 * MINUTE, STATE_DOWN));
    g_autoptr(GArray) clipped = band_clip(band, T0 + 3 * MINUTE, T0 + 11 * MINUTE);
    expect_text("clipped", tell_band(clipped), "down 3-4, unknown 4-6, up 6-7, degraded 7-9, unknown 9-11");
    g_autoptr(GArray) nothing = band_new();
    g_autoptr(GArray) unknown = band_clip(nothing, T0, T0 + MINUTE);
    expect_text("nothing clipped", tell_band(unknown), "unknown 0-1");
}

static void test_band_sets(void) {
    g_autoptr(GArray) list = band_new();
    const int spans[][2] = {{5, 7}, {0, 2}, {1, 3}, {3, 4}, {6, 6}, {5, 6}};
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        Segment s = {T0 + spans[i][0] * MINUTE, T0 + spans[i][1] * MINUTE, STATE_DOWN};
        g_array_append_val(list, s);
    }
    band_unite(list);
    expect_text("united", tell_band(list), "down 0-4, down 5-7");
    g_autoptr(GArray) other = band_of(".UU..U...");
    g_autoptr(GArray) common = band_common(list, other);
    expect_text("common", tell_band(common), "down 1-3, down 5-6");
}

/* ---- runs: first-last>speaks_to of each ---- */

static void test_runs(void) {
    static const struct {
        const char *letters, *runs;
    } rows[] = {
        {"UUDDU", "up 0-1>2 down 2-3>4 up 4-4>5"},
        {"U", "up 0-0>1"},                                      /* no steps: 60 s */
        {"UUUUU..UUUUU", "up 0-11>12"},                         /* three intervals are no silence */
        {"UUUUU...UUUUU", "up 0-4>5 up 8-12>13"},               /* four are */
        {"UUD?DUU", "up 0-1>2 down 2-2>3 down 4-4>5 up 5-6>7"}, /* unknown is a gap */
        {"??UU?", "up 2-3>4"},
        {"UWWDDU", "up 0-0>1 degraded 1-2>3 down 3-4>5 up 5-5>6"},
        {"U.U.U.U.U.U.U.D.U", "up 0-12>14 down 14-14>16 up 16-16>18"}, /* an interval of two minutes */
        {"U.........U", "up 0-10>20"},                                 /* n = 1: the one step is the interval */
        {"U.........UU", "up 0-0>1 up 10-11>12"},                      /* n = 2, p = 2: the shorter step */
        {"U....U....UUUUUUU", "up 0-16>21"},                     /* n = 8, p = 2: two long steps are the interval */
        {"U....U....UUUUUUUU", "up 0-0>1 up 5-5>6 up 10-17>18"}, /* n = 9, p = 3: they are two silences */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Room room = room_new();
        add(&room, "a", "0", rows[i].letters);
        trace_all(&room);
        GString *out = g_string_new(NULL);
        for (guint k = 0; k < trace_at(&room, 0)->runs->len; k++) {
            const Run *run = &g_array_index(trace_at(&room, 0)->runs, Run, k);
            g_string_append_printf(out, "%s%s %g-%g>%g", k ? " " : "", ds_state_name(run->state), minutes(run->first),
                                   minutes(run->last), minutes(run->speaks_to));
        }
        expect_text(rows[i].letters, g_string_free(out, FALSE), rows[i].runs);
        room_free(&room);
    }
}

/* ---- windows of one series ---- */

typedef struct {
    const char *letters, *windows;
    unsigned to;     /* period's end in minutes; 0: where the last observation ceases to speak */
    unsigned bridge; /* max-bridge in minutes; 0: an hour */
    unsigned down;   /* confirm-down; 0: two */
} Case;

static void check_windows(const Case *c, unsigned level) {
    Room room = room_new();
    add(&room, "a", "0", c->letters);
    room.to = c->to ? T0 + c->to * MINUTE : room.to;
    if (c->bridge) {
        room.config->detection.max_bridge = c->bridge * MINUTE;
    }
    if (c->down) {
        room.config->detection.confirm_down = c->down;
    }
    find_all(&room);
    expect_text(c->letters, tell_found(trace_at(&room, 0), level), c->windows);
    room_free(&room);
}

static const Case window_cases[] = {
    {.letters = "UUUUUUUU", .windows = ""},
    {.letters = "UUUUDDDUUUU", .windows = "down 4-7 (3,4] (6,7] n3"},
    {.letters = "UUUUDUUU", .windows = "down 4-5 (3,4] (4,5] n1 blip"},
    {.letters = "UUUUDUUU", .windows = "down 4-5 (3,4] (4,5] n1", .down = 1},
    {.letters = "UUDDUUDDDUU", .windows = "down 2-4 (1,2] (3,4] n2 blip; down 6-9 (5,6] (8,9] n3", .down = 3},
    {.letters = "UUDDUDDUU", .windows = "down 2-7 (1,2] (6,7] n4 f1"},
    {.letters = "UUDDUDUDDUU", .windows = "down 2-9 (1,2] (8,9] n5 f2"},
    {.letters = "UUWDDWWUU", .windows = "down 3-5 (2,3] (4,5] n2"}, /* degraded is not down */
    /* ends of the data */
    {.letters = "DDUUU", .windows = "down 0-2 (0,0] (1,2] n2 started-before"},
    {.letters = "UUUDD", .windows = "down 3-.. (2,3] (4,5] n2 ongoing"},
    {.letters = "UUUDD", .windows = "down 3-.. (2,3] (4,7] n2 ongoing", .to = 7}, /* max-gap: three minutes */
    {.letters = "UUUDD", .windows = "down 3-5 (2,3] (4,8] n2 end-unobserved", .to = 8},
    {.letters = "UUUDDU", .windows = "down 3-5 (2,3] (4,5] n2 weak"},
    {.letters = "UUUDD?", .windows = "down 3-5 (2,3] (4,6] n2 end-unobserved"}, /* the last record tells nothing */
    {.letters = "D", .windows = "down 0-.. (0,0] (0,1] n1 ongoing started-before blip"},
    {.letters = "UUUUD", .windows = "down 4-.. (3,4] (4,5] n1 ongoing blip"},
    /* gaps */
    {.letters = "UUUUUUDD....DDUUUUUU", .windows = "down 6-14 (5,6] (13,14] n4 bridged"},
    {.letters = "UUUUDD??DDUUUU", .windows = "down 4-10 (3,4] (9,10] n4 bridged"},
    {.letters = "UUUUUU....DDD....UUUUUU", .windows = "down 10-13 (5,10] (12,17] n3 start-unobserved end-unobserved"},
    {.letters = "UUUUUUDDU....UUUUUU", .windows = "down 6-8 (5,6] (7,8] n2"}, /* a recovery spans it */
    {.letters = "UUUUUUDD....UDDUUUUU", .windows = "down 6-15 (5,6] (14,15] n4 f1 bridged"},
    {.letters = "UUUUUUDD....DDUUUUUU",
     .windows = "down 6-8 (5,6] (7,12] n2 end-unobserved; down 12-14 (7,12] (13,14] n2 start-unobserved",
     .bridge = 2},
    {.letters = "UUUUUUDD....DDUUUUUU", .windows = "down 6-14 (5,6] (13,14] n4 bridged", .bridge = 4},
    {.letters = "UUUUUUDDU.....UUUUUU", .windows = "down 6-8 (5,6] (7,8] n2 weak", .bridge = 2},
};

static void test_windows(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(window_cases); i++) {
        check_windows(&window_cases[i], LEVEL_DOWN);
    }
}

static void test_degraded(void) {
    static const Case cases[] = {
        {.letters = "UUWWUU", .windows = "degraded 2-4 (1,2] (3,4] n2"},
        {.letters = "UUWUU", .windows = "degraded 2-3 (1,2] (2,3] n1 blip"},
        {.letters = "UUUUWWDDWWUUUU",
         .windows = "degraded 4-6 (3,4] (5,6] n2; degraded 8-10 (7,8] (9,10] n2"}, /* cut edges: the down window's */
        {.letters = "UUUWWDDUUU", .windows = "degraded 3-5 (2,3] (4,5] n2"},
        {.letters = "UUDDWUUU", .windows = "degraded 4-5 (3,4] (4,5] n1"},
        {.letters = "UUWWDWWUUU", .windows = "degraded 2-7 (1,2] (6,7] n5"}, /* a lone down is degraded time */
        {.letters = "UUDWWUUU", .windows = "degraded 2-5 (1,2] (4,5] n3"},
        {.letters = "UUDDDUU", .windows = ""}, /* all of it is down */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        check_windows(&cases[i], LEVEL_DEGRADED);
    }
}

static void test_series_band(void) {
    static const struct {
        const char *letters, *band, *blips;
    } rows[] = {
        {"UUUUDDDUUUU", "up 0-4, down 4-7, up 7-11", ""},
        {"UUUUDUUU", "up 0-8", "down 4-5"},
        {"UUUUDD??DDUUUU", "up 0-4, down 4-6, unknown 6-8, down 8-10, up 10-14", ""},
        {"UUUUWWDDWWUUUU", "up 0-4, degraded 4-6, down 6-8, degraded 8-10, up 10-14", ""},
        {"UUDDUDDUU", "up 0-2, down 2-7, up 7-9", ""}, /* a flicker stays inside */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Room room = room_new();
        add(&room, "a", "0", rows[i].letters);
        find_all(&room);
        g_autoptr(GArray) clipped = band_clip(trace_at(&room, 0)->band, T0, room.to);
        expect_text(rows[i].letters, tell_band(clipped), rows[i].band);
        expect_text(rows[i].letters, tell_band(trace_at(&room, 0)->blips), rows[i].blips);
        room_free(&room);
    }
}

static void test_measure(void) {
    /* (3, 4.5] and (6, 7.2]: min 6 - 4.5, max 7.2 - 3, likely 6.6 - 3.75, sigma sqrt((1.5^2 + 1.2^2) / 12) min. */
    Window w = {.start = T0 + 4 * MINUTE,
                .end = T0 + 7 * MINUTE,
                .start_lo = T0 + 3 * MINUTE,
                .start_hi = T0 + 270 * MILLIS_SECOND,
                .end_lo = T0 + 6 * MINUTE,
                .end_hi = T0 + 432 * MILLIS_SECOND};
    g_autoptr(GArray) band = band_of("UUUUDDDU");
    window_measure(&w, band, T0 + 8 * MINUTE, true);
    g_assert_cmpint(w.observed, ==, 180000);
    g_assert_cmpint(w.min, ==, 90000);
    g_assert_cmpint(w.max, ==, 252000);
    g_assert_cmpint(w.likely, ==, 171000);
    g_assert_cmpint(w.sigma, ==, 33271); /* sqrt((90^2 + 72^2) / 12) = 33.2716 s */
    g_assert_cmpint(w.unknown, ==, 0);
    g_autoptr(GArray) hole = band_of("UUUUD.DU"); /* 5 to 6 is unknown, all of it in (b', c) */
    window_measure(&w, hole, T0 + 8 * MINUTE, true);
    g_assert_cmpint(w.unknown, ==, 60000);
    g_assert_cmpint(w.min, ==, 30000);
    w.flags = FLAG_END_UNOBSERVED;
    window_measure(&w, band, T0 + 8 * MINUTE, true);
    g_assert_cmpint(w.likely, ==, MILLIS_NONE);
    g_assert_cmpint(w.sigma, ==, MILLIS_NONE);
    window_measure(&w, band, T0 + 8 * MINUTE, false);
    g_assert_cmpint(w.min, ==, MILLIS_NONE);
    g_assert_cmpint(w.max, ==, MILLIS_NONE);
}

static void test_clip(void) {
    static const struct {
        int start, end, from, to;
        const char *window; /* "" where nothing is left */
    } rows[] = {
        {4, 7, 0, 10, "down 4-7 (3,4] (6,7] n0"},
        {4, 7, 5, 10, "down 5-7 (5,5] (6,7] n0 clipped"},
        {4, 7, 0, 6, "down 4-6 (3,4] (6,6] n0 clipped"},
        {4, 7, 5, 6, "down 5-6 (5,5] (6,6] n0 clipped"},
        {4, 7, 4, 7, "down 4-7 (4,4] (6,7] n0"},
        {4, 7, 7, 9, ""},
        {4, 7, 0, 4, ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Window w = {.state = STATE_DOWN,
                    .start = T0 + rows[i].start * MINUTE,
                    .end = T0 + rows[i].end * MINUTE,
                    .start_lo = T0 + (rows[i].start - 1) * MINUTE,
                    .start_hi = T0 + rows[i].start * MINUTE,
                    .end_lo = T0 + (rows[i].end - 1) * MINUTE,
                    .end_hi = T0 + rows[i].end * MINUTE};
        GString *out = g_string_new(NULL);
        if (window_clip(&w, T0 + rows[i].from * MINUTE, T0 + rows[i].to * MINUTE)) {
            tell_window(out, &w);
        }
        expect_text("clip", g_string_free(out, FALSE), rows[i].window);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outage/band", test_band);
    g_test_add_func("/outage/band-sets", test_band_sets);
    g_test_add_func("/outage/runs", test_runs);
    g_test_add_func("/outage/windows", test_windows);
    g_test_add_func("/outage/degraded", test_degraded);
    g_test_add_func("/outage/series-band", test_series_band);
    g_test_add_func("/outage/measure", test_measure);
    g_test_add_func("/outage/clip", test_clip);
    return g_test_run();
}
