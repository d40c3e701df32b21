/* SPDX-License-Identifier: MIT
 * Hours of the day on days of the week as stretches of time. Each local day is laid out from its own date and turned
 * into instants by the zone, so days of 23 and 25 hours come out right; a shift over midnight belongs to the day it
 * begins on. */
#include "config.h"

static bool is_holiday(const GArray *holidays, int64_t day) {
    for (guint i = 0; holidays && i < holidays->len; i++) {
        if (g_array_index(holidays, int64_t, i) == day) {
            return true;
        }
    }
    return false;
}

static int64_t local_day(const Zone *zone, Instant instant) {
    Instant local = instant + ds_zone_offset(zone, instant);
    return local / MILLIS_DAY - (local % MILLIS_DAY < 0 ? 1 : 0);
}

static Instant at_local(const Zone *zone, Instant local) {
    Instant first;
    Instant second;
    ds_zone_resolve(zone, local, &first, &second);
    return first;
}

/* Adds what the rule gives of [from, to). */
static void add_rule(GArray *out, const HoursRule *rule, const GArray *holidays, Instant from, Instant to) {
    int64_t last = local_day(rule->zone, to) + 1;
    for (int64_t day = local_day(rule->zone, from) - 1; day <= last; day++) {
        if (!(rule->days >> (ds_weekday_of(day) - 1) & 1u) || is_holiday(holidays, day)) {
            continue;
        }
        Millis length = rule->to > rule->from ? rule->to : rule->to + MILLIS_DAY;
        Instant start = at_local(rule->zone, day * MILLIS_DAY + rule->from);
        Instant end = at_local(rule->zone, day * MILLIS_DAY + length);
        Segment segment = {.start = MAX(start, from), .end = MIN(end, to), .state = STATE_UP};
        if (segment.start < segment.end) {
            g_array_append_val(out, segment);
        }
    }
}

static gint by_start(gconstpointer a, gconstpointer b) {
    const Segment *x = a;
    const Segment *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Joins what overlaps or touches; segments sorted. */
static void unite(GArray *segments) {
    guint kept = 0;
    for (guint i = 0; i < segments->len; i++) {
        Segment next = g_array_index(segments, Segment, i);
        Segment *last = kept ? &g_array_index(segments, Segment, kept - 1) : NULL;
        if (last && next.start <= last->end) {
            last->end = MAX(last->end, next.end);
        } else {
            g_array_index(segments, Segment, kept++) = next;
        }
    }
    g_array_set_size(segments, kept);
}

GArray *ds_hours_within(const GArray *rules, const GArray *holidays, Instant from, Instant to) {
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Segment));
    if (from >= to) {
        return out;
    }
    if (!rules) {
        Segment all = {.start = from, .end = to, .state = STATE_UP};
        g_array_append_val(out, all);
        return out;
    }
    for (guint i = 0; i < rules->len; i++) {
        add_rule(out, &g_array_index(rules, HoursRule, i), holidays, from, to);
    }
    g_array_sort(out, by_start);
    unite(out);
    return out;
}

bool ds_hours_hold(const GArray *rules, const GArray *holidays, Instant instant) {
    if (!rules) {
        return true;
    }
    g_autoptr(GArray) hit = ds_hours_within(rules, holidays, instant, instant + 1);
    return hit->len > 0;
}
