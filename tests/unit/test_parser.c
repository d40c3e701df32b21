/* SPDX-License-Identifier: MIT
 * Parser files: mistakes are told with line and cause; samples; detection; times that need the whole file. */
#include "parse/parser.h"

#define HEAD "name: t\ntitle: t\ntype: regex\n"
#define RULE "rules:\n  - pattern: '^(?<time>\\S+)\\s(?<state>\\w+)'\n"

static void test_mistakes(void) {
    static const struct {
        const char *yaml, *line, *part; /* the message begins with "f.yaml:LINE:" and holds the part */
    } cases[] = {
        {"name: t\ntitle: t\ntype: regx\n", "f.yaml:3:", "regex, json, csv, ical"},
        {"name: t\ntitel: t\n", "f.yaml:2:", "title"},
        {"name: T\ntitle: t\ntype: csv\n", "f.yaml:1:", "small letters"},
        {HEAD, "f.yaml:1:", "rules"},
        {HEAD "rules:\n  - pattern: 'a(b'\n", "f.yaml:5:", "offset 3"},
        {HEAD "rules:\n  - pattern: '(?<time>a)'\n", "f.yaml:5:", "state"},
        {HEAD "rules:\n  - pattern: '(?<state>a)'\n", "f.yaml:5:", "time"},
        {HEAD RULE "    fields:\n      service: '{host}'\n",
         "f.yaml:7:", "unknown capture 'host'; the pattern has: state, time"},
        {HEAD RULE "    fields:\n      servic: x\n", "f.yaml:7:", "service"},
        {HEAD RULE "    fields:\n      service: state\n", "f.yaml:7:", "'{state}'"},
        {HEAD RULE "    fields:\n      state: broken\n", "f.yaml:7:", "no state"},
        {HEAD RULE "    fields:\n      state: {from: state, map: {a: odd}}\n", "f.yaml:7:", "'odd' is no state"},
        {HEAD RULE "    fields:\n      text: {from: state, match: {'(': x}}\n", "f.yaml:7:", "bad pattern"},
        {HEAD RULE "    fields:\n      text: {sum: state}\n", "f.yaml:7:", "sum must be a map"},
        {HEAD RULE "    fields:\n      text: {sum: {none: '(a)'}}\n", "f.yaml:7:", "unknown capture 'none'"},
        {HEAD RULE "    fields:\n      text: {sum: {state: 'a'}}\n", "f.yaml:7:", "needs a group"},
        {HEAD RULE "    fields:\n      text: {sum: {state: '(a'}}\n", "f.yaml:7:", "bad pattern"},
        {HEAD RULE "    fields:\n      text: {sum: {state: [a]}}\n", "f.yaml:7:", "must be a pattern"},
        {HEAD RULE "    fields:\n      text: {sum: {state: '(a)'}, from: state}\n", "f.yaml:7:", "has one of"},
        {HEAD RULE "    when: {nothing: x}\n", "f.yaml:6:", "unknown capture 'nothing'"},
        {HEAD RULE "    when: {state: {match: 'a('}}\n", "f.yaml:6:", "bad pattern"},
        {HEAD RULE "    when: {state: {macht: 'a'}}\n", "f.yaml:6:", "{match: pattern}"},
        {HEAD RULE "    partial: true\n", "f.yaml:6:", "wraps"},
        {HEAD "stream: '{state}'\n" RULE, "f.yaml:4:", "wraps"},
        {HEAD "wraps: '{line}'\n" RULE, "f.yaml:4:", "unknown capture 'line'"},
        {HEAD "wraps: '{state}'\n" RULE "    partial: some\n", "f.yaml:7:", "newline"},
        {"name: t\ntitle: t\ntype: csv\nwraps: '{line}'\n", "f.yaml:4:", "regex or json"},
        {HEAD "counts: failures\n" RULE, "f.yaml:4:", "signal request"},
        {HEAD "counts: some\n" RULE, "f.yaml:4:", "all, failures"},
        {HEAD "counts: [failures]\n" RULE, "f.yaml:4:", "all, failures"},
        {HEAD RULE "    signal: probes\n", "f.yaml:6:", "probe, transition"},
        {HEAD RULE "    event: maintenance-end\n", "f.yaml:6:", "signal maintenance"},
        {HEAD RULE "    stamped: next\n", "f.yaml:6:", "sequence"},
        {HEAD RULE "    ignore: perhaps\n", "f.yaml:6:", "false, true"},
        {HEAD "time: ['%Q']\n" RULE, "f.yaml:4:", "%Q"},
        {HEAD "timezone: Europe/Berlni\n" RULE, "f.yaml:4:", "Europe/Berlin"},
        {HEAD "sequence: {modulo: many}\n" RULE, "f.yaml:4:", "modulo"},
        {"name: t\ntitle: t\ntype: csv\nheader: none\n", "f.yaml:1:", "columns"},
        {"name: t\ntitle: t\ntype: json\nentries: a.b\n", "f.yaml:4:", "updates[]"},
        {"name: t\ntitle: t\ntype: json\nentries: '*.b'\n", "f.yaml:4:", "monitors.*"},
        {"name: t\ntitle: t\ntype: json\nentries: 'a[]'\nrules:\n  - fields: {time: '{t}', state: '{*}'}\n",
         "f.yaml:4:", "monitors.*"},
        {HEAD "sequence: lines\n" RULE, "f.yaml:4:", "the word entries"},
        {HEAD RULE "    when: {'{state} {other}': x}\n", "f.yaml:6:", "unknown capture 'other'"},
        {HEAD RULE "    fields:\n      offset_min: x\n", "f.yaml:7:", "nearest is offset_"},
        {"name: t\ntitle: t\ntype: csv\nrules:\n  - pattern: a\n", "f.yaml:5:", "regex and whole"},
        {"name: t\ntitle: t\ntype: csv\nheader: requird\n", "f.yaml:4:", "required, none"},
        {"name: t\nname: u\ntitle: t\ntype: csv\n", "f.yaml:2:", "twice"},
        {"title: t\ntype: csv\n", "f.yaml:1:", "'name' is needed"},
        {"name: t\ntitle: t\n", "f.yaml:1:", "'type' is needed"},
        {"name: t\ntitle: [t]\ntype: csv\n", "f.yaml:2:", "must be a text"},
        {HEAD "rules: []\n", "f.yaml:4:", "1 to"},
        {HEAD "rules: {pattern: a}\n", "f.yaml:4:", "list of"},
        {HEAD "time: isoo\n" RULE, "f.yaml:4:", "unknown time form 'isoo'"},
        {HEAD RULE "    ingore: true\n", "f.yaml:6:", "nearest is 'ignore'"},
        {HEAD "  rules: x\n y: [\n", "f.yaml:", ""},
        {"- a\n", "f.yaml:1:", "map"},
        {HEAD "evidence: some\nadvice: a\n" RULE, "f.yaml:4:", "evidence must be one of: none"},
        {HEAD "evidence: none\n" RULE, "f.yaml:4:", "'advice'"},
        {HEAD "evidence: none\nadvice: [a]\n" RULE, "f.yaml:5:", "'advice'"},
        {HEAD "advice: a\n" RULE, "f.yaml:4:", "evidence: none only"},
        {HEAD "evidence: none\nadvice: a\nsignal: probe\n" RULE, "f.yaml:6:", "'signal' does not go with"},
        {HEAD "evidence: none\nadvice: a\n" RULE "    hold: true\n", "f.yaml:8:", "'hold' does not go with"},
        {"name: t\ntitle: t\ntype: ical\nevidence: none\nadvice: a\n", "f.yaml:1:", "type ical"},
        {"name: t\ntitle: t\ntype: whole\nrules:\n  - pattern: a\n",
         "f.yaml:1:", "type whole goes with evidence: none"},
        {"name: t\ntitle: t\ntype: whole\nevidence: none\nadvice: a\n", "f.yaml:1:", "'rules' is needed"},
        {"name: t\ntitle: t\ntype: csv\nrules:\n  - pattern: a\n", "f.yaml:5:", "regex and whole only"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(ds_parser_compile(ds_span_of(cases[i].yaml), "f.yaml", &error));
        g_assert_nonnull(error);
        g_assert_cmpint(error->code, ==, 2);
        if (!g_str_has_prefix(error->message, cases[i].line) || !strstr(error->message, cases[i].part)) {
            g_error("case %zu: '%s' lacks '%s' or '%s'", i, error->message, cases[i].line, cases[i].part);
        }
    }
}

static Parser *parser_of(const char *text) {
    GError *error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(text), "f.yaml", &error);
    g_assert_no_error(error);
    return parser;
}

