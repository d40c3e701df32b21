/* SPDX-License-Identifier: MIT
 * Response times of each incident, and who saw it first. Every time has its line, its uncertainty (half the width of
 * the interval it is known to lie in) and its definition beside it; over several incidents there is a count, a median
 * and a 90th percentile by nearest rank, never a bare mean. The word of the operator comes from notices: those attached
 * to the incident, and later ones (a "resolved" is written when all is over) up to a week after it or the next
 * incident of one of its services. A notice about another watched service says nothing here. */
#include "impact/room.h"

#define LATE (7 * MILLIS_DAY)

static const char *const DEFINITIONS[RESPONSE_COUNT] = {
    [RESPONSE_IMPACT_START] = "Earliest start of its windows: the first failure seen",
    [RESPONSE_DETECTED] = "When the first failure of a confirmed outage was known (the check had its answer, the bin "
                          "was over); a monitor that waits for confirmation tells it later",
    [RESPONSE_ACKNOWLEDGED] = "First notice that says acknowledged, investigating or identified",
    [RESPONSE_FIRST_NOTICE] = "First notice of any kind",
    [RESPONSE_MITIGATED] = "First recovery after the peak; where none was seen, the first notice that says monitoring "
                           "or mitigated",
    [RESPONSE_RESTORED] = "End of its last window: all that was down is up again",
    [RESPONSE_RESOLVED] = "First notice that says resolved, completed or postmortem",
};

/* One incident while it is measured. */
typedef struct {
    const Outages *outages;
    const Store *store;
    const Incident *incident;
    unsigned index;
    GArray *windows; /* const Window *: its own, then those attached, without blips and faults */
    GArray *notices; /* const Announcement *, by time */
} Inquiry;

static const Window *window_at(const Inquiry *q, guint i) {
    return g_array_index(q->windows, const Window *, i);
}

static bool sampled(const Window *w) {
    return w->signal == SIGNAL_PROBE || w->signal == SIGNAL_TRANSITION || w->signal == SIGNAL_REQUEST;
}

static bool concerns(const Incident *in, Name service) {
    for (guint i = 0; i < in->services->len; i++) {
        if (g_array_index(in->services, Name, i) == service) {
            return true;
        }
    }
    return false;
}

/* Its own windows, and what is attached and about its services: trouble elsewhere is no sight of this incident. */
static GArray *windows_of(const Outages *o, const Incident *in) {
    GArray *out = g_array_new(FALSE, FALSE, sizeof(const Window *));
    const GArray *lists[] = {in->windows, in->attached};
    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++) {
        for (guint i = 0; i < lists[l]->len; i++) {
            const Window *w = &g_array_index(o->windows, Window, g_array_index(lists[l], guint, i));
            if (!(w->flags & (FLAG_BLIP | FLAG_VANTAGE_FAULT)) && concerns(in, w->service)) {
                g_array_append_val(out, w);
            }
        }
    }
    return out;
}

/* ---- notices ---- */

/* About another service that is watched, and not among the incident's. */
static bool of_another(const Outages *o, const Incident *in, Name service) {
    if (service == NAME_NONE || concerns(in, service)) {
        return false;
    }
    for (guint i = 0; i < o->services->len; i++) {
        if (g_array_index(o->services, ServiceVerdict, i).service == service) {
            return true;
        }
    }
    return false;
}

/* Until when a later notice may still be about this incident. */
static Instant notices_end(const Inquiry *q, Millis before) {
    const Incident *in = q->incident;
    Instant end = in->end + LATE;
    for (guint i = 0; i < q->outages->incidents->len; i++) {
        const Incident *other = &g_array_index(q->outages->incidents, Incident, i);
        if (other->start < in->end || other == in) {
            continue;
        }
        for (guint k = 0; k < other->services->len; k++) {
            if (concerns(in, g_array_index(other->services, Name, k))) {
                end = MIN(end, MAX(other->start - before, in->end));
            }
        }
    }
    return end;
}

static GArray *notices_of(const Inquiry *q, Millis before) {
    GArray *out = g_array_new(FALSE, FALSE, sizeof(const Announcement *));
    size_t count;
    const Announcement *all = ds_store_notices(q->store, &count);
    Instant from = q->incident->start - before, end = notices_end(q, before);
    for (size_t i = 0; i < count; i++) {
        bool inside = all[i].time > from && all[i].time < end;
        if (inside && !of_another(q->outages, q->incident, all[i].service)) {
            const Announcement *a = &all[i];
            g_array_append_val(out, a);
        }
    }
    return out;
}

