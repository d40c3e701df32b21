/* SPDX-License-Identifier: MIT
 * incident.yaml: sections of scalar settings by the table, structured parts by their readers. Keys may be spelled with
 * - or _. Every complaint names file and line. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "config_table.h"

#define SIZE_LIMIT (4u << 20) /* of the file, as the YAML reader has it */

const YamlNode *config_get(const YamlNode *map, const char *key) {
    for (guint i = 0; map && map->kind == YAML_MAP && i < map->keys->len; i++) {
        const YamlNode *k = g_ptr_array_index(map->keys, i);
        g_autofree char *plain = config_canonical(k->text);
        if (strcmp(plain, key) == 0) {
            return g_ptr_array_index(map->items, i);
        }
    }
    return NULL;
}

static bool unknown_key(const YamlNode *key, const char *const *allowed, const char *name, const char *where,
                        GError **error) {
    const char *nearest = ds_text_nearest(key->text, allowed);
    g_autofree char *all = g_strjoinv(", ", (char **)allowed);
    if (nearest) {
        return ds_yaml_error(key, name, error, "unknown key '%s' in %s, nearest is '%s'", key->text, where, nearest);
    }
    return ds_yaml_error(key, name, error, "unknown key '%s' in %s; expected one of: %s", key->text, where, all);
}

bool config_allow(const YamlNode *map, const char *const *allowed, const char *name, const char *where,
                  GError **error) {
    if (map->kind != YAML_MAP) {
        return ds_yaml_error(map, name, error, "%s must be a map of keys and values", where);
    }
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < map->keys->len; i++) {
        const YamlNode *key = g_ptr_array_index(map->keys, i);
        g_autofree char *plain = config_canonical(key->text);
        if (!g_strv_contains(allowed, plain)) {
            return unknown_key(key, allowed, name, where, error);
        }
        if (!g_hash_table_add(seen, g_steal_pointer(&plain))) {
            return ds_yaml_error(key, name, error, "key '%s' stands twice in %s", key->text, where);
        }
    }
    return true;
}

bool config_text(const YamlNode *map, const char *key, char **out, const char *name, GError **error) {
    const YamlNode *node = config_get(map, key);
    if (!node) {
        return true;
    }
    if (node->kind != YAML_SCALAR || (!node->quoted && !node->text[0])) {
        return ds_yaml_error(node, name, error, "%s must be a text", key);
    }
    g_free(*out);
    *out = g_strdup(node->text);
    return true;
}

bool config_number(const YamlNode *map, const char *key, double low, double high, double *out, const char *name,
                   GError **error) {
    const YamlNode *node = config_get(map, key);
    if (!node) {
        return true;
    }
    if (node->kind != YAML_SCALAR || !ds_text_double(ds_span_of(node->text), out) || *out < low || *out > high) {
        return high < 1e9 ? ds_yaml_error(node, name, error, "%s must be a number from %g to %g", key, low, high)
                          : ds_yaml_error(node, name, error, "%s must be a number of at least %g", key, low);
    }
    return true;
}

bool config_zone(const YamlNode *map, Zone **out, const char *name, GError **error) {
    const YamlNode *node = config_get(map, "timezone");
    if (!node) {
        return true;
    }
    if (node->kind != YAML_SCALAR) {
        return ds_yaml_error(node, name, error, "timezone must be the name of a zone such as Europe/Berlin");
    }
    g_autoptr(GError) fault = NULL;
    Zone *zone = ds_zone_load(node->text, &fault);
    if (!zone) {
        return ds_yaml_error(node, name, error, "%s", fault->message);
    }
    ds_zone_free(*out);
    *out = zone;
    return true;
}

/* A path of the file is one beside the file. */
char *config_beside(const char *name, const char *path) {
    if (g_path_is_absolute(path)) {
        return g_strdup(path);
    }
    g_autofree char *folder = g_path_get_dirname(name);
    return strcmp(folder, ".") == 0 ? g_strdup(path) : g_build_filename(folder, path, NULL);
}

