/* SPDX-License-Identifier: MIT
 * Private to series/: the probes or transitions that one file tells of one series, about 1 to 4 bytes each. */
#ifndef DS_SERIES_TRACK_H
#define DS_SERIES_TRACK_H

#include "series/series.h"

#define TRACK_PIECE                                                                                                    \
    65536 /* observations sorted at a time; more of them in disorder make more tracks, not more memory */

/* What writer and reader both know of the observations so far, and so what they expect next. */
typedef struct {
    Observation last; /* its origin.file is that of the track */
    bool begun;
    int64_t unit;     /* of short time deviations: 1000 while all times are whole seconds, then 1 */
    Millis step;      /* expected time to the next one */
    int64_t stride;   /* expected lines to the next one */
    Millis length[2]; /* expected duration: of one that is up, of another */
} TrackCoder;

typedef struct TrackBlock TrackBlock;

typedef struct {
    uint32_t file;
    bool ordered;       /* by (time, line), so that it can be merged as it is */
    bool distinct;      /* every time later than the one before: nothing in it is told twice */
    Instant begin, end; /* times of the first and last added */
    uint64_t count;
    size_t bytes; /* written */
    TrackBlock *first;
    TrackBlock **tail; /* where the last block hangs */
    TrackCoder *coder; /* of the writer; NULL once sealed */
} Track;

Track *track_new(uint32_t file);
void track_free(Track *track);
/* An empty list of tracks that it owns. */
GPtrArray *tracks_new(void);
/* Appends. Only the time, state, from, reason, event, soft, duration, interval and origin.line are kept. */
void track_add(Track *track, const Observation *observation);
/* Nothing is added any more: gives back what only a writer needs. */
void track_seal(Track *track);
/* Takes the track and appends the same observations to `tracks` (of Track *) as few ordered tracks. Memory beside the
 * tracks is bounded, and observations of one time and line keep their order. */
void track_sort(Track *track, GPtrArray *tracks);

typedef struct {
    const TrackBlock *block; /* NULL: at the end */
    size_t at;
    TrackCoder coder; /* coder.last: the present observation */
} TrackReader;

/* Before the first observation. The track may not change while it is read. */
void track_open(const Track *track, TrackReader *reader);
/* On to the next observation, found in reader->coder.last; false: no more. */
bool track_next(TrackReader *reader);

#endif
