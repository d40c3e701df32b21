/* SPDX-License-Identifier: MIT
 * CSV after RFC 4180: cells, header, delimiter. The header decides once which column fills which slot; a row is then
 * one walk over its delimiters. Cells are spans of the row; only those with "" inside are copied. */
#include "parse/parser.h"

#define COLUMNS_MAX 4096u

/* The cell that begins at *at; *at moves behind its delimiter, or beyond the row at the last one. */
bool csv_cell(Span row, char delimiter, size_t *at, Span *cell, GString *scratch) {
    if (*at > row.n) {
        return false;
    }
    const char *p = row.p + *at, *end = row.p + row.n;
    if (p == end || *p != '"') {
        const char *stop = p < end ? memchr(p, delimiter, (size_t)(end - p)) : NULL;
        *cell = (Span){p, (size_t)((stop ? stop : end) - p)};
        *at = stop ? (size_t)(stop - row.p) + 1 : row.n + 1;
        return true;
    }
    size_t start = scratch->len;
    const char *from = ++p;
    bool copied = false;
    for (;;) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        p = quote ? quote : end;
        if (!quote || p + 1 == end || p[1] != '"') {
            break;
        }
        g_string_append_len(scratch, from, p + 1 - from); /* with one of the two quotes */
        copied = true;
        from = p += 2;
    }
    const char *stop = p < end ? memchr(p, delimiter, (size_t)(end - p)) : NULL;
    const char *close = stop ? stop : end;
    *cell = (Span){from, (size_t)(p - from)};
    if (copied || close > p + 1) { /* bytes behind the closing quote belong to the cell, as most readers have it */
        g_string_append_len(scratch, from, p - from);
        g_string_append_len(scratch, p + (p < end), MAX(close - p - 1, 0));
        *cell = (Span){scratch->str + start, scratch->len - start};
    }
    *at = stop ? (size_t)(stop - row.p) + 1 : row.n + 1;
    return true;
}

/* ---- header ---- */

static size_t count_outside_quotes(Span row, char delimiter) {
    size_t count = 0;
    bool quoted = false;
    for (size_t i = 0; i < row.n; i++) {
        quoted ^= row.p[i] == '"';
        count += !quoted && row.p[i] == delimiter;
    }
    return count;
}

char csv_delimiter(const Parser *parser, Span header) {
    static const char choices[] = ",;\t|";
    if (parser->delimiter) {
        return parser->delimiter;
    }
    char best = ',';
    size_t most = 0;
    for (const char *c = choices; *c; c++) {
        size_t count = count_outside_quotes(header, *c);
        if (count > most) {
            most = count;
            best = *c;
        }
    }
    return best;
}

static int slot_of_column(const Parser *parser, Span name) {
    name = ds_span_trim(name);
    for (unsigned i = 0; i < parser->slots->len; i++) {
        const char *slot = parser->slots->pdata[i];
        if (strlen(slot) == name.n && g_ascii_strncasecmp(slot, name.p, name.n) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool has_need(const CsvShape *shape, const Need *need) {
    for (unsigned i = 0; i < PIECE_ALTERNATIVES && need->slots[i] >= 0; i++) {
        for (unsigned k = 0; k < shape->count; k++) {
            if (shape->slot[k] == need->slots[i]) {
                return true;
            }
        }
    }
    return false;
}

bool csv_header(CsvShape *shape, const Parser *parser, Span row, char **why) {
    g_autoptr(GString) scratch = g_string_sized_new(row.n + 1);
    shape->delimiter = csv_delimiter(parser, row);
    shape->header = (Span){g_strndup(row.p, row.n), row.n};
    shape->slot = g_new(int, COLUMNS_MAX);
    Span cell;
    for (size_t at = 0; shape->count < COLUMNS_MAX && csv_cell(row, shape->delimiter, &at, &cell, scratch);) {
        int slot = slot_of_column(parser, cell);
        for (unsigned k = 0; slot >= 0 && k < shape->count; k++) {
            slot = shape->slot[k] == slot ? -1 : slot; /* of columns of one name the first counts */
        }
        shape->slot[shape->count++] = slot;
    }
    for (unsigned i = 0; i < parser->require_count; i++) {
        if (!has_need(shape, &parser->require[i])) {
            *why = g_strdup_printf("the header has no column '%s', which parser %s needs", parser->require[i].text,
                                   parser->name);
            return false;
        }
    }
    for (unsigned i = 0; i < parser->refuse_count; i++) {
        if (has_need(shape, &parser->refuse[i])) {
            *why = g_strdup_printf("the header has a column '%s', which is not of the format of parser %s",
                                   parser->refuse[i].text, parser->name);
            return false;
        }
    }
    shape->known = parser->require_count;
    for (unsigned i = 0; i < parser->optional_count; i++) {
        shape->known += has_need(shape, &parser->optional[i]);
    }
    return true;
}

void csv_headless(CsvShape *shape, const Parser *parser) {
    shape->delimiter = parser->delimiter ? parser->delimiter : ',';
    shape->count = parser->column_count;
    shape->slot = g_new(int, MAX(shape->count, 1));
    memcpy(shape->slot, parser->columns, shape->count * sizeof(int));
    shape->known = parser->require_count;
}

void csv_shape_clear(CsvShape *shape) {
    g_free(shape->slot);
    g_free((char *)shape->header.p);
    *shape = (CsvShape){0};
}

const char *csv_row(const CsvShape *shape, const Entry *entry, Span *values, GString *scratch) {
    Span row = entry->text, cell;
    if (entry->quoted) {
        g_string_set_size(scratch, row.n); /* room for all cells: spans into it must stay */
        g_string_truncate(scratch, 0);
    }
    unsigned column = 0;
    for (size_t at = 0; at <= row.n; column++) {
        if (column == shape->count) {
            return "more cells than the header";
        }
        const int slot = shape->slot[column];
        if (entry->quoted) {
            csv_cell(row, shape->delimiter, &at, &cell, scratch);
            if (slot >= 0) {
                values[slot] = cell;
            }
            continue;
        }
        const char *p = row.p + at, *stop = memchr(p, shape->delimiter, row.n - at);
        if (slot >= 0) {
            values[slot].p = p;
            values[slot].n = stop ? (size_t)(stop - p) : row.n - at;
        }
        at = stop ? (size_t)(stop - row.p) + 1 : row.n + 1;
    }
    for (; column < shape->count; column++) {
        if (shape->slot[column] >= 0) {
            values[shape->slot[column]] = (Span){NULL, 0};
        }
    }
    return NULL;
}
