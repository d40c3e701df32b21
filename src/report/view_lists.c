/* SPDX-License-Identifier: MIT
 * The long lists of a page, capped: windows with their bounds and flags, the timeline, the reasons of failures. */
#include "report/view.h"

#include "report/output.h"
#include "report/tree.h"

#include <math.h>

/* "declared false by Kim: the probe's own fault" */
static char *override_text(const Report *report, const Window *declared) {
    const Override *o = ds_outages_override(report->outages, declared);
    if (!o) {
        return NULL;
    }
    g_autofree char *edges = NULL;
    if (declared->override == OVERRIDE_CORRECTED) {
        g_autofree char *start = words_instant(declared->start, NULL), *end = words_instant(declared->end, NULL);
        g_autofree char *length = words_duration(declared->observed);
        edges = g_strdup_printf(" to %s until %s UTC, %s", start, *end ? end : "the end of the period", length);
    }
    return g_strdup_printf("declared %s%s%s%s: %s", terms_override(declared->override), edges ? edges : "",
                           o->told->by ? ", by " : "", o->told->by ? o->told->by : "", o->told->note);
}

static json_t *window_row(const Report *report, const Window *declared) {
    const Window *w = ds_outages_measured(report->outages, declared);
    json_t *row = json_object();
    tree_put(row, "override", override_text(report, declared));
    bool verdict = w->signal == SIGNAL_SERVICE;
    tree_put_text(row, "service", w->service == NAME_NONE ? NULL : ds_store_name(report->store, w->service));
    tree_put_text(row, "vantage", verdict ? "all vantages" : words_vantage(ds_store_name(report->store, w->vantage)));
    tree_put_text(row, "check", ds_store_name(report->store, w->check));
    tree_put_text(row, "signal", ds_signal_name(w->signal));
    tree_put_bool(row, "verdict", verdict);
    tree_put_text(row, "state", w->flags & FLAG_BLIP ? "blip" : terms_state(w->state));
    tree_put_text(row, "class", w->flags & FLAG_BLIP ? "blip" : ds_state_name(w->state));
    view_instant(report, row, "start", w->start);
    view_instant(report, row, "end", w->end);
    tree_put(row, "length", words_observed(w->observed, w->flags));
    tree_put(row, "bounds", words_bounds(w->min, w->max, w->flags));
    tree_put(row, "likely", words_likely(w->likely, w->sigma));
    tree_put(row, "unknown", w->unknown > 0 ? words_duration(w->unknown) : NULL);
    tree_put(row, "failed", words_count(w->failed));
    tree_put(row, "flickers", w->flickers ? words_count(w->flickers) : NULL);
    g_autoptr(GString) flags = g_string_new(NULL);
    words_flags(flags, w->flags);
    tree_put_text(row, "flags", flags->str);
    view_origins(report, row, "start_evidence", &w->proof[PROOF_LAST_UP], 2);
    view_origins(report, row, "end_evidence", &w->proof[PROOF_LAST_DOWN], 2);
    return row;
}

json_t *view_windows(const Report *report, const GArray *indices, ViewPick pick, unsigned *flags) {
    json_t *rows = json_array();
    size_t total = 0;
    for (unsigned i = 0; i < indices->len; i++) {
        const Window *w = &g_array_index(report->outages->windows, Window, g_array_index(indices, guint, i));
        bool blip = w->flags & FLAG_BLIP;
        if ((pick == VIEW_BLIPS && !blip) || (pick == VIEW_CONFIRMED && blip)) {
            continue;
        }
        if (total++ < VIEW_ROWS) {
            *flags |= w->flags;
            json_array_append_new(rows, window_row(report, w));
        }
    }
    return view_capped(rows, total, "windows.csv");
}

json_t *view_flags(unsigned flags) {
    json_t *rows = json_array();
    for (unsigned i = 0; i < FLAG_COUNT; i++) {
        if (flags & (1u << i)) {
            json_t *row = json_object();
            json_object_set_new(row, "name", json_string(ds_flag_name(i)));
            json_object_set_new(row, "meaning", json_string(terms_flag(i)));
            json_array_append_new(rows, row);
        }
    }
    return view_capped(rows, json_array_size(rows), "");
}

