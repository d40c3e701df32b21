/* SPDX-License-Identifier: MIT
 * Objectives from OpenSLO files: what is taken, what is told in a note, what is refused and where. */
#include "base/error.h"
#include "config.h"

#include <glib/gstdio.h>

typedef struct {
    char *dir, *config, *slo;
} Files;

static Files files_new(const char *config, const char *slo) {
    Files f = {.dir = g_dir_make_tmp("openslo-XXXXXX", NULL)};
    f.config = g_build_filename(f.dir, "incident.yaml", NULL);
    f.slo = g_build_filename(f.dir, "slo.yaml", NULL);
    g_assert_true(g_file_set_contents(f.config, config, -1, NULL));
    g_assert_true(g_file_set_contents(f.slo, slo, -1, NULL));
    return f;
}

static void files_free(Files *f) {
    g_remove(f->config);
    g_remove(f->slo);
    g_rmdir(f->dir);
    g_free(f->dir);
    g_free(f->config);
    g_free(f->slo);
}

static Config *read(const char *config_text, const char *slo, GError **error) {
    Files f = files_new(config_text, slo);
    Config *config = ds_config_new();
    if (!ds_config_read(config, f.config, error)) {
        g_clear_pointer(&config, ds_config_free);
    }
    files_free(&f);
    return config;
}

static const Objective *objective(const Config *config, guint index) {
    g_assert_cmpuint(config->objectives->len, >, index);
    return g_ptr_array_index(config->objectives, index);
}

static const char v1[] = "# two documents\n"
                         "apiVersion: openslo/v1\n"
                         "kind: Service\n"
                         "metadata: {name: shop}\n"
                         "---\n"
                         "apiVersion: openslo/v1\n"
                         "kind: SLO\n"
                         "metadata: {name: pages}\n"
                         "spec:\n"
                         "  service: shop\n"
                         "  budgetingMethod: Occurrences\n"
                         "  timeWindow:\n"
                         "    - duration: 4w\n"
                         "      isRolling: true\n"
                         "  objectives:\n"
                         "    - {displayName: gold, target: 0.999}\n"
                         "    - {displayName: silver, targetPercent: 99}\n";

static void test_v1(void) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = read("objectives:\n  - {service: a, target: 99%}\n  - openslo: slo.yaml\n", v1, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(config->objectives->len, ==, 3);
    const Objective *gold = objective(config, 1), *silver = objective(config, 2);
    g_assert_cmpstr(gold->name, ==, "pages, gold");
    g_assert_cmpstr(gold->service, ==, "shop");
    g_assert_cmpfloat_with_epsilon(gold->target, 0.999, 1e-12);
    g_assert_cmpint(gold->window, ==, 28 * MILLIS_DAY);
    g_assert_cmpuint(gold->line, ==, 16);
    g_assert_cmpstr(silver->name, ==, "pages, silver");
    g_assert_cmpfloat_with_epsilon(silver->target, 0.99, 1e-12);
    g_assert_cmpuint(config->notes->len, ==, 2);
    g_assert_true(g_pattern_match_simple("*slo.yaml:3: kind Service holds no objective*", config->notes->pdata[0]));
    g_assert_true(g_pattern_match_simple("*slo.yaml:11: budgetingMethod Occurrences: *", config->notes->pdata[1]));
}

/* v1alpha tells its window in units; a calendar window is told of. */
static void test_v1alpha(void) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = read("objectives: {openslo: [slo.yaml]}\n",
                                    "apiVersion: openslo/v1alpha\n"
                                    "kind: SLO\n"
                                    "metadata: {name: api}\n"
                                    "spec:\n"
                                    "  service: api\n"
                                    "  timeWindows:\n"
                                    "    - {unit: Quarter, count: 2, calendar: {startTime: 2026-01-01 00:00:00}}\n"
                                    "  objectives:\n"
                                    "    - {value: 1, target: 0.5}\n",
                                    &error);
    g_assert_no_error(error);
    g_assert_cmpstr(objective(config, 0)->name, ==, "api");
    g_assert_cmpint(objective(config, 0)->window, ==, 180 * MILLIS_DAY);
    g_assert_cmpuint(config->notes->len, ==, 1);
    g_assert_true(g_pattern_match_simple("*slo.yaml:7: a calendar window*", config->notes->pdata[0]));
}

