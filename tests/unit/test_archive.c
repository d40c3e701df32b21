/* SPDX-License-Identifier: MIT
 * Members of tar and zip: listed, read by place, packed in any way, cut, encrypted, with names that lie. */
#include "input_pack.h"

#include "base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>

typedef struct {
    const char *name;
    const char *text; /* NULL: a folder; "->x": a link to x; "=>x": a hard link */
} Item;

static const Item items[] = {
    {"logs", NULL},
    {"logs/web.log.1", "first line\n"},
    {"logs/web.log", "second line\n"},
    {"logs/.hidden", "hidden\n"},
    {"../../etc/evil.log", "evil\n"},
    {"link.log", "->logs/web.log"},
    {"hard.log", "=>logs/web.log"},
    {"logs/web.log", "third line\n"}, /* the same name again */
    {"empty.log", ""},
};

static char *folder;

static void add_item(struct archive *archive, const Item *item, Span bytes) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, item->name);
    archive_entry_set_mtime(entry, 1795602475, 0);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, item->text ? AE_IFREG : AE_IFDIR);
    if (item->text && g_str_has_prefix(item->text, "->")) {
        archive_entry_set_filetype(entry, AE_IFLNK);
        archive_entry_set_symlink(entry, item->text + 2);
        bytes.n = 0;
    } else if (item->text && g_str_has_prefix(item->text, "=>")) {
        archive_entry_set_hardlink(entry, item->text + 2);
        bytes.n = 0;
    }
    archive_entry_set_size(entry, (la_int64_t)bytes.n);
    g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
    if (bytes.n) {
        g_assert_cmpint(archive_write_data(archive, bytes.p, bytes.n), ==, (la_ssize_t)bytes.n);
    }
    archive_entry_free(entry);
}

static GByteArray *archive_of(const Item *list, size_t n, bool zip, const char *options) {
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, 1 << 22);
    size_t used = 0;
    struct archive *archive = archive_write_new();
    g_assert_cmpint(zip ? archive_write_set_format_zip(archive) : archive_write_set_format_pax_restricted(archive), ==,
                    ARCHIVE_OK);
    if (options && (archive_write_set_options(archive, options) != ARCHIVE_OK ||
                    archive_write_set_passphrase(archive, "secret") != ARCHIVE_OK)) {
        archive_write_free(archive);
        g_byte_array_unref(bytes);
        return NULL;
    }
    archive_write_set_bytes_in_last_block(archive, 1);
    g_assert_cmpint(archive_write_open_memory(archive, bytes->data, bytes->len, &used), ==, ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        const bool link = list[i].text && g_str_has_prefix(list[i].text, "=>");
        if (!(zip && link)) { /* zip knows no hard links */
            add_item(archive, &list[i], ds_span_of(list[i].text));
        }
    }
    g_assert_cmpint(archive_write_close(archive), ==, ARCHIVE_OK);
    archive_write_free(archive);
    g_byte_array_set_size(bytes, (guint)used);
    return bytes;
}

static char *save(const char *name, const guint8 *bytes, size_t size) {
    char *path = g_build_filename(folder, name, NULL);
    FILE *file = g_fopen(path, "wb"); /* and not g_file_set_contents, which syncs each of some hundred files */
    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(bytes, 1, size, file), ==, size);
    g_assert_cmpint(fclose(file), ==, 0);
    return path;
}

