/* SPDX-License-Identifier: MIT
 * The outputs of a report: figures of the document, pages without a trace of markup from logs, the same bytes twice,
 * and what is refused. */
#include "report_model.h"

#include "base/error.h"
#include "base/file.h"
#include "report/output.h"

#include <glib/gstdio.h>

static char *folder_new(void) {
    GError *error = NULL;
    char *dir = g_dir_make_tmp("downspan-report-XXXXXX", &error);
    g_assert_no_error(error);
    return dir;
}

/* Reads and removes a file of the folder. */
static char *take(const char *dir, const char *name) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_remove(path);
    return text;
}

static void drop(const char *dir, const char *name) {
    g_free(take(dir, name));
}

static const json_t *at(const json_t *root, const char *list, size_t index) {
    return json_array_get(json_object_get(root, list), index);
}

static int64_t integer(const json_t *row, const char *key) {
    return json_integer_value(json_object_get(row, key));
}

static const char *string(const json_t *row, const char *key) {
    return json_string_value(json_object_get(row, key));
}

static void document(void) {
    Model *m = model_new(true);
    json_t *root = ds_report_document(&m->report);
    g_assert_cmpstr(string(root, "schema"), ==, "downspan-report/1");
    g_assert_cmpstr(string(json_object_get(root, "period"), "start"), ==, "2026-03-04T14:00:00.000Z");
    const json_t *incident = at(root, "incidents", 0);
    g_assert_cmpint(integer(incident, "observed_ms"), ==, 120000);
    g_assert_cmpint(integer(incident, "min_ms"), ==, 60000);
    g_assert_cmpint(integer(incident, "max_ms"), ==, 180000);
    g_assert_cmpint(integer(incident, "vantages_known"), ==, 2);
    /* two windows of series with two failures each; the verdict's own are not added to them */
    g_assert_cmpint(integer(json_object_get(incident, "reasons"), "dns"), ==, 4);
    const json_t *window = at(root, "windows", 0);
    g_assert_cmpstr(string(window, "start_after"), ==, "2026-03-04T14:09:00.000Z");
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(window, "end_evidence"), 1)), ==, "eu.csv:14");
    const json_t *available = at(root, "availability", 0);
    g_assert_true(json_is_null(json_object_get(available, "low")));
    g_assert_cmpfloat(json_real_value(json_object_get(available, "known")), ==, 3599999.0 / 3600000);
    g_assert_cmpint(integer(at(root, "inputs", 1), "rejected"), ==, 1);
    g_assert_cmpuint(json_array_size(json_object_get(root, "timeline")), ==, 3); /* start, end, notice */
    g_assert_cmpstr(string(at(root, "timeline", 0), "kind"), ==, "window-start");
    json_decref(root);
    model_free(m);
}

static void view(void) {
    Model *m = model_new(true);
    json_t *root = ds_report_document(&m->report);
    const json_t *v = json_object_get(root, "view");
    g_assert_cmpstr(string(v, "title"), ==, "=web was down for 2 min");
    g_assert_cmpstr(
        string(v, "lede"), ==,
        "=web was down for 2 min, from 14:10:00 to 14:12:00 UTC on Wednesday 4 March 2026, as seen by 2 of 2 "
        "vantages.");
    const json_t *row = at(json_object_get(v, "availability"), "rows", 0);
    g_assert_cmpstr(string(row, "high"), !=, string(row, "known"));
    g_assert_null(strstr(string(row, "known"), "100"));
    const json_t *card = at(v, "facts", 0);
    g_assert_cmpstr(string(card, "value"), ==, "2 min");
    g_assert_nonnull(strstr(string(card, "note"), "1 min to 3 min"));
    json_decref(root);
    model_free(m);
}

