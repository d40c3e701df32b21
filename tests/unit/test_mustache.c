/* SPDX-License-Identifier: MIT
 * The behaviours of the Mustache specification's modules, in cases of our own: interpolation, sections, inverted
 * sections, comments, partials, delimiters, and what is refused. */
#include "base/error.h"
#include "base/text.h"
#include "report/report.h"

typedef struct {
    const char *name, *text, *context, *expected;
} Case;

static const char *partial(const char *name, void *user) {
    (void)user;
    static const char *const partials[][2] = {
        {"word", "hello"},
        {"line", "one\ntwo\n"},
        {"deep", "{{#list}}<{{.}}>{{/list}}"},
        {"again", "again {{>again}}"},
        {"tree", "{{name}}({{#kids}}{{>tree}}{{/kids}})"},
        {"raw", "{{{text}}}\n|\n"},
        {"own", "|{{value}}|"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(partials); i++) {
        if (strcmp(partials[i][0], name) == 0) {
            return partials[i][1];
        }
    }
    return NULL;
}

static const Case cases[] = {
    /* interpolation */
    {"plain", "Hello from {Mustache}!\n", "{}", "Hello from {Mustache}!\n"},
    {"variable", "Hi {{who}}.", "{\"who\": \"you\"}", "Hi you."},
    {"escaped", "{{x}}", "{\"x\": \"& \\\" < >\"}", "&amp; &quot; &lt; &gt;"},
    {"triple", "{{{x}}}", "{\"x\": \"& \\\" < >\"}", "& \" < >"},
    {"ampersand", "{{&x}} {{& x }}", "{\"x\": \"<\"}", "< <"},
    {"integer", "{{x}} {{{x}}}", "{\"x\": 85}", "85 85"},
    {"decimal", "{{x}} {{y}}", "{\"x\": 1.21, \"y\": 0.1}", "1.21 0.1"},
    {"null", "({{x}}{{{x}}})", "{\"x\": null}", "()"},
    {"missing", "({{x}}{{&x}})", "{}", "()"},
    {"dotted", "{{a.b.c}}", "{\"a\": {\"b\": {\"c\": \"deep\"}}}", "deep"},
    {"dotted broken", "({{a.b.c}})", "{\"a\": {}}", "()"},
    {"dotted wrong type", "({{a.b}})", "{\"a\": \"text\"}", "()"},
    {"dotted first part decides", "{{#a}}{{b.c}}{{/a}}", "{\"a\": {\"b\": {}}, \"b\": {\"c\": \"no\"}}", ""},
    {"implicit", "{{.}}!", "\"self\"", "self!"},
    {"surrounding blanks stay", "  {{x}}\n", "{\"x\": \"-\"}", "  -\n"},
    {"padding", "{{ x }}{{{  x  }}}", "{\"x\": 1}", "11"},
    /* sections */
    {"true", "{{#x}}shown{{/x}}", "{\"x\": true}", "shown"},
    {"false", "({{#x}}hidden{{/x}})", "{\"x\": false}", "()"},
    {"null section", "({{#x}}hidden{{/x}})", "{\"x\": null}", "()"},
    {"object", "{{#x}}{{y}}{{/x}}", "{\"x\": {\"y\": \"Joe\"}}", "Joe"},
    {"outer seen from inside", "{{#a}}{{#b}}{{one}}{{two}}{{/b}}{{/a}}", "{\"a\": {\"one\": 1}, \"b\": {\"two\": 2}}",
     "12"},
    {"inner hides outer", "{{#a}}{{x}}{{/a}}{{x}}", "{\"a\": {\"x\": 1}, \"x\": 2}", "12"},
    {"inner null hides outer", "{{#a}}({{x}}){{/a}}", "{\"a\": {\"x\": null}, \"x\": 2}", "()"},
    {"list", "{{#l}}{{i}},{{/l}}", "{\"l\": [{\"i\": 1}, {\"i\": 2}]}", "1,2,"},
    {"empty list", "({{#l}}no{{/l}})", "{\"l\": []}", "()"},
    {"empty object is true", "{{#o}}yes{{/o}}", "{\"o\": {}}", "yes"},
    {"list of texts", "{{#l}}({{.}}){{/l}}", "{\"l\": [\"a\", \"<\"]}", "(a)(&lt;)"},
    {"list of lists", "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "{\"l\": [[1, 2], [3]]}", "(12)(3)"},
    {"text as context", "{{#s}}[{{.}}]{{/s}}", "{\"s\": \"t\"}", "[t]"},
    {"same name twice", "{{#b}}1{{/b}}-{{#b}}2{{/b}}", "{\"b\": true}", "1-2"},
    {"nested", "a{{#b}}b{{#b}}c{{/b}}d{{/b}}e", "{\"b\": true}", "abcde"},
    {"dotted section", "{{#a.b}}x{{/a.b}}", "{\"a\": {\"b\": true}}", "x"},
    {"section line is dropped", "| a\n{{#x}}\n| b\n{{/x}}\n| c\n", "{\"x\": true}", "| a\n| b\n| c\n"},
    {"indented section line", "a\n  {{#x}}  \nb\n\t{{/x}}\nc", "{\"x\": true}", "a\nb\nc"},
    {"CRLF", "|\r\n{{#x}}\r\n{{/x}}\r\n|", "{\"x\": true}", "|\r\n|"},
    {"no line end before", "  {{#x}}\n#{{/x}}\n/", "{\"x\": true}", "#\n/"},
    {"no line end after", "#{{#x}}\n/\n  {{/x}}", "{\"x\": true}", "#\n/\n"},
    {"two tags on a line stay", " {{#x}}A{{/x}}\n {{#x}}B{{/x}}\n", "{\"x\": true}", " A\n B\n"},
    /* inverted */
    {"inverted false", "{{^x}}shown{{/x}}", "{\"x\": false}", "shown"},
    {"inverted true", "({{^x}}hidden{{/x}})", "{\"x\": true}", "()"},
    {"inverted list", "({{^l}}hidden{{/l}})", "{\"l\": [1]}", "()"},
    {"inverted empty list", "{{^l}}shown{{/l}}", "{\"l\": []}", "shown"},
    {"inverted missing", "{{^m}}shown{{/m}}", "{}", "shown"},
    {"inverted line", "| a\n{{^x}}\n| b\n{{/x}}\n| c\n", "{}", "| a\n| b\n| c\n"},
    /* comments */
    {"comment", "12{{! a comment }}34", "{}", "1234"},
    {"long comment", "12{{!\n two\n lines\n}}34\n", "{}", "1234\n"},
    {"comment line", "a\n  {{! gone }}\nb\n", "{}", "a\nb\n"},
    {"comment beside text", "  12 {{! gone }}\n", "{}", "  12 \n"},
    /* delimiters */
    {"delimiters", "{{=<% %>=}}(<%x%>)", "{\"x\": 1}", "(1)"},
    {"one sign", "({{=[ ]=}}[x])", "{\"x\": 1}", "(1)"},
    {"and back", "{{= | | =}}|x||={{ }}=|{{x}}", "{\"x\": 1}", "11"},
    {"delimiter line", "a\n{{= <% %> =}}\nb", "{}", "a\nb"},
    {"delimiters in sections", "{{=<% %>=}}<%#x%>{{y}}<%y%><%/x%>", "{\"x\": true, \"y\": 2}", "{{y}}2"},
    {"not inherited by partials", "{{=| |=}}|>own|", "{\"value\": \"yes\"}", "|yes|"},
    /* partials */
    {"partial", "[{{>word}}]", "{}", "[hello]"},
    {"missing partial", "[{{>nowhere}}]", "{}", "[]"},
    {"context of partial", "{{>deep}}", "{\"list\": [1, 2]}", "<1><2>"},
    {"recursion", "{{>tree}}", "{\"name\": \"a\", \"kids\": [{\"name\": \"b\", \"kids\": []}]}", "a(b())"},
    {"partial within a line", "  {{x}}  {{> word}}\n", "{\"x\": \"|\"}", "  |  hello\n"},
    {"partial line is indented", "a\n  {{>line}}\nb\n", "{}", "a\n  one\n  two\nb\n"},
    {"values are not indented", " {{>raw}}\n", "{\"text\": \"<\\n->\"}", " <\n->\n |\n"},
};

static void render_case(gconstpointer data) {
    const Case *c = data;
    json_error_t broken;
    json_t *context = json_loads(c->context, JSON_DECODE_ANY, &broken);
    g_assert_nonnull(context);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    bool fine = ds_mustache_render(c->text, context, partial, NULL, ds_text_html, out, &error);
    g_assert_no_error(error);
    g_assert_true(fine);
    g_assert_cmpstr(out->str, ==, c->expected);
    json_decref(context);
}

static void refused(void) {
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"a\n{{#x}}", "line 2"}, {"{{/x}}", "not opened"},  {"{{#x}}{{/y}}", "'x' is closed as 'y'"},
        {"a {{x", "not closed"}, {"{{=a=}}", "delimiters"}, {"{{>again}}", "64 deep"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        json_t *context = json_object();
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        g_assert_false(ds_mustache_render(bad[i].text, context, partial, NULL, NULL, out, &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
        g_assert_nonnull(strstr(error->message, bad[i].says));
        json_decref(context);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/mustache/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], render_case);
    }
    g_test_add_func("/mustache/refused", refused);
    return g_test_run();
}
