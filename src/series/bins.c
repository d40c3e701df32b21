/* SPDX-License-Identifier: MIT
 * Counts per bin, collected. A record is added to a recent row of its file and bin; rows that stand apart are added up
 * by the piles, so that nothing grows with the number of requests. What makes records copies: see rows.h. */
#include "series/bins.h"

#include "series/detail.h"

enum { SPREAD_MOST = 100000 }; /* bins that one count is spread over: a row after a year of silence costs no more */
enum { LOOK_BACK = 8 };        /* bins: logs are out of order by little, as requests are written when they end */

static int share_order(const void *left, const void *right, void *context) {
    (void)context;
    const Share *a = left;
    const Share *b = right;
    return a->start != b->start ? order_of(a->start, b->start) : order_of_counts(a->file, b->file);
}

static void share_add(void *into, const void *row) {
    Share *sum = into;
    const Share *one = row;
    sum->total += one->total;
    sum->bad += one->bad;
    sum->answered += one->answered;
    sum->hash += one->hash;
    if (one->first_bad != INSTANT_NONE) {
        bool sooner = sum->first_bad == INSTANT_NONE || one->first_bad < sum->first_bad;
        if (sooner || (one->first_bad == sum->first_bad && one->bad_line < sum->bad_line)) {
            sum->bad_line = one->bad_line;
        }
    }
    sum->first_bad = earlier_of(sum->first_bad, one->first_bad);
    sum->last_bad = MAX(sum->last_bad, one->last_bad);
    sum->first_good = earlier_of(sum->first_good, one->first_good);
    sum->last_good = MAX(sum->last_good, one->last_good);
    sum->first_line = MIN(sum->first_line, one->first_line);
    sum->last_line = MAX(sum->last_line, one->last_line);
    sum->grain = MAX(sum->grain, one->grain);
}

static int tell_order(const void *left, const void *right, void *context) {
    (void)context;
    const Tell *a = left;
    const Tell *b = right;
    if (a->start != b->start) {
        return order_of(a->start, b->start);
    }
    return a->key != b->key ? order_of_counts(a->key, b->key) : order_of_counts(a->file, b->file);
}

static void tell_add(void *into, const void *row) {
    Tell *sum = into;
    const Tell *one = row;
    sum->line = MIN(sum->line, one->line);
    sum->times += MIN(one->times, UINT32_MAX - sum->times);
}

static Origin first_of(Origin a, Origin b) {
    if (!a.line || !b.line) {
        return a.line ? a : b;
    }
    return order_of_origins(a, b) <= 0 ? a : b;
}

static Origin last_of(Origin a, Origin b) {
    return order_of_origins(a, b) >= 0 ? a : b;
}

static int bin_order(const void *left, const void *right, void *context) {
    (void)context;
    return order_of(((const Bin *)left)->start, ((const Bin *)right)->start);
}

static void bin_add(void *into, const void *row) {
    Bin *sum = into;
    const Bin *one = row;
    sum->total += one->total;
    sum->bad += one->bad;
    sum->answered += one->answered;
    if (sum->first_bad == one->first_bad) {
        sum->origin_bad = first_of(sum->origin_bad, one->origin_bad);
    } else if (earlier_of(sum->first_bad, one->first_bad) == one->first_bad) {
        sum->origin_bad = one->origin_bad;
    }
    sum->first_bad = earlier_of(sum->first_bad, one->first_bad);
    sum->last_bad = MAX(sum->last_bad, one->last_bad);
    sum->first_good = earlier_of(sum->first_good, one->first_good);
    sum->last_good = MAX(sum->last_good, one->last_good);
    sum->first = first_of(sum->first, one->first);
    sum->last = last_of(sum->last, one->last);
    sum->grain = MAX(sum->grain, one->grain);
}

static const PileKind share_kind = {sizeof(Share), share_order, share_add};
static const PileKind tell_kind = {sizeof(Tell), tell_order, tell_add};
static const PileKind bin_kind = {sizeof(Bin), bin_order, bin_add};

Bins *bins_new(Millis width) {
    Bins *bins = g_new0(Bins, 1);
    bins->width = MAX(width, 1);
    bins->first = bins->last = INSTANT_NONE;
    bins->shares.kind = &share_kind;
    bins->users.kind = bins->slots.kind = &tell_kind;
    bins->details.kind = &detail_kind;
    bins->list.kind = &bin_kind;
    return bins;
}

void bins_free(Bins *bins) {
    if (bins) {
        pile_clear(&bins->shares);
        pile_clear(&bins->users);
        pile_clear(&bins->slots);
        pile_clear(&bins->details);
        pile_clear(&bins->list);
        g_free(bins);
    }
}

static void span_time(Bins *bins, Instant time) {
    bins->first = earlier_of(bins->first, time);
    bins->last = MAX(bins->last, time);
}

