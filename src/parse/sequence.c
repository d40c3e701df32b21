/* SPDX-License-Identifier: MIT
 * Numbered probes (ping): a number that no line tells was sent and lost. Lines of one target are kept, ordered by
 * number, until they can no longer change; a later line about a number replaces what was known of it. A failure is told
 * late, so its sending is put between its neighbours with a known one, and never after its own line. Numbers wrap;
 * where they go back although time went on, the tool was started anew. Memory is bounded by time kept and by a total.
 */
#include "parse/sequence.h"

#define TOTAL_MAX (1u << 20) /* kept lines of all targets */
#define STREAMS_MAX 65536u
#define GAP_MAX 1000000 /* more lost numbers at once: no loss but another count */
#define TEXTS_MAX 1000
#define TEXT_SIZE 200
#define NEAR_MAX 4096                  /* a late number, where no step is known yet */
#define LATE_MAX (120 * MILLIS_SECOND) /* a failure told later than that is one of a new run */

static void stream_free(void *data) {
    Stream *stream = data;
    g_free(stream->service);
    g_free(stream->vantage);
    g_free(stream->check);
    g_array_unref(stream->items);
    g_free(stream);
}

Sequencer *sequencer_new(int64_t modulo, void (*emit)(void *context, Record *record), void *context) {
    Sequencer *sequencer = g_new0(Sequencer, 1);
    sequencer->modulo = modulo;
    sequencer->emit = emit;
    sequencer->context = context;
    sequencer->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sequencer->streams = g_ptr_array_new_with_free_func(stream_free);
    sequencer->key = g_string_new(NULL);
    sequencer->texts = g_string_chunk_new(1024);
    sequencer->known_texts = g_hash_table_new(g_str_hash, g_str_equal);
    return sequencer;
}

void sequencer_redirect(Sequencer *sequencer, void (*emit)(void *context, Record *record), void *context) {
    sequencer->emit = emit;
    sequencer->context = context;
}

void sequencer_free(Sequencer *sequencer) {
    if (sequencer) {
        g_hash_table_unref(sequencer->by_key);
        g_ptr_array_unref(sequencer->streams);
        g_string_free(sequencer->key, TRUE);
        g_string_chunk_free(sequencer->texts);
        g_hash_table_unref(sequencer->known_texts);
        g_free(sequencer);
    }
}

/* ---- runs ---- */

static void end_run(Sequencer *sequencer, Stream *stream) {
    if (stream->items->len) {
        emit_items(sequencer, stream, stream->items->len);
    }
    stream->started = stream->has_emitted = stream->any_emitted = stream->has_hint = false;
    stream->known_count = 0;
}

static void emit_all(Sequencer *sequencer) {
    for (unsigned i = 0; i < sequencer->streams->len; i++) {
        Stream *stream = sequencer->streams->pdata[i];
        if (stream->items->len) {
            emit_items(sequencer, stream, stream->items->len);
        }
    }
}

/* ---- a line ---- */

static bool same_stream(const Stream *stream, const Record *record) {
    return ds_span_equal(ds_span_of(stream->service), record->service) &&
           ds_span_equal(ds_span_of(stream->vantage), record->vantage) &&
           ds_span_equal(ds_span_of(stream->check), record->check);
}

static Stream *find_stream(Sequencer *sequencer, const Record *record) {
    if (sequencer->last && same_stream(sequencer->last, record)) {
        return sequencer->last;
    }
    const Span parts[] = {record->service, record->vantage, record->check};
    g_string_truncate(sequencer->key, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_string_append_len(sequencer->key, parts[i].p ? parts[i].p : "", (gssize)parts[i].n);
        g_string_append_c(sequencer->key, '\x1f');
    }
    Stream *stream = g_hash_table_lookup(sequencer->by_key, sequencer->key->str);
    if (!stream) {
        if (sequencer->streams->len >= STREAMS_MAX) {
            sequencer_finish(sequencer);
            g_hash_table_remove_all(sequencer->by_key);
            g_ptr_array_set_size(sequencer->streams, 0);
        }
        stream = g_new0(Stream, 1);
        stream->service = g_strndup(record->service.p, record->service.n);
        stream->vantage = g_strndup(record->vantage.p, record->vantage.n);
        stream->check = g_strndup(record->check.p, record->check.n);
        stream->items = g_array_new(FALSE, FALSE, sizeof(Item));
        stream->check_at = CHECK_AT;
        stream->generation = sequencer->generation;
        g_hash_table_insert(sequencer->by_key, g_strdup(sequencer->key->str), stream);
        g_ptr_array_add(sequencer->streams, stream);
    }
    sequencer->last = stream;
    return stream;
}

