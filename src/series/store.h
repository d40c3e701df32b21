/* SPDX-License-Identifier: MIT
 * Private to series/: what a Store is made of. */
#ifndef DS_SERIES_STORE_H
#define DS_SERIES_STORE_H

#include "series/announce.h"
#include "series/bins.h"
#include "series/names.h"
#include "series/series.h"
#include "series/track.h"

enum { KEY_SERVICE, KEY_VANTAGE, KEY_CHECK, KEY_COUNT };

typedef struct Series {
    unsigned kind;          /* its signal, and whether it tells failures only */
    Span texts[KEY_COUNT];  /* as in names; borrowed */
    uint64_t hash;          /* of all these */
    struct Series *follows; /* whose record came after the last one of this series: most logs go round */
    GPtrArray *tracks;      /* Track *; probes and transitions */
    Track *track;           /* the one written last; NULL: none */
    Bins *bins;             /* requests and reports */
    SeriesInfo info;        /* filled by ds_store_finish */
} Series;

struct Store {
    const Config *config;
    Names *names;
    GPtrArray *series; /* Series * */
    Series **slots;    /* the same by hash: open addressing */
    size_t mask;       /* slots - 1, a power of two less one */
    Series *last;      /* of the last record; NULL: none */
    Board *board;
    GArray *spans; /* InputSpan, first and last of the file; after finish by file, of the set */
    bool finished;
};

#endif
