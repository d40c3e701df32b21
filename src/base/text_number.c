/* SPDX-License-Identifier: MIT
 * Numbers for people and from logs: lengths of time, percentages that tell the truth near 100 %, and readers that take
 * the whole span or nothing. No locale and no libc state; lengths are exact in integers. */
#include "base/text.h"

#include <math.h>

void ds_text_duration(GString *out, Millis length) {
    static const struct {
        Millis size;
        const char *name;
    } units[] = {{MILLIS_DAY, "d"}, {MILLIS_HOUR, "h"}, {MILLIS_MINUTE, "min"}, {MILLIS_SECOND, "s"}, {1, "ms"}};
    if (length == MILLIS_NONE) {
        return;
    }
    if (length == 0) {
        g_string_append(out, "0 s");
        return;
    }
    if (length < 0) {
        g_string_append_c(out, '-');
        length = -length;
    }
    bool begun = false;
    for (size_t i = 0; i < G_N_ELEMENTS(units) && length > 0; i++) {
        Millis count = length / units[i].size;
        length %= units[i].size;
        if (count > 0 || (begun && units[i].size > 1)) {
            g_string_append_printf(out, "%s%" G_GINT64_FORMAT " %s", begun ? " " : "", count, units[i].name);
            begun = true;
        }
    }
}

void ds_text_seconds(GString *out, Millis length) {
    if (length == MILLIS_NONE) {
        return;
    }
    Millis size = length < 0 ? -length : length;
    g_string_append_printf(out, "%s%" G_GINT64_FORMAT ".%03d", length < 0 ? "-" : "", size / MILLIS_SECOND,
                           (int)(size % MILLIS_SECOND));
}

void ds_text_percent(GString *out, double ratio) {
    enum { LEAST = 3, MOST = 17 };
    if (!isfinite(ratio)) {
        g_string_append(out, "\xE2\x80\x93"); /* an en dash: there is no figure */
        return;
    }
    for (int decimals = LEAST; decimals <= MOST; decimals++) {
        char format[8];
        char text[G_ASCII_DTOSTR_BUF_SIZE + 32];
        g_snprintf(format, sizeof format, "%%.%df", decimals);
        g_ascii_formatd(text, sizeof text, format, ratio * 100);
        double shown = g_ascii_strtod(text, NULL);
        bool falsely_whole = ratio < 1 && shown >= 100;
        bool falsely_none = ratio > 0 && shown <= 0;
        if (decimals == MOST || (!falsely_whole && !falsely_none)) {
            g_string_append_printf(out, "%s %%", text);
            return;
        }
    }
}

static char fold(char c) {
    return c == '_' ? '-' : g_ascii_tolower(c);
}

/* Edit distance with swaps of neighbours (restricted Damerau), letter case and - against _ not counted. */
static size_t distance(const char *a, const char *b) {
    enum { LONGEST = 64 };
    size_t rows[3][LONGEST + 1];
    size_t na = strlen(a);
    size_t nb = strlen(b);
    if (na > LONGEST || nb > LONGEST) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= nb; j++) {
        rows[0][j] = j;
    }
    char before = '\0';
    for (size_t i = 1; i <= na; i++) {
        size_t *now = rows[i % 3];
        const size_t *last = rows[(i + 2) % 3];
        const size_t *older = rows[(i + 1) % 3];
        char x = fold(a[i - 1]);
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            char y = fold(b[j - 1]);
            size_t best = last[j - 1] + (x == y ? 0 : 1);
            best = MIN(best, last[j] + 1);
            best = MIN(best, now[j - 1] + 1);
            char left = j > 1 ? fold(b[j - 2]) : '\0';
            if (i > 1 && j > 1 && x == left && before == y) {
                best = MIN(best, older[j - 2] + 1);
            }
            now[j] = best;
        }
        before = x;
    }
    return rows[na % 3][nb];
}

const char *ds_text_nearest(const char *word, const char *const *choices) {
    size_t length = strlen(word);
    size_t limit = length <= 3 ? 1 : length <= 7 ? 2 : 3;
    const char *nearest = NULL;
    for (; *choices; choices++) {
        size_t d = distance(word, *choices);
        if (d <= limit && d < strlen(*choices)) {
            nearest = *choices;
            limit = d ? d - 1 : 0;
            if (d == 0) {
                break;
            }
        }
    }
    return nearest;
}

bool ds_text_int(Span text, int64_t *value) {
    size_t at = text.n && (text.p[0] == '+' || text.p[0] == '-') ? 1 : 0;
    bool negative = at && text.p[0] == '-';
    int64_t sum = 0; /* kept negative: the range reaches one further there */
    if (at == text.n) {
        return false;
    }
    for (; at < text.n; at++) {
        if (!g_ascii_isdigit(text.p[at])) {
            return false;
        }
        int64_t digit = text.p[at] - '0';
        if (sum < (INT64_MIN + digit) / 10) {
            return false;
        }
        sum = sum * 10 - digit;
    }
    if (!negative && sum == INT64_MIN) {
        return false;
    }
    *value = negative ? sum : -sum;
    return true;
}

/* Digits from *at on; how many. */
static size_t skip_digits(Span text, size_t *at) {
    size_t from = *at;
    while (*at < text.n && g_ascii_isdigit(text.p[*at])) {
        (*at)++;
    }
    return *at - from;
}

