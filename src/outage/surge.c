/* SPDX-License-Identifier: MIT
 * Surges of user reports in one series. Three passes:
 * 1. A two-state automaton (Kleinberg 2002, batched) over counts: normal is the baseline, a surge at least three times
 *    that and clearly outside its noise; any higher count fits a surge as well as its own mean would. Unknown slots
 * cost nothing either way, but a silence longer than max-bridge ends a stretch.
 * 2. Within each stretch one level M is fitted, and the part kept that M explains best against the baseline (the
 * segment with the highest sum of log ratios; repeated until M is that part's mean). It cuts the tail where the last
 * users still complain. The onset is then moved over bins with some 0.15 M that stand clear of the baseline.
 * 3. Evidence: ten reports too many, thrice the baseline, and ten nats above the logarithm of the number of bins (so
 *    many chances to be fooled), for a surge that multiplies the baseline by one factor; less is no surge, little more
 *    is `weak`.
 * All of it is done twice: a surge must not raise the level that it is held against, so what was found the first time
 * takes no part in the baseline of the second.
 * A surge begins with its first bin and ends with its last; what happened may have begun (ended) within that bin or the
 * one before (after) it, since people need time to complain: the bounds reach one bin to both sides of each edge. */
#include "outage/counts.h"
#include "outage/detect.h"
#include "outage/room.h"

#include <math.h>

#define GRID_LIMIT ((size_t)1 << 22) /* bins; eight years of minutes. A stray date of 1970 must not cost gigabytes */
#define FACTOR 3.0
#define LEAST_MORE 1.5 /* reports a bin above thrice the baseline */
#define ONSET_SHARE 0.15
#define ONSET_FACTOR 2.0 /* of the baseline, at least */
#define ONSET_NATS 4.0
#define LEAST_EXCESS 10.0
#define LEAST_SCORE 10.0 /* nats, above the logarithm of the number of bins */
#define FIRM_EXCESS 20.0
#define FIRM_SCORE 30.0
#define QUIET_BINS 12 /* that a second baseline needs at least, and one in so many of all */
#define QUIET_SHARE 20

typedef struct {
    Instant start;
    Millis width;
    size_t n;
    double *count, *level; /* a bin each; count NAN where unknown */
    size_t *bin;           /* 1 + its index in the series' bins; 0: none */
    double spread;
    double chances; /* logarithm of the number of known bins */
    const Bin *bins;
} Grid;

typedef struct {
    size_t from, to; /* bins [from, to) */
    double level;    /* M */
} Part;

static Instant time_of(const Grid *grid, size_t i) {
    return grid->start + (Instant)i * grid->width;
}

static bool known(const Grid *grid, size_t i) {
    return !isnan(grid->count[i]);
}

