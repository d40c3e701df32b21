/* SPDX-License-Identifier: MIT
 * What is left beside the down windows of a service: partial time (some vantages down, not enough of them), less edges
 * of down windows that were only seen late. */
#include "outage/verdict.h"

/* Do (lo, hi] and (lo2, hi2] share an instant? An exact edge (x, x] is the instant x. */
static bool overlap(Instant lo, Instant hi, Instant lo2, Instant hi2) {
    return MAX(lo - (lo == hi), lo2 - (lo2 == hi2)) < MIN(hi, hi2);
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

/* The interval between two changes of votes that the instant lies in. */
static Segment interval_at(const GArray *edges, Instant at) {
    guint low = 0, high = edges->len;
    while (low < high) { /* the first edge after the instant */
        guint middle = low + (high - low) / 2;
        if (g_array_index(edges, Instant, middle) > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return (Segment){low ? g_array_index(edges, Instant, low - 1) : at,
                     low < edges->len ? g_array_index(edges, Instant, low) : at + 1, STATE_UP};
}

/* The same, as far as no down window is met; empty within one. */
static Segment between_downs(const GArray *edges, const GArray *downs, Instant at) {
    Segment piece = interval_at(edges, at);
    guint i = band_seek(downs, at);
    if (i > 0) {
        piece.start = MAX(piece.start, g_array_index(downs, Segment, i - 1).end);
    }
    if (i < downs->len) {
        const Segment *next = &g_array_index(downs, Segment, i);
        piece.end = next->start <= at ? piece.start : MIN(piece.end, next->start);
    }
    return piece;
}

void partial_absorb(const Sweep *s, const GArray *downs, const Window *down, bool start, GArray *absorbed) {
    Instant at = start ? down->start : down->end;
    for (;;) {
        Instant probe = start ? at - 1 : at;
        Segment piece = between_downs(s->edges, downs, probe);
        if (piece.start >= piece.end || band_at(s->raw, probe) != STATE_PARTIAL ||
            !only_late_views(s, probe, down, start)) {
            return;
        }
        g_array_append_val(absorbed, piece);
        at = start ? piece.start : piece.end;
    }
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

/* Flags and proofs of a partial window; true where one that makes it is ongoing. *failed: the last failure of those
 * that are open at its end. */
static bool borrow(const Sweep *s, Window *out, Instant *failed) {
    Edges edges = {0};
    const Window *ongoing = NULL;
    for (guint v = 0; v < s->votes->len; v++) {
        const GArray *windows = sweep_vote(s, v)->down[LEVEL_DOWN];
        for (guint i = 0; i < windows->len; i++) {
            const Window *w = &g_array_index(windows, Window, i);
            borrow_edges(w, out, &edges);
            if (w->start < out->end && window_stop(w) >= out->end) {
                *failed = MAX(*failed, w->end_lo);
            }
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
                i = k;
            } else if (next->state != STATE_UNKNOWN) {
                break;
            }
        }
        Instant failed = INSTANT_NONE;
        bool ongoing = borrow(s, &w, &failed);
        w.start_lo = w.start_hi = w.start;
        w.end_lo = w.end_hi = w.end;
        if (ongoing && w.end == last_known) {
            w.end = INSTANT_NONE;
            w.end_lo = failed;
            w.end_hi = s->period.end;
            w.flags = (w.flags & ~(unsigned)(FLAG_END_UNOBSERVED | FLAG_WEAK)) | FLAG_ONGOING;
        }
        g_array_append_val(out, w);
    }
}
