/* SPDX-License-Identifier: MIT
 * Private to input/: what the name of a rotated log tells. */
#ifndef DS_INPUT_ROTATION_H
#define DS_INPUT_ROTATION_H

#include "base/clock.h"

#include <stdbool.h>

#define ROTATION_PARTS 4

typedef struct {
    char *set;                      /* the path without rotation number, date and compression suffix; yours */
    Instant date;                   /* UTC midnight of the date in the name; INSTANT_NONE */
    int64_t moment;                 /* orders files by date: seconds; only where date is set */
    uint32_t parts[ROTATION_PARTS]; /* numbers right after the date (hour, count), then 0 */
    uint32_t number;                /* 3 of "x.log.3": higher is older */
    bool numbered;
} Rotation;

/* Reads a path. Never fails: a name that tells nothing is a set of its own. */
Rotation input_rotation(const char *path);
/* Oldest first: dated by date and its numbers, then numbered from the highest, then the current file. */
int input_rotation_compare(const Rotation *a, const Rotation *b);
/* The file name of a set up to its first dot; yours. */
char *input_stem(const char *set);

#endif
