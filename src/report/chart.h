/* SPDX-License-Identifier: MIT
 * Private to report/: bands and curves over time as fragments of HTML with inline SVG, and as text. All coordinates
 * along time are percentages, so that a chart fits any width while its letters and patterns keep their size; colours,
 * patterns and fonts come from the page's style (classes below, patterns by id). */
#ifndef DS_REPORT_CHART_H
#define DS_REPORT_CHART_H

#include "report/report.h"

#define CHART_ROWS 60u       /* rows of a chart: more are told as a number */
#define CHART_CELLS 1200u    /* steps along time: finer than the pixels of a screen; shorter states are united */
#define CHART_TEXT_CELLS 60u /* characters of a band in text */

typedef struct {
    Instant from, to; /* to > from */
    const Zone *zone; /* a second line of ticks; NULL: UTC alone */
} ChartRange;

/* One tick of the axis. */
typedef struct {
    Instant at;
    bool date; /* the day is told with it */
    bool odd;  /* left out where there is little room */
} Tick;
/* Round times within the range, at most eleven; *step: between them (months: at least 28 days). Yours. */
GArray *chart_ticks(ChartRange range, Millis *step);

/* "12.345%" of an instant, cut to the range. */
void chart_x(GString *out, ChartRange range, Instant at);
/* x="…%" width="…%" of a stretch, never thinner than a step. */
void chart_stretch(GString *out, ChartRange range, Instant start, Instant end);
/* Axis: grid lines from `top` to `bottom`, ticks below. Returns the height it needs below `bottom`. */
unsigned chart_axis(GString *out, ChartRange range, unsigned top, unsigned bottom);
/* Names of the axis' lines, for the column of labels. */
void chart_axis_labels(ChartRange range, GString *out);
/* The height that chart_axis needs. */
unsigned chart_axis_height(ChartRange range);
/* Shaded incidents, markers of notices. Drawn before the rows. */
void chart_marks(const Report *report, GString *out, ChartRange range, unsigned top, unsigned bottom);
/* "15:39:00 to 21:41:00 UTC, 6 h 2 min", for tooltips; escaped. */
void chart_when(GString *out, Instant start, Instant end);

/* What is drawn at one step of a band: the highest wins where several fall into it. */
typedef enum { CELL_NONE, CELL_UP, CELL_UNKNOWN, CELL_FAULT, CELL_DEGRADED, CELL_PARTIAL, CELL_DOWN, CELL_COUNT } Cell;

typedef struct { /* one band */
    Name service, vantage;
    bool verdict;    /* of the service; else of a vantage */
    bool traffic;    /* of a vantage: served traffic */
    GArray *band;    /* Segment; owned, as the others */
    GArray *blips;   /* Segment */
    GArray *planned; /* Segment: maintenance */
    GArray *faults;  /* Segment: the vantage's own fault */
} BandRow;
/* Verdict rows of the services (GArray of Name; NULL: all) with their vantages beneath, until there are more than
 * CHART_ROWS. BandRow *; yours. */
GPtrArray *bands_rows(const Report *report, const GArray *services);
/* The chart of the rows; nothing is appended when there is none. */
void bands_chart(const Report *report, const GPtrArray *rows, ChartRange range, GString *out);
/* A row as CHART_TEXT_CELLS characters: █ down, ▓ partly, ▒ degraded, ? unknown, · up. */
void bands_text(const BandRow *row, ChartRange range, GString *out);
/* Cells of a row over the range. */
void bands_cells(const BandRow *row, ChartRange range, unsigned count, uint8_t *cells);

/* Curves of user reports of these services, a row a service and region, over the range; nothing when there is none. */
void curves_chart(const Report *report, const GArray *services, ChartRange range, GString *out);
/* One curve as CHART_TEXT_CELLS characters ▁▂▃▄▅▆▇█, and its highest count. */
double curves_text(const Curve *curve, ChartRange range, GString *out);

#endif
