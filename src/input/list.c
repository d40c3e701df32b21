/* SPDX-License-Identifier: MIT
 * Arguments to files in true order. Arguments are sorted before anything is opened and folders are walked by name, so
 * that nothing depends on their order on the command line or in a folder. */
#include "input/rotation.h"
#include "input/source.h"

#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_LIMIT = 100, HEADER_SIZE = 16 }; /* folders in folders: a deeper tree is a fault of the file system */

/* To reach a member of an archive, all before it are passed. Where that would happen often, members are copied to an
 * unlinked temporary file, up to a size that a temporary folder in memory bears too. */
enum { COPY_FROM = 8 };
#define COPY_LIMIT (UINT64_C(2) << 30)

typedef struct {
    InputFile *file;
    Rotation outer; /* of the file's name, or the archive's */
    Rotation inner; /* of the member's name; a set NULL where there is none */
} Listed;

typedef struct {
    InputList list;
    GArray *copies; /* int: descriptors of unlinked copies */
} Owner;

typedef struct {
    GPtrArray *listed; /* Listed * */
    GPtrArray *notes;
    GArray *copies;
    GHashTable *seen; /* "device:inode" of files and folders -> the path it was met by */
    size_t met;       /* files met, also those read once already */
} Collector;

static bool collect(Collector *c, const char *path, GError **error);

static void file_free(InputFile *file) {
    g_free(file->path);
    g_free(file->disk);
    g_free(file->member);
    g_free(file->set);
    g_free(file->stem);
    g_free(file);
}

static void listed_free(Listed *listed) {
    if (listed->file) {
        file_free(listed->file);
    }
    g_free(listed->outer.set);
    g_free(listed->inner.set);
    g_free(listed);
}

