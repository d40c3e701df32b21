/* SPDX-License-Identifier: MIT
 * The end of collecting: everything is put into an order that depends on the records alone, what was told more than
 * once is counted, and from then on the store is only read (by any number of threads). */
#include "series/cursor.h"
#include "series/order.h"
#include "series/store.h"

static int series_order(const void *left, const void *right) {
    const SeriesInfo *a = &(*(Series *const *)left)->info;
    const SeriesInfo *b = &(*(Series *const *)right)->info;
    int order = order_of(a->signal, b->signal);
    order = order ? order : order_of(a->service, b->service);
    order = order ? order : order_of(a->vantage, b->vantage);
    order = order ? order : order_of(a->check, b->check);
    return order ? order : order_of(a->failures, b->failures);
}

static void order_series(Store *store, const Name *numbers) {
    for (guint i = 0; i < store->series->len; i++) {
        SeriesInfo *info = &((Series *)g_ptr_array_index(store->series, i))->info;
        info->service = numbers[info->service];
        info->vantage = numbers[info->vantage];
        info->check = numbers[info->check];
    }
    g_ptr_array_sort(store->series, series_order);
}

/* Makes every track one that can be merged as it is. */
static void order_tracks(Series *series) {
    GPtrArray *told = series->tracks;
    g_ptr_array_set_free_func(told, NULL);
    series->tracks = tracks_new();
    series->track = NULL;
    for (guint i = 0; i < told->len; i++) {
        Track *track = g_ptr_array_index(told, i);
        if (track->ordered) {
            track_seal(track);
            g_ptr_array_add(series->tracks, track);
        } else {
            track_sort(track, series->tracks);
        }
    }
    g_ptr_array_unref(told);
}

/* One walk: how many observations are left, and whose were dropped. A lone track in which nothing is told twice, the
 * usual case, needs none. */
static void count_observations(Series *series, Quality *quality) {
    order_tracks(series);
    series->info.first = series->info.last = INSTANT_NONE;
    const Track *lone = series->tracks->len == 1 ? g_ptr_array_index(series->tracks, 0) : NULL;
    if (lone && lone->distinct && lone->count) {
        series->info.count = lone->count;
        series->info.first = lone->begin;
        series->info.last = lone->end;
        return;
    }
    g_autoptr(SeriesCursor) cursor = cursor_open(series->info.signal, series->tracks, quality);
    for (Observation observation; ds_series_next(cursor, &observation); series->info.count++) {
        if (!series->info.count) {
            series->info.first = observation.time;
        }
        series->info.last = observation.time;
    }
}

/* Lists the bins of the series [from, to), all of one signal and service. A slot's length is a habit of the whole
 * service where a series has too few slots to tell. */
static void close_bins(Store *store, guint from, guint to) {
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(Millis));
    for (guint i = from; i < to; i++) {
        bins_steps(((Series *)g_ptr_array_index(store->series, i))->bins, steps);
    }
    size_t times = 0;
    Millis rhythm = bins_rhythm(steps, &times);
    for (guint i = from; i < to; i++) {
        Series *series = g_ptr_array_index(store->series, i);
        bins_close(series->bins, rhythm);
        Millis width = 0;
        bool slots = false;
        size_t count = 0;
        bins_list(series->bins, &count, &width, &slots);
        series->info.count = count;
        series->info.first = bins_first(series->bins);
        series->info.last = bins_last(series->bins);
    }
}

static void finish_series(Store *store, Quality *quality) {
    for (guint i = 0, end; i < store->series->len; i = end) {
        const Series *head = g_ptr_array_index(store->series, i);
        for (end = i; end < store->series->len; end++) {
            Series *series = g_ptr_array_index(store->series, end);
            if (series->info.signal != head->info.signal || series->info.service != head->info.service) {
                break;
            }
            if (series->bins) {
                bins_settle(series->bins, quality);
            } else {
                count_observations(series, quality);
            }
        }
        if (head->bins) {
            close_bins(store, i, end);
        }
    }
}

static int span_by_set(const void *left, const void *right) {
    return order_of_counts(((const InputSpan *)left)->set, ((const InputSpan *)right)->set);
}

