/* SPDX-License-Identifier: MIT
 * Private to series/: notices, planned windows and monitor marks: what inputs tell beside states. Few, so kept whole.
 */
#ifndef DS_SERIES_ANNOUNCE_H
#define DS_SERIES_ANNOUNCE_H

#include "quality.h"
#include "series/names.h"
#include "series/series.h"

typedef struct Board Board;

Board *board_new(void);
void board_free(Board *board);
/* A notice or maintenance. Copies its texts; its names are added. */
void board_add(Board *board, Names *names, const Record *record);
/* One written in the config. */
void board_plan(Board *board, Names *names, Signal signal, const PlannedRecord *planned);
/* A monitor that stopped or started. */
void board_mark(Board *board, const Record *record);
/* Moves all of `from`; numbers: the name in into's names of each of from's. */
void board_merge(Board *board, Board *from, const Name *numbers);
/* What the board needs to know of an input: NULL where it was never told. */
typedef const InputSpan *(*BoardSpan)(const void *context, uint32_t file);
/* Renumbers names, sorts, drops duplicates, pairs starts and ends. */
void board_finish(Board *board, const Name *numbers, BoardSpan span, const void *context, Quality *quality);

const Announcement *board_notices(const Board *board, size_t *count);
const Announcement *board_maintenance(const Board *board, size_t *count);
const MonitorMark *board_marks(const Board *board, size_t *count);

#endif
