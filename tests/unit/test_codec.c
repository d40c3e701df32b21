/* SPDX-License-Identifier: MIT
 * Every compression: whole, in pieces, cut at every byte, damaged at every byte, padded, followed by rubbish. */
#include "input_pack.h"

#include <glib.h>

enum { MEMBERS = 3 };

typedef struct {
    GByteArray *packed;
    GByteArray *text;
    guint ends[MEMBERS]; /* bytes of packed after each member */
} Bundle;

static Bundle bundle(const Packing *packing, unsigned lines) {
    Bundle b = {.packed = g_byte_array_new(), .text = g_byte_array_new()};
    for (unsigned i = 0; i < MEMBERS; i++) {
        g_autoptr(GString) part = sample_text(lines + i, i);
        packing->pack(b.packed, (Span){part->str, part->len});
        g_byte_array_append(b.text, (const guint8 *)part->str, (guint)part->len);
        b.ends[i] = b.packed->len;
    }
    return b;
}

static void bundle_free(Bundle *b) {
    g_byte_array_unref(b->packed);
    g_byte_array_unref(b->text);
}

static void assert_prefix(GByteArray *part, GByteArray *whole) {
    g_assert_cmpuint(part->len, <=, whole->len);
    g_assert_cmpint(part->len ? memcmp(part->data, whole->data, part->len) : 0, ==, 0);
}

static void whole(void) {
    static const size_t steps[] = {1, 7, 1000, SIZE_MAX};
    for (size_t p = 0; p < G_N_ELEMENTS(packings); p++) {
        Bundle b = bundle(&packings[p], 300);
        for (size_t s = 0; s < 2 * G_N_ELEMENTS(steps); s++) {
            const size_t step = steps[s / 2];
            g_autoptr(InputSource) source = input_decode(memory_open(b.packed, step, s % 2));
            g_autoptr(GByteArray) all = drain(source, MIN(step, 100000));
            g_assert_cmpuint(all->len, ==, b.text->len);
            assert_prefix(all, b.text);
            g_assert_null(source->damage);
            g_assert_cmpstr(source->codec, ==, packings[p].name);
        }
        bundle_free(&b);
    }
}

static bool at_boundary(const Bundle *b, guint size) {
    return size == 0 || size == b->ends[0] || size == b->ends[1] || size == b->ends[2];
}

/* Nothing that the library itself can read may be lost, and the cut is always named with its offset. */
static void cut_everywhere(void) {
    g_autofree uint8_t *room = g_malloc(1 << 16);
    for (size_t p = 0; p < G_N_ELEMENTS(packings); p++) {
        Bundle b = bundle(&packings[p], 12);
        for (guint size = packings[p].least; size < b.packed->len; size++) {
            for (int seekable = 0; seekable < 2; seekable++) {
                g_autoptr(GByteArray) cut = g_byte_array_new();
                g_byte_array_append(cut, b.packed->data, size);
                g_autoptr(InputSource) source = input_decode(memory_open(cut, size % 3 ? SIZE_MAX : 1, seekable));
                g_autoptr(GByteArray) all = drain(source, size % 2 ? 100000 : 1);
                assert_prefix(all, b.text);
                g_assert_cmpuint(all->len, >=, packings[p].reference(cut->data, size, room, 1 << 16));
                g_assert_cmpint(source->damage == NULL, ==, at_boundary(&b, size));
                g_assert_cmpstr(source->codec, ==, packings[p].name);
                if (source->damage) {
                    g_assert_cmpuint(source->damage->offset, <=, size);
                }
            }
        }
        bundle_free(&b);
    }
}

/* A flipped bit is found (all these formats have checks), what comes before it is not lost, and nothing crashes.
 * Headers may hold bits that mean nothing. */
static void flipped_everywhere(void) {
    for (size_t p = 0; p < G_N_ELEMENTS(packings); p++) {
        Bundle b = bundle(&packings[p], 12);
        for (guint at = b.ends[0]; at < b.ends[1]; at++) {
            b.packed->data[at] ^= (guint8)(1u << (at % 8));
            g_autoptr(InputSource) fast = input_decode(memory_open(b.packed, SIZE_MAX, true));
            g_autoptr(InputSource) slow = input_decode(memory_open(b.packed, SIZE_MAX, false));
            g_autoptr(GByteArray) all = drain(fast, 100000);
            g_autoptr(GByteArray) again = drain(slow, 100000);
            b.packed->data[at] ^= (guint8)(1u << (at % 8));
            assert_bytes(all->data, all->len, again->data, again->len);
            g_assert_cmpint(fast->damage == NULL, ==, slow->damage == NULL);
            if (fast->damage) {
                g_assert_cmpstr(fast->damage->text, ==, slow->damage->text);
                g_assert_cmpuint(fast->damage->offset, >=, b.ends[0]);
            } else {
                assert_bytes(all->data, all->len, b.text->data, b.text->len);
            }
            g_autoptr(GString) first = sample_text(12, 0);
            g_assert_cmpuint(all->len, >=, first->len);
            g_assert_cmpint(memcmp(all->data, first->str, first->len), ==, 0);
        }
        bundle_free(&b);
    }
}

