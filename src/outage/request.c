/* SPDX-License-Identifier: MIT
 * Outages in served traffic, by two detectors whose stretches are united:
 * - Errors: bad requests of each bin are drawn with probability p0 (normal) or p1 (outage); two-state Viterbi with a
 *   cost per change into outage (Kleinberg 2002, batched). p0 is the quiet level of blocks of requests, at least 1 %,
 *   p1 thrice that and at least 40 %, so that about one bad request in eight already speaks for an outage.
 * - Vanished traffic: what was expected of a bin (traffic.c) against a fiftieth of it, likewise. Empty bins count here;
 *   bins with more than about a fifth of the level speak against it. A log that ended or had not begun says nothing.
 * A stretch must be better explained as an outage by the cost and the logarithm of the number of bins (so many chances
 * to be fooled); less than ten nats above that, fewer than five bad or ten missed requests make it `weak`.
 * Edges: errors run from the first bad after the last good request to the first good after the last bad one (edges.c).
 * Band: down in windows, up in bins with traffic and in silences that are nothing special here; all else unknown. */
#include "outage/counts.h"
#include "outage/detect.h"
#include "outage/edges.h"
#include "outage/room.h"

#include <math.h>

#define LEAST_P0 0.01
#define MOST_P0 0.5
#define LEAST_P1 0.4
#define MOST_P1 0.95
#define BLOCK_REQUESTS 20.0
#define VANISHED_SHARE 0.02
#define FIRM_NATS 10.0
#define FIRM_BAD 5
#define FIRM_MISSED 10.0

/* p0: the quiet level of the bad share over blocks of some twenty requests. */
static double quiet_share(const GArray *steps, double total) {
    g_autoptr(GArray) bad = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
    double block = MIN(BLOCK_REQUESTS, total / 6), events = 0, exposure = 0;
    for (guint i = 0; i < steps->len; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        if (bin) {
            events += (double)bin->bad;
            exposure += (double)bin->total;
        }
        if (exposure > 0 && (exposure >= block || i + 1 == steps->len)) {
            g_array_append_val(bad, events);
            g_array_append_val(all, exposure);
            events = exposure = 0;
        }
    }
    double share = counts_quiet((double *)(void *)bad->data, (double *)(void *)all->data, bad->len);
    return CLAMP(share, MAX(LEAST_P0, 1 / (total + 2)), MOST_P0);
}

/* Nats by which an outage of errors explains each step better than normal traffic does. */
static double *error_gains(const GArray *steps) {
    double total = 0;
    for (guint i = 0; i < steps->len; i++) {
        total += step_at(steps, i)->bin ? (double)step_at(steps, i)->bin->total : 0;
    }
    double p0 = quiet_share(steps, total), p1 = CLAMP(3 * p0, LEAST_P1, MOST_P1);
    double of_bad = log(p1 / p0), of_good = log((1 - p1) / (1 - p0));
    double *gain = g_new0(double, MAX(steps->len, 1));
    for (guint i = 0; i < steps->len; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        if (bin) {
            gain[i] = (double)bin->bad * of_bad + (double)(bin->total - bin->bad) * of_good;
        }
    }
    return gain;
}

/* The first and last bin of what the log covers were seen in part only. */
static bool at_edge(const GArray *steps, guint i) {
    return i == 0 || i + 1 == steps->len || !step_at(steps, i - 1)->known || !step_at(steps, i + 1)->known;
}

static double *vanish_gains(const GArray *steps) {
    double *gain = g_new0(double, MAX(steps->len, 1));
    for (guint i = 0; i < steps->len; i++) {
        const Step *s = step_at(steps, i);
        if (!s->known || s->level <= 0) {
            continue;
        }
        if (!s->bin) {
            gain[i] = s->hush * (double)s->bins;
        } else if (!at_edge(steps, i)) {
            double count = (double)s->bin->total;
            gain[i] = counts_gain(count, s->level, MIN(count, VANISHED_SHARE * s->level), s->spread);
        }
    }
    return gain;
}

static uint8_t *path_of(const double *gain, guint n, double change) {
    uint8_t *path = g_new0(uint8_t, MAX(n, 1));
    g_autofree double *cost = g_new0(double, 2 * (gsize)MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        cost[2 * i + 1] = -gain[i];
    }
    viterbi_two(cost, n, change, path);
    return path;
}

