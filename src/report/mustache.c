/* SPDX-License-Identifier: MIT
 * A renderer for Mustache templates: variables, sections, inverted sections, comments, partials, set delimiters,
 * implicit iterator, dotted names and the rule for tags that stand alone on a line, as the public specification tells
 * them (https://github.com/mustache/spec); lambdas are left out. A template is cut into tokens first (mustache_scan.c),
 * each section knowing where it ends; rendering walks the tokens over a stack of JSON values. */
#include "report/mustache.h"

#include "base/error.h"

#include <math.h>

#define DEPTH_LIMIT 64u           /* nested sections and partials: a partial may call itself without end */
#define OUTPUT_LIMIT (256u << 20) /* bytes: sections nested over long lists multiply */

typedef struct Frame { /* the context stack; the innermost value first */
    json_t *value;
    const struct Frame *outer;
} Frame;

typedef struct {
    const char *(*partial)(const char *name, void *user);
    void *user;
    void (*escape)(GString *out, Span text);
    GString *out;
    unsigned depth;
    GError **error;
} Render;

static bool fail(Render *render, const char *what) {
    g_set_error(render->error, DS_ERROR, EXIT_USAGE, "template: %s", what);
    return false;
}

static json_t *member(json_t *value, Span name) {
    g_autofree char *key = g_strndup(name.p, name.n);
    return json_object_get(value, key); /* NULL for what is no object */
}

/* The value of a name, or NULL. The first part of a dotted name is looked up in the whole stack, the others only in
 * what the first part gave. */
static json_t *look_up(const Frame *stack, Span name) {
    if (name.n == 1 && name.p[0] == '.') {
        return stack->value;
    }
    const char *dot = memchr(name.p, '.', name.n);
    Span first = {name.p, dot ? (size_t)(dot - name.p) : name.n};
    json_t *value = NULL;
    for (const Frame *frame = stack; frame && !value; frame = frame->outer) {
        value = member(frame->value, first);
    }
    while (value && dot) {
        const char *begin = dot + 1, *end = name.p + name.n;
        dot = memchr(begin, '.', (size_t)(end - begin));
        value = member(value, (Span){begin, (size_t)((dot ? dot : end) - begin)});
    }
    return value;
}

/* false, null and empty lists leave a section out; so does what is not there. */
static bool truthy(const json_t *value) {
    return value && !json_is_null(value) && !json_is_false(value) &&
           !(json_is_array(value) && json_array_size(value) == 0);
}

static void append_real(GString *out, double value) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    for (int digits = 1; digits <= 17; digits++) { /* the shortest text that reads back as the same number */
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(text, (int)sizeof text, format, value);
        if (g_ascii_strtod(text, NULL) == value) {
            break;
        }
    }
    g_string_append(out, text);
}

static void append_value(Render *render, const json_t *value, bool raw) {
    if (json_is_string(value)) {
        Span text = {json_string_value(value), json_string_length(value)};
        if (raw || !render->escape) {
            g_string_append_len(render->out, text.p, (gssize)text.n);
        } else {
            render->escape(render->out, text);
        }
    } else if (json_is_integer(value)) {
        g_string_append_printf(render->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        append_real(render->out, json_real_value(value));
    } else if (json_is_boolean(value)) {
        g_string_append(render->out, json_is_true(value) ? "true" : "false");
    }
}

static bool render_tokens(Render *render, const GArray *tokens, unsigned begin, unsigned end, const Frame *stack);

static bool render_section(Render *render, const GArray *tokens, unsigned at, const Frame *stack) {
    const Token *token = &g_array_index(tokens, Token, at);
    json_t *value = look_up(stack, token->text);
    if (token->kind == TOKEN_INVERTED) {
        return truthy(value) || render_tokens(render, tokens, at + 1, token->end, stack);
    }
    if (!truthy(value)) {
        return true;
    }
    if (!json_is_array(value)) {
        Frame frame = {value, stack};
        return render_tokens(render, tokens, at + 1, token->end, &frame);
    }
    size_t index;
    json_t *item;
    json_array_foreach(value, index, item) {
        Frame frame = {item, stack};
        if (!render_tokens(render, tokens, at + 1, token->end, &frame)) {
            return false;
        }
    }
    return true;
}

/* The text with `indent` before each of its lines. */
static GString *indented(const char *text, Span indent) {
    GString *out = g_string_new(NULL);
    while (*text) {
        size_t line = strcspn(text, "\n");
        line += text[line] == '\n';
        g_string_append_len(out, indent.p, (gssize)indent.n);
        g_string_append_len(out, text, (gssize)line);
        text += line;
    }
    return out;
}

static bool render_partial(Render *render, const Token *token, const Frame *stack) {
    g_autofree char *name = g_strndup(token->text.p, token->text.n);
    const char *text = render->partial ? render->partial(name, render->user) : NULL;
    if (!text) {
        return true; /* the specification: a partial that is not there is empty */
    }
    g_autoptr(GString) own = token->indent.n ? indented(text, token->indent) : NULL;
    g_autoptr(GArray) tokens = mustache_scan(own ? own->str : text, render->error);
    return tokens && render_tokens(render, tokens, 0, tokens->len, stack);
}

static bool render_token(Render *render, const GArray *tokens, unsigned *at, const Frame *stack) {
    const Token *token = &g_array_index(tokens, Token, *at);
    switch (token->kind) {
    case TOKEN_TEXT:
        g_string_append_len(render->out, token->text.p, (gssize)token->text.n);
        return true;
    case TOKEN_ESCAPED:
    case TOKEN_RAW:
        append_value(render, look_up(stack, token->text), token->kind == TOKEN_RAW);
        return true;
    case TOKEN_PARTIAL:
        return render_partial(render, token, stack);
    case TOKEN_SECTION:
    case TOKEN_INVERTED:
        if (!render_section(render, tokens, *at, stack)) {
            return false;
        }
        *at = token->end;
        return true;
    case TOKEN_CLOSE:
        return true;
    }
    return true;
}

static bool render_tokens(Render *render, const GArray *tokens, unsigned begin, unsigned end, const Frame *stack) {
    if (++render->depth > DEPTH_LIMIT) {
        return fail(render, "sections and partials are nested more than 64 deep; does a partial call itself?");
    }
    bool fine = true;
    for (unsigned i = begin; i < end && fine; i++) {
        fine = render_token(render, tokens, &i, stack);
        if (fine && render->out->len > OUTPUT_LIMIT) {
            fine = fail(render, "the page grows beyond 256 MiB");
        }
    }
    render->depth--;
    return fine;
}

bool ds_mustache_render(const char *template_text, json_t *context,
                        const char *(*partial)(const char *name, void *user), void *user,
                        void (*escape)(GString *out, Span text), GString *out, GError **error) {
    g_autoptr(GArray) tokens = mustache_scan(template_text, error);
    if (!tokens) {
        return false;
    }
    Render render = {partial, user, escape, out, 0, error};
    Frame root = {context, NULL};
    return render_tokens(&render, tokens, 0, tokens->len, &root);
}
