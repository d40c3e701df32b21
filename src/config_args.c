/* SPDX-License-Identifier: MIT
 * The command line of a command, by the same table as the file. Options may stand before, between and after the paths;
 * they are collected first and set last, over what the file says. --help is printed from the rows. */
#include "base/error.h"
#include "base/text.h"
#include "config_table.h"

#include <stdio.h>

typedef struct {
    const Setting *row;
    const char *text; /* borrowed from argv; "true" for a flag */
} Given;

typedef struct {
    const char *command;
    unsigned groups;
    int argc, at;
    char **argv;
    GArray *given;      /* Given */
    GPtrArray *paths;   /* char *, borrowed */
    const char *config; /* -c FILE */
    bool help;
    GError **error;
} Line;

static bool usage_error(const Line *line, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool usage_error(const Line *line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(line->error, DS_ERROR, EXIT_USAGE, "%s ('downspan %s --help' lists the options)", text, line->command);
    return false;
}

static bool unknown_option(const Line *line, const char *name) {
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    size_t count;
    const Setting *rows = config_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].groups & line->groups) {
            g_ptr_array_add(names, (gpointer)rows[i].info.option);
        }
    }
    g_ptr_array_add(names, (gpointer) "config");
    g_ptr_array_add(names, (gpointer) "help");
    g_ptr_array_add(names, NULL);
    const char *nearest = ds_text_nearest(name, (const char *const *)names->pdata);
    if (nearest) {
        return usage_error(line, "unknown option '--%s', nearest is '--%s'", name, nearest);
    }
    return usage_error(line, "unknown option '--%s'", name);
}

/* The option's value: after '=' (or the letter), else the next argument. */
static const char *take_value(Line *line, const char *attached) {
    if (attached) {
        return attached;
    }
    return line->at + 1 < line->argc ? line->argv[++line->at] : NULL;
}

static bool take_row(Line *line, const Setting *row, const char *attached) {
    Given given = {.row = row};
    if (!(row->groups & line->groups)) {
        return usage_error(line, "'%s' does not take --%s", line->command, row->info.option);
    }
    given.text = row->kind == KIND_FLAG ? (attached ? attached : "true") : take_value(line, attached);
    if (!given.text) {
        return usage_error(line, "--%s needs a value: %s", row->info.option, row->info.help);
    }
    g_array_append_val(line->given, given);
    return true;
}

static bool take_config(Line *line, const char *attached) {
    line->config = take_value(line, attached);
    return line->config ? true : usage_error(line, "--config needs the name of a file");
}

static bool take_long(Line *line, const char *text) {
    const char *equals = strchr(text, '=');
    g_autofree char *name = equals ? g_strndup(text, (gsize)(equals - text)) : g_strdup(text);
    const char *attached = equals ? equals + 1 : NULL;
    if (strcmp(name, "help") == 0) {
        line->help = true;
        return true;
    }
    if (strcmp(name, "config") == 0) {
        return take_config(line, attached);
    }
    const Setting *row = config_option(name);
    return row ? take_row(line, row, attached) : unknown_option(line, name);
}

static const Setting *letter_row(char letter) {
    size_t count;
    const Setting *rows = config_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].letter == letter) {
            return &rows[i];
        }
    }
    return NULL;
}

/* -q, -j4, -j 4, -qj4. */
static bool take_letters(Line *line, const char *letters) {
    for (; *letters; letters++) {
        const char *attached = letters[1] ? letters + 1 : NULL;
        const Setting *row = letter_row(*letters);
        if (*letters == 'h') {
            line->help = true;
        } else if (*letters == 'c') {
            return take_config(line, attached);
        } else if (!row) {
            return usage_error(line, "unknown option '-%c'", *letters);
        } else if (row->kind != KIND_FLAG) {
            return take_row(line, row, attached);
        } else if (!take_row(line, row, NULL)) {
            return false;
        }
    }
    return true;
}

