/* SPDX-License-Identifier: MIT
 * Private to series/: rows that are sums. Rows of one key may come at any time; they are added up now and then, so a
 * pile never holds more than a few rows a key, however often a log goes back and forth. */
#ifndef DS_SERIES_PILE_H
#define DS_SERIES_PILE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    size_t size;                                             /* of a row */
    int (*order)(const void *, const void *, void *context); /* by key; context is NULL */
    void (*add)(void *into, const void *row);                /* a row of the same key; commutative and associative */
} PileKind;

typedef struct {
    const PileKind *kind;
    char *rows;
    size_t count, room;
    size_t settled; /* rows after the last settling */
} Pile;

void *pile_row(const Pile *pile, size_t index);
void pile_push(Pile *pile, const void *row);
/* Moves all rows of `from`; from is empty afterwards. */
void pile_merge(Pile *into, Pile *from);
/* Sorts, and makes rows of one key one. */
void pile_settle(Pile *pile);
void pile_clear(Pile *pile);

#endif