static void test_samples(void) {
    Parser *parser = parser_of(
        HEAD RULE
        "samples:\n"
        "  - line: '2026-01-01T00:00:00Z up'\n    record: {state: up, time: '2026-01-01T00:00:00Z'}\n"
        "  - line: '2026-01-01T00:00:00Z up'\n    record: {state: down}\n"
        "  - line: 'x'\n    rejected: true\n"
        "  - line: 'x'\n    ignored: true\n"
        "  - line: 'x'\n    rejected: true\n    file: [a]\n"
        "  - text: |\n      1 up\n      2 down\n    records: [{time: '1970-01-01T00:00:01Z'}, {state: down}]\n");
    g_autoptr(GString) report = g_string_new(NULL);
    unsigned count = 0;
    g_assert_cmpuint(ds_parser_samples(parser, report, &count), ==, 3);
    g_assert_cmpuint(count, ==, 6);
    g_assert_nonnull(strstr(report->str, "'file' is the path"));
    g_assert_nonnull(strstr(report->str, "f.yaml:10: state is 'up', expected 'down'"));
    g_assert_nonnull(strstr(report->str, "expected it to be ignored"));
    g_assert_cmpstr(ds_parser_yields(parser), ==, "probe");
    ds_parser_free(parser);
}

static void test_when_patterns(void) {
    Parser *parser = parser_of(
        "name: t\ntitle: t\ntype: json\nsignal: report\nrules:\n"
        "  - when: {kind: message, text: {match: '(?i)\\bdown\\b'}, from: {not: '^bot'}}\n"
        "    fields: {time: '{ts}', user: '{from}'}\n  - when: {kind: message}\n    ignore: true\n"
        "samples:\n"
        "  - line: '{\"kind\":\"message\",\"text\":\"It is DOWN\",\"from\":\"u1\",\"ts\":1}'\n    record: {user: u1}\n"
        "  - line: '{\"kind\":\"message\",\"text\":\"It is DOWN\",\"from\":\"bot\",\"ts\":1}'\n    ignored: true\n"
        "  - line: '{\"kind\":\"message\",\"text\":\"fine\",\"from\":\"u1\",\"ts\":1}'\n    ignored: true\n"
        "  - line: '{\"kind\":\"join\",\"text\":\"down\",\"ts\":1}'\n    rejected: true\n");
    g_autoptr(GString) report = g_string_new(NULL);
    unsigned count = 0;
    ds_parser_samples(parser, report, &count);
    g_assert_cmpstr(report->str, ==, "");
    g_assert_cmpuint(count, ==, 4);
    ds_parser_free(parser);
}

