/* SPDX-License-Identifier: MIT
 * Formats that tell nothing about up or down (`evidence: none`): they are recognised, so that nobody wonders what a
 * file is, and all of it is ignored on purpose, with an advice what to record instead. Such a file may be known by its
 * first bytes alone (type whole): it is one entry then. */
#include "parse/parser.h"

#include "base/yaml.h"

#define HEAD (64u << 10) /* bytes that the patterns of a whole file see */
#define SHOWN 4096u      /* bytes kept of one that no pattern fits */

static bool check_rest(const Parser *parser, const YamlNode *root, GError **error) {
    static const char *const never[] = {"wraps", "sequence", "signal", "stamped", "timezone", NULL};
    for (unsigned i = 0; never[i]; i++) {
        const YamlNode *node = ds_yaml_get(root, never[i]);
        if (node) {
            return ds_yaml_error(node, parser->file, error, "'%s' does not go with evidence: none", never[i]);
        }
    }
    return parser->type != TYPE_ICAL ||
           ds_yaml_error(root, parser->file, error, "type ical does not go with evidence: none");
}

bool evidence_compile(Parser *parser, const YamlNode *root, GError **error) {
    static const char *const words[] = {"none", NULL};
    const YamlNode *evidence = ds_yaml_get(root, "evidence"), *advice = ds_yaml_get(root, "advice");
    if (!evidence) {
        const YamlNode *wrong = parser->type == TYPE_WHOLE ? root : advice;
        return !wrong || ds_yaml_error(wrong, parser->file, error, "%s goes with evidence: none only",
                                       wrong == advice ? "'advice'" : "type whole");
    }
    if (parser_choice(parser, evidence, "evidence", words, error) < 0) {
        return false;
    }
    if (!advice || advice->kind != YAML_SCALAR || !*advice->text) {
        return ds_yaml_error(advice ? advice : evidence, parser->file, error,
                             "evidence: none needs an 'advice': a text that tells what to record instead");
    }
    parser->mute = true;
    parser->advice = parser_text(parser, ds_span_of(advice->text)).p;
    return check_rest(parser, root, error);
}

bool evidence_rule(const Parser *parser, Rule *rule, const YamlNode *node, GError **error) {
    static const char *const never[] = {"hold", "signal", "event", "stamped", NULL};
    for (unsigned i = 0; parser->mute && never[i]; i++) {
        const YamlNode *key = ds_yaml_get(node, never[i]);
        if (key) {
            return ds_yaml_error(key, parser->file, error, "'%s' does not go with evidence: none", never[i]);
        }
    }
    rule->ignore |= parser->mute;
    return true;
}

void run_whole(Run *run) {
    Framer *framer = &run->framer;
    while (framer->data.n < HEAD && framer_more(framer)) {
    }
    Span head = {framer->data.p, MIN(framer->data.n, HEAD)};
    if (head.n) {
        Entry entry = {.raw = {head.p, MIN(head.n, SHOWN)}, .text = head, .line = 1};
        run->at_line = 1;
        run_entry(run, &entry);
    }
    do {
        const char *end = framer->data.p + framer->data.n;
        for (const char *p = framer->data.p + framer->at; p && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
            framer->line++;
        }
        framer->at = framer->data.n;
    } while (framer_more(framer));
}

char *ds_reading_advice(const Reading *reading) {
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < reading->parser_count; i++) {
        const Parser *parser = reading->parsers[i];
        if (parser->mute) {
            g_string_append_printf(text, "%s%s: tells nothing about up or down; %s", text->len ? "; " : "",
                                   parser->title, parser->advice);
        }
    }
    return g_string_free(text, text->len == 0);
}
