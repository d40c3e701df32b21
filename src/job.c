/* SPDX-License-Identifier: MIT
 * The straight line: list, read, merge, find, measure. A file is a task with its own Store; stores are merged by an
 * operation whose order cannot matter, and everything else a task fills is its own page, so threads decide nothing. */
#include "job.h"

#include "base/error.h"
#include "base/text.h"
#include "job_room.h"

#include <stdio.h>
#include <unistd.h>

/* What both ways of reading need. */
typedef struct {
    const Config *config;
    GPtrArray *parsers;
    InputList *list;
    Quality *quality;    /* a page a file */
    GPtrArray *rejects;  /* Rejects * a file, or NULL where nobody asked for them */
    GHashTable *aliases; /* other name of a service -> its name, both borrowed; NULL: there are none */
} Inputs;

struct Job {
    Inputs inputs;
    Store *store;
    Outages *outages;
    Impact *impact;
    Report report;
    GMutex lock;   /* of what follows, and of store */
    guint done;    /* files */
    bool progress; /* standard error is a terminal */
    GError *fault; /* of the first file, in their order, that stopped the run */
    guint fault_file;
};

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

static bool inputs_open(Inputs *inputs, const Config *config, GError **error) {
    inputs->config = config;
    inputs->aliases = aliases_of(config);
    if (!config->paths || !config->paths[0]) {
        g_set_error(error, DS_ERROR, EXIT_USAGE,
                    "no input: name files, folders or globs, - for standard input, or inputs: in the configuration");
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
    if (config->rejects) {
        inputs->rejects = g_ptr_array_new_with_free_func(free_rejects);
        g_ptr_array_set_size(inputs->rejects, (gint)inputs->list->files->len);
    }
    return true;
}

static void inputs_close(Inputs *inputs) {
    g_clear_pointer(&inputs->parsers, g_ptr_array_unref);
    g_clear_pointer(&inputs->list, ds_input_list_free);
    g_clear_pointer(&inputs->rejects, g_ptr_array_unref);
    g_clear_pointer(&inputs->aliases, g_hash_table_unref);
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

/* Reads one file into the sink. False with an error only for what must stop the run; a file that cannot be read rightly
 * is told on its page. */
static bool read_file(const Inputs *inputs, guint number, const Sink *sink, GError **error) {
    const InputFile *file = g_ptr_array_index(inputs->list->files, number);
    FileQuality *page = g_ptr_array_index(inputs->quality->files, number);
    const Parser *parser = job_parser_for(inputs->parsers, inputs->config, file, page);
    if (!parser) {
        return true;
    }
    g_autoptr(GString) word = g_string_new(NULL);
    Pass pass = {.to = sink, .aliases = inputs->aliases, .word = word, .path = file->path};
    if (inputs->rejects) {
        pass.rejects = job_rejects_new();
        inputs->rejects->pdata[number] = pass.rejects;
    }
    Sink through = {.record = pass_record, .reject = pass_reject, .context = &pass};
    page->parser = g_strdup(ds_parser_name(parser));
    GError *fault = NULL;
    if (ds_parser_run(parser, inputs->config, file, number, &through, page, &fault)) {
        return true;
    }
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
    } else if (page->examples->len > 0) {
        const RejectExample *first = &g_array_index(page->examples, RejectExample, 0);
        g_string_append_printf(out, "parser %s read no record; line %" G_GUINT64_FORMAT ": %s",
                               page->parser ? page->parser : "", first->line, first->why);
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

/* What must hold after reading: something was read and, under --strict, all of it. Writes the rejects. */
static bool inputs_finish(Inputs *inputs, GError **error) {
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
    return accepted > 0 ? true : nothing_read(inputs, error);
}

static void show_progress(const Job *job) {
    if (job->progress) {
        fprintf(stderr, "\r%u of %u files read", job->done, job->inputs.list->files->len);
        fflush(stderr);
    }
}

/* A task: one file into a store of its own, then merged. */
static void run_task(gpointer data, gpointer user) {
    guint number = GPOINTER_TO_UINT(data) - 1;
    Job *job = user;
    const InputFile *file = g_ptr_array_index(job->inputs.list->files, number);
    FileQuality *page = g_ptr_array_index(job->inputs.quality->files, number);
    g_autoptr(Store) store = ds_store_new(job->inputs.config);
    Sink sink = {.record = ds_store_add, .context = store};
    GError *fault = NULL;
    bool good = read_file(&job->inputs, number, &sink, &fault);
    g_mutex_lock(&job->lock);
    if (good && !page->unusable) {
        ds_store_input(store, number, file->set_number, page->dated_first, page->dated_last);
        ds_store_merge(job->store, store);
    }
    if (fault && (!job->fault || number < job->fault_file)) {
        g_clear_error(&job->fault);
        job->fault = g_steal_pointer(&fault);
        job->fault_file = number;
    }
    job->done++;
    show_progress(job);
    g_mutex_unlock(&job->lock);
    g_clear_error(&fault);
}

static bool run_all(Job *job, GError **error) {
    guint files = job->inputs.list->files->len;
    guint threads = job->inputs.config->threads ? job->inputs.config->threads : g_get_num_processors();
    if (MIN(threads, files) <= 1) {
        for (guint i = 0; i < files; i++) {
            run_task(GUINT_TO_POINTER(i + 1), job);
        }
    } else {
        GThreadPool *pool = g_thread_pool_new(run_task, job, (gint)MIN(threads, files), TRUE, error);
        if (!pool) {
            return false;
        }
        for (guint i = 0; i < files; i++) {
            g_thread_pool_push(pool, GUINT_TO_POINTER(i + 1), NULL);
        }
        g_thread_pool_free(pool, FALSE, TRUE);
    }
    if (job->progress) {
        fputs("\r\033[K", stderr);
    }
    if (job->fault) {
        g_propagate_error(error, g_steal_pointer(&job->fault));
        return false;
    }
    return true;
}

/* Notices and planned windows of the config, as records without a line. */
static void add_planned(Store *store, const GPtrArray *planned, Signal signal) {
    for (guint i = 0; i < planned->len; i++) {
        const PlannedRecord *p = g_ptr_array_index(planned, i);
        Record record = {.signal = signal,
                         .state = signal == SIGNAL_MAINTENANCE ? STATE_MAINTENANCE : STATE_UNKNOWN,
                         .time = p->time,
                         .until = p->until,
                         .service = ds_span_of(p->service),
                         .phase = ds_span_of(p->phase),
                         .text = ds_span_of(p->text),
                         .origin = {.file = UINT32_MAX, .line = 0}};
        ds_store_add(store, &record);
    }
}

static Instant generated_at(Instant fallback) {
    const char *epoch = g_getenv("SOURCE_DATE_EPOCH");
    int64_t seconds;
    bool told = epoch && ds_text_int(ds_span_of(epoch), &seconds) && seconds >= 0 && seconds < INT64_C(253402300800);
    return told ? seconds * MILLIS_SECOND : fallback;
}

Job *ds_job_read(const Config *config, GError **error) {
    g_autoptr(Job) job = g_new0(Job, 1);
    g_mutex_init(&job->lock);
    job->inputs.quality = ds_quality_new();
    job->progress = !config->quiet && isatty(STDERR_FILENO);
    if (!inputs_open(&job->inputs, config, error)) {
        return NULL;
    }
    job->store = ds_store_new(config);
    if (!run_all(job, error) || !inputs_finish(&job->inputs, error)) {
        return NULL;
    }
    add_planned(job->store, config->notices, SIGNAL_NOTICE);
    add_planned(job->store, config->maintenance, SIGNAL_MAINTENANCE);
    ds_store_finish(job->store, job->inputs.quality);
    if (ds_store_series(job->store) == 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "nothing to measure: the inputs hold notices or maintenance, but no probe, transition, request or "
                    "user report");
        return NULL;
    }
    job->report = (Report){.config = config, .quality = job->inputs.quality, .store = job->store};
    return g_steal_pointer(&job);
}

void ds_job_measure(Job *job) {
    job->outages = ds_outages_find(job->store, job->inputs.config);
    job->impact = ds_impact_measure(job->outages, job->store, job->inputs.config);
    job->report.outages = job->outages;
    job->report.impact = job->impact;
    job->report.generated = generated_at(job->outages->to);
}

const Report *ds_job_report(const Job *job) {
    return &job->report;
}

void ds_job_free(Job *job) {
    if (!job) {
        return;
    }
    g_clear_pointer(&job->impact, ds_impact_free);
    g_clear_pointer(&job->outages, ds_outages_free);
    g_clear_pointer(&job->store, ds_store_free);
    inputs_close(&job->inputs);
    ds_quality_free(job->inputs.quality);
    g_clear_error(&job->fault);
    g_mutex_clear(&job->lock);
    g_free(job);
}

bool ds_job_extract(const Config *config, const Sink *sink, Quality *quality, GPtrArray **files, GError **error) {
    Inputs inputs = {.quality = quality};
    bool good = inputs_open(&inputs, config, error);
    for (guint i = 0; good && i < inputs.list->files->len; i++) {
        good = read_file(&inputs, i, sink, error);
    }
    good = good && inputs_finish(&inputs, error);
    if (good && files) {
        *files = g_ptr_array_ref(inputs.list->files);
    }
    inputs_close(&inputs);
    return good;
}
