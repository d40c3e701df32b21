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
    row.p = row.n ? row.p : "";
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

/* The names of a header row to slots. */
static void read_names(CsvShape *shape, const Parser *parser, Span row, char delimiter) {
    g_autoptr(GString) scratch = g_string_sized_new(row.n + 1);
    shape->slot = g_new(int, COLUMNS_MAX);
    Span cell;
    for (size_t at = 0; shape->count < COLUMNS_MAX && csv_cell(row, delimiter, &at, &cell, scratch);) {
        int slot = slot_of_column(parser, cell);
        for (unsigned k = 0; slot >= 0 && k < shape->count; k++) {
            slot = shape->slot[k] == slot ? -1 : slot; /* of columns of one name the first counts */
        }
        shape->slot[shape->count++] = slot;
    }
    shape->known = parser->require_count;
    for (unsigned i = 0; i < parser->optional_count; i++) {
        shape->known += has_need(shape, &parser->optional[i]);
    }
}

static bool check_names(const CsvShape *shape, const Parser *parser, char **why) {
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
    return true;
}

bool csv_header(CsvShape *shape, const Parser *parser, Span row, char **why) {
    shape->delimiter = csv_delimiter(parser, row);
    shape->header = (Span){g_strndup(row.p, row.n), row.n};
    read_names(shape, parser, row, shape->delimiter);
    return check_names(shape, parser, why);
}

bool csv_directive(CsvShape *shape, const Parser *parser, Span line, bool first, char **why) {
    g_autoptr(GString) names = g_string_sized_new(line.n);
    Span rest = ds_span_trim((Span){line.p + parser->directive.n, line.n - parser->directive.n});
    for (size_t i = 0; i < rest.n; i++) {
        bool blank = rest.p[i] == ' ' || rest.p[i] == '\t';
        if (!blank || names->str[names->len - 1] != '\t') {
            g_string_append_c(names, blank ? '\t' : rest.p[i]);
        }
    }
    csv_shape_clear(shape);
    shape->delimiter = parser->delimiter;
    shape->header = (Span){g_strndup(line.p, line.n), line.n};
    read_names(shape, parser, (Span){names->str, names->len}, '\t');
    return !first || check_names(shape, parser, why);
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
    g_free(shape->place);
    g_free((char *)shape->header.p);
    *shape = (CsvShape){0};
}

/* ---- rows ---- */

static const char more_cells[] = "more cells than the header";

static inline void put_cell(const CsvShape *shape, unsigned column, const char *from, const char *end) {
    Span *place = shape->place[column];
    if (place) {
        *place = (Span){from, (size_t)(end - from)};
    }
}

/* The highest bit of each byte of the word that equals that of the pattern; exact, no carry between bytes. */
static inline uint64_t equal_bytes(uint64_t word, uint64_t pattern) {
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f), differ = word ^ pattern;
    return ~(((differ & low) + low) | differ | low);
}

/* Number of the lowest byte with a bit. */
static inline unsigned lowest_byte(uint64_t bits) {
#ifdef __GNUC__
    return (unsigned)__builtin_ctzll(bits) / 8;
#else
    unsigned byte = 0;
    for (; !(bits & 0xff); bits >>= 8) {
        byte++;
    }
    return byte;
#endif
}

/* The bytes of a row from p on, at most eight, the first one lowest; 0 behind the end. */
static inline uint64_t row_word(Span row, const char *p) {
    size_t left = (size_t)(row.p + row.n - p);
    if (left >= 8) {
        return ds_load8(p);
    }
    if (row.n >= 8) {
        return ds_load8(p - (8 - left)) >> (8 * (8 - left));
    }
    uint64_t word = 0;
    for (size_t i = 0; i < left; i++) {
        word |= (uint64_t)(unsigned char)p[i] << (8 * i);
    }
    return word;
}

/* A row without quotes: its delimiters are found eight bytes at a time. *column: the cells met. */
static bool plain_cells(const CsvShape *shape, Span row, unsigned *column) {
    const uint64_t pattern = (unsigned char)shape->delimiter * UINT64_C(0x0101010101010101);
    row.p = row.n ? row.p : "";
    const char *from = row.p, *end = row.p + row.n;
    const unsigned count = shape->count;
    unsigned at = 0;
    for (const char *p = row.p; p < end; p += 8) {
        for (uint64_t hits = equal_bytes(row_word(row, p), pattern); hits; hits &= hits - 1) {
            if (at == count) {
                return false;
            }
            const char *stop = p + lowest_byte(hits);
            put_cell(shape, at++, from, stop);
            from = stop + 1;
        }
    }
    if (at == count) {
        return false;
    }
    put_cell(shape, at++, from, end);
    *column = at;
    return true;
}

static bool quoted_cells(const CsvShape *shape, Span row, GString *scratch, unsigned *column) {
    g_string_set_size(scratch, row.n); /* room for all cells: spans into it must stay */
    g_string_truncate(scratch, 0);
    Span cell;
    for (size_t at = 0; csv_cell(row, shape->delimiter, &at, &cell, scratch); ++*column) {
        if (*column == shape->count) {
            return false;
        }
        put_cell(shape, *column, cell.p, cell.p + cell.n);
    }
    return true;
}

const char *csv_row(const CsvShape *shape, const Entry *entry, GString *scratch) {
    unsigned column = 0;
    bool fits =
        entry->quoted ? quoted_cells(shape, entry->text, scratch, &column) : plain_cells(shape, entry->text, &column);
    if (!fits) {
        return more_cells;
    }
    for (; column < shape->count; column++) {
        if (shape->place[column]) {
            *shape->place[column] = (Span){NULL, 0};
        }
    }
    return NULL;
}
