/* SPDX-License-Identifier: MIT
 * Windows as CSV (RFC 4180, no cell that a spreadsheet would evaluate) or as JSON lines with the same names. */
#include "report/document.h"
#include "report/output.h"
#include "report/words.h"

#include "base/file.h"
#include "base/text.h"

static const char header[] =
    "service,vantage,check,signal,state,start,end,observed_s,min_s,max_s,likely_s,unknown_s,failed,"
    "flickers,flags,reasons,start_evidence,end_evidence\n";

static void text_cell(GString *out, const char *text) {
    ds_text_csv(out, ds_span_of(text));
    g_string_append_c(out, ',');
}

static void instant_cell(GString *out, Instant instant) {
    char text[INSTANT_TEXT_SIZE];
    g_string_append(out, ds_instant_text(instant, text));
    g_string_append_c(out, ',');
}

static void seconds_cell(GString *out, Millis length) {
    if (length != MILLIS_NONE) {
        ds_text_seconds(out, length);
    }
    g_string_append_c(out, ',');
}

/* "dns:3 connect-timeout:5" */
static void reasons_cell(GString *out, const Window *w) {
    bool first = true;
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        if (w->reasons[r]) {
            g_string_append_printf(out, "%s%s:%u", first ? "" : " ", ds_reason_name((Reason)r), w->reasons[r]);
            first = false;
        }
    }
    g_string_append_c(out, ',');
}

/* "file:line file:line" of two origins, as one cell. */
static void evidence_cell(const Report *report, GString *out, const Origin *pair) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < 2; i++) {
        if (pair[i].line) {
            g_string_append(text, text->len ? " " : "");
            ds_report_origin(report, pair[i], text);
        }
    }
    ds_text_csv(out, (Span){text->str, text->len});
}

static void csv_row(const Report *report, const Window *w, GString *out) {
    text_cell(out, ds_store_name(report->store, w->service));
    text_cell(out, ds_store_name(report->store, w->vantage));
    text_cell(out, ds_store_name(report->store, w->check));
    g_string_append_printf(out, "%s,%s,", ds_signal_name(w->signal), ds_state_name(w->state));
    instant_cell(out, w->start);
    instant_cell(out, w->end);
    seconds_cell(out, w->observed);
    seconds_cell(out, w->min);
    seconds_cell(out, w->max);
    seconds_cell(out, w->likely);
    seconds_cell(out, w->unknown);
    g_string_append_printf(out, "%u,%u,", w->failed, w->flickers);
    words_flags(out, w->flags);
    g_string_append_c(out, ',');
    reasons_cell(out, w);
    evidence_cell(report, out, &w->proof[PROOF_LAST_UP]);
    g_string_append_c(out, ',');
    evidence_cell(report, out, &w->proof[PROOF_LAST_DOWN]);
    g_string_append_c(out, '\n');
}

static int append(const char *bytes, size_t size, void *out) {
    g_string_append_len(out, bytes, (gssize)size);
    return 0;
}

static void json_row(const Report *report, const Window *w, GString *out) {
    json_t *row = document_window(report, w);
    json_dump_callback(row, append, out, JSON_COMPACT);
    json_decref(row);
    g_string_append_c(out, '\n');
}

static bool wanted(const char *level, const Window *w) {
    if (g_strcmp0(level, "service") == 0) {
        return w->signal == SIGNAL_SERVICE;
    }
    if (g_strcmp0(level, "series") == 0) {
        return w->signal != SIGNAL_SERVICE && w->signal != SIGNAL_MONITOR;
    }
    return true;
}

void ds_report_windows(const Report *report, const char *level, bool json, GString *out) {
    if (!json) {
        g_string_append(out, header);
    }
    for (unsigned i = 0; i < report->outages->windows->len; i++) {
        const Window *w = ds_outages_measured(report->outages, &g_array_index(report->outages->windows, Window, i));
        if (wanted(level, w)) {
            (json ? json_row : csv_row)(report, w, out);
        }
    }
}

bool report_csv(const Report *report, const json_t *document, const char *path, GError **error) {
    (void)document;
    g_autoptr(GString) out = g_string_new(NULL);
    ds_report_windows(report, "all", false, out);
    return ds_file_write(path, (Span){out->str, out->len}, error);
}
