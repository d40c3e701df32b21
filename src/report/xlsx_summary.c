/* SPDX-License-Identifier: MIT
 * The first sheet: what happened, for whom, how long, at what cost, who saw it first; availability; what the data are
 * worth; where the rest stands. Money and ratios are formulas over the other sheets. */
#include "report/xlsx.h"

#include <math.h>

#define INCIDENTS_MOST 20u
#define SERVICES_MOST 40u
#define NOTES_MOST 20u

typedef struct {
    Book *book;
    lxw_worksheet *sheet;
    lxw_row_t row;
} Page;

static const double widths[] = {50, 34, 23, 23, 16, 16, 16, 18, 18, 16};
#define COLUMNS G_N_ELEMENTS(widths)

static void section(Page *p, const char *title) {
    p->row++;
    worksheet_set_row(p->sheet, p->row, 20, NULL);
    book_text(p->book, p->sheet, p->row++, 0, title, LOOK_SECTION);
}

/* Columns from the third on have numbers, but for `words`. */
static void header(Page *p, const char *const *titles, unsigned count, unsigned words) {
    unsigned lines = 1;
    for (unsigned c = 0; c < count; c++) {
        lines = MAX(lines, book_lines(titles[c], widths[c] - 2));
        bool text = c < 2 || c == words;
        book_header(p->book, p->sheet, p->row, (lxw_col_t)c, titles[c], text ? LOOK_TEXT : LOOK_COUNT);
    }
    worksheet_set_row(p->sheet, p->row++, book_height(lines) + 2, NULL);
}

/* One line of text over the whole width. */
static void line(Page *p, const char *text) {
    double width = 0;
    for (unsigned c = 0; c < COLUMNS; c++) {
        width += widths[c];
    }
    worksheet_merge_range(p->sheet, p->row, 0, p->row, COLUMNS - 1, "", p->book->looks[LOOK_WRAP]);
    book_text(p->book, p->sheet, p->row, 0, text, LOOK_WRAP);
    worksheet_set_row(p->sheet, p->row++, book_height(book_lines(text, width * 0.95)), NULL);
}

static const Sighting *first_sight(const Report *report, unsigned incident) {
    for (unsigned i = 0; i < report->impact->sightings->len; i++) {
        const Sighting *s = &g_array_index(report->impact->sightings, Sighting, i);
        if (s->incident == incident && s->first != INSTANT_NONE) {
            return s;
        }
    }
    return NULL;
}

static void incident_row(Page *p, unsigned index) {
    const Report *report = p->book->report;
    const Incident *in = &g_array_index(report->outages->incidents, Incident, index);
    g_autoptr(IncidentFacts) facts = facts_of(report, in);
    g_autofree char *headline = facts_headline(report, facts);
    g_autofree char *names = words_names(report, in->vantages, 8);
    g_autofree char *whom = facts->vantages_known > 1
                                ? g_strdup_printf("%u of %u: %s", facts->vantages_seen, facts->vantages_known, names)
                                : g_strdup(names);
    book_text(p->book, p->sheet, p->row, 0, headline, LOOK_WRAP);
    book_text(p->book, p->sheet, p->row, 1, whom, LOOK_WRAP);
    book_instant(p->book, p->sheet, p->row, 2, facts->start);
    if (facts->end == INSTANT_NONE) {
        book_text(p->book, p->sheet, p->row, 3, "still going on", LOOK_ASIDE);
    } else {
        book_instant(p->book, p->sheet, p->row, 3, facts->end);
    }
    book_length(p->book, p->sheet, p->row, 4, facts->length, facts->flags & WORDS_AT_LEAST ? LOOK_LEAST : LOOK_LENGTH);
    book_length(p->book, p->sheet, p->row, 5, facts->min, LOOK_LENGTH);
    book_length(p->book, p->sheet, p->row, 6, facts->max, LOOK_LENGTH);
    const Sighting *s = first_sight(report, index);
    if (s) {
        book_text(p->book, p->sheet, p->row, 7, terms_who(s->signal), LOOK_WRAP);
        book_length(p->book, p->sheet, p->row, 8, s->lead, LOOK_LENGTH);
    }
    unsigned lines = MAX(book_lines(headline, widths[0] - 3), book_lines(whom, widths[1] - 3));
    worksheet_set_row(p->sheet, p->row++, book_height(lines), NULL);
}

