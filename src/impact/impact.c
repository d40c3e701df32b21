/* SPDX-License-Identifier: MIT
 * The stage as a whole: each part appends to its lists. Objectives read the availability of services, so that comes
 * first; nothing else depends on order. */
#include "impact/room.h"

Impact *ds_impact_measure(const Outages *outages, const Store *store, const Config *config) {
    Impact *impact = g_new0(Impact, 1);
    impact->availability = g_array_new(FALSE, FALSE, sizeof(Availability));
    impact->objectives = g_array_new(FALSE, FALSE, sizeof(ObjectiveResult));
    impact->spends = g_array_new(FALSE, FALSE, sizeof(BudgetSpend));
    impact->clocks = g_array_new(FALSE, FALSE, sizeof(ClockCheck));
    impact->losses = g_array_new(FALSE, FALSE, sizeof(Loss));
    impact->responses = g_array_new(FALSE, FALSE, sizeof(Response));
    impact->sightings = g_array_new(FALSE, FALSE, sizeof(Sighting));
    impact->summaries = g_array_new(FALSE, FALSE, sizeof(ResponseSummary));
    availability_measure(impact, outages, store, config);
    objectives_measure(impact, outages, store, config);
    losses_measure(impact, outages, store, config);
    responses_measure(impact, outages, store, config);
    clocks_measure(impact, outages);
    return impact;
}

void ds_impact_free(Impact *impact) {
    if (!impact) {
        return;
    }
    g_array_unref(impact->availability);
    g_array_unref(impact->objectives);
    g_array_unref(impact->spends);
    g_array_unref(impact->clocks);
    g_array_unref(impact->losses);
    g_array_unref(impact->responses);
    g_array_unref(impact->sightings);
    g_array_unref(impact->summaries);
    g_free(impact);
}
