/* SPDX-License-Identifier: MIT
 * Accounting after the fact: what each incident spent of an error budget, when burn-rate alerts would have fired,
 * windows that people declared otherwise beside what was measured, and what differs from an earlier report. */
#include "report/xlsx.h"

#include <jansson.h>
#include <math.h>

void xlsx_budget(Book *book) {
    static const XlsxColumn columns[] = {
        {"Objective", LOOK_WRAP, 40},          {"Service", LOOK_WRAP, 40},
        {"Incident", LOOK_COUNT, 0},           {"Spent", LOOK_LENGTH, 0},
        {"Share of all spent", LOOK_RATIO, 0}, {"Share of the budget", LOOK_SHARE, 0},
    };
    const Impact *impact = book->report->impact;
    XlsxTable t;
    table_begin(&t, book, "Budget by incident",
                "What counts as down within each incident, of each objective's error budget. Not reckoned anew when a "
                "cell changes.",
                "No incident spent any of a budget.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; impact->spends && i < impact->spends->len; i++) {
        const BudgetSpend *s = &g_array_index(impact->spends, BudgetSpend, i);
        const ObjectiveResult *o = &g_array_index(impact->objectives, ObjectiveResult, s->objective);
        table_next(&t);
        table_text(&t, 0, o->name ? o->name : "");
        table_name(&t, 1, o->service);
        table_count(&t, 2, g_array_index(book->report->outages->incidents, Incident, s->incident).id);
        table_length(&t, 3, s->spent);
        table_number(&t, 4, s->share);
        if (isfinite(s->of_budget)) {
            table_number(&t, 5, s->of_budget);
        } else {
            table_text(&t, 5, "all and more");
        }
    }
    table_end(&t);
}

void xlsx_alerts(Book *book) {
    static const XlsxColumn columns[] = {
        {"Objective", LOOK_WRAP, 40},    {"Service", LOOK_WRAP, 40},       {"Burn rate", LOOK_NUMBER, 0},
        {"Long window", LOOK_LENGTH, 0}, {"Short window", LOOK_LENGTH, 0}, {"Fired (UTC)", LOOK_INSTANT, 0},
        {"Verdict", LOOK_TEXT, 0},
    };
    const Impact *impact = book->report->impact;
    XlsxTable t;
    table_begin(&t, book, "Burn-rate alerts",
                "When an alert on two windows would have fired: the first instant at which the burn rate over both of "
                "them was at least the one told.",
                "No alert was looked at.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < impact->objectives->len; i++) {
        const ObjectiveResult *o = &g_array_index(impact->objectives, ObjectiveResult, i);
        for (unsigned k = 0; k < BURN_ALERTS && o->alerts[k].long_window > 0; k++) {
            const BurnAlert *a = &o->alerts[k];
            table_next(&t);
            table_text(&t, 0, o->name ? o->name : "");
            table_name(&t, 1, o->service);
            table_number(&t, 2, a->factor);
            table_length(&t, 3, a->long_window);
            table_length(&t, 4, a->short_window);
            table_instant(&t, 5, a->fired);
            table_text(&t, 6, a->fired == INSTANT_NONE ? "never" : "would have fired");
        }
    }
    table_end(&t);
}

static void declared_row(XlsxTable *t, const Override *o) {
    const Window *now = &g_array_index(t->book->report->outages->windows, Window, o->window), *was = &o->measured;
    table_next(t);
    table_count(t, 0, o->window);
    table_name(t, 1, now->service);
    table_text(t, 2, now->signal == SIGNAL_SERVICE ? "all vantages" : "");
    if (now->signal != SIGNAL_SERVICE) {
        table_vantage(t, 2, now->vantage);
    }
    table_text(t, 3, ds_state_name(now->state));
    table_instant(t, 4, was->start);
    table_instant(t, 5, was->end);
    table_least(t, 6, was->observed, was->flags);
    table_text(t, 7, terms_override(now->override));
    if (now->override == OVERRIDE_CORRECTED) {
        table_instant(t, 8, now->start);
        table_instant(t, 9, now->end);
        table_length(t, 10, now->observed);
    }
    table_text(t, 11, o->told->note);
    table_text(t, 12, o->told->by ? o->told->by : "");
}

void xlsx_declared(Book *book) {
    static const XlsxColumn columns[] = {
        {"Window", LOOK_COUNT, 0},
        {"Service", LOOK_WRAP, 40},
        {"Vantage", LOOK_WRAP, 30},
        {"State", LOOK_STATE, 0},
        {"Measured start", LOOK_INSTANT, 0},
        {"Measured end", LOOK_INSTANT, 0},
        {"Measured", LOOK_LENGTH, 0},
        {"Declared", LOOK_TEXT, 0},
        {"Corrected start", LOOK_INSTANT, 0},
        {"Corrected end", LOOK_INSTANT, 0},
        {"Corrected", LOOK_LENGTH, 0},
        {"Why", LOOK_WRAP, 60},
        {"By", LOOK_WRAP, 30},
    };
    XlsxTable t;
    table_begin(&t, book, "Declared windows",
                "Windows that the configuration reclassifies, as measured (UTC) and as declared. Sums and incidents "
                "follow the declaration; Windows and Evidence show what was measured.",
                "No window was declared otherwise.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->outages->overrides->len; i++) {
        declared_row(&t, &g_array_index(book->report->outages->overrides, Override, i));
    }
    table_end(&t);
}

/* A value of a comparison as report.json has it. */
static char *json_text(const json_t *value) {
    if (json_is_string(value)) {
        return g_strdup(json_string_value(value));
    }
    char *dumped = value && !json_is_null(value) ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) : NULL;
    char *text = g_strdup(dumped ? dumped : "");
    free(dumped);
    return text;
}

static void change_rows(XlsxTable *t, const char *kind, const json_t *changes) {
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        g_autofree char *before = json_text(json_object_get(change, "old"));
        g_autofree char *now = json_text(json_object_get(change, "new"));
        table_next(t);
        table_text(t, 0, kind);
        table_text(t, 1, json_string_value(json_object_get(change, "path")));
        table_text(t, 2, before);
        table_text(t, 3, now);
    }
}

void xlsx_comparison(Book *book) {
    static const XlsxColumn columns[] = {
        {"Kind", LOOK_TEXT, 0}, {"What", LOOK_WRAP, 70}, {"Before", LOOK_WRAP, 44}, {"Now", LOOK_WRAP, 44}};
    static const char *const kinds[][2] = {
        {"inputs", "input"}, {"settings", "setting"}, {"overrides", "declared window"}, {"changes", "figure"}};
    const json_t *compare = json_object_get(book->document, "compare");
    XlsxTable t;
    table_begin(&t, book, "Comparison",
                "What differs from the earlier report, by the names of report.json: first what decides figures, then "
                "the figures. Lengths are milliseconds, ratios 0 to 1.",
                "Nothing differs.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        change_rows(&t, kinds[i][1], json_object_get(compare, kinds[i][0]));
    }
    table_end(&t);
}
