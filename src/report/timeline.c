/* SPDX-License-Identifier: MIT
 * The story in order: everything that has an instant and matters to a reader, from windows, the store's announcements
 * and the first sights, sorted by time. Entries of one instant keep the order in which they are told here. */
#include "report/facts.h"
#include "report/output.h"
#include "report/words.h"

static void entry_free(gpointer data) {
    TimelineEntry *entry = data;
    g_free(entry->text);
    g_free(entry);
}

static const Origin nowhere = {0, 0};

/* Takes the text. */
static void tell(GPtrArray *entries, Instant time, const char *kind, char *text, Origin first, Origin second) {
    TimelineEntry *entry = g_new0(TimelineEntry, 1);
    *entry = (TimelineEntry){time, kind, text, {first, second}, STATE_UNKNOWN};
    g_ptr_array_add(entries, entry);
}

/* "web down in 3 of 5 vantages" at the start of a service window. */
static char *agreement_text(const Report *report, unsigned index, const Window *w) {
    unsigned seen = 0, of = 0;
    const Agreement *rows = facts_agreement(report, index, &of);
    for (unsigned i = 0; i < of; i++) {
        seen += rows[i].down > 0 && !rows[i].fault;
    }
    const char *service = ds_store_name(report->store, w->service);
    if (of < 2) {
        return g_strdup_printf("%s %s", service, terms_state(w->state));
    }
    return g_strdup_printf("%s %s; in this window seen by %u of %u vantages", service, terms_state(w->state), seen, of);
}

/* A declared window says so. Takes text. */
static char *declared(char *text, const Window *w) {
    if (w->override == OVERRIDE_NONE) {
        return text;
    }
    char *both = g_strdup_printf("%s (declared %s)", text, ds_override_name(w->override));
    g_free(text);
    return both;
}

static void tell_verdict(const Report *report, GPtrArray *entries, unsigned index, const Window *w) {
    if (w->flags & FLAG_BLIP) {
        return;
    }
    tell(entries, w->start, "window-start", declared(agreement_text(report, index, w), w), w->proof[PROOF_LAST_UP],
         w->proof[PROOF_FIRST_DOWN]);
    ((TimelineEntry *)g_ptr_array_index(entries, entries->len - 1))->state = w->state;
    if (w->end != INSTANT_NONE) {
        g_autofree char *length = words_observed(w->observed, w->flags);
        char *text = g_strdup_printf("%s no longer %s, after %s", ds_store_name(report->store, w->service),
                                     terms_state(w->state), length);
        tell(entries, w->end, "window-end", declared(text, w), w->proof[PROOF_LAST_DOWN], w->proof[PROOF_FIRST_UP]);
    }
}

/* The edge of a surge window: its start, or its end. */
static Instant edge_of(const Window *w, bool end) {
    return end ? w->end : w->start;
}

/* Surges of one service whose edges fall on one instant are one entry that names their regions. */
static void tell_surges(const Report *report, GPtrArray *entries, const GPtrArray *surges, bool end) {
    g_autofree bool *told = g_new0(bool, surges->len + 1);
    for (unsigned i = 0; i < surges->len; i++) {
        const Window *w = g_ptr_array_index(surges, i);
        if (told[i] || edge_of(w, end) == INSTANT_NONE) {
            continue;
        }
        g_autoptr(GPtrArray) regions = g_ptr_array_new();
        Origin proof[2] = {nowhere, nowhere};
        for (unsigned k = i; k < surges->len; k++) {
            const Window *other = g_ptr_array_index(surges, k);
            if (other->service != w->service) {
                break; /* windows are sorted by service */
            }
            if (edge_of(other, end) == edge_of(w, end)) {
                told[k] = true;
                if (regions->len < G_N_ELEMENTS(proof)) {
                    proof[regions->len] = other->proof[end ? PROOF_LAST_DOWN : PROOF_FIRST_DOWN];
                }
                g_ptr_array_add(regions, (char *)ds_store_name(report->store, other->vantage));
            }
        }
        g_autofree char *names = words_list(regions, 12);
        char *text = g_strdup_printf("reports about %s %s%s%s", ds_store_name(report->store, w->service),
                                     end ? "back to normal" : "surge", *names ? ": " : "", names);
        tell(entries, edge_of(w, end), end ? "surge-end" : "surge-start", text, proof[0], proof[1]);
    }
}

