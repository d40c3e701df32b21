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
    sweep_sum(s, s->level, &s->current);
    g_array_append_val(s->windows, s->current);
    s->down = false;
}

/* ---- the sweep ---- */

/* Is a vantage's own window open all through [from, to)? Then the silence is bridged there. */
static bool bridged_by_vantage(const Sweep *s, Instant from, Instant to) {
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = vote_window(sweep_vote(s, v), s->level, from);
        if (w && (w->end == INSTANT_NONE || w->end >= to)) {
            return true;
        }
    }
    return false;
}

/* True where a silence within an open window is over: it is bridged, unless a recovery follows. */
static bool end_silence(Sweep *s, Instant at) {
    Instant since = s->unknown_since;
    s->unknown_since = INSTANT_NONE;
    if (s->down && since != INSTANT_NONE) {
        if (at - since > s->config->detection.max_bridge && !bridged_by_vantage(s, since, at)) {
            edge_silent_end(s, since, false);
            finish_window(s);
            return false;
        }
        return true;
    }
    return false;
}

static void judge_interval(Sweep *s, Instant from, Instant to) {
    const Detection *d = &s->config->detection;
    Tally t = tally_at(s, from);
    if (t.speaking == 0 || t.speaking < d->min_vantages || t.known <= 0) {
        if (s->unknown_since == INSTANT_NONE) {
            s->unknown_since = from;
        }
        band_put(s->raw, from, to, STATE_UNKNOWN);
        return;
    }
    bool was_silent = end_silence(s, from) || s->kept_open;
    s->kept_open = false;
    if (s->down && recovers(t.bad, t.known, d->quorum)) {
        s->kept_open = t.bridging > 0 && !recovers(t.bad + t.bridging, t.known + t.bridging, d->quorum);
        if (!s->kept_open) {
            edge_end(s, from);
            s->current.flags |= was_silent && s->current.end == from ? FLAG_BRIDGED : 0;
            finish_window(s);
        }
    } else if (!s->down && goes_down(t.bad, t.known, d->quorum)) {
        edge_start(s, from, &s->current);
        s->down = true;
        was_silent = false;
    }
    if (s->down && was_silent && !s->kept_open) {
        s->current.flags |= FLAG_BRIDGED;
    }
    /* Partial time goes on, unknown, while those who make it are silent within windows of their own. */
    bool silent = t.bad <= 0 && t.bridging > 0 && s->partial;
    s->partial = !s->down && (t.bad > 0 || silent);
    band_put(s->raw, from, to, s->kept_open || silent ? STATE_UNKNOWN : t.bad > 0 ? STATE_PARTIAL : STATE_UP);
}

static void sweep_run(Sweep *s) {
    for (guint i = 0; i + 1 < s->edges->len; i++) {
        Instant from = g_array_index(s->edges, Instant, i), to = g_array_index(s->edges, Instant, i + 1);
        judge_interval(s, from, to);
    }
    if (s->down && s->edges->len) {
        Instant end = g_array_index(s->edges, Instant, s->edges->len - 1);
        edge_silent_end(s, s->unknown_since == INSTANT_NONE ? end : s->unknown_since, true);
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
    s->unknown_since = INSTANT_NONE;
    sweep_run(s);
}

static GArray *down_and_partial(Sweep *s, GArray *all) {
    GArray *band = s->raw;
    g_autoptr(GArray) absorbed = band_new();
    for (guint i = 0; i < s->windows->len; i++) {
        const Window *w = &g_array_index(s->windows, Window, i);
        partial_absorb(s, w, true, absorbed);
        if (w->end != INSTANT_NONE) {
            partial_absorb(s, w, false, absorbed);
        }
    }
    band_unite(absorbed);
    band = partial_paint(band, absorbed);
    g_autoptr(GArray) downs = partial_spans(s->windows, STATE_DOWN);
    band = partial_paint(band, downs);
    s->raw = NULL;
    g_array_append_vals(all, s->windows->data, s->windows->len);
    partial_find(s, band, all);
    g_array_sort(all, window_by_start);
    return band;
}

/* Silence within a degraded window is unknown there, not up. */
static GArray *silence_within(const Sweep *s) {
    g_autoptr(GArray) silent = band_new();
    for (guint i = 0; i < s->raw->len; i++) {
        Segment segment = g_array_index(s->raw, Segment, i);
        if (segment.state == STATE_UNKNOWN) {
            g_array_append_val(silent, segment);
        }
    }
    g_autoptr(GArray) spans = partial_spans(s->windows, STATE_DEGRADED);
    return band_common(silent, spans);
}

static GArray *degraded_level(const Sweep *down, GPtrArray *traces, const GArray *cutters, GArray *band,
                              GArray *pieces) {
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Instant));
    Sweep s = {.votes = down->votes,
               .config = down->config,
               .level = LEVEL_DEGRADED,
               .service = down->service,
               .to = down->to};
    sweep_level(&s, edges);
    for (guint i = 0; i < s.windows->len; i++) {
        degraded_cut(&g_array_index(s.windows, Window, i), cutters, s.to, pieces);
    }
    for (guint i = 0; i < pieces->len; i++) {
        degraded_sum(traces, &g_array_index(pieces, Window, i));
    }
    g_autoptr(GArray) silent = silence_within(&s);
    g_autoptr(GArray) spans = partial_spans(pieces, STATE_DEGRADED);
    band = degraded_paint(band, silent);
    g_array_unref(s.windows);
    g_array_unref(s.raw);
    return degraded_paint(band, spans);
}

GArray *quorum_judge(GPtrArray *traces, Name service, const Store *store, const Config *config, Instant to,
                     GArray *windows, GArray *votes) {
    votes_gather(traces, store, config, votes);
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Instant));
    Sweep down = {.votes = votes, .config = config, .level = LEVEL_DOWN, .service = service, .to = to};
    sweep_level(&down, edges);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Window));
    GArray *band = down_and_partial(&down, all);
    g_array_unref(down.windows);
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Window));
    band = degraded_level(&down, traces, all, band, pieces);
    g_array_append_vals(windows, all->data, all->len);
    g_array_append_vals(windows, pieces->data, pieces->len);
    return band;
}
