/* SPDX-License-Identifier: MIT
 * downspan report: the main job. Logs in, a folder with the postmortem and its data out, a short table on the terminal.
 */
#include "base/error.h"
#include "cmd_room.h"
#include "job.h"

#include <unistd.h>

static void print_path(const char *dir, const char *name) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GString) line = g_string_new("  ");
    cmd_visible(line, path);
    g_string_append_c(line, '\n');
    cmd_print(line);
}

/* Where to read on: the files that were asked for, what people open first in front. */
static void print_paths(const Config *config) {
    static const struct {
        const char *output, *file;
    } files[] = {
        {"html", "postmortem.html"}, {"md", "postmortem.md"}, {"xlsx", "postmortem.xlsx"}, {"json", "report.json"}};
    printf("\nWritten:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        if (!config->outputs || g_strv_contains((const char *const *)config->outputs, files[i].output)) {
            print_path(config->output, files[i].file);
        }
    }
    print_path(config->output, "windows.csv");
    if (config->template_path) {
        g_autofree char *name = g_path_get_basename(config->template_path);
        if (g_str_has_suffix(name, ".mustache")) {
            name[strlen(name) - strlen(".mustache")] = '\0';
        }
        print_path(config->output, name);
    }
}

static int run(int argc, char **argv, GError **error) {
    const unsigned groups = CONFIG_INPUT | CONFIG_PERIOD | CONFIG_DETECTION | CONFIG_REPORT;
    int status = EXIT_DONE;
    g_autoptr(Config) config = cmd_config(&cmd_report, NULL, argc, argv, groups, &status, error);
    if (!config) {
        return status;
    }
    /* Read first: it may lie in the folder that is about to be written. */
    json_auto_t *before = config->compare ? ds_report_load(config->compare, error) : NULL;
    if (config->compare && !before) {
        return cmd_status(error);
    }
    g_autoptr(Job) job = ds_job_read(config, error);
    if (!job) {
        return cmd_status(error);
    }
    if (!ds_job_measure(job, error)) {
        return cmd_status(error);
    }
    Report with = *ds_job_report(job);
    with.before = before;
    const Report *report = &with;
    if (!ds_report_write(report, config->output, config->outputs, error)) {
        return cmd_status(error);
    }
    g_autoptr(GString) table = g_string_new(NULL);
    ds_report_terminal(report, isatty(STDOUT_FILENO) && !g_getenv("NO_COLOR"), table);
    cmd_print(table);
    print_paths(config);
    cmd_warn(report->quality, config);
    return EXIT_DONE;
}

const Command cmd_report = {
    .name = "report",
    .usage = "[-c incident.yaml] [-o DIR] [OPTION]... INPUT...",
    .summary = "Reconstruct the outages in archived logs and write the postmortem, the workbook and their data.",
    .run = run,
};
