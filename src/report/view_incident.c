/* SPDX-License-Identifier: MIT
 * One incident for people: what, when, for whom; its bands and curves, its story, its windows with bounds, response
 * times, who saw it first, and the reasons of the failures as evidence. */
#include "report/view.h"

#include "report/output.h"
#include "report/tree.h"

#define PAD_SHARE 6 /* a chart shows a sixth of the incident's length before and after it */

static ChartRange range_of(const Report *report, const Incident *in) {
    Millis pad = MAX((in->end - in->start) / PAD_SHARE, 5 * MILLIS_MINUTE);
    ChartRange range = {MAX(in->start - pad, report->outages->from), MIN(in->end + pad, report->outages->to),
                        words_zone(report)};
    size_t count = 0; /* notices that belong to it are shown, if that leaves the incident a good part of the chart */
    const Announcement *notices = ds_store_notices(report->store, &count);
    for (unsigned i = 0; i < in->notices->len; i++) {
        Instant at = notices[g_array_index(in->notices, guint, i)].time;
        if (at > range.to && at - range.from < 2 * (range.to - range.from)) {
            range.to = MIN(at + pad / 4, report->outages->to);
        }
    }
    if (range.to - range.from > MILLIS_HOUR) { /* whole minutes read better */
        range.from =
            MAX(range.from - ((range.from % MILLIS_MINUTE) + MILLIS_MINUTE) % MILLIS_MINUTE, report->outages->from);
        range.to =
            MIN(range.to + MILLIS_MINUTE - 1 - (range.to + MILLIS_MINUTE - 1) % MILLIS_MINUTE, report->outages->to);
    }
    return range;
}

static void put_text_bands(const Report *report, json_t *row, const GPtrArray *rows, const Incident *in,
                           ChartRange range) {
    json_t *bands = json_array(), *curves = json_array();
    for (unsigned i = 0; i < rows->len && i < CHART_ROWS; i++) {
        const BandRow *band = g_ptr_array_index(rows, i);
        g_autoptr(GString) text = g_string_new(NULL);
        bands_text(band, range, text);
        json_t *line = json_object();
        json_object_set_new(line, "service", band->verdict ? tree_name(report, band->service) : json_null());
        tree_put_text(line, "vantage",
                      band->verdict   ? NULL
                      : band->traffic ? "served traffic"
                                      : words_vantage(ds_store_name(report->store, band->vantage)));
        json_object_set_new(line, "band", json_string(text->str));
        json_array_append_new(bands, line);
    }
    for (unsigned i = 0; i < report->outages->curves->len && json_array_size(curves) < CHART_ROWS; i++) {
        const Curve *curve = &g_array_index(report->outages->curves, Curve, i);
        SeriesInfo info = ds_series_info(report->store, curve->series);
        bool wanted = false;
        for (unsigned k = 0; k < in->services->len; k++) {
            wanted = wanted || g_array_index(in->services, Name, k) == info.service;
        }
        if (!wanted || curve->width <= 0) {
            continue;
        }
        g_autoptr(GString) text = g_string_new(NULL);
        double peak = curves_text(curve, range, text);
        json_t *line = json_object();
        json_object_set_new(line, "service", tree_name(report, info.service));
        tree_put_text(line, "region", ds_store_name(report->store, info.vantage));
        json_object_set_new(line, "band", json_string(text->str));
        tree_put(line, "peak", words_number(peak));
        json_array_append_new(curves, line);
    }
    json_object_set_new(row, "bands_text", view_capped(bands, json_array_size(bands), "report.json"));
    json_object_set_new(row, "curves_text", view_capped(curves, json_array_size(curves), "report.json"));
}

