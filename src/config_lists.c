/* SPDX-License-Identifier: MIT
 * The structured parts of incident.yaml: services, vantages, input rules, planned windows, notices, objectives. A
 * reader takes a list of maps and fills one struct an item; a reader that fails leaves the config to be freed as a
 * whole. */
#include "base/text.h"
#include "config_table.h"

#include <math.h>

#define FAR 1e15

typedef bool (*ItemReader)(Config *config, const YamlNode *item, const char *name, GError **error);

static bool each_item(Config *config, const YamlNode *node, const char *what, ItemReader read, const char *name,
                      GError **error) {
    if (node->kind != YAML_LIST) {
        return ds_yaml_error(node, name, error, "%s must be a list, each item beginning with '- '", what);
    }
    for (guint i = 0; i < node->items->len; i++) {
        if (!read(config, g_ptr_array_index(node->items, i), name, error)) {
            return false;
        }
    }
    return true;
}

static bool need(const YamlNode *item, const char *value, const char *key, const char *what, const char *name,
                 GError **error) {
    return value ? true : ds_yaml_error(item, name, error, "%s has no %s", what, key);
}

static void free_double(gpointer value) {
    g_free(value);
}

static bool read_users(ServiceConfig *service, const YamlNode *map, const char *name, GError **error) {
    const YamlNode *users = config_get(map, "users");
    if (!users || users->kind == YAML_SCALAR) {
        return config_number(map, "users", 0, FAR, &service->users, name, error);
    }
    if (users->kind != YAML_MAP) {
        return ds_yaml_error(users, name, error, "users must be a number, or a map of vantages and numbers");
    }
    service->vantage_users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_double);
    for (guint i = 0; i < users->keys->len; i++) {
        const YamlNode *key = g_ptr_array_index(users->keys, i);
        const YamlNode *item = g_ptr_array_index(users->items, i);
        double count;
        if (item->kind != YAML_SCALAR || !ds_text_double(ds_span_of(item->text), &count) || count < 0) {
            return ds_yaml_error(item, name, error, "users of %s must be a number of at least 0", key->text);
        }
        service->users += count;
        g_hash_table_insert(service->vantage_users, g_strdup(key->text), g_memdup2(&count, sizeof count));
    }
    return true;
}

static bool read_holidays(ServiceConfig *service, const YamlNode *map, const char *name, GError **error) {
    const YamlNode *node = config_get(map, "holidays");
    if (!node) {
        return true;
    }
    if (node->kind != YAML_LIST) {
        return ds_yaml_error(node, name, error, "holidays must be a list of dates such as 2026-12-25");
    }
    service->holidays = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < node->items->len; i++) {
        const YamlNode *item = g_ptr_array_index(node->items, i);
        int64_t day;
        if (item->kind != YAML_SCALAR || !config_date(ds_span_of(item->text), &day)) {
            return ds_yaml_error(item, name, error, "a holiday must be a date such as 2026-12-25");
        }
        g_array_append_val(service->holidays, day);
    }
    return true;
}

bool config_names(const YamlNode *map, const char *key, char ***names, const char *name, GError **error) {
    const YamlNode *node = config_get(map, key);
    if (!node) {
        return true;
    }
    if (node->kind == YAML_SCALAR) {
        *names = g_strsplit(node->text, ",", -1);
        for (char **word = *names; *word; word++) {
            g_strstrip(*word);
        }
        return true;
    }
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (guint i = 0; i < node->items->len; i++) {
        const YamlNode *item = g_ptr_array_index(node->items, i);
        if (node->kind != YAML_LIST || item->kind != YAML_SCALAR || !item->text[0]) {
            return ds_yaml_error(item, name, error, "%s must be a list of names", key);
        }
        g_ptr_array_add(words, item->text);
    }
    g_ptr_array_add(words, NULL);
    *names = g_strdupv((char **)words->pdata);
    return true;
}

static bool read_share(const YamlNode *map, const char *key, double *share, const char *name, GError **error) {
    const YamlNode *node = config_get(map, key);
    if (!node || (node->kind == YAML_SCALAR && config_share(node->text, share) && *share > 0)) {
        return true;
    }
    return ds_yaml_error(node, name, error, "%s must be an availability such as 99.9, 99.9%% or 0.999", key);
}

