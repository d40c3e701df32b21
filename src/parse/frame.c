/* SPDX-License-Identifier: MIT
 * Where an entry ends: a line, a block of lines, a CSV row, a JSON value (frame_json.c). Only cutting, no
 * understanding: an entry is a span of the window of bytes, which is copied only where escape sequences must go. NUL
 * runs that a truncated file leaves at the front of a line, CR at its end and a missing last newline are met here. */
#include "parse/parser.h"

#define QUOTED_MAX (1u << 20) /* bytes after which a quoted cell that does not end is taken for a stray quote */
#define LONG_SAMPLE 4096u     /* bytes kept of an entry that is too long */

static const char too_long[] = "entry longer than 256 MiB";

void framer_start(Framer *framer, FrameKind kind, Bytes *bytes, const Parser *parser, Matcher *matcher) {
    *framer = (Framer){.bytes = bytes, .kind = kind, .parser = parser, .matcher = matcher, .line = 1};
    framer->delimiter = parser ? parser->delimiter : 0;
    framer->clean = g_string_new(NULL);
    if (!bytes->reader && !bytes->unwrap) {
        framer->data = bytes->memory;
    }
}

void framer_stop(Framer *framer) {
    g_string_free(framer->clean, TRUE);
    framer->clean = NULL;
}

bool framer_more(Framer *framer) {
    if (framer->ended || (!framer->bytes->reader && !framer->bytes->unwrap)) {
        framer->ended = true;
        return false;
    }
    if (framer->data.n) {
        framer->last = framer->data.p[framer->data.n - 1];
    }
    size_t kept = framer->data.n - framer->at;
    framer->consumed += framer->at;
    framer->escape_seen -= MIN(framer->at, framer->escape_seen);
    framer->quote_seen -= MIN(framer->at, framer->quote_seen);
    framer->nul_seen -= MIN(framer->at, framer->nul_seen);
    framer->plain_to -= MIN(framer->at, framer->plain_to);
    framer->ended = !(framer->bytes->unwrap ? unwrap_more(framer->bytes->unwrap, framer->at, &framer->data)
                                            : ds_reader_more(framer->bytes->reader, framer->at, &framer->data));
    framer->at = 0;
    return framer->data.n > kept;
}

bool framer_open(const Framer *framer) {
    char last = framer->data.n ? framer->data.p[framer->data.n - 1] : framer->last;
    return framer->consumed + framer->data.n > 0 && last != '\n';
}

uint64_t framer_lines(const Framer *framer) {
    return framer->line - 1 + framer_open(framer);
}

/* Is there such a byte in the window before `end`? *seen remembers where the next one stands, so that a window is
 * searched once and not line by line. */
static bool byte_before(const Framer *framer, char byte, size_t *seen, size_t end) {
    *seen = MAX(*seen, framer->at);
    if (*seen < end && framer->data.p[*seen] != byte) {
        const char *found = memchr(framer->data.p + *seen, byte, framer->data.n - *seen);
        *seen = found ? (size_t)(found - framer->data.p) : framer->data.n;
    }
    return *seen < end;
}

/* Finds anew up to where the window has no byte that takes care. */
static void look_ahead(Framer *framer) {
    byte_before(framer, '\033', &framer->escape_seen, framer->data.n);
    byte_before(framer, '\0', &framer->nul_seen, framer->data.n);
    framer->plain_to = MIN(framer->escape_seen, framer->nul_seen);
    if (framer->kind == FRAME_CSV) {
        byte_before(framer, '"', &framer->quote_seen, framer->data.n);
        framer->plain_to = MIN(framer->plain_to, framer->quote_seen);
    }
}

/* A line that is whole in the window and takes no care: nearly every line of a file. False: any other. */
static bool plain_line(Framer *framer, Entry *entry) {
    size_t rest = framer->data.n - framer->at;
    if (!rest) {
        return false;
    }
    const char *front = framer->data.p + framer->at, *found = memchr(front, '\n', rest);
    if (!found) {
        return false;
    }
    size_t length = (size_t)(found - front), end = framer->at + length;
    if (end >= framer->plain_to) {
        look_ahead(framer);
        if (end >= framer->plain_to) {
            return false;
        }
    }
    *entry = (Entry){.raw = {front, length}, .line = framer->line++};
    while (length && front[length - 1] == '\r') {
        length--;
    }
    entry->text = (Span){front, length};
    framer->at = end + 1;
    return true;
}

