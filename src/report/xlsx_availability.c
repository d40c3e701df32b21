/* SPDX-License-Identifier: MIT
 * Availability and objectives. Times are figures; what is reckoned from them (docs/semantics.md) is a formula over the
 * cells of its row and the weights in Assumptions, with the same value beside it. */
#include "report/xlsx.h"

#include <math.h>

enum {
    COL_SERVICE,
    COL_VANTAGE,
    COL_CHECK,
    COL_SIGNAL,
    COL_PERIOD,
    COL_UP,
    COL_PARTIAL,
    COL_DEGRADED,
    COL_DOWN,
    COL_MAINTENANCE,
    COL_UNKNOWN,
    COL_BLIP,
    COL_BAD,  /* M: counts as down */
    COL_GOOD, /* N: counts as up */
    COL_KNOWN,
    COL_TOTAL,
    COL_LOW,
    COL_HIGH,
    COL_COVERAGE,
    COL_OBJECTIVE,
    COL_OUTAGES,
    COL_LONGEST,
    COLS
};

/* The strictest objective of a service; NAN for none. */
static double objective_of(const Report *report, Name service) {
    double target = NAN;
    for (unsigned i = 0; i < report->impact->objectives->len; i++) {
        const ObjectiveResult *o = &g_array_index(report->impact->objectives, ObjectiveResult, i);
        if (o->service == service && (isnan(target) || o->target > target)) {
            target = o->target;
        }
    }
    return target;
}

static void ratio_cells(XlsxTable *t, const Availability *a) {
    const Detection *d = &t->book->report->config->detection;
    double weighed = d->degraded_weight * (double)a->degraded + d->partial_weight * (double)a->partial;
    double bad = ((double)a->down + weighed) / (double)MILLIS_DAY;
    double good = ((double)(a->up + a->degraded + a->partial) - weighed) / (double)MILLIS_DAY;
    unsigned r = t->row + 1;
    table_formula(t, COL_BAD, bad, "=I%u+weight_degraded*H%u+weight_partial*G%u", r, r, r);
    table_formula(t, COL_GOOD, good, "=F%u+G%u+H%u-weight_degraded*H%u-weight_partial*G%u", r, r, r, r, r);
    table_formula(t, COL_KNOWN, a->known, "=IF(N%u+M%u>0,N%u/(N%u+M%u),\"\")", r, r, r, r, r);
    table_formula(t, COL_TOTAL, a->total, "=IF(E%u>0,N%u/E%u,\"\")", r, r, r);
    table_formula(t, COL_LOW, a->low, "=IF(N%u+M%u+K%u>0,N%u/(N%u+M%u+K%u),\"\")", r, r, r, r, r, r, r);
    table_formula(t, COL_HIGH, a->high, "=IF(N%u+M%u+K%u>0,(N%u+K%u)/(N%u+M%u+K%u),\"\")", r, r, r, r, r, r, r, r);
    table_formula(t, COL_COVERAGE, a->coverage, "=IF(N%u+M%u+K%u>0,(N%u+M%u)/(N%u+M%u+K%u),\"\")", r, r, r, r, r, r, r,
                  r);
}

static void availability_row(XlsxTable *t, const Availability *a) {
    table_next(t);
    table_name(t, COL_SERVICE, a->service);
    table_vantage(t, COL_VANTAGE, a->vantage);
    table_name(t, COL_CHECK, a->check);
    table_text(t, COL_SIGNAL, ds_signal_name(a->signal));
    table_length(t, COL_PERIOD, a->period);
    table_length(t, COL_UP, a->up);
    table_length(t, COL_PARTIAL, a->partial);
    table_length(t, COL_DEGRADED, a->degraded);
    table_length(t, COL_DOWN, a->down);
    table_length(t, COL_MAINTENANCE, a->maintenance);
    table_length(t, COL_UNKNOWN, a->unknown);
    table_length(t, COL_BLIP, a->blip);
    ratio_cells(t, a);
    table_number(t, COL_OBJECTIVE, a->signal == SIGNAL_SERVICE ? objective_of(t->book->report, a->service) : NAN);
    table_count(t, COL_OUTAGES, a->outages);
    table_length(t, COL_LONGEST, a->longest);
}

static void mark_missed(XlsxTable *t) {
    lxw_format *format = workbook_add_format(t->book->workbook);
    format_set_font_color(format, 0xB3170F);
    format_set_bold(format);
    format_set_bg_color(format, 0xFBE3E0);
    lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_FORMULA,
                                   .value_string = "=AND(ISNUMBER($O4),ISNUMBER($T4),$O4<$T4)",
                                   .format = format};
    worksheet_conditional_format_range(t->sheet, XLSX_HEAD + 1, COL_KNOWN, MAX(t->row, XLSX_HEAD + 1), COL_KNOWN,
                                       &rule);
}

