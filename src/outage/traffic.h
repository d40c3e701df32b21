/* SPDX-License-Identifier: MIT
 * Private to outage/: the traffic of one request series as steps, with what was to be expected of each. */
#ifndef DS_OUTAGE_TRAFFIC_H
#define DS_OUTAGE_TRAFFIC_H

#include "config.h"
#include "series/series.h"

typedef struct {
    Instant start;
    int64_t bins;   /* one, or a run of bins alike: all empty (within one hour), or all unknown */
    const Bin *bin; /* borrowed; NULL: empty or unknown */
    bool known;     /* the log spoke */
    double level;   /* requests a bin to be expected; 0: nothing can be said */
    double hush;    /* nats that one empty bin speaks against normal traffic */
    double pace;    /* the same, judged by nearby silences alone: how long one is nothing special */
    double spread;  /* over-dispersion that gives an empty bin that chance */
} Step;

/* All bins of the series from first to last, empty ones in runs. Yours (g_array_unref). */
GArray *traffic_steps(const Store *store, const Bin *bins, size_t count, Millis width);
/* Fills level, hush and spread. */
void traffic_expect(GArray *steps, Millis width);

static inline Step *step_at(const GArray *steps, guint index) {
    return &g_array_index(steps, Step, index);
}
static inline Instant step_end(const Step *step, Millis width) {
    return step->start + step->bins * width;
}

#endif
