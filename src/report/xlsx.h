/* SPDX-License-Identifier: MIT
 * Private to report/xlsx*.c: a workbook in which every cell is what it says: an instant is a date, a length a duration,
 * a ratio a percentage. Texts of logs reach a cell only through book_text, which writes strings and nothing else. */
#ifndef DS_REPORT_XLSX_H
#define DS_REPORT_XLSX_H

#include "report/facts.h"
#include "report/output.h"
#include "report/words.h"

#include <jansson.h>
#include <xlsxwriter.h>

#define XLSX_HEAD 2u      /* the row of a table's headers: title and explanation stand above */
#define XLSX_COLUMNS 64u  /* columns of a table at most */
#define XLSX_HOURS 14u    /* Assumptions: the row of the profile's first hour */
#define XLSX_USERS 42u    /* Assumptions: the row of the first loss; the others follow in their order */
#define XLSX_LIVE 500000u /* rows of losses up to which their figures are formulas: they share one sheet each */

/* How a cell looks. */
typedef enum {
    LOOK_TEXT,
    LOOK_WRAP,  /* text over several lines where it is long */
    LOOK_STATE, /* the word of a state, coloured by it */
    LOOK_HEAD,
    LOOK_HEAD_RIGHT, /* over numbers */
    LOOK_TITLE,
    LOOK_SECTION,
    LOOK_NOTE,
    LOOK_LABEL,
    LOOK_INSTANT,
    LOOK_LENGTH,
    LOOK_SHORT, /* a length in whole seconds, for narrow columns */
    LOOK_LEAST, /* a length with ≥ */
    LOOK_COUNT,
    LOOK_NUMBER, /* two decimals */
    LOOK_MONEY,
    LOOK_RATE,  /* money with more decimals */
    LOOK_ASIDE, /* a word where numbers stand */
    LOOK_RATIO,
    LOOK_SHARE, /* a percentage that may be large */
    LOOK_MINUTES,
    LOOK_NOTHING,     /* grey: nothing is known */
    LOOK_HOUR,        /* header of a narrow column */
    LOOK_DAY,         /* header over such columns */
    LOOK_ENTRY,       /* an empty cell to fill in */
    LOOK_DATE,        /* likewise, a date */
    LOOK_INPUT_COUNT, /* assumptions, to be changed */
    LOOK_INPUT_NUMBER,
    LOOK_INPUT_RATIO,
    LOOK_SUM_TEXT, /* the row of totals */
    LOOK_SUM_COUNT,
    LOOK_SUM_MONEY,
    LOOK_SUM_RATIO,
    LOOK_SUM_SHARE,
    LOOK_SUM_LENGTH,
    LOOKS
} Look;

typedef struct {
    const Report *report;
    const json_t *document; /* report.json, for what is there as text already */
    lxw_workbook *workbook;
    lxw_format *looks[LOOKS];
    uint32_t limit; /* rows of a sheet, its head included */
    bool millis;    /* some time is no whole second, so all show milliseconds */
    char *footer;
    char *title;
    unsigned *incidents; /* id of the incident of each window, 0: none */
} Book;

/* ---- cells (xlsx_book.c). Each returns the width of what is shown, in characters ---- */
unsigned book_text(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *text, Look look);
unsigned book_number(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, double value, Look look);
/* INSTANT_NONE: nothing. Instants that a sheet has no date for are texts. */
unsigned book_instant(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, Instant instant);
/* MILLIS_NONE: nothing. A negative length is a text: a sheet cannot show it. */
unsigned book_length(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, Millis length, Look look);
/* A formula with its value, so that a reader that does not reckon has it too; NAN: an empty text. */
unsigned book_formula(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *formula, double value,
                      Look look);
/* Length as the fraction of a day that a duration cell holds. */
double book_days(Millis length);
/* An instant as the serial day that a date cell holds. */
double book_serial(Instant instant);
/* The looks of the workbook. millis: whether times show milliseconds. */
void book_looks(Book *book);
/* Landscape, one page wide, footer; `head` repeated on every page. */
void book_print(Book *book, lxw_worksheet *sheet, lxw_row_t head);
/* Title, and an explanation over `columns` columns of `width` characters in all. */
void book_head(Book *book, lxw_worksheet *sheet, const char *title, const char *note, unsigned columns, double width);
/* Width of a text, in characters. */
unsigned book_width(const char *text);
/* Lines that a text takes in a column of `width` characters, broken at blanks. */
unsigned book_lines(const char *text, double width);
/* Height of a row of so many lines. */
double book_height(unsigned lines);
/* A column's header: at the right where the column has numbers. */
void book_header(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *title, Look column);

