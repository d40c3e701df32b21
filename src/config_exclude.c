/* SPDX-License-Identifier: MIT
 * exclude: of a vantage in incident.yaml: a time in which it has no vote, on which services, and why. One that nobody
 * explains cannot be defended, so a reason is needed. A bare text is the reason of an exclusion from all of the period.
 */
#include "config_table.h"

static void exclusion_free(gpointer data) {
    Exclusion *e = data;
    g_strfreev(e->services);
    g_free(e->reason);
    g_free(e);
}

static bool read_one(Config *config, VantageConfig *vantage, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"from", "to", "services", "reason", NULL};
    Exclusion *e = g_new0(Exclusion, 1);
    g_ptr_array_add(vantage->excluded, e);
    e->line = item->line;
    e->from = e->to = INSTANT_NONE;
    if (item->kind == YAML_SCALAR && item->text[0]) {
        e->reason = g_strdup(item->text);
    } else if (!config_allow(item, keys, name, "an exclusion", error) ||
               !config_time(item, "from", config, &e->from, name, error) ||
               !config_time(item, "to", config, &e->to, name, error) ||
               !config_names(item, "services", &e->services, name, error) ||
               !config_text(item, "reason", &e->reason, name, error)) {
        return false;
    }
    if (!e->reason) {
        return ds_yaml_error(item, name, error, "the exclusion has no reason that says why");
    }
    e->from = e->from == INSTANT_NONE ? INT64_MIN : e->from;
    e->to = e->to == INSTANT_NONE ? INT64_MAX : e->to;
    return e->from < e->to ? true : ds_yaml_error(item, name, error, "to is not after from");
}

bool config_read_exclusions(Config *config, VantageConfig *vantage, const YamlNode *item, const char *name,
                            GError **error) {
    const YamlNode *node = config_get(item, "exclude");
    if (!node) {
        return true;
    }
    vantage->excluded = g_ptr_array_new_with_free_func(exclusion_free);
    if (node->kind != YAML_LIST) {
        return read_one(config, vantage, node, name, error);
    }
    for (guint i = 0; i < node->items->len; i++) {
        if (!read_one(config, vantage, g_ptr_array_index(node->items, i), name, error)) {
            return false;
        }
    }
    return true;
}
