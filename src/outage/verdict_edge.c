/* SPDX-License-Identifier: MIT
 * Edges of a service's windows (docs/semantics.md, Start and End): dated back to what the vantages that saw the same
 * event say, with the intersection of their bounds; an instant where others only fell silent or spoke again is exact.
 */
#include "outage/verdict.h"

static Instant end_of_last(const Sweep *s) {
    return s->windows->len ? g_array_index(s->windows, Window, s->windows->len - 1).end : INSTANT_NONE;
}

/* The window that makes the vantage vote bad at the instant, or NULL where it does not. */
const Window *sweep_bad_window(const Sweep *s, guint v, Instant at) {
    const Vote *vote = sweep_vote(s, v);
    return band_at(vote->band[s->level], at) == STATE_DOWN ? vote_window(vote, s->level, at) : NULL;
}

/* The same, also where the vantage is silent within that window. */
static const Window *maker_window(const Sweep *s, guint v, Instant at) {
    const Vote *vote = sweep_vote(s, v);
    return band_at(vote->band[s->level], at) == STATE_UP ? NULL : vote_window(vote, s->level, at);
}

/* A window that opens though nobody failed at that instant: others fell silent or spoke again. */
static void start_unfailed(const Sweep *s, Instant at, Window *w) {
    Instant since = sweep_known_until(s, at);
    bool first = s->raw->len == 0 || g_array_index(s->raw, Segment, 0).start == since;
    w->start = w->start_hi = at;
    w->start_lo = first ? MIN(at, s->period.start) : since;
    w->flags = first ? FLAG_STARTED_BEFORE : since < at ? FLAG_START_UNOBSERVED : 0;
}

/* The start: A is the latest last-up of the vantages that are bad; those that failed at or after A saw one event. */
void edge_start(const Sweep *s, Instant at, Window *out) {
    *out = (Window){.signal = SIGNAL_SERVICE,
                    .state = s->level == LEVEL_DOWN ? STATE_DOWN : STATE_DEGRADED,
                    .service = s->service,
                    .vantage = NAME_NONE,
                    .check = NAME_NONE};
    Instant latest = INSTANT_NONE, earliest = INT64_MAX, known = INT64_MAX;
    bool failed_now = false;
    unsigned flags = FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED;
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = sweep_bad_window(s, v, at);
        if (w && w->start_lo > latest) {
            latest = w->start_lo;
            out->proof[PROOF_LAST_UP] = w->proof[PROOF_LAST_UP];
        }
        failed_now = failed_now || (w && w->start == at);
    }
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = sweep_bad_window(s, v, at);
        if (!w || w->start_hi < latest) {
            continue;
        }
        flags &= w->flags;
        known = MIN(known, w->start_hi);
        if (w->start < earliest) {
            earliest = w->start;
            out->proof[PROOF_FIRST_DOWN] = w->proof[PROOF_FIRST_DOWN];
        }
    }
    if (!failed_now || earliest == INT64_MAX) {
        start_unfailed(s, at, out);
        return;
    }
    Instant before = end_of_last(s);
    out->start = MAX(MAX(earliest, latest), before);
    out->start_lo = MAX(latest, before);
    out->start_hi = MAX(known, before);
    out->flags = flags;
}

/* Did the vantage vote bad (or fall silent within a window) inside the open window, and is it up at `at`? */
static const Window *recovered(const Sweep *s, guint v, Instant at) {
    const Vote *vote = sweep_vote(s, v);
    if (band_at(vote->band[s->level], at) != STATE_UP || vote_window(vote, s->level, at)) {
        return NULL;
    }
    const Window *w = vote_window_before(vote, s->level, at);
    return w && w->end > s->current.start ? w : NULL;
}

/* C, the latest last-failure of the vantages that are up and were bad in this window; *now: one recovered just now. */
static Instant latest_failure(Sweep *s, Instant at, bool *now) {
    Instant latest = INSTANT_NONE;
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = recovered(s, v, at);
        if (w && w->end_lo > latest) {
            latest = w->end_lo;
            s->current.proof[PROOF_LAST_DOWN] = w->proof[PROOF_LAST_DOWN];
        }
        *now = *now || (w && band_time(sweep_vote(s, v)->band[s->level], w->end, at, STATE_UP) == 0);
    }
    return latest;
}

