/* SPDX-License-Identifier: MIT
 * The heat map: minutes down by hour of the period (by day where it is long), for each row of Availability. A row's
 * down time is that of its band within the time that counts, so its cells add up to the row's down time there. */
#include "report/xlsx.h"

#include <math.h>

#define HOURS_MOST (31 * MILLIS_DAY) /* longer periods: a column a day, then several days */
#define STEPS_MOST 1000
#define CELLS_MOST 1000000u /* more than that: services alone, a workbook must open */
#define DAY_ROW 2u
#define HOUR_ROW 3u

enum { COL_SERVICE, COL_VANTAGE, COL_CHECK, COL_SIGNAL, COL_SUM, COL_FIRST };

typedef struct {
    Book *book;
    lxw_worksheet *sheet;
    Instant first; /* of the first column */
    Millis step;
    unsigned count;
    Millis *down, *known, *counted; /* of a row, by column */
    unsigned widths[COL_FIRST];
} Heat;

static void spread(const Heat *h, Millis *columns, Instant start, Instant end) {
    while (start < end) {
        unsigned c = (unsigned)((start - h->first) / h->step);
        Instant next = MIN(end, h->first + (Instant)(c + 1) * h->step);
        columns[c] += next - start;
        start = next;
    }
}

static void add_row(Heat *h, const GArray *band, const GArray *rest) {
    memset(h->down, 0, h->count * sizeof *h->down);
    memset(h->known, 0, h->count * sizeof *h->known);
    memset(h->counted, 0, h->count * sizeof *h->counted);
    for (unsigned i = 0, k = 0; i < band->len && k < rest->len;) {
        const Segment *s = &g_array_index(band, Segment, i), *r = &g_array_index(rest, Segment, k);
        Instant start = MAX(s->start, r->start), end = MIN(s->end, r->end);
        spread(h, h->counted, start, end);
        if (s->state == STATE_DOWN) {
            spread(h, h->down, start, end);
        }
        if (s->state != STATE_UNKNOWN) {
            spread(h, h->known, start, end);
        }
        if (s->end <= r->end) {
            i++;
        } else {
            k++;
        }
    }
}

static void label(Heat *h, lxw_row_t row, unsigned col, const char *text) {
    if (*text) {
        unsigned width = book_text(h->book, h->sheet, row, (lxw_col_t)col, text, LOOK_TEXT);
        h->widths[col] = MAX(h->widths[col], MIN(width + 1, 40));
    }
}

static void write_row(Heat *h, lxw_row_t row, const Availability *a) {
    const Store *store = h->book->report->store;
    label(h, row, COL_SERVICE, ds_store_name(store, a->service));
    label(h, row, COL_VANTAGE, a->vantage == NAME_NONE ? "" : words_vantage(ds_store_name(store, a->vantage)));
    label(h, row, COL_CHECK, ds_store_name(store, a->check));
    label(h, row, COL_SIGNAL, ds_signal_name(a->signal));
    char from[LXW_MAX_CELL_NAME_LENGTH], to[LXW_MAX_CELL_NAME_LENGTH];
    lxw_rowcol_to_cell(from, row, COL_FIRST);
    lxw_rowcol_to_cell(to, row, (lxw_col_t)(COL_FIRST + h->count - 1));
    g_autofree char *sum = g_strdup_printf("=SUM(%s:%s)", from, to);
    book_formula(h->book, h->sheet, row, COL_SUM, sum, (double)a->down / (double)MILLIS_MINUTE, LOOK_NUMBER);
    for (unsigned c = 0; c < h->count; c++) {
        lxw_col_t col = (lxw_col_t)(COL_FIRST + c);
        if (h->known[c] > 0) {
            book_number(h->book, h->sheet, row, col, (double)h->down[c] / (double)MILLIS_MINUTE, LOOK_MINUTES);
        } else {
            book_text(h->book, h->sheet, row, col, h->counted[c] > 0 ? "?" : "x", LOOK_NOTHING);
        }
    }
}

static const GArray *band_of(const Outages *o, unsigned row) {
    return row < o->services->len ? g_array_index(o->services, ServiceVerdict, row).band
                                  : g_array_index(o->series, SeriesVerdict, row - o->services->len).band;
}

static lxw_row_t write_rows(Heat *h) {
    const Report *report = h->book->report;
    const GArray *list = report->impact->availability;
    bool all = (uint64_t)list->len * h->count <= CELLS_MOST;
    unsigned rows = all ? list->len : report->outages->services->len;
    for (unsigned i = 0; i < rows; i++) {
        const Availability *a = &g_array_index(list, Availability, i);
        g_autoptr(GArray) rest =
            ds_impact_counted(report->outages, report->store, report->config, a->service, a->vantage);
        add_row(h, band_of(report->outages, i), rest);
        write_row(h, HOUR_ROW + 1 + i, a);
    }
    return HOUR_ROW + rows;
}

static void day_header(Heat *h, unsigned from, unsigned to, Instant at) {
    Civil c = ds_civil_of(at);
    g_autofree char *text = to - from < 2 ? g_strdup_printf("%02d-%02d", c.month, c.day)
                                          : g_strdup_printf("%04d-%02d-%02d", c.year, c.month, c.day);
    lxw_col_t left = (lxw_col_t)(COL_FIRST + from), right = (lxw_col_t)(COL_FIRST + to - 1);
    if (right > left) {
        worksheet_merge_range(h->sheet, DAY_ROW, left, DAY_ROW, right, text, h->book->looks[LOOK_DAY]);
    } else {
        worksheet_write_string(h->sheet, DAY_ROW, left, text, h->book->looks[LOOK_DAY]);
    }
}

