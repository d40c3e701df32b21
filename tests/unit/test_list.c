/* SPDX-License-Identifier: MIT
 * Names of rotated logs, and arguments to files in true order: any order of arguments, copies, links, loops, pipes. */
#include "input_pack.h"

#include "base/error.h"
#include "input/rotation.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Days since 1970: 2025-08-10 is 20310, 2026-02-06 is 20490, 2025-08-01 is 20301, 2026-11-25 is 20782. */
static void names(void) {
    static const struct {
        const char *path, *set, *stem;
        int64_t day; /* -1: no date */
        int number;  /* -1: none */
        uint32_t part;
    } rows[] = {
        {"x.log", "x.log", "x", -1, -1, 0},
        {"x.log.1", "x.log", "x", -1, 1, 0},
        {"./logs//x.log.12.gz", "logs/x.log", "x", -1, 12, 0},
        {"/var/log/x.log.gz", "/var/log/x.log", "x", -1, -1, 0},
        {"a/./b/x.log", "a/b/x.log", "x", -1, -1, 0},
        {"../x.log.old", "../x.log", "x", -1, 1, 0},
        {"probes.csv.1.gz", "probes.csv", "probes", -1, 1, 0},
        {"probes-2025-08-10.csv", "probes.csv", "probes", 20310, -1, 0},
        {"probes.2025-08-10.csv.zst", "probes.csv", "probes", 20310, -1, 0},
        {"x.log-20250810.gz", "x.log", "x", 20310, -1, 0},
        {"x.log-20250810-03.xz", "x.log", "x", 20310, -1, 3},
        {"x.log-2025081013", "x.log", "x", 20310, -1, 13},
        {"x.log.2025-08-10", "x.log", "x", 20310, -1, 0},
        {"x.log.2025-08-10_13", "x.log", "x", 20310, -1, 13},
        {"x.2025-08-10.log", "x.log", "x", 20310, -1, 0},
        {"x.2025-08-10.2.log.gz", "x.log", "x", 20310, -1, 2},
        {"x.log-20250810.2", "x.log", "x", 20310, -1, 2},
        {"x-2025-08-10.csv.1.gz", "x.csv", "x", 20310, 1, 0},
        {"x_20250810T1030Z.log", "x.log", "x", 20310, -1, 1030},
        {"x-20250810-8443.log", "x-8443.log", "x-8443", 20310, -1, 0},
        {"nagios-02-06-2026-00.log", "nagios.log", "nagios", 20490, -1, 0},
        {"nagios-02-06-2026-23.log", "nagios.log", "nagios", 20490, -1, 23},
        {"x-25-11-2026.log", "x.log", "x", 20782, -1, 0},
        {"u_ex250810.log", "u_ex.log", "u_ex", 20310, -1, 0},
        {"u_ex25081013.log", "u_ex.log", "u_ex", 20310, -1, 13},
        {"perfdata.1795602552", "perfdata", "perfdata", 20782, -1, 0},
        {"x-2025-08.log", "x.log", "x", 20301, -1, 0},
        {"2025-08-10-db-down.md", "db-down.md", "db-down", 20310, -1, 0},
        {"ops/2025-08-10.json", "ops/ops.json", "ops", 20310, -1, 0},
        {"2025-08-10.log", "log.log", "log", 20310, -1, 0},
        {"20250810", "log", "log", 20310, -1, 0},
        {"ping-198.51.100.40", "ping-198.51.100.40", "ping-198", -1, -1, 0},
        {"ping-198.51.100.40-2026-11-25", "ping-198.51.100.40", "ping-198", 20782, -1, 0},
        {"x-2025-13-10.log", "x-2025-13-10.log", "x-2025-13-10", -1, -1, 0},
        {"x-2025-02-29.log.1", "x-2025-02-29.log", "x-2025-02-29", -1, 1, 0},
        {"aws-2018-20.csv", "aws-2018-20.csv", "aws-2018-20", -1, -1, 0},
        {"report.2024", "report.2024", "report", -1, -1, 0},
        {".hidden.log.1", ".hidden.log", "hidden", -1, 1, 0},
        {"x", "x", "x", -1, -1, 0},
        {".gz", ".gz", "gz", -1, -1, 0},
        {"", "", "", -1, -1, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Rotation rotation = input_rotation(rows[i].path);
        g_autofree char *set = rotation.set;
        g_autofree char *stem = input_stem(set);
        g_assert_cmpstr(set, ==, rows[i].set);
        g_assert_cmpstr(stem, ==, rows[i].stem);
        g_assert_cmpint(rotation.date, ==, rows[i].day < 0 ? INSTANT_NONE : rows[i].day * MILLIS_DAY);
        g_assert_cmpint(rotation.numbered ? (int)rotation.number : -1, ==, rows[i].number);
        g_assert_cmpuint(rotation.parts[0], ==, rows[i].part);
    }
}

typedef struct {
    char *folder;
    char *before; /* the working folder to return to */
} Place;

static Place enter(void) {
    Place place = {g_dir_make_tmp("downspan-test-XXXXXX", NULL), g_get_current_dir()};
    g_assert_cmpint(g_chdir(place.folder), ==, 0);
    return place;
}

static void leave(Place *place) {
    g_assert_cmpint(g_chdir(place->before), ==, 0);
    const char *const argv[] = {"rm", "-rf", place->folder, NULL};
    g_assert_true(
        g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
    g_free(place->folder);
    g_free(place->before);
}

static void put(const char *path, const char *text) {
    g_autofree char *folder = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* The paths of a list, a blank between; the same for the arguments in the other order. */
static char *listed(const char *arguments, guint *notes) {
    g_auto(GStrv) paths = g_strsplit(arguments, " ", -1);
    const guint n = g_strv_length(paths);
    char *results[2];
    for (int turn = 0; turn < 2; turn++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(InputList) list = ds_input_list(paths, &error);
        g_assert_no_error(error);
        GString *text = g_string_new(NULL);
        for (guint i = 0; i < list->files->len; i++) {
            const InputFile *file = g_ptr_array_index(list->files, i);
            g_string_append_printf(text, "%s%s", i ? " " : "", file->path);
        }
        *notes = list->notes->len;
        results[turn] = g_string_free(text, FALSE);
        for (guint i = 0; i < n / 2; i++) {
            char *swap = paths[i];
            paths[i] = paths[n - 1 - i];
            paths[n - 1 - i] = swap;
        }
    }
    g_assert_cmpstr(results[0], ==, results[1]);
    g_free(results[1]);
    return results[0];
}

static void order(void) {
    Place place = enter();
    static const char *const files[] = {"logs/x.log",
                                        "logs/x.log.1",
                                        "logs/x.log.2.gz",
                                        "logs/x.log.10.gz",
                                        "logs/a/b.csv",
                                        "logs/a/b-2025-08-10.csv",
                                        "logs/a/b-2025-08-09.csv",
                                        "logs/.hidden",
                                        "logs/x.log~",
                                        "logs/#x.log#",
                                        "y.log-20250810.gz",
                                        "y.log-20250810.1.gz",
                                        "y.log-20241231.gz",
                                        "y.log",
                                        "n-12-31-2025-00.log",
                                        "n-01-01-2026-00.log",
                                        "p.1795603043",
                                        "p.1795602552"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        put(files[i], files[i]);
    }
    static const struct {
        const char *arguments, *files;
        guint notes;
    } rows[] = {
        {"logs",
         "logs/a/b-2025-08-09.csv logs/a/b-2025-08-10.csv logs/a/b.csv "
         "logs/x.log.10.gz logs/x.log.2.gz logs/x.log.1 logs/x.log",
         0},
        {"y.log y.log-20250810.gz y.log-20250810.1.gz y.log-20241231.gz",
         "y.log-20241231.gz y.log-20250810.gz y.log-20250810.1.gz y.log", 0},
        {"n-*.log p.*", "n-12-31-2025-00.log n-01-01-2026-00.log p.1795602552 p.1795603043", 0},
        {"logs/x.log ./logs/x.log.1 logs//x.log.2.gz", "logs//x.log.2.gz ./logs/x.log.1 logs/x.log", 0},
        {"logs/x.log logs/x.log", "logs/x.log", 1},
        {"logs/x.log ./logs/x.log logs/*.log", "./logs/x.log", 2},
        {"logs/a logs logs/.hidden",
         "logs/.hidden logs/a/b-2025-08-09.csv logs/a/b-2025-08-10.csv logs/a/b.csv "
         "logs/x.log.10.gz logs/x.log.2.gz logs/x.log.1 logs/x.log",
         1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint notes;
        g_autofree char *text = listed(rows[i].arguments, &notes);
        g_assert_cmpstr(text, ==, rows[i].files);
        g_assert_cmpuint(notes, ==, rows[i].notes);
    }
    leave(&place);
}

static void fields(void) {
    Place place = enter();
    put("logs/x.log-20250810", "a\n");
    g_autoptr(GByteArray) packed = g_byte_array_new();
    pack_gzip(packed, SPAN("a line\n"));
    memcpy(packed->data + 4, "\x15\x5f\x25\x69", 4); /* 2025-11-25T07:47:33Z */
    g_assert_true(g_file_set_contents("logs/y.log.1", (const char *)packed->data, packed->len, NULL));
    put("logs/y.log", "b\n");
    char *paths[] = {(char[]){"logs"}, NULL};
    g_autoptr(InputList) list = ds_input_list(paths, NULL);
    g_assert_cmpuint(list->files->len, ==, 3);
    const InputFile *x = g_ptr_array_index(list->files, 0);
    const InputFile *old = g_ptr_array_index(list->files, 1);
    const InputFile *now = g_ptr_array_index(list->files, 2);
    g_assert_cmpint(x->date, ==, 20310 * MILLIS_DAY);
    g_assert_cmpint(x->packed, ==, INSTANT_NONE);
    g_assert_cmpint(old->packed, ==, INT64_C(1764056853000));
    g_assert_cmpint(old->date, ==, INSTANT_NONE);
    g_assert_cmpuint(x->set_number, ==, 0);
    g_assert_cmpuint(old->set_number, ==, 1);
    g_assert_cmpuint(now->set_number, ==, 1);
    g_assert_cmpstr(now->set, ==, "logs/y.log");
    g_assert_cmpstr(now->stem, ==, "y");
    g_assert_null(now->member);
    struct stat info;
    g_assert_cmpint(stat("logs/y.log", &info), ==, 0);
    g_assert_cmpint(now->modified, ==, (int64_t)info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000);
    leave(&place);
}

/* Links to files, to folders, and a loop. */
static void links(void) {
    Place place = enter();
    put("logs/x.log", "a\n");
    g_assert_cmpint(link("logs/x.log", "logs/z-hard"), ==, 0);
    g_assert_cmpint(symlink("x.log", "logs/z-soft"), ==, 0);
    g_assert_cmpint(symlink(".", "logs/loop"), ==, 0);
    g_assert_cmpint(symlink("nowhere", "logs/broken"), ==, 0);
    g_assert_cmpint(symlink("logs", "other"), ==, 0);
    guint notes;
    g_autofree char *one = listed("logs", &notes);
    g_assert_cmpstr(one, ==, "logs/x.log");
    g_assert_cmpuint(notes, ==, 4);
    g_autofree char *both = listed("other logs", &notes);
    g_assert_cmpstr(both, ==, "logs/x.log");
    g_assert_cmpuint(notes, ==, 5);
    leave(&place);
}

static void errors(void) {
    Place place = enter();
    g_mkdir("empty", 0700);
    put("hidden/.x", "a");
    static const char *const rows[] = {"nowhere.log", "no*thing.log", "empty", "hidden", "empty/x/y.log", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *paths[] = {(char *)(uintptr_t)rows[i], NULL};
        g_autoptr(GError) error = NULL;
        g_assert_null(ds_input_list(paths, &error));
        g_assert_error(error, DS_ERROR, EXIT_INPUT);
        g_assert_nonnull(strstr(error->message, rows[i]));
    }
    char *none[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_input_list(none, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    leave(&place);
}

static void read_twice(const InputFile *file, const char *text) {
    for (int i = 0; i < 2; i++) {
        g_autoptr(Reader) reader = ds_reader_open(file, NULL);
        const Span data = ds_reader_peek(reader, 1 << 20);
        assert_bytes(data.p, data.n, text, strlen(text));
        g_assert_null(ds_reader_damage(reader));
    }
}

/* Standard input from a pipe, packed; and a named pipe. Both can be read twice. */
static void pipes(void) {
    Place place = enter();
    g_autoptr(GByteArray) packed = g_byte_array_new();
    pack_zstd(packed, SPAN("a line\n"));
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    g_assert_cmpint((int)write(ends[1], packed->data, packed->len), ==, (int)packed->len);
    close(ends[1]);
    const int keep = dup(STDIN_FILENO);
    g_assert_cmpint(dup2(ends[0], STDIN_FILENO), ==, STDIN_FILENO);
    close(ends[0]);
    g_assert_cmpint(mkfifo("named.log", 0600), ==, 0);
    static const char *const writer[] = {"sh", "-c", "echo from a pipe >named.log", NULL};
    g_assert_true(g_spawn_async(NULL, (char **)(uintptr_t)writer, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL));
    char *paths[] = {(char[]){"-"}, (char[]){"named.log"}, (char[]){"-"}, NULL};
    g_autoptr(InputList) list = ds_input_list(paths, NULL);
    g_assert_cmpint(dup2(keep, STDIN_FILENO), ==, STDIN_FILENO);
    close(keep);
    g_assert_cmpuint(list->files->len, ==, 2);
    g_assert_cmpuint(list->notes->len, ==, 1);
    const InputFile *named = g_ptr_array_index(list->files, 0);
    const InputFile *standard = g_ptr_array_index(list->files, 1);
    g_assert_cmpstr(named->path, ==, "named.log");
    g_assert_cmpstr(standard->path, ==, "-");
    g_assert_cmpstr(standard->stem, ==, "stdin");
    g_assert_cmpint(standard->modified, ==, INSTANT_NONE);
    read_twice(named, "from a pipe\n");
    read_twice(standard, "a line\n");
    leave(&place);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/list/names", names);
    g_test_add_func("/list/order", order);
    g_test_add_func("/list/fields", fields);
    g_test_add_func("/list/links", links);
    g_test_add_func("/list/errors", errors);
    g_test_add_func("/list/pipes", pipes);
    return g_test_run();
}
