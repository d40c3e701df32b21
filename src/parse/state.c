/* SPDX-License-Identifier: MIT
 * What one file leaves for the next of its rotation set: remembered fields and captures, what is held for a later
 * record, numbered probes that may still change. A run works on copies, so that a second reading of the same file (the
 * survey) begins where the first did. */
#include "parse/parser.h"

#define TAGS_MAX 4096u

typedef struct { /* what lines leave for later ones */
    GString **kept;
    GString *remembered[FIELD_COUNT];
    uint32_t remembered_set;
    DayWalk day;
    const InputFile *file; /* whose name told some of it */
} Memory;

typedef struct {
    const Parser *parser;
    Memory *memory;
    GHashTable *held, *known, *levels, *tags;
    GString *tag;
    Sequencer *sequencer;
} Carry;

struct ParserState {
    GPtrArray *carries; /* Carry *, a parser each: a set seldom has more than one */
};

static void memory_free(void *data) {
    Memory *memory = data;
    for (unsigned i = 0; memory->kept[i]; i++) {
        g_string_free(memory->kept[i], TRUE);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        g_string_free(memory->remembered[i], TRUE);
    }
    g_free(memory->kept);
    g_free(memory);
}

static Memory *memory_new(const Parser *parser) {
    Memory *memory = g_new0(Memory, 1);
    memory->kept = g_new0(GString *, parser->kept->len + 1);
    for (unsigned i = 0; i < parser->kept->len; i++) {
        memory->kept[i] = g_string_new(NULL);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        memory->remembered[i] = g_string_new(NULL);
    }
    return memory;
}

static void copy_text(GString *to, const GString *from) {
    g_string_truncate(to, 0);
    g_string_append_len(to, from->str, (gssize)from->len);
}

static void memory_to_run(const Memory *memory, Run *run) {
    for (unsigned i = 0; run->kept[i]; i++) {
        copy_text(run->kept[i], memory->kept[i]);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        copy_text(run->remembered[i], memory->remembered[i]);
    }
    run->remembered_set = memory->remembered_set;
    run->day = memory->day;
}

static void memory_of_run(Memory *memory, const Run *run) {
    for (unsigned i = 0; run->kept[i]; i++) {
        copy_text(memory->kept[i], run->kept[i]);
    }
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        copy_text(memory->remembered[i], run->remembered[i]);
    }
    memory->remembered_set = run->remembered_set;
    memory->day = run->day;
    memory->file = run->file;
}

static void carry_free(void *data) {
    Carry *carry = data;
    memory_free(carry->memory);
    g_clear_pointer(&carry->held, g_hash_table_unref);
    g_clear_pointer(&carry->known, g_hash_table_unref);
    g_clear_pointer(&carry->levels, g_hash_table_unref);
    g_clear_pointer(&carry->tags, g_hash_table_unref);
    if (carry->tag) {
        g_string_free(carry->tag, TRUE);
    }
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
        carry->memory = memory_new(parser);
        g_ptr_array_add(state->carries, carry);
    }
    return carry;
}

/* ---- lines of several programs in one wrapper ---- */

static bool remembers(const Parser *parser) {
    for (unsigned i = 0; i < parser->rule_count; i++) {
        if (parser->rules[i].remember || parser->rules[i].keep_count) {
            return true;
        }
    }
    return false;
}

/* What one program wrote says nothing about the lines of another that stand between its own. */
void state_tag(Run *run) {
    const Span parts[] = {run->outer.service, run->outer.vantage};
    g_string_truncate(run->key, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_string_append_len(run->key, parts[i].p ? parts[i].p : "", (gssize)parts[i].n);
        g_string_append_c(run->key, '\x1f');
    }
    if (!run->tags) {
        run->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, memory_free);
        run->tag = g_string_new(run->key->str);
        return;
    }
    if (strcmp(run->tag->str, run->key->str) == 0 || !remembers(run->parser)) {
        return;
    }
    if (g_hash_table_size(run->tags) >= TAGS_MAX) {
        g_hash_table_remove_all(run->tags);
    }
    Memory *memory = g_hash_table_lookup(run->tags, run->tag->str);
    if (!memory) {
        memory = memory_new(run->parser);
        g_hash_table_insert(run->tags, g_strdup(run->tag->str), memory);
    }
    memory_of_run(memory, run);
    memory = g_hash_table_lookup(run->tags, run->key->str);
    if (!memory) {
        memory = memory_new(run->parser);
        g_hash_table_insert(run->tags, g_strdup(run->key->str), memory);
    }
    memory_to_run(memory, run);
    if (memory->file != run->file) {
        path_apply(run);
    }
    copy_text(run->tag, run->key);
}

/* ---- from file to file ---- */

void state_load(Run *run) {
    Carry *carry = run->state ? find(run->state, run->parser) : NULL;
    if (!carry) {
        return;
    }
    memory_to_run(carry->memory, run);
    if (run->mode == RUN_READ && carry->tags) {
        run->tags = g_steal_pointer(&carry->tags);
        run->tag = g_steal_pointer(&carry->tag);
    }
    if (run->mode == RUN_READ && carry->held) {
        g_hash_table_unref(run->held);
        run->held = g_steal_pointer(&carry->held);
    }
    if (run->mode == RUN_READ && carry->known) {
        g_hash_table_unref(run->known);
        run->known = g_steal_pointer(&carry->known);
    }
    if (run->mode == RUN_READ && carry->levels) {
        g_hash_table_unref(run->levels);
        run->levels = g_steal_pointer(&carry->levels);
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
    memory_of_run(carry->memory, run);
    carry->tags = g_steal_pointer(&run->tags);
    carry->tag = g_steal_pointer(&run->tag);
    carry->held = g_steal_pointer(&run->held);
    carry->known = g_steal_pointer(&run->known);
    carry->levels = g_steal_pointer(&run->levels);
    carry->sequencer = g_steal_pointer(&run->sequencer);
}

bool ds_reading_carries(const Reading *reading) {
    for (unsigned i = 0; i < reading->parser_count; i++) {
        const Parser *parser = reading->parsers[i];
        bool carries = parser->sequenced;
        for (unsigned k = 0; !carries && k < parser->rule_count; k++) {
            const Rule *rule = &parser->rules[k];
            carries = rule->remember || rule->keep_count || rule->hold || rule->known_as || rule->cumulative ||
                      rule->since_previous;
            for (unsigned n = 0; n < rule->also_count; n++) {
                const Rule *sub = &rule->also[n];
                carries |= sub->cumulative || sub->since_previous;
            }
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
