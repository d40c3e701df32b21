/* SPDX-License-Identifier: MIT
 * Windows in which requests took much longer than usual. A request is slow when it takes `slow-factor` times the usual
 * 95th percentile (and `slow-least`); the share of slow ones then goes through the automaton of errors (errors.c),
 * whose mild level is five points above normal: the 95th percentile itself has reached that length. Why that
 * percentile: the median jumps with the mix of quick and slow pages and hides what hits one in ten, a mean follows a
 * single timeout. Usual: the lower third of the percentiles of blocks of some hundred requests, so that slowness of up
 * to two thirds of a log does not raise what it is held against; where an hour of the day was seen on three days or
 * more, the median of that hour and its neighbours if that is longer (a nightly job is slow every night). Failed
 * requests do not count. */
#include "outage/counts.h"
#include "outage/detect.h"
#include "outage/stretch.h"

#include <math.h>

#define BLOCK_REQUESTS 100
#define PERCENTILE 0.95
#define LEAST_DAYS 3
#define FIRM_NATS 10.0
#define FIRM_SLOW 10.0
#define HOURS 24

/* The percentile of a histogram, straight within its lap; 0 for an empty one. */
static double percentile_of(const uint64_t *laps, uint64_t total) {
    double rank = PERCENTILE * (double)total, seen = 0;
    for (unsigned i = 0; i < LAP_COUNT && total; i++) {
        double low = (double)ds_lap_floor(i), high = i + 1 < LAP_COUNT ? (double)ds_lap_floor(i + 1) : 1.5 * low;
        if (laps[i] && seen + (double)laps[i] >= rank) {
            return low + (high - low) * (rank - seen) / (double)laps[i];
        }
        seen += (double)laps[i];
    }
    return 0;
}

typedef struct {
    GArray *all;         /* double: percentiles of blocks */
    GArray *hour[HOURS]; /* the same by the hour of the day */
    int64_t day[HOURS];  /* last day seen */
    unsigned days[HOURS];
} Usual;

static void put_block(Usual *usual, Instant start, double percentile) {
    int64_t hour = counts_index(start, MILLIS_HOUR), day = counts_index(start, MILLIS_DAY);
    unsigned h = (unsigned)(hour - counts_index(hour, HOURS) * HOURS);
    g_array_append_val(usual->all, percentile);
    g_array_append_val(usual->hour[h], percentile);
    usual->days[h] += usual->days[h] == 0 || usual->day[h] != day;
    usual->day[h] = day;
}

static Usual usual_of(const Detail *details, size_t count) {
    Usual usual = {.all = g_array_new(FALSE, FALSE, sizeof(double))};
    for (unsigned h = 0; h < HOURS; h++) {
        usual.hour[h] = g_array_new(FALSE, FALSE, sizeof(double));
    }
    uint64_t laps[LAP_COUNT] = {0}, total = 0;
    for (size_t i = 0; i < count; i++) {
        for (unsigned l = 0; l < LAP_COUNT; l++) {
            laps[l] += details[i].laps[l];
            total += details[i].laps[l];
        }
        if (total >= BLOCK_REQUESTS) {
            put_block(&usual, details[i].start, percentile_of(laps, total));
            memset(laps, 0, sizeof laps);
            total = 0;
        }
    }
    return usual;
}

static void usual_clear(Usual *usual) {
    g_array_unref(usual->all);
    for (unsigned h = 0; h < HOURS; h++) {
        g_array_unref(usual->hour[h]);
    }
}

/* The usual percentile of an hour of the day. */
static double usual_at(const Usual *usual, unsigned hour) {
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(double));
    counts_median((double *)(void *)usual->all->data, usual->all->len); /* sorts */
    double third = g_array_index(usual->all, double, (usual->all->len - 1) / 3);
    if (usual->days[hour] < LEAST_DAYS) {
        return third;
    }
    for (unsigned k = 0; k < 3; k++) {
        const GArray *one = usual->hour[(hour + HOURS - 1 + k) % HOURS];
        g_array_append_vals(near, one->data, one->len);
    }
    return MAX(third, counts_median((double *)(void *)near->data, near->len));
}

/* The first lap of slow requests: the one that begins nearest to the limit. */
static unsigned slow_from(double limit) {
    unsigned best = LAP_COUNT - 1;
    for (unsigned i = 1; i < LAP_COUNT; i++) {
        double here = fabs(log((double)ds_lap_floor(i) / limit)), there = fabs(log((double)ds_lap_floor(best) / limit));
        best = here < there ? i : best;
    }
    return best;
}

/* A bin's requests of known length, the slow ones as bad. */
static Bin slow_bin(const Bin *bin, const Detail *detail, unsigned from) {
    Bin out = {.start = bin->start, .first = bin->first, .last = bin->last};
    out.first_bad = out.last_bad = out.first_good = out.last_good = INSTANT_NONE;
    for (unsigned l = 0; l < LAP_COUNT; l++) {
        out.total += detail->laps[l];
        out.bad += l >= from ? detail->laps[l] : 0;
    }
    return out;
}

