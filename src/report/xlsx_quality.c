/* SPDX-License-Identifier: MIT
 * What was read of each file, what was not, and examples of what was refused. */
#include "report/xlsx.h"

#include "base/text.h"

static void remark(GString *out, const char *text) {
    g_string_append_printf(out, "%s%s", out->len ? "; " : "", text);
}

static char *remarks(const FileQuality *f) {
    GString *out = g_string_new(NULL);
    if (f->unusable) {
        remark(out, "nothing could be read of it");
    }
    if (f->damage) {
        remark(out, "damaged: ");
        g_string_append_printf(out, "%s, at byte %" G_GUINT64_FORMAT, f->damage, f->damage_offset);
    }
    if (f->advice) {
        remark(out, f->advice);
    }
    g_autofree char *left = ds_quality_left(f);
    if (left) {
        remark(out, left);
    }
    if (f->candidates) {
        remark(out, "candidates for its format: ");
        g_string_append(out, f->candidates);
    }
    if (f->year_rule) {
        remark(out, "times without a year or a date: ");
        g_string_append(out, f->year_rule);
    }
    if (f->date_order) {
        remark(out, "order of day and month: ");
        g_string_append(out, f->date_order);
    }
    for (unsigned i = 0; i < QUALITY_GAPS && f->gaps[i].from != INSTANT_NONE; i++) {
        char from[INSTANT_TEXT_SIZE];
        remark(out, "silent for ");
        ds_text_duration(out, f->gaps[i].to - f->gaps[i].from);
        g_string_append_printf(out, " from %s", ds_instant_text(f->gaps[i].from, from));
    }
    return g_string_free(out, FALSE);
}

static void file_row(XlsxTable *t, const FileQuality *f) {
    g_autofree char *text = remarks(f);
    table_next(t);
    table_text(t, 0, f->path);
    table_text(t, 1, f->parser ? f->parser : "none");
    const uint64_t counts[] = {f->bytes,    f->lines,      f->entries,   f->accepted,   f->ignored,
                               f->rejected, f->duplicates, f->conflicts, f->clock_steps};
    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        table_count(t, 2 + i, counts[i]);
    }
    table_instant(t, 11, f->first);
    table_instant(t, 12, f->last);
    table_text(t, 13, f->zone);
    table_text(t, 14, text);
}

void xlsx_quality(Book *book) {
    static const XlsxColumn columns[] = {
        {"File", LOOK_WRAP, 60},
        {"Parser", LOOK_TEXT, 0},
        {"Bytes", LOOK_COUNT, 0},
        {"Lines", LOOK_COUNT, 0},
        {"Entries", LOOK_COUNT, 0},
        {"Accepted", LOOK_COUNT, 0},
        {"Ignored", LOOK_COUNT, 0},
        {"Rejected", LOOK_COUNT, 0},
        {"Copies", LOOK_COUNT, 0},
        {"Conflicts", LOOK_COUNT, 0},
        {"Clock steps back", LOOK_COUNT, 0},
        {"First record (UTC)", LOOK_INSTANT, 0},
        {"Last record (UTC)", LOOK_INSTANT, 0},
        {"Zone-less times read as", LOOK_TEXT, 0},
        {"Remarks", LOOK_WRAP, 60},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Data quality",
        "What was read. Entries = accepted + ignored (a rule says so: headers, blank lines) + rejected. Copies: told "
        "in this or another file already, counted once. Conflicts: one time told with different states.",
        "No file was read.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->quality->files->len; i++) {
        file_row(&t, g_ptr_array_index(book->report->quality->files, i));
    }
    lxw_format *format = workbook_add_format(book->workbook);
    format_set_font_color(format, 0xB3170F);
    format_set_bold(format);
    lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_CELL,
                                   .criteria = LXW_CONDITIONAL_CRITERIA_GREATER_THAN,
                                   .value = 0,
                                   .format = format};
    worksheet_conditional_format_range(t.sheet, XLSX_HEAD + 1, 7, MAX(t.row, XLSX_HEAD + 1), 7, &rule);
    table_end(&t);
}

void xlsx_rejected(Book *book) {
    static const XlsxColumn columns[] = {{"File", LOOK_WRAP, 50},
                                         {"Line", LOOK_COUNT, 0},
                                         {"Like it", LOOK_COUNT, 0},
                                         {"Why", LOOK_WRAP, 50},
                                         {"Entry", LOOK_WRAP, 90}};
    const Quality *quality = book->report->quality;
    XlsxTable t;
    table_begin(&t, book, "Rejected entries",
                "Entries that could not be read: the first of each shape (numbers and words are alike), the most "
                "frequent first. "
                "All of them are counted in Data quality.",
                "None was kept.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < quality->files->len; i++) {
        const FileQuality *f = g_ptr_array_index(quality->files, i);
        for (unsigned k = 0; f->examples && k < f->examples->len; k++) {
            const RejectExample *e = &g_array_index(f->examples, RejectExample, k);
            table_next(&t);
            table_text(&t, 0, f->path);
            table_count(&t, 1, e->line);
            table_count(&t, 2, e->count);
            table_text(&t, 3, e->why);
            table_text(&t, 4, e->text);
        }
    }
    table_end(&t);
}
