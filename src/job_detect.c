/* SPDX-License-Identifier: MIT
 * Which parser reads a file. A name given by hand decides; otherwise every parser bids on the first bytes and a clear
 * winner takes the file. A tie or a poor match is told with the three best, never guessed over. */
#include "base/error.h"
#include "base/text.h"
#include "job_room.h"

enum { HEAD_SIZE = 64 << 10 /* bytes that bids see */ };

static bool check_name(const GPtrArray *parsers, const char *name, const char *where, GError **error) {
    Reading reading;
    g_autofree char *unknown = NULL;
    g_autofree char *why = NULL;
    if (!name || ds_reading_of(parsers, name, &reading, &unknown, &why)) {
        return true;
    }
    if (why) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: %s", where, why);
        return false;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < parsers->len; i++) {
        g_ptr_array_add(names, (gpointer)ds_parser_name(g_ptr_array_index(parsers, i)));
    }
    g_ptr_array_add(names, NULL);
    const char *nearest = ds_text_nearest(unknown, (const char *const *)names->pdata);
    g_set_error(error, DS_ERROR, EXIT_USAGE, "%s: there is no parser '%s'%s%s%s ('downspan parsers list' names all)",
                where, unknown, nearest ? ", nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
    return false;
}

bool job_parsers_check(const GPtrArray *parsers, const Config *config, GError **error) {
    if (!check_name(parsers, config->parser, "--parser", error)) {
        return false;
    }
    for (guint i = 0; i < config->inputs->len; i++) {
        const InputRule *rule = g_ptr_array_index(config->inputs, i);
        g_autofree char *where = g_strdup_printf("%s:%u", config->path ? config->path : "inputs", rule->line);
        if (!check_name(parsers, rule->parser, where, error)) {
            return false;
        }
    }
    return true;
}

static char *describe(const Bid best[3], size_t count) {
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < 3 && best[i].parser; i++) {
        g_autofree char *name = ds_reading_name(&best[i].reading);
        g_string_append_printf(text, "%s%s reads %u of %u entries", i ? ", " : "", name, best[i].matched,
                               best[i].tried);
    }
    if (count == 0) {
        g_string_append(text, "none reads any of its first entries");
    }
    return g_string_free(text, FALSE);
}

static void keep_damage(const Reader *reader, FileQuality *page) {
    const Damage *damage = ds_reader_damage(reader);
    if (damage) {
        page->damage = g_strdup(damage->text);
        page->damage_offset = damage->offset;
        page->unusable = true;
    }
}

static bool is_clear(const Bid best[3]) {
    return best[0].score >= 0.5 && !(best[1].score >= best[0].score);
}

/* A parser told by hand may stand for lines that a wrapper has around them. */
static void find_wrappers(const GPtrArray *parsers, const char *path, Span head, Reading *told) {
    g_autoptr(GPtrArray) few = g_ptr_array_new();
    Bid best[3] = {0};
    g_ptr_array_add(few, (gpointer)told->parsers[0]);
    for (guint i = 0; i < parsers->len; i++) {
        if (ds_parser_wraps(g_ptr_array_index(parsers, i))) {
            g_ptr_array_add(few, g_ptr_array_index(parsers, i));
        }
    }
    ds_parsers_bid(few, path, head, head.n < HEAD_SIZE, best);
    if (best[0].reading.wrapper_count > 0 && best[0].score >= 0.5) {
        *told = best[0].reading;
    }
}

bool job_reading_for(const GPtrArray *parsers, const Config *config, const InputFile *file, FileQuality *page,
                     Reading *reading) {
    const InputRule *rule = ds_config_input(config, file->path);
    const char *name = config->parser ? config->parser : rule ? rule->parser : NULL;
    g_autofree char *unknown = NULL;
    g_autofree char *why = NULL;
    *reading = (Reading){0};
    bool told = name && ds_reading_of(parsers, name, reading, &unknown, &why) && reading->parser_count > 0;
    if (told && (reading->parser_count > 1 || reading->wrapper_count > 0)) {
        return true;
    }
    g_autoptr(GError) fault = NULL;
    g_autoptr(Reader) reader = ds_reader_open(file, &fault);
    Span head = reader ? ds_reader_peek(reader, HEAD_SIZE) : (Span){NULL, 0};
    if (told) {
        if (head.n > 0) {
            find_wrappers(parsers, file->path, head, reading);
        }
        return true;
    }
    if (!reader) {
        page->damage = g_strdup(fault->message);
        page->unusable = true;
        return false;
    }
    if (head.n == 0) {
        keep_damage(reader, page);
        return false;
    }
    Bid best[3] = {0};
    size_t count = ds_parsers_bid_within(parsers, reading, file->path, head, head.n < HEAD_SIZE, best);
    if (count > 0 && is_clear(best)) {
        *reading = best[0].reading;
        return true;
    }
    *reading = (Reading){0};
    page->candidates = describe(best, count);
    page->unusable = true;
    return false;
}
