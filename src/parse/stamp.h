/* SPDX-License-Identifier: MIT
 * Private to parse/: a time field to an Instant. Scanning a text is pure (StampSpec, RawStamp); what a text alone does
 * not tell (zone, year, order of day and month, which half of a fold) is decided by the whole file: a StampSurvey is
 * filled on a first reading where it is needed, and a StampContext resolves on the second (docs/semantics.md, Time). */
#ifndef DS_PARSE_STAMP_H
#define DS_PARSE_STAMP_H

#include "base/zone.h"
#include "input/input.h"
#include "quality.h"

typedef struct StampSpec StampSpec;

/* forms: NULL-terminated names or strptime-like patterns as in docs/parsers.md "Times". NULL and an error (message
 * only: the caller adds file:line) for a pattern with an unknown conversion. Immutable; shared by threads. */
StampSpec *stamp_spec_new(const char *const *forms, GError **error);
void stamp_spec_free(StampSpec *spec);

typedef struct {
    Instant local; /* civil time as if it were UTC, in ms (year 0 stands for "none": see has_year); cut, not rounded */
    bool has_offset; /* the text told its zone: offset is to be subtracted */
    Millis offset;
    bool has_year;  /* else local is that of year 2000 (a leap year) */
    bool dayless;   /* no date at all: local is the time since midnight */
    bool swappable; /* numeric d/m/y of which both readings are dates, and not the same: local is the day-first one */
    bool decided_dmy, decided_mdy; /* numeric, of which only one reading is a date */
    Instant swapped;               /* the month-first reading, where swappable */
} RawStamp;

/* Reads the whole text (blanks around it allowed). false: no form fits. Never allocates, bounded time. */
bool stamp_scan(const StampSpec *spec, Span text, RawStamp *out);

/* What the last time of a file was like. The next one is mostly of the same minute, and then only its seconds and what
 * follows them are read. Zeroed at first. */
typedef struct {
    uint8_t seconds_at; /* bytes before the seconds, all of them as in `text`; 0: nothing is known */
    uint8_t size;       /* of the whole text, which must be the same behind the seconds too; 0: only the front must */
    char text[26];
    RawStamp minute;
} StampMemo;

/* The same as stamp_scan, quicker where times of a file follow each other. */
bool stamp_scan_next(const StampSpec *spec, StampMemo *memo, Span text, RawStamp *out);

/* Can times of this spec lack a year or a zone, or be numeric dates? (Tells whether a survey may be needed.) */
bool stamp_may_lack_year(const StampSpec *spec);
bool stamp_may_lack_zone(const StampSpec *spec);
bool stamp_may_be_numeric(const StampSpec *spec);

/* First reading. Feed every time of the file in file order. Steps are told between neighbours, in civil time, year-less
 * ones as the nearest year gives; they tell whether the file has its newest line first. */
typedef struct {
    uint64_t count, yearless, zoneless, numeric, dmy, mdy, swappable;
    uint64_t forward, backward; /* steps between neighbours, zone-less ones in local time: tells the direction */
    Millis net;                 /* their sum */
    RawStamp last;              /* the last one fed */
    RawStamp first;
    RawStamp first_swappable; /* for the message with the two readings */
    /* Year-less times: offset in years, against the last line, found by walking the file: the state of that walk. */
    int64_t year_walk;  /* years gone through from the first line to the last (may be negative) */
    Instant walk_local; /* the last time, put into the year 2000 */
    bool has_anchor;    /* a time with a year was met: it stands anchor_walk years after the first line */
    int64_t anchor_year, anchor_walk;
    bool has_leap_day; /* the last year-less 29 February stands leap_walk years after the first line */
    int64_t leap_walk;
    /* Lines a little out of order, which many writers to one file make: steps of less than half an hour against the
     * direction, and the largest of them. Folds must not be seen in these. */
    uint64_t small_back, small_forward;
    Millis most_back, most_forward;
    bool started;
    /* Clocks without a date: days gone through from the first line to the last, where the file has its oldest line
     * first [0] and where it has its newest first [1], since its direction is not known yet. */
    uint64_t dayless;
    int64_t day_walk[2];
    RawStamp clock_first, clock_last; /* local: the time since midnight */
    bool clock_started;
    bool has_day; /* a full date was met: day_known_walk days after the first line */
    int64_t day_known, day_known_walk[2];
} StampSurvey;
void stamp_survey_start(StampSurvey *survey);
void stamp_survey_add(StampSurvey *survey, const RawStamp *stamp);

typedef struct {
    const Zone *zone;  /* for zone-less times; borrowed */
    bool month_first;  /* numeric dates */
    bool newest_first; /* direction of the file, for folds */
    Millis slack;      /* how far lines are out of order where that is usual in the file; else 0 */
    bool yearless;     /* year-less times occur: the year is walked along */
    bool year_told;    /* by the user: times with a year do not change it */
    int64_t year;      /* of the last time resolved, or of the first one to be */
    bool started;
    Instant previous;   /* last instant resolved, for folds; INSTANT_NONE */
    Instant walk_local; /* the last time, put into the year 2000 */
    bool dayless;       /* clocks without a date occur: the day is walked along */
    int64_t day;        /* of the last time resolved, or of the first one to be */
    Millis day_clock;   /* of the last time resolved */
    bool day_started;
    Millis cached_offset; /* of the zone, valid in [cache_from, cache_to) of local time */
    Instant cache_from, cache_to;
    FileQuality *quality; /* told the zone by the first zone-less time, then NULL; borrowed */
} StampContext;

/* Prepares the second reading. year: --year or the input's rule (0: not told); date_order "dmy"/"mdy"/NULL. Writes how
 * zone, year and order were decided into quality (zone, year_rule, date_order); quality may be NULL, and is kept by the
 * context until the first zone-less time is resolved. A time with a year gives it to its year-less neighbours; where
 * there is none, the year of the last line (the first, where the newest comes first) is `year`, else the latest that
 * does not lie after file->date, file->packed or, where neither is known, file->modified, else 1970, and said so.
 * False with an error (EXIT_INPUT, the two readings of the first such date, and the option that decides: --date-order)
 * when the order of day and month cannot be known. survey NULL: nothing has to be decided. file may be NULL. */
bool stamp_context_start(StampContext *context, const StampSurvey *survey, const Zone *zone, int year,
                         const char *date_order, const InputFile *file, FileQuality *quality, GError **error);
/* The same for the day of clocks without a date, where there are any; after stamp_context_start. day: that of the
 * newest line, as told (INSTANT_NONE: not told); else that of a neighbour with a date, else file->date as that of the
 * oldest line, else file->packed or file->modified as those of the newest. */
void stamp_context_days(StampContext *context, const StampSurvey *survey, Instant day, const InputFile *file,
                        FileQuality *quality);
/* The instant of the next time of the file, in file order. */
Instant stamp_resolve(StampContext *context, const RawStamp *stamp);

#endif