/* The first notice with one of the phases (NULL: any), at or after `from`; NULL: none. */
static const Announcement *notice_of(const Inquiry *q, const char *const *phases, Instant from) {
    for (guint i = 0; i < q->notices->len; i++) {
        const Announcement *a = g_array_index(q->notices, const Announcement *, i);
        if (a->time < from) {
            continue;
        }
        if (!phases) {
            return a;
        }
        for (size_t p = 0; phases[p]; p++) {
            if (a->phase && g_ascii_strcasecmp(a->phase, phases[p]) == 0) {
                return a;
            }
        }
    }
    return NULL;
}

/* ---- the times ---- */

static Millis half(Instant low, Instant high) {
    return high > low ? (high - low) / 2 : MILLIS_NONE;
}

static Millis start_uncertainty(const Window *w) {
    const unsigned unbounded = FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED | FLAG_CLIPPED;
    return w->min == MILLIS_NONE || (w->flags & unbounded) ? MILLIS_NONE : half(w->start_lo, w->start_hi);
}

static Millis end_uncertainty(const Window *w) {
    return w->min == MILLIS_NONE || (w->flags & (FLAG_END_UNOBSERVED | FLAG_CLIPPED)) ? MILLIS_NONE
                                                                                      : half(w->end_lo, w->end_hi);
}

/* What stands behind a window: its signal, or for a service's what its vantages told. */
static const char *source_of(const Inquiry *q, const Window *w) {
    if (w->signal != SIGNAL_SERVICE) {
        return ds_signal_name(w->signal);
    }
    for (guint i = 0; i < q->windows->len; i++) {
        const Window *other = window_at(q, i);
        if (sampled(other) && other->service == w->service && other->start <= w->start_hi) {
            return ds_signal_name(other->signal);
        }
    }
    return ds_signal_name(SIGNAL_PROBE);
}

static Response blank(const Inquiry *q, ResponseKind kind) {
    return (Response){.incident = q->index,
                      .kind = kind,
                      .time = INSTANT_NONE,
                      .since = MILLIS_NONE,
                      .uncertainty = MILLIS_NONE,
                      .definition = DEFINITIONS[kind],
                      .source = ""};
}

static Response from_notice(const Inquiry *q, ResponseKind kind, const char *const *phases, Instant from) {
    Response r = blank(q, kind);
    const Announcement *a = notice_of(q, phases, from);
    if (a) {
        r.time = a->time;
        r.uncertainty = 0;
        r.origin = a->origin;
        r.source = ds_signal_name(SIGNAL_NOTICE);
    }
    return r;
}

static Response impact_start(const Inquiry *q) {
    Response r = blank(q, RESPONSE_IMPACT_START);
    r.time = q->incident->start;
    for (guint i = 0; i < q->windows->len; i++) { /* its own come first */
        const Window *w = window_at(q, i);
        if (w->start == r.time) {
            r.uncertainty = start_uncertainty(w);
            r.origin = w->proof[PROOF_FIRST_DOWN];
            r.source = source_of(q, w);
            break;
        }
    }
    return r;
}

static Response detected(const Inquiry *q) {
    Response r = blank(q, RESPONSE_DETECTED);
    bool by_monitor = false;
    for (guint i = 0; i < q->windows->len; i++) {
        by_monitor = by_monitor || sampled(window_at(q, i));
    }
    for (guint i = 0; i < q->windows->len; i++) {
        const Window *w = window_at(q, i);
        if (by_monitor && (!sampled(w) || !concerns(q->incident, w->service))) {
            continue;
        }
        Instant known = MAX(w->start_hi, w->start);
        if (r.time == INSTANT_NONE || known < r.time) {
            r.time = known;
            r.uncertainty = 0;
            r.origin = w->proof[PROOF_FIRST_DOWN];
            r.source = source_of(q, w);
        }
    }
    return r;
}

/* A recovery that was measured: the windows tell its line and its bounds. */
static Response recovered(const Inquiry *q, ResponseKind kind, Instant time) {
    Response r = blank(q, kind);
    if (time == INSTANT_NONE) {
        return r;
    }
    r.time = time;
    for (guint i = 0; i < q->windows->len; i++) {
        const Window *w = window_at(q, i);
        if (w->end == time) {
            r.uncertainty = end_uncertainty(w);
            r.origin = w->proof[PROOF_FIRST_UP];
            r.source = source_of(q, w);
            break;
        }
    }
    return r;
}

