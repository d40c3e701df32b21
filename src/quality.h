/* SPDX-License-Identifier: MIT
 * The ledger: what was read of each input and what could not be. One FileQuality a file, filled by the one task that
 * reads it, so there is nothing to lock; its place in the list is the file's number (Origin.file). */
#ifndef DS_QUALITY_H
#define DS_QUALITY_H

#include "model.h"

#include <glib.h>

#define QUALITY_EXAMPLES 20 /* shapes of rejected entries told of a file, with an example each */
#define QUALITY_SHAPES 200  /* shapes counted while it is read: a rare one may be frequent later on */
#define QUALITY_GAPS 3
#define QUALITY_EXAMPLE_SIZE 400

typedef struct {
    uint64_t line;   /* 1-based, where the entry begins */
    char *text;      /* its first QUALITY_EXAMPLE_SIZE bytes, valid UTF-8; owned */
    const char *why; /* static or interned text */
    uint64_t count;  /* entries of that shape, rejected for a reason of the same shape */
    uint64_t shape;  /* hash of text and reason with runs of digits and of letters as one each */
} RejectExample;

typedef struct { /* silence between two accepted records that follow each other in the file */
    Instant from, to;
    uint64_t line; /* of the second */
} QuietGap;

typedef struct {
    uint64_t line;
    Millis size; /* how far back the clock stepped, positive */
} ClockStep;

typedef struct { /* a program in a log of many, of which no parser of the file reads any line */
    char *name;
    uint64_t lines;
} LeftProgram;

typedef struct {
    char *path;       /* as given; members of archives as "archive.tar!member" */
    char *parser;     /* name; NULL: none fitted */
    char *candidates; /* the best three, with their match rates, where none fitted or two tied; else NULL */
    char *advice;     /* what it is and what to record instead, where it tells nothing about up or down; else NULL */
    uint64_t bytes;   /* decompressed */
    uint64_t lines;   /* physical lines */
    uint64_t entries; /* = accepted + ignored + rejected */
    uint64_t accepted, ignored, rejected;
    GHashTable *left_by_name; /* while it is read: place in `left` and 1 */
    GArray *left;        /* LeftProgram: their lines are ignored; after ds_quality_settle the most frequent first */
    uint64_t duplicates; /* records that stood in this or another input already; filled by ds_store_finish */
    uint64_t conflicts;  /* equal times told with different states */
    GArray *examples;    /* RejectExample; after ds_quality_settle those of the most frequent shapes, by count */
    QuietGap
        gaps[QUALITY_GAPS]; /* the longest, longest first, of those far longer than usual; from INSTANT_NONE: none */
    uint64_t clock_steps;   /* times the clock stepped back */
    GArray *steps;          /* ClockStep, the first 20 */
    char *zone;             /* how zone-less times were read: zone name; NULL where every time had its own */
    char *year_rule;        /* how times without year or date got one; NULL where every time had one */
    char *date_order;       /* dmy or mdy, where it had to be found */
    Instant first, last;    /* of the accepted records; INSTANT_NONE: none */
    Instant dated_first, dated_last; /* those, and of ignored lines whose time was read: how long states can be known */
    char *damage;                    /* what is wrong with the bytes and where; NULL: whole */
    uint64_t damage_offset;          /* byte of the file as it lies on disk */
    bool unusable;                   /* nothing could be read (no parser fits, cannot be opened) */
} FileQuality;

typedef struct {
    GPtrArray *files; /* FileQuality *, by file number */
    GPtrArray *notes; /* char *: what holds for the run as a whole (default zone used, inputs given twice) */
} Quality;

Quality *ds_quality_new(void);
void ds_quality_free(Quality *quality);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Quality, ds_quality_free)
/* A new ledger page for a file; owned by quality. */
FileQuality *ds_quality_add(Quality *quality, const char *path);
/* Counts a rejected entry and keeps it as an example where none of its shape is kept yet. why: static or interned. */
void ds_quality_reject(FileQuality *file, uint64_t line, Span entry, const char *why);
/* Counts a line of a program of which no line is read. */
void ds_quality_leave(FileQuality *file, const char *program);
/* "lines of programs no parser reads: sshd 120, cron 30"; NULL: there are none. Yours to free. */
char *ds_quality_left(const FileQuality *file);
/* Once the file is read: the most frequent shapes first, QUALITY_EXAMPLES of them; the most frequent programs first. */
void ds_quality_settle(FileQuality *file);
/* Counts a step back of the clock. */
void ds_quality_step(FileQuality *file, uint64_t line, Millis size);
/* Sums over the files. */
FileQuality ds_quality_total(const Quality *quality);

#endif
