/* SPDX-License-Identifier: MIT
 * YAML nodes: lines, kinds, and what is refused with which message. */
#include "base/error.h"
#include "base/yaml.h"

#include <glib.h>

static const char document[] = "title: an outage\n"
                               "services:\n"
                               "  - name: web\n"
                               "    users: 10\n"
                               "  - name: \"10\"\n"
                               "regex: |\n"
                               "  ^\\d+ (?<x>.*)$\n"
                               "empty:\n";

static void test_nodes(void) {
    g_autoptr(GError) error = NULL;
    g_autoptr(YamlNode) root = ds_yaml_parse(ds_span_of(document), "a.yaml", &error);
    g_assert_no_error(error);
    g_assert_cmpint(root->kind, ==, YAML_MAP);
    g_assert_cmpuint(root->items->len, ==, 4);
    g_assert_cmpstr(ds_yaml_get(root, "title")->text, ==, "an outage");
    const YamlNode *services = ds_yaml_get(root, "services");
    g_assert_cmpint(services->kind, ==, YAML_LIST);
    const YamlNode *first = g_ptr_array_index(services->items, 0);
    const YamlNode *second = g_ptr_array_index(services->items, 1);
    g_assert_cmpuint(ds_yaml_get(first, "users")->line, ==, 4);
    g_assert_false(ds_yaml_get(first, "users")->quoted);
    g_assert_true(ds_yaml_get(second, "name")->quoted);
    g_assert_cmpstr(ds_yaml_get(root, "regex")->text, ==, "^\\d+ (?<x>.*)$\n");
    g_assert_cmpstr(ds_yaml_get(root, "empty")->text, ==, "");
    g_assert_null(ds_yaml_get(root, "none"));
    g_assert_null(ds_yaml_get(NULL, "none"));
    g_assert_null(ds_yaml_get(services, "name"));
}

static void test_empty(void) {
    static const char *const texts[] = {"", "# a comment\n", "---\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(YamlNode) root = ds_yaml_parse(ds_span_of(texts[i]), "e", NULL);
        g_assert_nonnull(root);
        g_assert_cmpint(root->kind, ==, YAML_MAP);
        g_assert_cmpuint(root->items->len, ==, 0);
    }
}

static void test_refused(void) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a: 1\nb: 2\na: 3\n", "x:3: key 'a' stands twice*"},
        {"a: &n 1\nb: *n\n", "x:1: anchors and aliases*"},
        {"a: *n\n", "x:1: anchors and aliases*"},
        {"a: 1\n---\nb: 2\n", "x:2: a second document*"},
        {"a: [1, 2\nb: 3\n", "x:*: no YAML:*"},
        {"? [a]\n: 1\n", "x:1: a key must be a plain word*"},
        {"a: \"\\0\"\n", "x:1: a text holds a NUL*"},
        {"a: \xff\n", "x:*: no YAML:*"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(ds_yaml_parse(ds_span_of(cases[i].text), "x", &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
        if (!g_pattern_match_simple(cases[i].message, error->message)) {
            g_error("'%s' does not look like '%s'", error->message, cases[i].message);
        }
    }
}

static void test_depth(void) {
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 1000; i++) {
        g_string_append_c(deep, '[');
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_yaml_parse((Span){deep->str, deep->len}, "x", &error));
    g_assert_error(error, DS_ERROR, EXIT_USAGE);
}

static void test_allow(void) {
    static const char *const allowed[] = {"name", "users", NULL};
    g_autoptr(YamlNode) good = ds_yaml_parse(SPAN("name: a\n"), "x", NULL);
    g_autoptr(YamlNode) bad = ds_yaml_parse(SPAN("name: a\nuser: 3\n"), "x", NULL);
    g_autoptr(YamlNode) far = ds_yaml_parse(SPAN("elephant: a\n"), "x", NULL);
    g_autoptr(YamlNode) list = ds_yaml_parse(SPAN("- a\n"), "x", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(ds_yaml_allow(good, allowed, "x", "a service", &error));
    g_assert_false(ds_yaml_allow(bad, allowed, "x", "a service", &error));
    g_assert_cmpstr(error->message, ==, "x:2: unknown key 'user' in a service, nearest is 'users'");
    g_clear_error(&error);
    g_assert_false(ds_yaml_allow(far, allowed, "x", "a service", &error));
    g_assert_cmpstr(error->message, ==, "x:1: unknown key 'elephant' in a service; expected one of: name, users");
    g_clear_error(&error);
    g_assert_false(ds_yaml_allow(list, allowed, "x", "a service", &error));
    g_assert_cmpstr(error->message, ==, "x:1: a service must be a map of keys and values");
}

static void test_missing(void) {
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_yaml_read("/no/such/file.yaml", &error));
    g_assert_error(error, DS_ERROR, EXIT_USAGE);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/yaml/nodes", test_nodes);
    g_test_add_func("/yaml/empty", test_empty);
    g_test_add_func("/yaml/refused", test_refused);
    g_test_add_func("/yaml/depth", test_depth);
    g_test_add_func("/yaml/allow", test_allow);
    g_test_add_func("/yaml/missing", test_missing);
    return g_test_run();
}
