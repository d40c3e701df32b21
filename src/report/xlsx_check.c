/* SPDX-License-Identifier: MIT
 * Is a written workbook whole? The library that writes it keeps its parts in temporary files and does not notice when
 * one of them was cut by a full disk. So the file is read back: every part with its checksum, and at its end the end of
 * its root element. */
#include "report/xlsx.h"

#include "base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#define TAIL 64u

/* The name of the root element: what stands after the first '<' that begins neither a declaration nor a comment. */
static char *root_of(const char *head) {
    const char *p = head;
    while ((p = strchr(p, '<')) && (p[1] == '?' || p[1] == '!')) {
        p++;
    }
    return p ? g_strndup(p + 1, strcspn(p + 1, " />\t\r\n")) : NULL;
}

static bool ended(const char *root, const char *tail) {
    g_autofree char *end = g_strdup_printf("</%s>", root);
    g_autofree char *text = g_strchomp(g_strdup(tail));
    return g_str_has_suffix(text, end);
}

static bool part_whole(struct archive *archive) {
    char head[512] = {0}, buffer[16384];
    g_autoptr(GString) tail = g_string_new(NULL);
    size_t total = 0;
    la_ssize_t got;
    while ((got = archive_read_data(archive, buffer, sizeof buffer)) > 0) {
        size_t n = (size_t)got;
        if (total < sizeof head - 1) {
            memcpy(head + total, buffer, MIN(n, sizeof head - 1 - total));
        }
        total += n;
        g_string_append_len(tail, buffer, got);
        if (tail->len > TAIL) {
            g_string_erase(tail, 0, (gssize)(tail->len - TAIL));
        }
    }
    g_autofree char *root = got == 0 ? root_of(head) : NULL;
    return root && ended(root, tail->str);
}

/* The record that ends the list of parts is the last 22 bytes (there is no comment); reading stops before it. */
static bool list_whole(const char *path) {
    char end[22] = {0};
    FILE *file = fopen(path, "rb");
    bool fine = file && fseek(file, -(long)sizeof end, SEEK_END) == 0 && fread(end, sizeof end, 1, file) == 1 &&
                memcmp(end, "PK\5\6", 4) == 0;
    if (file) {
        fclose(file);
    }
    return fine;
}

bool xlsx_whole(const char *path, GError **error) {
    struct archive *archive = archive_read_new();
    archive_read_support_format_zip(archive);
    bool fine = list_whole(path) && archive_read_open_filename(archive, path, 65536) == ARCHIVE_OK;
    unsigned parts = 0;
    struct archive_entry *entry;
    int status = fine ? ARCHIVE_OK : ARCHIVE_FATAL;
    while (fine && (status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        fine = part_whole(archive);
        parts++;
    }
    fine = fine && status == ARCHIVE_EOF && parts > 0;
    archive_read_free(archive);
    if (!fine) {
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "cannot write the workbook: what was written is not whole; is the disk full, or that of temporary "
                    "files (TMPDIR)?");
    }
    return fine;
}
