/* SPDX-License-Identifier: MIT
 * JSON: what is whole, cut or bad; paths to slots; escapes; entries of documents with their parents and lines. */
#include "parse/parser.h"

static Parser *parser_of(const char *text) {
    GError *error = NULL;
    Parser *parser = ds_parser_compile(ds_span_of(text), "t.yaml", &error);
    g_assert_no_error(error);
    return parser;
}

static void test_skip(void) {
    static const struct {
        const char *text;
        JsonResult result;
        size_t end;
    } cases[] = {
        {"{}", JSON_WHOLE, 2},
        {" [1,2] x", JSON_WHOLE, 6},
        {"{\"a\":[{\"b\":null}]}", JSON_WHOLE, 18},
        {"\"a\\\"b\"", JSON_WHOLE, 6},
        {"-1.5e+3", JSON_WHOLE, 7},
        {"[]", JSON_WHOLE, 2},
        {"{\"a\":1", JSON_CUT, 6},
        {"", JSON_CUT, 0},
        {"\"abc", JSON_CUT, 4},
        {"{\"a\" 1}", JSON_BAD, 0},
        {"{,}", JSON_BAD, 0},
        {"[1,]", JSON_BAD, 0},
        {"{\"a\":1,}", JSON_BAD, 0},
        {"]", JSON_BAD, 0},
        {"\"a\nb\"", JSON_BAD, 0},
        {"{\"a\":1 \"b\":2}", JSON_BAD, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t at = 0;
        g_assert_cmpint(json_skip(ds_span_of(cases[i].text), &at), ==, cases[i].result);
        g_assert_true(cases[i].result == JSON_BAD || at == cases[i].end);
    }
}

/* 64 levels are read, 65 are refused; a hundred thousand need no stack. */
static void test_depth(void) {
    for (unsigned depth = 64; depth <= 65; depth++) {
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; i < depth; i++) {
            g_string_append_c(text, '[');
        }
        for (unsigned i = 0; i < depth; i++) {
            g_string_append_c(text, ']');
        }
        size_t at = 0;
        g_assert_cmpint(json_skip((Span){text->str, text->len}, &at), ==, depth == 64 ? JSON_WHOLE : JSON_BAD);
        g_string_free(text, TRUE);
    }
    g_autofree char *deep = g_strnfill(100000, '[');
    size_t at = 0;
    g_assert_cmpint(json_skip((Span){deep, 100000}, &at), ==, JSON_BAD);
}

typedef struct {
    const char *json, *service, *text;
    JsonResult result;
} FieldCase;

static void test_fields(void) {
    static const FieldCase cases[] = {
        {"{\"a\":{\"b\":\"x\"},\"l\":[0,{\"c\":7}]}", "x", "7", JSON_WHOLE},
        {"{\"l\":[1,{\"c\":[1,2]}],\"z\":{\"a\":{\"b\":1}}}", "", "[1,2]", JSON_WHOLE},
        {"{\"a\":{\"b\":null}}", "", "", JSON_WHOLE},
        {"{\"a.b\":\"dotted\"}", "dotted", "", JSON_WHOLE},
        {"{\"a\":{\"b\":\"q\\\"\\n\\u00e9\\ud83d\\ude00\\ud800\"}}", "q\"\n\303\251\360\237\230\200\357\277\275", "",
         JSON_WHOLE},
        {"{\"a\":{\"b\":true},", "true", "", JSON_CUT},
        {"{\"a\":{\"b\":1}} x", "1", "", JSON_BAD},
    };
    Parser *parser = parser_of("name: t\ntitle: t\ntype: json\nrules:\n  - fields: {service: '{a.b}', text: '{l.1.c}', "
                               "state: up}\n");
    int service[PIECE_ALTERNATIVES], text[PIECE_ALTERNATIVES];
    g_assert_true(slots_named(parser, SPAN("a.b"), service) && slots_named(parser, SPAN("l.1.c"), text));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Span values[64] = {{NULL, 0}};
        g_autoptr(GString) scratch = g_string_new(NULL);
        g_assert_cmpint(json_fields(parser, parser->roots[0], ds_span_of(cases[i].json), values, scratch), ==,
                        cases[i].result);
        g_assert_true(ds_span_equal(values[service[0]], ds_span_of(cases[i].service)));
        g_assert_true(ds_span_equal(values[text[0]], ds_span_of(cases[i].text)));
    }
    ds_parser_free(parser);
}

static void append_record(void *context, const Record *record) {
    g_string_append_printf(context, "%" G_GUINT64_FORMAT ":%.*s/%.*s/%s ", record->origin.line, (int)record->service.n,
                           record->service.p, (int)record->text.n, record->text.p ? record->text.p : "",
                           ds_state_name(record->state));
}