void xlsx_availability(Book *book) {
    static const XlsxColumn columns[COLS] = {
        {"Service", LOOK_WRAP, 40},
        {"Vantage", LOOK_WRAP, 30},
        {"Check", LOOK_WRAP, 24},
        {"Signal", LOOK_TEXT, 0},
        {"Period", LOOK_LENGTH, 0},
        {"Up", LOOK_LENGTH, 0},
        {"Partly down", LOOK_LENGTH, 0},
        {"Degraded", LOOK_LENGTH, 0},
        {"Down", LOOK_LENGTH, 0},
        {"Maintenance", LOOK_LENGTH, 0},
        {"Unknown", LOOK_LENGTH, 0},
        {"Blips (of up)", LOOK_LENGTH, 0},
        {"Counts as down", LOOK_LENGTH, 0},
        {"Counts as up", LOOK_LENGTH, 0},
        {"Known", LOOK_RATIO, 0},
        {"Total", LOOK_RATIO, 0},
        {"Low", LOOK_RATIO, 0},
        {"High", LOOK_RATIO, 0},
        {"Coverage", LOOK_RATIO, 0},
        {"Objective", LOOK_INPUT_RATIO, 0},
        {"Outages", LOOK_COUNT, 0},
        {"Longest", LOOK_LENGTH, 0},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Availability",
        "First the services (signal service), then every series. Period = up + partly down + degraded + down + "
        "maintenance + unknown. Known: of the time the logs speak for. Total: of the whole period, unknown and "
        "maintenance not counting as available. Low and high: were all unknown time down, or up. Coverage: how much "
        "of the time the logs speak for. Red: below the objective. Ratios follow the weights in Assumptions.",
        "Nothing was measured.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->impact->availability->len; i++) {
        availability_row(&t, &g_array_index(book->report->impact->availability, Availability, i));
    }
    mark_missed(&t);
    table_end(&t);
}

/* Row of the service in Availability, counted from 1; 0 for none. */
static unsigned service_row(const Report *report, Name service) {
    for (unsigned i = 0; i < report->outages->services->len; i++) {
        if (g_array_index(report->outages->services, ServiceVerdict, i).service == service) {
            return XLSX_HEAD + 2 + i;
        }
    }
    return 0;
}

static void objective_row(XlsxTable *t, const ObjectiveResult *o) {
    table_next(t);
    unsigned r = t->row + 1, a = service_row(t->book->report, o->service);
    table_text(t, 0, o->name ? o->name : "");
    table_name(t, 1, o->service);
    table_number(t, 2, o->target);
    table_length(t, 4, o->window);
    table_instant(t, 9, o->exhausted);
    if (a == 0) {
        table_text(t, 10, "not measured");
        return;
    }
    table_formula(t, 3, o->achieved, "=Availability!$O$%u", a);
    table_formula(t, 5, book_days(o->budget), "=(1-C%u)*E%u", r, r);
    table_formula(t, 6, book_days(o->spent), "=Availability!$M$%u", a);
    table_formula(t, 7, o->spent_share, "=IF(F%u>0,G%u/F%u,IF(G%u>0,\"∞\",0))", r, r, r, r);
    table_formula(t, 8, o->burn_rate,
                  "=IF(D%u=\"\",\"\",IF(G%u=0,0,IF(C%u<1,G%u/(Availability!$M$%u+Availability!$N$%u)/(1-C%u),\"∞\")))",
                  r, r, r, r, a, a, r);
    g_autofree char *met = g_strdup_printf("=IF(D%u=\"\",\"not known\",IF(D%u>=C%u,\"met\",\"missed\"))", r, r, r);
    worksheet_write_formula_str(t->sheet, t->row, 10, met, t->book->looks[LOOK_TEXT],
                                isnan(o->achieved) ? "not known"
                                : o->met           ? "met"
                                                   : "missed");
}

void xlsx_objectives(Book *book) {
    static const XlsxColumn columns[] = {
        {"Objective", LOOK_WRAP, 40},    {"Service", LOOK_WRAP, 40},
        {"Target", LOOK_INPUT_RATIO, 0}, {"Achieved", LOOK_RATIO, 0},
        {"Window", LOOK_LENGTH, 0},      {"Error budget", LOOK_LENGTH, 0},
        {"Spent", LOOK_LENGTH, 0},       {"Spent share", LOOK_SHARE, 0},
        {"Burn rate", LOOK_NUMBER, 0},   {"Budget gone (UTC)", LOOK_INSTANT, 0},
        {"Verdict", LOOK_TEXT, 0},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Objectives",
        "Error budget = (1 − target) × window. Spent: what counts as down in the period. Burn rate: at 1 the budget "
        "lasts exactly its window. Budget gone: when it was used up or, at this burn rate, would be (not reckoned "
        "anew when a cell changes).",
        "No objective is configured.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->impact->objectives->len; i++) {
        objective_row(&t, &g_array_index(book->report->impact->objectives, ObjectiveResult, i));
    }
    table_end(&t);
}
