/* SPDX-License-Identifier: MIT
 * Windows that belong together in time, over services, are one incident (docs/semantics.md, Incidents); what users,
 * traffic and the operator said inside it, or shortly before, is attached. Surges or request windows without any
 * service window make incidents of their own kind. */
#include "outage/room.h"

/* One wholly inside honoured or excluded maintenance makes no incident. */
static bool wholly_planned(const Outages *o, const Store *store, const Config *config, const Window *w) {
    if (config->maintenance_mode == MAINTENANCE_IGNORE || !(w->flags & FLAG_MAINTENANCE)) {
        return false;
    }
    g_autoptr(GArray) planned = ds_outages_planned(o, store, w->service, w->vantage);
    Instant end = window_end(w, o->to);
    return band_time(planned, w->start, end, STATE_MAINTENANCE) == end - w->start;
}

int windows_by_start(gconstpointer a, gconstpointer b, gpointer data) {
    const Outages *o = data;
    guint i = *(const guint *)a, k = *(const guint *)b;
    const Window *x = outages_window(o, i), *y = outages_window(o, k);
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (i > k) - (i < k);
}

Incident *incident_begin(GArray *list, IncidentKind kind, Instant start) {
    Incident fresh = {.kind = kind,
                      .start = start,
                      .end = start,
                      .onset = start,
                      .windows = g_array_new(FALSE, FALSE, sizeof(guint)),
                      .attached = g_array_new(FALSE, FALSE, sizeof(guint)),
                      .notices = g_array_new(FALSE, FALSE, sizeof(guint)),
                      .services = g_array_new(FALSE, FALSE, sizeof(Name)),
                      .vantages = g_array_new(FALSE, FALSE, sizeof(Name))};
    g_array_append_val(list, fresh);
    return &g_array_index(list, Incident, list->len - 1);
}

void incident_extend(const Outages *o, Incident *in, const GArray *windows) {
    for (guint i = 0; i < windows->len; i++) {
        guint index = g_array_index(windows, guint, i);
        const Window *w = outages_window(o, index);
        g_array_append_val(in->windows, index);
        in->end = MAX(in->end, window_end(w, o->to));
        in->ongoing = in->ongoing || w->end == INSTANT_NONE;
    }
}

/* Groups windows (indices, sorted here by start) that overlap or follow within `reopen`. */
static void group(Outages *o, GArray *indices, IncidentKind kind, Millis reopen) {
    g_array_sort_with_data(indices, windows_by_start, o);
    Incident *open = NULL;
    for (guint i = 0; i < indices->len; i++) {
        g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_val(one, g_array_index(indices, guint, i));
        const Window *w = outages_window(o, g_array_index(indices, guint, i));
        if (!open || w->start - open->end > reopen) {
            open = incident_begin(o->incidents, kind, w->start);
        }
        incident_extend(o, open, one);
    }
}

static bool near_incident(const Incident *in, Instant start, Instant end, Millis before) {
    return start < MAX(in->end, in->start + 1) && end > in->start - before;
}

static bool has_name(const GArray *names, Name name) {
    for (guint i = 0; i < names->len; i++) {
        if (g_array_index(names, Name, i) == name) {
            return true;
        }
    }
    return false;
}

static int by_number(gconstpointer a, gconstpointer b) {
    Name x = *(const Name *)a, y = *(const Name *)b;
    return (x > y) - (x < y);
}

static void add_name(GArray *names, Name name) {
    if (!has_name(names, name)) {
        g_array_append_val(names, name);
        g_array_sort(names, by_number);
    }
}

static bool sampled(const Window *w) {
    return w->signal == SIGNAL_PROBE || w->signal == SIGNAL_TRANSITION;
}

/* Is this window (not one of the incident's own) to be attached? */
static bool attaches(const Incident *in, const Window *w, Instant to, Millis before) {
    Instant end = MAX(window_end(w, to), w->start + 1);
    bool own_service = has_name(in->services, w->service);
    if (w->signal == SIGNAL_REPORT || w->signal == SIGNAL_REQUEST || (w->flags & FLAG_BLIP)) {
        return near_incident(in, w->start, end, before);
    }
    return near_incident(in, w->start, end, 0) && (w->signal == SIGNAL_MONITOR || (sampled(w) && own_service));
}

static void attach(Outages *o, const Store *store, const Config *config, Incident *in, gboolean *taken) {
    Millis before = config->detection.attach_before;
    for (guint i = 0; i < in->windows->len; i++) {
        add_name(in->services, outages_window(o, g_array_index(in->windows, guint, i))->service);
    }
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = outages_window(o, i);
        if (w->signal == SIGNAL_SERVICE || w->override == OVERRIDE_FALSE || taken[i] == 2 ||
            !attaches(in, w, o->to, before)) {
            continue;
        }
        g_array_append_val(in->attached, i);
        taken[i] = 1;
    }
    size_t count;
    const Announcement *notices = ds_store_notices(store, &count);
    for (guint i = 0; i < count; i++) {
        if (near_incident(in, notices[i].time, notices[i].time + 1, before)) {
            g_array_append_val(in->notices, i);
        }
    }
}

