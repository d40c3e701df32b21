/* SPDX-License-Identifier: MIT
 * Which parser reads a file: all are heard, the best that fits is taken; where none takes nearly all, what several take
 * together is looked at, and what is inside of wrappers. Those that tell nothing are asked last. */
#include "parse/detect.h"

#define HEAD_MAX (64u << 10)
#define WRAPPED_LEAST 0.9 /* of the entries that a wrapper must take */
#define SHARED_LEAST 0.9  /* of the entries that parsers together must take */
#define SHARED_MUTE 0.75  /* the same where some of them tell nothing */
#define SHARE_LEAST 0.05  /* that one more must read beyond those before; inside of wrappers a few lines are enough */
#define SHARE_ENTRIES 3u
#define RARE_LEAST 0.5 /* the same of all where what was added counts failures: one line of that will do */
#define PROGRAMS 2u    /* that a wrapper must tell apart where a parser reads nearly all without it */
#define LINES_MAX (64u * TAKEN_WORDS)

typedef struct {
    const GPtrArray *parsers;
    Head head;
    bool binary;  /* only what is known by its bytes can fit */
    bool mute;    /* those are asked that tell nothing, since no other fits */
    GArray *said; /* Heard, of those that read some lines as they stand */
} Offer;

typedef struct { /* lines inside of wrappers: the program of each, by number; 0: none told, or a blank line */
    unsigned count, programs;
    uint16_t program[LINES_MAX];
    bool blank[LINES_MAX];
} Lines;

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

static bool has_all(const Reading *these, const Reading *of) {
    unsigned found = 0;
    for (unsigned i = 0; i < of->parser_count; i++) {
        for (unsigned k = 0; k < these->parser_count; k++) {
            found += these->parsers[k] == of->parsers[i];
        }
    }
    return found == of->parser_count;
}

/* A reading by the same parsers without the wrapper, which knows neither host nor program, steps back where it takes no
 * more. */
static void step_back(Bid best[3], const Bid *bid) {
    for (unsigned k = 0; k < 3 && best[k].parser;) {
        const Reading *a = &best[k].reading, *b = &bid->reading;
        if (a->wrapper_count >= b->wrapper_count || !has_all(b, a) || best[k].score > bid->score) {
            k++;
            continue;
        }
        memmove(&best[k], &best[k + 1], (2 - k) * sizeof *best);
        best[2] = (Bid){0};
    }
}

/* ---- parsers that share a file ---- */

typedef struct {
    const Heard *members[READING_PARSERS];
    unsigned count;
    TakenLines taken;
} Group;

static unsigned count_bits(const uint64_t *bits, const uint64_t *without) {
    unsigned count = 0;
    for (unsigned i = 0; i < TAKEN_WORDS; i++) {
        for (uint64_t left = bits[i] & ~(without ? without[i] : 0); left; left &= left - 1) {
            count++;
        }
    }
    return count;
}

static void group_add(Group *group, const Heard *one) {
    group->members[group->count++] = one;
    for (unsigned i = 0; i < TAKEN_WORDS; i++) {
        group->taken.read[i] |= one->taken.read[i] & ~(group->taken.all[i] & ~group->taken.read[i]);
        group->taken.all[i] |= one->taken.all[i];
    }
}

static bool group_has(const Group *group, const Heard *one) {
    for (unsigned i = 0; i < group->count; i++) {
        if (group->members[i]->bid.parser == one->bid.parser) {
            return true;
        }
    }
    return false;
}

/* Reads the parser enough of what is left? Of one that counts failures a line is enough, also one that tells of none:
 * its patterns fit nothing else. */
static bool is_enough(const Heard *one, unsigned more, double least, unsigned tried, bool rare_only) {
    bool rare = one->bid.parser->failures;
    return rare ? more > 0 : !rare_only && more >= SHARE_ENTRIES && more >= least * tried;
}

/* Adds one parser after the other that reads enough of what is left, the one that reads most of it first. rare_only:
 * the first takes nearly all, and only such parsers are of use as count failures. */
