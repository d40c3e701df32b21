/* SPDX-License-Identifier: MIT
 * Objectives from OpenSLO files (https://github.com/OpenSLO/OpenSLO, v1 and v1alpha): of each document of kind SLO the
 * service, the targets and the length of the window are taken. Logs tell time, not a vendor's metric, so a target is
 * held against time whatever the budgeting method counts; what a file asks for beyond that is told in a note, and what
 * makes an objective unusable is an error at its line. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "config_table.h"

enum {
    SIZE_LIMIT = 4 << 20,
    DOCUMENT_LIMIT = 200, /* of one file: each is parsed behind as many line feeds as stand before it */
};

typedef struct {
    Config *config;
    const char *name; /* of the file */
    unsigned found;   /* documents of kind SLO */
    GError **error;
} OpenSlo;

static void note(OpenSlo *o, const YamlNode *node, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void note(OpenSlo *o, const YamlNode *node, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(o->config->notes, g_strdup_printf("%s:%u: %s", o->name, node->line, text));
}

/* A text that must be there; borrowed. */
static const char *text_of(OpenSlo *o, const YamlNode *map, const char *key, const char *where) {
    const YamlNode *node = ds_yaml_get(map, key);
    if (node && node->kind == YAML_SCALAR && node->text[0]) {
        return node->text;
    }
    ds_yaml_error(node ? node : map, o->name, o->error, "%s needs %s, a text", where, key);
    return NULL;
}

/* OpenSLO's short lengths: 30m, 6h, 28d, 2w, 1M, 1Q, 1Y. */
static bool read_short(const char *text, Millis *length) {
    static const struct {
        char letter;
        int64_t days;
    } units[] = {{'d', 1}, {'w', 7}, {'M', 30}, {'Q', 90}, {'Y', 365}};
    size_t digits = strspn(text, "0123456789");
    int64_t count;
    if (digits == 0 || digits > 6 || !ds_text_int((Span){text, digits}, &count) || count <= 0 || !text[digits] ||
        text[digits + 1]) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (units[i].letter == text[digits]) {
            *length = count * units[i].days * MILLIS_DAY;
            return true;
        }
    }
    *length = count * (text[digits] == 'h' ? MILLIS_HOUR : MILLIS_MINUTE);
    return text[digits] == 'h' || text[digits] == 'm';
}

/* v1alpha: {unit: Day, count: 28}. */
static bool read_unit(const YamlNode *window, Millis *length) {
    static const struct {
        const char *unit;
        Millis length;
    } units[] = {{"second", MILLIS_SECOND},    {"minute", MILLIS_MINUTE}, {"hour", MILLIS_HOUR},
                 {"day", MILLIS_DAY},          {"week", 7 * MILLIS_DAY},  {"month", 30 * MILLIS_DAY},
                 {"quarter", 90 * MILLIS_DAY}, {"year", 365 * MILLIS_DAY}};
    const YamlNode *unit = ds_yaml_get(window, "unit"), *count = ds_yaml_get(window, "count");
    int64_t times;
    if (!unit || !count || unit->kind != YAML_SCALAR || count->kind != YAML_SCALAR ||
        !ds_text_int(ds_span_of(count->text), &times) || times <= 0 || times > 999999) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        size_t n = strlen(units[i].unit);
        const char *rest = unit->text + MIN(n, strlen(unit->text));
        if (g_ascii_strncasecmp(unit->text, units[i].unit, n) == 0 && (!*rest || strcmp(rest, "s") == 0)) {
            *length = times * units[i].length;
            return true;
        }
    }
    return false;
}

static bool is_true(const YamlNode *node) {
    return node && node->kind == YAML_SCALAR && g_ascii_strcasecmp(node->text, "true") == 0;
}

