/* SPDX-License-Identifier: MIT
 * Bands: what each service was, and beneath it what each vantage saw. Severity is told three times, by colour, by the
 * height of the bar and by its pattern, so that neither colour-blind eyes nor a grey printer lose anything. States
 * shorter than a step are united with their neighbours, the worst on top: a short outage never vanishes. */
#include "report/chart.h"

#include "report/words.h"

#include "base/text.h"

#define TOP 27u     /* for marks */
#define VERDICT 28u /* pixels of a verdict row, and of its bar */
#define VERDICT_BAR 20u
#define VANTAGE 20u
#define VANTAGE_BAR 13u
#define GAP 9u /* between services */
#define BLIPS_MOST 400u

typedef struct {
    const char *name, *class_name;
    unsigned height; /* percent of the bar */
} CellStyle;

static const CellStyle cell_styles[CELL_COUNT] = {
    {"", "", 0},
    {"up", "up", 24},
    {"unknown", "unknown", 100},
    {"this vantage's own fault", "fault", 62},
    {"degraded", "degraded", 50},
    {"partly down", "partial", 78},
    {"down", "down", 100},
};

static Cell cell_of(State state) {
    switch (state) {
    case STATE_UP:
        return CELL_UP;
    case STATE_DEGRADED:
        return CELL_DEGRADED;
    case STATE_PARTIAL:
        return CELL_PARTIAL;
    case STATE_DOWN:
    case STATE_SURGE:
        return CELL_DOWN;
    default:
        return CELL_UNKNOWN;
    }
}

static unsigned index_of(ChartRange range, unsigned count, Instant at, bool up) {
    if (at <= range.from) {
        return 0;
    }
    if (at >= range.to) {
        return count;
    }
    double place = (double)(at - range.from) / (double)(range.to - range.from) * (double)count;
    unsigned whole = (unsigned)place;
    return up && place > (double)whole ? whole + 1 : whole;
}

static void paint(uint8_t *cells, unsigned count, ChartRange range, Segment s, Cell cell, bool over) {
    if (s.end <= range.from || s.start >= range.to) {
        return;
    }
    unsigned begin = MIN(index_of(range, count, s.start, false), count - 1), end = index_of(range, count, s.end, true);
    for (unsigned i = begin; i < MAX(end, begin + 1); i++) {
        cells[i] = over ? (uint8_t)cell : MAX(cells[i], (uint8_t)cell);
    }
}

void bands_cells(const BandRow *row, ChartRange range, unsigned count, uint8_t *cells) {
    memset(cells, CELL_NONE, count);
    for (unsigned i = 0; i < row->band->len; i++) {
        Segment s = g_array_index(row->band, Segment, i);
        paint(cells, count, range, s, cell_of(s.state), false);
    }
    for (unsigned i = 0; i < row->faults->len; i++) {
        paint(cells, count, range, g_array_index(row->faults, Segment, i), CELL_FAULT, true);
    }
}

void bands_text(const BandRow *row, ChartRange range, GString *out) {
    static const char *const signs[CELL_COUNT] = {" ", "·", "?", "f", "▒", "▓", "█"};
    uint8_t cells[CHART_TEXT_CELLS];
    bands_cells(row, range, CHART_TEXT_CELLS, cells);
    for (unsigned i = 0; i < CHART_TEXT_CELLS; i++) {
        g_string_append(out, signs[cells[i]]);
    }
}

static Instant instant_at(ChartRange range, unsigned cell) {
    return range.from + (Instant)((double)(range.to - range.from) * cell / CHART_CELLS);
}

