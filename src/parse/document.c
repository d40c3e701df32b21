/* SPDX-License-Identifier: MIT
 * `entries:` of a JSON document: the lists on the path, and the members of objects where it says `*`, are walked in
 * place, and each element of the last one is an entry. What a path with ^ names in an enclosing element is read once an
 * element, not once an entry. A document that is cut off gives the entries before the cut. */
#include "parse/parser.h"

#include "base/yaml.h"

bool steps_compile(Parser *parser, const YamlNode *root, GError **error) {
    const YamlNode *entries = ds_yaml_get(root, "entries");
    if (!entries) {
        return true;
    }
    if (entries->kind != YAML_SCALAR || !*entries->text) {
        return ds_yaml_error(entries, parser->file, error, "entries must be a path, as incidents[].updates[]");
    }
    g_auto(GStrv) parts = g_strsplit(entries->text, ".", 16);
    parser->step_count = g_strv_length(parts);
    parser->steps = parser_block(parser, parser->step_count, sizeof(EntryStep));
    unsigned lists = 0;
    for (unsigned i = 0; parts[i]; i++) {
        size_t n = strlen(parts[i]);
        bool list = n >= 2 && strcmp(parts[i] + n - 2, "[]") == 0;
        Span key = {parts[i], list ? n - 2 : n};
        bool members = ds_span_equal(key, SPAN("*"));
        parser->steps[i] = (EntryStep){members ? (Span){NULL, 0} : parser_text(parser, key), members, list};
        lists += list || members;
    }
    const EntryStep *last = &parser->steps[parser->step_count - 1];
    if ((!last->list && !last->members) || lists > PATH_PARENTS) {
        return ds_yaml_error(entries, parser->file, error,
                             "entries must end with a list, as updates[], or with the members of an object, as "
                             "monitors.*, at most %d deep",
                             PATH_PARENTS);
    }
    return true;
}

bool steps_check(const Parser *parser, const YamlNode *root, GError **error) {
    bool members = parser->member_slot < 0;
    for (unsigned i = 0; i < parser->step_count; i++) {
        members |= parser->steps[i].members;
    }
    const YamlNode *entries = ds_yaml_get(root, "entries");
    return members || ds_yaml_error(entries ? entries : root, parser->file, error,
                                    "{*} is the name of a member: it needs a step * in 'entries', as monitors.*");
}

typedef struct {
    Run *run;
    const char *counted; /* lines are counted up to here */
    uint64_t line;
    uint64_t entries;
    bool found; /* the path was there */
} DocumentWalk;

static uint64_t line_of(DocumentWalk *walk, const char *place) {
    while (walk->counted < place) {
        const char *found = memchr(walk->counted, '\n', (size_t)(place - walk->counted));
        if (!found) {
            walk->counted = place;
            break;
        }
        walk->line++;
        walk->counted = found + 1;
    }
    return walk->line;
}

/* Empties the slots of the paths below a node. */
static void clear_slots(const Parser *parser, int node, Span *values) {
    for (; node >= 0; node = g_array_index(parser->paths, PathNode, node).next) {
        const PathNode *path = &g_array_index(parser->paths, PathNode, node);
        if (path->slot >= 0) {
            values[path->slot] = (Span){NULL, 0};
        }
        clear_slots(parser, path->child, values);
    }
}

static void fill(const Parser *parser, int root, Span value, Span *values, GString *scratch) {
    if (root >= 0) {
        clear_slots(parser, g_array_index(parser->paths, PathNode, root).child, values);
        g_string_truncate(scratch, 0);
        json_fields(parser, root, value, values, scratch);
    }
}

static void one_element(DocumentWalk *walk, Span value) {
    Run *run = walk->run;
    Entry entry = {.raw = value, .text = value, .line = line_of(walk, value.p)};
    walk->entries++;
    fill(run->parser, run->parser->roots[0], value, run->values, run->scratch);
    run_note_needs(run);
    run_entry(run, &entry);
}

static unsigned lists_from(const Parser *parser, unsigned step) {
    unsigned lists = 0;
    for (; step < parser->step_count; step++) {
        lists += parser->steps[step].list || parser->steps[step].members;
    }
    return lists;
}

static void walk_steps(DocumentWalk *walk, Span value, unsigned step);

/* What an iterating step found: an entry, or a value in which the path goes on. */
static void descend(DocumentWalk *walk, Span value, unsigned step) {
    if (step + 1 == walk->run->parser->step_count) {
        one_element(walk, value);
    } else {
        walk_steps(walk, value, step + 1);
    }
}

/* The value that a cut goes through: what is whole in it still counts, but it is no entry. */
static void descend_cut(DocumentWalk *walk, Span value, unsigned step) {
    if (value.p && step + 1 < walk->run->parser->step_count) {
        walk_steps(walk, value, step + 1);
    }
}

static void walk_list(DocumentWalk *walk, Span list, unsigned step) {
    size_t at = 0;
    Span element = {NULL, 0};
    JsonResult result = JSON_WHOLE;
    while (!walk->run->failed && json_element(list, &at, &element, &result)) {
        descend(walk, element, step);
        element.p = NULL;
    }
    if (result == JSON_CUT) {
        descend_cut(walk, element, step);
    }
}

static void note_member(Run *run, const JsonMember *member) {
    int slot = run->parser->member_slot;
    if (slot >= 0) {
        g_string_set_size(run->member, member->name.n); /* room for all of it: the span into it must stay */
        g_string_truncate(run->member, 0);
        run->values[slot] = member->escaped ? json_unescape(member->name, run->member) : member->name;
    }
}

static void walk_members(DocumentWalk *walk, Span object, unsigned step) {
    bool list = walk->run->parser->steps[step].list, more = true;
    JsonMember member;
    JsonResult result = JSON_WHOLE;
    for (size_t at = 0; more && !walk->run->failed;) {
        more = json_next_member(object, &at, &member, &result);
        if (!member.value.p || (!more && result != JSON_CUT)) {
            continue;
        }
        note_member(walk->run, &member);
        if (list) {
            walk_list(walk, member.value, step);
        } else if (more) {
            descend(walk, member.value, step);
        } else {
            descend_cut(walk, member.value, step);
        }
    }
}

static void walk_steps(DocumentWalk *walk, Span value, unsigned step) {
    const Parser *parser = walk->run->parser;
    Span list = value;
    for (;; step++) {
        if (parser->steps[step].key.n) {
            list = json_member(list, parser->steps[step].key);
        }
        if (!list.p) {
            return;
        }
        if (parser->steps[step].list || parser->steps[step].members) {
            break;
        }
    }
    walk->found = true;
    unsigned level = lists_from(parser, step); /* of `value` above the entries: 1 is their parent */
    if (level <= PATH_PARENTS) {
        fill(parser, parser->roots[level], value, walk->run->values, walk->run->parent_scratch[level - 1]);
    }
    if (parser->steps[step].members) {
        walk_members(walk, list, step);
    } else {
        walk_list(walk, list, step);
    }
}

void run_document(Run *run, const Entry *unit) {
    DocumentWalk walk = {.run = run, .counted = unit->text.p, .line = unit->line};
    size_t at = 0;
    memset(run->values, 0, run->parser->slots->len * sizeof(Span));
    JsonResult result = json_skip(unit->text, &at);
    walk_steps(&walk, unit->text, 0);
    if (result != JSON_WHOLE) {
        run_reject(run, unit, result == JSON_CUT ? "JSON document is cut off" : "not JSON");
    } else if (!walk.found) {
        run_reject(run, unit, "the document has no such list of entries");
    } else if (walk.entries == 0) {
        run_ignore(run);
    }
}
