/* SPDX-License-Identifier: MIT
 * Bins: counts of requests and reports, what is a copy of what, and slots of logs that count themselves. */
#include "series/bins.h"
#include "series/rows.h"
#include "series/series.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* A store with a ledger of three files. */
typedef struct {
    Config config;
    Store *store;
    Quality *quality;
} Fixture;

static void set_up(Fixture *fixture, const void *data) {
    (void)data;
    fixture->config = (Config){.detection = {.request_bin = 10000, .report_bin = 60000}};
    fixture->store = ds_store_new(&fixture->config);
    fixture->quality = ds_quality_new();
    for (unsigned i = 0; i < 3; i++) {
        ds_quality_add(fixture->quality, "log");
    }
}

static void tear_down(Fixture *fixture, const void *data) {
    (void)data;
    ds_store_free(fixture->store);
    ds_quality_free(fixture->quality);
}

static const FileQuality *page(const Fixture *fixture, unsigned file) {
    return g_ptr_array_index(fixture->quality->files, file);
}

typedef struct {
    uint32_t file;
    uint64_t line;
    Instant time;
    uint32_t count, bad;
    uint64_t hash;
    const char *user;
    bool counted;
    const char *vantage;
} Row;

static void add(Fixture *fixture, Signal signal, const Row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Record record = {
            .signal = signal,
            .time = rows[i].time,
            .until = INSTANT_NONE,
            .service = SPAN("shop"),
            .vantage = ds_span_of(rows[i].vantage),
            .user = ds_span_of(rows[i].user),
            .count = rows[i].count,
            .bad = rows[i].bad,
            .hash = rows[i].hash,
            .counted = rows[i].counted,
            .origin = {rows[i].file, rows[i].line},
        };
        ds_store_add(fixture->store, &record);
    }
}

static const Bin *list(Fixture *fixture, size_t series, size_t expected, Millis expected_width, bool expected_slots) {
    size_t count = 0;
    Millis width = 0;
    bool slots = false;
    const Bin *bins = ds_series_bins(fixture->store, series, &count, &width, &slots);
    g_assert_cmpuint(count, ==, expected);
    g_assert_cmpuint(ds_series_info(fixture->store, series).count, ==, expected);
    g_assert_cmpint(width, ==, expected_width);
    g_assert_cmpint(slots, ==, expected_slots);
    return bins;
}

static void assert_origin(Origin origin, uint32_t file, uint64_t line) {
    g_assert_cmpuint(origin.file, ==, file);
    g_assert_cmpuint(origin.line, ==, line);
}

static void test_requests(Fixture *fixture, const void *data) {
    (void)data;
    static const Row rows[] = {
        {0, 1, 10000, 1, 0, 11, NULL, false, NULL}, {0, 2, 12000, 1, 1, 12, NULL, false, NULL},
        {0, 3, 11500, 1, 1, 13, NULL, false, NULL}, {0, 4, 19999, 1, 0, 14, NULL, false, NULL},
        {0, 5, 20000, 5, 2, 15, NULL, false, NULL}, {0, 6, 13000, 1, 0, 16, NULL, false, NULL},
        {0, 7, 40000, 0, 0, 17, NULL, false, NULL}, {0, 8, -1, 1, 0, 18, NULL, false, NULL},
    };
    add(fixture, SIGNAL_REQUEST, rows, COUNT(rows));
    ds_store_finish(fixture->store, fixture->quality);
    const Bin *bins = list(fixture, 0, 3, 10000, false);
    g_assert_cmpint(bins[0].start, ==, -10000);
    g_assert_cmpuint(bins[0].total, ==, 1);
    g_assert_cmpint(bins[0].first_bad, ==, INSTANT_NONE);
    g_assert_cmpuint(bins[0].origin_bad.line, ==, 0);
    g_assert_cmpint(bins[1].start, ==, 10000);
    g_assert_cmpuint(bins[1].total, ==, 5);
    g_assert_cmpuint(bins[1].bad, ==, 2);
    g_assert_cmpint(bins[1].first_bad, ==, 11500);
    g_assert_cmpint(bins[1].last_bad, ==, 12000);
    g_assert_cmpint(bins[1].first_good, ==, 10000);
    g_assert_cmpint(bins[1].last_good, ==, 19999);
    assert_origin(bins[1].first, 0, 1);
    assert_origin(bins[1].last, 0, 6);
    assert_origin(bins[1].origin_bad, 0, 3);
    g_assert_cmpuint(bins[2].total, ==, 5);
    g_assert_cmpuint(bins[2].bad, ==, 2);
    g_assert_cmpint(bins[2].first_good, ==, 20000);
    g_assert_cmpint(bins[2].first_bad, ==, 20000);
    SeriesInfo info = ds_series_info(fixture->store, 0);
    g_assert_cmpint(info.first, ==, -1);
    g_assert_cmpint(info.last, ==, 20000);
    g_assert_cmpuint(page(fixture, 0)->duplicates, ==, 0);
}