/* The default rule: every day, all day. */
static GArray *always(const Zone *zone, const YamlNode *node, const char *name, GError **error) {
    g_autoptr(YamlNode) text = ds_yaml_parse(SPAN("days: mon-sun"), name, NULL);
    text->line = node->line;
    return config_read_hours(text, zone, name, error);
}

static bool read_service(Config *config, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"name",   "aliases",   "hours",           "holidays", "users",
                                       "checks", "objective", "cost-per-minute", "depends",  NULL};
    ServiceConfig *service = g_new0(ServiceConfig, 1);
    g_ptr_array_add(config->services, service);
    service->line = item->line;
    if (item->kind == YAML_SCALAR && item->text[0]) {
        service->name = g_strdup(item->text);
        return true;
    }
    if (!config_allow(item, keys, name, "a service", error) ||
        !config_text(item, "name", &service->name, name, error) ||
        !need(item, service->name, "name", "the service", name, error) || !read_users(service, item, name, error) ||
        !read_holidays(service, item, name, error) || !config_names(item, "checks", &service->checks, name, error) ||
        !config_names(item, "aliases", &service->aliases, name, error) ||
        !config_names(item, "depends", &service->depends, name, error) ||
        !read_share(item, "objective", &service->objective, name, error) ||
        !config_number(item, "cost-per-minute", 0, FAR, &service->cost_per_minute, name, error)) {
        return false;
    }
    const YamlNode *hours = config_get(item, "hours");
    if (hours || service->holidays) {
        service->hours =
            hours ? config_read_hours(hours, config->zone, name, error) : always(config->zone, item, name, error);
        if (!service->hours) {
            return false;
        }
    }
    return true;
}

/* A name in the logs must mean one service. */
static bool check_names(const Config *config, const YamlNode *node, const char *name, GError **error) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < config->services->len; i++) {
        const ServiceConfig *service = g_ptr_array_index(config->services, i);
        const YamlNode *item = g_ptr_array_index(node->items, i);
        if (!g_hash_table_add(seen, service->name)) {
            return ds_yaml_error(item, name, error, "the service '%s' stands twice", service->name);
        }
        for (char **alias = service->aliases; alias && *alias; alias++) {
            if (!g_hash_table_add(seen, *alias)) {
                return ds_yaml_error(item, name, error, "the name '%s' stands for two services", *alias);
            }
        }
    }
    return true;
}

/* Can `name` be reached from the service over dependencies? seen: services looked at already. */
static bool depends_on(const Config *config, const ServiceConfig *service, const char *name, GHashTable *seen) {
    for (char **other = service->depends; other && *other; other++) {
        const ServiceConfig *next = ds_config_service(config, *other);
        if (strcmp(*other, name) == 0 ||
            (next && g_hash_table_add(seen, *other) && depends_on(config, next, name, seen))) {
            return true;
        }
    }
    return false;
}

static bool check_circles(const Config *config, const YamlNode *node, const char *name, GError **error) {
    for (guint i = 0; i < config->services->len; i++) {
        const ServiceConfig *service = g_ptr_array_index(config->services, i);
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        if (depends_on(config, service, service->name, seen)) {
            return ds_yaml_error(g_ptr_array_index(node->items, i), name, error,
                                 "the service '%s' depends on itself, directly or over others", service->name);
        }
    }
    return true;
}

bool config_read_services(Config *config, const YamlNode *node, const char *name, GError **error) {
    return each_item(config, node, "services", read_service, name, error) && check_names(config, node, name, error) &&
           check_circles(config, node, name, error);
}

static bool read_vantage(Config *config, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"name", "timezone", "weight", "users", "peak", "business", "exclude", NULL};
    VantageConfig *vantage = g_new0(VantageConfig, 1);
    g_ptr_array_add(config->vantages, vantage);
    vantage->line = item->line;
    vantage->weight = 1;
    if (!config_allow(item, keys, name, "a vantage", error) ||
        !config_text(item, "name", &vantage->name, name, error) ||
        !need(item, vantage->name, "name", "the vantage", name, error) ||
        !config_zone(item, &vantage->zone, name, error) ||
        !config_number(item, "weight", 0, 1e6, &vantage->weight, name, error) ||
        !config_number(item, "users", 0, FAR, &vantage->users, name, error) ||
        !config_read_exclusions(config, vantage, item, name, error)) {
        return false;
    }
    const Zone *zone = vantage->zone ? vantage->zone : config->zone;
    const YamlNode *peak = config_get(item, "peak");
    const YamlNode *business = config_get(item, "business");
    if ((peak && !(vantage->peak = config_read_hours(peak, zone, name, error))) ||
        (business && !(vantage->business = config_read_hours(business, zone, name, error)))) {
        return false;
    }
    for (guint i = 0; i + 1 < config->vantages->len; i++) {
        if (strcmp(((VantageConfig *)g_ptr_array_index(config->vantages, i))->name, vantage->name) == 0) {
            return ds_yaml_error(item, name, error, "the vantage '%s' stands twice", vantage->name);
        }
    }
    return true;
}

