/* SPDX-License-Identifier: MIT
 * Lines of many programs in one wrapper. A program of which the parsers of the file read no line at all says nothing
 * that they could know: its lines are left out on purpose and counted by program. One of which some line is read must
 * be known whole, so what no rule takes of it stays rejected. Which is which only the whole file tells: the first line
 * that nobody takes makes a second reader go through it, which notes the programs whose lines are read. */
#include "parse/parser.h"

#define PROGRAMS_MAX 4096u

Span program_name(Span tag) {
    const char *bracket = tag.n ? memchr(tag.p, '[', tag.n) : NULL;
    tag.n = bracket > tag.p ? (size_t)(bracket - tag.p) : tag.n;
    while (tag.n > 1 && (tag.p[tag.n - 1] == ':' || tag.p[tag.n - 1] == ' ')) {
        tag.n--;
    }
    return tag;
}

void run_note_program(Run *run) {
    Span name = program_name(run->outer.service);
    if (name.n == 0) {
        return;
    }
    g_string_truncate(run->key, 0);
    g_string_append_len(run->key, name.p, (gssize)name.n);
    if (!g_hash_table_contains(run->census, run->key->str)) {
        g_hash_table_add(run->census, g_strdup(run->key->str));
    }
}

/* Reads the file once more. Where that fails nothing is left out. */
static bool take_census(Run *run) {
    g_autoptr(Reader) reader = NULL;
    Run second;
    if (!run_again(run, RUN_BID, &second, &reader, NULL)) {
        return false;
    }
    second.census = run->programs;
    run_start_others(&second, RUN_BID);
    bool fine = run_read(&second);
    framer_stop(&second.framer);
    run_stop(&second);
    return fine;
}

bool run_leaves_out(Run *run, const char *why) {
    Span name = program_name(run->outer.service);
    if (run->mode != RUN_READ || !run->bytes.unwrap || name.n == 0 || (why != no_rule && why != not_json)) {
        return false;
    }
    if (!run->programs) {
        run->programs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        run->census_failed = !take_census(run);
    }
    g_string_truncate(run->key, 0);
    g_string_append_len(run->key, name.p, (gssize)name.n);
    bool left = !run->census_failed && g_hash_table_size(run->programs) < PROGRAMS_MAX &&
                !g_hash_table_contains(run->programs, run->key->str);
    if (left && run->quality) {
        ds_quality_leave(run->quality, run->key->str);
    }
    return left;
}
