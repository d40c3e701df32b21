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

/* The window that a service window is told as a consequence of; NULL for none. Borrowed. */
const Window *facts_parent(const Report *report, unsigned window);
/* The same for a service of an incident: of its first window there. *child: that window. */
const Window *facts_parent_of(const Report *report, const Incident *incident, Name service, const Window **child);

/* The first onset of a service at a vantage (NAME_NONE: of the service as a whole, where no series tells). */
typedef struct {
    Name service, vantage;
    Instant start;
    Instant after, by; /* its bounds; INSTANT_NONE: it has none */
} Onset;
/* In order of time; Onset. Yours. */
GArray *facts_onsets(const Report *report, const Incident *incident);

/* Can the first onsets at the vantages of a service be one event? */
typedef struct {
    Name service;
    Onset latest;   /* the vantage that was up last: the event lies after its `after` */
    Onset earliest; /* the vantage known to be down first: by its `by` */
    bool one_event; /* earliest.by is at or after latest.after */
} Reach;
/* Services of the incident that two vantages or more saw go down, all with bounds, by name; Reach. Yours. */
GArray *facts_reach(const Report *report, const Incident *incident);

/* What a kind of evidence says of an incident; better words last. */
typedef enum {
    WITNESS_NONE,   /* it has no series of the incident's services */
    WITNESS_SILENT, /* none with records of that time */
    WITNESS_MISSED, /* records, and no window of them there */
    WITNESS_SAW
} Witness;
void facts_witnesses(const Report *report, const Incident *incident, Witness seen[SIGNAL_COUNT]);
/* Who saw an incident and who, though they were there to see it, did not: "Users saw it, probes did not: of the same
 * services nothing is confirmed in their records of that time." NULL where there is nothing to set against each other.
 * Yours. */
char *facts_who_saw(const Report *report, const Incident *incident);

/* How the vantages saw a service window: the first of *count rows; NULL for none. Borrowed. */
const Agreement *facts_agreement(const Report *report, unsigned window, unsigned *count);

#endif
