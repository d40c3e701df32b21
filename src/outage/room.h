/* SPDX-License-Identifier: MIT
 * Private to outage/: what its files share. A Trace is all that is known of one series while outages are found; its
 * windows and band are over all time and are clipped to the period at the very end (clip.c). */
#ifndef DS_OUTAGE_ROOM_H
#define DS_OUTAGE_ROOM_H

#include "outage/outage.h"

/* ---- bands: lists of Segment, sorted, disjoint; time they do not cover is unknown (band.c) ---- */
GArray *band_new(void);
/* Appends, joining with the last where it touches and has the same state. Nothing is added for start >= end. */
void band_put(GArray *band, Instant start, Instant end, State state);
/* State at an instant; STATE_UNKNOWN where nothing covers it. */
State band_at(const GArray *band, Instant instant);
/* Time of [from, to) in the given state (for STATE_UNKNOWN: what is not covered counts too). */
Millis band_time(const GArray *band, Instant from, Instant to, State state);
/* Is any of [from, to) in the state? */
bool band_touches(const GArray *band, Instant from, Instant to, State state);
/* Exactly [from, to): clipped, holes filled with unknown. A new list. */
GArray *band_clip(const GArray *band, Instant from, Instant to);
/* Sorted, united, all of one state: for lists that may overlap. In place. */
void band_unite(GArray *segments);
/* Lays segments over what the band knows (up_only: over what is up); takes the band, returns a new one. */
GArray *band_paint(GArray *band, const GArray *over, bool up_only);
/* The parts that both lists cover; states of the first. A new list. */
GArray *band_common(const GArray *a, const GArray *b);
/* First segment that ends after `instant` (its index; the length of the list where there is none). */
guint band_seek(const GArray *band, Instant instant);

#define DEFAULT_INTERVAL (60 * MILLIS_SECOND) /* of a series without steps, or a monitor that tells none */

/* ---- runs: maximal stretches of equal known observations without a gap (run.c) ---- */
typedef struct {
    State state;         /* up degraded down */
    Instant first, last; /* times of its first and last observation */
    Instant speaks_to;   /* where the last ceases to speak */
    Millis first_duration, last_duration;
    Millis step; /* the local interval at the first observation (bad runs; else 0) */
    Origin first_origin, last_origin;
    uint32_t count;
    bool hard;    /* transitions: at least one hard observation */
    bool current; /* transitions: begins with a restated state, not with a change */
    uint32_t reasons[REASON_COUNT];
} Run;

typedef struct {
    Window window;
    Millis step; /* the local interval at its first failure */
} Found;

typedef struct {
    size_t series;
    SeriesInfo info;
    GArray *runs;                      /* Run */
    Instant first_record, last_record; /* of any state */
    Instant spoken;                    /* where its last known observation ceases to speak; INSTANT_NONE: never spoke */
    Millis first_gap, last_gap;        /* max-gap at its first and at its last record */
    bool last_known;                   /* its last record told a state */
    bool bounded;                      /* edges have bounds (probes; transitions with a known check interval) */
    Millis interval;                   /* transitions: check interval, 0 unknown */
    GArray *found[2];                  /* Found by level (LEVEL_*): windows and blips, sorted by start */
    GArray *band;                      /* Segment: up degraded down, holes unknown */
    GArray *blips;                     /* Segment: down or degraded */
} Trace;

enum { LEVEL_DOWN, LEVEL_DEGRADED };
static inline bool level_bad(unsigned level, State state) {
    return state == STATE_DOWN || (level == LEVEL_DEGRADED && state == STATE_DEGRADED);
}

/* Tells maintenance that a monitor's own state announced. */
void trace_planned(const Trace *trace, const Observation *observation, Instant until, GArray *planned);
/* planned: Announcement; maintenance told by states is appended. */
Trace *trace_probe(const Store *store, size_t series, const Config *config, GArray *planned);
Trace *trace_transition(const Store *store, size_t series, const Config *config, GArray *planned);
/* A series whose windows and band a detector found itself. Takes both arrays. */
Trace *trace_given(const Store *store, size_t series, GArray *windows, GArray *band);
void trace_free(Trace *trace);

/* ---- runs to windows (window.c) ---- */
/* A maximal sequence of runs that are all bad, or all not bad, at a level, without a gap. */
typedef struct {
    bool bad;
    bool confirmed; /* bad: long enough, hard, or seen together with others */
    guint first_run, last_run;
    uint32_t count;
    Instant first, last, speaks_to;
} Stretch;
GArray *stretches_of(const Trace *trace, unsigned level, const Config *config);
/* Fills trace->found[level] from the stretches. from, to: the period (ends of the data are judged by it). */
void windows_find(Trace *trace, unsigned level, const GArray *stretches, const Config *config, Instant from,
                  Instant to);
