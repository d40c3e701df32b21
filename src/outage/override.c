/* SPDX-License-Identifier: MIT
 * Windows that people reclassified after the fact: planned, false, or with corrected edges. Bands and windows take the
 * override, so that sums and incidents follow it; what was measured is kept beside it. An override changes what it
 * names and nothing else: that of a service leaves the windows of its vantages as they are, and the other way round.
 * One that cannot be applied is told in a message, never passed over. */
#include "outage/room.h"

#include "base/text.h"

#define SECOND(at) ((at) / MILLIS_SECOND - ((at) % MILLIS_SECOND < 0))

typedef struct {
    Outages *o;
    const Store *store;
    const Config *config;
    const OverrideConfig *told;
    Name service, vantage;
} Task;

static Window *window_at(const Outages *o, guint index) {
    return &g_array_index(o->windows, Window, index);
}

static void fault(const Task *t, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void fault(const Task *t, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GString) shown = g_string_new(NULL);
    ds_text_visible(shown, ds_span_of(text));
    g_ptr_array_add(t->o->override_faults, g_strdup_printf("%s:%u: %s", t->config->path ? t->config->path : "settings",
                                                           t->told->line, shown->str));
}

/* Is it a window of what the override names? */
static bool named(const Task *t, const Window *w) {
    bool own = w->signal == SIGNAL_SERVICE;
    bool series = w->signal == SIGNAL_PROBE || w->signal == SIGNAL_TRANSITION || w->signal == SIGNAL_REQUEST;
    return w->service == t->service && !(w->flags & FLAG_BLIP) &&
           (t->told->vantage ? series && w->vantage == t->vantage : own);
}

static bool chosen(const Task *t, const Window *w) {
    if (t->told->at != INSTANT_NONE) { /* people write whole seconds */
        return SECOND(w->start) == SECOND(t->told->at);
    }
    return w->start >= t->told->from && w->start < t->told->to;
}

/* The window of that name that starts nearest to the time told; NULL for none. */
static const Window *nearest(const Task *t) {
    const Window *best = NULL;
    Instant aim = t->told->at != INSTANT_NONE ? t->told->at : t->told->from;
    for (guint i = 0; i < t->o->windows->len; i++) {
        const Window *w = window_at(t->o, i);
        if (named(t, w) && (!best || ABS(w->start - aim) < ABS(best->start - aim))) {
            best = w;
        }
    }
    return best;
}

static void tell_missing(const Task *t) {
    char at[INSTANT_TEXT_SIZE], end[INSTANT_TEXT_SIZE];
    const Window *best = nearest(t);
    const char *where = t->told->vantage ? " at " : "", *vantage = t->told->vantage ? t->told->vantage : "";
    if (!best) {
        fault(t, "the override matches nothing: %s%s%s has no window", t->told->service, where, vantage);
        return;
    }
    fault(t, "the override matches no window of %s%s%s; the nearest is %s, from %s to %s", t->told->service, where,
          vantage, ds_state_name(best->state), ds_instant_text(best->start, at),
          best->end == INSTANT_NONE ? "the end of the period" : ds_instant_text(best->end, end));
}

/* ---- bands ---- */

/* [from, to) of a band in the state `only` (STATE_COUNT: any) becomes `state`. */
static void repaint(GArray *band, Instant from, Instant to, State only, State state) {
    g_autoptr(GArray) out = band_new();
    for (guint i = 0; i < band->len; i++) {
        const Segment s = g_array_index(band, Segment, i);
        Instant a = CLAMP(from, s.start, s.end), b = CLAMP(to, a, s.end);
        band_put(out, s.start, a, s.state);
        band_put(out, a, b, only == STATE_COUNT || s.state == only ? state : s.state);
        band_put(out, b, s.end, s.state);
    }
    g_array_set_size(band, 0);
    g_array_append_vals(band, out->data, out->len);
}

static GArray *band_of(const Outages *o, const Window *w) {
    for (guint i = 0; w->signal == SIGNAL_SERVICE && i < o->services->len; i++) {
        if (g_array_index(o->services, ServiceVerdict, i).service == w->service) {
            return g_array_index(o->services, ServiceVerdict, i).band;
        }
    }
    for (guint i = 0; i < o->series->len; i++) {
        const SeriesVerdict *v = &g_array_index(o->series, SeriesVerdict, i);
        if (v->signal == w->signal && v->service == w->service && v->vantage == w->vantage && v->check == w->check) {
            return v->band;
        }
    }
    return NULL;
}

/* ---- what an override does ---- */

static void plan(const Task *t, const Window *w) {
    Announcement a = {.time = w->start,
                      .until = w->end,
                      .service = w->service,
                      .vantage = w->vantage,
                      .text = t->told->note,
                      .origin = {UINT32_MAX, 0}};
    g_array_append_val(t->o->planned, a);
}

