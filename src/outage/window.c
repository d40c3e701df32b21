/* SPDX-License-Identifier: MIT
 * Runs to windows and blips of one series (docs/semantics.md, Probes): confirmation, recovery, flickers, gaps, bounds
 * and the ends of the data. The same walk serves both levels: "down", and "degraded or down". */
#include "outage/room.h"

#include <math.h>

static const Run *run_at(const Trace *t, guint index) {
    return &g_array_index(t->runs, Run, index);
}

static Stretch *stretch_at(const GArray *stretches, guint index) {
    return &g_array_index(stretches, Stretch, index);
}

GArray *stretches_of(const Trace *t, unsigned level, const Config *config) {
    bool probes = t->info.signal == SIGNAL_PROBE;
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Stretch));
    for (guint i = 0; i < t->runs->len; i++) {
        const Run *run = run_at(t, i);
        bool bad = level_bad(level, run->state);
        Stretch *last = out->len ? stretch_at(out, out->len - 1) : NULL;
        if (!last || last->bad != bad || last->speaks_to != run->first) {
            Stretch fresh = {.bad = bad, .first_run = i, .first = run->first};
            g_array_append_val(out, fresh);
            last = stretch_at(out, out->len - 1);
        }
        last->last_run = i;
        last->count += run->count;
        last->last = run->last;
        last->speaks_to = run->speaks_to;
        last->confirmed =
            bad && (last->confirmed || (probes ? last->count >= config->detection.confirm_down : run->hard));
    }
    return out;
}

/* The walk over the stretches of one level. Indices are of stretches; NONE where there is none. */
#define NONE G_MAXUINT
typedef struct {
    Trace *trace;
    const GArray *stretches;
    const Config *config;
    unsigned level;
    Instant from, to;
    unsigned confirm_up;
    guint segment;       /* first stretch since the beginning, or the last gap longer than max-bridge */
    guint last_good;     /* the last not-bad stretch of the segment */
    guint last_bad;      /* of the open window */
    guint recovering;    /* first not-bad stretch since last_bad */
    uint32_t good_count; /* not-bad observations since last_bad */
    bool open;
    Found current;
} Walk;

static bool gap_before(const Walk *w, guint k) {
    return k > 0 && stretch_at(w->stretches, k - 1)->speaks_to < stretch_at(w->stretches, k)->first;
}

/* Start edge of a window or blip that begins with stretch k. */
static void set_start(const Walk *w, guint k, Found *found) {
    const Stretch *s = stretch_at(w->stretches, k);
    const Run *first = run_at(w->trace, s->first_run);
    Window *o = &found->window;
    *found = (Found){.step = first->step};
    o->signal = w->trace->info.signal;
    o->state = w->level == LEVEL_DOWN ? STATE_DOWN : STATE_DEGRADED;
    o->service = w->trace->info.service;
    o->vantage = w->trace->info.vantage;
    o->check = w->trace->info.check;
    o->start = s->first;
    o->start_hi = s->first + first->first_duration;
    o->proof[PROOF_FIRST_DOWN] = first->first_origin;
    const Run *before = NULL;
    if (w->last_good != NONE) {
        before = run_at(w->trace, stretch_at(w->stretches, w->last_good)->last_run);
    } else if (w->segment > 0) {
        before = run_at(w->trace, stretch_at(w->stretches, w->segment - 1)->last_run);
    }
    o->start_lo = before ? before->last : w->from;
    if (before) {
        o->proof[PROOF_LAST_UP] = before->last_origin;
    }
    if (gap_before(w, k)) {
        o->flags |= FLAG_START_UNOBSERVED;
    } else if (k == 0 && (w->trace->info.signal == SIGNAL_PROBE || first->current)) {
        o->flags |= FLAG_STARTED_BEFORE;
    }
    if (w->trace->info.signal == SIGNAL_TRANSITION && !(o->flags & (FLAG_START_UNOBSERVED | FLAG_STARTED_BEFORE))) {
        Instant earliest = s->first - w->trace->interval;
        o->start_lo = before ? MAX(earliest, before->last) : earliest;
    }
    o->start_lo = MIN(o->start_lo, o->start);
}