/* Steps with the bins of which lengths are told; bins: room for one a detail. */
static GArray *slow_steps(const Scene *scene, const Detail *details, size_t count, const unsigned *from, Bin *bins) {
    GArray *out = g_array_sized_new(FALSE, FALSE, sizeof(Step), scene->steps->len);
    size_t at = 0, used = 0;
    for (guint i = 0; i < scene->steps->len; i++) {
        Step step = *step_at(scene->steps, i);
        while (step.bin && at < count && details[at].start < step.start) {
            at++;
        }
        if (step.bin && at < count && details[at].start == step.start) {
            int64_t hour = counts_index(step.start, MILLIS_HOUR);
            bins[used] = slow_bin(step.bin, &details[at], from[hour - counts_index(hour, HOURS) * HOURS]);
            step.bin = bins[used].total ? &bins[used] : NULL;
            used++;
        } else {
            step.bin = NULL;
        }
        g_array_append_val(out, step);
    }
    return out;
}

static void weigh(const Scene *slow, const Stretched *s, Window *w) {
    double bad = 0;
    for (guint i = s->from; i < s->to; i++) {
        const Bin *bin = step_at(slow->steps, i)->bin;
        bad += bin ? (double)bin->bad : 0;
    }
    w->failed = (uint32_t)MIN(bad, (double)UINT32_MAX);
    w->flags |= s->score < FIRM_NATS || bad < FIRM_SLOW ? FLAG_WEAK : 0;
}

/* The part [start, end) of a window; an edge made by a down window has that one's bounds. */
static void put_piece(const Window *whole, const Window *left, const Window *right, Millis width, GArray *windows) {
    Window w = *whole;
    const unsigned of_start = FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED, of_end = FLAG_ONGOING | FLAG_END_UNOBSERVED;
    if (left) {
        w.start = left->end;
        w.start_lo = left->end_lo;
        w.start_hi = left->end_hi;
        w.flags &= ~of_start;
        w.proof[PROOF_FIRST_DOWN] = w.proof[PROOF_LAST_UP] = left->proof[PROOF_FIRST_UP];
    }
    if (right) {
        w.end = right->start;
        w.end_lo = right->start_lo;
        w.end_hi = right->start_hi;
        w.flags &= ~of_end;
        w.proof[PROOF_LAST_DOWN] = w.proof[PROOF_FIRST_UP] = right->proof[PROOF_LAST_UP];
    }
    bool cut = left || right;
    if (w.end == INSTANT_NONE || w.end - w.start >= (cut ? width : 1)) {
        g_array_append_val(windows, w);
    }
}

/* Where requests fail, or do not come at all, the service is down and not slow. */
static void cut(const Window *whole, guint downs, Millis width, GArray *windows) {
    Instant stop = whole->end == INSTANT_NONE ? INT64_MAX : whole->end;
    Window left = {0};
    bool has_left = false;
    for (guint i = 0; i < downs; i++) {
        Window down = g_array_index(windows, Window, i); /* a copy: the list grows */
        Instant down_stop = down.end == INSTANT_NONE ? INT64_MAX : down.end;
        if (down.start >= stop || down_stop <= whole->start) {
            continue;
        }
        if (down.start > (has_left ? left.end : whole->start)) {
            put_piece(whole, has_left ? &left : NULL, &down, width, windows);
        }
        left = down;
        has_left = true;
    }
    if (!has_left || (left.end != INSTANT_NONE && left.end < stop)) {
        put_piece(whole, has_left ? &left : NULL, NULL, width, windows);
    }
}

void slow_find(const Scene *scene, const Detail *details, size_t count, const Config *config, GArray *windows) {
    Usual usual = usual_of(details, config->detection.slow_factor > 0 ? count : 0);
    if (usual.all->len == 0) {
        usual_clear(&usual);
        return;
    }
    unsigned from[HOURS];
    Millis longest = 0;
    for (unsigned h = 0; h < HOURS; h++) {
        double limit = config->detection.slow_factor * usual_at(&usual, h);
        from[h] = slow_from(MAX(MAX(limit, (double)config->detection.slow_least), 1));
        longest = MAX(longest, ds_lap_floor(from[h]));
    }
    usual_clear(&usual);
    g_autofree Bin *bins = g_new0(Bin, count);
    g_autoptr(GArray) steps = slow_steps(scene, details, count, from, bins);
    Scene slow = *scene;
    slow.steps = steps;
    slow.grain += longest; /* a line may stand where its request began or where it ended */
    g_autoptr(GArray) found = traffic_errors(&slow, config->detection.request_cost);
    guint downs = windows->len;
    for (guint i = 0; i < found->len; i++) {
        const Stretched *s = &g_array_index(found, Stretched, i);
        Window w = {.signal = SIGNAL_REQUEST, .state = STATE_DEGRADED};
        edges_of_slowness(scene, &slow, s, &w);
        weigh(&slow, s, &w);
        cut(&w, downs, scene->width, windows);
    }
}
