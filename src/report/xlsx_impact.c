/* SPDX-License-Identifier: MIT
 * People and money as formulas over cells: durations of this sheet and the next (down time by local hour), numbers of
 * Assumptions. Definitions are those of docs/semantics.md; each formula has the value that every other output shows.
 * Row r of Impact, of Impact by hour and (moved by an offset) of Assumptions tell of the same service and vantage. */
#include "report/xlsx.h"

#include <math.h>

#define HOURS_ROW (XLSX_HEAD + 1) /* Impact by hour: the row of the profile, before the first loss */

bool xlsx_live(const Report *report) {
    return report->impact->losses->len <= XLSX_LIVE;
}

unsigned xlsx_loss_end(const Report *report, unsigned first) {
    const GArray *losses = report->impact->losses;
    unsigned end = first + 1;
    while (end < losses->len && g_array_index(losses, Loss, end).vantage != NAME_NONE) {
        end++;
    }
    return end;
}

enum {
    COL_SERVICE,
    COL_VANTAGE,
    COL_DOWN, /* C */
    COL_PEAK,
    COL_BUSINESS,
    COL_USERS,        /* F */
    COL_USER_MINUTES, /* G */
    COL_RATE,         /* H: a minute */
    COL_USER_RATE,    /* I: a user-minute */
    COL_COST,         /* J */
    COL_COST_LOW,
    COL_COST_HIGH,
    COL_OBSERVED, /* M */
    COL_MIN,
    COL_MAX,
    COLS
};

static void plain_cells(XlsxTable *t, const Loss *l) {
    table_name(t, COL_SERVICE, l->service);
    table_text(t, COL_VANTAGE, l->vantage == NAME_NONE ? "(whole service)" : NULL);
    table_vantage(t, COL_VANTAGE, l->vantage);
    table_length(t, COL_DOWN, l->down);
    table_length(t, COL_PEAK, l->peak);
    table_length(t, COL_BUSINESS, l->business);
    table_length(t, COL_OBSERVED, l->observed);
    table_length(t, COL_MIN, l->min);
    table_length(t, COL_MAX, l->max);
}

static void fixed_cells(XlsxTable *t, const Loss *l) {
    table_number(t, COL_USERS, l->users);
    table_number(t, COL_USER_MINUTES, l->user_minutes);
    table_number(t, COL_RATE, l->cost_per_minute);
    table_number(t, COL_USER_RATE, l->cost_per_user_minute);
    table_number(t, COL_COST, l->cost);
    table_number(t, COL_COST_LOW, l->cost_low);
    table_number(t, COL_COST_HIGH, l->cost_high);
}

static void cost_range(XlsxTable *t, const Loss *l) {
    unsigned r = t->row + 1;
    table_formula(t, COL_COST_LOW, l->cost_low, "=IF(J%u=\"\",\"\",J%u*cost_low*IF(M%u>0,MIN(1,N%u/M%u),1))", r, r, r,
                  r, r);
    table_formula(t, COL_COST_HIGH, l->cost_high, "=IF(J%u=\"\",\"\",J%u*cost_high*IF(M%u>0,MAX(1,O%u/M%u),1))", r, r,
                  r, r, r);
}

static void vantage_cells(XlsxTable *t, unsigned index, const Loss *l) {
    unsigned r = t->row + 1, a = XLSX_USERS + index + 1, hour = HOURS_ROW + 2 + index;
    table_formula(t, COL_USERS, l->users, "=Assumptions!$G$%u", a);
    table_formula(t, COL_USER_MINUTES, l->user_minutes,
                  "=IF(F%u=\"\",\"\",F%u*SUMPRODUCT('Impact by hour'!$D$%u:$AA$%u,'Impact by hour'!$D$%u:$AA$%u)*1440)",
                  r, r, hour, hour, HOURS_ROW + 1, HOURS_ROW + 1);
    table_formula(t, COL_USER_RATE, l->cost_per_user_minute,
                  "=IF(N(cost_per_user_minute)>0,cost_per_user_minute,\"\")");
    table_formula(t, COL_COST, l->cost, "=IF(OR(G%u=\"\",I%u=\"\"),\"\",I%u*G%u)", r, r, r, r);
    cost_range(t, l);
}

