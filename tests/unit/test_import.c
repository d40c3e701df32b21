/* SPDX-License-Identifier: MIT
 * Formats of other tools: what comes out is a parser file that compiles and reads the lines it is for; what is lost is
 * told. */
#include "parse/parser.h"

static char *import(const char *text, const char *definitions, GString *report) {
    g_autoptr(GPtrArray) more = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    if (definitions) {
        g_ptr_array_add(more, (char *)definitions);
    }
    char *yaml = ds_parser_import(ds_span_of(text), "dir/shop.grok", more, report, &error);
    if (!yaml) {
        g_assert_cmpint(error->code, ==, 2);
        g_string_append(report, error->message);
    }
    return yaml;
}

static void append_record(void *context, const Record *record) {
    char text[INSTANT_TEXT_SIZE];
    g_string_append_printf(context, "%s %s %.19s bad %u; ", ds_signal_name(record->signal),
                           record->service.n ? "named" : "all", ds_instant_text(record->time, text), record->bad);
}

/* The records that the parser file gives for a line. */
static void check(const char *yaml, const char *line, const char *expected) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = ds_parser_compile(ds_span_of(yaml), "f.yaml", &error);
    g_assert_no_error(error);
    g_autoptr(GString) got = g_string_new(NULL);
    Sink sink = {append_record, NULL, got};
    g_assert_true(run_memory(parser, ds_span_of(line), &sink, NULL, &error));
    g_assert_cmpstr(got->str, ==, expected);
}

static void test_grok(void) {
    g_autoptr(GString) report = g_string_new(NULL);
    g_autofree char *yaml =
        import("# a comment\nweb %{HTTPDATE:[log][time]} %{STATUS:http.code:int} %{GREEDYDATA:message}\n"
               "job %{TIMESTAMP_ISO8601:when} %{WORD}\n",
               "STATUS [1-5]\\d\\d\n", report);
    g_assert_nonnull(yaml);
    g_assert_nonnull(strstr(yaml, "name: shop\n"));
    g_assert_nonnull(strstr(report->str, "nothing tells the state"));
    check(yaml, "web 01/Jan/2026:10:00:00 +0000 503 oops", "notice all 2026-01-01T10:00:00 bad 0; ");
    check(yaml, "job 2026-01-01T11:00:00Z done", "notice all 2026-01-01T11:00:00 bad 0; ");
    g_autofree char *web = import("%{COMBINEDAPACHELOG}\n", NULL, report);
    check(web, "192.0.2.1 - bob [01/Jan/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 503 12 \"-\" \"curl/8.0\"",
          "request named 2026-01-01T10:00:00 bad 1; ");
}

/* Every common name is made of names that are there, and is a pattern. */
static void test_names(void) {
    static const char *const names[] = {"URI",
                                        "PATH",
                                        "EMAILADDRESS",
                                        "UUID",
                                        "MAC",
                                        "SYSLOGLINE",
                                        "DATESTAMP",
                                        "DATESTAMP_RFC822",
                                        "QS",
                                        "LOGLEVEL",
                                        "HOSTPORT",
                                        "BASE16NUM",
                                        "DATESTAMP_OTHER",
                                        "HTTPDATE",
                                        "IP",
                                        "HTTPDERROR_DATE",
                                        "SYSLOGFACILITY",
                                        "DATESTAMP_RFC2822",
                                        "NUMBER",
                                        "TIME"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GString) report = g_string_new(NULL);
        g_autofree char *pattern = g_strdup_printf("%%{POSINT:time} %%{%s:x}", names[i]);
        g_autofree char *yaml = import(pattern, NULL, report);
        g_assert_nonnull(yaml);
        g_assert_null(strstr(report->str, "no pattern of PCRE2"));
    }
}

static void test_lnav(void) {
    static const char format[] =
        "{\"$schema\":\"x\",\"acme_log\":{\"title\":\"Acme\",\"url\":[\"https://acme.example\"],"
        "\"regex\":{\"a\":{\"pattern\":\"^(?<timestamp>\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d "
        "\\\\d\\\\d:\\\\d\\\\d:\\\\d\\\\d,\\\\d+)"
        " +(?<level>\\\\w+) (?<body>.*)\"},\"b\":{\"pattern\":\"^(?<timestamp>\\\\d+) (?<sc_status>\\\\d+) "
        "(?<body>.*)\"}},"
        "\"level\":{\"error\":\"E\"},\"timestamp-format\":[\"%Y-%m-%d "
        "%H:%M:%S,%L\",\"%i\",\"%Q\"],\"opid-field\":\"o\","
        "\"sample\":[{\"line\":\"1767261600 503 x\"},{\"line\":\"nothing\"}]},\"second\":{}}";
    g_autoptr(GString) report = g_string_new(NULL);
    g_autofree char *yaml = import(format, NULL, report);
    g_assert_nonnull(yaml);
    check(yaml, "2026-01-01 10:00:00,123  INFO hi", "notice all 2026-01-01T10:00:00 bad 0; ");
    check(yaml, "1767261600 503 x", "request named 2026-01-01T10:00:00 bad 1; ");
    static const char *const told[] = {"'%Q'", "'opid-field'", "levels", "'second'", "no rule of the parser"};
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        if (!strstr(report->str, told[i])) {
            g_error("'%s' is not told in: %s", told[i], report->str);
        }
    }
    g_autofree char *json =
        import("{\"j_log\":{\"json\":true,\"timestamp-field\":\"@t\",\"value\":{\"status\":{}}}}", NULL, report);
    check(json, "{\"@t\":\"2026-01-01T10:00:00Z\",\"status\":500}", "request named 2026-01-01T10:00:00 bad 1; ");
}

static void test_mistakes(void) {
    static const struct {
        const char *text, *definitions, *part;
    } cases[] = {{"%{NOSUCH:x}", NULL, "no pattern %{NOSUCH}"},
                 {"%{LOOP}", "LOOP a%{LOOP}%{LOOP}\n", "without end"},
                 {"# nothing\n", NULL, "no pattern in it"},
                 {"{", NULL, "no JSON"},
                 {"{\"a\":1}", NULL, "no format"},
                 {"{\"a\":{}}", NULL, "no regex"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) report = g_string_new(NULL);
        g_autofree char *yaml = import(cases[i].text, cases[i].definitions, report);
        g_assert_null(yaml);
        if (!strstr(report->str, cases[i].part)) {
            g_error("case %zu: '%s' lacks '%s'", i, report->str, cases[i].part);
        }
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import/grok", test_grok);
    g_test_add_func("/import/names", test_names);
    g_test_add_func("/import/lnav", test_lnav);
    g_test_add_func("/import/mistakes", test_mistakes);
    return g_test_run();
}