/* The length of timeWindow (v1alpha: timeWindows), a list of one. Without it the period counts. */
static bool read_window(OpenSlo *o, const YamlNode *spec, Millis *length) {
    const YamlNode *list = ds_yaml_get(spec, "timeWindow");
    list = list ? list : ds_yaml_get(spec, "timeWindows");
    if (!list) {
        note(o, spec, "no timeWindow: the objective is held against the period");
        return true;
    }
    if (list->kind != YAML_LIST || list->items->len != 1) {
        return ds_yaml_error(list, o->name, o->error, "timeWindow must be a list of one window");
    }
    const YamlNode *window = g_ptr_array_index(list->items, 0);
    const YamlNode *duration = ds_yaml_get(window, "duration");
    bool good =
        duration ? duration->kind == YAML_SCALAR && read_short(duration->text, length) : read_unit(window, length);
    if (!good) {
        return ds_yaml_error(duration ? duration : window, o->name, o->error,
                             "the window's length must be like 30m, 6h, 28d, 2w, 1M, 1Q or 1Y (v1alpha: unit and "
                             "count)");
    }
    if (!is_true(ds_yaml_get(window, "isRolling"))) {
        note(o, window,
             "a calendar window: its length is taken, its beginning is not (a month is 30 days, a quarter 90)");
    }
    return true;
}

static bool read_method(OpenSlo *o, const YamlNode *spec) {
    static const char *const methods[] = {"Occurrences", "Timeslices", "RatioTimeslices", NULL};
    const YamlNode *method = ds_yaml_get(spec, "budgetingMethod");
    if (!method) {
        return true;
    }
    if (method->kind != YAML_SCALAR || !g_strv_contains(methods, method->text)) {
        return ds_yaml_error(method, o->name, o->error,
                             "budgetingMethod must be Occurrences, Timeslices or RatioTimeslices");
    }
    if (strcmp(method->text, "Occurrences") == 0) {
        note(o, method, "budgetingMethod Occurrences: the target is held against time, not against counts of events");
    } else {
        note(o, method, "budgetingMethod %s: exact time is counted, not slices of it", method->text);
    }
    return true;
}

/* target (0..1) or targetPercent (0..100). */
static bool read_target(OpenSlo *o, const YamlNode *item, double *target) {
    const YamlNode *share = ds_yaml_get(item, "target"), *percent = ds_yaml_get(item, "targetPercent");
    const YamlNode *node = share ? share : percent;
    if (!node) {
        return ds_yaml_error(item, o->name, o->error, "an objective needs target or targetPercent");
    }
    if (node->kind != YAML_SCALAR || !ds_text_double(ds_span_of(node->text), target) || *target <= 0 ||
        *target > (share ? 1 : 100)) {
        return ds_yaml_error(node, o->name, o->error,
                             share ? "target must be above 0 and at most 1, such as 0.999"
                                   : "targetPercent must be above 0 and at most 100, such as 99.9");
    }
    *target = share ? *target : *target / 100;
    return true;
}

static char *name_of(const YamlNode *item, const char *name, bool several) {
    const YamlNode *shown = ds_yaml_get(item, "displayName");
    bool told = several && shown && shown->kind == YAML_SCALAR && shown->text[0];
    return told ? g_strdup_printf("%s, %s", name, shown->text) : g_strdup(name);
}

static bool read_slo(OpenSlo *o, const YamlNode *root) {
    const YamlNode *spec = ds_yaml_get(root, "spec");
    const char *name =
        text_of(o, ds_yaml_get(root, "metadata") ? ds_yaml_get(root, "metadata") : root, "name", "metadata of the SLO");
    if (!name) {
        return false;
    }
    if (!spec || spec->kind != YAML_MAP) {
        return ds_yaml_error(root, o->name, o->error, "the SLO has no spec");
    }
    Millis window = 0;
    const char *service = text_of(o, spec, "service", "the SLO's spec");
    if (!service || !read_method(o, spec) || !read_window(o, spec, &window)) {
        return false;
    }
    const YamlNode *list = ds_yaml_get(spec, "objectives");
    if (!list || list->kind != YAML_LIST || list->items->len == 0) {
        return ds_yaml_error(list ? list : spec, o->name, o->error, "the SLO has no list of objectives");
    }
    for (guint i = 0; i < list->items->len; i++) {
        const YamlNode *item = g_ptr_array_index(list->items, i);
        double target;
        if (!read_target(o, item, &target)) {
            return false;
        }
        Objective *objective = g_new0(Objective, 1);
        *objective = (Objective){.name = name_of(item, name, list->items->len > 1),
                                 .service = g_strdup(service),
                                 .target = target,
                                 .window = window,
                                 .line = item->line};
        g_ptr_array_add(o->config->objectives, objective);
    }
    o->found++;
    return true;
}

