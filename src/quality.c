/* SPDX-License-Identifier: MIT
 * The ledger of what was read. A page is filled by one task alone and pages are added before tasks run, so nothing is
 * locked; sums are taken at the end. */
#include "quality.h"

#include "base/text.h"

enum {
    STEP_LIMIT = 20,   /* clock steps kept with their line; all are counted */
    LEFT_LIMIT = 1000, /* programs kept by name */
    LEFT_TOLD = 10     /* of them in a sentence */
};

static void example_clear(gpointer data) {
    RejectExample *example = data;
    g_free(example->text);
}

static void left_clear(gpointer data) {
    g_free(((LeftProgram *)data)->name);
}

static void file_free(gpointer data) {
    FileQuality *file = data;
    g_free(file->path);
    g_free(file->parser);
    g_free(file->candidates);
    g_free(file->advice);
    g_array_unref(file->examples);
    g_array_unref(file->steps);
    g_array_unref(file->left);
    if (file->left_by_name) {
        g_hash_table_unref(file->left_by_name);
    }
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
    file->left = g_array_new(FALSE, FALSE, sizeof(LeftProgram));
    g_array_set_clear_func(file->left, left_clear);
    file->first = INSTANT_NONE;
    file->last = INSTANT_NONE;
    file->dated_first = INSTANT_NONE;
    file->dated_last = INSTANT_NONE;
    for (size_t i = 0; i < QUALITY_GAPS; i++) {
        file->gaps[i].from = file->gaps[i].to = INSTANT_NONE;
    }
    g_ptr_array_add(quality->files, file);
    return file;
}

/* Texts that differ in their numbers and words only have one shape. */
static uint64_t shape_of(Span text) {
    char shape[QUALITY_EXAMPLE_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < text.n && i < QUALITY_EXAMPLE_SIZE; i++) {
        unsigned char c = (unsigned char)text.p[i];
        char kind = g_ascii_isdigit(c) ? '9' : g_ascii_isalpha(c) || c >= 0x80 ? 'a' : (char)c;
        if (n == 0 || (kind != '9' && kind != 'a') || shape[n - 1] != kind) {
            shape[n++] = kind;
        }
    }
    return ds_span_hash((Span){shape, n});
}

void ds_quality_reject(FileQuality *file, uint64_t line, Span entry, const char *why) {
    file->rejected++;
    entry.n = MIN(entry.n, QUALITY_EXAMPLE_SIZE);
    uint64_t shape = shape_of(entry) ^ shape_of(ds_span_of(why)) * 31;
    for (guint i = 0; i < file->examples->len; i++) {
        RejectExample *known = &g_array_index(file->examples, RejectExample, i);
        if (known->shape == shape) {
            known->count++;
            return;
        }
    }
    if (file->examples->len >= QUALITY_SHAPES) {
        return;
    }
    GString *text = g_string_sized_new(entry.n);
    ds_text_utf8(text, entry);
    RejectExample example = {.line = line, .text = g_string_free(text, FALSE), .why = why, .count = 1, .shape = shape};
    g_array_append_val(file->examples, example);
}

static int by_count(gconstpointer a, gconstpointer b) {
    const RejectExample *one = a;
    const RejectExample *other = b;
    if (one->count != other->count) {
        return one->count > other->count ? -1 : 1;
    }
    return (one->line > other->line) - (one->line < other->line);
}

static int by_lines(gconstpointer a, gconstpointer b) {
    const LeftProgram *one = a, *other = b;
    if (one->lines != other->lines) {
        return one->lines > other->lines ? -1 : 1;
    }
    return strcmp(one->name, other->name);
}

void ds_quality_settle(FileQuality *file) {
    g_clear_pointer(&file->left_by_name, g_hash_table_unref); /* places change */
    g_array_sort(file->left, by_lines);
    g_array_sort(file->examples, by_count);
    if (file->examples->len > QUALITY_EXAMPLES) {
        g_array_set_size(file->examples, QUALITY_EXAMPLES);
    }
}

void ds_quality_leave(FileQuality *file, const char *program) {
    if (!file->left_by_name) {
        file->left_by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    gpointer place = g_hash_table_lookup(file->left_by_name, program);
    if (place) {
        g_array_index(file->left, LeftProgram, GPOINTER_TO_UINT(place) - 1).lines++;
        return;
    }
    if (file->left->len >= LEFT_LIMIT) {
        program = "others";
        place = g_hash_table_lookup(file->left_by_name, program);
        if (place) {
            g_array_index(file->left, LeftProgram, GPOINTER_TO_UINT(place) - 1).lines++;
            return;
        }
    }
    GString *name = g_string_new(NULL);
    ds_text_utf8(name, ds_span_of(program));
    LeftProgram one = {.name = g_string_free(name, FALSE), .lines = 1};
    g_array_append_val(file->left, one);
    g_hash_table_insert(file->left_by_name, g_strdup(program), GUINT_TO_POINTER(file->left->len));
}

char *ds_quality_left(const FileQuality *file) {
    if (!file->left || file->left->len == 0) {
        return NULL;
    }
    GString *text = g_string_new("lines of programs no parser reads: ");
    for (guint i = 0; i < MIN(file->left->len, LEFT_TOLD); i++) {
        const LeftProgram *one = &g_array_index(file->left, LeftProgram, i);
        g_string_append(text, i ? ", " : "");
        ds_text_visible(text, ds_span_of(one->name));
        g_string_append_printf(text, " %" G_GUINT64_FORMAT, one->lines);
    }
    if (file->left->len > LEFT_TOLD) {
        g_string_append_printf(text, " and %u more", file->left->len - LEFT_TOLD);
    }
    return g_string_free(text, FALSE);
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
