/* SPDX-License-Identifier: MIT
 * Cells and their looks. Times are UTC as serial days since 1899-12-30, lengths fractions of a day ([h]:mm:ss). A sheet
 * cannot show a negative length or a date before 1900-03-01 (its calendar has a 29 February 1900): those are texts. */
#include "report/xlsx.h"

#include "base/text.h"

#include <math.h>

#define TEXT_MOST 8000u                    /* characters of a cell: a sheet holds 32,767, nobody reads them */
#define FIRST_DATE INT64_C(-2203891200000) /* 1900-03-01 */
#define LAST_DATE INT64_C(253402300800000) /* the year 10000 */
#define UNIX_EPOCH 25569.0                 /* 1970-01-01 as a serial day */

unsigned book_width(const char *text) {
    return (unsigned)g_utf8_strlen(text, -1);
}

unsigned book_lines(const char *text, double width) {
    unsigned lines = 1, room = (unsigned)MAX(width, 4), used = 0;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " ");
        unsigned word = (unsigned)g_utf8_strlen(p, (gssize)n);
        if (used && used + 1 + word > room) {
            lines++;
            used = 0;
        }
        used += word + (used > 0);
        if (used > room) { /* a word longer than a line */
            lines += (used - 1) / room;
            used = (used - 1) % room + 1;
        }
        p += n + (p[n] == ' ');
    }
    return lines;
}

double book_height(unsigned lines) {
    return 15.0 * MIN(lines, 26) + 1; /* a row has 409 points at most */
}

/* Is what such a column holds at the left? */
static bool is_text(Look look) {
    return look == LOOK_TEXT || look == LOOK_WRAP || look == LOOK_STATE || look == LOOK_ENTRY;
}

void book_header(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *title, Look column) {
    book_text(book, sheet, row, col, title, is_text(column) ? LOOK_HEAD : LOOK_HEAD_RIGHT);
}

/* XML has no U+FFFE and U+FFFF; readers take _xHHHH_ for an escape, so such a text gets one for its own "_". */
static char *for_xml(const char *text) {
    GString *out = g_string_new(NULL);
    unsigned left = TEXT_MOST;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (left-- == 0) {
            g_string_append(out, "…");
            break;
        }
        bool escape = c == '_' && p[1] == 'x' && g_ascii_isxdigit(p[2]) && g_ascii_isxdigit(p[3]) &&
                      g_ascii_isxdigit(p[4]) && g_ascii_isxdigit(p[5]) && p[6] == '_';
        if (escape) {
            g_string_append(out, "_x005F_");
        } else {
            g_string_append_unichar(out, (c & 0xfffeu) == 0xfffeu ? 0xfffdu : c);
        }
    }
    return g_string_free(out, FALSE);
}

unsigned book_text(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *text, Look look) {
    g_autoptr(GString) guarded = g_string_new(NULL);
    ds_text_cell(guarded, ds_span_of(text));
    g_autofree char *cell = for_xml(guarded->str);
    if (*cell) {
        worksheet_write_string(sheet, row, col, cell, book->looks[look]);
    } else {
        worksheet_write_blank(sheet, row, col, book->looks[look]);
    }
    return book_width(cell);
}

static unsigned number_width(double value, Look look) {
    double size = fabs(value);
    unsigned digits = size < 10 ? 1 : (unsigned)MIN(log10(size), 20) + 1;
    unsigned grouped = digits + (digits - 1) / 3 + (value < 0);
    switch (look) {
    case LOOK_RATIO:
    case LOOK_SUM_RATIO:
    case LOOK_INPUT_RATIO:
        return value < 1 && value >= 0.999995 ? 14 : 8;
    case LOOK_SHARE:
        return grouped + 5;
    case LOOK_COUNT:
    case LOOK_INPUT_COUNT:
    case LOOK_SUM_COUNT:
        return grouped;
    default:
        return grouped + 3;
    }
}

unsigned book_number(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, double value, Look look) {
    if (isnan(value)) {
        worksheet_write_blank(sheet, row, col, book->looks[look]);
        return 0;
    }
    if (isinf(value)) {
        return book_text(book, sheet, row, col, value > 0 ? "∞" : "−∞", look);
    }
    worksheet_write_number(sheet, row, col, value, book->looks[look]);
    return number_width(value, look);
}

unsigned book_instant(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, Instant instant) {
    if (instant == INSTANT_NONE) {
        return 0;
    }
    if (instant < FIRST_DATE || instant >= LAST_DATE) {
        char text[INSTANT_TEXT_SIZE];
        return book_text(book, sheet, row, col, ds_instant_text(instant, text), LOOK_TEXT);
    }
    worksheet_write_number(sheet, row, col, book_serial(instant), book->looks[LOOK_INSTANT]);
    return book->millis ? 23 : 19;
}

