/* SPDX-License-Identifier: MIT
 * User reports: the surges, a native chart a service, and the counts behind it. Long series are told in longer bins, so
 * that a chart has no more points than a screen. */
#include "report/xlsx.h"

#include <math.h>

#define POINTS_MOST 2000u /* of a curve */
#define LINES_MOST 8u     /* of a chart */
#define BASELINES_MOST 3u /* curves up to which their baselines are drawn too */
#define CHARTS_MOST 50u
#define CHART_ROWS 21u

typedef struct {
    const Curve *curve;
    SeriesInfo info;
    unsigned group, rows;
    uint64_t first; /* record of its first row */
} Line;

static GArray *lines_of(const Report *report) {
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(Line));
    uint64_t first = 0;
    for (unsigned i = 0; i < report->outages->curves->len; i++) {
        const Curve *curve = &g_array_index(report->outages->curves, Curve, i);
        if (curve->counts->len == 0) {
            continue;
        }
        Line line = {.curve = curve, .info = ds_series_info(report->store, curve->series), .first = first};
        line.group = (curve->counts->len + POINTS_MOST - 1) / POINTS_MOST;
        line.rows = (curve->counts->len + line.group - 1) / line.group;
        first += line.rows;
        g_array_append_val(lines, line);
    }
    return lines;
}

/* Sum of the known values of a group; NAN when none is known. */
static double group_sum(const GArray *values, unsigned from, unsigned count) {
    double sum = NAN;
    for (unsigned i = from; i < values->len && i < from + count; i++) {
        double value = g_array_index(values, double, i);
        sum = isnan(value) ? sum : isnan(sum) ? value : sum + value;
    }
    return sum;
}

static void write_counts(Book *book, const GArray *lines) {
    static const XlsxColumn columns[] = {
        {"Service", LOOK_WRAP, 40}, {"Region", LOOK_WRAP, 30},  {"Time (UTC)", LOOK_INSTANT, 0},
        {"Bin", LOOK_LENGTH, 0},    {"Reports", LOOK_COUNT, 0}, {"Baseline", LOOK_NUMBER, 0},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Report counts",
        "Reports of users by bin, and how many are usual there. An empty count: the log has no such bin. Long series "
        "are told in longer bins, at most 2,000 each.",
        "No reports of users were read.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < lines->len; i++) {
        const Line *line = &g_array_index(lines, Line, i);
        for (unsigned r = 0; r < line->rows; r++) {
            table_next(&t);
            table_name(&t, 0, line->info.service);
            table_name(&t, 1, line->info.vantage);
            table_instant(&t, 2, line->curve->start + (Instant)r * line->group * line->curve->width);
            table_length(&t, 3, line->group * line->curve->width);
            table_number(&t, 4, group_sum(line->curve->counts, r * line->group, line->group));
            table_number(&t, 5, group_sum(line->curve->levels, r * line->group, line->group));
        }
    }
    table_end(&t);
}

static void write_surges(XlsxTable *t) {
    const Report *report = t->book->report;
    for (unsigned i = 0; i < report->outages->surges->len; i++) {
        const Surge *s = &g_array_index(report->outages->surges, Surge, i);
        const Window *w = &g_array_index(report->outages->windows, Window, s->window);
        table_next(t);
        table_name(t, 0, w->service);
        table_name(t, 1, w->vantage);
        table_instant(t, 2, w->start);
        if (w->end == INSTANT_NONE) {
            table_text(t, 3, "ongoing");
        } else {
            table_instant(t, 3, w->end);
        }
        table_least(t, 4, w->observed, w->flags);
        table_count(t, 5, s->reports);
        table_number(t, 6, s->excess);
        table_instant(t, 7, s->peak);
        table_count(t, 8, s->peak_reports);
        table_number(t, 9, s->score);
    }
}

/* "='Report counts'!$E$4:$E$99" of a curve; NULL where it goes over the end of a sheet. */
static char *range_of(const Book *book, const Line *line, char column) {
    XlsxPlace from = xlsx_place(line->first, book->limit, XLSX_HEAD + 1);
    XlsxPlace to = xlsx_place(line->first + line->rows - 1, book->limit, XLSX_HEAD + 1);
    if (from.page != to.page) {
        return NULL;
    }
    g_autofree char *sheet = xlsx_sheet_name("Report counts", from.page);
    return g_strdup_printf("='%s'!$%c$%u:$%c$%u", sheet, column, from.row + 1, column, to.row + 1);
}

static void add_line(Book *book, lxw_chart *chart, const Line *line, bool baseline, unsigned number) {
    static const lxw_color_t colours[LINES_MOST] = {0x1F5FA8, 0xC2571A, 0x2E8540, 0x8E3B8E,
                                                    0xB08A00, 0x2A9D9D, 0xA33A3A, 0x5A6472};
    g_autofree char *times = range_of(book, line, 'C');
    g_autofree char *values = range_of(book, line, baseline ? 'F' : 'E');
    if (!times || !values) {
        return;
    }
    lxw_chart_series *series = chart_add_series(chart, times, values);
    const char *region = ds_store_name(book->report->store, line->info.vantage);
    g_autofree char *name = g_strdup_printf("%s%s", *region ? region : "reports", baseline ? ", usual" : "");
    chart_series_set_name(series, name);
    lxw_chart_line look = {.color = colours[number % LINES_MOST],
                           .width = baseline ? 1.0f : 1.5f,
                           .dash_type = baseline ? LXW_CHART_LINE_DASH_DASH : LXW_CHART_LINE_DASH_SOLID};
    chart_series_set_line(series, &look);
    lxw_chart_marker none = {.type = LXW_CHART_MARKER_NONE};
    (void)none;
    chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
}

