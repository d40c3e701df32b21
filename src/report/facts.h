/* SPDX-License-Identifier: MIT
 * Private to report/: an incident in figures, added up once for every output. */
#ifndef DS_REPORT_FACTS_H
#define DS_REPORT_FACTS_H

#include "report/report.h"

/* One service of an incident. Sums are over its own windows, which do not overlap. */
typedef struct {
    Name service;
    State worst;              /* down, partial, degraded, surge */
    Instant start, end;       /* of its worst windows; end INSTANT_NONE while ongoing */
    Millis worst_time;        /* of its worst windows */
    Millis min, max;          /* likewise; MILLIS_NONE where one of them has none */
    Millis likely, sigma;     /* likewise; variances add up */
    Millis partial, degraded; /* beside down time */
    unsigned count;           /* of its worst windows */
    unsigned flags;           /* of its worst windows */
    uint64_t failed;
} ServiceFacts;

typedef struct {
    const Incident *incident;
    State worst;
    Instant start, end; /* first start and last end of the worst windows; end INSTANT_NONE while ongoing */
    Millis length;      /* between them, to the period's end while ongoing */
    Instant start_lo, start_hi, end_lo, end_hi; /* bounds of these; INSTANT_NONE where there are none */
    Millis min, max;                            /* of length; MILLIS_NONE where an edge has no bounds */
    unsigned flags;                             /* of its worst windows */
    unsigned vantages_seen, vantages_known;     /* that saw it; that watch its services */
    GArray *services;                           /* ServiceFacts, by name */
    uint64_t reasons[REASON_COUNT];
    uint64_t failed;
} IncidentFacts;

IncidentFacts *facts_of(const Report *report, const Incident *incident);
void facts_free(IncidentFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IncidentFacts, facts_free)

/* "sign-in and photos were down". Yours. */
char *facts_headline(const Report *report, const IncidentFacts *facts);
/* The length for people, with ≥ where an edge was not seen. Yours. */
char *facts_length(const IncidentFacts *facts);

/* How the vantages saw a service window: the first of *count rows; NULL for none. Borrowed. */
const Agreement *facts_agreement(const Report *report, unsigned window, unsigned *count);

#endif
