/* SPDX-License-Identifier: MIT
 * The table of settings. A row gives the key in the file, the option, the kind, the range, the default and the help
 * text; everything that reads, prints or documents settings walks these rows. A default in brackets is told, not set.
 */
#include "config.h"

#include "config_table.h"

#include <fnmatch.h>
#include <stddef.h>

#define ALWAYS (~0u)
#define FAR 1e15 /* no upper limit worth telling */
#define DAY 86400.0

/* key, option, letter, value, KIND, type, member, default, low, high, groups, help */
#define SETTINGS(X)                                                                                                    \
    X("title", "title", 0, "TEXT", TEXT, "text", title, "(Outage report)", 0, 0, CONFIG_REPORT,                        \
      "heading of the report")                                                                                         \
    X("period.from", "from", 0, "TIME", INSTANT, "instant", from, "(first record)", 0, 0, CONFIG_PERIOD,               \
      "start of the period; RFC 3339, or a local time in --tz")                                                        \
    X("period.to", "to", 0, "TIME", INSTANT, "instant", to, "(last record)", 0, 0, CONFIG_PERIOD,                      \
      "end of the period, itself outside")                                                                             \
    X("timezone", "tz", 0, "ZONE", ZONE, "zone", zone, "UTC", 0, 0, CONFIG_INPUT,                                      \
      "IANA zone of times without one, and of hours without one")                                                      \
    X("inputs.parser", "parser", 0, "NAME", TEXT, "text", parser, "(found from the content)", 0, 0, CONFIG_INPUT,      \
      "read every input with this parser")                                                                             \
    X("inputs.parsers", "parsers", 0, "DIR", FOLDERS, "list", parser_dirs, "(built in)", 0, 0,                         \
      CONFIG_INPUT | CONFIG_PARSERS,                                                                                   \
      "folder of parser files that add to or replace the built-in ones; may be given again")                           \
    X("inputs.year", "year", 0, "YEAR", YEAR, "year", year, "(found from the files)", 1970, 9999, CONFIG_INPUT,        \
      "year of the last line, where times have none")                                                                  \
    X("inputs.day", "day", 0, "DATE", DAY, "date", day, "(found from the files)", 0, 0, CONFIG_INPUT,                  \
      "day of the newest line, where times have no date")                                                              \
    X("inputs.date-order", "date-order", 0, "ORDER", ORDER, "dmy or mdy", date_order, "(found from the file)", 0, 0,   \
      CONFIG_INPUT, "order of day and month in dates such as 03/04/2026")                                              \
    X("inputs.strict", "strict", 0, NULL, FLAG, "flag", strict, "false", 0, 0, CONFIG_INPUT,                           \
      "a damaged or cut-off input is an error")                                                                        \
    X("inputs.rejects", "rejects", 0, "FILE", TEXT, "text", rejects, "(none)", 0, 0, CONFIG_INPUT,                     \
      "write the entries that no rule could read to this file")                                                        \
    X("inputs.max-rejects", "max-rejects", 0, "SHARE", TEXT, "count or share", max_rejects, "(any number)", 0, 0,      \
      CONFIG_INPUT, "more rejected entries in a file than this (100, or 1%) are an error")                             \
    X("inputs.threads", "threads", 'j', "N", COUNT, "count", threads, "0", 0, 1024, CONFIG_INPUT,                      \
      "files read at the same time; 0: one a processor core")                                                          \
    X("detection.interval", "interval", 0, "DURATION", DURATION, "duration", detection.interval, "auto", 0.001,        \
      3650 * DAY, CONFIG_DETECTION, "time between probes; auto: measured around each of them")                         \
    X("detection.max-gap", "max-gap", 0, "DURATION", DURATION, "duration", detection.max_gap, "auto", 0.001,           \
      3650 * DAY, CONFIG_DETECTION, "longest step between probes that is no silence; auto: three intervals")           \
    X("detection.max-bridge", "max-bridge", 0, "DURATION", DURATION, "duration", detection.max_bridge, "1h", 0,        \
      3650 * DAY, CONFIG_DETECTION, "longest silence that an outage may reach across")                                 \
    X("detection.confirm-down", "confirm-down", 0, "N", COUNT, "count", detection.confirm_down, "2", 1, 1000,          \
      CONFIG_DETECTION, "failures in a row that confirm an outage; fewer are a blip")                                  \
    X("detection.confirm-up", "confirm-up", 0, "N", COUNT, "count", detection.confirm_up, "2", 1, 1000,                \
      CONFIG_DETECTION, "successes in a row that end an outage; fewer are a flicker")                                  \
    X("detection.confirm-together", "confirm-together", 0, "SHARE", NUMBER, "ratio", detection.confirm_together,       \
      "0.8", 0, 1, CONFIG_DETECTION, "share of at least three vantages whose failures at one instant confirm; 0: off") \
    X("detection.reopen", "reopen", 0, "DURATION", DURATION, "duration", detection.reopen, "5m", 0, 3650 * DAY,        \
      CONFIG_DETECTION, "windows closer than this are one episode, or one incident")                                   \
    X("detection.quorum", "quorum", 0, "SHARE", NUMBER, "ratio", detection.quorum, "0.5", 0, 1, CONFIG_DETECTION,      \
      "a service is down when more than this share of its vantages is")                                                \
    X("detection.min-vantages", "min-vantages", 0, "N", COUNT, "count", detection.min_vantages, "1", 1, 1000000,       \
      CONFIG_DETECTION, "vantages that must be known for a verdict")                                                   \
    X("detection.request-bin", "request-bin", 0, "DURATION", DURATION, "duration", detection.request_bin, "10s", 1,    \
      DAY, CONFIG_DETECTION, "length of the bins in which requests are counted")                                       \
    X("detection.report-bin", "report-bin", 0, "DURATION", DURATION, "duration", detection.report_bin, "1m", 1, DAY,   \
      CONFIG_DETECTION, "length of the bins in which user reports are counted")                                        \
    X("detection.request-cost", "request-cost", 0, "NATS", NUMBER, "number", detection.request_cost, "5", 0, 1000,     \
      CONFIG_DETECTION, "evidence a change of state of requests needs; higher finds fewer and surer windows")          \
    X("detection.slow-factor", "slow-factor", 0, "FACTOR", NUMBER, "number", detection.slow_factor, "3", 0, 1000,      \
      CONFIG_DETECTION,                                                                                                \
      "a request is slow from this many times the usual 95th percentile on; 0: latency is not judged")                 \
    X("detection.slow-least", "slow-least", 0, "DURATION", DURATION, "duration", detection.slow_least, "100ms", 0,     \
      DAY, CONFIG_DETECTION, "what takes less is never slow")                                                          \
    X("detection.report-cost", "report-cost", 0, "NATS", NUMBER, "number", detection.report_cost, "5", 0, 1000,        \
      CONFIG_DETECTION, "the same for surges of user reports")                                                         \
    X("detection.share-fate", "share-fate", 0, "DURATION", DURATION, "duration", detection.share_fate, "5m", 0,        \
      3650 * DAY, CONFIG_DETECTION, "services whose outages begin this near to each other share fate")                 \
    X("detection.attach-before", "attach-before", 0, "DURATION", DURATION, "duration", detection.attach_before, "15m", \
      0, 3650 * DAY, CONFIG_DETECTION, "signs this long before an incident belong to it")                              \
    X("detection.degraded-weight", "degraded-weight", 0, "SHARE", NUMBER, "ratio", detection.degraded_weight, "0", 0,  \
      1, CONFIG_DETECTION, "share of degraded time that counts as down (wd)")                                          \
    X("detection.partial-weight", "partial-weight", 0, "SHARE", NUMBER, "ratio", detection.partial_weight, "0", 0, 1,  \
      CONFIG_DETECTION, "share of partial time that counts as down (wp)")                                              \
    X("maintenance.mode", "maintenance", 0, "MODE", MODE, "honour, exclude or ignore", maintenance_mode, "honour", 0,  \
      0, CONFIG_DETECTION, "planned time: its own column (honour), out of the period (exclude), or only listed")       \
    X("objectives.openslo", "openslo", 0, "FILE", FOLDERS, "list", openslo, "(none)", 0, 0, CONFIG_DETECTION,          \
      "OpenSLO file whose objectives count as well; may be given again")                                               \
    X("impact.currency", "currency", 0, "TEXT", TEXT, "text", currency, "(none)", 0, 0, CONFIG_REPORT,                 \
      "printed beside costs")                                                                                          \
    X("impact.cost-per-minute", "cost-per-minute", 0, "AMOUNT", NUMBER, "number", cost_per_minute, "0", 0, FAR,        \
      CONFIG_REPORT, "cost of a minute down, of services without their own; 0: not told")                              \
    X("impact.cost-per-user-minute", "cost-per-user-minute", 0, "AMOUNT", NUMBER, "number", cost_per_user_minute, "0", \
      0, FAR, CONFIG_REPORT, "cost of a minute down for each user; 0: not told")                                       \
    X("impact.cost-low", "cost-low", 0, "FACTOR", NUMBER, "number", cost_low, "0.5", 0, 1000, CONFIG_REPORT,           \
      "the cost may be as low as this times the estimate")                                                             \
    X("impact.cost-high", "cost-high", 0, "FACTOR", NUMBER, "number", cost_high, "1.5", 0, 1000, CONFIG_REPORT,        \
      "and as high as this times the estimate")                                                                        \
    X("report.output", "output", 'o', "DIR", TEXT, "text", output, "downspan-report", 0, 0, CONFIG_REPORT,             \
      "folder for the files of the report")                                                                            \
    X("report.template", "template", 0, "FILE", PATH, "text", template_path, "(none)", 0, 0, CONFIG_REPORT,            \
      "a Mustache template of your own to render as well")                                                             \
    X("report.compare", "compare", 0, "FILE", PATH, "text", compare, "(none)", 0, 0, CONFIG_REPORT,                    \
      "report.json of an earlier run: tell which figures changed since, and why")                                      \
    X("report.outputs", "outputs", 0, "LIST", WORDS, "list", outputs, "(all)", 0, 0, CONFIG_REPORT,                    \
      "which files to write, of html, md, xlsx, json and csv (always)")                                                \
    X("report.level", "level", 0, "LEVEL", LEVEL, "service, series or all", level, "all", 0, 0, CONFIG_WINDOWS,        \
      "windows of services, of their series, or all")                                                                  \
    X("report.json", "json", 0, NULL, FLAG, "flag", json, "false", 0, 0, CONFIG_JSON,                                  \
      "print one JSON object a line in place of CSV")                                                                  \
    X("report.quiet", "quiet", 'q', NULL, FLAG, "flag", quiet, "false", 0, 0, ALWAYS,                                  \
      "no progress and no warnings on standard error")

