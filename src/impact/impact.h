/* SPDX-License-Identifier: MIT
 * Outages and the config to figures: the exact partition of time, objectives, people, money, response times. Pure. */
#ifndef DS_IMPACT_H
#define DS_IMPACT_H

#include "outage/outage.h"

/* period in service hours = up + partial + degraded + down + maintenance + unknown, exact to the millisecond. */
typedef struct {
    Name service, vantage, check; /* service rows: vantage and check NAME_NONE, signal SIGNAL_SERVICE */
    Signal signal;
    Millis period; /* in service hours (and, mode exclude, outside maintenance) */
    Millis up, partial, degraded, down, maintenance, unknown;
    Millis blip;                              /* of which, in up */
    double known, total, low, high, coverage; /* 0..1, NAN where the divisor is 0 */
    unsigned outages; /* down windows (not blips) that begin within, or reach into, the period */
    Millis longest;   /* down time of the longest of them */
} Availability;

/* A burn-rate alert of two windows, and when it would have fired. */
typedef struct {
    double factor; /* burn rate that both windows must reach */
    Millis long_window, short_window;
    Instant fired; /* first instant at which both do; INSTANT_NONE: never in the period */
} BurnAlert;
#define BURN_ALERTS 4

typedef struct {
    const char *name; /* borrowed from the config */
    Name service;
    double target;
    double achieved;               /* known; NAN */
    Millis window;                 /* the objective's window, the period where not told */
    Millis budget;                 /* (1 - target) of the window */
    Millis spent;                  /* D = down + G, in the period */
    double spent_share;            /* spent / budget; INFINITY where the budget is 0 and something was spent */
    double burn_rate;              /* (D / (U + D)) / (1 - target); NAN */
    Instant exhausted;             /* when the budget was or, at this burn rate, would be gone; INSTANT_NONE: never */
    bool met;                      /* false too where achieved is NAN */
    BurnAlert alerts[BURN_ALERTS]; /* by factor, falling; all zero where nobody measured them */
} ObjectiveResult;

/* What an incident spent of an objective's budget: D within its time. Rows with something spent only. */
typedef struct {
    unsigned objective; /* index in Impact.objectives */
    unsigned incident;  /* index in Outages.incidents */
    Millis spent;
    double share;     /* of all that was spent, 0..1 */
    double of_budget; /* spent / budget; INFINITY where the budget is 0 */
} BudgetSpend;

typedef struct { /* one row a service (vantage NAME_NONE: sum over the vantages) and one a service and vantage */
    Name service, vantage;
    Millis down;                      /* of that vantage (outside honoured maintenance); service row: of the service */
    Millis peak;                      /* of which in the vantage's local peak hours; service row: union over vantages */
    Millis business;                  /* of which in its local business hours; likewise */
    double user_minutes;              /* NAN where no users are told */
    double cost, cost_low, cost_high; /* NAN where no cost is told */
    double users;                     /* that the row stands for; NAN */
    double cost_per_minute;           /* used; NAN */
    double cost_per_user_minute;      /* used; NAN */
    Millis by_hour[24];               /* vantage rows: down, by hour of the vantage's local day; service rows: 0 */
    Millis observed, min, max; /* sums over the down windows of the service (observed where one has no bounds), which
                                  make cost_low and cost_high */
} Loss;

typedef enum {
    RESPONSE_IMPACT_START,
    RESPONSE_DETECTED,
    RESPONSE_ACKNOWLEDGED,
    RESPONSE_FIRST_NOTICE,
    RESPONSE_MITIGATED,
    RESPONSE_RESTORED,
    RESPONSE_RESOLVED,
    RESPONSE_COUNT
} ResponseKind;

typedef struct {
    unsigned incident; /* index in Outages.incidents */
    ResponseKind kind;
    Instant time;           /* INSTANT_NONE: nothing tells */
    Millis since;           /* after the impact's start; MILLIS_NONE */
    Millis uncertainty;     /* half of the width of its interval; 0 where told exactly; MILLIS_NONE unknown */
    Origin origin;          /* line 0: none */
    const char *definition; /* static: what it means */
    const char *source;     /* static: "probe", "report", "notice", ... */
} Response;

/* Who saw it first. */
typedef struct {
    unsigned incident;
    Signal signal; /* probe transition request report notice */
    Instant first; /* first sight by that kind */
    Millis lead;   /* first notice minus first: how far ahead of the operator's first word; MILLIS_NONE */
    Origin origin;
} Sighting;

/* Count, median and 90th percentile over several incidents of one response time. */
typedef struct {
    ResponseKind kind;
    unsigned count;
    Millis median, p90; /* nearest rank; MILLIS_NONE for none */
} ResponseSummary;

/* How a vantage's clock stands against those of the others, by when they were down. */
typedef struct {
    Name vantage;
    unsigned others;  /* vantages that it is held against: with one alone nobody knows which clock is right */
    unsigned windows; /* its down windows of services that others watch too */
    unsigned matched; /* of which, with one of the others' beside it, after the shift */
    Millis offset; /* to be added to its times: median over the edges of the matched; MILLIS_NONE: no edge was seen */
    Millis shift;  /* quarters of an hour that it looks off, to be added to its times; 0: it does not */
} ClockCheck;

typedef struct {
    GArray *availability; /* Availability: service rows first (by name), then series rows (store's order) */
    GArray *objectives;   /* ObjectiveResult */
    GArray *spends;       /* BudgetSpend, by objective and incident; NULL: nobody measured them */
    GArray *losses;       /* Loss: by service: its row, then its vantages' */
    GArray *responses;    /* Response, by incident and kind */
    GArray *sightings;    /* Sighting, by incident and time */
    GArray *summaries;    /* ResponseSummary */
    GArray *clocks;       /* ClockCheck, by vantage: those that can be judged; NULL: nobody looked */
    double mean_known;    /* over services, weighted by known time; NAN */
} Impact;

/* The time that can be up or down of a service (vantage NAME_NONE) or of one of its vantages: the period in service
 * hours, outside honoured or excluded maintenance. Segments, sorted; yours. */
GArray *ds_impact_counted(const Outages *outages, const Store *store, const Config *config, Name service, Name vantage);

Impact *ds_impact_measure(const Outages *outages, const Store *store, const Config *config);
void ds_impact_free(Impact *impact);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Impact, ds_impact_free)

#endif
