/* SPDX-License-Identifier: MIT
 * Incidents known from users alone. Complaints about different services that merely overlap in time say nothing of a
 * common event, but a common onset does: surges whose onsets follow each other within attach-before are one cluster.
 * Clusters are taken by their weight (reports above the baseline); one that lies inside, or shortly before, an incident
 * already made is attached to it, and one that follows within reopen with a service of it goes on with it. Weak surges
 * make no incident: they are listed, and attached where they overlap one. */
#include "outage/room.h"

typedef struct {
    GArray *windows; /* guint */
    Instant start, end;
    double excess;
} Cluster;

static double excess_of(const Outages *o, guint window) {
    for (guint i = 0; i < o->surges->len; i++) {
        const Surge *s = &g_array_index(o->surges, Surge, i);
        if (s->window == window) {
            return s->excess;
        }
    }
    return 0;
}

static void clear_cluster(Cluster *cluster) {
    g_array_unref(cluster->windows);
}

static GArray *clusters_of(Outages *o, const gboolean *taken, Millis near) {
    g_autoptr(GArray) indices = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = outages_window(o, i);
        if (w->signal == SIGNAL_REPORT && !taken[i] && !(w->flags & FLAG_WEAK)) {
            g_array_append_val(indices, i);
        }
    }
    g_array_sort_with_data(indices, windows_by_start, o);
    GArray *clusters = g_array_new(FALSE, FALSE, sizeof(Cluster));
    g_array_set_clear_func(clusters, (GDestroyNotify)clear_cluster);
    Instant previous = INSTANT_NONE;
    for (guint i = 0; i < indices->len; i++) {
        guint index = g_array_index(indices, guint, i);
        const Window *w = outages_window(o, index);
        if (i == 0 || w->start - previous > near) {
            Cluster fresh = {g_array_new(FALSE, FALSE, sizeof(guint)), w->start, w->start, 0};
            g_array_append_val(clusters, fresh);
        }
        Cluster *cluster = &g_array_index(clusters, Cluster, clusters->len - 1);
        g_array_append_val(cluster->windows, index);
        cluster->end = MAX(cluster->end, window_end(w, o->to));
        cluster->excess += excess_of(o, index);
        previous = w->start;
    }
    return clusters;
}

static int by_weight(gconstpointer a, gconstpointer b) {
    const Cluster *x = a, *y = b;
    if (x->excess != y->excess) {
        return x->excess > y->excess ? -1 : 1;
    }
    return (x->start > y->start) - (x->start < y->start);
}

static bool shares_service(const Outages *o, const GArray *a, const GArray *b) {
    for (guint i = 0; i < a->len; i++) {
        for (guint k = 0; k < b->len; k++) {
            if (outages_window(o, g_array_index(a, guint, i))->service ==
                outages_window(o, g_array_index(b, guint, k))->service) {
                return true;
            }
        }
    }
    return false;
}

/* True where the cluster belongs to an incident of this pass already. */
static bool absorbed(Outages *o, guint first, const Cluster *cluster, const Config *config) {
    for (guint i = first; i < o->incidents->len; i++) {
        Incident *in = &g_array_index(o->incidents, Incident, i);
        if (cluster->start < in->end && cluster->end > in->start - config->detection.attach_before) {
            return true;
        }
        if (cluster->start >= in->end && cluster->start - in->end <= config->detection.reopen &&
            shares_service(o, in->windows, cluster->windows)) {
            incident_extend(o, in, cluster->windows);
            return true;
        }
    }
    return false;
}

void reported_find(Outages *o, const gboolean *taken, const Config *config) {
    g_autoptr(GArray) clusters = clusters_of(o, taken, config->detection.attach_before);
    g_array_sort(clusters, by_weight);
    guint first = o->incidents->len;
    for (guint i = 0; i < clusters->len; i++) {
        const Cluster *cluster = &g_array_index(clusters, Cluster, i);
        if (!absorbed(o, first, cluster, config)) {
            Incident *in = incident_begin(o->incidents, INCIDENT_REPORTED, cluster->start);
            incident_extend(o, in, cluster->windows);
        }
    }
}
