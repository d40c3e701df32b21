/* SPDX-License-Identifier: MIT
 * Template text to tokens. A tag that prints nothing itself (sections, comments, partials, delimiters) and stands alone
 * on its line takes the whole line with it: the blanks before it and the line's end. */
#include "report/mustache.h"

#include "base/error.h"

#define DELIMITER_SIZE 16 /* bytes; the usual ones have two */

typedef struct {
    const char *text, *at, *end;
    char open[DELIMITER_SIZE], close[DELIMITER_SIZE];
    GArray *tokens;
    GArray *sections; /* unsigned: indices of sections not yet closed */
    GError **error;
} Scan;

static bool fail(Scan *scan, const char *where, const char *what) {
    unsigned line = 1;
    for (const char *p = scan->text; p < where; p++) {
        line += *p == '\n';
    }
    g_set_error(scan->error, DS_ERROR, EXIT_USAGE, "template, line %u: %s", line, what);
    return false;
}

static void emit(Scan *scan, TokenKind kind, Span text, Span indent) {
    if (kind == TOKEN_TEXT && text.n == 0) {
        return;
    }
    Token token = {kind, text, indent, 0};
    g_array_append_val(scan->tokens, token);
}

static const char *find(const char *from, const char *end, const char *needle) {
    return g_strstr_len(from, end - from, needle);
}

static bool blank(char c) {
    return c == ' ' || c == '\t';
}

/* Where the blanks before `tag` begin, if nothing else stands before it on its line; else NULL. */
static const char *line_before(const Scan *scan, const char *tag) {
    const char *p = tag;
    while (p > scan->text && blank(p[-1])) {
        p--;
    }
    return p == scan->text || p[-1] == '\n' ? p : NULL;
}

/* Where the next line begins, if nothing but blanks follows `after` on its line; else NULL. */
static const char *line_after(const Scan *scan, const char *after) {
    const char *p = after;
    while (p < scan->end && blank(*p)) {
        p++;
    }
    if (p == scan->end) {
        return p;
    }
    if (p[0] == '\r' && p + 1 < scan->end && p[1] == '\n') {
        return p + 2;
    }
    return *p == '\n' ? p + 1 : NULL;
}

/* "{{=<% %>=}}": two words without blanks and '='. */
static bool set_delimiters(Scan *scan, Span body, const char *where) {
    g_autofree char *text = g_strndup(body.p, body.n);
    g_auto(GStrv) words = g_strsplit_set(g_strstrip(text), " \t\r\n", -1);
    const char *pair[2] = {NULL, NULL};
    unsigned count = 0;
    for (char **word = words; *word; word++) {
        if (**word) {
            pair[count < 2 ? count : 1] = *word;
            count++;
        }
    }
    if (count != 2 || strlen(pair[0]) >= DELIMITER_SIZE || strlen(pair[1]) >= DELIMITER_SIZE || strchr(pair[0], '=') ||
        strchr(pair[1], '=')) {
        return fail(scan, where, "new delimiters must be two short words without '=', as in {{=<% %>=}}");
    }
    g_strlcpy(scan->open, pair[0], DELIMITER_SIZE);
    g_strlcpy(scan->close, pair[1], DELIMITER_SIZE);
    return true;
}

static bool close_section(Scan *scan, Span name, const char *where) {
    if (scan->sections->len == 0) {
        return fail(scan, where, "a section is closed that was not opened");
    }
    unsigned open = g_array_index(scan->sections, unsigned, scan->sections->len - 1);
    Token *section = &g_array_index(scan->tokens, Token, open);
    if (!ds_span_equal(section->text, name)) {
        g_autofree char *what = g_strdup_printf("section '%.*s' is closed as '%.*s'", (int)MIN(section->text.n, 80),
                                                section->text.p, (int)MIN(name.n, 80), name.p);
        return fail(scan, where, what);
    }
    section->end = scan->tokens->len;
    g_array_set_size(scan->sections, scan->sections->len - 1);
    emit(scan, TOKEN_CLOSE, name, (Span){0});
    return true;
}

/* What the sign after the opening delimiter makes of a tag. */
static bool take_tag(Scan *scan, char sign, Span name, Span indent, const char *where) {
    switch (sign) {
    case '!':
        return true;
    case '=':
        return set_delimiters(scan, name, where);
    case '#':
    case '^': {
        unsigned index = scan->tokens->len;
        g_array_append_val(scan->sections, index);
        emit(scan, sign == '#' ? TOKEN_SECTION : TOKEN_INVERTED, name, indent);
        return true;
    }
    case '/':
        return close_section(scan, name, where);
    case '>':
        emit(scan, TOKEN_PARTIAL, name, indent);
        return true;
    case '{':
    case '&':
        emit(scan, TOKEN_RAW, name, indent);
        return true;
    default:
        emit(scan, TOKEN_ESCAPED, name, indent);
        return true;
    }
}

/* One tag: the text before it, then the tag itself. scan->at is behind it afterwards. */
static bool scan_tag(Scan *scan, const char *tag) {
    const char *body = tag + strlen(scan->open);
    char sign = body < scan->end && strchr("!=#^/>{&", *body) ? *body++ : '\0';
    char closing[DELIMITER_SIZE + 2];
    g_snprintf(closing, sizeof closing, "%s%s", sign == '{' ? "}" : sign == '=' ? "=" : "", scan->close);
    const char *stop = find(body, scan->end, closing);
    if (!stop) {
        return fail(scan, tag, "a tag is not closed");
    }
    const char *after = stop + strlen(closing);
    const char *before = NULL, *next = NULL;
    if (sign && sign != '{' && sign != '&') {
        before = line_before(scan, tag);
        next = before ? line_after(scan, after) : NULL;
    }
    Span text = {scan->at, (size_t)((next ? before : tag) - scan->at)};
    emit(scan, TOKEN_TEXT, text, (Span){0});
    Span indent = next ? (Span){before, (size_t)(tag - before)} : (Span){0};
    Span name = ds_span_trim((Span){body, (size_t)(stop - body)});
    scan->at = next ? next : after;
    return take_tag(scan, sign, name, indent, tag);
}

GArray *mustache_scan(const char *text, GError **error) {
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    g_autoptr(GArray) sections = g_array_new(FALSE, FALSE, sizeof(unsigned));
    Scan scan = {.text = text,
                 .at = text,
                 .end = text + strlen(text),
                 .open = "{{",
                 .close = "}}",
                 .tokens = tokens,
                 .sections = sections,
                 .error = error};
    const char *tag;
    while ((tag = find(scan.at, scan.end, scan.open)) != NULL) {
        if (!scan_tag(&scan, tag)) {
            return NULL;
        }
    }
    emit(&scan, TOKEN_TEXT, (Span){scan.at, (size_t)(scan.end - scan.at)}, (Span){0});
    if (sections->len) {
        unsigned open = g_array_index(sections, unsigned, sections->len - 1);
        fail(&scan, g_array_index(tokens, Token, open).text.p, "a section is opened and not closed");
        return NULL;
    }
    return g_steal_pointer(&tokens);
}
