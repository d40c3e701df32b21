/* SPDX-License-Identifier: MIT
 * A command is one file and one row. */
#ifndef DS_CMD_H
#define DS_CMD_H

#include <glib.h>

typedef struct {
    const char *name;
    const char *usage;   /* what follows the name */
    const char *summary; /* one line */
    /* argv[0] is the command's name. Returns an ExitStatus; error is set where it is neither 0 nor 1. */
    int (*run)(int argc, char **argv, GError **error);
} Command;

extern const Command cmd_report, cmd_check, cmd_windows, cmd_extract, cmd_parsers;

#endif