static void note(Collector *c, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(Collector *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(c->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* False, with a note, where this file or folder has been met before. */
static bool is_new(Collector *c, const struct stat *info, const char *path) {
    g_autofree char *key = g_strdup_printf("%ju:%ju", (uintmax_t)info->st_dev, (uintmax_t)info->st_ino);
    const char *before = g_hash_table_lookup(c->seen, key);
    if (before && strcmp(before, path) == 0) {
        note(c, "%s: given more than once; read once", path);
    } else if (before) {
        note(c, "%s: the same as %s; read once", path, before);
    } else {
        g_hash_table_insert(c->seen, g_steal_pointer(&key), g_strdup(path));
        return true;
    }
    return false;
}

static Listed *add(Collector *c, const char *path, const char *disk, const InputMember *member) {
    Listed *listed = g_new0(Listed, 1);
    InputFile *file = listed->file = g_new0(InputFile, 1);
    listed->outer = input_rotation(path);
    listed->inner.date = INSTANT_NONE;
    file->disk = g_strdup(disk);
    file->date = listed->outer.date;
    file->packed = file->modified = INSTANT_NONE;
    if (member) {
        listed->inner = input_rotation(member->name);
        file->path = g_strdup_printf("%s!%s", path, member->name);
        file->set = g_strdup_printf("%s!%s", listed->outer.set, listed->inner.set);
        file->member = g_strdup(member->name);
        file->entry = member->entry;
        file->date = listed->inner.date != INSTANT_NONE ? listed->inner.date : file->date;
        file->modified = member->modified;
        file->packed = member->packed;
    } else {
        file->path = g_strdup(path);
        file->set = g_strdup(strcmp(path, "-") == 0 ? "stdin" : listed->outer.set);
    }
    file->stem = input_stem(file->set);
    g_ptr_array_add(c->listed, listed);
    return listed;
}

/* Copies the members; returns the descriptor of the copy, or -1. */
static int copy_members(Collector *c, const char *disk, GPtrArray *members) {
    const int copy = members->len >= COPY_FROM ? input_copy_open() : -1;
    InputSource *archive = copy >= 0 ? input_archive_open(disk, NULL) : NULL;
    if (archive) {
        input_archive_copy(archive, members, copy, COPY_LIMIT);
    }
    if (copy >= 0) {
        g_array_append_val(c->copies, copy);
    }
    return copy;
}

static void add_members(Collector *c, const char *path, const char *disk, InputSource *archive) {
    bool whole;
    g_autoptr(GPtrArray) members = input_archive_list(archive, &whole);
    const int copy = copy_members(c, disk, members);
    for (guint i = 0; i < members->len; i++) {
        const InputMember *member = g_ptr_array_index(members, i);
        g_autofree char *part = member->copied ? input_copy_path(copy, member->at, member->size) : NULL;
        add(c, path, part ? part : disk, member);
    }
    if (members->len == 0 && whole) {
        note(c, "%s: archive without a file", path);
    } else if (members->len == 0) { /* read as a file without bytes, so that the damage is told */
        InputMember nothing = {.name = g_strdup(""), .modified = INSTANT_NONE, .packed = INSTANT_NONE};
        add(c, path, disk, &nothing);
        g_free(nothing.name);
    }
}

/* Adds a file by its content. One that cannot be opened is added too: the reader will tell why. */
static void add_file(Collector *c, const char *path, const char *disk, Instant modified) {
    InputSource *source = input_disk_open(disk, NULL);
    if (!source) {
        add(c, path, disk, NULL)->file->modified = modified;
        return;
    }
    char header[HEADER_SIZE];
    const Span first = {header, input_read(source, header, sizeof header)};
    (void)source->seek(source, 0);
    if (input_is_zip(first)) {
        add_members(c, path, disk, source);
        return;
    }
    char head[INPUT_HEAD];
    g_autoptr(InputSource) decoded = input_decode(source);
    if (!input_is_tar((Span){head, input_read(decoded, head, sizeof head)})) {
        InputFile *file = add(c, path, disk, NULL)->file;
        file->modified = modified;
        file->packed = input_gzip_time(first);
        return;
    }
    source = input_disk_open(disk, NULL);
    if (source) {
        add_members(c, path, disk, input_decode(source));
    }
}

/* Standard input, a pipe or a device: copied, as it is read twice. */
static bool add_copy(Collector *c, int fd, const char *path, GError **error) {
    const int copy = input_spool(fd, path, error);
    if (copy < 0) {
        return false;
    }
    g_array_append_val(c->copies, copy);
    g_autofree char *disk = g_strdup_printf("/dev/fd/%d", copy);
    add_file(c, path, disk, INSTANT_NONE);
    c->met++;
    return true;
}

static bool add_special(Collector *c, const char *path, GError **error) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: cannot be opened: %s", path, g_strerror(errno));
        return false;
    }
    const bool done = add_copy(c, fd, path, error);
    close(fd);
    return done;
}

static bool is_skipped(const char *name) {
    const size_t n = strlen(name);
    return name[0] == '.' || name[n - 1] == '~' || (name[0] == '#' && name[n - 1] == '#');
}

static int by_text(gconstpointer a, gconstpointer b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in a folder, sorted, without hidden files and editors' backups. */
static GPtrArray *names_in(const char *folder, GError **error) {
    DIR *stream = opendir(folder);
    if (!stream) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: the folder cannot be read: %s; check its permissions", folder,
                    g_strerror(errno));
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    errno = 0;
    for (struct dirent *entry = readdir(stream); entry; errno = 0, entry = readdir(stream)) {
        if (!is_skipped(entry->d_name)) {
            g_ptr_array_add(names, g_strdup(entry->d_name));
        }
    }
    const int cause = errno;
    closedir(stream);
    if (cause) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: the folder cannot be read to its end: %s", folder,
                    g_strerror(cause));
        g_ptr_array_unref(names);
        return NULL;
    }
    g_ptr_array_sort(names, by_text);
    return names;
}

static void add_regular(Collector *c, const char *path, const struct stat *info) {
    c->met++;
    if (is_new(c, info, path)) {
        add_file(c, path, path, (Instant)info->st_mtim.tv_sec * MILLIS_SECOND + info->st_mtim.tv_nsec / 1000000);
    }
}

static bool walk(Collector *c, const char *folder, const struct stat *folder_info, int depth, GError **error) {
    if (!is_new(c, folder_info, folder)) {
        c->met++;
        return true;
    }
    if (depth > DEPTH_LIMIT) {
        note(c, "%s: more than %d folders deep; not read", folder, DEPTH_LIMIT);
        return true;
    }
    g_autoptr(GPtrArray) names = names_in(folder, error);
    bool done = names != NULL;
    for (guint i = 0; done && i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
        struct stat info;
        if (stat(path, &info) != 0) {
            note(c, "%s: cannot be read: %s; left out", path, g_strerror(errno));
        } else if (S_ISDIR(info.st_mode)) {
            done = walk(c, path, &info, depth + 1, error);
        } else if (S_ISREG(info.st_mode)) {
            add_regular(c, path, &info);
        } else {
            note(c, "%s: a pipe, socket or device in a folder; left out (name it as an input to read it)", path);
        }
    }
    return done;
}

static bool collect_glob(Collector *c, const char *pattern, GError **error) {
    glob_t found;
    const int result = glob(pattern, 0, NULL, &found);
    if (result != 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: no file matches this pattern; check the path and the wildcards",
                    pattern);
        return false;
    }
    bool done = true;
    for (size_t i = 0; done && i < found.gl_pathc; i++) {
        done = collect(c, found.gl_pathv[i], error);
    }
    globfree(&found);
    return done;
}