static void incidents(Page *p) {
    static const char *const titles[] = {"What",        "Seen from",     "From (UTC)",
                                         "Until (UTC)", "Duration",      "At least",
                                         "At most",     "First seen by", "Before the operator's word"};
    unsigned count = p->book->report->outages->incidents->len;
    section(p, "What happened");
    if (count == 0) {
        line(p, "No outage was found in the period.");
        return;
    }
    header(p, titles, G_N_ELEMENTS(titles), 7);
    for (unsigned i = 0; i < count && i < INCIDENTS_MOST; i++) {
        incident_row(p, i);
    }
    if (count > INCIDENTS_MOST) {
        g_autofree char *more = g_strdup_printf("and %u more: see the sheet Incidents", count - INCIDENTS_MOST);
        line(p, more);
    }
}

static void money(Page *p) {
    static const struct {
        const char *label;
        char column; /* of Impact */
        size_t member;
    } rows[] = {{"User-minutes lost", 'G', offsetof(Loss, user_minutes)},
                {"Cost", 'J', offsetof(Loss, cost)},
                {"Cost, low", 'K', offsetof(Loss, cost_low)},
                {"Cost, high", 'L', offsetof(Loss, cost_high)}};
    const Report *report = p->book->report;
    const char *currency = report->config->currency ? report->config->currency : "";
    section(p, "What it cost, in the whole period");
    bool live = xlsx_live(report) && report->impact->losses->len > 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++, p->row++) {
        double value = xlsx_total(report, rows[i].member);
        g_autofree char *label =
            i > 0 && *currency ? g_strdup_printf("%s (%s)", rows[i].label, currency) : g_strdup(rows[i].label);
        book_text(p->book, p->sheet, p->row, 0, label, LOOK_LABEL);
        if (live) {
            g_autofree char *formula =
                g_strdup_printf("=Impact!%c%u", rows[i].column, XLSX_HEAD + 2 + report->impact->losses->len);
            book_formula(p->book, p->sheet, p->row, 1, formula, value, i == 0 ? LOOK_COUNT : LOOK_MONEY);
        } else {
            book_number(p->book, p->sheet, p->row, 1, value, i == 0 ? LOOK_COUNT : LOOK_MONEY);
        }
        if (isnan(value)) {
            book_text(p->book, p->sheet, p->row, 2,
                      i == 0 ? "not estimated: no users are configured" : "not estimated: no cost is configured",
                      LOOK_TEXT);
        }
    }
}

/* "99.9 %: missed", by the strictest objective of the service. */
static char *objective_text(const Report *report, Name service) {
    const ObjectiveResult *strict = NULL;
    for (unsigned i = 0; i < report->impact->objectives->len; i++) {
        const ObjectiveResult *o = &g_array_index(report->impact->objectives, ObjectiveResult, i);
        if (o->service == service && (!strict || o->target > strict->target)) {
            strict = o;
        }
    }
    if (!strict) {
        return g_strdup("none");
    }
    g_autofree char *target = words_percent(strict->target);
    return g_strdup_printf("%s: %s", target, strict->met ? "met" : isnan(strict->achieved) ? "not known" : "missed");
}

static void service_row(Page *p, unsigned index) {
    const Report *report = p->book->report;
    const Availability *a = &g_array_index(report->impact->availability, Availability, index);
    const double ratios[] = {a->known, a->total, a->low, a->high, a->coverage};
    g_autofree char *objective = objective_text(report, a->service);
    book_text(p->book, p->sheet, p->row, 0, ds_store_name(report->store, a->service), LOOK_WRAP);
    book_text(p->book, p->sheet, p->row, 1, objective, LOOK_TEXT);
    for (unsigned i = 0; i < G_N_ELEMENTS(ratios); i++) {
        g_autofree char *formula = g_strdup_printf("=Availability!%c%u", 'O' + (int)i, XLSX_HEAD + 2 + index);
        book_formula(p->book, p->sheet, p->row, (lxw_col_t)(2 + i), formula, ratios[i], LOOK_RATIO);
    }
    book_length(p->book, p->sheet, p->row, 7, a->down, LOOK_LENGTH);
    book_number(p->book, p->sheet, p->row, 8, a->outages, LOOK_COUNT);
    book_length(p->book, p->sheet, p->row++, 9, a->longest, LOOK_LENGTH);
}

static void mark_missed(Page *p, lxw_row_t first) {
    lxw_format *format = workbook_add_format(p->book->workbook);
    format_set_font_color(format, 0xB3170F);
    format_set_bold(format);
    lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_TEXT,
                                   .criteria = LXW_CONDITIONAL_CRITERIA_TEXT_CONTAINING,
                                   .value_string = "missed",
                                   .format = format};
    worksheet_conditional_format_range(p->sheet, first, 1, p->row - 1, 1, &rule);
}