/* A larger member with damage in its middle: most of what stands before comes out, in any packing. */
static void damaged_middle(void) {
    for (size_t p = 0; p < G_N_ELEMENTS(packings); p++) {
        g_autoptr(GString) text = sample_text(60000, 5);
        g_autoptr(GByteArray) packed = g_byte_array_new();
        packings[p].pack(packed, (Span){text->str, text->len});
        const guint middle = packed->len * 3 / 4;
        memset(packed->data + middle, 0xff, 64);
        g_autoptr(InputSource) source = input_decode(memory_open(packed, SIZE_MAX, true));
        g_autoptr(GByteArray) all = drain(source, 1 << 20);
        g_assert_nonnull(source->damage);
        g_assert_cmpuint(source->damage->offset, >=, middle / 2); /* a block or a check behind it, at the earliest */
        g_assert_cmpuint(all->len, >, text->len / 2);
        g_assert_cmpint(memcmp(all->data, text->str, text->len / 2), ==, 0);
    }
}

static void padding_and_rubbish(void) {
    for (size_t p = 0; p < G_N_ELEMENTS(packings); p++) {
        Bundle b = bundle(&packings[p], 12);
        const guint end = b.packed->len;
        g_byte_array_set_size(b.packed, end + 1000);
        memset(b.packed->data + end, 0, 1000);
        g_autoptr(InputSource) padded = input_decode(memory_open(b.packed, 13, true));
        g_autoptr(GByteArray) all = drain(padded, 100);
        assert_bytes(all->data, all->len, b.text->data, b.text->len);
        g_assert_null(padded->damage);

        memcpy(b.packed->data + end, "2026-11-25 a line\n", 18);
        g_autoptr(InputSource) followed = input_decode(memory_open(b.packed, SIZE_MAX, true));
        g_autoptr(GByteArray) before = drain(followed, 100000);
        assert_bytes(before->data, before->len, b.text->data, b.text->len);
        g_assert_nonnull(followed->damage);
        g_assert_cmpuint(followed->damage->offset, ==, end);
        g_assert_nonnull(strstr(followed->damage->text, packings[p].name));
        bundle_free(&b);
    }
}

/* CRC and length of the trailer: named, but no byte is lost, not even those of the next members. */
static void gzip_trailer(void) {
    static const struct {
        guint back;
        const char *text;
    } faults[] = {{8, "CRC mismatch"}, {5, "CRC mismatch"}, {4, "length mismatch"}, {1, "length mismatch"}};
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(faults); i++) {
        Bundle b = bundle(&packings[0], 12);
        b.packed->data[b.ends[0] - faults[i / 2].back] ^= 0x10;
        g_autoptr(InputSource) source = input_decode(memory_open(b.packed, SIZE_MAX, i % 2));
        g_autoptr(GByteArray) all = drain(source, 100000);
        assert_bytes(all->data, all->len, b.text->data, b.text->len);
        g_assert_nonnull(source->damage);
        g_assert_true(g_str_has_prefix(source->damage->text, faults[i / 2].text));
        if (i % 2) {
            g_assert_cmpuint(source->damage->offset, ==, b.ends[0] - 8);
        }
        bundle_free(&b);
    }
}

