/* SPDX-License-Identifier: MIT
 * The walk over a series: a k-way merge of its tracks by (time, file, line) with a binary heap, holding one
 * observation a track. What is told more than once is made one on the way (docs/semantics.md: probes, transitions), so
 * nothing needs to be rewritten and the same walk counts the duplicates when the store is finished. */
#include "series/cursor.h"

#include "series/order.h"
#include "series/track.h"

struct SeriesCursor {
    Signal signal;
    Quality *quality;
    TrackReader *readers;
    TrackReader **heap; /* those that have an observation; the first one's comes first */
    size_t count;
    Instant time;  /* transitions: of the last one given out */
    uint32_t seen; /* transitions: what was told at that time, a bit each */
    uint32_t file; /* transitions: the file that told the last one, and what */
    unsigned kind;
};

/* How bad a state is: of different states at one time the worst counts. */
static int rank_of(State state) {
    static const int ranks[STATE_COUNT] = {
        [STATE_UNKNOWN] = 0,  [STATE_MAINTENANCE] = 1, [STATE_UP] = 2,   [STATE_SURGE] = 3,
        [STATE_DEGRADED] = 4, [STATE_PARTIAL] = 5,     [STATE_DOWN] = 6,
    };
    return (unsigned)state < STATE_COUNT ? ranks[state] : 0;
}

static bool before(const TrackReader *a, const TrackReader *b) {
    const Observation *x = &a->coder.last;
    const Observation *y = &b->coder.last;
    if (x->time != y->time) {
        return x->time < y->time;
    }
    int order = order_of_origins(x->origin, y->origin);
    return order ? order < 0 : a < b; /* pieces of one track: in their order */
}

static void sift_down(SeriesCursor *cursor, size_t at) {
    TrackReader **heap = cursor->heap;
    TrackReader *moved = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= cursor->count) {
            break;
        }
        if (child + 1 < cursor->count && before(heap[child + 1], heap[child])) {
            child++;
        }
        if (!before(heap[child], moved)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

SeriesCursor *cursor_open(Signal signal, const GPtrArray *tracks, Quality *quality) {
    SeriesCursor *cursor = g_new0(SeriesCursor, 1);
    size_t n = tracks ? tracks->len : 0;
    cursor->signal = signal;
    cursor->quality = quality;
    cursor->readers = g_new(TrackReader, n + 1);
    cursor->heap = g_new(TrackReader *, n + 1);
    for (size_t i = 0; i < n; i++) {
        track_open(g_ptr_array_index(tracks, i), &cursor->readers[i]);
        if (track_next(&cursor->readers[i])) {
            cursor->heap[cursor->count++] = &cursor->readers[i];
        }
    }
    for (size_t i = cursor->count / 2; i-- > 0;) {
        sift_down(cursor, i);
    }
    return cursor;
}

void ds_series_close(SeriesCursor *cursor) {
    if (cursor) {
        g_free(cursor->heap);
        g_free(cursor->readers);
        g_free(cursor);
    }
}

/* The next observation as told, or NULL; it holds until step_on. */
static const Observation *look(const SeriesCursor *cursor) {
    return cursor->count ? &cursor->heap[0]->coder.last : NULL;
}

static void step_on(SeriesCursor *cursor) {
    if (!track_next(cursor->heap[0])) {
        cursor->heap[0] = cursor->heap[--cursor->count];
    }
    if (cursor->count > 1) {
        sift_down(cursor, 0);
    }
}

void count_duplicates(Quality *quality, uint32_t file, uint64_t duplicates, uint64_t conflicts) {
    if (quality && file < quality->files->len) {
        FileQuality *page = g_ptr_array_index(quality->files, file);
        page->duplicates += duplicates;
        page->conflicts += conflicts;
    }
}

/* All that is told of one time, as one. */
static bool next_probe(SeriesCursor *cursor, Observation *out) {
    const Observation *told = look(cursor);
    if (!told) {
        return false;
    }
    *out = *told;
    unsigned states = 1u << (unsigned)told->state;
    for (step_on(cursor); (told = look(cursor)) && told->time == out->time; step_on(cursor)) {
        bool again = states & (1u << (unsigned)told->state);
        count_duplicates(cursor->quality, told->origin.file, again, !again);
        states |= 1u << (unsigned)told->state;
        if (told->state == out->state) {
            out->duration = MAX(out->duration, told->duration);
        } else if (rank_of(told->state) > rank_of(out->state)) {
            *out = *told;
        }
    }
    return true;
}

/* Those of one time in the order of the files, each different one once; but where one file goes back and forth within a
 * stamp (DOWN UP DOWN), each of its changes counts, since the last one is the state that holds. */
static bool next_transition(SeriesCursor *cursor, Observation *out) {
    for (const Observation *told; (told = look(cursor)); step_on(cursor)) {
        if (told->time != cursor->time) {
            cursor->time = told->time;
            cursor->seen = 0;
        }
        unsigned kind = (unsigned)told->state * 4 + (told->soft ? 2 : 0) + (told->event == EVENT_CURRENT);
        bool changed = cursor->seen && told->origin.file == cursor->file && kind != cursor->kind;
        if (changed || !(cursor->seen & (UINT32_C(1) << kind))) {
            cursor->seen |= UINT32_C(1) << kind;
            cursor->file = told->origin.file;
            cursor->kind = kind;
            *out = *told;
            step_on(cursor);
            return true;
        }
        count_duplicates(cursor->quality, told->origin.file, 1, 0);
    }
    return false;
}

bool ds_series_next(SeriesCursor *cursor, Observation *out) {
    return cursor->signal == SIGNAL_PROBE ? next_probe(cursor, out) : next_transition(cursor, out);
}
