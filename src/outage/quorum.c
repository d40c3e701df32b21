/* SPDX-License-Identifier: MIT
 * Votes to the verdict of a service (docs/semantics.md, The verdict per service). s is the bad share of the known
 * weight: down when s > quorum, up again when s < quorum, and at s = quorum as before, so that an even number of
 * vantages makes no outage too short. One sweep over the instants at which any vote changes finds when the verdict
 * changes; the edges told are then dated back to what the vantages that saw that event say, with the intersection of
 * their bounds. */
#include "outage/vote.h"

#define ROUNDING 1e-9 /* of sums of weights */

typedef struct {
    double known, bad; /* weights */
    double bridging;   /* weight of vantages unknown inside a window of theirs */
    guint speaking;    /* vantages known */
} Tally;

typedef struct {
    const GArray *votes;
    const GArray *edges; /* Instant: where any vote of the level changes */
    const Config *config;
    unsigned level;
    Name service;
    Instant to;
    GArray *raw;     /* Segment: up, partial (some bad), unknown */
    GArray *windows; /* Window: bad windows of the level, by start */
    bool down;
    bool kept_open; /* the last interval was silent at those who make the open window */
    bool partial;   /* a partial stretch is open, or kept open by silence */
    Window current;
    Instant unknown_since; /* INSTANT_NONE: known */
} Sweep;

static const Vote *vote_at(const GArray *votes, guint index) {
    return &g_array_index(votes, Vote, index);
}

static Tally tally_at(const Sweep *s, Instant instant) {
    Tally tally = {0};
    for (guint v = 0; v < s->votes->len; v++) {
        const Vote *vote = vote_at(s->votes, v);
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

/* ---- edges ---- */

static Instant end_of_last(const Sweep *s) {
    return s->windows->len ? g_array_index(s->windows, Window, s->windows->len - 1).end : INSTANT_NONE;
}

/* The window that makes the vantage vote bad at the instant, or NULL where it does not. */
static const Window *bad_window(const Sweep *s, guint v, Instant at) {
    const Vote *vote = vote_at(s->votes, v);
    return band_at(vote->band[s->level], at) == STATE_DOWN ? vote_window(vote, s->level, at) : NULL;
}

/* The same, also where the vantage is silent within that window. */
static const Window *maker_window(const Sweep *s, guint v, Instant at) {
    const Vote *vote = vote_at(s->votes, v);
    return band_at(vote->band[s->level], at) == STATE_UP ? NULL : vote_window(vote, s->level, at);
}

static void sharp_start(Window *w, Instant instant) {
    w->start = w->start_lo = w->start_hi = instant;
}

/* The start: A is the latest last-up of the vantages that are bad; those that failed at or after A saw one event. */
static void find_start(const Sweep *s, Instant at, Window *out) {
    *out = (Window){.signal = SIGNAL_SERVICE,
                    .state = s->level == LEVEL_DOWN ? STATE_DOWN : STATE_DEGRADED,
                    .service = s->service,
                    .vantage = NAME_NONE,
                    .check = NAME_NONE};
    Instant latest = INSTANT_NONE, earliest = INT64_MAX, known = INT64_MAX;
    bool failed_now = false;
    unsigned flags = FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED;
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = bad_window(s, v, at);
        if (w && w->start_lo > latest) {
            latest = w->start_lo;
            out->proof[PROOF_LAST_UP] = w->proof[PROOF_LAST_UP];
        }
        failed_now = failed_now || (w && w->start == at);
    }
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = bad_window(s, v, at);
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
        sharp_start(out, at);
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
    const Vote *vote = vote_at(s->votes, v);
    if (band_at(vote->band[s->level], at) != STATE_UP || vote_window(vote, s->level, at)) {
        return NULL;
    }
    const Window *w = vote_window_before(vote, s->level, at);
    return w && w->end > s->current.start ? w : NULL;
}

/* d of a vantage's window: its first not-down, also where the window ends sooner because its last down ceased to speak.
 */
static Instant first_good(const Window *w) {
    return w->flags & FLAG_END_UNOBSERVED ? w->end_hi : w->end;
}

/* C, the latest last-failure of the vantages that are up and were bad in this window; *now: one recovered just now. */
static Instant latest_failure(Sweep *s, Instant at, Instant previous, bool *now) {
    Instant latest = INSTANT_NONE;
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = recovered(s, v, at);
        if (w && w->end_lo > latest) {
            latest = w->end_lo;
            s->current.proof[PROOF_LAST_DOWN] = w->proof[PROOF_LAST_DOWN];
        }
        *now = *now || (w && band_at(vote_at(s->votes, v)->band[s->level], previous) != STATE_UP);
    }
    return latest;
}

