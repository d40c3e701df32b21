/* SPDX-License-Identifier: MIT
 * Private to series/: one walk over all tracks of a series. */
#ifndef DS_SERIES_CURSOR_H
#define DS_SERIES_CURSOR_H

#include "quality.h"
#include "series/series.h"

/* tracks: Track *, ordered, borrowed. quality: where duplicates and conflicts are counted; NULL: nowhere. */
SeriesCursor *cursor_open(Signal signal, const GPtrArray *tracks, Quality *quality);

/* Adds to the page of a file, where there is one. */
void count_duplicates(Quality *quality, uint32_t file, uint64_t duplicates, uint64_t conflicts);

#endif
