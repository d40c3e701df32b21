/* SPDX-License-Identifier: MIT
 * downspan extract: what each entry of the inputs was understood to say, one record a line, in the order of the files
 * and their lines. Nothing is kept: a record is printed and forgotten. */
#include "base/error.h"
#include "base/text.h"
#include "cmd_room.h"
#include "job.h"

enum { FLUSH_SIZE = 64 << 10 };

typedef struct {
    const Quality *quality;
    GString *out;
} Printer;

static Span span_of(const GString *text) {
    return (Span){text->str, text->len};
}

static bool counted(const Record *record) {
    return record->signal == SIGNAL_REQUEST || record->signal == SIGNAL_REPORT;
}

static bool has_state(const Record *record) {
    return record->signal == SIGNAL_PROBE || record->signal == SIGNAL_TRANSITION ||
           record->signal == SIGNAL_MAINTENANCE;
}

static const char *file_name(const Printer *printer, const Record *record) {
    return ((const FileQuality *)g_ptr_array_index(printer->quality->files, record->origin.file))->path;
}

static void flush_full(GString *out) {
    if (out->len >= FLUSH_SIZE) {
        cmd_print(out);
        g_string_truncate(out, 0);
    }
}

static void cell(GString *out, Span text) {
    g_string_append_c(out, ',');
    ds_text_csv(out, text);
}

static void number_cell(GString *out, bool told, int64_t number) {
    g_string_append_c(out, ',');
    if (told) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, number);
    }
}

static void print_csv(void *context, const Record *record) {
    Printer *printer = context;
    GString *out = printer->out;
    char time[INSTANT_TEXT_SIZE];
    g_string_append(out, ds_instant_text(record->time, time));
    cell(out, ds_span_of(ds_signal_name(record->signal)));
    cell(out, record->service);
    cell(out, record->vantage);
    cell(out, record->check);
    cell(out, ds_span_of(has_state(record) ? ds_state_name(record->state) : NULL));
    cell(out, ds_span_of(record->reason ? ds_reason_name(record->reason) : NULL));
    number_cell(out, record->duration > 0, record->duration);
    number_cell(out, counted(record), record->count);
    number_cell(out, record->signal == SIGNAL_REQUEST, record->bad);
    cell(out, record->user);
    cell(out, record->phase);
    cell(out, record->text);
    cell(out, ds_span_of(file_name(printer, record)));
    number_cell(out, record->origin.line > 0, (int64_t)record->origin.line);
    cell(out, ds_span_of(ds_instant_text(record->signal == SIGNAL_MAINTENANCE ? record->until : INSTANT_NONE, time)));
    g_string_append_c(out, '\n');
    flush_full(out);
}

static void put_text(json_t *object, const char *key, Span text) {
    g_autoptr(GString) valid = g_string_sized_new(text.n);
    ds_text_utf8(valid, text);
    json_object_set_new(object, key, json_stringn(valid->str, span_of(valid).n));
}

static void print_json(void *context, const Record *record) {
    Printer *printer = context;
    char time[INSTANT_TEXT_SIZE];
    json_t *object = json_object();
    json_object_set_new(object, "time", json_string(ds_instant_text(record->time, time)));
    json_object_set_new(object, "signal", json_string(ds_signal_name(record->signal)));
    put_text(object, "service", record->service);
    put_text(object, "vantage", record->vantage);
    put_text(object, "check", record->check);
    json_object_set_new(object, "state", json_string(has_state(record) ? ds_state_name(record->state) : ""));
    json_object_set_new(object, "reason", json_string(record->reason ? ds_reason_name(record->reason) : ""));
    json_object_set_new(object, "duration_ms", record->duration > 0 ? json_integer(record->duration) : json_null());
    json_object_set_new(object, "count", counted(record) ? json_integer(record->count) : json_null());
    json_object_set_new(object, "bad", record->signal == SIGNAL_REQUEST ? json_integer(record->bad) : json_null());
    put_text(object, "user", record->user);
    put_text(object, "phase", record->phase);
    put_text(object, "text", record->text);
    put_text(object, "file", ds_span_of(file_name(printer, record)));
    json_object_set_new(object, "line", json_integer((json_int_t)record->origin.line));
    bool until = record->signal == SIGNAL_MAINTENANCE && record->until != INSTANT_NONE;
    json_object_set_new(object, "until", until ? json_string(ds_instant_text(record->until, time)) : json_null());
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    g_string_append(printer->out, text ? text : "{}");
    g_string_append_c(printer->out, '\n');
    free(text); /* NOLINT: of jansson, not of GLib */
    flush_full(printer->out);
}

static int run(int argc, char **argv, GError **error) {
    int status = EXIT_DONE;
    g_autoptr(Config) config = cmd_config(&cmd_extract,
                                          "Columns: time, signal, service, vantage, check, state, reason, duration_ms, "
                                          "count, bad, user, phase,\ntext, file, line, until.",
                                          argc, argv, CONFIG_INPUT | CONFIG_JSON, &status, error);
    if (!config) {
        return status;
    }
    g_autoptr(Quality) quality = ds_quality_new();
    g_autoptr(GString) out = g_string_new(NULL);
    Printer printer = {.quality = quality, .out = out};
    Sink sink = {.record = config->json ? print_json : print_csv, .context = &printer};
    if (!config->json) {
        g_string_append(out,
                        "time,signal,service,vantage,check,state,reason,duration_ms,count,bad,user,phase,text,file,"
                        "line,until\n");
    }
    bool good = ds_job_extract(config, &sink, quality, NULL, error);
    if (good) {
        cmd_print(out);
        cmd_warn(quality, config);
    }
    return good ? EXIT_DONE : cmd_status(error);
}

const Command cmd_extract = {
    .name = "extract",
    .usage = "[OPTION]... INPUT...",
    .summary = "Print the records that the inputs hold, normalised, as CSV or as JSON lines.",
    .run = run,
};
