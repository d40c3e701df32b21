/* SPDX-License-Identifier: MIT
 * Stores: one observation a time, announcements and marks, and the property everything else leans on: however records
 * are split among stores and in whatever order these are merged, the result is the same. */
#include "series/series.h"

#include <inttypes.h>

enum { FILES = 5 };

static Quality *make_quality(void) {
    Quality *quality = ds_quality_new();
    for (unsigned i = 0; i < FILES; i++) {
        ds_quality_add(quality, "log");
    }
    return quality;
}

static const FileQuality *page(const Quality *quality, unsigned file) {
    return g_ptr_array_index(quality->files, file);
}

static const Config *plain_config(void) {
    static const Config config = {.detection = {.request_bin = 10000, .report_bin = 60000}};
    return &config;
}

/* All that a store tells, as text. */
static void dump_observations(GString *out, const Store *store, size_t series) {
    g_autoptr(SeriesCursor) cursor = ds_series_open(store, series);
    for (Observation o; ds_series_next(cursor, &o);) {
        g_string_append_printf(out,
                               "  %" PRId64 " %s from %s reason %s event %d soft %d took %" PRId64 " every %" PRId64,
                               o.time, ds_state_name(o.state), ds_state_name(o.from), ds_reason_name(o.reason),
                               (int)o.event, o.soft, o.duration, o.interval);
        g_string_append_printf(out, " at %u:%" PRIu64 "\n", o.origin.file, o.origin.line);
    }
}

static void dump_bins(GString *out, const Store *store, size_t series) {
    size_t count = 0;
    Millis width = 0;
    bool slots = false;
    const Bin *bins = ds_series_bins(store, series, &count, &width, &slots);
    g_string_append_printf(out, "  %zu bins of %" PRId64 " slots %d\n", count, width, slots);
    for (size_t i = 0; i < count; i++) {
        const Bin *b = &bins[i];
        g_string_append_printf(out, "  %" PRId64 " %" PRIu64 "/%" PRIu64 " bad %" PRId64 "..%" PRId64, b->start, b->bad,
                               b->total, b->first_bad, b->last_bad);
        g_string_append_printf(out, " good %" PRId64 "..%" PRId64 " %u:%" PRIu64 " %u:%" PRIu64 " %u:%" PRIu64 "\n",
                               b->first_good, b->last_good, b->first.file, b->first.line, b->last.file, b->last.line,
                               b->origin_bad.file, b->origin_bad.line);
    }
}

static void dump_announcements(GString *out, const Store *store, const Announcement *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const Announcement *a = &list[i];
        g_string_append_printf(out, "%" PRId64 "..%" PRId64 " '%s' '%s' %s: %s %u:%" PRIu64 "\n", a->time, a->until,
                               ds_store_name(store, a->service), ds_store_name(store, a->vantage), a->phase, a->text,
                               a->origin.file, a->origin.line);
    }
}

static void dump_inputs(GString *out, const Store *store, const Quality *quality) {
    for (unsigned i = 0; i < FILES; i++) {
        const InputSpan *span = ds_store_span(store, i);
        if (span) {
            g_string_append_printf(out, "file %u set %u %" PRId64 "..%" PRId64, span->file, span->set, span->first,
                                   span->last);
        }
        g_string_append_printf(out, " duplicates %" PRIu64 " conflicts %" PRIu64 "\n", page(quality, i)->duplicates,
                               page(quality, i)->conflicts);
    }
}

