/* SPDX-License-Identifier: MIT
 * Several vantages of a service: confirmation together, quorum, faults of a vantage, silence of a monitor; and what
 * holds for any probes at all. */
#include "outage_text.h"

static const struct {
    const char *grid;
    double share, first_weight; /* of vantage 0 */
    guint confirmed;
} together_rows[] = {
    {"UUDUU/UUDUU/UUDUU", 0.8, 1, 3},
    {"UUDUU/UUDUU/UUDUU/UUUUU", 0.8, 1, 0},   /* 0.75 */
    {"UUDUU/UUDUU/UUDUU/UUUUU", 0.75, 1, 3},  /* at least */
    {"UUUUU/UUDUU/UUDUU/UUDUU", 0.8, 0.5, 3}, /* 3 of 3.5 */
    {"UUDUU/UUDUU", 0.8, 1, 0},               /* two vantages are not three */
    {"UUDUU/UUDUU/UUDUU", 0, 1, 0},           /* off */
    {"UUDUUU/UUUDUU/UUUUDU", 0.8, 1, 0},      /* one after another */
    {"UUDUU/30:UUDUU/59:UUDUU", 0.8, 1, 3},   /* one second in common */
    {"UUDUU/UUDUU/UUDUU/....UU", 0.8, 1, 3},  /* who does not speak yet has no weight */
    {"UUDDU/UUDUU/UUUDU", 0.8, 1, 1},         /* two at once only; the first confirmed itself */
};

static void test_together(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(together_rows); i++) {
        Room room = room_new();
        room.config->detection.confirm_together = together_rows[i].share;
        VantageConfig *vantage = g_new0(VantageConfig, 1);
        vantage->name = g_strdup("0");
        vantage->weight = together_rows[i].first_weight;
        g_ptr_array_add(room.config->vantages, vantage);
        add_grid(&room, together_rows[i].grid);
        trace_all(&room);
        g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
        for (guint t = 0; t < room.traces->len; t++) {
            g_ptr_array_add(lists, stretches_of(trace_at(&room, t), LEVEL_DOWN, room.config));
        }
        together_confirm(room.traces, lists, room.store, room.config);
        guint confirmed = 0;
        for (guint t = 0; t < lists->len; t++) {
            const GArray *list = g_ptr_array_index(lists, t);
            for (guint k = 0; k < list->len; k++) {
                confirmed += g_array_index(list, Stretch, k).confirmed;
            }
        }
        if (confirmed != together_rows[i].confirmed) {
            g_test_message("%s: %u confirmed, expected %u", together_rows[i].grid, confirmed,
                           together_rows[i].confirmed);
            g_test_fail();
        }
        for (guint t = 0; t < room.traces->len; t++) { /* trace_free wants them, as outage.c leaves them */
            windows_find(trace_at(&room, t), LEVEL_DOWN, g_ptr_array_index(lists, t), room.config, T0, room.to);
        }
        room_free(&room);
    }
}