/* "member=text" of all files of the list, in order; *damaged: files with damage. */
static char *contents(const char *path, guint *damaged, InputList **keep) {
    char *paths[] = {(char *)(uintptr_t)path, NULL};
    g_autoptr(GError) error = NULL;
    InputList *list = ds_input_list(paths, &error);
    g_assert_no_error(error);
    GString *all = g_string_new(NULL);
    *damaged = 0;
    for (guint i = 0; i < list->files->len; i++) {
        const InputFile *file = g_ptr_array_index(list->files, i);
        g_autoptr(Reader) reader = ds_reader_open(file, NULL);
        Span data;
        const bool more = ds_reader_more(reader, 0, &data) && (data = ds_reader_peek(reader, 1 << 24), false);
        g_assert_false(more);
        g_string_append_printf(all, "%s=%.*s", file->member ? file->member : "", (int)data.n, data.p);
        *damaged += ds_reader_damage(reader) != NULL;
    }
    if (keep) {
        *keep = list;
    } else {
        ds_input_list_free(list);
    }
    return g_string_free(all, FALSE);
}

/* Sets by name; a set's older file first. */
static const char expected[] =
    "../../etc/evil.log=evil\nempty.log=logs/web.log.1=first line\nlogs/web.log=second line\n"
    "logs/web.log#2=third line\n";

static void whole(void) {
    static void (*const packs[])(GByteArray *, Span) = {NULL, pack_gzip, pack_xz, pack_bzip2, pack_zstd, pack_lz4};
    g_autoptr(GByteArray) tar = archive_of(items, G_N_ELEMENTS(items), false, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(packs); i++) {
        g_autoptr(GByteArray) packed = g_byte_array_new();
        if (packs[i]) {
            packs[i](packed, (Span){(const char *)tar->data, tar->len});
        } else {
            g_byte_array_append(packed, tar->data, tar->len);
        }
        g_autofree char *path = save("some.name", packed->data, packed->len); /* by content, not by name */
        guint damaged;
        g_autofree char *text = contents(path, &damaged, NULL);
        g_assert_cmpstr(text, ==, expected);
        g_assert_cmpuint(damaged, ==, 0);
    }
    g_autoptr(GByteArray) zip = archive_of(items, G_N_ELEMENTS(items), true, NULL);
    g_autofree char *path = save("some.name", zip->data, zip->len);
    guint damaged;
    g_autofree char *text = contents(path, &damaged, NULL);
    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpuint(damaged, ==, 0);
}

static void fields(void) {
    g_autoptr(GByteArray) tar = archive_of(items, G_N_ELEMENTS(items), false, NULL);
    g_autofree char *path = save("old-2025-08-10.tar", tar->data, tar->len);
    guint damaged;
    InputList *list;
    g_free(contents(path, &damaged, &list));
    const InputFile *file = g_ptr_array_index(list->files, 2);
    g_autofree char *shown = g_strdup_printf("%s!logs/web.log.1", path);
    g_autofree char *set = g_strdup_printf("%s/old.tar!logs/web.log", folder);
    g_assert_cmpstr(file->path, ==, shown);
    g_assert_cmpstr(file->disk, ==, path);
    g_assert_cmpstr(file->set, ==, set);
    g_assert_cmpstr(file->stem, ==, "web");
    g_assert_cmpint(file->modified, ==, INT64_C(1795602475000));
    g_assert_cmpint(file->date, ==, 20310 * MILLIS_DAY); /* the archive's: the member has none */
    g_assert_cmpuint(file->entry, ==, 2);
    ds_input_list_free(list);
}

/* A gzip file in a tar in a gzip file. */
static void nested(void) {
    g_autoptr(GString) text = sample_text(5000, 9);
    g_autoptr(GByteArray) inner = g_byte_array_new();
    pack_gzip(inner, (Span){text->str, text->len});
    memcpy(inner->data + 4, "\x15\x5f\x25\x69", 4);
    GByteArray *tar = g_byte_array_new();
    g_byte_array_set_size(tar, 1 << 20);
    size_t used = 0;
    struct archive *archive = archive_write_new();
    archive_write_set_format_ustar(archive);
    archive_write_open_memory(archive, tar->data, tar->len, &used);
    add_item(archive, &(Item){"x.log", ""}, (Span){(const char *)inner->data, inner->len});
    archive_write_free(archive);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    pack_gzip(packed, (Span){(const char *)tar->data, used});
    g_byte_array_unref(tar);
    g_autofree char *path = save("nested", packed->data, packed->len);
    char *paths[] = {path, NULL};
    g_autoptr(InputList) list = ds_input_list(paths, NULL);
    const InputFile *file = g_ptr_array_index(list->files, 0);
    g_assert_cmpint(file->packed, ==, INT64_C(1764056853000));
    g_autoptr(Reader) reader = ds_reader_open(file, NULL);
    const Span data = ds_reader_peek(reader, text->len + 1);
    assert_bytes(data.p, data.n, text->str, text->len);
    g_assert_null(ds_reader_damage(reader));
    g_assert_cmpstr(ds_reader_codec(reader), ==, "gzip");
}

