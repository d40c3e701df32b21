/* SPDX-License-Identifier: MIT
 * Private to bins.c and settle.c: what is collected per bin. Three piles, by what makes two records copies of each
 * other: requests and anonymous reports are a share of a file in a bin, with the sum of the hashes of their lines
 * (equal shares of two files are copies); a user counts once a bin; a slot that the log counted itself holds the
 * largest count told. */
#ifndef DS_SERIES_ROWS_H
#define DS_SERIES_ROWS_H

#include "series/order.h"
#include "series/pile.h"
#include "series/series.h"

typedef struct { /* what one file tells of one bin */
    Instant start;
    uint64_t total, bad, answered, hash; /* answered: of the bad ones, with a 5xx */
    Instant first_bad, last_bad, first_good, last_good;
    uint64_t first_line, last_line, bad_line; /* bad_line: of first_bad */
    Millis grain;                             /* the longest time that one count in it is of */
    uint32_t file;
} Share;

typedef struct { /* a user within a bin, or a count of a slot, as one file tells it */
    Instant start;
    uint64_t key; /* hash of the user; the count */
    uint64_t line;
    uint32_t file, times;
} Tell;

struct Bins {
    Millis width;
    Instant first, last; /* of all records; INSTANT_NONE: none */
    Pile shares;         /* of Share */
    Pile users, slots;   /* of Tell */
    Pile details;        /* of Detail: a row a share that has any; by bins_close a row a bin */
    Pile list;           /* of Bin, by bins_close */
    bool counted;        /* the log held counts */
};

/* The last time that is whole widths from `phase` and not after `time`. */
static inline Instant floor_to(Instant time, Instant phase, Millis width) {
    Millis rest = (time % width - phase % width) % width;
    rest = rest < 0 ? rest + width : rest;
    return (Instant)((uint64_t)time - (uint64_t)rest);
}

#endif
