/* SPDX-License-Identifier: MIT
 * downspan check: the gate for CI. Each service is held against each threshold and each configured objective; a service
 * of which nothing is known fails, because no data is no proof. Optionally a JUnit file, a test case a service and
 * gate. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd_room.h"
#include "job.h"

#include <math.h>

typedef struct {
    double availability; /* 0..1; NAN: not asked */
    Millis downtime;     /* MILLIS_NONE: not asked */
    Millis outage;
    const char *junit; /* borrowed from argv */
} Gate;

typedef struct {
    const char *service; /* borrowed from the store */
    char *name;          /* what was asked */
    char *found;
    bool met;
} Verdict;

static void verdict_clear(gpointer data) {
    Verdict *verdict = data;
    g_free(verdict->name);
    g_free(verdict->found);
}

static bool take_share(const char *text, double *share) {
    Span span = ds_span_trim(ds_span_of(text));
    bool percent = span.n && span.p[span.n - 1] == '%';
    double value;
    span.n -= percent ? 1 : 0;
    if (!ds_text_double(ds_span_trim(span), &value) || value <= 0 || value > 100) {
        return false;
    }
    *share = percent || value > 1 ? value / 100 : value;
    return true;
}

static bool take_gate(Gate *gate, const char *name, const char *value, GError **error) {
    bool good = true;
    const char *expected = "a length of time such as 90s, 5m or 1h30m";
    if (strcmp(name, "min-availability") == 0) {
        good = take_share(value, &gate->availability);
        expected = "a percentage such as 99.9";
    } else if (strcmp(name, "max-downtime") == 0) {
        good = ds_text_millis(ds_span_of(value), &gate->downtime);
    } else if (strcmp(name, "max-outage") == 0) {
        good = ds_text_millis(ds_span_of(value), &gate->outage);
    } else {
        gate->junit = value;
    }
    if (!good) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "--%s '%s': expected %s", name, value, expected);
    }
    return good;
}

/* Takes the gate's own options out of the arguments; the rest is the config's. */
static bool take_gates(Gate *gate, int *argc, char **argv, GError **error) {
    static const char *const names[] = {"min-availability", "max-downtime", "max-outage", "junit", NULL};
    int kept = 1;
    for (int at = 1; at < *argc; at++) {
        const char *text = g_str_has_prefix(argv[at], "--") ? argv[at] + 2 : "";
        const char *equals = strchr(text, '=');
        g_autofree char *name = equals ? g_strndup(text, (gsize)(equals - text)) : g_strdup(text);
        if (strcmp(argv[at], "--") == 0) {
            while (at < *argc) {
                argv[kept++] = argv[at++];
            }
        } else if (!g_strv_contains(names, name)) {
            const char *nearest = *name && strlen(name) > 6 ? ds_text_nearest(name, names) : NULL;
            if (nearest) {
                g_set_error(error, DS_ERROR, EXIT_USAGE, "unknown option '--%s', nearest is '--%s'", name, nearest);
                return false;
            }
            argv[kept++] = argv[at];
        } else if (!equals && at + 1 == *argc) {
            g_set_error(error, DS_ERROR, EXIT_USAGE, "--%s needs a value", name);
            return false;
        } else if (!take_gate(gate, name, equals ? equals + 1 : argv[++at], error)) {
            return false;
        }
    }
    *argc = kept;
    argv[kept] = NULL;
    return true;
}

static char *duration_text(Millis length) {
    GString *text = g_string_new(NULL);
    ds_text_duration(text, length);
    return g_string_free(text, FALSE);
}

static char *percent_text(double ratio) {
    GString *text = g_string_new(NULL);
    ds_text_percent(text, ratio);
    return g_string_free(text, FALSE);
}

/* Takes name and found. A service of which nothing is known meets nothing. */
static void add_verdict(GArray *verdicts, const char *service, bool known, bool met, char *name, char *found) {
    Verdict verdict = {.service = service, .name = name, .found = found, .met = known && met};
    if (!known) {
        g_free(verdict.found);
        verdict.found = g_strdup("no data");
    }
    g_array_append_val(verdicts, verdict);
}

static void check_length(GArray *verdicts, const char *service, bool known, Millis found, Millis limit,
                         const char *what) {
    if (limit != MILLIS_NONE) {
        g_autofree char *text = duration_text(limit);
        add_verdict(verdicts, service, known, found <= limit, g_strdup_printf("%s at most %s", what, text),
                    duration_text(found));
    }
}

/* 99.9 and 0.999 differ by a rounding of the last bit; a share of 1e-12 is less than a millisecond in thirty years. */
static bool reaches(double found, double target) {
    return found + 1e-12 >= target;
}

static void check_rows(GArray *verdicts, const Gate *gate, const Report *report) {
    for (guint i = 0; i < report->impact->availability->len; i++) {
        const Availability *row = &g_array_index(report->impact->availability, Availability, i);
        if (row->signal != SIGNAL_SERVICE) {
            continue;
        }
        const char *service = ds_store_name(report->store, row->service);
        bool known = !isnan(row->known);
        if (!isnan(gate->availability)) {
            g_autofree char *target = percent_text(gate->availability);
            add_verdict(verdicts, service, known, reaches(row->known, gate->availability),
                        g_strdup_printf("availability at least %s", target), percent_text(row->known));
        }
        check_length(verdicts, service, known, row->down, gate->downtime, "downtime in all");
        check_length(verdicts, service, known, row->longest, gate->outage, "longest outage");
    }
}

