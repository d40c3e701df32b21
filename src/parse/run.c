/* SPDX-License-Identifier: MIT
 * One reading of one file: bytes are cut, slots filled, rules tried, records handed on, and every entry accounted for
 * as accepted, ignored or rejected. A reading is a plain struct on the stack of its thread; nothing is shared but the
 * parser. Surveys (resolve.c), detection (bid.c) and samples (sample.c) go through the same code. */
#include "parse/parser.h"

#include "base/error.h"

#include <stdarg.h>

void run_start(Run *run, const Parser *parser, RunMode mode) {
    *run = (Run){.parser = parser, .mode = mode, .rules = parser->rules, .previous_time = INSTANT_NONE};
    unsigned groups = parser->groups;
    groups = parser->begin ? MAX(groups, regex_groups(parser->begin)) : groups;
    groups = parser->end ? MAX(groups, regex_groups(parser->end)) : groups;
    run->matcher = matcher_new(groups);
    run->values = g_new0(Span, SLOT_KEPT);
    run->scratch = g_string_new(NULL);
    run->key = g_string_new(NULL);
    run->member = g_string_new(NULL);
    for (unsigned i = 0; i < PATH_PARENTS; i++) {
        run->parent_scratch[i] = g_string_new(NULL);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        run->fields.of[i].code = CODE_NONE;
        run->joined[i] = g_string_new(NULL);
        run->remembered[i] = g_string_new(NULL);
    }
    run->kept = g_new0(GString *, parser->kept->len + 1);
    for (unsigned i = 0; i < parser->kept->len; i++) {
        run->kept[i] = g_string_new(NULL);
    }
    run->held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, held_free);
    run->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
    run->levels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    run->whys = g_hash_table_new(g_str_hash, g_str_equal);
    run->pruned = g_ptr_array_new_with_free_func(g_free);
    run->unordered = parser->type == TYPE_ICAL || parser->step_count > 0;
}

void run_stop(Run *run) {
    matcher_free(run->matcher);
    g_free(run->values);
    g_string_free(run->scratch, TRUE);
    g_string_free(run->key, TRUE);
    g_string_free(run->member, TRUE);
    for (unsigned i = 0; i < PATH_PARENTS; i++) {
        g_string_free(run->parent_scratch[i], TRUE);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        g_string_free(run->joined[i], TRUE);
        g_string_free(run->remembered[i], TRUE);
    }
    for (unsigned i = 0; run->kept[i]; i++) {
        g_string_free(run->kept[i], TRUE);
    }
    g_free(run->kept);
    g_clear_pointer(&run->held, g_hash_table_unref); /* state.c may have taken these */
    g_clear_pointer(&run->known, g_hash_table_unref);
    g_clear_pointer(&run->levels, g_hash_table_unref);
    g_clear_pointer(&run->tags, g_hash_table_unref);
    g_clear_pointer(&run->programs, g_hash_table_unref);
    if (run->tag) {
        g_string_free(run->tag, TRUE);
    }
    g_hash_table_unref(run->whys);
    g_ptr_array_unref(run->pruned);
    csv_shape_clear(&run->csv);
    sequencer_free(run->sequencer);
    for (unsigned i = READING_WRAPPERS; i-- > 0;) {
        g_clear_pointer(&run->unwraps[i], unwrap_free);
    }
    for (unsigned i = 0; i < run->other_count; i++) {
        run_stop(run->others[i]);
        g_free(run->others[i]);
    }
}

/* ---- where the bytes come from ---- */

void run_source(Run *run, Reader *reader, Span memory, bool partial) {
    Bytes bytes = {.reader = reader, .memory = memory, .partial = partial};
    for (unsigned i = 0; run->reading && i < run->reading->wrapper_count; i++) {
        run->unwraps[i] = unwrap_new(run->reading->wrappers[i], &bytes, run);
        bytes.unwrap = run->unwraps[i];
    }
    run->bytes = bytes;
}

uint64_t run_line(const Run *run, uint64_t line) {
    Outer outer;
    if (!run->bytes.unwrap) {
        return line;
    }
    unwrap_outer(run->bytes.unwrap, line, &outer);
    return outer.line;
}