static void put_charts(const Report *report, json_t *row, const Incident *in) {
    ChartRange range = range_of(report, in);
    g_autoptr(GPtrArray) rows = bands_rows(report, in->services);
    g_autoptr(GString) bands = g_string_new(NULL), curves = g_string_new(NULL);
    bands_chart(report, rows, range, bands);
    curves_chart(report, in->services, range, curves);
    tree_put_text(row, "bands", bands->str);
    tree_put_text(row, "curves", curves->str);
    put_text_bands(report, row, rows, in, range);
    g_autofree char *span = words_span(range.from, range.to, NULL);
    tree_put_text(row, "range", span);
}

static json_t *service_rows(const Report *report, const IncidentFacts *facts) {
    json_t *rows = json_array();
    for (unsigned i = 0; i < facts->services->len && i < VIEW_ROWS; i++) {
        const ServiceFacts *s = &g_array_index(facts->services, ServiceFacts, i);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, s->service));
        tree_put_text(row, "state", terms_state(s->worst));
        tree_put_text(row, "class", ds_state_name(s->worst));
        view_instant(report, row, "start", s->start);
        view_instant(report, row, "end", s->end);
        tree_put(row, "length", words_observed(s->worst_time, s->flags));
        tree_put(row, "bounds", words_bounds(s->min, s->max, s->flags));
        tree_put(row, "likely", words_likely(s->likely, s->sigma));
        tree_put(row, "partial", s->partial ? words_duration(s->partial) : NULL);
        tree_put(row, "degraded", s->degraded ? words_duration(s->degraded) : NULL);
        tree_put_count(row, "windows", s->count);
        json_array_append_new(rows, row);
    }
    return view_capped(rows, facts->services->len, "report.json");
}

/* "app depends on db, whose outage began 12 s before: told as its consequence." */
static json_t *consequences(const Report *report, const Incident *in) {
    json_t *rows = json_array();
    for (unsigned i = 0; i < in->services->len; i++) {
        Name service = g_array_index(in->services, Name, i);
        const Window *child = NULL, *parent = facts_parent_of(report, in, service, &child);
        if (!parent) {
            continue;
        }
        Millis after = child->start - parent->start;
        g_autofree char *apart = words_length(ABS(after));
        g_autofree char *when =
            after == 0  ? g_strdup("at the same instant")
            : after > 0 ? g_strdup_printf("%s before", apart)
                        : g_strdup_printf("%s after as seen, and before it as far as the bounds tell", apart);
        g_autofree char *text =
            g_strdup_printf("%s depends on %s, whose outage began %s: it is told as a consequence. The dependency is "
                            "configured, the order "
                            "is what the logs show; neither proves a cause.",
                            ds_store_name(report->store, service), ds_store_name(report->store, parent->service), when);
        json_array_append_new(rows, tree_text(text));
    }
    return view_capped(rows, json_array_size(rows), "report.json");
}

/* First onsets in order; null for less than two. */
static json_t *onsets(const Report *report, const Incident *in) {
    g_autoptr(GArray) list = facts_onsets(report, in);
    json_t *rows = json_array();
    for (unsigned i = 0; list->len > 1 && i < list->len && i < VIEW_ROWS; i++) {
        const Onset *onset = &g_array_index(list, Onset, i);
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, onset->service));
        tree_put_text(row, "vantage",
                      onset->vantage == NAME_NONE ? "all vantages"
                                                  : words_vantage(ds_store_name(report->store, onset->vantage)));
        view_instant(report, row, "time", onset->start);
        g_autofree char *after = words_length(onset->start - g_array_index(list, Onset, 0).start);
        tree_put(row, "after", i == 0 ? g_strdup("first") : g_strdup_printf("+%s", after));
        json_array_append_new(rows, row);
    }
    return view_capped(rows, list->len > 1 ? list->len : 0, "report.json");
}

