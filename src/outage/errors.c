/* SPDX-License-Identifier: MIT
 * Stretches in which more requests fail than usual, by two levels of the automaton that request.c describes. */
#include "outage/counts.h"
#include "outage/stretch.h"

#include <math.h>

#define LEAST_P0 0.01
#define MOST_P0 0.5
#define LEAST_P1 0.4
#define MOST_P1 0.95
#define BLOCK_REQUESTS 20.0
#define MILD_STEP 0.05
#define MILD_LEAST 0.03 /* above normal, over the whole stretch */
#define MILD_MOST 0.25  /* from this share of bad requests on an outage is severe */
#define MILD_BAD 10
#define LOOSE_NATS 3.0
#define LEAST_SPREAD 0.1 /* one broken page fails for one visitor after the other */

/* p0: the quiet level of the bad share over blocks of some twenty requests. */
static double quiet_share(const GArray *steps, double total) {
    g_autoptr(GArray) bad = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
    double block = MIN(BLOCK_REQUESTS, total / 6), events = 0, exposure = 0;
    for (guint i = 0; i < steps->len; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        if (bin) {
            events += (double)bin->bad;
            exposure += (double)bin->total;
        }
        if (exposure > 0 && (exposure >= block || i + 1 == steps->len)) {
            g_array_append_val(bad, events);
            g_array_append_val(all, exposure);
            events = exposure = 0;
        }
    }
    return counts_quiet((double *)(void *)bad->data, (double *)(void *)all->data, bad->len);
}

/* What the error detector goes by. */
typedef struct {
    double quiet;        /* bad share of quiet times, as it is */
    double p0, p1, mild; /* of normal times, of severe and of mild outages, as supposed */
    double spread;       /* of bad requests in quiet times */
} Levels;

/* Nats by which a bad and a good request tell the share of a stretch from that of quiet times. */
typedef struct {
    double of_bad, of_good;
    double needed; /* nats above which a part could have been found alone */
} Loose;

static Levels levels_of(const GArray *steps) {
    double total = 0, excess = 0, scale = 0;
    for (guint i = 0; i < steps->len; i++) {
        total += step_at(steps, i)->bin ? (double)step_at(steps, i)->bin->total : 0;
    }
    Levels l = {.quiet = quiet_share(steps, total)};
    for (guint i = 0; i < steps->len; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        double usual = bin ? l.quiet * (double)bin->total : 0;
        if (bin && (double)bin->bad <= counts_limit(usual)) {
            excess += ((double)bin->bad - usual) * ((double)bin->bad - usual) - usual;
            scale += usual * usual;
        }
    }
    l.spread = scale > 0 ? CLAMP(excess / scale, LEAST_SPREAD, 1) : LEAST_SPREAD;
    l.p0 = CLAMP(l.quiet, MAX(LEAST_P0, 1 / (total + 2)), MOST_P0);
    l.p1 = CLAMP(3 * l.p0, LEAST_P1, MOST_P1);
    l.mild = l.p0 + MILD_STEP;
    return l;
}

/* Nats by which a severe outage of errors explains each step better than normal traffic does. */
static double *error_gains(const GArray *steps, const Levels *l) {
    double of_bad = log(l->p1 / l->p0), of_good = log((1 - l->p1) / (1 - l->p0));
    double *gain = g_new0(double, MAX(steps->len, 1));
    for (guint i = 0; i < steps->len; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        if (bin) {
            gain[i] = (double)bin->bad * of_bad + (double)(bin->total - bin->bad) * of_good;
        }
    }
    return gain;
}

/* The same of a mild one. */
static double *mild_gains(const GArray *steps, const Levels *l) {
    double *gain = g_new0(double, MAX(steps->len, 1));
    for (guint i = 0; i < steps->len; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        if (bin) {
            double n = (double)bin->total;
            gain[i] = counts_gain((double)bin->bad, l->p0 * n, l->mild * n, l->spread);
        }
    }
    return gain;
}

/* The share of bad requests, without the edge bins where there are others; counts the bad ones of all. */
static double share_within(const GArray *steps, const Stretched *s, double *bad) {
    double failed = 0, total = 0;
    guint spared = s->to - s->from > 2 ? 1 : 0;
    *bad = 0;
    for (guint i = s->from; i < s->to; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        *bad += bin ? (double)bin->bad : 0;
        if (bin && i >= s->from + spared && i + spared < s->to) {
            failed += (double)bin->bad;
            total += (double)bin->total;
        }
    }
    return total > 0 ? failed / total : 1;
}

