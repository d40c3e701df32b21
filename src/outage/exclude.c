/* SPDX-License-Identifier: MIT
 * Vantages that people left out of the vote, for a time and with a reason: within it such a vantage says nothing. Its
 * own windows stay as they are; what votes is cut at the ends of the exclusion. */
#include "outage/room.h"

static bool names_service(const Exclusion *e, const char *service) {
    return !e->services || g_strv_contains((const char *const *)e->services, service);
}

GArray *exclusions_of(const Config *config, const char *vantage, const char *service) {
    GArray *out = band_new();
    const VantageConfig *v = ds_config_vantage(config, vantage);
    for (guint i = 0; v && v->excluded && i < v->excluded->len; i++) {
        const Exclusion *e = g_ptr_array_index(v->excluded, i);
        if (names_service(e, service)) {
            Segment s = {e->from, e->to, STATE_UNKNOWN};
            g_array_append_val(out, s);
        }
    }
    band_unite(out);
    return out;
}

GArray *exclusions_left(const GArray *excluded, Instant from, Instant to, State state) {
    GArray *left = band_new();
    for (guint i = band_seek(excluded, from); i < excluded->len && from < to; i++) {
        const Segment *s = &g_array_index(excluded, Segment, i);
        if (s->start >= to) {
            break;
        }
        band_put(left, from, MIN(s->start, to), state);
        from = MAX(from, s->end);
    }
    band_put(left, from, to, state);
    return left;
}

GArray *exclusions_cut_band(GArray *band, const GArray *excluded) {
    if (excluded->len == 0) {
        return band;
    }
    GArray *kept = band_new();
    for (guint i = 0; i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        g_autoptr(GArray) left = exclusions_left(excluded, s->start, s->end, s->state);
        for (guint k = 0; k < left->len; k++) {
            const Segment *part = &g_array_index(left, Segment, k);
            band_put(kept, part->start, part->end, part->state);
        }
    }
    g_array_unref(band);
    return kept;
}

/* A part of a window: at a cut the state is known, so the edge is the cut itself and nobody's observation. */
static Window window_part(const Window *w, const Segment *part) {
    Window cut = *w;
    if (part->start > w->start) {
        cut.start = cut.start_lo = cut.start_hi = part->start;
        cut.flags &= ~(unsigned)(FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED);
        cut.proof[PROOF_LAST_UP] = cut.proof[PROOF_FIRST_DOWN] = (Origin){0};
    }
    if (part->end < window_stop(w)) {
        cut.end = cut.end_lo = cut.end_hi = cut.good = part->end;
        cut.flags &= ~(unsigned)(FLAG_ONGOING | FLAG_END_UNOBSERVED | FLAG_WEAK);
        cut.proof[PROOF_LAST_DOWN] = cut.proof[PROOF_FIRST_UP] = (Origin){0};
    }
    return cut;
}

void exclusions_add_window(GArray *into, const Window *window, const GArray *excluded) {
    g_autoptr(GArray) left = exclusions_left(excluded, window->start, window_stop(window), window->state);
    for (guint i = 0; i < left->len; i++) {
        Window part = window_part(window, &g_array_index(left, Segment, i));
        part.flags |= i > 0 ? FLAG_PART : 0;
        g_array_append_val(into, part);
    }
}

void ds_outages_excluded(const Outages *outages, const Store *store, const char *vantage, const Exclusion *exclusion,
                         unsigned *windows, Millis *down) {
    Name name = ds_store_find(store, vantage);
    g_autoptr(GArray) seen = band_new();
    *windows = 0;
    for (guint i = 0; i < outages->windows->len; i++) {
        const Window *w = outages_window(outages, i);
        if ((w->signal != SIGNAL_PROBE && w->signal != SIGNAL_TRANSITION) || w->flags & FLAG_BLIP ||
            w->state != STATE_DOWN || w->vantage != name ||
            !names_service(exclusion, ds_store_name(store, w->service))) {
            continue;
        }
        Segment s = {MAX(w->start, exclusion->from), MIN(window_end(w, outages->to), exclusion->to), STATE_DOWN};
        if (s.start < s.end) {
            g_array_append_val(seen, s);
            ++*windows;
        }
    }
    *down = 0;
    for (guint i = 0; i < seen->len; i++) {
        *down += g_array_index(seen, Segment, i).end - g_array_index(seen, Segment, i).start;
    }
}
