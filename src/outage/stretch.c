/* SPDX-License-Identifier: MIT
 * From nats a bin to stretches of outage: Viterbi's path, cut where a silence longer than max-bridge tells nothing,
 * trimmed to the bins that speak for an outage, and kept where the whole is better explained as one by the cost of the
 * change and the logarithm of the number of bins (so many chances to be fooled). */
#include "outage/stretch.h"

#include "outage/detect.h"

#include <math.h>

static uint8_t *path_of(const double *gain, guint n, double change) {
    uint8_t *path = g_new0(uint8_t, MAX(n, 1));
    g_autofree double *cost = g_new0(double, 2 * (gsize)MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        cost[2 * i + 1] = -gain[i];
    }
    viterbi_two(cost, n, change, path);
    return path;
}

/* Cuts one run of state 1 where nothing was told for longer than bridge, and trims what speaks for no outage. */
static void split_run(const Scene *scene, const double *gain, guint from, guint to, GArray *out) {
    const GArray *steps = scene->steps;
    bool open = false;
    Stretched s = {0};
    for (guint i = from; i < to; i++) {
        if (gain[i] <= 0) {
            continue;
        }
        if (open && step_at(steps, i)->start - step_end(step_at(steps, s.to - 1), scene->width) > scene->bridge) {
            bool told = false;
            for (guint k = s.to; k < i && !told; k++) {
                told = gain[k] < 0;
            }
            if (!told) {
                g_array_append_val(out, s);
                open = false;
            }
        }
        if (!open) {
            s.from = i;
            open = true;
        }
        s.to = i + 1;
    }
    if (open) {
        g_array_append_val(out, s);
    }
}

GArray *traffic_stretches(const Scene *scene, const double *gain, double change) {
    const GArray *steps = scene->steps;
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Stretched));
    g_autofree uint8_t *path = path_of(gain, steps->len, change);
    double bins = 1;
    for (guint i = 0; i < steps->len; i++) {
        bins += step_at(steps, i)->known ? (double)step_at(steps, i)->bins : 0;
    }
    for (guint i = 0; i < steps->len;) {
        guint from = i;
        while (i < steps->len && path[i]) {
            i++;
        }
        split_run(scene, gain, from, i, out);
        i += i == from ? 1 : 0;
    }
    guint kept = 0;
    for (guint k = 0; k < out->len; k++) {
        Stretched s = g_array_index(out, Stretched, k);
        for (guint i = s.from; i < s.to; i++) {
            s.score += gain[i];
        }
        s.score -= change + log(bins);
        if (s.score > 0) {
            g_array_index(out, Stretched, kept++) = s;
        }
    }
    g_array_set_size(out, kept);
    return out;
}