/* Cuts one run of state 1 where nothing was told for longer than bridge, and trims what speaks for no outage. */
static void split_run(const GArray *steps, const double *gain, Millis width, Millis bridge, guint from, guint to,
                      GArray *out) {
    bool open = false;
    Stretched s = {0};
    for (guint i = from; i < to; i++) {
        if (gain[i] <= 0) {
            continue;
        }
        if (open && step_at(steps, i)->start - step_end(step_at(steps, s.to - 1), width) > bridge) {
            bool told = false;
            for (guint k = s.to; k < i && !told; k++) {
                told = gain[k] < 0;
            }
            if (!told) {
                g_array_append_val(out, s);
                open = false;
            }
        }
        if (!open) {
            s.from = i;
            open = true;
        }
        s.to = i + 1;
    }
    if (open) {
        g_array_append_val(out, s);
    }
}

static GArray *stretches(const GArray *steps, const double *gain, double change, Millis width, Millis bridge) {
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Stretched));
    g_autofree uint8_t *path = path_of(gain, steps->len, change);
    double bins = 1;
    for (guint i = 0; i < steps->len; i++) {
        bins += step_at(steps, i)->known ? (double)step_at(steps, i)->bins : 0;
    }
    for (guint i = 0; i < steps->len;) {
        guint from = i;
        while (i < steps->len && path[i]) {
            i++;
        }
        split_run(steps, gain, width, bridge, from, i, out);
        i += i == from ? 1 : 0;
    }
    guint kept = 0;
    for (guint k = 0; k < out->len; k++) {
        Stretched s = g_array_index(out, Stretched, k);
        for (guint i = s.from; i < s.to; i++) {
            s.score += gain[i];
        }
        s.score -= change + log(bins);
        if (s.score > 0) {
            g_array_index(out, Stretched, kept++) = s;
        }
    }
    g_array_set_size(out, kept);
    return out;
}

static bool is_weak(const Scene *scene, const Stretched *s, bool errors) {
    double bad = 0, missed = 0;
    for (guint i = s->from; i < s->to; i++) {
        const Step *step = step_at(scene->steps, i);
        bad += step->bin ? (double)step->bin->bad : 0;
        missed += step->known ? step->level * (double)step->bins - (step->bin ? (double)step->bin->total : 0) : 0;
    }
    return s->score < FIRM_NATS || (errors ? bad < FIRM_BAD : missed < FIRM_MISSED);
}

static void find(const Scene *scene, bool errors, double change, GArray *windows) {
    g_autofree double *gain = errors ? error_gains(scene->steps) : vanish_gains(scene->steps);
    g_autoptr(GArray) found = stretches(scene->steps, gain, change, scene->width, scene->bridge);
    for (guint i = 0; i < found->len; i++) {
        const Stretched *s = &g_array_index(found, Stretched, i);
        Window w = {.signal = SIGNAL_REQUEST, .state = STATE_DOWN};
        if (errors) {
            edges_of_errors(scene, s, &w);
        } else {
            edges_of_silence(scene, s, &w);
        }
        w.flags |= is_weak(scene, s, errors) ? FLAG_WEAK : 0;
        g_array_append_val(windows, w);
    }
}

static int by_start(const void *a, const void *b) {
    const Window *x = a, *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return (x->end > y->end) - (x->end < y->end);
}

/* Stretches of both detectors that overlap or follow within a bin are one: the start of the first, the end of the last.
 */
static void unite(GArray *windows, Millis width, Instant to) {
    g_array_sort(windows, by_start);
    guint kept = 0;
    for (guint i = 0; i < windows->len; i++) {
        Window w = g_array_index(windows, Window, i);
        Window *last = kept ? &g_array_index(windows, Window, kept - 1) : NULL;
        if (!last || w.start > window_end(last, to) + width) {
            g_array_index(windows, Window, kept++) = w;
            continue;
        }
        const unsigned of_end = FLAG_ONGOING | FLAG_END_UNOBSERVED;
        unsigned weak = last->flags & w.flags & FLAG_WEAK;
        if (window_end(&w, to) > window_end(last, to)) {
            last->end = w.end;
            last->end_lo = w.end_lo;
            last->end_hi = w.end_hi;
            last->flags = (last->flags & ~of_end) | (w.flags & of_end);
            last->proof[PROOF_FIRST_UP] = w.proof[PROOF_FIRST_UP];
        }
        if (last->proof[PROOF_FIRST_DOWN].line == 0) {
            last->proof[PROOF_FIRST_DOWN] = w.proof[PROOF_FIRST_DOWN];
        }
        if (w.proof[PROOF_LAST_DOWN].line) {
            last->proof[PROOF_LAST_DOWN] = w.proof[PROOF_LAST_DOWN];
        }
        last->flags = (last->flags & ~(unsigned)FLAG_WEAK) | weak;
    }
    g_array_set_size(windows, kept);
}

