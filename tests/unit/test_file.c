/* SPDX-License-Identifier: MIT
 * Files written aside: the whole or nothing, nothing left behind, and devices never replaced. */
#include "base/error.h"
#include "base/file.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *folder;
} Fixture;

static void set_up(Fixture *f, gconstpointer unused) {
    (void)unused;
    f->folder = g_dir_make_tmp("downspan-file-XXXXXX", NULL);
    g_assert_nonnull(f->folder);
}

static unsigned count_files(const char *folder) {
    unsigned count = 0;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    while (g_dir_read_name(dir)) {
        count++;
    }
    return count;
}

static void tear_down(Fixture *f, gconstpointer unused) {
    (void)unused;
    g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(f->folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(f->folder);
    g_free(f->folder);
}

static void test_replace(Fixture *f, gconstpointer unused) {
    (void)unused;
    g_autofree char *path = g_build_filename(f->folder, "out.txt", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(ds_file_write(path, SPAN("one"), &error));
    g_assert_true(ds_file_write(path, SPAN("two\0!"), &error));
    g_assert_no_error(error);
    g_autoptr(GString) text = ds_file_read(path, 100, &error);
    g_assert_true(ds_span_equal((Span){text->str, text->len}, SPAN("two\0!")));
    g_assert_cmpuint(count_files(f->folder), ==, 1);
    g_assert_null(ds_file_read(path, 4, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
}

static void test_link(Fixture *f, gconstpointer unused) {
    (void)unused;
    g_autofree char *path = g_build_filename(f->folder, "real", NULL);
    g_autofree char *link = g_build_filename(f->folder, "link", NULL);
    g_assert_true(ds_file_write(path, SPAN("old"), NULL));
    g_assert_cmpint(symlink(path, link), ==, 0);
    g_assert_true(ds_file_write(link, SPAN("new"), NULL));
    g_autoptr(GString) text = ds_file_read(path, 100, NULL);
    g_assert_cmpstr(text->str, ==, "new");
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
}

static void test_failures(Fixture *f, gconstpointer unused) {
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autofree char *nowhere = g_build_filename(f->folder, "none", "out", NULL);
    g_assert_false(ds_file_write(nowhere, SPAN("x"), &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    g_clear_error(&error);
    g_assert_false(ds_file_write(f->folder, SPAN("x"), &error)); /* a folder is in the way */
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    g_clear_error(&error);
    g_autofree char *aside = ds_file_aside(nowhere);
    g_assert_false(ds_file_commit(aside, nowhere, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    g_assert_cmpuint(count_files(f->folder), ==, 0);
}

static void test_device(void) {
    struct stat info;
    g_autoptr(GError) error = NULL;
    if (stat("/dev/full", &info) == 0) {
        g_assert_false(ds_file_write("/dev/full", SPAN("x"), &error));
        g_assert_error(error, DS_ERROR, EXIT_INPUT);
        g_assert_true(stat("/dev/full", &info) == 0 && S_ISCHR(info.st_mode));
    }
    g_assert_true(ds_file_write("/dev/null", SPAN("x"), NULL));
    g_assert_true(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
}

static void test_folder(Fixture *f, gconstpointer unused) {
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autofree char *deep = g_build_filename(f->folder, "a", NULL);
    g_assert_true(ds_file_folder(deep, &error));
    g_assert_true(ds_file_folder(deep, &error));
    g_autofree char *file = g_build_filename(f->folder, "b", NULL);
    g_assert_true(ds_file_write(file, SPAN("x"), NULL));
    g_assert_false(ds_file_folder(file, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add("/file/replace", Fixture, NULL, set_up, test_replace, tear_down);
    g_test_add("/file/link", Fixture, NULL, set_up, test_link, tear_down);
    g_test_add("/file/failures", Fixture, NULL, set_up, test_failures, tear_down);
    g_test_add("/file/folder", Fixture, NULL, set_up, test_folder, tear_down);
    g_test_add_func("/file/device", test_device);
    return g_test_run();
}
