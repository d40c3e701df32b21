/* SPDX-License-Identifier: MIT
 * An incident in figures. Its worst windows (down before partly down before degraded) carry the headline: first start,
 * last end and their bounds; sums stand a service. Failures are summed over the windows of series attached to it, so
 * that each counts once though several windows of a service may rest on it. */
#include "report/facts.h"

#include "report/words.h"

#include <math.h>

static const Window *window_at(const Report *report, const GArray *indices, unsigned i) {
    return &g_array_index(report->outages->windows, Window, g_array_index(indices, guint, i));
}

static bool ongoing(const Window *w) {
    return w->end == INSTANT_NONE;
}

/* Adds a length that may be missing; one missing part makes the sum missing. */
static Millis add(Millis sum, Millis part) {
    return sum == MILLIS_NONE || part == MILLIS_NONE ? MILLIS_NONE : sum + part;
}

static ServiceFacts *service_facts(GArray *services, Name service) {
    for (unsigned i = 0; i < services->len; i++) {
        ServiceFacts *s = &g_array_index(services, ServiceFacts, i);
        if (s->service == service) {
            return s;
        }
    }
    ServiceFacts fresh = {.service = service, .start = INSTANT_NONE, .end = INSTANT_NONE};
    g_array_append_val(services, fresh);
    return &g_array_index(services, ServiceFacts, services->len - 1);
}

/* Adds a window of the service's worst state to its sums. */
static void add_worst(ServiceFacts *s, const Window *w) {
    bool first = s->count++ == 0;
    s->start = first || w->start < s->start ? w->start : s->start;
    if (first) {
        s->end = w->end;
        s->sigma = 0;
    } else if (!(s->flags & FLAG_ONGOING) && s->end != INSTANT_NONE) {
        s->end = ongoing(w) ? INSTANT_NONE : MAX(s->end, w->end);
    }
    s->worst_time += w->observed;
    s->min = add(s->min, w->min);
    s->max = add(s->max, w->max);
    s->likely = add(s->likely, w->likely);
    if (s->sigma != MILLIS_NONE && w->sigma != MILLIS_NONE) {
        s->sigma = (Millis)llround(hypot((double)s->sigma, (double)w->sigma));
    } else {
        s->sigma = MILLIS_NONE;
    }
    s->flags |= w->flags;
}

static void sum_services(const Report *report, IncidentFacts *facts) {
    const GArray *own = facts->incident->windows;
    for (unsigned i = 0; i < own->len; i++) {
        const Window *w = window_at(report, own, i);
        ServiceFacts *s = service_facts(facts->services, w->service);
        s->worst = MAX(s->worst, w->state);
        facts->worst = MAX(facts->worst, w->state);
    }
    for (unsigned i = 0; i < own->len; i++) {
        const Window *w = window_at(report, own, i);
        ServiceFacts *s = service_facts(facts->services, w->service);
        s->failed += w->failed;
        if (w->state == s->worst) {
            add_worst(s, w);
        } else if (w->state == STATE_PARTIAL) {
            s->partial += w->observed;
        } else if (w->state == STATE_DEGRADED) {
            s->degraded += w->observed;
        }
    }
}

/* Edges of the whole: the first of the worst windows to begin and the last of them to end. */
static void find_edges(const Report *report, IncidentFacts *facts) {
    const GArray *own = facts->incident->windows;
    const Window *first = NULL, *last = NULL;
    for (unsigned i = 0; i < own->len; i++) {
        const Window *w = window_at(report, own, i);
        if (w->state != facts->worst) {
            continue;
        }
        facts->flags |= w->flags;
        first = !first || w->start < first->start ? w : first;
        last = !last || (!ongoing(last) && (ongoing(w) || w->end > last->end)) ? w : last;
    }
    if (!first) {
        return;
    }
    facts->start = first->start;
    facts->end = last->end;
    facts->length = (ongoing(last) ? report->outages->to : last->end) - first->start;
    if (first->min == MILLIS_NONE || last->min == MILLIS_NONE) {
        return;
    }
    facts->start_lo = first->start_lo;
    facts->start_hi = first->start_hi;
    facts->end_lo = last->end_lo;
    facts->end_hi = last->end_hi;
    facts->min = MAX(0, last->end_lo - first->start_hi);
    facts->max = last->end_hi - first->start_lo;
    if (first == last) { /* unknown time within is left out of its smallest length */
        facts->min = first->min;
        facts->max = first->max;
    }
}

