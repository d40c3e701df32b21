/* SPDX-License-Identifier: MIT
 * Zones against the changes as the database tells them (zdump -v), and the ways a name can be wrong. */
#include "base/error.h"
#include "base/zone.h"

#include <glib/gstdio.h>
#include <string.h>

/* A civil time as if it were UTC; the texts below say which it is. */
static Instant at(const char *text) {
    int v[7] = {0};
    int field = 0;
    for (const char *p = text; *p; p++) {
        if (g_ascii_isdigit(*p)) {
            v[field] = v[field] * 10 + (*p - '0');
        } else {
            field++;
        }
    }
    Civil civil = {v[0], v[1], v[2], v[3], v[4], v[5], v[6]};
    g_assert_true(ds_civil_valid(&civil));
    return ds_instant_of(&civil);
}

static Zone *load(const char *name) {
    g_autoptr(GError) error = NULL;
    Zone *zone = ds_zone_load(name, &error);
    g_assert_no_error(error);
    return zone;
}

static const struct {
    const char *zone, *utc;
    int minutes;
} OFFSETS[] = {
    {"Europe/Berlin", "2026-03-29 00:59:59.999", 60},
    {"Europe/Berlin", "2026-03-29 01:00:00.000", 120},
    {"Europe/Berlin", "2026-10-25 00:59:59.999", 120},
    {"Europe/Berlin", "2026-10-25 01:00:00.000", 60},
    {"Europe/Berlin", "1946-01-01 00:00:00", 60},
    {"Europe/Berlin", "2437-07-01 00:00:00", 120}, /* by the footer, beyond 400 years after the last transition */
    {"Europe/Berlin", "2437-12-01 00:00:00", 60},
    {"Europe/Berlin", "9999-07-01 00:00:00", 120},
    {"America/New_York", "2026-03-08 06:59:59", -300},
    {"America/New_York", "2026-03-08 07:00:00", -240},
    {"America/New_York", "2026-11-01 05:59:59", -240},
    {"America/New_York", "2026-11-01 06:00:00", -300},
    {"America/New_York", "2099-03-08 07:00:00", -240}, /* second Sunday of March 2099 */
    {"America/New_York", "2099-03-08 06:59:59", -300},
    {"Asia/Kolkata", "2026-01-01 00:00:00", 330},
    {"Asia/Kolkata", "2526-01-01 00:00:00", 330},
    {"Asia/Kathmandu", "2026-01-01 00:00:00", 345},
    {"Australia/Lord_Howe", "2026-01-01 00:00:00", 660},
    {"Australia/Lord_Howe", "2026-07-01 00:00:00", 630},
    {"Australia/Lord_Howe", "2126-01-01 00:00:00", 660},
    {"Europe/Dublin", "2026-01-01 00:00:00", 0}, /* winter is its "daylight" time, with a negative saving */
    {"Europe/Dublin", "2126-07-01 00:00:00", 60},
    {"America/Sao_Paulo", "2018-11-04 02:59:59", -180},
    {"America/Sao_Paulo", "2018-11-04 03:00:00", -120},
    {"America/Sao_Paulo", "2026-12-01 00:00:00", -180},
    {"Pacific/Apia", "2011-12-30 09:59:59", -600},
    {"Pacific/Apia", "2011-12-30 10:00:00", 840},
    {"Etc/GMT+2", "2026-01-01 00:00:00", -120}, /* its name counts west */
    {"UTC", "2026-01-01 00:00:00", 0},
    {"Z", "2026-01-01 00:00:00", 0},
    {"+02:00", "2026-01-01 00:00:00", 120},
    {"-0530", "2026-01-01 00:00:00", -330},
    {"+14", "2026-01-01 00:00:00", 840},
};

static void test_offsets(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(OFFSETS); i++) {
        g_autoptr(Zone) zone = load(OFFSETS[i].zone);
        if (ds_zone_offset(zone, at(OFFSETS[i].utc)) != OFFSETS[i].minutes * MILLIS_MINUTE) {
            g_error("%s at %s: %" G_GINT64_FORMAT " ms", OFFSETS[i].zone, OFFSETS[i].utc,
                    ds_zone_offset(zone, at(OFFSETS[i].utc)));
        }
    }
}

