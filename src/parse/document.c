/* SPDX-License-Identifier: MIT
 * `entries:` of a JSON document: the lists on the path are walked in place, and each element of the last one is an
 * entry. What a path with ^ names in an enclosing element is read once an element, not once an entry. A document that
 * is cut off gives the entries before the cut. */
#include "parse/parser.h"

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
        lists += parser->steps[step].list;
    }
    return lists;
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
        if (parser->steps[step].list) {
            break;
        }
    }
    walk->found = true;
    unsigned level = lists_from(parser, step); /* of `value` above the entries: 1 is their parent */
    if (level <= PATH_PARENTS) {
        fill(parser, parser->roots[level], value, walk->run->values, walk->run->parent_scratch[level - 1]);
    }
    size_t at = 0;
    Span element = {NULL, 0};
    JsonResult result = JSON_WHOLE;
    while (!walk->run->failed && json_element(list, &at, &element, &result)) {
        if (step + 1 == parser->step_count) {
            one_element(walk, element);
        } else {
            walk_steps(walk, element, step + 1);
        }
        element.p = NULL;
    }
    if (result == JSON_CUT && element.p && step + 1 < parser->step_count) {
        walk_steps(walk, element, step + 1); /* the element that the cut is in */
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
