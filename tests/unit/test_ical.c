/* SPDX-License-Identifier: MIT
 * iCalendar: occurrences, zones, changed and cancelled ones, and calendars that are cut. */
#include "parse/parser.h"

static void append(void *context, const Record *record) {
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    g_string_append_printf(context, "%" G_GUINT64_FORMAT ":%.16s-%.16s %.*s/%.*s\n", record->origin.line,
                           ds_instant_text(record->time, from), ds_instant_text(record->until, to),
                           (int)record->service.n, record->service.p ? record->service.p : "", (int)record->text.n,
                           record->text.p ? record->text.p : "");
}

static void check(const char *rules, const char *text, const char *expected, uint64_t accepted, uint64_t ignored,
                  uint64_t rejected) {
    GError *error = NULL;
    g_autofree char *yaml = g_strconcat("name: t\ntitle: t\ntype: ical\ntimezone: Europe/Berlin\n", rules, NULL);
    Parser *parser = ds_parser_compile(ds_span_of(yaml), "t.yaml", &error);
    g_assert_no_error(error);
    g_autoptr(GString) got = g_string_new(NULL);
    g_autoptr(Quality) quality = ds_quality_new();
    FileQuality *page = ds_quality_add(quality, "x");
    Sink sink = {append, NULL, got};
    g_assert_true(run_memory(parser, ds_span_of(text), &sink, page, NULL));
    g_assert_cmpstr(got->str, ==, expected);
    g_assert_cmpuint(page->accepted, ==, accepted);
    g_assert_cmpuint(page->ignored, ==, ignored);
    g_assert_cmpuint(page->rejected, ==, rejected);
    ds_parser_free(parser);
}

#define CALENDAR(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:u\r\n" lines "END:VEVENT\r\n"

static void test_single(void) {
    check("",
          CALENDAR(EVENT("DTSTART:20260301T100000Z\r\nDTEND:20260301T113000Z\r\nSUMMARY:Swap\\, then\r\n  test\r\n")),
          "3:2026-03-01T10:00-2026-03-01T11:30 /Swap, then test\n", 1, 0, 0);
    check("", CALENDAR(EVENT("DTSTART:20260301T100000\r\nDURATION:PT2H\r\n")),
          "3:2026-03-01T09:00-2026-03-01T11:00 /\n", 1, 0, 0);
    check("", CALENDAR(EVENT("DTSTART;TZID=America/New_York:20260301T100000\r\nDURATION:PT1H\r\n")),
          "3:2026-03-01T15:00-2026-03-01T16:00 /\n", 1, 0, 0);
    check("", CALENDAR(EVENT("DTSTART;VALUE=DATE:20260301\r\n")), "3:2026-02-28T23:00-2026-03-01T23:00 /\n", 1, 0, 0);
    check(
        "rules:\n  - {when: {location: lab}, ignore: true}\n  - fields: {service: '{location}', text: 'x {summary}'}\n",
        CALENDAR(EVENT("DTSTART:20260301T100000Z\r\nDURATION:PT1H\r\nLOCATION:web\r\nSUMMARY:s\r\n")
                     EVENT("DTSTART:20260301T100000Z\r\nLOCATION:lab\r\n")),
        "3:2026-03-01T10:00-2026-03-01T11:00 web/x s\n", 1, 1, 0);
}

/* Weekly at 01:30 in Berlin over the change to summer time; one left out, one moved. */
static void test_repeated(void) {
    check("",
          CALENDAR(EVENT("DTSTART:20260322T013000\r\nDURATION:PT30M\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n"
                         "EXDATE:20260405T013000\r\n")
                       EVENT("RECURRENCE-ID:20260412T013000\r\nDTSTART:20260412T050000\r\nDURATION:PT1H\r\n")),
          "3:2026-03-22T00:30-2026-03-22T01:00 /\n3:2026-03-29T00:30-2026-03-29T01:00 /\n"
          "10:2026-04-12T03:00-2026-04-12T04:00 /\n",
          2, 0, 0);
}

/* Hours are exact where the clocks change, days are those of the calendar; zones told or not, once or repeated. */
static void test_clock_change(void) {
    static const struct {
        const char *lines, *expected;
    } cases[] = {
        {"DTSTART:20261024T230000\r\nDURATION:PT4H\r\n", "3:2026-10-24T21:00-2026-10-25T01:00 /\n"},
        {"DTSTART;TZID=America/New_York:20261101T000000\r\nDURATION:PT3H\r\n",
         "3:2026-11-01T04:00-2026-11-01T07:00 /\n"},
        {"DTSTART:20261024T230000\r\nDURATION:P1DT1H\r\n", "3:2026-10-24T21:00-2026-10-25T23:00 /\n"},
        {"DTSTART:20261017T230000\r\nDURATION:PT4H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n",
         "3:2026-10-17T21:00-2026-10-18T01:00 /\n3:2026-10-24T21:00-2026-10-25T01:00 /\n"
         "3:2026-10-31T22:00-2026-11-01T02:00 /\n"},
        {"DTSTART;TZID=Europe/Berlin:20260321T230000\r\nDURATION:P1D\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n",
         "3:2026-03-21T22:00-2026-03-22T22:00 /\n3:2026-03-28T22:00-2026-03-29T21:00 /\n"},
        {"DTSTART;VALUE=DATE:20261024\r\nDURATION:P1D\r\nRRULE:FREQ=DAILY;COUNT=2\r\n",
         "3:2026-10-23T22:00-2026-10-24T22:00 /\n3:2026-10-24T22:00-2026-10-25T23:00 /\n"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n", cases[i].lines,
                                            "END:VEVENT\r\nEND:VCALENDAR\r\n", NULL);
        check("", text, cases[i].expected, 1, 0, 0);
    }
}

static void test_refused(void) {
    check("", CALENDAR(EVENT("DTSTART:20260301T100000Z\r\nSTATUS:CANCELLED\r\n")), "", 0, 1, 0);
    check("", CALENDAR(EVENT("SUMMARY:no time\r\n")), "", 0, 0, 1);
    check("", CALENDAR(EVENT("DTSTART:20260301T100000Z\r\nRRULE:FREQ=SECONDLY\r\n")), "", 0, 0, 1);
    check("", "BEGIN:VCALENDAR\r\n" EVENT("DTSTART:20260301T100000Z\r\nDURATION:PT1H\r\n") "BEGIN:VEVENT\r\nDTSTA",
          "2:2026-03-01T10:00-2026-03-01T11:00 /\n", 1, 0, 1);
    check("", "no calendar\n", "", 0, 0, 0);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ical/single", test_single);
    g_test_add_func("/ical/repeated", test_repeated);
    g_test_add_func("/ical/clock_change", test_clock_change);
    g_test_add_func("/ical/refused", test_refused);
    return g_test_run();
}
