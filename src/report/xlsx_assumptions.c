/* SPDX-License-Identifier: MIT
 * Assumptions: the numbers that nobody measured, in cells to be changed. Formulas of Availability, Objectives and
 * Impact read them, by name or by place. Below: users of each service and vantage by the rule of docs/semantics.md. */
#include "report/xlsx.h"

#include <math.h>

#define COLUMNS 7u
#define WIDTH 142.0
#define HEADS 4u /* rows between two tables: blank, title, explanation, header */

typedef struct {
    Book *book;
    lxw_worksheet *sheet;
    lxw_row_t row;
    GHashTable *vantages; /* Name + 1 -> row, counted from 1, of its users; they stand below the services */
} Page;

static void section(Page *p, const char *title, const char *note) {
    p->row++;
    book_text(p->book, p->sheet, p->row++, 0, title, LOOK_SECTION);
    if (note) {
        worksheet_merge_range(p->sheet, p->row, 0, p->row, COLUMNS - 1, "", p->book->looks[LOOK_NOTE]);
        book_text(p->book, p->sheet, p->row, 0, note, LOOK_NOTE);
        worksheet_set_row(p->sheet, p->row++, book_height(book_lines(note, WIDTH * 0.95)), NULL);
    }
}

static void header(Page *p, const char *const *titles, unsigned count) {
    for (unsigned c = 0; c < count; c++) {
        bool words = c == 0 || strcmp(titles[c], "Vantage") == 0 || strcmp(titles[c], "Time zone") == 0;
        book_header(p->book, p->sheet, p->row, (lxw_col_t)c, titles[c], words ? LOOK_TEXT : LOOK_COUNT);
    }
    p->row++;
}

/* A cell to change; empty where nothing is told. */
static void input(Page *p, lxw_row_t row, unsigned col, double value, Look look) {
    book_number(p->book, p->sheet, row, (lxw_col_t)col, value, look);
}

static double told(double value) {
    return value > 0 ? value : NAN;
}

static void setting(Page *p, const char *label, const char *name, double value, Look look, const char *note) {
    book_text(p->book, p->sheet, p->row, 0, label, LOOK_TEXT);
    input(p, p->row, 1, value, look);
    worksheet_merge_range(p->sheet, p->row, 2, p->row, COLUMNS - 1, "", p->book->looks[LOOK_NOTE]);
    book_text(p->book, p->sheet, p->row, 2, note, LOOK_NOTE);
    g_autofree char *place = g_strdup_printf("=Assumptions!$B$%u", p->row + 1);
    workbook_define_name(p->book->workbook, name, place);
    p->row++;
}

static void settings(Page *p) {
    const Config *c = p->book->report->config;
    section(p, "Weights and money", NULL);
    setting(p, "Degraded time counts as down", "weight_degraded", c->detection.degraded_weight, LOOK_INPUT_RATIO,
            "Availability and Objectives; 0 % unless set, 30 % is usual");
    setting(p, "Partly down time counts as down", "weight_partial", c->detection.partial_weight, LOOK_INPUT_RATIO,
            "likewise");
    setting(p, "Cost a minute of a service", "cost_per_minute", told(c->cost_per_minute), LOOK_INPUT_NUMBER,
            "of services without their own in the table below; empty: none");
    setting(p, "Cost a user-minute", "cost_per_user_minute", told(c->cost_per_user_minute), LOOK_INPUT_NUMBER,
            "of each minute that one user lost; empty: none");
    setting(p, "Factor for the low cost", "cost_low", c->cost_low, LOOK_INPUT_NUMBER, "how much less it may have cost");
    setting(p, "Factor for the high cost", "cost_high", c->cost_high, LOOK_INPUT_NUMBER,
            "how much more it may have cost");
}

static void profile(Page *p) {
    static const char *const titles[] = {"Local hour", "Share active"};
    section(p, "Users active by local hour",
            "Share of a vantage's users that would use the service in this hour of their "
            "local day. It weighs each minute down.");
    header(p, titles, G_N_ELEMENTS(titles));
    p->row = XLSX_HOURS;
    for (unsigned h = 0; h < 24; h++, p->row++) {
        g_autofree char *text = g_strdup_printf("%02u:00 to %02u:00", h, h + 1);
        book_text(p->book, p->sheet, p->row, 0, text, LOOK_TEXT);
        input(p, p->row, 1, p->book->report->config->profile[h], LOOK_INPUT_RATIO);
    }
}

/* Gives each vantage the row that it will have below the services. */
static void place_vantages(Page *p) {
    const GArray *losses = p->book->report->impact->losses;
    unsigned row = XLSX_USERS + losses->len + HEADS + 1;
    for (unsigned i = 0; i < losses->len; i++) {
        const Loss *l = &g_array_index(losses, Loss, i);
        gpointer key = GUINT_TO_POINTER(l->vantage + 1);
        if (l->vantage != NAME_NONE && !g_hash_table_contains(p->vantages, key)) {
            g_hash_table_insert(p->vantages, key, GUINT_TO_POINTER(row++));
        }
    }
}

