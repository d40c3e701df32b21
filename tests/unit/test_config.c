/* SPDX-License-Identifier: MIT
 * Settings: defaults, the file, the command line, which of them wins, and what is refused with which message. */
#include "base/error.h"
#include "base/file.h"
#include "config.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const unsigned every =
    CONFIG_INPUT | CONFIG_PERIOD | CONFIG_DETECTION | CONFIG_REPORT | CONFIG_WINDOWS | CONFIG_JSON;

/* A file with this text; yours, to be removed by drop(). */
static char *written(const char *text) {
    char *path = NULL;
    int fd = g_file_open_tmp("downspan-XXXXXX.yaml", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(ds_file_write(path, ds_span_of(text), NULL));
    return path;
}

static void drop(char *path) {
    g_remove(path);
    g_free(path);
}

static Config *read_text(const char *text, GError **error) {
    char *path = written(text);
    Config *config = ds_config_new();
    if (!ds_config_read(config, path, error)) {
        g_clear_pointer(&config, ds_config_free);
    }
    drop(path);
    return config;
}

static Config *load(const char *arguments, unsigned groups, GError **error) {
    g_auto(GStrv) argv = g_strsplit(arguments, " ", -1);
    bool helped = false;
    return ds_config_load((int)g_strv_length(argv), argv, argv[0], "INPUT...", "A test.", groups, &helped, error);
}

static void test_defaults(void) {
    g_autoptr(Config) config = ds_config_new();
    const Detection *d = &config->detection;
    g_assert_cmpint(d->interval, ==, 0);
    g_assert_cmpint(d->max_gap, ==, 0);
    g_assert_cmpint(d->max_bridge, ==, 3600000);
    g_assert_cmpuint(d->confirm_down, ==, 2);
    g_assert_cmpuint(d->confirm_up, ==, 2);
    g_assert_cmpfloat(d->confirm_together, ==, 0.8);
    g_assert_cmpint(d->reopen, ==, 300000);
    g_assert_cmpfloat(d->quorum, ==, 0.5);
    g_assert_cmpuint(d->min_vantages, ==, 1);
    g_assert_cmpint(d->request_bin, ==, 10000);
    g_assert_cmpint(d->report_bin, ==, 60000);
    g_assert_cmpint(d->share_fate, ==, 300000);
    g_assert_cmpint(d->attach_before, ==, 900000);
    g_assert_cmpstr(ds_zone_name(config->zone), ==, "UTC");
    g_assert_false(config->zone_told);
    g_assert_true(config->from == INSTANT_NONE && config->to == INSTANT_NONE);
    g_assert_cmpstr(config->level, ==, "all");
    g_assert_cmpfloat(config->cost_high, ==, 1.5);
    g_assert_null(config->outputs);
    g_assert_null(config->paths[0]);
}

static const char whole[] =
    "title: \"two apps\"\n"
    "period: {from: 2026-03-28T23:00:00Z, to: 2026-03-29 12:00}\n"
    "timezone: Europe/Berlin\n"
    "inputs:\n"
    "  strict: yes\n"
    "  rules:\n"
    "    - {path: logs/*.csv, parser: generic-csv, vantage: eu, year: 2026, day: 2026-11-25, date_order: dmy}\n"
    "services:\n"
    "  - name: web\n"
    "    hours: {days: mon-fri, from: \"09:00\", to: \"17:00\"}\n"
    "    holidays: [2026-12-25]\n"
    "    users: {eu: 10, us: 20.5}\n"
    "    checks: [http, dns]\n"
    "    aliases: www.example.org, web.example.org\n"
    "    objective: 99.9\n"
    "    cost_per_minute: 12\n"
    "  - api\n"
    "vantages:\n"
    "  - {name: us, timezone: America/New_York, weight: 2, peak: [\"18:00\", \"23:00\"]}\n"
    "detection: {confirm_down: 3, max-gap: 3m, wd: 0.3, quorum: 60%}\n"
    "maintenance: {mode: exclude, windows: [{start: 2026-03-29 01:00, end: 2026-03-29 04:00}]}\n"
    "objectives: [{service: web, target: 99.95%, window: 30d}]\n"
    "impact: {currency: EUR, cost-low: 0.4}\n"
    "notices: [{time: 2026-03-29T00:10:00Z, phase: investigating, text: We look}]\n"
    "report: {output: out, outputs: [json, html]}\n";

static void test_file(void) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = read_text(whole, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config->title, ==, "two apps");
    g_assert_cmpint(config->from, ==, 1774738800000);
    g_assert_cmpint(config->to, ==, 1774778400000); /* 12:00 in summer time: 10:00 UTC */
    g_assert_true(config->strict && config->zone_told);
    const InputRule *rule = ds_config_input(config, "/data/logs/a.csv");
    g_assert_nonnull(rule);
    g_assert_cmpstr(rule->parser, ==, "generic-csv");
    g_assert_cmpint(rule->year, ==, 2026);
    g_assert_cmpint(rule->day, ==, ds_days_of(2026, 11, 25) * MILLIS_DAY);
    g_assert_cmpstr(rule->date_order, ==, "dmy");
    g_assert_null(ds_config_input(config, "other/a.csv"));
    const ServiceConfig *web = ds_config_service(config, "web");
    g_assert_cmpfloat(web->users, ==, 30.5);
    g_assert_cmpfloat(*(double *)g_hash_table_lookup(web->vantage_users, "us"), ==, 20.5);
    g_assert_cmpstr(web->checks[1], ==, "dns");
    g_assert_cmpstr(web->aliases[1], ==, "web.example.org");
    g_assert_cmpfloat_with_epsilon(web->objective, 0.999, 1e-12);
    g_assert_cmpfloat(web->cost_per_minute, ==, 12);
    const HoursRule *hours = &g_array_index(web->hours, HoursRule, 0);
    g_assert_cmpuint(hours->days, ==, 0x1F);
    g_assert_cmpint(hours->from, ==, 9 * MILLIS_HOUR);
    g_assert_cmpstr(ds_zone_name(hours->zone), ==, "Europe/Berlin");
    g_assert_nonnull(ds_config_service(config, "api"));
    g_assert_null(ds_config_service(config, "db"));
    g_assert_cmpfloat(ds_config_weight(config, "us"), ==, 2);
    g_assert_cmpfloat(ds_config_weight(config, "eu"), ==, 1);
    const HoursRule *peak = &g_array_index(ds_config_vantage(config, "us")->peak, HoursRule, 0);
    g_assert_cmpstr(ds_zone_name(peak->zone), ==, "America/New_York");
    g_assert_cmpuint(config->detection.confirm_down, ==, 3);
    g_assert_cmpint(config->detection.max_gap, ==, 180000);
    g_assert_cmpfloat(config->detection.degraded_weight, ==, 0.3);
    g_assert_cmpfloat(config->detection.quorum, ==, 0.6);
    g_assert_cmpint(config->maintenance_mode, ==, MAINTENANCE_EXCLUDE);
    const PlannedRecord *window = g_ptr_array_index(config->maintenance, 0);
    g_assert_cmpint(window->until - window->time, ==, 2 * MILLIS_HOUR); /* the hour from 2 to 3 does not exist */
    const Objective *objective = g_ptr_array_index(config->objectives, 0);
    g_assert_cmpfloat_with_epsilon(objective->target, 0.9995, 1e-12);
    g_assert_cmpint(objective->window, ==, 30 * MILLIS_DAY);
    g_assert_cmpstr(((PlannedRecord *)g_ptr_array_index(config->notices, 0))->phase, ==, "investigating");
    g_assert_cmpstr(config->outputs[1], ==, "html");
}

