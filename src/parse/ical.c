/* SPDX-License-Identifier: MIT
 * iCalendar (RFC 5545) through libical: a VEVENT is an entry, each of its occurrences a record. A changed occurrence
 * (RECURRENCE-ID) takes the place of the one that the rule gives. libical keeps tables of zones for the whole process,
 * so one calendar is read at a time. */
#include "parse/parser.h"

#include <libical/ical.h>

#define CALENDAR_MAX (64u << 20)
#define OCCURRENCES_MAX 5000u
#define DAYS_MAX 3653u /* of one event */
#define YEARS_MAX 20   /* of an event that repeats without an end */

static GMutex libical_lock;

typedef struct {
    Run *run;
    GHashTable *changed; /* "UID\x1fINSTANT" of occurrences that have an event of their own */
    const char *uid;
    bool floating, has_length;
    bool changes;                   /* the event is a changed occurrence itself */
    struct icaltimetype start;      /* of the first occurrence */
    struct icaldurationtype length; /* DURATION, where there is no DTEND */
    GArray *times;                  /* Instant pairs */
    GString *key;
} Calendar;

/* A local time without a zone, told as if it were UTC. */
static Instant from_local(const Run *run, Instant local) {
    Instant first, second;
    if (!run->defaults.zone) {
        return local; /* detection: nobody asks for the instant */
    }
    ds_zone_resolve(run->defaults.zone, local, &first, &second);
    if (run->quality && !run->quality->zone) {
        run->quality->zone = g_strdup(ds_zone_name(run->defaults.zone));
    }
    return first;
}

static bool is_floating(struct icaltimetype time) {
    return time.is_date || (!time.zone && !icaltime_is_utc(time));
}

static Instant to_instant(const Run *run, struct icaltimetype time) {
    Instant seconds = (Instant)icaltime_as_timet_with_zone(time, is_floating(time) ? NULL : time.zone);
    return is_floating(time) ? from_local(run, seconds * MILLIS_SECOND) : seconds * MILLIS_SECOND;
}

static const char *occurrence_key(Calendar *calendar, const char *uid, Instant start) {
    g_string_printf(calendar->key, "%s\x1f%" G_GINT64_FORMAT, uid ? uid : "", start);
    return calendar->key->str;
}

static void add_times(Calendar *calendar, Instant start, Instant end) {
    if (calendar->times->len < 2 * OCCURRENCES_MAX) {
        g_array_append_val(calendar->times, start);
        g_array_append_val(calendar->times, end);
    }
}

/* The end of an occurrence of such a length: its weeks and days are those of the calendar, its hours and less are exact
 * (RFC 5545, 3.3.6), also where clocks change in between. */
static Instant length_end(const Run *run, struct icaltimetype start, struct icaldurationtype length) {
    int days = (int)(length.weeks * 7 + length.days), sign = length.is_neg ? -1 : 1;
    Instant exact = ((Instant)length.hours * 60 + length.minutes) * 60 + length.seconds;
    icaltime_adjust(&start, sign * days, 0, 0, 0);
    return to_instant(run, start) + sign * exact * MILLIS_SECOND;
}

static void add_occurrence(icalcomponent *event, struct icaltime_span *span, void *data) {
    Calendar *calendar = data;
    Instant start = (Instant)span->start * MILLIS_SECOND, end = (Instant)span->end * MILLIS_SECOND;
    (void)event;
    if (calendar->floating) {
        start = from_local(calendar->run, start);
        end = from_local(calendar->run, end);
    }
    if (calendar->has_length) {
        struct icaltimetype local =
            icaltime_from_timet_with_zone(span->start, calendar->start.is_date, calendar->start.zone);
        local.zone = calendar->start.zone; /* converted to, but not told */
        end = length_end(calendar->run, local, calendar->length);
    }
    if (calendar->changes ||
        !g_hash_table_contains(calendar->changed, occurrence_key(calendar, calendar->uid, start))) {
        add_times(calendar, start, end);
    }
}

/* libical adds a length day by day, so a length of a million years takes its time: it is refused before. */
static bool is_endless(struct icaldurationtype length) {
    return length.weeks > DAYS_MAX / 7 || length.days > DAYS_MAX || length.hours > DAYS_MAX * 24 ||
           length.minutes > DAYS_MAX * 24 * 60;
}

