/* SPDX-License-Identifier: MIT
 * An entry to its record: the first rule that takes it, the values of its fields, the record of the rule's signal, and
 * what was held for it in a line before. Every entry ends as accepted, ignored or rejected with a reason. */
#include "parse/value.h"

#include "base/text.h"

#define HELD_MAX 65536u

/* ---- records of the signals ---- */

static const char *build_probe(Run *run, const Rule *rule, const Values *values, Record *record) {
    bool silent = rule->event == EVENT_MONITOR_STOP || rule->event == EVENT_MONITOR_START;
    const Value *state = &values->of[FIELD_STATE], *status = &values->of[FIELD_STATUS];
    bool by_status = state->code < 0 && state->text.n == 0 && status->text.n > 0 && state->code != CODE_REFUSED;
    const char *why = silent ? NULL : read_state(run, by_status ? status : state, &record->state);
    if (why) {
        return why;
    }
    record->duration = read_length(&values->of[FIELD_DURATION]);
    if (record->state != STATE_UP) {
        record->reason = read_reason(run, &values->of[FIELD_REASON]);
        int64_t code = 0;
        if (record->reason == REASON_NONE && status->text.n && read_status(status->text, &code)) {
            record->reason = words_status(code);
        }
    }
    if (record->signal == SIGNAL_TRANSITION) {
        record->interval = read_length(&values->of[FIELD_INTERVAL]);
        record->soft = values->of[FIELD_SOFT].text.n && words_true(values->of[FIELD_SOFT].text);
        if (values->of[FIELD_FROM].text.n) {
            why = read_state(run, &values->of[FIELD_FROM], &record->from);
        }
    }
    return why;
}

static const char *build_report(const Values *values, Record *record) {
    record->count = 1;
    record->user = values->of[FIELD_USER].text;
    if (values->of[FIELD_TALLY].text.n) {
        record->counted = true;
        if (!read_count(&values->of[FIELD_TALLY], &record->count)) {
            return "count is no number";
        }
    }
    return NULL;
}

static const char *build_maintenance(Run *run, const Values *values, Record *record, RawStamp *until, bool *has_until) {
    const Value *end = &values->of[FIELD_UNTIL];
    record->duration = read_length(&values->of[FIELD_DURATION]);
    Span text = ds_span_trim(end->text);
    *has_until = text.n > 0 && stamp_scan(run->parser->stamp, text, until);
    return text.n > 0 && !*has_until ? "end not understood" : NULL;
}

/* What logs of requests write for a host that is not known, and nginx for the server of all other hosts. */
static bool is_nameless(Span host) {
    return host.n == 1 && (*host.p == '-' || *host.p == '_');
}

static void build_names(const Run *run, const Values *values, Record *record) {
    record->service = ds_span_trim(values->of[FIELD_SERVICE].text);
    if (record->signal == SIGNAL_REQUEST && is_nameless(record->service)) {
        record->service = (Span){NULL, 0};
    }
    record->vantage = ds_span_trim(values->of[FIELD_VANTAGE].text);
    record->check = ds_span_trim(values->of[FIELD_CHECK].text);
    bool silent = record->event == EVENT_MONITOR_STOP || record->event == EVENT_MONITOR_START;
    bool all = silent || record->signal == SIGNAL_NOTICE || record->signal == SIGNAL_MAINTENANCE;
    if (record->service.n == 0) {
        Span outer = all || run->defaults.service_told.n ? (Span){NULL, 0} : program_name(run->outer.service);
        record->service = outer.n ? outer : all ? run->defaults.service_told : run->defaults.service;
    }
    if (record->vantage.n == 0) {
        record->vantage = run->defaults.vantage.n || all ? run->defaults.vantage : run->outer.vantage;
    }
    if (record->check.n == 0) {
        bool own = record->failures && run->defaults.check.n == 0;
        record->check = own ? ds_span_of(run->parser->name) : run->defaults.check;
    }
}

/* ---- hold: a reason told in a line before ---- */

typedef struct {
    Reason reason;
    Millis duration;
    char *text;
} Held;

void held_free(void *held) {
    g_free(((Held *)held)->text);
    g_free(held);
}

static const char *held_key(Run *run, const Record *record) {
    const Span parts[] = {record->service, record->vantage, record->check};
    g_string_truncate(run->key, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_string_append_len(run->key, parts[i].p ? parts[i].p : "", (gssize)parts[i].n);
        g_string_append_c(run->key, '\x1f');
    }
    return run->key->str;
}

