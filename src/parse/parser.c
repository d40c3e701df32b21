/* SPDX-License-Identifier: MIT
 * A parser file to a compiled Parser: everything that can be decided once is decided here, names become slot numbers,
 * words become codes, and every mistake is told with its line. docs/parsers.md is the reference. */
#include "parse/parser.h"

#include "base/error.h"
#include "base/yaml.h"

#include <stdlib.h>

static const char *const type_names[] = {"regex", "json", "csv", "ical", "whole", NULL};
/* A wrapper: where the line stands in its entries, and what tells lines told in parts from each other. */
static bool compile_wraps(Parser *parser, const YamlNode *root, GError **error) {
    const YamlNode *wraps = ds_yaml_get(root, "wraps"), *stream = ds_yaml_get(root, "stream");
    const YamlNode *wrong = wraps && wraps->kind != YAML_SCALAR ? wraps : stream && !wraps ? stream : NULL;
    if (wrong || (stream && stream->kind != YAML_SCALAR)) {
        return ds_yaml_error(wrong ? wrong : stream, parser->file, error,
                             "wraps must be a text with {captures} that gives a line of its own format; 'stream' goes "
                             "with it and is one too");
    }
    if (wraps && parser->type != TYPE_REGEX && (parser->type != TYPE_JSON || ds_yaml_get(root, "entries"))) {
        return ds_yaml_error(wraps, parser->file, error, "wraps goes with type regex or json (without entries)");
    }
    parser->wraps = wraps != NULL;
    parser->wraps_node = wraps;
    parser->stream_node = stream;
    return true;
}

static const char *const signal_names[] = {"probe", "transition", "request", "report", "notice", "maintenance", NULL};

void *parser_block(Parser *parser, size_t count, size_t size) {
    void *block = g_malloc0_n(MAX(count, 1), size);
    g_ptr_array_add(parser->blocks, block);
    return block;
}

Span parser_text(Parser *parser, Span text) {
    return (Span){g_string_chunk_insert_len(parser->texts, text.p ? text.p : "", (gssize)text.n), text.n};
}

int parser_choice(const Parser *parser, const YamlNode *node, const char *key, const char *const *words,
                  GError **error) {
    for (int i = 0; node->kind == YAML_SCALAR && words[i]; i++) {
        if (strcmp(node->text, words[i]) == 0) {
            return i;
        }
    }
    g_autofree char *list = g_strjoinv(", ", (char **)words);
    ds_yaml_error(node, parser->file, error, "%s must be one of: %s", key, list);
    return -1;
}

Regex *parser_regex(Parser *parser, const YamlNode *node, Span pattern, bool extended, GError **error) {
    while (pattern.n && pattern.p[pattern.n - 1] == '\n') {
        pattern.n--;
    }
    g_autofree char *fault = NULL;
    size_t offset = 0;
    Regex *regex = regex_new(pattern, extended, &fault, &offset);
    if (!regex) {
        size_t from = offset > 20 ? offset - 20 : 0;
        g_autofree char *before = g_strndup(pattern.p + from, offset - from);
        g_autofree char *after = g_strndup(pattern.p + offset, MIN(pattern.n - offset, 20));
        ds_yaml_error(node, parser->file, error, "bad pattern at offset %zu: %s; here: %s <-- HERE %s", offset, fault,
                      before, after);
        return NULL;
    }
    return regex;
}

/* ---- keys of the file ---- */

static char *scalar_text(const Parser *parser, const YamlNode *map, const char *key, bool needed, GError **error) {
    const YamlNode *node = ds_yaml_get(map, key);
    if (!node && !needed) {
        return g_strdup("");
    }
    if (!node || node->kind != YAML_SCALAR || (needed && !*node->text)) {
        ds_yaml_error(node ? node : map, parser->file, error, "'%s' is needed and must be a text", key);
        return NULL;
    }
    return g_strdup(node->text);
}