static void service_cells(XlsxTable *t, unsigned index, const Loss *l) {
    unsigned r = t->row + 1, a = XLSX_USERS + index + 1;
    unsigned last = r + xlsx_loss_end(t->book->report, index) - index - 1;
    if (last > r) {
        table_formula(t, COL_USERS, l->users, "=IF(COUNT(F%u:F%u)=0,\"\",SUM(F%u:F%u))", r + 1, last, r + 1, last);
        table_formula(t, COL_USER_MINUTES, l->user_minutes, "=IF(COUNT(G%u:G%u)=0,\"\",SUM(G%u:G%u))", r + 1, last,
                      r + 1, last);
    }
    table_formula(t, COL_RATE, l->cost_per_minute,
                  "=IF(N(Assumptions!$D$%u)>0,Assumptions!$D$%u,IF(N(cost_per_minute)>0,cost_per_minute,\"\"))", a, a);
    table_formula(t, COL_USER_RATE, l->cost_per_user_minute,
                  "=IF(N(cost_per_user_minute)>0,cost_per_user_minute,\"\")");
    table_formula(t, COL_COST, l->cost, "=IF(AND(H%u=\"\",OR(I%u=\"\",G%u=\"\")),\"\",N(H%u)*C%u*1440+N(I%u)*N(G%u))",
                  r, r, r, r, r, r, r);
    cost_range(t, l);
}

double xlsx_total(const Report *report, size_t member) {
    double sum = NAN;
    for (unsigned i = 0; i < report->impact->losses->len; i++) {
        const Loss *l = &g_array_index(report->impact->losses, Loss, i);
        double value;
        memcpy(&value, (const char *)l + member, sizeof value);
        if (l->vantage == NAME_NONE && !isnan(value)) {
            sum = isnan(sum) ? value : sum + value;
        }
    }
    return sum;
}

static void total_row(XlsxTable *t) {
    static const struct {
        unsigned col;
        size_t member;
        Look look;
    } sums[] = {
        {COL_USER_MINUTES, offsetof(Loss, user_minutes), LOOK_SUM_COUNT},
        {COL_COST, offsetof(Loss, cost), LOOK_SUM_MONEY},
        {COL_COST_LOW, offsetof(Loss, cost_low), LOOK_SUM_MONEY},
        {COL_COST_HIGH, offsetof(Loss, cost_high), LOOK_SUM_MONEY},
    };
    lxw_row_t row = t->row + 1;
    for (unsigned c = 0; c < COLS; c++) {
        book_text(t->book, t->sheet, row, (lxw_col_t)c, c == 0 ? "All services" : "", LOOK_SUM_TEXT);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++) {
        char letter = (char)('A' + sums[i].col);
        double value = xlsx_total(t->book->report, sums[i].member);
        g_autofree char *formula =
            g_strdup_printf("=IF(SUMPRODUCT(($B$%u:$B$%u=\"(whole service)\")*ISNUMBER(%c%u:%c%u))=0,\"\","
                            "SUMIF($B$%u:$B$%u,\"(whole service)\",%c%u:%c%u))",
                            XLSX_HEAD + 2, row, letter, XLSX_HEAD + 2, letter, row, XLSX_HEAD + 2, row, letter,
                            XLSX_HEAD + 2, letter, row);
        unsigned width = book_formula(t->book, t->sheet, row, (lxw_col_t)sums[i].col, formula, value, sums[i].look);
        t->widths[sums[i].col] = MAX(t->widths[sums[i].col], width + 1);
    }
}

static XlsxColumn money_column(const char *what, const char *currency, char **title) {
    *title = *currency ? g_strdup_printf("%s (%s)", what, currency) : g_strdup(what);
    return (XlsxColumn){*title, LOOK_MONEY, 0};
}

