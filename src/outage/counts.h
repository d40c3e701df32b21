/* SPDX-License-Identifier: MIT
 * Private to outage/: what the two detectors of counted signals (requests, user reports) share. */
#ifndef DS_OUTAGE_COUNTS_H
#define DS_OUTAGE_COUNTS_H

#include "series/series.h"

/* When the inputs of these bins spoke: from the first to the last dated line of each input set, united with the bins
 * themselves, grown to whole bins. Segment (state up), sorted, disjoint; empty where there are no bins. Yours. */
GArray *counts_cover(const Store *store, const Bin *bins, size_t count, Millis width);

/* The rate of the quiet part of the data: events per unit of exposure (exposure NULL: one each). Stays put while up to
 * about two thirds of the data are raised. 0 for nothing. */
double counts_quiet(const double *events, const double *exposure, size_t n);
/* Up to this a count still belongs to the quiet part whose expected count is `mean`. */
double counts_limit(double mean);

/* ln( P(x | mean to) / P(x | mean from) ) of a negative binomial: variance mean + spread * mean^2 (0: Poisson).
 * from > 0; to may be 0 only where x is 0. */
double counts_gain(double x, double from, double to, double spread);

/* Median of n > 0 values; sorts them. */
double counts_median(double *values, size_t n);

/* The multiple of width at or before the instant. */
Instant counts_floor(Instant instant, Millis width);
/* The whole number of `unit` since 1970, rounded down. */
int64_t counts_index(Instant instant, Millis unit);

/* Expected counts of n bins that follow each other (NAN: unknown), the first at `start`: fills level (always above 0)
 * and returns the spread of the quiet bins around it (baseline.c). */
double counts_baseline(const double *events, size_t n, Instant start, Millis width, double *level);

#endif