/* Length of an ECMA-48 escape sequence at the front of the text (CSI, OSC, or two bytes). */
static size_t escape_length(Span text) {
    if (text.n < 2) {
        return 1;
    }
    size_t i = 2;
    if (text.p[1] == '[') {
        while (i < text.n && i < 64 && (unsigned char)text.p[i] >= 0x20 && (unsigned char)text.p[i] <= 0x3f) {
            i++;
        }
        return i < text.n && (unsigned char)text.p[i] >= 0x40 && (unsigned char)text.p[i] <= 0x7e ? i + 1 : i;
    }
    if (text.p[1] == ']') {
        while (i < text.n && i < 1024 && text.p[i] != '\a' && text.p[i] != '\033' && text.p[i] != '\n') {
            i++;
        }
        if (i < text.n && text.p[i] == '\a') {
            return i + 1;
        }
        return i + 1 < text.n && text.p[i] == '\033' && text.p[i + 1] == '\\' ? i + 2 : i;
    }
    return (unsigned char)text.p[1] >= 0x20 ? 2 : 1;
}

/* A copy without escape sequences, and without CR before a newline. */
static Span clean_copy(GString *out, Span text) {
    g_string_truncate(out, 0);
    for (size_t i = 0; i < text.n;) {
        if (text.p[i] == '\033') {
            i += escape_length((Span){text.p + i, text.n - i});
        } else if (text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] == '\n') {
            i++;
        } else {
            size_t from = i++;
            while (i < text.n && text.p[i] != '\033' && text.p[i] != '\r') {
                i++;
            }
            g_string_append_len(out, text.p + from, (gssize)(i - from));
        }
    }
    return (Span){out->str, out->len};
}

void framer_take(Framer *framer, Entry *entry, size_t length, size_t skip) {
    const char *front = framer->data.p + framer->at;
    size_t end = framer->at + length;
    *entry = (Entry){.raw = {front, length}, .line = framer->line, .torn = skip == 0};
    if (framer->kind == FRAME_LINES) {
        framer->line += skip > 0;
    } else {
        for (const char *p = front; (p = memchr(p, '\n', (size_t)(front + length + skip - p))); p++) {
            framer->line++;
        }
    }
    Span text = entry->raw;
    if (byte_before(framer, '\033', &framer->escape_seen, end) ||
        (framer->kind == FRAME_BLOCKS && memchr(text.p, '\r', text.n))) {
        text = clean_copy(framer->clean, text);
    }
    while (text.n && (text.p[text.n - 1] == '\r' || text.p[text.n - 1] == '\0')) {
        text.n--;
    }
    while (text.n && text.p[0] == '\0') {
        text.p++;
        text.n--;
    }
    entry->text = text;
    framer->at = end + skip;
}

/* An entry that does not fit the window: its front is kept for people, the rest of its line is dropped. */
static void take_too_long(Framer *framer, Entry *entry) {
    g_string_truncate(framer->clean, 0);
    g_string_append_len(framer->clean, framer->data.p + framer->at,
                        (gssize)MIN(framer->data.n - framer->at, LONG_SAMPLE));
    uint64_t line = framer->line;
    for (;;) {
        const char *found = memchr(framer->data.p + framer->at, '\n', framer->data.n - framer->at);
        if (found) {
            framer->at = (size_t)(found - framer->data.p) + 1;
            framer->line++;
            break;
        }
        framer->at = framer->data.n;
        if (!framer_more(framer)) {
            break;
        }
    }
    Span sample = {framer->clean->str, framer->clean->len};
    *entry = (Entry){.raw = sample, .text = sample, .line = line, .fault = too_long};
}

/* Drops NULs at the front of a line, however many. */
static void skip_nuls(Framer *framer) {
    for (;;) {
        while (framer->at < framer->data.n && framer->data.p[framer->at] == '\0') {
            framer->at++;
        }
        if (framer->at < framer->data.n || !framer_more(framer)) {
            return;
        }
    }
}

typedef enum { LINE_FOUND, LINE_NONE, LINE_TOO_LONG } LineResult;

/* The line that begins `offset` bytes behind framer->at. */
static LineResult find_line(Framer *framer, size_t offset, size_t *length, size_t *skip) {
    for (size_t from = offset;;) {
        size_t begin = framer->at + from;
        const char *found =
            begin < framer->data.n ? memchr(framer->data.p + begin, '\n', framer->data.n - begin) : NULL;
        if (found) {
            *length = (size_t)(found - framer->data.p) - framer->at - offset;
            *skip = 1;
            return LINE_FOUND;
        }
        from = framer->data.n - framer->at;
        if (!framer_more(framer)) {
            if (!framer->ended) {
                return LINE_TOO_LONG;
            }
            *length = framer->data.n - framer->at - offset;
            *skip = 0;
            return *length ? LINE_FOUND : LINE_NONE;
        }
    }
}

static bool next_line(Framer *framer, Entry *entry) {
    size_t length = 0, skip = 0;
    if (plain_line(framer, entry)) {
        return true;
    }
    if (framer->at >= framer->data.n || framer->data.p[framer->at] == '\0') {
        skip_nuls(framer);
    }
    switch (find_line(framer, 0, &length, &skip)) {
    case LINE_FOUND:
        framer_take(framer, entry, length, skip);
        return true;
    case LINE_TOO_LONG:
        take_too_long(framer, entry);
        return true;
    case LINE_NONE:
        break;
    }
    return false;
}