/* A window that ends though nobody recovered at that instant. */
static void end_unrecovered(Window *w, Instant since, Instant at) {
    w->end = w->end_lo = since;
    w->end_hi = at;
    w->flags |= since < at ? FLAG_END_UNOBSERVED : 0;
}

/* The end: of those, the ones that recovered at or after C saw one event. Where none of them saw it happen, the window
 * ends where the verdict ceased to be known, else where the last of them ceased to speak. */
void edge_end(Sweep *s, Instant at) {
    Window *out = &s->current;
    bool recovered_now = false;
    Instant latest = latest_failure(s, at, &recovered_now), since = sweep_known_until(s, at);
    Instant earliest = INT64_MAX, known = INT64_MAX, silent = INSTANT_NONE;
    unsigned flags = FLAG_END_UNOBSERVED | FLAG_WEAK;
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = recovered(s, v, at);
        if (!w || w->end_hi < latest) {
            continue;
        }
        flags &= w->flags;
        known = MIN(known, w->end_hi);
        silent = MAX(silent, w->end);
        if (w->good != INSTANT_NONE && w->good < earliest) {
            earliest = w->good;
            out->proof[PROOF_FIRST_UP] = w->proof[PROOF_FIRST_UP];
        }
    }
    if (!recovered_now || known == INT64_MAX) {
        end_unrecovered(out, MAX(since, out->start), at);
        return;
    }
    earliest = flags & FLAG_END_UNOBSERVED ? MIN(known, since < at ? since : silent) : earliest;
    out->end = MAX(MAX(earliest, latest), out->start);
    out->end_lo = latest;
    out->end_hi = known;
    out->flags |= flags;
}

/* Did every window that made the verdict bad end at `at` with a recovery seen? So it is where the last line of a log
 * tells that it is up again: nothing speaks after it, but the change of state comes before the end of the data. */
static bool recovered_at_last(Sweep *s, Instant at) {
    const Window *maker = NULL;
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = maker_window(s, v, at - 1);
        if (w && (w->end != at || w->flags & (FLAG_ONGOING | FLAG_END_UNOBSERVED))) {
            return false;
        }
        maker = w ? w : maker;
    }
    if (maker) {
        s->current.proof[PROOF_FIRST_UP] = maker->proof[PROOF_FIRST_UP];
    }
    return maker != NULL;
}

/* The data end, or too little is known for long, while it is bad: the verdict was known until `at`. */
void edge_silent_end(Sweep *s, Instant at, bool last) {
    Window *out = &s->current;
    Instant latest = INSTANT_NONE, known = INT64_MAX;
    bool ongoing = false;
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = maker_window(s, v, at - 1);
        if (w && w->end_lo > latest) {
            latest = w->end_lo;
            out->proof[PROOF_LAST_DOWN] = w->proof[PROOF_LAST_DOWN];
        }
        ongoing = ongoing || (w && w->end == INSTANT_NONE);
        known = w ? MIN(known, w->end_hi) : known;
    }
    out->end_lo = latest == INSTANT_NONE ? at : MIN(latest, at);
    if (last && ongoing) {
        out->end = INSTANT_NONE;
        out->end_hi = s->period.end;
        out->flags |= FLAG_ONGOING;
    } else {
        out->end = MAX(at, out->start);
        out->end_hi = known == INT64_MAX ? at : MAX(known, at);
        out->flags |= recovered_at_last(s, at) ? 0 : FLAG_END_UNOBSERVED;
    }
}

/* ---- counts: failures, flickers and reasons of the voters' windows that overlap ---- */

void sweep_sum(const Sweep *s, Window *out) {
    unsigned level = out->state == STATE_DEGRADED ? LEVEL_DEGRADED : LEVEL_DOWN;
    Instant end = window_stop(out);
    for (guint v = 0; v < s->votes->len; v++) {
        const GArray *windows = sweep_vote(s, v)->told[level];
        bool counted = false; /* the window before this one */
        for (guint i = 0; i < windows->len; i++) {
            const Window *w = &g_array_index(windows, Window, i);
            bool overlaps = w->start < end && window_stop(w) > out->start;
            if (overlaps && !(counted && w->flags & FLAG_PART)) {
                window_add_counts(out, w);
            }
            counted = overlaps;
        }
    }
}
