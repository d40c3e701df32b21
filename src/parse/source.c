/* SPDX-License-Identifier: MIT
 * Names of record fields, and one line of `fields:` compiled: a constant, a capture, captures joined by a template,
 * with `map`, `match` and `default`. Words that stand for states and reasons become codes here, not once a line. */
#include "parse/parser.h"

#include "base/text.h"
#include "base/yaml.h"

static const char *const names[FIELD_COUNT] = {
    "time", "until",  "state", "from",  "soft",      "service",    "vantage", "check", "duration", "interval", "reason",
    "text", "status", "bad",   "count", "bad_count", "good_count", "user",    "phase", "seq",      "offset"};

const char *field_name(Field field) {
    return names[field];
}

Field field_named(Span name, Unit *unit) {
    static const struct {
        const char *suffix;
        Unit unit;
    } units[] = {{"_s", UNIT_S}, {"_ms", UNIT_MS}, {"_us", UNIT_US}, {"_ns", UNIT_NS}};
    *unit = UNIT_TEXT;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        size_t n = strlen(names[i]);
        if (name.n == n && memcmp(name.p, names[i], n) == 0) {
            return (Field)i;
        }
        if ((i != FIELD_DURATION && i != FIELD_INTERVAL && i != FIELD_OFFSET) || name.n <= n ||
            memcmp(name.p, names[i], n) != 0) {
            continue;
        }
        for (unsigned k = 0; k < G_N_ELEMENTS(units); k++) {
            if (ds_span_equal((Span){name.p + n, name.n - n}, ds_span_of(units[k].suffix))) {
                *unit = units[k].unit;
                return (Field)i;
            }
        }
    }
    return FIELD_COUNT;
}

#define BIT(field) (1u << (field))

uint32_t fields_of(Signal signal) {
    const uint32_t common =
        BIT(FIELD_TIME) | BIT(FIELD_OFFSET) | BIT(FIELD_SERVICE) | BIT(FIELD_VANTAGE) | BIT(FIELD_CHECK);
    switch (signal) {
    case SIGNAL_PROBE:
        return common | BIT(FIELD_STATE) | BIT(FIELD_STATUS) | BIT(FIELD_DURATION) | BIT(FIELD_REASON) |
               BIT(FIELD_TEXT) | BIT(FIELD_SEQ);
    case SIGNAL_TRANSITION:
        return common | BIT(FIELD_STATE) | BIT(FIELD_STATUS) | BIT(FIELD_FROM) | BIT(FIELD_SOFT) | BIT(FIELD_DURATION) |
               BIT(FIELD_INTERVAL) | BIT(FIELD_REASON) | BIT(FIELD_TEXT);
    case SIGNAL_REQUEST:
        return common | BIT(FIELD_STATUS) | BIT(FIELD_BAD) | BIT(FIELD_TALLY) | BIT(FIELD_BAD_COUNT) |
               BIT(FIELD_GOOD_COUNT) | BIT(FIELD_INTERVAL) | BIT(FIELD_DURATION) | BIT(FIELD_REASON);
    case SIGNAL_REPORT:
        return common | BIT(FIELD_USER) | BIT(FIELD_TALLY) | BIT(FIELD_TEXT);
    case SIGNAL_NOTICE:
        return common | BIT(FIELD_PHASE) | BIT(FIELD_TEXT);
    case SIGNAL_MAINTENANCE:
        return common | BIT(FIELD_UNTIL) | BIT(FIELD_DURATION) | BIT(FIELD_REASON) | BIT(FIELD_TEXT);
    case SIGNAL_SERVICE:
    case SIGNAL_MONITOR:
    case SIGNAL_COUNT:
        break;
    }
    return common;
}

/* ---- captures ---- */

static int kept_slot(const Parser *parser, Span name) {
    for (unsigned i = 0; i < parser->kept->len; i++) {
        if (ds_span_equal(ds_span_of(parser->kept->pdata[i]), name)) {
            return SLOT_KEPT + (int)i;
        }
    }
    return -1;
}

