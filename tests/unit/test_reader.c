/* SPDX-License-Identifier: MIT
 * The window: look ahead, consume, grow; one byte at a time; long entries; forms of text; damage passed on. */
#include "input_pack.h"

#include "base/error.h"

#include <glib.h>
#include <glib/gstdio.h>

typedef struct {
    InputSource base;
    uint64_t left;
} Filler; /* so many x, made as they are asked for */

static size_t filler_read(InputSource *source, uint8_t *out, size_t room) {
    Filler *filler = (Filler *)source;
    const size_t got = filler->left < room ? (size_t)filler->left : room;
    memset(out, 'x', got);
    filler->left -= got;
    return got;
}

static InputSource *filler_open(uint64_t size) {
    Filler *filler = g_new0(Filler, 1);
    filler->base = (InputSource){.read = filler_read, .close = memory_close, .codec = "plain"};
    filler->left = size;
    return &filler->base;
}

static GByteArray *bytes_of(Span text) {
    return g_byte_array_append(g_byte_array_new(), (const guint8 *)text.p, (guint)text.n);
}

/* Reads line by line as a parser would; gives the lines back, joined. */
static GByteArray *by_line(Reader *reader) {
    GByteArray *all = g_byte_array_new();
    Span data = {NULL, 0};
    size_t used = 0;
    for (bool more = true; more;) {
        const size_t before = data.n - used;
        more = ds_reader_more(reader, used, &data);
        g_assert_cmpuint(data.n, >=, before + more);
        const char *end = data.n ? memchr(data.p, '\n', data.n) : NULL;
        for (used = 0; end; end = memchr(data.p + used, '\n', data.n - used)) {
            used = (size_t)(end - data.p) + 1;
        }
        used = more ? used : data.n;
        if (used) {
            g_byte_array_append(all, (const guint8 *)data.p, (guint)used);
        }
    }
    g_assert_false(ds_reader_more(reader, used, &data));
    g_assert_cmpuint(data.n, ==, 0);
    return all;
}

static void windows(void) {
    static const size_t blocks[] = {1, 2, 3, 100, 4096, SIZE_MAX};
    g_autoptr(GString) text = sample_text(500, 3);
    g_autoptr(GByteArray) bytes = bytes_of((Span){text->str, text->len});
    for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++) {
        g_autoptr(Reader) reader = input_reader(input_decode(memory_open(bytes, SIZE_MAX, true)), blocks[i]);
        g_autoptr(GByteArray) all = by_line(reader);
        assert_bytes(all->data, all->len, text->str, text->len);
        g_assert_null(ds_reader_damage(reader));
        g_assert_cmpstr(ds_reader_codec(reader), ==, "plain");
    }
}

static void peek(void) {
    g_autoptr(GByteArray) bytes = bytes_of(SPAN("one\ntwo\nthree"));
    g_autoptr(Reader) reader = input_reader(memory_open(bytes, 1, true), 1);
    Span data = ds_reader_peek(reader, 5);
    g_assert_cmpuint(data.n, >=, 5);
    g_assert_cmpint(memcmp(data.p, "one\nt", 5), ==, 0);
    data = ds_reader_peek(reader, 1000);
    assert_bytes(data.p, data.n, "one\ntwo\nthree", 13);
    g_assert_false(ds_reader_more(reader, 4, &data));
    assert_bytes(data.p, data.n, "two\nthree", 9);
    data = ds_reader_peek(reader, 1);
    assert_bytes(data.p, data.n, "two\nthree", 9);
    g_assert_false(ds_reader_more(reader, 9, &data));
    g_assert_cmpuint(data.n, ==, 0);
    g_assert_cmpuint(ds_reader_peek(reader, 1).n, ==, 0);
}

/* Peeking further than the first window grows it and loses nothing. */
static void peek_far(void) {
    g_autoptr(GString) text = sample_text(60000, 4);
    g_autoptr(GByteArray) bytes = bytes_of((Span){text->str, text->len});
    g_autoptr(Reader) reader = input_reader(memory_open(bytes, 5000, true), SIZE_MAX);
    const Span data = ds_reader_peek(reader, 1500000);
    g_assert_cmpuint(data.n, >=, 1500000);
    g_assert_cmpint(memcmp(data.p, text->str, data.n), ==, 0);
    g_autoptr(GByteArray) all = by_line(reader);
    assert_bytes(all->data, all->len, text->str, text->len);
}

/* Three entries of 100 MB without a break. Moving them once per block would take minutes. */
static void long_entry(void) {
    const size_t size = 100000000;
    g_autoptr(Reader) reader = input_reader(filler_open(2 * size), SIZE_MAX);
    Span data = {NULL, 0};
    g_assert_true(ds_reader_more(reader, 0, &data));
    while (data.n < size) {
        g_assert_true(ds_reader_more(reader, 0, &data));
    }
    g_assert_cmpint(data.p[size - 1], ==, 'x');
    size_t total = size;
    for (bool more = ds_reader_more(reader, size, &data); more;) {
        total += data.n;
        more = ds_reader_more(reader, data.n, &data);
    }
    g_assert_cmpuint(total, ==, 2 * size);
}