/* End edge: the last bad stretch is `bad`, the first not-bad one after it `good` (NONE: the data end). */
static void set_end(const Walk *w, guint bad, guint good, Found *found) {
    const Stretch *s = stretch_at(w->stretches, bad);
    const Run *last = run_at(w->trace, s->last_run);
    Window *o = &found->window;
    o->end_lo = MAX(s->last, o->start);
    o->proof[PROOF_LAST_DOWN] = last->last_origin;
    o->good = INSTANT_NONE;
    if (good != NONE) {
        const Run *next = run_at(w->trace, stretch_at(w->stretches, good)->first_run);
        bool gap = s->speaks_to < next->first;
        o->end = gap ? s->speaks_to : next->first;
        o->good = next->first;
        o->end_hi = next->first + next->first_duration;
        o->flags |= gap ? FLAG_END_UNOBSERVED : 0;
        o->proof[PROOF_FIRST_UP] = next->first_origin;
    } else if (w->trace->last_known && w->to >= w->trace->last_record &&
               w->to - (w->trace->info.signal == SIGNAL_PROBE ? s->last : s->speaks_to) <= w->trace->last_gap) {
        o->end = INSTANT_NONE;
        o->end_hi = w->to;
        o->flags |= FLAG_ONGOING;
    } else {
        o->end = s->speaks_to;
        o->end_hi = MAX(w->to, s->speaks_to);
        o->flags |= FLAG_END_UNOBSERVED;
    }
    if (w->trace->info.signal == SIGNAL_TRANSITION && w->trace->interval > 0 && o->end != INSTANT_NONE &&
        !(o->flags & FLAG_END_UNOBSERVED)) {
        o->end_lo = MAX(o->end_lo, o->end - w->trace->interval);
    }
}

