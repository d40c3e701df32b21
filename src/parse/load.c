/* SPDX-License-Identifier: MIT
 * The set of parsers: those built into the binary as resources, then those of folders, which replace built-in ones of
 * the same name. */
#include "parse/parser.h"

#include "base/error.h"
#include "base/file.h"

#include <gio/gio.h>

#define FOLDER "/downspan/parsers/"
#define FILE_LIMIT (4u << 20)

/* From the generated resources.c. Named here, so that the linker takes that file out of a static library. */
GResource *ds_get_resource(void);

static int by_name(const void *a, const void *b) {
    return strcmp((*(Parser *const *)a)->name, (*(Parser *const *)b)->name);
}

static void put(GHashTable *parsers, Parser *parser) {
    g_hash_table_replace(parsers, parser->name, parser);
}

static bool load_built_in(GHashTable *parsers, GError **error) {
    GResource *resource = ds_get_resource();
    g_auto(GStrv) names = g_resource_enumerate_children(resource, FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    for (unsigned i = 0; names && names[i]; i++) {
        g_autofree char *path = g_strconcat(FOLDER, names[i], NULL);
        g_autoptr(GBytes) bytes = g_resource_lookup_data(resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
        gsize size = 0;
        const char *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
        Parser *parser = bytes ? parser_compile_built_in((Span){data, size}, names[i], error) : NULL;
        if (!parser) {
            return false;
        }
        put(parsers, parser);
    }
    return true;
}

static bool load_file(GHashTable *parsers, const char *dir, const char *name, GError **error) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    GString *text = ds_file_read(path, FILE_LIMIT, error);
    if (!text) {
        return false;
    }
    Parser *parser = ds_parser_compile((Span){text->str, text->len}, path, error);
    g_string_free(text, TRUE);
    if (!parser) {
        return false;
    }
    g_autofree char *expected = g_strconcat(parser->name, ".yaml", NULL);
    if (strcmp(expected, name) != 0) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: the parser is named '%s', so the file must be called %s", path,
                    parser->name, expected);
        ds_parser_free(parser);
        return false;
    }
    put(parsers, parser);
    return true;
}

static bool load_folder(GHashTable *parsers, const char *dir, GError **error) {
    GError *fault = NULL;
    g_autoptr(GDir) folder = g_dir_open(dir, 0, &fault);
    if (!folder) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: no folder of parser files: %s", dir, fault->message);
        g_error_free(fault);
        return false;
    }
    const char *name;
    while ((name = g_dir_read_name(folder))) {
        if (name[0] != '.' && g_str_has_suffix(name, ".yaml") && !load_file(parsers, dir, name, error)) {
            return false;
        }
    }
    return true;
}

static void free_parser(void *parser) {
    ds_parser_free(parser);
}

GPtrArray *ds_parsers_load(char **dirs, GError **error) {
    g_autoptr(GHashTable) parsers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_parser);
    if (!load_built_in(parsers, error)) {
        return NULL;
    }
    for (unsigned i = 0; dirs && dirs[i]; i++) {
        if (!load_folder(parsers, dirs[i], error)) {
            return NULL;
        }
    }
    GPtrArray *list = g_ptr_array_new_with_free_func(free_parser);
    GHashTableIter walk;
    void *key, *parser;
    g_hash_table_iter_init(&walk, parsers);
    while (g_hash_table_iter_next(&walk, &key, &parser)) {
        g_hash_table_iter_steal(&walk);
        g_ptr_array_add(list, parser);
    }
    g_ptr_array_sort(list, by_name);
    return list;
}

const Parser *ds_parsers_find(const GPtrArray *parsers, const char *name) {
    for (unsigned i = 0; i < parsers->len; i++) {
        const Parser *parser = parsers->pdata[i];
        if (strcmp(parser->name, name) == 0) {
            return parser;
        }
    }
    return NULL;
}
