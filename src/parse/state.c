/* SPDX-License-Identifier: MIT
 * What one file leaves for the next of its rotation set: remembered fields and captures, what is held for a later
 * record, numbered probes that may still change. A run works on copies, so that a second reading of the same file (the
 * survey) begins where the first did. */
#include "parse/parser.h"

typedef struct {
    const Parser *parser;
    GString **kept;
    GString *remembered[FIELD_COUNT];
    uint32_t remembered_set;
    GHashTable *held;
    Sequencer *sequencer;
} Carry;

struct ParserState {
    GPtrArray *carries; /* Carry *, a parser each: a set seldom has more than one */
};

static void carry_free(void *data) {
    Carry *carry = data;
    for (unsigned i = 0; carry->kept[i]; i++) {
        g_string_free(carry->kept[i], TRUE);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        g_string_free(carry->remembered[i], TRUE);
    }
    g_free(carry->kept);
    g_clear_pointer(&carry->held, g_hash_table_unref);
    sequencer_free(carry->sequencer);
    g_free(carry);
}

ParserState *ds_parser_state_new(void) {
    ParserState *state = g_new0(ParserState, 1);
    state->carries = g_ptr_array_new_with_free_func(carry_free);
    return state;
}

void ds_parser_state_free(ParserState *state) {
    if (state) {
        g_ptr_array_unref(state->carries);
        g_free(state);
    }
}

static Carry *find(const ParserState *state, const Parser *parser) {
    for (unsigned i = 0; i < state->carries->len; i++) {
        Carry *carry = state->carries->pdata[i];
        if (carry->parser == parser) {
            return carry;
        }
    }
    return NULL;
}

static Carry *find_or_add(ParserState *state, const Parser *parser) {
    Carry *carry = find(state, parser);
    if (!carry) {
        carry = g_new0(Carry, 1);
        carry->parser = parser;
        carry->kept = g_new0(GString *, parser->kept->len + 1);
        for (unsigned i = 0; i < parser->kept->len; i++) {
            carry->kept[i] = g_string_new(NULL);
        }
        for (unsigned i = 0; i < FIELD_COUNT; i++) {
            carry->remembered[i] = g_string_new(NULL);
        }
        g_ptr_array_add(state->carries, carry);
    }
    return carry;
}

static void copy_text(GString *to, const GString *from) {
    g_string_truncate(to, 0);
    g_string_append_len(to, from->str, (gssize)from->len);
}

void state_load(Run *run) {
    Carry *carry = run->state ? find(run->state, run->parser) : NULL;
    if (!carry) {
        return;
    }
    for (unsigned i = 0; run->kept[i]; i++) {
        copy_text(run->kept[i], carry->kept[i]);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        copy_text(run->remembered[i], carry->remembered[i]);
    }
    run->remembered_set = carry->remembered_set;
    if (run->mode == RUN_READ && carry->held) {
        g_hash_table_unref(run->held);
        run->held = g_steal_pointer(&carry->held);
    }
    if (run->mode == RUN_READ) {
        run->sequencer = g_steal_pointer(&carry->sequencer);
    }
}

void state_save(Run *run) {
    if (!run->state || run->mode != RUN_READ) {
        return;
    }
    Carry *carry = find_or_add(run->state, run->parser);
    for (unsigned i = 0; run->kept[i]; i++) {
        copy_text(carry->kept[i], run->kept[i]);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        copy_text(carry->remembered[i], run->remembered[i]);
    }
    carry->remembered_set = run->remembered_set;
    carry->held = g_steal_pointer(&run->held);
    carry->sequencer = g_steal_pointer(&run->sequencer);
}

bool ds_reading_carries(const Reading *reading) {
    for (unsigned i = 0; i < reading->parser_count; i++) {
        const Parser *parser = reading->parsers[i];
        bool carries = parser->sequenced;
        for (unsigned k = 0; !carries && k < parser->rule_count; k++) {
            const Rule *rule = &parser->rules[k];
            carries = rule->remember || rule->keep_count || rule->hold;
        }
        if (carries) {
            return true;
        }
    }
    return false;
}

static void emit_rest(void *context, Record *record) {
    const Sink *sink = context;
    sink->record(sink->context, record);
}

void ds_parser_state_end(ParserState *state, const Sink *sink) {
    for (unsigned i = 0; i < state->carries->len; i++) {
        Carry *carry = state->carries->pdata[i];
        if (carry->sequencer) {
            sequencer_redirect(carry->sequencer, emit_rest, (void *)sink);
            sequencer_finish(carry->sequencer);
        }
    }
    g_ptr_array_set_size(state->carries, 0);
}
