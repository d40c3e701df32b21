/* SPDX-License-Identifier: MIT
 * Do the sources agree about the time? A source is a vantage. Its down time is held against the time in which at least
 * half of the other vantages of the same services were down. Where both overlap, the offset is the median of how far
 * the edges lie apart. Where they hardly overlap, shifts by quarters of an hour up to 14 hours are tried: when one of
 * them, and only one, makes them agree, the source's clock, or the zone its times were read in, looks that far off. It
 * is told and never applied: a vantage may truly have had its outage at another time. */
#include "impact/room.h"

enum {
    SOURCES = 200, /* vantages that are judged, by name: each is held against all others */
    STEPS = 56,    /* of 15 minutes: 14 hours, as far as zones reach */
};
#define STEP (15 * MILLIS_MINUTE)
#define APART 0.1   /* overlap over union at most: as they are, they do not agree */
#define AGREE 0.6   /* at least, with two windows or more */
#define AGREE_1 0.8 /* at least, with one */
#define RIVAL 0.9   /* of the best: another shift that good leaves it open */

typedef struct {
    const GArray *own; /* spans of down time of one service; borrowed */
    GArray *others;
} Pair;

static void pair_clear(gpointer data) {
    g_array_unref(((Pair *)data)->others);
}

static const Segment *at(const GArray *spans, guint index) {
    return &g_array_index(spans, Segment, index);
}

static bool sampled(const SeriesVerdict *v) {
    return v->signal == SIGNAL_PROBE || v->signal == SIGNAL_TRANSITION;
}

static int64_t key_of(Name service, Name vantage) {
    return (int64_t)(((uint64_t)service << 32) | vantage);
}

static void free_spans(gpointer spans) {
    g_array_unref(spans);
}

/* Down time by service and vantage, over all checks; what is not in it is not watched. */
static GHashTable *down_times(const Outages *o) {
    GHashTable *table = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_spans);
    for (guint i = 0; i < o->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, i);
        if (!sampled(v)) {
            continue;
        }
        int64_t key = key_of(v->service, v->vantage);
        g_autoptr(GArray) down = spans_of(v->band, STATE_DOWN);
        const GArray *before = g_hash_table_lookup(table, &key);
        if (before) {
            g_array_append_vals(down, before->data, before->len);
        }
        g_hash_table_replace(table, g_memdup2(&key, sizeof key), spans_united(down));
    }
    return table;
}

static const GArray *down_at(GHashTable *table, Name service, Name vantage) {
    int64_t key = key_of(service, vantage);
    return g_hash_table_lookup(table, &key);
}

typedef struct {
    Instant time;
    int change;
} Edge;

static int by_time(gconstpointer a, gconstpointer b) {
    const Edge *x = a, *y = b;
    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->change > y->change) - (x->change < y->change);
}

/* When at least half of the other vantages were down. *count: how many others there are. */
static GArray *down_elsewhere(GHashTable *table, const GArray *vantages, Name service, Name vantage, guint *count) {
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Edge));
    *count = 0;
    for (guint i = 0; i < vantages->len; i++) {
        Name other = g_array_index(vantages, Name, i);
        const GArray *down = other == vantage ? NULL : down_at(table, service, other);
        *count += down ? 1 : 0;
        for (guint k = 0; down && k < down->len; k++) {
            g_array_append_val(edges, ((Edge){at(down, k)->start, 1}));
            g_array_append_val(edges, ((Edge){at(down, k)->end, -1}));
        }
    }
    g_array_sort(edges, by_time);
    GArray *out = spans_new();
    int open = 0;
    for (guint i = 0; i + 1 < edges->len; i++) {
        open += g_array_index(edges, Edge, i).change;
        if (open > 0 && 2 * (guint)open >= *count) {
            spans_put(out, g_array_index(edges, Edge, i).time, g_array_index(edges, Edge, i + 1).time);
        }
    }
    return out;
}

/* Overlap over union of own time, shifted, and that of the others. */
static double agreement(const GArray *pairs, Millis shift) {
    Millis common = 0, all = 0;
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *p = &g_array_index(pairs, Pair, i);
        for (guint k = 0; k < p->own->len; k++) {
            common += spans_within(p->others, at(p->own, k)->start + shift, at(p->own, k)->end + shift);
        }
        all += spans_length(p->own) + spans_length(p->others);
    }
    return all > common ? (double)common / (double)(all - common) : all > 0 ? 1 : 0;
}

