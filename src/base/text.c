/* SPDX-License-Identifier: MIT
 * Escapes: what log text must pass before it reaches an output. One decoder reads UTF-8 (RFC 3629: no overlong forms,
 * no surrogates); every escape is a small function over one character at a time, so none can see half of one. */
#include "base/text.h"

typedef struct {
    uint32_t code; /* the character; 0xFFFD for a byte that is no UTF-8 */
    size_t size;   /* bytes it takes in the text, at least 1 */
    bool valid;
} Letter;

/* Length of a sequence by its first byte and the least code such a sequence may hold; 0: no first byte. */
static size_t sequence_size(unsigned char first, uint32_t *code, uint32_t *least) {
    if (first < 0x80) {
        *code = first;
        *least = 0;
        return 1;
    }
    if (first >= 0xC2 && first < 0xE0) {
        *code = first & 0x1Fu;
        *least = 0x80;
        return 2;
    }
    if (first >= 0xE0 && first < 0xF0) {
        *code = first & 0x0Fu;
        *least = 0x800;
        return 3;
    }
    if (first >= 0xF0 && first < 0xF5) {
        *code = first & 0x07u;
        *least = 0x10000;
        return 4;
    }
    return 0;
}

static Letter letter_at(Span text, size_t at) {
    const Letter bad = {0xFFFD, 1, false};
    uint32_t code = 0;
    uint32_t least = 0;
    size_t size = sequence_size((unsigned char)text.p[at], &code, &least);
    if (size == 0 || size > text.n - at) {
        return bad;
    }
    for (size_t i = 1; i < size; i++) {
        unsigned char byte = (unsigned char)text.p[at + i];
        if ((byte & 0xC0u) != 0x80u) {
            return bad;
        }
        code = code << 6 | (byte & 0x3Fu);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        return bad;
    }
    return (Letter){code, size, true};
}

static bool is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

static void put_letter(GString *out, Span text, size_t at, Letter letter) {
    /* U+FFFE and U+FFFF are no characters, and XML forbids them. */
    if (letter.valid && letter.code != 0xFFFE && letter.code != 0xFFFF) {
        g_string_append_len(out, text.p + at, (gssize)letter.size);
    } else {
        g_string_append(out, "\xEF\xBF\xBD");
    }
}

static void put_visible(GString *out, Span text, size_t at, Letter letter) {
    if (is_control(letter.code)) {
        g_string_append_printf(out, "\\x%02x", (unsigned)letter.code);
    } else {
        put_letter(out, text, at, letter);
    }
}

void ds_text_utf8(GString *out, Span text) {
    for (size_t at = 0; at < text.n;) {
        Letter letter = letter_at(text, at);
        if (letter.valid) {
            g_string_append_len(out, text.p + at, (gssize)letter.size);
        } else {
            g_string_append(out, "\xEF\xBF\xBD");
        }
        at += letter.size;
    }
}

void ds_text_visible(GString *out, Span text) {
    for (size_t at = 0; at < text.n;) {
        Letter letter = letter_at(text, at);
        put_visible(out, text, at, letter);
        at += letter.size;
    }
}

void ds_text_html(GString *out, Span text) {
    for (size_t at = 0; at < text.n;) {
        Letter letter = letter_at(text, at);
        switch (letter.code) {
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '"':
            g_string_append(out, "&quot;");
            break;
        case '\'':
            g_string_append(out, "&#39;");
            break;
        default:
            put_visible(out, text, at, letter);
        }
        at += letter.size;
    }
}

static bool all_digits(Span text, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!g_ascii_isdigit(text.p[i])) {
            return false;
        }
    }
    return n > 0;
}

/* Does punctuation at this place need a backslash? Only where it could mean something, so that the source stays
 * readable: times keep their colons and addresses their dots. */
static bool markdown_special(Span text, size_t at) {
    switch (text.p[at]) {
    case '\\':
    case '`':
    case '*':
    case '_':
    case '{':
    case '}':
    case '[':
    case ']':
    case '#':
    case '|':
    case '~':
    case '$':
    case '!':
        return true;
    case '(': /* [text](target) */
        return at > 0 && text.p[at - 1] == ']';
    case '+': /* lists and underlined headings */
    case '-':
    case '=':
        return at == 0 || text.p[at - 1] == ' ';
    case ')': /* "1." and "1)" begin a list */
        return all_digits(text, at);
    case '.': /* and "www." an address */
        return all_digits(text, at) || (at >= 3 && g_ascii_strncasecmp(text.p + at - 3, "www", 3) == 0);
    case ':': /* scheme:// and mailto: */
        return at + 1 < text.n && (text.p[at + 1] == '/' || g_ascii_isalpha(text.p[at + 1]));
    default:
        return false;
    }
}

void ds_text_markdown(GString *out, Span text) {
    for (size_t at = 0; at < text.n;) {
        Letter letter = letter_at(text, at);
        if (letter.code == '<') {
            g_string_append(out, "&lt;");
        } else if (letter.code == '>') {
            g_string_append(out, "&gt;");
        } else if (letter.code == '&') {
            g_string_append(out, "&amp;");
        } else if (letter.code == '@') {
            /* Renderers look for mail addresses and mentions after unescaping; an empty comment keeps them apart. */
            g_string_append(out, "<!-- -->@");
        } else {
            if (letter.code < 0x80 && markdown_special(text, at)) {
                g_string_append_c(out, '\\');
            }
            put_visible(out, text, at, letter);
        }
        at += letter.size;
    }
}

static bool plain_number(Span text) {
    size_t at = text.n && (text.p[0] == '+' || text.p[0] == '-') ? 1 : 0;
    size_t digits = 0;
    size_t points = 0;
    for (; at < text.n; at++) {
        if (g_ascii_isdigit(text.p[at])) {
            digits++;
        } else if (text.p[at] == '.') {
            points++;
        } else {
            return false;
        }
    }
    return digits > 0 && points <= 1;
}

/* Would a spreadsheet take a text that begins so for a formula? */
static bool formula_start(char c) {
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

void ds_text_cell(GString *out, Span text) {
    if (text.n && formula_start(text.p[0]) && !plain_number(text)) {
        g_string_append_c(out, '\'');
    }
    ds_text_visible(out, text);
}

void ds_text_csv(GString *out, Span text) {
    g_autoptr(GString) cell = g_string_sized_new(text.n + 1);
    ds_text_cell(cell, text);
    if (!memchr(cell->str, ',', cell->len) && !memchr(cell->str, '"', cell->len)) {
        g_string_append_len(out, cell->str, (gssize)cell->len);
        return;
    }
    g_string_append_c(out, '"');
    for (size_t i = 0; i < cell->len; i++) {
        if (cell->str[i] == '"') {
            g_string_append_c(out, '"');
        }
        g_string_append_c(out, cell->str[i]);
    }
    g_string_append_c(out, '"');
}
