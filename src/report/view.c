/* SPDX-License-Identifier: MIT
 * The page's first screen and its order: one incident is told at once; several get a summary and a chapter each; none
 * is said plainly, with what was watched, so that nobody takes an empty page for a quiet night. */
#include "report/view.h"

#include "report/output.h"
#include "report/tree.h"

json_t *view_capped(json_t *rows, size_t total, const char *where) {
    size_t shown = json_array_size(rows);
    if (shown == 0) {
        json_decref(rows);
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "rows", rows);
    g_autofree char *rest = words_count(total - shown), *all = words_count(total);
    tree_put(object, "more", total > shown ? g_strdup_printf("and %s more in %s", rest, where) : NULL);
    tree_put_text(object, "count", all);
    return object;
}

void view_instant(const Report *report, json_t *row, const char *key, Instant instant) {
    const Zone *zone = words_zone(report);
    g_autofree char *local = g_strconcat(key, "_local", NULL);
    tree_put(row, key, words_instant(instant, NULL));
    tree_put(row, local, zone ? words_instant(instant, zone) : NULL);
}

void view_origins(const Report *report, json_t *row, const char *key, const Origin *origins, unsigned count) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < count; i++) {
        if (origins[i].line) {
            g_string_append(text, text->len ? ", " : "");
            ds_report_origin(report, origins[i], text);
        }
    }
    tree_put_text(row, key, text->str);
}

void view_fact(json_t *facts, const char *label, char *value, char *note) {
    json_t *fact = json_object();
    json_object_set_new(fact, "label", json_string(label));
    tree_put(fact, "value", value);
    json_t *lines = json_array(); /* the note, a line each of its parts */
    g_auto(GStrv) parts = g_strsplit(note ? note : "", "\n", -1);
    for (char **part = parts; *part; part++) {
        if (**part) {
            json_array_append_new(lines, tree_text(*part));
        }
    }
    g_autofree char *one = g_strjoinv("; ", parts);
    tree_put_text(fact, "note", one);
    json_object_set_new(fact, "lines", lines);
    g_free(note);
    json_array_append_new(facts, fact);
}

/* "3 services from 5 vantages, 12,345 checks read from 4 files" */
static char *watched(const Report *report) {
    uint64_t observations = 0;
    g_autoptr(GHashTable) vantages = g_hash_table_new(NULL, NULL);
    size_t count = ds_store_series(report->store);
    for (size_t i = 0; i < count; i++) {
        SeriesInfo info = ds_series_info(report->store, i);
        observations += info.count;
        if (info.signal != SIGNAL_REPORT) {
            g_hash_table_add(vantages, GUINT_TO_POINTER(info.vantage));
        }
    }
    g_autofree char *services = words_plural(report->outages->services->len, "service", "services");
    g_autofree char *places = words_plural(g_hash_table_size(vantages), "vantage", "vantages");
    g_autofree char *told = words_plural(observations, "observation", "observations");
    g_autofree char *files = words_plural(report->quality->files->len, "file", "files");
    return g_strdup_printf("%s watched from %s, %s in %s", services, places, told, files);
}

static void put_period(const Report *report, json_t *view) {
    const Outages *o = report->outages;
    json_t *period = json_object();
    view_instant(report, period, "start", o->from);
    view_instant(report, period, "end", o->to);
    tree_put(period, "length", words_duration(o->to - o->from));
    tree_put(period, "watched", watched(report));
    json_object_set_new(view, "period", period);
    const Zone *zone = words_zone(report);
    tree_put_text(view, "zone", zone ? ds_zone_name(zone) : NULL);
    view_instant(report, view, "generated", report->generated);
}

static ChartRange whole(const Report *report) {
    return (ChartRange){report->outages->from, report->outages->to, words_zone(report)};
}

static void put_overview(const Report *report, json_t *view) {
    g_autoptr(GString) bands = g_string_new(NULL), curves = g_string_new(NULL);
    g_autoptr(GPtrArray) rows = bands_rows(report, NULL);
    bands_chart(report, rows, whole(report), bands);
    curves_chart(report, NULL, whole(report), curves);
    tree_put_text(view, "bands", bands->str);
    tree_put_text(view, "curves", curves->str);
}

/* The service with the longest down time; NULL for none. */
static const Availability *most_down(const Report *report) {
    const Availability *worst = NULL;
    for (unsigned i = 0; i < report->impact->availability->len; i++) {
        const Availability *a = &g_array_index(report->impact->availability, Availability, i);
        worst = a->signal == SIGNAL_SERVICE && (!worst || a->down > worst->down) ? a : worst;
    }
    return worst;
}

