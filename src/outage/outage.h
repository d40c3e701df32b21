/* SPDX-License-Identifier: MIT
 * Series to windows, windows to verdicts per service, verdicts to incidents (docs/semantics.md). Pure: cannot fail,
 * reads nothing, depends on nothing but its arguments. */
#ifndef DS_OUTAGE_H
#define DS_OUTAGE_H

#include "config.h"
#include "series/series.h"

/* What a series said over the period. */
typedef struct {
    size_t series; /* its number in the store */
    Signal signal; /* probe, transition or request */
    Name service, vantage, check;
    GArray *band;  /* Segment, exactly [from, to): up degraded down unknown; windows of blips are up here */
    GArray *blips; /* Segment (state down or degraded): time of blips within the period, sorted */
} SeriesVerdict;

/* What all vantages together said of a service over the period. */
typedef struct {
    Name service;
    Signal basis;  /* probe: probes and transitions voted; request: it has nothing else */
    GArray *band;  /* Segment, exactly [from, to): up degraded partial down unknown */
    GArray *blips; /* Segment: time where a voting vantage had a blip while the service was up, united */
} ServiceVerdict;

/* How a vantage saw a service window: one row a vantage. */
typedef struct {
    unsigned window; /* index in Outages.windows, of a service window (down, partial or degraded) */
    Name vantage;
    Millis down, up, unknown; /* of the window's time, as that vantage voted */
    bool fault;               /* its windows there are marked as a fault of the vantage and did not vote */
} Agreement;

typedef struct { /* windows of one series less than `reopen` apart */
    Name service, vantage, check;
    Instant start, end;
    Millis net_down;
    unsigned count;
} Episode;

typedef struct {
    unsigned window;  /* index in Outages.windows: signal report, state surge */
    size_t series;    /* in the store */
    uint64_t reports; /* in the surge */
    double excess;    /* reports above the baseline */
    Instant peak;     /* start of the fullest bin (the first such) */
    uint64_t peak_reports;
    double score; /* log-likelihood ratio of surge against baseline, nats; higher is surer */
} Surge;

/* Baseline of a report series, for the curve: one level a bin of the period. */
typedef struct {
    size_t series;
    Instant start; /* of the first bin, at or before the period's start */
    Millis width;
    GArray *counts; /* double a bin; NAN where unknown */
    GArray *levels; /* double a bin: reports expected */
} Curve;

typedef struct {     /* by the configured dependencies, an outage that follows from another */
    unsigned window; /* index in Outages.windows, of a service window */
    unsigned parent; /* likewise: of a service that this one depends on */
} Consequence;

typedef struct {                /* a window that people reclassified */
    unsigned window;            /* index in Outages.windows */
    const OverrideConfig *told; /* borrowed from the config */
    Window measured;            /* as the logs tell it */
} Override;

typedef enum {
    INCIDENT_OUTAGE,   /* has service windows */
    INCIDENT_REPORTED, /* surges alone: known from users only */
    INCIDENT_REQUESTS, /* request windows of services with other verdicts, alone */
} IncidentKind;

typedef struct {
    unsigned id; /* 1, 2, ... by start */
    IncidentKind kind;
    Instant start, end; /* end: of the last window, the period's end while ongoing */
    bool ongoing;
    GArray *windows;  /* guint, indices of its own windows (service windows; surges or requests for the other kinds) */
    GArray *attached; /* guint, indices of windows attached: surges, requests, blips, series windows, monitor outages */
    GArray *notices;  /* guint, indices of the store's notices within it or attach-before earlier */
    GArray *services; /* Name, sorted */
    GArray *vantages; /* Name, sorted: that saw it down (regions, for surges) */
    bool shared_fate;
    Millis onset_spread; /* latest minus earliest first onset of its services; 0 for one service */
    Signal first_signal; /* which kind told of it first: probe transition request report notice */
    Instant first_at;
    Instant onset;          /* earliest start */
    Instant spread;         /* last first-onset of a service and vantage */
    Instant peak;           /* first instant at which most series were down */
    Instant first_recovery; /* first recovery after the peak; INSTANT_NONE */
    Instant restored;       /* full restoration; INSTANT_NONE while ongoing */
} Incident;

typedef struct {
    Instant from, to;        /* the period */
    bool from_told, to_told; /* by --from, --to */
    GArray *windows;         /* Window, all of them: sorted by service, vantage, check, signal, start, state */
    GArray *series;          /* SeriesVerdict, in the store's order; report series are not among them */
    GArray *services;        /* ServiceVerdict, by name */
    GArray *agreement;       /* Agreement, by window, vantage */
    GArray *episodes;        /* Episode */
    GArray *surges;          /* Surge, by window */
    GArray *curves;          /* Curve, in the store's order of report series */
    GArray *planned;         /* Announcement: maintenance told by states of a monitor (others: ds_store_maintenance) */
    GArray *incidents;       /* Incident, by start */
    GArray *overrides;       /* Override, in the order of the config; NULL: none were looked at */
    GPtrArray *override_faults; /* char *: overrides that could not be applied, with file and line */
    GArray *consequences;       /* Consequence, by window; NULL: nobody looked */
} Outages;

Outages *ds_outages_find(const Store *store, const Config *config);
void ds_outages_free(Outages *outages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outages, ds_outages_free)

/* The override of a window of Outages.windows, or NULL; borrowed. */
const Override *ds_outages_override(const Outages *outages, const Window *window);
/* A window of Outages.windows as the logs tell it: itself, or what was measured where its edges were corrected. */
const Window *ds_outages_measured(const Outages *outages, const Window *window);

/* What a vantage saw while it was left out of the vote: how many windows of its series (blips aside) share time with
 * the exclusion, and their time within it and the period. */
void ds_outages_excluded(const Outages *outages, const Store *store, const char *vantage, const Exclusion *exclusion,
                         unsigned *windows, Millis *down);

/* Maintenance of a series (or of a service: vantage NAME_NONE) within the period: told, configured and from states;
 * united and sorted Segments (state maintenance). A service is in maintenance where all its vantages are. Yours. */
GArray *ds_outages_planned(const Outages *outages, const Store *store, Name service, Name vantage);

#endif
