/* SPDX-License-Identifier: MIT
 * Formats of other tools to parser files. What the time is, what the text, and whether there is an HTTP status is found
 * by the names of captures; what a line says about the state of a service no other tool's format tells, so without a
 * status the file yields notices until somebody writes the state. The result is compiled and its samples are run. */
#include "parse/import.h"

#include <stdarg.h>

Draft *draft_new(const char *name, GString *report) {
    Draft *draft = g_new0(Draft, 1);
    draft->name = g_strdup(name);
    draft->patterns = g_ptr_array_new_with_free_func(g_free);
    draft->paths = g_ptr_array_new_with_free_func(g_free);
    draft->forms = g_ptr_array_new_with_free_func(g_free);
    draft->times = g_ptr_array_new_with_free_func(g_free);
    draft->samples = g_ptr_array_new_with_free_func(g_free);
    draft->report = report;
    return draft;
}

void draft_free(Draft *draft) {
    if (draft) {
        char *texts[] = {draft->name, draft->title, draft->source, draft->time, draft->text};
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
            g_free(texts[i]);
        }
        g_ptr_array_unref(draft->patterns);
        g_ptr_array_unref(draft->paths);
        g_ptr_array_unref(draft->forms);
        g_ptr_array_unref(draft->times);
        g_ptr_array_unref(draft->samples);
        g_free(draft);
    }
}

void draft_note(Draft *draft, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(draft->report, format, arguments);
    va_end(arguments);
    g_string_append_c(draft->report, '\n');
}

/* ---- what the captures are ---- */

static const char *const time_names[] = {"time", "timestamp", "ts", "datetime", "date", "logdate", "log_time", NULL};
static const char *const text_names[] = {"text", "body", "message", "msg", NULL};
static const char *const status_names[] = {
    "status", "response", "status_code", "http_status", "sc_status", "code", "http_response_status_code", NULL};
static const char *const service_names[] = {"service", "vhost", "cs_host", "server_name", "program", NULL};
static const char *const vantage_names[] = {"vantage", "logsource", "hostname", "log_hostname", NULL};

static const char *find(const GPtrArray *names, const char *told, const char *const *known) {
    for (unsigned i = 0; told && i < names->len; i++) {
        if (strcmp(names->pdata[i], told) == 0) {
            return names->pdata[i];
        }
    }
    for (; *known; known++) {
        for (unsigned i = 0; i < names->len; i++) {
            if (g_ascii_strcasecmp(names->pdata[i], *known) == 0) {
                return names->pdata[i];
            }
        }
    }
    return NULL;
}

static void add_name(const char *name, int group, void *context) {
    (void)group;
    if (!g_ptr_array_find_with_equal_func(context, name, g_str_equal, NULL)) {
        g_ptr_array_add(context, g_strdup(name));
    }
}

/* ---- YAML ---- */

static void append_quoted(GString *out, const char *text) {
    g_string_append_c(out, '"');
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\') {
            g_string_append_printf(out, "\\%c", c);
        } else if (c < 0x20 || c == 0x7f) {
            g_string_append_printf(out, "\\x%02x", c);
        } else {
            g_string_append_c(out, *p);
        }
    }
    g_string_append_c(out, '"');
}

static void append_key(GString *out, const char *key, const char *value) {
    g_string_append_printf(out, "%s: ", key);
    append_quoted(out, value);
    g_string_append_c(out, '\n');
}

/* A pattern whose blanks count, as a block without escapes where it has one line. */
static void append_pattern(GString *out, const char *pattern) {
    bool plain = true;
    for (const char *p = pattern; *p; p++) {
        plain = plain && (unsigned char)*p >= 0x20 && *p != 0x7f;
    }
    if (plain) {
        g_string_append_printf(out, "  - pattern: |\n      (?-x)%s\n", pattern);
        return;
    }
    g_autofree char *whole = g_strconcat("(?-x)", pattern, NULL);
    g_string_append(out, "  - pattern: ");
    append_quoted(out, whole);
    g_string_append_c(out, '\n');
}

static void append_field(GString *out, const char *field, const char *capture) {
    if (capture && strcmp(field, capture) != 0) {
        g_string_append_printf(out, "      %s: '{%s}'\n", field, capture);
    }
}

