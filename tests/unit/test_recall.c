/* SPDX-License-Identifier: MIT
 * Entries that refer to others by a key, and mistakes in `known_as` and `recall`. */
#include "parse_scene.h"

#define HEAD "name: t\ntitle: t\n"

static void append_record(void *context, const Record *record) {
    g_string_append_printf(context, "%s %.*s/%.*s/%.*s t%" G_GINT64_FORMAT " '%.*s'\n", ds_state_name(record->state),
                           (int)record->service.n, record->service.p, (int)record->vantage.n,
                           record->vantage.n ? record->vantage.p : "", (int)record->check.n,
                           record->check.n ? record->check.p : "", record->time, (int)record->text.n,
                           record->text.n ? record->text.p : "");
}

static void check(const char *yaml, const char *text, const char *expected) {
    GError *error = NULL;
    g_autofree char *all = g_strconcat(HEAD, yaml, NULL);
    Parser *parser = ds_parser_compile(ds_span_of(all), "t.yaml", &error);
    g_assert_no_error(error);
    g_autoptr(GString) got = g_string_new(NULL);
    Sink sink = {append_record, append_why, got};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, NULL, NULL));
    g_assert_cmpstr(got->str, ==, expected);
    ds_parser_free(parser);
}

/* Ends come in any order and name their starts; what an end tells itself goes first; a key of nobody is rejected, and
 * leaves nothing to the next; an id told anew is the later one. */
static void test_starts_and_ends(void) {
    check("type: csv\nsignal: transition\nrequire: [time, id, ref]\nrules:\n  - when: {ref: ''}\n"
          "    known_as: '{id}'\n    fields: {service: '{host}/{what}', state: down, text: '{what}'}\n"
          "  - recall: '{ref}'\n    fields: {service: '{host}', state: up}\n",
          "time,id,ref,host,what,vantage,check\n1,a,,web,x,fra,tcp\n2,b,,db,y,,\n3,c,b,,,,\n4,d,a,,,nyc,\n5,e,z,,,,\n"
          "6,f,a,other,,,\n7,a,,new,z,,\n8,g,a,,,,\n9,,,,,,\n10,h, ,,,,\n",
          "down web/x/fra/tcp t1000 'x'\ndown db/y// t2000 'y'\nup db/y// t3000 'y'\nup web/x/nyc/tcp t4000 'x'\n"
          "6: refers to an entry that was not told before\nup other/fra/tcp t6000 'x'\ndown new/z// t7000 'z'\n"
          "up new/z// t8000 'z'\ndown sample// t9000 ''\n11: refers to an entry that was not told before\n");
}

/* An entry may be known by a key and give no record; one rule may do both, and then an entry is known to itself. */
static void test_kinds(void) {
    check("type: regex\nrules:\n  - pattern: '^job\\s(?<id>\\d+)\\sof\\s(?<service>\\w+)$'\n    ignore: true\n"
          "    known_as: 'job {id}'\n    remember: [id]\n"
          "  - pattern: '^(?<time>\\d+)\\s(?<n>\\d+)\\s(?<state>\\w+)$'\n    recall: 'job {n}'\n",
          "job 7 of a\njob 8 of b\n1 7 up\n2 8 down\n3 9 up\n",
          "up a// t1000 ''\ndown b// t2000 ''\n5: refers to an entry that was not told before\n");
    check("type: csv\nsignal: transition\nrequire: [time]\nrules:\n  - known_as: '{id}'\n    recall: '{id}'\n",
          "time,id,service,state\n1,a,x,down\n2,a,,up\n", "down x// t1000 ''\nup x// t2000 ''\n");
}

static void test_mistakes(void) {
#define RULE "type: csv\nrequire: [time]\nrules:\n  - fields: {state: up}\n"
    static const struct {
        const char *yaml, *line, *part;
    } cases[] = {
        {RULE "    known_as: id\n", "f.yaml:7:", "known_as must be a text with {captures}"},
        {RULE "    recall: [id]\n", "f.yaml:7:", "recall must be a text with {captures}"},
        {RULE "    recall: '{id'\n", "f.yaml:7:", "without '}'"},
        {"type: regex\nrules:\n  - pattern: '^(?<time>\\d+)\\s(?<state>\\w+)'\n    recall: '{id}'\n",
         "f.yaml:6:", "unknown capture 'id'"},
        {"type: ical\nrules:\n  - recall: '{uid}'\n", "f.yaml:5:", "regex, json and csv"},
        {"type: csv\nsequence: {modulo: 0}\nrequire: [time]\nrules:\n  - fields: {state: up}\n    recall: '{id}'\n",
         "f.yaml:8:", "without wraps and sequence"},
        {RULE "    also: [{recall: '{id}'}]\n", "f.yaml:7:", "recall"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *yaml = g_strconcat(HEAD, cases[i].yaml, NULL);
        expect_mistake(yaml, cases[i].line, cases[i].part);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/recall/starts-and-ends", test_starts_and_ends);
    g_test_add_func("/recall/kinds", test_kinds);
    g_test_add_func("/recall/mistakes", test_mistakes);
    return g_test_run();
}