static const struct {
    const char *grid;
    double quorum;
    unsigned min_vantages;
    const char *windows, *band;
} quorum_rows[] = {
    {"UUUUDDUUUU/UUUUDDUUUU/UUUUUUUUUU", 0.5, 1, "down 4-6 (3,4] (5,6] n4", "up 0-4, down 4-6, up 6-10"},
    {"UUUUDDUUUU/UUUUUUUUUU/UUUUUUUUUU", 0.5, 1, "partial 4-6 n2", "up 0-4, partial 4-6, up 6-10"},
    {"UUUUDDUUUU/UUUUUUUUUU/UUUUUUUUUU", 0, 1, "down 4-6 (3,4] (5,6] n2", "up 0-4, down 4-6, up 6-10"},
    {"UUUUDDUUUU/UUUUDDUUUU/UUUUUUUUUU", 1, 1, "partial 4-6 n4", "up 0-4, partial 4-6, up 6-10"},
    {"UUUUDDUUUU/UUUUUUUUUU", 0.5, 1, "partial 4-6 n2", "up 0-4, partial 4-6, up 6-10"}, /* half is not more */
    /* half again: it stays down until the other recovers; started 3.5 to 4, ended 8.5 to 9.5 */
    {"UUUUDDDUUUUUU/30:UUUUDDDDDUUUU", 0.5, 1, "down 4-9.5 (3.5,4] (8.5,9.5] n8", "up 0-4, down 4-9.5, up 9.5-13.5"},
    /* bounds are what the vantages have in common: 4:20 to 5:00, 7:40 to 8:20 (thirds of minutes: 15 s here) */
    {"UUUUUDDDDUUU/15:UUUUUDDDUUUU/30:UUUUUDDDUUUU", 0.5, 1, "down 5-8.25 (4.25,5] (7.5,8.25] n10",
     "up 0-5, down 5-8.25, up 8.25-12.5"},
    /* truly staggered */
    {"UUUUDDDDDDUUUUUUU/UUUUUUUUDDDDDDUUU/UUUUUUUUUUUUUUUUU", 0.5, 1,
     "partial 4-8 n6; down 8-10 (7,8] (9,10] n12; partial 10-14 n6",
     "up 0-4, partial 4-8, down 8-10, partial 10-14, up 14-17"},
    /* silence has no vote; files that end early vote up for three minutes */
    {"UUUUUUUUUUUDD/UUUUUUUUUUU/UUUUUUUUUUU", 0.5, 1, "partial 11-.. n2 ongoing", "up 0-11, partial 11-13"},
    {"UUUUUUUUUUUUUUUUU/UUUUUU.....UUUUUU", 0.5, 2, "", "up 0-6, unknown 6-11, up 11-17"},
    {"UUUUWWUUUU/UUUUWWUUUU/UUUUUUUUUU", 0.5, 1, "degraded 4-6 (3,4] (5,6] n4", "up 0-4, degraded 4-6, up 6-10"},
    {"UUUUWWUUUU/UUUUDDUUUU/UUUUUUUUUU", 0.5, 1, "partial 4-6 n2", "up 0-4, partial 4-6, up 6-10"},
};

static void test_quorum(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(quorum_rows); i++) {
        Room room = room_new();
        room.config->detection.quorum = quorum_rows[i].quorum;
        room.config->detection.min_vantages = quorum_rows[i].min_vantages;
        add_grid(&room, quorum_rows[i].grid);
        find_all(&room);
        g_autoptr(GArray) windows = g_array_new(FALSE, FALSE, sizeof(Window));
        g_autoptr(GArray) votes = g_array_new(FALSE, FALSE, sizeof(Vote));
        g_array_set_clear_func(votes, (GDestroyNotify)vote_clear);
        g_autoptr(GArray) band = quorum_judge(room.traces, ds_store_find(room.store, "a"), room.store, room.config,
                                              (Segment){T0, room.to, STATE_UNKNOWN}, windows, votes);
        g_autoptr(GArray) clipped = band_clip(band, T0, room.to);
        GString *out = g_string_new(NULL);
        for (guint k = 0; k < windows->len; k++) {
            tell_window(out, &g_array_index(windows, Window, k));
        }
        expect_text(quorum_rows[i].grid, g_string_free(out, FALSE), quorum_rows[i].windows);
        expect_text(quorum_rows[i].grid, tell_band(clipped), quorum_rows[i].band);
        room_free(&room);
    }
}

/* ---- faults and silence of a vantage ---- */

static const struct {
    const char *services; /* of vantage 1, with commas; vantages 0 and 2 see the first row of `others` */
    const char *others;   /* of vantage 0; NULL: all up */
    const char *flagged;  /* vantage and service */
} fault_rows[] = {
    {"UUDDUU,UUDDUU", NULL, "1a 1b"},
    {"UUDDUU", NULL, ""},                                        /* one service: it may be the service */
    {"UUDDUU,UUDDUU,UUDDUU,UUUUUU,UUUUUU", NULL, ""},            /* three of five */
    {"UUDDUU,UUDDUU,UUDDUU,UUDDUU,UUUUUU", NULL, "1a 1b 1c 1d"}, /* four of five: 0.8 */
    {"UUDDUU,UUDUUU", NULL, ""},                                 /* a blip is no window */
    /* it began with vantage 0's: never alone, however long its tail */
    {"UUDDDDDDDDDDUU,UUDDDDDDDDDDUU", "UUDDUUUUUUUUUU,UUDDUUUUUUUUUU", ""},
    /* vantage 0 saw c down later: c does not count, but its window was open too */
    {"UUDDDDDDDDDDUU,UUDDDDDDDDDDUU,UUDDDDDDDDDDUU", "UUUUUUUUUUUUUU,UUUUUUUUUUUUUU,UUUUUUUDDUUUUU", "1a 1b 1c"},
};

