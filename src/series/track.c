/* SPDX-License-Identifier: MIT
 * Observations as deviations from what was to be expected. A prober is regular, so the time to the next probe, the
 * lines to it and its duration differ little from those before, and its state hardly ever changes. Writer and reader
 * keep the same expectation (TrackCoder), so only the deviations are stored: where all else is unchanged, packed into
 * n bytes, n = 1..4, that begin with n - 1 one bits and a zero (7n bits of payload); otherwise byte 1111xsss,
 * further fields, and the deviations as zigzag varints, as in Protocol Buffers. All of it is exact. Differences wrap
 * in 64 bits, so no time, line or duration is too large. Bytes lie in a list of blocks that are never copied. */
#include "series/track.h"

#include "series/order.h"

struct TrackBlock {
    TrackBlock *next;
    uint32_t used, room;
    uint8_t bytes[];
};

enum {
    ENTRY_LIMIT = 48, /* bytes of the longest entry: 3 and four varints of 10, with some air */
    BLOCK_FIRST = 56, /* most tracks of a log of transitions are short */
    BLOCK_LIMIT = 65536 - 64,
    LONG_FORM = 0xF0,
    LONG_EXTRA = 0x08, /* from and interval follow */
};

/* The packed forms, by number of bytes less one. */
static const struct {
    unsigned time, length, line; /* bits: 7 a byte together */
} forms[] = {{7, 0, 0}, {7, 7, 0}, {9, 8, 4}, {12, 11, 5}};

typedef struct { /* how an observation differs from what was expected */
    int64_t time, line, length;
    int64_t units; /* packed entries: the time in units of the coder */
} Deviation;

