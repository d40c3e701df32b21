/* SPDX-License-Identifier: MIT
 * Degraded time of a service: where it is neither down nor partial. Degraded windows yield to down and partial ones,
 * take over their bounds at the cut, and begin and end there with time that is known. */
#include "outage/verdict.h"

/* The edge of a cutter that nobody saw is one that nobody saw of the piece beside it. */
static unsigned mirrored(unsigned flags, unsigned of_edge, unsigned unseen) {
    return flags & of_edge ? unseen : 0;
}

static void cut_end(Window *piece, const Window *c) {
    piece->end = c->start;
    piece->end_lo = c->start_lo;
    piece->end_hi = c->start_hi;
    piece->flags &= ~(unsigned)(FLAG_ONGOING | FLAG_END_UNOBSERVED | FLAG_WEAK);
    piece->flags |= mirrored(c->flags, FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED, FLAG_END_UNOBSERVED);
    piece->proof[PROOF_LAST_DOWN] = c->proof[PROOF_LAST_UP];
    piece->proof[PROOF_FIRST_UP] = c->proof[PROOF_FIRST_DOWN];
}

static void cut_start(Window *piece, const Window *c) {
    piece->start = window_stop(c);
    piece->start_lo = c->end_lo;
    piece->start_hi = c->end_hi;
    piece->flags &= ~(unsigned)(FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
    piece->flags |= mirrored(c->flags, FLAG_END_UNOBSERVED, FLAG_START_UNOBSERVED);
    piece->proof[PROOF_LAST_UP] = c->proof[PROOF_LAST_DOWN];
    piece->proof[PROOF_FIRST_DOWN] = c->proof[PROOF_FIRST_UP];
}

/* Appends what is left of a degraded window once the cutters are taken out. */
static void cut_window(const Window *whole, const GArray *cutters, GArray *out) {
    Window rest = *whole;
    Instant stop = window_stop(whole);
    for (guint i = 0; i < cutters->len && rest.start < stop; i++) {
        const Window *c = &g_array_index(cutters, Window, i);
        if (window_stop(c) <= rest.start || c->start >= stop) {
            continue;
        }
        if (c->start > rest.start) {
            Window piece = rest;
            cut_end(&piece, c);
            g_array_append_val(out, piece);
        }
        cut_start(&rest, c);
    }
    if (rest.start < stop) {
        g_array_append_val(out, rest);
    }
}

/* Unknown time at a cut belongs to neither window; false: nothing of the piece is known. */
static bool trim(Window *piece, bool start_cut, bool end_cut, const GArray *band) {
    Instant first = INSTANT_NONE, last = INSTANT_NONE, stop = window_stop(piece);
    for (guint i = band_seek(band, piece->start); i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        if (s->start >= stop) {
            break;
        }
        if (s->state != STATE_UNKNOWN) {
            first = first == INSTANT_NONE ? MAX(s->start, piece->start) : first;
            last = MIN(s->end, stop);
        }
    }
    if (first == INSTANT_NONE) {
        return false;
    }
    if (start_cut && first > piece->start) {
        piece->start = first;
        piece->start_hi = MAX(piece->start_hi, first);
        piece->flags |= FLAG_START_UNOBSERVED;
    }
    if (end_cut && last < stop) {
        piece->end = last;
        piece->end_lo = MIN(piece->end_lo, last);
        piece->flags |= FLAG_END_UNOBSERVED;
    }
    return true;
}

/* Time of the band in which the degraded verdict is not known. */
static GArray *unknown_of(const Sweep *s, const GArray *band) {
    GArray *out = band_new();
    if (band->len) {
        Instant from = g_array_index(band, Segment, 0).start, to = g_array_index(band, Segment, band->len - 1).end;
        g_autoptr(GArray) raw = band_clip(s->raw, from, to);
        for (guint i = 0; i < raw->len; i++) {
            const Segment *segment = &g_array_index(raw, Segment, i);
            if (segment->state == STATE_UNKNOWN) {
                g_array_append_val(out, *segment);
            }
        }
    }
    return out;
}

GArray *degraded_find(const Sweep *s, const GArray *cutters, GArray *band, GArray *out) {
    g_autoptr(GArray) unknown = unknown_of(s, band);
    band = band_paint(band, unknown, true);
    for (guint i = 0; i < s->windows->len; i++) {
        const Window *whole = &g_array_index(s->windows, Window, i);
        g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Window));
        cut_window(whole, cutters, pieces);
        for (guint k = 0; k < pieces->len; k++) {
            Window *piece = &g_array_index(pieces, Window, k);
            if (trim(piece, piece->start > whole->start, window_stop(piece) < window_stop(whole), band)) {
                g_array_append_val(out, *piece);
            }
        }
    }
    g_autoptr(GArray) spans = partial_spans(out, STATE_DEGRADED);
    return band_paint(band, spans, true);
}
