/* SPDX-License-Identifier: MIT
 * For the tests of input/: packing with the libraries themselves, bytes in memory as a source, and what a library
 * itself reads from a cut file. */
#ifndef TEST_INPUT_PACK_H
#define TEST_INPUT_PACK_H

#include "input/codec.h"
#include "input/source.h"

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

typedef struct {
    InputSource base;
    GByteArray *bytes; /* borrowed */
    size_t step;       /* most bytes given at once */
} Memory;

static inline size_t memory_read(InputSource *source, uint8_t *out, size_t room) {
    Memory *memory = (Memory *)source;
    size_t got = MIN(room, memory->step);
    got = MIN(got, memory->bytes->len - (size_t)source->consumed);
    if (got) {
        memcpy(out, memory->bytes->data + source->consumed, got);
    }
    source->consumed += got;
    return got;
}

static inline bool memory_seek(InputSource *source, uint64_t offset) {
    source->consumed = offset;
    return true;
}

static inline void memory_close(InputSource *source) {
    input_damage_free(source->damage);
    g_free(source);
}

static inline InputSource *memory_open(GByteArray *bytes, size_t step, bool seekable) {
    Memory *memory = g_new0(Memory, 1);
    memory->base = (InputSource){.read = memory_read, .close = memory_close, .size = bytes->len, .codec = "plain"};
    memory->base.seek = seekable ? memory_seek : NULL;
    memory->bytes = bytes;
    memory->step = step;
    return &memory->base;
}

static inline void assert_bytes(const void *is, size_t is_size, const void *should, size_t should_size) {
    g_assert_cmpuint(is_size, ==, should_size);
    g_assert_true(is_size == 0 || memcmp(is, should, is_size) == 0);
}

/* All that a source gives, asked for in pieces of `room` bytes. */
static inline GByteArray *drain(InputSource *source, size_t room) {
    GByteArray *all = g_byte_array_new();
    g_autofree uint8_t *piece = g_malloc(room);
    for (size_t got = source->read(source, piece, room); got; got = source->read(source, piece, room)) {
        g_byte_array_append(all, piece, (guint)got);
    }
    return all;
}

static inline void append_bound(GByteArray *to, size_t bound, guint *before) {
    *before = to->len;
    g_byte_array_set_size(to, to->len + (guint)bound);
}

static inline void pack_gzip(GByteArray *to, Span text) {
    z_stream z = {0};
    g_assert_cmpint(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
    guint before;
    append_bound(to, deflateBound(&z, text.n), &before);
    z.next_in = (Bytef *)(uintptr_t)text.p;
    z.avail_in = (uInt)text.n;
    z.next_out = to->data + before;
    z.avail_out = to->len - before;
    g_assert_cmpint(deflate(&z, Z_FINISH), ==, Z_STREAM_END);
    g_byte_array_set_size(to, before + (guint)z.total_out);
    deflateEnd(&z);
}

static inline void pack_xz(GByteArray *to, Span text) {
    guint before;
    append_bound(to, lzma_stream_buffer_bound(text.n), &before);
    size_t at = before;
    g_assert_cmpint(
        lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text.p, text.n, to->data, &at, to->len), ==,
        LZMA_OK);
    g_byte_array_set_size(to, (guint)at);
}

static inline void pack_bzip2(GByteArray *to, Span text) {
    guint before;
    append_bound(to, text.n + text.n / 50 + 700, &before);
    unsigned size = to->len - before;
    g_assert_cmpint(BZ2_bzBuffToBuffCompress((char *)to->data + before, &size, (char *)(uintptr_t)text.p,
                                             (unsigned)text.n, 1, 0, 0),
                    ==, BZ_OK);
    g_byte_array_set_size(to, before + size);
}

static inline void pack_zstd(GByteArray *to, Span text) {
    guint before;
    append_bound(to, ZSTD_compressBound(text.n), &before);
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
    const size_t size = ZSTD_compress2(zstd, to->data + before, to->len - before, text.p, text.n);
    g_assert_false(ZSTD_isError(size));
    ZSTD_freeCCtx(zstd);
    g_byte_array_set_size(to, before + (guint)size);
}

static inline void pack_lz4(GByteArray *to, Span text) {
    LZ4F_preferences_t preferences = {
        .frameInfo = {.blockSizeID = LZ4F_max64KB, .contentChecksumFlag = LZ4F_contentChecksumEnabled}};
    guint before;
    append_bound(to, LZ4F_compressFrameBound(text.n, &preferences), &before);
    const size_t size = LZ4F_compressFrame(to->data + before, to->len - before, text.p, text.n, &preferences);
    g_assert_false(LZ4F_isError(size));
    g_byte_array_set_size(to, before + (guint)size);
}

