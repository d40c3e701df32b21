/* SPDX-License-Identifier: MIT
 * Surges of counts in one series, of user reports or of failures. Three passes:
 * 1. A two-state automaton (Kleinberg 2002, batched) over counts: normal is the baseline, a surge at least three times
 *    that and clearly outside its noise; any higher count fits a surge as well as its own mean would. Unknown slots
 * cost nothing either way, but a silence longer than max-bridge ends a stretch.
 * 2. Within each stretch one level M is fitted, and the part kept that M explains best against the baseline (the
 * segment with the highest sum of log ratios; repeated until M is that part's mean). It cuts the tail where the last
 * users still complain. The onset is then moved over bins with some 0.15 M that stand clear of the baseline.
 * 3. Evidence: enough too many (grid.h), thrice the baseline, and ten nats above the logarithm of the number of bins
 * (so many chances to be fooled), for a surge that multiplies the baseline by one factor; less is no surge, little more
 *    is `weak`.
 * All of it is done twice: a surge must not raise the level that it is held against, so what was found the first time
 * takes no part in the baseline of the second. */
#include "outage/grid.h"

#include "outage/counts.h"
#include "outage/detect.h"

#define FACTOR 3.0
#define LEAST_MORE 1.5 /* reports a bin above thrice the baseline */
#define ONSET_SHARE 0.15
#define ONSET_FACTOR 2.0 /* of the baseline, at least */
#define ONSET_NATS 4.0
#define LEAST_SCORE 10.0 /* nats, above the logarithm of the number of bins */
#define LEAST_SPREAD 0.1
#define QUIET_BINS 12 /* that a second baseline needs at least, and one in so many of all */
#define QUIET_SHARE 20

void grid_clear(Grid *grid) {
    g_free(grid->count);
    g_free(grid->level);
    g_free(grid->bin);
}

/* What to expect, from bins of which some may be left out (NAN). */
static void set_baseline(Grid *grid, const double *count) {
    grid->spread = counts_baseline(count, grid->n, grid->start, grid->width, grid->level);
    if (grid->ceiling > 0 && (Millis)grid->n * grid->width < MILLIS_DAY) {
        grid->spread = LEAST_SPREAD; /* what is usual was hardly seen */
        for (size_t i = 0; i < grid->n; i++) {
            grid->level[i] = MIN(grid->level[i], grid->ceiling);
        }
    }
}

/* Lays the bins out without holes. Where the log holds single complaints, a bin not listed is 0 while the log spoke. */
void grid_fill(Grid *grid, const Store *store, size_t count, bool slots) {
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
        while (at < cover->len && g_array_index(cover, Segment, at).end <= grid_time(grid, i)) {
            at++;
        }
        bool spoke = at < cover->len && g_array_index(cover, Segment, at).start <= grid_time(grid, i);
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
    set_baseline(grid, grid->count);
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
        if (grid_known(grid, i)) {
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
    while (i < grid->n && (!path[i] || !grid_known(grid, i))) {
        i++;
    }
    if (i == grid->n) {
        return false;
    }
    part->from = i;
    part->to = i + 1;
    for (i = part->to; i < grid->n && path[i] && i - part->to <= bridge; i++) {
        if (grid_known(grid, i)) {
            part->to = i + 1;
        }
    }
    *at = part->to;
    return true;
}

static double mean_of(const Grid *grid, size_t from, size_t to) {
    double sum = 0, n = 0;
    for (size_t i = from; i < to; i++) {
        if (grid_known(grid, i)) {
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
        if (grid_known(grid, i) && m > grid->level[i]) {
            sum += counts_gain(grid->count[i], grid->level[i], m, 0);
        }
        if (sum > most && grid_known(grid, i)) {
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
    for (size_t i = part->to; i-- > stretch->from && (grid_known(grid, i) || i >= from);) {
        if (!grid_known(grid, i)) {
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
        gain += grid_known(grid, i) ? counts_gain(grid->count[i], grid->level[i], factor * grid->level[i], grid->spread)
                                    : 0;
    }
    return gain;
}

bool grid_weigh(const Grid *grid, const Part *part, Surge *surge) {
    *surge = (Surge){.peak = INSTANT_NONE};
    double expected = 0, bins = 0;
    for (size_t i = part->from; i < part->to; i++) {
        if (!grid_known(grid, i)) {
            continue;
        }
        uint64_t whole = grid->bin[i] ? grid->bins[grid->bin[i] - 1].total : 0;
        surge->reports += whole;
        expected += grid->level[i];
        bins++;
        if (whole > surge->peak_reports) {
            surge->peak_reports = whole;
            surge->peak = grid_time(grid, i);
        }
    }
    surge->excess = (double)surge->reports - expected;
    surge->score = part_gain(grid, part, MAX((double)surge->reports / expected, 1));
    return surge->excess >= grid->least_excess && surge->score >= LEAST_SCORE + grid->chances &&
           (double)surge->reports >= FACTOR * expected &&
           (double)surge->peak_reports >= FACTOR * expected / bins + grid->least_peak;
}

/* The surge of a stretch, and what is left of it before and after, in order of time. */
static void add_surges(const Grid *grid, Part stretch, GArray *found) {
    Hit f = {.stretch = stretch};
    if (!fit(grid, &f.stretch, &f.part)) {
        return;
    }
    if (grid->pieces && f.part.from > stretch.from) {
        add_surges(grid, (Part){.from = stretch.from, .to = f.part.from}, found);
    }
    if (grid_weigh(grid, &f.part, &f.surge)) {
        g_array_append_val(found, f);
    }
    if (grid->pieces && f.part.to < stretch.to) {
        add_surges(grid, (Part){.from = f.part.to, .to = stretch.to}, found);
    }
}

static GArray *find_all(const Grid *grid, double change, Millis silence) {
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Hit));
    g_autofree uint8_t *path = first_path(grid, change);
    size_t bridge = (size_t)MAX(silence / grid->width, 3), at = 0;
    Part stretch = {0};
    while (next_stretch(grid, path, bridge, &at, &stretch)) {
        add_surges(grid, stretch, found);
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
        all += grid_known(grid, i) ? 1 : 0;
    }
    if (found->len && left >= QUIET_BINS && left * QUIET_SHARE >= all) {
        set_baseline(grid, quiet);
    }
}

GArray *grid_surges(Grid *grid, double change, Millis silence) {
    g_autoptr(GArray) first = find_all(grid, change, silence);
    leave_out(grid, first);
    return find_all(grid, change, silence);
}

/* The nearest known bin before `from` (after `to`), as its distance; 0: none. */
size_t grid_known_before(const Grid *grid, size_t from) {
    for (size_t back = 1; back <= from; back++) {
        if (grid_known(grid, from - back)) {
            return back;
        }
    }
    return 0;
}

size_t grid_known_after(const Grid *grid, size_t to) {
    for (size_t i = to; i < grid->n; i++) {
        if (grid_known(grid, i)) {
            return i - to + 1;
        }
    }
    return 0;
}
