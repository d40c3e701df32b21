/* SPDX-License-Identifier: MIT
 * What is left beside the down windows of a service: partial time (some vantages down, not enough of them), less edges
 * of down windows that were only seen late; and degraded time, which yields to down, partial and unknown. */
#include "outage/verdict.h"

static bool overlap(Instant lo, Instant hi, Instant lo2, Instant hi2) {
    Instant low = MAX(lo, lo2), high = MIN(hi, hi2);
    return low < high || (low == high && (lo == hi || lo2 == hi2)); /* an exact edge lies in (lo, hi] */
}

/* Are all vantages that are bad at the instant ones that may have seen this edge late? */
static bool only_late_views(const Sweep *s, Instant at, const Window *down, bool start) {
    for (guint v = 0; v < s->votes->len; v++) {
        if (band_at(sweep_vote(s, v)->band[s->level], at) != STATE_DOWN) {
            continue;
        }
        const Window *w = sweep_bad_window(s, v, at);
        if (!w || !(start ? overlap(w->start_lo, w->start_hi, down->start_lo, down->start_hi)
                          : overlap(w->end_lo, w->end_hi, down->end_lo, down->end_hi))) {
            return false;
        }
    }
    return true;
}

/* Partial time that grows out of an edge of a down window and is made by late views of it only: collected as up. */
void partial_absorb(const Sweep *s, const Window *down, bool start, GArray *absorbed) {
    Instant at = start ? down->start : window_end(down, s->to);
    for (;;) {
        Instant probe = start ? at - 1 : at;
        if (band_at(s->raw, probe) != STATE_PARTIAL || !only_late_views(s, probe, down, start)) {
            return;
        }
        guint i = 0;
        while (i < s->edges->len && g_array_index(s->edges, Instant, i) <= probe) {
            i++;
        }
        Instant low = i ? g_array_index(s->edges, Instant, i - 1) : probe;
        Instant high = i < s->edges->len ? g_array_index(s->edges, Instant, i) : probe + 1;
        Segment piece = {start ? low : at, start ? at : high, STATE_UP};
        g_array_append_val(absorbed, piece);
        at = start ? low : high;
    }
}

/* Paints segments over a band, which is taken: over all that is known, or only where it is up. over: sorted, disjoint.
 */
static GArray *paint(GArray *band, const GArray *over, bool only_up) {
    GArray *out = band_new();
    for (guint i = 0; i < band->len; i++) {
        Segment s = g_array_index(band, Segment, i);
        bool yields = only_up ? s.state == STATE_UP : s.state != STATE_UNKNOWN;
        for (guint k = band_seek(over, s.start); yields && k < over->len && s.start < s.end; k++) {
            const Segment *o = &g_array_index(over, Segment, k);
            if (o->start >= s.end) {
                break;
            }
            band_put(out, s.start, o->start, s.state);
            band_put(out, MAX(s.start, o->start), MIN(s.end, o->end), o->state);
            s.start = MIN(s.end, o->end);
        }
        band_put(out, s.start, s.end, s.state);
    }
    g_array_unref(band);
    return out;
}

GArray *partial_paint(GArray *band, const GArray *over) {
    return paint(band, over, false);
}

GArray *degraded_paint(GArray *band, const GArray *spans) {
    return paint(band, spans, true);
}

GArray *partial_spans(const GArray *windows, State state) {
    GArray *spans = band_new();
    for (guint i = 0; i < windows->len; i++) {
        const Window *w = &g_array_index(windows, Window, i);
        band_put(spans, w->start, window_stop(w), state);
    }
    return spans;
}

/* What the windows that share an edge with a partial window say of it: a flag is told when all of them have it, and the
 * first of them proves the edge. */
typedef struct {
    guint starts, ends;
    unsigned start_flags, end_flags;
} Edges;

static void borrow_edges(const Window *w, Window *out, Edges *edges) {
    if (w->start == out->start) {
        edges->start_flags = edges->starts++ ? edges->start_flags & w->flags : w->flags;
        if (edges->starts == 1) {
            out->proof[PROOF_LAST_UP] = w->proof[PROOF_LAST_UP];
            out->proof[PROOF_FIRST_DOWN] = w->proof[PROOF_FIRST_DOWN];
        }
    }
    if (w->end == out->end) {
        edges->end_flags = edges->ends++ ? edges->end_flags & w->flags : w->flags;
        if (edges->ends == 1) {
            out->proof[PROOF_LAST_DOWN] = w->proof[PROOF_LAST_DOWN];
            out->proof[PROOF_FIRST_UP] = w->proof[PROOF_FIRST_UP];
        }
    }
}

/* An edge that is that of a down window of the service is proved by what proves that one. */
static void borrow_verdict(const GArray *downs, Window *out) {
    for (guint i = 0; i < downs->len; i++) {
        const Window *down = &g_array_index(downs, Window, i);
        if (down->end == out->start) {
            out->proof[PROOF_LAST_UP] = down->proof[PROOF_LAST_DOWN];
            out->proof[PROOF_FIRST_DOWN] = down->proof[PROOF_FIRST_UP];
        }
        if (down->start == out->end) {
            out->proof[PROOF_LAST_DOWN] = down->proof[PROOF_LAST_UP];
            out->proof[PROOF_FIRST_UP] = down->proof[PROOF_FIRST_DOWN];
        }
    }
}

