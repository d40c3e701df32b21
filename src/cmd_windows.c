/* SPDX-License-Identifier: MIT
 * downspan windows: the reconstructed windows on standard output, for other programs. */
#include "base/error.h"
#include "cmd_room.h"
#include "job.h"

static int run(int argc, char **argv, GError **error) {
    const unsigned groups = CONFIG_INPUT | CONFIG_PERIOD | CONFIG_DETECTION | CONFIG_WINDOWS | CONFIG_JSON;
    int status = EXIT_DONE;
    g_autoptr(Config) config = cmd_config(&cmd_windows, NULL, argc, argv, groups, &status, error);
    if (!config) {
        return status;
    }
    g_autoptr(Job) job = ds_job_read(config, error);
    if (!job) {
        return cmd_status(error);
    }
    if (!ds_job_measure(job, error)) {
        return cmd_status(error);
    }
    g_autoptr(GString) out = g_string_new(NULL);
    ds_report_windows(ds_job_report(job), config->level, config->json, out);
    cmd_print(out);
    cmd_warn(ds_job_report(job)->quality, config);
    return EXIT_DONE;
}

const Command cmd_windows = {
    .name = "windows",
    .usage = "[OPTION]... INPUT...",
    .summary = "Print every reconstructed window as CSV, or as JSON lines, on standard output.",
    .run = run,
};