static bool read_words(Config *config, const Setting *row, const YamlNode *node, const char *name, GError **error) {
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    guint count = node->kind == YAML_SCALAR ? 1 : node->items->len;
    for (guint i = 0; i < count; i++) {
        const YamlNode *item = node->kind == YAML_SCALAR ? node : g_ptr_array_index(node->items, i);
        if (node->kind == YAML_MAP || item->kind != YAML_SCALAR || !item->text[0]) {
            return ds_yaml_error(item, name, error, "%s must be a word or a list of words", row->info.key);
        }
        g_auto(GStrv) parts = g_strsplit(item->text, ",", -1);
        for (char **part = parts; *part; part++) {
            g_strstrip(*part);
            g_ptr_array_add(words, row->kind == KIND_FOLDERS ? config_beside(name, *part) : g_strdup(*part));
        }
    }
    g_ptr_array_add(words, NULL);
    config_set_words(config, row, (char **)words->pdata);
    return true;
}

static bool read_setting(Config *config, const Setting *row, const YamlNode *node, const char *name, GError **error) {
    if (row->kind == KIND_WORDS || row->kind == KIND_FOLDERS) {
        return read_words(config, row, node, name, error);
    }
    if (node->kind != YAML_SCALAR || (!node->quoted && !node->text[0])) {
        return ds_yaml_error(node, name, error, "%s must be one value (%s)", row->info.key, row->info.type);
    }
    g_autofree char *path = row->kind == KIND_PATH ? config_beside(name, node->text) : NULL;
    g_autofree char *why = NULL;
    if (!config_set(config, row, path ? path : node->text, &why)) {
        return ds_yaml_error(node, name, error, "%s: '%s': %s", row->info.key, node->text, why);
    }
    return true;
}

/* A section: its rows of the table, and the keys in `others` that a caller reads itself. */
static bool read_section(Config *config, const YamlNode *map, const char *section, const char *const *others,
                         const char *name, GError **error) {
    g_autoptr(GPtrArray) allowed = g_ptr_array_new_with_free_func(g_free);
    size_t count;
    const Setting *rows = config_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (g_str_has_prefix(rows[i].info.key, section) && rows[i].info.key[strlen(section)] == '.') {
            g_ptr_array_add(allowed, g_strdup(rows[i].info.key + strlen(section) + 1));
        }
    }
    for (; others && *others; others++) {
        g_ptr_array_add(allowed, g_strdup(*others));
    }
    g_ptr_array_add(allowed, NULL);
    if (!config_allow(map, (const char *const *)allowed->pdata, name, section, error)) {
        return false;
    }
    for (guint i = 0; i < map->keys->len; i++) {
        const Setting *row = config_row(section, ((const YamlNode *)g_ptr_array_index(map->keys, i))->text);
        if (row && !read_setting(config, row, g_ptr_array_index(map->items, i), name, error)) {
            return false;
        }
    }
    return true;
}

static bool read_period(Config *config, const YamlNode *node, const char *name, GError **error) {
    return read_section(config, node, "period", NULL, name, error);
}

static bool read_inputs(Config *config, const YamlNode *node, const char *name, GError **error) {
    static const char *const others[] = {"rules", NULL};
    if (node->kind == YAML_LIST) {
        return config_read_rules(config, node, name, error);
    }
    const YamlNode *rules = config_get(node, "rules");
    return read_section(config, node, "inputs", others, name, error) &&
           (!rules || config_read_rules(config, rules, name, error));
}

static bool read_detection(Config *config, const YamlNode *node, const char *name, GError **error) {
    static const char *const others[] = {"wd", "wp", NULL}; /* short names of two rows */
    return read_section(config, node, "detection", others, name, error);
}

/* A list, or a map of the settings and of the list. */
static bool read_objectives(Config *config, const YamlNode *node, const char *name, GError **error) {
    static const char *const others[] = {"list", NULL};
    if (node->kind != YAML_MAP) {
        return config_read_objectives(config, node, name, error);
    }
    const YamlNode *list = config_get(node, "list");
    return read_section(config, node, "objectives", others, name, error) &&
           (!list || config_read_objectives(config, list, name, error));
}

static bool read_maintenance(Config *config, const YamlNode *node, const char *name, GError **error) {
    static const char *const others[] = {"windows", NULL};
    if (node->kind == YAML_SCALAR) {
        return read_setting(config, config_row("maintenance", "mode"), node, name, error);
    }
    if (node->kind == YAML_LIST) {
        return config_read_windows(config, node, name, error);
    }
    const YamlNode *windows = config_get(node, "windows");
    return read_section(config, node, "maintenance", others, name, error) &&
           (!windows || config_read_windows(config, windows, name, error));
}

