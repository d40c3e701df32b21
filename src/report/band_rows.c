/* SPDX-License-Identifier: MIT
 * Which bands there are and what is on them: the verdict of each service, then one band a vantage, the worst of its
 * checks at each instant (unknown least), as in the verdict itself. */
#include "report/chart.h"

static void row_free(gpointer data) {
    BandRow *row = data;
    g_clear_pointer(&row->band, g_array_unref);
    g_clear_pointer(&row->blips, g_array_unref);
    g_clear_pointer(&row->planned, g_array_unref);
    g_clear_pointer(&row->faults, g_array_unref);
    g_free(row);
}

static GArray *segments(void) {
    return g_array_new(FALSE, FALSE, sizeof(Segment));
}

static void push(GArray *band, Segment s) {
    if (s.end <= s.start) {
        return;
    }
    Segment *last = band->len ? &g_array_index(band, Segment, band->len - 1) : NULL;
    if (last && last->end == s.start && last->state == s.state) {
        last->end = s.end;
    } else {
        g_array_append_val(band, s);
    }
}

/* The worse of two bands at each instant; both cover the same time. */
static GArray *worst_of(const GArray *a, const GArray *b) {
    GArray *out = segments();
    for (unsigned i = 0, k = 0; i < a->len && k < b->len;) {
        Segment x = g_array_index(a, Segment, i), y = g_array_index(b, Segment, k);
        push(out, (Segment){MAX(x.start, y.start), MIN(x.end, y.end), MAX(x.state, y.state)});
        i += x.end <= y.end;
        k += y.end <= x.end;
    }
    return out;
}

static bool votes(const Report *report, const SeriesVerdict *v) {
    const ServiceConfig *service = ds_config_service(report->config, ds_store_name(report->store, v->service));
    return !service || !service->checks ||
           g_strv_contains((const char *const *)service->checks, ds_store_name(report->store, v->check));
}

static BandRow *new_row(const Report *report, GPtrArray *rows, Name service, Name vantage, const GArray *band) {
    BandRow *row = g_new0(BandRow, 1);
    row->service = service;
    row->vantage = vantage;
    row->band = segments();
    g_array_append_vals(row->band, band->data, band->len);
    row->blips = segments();
    row->faults = segments();
    row->planned = ds_outages_planned(report->outages, report->store, service, vantage);
    g_ptr_array_add(rows, row);
    return row;
}

static void add_faults(const Report *report, BandRow *row) {
    const GArray *windows = report->outages->windows; /* sorted by service */
    for (unsigned i = 0; i < windows->len; i++) {
        const Window *w = &g_array_index(windows, Window, i);
        if (w->service == row->service && w->vantage == row->vantage && (w->flags & FLAG_VANTAGE_FAULT) &&
            (w->signal == SIGNAL_PROBE || w->signal == SIGNAL_TRANSITION)) {
            Instant end = w->end == INSTANT_NONE ? report->outages->to : w->end;
            g_array_append_val(row->faults, ((Segment){w->start, end, w->state}));
        }
    }
}

static BandRow *find_row(GPtrArray *rows, unsigned from, Name vantage, bool traffic) {
    for (unsigned i = from; i < rows->len; i++) {
        BandRow *row = g_ptr_array_index(rows, i);
        if (row->vantage == vantage && row->traffic == traffic) {
            return row;
        }
    }
    return NULL;
}

static void add_series(const Report *report, GPtrArray *rows, unsigned from, const SeriesVerdict *v) {
    bool traffic = v->signal == SIGNAL_REQUEST;
    BandRow *row = find_row(rows, from, v->vantage, traffic);
    if (!row) {
        row = new_row(report, rows, v->service, v->vantage, v->band);
        row->traffic = traffic;
        add_faults(report, row);
    } else {
        GArray *both = worst_of(row->band, v->band);
        g_array_unref(row->band);
        row->band = both;
    }
    if (v->blips) {
        g_array_append_vals(row->blips, v->blips->data, v->blips->len);
    }
}

static bool wanted(const GArray *services, Name service) {
    for (unsigned i = 0; services && i < services->len; i++) {
        if (g_array_index(services, Name, i) == service) {
            return true;
        }
    }
    return !services;
}

/* A lone vantage without a name is the service itself: one band tells both. */
static void drop_lone(const Report *report, GPtrArray *rows, unsigned from) {
    if (rows->len == from + 1) {
        const BandRow *row = g_ptr_array_index(rows, from);
        if (row->vantage == NAME_NONE || *ds_store_name(report->store, row->vantage) == '\0') {
            g_ptr_array_set_size(rows, (int)from);
        }
    }
}

GPtrArray *bands_rows(const Report *report, const GArray *services) {
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    const Outages *o = report->outages;
    /* Each row costs a walk over the series: none is made once there are more than a chart shows. */
    for (unsigned i = 0; i < o->services->len && rows->len <= CHART_ROWS; i++) {
        const ServiceVerdict *verdict = &g_array_index(o->services, ServiceVerdict, i);
        if (!wanted(services, verdict->service)) {
            continue;
        }
        BandRow *row = new_row(report, rows, verdict->service, NAME_NONE, verdict->band);
        row->verdict = true;
        if (verdict->blips) {
            g_array_append_vals(row->blips, verdict->blips->data, verdict->blips->len);
        }
        unsigned from = rows->len;
        for (unsigned k = 0; k < o->series->len; k++) {
            const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, k);
            if (v->service == verdict->service && votes(report, v)) {
                add_series(report, rows, from, v);
            }
        }
        drop_lone(report, rows, from);
    }
    return rows;
}