/* The share of bad requests in the steps of a stretch that are in none of the others nor next to one, where its edge
 * may lie; 0 where there are none. */
static double share_beside(const GArray *steps, const Stretched *s, const GArray *others) {
    double failed = 0, total = 0;
    for (guint i = s->from; i < s->to; i++) {
        const Bin *bin = step_at(steps, i)->bin;
        bool within = false;
        for (guint k = 0; bin && !within && k < others->len; k++) {
            const Stretched *other = &g_array_index(others, Stretched, k);
            within = other->from <= i + 1 && i <= other->to;
        }
        failed += bin && !within ? (double)bin->bad : 0;
        total += bin && !within ? (double)bin->total : 0;
    }
    return total > 0 ? failed / total : 0;
}

/* How many steps at an end of the stretch are better explained by quiet times than by its own share of bad requests,
 * and are too few to have been found alone. The level that finds mild stretches lies far below the share of a strong
 * one, so that a crowd of bad requests by chance, minutes before or after, would be drawn into it. */
static guint loose_steps(const GArray *steps, const Stretched *s, const double *mild, const Loose *loose, bool start) {
    double sum = 0, least = -LOOSE_NATS, nats = 0;
    guint found = 0, length = s->to - s->from;
    for (guint k = 0; k + 1 < length; k++) {
        guint i = start ? s->from + k : s->to - 1 - k;
        const Bin *bin = step_at(steps, i)->bin;
        sum += bin ? (double)bin->bad * loose->of_bad + (double)(bin->total - bin->bad) * loose->of_good : 0;
        nats += mild[i];
        if (sum < least && nats < loose->needed) {
            least = sum;
            found = k + 1;
        }
    }
    return found;
}

/* Takes them off. needed: nats with which a stretch is found. */
static void tighten(const GArray *steps, const double *mild, const Levels *l, double needed, Stretched *s) {
    double bad, share = share_within(steps, s, &bad);
    if (share >= l->quiet + 2 * MILD_STEP && share < 1) {
        Loose loose = {log(share / l->p0), log((1 - share) / (1 - l->p0)), needed};
        s->from += loose_steps(steps, s, mild, &loose, true);
        s->to -= loose_steps(steps, s, mild, &loose, false);
    }
}

/* Puts a mild stretch among the severe ones, in place of those that it touches. */
static void replace(GArray *severe, Stretched mild) {
    guint kept = 0;
    for (guint i = 0; i < severe->len; i++) {
        Stretched s = g_array_index(severe, Stretched, i);
        if (s.from < mild.to && mild.from < s.to) {
            mild.from = MIN(mild.from, s.from);
            mild.to = MAX(mild.to, s.to);
            mild.score = MAX(mild.score, s.score);
        } else {
            g_array_index(severe, Stretched, kept++) = s;
        }
    }
    g_array_set_size(severe, kept);
    g_array_append_val(severe, mild);
}

GArray *traffic_errors(const Scene *scene, double change) {
    const GArray *steps = scene->steps;
    Levels l = levels_of(steps);
    g_autofree double *gain = error_gains(steps, &l), *less = mild_gains(steps, &l);
    GArray *found = traffic_stretches(scene, gain, change);
    g_autoptr(GArray) mild = traffic_stretches(scene, less, change);
    double bad;
    for (guint i = 0; i < mild->len && l.mild < MILD_MOST; i++) {
        Stretched *m = &g_array_index(mild, Stretched, i);
        tighten(steps, less, &l, change + log(1 + steps->len), m);
        double share = share_within(steps, m, &bad);
        bool between =
            share_beside(steps, m, found) >= l.quiet + MILD_LEAST; /* else it is good time between severe ones */
        if (bad >= MILD_BAD && share < MILD_MOST && share >= l.quiet + MILD_LEAST && between) {
            replace(found, *m);
        }
    }
    for (guint i = 0; i < found->len; i++) {
        Stretched *s = &g_array_index(found, Stretched, i);
        s->share = share_within(steps, s, &bad);
        s->normal = l.quiet;
    }
    return found;
}