/* Cards of a period without incident: what was seen all the same, and how much of the time. */
static json_t *quiet_facts(const Report *report) {
    json_t *facts = json_array();
    view_fact(facts, "Incidents", g_strdup("none"), NULL);
    const Availability *least = NULL;
    for (unsigned i = 0; i < report->impact->availability->len; i++) {
        const Availability *a = &g_array_index(report->impact->availability, Availability, i);
        least = a->signal == SIGNAL_SERVICE && (!least || a->coverage < least->coverage) ? a : least;
    }
    if (least) {
        view_fact(facts, "Time covered by logs", words_percent(least->coverage),
                  g_strdup_printf("of %s, the service least covered", ds_store_name(report->store, least->service)));
    }
    unsigned blips = 0, silences = 0;
    for (unsigned i = 0; i < report->outages->windows->len; i++) {
        const Window *w = &g_array_index(report->outages->windows, Window, i);
        blips += (w->flags & FLAG_BLIP) && w->signal != SIGNAL_SERVICE;
        silences += w->signal == SIGNAL_MONITOR;
    }
    view_fact(facts, "Blips", words_count(blips), g_strdup("failures too few to be confirmed"));
    view_fact(facts, "Monitor outages", words_count(silences), g_strdup("times when a vantage fell silent"));
    return facts;
}

/* Cards over several incidents. */
static json_t *summary_facts(const Report *report) {
    json_t *facts = json_array();
    const GArray *incidents = report->outages->incidents;
    unsigned going = 0;
    const Incident *longest = NULL;
    for (unsigned i = 0; i < incidents->len; i++) {
        const Incident *in = &g_array_index(incidents, Incident, i);
        going += in->ongoing;
        longest = !longest || in->end - in->start > longest->end - longest->start ? in : longest;
    }
    char *note = going ? g_strdup_printf("%u still going on", going) : g_strdup("all restored");
    view_fact(facts, "Incidents", words_count(incidents->len), note);
    const Availability *worst = most_down(report);
    if (worst) {
        const char *service = ds_store_name(report->store, worst->service);
        g_autofree char *known = words_percent(worst->known), *coverage = words_percent(worst->coverage);
        view_fact(facts, "Most down", words_duration(worst->down),
                  g_strdup_printf("%s: %s available, of %s covered by logs", service, known, coverage));
    }
    if (longest) {
        g_autofree char *start = words_instant(longest->start, NULL);
        view_fact(facts, "Longest incident", words_length(longest->end - longest->start),
                  g_strdup_printf("number %u, from %s UTC", longest->id, start));
    }
    view_cost(report, facts);
    return facts;
}

static gint by_length(gconstpointer a, gconstpointer b) {
    const Incident *x = *(const Incident *const *)a, *y = *(const Incident *const *)b;
    Millis p = x->end - x->start, q = y->end - y->start;
    return p > q ? -1 : p < q ? 1 : x->id < y->id ? -1 : 1;
}

/* Which incidents get a chapter: by id, true for the longest ones. Yours. */
static bool *chapters(const GArray *incidents) {
    bool *chosen = g_new0(bool, incidents->len + 1);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    for (unsigned i = 0; i < incidents->len; i++) {
        g_ptr_array_add(order, &g_array_index(incidents, Incident, i));
    }
    g_ptr_array_sort(order, by_length);
    for (unsigned i = 0; i < order->len && i < VIEW_CHAPTERS; i++) {
        const Incident *in = g_ptr_array_index(order, i);
        chosen[in - (const Incident *)(const void *)incidents->data] = true;
    }
    return chosen;
}

