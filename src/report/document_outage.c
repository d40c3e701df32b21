/* SPDX-License-Identifier: MIT
 * What was found: incidents, windows, how vantages agreed, episodes, surges, silences of the monitor, announcements. */
#include "report/document.h"
#include "report/facts.h"
#include "report/tree.h"

static json_t *flags(unsigned set) {
    json_t *list = json_array();
    for (unsigned i = 0; i < FLAG_COUNT; i++) {
        if (set & (1u << i)) {
            json_array_append_new(list, json_string(ds_flag_name(i)));
        }
    }
    return list;
}

static json_t *reasons(const Window *window) {
    json_t *object = json_object();
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        if (window->reasons[r]) {
            json_object_set_new(object, ds_reason_name((Reason)r), json_integer(window->reasons[r]));
        }
    }
    return object;
}

json_t *document_window(const Report *report, const Window *w) {
    json_t *row = json_object();
    json_object_set_new(row, "service", tree_name(report, w->service));
    json_object_set_new(row, "vantage", tree_name(report, w->vantage));
    json_object_set_new(row, "check", tree_name(report, w->check));
    json_object_set_new(row, "signal", json_string(ds_signal_name(w->signal)));
    json_object_set_new(row, "state", json_string(ds_state_name(w->state)));
    json_object_set_new(row, "start", tree_instant(w->start));
    json_object_set_new(row, "end", tree_instant(w->end));
    json_object_set_new(row, "observed_ms", tree_millis(w->observed));
    json_object_set_new(row, "min_ms", tree_millis(w->min));
    json_object_set_new(row, "max_ms", tree_millis(w->max));
    json_object_set_new(row, "likely_ms", tree_millis(w->likely));
    json_object_set_new(row, "unknown_ms", tree_millis(w->unknown));
    json_object_set_new(row, "failed", json_integer(w->failed));
    json_object_set_new(row, "flickers", json_integer(w->flickers));
    json_object_set_new(row, "flags", flags(w->flags));
    json_object_set_new(row, "reasons", reasons(w));
    json_object_set_new(row, "start_evidence", tree_origins(report, &w->proof[PROOF_LAST_UP], 2));
    json_object_set_new(row, "end_evidence", tree_origins(report, &w->proof[PROOF_LAST_DOWN], 2));
    return row;
}

/* What people declared the window to be, with the edges that count then; null for none. */
static json_t *override_of(const Report *report, const Window *w) {
    const Override *o = ds_outages_override(report->outages, w);
    if (!o) {
        return json_null();
    }
    json_t *row = json_object();
    json_object_set_new(row, "as", json_string(ds_override_name(w->override)));
    json_object_set_new(row, "note", tree_text(o->told->note));
    json_object_set_new(row, "by", tree_text(o->told->by));
    json_object_set_new(row, "start", tree_instant(w->start));
    json_object_set_new(row, "end", tree_instant(w->end));
    return row;
}