/* ---- what an incident tells ---- */

/* The windows that show how it spread: of its series where there are any, else its own. */
static GArray *members(const Outages *o, const Incident *in) {
    GArray *out = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < in->attached->len; i++) {
        guint index = g_array_index(in->attached, guint, i);
        const Window *w = outages_window(o, index);
        if (sampled(w) && !(w->flags & (FLAG_BLIP | FLAG_VANTAGE_FAULT))) {
            g_array_append_val(out, index);
        }
    }
    if (out->len == 0) {
        g_array_append_vals(out, in->windows->data, in->windows->len);
    }
    g_array_sort_with_data(out, windows_by_start, (gpointer)(uintptr_t)o);
    return out;
}

static guint open_at(const Outages *o, const GArray *list, Instant at, bool down_only) {
    guint count = 0;
    for (guint i = 0; i < list->len; i++) {
        const Window *w = outages_window(o, g_array_index(list, guint, i));
        count += w->start <= at && window_end(w, o->to) > at && (!down_only || w->state == STATE_DOWN);
    }
    return count;
}

static void find_peak(const Outages *o, Incident *in, const GArray *list) {
    bool down_only = false;
    for (guint i = 0; i < list->len; i++) {
        down_only = down_only || outages_window(o, g_array_index(list, guint, i))->state == STATE_DOWN;
    }
    guint most = 0;
    in->peak = in->start;
    for (guint i = 0; i < list->len; i++) {
        Instant at = outages_window(o, g_array_index(list, guint, i))->start;
        guint count = open_at(o, list, at, down_only);
        if (count > most) {
            most = count;
            in->peak = MAX(at, in->start);
        }
    }
    in->first_recovery = INSTANT_NONE;
    for (guint i = 0; i < list->len; i++) {
        Instant end = outages_window(o, g_array_index(list, guint, i))->end;
        if (end != INSTANT_NONE && end > in->peak && (in->first_recovery == INSTANT_NONE || end < in->first_recovery)) {
            in->first_recovery = end;
        }
    }
    in->restored = in->ongoing ? INSTANT_NONE : in->end;
}

/* The last of the first onsets of its services and vantages. */
static void find_spread(const Outages *o, Incident *in, const GArray *list) {
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    in->spread = in->start;
    for (guint i = 0; i < list->len; i++) {
        const Window *w = outages_window(o, g_array_index(list, guint, i));
        int64_t *key = g_new(int64_t, 1);
        *key = (int64_t)(((uint64_t)w->service << 32) | w->vantage);
        if (g_hash_table_add(seen, key)) {
            in->spread = MAX(in->spread, w->start);
        }
    }
}

static int by_value(gconstpointer a, gconstpointer b) {
    Instant x = *(const Instant *)a, y = *(const Instant *)b;
    return (x > y) - (x < y);
}

/* Shared fate: the largest group of services with onsets within share-fate of its first. */
static void find_fate(const Outages *o, Incident *in, Millis within) {
    g_autoptr(GArray) onsets = g_array_new(FALSE, FALSE, sizeof(Instant));
    for (guint s = 0; s < in->services->len; s++) {
        for (guint i = 0; i < in->windows->len; i++) {
            const Window *w = outages_window(o, g_array_index(in->windows, guint, i));
            if (w->service == g_array_index(in->services, Name, s)) { /* by start: the first is the onset */
                g_array_append_val(onsets, w->start);
                break;
            }
        }
    }
    g_array_sort(onsets, by_value);
    const Instant *at = (const Instant *)(const void *)onsets->data;
    guint largest = 1;
    in->onset_spread = onsets->len ? at[onsets->len - 1] - at[0] : 0;
    for (guint i = 0; i < onsets->len; i++) {
        guint k = i;
        while (k + 1 < onsets->len && at[k + 1] - at[i] <= within) {
            k++;
        }
        if (k - i + 1 > largest) {
            largest = k - i + 1;
            in->onset_spread = at[k] - at[i];
            in->shared_fate = true;
        }
    }
}

static void consider(Incident *in, Signal signal, Instant at) {
    if (in->first_at == INSTANT_NONE || at < in->first_at || (at == in->first_at && signal < in->first_signal)) {
        in->first_at = at;
        in->first_signal = signal;
    }
}

