/* SPDX-License-Identifier: MIT
 * Forms of text, and UTF-16 cut at every byte. */
#include "input_pack.h"

#include <glib.h>

#define TEXT(literal)                                                                                                  \
    { "" literal, sizeof(literal) - 1 }

static void forms(void) {
    static const struct {
        Span head;
        TextForm form;
        size_t mark;
    } rows[] = {
        {TEXT(""), TEXT_BYTES, 0},
        {TEXT("a line\n"), TEXT_BYTES, 0},
        {TEXT("\xef\xbb\xbf"
              "time,status\n"),
         TEXT_BYTES, 3},
        {TEXT("\xef\xbb"), TEXT_BYTES, 0},
        {TEXT("\xff\xfe"
              "P\0"),
         TEXT_UTF16_LE, 2},
        {TEXT("\xfe\xff\0P"), TEXT_UTF16_BE, 2},
        {TEXT("P\0i\0n\0g\0 \0"), TEXT_UTF16_LE, 0},
        {TEXT("\0P\0i\0n\0g\0 "), TEXT_UTF16_BE, 0},
        {TEXT("P\0i\0"), TEXT_BYTES, 0},                                       /* too little to tell */
        {TEXT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0[1795602475]"), TEXT_BYTES, 0}, /* a file cut under its writer */
        {TEXT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), TEXT_BYTES, 0},
        {TEXT("P\0i\0n\0g\0 \0x\0\0\0"), TEXT_BYTES, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t mark = 99;
        g_assert_cmpint(input_text_form(rows[i].head, &mark), ==, rows[i].form);
        g_assert_cmpuint(mark, ==, rows[i].mark);
    }
}

static const struct {
    TextForm form;
    Span in;
    const char *out;
} conversions[] = {
    {TEXT_UTF16_LE, TEXT("P\0\xe4\0\xac\x20\r\0\n\0"), "P\xc3\xa4\xe2\x82\xac\r\n"},
    {TEXT_UTF16_BE, TEXT("\0P\0\xe4\x20\xac\0\r\0\n"), "P\xc3\xa4\xe2\x82\xac\r\n"},
    {TEXT_UTF16_LE, TEXT("\x3d\xd8\xe5\xdf!\0"), "\xf0\x9f\x9f\xa5!"},                 /* U+1F7E5, a pair */
    {TEXT_UTF16_LE, TEXT("\x3d\xd8!\0"), "\xef\xbf\xbd!"},                             /* high half alone */
    {TEXT_UTF16_LE, TEXT("\xe5\xdf!\0"), "\xef\xbf\xbd!"},                             /* low half alone */
    {TEXT_UTF16_LE, TEXT("\x3d\xd8\x3d\xd8\xe5\xdf"), "\xef\xbf\xbd\xf0\x9f\x9f\xa5"}, /* two highs, one low */
    {TEXT_UTF16_LE, TEXT("a\0\x3d\xd8"), "a\xef\xbf\xbd"},                             /* the file ends in a pair */
    {TEXT_UTF16_BE, TEXT("\0a\0"), "a\xef\xbf\xbd"},                                   /* ... and in a code unit */
    {TEXT_UTF16_LE, TEXT("\x3d\xd8\x3d"), "\xef\xbf\xbd\xef\xbf\xbd"},
    {TEXT_UTF16_LE, TEXT(""), ""},
};

static void conversion(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(conversions); i++) {
        const Span in = conversions[i].in;
        for (size_t cut = 0; cut <= in.n; cut++) {
            Utf16 utf16 = {.form = conversions[i].form};
            char out[64];
            size_t n = input_utf16(&utf16, (Span){in.p, cut}, out);
            n += input_utf16(&utf16, (Span){in.p + cut, in.n - cut}, out + n);
            n += input_utf16_end(&utf16, out + n);
            assert_bytes(out, n, conversions[i].out, strlen(conversions[i].out));
        }
    }
}

/* The room that the header promises is enough. */
static void room(void) {
    for (size_t n = 0; n < 40; n++) {
        g_autofree char *in = g_malloc(n + 1);
        memset(in, 0x42, n);
        g_autofree char *out = g_malloc(n / 2 * 3 + 6);
        Utf16 utf16 = {.form = TEXT_UTF16_LE, .high = 0xd83d, .odd = 0x42, .has_odd = n % 2};
        g_assert_cmpuint(input_utf16(&utf16, (Span){in, n}, out), <=, n / 2 * 3 + 6);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/unicode/forms", forms);
    g_test_add_func("/unicode/conversion", conversion);
    g_test_add_func("/unicode/room", room);
    return g_test_run();
}
