/* SPDX-License-Identifier: MIT
 * Private to outage/: the votes of vantages on one service (vote.c), read by quorum.c. */
#ifndef DS_OUTAGE_VOTE_H
#define DS_OUTAGE_VOTE_H

#include "outage/room.h"

/* One Vote a vantage from the traces of a service. */
void votes_gather(GPtrArray *traces, const Store *store, const Config *config, GArray *votes);
/* Appends the edges of a band. */
void votes_edges(const GArray *band, GArray *edges);
/* Sorts instants, each once. */
void votes_sort(GArray *edges);
/* The vantage's window that is open at the instant, or NULL. */
const Window *vote_window(const Vote *vote, unsigned level, Instant instant);
/* The vantage's last window that ended at or before the instant, or NULL. */
const Window *vote_window_before(const Vote *vote, unsigned level, Instant instant);
/* Adds failures, flickers and reasons. */
void window_add_counts(Window *into, const Window *window);

#endif