/* ---- tables (xlsx_table.c) ---- */
typedef struct {
    const char *title;
    Look look;
    unsigned most; /* characters wide at most; 0: as wide as its content */
} XlsxColumn;

/* A record's sheet (0 the first) and row, where `limit` rows of a sheet have the first `head` for other things. */
typedef struct {
    unsigned page;
    lxw_row_t row;
} XlsxPlace;
XlsxPlace xlsx_place(uint64_t record, uint32_t limit, uint32_t head);
/* "Windows", "Windows 2", ...; yours. */
char *xlsx_sheet_name(const char *name, unsigned page);

/* A table with one header row, continued on further sheets. */
typedef struct {
    Book *book;
    const char *name, *note, *none; /* sheet; what it shows; the text where it has no row */
    const XlsxColumn *columns;
    unsigned count;
    lxw_worksheet *sheet;
    uint64_t records;
    lxw_row_t row; /* of the present record */
    unsigned page;
    unsigned widths[XLSX_COLUMNS];
    unsigned lines; /* of the present record */
    bool charts;    /* something stands below: no fit to a page, no repeated header */
} XlsxTable;
void table_begin(XlsxTable *table, Book *book, const char *name, const char *note, const char *none,
                 const XlsxColumn *columns, unsigned count);
/* Goes on to a new record, on a new sheet where this one is full. */
void table_next(XlsxTable *table);
void table_end(XlsxTable *table);
/* Cells of the present record, as the column looks. */
void table_text(XlsxTable *table, unsigned col, const char *text);
void table_name(XlsxTable *table, unsigned col, Name name); /* empty for none */
void table_vantage(XlsxTable *table, unsigned col, Name vantage);
void table_number(XlsxTable *table, unsigned col, double value); /* NAN: nothing */
void table_count(XlsxTable *table, unsigned col, uint64_t value);
void table_instant(XlsxTable *table, unsigned col, Instant instant);
void table_length(XlsxTable *table, unsigned col, Millis length);
void table_least(XlsxTable *table, unsigned col, Millis length, unsigned flags); /* with ≥ where flags say so */
void table_origins(XlsxTable *table, unsigned col, const Origin *origins, unsigned count);
void table_formula(XlsxTable *table, unsigned col, double value, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* ---- sheets ---- */
typedef struct {
    const char *name, *what; /* for the list of sheets on the first one */
    void (*write)(Book *book);
    bool (*has)(const Report *report); /* NULL: always there */
} XlsxSheet;
/* Sheet number `index`, in their order; NULL after the last. Static. */
const XlsxSheet *xlsx_sheet(unsigned index);

void xlsx_summary(Book *book);
void xlsx_incidents(Book *book);
void xlsx_parts(Book *book); /* services of each incident */
void xlsx_phases(Book *book);
void xlsx_windows(Book *book);
void xlsx_timeline(Book *book);
void xlsx_availability(Book *book);
void xlsx_objectives(Book *book);
void xlsx_budget(Book *book); /* spent by incident */
void xlsx_alerts(Book *book);
void xlsx_declared(Book *book);
void xlsx_comparison(Book *book);
void xlsx_heat(Book *book);
void xlsx_reports(Book *book);
void xlsx_impact(Book *book);
void xlsx_hours(Book *book);
void xlsx_assumptions(Book *book);
void xlsx_actions(Book *book);
void xlsx_evidence(Book *book);
void xlsx_reasons(Book *book);
void xlsx_quality(Book *book);
void xlsx_rejected(Book *book);

/* Rows of service `first`'s vantages in the list of losses: *end is the first that is not. */
unsigned xlsx_loss_end(const Report *report, unsigned first);
/* Sum over the services of a figure of Loss (its offset); NAN where none has it. */
double xlsx_total(const Report *report, size_t member);
/* True while the figures of people and money are formulas. */
bool xlsx_live(const Report *report);

/* Reads a written workbook back: every part whole, with an end to its root. False with an error (EXIT_INPUT). */
bool xlsx_whole(const char *path, GError **error);

#endif
