/* SPDX-License-Identifier: MIT
 * Incidents, the services and the moments of each, all windows, the timeline. */
#include "report/xlsx.h"

#include "base/text.h"

static const Incident *incident_at(const Report *report, unsigned i) {
    return &g_array_index(report->outages->incidents, Incident, i);
}

static void flags_cell(XlsxTable *t, unsigned col, unsigned flags) {
    g_autoptr(GString) text = g_string_new(NULL);
    words_flags(text, flags);
    table_text(t, col, text->str);
}

static void names_cell(XlsxTable *t, unsigned col, const GArray *names) {
    g_autofree char *text = words_names(t->book->report, names, 12);
    table_text(t, col, text);
}

/* The end of a window, or the word that there is none. */
static void end_cell(XlsxTable *t, unsigned col, Instant end) {
    if (end == INSTANT_NONE) {
        table_text(t, col, "ongoing");
    } else {
        table_instant(t, col, end);
    }
}

static void incident_row(XlsxTable *t, const Incident *in) {
    const Report *report = t->book->report;
    g_autoptr(IncidentFacts) facts = facts_of(report, in);
    g_autofree char *headline = facts_headline(report, facts);
    table_next(t);
    table_count(t, 0, in->id);
    table_text(t, 1, terms_incident_kind(in->kind));
    table_text(t, 2, ds_state_name(facts->worst));
    table_text(t, 3, headline);
    names_cell(t, 4, in->services);
    names_cell(t, 5, in->vantages);
    table_count(t, 6, facts->vantages_seen);
    table_count(t, 7, facts->vantages_known);
    table_instant(t, 8, facts->start);
    end_cell(t, 9, facts->end);
    table_least(t, 10, facts->length, facts->flags);
    table_length(t, 11, facts->min);
    table_length(t, 12, facts->max);
    table_text(t, 13, in->shared_fate ? "yes" : "no");
    table_length(t, 14, in->onset_spread);
    table_text(t, 15, ds_signal_name(in->first_signal));
    table_instant(t, 16, in->first_at);
    table_count(t, 17, facts->failed);
    flags_cell(t, 18, facts->flags);
}

void xlsx_incidents(Book *book) {
    static const XlsxColumn columns[] = {
        {"No.", LOOK_COUNT, 0},
        {"Kind", LOOK_TEXT, 0},
        {"State", LOOK_STATE, 0},
        {"What", LOOK_WRAP, 44},
        {"Services", LOOK_WRAP, 34},
        {"Seen from", LOOK_WRAP, 34},
        {"Seen by", LOOK_COUNT, 0},
        {"Of vantages", LOOK_COUNT, 0},
        {"Start (UTC)", LOOK_INSTANT, 0},
        {"End (UTC)", LOOK_INSTANT, 0},
        {"Duration", LOOK_LENGTH, 0},
        {"At least", LOOK_LENGTH, 0},
        {"At most", LOOK_LENGTH, 0},
        {"Shared fate", LOOK_TEXT, 0},
        {"Onset spread", LOOK_LENGTH, 0},
        {"First signal", LOOK_TEXT, 0},
        {"First seen (UTC)", LOOK_INSTANT, 0},
        {"Failed checks", LOOK_COUNT, 0},
        {"Flags", LOOK_WRAP, 30},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Incidents",
        "Windows of services that belong together in time. Start, end and duration are those of the worst state; "
        "at least and at most are the bounds that the records prove. Shared fate: two or more services began "
        "within minutes of one another.",
        "No incident was found in the period.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->outages->incidents->len; i++) {
        incident_row(&t, incident_at(book->report, i));
    }
    table_end(&t);
}

static void part_row(XlsxTable *t, const Incident *in, const ServiceFacts *s) {
    table_next(t);
    table_count(t, 0, in->id);
    table_name(t, 1, s->service);
    table_text(t, 2, ds_state_name(s->worst));
    table_instant(t, 3, s->start);
    end_cell(t, 4, s->end);
    table_count(t, 5, s->count);
    table_least(t, 6, s->worst_time, s->flags);
    table_length(t, 7, s->min);
    table_length(t, 8, s->max);
    table_length(t, 9, s->likely);
    table_length(t, 10, s->sigma);
    table_length(t, 11, s->partial);
    table_length(t, 12, s->degraded);
    flags_cell(t, 13, s->flags);
}

