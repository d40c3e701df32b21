/* SPDX-License-Identifier: MIT
 * A parser file's own examples: each goes through the reading that files go through, and what comes out is compared
 * with the record that stands beside it. Only the keys told are compared. */
#include "parse/parser.h"

#include "base/yaml.h"

typedef struct { /* a record with its own memory */
    Record record;
    char *texts[6];
} Copy;

static char *copy_span(Span span) {
    return g_strndup(span.p ? span.p : "", span.n);
}

static void copy_free(void *data) {
    Copy *copy = data;
    for (unsigned i = 0; i < G_N_ELEMENTS(copy->texts); i++) {
        g_free(copy->texts[i]);
    }
    g_free(copy);
}

static void keep_record(void *context, const Record *record) {
    Copy *copy = g_new0(Copy, 1);
    const Span spans[] = {record->service, record->vantage, record->check, record->user, record->phase, record->text};
    copy->record = *record;
    for (unsigned i = 0; i < G_N_ELEMENTS(spans); i++) {
        copy->texts[i] = copy_span(spans[i]);
    }
    g_ptr_array_add(context, copy);
}

typedef struct {
    const Parser *parser;
    GString *report;
    bool failed;
} Check;

static void differ(Check *check, unsigned line, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void differ(Check *check, unsigned line, const char *format, ...) {
    va_list arguments;
    g_string_append_printf(check->report, "%s:%u: ", check->parser->file, line);
    va_start(arguments, format);
    g_string_append_vprintf(check->report, format, arguments);
    va_end(arguments);
    g_string_append_c(check->report, '\n');
    check->failed = true;
}

static char *time_text(Instant time) {
    char text[INSTANT_TEXT_SIZE];
    return g_strdup(ds_instant_text(time, text));
}

static const char *event_name(Event event) {
    static const char *const names[] = {"state",         "current",           "monitor-stop",
                                        "monitor-start", "maintenance-start", "maintenance-end"};
    return names[event];
}

/* What a record has under a key of `record:`; NULL: no such key. Yours to free. */
static char *value_of(const Copy *copy, const char *key) {
    const Record *record = &copy->record;
    static const char *const texts[] = {"service", "vantage", "check", "user", "phase", "text"};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (strcmp(key, texts[i]) == 0) {
            return g_strdup(copy->texts[i]);
        }
    }
    const struct {
        const char *key;
        int64_t value;
    } numbers[] = {{"count", record->count},
                   {"bad", record->bad},
                   {"duration_ms", record->duration},
                   {"took_ms", record->took},
                   {"interval_ms", record->interval}};
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (strcmp(key, numbers[i].key) == 0) {
            return g_strdup_printf("%" G_GINT64_FORMAT, numbers[i].value);
        }
    }
    const struct {
        const char *key, *value;
    } words[] = {{"signal", ds_signal_name(record->signal)}, {"event", event_name(record->event)},
                 {"state", ds_state_name(record->state)},    {"from", ds_state_name(record->from)},
                 {"reason", ds_reason_name(record->reason)}, {"soft", record->soft ? "true" : "false"}};
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(key, words[i].key) == 0) {
            return g_strdup(words[i].value);
        }
    }
    if (strcmp(key, "time") == 0 || strcmp(key, "until") == 0) {
        return time_text(*key == 't' ? record->time : record->until);
    }
    return NULL;
}

/* Times may be written shorter than they are printed. */
static bool same_value(const char *key, const char *wanted, const char *got) {
    static const char *const forms[] = {"iso", NULL};
    if (strcmp(wanted, got) == 0 || (strcmp(key, "reason") == 0 && !*wanted && strcmp(got, "none") == 0)) {
        return true;
    }
    if (strcmp(key, "time") != 0 && strcmp(key, "until") != 0) {
        return false;
    }
    StampSpec *spec = stamp_spec_new(forms, NULL);
    RawStamp a, b;
    bool same = spec && stamp_scan(spec, ds_span_of(wanted), &a) && stamp_scan(spec, ds_span_of(got), &b) &&
                a.local - a.offset == b.local - b.offset;
    stamp_spec_free(spec);
    return same;
}

static void compare(Check *check, const YamlNode *wanted, const Copy *got) {
    if (wanted->kind != YAML_MAP) {
        differ(check, wanted->line, "a record is a map");
        return;
    }
    for (unsigned i = 0; i < wanted->items->len; i++) {
        const YamlNode *key = wanted->keys->pdata[i], *value = wanted->items->pdata[i];
        g_autofree char *found = value_of(got, key->text);
        if (!found || value->kind != YAML_SCALAR) {
            differ(check, key->line, found ? "'%s' must be a text" : "'%s' is no key of a record", key->text);
        } else if (!same_value(key->text, value->text, found)) {
            differ(check, key->line, "%s is '%s', expected '%s'", key->text, found, value->text);
        }
    }
}