#define HEAD "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: n}\n"
#define ROLL "  timeWindow: [{duration: 1d, isRolling: true}]\n"

static void test_refused(void) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"apiVersion: n9/v1\nkind: SLO\n", "*slo.yaml:1: apiVersion 'n9/v1' is not read; expected openslo/v1 or*"},
        {"kind: SLO\n", "*slo.yaml:1: an OpenSLO document needs apiVersion, a text"},
        {"- 1\n", "*slo.yaml:1: no OpenSLO document*"},
        {"apiVersion: openslo/v1\nkind: Service\nmetadata: {name: n}\n", "*slo.yaml: no document of kind SLO in it"},
        {"apiVersion: openslo/v1\nkind: SLO\nspec: {}\n", "*slo.yaml:1: metadata of the SLO needs name, a text"},
        {HEAD "spec:\n" ROLL, "*slo.yaml:5: the SLO's spec needs service, a text"},
        {HEAD "spec:\n  service: s\n  budgetingMethod: Guess\n", "*slo.yaml:6: budgetingMethod must be Occurrences,*"},
        {HEAD "spec:\n  service: s\n  timeWindow: [{duration: 1x}]\n", "*slo.yaml:6: the window's length must be*"},
        {HEAD "spec:\n  service: s\n  timeWindow: [{duration: 0d}]\n", "*slo.yaml:6: the window's length must be*"},
        {HEAD "spec:\n  service: s\n  timeWindow: []\n", "*slo.yaml:6: timeWindow must be a list of one window"},
        {HEAD "spec:\n  service: s\n" ROLL, "*slo.yaml:5: the SLO has no list of objectives"},
        {HEAD "spec:\n  service: s\n" ROLL "  objectives: [{op: lt}]\n",
         "*slo.yaml:7: an objective needs target or targetPercent"},
        {HEAD "spec:\n  service: s\n" ROLL "  objectives: [{target: 99}]\n",
         "*slo.yaml:7: target must be above 0 and at most 1, such as 0.999"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(read("objectives: [{openslo: slo.yaml}]\n", cases[i].text, &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
        if (!g_pattern_match_simple(cases[i].message, error->message)) {
            g_error("'%s' does not look like '%s'", error->message, cases[i].message);
        }
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(read("objectives: [{openslo: other.yaml}]\n", v1, &error));
    g_assert_error(error, DS_ERROR, EXIT_USAGE);
    g_clear_error(&error);
    g_assert_null(read("objectives: [{openslo: slo.yaml, target: 99%}]\n", v1, &error));
    g_assert_true(g_pattern_match_simple("*incident.yaml:1: unknown key 'target'*", error->message));
}

static void test_lengths(void) {
    static const struct {
        const char *text;
        Millis length;
    } cases[] = {{"30m", 30 * MILLIS_MINUTE}, {"6h", 6 * MILLIS_HOUR}, {"28d", 28 * MILLIS_DAY},
                 {"2w", 14 * MILLIS_DAY},     {"1M", 30 * MILLIS_DAY}, {"1Q", 90 * MILLIS_DAY},
                 {"1Y", 365 * MILLIS_DAY}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf(HEAD "spec:\n  service: s\n"
                                                     "  timeWindow: [{duration: %s, isRolling: true}]\n"
                                                     "  objectives: [{target: 0.9}]\n",
                                                cases[i].text);
        g_autoptr(Config) config = read("objectives: [{openslo: [slo.yaml]}]\n", text, &error);
        g_assert_no_error(error);
        g_assert_cmpint(objective(config, 0)->window, ==, cases[i].length);
    }
}

/* The option may be given again; it takes the place of the files that the configuration names under its key. */
static void test_option(void) {
    Files f = files_new("objectives: {openslo: none.yaml}\n", v1);
    char *argv[] = {"check", "-c", f.config, "--openslo", f.slo, "--openslo", f.slo, "x.log", NULL};
    bool helped;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config =
        ds_config_load(8, argv, "check", "", "", CONFIG_INPUT | CONFIG_DETECTION, &helped, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(config->objectives->len, ==, 4);
    files_free(&f);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/openslo/v1", test_v1);
    g_test_add_func("/openslo/v1alpha", test_v1alpha);
    g_test_add_func("/openslo/refused", test_refused);
    g_test_add_func("/openslo/lengths", test_lengths);
    g_test_add_func("/openslo/option", test_option);
    return g_test_run();
}
