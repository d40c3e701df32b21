/* SPDX-License-Identifier: MIT
 * How many reports a bin should hold. Where every hour of the week was seen in three weeks or more: the median of what
 * that hour and its two neighbours held a bin (which absorbs a change of clocks); else, from five days on, the same by
 * the hour of the day; else the quiet level (counts.c) of its four weeks. Whole hours are compared, since the median of
 * bins that hold a report now and then is 0. A median of few small counts may still be 0 by chance, so a level is never
 * below half of the quiet one. Hours are those of UTC. The spread is the excess of the quiet bins' variance
 * over that of a Poisson process, in units of the squared level, kept within bounds that few data cannot leave. */
#include "outage/counts.h"

#include <math.h>

#define BLOCK (28 * MILLIS_DAY) /* drift: a year of data has no one quiet level */
#define LEAST_WEEKS 3
#define LEAST_DAYS 5
#define LEAST_LEVEL 0.05 /* reports a bin: silence is no proof that nobody ever reports */
#define LEAST_SPREAD 0.1 /* people never report independently of each other */
#define MOST_SPREAD 1.0

typedef struct {
    GArray *values; /* double: events a bin, of one hour each */
    unsigned turns; /* how many weeks (days) they come from */
} Hour;

/* One hour of the log, while it is summed. */
typedef struct {
    int64_t hour;
    double events, bins;
} Open;

/* Closes the hour. One of which less than half is known says little. */
static void put_hour(Hour *slot, unsigned hours, const Open *open, Millis width) {
    if (open->bins > 0 && 2 * open->bins * (double)width >= (double)MILLIS_HOUR) {
        Hour *at = &slot[open->hour - counts_index(open->hour, hours) * hours];
        double rate = open->events / open->bins;
        at->turns++;
        g_array_append_val(at->values, rate);
    }
}

static void fill_hours(const double *events, size_t n, Instant start, Millis width, unsigned hours, Hour *slot) {
    Open open = {0};
    for (size_t i = 0; i < n; i++) {
        int64_t hour = counts_index(start + (Instant)i * width, MILLIS_HOUR);
        if (hour != open.hour) {
            put_hour(slot, hours, &open, width);
            open = (Open){.hour = hour};
        }
        if (!isnan(events[i])) {
            open.events += events[i];
            open.bins++;
        }
    }
    put_hour(slot, hours, &open, width);
}

/* Medians of the hours of a cycle of `hours`; NAN where fewer than `least` cycles were seen. */
static void fill_medians(const double *events, size_t n, Instant start, Millis width, unsigned hours, unsigned least,
                         double *median) {
    Hour slot[168] = {0};
    for (unsigned h = 0; h < hours; h++) {
        slot[h].values = g_array_new(FALSE, FALSE, sizeof(double));
    }
    fill_hours(events, n, start, width, hours, slot);
    g_autoptr(GArray) pool = g_array_new(FALSE, FALSE, sizeof(double));
    for (unsigned h = 0; h < hours; h++) {
        median[h] = NAN;
        if (slot[h].turns >= least) {
            g_array_set_size(pool, 0);
            for (unsigned k = 0; k < 3; k++) {
                const GArray *near = slot[(h + hours - 1 + k) % hours].values;
                g_array_append_vals(pool, near->data, near->len);
            }
            median[h] = counts_median((double *)(void *)pool->data, pool->len);
        }
    }
    for (unsigned h = 0; h < hours; h++) {
        g_array_unref(slot[h].values);
    }
}

/* The quiet level of the known ones of events[0..n). scratch: room for n. */
static double quiet_of(const double *events, size_t n, double *scratch, double fallback) {
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(events[i])) {
            scratch[known++] = events[i];
        }
    }
    return known ? counts_quiet(scratch, NULL, known) : fallback;
}

static void fill_quiet(const double *events, size_t n, Millis width, double *level) {
    g_autofree double *scratch = g_new(double, MAX(n, 1));
    double whole = quiet_of(events, n, scratch, 0);
    size_t blocks = MAX((size_t)lround((double)n * (double)width / (double)BLOCK), 1);
    for (size_t b = 0; b < blocks; b++) {
        size_t from = n * b / blocks, to = n * (b + 1) / blocks;
        double quiet = quiet_of(events + from, to - from, scratch, whole);
        for (size_t i = from; i < to; i++) {
            level[i] = quiet;
        }
    }
}

static double spread_of(const double *events, const double *level, size_t n) {
    double excess = 0, scale = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(events[i]) && events[i] <= counts_limit(level[i])) {
            excess += (events[i] - level[i]) * (events[i] - level[i]) - events[i];
            scale += level[i] * level[i];
        }
    }
    return scale > 0 ? CLAMP(excess / scale, LEAST_SPREAD, MOST_SPREAD) : LEAST_SPREAD;
}

double counts_baseline(const double *events, size_t n, Instant start, Millis width, double *level) {
    double week[168], day[24];
    fill_quiet(events, n, width, level);
    fill_medians(events, n, start, width, 168, LEAST_WEEKS, week);
    fill_medians(events, n, start, width, 24, LEAST_DAYS, day);
    for (size_t i = 0; i < n; i++) {
        int64_t hour = counts_index(start + (Instant)i * width, MILLIS_HOUR);
        double of_week = week[hour - counts_index(hour, 168) * 168], of_day = day[hour - counts_index(hour, 24) * 24];
        double median = isnan(of_week) ? of_day : of_week;
        if (!isnan(median)) {
            level[i] = MAX(median, level[i] / 2);
        }
        level[i] = MAX(level[i], LEAST_LEVEL);
    }
    return spread_of(events, level, n);
}
