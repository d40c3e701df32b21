/* SPDX-License-Identifier: MIT
 * The line as a whole: threads and the order of inputs decide nothing, rejects come in the order of the files, and a
 * run that read nothing says so. */
#include "base/error.h"
#include "base/file.h"
#include "job.h"

#include <glib.h>
#include <glib/gstdio.h>

typedef struct {
    char *folder;
} Fixture;

static char *inside(const Fixture *f, const char *name) {
    return g_build_filename(f->folder, name, NULL);
}

static void put(const Fixture *f, const char *name, const char *text) {
    g_autofree char *path = inside(f, name);
    g_assert_true(ds_file_write(path, ds_span_of(text), NULL));
}

/* Twelve probes a minute apart, the fifth to the seventh failing, with a bad line after the second. */
static void put_probes(const Fixture *f, const char *name, const char *vantage) {
    g_autoptr(GString) text = g_string_new("time,service,vantage,status,reason\n");
    for (int i = 0; i < 12; i++) {
        g_string_append_printf(text, "2026-04-09T06:%02d:00Z,web,%s,%s,\n", i, vantage,
                               i >= 4 && i < 7 ? "down" : "up");
        if (i == 1) {
            g_string_append_printf(text, "2026-04-09T06:01:30Z,web,%s,maybe,\n", vantage);
        }
    }
    put(f, name, text->str);
}

static void set_up(Fixture *f, gconstpointer unused) {
    (void)unused;
    f->folder = g_dir_make_tmp("downspan-job-XXXXXX", NULL);
    g_assert_nonnull(f->folder);
}

static void tear_down(Fixture *f, gconstpointer unused) {
    (void)unused;
    g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = inside(f, name);
        g_remove(path);
    }
    g_rmdir(f->folder);
    g_free(f->folder);
}

/* A config for the files a, b, c (NULL: none) of the fixture. */
static Config *config_for(const Fixture *f, const char *a, const char *b, const char *c) {
    const char *names[] = {a, b, c};
    Config *config = ds_config_new();
    config->quiet = true;
    g_strfreev(config->paths);
    config->paths = g_new0(char *, 4);
    for (size_t i = 0; i < 3 && names[i]; i++) {
        config->paths[i] = inside(f, names[i]);
    }
    return config;
}

static char *windows_of(const Config *config) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Job) job = ds_job_read(config, &error);
    g_assert_no_error(error);
    g_assert_true(ds_job_measure(job, NULL));
    GString *out = g_string_new(NULL);
    ds_report_windows(ds_job_report(job), "all", false, out);
    return g_string_free(out, FALSE);
}

static void test_order(Fixture *f, gconstpointer unused) {
    (void)unused;
    put_probes(f, "a.csv", "eu");
    put_probes(f, "b.csv", "us");
    put_probes(f, "c.csv", "ap");
    g_autoptr(Config) forth = config_for(f, "a.csv", "b.csv", "c.csv");
    g_autoptr(Config) back = config_for(f, "c.csv", "b.csv", "a.csv");
    forth->threads = 1;
    back->threads = 3;
    g_autofree char *rejects = inside(f, "rejects.txt");
    back->rejects = g_strdup(rejects);
    g_autofree char *one = windows_of(forth);
    g_autofree char *three = windows_of(back);
    g_assert_cmpstr(one, ==, three);
    g_assert_nonnull(strstr(one, "2026-04-09T06:04:00.000Z,2026-04-09T06:07:00.000Z"));
    g_autoptr(GString) text = ds_file_read(rejects, 1 << 20, NULL);
    g_autofree char *first = g_strdup_printf("%s/a.csv:4: ", f->folder);
    g_autofree char *second = g_strdup_printf("\n%s/b.csv:4: ", f->folder);
    g_assert_true(g_str_has_prefix(text->str, first));
    g_assert_nonnull(strstr(text->str, second));
    g_assert_nonnull(strstr(text->str, "\n2026-04-09T06:01:30Z,web,eu,maybe,\n"));
}

