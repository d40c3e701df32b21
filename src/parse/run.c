/* SPDX-License-Identifier: MIT
 * One reading of one file: bytes are cut, slots filled, rules tried, records handed on, and every entry accounted for
 * as accepted, ignored or rejected. A reading is a plain struct on the stack of its thread; nothing is shared but the
 * parser. Surveys (resolve.c), detection (bid.c) and samples (sample.c) go through the same code. */
#include "parse/parser.h"

#include "base/error.h"

#include <stdarg.h>

#define GAP_STEPS 10u /* steps of time that must be there to say what is usual */
#define GAP_TIMES 5   /* a silence is told where it is longer than so many mean steps */

void run_start(Run *run, const Parser *parser, RunMode mode) {
    *run = (Run){.parser = parser, .mode = mode, .rules = parser->rules, .previous_time = INSTANT_NONE};
    unsigned groups = parser->groups;
    groups = parser->begin ? MAX(groups, regex_groups(parser->begin)) : groups;
    groups = parser->end ? MAX(groups, regex_groups(parser->end)) : groups;
    run->matcher = matcher_new(groups);
    run->values = g_new0(Span, SLOT_KEPT);
    run->scratch = g_string_new(NULL);
    run->key = g_string_new(NULL);
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
    run->whys = g_hash_table_new(g_str_hash, g_str_equal);
    run->pruned = g_ptr_array_new_with_free_func(g_free);
    run->unordered = parser->type == TYPE_ICAL || parser->step_count > 0;
}

