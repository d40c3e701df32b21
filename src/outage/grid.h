/* SPDX-License-Identifier: MIT
 * Private to outage/: counts of one series laid out bin by bin, and the surges in them. */
#ifndef DS_OUTAGE_GRID_H
#define DS_OUTAGE_GRID_H

#include "outage/outage.h"

#include <math.h>

#define GRID_LIMIT ((size_t)1 << 22) /* bins; eight years of minutes. A stray date of 1970 must not cost gigabytes */

typedef struct {
    Instant start;
    Millis width;
    size_t n;
    double *count, *level; /* a bin each; count NAN where unknown */
    size_t *bin;           /* 1 + its index in the series' bins; 0: none */
    double ceiling;        /* no level of less than a day of bins is above this; 0: there is none */
    double least_excess;   /* above the baseline, for a surge */
    double least_peak;     /* above the baseline, of its fullest bin */
    bool pieces;           /* what is left of a stretch of raised bins may hold further surges */
    double spread;
    double chances; /* logarithm of the number of known bins */
    const Bin *bins;
} Grid;

typedef struct {
    size_t from, to; /* bins [from, to) */
    double level;    /* M */
} Part;

/* One surge: the stretch of raised bins it was found in, the part that is it, and its sums. */
typedef struct {
    Part stretch, part;
    Surge surge;
} Hit;

/* Lays out the `count` bins of grid->bins, of grid->width. ceiling, least_excess, least_peak, pieces are told before.
 */
void grid_fill(Grid *grid, const Store *store, size_t count, bool slots);
void grid_clear(Grid *grid);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grid, grid_clear)

/* Hit, in order of time. change: cost of entering a surge (nats); a silence longer than `silence` ends one. Settles the
 * baseline. Yours. */
GArray *grid_surges(Grid *grid, double change, Millis silence);

/* Sums over a part; false: the evidence is too small to call it a surge. */
bool grid_weigh(const Grid *grid, const Part *part, Surge *surge);

/* The nearest known bin before `from` (at or after `to`), as its distance from 1 on; 0: none. */
size_t grid_known_before(const Grid *grid, size_t from);
size_t grid_known_after(const Grid *grid, size_t to);

static inline Instant grid_time(const Grid *grid, size_t i) {
    return grid->start + (Instant)i * grid->width;
}
static inline bool grid_known(const Grid *grid, size_t i) {
    return !isnan(grid->count[i]);
}

#endif
