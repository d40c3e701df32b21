/* SPDX-License-Identifier: MIT
 * Captures to records: words, templates, maps, units, what is held and remembered, and what is rejected and why. */
#include "parse_scene.h"

static void test_states(void) {
    static const struct {
        const char *word;
        int state;
    } cases[] = {{"up", STATE_UP},
                 {"OK", STATE_UP},
                 {"Success", STATE_UP},
                 {"TRUE", STATE_UP},
                 {"pass", STATE_UP},
                 {"healthy", STATE_UP},
                 {"1", STATE_UP},
                 {"204", STATE_UP},
                 {"302", STATE_UP},
                 {"degraded", STATE_DEGRADED},
                 {"warn", STATE_DEGRADED},
                 {"Warning", STATE_DEGRADED},
                 {"slow", STATE_DEGRADED},
                 {"down", STATE_DOWN},
                 {"fail", STATE_DOWN},
                 {"failed", STATE_DOWN},
                 {"failure", STATE_DOWN},
                 {"error", STATE_DOWN},
                 {"critical", STATE_DOWN},
                 {"timeout", STATE_DOWN},
                 {"false", STATE_DOWN},
                 {"0", STATE_DOWN},
                 {"404", STATE_DOWN},
                 {"503", STATE_DOWN},
                 {"unknown", STATE_UNKNOWN},
                 {"", STATE_UNKNOWN},
                 {" up\r", STATE_UP},
                 {"maintenance", STATE_MAINTENANCE},
                 {"upp", CODE_NONE},
                 {"2", CODE_NONE},
                 {"100", CODE_NONE},
                 {"20x", CODE_NONE}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(words_state(ds_span_of(cases[i].word)), ==, cases[i].state);
    }
}

static void test_reasons(void) {
    static const struct {
        const char *text;
        Reason reason;
    } cases[] = {{"", REASON_NONE},
                 {"connect-refused", REASON_CONNECT_REFUSED},
                 {"HTTP-5xx", REASON_HTTP_5XX},
                 {"getaddrinfo ENOTFOUND db", REASON_DNS},
                 {"Could not resolve host: x", REASON_DNS},
                 {"connect ECONNREFUSED 192.0.2.1:80", REASON_CONNECT_REFUSED},
                 {"dial tcp: i/o timeout", REASON_TIMEOUT},
                 {"Connection timed out after 5001 ms", REASON_CONNECT_TIMEOUT},
                 {"Destination Host Unreachable", REASON_UNREACHABLE},
                 {"no route to host", REASON_UNREACHABLE},
                 {"SSL certificate problem", REASON_TLS},
                 {"100% packet loss", REASON_PACKET_LOSS},
                 {"HTTP/1.1 503 Service Unavailable", REASON_HTTP_5XX},
                 {"Request failed with status code 404", REASON_HTTP_4XX},
                 {"504 Gateway Timeout", REASON_HTTP_5XX},
                 {"context deadline exceeded", REASON_TIMEOUT},
                 {"keyword missing", REASON_CONTENT},
                 {"something else", REASON_OTHER},
                 {"took 1503 ms", REASON_OTHER}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpstr(ds_reason_name(words_reason(ds_span_of(cases[i].text))), ==, ds_reason_name(cases[i].reason));
    }
}

static void append_record(void *context, const Record *record) {
    g_string_append_printf(
        context, "%s %s %s %.*s/%.*s/%.*s d%" G_GINT64_FORMAT " t%" G_GINT64_FORMAT " c%u b%u '%.*s'\n",
        ds_signal_name(record->signal), ds_state_name(record->state), ds_reason_name(record->reason),
        (int)record->service.n, record->service.p, (int)record->vantage.n, record->vantage.p ? record->vantage.p : "",
        (int)record->check.n, record->check.p ? record->check.p : "", record->duration, record->time, record->count,
        record->bad, (int)record->text.n, record->text.p ? record->text.p : "");
}

static void check(const char *yaml, const char *text, const char *expected) {
    GError *error = NULL;
    g_autofree char *all = g_strconcat("name: t\ntitle: t\n", yaml, NULL);
    Parser *parser = ds_parser_compile(ds_span_of(all), "t.yaml", &error);
    g_assert_no_error(error);
    g_autoptr(GString) got = g_string_new(NULL);
    Sink sink = {append_record, append_why, got};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, NULL, NULL));
    g_assert_cmpstr(got->str, ==, expected);
    ds_parser_free(parser);
}