static bool read_document(OpenSlo *o, const YamlNode *root) {
    if (root->kind == YAML_MAP && root->items->len == 0) {
        return true;
    }
    if (root->kind != YAML_MAP) {
        return ds_yaml_error(root, o->name, o->error, "no OpenSLO document: a map with apiVersion, kind and spec");
    }
    const char *version = text_of(o, root, "apiVersion", "an OpenSLO document");
    const char *kind = version ? text_of(o, root, "kind", "an OpenSLO document") : NULL;
    if (!kind) {
        return false;
    }
    if (strcmp(version, "openslo/v1") != 0 && strcmp(version, "openslo/v1alpha") != 0) {
        return ds_yaml_error(ds_yaml_get(root, "apiVersion"), o->name, o->error,
                             "apiVersion '%s' is not read; expected openslo/v1 or openslo/v1alpha", version);
    }
    if (strcmp(kind, "SLO") != 0) {
        note(o, ds_yaml_get(root, "kind"), "kind %s holds no objective and is left out", kind);
        return true;
    }
    return read_slo(o, root);
}

/* The end of the document that begins at `at`: the next line of "---", or the end of the text. */
static size_t document_end(const GString *text, size_t at) {
    for (const char *p = text->str + at; (p = strstr(p, "\n---")) != NULL; p += 4) {
        if (p[4] == '\0' || strchr(" \t\r\n#", p[4])) {
            return (size_t)(p - text->str) + 1;
        }
    }
    return text->len;
}

/* Documents one by one, each behind the line feeds of what stands before it, so that lines keep their numbers. */
static bool read_all(OpenSlo *o, const GString *text) {
    g_autoptr(GString) part = g_string_new(NULL);
    size_t lines = 0;
    unsigned documents = 0;
    for (size_t at = 0; at < text->len;) {
        size_t end = document_end(text, at);
        g_string_truncate(part, 0);
        for (size_t i = 0; i < lines; i++) {
            g_string_append_c(part, '\n');
        }
        g_string_append_len(part, text->str + at, (gssize)(end - at));
        if (++documents > DOCUMENT_LIMIT) {
            g_set_error(o->error, DS_ERROR, EXIT_USAGE, "%s:%zu: more than %d documents in one file", o->name,
                        lines + 1, DOCUMENT_LIMIT);
            return false;
        }
        g_autoptr(YamlNode) root = ds_yaml_parse((Span){part->str, part->len}, o->name, o->error);
        if (!root || !read_document(o, root)) {
            return false;
        }
        for (; at < end; at++) {
            lines += text->str[at] == '\n';
        }
    }
    return true;
}

bool config_read_openslo(Config *config, const char *path, GError **error) {
    OpenSlo o = {.config = config, .name = path, .error = error};
    GError *fault = NULL;
    g_autoptr(GString) text = ds_file_read(path, SIZE_LIMIT, &fault);
    if (!text) {
        fault->code = EXIT_USAGE; /* a settings file, no input */
        g_propagate_error(error, fault);
        return false;
    }
    if (!read_all(&o, text)) {
        return false;
    }
    if (o.found == 0) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: no document of kind SLO in it", path);
        return false;
    }
    return true;
}
