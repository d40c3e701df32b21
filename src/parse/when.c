/* SPDX-License-Identifier: MIT
 * `when` of a rule: the captures that must have certain values, or in which a pattern must or must not be found. */
#include "parse/parser.h"

#include "base/yaml.h"

/* {match: pattern} or {not: pattern}. */
static bool compile_when_pattern(Parser *parser, When *when, const YamlNode *value, GError **error) {
    const YamlNode *key = value->items->len == 1 ? value->keys->pdata[0] : NULL;
    const YamlNode *pattern = key ? value->items->pdata[0] : NULL;
    when->negated = key && strcmp(key->text, "not") == 0;
    if (!key || pattern->kind != YAML_SCALAR || (!when->negated && strcmp(key->text, "match") != 0)) {
        return ds_yaml_error(value, parser->file, error,
                             "when: a value is a text, a list of texts, {match: pattern} or {not: pattern}");
    }
    when->regex = parser_regex(parser, pattern, ds_span_of(pattern->text), false, error);
    if (when->regex) {
        parser->groups = MAX(parser->groups, regex_groups(when->regex));
    }
    return when->regex != NULL;
}

/* A capture, or a text with {captures}. */
static bool compile_when_key(Parser *parser, const Rule *rule, const YamlNode *key, Source *out, GError **error) {
    out->field = FIELD_TIME; /* whose scratch is free until the rule is chosen */
    if (strchr(key->text, '{')) {
        return source_template(parser, rule, key, out, error);
    }
    out->pieces = parser_block(parser, 1, sizeof(Piece));
    out->piece_count = 1;
    return capture_slots(parser, rule, key, ds_span_of(key->text), out->pieces->slots, error);
}

bool when_compile(Parser *parser, Rule *rule, const YamlNode *node, GError **error) {
    if (!node) {
        return true;
    }
    if (node->kind != YAML_MAP) {
        return ds_yaml_error(node, parser->file, error, "when must be a map of captures to the values they must have");
    }
    rule->when = parser_block(parser, node->items->len, sizeof(When));
    for (unsigned i = 0; i < node->items->len; i++) {
        const YamlNode *key = node->keys->pdata[i], *value = node->items->pdata[i];
        When *when = &rule->when[rule->when_count++];
        unsigned count = value->kind == YAML_LIST ? value->items->len : 1;
        when->values = parser_block(parser, count, sizeof(Span));
        when->count = count;
        if (!compile_when_key(parser, rule, key, &when->source, error)) {
            return false;
        }
        if (value->kind == YAML_MAP) {
            when->count = 0;
            if (!compile_when_pattern(parser, when, value, error)) {
                return false;
            }
            continue;
        }
        for (unsigned k = 0; k < count; k++) {
            const YamlNode *item = value->kind == YAML_LIST ? value->items->pdata[k] : value;
            if (item->kind != YAML_SCALAR) {
                return ds_yaml_error(item, parser->file, error, "when: a value must be a text or a list of texts");
            }
            when->values[k] = parser_text(parser, ds_span_of(item->text));
        }
    }
    return true;
}
