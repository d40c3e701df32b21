/* SPDX-License-Identifier: MIT
 * The straight line: list, read, merge, find, measure. Every file has its own Store; stores are merged by an operation
 * whose order cannot matter, and everything else a task fills is its own page, so threads decide nothing. A task is a
 * file, or the files of a rotation set where what one leaves matters to the next. */
#include "job.h"

#include "base/error.h"
#include "base/text.h"
#include "job_room.h"

#include <stdio.h>
#include <unistd.h>

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

static void show_progress(const Job *job) {
    if (job->progress) {
        fprintf(stderr, "\r%u of %u files read", job->done, job->inputs.list->files->len);
        fflush(stderr);
    }
}

static void add_store(Job *job, guint number, Store *store, const FileQuality *page) {
    const InputFile *file = g_ptr_array_index(job->inputs.list->files, number);
    g_mutex_lock(&job->lock);
    ds_store_input(store, number, file->set_number, page->dated_first, page->dated_last);
    ds_store_merge(job->store, store);
    g_mutex_unlock(&job->lock);
}

/* One file into a store of its own, then merged. */
static void read_one(Job *job, guint number, ParserState *state) {
    const FileQuality *page = g_ptr_array_index(job->inputs.quality->files, number);
    g_autoptr(Store) store = ds_store_new(job->inputs.config);
    Sink sink = {.record = ds_store_add, .context = store};
    GError *fault = NULL;
    if (inputs_read(&job->inputs, number, &sink, state, &fault) && !page->unusable) {
        add_store(job, number, store, page);
    }
    g_mutex_lock(&job->lock);
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

static void detect_task(gpointer data, gpointer user) {
    Job *job = user;
    inputs_detect(&job->inputs, GPOINTER_TO_UINT(data) - 1);
}

/* A task: files in their order, the state of their parsers handed on. */
static void read_task(gpointer data, gpointer user) {
    Job *job = user;
    guint first = GPOINTER_TO_UINT(data) - 1, count = inputs_together(&job->inputs, first);
    g_autoptr(ParserState) state = count > 1 ? ds_parser_state_new() : NULL;
    for (guint i = first; i < first + count; i++) {
        read_one(job, i, state);
    }
    if (state) { /* what still waited for a later file */
        g_autoptr(Store) store = ds_store_new(job->inputs.config);
        Sink sink = {.record = ds_store_add, .context = store};
        inputs_end(&job->inputs, first + count - 1, &sink, state);
        add_store(job, first + count - 1, store, g_ptr_array_index(job->inputs.quality->files, first + count - 1));
    }
}

/* Runs a task a file; heads: only those at which files that belong together begin. */
static bool run_tasks(Job *job, GFunc task, bool heads, GError **error) {
    guint files = job->inputs.list->files->len;
    guint threads = job->inputs.config->threads ? job->inputs.config->threads : g_get_num_processors();
    GThreadPool *pool = NULL;
    if (MIN(threads, files) > 1 && !(pool = g_thread_pool_new(task, job, (gint)MIN(threads, files), TRUE, error))) {
        return false;
    }
    for (guint i = 0; i < files; i += heads ? inputs_together(&job->inputs, i) : 1) {
        if (pool) {
            g_thread_pool_push(pool, GUINT_TO_POINTER(i + 1), NULL);
        } else {
            task(GUINT_TO_POINTER(i + 1), job);
        }
    }
    if (pool) {
        g_thread_pool_free(pool, FALSE, TRUE);
    }
    return true;
}

static bool run_all(Job *job, GError **error) {
    if (!run_tasks(job, detect_task, false, error) || !run_tasks(job, read_task, true, error)) {
        return false;
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
    job_note_objectives(config, job->store, job->inputs.quality);
    if (ds_store_series(job->store) == 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "nothing to measure: the inputs hold notices or maintenance, but no probe, transition, request or "
                    "user report");
        return NULL;
    }
    job->report = (Report){.config = config, .quality = job->inputs.quality, .store = job->store};
    return g_steal_pointer(&job);
}

bool ds_job_measure(Job *job, GError **error) {
    job->outages = ds_outages_find(job->store, job->inputs.config);
    if (job->outages->override_faults->len > 0) {
        g_ptr_array_add(job->outages->override_faults, NULL);
        g_autofree char *text = g_strjoinv("\n", (char **)job->outages->override_faults->pdata);
        g_set_error_literal(error, DS_ERROR, EXIT_USAGE, text);
        return false;
    }
    if (job->outages->overrides->len > 0) {
        g_ptr_array_add(
            job->inputs.quality->notes,
            g_strdup_printf("Windows that the configuration reclassifies: %u. Each is shown as measured, with "
                            "what it was declared to be beside it; sums and incidents follow the declaration.",
                            job->outages->overrides->len));
    }
    job_note_exclusions(job->inputs.config, job->outages, job->store, job->inputs.quality);
    job->impact = ds_impact_measure(job->outages, job->store, job->inputs.config);
    job_note_clocks(job->impact, job->store, job->inputs.quality);
    job->report.outages = job->outages;
    job->report.impact = job->impact;
    job->report.generated = generated_at(job->outages->to);
    return true;
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

/* All files in their order, and what waited for later ones. */
static bool extract_all(Inputs *inputs, const Sink *sink, GError **error) {
    guint files = inputs->list->files->len;
    bool good = true;
    for (guint i = 0; i < files; i++) {
        inputs_detect(inputs, i);
    }
    for (guint i = 0, count; good && i < files; i += count) {
        count = inputs_together(inputs, i);
        g_autoptr(ParserState) state = count > 1 ? ds_parser_state_new() : NULL;
        for (guint k = i; good && k < i + count; k++) {
            good = inputs_read(inputs, k, sink, state, error);
        }
        if (state) {
            inputs_end(inputs, i + count - 1, sink, state);
        }
    }
    return good;
}

bool ds_job_extract(const Config *config, const Sink *sink, Quality *quality, GPtrArray **files, GError **error) {
    Inputs inputs = {.quality = quality};
    bool good =
        inputs_open(&inputs, config, error) && extract_all(&inputs, sink, error) && inputs_finish(&inputs, error);
    if (good && files) {
        *files = g_ptr_array_ref(inputs.list->files);
    }
    inputs_close(&inputs);
    return good;
}
