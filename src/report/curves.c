/* SPDX-License-Identifier: MIT
 * Curves of user reports: a row a service and region, counts as an area, what was expected as a dashed line, surges
 * shaded, and unknown time hatched as in the bands above, over the same axis. */
#include "report/chart.h"

#include "report/words.h"

#include "base/text.h"

#include <math.h>

#define TOP 27u
#define ROW 54u /* pixels of a row, of which the plot */
#define PLOT 43u
#define COLUMNS 600u /* points of a curve at most; the highest count of each column stays */
#define WIDTH 1000.0 /* units of the stretched inner drawing */

typedef struct {
    unsigned count;
    double counts[COLUMNS]; /* NAN where unknown */
    double levels[COLUMNS];
    double top;      /* of the scale */
    double peak;     /* highest count */
    Instant peak_at; /* start of its bin */
} Columns;

/* The bins within the range, drawn together to at most COLUMNS columns. */
static void make_columns(const Curve *curve, ChartRange range, unsigned most, Columns *out) {
    int64_t bins = (range.to - range.from) / curve->width; /* never more columns than bins: none stays empty */
    out->count = (unsigned)CLAMP(bins, 1, (int64_t)most);
    out->top = 1;
    out->peak = 0;
    out->peak_at = INSTANT_NONE;
    for (unsigned i = 0; i < out->count; i++) {
        out->counts[i] = NAN;
        out->levels[i] = NAN;
    }
    for (unsigned i = 0; i < curve->counts->len; i++) {
        Instant at = curve->start + (Instant)i * curve->width;
        if (at + curve->width <= range.from || at >= range.to) {
            continue;
        }
        /* In whole numbers: rounding must not leave a column without its bin. */
        unsigned column = (unsigned)((MAX(at, range.from) - range.from) * out->count / (range.to - range.from));
        double count = g_array_index(curve->counts, double, i);
        double level = i < curve->levels->len ? g_array_index(curve->levels, double, i) : NAN;
        out->counts[column] = fmax(out->counts[column], count); /* fmax prefers numbers to NAN */
        out->levels[column] = fmax(out->levels[column], level);
        out->top = fmax(out->top, fmax(count, level));
        if (count > out->peak) {
            out->peak = count;
            out->peak_at = at;
        }
    }
}

static void point(GString *out, char command, double x, double y) {
    char a[32], b[32];
    g_ascii_formatd(a, (int)sizeof a, "%.1f", x);
    g_ascii_formatd(b, (int)sizeof b, "%.1f", y);
    g_string_append_printf(out, "%c%s %s", command, a, b);
}

static double height_of(const Columns *columns, double value) {
    return PLOT - value / columns->top * (PLOT - 2);
}

static double middle_of(const Columns *columns, unsigned column) {
    return (column + 0.5) / columns->count * WIDTH;
}

/* Appends the outline of each stretch without NAN; closed: down to the ground, as an area. */
static void outline(GString *out, const Columns *columns, const double *values, bool closed) {
    for (unsigned i = 0; i < columns->count; i++) {
        if (isnan(values[i])) {
            continue;
        }
        unsigned begin = i;
        if (closed) {
            point(out, 'M', begin / (double)columns->count * WIDTH, PLOT);
        }
        for (; i < columns->count && !isnan(values[i]); i++) {
            point(out, i == begin && !closed ? 'M' : 'L', middle_of(columns, i), height_of(columns, values[i]));
        }
        if (closed) {
            point(out, 'L', i / (double)columns->count * WIDTH, PLOT);
            g_string_append_c(out, 'Z');
        }
    }
}

static void draw_unknown(GString *out, const Columns *columns, ChartRange range, unsigned y) {
    Millis whole = range.to - range.from;
    for (unsigned i = 0; i < columns->count; i++) {
        if (!isnan(columns->counts[i])) {
            continue;
        }
        unsigned begin = i;
        while (i < columns->count && isnan(columns->counts[i])) {
            i++;
        }
        g_string_append(out, "<rect class=\"unknown\" ");
        chart_stretch(out, range, range.from + whole * begin / columns->count, range.from + whole * i / columns->count);
        g_string_append_printf(out, " y=\"%u\" height=\"%u\"><title>no counts</title></rect>", y, PLOT);
    }
}

static void draw_surges(const Report *report, GString *out, SeriesInfo info, ChartRange range, unsigned y) {
    for (unsigned i = 0; i < report->outages->surges->len; i++) {
        const Surge *s = &g_array_index(report->outages->surges, Surge, i);
        const Window *w = &g_array_index(report->outages->windows, Window, s->window);
        Instant end = w->end == INSTANT_NONE ? report->outages->to : w->end;
        if (w->service != info.service || w->vantage != info.vantage || end <= range.from || w->start >= range.to) {
            continue;
        }
        g_autofree char *reports = words_count(s->reports);
        g_string_append(out, "<rect class=\"surge\" ");
        chart_stretch(out, range, w->start, end);
        g_string_append_printf(out, " y=\"%u\" height=\"%u\"><title>surge of %s reports: ", y, PLOT, reports);
        chart_when(out, w->start, end);
        g_string_append(out, "</title></rect>");
    }
}