/* An archive of many members is unpacked once to a private copy; where it is damaged, the result is the same. */
static void many(void) {
    Item all[20];
    GString *texts[G_N_ELEMENTS(all)];
    g_autoptr(GString) should = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        texts[i] = sample_text(i * 30, i);
        all[i] = (Item){g_strdup_printf("m%02u.log", i), texts[i]->str};
        g_string_append_printf(should, "%s=%s", all[i].name, all[i].text);
    }
    for (int zip = 0; zip < 2; zip++) {
        g_autoptr(GByteArray) archive = archive_of(all, G_N_ELEMENTS(all), zip, NULL);
        g_autofree char *path = save("many", archive->data, archive->len);
        guint damaged;
        InputList *list;
        g_autofree char *text = contents(path, &damaged, &list);
        g_assert_cmpstr(text, ==, should->str);
        g_assert_cmpuint(damaged, ==, 0);
        g_assert_true(input_is_copy(((const InputFile *)g_ptr_array_index(list->files, 3))->disk));
        ds_input_list_free(list);
        g_autofree char *cut_path = save("many", archive->data, archive->len * 3 / 4);
        g_autofree char *part = contents(cut_path, &damaged, NULL);
        g_assert_true(g_str_has_prefix(should->str, part));
        g_assert_cmpuint(strlen(part), >, should->len / 2);
        g_assert_cmpuint(damaged, ==, 1);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        g_string_free(texts[i], TRUE);
        g_free((char *)(uintptr_t)all[i].name);
    }
}

/* Cut anywhere: what comes out only grows with the file, and damage is named. */
static void cut(bool zip, void (*pack)(GByteArray *, Span)) {
    g_autoptr(GString) a = sample_text(40, 1);
    g_autoptr(GString) b = sample_text(40, 2);
    const Item two[] = {{"a.log", a->str}, {"b.log", b->str}};
    g_autoptr(GByteArray) archive = archive_of(two, 2, zip, NULL);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    if (pack) {
        pack(packed, (Span){(const char *)archive->data, archive->len});
    } else {
        g_byte_array_append(packed, archive->data, archive->len);
    }
    g_autofree char *all = g_strdup_printf("a.log=%sb.log=%s", a->str, b->str);
    size_t longest = 0;
    const guint least = zip ? 4 : pack ? packed->len / 4 : 512;
    for (guint size = least; size < packed->len; size += 1 + packed->len / 300) {
        g_autofree char *path = save("cut", packed->data, size);
        guint damaged;
        g_autofree char *text = contents(path, &damaged, NULL);
        if (!g_str_has_prefix(text, "a.log=")) {
            continue; /* too short to be an archive or to name a member */
        }
        g_assert_true(g_str_has_prefix(all, text));
        g_assert_true(damaged || strcmp(text, all) == 0 || strcmp(strrchr(text, '=') + 1, a->str) == 0);
        g_assert_cmpuint(strlen(text), >=, longest);
        longest = strlen(text);
    }
    g_assert_cmpuint(longest, >, strlen(all) / 2);
}

static void cut_tar(void) {
    cut(false, NULL);
}

static void cut_tar_gzip(void) {
    cut(false, pack_gzip);
}

