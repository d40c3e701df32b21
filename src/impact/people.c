/* SPDX-License-Identifier: MIT
 * People and money. For each vantage of a service, its down time is the union over its voting checks, in service hours,
 * outside honoured maintenance and without windows in which the vantage itself was at fault.
 * Users behind a vantage, the first that is told: the service's own number for it; the service's users, split as the
 * users of the vantages that watch it; the vantage's users; the service's users in equal parts.
 *     user-minutes(vantage) = users * sum over local hours h of minutes down in h * profile(h)
 *     user-minutes(service) = sum over its vantages
 *     cost(service) = cost per minute * minutes the service was down + cost per user-minute * user-minutes
 *     cost(vantage) = cost per user-minute * user-minutes
 * Low and high: cost * cost-low * L and cost * cost-high * H, where L = sum of min / sum of observed and H = sum of max
 * / sum of observed over the down windows of the service (observed itself where a window has no bounds): money is as
 * unsure as its rate and as the duration. L is at most 1, H at least 1, and both 1 where the service had no window.
 * Peak and business hours are those of each vantage's zone; of a service, the time it was down while it was peak (or
 * business) time at one of the vantages that were down. */
#include "impact/room.h"

#include <math.h>

#define QUARTER (15 * MILLIS_MINUTE) /* clocks change on quarters of an hour */

void hours_of(const GArray *spans, const Zone *zone, Millis by_hour[24]) {
    for (guint i = 0; i < spans->len; i++) {
        const Segment *s = &g_array_index(spans, Segment, i);
        for (Instant at = s->start; at < s->end;) {
            Instant local = at + (zone ? ds_zone_offset(zone, at) : 0);
            Millis in_day = ((local % MILLIS_DAY) + MILLIS_DAY) % MILLIS_DAY;
            Instant next = at + MILLIS_HOUR - in_day % MILLIS_HOUR;
            next = MIN(next, at + QUARTER - ((at % QUARTER) + QUARTER) % QUARTER);
            next = MIN(next, s->end);
            by_hour[in_day / MILLIS_HOUR] += next - at;
            at = next;
        }
    }
}

static double weighed_minutes(const Millis by_hour[24], const double profile[24]) {
    double sum = 0;
    for (unsigned h = 0; h < 24; h++) {
        sum += profile[h] * (double)by_hour[h];
    }
    return sum / (double)MILLIS_MINUTE;
}

double profile_minutes(const GArray *spans, const Zone *zone, const double profile[24]) {
    Millis by_hour[24] = {0};
    hours_of(spans, zone, by_hour);
    return weighed_minutes(by_hour, profile);
}

/* One service while its rows are made. */
typedef struct {
    const Outages *outages;
    const Store *store;
    const Config *config;
    const ServiceVerdict *verdict;
    const ServiceConfig *told; /* NULL: not configured */
    GArray *vantages;          /* Name, sorted */
    double vantage_users;      /* told of its vantages, summed */
    Millis observed, min, max; /* of its down windows */
    double low, high;          /* L and H */
    GArray *down;              /* of the service, counted */
    GArray *peak, *business;   /* of its vantages, to be united */
} Tally;

static bool votes(const Tally *t, const SeriesVerdict *v) {
    if (v->service != t->verdict->service || (v->signal == SIGNAL_REQUEST) != (t->verdict->basis == SIGNAL_REQUEST)) {
        return false;
    }
    const char *check = ds_store_name(t->store, v->check);
    return v->signal == SIGNAL_REQUEST || !t->told || !t->told->checks ||
           g_strv_contains((const char *const *)t->told->checks, check);
}

static int by_number(gconstpointer a, gconstpointer b) {
    Name x = *(const Name *)a, y = *(const Name *)b;
    return (x > y) - (x < y);
}

static GArray *vantages_of(const Tally *t) {
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Name));
    for (guint i = 0; i < t->outages->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(t->outages->series, SeriesVerdict, i);
        if (votes(t, v) && g_hash_table_add(seen, GUINT_TO_POINTER(v->vantage))) {
            g_array_append_val(out, v->vantage);
        }
    }
    g_array_sort(out, by_number);
    return out;
}