void xlsx_parts(Book *book) {
    static const XlsxColumn columns[] = {
        {"Incident", LOOK_COUNT, 0},       {"Service", LOOK_WRAP, 40},     {"State", LOOK_STATE, 0},
        {"Start (UTC)", LOOK_INSTANT, 0},  {"End (UTC)", LOOK_INSTANT, 0}, {"Windows", LOOK_COUNT, 0},
        {"Time in state", LOOK_LENGTH, 0}, {"At least", LOOK_LENGTH, 0},   {"At most", LOOK_LENGTH, 0},
        {"Likely", LOOK_LENGTH, 0},        {"± (1 σ)", LOOK_LENGTH, 0},    {"Also partial", LOOK_LENGTH, 0},
        {"Also degraded", LOOK_LENGTH, 0}, {"Flags", LOOK_WRAP, 30},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Incident services",
        "What each incident meant for each of its services: the time in its worst state, summed over its windows, "
        "with the bounds that the records prove.",
        "No incident was found in the period.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->outages->incidents->len; i++) {
        const Incident *in = incident_at(book->report, i);
        g_autoptr(IncidentFacts) facts = facts_of(book->report, in);
        for (unsigned k = 0; k < facts->services->len; k++) {
            part_row(&t, in, &g_array_index(facts->services, ServiceFacts, k));
        }
    }
    table_end(&t);
}

static void phase_row(XlsxTable *t, const Incident *in, const char *name, Instant at, const char *meaning) {
    table_next(t);
    table_count(t, 0, in->id);
    table_text(t, 1, "phase");
    table_text(t, 2, name);
    table_instant(t, 3, at);
    table_length(t, 4, at == INSTANT_NONE ? MILLIS_NONE : at - in->onset);
    table_text(t, 7, meaning);
}

static void phase_rows(XlsxTable *t, const Incident *in) {
    phase_row(t, in, "Onset", in->onset, "Start of its first window");
    phase_row(t, in, "Spread", in->spread, "The last service and vantage to fail for the first time");
    phase_row(t, in, "Peak", in->peak, "First instant at which most series were down");
    phase_row(t, in, "First recovery", in->first_recovery, "First recovery after the peak");
    phase_row(t, in, "Restored", in->restored, "End of its last window");
}

static void response_row(XlsxTable *t, const Incident *in, const Response *r) {
    table_next(t);
    table_count(t, 0, in->id);
    table_text(t, 1, "response");
    table_text(t, 2, terms_response(r->kind));
    table_instant(t, 3, r->time);
    table_length(t, 4, r->since);
    table_length(t, 5, r->time == INSTANT_NONE ? MILLIS_NONE : r->uncertainty);
    table_text(t, 6, r->source);
    table_text(t, 7, r->definition);
    table_origins(t, 8, &r->origin, 1);
}

static void sight_row(XlsxTable *t, const Incident *in, const Sighting *s) {
    table_next(t);
    table_count(t, 0, in->id);
    table_text(t, 1, "first sight");
    g_autofree char *name = g_strdup_printf("Seen by %s", terms_who(s->signal));
    table_text(t, 2, name);
    table_instant(t, 3, s->first);
    table_length(t, 4, s->first == INSTANT_NONE ? MILLIS_NONE : s->first - in->onset);
    table_text(t, 6, ds_signal_name(s->signal));
    table_text(t, 7, "Earliest sign of this kind of evidence");
    table_origins(t, 8, &s->origin, 1);
    table_length(t, 9, s->lead);
}

void xlsx_phases(Book *book) {
    static const XlsxColumn columns[] = {
        {"Incident", LOOK_COUNT, 0},     {"Kind", LOOK_TEXT, 0},
        {"Moment", LOOK_TEXT, 0},        {"Time (UTC)", LOOK_INSTANT, 0},
        {"After onset", LOOK_LENGTH, 0}, {"±", LOOK_LENGTH, 0},
        {"Told by", LOOK_TEXT, 0},       {"Meaning", LOOK_WRAP, 60},
        {"Evidence", LOOK_WRAP, 44},     {"Before the operator", LOOK_LENGTH, 24},
    };
    const Report *report = book->report;
    XlsxTable t;
    table_begin(
        &t, book, "Phases and response",
        "The moments of each incident with their definitions: how it grew and was restored, how it was answered, and "
        "who saw it first. An empty time: nothing in the logs tells it.",
        "No incident was found in the period.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < report->outages->incidents->len; i++) {
        const Incident *in = incident_at(report, i);
        phase_rows(&t, in);
        for (unsigned k = 0; k < report->impact->responses->len; k++) {
            const Response *r = &g_array_index(report->impact->responses, Response, k);
            if (r->incident == i) {
                response_row(&t, in, r);
            }
        }
        for (unsigned k = 0; k < report->impact->sightings->len; k++) {
            const Sighting *s = &g_array_index(report->impact->sightings, Sighting, k);
            if (s->incident == i) {
                sight_row(&t, in, s);
            }
        }
    }
    table_end(&t);
}