static bool line_matches(Framer *framer, const Regex *regex, size_t offset, size_t length) {
    Span line = {framer->data.p + framer->at + offset, length};
    if (line.n && line.p[line.n - 1] == '\r') {
        line.n--;
    }
    return matcher_match(framer->matcher, regex, line) == MATCH_FOUND;
}

static bool next_block(Framer *framer, Entry *entry) {
    size_t offset = 0, last_skip = 0;
    skip_nuls(framer);
    for (;;) {
        size_t length = 0, skip = 0;
        LineResult result = find_line(framer, offset, &length, &skip);
        if (result == LINE_TOO_LONG) {
            framer->begun = false;
            take_too_long(framer, entry);
            return true;
        }
        if (result == LINE_NONE) {
            if (offset == 0) {
                return false;
            }
            framer_take(framer, entry, offset - last_skip, last_skip);
            entry->torn = true;
            return true;
        }
        bool begins = (offset == 0 && framer->begun) || line_matches(framer, framer->parser->begin, offset, length);
        framer->begun = offset > 0 && begins;
        if (framer->begun) {
            framer_take(framer, entry, offset - last_skip, last_skip);
            return true;
        }
        bool ends = offset == 0 && !begins;
        ends = ends || (framer->parser->end && line_matches(framer, framer->parser->end, offset, length));
        offset += length + skip;
        last_skip = skip;
        if (ends) {
            framer_take(framer, entry, offset - skip, skip);
            return true;
        }
    }
}

/* ---- CSV rows ---- */

typedef enum { CELL_START, CELL_PLAIN, CELL_QUOTED, CELL_QUOTE } CellState;

static CellState after_byte(CellState state, char c, char delimiter) {
    bool delimits = delimiter ? c == delimiter : strchr(",;\t|", c) != NULL && c;
    if (state == CELL_QUOTED) {
        return c == '"' ? CELL_QUOTE : CELL_QUOTED;
    }
    if (state == CELL_QUOTE && c == '"') {
        return CELL_QUOTED;
    }
    if (delimits) {
        return CELL_START;
    }
    return state == CELL_START && c == '"' ? CELL_QUOTED : CELL_PLAIN;
}

/* The row's end where it holds quotes. False: a quoted cell does not end. */
static bool find_quoted_end(Framer *framer, size_t *length, size_t *skip) {
    CellState state = CELL_START;
    size_t i = 0;
    for (;;) {
        for (; framer->at + i < framer->data.n; i++) {
            char c = framer->data.p[framer->at + i];
            if (c == '\n' && state != CELL_QUOTED) {
                *length = i;
                *skip = 1;
                return true;
            }
            state = after_byte(state, c, framer->delimiter);
            if (i > QUOTED_MAX && state == CELL_QUOTED) {
                return false;
            }
        }
        if (!framer_more(framer)) {
            *length = i;
            *skip = 0;
            return state != CELL_QUOTED;
        }
    }
}

static bool next_row(Framer *framer, Entry *entry) {
    size_t length = 0, skip = 0;
    if (plain_line(framer, entry)) {
        return true;
    }
    if (framer->at >= framer->data.n || framer->data.p[framer->at] == '\0') {
        skip_nuls(framer);
    }
    LineResult result = find_line(framer, 0, &length, &skip);
    if (result != LINE_FOUND) {
        return result == LINE_TOO_LONG && (take_too_long(framer, entry), true);
    }
    bool quoted = byte_before(framer, '"', &framer->quote_seen, framer->at + length);
    size_t line_length = length, line_skip = skip;
    if (quoted && !framer->parser->directive.n &&
        !(framer->parser->comment && framer->data.p[framer->at] == framer->parser->comment) &&
        !find_quoted_end(framer, &length, &skip)) {
        framer_take(framer, entry, line_length, line_skip);
        entry->fault = "a quoted cell does not end";
        entry->torn = framer->bytes->partial;
        return true;
    }
    framer_take(framer, entry, length, skip);
    entry->quoted = quoted;
    return true;
}

bool framer_next(Framer *framer, Entry *entry) {
    bool found = false;
    switch (framer->kind) {
    case FRAME_LINES:
        found = next_line(framer, entry);
        break;
    case FRAME_BLOCKS:
        found = next_block(framer, entry);
        break;
    case FRAME_CSV:
        found = next_row(framer, entry);
        break;
    case FRAME_JSON:
        found = frame_json(framer, entry);
        break;
    }
    return found;
}

bool framer_line(Framer *framer, Entry *entry) {
    return next_line(framer, entry);
}
