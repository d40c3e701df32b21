/* SPDX-License-Identifier: MIT
 * Bytes and a parser definition to records. A parser is one YAML file (docs/parsers.md), compiled once, immutable and
 * shared by threads; all state of a run lives in ds_parser_run. */
#ifndef DS_PARSE_H
#define DS_PARSE_H

#include "config.h"
#include "input/input.h"
#include "model.h"
#include "quality.h"

#include <glib.h>

typedef struct Parser Parser;

/* Where records and rejected entries go. Called from one thread only. why: static text or interned (g_intern). */
typedef struct {
    void (*record)(void *context, const Record *record);
    void (*reject)(void *context, Origin origin, Span entry, const char *why); /* may be NULL */
    void *context;
} Sink;

/* The built-in parsers, then those of `dirs` (NULL-terminated, or NULL), which replace built-in ones of the same name.
 * Any fault of a file is an error (EXIT_USAGE: file:line, what was expected; for a regex the offset). Sorted by name;
 * elements are Parser *, freed with the array. */
GPtrArray *ds_parsers_load(char **dirs, GError **error);
/* One parser from YAML text. name: for messages. Yours to free. */
Parser *ds_parser_compile(Span yaml, const char *name, GError **error);
void ds_parser_free(Parser *parser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Parser, ds_parser_free)

const char *ds_parser_name(const Parser *parser);
const char *ds_parser_title(const Parser *parser);
const char *ds_parser_source(const Parser *parser); /* where the format is documented */
const char *ds_parser_type(const Parser *parser);   /* regex, json, csv, ical, whole */
bool ds_parser_wraps(const Parser *parser);         /* its entries hold the lines of other formats */
const char *ds_parser_yields(const Parser *parser); /* signals, e.g. "probe" or "transition maintenance" */
const char *ds_parser_yaml(const Parser *parser);   /* the text it was compiled from */
/* The parser of that name, or NULL; borrowed. */
const Parser *ds_parsers_find(const GPtrArray *parsers, const char *name);

#define READING_WRAPPERS 3
#define READING_PARSERS 4

/* How a file is read: entries are offered to the parsers in this order; what the wrappers have around a line (a
 * container's log driver, syslog) is taken off before, the outermost first. Plain value; parsers borrowed. */
typedef struct {
    const Parser *wrappers[READING_WRAPPERS];
    unsigned wrapper_count;
    const Parser *parsers[READING_PARSERS];
    unsigned parser_count; /* 0: wrappers alone, whose lines are still to be recognised */
} Reading;

/* "docker-json > access-log", "access-log + nginx-error". Yours to free. */
char *ds_reading_name(const Reading *reading);
/* What the file is and what to record instead, where a parser of the reading says that its format tells nothing about
 * up or down; else NULL. Yours to free. */
char *ds_reading_advice(const Reading *reading);
/* The reading of such a text (a comma for + too). False where a name is *unknown, or with *why it cannot be so; both
 * yours to free. */
bool ds_reading_of(const GPtrArray *parsers, const char *text, Reading *reading, char **unknown, char **why);
/* Do files of one rotation set depend on each other, since lines leave something for later ones? */
bool ds_reading_carries(const Reading *reading);

typedef struct {
    const Parser *parser; /* the first of the reading; NULL: no further candidate */
    Reading reading;
    unsigned matched; /* entries of the head that a rule matched and whose fields could be read */
    unsigned ignored; /* entries of the head that an ignore rule took */
    unsigned tried;   /* entries looked at */
    double score;     /* 0..1: what ranks it; docs/parsers.md "Detection" */
} Bid;

/* Ranks the parsers on the head of a file (the first bytes; whole: the file has no more) and its path, which may be
 * NULL where there is none. The best three, best first.
 * Returns the number of candidates with score > 0. A clear winner has best[0].score >= 0.5 and above best[1]'s. */
size_t ds_parsers_bid(const GPtrArray *parsers, const char *path, Span head, bool whole, Bid best[3]);

/* The same inside of wrappers that are known. */
size_t ds_parsers_bid_within(const GPtrArray *parsers, const Reading *within, const char *path, Span head, bool whole,
                             Bid best[3]);

/* What lines leave for later ones, kept between the files of one rotation set. */
typedef struct ParserState ParserState;
ParserState *ds_parser_state_new(void);
void ds_parser_state_free(ParserState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ParserState, ds_parser_state_free)
/* After the last file: hands on the records that still waited for later lines. The state is as new. */
void ds_parser_state_end(ParserState *state, const Sink *sink);

/* Reads all of a file. state: of the files before it in its set, NULL where it stands alone. Fills quality (lines,
 * entries, accepted, ignored, rejected, examples, zone, year rule, steps, first, last, damage). file_number goes into
 * every Origin. Opens the file itself, twice where times lack a year, a zone with folds, or an order of day and month.
 * Returns false with an error (EXIT_INPUT) only where the file as a whole cannot be read rightly (order of day and
 * month undecidable, cannot be opened); bad entries are no error. */
bool ds_parser_run(const Reading *reading, const Config *config, const InputFile *file, uint32_t file_number,
                   const Sink *sink, FileQuality *quality, ParserState *state, GError **error);

/* A log format of lnav (JSON) or a grok pattern (a line each) as the text of a parser file. definitions: char *, the
 * texts of files of further grok patterns; may be NULL. What could not be carried over, and what the result lacks, goes
 * to `report`, a line each. NULL with an error (EXIT_USAGE) where it is neither. Yours to free. */
char *ds_parser_import(Span text, const char *name, const GPtrArray *definitions, GString *report, GError **error);

/* Runs the samples of a parser's own file: each line against the record it must give. Appends what differs to
 * `report`, a line each (file:line: ...). Returns the number of samples that failed; *count: of all. */
unsigned ds_parser_samples(const Parser *parser, GString *report, unsigned *count);

#endif
