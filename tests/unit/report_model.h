/* SPDX-License-Identifier: MIT
 * A small report built by hand, for the tests of its outputs: service "=web" with hostile names, two vantages, one
 * outage of two minutes told by two windows and a verdict, one blip. Nothing here is found by a detector. */
#ifndef DS_TESTS_REPORT_MODEL_H
#define DS_TESTS_REPORT_MODEL_H

#include "report/report.h"

#include <math.h>

#define MODEL_START INT64_C(1772632800000) /* 2026-03-04T14:00:00Z */
#define MODEL_SERVICE "=web"
#define MODEL_EVIL "<img src=x onerror=alert(1)>|[a](javascript:b)"

typedef struct {
    Config *config;
    Quality *quality;
    Store *store;
    Outages outages;
    Impact impact;
    Report report;
} Model;

static GArray *model_array(size_t size) {
    return g_array_new(FALSE, TRUE, (guint)size);
}

static inline GArray *model_band(Instant down, Instant up) {
    GArray *band = model_array(sizeof(Segment));
    const Segment parts[] = {
        {MODEL_START, down, STATE_UP}, {down, up, STATE_DOWN}, {up, MODEL_START + MILLIS_HOUR, STATE_UP}};
    g_array_append_vals(band, parts, G_N_ELEMENTS(parts));
    return band;
}

static inline void model_store(Model *m) {
    const char *vantages[] = {"eu", MODEL_EVIL};
    m->store = ds_store_new(m->config);
    for (unsigned v = 0; v < 2; v++) {
        for (unsigned i = 0; i < 60; i++) {
            bool down = i >= 10 && i < 12;
            Record record = {.signal = SIGNAL_PROBE,
                             .state = down ? STATE_DOWN : STATE_UP,
                             .reason = down ? REASON_DNS : REASON_NONE,
                             .time = MODEL_START + i * MILLIS_MINUTE,
                             .until = INSTANT_NONE,
                             .service = SPAN(MODEL_SERVICE),
                             .vantage = ds_span_of(vantages[v]),
                             .origin = {v, i + 2}};
            ds_store_add(m->store, &record);
        }
    }
    Record notice = {.signal = SIGNAL_NOTICE,
                     .time = MODEL_START + 15 * MILLIS_MINUTE,
                     .until = INSTANT_NONE,
                     .phase = SPAN("resolved"),
                     .text = SPAN("<script>alert(1)</script> all\x01 fine"),
                     .origin = {1, 99}};
    ds_store_add(m->store, &notice);
    ds_store_finish(m->store, m->quality);
}

/* The outage, as a series or the service saw it. */
static inline Window model_window(const Model *m, Signal signal, Name vantage) {
    Window w = {.signal = signal,
                .state = STATE_DOWN,
                .service = ds_store_find(m->store, MODEL_SERVICE),
                .vantage = vantage,
                .check = NAME_NONE,
                .start = MODEL_START + 10 * MILLIS_MINUTE,
                .end = MODEL_START + 12 * MILLIS_MINUTE,
                .start_lo = MODEL_START + 9 * MILLIS_MINUTE,
                .start_hi = MODEL_START + 10 * MILLIS_MINUTE,
                .end_lo = MODEL_START + 11 * MILLIS_MINUTE,
                .end_hi = MODEL_START + 12 * MILLIS_MINUTE,
                .observed = 2 * MILLIS_MINUTE,
                .min = MILLIS_MINUTE,
                .max = 3 * MILLIS_MINUTE,
                .likely = 2 * MILLIS_MINUTE,
                .sigma = 24494,
                .failed = 2,
                .proof = {{0, 11}, {0, 12}, {0, 13}, {0, 14}}};
    w.reasons[REASON_DNS] = 2;
    return w;
}

static inline void model_windows(Model *m) {
    Outages *o = &m->outages;
    Name eu = ds_store_find(m->store, "eu"), evil = ds_store_find(m->store, MODEL_EVIL);
    Window verdict = model_window(m, SIGNAL_SERVICE, NAME_NONE);
    Window first = model_window(m, SIGNAL_PROBE, evil), second = model_window(m, SIGNAL_PROBE, eu);
    Window blip = model_window(m, SIGNAL_PROBE, eu);
    blip.start = MODEL_START + 30 * MILLIS_MINUTE;
    blip.end = INSTANT_NONE;
    blip.flags = FLAG_BLIP | FLAG_ONGOING;
    blip.min = blip.max = blip.likely = blip.sigma = MILLIS_NONE;
    blip.reasons[REASON_CONNECT_TIMEOUT] = 5;
    memset(blip.proof, 0, sizeof blip.proof);
    g_array_append_val(o->windows, verdict);
    g_array_append_val(o->windows, first);
    g_array_append_val(o->windows, second);
    g_array_append_val(o->windows, blip);
    const Agreement rows[] = {{0, eu, 2 * MILLIS_MINUTE, 0, 0, false}, {0, evil, 2 * MILLIS_MINUTE, 0, 0, false}};
    g_array_append_vals(o->agreement, rows, G_N_ELEMENTS(rows));
}