static void availability(Page *p) {
    static const char *const titles[] = {"Service", "Objective", "Known", "Total",   "Low",
                                         "High",    "Coverage",  "Down",  "Outages", "Longest"};
    const Report *report = p->book->report;
    unsigned count = report->outages->services->len;
    section(p, "Availability");
    if (count == 0) {
        line(p, "No service was measured by probes, transitions or requests.");
        return;
    }
    line(p, "Known: of the time the logs speak for. Total: of the whole period. Low and high: were all unknown time "
            "down, or "
            "up. Coverage: how much of the time the logs speak for.");
    header(p, titles, G_N_ELEMENTS(titles), 0);
    lxw_row_t first = p->row;
    for (unsigned i = 0; i < count && i < SERVICES_MOST; i++) {
        service_row(p, i);
    }
    mark_missed(p, first);
    if (count > SERVICES_MOST) {
        g_autofree char *more = g_strdup_printf("and %u more: see the sheet Availability", count - SERVICES_MOST);
        line(p, more);
    }
    if (count > 1) {
        unsigned from = XLSX_HEAD + 2, to = XLSX_HEAD + 1 + count;
        g_autofree char *mean = g_strdup_printf("=IF(SUM(Availability!M%u:N%u)>0,SUM(Availability!N%u:N%u)/"
                                                "SUM(Availability!M%u:N%u),\"\")",
                                                from, to, from, to, from, to);
        book_text(p->book, p->sheet, p->row, 0, "Mean, weighted by known time", LOOK_SUM_TEXT);
        book_text(p->book, p->sheet, p->row, 1, "", LOOK_SUM_TEXT);
        book_formula(p->book, p->sheet, p->row++, 2, mean, report->impact->mean_known, LOOK_SUM_RATIO);
    }
}

static void quality(Page *p) {
    const Quality *q = p->book->report->quality;
    FileQuality sum = ds_quality_total(q);
    unsigned hurt = 0, unusable = 0;
    for (unsigned i = 0; i < q->files->len; i++) {
        const FileQuality *f = g_ptr_array_index(q->files, i);
        hurt += f->damage != NULL;
        unusable += f->unusable;
    }
    const struct {
        const char *label;
        uint64_t value;
    } rows[] = {{"Files", q->files->len},
                {"of which damaged", hurt},
                {"of which unusable", unusable},
                {"Entries", sum.entries},
                {"of which accepted", sum.accepted},
                {"of which ignored by a rule", sum.ignored},
                {"of which rejected", sum.rejected},
                {"Copies, counted once", sum.duplicates}};
    section(p, "What the data are worth");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++, p->row++) {
        book_text(p->book, p->sheet, p->row, 0, rows[i].label, LOOK_TEXT);
        book_number(p->book, p->sheet, p->row, 1, (double)rows[i].value, LOOK_COUNT);
    }
    for (unsigned i = 0; i < q->notes->len && i < NOTES_MOST; i++) {
        line(p, g_ptr_array_index(q->notes, i));
    }
}

static void guide(Page *p) {
    section(p, "Sheets");
    const XlsxSheet *sheet;
    for (unsigned i = 1; (sheet = xlsx_sheet(i)); i++) {
        if (sheet->has && !sheet->has(p->book->report)) {
            continue;
        }
        g_autofree char *place = g_strdup_printf("internal:'%s'!A1", sheet->name);
        worksheet_write_url(p->sheet, p->row, 0, place, NULL);
        worksheet_write_string(p->sheet, p->row, 0, sheet->name, workbook_get_default_url_format(p->book->workbook));
        book_text(p->book, p->sheet, p->row++, 1, sheet->what, LOOK_TEXT);
    }
}

void xlsx_summary(Book *book) {
    Page p = {.book = book, .sheet = workbook_add_worksheet(book->workbook, "Summary"), .row = 2};
    const Outages *o = book->report->outages;
    g_autofree char *span = words_span(o->from, o->to, NULL), *length = words_length(o->to - o->from);
    g_autofree char *note = g_strdup_printf("The analysed period: %s (%s). All times are UTC, all durations "
                                            "hours:minutes:seconds.",
                                            span, length);
    double width = 0;
    for (unsigned c = 0; c < COLUMNS; c++) {
        worksheet_set_column(p.sheet, (lxw_col_t)c, (lxw_col_t)c, widths[c], NULL);
        width += widths[c];
    }
    book_head(book, p.sheet, book->title, note, COLUMNS, width);
    incidents(&p);
    money(&p);
    availability(&p);
    quality(&p);
    guide(&p);
    worksheet_activate(p.sheet);
    book_print(book, p.sheet, 0);
}
