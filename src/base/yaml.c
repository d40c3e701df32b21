/* SPDX-License-Identifier: MIT
 * libyaml's events to a tree of plain nodes. Read by recursion with a limit on depth, nodes and size; aliases are
 * refused because a few of them can stand for a document of any size. */
#include "base/yaml.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <yaml.h>

enum {
    DEPTH_LIMIT = 40,     /* no file of ours is deeper than ten */
    NODE_LIMIT = 200000,  /* memory a file may take: some 20 MB */
    SIZE_LIMIT = 4 << 20, /* bytes of a file */
};

typedef struct {
    yaml_parser_t parser;
    const char *name;
    unsigned nodes;
    GError **error;
} Reading;

void ds_yaml_free(YamlNode *node) {
    if (!node) {
        return;
    }
    g_free(node->text);
    g_clear_pointer(&node->keys, g_ptr_array_unref);
    g_clear_pointer(&node->items, g_ptr_array_unref);
    g_free(node);
}

static void free_item(gpointer node) {
    ds_yaml_free(node);
}

static YamlNode *node_new(YamlKind kind, size_t line) {
    YamlNode *node = g_new0(YamlNode, 1);
    node->kind = kind;
    node->line = (unsigned)line + 1;
    if (kind != YAML_SCALAR) {
        node->items = g_ptr_array_new_with_free_func(free_item);
    }
    if (kind == YAML_MAP) {
        node->keys = g_ptr_array_new_with_free_func(free_item);
    }
    return node;
}

static bool fail(Reading *reading, size_t line, const char *text) {
    g_set_error(reading->error, DS_ERROR, EXIT_USAGE, "%s:%zu: %s", reading->name, line + 1, text);
    return false;
}

static bool next_event(Reading *reading, yaml_event_t *event) {
    if (yaml_parser_parse(&reading->parser, event)) {
        return true;
    }
    const yaml_parser_t *p = &reading->parser;
    g_autofree char *text = NULL;
    if (p->error == YAML_READER_ERROR) {
        text = g_strdup_printf("no YAML: %s at byte %zu", p->problem ? p->problem : "unreadable", p->problem_offset);
    } else {
        text = g_strdup_printf("no YAML: %s%s%s", p->problem ? p->problem : "unreadable", p->context ? " " : "",
                               p->context ? p->context : "");
    }
    return fail(reading, p->problem_mark.line, text);
}

static YamlNode *read_node(Reading *reading, yaml_event_t *event, unsigned depth);

/* Reads what follows the start of a list or map up to its end. */
static bool read_items(Reading *reading, YamlNode *into, unsigned depth) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    bool good = true;
    for (bool more = true; good && more;) {
        yaml_event_t event;
        if (!next_event(reading, &event)) {
            return false;
        }
        if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
            more = false;
        } else {
            YamlNode *item = read_node(reading, &event, depth + 1);
            bool key = into->keys && into->keys->len == into->items->len;
            if (!item) {
                good = false;
            } else if (!key) {
                g_ptr_array_add(into->items, item);
            } else if (item->kind != YAML_SCALAR) {
                good = fail(reading, item->line - 1, "a key must be a plain word, not a list or map");
                ds_yaml_free(item);
            } else if (!g_hash_table_add(seen, item->text)) {
                g_autofree char *text = g_strdup_printf("key '%s' stands twice in one map", item->text);
                good = fail(reading, item->line - 1, text);
                ds_yaml_free(item);
            } else {
                g_ptr_array_add(into->keys, item);
            }
        }
        yaml_event_delete(&event);
    }
    return good;
}

