/* SPDX-License-Identifier: MIT
 * Which parser fits: each reads the head of the file as it would read the file, without times resolved and records
 * made, and the share of entries it can read is its score. Bounded by a number of entries, so a file costs some
 * milliseconds. */
#include "parse/parser.h"

#define ENTRIES_MAX 200u
#define HEAD_MAX (64u << 10)
#define TIE 0.0001 /* what a known column or path is worth among equals */
#define KEYS_COUNTED 50u
#define FIT_SCORE 0.5      /* a parser fits */
#define GOOD_SCORE 0.9     /* from here on no wrapper and no second parser is looked for */
#define WRAPPED_LEAST 0.9  /* of the entries that a wrapper must take */
#define DOCUMENT_SCORE 0.9 /* of a document that is longer than the head and has all it needs */

static bool has_value(const Run *run, const Need *need) {
    for (unsigned i = 0; i < PIECE_ALTERNATIVES && need->slots[i] >= 0; i++) {
        if (run->values[need->slots[i]].p) {
            return true;
        }
    }
    return false;
}

static uint64_t seen_needs(const Run *run, const Need *needs, unsigned count) {
    uint64_t seen = 0;
    for (unsigned i = 0; i < count; i++) {
        seen |= (uint64_t)has_value(run, &needs[i]) << i;
    }
    return seen;
}

