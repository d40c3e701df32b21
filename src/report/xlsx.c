/* SPDX-License-Identifier: MIT
 * The workbook: the answer first, then a sheet for each question, for people who go on reckoning. The same input gives
 * the same bytes: the only time in it is the report's. It is written aside, read back and renamed. */
#include "report/xlsx.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static bool has_objectives(const Report *report) {
    return report->impact->objectives->len > 0;
}

static bool has_reports(const Report *report) {
    return report->outages->curves->len > 0;
}

static bool has_rejected(const Report *report) {
    return ds_quality_total(report->quality).rejected > 0;
}

static bool has_overrides(const Report *report) {
    return report->outages->overrides && report->outages->overrides->len > 0;
}

static bool has_earlier(const Report *report) {
    return report->before != NULL;
}

static const XlsxSheet sheets[] = {
    {"Summary", NULL, xlsx_summary, NULL},
    {"Incidents", "what happened, from when to when, how sure", xlsx_incidents, NULL},
    {"Incident services", "the same for each service of an incident", xlsx_parts, NULL},
    {"Phases and response", "how it grew, was answered and was restored; who saw it first", xlsx_phases, NULL},
    {"Windows", "every reconstructed outage, of services and of single series", xlsx_windows, NULL},
    {"Declared windows", "what people declared otherwise, and why", xlsx_declared, has_overrides},
    {"Timeline", "the story in order", xlsx_timeline, NULL},
    {"Availability", "time by state and its ratios, by service and vantage; formulas", xlsx_availability, NULL},
    {"Objectives", "error budgets, formulas", xlsx_objectives, has_objectives},
    {"Budget by incident", "what each incident spent", xlsx_budget, has_objectives},
    {"Burn-rate alerts", "when they would have fired", xlsx_alerts, has_objectives},
    {"Hourly heat map", "minutes down by hour", xlsx_heat, NULL},
    {"Reports", "surges of user reports, with charts", xlsx_reports, NULL},
    {"Report counts", "the counts behind the charts", NULL, has_reports},
    {"Impact", "people and money, formulas", xlsx_impact, NULL},
    {"Impact by hour", "down time by hour of the local day", xlsx_hours, NULL},
    {"Assumptions", "the cells to change", xlsx_assumptions, NULL},
    {"Action items", "a table to fill in", xlsx_actions, NULL},
    {"Evidence", "the lines that prove each edge", xlsx_evidence, NULL},
    {"Reasons", "why checks failed, by layer", xlsx_reasons, NULL},
    {"Comparison", "what differs from the earlier report", xlsx_comparison, has_earlier},
    {"Data quality", "what was read of each file", xlsx_quality, NULL},
    {"Rejected entries", "examples of what could not be read", xlsx_rejected, has_rejected},
};

const XlsxSheet *xlsx_sheet(unsigned index) {
    return index < G_N_ELEMENTS(sheets) ? &sheets[index] : NULL;
}

/* Milliseconds are shown everywhere or nowhere, so that columns line up. */
static bool any_millis(const Report *report) {
    for (unsigned i = 0; i < report->outages->windows->len; i++) {
        const Window *w = &g_array_index(report->outages->windows, Window, i);
        const int64_t times[] = {w->start, w->end, w->observed, w->min, w->max};
        for (unsigned k = 0; k < G_N_ELEMENTS(times); k++) {
            if (times[k] != INSTANT_NONE && times[k] % MILLIS_SECOND != 0) {
                return true;
            }
        }
    }
    return false;
}

static unsigned *incident_ids(const Report *report) {
    unsigned *ids = g_new0(unsigned, report->outages->windows->len + 1);
    for (unsigned i = 0; i < report->outages->incidents->len; i++) {
        const Incident *in = &g_array_index(report->outages->incidents, Incident, i);
        const GArray *lists[] = {in->attached, in->windows};
        for (unsigned k = 0; k < G_N_ELEMENTS(lists); k++) {
            for (unsigned n = 0; n < lists[k]->len; n++) {
                ids[g_array_index(lists[k], guint, n)] = in->id;
            }
        }
    }
    return ids;
}

/* A footer has 255 characters, and & begins its codes. */
static char *footer_of(const char *title) {
    g_autoptr(GString) out = g_string_new("&L");
    unsigned left = 100;
    for (const char *p = title; *p && left--; p = g_utf8_next_char(p)) {
        if (*p == '&') {
            g_string_append(out, "&&");
        } else {
            g_string_append_unichar(out, g_utf8_get_char(p));
        }
    }
    return g_strconcat(out->str, "&C&A&RPage &P of &N", NULL);
}

static char *title_of(const Report *report) {
    const char *title = report->config->title;
    GString *out = g_string_new(NULL);
    ds_text_visible(out, ds_span_of(title && *title ? title : "Postmortem"));
    return g_string_free(out, FALSE);
}

static void write_sheets(Book *book) {
    for (unsigned i = 0; i < G_N_ELEMENTS(sheets); i++) {
        if (sheets[i].write && (!sheets[i].has || sheets[i].has(book->report))) {
            sheets[i].write(book);
        }
    }
}

static bool write_book(const Report *report, const json_t *document, const char *aside, const char *folder,
                       GError **error) {
    lxw_workbook_options options = {.tmpdir = (char *)folder};
    lxw_workbook *workbook = workbook_new_opt(aside, &options);
    Book book = {.report = report,
                 .document = document,
                 .workbook = workbook,
                 .limit = LXW_ROW_MAX,
                 .millis = any_millis(report)};
    book.title = title_of(report);
    book.footer = footer_of(book.title);
    book.incidents = incident_ids(report);
    lxw_doc_properties properties = {.title = book.title,
                                     .comments = "Made by downspan from archived logs",
                                     .created = (time_t)(report->generated / MILLIS_SECOND)};
    workbook_set_properties(workbook, &properties);
    book_looks(&book);
    write_sheets(&book);
    g_free(book.title);
    g_free(book.footer);
    g_free(book.incidents);
    lxw_error failed = workbook_close(workbook); /* frees it */
    if (failed != LXW_NO_ERROR) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "cannot write the workbook: %s", lxw_strerror(failed));
        return false;
    }
    return xlsx_whole(aside, error);
}

bool report_xlsx(const Report *report, const json_t *document, const char *path, GError **error) {
    g_autofree char *aside = ds_file_aside(path);
    g_autofree char *folder = g_path_get_dirname(aside);
    if (!write_book(report, document, aside, folder, error)) {
        unlink(aside);
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    return ds_file_commit(aside, path, error);
}