static const struct {
    const char *zone, *local;
    int readings;
    const char *first, *second;
} READINGS[] = {
    {"Europe/Berlin", "2026-03-29 01:59:59.999", 1, "2026-03-29 00:59:59.999", "2026-03-29 00:59:59.999"},
    {"Europe/Berlin", "2026-03-29 02:00:00", 0, "2026-03-29 01:00:00", "2026-03-29 01:00:00"},
    {"Europe/Berlin", "2026-03-29 02:30:00", 0, "2026-03-29 01:30:00", "2026-03-29 01:30:00"},
    {"Europe/Berlin", "2026-03-29 02:59:59.999", 0, "2026-03-29 01:59:59.999", "2026-03-29 01:59:59.999"},
    {"Europe/Berlin", "2026-03-29 03:00:00", 1, "2026-03-29 01:00:00", "2026-03-29 01:00:00"},
    {"Europe/Berlin", "2026-10-25 01:59:59.999", 1, "2026-10-24 23:59:59.999", "2026-10-24 23:59:59.999"},
    {"Europe/Berlin", "2026-10-25 02:00:00", 2, "2026-10-25 00:00:00", "2026-10-25 01:00:00"},
    {"Europe/Berlin", "2026-10-25 02:59:59.999", 2, "2026-10-25 00:59:59.999", "2026-10-25 01:59:59.999"},
    {"Europe/Berlin", "2026-10-25 03:00:00", 1, "2026-10-25 02:00:00", "2026-10-25 02:00:00"},
    {"Europe/Berlin", "2526-10-27 02:30:00", 2, "2526-10-27 00:30:00", "2526-10-27 01:30:00"},
    {"Australia/Lord_Howe", "2026-04-05 01:45:00", 2, "2026-04-04 14:45:00", "2026-04-04 15:15:00"},
    {"Australia/Lord_Howe", "2026-10-04 02:15:00", 0, "2026-10-03 15:45:00", "2026-10-03 15:45:00"},
    {"Pacific/Apia", "2011-12-30 12:00:00", 0, "2011-12-30 22:00:00", "2011-12-30 22:00:00"},
    {"+02:00", "2026-10-25 02:30:00", 1, "2026-10-25 00:30:00", "2026-10-25 00:30:00"},
};

static void test_readings(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(READINGS); i++) {
        g_autoptr(Zone) zone = load(READINGS[i].zone);
        Instant first, second;
        int readings = ds_zone_resolve(zone, at(READINGS[i].local), &first, &second);
        if (readings != READINGS[i].readings || first != at(READINGS[i].first) || second != at(READINGS[i].second)) {
            char a[INSTANT_TEXT_SIZE], b[INSTANT_TEXT_SIZE];
            g_error("%s, local %s: %d readings, %s and %s", READINGS[i].zone, READINGS[i].local, readings,
                    ds_instant_text(first, a), ds_instant_text(second, b));
        }
    }
}

static const struct {
    const char *zone, *utc;
    int days;
    const char *midnight;
} MIDNIGHTS[] = {
    {"UTC", "2026-11-25 10:00:00", 0, "2026-11-25 00:00:00"},
    {"UTC", "1969-12-31 10:00:00", 0, "1969-12-31 00:00:00"},
    {"UTC", "2026-11-25 10:00:00", -1, "2026-11-24 00:00:00"},
    {"Europe/Berlin", "2026-03-28 23:00:00", 0, "2026-03-28 23:00:00"},
    {"Europe/Berlin", "2026-03-28 22:59:59.999", 0, "2026-03-27 23:00:00"},
    {"Europe/Berlin", "2026-03-29 12:00:00", 1, "2026-03-29 22:00:00"},     /* that day has 23 hours */
    {"Europe/Berlin", "2026-10-25 12:00:00", 1, "2026-10-25 23:00:00"},     /* and that one 25 */
    {"America/Sao_Paulo", "2018-11-04 12:00:00", 0, "2018-11-04 03:00:00"}, /* begins at 01:00 */
    {"America/Sao_Paulo", "2018-11-03 12:00:00", 0, "2018-11-03 03:00:00"},
    {"Asia/Beirut", "2022-03-27 12:00:00", 0, "2022-03-26 22:00:00"},     /* begins at 01:00 */
    {"America/Havana", "2026-11-01 12:00:00", 0, "2026-11-01 04:00:00"},  /* 00:00 to 01:00 comes twice */
    {"America/Toronto", "1919-03-31 12:00:00", 0, "1919-03-31 04:30:00"}, /* 23:30 became 00:30 */
};

static void test_midnights(void) {
    for (size_t i = 0; i < G_N_ELEMENTS(MIDNIGHTS); i++) {
        g_autoptr(Zone) zone = load(MIDNIGHTS[i].zone);
        char text[INSTANT_TEXT_SIZE];
        Instant midnight = ds_zone_midnight(zone, at(MIDNIGHTS[i].utc), MIDNIGHTS[i].days);
        if (midnight != at(MIDNIGHTS[i].midnight)) {
            g_error("%s, %s %+d: %s", MIDNIGHTS[i].zone, MIDNIGHTS[i].utc, MIDNIGHTS[i].days,
                    ds_instant_text(midnight, text));
        }
    }
}

