/* SPDX-License-Identifier: MIT
 * The table of compressions, and the rows that a library does nearly all of: xz (tukaani.org/xz/xz-file-format.txt),
 * bzip2, zstd (RFC 8878) and lz4 frames (lz4_Frame_format.md). Rows turn a library's verdict into a CodecStep;
 * dictionaries are limited, so that a header cannot make the program ask for gigabytes. */
#include "input/codec.h"
#include "input/source.h"

#include <bzlib.h>
#include <glib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { SKIPPABLE_HEADER = 8, ZSTD_WINDOW_LOG = 29 /* INPUT_DECODER_MEMORY */ };

int codec_magic(Span head, bool cut, const char *magic, size_t size) {
    if (head.n < size && !(cut && head.n >= 2)) {
        return 0;
    }
    const size_t seen = MIN(head.n, size);
    return memcmp(head.p, magic, seen) == 0 ? (int)(8 * seen) : 0;
}

static CodecStep bad(CodecFlow *flow, const char *why) {
    flow->why = why;
    return CODEC_BAD;
}

static void moved(CodecFlow *flow, size_t used, size_t given) {
    flow->in += used;
    flow->in_left -= used;
    flow->out += given;
    flow->out_left -= given;
}

/* ---- xz ---- */

static int xz_bid(Span head, bool cut) {
    return codec_magic(head, cut,
                       "\xfd"
                       "7zXZ\0",
                       6);
}

static void *xz_start(void *state) {
    lzma_stream *xz = state;
    if (!xz) {
        xz = g_new(lzma_stream, 1);
        *xz = (lzma_stream)LZMA_STREAM_INIT;
    }
    if (lzma_stream_decoder(xz, INPUT_DECODER_MEMORY, 0) != LZMA_OK) {
        g_error("liblzma cannot be started: out of memory");
    }
    return xz;
}

static CodecStep xz_step(void *state, CodecFlow *flow) {
    lzma_stream *xz = state;
    xz->next_in = flow->in;
    xz->avail_in = flow->in_left;
    xz->next_out = flow->out;
    xz->avail_out = flow->out_left;
    const lzma_ret result = lzma_code(xz, LZMA_RUN);
    moved(flow, flow->in_left - xz->avail_in, flow->out_left - xz->avail_out);
    switch (result) {
    case LZMA_STREAM_END:
        return CODEC_END;
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return CODEC_ON;
    case LZMA_MEMLIMIT_ERROR:
        return bad(flow, "xz dictionary larger than 512 MiB: not read; pack it again with a smaller one");
    case LZMA_FORMAT_ERROR:
    case LZMA_OPTIONS_ERROR:
        return bad(flow, "xz header that is damaged or of an unknown kind");
    default:
        return bad(flow, "damaged xz data, or a check that does not match");
    }
}

static void xz_end(void *state) {
    if (state) {
        lzma_end(state);
        g_free(state);
    }
}

const Codec codec_xz = {"xz", "xz stream", xz_bid, xz_start, xz_step, xz_end, NULL};

/* ---- bzip2 ---- */

/* "BZh9" may begin a text, so the magic of the first block, or that of an empty stream's end, is asked for too. */
static int bzip2_bid(Span head, bool cut) {
    if (codec_magic(head, cut, "BZh", 3) == 0 || (head.n > 3 && (head.p[3] < '1' || head.p[3] > '9'))) {
        return 0;
    }
    if (head.n <= 4) {
        return cut && head.n == 4 ? 32 : 0;
    }
    const Span rest = {head.p + 4, MIN(head.n - 4, 6)};
    if ((rest.n < 6 && !cut) ||
        (memcmp(rest.p, "1AY&SY", rest.n) != 0 && memcmp(rest.p, "\x17\x72\x45\x38\x50\x90", rest.n) != 0)) {
        return 0;
    }
    return (int)(8 * (4 + rest.n));
}

static void *bzip2_start(void *state) {
    bz_stream *bzip2 = state;
    if (bzip2) {
        (void)BZ2_bzDecompressEnd(bzip2);
    } else {
        bzip2 = g_new(bz_stream, 1);
    }
    *bzip2 = (bz_stream){0};
    if (BZ2_bzDecompressInit(bzip2, 0, 0) != BZ_OK) {
        g_error("libbz2 cannot be started: out of memory");
    }
    return bzip2;
}

static CodecStep bzip2_step(void *state, CodecFlow *flow) {
    bz_stream *bzip2 = state;
    const unsigned in = (unsigned)MIN(flow->in_left, UINT_MAX);
    const unsigned out = (unsigned)MIN(flow->out_left, UINT_MAX);
    bzip2->next_in = (char *)(uintptr_t)flow->in;
    bzip2->avail_in = in;
    bzip2->next_out = (char *)flow->out;
    bzip2->avail_out = out;
    const int result = BZ2_bzDecompress(bzip2);
    moved(flow, in - bzip2->avail_in, out - bzip2->avail_out);
    switch (result) {
    case BZ_STREAM_END:
        return CODEC_END;
    case BZ_OK:
        return CODEC_ON;
    default:
        return bad(flow, "damaged bzip2 data, or a check that does not match");
    }
}

static void bzip2_end(void *state) {
    if (state) {
        (void)BZ2_bzDecompressEnd(state);
        g_free(state);
    }
}

const Codec codec_bzip2 = {"bzip2", "bzip2 stream", bzip2_bid, bzip2_start, bzip2_step, bzip2_end, NULL};