static bool compile_identity(Parser *parser, const YamlNode *root, GError **error) {
    parser->name = scalar_text(parser, root, "name", true, error);
    parser->title = parser->name ? scalar_text(parser, root, "title", true, error) : NULL;
    parser->source = parser->title ? scalar_text(parser, root, "source", false, error) : NULL;
    if (!parser->source) {
        return false;
    }
    if (strspn(parser->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(parser->name)) {
        return ds_yaml_error(ds_yaml_get(root, "name"), parser->file, error,
                             "name '%s': only small letters, digits and '-' are allowed", parser->name);
    }
    const YamlNode *type = ds_yaml_get(root, "type");
    if (!type) {
        return ds_yaml_error(root, parser->file, error, "'type' is needed: regex, json, csv, ical or whole");
    }
    int chosen = parser_choice(parser, type, "type", type_names, error);
    parser->type = (ParserType)MAX(chosen, 0);
    const YamlNode *signal = ds_yaml_get(root, "signal");
    parser->signal = parser->type == TYPE_ICAL ? SIGNAL_MAINTENANCE : SIGNAL_PROBE;
    int told = chosen >= 0 && signal ? parser_choice(parser, signal, "signal", signal_names, error) : 0;
    if (signal) {
        parser->signal = (Signal)MAX(told, 0);
    }
    return chosen >= 0 && told >= 0;
}

static bool compile_stamp(Parser *parser, const YamlNode *root, GError **error) {
    static const char *const words[] = {"sent", "completed", NULL};
    const YamlNode *stamped = ds_yaml_get(root, "stamped");
    if (stamped) {
        int chosen = parser_choice(parser, stamped, "stamped", words, error);
        if (chosen < 0) {
            return false;
        }
        parser->stamped = (Stamped)chosen;
        parser->stamped_told = true;
    }
    const YamlNode *zone = ds_yaml_get(root, "timezone");
    if (zone && zone->kind != YAML_SCALAR) {
        return ds_yaml_error(zone, parser->file, error, "timezone must be the name of a zone, as Europe/Berlin");
    }
    GError *fault = NULL;
    if (zone && !(parser->zone = ds_zone_load(zone->text, &fault))) {
        ds_yaml_error(zone, parser->file, error, "%s", fault->message);
        g_error_free(fault);
        return false;
    }
    const YamlNode *time = ds_yaml_get(root, "time");
    g_autoptr(GPtrArray) forms = g_ptr_array_new();
    for (unsigned i = 0; time && time->kind == YAML_LIST && i < time->items->len; i++) {
        const YamlNode *item = time->items->pdata[i];
        g_ptr_array_add(forms, item->kind == YAML_SCALAR ? item->text : (char *)"");
    }
    if (time && time->kind != YAML_LIST) {
        g_ptr_array_add(forms, time->kind == YAML_SCALAR ? time->text : (char *)"");
    }
    if (!time) {
        g_ptr_array_add(forms, (char *)"auto");
    }
    g_ptr_array_add(forms, NULL);
    parser->stamp = stamp_spec_new((const char *const *)forms->pdata, &fault);
    if (!parser->stamp) {
        ds_yaml_error(time ? time : root, parser->file, error, "%s", fault->message);
        g_error_free(fault);
        return false;
    }
    return true;
}

static bool compile_frame(Parser *parser, const YamlNode *root, GError **error) {
    static const char *const sequence_keys[] = {"modulo", NULL}, *const entry_keys[] = {"begin", "end", NULL};
    const YamlNode *sequence = ds_yaml_get(root, "sequence");
    parser->counted = sequence && sequence->kind == YAML_SCALAR && strcmp(sequence->text, "entries") == 0;
    parser->sequenced = parser->counted;
    if (sequence && !parser->counted) {
        const YamlNode *modulo = ds_yaml_get(sequence, "modulo");
        char *end = NULL;
        if (sequence->kind != YAML_MAP || !modulo || modulo->kind != YAML_SCALAR) {
            return ds_yaml_error(sequence, parser->file, error,
                                 "sequence must be a map with 'modulo', or the word entries");
        }
        parser->modulo = strtoll(modulo->text, &end, 10);
        parser->sequenced = true;
        if (*end || end == modulo->text || parser->modulo < 0 || parser->modulo > INT32_MAX) {
            return ds_yaml_error(modulo, parser->file, error, "modulo must be a number, 0 (never wraps) or more");
        }
        if (!ds_yaml_allow(sequence, sequence_keys, parser->file, "sequence", error)) {
            return false;
        }
    }
    const YamlNode *entry = ds_yaml_get(root, "entry");
    if (!entry) {
        return true;
    }
    const YamlNode *begin = ds_yaml_get(entry, "begin"), *end = ds_yaml_get(entry, "end");
    if (parser->type != TYPE_REGEX || !begin || begin->kind != YAML_SCALAR || (end && end->kind != YAML_SCALAR)) {
        return ds_yaml_error(entry, parser->file, error,
                             "entry (of type regex only) must be a map with 'begin' and maybe 'end'");
    }
    parser->begin = parser_regex(parser, begin, ds_span_of(begin->text), false, error);
    if (parser->begin && end) {
        parser->end = parser_regex(parser, end, ds_span_of(end->text), false, error);
    }
    return parser->begin && (!end || parser->end) && ds_yaml_allow(entry, entry_keys, parser->file, "entry", error);
}

static bool compile_needs(Parser *parser, const YamlNode *root, const char *key, Need **needs, unsigned *count,
                          GError **error) {
    const YamlNode *node = ds_yaml_get(root, key);
    if (!node) {
        return true;
    }
    if (node->kind != YAML_LIST || node->items->len > 60) {
        return ds_yaml_error(node, parser->file, error, "%s must be a list of at most 60 names", key);
    }
    *needs = parser_block(parser, node->items->len, sizeof(Need));
    *count = node->items->len;
    for (unsigned i = 0; i < node->items->len; i++) {
        const YamlNode *item = node->items->pdata[i];
        if (item->kind != YAML_SCALAR || !*item->text ||
            !slots_named(parser, ds_span_of(item->text), (*needs)[i].slots)) {
            return ds_yaml_error(item, parser->file, error, "%s must be a list of names (up to %d alternatives as a|b)",
                                 key, PIECE_ALTERNATIVES);
        }
        (*needs)[i].text = parser_text(parser, ds_span_of(item->text)).p;
    }
    return true;
}

/* Names of parsers that this one is a special case of. */
static bool compile_beats(Parser *parser, const YamlNode *root, GError **error) {
    const YamlNode *node = ds_yaml_get(root, "beats");
    if (!node) {
        return true;
    }
    parser->beats = parser_block(parser, (node->kind == YAML_LIST ? node->items->len : 0) + 1, sizeof(char *));
    for (unsigned i = 0; node->kind == YAML_LIST && i < node->items->len; i++) {
        const YamlNode *item = node->items->pdata[i];
        if (item->kind != YAML_SCALAR || !*item->text) {
            return ds_yaml_error(item, parser->file, error, "beats must be a list of names of parsers");
        }
        parser->beats[i] = parser_text(parser, ds_span_of(item->text)).p;
    }
    return node->kind == YAML_LIST ||
           ds_yaml_error(node, parser->file, error, "beats must be a list of names of parsers");
}

static bool compile_csv(Parser *parser, const YamlNode *root, GError **error) {
    static const char *const headers[] = {"required", "none", NULL};
    const YamlNode *prefix = ds_yaml_get(root, "header");
    if (prefix && prefix->kind == YAML_SCALAR && g_ascii_ispunct(prefix->text[0])) {
        parser->directive = parser_text(parser, ds_span_of(prefix->text));
    }
    const YamlNode *delimiter = ds_yaml_get(root, "delimiter"), *comment = ds_yaml_get(root, "comment");
    if (delimiter && delimiter->kind == YAML_SCALAR && strcmp(delimiter->text, "auto") != 0) {
        bool tab = g_ascii_strcasecmp(delimiter->text, "tab") == 0 || strcmp(delimiter->text, "\\t") == 0;
        parser->delimiter = tab ? '\t' : delimiter->text[0];
        if (!tab && strlen(delimiter->text) != 1) {
            return ds_yaml_error(delimiter, parser->file, error, "delimiter must be auto, TAB or one character");
        }
    }
    if (comment) {
        if (comment->kind != YAML_SCALAR || strlen(comment->text) != 1) {
            return ds_yaml_error(comment, parser->file, error, "comment must be one character");
        }
        parser->comment = comment->text[0];
    }
    const YamlNode *header = ds_yaml_get(root, "header"), *columns = ds_yaml_get(root, "columns");
    int chosen = header && !parser->directive.n ? parser_choice(parser, header, "header", headers, error) : 0;
    if (chosen < 0) {
        return false;
    }
    parser->headless = chosen == 1;
    if (parser->headless != (columns != NULL) || (columns && columns->kind != YAML_LIST)) {
        return ds_yaml_error(columns ? columns : root, parser->file, error,
                             "'columns' (a list of names) goes with 'header: none', and only with it");
    }
    parser->column_count = columns ? columns->items->len : 0;
    parser->columns = parser_block(parser, parser->column_count, sizeof(int));
    for (unsigned i = 0; i < parser->column_count; i++) {
        const YamlNode *item = columns->items->pdata[i];
        int slots[PIECE_ALTERNATIVES];
        if (item->kind != YAML_SCALAR || !slots_named(parser, ds_span_of(item->text), slots)) {
            return ds_yaml_error(item, parser->file, error, "columns must be a list of names");
        }
        parser->columns[i] = slots[0];
    }
    return true;
}

/* Requests of a log that tells failed ones only. */
static bool compile_counts(Parser *parser, const YamlNode *root, GError **error) {
    static const char *const words[] = {"all", "failures", NULL};
    const YamlNode *counts = ds_yaml_get(root, "counts");
    int chosen = counts ? parser_choice(parser, counts, "counts", words, error) : 0;
    bool requests = false;
    for (unsigned i = 0; i < parser->rule_count && !parser->wraps; i++) {
        const Rule *rule = &parser->rules[i];
        requests = requests || (rule->signal == SIGNAL_REQUEST && !rule->ignore && !rule->hold);
    }
    if (chosen > 0 && !requests) {
        return ds_yaml_error(counts, parser->file, error, "counts: failures goes with a rule of signal request");
    }
    parser->failures = chosen == 1;
    parser->holds_on |= parser->failures;
    return chosen >= 0;
}

/* ---- the whole ---- */

static void note_signal(Parser *parser, Signal signal, uint32_t *seen, GString *yields) {
    if (!(*seen & 1u << signal)) {
        *seen |= 1u << signal;
        parser->holds_on |= signal == SIGNAL_TRANSITION;
        g_string_append_printf(yields, "%s%s", yields->len ? " " : "", ds_signal_name(signal));
    }
}

static void note_yields(Parser *parser) {
    GString *yields = g_string_new(NULL);
    uint32_t seen = 0;
    for (unsigned i = 0; i < parser->rule_count; i++) {
        const Rule *rule = &parser->rules[i];
        if (parser->wraps || rule->ignore || rule->hold) {
            continue;
        }
        note_signal(parser, rule->signal, &seen, yields);
        for (unsigned k = 0; k < rule->also_count; k++) {
            note_signal(parser, rule->also[k].signal, &seen, yields);
        }
    }
    if (parser->wraps || parser->mute) {
        g_string_append(yields, parser->mute ? "nothing" : "lines");
    }
    parser->yields = g_string_free(yields, FALSE);
}

static bool compile(Parser *parser, const YamlNode *root, GError **error) {
    static const char *const keys[] = {"name",      "title",   "source",   "type",    "signal",  "stamped",
                                       "timezone",  "time",    "sequence", "entry",   "rules",   "samples",
                                       "delimiter", "header",  "comment",  "columns", "require", "optional",
                                       "refuse",    "entries", "wraps",    "beats",   "stream",  "evidence",
                                       "advice",    "file",    "counts",   NULL};
    if (root->kind != YAML_MAP) {
        return ds_yaml_error(root, parser->file, error,
                             "a parser file is a map with name, title, type, rules, samples");
    }
    if (!ds_yaml_allow(root, keys, parser->file, "a parser file", error) || !compile_identity(parser, root, error) ||
        !evidence_compile(parser, root, error) || !compile_stamp(parser, root, error) ||
        !compile_wraps(parser, root, error) || !compile_frame(parser, root, error) ||
        !path_compile(parser, root, error)) {
        return false;
    }
    int summary[PIECE_ALTERNATIVES];
    if (parser->type == TYPE_ICAL) {
        slots_named(parser, SPAN("summary"), summary); /* becomes SLOT_SUMMARY */
    }
    if (!compile_beats(parser, root, error) ||
        !compile_needs(parser, root, "require", &parser->require, &parser->require_count, error) ||
        !compile_needs(parser, root, "optional", &parser->optional, &parser->optional_count, error) ||
        !compile_needs(parser, root, "refuse", &parser->refuse, &parser->refuse_count, error) ||
        (parser->type == TYPE_CSV && !compile_csv(parser, root, error)) ||
        (parser->type == TYPE_JSON && !steps_compile(parser, root, error))) {
        return false;
    }
    bool fine = rules_compile(parser, ds_yaml_get(root, "rules"), error);
    parser->wraps_node = parser->stream_node = NULL;
    if (!fine || !steps_check(parser, root, error)) {
        return false;
    }
    note_yields(parser);
    return compile_counts(parser, root, error);
}

/* read: the part of the text that is needed. */
static Parser *compile_text(Span yaml, Span read, const char *name, GError **error) {
    g_autoptr(YamlNode) root = ds_yaml_parse(read, name, error);
    if (!root) {
        return NULL;
    }
    g_autoptr(Parser) parser = g_new0(Parser, 1);
    parser->file = g_strdup(name);
    parser->yaml = g_strndup(yaml.p, yaml.n);
    parser->texts = g_string_chunk_new(1024);
    parser->blocks = g_ptr_array_new_with_free_func(g_free);
    parser->slots = g_ptr_array_new_with_free_func(g_free);
    parser->kept = g_ptr_array_new_with_free_func(g_free);
    parser->paths = g_array_new(FALSE, TRUE, sizeof(PathNode));
    for (unsigned i = 0; i <= PATH_PARENTS; i++) {
        parser->roots[i] = -1;
    }
    parser->member_slot = -1;
    return compile(parser, root, error) ? g_steal_pointer(&parser) : NULL;
}

Parser *ds_parser_compile(Span yaml, const char *name, GError **error) {
    return compile_text(yaml, yaml, name, error);
}

/* Samples stand last in the files that are built in, are half of their text, and no reading needs them. */
Parser *parser_compile_built_in(Span yaml, const char *name, GError **error) {
    static const char mark[] = "\nsamples:";
    const char *samples = g_strstr_len(yaml.p, (gssize)yaml.n, mark);
    return compile_text(yaml, samples ? (Span){yaml.p, (size_t)(samples + 1 - yaml.p)} : yaml, name, error);
}

/* The patterns of a rule, but for its own. */
static void free_patterns(const Rule *rule) {
    for (unsigned i = 0; i < rule->when_count; i++) {
        regex_free(rule->when[i].regex);
    }
    for (unsigned k = 0; k < rule->source_count; k++) {
        const Source *source = &rule->sources[k];
        for (unsigned i = 0; i < source->match_count; i++) {
            regex_free(source->match[i].regex);
        }
        for (unsigned i = 0; i < source->sum_count; i++) {
            regex_free(source->sums[i].regex);
        }
    }
}

void ds_parser_free(Parser *parser) {
    if (!parser) {
        return;
    }
    for (unsigned i = 0; i < parser->rule_count; i++) {
        const Rule *rule = &parser->rules[i];
        regex_free(rule->regex);
        free_patterns(rule);
        for (unsigned k = 0; k < rule->also_count; k++) {
            free_patterns(&rule->also[k]);
        }
    }
    regex_free(parser->path);
    regex_free(parser->begin);
    regex_free(parser->end);
    ds_zone_free(parser->zone);
    stamp_spec_free(parser->stamp);
    g_ptr_array_unref(parser->slots);
    g_ptr_array_unref(parser->kept);
    g_array_unref(parser->paths);
    g_ptr_array_unref(parser->blocks);
    g_string_chunk_free(parser->texts);
    char *texts[] = {parser->name, parser->title, parser->source, parser->file, parser->yields, parser->yaml};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(texts[i]);
    }
    g_free(parser);
}

const char *ds_parser_name(const Parser *parser) {
    return parser->name;
}

const char *ds_parser_title(const Parser *parser) {
    return parser->title;
}

const char *ds_parser_source(const Parser *parser) {
    return parser->source;
}

const char *ds_parser_type(const Parser *parser) {
    return type_names[parser->type];
}

bool ds_parser_wraps(const Parser *parser) {
    return parser->wraps;
}

const char *ds_parser_yields(const Parser *parser) {
    return parser->yields;
}

const char *ds_parser_yaml(const Parser *parser) {
    return parser->yaml;
}
