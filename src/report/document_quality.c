/* SPDX-License-Identifier: MIT
 * The ledger as JSON: every entry of every input accounted for, with examples of what was rejected. */
#include "report/document.h"
#include "report/tree.h"

static json_t *examples(const FileQuality *file) {
    json_t *list = json_array();
    for (unsigned i = 0; file->examples && i < file->examples->len; i++) {
        const RejectExample *e = &g_array_index(file->examples, RejectExample, i);
        json_t *row = json_object();
        tree_put_count(row, "line", e->line);
        tree_put_count(row, "count", e->count);
        json_object_set_new(row, "why", tree_text(e->why ? e->why : ""));
        json_object_set_new(row, "text", tree_text(e->text ? e->text : ""));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *steps(const FileQuality *file) {
    json_t *list = json_array();
    for (unsigned i = 0; file->steps && i < file->steps->len; i++) {
        const ClockStep *step = &g_array_index(file->steps, ClockStep, i);
        json_t *row = json_object();
        tree_put_count(row, "line", step->line);
        json_object_set_new(row, "back_ms", tree_millis(step->size));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *gaps(const FileQuality *file) {
    json_t *list = json_array();
    for (unsigned i = 0; i < QUALITY_GAPS && file->gaps[i].from != INSTANT_NONE; i++) {
        json_t *row = json_object();
        json_object_set_new(row, "from", tree_instant(file->gaps[i].from));
        json_object_set_new(row, "to", tree_instant(file->gaps[i].to));
        tree_put_count(row, "line", file->gaps[i].line);
        json_array_append_new(list, row);
    }
    return list;
}

/* Programs whose lines were left out, the most frequent ones, and how many there are. */
static json_t *left(const FileQuality *file) {
    enum { MOST = 50 };
    json_t *row = json_object(), *list = json_array();
    uint64_t lines = 0;
    for (unsigned i = 0; file->left && i < file->left->len; i++) {
        const LeftProgram *one = &g_array_index(file->left, LeftProgram, i);
        lines += one->lines;
        if (i < MOST) {
            json_t *program = json_object();
            json_object_set_new(program, "program", tree_text(one->name));
            tree_put_count(program, "lines", one->lines);
            json_array_append_new(list, program);
        }
    }
    tree_put_count(row, "programs", file->left ? file->left->len : 0);
    tree_put_count(row, "lines", lines);
    json_object_set_new(row, "most", list);
    return row;
}

static void counts(const FileQuality *file, json_t *row) {
    tree_put_count(row, "bytes", file->bytes);
    tree_put_count(row, "lines", file->lines);
    tree_put_count(row, "entries", file->entries);
    tree_put_count(row, "accepted", file->accepted);
    tree_put_count(row, "ignored", file->ignored);
    tree_put_count(row, "rejected", file->rejected);
    tree_put_count(row, "duplicates", file->duplicates);
    tree_put_count(row, "conflicts", file->conflicts);
    tree_put_count(row, "clock_steps", file->clock_steps);
}

static json_t *input(const FileQuality *file) {
    json_t *row = json_object();
    json_object_set_new(row, "path", tree_text(file->path));
    json_object_set_new(row, "parser", tree_text(file->parser));
    counts(file, row);
    json_object_set_new(row, "damage", tree_text(file->damage));
    json_object_set_new(row, "damage_offset",
                        file->damage ? json_integer((json_int_t)file->damage_offset) : json_null());
    tree_put_bool(row, "unusable", file->unusable);
    json_object_set_new(row, "advice", tree_text(file->advice));
    json_object_set_new(row, "candidates", tree_text(file->candidates));
    json_object_set_new(row, "first", tree_instant(file->first));
    json_object_set_new(row, "last", tree_instant(file->last));
    json_object_set_new(row, "zone", tree_text(file->zone));
    json_object_set_new(row, "year_rule", tree_text(file->year_rule));
    json_object_set_new(row, "date_order", tree_text(file->date_order));
    json_object_set_new(row, "steps", steps(file));
    json_object_set_new(row, "gaps", gaps(file));
    json_object_set_new(row, "left_out", left(file));
    json_object_set_new(row, "examples", examples(file));
    return row;
}

/* How the clocks of the vantages stand against each other. */
static json_t *clocks(const Report *report) {
    json_t *list = json_array();
    const GArray *all = report->impact->clocks;
    for (unsigned i = 0; all && i < all->len; i++) {
        const ClockCheck *c = &g_array_index(all, ClockCheck, i);
        json_t *row = json_object();
        json_object_set_new(row, "vantage", tree_name(report, c->vantage));
        tree_put_count(row, "others", c->others);
        tree_put_count(row, "windows", c->windows);
        tree_put_count(row, "matched", c->matched);
        json_object_set_new(row, "offset_ms", tree_millis(c->offset));
        json_object_set_new(row, "shift_ms", tree_millis(c->shift));
        tree_put_bool(row, "suspect", c->shift != 0);
        json_array_append_new(list, row);
    }
    return list;
}

/* Vantages that the configuration left out of the vote, and what they saw meanwhile. */
static json_t *exclusions(const Report *report) {
    json_t *list = json_array();
    for (unsigned i = 0; i < report->config->vantages->len; i++) {
        const VantageConfig *v = g_ptr_array_index(report->config->vantages, i);
        for (unsigned k = 0; v->excluded && k < v->excluded->len; k++) {
            const Exclusion *e = g_ptr_array_index(v->excluded, k);
            unsigned windows;
            Millis down;
            ds_outages_excluded(report->outages, report->store, v->name, e, &windows, &down);
            json_t *row = json_object(), *services = json_array();
            for (char **s = e->services; s && *s; s++) {
                json_array_append_new(services, tree_text(*s));
            }
            json_object_set_new(row, "vantage", tree_text(v->name));
            json_object_set_new(row, "start", tree_instant(e->from == INT64_MIN ? INSTANT_NONE : e->from));
            json_object_set_new(row, "end", tree_instant(e->to == INT64_MAX ? INSTANT_NONE : e->to));
            json_object_set_new(row, "services", services);
            json_object_set_new(row, "reason", tree_text(e->reason));
            tree_put_count(row, "windows", windows);
            json_object_set_new(row, "down_ms", tree_millis(down));
            json_array_append_new(list, row);
        }
    }
    return list;
}

void document_quality(const Report *report, json_t *root) {
    json_t *inputs = json_array(), *quality = json_object(), *notes = json_array();
    uint64_t damaged = 0, unusable = 0;
    for (unsigned i = 0; i < report->quality->files->len; i++) {
        const FileQuality *file = g_ptr_array_index(report->quality->files, i);
        damaged += file->damage != NULL;
        unusable += file->unusable;
        json_array_append_new(inputs, input(file));
    }
    for (unsigned i = 0; i < report->quality->notes->len; i++) {
        json_array_append_new(notes, tree_text(g_ptr_array_index(report->quality->notes, i)));
    }
    FileQuality total = ds_quality_total(report->quality);
    tree_put_count(quality, "files", report->quality->files->len);
    counts(&total, quality);
    tree_put_count(quality, "damaged", damaged);
    tree_put_count(quality, "unusable", unusable);
    json_object_set_new(quality, "notes", notes);
    json_object_set_new(quality, "clocks", clocks(report));
    json_object_set_new(quality, "exclusions", exclusions(report));
    json_object_set_new(root, "inputs", inputs);
    json_object_set_new(root, "quality", quality);
}
