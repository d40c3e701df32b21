/* SPDX-License-Identifier: MIT
 * Any bytes as a parser file; one that compiles runs its own samples and reads its own text. */
#include "parse/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = ds_parser_compile((Span){(const char *)data, size}, "fuzz.yaml", &error);
    g_assert_true((parser != NULL) != (error != NULL));
    if (parser) {
        g_autoptr(GString) report = g_string_new(NULL);
        g_autoptr(GPtrArray) parsers = g_ptr_array_new();
        unsigned count = 0;
        Bid best[3];
        ds_parser_samples(parser, report, &count);
        g_ptr_array_add(parsers, parser);
        ds_parsers_bid(parsers, NULL, (Span){(const char *)data, size}, true, best);
    }
    return 0;
}