static void list_name(const char *name, int group, void *context) {
    (void)group;
    g_string_append_printf(context, "%s%s", ((GString *)context)->len ? ", " : "", name);
}

/* One name of a regex rule: a group of its pattern, else a remembered capture. */
static int group_slot(const Parser *parser, const Rule *rule, Span name) {
    int group = rule->regex ? regex_group(rule->regex, name) : -1;
    return group >= 0 ? group : kept_slot(parser, name);
}

bool capture_slots(Parser *parser, const Rule *rule, const YamlNode *at, Span name, int slots[PIECE_ALTERNATIVES],
                   GError **error) {
    if (parser->type != TYPE_REGEX) {
        int kept = kept_slot(parser, name);
        bool done = slots_named(parser, name, slots);
        if (done && kept >= 0 && slots[1] < 0) {
            slots[1] = kept;
        }
        return done || ds_yaml_error(at, parser->file, error, "too many names, or too many alternatives, at '%.*s'",
                                     (int)name.n, name.p);
    }
    unsigned count = 0;
    for (unsigned i = 0; i < PIECE_ALTERNATIVES; i++) {
        slots[i] = -1;
    }
    for (size_t from = 0; from <= name.n;) {
        const char *bar = memchr(name.p + from, '|', name.n - from);
        Span part = {name.p + from, bar ? (size_t)(bar - name.p) - from : name.n - from};
        int slot = group_slot(parser, rule, part);
        if (slot < 0 || count == PIECE_ALTERNATIVES) {
            g_autoptr(GString) known = g_string_new(NULL);
            if (rule->regex) {
                regex_names(rule->regex, list_name, known);
            }
            return ds_yaml_error(at, parser->file, error, "unknown capture '%.*s'; the pattern has: %s", (int)part.n,
                                 part.p, known->len ? known->str : "none");
        }
        slots[count++] = slot;
        from += part.n + 1;
    }
    return true;
}

/* ---- sources ---- */

/* The code of a word where the field has codes. False with an error for a word that is no state. */
static bool word_code(const Parser *parser, Field field, const YamlNode *node, Span text, int *code, GError **error) {
    *code = CODE_NONE;
    if (field == FIELD_STATE || field == FIELD_FROM) {
        *code = words_state(text);
        return *code != CODE_NONE ||
               ds_yaml_error(node, parser->file, error,
                             "'%.*s' is no state; expected up, degraded, down, unknown or maintenance", (int)text.n,
                             text.p);
    }
    if (field == FIELD_REASON) {
        *code = (int)words_reason(text);
    }
    return true;
}

bool source_template(Parser *parser, const Rule *rule, const YamlNode *node, Source *out, GError **error) {
    Span text = parser_text(parser, ds_span_of(node->text));
    unsigned braces = 0;
    for (size_t i = 0; i < text.n; i++) {
        braces += text.p[i] == '{';
    }
    out->pieces = parser_block(parser, 2 * (size_t)braces + 1, sizeof(Piece));
    for (size_t at = 0; at < text.n;) {
        Piece *piece = &out->pieces[out->piece_count++];
        if (text.p[at] != '{') {
            const char *open = memchr(text.p + at, '{', text.n - at);
            piece->literal = (Span){text.p + at, open ? (size_t)(open - text.p) - at : text.n - at};
            for (unsigned i = 0; i < PIECE_ALTERNATIVES; i++) {
                piece->slots[i] = -1;
            }
            at += piece->literal.n;
            continue;
        }
        const char *close = memchr(text.p + at, '}', text.n - at);
        if (!close) {
            return ds_yaml_error(node, parser->file, error, "'{' without '}' in '%s'", node->text);
        }
        Span name = {text.p + at + 1, (size_t)(close - text.p) - at - 1};
        if (!capture_slots(parser, rule, node, name, piece->slots, error)) {
            return false;
        }
        at = (size_t)(close - text.p) + 1;
    }
    return true;
}

