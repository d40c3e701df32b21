/* SPDX-License-Identifier: MIT
 * The rules of a parser file. A capture that has the name of a record field is a source without a line of its own. */
#include "parse/parser.h"

#include "base/yaml.h"

#define GROUPS_MAX 255u
#define RULES_MAX 1000u
#define ALSO_MAX 16u

/* ---- sources: those of `fields`, then the captures that are named like a field ---- */

typedef struct {
    Parser *parser;
    Rule *rule;
    GArray *sources;
    uint32_t told; /* fields that `fields` gives */
    uint32_t wanted;
} SourceList;

static void add_implicit(SourceList *list, Span name, int slot) {
    Unit unit = UNIT_TEXT;
    Field field = field_named(name, &unit);
    if (field == FIELD_COUNT || list->told & 1u << field || !(list->wanted & 1u << field)) {
        return;
    }
    Source source = {.field = field, .unit = unit, .code = CODE_NONE, .fallback_code = CODE_NONE};
    source.pieces = parser_block(list->parser, 1, sizeof(Piece));
    source.piece_count = 1;
    source.pieces[0] = (Piece){.slots = {slot, -1, -1, -1, -1, -1}};
    g_array_append_val(list->sources, source);
}

static void add_group(const char *name, int group, void *context) {
    SourceList *list = context;
    Span text = ds_span_of(name);
    if (regex_group(list->rule->regex, text) == group) {
        add_implicit(list, text, group);
    }
}

static void add_named(SourceList *list) {
    static const char *const extra[] = {"duration_ms", "duration_s", "duration_us", "duration_ns",
                                        "interval_ms", "interval_s", "offset_ms",   "offset_s",
                                        "offset_us",   "offset_ns",  NULL};
    for (unsigned i = 0; i < FIELD_COUNT + G_N_ELEMENTS(extra) - 1; i++) {
        const char *name = i < FIELD_COUNT ? field_name((Field)i) : extra[i - FIELD_COUNT];
        Unit unit = UNIT_TEXT;
        Field field = field_named(ds_span_of(name), &unit);
        int slots[PIECE_ALTERNATIVES];
        if (!(list->told & 1u << field) && list->wanted & 1u << field &&
            slots_named(list->parser, ds_span_of(name), slots)) {
            add_implicit(list, ds_span_of(name), slots[0]);
        }
    }
}

int source_plain(const Source *source) {
    const Piece *piece = source->pieces;
    bool plain = source->piece_count == 1 && piece->slots[0] >= 0 && piece->slots[0] < SLOT_KEPT &&
                 piece->slots[1] < 0 && !source->map && !source->match && !source->has_default;
    return plain ? piece->slots[0] : -1;
}

/* Of a wrapper: the line that an entry holds becomes its text, the stream it belongs to its user. */
static bool add_wrapped(SourceList *list, const YamlNode *node, const char *field, GError **error) {
    const YamlNode key = {.kind = YAML_SCALAR, .line = node ? node->line : 0, .text = (char *)field};
    Source source = {0};
    bool fine = !node || source_compile(list->parser, list->rule, &key, node, &source, error);
    if (node && fine) {
        list->told |= 1u << source.field;
        g_array_append_val(list->sources, source);
    }
    return fine;
}

static int by_field(const void *a, const void *b) {
    return (int)((const Source *)a)->field - (int)((const Source *)b)->field;
}

static bool add_told(SourceList *list, const YamlNode *key, const YamlNode *node, GError **error) {
    Source source = {0};
    bool fine = source_compile(list->parser, list->rule, key, node, &source, error);
    list->told |= fine ? 1u << source.field : 0;
    g_array_append_val(list->sources, source);
    return fine;
}

/* The fields of the rule that a further record belongs to, where it does not give them itself. */
static bool add_inherited(SourceList *list, const YamlNode *fields, GError **error) {
    uint32_t own = list->told;
    for (unsigned i = 0; fields && i < fields->items->len; i++) {
        const YamlNode *key = fields->keys->pdata[i];
        Unit unit;
        Field field = field_named(ds_span_of(key->text), &unit);
        if (!(own & 1u << field) && list->wanted & 1u << field &&
            !add_told(list, key, fields->items->pdata[i], error)) {
            return false;
        }
    }
    return true;
}