double book_serial(Instant instant) {
    return (double)instant / (double)MILLIS_DAY + UNIX_EPOCH;
}

double book_days(Millis length) {
    return (double)length / (double)MILLIS_DAY;
}

unsigned book_length(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, Millis length, Look look) {
    if (length == MILLIS_NONE) {
        return 0;
    }
    if (length < 0) {
        g_autofree char *text = words_duration(length);
        return book_text(book, sheet, row, col, text, LOOK_TEXT);
    }
    worksheet_write_number(sheet, row, col, book_days(length), book->looks[look]);
    unsigned hours = number_width((double)(length / MILLIS_HOUR), LOOK_COUNT);
    return hours + 6 + (book->millis && look != LOOK_SHORT ? 4 : 0) + (look == LOOK_LEAST ? 2 : 0);
}

unsigned book_formula(Book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *formula, double value,
                      Look look) {
    if (isfinite(value)) {
        worksheet_write_formula_num(sheet, row, col, formula, book->looks[look], value);
    } else {
        worksheet_write_formula_str(sheet, row, col, formula, book->looks[look], isnan(value) ? "" : "∞");
    }
    bool length = look == LOOK_LENGTH || look == LOOK_SUM_LENGTH;
    return isnan(value) ? 0 : length ? 13 : number_width(value, look);
}

/* ---- looks ---- */

typedef enum { TONE_PLAIN, TONE_INPUT, TONE_SUM, TONE_ENTRY } Tone;

static lxw_format *base(Book *book, Tone tone) {
    lxw_format *format = workbook_add_format(book->workbook);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (tone == TONE_INPUT) {
        format_set_bg_color(format, 0xFFF8DC);
        format_set_font_color(format, 0x1F3FA8);
        format_set_border(format, LXW_BORDER_THIN);
        format_set_border_color(format, 0xD8CFA8);
    } else if (tone == TONE_SUM) {
        format_set_bold(format);
        format_set_top(format, LXW_BORDER_THIN);
    } else if (tone == TONE_ENTRY) {
        format_set_border(format, LXW_BORDER_THIN);
        format_set_border_color(format, 0xC9CED6);
        format_set_text_wrap(format);
    }
    return format;
}

static void text_look(Book *book, Look look, bool wrap) {
    book->looks[look] = base(book, look == LOOK_SUM_TEXT ? TONE_SUM : TONE_PLAIN);
    format_set_align(book->looks[look], LXW_ALIGN_LEFT);
    format_set_indent(book->looks[look], look == LOOK_NOTE ? 0 : 1); /* away from the numbers on the left */
    if (wrap) {
        format_set_text_wrap(book->looks[look]);
    }
}

static void number_look(Book *book, Look look, Tone tone, const char *pattern) {
    book->looks[look] = base(book, tone);
    format_set_align(book->looks[look], LXW_ALIGN_RIGHT);
    format_set_num_format(book->looks[look], pattern);
}

static void heading_look(Book *book, Look look, double size, unsigned colour) {
    book->looks[look] = base(book, TONE_PLAIN);
    format_set_bold(book->looks[look]);
    format_set_align(book->looks[look], LXW_ALIGN_LEFT);
    format_set_indent(book->looks[look], look == LOOK_LABEL ? 1 : 0);
    format_set_font_size(book->looks[look], size);
    format_set_font_color(book->looks[look], colour);
}

static void head_look(Book *book, Look look, uint8_t align, bool rotate) {
    lxw_format *format = book->looks[look] = workbook_add_format(book->workbook);
    format_set_bold(format);
    format_set_text_wrap(format);
    format_set_bg_color(format, 0x2F4156);
    format_set_font_color(format, 0xFFFFFF);
    format_set_align(format, align);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP); /* buttons of filters lie at the bottom */
    if (rotate) {
        format_set_font_size(format, 9);
    }
}

