/* SPDX-License-Identifier: MIT
 * Probes to runs: which observation speaks for which time, and where the gaps are (docs/semantics.md, Coverage).
 * One pass with a look-ahead of ten observations; memory grows with the number of state changes, not of probes.
 *
 * The local interval of an observation is the p-th longest of the up to ten steps that end at it and the up to ten
 * that begin at it, p = max(2, ceil(n/4)). It is worked out only where it decides something: a step is surely no gap
 * when p of the steps around it are at least a third as long. */
#include "outage/room.h"

#define NEAR 10                        /* steps looked at on each side */
#define RANK_MOST ((2 * NEAR + 3) / 4) /* p of a whole window */
#define RING 32                        /* power of two > 2 * NEAR + 1 */
#define GAP_INTERVALS 3                /* max-gap, in intervals, unless configured */

typedef struct {
    Observation ring[RING];
    uint64_t read; /* observations read so far */
    uint64_t at;   /* index of the one being judged */
    bool ended;
    SeriesCursor *cursor;
    const Detection *detection;
    Millis sure; /* no step up to this one is a gap while at <= sure_until: enough steps around are a third of it */
    uint64_t sure_until;
} Walk;

static const Observation *seen(const Walk *w, uint64_t index) {
    return &w->ring[index % RING];
}

static Millis step_after(const Walk *w, uint64_t index) {
    return seen(w, index + 1)->time - seen(w, index)->time;
}

/* Reads ahead until NEAR observations beyond the current one are there. False: there is no current one. */
static bool walk_fill(Walk *w) {
    while (!w->ended && w->read <= w->at + NEAR) {
        if (ds_series_next(w->cursor, &w->ring[w->read % RING])) {
            w->read++;
        } else {
            w->ended = true;
        }
    }
    return w->at < w->read;
}

/* Indices of the first observation of the steps around the current one: [*low, *high). */
static void steps_around(const Walk *w, uint64_t *low, uint64_t *high) {
    *low = w->at > NEAR ? w->at - NEAR : 0;
    uint64_t last = w->read - 1;
    *high = MIN(w->at + NEAR, last);
}

static unsigned rank_of(uint64_t steps) {
    return steps < 2 ? 1 : MAX(2u, (unsigned)((steps + 3) / 4));
}

static Millis interval_here(const Walk *w) {
    if (w->detection->interval > 0) {
        return w->detection->interval;
    }
    uint64_t low, high;
    steps_around(w, &low, &high);
    if (low >= high) {
        return DEFAULT_INTERVAL;
    }
    unsigned rank = rank_of(high - low);
    Millis longest[RANK_MOST + 1] = {0}; /* the `rank` longest so far, longest first */
    for (uint64_t k = low; k < high; k++) {
        Millis step = step_after(w, k);
        for (unsigned r = 0; r < rank; r++) {
            if (step > longest[r]) {
                Millis pushed = longest[r];
                longest[r] = step;
                step = pushed;
            }
        }
    }
    return longest[rank - 1];
}

static Millis max_gap_of(const Detection *d, Millis interval) {
    return d->max_gap > 0 ? d->max_gap : GAP_INTERVALS * interval;
}

/* Are `wanted` of the steps around the current observation at least a third of `step`? Those found stay around it for
 * some observations more, which need not count again: no window has a higher rank than a whole one. */
static bool is_usual(Walk *w, Millis step) {
    uint64_t low, high;
    steps_around(w, &low, &high);
    unsigned wanted = rank_of(high - low), found = 0;
    Millis shortest = INT64_MAX / GAP_INTERVALS;
    for (uint64_t k = high; k-- > low;) {
        Millis around = step_after(w, k);
        if (GAP_INTERVALS * around < step) {
            continue;
        }
        shortest = MIN(shortest, around);
        if (++found == wanted) {
            w->sure = GAP_INTERVALS * shortest;
            w->sure_until = wanted == RANK_MOST ? k + NEAR : w->at;
            return true;
        }
    }
    return false;
}

/* Is the step after the current observation too long for it to speak through? */
static bool gap_follows(Walk *w) {
    Millis step = step_after(w, w->at);
    if (w->detection->max_gap > 0) {
        return step > w->detection->max_gap;
    }
    if (w->detection->interval > 0) {
        return step > GAP_INTERVALS * w->detection->interval;
    }
    return !(step <= w->sure && w->at <= w->sure_until) && !is_usual(w, step);
}

