/* SPDX-License-Identifier: MIT
 * What commands have in common: their settings, warnings, and output that is safe on a terminal. */
#include "base/error.h"
#include "base/text.h"
#include "cmd_room.h"

int cmd_status(GError *const *error) {
    return error && *error ? (*error)->code : EXIT_USAGE;
}

Config *cmd_config(const Command *command, const char *details, int argc, char **argv, unsigned groups, int *status,
                   GError **error) {
    bool helped = false;
    g_autofree char *summary = details ? g_strdup_printf("%s\n\n%s", command->summary, details) : NULL;
    Config *config = ds_config_load(argc, argv, command->name, command->usage, summary ? summary : command->summary,
                                    groups, &helped, error);
    if (!config) {
        *status = helped ? EXIT_DONE : cmd_status(error);
    }
    return config;
}

void cmd_visible(GString *out, const char *text) {
    for (;;) {
        const char *end = strchr(text, '\n');
        ds_text_visible(out, (Span){text, end ? (size_t)(end - text) : strlen(text)});
        if (!end) {
            return;
        }
        g_string_append_c(out, '\n');
        text = end + 1;
    }
}

void cmd_warn(const Quality *quality, const Config *config) {
    for (guint i = 0; !config->quiet && i < quality->files->len; i++) {
        const FileQuality *page = g_ptr_array_index(quality->files, i);
        g_autoptr(GString) text = g_string_new("downspan: warning: ");
        cmd_visible(text, page->path);
        if (page->damage) {
            g_string_append(text, ": ");
            cmd_visible(text, page->damage);
            if (!page->unusable) {
                g_string_append_printf(text, " at byte %" G_GUINT64_FORMAT "; what stands before was read",
                                       page->damage_offset);
            }
        } else if (page->candidates) {
            g_string_append(text, ": not read, no parser fits clearly: ");
            cmd_visible(text, page->candidates);
            g_string_append(text, " (--parser or inputs: chooses one)");
        } else if (page->rejected > 0) {
            g_string_append_printf(text, ": %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " entries rejected",
                                   page->rejected, page->entries);
        } else {
            continue;
        }
        fprintf(stderr, "%s\n", text->str);
    }
}

void cmd_print(const GString *text) {
    fwrite(text->str, 1, text->len, stdout);
}