/* All optional parts of a header, also read byte by byte; its time. */
static void gzip_header(void) {
    static const char head[] = "\x1f\x8b\x08\x1e\x15\x5f\x25\x69\x00\x03" /* 2025-11-25T07:47:33Z */
                               "\x05\x00"
                               "extra"
                               "probes.csv\0"
                               "a comment\0"
                               "\xaa\xbb";
    Bundle b = bundle(&packings[0], 12);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    g_byte_array_append(packed, (const guint8 *)head, sizeof head - 1);
    g_byte_array_append(packed, b.packed->data + 10, b.packed->len - 10);
    for (size_t step = 1; step < 60; step++) {
        g_autoptr(InputSource) source = input_decode(memory_open(packed, step, true));
        g_autoptr(GByteArray) all = drain(source, 100000);
        assert_bytes(all->data, all->len, b.text->data, b.text->len);
        g_assert_null(source->damage);
    }
    g_assert_cmpint(input_gzip_time((Span){head, 10}), ==, INT64_C(1764056853000));
    g_assert_cmpint(input_gzip_time((Span){(const char *)b.packed->data, 10}), ==, INSTANT_NONE);
    g_assert_cmpint(input_gzip_time((Span){head, 9}), ==, INSTANT_NONE);
    g_assert_cmpint(input_gzip_time(SPAN("2026-11-25 a line")), ==, INSTANT_NONE);
    bundle_free(&b);
}

static void skippable_frames(void) {
    static const char skippable[] = "\x53\x2a\x4d\x18\x04\x00\x00\x00"
                                    "abcd";
    for (size_t p = 3; p < 5; p++) {
        g_autoptr(GByteArray) packed = g_byte_array_new();
        for (int i = 0; i < 3; i++) {
            g_byte_array_append(packed, (const guint8 *)skippable, sizeof skippable - 1);
            packings[p].pack(packed, SPAN("a line\n"));
        }
        g_autoptr(InputSource) source = input_decode(memory_open(packed, SIZE_MAX, true));
        g_autoptr(GByteArray) all = drain(source, 100);
        assert_bytes(all->data, all->len, "a line\na line\na line\n", 21);
        g_assert_null(source->damage);
        g_assert_cmpstr(source->codec, ==, packings[p].name);
    }
}

/* What only looks packed, and short heads. */
static void plain(void) {
    static const Span texts[] = {
        {"", 0},
        {"\x1f", 1},
        {"B", 1},
        {"BZ\n", 3},
        {"BZh9 is what a bzip2 file begins with\n", 38},
        {"\x1f\x8b\x07 no method", 13},
        {"\x1f\x8b\x08\xe0 no flags", 13},
        {"PK\3\4", 4},
        {"\0\0\0\0text\n", 9},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_byte_array_append(bytes, (const guint8 *)texts[i].p, (guint)texts[i].n);
        g_autoptr(InputSource) source = input_decode(memory_open(bytes, 1 + i % 3, true));
        g_autoptr(GByteArray) all = drain(source, 4);
        assert_bytes(all->data, all->len, texts[i].p, texts[i].n);
        g_assert_null(source->damage);
        g_assert_cmpstr(source->codec, ==, "plain");
    }
}

/* 16 MiB of zeros pack to some 500 bytes in zstd; 80 such frames pass 1 GiB. */
static void bomb(void) {
    const size_t size = 16u << 20;
    g_autofree char *zeros = g_malloc0(size);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    for (int i = 0; i < 80; i++) {
        if (i == 0) {
            pack_zstd(packed, (Span){zeros, size});
        } else {
            const guint frame = packed->len / (guint)i;
            g_byte_array_set_size(packed, packed->len + frame);
            memcpy(packed->data + packed->len - frame, packed->data, frame);
        }
    }
    g_autoptr(InputSource) source = input_decode(memory_open(packed, SIZE_MAX, true));
    uint64_t total = 0;
    for (size_t got = source->read(source, (uint8_t *)zeros, size); got;
         got = source->read(source, (uint8_t *)zeros, size)) {
        total += got;
    }
    g_assert_nonnull(source->damage);
    g_assert_nonnull(strstr(source->damage->text, "bomb"));
    g_assert_cmpuint(total, >, UINT64_C(1) << 30);
    g_assert_cmpuint(total, <, (UINT64_C(1) << 30) + 2 * size);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/codec/whole", whole);
    g_test_add_func("/codec/cut-everywhere", cut_everywhere);
    g_test_add_func("/codec/flipped-everywhere", flipped_everywhere);
    g_test_add_func("/codec/damaged-middle", damaged_middle);
    g_test_add_func("/codec/padding-and-rubbish", padding_and_rubbish);
    g_test_add_func("/codec/gzip-trailer", gzip_trailer);
    g_test_add_func("/codec/gzip-header", gzip_header);
    g_test_add_func("/codec/skippable-frames", skippable_frames);
    g_test_add_func("/codec/plain", plain);
    g_test_add_func("/codec/bomb", bomb);
    return g_test_run();
}
