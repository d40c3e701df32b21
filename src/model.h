/* SPDX-License-Identifier: MIT
 * The words of docs/semantics.md as plain values: what passes between the stages. No functions, but for names of enums.
 */
#ifndef DS_MODEL_H
#define DS_MODEL_H

#include "base/clock.h"
#include "base/span.h"

typedef enum {
    SIGNAL_PROBE,       /* a sampled observation */
    SIGNAL_TRANSITION,  /* a state change that holds until the next one */
    SIGNAL_REQUEST,     /* served traffic, counted per bin */
    SIGNAL_REPORT,      /* complaints of users, counted per bin */
    SIGNAL_NOTICE,      /* what an operator announced; never changes a window */
    SIGNAL_MAINTENANCE, /* a planned window */
    SIGNAL_SERVICE,     /* windows only: the verdict over the vantages */
    SIGNAL_MONITOR,     /* windows only: a vantage that fell silent */
    SIGNAL_COUNT
} Signal;

typedef enum {
    STATE_UNKNOWN, /* nothing is known; neither up nor down */
    STATE_UP,
    STATE_DEGRADED,
    STATE_PARTIAL, /* services only: some vantages are down, not enough for the quorum */
    STATE_DOWN,
    STATE_MAINTENANCE, /* an announced maintenance state of a monitor: opens maintenance, says nothing else */
    STATE_SURGE,       /* windows of user reports only */
    STATE_COUNT
} State;

typedef enum { /* why a probe failed; order is that of the layers, other last */
               REASON_NONE,
               REASON_DNS,
               REASON_CONNECT_REFUSED,
               REASON_CONNECT_TIMEOUT,
               REASON_UNREACHABLE,
               REASON_PACKET_LOSS,
               REASON_TLS,
               REASON_HTTP_4XX,
               REASON_HTTP_5XX,
               REASON_TIMEOUT,
               REASON_CONTENT,
               REASON_OTHER,
               REASON_COUNT
} Reason;

/* What a record does beside telling a state. */
typedef enum {
    EVENT_STATE,         /* the usual: a state, a count, a notice */
    EVENT_CURRENT,       /* transitions: the log restates the present state (CURRENT/INITIAL STATE lines); no change */
    EVENT_MONITOR_STOP,  /* transitions: the monitor stopped; states of its input are unknown until told again */
    EVENT_MONITOR_START, /* transitions: the monitor (re)started */
    EVENT_MAINTENANCE_START, /* maintenance whose end comes in a later line */
    EVENT_MAINTENANCE_END,
} Event;

/* Names of enums as they stand in outputs and configuration ("connect-refused", "probe", ...). */
const char *ds_signal_name(Signal signal);
const char *ds_state_name(State state);
const char *ds_reason_name(Reason reason);

/* A line of an input: which file (index in the list of inputs, in true order), which line (1-based; 0: none). */
typedef struct {
    uint32_t file;
    uint64_t line;
} Origin;

/* One entry, normalised. Spans are borrowed and live until the sink returns. */
typedef struct {
    Signal signal;
    State state;
    Reason reason;
    Event event;
    bool soft;       /* transitions: a soft problem (Nagios SOFT) */
    bool counted;    /* reports: count is a slot's total, not one complaint */
    bool failures;   /* requests: of a log that tells failed ones only, so no total can be known */
    bool timed;      /* requests: `took` is told */
    State from;      /* transitions: the state before, where the line tells it; else STATE_UNKNOWN */
    Instant time;    /* sending time of a probe; start of maintenance; slot start of a count */
    Instant until;   /* maintenance: its end; else INSTANT_NONE */
    Millis duration; /* probes: how long it took to know; requests: of what time from `time` on they are; 0: unknown */
    Millis took;     /* requests: how long each took, where `timed` */
    Millis interval; /* transitions: the monitor's check interval; 0 where unknown */
    Span service;    /* never empty for probes, transitions, requests, reports; empty: all services */
    Span vantage, check, user, phase, text;
    uint32_t count; /* requests and reports: how many this record stands for */
    uint32_t bad;   /* requests: how many of them were bad */
    uint64_t hash;  /* of the entry's bytes: tells copies of lines (requests, reports) */
    Origin origin;
} Record;

/* A name of a service, vantage or check: a small number. After ds_store_finish numbers are in the order of the texts.
 */
typedef uint32_t Name;
#define NAME_NONE UINT32_MAX /* the empty name: a service window's vantage, a window of no service */

typedef enum {
    FLAG_ONGOING = 1u << 0,
    FLAG_STARTED_BEFORE = 1u << 1,
    FLAG_START_UNOBSERVED = 1u << 2,
    FLAG_END_UNOBSERVED = 1u << 3,
    FLAG_CLIPPED = 1u << 4,
    FLAG_BLIP = 1u << 5,
    FLAG_VANTAGE_FAULT = 1u << 6,
    FLAG_MONITOR_OUTAGE = 1u << 7,
    FLAG_MAINTENANCE = 1u << 8,
    FLAG_WEAK = 1u << 9,
    FLAG_BRIDGED = 1u << 10,
} WindowFlag;
#define FLAG_COUNT 11
/* Name of flag number 0..FLAG_COUNT-1, in the order of the enum. */
const char *ds_flag_name(unsigned index);

enum { PROOF_LAST_UP, PROOF_FIRST_DOWN, PROOF_LAST_DOWN, PROOF_FIRST_UP, PROOF_COUNT };

/* What people declared a window to be after the fact. */
typedef enum { OVERRIDE_NONE, OVERRIDE_PLANNED, OVERRIDE_FALSE, OVERRIDE_CORRECTED } OverrideKind;
#define OVERRIDE_COUNT 4
/* "planned", "false", "corrected"; "" for OVERRIDE_NONE. */
const char *ds_override_name(OverrideKind kind);

/* One reconstructed outage (or blip, surge, silence) of a series or of a service. */
typedef struct {
    Signal signal;
    State state; /* down partial degraded surge unknown */
    Name service, vantage, check;
    Instant start;              /* first instant of the outage, as told */
    Instant end;                /* first instant after it; INSTANT_NONE while ongoing */
    Instant start_lo, start_hi; /* the true start lies in (start_lo, start_hi] = (a, b'] */
    Instant end_lo, end_hi;     /* the true end lies in (end_lo, end_hi] = (c, d'] */
    Instant good;               /* d: of a series, the first observation after c that told another state; may be none */
    Millis observed;            /* end - start (to the period's end while ongoing) */
    Millis min, max, likely;    /* MILLIS_NONE where they have no value */
    Millis sigma;               /* standard error of likely, MILLIS_NONE with it */
    Millis unknown;             /* unknown time in [start, end) */
    unsigned flags;             /* WindowFlag */
    uint32_t failed;            /* failed observations inside */
    uint32_t flickers;          /* recoveries too short to be confirmed */
    uint32_t reasons[REASON_COUNT];
    Origin proof[PROOF_COUNT]; /* the lines of a, b, c, d; line 0 where there is none */
    OverrideKind override;     /* false: it counts nowhere; corrected: start and end are the corrected ones */
    bool failures;             /* requests: from a log that tells failures only; evidence, part of no sum */
} Window;

/* A stretch of time with one state. Bands are lists of these, sorted, without holes or overlaps. */
typedef struct {
    Instant start, end; /* [start, end) */
    State state;
} Segment;

#endif