static void hold(Run *run, const Rule *rule) {
    const Values *values = gather(run, rule);
    Record record = {.signal = rule->signal, .until = INSTANT_NONE};
    build_names(run, values, &record);
    if (record.service.n == 0) {
        record.service = run->defaults.service;
    }
    Held *held = g_new0(Held, 1);
    int64_t code = 0;
    held->reason = read_reason(run, &values->of[FIELD_REASON]);
    if (held->reason == REASON_NONE && read_status(values->of[FIELD_STATUS].text, &code)) {
        held->reason = words_status(code);
    }
    held->duration = read_length(&values->of[FIELD_DURATION]);
    held->text = g_strndup(values->of[FIELD_TEXT].text.p, MIN(values->of[FIELD_TEXT].text.n, 4096));
    if (g_hash_table_size(run->held) >= HELD_MAX) {
        g_hash_table_remove_all(run->held);
    }
    g_hash_table_replace(run->held, g_strdup(held_key(run, &record)), held);
}

/* Gives the record what was held for it. text: where its text is kept until the record is emitted. */
static void take_held(Run *run, Record *record) {
    const char *key = held_key(run, record);
    Held *held = g_hash_table_lookup(run->held, key);
    if (!held) {
        return;
    }
    bool failed = record->state != STATE_UP;
    if (failed && (record->reason == REASON_NONE || record->reason == REASON_PACKET_LOSS)) {
        record->reason = held->reason != REASON_NONE ? held->reason : record->reason;
    }
    if (record->duration == 0) {
        record->duration = held->duration;
    }
    if (record->text.n == 0 && held->text) {
        GString *place = run->joined[FIELD_TEXT];
        g_string_assign(place, held->text);
        record->text = (Span){place->str, place->len};
    }
    g_hash_table_remove(run->held, key);
}

/* ---- an entry ---- */

static const char *build(Run *run, const Rule *rule, const Values *values, Record *record, RawStamp *until,
                         bool *has_until) {
    switch (rule->signal) {
    case SIGNAL_REQUEST:
        return build_request(run, rule, values, record);
    case SIGNAL_REPORT:
        return build_report(values, record);
    case SIGNAL_NOTICE:
        record->phase = ds_span_trim(values->of[FIELD_PHASE].text);
        return NULL;
    case SIGNAL_MAINTENANCE:
        return build_maintenance(run, values, record, until, has_until);
    case SIGNAL_PROBE:
    case SIGNAL_TRANSITION:
    case SIGNAL_SERVICE:
    case SIGNAL_MONITOR:
    case SIGNAL_COUNT:
        break;
    }
    return build_probe(run, rule, values, record);
}

/* The time as it stands: the entry's, else that of the line around it. */
static bool scan_time(Run *run, const Rule *rule, const Values *values, RawStamp *raw) {
    Span text = values->of[FIELD_TIME].text;
    if (run->outer.time.n && ds_span_trim(text).n == 0) {
        return stamp_scan(run->outer.stamp, run->outer.time, raw);
    }
    if (!stamp_scan_next(run->parser->stamp, &run->memo, text, raw)) {
        return false;
    }
    if (rule->follows) {
        day_follow(run, rule, raw);
    }
    return true;
}

static bool is_answered(const Record *record) {
    return record->state == STATE_UP || record->state == STATE_DEGRADED;
}

/* A probe with a number goes through the sequencer, all else straight to the sink. */
static const char *deliver(Run *run, const Rule *rule, const Values *values, Record *record, Instant stamped) {
    int64_t number = SEQUENCE_NEXT;
    bool counted = run->parser->counted, dated = stamped != INSTANT_NONE;
    bool numbered = run->sequencer && record->signal == SIGNAL_PROBE && (counted || values->of[FIELD_SEQ].text.n);
    if (numbered && !counted && (!ds_text_int(ds_span_trim(values->of[FIELD_SEQ].text), &number) || number < 0)) {
        return "sequence number not understood";
    }
    bool answered = is_answered(record);
    if (dated && rule->stamped == STAMPED_COMPLETED && record->signal == SIGNAL_PROBE && record->duration > 0 &&
        (answered || !numbered || values->of[FIELD_DURATION].text.n)) {
        record->time -= record->duration;
    }
    if (!numbered) {
        run_emit(run, record);
        return NULL;
    }
    if (answered && run->quality) {
        run_widen(run, record->time); /* it may be handed on in the next file only */
    }
    SendTime sending = answered || (counted && dated) ? SEND_KNOWN : SEND_UNKNOWN;
    if (!dated) {
        sending = SEND_UNKNOWN;
    } else if (rule->stamped == STAMPED_SENT && rule->stamped_told) {
        sending = SEND_KNOWN;
    } else if (rule->stamped == STAMPED_NEXT && !answered) {
        sending = SEND_NEXT;
    } else if (!answered && record->time != stamped) {
        sending = SEND_KNOWN;
    }
    sequencer_add(run->sequencer, record, number, sending, stamped);
    return NULL;
}