/* NULL, or why the event cannot be read. */
static const char *find_occurrences(Calendar *calendar, icalcomponent *event) {
    icalproperty *duration = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
    calendar->length = duration ? icalproperty_get_duration(duration) : (struct icaldurationtype){0};
    calendar->has_length = duration && !icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
    if (is_endless(calendar->length)) {
        return "longer than ten years";
    }
    struct icaltimetype start = icalcomponent_get_dtstart(event), end = icalcomponent_get_dtend(event);
    icalproperty *dtstart = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    g_array_set_size(calendar->times, 0);
    if (!dtstart || icaltime_is_null_time(start) || !icaltime_is_valid_time(start)) {
        return dtstart ? "time not understood" : "no time";
    }
    if (!start.is_date && !start.zone && !icaltime_is_utc(start) &&
        icalproperty_get_first_parameter(dtstart, ICAL_TZID_PARAMETER)) {
        return "time zone of the event is not known";
    }
    if (icaltime_is_null_time(end)) {
        end = start;
        icaltime_adjust(&end, start.is_date, 0, 0, 0);
    }
    calendar->uid = icalcomponent_get_uid(event);
    calendar->start = start;
    calendar->floating = is_floating(start);
    calendar->changes = !icaltime_is_null_time(icalcomponent_get_recurrenceid(event));
    bool once = !rule && !icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);
    if (once || calendar->run->mode == RUN_BID) {
        add_times(calendar, to_instant(calendar->run, start),
                  calendar->has_length ? length_end(calendar->run, start, calendar->length)
                                       : to_instant(calendar->run, end));
        return NULL;
    }
    if (rule && icalproperty_get_rrule(rule).freq < ICAL_DAILY_RECURRENCE) {
        return "repeats more often than daily"; /* as no maintenance does; and such rules can take hours to walk */
    }
    struct icaltimetype until = start;
    until.year += YEARS_MAX;
    icalcomponent_foreach_recurrence(event, start, until, add_occurrence, calendar);
    return NULL;
}

/* The event's properties to the slots. */
static void fill_slots(Run *run, icalcomponent *event) {
    const Parser *parser = run->parser;
    memset(run->values, 0, parser->slots->len * sizeof(Span));
    for (unsigned i = 0; i < parser->slots->len; i++) {
        for (icalproperty *p = icalcomponent_get_first_property(event, ICAL_ANY_PROPERTY); p;
             p = icalcomponent_get_next_property(event, ICAL_ANY_PROPERTY)) {
            const char *name = icalproperty_get_property_name(p);
            if (!name || g_ascii_strcasecmp(name, parser->slots->pdata[i]) != 0) {
                continue;
            }
            icalvalue *value = icalproperty_get_value(p);
            bool text = value && icalvalue_isa(value) == ICAL_TEXT_VALUE;
            run->values[i] = ds_span_of(text ? icalvalue_get_text(value) : icalproperty_get_value_as_string(p));
            break;
        }
    }
}

static void read_event(Calendar *calendar, icalcomponent *event, const Entry *entry) {
    if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) {
        run_ignore(calendar->run);
        return;
    }
    const char *why = find_occurrences(calendar, event);
    if (why) {
        run_reject(calendar->run, entry, why);
        return;
    }
    fill_slots(calendar->run, event);
    run_event(calendar->run, entry, (const Instant *)(const void *)calendar->times->data, calendar->times->len / 2);
}

/* ---- the file ---- */

static bool line_is(Span text, size_t at, const char *word) {
    size_t n = strlen(word);
    return at + n <= text.n && g_ascii_strncasecmp(text.p + at, word, n) == 0 &&
           (at + n == text.n || text.p[at + n] == '\r' || text.p[at + n] == '\n');
}

static size_t next_line(Span text, size_t at) {
    const char *found = memchr(text.p + at, '\n', text.n - at);
    return found ? (size_t)(found - text.p) + 1 : text.n;
}

