/* SPDX-License-Identifier: MIT
 * Failures of windows that reach beyond the period. Runs know how many observations they hold, not when each was; so a
 * series with such a window is walked once more, and only failures and flickers within the period are counted. */
#include "outage/room.h"

static bool reaches_beyond(const Window *w, Instant from, Instant to) {
    return w->start < from || (w->end != INSTANT_NONE && w->end > to);
}

static bool any_beyond(const Trace *t, Instant from, Instant to) {
    for (unsigned level = 0; level < 2; level++) {
        for (guint i = 0; i < t->found[level]->len; i++) {
            if (reaches_beyond(&g_array_index(t->found[level], Found, i).window, from, to)) {
                return true;
            }
        }
    }
    return false;
}

static void forget(GArray *found, Instant from, Instant to) {
    for (guint i = 0; i < found->len; i++) {
        Window *w = &g_array_index(found, Found, i).window;
        if (reaches_beyond(w, from, to)) {
            w->failed = w->flickers = 0;
            memset(w->reasons, 0, sizeof w->reasons);
        }
    }
}

/* Where the walk stands at one level. */
typedef struct {
    guint at;     /* the window that may hold the observation; moves on with time */
    bool was_bad; /* so was the known observation before */
} Place;

static void count(GArray *found, Place *place, bool bad, const Observation *o, Instant from, Instant to) {
    while (place->at < found->len) {
        Window *w = &g_array_index(found, Found, place->at).window;
        if (w->end == INSTANT_NONE || w->end > o->time) {
            if (w->start <= o->time && o->time >= from && reaches_beyond(w, from, to)) {
                w->failed += bad;
                w->reasons[o->reason] += bad;
                w->flickers += !bad && place->was_bad;
            }
            return;
        }
        place->at++;
    }
}

void windows_recount(Trace *t, const Store *store, Instant from, Instant to) {
    if (!any_beyond(t, from, to)) {
        return;
    }
    Place places[2] = {0};
    for (unsigned level = 0; level < 2; level++) {
        forget(t->found[level], from, to);
    }
    g_autoptr(SeriesCursor) cursor = ds_series_open(store, t->series);
    for (Observation o; ds_series_next(cursor, &o) && o.time < to;) {
        bool known = o.state == STATE_UP || o.state == STATE_DEGRADED || o.state == STATE_DOWN;
        for (unsigned level = 0; known && level < 2; level++) {
            bool bad = level_bad(level, o.state);
            count(t->found[level], &places[level], bad, &o, from, to);
            places[level].was_bad = bad;
        }
    }
}
