/* SPDX-License-Identifier: MIT
 * What it meant: availability, objectives, people and money, response times, who saw it first; and what was read. */
#include "report/document.h"
#include "report/tree.h"

static json_t *availability(const Report *report, const Availability *a) {
    json_t *row = json_object();
    json_object_set_new(row, "service", tree_name(report, a->service));
    json_object_set_new(row, "vantage", tree_name(report, a->vantage));
    json_object_set_new(row, "check", tree_name(report, a->check));
    json_object_set_new(row, "signal", json_string(ds_signal_name(a->signal)));
    json_object_set_new(row, "period_ms", tree_millis(a->period));
    json_object_set_new(row, "up_ms", tree_millis(a->up));
    json_object_set_new(row, "partial_ms", tree_millis(a->partial));
    json_object_set_new(row, "degraded_ms", tree_millis(a->degraded));
    json_object_set_new(row, "down_ms", tree_millis(a->down));
    json_object_set_new(row, "maintenance_ms", tree_millis(a->maintenance));
    json_object_set_new(row, "unknown_ms", tree_millis(a->unknown));
    json_object_set_new(row, "blip_ms", tree_millis(a->blip));
    json_object_set_new(row, "known", tree_real(a->known));
    json_object_set_new(row, "total", tree_real(a->total));
    json_object_set_new(row, "low", tree_real(a->low));
    json_object_set_new(row, "high", tree_real(a->high));
    json_object_set_new(row, "coverage", tree_real(a->coverage));
    json_object_set_new(row, "outages", json_integer(a->outages));
    json_object_set_new(row, "longest_ms", tree_millis(a->longest));
    return row;
}

static unsigned incident_id(const Report *report, unsigned index) {
    return g_array_index(report->outages->incidents, Incident, index).id;
}

/* When burn-rate alerts would have fired. */
static json_t *alerts(const ObjectiveResult *o) {
    json_t *list = json_array();
    for (unsigned i = 0; i < BURN_ALERTS; i++) {
        const BurnAlert *a = &o->alerts[i];
        if (a->long_window > 0) {
            json_t *row = json_object();
            json_object_set_new(row, "factor", tree_real(a->factor));
            json_object_set_new(row, "long_ms", tree_millis(a->long_window));
            json_object_set_new(row, "short_ms", tree_millis(a->short_window));
            json_object_set_new(row, "fired_at", tree_instant(a->fired));
            json_array_append_new(list, row);
        }
    }
    return list;
}

/* What each incident spent of the budget. */
static json_t *spends(const Report *report, unsigned objective) {
    json_t *list = json_array();
    const GArray *all = report->impact->spends;
    for (unsigned i = 0; all && i < all->len; i++) {
        const BudgetSpend *s = &g_array_index(all, BudgetSpend, i);
        if (s->objective == objective) {
            json_t *row = json_object();
            json_object_set_new(row, "incident", json_integer(incident_id(report, s->incident)));
            json_object_set_new(row, "spent_ms", tree_millis(s->spent));
            json_object_set_new(row, "share", tree_real(s->share));
            json_object_set_new(row, "of_budget", tree_real(s->of_budget));
            json_array_append_new(list, row);
        }
    }
    return list;
}

static json_t *objective(const Report *report, const ObjectiveResult *o) {
    json_t *row = json_object();
    json_object_set_new(row, "name", tree_text(o->name ? o->name : ""));
    json_object_set_new(row, "service", tree_name(report, o->service));
    json_object_set_new(row, "target", tree_real(o->target));
    json_object_set_new(row, "achieved", tree_real(o->achieved));
    json_object_set_new(row, "window_ms", tree_millis(o->window));
    json_object_set_new(row, "budget_ms", tree_millis(o->budget));
    json_object_set_new(row, "spent_ms", tree_millis(o->spent));
    json_object_set_new(row, "spent_share", tree_real(o->spent_share));
    json_object_set_new(row, "burn_rate", tree_real(o->burn_rate));
    json_object_set_new(row, "exhausted", tree_instant(o->exhausted));
    tree_put_bool(row, "met", o->met);
    json_object_set_new(row, "alerts", alerts(o));
    unsigned index = (unsigned)(o - (const ObjectiveResult *)(const void *)report->impact->objectives->data);
    json_object_set_new(row, "by_incident", spends(report, index));
    return row;
}

