/* SPDX-License-Identifier: MIT
 * Which incident spent how much of a budget: the part of D that lies within the incident's time. Incidents of service
 * windows do not overlap, so no millisecond is counted for two of them; what lies in none of them (windows within the
 * time that counts, but outside incidents) is the rest. */
#include "impact/room.h"

#include <math.h>

static bool concerns(const Incident *in, Name service) {
    for (guint i = 0; i < in->services->len; i++) {
        if (g_array_index(in->services, Name, i) == service) {
            return true;
        }
    }
    return false;
}

static double spent_within(const GArray *band, const GArray *rest, Instant from, Instant to, const Config *config) {
    double spent = 0;
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        double weight = state_weight(s->state, config);
        Instant start = MAX(s->start, from), end = MIN(s->end, to);
        if (weight > 0 && start < end) {
            spent += weight * (double)spans_within(rest, start, end);
        }
    }
    return spent;
}

void budget_spends(Impact *impact, unsigned objective, const GArray *band, const GArray *rest, const Outages *o,
                   const Config *config) {
    const ObjectiveResult *result = &g_array_index(impact->objectives, ObjectiveResult, objective);
    double all = spent_within(band, rest, o->from, o->to, config);
    for (guint i = 0; i < o->incidents->len; i++) {
        const Incident *in = &g_array_index(o->incidents, Incident, i);
        if (in->kind != INCIDENT_OUTAGE || !concerns(in, result->service)) {
            continue;
        }
        double spent = spent_within(band, rest, in->start, in->end, config);
        if (spent > 0) {
            BudgetSpend row = {.objective = objective,
                               .incident = i,
                               .spent = (Millis)llround(spent),
                               .share = spent / all,
                               .of_budget = result->budget > 0 ? spent / (double)result->budget : (double)INFINITY};
            g_array_append_val(impact->spends, row);
        }
    }
}
