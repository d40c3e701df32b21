/* SPDX-License-Identifier: MIT
 * Silence of a whole vantage is an outage of the monitor, not of what it watched: time after its first record in which
 * none of its series, at least two in all, speaks (docs/semantics.md, Monitor outage). */
#include "outage/room.h"

static bool watches(const Trace *t, Name vantage) {
    return t->info.vantage == vantage && (t->info.signal == SIGNAL_PROBE || t->info.signal == SIGNAL_TRANSITION);
}

/* Windows that ceased to be told when the silence began, and were silent all through it. */
static void flag_ended(GPtrArray *traces, Name vantage, Instant start, Instant end) {
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        if (!watches(t, vantage)) {
            continue;
        }
        for (unsigned level = 0; level < 2; level++) {
            for (guint k = 0; k < t->found[level]->len; k++) {
                Window *w = &g_array_index(t->found[level], Found, k).window;
                if ((w->flags & FLAG_END_UNOBSERVED) && w->end <= start &&
                    band_time(t->band, w->end, end, STATE_UNKNOWN) == end - w->end) {
                    w->flags |= FLAG_MONITOR_OUTAGE;
                }
            }
        }
    }
}

static void add_outage(GPtrArray *traces, Name vantage, Instant start, Instant end, GArray *windows) {
    if (start >= end) {
        return;
    }
    Window w = {.signal = SIGNAL_MONITOR,
                .state = STATE_UNKNOWN,
                .service = NAME_NONE,
                .vantage = vantage,
                .check = NAME_NONE,
                .start = start,
                .end = end,
                .start_lo = start,
                .start_hi = start,
                .end_lo = end,
                .end_hi = end};
    g_array_append_val(windows, w);
    flag_ended(traces, vantage, start, end);
}

static void judge_vantage(GPtrArray *traces, Name vantage, Instant to, GArray *windows) {
    g_autoptr(GArray) spoken = band_new();
    Instant first = INT64_MAX, last = INT64_MIN;
    Millis patience = 0;
    guint series = 0;
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        if (!watches(t, vantage)) {
            continue;
        }
        series++;
        first = MIN(first, t->first_record);
        last = MAX(last, t->last_record);
        patience = MAX(patience, t->last_gap);
        for (guint k = 0; k < t->band->len; k++) {
            Segment s = g_array_index(t->band, Segment, k);
            if (s.state != STATE_UNKNOWN) {
                g_array_append_val(spoken, s);
            }
        }
    }
    if (series < 2) {
        return;
    }
    band_unite(spoken);
    Instant at = first;
    for (guint i = 0; i < spoken->len && at < to; i++) { /* a silence after the period is told nowhere */
        const Segment *s = &g_array_index(spoken, Segment, i);
        add_outage(traces, vantage, at, s->start, windows);
        at = s->end;
    }
    if (to - last > patience) {
        add_outage(traces, vantage, at, to, windows);
    }
}

void monitors_find(GPtrArray *traces, Instant to, GArray *windows) {
    g_autoptr(GHashTable) done = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        if (watches(t, t->info.vantage) && g_hash_table_add(done, GUINT_TO_POINTER(t->info.vantage))) {
            judge_vantage(traces, t->info.vantage, to, windows);
        }
    }
}
