/* SPDX-License-Identifier: MIT
 * Surges of user reports in one series (grid.c finds them). A surge begins with its first bin and ends with its last;
 * what happened may have begun (ended) within that bin or the one before (after) it, since people need time to
 * complain: the bounds reach one bin to both sides of each edge. */
#include "outage/counts.h"
#include "outage/detect.h"
#include "outage/grid.h"
#include "outage/room.h"

#include <math.h>

#define LEAST_EXCESS 10.0
#define LEAST_PEAK 5.0
#define FIRM_EXCESS 20.0
#define FIRM_SCORE 30.0
#define FIRM_BIN 2.0 /* nats a bin: a long swell that no bin shows is no crowd */

static void set_edges(const Grid *grid, const Part *part, Instant from, Instant to, Window *w) {
    w->start = grid_time(grid, part->from);
    w->end = grid_time(grid, part->to);
    w->start_lo = w->start - grid->width;
    w->start_hi = w->start + grid->width;
    w->end_lo = w->end - grid->width;
    w->end_hi = w->end + grid->width;
    size_t back = grid_known_before(grid, part->from), ahead = grid_known_after(grid, part->to);
    if (back == 0) {
        w->flags |= FLAG_STARTED_BEFORE;
        w->start_lo = MIN(from, w->start);
    } else if (back > 1) {
        w->flags |= FLAG_START_UNOBSERVED;
        w->start_lo = w->start - (Millis)back * grid->width;
    }
    if (ahead > 1) {
        w->flags |= FLAG_END_UNOBSERVED;
        w->end_hi = w->end + (Millis)ahead * grid->width;
    } else if (ahead == 0 && to <= w->end + grid->width && to >= w->end - grid->width) {
        w->flags |= FLAG_ONGOING;
        w->end = INSTANT_NONE;
        w->end_hi = to;
    } else if (ahead == 0) {
        w->flags |= FLAG_END_UNOBSERVED;
        w->end_hi = MAX(to, w->end);
    }
}

/* The lines of the last quiet bin, the first and last of the surge, and the first quiet one again. */
static void set_proof(const Grid *grid, const Part *part, Window *w) {
    size_t first = part->from, last = part->to;
    while (first < part->to && !grid->bin[first]) {
        first++;
    }
    while (last > part->from && !grid->bin[last - 1]) {
        last--;
    }
    if (first < last) {
        w->proof[PROOF_FIRST_DOWN] = grid->bins[grid->bin[first] - 1].first;
        w->proof[PROOF_LAST_DOWN] = grid->bins[grid->bin[last - 1] - 1].last;
    }
    if (part->from > 0 && grid->bin[part->from - 1]) {
        w->proof[PROOF_LAST_UP] = grid->bins[grid->bin[part->from - 1] - 1].last;
    }
    if (part->to < grid->n && grid->bin[part->to]) {
        w->proof[PROOF_FIRST_UP] = grid->bins[grid->bin[part->to] - 1].first;
    }
}

static GArray *known_band(const Grid *grid) {
    GArray *band = band_new();
    for (size_t i = 0; i < grid->n; i++) {
        if (grid_known(grid, i)) {
            band_put(band, grid_time(grid, i), grid_time(grid, i + 1), STATE_UP);
        }
    }
    return band;
}

static void fill_curve(const Grid *grid, size_t series, Instant from, Instant to, Curve *curve) {
    int64_t skip = counts_index(from - grid->start, grid->width);
    int64_t n = MAX(counts_index(to - 1 - grid->start, grid->width) + 1 - skip, 0);
    if (n > (int64_t)GRID_LIMIT) {
        skip += n - (int64_t)GRID_LIMIT;
        n = (int64_t)GRID_LIMIT;
    }
    curve->series = series;
    curve->start = grid->start + skip * grid->width;
    curve->width = grid->width;
    curve->counts = g_array_sized_new(FALSE, FALSE, sizeof(double), (guint)n);
    curve->levels = g_array_sized_new(FALSE, FALSE, sizeof(double), (guint)n);
    for (int64_t i = skip; i < skip + n; i++) {
        int64_t near = CLAMP(i, 0, (int64_t)grid->n - 1);
        double count = i == near ? grid->count[i] : NAN;
        g_array_append_val(curve->counts, count);
        g_array_append_val(curve->levels, grid->level[near]);
    }
}

static bool is_weak(const Grid *grid, const Hit *hit) {
    double least = MAX(FIRM_SCORE + grid->chances, FIRM_BIN * (double)(hit->part.to - hit->part.from));
    return hit->surge.excess < FIRM_EXCESS || hit->surge.score < least;
}

void detect_surges(const Store *store, const Config *config, size_t series, Instant from, Instant to, GArray *windows,
                   GArray *surges, Curve *curve) {
    SeriesInfo info = ds_series_info(store, series);
    size_t count = 0;
    bool slots = false;
    g_auto(Grid) grid = {.least_excess = LEAST_EXCESS, .least_peak = LEAST_PEAK};
    grid.bins = ds_series_bins(store, series, &count, &grid.width, &slots);
    if (count == 0) {
        *curve = (Curve){series, from, MAX(grid.width, 1), g_array_new(FALSE, FALSE, sizeof(double)),
                         g_array_new(FALSE, FALSE, sizeof(double))};
        return;
    }
    grid_fill(&grid, store, count, slots);
    g_autoptr(GArray) found = grid_surges(&grid, config->detection.report_cost, config->detection.max_bridge);
    fill_curve(&grid, series, from, to, curve);
    g_autoptr(GArray) band = known_band(&grid);
    for (guint k = 0; k < found->len; k++) {
        Hit *f = &g_array_index(found, Hit, k);
        Window w = {.signal = SIGNAL_REPORT,
                    .state = STATE_SURGE,
                    .service = info.service,
                    .vantage = info.vantage,
                    .check = info.check};
        if (grid_time(&grid, f->part.to) <= from || grid_time(&grid, f->part.from) >= to) {
            continue; /* read, and part of the baseline, but not of the period */
        }
        set_edges(&grid, &f->part, from, to, &w);
        set_proof(&grid, &f->part, &w);
        w.flags |= is_weak(&grid, f) ? FLAG_WEAK : 0;
        window_measure(&w, band, to, true);
        f->surge.series = series;
        f->surge.window = windows->len;
        g_array_append_val(windows, w);
        g_array_append_val(surges, f->surge);
    }
}