static void test_fault(void) {
    static const char up[] = "UUUUUUUUUUUUUUUUUU";
    for (size_t i = 0; i < G_N_ELEMENTS(fault_rows); i++) {
        Room room = room_new();
        g_auto(GStrv) own = g_strsplit(fault_rows[i].services, ",", -1);
        g_auto(GStrv) others = g_strsplit(fault_rows[i].others ? fault_rows[i].others : "", ",", -1);
        for (unsigned s = 0; own[s]; s++) {
            const char service[] = {(char)('a' + s), 0};
            add(&room, service, "0", fault_rows[i].others ? others[s] : up);
            add(&room, service, "1", own[s]);
            add(&room, service, "2", up);
        }
        find_all(&room);
        faults_flag(room.traces);
        GString *out = g_string_new(NULL);
        for (guint t = 0; t < room.traces->len; t++) {
            const Trace *trace = trace_at(&room, t);
            for (guint k = 0; k < trace->found[LEVEL_DOWN]->len; k++) {
                if (g_array_index(trace->found[LEVEL_DOWN], Found, k).window.flags & FLAG_VANTAGE_FAULT) {
                    g_string_append_printf(out, "%s%s%s", out->len ? " " : "",
                                           ds_store_name(room.store, trace->info.vantage),
                                           ds_store_name(room.store, trace->info.service));
                }
            }
        }
        expect_text(fault_rows[i].services, g_string_free(out, FALSE), fault_rows[i].flagged);
        room_free(&room);
    }
}

static const struct {
    const char *services;
    unsigned to; /* minutes; 0: where the last record ceases to speak */
    const char *silences, *flagged;
} monitor_rows[] = {
    {"UUUUU.....UUUUU,UUUUU.....UUUUU", 0, "unknown 5-10 n0", ""},
    {"UUUUU.....UUUUU", 0, "", ""}, /* of one series nothing can be said */
    {"UUUUU.....UUUUU,UUUUUUU...UUUUU", 0, "unknown 7-10 n0", ""},
    {"UUUUU.....UUUUU,UUUUUUUUUUUUUUU", 0, "", ""},
    {"UUUUU,UUUUU", 30, "unknown 5-30 n0", ""},
    {"UUUUU,UUUUU", 7, "", ""},                                     /* within max-gap of the last record */
    {"UUUDD.....UUUUU,UUUUU.....UUUUU", 0, "unknown 5-10 n0", "a"}, /* it ended that window */
    {"UUDDU?....UUUUU,UUUUU.....UUUUU", 0, "unknown 5-10 n0", ""},  /* this one had ended by itself, weakly */
};

static void test_monitor(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(monitor_rows); i++) {
        Room room = room_new();
        add_grid(&room, monitor_rows[i].services);
        room.to = monitor_rows[i].to ? T0 + monitor_rows[i].to * MINUTE : room.to;
        find_all(&room);
        g_autoptr(GArray) windows = g_array_new(FALSE, FALSE, sizeof(Window));
        monitors_find(room.traces, room.to, windows);
        GString *out = g_string_new(NULL), *flagged = g_string_new(NULL);
        for (guint k = 0; k < windows->len; k++) {
            Window w = g_array_index(windows, Window, k);
            g_assert_cmpint(w.signal, ==, SIGNAL_MONITOR);
            g_string_append_printf(out, "%s%s %g-%g n%u", k ? "; " : "", ds_state_name(w.state), minutes(w.start),
                                   minutes(w.end), w.failed);
        }
        for (guint t = 0; t < room.traces->len; t++) {
            GArray *found = trace_at(&room, t)->found[LEVEL_DOWN];
            for (guint k = 0; k < found->len; k++) {
                if (g_array_index(found, Found, k).window.flags & FLAG_MONITOR_OUTAGE) {
                    g_string_append(flagged, ds_store_name(room.store, trace_at(&room, t)->info.service));
                }
            }
        }
        expect_text(monitor_rows[i].services, g_string_free(out, FALSE), monitor_rows[i].silences);
        expect_text(monitor_rows[i].services, g_string_free(flagged, FALSE), monitor_rows[i].flagged);
        room_free(&room);
    }
}

/* ---- what holds for any probes ---- */

#define VANTAGES 3
#define SERVICES 2
#define LENGTH 60

/* Letters with runs of failures, silence and doubt; the seed is fixed, so a failure can be looked at again. */
static char *random_letters(GRand *rand) {
    char *letters = g_new0(char, LENGTH + 1);
    char now = 'U';
    for (unsigned i = 0; i < LENGTH; i++) {
        if (g_rand_int_range(rand, 0, 4) == 0) {
            now = "UUUUUDDDW?.."[g_rand_int_range(rand, 0, 12)];
        }
        letters[i] = now;
    }
    return letters;
}

