/* SPDX-License-Identifier: MIT
 * Gzip members (RFC 1952) by two engines: zlib, always there, and ISA-L where it is installed, which is about five
 * times as fast. Header and trailer are read here, byte by byte where they are split, so that both engines see raw
 * deflate data only and all checks and messages are the same. */
#include "input/codec.h"
#include "input/source.h"

#include <glib.h>
#include <zlib.h>

#ifdef DOWNSPAN_ISAL
#include <isa-l/igzip_lib.h>
#endif

enum { FLAG_CHECK = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_RESERVED = 0xe0 };
enum { FIXED_SIZE = 10, TRAILER_SIZE = 8 };

typedef enum { IN_FIXED, IN_EXTRA_SIZE, IN_EXTRA, IN_NAME, IN_COMMENT, IN_CHECK, IN_BODY, IN_TRAILER } Phase;

typedef struct {
    Phase phase;
    unsigned flags;            /* header fields still to come */
    unsigned left;             /* bytes of the extra field still to come */
    unsigned have;             /* bytes of `field` */
    uint8_t field[FIXED_SIZE]; /* a fixed-size part, collected */
    uint32_t crc;              /* of the bytes given out */
    uint64_t size;             /* of the bytes given out */
    z_stream zlib;             /* used by codec_gzip */
#ifdef DOWNSPAN_ISAL
    struct inflate_state isal; /* used by codec_gzip_isal */
#endif
} Gzip;

typedef CodecStep (*Engine)(Gzip *gzip, CodecFlow *flow);

static uint32_t little32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int bid(Span head, bool cut) {
    const int bits = codec_magic(head, cut, "\x1f\x8b\x08", 3);
    return head.n > 3 && ((unsigned char)head.p[3] & FLAGS_RESERVED) ? 0 : bits;
}

Instant input_gzip_time(Span head) {
    if (head.n < FIXED_SIZE || bid(head, false) == 0) {
        return INSTANT_NONE;
    }
    const uint32_t seconds = little32((const uint8_t *)head.p + 4);
    return seconds ? (Instant)seconds * MILLIS_SECOND : INSTANT_NONE;
}

/* Collects `size` bytes of a fixed-size part; true once they are there. */
static bool collect(Gzip *gzip, CodecFlow *flow, unsigned size) {
    while (gzip->have < size && flow->in_left) {
        gzip->field[gzip->have++] = *flow->in++;
        flow->in_left--;
    }
    return gzip->have == size;
}

/* Passes over a text that NUL ends; true once it has been. */
static bool skip_text(CodecFlow *flow) {
    const uint8_t *nul = flow->in_left ? memchr(flow->in, 0, flow->in_left) : NULL;
    const size_t used = nul ? (size_t)(nul - flow->in) + 1 : flow->in_left;
    flow->in += used;
    flow->in_left -= used;
    return nul != NULL;
}

/* The next part of the header that the flags promise. */
static void next_part(Gzip *gzip) {
    static const struct {
        unsigned flag;
        Phase phase;
    } parts[] = {{FLAG_EXTRA, IN_EXTRA_SIZE}, {FLAG_NAME, IN_NAME}, {FLAG_COMMENT, IN_COMMENT}, {FLAG_CHECK, IN_CHECK}};
    gzip->have = 0;
    gzip->phase = IN_BODY;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (gzip->flags & parts[i].flag) {
            gzip->flags &= ~parts[i].flag;
            gzip->phase = parts[i].phase;
            return;
        }
    }
}

static CodecStep fixed_part(Gzip *gzip, CodecFlow *flow) {
    const uint8_t *f = gzip->field;
    if (f[0] != 0x1f || f[1] != 0x8b || f[2] != 8 || (f[3] & FLAGS_RESERVED)) {
        flow->why = "damaged gzip header";
        flow->back = FIXED_SIZE;
        return CODEC_BAD;
    }
    gzip->flags = f[3];
    next_part(gzip);
    return CODEC_ON;
}

/* One part of the header; CODEC_ON with the phase moved on, or with the input used up. */
static CodecStep header(Gzip *gzip, CodecFlow *flow) {
    switch (gzip->phase) {
    case IN_FIXED:
        return collect(gzip, flow, FIXED_SIZE) ? fixed_part(gzip, flow) : CODEC_ON;
    case IN_EXTRA_SIZE:
        if (collect(gzip, flow, 2)) {
            gzip->left = (unsigned)gzip->field[0] | (unsigned)gzip->field[1] << 8;
            gzip->phase = IN_EXTRA;
        }
        return CODEC_ON;
    case IN_EXTRA: {
        const unsigned used = flow->in_left < gzip->left ? (unsigned)flow->in_left : gzip->left;
        flow->in += used;
        flow->in_left -= used;
        gzip->left -= used;
        if (gzip->left == 0) {
            next_part(gzip);
        }
        return CODEC_ON;
    }
    case IN_NAME:
    case IN_COMMENT:
        if (skip_text(flow)) {
            next_part(gzip);
        }
        return CODEC_ON;
    default: /* the header's own check: a fault there costs no byte of the log, so it is passed over */
        if (collect(gzip, flow, 2)) {
            next_part(gzip);
        }
        return CODEC_ON;
    }
}

static CodecStep trailer(Gzip *gzip, CodecFlow *flow) {
    if (!collect(gzip, flow, TRAILER_SIZE)) {
        return CODEC_ON;
    }
    flow->back = TRAILER_SIZE;
    if (little32(gzip->field) != gzip->crc) {
        flow->why = "CRC mismatch in a gzip member: its bytes were read, but are not those that were packed";
        return CODEC_SPOILED;
    }
    if (little32(gzip->field + 4) != (uint32_t)gzip->size) {
        flow->why = "length mismatch in a gzip member: its bytes were read, but are not those that were packed";
        return CODEC_SPOILED;
    }
    flow->back = 0;
    return CODEC_END;
}

