/* SPDX-License-Identifier: MIT
 * The inputs of a run: which there are, which parser reads each, reading one, and what must hold once all are read. A
 * file fills its own page of the ledger and nothing else, so files can be read at the same time. */
#include "base/error.h"
#include "base/text.h"
#include "job_room.h"

static void free_rejects(gpointer rejects) {
    job_rejects_free(rejects);
}

static GHashTable *aliases_of(const Config *config) {
    GHashTable *aliases = NULL;
    for (guint i = 0; i < config->services->len; i++) {
        const ServiceConfig *service = g_ptr_array_index(config->services, i);
        for (char **alias = service->aliases; alias && *alias; alias++) {
            aliases = aliases ? aliases : g_hash_table_new(g_str_hash, g_str_equal);
            g_hash_table_insert(aliases, *alias, service->name);
        }
    }
    return aliases;
}

/* How many entries of a page may be rejected. False: `limit` is neither a count nor a share. */
static bool rejects_allowed(const char *limit, uint64_t entries, uint64_t *allowed) {
    size_t n = strlen(limit);
    int64_t count = 0;
    double share = 0;
    if (n > 0 && limit[n - 1] == '%') {
        bool good = ds_text_double((Span){limit, n - 1}, &share) && share >= 0 && share <= 100;
        *allowed = (uint64_t)(share / 100 * (double)entries + 1e-9);
        return good;
    }
    bool good = ds_text_int(ds_span_of(limit), &count) && count >= 0;
    *allowed = (uint64_t)count;
    return good;
}

bool inputs_open(Inputs *inputs, const Config *config, GError **error) {
    inputs->config = config;
    inputs->aliases = aliases_of(config);
    if (!config->paths || !config->paths[0]) {
        g_set_error(error, DS_ERROR, EXIT_USAGE,
                    "no input: name files, folders or globs, - for standard input, or inputs: in the configuration");
        return false;
    }
    uint64_t allowed;
    if (config->max_rejects && !rejects_allowed(config->max_rejects, 0, &allowed)) {
        g_set_error(error, DS_ERROR, EXIT_USAGE,
                    "max-rejects '%s': expected a count of entries, as 100, or a share, as 1%%", config->max_rejects);
        return false;
    }
    if (!(inputs->parsers = ds_parsers_load(config->parser_dirs, error)) ||
        !job_parsers_check(inputs->parsers, config, error) || !(inputs->list = ds_input_list(config->paths, error))) {
        return false;
    }
    for (guint i = 0; i < inputs->list->files->len; i++) {
        ds_quality_add(inputs->quality, ((InputFile *)g_ptr_array_index(inputs->list->files, i))->path);
    }
    for (guint i = 0; i < inputs->list->notes->len; i++) {
        g_ptr_array_add(inputs->quality->notes, g_strdup(g_ptr_array_index(inputs->list->notes, i)));
    }
    inputs->readings = g_new0(Reading, MAX(inputs->list->files->len, 1));
    for (guint i = 0; i < config->notes->len; i++) {
        g_ptr_array_add(inputs->quality->notes, g_strdup(g_ptr_array_index(config->notes, i)));
    }
    if (config->rejects) {
        inputs->rejects = g_ptr_array_new_with_free_func(free_rejects);
        g_ptr_array_set_size(inputs->rejects, (gint)inputs->list->files->len);
    }
    return true;
}

void inputs_close(Inputs *inputs) {
    g_clear_pointer(&inputs->parsers, g_ptr_array_unref);
    g_clear_pointer(&inputs->list, ds_input_list_free);
    g_clear_pointer(&inputs->rejects, g_ptr_array_unref);
    g_clear_pointer(&inputs->aliases, g_hash_table_unref);
    g_clear_pointer(&inputs->readings, g_free);
}

/* A sink that keeps rejects, gives services their own names and passes everything on. */
typedef struct {
    const Sink *to;
    GHashTable *aliases;
    GString *word;    /* scratch: a service's name as it stands */
    Rejects *rejects; /* NULL: not kept */
    const char *path;
} Pass;

static void pass_record(void *context, const Record *record) {
    Pass *pass = context;
    const char *name = NULL;
    if (pass->aliases && record->service.n) {
        g_string_truncate(pass->word, 0);
        g_string_append_len(pass->word, record->service.p, (gssize)record->service.n);
        name = g_hash_table_lookup(pass->aliases, pass->word->str);
    }
    if (name) {
        Record renamed = *record;
        renamed.service = ds_span_of(name);
        pass->to->record(pass->to->context, &renamed);
    } else {
        pass->to->record(pass->to->context, record);
    }
}