static void draw_curve(const Report *report, const Curve *curve, const Columns *columns, ChartRange range, unsigned y,
                       GString *out) {
    SeriesInfo info = ds_series_info(report->store, curve->series);
    draw_surges(report, out, info, range, y);
    draw_unknown(out, columns, range, y);
    g_string_append_printf(out,
                           "<svg x=\"0\" y=\"%u\" width=\"100%%\" height=\"%u\" viewBox=\"0 0 1000 %u\" "
                           "preserveAspectRatio=\"none\"><path class=\"area\" d=\"",
                           y, PLOT, PLOT);
    outline(out, columns, columns->counts, true);
    g_string_append(out, "\"/><path class=\"counts\" d=\"");
    outline(out, columns, columns->counts, false);
    g_string_append(out, "\"/><path class=\"level\" d=\"");
    outline(out, columns, columns->levels, false);
    g_string_append_printf(out, "\"/></svg><line class=\"ground\" x1=\"0\" x2=\"100%%\" y1=\"%u\" y2=\"%u\"/>",
                           y + PLOT, y + PLOT);
}

static void label(const Report *report, const Curve *curve, const Columns *columns, GString *out) {
    SeriesInfo info = ds_series_info(report->store, curve->series);
    const char *region = ds_store_name(report->store, info.vantage);
    const char *service = ds_store_name(report->store, info.service);
    g_autofree char *peak = words_number(columns->peak), *width = words_duration(curve->width);
    g_string_append_printf(out, "<div class=\"curve\" style=\"height:%upx\" title=\"", ROW);
    ds_text_html(out, ds_span_of(service));
    g_string_append(out, *region ? ", " : "");
    ds_text_html(out, ds_span_of(region));
    g_string_append(out, "\"><span>");
    ds_text_html(out, ds_span_of(service));
    g_string_append(out, "</span><span class=\"region\">");
    ds_text_html(out, ds_span_of(region));
    g_string_append_printf(out, "</span><small>peak %s in %s</small></div>", peak, width);
}

/* The curves of these services, in the store's order. */
static GPtrArray *pick(const Report *report, const GArray *services) {
    GPtrArray *list = g_ptr_array_new();
    for (unsigned i = 0; i < report->outages->curves->len; i++) {
        Curve *curve = &g_array_index(report->outages->curves, Curve, i);
        Name service = ds_series_info(report->store, curve->series).service;
        bool wanted = !services;
        for (unsigned k = 0; services && k < services->len; k++) {
            wanted = wanted || g_array_index(services, Name, k) == service;
        }
        if (wanted && curve->width > 0 && curve->counts->len) {
            g_ptr_array_add(list, curve);
        }
    }
    return list;
}

void curves_chart(const Report *report, const GArray *services, ChartRange range, GString *out) {
    g_autoptr(GPtrArray) curves = pick(report, services);
    if (curves->len == 0 || range.to <= range.from) {
        return;
    }
    unsigned shown = MIN(curves->len, CHART_ROWS / 2), bottom = TOP + shown * ROW;
    g_autofree Columns *columns = g_new(Columns, 1);
    g_autoptr(GString) drawing = g_string_new(NULL);
    chart_marks(report, drawing, range, TOP, bottom);
    chart_axis(drawing, range, TOP, bottom);
    g_string_append_printf(out, "<div class=\"chart\"><div class=\"labels\" style=\"padding-top:%upx\">", TOP);
    for (unsigned i = 0; i < shown; i++) {
        const Curve *curve = g_ptr_array_index(curves, i);
        make_columns(curve, range, COLUMNS, columns);
        label(report, curve, columns, out);
        draw_curve(report, curve, columns, range, TOP + i * ROW + (ROW - PLOT) / 2, drawing);
    }
    chart_axis_labels(range, out);
    g_string_append_printf(out,
                           "</div><svg class=\"plot\" role=\"img\" width=\"100%%\" height=\"%u\" aria-label=\"User "
                           "reports over time\">%s</svg></div>",
                           bottom + chart_axis_height(range), drawing->str);
    if (curves->len > shown) {
        g_string_append_printf(out, "<p class=\"more\">and %u more curves</p>", curves->len - shown);
    }
}

double curves_text(const Curve *curve, ChartRange range, GString *out) {
    static const char *const signs[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    g_autofree Columns *columns = g_new(Columns, 1);
    make_columns(curve, range, CHART_TEXT_CELLS, columns);
    for (unsigned i = 0; i < columns->count; i++) {
        double value = columns->counts[i];
        unsigned level = isnan(value) ? 0 : (unsigned)(value / columns->top * 7.999);
        g_string_append(out, isnan(value) ? "?" : signs[MIN(level, 7)]);
    }
    return columns->peak;
}
