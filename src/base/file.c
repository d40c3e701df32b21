/* SPDX-License-Identifier: MIT
 * Whole files in, whole files out. Output is written under a name beside its own, synced and renamed (rename(2) is
 * atomic within a file system). What is no regular file (/dev/stdout, a pipe) is written in place: it must not be
 * replaced. */
#include "base/file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(GError **error, const char *what, const char *path, int cause) {
    g_set_error(error, DS_ERROR, EXIT_INPUT, "cannot %s %s: %s", what, path, g_strerror(cause));
    return false;
}

/* The file that a path means: the target of a symbolic link, which is not to be replaced itself. */
static char *true_path(const char *path) {
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        char *target = realpath(path, NULL);
        if (target) {
            char *copy = g_strdup(target);
            free(target); /* NOLINT: of realpath, not of GLib */
            return copy;
        }
    }
    return g_strdup(path);
}

static bool in_place(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

char *ds_file_aside(const char *path) {
    if (in_place(path)) {
        return g_strdup(path);
    }
    g_autofree char *target = true_path(path);
    g_autofree char *folder = g_path_get_dirname(target);
    g_autofree char *name = g_path_get_basename(target);
    g_autofree char *hidden = g_strdup_printf(".%s.%08x.part", name, g_random_int());
    return g_build_filename(folder, hidden, NULL);
}

static bool write_all(int fd, Span bytes) {
    while (bytes.n) {
        ssize_t wrote = write(fd, bytes.p, bytes.n);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return false;
        }
        bytes.p += wrote;
        bytes.n -= (size_t)wrote;
    }
    return true;
}

bool ds_file_write(const char *path, Span bytes, GError **error) {
    g_autofree char *aside = ds_file_aside(path);
    bool direct = strcmp(aside, path) == 0;
    int fd = open(aside, direct ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        return fail(error, "write", path, errno);
    }
    int cause = write_all(fd, bytes) ? 0 : errno ? errno : EIO;
    if (close(fd) != 0 && cause == 0) {
        cause = errno;
    }
    if (cause != 0) {
        if (!direct) {
            unlink(aside);
        }
        return fail(error, "write", path, cause);
    }
    return ds_file_commit(aside, path, error);
}

/* Syncing a folder makes the rename last; where a file system cannot do it there is nothing better. */
static void sync_folder(const char *path) {
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

bool ds_file_commit(const char *aside, const char *path, GError **error) {
    if (strcmp(aside, path) == 0) {
        return true;
    }
    g_autofree char *target = true_path(path);
    int fd = open(aside, O_RDWR | O_CLOEXEC);
    int cause = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0 && close(fd) != 0 && cause == 0) {
        cause = errno;
    }
    if (cause == 0 && rename(aside, target) != 0) {
        cause = errno;
    }
    if (cause != 0) {
        unlink(aside);
        return fail(error, "write", path, cause);
    }
    sync_folder(target);
    return true;
}

bool ds_file_folder(const char *path, GError **error) {
    if (g_mkdir_with_parents(path, 0777) == 0 && g_file_test(path, G_FILE_TEST_IS_DIR)) {
        return true;
    }
    return fail(error, "make the folder", path, errno ? errno : ENOTDIR);
}

GString *ds_file_read(const char *path, size_t limit, GError **error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fail(error, "read", path, errno);
        return NULL;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[16384];
    ssize_t got = 0;
    while (text->len <= limit) {
        got = read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        g_string_append_len(text, buffer, got);
    }
    int cause = got < 0 ? errno : 0;
    close(fd);
    if (cause != 0) {
        fail(error, "read", path, cause);
        return NULL;
    }
    if (text->len > limit) {
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s is larger than the %zu bytes it may have", path, limit);
        return NULL;
    }
    return g_steal_pointer(&text);
}
