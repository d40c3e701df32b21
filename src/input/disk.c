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

typedef struct {
    InputSource base;
    int fd;
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
    ssize_t got;
    do {
        got = pread(disk->fd, out, room, (off_t)source->consumed);
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
    close(((Disk *)source)->fd);
    input_damage_free(source->damage);
    g_free(source);
}

/* The descriptor behind a path; a copy of an open one for "/dev/fd/N", which works without /proc too. */
static int open_path(const char *path) {
    static const char prefix[] = "/dev/fd/";
    if (strncmp(path, prefix, sizeof prefix - 1) == 0) {
        char *end = NULL;
        errno = 0;
        const long number = strtol(path + sizeof prefix - 1, &end, 10);
        if (errno == 0 && end != path + sizeof prefix - 1 && *end == '\0' && number >= 0 && number <= INT_MAX) {
            return fcntl((int)number, F_DUPFD_CLOEXEC, 0);
        }
    }
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

InputSource *input_disk_open(const char *path, GError **error) {
    const int fd = open_path(path);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        const int cause = errno;
        if (fd >= 0) {
            close(fd);
        }
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: cannot be opened: %s; check the path and its permissions", path,
                    g_strerror(cause));
        return NULL;
    }
    if (!S_ISREG(info.st_mode)) {
        close(fd);
        g_set_error(error, DS_ERROR, EXIT_INPUT, "%s: is no regular file any more; expected a log file", path);
        return NULL;
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    Disk *disk = g_new0(Disk, 1);
    disk->base = (InputSource){.read = disk_read, .seek = disk_seek, .close = disk_close, .codec = "plain"};
    disk->base.size = (uint64_t)info.st_size;
    disk->fd = fd;
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

int input_spool(int fd, const char *name, GError **error) {
    g_autofree char *pattern = g_build_filename(g_get_tmp_dir(), "downspan-XXXXXX", NULL);
    const int copy = mkstemp(pattern);
    if (copy < 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "%s: no temporary file can be made in %s: %s; set TMPDIR to a folder that can be written", name,
                    g_get_tmp_dir(), g_strerror(errno));
        return -1;
    }
    (void)unlink(pattern);
    (void)fcntl(copy, F_SETFD, FD_CLOEXEC);
    if (!copy_all(fd, copy, name, error)) {
        close(copy);
        return -1;
    }
    return copy;
}
