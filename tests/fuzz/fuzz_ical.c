/* SPDX-License-Identifier: MIT
 * Any bytes as iCalendar. */
#include "parse/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drop(void *context, const Record *record) {
    (void)context;
    (void)record;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char yaml[] = "name: fuzz\ntitle: fuzz\ntype: ical\nrules:\n  - fields: {service: '{location}'}\n";
    g_autoptr(Parser) parser = ds_parser_compile(ds_span_of(yaml), "fuzz.yaml", NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "fuzz");
    Sink sink = {drop, NULL, NULL};
    run_memory(parser, (Span){(const char *)data, size}, &sink, page, NULL);
    g_assert_cmpuint(page->entries, ==, page->accepted + page->ignored + page->rejected);
    return 0;
}