/* Counts of a length of time are spread evenly over the bins that it touches: 30 of [5 s, 35 s), a third of them bad,
 * are 5 of [5, 10), 10, 10 and 5 of [30, 35); 1 of [100 s, 130 s) stands in the middle; 3 of [201 s, 203 s) are in one
 * bin. */
static void test_spread(Fixture *fixture, const void *data) {
    (void)data;
    static const struct {
        Instant time;
        Millis duration;
        uint32_t count, bad;
    } rows[] = {{5000, 30000, 30, 10}, {100000, 30000, 1, 1}, {201000, 2000, 3, 0}};
    for (unsigned i = 0; i < COUNT(rows); i++) {
        Record record = {.signal = SIGNAL_REQUEST,
                         .time = rows[i].time,
                         .duration = rows[i].duration,
                         .until = INSTANT_NONE,
                         .service = SPAN("shop"),
                         .count = rows[i].count,
                         .bad = rows[i].bad,
                         .hash = i,
                         .origin = {0, i + 1}};
        ds_store_add(fixture->store, &record);
    }
    ds_store_finish(fixture->store, fixture->quality);
    const Bin *bins = list(fixture, 0, 6, 10000, false);
    static const struct {
        Instant start;
        uint64_t total, bad;
        Instant first, last;
        Millis grain;
    } expected[] = {{0, 5, 1, 5000, 9999, 30000},          {10000, 10, 4, 10000, 19999, 30000},
                    {20000, 10, 3, 20000, 29999, 30000},   {30000, 5, 2, 30000, 34999, 30000},
                    {110000, 1, 1, 110000, 119999, 30000}, {200000, 3, 0, 201000, 202999, 2000}};
    for (unsigned i = 0; i < COUNT(expected); i++) {
        g_assert_cmpint(bins[i].start, ==, expected[i].start);
        g_assert_cmpuint(bins[i].total, ==, expected[i].total);
        g_assert_cmpuint(bins[i].bad, ==, expected[i].bad);
        g_assert_cmpint(MAX(bins[i].first_bad, bins[i].first_good), ==, expected[i].first);
        g_assert_cmpint(MAX(bins[i].last_bad, bins[i].last_good), ==, expected[i].last);
        g_assert_cmpint(bins[i].grain, ==, expected[i].grain);
    }
    SeriesInfo info = ds_series_info(fixture->store, 0);
    g_assert_cmpint(info.first, ==, 5000);
    g_assert_cmpint(info.last, ==, 202999);
}

/* A count of a year costs no more than some hundred thousand rows, and none of it is lost. */
static void test_spread_far(Fixture *fixture, const void *data) {
    (void)data;
    Record record = {.signal = SIGNAL_REQUEST,
                     .duration = 365 * MILLIS_DAY,
                     .until = INSTANT_NONE,
                     .service = SPAN("shop"),
                     .count = UINT32_MAX,
                     .bad = UINT32_MAX};
    ds_store_add(fixture->store, &record);
    ds_store_finish(fixture->store, fixture->quality);
    size_t count = 0;
    Millis width = 0;
    bool slots = false;
    const Bin *bins = ds_series_bins(fixture->store, 0, &count, &width, &slots);
    uint64_t total = 0, bad = 0;
    for (size_t i = 0; i < count; i++) {
        total += bins[i].total;
        bad += bins[i].bad;
    }
    g_assert_cmpuint(count, <=, 200000);
    g_assert_cmpuint(total, ==, UINT32_MAX);
    g_assert_cmpuint(bad, ==, UINT32_MAX);
}