static void entry_limit(void) {
    g_autoptr(Reader) reader = input_reader(filler_open(UINT64_C(1) << 40), SIZE_MAX);
    Span data = ds_reader_peek(reader, SIZE_MAX);
    g_assert_cmpuint(data.n, >=, INPUT_ENTRY_LIMIT);
    g_assert_cmpuint(data.n, <=, 2 * (size_t)INPUT_ENTRY_LIMIT);
    const size_t before = data.n;
    g_assert_true(ds_reader_more(reader, 0, &data));
    g_assert_cmpuint(data.n, ==, before);
    g_assert_true(ds_reader_more(reader, before - 10, &data));
    g_assert_cmpuint(data.n, >, 10);
    g_assert_cmpuint(data.n, <, 16u << 20); /* and the large window is gone */
}

static void forms(void) {
    static const struct {
        Span in;
        Span out;
    } rows[] = {
        {{"\xef\xbb\xbf"
          "a\r\nb",
          7},
         {"a\r\nb", 4}},
        {{"\xef\xbb\xbf", 3}, {"", 0}},
        {{"\xff\xfe"
          "a\0\r\0\n\0\xac\x20",
          10},
         {"a\r\n\xe2\x82\xac", 6}},
        {{"\xfe\xff\0a", 4}, {"a", 1}},
        {{"\xff\xfe", 2}, {"", 0}},
        {{"\xff\xfe"
          "a",
          3},
         {"\xef\xbf\xbd", 3}},
        {{"a\0b\0c\0d\0\n\0", 10}, {"abcd\n", 5}},
        {{"\0\0\0\0\0\0\0\0\0\0\0\0line\n", 17}, {"\0\0\0\0\0\0\0\0\0\0\0\0line\n", 17}},
        {{"a\0b\x1b[31mred\xff\n", 13}, {"a\0b\x1b[31mred\xff\n", 13}},
        {{"", 0}, {"", 0}},
    };
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) bytes = bytes_of(rows[i / 2].in);
        g_autoptr(Reader) reader = input_reader(memory_open(bytes, SIZE_MAX, true), i % 2 ? 1 : SIZE_MAX);
        g_autoptr(GByteArray) all = by_line(reader);
        assert_bytes(all->data, all->len, rows[i / 2].out.p, rows[i / 2].out.n);
    }
}

/* A long UTF-16 text, packed, in pieces of odd sizes. */
static void long_utf16(void) {
    g_autoptr(GString) text = sample_text(20000, 8);
    g_string_append(text, "\xe2\x82\xac \xf0\x9f\x9f\xa5\n");
    glong units = 0;
    g_autofree gunichar2 *wide = g_utf8_to_utf16(text->str, -1, NULL, &units, NULL);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    pack_gzip(packed, (Span){(const char *)wide, (size_t)units * 2});
    static const size_t blocks[] = {1, 4097, SIZE_MAX};
    for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++) {
        g_autoptr(Reader) reader = input_reader(input_decode(memory_open(packed, SIZE_MAX, true)), blocks[i]);
        g_autoptr(GByteArray) all = by_line(reader);
        assert_bytes(all->data, all->len, text->str, text->len);
    }
}

/* Through the front door, twice; a cut file; a file that is not there. */
static void from_disk(void) {
    g_autofree char *folder = g_dir_make_tmp("downspan-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "probes.csv", NULL); /* by content, not by name */
    g_autoptr(GString) text = sample_text(1000, 6);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    pack_gzip(packed, (Span){text->str, text->len});
    g_assert_true(g_file_set_contents(path, (const char *)packed->data, packed->len, NULL));
    const InputFile file = {.path = path, .disk = path};
    for (int i = 0; i < 2; i++) {
        g_autoptr(Reader) reader = ds_reader_open(&file, NULL);
        g_autoptr(GByteArray) all = by_line(reader);
        assert_bytes(all->data, all->len, text->str, text->len);
        g_assert_cmpstr(ds_reader_codec(reader), ==, "gzip");
        g_assert_null(ds_reader_damage(reader));
    }
    g_assert_true(g_file_set_contents(path, (const char *)packed->data, packed->len / 2, NULL));
    g_autoptr(Reader) reader = ds_reader_open(&file, NULL);
    g_autoptr(GByteArray) part = by_line(reader);
    g_assert_cmpuint(part->len, >, text->len / 3);
    g_assert_cmpint(memcmp(part->data, text->str, part->len), ==, 0);
    g_assert_cmpstr(ds_reader_damage(reader)->text, ==, "truncated gzip member");
    g_assert_cmpuint(ds_reader_damage(reader)->offset, ==, packed->len / 2);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_reader_open(&file, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    g_assert_nonnull(strstr(error->message, path));
    g_rmdir(folder);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reader/windows", windows);
    g_test_add_func("/reader/peek", peek);
    g_test_add_func("/reader/peek-far", peek_far);
    g_test_add_func("/reader/long-entry", long_entry);
    g_test_add_func("/reader/entry-limit", entry_limit);
    g_test_add_func("/reader/forms", forms);
    g_test_add_func("/reader/long-utf16", long_utf16);
    g_test_add_func("/reader/from-disk", from_disk);
    return g_test_run();
}
