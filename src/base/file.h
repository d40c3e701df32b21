/* SPDX-License-Identifier: MIT
 * Files written aside, synced, then renamed: a reader sees the old file or the new one, never half of one. */
#ifndef DS_BASE_FILE_H
#define DS_BASE_FILE_H

#include "base/span.h"

#include <glib.h>

/* Writes the bytes to a temporary name beside `path` and renames it. On failure nothing of `path` changes and nothing
 * stays behind; the error (EXIT_INPUT) names the path and the cause. */
bool ds_file_write(const char *path, Span bytes, GError **error);
/* A temporary name beside `path` for writers that need a name (libxlsxwriter); yours to free. */
char *ds_file_aside(const char *path);
/* Syncs what was written to `aside` and renames it to `path`; removes `aside` on failure. */
bool ds_file_commit(const char *aside, const char *path, GError **error);
/* Makes a folder and its parents. */
bool ds_file_folder(const char *path, GError **error);
/* The whole of a small file, at most `limit` bytes; yours to free. */
GString *ds_file_read(const char *path, size_t limit, GError **error);

#endif
