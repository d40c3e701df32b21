/* SPDX-License-Identifier: MIT
 * How a file is read, in words: "docker-json > access-log", "access-log + nginx-error". */
#include "parse/parser.h"

char *ds_reading_name(const Reading *reading) {
    GString *name = g_string_new(NULL);
    for (unsigned i = 0; i < reading->wrapper_count; i++) {
        g_string_append_printf(name, "%s%s", i ? " > " : "", reading->wrappers[i]->name);
    }
    for (unsigned i = 0; i < reading->parser_count; i++) {
        const char *between = i ? " + " : reading->wrapper_count ? " > " : "";
        g_string_append_printf(name, "%s%s", between, reading->parsers[i]->name);
    }
    return g_string_free(name, FALSE);
}

bool reading_lines(const Parser *parser) {
    return (parser->type == TYPE_REGEX && !parser->begin) || (parser->type == TYPE_JSON && !parser->step_count);
}

static bool add(Reading *reading, const Parser *parser, bool above, char **why) {
    if (parser->wraps) {
        if (reading->parser_count || reading->wrapper_count == READING_WRAPPERS) {
            *why = g_strdup_printf("'%s' is a wrapper: at most %d of them stand before the parsers, each with '>'",
                                   parser->name, READING_WRAPPERS);
            return false;
        }
        reading->wrappers[reading->wrapper_count++] = parser;
        return true;
    }
    if (above) {
        *why = g_strdup_printf("'%s' is no wrapper, so nothing can stand inside of it", parser->name);
        return false;
    }
    if (reading->parser_count == READING_PARSERS) {
        *why = g_strdup_printf("at most %d parsers can share a file", READING_PARSERS);
        return false;
    }
    reading->parsers[reading->parser_count++] = parser;
    return true;
}

bool ds_reading_of(const GPtrArray *parsers, const char *text, Reading *reading, char **unknown, char **why) {
    g_auto(GStrv) levels = g_strsplit(text, ">", -1);
    *reading = (Reading){0};
    *unknown = *why = NULL;
    for (unsigned i = 0; levels[i]; i++) {
        g_auto(GStrv) names = g_strsplit_set(levels[i], "+,", -1);
        for (unsigned k = 0; names[k]; k++) {
            const Parser *parser = ds_parsers_find(parsers, g_strstrip(names[k]));
            if (!parser) {
                *unknown = g_strdup(names[k]);
                return false;
            }
            if (!add(reading, parser, levels[i + 1] != NULL, why)) {
                return false;
            }
        }
    }
    for (unsigned i = 0; reading->parser_count > 1 && i < reading->parser_count; i++) {
        if (!reading_lines(reading->parsers[i])) {
            *why = g_strdup_printf("'%s' does not read line by line, so it cannot share a file with other parsers",
                                   reading->parsers[i]->name);
            return false;
        }
    }
    return true;
}
