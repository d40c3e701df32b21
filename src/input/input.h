/* SPDX-License-Identifier: MIT
 * Paths to files in true order, files to decompressed, UTF-8 bytes. Entries are not cut here: only the parser knows
 * where one ends. Nothing is recognised by name: content decides. */
#ifndef DS_INPUT_H
#define DS_INPUT_H

#include "base/clock.h"
#include "base/span.h"

#include <glib.h>

#define INPUT_ENTRY_LIMIT (256u << 20) /* bytes an unconsumed window may grow to: one entry of 100 MB must fit */
#define INPUT_RATIO_LIMIT 2000u        /* decompressed : compressed, beyond 1 GiB: a bomb */

typedef struct {
    char *path;          /* for people and Origin: as given; members "archive!member"; stdin "-" */
    char *disk;          /* what to open: the file itself, the archive, or a private copy (opaque to others) */
    char *member;        /* member of an archive; NULL */
    uint32_t entry;      /* its place in the archive (names may occur twice), from 1; 0 where there is no member */
    char *set;           /* rotation set: the path without rotation suffix, date and compression suffix */
    char *stem;          /* file name of the set up to its first dot: the default service */
    uint32_t set_number; /* sets are numbered in order; files of one set have one number */
    Instant date;        /* from a date in the name (UTC midnight); INSTANT_NONE */
    Instant packed;      /* from the gzip header; INSTANT_NONE */
    Instant modified;    /* file's own mtime (the member's, for archives); INSTANT_NONE for stdin */
} InputFile;

typedef struct {
    GPtrArray *files; /* InputFile *, sets by name, oldest file of a set first; the same for any order of arguments */
    GPtrArray *notes; /* char *: paths given twice and read once, folders without files, ... */
} InputList;

/* Files, folders (recursive), globs and "-" (copied to an unlinked temporary file, so that it can be read twice) to
 * the list of files. Hidden files in folders are left out. A path that does not exist, a glob without a match or a
 * folder without a file is an error (EXIT_INPUT) that names it. Archives (tar, zip) are listed, a file a member. */
InputList *ds_input_list(char **paths, GError **error);
void ds_input_list_free(InputList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InputList, ds_input_list_free)

typedef struct Reader Reader;

typedef struct {
    char *text;      /* "truncated gzip member", "CRC mismatch", ...: what and, where useful, what was expected */
    uint64_t offset; /* byte of the compressed file on disk where it broke */
} Damage;

/* Opens for reading from the start. May be called again to read a second time. NULL and an error (EXIT_INPUT) when
 * it cannot be opened. The bytes come decompressed (nested once: gzip in tar), UTF-16 turned into UTF-8, a BOM
 * dropped. NUL bytes, CR, ANSI codes stay: the parser skips them. */
Reader *ds_reader_open(const InputFile *file, GError **error);
void ds_reader_free(Reader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reader, ds_reader_free)

/* The next bytes, nothing consumed: at least `want` of them unless the file ends sooner. Valid until the next call. */
Span ds_reader_peek(Reader *reader, size_t want);
/* Drops `used` bytes of the window, then gives what is there and more: *data grows by at least one byte, unless the
 * end has been reached. Returns false once nothing more can come; then *data is all that is left.
 * A window that would pass INPUT_ENTRY_LIMIT is returned as it is with true and without growing. */
bool ds_reader_more(Reader *reader, size_t used, Span *data);
/* NULL while whole. Known for sure only when the end was reached. Borrowed. */
const Damage *ds_reader_damage(const Reader *reader);
/* Name of the compression met ("plain", "gzip", "xz", "bzip2", "zstd", "lz4"); static. */
const char *ds_reader_codec(const Reader *reader);

#endif