static void group_fill(Group *group, const GArray *heard, double least, bool rare_only) {
    unsigned tried = group->members[0]->bid.tried;
    while (group->count < READING_PARSERS) {
        const Heard *next = NULL;
        unsigned most = 0;
        for (unsigned i = 0; i < heard->len; i++) {
            const Heard *one = &g_array_index(heard, Heard, i);
            const uint64_t *taken = one->bid.parser->failures ? one->taken.all : one->taken.read;
            unsigned more = count_bits(taken, group->taken.all);
            if (one->bid.tried != tried || !is_enough(one, more, least, tried, rare_only) || group_has(group, one)) {
                continue;
            }
            if (!next || more > most || (more == most && one->bid.score > next->bid.score)) {
                next = one;
                most = more;
            }
        }
        if (!next) {
            return;
        }
        group_add(group, next);
    }
}

/* Lines that no parser of the group takes, of programs of which it reads none. */
static unsigned lines_left(const Group *group, const Lines *lines, unsigned tried) {
    bool read[LINES_MAX + 1] = {false};
    unsigned left = 0;
    for (unsigned i = 0; i < lines->count; i++) {
        read[lines->program[i]] |= group->taken.read[i / 64] >> i % 64 & 1;
    }
    for (unsigned i = 0, seen = 0; i < lines->count && seen < tried; i++) {
        bool taken = group->taken.all[i / 64] >> i % 64 & 1;
        seen += !lines->blank[i];
        left += !lines->blank[i] && !taken && lines->program[i] && !read[lines->program[i]];
    }
    return left;
}

/* lines: NULL outside of wrappers. Score 0 where they do not take enough together. */
static Bid group_bid(const Group *group, const Lines *lines) {
    Bid bid = group->members[0]->bid;
    bid.score = 0;
    bool rare = group->count > 1;
    for (unsigned i = 1; i < group->count; i++) {
        rare = rare && group->members[i]->bid.parser->failures;
        bid.reading.parsers[bid.reading.parser_count++] = group->members[i]->bid.parser;
    }
    unsigned all = count_bits(group->taken.all, NULL);
    bid.matched = count_bits(group->taken.read, NULL);
    bid.ignored = all - bid.matched;
    double value = bid.matched + bid.ignored / 2.0, share = value / bid.tried;
    if (!lines) {
        bid.score = all >= (rare ? RARE_LEAST : SHARED_LEAST) * bid.tried ? share : 0;
    } else if (bid.matched >= SHARE_ENTRIES) {
        double fit = value / MAX(bid.tried - lines_left(group, lines, bid.tried), 1);
        bid.score = fit >= FIT_SCORE ? MAX(share, FIT_SCORE + share / 100) : share;
    }
    return bid;
}

/* ---- all of them ---- */

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

static GArray *hear_all(const Offer *offer, const Reading *within) {
    GArray *heard = g_array_new(FALSE, FALSE, sizeof(Heard));
    for (unsigned i = 0; i < offer->parsers->len; i++) {
        const Parser *parser = offer->parsers->pdata[i];
        bool asked = !parser->wraps && parser->mute == offer->mute;
        bool by_bytes = parser->type == TYPE_WHOLE;
        if (!asked || (by_bytes ? within->wrapper_count > 0 : offer->binary)) {
            continue;
        }
        Heard one = bid_hear(within, parser, &offer->head);
        if (one.bid.score > 0) {
            if (parser->mute) { /* what it takes counts as what it would read */
                memcpy(one.taken.read, one.taken.all, sizeof one.taken.read);
            }
            g_array_append_val(heard, one);
        }
    }
    return heard;
}

/* Those that tell nothing, and those that read some lines of the file all the same: these are offered each line first.
 */
