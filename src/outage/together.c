/* SPDX-License-Identifier: MIT
 * One failed check everywhere at once is an outage, though each vantage alone saw only a lone failure: when the raw bad
 * runs of at least three vantages of a service, and of at least confirm-together of its known weight, are open at one
 * instant, all of them are confirmed (docs/semantics.md, Probes). One sweep over the edges of all stretches. */
#include "outage/room.h"

#define VANTAGES_AT_LEAST 3
#define ROUNDING 1e-9 /* of sums of weights */

typedef struct {
    Instant time;
    guint trace; /* index in the lists */
    guint stretch;
    int8_t change; /* +1 begins to speak, -1 ceases */
} Edge;

static int by_time(gconstpointer a, gconstpointer b) {
    const Edge *x = a, *y = b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return x->change - y->change; /* at one instant what ends goes first */
}

/* When each stretch begins and ceases to speak; a vantage says nothing while it is left out of the vote. */
static GArray *edges_of(GPtrArray *traces, GPtrArray *stretches, const Store *store, const Config *config) {
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(Edge));
    for (guint t = 0; t < stretches->len; t++) {
        GArray *list = g_ptr_array_index(stretches, t);
        const SeriesInfo *info = &((const Trace *)g_ptr_array_index(traces, t))->info;
        g_autoptr(GArray) excluded =
            exclusions_of(config, ds_store_name(store, info->vantage), ds_store_name(store, info->service));
        for (guint k = 0; k < list->len; k++) {
            const Stretch *s = &g_array_index(list, Stretch, k);
            g_autoptr(GArray) left = exclusions_left(excluded, s->first, s->speaks_to, STATE_UP);
            for (guint i = 0; i < left->len; i++) {
                const Segment *part = &g_array_index(left, Segment, i);
                Edge begin = {part->start, t, k, 1}, end = {part->end, t, k, -1};
                g_array_append_val(edges, begin);
                g_array_append_val(edges, end);
            }
        }
    }
    g_array_sort(edges, by_time);
    return edges;
}

/* Numbers the vantages of the traces 0, 1, ...; returns how many. */
static guint number_vantages(GPtrArray *traces, guint *numbers) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint t = 0; t < traces->len; t++) {
        const Trace *trace = g_ptr_array_index(traces, t);
        gpointer key = GUINT_TO_POINTER(trace->info.vantage), value;
        if (!g_hash_table_lookup_extended(seen, key, NULL, &value)) {
            value = GUINT_TO_POINTER(g_hash_table_size(seen));
            g_hash_table_insert(seen, key, value);
        }
        numbers[t] = GPOINTER_TO_UINT(value);
    }
    return g_hash_table_size(seen);
}

typedef struct {
    guint known, bad; /* checks of the vantage that speak, and of these the bad ones */
    double weight;
} Seat;

static bool together(const Seat *seats, guint count, double share) {
    double known = 0, down = 0;
    guint vantages = 0;
    for (guint v = 0; v < count; v++) {
        known += seats[v].known ? seats[v].weight : 0;
        down += seats[v].bad ? seats[v].weight : 0;
        vantages += seats[v].bad > 0;
    }
    return vantages >= VANTAGES_AT_LEAST && known > 0 && down + ROUNDING >= share * known;
}

void together_confirm(GPtrArray *traces, GPtrArray *stretches, const Store *store, const Config *config) {
    if (config->detection.confirm_together <= 0 || traces->len < VANTAGES_AT_LEAST) {
        return;
    }
    g_autofree guint *numbers = g_new(guint, traces->len);
    guint count = number_vantages(traces, numbers);
    if (count < VANTAGES_AT_LEAST) {
        return;
    }
    g_autofree Seat *seats = g_new0(Seat, count);
    g_autofree guint *open = g_new(guint, traces->len); /* the open bad stretch of a trace */
    for (guint t = 0; t < traces->len; t++) {
        const Trace *trace = g_ptr_array_index(traces, t);
        seats[numbers[t]].weight = ds_config_weight(config, ds_store_name(store, trace->info.vantage));
        open[t] = G_MAXUINT;
    }
    g_autoptr(GArray) edges = edges_of(traces, stretches, store, config);
    for (guint i = 0; i < edges->len; i++) {
        const Edge *e = &g_array_index(edges, Edge, i);
        GArray *list = g_ptr_array_index(stretches, e->trace);
        bool bad = g_array_index(list, Stretch, e->stretch).bad;
        Seat *seat = &seats[numbers[e->trace]];
        seat->known += e->change > 0 ? 1u : G_MAXUINT; /* adds or takes one */
        if (bad) {
            seat->bad += e->change > 0 ? 1u : G_MAXUINT;
            open[e->trace] = e->change > 0 ? e->stretch : G_MAXUINT;
        }
        bool last = i + 1 == edges->len || g_array_index(edges, Edge, i + 1).time != e->time;
        if (!last || !together(seats, count, config->detection.confirm_together)) {
            continue;
        }
        for (guint t = 0; t < traces->len; t++) {
            if (open[t] != G_MAXUINT) {
                GArray *of_trace = g_ptr_array_index(stretches, t);
                g_array_index(of_trace, Stretch, open[t]).confirmed = true;
            }
        }
    }
}
