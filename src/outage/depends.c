/* SPDX-License-Identifier: MIT
 * Outages that follow from others, by the dependencies that the configuration tells. A window of a service is told as a
 * consequence of a window of one it depends on, directly or over others, where both overlap, their onsets lie within
 * share-fate of each other and the logs allow that the other began first: its onset is no later, or its bounds reach
 * back before the latest instant at which this one began. The nearest dependency that fits is told, among equals the
 * one that began first. It is a reading of the configuration and no proof; windows, votes and sums stay as they are. */
#include "outage/room.h"

static bool is_outage(const Window *w) {
    return w->signal == SIGNAL_SERVICE && !(w->flags & FLAG_BLIP) && w->override != OVERRIDE_FALSE;
}

/* Did `parent` begin first, as far as the logs tell? A probe sees an onset up to an interval late. */
static bool may_precede(const Window *parent, const Window *child) {
    bool bounds = parent->min != MILLIS_NONE && child->min != MILLIS_NONE;
    return parent->start <= child->start || (bounds && parent->start_lo < child->start_hi);
}

static bool follows(const Window *child, const Window *parent, Instant to, Millis within) {
    Millis apart = child->start - parent->start;
    return child->start < window_end(parent, to) && parent->start < window_end(child, to) && ABS(apart) <= within &&
           may_precede(parent, child);
}

/* The first window of the service that the child may follow from; -1 for none. */
static int parent_of_service(const Outages *o, const Window *child, Name service, Millis within) {
    guint low = 0, high = o->windows->len;
    while (low < high) { /* windows are sorted by service, then its own ones first, by start */
        guint middle = low + (high - low) / 2;
        if (outages_window(o, middle)->service < service) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (guint i = low; i < o->windows->len && outages_window(o, i)->service == service; i++) {
        if (is_outage(outages_window(o, i)) && follows(child, outages_window(o, i), o->to, within)) {
            return (int)i;
        }
    }
    return -1;
}

/* What the services of a level depend on, without those seen already; in the order of the configuration. */
static GPtrArray *next_level(const GPtrArray *level, GHashTable *seen, const Config *config) {
    GPtrArray *next = g_ptr_array_new();
    for (guint i = 0; i < level->len; i++) {
        const ServiceConfig *s = ds_config_service(config, g_ptr_array_index(level, i));
        for (char **name = s ? s->depends : NULL; name && *name; name++) {
            if (g_hash_table_add(seen, *name)) {
                g_ptr_array_add(next, *name);
            }
        }
    }
    return next;
}

/* The parent's window at the nearest level that has one; -1 for none. */
static int nearest_parent(const Outages *o, const Store *store, const Config *config, const Window *child) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) level = g_ptr_array_new();
    char *own = (char *)(uintptr_t)ds_store_name(store, child->service);
    g_hash_table_add(seen, own);
    g_ptr_array_add(level, own);
    while (level->len > 0) {
        GPtrArray *next = next_level(level, seen, config);
        g_ptr_array_unref(level);
        level = next;
        int found = -1;
        for (guint i = 0; i < level->len; i++) {
            Name service = ds_store_find(store, g_ptr_array_index(level, i));
            int index = service == NAME_NONE ? -1 : parent_of_service(o, child, service, config->detection.share_fate);
            if (index >= 0 &&
                (found < 0 || outages_window(o, (guint)index)->start < outages_window(o, (guint)found)->start)) {
                found = index;
            }
        }
        if (found >= 0) {
            return found;
        }
    }
    return -1;
}

void consequences_find(Outages *o, const Store *store, const Config *config) {
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = outages_window(o, i);
        const ServiceConfig *s = is_outage(w) ? ds_config_service(config, ds_store_name(store, w->service)) : NULL;
        int parent = s && s->depends ? nearest_parent(o, store, config, w) : -1;
        if (parent >= 0) {
            Consequence c = {.window = i, .parent = (guint)parent};
            g_array_append_val(o->consequences, c);
        }
    }
}
