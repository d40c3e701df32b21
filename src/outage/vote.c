/* SPDX-License-Identifier: MIT
 * How a vantage votes on a service: unknown in unknown time, bad inside a confirmed window, else up; of several checks
 * the worst counts; windows of a vantage at fault have no vote; and while anyone speaks, a vantage whose first (last)
 * record is not bad votes up for max-gap before (after) it, so that ragged ends of files decide nothing. */
#include "outage/vote.h"

/* The band, which is taken, without the time of windows of a vantage at fault. */
static GArray *without_faults(GArray *band, const GArray *found) {
    for (guint i = 0; i < found->len; i++) {
        const Window *w = &g_array_index(found, Found, i).window;
        if (!(w->flags & FLAG_VANTAGE_FAULT)) {
            continue;
        }
        GArray *kept = band_new();
        Instant end = window_stop(w);
        for (guint k = 0; k < band->len; k++) {
            Segment s = g_array_index(band, Segment, k);
            band_put(kept, s.start, MIN(s.end, w->start), s.state);
            band_put(kept, MAX(s.start, end), s.end, s.state);
        }
        g_array_unref(band);
        band = kept;
    }
    return band;
}

/* What one check votes at a level: bad or up, faults left out. */
static GArray *check_band(const Trace *t, unsigned level) {
    GArray *out = band_new();
    for (guint i = 0; i < t->band->len; i++) {
        Segment s = g_array_index(t->band, Segment, i);
        band_put(out, s.start, s.end,
                 level_bad(level, s.state)  ? STATE_DOWN
                 : s.state == STATE_UNKNOWN ? s.state
                                            : STATE_UP);
    }
    return without_faults(without_faults(out, t->found[LEVEL_DOWN]), t->found[LEVEL_DEGRADED]);
}

/* Worst of two: bad, then up, then unknown (holes). */
static GArray *worst_of(GArray *a, GArray *b) {
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Instant));
    votes_edges(a, edges);
    votes_edges(b, edges);
    votes_sort(edges);
    GArray *out = band_new();
    for (guint i = 0; i + 1 < edges->len; i++) {
        Instant from = g_array_index(edges, Instant, i), to = g_array_index(edges, Instant, i + 1);
        State x = band_at(a, from), y = band_at(b, from);
        if (x != STATE_UNKNOWN || y != STATE_UNKNOWN) {
            band_put(out, from, to, MAX(x, y)); /* unknown < up < down */
        }
    }
    g_array_unref(a);
    g_array_unref(b);
    return out;
}

void votes_edges(const GArray *band, GArray *edges) {
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        g_array_append_val(edges, s->start);
        g_array_append_val(edges, s->end);
    }
}

static int by_instant(gconstpointer a, gconstpointer b) {
    Instant x = *(const Instant *)a, y = *(const Instant *)b;
    return (x > y) - (x < y);
}

void votes_sort(GArray *edges) {
    g_array_sort(edges, by_instant);
    guint kept = 0;
    for (guint i = 0; i < edges->len; i++) {
        Instant e = g_array_index(edges, Instant, i);
        if (kept == 0 || g_array_index(edges, Instant, kept - 1) != e) {
            g_array_index(edges, Instant, kept++) = e;
        }
    }
    g_array_set_size(edges, kept);
}

/* ---- windows of a vantage: those of its checks, united ---- */

static int window_by_start(gconstpointer a, gconstpointer b) {
    const Window *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->check > y->check) - (x->check < y->check);
}

static const unsigned START_FLAGS = FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED;
static const unsigned END_FLAGS = FLAG_ONGOING | FLAG_END_UNOBSERVED | FLAG_WEAK;

/* Two windows with the same start saw one event: the tighter bounds hold. */
static void join_start(Window *into, const Window *w) {
    if (w->start_lo > into->start_lo) {
        into->start_lo = w->start_lo;
        into->proof[PROOF_LAST_UP] = w->proof[PROOF_LAST_UP];
    }
    into->start_hi = MIN(into->start_hi, w->start_hi);
    into->flags &= ~START_FLAGS | w->flags;
}

