/* SPDX-License-Identifier: MIT
 * Tables: a row a record under one frozen header, with filters, widths that fit, and print set-up. A sheet has room for
 * 1,048,576 rows; what is more goes on in further sheets with the same header. */
#include "report/xlsx.h"

#include <math.h>

#define NOTE_MOST 150.0 /* characters of a line of explanation: wider is hard to read */

XlsxPlace xlsx_place(uint64_t record, uint32_t limit, uint32_t head) {
    uint64_t room = limit > head ? limit - head : 1;
    return (XlsxPlace){(unsigned)(record / room), (lxw_row_t)(head + record % room)};
}

char *xlsx_sheet_name(const char *name, unsigned page) {
    return page == 0 ? g_strdup(name) : g_strdup_printf("%s %u", name, page + 1);
}

/* The longest word: a header may be as narrow as that. */
static unsigned word_width(const char *title) {
    unsigned longest = 0;
    for (const char *p = title; *p;) {
        size_t n = strcspn(p, " ");
        longest = MAX(longest, (unsigned)g_utf8_strlen(p, (gssize)n));
        p += n + (p[n] == ' ');
    }
    return longest;
}

static void start_widths(XlsxTable *t) {
    for (unsigned c = 0; c < t->count; c++) {
        t->widths[c] = word_width(t->columns[c].title) + 1;
    }
}

static void begin_page(XlsxTable *t) {
    g_autofree char *name = xlsx_sheet_name(t->name, t->page);
    t->sheet = workbook_add_worksheet(t->book->workbook, name);
    for (unsigned c = 0; c < t->count; c++) {
        book_header(t->book, t->sheet, XLSX_HEAD, (lxw_col_t)c, t->columns[c].title, t->columns[c].look);
    }
    t->row = XLSX_HEAD;
}

static const struct {
    State state;
    lxw_color_t fill, ink;
} state_colours[] = {
    {STATE_DOWN, 0xF6C9C4, 0x7F1710},        {STATE_PARTIAL, 0xFBDDB5, 0x6E4300}, {STATE_DEGRADED, 0xFFF2BF, 0x5F5000},
    {STATE_UNKNOWN, 0xE3E5E8, 0x3F4650},     {STATE_SURGE, 0xE2D6F5, 0x452A7A},   {STATE_UP, 0xD7EEDC, 0x1D5A2A},
    {STATE_MAINTENANCE, 0xD3E4F6, 0x194772},
};

static void colour_states(XlsxTable *t, unsigned col) {
    for (unsigned i = 0; i < G_N_ELEMENTS(state_colours); i++) {
        g_autofree char *word = g_strdup_printf("\"%s\"", ds_state_name(state_colours[i].state));
        lxw_format *format = workbook_add_format(t->book->workbook);
        format_set_bg_color(format, state_colours[i].fill);
        format_set_font_color(format, state_colours[i].ink);
        lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_CELL,
                                       .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
                                       .value_string = word,
                                       .format = format};
        worksheet_conditional_format_range(t->sheet, XLSX_HEAD + 1, (lxw_col_t)col, t->row, (lxw_col_t)col, &rule);
    }
}

static void set_widths(XlsxTable *t) {
    double sum = 0;
    unsigned lines = 1, over = 0;
    for (unsigned c = 0; c < t->count; c++) {
        const XlsxColumn *column = &t->columns[c];
        unsigned width = t->widths[c] + 1;
        width = column->most ? MIN(width, MAX(column->most, word_width(column->title) + 4)) : MIN(width, 90);
        worksheet_set_column(t->sheet, (lxw_col_t)c, (lxw_col_t)c, width, NULL);
        lines = MAX(lines, book_lines(column->title, width - 2.0));
        over += sum < NOTE_MOST;
        sum += sum < NOTE_MOST ? width : 0;
    }
    worksheet_set_row(t->sheet, XLSX_HEAD, book_height(lines + 1), NULL); /* room for the buttons of the filter */
    g_autofree char *title = xlsx_sheet_name(t->name, t->page);
    book_head(t->book, t->sheet, title, t->note, over, sum);
}