/* Takes the time of down windows out of the degraded ones, then fills band and blips. */
void windows_settle(Trace *trace);
/* Counts failures and reasons anew for windows that reach beyond the period: only those within it (recount.c). */
void windows_recount(Trace *trace, const Store *store, Instant from, Instant to);
/* observed, min, max, likely, sigma, unknown of a window with its edges and bounds set. to: the period's end.
 * band: where it is unknown. bounded: false leaves min, max, likely empty. */
void window_measure(Window *window, const GArray *band, Instant to, bool bounded);
/* end, or never while ongoing: for comparing instants. */
static inline Instant window_stop(const Window *window) {
    return window->end == INSTANT_NONE ? INT64_MAX : window->end;
}
/* end, or the period's end while ongoing. */
static inline Instant window_end(const Window *window, Instant to) {
    return window->end == INSTANT_NONE ? to : window->end;
}

/* ---- vantages that people left out of the vote (exclude.c) ---- */
/* When a vantage has no vote on a service: united Segments. Yours. */
GArray *exclusions_of(const Config *config, const char *vantage, const char *service);
/* What of [from, to) lies outside of them: Segments of that state. Yours. */
GArray *exclusions_left(const GArray *excluded, Instant from, Instant to, State state);
/* The band without them; takes the band, returns it or a new one. */
GArray *exclusions_cut_band(GArray *band, const GArray *excluded);
/* In lists of votes only: goes on with the window before it in the list, and its counts are of both. */
#define FLAG_PART (1u << 31)
/* Appends the window, or what is left of it. */
void exclusions_add_window(GArray *into, const Window *window, const GArray *excluded);

/* ---- over the vantages of a service ---- */
/* Confirms short runs that many vantages saw together (together.c). traces and lists run in parallel. */
void together_confirm(GPtrArray *traces, GPtrArray *stretches, const Store *store, const Config *config);
/* Flags windows of vantages that were at fault themselves (fault.c). traces: all of them. */
void faults_flag(GPtrArray *traces);
/* Silent vantages: appends windows (signal monitor) and flags what they ended (monitor.c). */
void monitors_find(GPtrArray *traces, Instant to, GArray *windows);
/* The verdict of one service from the traces that vote: appends its windows, returns its band over all time
 * (quorum.c). period: how data begin and end is judged by it. votes: filled with one Vote a vantage. */
typedef struct {
    Name vantage;
    double weight;
    GArray *band[2];  /* by level: Segment up/down (bad), holes unknown; what it voted */
    GArray *down[2];  /* by level: Window, united over the vantage's checks: what made it vote down */
    GArray *told[2];  /* down, degraded: Window, those of its checks as they are listed: their failures count */
    GArray *faults;   /* Segment: its windows marked as its own fault, which did not vote */
    GArray *excluded; /* Segment: left out of the vote by the configuration */
} Vote;
GArray *quorum_judge(GPtrArray *traces, Name service, const Store *store, const Config *config, Segment period,
                     GArray *windows, GArray *votes);
void vote_clear(Vote *vote);

/* The period, told or found, into the outages (period.c). traces: of probes and transitions. */
void period_find(Outages *outages, GPtrArray *traces, const Store *store, const Config *config);
/* Episodes of the windows, which are sorted by series and start (episode.c). */
void episodes_find(Outages *outages, const Config *config);

/* Clips a window to the period and measures it; false: it lies outside (clip.c). */
bool window_clip(Window *window, Instant from, Instant to);

/* ---- incidents (incident.c) ---- */
static inline const Window *outages_window(const Outages *outages, guint index) {
    return &g_array_index(outages->windows, Window, index);
}
/* Orders indices (guint) of windows by their start; for g_array_sort_with_data with the Outages. */
int windows_by_start(gconstpointer a, gconstpointer b, gpointer outages);
void incidents_find(Outages *outages, const Store *store, const Config *config);
/* A new incident at the end of the list, without windows; valid until the list grows. */
Incident *incident_begin(GArray *incidents, IncidentKind kind, Instant start);
/* Gives windows (guint, indices) to an incident. */
void incident_extend(const Outages *outages, Incident *incident, const GArray *windows);
/* Incidents of surges that belong to no service window. taken: by window, those that do (reported.c). */
void reported_find(Outages *outages, const gboolean *taken, const Config *config);
/* Applies the overrides of the config to windows and bands; before windows are sorted (override.c). */
void overrides_apply(Outages *outages, const Store *store, const Config *config);
/* Which service windows follow from others, by the configured dependencies (depends.c). */
void consequences_find(Outages *outages, const Store *store, const Config *config);
/* Flags windows that touch maintenance. */
void maintenance_flag(Outages *outages, const Store *store);

#endif