/* A sentence a service: can its vantages have seen one event? null for none. */
static json_t *reach(const Report *report, const Incident *in) {
    g_autoptr(GArray) list = facts_reach(report, in);
    json_t *rows = json_array();
    for (unsigned i = 0; i < list->len && i < VIEW_ROWS; i++) {
        const Reach *r = &g_array_index(list, Reach, i);
        g_autofree char *after = words_instant(r->latest.after, NULL), *by = words_instant(r->earliest.by, NULL);
        const char *service = ds_store_name(report->store, r->service);
        const char *up = words_vantage(ds_store_name(report->store, r->latest.vantage));
        const char *down = words_vantage(ds_store_name(report->store, r->earliest.vantage));
        g_autofree char *text =
            r->one_event
                ? g_strdup_printf("%s: all vantages can have seen one event, after %s and by %s.", service, after, by)
                : g_strdup_printf(
                      "%s: its vantages did not see one event. It was down for %s by %s and up for %s at %s: "
                      "the outage reached them one after another, so at first it was partial.",
                      service, down, by, up, after);
        json_array_append_new(rows, tree_text(text));
    }
    return view_capped(rows, list->len, "report.json");
}

static void add_phase(const Report *report, json_t *rows, const char *name, const char *meaning, Instant at,
                      Instant onset) {
    if (at == INSTANT_NONE) {
        return;
    }
    json_t *row = json_object();
    json_object_set_new(row, "name", json_string(name));
    json_object_set_new(row, "meaning", json_string(meaning));
    view_instant(report, row, "time", at);
    g_autofree char *after = words_length(at - onset);
    tree_put(row, "after", g_strdup_printf("+%s", after));
    json_array_append_new(rows, row);
}

static json_t *phases(const Report *report, const Incident *in) {
    json_t *rows = json_array();
    add_phase(report, rows, "Onset", "the first window begins", in->onset, in->onset);
    add_phase(report, rows, "Spread", "the last service and vantage joins", in->spread, in->onset);
    add_phase(report, rows, "Peak", "most are down", in->peak, in->onset);
    add_phase(report, rows, "First recovery", "the first is back after the peak", in->first_recovery, in->onset);
    add_phase(report, rows, "Full restoration", "all are back", in->restored, in->onset);
    return rows;
}

static unsigned index_of(const Report *report, const Incident *in) {
    return (unsigned)(in - (const Incident *)(const void *)report->outages->incidents->data);
}

static json_t *responses(const Report *report, unsigned incident) {
    json_t *rows = json_array();
    for (unsigned i = 0; i < report->impact->responses->len; i++) {
        const Response *r = &g_array_index(report->impact->responses, Response, i);
        if (r->incident != incident) {
            continue;
        }
        json_t *row = json_object();
        tree_put_text(row, "name", terms_response(r->kind));
        tree_put_bool(row, "told", r->time != INSTANT_NONE);
        view_instant(report, row, "time", r->time);
        tree_put(row, "since", words_length(r->since));
        g_autofree char *spread = words_spread(r->uncertainty);
        tree_put(row, "uncertainty", r->uncertainty > 0 ? g_strdup_printf("± %s", spread) : NULL);
        tree_put_text(row, "source", r->source);
        tree_put_text(row, "definition", r->definition);
        view_origins(report, row, "evidence", &r->origin, 1);
        json_array_append_new(rows, row);
    }
    return view_capped(rows, json_array_size(rows), "report.json");
}

static json_t *sightings(const Report *report, unsigned incident) {
    json_t *rows = json_array();
    Instant first = INSTANT_NONE;
    for (unsigned i = 0; i < report->impact->sightings->len; i++) {
        const Sighting *s = &g_array_index(report->impact->sightings, Sighting, i);
        if (s->incident != incident || s->first == INSTANT_NONE) {
            continue;
        }
        first = first == INSTANT_NONE ? s->first : first;
        json_t *row = json_object();
        tree_put_text(row, "who", terms_who(s->signal));
        view_instant(report, row, "time", s->first);
        g_autofree char *behind = words_length(s->first - first);
        tree_put(row, "behind", s->first == first ? g_strdup("first") : g_strdup_printf("+%s", behind));
        g_autofree char *lead = words_length(s->lead == MILLIS_NONE || s->lead >= 0 ? s->lead : -s->lead);
        tree_put(row, "lead",
                 s->lead == MILLIS_NONE || s->signal == SIGNAL_NOTICE ? NULL
                 : s->lead == 0                                       ? g_strdup("at the same time")
                                : g_strdup_printf("%s %s", lead, s->lead > 0 ? "before" : "after"));
        view_origins(report, row, "evidence", &s->origin, 1);
        json_array_append_new(rows, row);
    }
    return view_capped(rows, json_array_size(rows), "report.json");
}