/* Bin 0: equal in files 0 and 2, different in 1. Bin 10000: equal counts, other lines. Bin 20000: in file 1 alone. */
static void test_copies(Fixture *fixture, const void *data) {
    (void)data;
    static const Row rows[] = {
        {2, 1, 1000, 1, 0, 5, NULL, false, NULL},  {2, 2, 2000, 1, 1, 6, NULL, false, NULL},
        {0, 9, 2000, 1, 1, 6, NULL, false, NULL},  {0, 8, 1000, 1, 0, 5, NULL, false, NULL},
        {1, 1, 3000, 1, 0, 5, NULL, false, NULL},  {0, 10, 10000, 1, 0, 7, NULL, false, NULL},
        {1, 2, 10000, 1, 0, 8, NULL, false, NULL}, {1, 3, 20000, 1, 0, 7, NULL, false, NULL},
    };
    add(fixture, SIGNAL_REQUEST, rows, COUNT(rows));
    ds_store_finish(fixture->store, fixture->quality);
    const Bin *bins = list(fixture, 0, 3, 10000, false);
    g_assert_cmpuint(bins[0].total, ==, 3);
    g_assert_cmpuint(bins[0].bad, ==, 1);
    assert_origin(bins[0].first, 0, 8);
    assert_origin(bins[0].last, 1, 1);
    assert_origin(bins[0].origin_bad, 0, 9);
    g_assert_cmpuint(bins[1].total, ==, 2);
    g_assert_cmpuint(bins[2].total, ==, 1);
    g_assert_cmpuint(page(fixture, 0)->duplicates, ==, 0);
    g_assert_cmpuint(page(fixture, 1)->duplicates, ==, 0);
    g_assert_cmpuint(page(fixture, 2)->duplicates, ==, 2);
}

/* A log that goes back and forth between two far bins holds two rows, and counts all. */
static void test_disorder(Fixture *fixture, const void *data) {
    (void)data;
    enum { N = 100000 };
    for (unsigned i = 0; i < N; i++) {
        Row row = {
            .line = i + 1, .time = (Instant)(i * 7919u % 500u) * 10000, .count = 1, .bad = i % 500 == 3, .hash = i};
        add(fixture, SIGNAL_REQUEST, &row, 1);
    }
    ds_store_finish(fixture->store, fixture->quality);
    const Bin *bins = list(fixture, 0, 500, 10000, false);
    for (unsigned i = 0; i < 500; i++) {
        g_assert_cmpuint(bins[i].total, ==, N / 500);
        g_assert_cmpuint(bins[i].bad, ==, i == 3 * 7919u % 500u ? N / 500 : 0);
    }
}

/* Rows held while a log is read: by bins and users, not by records. */
static void test_memory(void) {
    Bins *bins = bins_new(10000);
    for (unsigned i = 0; i < 300000; i++) {
        Record record = {.time = (Instant)(i * 7919u % 1500u) * 10000, .count = 1, .origin = {0, i + 1}};
        bins_request(bins, &record);
        record.user = i % 2 ? SPAN("ann") : SPAN("bob");
        bins_report(bins, &record);
    }
    g_assert_cmpuint(bins->shares.room, <=, 2 * 1500 * 3 / 2 + 1024);
    g_assert_cmpuint(bins->users.room, <=, 2 * 3000 * 3 / 2 + 1024);
    bins_settle(bins, NULL);
    g_assert_cmpuint(bins->shares.count, ==, 1500);
    bins_free(bins);
}

