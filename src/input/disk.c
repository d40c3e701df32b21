/* SPDX-License-Identifier: MIT
 * Bytes of a file on disk, and the copy of what cannot be read twice. Reading is positional (pread), so that several
 * readers can share one descriptor of an unlinked copy. */
#include "input/source.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char fd_prefix[] = "/dev/fd/";

typedef struct {
    InputSource base;
    int fd;
    uint64_t from, most; /* the part of the file that is read; most UINT64_MAX: to its end */
} Disk;

size_t input_read(InputSource *source, void *out, size_t room) {
    size_t have = 0;
    while (have < room) {
        const size_t got = source->read(source, (uint8_t *)out + have, room - have);
        if (got == 0) {
            break;
        }
        have += got;
    }
    return have;
}

void input_close(InputSource *source) {
    if (source) {
        source->close(source);
    }
}

void input_damage_free(Damage *damage) {
    if (damage) {
        g_free(damage->text);
        g_free(damage);
    }
}

void input_damage(InputSource *source, uint64_t offset, const char *format, ...) {
    if (source->damage) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    source->damage = g_new0(Damage, 1);
    source->damage->text = g_strdup_vprintf(format, arguments);
    source->damage->offset = offset;
    va_end(arguments);
}

void input_damage_inherit(InputSource *source, const InputSource *below) {
    if (below->damage) {
        input_damage(source, below->damage->offset, "%s", below->damage->text);
    }
}

static size_t disk_read(InputSource *source, uint8_t *out, size_t room) {
    Disk *disk = (Disk *)source;
    const uint64_t left = disk->most - MIN(source->consumed, disk->most);
    ssize_t got;
    do {
        got = pread(disk->fd, out, MIN(room, left), (off_t)(disk->from + source->consumed));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        input_damage(source, source->consumed, "cannot be read any further: %s", g_strerror(errno));
        return 0;
    }
    source->consumed += (uint64_t)got;
    return (size_t)got;
}

static bool disk_seek(InputSource *source, uint64_t offset) {
    if (offset > (uint64_t)INT64_MAX) {
        return false;
    }
    source->consumed = offset;
    return true;
}

static void disk_close(InputSource *source) {
    const int fd = ((Disk *)source)->fd;
    if (fd >= 0) {
        close(fd);
    }
    input_damage_free(source->damage);
    g_free(source);
}

bool input_is_copy(const char *path) {
    return g_str_has_prefix(path, fd_prefix) && strchr(path, ':');
}

char *input_copy_path(int fd, uint64_t at, uint64_t size) {
    return g_strdup_printf("%s%d:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, fd_prefix, fd, at, size);
}

/* The descriptor behind a path; a copy of an open one for "/dev/fd/N", which works without /proc too. */
static int open_path(Disk *disk, const char *path) {
    disk->most = UINT64_MAX;
    if (g_str_has_prefix(path, fd_prefix)) {
        char *end = NULL;
        errno = 0;
        const guint64 number = g_ascii_strtoull(path + sizeof fd_prefix - 1, &end, 10);
        if (*end == ':') {
            disk->from = g_ascii_strtoull(end + 1, &end, 10);
            disk->most = g_ascii_strtoull(end + (*end == ':'), &end, 10);
        }
        if (errno == 0 && g_ascii_isdigit(path[sizeof fd_prefix - 1]) && *end == '\0' && number <= INT_MAX) {
            return fcntl((int)number, F_DUPFD_CLOEXEC, 0);
        }
    }
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

InputSource *input_disk_open(const char *path, GError **error) {
    Disk *disk = g_new0(Disk, 1);
    disk->base = (InputSource){.read = disk_read, .seek = disk_seek, .close = disk_close, .codec = "plain"};
    disk->fd = open_path(disk, path);
    struct stat info = {0};
    if (disk->fd < 0 || fstat(disk->fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        const char *why = disk->fd < 0 || info.st_mode == 0 ? g_strerror(errno) : "it is no regular file any more";
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: cannot be opened: %s; check the path and its permissions", path,
                    why);
        disk_close(&disk->base);
        return NULL;
    }
    (void)posix_fadvise(disk->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    disk->base.size = MIN((uint64_t)info.st_size, disk->most);
    return &disk->base;
}

static bool write_all(int fd, const char *bytes, size_t count) {
    while (count) {
        const ssize_t done = write(fd, bytes, count);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        bytes += done;
        count -= (size_t)done;
    }
    return true;
}

static bool copy_all(int from, int to, const char *name, GError **error) {
    g_autofree char *block = g_malloc(INPUT_BLOCK);
    for (;;) {
        const ssize_t got = read(from, block, INPUT_BLOCK);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: cannot be read: %s", name, g_strerror(errno));
            return false;
        }
        if (got == 0) {
            return true;
        }
        if (!write_all(to, block, (size_t)got)) {
            g_set_error(error, DS_ERROR, EXIT_INPUT,
                        "%s: cannot be copied to the temporary folder %s: %s; set TMPDIR to a folder with more space",
                        name, g_get_tmp_dir(), g_strerror(errno));
            return false;
        }
    }
}

int input_copy_open(void) {
    g_autofree char *pattern = g_build_filename(g_get_tmp_dir(), "downspan-XXXXXX", NULL);
    const int copy = mkstemp(pattern);
    if (copy >= 0) {
        (void)unlink(pattern);
        (void)fcntl(copy, F_SETFD, FD_CLOEXEC);
    }
    return copy;
}

int input_spool(int fd, const char *name, GError **error) {
    const int copy = input_copy_open();
    if (copy < 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "%s: no temporary file can be made in %s: %s; set TMPDIR to a folder that can be written", name,
                    g_get_tmp_dir(), g_strerror(errno));
        return -1;
    }
    if (!copy_all(fd, copy, name, error)) {
        close(copy);
        return -1;
    }
    return copy;
}