/* Bad requests of the bins a window touches (its edges lie at the first and last bad one). */
static void count_failures(const Scene *scene, Window *w) {
    Instant end = window_end(w, scene->to);
    uint64_t bad = 0, answered = 0;
    for (guint i = step_seek(scene, w->start); i < scene->steps->len && step_at(scene->steps, i)->start < end; i++) {
        const Bin *bin = step_at(scene->steps, i)->bin;
        bad += bin ? bin->bad : 0;
        answered += bin ? bin->answered : 0;
    }
    w->failed = (uint32_t)MIN(bad, UINT32_MAX);
    w->reasons[REASON_HTTP_5XX] = (uint32_t)MIN(answered, UINT32_MAX);
    w->reasons[REASON_OTHER] = w->failed - w->reasons[REASON_HTTP_5XX]; /* no answer, or not the one wanted */
}

/* Up where there was traffic, and in silences no longer than usual here. */
static GArray *traffic_band(const Scene *scene) {
    const GArray *steps = scene->steps;
    GArray *band = band_new();
    for (guint i = 0; i < steps->len;) {
        const Step *s = step_at(steps, i);
        if (s->bin || !s->known) {
            band_put(band, s->start, step_end(s, scene->width), s->bin ? STATE_UP : STATE_UNKNOWN);
            i++;
            continue;
        }
        double nats = 0;
        int64_t bins = 0;
        bool judged = true;
        guint from = i;
        for (; i < steps->len && step_at(steps, i)->known && !step_at(steps, i)->bin; i++) {
            nats += step_at(steps, i)->pace * (double)step_at(steps, i)->bins;
            bins += step_at(steps, i)->bins;
            judged = judged && step_at(steps, i)->pace > 0;
        }
        bool usual = bins <= 3 || (judged && nats <= 3);
        band_put(band, step_at(steps, from)->start, step_end(step_at(steps, i - 1), scene->width),
                 usual ? STATE_UP : STATE_UNKNOWN);
    }
    return band;
}

static void copy_part(const GArray *from, Instant start, Instant end, GArray *to) {
    for (guint i = band_seek(from, start); i < from->len; i++) {
        const Segment *s = &g_array_index(from, Segment, i);
        if (s->start >= end) {
            break;
        }
        band_put(to, MAX(s->start, start), MIN(s->end, end), s->state);
    }
}

/* Lays the windows over the band of the traffic. What was not known at all stays so. */
static void fill_band(const Scene *scene, const GArray *windows, guint first, GArray *band) {
    if (scene->steps->len == 0) {
        return;
    }
    g_autoptr(GArray) base = traffic_band(scene);
    Instant at = step_at(scene->steps, 0)->start;
    Instant last = step_end(step_at(scene->steps, scene->steps->len - 1), scene->width);
    for (guint k = first; k < windows->len; k++) {
        const Window *w = &g_array_index(windows, Window, k);
        Instant end = window_end(w, scene->to);
        copy_part(base, at, w->start, band);
        for (guint i = step_seek(scene, w->start); i < scene->steps->len && step_at(scene->steps, i)->start < end;
             i++) {
            const Step *s = step_at(scene->steps, i);
            band_put(band, MAX(s->start, w->start), MIN(step_end(s, scene->width), end),
                     s->known ? STATE_DOWN : STATE_UNKNOWN);
        }
        if (end > last) { /* ongoing: it holds to the period's end */
            band_put(band, MAX(last, w->start), end, STATE_DOWN);
        }
        at = MAX(at, end);
    }
    copy_part(base, at, last, band);
}

void detect_requests(const Store *store, const Config *config, size_t series, Instant from, Instant to, GArray *windows,
                     GArray *band) {
    SeriesInfo info = ds_series_info(store, series);
    size_t count = 0;
    bool slots = false;
    Scene scene = {.bridge = config->detection.max_bridge, .from = from, .to = to};
    const Bin *bins = ds_series_bins(store, series, &count, &scene.width, &slots);
    if (count == 0) {
        return;
    }
    scene.max_gap = config->detection.max_gap ? config->detection.max_gap : 3 * scene.width;
    g_autoptr(GArray) steps = traffic_steps(store, bins, count, scene.width);
    traffic_expect(steps, scene.width);
    scene.steps = steps;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Window));
    find(&scene, true, config->detection.request_cost, found);
    find(&scene, false, config->detection.request_cost, found);
    unite(found, scene.width, to);
    for (guint i = 0; i < found->len; i++) {
        Window *w = &g_array_index(found, Window, i);
        w->service = info.service;
        w->vantage = info.vantage;
        w->check = info.check;
        count_failures(&scene, w);
    }
    fill_band(&scene, found, 0, band);
    for (guint i = 0; i < found->len; i++) {
        window_measure(&g_array_index(found, Window, i), band, to, true);
    }
    g_array_append_vals(windows, found->data, found->len);
}