/* The unwrapped number nearest to where time says the count should be. */
static int64_t unwrap(const Sequencer *sequencer, const Stream *stream, int64_t number, Instant time) {
    int64_t modulo = sequencer->modulo;
    if (modulo == 0) {
        return number;
    }
    double step = local_step(stream);
    double expected = step > 0 ? (double)(time - stream->newest_time) / step : 0;
    int64_t ahead = ((number - stream->newest) % modulo + modulo) % modulo;
    int64_t rounds = (int64_t)CLAMP((expected - (double)ahead) / (double)modulo + 0.5, 0.0, 1e6);
    int64_t forward = ahead + rounds * modulo, backward = ahead - modulo;
    double miss_forward = (double)forward - expected, miss_backward = (double)backward - expected;
    /* A line can be late, but not by more than LATE_MAX: a clock that was put back does not turn numbers back. */
    bool near = step > 0 ? (double)-backward * step <= (double)LATE_MAX : -backward <= NEAR_MAX;
    bool back = ahead > 0 && near && ABS(miss_backward) < ABS(miss_forward);
    return stream->newest + (back ? backward : forward);
}

static size_t position(const Stream *stream, int64_t number) {
    size_t low = 0, high = stream->items->len;
    if (high && item_at(stream, high - 1)->number < number) {
        return high;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (item_at(stream, middle)->number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Was the tool started anew, so that this number belongs to another count? */
static bool is_restart(const Stream *stream, int64_t number, const Record *record, SendTime sending, Instant told,
                       int64_t raw) {
    double step = local_step(stream);
    if (told == INSTANT_NONE) {
        return false;
    }
    if (number > stream->newest) {
        double expected = step > 0 ? (double)(told - stream->newest_time) / step : (double)(number - stream->newest);
        int64_t gap = number - stream->newest;
        return gap > GAP_MAX || (raw <= 1 && gap > 10 && (double)gap > 4 * (expected + 2));
    }
    Millis slack = step > 1 ? (Millis)(step / 2) : MILLIS_SECOND;
    if (sending == SEND_KNOWN) {
        return record->time > stream->newest_time + slack;
    }
    double behind = (double)(stream->newest - number) * step;
    return (double)(told - stream->newest_time) + behind > (double)LATE_MAX;
}

/* The sending of a failure told when the following number was sent: on the line from the last known one to that. */
static bool place_next(const Stream *stream, int64_t number, Instant told, Instant *out) {
    const Anchor *before = stream->has_emitted ? &stream->emitted : NULL;
    Anchor found;
    for (size_t i = position(stream, number); i > 0; i--) {
        const Item *item = item_at(stream, i - 1);
        if (item->known) {
            found = (Anchor){item->number, item->time};
            before = &found;
            break;
        }
    }
    double step = local_step(stream);
    if (before && before->number < number && told >= before->time) {
        double share = (double)(number - before->number) / (double)(number + 1 - before->number);
        *out = before->time + (Instant)(share * (double)(told - before->time) + 0.5);
        return true;
    }
    *out = told - (Instant)step;
    return step > 0;
}

static const char *keep_text(Sequencer *sequencer, Span text) {
    if (text.n == 0) {
        return NULL;
    }
    char copy[TEXT_SIZE + 1];
    size_t n = MIN(text.n, TEXT_SIZE);
    memcpy(copy, text.p, n);
    copy[n] = '\0';
    const char *known = g_hash_table_lookup(sequencer->known_texts, copy);
    if (!known && g_hash_table_size(sequencer->known_texts) < TEXTS_MAX) {
        known = g_string_chunk_insert(sequencer->texts, copy);
        g_hash_table_add(sequencer->known_texts, (char *)known);
    }
    return known;
}

static Item new_item(Sequencer *sequencer, const Record *record, int64_t number, SendTime sending, Instant told) {
    return (Item){.number = number,
                  .time = record->time,
                  .told = told,
                  .known = sending == SEND_KNOWN,
                  .state = record->state,
                  .reason = record->reason,
                  .duration = record->duration,
                  .origin = record->origin,
                  .text = keep_text(sequencer, record->text)};
}

static Item make_item(Sequencer *sequencer, Stream *stream, const Record *record, int64_t number, SendTime sending,
                      Instant told) {
    Item item = new_item(sequencer, record, number, sending, told);
    if (sending != SEND_KNOWN && stream->has_hint && stream->hint.number == number) {
        item.time = stream->hint.time;
        item.known = true;
    } else if (sending == SEND_NEXT) {
        item.known = place_next(stream, number, told, &item.time);
    }
    return item;
}

/* A later line about a number that was told before. */
static void replace(Sequencer *sequencer, Item *item, const Record *record, SendTime sending, Instant told) {
    bool was_answered = item->state == STATE_UP || item->state == STATE_DEGRADED;
    bool answered = record->state == STATE_UP || record->state == STATE_DEGRADED;
    if (was_answered && answered) {
        return; /* a duplicate answer is none */
    }
    if (answered || was_answered) {
        Instant time = item->time;
        bool known = item->known;
        *item = new_item(sequencer, record, item->number, sending, told);
        if (!item->known && known) {
            item->time = time;
            item->known = true;
        }
        return;
    }
    if (record->reason != REASON_NONE && (item->reason == REASON_NONE || item->reason == REASON_PACKET_LOSS)) {
        item->reason = record->reason;
        const char *text = keep_text(sequencer, record->text);
        item->text = text ? text : item->text;
    }
    item->told = MIN(item->told, told);
}

void sequencer_add(Sequencer *sequencer, const Record *record, int64_t number, SendTime sending, Instant stamped) {
    Stream *stream = find_stream(sequencer, record);
    number = number != SEQUENCE_NEXT ? number : stream->started ? stream->newest + 1 : 0;
    int64_t full = stream->started ? unwrap(sequencer, stream, number, record->time) : number;
    if (stream->started &&
        (stream->generation != sequencer->generation || is_restart(stream, full, record, sending, stamped, number))) {
        end_run(sequencer, stream);
        full = number;
    }
    stream->generation = sequencer->generation;
    if (stream->any_emitted && full <= stream->emitted_number) {
        return; /* too late: that number was handed on */
    }
    size_t at = position(stream, full);
    if (at < stream->items->len && item_at(stream, at)->number == full) {
        replace(sequencer, item_at(stream, at), record, sending, stamped);
    } else {
        Item item = make_item(sequencer, stream, record, full, sending, stamped);
        g_array_insert_val(stream->items, (guint)at, item);
        sequencer->total++;
    }
    Item *item = item_at(stream, at);
    if (item->known) {
        note_known(stream, full, item->time);
    }
    if (sending == SEND_NEXT) {
        stream->hint = (Anchor){full + 1, stamped};
        stream->has_hint = true;
    }
    if (!stream->started || full >= stream->newest) {
        stream->newest = full;
        Instant time = item->known ? item->time : stamped;
        stream->newest_time = time != INSTANT_NONE ? time : stream->newest_time;
    }
    stream->newest_told = stamped != INSTANT_NONE ? stamped : stream->newest_told;
    stream->started = true;
    if (stream->items->len >= stream->check_at) {
        emit_old(sequencer, stream);
    }
    if (sequencer->total >= TOTAL_MAX) {
        emit_all(sequencer);
    }
}

void sequencer_restart(Sequencer *sequencer) {
    sequencer->generation++;
}

void sequencer_finish(Sequencer *sequencer) {
    for (unsigned i = 0; i < sequencer->streams->len; i++) {
        end_run(sequencer, sequencer->streams->pdata[i]);
    }
    sequencer->last = NULL;
}