#define INFO_ROW(key, option, letter, value, kind, type, member, fallback, low, high, groups, help)                    \
    {key, option, type, fallback, help},
#define SETTING_ROW(key, option, letter, value, kind, type, member, fallback, low, high, groups, help)                 \
    {{key, option, type, fallback, help}, offsetof(Config, member), low, high, value, KIND_##kind, groups, letter},

static const SettingInfo infos[] = {SETTINGS(INFO_ROW)};
static const Setting settings[] = {SETTINGS(SETTING_ROW)};

const SettingInfo *ds_config_settings(size_t *count) {
    *count = G_N_ELEMENTS(infos);
    return infos;
}

const Setting *config_rows(size_t *count) {
    *count = G_N_ELEMENTS(settings);
    return settings;
}

char *config_canonical(const char *key) {
    return g_strdelimit(g_strdup(key), "_", '-');
}

const Setting *config_row(const char *section, const char *key) {
    g_autofree char *plain = config_canonical(key);
    const char *word = strcmp(plain, "wd") == 0   ? "degraded-weight"
                       : strcmp(plain, "wp") == 0 ? "partial-weight"
                                                  : plain;
    g_autofree char *full = section ? g_strconcat(section, ".", word, NULL) : g_strdup(word);
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (strcmp(settings[i].info.key, full) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

const Setting *config_option(const char *name) {
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (strcmp(settings[i].info.option, name) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

static void service_free(gpointer data) {
    ServiceConfig *service = data;
    g_free(service->name);
    g_clear_pointer(&service->hours, g_array_unref);
    g_clear_pointer(&service->holidays, g_array_unref);
    g_clear_pointer(&service->vantage_users, g_hash_table_unref);
    g_strfreev(service->checks);
    g_strfreev(service->aliases);
    g_strfreev(service->depends);
    g_free(service);
}

static void vantage_free(gpointer data) {
    VantageConfig *vantage = data;
    g_free(vantage->name);
    g_clear_pointer(&vantage->zone, ds_zone_free);
    g_clear_pointer(&vantage->peak, g_array_unref);
    g_clear_pointer(&vantage->business, g_array_unref);
    g_clear_pointer(&vantage->excluded, g_ptr_array_unref);
    g_free(vantage);
}

static void rule_free(gpointer data) {
    InputRule *rule = data;
    g_free(rule->pattern);
    g_free(rule->parser);
    g_free(rule->service);
    g_free(rule->vantage);
    g_free(rule->check);
    g_clear_pointer(&rule->zone, ds_zone_free);
    g_free(rule->date_order);
    g_free(rule);
}

static void planned_free(gpointer data) {
    PlannedRecord *planned = data;
    g_free(planned->service);
    g_free(planned->phase);
    g_free(planned->text);
    g_free(planned);
}

static void objective_free(gpointer data) {
    Objective *objective = data;
    g_free(objective->name);
    g_free(objective->service);
    g_free(objective);
}

static void override_free(gpointer data) {
    OverrideConfig *override = data;
    g_free(override->service);
    g_free(override->vantage);
    g_free(override->note);
    g_free(override->by);
    g_free(override);
}

Config *ds_config_new(void) {
    Config *config = g_new0(Config, 1);
    config->day = config->from = INSTANT_NONE;
    config->to = INSTANT_NONE;
    config->inputs = g_ptr_array_new_with_free_func(rule_free);
    config->services = g_ptr_array_new_with_free_func(service_free);
    config->vantages = g_ptr_array_new_with_free_func(vantage_free);
    config->maintenance = g_ptr_array_new_with_free_func(planned_free);
    config->notices = g_ptr_array_new_with_free_func(planned_free);
    config->objectives = g_ptr_array_new_with_free_func(objective_free);
    config->overrides = g_ptr_array_new_with_free_func(override_free);
    config->notes = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(config->profile); i++) {
        config->profile[i] = 1;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autofree char *why = NULL;
        if (settings[i].info.fallback[0] != '(' && !config_set(config, &settings[i], settings[i].info.fallback, &why)) {
            g_error("default of %s: %s", settings[i].info.key, why); /* a fault of the table above */
        }
    }
    config->zone_told = false;
    config->paths = g_new0(char *, 1);
    return config;
}

void ds_config_free(Config *config) {
    if (!config) {
        return;
    }
    g_free(config->title);
    g_clear_pointer(&config->zone, ds_zone_free);
    g_free(config->parser);
    g_strfreev(config->parser_dirs);
    g_free(config->date_order);
    g_free(config->rejects);
    g_free(config->max_rejects);
    g_free(config->output);
    g_free(config->template_path);
    g_free(config->compare);
    g_free(config->digest);
    g_strfreev(config->outputs);
    g_free(config->level);
    g_free(config->currency);
    g_ptr_array_unref(config->inputs);
    g_ptr_array_unref(config->services);
    g_ptr_array_unref(config->vantages);
    g_ptr_array_unref(config->maintenance);
    g_ptr_array_unref(config->notices);
    g_ptr_array_unref(config->objectives);
    g_ptr_array_unref(config->overrides);
    g_ptr_array_unref(config->notes);
    g_strfreev(config->openslo);
    g_free(config->path);
    g_strfreev(config->paths);
    g_free(config);
}

const ServiceConfig *ds_config_service(const Config *config, const char *name) {
    for (guint i = 0; i < config->services->len; i++) {
        const ServiceConfig *service = g_ptr_array_index(config->services, i);
        if (strcmp(service->name, name) == 0) {
            return service;
        }
    }
    return NULL;
}

const VantageConfig *ds_config_vantage(const Config *config, const char *name) {
    for (guint i = 0; i < config->vantages->len; i++) {
        const VantageConfig *vantage = g_ptr_array_index(config->vantages, i);
        if (strcmp(vantage->name, name) == 0) {
            return vantage;
        }
    }
    return NULL;
}

double ds_config_weight(const Config *config, const char *vantage) {
    const VantageConfig *found = ds_config_vantage(config, vantage);
    return found ? found->weight : 1;
}

/* The whole path, its end ("logs/web.csv" for "/data/logs/web.csv"), or the file's (or archive member's) own name. */
static bool rule_fits(const InputRule *rule, const char *path) {
    g_autofree char *ending = g_strconcat("*/", rule->pattern, NULL);
    const char *name = strrchr(path, '!') ? strrchr(path, '!') + 1 : path;
    name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    return fnmatch(rule->pattern, path, 0) == 0 || fnmatch(ending, path, 0) == 0 ||
           fnmatch(rule->pattern, name, 0) == 0;
}

const InputRule *ds_config_input(const Config *config, const char *path) {
    for (guint i = 0; i < config->inputs->len; i++) {
        const InputRule *rule = g_ptr_array_index(config->inputs, i);
        if (rule_fits(rule, path)) {
            return rule;
        }
    }
    return NULL;
}
