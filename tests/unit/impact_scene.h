/* SPDX-License-Identifier: MIT
 * Outages built by hand for the tests of impact/: bands and windows are told, so that figures can be derived on paper.
 */
#ifndef DS_TEST_IMPACT_SCENE_H
#define DS_TEST_IMPACT_SCENE_H

#include "impact/impact.h"

#define M MILLIS_MINUTE

typedef struct {
    Config *config;
    Store *store;
    Quality *quality;
    Outages *outages;
    Impact *impact;
} Scene;

static inline Scene scene_new(Instant from, Instant to) {
    Scene s = {.config = ds_config_new(), .quality = ds_quality_new(), .outages = g_new0(Outages, 1)};
    s.store = ds_store_new(s.config);
    ds_quality_add(s.quality, "test");
    Outages *o = s.outages;
    o->from = from;
    o->to = to;
    o->windows = g_array_new(FALSE, FALSE, sizeof(Window));
    o->series = g_array_new(FALSE, FALSE, sizeof(SeriesVerdict));
    o->services = g_array_new(FALSE, FALSE, sizeof(ServiceVerdict));
    o->agreement = g_array_new(FALSE, FALSE, sizeof(Agreement));
    o->episodes = g_array_new(FALSE, FALSE, sizeof(Episode));
    o->surges = g_array_new(FALSE, FALSE, sizeof(Surge));
    o->curves = g_array_new(FALSE, FALSE, sizeof(Curve));
    o->planned = g_array_new(FALSE, FALSE, sizeof(Announcement));
    o->incidents = g_array_new(FALSE, FALSE, sizeof(Incident));
    return s;
}

/* A record of any kind: makes names known, notices and maintenance told. */
static inline void scene_add(Scene *s, Record r) {
    static uint64_t line; /* lines only need to differ */
    r.origin = (Origin){0, ++line};
    ds_store_add(s->store, &r);
}

static inline void scene_name(Scene *s, const char *service, const char *vantage, const char *check) {
    scene_add(s, (Record){.signal = SIGNAL_PROBE,
                          .state = STATE_UP,
                          .time = s->outages->from,
                          .until = INSTANT_NONE,
                          .service = ds_span_of(service),
                          .vantage = ds_span_of(vantage),
                          .check = ds_span_of(check)});
}

static inline void scene_maintenance(Scene *s, Instant start, Instant end, const char *service) {
    scene_add(s, (Record){.signal = SIGNAL_MAINTENANCE, .time = start, .until = end, .service = ds_span_of(service)});
}

static inline void scene_notice(Scene *s, Instant time, const char *service, const char *phase) {
    scene_add(s, (Record){.signal = SIGNAL_NOTICE,
                          .time = time,
                          .until = INSTANT_NONE,
                          .service = ds_span_of(service),
                          .phase = ds_span_of(phase)});
}

static inline Name scene_find(const Scene *s, const char *text) {
    return ds_store_find(s->store, text);
}

/* A band over the period from stretches (end of each, state), the last ending at the period's end. */
typedef struct {
    Instant end;
    State state;
} Part;

static inline GArray *scene_band(const Scene *s, const Part *parts, size_t n) {
    GArray *band = g_array_new(FALSE, FALSE, sizeof(Segment));
    Instant at = s->outages->from;
    for (size_t i = 0; i < n; i++) {
        Segment segment = {at, parts[i].end, parts[i].state};
        g_array_append_val(band, segment);
        at = parts[i].end;
    }
    g_assert_cmpint(at, ==, s->outages->to);
    return band;
}

static inline void scene_service(Scene *s, const char *service, const Part *parts, size_t n) {
    ServiceVerdict v = {.service = scene_find(s, service),
                        .basis = SIGNAL_PROBE,
                        .band = scene_band(s, parts, n),
                        .blips = g_array_new(FALSE, FALSE, sizeof(Segment))};
    g_array_append_val(s->outages->services, v);
}

