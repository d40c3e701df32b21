/* SPDX-License-Identifier: MIT
 * Private to outage/: from a stretch of bins to the edges of a window of requests. */
#ifndef DS_OUTAGE_EDGES_H
#define DS_OUTAGE_EDGES_H

#include "outage/traffic.h"

/* What both detectors look at. */
typedef struct {
    const GArray *steps; /* Step */
    Millis width;
    Millis bridge;    /* silence longer than this is an end of the data */
    Millis max_gap;   /* the period may end this long after the data and the window still be ongoing */
    Instant from, to; /* the period */
    Millis grain;     /* the log's stamps are cut to multiples of this */
} Scene;

/* Steps [from, to) of one outage. */
typedef struct {
    guint from, to;
    double score;  /* nats above what is asked */
    double share;  /* of bad requests inside; errors only */
    double normal; /* the same outside */
} Stretched;

/* Fill start, end, bounds, flags and proofs of a window. */
void edges_of_errors(const Scene *scene, const Stretched *s, Window *window);
void edges_of_silence(const Scene *scene, const Stretched *s, Window *window);
/* slow: the same steps, where those with lengths of requests count the slow ones as bad (slow.c). */
void edges_of_slowness(const Scene *scene, const Scene *slow, const Stretched *s, Window *window);

/* The first step that ends after the instant. */
guint step_seek(const Scene *scene, Instant instant);

#endif
