/* SPDX-License-Identifier: MIT
 * libFuzzer: every form on any bytes, then the two readings of a file made of the lines. What is read must be an
 * instant of the years 1 to 9999, give or take an offset, and the second reading must see what the first one saw. */
#include "parse/stamp_token.h"

#include <stdlib.h>

#define MOST_LINES 64

static const char *const FORMS[][2] = {
    {"auto"},
    {"epoch"},
    {"iso"},
    {"rfc3164"},
    {"clf"},
    {"rfc2822"},
    {"ctime"},
    {"dmy"},
    {"mdy"},
    {"numeric"},
    {"%a %d %b %Y %I:%M:%S.%f %p %Z"},
    {"%s.%f"},
    {"%Y/%j %T%z"},
    {"%D%n%H%%"},
    {"%m-%d %H"},
};
#define FORM_COUNT (sizeof FORMS / sizeof *FORMS)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

/* A shape read from its places must be what its form reads. */
static void check_plain(Span text) {
    RawStamp plain, form;
    if (text.n > 0 && text.n <= STAMP_TEXT_MOST) {
        for (int i = 0; i < 3; i++) {
            bool fits = i == 0   ? stamp_plain_iso(text, &plain)
                        : i == 1 ? stamp_plain_clf(text, &plain)
                                 : stamp_plain_syslog(text, &plain);
            if (fits) {
                check(i == 0   ? stamp_form_iso(text, &form)
                      : i == 1 ? stamp_form_clf(text, &form)
                               : stamp_form_named(text, &form));
                check(plain.local == form.local && plain.offset == form.offset && plain.has_year == form.has_year &&
                      plain.has_offset == form.has_offset);
            }
        }
    }
}

/* The next line; the bytes are copied so that reading past the end is seen. */
static char *next_line(const uint8_t **p, const uint8_t *end, size_t *n) {
    const uint8_t *newline = memchr(*p, '\n', (size_t)(end - *p));
    *n = (size_t)((newline ? newline : end) - *p);
    char *copy = g_malloc(*n ? *n : 1);
    memcpy(copy, *p, *n);
    *p = newline ? newline + 1 : end;
    return copy;
}

static void read_twice(const StampSpec *spec, const Zone *zone, const uint8_t *data, size_t size) {
    RawStamp stamps[MOST_LINES];
    size_t count = 0;
    StampSurvey survey;
    stamp_survey_start(&survey);
    for (const uint8_t *p = data, *end = data + size; p < end && count < MOST_LINES;) {
        size_t n;
        g_autofree char *line = next_line(&p, end, &n);
        check_plain((Span){line, n});
        if (stamp_scan(spec, (Span){line, n}, &stamps[count])) {
            check(llabs(stamps[count].local) < INT64_C(300000000000000));
            check(llabs(stamps[count].offset) < MILLIS_DAY);
            check(stamp_may_lack_year(spec) || stamps[count].has_year);
            check(stamp_may_lack_zone(spec) || stamps[count].has_offset);
            check(stamp_may_be_numeric(spec) || !stamps[count].swappable);
            stamp_survey_add(&survey, &stamps[count++]);
        }
    }
    InputFile file = {.path = (char[]){"fuzz"},
                      .date = size % 3 ? INSTANT_NONE : 1767225600000,
                      .packed = size % 2 ? INSTANT_NONE : 1767225600000,
                      .modified = INSTANT_NONE};
    FileQuality quality = {0};
    StampContext context;
    g_autoptr(GError) error = NULL;
    if (stamp_context_start(&context, &survey, zone, size % 5 ? 0 : 2024, size % 7 ? NULL : "mdy", &file, &quality,
                            &error)) {
        for (size_t i = 0; i < count; i++) {
            Instant instant = stamp_resolve(&context, &stamps[i]);
            check(llabs(instant) < INT64_C(300000000000000));
        }
        check((quality.zone != NULL) == (survey.zoneless > 0));
        check((quality.year_rule != NULL) == (survey.yearless > 0));
    } else {
        check(error && survey.swappable > 0);
    }
    g_free(quality.zone);
    g_free(quality.year_rule);
    g_free(quality.date_order);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    StampSpec *spec = stamp_spec_new(FORMS[data[0] % FORM_COUNT], NULL);
    g_autoptr(Zone) zone = ds_zone_load(data[1] % 2 ? "Europe/Berlin" : "+05:30", NULL);
    check(spec && zone);
    read_twice(spec, zone, data + 2, size - 2);
    stamp_spec_free(spec);
    /* The bytes as a pattern of their own. */
    g_autofree char *text = g_strndup((const char *)data + 2, size - 2);
    const char *const forms[] = {text, NULL};
    spec = stamp_spec_new(forms, NULL);
    if (spec) {
        read_twice(spec, zone, data + 2, size - 2);
        stamp_spec_free(spec);
    }
    return 0;
}