static void test_short_forms(void) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = read_text("maintenance: ignore\ninputs: [{pattern: a, parser: p}]\n"
                                         "services: [{name: s, holidays: [2026-01-01]}]\nvantages:\n",
                                         &error);
    g_assert_no_error(error);
    g_assert_cmpint(config->maintenance_mode, ==, MAINTENANCE_IGNORE);
    g_assert_nonnull(ds_config_input(config, "x.tar!dir/a"));
    g_assert_cmpuint(g_array_index(ds_config_service(config, "s")->hours, HoursRule, 0).days, ==, 0x7F);
}

static void test_refused(void) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"titel: x\n", "*:1: unknown key 'titel' in the configuration, nearest is 'title'"},
        {"detection:\n  confirm-dwon: 3\n", "*:2: unknown key 'confirm-dwon' in detection, nearest is 'confirm-down'"},
        {"detection: {confirm-down: 0}\n", "*:1: detection.confirm-down: '0': expected a number from 1 to 1000"},
        {"detection: {quorum: 1.5}\n", "*:1: detection.quorum: '1.5': expected a number from 0 to 1"},
        {"detection: {quorum: [1]}\n", "*:1: detection.quorum must be one value (ratio)"},
        {"detection: {max-gap: 0}\n", "*:1: detection.max-gap: '0': expected a length of time from 1 ms*or auto"},
        {"detection: {max-gap: 5m, max_gap: 6m}\n", "*:1: key 'max_gap' stands twice in detection"},
        {"timezone: Europe/Berln\n", "*:1: timezone: 'Europe/Berln': *"},
        {"period: {from: yesterday}\n", "*:1: period.from: 'yesterday': expected a time such as*"},
        {"period: {from: 2026-01-02, to: 2026-01-01}\n", "*the period is empty*"},
        {"period: {from: 2026-02-30}\n", "*:1: period.from*"},
        {"services:\n  - users: 3\n", "*:2: the service has no name"},
        {"services:\n  - {name: a}\n  - {name: a}\n", "*:3: the service 'a' stands twice"},
        {"services: [{name: a, owner: b}]\n", "*:1: unknown key 'owner' in a service; expected one of: name*"},
        {"services: [{name: a, depends: [a]}]\n", "*:1: the service 'a' depends on itself, directly or over others"},
        {"services:\n  - x\n  - {name: a, depends: b}\n  - {name: b, depends: [c, a]}\n",
         "*:3: the service 'a' depends on itself, directly or over others"},
        {"services:\n  - {name: a, aliases: [x]}\n  - {name: b, aliases: [x]}\n",
         "*:3: the name 'x' stands for two services"},
        {"services: [{name: a, hours: {days: mon-fry}}]\n", "*:1: days must be like mon-fri*"},
        {"services: [{name: a, hours: {from: \"25:00\"}}]\n", "*:1: a time of the day must be written*"},
        {"services: {name: a}\n", "*:1: services must be a list*"},
        {"vantages: [{name: a, exclude: [{from: 2026-01-01}]}]\n", "*:1: the exclusion has no reason*"},
        {"vantages: [{name: a, exclude: {from: soon, reason: x}}]\n", "*:1: from must be a time*"},
        {"vantages: [{name: a, exclude: {from: 2026-01-02, to: 2026-01-01, reason: x}}]\n",
         "*:1: to is not after from*"},
        {"vantages: [{name: a, exclude: {since: 2026-01-02, reason: x}}]\n",
         "*:1: unknown key 'since' in an exclusion*"},
        {"vantages: [{name: a, weight: -1}]\n", "*:1: weight must be a number from 0*"},
        {"impact: {profile: [1, 2]}\n", "*:1: profile must be a list of 24 shares*"},
        {"impact: {cost-low: 2}\n", "*cost-low (2) is above cost-high (1.5)"},
        {"objectives: [{name: a}]\n", "*:1: the objective has no target"},
        {"objectives: [{target: 101}]\n", "*:1: target must be an availability*"},
        {"maintenance: sometimes\n", "*:1: maintenance.mode: 'sometimes': expected one of honour*"},
        {"maintenance: [{start: 2026-01-02, end: 2026-01-01}]\n", "*:1: the maintenance window ends before it starts"},
        {"notices: [{text: a}]\n", "*:1: the notice has no time"},
        {"inputs: [{parser: a}]\n", "*:1: the rule of inputs has no path"},
        {"inputs: [{path: a, date-order: ymd}]\n", "*:1: date-order 'ymd': expected one of dmy, mdy"},
        {"overrides: {}\n", "*:1: overrides must be a list*"},
        {"overrides: [{service: a, start: 2026-01-01, as: planned}]\n", "*:1: the override has no note that says why"},
        {"overrides: [{service: a, as: false, note: n}]\n",
         "*:1: the override needs start (of the window) or between*"},
        {"overrides: [{service: a, start: 2026-01-01, as: wrong, note: n}]\n", "*:1: an override needs as: planned*"},
        {"overrides: [{service: a, start: 2026-01-01, as: corrected, note: n}]\n",
         "*:1: as: corrected needs new-start*"},
        {"overrides: [{service: a, start: 2026-01-01, as: false, new-end: 2026-01-02, note: n}]\n",
         "*:1: new-start and new-end belong to as: corrected"},
        {"overrides: [{service: a, between: [2026-01-02, 2026-01-01], as: false, note: n}]\n",
         "*:1: between: the second time is not after the first"},
        {"- a\n", "*:1: the configuration must be a map*"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(read_text(cases[i].text, &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
        if (!g_pattern_match_simple(cases[i].message, error->message)) {
            g_error("'%s' does not look like '%s'", error->message, cases[i].message);
        }
    }
}

static void test_options(void) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = load("windows a.log --confirm-down 1 -j4 --max-gap=3m b.log --tz Europe/Berlin "
                                    "--from 2026-07-01T12:00 --parsers p --parsers q,r --strict --json -- --odd.log -",
                                    every, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(config->detection.confirm_down, ==, 1);
    g_assert_cmpuint(config->threads, ==, 4);
    g_assert_cmpint(config->detection.max_gap, ==, 180000);
    g_assert_cmpint(config->from, ==, 1782900000000); /* 10:00 UTC */
    g_assert_true(config->strict && config->json);
    g_assert_cmpuint(g_strv_length(config->parser_dirs), ==, 3);
    g_assert_cmpuint(g_strv_length(config->paths), ==, 4);
    g_assert_cmpstr(config->paths[2], ==, "--odd.log");
    g_assert_cmpstr(config->paths[3], ==, "-");
}

static void test_bad_options(void) {
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"windows --confirm-dwon 1 a", "unknown option '--confirm-dwon', nearest is '--confirm-down'*"},
        {"windows --elephants", "unknown option '--elephants' (*"},
        {"windows -x", "unknown option '-x'*"},
        {"windows --max-gap 0 a", "--max-gap '0': expected*"},
        {"windows --max-gap", "--max-gap needs a value*"},
        {"windows --output x", "'windows' does not take --output*"},
        {"windows --threads -1", "--threads '-1': expected a number from 0*"},
        {"windows --level some", "--level 'some': expected one of service, series, all"},
        {"windows -c /no/such.yaml", "cannot read /no/such.yaml*"},
        {"windows --tz Mars/Olympus a", "--tz 'Mars/Olympus':*"},
        {"windows --day 2026-02-30 a", "--day '2026-02-30': expected a date such as 2026-11-25"},
        {"windows --quorum nan a", "--quorum 'nan': expected a number"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(load(cases[i].line, every & ~(unsigned)CONFIG_REPORT, &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
        if (!g_pattern_match_simple(cases[i].message, error->message)) {
            g_error("'%s' does not look like '%s'", error->message, cases[i].message);
        }
    }
}

static void test_precedence(void) {
    char *path = written("timezone: Asia/Tokyo\nperiod: {from: 2026-07-01 09:00}\n"
                         "detection: {confirm-down: 5, confirm-up: 4}\ninputs: [{path: logs/a.csv}]\n");
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *beside = g_build_filename(folder, "logs/a.csv", NULL);
    static const char *const orders[] = {"windows --confirm-down 1 -c %s", "windows -c %s --confirm-down 1"};
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_auto(GStrv) halves = g_strsplit(orders[i], "%s", 2);
        g_autofree char *line = g_strjoin(path, halves[0], halves[1], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Config) config = load(line, every, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(config->detection.confirm_down, ==, 1);
        g_assert_cmpuint(config->detection.confirm_up, ==, 4);
        g_assert_cmpint(config->from, ==, 1782864000000); /* 00:00 UTC */
        g_assert_cmpstr(config->paths[0], ==, beside);
    }
    g_autofree char *line = g_strconcat("windows --tz UTC x -c ", path, NULL);
    g_autoptr(Config) config = load(line, every, NULL);
    g_assert_cmpint(config->from, ==, 1782896400000); /* --tz wins over the file for its times too */
    g_assert_cmpstr(config->paths[0], ==, "x");
    drop(path);
}

/* Each row of the table stands in the reference, with its option and default. */
static void test_reference(void) {
    g_autofree char *text = NULL;
    size_t count;
    const SettingInfo *rows = ds_config_settings(&count);
    g_assert_true(g_file_get_contents(SOURCE_FOLDER "/docs/config.md", &text, NULL, NULL));
    for (size_t i = 0; i < count; i++) {
        g_autofree char *key = g_strdup_printf("`%s`", rows[i].key);
        g_autofree char *option = g_strdup_printf("`--%s", rows[i].option);
        if (!strstr(text, key) || !strstr(text, option)) {
            g_error("docs/config.md does not tell of %s and --%s", rows[i].key, rows[i].option);
        }
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/defaults", test_defaults);
    g_test_add_func("/config/file", test_file);
    g_test_add_func("/config/short-forms", test_short_forms);
    g_test_add_func("/config/refused", test_refused);
    g_test_add_func("/config/options", test_options);
    g_test_add_func("/config/bad-options", test_bad_options);
    g_test_add_func("/config/precedence", test_precedence);
    g_test_add_func("/config/reference", test_reference);
    return g_test_run();
}