bool ds_text_double(Span text, double *value) {
    char buffer[128]; /* a number of more characters is no measurement */
    size_t at = text.n && (text.p[0] == '+' || text.p[0] == '-') ? 1 : 0;
    size_t digits = skip_digits(text, &at);
    if (at < text.n && text.p[at] == '.') {
        at++;
        digits += skip_digits(text, &at);
    }
    if (digits > 0 && at < text.n && (text.p[at] == 'e' || text.p[at] == 'E')) {
        at++;
        at += at < text.n && (text.p[at] == '+' || text.p[at] == '-') ? 1 : 0;
        digits = skip_digits(text, &at);
    }
    if (digits == 0 || at != text.n || text.n >= sizeof buffer) {
        return false;
    }
    memcpy(buffer, text.p, text.n);
    buffer[text.n] = '\0';
    double read = g_ascii_strtod(buffer, NULL);
    if (!isfinite(read)) {
        return false;
    }
    *value = read;
    return true;
}

typedef struct {
    const char *name;
    int64_t millis; /* of one unit, times `parts` */
    int64_t parts;  /* units in that many milliseconds: 1, or 1000 and 1000000 for us and ns */
} Unit;

static const Unit *unit_find(const char *name, size_t n) {
    static const Unit units[] = {
        {"ns", 1, 1000000},
        {"us", 1, 1000},
        {"\xC2\xB5s", 1, 1000},
        {"ms", 1, 1},
        {"msec", 1, 1},
        {"millis", 1, 1},
        {"s", MILLIS_SECOND, 1},
        {"sec", MILLIS_SECOND, 1},
        {"secs", MILLIS_SECOND, 1},
        {"second", MILLIS_SECOND, 1},
        {"seconds", MILLIS_SECOND, 1},
        {"m", MILLIS_MINUTE, 1},
        {"min", MILLIS_MINUTE, 1},
        {"mins", MILLIS_MINUTE, 1},
        {"minute", MILLIS_MINUTE, 1},
        {"minutes", MILLIS_MINUTE, 1},
        {"h", MILLIS_HOUR, 1},
        {"hr", MILLIS_HOUR, 1},
        {"hrs", MILLIS_HOUR, 1},
        {"hour", MILLIS_HOUR, 1},
        {"hours", MILLIS_HOUR, 1},
        {"d", MILLIS_DAY, 1},
        {"day", MILLIS_DAY, 1},
        {"days", MILLIS_DAY, 1},
        {"w", 7 * MILLIS_DAY, 1},
        {"week", 7 * MILLIS_DAY, 1},
        {"weeks", 7 * MILLIS_DAY, 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strlen(units[i].name) == n && g_ascii_strncasecmp(units[i].name, name, n) == 0) {
            return &units[i];
        }
    }
    return NULL;
}

/* A number with up to nine decimals that count: whole and billionths. */
static bool read_amount(Span text, size_t *at, int64_t *whole, int64_t *billionths) {
    size_t from = *at;
    size_t digits = skip_digits(text, at);
    *whole = 0;
    *billionths = 0;
    if (digits && !ds_text_int((Span){text.p + from, digits}, whole)) {
        return false;
    }
    if (*at < text.n && text.p[*at] == '.') {
        int64_t place = 100000000;
        for ((*at)++; *at < text.n && g_ascii_isdigit(text.p[*at]); (*at)++, digits++) {
            *billionths += (text.p[*at] - '0') * place;
            place /= 10;
        }
    }
    return digits > 0 && *whole <= INT64_MAX / (8 * MILLIS_DAY);
}

/* Adds whole.billionths units; false where it would not fit. */
static bool add_amount(Millis *sum, int64_t whole, int64_t billionths, const Unit *unit) {
    int64_t more = whole * unit->millis / unit->parts + billionths * unit->millis / unit->parts / 1000000000;
    if (*sum > INT64_MAX - more) {
        return false;
    }
    *sum += more;
    return true;
}

/* ISO 8601: P[nD|nW][T[nH][nM][nS]]. */
static bool read_iso(Span text, Millis *value) {
    Millis sum = 0;
    bool clock = false;
    bool any = false;
    for (size_t at = 1; at < text.n;) {
        if (g_ascii_toupper(text.p[at]) == 'T' && !clock) {
            clock = true;
            at++;
            continue;
        }
        int64_t whole;
        int64_t billionths;
        if (!read_amount(text, &at, &whole, &billionths) || at == text.n) {
            return false;
        }
        char letter = g_ascii_toupper(text.p[at]);
        const Unit *unit = strchr(clock ? "HMS" : "DW", letter) && letter ? unit_find(text.p + at, 1) : NULL;
        if (!unit || !add_amount(&sum, whole, billionths, unit)) {
            return false;
        }
        any = true;
        at++;
    }
    *value = sum;
    return any;
}

bool ds_text_millis(Span text, Millis *value) {
    Millis sum = 0;
    bool first = true;
    text = ds_span_trim(text);
    if (text.n && g_ascii_toupper(text.p[0]) == 'P') {
        return read_iso(text, value);
    }
    for (size_t at = 0; at < text.n;) {
        int64_t whole;
        int64_t billionths;
        if (!read_amount(text, &at, &whole, &billionths)) {
            return false;
        }
        bool bare = at == text.n;
        while (at < text.n && text.p[at] == ' ') {
            at++;
        }
        size_t from = at;
        while (at < text.n && !g_ascii_isdigit(text.p[at]) && text.p[at] != ' ' && text.p[at] != '.') {
            at++;
        }
        const Unit *unit = bare && first ? unit_find("s", 1) : unit_find(text.p + from, at - from);
        if (!unit || !add_amount(&sum, whole, billionths, unit)) {
            return false;
        }
        while (at < text.n && text.p[at] == ' ') {
            at++;
        }
        first = false;
    }
    *value = sum;
    return text.n > 0;
}