static void find_first_signal(const Outages *o, const Store *store, Incident *in) {
    in->first_at = INSTANT_NONE;
    const GArray *lists[] = {in->windows, in->attached};
    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++) {
        for (guint i = 0; i < lists[l]->len; i++) {
            const Window *w = outages_window(o, g_array_index(lists[l], guint, i));
            if (w->signal != SIGNAL_SERVICE && has_name(in->services, w->service) &&
                !(w->flags & (FLAG_BLIP | FLAG_VANTAGE_FAULT))) {
                consider(in, w->signal, w->start);
            }
        }
    }
    size_t count;
    const Announcement *notices = ds_store_notices(store, &count);
    for (guint i = 0; i < in->notices->len; i++) {
        consider(in, SIGNAL_NOTICE, notices[g_array_index(in->notices, guint, i)].time);
    }
    if (in->first_at == INSTANT_NONE) {
        in->first_at = in->start;
        in->first_signal = SIGNAL_PROBE;
    }
}

/* Services judged by their traffic were seen from where the traffic was served. */
static void add_servers(const Outages *o, Incident *in) {
    for (guint i = 0; in->kind == INCIDENT_OUTAGE && i < in->attached->len; i++) {
        const Window *w = outages_window(o, g_array_index(in->attached, guint, i));
        if (w->signal == SIGNAL_REQUEST && has_name(in->services, w->service)) {
            add_name(in->vantages, w->vantage);
        }
    }
}

static void describe(Outages *o, const Store *store, const Config *config, Incident *in) {
    g_autoptr(GArray) list = members(o, in);
    for (guint i = 0; i < list->len; i++) {
        Name vantage = outages_window(o, g_array_index(list, guint, i))->vantage;
        if (vantage != NAME_NONE) {
            add_name(in->vantages, vantage);
        }
    }
    if (in->vantages->len == 0) {
        add_servers(o, in);
    }
    find_peak(o, in, list);
    find_spread(o, in, list);
    find_fate(o, in, config->detection.share_fate);
    find_first_signal(o, store, in);
}

static int by_onset(gconstpointer a, gconstpointer b) {
    const Incident *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (int)x->kind - (int)y->kind;
}

static void group_signal(Outages *o, Signal signal, IncidentKind kind, const gboolean *taken, Millis reopen) {
    g_autoptr(GArray) alone = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = outages_window(o, i);
        if (w->signal == signal && !taken[i] && w->override != OVERRIDE_FALSE &&
            (w->failures || !(w->flags & FLAG_WEAK))) {
            g_array_append_val(alone, i);
        }
    }
    group(o, alone, kind, reopen);
}

/* Request windows of services that have no other verdict are told by their service windows. */
static void take_told_requests(const Outages *o, gboolean *taken) {
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = outages_window(o, i);
        for (guint s = 0; w->signal == SIGNAL_REQUEST && s < o->services->len; s++) {
            const ServiceVerdict *v = &g_array_index(o->services, ServiceVerdict, s);
            if (v->service == w->service && v->basis == SIGNAL_REQUEST) {
                taken[i] = 1;
            }
        }
    }
}

void incidents_find(Outages *o, const Store *store, const Config *config) {
    Millis reopen = config->detection.reopen;
    g_autofree gboolean *taken = g_new0(gboolean, o->windows->len + 1);
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = outages_window(o, i);
        if (w->signal == SIGNAL_SERVICE && !(w->flags & FLAG_BLIP) && w->override != OVERRIDE_FALSE &&
            !wholly_planned(o, store, config, w)) {
            g_array_append_val(own, i);
        }
    }
    group(o, own, INCIDENT_OUTAGE, reopen);
    for (guint i = 0; i < o->incidents->len; i++) {
        attach(o, store, config, &g_array_index(o->incidents, Incident, i), taken);
    }
    take_told_requests(o, taken);
    guint outages = o->incidents->len;
    reported_find(o, taken, config);
    group_signal(o, SIGNAL_REQUEST, INCIDENT_REQUESTS, taken, reopen);
    for (guint i = outages; i < o->incidents->len; i++) {
        Incident *in = &g_array_index(o->incidents, Incident, i);
        for (guint k = 0; k < in->windows->len; k++) {
            taken[g_array_index(in->windows, guint, k)] = 2; /* own windows are not attached to themselves */
        }
    }
    for (guint i = outages; i < o->incidents->len; i++) {
        attach(o, store, config, &g_array_index(o->incidents, Incident, i), taken);
    }
    g_array_sort(o->incidents, by_onset);
    for (guint i = 0; i < o->incidents->len; i++) {
        Incident *in = &g_array_index(o->incidents, Incident, i);
        in->id = i + 1;
        describe(o, store, config, in);
    }
}
