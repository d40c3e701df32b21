/* SPDX-License-Identifier: MIT
 * Private to report/: the writers behind the table of outputs in report.c. Each writes one file, aside and renamed. */
#ifndef DS_REPORT_OUTPUT_H
#define DS_REPORT_OUTPUT_H

#include "report/report.h"

/* The workbook (xlsx.c), at `path`. False with an error (EXIT_INPUT) when it cannot be written. */
bool report_xlsx(const Report *report, const char *path, GError **error);

#endif
