/* SPDX-License-Identifier: MIT
 * Private to series/: comparisons that everything here is sorted by. */
#ifndef DS_SERIES_ORDER_H
#define DS_SERIES_ORDER_H

#include "model.h"

/* Negative, 0, positive, as qsort wants it. */
static inline int order_of(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static inline int order_of_counts(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static inline int order_of_origins(Origin a, Origin b) {
    return a.file != b.file ? order_of_counts(a.file, b.file) : order_of_counts(a.line, b.line);
}

/* The earlier of two; INSTANT_NONE where both are. (The later of two is MAX: INSTANT_NONE is before all.) */
static inline Instant earlier_of(Instant a, Instant b) {
    if (a == INSTANT_NONE || b == INSTANT_NONE) {
        return a == INSTANT_NONE ? b : a;
    }
    return a < b ? a : b;
}

#endif
