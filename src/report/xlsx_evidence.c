/* SPDX-License-Identifier: MIT
 * Evidence: for each window the lines that prove its edges, and for each incident the reasons that failures gave, in
 * the order of the network's layers. Reasons are what probes met, never a cause. */
#include "report/xlsx.h"

static void proof_row(XlsxTable *t, unsigned index, const Window *w) {
    table_next(t);
    table_count(t, 0, index);
    table_name(t, 1, w->service);
    table_vantage(t, 2, w->vantage);
    table_text(t, 3, ds_state_name(w->state));
    for (unsigned p = 0; p < PROOF_COUNT; p++) {
        table_origins(t, p < 2 ? 5 + p : 6 + p, &w->proof[p], 1);
    }
    table_instant(t, 4, w->start);
    table_instant(t, 7, w->end);
}

void xlsx_evidence(Book *book) {
    static const XlsxColumn columns[] = {
        {"Window", LOOK_COUNT, 0},         {"Service", LOOK_WRAP, 40},
        {"Vantage", LOOK_WRAP, 30},        {"State", LOOK_STATE, 0},
        {"Start (UTC)", LOOK_INSTANT, 0},  {"Last good line before", LOOK_WRAP, 44},
        {"First bad line", LOOK_WRAP, 44}, {"End (UTC)", LOOK_INSTANT, 0},
        {"Last bad line", LOOK_WRAP, 44},  {"First good line after", LOOK_WRAP, 44},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Evidence",
        "The lines (file:line) that prove the edges of each window. The true start lies between the last good line "
        "before it and the first bad one, the true end between the last bad line and the first good one.",
        "No window was found in the period.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->outages->windows->len; i++) {
        proof_row(&t, i, &g_array_index(book->report->outages->windows, Window, i));
    }
    table_end(&t);
}

static void reason_rows(XlsxTable *t, const Incident *in) {
    g_autoptr(IncidentFacts) facts = facts_of(t->book->report, in);
    uint64_t all = 0;
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        all += facts->reasons[r];
    }
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        if (facts->reasons[r]) {
            table_next(t);
            table_count(t, 0, in->id);
            table_text(t, 1, terms_layer((Reason)r));
            table_text(t, 2, ds_reason_name((Reason)r));
            table_count(t, 3, facts->reasons[r]);
            table_number(t, 4, (double)facts->reasons[r] / (double)all);
            table_text(t, 5, terms_reason((Reason)r));
        }
    }
}

void xlsx_reasons(Book *book) {
    static const XlsxColumn columns[] = {
        {"Incident", LOOK_COUNT, 0}, {"Layer", LOOK_TEXT, 0},  {"Reason", LOOK_TEXT, 0},
        {"Failures", LOOK_COUNT, 0}, {"Share", LOOK_RATIO, 0}, {"Consistent with", LOOK_WRAP, 70},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Reasons",
        "Why checks failed during each incident, by the words in their records. This is evidence of what the probes "
        "met; it does not name a cause.",
        "No failure told a reason.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->outages->incidents->len; i++) {
        reason_rows(&t, &g_array_index(book->report->outages->incidents, Incident, i));
    }
    if (t.records) {
        lxw_conditional_format bar = {
            .type = LXW_CONDITIONAL_DATA_BAR, .data_bar_2010 = LXW_TRUE, .bar_solid = LXW_TRUE, .bar_color = 0x9DB8D9};
        worksheet_conditional_format_range(t.sheet, XLSX_HEAD + 1, 4, t.row, 4, &bar);
    }
    table_end(&t);
}