static void test_templates(void) {
    check("type: regex\nrules:\n  - pattern: "
          "'^(?<time>\\d+)\\s(?<host>\\w+)/(?<svc>\\w*)\\s(?<s>\\w+)(?:\\s(?<why>.*))?'\n"
          "    fields:\n      service: '{host}/{svc}'\n      check: {const: tcp}\n      vantage: {from: svc, default: "
          "none}\n"
          "      state: {from: s, map: {OK: up, CRITICAL: down}}\n"
          "      reason: {from: why, match: {'(?i)socket': connect-timeout, '.+': other}}\n",
          "1 a/b OK\n2 a/ critical Socket\n3 a/b CRITICAL x\n4 a/b LOST\n5 a/b\n",
          "probe up none a/b/b/tcp d0 t1000 c1 b0 ''\nprobe down connect-timeout a//none/tcp d0 t2000 c1 b0 ''\n"
          "probe down other a/b/b/tcp d0 t3000 c1 b0 ''\n4: unknown state 'LOST'\n5: no rule of the parser takes it\n");
}

static void test_units(void) {
    check("type: csv\nstamped: completed\nrequire: [time]\nrules:\n  - fields: {state: '{s}', duration_ms: '{ms}'}\n",
          "time,s,ms\n10,up,1500.9\n10,up,\n10,up,NaN\n10,down,-1\n10,up,1e3\nx,up,1\n,up,1\n",
          "probe up none sample// d1500 t8500 c1 b0 ''\nprobe up none sample// d0 t10000 c1 b0 ''\n"
          "probe up none sample// d0 t10000 c1 b0 ''\nprobe down none sample// d0 t10000 c1 b0 ''\n"
          "probe up none sample// d1000 t9000 c1 b0 ''\n7: time not understood\n8: no time\n");
    check("type: csv\nrequire: [time]\n", "time,status,duration_us,duration_s\n1,200,2500,\n1,503,,0.25\n",
          "probe up none sample// d2 t1000 c1 b0 ''\nprobe down http-5xx sample// d250 t1000 c1 b0 ''\n");
}

static void test_requests(void) {
    check("type: csv\nsignal: request\nrequire: [time]\n",
          "time,status,bad,count\n1,200,,\n2,503,,3\n3,404,true,\n4,-,,\n5,,,\n6,abc,,\n7,1,x,\n",
          "request unknown none sample// d0 t1000 c1 b0 ''\nrequest unknown http-5xx sample// d0 t2000 c3 b3 ''\n"
          "request unknown http-4xx sample// d0 t3000 c1 b1 ''\nrequest unknown none sample// d0 t4000 c1 b1 ''\n"
          "6: no status\n7: status is no HTTP status\n8: bad is neither true nor false\n");
}

/* Two of total, failed and good tell the third; a total alone is no share; what cannot be is refused. */
static void test_shares(void) {
    check("type: csv\nsignal: request\nrequire: [time]\n",
          "time,count,bad_count,good_count,status\n1,10,3,,\n2,,3,5,\n3,10,,4,200\n4,0,0,,\n5,2,3,,\n6,5,,6,\n"
          "7,5,,,503\n8,5,x,,\n9,,4294967295,1,\n10,,3,,200\n11,,3,,\n12,2,1,2,\n",
          "request unknown none sample// d0 t1000 c10 b3 ''\nrequest unknown none sample// d0 t2000 c8 b3 ''\n"
          "request unknown none sample// d0 t3000 c10 b6 ''\nrequest unknown none sample// d0 t4000 c0 b0 ''\n"
          "6: more than were counted failed or succeeded\n7: more than were counted failed or succeeded\n"
          "request unknown http-5xx sample// d0 t7000 c5 b5 ''\n9: bad_count is no number\n"
          "10: more requests than can be counted\n11: bad_count without count or good_count\n"
          "12: bad_count without count or good_count\nrequest unknown none sample// d0 t12000 c2 b1 ''\n");
}

