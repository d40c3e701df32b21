/* SPDX-License-Identifier: MIT
 * Which form a text has, and UTF-16 to UTF-8 block by block. Windows tools write UTF-16 when their output is
 * redirected, mostly with a byte order mark. Runs of NUL, which a log has after its file was cut under the writer, are
 * not UTF-16: there every second byte is NUL and none of the others. */
#include "input/source.h"

enum { PATTERN_SIZE = 64, PATTERN_LEAST = 8, SURROGATE_HIGH = 0xd800, SURROGATE_LOW = 0xdc00, SURROGATE_END = 0xe000 };

/* True where each byte at `offset`, `offset` + 2, ... is NUL and no other byte is: ASCII in UTF-16. */
static bool every_second_nul(Span head, size_t offset) {
    const size_t size = MIN(head.n, (size_t)PATTERN_SIZE) & ~(size_t)1;
    for (size_t i = 0; i < size; i++) {
        if ((head.p[i] == '\0') != (i % 2 == offset)) {
            return false;
        }
    }
    return size >= PATTERN_LEAST;
}

TextForm input_text_form(Span head, size_t *mark) {
    static const struct {
        const char *mark;
        size_t size;
        TextForm form;
    } marks[] = {{"\xef\xbb\xbf", 3, TEXT_BYTES}, {"\xff\xfe", 2, TEXT_UTF16_LE}, {"\xfe\xff", 2, TEXT_UTF16_BE}};
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (head.n >= marks[i].size && memcmp(head.p, marks[i].mark, marks[i].size) == 0) {
            *mark = marks[i].size;
            return marks[i].form;
        }
    }
    *mark = 0;
    return every_second_nul(head, 1) ? TEXT_UTF16_LE : every_second_nul(head, 0) ? TEXT_UTF16_BE : TEXT_BYTES;
}

static char *put(char *out, unsigned code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/* One code unit; half a pair alone becomes U+FFFD. */
static char *take(Utf16 *utf16, unsigned unit, char *out) {
    const bool low = unit >= SURROGATE_LOW && unit < SURROGATE_END;
    const unsigned high = utf16->high;
    utf16->high = 0;
    if (high && low) {
        return put(out, 0x10000 + ((high - SURROGATE_HIGH) << 10) + (unit - SURROGATE_LOW));
    }
    if (high) {
        out = put(out, 0xfffd);
    }
    if (unit >= SURROGATE_HIGH && unit < SURROGATE_LOW) {
        utf16->high = unit;
        return out;
    }
    return put(out, low ? 0xfffd : unit);
}

static unsigned unit_of(const Utf16 *utf16, unsigned first, unsigned second) {
    return utf16->form == TEXT_UTF16_LE ? first | second << 8 : first << 8 | second;
}

size_t input_utf16(Utf16 *utf16, Span in, char *out) {
    const unsigned char *p = (const unsigned char *)in.p;
    const unsigned char *end = p + in.n;
    char *to = out;
    if (utf16->has_odd && p < end) {
        utf16->has_odd = false;
        to = take(utf16, unit_of(utf16, utf16->odd, *p++), to);
    }
    for (; end - p >= 2; p += 2) {
        to = take(utf16, unit_of(utf16, p[0], p[1]), to);
    }
    if (p < end) {
        utf16->odd = *p;
        utf16->has_odd = true;
    }
    return (size_t)(to - out);
}

size_t input_utf16_end(Utf16 *utf16, char *out) {
    char *to = out;
    if (utf16->high) {
        to = put(to, 0xfffd);
    }
    if (utf16->has_odd) {
        to = put(to, 0xfffd);
    }
    utf16->high = 0;
    utf16->has_odd = false;
    return (size_t)(to - out);
}