/* also: a further record, whose time is no step of the file's own clock. */
static void survey_entry(Run *run, const Rule *rule, const Values *values, bool also) {
    RawStamp raw;
    bool timed = scan_time(run, rule, values, &raw);
    if (timed && also) {
        run->survey.dmy += raw.decided_dmy;
        run->survey.mdy += raw.decided_mdy;
    } else if (timed) {
        stamp_survey_add(&run->survey, &raw);
    }
    if (rule->signal == SIGNAL_MAINTENANCE && values->of[FIELD_UNTIL].text.n &&
        stamp_scan(run->parser->stamp, ds_span_trim(values->of[FIELD_UNTIL].text), &raw)) {
        run->survey.dmy += raw.decided_dmy; /* an end tells the order of day and month as well as a start */
        run->survey.mdy += raw.decided_mdy;
    }
}

/* dry: only whether the record can be made; also: it is a further record of its entry. */
static const char *make_record(Run *run, const Rule *rule, const Entry *entry, bool dry, bool also) {
    const Values *values = gather(run, rule);
    Record record = {.signal = rule->signal, .event = rule->event, .until = INSTANT_NONE, .count = 1};
    RawStamp raw, until;
    bool has_until = false;
    Span time = ds_span_trim(values->of[FIELD_TIME].text);
    bool dated = scan_time(run, rule, values, &raw), counted = run->parser->counted && rule->signal == SIGNAL_PROBE;
    if (!dated && (time.n || !counted)) {
        return time.n ? "time not understood" : "no time";
    }
    const char *why = run->recalled ? build(run, rule, values, &record, &until, &has_until) : not_told;
    if (why || dry) {
        return why;
    }
    if (!dated && is_answered(&record)) {
        return "no time";
    }
    record.text = values->of[FIELD_TEXT].text;
    if (record.text.n == 0 && rule->signal != SIGNAL_REQUEST && values->of[FIELD_REASON].code < 0) {
        record.text = values->of[FIELD_REASON].text;
    }
    build_names(run, values, &record);
    record.origin = (Origin){run->file_number, run_line(run, entry->line)};
    Instant stamped = INSTANT_NONE;
    if ((dated && !(also ? run_resolve_aside : run_resolve)(run, &raw, &stamped)) ||
        (has_until && !run_resolve_aside(run, &until, &record.until))) {
        return NULL;
    }
    stamped += dated ? read_length(&values->of[FIELD_OFFSET]) : 0;
    record.time = stamped;
    if (rule->signal == SIGNAL_MAINTENANCE && record.until == INSTANT_NONE && record.duration > 0) {
        record.until = record.time + record.duration;
    }
    if (rule->signal == SIGNAL_MAINTENANCE && record.until != INSTANT_NONE && record.until < record.time) {
        return "the end lies before the start";
    }
    if (g_hash_table_size(run->held) && (rule->signal == SIGNAL_PROBE || rule->signal == SIGNAL_TRANSITION)) {
        take_held(run, &record);
    }
    if (rule->signal == SIGNAL_REQUEST || rule->signal == SIGNAL_REPORT) {
        record.hash = ds_span_hash(entry->raw);
    }
    if (rule->signal == SIGNAL_REQUEST) {
        bool keyed = rule->cumulative || rule->since_previous;
        why = request_step(run, rule, values, keyed ? held_key(run, &record) : NULL, &record);
    }
    why = why ? why : deliver(run, rule, values, &record, stamped);
    if (!why && dated && !also && rule->signal != SIGNAL_MAINTENANCE) {
        run_step(run, record.origin.line, stamped);
    }
    return why;
}

/* The records of an entry; dry: whether they can be made. */
static const char *make_records(Run *run, const Rule *rule, const Entry *entry, bool dry) {
    const char *why = make_record(run, rule, entry, dry, false);
    bool given = why == NULL;
    for (unsigned i = 0; (!why || why == level_only) && i < rule->also_count; i++) {
        const Rule *sub = &rule->also[i];
        if (when_holds(run, sub)) {
            why = make_record(run, sub, entry, dry, true);
            given |= why == NULL;
        }
    }
    return why == level_only && given ? NULL : why;
}