static void reasons_cell(XlsxTable *t, unsigned col, const Window *w) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        if (w->reasons[r]) {
            g_string_append_printf(text, "%s%s:%u", text->len ? " " : "", ds_reason_name((Reason)r), w->reasons[r]);
        }
    }
    table_text(t, col, text->str);
}

static void window_row(XlsxTable *t, unsigned index, const Window *w) {
    table_next(t);
    table_count(t, 0, index);
    if (t->book->incidents[index]) {
        table_count(t, 1, t->book->incidents[index]);
    }
    table_name(t, 2, w->service);
    table_vantage(t, 3, w->vantage);
    table_name(t, 4, w->check);
    table_text(t, 5, ds_signal_name(w->signal));
    table_text(t, 6, ds_state_name(w->state));
    table_instant(t, 7, w->start);
    end_cell(t, 8, w->end);
    table_least(t, 9, w->observed, w->flags);
    table_length(t, 10, w->min);
    table_length(t, 11, w->max);
    table_length(t, 12, w->likely);
    table_length(t, 13, w->sigma);
    table_length(t, 14, w->unknown);
    table_count(t, 15, w->failed);
    table_count(t, 16, w->flickers);
    flags_cell(t, 17, w->flags);
    reasons_cell(t, 18, w);
}

void xlsx_windows(Book *book) {
    static const XlsxColumn columns[] = {
        {"Window", LOOK_COUNT, 0},    {"Incident", LOOK_COUNT, 0},      {"Service", LOOK_WRAP, 40},
        {"Vantage", LOOK_WRAP, 30},   {"Check", LOOK_WRAP, 24},         {"Signal", LOOK_TEXT, 0},
        {"State", LOOK_STATE, 0},     {"Start (UTC)", LOOK_INSTANT, 0}, {"End (UTC)", LOOK_INSTANT, 0},
        {"Observed", LOOK_LENGTH, 0}, {"At least", LOOK_LENGTH, 0},     {"At most", LOOK_LENGTH, 0},
        {"Likely", LOOK_LENGTH, 0},   {"± (1 σ)", LOOK_LENGTH, 0},      {"Of which unknown", LOOK_LENGTH, 0},
        {"Failed", LOOK_COUNT, 0},    {"Flickers", LOOK_COUNT, 0},      {"Flags", LOOK_WRAP, 30},
        {"Reasons", LOOK_WRAP, 64},
    };
    XlsxTable t;
    table_begin(
        &t, book, "Windows",
        "Every reconstructed outage, of single series (with a vantage) and of services (signal service, the verdict "
        "of the vantages). A window number is its place in windows.csv, report.json and the sheet Evidence.",
        "No window was found in the period.", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < book->report->outages->windows->len; i++) {
        window_row(
            &t, i,
            ds_outages_measured(book->report->outages, &g_array_index(book->report->outages->windows, Window, i)));
    }
    table_end(&t);
}

void xlsx_timeline(Book *book) {
    static const XlsxColumn columns[] = {
        {"Time (UTC)", LOOK_INSTANT, 0}, {"Kind", LOOK_TEXT, 0},      {"State", LOOK_STATE, 0},
        {"What", LOOK_WRAP, 90},         {"Evidence", LOOK_WRAP, 64}, {"Local time", LOOK_INSTANT, 0},
    };
    const Report *report = book->report;
    const Zone *zone = words_zone(report); /* NULL: no local time beside UTC */
    g_autoptr(GPtrArray) entries = report_timeline(report);
    g_autofree char *note =
        g_strdup_printf("The story in order. Evidence names the lines.%s%s%s", zone ? " Local time is that of " : "",
                        zone ? ds_zone_name(zone) : "", zone ? "." : "");
    XlsxTable t;
    table_begin(&t, book, "Timeline", note, "Nothing happened in the period.", columns,
                (unsigned)G_N_ELEMENTS(columns) - (zone ? 0 : 1));
    for (unsigned i = 0; i < entries->len; i++) {
        const TimelineEntry *e = g_ptr_array_index(entries, i);
        table_next(&t);
        table_instant(&t, 0, e->time);
        table_text(&t, 1, e->kind);
        table_text(&t, 2, e->state == STATE_UNKNOWN ? "" : ds_state_name(e->state));
        table_text(&t, 3, e->text);
        table_origins(&t, 4, e->origins, G_N_ELEMENTS(e->origins));
        if (zone) {
            table_instant(&t, 5, e->time + ds_zone_offset(zone, e->time));
        }
    }
    table_end(&t);
}
