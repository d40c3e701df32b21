/* SPDX-License-Identifier: MIT
 * Private to parse/import*.c: a format as another tool describes it, on its way to a parser file. */
#ifndef DS_PARSE_IMPORT_H
#define DS_PARSE_IMPORT_H

#include "parse/parser.h"

typedef struct {
    char *name, *title, *source; /* owned; source may be NULL */
    bool json;                   /* paths, else patterns */
    GPtrArray *patterns;         /* char *: PCRE2, blanks count */
    char *time;                  /* capture or path of the time; NULL: found by its name */
    char *text;                  /* likewise, of what a line says */
    GPtrArray *times;            /* char *: captures whose definition is a time */
    GPtrArray *paths;            /* char *, json: what else entries have */
    GPtrArray *forms;            /* char *: of `time:`; empty: auto */
    GPtrArray *samples;          /* char *: lines */
    GString *report;             /* a line for everything that could not be carried over; borrowed */
} Draft;

Draft *draft_new(const char *name, GString *report);
void draft_free(Draft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Draft, draft_free)
/* A line of the report. */
void draft_note(Draft *draft, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The parser file. Yours to free. */
char *draft_write(Draft *draft);

/* import_lnav.c: the first format of a file of lnav. */
bool import_lnav(Draft *draft, Span text, GError **error);
/* import_grok.c: a grok pattern. definitions: char *, the texts of files of further patterns. */
bool import_grok(Draft *draft, Span text, const GPtrArray *definitions, GError **error);
/* import_patterns.c: the pattern of a well-known grok name, or NULL; static. */
const char *grok_pattern(const char *name);

#endif
