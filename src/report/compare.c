/* SPDX-License-Identifier: MIT
 * A report held against an earlier one: which figures differ, and which of what decides figures does: inputs, settings,
 * the configuration file, overrides, the program. Rows are matched by what they are about, incidents by the time that
 * they share, so that a renumbered list is no change. Old reports may lack members; what they do not tell is no change
 * of it. */
#include "report/document.h"
#include "report/tree.h"

#include "base/error.h"
#include "base/file.h"

#include <math.h>

#define SIZE_LIMIT ((size_t)1 << 30) /* of a report; it is held in memory like the one that is made */

json_t *ds_report_load(const char *path, GError **error) {
    GError *fault = NULL;
    json_error_t where;
    g_autoptr(GString) text = ds_file_read(path, SIZE_LIMIT, &fault);
    if (!text) {
        fault->code = EXIT_USAGE;
        g_propagate_error(error, fault);
        return NULL;
    }
    json_t *root = json_loadb(text->str, text->len, 0, &where);
    if (!root) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s:%d: no report.json: %s", path, where.line, where.text);
        return NULL;
    }
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (!schema || !g_str_has_prefix(schema, "downspan-report/")) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: no report.json of downspan: it has no schema downspan-report/1",
                    path);
        json_decref(root);
        return NULL;
    }
    return root;
}

typedef struct {
    json_t *changes;
    const json_t *before, *now;
} Comparison;

/* Numbers that differ by rounding alone are equal. */
static bool equal(const json_t *a, const json_t *b) {
    if (json_is_number(a) && json_is_number(b)) {
        double x = json_number_value(a), y = json_number_value(b);
        return fabs(x - y) <= 1e-12 * MAX(1, MAX(fabs(x), fabs(y)));
    }
    return json_equal(a, b);
}

static void put_change(Comparison *c, char *path, const json_t *old, const json_t *now) {
    json_t *row = json_object();
    json_object_set_new(row, "path", tree_text(path));
    json_object_set(row, "old", old ? (json_t *)(uintptr_t)old : json_null());
    json_object_set(row, "new", now ? (json_t *)(uintptr_t)now : json_null());
    json_array_append_new(c->changes, row);
    g_free(path);
}

/* Members of two rows about the same thing. prefix: how the thing is called. */
static void compare_members(Comparison *c, const char *prefix, const json_t *old, const json_t *now,
                            const char *const *members) {
    for (; *members; members++) {
        const json_t *a = json_object_get(old, *members), *b = json_object_get(now, *members);
        if (a && b && !equal(a, b)) {
            put_change(c, g_strdup_printf("%s.%s", prefix, *members), a, b);
        }
    }
}

/* "availability[service=web,vantage=eu]": what a row is about. */
static char *name_of(const char *list, const json_t *row, const char *const *keys) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (; *keys; keys++) {
        const char *value = json_string_value(json_object_get(row, *keys));
        if (value && *value) {
            g_string_append_printf(text, "%s%s=%s", text->len ? "," : "", *keys, value);
        }
    }
    return g_strdup_printf("%s[%s]", list, text->str);
}

static GHashTable *rows_by_name(const char *list, const json_t *rows, const char *const *keys) {
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        g_hash_table_insert(table, name_of(list, row, keys), row);
    }
    return table;
}

/* Lists whose rows have names: what is in both is compared, what is in one alone is told whole by `whole`. */
static void compare_lists(Comparison *c, const char *list, const json_t *old, const json_t *now,
                          const char *const *keys, const char *const *members, const char *whole) {
    g_autoptr(GHashTable) before = rows_by_name(list, old, keys), after = rows_by_name(list, now, keys);
    for (size_t i = 0; i < json_array_size(now); i++) {
        const json_t *row = json_array_get(now, i);
        g_autofree char *name = name_of(list, row, keys);
        const json_t *match = g_hash_table_lookup(before, name);
        if (match) {
            compare_members(c, name, match, row, members);
        } else {
            put_change(c, g_strdup_printf("%s.%s", name, whole), NULL, json_object_get(row, whole));
        }
    }
    for (size_t i = 0; i < json_array_size(old); i++) {
        const json_t *row = json_array_get(old, i);
        g_autofree char *name = name_of(list, row, keys);
        if (!g_hash_table_contains(after, name)) {
            put_change(c, g_strdup_printf("%s.%s", name, whole), json_object_get(row, whole), NULL);
        }
    }
}

/* Instants are texts of one form, so their order is that of the bytes. An open end is after all others. */
static const char *edge(const json_t *incident, const char *key) {
    const char *text = json_string_value(json_object_get(incident, key));
    return text ? text : "~";
}

static bool overlap(const json_t *a, const json_t *b) {
    return strcmp(edge(a, "start"), edge(b, "end")) < 0 && strcmp(edge(b, "start"), edge(a, "end")) < 0 &&
           json_equal(json_object_get(a, "kind"), json_object_get(b, "kind"));
}