bool config_read_vantages(Config *config, const YamlNode *node, const char *name, GError **error) {
    return each_item(config, node, "vantages", read_vantage, name, error);
}

/* parsers: [a, b] is parser: 'a + b'. */
static bool read_parsers(InputRule *rule, const YamlNode *item, const char *name, GError **error) {
    const YamlNode *list = config_get(item, "parsers");
    if (!list) {
        return true;
    }
    if (rule->parser || list->kind != YAML_LIST || list->items->len == 0) {
        return ds_yaml_error(list, name, error, "parsers must be a list of names, and stands instead of 'parser'");
    }
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < list->items->len; i++) {
        const YamlNode *one = g_ptr_array_index(list->items, i);
        if (one->kind != YAML_SCALAR || !one->text[0]) {
            return ds_yaml_error(one, name, error, "parsers must be a list of names");
        }
        g_string_append_printf(all, "%s%s", i ? " + " : "", one->text);
    }
    rule->parser = g_strdup(all->str);
    return true;
}

static bool read_order(InputRule *rule, const YamlNode *item, const char *name, GError **error) {
    static const Setting order = {.kind = KIND_ORDER, .offset = offsetof(Config, date_order)};
    Config scratch = {0};
    g_autofree char *why = NULL;
    if (!config_text(item, "date-order", &rule->date_order, name, error)) {
        return false;
    }
    if (!rule->date_order) {
        return true;
    }
    bool good = config_set(&scratch, &order, rule->date_order, &why);
    g_free(scratch.date_order);
    return good ? true : ds_yaml_error(item, name, error, "date-order '%s': %s", rule->date_order, why);
}

static bool read_day(InputRule *rule, const YamlNode *item, const char *name, GError **error) {
    const YamlNode *node = config_get(item, "day");
    int64_t day = 0;
    rule->day = INSTANT_NONE;
    if (!node) {
        return true;
    }
    if (node->kind != YAML_SCALAR || !config_date(ds_span_of(node->text), &day)) {
        return ds_yaml_error(node, name, error, "day must be a date such as 2026-11-25");
    }
    rule->day = day * MILLIS_DAY;
    return true;
}

static bool read_rule(Config *config, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"path",  "pattern",  "parser", "parsers", "service",    "vantage",
                                       "check", "timezone", "year",   "day",     "date-order", NULL};
    InputRule *rule = g_new0(InputRule, 1);
    double year = 0;
    g_ptr_array_add(config->inputs, rule);
    rule->line = item->line;
    if (!config_allow(item, keys, name, "a rule of inputs", error) ||
        !config_text(item, "path", &rule->pattern, name, error) ||
        !config_text(item, "pattern", &rule->pattern, name, error) ||
        !need(item, rule->pattern, "path", "the rule of inputs", name, error) ||
        !config_text(item, "parser", &rule->parser, name, error) || !read_parsers(rule, item, name, error) ||
        !config_text(item, "service", &rule->service, name, error) ||
        !config_text(item, "vantage", &rule->vantage, name, error) ||
        !config_text(item, "check", &rule->check, name, error) || !config_zone(item, &rule->zone, name, error) ||
        !config_number(item, "year", 1970, 9999, &year, name, error) || !read_day(rule, item, name, error) ||
        !read_order(rule, item, name, error)) {
        return false;
    }
    rule->year = (int)year;
    if (floor(year) < year) {
        return ds_yaml_error(item, name, error, "year must be a whole number");
    }
    return true;
}

bool config_read_rules(Config *config, const YamlNode *node, const char *name, GError **error) {
    return each_item(config, node, "inputs", read_rule, name, error);
}

bool config_time(const YamlNode *map, const char *key, const Config *config, Instant *out, const char *name,
                 GError **error) {
    const YamlNode *node = config_get(map, key);
    *out = INSTANT_NONE;
    if (!node || (node->kind == YAML_SCALAR && config_instant(ds_span_of(node->text), config->zone, out))) {
        return true;
    }
    return ds_yaml_error(node, name, error, "%s must be a time such as 2026-03-28T23:00:00Z or 2026-03-28 23:00", key);
}

