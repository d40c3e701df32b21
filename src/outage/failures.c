/* SPDX-License-Identifier: MIT
 * Runs of failures in a log that tells nothing else (the error log of a proxy). How many requests succeeded meanwhile
 * is not known, so a run is a surge of the failures themselves (grid.c) against what is usual for this log; a bin
 * without a line is one without a failure while the log was written. It is `degraded`, the least that is certain (some
 * requests failed), and always `weak`; nothing follows for the time outside of it. A server whose backends are well
 * logs next to none: in a log of less than a day more than three failures in two minutes are never taken for usual, so
 * that a log that holds nothing but its outage shows it. A run ends where so many bins without a failure would hardly
 * occur in it. A window reaches from its first failing line to its last; its bounds leave room for the time between
 * lines, and at least half a bin to both sides. Where the log begins or ends with it, that may not have been all. */
#include "outage/counts.h"
#include "outage/detect.h"
#include "outage/grid.h"
#include "outage/room.h"

#define LEAST_EXCESS 3.0
#define LEAST_PEAK 1.0
#define USUAL_MOST 2.5e-5 /* failures a ms */
#define SILENT_NATS 10.0  /* against a run that goes on through bins without a failure */

/* From when to when the run lasts, counted in bins: those beside it too that hold lines of it. */
static void widen(const Grid *grid, Part *part, Millis step) {
    while (part->from > 0 && grid->bin[part->from - 1] && grid->bin[part->from]) {
        const Bin *before = &grid->bins[grid->bin[part->from - 1] - 1], *first = &grid->bins[grid->bin[part->from] - 1];
        if (first->first_bad - before->last_bad > step) {
            break;
        }
        part->from--;
    }
    while (part->to < grid->n && grid->bin[part->to] && grid->bin[part->to - 1]) {
        const Bin *last = &grid->bins[grid->bin[part->to - 1] - 1], *after = &grid->bins[grid->bin[part->to] - 1];
        if (after->first_bad - last->last_bad > step) {
            break;
        }
        part->to++;
    }
}

static void trim(const Grid *grid, Part *part) {
    while (part->from < part->to && !grid->bin[part->from]) {
        part->from++;
    }
    while (part->to > part->from && !grid->bin[part->to - 1]) {
        part->to--;
    }
}

static void set_start(const Grid *grid, const Part *part, Millis step, Instant from, Window *w) {
    const Bin *first = &grid->bins[grid->bin[part->from] - 1];
    w->start = first->first_bad;
    w->start_lo = w->start - MAX(grid->width / 2, step);
    w->start_hi = w->start + grid->width / 2;
    w->proof[PROOF_FIRST_DOWN] = first->origin_bad;
    if (grid_known_before(grid, part->from) == 0) {
        w->flags |= FLAG_STARTED_BEFORE;
        w->start_lo = MIN(from, w->start_lo);
    }
}

static void set_end(const Grid *grid, const Part *part, Millis step, Instant to, Window *w) {
    const Bin *last = &grid->bins[grid->bin[part->to - 1] - 1];
    w->end = last->last_bad + 1;
    w->end_lo = MAX(w->start, w->end - grid->width / 2);
    w->end_hi = w->end + MAX(grid->width / 2, step);
    w->proof[PROOF_LAST_DOWN] = last->last;
    if (grid_known_after(grid, part->to) == 0) {
        w->flags |= FLAG_END_UNOBSERVED;
        w->end_hi = MAX(to, w->end_hi);
    }
}