/* The shift that makes them agree; 0 where none does, or where it stays open which. */
static Millis find_shift(const GArray *pairs, guint windows) {
    double best = 0, rival = 0;
    Millis shift = 0;
    for (int pass = 0; pass < 2; pass++) { /* the best, then the best that is no neighbour of it */
        for (int n = 1; n <= STEPS; n++) {
            const Millis tried[] = {n * STEP, -n * STEP};
            for (size_t i = 0; i < G_N_ELEMENTS(tried); i++) {
                double found = agreement(pairs, tried[i]);
                if (pass == 0 && found > best) {
                    best = found;
                    shift = tried[i];
                } else if (pass == 1 && ABS(tried[i] - shift) > STEP) {
                    rival = MAX(rival, found);
                }
            }
        }
    }
    bool good = best >= (windows > 1 ? AGREE : AGREE_1) && rival < RIVAL * best;
    return good ? shift : 0;
}

static int by_value(gconstpointer a, gconstpointer b) {
    Millis x = *(const Millis *)a, y = *(const Millis *)b;
    return (x > y) - (x < y);
}

/* The others' window that shares most time with a shifted one; NULL for none. */
static const Segment *partner(const GArray *others, Instant start, Instant end) {
    const Segment *best = NULL;
    Millis most = 0;
    for (guint i = 0; i < others->len && at(others, i)->start < end; i++) {
        Millis common = MIN(at(others, i)->end, end) - MAX(at(others, i)->start, start);
        if (common > most) {
            most = common;
            best = at(others, i);
        }
    }
    return best;
}

/* How far the edges lie apart after the shift: the median; edges of the period tell nothing. */
static void measure(ClockCheck *check, const GArray *pairs, const Outages *o) {
    g_autoptr(GArray) apart = g_array_new(FALSE, FALSE, sizeof(Millis));
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *p = &g_array_index(pairs, Pair, i);
        for (guint k = 0; k < p->own->len; k++) {
            const Segment *own = at(p->own, k);
            const Segment *other = partner(p->others, own->start + check->shift, own->end + check->shift);
            check->matched += other ? 1 : 0;
            if (other && own->start > o->from && other->start > o->from) {
                Millis d = other->start - own->start;
                g_array_append_val(apart, d);
            }
            if (other && own->end < o->to && other->end < o->to) {
                Millis d = other->end - own->end;
                g_array_append_val(apart, d);
            }
        }
    }
    g_array_sort(apart, by_value);
    check->offset = apart->len ? nearest_rank((const Millis *)(const void *)apart->data, apart->len, 0.5) : MILLIS_NONE;
}

static void judge(GArray *checks, const Outages *o, GHashTable *table, const GArray *vantages, Name vantage) {
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    g_array_set_clear_func(pairs, pair_clear);
    ClockCheck check = {.vantage = vantage};
    guint windows = 0;
    for (guint i = 0; i < o->services->len; i++) {
        Name service = g_array_index(o->services, ServiceVerdict, i).service;
        const GArray *own = down_at(table, service, vantage);
        guint others = 0;
        if (!own || own->len == 0) {
            continue;
        }
        Pair pair = {own, down_elsewhere(table, vantages, service, vantage, &others)};
        if (others == 0) {
            g_array_unref(pair.others);
            continue;
        }
        windows += own->len;
        check.others = MAX(check.others, others);
        g_array_append_val(pairs, pair);
    }
    if (windows == 0) {
        return;
    }
    check.windows = windows;
    if (agreement(pairs, 0) <= APART) {
        check.shift = find_shift(pairs, windows);
    }
    measure(&check, pairs, o);
    if (check.matched > 0) {
        g_array_append_val(checks, check);
    }
}

static int by_number(gconstpointer a, gconstpointer b) {
    Name x = *(const Name *)a, y = *(const Name *)b;
    return (x > y) - (x < y);
}

void clocks_measure(Impact *impact, const Outages *o) {
    g_autoptr(GArray) vantages = g_array_new(FALSE, FALSE, sizeof(Name));
    g_autoptr(GHashTable) table = down_times(o);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < o->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, i);
        if (sampled(v) && g_hash_table_add(seen, GUINT_TO_POINTER(v->vantage))) {
            g_array_append_val(vantages, v->vantage);
        }
    }
    g_array_sort(vantages, by_number);
    g_array_set_size(vantages, MIN(vantages->len, SOURCES));
    for (guint i = 0; vantages->len > 1 && i < vantages->len; i++) {
        judge(impact->clocks, o, table, vantages, g_array_index(vantages, Name, i));
    }
}