static void test_ledger(Fixture *f, gconstpointer unused) {
    (void)unused;
    put_probes(f, "a.csv", "eu");
    put(f, "b.txt", "nothing that\nany parser\nshould know\n");
    g_autoptr(Config) config = config_for(f, "a.csv", "b.txt", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Job) job = ds_job_read(config, &error);
    g_assert_no_error(error);
    const GPtrArray *pages = ds_job_report(job)->quality->files;
    const FileQuality *good = g_ptr_array_index(pages, 0);
    const FileQuality *bad = g_ptr_array_index(pages, 1);
    g_assert_cmpuint(good->entries, ==, good->accepted + good->ignored + good->rejected);
    g_assert_cmpuint(good->accepted, ==, 12);
    g_assert_cmpuint(good->rejected, ==, 1);
    g_assert_true(bad->unusable && bad->candidates && !bad->parser);
    config->strict = true;
    g_autoptr(Job) strict = ds_job_read(config, &error);
    g_assert_null(strict);
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
}

/* One of 14 entries (with the header) is rejected: 7.1 %. */
static void test_max_rejects(Fixture *f, gconstpointer unused) {
    (void)unused;
    static const struct {
        const char *limit;
        int code; /* 0: good */
    } cases[] = {{"1", 0}, {"0", EXIT_INPUT}, {"8%", 0}, {"7%", EXIT_INPUT}, {"some", EXIT_USAGE}, {"-1", EXIT_USAGE}};
    put_probes(f, "a.csv", "eu");
    g_autoptr(Config) config = config_for(f, "a.csv", NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_free(config->max_rejects);
        config->max_rejects = g_strdup(cases[i].limit);
        g_autoptr(Job) job = ds_job_read(config, &error);
        g_assert_cmpint(error ? error->code : 0, ==, cases[i].code);
        g_assert_true((job != NULL) == (cases[i].code == 0));
        g_assert_true(cases[i].code != EXIT_INPUT || strstr(error->message, "maybe"));
    }
}

static void test_nothing(Fixture *f, gconstpointer unused) {
    (void)unused;
    put(f, "a.csv", "time,service,vantage,status\n");
    put(f, "b.log", "");
    g_autoptr(Config) config = config_for(f, "a.csv", "b.log", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_job_read(config, &error));
    g_assert_error(error, DS_ERROR, EXIT_INPUT);
    g_assert_true(g_str_has_prefix(error->message, "no record in 2 files"));
    g_clear_error(&error);
    g_autoptr(Config) none = config_for(f, NULL, NULL, NULL);
    g_assert_null(ds_job_read(none, &error));
    g_assert_error(error, DS_ERROR, EXIT_USAGE);
    g_clear_error(&error);
    config->parser = g_strdup("probes-cvs");
    g_assert_null(ds_job_read(config, &error));
    g_assert_error(error, DS_ERROR, EXIT_USAGE);
    g_assert_nonnull(strstr(error->message, "nearest is 'probes-csv'"));
}

static void count_record(void *context, const Record *record) {
    unsigned *count = context;
    g_assert_cmpuint(record->origin.line, >, 1);
    (*count)++;
}

