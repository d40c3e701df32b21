/* SPDX-License-Identifier: MIT
 * Who saw an incident and who did not, by kind of evidence. A kind did not see it when it has records of the incident's
 * services in that time and no window of them there; where its records are silent it could not. Users told nothing when
 * their reports of that time hold no surge. */
#include "report/facts.h"
#include "report/words.h"

#include <math.h>

static bool concerns(const Incident *in, Name service) {
    for (unsigned i = 0; i < in->services->len; i++) {
        if (g_array_index(in->services, Name, i) == service) {
            return true;
        }
    }
    return false;
}

/* Has a band a known state within the incident? */
static bool known_within(const GArray *band, const Incident *in) {
    for (unsigned i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        if (s->state != STATE_UNKNOWN && s->start < in->end && s->end > in->start) {
            return true;
        }
    }
    return false;
}

static bool counted_within(const Curve *curve, const Incident *in) {
    for (unsigned i = 0; i < curve->counts->len; i++) {
        Instant start = curve->start + (Millis)i * curve->width;
        if (start < in->end && start + curve->width > in->start && !isnan(g_array_index(curve->counts, double, i))) {
            return true;
        }
    }
    return false;
}

static void watch(Witness seen[SIGNAL_COUNT], Signal signal, bool spoke) {
    Witness now = spoke ? WITNESS_MISSED : WITNESS_SILENT;
    seen[signal] = MAX(seen[signal], now);
}

void facts_witnesses(const Report *report, const Incident *in, Witness seen[SIGNAL_COUNT]) {
    const Outages *o = report->outages;
    for (unsigned i = 0; i < SIGNAL_COUNT; i++) {
        seen[i] = WITNESS_NONE;
    }
    for (unsigned i = 0; i < o->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, i);
        if (concerns(in, v->service)) {
            watch(seen, v->signal, known_within(v->band, in));
        }
    }
    for (unsigned i = 0; i < o->curves->len; i++) {
        const Curve *curve = &g_array_index(o->curves, Curve, i);
        if (concerns(in, ds_series_info(report->store, curve->series).service)) {
            watch(seen, SIGNAL_REPORT, counted_within(curve, in));
        }
    }
    const GArray *lists[] = {in->windows, in->attached};
    for (unsigned l = 0; l < G_N_ELEMENTS(lists); l++) {
        for (unsigned i = 0; i < lists[l]->len; i++) {
            const Window *w = &g_array_index(o->windows, Window, g_array_index(lists[l], guint, i));
            if (concerns(in, w->service) && !(w->flags & (FLAG_BLIP | FLAG_VANTAGE_FAULT))) {
                seen[w->signal] = WITNESS_SAW;
            }
        }
    }
}

/* The kinds that are told in words, users last. */
static const Signal KINDS[] = {SIGNAL_PROBE, SIGNAL_TRANSITION, SIGNAL_REQUEST, SIGNAL_REPORT};

static char *names_of(const Witness seen[SIGNAL_COUNT], Witness which, unsigned *count) {
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        if (seen[KINDS[i]] == which) {
            g_ptr_array_add(names, (gpointer)(uintptr_t)terms_who(KINDS[i]));
        }
    }
    *count = names->len;
    return words_list(names, G_N_ELEMENTS(KINDS));
}

static bool watched(const Witness seen[SIGNAL_COUNT]) {
    return seen[SIGNAL_PROBE] || seen[SIGNAL_TRANSITION] || seen[SIGNAL_REQUEST];
}

char *facts_who_saw(const Report *report, const Incident *in) {
    Witness seen[SIGNAL_COUNT];
    unsigned saw, missed, silent;
    facts_witnesses(report, in, seen);
    g_autofree char *who = names_of(seen, WITNESS_SAW, &saw), *others = names_of(seen, WITNESS_MISSED, &missed);
    g_autofree char *mute = names_of(seen, WITNESS_SILENT, &silent);
    if (saw == 0 || (missed == 0 && silent == 0 && saw == 1 && watched(seen))) {
        return NULL; /* nobody to set against it */
    }
    GString *text = g_string_new(who);
    text->str[0] = g_ascii_toupper(text->str[0]);
    if (missed == 0) {
        g_string_append(text, saw > 1 ? " saw it alike." : " saw it.");
    } else {
        g_string_append_printf(text, " saw it, %s did not: ", others);
        bool users = seen[SIGNAL_REPORT] == WITNESS_MISSED, records = missed > (users ? 1 : 0);
        g_string_append_printf(text, "%s%s%s.",
                               records ? "of the same services nothing is confirmed in their records of that time" : "",
                               records && users ? ", and " : "", users ? "the reports of that time hold no surge" : "");
    }
    if (silent > 0) {
        g_string_append_printf(text, " Of %s there are no records of that time.", mute);
    }
    if (!watched(seen)) {
        g_string_append(text, " No probe watched these services.");
    }
    return g_string_free(text, FALSE);
}
