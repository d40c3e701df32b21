/* SPDX-License-Identifier: MIT
 * Private to cmd_*.c and main.c: what commands have in common. */
#ifndef DS_CMD_ROOM_H
#define DS_CMD_ROOM_H

#include "cmd.h"
#include "config.h"
#include "quality.h"

#include <stdio.h>

/* The exit status of an error that was set. */
int cmd_status(GError *const *error);
/* The config of a command, or NULL with *status: 0 after --help, else the error's. */
Config *cmd_config(const Command *command, const char *details, int argc, char **argv, unsigned groups, int *status,
                   GError **error);
/* Tells on standard error which inputs were damaged or could not be read, unless the config is quiet. */
void cmd_warn(const Quality *quality, const Config *config);
/* Writes to standard output. That it arrived is checked once, by main, through the stream's error flag. */
void cmd_print(const GString *text);
/* Text of others on a terminal: control characters visible, line ends kept. */
void cmd_visible(GString *out, const char *text);

#endif