static void pages(void) {
    Model *m = model_new(true);
    g_autofree char *dir = folder_new();
    g_autoptr(GError) error = NULL;
    char *only[] = {"md", "html", "json", NULL};
    g_assert_true(ds_report_write(&m->report, dir, only, &error));
    g_assert_no_error(error);
    g_autofree char *html = take(dir, "postmortem.html"), *md = take(dir, "postmortem.md");
    g_autofree char *json = take(dir, "report.json");
    drop(dir, "windows.csv");
    static const char *const never[] = {"<script", "<img", "href=\"javascript", "http://", "https://", "\x01"};
    for (unsigned i = 0; i < G_N_ELEMENTS(never); i++) {
        g_assert_null(strstr(html, never[i]));
        g_assert_null(strstr(md, never[i]));
    }
    g_assert_null(strstr(md, "](javascript")); /* plain text in HTML, a link in Markdown */
    g_assert_nonnull(strstr(html, "<svg class=\"plot\""));
    g_assert_nonnull(strstr(html, "&lt;img src=x"));
    g_assert_nonnull(strstr(json, MODEL_EVIL)); /* JSON has the text as it was */
    g_assert_nonnull(strstr(json, "all\\u0001 fine"));
    g_assert_null(strstr(json, "\"view\""));
    g_assert_true(g_utf8_validate(html, -1, NULL));
    g_assert_true(ds_report_write(&m->report, dir, only, NULL));
    g_autofree char *html2 = take(dir, "postmortem.html"), *json2 = take(dir, "report.json");
    g_assert_cmpstr(html, ==, html2);
    g_assert_cmpstr(json, ==, json2);
    drop(dir, "windows.csv");
    drop(dir, "postmortem.md");
    g_assert_cmpint(g_rmdir(dir), ==, 0); /* nothing else was left behind */
    model_free(m);
}

static void quiet(void) {
    Model *m = model_new(false);
    g_autofree char *dir = folder_new();
    char *only[] = {"md", "html", NULL};
    g_assert_true(ds_report_write(&m->report, dir, only, NULL));
    g_autofree char *html = take(dir, "postmortem.html"), *md = take(dir, "postmortem.md");
    drop(dir, "windows.csv");
    g_assert_nonnull(strstr(html, "No outage found"));
    g_assert_nonnull(strstr(md, "# No outage found"));
    g_autoptr(GString) table = g_string_new(NULL);
    ds_report_terminal(&m->report, false, table);
    g_assert_nonnull(strstr(table->str, "No outage found."));
    g_rmdir(dir);
    model_free(m);
}

static void terminal(void) {
    Model *m = model_new(true);
    g_autoptr(GString) plain = g_string_new(NULL), colour = g_string_new(NULL);
    ds_report_terminal(&m->report, false, plain);
    ds_report_terminal(&m->report, true, colour);
    g_assert_null(strchr(plain->str, '\033'));
    g_assert_nonnull(strstr(colour->str, "\033[31m"));
    g_assert_nonnull(strstr(plain->str, "1 min to 3 min"));
    g_assert_nonnull(strstr(plain->str, "2026-03-04 14:10:00"));
    model_free(m);
}

static void own_template(void) {
    Model *m = model_new(true);
    g_autofree char *dir = folder_new();
    g_autofree char *path = g_build_filename(dir, "status.txt.mustache", NULL);
    g_autofree char *part = g_build_filename(dir, "line.mustache", NULL);
    g_assert_true(g_file_set_contents(path, "{{#incidents}}{{> line}}{{/incidents}}{{> ../line}}", -1, NULL));
    g_assert_true(
        g_file_set_contents(part, "{{id}} {{services}} {{observed_ms}}{{#services}}{{.}}{{/services}}", -1, NULL));
    m->config->template_path = g_strdup(path);
    char *only[] = {"json", NULL};
    g_autoptr(GError) error = NULL;
    g_assert_true(ds_report_write(&m->report, dir, only, &error));
    g_autofree char *text = take(dir, "status.txt");
    g_assert_cmpstr(text, ==, "1  120000=web");
    g_free(m->config->template_path);
    m->config->template_path = g_strdup("status.txt");
    g_assert_false(ds_report_write(&m->report, dir, only, &error));
    g_assert_error(error, DS_ERROR, EXIT_USAGE);
    drop(dir, "report.json");
    drop(dir, "windows.csv");
    g_remove(path);
    g_remove(part);
    g_rmdir(dir);
    model_free(m);
}

static void refused(void) {
    Model *m = model_new(true);
    g_autoptr(GError) error = NULL;
    char *wrong[] = {"htm", NULL}, *right[] = {"json", NULL};
    g_assert_false(ds_report_write(&m->report, "/nowhere", wrong, &error));
    g_assert_error(error, DS_ERROR, EXIT_USAGE);
    g_assert_nonnull(strstr(error->message, "'html'"));
    g_clear_error(&error);
    g_assert_false(ds_report_write(&m->report, "/dev/null/x", right, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    model_free(m);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/document", document);
    g_test_add_func("/report/view", view);
    g_test_add_func("/report/pages", pages);
    g_test_add_func("/report/quiet", quiet);
    g_test_add_func("/report/terminal", terminal);
    g_test_add_func("/report/template", own_template);
    g_test_add_func("/report/refused", refused);
    return g_test_run();
}
