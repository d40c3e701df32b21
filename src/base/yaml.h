/* SPDX-License-Identifier: MIT
 * YAML 1.1 read by libyaml into plain nodes that know their line, so that every later complaint can name it.
 * Anchors and aliases are refused (they allow documents that grow without bound); depth and size are limited. */
#ifndef DS_BASE_YAML_H
#define DS_BASE_YAML_H

#include "base/span.h"

#include <glib.h>

typedef enum { YAML_SCALAR, YAML_LIST, YAML_MAP } YamlKind;

typedef struct YamlNode {
    YamlKind kind;
    unsigned line;    /* 1-based, in the file */
    char *text;       /* scalar: its value, never NULL; else NULL */
    bool quoted;      /* scalar: it was written in quotes or as a block, so it is a text and no number */
    GPtrArray *keys;  /* map: YamlNode * (scalars), in file order; else NULL */
    GPtrArray *items; /* list and map: YamlNode * values; else NULL */
} YamlNode;

/* Parses one document. name: for messages. NULL and an error (EXIT_USAGE: "name:line: ...") when it is not YAML, a key
 * stands twice in a map, or a limit is passed. An empty document is an empty map. Yours to free. */
YamlNode *ds_yaml_parse(Span bytes, const char *name, GError **error);
/* Reads a file of at most 4 MiB and parses it. */
YamlNode *ds_yaml_read(const char *path, GError **error);
void ds_yaml_free(YamlNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlNode, ds_yaml_free)

/* The value of a key of a map, or NULL; borrowed. NULL also where node is NULL or no map. */
const YamlNode *ds_yaml_get(const YamlNode *node, const char *key);
/* Refuses keys that are not in `allowed` (NULL-terminated): "name:line: unknown key 'x' in WHERE, nearest is 'y'". */
bool ds_yaml_allow(const YamlNode *map, const char *const *allowed, const char *name, const char *where,
                   GError **error);
/* Sets "name:line: <formatted message>" with EXIT_USAGE; always returns false. */
bool ds_yaml_error(const YamlNode *node, const char *name, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);

#endif