static GString *dump(const Store *store, const Quality *quality) {
    GString *out = g_string_new(NULL);
    for (Name name = 0; name < ds_store_names(store); name++) {
        g_string_append_printf(out, "name %u '%s'\n", name, ds_store_name(store, name));
        g_assert_cmpuint(ds_store_find(store, ds_store_name(store, name)), ==, name);
    }
    for (size_t i = 0; i < ds_store_series(store); i++) {
        SeriesInfo info = ds_series_info(store, i);
        g_string_append_printf(out, "%s %u %u %u: %" PRIu64 " in %" PRId64 "..%" PRId64 "\n",
                               ds_signal_name(info.signal), info.service, info.vantage, info.check, info.count,
                               info.first, info.last);
        if (info.signal == SIGNAL_PROBE || info.signal == SIGNAL_TRANSITION) {
            dump_observations(out, store, i);
        } else {
            dump_bins(out, store, i);
        }
    }
    size_t count = 0;
    const Announcement *notices = ds_store_notices(store, &count);
    g_string_append(out, "notices\n");
    dump_announcements(out, store, notices, count);
    const Announcement *maintenance = ds_store_maintenance(store, &count);
    g_string_append(out, "maintenance\n");
    dump_announcements(out, store, maintenance, count);
    const MonitorMark *marks = ds_store_marks(store, &count);
    for (size_t i = 0; i < count; i++) {
        g_string_append_printf(out, "mark %" PRId64 " %d set %u %u:%" PRIu64 "\n", marks[i].time, marks[i].start,
                               marks[i].set, marks[i].origin.file, marks[i].origin.line);
    }
    dump_inputs(out, store, quality);
    return out;
}

typedef struct {
    uint32_t file;
    uint64_t line;
    Instant time;
    State state;
    Millis duration;
    Reason reason;
    bool soft;
    Event event;
} Told;

typedef struct {
    Instant time;
    State state;
    Millis duration;
    Reason reason;
    uint32_t file;
    uint64_t line;
} Expected;

static Store *store_of(Signal signal, const Told *told, size_t n, Quality *quality) {
    Store *store = ds_store_new(plain_config());
    for (size_t i = 0; i < n; i++) {
        Record record = {.signal = signal, .state = told[i].state, .reason = told[i].reason, .soft = told[i].soft};
        record.event = told[i].event;
        record.time = told[i].time;
        record.duration = told[i].duration;
        record.service = SPAN("web");
        record.origin = (Origin){told[i].file, told[i].line};
        ds_store_add(store, &record);
    }
    ds_store_finish(store, quality);
    return store;
}

static void assert_walk(const Store *store, const Expected *expected, size_t n) {
    g_assert_cmpuint(ds_store_series(store), ==, 1);
    SeriesInfo info = ds_series_info(store, 0);
    g_assert_cmpuint(info.count, ==, n);
    g_assert_cmpint(info.first, ==, expected[0].time);
    g_assert_cmpint(info.last, ==, expected[n - 1].time);
    g_autoptr(SeriesCursor) cursor = ds_series_open(store, 0);
    Observation o;
    for (size_t i = 0; i < n; i++) {
        g_assert_true(ds_series_next(cursor, &o));
        g_assert_cmpint(o.time, ==, expected[i].time);
        g_assert_cmpint(o.state, ==, expected[i].state);
        g_assert_cmpint(o.duration, ==, expected[i].duration);
        g_assert_cmpint(o.reason, ==, expected[i].reason);
        g_assert_cmpuint(o.origin.file, ==, expected[i].file);
        g_assert_cmpuint(o.origin.line, ==, expected[i].line);
    }
    g_assert_false(ds_series_next(cursor, &o));
    g_assert_false(ds_series_next(cursor, &o));
}

/* 10: a copy in another file, read first; the longest duration, the first line. 20: down wins over all, with the
 * reason of its first line. 30: unknown loses to maintenance, that to up. 40: told three times in one file. */