static void compare_all(Check *check, const YamlNode *sample, const YamlNode *records, const GPtrArray *got,
                        const FileQuality *quality) {
    bool one = records->kind == YAML_MAP;
    unsigned wanted = one ? 1 : records->kind == YAML_LIST ? records->items->len : 0;
    if (got->len != wanted) {
        const RejectExample *example =
            quality->examples && quality->examples->len ? &g_array_index(quality->examples, RejectExample, 0) : NULL;
        differ(check, sample->line, "%u records, expected %u%s%s", got->len, wanted, example ? "; rejected: " : "",
               example ? example->why : "");
        return;
    }
    for (unsigned i = 0; i < wanted; i++) {
        compare(check, one ? records : records->items->pdata[i], got->pdata[i]);
    }
}

/* A wrapper's samples give the lines that stand in it, as records with no more than a text. */
static const char lines_yaml[] = "name: lines\n"
                                 "title: Lines of a wrapper\n"
                                 "type: regex\n"
                                 "signal: report\n"
                                 "rules:\n"
                                 "  - pattern: '^(?<text>.*)$'\n"
                                 "    fields:\n"
                                 "      time: {const: ''}\n";

static bool run_sample(const Parser *parser, const char *path, Span text, const Sink *sink, FileQuality *page,
                       GError **error) {
    if (!parser->wraps) {
        const Reading plain = {.parsers = {parser}, .parser_count = 1};
        return run_memory_at(&plain, path, text, sink, page, error);
    }
    g_autoptr(Parser) lines = ds_parser_compile(ds_span_of(lines_yaml), "lines", error);
    const Reading reading = {.wrappers = {parser}, .wrapper_count = 1, .parsers = {lines}, .parser_count = 1};
    return lines && run_memory_as(&reading, text, sink, page, error);
}

static void check_sample(Check *check, const YamlNode *sample) {
    static const char *const keys[] = {"line", "text", "record", "records", "ignored", "rejected", "file", NULL};
    const YamlNode *line = ds_yaml_get(sample, "line"), *text = ds_yaml_get(sample, "text");
    const YamlNode *records = ds_yaml_get(sample, "record");
    records = records ? records : ds_yaml_get(sample, "records");
    bool rejected = ds_yaml_get(sample, "rejected") != NULL, ignored = ds_yaml_get(sample, "ignored") != NULL;
    const YamlNode *input = line ? line : text, *file = ds_yaml_get(sample, "file");
    g_autoptr(GError) error = NULL;
    if (sample->kind != YAML_MAP || !ds_yaml_allow(sample, keys, check->parser->file, "a sample", &error)) {
        differ(check, sample->line, "%s", error ? error->message : "a sample is a map");
        return;
    }
    if (file && file->kind != YAML_SCALAR) {
        differ(check, file->line, "'file' is the path of the file that the sample stands in");
        return;
    }
    if (!input || input->kind != YAML_SCALAR || (records != NULL) + rejected + ignored != 1) {
        differ(check, sample->line, "a sample has 'line' or 'text', and one of record, records, ignored, rejected");
        return;
    }
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "sample");
    g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func(copy_free);
    Sink sink = {keep_record, NULL, got};
    if (!run_sample(check->parser, file ? file->text : "sample", ds_span_of(input->text), &sink, page, &error)) {
        differ(check, sample->line, "%s", error->message);
    } else if (records) {
        compare_all(check, sample, records, got, page);
    } else if (got->len || (rejected && page->rejected == 0) || (ignored && page->rejected)) {
        differ(check, sample->line,
               "accepted %" G_GUINT64_FORMAT ", ignored %" G_GUINT64_FORMAT ", rejected %" G_GUINT64_FORMAT
               "; expected it to be %s",
               page->accepted, page->ignored, page->rejected, rejected ? "rejected" : "ignored");
    }
}

unsigned ds_parser_samples(const Parser *parser, GString *report, unsigned *count) {
    Check check = {.parser = parser, .report = report};
    unsigned failed = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(YamlNode) root = ds_yaml_parse(ds_span_of(parser->yaml), parser->file, &error);
    const YamlNode *samples = root ? ds_yaml_get(root, "samples") : NULL;
    *count = 0;
    if (!samples || samples->kind != YAML_LIST || samples->items->len == 0) {
        differ(&check, samples ? samples->line : 1, "'samples' is needed: a list of lines and their records");
        *count = 1;
        return 1;
    }
    for (unsigned i = 0; i < samples->items->len; i++) {
        check.failed = false;
        check_sample(&check, samples->items->pdata[i]);
        failed += check.failed;
        ++*count;
    }
    return failed;
}