/* The end: of those, the ones that recovered at or after C saw one event. Where none of them saw it happen, the window
 * ends where the last of them ceased to speak. */
static void find_end(Sweep *s, Instant at, Instant previous) {
    Window *out = &s->current;
    bool recovered_now = false;
    Instant latest = latest_failure(s, at, previous, &recovered_now);
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
        if (first_good(w) < earliest) {
            earliest = first_good(w);
            out->proof[PROOF_FIRST_UP] = w->proof[PROOF_FIRST_UP];
        }
    }
    if (!recovered_now || earliest == INT64_MAX) {
        out->end = out->end_lo = out->end_hi = at;
        return;
    }
    earliest = flags & FLAG_END_UNOBSERVED ? silent : earliest;
    out->end = MAX(MAX(earliest, latest), out->start);
    out->end_lo = latest;
    out->end_hi = known;
    out->flags |= flags;
}

/* The data end, or all fall silent for long, at `at`, while it is bad. */
static void find_silent_end(Sweep *s, Instant at, bool last) {
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
    }
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = maker_window(s, v, at - 1);
        known = w && w->end_hi >= latest ? MIN(known, w->end_hi) : known;
    }
    out->end_lo = latest == INSTANT_NONE ? at : latest;
    if (last && ongoing) {
        out->end = INSTANT_NONE;
        out->end_hi = s->to;
        out->flags |= FLAG_ONGOING;
    } else {
        out->end = at;
        out->end_hi = known == INT64_MAX ? at : MAX(known, at);
        out->flags |= FLAG_END_UNOBSERVED;
    }
}

/* ---- counts: failures, flickers and reasons of the vantages' windows that overlap ---- */

static void sum_vantages(const GArray *votes, unsigned level, Window *out, Instant to) {
    Instant end = window_end(out, MAX(to, out->start + 1));
    for (guint v = 0; v < votes->len; v++) {
        const GArray *windows = vote_at(votes, v)->down[level];
        for (guint i = 0; i < windows->len; i++) {
            const Window *w = &g_array_index(windows, Window, i);
            if (w->start < end && (w->end == INSTANT_NONE || w->end > out->start)) {
                window_add_counts(out, w);
            }
        }
    }
}

static void finish_window(Sweep *s) {
    sum_vantages(s->votes, s->level, &s->current, s->to);
    g_array_append_val(s->windows, s->current);
    s->down = false;
}

/* ---- the sweep ---- */

/* Is a vantage's own window open all through [from, to)? Then the silence is bridged there. */
static bool bridged_by_vantage(const Sweep *s, Instant from, Instant to) {
    for (guint v = 0; v < s->votes->len; v++) {
        const Window *w = vote_window(vote_at(s->votes, v), s->level, from);
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
            find_silent_end(s, since, false);
            finish_window(s);
            return false;
        }
        return true;
    }
    return false;
}

static void judge_interval(Sweep *s, Instant from, Instant to, Instant previous) {
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
            find_end(s, from, previous);
            s->current.flags |= was_silent && s->current.end == from ? FLAG_BRIDGED : 0;
            finish_window(s);
        }
    } else if (!s->down && goes_down(t.bad, t.known, d->quorum)) {
        find_start(s, from, &s->current);
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
        judge_interval(s, from, to, from - 1);
    }
    if (s->down && s->edges->len) {
        Instant end = g_array_index(s->edges, Instant, s->edges->len - 1);
        find_silent_end(s, s->unknown_since == INSTANT_NONE ? end : s->unknown_since, true);
        finish_window(s);
    }
}

/* ---- partial time ---- */

static bool overlap(Instant lo, Instant hi, Instant lo2, Instant hi2) {
    Instant low = MAX(lo, lo2), high = MIN(hi, hi2);
    return low < high || (low == high && (lo == hi || lo2 == hi2)); /* an exact edge lies in (lo, hi] */
}

