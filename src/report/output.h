/* SPDX-License-Identifier: MIT
 * Private to report/: the writers behind the table of outputs in report.c. Each writes one file, aside and renamed, and
 * fails with EXIT_INPUT when it cannot. */
#ifndef DS_REPORT_OUTPUT_H
#define DS_REPORT_OUTPUT_H

#include "report/report.h"

/* The workbook (xlsx.c), at `path`. document: report.json, which the comparison is told by. */
bool report_xlsx(const Report *report, const json_t *document, const char *path, GError **error);

/* report.json: the document without its `view`. */
bool report_json(const Report *report, const json_t *document, const char *path, GError **error);
/* windows.csv: every window. */
bool report_csv(const Report *report, const json_t *document, const char *path, GError **error);
/* A page from a template built into the program, by its name ("postmortem.html"): escaped by the name's suffix. */
bool report_page(const json_t *document, const char *name, const char *path, GError **error);
/* A page from a template of the user's: into `dir`, named like the template without ".mustache". Partials come from
 * beside it, then from those built in. */
bool report_template(const json_t *document, const char *template_path, const char *dir, GError **error);

/* One instant of the story. */
typedef struct {
    Instant time;
    const char *kind;  /* static: "window-start", "window-end", "surge-start", "notice", ... */
    char *text;        /* owned; texts of logs as they were */
    Origin origins[2]; /* line 0: none */
    State state;       /* of a window that starts; else STATE_UNKNOWN */
} TimelineEntry;
/* The story of the whole period, by time: starts and ends of service windows, surges, notices, maintenance, monitor
 * outages, first sights. TimelineEntry *; yours (g_ptr_array_unref). */
GPtrArray *report_timeline(const Report *report);

#endif