static void set_axes(const Report *report, lxw_chart *chart) {
    static const Millis steps[] = {5 * MILLIS_MINUTE, 15 * MILLIS_MINUTE, MILLIS_HOUR,      2 * MILLIS_HOUR,
                                   3 * MILLIS_HOUR,   6 * MILLIS_HOUR,    12 * MILLIS_HOUR, MILLIS_DAY,
                                   2 * MILLIS_DAY,    7 * MILLIS_DAY,     14 * MILLIS_DAY,  30 * MILLIS_DAY};
    Millis length = report->outages->to - report->outages->from, step = 365 * MILLIS_DAY;
    for (unsigned i = G_N_ELEMENTS(steps); i-- > 0;) {
        step = length / steps[i] <= 13 ? steps[i] : step;
    }
    Instant from = report->outages->from - ((report->outages->from % step) + step) % step;
    chart_axis_set_min(chart->x_axis, book_days(from) + 25569);
    chart_axis_set_max(chart->x_axis, book_days(report->outages->to) + 25569);
    chart_axis_set_major_unit(chart->x_axis, book_days(step));
    chart_axis_set_num_format(chart->x_axis,
                              step < MILLIS_DAY ? (length > MILLIS_DAY ? "dd hh:mm" : "hh:mm") : "yyyy-mm-dd");
    chart_axis_set_name(chart->x_axis, "UTC");
    chart_axis_set_name(chart->y_axis, "reports a bin");
    chart_axis_set_num_format(chart->y_axis, "#,##0");
    chart_axis_set_min(chart->y_axis, 0);
}

/* The chart of the lines from `first` on that have its service; returns the first that has not. */
static unsigned add_chart(Book *book, lxw_worksheet *sheet, const GArray *lines, unsigned first, lxw_row_t row) {
    unsigned end = first;
    const Line *head = &g_array_index(lines, Line, first);
    while (end < lines->len && g_array_index(lines, Line, end).info.service == head->info.service) {
        end++;
    }
    lxw_chart *chart = workbook_add_chart(book->workbook, LXW_CHART_SCATTER_STRAIGHT);
    for (unsigned i = first; i < end && i - first < LINES_MOST; i++) {
        add_line(book, chart, &g_array_index(lines, Line, i), false, i - first);
    }
    for (unsigned i = first; i < end && end - first <= BASELINES_MOST; i++) {
        add_line(book, chart, &g_array_index(lines, Line, i), true, i - first);
    }
    g_autofree char *title =
        g_strdup_printf("Reports about %s", ds_store_name(book->report->store, head->info.service));
    chart_title_set_name(chart, title);
    lxw_chart_font font = {.size = 13, .bold = LXW_TRUE};
    chart_title_set_name_font(chart, &font);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    set_axes(book->report, chart);
    lxw_chart_options place = {.x_scale = 2.2, .y_scale = 1.35, .object_position = LXW_OBJECT_MOVE_DONT_SIZE};
    worksheet_insert_chart_opt(sheet, row, 0, chart, &place);
    return end;
}

void xlsx_reports(Book *book) {
    static const XlsxColumn columns[] = {
        {"Service", LOOK_WRAP, 40},
        {"Region", LOOK_WRAP, 30},
        {"Start (UTC)", LOOK_INSTANT, 0},
        {"End (UTC)", LOOK_INSTANT, 0},
        {"Length", LOOK_LENGTH, 0},
        {"Reports", LOOK_COUNT, 0},
        {"Above the baseline", LOOK_NUMBER, 0},
        {"Fullest bin (UTC)", LOOK_INSTANT, 0},
        {"Reports in it", LOOK_COUNT, 0},
        {"Score (nats)", LOOK_NUMBER, 0},
    };
    g_autoptr(GArray) lines = lines_of(book->report);
    XlsxTable t;
    table_begin(
        &t, book, "Reports",
        "Surges of user reports: times at which far more came than is usual then. Score: how much likelier a surge is "
        "than chance; higher is surer. The charts below draw the sheet Report counts.",
        lines->len ? "No surge was found." : "No reports of users were read.", columns, G_N_ELEMENTS(columns));
    write_surges(&t);
    table_end(&t);
    if (lines->len == 0) {
        return;
    }
    lxw_row_t row = MAX(t.row, XLSX_HEAD + 1) + 2;
    unsigned charts = 0;
    for (unsigned i = 0; i < lines->len && charts < CHARTS_MOST; charts++) {
        i = add_chart(book, t.sheet, lines, i, row);
        row += CHART_ROWS;
    }
    write_counts(book, lines);
}