static void test_intervals(void) {
    g_autoptr(Zone) berlin = load("Europe/Berlin");
    Instant from, to;
    g_assert_cmpint(ds_zone_interval(berlin, at("2026-07-01"), &from, &to), ==, 2 * MILLIS_HOUR);
    g_assert_cmpint(from, ==, at("2026-03-29 01:00"));
    g_assert_cmpint(to, ==, at("2026-10-25 01:00"));
    (void)ds_zone_interval(berlin, INT64_MIN, &from, &to);
    g_assert_cmpint(from, ==, INT64_MIN);
    (void)ds_zone_interval(berlin, INT64_MAX, &from, &to);
    g_assert_cmpint(to, ==, INT64_MAX);
    g_assert_false(ds_zone_fixed(berlin));
    g_autoptr(Zone) offset = load("-0530");
    g_assert_true(ds_zone_fixed(offset));
    g_assert_cmpstr(ds_zone_name(offset), ==, "-05:30");
    Instant first, second;
    g_assert_cmpint(ds_zone_resolve(berlin, INT64_MAX, &first, &second), <=, 1);
    g_assert_cmpint(ds_zone_resolve(berlin, INT64_MIN, &first, &second), <=, 1);
    /* The table's seam: neighbouring intervals meet over three cycles of 400 years. */
    for (Instant t = at("2020-01-01"); t < at("3300-01-01"); t = to) {
        Millis here = ds_zone_interval(berlin, t, &from, &to);
        g_assert_cmpint(to, >, t);
        g_assert_cmpint(ds_zone_offset(berlin, to - 1), ==, here);
        g_assert_cmpint(ds_zone_offset(berlin, to), !=, here);
    }
}

static void test_names(void) {
    static const struct {
        const char *name, *says;
    } BAD[] = {
        {"Europe/Berln", "Europe/Berlin"},
        {"europe/berlin", "Europe/Berlin"},
        {"Berlin", "Europe/Berlin"},
        {"Middle_Earth/Bree", "no time zone"},
        {"../../../etc/passwd", "cannot be the name"},
        {"/etc/localtime", "cannot be the name"},
        {"Europe/../UTC", "cannot be the name"},
        {"", "cannot be the name"},
        {"Europe", "no time zone"},
        {"zone.tab", "no whole TZif file"},
        {"+25:00", "cannot be the name"},
        {"+2:00", "cannot be the name"},
        {"a\nb", "cannot be the name"},
        {"Europe/", "cannot be the name"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(ds_zone_load(BAD[i].name, &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
        if (!strstr(error->message, BAD[i].says)) {
            g_error("'%s' should say '%s'", error->message, BAD[i].says);
        }
    }
}

/* A folder with files of our own: no explicit transition, and broken ones. */
static void test_files(void) {
    static const char FIRST[44] = "TZif2";                                        /* nothing in it */
    static const char SECOND[54] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 4}; /* one type, four letters */
    g_autofree char *folder = g_dir_make_tmp("zones-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "Rule", NULL);
    g_autofree char *saved = g_strdup(g_getenv("TZDIR"));
    g_setenv("TZDIR", folder, TRUE);
    GString *file = g_string_new_len(FIRST, sizeof FIRST);
    g_string_append_len(file, SECOND, sizeof SECOND);
    g_string_append(file, "\nEST5EDT,M3.2.0,J306/1:30\n"); /* 2 November, 01:30 */
    g_assert_true(g_file_set_contents(path, file->str, (gssize)file->len, NULL));
    {
        g_autoptr(Zone) zone = load("Rule");
        g_assert_cmpint(ds_zone_offset(zone, at("2024-11-02 05:29:59")), ==, -4 * MILLIS_HOUR);
        g_assert_cmpint(ds_zone_offset(zone, at("2024-11-02 05:30:00")), ==, -5 * MILLIS_HOUR);
        g_assert_cmpint(ds_zone_offset(zone, at("2024-03-10 07:00:00")), ==, -4 * MILLIS_HOUR);
        g_assert_cmpint(ds_zone_offset(zone, at("1000-07-01")), ==, -4 * MILLIS_HOUR);
        (void)ds_zone_offset(zone, INT64_MAX);
    }
    for (size_t n = 0; n < file->len; n++) { /* cut anywhere: refused, never a crash */
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(path, file->str, (gssize)n, NULL));
        g_assert_null(ds_zone_load("Rule", &error));
        g_assert_error(error, DS_ERROR, EXIT_USAGE);
    }
    g_autoptr(GError) error = NULL;
    file->str[44 + 31] = 1; /* one leap second, 12 bytes after the type and its name */
    g_string_insert_len(file, 44 + 44 + 10, "\0\0\0\0\4\xb2\x58\0\0\0\0\1", 12);
    g_assert_true(g_file_set_contents(path, file->str, (gssize)file->len, NULL));
    g_assert_null(ds_zone_load("Rule", &error));
    g_assert_nonnull(strstr(error->message, "leap seconds"));
    g_string_free(file, TRUE);
    g_unlink(path);
    g_rmdir(folder);
    if (saved) {
        g_setenv("TZDIR", saved, TRUE);
    } else {
        g_unsetenv("TZDIR");
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zone/offsets", test_offsets);
    g_test_add_func("/zone/readings", test_readings);
    g_test_add_func("/zone/midnights", test_midnights);
    g_test_add_func("/zone/intervals", test_intervals);
    g_test_add_func("/zone/names", test_names);
    g_test_add_func("/zone/files", test_files);
    return g_test_run();
}