/* Adds to a recent share of the same file and bin, else to a new one; its start. */
static Instant add_share(Bins *bins, Share *one, Instant time) {
    Pile *pile = &bins->shares;
    size_t oldest = pile->count > LOOK_BACK ? pile->count - LOOK_BACK : 0;
    for (size_t i = pile->count; i-- > oldest;) {
        Share *share = pile_row(pile, i);
        if ((uint64_t)time - (uint64_t)share->start < (uint64_t)bins->width && share->file == one->file) {
            share_add(share, one);
            return share->start;
        }
    }
    one->start = floor_to(time, 0, bins->width);
    pile_push(pile, one);
    return one->start;
}

/* `total` requests of a record, `failed` of them bad, at some time from first to last (included). */
static void add_requests(Bins *bins, const Record *record, uint32_t total, uint32_t failed, Instant first,
                         Instant last) {
    bool bad = failed > 0, good = failed < total;
    Share one = {
        .total = total,
        .bad = failed,
        .answered = record->reason == REASON_HTTP_5XX ? failed : 0,
        .hash = record->hash,
        .first_bad = bad ? first : INSTANT_NONE,
        .last_bad = bad ? last : INSTANT_NONE,
        .first_good = good ? first : INSTANT_NONE,
        .last_good = good ? last : INSTANT_NONE,
        .first_line = record->origin.line,
        .last_line = record->origin.line,
        .bad_line = bad ? record->origin.line : 0,
        .grain = record->duration,
        .file = record->origin.file,
    };
    Instant start = add_share(bins, &one, first);
    if (record->timed || record->reason) {
        detail_add(&bins->details, start, record, total, failed);
    }
}

/* A count of some length of time, spread evenly over the bins that it touches: of the first half of the time the first
 * half of the requests, rounded, and of them their share of the bad ones. */
static void spread_requests(Bins *bins, const Record *record, uint32_t bad) {
    Millis step = bins->width * MAX(record->duration / bins->width / SPREAD_MOST, 1);
    Instant end = record->time + record->duration;
    uint64_t told = 0, told_bad = 0;
    for (Instant at = record->time; at < end;) {
        Instant next = MIN(floor_to(at, 0, bins->width) + step, end);
        double part = (double)(next - record->time) / (double)record->duration;
        uint64_t total = (uint64_t)((double)record->count * part + 0.5);
        uint64_t failed = total * bad / record->count;
        if (total > told) {
            add_requests(bins, record, (uint32_t)(total - told), (uint32_t)(failed - told_bad), at, next - 1);
        }
        told = total;
        told_bad = failed;
        at = next;
    }
}

void bins_request(Bins *bins, const Record *record) {
    if (!record->count) {
        return;
    }
    uint32_t bad = MIN(record->bad, record->count);
    span_time(bins, record->time);
    if (record->duration > 0) {
        span_time(bins, record->time + record->duration - 1);
        spread_requests(bins, record, bad);
    } else {
        add_requests(bins, record, record->count, bad, record->time, record->time);
    }
}

void bins_report(Bins *bins, const Record *record) {
    Tell tell = {.line = record->origin.line, .file = record->origin.file, .times = 1};
    if (record->counted) {
        tell.start = record->time;
        tell.key = record->count;
        bins->counted = true;
        pile_push(&bins->slots, &tell);
    } else if (!record->count) {
        return;
    } else if (record->user.n) {
        tell.start = floor_to(record->time, 0, bins->width);
        tell.key = ds_span_hash(record->user);
        pile_push(&bins->users, &tell);
    } else {
        Share one = {.total = record->count, .hash = record->hash, .file = record->origin.file};
        one.first_bad = one.last_bad = one.first_good = one.last_good = INSTANT_NONE;
        one.first_line = one.last_line = record->origin.line;
        add_share(bins, &one, record->time);
    }
    span_time(bins, record->time);
}

void bins_merge(Bins *into, Bins *from) {
    into->first = earlier_of(into->first, from->first);
    into->last = MAX(into->last, from->last);
    into->counted = into->counted || from->counted;
    pile_merge(&into->shares, &from->shares);
    pile_merge(&into->details, &from->details);
    pile_merge(&into->users, &from->users);
    pile_merge(&into->slots, &from->slots);
    from->first = from->last = INSTANT_NONE;
    from->counted = false;
}

const Bin *bins_list(const Bins *bins, size_t *count, Millis *width, bool *slots) {
    *count = bins->list.count;
    *width = bins->width;
    *slots = bins->counted;
    return (const Bin *)(const void *)bins->list.rows;
}

const Detail *bins_details(const Bins *bins, size_t *count) {
    *count = bins->details.count;
    return (const Detail *)(const void *)bins->details.rows;
}

Instant bins_first(const Bins *bins) {
    return bins->first;
}

Instant bins_last(const Bins *bins) {
    return bins->last;
}
