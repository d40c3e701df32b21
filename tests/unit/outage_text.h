/* SPDX-License-Identifier: MIT
 * Probes as text, and what is found of them as text, for the tests of outage/. A series is one letter a minute from
 * minute 0 (U up, D down, W degraded, ? unknown, . nothing); windows and bands are told in minutes, so that every
 * expectation can be worked out on paper. */
#ifndef DS_TEST_OUTAGE_TEXT_H
#define DS_TEST_OUTAGE_TEXT_H

#include "outage/room.h"

#define T0 INT64_C(1775714400000) /* 2026-04-09T06:00:00Z */
#define MINUTE MILLIS_MINUTE

typedef struct {
    Config *config;
    Store *store;
    uint64_t line;
    GPtrArray *traces; /* Trace, in the store's order */
    GArray *planned;
    Instant to;
} Room;

static inline Room room_new(void) {
    Config *config = ds_config_new();
    return (Room){.config = config,
                  .store = ds_store_new(config),
                  .traces = g_ptr_array_new_with_free_func((GDestroyNotify)trace_free),
                  .planned = g_array_new(FALSE, FALSE, sizeof(Announcement))};
}

static inline void room_free(Room *room) {
    g_ptr_array_unref(room->traces);
    g_array_unref(room->planned);
    ds_store_free(room->store);
    ds_config_free(room->config);
}

static inline State state_of(char letter) {
    return letter == 'U' ? STATE_UP : letter == 'D' ? STATE_DOWN : letter == 'W' ? STATE_DEGRADED : STATE_UNKNOWN;
}

/* Text "[SECONDS:]LETTERS": the first letter stands at that many seconds. */
static inline void add(Room *room, const char *service, const char *vantage, const char *text) {
    Instant at = T0;
    const char *colon = strchr(text, ':');
    if (colon) {
        at += g_ascii_strtoll(text, NULL, 10) * MILLIS_SECOND;
        text = colon + 1;
    }
    for (; *text; text++, at += MINUTE) {
        if (*text == '.') {
            continue;
        }
        Record r = {.signal = SIGNAL_PROBE,
                    .state = state_of(*text),
                    .time = at,
                    .until = INSTANT_NONE,
                    .service = ds_span_of(service),
                    .vantage = ds_span_of(vantage),
                    .reason = *text == 'D' ? REASON_TIMEOUT : REASON_NONE,
                    .origin = {0, ++room->line}};
        ds_store_add(room->store, &r);
        room->to = MAX(room->to, at + MINUTE);
    }
}

/* Vantages "0", "1", ... with slashes between; their services "a", "b", ... with commas between. */
static inline void add_grid(Room *room, const char *grid) {
    g_auto(GStrv) vantages = g_strsplit(grid, "/", -1);
    for (unsigned v = 0; vantages[v]; v++) {
        g_auto(GStrv) services = g_strsplit(vantages[v], ",", -1);
        for (unsigned s = 0; services[s]; s++) {
            const char vantage[] = {(char)('0' + v), 0}, service[] = {(char)('a' + s), 0};
            add(room, service, vantage, services[s]);
        }
    }
}

/* Traces with their raw runs. */
static inline void trace_all(Room *room) {
    g_autoptr(Quality) quality = ds_quality_new();
    ds_quality_add(quality, "test");
    ds_store_finish(room->store, quality);
    for (size_t i = 0; i < ds_store_series(room->store); i++) {
        g_ptr_array_add(room->traces, trace_probe(room->store, i, room->config, room->planned));
    }
}

static inline Trace *trace_at(const Room *room, guint index) {
    return g_ptr_array_index(room->traces, index);
}

/* Windows and bands of every trace, each by itself. */
static inline void find_all(Room *room) {
    trace_all(room);
    for (guint i = 0; i < room->traces->len; i++) {
        for (unsigned level = 0; level < 2; level++) {
            g_autoptr(GArray) stretches = stretches_of(trace_at(room, i), level, room->config);
            windows_find(trace_at(room, i), level, stretches, room->config, T0, room->to);
        }
        windows_settle(trace_at(room, i));
    }
}

/* ---- what was found, as text ---- */

static inline double minutes(Instant instant) {
    return (double)(instant - T0) / (double)MINUTE;
}

/* "down 4-7 (3,4] (6,7] n3 f1 weak": edges, bounds, failures, flickers, flags; an open end is "..". */
static inline void tell_window(GString *out, const Window *w) {
    g_string_append_printf(out, "%s%s %g-", out->len ? "; " : "", ds_state_name(w->state), minutes(w->start));
    if (w->end == INSTANT_NONE) {
        g_string_append(out, "..");
    } else {
        g_string_append_printf(out, "%g", minutes(w->end));
    }
    if (w->state != STATE_PARTIAL) {
        g_string_append_printf(out, " (%g,%g] (%g,%g]", minutes(w->start_lo), minutes(w->start_hi), minutes(w->end_lo),
                               minutes(w->end_hi));
    }
    g_string_append_printf(out, " n%u", w->failed);
    if (w->flickers) {
        g_string_append_printf(out, " f%u", w->flickers);
    }
    for (unsigned i = 0; i < FLAG_COUNT; i++) {
        if (w->flags & 1u << i) {
            g_string_append_printf(out, " %s", ds_flag_name(i));
        }
    }
}

static inline char *tell_found(const Trace *trace, unsigned level) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < trace->found[level]->len; i++) {
        tell_window(out, &g_array_index(trace->found[level], Found, i).window);
    }
    return g_string_free(out, FALSE);
}

static inline char *tell_band(const GArray *band) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        g_string_append_printf(out, "%s%s %g-%g", i ? ", " : "", ds_state_name(s->state), minutes(s->start),
                               minutes(s->end));
    }
    return g_string_free(out, FALSE);
}

static inline void expect_text(const char *input, char *found, const char *wanted) {
    if (strcmp(found, wanted) != 0) {
        g_test_message("%s\n  found    %s\n  expected %s", input, found, wanted);
        g_test_fail();
    }
    g_free(found);
}

#endif