static void test_probes(void) {
    static const Told told[] = {
        {1, 1, 10, STATE_UP, 7, REASON_NONE, false, EVENT_STATE},
        {1, 2, 20, STATE_DOWN, 3, REASON_DNS, false, EVENT_STATE},
        {0, 1, 10, STATE_UP, 5, REASON_NONE, false, EVENT_STATE},
        {0, 2, 20, STATE_UP, 9, REASON_NONE, false, EVENT_STATE},
        {0, 5, 20, STATE_DOWN, 2, REASON_TLS, false, EVENT_STATE},
        {0, 6, 20, STATE_DEGRADED, 2, REASON_OTHER, false, EVENT_STATE},
        {0, 7, 30, STATE_UNKNOWN, 0, REASON_NONE, false, EVENT_STATE},
        {0, 8, 30, STATE_MAINTENANCE, 0, REASON_NONE, false, EVENT_STATE},
        {0, 9, 30, STATE_UP, 1, REASON_NONE, false, EVENT_STATE},
        {0, 10, 30, STATE_UNKNOWN, 4, REASON_NONE, false, EVENT_STATE},
        {0, 13, 40, STATE_UP, 1, REASON_NONE, false, EVENT_STATE},
        {0, 12, 40, STATE_UP, 6, REASON_NONE, false, EVENT_STATE},
        {0, 11, 40, STATE_UP, 2, REASON_NONE, false, EVENT_STATE},
    };
    static const Expected expected[] = {
        {10, STATE_UP, 7, REASON_NONE, 0, 1},
        {20, STATE_DOWN, 3, REASON_TLS, 0, 5},
        {30, STATE_UP, 1, REASON_NONE, 0, 9},
        {40, STATE_UP, 6, REASON_NONE, 0, 11},
    };
    g_autoptr(Quality) quality = make_quality();
    g_autoptr(Store) store = store_of(SIGNAL_PROBE, told, G_N_ELEMENTS(told), quality);
    assert_walk(store, expected, G_N_ELEMENTS(expected));
    g_assert_cmpuint(page(quality, 0)->duplicates, ==, 3); /* unknown at 30, two ups at 40 */
    g_assert_cmpuint(page(quality, 0)->conflicts, ==, 4);  /* down and degraded at 20, maintenance and up at 30 */
    g_assert_cmpuint(page(quality, 1)->duplicates, ==, 2);
    g_assert_cmpuint(page(quality, 1)->conflicts, ==, 0);
}

static void test_transitions(void) {
    static const Told told[] = {
        {1, 4, 10, STATE_DOWN, 0, REASON_NONE, true, EVENT_STATE},
        {1, 5, 10, STATE_UP, 0, REASON_NONE, false, EVENT_STATE},
        {0, 1, 10, STATE_DOWN, 0, REASON_DNS, true, EVENT_STATE},
        {0, 2, 10, STATE_DOWN, 0, REASON_DNS, false, EVENT_STATE},
        {0, 3, 10, STATE_DOWN, 0, REASON_DNS, false, EVENT_CURRENT},
        {0, 4, 11, STATE_DOWN, 0, REASON_DNS, false, EVENT_STATE},
    };
    static const Expected expected[] = {
        {10, STATE_DOWN, 0, REASON_DNS, 0, 1}, {10, STATE_DOWN, 0, REASON_DNS, 0, 2},
        {10, STATE_DOWN, 0, REASON_DNS, 0, 3}, {10, STATE_UP, 0, REASON_NONE, 1, 5},
        {11, STATE_DOWN, 0, REASON_DNS, 0, 4},
    };
    g_autoptr(Quality) quality = make_quality();
    g_autoptr(Store) store = store_of(SIGNAL_TRANSITION, told, G_N_ELEMENTS(told), quality);
    assert_walk(store, expected, G_N_ELEMENTS(expected));
    g_assert_cmpuint(page(quality, 1)->duplicates, ==, 1);
    g_assert_cmpuint(page(quality, 0)->duplicates, ==, 0);
}

/* Names that only a NUL tells apart are one, and files beyond the ledger do no harm. */
static void test_names(void) {
    g_autoptr(Store) store = ds_store_new(plain_config());
    static const char *const texts[] = {"web", "w\0eb", "we\0b", "web"};
    static const size_t sizes[] = {3, 4, 4, 3};
    for (unsigned i = 0; i < 4; i++) {
        Record record = {.signal = SIGNAL_PROBE, .state = STATE_UP, .service = {texts[i], sizes[i]}, .time = i};
        record.origin = (Origin){i * 1000, 1};
        ds_store_add(store, &record);
        record.time = 77;
        ds_store_add(store, &record);
    }
    ds_store_finish(store, NULL);
    g_assert_cmpuint(ds_store_series(store), ==, 1);
    g_assert_cmpuint(ds_series_info(store, 0).count, ==, 5);
    g_assert_cmpstr(ds_store_name(store, ds_series_info(store, 0).service), ==, "web");
    g_assert_cmpuint(ds_store_find(store, ""), ==, 0);
    g_assert_cmpstr(ds_store_name(store, NAME_NONE), ==, "");
    g_assert_cmpuint(ds_store_find(store, "nobody"), ==, NAME_NONE);
}