static size_t share_mute(const Offer *offer, const GArray *sharing, const Heard *first, Bid best[3]) {
    Group group = {0};
    group_add(&group, first);
    group_fill(&group, sharing, SHARE_LEAST, false);
    unsigned mutes = group.count;
    group_fill(&group, offer->said, SHARE_LEAST, false);
    Bid bid = first->bid;
    unsigned all = count_bits(group.taken.all, NULL);
    bid.score = (double)all / bid.tried;
    if (group.count == 1 || (bid.score < SHARED_MUTE && first->bid.score < FIT_SCORE)) {
        return 0;
    }
    bid.reading.parser_count = 0;
    bid.matched = 0;
    for (unsigned i = 0; i < group.count; i++) {
        const Heard *one = group.members[(i + mutes) % group.count];
        bid.reading.parsers[bid.reading.parser_count++] = one->bid.parser;
        bid.matched += one->bid.parser->mute ? 0 : count_bits(one->taken.read, NULL);
    }
    bid.parser = bid.reading.parsers[0];
    bid.ignored = all - MIN(all, bid.matched);
    rank(best, bid);
    return 1;
}

/* What those that read line by line take together. */
static size_t share(const Offer *offer, const GArray *sharing, const Lines *lines, Bid best[3]) {
    const Heard *first = NULL;
    for (unsigned i = 0; i < sharing->len; i++) {
        const Heard *one = &g_array_index(sharing, Heard, i);
        first = !first || one->bid.score > first->bid.score ? one : first;
    }
    if (!first) {
        return 0;
    }
    if (offer->mute) {
        return lines ? 0 : share_mute(offer, sharing, first, best);
    }
    Group group = {0};
    group_add(&group, first);
    group_fill(&group, sharing, lines ? 0 : SHARE_LEAST, !lines && best[0].score >= GOOD_SCORE);
    Bid bid = group_bid(&group, lines);
    bool better = group.count > 1 ? bid.score > first->bid.score : first->bid.score < FIT_SCORE;
    if (!better) {
        return 0;
    }
    step_back(best, &bid);
    if (!(bid.score > best[0].score)) {
        return 0;
    }
    rank(best, bid);
    return 1;
}

/* Every parser that is no wrapper, on what is within the wrappers. */
static size_t bid_within(const Offer *offer, const Reading *within, const Lines *lines, Bid best[3]) {
    g_autoptr(GArray) heard = hear_all(offer, within);
    g_autoptr(GArray) sharing = g_array_new(FALSE, FALSE, sizeof(Heard)); /* those that read line by line */
    size_t candidates = 0;
    for (unsigned i = 0; i < heard->len; i++) {
        const Heard *one = &g_array_index(heard, Heard, i);
        if (is_beaten(heard, one)) {
            continue;
        }
        candidates++;
        step_back(best, &one->bid);
        rank(best, one->bid);
        if (reading_lines(one->bid.parser)) {
            g_array_append_val(sharing, *one);
        }
    }
    if (!offer->mute && within->wrapper_count == 0) {
        g_array_append_vals(offer->said, sharing->data, sharing->len);
    }
    candidates += share(offer, sharing, lines, best);
    return candidates;
}

/* Numbers the programs of the lines that came out. */
static void number_lines(const Unwrap *unwrap, Span data, Lines *lines) {
    g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const char *p = data.p, *end = p + data.n; p < end && lines->count < LINES_MAX; lines->count++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        Outer outer;
        unwrap_outer(unwrap, lines->count + 1, &outer);
        lines->blank[lines->count] = ds_span_trim((Span){p, (size_t)(stop - p)}).n == 0;
        p = stop + 1;
        Span program = program_name(outer.service);
        if (program.n == 0) {
            continue;
        }
        char *name = g_strndup(program.p, program.n);
        gpointer number = g_hash_table_lookup(numbers, name);
        if (number) {
            g_free(name);
        } else {
            number = GUINT_TO_POINTER(++lines->programs);
            g_hash_table_insert(numbers, name, number);
        }
        lines->program[lines->count] = (uint16_t)GPOINTER_TO_UINT(number);
    }
}