static void test_users(Fixture *fixture, const void *data) {
    (void)data;
    static const Row rows[] = {
        {0, 1, 1000, 1, 0, 1, "ann", false, NULL},   {0, 2, 59999, 1, 0, 2, "ann", false, NULL},
        {0, 3, 2000, 3, 0, 3, "bob", false, NULL},   {1, 1, 1000, 1, 0, 1, "ann", false, NULL},
        {1, 2, 3000, 1, 0, 9, "eve", false, NULL},   {0, 4, 60000, 1, 0, 4, "ann", false, NULL},
        {0, 5, 4000, 1, 0, 50, NULL, false, NULL},   {0, 6, 5000, 2, 0, 60, NULL, false, NULL},
        {2, 1, 4000, 1, 0, 50, NULL, false, NULL},   {2, 2, 5000, 2, 0, 60, NULL, false, NULL},
        {0, 7, 180000, 0, 0, 4, "ann", false, NULL}, {0, 8, 90000, 1, 0, 4, "ann", false, "west"},
    };
    add(fixture, SIGNAL_REPORT, rows, COUNT(rows));
    ds_store_finish(fixture->store, fixture->quality);
    g_assert_cmpuint(ds_store_series(fixture->store), ==, 2);
    const Bin *bins = list(fixture, 0, 2, 60000, false);
    g_assert_cmpint(bins[0].start, ==, 0);
    g_assert_cmpuint(bins[0].total, ==, 6); /* ann, bob, eve, and three without a name */
    g_assert_cmpint(bins[0].first_good, ==, INSTANT_NONE);
    assert_origin(bins[0].first, 0, 1);
    assert_origin(bins[0].last, 1, 2);
    g_assert_cmpuint(bins[1].total, ==, 1);
    list(fixture, 1, 1, 60000, false);
    g_assert_cmpuint(page(fixture, 0)->duplicates, ==, 1);
    g_assert_cmpuint(page(fixture, 1)->duplicates, ==, 1);
    g_assert_cmpuint(page(fixture, 2)->duplicates, ==, 3);
}

static void test_slots(Fixture *fixture, const void *data) {
    (void)data;
    static const Row rows[] = {
        {0, 1, 7000, 4, 0, 0, NULL, true, NULL},      {0, 2, 307000, 0, 0, 0, NULL, true, NULL},
        {0, 3, 607000, 9, 0, 0, NULL, true, NULL},    {0, 4, 1507000, 2, 0, 0, NULL, true, NULL},
        {1, 1, 607000, 9, 0, 0, NULL, true, NULL},    {1, 2, 7000, 5, 0, 0, NULL, true, NULL},
        {2, 1, 7000, 3, 0, 0, NULL, true, NULL},      {2, 2, 7000, 5, 0, 0, NULL, true, NULL},
        {0, 5, 90, 1, 0, 0, NULL, true, "west"},      {1, 9, 400000, 1, 0, 77, NULL, false, NULL},
        {1, 8, 1000000, 1, 0, 78, NULL, false, NULL},
    };
    add(fixture, SIGNAL_REPORT, rows, COUNT(rows));
    ds_store_finish(fixture->store, fixture->quality);
    const Bin *bins = list(fixture, 0, 5, 300000, true);
    static const struct {
        Instant start;
        uint64_t total;
        uint32_t file;
        uint64_t line;
    } expected[] = {{7000, 5, 1, 2}, {307000, 1, 0, 2}, {607000, 9, 0, 3}, {907000, 1, 1, 8}, {1507000, 2, 0, 4}};
    for (size_t i = 0; i < COUNT(expected); i++) {
        g_assert_cmpint(bins[i].start, ==, expected[i].start);
        g_assert_cmpuint(bins[i].total, ==, expected[i].total);
        assert_origin(bins[i].first, expected[i].file, expected[i].line);
    }
    list(fixture, 1, 1, 300000, true); /* one slot tells no length: that of the service's others */
    g_assert_cmpuint(page(fixture, 0)->duplicates, ==, 0);
    g_assert_cmpuint(page(fixture, 1)->duplicates, ==, 1);
    g_assert_cmpuint(page(fixture, 2)->duplicates, ==, 1);
    g_assert_cmpuint(page(fixture, 1)->conflicts, ==, 1);
    g_assert_cmpuint(page(fixture, 2)->conflicts, ==, 1);
}

