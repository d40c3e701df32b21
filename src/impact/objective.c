/* SPDX-License-Identifier: MIT
 * Objectives: the error budget is (1 - target) of the objective's window (the period in service hours where none is
 * told); spent is D, all of it in the period. The burn rate compares the share of bad time with the share allowed: at 1
 * the budget lasts exactly its window. Exhausted: the instant at which the sum of D reached the budget; where it has
 * not, the instant at which it will if things go on as in the period, service hours thinned out as there. */
#include "impact/room.h"

#include <math.h>

#define FAR_FUTURE INT64_C(253402300800000) /* the year 10000: no budget is told to last that long */

static const Availability *row_of(const Impact *impact, Name service) {
    for (guint i = 0; i < impact->availability->len; i++) {
        const Availability *row = &g_array_index(impact->availability, Availability, i);
        if (row->signal == SIGNAL_SERVICE && row->service == service) {
            return row;
        }
    }
    return NULL;
}

static const GArray *band_of(const Outages *o, Name service) {
    for (guint i = 0; i < o->services->len; i++) {
        const ServiceVerdict *v = &g_array_index(o->services, ServiceVerdict, i);
        if (v->service == service) {
            return v->band;
        }
    }
    return NULL;
}

double state_weight(State state, const Config *config) {
    switch (state) {
    case STATE_DOWN:
        return 1;
    case STATE_DEGRADED:
        return config->detection.degraded_weight;
    case STATE_PARTIAL:
        return config->detection.partial_weight;
    default:
        return 0;
    }
}

/* The instant at which D reached the budget within the period. */
static Instant reached(const Outages *o, const GArray *band, const GArray *rest, double budget, const Config *config) {
    double spent = 0;
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        double weight = state_weight(s->state, config);
        if (weight <= 0) {
            continue;
        }
        for (guint k = 0; k < rest->len; k++) {
            const Segment *r = &g_array_index(rest, Segment, k);
            Instant start = MAX(s->start, r->start), end = MIN(s->end, r->end);
            if (start >= end) {
                continue;
            }
            if (spent + weight * (double)(end - start) >= budget) {
                return start + (Instant)ceil((budget - spent) / weight);
            }
            spent += weight * (double)(end - start);
        }
    }
    return o->to;
}

static Instant exhausted(const ObjectiveResult *r, const Availability *row, double spent, double bad_share,
                         const GArray *rest, const Outages *o, const Config *config) {
    if (spent <= 0) {
        return INSTANT_NONE;
    }
    if (spent >= (double)r->budget) {
        return reached(o, band_of(o, r->service), rest, (double)r->budget, config);
    }
    double hours = (double)row->period / (double)(o->to - o->from);
    double ahead = ((double)r->budget - spent) / (bad_share * hours);
    return ahead < (double)(FAR_FUTURE - o->to) ? o->to + (Instant)ceil(ahead) : INSTANT_NONE;
}

static void measure(Impact *impact, ObjectiveResult r, const Outages *o, const Store *store, const Config *config) {
    const Availability *row = r.service == NAME_NONE ? NULL : row_of(impact, r.service);
    r.achieved = r.burn_rate = r.spent_share = NAN;
    r.exhausted = INSTANT_NONE;
    if (!row) { /* an objective of a service that no log knows is not met */
        r.budget = (Millis)llround((1 - r.target) * (double)r.window);
        burn_alerts(&r, NULL, NULL, o, config);
        g_array_append_val(impact->objectives, r);
        return;
    }
    g_auto(Counted) counted = counted_find(o, store, config, r.service, NAME_NONE);
    double spent = (double)row->down + weighed_down(row, config);
    double time = (double)(row->up + row->down + row->degraded + row->partial);
    r.achieved = row->known;
    r.window = r.window ? r.window : row->period;
    r.budget = (Millis)llround((1 - r.target) * (double)r.window);
    r.spent = (Millis)llround(spent);
    r.spent_share = r.budget > 0 ? spent / (double)r.budget : spent > 0 ? INFINITY : 0;
    if (time > 0) {
        double bad_share = spent / time;
        r.burn_rate = bad_share <= 0 ? 0 : r.target < 1 ? bad_share / (1 - r.target) : INFINITY;
        r.exhausted = exhausted(&r, row, spent, bad_share, counted.rest, o, config);
    }
    r.met = !isnan(r.achieved) && r.achieved >= r.target;
    burn_alerts(&r, band_of(o, r.service), counted.rest, o, config);
    g_array_append_val(impact->objectives, r);
    budget_spends(impact, impact->objectives->len - 1, band_of(o, r.service), counted.rest, o, config);
}

void objectives_measure(Impact *impact, const Outages *o, const Store *store, const Config *config) {
    for (guint i = 0; i < config->objectives->len; i++) {
        const Objective *told = g_ptr_array_index(config->objectives, i);
        ObjectiveResult r = {.name = told->name, .target = told->target, .window = told->window};
        if (told->service) {
            r.service = ds_store_find(store, told->service);
            measure(impact, r, o, store, config);
            continue;
        }
        for (guint k = 0; k < o->services->len; k++) {
            r.service = g_array_index(o->services, ServiceVerdict, k).service;
            measure(impact, r, o, store, config);
        }
    }
    for (guint i = 0; i < config->services->len; i++) {
        const ServiceConfig *s = g_ptr_array_index(config->services, i);
        if (s->objective > 0) {
            ObjectiveResult r = {.name = s->name, .target = s->objective, .service = ds_store_find(store, s->name)};
            measure(impact, r, o, store, config);
        }
    }
}
