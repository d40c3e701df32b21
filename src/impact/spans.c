/* SPDX-License-Identifier: MIT
 * Union, intersection and difference of half-open spans of time. Everything that is summed goes through here first, so
 * that nothing is counted twice and parts add up to the millisecond. */
#include "impact/room.h"

GArray *spans_new(void) {
    return g_array_new(FALSE, FALSE, sizeof(Segment));
}

static const Segment *at(const GArray *spans, guint index) {
    return &g_array_index(spans, Segment, index);
}

void spans_put(GArray *spans, Instant start, Instant end) {
    if (start >= end) {
        return;
    }
    if (spans->len && at(spans, spans->len - 1)->end >= start) {
        Segment *last = &g_array_index(spans, Segment, spans->len - 1);
        last->end = MAX(last->end, end);
        return;
    }
    Segment s = {start, end, STATE_UP};
    g_array_append_val(spans, s);
}

GArray *spans_of(const GArray *band, State state) {
    GArray *out = spans_new();
    for (guint i = 0; i < band->len; i++) {
        if (at(band, i)->state == state) {
            spans_put(out, at(band, i)->start, at(band, i)->end);
        }
    }
    return out;
}

static int by_start(gconstpointer a, gconstpointer b) {
    const Segment *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

GArray *spans_united(const GArray *list) {
    g_autoptr(GArray) sorted = g_array_sized_new(FALSE, FALSE, sizeof(Segment), list->len);
    g_array_append_vals(sorted, list->data, list->len);
    g_array_sort(sorted, by_start);
    GArray *out = spans_new();
    for (guint i = 0; i < sorted->len; i++) {
        spans_put(out, at(sorted, i)->start, at(sorted, i)->end);
    }
    return out;
}

GArray *spans_common(const GArray *a, const GArray *b) {
    GArray *out = spans_new();
    for (guint i = 0, k = 0; i < a->len && k < b->len;) {
        spans_put(out, MAX(at(a, i)->start, at(b, k)->start), MIN(at(a, i)->end, at(b, k)->end));
        if (at(a, i)->end < at(b, k)->end) {
            i++;
        } else {
            k++;
        }
    }
    return out;
}

GArray *spans_minus(const GArray *a, const GArray *b) {
    GArray *out = spans_new();
    guint k = 0;
    for (guint i = 0; i < a->len; i++) {
        Instant from = at(a, i)->start, end = at(a, i)->end;
        while (k < b->len && at(b, k)->end <= from) {
            k++;
        }
        for (guint j = k; j < b->len && at(b, j)->start < end; j++) {
            spans_put(out, from, at(b, j)->start);
            from = MAX(from, at(b, j)->end);
        }
        spans_put(out, from, end);
    }
    return out;
}

Millis spans_length(const GArray *spans) {
    Millis sum = 0;
    for (guint i = 0; i < spans->len; i++) {
        sum += at(spans, i)->end - at(spans, i)->start;
    }
    return sum;
}

Millis spans_within(const GArray *spans, Instant start, Instant end) {
    guint low = 0, high = spans->len;
    while (low < high) { /* the first that ends after start */
        guint middle = low + (high - low) / 2;
        if (at(spans, middle)->end > start) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Millis sum = 0;
    for (; low < spans->len && at(spans, low)->start < end; low++) {
        sum += MIN(at(spans, low)->end, end) - MAX(at(spans, low)->start, start);
    }
    return sum;
}
