/* SPDX-License-Identifier: MIT
 * User reports: the surges, a native chart a service, and the counts behind it. All curves are told in steps of one
 * length, so that those of a service stand side by side and a chart has no more points than a reader can tell apart. */
#include "report/xlsx.h"

#include <math.h>
#include <string.h>

#define POINTS_MOST 300
#define REGIONS_MOST 25u /* two columns each */
#define LINES_MOST 7u    /* of a chart, beside the sum */
#define CHARTS_MOST 50u
#define CHART_ROWS 22u
#define PAGE_ROWS 46u /* of a printed page */

enum { COL_SERVICE, COL_TIME, COL_STEP, COL_ALL, COL_USUAL, COL_REGION };

typedef struct {
    Book *book;
    GArray *curves;  /* const Curve * with bins, by service */
    GArray *regions; /* Name: columns; none where no service has two */
    Instant first;
    Millis step;
    unsigned steps;
    double *sums;     /* of a service: columns COL_ALL on, by step; NAN: unknown */
    unsigned columns; /* COL_ALL on */
} Counts;

static const Curve *curve_at(const Counts *c, unsigned i) {
    return g_array_index(c->curves, const Curve *, i);
}

static SeriesInfo info_at(const Counts *c, unsigned i) {
    return ds_series_info(c->book->report->store, curve_at(c, i)->series);
}

/* The first curve after `first` that tells of another service. */
static unsigned service_end(const Counts *c, unsigned first) {
    unsigned end = first + 1;
    while (end < c->curves->len && info_at(c, end).service == info_at(c, first).service) {
        end++;
    }
    return end;
}

static unsigned region_column(const Counts *c, Name region) {
    for (unsigned i = 0; i < c->regions->len; i++) {
        if (g_array_index(c->regions, Name, i) == region) {
            return COL_REGION + 2 * i;
        }
    }
    return 0;
}

static void find_regions(Counts *c) {
    bool several = false;
    for (unsigned i = 0; i < c->curves->len; i++) {
        Name region = info_at(c, i).vantage;
        several = several || service_end(c, i) > i + 1;
        if (!region_column(c, region) && c->regions->len < REGIONS_MOST) {
            g_array_append_val(c->regions, region);
        }
    }
    if (!several) {
        g_array_set_size(c->regions, 0);
    }
}

/* A round multiple of the longest bin. */
static void find_step(Counts *c) {
    static const unsigned multiples[] = {1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440};
    const Outages *o = c->book->report->outages;
    Millis width = 1;
    c->first = o->from;
    for (unsigned i = 0; i < c->curves->len; i++) {
        width = MAX(width, curve_at(c, i)->width);
        c->first = MIN(c->first, curve_at(c, i)->start);
    }
    c->step = width;
    for (unsigned i = 0; (o->to - c->first) / c->step > POINTS_MOST; i++) {
        c->step = width * (i < G_N_ELEMENTS(multiples) ? multiples[i] : 1440 * (i - 12));
    }
    c->first -= ((c->first % c->step) + c->step) % c->step;
    c->steps = (unsigned)((o->to - c->first + c->step - 1) / c->step);
}

static Counts *counts_new(Book *book) {
    const GArray *all = book->report->outages->curves;
    Counts *c = g_new0(Counts, 1);
    c->book = book;
    c->curves = g_array_new(FALSE, FALSE, sizeof(const Curve *));
    c->regions = g_array_new(FALSE, FALSE, sizeof(Name));
    for (unsigned i = 0; i < all->len; i++) {
        const Curve *curve = &g_array_index(all, Curve, i);
        if (curve->counts->len) {
            g_array_append_val(c->curves, curve);
        }
    }
    find_regions(c);
    find_step(c);
    c->columns = 2 + 2 * c->regions->len;
    c->sums = g_new(double, (gsize)c->steps * c->columns);
    return c;
}

static void counts_free(Counts *c) {
    g_array_unref(c->curves);
    g_array_unref(c->regions);
    g_free(c->sums);
    g_free(c);
}

static void add(double *sum, double value) {
    if (!isnan(value)) {
        *sum = isnan(*sum) ? value : *sum + value;
    }
}

/* Adds a curve to the sums of its service: what is unknown adds nothing, neither reports nor what is usual. */
static void add_curve(Counts *c, unsigned index) {
    const Curve *curve = curve_at(c, index);
    unsigned column = region_column(c, info_at(c, index).vantage);
    for (unsigned i = 0; i < curve->counts->len; i++) {
        Millis after = curve->start + (Instant)i * curve->width - c->first;
        if (after < 0 || after / c->step >= c->steps || isnan(g_array_index(curve->counts, double, i))) {
            continue;
        }
        double *row = c->sums + (after / c->step) * c->columns;
        double count = g_array_index(curve->counts, double, i), level = g_array_index(curve->levels, double, i);
        add(&row[COL_ALL - COL_ALL], count);
        add(&row[COL_USUAL - COL_ALL], level);
        if (column) {
            add(&row[column - COL_ALL], count);
            add(&row[column + 1 - COL_ALL], level);
        }
    }
}

