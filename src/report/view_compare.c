/* SPDX-License-Identifier: MIT
 * What changed since an earlier report, for people: first why figures may differ, then those that do. */
#include "report/view.h"

#include "report/tree.h"

/* A value as people read it: by what its member measures. */
static char *value_text(const char *path, const json_t *value) {
    const char *member = strrchr(path, '.') ? strrchr(path, '.') + 1 : path;
    static const char *const ratios[] = {"known", "total", "low", "high", "coverage", "target", "achieved", NULL};
    if (json_is_string(value)) {
        return g_strdup(json_string_value(value));
    }
    if (json_is_boolean(value)) {
        return g_strdup(json_is_true(value) ? "yes" : "no");
    }
    if (json_is_integer(value) && g_str_has_suffix(member, "_ms")) {
        return words_duration(json_integer_value(value));
    }
    if (json_is_number(value)) {
        double number = json_number_value(value);
        return g_strv_contains(ratios, member) ? words_percent(number) : words_number(number);
    }
    if (json_is_array(value)) {
        g_autoptr(GPtrArray) texts = g_ptr_array_new();
        for (size_t i = 0; i < json_array_size(value); i++) {
            const char *text = json_string_value(json_array_get(value, i));
            g_ptr_array_add(texts, (gpointer)(uintptr_t)(text ? text : ""));
        }
        return words_list(texts, 12);
    }
    return g_strdup("–");
}

static json_t *rows_of(const json_t *changes) {
    json_t *rows = json_array();
    for (size_t i = 0; i < json_array_size(changes) && i < VIEW_ROWS; i++) {
        const json_t *change = json_array_get(changes, i);
        const char *path = json_string_value(json_object_get(change, "path"));
        json_t *row = json_object();
        tree_put_text(row, "what", path);
        tree_put(row, "old", value_text(path, json_object_get(change, "old")));
        tree_put(row, "new", value_text(path, json_object_get(change, "new")));
        json_array_append_new(rows, row);
    }
    return view_capped(rows, json_array_size(changes), "report.json");
}

static void add_reason(json_t *why, bool holds, const char *text) {
    if (holds) {
        json_array_append_new(why, json_string(text));
    }
}

static bool any(const json_t *compare, const char *key) {
    return json_array_size(json_object_get(compare, key)) > 0;
}

json_t *view_compare(const Report *report, const json_t *compare) {
    (void)report;
    if (!json_is_object(compare)) {
        return json_null();
    }
    json_t *view = json_object(), *why = json_array();
    tree_put_text(view, "file", json_string_value(json_object_get(compare, "file")));
    bool config = json_is_true(json_object_get(compare, "config_changed"));
    bool version = json_is_true(json_object_get(compare, "version_changed"));
    add_reason(why, any(compare, "inputs"), "The inputs are not the same.");
    add_reason(why, any(compare, "settings"), "Settings are not the same.");
    add_reason(why, any(compare, "overrides"), "Windows were declared otherwise.");
    add_reason(why, config, "The configuration file is not the same.");
    add_reason(why, version, "Another version of the program made it.");
    add_reason(why, json_array_size(why) == 0, "Inputs, settings, overrides and program are the same.");
    json_object_set_new(view, "why", why);
    json_object_set_new(view, "inputs", rows_of(json_object_get(compare, "inputs")));
    json_object_set_new(view, "settings", rows_of(json_object_get(compare, "settings")));
    json_object_set_new(view, "overrides", rows_of(json_object_get(compare, "overrides")));
    json_object_set_new(view, "changes", rows_of(json_object_get(compare, "changes")));
    tree_put_bool(view, "same", !any(compare, "changes"));
    return view;
}
