/* SPDX-License-Identifier: MIT
 * Measures for people: the four ratios of availability side by side (never one alone), objectives, people and money,
 * response times over several incidents, flapping. */
#include "report/view.h"

#include "report/tree.h"

#include <math.h>

static char *length_or_dash(Millis length) {
    return length == 0 ? g_strdup("–") : words_length(length);
}

static json_t *availability_row(const Report *report, const Availability *a) {
    json_t *row = json_object();
    bool verdict = a->signal == SIGNAL_SERVICE;
    json_object_set_new(row, "service", tree_name(report, a->service));
    tree_put_text(row, "vantage", verdict ? NULL : words_vantage(ds_store_name(report->store, a->vantage)));
    tree_put_text(row, "check", ds_store_name(report->store, a->check));
    tree_put_text(row, "signal", ds_signal_name(a->signal));
    tree_put_bool(row, "verdict", verdict);
    tree_put(row, "up", length_or_dash(a->up));
    tree_put(row, "partial", length_or_dash(a->partial));
    tree_put(row, "degraded", length_or_dash(a->degraded));
    tree_put(row, "down", length_or_dash(a->down));
    tree_put(row, "maintenance", length_or_dash(a->maintenance));
    tree_put(row, "unknown", length_or_dash(a->unknown));
    tree_put(row, "blip", length_or_dash(a->blip));
    tree_put(row, "known", words_percent(a->known));
    tree_put(row, "total", words_percent(a->total));
    tree_put(row, "low", words_percent(a->low));
    tree_put(row, "high", words_percent(a->high));
    tree_put(row, "coverage", words_percent(a->coverage));
    tree_put_count(row, "outages", a->outages);
    tree_put(row, "longest", length_or_dash(a->longest));
    return row;
}

/* Each service followed by its series, though the list has all services first. */
static json_t *availability(const Report *report) {
    json_t *rows = json_array();
    const GArray *list = report->impact->availability;
    for (unsigned i = 0; i < list->len && json_array_size(rows) < VIEW_ROWS; i++) {
        const Availability *service = &g_array_index(list, Availability, i);
        if (service->signal != SIGNAL_SERVICE) {
            break;
        }
        json_array_append_new(rows, availability_row(report, service));
        for (unsigned k = i + 1; k < list->len && json_array_size(rows) < VIEW_ROWS; k++) {
            const Availability *series = &g_array_index(list, Availability, k);
            if (series->signal != SIGNAL_SERVICE && series->service == service->service) {
                json_array_append_new(rows, availability_row(report, series));
            }
        }
    }
    json_t *table = view_capped(rows, list->len, "report.json");
    if (json_is_object(table) && report->outages->services->len > 1 && !isnan(report->impact->mean_known)) {
        tree_put(table, "mean", words_percent(report->impact->mean_known));
    }
    return table;
}

/* {heads, rows}: when each burn-rate alert would have fired, an objective a row; null for none. */
static json_t *alerts(const Report *report) {
    json_t *rows = json_array(), *heads = json_array();
    const GArray *list = report->impact->objectives;
    for (unsigned i = 0; i < list->len && i < VIEW_ROWS; i++) {
        const ObjectiveResult *o = &g_array_index(list, ObjectiveResult, i);
        json_t *row = json_object(), *cells = json_array();
        for (unsigned k = 0; k < BURN_ALERTS && o->alerts[k].long_window > 0; k++) {
            const BurnAlert *a = &o->alerts[k];
            g_autofree char *long_text = words_duration(a->long_window), *short_text = words_duration(a->short_window);
            g_autofree char *factor = words_number(a->factor);
            g_autofree char *head = g_strdup_printf("%s times, over %s and %s", factor, long_text, short_text);
            g_autofree char *at = a->fired == INSTANT_NONE ? g_strdup("never") : words_instant(a->fired, NULL);
            json_array_append_new(cells, tree_text(at));
            if (i == 0) {
                json_array_append_new(heads, tree_text(head));
            }
        }
        tree_put_text(row, "name", o->name);
        json_object_set_new(row, "service", tree_name(report, o->service));
        json_object_set_new(row, "cells", cells);
        json_array_append_new(rows, row);
    }
    bool told = json_array_size(heads) > 0;
    json_t *table = view_capped(rows, told ? list->len : 0, "report.json");
    if (json_is_object(table)) {
        json_object_set(table, "heads", heads);
    }
    json_decref(heads);
    if (!told) {
        json_decref(table);
        return json_null();
    }
    return table;
}

static json_t *spends(const Report *report) {
    json_t *rows = json_array();
    const GArray *list = report->impact->spends;
    for (unsigned i = 0; list && i < list->len && i < VIEW_ROWS; i++) {
        const BudgetSpend *s = &g_array_index(list, BudgetSpend, i);
        const ObjectiveResult *o = &g_array_index(report->impact->objectives, ObjectiveResult, s->objective);
        json_t *row = json_object();
        tree_put_text(row, "name", o->name);
        json_object_set_new(row, "service", tree_name(report, o->service));
        tree_put_count(row, "incident", g_array_index(report->outages->incidents, Incident, s->incident).id);
        tree_put(row, "spent", words_duration(s->spent));
        tree_put(row, "share", words_share(s->share));
        g_autofree char *part = words_number(s->of_budget * 100);
        tree_put(row, "of_budget", isfinite(s->of_budget) ? g_strdup_printf("%s %%", part) : g_strdup("all and more"));
        json_array_append_new(rows, row);
    }
    return view_capped(rows, list ? list->len : 0, "report.json");
}