/* What a vantage saw of a window: the columns of the table. */
typedef enum { SAW_ALL, SAW_PART, SAW_NONE, SAW_NOTHING_TOLD, SAW_COUNT } Saw;

static Saw saw(const Agreement *a) {
    if (a->fault || (!a->down && !a->up)) {
        return SAW_NOTHING_TOLD;
    }
    return !a->down ? SAW_NONE : a->up || a->unknown ? SAW_PART : SAW_ALL;
}

/* "eu, us (5 min), ap (its own fault)" */
static char *saw_text(const Report *report, const Agreement *list, unsigned count, Saw column) {
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < count; i++) {
        const Agreement *a = &list[i];
        if (saw(a) != column) {
            continue;
        }
        g_string_append(text, text->len ? ", " : "");
        g_string_append(text, words_vantage(ds_store_name(report->store, a->vantage)));
        if (column == SAW_PART) {
            g_autofree char *down = words_length(a->down);
            g_string_append_printf(text, " (%s)", down);
        } else if (column == SAW_NOTHING_TOLD) {
            g_string_append(text, a->fault ? " (its own fault)" : " (silent)");
        }
    }
    return g_string_free(text, FALSE);
}

static json_t *agreement(const Report *report, const Incident *in) {
    static const char *const keys[SAW_COUNT] = {"all", "part", "not_seen", "no_vote"};
    json_t *rows = json_array();
    size_t total = 0;
    for (unsigned i = 0; i < in->windows->len; i++) {
        unsigned index = g_array_index(in->windows, guint, i), count = 0;
        const Window *w = &g_array_index(report->outages->windows, Window, index);
        const Agreement *list = facts_agreement(report, index, &count);
        if (count == 0 || total++ >= VIEW_ROWS) {
            continue;
        }
        json_t *row = json_object();
        json_object_set_new(row, "service", tree_name(report, w->service));
        tree_put_text(row, "state", terms_state(w->state));
        tree_put_text(row, "class", ds_state_name(w->state));
        view_instant(report, row, "start", w->start);
        for (unsigned k = 0; k < SAW_COUNT; k++) {
            tree_put(row, keys[k], saw_text(report, list, count, (Saw)k));
        }
        json_array_append_new(rows, row);
    }
    return view_capped(rows, total, "report.json");
}

/* "web was down for 3 min, from ... to ..., as seen by 3 of 3 vantages." and what should be known beside it. */
static void put_words(const Report *report, json_t *row, const IncidentFacts *facts) {
    const Incident *in = facts->incident;
    g_autofree char *headline = facts_headline(report, facts), *length = facts_length(facts);
    g_autofree char *span = words_span(facts->start, facts->end, NULL);
    tree_put(row, "title", g_strdup_printf("%s for %s", headline, length));
    GString *lede = g_string_new(NULL);
    g_string_append_printf(lede, "%s for %s, %s", headline, length, span);
    if (facts->vantages_known > 1) {
        g_string_append_printf(lede, ", as seen %s %u of %u %s", in->kind == INCIDENT_REPORTED ? "in" : "by",
                               facts->vantages_seen, facts->vantages_known,
                               in->kind == INCIDENT_REPORTED ? "regions" : "vantages");
    }
    g_string_append_c(lede, '.');
    tree_put(row, "lede", g_string_free(lede, FALSE));
    const Zone *zone = words_zone(report);
    tree_put(row, "span_local", zone ? words_span(facts->start, facts->end, zone) : NULL);
    tree_put(row, "span", words_span(facts->start, facts->end, NULL));
    g_autofree char *spread = words_length(in->onset_spread);
    tree_put(row, "shared_fate",
             in->shared_fate ? g_strdup_printf("These services share fate: their onsets lie %s apart.", spread) : NULL);
    GString *around = g_string_new(NULL);
    if (in->start < facts->start || in->end > facts->start + facts->length) {
        g_autofree char *whole = words_span(in->start, in->ongoing ? INSTANT_NONE : in->end, NULL);
        g_string_append_printf(around, "With what was only partly down or degraded around it, the incident went %s.",
                               whole);
    }
    tree_put(row, "around", g_string_free(around, FALSE));
    tree_put_text(row, "reported_only", in->kind == INCIDENT_REPORTED ? "Known from user reports alone." : NULL);
}