/* Where the current observation ceases to speak. */
static Instant speaks_to(Walk *w) {
    const Observation *o = seen(w, w->at);
    if (w->at + 1 >= w->read) {
        return o->time + interval_here(w);
    }
    Instant next = seen(w, w->at + 1)->time;
    return gap_follows(w) ? MIN(next, o->time + interval_here(w)) : next;
}

static void run_extend(Run *run, const Observation *o, Instant until) {
    run->last = o->time;
    run->last_duration = o->duration;
    run->last_origin = o->origin;
    run->speaks_to = until;
    run->count++;
    if (run->state != STATE_UP) {
        run->reasons[o->reason]++;
    }
}

static void run_begin(GArray *runs, const Walk *w, const Observation *o) {
    Run run = {.state = o->state,
               .first = o->time,
               .first_duration = o->duration,
               .first_origin = o->origin,
               .step = o->state == STATE_UP ? 0 : interval_here(w),
               .hard = true};
    g_array_append_val(runs, run);
}

void trace_planned(const Trace *t, const Observation *o, Instant until, GArray *planned) {
    Announcement a = {.time = o->time,
                      .until = until,
                      .service = t->info.service,
                      .vantage = t->info.vantage,
                      .phase = "",
                      .text = "maintenance state of the monitor",
                      .origin = o->origin};
    g_array_append_val(planned, a);
}

Trace *trace_probe(const Store *store, size_t series, const Config *config, GArray *planned) {
    Trace *t = g_new0(Trace, 1);
    t->series = series;
    t->info = ds_series_info(store, series);
    t->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    t->spoken = INSTANT_NONE;
    t->bounded = true;
    Walk w = {.detection = &config->detection, .cursor = ds_series_open(store, series)};
    for (; walk_fill(&w); w.at++) {
        const Observation *o = seen(&w, w.at);
        bool known = o->state == STATE_UP || o->state == STATE_DEGRADED || o->state == STATE_DOWN;
        if (w.at == 0) {
            t->first_record = o->time;
            t->first_gap = max_gap_of(w.detection, interval_here(&w));
        }
        if (w.at + 1 >= w.read) {
            t->last_gap = max_gap_of(w.detection, interval_here(&w));
        }
        t->last_record = o->time;
        t->last_known = known;
        if (known) {
            Run *run = t->runs->len ? &g_array_index(t->runs, Run, t->runs->len - 1) : NULL;
            if (!run || run->state != o->state || run->speaks_to != o->time) {
                run_begin(t->runs, &w, o);
            }
            t->spoken = speaks_to(&w);
            run_extend(&g_array_index(t->runs, Run, t->runs->len - 1), o, t->spoken);
        } else if (o->state == STATE_MAINTENANCE) {
            trace_planned(t, o, speaks_to(&w), planned);
        }
    }
    ds_series_close(w.cursor);
    return t;
}

Trace *trace_given(const Store *store, size_t series, GArray *windows, GArray *band) {
    Trace *t = g_new0(Trace, 1);
    t->series = series;
    t->info = ds_series_info(store, series);
    t->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    t->first_record = t->info.first;
    t->last_record = t->info.last;
    t->last_known = true;
    t->bounded = true;
    t->spoken = band->len ? g_array_index(band, Segment, band->len - 1).end : INSTANT_NONE;
    t->band = band;
    t->blips = band_new();
    for (unsigned level = 0; level < 2; level++) {
        t->found[level] = g_array_new(FALSE, FALSE, sizeof(Found));
    }
    for (guint i = 0; i < windows->len; i++) {
        Found found = {.window = g_array_index(windows, Window, i)};
        found.window.good = found.window.flags & FLAG_END_UNOBSERVED ? found.window.end_hi : found.window.end;
        unsigned level = found.window.state == STATE_DEGRADED ? LEVEL_DEGRADED : LEVEL_DOWN;
        g_array_append_val(t->found[level], found);
    }
    g_array_unref(windows);
    return t;
}

void trace_free(Trace *t) {
    if (!t) {
        return;
    }
    g_array_unref(t->runs);
    g_clear_pointer(&t->found[LEVEL_DOWN], g_array_unref);
    g_clear_pointer(&t->found[LEVEL_DEGRADED], g_array_unref);
    g_clear_pointer(&t->band, g_array_unref);
    g_clear_pointer(&t->blips, g_array_unref);
    g_free(t);
}
