/* SPDX-License-Identifier: MIT
 * TZif files (RFC 8536): a block with 32-bit times for readers of old, then, from version 2 on, one with 64-bit times
 * and a footer with the rule for the time after. The first is only skipped where there is a second.
 * The bytes are not trusted: every index and length is checked against the file. */
#include "base/zone_table.h"

#define HEADER_SIZE 44u
#define TYPE_SIZE 6u
#define OFFSET_LIMIT (26 * 3600)         /* seconds; RFC 8536 wants -25 h < offset < 26 h */
#define FAR_PAST INT64_C(-62135596800)   /* seconds of the year 1: transitions before it are "from ever" */
#define FAR_FUTURE INT64_C(253402300800) /* seconds of the year 10000 */

typedef struct {
    uint32_t isut, isstd, leap, time, type, chars;
    size_t time_size; /* 4 or 8 bytes a time */
    const unsigned char *body;
    size_t body_size;
} Block;

static int64_t big_endian(const unsigned char *p, size_t n) {
    uint64_t value = n && (p[0] & 0x80u) ? UINT64_MAX : 0; /* sign extended */
    for (size_t i = 0; i < n; i++) {
        value = value << 8 | p[i];
    }
    return (int64_t)value;
}

/* Reads the header at p; false when it is none or the block passes the end. */
static bool read_header(const unsigned char *p, size_t n, size_t time_size, Block *block) {
    if (n < HEADER_SIZE || memcmp(p, "TZif", 4) != 0) {
        return false;
    }
    uint32_t counts[6];
    for (size_t i = 0; i < 6; i++) {
        int64_t count = big_endian(p + 20 + 4 * i, 4);
        if (count < 0 || (uint64_t)count > n) {
            return false;
        }
        counts[i] = (uint32_t)count;
    }
    *block = (Block){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], time_size, p + HEADER_SIZE, 0};
    block->body_size = (size_t)block->time * (time_size + 1) + (size_t)block->type * TYPE_SIZE + block->chars +
                       (size_t)block->leap * (time_size + 4) + block->isstd + block->isut;
    return block->body_size <= n - HEADER_SIZE;
}

static bool type_offset(const Block *block, unsigned type, Millis *offset) {
    const unsigned char *types = block->body + (size_t)block->time * (block->time_size + 1);
    if (type >= block->type) {
        return false;
    }
    int64_t seconds = big_endian(types + (size_t)type * TYPE_SIZE, 4);
    *offset = seconds * MILLIS_SECOND;
    return seconds > -OFFSET_LIMIT && seconds < OFFSET_LIMIT;
}

static bool read_steps(const Block *block, GArray *steps) {
    const unsigned char *times = block->body;
    const unsigned char *types = times + (size_t)block->time * block->time_size;
    Millis offset;
    if (!type_offset(block, 0, &offset)) { /* the type of all time before the first transition */
        return false;
    }
    zone_add_step(steps, INSTANT_NONE, offset);
    int64_t previous = INT64_MIN;
    for (uint32_t i = 0; i < block->time; i++) {
        int64_t seconds = big_endian(times + (size_t)i * block->time_size, block->time_size);
        if (seconds < previous || seconds >= FAR_FUTURE || !type_offset(block, types[i], &offset)) {
            return false;
        }
        previous = seconds;
        if (seconds < FAR_PAST) {
            g_array_set_size(steps, 0);
            zone_add_step(steps, INSTANT_NONE, offset);
        } else {
            zone_add_step(steps, seconds * MILLIS_SECOND, offset);
        }
    }
    return true;
}

/* The text between two newlines after the second block. An empty one tells no rule. */
static bool read_footer(const unsigned char *p, size_t n, ZoneRule *rule, bool *has_rule) {
    const unsigned char *end = n > 1 && p[0] == '\n' ? memchr(p + 1, '\n', n - 1) : NULL;
    if (!end) {
        return false;
    }
    Span text = {(const char *)p + 1, (size_t)(end - p) - 1};
    *has_rule = text.n > 0;
    return text.n == 0 || zone_rule_parse(text, rule);
}

GArray *zone_read_tzif(Span bytes, ZoneRule *rule, bool *has_rule, const char **why) {
    const unsigned char *p = (const unsigned char *)bytes.p;
    Block block;
    *has_rule = false;
    *why = "it is no whole TZif file";
    if (!read_header(p, bytes.n, 4, &block)) {
        return NULL;
    }
    if (p[4] >= '2') {
        size_t second = HEADER_SIZE + block.body_size;
        if (!read_header(p + second, bytes.n - second, 8, &block)) {
            return NULL;
        }
        size_t footer = second + HEADER_SIZE + block.body_size;
        if (!read_footer(p + footer, bytes.n - footer, rule, has_rule)) {
            *why = "its footer is no POSIX TZ rule";
            return NULL;
        }
    }
    if (block.leap > 0) {
        *why = "it counts leap seconds, which instants here do not";
        return NULL;
    }
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(ZoneStep));
    if (!read_steps(&block, steps)) {
        *why = "its transitions are not in order or name types that are not there";
        return NULL;
    }
    return g_steal_pointer(&steps);
}