static inline void scene_series(Scene *s, const char *service, const char *vantage, const char *check,
                                const Part *parts, size_t n) {
    SeriesVerdict v = {.signal = SIGNAL_PROBE,
                       .service = scene_find(s, service),
                       .vantage = scene_find(s, vantage),
                       .check = scene_find(s, check),
                       .band = scene_band(s, parts, n),
                       .blips = g_array_new(FALSE, FALSE, sizeof(Segment))};
    g_array_append_val(s->outages->series, v);
}

static inline Window *scene_window(Scene *s, Signal signal, State state, const char *service, Name vantage, Name check,
                                   Instant start, Instant end) {
    Instant stop = end == INSTANT_NONE ? s->outages->to : end;
    Window w = {.signal = signal,
                .state = state,
                .service = scene_find(s, service),
                .vantage = vantage,
                .check = check,
                .start = start,
                .end = end,
                .start_lo = start - M,
                .start_hi = start,
                .end_lo = stop - M,
                .end_hi = stop,
                .observed = stop - start,
                .min = stop - start - M,
                .max = stop - start + M,
                .likely = stop - start};
    g_array_append_val(s->outages->windows, w);
    return &g_array_index(s->outages->windows, Window, s->outages->windows->len - 1);
}

static inline void scene_clear_rule(gpointer rule) {
    ds_zone_free(((HoursRule *)rule)->zone);
}

/* Rules of one: every day from .. to of that zone's clock. */
static inline GArray *scene_hours(Millis from, Millis to, const char *zone) {
    GArray *rules = g_array_new(FALSE, FALSE, sizeof(HoursRule));
    g_array_set_clear_func(rules, scene_clear_rule);
    HoursRule rule = {127, from, to, ds_zone_load(zone, NULL)};
    g_assert_nonnull(rule.zone);
    g_array_append_val(rules, rule);
    return rules;
}

static inline void scene_finish_store(Scene *s) {
    ds_store_finish(s->store, s->quality);
}

static inline void scene_measure(Scene *s) {
    s->impact = ds_impact_measure(s->outages, s->store, s->config);
}

static inline const Availability *scene_row(const Scene *s, Signal signal, const char *service, const char *vantage) {
    for (guint i = 0; i < s->impact->availability->len; i++) {
        const Availability *row = &g_array_index(s->impact->availability, Availability, i);
        if (row->signal == signal && row->service == scene_find(s, service) &&
            row->vantage == (vantage ? scene_find(s, vantage) : NAME_NONE)) {
            return row;
        }
    }
    g_assert_not_reached();
    return NULL;
}

static inline void scene_free(Scene *s) {
    Outages *o = s->outages;
    for (guint i = 0; i < o->services->len; i++) {
        g_array_unref(g_array_index(o->services, ServiceVerdict, i).band);
        g_array_unref(g_array_index(o->services, ServiceVerdict, i).blips);
    }
    for (guint i = 0; i < o->series->len; i++) {
        g_array_unref(g_array_index(o->series, SeriesVerdict, i).band);
        g_array_unref(g_array_index(o->series, SeriesVerdict, i).blips);
    }
    for (guint i = 0; i < o->incidents->len; i++) {
        Incident *in = &g_array_index(o->incidents, Incident, i);
        GArray *lists[] = {in->windows, in->attached, in->notices, in->services, in->vantages};
        for (size_t k = 0; k < G_N_ELEMENTS(lists); k++) {
            g_array_unref(lists[k]);
        }
    }
    GArray *lists[] = {o->windows, o->series, o->services, o->agreement, o->episodes,
                       o->surges,  o->curves, o->planned,  o->incidents};
    for (size_t k = 0; k < G_N_ELEMENTS(lists); k++) {
        g_array_unref(lists[k]);
    }
    g_free(o);
    ds_impact_free(s->impact);
    ds_store_free(s->store);
    ds_quality_free(s->quality);
    ds_config_free(s->config);
}

/* Every ratio of a whole row, to the last bit that matters. */
#define assert_ratio(value, expected) g_assert_cmpfloat_with_epsilon(value, expected, 1e-12)

#endif