/* Another window of the same series or service within the corrected edges; NULL for none. */
static const Window *in_the_way(const Outages *o, guint index, Instant start, Instant end) {
    const Window *own = window_at(o, index);
    for (guint i = 0; i < o->windows->len; i++) {
        const Window *w = window_at(o, i);
        if (i != index && w->signal == own->signal && w->service == own->service && w->vantage == own->vantage &&
            w->check == own->check && !(w->flags & FLAG_BLIP) && w->override != OVERRIDE_FALSE && w->start < end &&
            window_end(w, o->to) > start) {
            return w;
        }
    }
    return NULL;
}

static void correct(const Task *t, guint index) {
    Outages *o = t->o;
    Window *w = window_at(o, index);
    bool new_start = t->told->start != INSTANT_NONE, new_end = t->told->end != INSTANT_NONE;
    Instant start = MAX(new_start ? t->told->start : w->start, o->from);
    Instant end = new_end ? MIN(t->told->end, o->to) : window_end(w, o->to);
    char at[INSTANT_TEXT_SIZE];
    if (start >= end) {
        fault(t, "the corrected edges leave nothing of the window within the period");
        return;
    }
    const Window *other = in_the_way(o, index, start, end);
    if (other) {
        fault(t, "the corrected edges reach into the window that starts %s; declare that one false first",
              ds_instant_text(other->start, at));
        return;
    }
    GArray *band = band_of(o, w);
    repaint(band, w->start, window_end(w, o->to), w->state, STATE_UP);
    repaint(band, start, end, STATE_COUNT, w->state);
    w->flags &= ~(unsigned)((new_start ? FLAG_STARTED_BEFORE | FLAG_START_UNOBSERVED : 0) |
                            (new_end ? FLAG_ONGOING | FLAG_END_UNOBSERVED : 0));
    w->start = start;
    w->end = new_end ? end : w->end;
    w->observed = end - start;
    w->unknown = 0; /* a person says what the logs do not */
    w->min = w->max = w->likely = w->sigma = MILLIS_NONE;
    w->start_lo = w->start_hi = start;
    w->end_lo = w->end_hi = end;
}

static void apply(const Task *t, guint index) {
    Window *w = window_at(t->o, index);
    Override done = {.window = index, .told = t->told, .measured = *w};
    w->override = t->told->as;
    if (t->told->as == OVERRIDE_PLANNED) {
        plan(t, w);
    } else if (t->told->as == OVERRIDE_FALSE) {
        repaint(band_of(t->o, w), w->start, window_end(w, t->o->to), w->state, STATE_UP);
    } else {
        correct(t, index);
    }
    g_array_append_val(t->o->overrides, done);
}

static void apply_all(const Task *t) {
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < t->o->windows->len; i++) {
        const Window *w = window_at(t->o, i);
        if (named(t, w) && chosen(t, w) && w->override == OVERRIDE_NONE) {
            g_array_append_val(hits, i);
        }
    }
    if (hits->len == 0) {
        tell_missing(t);
    } else if (hits->len > 1 && t->told->as == OVERRIDE_CORRECTED) {
        fault(t, "corrected edges need one window, and the override matches %u", hits->len);
    } else {
        for (guint i = 0; i < hits->len; i++) {
            apply(t, g_array_index(hits, guint, i));
        }
    }
}

void overrides_apply(Outages *o, const Store *store, const Config *config) {
    for (guint i = 0; i < config->overrides->len; i++) {
        const OverrideConfig *told = g_ptr_array_index(config->overrides, i);
        Task t = {
            .o = o, .store = store, .config = config, .told = told, .service = ds_store_find(store, told->service)};
        t.vantage = told->vantage ? ds_store_find(store, told->vantage) : NAME_NONE;
        if (t.service == NAME_NONE || (told->vantage && t.vantage == NAME_NONE)) {
            fault(&t, "the override matches nothing: no record tells of the %s '%s'",
                  t.service == NAME_NONE ? "service" : "vantage",
                  t.service == NAME_NONE ? told->service : told->vantage);
            continue;
        }
        apply_all(&t);
    }
}

const Override *ds_outages_override(const Outages *o, const Window *window) {
    for (guint i = 0; window->override != OVERRIDE_NONE && o->overrides && i < o->overrides->len; i++) {
        const Override *found = &g_array_index(o->overrides, Override, i);
        if (window_at(o, found->window) == window) {
            return found;
        }
    }
    return NULL;
}

const Window *ds_outages_measured(const Outages *o, const Window *window) {
    const Override *found = window->override == OVERRIDE_CORRECTED ? ds_outages_override(o, window) : NULL;
    return found ? &found->measured : window;
}