static void grid_clear(Grid *grid) {
    g_free(grid->count);
    g_free(grid->level);
    g_free(grid->bin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grid, grid_clear)

/* Lays the bins out without holes. Where the log holds single complaints, a bin not listed is 0 while the log spoke. */
static void grid_fill(Grid *grid, const Store *store, size_t count, bool slots) {
    g_autoptr(GArray) cover = counts_cover(store, grid->bins, slots ? 0 : count, grid->width);
    grid->start = grid->bins[0].start;
    Instant end = grid->bins[count - 1].start + grid->width;
    if (cover->len) {
        grid->start = g_array_index(cover, Segment, 0).start;
        end = g_array_index(cover, Segment, cover->len - 1).end;
    }
    int64_t n = (end - grid->start + grid->width - 1) / grid->width;
    if (n > (int64_t)GRID_LIMIT) {
        grid->start += (n - (int64_t)GRID_LIMIT) * grid->width;
        n = (int64_t)GRID_LIMIT;
    }
    grid->n = (size_t)n;
    grid->count = g_new(double, grid->n);
    grid->level = g_new(double, grid->n);
    grid->bin = g_new0(size_t, grid->n);
    guint at = 0;
    for (size_t i = 0; i < grid->n; i++) {
        while (at < cover->len && g_array_index(cover, Segment, at).end <= time_of(grid, i)) {
            at++;
        }
        bool spoke = at < cover->len && g_array_index(cover, Segment, at).start <= time_of(grid, i);
        grid->count[i] = spoke ? 0 : NAN;
    }
    for (size_t b = 0; b < count; b++) {
        int64_t i = counts_index(grid->bins[b].start - grid->start, grid->width);
        if (i >= 0 && i < n && !(grid->count[i] >= (double)grid->bins[b].total && grid->bin[i])) {
            grid->count[i] = (double)grid->bins[b].total;
            grid->bin[i] = b + 1;
        }
    }
    double spoken = 1;
    for (size_t i = 0; i < grid->n; i++) {
        spoken += isnan(grid->count[i]) ? 0 : 1;
    }
    grid->chances = log(spoken);
    grid->spread = counts_baseline(grid->count, grid->n, grid->start, grid->width, grid->level);
}

static double noise(const Grid *grid, size_t i) {
    return sqrt(grid->level[i] + grid->spread * grid->level[i] * grid->level[i]);
}

/* How much better a surge explains bin i than the baseline; negative where it does not. */
static double first_gain(const Grid *grid, size_t i) {
    double least = MAX(FACTOR * grid->level[i] + LEAST_MORE, grid->level[i] + 4 * noise(grid, i));
    return counts_gain(grid->count[i], grid->level[i], MAX(least, grid->count[i]), grid->spread);
}

static uint8_t *first_path(const Grid *grid, double change) {
    uint8_t *path = g_new0(uint8_t, grid->n);
    g_autofree double *cost = g_new0(double, 2 * grid->n);
    for (size_t i = 0; i < grid->n; i++) {
        if (known(grid, i)) {
            cost[2 * i + 1] = -first_gain(grid, i);
        }
    }
    viterbi_two(cost, grid->n, change, path);
    return path;
}

/* The next stretch of state 1 at or after *at, without unknown ends and without a silence of more than `bridge` bins.
 */
static bool next_stretch(const Grid *grid, const uint8_t *path, size_t bridge, size_t *at, Part *part) {
    size_t i = *at;
    while (i < grid->n && (!path[i] || !known(grid, i))) {
        i++;
    }
    if (i == grid->n) {
        return false;
    }
    part->from = i;
    part->to = i + 1;
    for (i = part->to; i < grid->n && path[i] && i - part->to <= bridge; i++) {
        if (known(grid, i)) {
            part->to = i + 1;
        }
    }
    *at = part->to;
    return true;
}

static double mean_of(const Grid *grid, size_t from, size_t to) {
    double sum = 0, n = 0;
    for (size_t i = from; i < to; i++) {
        if (known(grid, i)) {
            sum += grid->count[i];
            n++;
        }
    }
    return n > 0 ? sum / n : 0;
}

/* The segment of the stretch that a surge of level m explains best; false: none at all. */
static bool best_segment(const Grid *grid, const Part *stretch, double m, Part *best) {
    double sum = 0, most = 0;
    size_t from = stretch->from;
    for (size_t i = stretch->from; i < stretch->to; i++) {
        if (sum <= 0) {
            sum = 0;
            from = i;
        }
        if (known(grid, i) && m > grid->level[i]) {
            sum += counts_gain(grid->count[i], grid->level[i], m, 0);
        }
        if (sum > most && known(grid, i)) {
            most = sum;
            *best = (Part){from, i + 1, m};
        }
    }
    return most > 0;
}

/* Takes the onset back over bins with some 0.15 M, or forth, so that its first bins speak for it by the cost of a step:
 * one early complaint proves nothing. A bin of which nothing is known ends it. */
static void set_onset(const Grid *grid, const Part *stretch, Part *part) {
    double sum = 0, most = 0;
    size_t from = part->from;
    for (size_t i = part->to; i-- > stretch->from && (known(grid, i) || i >= from);) {
        if (!known(grid, i)) {
            continue;
        }
        double level = MAX(ONSET_SHARE * part->level, ONSET_FACTOR * grid->level[i]);
        sum += counts_gain(grid->count[i], grid->level[i], level, 0);
        if (sum >= most + ONSET_NATS) {
            most = sum;
            part->from = i;
        }
    }
}

static bool fit(const Grid *grid, const Part *stretch, Part *part) {
    *part = *stretch;
    for (int round = 0; round < 16; round++) { /* it settles in three or four */
        Part next = *part;
        part->level = mean_of(grid, part->from, part->to);
        if (!best_segment(grid, stretch, part->level, &next)) {
            return false;
        }
        bool settled = next.from == part->from && next.to == part->to;
        *part = next;
        if (settled) {
            break;
        }
    }
    set_onset(grid, stretch, part);
    return true;
}

/* Nats by which the counts of a part speak for the baseline times `factor`. */
static double part_gain(const Grid *grid, const Part *part, double factor) {
    double gain = 0;
    for (size_t i = part->from; i < part->to; i++) {
        gain += known(grid, i) ? counts_gain(grid->count[i], grid->level[i], factor * grid->level[i], grid->spread) : 0;
    }
    return gain;
}

/* Sums over the surge; false: the evidence is too small to call it one. */
static bool weigh(const Grid *grid, const Part *part, Surge *surge) {
    double expected = 0, bins = 0;
    for (size_t i = part->from; i < part->to; i++) {
        if (!known(grid, i)) {
            continue;
        }
        uint64_t whole = grid->bin[i] ? grid->bins[grid->bin[i] - 1].total : 0;
        surge->reports += whole;
        expected += grid->level[i];
        bins++;
        if (whole > surge->peak_reports) {
            surge->peak_reports = whole;
            surge->peak = time_of(grid, i);
        }
    }
    surge->excess = (double)surge->reports - expected;
    surge->score = part_gain(grid, part, MAX((double)surge->reports / expected, 1));
    return surge->excess >= LEAST_EXCESS && surge->score >= LEAST_SCORE + grid->chances &&
           (double)surge->reports >= FACTOR * expected && (double)surge->peak_reports >= FACTOR * expected / bins + 5;
}

/* The nearest known bin before `from` (after `to`), as its distance; 0: none. */
static size_t known_before(const Grid *grid, size_t from) {
    for (size_t back = 1; back <= from; back++) {
        if (known(grid, from - back)) {
            return back;
        }
    }
    return 0;
}

static size_t known_after(const Grid *grid, size_t to) {
    for (size_t i = to; i < grid->n; i++) {
        if (known(grid, i)) {
            return i - to + 1;
        }
    }
    return 0;
}

static void set_edges(const Grid *grid, const Part *part, Instant from, Instant to, Window *w) {
    w->start = time_of(grid, part->from);
    w->end = time_of(grid, part->to);
    w->start_lo = w->start - grid->width;
    w->start_hi = w->start + grid->width;
    w->end_lo = w->end - grid->width;
    w->end_hi = w->end + grid->width;
    size_t back = known_before(grid, part->from), ahead = known_after(grid, part->to);
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
        if (known(grid, i)) {
            band_put(band, time_of(grid, i), time_of(grid, i + 1), STATE_UP);
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

/* One surge: the stretch of raised bins it was found in, the part that is it, and its sums. */
typedef struct {
    Part stretch, part;
    Surge surge;
} Hit;

static GArray *find_all(const Grid *grid, const Config *config) {
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Hit));
    g_autofree uint8_t *path = first_path(grid, config->detection.report_cost);
    size_t bridge = (size_t)MAX(config->detection.max_bridge / grid->width, 3), at = 0;
    Hit f = {0};
    while (next_stretch(grid, path, bridge, &at, &f.stretch)) {
        f.surge = (Surge){.peak = INSTANT_NONE};
        if (fit(grid, &f.stretch, &f.part) && weigh(grid, &f.part, &f.surge)) {
            g_array_append_val(found, f);
        }
    }
    return found;
}

/* The baseline once more, from the bins outside of what was found, unless too few are left. */
static void leave_out(Grid *grid, const GArray *found) {
    g_autofree double *quiet = g_memdup2(grid->count, grid->n * sizeof *quiet);
    for (guint k = 0; k < found->len; k++) {
        const Part *stretch = &g_array_index(found, Hit, k).stretch;
        for (size_t i = stretch->from; i < stretch->to; i++) {
            quiet[i] = NAN;
        }
    }
    size_t left = 0, all = 0;
    for (size_t i = 0; i < grid->n; i++) {
        left += isnan(quiet[i]) ? 0 : 1;
        all += known(grid, i) ? 1 : 0;
    }
    if (found->len && left >= QUIET_BINS && left * QUIET_SHARE >= all) {
        grid->spread = counts_baseline(quiet, grid->n, grid->start, grid->width, grid->level);
    }
}

void detect_surges(const Store *store, const Config *config, size_t series, Instant from, Instant to, GArray *windows,
                   GArray *surges, Curve *curve) {
    SeriesInfo info = ds_series_info(store, series);
    size_t count = 0;
    bool slots = false;
    g_auto(Grid) grid = {0};
    grid.bins = ds_series_bins(store, series, &count, &grid.width, &slots);
    if (count == 0) {
        *curve = (Curve){series, from, MAX(grid.width, 1), g_array_new(FALSE, FALSE, sizeof(double)),
                         g_array_new(FALSE, FALSE, sizeof(double))};
        return;
    }
    grid_fill(&grid, store, count, slots);
    g_autoptr(GArray) first = find_all(&grid, config);
    leave_out(&grid, first);
    g_autoptr(GArray) found = find_all(&grid, config);
    fill_curve(&grid, series, from, to, curve);
    g_autoptr(GArray) band = known_band(&grid);
    for (guint k = 0; k < found->len; k++) {
        Hit *f = &g_array_index(found, Hit, k);
        Window w = {.signal = SIGNAL_REPORT,
                    .state = STATE_SURGE,
                    .service = info.service,
                    .vantage = info.vantage,
                    .check = info.check};
        if (time_of(&grid, f->part.to) <= from || time_of(&grid, f->part.from) >= to) {
            continue; /* read, and part of the baseline, but not of the period */
        }
        set_edges(&grid, &f->part, from, to, &w);
        set_proof(&grid, &f->part, &w);
        w.flags |= f->surge.excess < FIRM_EXCESS || f->surge.score < FIRM_SCORE + grid.chances ? FLAG_WEAK : 0;
        window_measure(&w, band, to, true);
        f->surge.series = series;
        f->surge.window = windows->len;
        g_array_append_val(windows, w);
        g_array_append_val(surges, f->surge);
    }
}
