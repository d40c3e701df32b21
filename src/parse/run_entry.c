/* SPDX-License-Identifier: MIT
 * An entry of any type to slots, and on to the rules: CSV rows by their header, JSON values by their paths, lines as
 * they are. Entries of a file that parsers share are offered to each in turn. */
#include "parse/parser.h"

static void read_header(Run *run, const Entry *entry) {
    g_autofree char *why = NULL;
    if (!csv_header(&run->csv, run->parser, entry->text, &why)) {
        if (run->mode == RUN_BID) {
            run->misfit = true;
        }
        run_fail(run, "%s", why);
    }
    run->framer.delimiter = run->csv.delimiter;
    run->csv_ready = true;
    run_prune(run);
}

/* A line that names the columns from here on. Most are copies of the one before: every rotation and start writes one.
 */
static void read_directive(Run *run, const Entry *entry) {
    g_autofree char *why = NULL;
    run_blank(run);
    if (run->csv_ready && ds_span_equal(entry->text, run->csv.header)) {
        return;
    }
    if (!csv_directive(&run->csv, run->parser, entry->text, !run->csv_ready, &why)) {
        run->misfit |= run->mode == RUN_BID;
        run_fail(run, "%s", why);
    }
    run->csv_ready = true;
    run_prune(run);
}

static void row_by_directive(Run *run, const Entry *entry) {
    Entry row = *entry;
    while (row.text.n && (row.text.p[row.text.n - 1] == ' ' || row.text.p[row.text.n - 1] == '\t')) {
        row.text.n--;
    }
    if (!run->csv.delimiter) {
        run->csv.delimiter = memchr(row.text.p, '\t', row.text.n) ? '\t' : ' ';
    }
    const char *why =
        run->csv_ready ? csv_row(&run->csv, &row, run->scratch) : "row before the line that names the columns";
    if (why) {
        run_reject(run, entry, why);
    } else {
        run_entry(run, entry);
    }
}

static bool begins_with(Span text, Span prefix) {
    return text.n >= prefix.n && memcmp(text.p, prefix.p, prefix.n) == 0;
}

/* sep=; as spreadsheets write it before the header. The delimiter is found from the header all the same. */
static bool names_delimiter(Span text) {
    text = ds_span_trim(text);
    return text.n == 5 && memcmp(text.p, "sep=", 4) == 0;
}

static void entry_csv(Run *run, const Entry *entry) {
    const Parser *parser = run->parser;
    if (parser->directive.n && begins_with(entry->text, parser->directive)) {
        read_directive(run, entry);
        return;
    }
    bool comment = run->parser->comment && entry->text.p[0] == run->parser->comment;
    if (comment || (run->csv_ready && ds_span_equal(entry->text, run->csv.header))) {
        run_blank(run);
        return;
    }
    if (parser->directive.n) {
        row_by_directive(run, entry);
        return;
    }
    if (!run->csv_ready) {
        if (!names_delimiter(entry->text)) {
            read_header(run, entry);
        }
        run_blank(run);
        return;
    }
    const char *why = csv_row(&run->csv, entry, run->scratch);
    if (why) {
        run_reject(run, entry, why);
    } else {
        run_entry(run, entry);
    }
}

static void entry_json(Run *run, const Entry *entry) {
    if (run->parser->step_count) {
        run_document(run, entry);
        return;
    }
    memset(run->values, 0, run->parser->slots->len * sizeof(Span));
    g_string_truncate(run->scratch, 0);
    JsonResult result = json_fields(run->parser, run->parser->roots[0], entry->text, run->values, run->scratch);
    if (result != JSON_WHOLE) {
        run_reject(run, entry, result == JSON_CUT ? "JSON value is cut off" : not_json);
        return;
    }
    run_note_needs(run);
    run_entry(run, entry);
}

static bool is_blank(Span text) {
    return text.n == 0 || (g_ascii_isspace(text.p[0]) && ds_span_trim(text).n == 0);
}

/* Damage that cut the file off cuts its last line too: what is left of it is not taken for the whole. */
static bool cut_by_damage(const Run *run, const Entry *entry) {
    return entry->torn && run->framer.kind != FRAME_JSON && run->framer.ended && run->bytes.reader &&
           ds_reader_damage(run->bytes.reader);
}

static void typed_entry(Run *run, const Entry *entry) {
    if (run->bytes.unwrap && run->mode != RUN_UNWRAP) {
        state_tag(run);
    }
    if (run->parser->type == TYPE_CSV) {
        entry_csv(run, entry);
    } else if (run->parser->type == TYPE_JSON) {
        entry_json(run, entry);
    } else {
        run_entry(run, entry);
    }
}

/* Every parser of the reading in turn, until one takes the entry. */
static void shared_entry(Run *lead, const Entry *entry) {
    const char *why = NULL;
    for (unsigned i = 0; i <= lead->other_count; i++) {
        Run *run = i ? lead->others[i - 1] : lead;
        run->outer = lead->outer;
        run->deferring = true;
        run->verdict = NULL;
        typed_entry(run, entry);
        run->deferring = false;
        lead->failed |= run->failed;
        if (!run->verdict) {
            return;
        }
        why = !why || why == no_rule || why == not_json ? run->verdict : why;
    }
    run_reject(lead, entry, why);
}

void run_offer(Run *run, const Entry *entry) {
    if (entry->torn && run->bytes.partial) {
        if (run->framer.kind == FRAME_JSON && run->accepted + run->ignored + run->rejected == 0) {
            run->cut_document = entry->text;
        }
        return;
    }
    if (entry->fault) {
        run_reject(run, entry, entry->fault);
    } else if (cut_by_damage(run, entry)) {
        run_reject(run, entry, "cut off where the file is damaged");
    } else if (is_blank(entry->text)) {
        run_blank(run);
    } else if (run->other_count) {
        shared_entry(run, entry);
    } else {
        typed_entry(run, entry);
    }
}