static bool read_window(Config *config, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"start", "end", "service", "reason", NULL};
    PlannedRecord *window = g_new0(PlannedRecord, 1);
    g_ptr_array_add(config->maintenance, window);
    window->line = item->line;
    if (!config_allow(item, keys, name, "a maintenance window", error) ||
        !config_time(item, "start", config, &window->time, name, error) ||
        !config_time(item, "end", config, &window->until, name, error) ||
        !config_text(item, "service", &window->service, name, error) ||
        !config_text(item, "reason", &window->text, name, error)) {
        return false;
    }
    if (window->time == INSTANT_NONE) {
        return ds_yaml_error(item, name, error, "the maintenance window has no start");
    }
    if (window->until != INSTANT_NONE && window->until <= window->time) {
        return ds_yaml_error(item, name, error, "the maintenance window ends before it starts");
    }
    return true;
}

bool config_read_windows(Config *config, const YamlNode *node, const char *name, GError **error) {
    return each_item(config, node, "maintenance windows", read_window, name, error);
}

static bool read_notice(Config *config, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"time", "service", "phase", "text", NULL};
    PlannedRecord *notice = g_new0(PlannedRecord, 1);
    g_ptr_array_add(config->notices, notice);
    notice->line = item->line;
    notice->until = INSTANT_NONE;
    if (!config_allow(item, keys, name, "a notice", error) ||
        !config_time(item, "time", config, &notice->time, name, error) ||
        !config_text(item, "service", &notice->service, name, error) ||
        !config_text(item, "phase", &notice->phase, name, error) ||
        !config_text(item, "text", &notice->text, name, error)) {
        return false;
    }
    return notice->time != INSTANT_NONE ? true : ds_yaml_error(item, name, error, "the notice has no time");
}

bool config_read_notices(Config *config, const YamlNode *node, const char *name, GError **error) {
    return each_item(config, node, "notices", read_notice, name, error);
}

/* {openslo: FILE} or a list of files, in place of an objective. */
static bool read_openslo(Config *config, const YamlNode *item, const YamlNode *files, const char *name,
                         GError **error) {
    static const char *const keys[] = {"openslo", NULL};
    if (!config_allow(item, keys, name, "an objective that is read from OpenSLO files", error)) {
        return false;
    }
    guint count = files->kind == YAML_SCALAR ? 1 : files->items->len;
    for (guint i = 0; i < count; i++) {
        const YamlNode *file = files->kind == YAML_SCALAR ? files : g_ptr_array_index(files->items, i);
        if (files->kind == YAML_MAP || file->kind != YAML_SCALAR || !file->text[0]) {
            return ds_yaml_error(file, name, error, "openslo must be the path of a file, or a list of them");
        }
        g_autofree char *path = config_beside(name, file->text);
        if (!config_read_openslo(config, path, error)) {
            return false;
        }
    }
    return true;
}

static bool read_objective(Config *config, const YamlNode *item, const char *name, GError **error) {
    static const char *const keys[] = {"name", "service", "target", "window", "openslo", NULL};
    const YamlNode *files = config_get(item, "openslo");
    if (files) {
        return read_openslo(config, item, files, name, error);
    }
    Objective *objective = g_new0(Objective, 1);
    g_ptr_array_add(config->objectives, objective);
    objective->line = item->line;
    if (!config_allow(item, keys, name, "an objective", error) ||
        !config_text(item, "name", &objective->name, name, error) ||
        !config_text(item, "service", &objective->service, name, error) ||
        !read_share(item, "target", &objective->target, name, error)) {
        return false;
    }
    if (!config_get(item, "target")) {
        return ds_yaml_error(item, name, error, "the objective has no target");
    }
    const YamlNode *window = config_get(item, "window");
    if (window && (window->kind != YAML_SCALAR || !ds_text_millis(ds_span_of(window->text), &objective->window) ||
                   objective->window <= 0)) {
        return ds_yaml_error(window, name, error, "window must be a length of time such as 30d");
    }
    if (!objective->name) {
        objective->name = g_strdup(objective->service ? objective->service : "all services");
    }
    return true;
}

bool config_read_objectives(Config *config, const YamlNode *node, const char *name, GError **error) {
    return each_item(config, node, "objectives", read_objective, name, error);
}
