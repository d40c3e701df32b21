/* SPDX-License-Identifier: MIT
 * Maintenance of a series or service within the period: told in logs, configured, and from maintenance states of a
 * monitor; united before anything is summed. A service is in maintenance where the whole of it is announced, or where
 * all the vantages that watch it are; and maintenance of `X` covers its parts `X/...` (a host's services, a backend's
 * servers). */
#include "outage/room.h"

static bool covers(const Store *store, Name announced, Name service) {
    if (announced == NAME_NONE || announced == service) {
        return true;
    }
    const char *whole = ds_store_name(store, announced), *part = ds_store_name(store, service);
    size_t length = strlen(whole);
    return length && strncmp(part, whole, length) == 0 && part[length] == '/';
}

static void collect(const Announcement *list, size_t count, Name service, Name vantage, const Outages *o,
                    const Store *store, GArray *out) {
    for (size_t i = 0; i < count; i++) {
        const Announcement *a = &list[i];
        if (!covers(store, a->service, service) || (a->vantage != NAME_NONE && a->vantage != vantage)) {
            continue;
        }
        Instant until = a->until == INSTANT_NONE ? o->to : a->until;
        Segment s = {MAX(a->time, o->from), MIN(until, o->to), STATE_MAINTENANCE};
        if (s.start < s.end) {
            g_array_append_val(out, s);
        }
    }
}

static GArray *of_vantage(const Outages *o, const Store *store, Name service, Name vantage) {
    GArray *out = band_new();
    size_t count;
    const Announcement *told = ds_store_maintenance(store, &count);
    collect(told, count, service, vantage, o, store, out);
    collect((const Announcement *)(const void *)o->planned->data, o->planned->len, service, vantage, o, store, out);
    band_unite(out);
    return out;
}

GArray *ds_outages_planned(const Outages *o, const Store *store, Name service, Name vantage) {
    GArray *whole = of_vantage(o, store, service, vantage);
    if (vantage != NAME_NONE) {
        return whole;
    }
    GArray *common = NULL;
    for (guint i = 0; i < o->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, i);
        if (v->service != service) {
            continue;
        }
        GArray *its = of_vantage(o, store, service, v->vantage);
        if (common) {
            GArray *both = band_common(common, its);
            g_array_unref(common);
            g_array_unref(its);
            common = both;
        } else {
            common = its;
        }
    }
    if (common) {
        g_array_append_vals(whole, common->data, common->len);
        band_unite(whole);
        g_array_unref(common);
    }
    return whole;
}

void maintenance_flag(Outages *o, const Store *store) {
    GArray *planned = NULL;
    Name service = NAME_NONE, vantage = NAME_NONE;
    for (guint i = 0; i < o->windows->len; i++) {
        Window *w = &g_array_index(o->windows, Window, i);
        if (w->service == NAME_NONE) {
            continue;
        }
        if (!planned || w->service != service || w->vantage != vantage) {
            g_clear_pointer(&planned, g_array_unref);
            service = w->service;
            vantage = w->vantage;
            planned = ds_outages_planned(o, store, service, vantage);
        }
        Instant end = window_end(w, o->to);
        if (band_touches(planned, w->start, MAX(end, w->start + 1), STATE_MAINTENANCE)) {
            w->flags |= FLAG_MAINTENANCE;
        }
    }
    g_clear_pointer(&planned, g_array_unref);
}