bool run_has_needs(const Run *run) {
    for (unsigned i = 0; i < run->parser->require_count; i++) {
        if (!has_value(run, &run->parser->require[i])) {
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

static double score(const Run *run, Span head) {
    const Parser *parser = run->parser;
    uint64_t taken = run->ignored - run->blank;
    uint64_t tried = run->accepted + taken + run->rejected;
    if (run->cut_document.p && tried == 0) {
        return score_cut(parser, run->cut_document);
    }
    if (run->misfit || (parser->mute ? taken : run->accepted) == 0 ||
        (parser->type == TYPE_JSON && !needs_met(run, head))) {
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

static const InputFile head_file = {.path = (char *)"head", .stem = (char *)"head"};

static Bid bid_one(const Reading *within, const Parser *parser, Span head, bool whole, TakenLines *taken) {
    Reading reading = *within;
    reading.parsers[0] = parser;
    reading.parser_count = 1;
    Run run;
    run_start(&run, parser, RUN_BID);
    run.file = &head_file;
    run.reading = &reading;
    run.limit = ENTRIES_MAX;
    run_source(&run, NULL, head, !whole);
    run_read(&run);
    Bid bid = {.parser = parser,
               .reading = reading,
               .matched = (unsigned)run.accepted,
               .ignored = (unsigned)(run.ignored - run.blank),
               .tried = (unsigned)(run.accepted + run.ignored - run.blank + run.rejected)};
    bid.score = score(&run, head);
    *taken = run.taken;
    framer_stop(&run.framer);
    run_stop(&run);
    return bid;
}

/* ---- two parsers that share a file ---- */

#define SHARED_LEAST 0.9 /* of the entries that both together must take */
#define SHARE_LEAST 0.05 /* that the second must read beyond the first */
#define SHARE_ENTRIES 3u

typedef struct {
    Bid bid;
    TakenLines taken;
} Heard;

static unsigned count_bits(const uint64_t *a, const uint64_t *b, bool without) {
    unsigned count = 0;
    for (unsigned i = 0; i < TAKEN_WORDS; i++) {
        for (uint64_t bits = without ? a[i] & ~b[i] : a[i] | b[i]; bits; bits &= bits - 1) {
            count++;
        }
    }
    return count;
}

/* The best parser and the one that takes most of what it leaves; score 0 where they do not take nearly all. */
static Bid bid_shared(const GArray *heard, unsigned first) {
    const Heard *a = &g_array_index(heard, Heard, first);
    Bid best = {0};
    for (unsigned i = 0; i < heard->len; i++) {
        const Heard *b = &g_array_index(heard, Heard, i);
        unsigned more = i == first ? 0 : count_bits(b->taken.read, a->taken.all, true);
        double tried = a->bid.tried;
        if (more < SHARE_ENTRIES || more < SHARE_LEAST * tried || a->bid.tried != b->bid.tried) {
            continue;
        }
        unsigned read = count_bits(a->taken.read, b->taken.read, false);
        unsigned all = count_bits(a->taken.all, b->taken.all, false);
        double share = (read + (all - read) / 2.0) / tried;
        if (all >= SHARED_LEAST * tried && share > best.score && share > a->bid.score) {
            best = a->bid;
            best.reading.parsers[best.reading.parser_count++] = b->bid.parser;
            best.matched = read;
            best.ignored = all - read;
            best.score = share;
        }
    }
    return best;
}

/* ---- all of them ---- */

static void rank(Bid best[3], Bid bid) {
    for (unsigned k = 0; k < 3; k++) {
        if (!best[k].parser || bid.score > best[k].score) {
            Bid moved = best[k];
            best[k] = bid;
            bid = moved;
            if (!bid.parser) {
                break;
            }
        }
    }
}

/* Is another parser there that says more of the same form and takes as much? */
static bool is_beaten(const GArray *heard, const Heard *one) {
    for (unsigned i = 0; i < heard->len; i++) {
        const Heard *other = &g_array_index(heard, Heard, i);
        for (const char **name = other->bid.parser->beats; name && *name; name++) {
            if (strcmp(*name, one->bid.parser->name) == 0 && other->bid.score >= one->bid.score) {
                return true;
            }
        }
    }
    return false;
}

typedef struct {
    const GPtrArray *parsers;
    Span head;
    bool whole;  /* the file has no more */
    bool binary; /* only what is known by its bytes can fit */
    bool mute;   /* those are asked that tell nothing, since no other fits */
} Offer;

/* Every parser that is no wrapper, on what is within the wrappers. */
static size_t bid_within(const Offer *offer, const Reading *within, Bid best[3]) {
    g_autoptr(GArray) heard = g_array_new(FALSE, FALSE, sizeof(Heard));
    g_autoptr(GArray) sharing = g_array_new(FALSE, FALSE, sizeof(Heard)); /* those that read line by line */
    size_t candidates = 0;
    unsigned first = 0;
    for (unsigned i = 0; i < offer->parsers->len; i++) {
        const Parser *parser = offer->parsers->pdata[i];
        Heard one = {0};
        bool asked = !parser->wraps && parser->mute == offer->mute;
        bool by_bytes = parser->type == TYPE_WHOLE;
        if (asked && (by_bytes ? within->wrapper_count == 0 : !offer->binary)) {
            one.bid = bid_one(within, parser, offer->head, offer->whole, &one.taken);
        }
        if (!(one.bid.score > 0)) {
            continue;
        }
        g_array_append_val(heard, one);
    }
    for (unsigned i = 0; i < heard->len; i++) {
        const Heard *one = &g_array_index(heard, Heard, i);
        if (is_beaten(heard, one)) {
            continue;
        }
        candidates++;
        rank(best, one->bid);
        if (reading_lines(one->bid.parser)) {
            g_array_append_val(sharing, *one);
            first = one->bid.score > g_array_index(sharing, Heard, first).bid.score ? sharing->len - 1 : first;
        }
    }
    if (sharing->len > 1 && best[0].score < GOOD_SCORE) {
        Bid shared = bid_shared(sharing, first);
        if (shared.score > best[0].score) {
            rank(best, shared);
            candidates++;
        }
    }
    return candidates;
}

/* The share of entries that the innermost wrapper takes. */
static double wrapper_share(const Reading *within, Span head, bool whole) {
    Run top;
    Span data;
    run_start(&top, within->wrappers[0], RUN_BID);
    top.file = &head_file;
    top.reading = within;
    run_source(&top, NULL, head, !whole);
    unwrap_more(top.bytes.unwrap, 0, &data);
    const Run *run = unwrap_run(top.bytes.unwrap);
    uint64_t taken = run->accepted, rejected = run->rejected;
    uint64_t tried = taken + run->ignored - run->blank + rejected;
    run_stop(&top);
    return taken ? (double)(tried - rejected) / (double)tried : 0;
}

static size_t bid_wrapped(const Offer *offer, const Reading *within, Bid best[3]) {
    size_t candidates = 0;
    for (unsigned i = 0; within->wrapper_count < READING_WRAPPERS && i < offer->parsers->len; i++) {
        const Parser *parser = offer->parsers->pdata[i];
        Reading deeper = *within;
        deeper.wrappers[deeper.wrapper_count++] = parser;
        if (!parser->wraps || wrapper_share(&deeper, offer->head, offer->whole) < WRAPPED_LEAST) {
            continue;
        }
        candidates += bid_within(offer, &deeper, best);
        if (best[0].score < GOOD_SCORE) {
            candidates += bid_wrapped(offer, &deeper, best);
        }
    }
    return candidates;
}

/* Bytes that no text has: then no parser is asked. NUL runs of a truncated file are allowed. */
static bool is_binary(Span head) {
    size_t strange = 0, nuls = 0;
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        nuls += c == 0;
        strange += (c < 0x20 && c != 0 && !strchr("\t\n\r\f\033\b", c)) || c == 0x7f;
    }
    return strange * 10 > head.n - nuls;
}

size_t ds_parsers_bid_within(const GPtrArray *parsers, const Reading *within, Span head, bool whole, Bid best[3]) {
    memset(best, 0, 3 * sizeof *best);
    Offer offer = {.parsers = parsers, .head = {head.p, MIN(head.n, HEAD_MAX)}, .whole = whole && head.n <= HEAD_MAX};
    offer.binary = is_binary(offer.head);
    size_t candidates = 0;
    for (int mute = 0; mute < 2 && !(best[0].score >= FIT_SCORE); mute++) {
        offer.mute = mute;
        candidates += bid_within(&offer, within, best);
        if (best[0].score < GOOD_SCORE && !offer.binary) {
            candidates += bid_wrapped(&offer, within, best);
        }
    }
    return candidates;
}

size_t ds_parsers_bid(const GPtrArray *parsers, Span head, bool whole, Bid best[3]) {
    static const Reading none = {0};
    return ds_parsers_bid_within(parsers, &none, head, whole, best);
}
