/* SPDX-License-Identifier: MIT
 * Records to series. Finding the series of a record is most of the work a probe costs, so the first guess is the
 * series that came after the present one the last time round: right for a log of one series as for one where regions
 * take turns, and two or three short comparisons. Else one look-up by the hash of all texts; names get their numbers
 * only when a series is new. Merging moves tracks and rows; nothing of it depends on the order of stores. */
#include "series/store.h"

enum { FIRST_SLOTS = 32 };

static void series_free(void *data) {
    Series *series = data;
    g_clear_pointer(&series->tracks, g_ptr_array_unref);
    bins_free(series->bins);
    g_free(series);
}

/* All but config of an empty store. */
static void fill_empty(Store *store) {
    store->names = names_new();
    store->series = g_ptr_array_new_with_free_func(series_free);
    store->mask = FIRST_SLOTS - 1;
    store->slots = g_new0(Series *, FIRST_SLOTS);
    store->last = NULL;
    store->board = board_new();
    store->spans = g_array_new(FALSE, FALSE, sizeof(InputSpan));
}

static void free_content(Store *store) {
    g_ptr_array_unref(store->series);
    g_free(store->slots);
    board_free(store->board);
    g_array_unref(store->spans);
    names_free(store->names);
}

Store *ds_store_new(const Config *config) {
    Store *store = g_new0(Store, 1);
    store->config = config;
    fill_empty(store);
    return store;
}

void ds_store_free(Store *store) {
    if (store) {
        free_content(store);
        g_free(store);
    }
}

enum { KIND_FAILURES = 1 << 8 }; /* beside a signal */

/* What tells the series of a record apart, beside its texts. */
static unsigned kind_of(const Record *record) {
    return (unsigned)record->signal | (record->failures ? KIND_FAILURES : 0);
}

static bool is_series(const Series *series, unsigned kind, const Span texts[KEY_COUNT]) {
    return series->kind == kind && ds_span_equal(series->texts[KEY_SERVICE], texts[KEY_SERVICE]) &&
           ds_span_equal(series->texts[KEY_VANTAGE], texts[KEY_VANTAGE]) &&
           ds_span_equal(series->texts[KEY_CHECK], texts[KEY_CHECK]);
}

static uint64_t load(const char *p, size_t n) {
    uint64_t word = 0;
    memcpy(&word, p, n);
    return word;
}

/* Mixes a text in by words, the last one overlapping. Quicker than ds_span_hash on short texts; may depend on the
 * machine, as nothing but the place in a table comes of it. */
static uint64_t mix(uint64_t hash, Span text) {
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ text.n) * factor;
    uint64_t word = 0;
    if (text.n >= 8) {
        for (size_t i = 0; i + 8 < text.n; i += 8) {
            hash = (hash ^ load(text.p + i, 8)) * factor;
            hash ^= hash >> 32;
        }
        word = load(text.p + text.n - 8, 8);
    } else if (text.n >= 4) {
        word = load(text.p, 4) << 32 | load(text.p + text.n - 4, 4);
    } else if (text.n) {
        word = (uint64_t)(unsigned char)text.p[0] << 16 | (uint64_t)(unsigned char)text.p[text.n / 2] << 8 |
               (unsigned char)text.p[text.n - 1];
    }
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 32;
}

static uint64_t key_hash(unsigned kind, const Span texts[KEY_COUNT]) {
    uint64_t hash = kind;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        hash = mix(hash, texts[i]);
    }
    return hash;
}

/* The slot that holds the series, or the free one where it belongs. */
static size_t slot_of(const Store *store, uint64_t hash, unsigned kind, const Span texts[KEY_COUNT]) {
    size_t slot = (size_t)hash & store->mask;
    while (store->slots[slot] && (store->slots[slot]->hash != hash || !is_series(store->slots[slot], kind, texts))) {
        slot = (slot + 1) & store->mask;
    }
    return slot;
}

static void grow_slots(Store *store) {
    store->mask = store->mask * 2 + 1;
    g_free(store->slots);
    store->slots = g_new0(Series *, store->mask + 1);
    for (guint i = 0; i < store->series->len; i++) {
        Series *series = g_ptr_array_index(store->series, i);
        store->slots[slot_of(store, series->hash, series->kind, series->texts)] = series;
    }
}

static Series *series_new(Store *store, uint64_t hash, unsigned kind, const Span texts[KEY_COUNT]) {
    Series *series = g_new0(Series, 1);
    Signal signal = (Signal)(kind & ~(unsigned)KIND_FAILURES);
    series->kind = kind;
    series->hash = hash;
    Name names[KEY_COUNT];
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        names[i] = names_add(store->names, texts[i]);
        series->texts[i] = names_text(store->names, names[i]);
    }
    series->info.signal = signal;
    series->info.failures = kind & KIND_FAILURES;
    series->info.service = names[KEY_SERVICE];
    series->info.vantage = names[KEY_VANTAGE];
    series->info.check = names[KEY_CHECK];
    if (signal == SIGNAL_REQUEST) {
        series->bins = bins_new(store->config->detection.request_bin);
    } else if (signal == SIGNAL_REPORT) {
        series->bins = bins_new(store->config->detection.report_bin);
    } else {
        series->tracks = tracks_new();
    }
    g_ptr_array_add(store->series, series);
    return series;
}