static void add_planned(Store *store, Event event, uint32_t file, uint64_t line, Instant time, Instant until,
                        const char *service, const char *text) {
    Record record = {.signal = SIGNAL_MAINTENANCE, .event = event, .time = time, .until = until};
    record.origin = (Origin){file, line};
    record.service = ds_span_of(service);
    record.text = ds_span_of(text);
    ds_store_add(store, &record);
}

static void test_maintenance(void) {
    g_autoptr(Quality) quality = make_quality();
    g_autoptr(Store) store = ds_store_new(plain_config());
    ds_store_input(store, 0, 4, 5, 900);
    ds_store_input(store, 1, 4, 3, INSTANT_NONE);
    add_planned(store, EVENT_STATE, 0, 1, 100, 200, "", "whole");
    add_planned(store, EVENT_STATE, 1, 1, 100, 200, "", "whole");                  /* a copy */
    add_planned(store, EVENT_STATE, 0, 2, 300, 250, "", "odd");                    /* ends before it starts */
    add_planned(store, EVENT_MAINTENANCE_END, 0, 3, 50, INSTANT_NONE, "a", "out"); /* before any start */
    add_planned(store, EVENT_MAINTENANCE_START, 0, 4, 60, INSTANT_NONE, "a", "in");
    add_planned(store, EVENT_MAINTENANCE_START, 0, 5, 70, INSTANT_NONE, "a", "in"); /* told again */
    add_planned(store, EVENT_MAINTENANCE_END, 0, 6, 80, INSTANT_NONE, "a", "out");
    add_planned(store, EVENT_MAINTENANCE_END, 0, 7, 90, INSTANT_NONE, "a", "out");     /* nothing is open */
    add_planned(store, EVENT_MAINTENANCE_START, 0, 8, 95, INSTANT_NONE, "a", "in");    /* never ends */
    add_planned(store, EVENT_MAINTENANCE_START, 0, 9, 10, INSTANT_NONE, "b", "disks"); /* overlap, told apart by text */
    add_planned(store, EVENT_MAINTENANCE_START, 0, 10, 20, INSTANT_NONE, "b", "fans");
    add_planned(store, EVENT_MAINTENANCE_END, 0, 11, 30, INSTANT_NONE, "b", "disks");
    add_planned(store, EVENT_MAINTENANCE_END, 0, 12, 40, INSTANT_NONE, "b", "fans");
    add_planned(store, EVENT_MAINTENANCE_END, 0, 13, 44, INSTANT_NONE, "c", "x"); /* at one time: start first */
    add_planned(store, EVENT_MAINTENANCE_START, 0, 14, 44, INSTANT_NONE, "c", "x");
    add_planned(store, EVENT_MAINTENANCE_END, 3, 1, 45, INSTANT_NONE, "d", "x"); /* input unknown */
    ds_store_finish(store, quality);
    static const struct {
        Instant time, until;
        const char *service, *text;
    } expected[] = {
        {3, 50, "a", "out"},   {10, 30, "b", "disks"}, {20, 40, "b", "fans"},         {44, 44, "c", "x"},
        {45, 45, "d", "x"},    {60, 80, "a", "in"},    {95, INSTANT_NONE, "a", "in"}, {100, 200, "", "whole"},
        {300, 300, "", "odd"},
    };
    size_t count = 0;
    const Announcement *list = ds_store_maintenance(store, &count);
    g_assert_cmpuint(count, ==, G_N_ELEMENTS(expected));
    for (size_t i = 0; i < count; i++) {
        g_assert_cmpint(list[i].time, ==, expected[i].time);
        g_assert_cmpint(list[i].until, ==, expected[i].until);
        g_assert_cmpstr(ds_store_name(store, list[i].service), ==, expected[i].service);
        g_assert_cmpstr(list[i].text, ==, expected[i].text);
    }
    g_assert_cmpuint(list[7].service, ==, NAME_NONE);
    g_assert_cmpuint(list[7].origin.file, ==, 0);
    g_assert_cmpuint(page(quality, 1)->duplicates, ==, 1);
}