static void count_failures(const Grid *grid, const Part *part, const Detail *details, size_t detail_count, Window *w) {
    uint64_t bad = 0, reasons[REASON_COUNT] = {0}, told = 0;
    for (size_t i = part->from; i < part->to; i++) {
        const Bin *bin = grid->bin[i] ? &grid->bins[grid->bin[i] - 1] : NULL;
        bad += bin ? bin->bad : 0;
        reasons[REASON_HTTP_5XX] += bin ? bin->answered : 0;
    }
    for (size_t i = 0; i < detail_count; i++) {
        bool inside = details[i].start >= grid_time(grid, part->from) && details[i].start < grid_time(grid, part->to);
        for (unsigned r = 0; inside && r < REASON_COUNT; r++) {
            reasons[r] += details[i].reasons[r];
        }
    }
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        told += reasons[r];
        w->reasons[r] = (uint32_t)MIN(reasons[r], UINT32_MAX);
    }
    w->failed = (uint32_t)MIN(bad, UINT32_MAX);
    w->reasons[REASON_OTHER] += (uint32_t)MIN(bad - MIN(told, bad), UINT32_MAX - w->reasons[REASON_OTHER]);
}

/* Thrice the mean time between failures: how long one may have been waited for. */
static Millis patience(const Grid *grid, const Part *part, const Surge *surge) {
    Millis length = (Millis)(part->to - part->from) * grid->width;
    return 3 * length / (Millis)MAX(surge->reports, 1);
}

typedef struct {
    const Grid *grid;
    SeriesInfo info;
    const Detail *details;
    size_t detail_count;
    Instant from, to;
    size_t done; /* bins before this one have been looked at */
    GArray *windows;
} Search;

static void add_window(Search *s, Part part) {
    Surge surge;
    trim(s->grid, &part);
    if (part.from == part.to || !grid_weigh(s->grid, &part, &surge)) {
        return;
    }
    Millis step = patience(s->grid, &part, &surge);
    Window w = {.signal = SIGNAL_REQUEST,
                .state = STATE_DEGRADED,
                .service = s->info.service,
                .vantage = s->info.vantage,
                .check = s->info.check,
                .flags = FLAG_WEAK,
                .failures = true};
    widen(s->grid, &part, step);
    part.from = MAX(part.from, s->done);
    s->done = MAX(part.to, s->done);
    set_start(s->grid, &part, step, s->from, &w);
    set_end(s->grid, &part, step, s->to, &w);
    count_failures(s->grid, &part, s->details, s->detail_count, &w);
    window_measure(&w, NULL, s->to, true);
    g_array_append_val(s->windows, w);
}

/* Failures of a usual bin of the run that holds any. */
static double usual_count(const Grid *grid, const Part *part) {
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(double));
    for (size_t i = part->from; i < part->to; i++) {
        if (grid_known(grid, i) && grid->count[i] > 0) {
            g_array_append_val(counts, grid->count[i]);
        }
    }
    return counts->len ? counts_median((double *)(void *)counts->data, counts->len) : 0;
}

/* A surge as runs between its silences. */
static void split(Search *s, Part part) {
    double usual = usual_count(s->grid, &part);
    size_t from = MAX(part.from, s->done), last = from;
    for (size_t i = from; i < part.to; i++) {
        if (!s->grid->bin[i]) {
            continue;
        }
        if (usual * (double)(i - last - 1) > SILENT_NATS && i > last + 1) {
            add_window(s, (Part){.from = from, .to = last + 1});
            from = i;
        }
        last = i;
    }
    add_window(s, (Part){.from = MAX(from, s->done), .to = MAX(part.to, s->done)});
}

void detect_failures(const Store *store, const Config *config, size_t series, Instant from, Instant to,
                     GArray *windows) {
    size_t count = 0;
    bool slots = false;
    g_auto(Grid) grid = {.least_excess = LEAST_EXCESS, .least_peak = LEAST_PEAK, .pieces = true};
    Search s = {.grid = &grid, .info = ds_series_info(store, series), .from = from, .to = to, .windows = windows};
    s.details = ds_series_details(store, series, &s.detail_count);
    grid.bins = ds_series_bins(store, series, &count, &grid.width, &slots);
    if (count == 0) {
        return;
    }
    grid.ceiling = USUAL_MOST * (double)grid.width;
    grid_fill(&grid, store, count, slots);
    g_autoptr(GArray) found = grid_surges(&grid, config->detection.request_cost, config->detection.max_bridge);
    for (guint i = 0; i < found->len; i++) {
        split(&s, g_array_index(found, Hit, i).part);
    }
}