static void write_header(Heat *h) {
    static const char *const titles[COL_FIRST] = {"Service", "Vantage", "Check", "Signal", "Minutes down"};
    for (unsigned c = 0; c < COL_FIRST; c++) {
        worksheet_write_blank(h->sheet, DAY_ROW, (lxw_col_t)c, h->book->looks[LOOK_HEAD]);
        book_header(h->book, h->sheet, HOUR_ROW, (lxw_col_t)c, titles[c], c == COL_SUM ? LOOK_COUNT : LOOK_TEXT);
        h->widths[c] = (unsigned)strlen(titles[c]) + 2;
    }
    unsigned group = 0;
    for (unsigned c = 0; c < h->count; c++) {
        Instant at = h->first + (Instant)c * h->step;
        Civil now = ds_civil_of(at), next = ds_civil_of(at + h->step);
        g_autofree char *text = h->step == MILLIS_HOUR ? g_strdup_printf("%02d", now.hour)
                                                       : g_strdup_printf("%02d-%02d", now.month, now.day);
        worksheet_write_string(h->sheet, HOUR_ROW, (lxw_col_t)(COL_FIRST + c), text, h->book->looks[LOOK_HOUR]);
        bool last = c + 1 == h->count || (h->step == MILLIS_HOUR ? next.hour == 0 : next.year != now.year);
        if (last) {
            day_header(h, group, c + 1, h->first + (Instant)group * h->step);
            group = c + 1;
        }
    }
}

static void colour(Heat *h, lxw_row_t last) {
    double full = (double)h->step / (double)MILLIS_MINUTE;
    lxw_conditional_format scale = {.type = LXW_CONDITIONAL_3_COLOR_SCALE,
                                    .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                    .mid_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                    .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                    .min_value = 0,
                                    .mid_value = full / 2,
                                    .max_value = full,
                                    .min_color = 0xFFFFFF,
                                    .mid_color = 0xFDBB6B,
                                    .max_color = 0xE0503A};
    worksheet_conditional_format_range(h->sheet, HOUR_ROW + 1, COL_FIRST, last, (lxw_col_t)(COL_FIRST + h->count - 1),
                                       &scale);
}

/* Wide maps are printed a day a page beside the names, others on one page. */
static void set_up(Heat *h) {
    double sum = 0;
    for (unsigned c = 0; c < COL_FIRST; c++) {
        worksheet_set_column(h->sheet, (lxw_col_t)c, (lxw_col_t)c, h->widths[c] + 1, NULL);
        sum += h->widths[c] + 1;
    }
    double width = h->step == MILLIS_HOUR ? 5.2 : 7;
    worksheet_set_column(h->sheet, COL_FIRST, (lxw_col_t)(COL_FIRST + h->count - 1), width, NULL);
    worksheet_freeze_panes(h->sheet, HOUR_ROW + 1, COL_SUM + 1);
    book_print(h->book, h->sheet, 0);
    worksheet_repeat_rows(h->sheet, DAY_ROW, HOUR_ROW);
    if (h->count > 31) {
        worksheet_repeat_columns(h->sheet, 0, COL_SUM);
        uint16_t pages = (uint16_t)((h->count + 23) / 24);
        worksheet_fit_to_pages(h->sheet, pages, 0);
    }
    g_autofree char *note = g_strdup_printf(
        "Minutes down in each %s (UTC), by the same bands as Availability: a row adds up to its down time there. "
        "· none, ? nothing is known of it, x not counted (maintenance, outside service hours or the period).",
        h->step == MILLIS_HOUR  ? "hour"
        : h->step == MILLIS_DAY ? "day"
                                : "stretch of days");
    book_head(h->book, h->sheet, "Hourly heat map", note, COL_FIRST + MIN(h->count, 12), sum + 12 * width);
}

void xlsx_heat(Book *book) {
    const Outages *o = book->report->outages;
    Heat h = {.book = book, .step = MILLIS_HOUR};
    if (o->to - o->from > HOURS_MOST) {
        h.step = MILLIS_DAY * ((o->to - o->from) / MILLIS_DAY / STEPS_MOST + 1);
    }
    Millis unit = MIN(h.step, MILLIS_DAY);
    h.first = o->from - ((o->from % unit) + unit) % unit;
    h.count = (unsigned)MAX((o->to - h.first + h.step - 1) / h.step, 1);
    h.sheet = workbook_add_worksheet(book->workbook, "Hourly heat map");
    g_autofree Millis *cells = g_new0(Millis, (gsize)h.count * 3);
    h.down = cells;
    h.known = cells + h.count;
    h.counted = cells + (gsize)2 * h.count;
    write_header(&h);
    lxw_row_t last = write_rows(&h);
    if (last > HOUR_ROW) {
        colour(&h, last);
    } else {
        book_text(book, h.sheet, HOUR_ROW + 1, 0, "Nothing was measured.", LOOK_TEXT);
    }
    set_up(&h);
}
