/* SPDX-License-Identifier: MIT
 * Private to series/: requests and reports of one series, counted per bin. Nothing is kept of a single request. */
#ifndef DS_SERIES_BINS_H
#define DS_SERIES_BINS_H

#include "quality.h"
#include "series/series.h"

typedef struct Bins Bins;

/* width: of the bins of what is not counted by the log itself. */
Bins *bins_new(Millis width);
void bins_free(Bins *bins);
void bins_request(Bins *bins, const Record *record);
void bins_report(Bins *bins, const Record *record);
/* Moves all of `from`; from is empty afterwards. */
void bins_merge(Bins *into, Bins *from);

/* Drops what was told more than once. Then bins_steps and bins_close. */
void bins_settle(Bins *bins, Quality *quality);
/* Appends the steps (Millis) between the slots the log itself counted. */
void bins_steps(const Bins *bins, GArray *steps);
/* The most frequent of the steps (the smallest of several), 0 for none; *times: how often it occurs. Sorts them. */
Millis bins_rhythm(GArray *steps, size_t *times);
/* Makes the list of bins. fallback: length of the slots where their own steps do not tell it. */
void bins_close(Bins *bins, Millis fallback);

const Bin *bins_list(const Bins *bins, size_t *count, Millis *width, bool *slots);
const Detail *bins_details(const Bins *bins, size_t *count);
/* Times of the first and last record. */
Instant bins_first(const Bins *bins);
Instant bins_last(const Bins *bins);

#endif