static CodecStep step(Gzip *gzip, CodecFlow *flow, Engine engine) {
    CodecStep result = CODEC_ON;
    while (result == CODEC_ON && gzip->phase < IN_BODY) {
        if (flow->in_left == 0 && !(gzip->phase == IN_EXTRA && gzip->left == 0)) {
            return CODEC_ON;
        }
        result = header(gzip, flow);
    }
    if (result == CODEC_ON && gzip->phase == IN_BODY) {
        result = engine(gzip, flow);
        if (result == CODEC_END) {
            gzip->phase = IN_TRAILER;
            result = CODEC_ON;
        }
    }
    return result == CODEC_ON && gzip->phase == IN_TRAILER ? trailer(gzip, flow) : result;
}

static void restart(Gzip *gzip) {
    gzip->phase = IN_FIXED;
    gzip->flags = gzip->left = gzip->have = 0;
    gzip->crc = 0;
    gzip->size = 0;
}

static void *zlib_start(void *state) {
    Gzip *gzip = state;
    if (gzip) {
        (void)inflateReset(&gzip->zlib);
    } else {
        gzip = g_new0(Gzip, 1);
        if (inflateInit2(&gzip->zlib, -MAX_WBITS) != Z_OK) {
            g_error("zlib cannot be started: out of memory");
        }
    }
    restart(gzip);
    return gzip;
}

static CodecStep zlib_engine(Gzip *gzip, CodecFlow *flow) {
    z_stream *z = &gzip->zlib;
    const uInt in = (uInt)MIN(flow->in_left, UINT_MAX);
    const uInt out = (uInt)MIN(flow->out_left, UINT_MAX);
    z->next_in = (Bytef *)(uintptr_t)flow->in;
    z->avail_in = in;
    z->next_out = flow->out;
    z->avail_out = out;
    const int result = inflate(z, Z_NO_FLUSH);
    const uInt given = out - z->avail_out;
    gzip->crc = (uint32_t)crc32(gzip->crc, flow->out, given);
    gzip->size += given;
    flow->in += in - z->avail_in;
    flow->in_left -= in - z->avail_in;
    flow->out += given;
    flow->out_left -= given;
    if (result == Z_STREAM_END) {
        return CODEC_END;
    }
    if (result == Z_OK || result == Z_BUF_ERROR) {
        return CODEC_ON;
    }
    flow->why = "damaged gzip data";
    return CODEC_BAD;
}

static CodecStep zlib_step(void *state, CodecFlow *flow) {
    return step(state, flow, zlib_engine);
}

static void zlib_end(void *state) {
    Gzip *gzip = state;
    if (gzip) {
        (void)inflateEnd(&gzip->zlib);
        g_free(gzip);
    }
}

const Codec codec_gzip = {"gzip", "gzip member", bid, zlib_start, zlib_step, zlib_end, NULL};

#ifdef DOWNSPAN_ISAL

static void *isal_start(void *state) {
    Gzip *gzip = state;
    if (gzip) {
        isal_inflate_reset(&gzip->isal);
    } else {
        gzip = g_malloc(sizeof *gzip); /* not cleared: the tables are 100 kB, and ISA-L sets what it reads */
        isal_inflate_init(&gzip->isal);
    }
    gzip->isal.crc_flag = ISAL_GZIP_NO_HDR;
    restart(gzip);
    return gzip;
}

/* ISA-L reads up to eight bytes ahead into a bit buffer and leaves them there at the end: they are the trailer's. */
static void take_back(Gzip *gzip) {
    struct inflate_state *isal = &gzip->isal;
    uint64_t bits = isal->read_in >> (isal->read_in_length % 8);
    for (int n = isal->read_in_length / 8; n > 0; n--, bits >>= 8) {
        gzip->field[gzip->have++] = (uint8_t)bits;
    }
}

static CodecStep isal_engine(Gzip *gzip, CodecFlow *flow) {
    struct inflate_state *isal = &gzip->isal;
    const uint32_t in = (uint32_t)MIN(flow->in_left, UINT32_MAX);
    const uint32_t out = (uint32_t)MIN(flow->out_left, UINT32_MAX / 2);
    isal->next_in = (uint8_t *)(uintptr_t)flow->in;
    isal->avail_in = in;
    isal->next_out = flow->out;
    isal->avail_out = out;
    const int result = isal_inflate(isal);
    const uint32_t given = out - isal->avail_out;
    gzip->size += given;
    flow->in += in - isal->avail_in;
    flow->in_left -= in - isal->avail_in;
    flow->out += given;
    flow->out_left -= given;
    if (isal->block_state == ISAL_BLOCK_FINISH) {
        gzip->crc = isal->crc;
        gzip->have = 0;
        take_back(gzip);
        return CODEC_END;
    }
    if (result >= 0) {
        return CODEC_ON;
    }
    flow->why = "damaged gzip data";
    return CODEC_BAD;
}

static CodecStep isal_step(void *state, CodecFlow *flow) {
    return step(state, flow, isal_engine);
}

static void isal_end(void *state) {
    g_free(state);
}

/* Where it meets damage, zlib reads the member again: it tells the last good byte and the offset exactly. */
const Codec codec_gzip_isal = {"gzip", "gzip member", bid, isal_start, isal_step, isal_end, &codec_gzip};

#endif
