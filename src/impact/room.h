/* SPDX-License-Identifier: MIT
 * Private to impact/: arithmetic of spans of time, the time that counts, and the parts that impact.c puts together. */
#ifndef DS_IMPACT_ROOM_H
#define DS_IMPACT_ROOM_H

#include "impact/impact.h"

/* ---- spans: Segments, sorted, disjoint, half-open; their state does not matter (spans.c). All lists are yours. ----
 */
GArray *spans_new(void);
/* Appends [start, end), joined with the last where it touches; nothing where it is empty. In order of time only. */
void spans_put(GArray *spans, Instant start, Instant end);
/* The spans of a band in which it has the state. */
GArray *spans_of(const GArray *band, State state);
/* Any list, sorted and united. */
GArray *spans_united(const GArray *list);
GArray *spans_common(const GArray *a, const GArray *b);
GArray *spans_minus(const GArray *a, const GArray *b);
Millis spans_length(const GArray *spans);
/* How much of [start, end) they cover. */
Millis spans_within(const GArray *spans, Instant start, Instant end);

/* ---- the time that counts for a service (vantage NAME_NONE) or one of its vantages (availability.c) ---- */
typedef struct {
    GArray *period; /* in service hours; mode exclude: outside maintenance */
    GArray *rest;   /* of it, outside honoured maintenance: what can be up or down */
} Counted;
Counted counted_find(const Outages *outages, const Store *store, const Config *config, Name service, Name vantage);
void counted_clear(Counted *counted);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Counted, counted_clear)

/* G: what degraded and partial time weighs as down time. */
double weighed_down(const Availability *row, const Config *config);

/* What a state weighs as down time, 0..1. */
double state_weight(State state, const Config *config);
/* When the usual burn-rate alerts would have fired (burn.c). band NULL: nothing is known of the service. */
void burn_alerts(ObjectiveResult *result, const GArray *band, const GArray *rest, const Outages *outages,
                 const Config *config);
/* Appends what each incident spent of the objective's budget (spend.c). objective: its index. */
void budget_spends(Impact *impact, unsigned objective, const GArray *band, const GArray *rest, const Outages *outages,
                   const Config *config);

/* ---- the parts; each appends to its lists ---- */
void availability_measure(Impact *impact, const Outages *outages, const Store *store, const Config *config);
/* After availability_measure: it reads the service rows. */
void objectives_measure(Impact *impact, const Outages *outages, const Store *store, const Config *config);
void losses_measure(Impact *impact, const Outages *outages, const Store *store, const Config *config);
void clocks_measure(Impact *impact, const Outages *outages);
void responses_measure(Impact *impact, const Outages *outages, const Store *store, const Config *config);

/* Adds the time of the spans to the local hours it falls into. zone NULL: UTC. */
void hours_of(const GArray *spans, const Zone *zone, Millis by_hour[24]);
/* Minutes of the spans, each weighed by the profile of its local hour. zone NULL: UTC. */
double profile_minutes(const GArray *spans, const Zone *zone, const double profile[24]);

/* Nearest rank: the smallest value with at least that share of all at or below it. values: sorted, n > 0. */
Millis nearest_rank(const Millis *values, size_t n, double share);

#endif
