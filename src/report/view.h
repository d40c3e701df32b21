/* SPDX-License-Identifier: MIT
 * Private to report/: the figures of the document as texts for people, in the shape the templates walk. Texts are not
 * escaped, but for members named `bands`, `curves` and `defs`, which are HTML. A text that is not there is null. */
#ifndef DS_REPORT_VIEW_H
#define DS_REPORT_VIEW_H

#include "report/chart.h"
#include "report/facts.h"
#include "report/words.h"

#define VIEW_ROWS 200u /* rows of a list on a page: what is more stands in windows.csv and report.json */

/* The whole. New reference, as all of these. */
json_t *view_of(const Report *report);

#define VIEW_CHAPTERS 50u /* incidents told in full, the longest ones: more are rows of the table */

/* A row of the table of incidents: chapter is false. */
json_t *view_incident_row(const Report *report, const Incident *incident);
/* One incident in full. timeline: of report_timeline. only: there is no other, so what the period cost is its cost. */
json_t *view_incident(const Report *report, const Incident *incident, const GPtrArray *timeline, bool only);
/* Cards of the first screen. */
json_t *view_facts(const Report *report, const IncidentFacts *facts, bool only);
/* {label, value, note, lines} appended to a list; takes value and note. A note's parts stand between line feeds. */
void view_fact(json_t *facts, const char *label, char *value, char *note);
/* What the whole period cost, as a card. */
void view_cost(const Report *report, json_t *facts);
/* Reasons of failures by layer: {rows, statement}; null where no failure told one. */
json_t *view_evidence(const IncidentFacts *facts);
/* Entries of the timeline with from <= time <= to: {rows, more}; null for none. */
json_t *view_timeline(const Report *report, const GPtrArray *timeline, Instant from, Instant to);

/* Windows by index: {rows, more}; null for none. flags: collects the flags that occur. blips: only these, or only
 * others. */
typedef enum { VIEW_ALL, VIEW_CONFIRMED, VIEW_BLIPS } ViewPick;
json_t *view_windows(const Report *report, const GArray *indices, ViewPick pick, unsigned *flags);
/* [{name, meaning}] of a set of flags; null for none. */
json_t *view_flags(unsigned flags);
/* availability, objectives, impact, summaries, episodes. */
void view_measures(const Report *report, json_t *view);
/* quality. */
json_t *view_quality(const Report *report);
/* What changed since an earlier report: {file, why, rows, same}; null where there is none. */
json_t *view_compare(const Report *report, const json_t *compare);
/* method: [{term, text}]. */
json_t *view_method(const Report *report);

/* {rows, more} around a list of `total` of which the list holds the first; null when it is empty. Takes rows. */
json_t *view_capped(json_t *rows, size_t total, const char *where);
/* Sets `key` to an instant in UTC, and `key`_local where the config has another zone. */
void view_instant(const Report *report, json_t *row, const char *key, Instant instant);
/* Sets `key` to "file:line, file:line"; null where there is none. */
void view_origins(const Report *report, json_t *row, const char *key, const Origin *origins, unsigned count);

#endif