/* Flags and proofs of a partial window; true where one that makes it is ongoing. */
static bool borrow(const Sweep *s, Window *out) {
    Edges edges = {0};
    const Window *ongoing = NULL;
    for (guint v = 0; v < s->votes->len; v++) {
        const GArray *windows = sweep_vote(s, v)->down[LEVEL_DOWN];
        for (guint i = 0; i < windows->len; i++) {
            const Window *w = &g_array_index(windows, Window, i);
            borrow_edges(w, out, &edges);
            if (w->end == INSTANT_NONE && w->start < out->end) {
                ongoing = w;
            }
        }
    }
    out->flags |= edges.start_flags & (FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
    out->flags |= edges.end_flags & (FLAG_END_UNOBSERVED | FLAG_WEAK);
    borrow_verdict(s->windows, out);
    if (ongoing && out->proof[PROOF_LAST_DOWN].line == 0) {
        out->proof[PROOF_LAST_DOWN] = ongoing->proof[PROOF_LAST_DOWN];
    }
    return ongoing != NULL;
}

static bool nothing_between(const GArray *band, Instant from, Instant to, Millis max_bridge) {
    return to - from <= max_bridge && band_time(band, from, to, STATE_UNKNOWN) == to - from;
}

static Instant end_of_known(const GArray *band) {
    for (guint i = band->len; i-- > 0;) {
        if (g_array_index(band, Segment, i).state != STATE_UNKNOWN) {
            return g_array_index(band, Segment, i).end;
        }
    }
    return INSTANT_NONE;
}

/* Partial windows of the finished band. */
void partial_find(const Sweep *s, const GArray *band, GArray *out) {
    Instant last_known = end_of_known(band);
    for (guint i = 0; i < band->len; i++) {
        const Segment *seg = &g_array_index(band, Segment, i);
        if (seg->state != STATE_PARTIAL) {
            continue;
        }
        Window w = {.signal = SIGNAL_SERVICE,
                    .state = STATE_PARTIAL,
                    .service = s->service,
                    .vantage = NAME_NONE,
                    .check = NAME_NONE,
                    .start = seg->start,
                    .end = seg->end};
        for (guint k = i + 1; k < band->len; k++) { /* goes on over short silence */
            const Segment *next = &g_array_index(band, Segment, k);
            if (next->state == STATE_PARTIAL &&
                nothing_between(band, w.end, next->start, s->config->detection.max_bridge)) {
                w.end = next->end;
                w.flags |= FLAG_BRIDGED;
                i = k;
            } else if (next->state != STATE_UNKNOWN) {
                break;
            }
        }
        bool ongoing = borrow(s, &w);
        w.start_lo = w.start_hi = w.start;
        w.end_lo = w.end_hi = w.end;
        if (ongoing && w.end == last_known) {
            w.end = INSTANT_NONE;
            w.end_hi = s->to;
            w.flags = (w.flags & ~(unsigned)FLAG_END_UNOBSERVED) | FLAG_ONGOING;
        }
        sweep_sum(s, LEVEL_DOWN, &w);
        g_array_append_val(out, w);
    }
}

/* ---- degraded: where neither down nor partial ---- */

/* Appends what is left of a degraded window once `cutters` (by start) are taken out. */
void degraded_cut(const Window *whole, const GArray *cutters, Instant to, GArray *out) {
    Window rest = *whole;
    Instant stop = window_stop(whole);
    for (guint i = 0; i < cutters->len && rest.start < stop; i++) {
        const Window *c = &g_array_index(cutters, Window, i);
        Instant c_end = window_stop(c);
        if (c_end <= rest.start || c->start >= stop) {
            continue;
        }
        if (c->start > rest.start) {
            Window piece = rest;
            piece.end = c->start;
            piece.end_lo = c->start_lo;
            piece.end_hi = c->start_hi;
            piece.flags &= ~(unsigned)(FLAG_ONGOING | FLAG_END_UNOBSERVED | FLAG_WEAK);
            piece.proof[PROOF_LAST_DOWN] = c->proof[PROOF_LAST_UP];
            piece.proof[PROOF_FIRST_UP] = c->proof[PROOF_FIRST_DOWN];
            g_array_append_val(out, piece);
        }
        rest.start = c_end;
        rest.start_lo = c->end_lo;
        rest.start_hi = c->end_hi;
        rest.flags &= ~(unsigned)(FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
        rest.proof[PROOF_LAST_UP] = c->proof[PROOF_LAST_DOWN];
        rest.proof[PROOF_FIRST_DOWN] = c->proof[PROOF_FIRST_UP];
    }
    if (rest.start < stop && rest.start < MAX(to, whole->start + 1)) {
        g_array_append_val(out, rest);
    }
}

/* Counts of a degraded piece: those of the degraded windows of its vantages that overlap it, down time left out. */
void degraded_sum(GPtrArray *traces, Window *out) {
    Instant end = window_stop(out);
    out->failed = out->flickers = 0;
    memset(out->reasons, 0, sizeof out->reasons);
    for (guint t = 0; t < traces->len; t++) {
        const GArray *found = ((const Trace *)g_ptr_array_index(traces, t))->found[LEVEL_DEGRADED];
        for (guint i = 0; i < found->len; i++) {
            const Window *w = &g_array_index(found, Found, i).window;
            if (!(w->flags & FLAG_BLIP) && w->start < end && (w->end == INSTANT_NONE || w->end > out->start)) {
                window_add_counts(out, w);
            }
        }
    }
}
