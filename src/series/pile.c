/* SPDX-License-Identifier: MIT
 * A growing array of rows that is settled (sorted, rows of one key added up) each time it has doubled since the last
 * settling: so it holds at most twice the keys, and the cost of a row stays logarithmic; where rows come in order,
 * settling only finds that out. */
#include "series/pile.h"

#include <glib.h>
#include <string.h>

enum { PILE_FIRST = 16, PILE_UNSETTLED = 1024 };

void *pile_row(const Pile *pile, size_t index) {
    return pile->rows + index * pile->kind->size;
}

static void reserve(Pile *pile, size_t count) {
    if (count > pile->room) {
        pile->room = MAX(count, MAX(pile->room + pile->room / 2, (size_t)PILE_FIRST));
        pile->rows = g_realloc_n(pile->rows, pile->room, pile->kind->size);
    }
}

void pile_push(Pile *pile, const void *row) {
    if (pile->count == pile->room && pile->count >= MAX(pile->settled * 2, (size_t)PILE_UNSETTLED)) {
        pile_settle(pile);
    }
    reserve(pile, pile->count + 1);
    memcpy(pile_row(pile, pile->count++), row, pile->kind->size);
}

void pile_merge(Pile *into, Pile *from) {
    if (!into->count) {
        Pile empty = *into;
        *into = *from;
        *from = empty;
    } else if (from->count) {
        reserve(into, into->count + from->count);
        memcpy(pile_row(into, into->count), from->rows, from->count * from->kind->size);
        into->count += from->count;
    }
    pile_clear(from);
}

void pile_settle(Pile *pile) {
    const PileKind *kind = pile->kind;
    bool sorted = true;
    for (size_t i = 1; i < pile->count && sorted; i++) {
        sorted = kind->order(pile_row(pile, i - 1), pile_row(pile, i), NULL) <= 0;
    }
    if (!sorted) {
        g_assert(pile->count <= G_MAXINT);
        g_qsort_with_data(pile->rows, (gint)pile->count, kind->size, kind->order, NULL);
    }
    size_t kept = 0;
    for (size_t i = 0; i < pile->count; i++) {
        void *row = pile_row(pile, i);
        if (kept && kind->order(pile_row(pile, kept - 1), row, NULL) == 0) {
            kind->add(pile_row(pile, kept - 1), row);
        } else if (kept++ < i) {
            memcpy(pile_row(pile, kept - 1), row, kind->size);
        }
    }
    pile->count = kept;
    pile->settled = kept;
}

void pile_clear(Pile *pile) {
    g_clear_pointer(&pile->rows, g_free);
    pile->count = pile->room = pile->settled = 0;
}
