/* SPDX-License-Identifier: MIT
 * Private to outage/: the verdict of one service at one level, as it is worked out: the sweep over the votes
 * (quorum.c), the edges of its windows (verdict_edge.c), and what is left beside down windows: partial time (partial.c)
 * and degraded time (degraded.c). */
#ifndef DS_OUTAGE_VERDICT_H
#define DS_OUTAGE_VERDICT_H

#include "outage/vote.h"

typedef struct {
    const GArray *votes;
    const GArray *edges; /* Instant: where any vote of the level changes */
    const Config *config;
    unsigned level;
    Name service;
    Segment period;
    GArray *raw;     /* Segment: up, partial (some bad), unknown; without holes */
    GArray *windows; /* Window: bad windows of the level, by start */
    bool down;       /* a window is open: current */
    Window current;
    Instant few_since; /* too few vantages known since then; INSTANT_NONE: enough are */
} Sweep;

static inline const Vote *sweep_vote(const Sweep *s, guint index) {
    return &g_array_index(s->votes, Vote, index);
}

/* The window that makes the vantage vote bad at the instant, or NULL where it does not. */
const Window *sweep_bad_window(const Sweep *s, guint v, Instant at);
/* Failures, flickers and reasons: the sums of what the voters' windows that overlap tell, down ones for down and
 * partial windows, degraded ones for degraded windows. */
void sweep_sum(const Sweep *s, Window *out);
/* Where the unknown time that ends at `at` began; `at` where the verdict is known until then. */
Instant sweep_known_until(const Sweep *s, Instant at);

/* The start of a window that opens at `at`. */
void edge_start(const Sweep *s, Instant at, Window *out);
/* The end of the open window, which recovers at `at`. */
void edge_end(Sweep *s, Instant at);
/* Its end where the data end (last), or too little is known for long; `at`: where the verdict ceases to be known. */
void edge_silent_end(Sweep *s, Instant at, bool last);

/* Partial time that grows out of an edge of a down window and is made by late views of it only: collected as up. downs:
 * all down windows as segments; start: its start, else its end. */
void partial_absorb(const Sweep *s, const GArray *downs, const Window *down, bool start, GArray *absorbed);
/* Windows as segments of a state. */
GArray *partial_spans(const GArray *windows, State state);
/* Partial windows of the finished band, appended. */
void partial_find(const Sweep *s, const GArray *band, GArray *out);
/* Degraded windows once `cutters` (by start) are taken out; the band, which is taken, gets their time and what the
 * degraded verdict does not know. Appends to `out`. */
GArray *degraded_find(const Sweep *s, const GArray *cutters, GArray *band, GArray *out);

#endif