/* Running totals and numbers of a step do not go together, so with the former no capture comes in by its name. */
static bool check_counts(SourceList *list, Rule *rule, const YamlNode *at, GError **error) {
    const uint32_t counts = 1u << FIELD_TALLY | 1u << FIELD_BAD_COUNT | 1u << FIELD_GOOD_COUNT;
    const uint32_t told = rule->signal == SIGNAL_REQUEST ? counts | 1u << FIELD_INTERVAL : 0;
    uint32_t steps = 0;
    for (unsigned i = 0; i < list->sources->len; i++) {
        const Source *source = &g_array_index(list->sources, Source, i);
        bool previous = source->constant && ds_span_equal(source->text, SPAN("previous"));
        rule->cumulative |= source->cumulative;
        rule->since_previous |= source->field == FIELD_INTERVAL && previous && told;
        steps |= source->cumulative ? 0 : told & 1u << source->field;
    }
    list->wanted &= rule->cumulative ? ~told : UINT32_MAX;
    return !rule->cumulative || !steps ||
           ds_yaml_error(at, list->parser->file, error,
                         "of count, bad_count and good_count all that the rule gives are cumulative or none is, and "
                         "with running totals there is no interval");
}

/* inherited: `fields` of the rule that this one is a further record of; NULL: none. */
static bool compile_sources(Parser *parser, Rule *rule, const YamlNode *fields, const YamlNode *inherited,
                            GError **error) {
    SourceList list = {parser, rule, g_array_new(FALSE, TRUE, sizeof(Source)), 0, 0};
    list.wanted = rule->remember | (rule->ignore ? 1u << FIELD_TIME | 1u << FIELD_OFFSET : fields_of(rule->signal));
    list.wanted |= rule->hold || rule->known_as ? fields_of(SIGNAL_PROBE) : 0;
    bool fine = !fields || fields->kind == YAML_MAP ||
                ds_yaml_error(fields, parser->file, error, "fields must be a map of record fields");
    for (unsigned i = 0; fine && fields && i < fields->items->len; i++) {
        fine = add_told(&list, fields->keys->pdata[i], fields->items->pdata[i], error);
    }
    fine =
        fine && add_inherited(&list, inherited, error) && check_counts(&list, rule, fields ? fields : inherited, error);
    if (fine && parser->wraps && !rule->ignore) {
        list.wanted = 1u << FIELD_TIME | 1u << FIELD_SERVICE | 1u << FIELD_VANTAGE | rule->remember;
        fine = add_wrapped(&list, parser->wraps_node, "text", error) &&
               add_wrapped(&list, parser->stream_node, "user", error);
    }
    if (fine && rule->regex) {
        regex_names(rule->regex, add_group, &list);
    } else if (fine && parser->type != TYPE_ICAL) {
        add_named(&list);
    }
    g_array_sort(list.sources, by_field);
    for (unsigned i = 0; i < list.sources->len; i++) {
        Source *source = &g_array_index(list.sources, Source, i);
        source->plain = source_plain(source);
        rule->gives |= 1u << source->field;
    }
    rule->source_count = list.sources->len;
    rule->sources = parser_block(parser, list.sources->len, sizeof(Source));
    if (list.sources->len) {
        memcpy(rule->sources, list.sources->data, list.sources->len * sizeof(Source));
    }
    g_array_unref(list.sources);
    rule->follows = fine && day_follows(rule);
    return fine;
}

/* ---- a rule ---- */

static bool read_flag(const Parser *parser, const YamlNode *node, const char *key, bool *flag, GError **error) {
    static const char *const words[] = {"false", "true", NULL};
    const YamlNode *value = ds_yaml_get(node, key);
    int chosen = value ? parser_choice(parser, value, key, words, error) : 0;
    *flag = chosen == 1;
    return chosen >= 0;
}