static void tell_monitor(const Report *report, GPtrArray *entries, const Window *w) {
    const char *vantage = words_vantage(ds_store_name(report->store, w->vantage));
    tell(entries, w->start, "monitor-outage-start",
         g_strdup_printf("vantage %s falls silent: the monitor is out", vantage), w->proof[PROOF_LAST_UP], nowhere);
    if (w->end != INSTANT_NONE) {
        tell(entries, w->end, "monitor-outage-end", g_strdup_printf("vantage %s speaks again", vantage),
             w->proof[PROOF_FIRST_UP], nowhere);
    }
}

static void tell_windows(const Report *report, GPtrArray *entries) {
    const GArray *windows = report->outages->windows;
    g_autoptr(GPtrArray) surges = g_ptr_array_new();
    for (unsigned i = 0; i < windows->len; i++) {
        const Window *w = &g_array_index(windows, Window, i);
        if (w->signal == SIGNAL_SERVICE) {
            tell_verdict(report, entries, i, w);
        } else if (w->signal == SIGNAL_REPORT) {
            g_ptr_array_add(surges, (Window *)w);
        } else if (w->signal == SIGNAL_MONITOR) {
            tell_monitor(report, entries, w);
        }
    }
    tell_surges(report, entries, surges, false);
    tell_surges(report, entries, surges, true);
}

/* "shop: investigating: we are looking into it", whatever of it there is. */
static char *announcement_text(const Report *report, const Announcement *a, const char *fallback) {
    const char *parts[4] = {0};
    unsigned count = 0;
    const char *service = a->service == NAME_NONE ? "" : ds_store_name(report->store, a->service);
    const char *all[] = {service, a->phase, a->text && *a->text ? a->text : fallback};
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        if (all[i] && *all[i]) {
            parts[count++] = all[i];
        }
    }
    return g_strjoinv(": ", (char **)parts);
}

static bool within(const Report *report, Instant time) {
    return time >= report->outages->from && time <= report->outages->to;
}

static void tell_maintenance(const Report *report, GPtrArray *entries, const Announcement *a) {
    if (within(report, a->time)) {
        tell(entries, a->time, "maintenance-start", announcement_text(report, a, "planned maintenance begins"),
             a->origin, nowhere);
    }
    if (a->until != INSTANT_NONE && within(report, a->until)) {
        const char *service = a->service == NAME_NONE ? "" : ds_store_name(report->store, a->service);
        tell(entries, a->until, "maintenance-end",
             g_strdup_printf("%s%splanned maintenance ends", service, *service ? ": " : ""), a->origin, nowhere);
    }
}

static void tell_announcements(const Report *report, GPtrArray *entries) {
    size_t count = 0;
    const Announcement *list = ds_store_notices(report->store, &count);
    for (size_t i = 0; i < count; i++) {
        if (within(report, list[i].time)) {
            tell(entries, list[i].time, "notice", announcement_text(report, &list[i], "notice"), list[i].origin,
                 nowhere);
        }
    }
    list = ds_store_maintenance(report->store, &count);
    for (size_t i = 0; i < count; i++) {
        tell_maintenance(report, entries, &list[i]);
    }
    for (unsigned i = 0; i < report->outages->planned->len; i++) {
        tell_maintenance(report, entries, &g_array_index(report->outages->planned, Announcement, i));
    }
}

static void tell_sights(const Report *report, GPtrArray *entries) {
    for (unsigned i = 0; i < report->impact->sightings->len; i++) {
        const Sighting *s = &g_array_index(report->impact->sightings, Sighting, i);
        if (s->first == INSTANT_NONE) {
            continue;
        }
        const Incident *incident = &g_array_index(report->outages->incidents, Incident, s->incident);
        bool first = i == 0 || g_array_index(report->impact->sightings, Sighting, i - 1).incident != s->incident;
        char *text =
            g_strdup_printf("incident %u %s seen by %s", incident->id, first ? "first" : "also", terms_who(s->signal));
        tell(entries, s->first, "first-sight", text, s->origin, nowhere);
    }
}

static gint by_time(gconstpointer a, gconstpointer b) {
    const TimelineEntry *x = *(const TimelineEntry *const *)a, *y = *(const TimelineEntry *const *)b;
    return x->time < y->time ? -1 : x->time > y->time;
}

GPtrArray *report_timeline(const Report *report) {
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    tell_sights(report, entries);
    tell_announcements(report, entries);
    tell_windows(report, entries);
    g_ptr_array_sort(entries, by_time); /* GLib's sort is stable */
    return entries;
}
