/* SPDX-License-Identifier: MIT
 * The table on the terminal: incidents, then availability a service. Columns are aligned by what a terminal shows, wide
 * letters counted twice; no control character of a log reaches it. */
#include "report/facts.h"
#include "report/words.h"

#include "base/text.h"

#include <math.h>

#define COLUMNS_MOST 10
#define CELL_WIDTH 44u /* longer texts are cut: the whole stands in the files */
#define ROWS_MOST 50u  /* incidents, services: likewise */

typedef struct {
    const char *heads[COLUMNS_MOST];
    bool right[COLUMNS_MOST]; /* numbers */
    unsigned columns;
    GPtrArray *cells;   /* char *, row by row */
    GPtrArray *colours; /* const char *, a row each; NULL: none */
} Table;

static unsigned char_width(gunichar c) {
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

static unsigned text_width(const char *text) {
    unsigned width = 0;
    for (; *text; text = g_utf8_next_char(text)) {
        width += char_width(g_utf8_get_char(text));
    }
    return width;
}

/* Adds a cell: made visible, cut to CELL_WIDTH. Takes the text. */
static void cell(Table *table, char *text) {
    g_autoptr(GString) visible = g_string_new(NULL);
    ds_text_visible(visible, ds_span_of(text));
    g_free(text);
    unsigned width = 0;
    for (const char *p = visible->str; *p; p = g_utf8_next_char(p)) {
        width += char_width(g_utf8_get_char(p));
        if (width >= CELL_WIDTH && *g_utf8_next_char(p)) {
            g_string_truncate(visible, (gsize)(p - visible->str));
            g_string_append(visible, "…");
            break;
        }
    }
    g_ptr_array_add(table->cells, g_strdup(visible->str));
}

static Table *table_new(unsigned columns, const char *const *heads, const char *right) {
    Table *table = g_new0(Table, 1);
    table->columns = columns;
    table->cells = g_ptr_array_new_with_free_func(g_free);
    table->colours = g_ptr_array_new();
    for (unsigned i = 0; i < columns; i++) {
        table->heads[i] = heads[i];
        table->right[i] = right[i] == 'r';
    }
    return table;
}

static void pad(GString *out, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        g_string_append_c(out, ' ');
    }
}

static void put_row(const Table *table, const char *const *texts, const unsigned *widths, GString *out) {
    for (unsigned i = 0; i < table->columns; i++) {
        unsigned space = widths[i] - text_width(texts[i]);
        bool last = i + 1 == table->columns;
        if (table->right[i]) {
            pad(out, space);
        }
        g_string_append(out, texts[i]);
        if (!last) {
            pad(out, (table->right[i] ? 0 : space) + 2);
        }
    }
    while (out->len && out->str[out->len - 1] == ' ') {
        g_string_truncate(out, out->len - 1);
    }
}

/* Prints the table and frees it. */
static void table_print(Table *table, bool colour, GString *out) {
    unsigned widths[COLUMNS_MOST] = {0}, rows = table->cells->len / table->columns;
    for (unsigned i = 0; i < table->columns; i++) {
        widths[i] = text_width(table->heads[i]);
        for (unsigned r = 0; r < rows; r++) {
            widths[i] = MAX(widths[i], text_width(g_ptr_array_index(table->cells, r * table->columns + i)));
        }
    }
    g_string_append(out, colour ? "\033[1m" : "");
    put_row(table, table->heads, widths, out);
    g_string_append(out, colour ? "\033[0m\n" : "\n");
    for (unsigned r = 0; r < rows; r++) {
        const char *shade = colour ? g_ptr_array_index(table->colours, r) : NULL;
        g_string_append(out, shade ? shade : "");
        put_row(table, (const char *const *)&table->cells->pdata[r * table->columns], widths, out);
        g_string_append(out, shade ? "\033[0m\n" : "\n");
    }
    g_ptr_array_unref(table->cells);
    g_ptr_array_unref(table->colours);
    g_free(table);
}

static const char *shade_of(State state) {
    return state == STATE_DOWN ? "\033[31m" : state == STATE_PARTIAL || state == STATE_DEGRADED ? "\033[33m" : NULL;
}

static void incident_row(const Report *report, const Incident *in, Table *table) {
    g_autoptr(IncidentFacts) facts = facts_of(report, in);
    cell(table, g_strdup_printf("%u", in->id));
    cell(table, g_strdup(terms_state(facts->worst)));
    cell(table, words_names(report, in->services, 3));
    cell(table, words_instant(facts->start, NULL));
    cell(table, facts->end == INSTANT_NONE ? g_strdup("ongoing") : words_instant(facts->end, NULL));
    cell(table, facts_length(facts));
    cell(table, words_bounds(facts->min, facts->max, facts->flags));
    cell(table, g_strdup_printf("%u/%u", facts->vantages_seen, facts->vantages_known));
    g_autoptr(GString) flags = g_string_new(NULL);
    words_flags(flags, facts->flags);
    cell(table, g_strdup(flags->str));
    g_ptr_array_add(table->colours, (char *)shade_of(facts->worst));
}

