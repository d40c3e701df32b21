/* SPDX-License-Identifier: MIT
 * Finds the command's row and runs it. The one place that prints errors, checks that standard output arrived, and
 * exits. */
#include "base/error.h"
#include "base/text.h"
#include "cmd_room.h"

#include <errno.h>
#include <unistd.h>

static const Command *const commands[] = {&cmd_report, &cmd_check, &cmd_windows, &cmd_extract, &cmd_parsers};

static void print_help(FILE *out) {
    fputs(
        "downspan reconstructs outages from archived logs: what was down, for whom, from when to when, how sure that\n"
        "is, what it cost, and who noticed first. It reads probe logs, monitor logs, access logs and user reports,\n"
        "compressed or not, and needs no network.\n\n"
        "Usage: downspan COMMAND [OPTION]... INPUT...\n\nCommands\n",
        out);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        fprintf(out, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\nExamples\n"
          "  downspan report -o postmortem logs/\n"
          "      everything that is known from the logs in a folder, as pages, workbook and data\n"
          "  downspan check --min-availability 99.9 --max-outage 2m yesterday/*.gz\n"
          "      fail a nightly build when a service was down too long\n"
          "  downspan windows --level service --from 2026-03-28T23:00:00Z probes.csv\n"
          "      one line an outage, for other programs\n\n"
          "'downspan COMMAND --help' lists the options of a command. Settings may also stand in a file (-c "
          "incident.yaml),\n"
          "which docs/config.md documents; docs/parsers.md tells how a new log format is described.\n\n"
          "Exit status: 0 done, 1 a check failed, 2 wrong usage or configuration, 3 input unusable or output not "
          "written.\n",
          out);
}

static const Command *find_command(const char *name, GError **error) {
    const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        names[i] = commands[i]->name;
        if (strcmp(name, names[i]) == 0) {
            return commands[i];
        }
    }
    const char *nearest = ds_text_nearest(name, names);
    g_set_error(error, DS_ERROR, EXIT_USAGE, "unknown command '%s'%s%s%s ('downspan --help' lists the commands)", name,
                nearest ? ", nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
    return NULL;
}

static int dispatch(int argc, char **argv, GError **error) {
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(word, "--version") == 0) {
        printf("downspan %s\n", DOWNSPAN_VERSION);
        return EXIT_DONE;
    }
    const Command *command = find_command(word, error);
    return command ? command->run(argc - 1, argv + 1, error) : EXIT_USAGE;
}

/* Output that did not arrive is an error, however late it shows: a full disk is often told by close alone. */
static bool stdout_arrived(void) {
    bool good = !ferror(stdout);
    errno = 0;
    if (fflush(stdout) != 0) {
        good = false;
    }
    if (close(STDOUT_FILENO) != 0 && errno != EBADF) {
        good = false;
    }
    return good;
}

int main(int argc, char **argv) {
    g_autoptr(GError) error = NULL;
    int status = dispatch(argc, argv, &error);
    if (error) {
        g_autoptr(GString) text = g_string_new("downspan: ");
        cmd_visible(text, error->message);
        fprintf(stderr, "%s\n", text->str);
    }
    if (!stdout_arrived() && status <= EXIT_FAILED) {
        fprintf(stderr, "downspan: standard output could not be written%s%s\n", errno ? ": " : "",
                errno ? g_strerror(errno) : "");
        status = EXIT_INPUT;
    }
    return status;
}