static bool take_all(Line *line) {
    bool options = true;
    for (line->at = 1; line->at < line->argc; line->at++) {
        const char *text = line->argv[line->at];
        bool good = true;
        if (!options || text[0] != '-' || text[1] == '\0') {
            g_ptr_array_add(line->paths, (gpointer)text);
        } else if (strcmp(text, "--") == 0) {
            options = false;
        } else {
            good = text[1] == '-' ? take_long(line, text + 2) : take_letters(line, text + 1);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

static void print_option(const Setting *row) {
    g_autoptr(GString) left = g_string_new("  ");
    if (row->letter) {
        g_string_append_printf(left, "-%c, ", row->letter);
    } else {
        g_string_append(left, "    ");
    }
    g_string_append_printf(left, "--%s%s%s", row->info.option, row->value ? " " : "", row->value ? row->value : "");
    printf("%-33s %s", left->str, row->info.help);
    if (row->kind != KIND_FLAG) {
        bool told = row->info.fallback[0] == '('; /* the default stands in brackets already */
        printf(" %s%s%s", told ? "" : "(", row->info.fallback, told ? "" : ")");
    }
    putchar('\n');
}

static void print_help(const char *command, const char *usage, const char *summary, unsigned groups) {
    static const struct {
        unsigned group;
        const char *heading;
    } sections[] = {{CONFIG_INPUT, "Input"},    {CONFIG_PERIOD, "Period"},  {CONFIG_DETECTION, "Detection"},
                    {CONFIG_REPORT, "Report"},  {CONFIG_WINDOWS, "Output"}, {CONFIG_JSON, NULL},
                    {CONFIG_PARSERS, "Parsers"}};
    size_t count;
    const Setting *rows = config_rows(&count);
    printf("Usage: downspan %s %s\n\n%s\n\nOptions\n", command, usage, summary);
    printf("%-33s %s\n", "  -c, --config FILE", "read settings from a YAML file; options win over it");
    printf("%-33s %s\n", "  -q, --quiet", "no progress and no warnings on standard error");
    printf("%-33s %s\n", "  -h, --help", "print this");
    for (size_t s = 0; s < G_N_ELEMENTS(sections); s++) {
        if (!(sections[s].group & groups)) {
            continue;
        }
        if (sections[s].heading) {
            printf("\n%s\n", sections[s].heading);
        }
        for (size_t i = 0; i < count; i++) {
            if ((rows[i].groups & sections[s].group) && rows[i].letter != 'q') {
                print_option(&rows[i]);
            }
        }
    }
    printf("\nDefaults stand in brackets. Every option has a key in the file; docs/config.md lists them.\n");
}

/* --parsers and --openslo may be given again: all that they name counts. */
static bool set_given(Config *config, const Given *given, bool first, GError **error) {
    g_autofree char *why = NULL;
    g_autofree char *joined = NULL;
    const char *text = given->text;
    if (given->row->kind == KIND_FOLDERS && !first) {
        g_autofree char *before = g_strjoinv(",", *(char ***)(void *)((char *)config + given->row->offset));
        joined = g_strconcat(before, ",", text, NULL);
        text = joined;
    }
    if (!config_set(config, given->row, text, &why)) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "--%s '%s': %s", given->row->info.option, given->text, why);
        return false;
    }
    return true;
}

static bool set_all(Config *config, const Line *line) {
    const Setting *zone = config_option("tz");
    for (int pass = 0; pass < 2; pass++) { /* the zone first: times without one are read in it */
        for (guint i = 0; i < line->given->len; i++) {
            const Given *given = &g_array_index(line->given, Given, i);
            if ((given->row == zone) != (pass == 0)) {
                continue;
            }
            bool first = true;
            for (guint k = 0; k < i; k++) {
                first = first && g_array_index(line->given, Given, k).row != given->row;
            }
            if (!set_given(config, given, first, line->error)) {
                return false;
            }
        }
    }
    return config_complete(config, line->error) && config_check(config, line->error);
}

static const char *given_zone(const Line *line) {
    const char *zone = NULL;
    for (guint i = 0; i < line->given->len; i++) {
        const Given *given = &g_array_index(line->given, Given, i);
        zone = given->row->kind == KIND_ZONE ? given->text : zone;
    }
    return zone;
}

/* The paths of the command line; without any, those that the file's inputs name, beside the file. */
static char **inputs_of(const Config *config, const Line *line) {
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autofree char *folder = config->path ? g_path_get_dirname(config->path) : NULL;
    for (guint i = 0; i < line->paths->len; i++) {
        g_ptr_array_add(paths, g_strdup(g_ptr_array_index(line->paths, i)));
    }
    bool wanted = paths->len == 0 && (line->groups & CONFIG_INPUT) != 0;
    for (guint i = 0; wanted && i < config->inputs->len; i++) {
        const InputRule *rule = g_ptr_array_index(config->inputs, i);
        bool whole = !folder || g_path_is_absolute(rule->pattern) || strcmp(folder, ".") == 0;
        g_ptr_array_add(paths, whole ? g_strdup(rule->pattern) : g_build_filename(folder, rule->pattern, NULL));
    }
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}

Config *ds_config_load(int argc, char **argv, const char *command, const char *usage, const char *summary,
                       unsigned groups, bool *helped, GError **error) {
    g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(Given));
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    Line line = {.command = command,
                 .groups = groups,
                 .argc = argc,
                 .argv = argv,
                 .given = given,
                 .paths = paths,
                 .error = error};
    *helped = false;
    if (!take_all(&line)) {
        return NULL;
    }
    if (line.help) {
        print_help(command, usage, summary, groups);
        *helped = true;
        return NULL;
    }
    g_autoptr(Config) config = ds_config_new();
    if ((line.config && !config_read_file(config, line.config, given_zone(&line), error)) || !set_all(config, &line)) {
        return NULL;
    }
    g_strfreev(config->paths);
    config->paths = inputs_of(config, &line);
    return g_steal_pointer(&config);
}