static void check_run(const char *yaml, const char *text, const char *records, uint64_t accepted, uint64_t ignored,
                      uint64_t rejected) {
    Parser *parser = parser_of(yaml);
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "x");
    Sink sink = {append_record, NULL, got};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, page, NULL));
    g_assert_cmpstr(got->str, ==, records);
    g_assert_cmpuint(page->accepted, ==, accepted);
    g_assert_cmpuint(page->ignored, ==, ignored);
    g_assert_cmpuint(page->rejected, ==, rejected);
    ds_parser_free(parser);
}

/* Lines, one array, an array over lines, values over lines; a line that is cut or no JSON costs itself only. */
static void test_framing(void) {
    static const char yaml[] = "name: t\ntitle: t\ntype: json\nrequire: [time, status]\n";
#define UP(t) "{\"time\":\"2026-01-01T00:0" #t ":00Z\",\"status\":\"up\",\"text\":\"" #t "\"}"
    check_run(yaml, UP(1) "\n\n" UP(2) ",\n{\"time\":\"2026\n" UP(3), "1:sample/1/up 3:sample/2/up 5:sample/3/up ", 3,
              1, 1);
    check_run(yaml, "[" UP(1) "," UP(2) "]\n", "1:sample/1/up 1:sample/2/up ", 2, 0, 0);
    check_run(yaml, "[\n " UP(1) ",\n 17,\n " UP(2) "\n]\n", "2:sample/1/up 4:sample/2/up ", 2, 0, 1);
    check_run(yaml, "{\n\"time\":\"2026-01-01T00:01:00Z\",\n\"status\":1}\n{\n\"status\":0,\"time\":1767225600}\n",
              "1:sample//up 4:sample//down ", 2, 0, 0);
    check_run(yaml, "[" UP(1) ",{\"time\":", "1:sample/1/up ", 1, 0, 1);
    check_run(yaml, "not json at all\n" UP(1), "2:sample/1/up ", 1, 0, 1);
    check_run(yaml, "", "", 0, 0, 0);
}

static void test_document(void) {
    static const char yaml[] =
        "name: t\ntitle: t\ntype: json\nentries: result.list[].values[]\nrules:\n"
        "  - fields: {time: '{0}', state: '{1}', service: '{^.metric.job}', text: '{^^.site}'}\n";
    check_run(yaml,
              "{\"site\":\"S\",\"result\":{\"list\":[\n{\"metric\":{\"job\":\"a\"},\"values\":[[1767225600,\"1\"],\n"
              "[1767225660,\"0\"]]},\n{\"values\":[[1767225720,\"1\"]],\"metric\":{\"job\":\"b\"}}]}}",
              "2:a/S/up 3:a/S/down 4:b/S/up ", 3, 0, 0);
    check_run(yaml, "{\"result\":{\"list\":[]}}", "", 0, 1, 0);
    check_run(yaml, "{\"other\":1}", "", 0, 0, 1);
    check_run(yaml, "{\"result\":{\"list\":[{\"metric\":{\"job\":\"a\"},\"values\":[[1767225600,\"1\"],[17", "1:a//up ",
              1, 0, 1);
}

/* `*`: the members of an object, whose names are captures; a cut costs the value it goes through and no more. */
static void test_members(void) {
    static const char lists[] = "name: t\ntitle: t\ntype: json\nentries: beats.*[]\nrules:\n"
                                "  - fields: {time: '{t}', state: '{s}', service: 'monitor {*}', text: '{^.site}'}\n";
    check_run(lists,
              "{\"site\":\"S\",\"beats\":{\"1\":[{\"t\":1,\"s\":1},\n{\"t\":2,\"s\":0}],\"none\":[],\"odd\":3,"
              "\"a\\\"b\":[\n{\"t\":3,\"s\":1}]},\"rest\":{\"x\":1}}",
              "1:monitor 1/S/up 2:monitor 1/S/down 3:monitor a\"b/S/up ", 3, 0, 0);
    check_run(lists, "{\"beats\":{}}", "", 0, 1, 0);
    check_run(lists, "{\"beats\":{\"1\":[{\"t\":1,\"s\":1},{\"t\":2,", "1:monitor 1//up ", 1, 0, 1);
    static const char alone[] = "name: t\ntitle: t\ntype: json\nentries: hosts.*.services.*\nrules:\n"
                                "  - fields: {time: '{t}', state: '{s}', service: '{*}', text: '{^.name}'}\n";
    check_run(alone,
              "{\"hosts\":{\"x\":{\"name\":\"X\",\"services\":{\"http\":{\"t\":1,\"s\":1}}},"
              "\"y\":{\"services\":{\"dns\":{\"t\":2,\"s\":0}},\"name\":\"Y\"}}}",
              "1:http/X/up 1:dns/Y/down ", 2, 0, 0);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/skip", test_skip);
    g_test_add_func("/json/depth", test_depth);
    g_test_add_func("/json/fields", test_fields);
    g_test_add_func("/json/framing", test_framing);
    g_test_add_func("/json/document", test_document);
    g_test_add_func("/json/members", test_members);
    return g_test_run();
}