static void write_service(Counts *c, XlsxTable *t, unsigned first, unsigned end) {
    for (size_t i = 0; i < (size_t)c->steps * c->columns; i++) {
        c->sums[i] = NAN;
    }
    for (unsigned i = first; i < end; i++) {
        add_curve(c, i);
    }
    for (unsigned s = 0; s < c->steps; s++) {
        table_next(t);
        table_name(t, COL_SERVICE, info_at(c, first).service);
        table_instant(t, COL_TIME, c->first + (Instant)s * c->step);
        table_length(t, COL_STEP, c->step);
        for (unsigned k = 0; k < c->columns; k++) {
            table_number(t, COL_ALL + k, c->sums[(size_t)s * c->columns + k]);
        }
    }
}

static void write_counts(Counts *c) {
    XlsxColumn columns[COL_REGION + 2 * REGIONS_MOST] = {
        {"Service", LOOK_WRAP, 40}, {"Time (UTC)", LOOK_INSTANT, 0}, {"Step", LOOK_LENGTH, 0},
        {"Reports", LOOK_COUNT, 0}, {"Usual", LOOK_NUMBER, 0},
    };
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < c->regions->len; i++) {
        const char *region = words_vantage(ds_store_name(c->book->report->store, g_array_index(c->regions, Name, i)));
        char *usual = g_strdup_printf("%s, usual", region);
        g_ptr_array_add(names, usual);
        columns[COL_REGION + 2 * i] = (XlsxColumn){region, LOOK_COUNT, 0};
        columns[COL_REGION + 2 * i + 1] = (XlsxColumn){usual, LOOK_NUMBER, 0};
    }
    XlsxTable t;
    table_begin(
        &t, c->book, "Report counts",
        "Reports of users in each step of time, and how many are usual then: of all regions, then of each. Empty: "
        "the logs do not tell.",
        "No reports of users were read.", columns, COL_ALL + c->columns);
    for (unsigned i = 0; i < c->curves->len; i = service_end(c, i)) {
        write_service(c, &t, i, service_end(c, i));
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

/* ---- charts ---- */

typedef struct {
    lxw_color_t colour;
    float width;
    uint8_t dash;
} Stroke;

/* A column of the counts of service number `service` as a line; left out where it goes over the end of a sheet. */
static void add_line(Counts *c, lxw_chart *chart, unsigned service, unsigned column, const char *name, Stroke stroke) {
    XlsxPlace from = xlsx_place((uint64_t)service * c->steps, c->book->limit, XLSX_HEAD + 1);
    XlsxPlace to = xlsx_place((uint64_t)(service + 1) * c->steps - 1, c->book->limit, XLSX_HEAD + 1);
    if (from.page != to.page) {
        return;
    }
    g_autofree char *sheet = xlsx_sheet_name("Report counts", from.page);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    chart_series_set_categories(series, sheet, from.row, COL_TIME, to.row, COL_TIME);
    chart_series_set_values(series, sheet, from.row, (lxw_col_t)column, to.row, (lxw_col_t)column);
    chart_series_set_name(series, name);
    lxw_chart_line line = {.color = stroke.colour, .width = stroke.width, .dash_type = stroke.dash};
    chart_series_set_line(series, &line);
    chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
}

static void add_lines(Counts *c, lxw_chart *chart, unsigned service, unsigned first, unsigned end) {
    static const lxw_color_t colours[LINES_MOST] = {0x3E7CC2, 0xC2571A, 0x2E8540, 0x8E3B8E,
                                                    0xB08A00, 0x2A9D9D, 0xA33A3A};
    unsigned drawn = 0;
    for (unsigned i = first; i < end && end > first + 1 && drawn < LINES_MOST; i++) {
        Name region = info_at(c, i).vantage;
        unsigned column = region_column(c, region);
        if (column) {
            const char *name = words_vantage(ds_store_name(c->book->report->store, region));
            add_line(c, chart, service, column, name, (Stroke){colours[drawn++], 1.25f, LXW_CHART_LINE_DASH_SOLID});
        }
    }
    const char *all = end > first + 1 ? "all regions" : "reports";
    add_line(c, chart, service, COL_ALL, all, (Stroke){0x1B2838, 2.0f, LXW_CHART_LINE_DASH_SOLID});
    add_line(c, chart, service, COL_USUAL, "usual", (Stroke){0x7A8490, 1.5f, LXW_CHART_LINE_DASH_DASH});
}

static void set_axes(const Counts *c, lxw_chart *chart) {
    static const Millis units[] = {MILLIS_MINUTE,    5 * MILLIS_MINUTE, 15 * MILLIS_MINUTE, 30 * MILLIS_MINUTE,
                                   MILLIS_HOUR,      2 * MILLIS_HOUR,   3 * MILLIS_HOUR,    6 * MILLIS_HOUR,
                                   12 * MILLIS_HOUR, MILLIS_DAY,        2 * MILLIS_DAY,     7 * MILLIS_DAY,
                                   14 * MILLIS_DAY,  30 * MILLIS_DAY};
    const Outages *o = c->book->report->outages;
    Millis length = o->to - o->from, unit = 365 * MILLIS_DAY;
    for (unsigned i = G_N_ELEMENTS(units); i-- > 0;) {
        unit = length / units[i] <= 13 ? units[i] : unit;
    }
    Instant from = o->from - ((o->from % unit) + unit) % unit;
    chart_axis_set_min(chart->x_axis, book_serial(from));
    chart_axis_set_max(chart->x_axis, book_serial(o->to));
    chart_axis_set_major_unit(chart->x_axis, book_days(unit));
    chart_axis_set_num_format(chart->x_axis, unit >= MILLIS_DAY    ? "yyyy-mm-dd"
                                             : length > MILLIS_DAY ? "mm-dd hh:mm"
                                                                   : "hh:mm");
    chart_axis_set_name(chart->x_axis, "UTC");
    g_autofree char *step = words_duration(c->step);
    g_autofree char *name = g_strdup_printf("reports in %s", step);
    chart_axis_set_name(chart->y_axis, name);
    chart_axis_set_num_format(chart->y_axis, "#,##0");
    chart_axis_set_min(chart->y_axis, 0);
}

static void add_chart(Counts *c, lxw_worksheet *sheet, lxw_row_t row, unsigned service, unsigned first, unsigned end) {
    lxw_chart *chart = workbook_add_chart(c->book->workbook, LXW_CHART_SCATTER_STRAIGHT);
    add_lines(c, chart, service, first, end);
    const char *name = ds_store_name(c->book->report->store, info_at(c, first).service);
    g_autofree char *title = g_strdup_printf("Reports about %s", name);
    chart_title_set_name(chart, title);
    lxw_chart_font font = {.size = 13, .bold = LXW_TRUE};
    chart_title_set_name_font(chart, &font);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    chart_show_blanks_as(chart, LXW_CHART_BLANKS_AS_GAP);
    set_axes(c, chart);
    lxw_chart_options place = {
        .y_offset = 6, .x_scale = 2.0, .y_scale = 1.4, .object_position = LXW_OBJECT_MOVE_DONT_SIZE};
    worksheet_insert_chart_opt(sheet, row, 0, chart, &place);
}

/* Charts below the table, two a printed page, none of them cut. */
static void write_charts(Counts *c, lxw_worksheet *sheet, lxw_row_t row) {
    lxw_row_t breaks[CHARTS_MOST + 1] = {0};
    unsigned count = 0, service = 0;
    lxw_row_t page = row + CHART_ROWS > PAGE_ROWS ? PAGE_ROWS : row; /* rows taken of the page */
    for (unsigned i = 0; i < c->curves->len && service < CHARTS_MOST; service++) {
        unsigned end = service_end(c, i);
        if (page + CHART_ROWS > PAGE_ROWS) {
            breaks[count++] = row;
            page = 0;
        }
        add_chart(c, sheet, row, service, i, end);
        row += CHART_ROWS;
        page += CHART_ROWS;
        i = end;
    }
    if (count) {
        worksheet_set_h_pagebreaks(sheet, breaks);
    }
}

void xlsx_reports(Book *book) {
    static const XlsxColumn columns[] = {
        {"Service", LOOK_WRAP, 40},       {"Region", LOOK_WRAP, 30},
        {"Start (UTC)", LOOK_INSTANT, 0}, {"End (UTC)", LOOK_INSTANT, 0},
        {"Length", LOOK_LENGTH, 0},       {"Reports", LOOK_COUNT, 0},
        {"Above usual", LOOK_NUMBER, 0},  {"Fullest bin (UTC)", LOOK_INSTANT, 0},
        {"Reports in it", LOOK_COUNT, 0}, {"Score (nats)", LOOK_NUMBER, 0},
    };
    Counts *counts = counts_new(book);
    XlsxTable t;
    table_begin(
        &t, book, "Reports",
        "Surges of user reports: times at which far more came than is usual then. Score: how much likelier a surge is "
        "than chance; higher is surer. The charts below draw the sheet Report counts.",
        counts->curves->len ? "No surge was found." : "No reports of users were read.", columns, G_N_ELEMENTS(columns));
    t.charts = counts->curves->len > 0;
    write_surges(&t);
    table_end(&t);
    if (t.charts) {
        worksheet_set_print_scale(t.sheet, 68);
        write_charts(counts, t.sheet, MAX(t.row, XLSX_HEAD + 1) + 2);
        write_counts(counts);
    }
    counts_free(counts);
}