/* Columns named by a line that can come again: the values of columns that are gone do not stay. */
static void test_directive(void) {
    Parser *parser = parser_of(
        "name: t\ntitle: t\ntype: csv\nsignal: request\nheader: '#Fields:'\ncomment: '#'\n"
        "require: [date, sc-status]\nrules:\n"
        "  - fields: {time: '{date} {time}', status: '{sc-status}', service: '{cs-host|s-sitename}'}\n"
        "samples:\n"
        "  - text: |\n      #Version: 1.0\n      #Fields: date time cs-host  sc-status\n"
        "      2026-01-01 00:00:01 a\"b 200\n      #Fields: sc-status time date\n      503 00:00:02 2026-01-01 \n"
        "      #Fields: date time s-sitename sc-status\n      2026-01-01\t00:00:03\t\"x y\"\t200\n"
        "    records: [{service: 'a\"b', bad: 0, time: '2026-01-01T00:00:01Z'}, {service: sample, bad: 1},"
        " {service: x y, bad: 0}]\n"
        "  - line: '2026-01-01 00:00:01 a 200'\n    rejected: true\n");
    g_autoptr(GString) report = g_string_new(NULL);
    unsigned count = 0;
    ds_parser_samples(parser, report, &count);
    g_assert_cmpstr(report->str, ==, "");
    g_assert_cmpuint(count, ==, 2);
    ds_parser_free(parser);
}

