/* SPDX-License-Identifier: MIT
 * The stage as a whole: series to traces, the period, windows, verdicts, all clipped to the period, then incidents.
 * Order matters: runs tell the period, the period tells how data end, together-confirmation needs the raw runs of all
 * vantages, faults take away votes before the quorum counts them. */
#include "outage/detect.h"
#include "outage/room.h"
#include "outage/vote.h"

typedef struct {
    const Store *store;
    const Config *config;
    Outages *out;
    GPtrArray *traces; /* Trace: probes, transitions, requests; in the store's order */
} Work;

/* ---- traces ---- */

static void trace_sampled(Work *w) {
    for (size_t i = 0; i < ds_store_series(w->store); i++) {
        Signal signal = ds_series_info(w->store, i).signal;
        if (signal == SIGNAL_PROBE) {
            g_ptr_array_add(w->traces, trace_probe(w->store, i, w->config, w->out->planned));
        } else if (signal == SIGNAL_TRANSITION) {
            g_ptr_array_add(w->traces, trace_transition(w->store, i, w->config, w->out->planned));
        }
    }
}

/* ---- windows ---- */

static bool sampled(const Trace *t) {
    return t->info.signal != SIGNAL_REQUEST;
}

/* Traces of probes of one service, for together-confirmation; first: index of the first of them. */
static void confirm_service(GPtrArray *traces, GPtrArray *lists, guint first, const Work *w) {
    const Trace *head = g_ptr_array_index(traces, first);
    g_autoptr(GPtrArray) of_service = g_ptr_array_new(), stretches = g_ptr_array_new();
    for (guint i = first; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        if (t->info.signal == SIGNAL_PROBE && t->info.service == head->info.service) {
            g_ptr_array_add(of_service, g_ptr_array_index(traces, i));
            g_ptr_array_add(stretches, g_ptr_array_index(lists, i));
        }
    }
    together_confirm(of_service, stretches, w->store, w->config);
}

static void find_level(Work *w, unsigned level) {
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autoptr(GHashTable) done = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < w->traces->len; i++) {
        g_ptr_array_add(lists, stretches_of(g_ptr_array_index(w->traces, i), level, w->config));
    }
    for (guint i = 0; i < w->traces->len; i++) {
        const Trace *t = g_ptr_array_index(w->traces, i);
        if (t->info.signal == SIGNAL_PROBE && g_hash_table_add(done, GUINT_TO_POINTER(t->info.service))) {
            confirm_service(w->traces, lists, i, w);
        }
    }
    for (guint i = 0; i < w->traces->len; i++) {
        windows_find(g_ptr_array_index(w->traces, i), level, g_ptr_array_index(lists, i), w->config, w->out->from,
                     w->out->to);
    }
}

static void trace_requests(Work *w) {
    for (size_t i = 0; i < ds_store_series(w->store); i++) {
        SeriesInfo info = ds_series_info(w->store, i);
        if (info.signal != SIGNAL_REQUEST) {
            continue;
        }
        GArray *windows = g_array_new(FALSE, FALSE, sizeof(Window)), *band = band_new();
        if (info.failures) {
            detect_failures(w->store, w->config, i, w->out->from, w->out->to, windows);
        } else {
            detect_requests(w->store, w->config, i, w->out->from, w->out->to, windows, band);
        }
        g_ptr_array_add(w->traces, trace_given(w->store, i, windows, band));
    }
}

/* ---- verdicts ---- */

static bool check_votes(const Work *w, const Trace *t) {
    const ServiceConfig *s = ds_config_service(w->config, ds_store_name(w->store, t->info.service));
    return !s || !s->checks || g_strv_contains((const char *const *)s->checks, ds_store_name(w->store, t->info.check));
}

