/* SPDX-License-Identifier: MIT
 * JSON (RFC 8259) read in place: a value is walked once, wanted paths (a tree of keys) fall into slots as spans of the
 * text, all else is skipped. Only strings with escapes are copied. Grammar and nesting are checked; numbers and
 * literals only by their letters, since they are read as text. */
#include "parse/parser.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\0';
}

static void skip_blanks(Span text, size_t *at) {
    while (*at < text.n && is_blank(text.p[*at])) {
        (*at)++;
    }
}

/* From behind the opening quote to behind the closing one. */
static JsonResult skip_string(Span text, size_t *at, bool *escaped) {
    size_t i = *at;
    for (; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '"') {
            *at = i + 1;
            return JSON_WHOLE;
        }
        if (c == '\\') {
            *escaped = true;
            i++;
        } else if (c < 0x20 && c != '\t') {
            return JSON_BAD;
        }
    }
    *at = text.n;
    return JSON_CUT;
}

static bool is_scalar(char c) {
    return g_ascii_isalnum(c) || c == '-' || c == '+' || c == '.';
}

static JsonResult skip_scalar(Span text, size_t *at) {
    size_t from = *at;
    while (*at < text.n && is_scalar(text.p[*at])) {
        (*at)++;
    }
    return *at == from ? JSON_BAD : JSON_WHOLE;
}

/* What may come next while skipping. */
typedef enum { WANT_VALUE, WANT_VALUE_OR_END, WANT_KEY, WANT_KEY_OR_END, WANT_AFTER } Want;

typedef struct {
    uint64_t objects; /* a bit a level: 1 object, 0 array */
    unsigned depth;
    Want want;
} Nest;

static bool nest_open(Nest *nest, bool object) {
    if (nest->depth == JSON_DEPTH) {
        return false;
    }
    uint64_t bit = UINT64_C(1) << nest->depth++;
    nest->objects = object ? nest->objects | bit : nest->objects & ~bit;
    nest->want = object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
    return true;
}

static bool in_object(const Nest *nest) {
    return nest->depth && nest->objects >> (nest->depth - 1) & 1;
}

static JsonResult skip_key(Span text, size_t *at, Nest *nest) {
    bool escaped = false;
    (*at)++;
    JsonResult result = skip_string(text, at, &escaped);
    if (result != JSON_WHOLE) {
        return result;
    }
    skip_blanks(text, at);
    if (*at >= text.n) {
        return JSON_CUT;
    }
    nest->want = WANT_VALUE;
    return text.p[(*at)++] == ':' ? JSON_WHOLE : JSON_BAD;
}

/* One token behind blanks. */
static JsonResult skip_token(Span text, size_t *at, Nest *nest) {
    char c = text.p[*at];
    bool end_allowed = nest->want == WANT_VALUE_OR_END || nest->want == WANT_KEY_OR_END || nest->want == WANT_AFTER;
    if (nest->depth && end_allowed && c == (in_object(nest) ? '}' : ']')) {
        (*at)++;
        nest->depth--;
        nest->want = WANT_AFTER;
        return JSON_WHOLE;
    }
    if (nest->want == WANT_AFTER) {
        nest->want = in_object(nest) ? WANT_KEY : WANT_VALUE;
        return text.p[(*at)++] == ',' ? JSON_WHOLE : JSON_BAD;
    }
    if (nest->want == WANT_KEY || nest->want == WANT_KEY_OR_END) {
        return c == '"' ? skip_key(text, at, nest) : JSON_BAD;
    }
    if (c == '{' || c == '[') {
        (*at)++;
        return nest_open(nest, c == '{') ? JSON_WHOLE : JSON_BAD;
    }
    nest->want = WANT_AFTER;
    if (c == '"') {
        bool escaped = false;
        (*at)++;
        return skip_string(text, at, &escaped);
    }
    return skip_scalar(text, at);
}

JsonResult json_skip(Span text, size_t *at) {
    Nest nest = {0, 0, WANT_VALUE};
    do {
        skip_blanks(text, at);
        if (*at >= text.n) {
            return JSON_CUT;
        }
        JsonResult result = skip_token(text, at, &nest);
        if (result != JSON_WHOLE) {
            return result;
        }
    } while (nest.depth || nest.want != WANT_AFTER);
    return JSON_WHOLE;
}

/* ---- values to slots ---- */