/* ---- zstd and lz4 share skippable frames ---- */

static uint32_t little32(const char *p) {
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

/* The head after leading skippable frames, as far as it shows them; *skipped where there was one. */
static Span past_skippable(Span head, bool *skipped) {
    *skipped = false;
    while (head.n >= SKIPPABLE_HEADER && (little32(head.p) & 0xfffffff0u) == ZSTD_MAGIC_SKIPPABLE_START) {
        *skipped = true;
        const size_t size = MIN(head.n, SKIPPABLE_HEADER + (size_t)little32(head.p + 4));
        head = (Span){head.p + size, head.n - size};
    }
    return head;
}

static int frame_bid(Span head, bool cut, const char *magic, int when_unseen) {
    bool skipped;
    const Span rest = past_skippable(head, &skipped);
    const int bits = codec_magic(rest, cut, magic, 4);
    return bits || !skipped || rest.n >= 4 ? bits : when_unseen;
}

static int zstd_bid(Span head, bool cut) {
    return frame_bid(head, cut, "\x28\xb5\x2f\xfd", 28);
}

/* Both libraries forget what they gave when they fail within a call. So each call gets only the input that the one
 * before asked for, which is a block at most: a damaged block then takes no good one with it. */
typedef struct {
    ZSTD_DCtx *zstd;
    LZ4F_dctx *lz4;
    size_t wanted;
} Framed;

static size_t portion(const Framed *framed, const CodecFlow *flow) {
    return MIN(flow->in_left, framed->wanted);
}

static void *zstd_start(void *state) {
    Framed *framed = state ? state : g_new0(Framed, 1);
    if (!framed->zstd) {
        framed->zstd = ZSTD_createDCtx();
    }
    if (!framed->zstd) {
        g_error("libzstd cannot be started: out of memory");
    }
    (void)ZSTD_DCtx_reset(framed->zstd, ZSTD_reset_session_only);
    (void)ZSTD_DCtx_setParameter(framed->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
    framed->wanted = 5; /* the least that tells a frame's header */
    return framed;
}

static CodecStep zstd_step(void *state, CodecFlow *flow) {
    Framed *framed = state;
    ZSTD_inBuffer in = {flow->in, portion(framed, flow), 0};
    ZSTD_outBuffer out = {flow->out, flow->out_left, 0};
    const size_t result = ZSTD_decompressStream(framed->zstd, &out, &in);
    if (!ZSTD_isError(result)) {
        moved(flow, in.pos, out.pos);
        framed->wanted = result;
        return result == 0 ? CODEC_END : CODEC_ON;
    }
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return bad(flow, "zstd window larger than 512 MiB: not read; pack it again with a smaller one");
    case ZSTD_error_checksum_wrong:
        moved(flow, in.size, 0);
        flow->why = "checksum mismatch in a zstd frame: its bytes were read, but are not those that were packed";
        flow->back = (unsigned)in.size;
        return CODEC_SPOILED;
    case ZSTD_error_dictionary_wrong:
        return bad(flow, "zstd frame made with a dictionary: cannot be read without it");
    default:
        return bad(flow, "damaged zstd data");
    }
}

static void zstd_end(void *state) {
    if (state) {
        (void)ZSTD_freeDCtx(((Framed *)state)->zstd);
        g_free(state);
    }
}

const Codec codec_zstd = {"zstd", "zstd frame", zstd_bid, zstd_start, zstd_step, zstd_end, NULL};

static int lz4_bid(Span head, bool cut) {
    return frame_bid(head, cut, "\x04\x22\x4d\x18", 0);
}

static void *lz4_start(void *state) {
    Framed *framed = state ? state : g_new0(Framed, 1);
    if (framed->lz4) {
        LZ4F_resetDecompressionContext(framed->lz4);
    } else if (LZ4F_isError(LZ4F_createDecompressionContext(&framed->lz4, LZ4F_VERSION))) {
        g_error("liblz4 cannot be started: out of memory");
    }
    framed->wanted = LZ4F_HEADER_SIZE_MIN;
    return framed;
}

static CodecStep lz4_step(void *state, CodecFlow *flow) {
    Framed *framed = state;
    size_t used = portion(framed, flow);
    size_t given = flow->out_left;
    const size_t result = LZ4F_decompress(framed->lz4, flow->out, &given, flow->in, &used, NULL);
    if (LZ4F_isError(result)) {
        return bad(flow, "damaged lz4 data, or a check that does not match");
    }
    moved(flow, used, given);
    framed->wanted = result;
    return result == 0 ? CODEC_END : CODEC_ON;
}

static void lz4_end(void *state) {
    if (state) {
        (void)LZ4F_freeDecompressionContext(((Framed *)state)->lz4);
        g_free(state);
    }
}

const Codec codec_lz4 = {"lz4", "lz4 frame", lz4_bid, lz4_start, lz4_step, lz4_end, NULL};

/* ---- the table ---- */

static const Codec *const codecs[] = {
#ifdef DOWNSPAN_ISAL
    &codec_gzip_isal,
#else
    &codec_gzip,
#endif
    &codec_xz,        &codec_bzip2, &codec_zstd, &codec_lz4,
};

const Codec *codec_of(Span head, bool cut) {
    const Codec *best = NULL;
    int most = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++) {
        const int bits = codecs[i]->bid(head, cut);
        if (bits > most) {
            most = bits;
            best = codecs[i];
        }
    }
    return best;
}