/* ---- the account ---- */

const char no_rule[] = "no rule of the parser takes it", not_json[] = "not JSON";

void run_accept(Run *run) {
    run->accepted++;
    if (run->mode == RUN_BID) {
        run_note_taken(run, true);
    }
    if (run->census) {
        run_note_program(run);
    }
}

void run_ignore(Run *run) {
    run->ignored++;
    if (run->mode == RUN_BID) {
        run_note_taken(run, false);
    }
}

void run_blank(Run *run) {
    run->ignored++;
    run->blank++;
}

void run_reject(Run *run, const Entry *entry, const char *why) {
    if (run->deferring) {
        run->verdict = run->verdict ? run->verdict : why;
        return;
    }
    if (run_leaves_out(run, why)) {
        run_ignore(run);
        return;
    }
    run->rejected++;
    if (run->mode != RUN_READ && run->mode != RUN_UNWRAP) {
        return;
    }
    uint64_t line = run_line(run, entry->line);
    if (run->quality) {
        ds_quality_reject(run->quality, line, entry->raw, why);
    }
    if (run->sink && run->sink->reject) {
        run->sink->reject(run->sink->context, (Origin){run->file_number, line}, entry->raw, why);
    }
}

void run_fail(Run *run, const char *format, ...) {
    if (!run->failed && run->error && !*run->error) {
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_set_error(run->error, DS_ERROR, EXIT_INPUT, "%s: %s", run->file->path, text);
    }
    run->failed = true;
}

static void widen(Instant *first, Instant *last, Instant time) {
    if (*first == INSTANT_NONE || time < *first) {
        *first = time;
    }
    if (*last == INSTANT_NONE || time > *last) {
        *last = time;
    }
}

void run_dated(Run *run, Instant time) {
    if (run->quality && time != INSTANT_NONE) {
        widen(&run->quality->dated_first, &run->quality->dated_last, time);
    }
}

void run_widen(Run *run, Instant time) {
    widen(&run->quality->first, &run->quality->last, time);
    run_dated(run, time);
}

void run_emit(Run *run, Record *record) {
    bool idle =
        record->signal == SIGNAL_REQUEST && record->count == 0; /* before the first request that is no silence */
    bool begun = run->quality && (!idle || run->quality->first != INSTANT_NONE);
    if (begun && record->time != INSTANT_NONE && record->origin.file == run->file_number) {
        run_widen(run, record->time);
        if (record->signal == SIGNAL_REQUEST) {
            run_widen(run, record->time + record->duration);
        }
    }
    run->sink->record(run->sink->context, record);
}

/* A failure that no line dates, among no others that any does, was no record after all. */
static inline Millis gap_length(const QuietGap *gap) {
    return gap->to - gap->from; /* 0 where there is none yet */
}

static void note_gap(QuietGap gaps[QUALITY_GAPS], QuietGap gap) {
    if (gap_length(&gap) <= gap_length(&gaps[QUALITY_GAPS - 1])) {
        return;
    }
    size_t at = QUALITY_GAPS - 1;
    for (; at > 0 && gap_length(&gap) > gap_length(&gaps[at - 1]); at--) {
        gaps[at] = gaps[at - 1];
    }
    gaps[at] = gap;
}

void run_step(Run *run, uint64_t line, Instant time) {
    Instant before = run->previous_time;
    run->previous_time = time;
    if (before == INSTANT_NONE || time == before || run->unordered) {
        return;
    }
    unsigned way = time < before ? 0 : 1;
    note_gap(run->gaps[way], (QuietGap){MIN(before, time), MAX(before, time), line});
    uint64_t n = run->steps[way].count++;
    if (n < G_N_ELEMENTS(run->steps[way].first)) {
        run->steps[way].first[n] = (ClockStep){line, way == 0 ? before - time : time - before};
    }
}

