/* SPDX-License-Identifier: MIT
 * Windows clipped to the period. What happened before or after it is known, so an edge that is cut is exactly the
 * period's: its bounds close on it, and what was unobserved beyond it no longer matters. */
#include "outage/room.h"

static Instant within(Instant instant, Instant from, Instant to) {
    return CLAMP(instant, from, to);
}

bool window_clip(Window *w, Instant from, Instant to) {
    Instant end = window_end(w, to);
    bool ongoing = w->end == INSTANT_NONE;
    if (w->start > to || (w->start == to && !ongoing) || (end <= from && w->start < from)) {
        return false;
    }
    if (w->start < from) {
        w->start = from;
        w->flags |= FLAG_CLIPPED;
        w->flags &= ~(unsigned)(FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
    }
    if (ongoing ? w->start < to && w->end_lo >= to : w->end > to) { /* known to go on beyond the period */
        w->end = to;
        w->flags |= FLAG_CLIPPED;
        w->flags &=
            ~(unsigned)(FLAG_ONGOING | FLAG_END_UNOBSERVED | FLAG_MONITOR_OUTAGE | (w->failures ? 0 : FLAG_WEAK));
    }
    w->start_lo = within(w->start_lo, from, to);
    w->start_hi = within(w->start_hi, from, to);
    w->end_lo = within(w->end_lo, from, to);
    w->end_hi = within(w->end_hi, from, to);
    return true;
}
