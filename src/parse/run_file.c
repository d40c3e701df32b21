/* SPDX-License-Identifier: MIT
 * A file from its first byte to its page of the ledger: what config, parser and file decide before, and what is told of
 * it after. Memory is read likewise, for samples and tests. */
#include "parse/parser.h"

#define SAMPLE_YEAR 2026 /* of year-less times in samples; dateless ones begin on its first of January */
#define GAP_STEPS 10u    /* steps of time that must be there to say what is usual */
#define GAP_TIMES 5      /* a silence is told where it is longer than so many mean steps */

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
    const Framer *framer = run_framer(run);
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

bool run_again(const Run *run, RunMode mode, Run *second, Reader **reader, GError **error) {
    if (run->bytes.reader && !(*reader = ds_reader_open(run->file, error))) {
        return false;
    }
    run_start(second, run->parser, mode);
    second->file = run->file;
    second->error = error;
    second->defaults = run->defaults;
    second->state = run->state;
    second->reading = run->reading;
    run_source(second, *reader, run->bytes.memory, false);
    return true;
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
    defaults->day = rule && rule->day != INSTANT_NONE ? rule->day : config->day;
    defaults->date_order = rule && rule->date_order ? rule->date_order : config->date_order;
    defaults->service_told = text_or(rule ? rule->service : NULL, "");
    defaults->service = text_or(rule ? rule->service : NULL, file->stem && *file->stem ? file->stem : file->path);
    defaults->vantage = text_or(rule ? rule->vantage : NULL, "");
    defaults->check = text_or(rule ? rule->check : NULL, "");
    defaults->from = config->from;
    defaults->to = config->to;
}

/* The other parsers of a shared file: runs of their own, fed by the first one. */
void run_start_others(Run *run, RunMode mode) {
    for (unsigned i = 1; i < run->reading->parser_count; i++) {
        Run *other = g_new0(Run, 1);
        run_start(other, run->reading->parsers[i], mode);
        other->reading = run->reading;
        other->file = run->file;
        other->file_number = run->file_number;
        other->sink = run->sink;
        other->quality = run->quality;
        other->error = run->error;
        other->state = run->state;
        other->bytes = run->bytes;
        other->defaults = run->defaults;
        other->census = run->census;
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
    run_start_others(&run, RUN_READ);
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
    return run_memory_at(reading, "sample", bytes, sink, quality, error);
}

bool run_memory_at(const Reading *reading, const char *path, Span bytes, const Sink *sink, FileQuality *quality,
                   GError **error) {
    const InputFile file = {.path = (char *)path,
                            .stem = (char *)"sample",
                            .date = ds_days_of(SAMPLE_YEAR, 1, 1) * MILLIS_DAY,
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
                                 .year = SAMPLE_YEAR,
                                 .day = INSTANT_NONE,
                                 .service = SPAN("sample"),
                                 .from = INSTANT_NONE,
                                 .to = INSTANT_NONE};
    run_start_others(&run, RUN_READ);
    bool fine = read_with(&run, error);
    run_stop(&run);
    return fine;
}