static json_t *loss(const Report *report, const Loss *l) {
    json_t *row = json_object();
    json_object_set_new(row, "service", tree_name(report, l->service));
    json_object_set_new(row, "vantage", tree_name(report, l->vantage));
    json_object_set_new(row, "down_ms", tree_millis(l->down));
    json_object_set_new(row, "peak_ms", tree_millis(l->peak));
    json_object_set_new(row, "business_ms", tree_millis(l->business));
    json_object_set_new(row, "users", tree_real(l->users));
    json_object_set_new(row, "user_minutes", tree_real(l->user_minutes));
    json_object_set_new(row, "cost", tree_real(l->cost));
    json_object_set_new(row, "cost_low", tree_real(l->cost_low));
    json_object_set_new(row, "cost_high", tree_real(l->cost_high));
    json_object_set_new(row, "observed_ms", tree_millis(l->observed));
    json_object_set_new(row, "min_ms", tree_millis(l->min));
    json_object_set_new(row, "max_ms", tree_millis(l->max));
    json_t *hours = json_array(); /* of the vantage's local day */
    for (unsigned i = 0; i < G_N_ELEMENTS(l->by_hour); i++) {
        json_array_append_new(hours, tree_millis(l->by_hour[i]));
    }
    json_object_set_new(row, "by_hour_ms", hours);
    json_object_set_new(row, "cost_per_minute", tree_real(l->cost_per_minute));
    json_object_set_new(row, "cost_per_user_minute", tree_real(l->cost_per_user_minute));
    return row;
}

static const char *response_name(ResponseKind kind) {
    static const char *const names[RESPONSE_COUNT] = {"impact-start", "detected", "acknowledged", "first-notice",
                                                      "mitigated",    "restored", "resolved"};
    return names[kind];
}

static json_t *response(const Report *report, const Response *r) {
    json_t *row = json_object();
    json_object_set_new(row, "incident", json_integer(incident_id(report, r->incident)));
    json_object_set_new(row, "kind", json_string(response_name(r->kind)));
    json_object_set_new(row, "time", tree_instant(r->time));
    json_object_set_new(row, "since_ms", tree_millis(r->since));
    json_object_set_new(row, "uncertainty_ms", tree_millis(r->uncertainty));
    json_object_set_new(row, "source", tree_text(r->source ? r->source : ""));
    json_object_set_new(row, "definition", tree_text(r->definition ? r->definition : ""));
    json_object_set_new(row, "evidence", tree_origins(report, &r->origin, 1));
    return row;
}

static json_t *sighting(const Report *report, const Sighting *s) {
    json_t *row = json_object();
    json_object_set_new(row, "incident", json_integer(incident_id(report, s->incident)));
    json_object_set_new(row, "signal", json_string(ds_signal_name(s->signal)));
    json_object_set_new(row, "first", tree_instant(s->first));
    json_object_set_new(row, "lead_ms", tree_millis(s->lead));
    json_object_set_new(row, "evidence", tree_origins(report, &s->origin, 1));
    return row;
}

static json_t *summary(const ResponseSummary *s) {
    json_t *row = json_object();
    json_object_set_new(row, "kind", json_string(response_name(s->kind)));
    json_object_set_new(row, "count", json_integer(s->count));
    json_object_set_new(row, "median_ms", tree_millis(s->median));
    json_object_set_new(row, "p90_ms", tree_millis(s->p90));
    return row;
}

/* The list of what `row` makes of each element. */
#define LIST_OF(array, Type, row)                                                                                      \
    json_t *list = json_array();                                                                                       \
    for (unsigned i = 0; i < (array)->len; i++) {                                                                      \
        const Type *item = &g_array_index(array, Type, i);                                                             \
        json_array_append_new(list, row);                                                                              \
    }                                                                                                                  \
    return list

static json_t *availabilities(const Report *report) {
    LIST_OF(report->impact->availability, Availability, availability(report, item));
}

static json_t *objectives(const Report *report) {
    LIST_OF(report->impact->objectives, ObjectiveResult, objective(report, item));
}

static json_t *losses(const Report *report) {
    LIST_OF(report->impact->losses, Loss, loss(report, item));
}

static json_t *responses(const Report *report) {
    LIST_OF(report->impact->responses, Response, response(report, item));
}

static json_t *sightings(const Report *report) {
    LIST_OF(report->impact->sightings, Sighting, sighting(report, item));
}

static json_t *summaries(const Report *report) {
    LIST_OF(report->impact->summaries, ResponseSummary, summary(item));
}

void document_impact(const Report *report, json_t *root) {
    json_object_set_new(root, "availability", availabilities(report));
    json_object_set_new(root, "objectives", objectives(report));
    json_t *impact = json_object();
    json_object_set_new(impact, "services", losses(report));
    json_object_set_new(impact, "currency", tree_text(report->config->currency ? report->config->currency : ""));
    json_object_set_new(impact, "mean_known", tree_real(report->impact->mean_known));
    json_object_set_new(impact, "mean_weighting", json_string("known time"));
    json_object_set_new(root, "impact", impact);
    json_object_set_new(root, "responses", responses(report));
    json_object_set_new(root, "response_summaries", summaries(report));
    json_object_set_new(root, "sightings", sightings(report));
}
