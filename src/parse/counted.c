/* SPDX-License-Identifier: MIT
 * Records of requests: one of them, or how many failed of so many. A format may give running totals: then a record is
 * the difference to the entry before of the same service, vantage and check. What was counted up to the time of an
 * entry is told from the time of the entry before on, so that no request is put after it was served. */
#include "parse/value.h"

#define LEVELS_MAX 65536u

enum { SHARE_TOTAL, SHARE_BAD, SHARE_GOOD, SHARE_COUNT };

typedef struct { /* the numbers of an entry */
    int64_t of[SHARE_COUNT];
    uint8_t told; /* bits */
} Shares;

typedef struct { /* what the entry before told */
    Shares shares;
    Instant time;
} Level;

const char level_only[] = "a running total before which none is known";

static const Field share_fields[SHARE_COUNT] = {FIELD_TALLY, FIELD_BAD_COUNT, FIELD_GOOD_COUNT};

static const char *read_shares(const Values *values, Shares *shares) {
    static const char *const whys[] = {"count is no number", "bad_count is no number", "good_count is no number"};
    *shares = (Shares){0};
    for (unsigned i = 0; i < SHARE_COUNT; i++) {
        const Value *value = &values->of[share_fields[i]];
        if (value->text.n == 0) {
            continue;
        }
        if (!read_total(value, &shares->of[i])) {
            return whys[i];
        }
        shares->told |= (uint8_t)(1u << i);
    }
    bool bad = shares->told & 1u << SHARE_BAD, good = shares->told & 1u << SHARE_GOOD;
    if (!(shares->told & 1u << SHARE_TOTAL) && bad != good) {
        return bad ? "bad_count without count or good_count" : "good_count without count or bad_count";
    }
    return NULL;
}

/* Total and bad ones of two numbers of the three; of a total alone nothing but that. */
static const char *settle_shares(const Shares *shares, bool is_bad, Record *record) {
    bool total_told = shares->told & 1u << SHARE_TOTAL, bad_told = shares->told & 1u << SHARE_BAD;
    int64_t bad = shares->of[SHARE_BAD], good = shares->of[SHARE_GOOD];
    if (bad > UINT32_MAX || good > UINT32_MAX || shares->of[SHARE_TOTAL] > UINT32_MAX) {
        return "more requests than can be counted";
    }
    int64_t total = total_told ? shares->of[SHARE_TOTAL] : shares->told ? bad + good : 1;
    if (!bad_told) {
        bad = shares->told & 1u << SHARE_GOOD ? total - good : is_bad ? total : 0;
    }
    if (total > UINT32_MAX) {
        return "more requests than can be counted";
    }
    if (bad < 0 || bad > total) {
        return "more than were counted failed or succeeded";
    }
    record->count = (uint32_t)total;
    record->bad = (uint32_t)bad;
    return NULL;
}

/* Is what the record stands for bad? By `bad`, else by the status. */
static const char *read_verdict(const Values *values, bool *is_bad, Reason *reason) {
    const Value *bad = &values->of[FIELD_BAD], *status = &values->of[FIELD_STATUS];
    int64_t code = 0;
    bool sent = read_status(status->text, &code);
    if (bad->text.n) {
        *is_bad = words_true(bad->text);
        if (!*is_bad && !words_false(bad->text)) {
            return "bad is neither true nor false";
        }
    } else if (!sent) {
        return status->text.n ? "status is no HTTP status" : "no status";
    } else {
        *is_bad = code == 0 || (code >= 500 && code < 600);
    }
    *reason = *is_bad && sent ? words_status(code) : REASON_NONE;
    return NULL;
}

const char *build_request(Run *run, const Rule *rule, const Values *values, Record *record) {
    const Value *reason = &values->of[FIELD_REASON], *took = &values->of[FIELD_DURATION];
    Shares shares;
    bool is_bad = record->failures = run->parser->failures;
    bool one =
        values->of[FIELD_TALLY].text.n + values->of[FIELD_BAD_COUNT].text.n + values->of[FIELD_GOOD_COUNT].text.n == 0;
    shares.told = 0;
    const char *why = one ? NULL : read_shares(values, &shares);
    record->timed = took->text.n && read_took(took, &record->took);
    if (!why && !is_bad && !(shares.told & (1u << SHARE_BAD | 1u << SHARE_GOOD))) {
        why = read_verdict(values, &is_bad, &record->reason);
    }
    if (reason->text.n || reason->code > 0) {
        record->reason = read_reason(run, reason);
    }
    if (why || rule->cumulative) {
        record->bad = is_bad; /* for the difference, which is known once the time is */
        return why;
    }
    if (one) { /* a line of an access log: one request */
        record->bad = is_bad;
        return NULL;
    }
    return settle_shares(&shares, is_bad, record);
}

/* ---- the entry before ---- */

/* What the entry before of the key told; *first: there is none, and the level is new. */
static Level *level_of(Run *run, const char *key, bool *first) {
    Level *level = g_hash_table_lookup(run->levels, key);
    *first = level == NULL;
    if (!level) {
        if (g_hash_table_size(run->levels) >= LEVELS_MAX) {
            g_hash_table_remove_all(run->levels);
        }
        level = g_new0(Level, 1);
        g_hash_table_insert(run->levels, g_strdup(key), level);
    }
    return level;
}

/* The difference of running totals. A smaller one means that counting began anew, so it stands for itself. */
static const char *take_difference(const Values *values, Level *level, bool first, Record *record) {
    Shares now;
    bool anew = false, is_bad = record->bad > 0;
    const char *why = read_shares(values, &now);
    Level before = *level;
    if (why || (!first && record->time < before.time)) {
        return why ? why : "a running total from before the time of the entry before";
    }
    *level = (Level){now, record->time};
    if (first || before.shares.told != now.told) {
        return level_only;
    }
    for (unsigned i = 0; i < SHARE_COUNT; i++) {
        anew |= now.of[i] < before.shares.of[i];
    }
    for (unsigned i = 0; i < SHARE_COUNT && !anew; i++) {
        now.of[i] -= before.shares.of[i];
    }
    record->duration = record->time - before.time;
    record->time = before.time;
    return settle_shares(&now, is_bad, record);
}

const char *request_step(Run *run, const Rule *rule, const Values *values, const char *key, Record *record) {
    bool first;
    if (rule->cumulative) {
        Level *level = level_of(run, key, &first);
        return take_difference(values, level, first, record);
    }
    if (rule->since_previous) {
        Level *level = level_of(run, key, &first);
        Instant before = first ? record->time : level->time;
        level->time = MAX(before, record->time);
        record->duration = level->time - before;
        record->time = MIN(before, record->time);
        return NULL;
    }
    record->duration = read_length(&values->of[FIELD_INTERVAL]);
    if (rule->stamped == STAMPED_COMPLETED) {
        record->time -= record->duration;
    }
    return NULL;
}
