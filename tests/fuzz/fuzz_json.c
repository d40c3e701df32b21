/* SPDX-License-Identifier: MIT
 * Any bytes as JSON lines, an array, or a document with nested lists. */
#include "parse/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drop(void *context, const Record *record) {
    (void)context;
    (void)record;
}

static void run(const char *yaml, Span bytes) {
    g_autoptr(Parser) parser = ds_parser_compile(ds_span_of(yaml), "fuzz.yaml", NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    g_autoptr(GPtrArray) parsers = g_ptr_array_new();
    FileQuality *page = ds_quality_add(quality, "fuzz");
    Sink sink = {drop, NULL, NULL};
    Bid best[3];
    run_memory(parser, bytes, &sink, page, NULL);
    g_assert_cmpuint(page->entries, ==, page->accepted + page->ignored + page->rejected);
    g_ptr_array_add(parsers, parser);
    ds_parsers_bid(parsers, NULL, bytes, false, best);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Span bytes = {(const char *)data, size};
    run("name: fuzz\ntitle: fuzz\ntype: json\nrequire: [time, status]\nrules:\n  - fields: {text: '{a.b.0}'}\n", bytes);
    run("name: fuzz\ntitle: fuzz\ntype: json\nrequire: [time]\nentries: a.b[].c[]\nrules:\n"
        "  - fields: {time: '{0|time}', state: '{1}', service: '{^.x}', text: '{^^.y.0}'}\n",
        bytes);
    return 0;
}