static void emit_numbered(void *context, Record *record) {
    Run *run = context;
    if (record->time != INSTANT_NONE) {
        run_emit(run, record);
    } else if (record->origin.file == run->file_number) {
        run->accepted--;
        run->rejected++;
        if (run->quality) {
            ds_quality_reject(run->quality, record->origin.line, (Span){"", 0}, "no time, and no other entry has one");
        }
    }
}

/* ---- one reading ---- */

FrameKind run_frame_kind(const Run *run) {
    const Parser *parser = run->parser;
    if (run->reading && run->reading->parser_count > 1 && run->mode != RUN_UNWRAP) {
        return FRAME_LINES;
    }
    switch (parser->type) {
    case TYPE_JSON:
        return FRAME_JSON;
    case TYPE_CSV:
        return FRAME_CSV;
    case TYPE_REGEX:
    case TYPE_ICAL:
    case TYPE_WHOLE:
        break;
    }
    return parser->begin ? FRAME_BLOCKS : FRAME_LINES;
}

/* What the wrappers met of their own: lines that they could not take apart, and those that they left out. */
static void count_wrappers(Run *run) {
    for (unsigned i = 0; i < READING_WRAPPERS && run->unwraps[i]; i++) {
        const Run *wrapper = unwrap_run(run->unwraps[i]);
        run->ignored += wrapper->ignored;
        run->blank += wrapper->blank;
        run->rejected += wrapper->rejected;
    }
    for (unsigned i = 0; i < run->other_count; i++) {
        run->accepted += run->others[i]->accepted;
        run->ignored += run->others[i]->ignored;
    }
}

static uint64_t entries_of(const Run *run) {
    uint64_t entries = run->accepted + run->ignored + run->rejected;
    for (unsigned i = 0; i < run->other_count; i++) {
        entries += run->others[i]->accepted + run->others[i]->ignored;
    }
    return entries;
}

/* What was left by the files before, and where numbered probes go. */
static void begin(Run *run) {
    state_load(run);
    path_apply(run);
    if (run->parser->sequenced && run->mode == RUN_READ) {
        run->sequencer = run->sequencer ? run->sequencer : sequencer_new(run->parser->modulo, emit_numbered, run);
        sequencer_redirect(run->sequencer, emit_numbered, run);
    }
    for (unsigned i = 0; i < run->other_count; i++) {
        begin(run->others[i]);
    }
}

/* cut: the file ends in the middle of a line or of its bytes, so lines may be missing before the next file of its set,
 * and a jump of the numbers there is no loss of probes. */
static void end(Run *run, bool cut) {
    if (run->sequencer && (!run->state || run->parser->counted) && !run->failed) {
        sequencer_finish(run->sequencer);
    } else if (run->sequencer && cut) {
        sequencer_restart(run->sequencer);
    }
    state_save(run);
    for (unsigned i = 0; i < run->other_count; i++) {
        end(run->others[i], cut);
    }
}

/* The framer that sees the bytes of the file. */
const Framer *run_framer(const Run *run) {
    return run->unwraps[0] ? &unwrap_run(run->unwraps[0])->framer : &run->framer;
}

bool run_read(Run *run) {
    const Parser *parser = run->parser;
    framer_start(&run->framer, run_frame_kind(run), &run->bytes, parser, run->matcher);
    begin(run);
    if (parser->type == TYPE_CSV && parser->headless) {
        csv_headless(&run->csv, parser);
        run_prune(run);
        run->csv_ready = true;
        run->framer.delimiter = run->csv.delimiter;
    }
    if (parser->type == TYPE_ICAL) {
        run_ical(run);
    } else if (parser->type == TYPE_WHOLE) {
        run_whole(run);
    } else {
        Entry entry;
        while (!run->failed && framer_next(&run->framer, &entry)) {
            if (run->bytes.unwrap) {
                unwrap_outer(run->bytes.unwrap, entry.line, &run->outer);
            }
            run->at_line = entry.line;
            run_offer(run, &entry);
            if (run->limit && entries_of(run) >= run->limit) {
                break;
            }
        }
    }
    end(run, framer_open(run_framer(run)) || (run->bytes.reader && ds_reader_damage(run->bytes.reader)));
    count_wrappers(run);
    return !run->failed;
}
