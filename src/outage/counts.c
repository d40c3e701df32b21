/* SPDX-License-Identifier: MIT
 * Counts per bin: when their inputs spoke, their quiet level, and how much better one expected count explains a number
 * than another. The quiet level grows from the lowest third: whatever lies within two and a half times the mean of the
 * quiet part (or four of its standard deviations) joins it, until nothing changes. So half a day of outage in a day of
 * data does not raise the level it is measured against, which a mean, and beyond one half a median, would do.
 * Counts of people come in crowds: variance mean + spread * mean^2 (negative binomial) instead of Poisson. */
#include "outage/counts.h"

#include <math.h>
#include <stdlib.h>

int64_t counts_index(Instant instant, Millis unit) {
    int64_t index = instant / unit;
    return instant % unit < 0 ? index - 1 : index;
}

Instant counts_floor(Instant instant, Millis width) {
    return counts_index(instant, width) * width;
}

static int by_start(const void *a, const void *b) {
    const Segment *x = a, *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return (x->end > y->end) - (x->end < y->end);
}

static void unite(GArray *segments) {
    g_array_sort(segments, by_start);
    guint kept = 0;
    for (guint i = 0; i < segments->len; i++) {
        Segment s = g_array_index(segments, Segment, i);
        Segment *last = kept ? &g_array_index(segments, Segment, kept - 1) : NULL;
        if (last && s.start <= last->end) {
            last->end = MAX(last->end, s.end);
        } else {
            g_array_index(segments, Segment, kept++) = s;
        }
    }
    g_array_set_size(segments, kept);
}

/* Whole bins that lie within the input's first and last line: the cut ones were seen in part only. */
static void add_span(GArray *cover, const Store *store, uint32_t file, Millis width) {
    const InputSpan *span = ds_store_span(store, file);
    if (span && span->first != INSTANT_NONE && span->last != INSTANT_NONE) {
        Instant start = counts_floor(span->first + width - 1, width);
        Instant end = counts_floor(span->last, width);
        Segment s = {start, end, STATE_UP};
        if (start < end) {
            g_array_append_val(cover, s);
        }
    }
}

GArray *counts_cover(const Store *store, const Bin *bins, size_t count, Millis width) {
    GArray *cover = g_array_new(FALSE, FALSE, sizeof(Segment));
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        const Origin ends[] = {bins[i].first, bins[i].last};
        for (size_t k = 0; k < G_N_ELEMENTS(ends); k++) {
            if (g_hash_table_add(seen, GUINT_TO_POINTER(ends[k].file))) {
                add_span(cover, store, ends[k].file, width);
            }
        }
        Segment *last = cover->len ? &g_array_index(cover, Segment, cover->len - 1) : NULL;
        if (last && last->start <= bins[i].start && bins[i].start <= last->end) {
            last->end = MAX(last->end, bins[i].start + width);
        } else {
            Segment s = {bins[i].start, bins[i].start + width, STATE_UP};
            g_array_append_val(cover, s);
        }
    }
    unite(cover);
    return cover;
}

typedef struct {
    double events, exposure;
} Item;

static int by_rate(const void *a, const void *b) {
    const Item *x = a, *y = b;
    double left = x->events * y->exposure, right = y->events * x->exposure;
    return (left > right) - (left < right);
}

double counts_limit(double mean) {
    return MAX(2.5 * mean, mean + 4 * sqrt(mean) + 2);
}

double counts_quiet(const double *events, const double *exposure, size_t n) {
    g_autofree Item *items = g_new(Item, MAX(n, 1));
    for (size_t i = 0; i < n; i++) {
        items[i] = (Item){events[i], exposure ? exposure[i] : 1};
    }
    if (n) {
        qsort(items, n, sizeof *items, by_rate);
    }
    size_t least = (n + 2) / 3, taken = 0;
    double sum = 0, over = 0;
    while (taken < n) { /* sorted, and the limit only grows with the level: one pass finds the fixed point */
        const Item *next = &items[taken];
        if (taken >= least && next->events > counts_limit(sum / over * next->exposure)) {
            break;
        }
        sum += next->events;
        over += next->exposure;
        taken++;
    }
    return over > 0 ? sum / over : 0;
}

double counts_gain(double x, double from, double to, double spread) {
    double gain = x > 0 ? x * log(to / from) : 0;
    if (spread < 1e-9) {
        return gain - (to - from);
    }
    return gain + (x + 1 / spread) * (log1p(spread * from) - log1p(spread * to));
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double counts_median(double *values, size_t n) {
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
