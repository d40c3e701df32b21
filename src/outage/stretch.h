/* SPDX-License-Identifier: MIT
 * Private to outage/: stretches of bins of requests that are better explained as an outage. */
#ifndef DS_OUTAGE_STRETCH_H
#define DS_OUTAGE_STRETCH_H

#include "outage/edges.h"

/* Runs of steps that the cheapest path puts into an outage: gain is the nats by which an outage explains each step
 * better, change the cost of entering one. Stretched, sorted; share and normal are not set. Yours (g_array_unref). */
GArray *traffic_stretches(const Scene *scene, const double *gain, double change);

/* Stretches of errors, severe and mild ones, with share and normal; in no order (errors.c). Yours. */
GArray *traffic_errors(const Scene *scene, double change);

/* Windows in which requests took much longer than usual, `degraded`: appended in order of time, less the time of those
 * that windows holds already, which are sorted (slow.c). */
void slow_find(const Scene *scene, const Detail *details, size_t count, const Config *config, GArray *windows);

#endif
