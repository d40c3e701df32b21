/* SPDX-License-Identifier: MIT
 * How well a parser fits: it reads the head of the file as it would read the file, without times resolved and records
 * made, and the share of entries it can read is its score. Bounded by a number of entries, so a file costs some
 * milliseconds. detect.c chooses. */
#include "parse/detect.h"

#define ENTRIES_MAX 200u
#define TIE 0.0001 /* what a known column or path is worth among equals */
#define KEYS_COUNTED 50u
#define DOCUMENT_SCORE 0.9 /* of a document that is longer than the head and has all it needs */

/* nulls: a null is there too. */
static bool has_value(const Run *run, const Need *need, bool nulls) {
    for (unsigned i = 0; i < PIECE_ALTERNATIVES && need->slots[i] >= 0; i++) {
        const char *p = run->values[need->slots[i]].p;
        if (p && (nulls || p != json_nothing)) {
            return true;
        }
    }
    return false;
}

static uint64_t seen_needs(const Run *run, const Need *needs, unsigned count) {
    uint64_t seen = 0;
    for (unsigned i = 0; i < count; i++) {
        seen |= (uint64_t)has_value(run, &needs[i], false) << i;
    }
    return seen;
}

bool run_has_needs(const Run *run) {
    for (unsigned i = 0; i < run->parser->require_count; i++) {
        if (!has_value(run, &run->parser->require[i], true)) {
            return false;
        }
    }
    return true;
}

void run_note_needs(Run *run) {
    if (run->mode == RUN_BID) {
        run->needs_seen |= seen_needs(run, run->parser->require, run->parser->require_count);
        run->refused_seen |= seen_needs(run, run->parser->refuse, run->parser->refuse_count);
        run->optional_seen |= seen_needs(run, run->parser->optional, run->parser->optional_count);
    }
}

/* Does the text hold "key" as JSON writes it? */
static bool holds_key(Span text, const char *key, size_t length) {
    for (size_t i = 0; length && i + length + 2 <= text.n; i++) {
        const char *quote = memchr(text.p + i, '"', text.n - i - length - 1);
        if (!quote) {
            return false;
        }
        i = (size_t)(quote - text.p);
        if (memcmp(quote + 1, key, length) == 0 && quote[length + 1] == '"') {
            return true;
        }
    }
    return false;
}

/* All keys of a path (or of one of its alternatives) stand somewhere in the text. */
static bool holds_path(Span text, const char *path) {
    g_auto(GStrv) choices = g_strsplit(path, "|", 0);
    for (unsigned i = 0; choices[i]; i++) {
        g_auto(GStrv) keys = g_strsplit(choices[i], ".", 0);
        bool all = keys[0] != NULL;
        for (unsigned k = 0; all && keys[k]; k++) {
            const char *key = keys[k] + strspn(keys[k], "^");
            size_t length = strcspn(key, "[");
            bool index = length == 0 || strspn(key, "0123456789") == length;
            all = index || holds_key(text, key, length);
        }
        if (all) {
            return true;
        }
    }
    return false;
}

static bool holds_steps(const Parser *parser, Span text) {
    for (unsigned i = 0; i < parser->step_count; i++) {
        Span key = parser->steps[i].key;
        if (key.n && !holds_key(text, key.p, key.n)) {
            return false;
        }
    }
    return true;
}

/* A document of which only the head is there: the names of its parts are all there is to judge. */
static double score_cut(const Parser *parser, Span text) {
    if (parser->type != TYPE_JSON || !parser->step_count || !parser->require_count || !holds_steps(parser, text)) {
        return 0;
    }
    for (unsigned i = 0; i < parser->require_count; i++) {
        if (!holds_path(text, parser->require[i].text)) {
            return 0;
        }
    }
    for (unsigned i = 0; i < parser->refuse_count; i++) {
        if (holds_path(text, parser->refuse[i].text)) {
            return 0;
        }
    }
    return DOCUMENT_SCORE - TIE * (KEYS_COUNTED - MIN(parser->require_count, KEYS_COUNTED));
}

/* With `entries:` what must be there may stand outside of the entries. */
static bool needs_met(const Run *run, Span head) {
    const Parser *parser = run->parser;
    for (unsigned i = 0; i < parser->require_count; i++) {
        if (!(run->needs_seen >> i & 1) && !(parser->step_count && holds_path(head, parser->require[i].text))) {
            return false;
        }
    }
    return run->refused_seen == 0;
}

void run_note_taken(Run *run, bool read) {
    uint64_t index = run->at_line - 1;
    if (run->at_line && index < 64 * TAKEN_WORDS) {
        run->taken.all[index / 64] |= UINT64_C(1) << index % 64;
        run->taken.read[index / 64] |= (uint64_t)read << index % 64;
    }
}

/* A calendar says in its first line what it is, whether it has events that can be read or none. */
static bool is_calendar(Span head) {
    static const char begin[] = "BEGIN:VCALENDAR";
    size_t n = sizeof begin - 1;
    head = ds_span_trim(head);
    return head.n > n && g_ascii_strncasecmp(head.p, begin, n) == 0 && g_ascii_isspace(head.p[n]);
}

static double score(const Run *run, Span head) {
    const Parser *parser = run->parser;
    if (parser->type == TYPE_ICAL) {
        return is_calendar(head) ? 1 - TIE * KEYS_COUNTED : 0;
    }
    uint64_t taken = run->ignored - run->blank;
    uint64_t tried = run->accepted + taken + run->rejected;
    if (run->cut_document.p && tried == 0) {
        return score_cut(parser, run->cut_document);
    }
    bool named = run->path_fits && taken > 0 && run->rejected == 0; /* a day without a record is one all the same */
    bool quiet = (parser->mute || parser->failures) && taken > 0;   /* no failure is good news */
    bool fits = run->accepted > 0 || quiet || named;
    if (run->misfit || !fits || (parser->type == TYPE_JSON && !needs_met(run, head))) {
        return 0;
    }
    unsigned keys = run->csv.known;
    for (unsigned i = 0; i < 64; i++) {
        keys += (unsigned)((run->needs_seen >> i & 1) + (run->optional_seen >> i & 1));
    }
    double share = ((double)run->accepted + (double)taken * (parser->mute ? 1 : 0.5)) / (double)tried;
    if (parser->type == TYPE_WHOLE) {
        return DOCUMENT_SCORE;
    }
    double ranked = share - TIE * (KEYS_COUNTED - MIN(keys, KEYS_COUNTED));
    return share >= FIT_SCORE ? MAX(ranked, FIT_SCORE) : MAX(ranked, 0);
}

Heard bid_hear(const Reading *within, const Parser *parser, const Head *head) {
    Heard heard = {.bid = {.parser = parser, .reading = *within}};
    Bid *bid = &heard.bid;
    bid->reading.parsers[0] = parser;
    bid->reading.parser_count = 1;
    Run run;
    run_start(&run, parser, RUN_BID);
    run.file = &head->file;
    run.reading = &bid->reading;
    run.limit = within->wrapper_count ? 64 * TAKEN_WORDS : ENTRIES_MAX;
    run_source(&run, NULL, head->bytes, !head->whole);
    run_read(&run);
    bid->matched = (unsigned)run.accepted;
    bid->ignored = (unsigned)(run.ignored - run.blank);
    bid->tried = (unsigned)(run.accepted + run.ignored - run.blank + run.rejected);
    bid->score = score(&run, head->bytes);
    heard.taken = run.taken;
    framer_stop(&run.framer);
    run_stop(&run);
    return heard;
}
