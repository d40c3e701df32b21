/* SPDX-License-Identifier: MIT
 * The frame of a chart: scale, axis with round ticks, incidents and notices. Ticks are round in UTC, since that is the
 * clock of the report; the config's zone stands below. */
#include "report/chart.h"

#include "report/words.h"

#include "base/text.h"

#define TICKS_MOST 10
#define TICK_LINE 15u   /* pixels of a line of tick text */
#define NOTICES_MOST 60 /* markers in one chart */

static double share(ChartRange range, Instant at) {
    if (at <= range.from) {
        return 0;
    }
    return at >= range.to ? 1 : (double)(at - range.from) / (double)(range.to - range.from);
}

static void append_percent(GString *out, double ratio) {
    char text[32];
    g_ascii_formatd(text, (int)sizeof text, "%.3f", ratio * 100);
    g_string_append_printf(out, "%s%%", text);
}

void chart_x(GString *out, ChartRange range, Instant at) {
    append_percent(out, share(range, at));
}

void chart_stretch(GString *out, ChartRange range, Instant start, Instant end) {
    double left = share(range, start), width = share(range, end) - left;
    width = MAX(width, 1.0 / CHART_CELLS);
    g_string_append(out, "x=\"");
    append_percent(out, MIN(left, 1 - 1.0 / CHART_CELLS));
    g_string_append(out, "\" width=\"");
    append_percent(out, width);
    g_string_append(out, "\"");
}

void chart_when(GString *out, Instant start, Instant end) {
    g_autofree char *from = words_instant(start, NULL), *length = words_length(end - start);
    g_autofree char *day = words_date(start, NULL), *last = words_date(end, NULL);
    g_autofree char *to = strcmp(day, last) == 0 ? words_clock(end, NULL) : words_instant(end, NULL);
    g_string_append_printf(out, "%s to %s UTC, %s", from, to, length);
}

/* Steps below a month, in ms. */
static const Millis steps[] = {
    MILLIS_SECOND,  2 * MILLIS_SECOND, 5 * MILLIS_SECOND, 10 * MILLIS_SECOND, 15 * MILLIS_SECOND, 30 * MILLIS_SECOND,
    MILLIS_MINUTE,  2 * MILLIS_MINUTE, 5 * MILLIS_MINUTE, 10 * MILLIS_MINUTE, 15 * MILLIS_MINUTE, 30 * MILLIS_MINUTE,
    MILLIS_HOUR,    2 * MILLIS_HOUR,   3 * MILLIS_HOUR,   6 * MILLIS_HOUR,    12 * MILLIS_HOUR,   MILLIS_DAY,
    2 * MILLIS_DAY, 7 * MILLIS_DAY,    14 * MILLIS_DAY,
};
static const int month_steps[] = {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200};

static void add_tick(GArray *ticks, Instant at, bool date) {
    Tick tick = {at, date || ticks->len == 0, ticks->len % 2 == 1};
    g_array_append_val(ticks, tick);
}

static void month_ticks(GArray *ticks, ChartRange range, Millis *step) {
    Civil c = ds_civil_of(range.from);
    unsigned pick = 0;
    while (pick + 1 < G_N_ELEMENTS(month_steps) &&
           (range.to - range.from) / (30 * MILLIS_DAY * month_steps[pick]) > TICKS_MOST) {
        pick++;
    }
    int every = month_steps[pick];
    *step = 28 * MILLIS_DAY * every;
    int month = (c.year * 12 + c.month - 1) / every * every;
    for (unsigned guard = 0; guard < 64; guard++, month += every) {
        int year = month / 12;
        if (year < 1 || year > 9999) {
            continue;
        }
        Instant at = ds_days_of(year, month % 12 + 1, 1) * MILLIS_DAY;
        if (at > range.to) {
            return;
        }
        if (at >= range.from) {
            add_tick(ticks, at, true);
        }
    }
}

GArray *chart_ticks(ChartRange range, Millis *step) {
    GArray *ticks = g_array_new(FALSE, FALSE, sizeof(Tick));
    unsigned pick = 0;
    while (pick < G_N_ELEMENTS(steps) && (range.to - range.from) / steps[pick] > TICKS_MOST) {
        pick++;
    }
    if (pick == G_N_ELEMENTS(steps)) {
        month_ticks(ticks, range, step);
        return ticks;
    }
    *step = steps[pick];
    /* Weeks begin on Mondays; 1970-01-05 was one. */
    Instant anchor = *step >= 7 * MILLIS_DAY ? 4 * MILLIS_DAY : 0;
    Instant past = range.from - anchor;
    Instant at = past / *step * *step + anchor;
    for (at -= *step; at < range.from;) {
        at += *step;
    }
    for (; at <= range.to; at += *step) {
        add_tick(ticks, at, *step >= MILLIS_DAY || at % MILLIS_DAY == 0);
    }
    return ticks;
}

static bool by_day(Millis step) {
    return step >= MILLIS_DAY;
}

unsigned chart_axis_height(ChartRange range) {
    g_autoptr(GArray) ticks = NULL;
    Millis step = 0;
    ticks = chart_ticks(range, &step);
    return 8 + TICK_LINE * (by_day(step) ? 1 : range.zone ? 3 : 2);
}

static void tick_text(GString *out, const Tick *tick, const char *x, double at, unsigned y, const char *kind,
                      const char *text) {
    const char *anchor = at < 0.05 ? "start" : at > 0.95 ? "end" : "middle";
    g_string_append_printf(out, "<text class=\"tick %s%s\" x=\"%s\" y=\"%u\" text-anchor=\"%s\">%s</text>", kind,
                           tick->odd ? " odd" : "", x, y, anchor, text);
}

