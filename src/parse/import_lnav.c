/* SPDX-License-Identifier: MIT
 * A log format of lnav: its patterns (PCRE too) or JSON keys, where the time and the text stand, and its samples.
 * Levels are no states, so they are told and not carried over. Source: docs.lnav.org, "Log Formats". */
#include "parse/import.h"

#include "base/error.h"

#include <jansson.h>

static const char *text_of(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

/* lnav's conversions to ours; NULL where one has no counterpart. Yours. */
static char *time_form(const char *format) {
    GString *out = g_string_new(NULL);
    for (const char *p = format; *p; p++) {
        if (*p != '%' || !p[1]) {
            g_string_append_c(out, *p);
            continue;
        }
        char c = *++p;
        if (c == 'N' || c == 'L') {
            g_string_append(out, "%f");
        } else if (c == 'k' || c == 'l') {
            g_string_append(out, c == 'k' ? "%H" : "%I");
        } else if (strchr("YymdebBaAHIMSfpzZsjTFDnt%", c)) {
            g_string_append_printf(out, "%%%c", c);
        } else {
            g_string_free(out, TRUE);
            return NULL;
        }
    }
    return g_string_free(out, FALSE);
}

static void take_forms(Draft *draft, const json_t *formats) {
    size_t i;
    const json_t *item;
    json_array_foreach(formats, i, item) {
        const char *format = json_string_value(item);
        char *form = format && strcmp(format, "%i") == 0   ? g_strdup("epoch")
                     : format && strcmp(format, "%@") == 0 ? g_strdup("tai64n")
                     : format                              ? time_form(format)
                                                           : NULL;
        if (form) {
            g_ptr_array_add(draft->forms, form);
        } else {
            draft_note(draft, "timestamp-format '%s' has a conversion that is not known here", format ? format : "?");
        }
    }
}

static void take_samples(Draft *draft, const json_t *samples) {
    size_t i;
    const json_t *item;
    json_array_foreach(samples, i, item) {
        const char *line = text_of(item, "line");
        if (line) {
            g_ptr_array_add(draft->samples, g_strdup(line));
        }
    }
}

/* A field of a JSON format, whose parts lnav writes with / in between. Yours. */
static char *path_of(const char *field, bool json) {
    g_autofree char *copy = g_strdup(field + (json && *field == '/'));
    return json ? g_strdelimit(g_steal_pointer(&copy), "/", '.') : g_steal_pointer(&copy);
}

static void take_source(Draft *draft, const json_t *url) {
    const char *text = json_is_array(url) ? json_string_value(json_array_get(url, 0)) : json_string_value(url);
    draft->source = g_strdup(text);
}

static void note_rest(Draft *draft, json_t *format) {
    static const char *const taken[] = {
        "title",      "description", "url",   "regex",       "json",  "timestamp-field", "timestamp-format",
        "body-field", "sample",      "value", "level-field", "level", "$schema",         NULL};
    const char *key;
    json_t *value;
    json_object_foreach(format, key, value) {
        if (!g_strv_contains(taken, key)) {
            draft_note(draft, "'%s' is not carried over", key);
        }
    }
    if (json_object_get(format, "level") || json_object_get(format, "level-field")) {
        draft_note(draft, "levels tell how bad a line is and not which state a service is in: write the state's map "
                          "yourself");
    }
}

static bool take_format(Draft *draft, const char *name, json_t *format, GError **error) {
    const char *title = text_of(format, "title"), *time = text_of(format, "timestamp-field"),
               *body = text_of(format, "body-field"), *key;
    json_t *value, *regex = json_object_get(format, "regex");
    g_free(draft->name);
    draft->name = g_strdup(name);
    draft->title = g_strdup(title ? title : name);
    draft->json = json_is_true(json_object_get(format, "json"));
    draft->time = path_of(time ? time : "timestamp", draft->json);
    draft->text = path_of(body ? body : "body", draft->json);
    take_source(draft, json_object_get(format, "url"));
    take_forms(draft, json_object_get(format, "timestamp-format"));
    take_samples(draft, json_object_get(format, "sample"));
    json_object_foreach(regex, key, value) {
        const char *pattern = text_of(value, "pattern");
        if (pattern && !draft->json) {
            g_ptr_array_add(draft->patterns, g_strdup(pattern));
        }
    }
    json_object_foreach(json_object_get(format, "value"), key, value) {
        g_ptr_array_add(draft->paths, path_of(key, draft->json));
    }
    note_rest(draft, format);
    if (!draft->json && draft->patterns->len == 0) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "format '%s' has no regex.*.pattern", name);
        return false;
    }
    return true;
}

bool import_lnav(Draft *draft, Span text, GError **error) {
    json_error_t fault;
    json_t *root = json_loadb(text.p, text.n, 0, &fault);
    if (!root) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s:%d: no JSON: %s", draft->name, fault.line, fault.text);
        return false;
    }
    const char *key;
    json_t *value;
    bool found = false, fine = true;
    json_object_foreach(root, key, value) {
        if (!json_is_object(value)) {
            continue;
        }
        if (found) {
            draft_note(draft, "format '%s' stands in the same file and is left out", key);
            continue;
        }
        found = true;
        fine = take_format(draft, key, value, error);
    }
    if (!found) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: no format in it; expected {\"name\": {\"regex\": ...}}",
                    draft->name);
    }
    json_decref(root);
    return found && fine;
}
