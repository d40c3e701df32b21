/* SPDX-License-Identifier: MIT
 * Any bytes as a file: listed (so that archives are opened) and read to the end, in every packing that they look like.
 */
#define _GNU_SOURCE 1 /* memfd_create */

#include "input/input.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TOTAL_MOST = 64 << 20 }; /* a few bytes may unpack to gigabytes: the bomb limit has a test of its own */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_all(const InputFile *file, size_t total) {
    g_autoptr(Reader) reader = ds_reader_open(file, NULL);
    if (!reader) {
        return total;
    }
    Span window = {NULL, 0};
    bool more = true;
    while (more && total < TOTAL_MOST) {
        const size_t used = window.n / 2; /* leaves a rest, so that windows grow and move */
        total += used;
        const size_t before = window.n - used;
        more = ds_reader_more(reader, used, &window);
        g_assert(window.n >= before + more);
    }
    const Damage *damage = ds_reader_damage(reader);
    g_assert(!damage || (damage->text && damage->text[0]));
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        return 0;
    }
    char path[32];
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fd);
    char *paths[] = {path, NULL};
    g_autoptr(InputList) list = ds_input_list(paths, NULL);
    size_t total = 0;
    for (guint i = 0; list && i < list->files->len && total < TOTAL_MOST; i++) {
        total = read_all(g_ptr_array_index(list->files, i), total);
    }
    close(fd);
    return 0;
}