static void join_end(Window *into, const Window *w) {
    Instant a = window_stop(into), b = window_stop(w);
    if (b > a) {
        into->end = w->end;
        into->end_lo = w->end_lo;
        into->end_hi = w->end_hi;
        into->good = w->good;
        into->flags = (into->flags & ~END_FLAGS) | (w->flags & END_FLAGS);
        into->proof[PROOF_LAST_DOWN] = w->proof[PROOF_LAST_DOWN];
        into->proof[PROOF_FIRST_UP] = w->proof[PROOF_FIRST_UP];
    } else if (b == a) {
        if (w->end_lo > into->end_lo) {
            into->end_lo = w->end_lo;
            into->proof[PROOF_LAST_DOWN] = w->proof[PROOF_LAST_DOWN];
        }
        into->end_hi = MIN(into->end_hi, w->end_hi);
        if (into->good == INSTANT_NONE || (w->good != INSTANT_NONE && w->good < into->good)) {
            into->good = w->good;
        }
        into->flags &= ~END_FLAGS | w->flags;
    }
}

void window_add_counts(Window *into, const Window *w) {
    into->failed += w->failed;
    into->flickers += w->flickers;
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        into->reasons[r] += w->reasons[r];
    }
}

static void unite_windows(GArray *windows) {
    g_array_sort(windows, window_by_start);
    guint kept = 0;
    for (guint i = 0; i < windows->len; i++) {
        Window w = g_array_index(windows, Window, i);
        Window *last = kept ? &g_array_index(windows, Window, kept - 1) : NULL;
        if (!last || (last->end != INSTANT_NONE && w.start > last->end)) {
            g_array_index(windows, Window, kept++) = w;
            continue;
        }
        if (w.start == last->start) {
            join_start(last, &w);
        }
        join_end(last, &w);
    }
    g_array_set_size(windows, kept);
}

static void collect_windows(GArray *into, const GArray *found, const GArray *excluded) {
    for (guint i = 0; i < found->len; i++) {
        const Window *w = &g_array_index(found, Found, i).window;
        if (!(w->flags & (FLAG_BLIP | FLAG_VANTAGE_FAULT))) {
            exclusions_add_window(into, w, excluded);
        }
    }
}

static Vote *vote_of(GArray *votes, const Trace *t, const Store *store, const Config *config) {
    for (guint i = 0; i < votes->len; i++) {
        Vote *vote = &g_array_index(votes, Vote, i);
        if (vote->vantage == t->info.vantage) {
            return vote;
        }
    }
    Vote fresh = {.vantage = t->info.vantage,
                  .weight = ds_config_weight(config, ds_store_name(store, t->info.vantage))};
    fresh.faults = band_new();
    fresh.excluded =
        exclusions_of(config, ds_store_name(store, t->info.vantage), ds_store_name(store, t->info.service));
    for (unsigned level = 0; level < 2; level++) {
        fresh.down[level] = g_array_new(FALSE, FALSE, sizeof(Window));
        fresh.told[level] = g_array_new(FALSE, FALSE, sizeof(Window));
    }
    g_array_append_val(votes, fresh);
    return &g_array_index(votes, Vote, votes->len - 1);
}

/* Windows of a vantage at fault, which do not vote. */
static void collect_faults(GArray *into, const GArray *found) {
    for (guint i = 0; i < found->len; i++) {
        const Window *w = &g_array_index(found, Found, i).window;
        if (w->flags & FLAG_VANTAGE_FAULT) {
            Segment s = {w->start, window_stop(w), STATE_DOWN};
            g_array_append_val(into, s);
        }
    }
}