static void add_responses(const Inquiry *q, GArray *out) {
    static const char *const acknowledged[] = {"acknowledged", "investigating", "identified", NULL};
    static const char *const mitigated[] = {"monitoring", "mitigated", NULL};
    static const char *const resolved[] = {"resolved", "completed", "postmortem", NULL};
    const Incident *in = q->incident;
    Response all[RESPONSE_COUNT];
    all[RESPONSE_IMPACT_START] = impact_start(q);
    all[RESPONSE_DETECTED] = detected(q);
    all[RESPONSE_ACKNOWLEDGED] = from_notice(q, RESPONSE_ACKNOWLEDGED, acknowledged, INSTANT_NONE);
    all[RESPONSE_FIRST_NOTICE] = from_notice(q, RESPONSE_FIRST_NOTICE, NULL, INSTANT_NONE);
    all[RESPONSE_MITIGATED] = in->first_recovery == INSTANT_NONE
                                  ? from_notice(q, RESPONSE_MITIGATED, mitigated, in->start)
                                  : recovered(q, RESPONSE_MITIGATED, in->first_recovery);
    all[RESPONSE_RESTORED] = recovered(q, RESPONSE_RESTORED, in->restored);
    all[RESPONSE_RESOLVED] = from_notice(q, RESPONSE_RESOLVED, resolved, in->start);
    for (unsigned kind = 0; kind < RESPONSE_COUNT; kind++) {
        if (all[kind].time != INSTANT_NONE) {
            all[kind].since = all[kind].time - in->start;
        }
    }
    g_array_append_vals(out, all, RESPONSE_COUNT);
}

/* ---- who saw it first ---- */

static int by_first(gconstpointer a, gconstpointer b) {
    const Sighting *x = a, *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return (int)x->signal - (int)y->signal;
}

static void add_sightings(const Inquiry *q, GArray *out) {
    static const Signal kinds[] = {SIGNAL_PROBE, SIGNAL_TRANSITION, SIGNAL_REQUEST, SIGNAL_REPORT};
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(Sighting));
    const Announcement *word = notice_of(q, NULL, INSTANT_NONE);
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        const Window *first = NULL;
        for (guint i = 0; i < q->windows->len; i++) {
            const Window *w = window_at(q, i);
            if (w->signal == kinds[k] && (!first || w->start < first->start)) {
                first = w;
            }
        }
        if (first) {
            Sighting s = {.incident = q->index,
                          .signal = kinds[k],
                          .first = first->start,
                          .lead = word ? word->time - first->start : MILLIS_NONE,
                          .origin = first->proof[PROOF_FIRST_DOWN]};
            g_array_append_val(seen, s);
        }
    }
    if (word) {
        Sighting s = {
            .incident = q->index, .signal = SIGNAL_NOTICE, .first = word->time, .lead = 0, .origin = word->origin};
        g_array_append_val(seen, s);
    }
    g_array_sort(seen, by_first);
    g_array_append_vals(out, seen->data, seen->len);
}

/* ---- over all incidents ---- */

static int by_length(gconstpointer a, gconstpointer b) {
    Millis x = *(const Millis *)a, y = *(const Millis *)b;
    return (x > y) - (x < y);
}

Millis nearest_rank(const Millis *values, size_t n, double share) {
    size_t rank = 1;
    while (rank < n && (double)rank < share * (double)n) {
        rank++;
    }
    return values[rank - 1];
}

static void add_summaries(Impact *impact) {
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(Millis));
    for (unsigned kind = RESPONSE_DETECTED; kind < RESPONSE_COUNT; kind++) {
        g_array_set_size(values, 0);
        for (guint i = 0; i < impact->responses->len; i++) {
            const Response *r = &g_array_index(impact->responses, Response, i);
            if (r->kind == kind && r->since != MILLIS_NONE) {
                g_array_append_val(values, r->since);
            }
        }
        g_array_sort(values, by_length);
        const Millis *sorted = (const Millis *)(const void *)values->data;
        ResponseSummary s = {(ResponseKind)kind, values->len, MILLIS_NONE, MILLIS_NONE};
        if (values->len) {
            s.median = nearest_rank(sorted, values->len, 0.5);
            s.p90 = nearest_rank(sorted, values->len, 0.9);
        }
        g_array_append_val(impact->summaries, s);
    }
}

void responses_measure(Impact *impact, const Outages *o, const Store *store, const Config *config) {
    for (guint i = 0; i < o->incidents->len; i++) {
        Inquiry q = {.outages = o, .store = store, .incident = &g_array_index(o->incidents, Incident, i), .index = i};
        q.windows = windows_of(o, q.incident);
        q.notices = notices_of(&q, config->detection.attach_before);
        add_responses(&q, impact->responses);
        add_sightings(&q, impact->sightings);
        g_array_unref(q.windows);
        g_array_unref(q.notices);
    }
    add_summaries(impact);
}
