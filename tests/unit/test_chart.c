/* SPDX-License-Identifier: MIT
 * Scales, ticks and bands: round ticks at every length, percentages cut to the range, and no state that vanishes
 * because it is short. */
#include "report/chart.h"

static Instant at(int day, int hour, int minute) {
    Civil c = {.year = 2026, .month = 3, .day = day, .hour = hour, .minute = minute};
    return ds_instant_of(&c);
}

static void ticks(void) {
    static const struct {
        Millis length, step;
    } rows[] = {
        {5 * MILLIS_SECOND, MILLIS_SECOND},
        {MILLIS_MINUTE, 10 * MILLIS_SECOND},
        {10 * MILLIS_MINUTE, MILLIS_MINUTE},
        {MILLIS_HOUR, 10 * MILLIS_MINUTE},
        {6 * MILLIS_HOUR, MILLIS_HOUR},
        {MILLIS_DAY, 3 * MILLIS_HOUR},
        {7 * MILLIS_DAY, MILLIS_DAY},
        {30 * MILLIS_DAY, 7 * MILLIS_DAY},
        {365 * MILLIS_DAY, 2 * 28 * MILLIS_DAY},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        ChartRange range = {at(4, 15, 0), at(4, 15, 0) + rows[i].length, NULL};
        Millis step = 0;
        g_autoptr(GArray) list = chart_ticks(range, &step);
        g_assert_cmpint(step, ==, rows[i].step);
        g_assert_cmpuint(list->len, >=, 2);
        g_assert_cmpuint(list->len, <=, 11);
        for (unsigned k = 0; k < list->len; k++) {
            Tick tick = g_array_index(list, Tick, k);
            g_assert_true(tick.at >= range.from && tick.at <= range.to);
            g_assert_true(k == 0 || tick.at > g_array_index(list, Tick, k - 1).at);
            g_assert_true(tick.odd == (k % 2 == 1));
        }
    }
}

static void weeks_begin_on_monday(void) {
    ChartRange range = {at(1, 0, 0), at(29, 0, 0), NULL};
    Millis step = 0;
    g_autoptr(GArray) list = chart_ticks(range, &step);
    if (step == 7 * MILLIS_DAY) {
        g_assert_cmpint(ds_weekday_of(g_array_index(list, Tick, 0).at / MILLIS_DAY), ==, 1);
    }
    ChartRange before = {-30 * MILLIS_DAY - 5, -5, NULL}; /* before 1970 nothing turns round */
    g_autoptr(GArray) early = chart_ticks(before, &step);
    g_assert_cmpuint(early->len, >, 0);
    g_assert_true(g_array_index(early, Tick, 0).at >= before.from);
}

static void place(void) {
    ChartRange range = {0, 1000, NULL};
    static const struct {
        Instant at;
        const char *text;
    } rows[] = {{-5, "0.000%"}, {0, "0.000%"}, {250, "25.000%"}, {1000, "100.000%"}, {2000, "100.000%"}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        chart_x(out, range, rows[i].at);
        g_assert_cmpstr(out->str, ==, rows[i].text);
    }
    g_autoptr(GString) out = g_string_new(NULL);
    chart_stretch(out, range, 100, 600);
    g_assert_cmpstr(out->str, ==, "x=\"10.000%\" width=\"50.000%\"");
}

static BandRow row_of(const Segment *segments, unsigned count) {
    BandRow row = {.service = NAME_NONE, .vantage = NAME_NONE};
    row.band = g_array_new(FALSE, FALSE, sizeof(Segment));
    row.blips = g_array_new(FALSE, FALSE, sizeof(Segment));
    row.planned = g_array_new(FALSE, FALSE, sizeof(Segment));
    row.faults = g_array_new(FALSE, FALSE, sizeof(Segment));
    g_array_append_vals(row.band, segments, count);
    return row;
}

static void row_clear(BandRow *row) {
    g_array_unref(row->band);
    g_array_unref(row->blips);
    g_array_unref(row->planned);
    g_array_unref(row->faults);
}

static void text(void) {
    const Segment segments[] = {{0, 20000, STATE_UP},
                                {20000, 30000, STATE_PARTIAL},
                                {30000, 40000, STATE_DOWN},
                                {40000, 50000, STATE_DEGRADED},
                                {50000, 60000, STATE_UNKNOWN}};
    BandRow row = row_of(segments, G_N_ELEMENTS(segments));
    g_autoptr(GString) out = g_string_new(NULL);
    bands_text(&row, (ChartRange){0, 60000, NULL}, out);
    g_assert_cmpstr(out->str, ==,
                    "····················"
                    "▓▓▓▓▓▓▓▓▓▓"
                    "██████████"
                    "▒▒▒▒▒▒▒▒▒▒"
                    "??????????");
    row_clear(&row);
}

static void short_outage_stays(void) {
    const Millis year = 365 * MILLIS_DAY;
    const Segment segments[] = {{0, 1000, STATE_UP}, {1000, 1001, STATE_DOWN}, {1001, year, STATE_UP}};
    BandRow row = row_of(segments, G_N_ELEMENTS(segments));
    uint8_t cells[100];
    bands_cells(&row, (ChartRange){0, year, NULL}, 100, cells);
    g_assert_cmpint(cells[0], ==, CELL_DOWN);
    g_assert_cmpint(cells[1], ==, CELL_UP);
    g_assert_cmpint(cells[99], ==, CELL_UP);
    const Segment fault = {0, year / 2, STATE_DOWN};
    g_array_append_val(row.faults, fault);
    bands_cells(&row, (ChartRange){0, year, NULL}, 100, cells);
    g_assert_cmpint(cells[0], ==, CELL_FAULT);
    g_assert_cmpint(cells[60], ==, CELL_UP);
    row_clear(&row);
}

static void curve(void) {
    Curve c = {.start = 0, .width = 1000};
    c.counts = g_array_new(FALSE, FALSE, sizeof(double));
    c.levels = g_array_new(FALSE, FALSE, sizeof(double));
    const double counts[] = {0, 8, 4, 0}, levels[] = {1, 1, 1, 1};
    g_array_append_vals(c.counts, counts, 4);
    g_array_append_vals(c.levels, levels, 4);
    g_autoptr(GString) out = g_string_new(NULL);
    g_assert_cmpfloat(curves_text(&c, (ChartRange){0, 4000, NULL}, out), ==, 8);
    g_assert_cmpstr(out->str, ==, "▁█▄▁");
    g_array_unref(c.counts);
    g_array_unref(c.levels);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chart/ticks", ticks);
    g_test_add_func("/chart/weeks", weeks_begin_on_monday);
    g_test_add_func("/chart/place", place);
    g_test_add_func("/chart/text", text);
    g_test_add_func("/chart/short", short_outage_stays);
    g_test_add_func("/chart/curve", curve);
    return g_test_run();
}
