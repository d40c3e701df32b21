/* SPDX-License-Identifier: MIT
 * Bytes owned by someone else, passed by value. A span may hold NUL and any other byte; it is never terminated. */
#ifndef DS_BASE_SPAN_H
#define DS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *p; /* borrowed; may be NULL only where n is 0 */
    size_t n;      /* bytes */
} Span;

/* The span of a string literal. */
#define SPAN(literal) ((Span){"" literal, sizeof(literal) - 1})

static inline Span ds_span_of(const char *text) {
    return (Span){text, text ? strlen(text) : 0};
}

static inline bool ds_span_equal(Span a, Span b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Without blanks, tabs, line ends and NUL at both ends. */
static inline Span ds_span_trim(Span s) {
    if (s.n && (unsigned char)s.p[0] > ' ' && (unsigned char)s.p[s.n - 1] > ' ') {
        return s; /* nearly always: all that is trimmed lies at or below the blank */
    }
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n' || s.p[0] == '\0')) {
        s.p++;
        s.n--;
    }
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n' ||
                   s.p[s.n - 1] == '\0')) {
        s.n--;
    }
    return s;
}

/* Eight bytes as a number, the first one lowest; compilers make one load of it. */
static inline uint64_t ds_load8(const char *bytes) {
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
           (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

/* A 64-bit hash of the bytes, the same on every machine and in every run (it decides what counts as a copy, so it
 * may not depend on a seed). FNV-1a over 8-byte words with a final mix. */
static inline uint64_t ds_span_hash(Span s) {
    uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)s.n;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        h = (h ^ ds_load8(s.p + i)) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    for (; i < s.n; i++) {
        h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
    }
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    return h;
}

#endif
