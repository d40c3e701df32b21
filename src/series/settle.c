/* SPDX-License-Identifier: MIT
 * Counts per bin, finished: bins_settle drops what was told more than once, bins_close makes one list of all three
 * piles and finds the length of the slots, where the log counted itself. */
#include "series/bins.h"
#include "series/cursor.h"
#include "series/detail.h"

static int copy_order(const void *left, const void *right, void *context) {
    (void)context;
    const Share *a = left;
    const Share *b = right;
    int order = order_of_counts(a->hash, b->hash);
    order = order ? order : order_of_counts(a->total, b->total);
    order = order ? order : order_of_counts(a->bad, b->bad);
    return order ? order : order_of_counts(a->file, b->file);
}

/* Of equal shares of one bin that of the first file stays. */
static void drop_copied_shares(Pile *pile, Quality *quality) {
    size_t kept = 0;
    for (size_t i = 0, end; i < pile->count; i = end) {
        const Share *head = pile_row(pile, i);
        for (end = i + 1; end < pile->count && ((const Share *)pile_row(pile, end))->start == head->start;) {
            end++;
        }
        if (end - i > 1) {
            g_qsort_with_data(pile_row(pile, i), (gint)(end - i), sizeof(Share), copy_order, NULL);
        }
        size_t first = kept;
        for (size_t k = i; k < end; k++) {
            Share share = *(const Share *)pile_row(pile, k);
            const Share *last = kept > first ? pile_row(pile, kept - 1) : NULL;
            if (last && last->hash == share.hash && last->total == share.total && last->bad == share.bad) {
                count_duplicates(quality, share.file, share.total, 0);
            } else {
                *(Share *)pile_row(pile, kept++) = share;
            }
        }
    }
    pile->count = kept;
}

/* Of tells of one start and key that of the first file stays, once. */
static void drop_copied_tells(Pile *pile, Quality *quality) {
    size_t kept = 0;
    for (size_t i = 0; i < pile->count; i++) {
        Tell tell = *(const Tell *)pile_row(pile, i);
        const Tell *last = kept ? pile_row(pile, kept - 1) : NULL;
        if (last && last->start == tell.start && last->key == tell.key) {
            count_duplicates(quality, tell.file, tell.times, 0);
        } else {
            count_duplicates(quality, tell.file, tell.times - 1, 0);
            *(Tell *)pile_row(pile, kept++) = tell;
        }
    }
    pile->count = kept;
}

/* Of different counts of one slot the largest stays; each that was not told first is a conflict. They come by start
 * and count, each count once. */
static void keep_largest_counts(Pile *pile, Quality *quality) {
    size_t kept = 0;
    for (size_t i = 0, end; i < pile->count; i = end) {
        const Tell *first = pile_row(pile, i);
        for (end = i + 1; end < pile->count; end++) {
            const Tell *tell = pile_row(pile, end);
            if (tell->start != first->start) {
                break;
            }
            bool sooner = tell->file < first->file || (tell->file == first->file && tell->line < first->line);
            count_duplicates(quality, sooner ? first->file : tell->file, 0, 1);
            first = sooner ? tell : first;
        }
        *(Tell *)pile_row(pile, kept++) = *(const Tell *)pile_row(pile, end - 1);
    }
    pile->count = kept;
}

void bins_settle(Bins *bins, Quality *quality) {
    pile_settle(&bins->shares);
    drop_copied_shares(&bins->shares, quality);
    detail_keep(&bins->details, &bins->shares);
    pile_settle(&bins->users);
    drop_copied_tells(&bins->users, quality);
    pile_settle(&bins->slots);
    drop_copied_tells(&bins->slots, quality);
    keep_largest_counts(&bins->slots, quality);
}

void bins_steps(const Bins *bins, GArray *steps) {
    for (size_t i = 1; i < bins->slots.count; i++) {
        const Tell *slot = pile_row(&bins->slots, i);
        Millis step = slot->start - ((const Tell *)pile_row(&bins->slots, i - 1))->start;
        g_array_append_val(steps, step);
    }
}

static int by_length(const void *a, const void *b) {
    return order_of(*(const Millis *)a, *(const Millis *)b);
}

Millis bins_rhythm(GArray *steps, size_t *times) {
    Millis best = 0;
    *times = 0;
    g_array_sort(steps, by_length);
    for (guint i = 0, end; i < steps->len; i = end) {
        Millis step = g_array_index(steps, Millis, i);
        for (end = i + 1; end < steps->len && g_array_index(steps, Millis, end) == step;) {
            end++;
        }
        if (end - i > *times) {
            *times = end - i;
            best = step;
        }
    }
    return best;
}

/* The slots' length. A step seen but once is no rhythm where the other series of the service have one. */
static Millis slot_width(const Bins *bins, Millis fallback) {
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(Millis));
    bins_steps(bins, steps);
    size_t times = 0;
    Millis own = bins_rhythm(steps, &times);
    return times > 1 || (times == 1 && fallback <= 0) ? own : fallback > 0 ? fallback : bins->width;
}

/* Start of the bin that a single report of the bin at `time` counts in: the slot that holds it, else one of their grid.
 */
static Instant place(const Bins *bins, Instant time) {
    if (!bins->slots.count) {
        return time;
    }
    size_t low = 0;
    size_t high = bins->slots.count;
    while (low < high) { /* the first slot after the time */
        size_t middle = low + (high - low) / 2;
        if (((const Tell *)pile_row(&bins->slots, middle))->start > time) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Instant near = ((const Tell *)pile_row(&bins->slots, low ? low - 1 : 0))->start;
    return floor_to(time, near, bins->width);
}

static void push_tell(Bins *bins, Instant start, uint64_t total, const Tell *tell) {
    Bin bin = {.start = start, .total = total};
    bin.first_bad = bin.last_bad = bin.first_good = bin.last_good = INSTANT_NONE;
    bin.first = bin.last = (Origin){tell->file, tell->line};
    pile_push(&bins->list, &bin);
}

static void push_share(Bins *bins, const Share *share) {
    Bin bin = {
        .start = place(bins, share->start),
        .total = share->total,
        .bad = share->bad,
        .answered = share->answered,
        .first_bad = share->first_bad,
        .last_bad = share->last_bad,
        .first_good = share->first_good,
        .last_good = share->last_good,
        .first = {share->file, share->first_line},
        .last = {share->file, share->last_line},
        .grain = share->grain,
    };
    if (share->bad) {
        bin.origin_bad = (Origin){share->file, share->bad_line};
    }
    pile_push(&bins->list, &bin);
}

void bins_close(Bins *bins, Millis fallback) {
    if (bins->counted) {
        bins->width = slot_width(bins, fallback);
    }
    for (size_t i = 0; i < bins->shares.count; i++) {
        push_share(bins, pile_row(&bins->shares, i));
    }
    pile_clear(&bins->shares);
    for (size_t i = 0; i < bins->users.count; i++) {
        const Tell *user = pile_row(&bins->users, i);
        push_tell(bins, place(bins, user->start), 1, user);
    }
    pile_clear(&bins->users);
    for (size_t i = 0; i < bins->slots.count; i++) {
        const Tell *slot = pile_row(&bins->slots, i);
        push_tell(bins, slot->start, slot->key, slot);
    }
    pile_clear(&bins->slots);
    detail_close(&bins->details);
    pile_settle(&bins->list);
}
