/* SPDX-License-Identifier: MIT
 * Hours as they are written in incident.yaml: one rule, a list of rules, or a bare ["18:00", "23:00"] for every day. */
#include "base/text.h"
#include "config_table.h"

enum { EVERY_DAY = 0x7F };

static int day_number(const char *word, size_t n) {
    static const char *const names[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    for (int i = 0; i < 7; i++) {
        if (n >= 2 && n <= strlen(names[i]) && g_ascii_strncasecmp(names[i], word, n) == 0) {
            return i;
        }
    }
    return -1;
}

/* "mon", "mon-fri", "sat-mon", "daily", and several of them with commas. */
static bool read_days(const char *text, unsigned *days) {
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (char **part = parts; *part; part++) {
        g_strstrip(*part);
        if (g_ascii_strcasecmp(*part, "daily") == 0 || g_ascii_strcasecmp(*part, "all") == 0) {
            *days |= EVERY_DAY;
            continue;
        }
        const char *dash = strchr(*part, '-');
        int first = day_number(*part, dash ? (size_t)(dash - *part) : strlen(*part));
        int last = dash ? day_number(dash + 1, strlen(dash + 1)) : first;
        if (first < 0 || last < 0) {
            return false;
        }
        for (int day = first;; day = (day + 1) % 7) {
            *days |= 1u << day;
            if (day == last) {
                break;
            }
        }
    }
    return *days != 0;
}

/* "9:00", "09:00", "24:00" to time since midnight. */
static bool read_clock(const YamlNode *node, Millis *clock) {
    if (node->kind != YAML_SCALAR) {
        return false;
    }
    const char *colon = strchr(node->text, ':');
    int64_t hour;
    int64_t minute = 0;
    Span hours = {node->text, colon ? (size_t)(colon - node->text) : strlen(node->text)};
    if (!ds_text_int(hours, &hour) ||
        (colon && (strlen(colon + 1) != 2 || !ds_text_int(ds_span_of(colon + 1), &minute)))) {
        return false;
    }
    *clock = hour * MILLIS_HOUR + minute * MILLIS_MINUTE;
    return hour >= 0 && minute >= 0 && minute <= 59 && *clock <= MILLIS_DAY;
}

static bool clock_of(const YamlNode *node, Millis *clock, const char *name, GError **error) {
    return read_clock(node, clock)
               ? true
               : ds_yaml_error(node, name, error, "a time of the day must be written like \"09:00\", in quotes");
}

/* 24:00 is the next midnight; hours that end at or before their begin reach into the next day. */
static bool add_rule(GArray *rules, HoursRule rule, const Zone *zone, Zone *own, GError **error) {
    rule.to = rule.to == MILLIS_DAY ? 0 : rule.to;
    rule.from = rule.from == MILLIS_DAY ? 0 : rule.from;
    rule.zone = own ? own : ds_zone_load(ds_zone_name(zone), error);
    if (rule.zone) {
        g_array_append_val(rules, rule);
    }
    return rule.zone != NULL;
}

static bool read_rule(GArray *rules, const YamlNode *node, const Zone *zone, const char *name, GError **error) {
    static const char *const keys[] = {"days", "from", "to", "timezone", NULL};
    HoursRule rule = {0};
    if (!config_allow(node, keys, name, "hours", error)) {
        return false;
    }
    const YamlNode *days = config_get(node, "days");
    const YamlNode *from = config_get(node, "from");
    const YamlNode *to = config_get(node, "to");
    guint count = !days ? 0 : days->kind == YAML_SCALAR ? 1 : days->items->len;
    rule.days = days ? 0 : EVERY_DAY;
    for (guint i = 0; i < count; i++) {
        const YamlNode *item = days->kind == YAML_SCALAR ? days : g_ptr_array_index(days->items, i);
        if (days->kind == YAML_MAP || item->kind != YAML_SCALAR || !read_days(item->text, &rule.days)) {
            return ds_yaml_error(item, name, error, "days must be like mon-fri, or a list such as [mon, wed, fri]");
        }
    }
    if (rule.days == 0) {
        return ds_yaml_error(node, name, error, "hours with no day at all");
    }
    if ((from && !clock_of(from, &rule.from, name, error)) || (to && !clock_of(to, &rule.to, name, error))) {
        return false;
    }
    Zone *own = NULL;
    return config_zone(node, &own, name, error) && add_rule(rules, rule, zone, own, error);
}

static void rule_clear(gpointer rule) {
    ds_zone_free(((HoursRule *)rule)->zone);
}

static bool read_pair(GArray *rules, const YamlNode *node, const Zone *zone, const char *name, GError **error) {
    HoursRule rule = {.days = EVERY_DAY};
    if (node->items->len != 2) {
        return ds_yaml_error(node, name, error, "hours must be two times of the day such as [\"18:00\", \"23:00\"]");
    }
    return clock_of(g_ptr_array_index(node->items, 0), &rule.from, name, error) &&
           clock_of(g_ptr_array_index(node->items, 1), &rule.to, name, error) &&
           add_rule(rules, rule, zone, NULL, error);
}

GArray *config_read_hours(const YamlNode *node, const Zone *zone, const char *name, GError **error) {
    g_autoptr(GArray) rules = g_array_new(FALSE, FALSE, sizeof(HoursRule));
    g_array_set_clear_func(rules, rule_clear);
    if (node->kind == YAML_SCALAR) {
        ds_yaml_error(node, name, error, "hours must be a map such as {days: mon-fri, from: \"09:00\", to: \"17:00\"}");
        return NULL;
    }
    const YamlNode *first = node->kind == YAML_LIST && node->items->len ? g_ptr_array_index(node->items, 0) : NULL;
    bool good = true;
    if (first && first->kind == YAML_SCALAR) {
        good = read_pair(rules, node, zone, name, error);
    } else if (node->kind == YAML_MAP) {
        good = read_rule(rules, node, zone, name, error);
    } else {
        for (guint i = 0; good && i < node->items->len; i++) {
            good = read_rule(rules, g_ptr_array_index(node->items, i), zone, name, error);
        }
        if (good && rules->len == 0) {
            good = ds_yaml_error(node, name, error, "an empty list of hours");
        }
    }
    return good ? g_steal_pointer(&rules) : NULL;
}