/* Each with the first not yet taken that it shares time with. */
static void compare_incidents(Comparison *c) {
    static const char *const members[] = {"start",  "end",      "state",    "observed_ms", "min_ms",
                                          "max_ms", "services", "vantages", "shared_fate", NULL};
    const json_t *old = json_object_get(c->before, "incidents"), *now = json_object_get(c->now, "incidents");
    g_autofree bool *taken = g_new0(bool, json_array_size(old) + 1);
    for (size_t i = 0; i < json_array_size(now); i++) {
        const json_t *row = json_array_get(now, i), *match = NULL;
        for (size_t k = 0; !match && k < json_array_size(old); k++) {
            if (!taken[k] && overlap(json_array_get(old, k), row)) {
                match = json_array_get(old, k);
                taken[k] = true;
            }
        }
        g_autofree char *name =
            g_strdup_printf("incidents[id=%" JSON_INTEGER_FORMAT "]", json_integer_value(json_object_get(row, "id")));
        if (match) {
            compare_members(c, name, match, row, members);
        } else {
            put_change(c, g_strdup_printf("%s.start", name), NULL, json_object_get(row, "start"));
        }
    }
    for (size_t k = 0; k < json_array_size(old); k++) {
        const json_t *row = json_array_get(old, k);
        if (!taken[k]) {
            put_change(c,
                       g_strdup_printf("incidents[old id=%" JSON_INTEGER_FORMAT "].start",
                                       json_integer_value(json_object_get(row, "id"))),
                       json_object_get(row, "start"), NULL);
        }
    }
}

static json_t *changes(const json_t *before, const json_t *now) {
    static const char *const period[] = {"start", "end", NULL};
    static const char *const places[] = {"service", "vantage", "check", "signal", NULL};
    static const char *const sums[] = {"up_ms",      "partial_ms", "degraded_ms", "down_ms", "maintenance_ms",
                                       "unknown_ms", "blip_ms",    "known",       "total",   "low",
                                       "high",       "coverage",   "outages",     NULL};
    static const char *const targets[] = {"name", "service", NULL};
    static const char *const budgets[] = {"target", "achieved", "budget_ms", "spent_ms", "burn_rate", "met", NULL};
    static const char *const losses[] = {"service", "vantage", NULL};
    static const char *const costs[] = {"down_ms", "peak_ms",  "business_ms", "user_minutes",
                                        "cost",    "cost_low", "cost_high",   NULL};
    Comparison c = {json_array(), before, now};
    compare_members(&c, "period", json_object_get(before, "period"), json_object_get(now, "period"), period);
    compare_incidents(&c);
    compare_lists(&c, "availability", json_object_get(before, "availability"), json_object_get(now, "availability"),
                  places, sums, "known");
    compare_lists(&c, "objectives", json_object_get(before, "objectives"), json_object_get(now, "objectives"), targets,
                  budgets, "achieved");
    compare_lists(&c, "impact.services", json_object_get(json_object_get(before, "impact"), "services"),
                  json_object_get(json_object_get(now, "impact"), "services"), losses, costs, "down_ms");
    return c.changes;
}

/* Inputs by path: added, removed, or with other counts. */
static json_t *inputs(const json_t *before, const json_t *now) {
    static const char *const keys[] = {"path", NULL};
    static const char *const members[] = {"parser",     "bytes",  "lines",    "accepted", "ignored", "rejected",
                                          "duplicates", "damage", "unusable", "zone",     NULL};
    Comparison c = {json_array(), before, now};
    compare_lists(&c, "inputs", json_object_get(before, "inputs"), json_object_get(now, "inputs"), keys, members,
                  "lines");
    return c.changes;
}

static json_t *settings(const json_t *before, const json_t *now) {
    Comparison c = {json_array(), before, now};
    const json_t *old = json_object_get(before, "settings");
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(now, "settings"), key, value) {
        const json_t *was = json_object_get(old, key);
        if (was && !equal(was, value)) {
            put_change(&c, g_strdup(key), was, value);
        }
    }
    return c.changes;
}

/* Windows that carry an override, under names that tell them apart. */
static json_t *declared(const json_t *document) {
    json_t *list = json_array();
    const json_t *windows = json_object_get(document, "windows");
    for (size_t i = 0; i < json_array_size(windows); i++) {
        const json_t *w = json_array_get(windows, i), *override = json_object_get(w, "override");
        if (json_is_object(override)) {
            json_t *row = json_object();
            json_object_update(row, (json_t *)(uintptr_t) override);
            json_object_set(row, "service", json_object_get(w, "service"));
            json_object_set(row, "vantage", json_object_get(w, "vantage"));
            json_object_set(row, "window", json_object_get(w, "start"));
            json_array_append_new(list, row);
        }
    }
    return list;
}

static json_t *overrides(const json_t *before, const json_t *now) {
    static const char *const keys[] = {"service", "vantage", "window", NULL};
    static const char *const members[] = {"as", "start", "end", "note", "by", NULL};
    Comparison c = {json_array(), before, now};
    json_t *old = declared(before), *fresh = declared(now);
    compare_lists(&c, "windows", old, fresh, keys, members, "as");
    json_decref(old);
    json_decref(fresh);
    return c.changes;
}

json_t *document_compare(const Report *report, const json_t *now) {
    const json_t *before = report->before;
    json_t *object = json_object();
    json_object_set_new(object, "file", tree_text(report->config->compare ? report->config->compare : ""));
    json_object_set(object, "old_generated", json_object_get(before, "generated"));
    json_object_set_new(object, "inputs", inputs(before, now));
    json_object_set_new(object, "settings", settings(before, now));
    json_object_set_new(object, "overrides", overrides(before, now));
    const json_t *old_digest = json_object_get(before, "config_digest");
    tree_put_bool(object, "config_changed",
                  old_digest && !json_equal(old_digest, json_object_get(now, "config_digest")));
    tree_put_bool(object, "version_changed",
                  !json_equal(json_object_get(before, "version"), json_object_get(now, "version")));
    json_object_set_new(object, "changes", changes(before, now));
    return object;
}
