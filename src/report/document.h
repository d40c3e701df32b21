/* SPDX-License-Identifier: MIT
 * Private to report/: the parts of the document, each a member or a few of report.json. */
#ifndef DS_REPORT_DOCUMENT_H
#define DS_REPORT_DOCUMENT_H

#include "report/report.h"

/* A window with the columns of docs/semantics.md; durations in ms. New reference. */
json_t *document_window(const Report *report, const Window *window);
/* incidents, windows, agreement, episodes, surges, monitor_outages, maintenance, notices. */
void document_outages(const Report *report, json_t *root);
/* availability, objectives, impact, responses, response_summaries, sightings. */
void document_impact(const Report *report, json_t *root);
/* What changed since an earlier report, held against the document so far; needs report->before. New reference. */
json_t *document_compare(const Report *report, const json_t *document);
/* inputs, quality. */
void document_quality(const Report *report, json_t *root);

#endif
