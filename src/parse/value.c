/* SPDX-License-Identifier: MIT
 * Sources worked out: captures, joined texts, maps and patterns to a value a field; what an entry leaves for later
 * ones. Nothing is allocated in the common path: values are spans of the entry, joined texts live in scratch buffers.
 */
#include "parse/value.h"

#include "base/text.h"

Span slot_value(const Run *run, int slot) {
    if (slot < SLOT_KEPT) {
        return run->values[slot];
    }
    const GString *kept = run->kept[slot - SLOT_KEPT];
    return (Span){kept->str, kept->len};
}

/* The first of the alternatives that has a value. */
static Span slots_value(const Run *run, const int slots[PIECE_ALTERNATIVES]) {
    Span value = slot_value(run, slots[0]);
    for (unsigned i = 1; value.n == 0 && i < PIECE_ALTERNATIVES && slots[i] >= 0; i++) {
        value = slot_value(run, slots[i]);
    }
    return value;
}

static Span piece_value(const Run *run, const Piece *piece) {
    return slots_value(run, piece->slots);
}

static Span joined_value(Run *run, const Source *source) {
    GString *out = run->joined[source->field];
    bool any = false;
    g_string_truncate(out, 0);
    for (unsigned i = 0; i < source->piece_count; i++) {
        const Piece *piece = &source->pieces[i];
        Span part = piece->slots[0] < 0 ? piece->literal : piece_value(run, piece);
        any |= piece->slots[0] >= 0 && part.n > 0;
        g_string_append_len(out, part.p ? part.p : "", (gssize)part.n);
    }
    return any ? (Span){out->str, out->len} : (Span){NULL, 0};
}

Span source_text(Run *run, const Source *source) {
    bool single = source->piece_count == 1 && source->pieces[0].slots[0] >= 0;
    return single ? piece_value(run, source->pieces) : joined_value(run, source);
}

static bool same_word(Span a, Span b) {
    return a.n == b.n && g_ascii_strncasecmp(a.p ? a.p : "", b.p ? b.p : "", a.n) == 0;
}

/* `map`, then `match`; true where a row took the text. */
static bool translate(const Run *run, const Source *source, Value *value) {
    for (unsigned i = 0; i < source->map_count; i++) {
        if (ds_span_equal(source->map[i].key, value->text)) {
            *value = (Value){source->map[i].value, source->map[i].code, value->unit};
            return true;
        }
    }
    for (unsigned i = 0; i < source->map_count; i++) {
        if (same_word(source->map[i].key, value->text)) {
            *value = (Value){source->map[i].value, source->map[i].code, value->unit};
            return true;
        }
    }
    for (unsigned i = 0; i < source->match_count; i++) {
        if (matcher_match(run->matcher, source->match[i].regex, value->text) == MATCH_FOUND) {
            *value = (Value){source->match[i].value, source->match[i].code, value->unit};
            return true;
        }
    }
    return false;
}

/* Every number that the patterns find, added up; nothing found is 0, unless the captures are empty. */
static Span sum_value(Run *run, const Source *source) {
    Span values[UINT8_MAX + 1];
    GString *out = run->joined[source->field];
    bool any = false;
    int64_t total = 0, number;
    for (unsigned i = 0; i < source->sum_count; i++) {
        const Sum *sum = &source->sums[i];
        Span rest = slots_value(run, sum->slots);
        any |= rest.n > 0;
        while (rest.n && matcher_match(run->matcher, sum->regex, rest) == MATCH_FOUND) {
            matcher_values(run->matcher, sum->regex, rest, values);
            if (ds_text_int(values[1], &number) && number > 0) {
                total += MIN(number, INT64_MAX - total);
            }
            const char *next = MAX(values[0].p + values[0].n, rest.p + 1);
            rest = (Span){next, (size_t)(rest.p + rest.n - next)};
        }
    }
    g_string_printf(out, "%" G_GINT64_FORMAT, total);
    return any ? (Span){out->str, out->len} : (Span){NULL, 0};
}

