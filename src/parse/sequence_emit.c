/* SPDX-License-Identifier: MIT
 * Handing on numbered probes in order, each lost number among them: a sending that no line tells is put on the straight
 * line between its neighbours, or at the local step beside one, and never after its own line was written. */
#include "parse/sequence.h"

#define KEEP_TIME (60 * MILLIS_SECOND) /* a line may still come for a number as old as that */
#define KEEP_NUMBERS 64

void note_known(Stream *stream, int64_t number, Instant time) {
    if (stream->known_count) {
        const Anchor *last = &stream->known[(stream->known_count - 1) % STEPS];
        if (number <= last->number || time < last->time) {
            return; /* a late answer says nothing new about the step */
        }
    }
    stream->known[stream->known_count++ % STEPS] = (Anchor){number, time};
}

/* Time from one number to the next; 0 where it is not known yet. */
double local_step(const Stream *stream) {
    if (stream->known_count >= 2) {
        unsigned first = stream->known_count > STEPS ? stream->known_count - STEPS : 0;
        const Anchor *a = &stream->known[first % STEPS], *b = &stream->known[(stream->known_count - 1) % STEPS];
        return (double)(b->time - a->time) / (double)(b->number - a->number);
    }
    const Item *first = NULL, *last = NULL;
    for (size_t i = 0; i < stream->items->len && i < CHECK_AT; i++) {
        const Item *item = item_at(stream, i);
        if (!item->known && item->told != INSTANT_NONE) {
            first = first ? first : item;
            last = item;
        }
    }
    return first && last->number > first->number && last->told > first->told
               ? (double)(last->told - first->told) / (double)(last->number - first->number)
               : 0;
}

static void emit_one(Sequencer *sequencer, Stream *stream, const Item *item, Instant time) {
    Record record = {.signal = SIGNAL_PROBE,
                     .state = item->state,
                     .reason = item->reason,
                     .until = INSTANT_NONE,
                     .duration = item->duration,
                     .count = 1,
                     .service = ds_span_of(stream->service),
                     .vantage = ds_span_of(stream->vantage),
                     .check = ds_span_of(stream->check),
                     .text = ds_span_of(item->text),
                     .origin = item->origin};
    record.time = stream->any_emitted && !item->known ? MAX(time, stream->emitted_time) : time;
    stream->emitted_number = item->number;
    stream->emitted_time = record.time;
    stream->any_emitted = true;
    if (item->known) {
        stream->emitted = (Anchor){item->number, item->time};
        stream->has_emitted = true;
    }
    sequencer->emit(sequencer->context, &record);
}

/* The sending of a number between (or beside) known ones. own: what is left where nothing is known. */
static Instant place(const Anchor *before, const Anchor *after, double step, int64_t number, Instant own) {
    if (before && after) {
        double share = (double)(number - before->number) / (double)(after->number - before->number);
        return before->time + (Instant)(share * (double)(after->time - before->time) + 0.5);
    }
    if (before && step > 0) {
        return before->time + (Instant)(step * (double)(number - before->number) + 0.5);
    }
    if (after && step > 0) {
        return after->time - (Instant)(step * (double)(after->number - number) + 0.5);
    }
    return own != INSTANT_NONE ? own : before ? before->time : after ? after->time : INSTANT_NONE;
}

static bool nothing_known(const Stream *stream) {
    for (size_t i = 0; i < stream->items->len; i++) {
        if (item_at(stream, i)->known) {
            return false;
        }
    }
    return !stream->has_emitted;
}

/* Hands on the first `count` items with the lost numbers between them. */
void emit_items(Sequencer *sequencer, Stream *stream, size_t count) {
    double step = local_step(stream);
    if (nothing_known(stream)) {
        for (size_t i = 0; i < count; i++) { /* no answer at all: the lines' own times are all there is */
            Item *item = item_at(stream, i);
            item->time = item->told;
            item->known = item->told != INSTANT_NONE;
        }
    }
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        const Item *item = item_at(stream, i);
        for (next = MAX(next, i); next < stream->items->len && !item_at(stream, next)->known; next++) {
        }
        const Item *known = next < stream->items->len ? item_at(stream, next) : NULL;
        Anchor after = known ? (Anchor){known->number, known->time} : (Anchor){0, 0};
        const Anchor *behind = stream->has_emitted ? &stream->emitted : NULL;
        Item lost = {.state = STATE_DOWN, .reason = REASON_PACKET_LOSS, .origin = item->origin, .told = item->told};
        for (int64_t n = stream->emitted_number + 1; stream->any_emitted && n < item->number; n++) {
            Instant time = place(behind, known ? &after : NULL, step, n, stream->emitted_time);
            lost.number = n;
            emit_one(sequencer, stream, &lost, item->told != INSTANT_NONE ? MIN(time, item->told) : time);
        }
        Instant time = item->time;
        if (!item->known) {
            time = place(behind, known ? &after : NULL, step, item->number, item->told);
            time = item->told != INSTANT_NONE ? MIN(time, item->told) : time;
        }
        emit_one(sequencer, stream, item, time);
    }
    g_array_remove_range(stream->items, 0, (guint)count);
    sequencer->total -= count;
    stream->check_at = CHECK_AT;
}

/* Hands on what can no longer change: up to a known sending, old enough in time and number. */
void emit_old(Sequencer *sequencer, Stream *stream) {
    size_t count = stream->items->len;
    while (count > 0) {
        const Item *item = item_at(stream, count - 1);
        if (item->known && item->number <= stream->newest - KEEP_NUMBERS &&
            item->time <= stream->newest_told - KEEP_TIME) {
            break;
        }
        count--;
    }
    if (count > 0) {
        emit_items(sequencer, stream, count);
    }
    stream->check_at = MAX(CHECK_AT, 2 * (size_t)stream->items->len);
}