static void pass_reject(void *context, Origin origin, Span entry, const char *why) {
    Pass *pass = context;
    if (pass->rejects) {
        job_rejects_add(pass->rejects, pass->path, origin.line, entry, why);
    }
    if (pass->to->reject) {
        pass->to->reject(pass->to->context, origin, entry, why);
    }
}

void inputs_detect(Inputs *inputs, guint number) {
    FileQuality *page = g_ptr_array_index(inputs->quality->files, number);
    Reading *reading = &inputs->readings[number];
    if (job_reading_for(inputs->parsers, inputs->config, g_ptr_array_index(inputs->list->files, number), page,
                        reading)) {
        page->parser = ds_reading_name(reading);
        page->advice = ds_reading_advice(reading);
    }
}

static bool same_reading(const Reading *a, const Reading *b) {
    return a->parser_count == b->parser_count && a->wrapper_count == b->wrapper_count &&
           memcmp(a->parsers, b->parsers, a->parser_count * sizeof a->parsers[0]) == 0 &&
           memcmp(a->wrappers, b->wrappers, a->wrapper_count * sizeof a->wrappers[0]) == 0;
}

guint inputs_together(const Inputs *inputs, guint first) {
    const GPtrArray *files = inputs->list->files;
    const Reading *reading = &inputs->readings[first];
    const InputFile *head = g_ptr_array_index(files, first);
    guint count = 1;
    if (reading->parser_count == 0 || !ds_reading_carries(reading)) {
        return 1;
    }
    while (first + count < files->len) {
        const InputFile *next = g_ptr_array_index(files, first + count);
        if (next->set_number != head->set_number || !same_reading(reading, &inputs->readings[first + count])) {
            break;
        }
        count++;
    }
    return count;
}

/* What went wrong with a file as a whole, on its page; false where it must stop the run. */
static bool tell_fault(FileQuality *page, const InputFile *file, GError *fault, GError **error) {
    page->unusable = true;
    if (fault->code != EXIT_INPUT) {
        g_propagate_error(error, fault);
        return false;
    }
    if (!page->damage) { /* the page names the file already */
        g_autofree char *prefix = g_strconcat(file->path, ": ", NULL);
        bool named = g_str_has_prefix(fault->message, prefix);
        page->damage = g_strdup(fault->message + (named ? strlen(prefix) : 0));
    }
    g_error_free(fault);
    return true;
}

bool inputs_read(const Inputs *inputs, guint number, const Sink *sink, ParserState *state, GError **error) {
    const InputFile *file = g_ptr_array_index(inputs->list->files, number);
    FileQuality *page = g_ptr_array_index(inputs->quality->files, number);
    const Reading *reading = &inputs->readings[number];
    if (reading->parser_count == 0) {
        return true;
    }
    g_autoptr(GString) word = g_string_new(NULL);
    Pass pass = {.to = sink, .aliases = inputs->aliases, .word = word, .path = file->path};
    if (inputs->rejects) {
        pass.rejects = job_rejects_new();
        inputs->rejects->pdata[number] = pass.rejects;
    }
    Sink through = {.record = pass_record, .reject = pass_reject, .context = &pass};
    GError *fault = NULL;
    return ds_parser_run(reading, inputs->config, file, number, &through, page, state, &fault) ||
           tell_fault(page, file, fault, error);
}

void inputs_end(const Inputs *inputs, guint number, const Sink *sink, ParserState *state) {
    const InputFile *file = g_ptr_array_index(inputs->list->files, number);
    g_autoptr(GString) word = g_string_new(NULL);
    Pass pass = {.to = sink, .aliases = inputs->aliases, .word = word, .path = file->path};
    Sink through = {.record = pass_record, .reject = pass_reject, .context = &pass};
    ds_parser_state_end(state, &through);
}