/* What the config plans counts as well; where a log tells the same, the log is the evidence. */
static void test_planned(void) {
    Config config = *plain_config();
    PlannedRecord work = {.time = 10, .until = 20, .service = (char *)"api", .text = (char *)"works"};
    PlannedRecord word = {.time = 15, .until = INSTANT_NONE, .phase = (char *)"resolved", .text = (char *)"fixed"};
    g_autoptr(GPtrArray) planned = g_ptr_array_new();
    g_ptr_array_add(planned, &work);
    config.maintenance = planned;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_ptr_array_add(words, &word);
    config.notices = words;
    g_autoptr(Store) store = ds_store_new(&config);
    Record told = {
        .signal = SIGNAL_NOTICE, .time = 15, .until = INSTANT_NONE, .text = SPAN("fixed"), .phase = SPAN("resolved")};
    told.origin = (Origin){2, 9};
    ds_store_add(store, &told);
    ds_store_finish(store, NULL);
    size_t count = 0;
    const Announcement *list = ds_store_maintenance(store, &count);
    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpstr(ds_store_name(store, list[0].service), ==, "api");
    g_assert_cmpuint(list[0].origin.line, ==, 0);
    list = ds_store_notices(store, &count);
    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpstr(list[0].phase, ==, "resolved");
    g_assert_cmpuint(list[0].origin.file, ==, 2);
}

static void test_marks_and_spans(void) {
    g_autoptr(Quality) quality = make_quality();
    g_autoptr(Store) store = ds_store_new(plain_config());
    static const struct {
        uint32_t file;
        uint64_t line;
        Instant time;
        Event event;
    } told[] = {
        {1, 1, 50, EVENT_MONITOR_START}, {0, 8, 50, EVENT_MONITOR_STOP},  {0, 9, 50, EVENT_MONITOR_START},
        {2, 1, 50, EVENT_MONITOR_STOP},  {4, 1, 20, EVENT_MONITOR_START},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        Record record = {.signal = SIGNAL_TRANSITION, .event = told[i].event, .time = told[i].time};
        record.origin = (Origin){told[i].file, told[i].line};
        ds_store_add(store, &record);
    }
    ds_store_input(store, 2, 1, 30, 60);
    ds_store_input(store, 1, 0, 40, 90);
    ds_store_input(store, 0, 0, 10, 50);
    ds_store_input(store, 3, 0, INSTANT_NONE, INSTANT_NONE);
    ds_store_finish(store, quality);
    g_assert_cmpuint(ds_store_series(store), ==, 0);
    g_autoptr(GString) out = dump(store, quality);
    g_assert_cmpstr(out->str, ==,
                    "notices\nmaintenance\n"
                    "mark 20 1 set 4294967295 4:1\nmark 50 0 set 0 0:8\nmark 50 1 set 0 0:9\nmark 50 0 set 1 2:1\n"
                    "file 0 set 0 10..90 duplicates 0 conflicts 0\nfile 1 set 0 10..90 duplicates 1 conflicts 0\n"
                    "file 2 set 1 30..60 duplicates 0 conflicts 0\nfile 3 set 0 10..90 duplicates 0 conflicts 0\n"
                    " duplicates 0 conflicts 0\n");
}

static const char *pick(GRand *random, const char *const *texts, unsigned n) {
    return texts[g_rand_int(random) % n];
}