/* The fields of a rule. True where there is a status. */
static bool append_fields(Draft *draft, GString *out, const GPtrArray *names) {
    const char *time = find(names, draft->time, time_names), *text = find(names, draft->text, text_names);
    const char *status = find(names, NULL, status_names);
    for (unsigned i = 0; i < names->len; i++) {
        bool dated = g_ptr_array_find_with_equal_func(draft->times, names->pdata[i], g_str_equal, NULL);
        time = dated ? names->pdata[i] : time;
    }
    if (!time) {
        draft_note(draft, "no capture tells the time: a rule must give one; set 'time' in fields");
        time = "TIME";
    }
    g_string_append(out, status ? "    signal: request\n"
                                : "    signal: notice   # tells no state: for probes or transitions, give one\n");
    g_string_append(out, "    fields:\n");
    g_string_append_printf(out, "      time: '{%s}'\n", time);
    append_field(out, "service", find(names, NULL, service_names));
    append_field(out, "vantage", find(names, NULL, vantage_names));
    append_field(out, status ? "status" : "text", status ? status : text);
    for (unsigned i = 0; i < names->len; i++) {
        Unit unit;
        const char *name = names->pdata[i];
        if (field_named(ds_span_of(name), &unit) != FIELD_COUNT && name != time && name != text && name != status) {
            draft_note(draft, "capture '%s' has the name of a record field and so becomes it: see that it is meant",
                       name);
        }
    }
    return status != NULL;
}

static void append_rules(Draft *draft, GString *out, bool *requests) {
    g_string_append(out, "rules:\n");
    if (draft->json) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_ptr_array_extend(names, draft->paths, NULL, NULL);
        g_ptr_array_add(names, draft->time);
        g_ptr_array_add(names, draft->text);
        g_string_append(out, "  -\n");
        *requests = append_fields(draft, out, names);
        return;
    }
    for (unsigned i = 0; i < draft->patterns->len; i++) {
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        const char *pattern = draft->patterns->pdata[i];
        g_autofree char *fault = NULL;
        size_t offset = 0;
        Regex *regex = regex_new(ds_span_of(pattern), false, &fault, &offset);
        if (!regex) {
            draft_note(draft, "pattern %u is no pattern of PCRE2 (%s at offset %zu) and is left out", i + 1, fault,
                       offset);
            continue;
        }
        regex_names(regex, add_name, names);
        regex_free(regex);
        append_pattern(out, pattern);
        *requests |= append_fields(draft, out, names);
    }
}

static void append_head(const Draft *draft, GString *out) {
    g_autofree char *name = g_ascii_strdown(draft->name, -1);
    for (char *p = name; *p; p++) {
        *p = g_ascii_isalnum(*p) ? *p : '-';
    }
    g_string_append_printf(out, "name: %s\n", name);
    append_key(out, "title", draft->title ? draft->title : draft->name);
    if (draft->source) {
        append_key(out, "source", draft->source);
    }
    g_string_append_printf(out, "type: %s\n", draft->json ? "json" : "regex");
    for (unsigned i = 0; i < draft->forms->len; i++) {
        g_string_append(out, i ? "" : "time:\n");
        g_string_append(out, "  - ");
        append_quoted(out, draft->forms->pdata[i]);
        g_string_append_c(out, '\n');
    }
    if (draft->json) {
        g_string_append_printf(out, "require: ['%s']\n", draft->time);
    }
}

char *draft_write(Draft *draft) {
    g_autoptr(GString) rules = g_string_new(NULL);
    bool requests = false;
    append_rules(draft, rules, &requests);
    GString *out = g_string_new(NULL);
    append_head(draft, out);
    g_string_append(out, rules->str);
    if (draft->samples->len) {
        g_string_append(out, "samples:\n");
    } else {
        draft_note(draft, "no samples: write some, each a line and the record it must give");
    }
    for (unsigned i = 0; i < draft->samples->len; i++) {
        const char *sample = draft->samples->pdata[i];
        g_string_append(out, "  - text: ");
        append_quoted(out, sample);
        g_string_append(out, "\n    record: {}\n");
    }
    if (!requests) {
        draft_note(draft,
                   "no capture is an HTTP status, and nothing tells the state of a service: the file yields notices "
                   "until you set 'signal' and 'state'");
    }
    return g_string_free(out, FALSE);
}

char *ds_parser_import(Span text, const char *name, const GPtrArray *definitions, GString *report, GError **error) {
    g_autofree char *base = g_path_get_basename(name);
    g_autoptr(Draft) draft = draft_new(base, report);
    Span trimmed = ds_span_trim(text);
    bool lnav = trimmed.n && trimmed.p[0] == '{';
    if (!lnav && strrchr(draft->name, '.')) {
        *strrchr(draft->name, '.') = '\0';
    }
    if (lnav ? !import_lnav(draft, text, error) : !import_grok(draft, text, definitions, error)) {
        return NULL;
    }
    char *yaml = draft_write(draft);
    g_autoptr(GError) fault = NULL;
    g_autoptr(Parser) parser = ds_parser_compile(ds_span_of(yaml), "result", &fault);
    unsigned count = 0;
    if (!parser) {
        draft_note(draft, "%s", fault->message);
    } else if (draft->samples->len) {
        ds_parser_samples(parser, report, &count);
    }
    return yaml;
}
