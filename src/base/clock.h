/* SPDX-License-Identifier: MIT
 * Instants and civil (calendar) time in the proleptic Gregorian calendar. No zone, no locale, no libc state. */
#ifndef DS_BASE_CLOCK_H
#define DS_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t Instant; /* milliseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted */
typedef int64_t Millis;  /* a length in milliseconds */

#define INSTANT_NONE INT64_MIN /* no instant: an open end, an unknown time */
#define MILLIS_NONE INT64_MIN  /* no length: a figure that has no value */
#define MILLIS_SECOND INT64_C(1000)
#define MILLIS_MINUTE (60 * MILLIS_SECOND)
#define MILLIS_HOUR (60 * MILLIS_MINUTE)
#define MILLIS_DAY (24 * MILLIS_HOUR)
#define INSTANT_TEXT_SIZE 32 /* room for ds_instant_text */

typedef struct {
    int year;   /* 1..9999 */
    int month;  /* 1..12 */
    int day;    /* 1..31 */
    int hour;   /* 0..23 */
    int minute; /* 0..59 */
    int second; /* 0..60; 60 reads as the last millisecond before (ds_instant_of) */
    int milli;  /* 0..999 */
} Civil;

/* Days since 1970-01-01 of a date. month 1..12, day 1..31; days beyond the month's end run on. */
int64_t ds_days_of(int year, int month, int day);
/* 1 Monday .. 7 Sunday (ISO 8601) of a day number as ds_days_of gives it. */
int ds_weekday_of(int64_t days);
/* Days in a month, leap years told. */
int ds_month_length(int year, int month);
/* Every member in its range and the day within its month. second 60 is allowed. */
bool ds_civil_valid(const Civil *civil);
/* The instant of a civil time read as UTC. */
Instant ds_instant_of(const Civil *civil);
/* The civil time in UTC of an instant. */
Civil ds_civil_of(Instant instant);
/* RFC 3339 in UTC with milliseconds and Z, e.g. 2026-11-25T10:27:55.000Z; an empty text for INSTANT_NONE. Returns out.
 */
char *ds_instant_text(Instant instant, char out[INSTANT_TEXT_SIZE]);

#endif