/* What votes on a service: probes and transitions, or requests where there is nothing else. */
static GPtrArray *voters(const Work *w, Name service, Signal *basis) {
    GPtrArray *out = g_ptr_array_new();
    *basis = SIGNAL_PROBE;
    for (guint i = 0; i < w->traces->len; i++) {
        Trace *t = g_ptr_array_index(w->traces, i);
        if (t->info.service == service && sampled(t) && check_votes(w, t)) {
            g_ptr_array_add(out, t);
        }
    }
    for (guint i = 0; out->len == 0 && i < w->traces->len; i++) {
        Trace *t = g_ptr_array_index(w->traces, i);
        if (t->info.service == service && !sampled(t) && !t->info.failures) {
            *basis = SIGNAL_REQUEST;
            g_ptr_array_add(out, t);
        }
    }
    return out;
}

/* Blips of voters while the service is up. */
static GArray *service_blips(GPtrArray *traces, const GArray *band, Instant from, Instant to) {
    g_autoptr(GArray) all = band_new();
    g_autoptr(GArray) up = band_new();
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        g_array_append_vals(all, t->blips->data, t->blips->len);
    }
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        if (s->state == STATE_UP) {
            band_put(up, MAX(s->start, from), MIN(s->end, to), STATE_UP);
        }
    }
    band_unite(all);
    return band_common(all, up);
}

static void note_agreement(Work *w, guint window, const GArray *votes) {
    const Window *o = &g_array_index(w->out->windows, Window, window);
    Instant end = window_end(o, w->out->to);
    unsigned level = o->state == STATE_DEGRADED ? LEVEL_DEGRADED : LEVEL_DOWN;
    for (guint v = 0; v < votes->len; v++) {
        const Vote *vote = &g_array_index(votes, Vote, v);
        Agreement a = {.window = window,
                       .vantage = vote->vantage,
                       .down = band_time(vote->band[level], o->start, end, STATE_DOWN),
                       .up = band_time(vote->band[level], o->start, end, STATE_UP),
                       .unknown = band_time(vote->band[level], o->start, end, STATE_UNKNOWN),
                       .fault = band_touches(vote->faults, o->start, end, STATE_DOWN)};
        g_array_append_val(w->out->agreement, a);
    }
}

static void judge_service(Work *w, Name service, GPtrArray *votes_of_windows) {
    Signal basis;
    g_autoptr(GPtrArray) traces = voters(w, service, &basis);
    if (traces->len == 0) {
        return;
    }
    Outages *o = w->out;
    GArray *votes = g_array_new(FALSE, FALSE, sizeof(Vote));
    g_array_set_clear_func(votes, (GDestroyNotify)vote_clear);
    g_autoptr(GArray) windows = g_array_new(FALSE, FALSE, sizeof(Window));
    Segment period = {o->from, o->to, STATE_UNKNOWN};
    g_autoptr(GArray) band = quorum_judge(traces, service, w->store, w->config, period, windows, votes);
    bool bounded = true;
    for (guint i = 0; i < traces->len; i++) {
        bounded = bounded && ((const Trace *)g_ptr_array_index(traces, i))->bounded;
    }
    for (guint i = 0; i < windows->len; i++) {
        Window *window = &g_array_index(windows, Window, i);
        if (window_clip(window, o->from, o->to)) {
            window_measure(window, band, o->to, bounded && window->state != STATE_PARTIAL);
            g_array_append_val(o->windows, *window);
        }
    }
    ServiceVerdict verdict = {.service = service,
                              .basis = basis,
                              .band = band_clip(band, o->from, o->to),
                              .blips = service_blips(traces, band, o->from, o->to)};
    g_array_append_val(o->services, verdict);
    g_ptr_array_add(votes_of_windows, votes);
}

static void settle_series(Work *w, const Trace *t) {
    Outages *o = w->out;
    for (unsigned level = 0; level < 2; level++) {
        for (guint i = 0; i < t->found[level]->len; i++) {
            Window window = g_array_index(t->found[level], Found, i).window;
            if (window_clip(&window, o->from, o->to)) {
                window_measure(&window, window.failures ? NULL : t->band, o->to, t->bounded);
                g_array_append_val(o->windows, window);
            }
        }
    }
    SeriesVerdict verdict = {.series = t->series,
                             .signal = t->info.signal,
                             .service = t->info.service,
                             .vantage = t->info.vantage,
                             .check = t->info.check,
                             .band = band_clip(t->band, o->from, o->to),
                             .blips = band_new()};
    for (guint i = 0; i < t->blips->len; i++) {
        const Segment *s = &g_array_index(t->blips, Segment, i);
        band_put(verdict.blips, MAX(s->start, o->from), MIN(s->end, o->to), s->state);
    }
    g_array_append_val(o->series, verdict);
}