static void cut_zip(void) {
    cut(true, NULL);
}

static void encrypted(void) {
    const Item one[] = {{"a.log", "a line\n"}};
    g_autoptr(GByteArray) zip = archive_of(one, 1, true, "zip:encryption=zipcrypt");
    if (!zip) {
        g_test_skip("this libarchive cannot encrypt");
        return;
    }
    g_autofree char *path = save("encrypted.zip", zip->data, zip->len);
    char *paths[] = {path, NULL};
    g_autoptr(InputList) list = ds_input_list(paths, NULL);
    g_assert_cmpuint(list->files->len, ==, 1);
    g_autoptr(Reader) reader = ds_reader_open(g_ptr_array_index(list->files, 0), NULL);
    g_assert_cmpuint(ds_reader_peek(reader, 1).n, ==, 0);
    g_assert_nonnull(strstr(ds_reader_damage(reader)->text, "encrypted"));
}

/* A wrong check sum in a zip: the bytes are read, the damage is named. */
static void zip_crc(void) {
    const Item one[] = {{"a.log", "a line that is stored\n"}};
    g_autoptr(GByteArray) zip = archive_of(one, 1, true, NULL);
    guint hits = 0;
    for (guint at = 0; at + 16 < zip->len; at++) { /* the central directory's copy of the sum */
        if (memcmp(zip->data + at, "PK\1\2", 4) == 0) {
            zip->data[at + 16] ^= 1;
            hits++;
        }
    }
    g_assert_cmpuint(hits, ==, 1);
    g_autofree char *path = save("crc.zip", zip->data, zip->len);
    guint damaged;
    g_autofree char *text = contents(path, &damaged, NULL);
    g_assert_cmpstr(text, ==, "a.log=a line that is stored\n");
    g_assert_cmpuint(damaged, ==, 1);
}

/* Logs that could be taken for an archive. */
static void no_archive(void) {
    g_autofree char *zeros = g_malloc0(2048);
    memcpy(zeros + 1024, "a line\n", 7);
    g_assert_false(input_is_tar((Span){zeros, 1024}));
    g_autoptr(GString) text = sample_text(100, 1);
    g_assert_false(input_is_tar((Span){text->str, text->len}));
    g_autoptr(GString) digits = g_string_new(NULL);
    for (int i = 0; i < 600; i++) {
        g_string_append_c(digits, '0');
    }
    g_assert_false(input_is_tar((Span){digits->str, digits->len}));
    g_assert_false(input_is_zip(SPAN("PK")));
    static const char broken[] = "PK\3\4 and nothing of a zip behind it\n";
    g_autofree char *path = save("broken.zip", (const guint8 *)broken, sizeof broken - 1);
    char *paths[] = {path, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(InputList) list = ds_input_list(paths, &error);
    g_assert_no_error(error);
    g_autoptr(Reader) reader = ds_reader_open(g_ptr_array_index(list->files, 0), NULL);
    g_assert_cmpuint(ds_reader_peek(reader, 1).n, ==, 0);
    g_assert_nonnull(ds_reader_damage(reader));
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("downspan-test-XXXXXX", NULL);
    g_test_add_func("/archive/whole", whole);
    g_test_add_func("/archive/fields", fields);
    g_test_add_func("/archive/nested", nested);
    g_test_add_func("/archive/many", many);
    g_test_add_func("/archive/cut-tar", cut_tar);
    g_test_add_func("/archive/cut-tar-gzip", cut_tar_gzip);
    g_test_add_func("/archive/cut-zip", cut_zip);
    g_test_add_func("/archive/encrypted", encrypted);
    g_test_add_func("/archive/zip-crc", zip_crc);
    g_test_add_func("/archive/no-archive", no_archive);
    const int result = g_test_run();
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_dir_close(dir);
    g_rmdir(folder);
    g_free(folder);
    return result;
}