/* The first run that begins at or after the instant. */
static guint first_run_from(const Trace *t, Instant instant) {
    guint low = 0, high = t->runs->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (run_at(t, middle)->first >= instant) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Failures and reasons of the bad runs within [start, end). */
static void count_failures(const Trace *t, unsigned level, Window *o, Instant end) {
    o->failed = 0;
    memset(o->reasons, 0, sizeof o->reasons);
    for (guint i = first_run_from(t, o->start); i < t->runs->len && run_at(t, i)->first < end; i++) {
        const Run *run = run_at(t, i);
        if (!level_bad(level, run->state)) {
            continue;
        }
        o->failed += run->count;
        for (unsigned r = 0; r < REASON_COUNT; r++) {
            o->reasons[r] += run->reasons[r];
        }
    }
}

static void emit(Walk *w, Found *found) {
    Instant end = window_stop(&found->window);
    count_failures(w->trace, w->level, &found->window, end);
    g_array_append_val(w->trace->found[w->level], *found);
}

static void close_window(Walk *w, guint good, unsigned flags) {
    set_end(w, w->last_bad, good, &w->current);
    w->current.window.flags |= flags;
    emit(w, &w->current);
    w->open = false;
    w->good_count = 0;
    w->recovering = NONE;
}

/* The data end after stretch `next - 1`; next: the stretch after a long gap, or NONE. */
static void data_end(Walk *w, guint next) {
    if (!w->open) {
        return;
    }
    if (w->recovering != NONE) {
        close_window(w, w->recovering, FLAG_WEAK); /* one success, and no more data */
    } else {
        close_window(w, next, 0);
    }
}

static void walk_bad(Walk *w, guint k, guint count) {
    const Stretch *s = stretch_at(w->stretches, k);
    if (w->open) {
        bool gap = false;
        for (guint i = w->last_bad + 1; i <= k; i++) {
            gap = gap || gap_before(w, i);
        }
        w->current.window.flags |= gap ? FLAG_BRIDGED : 0;
        w->current.window.flickers += w->recovering != NONE;
    } else if (s->confirmed) {
        set_start(w, k, &w->current);
        w->open = true;
    } else {
        Found blip;
        set_start(w, k, &blip);
        set_end(w, k, k + 1 < count ? k + 1 : NONE, &blip);
        blip.window.flags |= FLAG_BLIP;
        emit(w, &blip);
        return;
    }
    w->last_bad = k;
    w->recovering = NONE;
    w->good_count = 0;
}

static void walk_good(Walk *w, guint k) {
    if (w->open) {
        if (w->recovering == NONE) {
            w->recovering = k;
        }
        w->good_count += stretch_at(w->stretches, k)->count;
        if (w->good_count >= w->confirm_up) {
            close_window(w, w->recovering, 0);
        }
    }
    w->last_good = k;
}

void windows_find(Trace *trace, unsigned level, const GArray *stretches, const Config *config, Instant from,
                  Instant to) {
    trace->found[level] = g_array_new(FALSE, FALSE, sizeof(Found));
    Walk w = {.trace = trace,
              .stretches = stretches,
              .config = config,
              .level = level,
              .from = from,
              .to = to,
              .confirm_up = trace->info.signal == SIGNAL_PROBE ? config->detection.confirm_up : 1,
              .last_good = NONE,
              .last_bad = NONE,
              .recovering = NONE};
    for (guint k = 0; k < stretches->len; k++) {
        const Stretch *s = stretch_at(stretches, k);
        if (k > 0 && s->first - stretch_at(stretches, k - 1)->speaks_to > config->detection.max_bridge) {
            data_end(&w, k);
            w.segment = k;
            w.last_good = NONE;
        }
        if (s->bad) {
            walk_bad(&w, k, stretches->len);
        } else {
            walk_good(&w, k);
        }
    }
    data_end(&w, NONE);
}

/* ---- degraded windows less the time of down windows ---- */

/* Stretches of up within [start, end) of a degraded window: all of them are too short to end it. */
static uint32_t count_flickers(const Trace *t, Instant start, Instant end) {
    uint32_t flickers = 0;
    bool before = false;
    for (guint i = first_run_from(t, start); i < t->runs->len && run_at(t, i)->first < end; i++) {
        bool up = run_at(t, i)->state == STATE_UP;
        flickers += up && !before;
        before = up;
    }
    return flickers;
}

/* Unknown time at an edge that was cut belongs to neither window. */
static void trim_cut_edges(const Trace *t, Window *piece, bool start_cut, bool end_cut, Instant end) {
    if (start_cut && band_at(t->band, piece->start) == STATE_UNKNOWN) {
        guint i = band_seek(t->band, piece->start);
        if (i < t->band->len && g_array_index(t->band, Segment, i).start < end) {
            piece->start = g_array_index(t->band, Segment, i).start;
            piece->flags |= FLAG_START_UNOBSERVED;
        }
    }
    if (end_cut) {
        guint i = band_seek(t->band, end - 1);
        bool unknown = i >= t->band->len || g_array_index(t->band, Segment, i).start >= end;
        if (unknown && i > 0 && g_array_index(t->band, Segment, i - 1).end > piece->start) {
            piece->end = g_array_index(t->band, Segment, i - 1).end;
            piece->flags |= FLAG_END_UNOBSERVED;
        }
    }
}

static void add_piece(Trace *t, GArray *out, const Found *whole, Instant start, Instant end, const Window *left,
                      const Window *right) {
    Found piece = *whole;
    Window *o = &piece.window;
    Instant stop = end == INSTANT_NONE ? INT64_MAX : end;
    if (start >= stop) {
        return;
    }
    o->start = start;
    o->end = end;
    if (left) {
        o->flags &= ~(unsigned)(FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
        o->start_lo = left->end_lo;
        o->start_hi = left->end_hi;
        o->proof[PROOF_LAST_UP] = left->proof[PROOF_LAST_DOWN];
        o->proof[PROOF_FIRST_DOWN] = left->proof[PROOF_FIRST_UP];
    }
    if (right) {
        o->flags &= ~(unsigned)(FLAG_ONGOING | FLAG_END_UNOBSERVED | FLAG_WEAK);
        o->end_lo = right->start_lo;
        o->end_hi = right->start_hi;
        o->good = right->start;
        o->proof[PROOF_LAST_DOWN] = right->proof[PROOF_LAST_UP];
        o->proof[PROOF_FIRST_UP] = right->proof[PROOF_FIRST_DOWN];
    }
    trim_cut_edges(t, o, left != NULL, right != NULL, stop);
    stop = window_stop(o);
    count_failures(t, LEVEL_DEGRADED, o, stop);
    o->flickers = count_flickers(t, o->start, stop);
    if (o->failed > 0) {
        g_array_append_val(out, piece);
    }
}

/* Down windows cut windows and blips; down blips cut blips only (their time in a degraded window is degraded). */
static GArray *cut_degraded(Trace *t) {
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Found));
    GArray *downs = t->found[LEVEL_DOWN], *wholes = t->found[LEVEL_DEGRADED];
    guint first = 0;
    for (guint i = 0; i < wholes->len; i++) {
        const Found *whole = &g_array_index(wholes, Found, i);
        bool blip = whole->window.flags & FLAG_BLIP;
        Instant at = whole->window.start;
        Instant stop = window_stop(&whole->window);
        const Window *left = NULL;
        for (guint k = first; k < downs->len; k++) {
            const Window *down = &g_array_index(downs, Found, k).window;
            if (down->start >= stop) {
                break;
            }
            Instant down_end = window_stop(down);
            if (down_end <= whole->window.start) {
                first = k + 1;
                continue;
            }
            if ((down->flags & FLAG_BLIP) && !blip) {
                continue;
            }
            add_piece(t, out, whole, at, down->start, left, down);
            at = down_end;
            left = down;
        }
        if (at < stop) {
            add_piece(t, out, whole, at, whole->window.end, left, NULL);
        }
    }
    return out;
}