/* base: where what is not told comes from. */
static bool read_choices(const Parser *parser, Rule *rule, const Rule *base, const YamlNode *node, GError **error) {
    static const char *const stamped[] = {"sent", "completed", "next", NULL};
    static const char *const signals[] = {"probe", "transition", "request", "report", "notice", "maintenance", NULL};
    static const char *const events[] = {
        "state", "current", "monitor-stop", "monitor-start", "maintenance-start", "maintenance-end", NULL};
    const YamlNode *stamp = ds_yaml_get(node, "stamped"), *signal = ds_yaml_get(node, "signal"),
                   *event = ds_yaml_get(node, "event");
    int as_stamp = stamp ? parser_choice(parser, stamp, "stamped", stamped, error) : (int)base->stamped;
    int as_signal =
        as_stamp >= 0 && signal ? parser_choice(parser, signal, "signal", signals, error) : (int)base->signal;
    int as_event = as_stamp >= 0 && as_signal >= 0 && event ? parser_choice(parser, event, "event", events, error)
                   : signal                                 ? (int)EVENT_STATE
                                                            : (int)base->event;
    if (as_stamp < 0 || as_signal < 0 || as_event < 0) {
        return false;
    }
    rule->stamped = (Stamped)as_stamp;
    rule->stamped_told = stamp != NULL || base->stamped_told;
    rule->signal = (Signal)as_signal;
    rule->event = (Event)as_event;
    if (rule->stamped == STAMPED_NEXT && !parser->sequenced) {
        return ds_yaml_error(stamp, parser->file, error, "stamped: next needs 'sequence' in the file");
    }
    bool maintenance = rule->event >= EVENT_MAINTENANCE_START;
    if (event && rule->event != EVENT_STATE && rule->signal != (maintenance ? SIGNAL_MAINTENANCE : SIGNAL_TRANSITION)) {
        return ds_yaml_error(event, parser->file, error, "event %s goes with signal %s only", event->text,
                             maintenance ? "maintenance" : "transition");
    }
    return true;
}

static bool read_partial(const Parser *parser, Rule *rule, const YamlNode *node, GError **error) {
    static const char *const words[] = {"false", "true", "newline", NULL};
    const YamlNode *partial = ds_yaml_get(node, "partial");
    if (partial && !parser->wraps) {
        return ds_yaml_error(partial, parser->file, error, "'partial' goes with 'wraps' only");
    }
    int chosen = partial ? parser_choice(parser, partial, "partial", words, error) : 0;
    rule->partial = (Partial)MAX(chosen, 0);
    return chosen >= 0;
}

static bool gives(const Parser *parser, const Rule *rule, Field field) {
    for (unsigned i = 0; i < rule->source_count; i++) {
        if (rule->sources[i].field == field) {
            return true;
        }
    }
    for (unsigned i = 0; i < parser->rule_count; i++) {
        if (parser->rules[i].remember & 1u << field) {
            return true;
        }
    }
    return parser->path_fields >> field & 1;
}

static bool check_complete(const Parser *parser, const Rule *rule, const YamlNode *node, GError **error) {
    if (rule->ignore || rule->hold || parser->type == TYPE_ICAL || parser->wraps) {
        return true;
    }
    if (!gives(parser, rule, FIELD_TIME) && !parser->counted) {
        return ds_yaml_error(node, parser->file, error,
                             "the rule gives no 'time': name a group so, or set it in fields");
    }
    bool state = (rule->signal == SIGNAL_PROBE || rule->signal == SIGNAL_TRANSITION) &&
                 rule->event != EVENT_MONITOR_STOP && rule->event != EVENT_MONITOR_START;
    if (state && !gives(parser, rule, FIELD_STATE) && !gives(parser, rule, FIELD_STATUS)) {
        return ds_yaml_error(node, parser->file, error, "the rule gives neither 'state' nor 'status'");
    }
    return true;
}

/* Further records of the entry that a rule takes: rules without a pattern, which have what they do not tell from it. */
static bool compile_also(Parser *parser, Rule *rule, const YamlNode *node, GError **error) {
    static const char *const keys[] = {"when", "stamped", "signal", "event", "fields", NULL};
    const YamlNode *list = ds_yaml_get(node, "also");
    if (!list) {
        return true;
    }
    if (list->kind != YAML_LIST || list->items->len == 0 || list->items->len > ALSO_MAX) {
        return ds_yaml_error(list, parser->file, error, "also must be a list of 1 to %u further records", ALSO_MAX);
    }
    if (rule->ignore || rule->hold || parser->wraps || parser->type == TYPE_ICAL) {
        return ds_yaml_error(list, parser->file, error, "'also' goes with rules that yield a record, and not with %s",
                             parser->wraps               ? "wraps"
                             : parser->type == TYPE_ICAL ? "type ical"
                             : rule->hold                ? "hold"
                                                         : "ignore");
    }
    rule->also = parser_block(parser, list->items->len, sizeof(Rule));
    for (unsigned i = 0; i < list->items->len; i++) {
        const YamlNode *item = list->items->pdata[i];
        Rule *sub = &rule->also[rule->also_count++];
        sub->regex = rule->regex;
        sub->line = item->line;
        if (item->kind != YAML_MAP) {
            return ds_yaml_error(item, parser->file, error, "a further record is a map");
        }
        if (!ds_yaml_allow(item, keys, parser->file, "a further record", error) ||
            !read_choices(parser, sub, rule, item, error) ||
            !when_compile(parser, sub, ds_yaml_get(item, "when"), error) ||
            !compile_sources(parser, sub, ds_yaml_get(item, "fields"), ds_yaml_get(node, "fields"), error)) {
            return false;
        }
    }
    return true;
}

