/* SPDX-License-Identifier: MIT
 * What was read, what could not be, and how the figures were made: a report that hides this cannot be checked. */
#include "report/view.h"

#include "report/tree.h"

static json_t *examples(const FileQuality *file) {
    json_t *rows = json_array();
    for (unsigned i = 0; file->examples && i < file->examples->len; i++) {
        const RejectExample *e = &g_array_index(file->examples, RejectExample, i);
        json_t *row = json_object();
        tree_put_count(row, "line", e->line);
        tree_put(row, "why",
                 e->count > 1 ? g_strdup_printf("%s (%" G_GUINT64_FORMAT " like it)", e->why, e->count)
                              : g_strdup(e->why));
        tree_put_text(row, "text", e->text);
        json_array_append_new(rows, row);
    }
    return view_capped(rows, json_array_size(rows), "");
}

/* "silent for 2 h until 2026-...": the longest silences. NULL: none. */
static char *silences(const FileQuality *file) {
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < QUALITY_GAPS && file->gaps[i].from != INSTANT_NONE; i++) {
        char from[INSTANT_TEXT_SIZE];
        g_autofree char *length = words_duration(file->gaps[i].to - file->gaps[i].from);
        g_string_append_printf(text, "%s%s from %s", i ? ", " : "longest silences: ", length,
                               ds_instant_text(file->gaps[i].from, from));
    }
    return g_string_free(text, text->len == 0);
}

/* Everything about a file that needs a sentence. */
static json_t *remarks(const FileQuality *file) {
    json_t *list = json_array();
    char *texts[] = {
        file->unusable ? g_strdup("nothing could be read of it") : NULL,
        file->damage ? g_strdup_printf("damaged: %s, at byte %" G_GUINT64_FORMAT, file->damage, file->damage_offset)
                     : NULL,
        g_strdup(file->advice),
        ds_quality_left(file),
        file->candidates ? g_strdup_printf("candidates for its format: %s", file->candidates) : NULL,
        file->zone ? g_strdup_printf("times without a zone read as %s", file->zone) : NULL,
        file->year_rule ? g_strdup_printf("times without a year or a date: %s", file->year_rule) : NULL,
        file->date_order ? g_strdup_printf("order of day and month: %s", file->date_order) : NULL,
        file->conflicts ? g_strdup_printf("%" G_GUINT64_FORMAT " times told with different states", file->conflicts)
                        : NULL,
        file->clock_steps ? g_strdup_printf("the clock steps back %" G_GUINT64_FORMAT " times", file->clock_steps)
                          : NULL,
        silences(file),
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i]) {
            json_array_append_new(list, tree_text(texts[i]));
            g_free(texts[i]);
        }
    }
    return list;
}

static void put_counts(const FileQuality *file, json_t *row) {
    tree_put(row, "lines", words_count(file->lines));
    tree_put(row, "entries", words_count(file->entries));
    tree_put(row, "accepted", words_count(file->accepted));
    tree_put(row, "ignored", words_count(file->ignored));
    tree_put(row, "rejected", words_count(file->rejected));
    tree_put(row, "duplicates", words_count(file->duplicates));
    tree_put_bool(row, "trouble", file->rejected || file->damage || file->unusable);
}

static json_t *file_row(const Report *report, const FileQuality *file) {
    json_t *row = json_object();
    tree_put_text(row, "path", file->path);
    tree_put_text(row, "parser", file->parser);
    put_counts(file, row);
    view_instant(report, row, "first", file->first);
    view_instant(report, row, "last", file->last);
    json_object_set_new(row, "remarks", remarks(file));
    json_object_set_new(row, "examples", examples(file));
    return row;
}

