/* SPDX-License-Identifier: MIT
 * The exact partition of time. A row (a service, or one series) counts its period within service hours:
 *     period = up + partial + degraded + down + maintenance + unknown, to the millisecond.
 * Where several hold at once, the first of maintenance (honoured), unknown, down, partial, degraded, up counts. Of the
 * states only the known ones are looked up; what is left of the period is unknown, so the sum cannot fail.
 * With G = wd * degraded + wp * partial, D = down + G, U = up + degraded + partial - G, K = unknown, P = period:
 *     known = U/(U+D)  total = U/P  low = U/(U+D+K)  high = (U+K)/(U+D+K)  coverage = (U+D)/(U+D+K). */
#include "impact/room.h"

#include <math.h>

void counted_clear(Counted *counted) {
    g_clear_pointer(&counted->period, g_array_unref);
    g_clear_pointer(&counted->rest, g_array_unref);
}

Counted counted_find(const Outages *o, const Store *store, const Config *config, Name service, Name vantage) {
    const ServiceConfig *told = ds_config_service(config, ds_store_name(store, service));
    GArray *hours = ds_hours_within(told ? told->hours : NULL, told ? told->holidays : NULL, o->from, o->to);
    Counted counted = {.period = hours};
    if (config->maintenance_mode == MAINTENANCE_IGNORE) {
        counted.rest = g_array_ref(hours);
        return counted;
    }
    g_autoptr(GArray) planned = ds_outages_planned(o, store, service, vantage);
    counted.rest = spans_minus(hours, planned);
    if (config->maintenance_mode == MAINTENANCE_EXCLUDE) {
        g_array_unref(hours);
        counted.period = g_array_ref(counted.rest);
    }
    return counted;
}

GArray *ds_impact_counted(const Outages *outages, const Store *store, const Config *config, Name service,
                          Name vantage) {
    g_auto(Counted) counted = counted_find(outages, store, config, service, vantage);
    return g_array_ref(counted.rest);
}

double weighed_down(const Availability *row, const Config *config) {
    return config->detection.degraded_weight * (double)row->degraded +
           config->detection.partial_weight * (double)row->partial;
}

static double ratio(double part, double whole) {
    return whole > 0 ? part / whole : NAN;
}

static void set_ratios(Availability *row, const Config *config) {
    double g = weighed_down(row, config);
    double down = (double)row->down + g, unknown = (double)row->unknown;
    double up = (double)(row->up + row->degraded + row->partial) - g;
    row->known = ratio(up, up + down);
    row->total = ratio(up, (double)row->period);
    row->low = ratio(up, up + down + unknown);
    row->high = ratio(up + unknown, up + down + unknown);
    row->coverage = ratio(up + down, up + down + unknown);
}

static bool of_row(const Window *w, const Availability *row) {
    return w->service == row->service && w->vantage == row->vantage && w->check == row->check &&
           w->signal == row->signal && w->state == STATE_DOWN && !(w->flags & FLAG_BLIP) &&
           w->override != OVERRIDE_FALSE;
}

/* Down windows that reach into the time that counts, and how long the longest of them was down there. */
static void count_outages(Availability *row, const Outages *o, const GArray *rest, const GArray *down) {
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = &g_array_index(o->windows, Window, i);
        if (!of_row(w, row)) {
            continue;
        }
        Instant end = w->end == INSTANT_NONE ? o->to : w->end;
        if (spans_within(rest, w->start, end) > 0) {
            row->outages++;
            row->longest = MAX(row->longest, spans_within(down, w->start, end));
        }
    }
}

static GArray *counted_state(const Counted *counted, const GArray *band, State state) {
    g_autoptr(GArray) all = spans_of(band, state);
    return spans_common(all, counted->rest);
}

static Millis time_in(const Counted *counted, const GArray *band, State state) {
    g_autoptr(GArray) spans = counted_state(counted, band, state);
    return spans_length(spans);
}

static void add_row(GArray *out, Availability row, const GArray *band, const GArray *blips, const Outages *o,
                    const Store *store, const Config *config) {
    g_auto(Counted) counted = counted_find(o, store, config, row.service, row.vantage);
    g_autoptr(GArray) up = counted_state(&counted, band, STATE_UP);
    g_autoptr(GArray) down = counted_state(&counted, band, STATE_DOWN);
    g_autoptr(GArray) blip = spans_united(blips);
    g_autoptr(GArray) blip_up = spans_common(blip, up);
    Millis rest = spans_length(counted.rest);
    row.period = spans_length(counted.period);
    row.maintenance = row.period - rest;
    row.up = spans_length(up);
    row.down = spans_length(down);
    row.partial = time_in(&counted, band, STATE_PARTIAL);
    row.degraded = time_in(&counted, band, STATE_DEGRADED);
    row.unknown = rest - row.up - row.down - row.partial - row.degraded;
    row.blip = spans_length(blip_up);
    set_ratios(&row, config);
    count_outages(&row, o, counted.rest, down);
    g_array_append_val(out, row);
}

void availability_measure(Impact *impact, const Outages *o, const Store *store, const Config *config) {
    double up = 0, known = 0;
    for (guint i = 0; i < o->services->len; i++) {
        const ServiceVerdict *v = &g_array_index(o->services, ServiceVerdict, i);
        Availability row = {.service = v->service, .vantage = NAME_NONE, .check = NAME_NONE, .signal = SIGNAL_SERVICE};
        add_row(impact->availability, row, v->band, v->blips, o, store, config);
        const Availability *done = &g_array_index(impact->availability, Availability, i);
        double time = (double)(done->up + done->down + done->degraded + done->partial);
        if (!isnan(done->known)) {
            up += done->known * time;
            known += time;
        }
    }
    impact->mean_known = ratio(up, known);
    for (guint i = 0; i < o->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, i);
        Availability row = {.service = v->service, .vantage = v->vantage, .check = v->check, .signal = v->signal};
        add_row(impact->availability, row, v->band, v->blips, o, store, config);
    }
}
