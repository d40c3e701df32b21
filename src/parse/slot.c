/* SPDX-License-Identifier: MIT
 * Names of columns, paths and properties become slot numbers when a parser is compiled; JSON paths also become a tree,
 * so that a value is walked once for all of them. */
#include "parse/parser.h"

#include <stdlib.h>

/* Adds a path to the tree below `root`: one node a step, or the whole text as one key. */
static void path_add(Parser *parser, int root, Span path, bool whole, int slot) {
    int at = root;
    for (size_t from = 0; from <= path.n;) {
        size_t end = from;
        while (end < path.n && (whole || path.p[end] != '.')) {
            end++;
        }
        Span key = {path.p + from, end - from};
        int child = g_array_index(parser->paths, PathNode, at).child;
        while (child >= 0 && !ds_span_equal(g_array_index(parser->paths, PathNode, child).key, key)) {
            child = g_array_index(parser->paths, PathNode, child).next;
        }
        if (child < 0) {
            int64_t index = -1;
            if (key.n && key.n < 10 && strspn(key.p, "0123456789") >= key.n) {
                index = strtoll(key.p, NULL, 10);
            }
            PathNode node = {key, index, -1, -1, g_array_index(parser->paths, PathNode, at).child};
            child = (int)parser->paths->len;
            g_array_append_val(parser->paths, node);
            g_array_index(parser->paths, PathNode, at).child = child;
        }
        at = child;
        from = end + 1;
    }
    g_array_index(parser->paths, PathNode, at).slot = slot;
}

/* Takes ^ (or ^. or ^^ for elements further out) from the front of a path: the tree that it belongs to. */
static bool path_root(Parser *parser, Span *path, int *root) {
    unsigned up = 0;
    while (path->n && path->p[0] == '^') {
        size_t used = path->n > 1 && path->p[1] == '.' ? 2 : 1;
        path->p += used;
        path->n -= used;
        up++;
    }
    if (up > PATH_PARENTS) {
        return false;
    }
    if (parser->roots[up] < 0) {
        PathNode node = {{NULL, 0}, -1, -1, -1, -1};
        parser->roots[up] = (int)parser->paths->len;
        g_array_append_val(parser->paths, node);
    }
    *root = parser->roots[up];
    return true;
}

static int slot_named(Parser *parser, Span name) {
    for (unsigned i = 0; i < parser->slots->len; i++) {
        if (ds_span_equal(ds_span_of(parser->slots->pdata[i]), name)) {
            return (int)i;
        }
    }
    if (parser->slots->len >= SLOT_KEPT) {
        return -1;
    }
    g_ptr_array_add(parser->slots, g_strndup(name.p, name.n));
    int slot = (int)parser->slots->len - 1;
    if (parser->type == TYPE_JSON && ds_span_equal(name, SPAN("*"))) {
        parser->member_slot = slot; /* no path of the entry: what it was found below */
    } else if (parser->type == TYPE_JSON) {
        Span path = parser_text(parser, name);
        int root = 0;
        if (!path_root(parser, &path, &root)) {
            return -1;
        }
        path_add(parser, root, path, false, slot);
        if (memchr(path.p, '.', path.n)) {
            path_add(parser, root, path, true, slot);
        }
    }
    return slot;
}

bool slots_named(Parser *parser, Span name, int slots[PIECE_ALTERNATIVES]) {
    g_autofree char *lower =
        parser->type == TYPE_JSON ? g_strndup(name.p, name.n) : g_ascii_strdown(name.p, (gssize)name.n);
    g_auto(GStrv) parts = g_strsplit(lower, "|", PIECE_ALTERNATIVES + 1);
    for (unsigned i = 0; i < PIECE_ALTERNATIVES; i++) {
        slots[i] = -1;
    }
    for (unsigned i = 0; parts[i]; i++) {
        int slot = i < PIECE_ALTERNATIVES ? slot_named(parser, ds_span_trim(ds_span_of(parts[i]))) : -1;
        if (slot < 0) {
            return false;
        }
        slots[i] = slot;
    }
    return true;
}