/* A text without braces is meant as it stands, unless it is the name of a capture: then it is a slip. */
static bool compile_constant(Parser *parser, const Rule *rule, const YamlNode *node, bool told, Source *out,
                             GError **error) {
    out->constant = true;
    out->text = parser_text(parser, ds_span_of(node->text));
    bool capture = parser->type == TYPE_REGEX && rule->regex && out->text.n && regex_group(rule->regex, out->text) >= 0;
    if (!told && capture) {
        return ds_yaml_error(node, parser->file, error,
                             "'%s' is the name of a capture: write '{%s}' for its value, or {const: %s} for the word",
                             node->text, node->text, node->text);
    }
    return word_code(parser, out->field, node, out->text, &out->code, error);
}

static bool compile_rows(Parser *parser, const YamlNode *node, bool patterns, Field field, Row **rows, unsigned *count,
                         GError **error) {
    if (!node) {
        return true;
    }
    if (node->kind != YAML_MAP) {
        return ds_yaml_error(node, parser->file, error, "%s must be a map", patterns ? "match" : "map");
    }
    *rows = parser_block(parser, node->items->len, sizeof(Row));
    for (unsigned i = 0; i < node->items->len; i++) {
        const YamlNode *key = node->keys->pdata[i], *value = node->items->pdata[i];
        Row *row = &(*rows)[i];
        if (value->kind != YAML_SCALAR) {
            return ds_yaml_error(value, parser->file, error, "a value of %s must be a text",
                                 patterns ? "match" : "map");
        }
        row->key = parser_text(parser, ds_span_of(key->text));
        row->value = parser_text(parser, ds_span_of(value->text));
        if (patterns && !(row->regex = parser_regex(parser, key, row->key, false, error))) {
            return false;
        }
        *count = i + 1;
        if (!word_code(parser, field, value, row->value, &row->code, error)) {
            return false;
        }
        if (patterns) {
            parser->groups = MAX(parser->groups, regex_groups(row->regex));
        }
    }
    return true;
}

/* {capture: pattern}: what the first group of the pattern finds in the capture, as often as it does. */
static bool compile_sum(Parser *parser, const Rule *rule, const YamlNode *node, Source *out, GError **error) {
    if (node->kind != YAML_MAP || node->items->len == 0) {
        return ds_yaml_error(node, parser->file, error,
                             "sum must be a map of captures to patterns whose first group finds the numbers");
    }
    out->sums = parser_block(parser, node->items->len, sizeof(Sum));
    for (unsigned i = 0; i < node->items->len; i++) {
        const YamlNode *key = node->keys->pdata[i], *value = node->items->pdata[i];
        Sum *sum = &out->sums[i];
        if (value->kind != YAML_SCALAR) {
            return ds_yaml_error(value, parser->file, error, "a value of sum must be a pattern");
        }
        if (!capture_slots(parser, rule, key, ds_span_of(key->text), sum->slots, error) ||
            !(sum->regex = parser_regex(parser, value, ds_span_of(value->text), false, error))) {
            return false;
        }
        out->sum_count = i + 1;
        parser->groups = MAX(parser->groups, regex_groups(sum->regex));
        if (regex_groups(sum->regex) == 0) {
            return ds_yaml_error(value, parser->file, error, "a pattern of sum needs a group that finds the number");
        }
    }
    return true;
}

static bool compile_cumulative(const Parser *parser, const Rule *rule, const YamlNode *node, Source *out,
                               GError **error) {
    static const char *const words[] = {"false", "true", NULL};
    const YamlNode *value = ds_yaml_get(node, "cumulative");
    int chosen = value ? parser_choice(parser, value, "cumulative", words, error) : 0;
    bool counts = out->field == FIELD_TALLY || out->field == FIELD_BAD_COUNT || out->field == FIELD_GOOD_COUNT;
    if (chosen == 1 && (!counts || rule->signal != SIGNAL_REQUEST || ds_yaml_get(node, "const"))) {
        return ds_yaml_error(value, parser->file, error,
                             "cumulative goes with count, bad_count and good_count of requests, from a capture");
    }
    out->cumulative = chosen == 1;
    return chosen >= 0;
}