/* How many bytes each library gives of a cut file, when it is handed all of it at once. */
static inline size_t reference_gzip(const uint8_t *in, size_t n, uint8_t *out, size_t room) {
    size_t made = 0;
    z_stream z = {0};
    inflateInit2(&z, 15 + 16);
    z.next_in = (Bytef *)(uintptr_t)in;
    z.avail_in = (uInt)n;
    int result = Z_OK;
    while (result == Z_OK && n) {
        z.next_out = out + made;
        z.avail_out = (uInt)(room - made);
        result = inflate(&z, Z_NO_FLUSH);
        made = room - z.avail_out;
        if (result == Z_STREAM_END && z.avail_in) {
            result = inflateReset(&z);
        } else if (z.avail_in == 0) {
            break;
        }
    }
    inflateEnd(&z);
    return made;
}

static inline size_t reference_xz(const uint8_t *in, size_t n, uint8_t *out, size_t room) {
    lzma_stream xz = LZMA_STREAM_INIT;
    g_assert_cmpint(lzma_stream_decoder(&xz, UINT64_MAX, LZMA_CONCATENATED), ==, LZMA_OK);
    xz.next_in = in;
    xz.avail_in = n;
    xz.next_out = out;
    xz.avail_out = room;
    while (lzma_code(&xz, LZMA_RUN) == LZMA_OK) {
    }
    lzma_end(&xz);
    return room - xz.avail_out;
}

static inline size_t reference_bzip2(const uint8_t *in, size_t n, uint8_t *out, size_t room) {
    size_t made = 0;
    while (n) {
        bz_stream b = {0};
        BZ2_bzDecompressInit(&b, 0, 0);
        b.next_in = (char *)(uintptr_t)in;
        b.avail_in = (unsigned)n;
        b.next_out = (char *)out + made;
        b.avail_out = (unsigned)(room - made);
        const int result = BZ2_bzDecompress(&b);
        made = room - b.avail_out;
        in += n - b.avail_in;
        n = b.avail_in;
        BZ2_bzDecompressEnd(&b);
        if (result != BZ_STREAM_END) {
            break;
        }
    }
    return made;
}

static inline size_t reference_zstd(const uint8_t *in, size_t n, uint8_t *out, size_t room) {
    ZSTD_DCtx *zstd = ZSTD_createDCtx();
    ZSTD_inBuffer from = {in, n, 0};
    ZSTD_outBuffer to = {out, room, 0};
    while (from.pos < from.size && !ZSTD_isError(ZSTD_decompressStream(zstd, &to, &from))) {
    }
    ZSTD_freeDCtx(zstd);
    return to.pos;
}

static inline size_t reference_lz4(const uint8_t *in, size_t n, uint8_t *out, size_t room) {
    LZ4F_dctx *lz4;
    LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION);
    size_t made = 0, at = 0;
    while (at < n) {
        size_t used = n - at, given = room - made;
        const size_t result = LZ4F_decompress(lz4, out + made, &given, in + at, &used, NULL);
        if (LZ4F_isError(result) || (used == 0 && given == 0)) {
            break;
        }
        made += given;
        at += used;
    }
    LZ4F_freeDecompressionContext(lz4);
    return made;
}

typedef struct {
    const char *name;
    void (*pack)(GByteArray *to, Span text);
    size_t (*reference)(const uint8_t *in, size_t n, uint8_t *out, size_t room);
    guint least; /* bytes of a cut file that tell it: three letters are no sign of bzip2 */
} Packing;

static const Packing packings[] = {
    {"gzip", pack_gzip, reference_gzip, 2},    {"xz", pack_xz, reference_xz, 2},
    {"bzip2", pack_bzip2, reference_bzip2, 4}, {"zstd", pack_zstd, reference_zstd, 2},
    {"lz4", pack_lz4, reference_lz4, 2},
};

/* Lines that pack to something between nothing and all. */
static inline GString *sample_text(unsigned lines, unsigned seed) {
    GString *text = g_string_new(NULL);
    uint32_t x = seed * 2654435761u + 1;
    for (unsigned i = 0; i < lines; i++) {
        x = x * 1664525u + 1013904223u;
        g_string_append_printf(text, "2026-11-25T10:%02u:%02uZ,web%u,%s,%u\n", i / 60 % 60, i % 60, x >> 30,
                               x >> 27 & 7 ? "up" : "down", x >> 16);
    }
    return text;
}

#endif