static void check_band(const GArray *band, const Outages *o) {
    Instant at = o->from;
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        g_assert_cmpint(s->start, ==, at);
        g_assert_cmpint(s->end, >, s->start);
        at = s->end;
    }
    g_assert_cmpint(at, ==, o->to);
}

static void check_window(const Window *w, const Outages *o) {
    Instant end = window_end(w, o->to);
    g_assert_cmpint(w->start, >=, o->from);
    g_assert_cmpint(end, <=, o->to);
    g_assert_cmpint(w->observed, ==, end - w->start);
    g_assert_cmpint(w->unknown, >=, 0);
    g_assert_cmpint(w->unknown, <=, w->observed);
    if (w->max == MILLIS_NONE) {
        return;
    }
    g_assert_cmpint(w->start_lo, <=, w->start);
    g_assert_cmpint(w->start, <=, w->start_hi);
    g_assert_cmpint(w->end_lo, <=, end);
    g_assert_cmpint(end, <=, w->end_hi);
    g_assert_cmpint(w->min, <=, w->observed);
    g_assert_cmpint(w->observed, <=, w->max);
    g_assert_true(w->likely == MILLIS_NONE || (w->min <= w->likely && w->likely <= w->max));
}

/* Windows of one service (down, partial, degraded) never overlap, nor do the windows of one series and state. */
static void check_apart(const Outages *o) {
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = &g_array_index(o->windows, Window, i);
        check_window(w, o);
        for (guint k = i + 1; k < o->windows->len; k++) {
            const Window *v = &g_array_index(o->windows, Window, k);
            bool same = v->service == w->service && v->vantage == w->vantage && v->signal == w->signal &&
                        (w->signal == SIGNAL_SERVICE || v->state == w->state);
            g_assert_false(same && v->start < window_end(w, o->to) && w->start < window_end(v, o->to));
        }
    }
}

static char *tell_all(const Outages *o, const Store *store) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = &g_array_index(o->windows, Window, i);
        tell_window(out, w);
        g_string_append_printf(out, " %s/%s", ds_store_name(store, w->service), ds_store_name(store, w->vantage));
    }
    return g_string_free(out, FALSE);
}

/* The outages of these letters, told forwards or backwards. */
static char *outages_of(char *const *letters, bool backwards) {
    Room room = room_new();
    for (unsigned n = 0; n < VANTAGES * SERVICES; n++) {
        unsigned i = backwards ? VANTAGES * SERVICES - 1 - n : n;
        const char vantage[] = {(char)('0' + i % VANTAGES), 0}, service[] = {(char)('a' + i / VANTAGES), 0};
        g_autofree char *shifted = g_strdup_printf("%u:%s", i % VANTAGES * 20, letters[i]);
        room.line = (uint64_t)i * LENGTH; /* a line is what it was, whenever it is told */
        add(&room, service, vantage, shifted);
    }
    g_autoptr(Quality) quality = ds_quality_new();
    ds_quality_add(quality, "test");
    ds_store_finish(room.store, quality);
    g_autoptr(Outages) o = ds_outages_find(room.store, room.config);
    for (guint i = 0; i < o->series->len; i++) {
        check_band(g_array_index(o->series, SeriesVerdict, i).band, o);
    }
    for (guint i = 0; i < o->services->len; i++) {
        check_band(g_array_index(o->services, ServiceVerdict, i).band, o);
    }
    check_apart(o);
    char *told = tell_all(o, room.store);
    room_free(&room);
    return told;
}

static void test_any(void) {
    GRand *rand = g_rand_new_with_seed(20260409);
    for (unsigned round = 0; round < 400 && !g_test_failed(); round++) {
        char *letters[VANTAGES * SERVICES];
        for (unsigned i = 0; i < VANTAGES * SERVICES; i++) {
            letters[i] = random_letters(rand);
        }
        g_autofree char *forwards = outages_of(letters, false), *backwards = outages_of(letters, true);
        g_assert_cmpstr(forwards, ==, backwards);
        for (unsigned i = 0; i < VANTAGES * SERVICES; i++) {
            g_free(letters[i]);
        }
    }
    g_rand_free(rand);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vantages/together", test_together);
    g_test_add_func("/vantages/quorum", test_quorum);
    g_test_add_func("/vantages/fault", test_fault);
    g_test_add_func("/vantages/monitor", test_monitor);
    g_test_add_func("/vantages/any", test_any);
    return g_test_run();
}
