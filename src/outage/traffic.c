/* SPDX-License-Identifier: MIT
 * How much traffic was to be expected. Two sources, the lower one counts:
 * - Nearby: the thousand non-empty bins around (by rank, not by time, so an outage of any length takes no part in it)
 * give the usual count, and by the upper end of their gaps how long silences last anyway (an exponential tail through
 * the k-th longest gap; the longest few, where an outage would be, are left out). Requests come in crowds, so gaps tell
 *   more about silence than counts do.
 * - The same hours before: the median rate of that hour on up to seven earlier days (later ones where there are none),
 *   and not more than a week earlier. So a night, or a Sunday, without customers is no outage.
 * Runs of empty bins are kept as one step: cost grows with requests, not with the length of the period. */
#include "outage/traffic.h"

#include "outage/counts.h"

#include <math.h>

#define BLOCK 500u /* non-empty bins that share one estimate, from twice as many around */
#define LEAST_GAPS 8u
#define LEAST_SPREAD 0.1 /* nobody's visitors are independent of each other */
#define DAYS 7
#define HOURS_LIMIT (INT64_C(1) << 20) /* of history: 120 years */

static void put_step(GArray *steps, Instant start, Instant end, Millis width, const Bin *bin, bool known) {
    if (start < end) {
        Step step = {.start = start, .bins = (end - start + width - 1) / width, .bin = bin, .known = known};
        g_array_append_val(steps, step);
    }
}

/* Empty bins [start, end), cut at the first bins of hours, since what is expected changes there. One step where a line
 * with a year such as 9999 makes them last for ages: nothing is known of the hours of such a time. */
static void put_empty(GArray *steps, Instant start, Instant end, Millis width) {
    if ((end - start) / MILLIS_HOUR > HOURS_LIMIT) {
        put_step(steps, start, end, width, NULL, true);
        return;
    }
    while (start < end) {
        Instant hour = (counts_index(start, MILLIS_HOUR) + 1) * MILLIS_HOUR;
        Instant next = start + (hour - start + width - 1) / width * width;
        next = MIN(next, end);
        put_step(steps, start, next, width, NULL, true);
        start = next;
    }
}

GArray *traffic_steps(const Store *store, const Bin *bins, size_t count, Millis width) {
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(Step));
    g_autoptr(GArray) cover = counts_cover(store, bins, count, width);
    size_t b = 0;
    for (guint c = 0; c < cover->len; c++) {
        const Segment *s = &g_array_index(cover, Segment, c);
        if (c > 0) {
            put_step(steps, g_array_index(cover, Segment, c - 1).end, s->start, width, NULL, false);
        }
        Instant at = s->start;
        for (; b < count && bins[b].start < s->end; b++) {
            put_empty(steps, at, bins[b].start, width);
            at = bins[b].start + width;
            put_step(steps, bins[b].start, at, width, &bins[b], true);
        }
        put_empty(steps, at, s->end, width);
    }
    return steps;
}

/* What the bins near each other have in common. */
typedef struct {
    double level, hush;
    double spread; /* of the counts of non-empty bins */
} Near;

/* Chance that a bin is empty, as nats against it, where counts of that mean have at least the least spread. */
static double hush_of(double level, double spread) {
    return log1p(spread * level) / spread;
}

/* The spread, not under `least`, at which a bin of that level is empty with hush nats, which fall as it grows. */
static double spread_of(double level, double hush, double least) {
    double low = least, high = 1e9;
    if (hush_of(level, low) <= hush) {
        return low;
    }
    for (int i = 0; i < 60; i++) {
        double middle = sqrt(low * high);
        *(hush_of(level, middle) > hush ? &low : &high) = middle;
    }
    return high;
}

/* Variance beyond Poisson, in units of the squared mean, of sorted counts without the lowest and highest few. */
static double spread_within(const double *sorted, guint n, guint spared) {
    if (n < 2 * spared + 2) {
        return 1;
    }
    double sum = 0, squares = 0, kept = n - 2 * spared;
    for (guint i = spared; i + spared < n; i++) {
        sum += sorted[i];
        squares += sorted[i] * sorted[i];
    }
    double mean = sum / kept;
    return MAX((squares / kept - mean * mean - mean) / (mean * mean), LEAST_SPREAD);
}

/* Mean length, beyond any length, of silences: the slope of an exponential tail through the k-th longest gap, from the
 * beginning or, where most gaps are those within visits and the long ones between them, from the 8k-th longest. */
static double tail_of(const double *sorted, guint n, guint k) {
    double longest = sorted[n - k], tail = longest / log((double)n / k);
    if (n >= 8 * k) {
        tail = MAX(tail, (longest - sorted[n - 8 * k]) / log(8));
    }
    return tail;
}

/* totals: counts of n non-empty bins; gaps: empty bins between neighbours among them. Both are sorted. */
static Near near_of(GArray *totals, GArray *gaps) {
    if (gaps->len < LEAST_GAPS) {
        return (Near){0, 0, LEAST_SPREAD};
    }
    double usual = counts_median((double *)(void *)totals->data, totals->len);
    counts_median((double *)(void *)gaps->data, gaps->len);
    guint spared = MAX(3u, gaps->len / 100);
    double spread = spread_within((double *)(void *)totals->data, totals->len, spared);
    double sum = 0;
    for (guint i = 0; i + spared < gaps->len; i++) {
        sum += g_array_index(gaps, double, i) + 1;
    }
    double level = usual * (gaps->len - spared) / sum;
    double tail = tail_of((double *)(void *)gaps->data, gaps->len, spared);
    double hush = hush_of(level, spread);
    return (Near){level, tail > 0 ? MIN(hush, 1 / tail) : hush, spread};
}