/* Every number of a capture that a pattern finds is added up; nothing found is 0, no capture no value. */
static void test_sum(void) {
    check("type: json\nsignal: request\nrules:\n  - fields:\n      count: '{n}'\n      bad_count:\n"
          "        sum: {errors: '\"\\w+\": ?(\\d+)', codes: '\"5\\d\\d\": ?(\\d+)'}\n",
          "{\"time\":1,\"n\":90,\"errors\":{\"A\":1,\"B\": 20},\"codes\":{\"200\":40,\"500\":2,\"503\":3}}\n"
          "{\"time\":2,\"n\":9,\"errors\":{}}\n{\"time\":3,\"n\":9,\"status\":500}\n",
          "request unknown none sample// d0 t1000 c90 b26 ''\nrequest unknown none sample// d0 t2000 c9 b0 ''\n"
          "request unknown http-5xx sample// d0 t3000 c9 b9 ''\n");
    check("type: csv\nsignal: request\nrequire: [time]\nrules:\n  - fields:\n"
          "      good_count: {sum: {a|b: '(\\d*)x'}}\n      bad_count: '{bad}'\n",
          "time,b,bad\n1,1x 30x 5y,4\n2,x,4\n", /* a row whose sum is all that reads its cell */
          "request unknown none sample// d0 t1000 c35 b4 ''\nrequest unknown none sample// d0 t2000 c4 b4 ''\n");
}

/* A sum of nothing has the default. */
static void test_sum_default(void) {
    check("type: csv\nsignal: request\nrequire: [time]\nrules:\n  - fields:\n"
          "      bad_count: {sum: {b: '(\\d+)'}, default: '2'}\n      good_count: {sum: {b: '(\\d+)'}, map: {'3': "
          "'7'}}\n",
          "time,b\n1,1 2\n", "request unknown none sample// d0 t1000 c10 b3 ''\n");
    check("type: csv\nsignal: request\nrequire: [time]\nrules:\n  - fields:\n"
          "      bad_count: {sum: {b: '(\\d+)'}, default: '2'}\n      good_count: '5'\n",
          "time,b\n1,\n", "request unknown none sample// d0 t1000 c7 b2 ''\n");
}

/* A reason told in a line before goes to the next record of its own service, and only once. */
static void test_hold(void) {
    check("type: regex\nrules:\n  - pattern: '^check\\s(?<service>\\w+)\\sfailed,\\s(?<reason>.*)$'\n    hold: true\n"
          "  - pattern: '^(?<time>\\d+)\\s(?<service>\\w+)\\s(?<state>\\w+)$'\n",
          "check a failed, timeout\n1 b down\n2 a down\n3 a down\n",
          "probe down none b// d0 t1000 c1 b0 ''\nprobe down timeout a// d0 t2000 c1 b0 ''\n"
          "probe down none a// d0 t3000 c1 b0 ''\n");
}

/* A header names the target and the day of the lines below it. */
static void test_remember(void) {
    check("type: regex\nrules:\n  - pattern: '^day\\s(?<day>\\S+)\\sof\\s(?<service>\\w+)$'\n    ignore: true\n"
          "    remember: [service, day]\n"
          "  - pattern: '^(?<clock>[\\d:]+)\\s(?<state>\\w+)$'\n    fields: {time: '{day} {clock}'}\n",
          "00:00:01 up\nday 1970-01-01 of a\n00:00:01 up\nday 1970-01-02 of b\n00:00:01 down\n",
          "1: time not understood\nprobe up none a// d0 t1000 c1 b0 ''\nprobe down none b// d0 t86401000 c1 b0 ''\n");
}

static void test_when(void) {
    check("type: json\nrules:\n  - {when: {type: [a, b]}, ignore: true}\n  - {when: {type: c}, signal: notice, fields: "
          "{text: '{m}'}}\n",
          "{\"type\":\"a\"}\n{\"type\":\"c\",\"time\":1,\"m\":\"x\"}\n{\"type\":\"d\"}\n",
          "notice unknown none // d0 t1000 c1 b0 'x'\n3: no rule of the parser takes it\n");
}

