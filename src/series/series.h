/* SPDX-License-Identifier: MIT
 * Records to series: compact, sorted, without duplicates. A Store a task; stores are merged by an operation whose
 * order cannot matter (integers only; ties by time, then file, then line), so threads decide nothing. */
#ifndef DS_SERIES_H
#define DS_SERIES_H

#include "config.h"
#include "model.h"
#include "quality.h"

#include <glib.h>

typedef struct Store Store;

/* An empty store. config is borrowed and must outlive it (bins). */
Store *ds_store_new(const Config *config);
void ds_store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, ds_store_free)

/* Fits Sink.record. Copies what it keeps: about 3 bytes a probe, nothing per request. */
void ds_store_add(void *store, const Record *record);
/* Tells that a file (its set, its first and last dated line) was read: limits how long its transitions hold. */
void ds_store_input(Store *store, uint32_t file, uint32_t set, Instant first, Instant last);
/* Moves all of `from` into `into`; from is empty afterwards (still to be freed). Associative and commutative; records
 * of one series, file, line and time keep their order where they were added to one store. */
void ds_store_merge(Store *into, Store *from);
/* Sorts, drops duplicates (counted into quality's files, each to that of the later copy; quality may be NULL), numbers
 * names by their text. Once; nothing may be added after, and then any number of threads may read. */
void ds_store_finish(Store *store, Quality *quality);

/* Text of a name; "" for NAME_NONE. Valid after ds_store_finish. */
const char *ds_store_name(const Store *store, Name name);
/* Number of a text, or NAME_NONE. */
Name ds_store_find(const Store *store, const char *text);
/* How many names there are (0 .. count-1, in the byte order of their texts). */
Name ds_store_names(const Store *store);

typedef struct {
    Signal signal;                /* probe, transition, request or report */
    Name service, vantage, check; /* the empty text is a name too: its vantage is one vantage */
    bool failures;                /* requests: failed ones only; no total is known */
    uint64_t count;               /* observations, or bins with anything in them */
    Instant first, last;          /* times of the first and last */
} SeriesInfo;

/* Series are numbered 0 .. count-1, sorted by signal, service, vantage, check. */
size_t ds_store_series(const Store *store);
SeriesInfo ds_series_info(const Store *store, size_t series);

/* One observation of a probe or transition series. */
typedef struct {
    Instant time;
    State state; /* up degraded down unknown maintenance; for monitor events see event */
    State from;  /* transitions */
    Reason reason;
    Event event; /* EVENT_STATE or EVENT_CURRENT */
    bool soft;
    Millis duration; /* probes */
    Millis interval; /* transitions: check interval, 0 unknown */
    Origin origin;   /* of the first line (lowest file, line) that tells it */
} Observation;

/* Walks a probe or transition series in time order. For probes one observation a time: equal (time, state) are one (the
 * longest duration counts), of different states at one time the worst (unknown least). Transitions at one time keep
 * their order in the file; equal (time, state, soft, event) are one. */
typedef struct SeriesCursor SeriesCursor;
SeriesCursor *ds_series_open(const Store *store, size_t series);
bool ds_series_next(SeriesCursor *cursor, Observation *out);
void ds_series_close(SeriesCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeriesCursor, ds_series_close)

/* One bin of a request or report series. Bins with nothing in them are not listed. */
typedef struct {
    Instant start;
    uint64_t total;                /* requests; reports (each user once) */
    uint64_t bad;                  /* requests */
    uint64_t answered;             /* requests: of the bad ones, those that were answered by a 5xx */
    Instant first_bad, last_bad;   /* requests: times within the bin; INSTANT_NONE */
    Instant first_good, last_good; /* likewise */
    Origin first, last;            /* lines */
    Origin origin_bad;             /* requests: line of the first bad */
    Millis grain;                  /* requests: the longest time that one count in it was of; 0: each had its own */
} Bin;
/* All bins of the series, sorted; *count of them; borrowed. *width: their length in ms (the slot length of a log that
 * holds counts, measured). *slots: true when the log held counts: then a slot not listed is unknown, not 0. */
const Bin *ds_series_bins(const Store *store, size_t series, size_t *count, Millis *width, bool *slots);

/* How long requests took, in lengths of about half an octave: up to LAP_COUNT - 1 a lap is [ds_lap_floor(i),
 * ds_lap_floor(i + 1)), the last has no end. */
enum { LAP_COUNT = 32 }; /* 0, 2, 3, 4, 6, 8, 12 ... 65536 ms */
Millis ds_lap_floor(unsigned lap);

/* What some logs tell of the requests of a bin beside good or bad. Only bins of which anything is told have one. */
typedef struct {
    Instant start;
    uint32_t file;
    uint32_t laps[LAP_COUNT];       /* good requests whose length is told, by length */
    uint32_t reasons[REASON_COUNT]; /* bad requests whose reason is told, but for answers by a 5xx */
} Detail;
/* Sorted by start, one a bin; *count of them; borrowed. */
const Detail *ds_series_details(const Store *store, size_t series, size_t *count);

/* What an input told beside states. Inputs are by file number. */
typedef struct {
    uint32_t file, set;
    Instant first, last; /* of its set: first and last dated line; INSTANT_NONE */
} InputSpan;
/* NULL for a file that was never told. Valid after ds_store_finish. */
const InputSpan *ds_store_span(const Store *store, uint32_t file);

typedef struct {
    Instant time;
    bool start;   /* monitor started; else stopped */
    uint32_t set; /* of which input set */
    Origin origin;
} MonitorMark;
/* Sorted by time; *count of them; borrowed. */
const MonitorMark *ds_store_marks(const Store *store, size_t *count);

typedef struct { /* a notice or a planned window */
    Instant time;
    Instant until; /* maintenance: INSTANT_NONE while no end was told */
    Name service;  /* NAME_NONE: all */
    Name vantage;  /* NAME_NONE: all */
    const char *phase, *text;
    Origin origin; /* line 0: from the config */
} Announcement;
/* Sorted by time, then text; duplicates dropped; *count of them; borrowed. Those of the config are included.
 * A maintenance start and its end (EVENT_MAINTENANCE_*) are paired; overlapping windows are kept as told. */
const Announcement *ds_store_notices(const Store *store, size_t *count);
const Announcement *ds_store_maintenance(const Store *store, size_t *count);

#endif