void xlsx_impact(Book *book) {
    const Report *report = book->report;
    const char *currency = report->config->currency ? report->config->currency : "";
    g_auto(GStrv) titles = g_new0(char *, 6);
    const XlsxColumn columns[COLS] = {
        {"Service", LOOK_WRAP, 40},
        {"Vantage", LOOK_WRAP, 30},
        {"Down", LOOK_LENGTH, 0},
        {"In peak hours", LOOK_LENGTH, 0},
        {"In business hours", LOOK_LENGTH, 0},
        {"Users", LOOK_COUNT, 0},
        {"User-minutes", LOOK_COUNT, 0},
        money_column("Per minute", currency, &titles[0]),
        {"Per user-minute", LOOK_RATE, 0},
        money_column("Cost", currency, &titles[1]),
        money_column("Cost, low", currency, &titles[2]),
        money_column("Cost, high", currency, &titles[3]),
        {"Windows: observed", LOOK_LENGTH, 0},
        {"Windows: at least", LOOK_LENGTH, 0},
        {"Windows: at most", LOOK_LENGTH, 0},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Impact",
        "Formulas: change a cell of Assumptions and all of it follows. User-minutes = users × down minutes, each "
        "weighted by the share of users active in its local hour (Impact by hour). Cost = cost a minute × minutes "
        "the service was down + cost a user-minute × user-minutes. Low and high: cost × its factor × how much "
        "shorter (longer) the windows may be.",
        "Nothing was measured.", columns, COLS);
    for (unsigned i = 0; i < report->impact->losses->len; i++) {
        const Loss *l = &g_array_index(report->impact->losses, Loss, i);
        table_next(&t);
        plain_cells(&t, l);
        if (!xlsx_live(report)) {
            fixed_cells(&t, l);
        } else if (l->vantage == NAME_NONE) {
            service_cells(&t, i, l);
        } else {
            vantage_cells(&t, i, l);
        }
    }
    if (t.records && xlsx_live(report)) {
        total_row(&t);
    }
    table_end(&t);
}

static void hour_row(XlsxTable *t, const Loss *l) {
    table_next(t);
    table_name(t, 0, l->service);
    table_text(t, 1, l->vantage == NAME_NONE ? "(whole service)" : NULL);
    table_vantage(t, 1, l->vantage);
    if (l->vantage == NAME_NONE) {
        return; /* vantages have local hours */
    }
    table_formula(t, 2, book_days(l->down), "=SUM(D%u:AA%u)", t->row + 1, t->row + 1);
    for (unsigned h = 0; h < 24; h++) {
        table_length(t, 3 + h, l->by_hour[h]);
    }
}

void xlsx_hours(Book *book) {
    static const char *const hours[24] = {"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11",
                                          "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23"};
    XlsxColumn columns[27] = {{"Service", LOOK_WRAP, 30}, {"Vantage", LOOK_WRAP, 24}, {"Down", LOOK_LENGTH, 0}};
    for (unsigned h = 0; h < 24; h++) {
        columns[3 + h] = (XlsxColumn){hours[h], LOOK_SHORT, 0};
    }
    XlsxTable t;
    table_begin(
        &t, book, "Impact by hour",
        "Down time by hour of the vantage's local day. The first row is the share of users that are active in the "
        "hour, from Assumptions.",
        "Nothing was measured.", columns, G_N_ELEMENTS(columns));
    table_next(&t);
    table_text(&t, 0, "Share of users active");
    for (unsigned h = 0; h < 24; h++) {
        g_autofree char *formula = g_strdup_printf("=Assumptions!$B$%u", XLSX_HOURS + h + 1);
        book_formula(book, t.sheet, t.row, (lxw_col_t)(3 + h), formula, book->report->config->profile[h],
                     LOOK_SUM_SHARE);
    }
    for (unsigned i = 0; i < book->report->impact->losses->len; i++) {
        hour_row(&t, &g_array_index(book->report->impact->losses, Loss, i));
    }
    table_end(&t);
}
