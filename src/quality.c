/* SPDX-License-Identifier: MIT
 * The ledger of what was read. A page is filled by one task alone and pages are added before tasks run, so nothing is
 * locked; sums are taken at the end. */
#include "quality.h"

#include "base/text.h"

enum { STEP_LIMIT = 20 /* clock steps kept with their line; all are counted */ };

static void example_clear(gpointer data) {
    RejectExample *example = data;
    g_free(example->text);
}

static void file_free(gpointer data) {
    FileQuality *file = data;
    g_free(file->path);
    g_free(file->parser);
    g_free(file->candidates);
    g_array_unref(file->examples);
    g_array_unref(file->steps);
    g_free(file->zone);
    g_free(file->year_rule);
    g_free(file->date_order);
    g_free(file->damage);
    g_free(file);
}

Quality *ds_quality_new(void) {
    Quality *quality = g_new0(Quality, 1);
    quality->files = g_ptr_array_new_with_free_func(file_free);
    quality->notes = g_ptr_array_new_with_free_func(g_free);
    return quality;
}

void ds_quality_free(Quality *quality) {
    if (quality) {
        g_ptr_array_unref(quality->files);
        g_ptr_array_unref(quality->notes);
        g_free(quality);
    }
}

FileQuality *ds_quality_add(Quality *quality, const char *path) {
    FileQuality *file = g_new0(FileQuality, 1);
    file->path = g_strdup(path);
    file->examples = g_array_new(FALSE, FALSE, sizeof(RejectExample));
    g_array_set_clear_func(file->examples, example_clear);
    file->steps = g_array_new(FALSE, FALSE, sizeof(ClockStep));
    file->first = INSTANT_NONE;
    file->last = INSTANT_NONE;
    file->dated_first = INSTANT_NONE;
    file->dated_last = INSTANT_NONE;
    g_ptr_array_add(quality->files, file);
    return file;
}

void ds_quality_reject(FileQuality *file, uint64_t line, Span entry, const char *why) {
    file->rejected++;
    if (file->examples->len >= QUALITY_EXAMPLES) {
        return;
    }
    entry.n = MIN(entry.n, QUALITY_EXAMPLE_SIZE);
    GString *text = g_string_sized_new(entry.n);
    ds_text_utf8(text, entry);
    RejectExample example = {.line = line, .text = g_string_free(text, FALSE), .why = why};
    g_array_append_val(file->examples, example);
}

void ds_quality_step(FileQuality *file, uint64_t line, Millis size) {
    file->clock_steps++;
    if (file->steps->len < STEP_LIMIT) {
        ClockStep step = {.line = line, .size = size};
        g_array_append_val(file->steps, step);
    }
}

FileQuality ds_quality_total(const Quality *quality) {
    FileQuality total = {.first = INSTANT_NONE, .last = INSTANT_NONE};
    for (guint i = 0; i < quality->files->len; i++) {
        const FileQuality *file = g_ptr_array_index(quality->files, i);
        total.bytes += file->bytes;
        total.lines += file->lines;
        total.entries += file->entries;
        total.accepted += file->accepted;
        total.ignored += file->ignored;
        total.rejected += file->rejected;
        total.duplicates += file->duplicates;
        total.conflicts += file->conflicts;
        total.clock_steps += file->clock_steps;
        if (file->first != INSTANT_NONE && (total.first == INSTANT_NONE || file->first < total.first)) {
            total.first = file->first;
        }
        total.last = MAX(total.last, file->last); /* INSTANT_NONE is less than any instant */
    }
    return total;
}
