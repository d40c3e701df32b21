/* SPDX-License-Identifier: MIT
 * Pages from Mustache templates: those built into the program and one of the user's. A template's name tells how values
 * are escaped: .html as HTML, .md as Markdown, everything else not at all. */
#include "report/output.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <gio/gio.h>

#define TEMPLATE_LIMIT (4u << 20) /* bytes of a template: written by people */
#define SUFFIX ".mustache"

/* Built by the resource compiler; named here so that the linker keeps it in a static library. */
GResource *ds_get_resource(void);

typedef struct {
    const char *folder; /* of the user's template; NULL: none */
    GHashTable *texts;  /* name -> text of partials already read; owned */
} Partials;

/* Text of a template built in, or NULL. Yours. */
static char *built_in(const char *name) {
    g_autofree char *path = g_strdup_printf("/downspan/templates/%s" SUFFIX, name);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(ds_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (!bytes) {
        return NULL;
    }
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    return g_strndup(data ? data : "", size);
}

/* A partial's name is a file name: it leads nowhere else. */
static bool plain_name(const char *name) {
    return *name && *name != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == strlen(name);
}

static char *beside(const char *folder, const char *name) {
    g_autofree char *path = g_strdup_printf("%s/%s" SUFFIX, folder, name);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        return NULL;
    }
    GString *text = ds_file_read(path, TEMPLATE_LIMIT, NULL);
    return text ? g_string_free(text, FALSE) : NULL;
}

static const char *partial(const char *name, void *user) {
    Partials *partials = user;
    const char *known = g_hash_table_lookup(partials->texts, name);
    if (known || !plain_name(name)) {
        return known;
    }
    char *text = partials->folder ? beside(partials->folder, name) : NULL;
    text = text ? text : built_in(name);
    if (text) {
        g_hash_table_insert(partials->texts, g_strdup(name), text);
    }
    return text;
}

static void (*escape_of(const char *name))(GString *, Span) {
    if (g_str_has_suffix(name, ".html") || g_str_has_suffix(name, ".htm")) {
        return ds_text_html;
    }
    return g_str_has_suffix(name, ".md") ? ds_text_markdown : NULL;
}

static bool render(const json_t *document, const char *text, const char *name, const char *folder, const char *path,
                   GError **error) {
    Partials partials = {folder, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    g_autoptr(GString) out = g_string_new(NULL);
    /* The renderer counts no references and changes nothing; jansson's look-ups take no const. */
    bool fine = ds_mustache_render(text, (json_t *)document, partial, &partials, escape_of(name), out, error);
    g_hash_table_unref(partials.texts);
    return fine && ds_file_write(path, (Span){out->str, out->len}, error);
}

bool report_page(const json_t *document, const char *name, const char *path, GError **error) {
    g_autofree char *text = built_in(name);
    if (!text) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: the template is missing from this build of the program", name);
        return false;
    }
    return render(document, text, name, NULL, path, error);
}

bool report_template(const json_t *document, const char *template_path, const char *dir, GError **error) {
    g_autofree char *base = g_path_get_basename(template_path), *folder = g_path_get_dirname(template_path);
    if (!g_str_has_suffix(base, SUFFIX) || strlen(base) == strlen(SUFFIX)) {
        g_set_error(
            error, DS_ERROR, EXIT_USAGE,
            "%s: the name of a template ends in .mustache, after the name of the page, as in status.html.mustache",
            template_path);
        return false;
    }
    g_autoptr(GString) text = ds_file_read(template_path, TEMPLATE_LIMIT, error);
    if (!text) {
        return false;
    }
    base[strlen(base) - strlen(SUFFIX)] = '\0';
    g_autofree char *path = g_build_filename(dir, base, NULL);
    if (!render(document, text->str, base, folder, path, error)) {
        g_prefix_error(error, "%s: ", template_path);
        return false;
    }
    return true;
}