static void test_extract(Fixture *f, gconstpointer unused) {
    (void)unused;
    put_probes(f, "a.csv", "eu");
    put_probes(f, "b.csv", "us");
    g_autoptr(Config) config = config_for(f, "a.csv", "b.csv", NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    g_autoptr(GPtrArray) files = NULL;
    g_autoptr(GError) error = NULL;
    unsigned count = 0;
    Sink sink = {.record = count_record, .context = &count};
    g_assert_true(ds_job_extract(config, &sink, quality, &files, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(count, ==, 24);
    g_assert_cmpuint(files->len, ==, 2);
}

static void collect(void *context, const Record *record) {
    g_string_append_printf(context, "%.*s@%" G_GINT64_FORMAT "%s ", (int)record->service.n, record->service.p,
                           record->time / MILLIS_SECOND - 1767261600, record->state == STATE_UP ? "+" : "-");
}

/* The parts of a rotated log are one: what the oldest names and what was lost between two of them. */
static void test_rotation(Fixture *f, gconstpointer unused) {
    (void)unused;
    static const char *const names[] = {"ping.log.2", "ping.log.1", "ping.log"};
    GString *parts[3] = {g_string_new("PING web.example (192.0.2.10) 56(84) bytes of data.\n"), g_string_new(NULL),
                         g_string_new(NULL)};
    for (int seq = 1; seq <= 30; seq++) {
        if (seq != 11 && seq != 20) {
            g_string_append_printf(parts[(seq - 1) / 10],
                                   "[%d.000000] 64 bytes from 192.0.2.10: icmp_seq=%d ttl=64 time=0.000 ms\n",
                                   1767261600 + seq, seq);
        }
    }
    for (int i = 0; i < 3; i++) {
        put(f, names[i], parts[i]->str);
        g_string_free(parts[i], TRUE);
    }
    g_autoptr(Config) config = config_for(f, "ping.log", "ping.log.2", "ping.log.1");
    g_autoptr(Quality) quality = ds_quality_new();
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(GString) expected = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Sink sink = {.record = collect, .context = got};
    g_assert_true(ds_job_extract(config, &sink, quality, NULL, &error));
    for (int seq = 1; seq <= 30; seq++) {
        g_string_append_printf(expected, "web.example@%d%s ", seq, seq == 11 || seq == 20 ? "-" : "+");
    }
    g_assert_cmpstr(got->str, ==, expected->str);
    const FileQuality *middle = g_ptr_array_index(quality->files, 1);
    g_assert_cmpuint(middle->accepted, ==, 8);
    g_assert_cmpint(middle->last / MILLIS_SECOND - 1767261600, ==, 19);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        config->threads = threads;
        g_autoptr(Job) job = ds_job_read(config, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(ds_store_series(ds_job_report(job)->store), ==, 1);
    }
}

static void see_service(void *context, const Record *record) {
    bool *seen = context;
    *seen |= ds_span_equal(record->service, SPAN("shop"));
    g_assert_false(ds_span_equal(record->service, SPAN("web")));
}

static void test_aliases(Fixture *f, gconstpointer unused) {
    (void)unused;
    put_probes(f, "a.csv", "eu");
    put(f, "c.yaml", "services: [{name: shop, aliases: [www, web]}]\n");
    g_autofree char *path = inside(f, "c.yaml");
    g_autoptr(Config) config = config_for(f, "a.csv", NULL, NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    g_autoptr(GError) error = NULL;
    bool seen = false;
    Sink sink = {.record = see_service, .context = &seen};
    g_assert_true(ds_config_read(config, path, &error));
    g_assert_true(ds_job_extract(config, &sink, quality, NULL, &error));
    g_assert_no_error(error);
    g_assert_true(seen);
}

/* A window of the config is maintenance like any other, and only its service's. */
static void test_planned(Fixture *f, gconstpointer unused) {
    (void)unused;
    put_probes(f, "a.csv", "eu");
    put(f, "c.yaml",
        "maintenance: [{start: 2026-04-09T06:04:00Z, end: 2026-04-09T06:05:00Z, service: web, reason: move}]\n"
        "notices: [{time: 2026-04-09T06:06:00Z, phase: investigating, text: We look}]\n");
    g_autofree char *path = inside(f, "c.yaml");
    g_autoptr(Config) config = config_for(f, "a.csv", NULL, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(ds_config_read(config, path, &error));
    g_autoptr(Job) job = ds_job_read(config, &error);
    g_assert_no_error(error);
    g_assert_true(ds_job_measure(job, NULL));
    const Report *report = ds_job_report(job);
    const Availability *row = &g_array_index(report->impact->availability, Availability, 0);
    g_assert_cmpint(row->signal, ==, SIGNAL_SERVICE);
    g_assert_cmpint(row->maintenance, ==, 60000);
    g_assert_cmpint(row->down, ==, 120000);
    g_assert_cmpint(row->up, ==, 540000);
    size_t notices;
    const Announcement *notice = ds_store_notices(report->store, &notices);
    g_assert_cmpuint(notices, ==, 1);
    g_assert_cmpstr(notice->phase, ==, "investigating");
    g_assert_cmpuint(notice->origin.line, ==, 0);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add("/job/order", Fixture, NULL, set_up, test_order, tear_down);
    g_test_add("/job/ledger", Fixture, NULL, set_up, test_ledger, tear_down);
    g_test_add("/job/max-rejects", Fixture, NULL, set_up, test_max_rejects, tear_down);
    g_test_add("/job/nothing", Fixture, NULL, set_up, test_nothing, tear_down);
    g_test_add("/job/extract", Fixture, NULL, set_up, test_extract, tear_down);
    g_test_add("/job/rotation", Fixture, NULL, set_up, test_rotation, tear_down);
    g_test_add("/job/aliases", Fixture, NULL, set_up, test_aliases, tear_down);
    g_test_add("/job/planned", Fixture, NULL, set_up, test_planned, tear_down);
    return g_test_run();
}
