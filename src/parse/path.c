/* SPDX-License-Identifier: MIT
 * What the name of a file tells: named groups of `file:` are defaults of every entry, as if a line at the front of the
 * file had told them and a rule had remembered them. Only the end of the path is looked at, so that it does not matter
 * where a folder of logs lies. */
#include "parse/parser.h"

#include "base/yaml.h"

#define GROUPS_MAX 255u
#define KEPT_MAX 32u
#define COMPONENTS 3

typedef struct {
    Parser *parser;
    const YamlNode *node;
    GError **error;
    bool fine;
} Naming;

static bool is_kept(const Parser *parser, const char *name, unsigned *index) {
    return g_ptr_array_find_with_equal_func(parser->kept, name, g_str_equal, index);
}

static void add_name(const char *name, int group, void *context) {
    Naming *naming = context;
    Parser *parser = naming->parser;
    Unit unit = UNIT_TEXT;
    PathKeep *keep = &parser->path_keeps[parser->path_keep_count];
    *keep = (PathKeep){.group = group, .field = field_named(ds_span_of(name), &unit)};
    if (!naming->fine || regex_group(parser->path, ds_span_of(name)) != group) {
        return;
    }
    if (unit != UNIT_TEXT) {
        naming->fine = ds_yaml_error(naming->node, parser->file, naming->error,
                                     "file: a name tells no unit; name the group %s, with the unit in its text",
                                     field_name(keep->field));
        return;
    }
    if (keep->field != FIELD_COUNT) {
        parser->path_fields |= 1u << keep->field;
    } else if (!is_kept(parser, name, &keep->kept)) {
        keep->kept = parser->kept->len;
        g_ptr_array_add(parser->kept, g_strdup(name));
    }
    parser->path_keep_count++;
}

bool path_compile(Parser *parser, const YamlNode *root, GError **error) {
    const YamlNode *node = ds_yaml_get(root, "file");
    if (!node) {
        return true;
    }
    if (node->kind != YAML_SCALAR || !*node->text) {
        return ds_yaml_error(node, parser->file, error,
                             "file must be a pattern that is searched in the path of the file");
    }
    if (parser->wraps || parser->type == TYPE_ICAL) {
        return ds_yaml_error(node, parser->file, error, "file goes neither with 'wraps' nor with type ical");
    }
    parser->path = parser_regex(parser, node, ds_span_of(node->text), true, error);
    if (!parser->path) {
        return false;
    }
    unsigned groups = regex_groups(parser->path);
    if (groups > GROUPS_MAX) {
        return ds_yaml_error(node, parser->file, error, "a pattern may have at most %u groups", GROUPS_MAX);
    }
    parser->groups = MAX(parser->groups, groups);
    parser->path_keeps = parser_block(parser, groups + 1, sizeof(PathKeep));
    Naming naming = {parser, node, error, true};
    regex_names(parser->path, add_name, &naming);
    if (naming.fine && parser->kept->len > KEPT_MAX) {
        return ds_yaml_error(node, parser->file, error, "more than %u names are captured", KEPT_MAX);
    }
    return naming.fine;
}

/* The last components of a path: "archive.zip!folder/2026-11-25.json" of any longer one. */
static Span path_end(const char *path) {
    Span text = ds_span_of(path);
    unsigned slashes = 0;
    for (size_t i = text.n; i > 0; i--) {
        slashes += text.p[i - 1] == '/';
        if (slashes == COMPONENTS) {
            return (Span){text.p + i, text.n - i};
        }
    }
    return text;
}

/* Do lines tell the same? Then what a line of an earlier file told outlives a name that tells nothing. */
static bool told_by_lines(const Parser *parser, const PathKeep *keep) {
    for (unsigned i = 0; i < parser->rule_count; i++) {
        const Rule *rule = &parser->rules[i];
        if (keep->field != FIELD_COUNT && rule->remember & 1u << keep->field) {
            return true;
        }
        for (unsigned k = 0; keep->field == FIELD_COUNT && k < rule->keep_count; k++) {
            if (rule->keeps[k].kept == (int)keep->kept) {
                return true;
            }
        }
    }
    return false;
}

/* What the user says of the file goes before what its name says. */
static bool told_by_user(const RunDefaults *defaults, Field field) {
    return (field == FIELD_SERVICE && defaults->service_told.n) || (field == FIELD_VANTAGE && defaults->vantage.n) ||
           (field == FIELD_CHECK && defaults->check.n);
}

void path_apply(Run *run) {
    const Parser *parser = run->parser;
    Span values[GROUPS_MAX + 1] = {{NULL, 0}};
    if (!parser->path) {
        return;
    }
    Span end = path_end(run->file->path);
    run->path_fits = matcher_match(run->matcher, parser->path, end) == MATCH_FOUND;
    if (run->path_fits) {
        matcher_values(run->matcher, parser->path, end, values);
    }
    for (unsigned i = 0; i < parser->path_keep_count; i++) {
        const PathKeep *keep = &parser->path_keeps[i];
        bool is_field = keep->field != FIELD_COUNT;
        Span value = values[keep->group];
        if ((value.n == 0 && told_by_lines(parser, keep)) || (is_field && told_by_user(&run->defaults, keep->field))) {
            continue;
        }
        GString *place = is_field ? run->remembered[keep->field] : run->kept[keep->kept];
        g_string_truncate(place, 0);
        g_string_append_len(place, value.n ? value.p : "", (gssize)value.n);
        if (is_field) {
            uint32_t bit = 1u << keep->field;
            run->remembered_set = value.n ? run->remembered_set | bit : run->remembered_set & ~bit;
        }
    }
}