static int span_by_file(const void *left, const void *right) {
    const InputSpan *a = left;
    const InputSpan *b = right;
    return a->file != b->file ? order_of_counts(a->file, b->file) : order_of_counts(a->set, b->set);
}

/* Spans of files become those of their sets, one a file. */
static void finish_spans(GArray *spans) {
    g_array_sort(spans, span_by_set);
    for (guint i = 0, end; i < spans->len; i = end) {
        InputSpan whole = g_array_index(spans, InputSpan, i);
        for (end = i + 1; end < spans->len && g_array_index(spans, InputSpan, end).set == whole.set; end++) {
            whole.first = earlier_of(whole.first, g_array_index(spans, InputSpan, end).first);
            whole.last = MAX(whole.last, g_array_index(spans, InputSpan, end).last);
        }
        for (guint k = i; k < end; k++) {
            g_array_index(spans, InputSpan, k).first = whole.first;
            g_array_index(spans, InputSpan, k).last = whole.last;
        }
    }
    g_array_sort(spans, span_by_file);
    guint kept = 0;
    for (guint i = 0; i < spans->len; i++) {
        InputSpan span = g_array_index(spans, InputSpan, i);
        if (!kept || g_array_index(spans, InputSpan, kept - 1).file != span.file) {
            g_array_index(spans, InputSpan, kept++) = span;
        }
    }
    g_array_set_size(spans, kept);
}

static const InputSpan *find_span(const void *store, uint32_t file) {
    return ds_store_span(store, file);
}

void ds_store_finish(Store *store, Quality *quality) {
    g_assert(!store->finished);
    const Config *config = store->config;
    for (guint i = 0; config->maintenance && i < config->maintenance->len; i++) {
        board_plan(store->board, store->names, SIGNAL_MAINTENANCE, g_ptr_array_index(config->maintenance, i));
    }
    for (guint i = 0; config->notices && i < config->notices->len; i++) {
        board_plan(store->board, store->names, SIGNAL_NOTICE, g_ptr_array_index(config->notices, i));
    }
    store->finished = true;
    g_autofree Name *numbers = names_sort(store->names);
    finish_spans(store->spans);
    order_series(store, numbers);
    finish_series(store, quality);
    board_finish(store->board, numbers, find_span, store, quality);
}

const char *ds_store_name(const Store *store, Name name) {
    return names_text(store->names, name).p;
}

Name ds_store_find(const Store *store, const char *text) {
    return names_find(store->names, ds_span_of(text));
}

Name ds_store_names(const Store *store) {
    return names_count(store->names);
}

size_t ds_store_series(const Store *store) {
    return store->series->len;
}

static const Series *series_at(const Store *store, size_t series) {
    g_assert(store->finished && series < store->series->len);
    return g_ptr_array_index(store->series, series);
}

SeriesInfo ds_series_info(const Store *store, size_t series) {
    return series_at(store, series)->info;
}

SeriesCursor *ds_series_open(const Store *store, size_t series) {
    const Series *walked = series_at(store, series);
    return cursor_open(walked->info.signal, walked->tracks, NULL);
}

const Bin *ds_series_bins(const Store *store, size_t series, size_t *count, Millis *width, bool *slots) {
    const Series *counted = series_at(store, series);
    if (!counted->bins) { /* probes and transitions have none */
        *count = 0;
        *width = 0;
        *slots = false;
        return NULL;
    }
    return bins_list(counted->bins, count, width, slots);
}

const Detail *ds_series_details(const Store *store, size_t series, size_t *count) {
    const Series *counted = series_at(store, series);
    *count = 0;
    return counted->bins ? bins_details(counted->bins, count) : NULL;
}

const InputSpan *ds_store_span(const Store *store, uint32_t file) {
    size_t low = 0;
    size_t high = store->spans->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const InputSpan *span = &g_array_index(store->spans, InputSpan, middle);
        if (span->file == file) {
            return span;
        }
        if (span->file < file) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const MonitorMark *ds_store_marks(const Store *store, size_t *count) {
    return board_marks(store->board, count);
}

const Announcement *ds_store_notices(const Store *store, size_t *count) {
    return board_notices(store->board, count);
}

const Announcement *ds_store_maintenance(const Store *store, size_t *count) {
    return board_maintenance(store->board, count);
}