static void find_surges(Work *w) {
    Outages *o = w->out;
    for (size_t i = 0; i < ds_store_series(w->store); i++) {
        if (ds_series_info(w->store, i).signal != SIGNAL_REPORT) {
            continue;
        }
        g_autoptr(GArray) windows = g_array_new(FALSE, FALSE, sizeof(Window));
        g_autoptr(GArray) surges = g_array_new(FALSE, FALSE, sizeof(Surge));
        Curve curve = {.series = i};
        detect_surges(w->store, w->config, i, o->from, o->to, windows, surges, &curve);
        for (guint k = 0; k < surges->len; k++) {
            Surge surge = g_array_index(surges, Surge, k);
            Window window = g_array_index(windows, Window, surge.window);
            if (window_clip(&window, o->from, o->to)) {
                Millis unknown = window.unknown; /* slots that the log leaves out; the detector knows them */
                window_measure(&window, NULL, o->to, true);
                window.unknown = MIN(unknown, window.observed);
                window.min = MAX(0, window.min - window.unknown);
                surge.window = o->windows->len;
                g_array_append_val(o->windows, window);
                g_array_append_val(o->surges, surge);
            }
        }
        g_array_append_val(o->curves, curve);
    }
}

/* ---- order ---- */

/* The service's own windows before those of its vantages. */
static int64_t rank_of(Name name) {
    return name == NAME_NONE ? -1 : (int64_t)name;
}

static int by_place(gconstpointer a, gconstpointer b, gpointer data) {
    const Window *windows = data;
    const Window *x = &windows[*(const guint *)a], *y = &windows[*(const guint *)b];
    const int64_t keys[][2] = {{x->service, y->service},
                               {rank_of(x->vantage), rank_of(y->vantage)},
                               {rank_of(x->check), rank_of(y->check)},
                               {x->signal, y->signal},
                               {x->start, y->start},
                               {x->state, y->state}};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

/* Sorts the windows: by service, its own before its vantages'; surges keep pointing at theirs. */
static void sort_windows(Outages *o) {
    guint count = o->windows->len;
    g_autofree guint *order = g_new(guint, count ? count : 1), *place = g_new(guint, count ? count : 1);
    for (guint i = 0; i < count; i++) {
        order[i] = i;
    }
    g_qsort_with_data(order, (gint)count, sizeof *order, by_place, o->windows->data);
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(Window), count);
    for (guint i = 0; i < count; i++) {
        g_array_append_val(sorted, g_array_index(o->windows, Window, order[i]));
        place[order[i]] = i;
    }
    g_array_unref(o->windows);
    o->windows = sorted;
    for (guint i = 0; i < o->surges->len; i++) {
        Surge *surge = &g_array_index(o->surges, Surge, i);
        surge->window = place[surge->window];
    }
    for (guint i = 0; i < o->overrides->len; i++) {
        Override *override = &g_array_index(o->overrides, Override, i);
        override->window = place[override->window];
    }
}

static void find_agreement(Work *w, GPtrArray *votes_of_services) {
    Outages *o = w->out;
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *window = &g_array_index(o->windows, Window, i);
        if (window->signal != SIGNAL_SERVICE) {
            continue;
        }
        for (guint s = 0; s < o->services->len; s++) {
            if (g_array_index(o->services, ServiceVerdict, s).service == window->service) {
                note_agreement(w, i, g_ptr_array_index(votes_of_services, s));
            }
        }
    }
}

