/* SPDX-License-Identifier: MIT
 * How an incident went from one service and region to the next: the order of first onsets, and which service went down
 * after one that it depends on. The order is what the logs show; a dependency is what the configuration says. */
#include "report/facts.h"

static const Window *window_at(const Report *report, unsigned index) {
    return &g_array_index(report->outages->windows, Window, index);
}

const Window *facts_parent(const Report *report, unsigned window) {
    const GArray *all = report->outages->consequences; /* by window */
    for (unsigned i = 0; all && i < all->len; i++) {
        const Consequence *c = &g_array_index(all, Consequence, i);
        if (c->window == window) {
            return window_at(report, c->parent);
        }
    }
    return NULL;
}

const Window *facts_parent_of(const Report *report, const Incident *in, Name service, const Window **child) {
    for (unsigned i = 0; i < in->windows->len; i++) { /* by start */
        unsigned index = g_array_index(in->windows, guint, i);
        if (window_at(report, index)->service == service) {
            *child = window_at(report, index);
            return facts_parent(report, index);
        }
    }
    return NULL;
}

static gint by_start(gconstpointer a, gconstpointer b) {
    const Onset *x = a, *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return x->service != y->service ? (x->service < y->service ? -1 : 1)
                                    : (x->vantage > y->vantage) - (x->vantage < y->vantage);
}

static Onset onset_of(const Window *w) {
    bool bounds = w->min != MILLIS_NONE;
    return (Onset){w->service, w->vantage, w->start, bounds ? w->start_lo : INSTANT_NONE,
                   bounds ? w->start_hi : INSTANT_NONE};
}

static void add_onset(GArray *list, const Window *w) {
    for (unsigned i = 0; i < list->len; i++) {
        Onset *o = &g_array_index(list, Onset, i);
        if (o->service == w->service && o->vantage == w->vantage) {
            *o = w->start < o->start ? onset_of(w) : *o;
            return;
        }
    }
    Onset fresh = onset_of(w);
    g_array_append_val(list, fresh);
}

GArray *facts_onsets(const Report *report, const Incident *in) {
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Onset));
    for (unsigned i = 0; i < in->attached->len; i++) {
        const Window *w = window_at(report, g_array_index(in->attached, guint, i));
        bool sampled = w->signal == SIGNAL_PROBE || w->signal == SIGNAL_TRANSITION;
        if (sampled && !(w->flags & (FLAG_BLIP | FLAG_VANTAGE_FAULT))) {
            add_onset(list, w);
        }
    }
    for (unsigned i = 0; list->len == 0 && i < in->windows->len; i++) {
        const Window *w = window_at(report, g_array_index(in->windows, guint, i));
        add_onset(list, w);
        for (unsigned k = i + 1; k < in->windows->len; k++) {
            add_onset(list, window_at(report, g_array_index(in->windows, guint, k)));
        }
    }
    g_array_sort(list, by_start);
    return list;
}

static gint by_service(gconstpointer a, gconstpointer b) {
    const Reach *x = a, *y = b;
    return (x->service > y->service) - (x->service < y->service);
}

/* The reach of one service from the list of onsets; false where fewer than two vantages or no bounds tell. */
static bool reach_of(const GArray *onsets, Name service, Reach *reach) {
    unsigned vantages = 0;
    for (unsigned i = 0; i < onsets->len; i++) {
        const Onset *o = &g_array_index(onsets, Onset, i);
        if (o->service != service) {
            continue;
        }
        if (o->after == INSTANT_NONE || o->by == INSTANT_NONE) {
            return false;
        }
        if (vantages++ == 0) {
            *reach = (Reach){service, *o, *o, true};
        }
        reach->latest = o->after > reach->latest.after ? *o : reach->latest;
        reach->earliest = o->by < reach->earliest.by ? *o : reach->earliest;
    }
    reach->one_event = vantages > 1 && reach->earliest.by >= reach->latest.after;
    return vantages > 1;
}

GArray *facts_reach(const Report *report, const Incident *in) {
    g_autoptr(GArray) onsets = facts_onsets(report, in);
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Reach));
    for (unsigned i = 0; i < in->services->len; i++) {
        Reach reach;
        if (reach_of(onsets, g_array_index(in->services, Name, i), &reach)) {
            g_array_append_val(list, reach);
        }
    }
    g_array_sort(list, by_service);
    return list;
}