void book_looks(Book *book) {
    const char *length = book->millis ? "[h]:mm:ss.000;;\"–\"" : "[h]:mm:ss;;\"–\"";
    const char *least = book->millis ? "\"≥ \"[h]:mm:ss.000" : "\"≥ \"[h]:mm:ss";
    const char *ratio = "[=1]0.000%;[>=0.999995]0.0000000000%;0.000%"; /* never rounded up to 100 % */
    text_look(book, LOOK_TEXT, false);
    text_look(book, LOOK_WRAP, true);
    text_look(book, LOOK_STATE, false);
    text_look(book, LOOK_SUM_TEXT, false);
    heading_look(book, LOOK_TITLE, 16, 0x1B2838);
    heading_look(book, LOOK_SECTION, 12, 0x1B2838);
    heading_look(book, LOOK_LABEL, 11, 0x1B2838);
    text_look(book, LOOK_NOTE, true);
    format_set_font_color(book->looks[LOOK_NOTE], 0x5A6472);
    head_look(book, LOOK_HEAD, LXW_ALIGN_LEFT, false);
    format_set_indent(book->looks[LOOK_HEAD], 1);
    head_look(book, LOOK_HEAD_RIGHT, LXW_ALIGN_RIGHT, false);
    head_look(book, LOOK_HOUR, LXW_ALIGN_CENTER, true);
    head_look(book, LOOK_DAY, LXW_ALIGN_LEFT, true);
    format_set_left(book->looks[LOOK_DAY], LXW_BORDER_THIN);
    format_set_left_color(book->looks[LOOK_DAY], 0xFFFFFF);
    number_look(book, LOOK_INSTANT, TONE_PLAIN, book->millis ? "yyyy-mm-dd hh:mm:ss.000" : "yyyy-mm-dd hh:mm:ss");
    number_look(book, LOOK_LENGTH, TONE_PLAIN, length);
    number_look(book, LOOK_SHORT, TONE_PLAIN, "[h]:mm:ss;;\"–\"");
    number_look(book, LOOK_LEAST, TONE_PLAIN, least);
    number_look(book, LOOK_COUNT, TONE_PLAIN, "#,##0");
    number_look(book, LOOK_NUMBER, TONE_PLAIN, "#,##0.00");
    number_look(book, LOOK_MONEY, TONE_PLAIN, "#,##0.00");
    number_look(book, LOOK_RATE, TONE_PLAIN, "#,##0.00####");
    number_look(book, LOOK_ASIDE, TONE_PLAIN, "@");
    number_look(book, LOOK_RATIO, TONE_PLAIN, ratio);
    number_look(book, LOOK_MINUTES, TONE_PLAIN, "0.0;;\"·\"");
    format_set_align(book->looks[LOOK_MINUTES], LXW_ALIGN_CENTER);
    number_look(book, LOOK_NOTHING, TONE_PLAIN, "@");
    format_set_align(book->looks[LOOK_NOTHING], LXW_ALIGN_CENTER);
    number_look(book, LOOK_SHARE, TONE_PLAIN, "#,##0.0%");
    format_set_bg_color(book->looks[LOOK_NOTHING], 0xE3E5E8);
    format_set_font_color(book->looks[LOOK_NOTHING], 0x5A6472);
    book->looks[LOOK_ENTRY] = base(book, TONE_ENTRY);
    number_look(book, LOOK_DATE, TONE_ENTRY, "yyyy-mm-dd");
    number_look(book, LOOK_INPUT_COUNT, TONE_INPUT, "#,##0");
    number_look(book, LOOK_INPUT_NUMBER, TONE_INPUT, "#,##0.00##");
    number_look(book, LOOK_INPUT_RATIO, TONE_INPUT, "0.00##%");
    number_look(book, LOOK_SUM_COUNT, TONE_SUM, "#,##0");
    number_look(book, LOOK_SUM_MONEY, TONE_SUM, "#,##0.00");
    number_look(book, LOOK_SUM_RATIO, TONE_SUM, ratio);
    number_look(book, LOOK_SUM_SHARE, TONE_SUM, "0%");
    number_look(book, LOOK_SUM_LENGTH, TONE_SUM, length);
}

void book_print(Book *book, lxw_worksheet *sheet, lxw_row_t head) {
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.7);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_footer(sheet, book->footer);
    if (head) {
        worksheet_repeat_rows(sheet, head, head);
    }
}

void book_head(Book *book, lxw_worksheet *sheet, const char *title, const char *note, unsigned columns, double width) {
    book_text(book, sheet, 0, 0, title, LOOK_TITLE);
    worksheet_set_row(sheet, 0, 24, NULL);
    if (columns > 1) {
        worksheet_merge_range(sheet, 1, 0, 1, (lxw_col_t)(columns - 1), "", book->looks[LOOK_NOTE]);
    }
    book_text(book, sheet, 1, 0, note, LOOK_NOTE);
    worksheet_set_row(sheet, 1, book_height(book_lines(note, width * 0.95)) + 3, NULL);
}