/* The node that begins with this event; the caller deletes the event. */
static YamlNode *read_node(Reading *reading, yaml_event_t *event, unsigned depth) {
    size_t line = event->start_mark.line;
    if (depth > DEPTH_LIMIT || ++reading->nodes > NODE_LIMIT) {
        fail(reading, line, depth > DEPTH_LIMIT ? "nested more than 40 deep" : "more than 200000 values in one file");
        return NULL;
    }
    if (event->type == YAML_ALIAS_EVENT || (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
        (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
        (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor)) {
        fail(reading, line, "anchors and aliases (& and *) are not taken; write the value out, or quote the text");
        return NULL;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        YamlNode *node = node_new(YAML_SCALAR, line);
        node->text = g_strndup((const char *)event->data.scalar.value, event->data.scalar.length);
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        if (strlen(node->text) != event->data.scalar.length) {
            fail(reading, line, "a text holds a NUL character");
            g_clear_pointer(&node, ds_yaml_free);
        }
        return node;
    }
    YamlNode *node = node_new(event->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST, line);
    if (!read_items(reading, node, depth)) {
        g_clear_pointer(&node, ds_yaml_free);
    }
    return node;
}

/* Stream start, document start, one node, document end, stream end. */
static YamlNode *read_document(Reading *reading) {
    YamlNode *root = NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reading, &event)) {
            break;
        }
        yaml_event_type_t type = event.type;
        size_t line = event.start_mark.line;
        bool failed = false;
        if (type == YAML_DOCUMENT_START_EVENT && root) {
            failed = !fail(reading, line, "a second document begins here; one a file is read");
        } else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
                   type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT) {
            ds_yaml_free(root); /* a document has one root */
            root = read_node(reading, &event, 0);
            failed = root == NULL;
        }
        yaml_event_delete(&event);
        if (failed) {
            break;
        }
        if (type == YAML_STREAM_END_EVENT) {
            return root ? root : node_new(YAML_MAP, 0);
        }
    }
    ds_yaml_free(root);
    return NULL;
}

YamlNode *ds_yaml_parse(Span bytes, const char *name, GError **error) {
    Reading reading = {.name = name, .error = error};
    if (bytes.n > SIZE_LIMIT) {
        fail(&reading, 0, "larger than 4 MiB");
        return NULL;
    }
    if (!yaml_parser_initialize(&reading.parser)) {
        fail(&reading, 0, "no memory for the YAML reader");
        return NULL;
    }
    yaml_parser_set_input_string(&reading.parser, (const unsigned char *)(bytes.n ? bytes.p : ""), bytes.n);
    YamlNode *root = read_document(&reading);
    yaml_parser_delete(&reading.parser);
    if (root && root->kind == YAML_SCALAR && !root->quoted && root->text[0] == '\0') {
        ds_yaml_free(root); /* "---" and nothing else */
        return node_new(YAML_MAP, 0);
    }
    return root;
}

YamlNode *ds_yaml_read(const char *path, GError **error) {
    GError *fault = NULL;
    g_autoptr(GString) text = ds_file_read(path, SIZE_LIMIT, &fault);
    if (!text) {
        fault->code = EXIT_USAGE; /* a settings file, no input */
        g_propagate_error(error, fault);
        return NULL;
    }
    return ds_yaml_parse((Span){text->str, text->len}, path, error);
}

const YamlNode *ds_yaml_get(const YamlNode *node, const char *key) {
    if (!node || node->kind != YAML_MAP) {
        return NULL;
    }
    for (guint i = 0; i < node->keys->len; i++) {
        const YamlNode *k = g_ptr_array_index(node->keys, i);
        if (strcmp(k->text, key) == 0) {
            return g_ptr_array_index(node->items, i);
        }
    }
    return NULL;
}

bool ds_yaml_allow(const YamlNode *map, const char *const *allowed, const char *name, const char *where,
                   GError **error) {
    if (map->kind != YAML_MAP) {
        return ds_yaml_error(map, name, error, "%s must be a map of keys and values", where);
    }
    for (guint i = 0; i < map->keys->len; i++) {
        const YamlNode *key = g_ptr_array_index(map->keys, i);
        if (g_strv_contains(allowed, key->text)) {
            continue;
        }
        const char *nearest = ds_text_nearest(key->text, allowed);
        if (nearest) {
            return ds_yaml_error(key, name, error, "unknown key '%s' in %s, nearest is '%s'", key->text, where,
                                 nearest);
        }
        g_autofree char *all = g_strjoinv(", ", (char **)allowed);
        return ds_yaml_error(key, name, error, "unknown key '%s' in %s; expected one of: %s", key->text, where, all);
    }
    return true;
}

bool ds_yaml_error(const YamlNode *node, const char *name, GError **error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    /* The text may hold words of the file; main prints it on a terminal. */
    g_autoptr(GString) shown = g_string_new(NULL);
    ds_text_visible(shown, ds_span_of(text));
    g_set_error(error, DS_ERROR, EXIT_USAGE, "%s:%u: %s", name, node->line, shown->str);
    return false;
}