static void print_incidents(const Report *report, bool colour, GString *out) {
    static const char *const heads[] = {"id",       "what",   "services", "from (UTC)", "until (UTC)",
                                        "duration", "bounds", "vantages", "flags"};
    const GArray *incidents = report->outages->incidents;
    if (incidents->len == 0) {
        g_string_append(out, "No outage found.\n");
        return;
    }
    Table *table = table_new(G_N_ELEMENTS(heads), heads, "rllllrlrl");
    for (unsigned i = 0; i < incidents->len && i < ROWS_MOST; i++) {
        incident_row(report, &g_array_index(incidents, Incident, i), table);
    }
    table_print(table, colour, out);
    if (incidents->len > ROWS_MOST) {
        g_string_append_printf(out, "and %u more incidents\n", incidents->len - ROWS_MOST);
    }
}

static void service_row(const Report *report, const Availability *a, Table *table) {
    cell(table, g_strdup(ds_store_name(report->store, a->service)));
    cell(table, words_duration(a->down));
    cell(table, words_duration(a->partial + a->degraded));
    cell(table, words_duration(a->unknown));
    cell(table, words_percent(a->known));
    cell(table, words_percent(a->total));
    cell(table, words_percent(a->low));
    cell(table, words_percent(a->high));
    cell(table, words_percent(a->coverage));
    g_ptr_array_add(table->colours, (char *)(a->down > 0 ? shade_of(STATE_DOWN) : NULL));
}

static void print_services(const Report *report, bool colour, GString *out) {
    static const char *const heads[] = {"service", "down", "partial+degraded", "unknown", "known", "total",
                                        "low",     "high", "coverage"};
    Table *table = table_new(G_N_ELEMENTS(heads), heads, "lrrrrrrrr");
    unsigned services = 0;
    for (unsigned i = 0; i < report->impact->availability->len; i++) {
        const Availability *a = &g_array_index(report->impact->availability, Availability, i);
        if (a->signal == SIGNAL_SERVICE && services++ < ROWS_MOST) {
            service_row(report, a, table);
        }
    }
    g_string_append(out, services ? "\nAvailability: of known time, of all time, lowest, highest\n" : "");
    if (services == 0) {
        g_ptr_array_unref(table->cells);
        g_ptr_array_unref(table->colours);
        g_free(table);
        return;
    }
    table_print(table, colour, out);
    if (services > ROWS_MOST) {
        g_string_append_printf(out, "and %u more services\n", services - ROWS_MOST);
    }
}

/* Files that tell nothing about up or down, and what to record instead. */
static void print_mute(const Report *report, GString *out) {
    enum { TOLD = 5 };
    unsigned found = 0;
    for (unsigned i = 0; i < report->quality->files->len; i++) {
        const FileQuality *file = g_ptr_array_index(report->quality->files, i);
        if (file->advice && found++ < TOLD) {
            ds_text_visible(out, ds_span_of(file->path));
            g_string_append_printf(out, ": %s\n", file->advice);
        }
    }
    if (found > TOLD) {
        g_string_append_printf(out, "and %u more files that tell nothing about up or down\n", found - TOLD);
    }
}

void ds_report_terminal(const Report *report, bool colour, GString *out) {
    g_autofree char *from = words_instant(report->outages->from, NULL), *to = words_instant(report->outages->to, NULL);
    g_string_append_printf(out, "%s to %s UTC\n\n", from, to);
    print_incidents(report, colour, out);
    print_services(report, colour, out);
    FileQuality total = ds_quality_total(report->quality);
    g_autofree char *entries = words_plural(total.entries, "entry", "entries"), *rejected = words_count(total.rejected);
    g_autofree char *files = words_plural(report->quality->files->len, "file", "files");
    g_string_append_printf(out, "\n%s in %s, %s rejected\n", entries, files, rejected);
    unsigned damaged = 0;
    for (unsigned i = 0; i < report->quality->files->len; i++) {
        damaged += ((const FileQuality *)g_ptr_array_index(report->quality->files, i))->damage != NULL;
    }
    print_mute(report, out);
    if (damaged) {
        g_autofree char *broken = words_plural(damaged, "file is damaged", "files are damaged");
        g_string_append_printf(out, "%s: see data quality in the report\n", broken);
    }
}
