/* SPDX-License-Identifier: MIT
 * Reading ahead on a thread gives the same bytes, the same damage and the same end as reading without. */
#include "input/source.h"

typedef struct {
    InputSource base;
    uint64_t at, most;
    bool *closed;
} Fake;

static uint8_t byte_at(uint64_t at) {
    return (uint8_t)(at * 31 + at / 257);
}

/* Uneven portions; damage is noted with the last one. */
static size_t fake_read(InputSource *source, uint8_t *out, size_t room) {
    Fake *fake = (Fake *)source;
    const uint64_t left = fake->most - fake->at;
    const size_t n = (size_t)MIN(MIN(left, (uint64_t)room), 1 + fake->at % 99991);
    for (size_t i = 0; i < n; i++) {
        out[i] = byte_at(fake->at + i);
    }
    fake->at += n;
    source->consumed = fake->at / 2;
    if (n && fake->at == fake->most) {
        input_damage(source, 77, "broken");
    }
    return n;
}

static void fake_close(InputSource *source) {
    *((Fake *)source)->closed = true;
    input_damage_free(source->damage);
    g_free(source);
}

static InputSource *fake_open(uint64_t most, const char *codec, bool *closed) {
    Fake *fake = g_new0(Fake, 1);
    fake->base = (InputSource){.read = fake_read, .close = fake_close, .size = 8u << 20, .codec = codec};
    fake->most = most;
    fake->closed = closed;
    *closed = false;
    return &fake->base;
}

static void test_bytes(void) {
    static const uint64_t sizes[] = {0, 1, 1u << 20, (1u << 20) + 1, 5000003};
    static const char *const codecs[] = {"gzip", "plain"};
    static const size_t rooms[] = {4096, 300000, 1u << 20};
    uint8_t *out = g_malloc(1u << 20);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes) * 6; i++) {
        const uint64_t size = sizes[i / 6];
        const size_t room = rooms[i % 3];
        bool closed;
        InputSource *source = input_ahead(fake_open(size, codecs[i % 2], &closed));
        uint64_t at = 0;
        for (size_t got; (got = source->read(source, out, room)) > 0; at += got) {
            g_assert_cmpuint(got, <=, room);
            for (size_t k = 0; k < got; k++) {
                g_assert_true(out[k] == byte_at(at + k));
            }
        }
        g_assert_cmpuint(at, ==, size);
        g_assert_cmpuint(source->read(source, out, room), ==, 0);
        g_assert_cmpuint(source->consumed, ==, size / 2);
        g_assert_true((source->damage != NULL) == (size > 0));
        if (source->damage) {
            g_assert_cmpstr(source->damage->text, ==, "broken");
            g_assert_cmpuint(source->damage->offset, ==, 77);
        }
        input_close(source);
        g_assert_true(closed);
    }
    g_free(out);
}

/* Closed while the thread has blocks left to give, or waits for room. */
static void test_stop(void) {
    static const uint64_t given[] = {0, 1u << 20, 2u << 20, 3u << 20};
    uint8_t *out = g_malloc(65536);
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        bool closed;
        InputSource *source = input_ahead(fake_open(64u << 20, "xz", &closed));
        for (uint64_t at = 0; at < given[i];) {
            at += source->read(source, out, 65536);
        }
        input_close(source);
        g_assert_true(closed);
    }
    g_free(out);
}

static void test_small(void) {
    bool closed;
    InputSource *below = fake_open(10, "gzip", &closed);
    below->size = 1000;
    g_assert_true(input_ahead(below) == below);
    input_close(below);
    g_assert_true(closed);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ahead/bytes", test_bytes);
    g_test_add_func("/ahead/stop", test_stop);
    g_test_add_func("/ahead/small", test_small);
    return g_test_run();
}
