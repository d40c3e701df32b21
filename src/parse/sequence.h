/* SPDX-License-Identifier: MIT
 * Private to parse/: the lines of numbered probes that are kept, between taking them in (sequence.c) and handing them
 * on with their times (sequence_emit.c). */
#ifndef DS_PARSE_SEQUENCE_H
#define DS_PARSE_SEQUENCE_H

#include "parse/parser.h"

#define STEPS 10      /* known sendings that make the local step */
#define CHECK_AT 256u /* kept lines of a target before old ones are handed on */

typedef struct {
    int64_t number; /* unwrapped */
    Instant time;   /* the sending, where known */
    Instant told;   /* when the line was written; INSTANT_NONE: no bound */
    bool known;
    State state;
    Reason reason;
    Millis duration;
    Origin origin;
    const char *text; /* one of Sequencer.texts; NULL: none */
} Item;

typedef struct {
    int64_t number;
    Instant time;
} Anchor;

typedef struct {
    char *service, *vantage, *check;
    GArray *items; /* Item, by number */
    bool started;
    unsigned generation;
    int64_t newest;
    Instant newest_time, newest_told;
    Anchor known[STEPS]; /* the last known sendings, a ring */
    unsigned known_count;
    Anchor emitted; /* the last one handed on whose sending is known */
    bool has_emitted;
    int64_t emitted_number;
    Instant emitted_time;
    bool any_emitted;
    Anchor hint; /* told by `stamped: next` */
    bool has_hint;
    size_t check_at;
} Stream;

struct Sequencer {
    int64_t modulo;
    void (*emit)(void *context, Record *record);
    void *context;
    GHashTable *by_key;
    GPtrArray *streams;
    GString *key;
    GStringChunk *texts;
    GHashTable *known_texts; /* the few texts that failures have; more than TEXTS_MAX are not kept */
    unsigned generation;
    size_t total;
    Stream *last;
};

static inline Item *item_at(const Stream *stream, size_t index) {
    return &g_array_index(stream->items, Item, index);
}

/* A known sending, for the local step. */
void note_known(Stream *stream, int64_t number, Instant time);
/* Time from one number to the next; 0 where it is not known yet. */
double local_step(const Stream *stream);
/* Hands on the first `count` items with the lost numbers between them. */
void emit_items(Sequencer *sequencer, Stream *stream, size_t count);
/* Hands on what can no longer change: up to a known sending, old enough in time and number. */
void emit_old(Sequencer *sequencer, Stream *stream);

#endif