/* A kind for people, and a class for its mark. */
static void put_kind(json_t *row, const char *kind) {
    static const struct {
        const char *kind, *word, *class_name;
    } words[] = {
        {"window-start", "verdict", "down"},      {"window-end", "recovery", "up"},
        {"surge-start", "reports", "surge"},      {"surge-end", "reports", "up"},
        {"notice", "notice", "notice"},           {"maintenance-start", "maintenance", "maintenance"},
        {"maintenance-end", "maintenance", "up"}, {"monitor-outage-start", "monitor", "unknown"},
        {"monitor-outage-end", "monitor", "up"},  {"first-sight", "sighting", "sight"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i].kind, kind) == 0) {
            tree_put_text(row, "word", words[i].word);
            tree_put_text(row, "class", words[i].class_name);
        }
    }
    tree_put_text(row, "kind", kind);
}

json_t *view_timeline(const Report *report, const GPtrArray *timeline, Instant from, Instant to) {
    json_t *rows = json_array();
    size_t total = 0;
    for (unsigned i = 0; i < timeline->len; i++) {
        const TimelineEntry *entry = g_ptr_array_index(timeline, i);
        if (entry->time < from || entry->time > to || total++ >= VIEW_ROWS) {
            continue;
        }
        json_t *row = json_object();
        view_instant(report, row, "time", entry->time);
        tree_put_text(row, "text", entry->text);
        view_origins(report, row, "evidence", entry->origins, G_N_ELEMENTS(entry->origins));
        put_kind(row, entry->kind);
        if (entry->state != STATE_UNKNOWN) {
            tree_put_text(row, "class", ds_state_name(entry->state));
        }
        json_array_append_new(rows, row);
    }
    return view_capped(rows, total, "report.json");
}

/* "90 % of the failures that told a reason are of the network layer: ..." Never a cause. */
static char *evidence_statement(const uint64_t *reasons, uint64_t told) {
    static const char *const layers[] = {"network", "TLS", "application", "not told"};
    uint64_t sums[G_N_ELEMENTS(layers)] = {0};
    unsigned most = 0, top = REASON_NONE + 1;
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        for (unsigned l = 0; l < G_N_ELEMENTS(layers); l++) {
            sums[l] += strcmp(layers[l], terms_layer((Reason)r)) == 0 ? reasons[r] : 0;
        }
        top = reasons[r] > reasons[top] ? r : top;
    }
    for (unsigned l = 1; l < G_N_ELEMENTS(layers); l++) {
        most = sums[l] > sums[most] ? l : most;
    }
    g_autofree char *share = words_share((double)sums[most] / (double)told);
    g_autofree char *count = words_count(told);
    g_autofree char *where =
        most == 3 ? g_strdup("do not tell their layer") : g_strdup_printf("are of the %s layer", layers[most]);
    return g_strdup_printf(
        "Of %s failures with a reason, %s %s. The most frequent is consistent with %s. This is evidence, "
        "not a cause.",
        count, share, where, terms_reason((Reason)top));
}

json_t *view_evidence(const IncidentFacts *facts) {
    uint64_t told = 0, most = 0;
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        told += facts->reasons[r];
        most = MAX(most, facts->reasons[r]);
    }
    if (told == 0) {
        return json_null();
    }
    json_t *object = json_object(), *rows = json_array();
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        if (facts->reasons[r] == 0) {
            continue;
        }
        json_t *row = json_object();
        tree_put_text(row, "layer", terms_layer((Reason)r));
        tree_put_text(row, "reason", ds_reason_name((Reason)r));
        tree_put_text(row, "meaning", terms_reason((Reason)r));
        tree_put(row, "count", words_count(facts->reasons[r]));
        tree_put(row, "share", words_share((double)facts->reasons[r] / (double)told));
        char width[32];
        g_ascii_formatd(width, (int)sizeof width, "%.1f", 100.0 * (double)facts->reasons[r] / (double)most);
        tree_put_text(row, "width", width);
        json_array_append_new(rows, row);
    }
    json_object_set_new(object, "rows", rows);
    tree_put(object, "statement", evidence_statement(facts->reasons, told));
    return object;
}