/* report.json tells the bounds of the edges too: the true start is after `start_after`, at the latest at `start_by`. */
static json_t *windows(const Report *report) {
    json_t *list = json_array();
    for (unsigned i = 0; i < report->outages->windows->len; i++) {
        const Window *declared = &g_array_index(report->outages->windows, Window, i);
        const Window *w = ds_outages_measured(report->outages, declared);
        json_t *row = document_window(report, w);
        bool bounds = w->min != MILLIS_NONE;
        json_object_set_new(row, "sigma_ms", tree_millis(w->sigma));
        json_object_set_new(row, "start_after", tree_instant(bounds ? w->start_lo : INSTANT_NONE));
        json_object_set_new(row, "start_by", tree_instant(bounds ? w->start_hi : INSTANT_NONE));
        json_object_set_new(row, "end_after", tree_instant(bounds ? w->end_lo : INSTANT_NONE));
        json_object_set_new(row, "end_by", tree_instant(bounds ? w->end_hi : INSTANT_NONE));
        json_object_set_new(row, "override", override_of(report, declared));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *indices(const GArray *numbers) {
    json_t *list = json_array();
    for (unsigned i = 0; i < numbers->len; i++) {
        json_array_append_new(list, json_integer(g_array_index(numbers, guint, i)));
    }
    return list;
}

static const char *kind_name(IncidentKind kind) {
    static const char *const names[] = {"outage", "reported", "requests"};
    return names[kind];
}

static json_t *incident_services(const Report *report, const IncidentFacts *facts) {
    json_t *list = json_array();
    for (unsigned i = 0; i < facts->services->len; i++) {
        const ServiceFacts *s = &g_array_index(facts->services, ServiceFacts, i);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, s->service));
        json_object_set_new(row, "state", json_string(ds_state_name(s->worst)));
        json_object_set_new(row, "start", tree_instant(s->start));
        json_object_set_new(row, "end", tree_instant(s->end));
        json_object_set_new(row, "windows", json_integer(s->count));
        json_object_set_new(row, "observed_ms", tree_millis(s->worst_time));
        json_object_set_new(row, "min_ms", tree_millis(s->min));
        json_object_set_new(row, "max_ms", tree_millis(s->max));
        json_object_set_new(row, "likely_ms", tree_millis(s->likely));
        json_object_set_new(row, "sigma_ms", tree_millis(s->sigma));
        json_object_set_new(row, "partial_ms", tree_millis(s->partial));
        json_object_set_new(row, "degraded_ms", tree_millis(s->degraded));
        json_object_set_new(row, "flags", flags(s->flags));
        const Window *child = NULL, *parent = facts_parent_of(report, facts->incident, s->service, &child);
        json_object_set_new(row, "consequence_of", parent ? tree_name(report, parent->service) : json_null());
        json_array_append_new(list, row);
    }
    return list;
}

/* The order of first onsets by service and vantage. */
static json_t *incident_onsets(const Report *report, const Incident *in) {
    json_t *list = json_array();
    g_autoptr(GArray) onsets = facts_onsets(report, in);
    for (unsigned i = 0; i < onsets->len; i++) {
        const Onset *onset = &g_array_index(onsets, Onset, i);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, onset->service));
        json_object_set_new(row, "vantage", tree_name(report, onset->vantage));
        json_object_set_new(row, "start", tree_instant(onset->start));
        json_array_append_new(list, row);
    }
    return list;
}

/* Whether the onsets at a service's vantages can be one event. */
static json_t *incident_reach(const Report *report, const Incident *in) {
    json_t *list = json_array();
    g_autoptr(GArray) all = facts_reach(report, in);
    for (unsigned i = 0; i < all->len; i++) {
        const Reach *reach = &g_array_index(all, Reach, i);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, reach->service));
        tree_put_bool(row, "one_event", reach->one_event);
        json_object_set_new(row, "after", tree_instant(reach->latest.after));
        json_object_set_new(row, "after_vantage", tree_name(report, reach->latest.vantage));
        json_object_set_new(row, "by", tree_instant(reach->earliest.by));
        json_object_set_new(row, "by_vantage", tree_name(report, reach->earliest.vantage));
        json_array_append_new(list, row);
    }
    return list;
}

/* Which kinds of evidence saw it, and which had records of that time and did not. */
static json_t *incident_witnesses(const Report *report, const Incident *in) {
    static const char *const words[] = {NULL, "silent", "no", "yes"};
    Witness seen[SIGNAL_COUNT];
    facts_witnesses(report, in, seen);
    json_t *list = json_array();
    for (unsigned i = SIGNAL_PROBE; i <= SIGNAL_REPORT; i++) {
        if (seen[i] != WITNESS_NONE) {
            json_t *row = json_object();
            json_object_set_new(row, "signal", json_string(ds_signal_name((Signal)i)));
            json_object_set_new(row, "saw", json_string(words[seen[i]]));
            json_array_append_new(list, row);
        }
    }
    return list;
}

