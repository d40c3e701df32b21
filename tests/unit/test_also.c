/* SPDX-License-Identifier: MIT
 * Further records of one entry: what they have from their rule, that an entry gives all of them or none and is
 * accounted for once, and how mistakes in `also` are told. */
#include "parse_scene.h"

#define HEAD "name: t\ntitle: t\n"

static void append_record(void *context, const Record *record) {
    g_string_append_printf(context, "%s %s e%d %.*s t%" G_GINT64_FORMAT " c%u '%.*s' l%" G_GUINT64_FORMAT "\n",
                           ds_signal_name(record->signal), ds_state_name(record->state), (int)record->event,
                           (int)record->service.n, record->service.p ? record->service.p : "", record->time,
                           record->count, (int)record->text.n, record->text.p ? record->text.p : "",
                           record->origin.line);
}

static void check(const char *yaml, const char *text, const char *expected, uint64_t accepted) {
    GError *error = NULL;
    g_autofree char *all = g_strconcat(HEAD, yaml, NULL);
    Parser *parser = ds_parser_compile(ds_span_of(all), "t.yaml", &error);
    g_assert_no_error(error);
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "t");
    Sink sink = {append_record, append_why, got};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, page, NULL));
    g_assert_cmpstr(got->str, ==, expected);
    g_assert_cmpuint(page->accepted, ==, accepted);
    g_assert_cmpuint(page->entries, ==, page->accepted + page->ignored + page->rejected);
    ds_parser_free(parser);
}

#define TICKETS                                                                                                        \
    "type: csv\nsignal: transition\nrequire: [opened, closed]\nrules:\n  - fields: {time: '{opened}', state: down, "   \
    "service: '{host}/{name}'}\n    also:\n      - when: {closed: {match: '.'}}\n"                                     \
    "        fields: {time: '{closed}', state: up}\n"

/* The second record has the service and the signal of the rule; an open ticket has none; of a ticket whose end cannot
 * be read the start is not told either. */
static void test_start_and_end(void) {
    check(TICKETS, "opened,closed,host,name\n1,5,a,b\n7,,a,b\n8,never,a,b\n9,10,c,d\n",
          "transition down e0 a/b t1000 c1 '' l2\ntransition up e0 a/b t5000 c1 '' l2\n"
          "transition down e0 a/b t7000 c1 '' l3\n4: time not understood\n"
          "transition down e0 c/d t9000 c1 '' l5\ntransition up e0 c/d t10000 c1 '' l5\n",
          3);
}

/* One of another signal leaves out what that does not have, and has its own event; a pattern's captures serve all. */
static void test_other_signals(void) {
    check("type: regex\nrules:\n  - pattern: "
          "'^(?<time>\\d+)\\s(?<service>\\w+)\\s(?<state>\\w+)\\s(?<n>\\d+)\\s(?<text>.*)$'\n"
          "    also:\n      - {signal: notice, fields: {text: 'told: {text}'}}\n"
          "      - {signal: report, fields: {count: '{n}'}}\n"
          "      - {signal: transition, event: current}\n",
          "3 web down 4 broken\n",
          "probe down e0 web t3000 c1 'broken' l1\nnotice unknown e0 web t3000 c1 'told: broken' l1\n"
          "report unknown e0 web t3000 c4 'broken' l1\ntransition down e1 web t3000 c1 'broken' l1\n",
          1);
}

/* The event of a rule goes on to its further records, but not to those of another signal. */
static void test_events(void) {
    check("type: csv\nsignal: maintenance\nrequire: [time]\nrules:\n  - event: maintenance-start\n    also:\n"
          "      - {fields: {text: again}}\n      - {signal: notice}\n",
          "time\n1\n",
          "maintenance unknown e4  t1000 c1 '' l2\nmaintenance unknown e4  t1000 c1 'again' l2\n"
          "notice unknown e0  t1000 c1 '' l2\n",
          1);
}

/* A time of a further record is no step of the file's clock: the year of the next line is that of its neighbour. */
static void test_clock_unmoved(void) {
    check("type: csv\nsignal: transition\nrequire: [opened, closed]\ntime: rfc3164\nrules:\n"
          "  - fields: {time: '{opened}', state: down, service: x}\n    also:\n"
          "      - fields: {time: '{closed}', state: up}\n",
          "opened,closed\nMar  1 00:00:00,Mar  1 00:00:01\nMar  2 00:00:00,Mar  2 00:00:01\n",
          "transition down e0 x t1772323200000 c1 '' l2\ntransition up e0 x t1772323201000 c1 '' l2\n"
          "transition down e0 x t1772409600000 c1 '' l3\ntransition up e0 x t1772409601000 c1 '' l3\n",
          2);
}

static void test_yields(void) {
    static const char yaml[] = HEAD "type: csv\nsignal: notice\nrequire: [time]\nrules:\n  - also:\n"
                                    "      - {signal: transition, fields: {state: up}}\n";
    Parser *parser = ds_parser_compile(ds_span_of(yaml), "t.yaml", NULL);
    g_assert_nonnull(parser);
    g_assert_cmpstr(ds_parser_yields(parser), ==, "notice transition");
    ds_parser_free(parser);
}

static void test_mistakes(void) {
#define RULE "type: csv\nrequire: [time]\nrules:\n  - fields: {state: up}\n    also:"
    static const struct {
        const char *yaml, *line, *part;
    } cases[] = {
        {RULE " x\n", "f.yaml:7:", "a list of 1 to 16"},
        {RULE " []\n", "f.yaml:7:", "a list of 1 to 16"},
        {RULE "\n      - x\n", "f.yaml:8:", "a map"},
        {RULE "\n      - {ignore: true}\n", "f.yaml:8:", "ignore"},
        {RULE "\n      - {also: []}\n", "f.yaml:8:", "also"},
        {RULE "\n      - {signal: probes}\n", "f.yaml:8:", "probe, transition"},
        {RULE "\n      - {event: maintenance-end}\n", "f.yaml:8:", "signal maintenance"},
        {RULE "\n      - {fields: x}\n", "f.yaml:8:", "map of record fields"},
        {RULE "\n      - {fields: {state: odd}}\n", "f.yaml:8:", "no state"},
        {RULE "\n      - {when: x}\n", "f.yaml:8:", "map of captures"},
        {"type: csv\nrequire: [time]\nrules:\n  - ignore: true\n    also: [{signal: notice}]\n",
         "f.yaml:7:", "not with ignore"},
        {"type: csv\nrequire: [time]\nrules:\n  - hold: true\n    also: [{signal: notice}]\n",
         "f.yaml:7:", "not with hold"},
        {"type: ical\nrules:\n  - also: [{signal: notice}]\n", "f.yaml:5:", "not with type ical"},
        {"type: json\nwraps: '{m}'\nrules:\n  - also: [{signal: notice}]\n", "f.yaml:6:", "not with wraps"},
        {"type: regex\nsignal: notice\nrules:\n  - pattern: '^(?<time>\\d+)'\n    also: [{signal: probe}]\n",
         "f.yaml:7:", "neither 'state'"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *yaml = g_strconcat(HEAD, cases[i].yaml, NULL);
        expect_mistake(yaml, cases[i].line, cases[i].part);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/also/start-and-end", test_start_and_end);
    g_test_add_func("/also/other-signals", test_other_signals);
    g_test_add_func("/also/events", test_events);
    g_test_add_func("/also/clock-unmoved", test_clock_unmoved);
    g_test_add_func("/also/yields", test_yields);
    g_test_add_func("/also/mistakes", test_mistakes);
    return g_test_run();
}