/* Time at which the vantage itself was at fault, by its flagged windows of this series. */
static GArray *faults_of(const Tally *t, const SeriesVerdict *v) {
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Segment));
    for (guint i = 0; i < t->outages->windows->len; i++) {
        const Window *w = &g_array_index(t->outages->windows, Window, i);
        if ((w->flags & FLAG_VANTAGE_FAULT) && w->signal == v->signal && w->service == v->service &&
            w->vantage == v->vantage && w->check == v->check) {
            Segment s = {w->start, w->end == INSTANT_NONE ? t->outages->to : w->end, w->state};
            g_array_append_val(all, s);
        }
    }
    return spans_united(all);
}

static GArray *down_of(const Tally *t, Name vantage) {
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Segment));
    for (guint i = 0; i < t->outages->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(t->outages->series, SeriesVerdict, i);
        if (v->vantage == vantage && votes(t, v)) {
            g_autoptr(GArray) down = spans_of(v->band, STATE_DOWN);
            g_autoptr(GArray) faults = faults_of(t, v);
            g_autoptr(GArray) real = spans_minus(down, faults);
            g_array_append_vals(all, real->data, real->len);
        }
    }
    g_autoptr(GArray) united = spans_united(all);
    g_auto(Counted) counted = counted_find(t->outages, t->store, t->config, t->verdict->service, vantage);
    return spans_common(united, counted.rest);
}

static const VantageConfig *vantage_told(const Tally *t, Name vantage) {
    return ds_config_vantage(t->config, ds_store_name(t->store, vantage));
}

static double users_of(const Tally *t, Name vantage) {
    const VantageConfig *v = vantage_told(t, vantage);
    double own = v && v->users > 0 ? v->users : 0;
    if (t->told && t->told->vantage_users) {
        const double *users = g_hash_table_lookup(t->told->vantage_users, ds_store_name(t->store, vantage));
        if (users) {
            return *users;
        }
    }
    double all = t->told ? t->told->users : 0;
    if (all > 0 && t->vantage_users > 0) {
        return own > 0 ? all * own / t->vantage_users : NAN;
    }
    if (own > 0) {
        return own;
    }
    return all > 0 ? all / t->vantages->len : NAN;
}

/* What lies within the rules; none where there are no such hours. */
static GArray *in_hours(const Tally *t, const GArray *down, const GArray *rules) {
    if (!rules) {
        return spans_new();
    }
    g_autoptr(GArray) hours = ds_hours_within(rules, NULL, t->outages->from, t->outages->to);
    return spans_common(down, hours);
}

static double told_or_nan(double amount) {
    return amount > 0 ? amount : NAN;
}

/* a + b, where either may not be told. */
static double sum_told(double a, double b) {
    return isnan(a) ? b : isnan(b) ? a : a + b;
}

static void set_range(const Tally *t, Loss *loss) {
    loss->observed = t->observed;
    loss->min = t->min;
    loss->max = t->max;
    loss->cost_low = loss->cost * t->config->cost_low * t->low;
    loss->cost_high = loss->cost * t->config->cost_high * t->high;
}

static Loss vantage_loss(const Tally *t, Name vantage) {
    const VantageConfig *told = vantage_told(t, vantage);
    g_autoptr(GArray) down = down_of(t, vantage);
    g_autoptr(GArray) peak = in_hours(t, down, told ? told->peak : NULL);
    g_autoptr(GArray) business = in_hours(t, down, told ? told->business : NULL);
    g_array_append_vals(t->peak, peak->data, peak->len);
    g_array_append_vals(t->business, business->data, business->len);
    const Zone *zone = told && told->zone ? told->zone : t->config->zone;
    double users = users_of(t, vantage), rate = told_or_nan(t->config->cost_per_user_minute);
    Loss loss = {.service = t->verdict->service,
                 .vantage = vantage,
                 .down = spans_length(down),
                 .peak = spans_length(peak),
                 .business = spans_length(business),
                 .users = users,
                 .cost_per_minute = NAN,
                 .cost_per_user_minute = rate};
    hours_of(down, zone, loss.by_hour);
    loss.user_minutes = users * weighed_minutes(loss.by_hour, t->config->profile);
    loss.cost = loss.user_minutes * rate;
    set_range(t, &loss);
    return loss;
}

