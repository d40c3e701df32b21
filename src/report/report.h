/* SPDX-License-Identifier: MIT
 * One report model, many outputs. Markdown, HTML and JSON all come from the one tree of ds_report_document, so they
 * cannot disagree; the workbook, CSV and terminal read the same structs. A new output is one .c file and one row. */
#ifndef DS_REPORT_H
#define DS_REPORT_H

#include "impact/impact.h"

#include <jansson.h>
#include <stdio.h>

typedef struct { /* borrows everything */
    const Config *config;
    const Quality *quality;
    const Store *store;
    const Outages *outages;
    const Impact *impact;
    Instant generated;    /* SOURCE_DATE_EPOCH, else the period's end: the same input gives the same bytes */
    const json_t *before; /* an earlier report to compare with; NULL: none */
} Report;

/* The document: report.json as it is, plus `view` (texts for people, SVG) for the templates. Yours (json_decref). */
json_t *ds_report_document(const Report *report);

/* Reads a report.json. NULL with an error (EXIT_USAGE) that names the file. Yours (json_decref). */
json_t *ds_report_load(const char *path, GError **error);

/* Writes the outputs into `dir` (made where missing), each aside and renamed. outputs: names of rows, NULL-terminated;
 * NULL: all. False with an error (EXIT_INPUT, or EXIT_USAGE for an unknown name) at the first that fails. */
bool ds_report_write(const Report *report, const char *dir, char **outputs, GError **error);

/* The windows as CSV (header and rows of docs/semantics.md "windows") or JSON lines. level: "service", "series", "all".
 */
void ds_report_windows(const Report *report, const char *level, bool json, GString *out);

/* The table for the terminal: incidents, then services. colour: ANSI codes allowed. */
void ds_report_terminal(const Report *report, bool colour, GString *out);

/* "web.log:12" of an origin; "" where line is 0. Borrowed path text is visible-escaped by the caller. */
void ds_report_origin(const Report *report, Origin origin, GString *out);

/* Renders a Mustache template (the public specification, lambdas left out) with a context. partial: text of a partial
 * by name or NULL. escape: how {{name}} is written. Unknown names render empty. */
bool ds_mustache_render(const char *template_text, json_t *context,
                        const char *(*partial)(const char *name, void *user), void *user,
                        void (*escape)(GString *out, Span text), GString *out, GError **error);

#endif
