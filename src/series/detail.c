/* SPDX-License-Identifier: MIT
 * How long the requests of a bin took, and why some failed: a histogram whose steps are two to an octave (2, 3, 4, 6,
 * 8, 12, ... ms, as HdrHistogram with one bit of precision), so that sums of bins and files are exact, a bin costs the
 * same however many requests it holds, and a log without lengths costs nothing. */
#include "series/detail.h"

enum { LOOK_BACK = 8 }; /* bins: as logs are out of order by little */

Millis ds_lap_floor(unsigned lap) {
    unsigned octave = (lap + 1) / 2;
    return lap == 0 ? 0 : lap % 2 ? (Millis)1 << octave : (Millis)3 << (octave - 1);
}

static unsigned lap_of(Millis length) {
    if (length < 2) {
        return 0;
    }
    unsigned octave = g_bit_storage((gulong)MIN(length, (Millis)1 << 30)) - 1;
    unsigned half = (unsigned)(length >> (octave - 1)) & 1u;
    return MIN(2 * octave + half - 1, LAP_COUNT - 1);
}

static int detail_order(const void *left, const void *right, void *context) {
    (void)context;
    const Detail *a = left;
    const Detail *b = right;
    return a->start != b->start ? order_of(a->start, b->start) : order_of_counts(a->file, b->file);
}

static void add_counts(uint32_t *into, const uint32_t *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        into[i] += MIN(from[i], UINT32_MAX - into[i]);
    }
}

static void detail_sum(void *into, const void *row) {
    Detail *sum = into;
    const Detail *one = row;
    add_counts(sum->laps, one->laps, LAP_COUNT);
    add_counts(sum->reasons, one->reasons, REASON_COUNT);
}

const PileKind detail_kind = {sizeof(Detail), detail_order, detail_sum};

static void note(Detail *detail, const Record *record, uint32_t total, uint32_t bad) {
    uint32_t good = total - bad;
    if (record->timed && good) {
        add_counts(&detail->laps[lap_of(record->took)], &good, 1);
    }
    if (record->reason != REASON_NONE && record->reason != REASON_HTTP_5XX) {
        add_counts(&detail->reasons[record->reason], &bad, 1);
    }
}

void detail_add(Pile *pile, Instant start, const Record *record, uint32_t total, uint32_t bad) {
    bool caused = bad && record->reason != REASON_NONE && record->reason != REASON_HTTP_5XX;
    if (!caused && (!record->timed || bad >= total)) {
        return;
    }
    size_t oldest = pile->count > LOOK_BACK ? pile->count - LOOK_BACK : 0;
    for (size_t i = pile->count; i-- > oldest;) {
        Detail *detail = pile_row(pile, i);
        if (detail->start == start && detail->file == record->origin.file) {
            note(detail, record, total, bad);
            return;
        }
    }
    Detail fresh = {.start = start, .file = record->origin.file};
    note(&fresh, record, total, bad);
    pile_push(pile, &fresh);
}

static bool is_kept(const Pile *shares, size_t from, const Detail *detail) {
    for (size_t i = from; i < shares->count; i++) {
        const Share *share = pile_row(shares, i);
        if (share->start != detail->start) {
            return false;
        }
        if (share->file == detail->file) {
            return true;
        }
    }
    return false;
}

void detail_keep(Pile *pile, const Pile *shares) {
    size_t kept = 0, at = 0;
    pile_settle(pile);
    for (size_t i = 0; i < pile->count; i++) {
        const Detail *detail = pile_row(pile, i);
        while (at < shares->count && ((const Share *)pile_row(shares, at))->start < detail->start) {
            at++;
        }
        if (is_kept(shares, at, detail)) {
            Detail row = *detail;
            *(Detail *)pile_row(pile, kept++) = row;
        }
    }
    pile->count = kept;
}

void detail_close(Pile *pile) {
    for (size_t i = 0; i < pile->count; i++) {
        ((Detail *)pile_row(pile, i))->file = 0;
    }
    pile_settle(pile);
}
