/* SPDX-License-Identifier: MIT
 * What the settings ask for and the inputs cannot answer. An objective of a service that no record tells of counts as
 * missed; that must not look like an outage. And what the outages say about the inputs: clocks that disagree. */
#include "base/text.h"
#include "job.h"
#include "job_room.h"

void job_note_objectives(const Config *config, const Store *store, Quality *quality) {
    for (guint i = 0; i < config->objectives->len; i++) {
        const Objective *o = g_ptr_array_index(config->objectives, i);
        if (o->service && ds_store_find(store, o->service) == NAME_NONE) {
            g_ptr_array_add(quality->notes,
                            g_strdup_printf("Objective %s: no record tells of the service %s, so it counts as missed.",
                                            o->name, o->service));
        }
    }
}

static void note_exclusion(const VantageConfig *v, const Exclusion *e, const Outages *outages, const Store *store,
                           Quality *quality) {
    unsigned windows;
    Millis down;
    ds_outages_excluded(outages, store, v->name, e, &windows, &down);
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, "Vantage %s had no vote", v->name);
    g_autofree char *services = e->services ? g_strjoinv(", ", e->services) : NULL;
    if (services) {
        g_string_append_printf(text, " on %s", services);
    }
    if (e->from != INT64_MIN) {
        g_string_append_printf(text, " from %s", ds_instant_text(e->from, from));
    }
    if (e->to != INT64_MAX) {
        g_string_append_printf(text, " until %s", ds_instant_text(e->to, to));
    }
    g_string_append_printf(text, ": %s. In that time it saw %u outage%s, ", e->reason, windows,
                           windows == 1 ? "" : "s");
    ds_text_duration(text, down);
    g_string_append(text, " in all; it counts in its own rows only.");
    g_ptr_array_add(quality->notes, g_string_free(g_steal_pointer(&text), FALSE));
}

void job_note_exclusions(const Config *config, const Outages *outages, const Store *store, Quality *quality) {
    for (guint i = 0; i < config->vantages->len; i++) {
        const VantageConfig *v = g_ptr_array_index(config->vantages, i);
        for (guint k = 0; v->excluded && k < v->excluded->len; k++) {
            note_exclusion(v, g_ptr_array_index(v->excluded, k), outages, store, quality);
        }
    }
}

void job_note_clocks(const Impact *impact, const Store *store, Quality *quality) {
    for (guint i = 0; i < impact->clocks->len; i++) {
        const ClockCheck *check = &g_array_index(impact->clocks, ClockCheck, i);
        if (check->shift == 0) {
            continue;
        }
        const char *name = ds_store_name(store, check->vantage);
        g_autoptr(GString) length = g_string_new(NULL);
        ds_text_duration(length, ABS(check->shift));
        g_ptr_array_add(
            quality->notes,
            g_strdup_printf("The clock of vantage %s looks %s %s: its outages match those of %s when its times "
                            "are moved by that, and do not as they are.%s Nothing was moved; a rule of inputs "
                            "can tell the zone of a log.",
                            *name ? name : "(unnamed)", length->str, check->shift < 0 ? "ahead" : "behind",
                            check->others > 1 ? "the others" : "the other vantage",
                            check->others > 1 ? "" : " With two vantages nobody knows which of them is right."));
    }
}