/* Any record; small numbers, so that there are copies and conflicts of every kind. */
static Record any_record(GRand *random, uint64_t line) {
    static const char *const services[] = {"web", "api", "mail", ""};
    static const char *const vantages[] = {"", "eu", "us-east-1"};
    static const char *const users[] = {"", "", "ann", "bob"};
    static const char *const texts[] = {"", "works", "looking into it"};
    static const Event events[] = {EVENT_STATE,   EVENT_STATE,        EVENT_STATE,
                                   EVENT_CURRENT, EVENT_MONITOR_STOP, EVENT_MONITOR_START};
    static const Event windows[] = {EVENT_STATE, EVENT_MAINTENANCE_START, EVENT_MAINTENANCE_END};
    Record r = {.signal = (Signal)(g_rand_int(random) % (SIGNAL_MAINTENANCE + 1))};
    r.state = (State)(g_rand_int(random) % STATE_COUNT);
    r.from = (State)(g_rand_int(random) % 3);
    r.reason = (Reason)(g_rand_int(random) % REASON_COUNT);
    r.soft = g_rand_boolean(random);
    r.event = r.signal == SIGNAL_TRANSITION    ? events[g_rand_int(random) % G_N_ELEMENTS(events)]
              : r.signal == SIGNAL_MAINTENANCE ? windows[g_rand_int(random) % G_N_ELEMENTS(windows)]
                                               : EVENT_STATE;
    r.time = g_rand_int_range(random, 0, 120) * (r.signal == SIGNAL_PROBE || r.signal == SIGNAL_TRANSITION ? 7 : 1500);
    r.until = r.signal == SIGNAL_MAINTENANCE && r.event == EVENT_STATE ? r.time + 5 : INSTANT_NONE;
    r.duration = g_rand_int_range(random, 0, 50);
    r.interval = g_rand_int_range(random, 0, 2) * 60000;
    r.service = ds_span_of(pick(random, services, G_N_ELEMENTS(services)));
    r.vantage = ds_span_of(pick(random, vantages, G_N_ELEMENTS(vantages)));
    r.user = ds_span_of(pick(random, users, G_N_ELEMENTS(users)));
    r.text = ds_span_of(pick(random, texts, G_N_ELEMENTS(texts)));
    r.phase = ds_span_of(pick(random, texts, G_N_ELEMENTS(texts)));
    r.counted = g_rand_int(random) % 3 == 0;
    r.count = g_rand_int(random) % 4;
    r.bad = r.count ? g_rand_int(random) % (r.count + 1) : 0;
    r.hash = g_rand_int(random) % 4;
    r.origin = (Origin){g_rand_int(random) % FILES, line};
    return r;
}

static void add_inputs(Store *store, uint32_t file) {
    ds_store_input(store, file, file / 2, (Instant)file * 11, (Instant)file * 1000);
}

/* The records split at random among stores, these merged in random pairs. by_file: as the program does it. */
static GString *split_and_merge(GRand *random, const Record *records, size_t n, unsigned parts, bool by_file) {
    g_autoptr(Quality) quality = make_quality();
    g_autoptr(GPtrArray) stores = g_ptr_array_new();
    for (unsigned i = 0; i < parts; i++) {
        g_ptr_array_add(stores, ds_store_new(plain_config()));
    }
    for (size_t i = 0; i < n; i++) {
        unsigned part = by_file ? records[i].origin.file % parts : g_rand_int(random) % parts;
        ds_store_add(g_ptr_array_index(stores, part), &records[i]);
    }
    for (uint32_t file = 0; file < FILES; file++) {
        add_inputs(g_ptr_array_index(stores, g_rand_int(random) % parts), file);
    }
    while (stores->len > 1) {
        Store *from = g_ptr_array_steal_index_fast(stores, g_rand_int(random) % stores->len);
        ds_store_merge(g_ptr_array_index(stores, g_rand_int(random) % stores->len), from);
        ds_store_free(from);
    }
    Store *whole = g_ptr_array_index(stores, 0);
    ds_store_finish(whole, quality);
    GString *out = dump(whole, quality);
    ds_store_free(whole);
    return out;
}

