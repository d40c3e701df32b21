/* SPDX-License-Identifier: MIT
 * Action items: a table to fill in, with drop-downs where there is a choice. */
#include "report/xlsx.h"

#define ROWS 40u

static void choices(lxw_worksheet *sheet, lxw_col_t col, char **list, const char *message) {
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST,
                                .value_list = list,
                                .error_title = "Not in the list",
                                .error_message = (char *)message};
    worksheet_data_validation_range(sheet, XLSX_HEAD + 1, col, XLSX_HEAD + ROWS, col, &rule);
}

static void due_dates(lxw_worksheet *sheet, lxw_col_t col) {
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_DATE,
                                .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN,
                                .value_datetime = {.year = 2000, .month = 1, .day = 1},
                                .error_title = "No date",
                                .error_message = "A date is expected here, as in 2026-12-31."};
    worksheet_data_validation_range(sheet, XLSX_HEAD + 1, col, XLSX_HEAD + ROWS, col, &rule);
}

/* Incident numbers as a drop-down: a list may have 255 characters. */
static void incidents(const Report *report, lxw_worksheet *sheet, lxw_col_t col) {
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < report->outages->incidents->len && i < 50; i++) {
        unsigned id = g_array_index(report->outages->incidents, Incident, i).id;
        g_ptr_array_add(list, g_strdup_printf("%u", id));
    }
    g_ptr_array_add(list, NULL);
    if (list->len > 1) {
        lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST,
                                    .value_list = (char **)list->pdata,
                                    .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING};
        worksheet_data_validation_range(sheet, XLSX_HEAD + 1, col, XLSX_HEAD + ROWS, col, &rule);
    }
}

static void strike_done(Book *book, lxw_worksheet *sheet, lxw_col_t last) {
    lxw_format *format = workbook_add_format(book->workbook);
    format_set_font_color(format, 0x7A8490);
    format_set_font_strikeout(format);
    lxw_conditional_format rule = {
        .type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = "=OR($G4=\"done\",$G4=\"dropped\")", .format = format};
    worksheet_conditional_format_range(sheet, XLSX_HEAD + 1, 0, XLSX_HEAD + ROWS, last, &rule);
}

void xlsx_actions(Book *book) {
    static const struct {
        const char *title;
        double width;
    } columns[] = {{"Incident", 11}, {"Action", 58}, {"Kind", 14},
                   {"Priority", 12}, {"Owner", 22},  {"Due", 13},
                   {"State", 14},    {"Ticket", 22}, {"How to tell that it works", 40}};
    static char *kinds[] = {"mitigate", "prevent", "detect", "respond", "learn", NULL};
    static char *priorities[] = {"P1", "P2", "P3", "P4", NULL};
    static char *states[] = {"open", "in progress", "blocked", "done", "dropped", NULL};
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, "Action items");
    lxw_col_t last = G_N_ELEMENTS(columns) - 1;
    for (lxw_col_t c = 0; c <= last; c++) {
        worksheet_set_column(sheet, c, c, columns[c].width, NULL);
        book_header(book, sheet, XLSX_HEAD, c, columns[c].title, LOOK_TEXT);
        for (lxw_row_t r = 1; r <= ROWS; r++) {
            worksheet_write_blank(sheet, XLSX_HEAD + r, c, book->looks[c == 5 ? LOOK_DATE : LOOK_ENTRY]);
        }
    }
    book_head(
        book, sheet, "Action items",
        "To be filled in after the review: what is done so that it does not happen again, is found sooner or is over "
        "sooner. Incident, kind, priority and state have lists to choose from.",
        last + 1u, 150);
    incidents(book->report, sheet, 0);
    choices(sheet, 2, kinds, "Choose one of: mitigate, prevent, detect, respond, learn.");
    choices(sheet, 3, priorities, "Choose one of: P1, P2, P3, P4.");
    due_dates(sheet, 5);
    choices(sheet, 6, states, "Choose one of: open, in progress, blocked, done, dropped.");
    strike_done(book, sheet, last);
    worksheet_autofilter(sheet, XLSX_HEAD, 0, XLSX_HEAD + ROWS, last);
    worksheet_freeze_panes(sheet, XLSX_HEAD + 1, 0);
    book_print(book, sheet, XLSX_HEAD);
}
