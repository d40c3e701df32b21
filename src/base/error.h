/* SPDX-License-Identifier: MIT
 * One GError domain for the whole program; the code is the exit status, so main needs no table of causes.
 * The message says what is wrong, where (file:line or byte) and what was expected. */
#ifndef DS_BASE_ERROR_H
#define DS_BASE_ERROR_H

#include <glib.h>

typedef enum {
    EXIT_DONE = 0,   /* all was done */
    EXIT_FAILED = 1, /* a check failed */
    EXIT_USAGE = 2,  /* wrong usage, configuration or parser file */
    EXIT_INPUT = 3,  /* input unusable, or an output that could not be written */
} ExitStatus;

#define DS_ERROR (ds_error_quark())
GQuark ds_error_quark(void);

#endif