static void incident_bounds(const IncidentFacts *facts, json_t *row) {
    json_object_set_new(row, "state", json_string(ds_state_name(facts->worst)));
    json_object_set_new(row, "observed_ms", tree_millis(facts->length));
    json_object_set_new(row, "min_ms", tree_millis(facts->min));
    json_object_set_new(row, "max_ms", tree_millis(facts->max));
    json_object_set_new(row, "start_after", tree_instant(facts->start_lo));
    json_object_set_new(row, "start_by", tree_instant(facts->start_hi));
    json_object_set_new(row, "end_after", tree_instant(facts->end_lo));
    json_object_set_new(row, "end_by", tree_instant(facts->end_hi));
    json_object_set_new(row, "flags", flags(facts->flags));
    json_t *histogram = json_object();
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        if (facts->reasons[r]) {
            tree_put_count(histogram, ds_reason_name((Reason)r), facts->reasons[r]);
        }
    }
    json_object_set_new(row, "reasons", histogram);
}

static json_t *incident(const Report *report, const Incident *in) {
    g_autoptr(IncidentFacts) facts = facts_of(report, in);
    json_t *row = json_object();
    json_object_set_new(row, "id", json_integer(in->id));
    json_object_set_new(row, "kind", json_string(kind_name(in->kind)));
    json_object_set_new(row, "start", tree_instant(in->start));
    json_object_set_new(row, "end", tree_instant(in->ongoing ? INSTANT_NONE : in->end));
    tree_put_bool(row, "ongoing", in->ongoing);
    json_object_set_new(row, "services", tree_names(report, in->services));
    json_object_set_new(row, "vantages", tree_names(report, in->vantages));
    json_object_set_new(row, "vantages_known", json_integer(facts->vantages_known));
    tree_put_bool(row, "shared_fate", in->shared_fate);
    json_object_set_new(row, "onset_spread_ms", tree_millis(in->onset_spread));
    json_object_set_new(row, "first_signal", json_string(ds_signal_name(in->first_signal)));
    json_object_set_new(row, "first_at", tree_instant(in->first_at));
    incident_bounds(facts, row);
    json_object_set_new(row, "by_service", incident_services(report, facts));
    json_object_set_new(row, "onsets", incident_onsets(report, in));
    json_object_set_new(row, "reach", incident_reach(report, in));
    json_object_set_new(row, "witnesses", incident_witnesses(report, in));
    g_autofree char *who = facts_who_saw(report, in);
    json_object_set_new(row, "who_saw", tree_text(who));
    json_t *phases = json_object();
    json_object_set_new(phases, "onset", tree_instant(in->onset));
    json_object_set_new(phases, "spread", tree_instant(in->spread));
    json_object_set_new(phases, "peak", tree_instant(in->peak));
    json_object_set_new(phases, "first_recovery", tree_instant(in->first_recovery));
    json_object_set_new(phases, "restored", tree_instant(in->restored));
    json_object_set_new(row, "phases", phases);
    json_object_set_new(row, "windows", indices(in->windows));
    json_object_set_new(row, "attached", indices(in->attached));
    json_object_set_new(row, "notices", indices(in->notices));
    return row;
}

