/* SPDX-License-Identifier: MIT
 * A prober that loses its own network sees everything down. A window is "alone" when the others who know its service
 * see it up; where a vantage is in alone windows of at least two, and at least 0.8, of the services it watches and
 * nobody else sees down, the vantage is at fault: its open windows are flagged and lose their vote (docs/semantics.md,
 * Vantage fault). A window that began together with others' is never alone, however long its tail. */
#include "outage/room.h"

#define SERVICES_AT_LEAST 2
#define SHARE_AT_LEAST 0.8
#define OTHERS_DOWN_AT_MOST 5 /* one fifth of the window */

static bool votes_alike(const Trace *t) {
    return t->info.signal == SIGNAL_PROBE || t->info.signal == SIGNAL_TRANSITION;
}

static bool is_other(const Trace *t, Name service, Name vantage) {
    return t->info.service == service && t->info.vantage != vantage;
}

static Instant stop_of(const Window *w) {
    return w->end == INSTANT_NONE ? w->end_hi : w->end;
}

/* Traces that vote, by service: every question here is about one service. */
typedef struct {
    GPtrArray *traces;
    GHashTable *of_service; /* service -> GPtrArray of Trace */
} Scene;

static GPtrArray *traces_of(const Scene *scene, Name service) {
    return g_hash_table_lookup(scene->of_service, GUINT_TO_POINTER(service));
}

static bool other_down(const Scene *scene, Name service, Name vantage, Instant from, Instant to) {
    GPtrArray *traces = traces_of(scene, service);
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        if (is_other(t, service, vantage) && band_touches(t->band, from, to, STATE_DOWN)) {
            return true;
        }
    }
    return false;
}

static bool began_with_others(const Scene *scene, const Found *f) {
    const Window *w = &f->window;
    return other_down(scene, w->service, w->vantage, w->start_lo, w->start + f->step);
}

static bool alone(const Scene *scene, const Found *f) {
    const Window *w = &f->window;
    Millis length = stop_of(w) - w->start;
    bool known = false;
    GPtrArray *traces = traces_of(scene, w->service);
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        if (!is_other(t, w->service, w->vantage)) {
            continue;
        }
        known = known || band_at(t->band, w->start) != STATE_UNKNOWN;
        if (OTHERS_DOWN_AT_MOST * band_time(t->band, w->start, stop_of(w), STATE_DOWN) > length) {
            return false;
        }
    }
    return known && !began_with_others(scene, f);
}

/* The trace's window (no blip) of the level that is open at the instant, or NULL. */
static Found *open_at(const Trace *t, unsigned level, Instant at) {
    GArray *found = t->found[level];
    for (guint i = 0; i < found->len; i++) {
        Found *f = &g_array_index(found, Found, i);
        if (f->window.start > at) {
            break;
        }
        if (!(f->window.flags & FLAG_BLIP) && (f->window.end == INSTANT_NONE || f->window.end > at)) {
            return f;
        }
    }
    return NULL;
}

typedef struct {
    guint candidates, alone;
} Count;

/* Counts one service of the vantage at the start of its window w. */
static void count_service(const Scene *scene, Name service, const Window *w, Count *count) {
    if (other_down(scene, service, w->vantage, w->start, stop_of(w))) {
        return;
    }
    bool is_alone = false;
    GPtrArray *traces = traces_of(scene, service);
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        if (t->info.vantage != w->vantage) {
            continue;
        }
        const Found *own = open_at(t, LEVEL_DOWN, w->start);
        if (own && began_with_others(scene, own)) {
            return;
        }
        is_alone = is_alone || (own && alone(scene, own));
    }
    count->candidates++;
    count->alone += is_alone;
}

static bool at_fault(const Scene *scene, const Window *w) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    Count count = {0};
    for (guint i = 0; i < scene->traces->len; i++) {
        const Trace *t = g_ptr_array_index(scene->traces, i);
        if (t->info.vantage == w->vantage && g_hash_table_add(seen, GUINT_TO_POINTER(t->info.service))) {
            count_service(scene, t->info.service, w, &count);
        }
    }
    return count.alone >= SERVICES_AT_LEAST && count.alone >= SHARE_AT_LEAST * count.candidates;
}

static void flag_open(const Scene *scene, Name vantage, Instant at) {
    for (guint i = 0; i < scene->traces->len; i++) {
        const Trace *t = g_ptr_array_index(scene->traces, i);
        for (unsigned level = 0; t->info.vantage == vantage && level < 2; level++) {
            Found *own = open_at(t, level, at);
            if (own) {
                own->window.flags |= FLAG_VANTAGE_FAULT;
            }
        }
    }
}

static Scene scene_of(GPtrArray *traces) {
    Scene scene = {g_ptr_array_new(),
                   g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_ptr_array_unref)};
    for (guint i = 0; i < traces->len; i++) {
        Trace *t = g_ptr_array_index(traces, i);
        if (!votes_alike(t)) {
            continue;
        }
        g_ptr_array_add(scene.traces, t);
        GPtrArray *list = traces_of(&scene, t->info.service);
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(scene.of_service, GUINT_TO_POINTER(t->info.service), list);
        }
        g_ptr_array_add(list, t);
    }
    return scene;
}

void faults_flag(GPtrArray *traces) {
    Scene scene = scene_of(traces);
    for (guint i = 0; i < scene.traces->len; i++) {
        const Trace *t = g_ptr_array_index(scene.traces, i);
        for (guint k = 0; k < t->found[LEVEL_DOWN]->len; k++) {
            const Window *w = &g_array_index(t->found[LEVEL_DOWN], Found, k).window;
            if (!(w->flags & FLAG_BLIP) && at_fault(&scene, w)) {
                flag_open(&scene, w->vantage, w->start);
            }
        }
    }
    g_hash_table_unref(scene.of_service);
    g_ptr_array_unref(scene.traces);
}