static json_t *objectives(const Report *report) {
    json_t *rows = json_array();
    const GArray *list = report->impact->objectives;
    for (unsigned i = 0; i < list->len && i < VIEW_ROWS; i++) {
        const ObjectiveResult *o = &g_array_index(list, ObjectiveResult, i);
        json_t *row = json_object();
        tree_put_text(row, "name", o->name);
        json_object_set_new(row, "service", tree_name(report, o->service));
        tree_put(row, "target", words_percent(o->target));
        tree_put(row, "achieved", words_percent(o->achieved));
        tree_put(row, "window", words_duration(o->window));
        tree_put(row, "budget", words_duration(o->budget));
        tree_put(row, "spent", words_duration(o->spent));
        g_autofree char *share = words_number(o->spent_share * 100);
        tree_put(row, "share", isfinite(o->spent_share) ? g_strdup_printf("%s %%", share) : g_strdup("all and more"));
        tree_put(row, "burn", words_number(o->burn_rate));
        view_instant(report, row, "exhausted", o->exhausted);
        tree_put_bool(row, "met", o->met);
        tree_put_text(row, "verdict", o->met ? "met" : isnan(o->achieved) ? "not known: counts as missed" : "missed");
        json_array_append_new(rows, row);
    }
    return view_capped(rows, list->len, "report.json");
}

static json_t *loss_row(const Report *report, const Loss *l) {
    const char *currency = report->config->currency;
    json_t *row = json_object();
    json_object_set_new(row, "service", tree_name(report, l->service));
    tree_put_bool(row, "verdict", l->vantage == NAME_NONE);
    tree_put_text(row, "vantage",
                  l->vantage == NAME_NONE ? NULL : words_vantage(ds_store_name(report->store, l->vantage)));
    tree_put(row, "down", length_or_dash(l->down));
    tree_put(row, "peak", length_or_dash(l->peak));
    tree_put(row, "business", length_or_dash(l->business));
    tree_put(row, "users", isnan(l->users) ? NULL : words_number(l->users));
    tree_put(row, "user_minutes", isnan(l->user_minutes) ? NULL : words_number(l->user_minutes));
    tree_put(row, "cost", isnan(l->cost) ? NULL : words_money(l->cost, currency));
    g_autofree char *low = words_number(l->cost_low), *high = words_number(l->cost_high);
    tree_put(row, "cost_range", isnan(l->cost) ? NULL : g_strdup_printf("%s to %s", low, high));
    return row;
}

static json_t *losses(const Report *report) {
    json_t *rows = json_array();
    const GArray *list = report->impact->losses;
    bool users = false, cost = false;
    for (unsigned i = 0; i < list->len; i++) {
        const Loss *l = &g_array_index(list, Loss, i);
        users = users || !isnan(l->user_minutes);
        cost = cost || !isnan(l->cost);
        if (i < VIEW_ROWS) {
            json_array_append_new(rows, loss_row(report, l));
        }
    }
    json_t *table = view_capped(rows, list->len, "report.json");
    if (json_is_object(table)) {
        tree_put_bool(table, "has_users", users);
        tree_put_bool(table, "has_cost", cost);
    }
    return table;
}

static json_t *summaries(const Report *report) {
    json_t *rows = json_array();
    for (unsigned i = 0; i < report->impact->summaries->len; i++) {
        const ResponseSummary *s = &g_array_index(report->impact->summaries, ResponseSummary, i);
        if (s->count == 0 || s->kind == RESPONSE_IMPACT_START) {
            continue;
        }
        json_t *row = json_object();
        tree_put_text(row, "name", terms_response(s->kind));
        tree_put_count(row, "count", s->count);
        tree_put(row, "median", words_length(s->median));
        tree_put(row, "p90", words_length(s->p90));
        json_array_append_new(rows, row);
    }
    return view_capped(rows, json_array_size(rows), "report.json");
}

static json_t *episodes(const Report *report) {
    json_t *rows = json_array();
    const GArray *list = report->outages->episodes;
    for (unsigned i = 0; i < list->len && i < VIEW_ROWS; i++) {
        const Episode *e = &g_array_index(list, Episode, i);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, e->service));
        tree_put_text(row, "vantage", words_vantage(ds_store_name(report->store, e->vantage)));
        tree_put_text(row, "check", ds_store_name(report->store, e->check));
        view_instant(report, row, "start", e->start);
        view_instant(report, row, "end", e->end);
        tree_put(row, "span", words_duration(e->end - e->start));
        tree_put(row, "net_down", words_duration(e->net_down));
        tree_put_count(row, "count", e->count);
        json_array_append_new(rows, row);
    }
    return view_capped(rows, list->len, "report.json");
}

void view_measures(const Report *report, json_t *view) {
    json_object_set_new(view, "availability", availability(report));
    json_object_set_new(view, "objectives", objectives(report));
    json_object_set_new(view, "alerts", alerts(report));
    json_object_set_new(view, "spends", spends(report));
    json_object_set_new(view, "impact", losses(report));
    json_object_set_new(view, "summaries", summaries(report));
    json_object_set_new(view, "episodes", episodes(report));
}