static bool has_name(const GArray *names, Name name) {
    for (unsigned i = 0; i < names->len; i++) {
        if (g_array_index(names, Name, i) == name) {
            return true;
        }
    }
    return false;
}

/* Does a series of this signal watch the service, as far as this kind of incident goes? */
static bool watches(const Report *report, const IncidentFacts *facts, SeriesInfo info) {
    if (facts->incident->kind == INCIDENT_REPORTED || info.signal == SIGNAL_REPORT) {
        return facts->incident->kind == INCIDENT_REPORTED && info.signal == SIGNAL_REPORT;
    }
    if (info.signal != SIGNAL_REQUEST) {
        return true;
    }
    for (unsigned i = 0; i < report->outages->services->len; i++) {
        const ServiceVerdict *v = &g_array_index(report->outages->services, ServiceVerdict, i);
        if (v->service == info.service) {
            return v->basis == SIGNAL_REQUEST;
        }
    }
    return false;
}

static void count_vantages(const Report *report, IncidentFacts *facts) {
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(Name));
    size_t count = ds_store_series(report->store);
    for (size_t i = 0; i < count; i++) {
        SeriesInfo info = ds_series_info(report->store, i);
        bool of_kind = watches(report, facts, info);
        if (of_kind && has_name(facts->incident->services, info.service) && !has_name(known, info.vantage)) {
            g_array_append_val(known, info.vantage);
        }
    }
    facts->vantages_seen = facts->incident->vantages->len;
    facts->vantages_known = MAX(known->len, facts->vantages_seen);
}

static void sum_reasons(const Report *report, IncidentFacts *facts, const GArray *indices, bool series_only) {
    for (unsigned i = 0; i < indices->len; i++) {
        const Window *w = window_at(report, indices, i);
        bool checked = w->signal == SIGNAL_PROBE || w->signal == SIGNAL_TRANSITION || w->signal == SIGNAL_REQUEST;
        if (series_only && (!checked || w->failures)) { /* the same failures, seen once more */
            continue;
        }
        facts->failed += w->failed;
        for (unsigned r = 0; r < REASON_COUNT; r++) {
            facts->reasons[r] += w->reasons[r];
        }
    }
}

IncidentFacts *facts_of(const Report *report, const Incident *incident) {
    IncidentFacts *facts = g_new0(IncidentFacts, 1);
    facts->incident = incident;
    facts->services = g_array_new(FALSE, FALSE, sizeof(ServiceFacts));
    facts->start = incident->start;
    facts->end = incident->ongoing ? INSTANT_NONE : incident->end;
    facts->length = incident->end - incident->start;
    facts->start_lo = facts->start_hi = facts->end_lo = facts->end_hi = INSTANT_NONE;
    facts->min = facts->max = MILLIS_NONE;
    sum_services(report, facts);
    find_edges(report, facts);
    count_vantages(report, facts);
    sum_reasons(report, facts, incident->attached, true);
    if (facts->failed == 0) {
        sum_reasons(report, facts, incident->windows, false);
    }
    return facts;
}

void facts_free(IncidentFacts *facts) {
    if (facts) {
        g_array_unref(facts->services);
        g_free(facts);
    }
}

const Agreement *facts_agreement(const Report *report, unsigned window, unsigned *count) {
    const GArray *rows = report->outages->agreement; /* sorted by window */
    unsigned low = 0, high = rows->len;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (g_array_index(rows, Agreement, middle).window < window) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    unsigned end = low;
    while (end < rows->len && g_array_index(rows, Agreement, end).window == window) {
        end++;
    }
    *count = end - low;
    return *count ? &g_array_index(rows, Agreement, low) : NULL;
}

char *facts_headline(const Report *report, const IncidentFacts *facts) {
    const GArray *names = facts->incident->services;
    g_autofree char *services = words_names(report, names, 4);
    bool many = names->len != 1;
    if (facts->incident->kind == INCIDENT_REPORTED) {
        return g_strdup_printf("Users reported trouble with %s", services);
    }
    const char *verb = facts->end == INSTANT_NONE ? (many ? "are" : "is") : many ? "were" : "was";
    return g_strdup_printf("%s %s %s", services, verb, terms_state(facts->worst));
}

char *facts_length(const IncidentFacts *facts) {
    return words_observed(facts->length, facts->flags);
}