/* Stretches before the first and after the last record in which a vantage votes up while anyone speaks. */
static void ragged_ends(const Trace *t, unsigned level, GArray *out) {
    if (t->runs->len == 0) {
        return; /* requests: traffic has no next check to wait for */
    }
    const Run *first = &g_array_index(t->runs, Run, 0), *last = &g_array_index(t->runs, Run, t->runs->len - 1);
    if (first->first == t->first_record && !level_bad(level, first->state)) {
        Segment s = {t->first_record - t->first_gap, t->first_record, STATE_UP};
        g_array_append_val(out, s);
    }
    if (t->last_known && !level_bad(level, last->state) && t->spoken < t->last_record + t->last_gap) {
        Segment s = {t->spoken, t->last_record + t->last_gap, STATE_UP};
        g_array_append_val(out, s);
    }
}

static GArray *spoken_by_any(GPtrArray *traces, GArray *votes, const Store *store, const Config *config) {
    GArray *all = band_new();
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        const Vote *vote = vote_of(votes, t, store, config);
        for (guint k = 0; k < t->band->len; k++) {
            const Segment *s = &g_array_index(t->band, Segment, k);
            if (s->state != STATE_UNKNOWN) {
                g_autoptr(GArray) left = exclusions_left(vote->excluded, s->start, s->end, STATE_UP);
                g_array_append_vals(all, left->data, left->len);
            }
        }
    }
    band_unite(all);
    return all;
}

void votes_gather(GPtrArray *traces, const Store *store, const Config *config, GArray *votes) {
    g_autoptr(GArray) spoken = spoken_by_any(traces, votes, store, config);
    for (guint i = 0; i < traces->len; i++) {
        const Trace *t = g_ptr_array_index(traces, i);
        Vote *vote = vote_of(votes, t, store, config);
        for (unsigned level = 0; level < 2; level++) {
            collect_faults(vote->faults, t->found[level]);
            collect_windows(vote->told[level], t->found[level], vote->excluded);
            g_autoptr(GArray) ends = band_new();
            ragged_ends(t, level, ends);
            band_unite(ends);
            GArray *band = worst_of(check_band(t, level), band_common(ends, spoken));
            band = exclusions_cut_band(band, vote->excluded);
            vote->band[level] = vote->band[level] ? worst_of(vote->band[level], band) : band;
            collect_windows(vote->down[level], t->found[LEVEL_DOWN], vote->excluded);
            if (level == LEVEL_DEGRADED) {
                collect_windows(vote->down[level], t->found[LEVEL_DEGRADED], vote->excluded);
            }
        }
    }
    for (guint i = 0; i < votes->len; i++) {
        band_unite(g_array_index(votes, Vote, i).faults);
        for (unsigned level = 0; level < 2; level++) {
            unite_windows(g_array_index(votes, Vote, i).down[level]);
        }
    }
}

void vote_clear(Vote *vote) {
    g_clear_pointer(&vote->faults, g_array_unref);
    g_clear_pointer(&vote->excluded, g_array_unref);
    for (unsigned level = 0; level < 2; level++) {
        g_clear_pointer(&vote->band[level], g_array_unref);
        g_clear_pointer(&vote->down[level], g_array_unref);
        g_clear_pointer(&vote->told[level], g_array_unref);
    }
}

const Window *vote_window(const Vote *vote, unsigned level, Instant instant) {
    const GArray *windows = vote->down[level];
    guint low = 0, high = windows->len;
    while (low < high) { /* the first window that ends after the instant */
        guint middle = low + (high - low) / 2;
        const Window *w = &g_array_index(windows, Window, middle);
        if (w->end == INSTANT_NONE || w->end > instant) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    const Window *w = low < windows->len ? &g_array_index(windows, Window, low) : NULL;
    return w && w->start <= instant ? w : NULL;
}

const Window *vote_window_before(const Vote *vote, unsigned level, Instant instant) {
    const GArray *windows = vote->down[level];
    const Window *found = NULL;
    for (guint i = 0; i < windows->len; i++) {
        const Window *w = &g_array_index(windows, Window, i);
        if (w->end == INSTANT_NONE || w->end > instant) {
            break;
        }
        found = w;
    }
    return found;
}
