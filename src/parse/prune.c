/* SPDX-License-Identifier: MIT
 * The rules as one CSV file needs them. Which columns there are is known once its header is, so alternatives and
 * sources that ask for others are left out, and a cell that is a field as it stands goes there at once. */
#include "parse/parser.h"

static bool has_column(const Run *run, int slot) {
    for (unsigned i = 0; i < run->csv.count; i++) {
        if (run->csv.slot[i] == slot) {
            return true;
        }
    }
    return false;
}

/* The piece without alternatives that are never there; false where none is left. */
static bool prune_piece(const Run *run, Piece *piece) {
    unsigned kept = 0;
    for (unsigned i = 0; i < PIECE_ALTERNATIVES && piece->slots[i] >= 0; i++) {
        if (piece->slots[i] >= SLOT_KEPT || has_column(run, piece->slots[i])) {
            piece->slots[kept++] = piece->slots[i];
        }
    }
    bool lives = kept > 0;
    for (kept = MAX(kept, 1); kept < PIECE_ALTERNATIVES; kept++) { /* the first stays: -1 there makes a literal */
        piece->slots[kept] = -1;
    }
    return lives;
}

/* The source with pieces of its own, without what is never there; false where nothing can come of it. */
static bool prune_source(Run *run, Source *source) {
    bool lives = source->constant || source->has_default;
    if (source->piece_count) {
        source->pieces = g_memdup2(source->pieces, source->piece_count * sizeof(Piece));
        g_ptr_array_add(run->pruned, source->pieces);
    }
    for (unsigned i = 0; i < source->piece_count; i++) {
        lives |= prune_piece(run, &source->pieces[i]);
    }
    for (unsigned i = 0; i < source->sum_count; i++) {
        for (unsigned k = 0; k < PIECE_ALTERNATIVES && source->sums[i].slots[k] >= 0; k++) {
            int slot = source->sums[i].slots[k];
            lives |= slot >= SLOT_KEPT || has_column(run, slot);
        }
    }
    source->plain = source_plain(source);
    return lives;
}

static bool is_among(const int slots[PIECE_ALTERNATIVES], int slot) {
    for (unsigned i = 0; i < PIECE_ALTERNATIVES; i++) {
        if (slots[i] == slot) {
            return true;
        }
    }
    return false;
}

static bool reads(const Source *source, int slot) {
    bool found = false;
    for (unsigned i = 0; i < source->piece_count; i++) {
        found |= is_among(source->pieces[i].slots, slot);
    }
    for (unsigned i = 0; i < source->sum_count; i++) {
        found |= is_among(source->sums[i].slots, slot);
    }
    return found;
}

/* Is the source all that its field and its slot are good for? */
static bool is_alone(const Rule *rule, const Source *source) {
    for (unsigned i = 0; i < rule->when_count; i++) {
        if (reads(&rule->when[i].source, source->plain)) {
            return false;
        }
    }
    for (unsigned i = 0; i < rule->source_count; i++) {
        const Source *other = &rule->sources[i];
        if (other != source && (other->field == source->field || reads(other, source->plain))) {
            return false;
        }
    }
    return true;
}

/* Sources that are alone leave the rule: their cells are put where gather would put them. */
static void place_fields(Run *run, Rule *rule) {
    int field_of[SLOT_KEPT];
    memset(field_of, -1, sizeof field_of);
    for (unsigned i = 0; i < rule->source_count; i++) {
        const Source *source = &rule->sources[i];
        if (source->plain >= 0 && is_alone(rule, source)) {
            field_of[source->plain] = (int)source->field;
            run->fields.of[source->field] = (Value){{NULL, 0}, CODE_NONE, source->unit};
        }
    }
    unsigned kept = 0;
    for (unsigned i = 0; i < rule->source_count; i++) {
        if (rule->sources[i].plain < 0 || field_of[rule->sources[i].plain] < 0) {
            rule->sources[kept++] = rule->sources[i];
        }
    }
    rule->source_count = kept;
    for (unsigned i = 0; i < run->csv.count; i++) {
        int slot = run->csv.slot[i];
        if (slot >= 0 && field_of[slot] >= 0) {
            run->csv.place[i] = &run->fields.of[field_of[slot]].text;
        }
    }
}

/* Copies of the rules without the sources whose columns this file lacks, so that no row asks for them. */
void run_prune(Run *run) {
    const Parser *parser = run->parser;
    g_ptr_array_set_size(run->pruned, 0); /* of a header before, whose columns no value may be left of */
    memset(run->values, 0, parser->slots->len * sizeof(Span));
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        run->fields.of[i] = (Value){{NULL, 0}, CODE_NONE, UNIT_TEXT};
    }
    run->fields_set = 0;
    Rule *rules = g_memdup2(parser->rules, parser->rule_count * sizeof(Rule));
    g_ptr_array_add(run->pruned, rules);
    for (unsigned i = 0; i < parser->rule_count; i++) {
        Rule *rule = &rules[i];
        Source *kept = g_new(Source, MAX(rule->source_count, 1));
        unsigned count = 0;
        rule->gives = 0;
        for (unsigned k = 0; k < rule->source_count; k++) {
            kept[count] = rule->sources[k];
            if (prune_source(run, &kept[count])) {
                rule->gives |= 1u << kept[count++].field;
            }
        }
        g_ptr_array_add(run->pruned, kept);
        rule->sources = kept;
        rule->source_count = count;
    }
    run->rules = rules;
    run->csv.place = g_new0(Span *, MAX(run->csv.count, 1));
    for (unsigned i = 0; i < run->csv.count; i++) {
        run->csv.place[i] = run->csv.slot[i] >= 0 ? &run->values[run->csv.slot[i]] : NULL;
    }
    if (parser->rule_count == 1 && !rules->remember && !rules->keep_count && !rules->known_as && !rules->recall &&
        !rules->also_count && !parser->path) {
        place_fields(run, rules);
    }
}