/* The share of entries that the innermost wrapper takes, and the lines that it gives. */
static double wrapper_share(const Reading *within, const Head *head, Lines *lines) {
    Run top;
    Span data;
    run_start(&top, within->wrappers[0], RUN_BID);
    top.file = &head->file;
    top.reading = within;
    run_source(&top, NULL, head->bytes, !head->whole);
    unwrap_more(top.bytes.unwrap, 0, &data);
    const Run *run = unwrap_run(top.bytes.unwrap);
    uint64_t taken = run->accepted, rejected = run->rejected;
    uint64_t tried = taken + run->ignored - run->blank + rejected;
    *lines = (Lines){0};
    if (taken) {
        number_lines(top.bytes.unwrap, data, lines);
    }
    run_stop(&top);
    if (rejected == 1 && taken >= 2 * SHARE_ENTRIES) { /* one spoilt line in a short log */
        return 1;
    }
    return taken ? (double)(tried - rejected) / (double)tried : 0;
}

/* programs: the least number that a wrapper must tell apart to be of use. */
static size_t bid_wrapped(const Offer *offer, const Reading *within, unsigned programs, Bid best[3]) {
    size_t candidates = 0;
    Lines lines;
    for (unsigned i = 0; within->wrapper_count < READING_WRAPPERS && i < offer->parsers->len; i++) {
        const Parser *parser = offer->parsers->pdata[i];
        Reading deeper = *within;
        deeper.wrappers[deeper.wrapper_count++] = parser;
        bool fits = parser->wraps && wrapper_share(&deeper, &offer->head, &lines) >= WRAPPED_LEAST;
        if (!fits || lines.programs < programs) {
            continue;
        }
        candidates += bid_within(offer, &deeper, &lines, best);
        if (best[0].score < GOOD_SCORE) {
            candidates += bid_wrapped(offer, &deeper, 0, best);
        }
    }
    return candidates;
}

/* Bytes that no text has: then no parser is asked but those that know a file by its bytes. NUL runs of a truncated file
 * are allowed. */
static bool is_binary(Span head) {
    size_t strange = 0, nuls = 0;
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        nuls += c == 0;
        strange += (c < 0x20 && c != 0 && !strchr("\t\n\r\f\033\b", c)) || c == 0x7f;
    }
    return strange * 10 > head.n - nuls;
}

size_t ds_parsers_bid_within(const GPtrArray *parsers, const Reading *within, const char *path, Span bytes, bool whole,
                             Bid best[3]) {
    memset(best, 0, 3 * sizeof *best);
    g_autoptr(GArray) said = g_array_new(FALSE, FALSE, sizeof(Heard));
    Offer offer = {.parsers = parsers,
                   .head = {.file = {.path = (char *)(path ? path : ""), .stem = (char *)"head"},
                            .bytes = {bytes.p, MIN(bytes.n, HEAD_MAX)},
                            .whole = whole && bytes.n <= HEAD_MAX},
                   .said = said};
    offer.binary = is_binary(offer.head.bytes);
    Lines lines, *inside = NULL;
    if (within->wrapper_count > 0) {
        wrapper_share(within, &offer.head, &lines);
        inside = &lines;
    }
    size_t candidates = 0;
    for (int mute = 0; mute < 2 && !(best[0].score >= FIT_SCORE); mute++) {
        offer.mute = mute;
        candidates += bid_within(&offer, within, inside, best);
        /* A parser may read past what stands in front of its lines, which tells several programs apart. */
        bool read = best[0].score >= GOOD_SCORE && best[0].reading.parser_count == 1;
        if (!offer.binary) {
            candidates += bid_wrapped(&offer, within, read ? PROGRAMS : 0, best);
        }
    }
    return candidates;
}

size_t ds_parsers_bid(const GPtrArray *parsers, const char *path, Span head, bool whole, Bid best[3]) {
    static const Reading none = {0};
    return ds_parsers_bid_within(parsers, &none, path, head, whole, best);
}