static inline void model_incident(Model *m) {
    Outages *o = &m->outages;
    Incident in = {.id = 1, .kind = INCIDENT_OUTAGE, .first_signal = SIGNAL_PROBE};
    in.start = in.onset = in.spread = in.peak = in.first_at = MODEL_START + 10 * MILLIS_MINUTE;
    in.end = in.first_recovery = in.restored = MODEL_START + 12 * MILLIS_MINUTE;
    in.windows = model_array(sizeof(guint));
    in.attached = model_array(sizeof(guint));
    in.notices = model_array(sizeof(guint));
    in.services = model_array(sizeof(Name));
    in.vantages = model_array(sizeof(Name));
    const guint own = 0, attached[] = {1, 2};
    const Name service = ds_store_find(m->store, MODEL_SERVICE);
    const Name vantages[] = {ds_store_find(m->store, MODEL_EVIL), ds_store_find(m->store, "eu")};
    g_array_append_val(in.windows, own);
    g_array_append_vals(in.attached, attached, 2);
    g_array_append_val(in.services, service);
    g_array_append_vals(in.vantages, vantages, 2);
    g_array_append_val(o->incidents, in);
}

static inline void model_outages(Model *m, bool incident) {
    Outages *o = &m->outages;
    *o = (Outages){.from = MODEL_START, .to = MODEL_START + MILLIS_HOUR};
    o->windows = model_array(sizeof(Window));
    o->series = model_array(sizeof(SeriesVerdict));
    o->services = model_array(sizeof(ServiceVerdict));
    o->agreement = model_array(sizeof(Agreement));
    o->episodes = model_array(sizeof(Episode));
    o->surges = model_array(sizeof(Surge));
    o->curves = model_array(sizeof(Curve));
    o->planned = model_array(sizeof(Announcement));
    o->incidents = model_array(sizeof(Incident));
    Instant down = MODEL_START + 10 * MILLIS_MINUTE, up = down + (incident ? 2 * MILLIS_MINUTE : 0);
    Name service = ds_store_find(m->store, MODEL_SERVICE);
    for (size_t i = 0; i < ds_store_series(m->store); i++) {
        SeriesInfo info = ds_series_info(m->store, i);
        SeriesVerdict v = {
            i, info.signal, info.service, info.vantage, info.check, model_band(down, up), model_array(sizeof(Segment))};
        g_array_append_val(o->series, v);
    }
    ServiceVerdict verdict = {service, SIGNAL_PROBE, model_band(down, up), model_array(sizeof(Segment))};
    g_array_append_val(o->services, verdict);
    if (incident) {
        model_windows(m);
        model_incident(m);
    }
}

static inline void model_impact(Model *m) {
    Impact *i = &m->impact;
    *i = (Impact){.mean_known = NAN};
    i->availability = model_array(sizeof(Availability));
    i->objectives = model_array(sizeof(ObjectiveResult));
    i->losses = model_array(sizeof(Loss));
    i->responses = model_array(sizeof(Response));
    i->sightings = model_array(sizeof(Sighting));
    i->summaries = model_array(sizeof(ResponseSummary));
    Availability a = {.service = ds_store_find(m->store, MODEL_SERVICE),
                      .vantage = NAME_NONE,
                      .check = NAME_NONE,
                      .signal = SIGNAL_SERVICE,
                      .period = MILLIS_HOUR,
                      .up = MILLIS_HOUR - 1,
                      .down = 1,
                      .known = 3599999.0 / 3600000,
                      .total = 3599999.0 / 3600000,
                      .low = NAN,
                      .high = 1,
                      .coverage = 1};
    g_array_append_val(i->availability, a);
}

static inline Model *model_new(bool incident) {
    Model *m = g_new0(Model, 1);
    m->config = ds_config_new();
    m->quality = ds_quality_new();
    ds_quality_add(m->quality, "eu.csv");
    FileQuality *file = ds_quality_add(m->quality, "<b>.csv");
    file->parser = g_strdup("generic");
    file->entries = 1;
    ds_quality_reject(file, 7, SPAN("<script>alert(2)</script>"), "no rule fits");
    model_store(m);
    model_outages(m, incident);
    model_impact(m);
    m->report = (Report){m->config, m->quality, m->store, &m->outages, &m->impact, m->outages.to, NULL};
    return m;
}

static inline void model_free(Model *m) {
    Outages *o = &m->outages;
    for (unsigned i = 0; i < o->series->len; i++) {
        g_array_unref(g_array_index(o->series, SeriesVerdict, i).band);
        g_array_unref(g_array_index(o->series, SeriesVerdict, i).blips);
    }
    g_array_unref(g_array_index(o->services, ServiceVerdict, 0).band);
    g_array_unref(g_array_index(o->services, ServiceVerdict, 0).blips);
    for (unsigned i = 0; i < o->incidents->len; i++) {
        Incident *in = &g_array_index(o->incidents, Incident, i);
        GArray *lists[] = {in->windows, in->attached, in->notices, in->services, in->vantages};
        for (unsigned k = 0; k < G_N_ELEMENTS(lists); k++) {
            g_array_unref(lists[k]);
        }
    }
    GArray *all[] = {o->windows,
                     o->series,
                     o->services,
                     o->agreement,
                     o->episodes,
                     o->surges,
                     o->curves,
                     o->planned,
                     o->incidents,
                     m->impact.availability,
                     m->impact.objectives,
                     m->impact.losses,
                     m->impact.responses,
                     m->impact.sightings,
                     m->impact.summaries};
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        g_array_unref(all[i]);
    }
    ds_store_free(m->store);
    ds_quality_free(m->quality);
    ds_config_free(m->config);
    g_free(m);
}

#endif