/* ---- band and blips ---- */

static GArray *known_band(const Trace *t) {
    GArray *band = band_new();
    for (guint i = 0; i < t->runs->len; i++) {
        band_put(band, run_at(t, i)->first, run_at(t, i)->speaks_to, STATE_UP);
    }
    return band;
}

/* Paints windows (not blips) over the known time of a band. found: sorted by start, disjoint. */
static GArray *paint(GArray *band, const GArray *found, State state) {
    GArray *out = band_new();
    guint first = 0;
    for (guint i = 0; i < band->len; i++) {
        Segment s = g_array_index(band, Segment, i);
        for (guint k = first; k < found->len && s.start < s.end; k++) {
            const Window *w = &g_array_index(found, Found, k).window;
            Instant end = window_stop(w);
            if (w->start >= s.end) {
                break;
            }
            if (end <= s.start) {
                first = k + 1;
                continue;
            }
            if (w->flags & FLAG_BLIP) {
                continue;
            }
            band_put(out, s.start, w->start, s.state);
            band_put(out, MAX(s.start, w->start), MIN(s.end, end), state);
            s.start = MIN(s.end, end);
        }
        band_put(out, s.start, s.end, s.state);
    }
    g_array_unref(band);
    return out;
}

static void collect_blips(Trace *t, unsigned level, State state) {
    for (guint i = 0; i < t->found[level]->len; i++) {
        const Window *w = &g_array_index(t->found[level], Found, i).window;
        if (w->flags & FLAG_BLIP) {
            Segment s = {w->start, w->end == INSTANT_NONE ? t->spoken : w->end, state};
            g_array_append_val(t->blips, s);
        }
    }
}

void windows_settle(Trace *t) {
    t->band = known_band(t);
    GArray *pieces = cut_degraded(t);
    g_array_unref(t->found[LEVEL_DEGRADED]);
    t->found[LEVEL_DEGRADED] = pieces;
    t->band = paint(t->band, pieces, STATE_DEGRADED);
    t->band = paint(t->band, t->found[LEVEL_DOWN], STATE_DOWN);
    t->blips = band_new();
    collect_blips(t, LEVEL_DOWN, STATE_DOWN);
    collect_blips(t, LEVEL_DEGRADED, STATE_DEGRADED);
    band_unite(t->blips);
}

void window_measure(Window *o, const GArray *band, Instant to, bool bounded) {
    Instant end = window_end(o, to);
    o->observed = end - o->start;
    o->unknown = band ? band_time(band, o->start, end, STATE_UNKNOWN) : 0;
    if (o->unknown == 0) {
        o->flags &= ~(unsigned)FLAG_BRIDGED; /* the silence lies outside the period, or in another piece */
    }
    o->min = o->max = o->likely = o->sigma = MILLIS_NONE;
    if (!bounded) {
        return;
    }
    if (o->signal == SIGNAL_SERVICE) {
        /* The end lies after the start, so neither bound reaches past the other edge's (of several vantages one might).
         */
        o->end_lo = MAX(o->end_lo, o->start_lo);
        o->start_hi = MIN(o->start_hi, o->end_hi);
    }
    Millis unknown = band ? band_time(band, o->start_hi, o->end_lo, STATE_UNKNOWN) : 0;
    o->min = MAX(0, o->end_lo - o->start_hi - unknown);
    o->max = o->end_hi - o->start_lo;
    if (o->flags & (FLAG_ONGOING | FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED | FLAG_END_UNOBSERVED | FLAG_WEAK)) {
        return;
    }
    /* Midpoints are halves of milliseconds: their difference is worked out doubled, then cut. */
    o->likely = MAX(0, (o->end_lo + o->end_hi - o->start_lo - o->start_hi) / 2);
    double start_width = (double)(o->start_hi - o->start_lo), end_width = (double)(o->end_hi - o->end_lo);
    o->sigma = (Millis)sqrt((start_width * start_width + end_width * end_width) / 12.0);
}
