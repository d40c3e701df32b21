/* SPDX-License-Identifier: MIT
 * The straight line from paths to a measured report, and the only threads: a task a file, each with its own Store. */
#ifndef DS_JOB_H
#define DS_JOB_H

#include "config.h"
#include "impact/impact.h"
#include "parse/parse.h"
#include "report/report.h"

typedef struct Job Job;

/* Lists and reads all inputs (detecting parsers), merges, and finishes the store. Files that cannot be read are told in
 * the ledger. NULL and an error (EXIT_INPUT) where nothing could be read, or something was damaged under --strict;
 * (EXIT_USAGE) for a bad parser. */
Job *ds_job_read(const Config *config, GError **error);
/* Finds outages and measures them. False with an error (EXIT_USAGE) where an override of the configuration cannot be
 * applied: it matches no window, or its corrected edges make no sense. */
bool ds_job_measure(Job *job, GError **error);
/* Borrowed; valid until ds_job_free. */
const Report *ds_job_report(const Job *job);
void ds_job_free(Job *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Job, ds_job_free)

/* Reads all inputs one after another in true order and hands every record to the sink (for `extract`). quality: filled.
 */
bool ds_job_extract(const Config *config, const Sink *sink, Quality *quality, GPtrArray **files, GError **error);

#endif