static bool collect_folder(Collector *c, const char *path, const struct stat *info, GError **error) {
    const size_t before = c->met;
    if (!walk(c, path, info, 0, error)) {
        return false;
    }
    if (c->met == before) {
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "%s: no file in this folder (hidden files and editors' backups are left out); expected logs", path);
        return false;
    }
    return true;
}

/* One argument. */
static bool collect(Collector *c, const char *path, GError **error) {
    struct stat info;
    if (strcmp(path, "-") == 0) {
        return add_copy(c, STDIN_FILENO, path, error);
    }
    if (stat(path, &info) != 0) {
        const int cause = errno;
        if (cause == ENOENT && strpbrk(path, "*?[")) {
            return collect_glob(c, path, error);
        }
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "%s: %s; expected a log file, a folder, a pattern or - for standard "
                    "input: check the spelling and the permissions",
                    *path ? path : "(empty path)", g_strerror(cause));
        return false;
    }
    if (S_ISDIR(info.st_mode)) {
        return collect_folder(c, path, &info, error);
    }
    if (S_ISREG(info.st_mode)) {
        add_regular(c, path, &info);
        return true;
    }
    return !is_new(c, &info, path) || add_special(c, path, error);
}

static int by_order(gconstpointer left, gconstpointer right) {
    const Listed *a = *(Listed *const *)left;
    const Listed *b = *(Listed *const *)right;
    int order = strcmp(a->file->set, b->file->set);
    order = order ? order : input_rotation_compare(&a->outer, &b->outer);
    order = order ? order : input_rotation_compare(&a->inner, &b->inner);
    order = order ? order : strcmp(a->file->path, b->file->path);
    return order ? order : (a->file->entry > b->file->entry) - (a->file->entry < b->file->entry);
}

/* Hands the files over in order and numbers the sets. */
static void arrange(GPtrArray *listed, GPtrArray *files) {
    g_ptr_array_sort(listed, by_order);
    uint32_t number = 0;
    for (guint i = 0; i < listed->len; i++) {
        Listed *entry = g_ptr_array_index(listed, i);
        const InputFile *before = i ? g_ptr_array_index(files, i - 1) : NULL;
        number += before && strcmp(before->set, entry->file->set) != 0;
        entry->file->set_number = number;
        g_ptr_array_add(files, g_steal_pointer(&entry->file));
    }
}

static bool collect_all(Collector *c, char **paths, GError **error) {
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (char **path = paths; path && *path; path++) {
        g_ptr_array_add(sorted, *path);
    }
    g_ptr_array_sort(sorted, by_text);
    for (guint i = 0; i < sorted->len; i++) {
        const char *path = g_ptr_array_index(sorted, i);
        if (i && strcmp(path, g_ptr_array_index(sorted, i - 1)) == 0) {
            note(c, "%s: given more than once; read once", path);
        } else if (!collect(c, path, error)) {
            return false;
        }
    }
    if (c->listed->len == 0) {
        const char *why = c->notes->len ? g_ptr_array_index(c->notes, 0) : "no input was given";
        g_set_error(error, DS_ERROR, EXIT_INPUT, "nothing to read: %s", why);
        return false;
    }
    return true;
}

InputList *ds_input_list(char **paths, GError **error) {
    Owner *owner = g_new0(Owner, 1);
    owner->list.files = g_ptr_array_new_with_free_func((GDestroyNotify)file_free);
    owner->list.notes = g_ptr_array_new_with_free_func(g_free);
    owner->copies = g_array_new(FALSE, FALSE, sizeof(int));
    Collector c = {.notes = owner->list.notes, .copies = owner->copies};
    c.listed = g_ptr_array_new_with_free_func((GDestroyNotify)listed_free);
    c.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const bool done = collect_all(&c, paths, error);
    if (done) {
        arrange(c.listed, owner->list.files);
    }
    g_ptr_array_unref(c.listed);
    g_hash_table_unref(c.seen);
    if (done) {
        return &owner->list;
    }
    ds_input_list_free(&owner->list);
    return NULL;
}

void ds_input_list_free(InputList *list) {
    if (list) {
        Owner *owner = (Owner *)list;
        for (guint i = 0; i < owner->copies->len; i++) {
            close(g_array_index(owner->copies, int, i));
        }
        g_array_unref(owner->copies);
        g_ptr_array_unref(list->files);
        g_ptr_array_unref(list->notes);
        g_free(owner);
    }
}