/* Are all vantages that are bad at the instant ones that may have seen this edge late? */
static bool only_late_views(const Sweep *s, Instant at, const Window *down, bool start) {
    for (guint v = 0; v < s->votes->len; v++) {
        if (band_at(vote_at(s->votes, v)->band[s->level], at) != STATE_DOWN) {
            continue;
        }
        const Window *w = bad_window(s, v, at);
        if (!w || !(start ? overlap(w->start_lo, w->start_hi, down->start_lo, down->start_hi)
                          : overlap(w->end_lo, w->end_hi, down->end_lo, down->end_hi))) {
            return false;
        }
    }
    return true;
}

/* Partial time that grows out of an edge of a down window and is made by late views of it only: collected as up. */
static void absorb_edge(const Sweep *s, const Window *down, bool start, GArray *absorbed) {
    Instant at = start ? down->start : window_end(down, s->to);
    for (;;) {
        Instant probe = start ? at - 1 : at;
        if (band_at(s->raw, probe) != STATE_PARTIAL || !only_late_views(s, probe, down, start)) {
            return;
        }
        guint i = 0;
        while (i < s->edges->len && g_array_index(s->edges, Instant, i) <= probe) {
            i++;
        }
        Instant low = i ? g_array_index(s->edges, Instant, i - 1) : probe;
        Instant high = i < s->edges->len ? g_array_index(s->edges, Instant, i) : probe + 1;
        Segment piece = {start ? low : at, start ? at : high, STATE_UP};
        g_array_append_val(absorbed, piece);
        at = start ? low : high;
    }
}

/* Paints segments over the known time of a band. over: sorted, disjoint. */
static GArray *paint_known(GArray *band, const GArray *over) {
    GArray *out = band_new();
    for (guint i = 0; i < band->len; i++) {
        Segment s = g_array_index(band, Segment, i);
        for (guint k = band_seek(over, s.start); s.state != STATE_UNKNOWN && k < over->len && s.start < s.end; k++) {
            const Segment *o = &g_array_index(over, Segment, k);
            if (o->start >= s.end) {
                break;
            }
            band_put(out, s.start, o->start, s.state);
            band_put(out, MAX(s.start, o->start), MIN(s.end, o->end), o->state);
            s.start = MIN(s.end, o->end);
        }
        band_put(out, s.start, s.end, s.state);
    }
    g_array_unref(band);
    return out;
}

static GArray *spans_of(const GArray *windows, State state) {
    GArray *spans = band_new();
    for (guint i = 0; i < windows->len; i++) {
        const Window *w = &g_array_index(windows, Window, i);
        band_put(spans, w->start, w->end == INSTANT_NONE ? INT64_MAX : w->end, state);
    }
    return spans;
}

/* What the windows that share an edge with a partial window say of it: a flag is told when all of them have it, and the
 * first of them proves the edge. */
typedef struct {
    guint starts, ends;
    unsigned start_flags, end_flags;
} Edges;

static void borrow_edges(const Window *w, Window *out, Edges *edges) {
    if (w->start == out->start) {
        edges->start_flags = edges->starts++ ? edges->start_flags & w->flags : w->flags;
        if (edges->starts == 1) {
            out->proof[PROOF_LAST_UP] = w->proof[PROOF_LAST_UP];
            out->proof[PROOF_FIRST_DOWN] = w->proof[PROOF_FIRST_DOWN];
        }
    }
    if (w->end == out->end) {
        edges->end_flags = edges->ends++ ? edges->end_flags & w->flags : w->flags;
        if (edges->ends == 1) {
            out->proof[PROOF_LAST_DOWN] = w->proof[PROOF_LAST_DOWN];
            out->proof[PROOF_FIRST_UP] = w->proof[PROOF_FIRST_UP];
        }
    }
}

/* An edge that is that of a down window of the service is proved by what proves that one. */
static void borrow_verdict(const GArray *downs, Window *out) {
    for (guint i = 0; i < downs->len; i++) {
        const Window *down = &g_array_index(downs, Window, i);
        if (down->end == out->start) {
            out->proof[PROOF_LAST_UP] = down->proof[PROOF_LAST_DOWN];
            out->proof[PROOF_FIRST_DOWN] = down->proof[PROOF_FIRST_UP];
        }
        if (down->start == out->end) {
            out->proof[PROOF_LAST_DOWN] = down->proof[PROOF_LAST_UP];
            out->proof[PROOF_FIRST_UP] = down->proof[PROOF_FIRST_DOWN];
        }
    }
}