/* An ignored line with a time says how long the monitor was writing. A time that cannot be read says nothing. */
static void date_ignored(Run *run, const Rule *rule) {
    RawStamp raw;
    Instant time = INSTANT_NONE;
    const Values *values = gather(run, rule);
    if (!scan_time(run, rule, values, &raw)) {
        return;
    }
    if (run->mode == RUN_SURVEY) {
        stamp_survey_add(&run->survey, &raw);
    } else if (run_resolve(run, &raw, &time)) {
        run_dated(run, time + read_length(&values->of[FIELD_OFFSET]));
    }
}

/* JSON of another kind that happens to fit a rule: what has no state is not a probe of an unknown one. */
static bool lacks_needs(const Run *run) {
    return run->parser->type == TYPE_JSON && !run->parser->step_count && !run_has_needs(run);
}

static void apply_rule(Run *run, const Rule *rule, const Entry *entry) {
    if (rule->known_as && run->mode != RUN_SURVEY) {
        recall_note(run, rule);
    }
    if (rule->remember || rule->keep_count) {
        remember(run, rule);
    }
    if (rule->ignore || rule->hold) {
        if (rule->hold && run->mode == RUN_READ) {
            hold(run, rule);
        }
        bool dated = rule->gives & 1u << FIELD_TIME || run->outer.time.n; /* in a wrapper, the time around it */
        if (run->parser->holds_on && dated && run->mode != RUN_BID) {
            date_ignored(run, rule);
        }
        run_ignore(run);
        return;
    }
    if (run->mode != RUN_UNWRAP && lacks_needs(run)) {
        run_reject(run, entry, "lacks a path that every record of the format has");
        return;
    }
    if (run->mode == RUN_UNWRAP) {
        unwrap_entry(run->into, rule, entry, gather(run, rule));
        return;
    }
    if (run->mode == RUN_SURVEY) {
        survey_entry(run, rule, gather(run, rule), false);
        for (unsigned i = 0; i < rule->also_count; i++) {
            const Rule *sub = &rule->also[i];
            if (when_holds(run, sub)) {
                survey_entry(run, sub, gather(run, sub), true);
            }
        }
        return;
    }
    bool dry = run->mode == RUN_BID;
    const char *why = dry || rule->also_count ? make_records(run, rule, entry, true) : NULL; /* all of them, or none */
    if (!why && !dry) {
        why = make_records(run, rule, entry, false);
    }
    if (why == level_only) {
        run_ignore(run);
    } else if (why) {
        run_reject(run, entry, why);
    } else {
        run_accept(run);
    }
}

void run_entry(Run *run, const Entry *entry) {
    for (unsigned i = 0; i < run->parser->rule_count; i++) {
        const Rule *rule = &run->rules[i];
        if (rule->regex) {
            MatchResult result = matcher_match(run->matcher, rule->regex, entry->text);
            if (result == MATCH_LIMIT) {
                run_reject(run, entry, "pattern limit reached");
                return;
            }
            if (result == MATCH_NONE) {
                continue;
            }
            matcher_values(run->matcher, rule->regex, entry->text, run->values);
        }
        if (rule->when_count == 0 || when_holds(run, rule)) {
            apply_rule(run, rule, entry);
            return;
        }
    }
    if (run->parser->mute && run->bytes.reader && !run->deferring) {
        run_ignore(run); /* of a format that tells nothing no line is missed */
    } else {
        run_reject(run, entry, no_rule);
    }
}

void run_event(Run *run, const Entry *entry, const Instant *times, size_t count) {
    const Rule *rule = NULL;
    for (unsigned i = 0; !rule && i < run->parser->rule_count; i++) {
        rule = when_holds(run, &run->rules[i]) ? &run->rules[i] : NULL;
    }
    if (!rule || rule->ignore || rule->hold || count == 0) {
        if (rule) {
            run_ignore(run);
        } else {
            run_reject(run, entry, no_rule);
        }
        return;
    }
    const Values *values = gather(run, rule);
    Record record = {.signal = rule->signal, .event = rule->event, .count = 1};
    record.origin = (Origin){run->file_number, entry->line};
    record.text = values->of[FIELD_TEXT].text;
    record.phase = values->of[FIELD_PHASE].text;
    record.text = record.text.n ? record.text : slot_value(run, SLOT_SUMMARY);
    build_names(run, values, &record);
    for (size_t i = 0; i < count && run->mode == RUN_READ; i++) {
        record.time = times[2 * i];
        record.until = times[2 * i + 1];
        run_emit(run, &record);
    }
    run_accept(run);
}