static void source_value(Run *run, const Source *source, Value *value) {
    if (source->constant) {
        *value = (Value){source->text, source->code, source->unit};
        return;
    }
    *value = (Value){{NULL, 0}, CODE_NONE, source->unit};
    value->text = source->sum_count ? sum_value(run, source) : source_text(run, source);
    bool tables = source->map_count || source->match_count;
    if (!tables && (!source->has_default || value->text.n)) {
        return;
    }
    if (tables && translate(run, source, value)) {
        return;
    }
    if (source->has_default) {
        *value = (Value){source->fallback, source->fallback_code, source->unit};
    } else if (source->field == FIELD_STATE || source->field == FIELD_FROM) {
        value->code = CODE_REFUSED;
    }
}

/* Works out all sources of a rule into run->fields; those of the entry before that this rule does not give are emptied.
 * Sources are sorted by field; of two for one field a later one counts where it has a value. */
const Values *gather(Run *run, const Rule *rule) {
    Values *values = &run->fields;
    uint32_t stale = run->fields_set & ~rule->gives;
    for (unsigned i = 0; stale >> i; i++) {
        if (stale >> i & 1) {
            values->of[i] = (Value){{NULL, 0}, CODE_NONE, UNIT_TEXT};
        }
    }
    for (const Source *source = rule->sources, *end = source + rule->source_count; source < end; source++) {
        Value *place = &values->of[source->field];
        bool first = source == rule->sources || source[-1].field != source->field;
        if (source->plain >= 0) {
            size_t n = run->values[source->plain].n; /* member by member: read as they were written, just before */
            if (first || n) {
                place->text.p = run->values[source->plain].p;
                place->text.n = n;
                place->code = CODE_NONE;
                place->unit = source->unit;
            }
            continue;
        }
        Value value;
        source_value(run, source, &value);
        if (first || value.text.n) {
            *place = value;
        }
    }
    run->fields_set = rule->gives | run->remembered_set;
    for (unsigned i = 0; run->remembered_set >> i; i++) {
        if (run->remembered_set >> i & 1 && (!(rule->gives >> i & 1) || values->of[i].text.n == 0)) {
            values->of[i] = (Value){{run->remembered[i]->str, run->remembered[i]->len}, CODE_NONE, UNIT_TEXT};
        }
    }
    run->recalled = !rule->recall || recall_take(run, rule, values);
    return values;
}

void remember(Run *run, const Rule *rule) {
    for (unsigned i = 0; i < rule->source_count; i++) {
        const Source *source = &rule->sources[i];
        Value value;
        if (!(rule->remember & 1u << source->field)) {
            continue;
        }
        source_value(run, source, &value);
        if (value.text.n) {
            GString *place = run->remembered[source->field];
            g_string_truncate(place, 0);
            g_string_append_len(place, value.text.p, (gssize)value.text.n);
            run->remembered_set |= 1u << source->field;
        }
    }
    for (unsigned i = 0; i < rule->keep_count; i++) {
        Span text = slot_value(run, rule->keeps[i].slot);
        GString *place = run->kept[rule->keeps[i].kept];
        g_string_truncate(place, 0);
        g_string_append_len(place, text.p ? text.p : "", (gssize)text.n);
    }
    if (run->sequencer && rule->remember & 1u << FIELD_SERVICE) {
        sequencer_restart(run->sequencer); /* a header: the tool was started anew */
    }
}

bool when_holds(Run *run, const Rule *rule) {
    for (unsigned i = 0; i < rule->when_count; i++) {
        const When *when = &rule->when[i];
        Span value = source_text(run, &when->source);
        bool found = when->regex &&
                     matcher_match(run->matcher, when->regex, value) == (when->negated ? MATCH_NONE : MATCH_FOUND);
        for (unsigned k = 0; !found && k < when->count; k++) {
            found = ds_span_equal(when->values[k], value);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}
