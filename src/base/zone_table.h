/* SPDX-License-Identifier: MIT
 * Private to base/zone*.c: the offsets of a zone as one ascending table of steps. */
#ifndef DS_BASE_ZONE_TABLE_H
#define DS_BASE_ZONE_TABLE_H

#include "base/clock.h"
#include "base/span.h"

#include <glib.h>

typedef struct {
    Instant at;    /* first instant of this offset; INSTANT_NONE in the first step: from ever */
    Millis offset; /* to add to UTC */
} ZoneStep;

/* When a POSIX TZ rule changes the clocks: a day of the year and a wall-clock time (may lie in other days). */
typedef struct {
    char kind; /* 'M' month, week, weekday; 'J' 1..365 without 29 February; 'n' 0..365 */
    int month, week, day;
    Millis time;
} ZoneDate;

typedef struct {
    Millis standard, daylight;
    bool has_daylight;
    ZoneDate start, end; /* of daylight time, where there is any */
} ZoneRule;

/* Appends a step, unless it changes nothing or lies before the last; one at the same instant as the last replaces it.
 */
void zone_add_step(GArray *steps, Instant at, Millis offset);

/* A POSIX TZ string with the extensions of RFC 8536 3.3.1 ("CET-1CEST,M3.5.0,M10.5.0/3"). */
bool zone_rule_parse(Span text, ZoneRule *rule);
/* Appends the steps of the years first..last that lie after the last step. */
void zone_rule_extend(const ZoneRule *rule, int first, int last, GArray *steps);

/* The steps told by a TZif file. rule and *has_rule: its footer, for the time after the last step.
 * NULL: no such file; *why (static) tells what is wrong with it. */
GArray *zone_read_tzif(Span bytes, ZoneRule *rule, bool *has_rule, const char **why);

#endif
