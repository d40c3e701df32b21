/* SPDX-License-Identifier: MIT
 * The workbook: sheets for people who go on reckoning. Written aside and renamed. */
#include "report/output.h"

#include "report/facts.h"
#include "report/words.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

static void write_summary(const Report *report, lxw_worksheet *sheet) {
    lxw_row_t row = 0;
    worksheet_write_string(sheet, row++, 0, report->config->title ? report->config->title : "Postmortem", NULL);
    for (unsigned i = 0; i < report->outages->incidents->len; i++) {
        g_autoptr(IncidentFacts) facts = facts_of(report, &g_array_index(report->outages->incidents, Incident, i));
        g_autofree char *headline = facts_headline(report, facts), *length = facts_length(facts);
        g_autoptr(GString) cell = g_string_new(NULL);
        ds_text_cell(cell, ds_span_of(headline));
        worksheet_write_string(sheet, row, 0, cell->str, NULL);
        worksheet_write_string(sheet, row++, 1, length, NULL);
    }
    worksheet_set_column(sheet, 0, 1, 60, NULL);
}

bool report_xlsx(const Report *report, const char *path, GError **error) {
    g_autofree char *aside = ds_file_aside(path);
    lxw_workbook *book = workbook_new(aside);
    lxw_doc_properties properties = {.title = "Postmortem", .created = (time_t)(report->generated / MILLIS_SECOND)};
    workbook_set_properties(book, &properties);
    write_summary(report, workbook_add_worksheet(book, "Summary"));
    lxw_error failed = workbook_close(book);
    if (failed != LXW_NO_ERROR) {
        unlink(aside);
        g_set_error(error, DS_ERROR, EXIT_INPUT, "cannot write %s: %s", path, lxw_strerror(failed));
        return false;
    }
    return ds_file_commit(aside, path, error);
}
