/* SPDX-License-Identifier: MIT
 * Windows as CSV and JSON lines: columns, guards against formulas, empty cells, levels. */
#include "report_model.h"

#define HEAD                                                                                                           \
    "service,vantage,check,signal,state,start,end,observed_s,min_s,max_s,likely_s,unknown_s,failed,flickers,flags,"    \
    "reasons,start_evidence,end_evidence\n"
#define TIMES "2026-03-04T14:10:00.000Z,2026-03-04T14:12:00.000Z"
#define FIGURES "120.000,60.000,180.000,120.000,0.000,2,0,,dns:2,eu.csv:11 eu.csv:12,eu.csv:13 eu.csv:14\n"
#define VERDICT "'=web,,,service,down," TIMES "," FIGURES
#define EVIL_ROW "'=web," MODEL_EVIL ",,probe,down," TIMES "," FIGURES
#define EU_ROW "'=web,eu,,probe,down," TIMES "," FIGURES
#define BLIP                                                                                                           \
    "'=web,eu,,probe,down,2026-03-04T14:30:00.000Z,,120.000,,,,0.000,2,0,ongoing blip,dns:2 connect-timeout:5,,\n"

static void levels(void) {
    Model *m = model_new(true);
    static const struct {
        const char *level, *expected;
    } rows[] = {
        {"all", HEAD VERDICT EVIL_ROW EU_ROW BLIP},
        {"series", HEAD EVIL_ROW EU_ROW BLIP},
        {"service", HEAD VERDICT},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        ds_report_windows(&m->report, rows[i].level, false, out);
        g_assert_cmpstr(out->str, ==, rows[i].expected);
    }
    model_free(m);
}

static void json_lines(void) {
    Model *m = model_new(true);
    g_autoptr(GString) out = g_string_new(NULL);
    ds_report_windows(&m->report, "all", true, out);
    g_auto(GStrv) lines = g_strsplit(out->str, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 5); /* four windows and the end */
    json_t *row = json_loads(lines[3], 0, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(row, "service")), ==, "=web");
    g_assert_true(json_is_null(json_object_get(row, "end")));
    g_assert_true(json_is_null(json_object_get(row, "min_ms")));
    g_assert_cmpint(json_integer_value(json_object_get(row, "observed_ms")), ==, 120000);
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(row, "flags"), 1)), ==, "blip");
    g_assert_cmpint(json_integer_value(json_object_get(json_object_get(row, "reasons"), "connect-timeout")), ==, 5);
    g_assert_cmpuint(json_object_size(row), ==, 18);
    json_decref(row);
    model_free(m);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/csv/levels", levels);
    g_test_add_func("/csv/json-lines", json_lines);
    return g_test_run();
}