static void find_uncertainty(Tally *t) {
    for (guint i = 0; i < t->outages->windows->len; i++) {
        const Window *w = &g_array_index(t->outages->windows, Window, i);
        if (w->signal == SIGNAL_SERVICE && w->service == t->verdict->service && w->state == STATE_DOWN &&
            !(w->flags & FLAG_BLIP) && w->override != OVERRIDE_FALSE) {
            t->observed += w->observed;
            t->min += w->min == MILLIS_NONE ? w->observed : w->min;
            t->max += w->max == MILLIS_NONE ? w->observed : w->max;
        }
    }
    t->low = t->observed > 0 ? MIN((double)t->min / (double)t->observed, 1) : 1;
    t->high = t->observed > 0 ? MAX((double)t->max / (double)t->observed, 1) : 1;
}

/* The part of the service's down time in which one of its vantages was down in such hours. */
static Millis in_any(const Tally *t, const GArray *parts) {
    g_autoptr(GArray) united = spans_united(parts);
    g_autoptr(GArray) common = spans_common(t->down, united);
    return spans_length(common);
}

static Loss service_loss(const Tally *t, const GArray *rows) {
    double rate = t->told && t->told->cost_per_minute > 0 ? t->told->cost_per_minute : t->config->cost_per_minute;
    Loss loss = {.service = t->verdict->service,
                 .vantage = NAME_NONE,
                 .down = spans_length(t->down),
                 .peak = in_any(t, t->peak),
                 .business = in_any(t, t->business),
                 .users = NAN,
                 .user_minutes = NAN,
                 .cost_per_minute = told_or_nan(rate),
                 .cost_per_user_minute = told_or_nan(t->config->cost_per_user_minute)};
    for (guint i = 0; i < rows->len; i++) {
        const Loss *row = &g_array_index(rows, Loss, i);
        loss.users = sum_told(loss.users, row->users);
        loss.user_minutes = sum_told(loss.user_minutes, row->user_minutes);
    }
    double minutes = (double)loss.down / (double)MILLIS_MINUTE;
    loss.cost = sum_told(loss.cost_per_minute * minutes, loss.cost_per_user_minute * loss.user_minutes);
    set_range(t, &loss);
    return loss;
}

static void measure_service(Impact *impact, Tally *t) {
    g_auto(Counted) counted = counted_find(t->outages, t->store, t->config, t->verdict->service, NAME_NONE);
    g_autoptr(GArray) down = spans_of(t->verdict->band, STATE_DOWN);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Loss));
    t->down = spans_common(down, counted.rest);
    t->vantages = vantages_of(t);
    t->peak = g_array_new(FALSE, FALSE, sizeof(Segment));
    t->business = g_array_new(FALSE, FALSE, sizeof(Segment));
    for (guint i = 0; i < t->vantages->len; i++) {
        const VantageConfig *told = vantage_told(t, g_array_index(t->vantages, Name, i));
        t->vantage_users += told ? told->users : 0;
    }
    find_uncertainty(t);
    for (guint i = 0; i < t->vantages->len; i++) {
        Loss loss = vantage_loss(t, g_array_index(t->vantages, Name, i));
        g_array_append_val(rows, loss);
    }
    Loss whole = service_loss(t, rows);
    g_array_append_val(impact->losses, whole);
    g_array_append_vals(impact->losses, rows->data, rows->len);
    g_array_unref(t->down);
    g_array_unref(t->vantages);
    g_array_unref(t->peak);
    g_array_unref(t->business);
}

void losses_measure(Impact *impact, const Outages *o, const Store *store, const Config *config) {
    for (guint i = 0; i < o->services->len; i++) {
        Tally t = {
            .outages = o, .store = store, .config = config, .verdict = &g_array_index(o->services, ServiceVerdict, i)};
        t.told = ds_config_service(config, ds_store_name(store, t.verdict->service));
        measure_service(impact, &t);
    }
}