/* Flags and proofs of a partial window; true where one that makes it is ongoing. */
static bool borrow(const Sweep *s, Window *out) {
    Edges edges = {0};
    const Window *ongoing = NULL;
    for (guint v = 0; v < s->votes->len; v++) {
        const GArray *windows = vote_at(s->votes, v)->down[LEVEL_DOWN];
        for (guint i = 0; i < windows->len; i++) {
            const Window *w = &g_array_index(windows, Window, i);
            borrow_edges(w, out, &edges);
            if (w->end == INSTANT_NONE && w->start < out->end) {
                ongoing = w;
            }
        }
    }
    out->flags |= edges.start_flags & (FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
    out->flags |= edges.end_flags & (FLAG_END_UNOBSERVED | FLAG_WEAK);
    borrow_verdict(s->windows, out);
    if (ongoing && out->proof[PROOF_LAST_DOWN].line == 0) {
        out->proof[PROOF_LAST_DOWN] = ongoing->proof[PROOF_LAST_DOWN];
    }
    return ongoing != NULL;
}

static bool nothing_between(const GArray *band, Instant from, Instant to, Millis max_bridge) {
    return to - from <= max_bridge && band_time(band, from, to, STATE_UNKNOWN) == to - from;
}

static Instant end_of_known(const GArray *band) {
    for (guint i = band->len; i-- > 0;) {
        if (g_array_index(band, Segment, i).state != STATE_UNKNOWN) {
            return g_array_index(band, Segment, i).end;
        }
    }
    return INSTANT_NONE;
}

/* Partial windows of the finished band. */
static void partial_windows(const Sweep *s, const GArray *band, GArray *out) {
    Instant last_known = end_of_known(band);
    for (guint i = 0; i < band->len; i++) {
        const Segment *seg = &g_array_index(band, Segment, i);
        if (seg->state != STATE_PARTIAL) {
            continue;
        }
        Window w = {.signal = SIGNAL_SERVICE,
                    .state = STATE_PARTIAL,
                    .service = s->service,
                    .vantage = NAME_NONE,
                    .check = NAME_NONE,
                    .start = seg->start,
                    .end = seg->end};
        for (guint k = i + 1; k < band->len; k++) { /* goes on over short silence */
            const Segment *next = &g_array_index(band, Segment, k);
            if (next->state == STATE_PARTIAL &&
                nothing_between(band, w.end, next->start, s->config->detection.max_bridge)) {
                w.end = next->end;
                w.flags |= FLAG_BRIDGED;
                i = k;
            } else if (next->state != STATE_UNKNOWN) {
                break;
            }
        }
        bool ongoing = borrow(s, &w);
        w.start_lo = w.start_hi = w.start;
        w.end_lo = w.end_hi = w.end;
        if (ongoing && w.end == last_known) {
            w.end = INSTANT_NONE;
            w.end_hi = s->to;
            w.flags = (w.flags & ~(unsigned)FLAG_END_UNOBSERVED) | FLAG_ONGOING;
        }
        sum_vantages(s->votes, LEVEL_DOWN, &w, s->to);
        g_array_append_val(out, w);
    }
}

/* ---- degraded: where neither down nor partial ---- */

static int window_by_start(gconstpointer a, gconstpointer b) {
    const Window *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* Appends what is left of a degraded window once `cutters` (by start) are taken out. */
static void cut_window(const Window *whole, const GArray *cutters, Instant to, GArray *out) {
    Window rest = *whole;
    Instant stop = whole->end == INSTANT_NONE ? INT64_MAX : whole->end;
    for (guint i = 0; i < cutters->len && rest.start < stop; i++) {
        const Window *c = &g_array_index(cutters, Window, i);
        Instant c_end = c->end == INSTANT_NONE ? INT64_MAX : c->end;
        if (c_end <= rest.start || c->start >= stop) {
            continue;
        }
        if (c->start > rest.start) {
            Window piece = rest;
            piece.end = c->start;
            piece.end_lo = c->start_lo;
            piece.end_hi = c->start_hi;
            piece.flags &= ~(unsigned)(FLAG_ONGOING | FLAG_END_UNOBSERVED | FLAG_WEAK);
            piece.proof[PROOF_LAST_DOWN] = c->proof[PROOF_LAST_UP];
            piece.proof[PROOF_FIRST_UP] = c->proof[PROOF_FIRST_DOWN];
            g_array_append_val(out, piece);
        }
        rest.start = c_end;
        rest.start_lo = c->end_lo;
        rest.start_hi = c->end_hi;
        rest.flags &= ~(unsigned)(FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
        rest.proof[PROOF_LAST_UP] = c->proof[PROOF_LAST_DOWN];
        rest.proof[PROOF_FIRST_DOWN] = c->proof[PROOF_FIRST_UP];
    }
    if (rest.start < stop && rest.start < MAX(to, whole->start + 1)) {
        g_array_append_val(out, rest);
    }
}

/* Only where the band is still up: degraded yields to down, partial and unknown. */
static GArray *paint_degraded(GArray *band, const GArray *pieces) {
    g_autoptr(GArray) spans = spans_of(pieces, STATE_DEGRADED);
    GArray *out = band_new();
    for (guint i = 0; i < band->len; i++) {
        Segment s = g_array_index(band, Segment, i);
        for (guint k = band_seek(spans, s.start); s.state == STATE_UP && k < spans->len && s.start < s.end; k++) {
            const Segment *o = &g_array_index(spans, Segment, k);
            if (o->start >= s.end) {
                break;
            }
            band_put(out, s.start, o->start, s.state);
            band_put(out, MAX(s.start, o->start), MIN(s.end, o->end), o->state);
            s.start = MIN(s.end, o->end);
        }
        band_put(out, s.start, s.end, s.state);
    }
    g_array_unref(band);
    return out;
}

/* ---- the verdict ---- */

static void sweep_level(Sweep *s, GArray *edges) {
    for (guint v = 0; v < s->votes->len; v++) {
        votes_edges(vote_at(s->votes, v)->band[s->level], edges);
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
        absorb_edge(s, w, true, absorbed);
        if (w->end != INSTANT_NONE) {
            absorb_edge(s, w, false, absorbed);
        }
    }
    band_unite(absorbed);
    band = paint_known(band, absorbed);
    g_autoptr(GArray) downs = spans_of(s->windows, STATE_DOWN);
    band = paint_known(band, downs);
    s->raw = NULL;
    g_array_append_vals(all, s->windows->data, s->windows->len);
    partial_windows(s, band, all);
    g_array_sort(all, window_by_start);
    return band;
}

/* Counts of a degraded piece: those of the degraded windows of its vantages that overlap it, down time left out. */
static void sum_degraded(GPtrArray *traces, Window *out) {
    Instant end = out->end == INSTANT_NONE ? INT64_MAX : out->end;
    out->failed = out->flickers = 0;
    memset(out->reasons, 0, sizeof out->reasons);
    for (guint t = 0; t < traces->len; t++) {
        const GArray *found = ((const Trace *)g_ptr_array_index(traces, t))->found[LEVEL_DEGRADED];
        for (guint i = 0; i < found->len; i++) {
            const Window *w = &g_array_index(found, Found, i).window;
            if (!(w->flags & FLAG_BLIP) && w->start < end && (w->end == INSTANT_NONE || w->end > out->start)) {
                window_add_counts(out, w);
            }
        }
    }
}

GArray *quorum_judge(GPtrArray *traces, Name service, const Store *store, const Config *config, Instant from,
                     Instant to, GArray *windows, GArray *votes) {
    (void)from;
    votes_gather(traces, store, config, votes);
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Instant));
    Sweep down = {.votes = votes, .config = config, .level = LEVEL_DOWN, .service = service, .to = to};
    sweep_level(&down, edges);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Window));
    GArray *band = down_and_partial(&down, all);
    g_array_unref(down.windows);

    g_autoptr(GArray) degraded_edges = g_array_new(FALSE, FALSE, sizeof(Instant));
    Sweep degraded = down;
    degraded.level = LEVEL_DEGRADED;
    degraded.down = false;
    sweep_level(&degraded, degraded_edges);
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Window));
    for (guint i = 0; i < degraded.windows->len; i++) {
        cut_window(&g_array_index(degraded.windows, Window, i), all, to, pieces);
    }
    g_array_unref(degraded.windows);
    g_array_unref(degraded.raw);
    for (guint i = 0; i < pieces->len; i++) {
        sum_degraded(traces, &g_array_index(pieces, Window, i));
    }
    band = paint_degraded(band, pieces);
    g_array_append_vals(windows, all->data, all->len);
    g_array_append_vals(windows, pieces->data, pieces->len);
    return band;
}