static bool compile_map(Parser *parser, const Rule *rule, const YamlNode *node, Source *out, GError **error) {
    static const char *const keys[] = {"from", "const", "sum", "map", "match", "default", "cumulative", NULL};
    const YamlNode *from = ds_yaml_get(node, "from"), *constant = ds_yaml_get(node, "const");
    const YamlNode *fallback = ds_yaml_get(node, "default"), *sum = ds_yaml_get(node, "sum");
    if (!ds_yaml_allow(node, keys, parser->file, "a field", error)) {
        return false;
    }
    if ((from != NULL) + (constant != NULL) + (sum != NULL) != 1 || (from && from->kind != YAML_SCALAR) ||
        (constant && constant->kind != YAML_SCALAR)) {
        return ds_yaml_error(node, parser->file, error,
                             "a field has one of 'from: capture', 'const: text' and 'sum: {capture: pattern}'");
    }
    if (!compile_cumulative(parser, rule, node, out, error)) {
        return false;
    }
    if (constant) {
        return compile_constant(parser, rule, constant, true, out, error);
    }
    if (sum) {
        if (!compile_sum(parser, rule, sum, out, error)) {
            return false;
        }
    } else if (strchr(from->text, '{')) {
        if (!source_template(parser, rule, from, out, error)) {
            return false;
        }
    } else {
        out->pieces = parser_block(parser, 1, sizeof(Piece));
        out->piece_count = 1;
        if (!capture_slots(parser, rule, from, ds_span_of(from->text), out->pieces[0].slots, error)) {
            return false;
        }
    }
    if (fallback) {
        if (fallback->kind != YAML_SCALAR) {
            return ds_yaml_error(fallback, parser->file, error, "default must be a text");
        }
        out->has_default = true;
        out->fallback = parser_text(parser, ds_span_of(fallback->text));
        if (!word_code(parser, out->field, fallback, out->fallback, &out->fallback_code, error)) {
            return false;
        }
    }
    return compile_rows(parser, ds_yaml_get(node, "map"), false, out->field, &out->map, &out->map_count, error) &&
           compile_rows(parser, ds_yaml_get(node, "match"), true, out->field, &out->match, &out->match_count, error);
}

bool source_compile(Parser *parser, const Rule *rule, const YamlNode *key, const YamlNode *node, Source *out,
                    GError **error) {
    out->field = field_named(ds_span_of(key->text), &out->unit);
    out->code = out->fallback_code = CODE_NONE;
    if (out->field == FIELD_COUNT) {
        const char *near = ds_text_nearest(
            key->text,
            (const char *const[]){"time",        "until",    "state",       "from",        "soft",       "service",
                                  "vantage",     "check",    "duration",    "duration_ms", "duration_s", "duration_us",
                                  "duration_ns", "interval", "interval_ms", "interval_s",  "reason",     "text",
                                  "status",      "bad",      "count",       "bad_count",   "good_count", "user",
                                  "phase",       "seq",      "offset",      "offset_s",    "offset_ms",  "offset_us",
                                  "offset_ns",   NULL});
        return ds_yaml_error(key, parser->file, error, "unknown record field '%s'%s%s", key->text,
                             near ? ", nearest is " : "", near ? near : "");
    }
    if (node->kind == YAML_MAP) {
        return compile_map(parser, rule, node, out, error);
    }
    if (node->kind != YAML_SCALAR) {
        return ds_yaml_error(node, parser->file, error,
                             "a field is a text with {captures}, or a map with 'from' or 'const'");
    }
    return strchr(node->text, '{') ? source_template(parser, rule, node, out, error)
                                   : compile_constant(parser, rule, node, false, out, error);
}