static bool read_impact(Config *config, const YamlNode *node, const char *name, GError **error) {
    static const char *const others[] = {"profile", NULL};
    const YamlNode *profile = config_get(node, "profile");
    if (!read_section(config, node, "impact", others, name, error)) {
        return false;
    }
    if (!profile) {
        return true;
    }
    if (profile->kind != YAML_LIST || profile->items->len != G_N_ELEMENTS(config->profile)) {
        return ds_yaml_error(profile, name, error, "profile must be a list of 24 shares, one a local hour");
    }
    for (guint i = 0; i < profile->items->len; i++) {
        const YamlNode *item = g_ptr_array_index(profile->items, i);
        double *share = &config->profile[i];
        if (item->kind != YAML_SCALAR || !ds_text_double(ds_span_of(item->text), share) || *share < 0 || *share > 1) {
            return ds_yaml_error(item, name, error, "profile: each share must be a number from 0 to 1");
        }
    }
    return true;
}

static bool read_report(Config *config, const YamlNode *node, const char *name, GError **error) {
    return read_section(config, node, "report", NULL, name, error);
}

static bool read_title(Config *config, const YamlNode *node, const char *name, GError **error) {
    return read_setting(config, config_row(NULL, "title"), node, name, error);
}

static bool read_timezone(Config *config, const YamlNode *node, const char *name, GError **error) {
    return read_setting(config, config_row(NULL, "timezone"), node, name, error);
}

/* In the order of reading: times and hours without a zone need the timezone, vantages' hours their vantage's. */
static const struct {
    const char *key;
    bool (*read)(Config *config, const YamlNode *node, const char *name, GError **error);
} parts[] = {
    {"timezone", read_timezone},
    {"title", read_title},
    {"period", read_period},
    {"inputs", read_inputs},
    {"services", config_read_services},
    {"vantages", config_read_vantages},
    {"detection", read_detection},
    {"maintenance", read_maintenance},
    {"objectives", read_objectives},
    {"impact", read_impact},
    {"notices", config_read_notices},
    {"overrides", config_read_overrides},
    {"report", read_report},
};

bool config_read_file(Config *config, const char *path, const char *tz, GError **error) {
    g_autoptr(YamlNode) root = ds_yaml_read(path, error);
    const char *allowed[G_N_ELEMENTS(parts) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        allowed[i] = parts[i].key;
    }
    if (!root || !config_allow(root, allowed, path, "the configuration", error)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        const YamlNode *node = config_get(root, parts[i].key);
        bool empty = node && node->kind == YAML_SCALAR && !node->quoted && !node->text[0];
        if (node && !empty && !parts[i].read(config, node, path, error)) {
            return false;
        }
        g_autofree char *why = NULL;
        if (i == 0 && tz && !config_set(config, config_row(NULL, "timezone"), tz, &why)) {
            g_set_error(error, DS_ERROR, EXIT_USAGE, "--tz '%s': %s", tz, why);
            return false;
        }
    }
    g_autoptr(GString) text = ds_file_read(path, SIZE_LIMIT, NULL);
    g_free(config->digest);
    config->digest = text ? g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text->str, text->len) : NULL;
    g_free(config->path);
    config->path = g_strdup(path);
    return true;
}

bool ds_config_read(Config *config, const char *path, GError **error) {
    return config_read_file(config, path, NULL, error) && config_complete(config, error) && config_check(config, error);
}

bool config_complete(Config *config, GError **error) {
    for (char **path = config->openslo; path && *path; path++) {
        if (!config_read_openslo(config, *path, error)) {
            return false;
        }
    }
    return true;
}

bool config_check(const Config *config, GError **error) {
    const char *where = config->path ? config->path : "settings";
    if (config->from != INSTANT_NONE && config->to != INSTANT_NONE && config->from >= config->to) {
        char from[INSTANT_TEXT_SIZE];
        char to[INSTANT_TEXT_SIZE];
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: the period is empty: from %s is not before to %s", where,
                    ds_instant_text(config->from, from), ds_instant_text(config->to, to));
        return false;
    }
    if (config->cost_low > config->cost_high) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: cost-low (%g) is above cost-high (%g)", where, config->cost_low,
                    config->cost_high);
        return false;
    }
    return true;
}
