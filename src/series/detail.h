/* SPDX-License-Identifier: MIT
 * Private to bins.c and settle.c: rows of Detail. */
#ifndef DS_SERIES_DETAIL_H
#define DS_SERIES_DETAIL_H

#include "series/rows.h"

extern const PileKind detail_kind;

/* What the record tells of `total` requests, `bad` of them, beside good or bad, if anything: to the row of the bin that
 * starts then. */
void detail_add(Pile *pile, Instant start, const Record *record, uint32_t total, uint32_t bad);
/* Drops the rows of shares that are not among the kept ones, which are sorted by start. */
void detail_keep(Pile *pile, const Pile *shares);
/* Makes the rows of all files one a bin. */
void detail_close(Pile *pile);

#endif
