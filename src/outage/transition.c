/* SPDX-License-Identifier: MIT
 * Transitions to runs: a state holds to the next one of its series, at most to the last dated line of its input, and
 * not beyond a stop of the monitor (docs/semantics.md, Transitions). After that the rules of probes serve: a hard
 * problem is confirmed, a soft one that recovers is a blip, and any OK ends an outage. */
#include "outage/room.h"

#define RESTART_IS_NO_STOP (30 * MILLIS_SECOND)

/* The first stop of the set's monitor in (after, before), restarts within 30 s left out; `before` where there is none.
 */
static Instant next_stop(const MonitorMark *marks, size_t count, uint32_t set, Instant after, Instant before) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (marks[middle].time > after) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    for (size_t i = low; i < count && marks[i].time < before; i++) {
        if (marks[i].start || marks[i].set != set) {
            continue;
        }
        bool restarted = false;
        for (size_t k = i + 1; k < count && marks[k].time <= marks[i].time + RESTART_IS_NO_STOP; k++) {
            restarted = restarted || (marks[k].start && marks[k].set == set);
        }
        if (!restarted) {
            return marks[i].time;
        }
    }
    return before;
}

/* Until when the state told by `o` is known to hold, when the next is told at `next` (INSTANT_NONE: never). */
static Instant holds_to(const Store *store, const Observation *o, Instant next) {
    const InputSpan *span = ds_store_span(store, o->origin.file);
    Instant limit = next;
    if (span && span->last != INSTANT_NONE && (limit == INSTANT_NONE || span->last < limit)) {
        limit = MAX(span->last, o->time);
    }
    if (limit == INSTANT_NONE) {
        limit = o->time;
    }
    size_t count;
    const MonitorMark *marks = ds_store_marks(store, &count);
    return span ? next_stop(marks, count, span->set, o->time, limit) : limit;
}

static void tell(Trace *t, const Observation *o, Instant until) {
    Run *run = t->runs->len ? &g_array_index(t->runs, Run, t->runs->len - 1) : NULL;
    if (!run || run->state != o->state || run->speaks_to != o->time) {
        Run begun = {.state = o->state,
                     .first = o->time,
                     .first_origin = o->origin,
                     .step = t->interval ? t->interval : DEFAULT_INTERVAL,
                     .current = o->event == EVENT_CURRENT};
        g_array_append_val(t->runs, begun);
        run = &g_array_index(t->runs, Run, t->runs->len - 1);
    }
    run->last = o->time;
    run->last_origin = o->origin;
    run->speaks_to = until;
    run->hard = run->hard || !o->soft;
    run->count++;
    if (o->state != STATE_UP) {
        run->reasons[o->reason]++;
    }
    t->spoken = until;
}

/* A problem that hardens and ends within one stamp was hard all the same, though it held for no time. */
static void harden(Trace *t, const Observation *o) {
    Run *run = t->runs->len ? &g_array_index(t->runs, Run, t->runs->len - 1) : NULL;
    if (run && !o->soft && run->state == o->state && run->speaks_to == o->time) {
        run->hard = true;
    }
}

/* What the first line says of the time before it. */
static void tell_before(Trace *t, const Store *store, const Observation *o) {
    const InputSpan *span = ds_store_span(store, o->origin.file);
    if (o->from == STATE_UNKNOWN || o->from == STATE_MAINTENANCE || !span || span->first == INSTANT_NONE ||
        span->first >= o->time) {
        return;
    }
    Observation before = *o;
    before.time = span->first;
    before.state = o->from;
    before.event = EVENT_CURRENT;
    before.soft = false;
    before.reason = REASON_NONE;
    t->first_record = before.time;
    tell(t, &before, o->time);
}

static void step(Trace *t, const Store *store, const Observation *o, Instant next, GArray *planned) {
    Instant until = holds_to(store, o, next);
    if (o->interval > 0 && t->interval == 0) {
        t->interval = o->interval;
    }
    t->last_record = o->time;
    t->last_known = o->state == STATE_UP || o->state == STATE_DEGRADED || o->state == STATE_DOWN;
    if (t->last_known) {
        tell(t, o, until);
    } else if (o->state == STATE_MAINTENANCE) {
        trace_planned(t, o, until, planned);
    }
}

Trace *trace_transition(const Store *store, size_t series, const Config *config, GArray *planned) {
    Trace *t = g_new0(Trace, 1);
    t->series = series;
    t->info = ds_series_info(store, series);
    t->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    t->spoken = INSTANT_NONE;
    t->first_record = t->info.first;
    g_autoptr(SeriesCursor) cursor = ds_series_open(store, series);
    Observation now, next;
    bool more = ds_series_next(cursor, &now);
    if (more) {
        tell_before(t, store, &now);
    }
    while (more) {
        more = ds_series_next(cursor, &next);
        if (!more || next.time != now.time) { /* of several within one stamp only the last holds for any time */
            step(t, store, &now, more ? next.time : INSTANT_NONE, planned);
        } else {
            harden(t, &now);
        }
        now = next;
    }
    Millis interval = t->interval ? t->interval : DEFAULT_INTERVAL;
    t->first_gap = t->last_gap = config->detection.max_gap > 0 ? config->detection.max_gap : 3 * interval;
    t->bounded = t->interval > 0;
    return t;
}