/* The smallest of the most frequent steps; a lone slot has the configured length. */
static void test_rhythm(Fixture *fixture, const void *data) {
    (void)data;
    static const Row rows[] = {
        {0, 1, 0, 1, 0, 0, NULL, true, "a"},    {0, 2, 2000, 1, 0, 0, NULL, true, "a"},
        {0, 3, 3000, 1, 0, 0, NULL, true, "a"}, {0, 4, 5000, 1, 0, 0, NULL, true, "a"},
        {0, 5, 6000, 1, 0, 0, NULL, true, "a"}, {0, 6, 16000, 1, 0, 0, NULL, true, "a"},
    };
    add(fixture, SIGNAL_REPORT, rows, COUNT(rows));
    Record lone = {.signal = SIGNAL_REPORT, .service = SPAN("zoo"), .count = 3, .counted = true, .origin = {0, 7}};
    ds_store_add(fixture->store, &lone);
    ds_store_finish(fixture->store, fixture->quality);
    list(fixture, 0, 6, 1000, true);
    list(fixture, 1, 1, 60000, true);
}

/* Lengths of good requests fall into laps of half an octave; reasons are those of bad ones; copies count once. */
static void test_details(Fixture *fixture, const void *data) {
    (void)data;
    static const struct {
        uint32_t file;
        Instant time;
        uint32_t count, bad;
        bool timed;
        Millis took;
        Reason reason;
    } rows[] = {
        {0, 1000, 1, 0, true, 0, REASON_NONE},      {0, 2000, 1, 0, true, 1, REASON_NONE},
        {0, 3000, 1, 0, true, 2, REASON_NONE},      {0, 4000, 1, 0, true, 5, REASON_NONE},
        {0, 5000, 3, 1, true, 6, REASON_TIMEOUT},   {0, 6000, 1, 1, true, 90000, REASON_HTTP_5XX},
        {0, 7000, 1, 0, false, 0, REASON_NONE},     {0, 15000, 1, 0, true, 70000, REASON_NONE},
        {1, 15000, 1, 0, true, 70000, REASON_NONE}, {0, 25000, 1, 0, false, 0, REASON_NONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Record record = {.signal = SIGNAL_REQUEST,
                         .time = rows[i].time,
                         .service = SPAN("shop"),
                         .count = rows[i].count,
                         .bad = rows[i].bad,
                         .timed = rows[i].timed,
                         .took = rows[i].took,
                         .reason = rows[i].reason,
                         .hash = (uint64_t)rows[i].time,
                         .origin = {rows[i].file, i + 1}};
        ds_store_add(fixture->store, &record);
    }
    ds_store_finish(fixture->store, fixture->quality);
    size_t count;
    const Detail *details = ds_series_details(fixture->store, 0, &count);
    g_assert_cmpuint(count, ==, 2);
    g_assert_cmpint(details[0].start, ==, 0);
    g_assert_cmpuint(details[0].laps[0], ==, 2); /* 0 and 1 ms */
    g_assert_cmpuint(details[0].laps[1], ==, 1); /* 2 ms */
    g_assert_cmpuint(details[0].laps[3], ==, 1); /* 5 ms */
    g_assert_cmpuint(details[0].laps[4], ==, 2); /* 6 ms, twice; the third was bad */
    g_assert_cmpuint(details[0].reasons[REASON_TIMEOUT], ==, 1);
    g_assert_cmpuint(details[0].reasons[REASON_HTTP_5XX], ==, 0); /* the bin itself counts these */
    g_assert_cmpint(details[1].start, ==, 10000);
    g_assert_cmpuint(details[1].laps[LAP_COUNT - 1], ==, 1); /* 70 s; told by both files, counted once */
    static const Millis floors[] = {0, 2, 3, 4, 6, 8, 12, 16, 24};
    for (unsigned i = 0; i < COUNT(floors); i++) {
        g_assert_cmpint(ds_lap_floor(i), ==, floors[i]);
    }
    g_assert_cmpint(ds_lap_floor(LAP_COUNT - 1), ==, 65536);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*test)(Fixture *, const void *);
    } tests[] = {
        {"/bins/requests", test_requests}, {"/bins/copies", test_copies},         {"/bins/disorder", test_disorder},
        {"/bins/users", test_users},       {"/bins/slots", test_slots},           {"/bins/rhythm", test_rhythm},
        {"/bins/spread", test_spread},     {"/bins/spread-far", test_spread_far}, {"/bins/details", test_details},
    };
    for (size_t i = 0; i < COUNT(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    g_test_add_func("/bins/memory", test_memory);
    return g_test_run();
}
