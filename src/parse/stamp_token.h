/* SPDX-License-Identifier: MIT
 * Private to parse/stamp_*.c: the pieces that times are written with, and the forms made of them. Scanners move a
 * cursor, never allocate and never look past the end; a text is at most STAMP_TEXT_MOST bytes long. */
#ifndef DS_PARSE_STAMP_TOKEN_H
#define DS_PARSE_STAMP_TOKEN_H

#include "parse/stamp.h"

#define STAMP_TEXT_MOST 128u /* bytes; the longest form, with a zone in words, has about 70 */
#define STAMP_YEARLESS 2000  /* stands for "no year": a leap year, so that 29 February has a place */

#define STAMP_LEAST INT64_C(-62135596800000) /* the year 1 */
#define STAMP_MOST INT64_C(253402300800000)  /* the year 10000, exclusive */

typedef struct {
    const char *p, *end;
} StampCursor;

typedef enum { HALF_NONE, HALF_AM, HALF_PM } StampHalf;

/* What a text told, before it is checked and made an instant. */
typedef struct {
    Civil civil; /* hour 24 allowed: the end of the day */
    StampHalf half;
    bool has_year, has_offset;
    Millis offset;
} StampParts;

bool stamp_at_end(const StampCursor *c);
bool stamp_take(StampCursor *c, char byte);
/* Blanks, tabs and the no-break spaces that some locales write before AM. Returns whether there were any. */
bool stamp_take_blanks(StampCursor *c);
/* A number of least..most digits; no further digit may follow where all are taken. */
bool stamp_take_number(StampCursor *c, int least, int most, int *value);
/* Digits after a point, any number of them, cut to milliseconds. At least one. */
bool stamp_take_fraction(StampCursor *c, int *milli);
/* English names, whole or their first three letters, any case. month 1..12. Nothing is taken where there is none. */
bool stamp_take_month(StampCursor *c, int *month);
bool stamp_take_weekday(StampCursor *c);
bool stamp_take_half(StampCursor *c, StampHalf *half);
/* H:MM[:SS[.fraction]] [AM|PM] */
bool stamp_take_clock(StampCursor *c, StampParts *parts);
/* Z, UTC, GMT, UT, those with an offset, the American names of RFC 2822, +hh[[:]mm]. False: none of these, or none. */
bool stamp_take_zone(StampCursor *c, StampParts *parts);
/* The zone at the end of a time with what may follow it: blanks before, an abbreviation or a remark after. */
void stamp_take_tail(StampCursor *c, StampParts *parts);
/* 4 digits, or 2: 00..68 are 20xx. */
bool stamp_take_year(StampCursor *c, int *year);

/* Checks the parts and writes the whole stamp; false where they are no time. */
bool stamp_finish(const StampParts *parts, RawStamp *out);

/* The forms. Each reads the whole text. */
typedef enum { ORDER_FILE, ORDER_DMY, ORDER_MDY } StampOrder;
bool stamp_form_epoch(Span text, RawStamp *out);
/* "@" and 24 hexadecimal digits, as multilog and tai64n write them. */
bool stamp_form_tai64n(Span text, RawStamp *out);
bool stamp_form_iso(Span text, RawStamp *out);
bool stamp_form_clf(Span text, RawStamp *out);
/* Month by name, in front of the day or after it: RFC 3164, ctime, RFC 2822 and their relatives. */
bool stamp_form_named(Span text, RawStamp *out);
/* A clock alone. */
bool stamp_form_clock(Span text, RawStamp *out);
bool stamp_form_numeric(Span text, StampOrder order, RawStamp *out);

/* The commonest shapes, read straight from their places: "2026-11-25T10:00:00" with fraction, Z or +hh:mm;
 * "25/Nov/2026:10:00:00 +0000"; "Nov  5 10:00:00". False: another form may fit. */
bool stamp_plain_iso(Span text, RawStamp *out);
bool stamp_plain_clf(Span text, RawStamp *out);
bool stamp_plain_syslog(Span text, RawStamp *out);

/* The plain shapes that a spec tries before all else, as bits. */
enum { STAMP_SHAPE_ISO = 1, STAMP_SHAPE_CLF = 2, STAMP_SHAPE_SYSLOG = 4 };
/* Reads one of these shapes and notes what the next time will probably have in common with it. */
bool stamp_plain_first(StampMemo *memo, unsigned shapes, Span text, RawStamp *out);
/* Reads a time that differs from the noted one in its seconds, or behind them. False: any other. */
bool stamp_plain_again(const StampMemo *memo, Span text, RawStamp *out);

/* stamp_day.c: clocks without a date. Every one of them, and every time with a year, is fed to the survey. */
void stamp_day_survey(StampSurvey *survey, const RawStamp *stamp);
/* From the clock fed last to this one, by the nearer midnight. */
Millis stamp_day_step(const StampSurvey *survey, const RawStamp *stamp);
/* The next clock of the file, put on its day. */
Instant stamp_day_walk(StampContext *context, Millis clock);
/* A time with a date among them: the next one goes on from here. */
void stamp_day_note(StampContext *context, Instant local);

/* strptime-like patterns. */
typedef struct StampPattern StampPattern;
StampPattern *stamp_pattern_new(const char *text, GError **error);
void stamp_pattern_free(StampPattern *pattern);
bool stamp_pattern_scan(const StampPattern *pattern, Span text, RawStamp *out);
bool stamp_pattern_lacks_year(const StampPattern *pattern);
bool stamp_pattern_lacks_zone(const StampPattern *pattern);

#endif