static json_t *agreement(const Report *report) {
    json_t *list = json_array();
    for (unsigned i = 0; i < report->outages->agreement->len; i++) {
        const Agreement *a = &g_array_index(report->outages->agreement, Agreement, i);
        const Window *w = &g_array_index(report->outages->windows, Window, a->window);
        json_t *row = json_object();
        json_object_set_new(row, "window", json_integer(a->window));
        json_object_set_new(row, "service", tree_name(report, w->service));
        json_object_set_new(row, "start", tree_instant(w->start));
        json_object_set_new(row, "vantage", tree_name(report, a->vantage));
        json_object_set_new(row, "down_ms", tree_millis(a->down));
        json_object_set_new(row, "up_ms", tree_millis(a->up));
        json_object_set_new(row, "unknown_ms", tree_millis(a->unknown));
        tree_put_bool(row, "fault", a->fault);
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *episodes(const Report *report) {
    json_t *list = json_array();
    for (unsigned i = 0; i < report->outages->episodes->len; i++) {
        const Episode *e = &g_array_index(report->outages->episodes, Episode, i);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, e->service));
        json_object_set_new(row, "vantage", tree_name(report, e->vantage));
        json_object_set_new(row, "check", tree_name(report, e->check));
        json_object_set_new(row, "start", tree_instant(e->start));
        json_object_set_new(row, "end", tree_instant(e->end));
        json_object_set_new(row, "net_down_ms", tree_millis(e->net_down));
        json_object_set_new(row, "count", json_integer(e->count));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *surges(const Report *report) {
    json_t *list = json_array();
    for (unsigned i = 0; i < report->outages->surges->len; i++) {
        const Surge *s = &g_array_index(report->outages->surges, Surge, i);
        const Window *w = &g_array_index(report->outages->windows, Window, s->window);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, w->service));
        json_object_set_new(row, "vantage", tree_name(report, w->vantage));
        json_object_set_new(row, "start", tree_instant(w->start));
        json_object_set_new(row, "end", tree_instant(w->end));
        tree_put_count(row, "reports", s->reports);
        json_object_set_new(row, "excess", tree_real(s->excess));
        json_object_set_new(row, "peak", tree_instant(s->peak));
        tree_put_count(row, "peak_reports", s->peak_reports);
        json_object_set_new(row, "score", tree_real(s->score));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *monitor_outages(const Report *report) {
    json_t *list = json_array();
    for (unsigned i = 0; i < report->outages->windows->len; i++) {
        const Window *w = &g_array_index(report->outages->windows, Window, i);
        if (w->signal == SIGNAL_MONITOR) {
            json_t *row = json_object();
            json_object_set_new(row, "vantage", tree_name(report, w->vantage));
            json_object_set_new(row, "start", tree_instant(w->start));
            json_object_set_new(row, "end", tree_instant(w->end));
            json_array_append_new(list, row);
        }
    }
    return list;
}

static json_t *announcement(const Report *report, const Announcement *a, bool planned) {
    json_t *row = json_object();
    json_object_set_new(row, planned ? "start" : "time", tree_instant(a->time));
    if (planned) {
        json_object_set_new(row, "end", tree_instant(a->until));
    }
    json_object_set_new(row, "service", tree_name(report, a->service));
    if (planned) {
        json_object_set_new(row, "vantage", tree_name(report, a->vantage));
        json_object_set_new(row, "reason", tree_text(a->text ? a->text : ""));
    } else {
        json_object_set_new(row, "phase", tree_text(a->phase ? a->phase : ""));
        json_object_set_new(row, "text", tree_text(a->text ? a->text : ""));
    }
    json_object_set_new(row, "evidence", tree_origins(report, &a->origin, 1));
    return row;
}

void document_outages(const Report *report, json_t *root) {
    json_t *incidents = json_array(), *maintenance = json_array(), *notices = json_array();
    for (unsigned i = 0; i < report->outages->incidents->len; i++) {
        json_array_append_new(incidents, incident(report, &g_array_index(report->outages->incidents, Incident, i)));
    }
    size_t count = 0;
    const Announcement *list = ds_store_maintenance(report->store, &count);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(maintenance, announcement(report, &list[i], true));
    }
    for (unsigned i = 0; i < report->outages->planned->len; i++) {
        const Announcement *a = &g_array_index(report->outages->planned, Announcement, i);
        json_array_append_new(maintenance, announcement(report, a, true));
    }
    list = ds_store_notices(report->store, &count);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(notices, announcement(report, &list[i], false));
    }
    json_object_set_new(root, "incidents", incidents);
    json_object_set_new(root, "windows", windows(report));
    json_object_set_new(root, "agreement", agreement(report));
    json_object_set_new(root, "episodes", episodes(report));
    json_object_set_new(root, "surges", surges(report));
    json_object_set_new(root, "monitor_outages", monitor_outages(report));
    json_object_set_new(root, "maintenance", maintenance);
    json_object_set_new(root, "notices", notices);
}
