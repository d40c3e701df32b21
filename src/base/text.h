/* SPDX-License-Identifier: MIT
 * Text for people and for formats: escapes, numbers, durations. Log text is hostile; nothing reaches an output
 * without one of these. Every function appends to `out`. Invalid UTF-8 becomes U+FFFD, but for JSON see report/. */
#ifndef DS_BASE_TEXT_H
#define DS_BASE_TEXT_H

#include "base/clock.h"
#include "base/span.h"

#include <glib.h>

/* Valid UTF-8: bytes that are not are replaced by U+FFFD each. Control characters stay. */
void ds_text_utf8(GString *out, Span text);
/* For a terminal, CSV, workbook cells: valid UTF-8, C0 and C1 control characters and DEL shown as \xNN
 * (tab and newline too). */
void ds_text_visible(GString *out, Span text);
/* HTML text or a double-quoted attribute: & < > " ' as entities, control characters visible. */
void ds_text_html(GString *out, Span text);
/* Markdown text (CommonMark and tables): punctuation that could start markup is backslashed, < and & are entities,
 * | is backslashed, control characters visible; no link, image, HTML or autolink can come of it. */
void ds_text_markdown(GString *out, Span text);
/* One CSV cell, RFC 4180 quoting. Text that begins with = + - @ tab or CR and is no plain number (sign, digits, one
 * point) gets a leading apostrophe, so that no spreadsheet evaluates it; control characters visible. */
void ds_text_csv(GString *out, Span text);
/* The same guard without the quoting, for workbook cells. */
void ds_text_cell(GString *out, Span text);

/* "1 h 23 min 4 s", "45 s", "250 ms", "2 d 3 h 0 min 5 s": whole units, only what is needed, exact to the ms. */
void ds_text_duration(GString *out, Millis length);
/* Seconds with three decimals: "120.000". */
void ds_text_seconds(GString *out, Millis length);
/* A ratio 0..1 as a percentage that never rounds up to 100 % (nor down to 0 %) when it is not exactly that:
 * at least three decimals, as many more as are needed to tell it from 100, e.g. "99.99996 %". */
void ds_text_percent(GString *out, double ratio);

/* Nearest of `choices` (NULL-terminated) to `word` by edit distance, or NULL when none is near enough to be meant. */
const char *ds_text_nearest(const char *word, const char *const *choices);

/* Numbers from spans: the whole span, nothing around it; false when it is no such number or too large. */
bool ds_text_int(Span text, int64_t *value);
bool ds_text_double(Span text, double *value); /* decimal point only, no locale, no inf or nan */
/* "90", "90s", "5m", "5 min", "1h30m", "2d", "250ms" and ISO 8601 "PT5M" to milliseconds; a bare number is seconds. */
bool ds_text_millis(Span text, Millis *value);

#endif