/* Why nothing came of a page, in a line. */
static void append_reason(GString *out, const FileQuality *page) {
    g_string_append(out, "\n  ");
    ds_text_visible(out, ds_span_of(page->path));
    g_string_append(out, ": ");
    if (page->damage) {
        ds_text_visible(out, ds_span_of(page->damage));
    } else if (page->candidates) {
        g_string_append(out, "no parser fits clearly: ");
        ds_text_visible(out, ds_span_of(page->candidates));
        g_string_append(out, " (--parser chooses one)");
    } else if (page->advice) {
        g_string_append(out, page->advice);
    } else if (page->left->len > 0) {
        g_autofree char *left = ds_quality_left(page);
        g_string_append(out, left);
    } else if (page->examples->len > 0) {
        const RejectExample *first = &g_array_index(page->examples, RejectExample, 0);
        g_string_append_printf(out, "parser %s read no record; line %" G_GUINT64_FORMAT ": %s",
                               page->parser ? page->parser : "", first->line, first->why);
    } else if (page->parser && page->entries == 0) {
        g_string_append_printf(out, "read as %s, but there is no entry in it", page->parser);
    } else if (page->parser && page->ignored == page->entries) {
        g_string_append_printf(out, "read as %s, but the rules ignore all its entries (%" G_GUINT64_FORMAT ")",
                               page->parser, page->entries);
    } else {
        g_string_append(out, page->parser ? "no record in it" : "empty");
    }
}

static bool nothing_read(const Inputs *inputs, GError **error) {
    enum { TOLD = 10 };
    const GPtrArray *pages = inputs->quality->files;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "no record in %u %s", pages->len, pages->len == 1 ? "file" : "files");
    for (guint i = 0; i < MIN(pages->len, TOLD); i++) {
        append_reason(text, g_ptr_array_index(pages, i));
    }
    if (pages->len > TOLD) {
        g_string_append_printf(text, "\n  and %u more", pages->len - TOLD);
    }
    g_set_error_literal(error, DS_ERROR, EXIT_INPUT, text->str);
    return false;
}

/* --max-rejects: the first file that has more, with the shapes that most of them have. */
static bool check_rejects(const Inputs *inputs, GError **error) {
    enum { TOLD = 3 };
    const char *limit = inputs->config->max_rejects;
    for (guint i = 0; limit && i < inputs->quality->files->len; i++) {
        const FileQuality *page = g_ptr_array_index(inputs->quality->files, i);
        uint64_t allowed = 0;
        rejects_allowed(limit, page->entries, &allowed);
        if (page->rejected <= allowed) {
            continue;
        }
        g_autoptr(GString) text = g_string_new(NULL);
        ds_text_visible(text, ds_span_of(page->path));
        g_string_append_printf(text,
                               ": %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                               " entries are rejected, more than --max-rejects %s allows",
                               page->rejected, page->entries, limit);
        for (guint k = 0; k < MIN(page->examples->len, TOLD); k++) {
            const RejectExample *example = &g_array_index(page->examples, RejectExample, k);
            g_string_append_printf(text,
                                   "\n  %" G_GUINT64_FORMAT " like line %" G_GUINT64_FORMAT ", %s: ", example->count,
                                   example->line, example->why);
            ds_text_visible(text, ds_span_of(example->text));
        }
        g_set_error_literal(error, DS_ERROR, EXIT_INPUT, text->str);
        return false;
    }
    return true;
}

/* What must hold after reading: something was read and, under --strict, all of it. Writes the rejects. */
bool inputs_finish(Inputs *inputs, GError **error) {
    const Config *config = inputs->config;
    const char *zone = ds_zone_name(config->zone);
    bool zone_used = false;
    uint64_t accepted = 0; /* of files that count */
    if (config->rejects && !job_rejects_write(inputs->rejects, config->rejects, error)) {
        return false;
    }
    for (guint i = 0; i < inputs->quality->files->len; i++) {
        const FileQuality *page = g_ptr_array_index(inputs->quality->files, i);
        accepted += page->unusable ? 0 : page->accepted;
        zone_used |= page->zone && strcmp(page->zone, zone) == 0;
        if (config->strict && (page->damage || page->unusable)) {
            g_autoptr(GString) text = g_string_new("under --strict an input must be whole:");
            append_reason(text, page);
            if (page->damage && page->damage_offset > 0) {
                g_string_append_printf(text, " at byte %" G_GUINT64_FORMAT, page->damage_offset);
            }
            g_set_error_literal(error, DS_ERROR, EXIT_INPUT, text->str);
            return false;
        }
    }
    if (zone_used && !config->zone_told) {
        g_ptr_array_add(
            inputs->quality->notes,
            g_strdup_printf("Times without a zone were read as %s, the default; --tz says otherwise.", zone));
    }
    return accepted > 0 ? check_rejects(inputs, error) : nothing_read(inputs, error);
}
