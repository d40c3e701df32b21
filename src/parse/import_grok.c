/* SPDX-License-Identifier: MIT
 * A grok pattern to one PCRE2 pattern: %{NAME:field} is the definition of NAME in a group called field, definitions may
 * use others, the user's own go before the common ones. Depth and size are limited, since a few definitions can stand
 * for a pattern of any size. Source: the syntax as Logstash's manual describes it. */
#include "parse/import.h"

#include "base/error.h"

#define DEPTH_MAX 30u
#define SIZE_MAX_PATTERN (256u << 10)

typedef struct {
    Draft *draft;
    GHashTable *own; /* name -> pattern */
    GString *out;
    GString *fault;
} Expansion;

/* Lines "NAME pattern"; # begins a comment. */
static void read_definitions(GHashTable *own, const char *text) {
    g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
    for (char **line = lines; *line; line++) {
        size_t n = strcspn(*line, " \t");
        if (n > 0 && **line != '#' && (*line)[n]) {
            g_hash_table_replace(own, g_strndup(*line, n), g_strdup(g_strstrip(*line + n)));
        }
    }
}

/* Elasticsearch names as [http][status] or http.status are no names of groups. Yours. */
static char *group_name(const char *field) {
    GString *name = g_string_new(NULL);
    for (const char *p = field; *p; p++) {
        bool good = g_ascii_isalnum(*p) || *p == '_';
        if (good && (name->len > 0 || !g_ascii_isdigit(*p))) {
            g_string_append_c(name, *p);
        } else if (!good && name->len > 0 && name->str[name->len - 1] != '_') {
            g_string_append_c(name, '_');
        }
    }
    while (name->len > 0 && name->str[name->len - 1] == '_') {
        g_string_truncate(name, name->len - 1);
    }
    g_string_truncate(name, MIN(name->len, 32));
    return g_string_free(name, FALSE);
}

static bool expand(Expansion *x, const char *text, unsigned depth);

/* The inside of %{...}. */
static bool expand_name(Expansion *x, const char *inside, unsigned depth) {
    g_auto(GStrv) parts = g_strsplit(inside, ":", 3);
    const char *own = g_hash_table_lookup(x->own, parts[0]);
    const char *pattern = own ? own : grok_pattern(parts[0]);
    if (!pattern) {
        g_string_printf(x->fault, "there is no pattern %%{%s}; give the file that defines it as a further argument",
                        parts[0]);
        return false;
    }
    g_autofree char *name = parts[1] ? group_name(parts[1]) : NULL;
    g_string_append(x->out, name && *name ? "(?<" : "(?:");
    if (name && *name) {
        g_string_append_printf(x->out, "%s>", name);
        bool time = strstr(parts[0], "TIMESTAMP") || strstr(parts[0], "HTTPDATE") || strstr(parts[0], "DATESTAMP");
        if (time) {
            g_ptr_array_add(x->draft->times, g_strdup(name));
        }
    }
    if (!expand(x, pattern, depth + 1)) {
        return false;
    }
    g_string_append_c(x->out, ')');
    return true;
}

static bool expand(Expansion *x, const char *text, unsigned depth) {
    if (depth > DEPTH_MAX || x->out->len > SIZE_MAX_PATTERN) {
        g_string_assign(x->fault, "the definitions stand for each other without end");
        return false;
    }
    for (const char *p = text; *p;) {
        const char *close = p[0] == '%' && p[1] == '{' ? strchr(p, '}') : NULL;
        if (!close) {
            g_string_append_c(x->out, *p++);
            continue;
        }
        g_autofree char *inside = g_strndup(p + 2, (size_t)(close - p - 2));
        if (!expand_name(x, inside, depth)) {
            return false;
        }
        p = close + 1;
    }
    return true;
}

bool import_grok(Draft *draft, Span text, const GPtrArray *definitions, GError **error) {
    g_autoptr(GHashTable) own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *copy = g_strndup(text.p, text.n);
    g_auto(GStrv) lines = g_strsplit_set(copy, "\r\n", -1);
    for (unsigned i = 0; definitions && i < definitions->len; i++) {
        read_definitions(own, definitions->pdata[i]);
    }
    for (char **line = lines; *line; line++) {
        if (!**line || **line == '#') {
            continue;
        }
        g_autoptr(GString) out = g_string_new("(?J)"); /* one field may have several groups */
        g_autoptr(GString) fault = g_string_new(NULL);
        Expansion x = {.draft = draft, .own = own, .out = out, .fault = fault};
        if (!expand(&x, *line, 0)) {
            g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: %s", draft->name, fault->str);
            return false;
        }
        g_ptr_array_add(draft->patterns, g_strdup(out->str));
    }
    if (draft->patterns->len == 0) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: no pattern in it; expected a line as '%%{HTTPDATE:time} ...'",
                    draft->name);
    }
    return draft->patterns->len > 0;
}
