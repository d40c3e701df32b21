/* SPDX-License-Identifier: MIT
 * The period that is analysed: as told, else from the first probe, transition or request to the latest instant that any
 * of them speaks for; of failures alone, or of reports, where there is nothing else. */
#include "outage/counts.h"
#include "outage/room.h"

static void widen(Instant first, Instant last, Instant *from, Instant *to) {
    if (first != INSTANT_NONE) {
        *from = *from == INSTANT_NONE ? first : MIN(*from, first);
    }
    if (last != INSTANT_NONE) {
        *to = *to == INSTANT_NONE ? last : MAX(*to, last);
    }
}

/* Bins of requests; of failures alone, or of reports, where there is nothing else. */
static void widen_by_bins(const Store *store, Signal signal, bool failures, Instant *from, Instant *to) {
    for (size_t i = 0; i < ds_store_series(store); i++) {
        SeriesInfo info = ds_series_info(store, i);
        if (info.signal != signal || info.failures != failures) {
            continue;
        }
        size_t count;
        Millis width;
        bool slots;
        const Bin *bins = ds_series_bins(store, i, &count, &width, &slots);
        if (count) {
            Instant first = bins[0].start;
            Instant last = bins[count - 1].start + width;
            if (failures) { /* as long as the log was written: to be silent is its way to say that all is well */
                g_autoptr(GArray) cover = counts_cover(store, bins, count, width);
                first = g_array_index(cover, Segment, 0).start;
                last = g_array_index(cover, Segment, cover->len - 1).end;
            } else if (signal == SIGNAL_REQUEST) { /* the first request, not its bin's start */
                first = MAX(first, info.first);
            }
            widen(first, last, from, to);
        }
    }
}

void period_find(Outages *o, GPtrArray *traces, const Store *store, const Config *config) {
    Instant from = INSTANT_NONE, to = INSTANT_NONE;
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        widen(t->first_record, t->spoken == INSTANT_NONE ? t->last_record : t->spoken, &from, &to);
    }
    widen_by_bins(store, SIGNAL_REQUEST, false, &from, &to);
    if (from == INSTANT_NONE) {
        widen_by_bins(store, SIGNAL_REQUEST, true, &from, &to);
    }
    if (from == INSTANT_NONE) {
        widen_by_bins(store, SIGNAL_REPORT, false, &from, &to);
    }
    o->from_told = config->from != INSTANT_NONE;
    o->to_told = config->to != INSTANT_NONE;
    o->from = o->from_told ? config->from : from == INSTANT_NONE ? 0 : from;
    o->to = o->to_told ? config->to : to == INSTANT_NONE ? o->from : to;
    o->to = MAX(o->to, o->from);
}
