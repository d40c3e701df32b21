/* SPDX-License-Identifier: MIT
 * Private to outage/: the verdict of one service at one level, as it is worked out: the sweep over the votes
 * (quorum.c), the edges of its windows (verdict_edge.c), and what is left beside down windows: partial and degraded
 * time (partial.c). */
#ifndef DS_OUTAGE_VERDICT_H
#define DS_OUTAGE_VERDICT_H

#include "outage/vote.h"

typedef struct {
    const GArray *votes;
    const GArray *edges; /* Instant: where any vote of the level changes */
    const Config *config;
    unsigned level;
    Name service;
    Instant to;
    GArray *raw;     /* Segment: up, partial (some bad), unknown */
    GArray *windows; /* Window: bad windows of the level, by start */
    bool down;
    bool kept_open; /* the last interval was silent at those who make the open window */
    bool partial;   /* a partial stretch is open, or kept open by silence */
    Window current;
    Instant unknown_since; /* INSTANT_NONE: known */
} Sweep;

static inline const Vote *sweep_vote(const Sweep *s, guint index) {
    return &g_array_index(s->votes, Vote, index);
}

/* The window that makes the vantage vote bad at the instant, or NULL where it does not. */
const Window *sweep_bad_window(const Sweep *s, guint v, Instant at);
/* Adds failures, flickers and reasons of the vantages' windows of the level that overlap. */
void sweep_sum(const Sweep *s, unsigned level, Window *out);

/* The start of a window that opens at `at`. */
void edge_start(const Sweep *s, Instant at, Window *out);
/* The end of the open window, which recovers at `at`. */
void edge_end(Sweep *s, Instant at);
/* Its end where the data end (last), or all fall silent for long, at `at`. */
void edge_silent_end(Sweep *s, Instant at, bool last);

/* Partial time that grows out of an edge of a down window and is made by late views of it only: collected as up. */
void partial_absorb(const Sweep *s, const Window *down, bool start, GArray *absorbed);
/* Paints segments over the known time of a band, which is taken. over: sorted, disjoint. */
GArray *partial_paint(GArray *band, const GArray *over);
/* Windows as segments of a state. */
GArray *partial_spans(const GArray *windows, State state);
/* Partial windows of the finished band, appended. */
void partial_find(const Sweep *s, const GArray *band, GArray *out);
/* Appends what is left of a degraded window once `cutters` (by start) are taken out. */
void degraded_cut(const Window *whole, const GArray *cutters, Instant to, GArray *out);
/* Paints segments where the band, which is taken, is still up: degraded yields to down, partial and unknown. */
GArray *degraded_paint(GArray *band, const GArray *spans);
/* Counts of a degraded piece: those of the degraded windows of its vantages that overlap it, down time left out. */
void degraded_sum(GPtrArray *traces, Window *out);

#endif
