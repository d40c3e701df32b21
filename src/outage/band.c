/* SPDX-License-Identifier: MIT
 * Arithmetic of bands: sorted, disjoint, half-open stretches of time with a state each. What a band does not cover is
 * unknown, so a hole and a segment of state unknown mean the same. */
#include "outage/room.h"

GArray *band_new(void) {
    return g_array_new(FALSE, FALSE, sizeof(Segment));
}

void band_put(GArray *band, Instant start, Instant end, State state) {
    if (start >= end) {
        return;
    }
    if (band->len) {
        Segment *last = &g_array_index(band, Segment, band->len - 1);
        if (last->state == state && last->end == start) {
            last->end = end;
            return;
        }
    }
    Segment segment = {start, end, state};
    g_array_append_val(band, segment);
}

guint band_seek(const GArray *band, Instant instant) {
    guint low = 0, high = band->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(band, Segment, middle).end > instant) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

State band_at(const GArray *band, Instant instant) {
    guint i = band_seek(band, instant);
    if (i < band->len && g_array_index(band, Segment, i).start <= instant) {
        return g_array_index(band, Segment, i).state;
    }
    return STATE_UNKNOWN;
}

Millis band_time(const GArray *band, Instant from, Instant to, State state) {
    if (from >= to) {
        return 0;
    }
    Millis in_state = 0, covered = 0;
    for (guint i = band_seek(band, from); i < band->len; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        if (s->start >= to) {
            break;
        }
        Millis length = MIN(s->end, to) - MAX(s->start, from);
        covered += length;
        if (s->state == state) {
            in_state += length;
        }
    }
    return state == STATE_UNKNOWN ? in_state + (to - from - covered) : in_state;
}

bool band_touches(const GArray *band, Instant from, Instant to, State state) {
    return band_time(band, from, to, state) > 0;
}

GArray *band_clip(const GArray *band, Instant from, Instant to) {
    GArray *out = band_new();
    Instant at = from;
    for (guint i = band_seek(band, from); i < band->len && at < to; i++) {
        const Segment *s = &g_array_index(band, Segment, i);
        band_put(out, at, MIN(s->start, to), STATE_UNKNOWN);
        band_put(out, MAX(s->start, from), MIN(s->end, to), s->state);
        at = MAX(at, s->end);
    }
    band_put(out, at, to, STATE_UNKNOWN);
    return out;
}

static int by_start(gconstpointer a, gconstpointer b) {
    const Segment *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x->end > y->end) - (x->end < y->end);
}

void band_unite(GArray *segments) {
    g_array_sort(segments, by_start);
    guint kept = 0;
    for (guint i = 0; i < segments->len; i++) {
        Segment s = g_array_index(segments, Segment, i);
        if (s.start >= s.end) {
            continue;
        }
        Segment *last = kept ? &g_array_index(segments, Segment, kept - 1) : NULL;
        if (last && s.start <= last->end) {
            last->end = MAX(last->end, s.end);
        } else {
            g_array_index(segments, Segment, kept++) = s;
        }
    }
    g_array_set_size(segments, kept);
}

GArray *band_common(const GArray *a, const GArray *b) {
    GArray *out = band_new();
    guint i = 0, j = 0;
    while (i < a->len && j < b->len) {
        const Segment *x = &g_array_index(a, Segment, i), *y = &g_array_index(b, Segment, j);
        band_put(out, MAX(x->start, y->start), MIN(x->end, y->end), x->state);
        if (x->end <= y->end) {
            i++;
        } else {
            j++;
        }
    }
    return out;
}

GArray *band_paint(GArray *band, const GArray *over, bool up_only) {
    GArray *out = band_new();
    for (guint i = 0; i < band->len; i++) {
        Segment s = g_array_index(band, Segment, i);
        bool yields = up_only ? s.state == STATE_UP : s.state != STATE_UNKNOWN;
        for (guint k = band_seek(over, s.start); yields && k < over->len && s.start < s.end; k++) {
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