static void end_page(XlsxTable *t) {
    bool any = t->row > XLSX_HEAD;
    if (!any) {
        book_text(t->book, t->sheet, XLSX_HEAD + 1, 0, t->none, LOOK_TEXT);
    }
    set_widths(t);
    for (unsigned c = 0; any && c < t->count; c++) {
        if (t->columns[c].look == LOOK_STATE) {
            colour_states(t, c);
        }
    }
    lxw_col_t last = (lxw_col_t)(t->count - 1);
    worksheet_autofilter(t->sheet, XLSX_HEAD, 0, MAX(t->row, XLSX_HEAD + 1), last);
    worksheet_freeze_panes(t->sheet, XLSX_HEAD + 1, 0);
    book_print(t->book, t->sheet, t->charts ? 0 : XLSX_HEAD);
}

void table_begin(XlsxTable *table, Book *book, const char *name, const char *note, const char *none,
                 const XlsxColumn *columns, unsigned count) {
    *table = (XlsxTable){
        .book = book, .name = name, .note = note, .none = none, .columns = columns, .count = MIN(count, XLSX_COLUMNS)};
    start_widths(table);
    begin_page(table);
}

void table_next(XlsxTable *table) {
    XlsxPlace place = xlsx_place(table->records++, table->book->limit, XLSX_HEAD + 1);
    if (place.page != table->page) {
        end_page(table);
        table->page = place.page;
        begin_page(table);
    }
    table->row = place.row;
    table->lines = 1;
}

void table_end(XlsxTable *table) {
    end_page(table);
}

static void widen(XlsxTable *t, unsigned col, unsigned width) {
    t->widths[col] = MAX(t->widths[col], width);
}

void table_text(XlsxTable *table, unsigned col, const char *text) {
    if (text && *text) {
        Look look = table->columns[col].look;
        bool words = look == LOOK_TEXT || look == LOOK_WRAP || look == LOOK_STATE;
        look = words ? look : LOOK_ASIDE; /* the column has numbers, at the right */
        widen(table, col, book_text(table->book, table->sheet, table->row, (lxw_col_t)col, text, look) + 1);
        unsigned lines = look == LOOK_WRAP ? book_lines(text, table->columns[col].most) : 1;
        if (lines > table->lines) { /* programs do not all fit rows by themselves */
            table->lines = lines;
            worksheet_set_row(table->sheet, table->row, book_height(lines), NULL);
        }
    }
}

void table_name(XlsxTable *table, unsigned col, Name name) {
    table_text(table, col, ds_store_name(table->book->report->store, name));
}

void table_vantage(XlsxTable *table, unsigned col, Name vantage) {
    if (vantage != NAME_NONE) {
        table_text(table, col, words_vantage(ds_store_name(table->book->report->store, vantage)));
    }
}

void table_number(XlsxTable *table, unsigned col, double value) {
    if (!isnan(value)) {
        widen(table, col,
              book_number(table->book, table->sheet, table->row, (lxw_col_t)col, value, table->columns[col].look));
    }
}

void table_count(XlsxTable *table, unsigned col, uint64_t value) {
    table_number(table, col, (double)value);
}

void table_instant(XlsxTable *table, unsigned col, Instant instant) {
    widen(table, col, book_instant(table->book, table->sheet, table->row, (lxw_col_t)col, instant));
}

void table_length(XlsxTable *table, unsigned col, Millis length) {
    widen(table, col,
          book_length(table->book, table->sheet, table->row, (lxw_col_t)col, length,
                      table->columns[col].look == LOOK_SHORT ? LOOK_SHORT : LOOK_LENGTH));
}

void table_least(XlsxTable *table, unsigned col, Millis length, unsigned flags) {
    Look look = flags & WORDS_AT_LEAST ? LOOK_LEAST : LOOK_LENGTH;
    widen(table, col, book_length(table->book, table->sheet, table->row, (lxw_col_t)col, length, look));
}

void table_origins(XlsxTable *table, unsigned col, const Origin *origins, unsigned count) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < count; i++) {
        if (origins[i].line && text->len) {
            g_string_append(text, ", ");
        }
        ds_report_origin(table->book->report, origins[i], text);
    }
    table_text(table, col, text->str);
}

void table_formula(XlsxTable *table, unsigned col, double value, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *formula = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    widen(
        table, col,
        book_formula(table->book, table->sheet, table->row, (lxw_col_t)col, formula, value, table->columns[col].look));
}