static int64_t plus(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t minus(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static unsigned class_of(State state) {
    return state != STATE_UP;
}

static TrackCoder coder_new(uint32_t file) {
    return (TrackCoder){.last = {.origin = {file, 0}}, .unit = MILLIS_SECOND, .stride = 1};
}

/* A number moved at least one towards its target, by one part in n of the distance. */
static int64_t approach(int64_t distance, int64_t n) {
    return distance > 0 ? (distance + n - 1) / n : (distance - n + 1) / n;
}

/* After a packed entry: expectations follow slowly, so that jitter is not doubled. */
static void learn_slowly(TrackCoder *coder, const Deviation *deviation, State state) {
    coder->step = plus(coder->step, deviation->units / 8 * coder->unit);
    if (deviation->line) {
        coder->stride = plus(coder->stride, approach(deviation->line, 8));
    }
    if (deviation->length) {
        coder->length[class_of(state)] = plus(coder->length[class_of(state)], approach(deviation->length, 2));
    }
}

/* After a long entry: something changed, so expect what was just seen. */
static void learn_at_once(TrackCoder *coder, const Deviation *deviation, const Observation *next) {
    if (coder->begun) {
        coder->step = minus(next->time, coder->last.time);
        coder->stride = minus((int64_t)next->origin.line, (int64_t)coder->last.origin.line);
    }
    if (deviation->time % MILLIS_SECOND != 0) {
        coder->unit = 1;
    }
    coder->length[class_of(next->state)] = next->duration;
}

static bool fits(int64_t value, unsigned bits) {
    uint64_t range = UINT64_C(1) << bits;
    return (uint64_t)value + range / 2 < range;
}

/* Fills in the units; false where the time is no whole number of them. */
static bool find_units(const TrackCoder *coder, Deviation *deviation) {
    bool seconds = coder->unit != 1; /* dividing by a constant is quicker */
    deviation->units = seconds ? deviation->time / MILLIS_SECOND : deviation->time;
    return !seconds || deviation->units * MILLIS_SECOND == deviation->time;
}

/* Packs the deviations. Returns the bytes written, 0 where they are too large. */
static size_t put_packed(uint8_t *out, const Deviation *deviation) {
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (!fits(deviation->units, forms[i].time) || !fits(deviation->length, forms[i].length) ||
            !fits(deviation->line, forms[i].line)) {
            continue;
        }
        uint32_t word = (uint32_t)(deviation->units + (INT64_C(1) << forms[i].time) / 2);
        word = word << forms[i].length | (uint32_t)(deviation->length + (INT64_C(1) << forms[i].length) / 2);
        word = word << forms[i].line | (uint32_t)(deviation->line + (INT64_C(1) << forms[i].line) / 2);
        uint32_t head = (UINT32_C(0xFF00) >> i) & 0xFF; /* i one bits, then zeros */
        word = (word | head << (8 * i)) << (8 * (3 - i));
        out[0] =
            (uint8_t)(word >> 24); /* all four, as one store: what is not needed is overwritten by the next entry */
        out[1] = (uint8_t)(word >> 16);
        out[2] = (uint8_t)(word >> 8);
        out[3] = (uint8_t)word;
        return i + 1;
    }
    return 0;
}

static size_t put_varint(uint8_t *out, int64_t value) {
    uint64_t rest = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
    size_t n = 0;
    for (; rest >= 0x80; rest >>= 7) {
        out[n++] = (uint8_t)(rest | 0x80);
    }
    out[n++] = (uint8_t)rest;
    return n;
}

static size_t put_long(uint8_t *out, const Observation *o, const Deviation *deviation) {
    bool extra = o->from != STATE_UNKNOWN || o->interval != 0;
    size_t n = 0;
    out[n++] = (uint8_t)(LONG_FORM | (extra ? LONG_EXTRA : 0) | (unsigned)o->state);
    out[n++] = (uint8_t)((unsigned)o->reason | (o->soft ? 0x10u : 0) | (unsigned)o->event << 5);
    if (extra) {
        out[n++] = (uint8_t)o->from;
        n += put_varint(out + n, o->interval);
    }
    n += put_varint(out + n, deviation->time);
    n += put_varint(out + n, deviation->line);
    n += put_varint(out + n, deviation->length);
    return n;
}

/* All but time, line and duration as before? */
static bool alike(const Observation *a, const Observation *b) {
    return a->state == b->state && a->reason == b->reason && a->event == b->event && a->soft == b->soft &&
           a->from == b->from && a->interval == b->interval;
}

static size_t encode(TrackCoder *coder, const Observation *o, uint8_t *out) {
    Deviation deviation = {
        .time = minus(minus(o->time, coder->last.time), coder->step),
        .line = minus(minus((int64_t)o->origin.line, (int64_t)coder->last.origin.line), coder->stride),
        .length = minus(o->duration, coder->length[class_of(o->state)]),
    };
    size_t n = 0;
    if (alike(o, &coder->last) && find_units(coder, &deviation)) {
        n = put_packed(out, &deviation);
    }
    if (n) {
        learn_slowly(coder, &deviation, o->state);
    } else {
        n = put_long(out, o, &deviation);
        learn_at_once(coder, &deviation, o);
    }
    uint32_t file = coder->last.origin.file;
    coder->last = *o;
    coder->last.origin.file = file;
    coder->begun = true;
    return n;
}

Track *track_new(uint32_t file) {
    Track *track = g_new0(Track, 1);
    track->file = file;
    track->ordered = true;
    track->distinct = true;
    track->tail = &track->first;
    track->coder = g_new(TrackCoder, 1);
    *track->coder = coder_new(file);
    return track;
}

static void free_track(void *track) {
    track_free(track);
}

GPtrArray *tracks_new(void) {
    return g_ptr_array_new_with_free_func(free_track);
}

void track_free(Track *track) {
    if (track) {
        for (TrackBlock *block = track->first; block;) {
            TrackBlock *next = block->next;
            g_free(block);
            block = next;
        }
        g_free(track->coder);
        g_free(track);
    }
}

/* The last block, with room for one more entry. Blocks grow with the track, so at most a third of it is unused. */
static TrackBlock *writable(Track *track) {
    TrackBlock *last = *track->tail;
    if (last && last->room - last->used >= ENTRY_LIMIT) {
        return last;
    }
    size_t room = CLAMP(track->bytes / 2, (size_t)BLOCK_FIRST, (size_t)BLOCK_LIMIT);
    TrackBlock *block = g_malloc(sizeof *block + room);
    *block = (TrackBlock){.room = (uint32_t)room};
    if (last) {
        last->next = block;
        track->tail = &last->next;
    } else {
        track->first = block;
    }
    return block;
}

void track_add(Track *track, const Observation *o) {
    g_assert(track->coder);
    const Observation *last = &track->coder->last;
    if (track->count == 0) {
        track->begin = o->time;
    } else if (o->time <= last->time) {
        track->distinct = false;
        track->ordered = track->ordered && o->time == last->time && o->origin.line >= last->origin.line;
    }
    track->end = o->time;
    TrackBlock *block = writable(track);
    size_t n = encode(track->coder, o, block->bytes + block->used);
    block->used += (uint32_t)n;
    track->bytes += n;
    track->count++;
}

void track_seal(Track *track) {
    TrackBlock *last = *track->tail;
    if (last && last->used < last->room) {
        last->room = last->used;
        *track->tail = g_realloc(last, sizeof *last + last->used);
    }
    g_clear_pointer(&track->coder, g_free);
}

void track_open(const Track *track, TrackReader *reader) {
    *reader = (TrackReader){.block = track->first, .coder = coder_new(track->file)};
}

static int64_t get_varint(TrackReader *reader) {
    uint64_t rest = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = reader->block->bytes[reader->at++];
        rest |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return (int64_t)(rest >> 1 ^ ((rest & 1) ? UINT64_MAX : 0));
}

static int64_t take_bits(uint32_t *word, unsigned bits) {
    uint32_t value = *word & ((UINT32_C(1) << bits) - 1);
    *word >>= bits;
    return (int64_t)value - (INT64_C(1) << bits) / 2;
}

/* The deviations of a packed entry of n bytes. */
static Deviation get_packed(TrackReader *reader, size_t n) {
    uint32_t word = 0;
    for (size_t k = 0; k < n; k++) {
        word = word << 8 | reader->block->bytes[reader->at++];
    }
    Deviation deviation = {0};
    deviation.line = take_bits(&word, forms[n - 1].line);
    deviation.length = take_bits(&word, forms[n - 1].length);
    deviation.units = take_bits(&word, forms[n - 1].time);
    deviation.time = deviation.units * reader->coder.unit;
    return deviation;
}

static Deviation get_long(TrackReader *reader, Observation *o) {
    const uint8_t *head = reader->block->bytes + reader->at;
    reader->at += 2;
    o->state = (State)(head[0] & 0x07);
    o->reason = (Reason)(head[1] & 0x0F);
    o->soft = head[1] & 0x10;
    o->event = (Event)(head[1] >> 5);
    o->from = STATE_UNKNOWN;
    o->interval = 0;
    if (head[0] & LONG_EXTRA) {
        o->from = (State)head[2];
        reader->at++;
        o->interval = get_varint(reader);
    }
    Deviation deviation = {0};
    deviation.time = get_varint(reader);
    deviation.line = get_varint(reader);
    deviation.length = get_varint(reader);
    return deviation;
}

/* Bytes of a packed entry by its first one; 0: a long one. */
static size_t packed_size(uint8_t head) {
    return head < 0x80 ? 1 : head < 0xC0 ? 2 : head < 0xE0 ? 3 : head < LONG_FORM ? 4 : 0;
}

static void expect(Observation *o, const TrackCoder *coder, const Deviation *deviation) {
    o->time = plus(plus(o->time, coder->step), deviation->time);
    o->origin.line = (uint64_t)plus(plus((int64_t)o->origin.line, coder->stride), deviation->line);
    o->duration = plus(coder->length[class_of(o->state)], deviation->length);
}

/* Most of the last observation stays as it is. */
static void next_packed(TrackReader *reader, size_t n) {
    Deviation deviation = get_packed(reader, n);
    expect(&reader->coder.last, &reader->coder, &deviation);
    learn_slowly(&reader->coder, &deviation, reader->coder.last.state);
}

static void next_long(TrackReader *reader) {
    Observation o = reader->coder.last;
    Deviation deviation = get_long(reader, &o);
    expect(&o, &reader->coder, &deviation);
    learn_at_once(&reader->coder, &deviation, &o);
    reader->coder.last = o;
}

bool track_next(TrackReader *reader) {
    while (reader->block && reader->at >= reader->block->used) {
        reader->block = reader->block->next;
        reader->at = 0;
    }
    if (!reader->block) {
        return false;
    }
    size_t n = packed_size(reader->block->bytes[reader->at]);
    if (n) {
        next_packed(reader, n);
    } else {
        next_long(reader);
    }
    reader->coder.begun = true;
    return true;
}

static int by_time_and_line(const void *left, const void *right, void *context) {
    (void)context;
    const Observation *a = left;
    const Observation *b = right;
    return a->time != b->time ? order_of(a->time, b->time) : order_of_counts(a->origin.line, b->origin.line);
}

/* Appends a sorted piece to the last of the tracks where it continues that one, else to a new track. */
static Track *append_piece(Track *last, GPtrArray *tracks, const Observation *piece, size_t n, uint32_t file) {
    if (!last || by_time_and_line(&last->coder->last, piece, NULL) > 0) {
        if (last) {
            track_seal(last);
        }
        last = track_new(file);
        g_ptr_array_add(tracks, last);
    }
    for (size_t i = 0; i < n; i++) {
        track_add(last, &piece[i]);
    }
    return last;
}

void track_sort(Track *track, GPtrArray *tracks) {
    size_t room = (size_t)CLAMP(track->count, UINT64_C(1), (uint64_t)TRACK_PIECE);
    g_autofree Observation *piece = g_new(Observation, room);
    TrackReader reader;
    track_open(track, &reader);
    Track *last = NULL;
    bool more = true;
    while (more) {
        size_t n = 0;
        while (n < room && (more = track_next(&reader))) {
            piece[n++] = reader.coder.last;
        }
        while (track->first &&
               track->first != reader.block) { /* these bytes are read: their memory serves the new ones */
            TrackBlock *next = track->first->next;
            g_free(track->first);
            track->first = next;
        }
        if (n) {
            g_qsort_with_data(piece, (gint)n, sizeof *piece, by_time_and_line, NULL); /* stable */
            last = append_piece(last, tracks, piece, n, track->file);
        }
    }
    if (last) {
        track_seal(last);
    }
    track_free(track);
}