/* What a row of the table of incidents needs. */
static json_t *outline(const Report *report, const IncidentFacts *facts) {
    const Incident *in = facts->incident;
    json_t *row = json_object();
    tree_put_count(row, "id", in->id);
    tree_put_text(row, "kind", terms_incident_kind(in->kind));
    tree_put_text(row, "state", terms_state(facts->worst));
    tree_put_text(row, "class", ds_state_name(facts->worst));
    tree_put_bool(row, "ongoing", in->ongoing);
    view_instant(report, row, "start", facts->start);
    view_instant(report, row, "end", facts->end);
    tree_put(row, "length", facts_length(facts));
    tree_put(row, "bounds", words_bounds(facts->min, facts->max, facts->flags));
    tree_put(row, "services", words_names(report, in->services, 8));
    tree_put(row, "vantages", g_strdup_printf("%u of %u", facts->vantages_seen, facts->vantages_known));
    tree_put_bool(row, "chapter", false);
    tree_put_bool(row, "summary", false);
    return row;
}

json_t *view_incident_row(const Report *report, const Incident *in) {
    g_autoptr(IncidentFacts) facts = facts_of(report, in);
    return outline(report, facts);
}

static void put_lists(const Report *report, json_t *row, const Incident *in) {
    unsigned flags = 0;
    json_object_set_new(row, "windows", view_windows(report, in->windows, VIEW_ALL, &flags));
    json_object_set_new(row, "details", view_windows(report, in->attached, VIEW_CONFIRMED, &flags));
    json_object_set_new(row, "blips", view_windows(report, in->attached, VIEW_BLIPS, &flags));
    json_object_set_new(row, "flags", view_flags(flags));
    json_object_set_new(row, "responses", responses(report, index_of(report, in)));
    json_object_set_new(row, "sightings", sightings(report, index_of(report, in)));
    json_object_set_new(row, "agreement", agreement(report, in));
}

json_t *view_incident(const Report *report, const Incident *in, const GPtrArray *timeline, bool only) {
    g_autoptr(IncidentFacts) facts = facts_of(report, in);
    json_t *row = outline(report, facts);
    tree_put_bool(row, "chapter", true);
    put_words(report, row, facts);
    json_object_set_new(row, "facts", view_facts(report, facts, only));
    json_object_set_new(row, "by_service", service_rows(report, facts));
    put_charts(report, row, in);
    json_object_set_new(row, "phases", phases(report, in));
    json_object_set_new(row, "consequences", consequences(report, in));
    json_object_set_new(row, "onsets", onsets(report, in));
    json_object_set_new(row, "reach", reach(report, in));
    tree_put(row, "who_saw", facts_who_saw(report, in));
    Instant before = in->start - MAX(report->config->detection.attach_before, 0);
    json_object_set_new(
        row, "timeline",
        view_timeline(report, timeline, only ? report->outages->from : before, only ? report->outages->to : in->end));
    json_object_set_new(row, "evidence", view_evidence(facts));
    put_lists(report, row, in);
    return row;
}