static void check_objectives(GArray *verdicts, const Report *report) {
    for (guint i = 0; i < report->impact->objectives->len; i++) {
        const ObjectiveResult *result = &g_array_index(report->impact->objectives, ObjectiveResult, i);
        g_autofree char *target = percent_text(result->target);
        add_verdict(verdicts, ds_store_name(report->store, result->service), !isnan(result->achieved), result->met,
                    g_strdup_printf("objective %s: at least %s", result->name, target), percent_text(result->achieved));
    }
}

static unsigned print_verdicts(const GArray *verdicts) {
    g_autoptr(GString) out = g_string_new(NULL);
    unsigned missed = 0;
    for (guint i = 0; i < verdicts->len; i++) {
        const Verdict *verdict = &g_array_index(verdicts, Verdict, i);
        g_string_append(out, verdict->met ? "ok      " : "MISSED  ");
        ds_text_visible(out, ds_span_of(verdict->service));
        g_string_append(out, ": ");
        ds_text_visible(out, ds_span_of(verdict->name));
        g_string_append_printf(out, "; found %s\n", verdict->found);
        missed += verdict->met ? 0 : 1;
    }
    g_string_append_printf(out, "%u of %u %s missed\n", missed, verdicts->len, verdicts->len == 1 ? "gate" : "gates");
    cmd_print(out);
    return missed;
}

static bool write_junit(const GArray *verdicts, unsigned missed, const char *path, GError **error) {
    g_autoptr(GString) xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    g_string_append_printf(xml, "<testsuites name=\"downspan\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n",
                           verdicts->len, missed);
    g_string_append_printf(xml,
                           "  <testsuite name=\"downspan check\" tests=\"%u\" failures=\"%u\" errors=\"0\" "
                           "skipped=\"0\" time=\"0\">\n",
                           verdicts->len, missed);
    for (guint i = 0; i < verdicts->len; i++) {
        const Verdict *verdict = &g_array_index(verdicts, Verdict, i);
        g_string_append(xml, "    <testcase classname=\"");
        ds_text_html(xml, ds_span_of(verdict->service));
        g_string_append(xml, "\" name=\"");
        ds_text_html(xml, ds_span_of(verdict->name));
        if (verdict->met) {
            g_string_append(xml, "\" time=\"0\"/>\n");
            continue;
        }
        g_string_append(xml, "\" time=\"0\">\n      <failure type=\"missed\" message=\"found ");
        ds_text_html(xml, ds_span_of(verdict->found));
        g_string_append(xml, "\"/>\n    </testcase>\n");
    }
    g_string_append(xml, "  </testsuite>\n</testsuites>\n");
    return ds_file_write(path, (Span){xml->str, xml->len}, error);
}

static int judge(const Gate *gate, const Report *report, GError **error) {
    g_autoptr(GArray) verdicts = g_array_new(FALSE, FALSE, sizeof(Verdict));
    g_array_set_clear_func(verdicts, verdict_clear);
    check_rows(verdicts, gate, report);
    check_objectives(verdicts, report);
    if (verdicts->len == 0) {
        g_set_error(error, DS_ERROR, EXIT_INPUT,
                    "nothing to hold against the gate: the inputs give no verdict on any service");
        return EXIT_INPUT;
    }
    unsigned missed = print_verdicts(verdicts);
    if (gate->junit && !write_junit(verdicts, missed, gate->junit, error)) {
        return cmd_status(error);
    }
    return missed ? EXIT_FAILED : EXIT_DONE;
}

static bool asked(const Gate *gate, const Config *config) {
    for (guint i = 0; i < config->services->len; i++) {
        if (((const ServiceConfig *)g_ptr_array_index(config->services, i))->objective > 0) {
            return true;
        }
    }
    return !isnan(gate->availability) || gate->downtime != MILLIS_NONE || gate->outage != MILLIS_NONE ||
           config->objectives->len > 0;
}

static int run(int argc, char **argv, GError **error) {
    Gate gate = {.availability = (double)NAN, .downtime = MILLIS_NONE, .outage = MILLIS_NONE};
    int status = EXIT_DONE;
    if (!take_gates(&gate, &argc, argv, error)) {
        return EXIT_USAGE;
    }
    g_autoptr(Config) config =
        cmd_config(&cmd_check,
                   "      --min-availability PERCENT  known availability of each service (99.9, 99.9% or 0.999)\n"
                   "      --max-downtime DURATION     time each service was down, in all\n"
                   "      --max-outage DURATION       longest outage of each service\n"
                   "      --junit FILE                write the verdicts as JUnit XML\n\n"
                   "Objectives of the configuration are checked as well. A service without data misses every gate.\n"
                   "Exit status: 0 all met, 1 missed, 2 wrong usage, 3 nothing could be read.",
                   argc, argv, CONFIG_INPUT | CONFIG_PERIOD | CONFIG_DETECTION, &status, error);
    if (!config) {
        return status;
    }
    if (!asked(&gate, config)) {
        g_set_error(error, DS_ERROR, EXIT_USAGE,
                    "nothing to check: give --min-availability, --max-downtime or --max-outage, or objectives in the "
                    "configuration");
        return EXIT_USAGE;
    }
    g_autoptr(Job) job = ds_job_read(config, error);
    if (!job) {
        return cmd_status(error);
    }
    if (!ds_job_measure(job, error)) {
        return cmd_status(error);
    }
    status = judge(&gate, ds_job_report(job), error);
    cmd_warn(ds_job_report(job)->quality, config);
    return status;
}

const Command cmd_check = {
    .name = "check",
    .usage = "[--min-availability PERCENT] [--max-downtime DURATION] [--max-outage DURATION] [OPTION]... INPUT...",
    .summary = "Hold each service against thresholds and objectives; exit 1 when one is missed. For CI.",
    .run = run,
};
