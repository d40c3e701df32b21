/* SPDX-License-Identifier: MIT
 * Votes to the verdict of a service (docs/semantics.md, The verdict per service). s is the bad share of the known
 * weight: down when s > quorum, up again when s < quorum, and at s = quorum as before, so that an even number of
 * vantages makes no outage too short. One sweep over the instants at which any vote changes finds when the verdict
 * changes; the edges told are then dated back to what the vantages that saw that event say, with the intersection of
 * their bounds. */
#include "outage/verdict.h"

#define ROUNDING 1e-9 /* of sums of weights */

typedef struct {
    double known, bad; /* weights */
    double bridging;   /* weight of vantages unknown inside a window of theirs */
    guint speaking;    /* vantages known */
} Tally;

static Tally tally_at(const Sweep *s, Instant instant) {
    Tally tally = {0};
    for (guint v = 0; v < s->votes->len; v++) {
        const Vote *vote = sweep_vote(s, v);
        State state = band_at(vote->band[s->level], instant);
        if (state == STATE_UNKNOWN) {
            tally.bridging += vote_window(vote, s->level, instant) ? vote->weight : 0;
            continue;
        }
        tally.speaking++;
        tally.known += vote->weight;
        tally.bad += state == STATE_DOWN ? vote->weight : 0;
    }
    return tally;
}

static bool goes_down(double bad, double known, double quorum) {
    return quorum >= 1 ? bad >= known - ROUNDING && known > 0 : bad > quorum * known + ROUNDING;
}

static bool recovers(double bad, double known, double quorum) {
    return quorum <= 0 ? bad <= ROUNDING : bad < quorum * known - ROUNDING;
}

static void finish_window(Sweep *s) {
    g_array_append_val(s->windows, s->current);
    s->down = false;
}

/* ---- the sweep ---- */

Instant sweep_known_until(const Sweep *s, Instant at) {
    const Segment *last = s->raw->len ? &g_array_index(s->raw, Segment, s->raw->len - 1) : NULL;
    return last && last->state == STATE_UNKNOWN ? last->start : at;
}

/* Enough are known again. Too little for longer than max-bridge is an end of the data for the open window. */
static void end_silence(Sweep *s, Instant at) {
    if (s->down && s->few_since != INSTANT_NONE && at - s->few_since > s->config->detection.max_bridge) {
        edge_silent_end(s, sweep_known_until(s, at), false);
        finish_window(s);
    }
    s->few_since = INSTANT_NONE;
}

static void judge_interval(Sweep *s, Instant from, Instant to) {
    const Detection *d = &s->config->detection;
    Tally t = tally_at(s, from);
    if (t.speaking == 0 || t.speaking < d->min_vantages || t.known <= 0) {
        s->few_since = s->few_since == INSTANT_NONE ? from : s->few_since;
        band_put(s->raw, from, to, STATE_UNKNOWN);
        return;
    }
    end_silence(s, from);
    bool better = recovers(t.bad, t.known, d->quorum);
    if (s->down && better && recovers(t.bad + t.bridging, t.known + t.bridging, d->quorum)) {
        edge_end(s, from);
        finish_window(s);
    } else if (!s->down && goes_down(t.bad, t.known, d->quorum)) {
        edge_start(s, from, &s->current);
        s->down = true;
    }
    /* Those who make the window, or would make it partial, are silent in the midst of windows of their own. */
    bool silent = s->down ? better : s->level == LEVEL_DOWN && t.bad <= 0 && t.bridging > 0;
    band_put(s->raw, from, to, silent ? STATE_UNKNOWN : t.bad > 0 ? STATE_PARTIAL : STATE_UP);
}

static void sweep_run(Sweep *s) {
    for (guint i = 0; i + 1 < s->edges->len; i++) {
        Instant from = g_array_index(s->edges, Instant, i), to = g_array_index(s->edges, Instant, i + 1);
        judge_interval(s, from, to);
    }
    if (s->down) {
        Instant end = g_array_index(s->edges, Instant, s->edges->len - 1);
        edge_silent_end(s, sweep_known_until(s, end), true);
        finish_window(s);
    }
}

static int window_by_start(gconstpointer a, gconstpointer b) {
    const Window *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* ---- the verdict ---- */

static void sweep_level(Sweep *s, GArray *edges) {
    for (guint v = 0; v < s->votes->len; v++) {
        votes_edges(sweep_vote(s, v)->band[s->level], edges);
    }
    votes_sort(edges);
    s->edges = edges;
    s->raw = band_new();
    s->windows = g_array_new(FALSE, FALSE, sizeof(Window));
    s->few_since = INSTANT_NONE;
    sweep_run(s);
}

static GArray *down_and_partial(Sweep *s, GArray *all) {
    GArray *band = s->raw;
    g_autoptr(GArray) absorbed = band_new();
    g_autoptr(GArray) downs = partial_spans(s->windows, STATE_DOWN);
    for (guint i = 0; i < s->windows->len; i++) {
        const Window *w = &g_array_index(s->windows, Window, i);
        partial_absorb(s, downs, w, true, absorbed);
        if (w->end != INSTANT_NONE) {
            partial_absorb(s, downs, w, false, absorbed);
        }
    }
    band_unite(absorbed);
    band = band_paint(band, absorbed, false);
    band = band_paint(band, downs, false);
    s->raw = NULL;
    g_array_append_vals(all, s->windows->data, s->windows->len);
    partial_find(s, band, all);
    g_array_sort(all, window_by_start);
    return band;
}

/* A window goes on over unknown time where known time of its own lies before and after. */
static bool goes_on_unknown(const Window *w, const GArray *band) {
    Instant first = INSTANT_NONE, last = INSTANT_NONE, stop = window_stop(w);
    for (guint i = band_seek(band, w->start); i < band->len; i++) {
        const Segment *segment = &g_array_index(band, Segment, i);
        if (segment->start >= stop) {
            break;
        }
        if (segment->state != STATE_UNKNOWN) {
            first = first == INSTANT_NONE ? MAX(segment->start, w->start) : first;
            last = MIN(segment->end, stop);
        }
    }
    return first != INSTANT_NONE && band_touches(band, first, last, STATE_UNKNOWN);
}

GArray *quorum_judge(GPtrArray *traces, Name service, const Store *store, const Config *config, Segment period,
                     GArray *windows, GArray *votes) {
    votes_gather(traces, store, config, votes);
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Instant));
    g_autoptr(GArray) edges_slow = g_array_new(FALSE, FALSE, sizeof(Instant));
    Sweep down = {.votes = votes, .config = config, .level = LEVEL_DOWN, .service = service, .period = period};
    Sweep slow = {.votes = votes, .config = config, .level = LEVEL_DEGRADED, .service = service, .period = period};
    sweep_level(&down, edges);
    sweep_level(&slow, edges_slow);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Window));
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Window));
    GArray *band = down_and_partial(&down, all);
    band = degraded_find(&slow, all, band, pieces);
    g_array_append_vals(all, pieces->data, pieces->len);
    for (guint i = 0; i < all->len; i++) {
        Window *w = &g_array_index(all, Window, i);
        sweep_sum(&down, w);
        w->flags |= goes_on_unknown(w, band) ? FLAG_BRIDGED : 0;
    }
    g_array_append_vals(windows, all->data, all->len);
    for (Sweep *s = &down; s; s = s == &down ? &slow : NULL) {
        g_array_unref(s->windows);
        g_clear_pointer(&s->raw, g_array_unref);
    }
    return band;
}