/* The events as they stand in the text, in order: Entry. *open: the last one does not end. */
static GArray *find_events(Span text, uint64_t *lines, bool *open) {
    GArray *events = g_array_new(FALSE, TRUE, sizeof(Entry));
    uint64_t line = 1;
    *open = false;
    for (size_t at = 0; at < text.n; at = next_line(text, at), line++) {
        if (line_is(text, at, "BEGIN:VEVENT")) {
            Entry entry = {.raw = {text.p + at, text.n - at}, .line = line};
            g_array_append_val(events, entry);
            *open = true;
        } else if (*open && line_is(text, at, "END:VEVENT")) {
            Entry *entry = &g_array_index(events, Entry, events->len - 1);
            entry->raw.n = (size_t)(text.p + at - entry->raw.p) + strlen("END:VEVENT");
            *open = false;
        }
    }
    *lines = line;
    return events;
}

/* Calls each event below a component, in the order of the file. */
static void each_event(icalcomponent *component, void (*each)(icalcomponent *event, void *data), void *data) {
    for (icalcomponent *child = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); child;
         child = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT)) {
        if (icalcomponent_isa(child) == ICAL_VEVENT_COMPONENT) {
            each(child, data);
        } else if (icalcomponent_isa(child) == ICAL_VCALENDAR_COMPONENT) {
            each_event(child, each, data);
        }
    }
}

static void note_changed(icalcomponent *event, void *data) {
    Calendar *calendar = data;
    struct icaltimetype id = icalcomponent_get_recurrenceid(event);
    if (!icaltime_is_null_time(id)) {
        const char *key = occurrence_key(calendar, icalcomponent_get_uid(event), to_instant(calendar->run, id));
        g_hash_table_add(calendar->changed, g_strdup(key));
    }
}

typedef struct {
    Calendar *calendar;
    const GArray *events;
    unsigned index;
} EventWalk;

static void one_event(icalcomponent *event, void *data) {
    EventWalk *walk = data;
    if (walk->index < walk->events->len) {
        read_event(walk->calendar, event, &g_array_index(walk->events, Entry, walk->index++));
    }
}

static void read_calendar(Run *run, const char *text, const GArray *events) {
    Calendar calendar = {.run = run, .times = g_array_new(FALSE, FALSE, sizeof(Instant)), .key = g_string_new(NULL)};
    calendar.changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_lock(&libical_lock);
    icalerror_set_errors_are_fatal(0);
    icalcomponent *root = icalparser_parse_string(text);
    EventWalk walk = {&calendar, events, 0};
    if (root) {
        each_event(root, note_changed, &calendar);
        if (icalcomponent_isa(root) == ICAL_VEVENT_COMPONENT) {
            one_event(root, &walk);
        }
        each_event(root, one_event, &walk);
        icalcomponent_free(root);
    }
    g_mutex_unlock(&libical_lock);
    for (; walk.index < events->len; walk.index++) {
        run_reject(run, &g_array_index(events, Entry, walk.index), "not iCalendar");
    }
    g_array_unref(calendar.times);
    g_string_free(calendar.key, TRUE);
    g_hash_table_unref(calendar.changed);
}

void run_ical(Run *run) {
    Framer *framer = &run->framer;
    while (framer->data.n < CALENDAR_MAX && framer_more(framer)) {
    }
    Span text = framer->data;
    if (text.n >= CALENDAR_MAX) {
        run_fail(run, "a calendar of more than 64 MiB is not read");
        return;
    }
    bool open = false;
    GArray *events = find_events(text, &framer->line, &open);
    if (open) { /* cut off inside an event: the whole ones before it are read */
        Entry last = g_array_index(events, Entry, events->len - 1);
        g_array_set_size(events, events->len - 1);
        text.n = (size_t)(last.raw.p - text.p);
        if (!run->bytes.partial) {
            run_reject(run, &last, "the event is cut off");
        }
    }
    static const char tail[] = "END:VCALENDAR\r\n"; /* without it libical gives nothing at all */
    g_autofree char *copy = g_malloc(text.n + sizeof tail);
    for (size_t i = 0; i < text.n; i++) {
        copy[i] = text.p[i] ? text.p[i] : ' ';
    }
    memcpy(copy + text.n, tail, sizeof tail);
    copy[text.n] = open ? copy[text.n] : '\0';
    if (events->len) {
        read_calendar(run, copy, events);
    }
    g_array_unref(events);
}
