/* SPDX-License-Identifier: MIT
 * Edges of request windows, refined inside the edge bins. Errors: start = the first bad request after the last good one
 * before, end = the first good one after the last bad one; the bounds reach from the one to the other, and at least
 * half a bin to both sides, since logs are stamped to the second and an outage need not fail every request. Where only
 * a part of them fails while some always do, an edge lies where the bad ones too many in two bins put it, plus or minus
 * two standard errors. Silence: start = when the request after the last one was due, at the latest the end of that
 * one's bin; end = the next request. The outage began after that last request and at most three usual intervals later,
 * and ended likewise before the next one. Neighbours beyond a silence longer than max-bridge prove nothing: there the
 * edge is unobserved. Where the log itself counted, an edge may lie anywhere within the time that one count is of. */
#include "outage/edges.h"

#include <math.h>

#define CLEAN_SHARE 0.9  /* of bad requests: from here on every one may be taken for a failure of the outage */
#define USUAL_BAD 0.2    /* bad requests that a bin holds anyway, up to which the first one marks the edge */
#define MANY_BAD 10.0    /* failures a bin, from which on the first one is near enough to the edge */
#define LEAST_COUNT 20.0 /* requests a bin, from which on shares tell more than single requests do */

guint step_seek(const Scene *scene, Instant instant) {
    guint low = 0, high = scene->steps->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (step_end(step_at(scene->steps, middle), scene->width) > instant) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static Instant first_request(const Bin *b) {
    if (b->first_bad == INSTANT_NONE || b->first_good == INSTANT_NONE) {
        return MAX(b->first_bad, b->first_good);
    }
    return MIN(b->first_bad, b->first_good);
}

/* The longest time that one count in either bin is of. */
static Millis grain_near(const Bin *a, const Bin *b) {
    return MAX(a ? a->grain : 0, b ? b->grain : 0);
}

static Instant last_request(const Bin *b) {
    return MAX(b->last_bad, b->last_good); /* INSTANT_NONE is the least of all */
}

/* The nearest bins with traffic outside a stretch, and whether all between was known. NULL: none. */
static const Bin *bin_before(const Scene *scene, guint from, bool *known) {
    *known = true;
    for (guint i = from; i-- > 0;) {
        const Step *s = step_at(scene->steps, i);
        if (s->bin) {
            return s->bin;
        }
        *known = *known && s->known;
    }
    return NULL;
}

static const Bin *bin_after(const Scene *scene, guint to, bool *known) {
    *known = true;
    for (guint i = to; i < scene->steps->len; i++) {
        const Step *s = step_at(scene->steps, i);
        if (s->bin) {
            return s->bin;
        }
        *known = *known && s->known;
    }
    return NULL;
}

/* The data end inside the outage, or what follows is too far away to prove anything. after: first request there. */
static void end_unproved(const Scene *scene, Instant end, Instant after, Window *w) {
    w->end = end;
    w->end_lo = MAX(w->end_lo, end - scene->width);
    if (after != INSTANT_NONE) {
        w->flags |= FLAG_END_UNOBSERVED;
        w->end_hi = after;
        return;
    }
    bool ongoing = scene->to <= end + scene->max_gap && scene->to > end - scene->width;
    w->flags |= ongoing ? FLAG_ONGOING : FLAG_END_UNOBSERVED;
    w->end_hi = MAX(scene->to, w->end_lo);
    if (ongoing) {
        w->end = INSTANT_NONE;
    }
}

/* Nothing before proves a normal state near by. */
static void start_unproved(const Scene *scene, const Bin *before, Window *w) {
    w->flags |= before ? FLAG_START_UNOBSERVED : FLAG_STARTED_BEFORE;
    w->start_lo = before ? last_request(before) : MIN(scene->from, w->start);
}

static void start_of_errors(const Scene *scene, const Stretched *s, Window *w) {
    const Bin *bin = step_at(scene->steps, s->from)->bin;
    bool known;
    const Bin *before = bin_before(scene, s->from, &known);
    w->start = w->start_hi = bin->first_bad;
    w->proof[PROOF_FIRST_DOWN] = bin->origin_bad;
    if (bin->first_good != INSTANT_NONE && bin->first_good < bin->first_bad) {
        w->start_lo = bin->last_good < bin->first_bad ? bin->last_good : bin->first_good;
        w->proof[PROOF_LAST_UP] = bin->first;
    } else if (!before || !known || bin->start - before->start > scene->bridge) {
        start_unproved(scene, before, w);
    } else {
        w->start_lo = before->last_good == INSTANT_NONE ? before->start : before->last_good;
        w->proof[PROOF_LAST_UP] = before->last;
        bool tail = before->bad && before->first_bad > before->last_good && before->last_good != INSTANT_NONE;
        if (tail && before->start + scene->width == bin->start) { /* its first failures, too few to turn that bin */
            w->start = w->start_hi = before->first_bad;
            w->proof[PROOF_FIRST_DOWN] = before->origin_bad;
        }
    }
    Millis slack = MAX(scene->width / 2, grain_near(bin, before));
    w->start_lo = MIN(w->start_lo, w->start - slack);
    w->start_hi = w->start + slack;
}

static void end_of_errors(const Scene *scene, const Stretched *s, Window *w) {
    const Step *step = step_at(scene->steps, s->to - 1);
    const Bin *bin = step->bin;
    bool known;
    const Bin *after = bin_after(scene, s->to, &known);
    Instant edge = step_end(step, scene->width);
    w->end_lo = bin->last_bad;
    w->proof[PROOF_LAST_DOWN] = bin->last;
    if (bin->last_good != INSTANT_NONE && bin->last_good > bin->last_bad) {
        w->end = bin->first_good > bin->last_bad ? bin->first_good : bin->last_bad + 1;
        w->proof[PROOF_FIRST_UP] = bin->last;
    } else if (!after || !known || after->start - edge > scene->bridge) {
        end_unproved(scene, edge, after ? first_request(after) : INSTANT_NONE, w);
        return;
    } else {
        Instant good = after->first_good == INSTANT_NONE ? after->start : after->first_good;
        double silence = (double)(after->start - edge) / (double)scene->width;
        bool usual = silence <= 3 || (step->pace > 0 && silence * step->pace <= 3);
        w->end = usual ? good : edge;
        w->proof[PROOF_FIRST_UP] = after->first;
        if (after->start == edge && after->bad && after->last_bad < good) { /* its last failures */
            w->end_lo = after->last_bad;
        }
        w->end_hi = good;
    }
    Millis slack = MAX(scene->width / 2, grain_near(bin, after));
    w->end_hi = MAX(w->end_hi, w->end + slack);
    w->end_lo = MIN(w->end_lo, w->end - slack);
}

/* Bins of outage among n from low on, by the bad requests that are too many, and its standard error. */
static double bins_raised(const Scene *scene, const Stretched *s, guint low, guint n, double *error) {
    double raised = 0, variance = 0;
    for (guint i = low; i < low + n; i++) {
        const Bin *bin = step_at(scene->steps, i)->bin;
        double count = (double)bin->total, full = count * (s->share - s->normal);
        raised += ((double)bin->bad - count * s->normal) / full;
        variance += ((double)bin->bad + 1) / (full * full);
    }
    *error = sqrt(variance);
    return CLAMP(raised, 0, n);
}

/* Is less than half of what a bin of outage holds in this one? Then the edge lies in the next one inside. */
static bool lean(const Stretched *s, const Bin *bin) {
    return bin && (double)bin->bad < (double)bin->total * (s->share + s->normal) / 2;
}

/* Neighbouring bins [low, low + n) with traffic in all of them. */
static bool side_by_side(const Scene *scene, guint low, guint n) {
    for (guint i = low; i < low + n; i++) {
        if (i >= scene->steps->len || !step_at(scene->steps, i)->bin) {
            return false;
        }
    }
    return true;
}

/* The bins around an edge, half of them inside: two, or four where a bin holds too few failures to say which one it is.
 */
static bool bins_around(const Scene *scene, const Stretched *s, bool start, guint *low, guint *n) {
    const Bin *bin = step_at(scene->steps, start ? s->from : s->to - 1)->bin;
    bool wide = (double)bin->total * s->share<MANY_BAD, inside = s->to - s->from> 1 && !wide && lean(s, bin);
    guint edge = start ? s->from + (inside ? 1 : 0) : s->to - (inside ? 1 : 0),
          half = wide && s->to - s->from > 1 ? 2 : 1;
    *low = edge - half;
    *n = 2 * half;
    return edge >= half && side_by_side(scene, *low, *n);
}

/* How far an edge may be from where the shares of n bins put it. */
static Millis share_slack(const Scene *scene, guint low, guint n, double error) {
    Millis grain = scene->grain;
    for (guint i = low; i < low + n; i++) {
        grain = MAX(grain, grain_near(step_at(scene->steps, i)->bin, NULL));
    }
    return (Millis)((double)scene->width * MAX(0.5, 2 * error)) + grain;
}

static void start_by_share(const Scene *scene, const Stretched *s, Window *w) {
    guint low, n;
    if (bins_around(scene, s, true, &low, &n)) {
        double error, raised = bins_raised(scene, s, low, n, &error);
        Millis slack = share_slack(scene, low, n, error);
        w->start = step_end(step_at(scene->steps, low + n - 1), scene->width) - (Millis)(raised * (double)scene->width);
        w->start_lo = w->start - slack;
        w->start_hi = w->start + slack;
    }
}

static void end_by_share(const Scene *scene, const Stretched *s, Window *w) {
    guint low, n;
    if (bins_around(scene, s, false, &low, &n)) {
        double error, raised = bins_raised(scene, s, low, n, &error);
        Millis slack = share_slack(scene, low, n, error);
        w->end = step_at(scene->steps, low)->start + (Millis)(raised * (double)scene->width);
        w->end_lo = w->end - slack;
        w->end_hi = w->end + slack;
    }
}

/* Does the edge stand in the bin itself? Good ones first, then only bad ones (or the other way round), more than usual.
 */
static bool parted(const Bin *bin, bool start, double usual) {
    bool apart =
        start ? bin->last_good < bin->first_bad : bin->first_good == INSTANT_NONE || bin->first_good > bin->last_bad;
    double due = usual * (double)bin->total;
    return apart && (double)bin->bad >= MAX(2, due + 2 * sqrt(due));
}

/* The same of the edge bin of a stretch, or of the one just outside. */
static bool edge_stands(const Scene *scene, const Stretched *s, bool start) {
    guint inside = start ? s->from : s->to - 1,
          outside = start ? s->from - 1 : s->to; /* before the first: beyond all */
    const Bin *near = outside < scene->steps->len ? step_at(scene->steps, outside)->bin : NULL;
    return parted(step_at(scene->steps, inside)->bin, start, s->normal) || (near && parted(near, start, s->normal));
}

/* Where only a part of the requests fails, the first failure comes late; where some always fail, it may come too early.
 */
static void edges_by_share(const Scene *scene, const Stretched *s, Window *w) {
    double total = 0;
    for (guint i = s->from; i < s->to; i++) {
        total += step_at(scene->steps, i)->bin ? (double)step_at(scene->steps, i)->bin->total : 0;
    }
    double per_bin = total / (s->to - s->from);
    const unsigned of_start = FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED;
    const unsigned of_end = FLAG_ONGOING | FLAG_END_UNOBSERVED;
    bool few = s->share < CLEAN_SHARE && per_bin * s->share < MANY_BAD;
    if (per_bin >= LEAST_COUNT && (few || per_bin * s->normal > USUAL_BAD)) {
        if (!(w->flags & of_start) && !edge_stands(scene, s, true)) {
            start_by_share(scene, s, w);
        }
        if (!(w->flags & of_end) && !edge_stands(scene, s, false)) {
            end_by_share(scene, s, w);
        }
        return;
    }
    if (s->share >= CLEAN_SHARE) {
        return;
    }
    Millis wait = (Millis)(3 * (double)scene->width / (per_bin * s->share)); /* one bad request to the next, thrice */
    w->start_lo = w->flags & of_start ? w->start_lo : MIN(w->start_lo, w->start - wait);
    w->end_hi = w->flags & of_end ? w->end_hi : MAX(w->end_hi, w->end_lo + wait);
}

void edges_of_errors(const Scene *scene, const Stretched *s, Window *w) {
    w->end_hi = INSTANT_NONE;
    start_of_errors(scene, s, w);
    end_of_errors(scene, s, w);
    if (s->share > s->normal) {
        edges_by_share(scene, s, w);
    }
    w->end_lo = MAX(w->end_lo, w->start_lo);
}

void edges_of_slowness(const Scene *scene, const Scene *slow, const Stretched *s, Window *w) {
    const Step *first = step_at(scene->steps, s->from), *last = step_at(scene->steps, s->to - 1);
    bool before_known, after_known;
    const Bin *before = bin_before(slow, s->from, &before_known), *after = bin_after(slow, s->to, &after_known);
    Instant edge = step_end(last, scene->width);
    w->start = first->start;
    w->start_lo = w->start - scene->width;
    w->start_hi = w->start + scene->width;
    w->end = edge;
    w->end_lo = edge - scene->width;
    w->end_hi = edge + scene->width;
    w->proof[PROOF_FIRST_DOWN] = first->bin->first;
    w->proof[PROOF_LAST_DOWN] = last->bin->last;
    if (!before || !before_known || first->start - before->start > scene->bridge) {
        w->flags |= before ? FLAG_START_UNOBSERVED : FLAG_STARTED_BEFORE;
        w->start_lo = before ? before->start : MIN(scene->from, w->start);
    } else {
        w->proof[PROOF_LAST_UP] = before->last;
        w->start_lo = MIN(w->start_lo, before->start);
        start_by_share(slow, s, w);
    }
    if (!after || !after_known || after->start - edge > scene->bridge) {
        end_unproved(scene, edge, after ? after->start : INSTANT_NONE, w);
    } else {
        w->proof[PROOF_FIRST_UP] = after->first;
        w->end_hi = MAX(w->end_hi, after->start);
        end_by_share(slow, s, w);
    }
    Millis slack = scene->width + slow->grain; /* not all requests of an edge bin need be slow ones */
    w->start_lo = MIN(w->start_lo, w->start - slack);
    w->start_hi = MAX(w->start_hi, w->start + slack);
    if (w->end != INSTANT_NONE) {
        w->end_lo = MIN(w->end_lo, w->end - slack);
        w->end_hi = MAX(w->end_hi, w->end + slack);
    }
    w->end_lo = MAX(w->end_lo, w->start_lo);
}

/* The mean time between requests. */
static Millis interval(const Scene *scene, const Step *step) {
    return step->level > 0 ? (Millis)ceil(MIN(1 / step->level, 1e6) * (double)scene->width) : scene->width;
}

/* How long an outage of silence may have been on (or over) without a request showing it. */
static Millis slack(const Scene *scene, const Step *step) {
    double bins = step->hush > 0 ? MIN(3 / step->hush, 1e6) : 1;
    return (Millis)ceil(MAX(bins, 1) * (double)scene->width);
}

/* The latest instant at which traffic came back. Where the bin of the first request holds far fewer than a recovery by
 * then would have brought, that one may be among the few that always come through; the number tells when the others
 * came. */
static Instant recovery(const Scene *scene, const Step *step, const Bin *after) {
    Instant first = first_request(after), end = after->start + scene->width;
    double count = (double)after->total, full = MAX(step->level, 1);
    double due = full * (double)(end - first) / (double)scene->width;
    if (count >= due - 2 * sqrt(due)) {
        return first;
    }
    double part = MAX(count - 2 * sqrt(count), 0) / full;
    return end - (Millis)(part * (double)scene->width);
}

void edges_of_silence(const Scene *scene, const Stretched *s, Window *w) {
    const Step *first = step_at(scene->steps, s->from), *last = step_at(scene->steps, s->to - 1);
    bool before_known, after_known;
    const Bin *before = bin_before(scene, s->from, &before_known), *after = bin_after(scene, s->to, &after_known);
    Instant edge = step_end(last, scene->width);
    w->start = first->start;
    w->start_lo = w->start - scene->width;
    w->start_hi = w->start + scene->width; /* a trickle was left: within a bin on both sides */
    if (!before || !before_known) {
        start_unproved(scene, before, w);
    } else {
        w->proof[PROOF_LAST_UP] = before->last;
        if (!first->bin) {
            w->start_lo = last_request(before);
            w->start = MIN(w->start, w->start_lo + interval(scene, first));
            w->start_hi = MAX(w->start, w->start_lo + slack(scene, first));
            w->start_lo -= before->grain;
        }
    }
    w->end_lo = edge - scene->width;
    w->end_hi = edge + scene->width;
    if (!after || !after_known) {
        end_unproved(scene, edge, after ? first_request(after) : INSTANT_NONE, w);
    } else {
        w->proof[PROOF_FIRST_UP] = after->first;
        w->end = edge;
        if (!last->bin) {
            w->end = first_request(after);
            w->end_hi = MAX(w->end + MAX(scene->grain, after->grain), recovery(scene, last, after));
            w->end_lo = w->end - slack(scene, last);
        }
    }
    w->start_hi = MIN(w->start_hi, MAX(edge, w->start));
    w->end_lo = MAX(w->end_lo, w->start);
}
