/* SPDX-License-Identifier: MIT
 * What entries leave for later ones. `remember`: fields and captures that become defaults. `known_as` keeps what an
 * entry tells of itself (service, vantage, check, text) under a key, and `recall` gives it to a later entry that names
 * the key and does not tell it, as an end that names its start.
 */
#include "parse/value.h"

#include "base/yaml.h"

#define KNOWN_MAX 65536u

const char not_told[] = "refers to an entry that was not told before";

static const Field told[] = {FIELD_SERVICE, FIELD_VANTAGE, FIELD_CHECK, FIELD_TEXT};

typedef struct {
    GString *of[G_N_ELEMENTS(told)];
} Known;

void known_free(void *data) {
    Known *known = data;
    for (unsigned i = 0; i < G_N_ELEMENTS(told); i++) {
        g_string_free(known->of[i], TRUE);
    }
    g_free(known);
}

/* Names that some rule remembers and that are no record fields get a slot before any rule is compiled, since a rule
 * may use what a later one remembers. */
bool remember_names(Parser *parser, const YamlNode *rules, GError **error) {
    for (unsigned i = 0; i < rules->items->len; i++) {
        const YamlNode *list = ds_yaml_get(rules->items->pdata[i], "remember");
        for (unsigned k = 0; list && list->kind == YAML_LIST && k < list->items->len; k++) {
            const YamlNode *item = list->items->pdata[k];
            Unit unit;
            if (item->kind == YAML_SCALAR && field_named(ds_span_of(item->text), &unit) == FIELD_COUNT &&
                !g_ptr_array_find_with_equal_func(parser->kept, item->text, g_str_equal, NULL)) {
                g_ptr_array_add(parser->kept, g_strdup(item->text));
            }
        }
    }
    return parser->kept->len <= 32 || ds_yaml_error(rules, parser->file, error, "more than 32 names are remembered");
}

bool remember_compile(Parser *parser, Rule *rule, const YamlNode *list, GError **error) {
    if (!list) {
        return true;
    }
    if (list->kind != YAML_LIST) {
        return ds_yaml_error(list, parser->file, error, "remember must be a list of record fields or captures");
    }
    rule->keeps = parser_block(parser, list->items->len, sizeof(Keep));
    for (unsigned i = 0; i < list->items->len; i++) {
        const YamlNode *item = list->items->pdata[i];
        Unit unit = UNIT_TEXT;
        if (item->kind != YAML_SCALAR) {
            return ds_yaml_error(item, parser->file, error, "remember must be a list of record fields or captures");
        }
        Field field = field_named(ds_span_of(item->text), &unit);
        if (field != FIELD_COUNT) {
            rule->remember |= 1u << field;
            continue;
        }
        int slots[PIECE_ALTERNATIVES];
        unsigned kept = 0;
        if (!capture_slots(parser, rule, item, ds_span_of(item->text), slots, error) ||
            !g_ptr_array_find_with_equal_func(parser->kept, item->text, g_str_equal, &kept)) {
            return false;
        }
        rule->keeps[rule->keep_count++] = (Keep){slots[0], (int)kept};
    }
    return true;
}

static bool compile_key(Parser *parser, const Rule *rule, const YamlNode *node, const char *name, Source **out,
                        GError **error) {
    if (!node) {
        return true;
    }
    if (node->kind != YAML_SCALAR || !strchr(node->text, '{')) {
        return ds_yaml_error(node, parser->file, error, "%s must be a text with {captures}", name);
    }
    if (parser->wraps || parser->sequenced || parser->type == TYPE_ICAL || parser->type == TYPE_WHOLE) {
        return ds_yaml_error(node, parser->file, error,
                             "'%s' goes with types regex, json and csv, without wraps and sequence", name);
    }
    *out = parser_block(parser, 1, sizeof(Source));
    (*out)->field = FIELD_SEQ; /* whose scratch is free, as there is no sequence */
    return source_template(parser, rule, node, *out, error);
}

bool recall_compile(Parser *parser, Rule *rule, const YamlNode *node, GError **error) {
    return compile_key(parser, rule, ds_yaml_get(node, "known_as"), "known_as", &rule->known_as, error) &&
           compile_key(parser, rule, ds_yaml_get(node, "recall"), "recall", &rule->recall, error);
}

/* The key in run->key; NULL: empty. */
static const char *key_of(Run *run, const Source *source) {
    Span key = source_text(run, source);
    g_string_truncate(run->key, 0);
    g_string_append_len(run->key, key.p ? key.p : "", (gssize)key.n);
    return key.n ? run->key->str : NULL;
}

void recall_note(Run *run, const Rule *rule) {
    const Values *values = gather(run, rule);
    const char *key = key_of(run, rule->known_as);
    if (!key) {
        return;
    }
    Known *known = g_new0(Known, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(told); i++) {
        Span text = values->of[told[i]].text;
        known->of[i] = g_string_new_len(text.p ? text.p : "", (gssize)text.n);
    }
    if (g_hash_table_size(run->known) >= KNOWN_MAX) {
        g_hash_table_remove_all(run->known);
    }
    g_hash_table_replace(run->known, g_strdup(key), known);
}

bool recall_take(Run *run, const Rule *rule, Values *values) {
    const char *key = key_of(run, rule->recall);
    const Known *known = key ? g_hash_table_lookup(run->known, key) : NULL;
    for (unsigned i = 0; known && i < G_N_ELEMENTS(told); i++) {
        Value *value = &values->of[told[i]];
        if (value->text.n == 0) {
            *value = (Value){{known->of[i]->str, known->of[i]->len}, CODE_NONE, UNIT_TEXT};
            run->fields_set |= 1u << told[i];
        }
    }
    return known != NULL;
}
