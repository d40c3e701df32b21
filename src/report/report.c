/* SPDX-License-Identifier: MIT
 * The table of outputs: one row a file. The document is built once and handed to each, so they cannot disagree. */
#include "report/output.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

typedef bool (*Writer)(const Report *report, const json_t *document, const char *path, GError **error);

static bool write_markdown(const Report *report, const json_t *document, const char *path, GError **error) {
    (void)report;
    return report_page(document, "postmortem.md", path, error);
}

static bool write_html(const Report *report, const json_t *document, const char *path, GError **error) {
    (void)report;
    return report_page(document, "postmortem.html", path, error);
}

typedef struct {
    const char *name; /* in the list of outputs */
    const char *file;
    Writer write;
} Output;

static const Output outputs_table[] = {
    {"md", "postmortem.md", write_markdown},  {"html", "postmortem.html", write_html},
    {"xlsx", "postmortem.xlsx", report_xlsx}, {"json", "report.json", report_json},
    {"csv", "windows.csv", report_csv},
};

static bool known(const char *name, GError **error) {
    const char *names[G_N_ELEMENTS(outputs_table) + 1] = {0};
    g_autoptr(GString) list = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(outputs_table); i++) {
        names[i] = outputs_table[i].name;
        g_string_append_printf(list, "%s%s", i ? ", " : "", names[i]);
    }
    if (g_strv_contains(names, name)) {
        return true;
    }
    const char *nearest = ds_text_nearest(name, names);
    g_set_error(error, DS_ERROR, EXIT_USAGE, "unknown output '%s'%s%s%s; there are: %s", name,
                nearest ? ", nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "", list->str);
    return false;
}

/* windows.csv is always written: the pages say that what they leave out stands there. */
static bool wanted(const Output *output, char **outputs) {
    return !outputs || strcmp(output->name, "csv") == 0 || g_strv_contains((const char *const *)outputs, output->name);
}

static bool write_all(const Report *report, const json_t *document, const char *dir, char **outputs, GError **error) {
    for (unsigned i = 0; i < G_N_ELEMENTS(outputs_table); i++) {
        const Output *output = &outputs_table[i];
        g_autofree char *path = g_build_filename(dir, output->file, NULL);
        if (wanted(output, outputs) && !output->write(report, document, path, error)) {
            return false;
        }
    }
    const char *template_path = report->config->template_path;
    return !template_path || report_template(document, template_path, dir, error);
}

bool ds_report_write(const Report *report, const char *dir, char **outputs, GError **error) {
    for (char **name = outputs; name && *name; name++) {
        if (!known(*name, error)) {
            return false;
        }
    }
    if (!ds_file_folder(dir, error)) {
        return false;
    }
    json_t *document = ds_report_document(report);
    bool fine = write_all(report, document, dir, outputs, error);
    json_decref(document);
    return fine;
}

void ds_report_origin(const Report *report, Origin origin, GString *out) {
    if (origin.line == 0 || origin.file >= report->quality->files->len) {
        return;
    }
    const FileQuality *file = g_ptr_array_index(report->quality->files, origin.file);
    g_string_append_printf(out, "%s:%" G_GUINT64_FORMAT, file->path, origin.line);
}
