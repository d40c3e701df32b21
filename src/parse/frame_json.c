/* SPDX-License-Identifier: MIT
 * JSON cut into values: one a line, the elements of a big array, or values over several lines. How a file does it shows
 * at its first value. A value that is no JSON costs the rest of its line and no more. */
#include "parse/parser.h"

enum { MODE_OPEN, MODE_LINES, MODE_ARRAY, MODE_VALUES };

#define CUT "JSON value is cut off"

/* To the next byte that is no blank (nor comma, between values). False at the end. */
static bool skip_between(Framer *framer) {
    for (;;) {
        for (; framer->at < framer->data.n; framer->at++) {
            char c = framer->data.p[framer->at];
            if (c == '\n') {
                framer->line++;
            } else if (c != ' ' && c != '\t' && c != '\r' && c != '\0' && !(c == ',' && framer->mode != MODE_OPEN)) {
                return true;
            }
        }
        if (!framer_more(framer)) {
            return false;
        }
    }
}

/* The value at framer->at. The window is doubled before it is looked at again, so the cost stays linear. */
static JsonResult find_value(Framer *framer, size_t *length) {
    for (;;) {
        size_t at = framer->at, before = framer->data.n - framer->at;
        JsonResult result = json_skip(framer->data, &at);
        bool open = result == JSON_WHOLE && at == framer->data.n && !strchr("}]\"", framer->data.p[at - 1]);
        *length = (result == JSON_CUT ? framer->data.n : at) - framer->at;
        if (result != JSON_CUT && !open) {
            return result;
        }
        bool grown = false;
        while (framer->data.n - framer->at < 2 * before && framer_more(framer)) {
            grown = true;
        }
        if (!grown && framer->data.n - framer->at == before) {
            return result;
        }
    }
}

/* Length of the line at framer->at, whole window where it has no end. */
static size_t line_length(Framer *framer) {
    for (size_t from = 0;;) {
        const char *found = memchr(framer->data.p + framer->at + from, '\n', framer->data.n - framer->at - from);
        if (found) {
            return (size_t)(found - framer->data.p) - framer->at;
        }
        from = framer->data.n - framer->at;
        if (!framer_more(framer)) {
            return from;
        }
    }
}

static int decide(Framer *framer) {
    if (framer->data.p[framer->at] == '[') {
        return MODE_ARRAY;
    }
    if (framer->data.p[framer->at] != '{') {
        return MODE_LINES;
    }
    size_t length = line_length(framer), at = 0;
    Span line = {framer->data.p + framer->at, length};
    JsonResult result = json_skip(line, &at);
    Span rest = ds_span_trim((Span){line.p + MIN(at, line.n), line.n - MIN(at, line.n)});
    if (result == JSON_WHOLE) {
        return rest.n == 0 || ds_span_equal(rest, SPAN(",")) ? MODE_LINES : MODE_VALUES;
    }
    if (result == JSON_BAD) {
        return MODE_LINES;
    }
    result = find_value(framer, &length);
    return result == JSON_BAD ? MODE_LINES : MODE_VALUES;
}

static void take_value(Framer *framer, Entry *entry) {
    size_t length = 0;
    JsonResult result = find_value(framer, &length);
    if (result == JSON_BAD) {
        size_t line = line_length(framer);
        framer_take(framer, entry, line, framer->at + line < framer->data.n);
        entry->fault = "not JSON";
        return;
    }
    framer_take(framer, entry, length, 0);
    entry->torn = result == JSON_CUT;
    entry->fault = result == JSON_CUT && framer->parser->step_count == 0 ? CUT : NULL;
}

bool frame_json(Framer *framer, Entry *entry) {
    for (;;) {
        if (framer->mode == MODE_LINES) {
            if (!framer_line(framer, entry)) {
                return false;
            }
            while (entry->text.n && strchr(" \t,", entry->text.p[entry->text.n - 1])) {
                entry->text.n--;
            }
            return true;
        }
        if (!skip_between(framer)) {
            return false;
        }
        if (framer->mode == MODE_ARRAY && framer->data.p[framer->at] == ']') {
            framer->at++;
            framer->mode = MODE_OPEN;
            continue;
        }
        if (framer->mode != MODE_OPEN) {
            take_value(framer, entry);
            return true;
        }
        framer->mode = decide(framer);
        framer->at += framer->mode == MODE_ARRAY;
    }
}
