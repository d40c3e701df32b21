/* SPDX-License-Identifier: MIT
 * Outages in served traffic, by two detectors whose stretches are united:
 * - Errors: bad requests of each bin are drawn with probability p0 (normal) or p1 (outage); two-state Viterbi with a
 *   cost per change into outage (Kleinberg 2002, batched). p0 is the quiet level of blocks of requests, at least 1 %,
 *   p1 thrice that and at least 40 %, so that about one bad request in eight already speaks for an outage. The same
 * once more with p1 five points above p0, where errors come in crowds (negative binomial): where a stretch of that is
 * no severe one, it takes the place of the pieces that the first found of it.
 * - Vanished traffic: what was expected of a bin (traffic.c) against a fiftieth of it, likewise. Empty bins count here;
 *   bins with more than about a fifth of the level speak against it. A log that ended or had not begun says nothing.
 * A stretch must be better explained as an outage by the cost and the logarithm of the number of bins (so many chances
 * to be fooled); less than ten nats above that, fewer than five bad or ten missed requests make it `weak`.
 * Edges: errors run from the first bad after the last good request to the first good after the last bad one (edges.c).
 * Latency (slow.c): degraded windows, where none of the two finds the service down.
 * Band: down or degraded in windows, up in bins with traffic and in silences that are nothing special here; all else
 * unknown. */
#include "outage/counts.h"
#include "outage/detect.h"
#include "outage/room.h"
#include "outage/stretch.h"

#define VANISHED_SHARE 0.02
#define FIRM_NATS 10.0
#define FIRM_BAD 5
#define FIRM_MISSED 10.0
#define GRAIN_BINS 8

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

static GArray *silent_stretches(const Scene *scene, double change) {
    g_autofree double *gain = vanish_gains(scene->steps);
    return traffic_stretches(scene, gain, change);
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
    g_autoptr(GArray) found = errors ? traffic_errors(scene, change) : silent_stretches(scene, change);
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
                     s->known ? w->state : STATE_UNKNOWN);
        }
        if (end > last) { /* ongoing: it holds to the period's end */
            band_put(band, MAX(last, w->start), end, w->state);
        }
        at = MAX(at, end);
    }
    copy_part(base, at, last, band);
}

/* A second where all stamps are whole ones, else a millisecond. */
static Millis grain_of(const Bin *bins, size_t count) {
    bool whole = count >= GRAIN_BINS;
    for (size_t i = 0; i < count && whole; i++) {
        const Instant told[] = {bins[i].first_good, bins[i].last_good, bins[i].first_bad, bins[i].last_bad};
        for (size_t k = 0; k < G_N_ELEMENTS(told); k++) {
            whole = whole && (told[k] == INSTANT_NONE || told[k] % MILLIS_SECOND == 0);
        }
    }
    return whole ? MILLIS_SECOND : 1;
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
    scene.grain = grain_of(bins, count);
    scene.max_gap = config->detection.max_gap ? config->detection.max_gap : 3 * scene.width;
    g_autoptr(GArray) steps = traffic_steps(store, bins, count, scene.width);
    traffic_expect(steps, scene.width);
    scene.steps = steps;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Window));
    find(&scene, true, config->detection.request_cost, found);
    find(&scene, false, config->detection.request_cost, found);
    unite(found, scene.width, to);
    size_t detail_count = 0;
    const Detail *details = ds_series_details(store, series, &detail_count);
    guint downs = found->len;
    slow_find(&scene, details, detail_count, config, found);
    for (guint i = 0; i < found->len; i++) {
        Window *w = &g_array_index(found, Window, i);
        w->service = info.service;
        w->vantage = info.vantage;
        w->check = info.check;
        if (i < downs) {
            count_failures(&scene, w);
        }
    }
    g_array_sort(found, by_start);
    fill_band(&scene, found, 0, band);
    for (guint i = 0; i < found->len; i++) {
        window_measure(&g_array_index(found, Window, i), band, to, true);
    }
    g_array_append_vals(windows, found->data, found->len);
}