/* The series of these clean texts, made where there is none. */
static Series *series_of(Store *store, unsigned kind, const Span texts[KEY_COUNT]) {
    uint64_t hash = key_hash(kind, texts);
    size_t slot = slot_of(store, hash, kind, texts);
    Series *series = store->slots[slot];
    if (!series) {
        series = series_new(store, hash, kind, texts);
        store->slots[slot] = series;
        if (store->series->len > store->mask / 2) {
            grow_slots(store);
        }
    }
    return series;
}

/* The series of texts that need cleaning first, or of a new one. */
static Series *clean_series(Store *store, unsigned kind, const Span told[KEY_COUNT]) {
    char buffers[KEY_COUNT][NAME_LIMIT];
    Span clean[KEY_COUNT];
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        clean[i] = names_clean(told[i], buffers[i]);
    }
    return series_of(store, kind, clean);
}

static Series *find_series(Store *store, const Record *record) {
    const Span told[KEY_COUNT] = {record->service, record->vantage, record->check};
    unsigned kind = kind_of(record);
    Series *last = store->last;
    if (last && last->follows && is_series(last->follows, kind, told)) {
        store->last = last->follows;
        return store->last;
    }
    Series *series = store->slots[slot_of(store, key_hash(kind, told), kind, told)];
    if (!series) {
        series = clean_series(store, kind, told);
    }
    if (last) {
        last->follows = series;
    }
    store->last = series;
    return series;
}

/* The track of a file, which is nearly always the one written last. */
static Track *track_of(Series *series, uint32_t file) {
    if (series->track && series->track->file == file) {
        return series->track;
    }
    series->track = NULL;
    for (guint i = series->tracks->len; i-- > 0 && !series->track;) {
        Track *track = g_ptr_array_index(series->tracks, i);
        series->track = track->file == file && track->coder ? track : NULL;
    }
    if (!series->track) {
        series->track = track_new(file);
        g_ptr_array_add(series->tracks, series->track);
    }
    return series->track;
}

static void add_observation(Store *store, const Record *record) {
    const Observation observation = {
        .time = record->time,
        .state = record->state,
        .from = record->from,
        .reason = record->reason,
        .event = record->event,
        .soft = record->soft,
        .duration = record->duration,
        .interval = record->interval,
        .origin = record->origin,
    };
    track_add(track_of(find_series(store, record), record->origin.file), &observation);
}

void ds_store_add(void *context, const Record *record) {
    Store *store = context;
    g_assert(!store->finished);
    switch (record->signal) {
    case SIGNAL_TRANSITION:
        if (record->event == EVENT_MONITOR_START || record->event == EVENT_MONITOR_STOP) {
            board_mark(store->board, record);
            break;
        }
        add_observation(store, record);
        break;
    case SIGNAL_PROBE:
        add_observation(store, record);
        break;
    case SIGNAL_REQUEST:
        bins_request(find_series(store, record)->bins, record);
        break;
    case SIGNAL_REPORT:
        bins_report(find_series(store, record)->bins, record);
        break;
    case SIGNAL_NOTICE:
    case SIGNAL_MAINTENANCE:
        board_add(store->board, store->names, record);
        break;
    default: /* service and monitor are found, not told */
        break;
    }
}

void ds_store_input(Store *store, uint32_t file, uint32_t set, Instant first, Instant last) {
    g_assert(!store->finished);
    InputSpan span = {file, set, first, last};
    g_array_append_val(store->spans, span);
}

static void merge_series(Store *into, Series *from) {
    Series *series = series_of(into, from->kind, from->texts);
    if (series->bins) {
        bins_merge(series->bins, from->bins);
        return;
    }
    for (guint i = 0; i < from->tracks->len; i++) {
        Track *track = g_ptr_array_index(from->tracks, i);
        track_seal(track);
        g_ptr_array_add(series->tracks, track);
    }
    g_ptr_array_set_free_func(from->tracks, NULL); /* they have a new owner */
}

void ds_store_merge(Store *into, Store *from) {
    g_assert(into != from && !into->finished && !from->finished);
    Name count = names_count(from->names);
    g_autofree Name *numbers = g_new(Name, count + 1);
    for (Name i = 0; i < count; i++) {
        numbers[i] = names_add(into->names, names_text(from->names, i));
    }
    for (guint i = 0; i < from->series->len; i++) {
        merge_series(into, g_ptr_array_index(from->series, i));
    }
    board_merge(into->board, from->board, numbers);
    g_array_append_vals(into->spans, from->spans->data, from->spans->len);
    free_content(from);
    fill_empty(from);
}