static void put_incidents(const Report *report, json_t *view, const GPtrArray *timeline) {
    const GArray *incidents = report->outages->incidents;
    g_autofree bool *full = chapters(incidents);
    json_t *rows = json_array();
    for (unsigned i = 0, listed = 0; i < incidents->len; i++) {
        const Incident *in = &g_array_index(incidents, Incident, i);
        if (full[i]) {
            json_array_append_new(rows, view_incident(report, in, timeline, incidents->len == 1));
        } else if (listed++ < VIEW_ROWS) {
            json_array_append_new(rows, view_incident_row(report, in));
        }
    }
    json_t *first = json_array_get(rows, 0);
    json_object_set(view, "lead", incidents->len == 1 ? first : json_null());
    tree_put_bool(view, "several", incidents->len > 1);
    tree_put_bool(view, "none", incidents->len == 0);
    size_t left = incidents->len - json_array_size(rows);
    g_autofree char *more = left ? g_strdup_printf("and %zu more in report.json", left) : NULL;
    g_autofree char *note = incidents->len > VIEW_CHAPTERS
                                ? g_strdup_printf("The %u longest are told in full below.", VIEW_CHAPTERS)
                                : NULL;
    tree_put_text(view, "chapters", note);
    tree_put_bool(view, "few", incidents->len <= 12);
    tree_put_text(view, "more_incidents", more);
    json_t *facts = incidents->len == 0   ? quiet_facts(report)
                    : incidents->len == 1 ? json_incref(json_object_get(first, "facts"))
                                          : summary_facts(report);
    json_object_set_new(view, "facts", facts);
    tree_put_bool(view, "summary", incidents->len != 1);
    json_object_set_new(view, "incidents", rows);
}

static char *several_lede(const Report *report, const char *count) {
    g_autofree char *period = words_length(report->outages->to - report->outages->from);
    const Availability *worst = most_down(report);
    if (!worst || worst->down == 0) {
        return g_strdup_printf("%s incidents in %s.", count, period);
    }
    g_autofree char *down = words_length(worst->down);
    const char *service = ds_store_name(report->store, worst->service);
    if (report->outages->services->len < 2) {
        return g_strdup_printf("%s incidents in %s: %s was down for %s in all.", count, period, service, down);
    }
    return g_strdup_printf("%s incidents in %s. Down longest was %s, for %s in all.", count, period, service, down);
}

/* Title and the sentence beneath it. */
static void put_title(const Report *report, json_t *view) {
    const GArray *incidents = report->outages->incidents;
    const char *given = report->config->title && *report->config->title ? report->config->title : NULL;
    char *title = g_strdup(given);
    char *lede = NULL;
    if (incidents->len == 0) {
        title = title ? title : g_strdup("No outage found");
        lede =
            g_strdup("No outage found: no confirmed failure of any service in this period. Silence is not uptime: see "
                     "how much of the time the logs cover.");
    } else if (incidents->len == 1) {
        json_t *lead = json_object_get(view, "lead");
        title = title ? title : g_strdup(json_string_value(json_object_get(lead, "title")));
        lede = g_strdup(json_string_value(json_object_get(lead, "lede")));
    } else {
        g_autofree char *count = words_count(incidents->len);
        title = title ? title : g_strdup_printf("%s incidents", count);
        lede = several_lede(report, count);
    }
    tree_put(view, "title", title);
    tree_put(view, "lede", lede);
    tree_put_bool(view, "ongoing", false);
    for (unsigned i = 0; i < incidents->len; i++) {
        if (g_array_index(incidents, Incident, i).ongoing) {
            tree_put_bool(view, "ongoing", true);
        }
    }
}

/* Windows that no incident holds: in maintenance, a vantage's own fault, lone blips, declared false. */
static void put_others(const Report *report, json_t *view) {
    const Outages *o = report->outages;
    g_autofree bool *held = g_new0(bool, o->windows->len + 1);
    for (unsigned i = 0; i < o->incidents->len; i++) {
        const Incident *in = &g_array_index(o->incidents, Incident, i);
        for (unsigned k = 0; k < in->windows->len; k++) {
            held[g_array_index(in->windows, guint, k)] = true;
        }
        for (unsigned k = 0; k < in->attached->len; k++) {
            held[g_array_index(in->attached, guint, k)] = true;
        }
    }
    g_autoptr(GArray) rest = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < o->windows->len; i++) {
        if (!held[i]) {
            g_array_append_val(rest, i);
        }
    }
    unsigned flags = 0;
    json_t *others = view_windows(report, rest, VIEW_ALL, &flags);
    if (json_is_object(others)) {
        json_object_set_new(others, "flags", view_flags(flags));
    }
    json_object_set_new(view, "others", others);
}

json_t *view_of(const Report *report) {
    json_t *view = json_object();
    g_autoptr(GPtrArray) timeline = report_timeline(report);
    put_period(report, view);
    put_incidents(report, view, timeline);
    put_title(report, view);
    put_overview(report, view);
    json_object_set_new(view, "timeline", view_timeline(report, timeline, report->outages->from, report->outages->to));
    put_others(report, view);
    view_measures(report, view);
    json_object_set_new(view, "quality", view_quality(report));
    json_object_set_new(view, "method", view_method(report));
    return view;
}