json_t *view_quality(const Report *report) {
    json_t *quality = json_object(), *rows = json_array(), *notes = json_array(), *total = json_object();
    const GPtrArray *files = report->quality->files;
    for (unsigned i = 0; i < files->len && i < VIEW_ROWS; i++) {
        json_array_append_new(rows, file_row(report, g_ptr_array_index(files, i)));
    }
    for (unsigned i = 0; i < report->quality->notes->len && i < VIEW_ROWS; i++) {
        json_array_append_new(notes, tree_text(g_ptr_array_index(report->quality->notes, i)));
    }
    FileQuality sum = ds_quality_total(report->quality);
    put_counts(&sum, total);
    tree_put(total, "files", words_plural(files->len, "file", "files"));
    json_object_set_new(quality, "files", view_capped(rows, files->len, "report.json"));
    json_object_set_new(quality, "total", total);
    json_object_set_new(quality, "notes", view_capped(notes, report->quality->notes->len, "report.json"));
    return quality;
}

static void tell(json_t *list, const char *term, char *text) {
    json_t *row = json_object();
    json_object_set_new(row, "term", json_string(term));
    tree_put(row, "text", text);
    json_array_append_new(list, row);
}

static void tell_windows(const Detection *d, json_t *list) {
    g_autofree char *bridge = words_duration(d->max_bridge), *reopen = words_duration(d->reopen);
    tell(list, "Window",
         g_strdup_printf(
             "An outage begins with the first of %u failed checks in a row and ends with the first of %u good "
             "ones; both edges are dated back. Fewer failures are a blip: listed, not summed. Windows less than "
             "%s apart belong to one incident.",
             d->confirm_down, d->confirm_up, reopen));
    tell(
        list, "Bounds",
        g_strdup(
            "A check sees the service at one instant only. The true start lies after the last good check and not after "
            "the first failed one; the true end likewise. Hence the smallest and the largest duration that the logs "
            "allow. The likely one lies between the middles of both edges; ± is one standard error. ≥ marks a duration "
            "with an edge nobody saw."));
    tell(list, "Unknown",
         g_strdup_printf(
             "Time about which no record speaks is neither up nor down. Inside an outage, silence of at most %s is "
             "bridged and counted as unknown.",
             bridge));
}

static void tell_verdict(const Detection *d, json_t *list) {
    g_autofree char *quorum = words_percent(d->quorum);
    tell(list, "Verdict of a service",
         g_strdup_printf(
             "Vantages vote. A service is down when more than %s of the known weight is down, partly down while any "
             "is. The bounds of a service suppose that vantages whose bounds overlap saw one event; where an outage "
             "truly reached them at different times, each vantage's own window tells it.",
             quorum));
    tell(list, "Vantage fault",
         g_strdup(
             "A vantage that alone sees at least two, and at least four fifths, of its services fail at once has a "
             "fault of "
             "its own: its windows are marked and have no vote. With one service this cannot be told from a partial "
             "outage."));
    tell(list, "User reports",
         g_strdup("A surge is a stretch of report counts far above what is usual at that hour. It never shortens or "
                  "lengthens a "
                  "window of probes."));
}

json_t *view_method(const Report *report) {
    static const char *const modes[] = {"left out of up and down, and counted on its own", "taken out of the period",
                                        "listed only"};
    const Config *config = report->config;
    json_t *list = json_array();
    tell_windows(&config->detection, list);
    tell_verdict(&config->detection, list);
    g_autofree char *degraded = words_number(config->detection.degraded_weight);
    g_autofree char *partial = words_number(config->detection.partial_weight);
    tell(list, "Availability",
         g_strdup_printf(
             "Known: share of up in the time of which something is known. Total: share of up in the whole period. "
             "Lowest and highest: all unknown time taken as down, or as up. Coverage: share of the time of which "
             "something is known. Degraded time weighs %s and partly down time %s of down time. Maintenance is %s. "
             "No percentage is rounded up to 100.",
             degraded, partial, modes[config->maintenance_mode]));
    tell(list, "Evidence",
         g_strdup("Every edge names file and line of the records that prove it. Reasons of failures are grouped by "
                  "layer; they "
                  "are evidence and never a cause."));
    return list;
}