static void vantages(Page *p) {
    static const char *const titles[] = {"Vantage", "Users", "Time zone"};
    const Report *report = p->book->report;
    section(p, "Vantages",
            "People behind each vantage: a share where the service's own number is known, else their number.");
    header(p, titles, G_N_ELEMENTS(titles));
    lxw_row_t end = p->row;
    for (unsigned i = 0; i < report->impact->losses->len; i++) {
        const Loss *l = &g_array_index(report->impact->losses, Loss, i);
        if (l->vantage == NAME_NONE) {
            continue;
        }
        const char *name = ds_store_name(report->store, l->vantage);
        const VantageConfig *v = ds_config_vantage(report->config, name);
        const Zone *zone = v && v->zone ? v->zone : report->config->zone;
        p->row = GPOINTER_TO_UINT(g_hash_table_lookup(p->vantages, GUINT_TO_POINTER(l->vantage + 1))) - 1;
        book_text(p->book, p->sheet, p->row, 0, words_vantage(name), LOOK_TEXT);
        input(p, p->row, 1, told(v ? v->users : 0), LOOK_INPUT_COUNT);
        book_text(p->book, p->sheet, p->row, 2, zone ? ds_zone_name(zone) : "UTC", LOOK_TEXT);
        end = MAX(end, p->row + 1);
    }
    p->row = end;
}

static void service_row(Page *p, const Loss *l) {
    const char *name = ds_store_name(p->book->report->store, l->service);
    const ServiceConfig *s = ds_config_service(p->book->report->config, name);
    book_text(p->book, p->sheet, p->row, 0, name, LOOK_LABEL);
    book_text(p->book, p->sheet, p->row, 1, "(whole service)", LOOK_TEXT);
    input(p, p->row, 2, told(s ? s->users : 0), LOOK_INPUT_COUNT);
    input(p, p->row, 3, told(s ? s->cost_per_minute : 0), LOOK_INPUT_NUMBER);
}

/* first, end: the vantages' rows of the service, counted from 1; the service's own stands before them. */
static void vantage_row(Page *p, const Loss *l, unsigned first, unsigned end) {
    const Report *report = p->book->report;
    const char *name = ds_store_name(report->store, l->vantage), *service = ds_store_name(report->store, l->service);
    const ServiceConfig *s = ds_config_service(report->config, service);
    const VantageConfig *v = ds_config_vantage(report->config, name);
    const double *pair = s && s->vantage_users ? g_hash_table_lookup(s->vantage_users, name) : NULL;
    unsigned r = p->row + 1, own = GPOINTER_TO_UINT(g_hash_table_lookup(p->vantages, GUINT_TO_POINTER(l->vantage + 1)));
    book_text(p->book, p->sheet, p->row, 0, service, LOOK_TEXT);
    book_text(p->book, p->sheet, p->row, 1, words_vantage(name), LOOK_TEXT);
    g_autofree char *from_vantage = g_strdup_printf("=IF(N(B%u)>0,B%u,\"\")", own, own);
    book_formula(p->book, p->sheet, p->row, 4, from_vantage, told(v ? v->users : 0), LOOK_COUNT);
    input(p, p->row, 5, pair ? *pair : NAN, LOOK_INPUT_COUNT);
    g_autofree char *users = g_strdup_printf(
        "=IF(ISNUMBER(F%u),F%u,IF(AND(N(C%u)>0,SUM(E%u:E%u)>0),IF(N(E%u)>0,C%u*E%u/SUM(E%u:E%u),\"\"),"
        "IF(N(E%u)>0,E%u,IF(N(C%u)>0,C%u/ROWS(E%u:E%u),\"\"))))",
        r, r, first - 1, first, end - 1, r, first - 1, r, first, end - 1, r, r, first - 1, first - 1, first, end - 1);
    book_formula(p->book, p->sheet, p->row, 6, users, l->users, LOOK_COUNT);
}

static void users(Page *p) {
    static const char *const titles[COLUMNS] = {"Service",
                                                "Vantage",
                                                "Users of the service",
                                                "Cost a minute",
                                                "Users of the vantage",
                                                "Users of the pair",
                                                "Users reckoned with"};
    const GArray *losses = p->book->report->impact->losses;
    section(
        p, "Users and money of each service",
        "The first that is told: the pair's own users; the service's users, split as the users of its vantages; the "
        "vantage's users; the service's users in equal parts.");
    header(p, titles, G_N_ELEMENTS(titles));
    worksheet_set_row(p->sheet, p->row - 1, 34, NULL);
    p->row = XLSX_USERS;
    unsigned first = 0, end = 0;
    for (unsigned i = 0; i < losses->len; i++, p->row++) {
        const Loss *l = &g_array_index(losses, Loss, i);
        if (l->vantage == NAME_NONE) {
            first = p->row + 2;
            end = p->row + 1 + xlsx_loss_end(p->book->report, i) - i;
            service_row(p, l);
        } else {
            vantage_row(p, l, first, end);
        }
    }
}

void xlsx_assumptions(Book *book) {
    Page p = {.book = book, .sheet = workbook_add_worksheet(book->workbook, "Assumptions")};
    p.vantages = g_hash_table_new(NULL, NULL);
    book_head(book, p.sheet, "Assumptions",
              "Numbers that were told and not measured. Change a shaded cell and Availability, Objectives, Impact and "
              "Summary "
              "reckon anew. Detection is not repeated: for that, run the program with other settings.",
              COLUMNS, WIDTH);
    worksheet_set_column(p.sheet, 0, 0, 38, NULL);
    worksheet_set_column(p.sheet, 1, 1, 24, NULL);
    worksheet_set_column(p.sheet, 2, COLUMNS - 1, 16, NULL);
    p.row = 2;
    settings(&p);
    profile(&p);
    if (xlsx_live(book->report)) {
        place_vantages(&p);
        users(&p);
        vantages(&p);
    }
    worksheet_freeze_panes(p.sheet, 2, 0);
    book_print(book, p.sheet, 0);
    g_hash_table_unref(p.vantages);
}