static void append_time(void *context, const Record *record) {
    char text[INSTANT_TEXT_SIZE];
    g_string_append_printf(context, "%.19s%s ", ds_instant_text(record->time, text),
                           record->state == STATE_UP ? "+" : "-");
}

/* What a run gives, in the zone, with UTC else. */
static void check_times(const char *head, const char *text, const char *expected, uint64_t steps) {
    g_autofree char *yaml = g_strconcat(HEAD, head, "rules:\n  - pattern: '^(?<time>.*)\\s(?<state>\\w+)$'\n", NULL);
    Parser *parser = parser_of(yaml);
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "x");
    Sink sink = {append_time, NULL, got};
    g_autoptr(GError) error = NULL;
    bool fine = run_memory(parser, ds_span_of(text), &sink, page, &error);
    g_assert_cmpstr(fine ? got->str : error->message, ==, expected);
    g_assert_cmpuint(page->clock_steps, ==, steps);
    ds_parser_free(parser);
}

static void test_times(void) {
    /* Year-less over a New Year: the last line has 2026, the year of samples. */
    check_times("", "Dec 31 23:59:00 up\nJan  1 00:01:00 down\n", "2025-12-31T23:59:00+ 2026-01-01T00:01:00- ", 0);
    /* Only a later line lacks its year: what came before does not change. */
    check_times("", "2025-12-31T23:59:00Z up\nJan  1 00:01:00 down\n", "2025-12-31T23:59:00+ 2026-01-01T00:01:00- ", 0);
    /* A fold in a file with the newest line first: 02:30 CET (01:30Z), then 02:30 CEST (00:30Z). */
    check_times("timezone: Europe/Berlin\n",
                "2026-10-25 03:00:00 up\n2026-10-25 02:30:00 up\n2026-10-25 02:10:00 up\n2026-10-25 02:50:00 up\n"
                "2026-10-25 02:30:00 down\n2026-10-25 01:30:00 up\n",
                "2026-10-25T02:00:00+ 2026-10-25T01:30:00+ 2026-10-25T01:10:00+ 2026-10-25T00:50:00+ "
                "2026-10-25T00:30:00- 2026-10-24T23:30:00+ ",
                0);
    /* Day and month: a line far down decides for all. */
    check_times("", "01/02/2026 10:00:00 up\n01/02/2026 10:01:00 up\n13/02/2026 10:00:00 down\n",
                "2026-02-01T10:00:00+ 2026-02-01T10:01:00+ 2026-02-13T10:00:00- ", 0);
    /* A step back of the clock. */
    check_times("", "100 up\n160 up\n120 up\n180 up\n",
                "1970-01-01T00:01:40+ 1970-01-01T00:02:40+ 1970-01-01T00:02:00+ 1970-01-01T00:03:00+ ", 1);
}

