/* SPDX-License-Identifier: MIT
 * Private to outage/: what the detectors give to outage.c. A detector turns one series into windows and a band. */
#ifndef DS_OUTAGE_DETECT_H
#define DS_OUTAGE_DETECT_H

#include "outage/outage.h"

/* Requests: error ratio (Kleinberg 2002, batched two-state Viterbi) and vanished traffic. from, to: the period. */
void detect_requests(const Store *store, const Config *config, size_t series, Instant from, Instant to, GArray *windows,
                     GArray *band);

/* Requests of a log that tells failed ones only: runs of them against their own baseline (failures.c). No band: what
 * else was served is not known. */
void detect_failures(const Store *store, const Config *config, size_t series, Instant from, Instant to,
                     GArray *windows);

/* User reports: surges of one series. Appends to windows, surges (Surge.window is the index within `windows`) and curve
 * (filled). from, to: the period the curve covers (bins at least touching it). */
void detect_surges(const Store *store, const Config *config, size_t series, Instant from, Instant to, GArray *windows,
                   GArray *surges, Curve *curve);

/* viterbi.c: numbers only. The cheapest path through two states over n steps. cost[2*i + s]: cost of step i in state s
 * (nats); change: cost of entering state 1 (leaving is free, as in Kleinberg). path[i] is 0 or 1. O(n) time and space.
 */
void viterbi_two(const double *cost, size_t n, double change, uint8_t *path);

#endif