static Outages *outages_new(void) {
    Outages *o = g_new0(Outages, 1);
    o->windows = g_array_new(FALSE, FALSE, sizeof(Window));
    o->series = g_array_new(FALSE, FALSE, sizeof(SeriesVerdict));
    o->services = g_array_new(FALSE, FALSE, sizeof(ServiceVerdict));
    o->agreement = g_array_new(FALSE, FALSE, sizeof(Agreement));
    o->episodes = g_array_new(FALSE, FALSE, sizeof(Episode));
    o->surges = g_array_new(FALSE, FALSE, sizeof(Surge));
    o->curves = g_array_new(FALSE, FALSE, sizeof(Curve));
    o->planned = g_array_new(FALSE, FALSE, sizeof(Announcement));
    o->incidents = g_array_new(FALSE, FALSE, sizeof(Incident));
    o->overrides = g_array_new(FALSE, FALSE, sizeof(Override));
    o->override_faults = g_ptr_array_new_with_free_func(g_free);
    o->consequences = g_array_new(FALSE, FALSE, sizeof(Consequence));
    return o;
}

static void find_sampled(Work *w) {
    find_level(w, LEVEL_DOWN);
    find_level(w, LEVEL_DEGRADED);
    for (guint i = 0; i < w->traces->len; i++) {
        windows_settle(g_ptr_array_index(w->traces, i));
        windows_recount(g_ptr_array_index(w->traces, i), w->store, w->out->from, w->out->to);
    }
    monitors_find(w->traces, w->out->to, w->out->windows);
    faults_flag(w->traces);
}

static void clip_monitors(Outages *o) {
    guint kept = 0;
    for (guint i = 0; i < o->windows->len; i++) {
        Window w = g_array_index(o->windows, Window, i);
        if (window_clip(&w, o->from, o->to)) {
            window_measure(&w, NULL, o->to, false);
            w.unknown = w.observed;
            g_array_index(o->windows, Window, kept++) = w;
        }
    }
    g_array_set_size(o->windows, kept);
}

Outages *ds_outages_find(const Store *store, const Config *config) {
    Outages *o = outages_new();
    Work w = {store, config, o, g_ptr_array_new_with_free_func((GDestroyNotify)trace_free)};
    g_autoptr(GPtrArray) votes = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    trace_sampled(&w);
    period_find(o, w.traces, store, config);
    find_sampled(&w);
    clip_monitors(o);
    trace_requests(&w);
    for (Name service = 0; service < ds_store_names(store); service++) {
        judge_service(&w, service, votes);
    }
    for (guint i = 0; i < w.traces->len; i++) {
        settle_series(&w, g_ptr_array_index(w.traces, i));
    }
    find_surges(&w);
    overrides_apply(o, store, config);
    sort_windows(o);
    maintenance_flag(o, store);
    find_agreement(&w, votes);
    episodes_find(o, config);
    incidents_find(o, store, config);
    consequences_find(o, store, config);
    g_ptr_array_unref(w.traces);
    return o;
}

static void clear_incident(Incident *incident) {
    g_array_unref(incident->windows);
    g_array_unref(incident->attached);
    g_array_unref(incident->notices);
    g_array_unref(incident->services);
    g_array_unref(incident->vantages);
}

void ds_outages_free(Outages *o) {
    if (!o) {
        return;
    }
    for (guint i = 0; i < o->series->len; i++) {
        g_array_unref(g_array_index(o->series, SeriesVerdict, i).band);
        g_array_unref(g_array_index(o->series, SeriesVerdict, i).blips);
    }
    for (guint i = 0; i < o->services->len; i++) {
        g_array_unref(g_array_index(o->services, ServiceVerdict, i).band);
        g_array_unref(g_array_index(o->services, ServiceVerdict, i).blips);
    }
    for (guint i = 0; i < o->curves->len; i++) {
        g_array_unref(g_array_index(o->curves, Curve, i).counts);
        g_array_unref(g_array_index(o->curves, Curve, i).levels);
    }
    for (guint i = 0; i < o->incidents->len; i++) {
        clear_incident(&g_array_index(o->incidents, Incident, i));
    }
    GArray *const lists[] = {o->windows, o->series,  o->services,  o->agreement,    o->episodes, o->surges,
                             o->curves,  o->planned, o->incidents, o->consequences, o->overrides};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_array_unref(lists[i]);
    }
    g_ptr_array_unref(o->override_faults);
    g_free(o);
}