/* Non-empty steps' indices, and the number of empty bins before each (NAN where the log was not known throughout). */
typedef struct {
    GArray *step, *gap;
} Filled;

static Filled filled_of(const GArray *steps) {
    Filled f = {g_array_new(FALSE, FALSE, sizeof(guint)), g_array_new(FALSE, FALSE, sizeof(double))};
    double gap = NAN;
    for (guint i = 0; i < steps->len; i++) {
        const Step *s = step_at(steps, i);
        if (s->bin) {
            g_array_append_val(f.step, i);
            g_array_append_val(f.gap, gap);
            gap = 0;
        } else {
            gap = s->known ? gap + (double)s->bins : NAN;
        }
    }
    return f;
}

static GArray *near_blocks(const GArray *steps, const Filled *f) {
    GArray *blocks = g_array_new(FALSE, FALSE, sizeof(Near));
    g_autoptr(GArray) totals = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint from = 0; from < f->step->len; from += BLOCK) {
        guint low = from > BLOCK / 2 ? from - BLOCK / 2 : 0, high = MIN(from + BLOCK + BLOCK / 2, f->step->len);
        g_array_set_size(totals, 0);
        g_array_set_size(gaps, 0);
        for (guint k = low; k < high; k++) {
            double total = (double)step_at(steps, g_array_index(f->step, guint, k))->bin->total;
            double gap = g_array_index(f->gap, double, k);
            g_array_append_val(totals, total);
            if (k > low && !isnan(gap)) {
                g_array_append_val(gaps, gap);
            }
        }
        Near near = near_of(totals, gaps);
        g_array_append_val(blocks, near);
    }
    return blocks;
}

/* Requests and known bins of each hour; nothing where the log is longer than can be. */
typedef struct {
    int64_t first, n;
    double *total, *bins;
} History;

static History history_of(const GArray *steps, Millis width) {
    History h = {.first = counts_index(step_at(steps, 0)->start, MILLIS_HOUR)};
    h.n = counts_index(step_end(step_at(steps, steps->len - 1), width), MILLIS_HOUR) - h.first + 1;
    if (h.n > HOURS_LIMIT) {
        h.n = 0;
    }
    h.total = g_new0(double, (gsize)h.n + 1);
    h.bins = g_new0(double, (gsize)h.n + 1);
    for (guint i = 0; i < steps->len && h.n; i++) {
        const Step *s = step_at(steps, i);
        int64_t hour = counts_index(s->start, MILLIS_HOUR) - h.first;
        h.total[hour] += s->bin ? (double)s->bin->total : 0;
        h.bins[hour] += s->known ? (double)s->bins : 0;
    }
    return h;
}

/* Rate of an hour; NAN where less than half of it is known. */
static double rate_of(const History *h, int64_t hour, Millis width) {
    if (hour < 0 || hour >= h->n || 2 * h->bins[hour] * (double)width < (double)MILLIS_HOUR) {
        return NAN;
    }
    return h->total[hour] / h->bins[hour];
}

/* The rate that the same hours had; INFINITY where the log does not reach far enough. */
static double habit_of(const History *h, int64_t hour, Millis width) {
    double rates[2 * DAYS];
    size_t n = 0;
    for (int way = -1; way <= 1 && n < 2; way += 2) {
        for (int day = 1; day <= DAYS; day++) {
            double rate = rate_of(h, hour + way * day * 24, width);
            if (!isnan(rate)) {
                rates[n++] = rate;
            }
        }
    }
    if (n < 2) {
        return INFINITY;
    }
    double week = rate_of(h, hour - 168, width), median = counts_median(rates, n);
    return isnan(week) ? median : MIN(median, week);
}

static void expect(Step *s, Near near, double habit) {
    s->pace = near.hush;
    s->level = MIN(near.level, habit);
    if (s->level < 1e-6) {
        s->level = s->hush = 0;
        return;
    }
    s->hush = MIN(near.hush, hush_of(s->level, near.spread));
    s->spread = spread_of(s->level, s->hush, near.spread);
}

void traffic_expect(GArray *steps, Millis width) {
    if (steps->len == 0) {
        return;
    }
    Filled f = filled_of(steps);
    g_autoptr(GArray) blocks = near_blocks(steps, &f);
    History history = history_of(steps, width);
    int64_t hour = INT64_MIN;
    double habit = INFINITY;
    guint next = 0; /* the non-empty step at or after this one */
    for (guint i = 0; i < steps->len; i++) {
        Step *s = step_at(steps, i);
        int64_t this_hour = counts_index(s->start, MILLIS_HOUR);
        if (this_hour != hour) {
            hour = this_hour;
            habit = habit_of(&history, hour - history.first, width);
        }
        guint after = MIN(next, f.step->len - 1), before = s->bin || next == 0 ? after : next - 1;
        Near a = g_array_index(blocks, Near, before / BLOCK), b = g_array_index(blocks, Near, after / BLOCK);
        expect(s, (Near){MIN(a.level, b.level), MIN(a.hush, b.hush), MAX(a.spread, b.spread)}, habit);
        next += s->bin ? 1 : 0;
    }
    g_array_unref(f.step);
    g_array_unref(f.gap);
    g_free(history.total);
    g_free(history.bins);
}