static unsigned hex4(const char *p) {
    unsigned value = 0;
    for (unsigned i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(p[i]);
        if (digit < 0) {
            return UINT32_MAX;
        }
        value = value << 4 | (unsigned)digit;
    }
    return value;
}

/* \uXXXX and surrogate pairs; a half of a pair becomes U+FFFD. Returns bytes read behind the 'u'. */
static size_t append_unicode(GString *out, Span rest) {
    unsigned unit = rest.n >= 4 ? hex4(rest.p) : UINT32_MAX;
    if (unit == UINT32_MAX) {
        g_string_append_unichar(out, 0xfffd);
        return 0;
    }
    if (unit >= 0xd800 && unit < 0xdc00 && rest.n >= 10 && rest.p[4] == '\\' && rest.p[5] == 'u') {
        unsigned low = hex4(rest.p + 6);
        if (low >= 0xdc00 && low < 0xe000) {
            g_string_append_unichar(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            return 10;
        }
    }
    g_string_append_unichar(out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
    return 4;
}

Span json_unescape(Span inside, GString *scratch) {
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    size_t start = scratch->len;
    for (size_t i = 0; i < inside.n; i++) {
        if (inside.p[i] != '\\' || i + 1 == inside.n) {
            g_string_append_c(scratch, inside.p[i]);
            continue;
        }
        char c = inside.p[++i];
        const char *known = c ? strchr(from, c) : NULL;
        if (c == 'u') {
            i += append_unicode(scratch, (Span){inside.p + i + 1, inside.n - i - 1});
        } else {
            g_string_append_c(scratch, known ? to[known - from] : c);
        }
    }
    return (Span){scratch->str + start, scratch->len - start};
}

typedef struct {
    const PathNode *nodes;
    Span text;
    Span *values;
    GString *scratch;
} Walk;

static JsonResult walk_value(Walk *walk, int node, size_t *at);

static int child_of(const PathNode *nodes, int node, Span key) {
    int child = nodes[node].child;
    while (child >= 0 && !(nodes[child].key.n == key.n && memcmp(nodes[child].key.p, key.p, key.n) == 0)) {
        child = nodes[child].next;
    }
    return child;
}

static JsonResult walk_object(Walk *walk, int node, size_t *at) {
    for (bool first = true;; first = false) {
        bool escaped = false;
        skip_blanks(walk->text, at);
        if (*at >= walk->text.n) {
            return JSON_CUT;
        }
        char c = walk->text.p[(*at)++];
        if (c == '}' && first) {
            return JSON_WHOLE;
        }
        if (c != '"') {
            return JSON_BAD;
        }
        size_t from = *at;
        JsonResult result = skip_string(walk->text, at, &escaped);
        if (result != JSON_WHOLE) {
            return result;
        }
        Span key = {walk->text.p + from, *at - from - 1};
        skip_blanks(walk->text, at);
        if (*at >= walk->text.n || walk->text.p[*at] != ':') {
            return *at >= walk->text.n ? JSON_CUT : JSON_BAD;
        }
        (*at)++;
        int child = child_of(walk->nodes, node, key);
        result = child >= 0 ? walk_value(walk, child, at) : json_skip(walk->text, at);
        if (result != JSON_WHOLE) {
            return result;
        }
        skip_blanks(walk->text, at);
        if (*at >= walk->text.n) {
            return JSON_CUT;
        }
        c = walk->text.p[(*at)++];
        if (c != ',') {
            return c == '}' ? JSON_WHOLE : JSON_BAD;
        }
    }
}

static JsonResult walk_array(Walk *walk, int node, size_t *at) {
    for (int64_t index = 0;; index++) {
        skip_blanks(walk->text, at);
        if (*at >= walk->text.n) {
            return JSON_CUT;
        }
        if (index == 0 && walk->text.p[*at] == ']') {
            (*at)++;
            return JSON_WHOLE;
        }
        int child = walk->nodes[node].child;
        while (child >= 0 && walk->nodes[child].index != index) {
            child = walk->nodes[child].next;
        }
        JsonResult result = child >= 0 ? walk_value(walk, child, at) : json_skip(walk->text, at);
        if (result != JSON_WHOLE) {
            return result;
        }
        skip_blanks(walk->text, at);
        if (*at >= walk->text.n) {
            return JSON_CUT;
        }
        char c = walk->text.p[(*at)++];
        if (c != ',') {
            return c == ']' ? JSON_WHOLE : JSON_BAD;
        }
    }
}

/* A value that some path ends at or goes through. */
static JsonResult walk_value(Walk *walk, int node, size_t *at) {
    int slot = walk->nodes[node].slot;
    skip_blanks(walk->text, at);
    if (*at >= walk->text.n) {
        return JSON_CUT;
    }
    size_t from = *at;
    char c = walk->text.p[from];
    JsonResult result;
    bool escaped = false;
    if (c == '"') {
        (*at)++;
        result = skip_string(walk->text, at, &escaped);
        if (result == JSON_WHOLE && slot >= 0) {
            Span inside = {walk->text.p + from + 1, *at - from - 2};
            walk->values[slot] = escaped ? json_unescape(inside, walk->scratch) : inside;
        }
        return result;
    }
    if ((c == '{' || c == '[') && walk->nodes[node].child >= 0) {
        (*at)++;
        result = c == '{' ? walk_object(walk, node, at) : walk_array(walk, node, at);
    } else {
        result = json_skip(walk->text, at);
    }
    Span raw = {walk->text.p + from, *at - from};
    if (result == JSON_WHOLE && slot >= 0) {
        walk->values[slot] = ds_span_equal(raw, SPAN("null")) ? (Span){json_nothing, 0} : raw;
    }
    return result;
}

const char json_nothing[] = "";

JsonResult json_fields(const Parser *parser, int root, Span value, Span *values, GString *scratch) {
    size_t at = 0;
    if (memchr(value.p ? value.p : "", '\\', value.n)) {
        size_t used = scratch->len;
        g_string_set_size(scratch, used + value.n); /* room for all of it: spans into it must stay */
        g_string_truncate(scratch, used);
    }
    Walk walk = {&g_array_index(parser->paths, PathNode, 0), value, values, scratch};
    JsonResult result = root >= 0 ? walk_value(&walk, root, &at) : json_skip(value, &at);
    if (result == JSON_WHOLE) {
        skip_blanks(value, &at);
        result = at < value.n ? JSON_BAD : JSON_WHOLE;
    }
    return result;
}

bool json_next_member(Span object, size_t *at, JsonMember *member, JsonResult *result) {
    bool first = *at == 0;
    *member = (JsonMember){{NULL, 0}, false, {NULL, 0}};
    *result = JSON_WHOLE;
    skip_blanks(object, at);
    char expected = first ? '{' : ',';
    if (*at >= object.n || object.p[*at] != expected) {
        *result = *at >= object.n ? JSON_CUT : object.p[*at] == '}' ? JSON_WHOLE : JSON_BAD;
        return false;
    }
    (*at)++;
    skip_blanks(object, at);
    if (first && *at < object.n && object.p[*at] == '}') {
        return false;
    }
    if (*at >= object.n || object.p[*at] != '"') {
        *result = *at >= object.n ? JSON_CUT : JSON_BAD;
        return false;
    }
    size_t from = ++*at;
    if ((*result = skip_string(object, at, &member->escaped)) != JSON_WHOLE) {
        return false;
    }
    member->name = (Span){object.p + from, *at - from - 1};
    skip_blanks(object, at);
    if (*at >= object.n || object.p[*at] != ':') {
        *result = *at >= object.n ? JSON_CUT : JSON_BAD;
        return false;
    }
    (*at)++;
    skip_blanks(object, at);
    from = *at;
    *result = json_skip(object, at);
    member->value = (Span){object.p + from, (*result == JSON_WHOLE ? *at : object.n) - from};
    return *result == JSON_WHOLE;
}

Span json_member(Span object, Span key) {
    size_t at = 0;
    JsonMember member;
    JsonResult result;
    bool more;
    do {
        more = json_next_member(object, &at, &member, &result);
        if (member.value.p && ds_span_equal(member.name, key)) {
            return member.value;
        }
    } while (more);
    return (Span){NULL, 0};
}

bool json_element(Span array, size_t *at, Span *element, JsonResult *result) {
    bool first = *at == 0;
    *result = JSON_WHOLE;
    skip_blanks(array, at);
    char expected = first ? '[' : ',';
    if (*at >= array.n || array.p[*at] != expected) {
        *result = *at >= array.n ? JSON_CUT : array.p[*at] == ']' ? JSON_WHOLE : JSON_BAD;
        return false;
    }
    (*at)++;
    skip_blanks(array, at);
    if (first && *at < array.n && array.p[*at] == ']') {
        return false;
    }
    size_t from = *at;
    *result = json_skip(array, at);
    *element = (Span){array.p + from, *at - from};
    return *result == JSON_WHOLE;
}
