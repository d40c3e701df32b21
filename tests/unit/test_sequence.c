/* SPDX-License-Identifier: MIT
 * Numbered probes: what is lost, late, doubled, wrapped and started anew. Times are in seconds, by hand. */
#include "parse/parser.h"

typedef struct {
    int64_t number;
    char kind; /* + answered, sent at `time`; - failed, told at `time`; > failed, told when the next was sent; P header
                */
    double time;
} Line;

static void append(void *context, Record *record) {
    g_string_append_printf(context, "%.3f%s%s ", (double)record->time / 1000, record->state == STATE_UP ? "+" : "-",
                           record->reason == REASON_UNREACHABLE ? "u" : "");
}

static void check(int64_t modulo, const Line *lines, size_t count, const char *expected) {
    g_autoptr(GString) got = g_string_new(NULL);
    Sequencer *sequencer = sequencer_new(modulo, append, got);
    for (size_t i = 0; i < count; i++) {
        Record record = {.signal = SIGNAL_PROBE, .time = (Instant)(lines[i].time * 1000 + 0.5), .service = SPAN("a")};
        record.state = lines[i].kind == '+' ? STATE_UP : STATE_DOWN;
        record.reason = lines[i].kind == '-'   ? REASON_UNREACHABLE
                        : lines[i].kind == '>' ? REASON_PACKET_LOSS
                                               : REASON_NONE;
        if (lines[i].kind == 'P') {
            sequencer_restart(sequencer);
            continue;
        }
        SendTime sending = lines[i].kind == '+' ? SEND_KNOWN : lines[i].kind == '>' ? SEND_NEXT : SEND_UNKNOWN;
        sequencer_add(sequencer, &record, lines[i].number, sending, record.time);
    }
    sequencer_finish(sequencer);
    g_assert_cmpstr(got->str, ==, expected);
    sequencer_free(sequencer);
}

#define CHECK(modulo, expected, ...)                                                                                   \
    do {                                                                                                               \
        const Line lines[] = {__VA_ARGS__};                                                                            \
        check(modulo, lines, G_N_ELEMENTS(lines), expected);                                                           \
    } while (0)

static void test_lost(void) {
    CHECK(65536, "1.000+ 2.000- 3.000- 4.000+ ", {1, '+', 1}, {4, '+', 4});
    CHECK(65536, "1.000+ 2.000- 3.000- 4.000+ ", {1, '+', 1}, {2, '>', 3}, {3, '>', 4}, {4, '+', 4});
    CHECK(0, "0.000+ 10.000- 20.000+ ", {0, '+', 0}, {2, '+', 20});
}

/* Errors come in a burst, seconds late; told twice is one probe. The router's word says more than silence. */
static void test_late_failures(void) {
    CHECK(65536, "1.000+ 2.000-u 3.000-u 4.000-u 5.000+ ", {1, '+', 1}, {2, '-', 4.5}, {3, '-', 4.5}, {4, '-', 4.5},
          {5, '+', 5});
    CHECK(65536, "1.000+ 2.000-u 3.000+ ", {1, '+', 1}, {2, '>', 3}, {3, '+', 3}, {2, '-', 5});
    CHECK(65536, "1.000+ 2.000+ 3.000-u 4.000-u ", {1, '+', 1}, {2, '+', 2}, {3, '-', 5.5}, {4, '-', 5.5});
}

static void test_late_answers(void) {
    CHECK(65536, "1.000+ 2.000+ 3.000+ ", {1, '+', 1}, {2, '>', 3}, {3, '+', 3}, {2, '+', 2});
    CHECK(65536, "1.000+ 2.000+ 3.000+ ", {1, '+', 1}, {3, '+', 3}, {2, '+', 2});
    CHECK(65536, "1.000+ 2.000+ 3.000+ ", {1, '+', 1}, {2, '+', 2}, {2, '+', 2.001}, {2, '+', 2}, {3, '+', 3});
}

static void test_no_answer_at_all(void) {
    CHECK(0, "1.000-u 2.000-u 4.000-u ", {0, '-', 1}, {1, '-', 2}, {2, '-', 4});
    CHECK(0, "1.000-u 2.000- 3.000-u ", {0, '-', 1}, {2, '-', 3});
    CHECK(0, "1.000-u ", {7, '-', 1});
}

static void test_wrap_and_restart(void) {
    CHECK(65536, "1.000+ 2.000+ 3.000- 4.000+ ", {65534, '+', 1}, {65535, '+', 2}, {1, '+', 4});
    CHECK(65536, "1.000+ 2.000+ 100.000+ 101.000+ ", {1, '+', 1}, {2, '+', 2}, {1, '+', 100}, {2, '+', 101});
    CHECK(65536, "1.000+ 2.000+ 100.000+ ", {1, '+', 1}, {2, '+', 2}, {0, 'P', 0}, {5, '+', 100});
    CHECK(0, "1.000+ 2.000+ 3.000+ ", {0, '+', 1}, {1, '+', 2}, {INT64_MAX, '+', 3});
    /* Twelve hours of silence: more than half of the numbers are lost, and time tells how many. */
    const Line lines[] = {{1, '+', 1}, {2, '+', 2}, {3, '+', 3}, {40003, '+', 40003}};
    g_autoptr(GString) got = g_string_new(NULL);
    Sequencer *sequencer = sequencer_new(65536, append, got);
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        Record record = {.state = STATE_UP, .time = (Instant)lines[i].time * 1000, .service = SPAN("a")};
        sequencer_add(sequencer, &record, lines[i].number, SEND_KNOWN, record.time);
    }
    sequencer_finish(sequencer);
    g_assert_true(g_str_has_suffix(got->str, " 40001.000- 40002.000- 40003.000+ "));
    g_assert_true(g_str_has_prefix(got->str, "1.000+ 2.000+ 3.000+ 4.000- 5.000- "));
    sequencer_free(sequencer);
}

/* Many lines of several targets, in turn: memory stays small, order of time is kept, nothing is lost. */
static void count(void *context, Record *record) {
    Instant *last = context;
    if (record->service.p[0] == 'a') {
        g_assert_cmpint(record->time, >, last[0]);
        last[0] = record->time;
    }
    last[1]++;
}

static void test_long(void) {
    Instant seen[2] = {0, 0};
    Sequencer *sequencer = sequencer_new(65536, count, seen);
    for (int64_t i = 1; i <= 200000; i++) {
        Record record = {.state = STATE_UP, .time = i * 1000, .service = SPAN("a")};
        if (i % 1000 > 10) {
            sequencer_add(sequencer, &record, i % 65536, SEND_KNOWN, record.time);
        }
        record.service = SPAN("b");
        record.state = STATE_DOWN;
        sequencer_add(sequencer, &record, i % 65536, SEND_UNKNOWN, record.time + 500);
    }
    sequencer_finish(sequencer);
    g_assert_cmpint(seen[1], ==, 200000 + 199989); /* a: from number 11 to 199999 */
    sequencer_free(sequencer);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence/lost", test_lost);
    g_test_add_func("/sequence/late-failures", test_late_failures);
    g_test_add_func("/sequence/late-answers", test_late_answers);
    g_test_add_func("/sequence/no-answer-at-all", test_no_answer_at_all);
    g_test_add_func("/sequence/wrap-and-restart", test_wrap_and_restart);
    g_test_add_func("/sequence/long", test_long);
    return g_test_run();
}