/* Exact edges of the one segment a run of equal cells stands for; of the cells themselves where they unite several. */
static Segment exact(const BandRow *row, ChartRange range, unsigned begin, unsigned end, Cell cell, unsigned *parts) {
    Segment run = {instant_at(range, begin), instant_at(range, end), STATE_UNKNOWN}, found = run;
    const GArray *list = cell == CELL_FAULT ? row->faults : row->band;
    unsigned low = 0, high = list->len;
    while (low < high) { /* the first that ends after the run begins */
        unsigned middle = low + (high - low) / 2;
        if (g_array_index(list, Segment, middle).end > run.start) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *parts = 0;
    for (unsigned i = low; i < list->len && g_array_index(list, Segment, i).start < run.end; i++) {
        Segment s = g_array_index(list, Segment, i);
        if (cell == CELL_FAULT || cell_of(s.state) == cell) {
            found = (*parts)++ == 0 ? s : found;
        }
    }
    return *parts == 1 ? found : run;
}

static void draw_run(const BandRow *row, ChartRange range, unsigned begin, unsigned end, Cell cell, unsigned y,
                     unsigned bar, GString *out) {
    const CellStyle *style = &cell_styles[cell];
    unsigned height = MAX(2, bar * style->height / 100), parts = 0;
    Segment s = exact(row, range, begin, end, cell, &parts);
    g_string_append_printf(out, "<rect class=\"%s\" ", style->class_name);
    chart_stretch(out, range, MAX(s.start, range.from), MIN(s.end, range.to));
    g_string_append_printf(out, " y=\"%u\" height=\"%u\"><title>%s", y + bar - height, height, style->name);
    if (parts > 1) {
        g_string_append_printf(out, ", %u times", parts);
    }
    g_string_append(out, ": ");
    chart_when(out, s.start, s.end);
    g_string_append(out, "</title></rect>");
}

static void draw_planned(const BandRow *row, ChartRange range, unsigned y, unsigned height, GString *out) {
    for (unsigned i = 0; i < row->planned->len; i++) {
        Segment s = g_array_index(row->planned, Segment, i);
        if (s.end <= range.from || s.start >= range.to) {
            continue;
        }
        g_string_append(out, "<rect class=\"maintenance\" ");
        chart_stretch(out, range, s.start, s.end);
        g_string_append_printf(out, " y=\"%u\" height=\"%u\"><title>planned maintenance: ", y, height);
        chart_when(out, s.start, s.end);
        g_string_append(out, "</title></rect>");
    }
}

static void draw_blips(const BandRow *row, ChartRange range, unsigned y, unsigned bar, GString *out) {
    unsigned drawn = 0;
    for (unsigned i = 0; i < row->blips->len && drawn < BLIPS_MOST; i++) {
        Segment s = g_array_index(row->blips, Segment, i);
        if (s.end <= range.from || s.start >= range.to) {
            continue;
        }
        drawn++;
        g_autoptr(GString) x = g_string_new(NULL);
        chart_x(x, range, s.start);
        g_string_append_printf(out,
                               "<line class=\"blip\" x1=\"%s\" x2=\"%s\" y1=\"%u\" y2=\"%u\"><title>blip: ", x->str,
                               x->str, y + bar / 5, y + bar);
        chart_when(out, s.start, s.end);
        g_string_append(out, "</title></line>");
    }
}

static void draw_row(const BandRow *row, ChartRange range, unsigned y, GString *out) {
    unsigned height = row->verdict ? VERDICT : VANTAGE, bar = row->verdict ? VERDICT_BAR : VANTAGE_BAR;
    unsigned top = y + (height - bar) / 2;
    uint8_t cells[CHART_CELLS];
    bands_cells(row, range, CHART_CELLS, cells);
    draw_planned(row, range, top - 2, bar + 4, out);
    for (unsigned begin = 0, end; begin < CHART_CELLS; begin = end) {
        for (end = begin + 1; end < CHART_CELLS && cells[end] == cells[begin];) {
            end++;
        }
        if (cells[begin] != CELL_NONE) {
            draw_run(row, range, begin, end, (Cell)cells[begin], top, bar, out);
        }
    }
    draw_blips(row, range, top, bar, out);
}

static void label(const Report *report, const BandRow *row, bool first, GString *out) {
    const char *name = row->verdict   ? ds_store_name(report->store, row->service)
                       : row->traffic ? "served traffic"
                                      : words_vantage(ds_store_name(report->store, row->vantage));
    g_string_append_printf(out, "<div class=\"%s\" style=\"height:%upx%s\" title=\"",
                           row->verdict ? "verdict" : "vantage", row->verdict ? VERDICT : VANTAGE,
                           row->verdict && !first ? ";margin-top:9px" : "");
    ds_text_html(out, ds_span_of(name));
    g_string_append(out, "\"><span>");
    ds_text_html(out, ds_span_of(name));
    g_string_append(out, "</span></div>");
}

static unsigned total_height(const GPtrArray *rows, unsigned shown) {
    unsigned height = TOP;
    for (unsigned i = 0; i < shown; i++) {
        const BandRow *row = g_ptr_array_index(rows, i);
        height += row->verdict ? VERDICT + (i ? GAP : 0) : VANTAGE;
    }
    return height;
}

void bands_chart(const Report *report, const GPtrArray *rows, ChartRange range, GString *out) {
    if (rows->len == 0 || range.to <= range.from) {
        return;
    }
    unsigned shown = MIN(rows->len, CHART_ROWS), bottom = total_height(rows, shown);
    g_string_append_printf(out, "<div class=\"chart\"><div class=\"labels\" style=\"padding-top:%upx\">", TOP);
    for (unsigned i = 0; i < shown; i++) {
        label(report, g_ptr_array_index(rows, i), i == 0, out);
    }
    chart_axis_labels(range, out);
    g_string_append_printf(
        out,
        "</div><svg class=\"plot\" role=\"img\" width=\"100%%\" height=\"%u\" aria-label=\"States of "
        "services and vantages over time; the same times stand in the table of windows\">",
        bottom + chart_axis_height(range));
    chart_marks(report, out, range, TOP, bottom);
    chart_axis(out, range, TOP, bottom);
    unsigned y = TOP;
    for (unsigned i = 0; i < shown; i++) {
        const BandRow *row = g_ptr_array_index(rows, i);
        y += row->verdict && i ? GAP : 0;
        draw_row(row, range, y, out);
        y += row->verdict ? VERDICT : VANTAGE;
    }
    g_string_append(out, "</svg></div>");
    if (rows->len > shown) {
        g_string_append_printf(out, "<p class=\"more\">The first %u rows; every window stands in windows.csv.</p>",
                               shown);
    }
}
