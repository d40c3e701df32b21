/* SPDX-License-Identifier: MIT
 * Private to job*.c: which parser reads a file, and where rejected entries wait until all files are read. */
#ifndef DS_JOB_ROOM_H
#define DS_JOB_ROOM_H

#include "job.h"

/* Every parser that the config names must exist (EXIT_USAGE, with the nearest name). */
bool job_parsers_check(const GPtrArray *parsers, const Config *config, GError **error);
/* The parser for a file: by hand, else the clear winner on its head. NULL where there is none; then the page tells why
 * (candidates and unusable, or nothing for an empty file). Borrowed. */
const Parser *job_parser_for(const GPtrArray *parsers, const Config *config, const InputFile *file, FileQuality *page);

/* The rejected entries of one file, kept in memory up to a limit and in an unlinked file beyond it. */
typedef struct Rejects Rejects;
Rejects *job_rejects_new(void);
void job_rejects_free(Rejects *rejects);
void job_rejects_add(Rejects *rejects, const char *path, uint64_t line, Span entry, const char *why);
/* Writes them all, in this order (elements may be NULL), aside and renamed. */
bool job_rejects_write(const GPtrArray *all, const char *path, GError **error);

#endif
