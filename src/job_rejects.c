/* SPDX-License-Identifier: MIT
 * Rejected entries, whole. Files are read in any order, so each one's rejects wait apart and are joined in the order of
 * the files: threads leave no trace in the output. Beyond a limit they wait on disk, so memory stays bounded. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "job_room.h"

#include <errno.h>
#include <stdio.h>

enum { MEMORY_LIMIT = 1 << 20 /* bytes of one file's rejects kept in memory */ };

struct Rejects {
    GString *text; /* what is not on disk yet */
    FILE *spill;   /* NULL until needed; has no name */
    int fault;     /* errno of a failed write, told at the end */
};

Rejects *job_rejects_new(void) {
    Rejects *rejects = g_new0(Rejects, 1);
    rejects->text = g_string_new(NULL);
    return rejects;
}

void job_rejects_free(Rejects *rejects) {
    if (!rejects) {
        return;
    }
    if (rejects->spill) {
        fclose(rejects->spill);
    }
    g_string_free(rejects->text, TRUE);
    g_free(rejects);
}

static void put(Rejects *rejects, const char *bytes, size_t n) {
    if (rejects->text->len + n <= MEMORY_LIMIT) {
        g_string_append_len(rejects->text, bytes, (gssize)n);
        return;
    }
    if (!rejects->spill && !(rejects->spill = tmpfile())) {
        rejects->fault = errno;
        return;
    }
    if (fwrite(rejects->text->str, 1, rejects->text->len, rejects->spill) != rejects->text->len ||
        fwrite(bytes, 1, n, rejects->spill) != n) {
        rejects->fault = errno;
    }
    g_string_truncate(rejects->text, 0);
}

void job_rejects_add(Rejects *rejects, const char *path, uint64_t line, Span entry, const char *why) {
    g_autoptr(GString) head = g_string_new(NULL);
    if (rejects->fault) {
        return;
    }
    ds_text_visible(head, ds_span_of(path));
    g_string_append_printf(head, ":%" G_GUINT64_FORMAT ": %s\n", line, why);
    put(rejects, head->str, head->len);
    put(rejects, entry.p, entry.n);
    if (entry.n == 0 || entry.p[entry.n - 1] != '\n') {
        put(rejects, "\n", 1);
    }
}

/* Copies what waits on disk and in memory; 0 or the cause. */
static int copy_out(Rejects *rejects, FILE *out) {
    char buffer[16384];
    if (rejects->fault) {
        return rejects->fault;
    }
    if (rejects->spill) {
        rewind(rejects->spill);
        for (size_t n; (n = fread(buffer, 1, sizeof buffer, rejects->spill)) > 0;) {
            if (fwrite(buffer, 1, n, out) != n) {
                return errno;
            }
        }
        if (ferror(rejects->spill)) {
            return EIO;
        }
    }
    return fwrite(rejects->text->str, 1, rejects->text->len, out) == rejects->text->len ? 0 : errno;
}

bool job_rejects_write(const GPtrArray *all, const char *path, GError **error) {
    g_autofree char *aside = ds_file_aside(path);
    FILE *out = fopen(aside, "wb");
    int fault = out ? 0 : errno;
    for (guint i = 0; !fault && i < all->len; i++) {
        Rejects *rejects = g_ptr_array_index(all, i);
        fault = rejects ? copy_out(rejects, out) : 0;
    }
    if (out && fclose(out) != 0 && !fault) {
        fault = errno;
    }
    if (fault) {
        if (out && strcmp(aside, path) != 0) {
            remove(aside);
        }
        g_set_error(error, DS_ERROR, EXIT_INPUT, "cannot write the rejected entries to %s: %s", path,
                    g_strerror(fault));
        return false;
    }
    return ds_file_commit(aside, path, error);
}