static void test_order_cannot_matter(void) {
    g_autoptr(GRand) random = g_rand_new_with_seed(20261125);
    enum { N = 1500 };
    g_autofree Record *records = g_new0(Record, N);
    for (unsigned round = 0; round < 20; round++) {
        for (size_t i = 0; i < N; i++) {
            records[i] = any_record(random, i + 1);
        }
        g_autoptr(GString) whole = split_and_merge(random, records, N, 1, true);
        for (unsigned parts = 2; parts < 9; parts++) {
            g_autoptr(GString) merged = split_and_merge(random, records, N, parts, parts % 2);
            g_assert_cmpstr(merged->str, ==, whole->str);
        }
    }
}

/* A merged store takes further records, of the same files too, and an emptied one can be used again. */
static void test_merge_and_go_on(void) {
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    enum { N = 900 };
    g_autofree Record *records = g_new0(Record, N);
    for (size_t i = 0; i < N; i++) {
        records[i] = any_record(random, i + 1);
    }
    g_autoptr(GString) whole = split_and_merge(random, records, N, 1, true);
    g_autoptr(Store) into = ds_store_new(plain_config());
    g_autoptr(Store) from = ds_store_new(plain_config());
    for (size_t i = 0; i < N; i++) {
        ds_store_add(i % 3 ? into : from, &records[i]);
        if (i % 100 == 99) {
            ds_store_merge(into, from);
        }
    }
    for (uint32_t file = 0; file < FILES; file++) {
        add_inputs(into, file);
    }
    g_autoptr(Quality) quality = make_quality();
    ds_store_finish(into, quality);
    g_autoptr(GString) merged = dump(into, quality);
    g_assert_cmpstr(merged->str, ==, whole->str);
}

/* Probes against a slow and plain reading of the rules. */
static void test_against_model(void) {
    static const int badness[STATE_COUNT] = {0, 2, 4, 5, 6, 1, 3};
    enum { N = 400, TIMES = 60 };
    g_autoptr(GRand) random = g_rand_new_with_seed(31);
    for (unsigned round = 0; round < 50; round++) {
        Told told[N];
        for (uint64_t i = 0; i < N; i++) {
            told[i] = (Told){g_rand_int(random) % FILES,
                             i + 1,
                             g_rand_int_range(random, 0, TIMES),
                             (State)(g_rand_int(random) % STATE_COUNT),
                             g_rand_int_range(random, 0, 100),
                             (Reason)(g_rand_int(random) % REASON_COUNT),
                             false,
                             EVENT_STATE};
        }
        Expected expected[TIMES];
        size_t n = 0;
        for (Instant time = 0; time < TIMES; time++) {
            const Told *best = NULL;
            Millis longest = 0;
            for (size_t i = 0; i < N; i++) {
                const Told *t = &told[i];
                if (t->time != time) {
                    continue;
                }
                bool worse = best && badness[t->state] > badness[best->state];
                bool same = best && t->state == best->state;
                bool sooner = same && (t->file < best->file || (t->file == best->file && t->line < best->line));
                longest = !best || worse ? t->duration : same ? MAX(longest, t->duration) : longest;
                best = !best || worse || sooner ? t : best;
            }
            if (best) {
                expected[n++] = (Expected){time, best->state, longest, best->reason, best->file, best->line};
            }
        }
        g_autoptr(Quality) quality = make_quality();
        g_autoptr(Store) store = store_of(SIGNAL_PROBE, told, N, quality);
        assert_walk(store, expected, n);
        FileQuality total = ds_quality_total(quality);
        g_assert_cmpuint(n + total.duplicates + total.conflicts, ==, N);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/probes", test_probes);
    g_test_add_func("/store/transitions", test_transitions);
    g_test_add_func("/store/names", test_names);
    g_test_add_func("/store/maintenance", test_maintenance);
    g_test_add_func("/store/planned", test_planned);
    g_test_add_func("/store/marks-and-spans", test_marks_and_spans);
    g_test_add_func("/store/order-cannot-matter", test_order_cannot_matter);
    g_test_add_func("/store/merge-and-go-on", test_merge_and_go_on);
    g_test_add_func("/store/against-model", test_against_model);
    return g_test_run();
}
