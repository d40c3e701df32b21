/* SPDX-License-Identifier: MIT
 * downspan parsers: which log formats are known, what a parser looks like, whether its own samples hold, and which of
 * them would read a file. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd_room.h"
#include "input/input.h"
#include "parse/parse.h"

enum { HEAD_SIZE = 64 << 10, FILE_LIMIT = 4 << 20 };

static int list(const GPtrArray *parsers, char **names, GError **error) {
    (void)names;
    (void)error;
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < parsers->len; i++) {
        const Parser *parser = g_ptr_array_index(parsers, i);
        g_string_append_printf(out, "%-24s %-6s %-24s %s\n", ds_parser_name(parser), ds_parser_type(parser),
                               ds_parser_yields(parser), ds_parser_title(parser));
    }
    cmd_print(out);
    return EXIT_DONE;
}

static int show(const GPtrArray *parsers, char **names, GError **error) {
    g_autoptr(GString) out = g_string_new(NULL);
    for (; *names; names++) {
        const Parser *parser = ds_parsers_find(parsers, *names);
        if (!parser) {
            g_set_error(error, DS_ERROR, EXIT_USAGE, "there is no parser '%s' ('downspan parsers list' names all)",
                        *names);
            return EXIT_USAGE;
        }
        g_string_append(out, ds_parser_yaml(parser));
    }
    cmd_print(out);
    return EXIT_DONE;
}

/* Runs one parser's samples; adds to the counts. */
static void test_one(const Parser *parser, GString *out, unsigned *failed, unsigned *all) {
    unsigned count = 0;
    unsigned faults = ds_parser_samples(parser, out, &count);
    g_string_append_printf(out, "%-4s %-24s %u of %u samples hold\n", faults || !count ? "FAIL" : "ok",
                           ds_parser_name(parser), count - faults, count);
    *failed += faults + (count == 0 ? 1 : 0); /* a parser without samples proves nothing */
    *all += count;
}

static int test(const GPtrArray *parsers, char **files, GError **error) {
    g_autoptr(GString) out = g_string_new(NULL);
    unsigned failed = 0;
    unsigned all = 0;
    for (guint i = 0; !*files && i < parsers->len; i++) {
        test_one(g_ptr_array_index(parsers, i), out, &failed, &all);
    }
    for (; *files; files++) {
        g_autoptr(GString) text = ds_file_read(*files, FILE_LIMIT, error);
        g_autoptr(Parser) parser = text ? ds_parser_compile((Span){text->str, text->len}, *files, error) : NULL;
        if (!parser) {
            cmd_print(out);
            return cmd_status(error);
        }
        test_one(parser, out, &failed, &all);
    }
    g_string_append_printf(out, "%u samples, %u faults\n", all, failed);
    cmd_print(out);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static void detect_one(const GPtrArray *parsers, const InputFile *file, Reader *reader, GString *out) {
    Span head = ds_reader_peek(reader, HEAD_SIZE);
    Bid best[3] = {0};
    size_t count = ds_parsers_bid(parsers, file->path, head, head.n < HEAD_SIZE, best);
    bool clear = count > 0 && best[0].score >= 0.5 && best[0].score > best[1].score;
    g_autofree char *winner = clear ? ds_reading_name(&best[0].reading) : g_strdup("no parser fits clearly");
    cmd_visible(out, file->path);
    g_string_append_printf(out, " (%s): %s\n", ds_reader_codec(reader), winner);
    g_autofree char *advice = clear ? ds_reading_advice(&best[0].reading) : NULL;
    if (advice) {
        g_string_append_printf(out, "  %s\n", advice);
    }
    for (size_t i = 0; i < 3 && best[i].parser; i++) {
        g_autofree char *name = ds_reading_name(&best[i].reading);
        g_string_append_printf(out, "  %-24s %u of %u entries matched, %u ignored, score %.3f\n", name, best[i].matched,
                               best[i].tried, best[i].ignored, best[i].score);
    }
}

static int detect(const GPtrArray *parsers, char **paths, GError **error) {
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(InputList) inputs = ds_input_list(paths, error);
    for (guint i = 0; inputs && i < inputs->files->len; i++) {
        const InputFile *file = g_ptr_array_index(inputs->files, i);
        g_autoptr(Reader) reader = ds_reader_open(file, error);
        if (!reader) {
            return cmd_status(error);
        }
        detect_one(parsers, file, reader, out);
    }
    cmd_print(out);
    return inputs ? EXIT_DONE : cmd_status(error);
}

static int import(const GPtrArray *parsers, char **files, GError **error) {
    (void)parsers;
    g_autoptr(GPtrArray) definitions = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = ds_file_read(files[0], FILE_LIMIT, error);
    for (char **file = files + 1; text && *file; file++) {
        GString *more = ds_file_read(*file, FILE_LIMIT, error);
        if (!more) {
            return cmd_status(error);
        }
        g_ptr_array_add(definitions, g_string_free(more, FALSE));
    }
    g_autoptr(GString) report = g_string_new(NULL);
    g_autofree char *yaml =
        text ? ds_parser_import((Span){text->str, text->len}, files[0], definitions, report, error) : NULL;
    if (!yaml) {
        return cmd_status(error);
    }
    g_autoptr(GString) out = g_string_new(yaml);
    g_autoptr(GString) told = g_string_new(NULL);
    cmd_print(out);
    cmd_visible(told, report->str);
    fputs(told->str, stderr);
    return EXIT_DONE;
}

static const struct {
    const char *name;
    bool needs; /* a name or file after it */
    int (*run)(const GPtrArray *parsers, char **rest, GError **error);
} verbs[] = {{"list", false, list},
             {"show", true, show},
             {"test", false, test},
             {"detect", true, detect},
             {"import", true, import}};

static int run(int argc, char **argv, GError **error) {
    int status = EXIT_DONE;
    g_autoptr(Config) config =
        cmd_config(&cmd_parsers,
                   "  list           every parser: name, type, what it yields, title\n"
                   "  show NAME...   the parser file, to start one of your own from\n"
                   "  test [FILE...] run the samples of all parsers, or of these parser files\n"
                   "  detect FILE... which parser would read these logs, and how well\n"
                   "  import FILE    a parser file of a log format of lnav, or of a grok pattern\n"
                   "                 (files after it define further grok names)\n\n"
                   "docs/parsers.md tells how a parser file is written.",
                   argc, argv, CONFIG_PARSERS, &status, error);
    if (!config) {
        return status;
    }
    const char *word = config->paths[0] ? config->paths[0] : "";
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(verbs[i].name, word) != 0) {
            continue;
        }
        if (verbs[i].needs && !config->paths[1]) {
            g_set_error(error, DS_ERROR, EXIT_USAGE, "'downspan parsers %s' needs a name or file after it", word);
            return EXIT_USAGE;
        }
        g_autoptr(GPtrArray) parsers = ds_parsers_load(config->parser_dirs, error);
        return parsers ? verbs[i].run(parsers, config->paths + 1, error) : cmd_status(error);
    }
    g_set_error(error, DS_ERROR, EXIT_USAGE, "expected one of list, show, test, detect, import after 'parsers'%s%s%s",
                *word ? ", not '" : "", word, *word ? "'" : "");
    return EXIT_USAGE;
}

const Command cmd_parsers = {
    .name = "parsers",
    .usage = "[--parsers DIR] list | show NAME... | test [FILE...] | detect FILE... | import FILE [DEFINITIONS...]",
    .summary = "Show the log formats that are known, test parser files, and find the parser for a log.",
    .run = run,
};
