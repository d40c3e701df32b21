/* SPDX-License-Identifier: MIT
 * Private to report/: figures as people read them. Texts of logs are not escaped here; the renderer does that. Every
 * char * returned is yours to free. */
#ifndef DS_REPORT_WORDS_H
#define DS_REPORT_WORDS_H

#include "report/report.h"

/* Flags whose windows are at least as long as told. */
#define WORDS_AT_LEAST (FLAG_ONGOING | FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED | FLAG_END_UNOBSERVED)

/* "6 h 2 min"; "" for MILLIS_NONE; a sign before negative lengths. */
char *words_duration(Millis length);
/* The same, with the smallest units left out where nobody would ask for them (an hour and more: whole seconds). */
char *words_length(Millis length);
/* A window's duration: with ≥ where an edge was not seen. */
char *words_observed(Millis observed, unsigned flags);
/* Down or up to a whole second. */
Instant words_outward(Instant value, bool up);
/* "5 h 59 min to 6 h 3 min", "at least 5 min", "" where there are no bounds. */
char *words_bounds(Millis min, Millis max, unsigned flags);
/* What follows a ±, rounded: "12 s". */
char *words_spread(Millis spread);
/* "6 h 1 min ± 12 s"; "" where there is no value. */
char *words_likely(Millis likely, Millis sigma);
/* "2021-10-04 15:39:00" in the zone (NULL: UTC), milliseconds where there are any; "" for INSTANT_NONE. */
char *words_instant(Instant instant, const Zone *zone);
/* "15:39:00" likewise. */
char *words_clock(Instant instant, const Zone *zone);
/* "Monday 4 October 2021" likewise. */
char *words_date(Instant instant, const Zone *zone);
/* "15:39:00 to 21:41:00 UTC on Monday 4 October 2021", both dates where they differ. zone NULL: UTC. end INSTANT_NONE:
 * "since ...". */
char *words_span(Instant start, Instant end, const Zone *zone);
/* The zone to show beside UTC, or NULL where the config's is UTC. Borrowed. */
const Zone *words_zone(const Report *report);
/* "99.98 %", never rounded up to 100; "n/a" for NAN. */
char *words_percent(double ratio);
/* A part of a whole with one decimal, cut: "93.3 %". */
char *words_share(double ratio);
/* "1,234". */
char *words_count(uint64_t count);
/* "1,234.5": no decimals from 1,000 on, at most two below; "n/a" for NAN. */
char *words_number(double value);
/* "12,000 EUR"; currency may be NULL. */
char *words_money(double value, const char *currency);
/* "1 window", "2 windows". */
char *words_plural(uint64_t count, const char *one, const char *many);
/* A vantage for people: "(unnamed)" for the empty text. Borrowed. */
const char *words_vantage(const char *vantage);
/* "a, b and c" of texts; at most `most` of them are named, then "and 3 more". */
char *words_list(const GPtrArray *texts, unsigned most);
/* The same for names of the store in a GArray of Name; empty ones as vantages. */
char *words_names(const Report *report, const GArray *names, unsigned most);

/* "down", "partly down", "degraded", ...; static. */
const char *terms_state(State state);
/* Who tells by this signal: "probes", "users", "the operator", ...; static. */
const char *terms_who(Signal signal);
/* What flag number `index` means, in a sentence; static. */
const char *terms_flag(unsigned index);
/* What kind of trouble a reason is evidence of, and its layer ("network", "transport security", "application",
 * "not told"); static. */
const char *terms_reason(Reason reason);
const char *terms_layer(Reason reason);
const char *terms_response(ResponseKind kind);
const char *terms_override(OverrideKind kind); /* what a window was declared to be */
const char *terms_incident_kind(IncidentKind kind);
/* "ongoing clipped" of a set of flags, appended. */
void words_flags(GString *out, unsigned flags);

#endif
