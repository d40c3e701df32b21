/* SPDX-License-Identifier: MIT
 * Offsets of IANA time zones, read from the system's TZif files (RFC 8536), with folds and gaps told apart.
 * A Zone is immutable after loading and may be shared by threads; who asks often keeps the last interval. */
#ifndef DS_BASE_ZONE_H
#define DS_BASE_ZONE_H

#include "base/clock.h"

#include <glib.h>

typedef struct Zone Zone;

/* Loads a zone by its IANA name ("Europe/Berlin", "UTC", also fixed "+02:00"). The folder is $TZDIR or the system's.
 * NULL and an error (EXIT_USAGE, naming the nearest valid name where one is near) when there is none. Yours to free. */
Zone *ds_zone_load(const char *name, GError **error);
void ds_zone_free(Zone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zone, ds_zone_free)
const char *ds_zone_name(const Zone *zone);
/* True where the offset never changes (then no fold or gap can occur). */
bool ds_zone_fixed(const Zone *zone);

/* Milliseconds to add to UTC to get local time at an instant. Logarithmic, no state. */
Millis ds_zone_offset(const Zone *zone, Instant instant);
/* The same, with the instants [from, to) around it that have this offset, for callers that keep them.
 * INT64_MIN and INT64_MAX where there is no change before or after. */
Millis ds_zone_interval(const Zone *zone, Instant instant, Instant *from, Instant *to);

/* What a local time may mean. local: a civil time turned into milliseconds as if it were UTC.
 * first, second: the instants, earlier first. In a fold they differ; otherwise they are equal. In a gap (a time the
 * clocks skipped) both are local minus the offset from before the gap, so that the clock moves forward.
 * Returns 2 in a fold, 1 where there is one reading, 0 in a gap. */
int ds_zone_resolve(const Zone *zone, Instant local, Instant *first, Instant *second);

/* The first instant of the local day (00:00, or the first moment after a gap at midnight) that is `days` days after
 * the local day holding `instant`. Days have 23, 24 or 25 hours: never add 86400 s instead. */
Instant ds_zone_midnight(const Zone *zone, Instant instant, int days);

#endif