/* Lines that are ignored but dated: states hold up to them. A time that cannot be read there is no fault. */
static void test_dated(void) {
    static const char yaml[] = HEAD "signal: transition\nrules:\n"
                                    "  - pattern: '^(?<time>\\S+)\\s(?<state>down)'\n"
                                    "  - pattern: '^(?<time>\\S+)\\ssaved'\n    ignore: true\n"
                                    "  - pattern: '^(?:other)'\n    ignore: true\n";
    static const char text[] = "2026-01-01T10:00:00Z down\n2026-01-01T12:00:00Z saved\nwhen saved\nother\n";
    for (int transitions = 1; transitions >= 0; transitions--) {
        g_autofree char *own = g_strdup(yaml);
        if (!transitions) {
            memcpy(strstr(own, "transition"), "probe     ", 10);
        }
        Parser *parser = parser_of(own);
        g_autoptr(GString) got = g_string_new(NULL);
        g_autoptr(Quality) quality = ds_quality_new();
        FileQuality *page = ds_quality_add(quality, "x");
        Sink sink = {append_time, NULL, got};
        g_assert_true(run_memory(parser, ds_span_of(text), &sink, page, NULL));
        g_assert_cmpuint(page->ignored, ==, 3);
        g_assert_cmpint(page->first, ==, page->last);
        g_assert_cmpint(page->dated_first, ==, page->first);
        g_assert_cmpint(page->dated_last - page->last, ==, transitions ? 2 * MILLIS_HOUR : 0);
        ds_parser_free(parser);
    }
}

static void test_order_refused(void) {
    Parser *parser = parser_of(HEAD "time: numeric\nrules:\n  - pattern: '^(?<time>.*)\\s(?<state>\\w+)$'\n");
    g_autoptr(GString) got = g_string_new(NULL);
    Sink sink = {append_time, NULL, got};
    g_autoptr(GError) error = NULL;
    g_assert_false(run_memory(parser, SPAN("01/02/2026 10:00:00 up\n"), &sink, NULL, &error));
    g_assert_nonnull(strstr(error->message, "--date-order"));
    ds_parser_free(parser);
}

/* A format that tells nothing: every line that it knows is ignored, its own bid counts in full, and it steps back where
 * another parser reads records. A whole file is one entry. */
static void test_no_evidence(void) {
    static const char mute[] = "name: m\ntitle: Chatter\ntype: regex\nevidence: none\nadvice: log more\n"
                               "rules:\n  - pattern: '^(?:chat|probe)'\n  - pattern: '^sum'\n";
    static const char says[] =
        "name: s\ntitle: t\ntype: regex\nrules:\n  - pattern: '^probe\\s(?<time>\\d+)\\s(?<state>\\w+)'\n";
    static const char bytes[] = "name: w\ntitle: Box\ntype: whole\nevidence: none\nadvice: export it\n"
                                "rules:\n  - pattern: '^\\x01BOX\\x00'\n";
    g_autoptr(GPtrArray) parsers = g_ptr_array_new_with_free_func((GDestroyNotify)ds_parser_free);
    g_ptr_array_add(parsers, parser_of(mute));
    g_ptr_array_add(parsers, parser_of(says));
    g_ptr_array_add(parsers, parser_of(bytes));
    g_assert_cmpstr(ds_parser_yields(parsers->pdata[0]), ==, "nothing");
    Bid best[3];
    ds_parsers_bid(parsers, NULL, SPAN("chat\nprobe 1767225600 up\nsum\nother\n"), true, best);
    g_assert_cmpstr(ds_parser_name(best[0].parser), ==, "m"); /* three of four; the other reads but one */
    g_assert_cmpfloat(best[0].score, >, 0.7);
    g_autofree char *advice = ds_reading_advice(&best[0].reading);
    g_assert_cmpstr(advice, ==, "Chatter: tells nothing about up or down; log more");
    ds_parsers_bid(parsers, NULL, SPAN("probe 1767225600 up\nprobe 1767225601 up\nchat\n"), true, best);
    g_assert_cmpstr(ds_parser_name(best[0].parser), ==, "s"); /* which takes less, but tells something */
    g_assert_null(ds_reading_advice(&best[0].reading));
    static const char box[] = "\x01"
                              "BOX\0\1\2\3\4\5\6\n\7\n";
    ds_parsers_bid(parsers, NULL, (Span){box, sizeof box - 1}, true, best);
    g_assert_cmpstr(ds_parser_name(best[0].parser), ==, "w");
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "x");
    Sink sink = {append_time, NULL, NULL};
    g_assert_true(run_memory(parsers->pdata[2], (Span){box, sizeof box - 1}, &sink, page, NULL));
    g_assert_cmpuint(page->ignored, ==, 1);
    g_assert_cmpuint(page->entries, ==, 1);
    g_assert_cmpuint(page->lines, ==, 2);
}

