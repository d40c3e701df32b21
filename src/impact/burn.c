/* SPDX-License-Identifier: MIT
 * Burn-rate alerts after the fact: when each of the usual multi-window alerts would have fired, had it watched what the
 * logs show. An alert looks back over a long and a short window; it fires at the first whole millisecond at which
 * D/(U+D) of both is at least factor * (1 - target). Unknown time and time that does not count are left out of both
 * parts, so before the period nothing is known and a window there holds what there is of it. D and U+D are sums over
 * time whose slope changes only at the edges of the band. Over a window of length L they change slope at the edges and
 * at the edges + L; between two such instants D - limit * (U+D) is a line, and its crossing is solved for, not
 * searched. The idea of the windows: Google, The Site Reliability Workbook, chapter 5. */
#include "impact/room.h"

#include <math.h>

#define SLACK 1e-6 /* of a millisecond: what rounding may do to sums of weighed time */

typedef struct {
    Instant at;
    double bad, known; /* sums from the period's start to here */
} Knot;

typedef struct {
    const GArray *knots; /* Knot, strictly ascending; the sums are straight between them, level outside */
    double limit;        /* share of bad time at which the alert fires */
} Line;

static const Knot *knot(const GArray *knots, guint index) {
    return &g_array_index(knots, Knot, index);
}

static Knot sums_at(const GArray *knots, Instant at) {
    guint low = 0, high = knots->len; /* the first knot after `at` */
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (knot(knots, middle)->at > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (low == 0 || low == knots->len) {
        return low == 0 ? (Knot){at, 0, 0} : *knot(knots, low - 1);
    }
    const Knot *a = knot(knots, low - 1), *b = knot(knots, low);
    double part = (double)(at - a->at) / (double)(b->at - a->at);
    return (Knot){at, a->bad + part * (b->bad - a->bad), a->known + part * (b->known - a->known)};
}

/* How far the window that ends at `at` is above the limit, in bad milliseconds; *bad: its bad time. */
static double above(const Line *line, Instant at, Millis length, double *bad) {
    Knot now = sums_at(line->knots, at), then = sums_at(line->knots, at - length);
    *bad = now.bad - then.bad;
    return *bad - line->limit * (now.known - then.known);
}

static bool fires_at(const Line *line, Instant at, const BurnAlert *alert) {
    double long_bad, short_bad;
    double long_above = above(line, at, alert->long_window, &long_bad);
    double short_above = above(line, at, alert->short_window, &short_bad);
    return long_bad > SLACK && short_bad > SLACK && long_above >= -SLACK && short_above >= -SLACK;
}

/* The first whole instant of [from, to] at which one window is at the limit, as far as its line tells; to + 1: none. */
static Instant crossing(const Line *line, Instant from, Instant to, Millis length) {
    double bad;
    double first = above(line, from, length, &bad), last = above(line, to, length, &bad);
    if (first >= -SLACK) {
        return from;
    }
    if (last < -SLACK) {
        return to + 1;
    }
    double slope = (last - first) / (double)(to - from);
    return from + (Instant)ceil((-SLACK - first) / slope);
}

/* The sums of two straight windows are at their limits over an interval each: the later of their beginnings is the
 * first common instant, if there is one. The next one counts where nothing bad had happened before this one. */
static Instant first_between(const Line *line, Instant from, Instant to, const BurnAlert *alert) {
    Instant both = MAX(crossing(line, from, to, alert->long_window), crossing(line, from, to, alert->short_window));
    for (Instant at = both; at <= MIN(both + 1, to); at++) {
        if (fires_at(line, at, alert)) {
            return at;
        }
    }
    return INSTANT_NONE;
}

static int by_time(gconstpointer a, gconstpointer b) {
    Instant x = *(const Instant *)a, y = *(const Instant *)b;
    return (x > y) - (x < y);
}

/* Where the slope of one of the windows may change, within the period. */
static GArray *corners(const GArray *knots, const BurnAlert *alert, Instant from, Instant to) {
    const Millis shifts[] = {0, alert->short_window, alert->long_window};
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Instant));
    g_array_append_val(out, from);
    g_array_append_val(out, to);
    for (guint i = 0; i < knots->len; i++) {
        for (size_t s = 0; s < G_N_ELEMENTS(shifts); s++) {
            Instant at = knot(knots, i)->at + shifts[s];
            if (at > from && at < to) {
                g_array_append_val(out, at);
            }
        }
    }
    g_array_sort(out, by_time);
    return out;
}

static Instant fired(const Line *line, const BurnAlert *alert, Instant from, Instant to) {
    if (line->limit > 1) {
        return INSTANT_NONE; /* more than all of the time would have to be bad */
    }
    g_autoptr(GArray) at = corners(line->knots, alert, from, to);
    for (guint i = 0; i + 1 < at->len; i++) {
        Instant a = g_array_index(at, Instant, i), b = g_array_index(at, Instant, i + 1);
        Instant found = a < b ? first_between(line, a, b, alert) : INSTANT_NONE;
        if (found != INSTANT_NONE) {
            return found;
        }
    }
    return INSTANT_NONE;
}

static void add_knot(GArray *knots, Instant at, double bad, double known) {
    if (knots->len && knot(knots, knots->len - 1)->at == at) {
        return;
    }
    Knot fresh = {at, bad, known};
    g_array_append_val(knots, fresh);
}

/* The sums of known and of weighed down time at every edge of the band within the time that counts. */
static GArray *sums_of(const GArray *band, const GArray *rest, const Config *config) {
    GArray *knots = g_array_new(FALSE, FALSE, sizeof(Knot));
    double bad = 0, known = 0;
    for (guint i = 0, k = 0; i < band->len && k < rest->len;) {
        const Segment *s = &g_array_index(band, Segment, i), *r = &g_array_index(rest, Segment, k);
        Instant start = MAX(s->start, r->start), end = MIN(s->end, r->end);
        if (start < end && s->state != STATE_UNKNOWN) {
            add_knot(knots, start, bad, known);
            bad += state_weight(s->state, config) * (double)(end - start);
            known += (double)(end - start);
            add_knot(knots, end, bad, known);
        }
        if (s->end < r->end) {
            i++;
        } else {
            k++;
        }
    }
    return knots;
}

void burn_alerts(ObjectiveResult *result, const GArray *band, const GArray *rest, const Outages *o,
                 const Config *config) {
    static const BurnAlert usual[BURN_ALERTS] = {
        {14.4, MILLIS_HOUR, 5 * MILLIS_MINUTE, INSTANT_NONE},
        {6, 6 * MILLIS_HOUR, 30 * MILLIS_MINUTE, INSTANT_NONE},
        {3, MILLIS_DAY, 2 * MILLIS_HOUR, INSTANT_NONE},
        {1, 3 * MILLIS_DAY, 6 * MILLIS_HOUR, INSTANT_NONE},
    };
    g_autoptr(GArray) knots = band ? sums_of(band, rest, config) : g_array_new(FALSE, FALSE, sizeof(Knot));
    for (size_t i = 0; i < BURN_ALERTS; i++) {
        BurnAlert *alert = &result->alerts[i];
        *alert = usual[i];
        Line line = {knots, alert->factor * (1 - result->target)};
        alert->fired = fired(&line, alert, o->from, o->to);
    }
}