static bool compile_rule(Parser *parser, Rule *rule, const YamlNode *node, GError **error) {
    static const char *const keys[] = {"pattern", "when",   "ignore",  "hold", "stamped",  "remember", "signal",
                                       "event",   "fields", "partial", "also", "known_as", "recall",   NULL};
    const Rule base = {.signal = parser->signal, .stamped = parser->stamped, .stamped_told = parser->stamped_told};
    if (node->kind != YAML_MAP) {
        return ds_yaml_error(node, parser->file, error, "a rule is a map");
    }
    rule->line = node->line;
    const YamlNode *pattern = ds_yaml_get(node, "pattern");
    if (!ds_yaml_allow(node, keys, parser->file, "a rule", error)) {
        return false;
    }
    if ((pattern != NULL) != (parser->type == TYPE_REGEX || parser->type == TYPE_WHOLE) ||
        (pattern && pattern->kind != YAML_SCALAR)) {
        return ds_yaml_error(pattern ? pattern : node, parser->file, error,
                             pattern ? "'pattern' goes with types regex and whole only" : "the rule needs a 'pattern'");
    }
    if (pattern) {
        rule->regex = parser_regex(parser, pattern, ds_span_of(pattern->text), true, error);
        if (!rule->regex) {
            return false;
        }
        parser->groups = MAX(parser->groups, regex_groups(rule->regex));
        if (regex_groups(rule->regex) > GROUPS_MAX) {
            return ds_yaml_error(pattern, parser->file, error, "a pattern may have at most %u groups", GROUPS_MAX);
        }
    }
    return read_flag(parser, node, "ignore", &rule->ignore, error) && evidence_rule(parser, rule, node, error) &&
           read_flag(parser, node, "hold", &rule->hold, error) && read_choices(parser, rule, &base, node, error) &&
           read_partial(parser, rule, node, error) && when_compile(parser, rule, ds_yaml_get(node, "when"), error) &&
           remember_compile(parser, rule, ds_yaml_get(node, "remember"), error) &&
           recall_compile(parser, rule, node, error) &&
           compile_sources(parser, rule, ds_yaml_get(node, "fields"), NULL, error) &&
           compile_also(parser, rule, node, error);
}

bool rules_compile(Parser *parser, const YamlNode *node, GError **error) {
    static const YamlNode none = {.kind = YAML_MAP, .line = 1};
    if (!node && (parser->type == TYPE_REGEX || parser->type == TYPE_WHOLE)) {
        return ds_yaml_error(&none, parser->file, error, "'rules' is needed: a list of rules with a pattern each");
    }
    if (node && (node->kind != YAML_LIST || node->items->len == 0 || node->items->len > RULES_MAX)) {
        return ds_yaml_error(node, parser->file, error, "rules must be a list of 1 to %u rules", RULES_MAX);
    }
    unsigned count = node ? node->items->len : 1;
    parser->rules = parser_block(parser, count, sizeof(Rule));
    if (node && !remember_names(parser, node, error)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        parser->rule_count = i + 1;
        if (!node) {
            Rule *rule = &parser->rules[0];
            rule->signal = parser->signal;
            rule->stamped = parser->stamped;
            rule->ignore = parser->mute;
            return compile_sources(parser, rule, NULL, NULL, error);
        }
        if (!compile_rule(parser, &parser->rules[i], node->items->pdata[i], error)) {
            return false;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        const Rule *rule = &parser->rules[i];
        const YamlNode *item = node->items->pdata[i], *also = ds_yaml_get(item, "also");
        bool fine = check_complete(parser, rule, item, error);
        for (unsigned k = 0; fine && k < rule->also_count; k++) {
            fine = check_complete(parser, &rule->also[k], also->items->pdata[k], error);
        }
        if (!fine) {
            return false;
        }
    }
    return true;
}