/* A log of nothing but new words cannot fill the memory of interned texts: after 100 only the kind is told. */
static void test_words_bounded(void) {
    GString *text = g_string_new("time,status\n"), *expected = g_string_new(NULL);
    for (unsigned i = 0; i < 150; i++) {
        g_string_append_printf(text, "1,word%u\n", i);
        g_string_append_printf(expected, i < 100 ? "%u: unknown state 'word%u'\n" : "%u: unknown state\n", i + 2, i);
    }
    check("type: csv\nrequire: [time, status]\n", text->str, expected->str);
    g_string_free(text, TRUE);
    g_string_free(expected, TRUE);
}

/* A time told in a header, and seconds since then. */
static void test_offset(void) {
    check("type: regex\nrules:\n  - pattern: '^start\\s(?<time>\\d+)'\n    ignore: true\n    remember: [time]\n"
          "  - pattern: '^(?<offset_s>[\\d.-]+)s\\s(?<state>\\w+)$'\n"
          "  - pattern: '^(?<time>\\d+)\\s(?<late>\\d+)\\s(?<state>\\w+)$'\n    fields: {offset_ms: '{late}'}\n",
          "start 100\n0.0487s up\n61.5s down\n-1s up\n7 250 up\n",
          "probe up none sample// d0 t100048 c1 b0 ''\nprobe down none sample// d0 t161500 c1 b0 ''\n"
          "probe up none sample// d0 t100000 c1 b0 ''\nprobe up none sample// d0 t7250 c1 b0 ''\n");
}

/* Entries are numbers: a failure without a time lies between its dated neighbours, at their mean step at
 * the ends: (35000 - 9500) / 4 = 6375. */
static void test_counted(void) {
    static const char yaml[] =
        "type: regex\nsequence: entries\nstamped: completed\nrules:\n"
        "  - pattern: '^(?<service>\\w)\\s(?:(?<time>\\d+)\\s)?(?<state>\\w+)(?:\\s(?<duration_ms>\\d+))?$'\n";
    check(yaml, "a down\na 10 up 500\na down\nb 15 up\na 20 up 500\na 30 down\na 35 up\na down\na up\n",
          "9: no time\nprobe down none a// d0 t3125 c1 b0 ''\nprobe up none a// d500 t9500 c1 b0 ''\n"
          "probe down none a// d0 t14500 c1 b0 ''\nprobe up none a// d500 t19500 c1 b0 ''\n"
          "probe down none a// d0 t30000 c1 b0 ''\nprobe up none a// d0 t35000 c1 b0 ''\n"
          "probe down none a// d0 t41375 c1 b0 ''\nprobe up none b// d0 t15000 c1 b0 ''\n");
    check(yaml, "a down\na down\n", ""); /* nothing dates them */
}

/* A condition on captures together: a row whose number is that of the row before. */
static void test_when_joined(void) {
    check("type: regex\nrules:\n  - pattern: '^(?<time>\\d+)\\s(?<n>\\d+)$'\n"
          "    when: {'{last} {n}': {match: '^(\\d+)\\s\\1$'}}\n    fields: {state: up}\n"
          "  - pattern: '^(?<time>\\d+)\\s(?<last>\\d+)$'\n    remember: [last]\n    fields: {state: down}\n",
          "1 7\n2 7\n3 8\n",
          "probe down none sample// d0 t1000 c1 b0 ''\nprobe up none sample// d0 t2000 c1 b0 ''\n"
          "probe down none sample// d0 t3000 c1 b0 ''\n");
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fields/states", test_states);
    g_test_add_func("/fields/reasons", test_reasons);
    g_test_add_func("/fields/templates", test_templates);
    g_test_add_func("/fields/units", test_units);
    g_test_add_func("/fields/requests", test_requests);
    g_test_add_func("/fields/shares", test_shares);
    g_test_add_func("/fields/sum", test_sum);
    g_test_add_func("/fields/sum-default", test_sum_default);
    g_test_add_func("/fields/hold", test_hold);
    g_test_add_func("/fields/remember", test_remember);
    g_test_add_func("/fields/when", test_when);
    g_test_add_func("/fields/words-bounded", test_words_bounded);
    g_test_add_func("/fields/offset", test_offset);
    g_test_add_func("/fields/counted", test_counted);
    g_test_add_func("/fields/when-joined", test_when_joined);
    return g_test_run();
}