static char *clock_text(Instant at, Millis step, const Zone *zone) {
    Civil c = ds_civil_of(zone ? at + ds_zone_offset(zone, at) : at);
    return step < MILLIS_MINUTE ? g_strdup_printf("%02d:%02d:%02d", c.hour, c.minute, c.second)
                                : g_strdup_printf("%02d:%02d", c.hour, c.minute);
}

static char *date_text(Instant at, Millis step, bool year) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    Civil c = ds_civil_of(at);
    if (step >= 28 * MILLIS_DAY * 12) {
        return g_strdup_printf("%d", c.year);
    }
    if (step >= 28 * MILLIS_DAY) {
        return year || c.month == 1 ? g_strdup_printf("%s %d", months[c.month - 1], c.year)
                                    : g_strdup(months[c.month - 1]);
    }
    return g_strdup_printf("%d %s", c.day, months[c.month - 1]);
}

unsigned chart_axis(GString *out, ChartRange range, unsigned top, unsigned bottom) {
    Millis step = 0;
    g_autoptr(GArray) ticks = chart_ticks(range, &step);
    for (unsigned i = 0; i < ticks->len; i++) {
        const Tick *tick = &g_array_index(ticks, Tick, i);
        g_autoptr(GString) x = g_string_new(NULL);
        chart_x(x, range, tick->at);
        double at = share(range, tick->at);
        g_string_append_printf(out, "<line class=\"grid%s\" x1=\"%s\" x2=\"%s\" y1=\"%u\" y2=\"%u\"/>",
                               tick->odd ? " odd" : "", x->str, x->str, top, bottom + 4);
        unsigned y = bottom + 4 + TICK_LINE - 2;
        g_autofree char *date = date_text(tick->at, step, i == 0);
        if (by_day(step)) {
            tick_text(out, tick, x->str, at, y, "day", date);
            continue;
        }
        g_autofree char *clock = clock_text(tick->at, step, NULL);
        tick_text(out, tick, x->str, at, y, "utc", clock);
        if (range.zone) {
            g_autofree char *local = clock_text(tick->at, step, range.zone);
            tick_text(out, tick, x->str, at, y + TICK_LINE, "local", local);
        }
        if (tick->date) {
            tick_text(out, tick, x->str, at, y + (range.zone ? 2 : 1) * TICK_LINE, "day", date);
        }
    }
    return chart_axis_height(range);
}

void chart_axis_labels(ChartRange range, GString *out) {
    Millis step = 0;
    g_array_unref(chart_ticks(range, &step));
    g_string_append(out, "<div class=\"axis\">UTC</div>");
    if (range.zone && step < MILLIS_DAY) {
        g_string_append(out, "<div class=\"axis\">");
        ds_text_html(out, ds_span_of(ds_zone_name(range.zone)));
        g_string_append(out, "</div>");
    }
}

static void mark_incidents(const Report *report, GString *out, ChartRange range, unsigned top, unsigned bottom) {
    const GArray *incidents = report->outages->incidents;
    for (unsigned i = 0; i < incidents->len; i++) {
        const Incident *in = &g_array_index(incidents, Incident, i);
        if (in->end < range.from || in->start > range.to) {
            continue;
        }
        g_string_append(out, "<rect class=\"incident\" ");
        chart_stretch(out, range, in->start, in->end);
        g_string_append_printf(out, " y=\"%u\" height=\"%u\"><title>incident %u: ", top, bottom - top, in->id);
        chart_when(out, in->start, in->end);
        g_string_append(out, "</title></rect>");
        if (incidents->len > 1 && incidents->len <= 12) {
            g_autoptr(GString) x = g_string_new(NULL);
            chart_x(x, range, MAX(in->start, range.from));
            g_string_append_printf(out, "<text class=\"mark\" x=\"%s\" y=\"%u\" text-anchor=\"%s\">#%u</text>", x->str,
                                   top - 13, share(range, in->start) > 0.95 ? "end" : "start", in->id);
        }
    }
}

static void mark_notices(const Report *report, GString *out, ChartRange range, unsigned top, unsigned bottom) {
    size_t count = 0, drawn = 0;
    const Announcement *notices = ds_store_notices(report->store, &count);
    for (size_t i = 0; i < count && drawn < NOTICES_MOST; i++) {
        const Announcement *n = &notices[i];
        if (n->time < range.from || n->time > range.to) {
            continue;
        }
        drawn++;
        g_autoptr(GString) x = g_string_new(NULL);
        chart_x(x, range, n->time);
        g_autofree char *time = words_instant(n->time, NULL);
        g_string_append_printf(
            out,
            "<line class=\"notice\" x1=\"%s\" x2=\"%s\" y1=\"%u\" y2=\"%u\"/><svg x=\"%s\" y=\"%u\" "
            "overflow=\"visible\" class=\"notice-mark\"><path d=\"M0-5 5 0 0 5-5 0z\"/><title>%s UTC ",
            x->str, x->str, top, bottom, x->str, top - 7, time);
        ds_text_html(out, ds_span_of(n->phase ? n->phase : ""));
        g_string_append(out, n->phase && *n->phase ? ": " : "");
        ds_text_html(out, ds_span_of(n->text ? n->text : ""));
        g_string_append(out, "</title></svg>");
    }
}

void chart_marks(const Report *report, GString *out, ChartRange range, unsigned top, unsigned bottom) {
    mark_incidents(report, out, range, top, bottom);
    mark_notices(report, out, range, top, bottom);
}
