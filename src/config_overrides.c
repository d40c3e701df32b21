/* SPDX-License-Identifier: MIT
 * overrides: of incident.yaml. Which window is meant (by its start, or all that start between two times), what it is
 * declared to be, and the note that says why: a reclassification that nobody explains cannot be defended. */
#include "config_table.h"

static bool read_between(Config *config, const YamlNode *item, OverrideConfig *o, const char *name, GError **error) {
    const YamlNode *pair = config_get(item, "between");
    o->from = o->to = INSTANT_NONE;
    if (!pair) {
        return true;
    }
    Instant *const ends[] = {&o->from, &o->to};
    for (guint i = 0; i < 2; i++) {
        const YamlNode *node =
            pair->kind == YAML_LIST && pair->items->len == 2 ? g_ptr_array_index(pair->items, i) : NULL;
        if (!node || node->kind != YAML_SCALAR || !config_instant(ds_span_of(node->text), config->zone, ends[i])) {
            return ds_yaml_error(pair, name, error,
                                 "between must be two times, such as [2026-03-28T23:00:00Z, 2026-03-29T00:00:00Z]");
        }
    }
    return o->from < o->to ? true : ds_yaml_error(pair, name, error, "between: the second time is not after the first");
}

static bool read_kind(const YamlNode *item, OverrideKind *as, const char *name, GError **error) {
    const YamlNode *node = config_get(item, "as");
    for (OverrideKind kind = OVERRIDE_PLANNED; node && node->kind == YAML_SCALAR && kind < OVERRIDE_COUNT; kind++) {
        if (g_ascii_strcasecmp(node->text, ds_override_name(kind)) == 0) {
            *as = kind;
            return true;
        }
    }
    return ds_yaml_error(node ? node : item, name, error, "an override needs as: planned, false or corrected");
}

static bool check(const YamlNode *item, const OverrideConfig *o, const char *name, GError **error) {
    bool edges = o->start != INSTANT_NONE || o->end != INSTANT_NONE;
    if (!o->service) {
        return ds_yaml_error(item, name, error, "the override has no service");
    }
    if ((o->at == INSTANT_NONE) == (o->from == INSTANT_NONE)) {
        return ds_yaml_error(item, name, error, "the override needs start (of the window) or between, not both");
    }
    if ((o->as == OVERRIDE_CORRECTED) != edges) {
        return ds_yaml_error(item, name, error,
                             edges ? "new-start and new-end belong to as: corrected"
                                   : "as: corrected needs new-start or new-end");
    }
    if (o->start != INSTANT_NONE && o->end != INSTANT_NONE && o->start >= o->end) {
        return ds_yaml_error(item, name, error, "new-end is not after new-start");
    }
    return o->note ? true : ds_yaml_error(item, name, error, "the override has no note that says why");
}

static bool read_override(Config *config, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"service",   "vantage", "start", "between", "as",
                                       "new-start", "new-end", "note",  "by",      NULL};
    OverrideConfig *o = g_new0(OverrideConfig, 1);
    g_ptr_array_add(config->overrides, o);
    o->line = item->line;
    return config_allow(item, keys, name, "an override", error) &&
           config_text(item, "service", &o->service, name, error) &&
           config_text(item, "vantage", &o->vantage, name, error) &&
           config_time(item, "start", config, &o->at, name, error) && read_between(config, item, o, name, error) &&
           read_kind(item, &o->as, name, error) && config_time(item, "new-start", config, &o->start, name, error) &&
           config_time(item, "new-end", config, &o->end, name, error) &&
           config_text(item, "note", &o->note, name, error) && config_text(item, "by", &o->by, name, error) &&
           check(item, o, name, error);
}

bool config_read_overrides(Config *config, const YamlNode *node, const char *name, GError **error) {
    if (node->kind != YAML_LIST) {
        return ds_yaml_error(node, name, error, "overrides must be a list, each item beginning with '- '");
    }
    for (guint i = 0; i < node->items->len; i++) {
        if (!read_override(config, g_ptr_array_index(node->items, i), name, error)) {
            return false;
        }
    }
    return true;
}
