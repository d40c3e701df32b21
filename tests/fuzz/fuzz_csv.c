/* SPDX-License-Identifier: MIT
 * Any bytes as CSV: every row is accounted for, and the same when the bytes are only a head. */
#include "parse/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drop(void *context, const Record *record) {
    (void)context;
    (void)record;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char yaml[] = "name: fuzz\ntitle: fuzz\ntype: csv\nheader: none\ncomment: '#'\n"
                               "columns: [time, service, status, duration_ms, reason, text]\n";
    g_autoptr(Parser) parser = ds_parser_compile(ds_span_of(yaml), "fuzz.yaml", NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    g_autoptr(GPtrArray) parsers = g_ptr_array_new();
    FileQuality *page = ds_quality_add(quality, "fuzz");
    Span bytes = {(const char *)data, size};
    Sink sink = {drop, NULL, NULL};
    Bid best[3];
    run_memory(parser, bytes, &sink, page, NULL);
    g_assert_cmpuint(page->entries, ==, page->accepted + page->ignored + page->rejected);
    g_ptr_array_add(parsers, parser);
    ds_parsers_bid(parsers, NULL, bytes, false, best);
    return 0;
}