static void test_bid(void) {
    static const char csv[] = "name: a\ntitle: t\ntype: csv\nrequire: [time, status]\nrefuse: [count]\n";
    static const char more[] = "name: b\ntitle: t\ntype: csv\nrequire: [time, status]\noptional: [rtt]\n";
    static const char json[] = "name: c\ntitle: t\ntype: json\nentries: list[]\nrequire: [time, status, kind]\n";
    g_autoptr(GPtrArray) parsers = g_ptr_array_new_with_free_func((GDestroyNotify)ds_parser_free);
    g_ptr_array_add(parsers, parser_of(csv));
    g_ptr_array_add(parsers, parser_of(more));
    g_ptr_array_add(parsers, parser_of(json));
    Bid best[3];
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL, SPAN("time,status,rtt\n1767225600,up,1\n"), true, best), ==, 2);
    g_assert_cmpstr(ds_parser_name(best[0].parser), ==, "b");
    g_assert_cmpfloat(best[0].score, >, best[1].score);
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL, SPAN("time,status,count\n1767225600,up,1\n"), true, best), ==, 1);
    g_ptr_array_add(
        parsers, parser_of("name: d\ntitle: t\ntype: csv\nrequire: [time, status]\noptional: [rtt]\nbeats: [b, x]\n"));
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL, SPAN("time,status,rtt\n1767225600,up,1\n"), true, best), ==, 2);
    g_assert_cmpstr(ds_parser_name(best[0].parser), ==, "d"); /* b, which takes as much, is left out */
    g_ptr_array_set_size(parsers, 3);
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL, SPAN("time,status\n1767225600,up\n1767225660,u"), false, best), ==,
                     2);
    g_assert_cmpuint(best[0].tried, ==, 1); /* the cut row is not judged */
    Span cut = SPAN("{\"kind\":1,\"list\":[{\"time\":1767225600,\"status\":\"up\"},{\"time\":17");
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL, cut, false, best), ==, 1);
    g_assert_cmpfloat(best[0].score, >=, 0.5);
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL,
                                    SPAN("\x7f"
                                         "ELF\1\2\3\4\5\6"),
                                    true, best),
                     ==, 0);
    g_assert_cmpuint(ds_parsers_bid(parsers, NULL, SPAN(""), true, best), ==, 0);
    g_assert_null(best[0].parser);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parser/mistakes", test_mistakes);
    g_test_add_func("/parser/samples", test_samples);
    g_test_add_func("/parser/when-patterns", test_when_patterns);
    g_test_add_func("/parser/directive", test_directive);
    g_test_add_func("/parser/times", test_times);
    g_test_add_func("/parser/dated", test_dated);
    g_test_add_func("/parser/order-refused", test_order_refused);
    g_test_add_func("/parser/no-evidence", test_no_evidence);
    g_test_add_func("/parser/bid", test_bid);
    return g_test_run();
}
