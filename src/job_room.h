/* SPDX-License-Identifier: MIT
 * Private to job*.c: which parser reads a file, and where rejected entries wait until all files are read. */
#ifndef DS_JOB_ROOM_H
#define DS_JOB_ROOM_H

#include "job.h"

/* Every parser that the config names must exist (EXIT_USAGE, with the nearest name). */
bool job_parsers_check(const GPtrArray *parsers, const Config *config, GError **error);
/* How a file is read: by hand, else the clear winner on its head. False where there is none; then the page tells why
 * (candidates and unusable, or nothing for an empty file). */
bool job_reading_for(const GPtrArray *parsers, const Config *config, const InputFile *file, FileQuality *page,
                     Reading *reading);

/* Notes objectives of services that no record tells of (job_notes.c). */
void job_note_objectives(const Config *config, const Store *store, Quality *quality);

/* Notes vantages whose clock looks off. */
void job_note_exclusions(const Config *config, const Outages *outages, const Store *store, Quality *quality);
void job_note_clocks(const Impact *impact, const Store *store, Quality *quality);

/* The rejected entries of one file, kept in memory up to a limit and in an unlinked file beyond it. */
typedef struct Rejects Rejects;
Rejects *job_rejects_new(void);
void job_rejects_free(Rejects *rejects);
void job_rejects_add(Rejects *rejects, const char *path, uint64_t line, Span entry, const char *why);
/* Writes them all, in this order (elements may be NULL), aside and renamed. */
bool job_rejects_write(const GPtrArray *all, const char *path, GError **error);

/* What both ways of reading need. */
typedef struct {
    const Config *config;
    GPtrArray *parsers;
    InputList *list;
    Quality *quality;    /* a page a file */
    GPtrArray *rejects;  /* Rejects * a file, or NULL where nobody asked for them */
    GHashTable *aliases; /* other name of a service -> its name, both borrowed; NULL: there are none */
    Reading *readings;   /* a file; none where no parser fits */
} Inputs;

/* Lists the files, a page each. */
bool inputs_open(Inputs *inputs, const Config *config, GError **error);
void inputs_close(Inputs *inputs);
/* Finds how a file is read and writes it on its page. Different files at the same time. */
void inputs_detect(Inputs *inputs, guint number);
/* How many files from `first` on must be read one after another with one state: those of a rotation set whose lines
 * leave something for later ones; else 1. After all are detected. */
guint inputs_together(const Inputs *inputs, guint first);
/* Reads one file into the sink. state: of the files before it, or NULL. False with an error only for what must stop the
 * run; a file that cannot be read rightly is told on its page. Different files at the same time. */
bool inputs_read(const Inputs *inputs, guint number, const Sink *sink, ParserState *state, GError **error);
/* After the last file of a state, `number`: the records that still waited. */
void inputs_end(const Inputs *inputs, guint number, const Sink *sink, ParserState *state);
/* What must hold after reading: something was read and, under --strict, all of it. Writes the rejects. */
bool inputs_finish(Inputs *inputs, GError **error);

#endif
