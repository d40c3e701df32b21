/* SPDX-License-Identifier: MIT
 * Leaves of JSON trees, and report.json itself. jansson escapes control characters; tree_text sees to it that every
 * text is valid UTF-8. Members keep the order in which they were set, so equal reports are equal bytes. */
#include "report/output.h"
#include "report/tree.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <math.h>

json_t *tree_text(const char *text) {
    if (!text) {
        return json_null();
    }
    json_t *leaf = json_string(text);
    if (leaf) {
        return leaf;
    }
    g_autoptr(GString) valid = g_string_new(NULL);
    ds_text_utf8(valid, ds_span_of(text));
    leaf = json_stringn(valid->str, valid->len);
    return leaf ? leaf : json_null();
}

json_t *tree_instant(Instant instant) {
    char text[INSTANT_TEXT_SIZE];
    return instant == INSTANT_NONE ? json_null() : json_string(ds_instant_text(instant, text));
}

json_t *tree_millis(Millis length) {
    return length == MILLIS_NONE ? json_null() : json_integer(length);
}

json_t *tree_real(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *tree_name(const Report *report, Name name) {
    return tree_text(ds_store_name(report->store, name));
}

json_t *tree_names(const Report *report, const GArray *names) {
    json_t *list = json_array();
    for (unsigned i = 0; i < names->len; i++) {
        json_array_append_new(list, tree_name(report, g_array_index(names, Name, i)));
    }
    return list;
}

json_t *tree_origins(const Report *report, const Origin *origins, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        ds_report_origin(report, origins[i], text);
        if (text->len) {
            json_array_append_new(list, tree_text(text->str));
        }
    }
    return list;
}

void tree_put_text(json_t *object, const char *key, const char *text) {
    json_object_set_new(object, key, text && *text ? tree_text(text) : json_null());
}

void tree_put(json_t *object, const char *key, char *text) {
    tree_put_text(object, key, text);
    g_free(text);
}

void tree_put_bool(json_t *object, const char *key, bool value) {
    json_object_set_new(object, key, json_boolean(value));
}

void tree_put_count(json_t *object, const char *key, uint64_t count) {
    /* JSON readers hold integers of 63 bits; no count of lines comes near. */
    json_object_set_new(object, key, json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count));
}

static int append(const char *bytes, size_t size, void *out) {
    g_string_append_len(out, bytes, (gssize)size);
    return 0;
}

bool report_json(const Report *report, const json_t *document, const char *path, GError **error) {
    (void)report;
    /* What the templates need beside it is no part of the machine's report. */
    json_t *bare = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)document, key, value) {
        if (strcmp(key, "view") != 0) {
            json_object_set(bare, key, value);
        }
    }
    g_autoptr(GString) text = g_string_new(NULL);
    int status = json_dump_callback(bare, append, text, JSON_INDENT(1));
    json_decref(bare);
    if (status != 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: the report could not be turned into JSON", path);
        return false;
    }
    g_string_append_c(text, '\n');
    return ds_file_write(path, (Span){text->str, text->len}, error);
}