void run_stop(Run *run) {
    matcher_free(run->matcher);
    g_free(run->values);
    g_string_free(run->scratch, TRUE);
    g_string_free(run->key, TRUE);
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
    g_clear_pointer(&run->tags, g_hash_table_unref);
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

const char no_rule[] = "no rule of the parser takes it";
static const char not_json[] = "not JSON";

void run_accept(Run *run) {
    run->accepted++;
    if (run->mode == RUN_BID) {
        run_note_taken(run, true);
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
    if (run->quality && record->time != INSTANT_NONE && record->origin.file == run->file_number) {
        run_widen(run, record->time);
    }
    run->sink->record(run->sink->context, record);
}

static void emit_numbered(void *context, Record *record) {
    run_emit(context, record);
}

/* ---- entries of the types ---- */

static void read_header(Run *run, const Entry *entry) {
    g_autofree char *why = NULL;
    if (!csv_header(&run->csv, run->parser, entry->text, &why)) {
        if (run->mode == RUN_BID) {
            run->misfit = true;
        }
        run_fail(run, "%s", why);
    }
    run->framer.delimiter = run->csv.delimiter;
    run->csv_ready = true;
    run_prune(run);
}

/* A line that names the columns from here on. Most are copies of the one before: every rotation and start writes one.
 */
static void read_directive(Run *run, const Entry *entry) {
    g_autofree char *why = NULL;
    run_blank(run);
    if (run->csv_ready && ds_span_equal(entry->text, run->csv.header)) {
        return;
    }
    if (!csv_directive(&run->csv, run->parser, entry->text, !run->csv_ready, &why)) {
        run->misfit |= run->mode == RUN_BID;
        run_fail(run, "%s", why);
    }
    run->csv_ready = true;
    run_prune(run);
}

static void row_by_directive(Run *run, const Entry *entry) {
    Entry row = *entry;
    while (row.text.n && (row.text.p[row.text.n - 1] == ' ' || row.text.p[row.text.n - 1] == '\t')) {
        row.text.n--;
    }
    if (!run->csv.delimiter) {
        run->csv.delimiter = memchr(row.text.p, '\t', row.text.n) ? '\t' : ' ';
    }
    const char *why =
        run->csv_ready ? csv_row(&run->csv, &row, run->scratch) : "row before the line that names the columns";
    if (why) {
        run_reject(run, entry, why);
    } else {
        run_entry(run, entry);
    }
}

static bool begins_with(Span text, Span prefix) {
    return text.n >= prefix.n && memcmp(text.p, prefix.p, prefix.n) == 0;
}

static void entry_csv(Run *run, const Entry *entry) {
    const Parser *parser = run->parser;
    if (parser->directive.n && begins_with(entry->text, parser->directive)) {
        read_directive(run, entry);
        return;
    }
    bool comment = run->parser->comment && entry->text.p[0] == run->parser->comment;
    if (comment || (run->csv_ready && ds_span_equal(entry->text, run->csv.header))) {
        run_blank(run);
        return;
    }
    if (parser->directive.n) {
        row_by_directive(run, entry);
        return;
    }
    if (!run->csv_ready) {
        read_header(run, entry);
        run_blank(run);
        return;
    }
    const char *why = csv_row(&run->csv, entry, run->scratch);
    if (why) {
        run_reject(run, entry, why);
    } else {
        run_entry(run, entry);
    }
}

static void entry_json(Run *run, const Entry *entry) {
    if (run->parser->step_count) {
        run_document(run, entry);
        return;
    }
    memset(run->values, 0, run->parser->slots->len * sizeof(Span));
    g_string_truncate(run->scratch, 0);
    JsonResult result = json_fields(run->parser, run->parser->roots[0], entry->text, run->values, run->scratch);
    if (result != JSON_WHOLE) {
        run_reject(run, entry, result == JSON_CUT ? "JSON value is cut off" : not_json);
        return;
    }
    run_note_needs(run);
    run_entry(run, entry);
}

static bool is_blank(Span text) {
    return text.n == 0 || (g_ascii_isspace(text.p[0]) && ds_span_trim(text).n == 0);
}

/* Damage that cut the file off cuts its last line too: what is left of it is not taken for the whole. */
static bool cut_by_damage(const Run *run, const Entry *entry) {
    return entry->torn && run->framer.kind != FRAME_JSON && run->framer.ended && run->bytes.reader &&
           ds_reader_damage(run->bytes.reader);
}

static void typed_entry(Run *run, const Entry *entry) {
    if (run->bytes.unwrap && run->mode != RUN_UNWRAP) {
        state_tag(run);
    }
    if (run->parser->type == TYPE_CSV) {
        entry_csv(run, entry);
    } else if (run->parser->type == TYPE_JSON) {
        entry_json(run, entry);
    } else {
        run_entry(run, entry);
    }
}

/* Every parser of the reading in turn, until one takes the entry. */
static void shared_entry(Run *lead, const Entry *entry) {
    const char *why = NULL;
    for (unsigned i = 0; i <= lead->other_count; i++) {
        Run *run = i ? lead->others[i - 1] : lead;
        run->outer = lead->outer;
        run->deferring = true;
        run->verdict = NULL;
        typed_entry(run, entry);
        run->deferring = false;
        lead->failed |= run->failed;
        if (!run->verdict) {
            return;
        }
        why = !why || why == no_rule || why == not_json ? run->verdict : why;
    }
    run_reject(lead, entry, why);
}

void run_offer(Run *run, const Entry *entry) {
    if (entry->torn && run->bytes.partial) {
        if (run->framer.kind == FRAME_JSON && run->accepted + run->ignored + run->rejected == 0) {
            run->cut_document = entry->text;
        }
        return;
    }
    if (entry->fault) {
        run_reject(run, entry, entry->fault);
    } else if (cut_by_damage(run, entry)) {
        run_reject(run, entry, "cut off where the file is damaged");
    } else if (is_blank(entry->text)) {
        run_blank(run);
    } else if (run->other_count) {
        shared_entry(run, entry);
    } else {
        typed_entry(run, entry);
    }
}

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
    if (run->sequencer && !run->state && !run->failed) {
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
static const Framer *outer_framer(const Run *run) {
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
    end(run, framer_open(outer_framer(run)) || (run->bytes.reader && ds_reader_damage(run->bytes.reader)));
    count_wrappers(run);
    return !run->failed;
}

/* ---- a file ---- */

/* The clock's steps back: against the direction that most lines have, since newest-first files exist. */
static void tell_steps(const Run *run) {
    unsigned way = run->steps[0].count > run->steps[1].count ? 1 : 0;
    for (uint64_t i = 0; i < run->steps[way].count; i++) {
        const ClockStep *step = &run->steps[way].first[MIN(i, G_N_ELEMENTS(run->steps[way].first) - 1)];
        ds_quality_step(run->quality, step->line, step->size);
    }
}

/* The longest silences in the direction that most lines have, where they are far longer than a step usually is. */
static void tell_gaps(const Run *run) {
    unsigned way = run->steps[0].count > run->steps[1].count ? 0 : 1;
    uint64_t steps = run->steps[way].count;
    FileQuality *quality = run->quality;
    if (run->other_count || steps < GAP_STEPS || quality->first == INSTANT_NONE) {
        return; /* what one parser of several reads tells no silence of the file */
    }
    Millis mean = (quality->last - quality->first) / (Millis)steps;
    for (size_t i = 0; i < QUALITY_GAPS; i++) {
        const QuietGap *gap = &run->gaps[way][i];
        if (gap->to - gap->from > GAP_TIMES * MAX(mean, 1)) {
            quality->gaps[i] = *gap;
        }
    }
}

static void tell_quality(Run *run) {
    FileQuality *quality = run->quality;
    const Framer *framer = outer_framer(run);
    quality->lines = framer_lines(framer);
    quality->bytes = framer->consumed + framer->data.n;
    quality->accepted = run->accepted;
    quality->ignored = run->ignored;
    quality->rejected = run->rejected;
    quality->entries = run->accepted + run->ignored + run->rejected;
    const Damage *damage = run->bytes.reader ? ds_reader_damage(run->bytes.reader) : NULL;
    if (damage) {
        g_free(quality->damage);
        quality->damage = g_strdup(damage->text);
        quality->damage_offset = damage->offset;
    }
    ds_quality_settle(quality);
    tell_gaps(run);
    tell_steps(run);
    for (unsigned i = 0; i < run->other_count; i++) {
        tell_steps(run->others[i]);
    }
}

static bool read_with(Run *run, GError **error) {
    const RunDefaults *defaults = &run->defaults;
    run->error = error;
    if (run->quality) {
        run->quality->first = run->quality->last = INSTANT_NONE;
        run->quality->dated_first = run->quality->dated_last = INSTANT_NONE;
    }
    bool fine = true;
    for (unsigned i = 0; fine && i <= run->other_count; i++) {
        Run *one = i ? run->others[i - 1] : run;
        fine = stamp_context_start(&one->stamp, NULL, one->defaults.zone, defaults->year, defaults->date_order,
                                   run->file, run->quality, error);
    }
    fine = fine && run_read(run);
    if (run->framer.clean) {
        if (run->quality) {
            tell_quality(run);
        }
        framer_stop(&run->framer);
    }
    return fine;
}

static Span text_or(const char *text, const char *other) {
    return ds_span_of(text && *text ? text : other);
}

/* The zone that zone-less times of a parser have. A wrapper's own counts where it is the only one to tell one. */
static const Zone *zone_for(const Reading *reading, const Parser *parser, const InputRule *rule, const Config *config) {
    const Zone *zone = rule && rule->zone ? rule->zone : parser->zone;
    for (unsigned i = reading->wrapper_count; !zone && i-- > 0;) {
        zone = reading->wrappers[i]->zone;
    }
    return zone ? zone : config->zone;
}

static void set_defaults(RunDefaults *defaults, const Config *config, const InputRule *rule, const InputFile *file) {
    defaults->year = rule && rule->year ? rule->year : config->year;
    defaults->date_order = rule && rule->date_order ? rule->date_order : config->date_order;
    defaults->service_told = text_or(rule ? rule->service : NULL, "");
    defaults->service = text_or(rule ? rule->service : NULL, file->stem && *file->stem ? file->stem : file->path);
    defaults->vantage = text_or(rule ? rule->vantage : NULL, "");
    defaults->check = text_or(rule ? rule->check : NULL, "");
    defaults->from = config->from;
    defaults->to = config->to;
}

/* The other parsers of a shared file: runs of their own, fed by the first one. */
static void start_others(Run *run, const Reading *reading) {
    for (unsigned i = 1; i < reading->parser_count; i++) {
        Run *other = g_new0(Run, 1);
        run_start(other, reading->parsers[i], RUN_READ);
        other->reading = reading;
        other->file = run->file;
        other->file_number = run->file_number;
        other->sink = run->sink;
        other->quality = run->quality;
        other->error = run->error;
        other->state = run->state;
        other->bytes = run->bytes;
        other->defaults = run->defaults;
        run->others[run->other_count++] = other;
    }
}

bool ds_parser_run(const Reading *reading, const Config *config, const InputFile *file, uint32_t file_number,
                   const Sink *sink, FileQuality *quality, ParserState *state, GError **error) {
    const InputRule *rule = ds_config_input(config, file->path);
    g_autoptr(Reader) reader = ds_reader_open(file, error);
    if (!reader) {
        return false;
    }
    Run run;
    run_start(&run, reading->parsers[0], RUN_READ);
    run.reading = reading;
    run.file = file;
    run.file_number = file_number;
    run.sink = sink;
    run.quality = quality;
    run.state = state;
    run.error = error;
    set_defaults(&run.defaults, config, rule, file);
    run.defaults.zone = zone_for(reading, run.parser, rule, config);
    run_source(&run, reader, (Span){NULL, 0}, false);
    start_others(&run, reading);
    for (unsigned i = 0; i < run.other_count; i++) {
        run.others[i]->defaults.zone = zone_for(reading, run.others[i]->parser, rule, config);
    }
    bool fine = read_with(&run, error);
    run_stop(&run);
    return fine;
}

bool run_memory(const Parser *parser, Span bytes, const Sink *sink, FileQuality *quality, GError **error) {
    const Reading reading = {.parsers = {parser}, .parser_count = 1};
    return run_memory_as(&reading, bytes, sink, quality, error);
}

bool run_memory_as(const Reading *reading, Span bytes, const Sink *sink, FileQuality *quality, GError **error) {
    static const InputFile file = {.path = (char *)"sample",
                                   .stem = (char *)"sample",
                                   .date = INSTANT_NONE,
                                   .packed = INSTANT_NONE,
                                   .modified = INSTANT_NONE};
    g_autoptr(Zone) utc = ds_zone_load("UTC", error);
    if (!utc) {
        return false;
    }
    const Parser *parser = reading->parsers[0];
    Run run;
    run_start(&run, parser, RUN_READ);
    run.reading = reading;
    run.file = &file;
    run.sink = sink;
    run.quality = quality;
    run.error = error;
    run_source(&run, NULL, bytes, false);
    run.defaults = (RunDefaults){.zone = parser->zone ? parser->zone : utc,
                                 .year = 2026,
                                 .service = SPAN("sample"),
                                 .from = INSTANT_NONE,
                                 .to = INSTANT_NONE};
    start_others(&run, reading);
    bool fine = read_with(&run, error);
    run_stop(&run);
    return fine;
}
