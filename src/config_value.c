/* SPDX-License-Identifier: MIT
 * Texts to values: one reader a kind, the same for the file and for the command line. Each says what it expected, so
 * that the caller only adds where. */
#include "base/text.h"
#include "config_table.h"

static bool read_digits(Span text, size_t at, size_t n, int *value) {
    *value = 0;
    if (at + n > text.n) {
        return false;
    }
    for (size_t i = at; i < at + n; i++) {
        if (!g_ascii_isdigit(text.p[i])) {
            return false;
        }
        *value = *value * 10 + (text.p[i] - '0');
    }
    return true;
}

static bool read_civil_date(Span text, Civil *civil) {
    return text.n >= 10 && read_digits(text, 0, 4, &civil->year) && text.p[4] == '-' &&
           read_digits(text, 5, 2, &civil->month) && text.p[7] == '-' && read_digits(text, 8, 2, &civil->day);
}

bool config_date(Span text, int64_t *day) {
    Civil civil = {0};
    text = ds_span_trim(text);
    if (text.n != 10 || !read_civil_date(text, &civil) || !ds_civil_valid(&civil)) {
        return false;
    }
    *day = ds_days_of(civil.year, civil.month, civil.day);
    return true;
}

/* [T ]HH:MM[:SS[.fff]] from `at` on; where it stopped, or 0. */
static size_t read_clock(Span text, size_t at, Civil *civil) {
    if (at >= text.n || !strchr("Tt ", text.p[at]) || !read_digits(text, at + 1, 2, &civil->hour) || at + 3 >= text.n ||
        text.p[at + 3] != ':' || !read_digits(text, at + 4, 2, &civil->minute)) {
        return 0;
    }
    at += 6;
    if (at < text.n && text.p[at] == ':') {
        if (!read_digits(text, at + 1, 2, &civil->second)) {
            return 0;
        }
        at += 3;
    }
    if (at + 1 < text.n && (text.p[at] == '.' || text.p[at] == ',') && g_ascii_isdigit(text.p[at + 1])) {
        int place = 100;
        for (at++; at < text.n && g_ascii_isdigit(text.p[at]); at++, place /= 10) {
            civil->milli += (text.p[at] - '0') * place;
        }
    }
    return at;
}

/* Z or +HH[:MM]; false where the rest is neither. */
static bool read_offset(Span rest, Millis *offset) {
    int hours;
    int minutes = 0;
    if (rest.n == 1 && (rest.p[0] == 'Z' || rest.p[0] == 'z')) {
        *offset = 0;
        return true;
    }
    if ((rest.n != 3 && rest.n != 5 && rest.n != 6) || (rest.p[0] != '+' && rest.p[0] != '-') ||
        !read_digits(rest, 1, 2, &hours)) {
        return false;
    }
    if (rest.n > 3 && ((rest.n == 6 && rest.p[3] != ':') || !read_digits(rest, rest.n - 2, 2, &minutes))) {
        return false;
    }
    *offset = (hours * MILLIS_HOUR + minutes * MILLIS_MINUTE) * (rest.p[0] == '-' ? -1 : 1);
    return hours <= 23 && minutes <= 59;
}

bool config_instant(Span text, const Zone *zone, Instant *instant) {
    Civil civil = {0};
    text = ds_span_trim(text);
    if (!read_civil_date(text, &civil)) {
        return false;
    }
    size_t at = text.n > 10 ? read_clock(text, 10, &civil) : 10;
    if (at == 0 || !ds_civil_valid(&civil)) {
        return false;
    }
    Instant local = ds_instant_of(&civil);
    Span rest = ds_span_trim((Span){text.p + at, text.n - at});
    if (rest.n == 0) {
        Instant second;
        ds_zone_resolve(zone, local, instant, &second);
        return true;
    }
    Millis offset;
    if (!read_offset(rest, &offset)) {
        return false;
    }
    *instant = local - offset;
    return true;
}

bool config_share(const char *text, double *share) {
    Span span = ds_span_trim(ds_span_of(text));
    bool percent = span.n && span.p[span.n - 1] == '%';
    double value;
    if (percent) {
        span = ds_span_trim((Span){span.p, span.n - 1});
    }
    if (!ds_text_double(span, &value) || value < 0 || value > 100) {
        return false;
    }
    *share = percent || value > 1 ? value / 100 : value;
    return true;
}

/* One of the words (NULL-terminated): its place, or -1 with *why. */
static int pick_word(const char *text, const char *const *words, char **why) {
    for (int i = 0; words[i]; i++) {
        if (g_ascii_strcasecmp(words[i], text) == 0) {
            return i;
        }
    }
    g_autofree char *all = g_strjoinv(", ", (char **)words);
    *why = g_strdup_printf("expected one of %s", all);
    return -1;
}

static void *member_of(Config *config, const Setting *row) {
    return (char *)config + row->offset;
}

static void set_text(char **member, const char *text) {
    g_free(*member);
    *member = g_strdup(text);
}

static bool set_choice(Config *config, const Setting *row, const char *text, char **why) {
    static const char *const orders[] = {"dmy", "mdy", NULL};
    static const char *const levels[] = {"service", "series", "all", NULL};
    static const char *const modes[] = {"honour", "exclude", "ignore", "honor", NULL};
    static const char *const flags[] = {"true", "yes", "on", "1", "false", "no", "off", "0", NULL};
    const char *const *words = row->kind == KIND_ORDER   ? orders
                               : row->kind == KIND_LEVEL ? levels
                               : row->kind == KIND_MODE  ? modes
                                                         : flags;
    int place = pick_word(text, words, why);
    if (place < 0) {
        return false;
    }
    if (row->kind == KIND_MODE) {
        *(MaintenanceMode *)member_of(config, row) = place == 3 ? MAINTENANCE_HONOUR : (MaintenanceMode)place;
    } else if (row->kind == KIND_FLAG) {
        *(bool *)member_of(config, row) = place < 4;
    } else {
        set_text(member_of(config, row), words[place]);
    }
    return true;
}

static bool in_range(const Setting *row, double value, char **why) {
    if (value >= row->low && value <= row->high) {
        return true;
    }
    if (row->high < 1e9) {
        *why = g_strdup_printf("expected a number from %g to %g", row->low, row->high);
    } else {
        *why = g_strdup_printf("expected a number of at least %g", row->low);
    }
    return false;
}

static bool set_whole(Config *config, const Setting *row, const char *text, char **why) {
    int64_t value;
    if (!ds_text_int(ds_span_of(text), &value)) {
        *why = g_strdup("expected a whole number");
        return false;
    }
    if (!in_range(row, (double)value, why)) {
        return false;
    }
    if (row->kind == KIND_YEAR) {
        *(int *)member_of(config, row) = (int)value;
    } else {
        *(unsigned *)member_of(config, row) = (unsigned)value;
    }
    return true;
}

static bool set_day(Config *config, const Setting *row, const char *text, char **why) {
    int64_t day;
    if (!config_date(ds_span_of(text), &day)) {
        *why = g_strdup("expected a date such as 2026-11-25");
        return false;
    }
    *(Instant *)member_of(config, row) = day * MILLIS_DAY;
    return true;
}

static bool set_number(Config *config, const Setting *row, const char *text, char **why) {
    Span span = ds_span_trim(ds_span_of(text));
    bool percent = row->high <= 1 && span.n && span.p[span.n - 1] == '%';
    double value;
    if (percent) {
        span = ds_span_trim((Span){span.p, span.n - 1});
    }
    if (!ds_text_double(span, &value)) {
        *why = g_strdup("expected a number");
        return false;
    }
    value = percent ? value / 100 : value;
    if (!in_range(row, value, why)) {
        return false;
    }
    *(double *)member_of(config, row) = value;
    return true;
}

static bool set_duration(Config *config, const Setting *row, const char *text, char **why) {
    Millis value;
    bool may_be_auto = strcmp(row->info.fallback, "auto") == 0;
    if (may_be_auto && g_ascii_strcasecmp(text, "auto") == 0) {
        *(Millis *)member_of(config, row) = 0;
        return true;
    }
    if (!ds_text_millis(ds_span_of(text), &value)) {
        *why = g_strdup_printf("expected a length of time such as 30s, 5m or 1h30m%s", may_be_auto ? ", or auto" : "");
        return false;
    }
    if ((double)value < row->low * 1000 || (double)value > row->high * 1000) {
        g_autoptr(GString) low = g_string_new(NULL);
        g_autoptr(GString) high = g_string_new(NULL);
        ds_text_duration(low, (Millis)(row->low * 1000));
        ds_text_duration(high, (Millis)(row->high * 1000));
        *why = g_strdup_printf("expected a length of time from %s to %s%s", low->str, high->str,
                               may_be_auto ? ", or auto" : "");
        return false;
    }
    *(Millis *)member_of(config, row) = value;
    return true;
}

static bool set_zone(Config *config, const Setting *row, const char *text, char **why) {
    g_autoptr(GError) error = NULL;
    Zone *zone = ds_zone_load(text, &error);
    if (!zone) {
        *why = g_strdup(error->message);
        return false;
    }
    ds_zone_free(*(Zone **)member_of(config, row));
    *(Zone **)member_of(config, row) = zone;
    config->zone_told = true;
    return true;
}

void config_set_words(Config *config, const Setting *row, char **words) {
    char ***member = member_of(config, row);
    g_strfreev(*member);
    *member = g_strdupv(words);
}

bool config_set(Config *config, const Setting *row, const char *text, char **why) {
    switch (row->kind) {
    case KIND_TEXT:
    case KIND_PATH:
        if (!*text && strcmp(row->info.key, "title") != 0) {
            *why = g_strdup("expected a text that is not empty");
            return false;
        }
        set_text(member_of(config, row), text);
        return true;
    case KIND_WORDS:
    case KIND_FOLDERS: {
        g_auto(GStrv) words = g_strsplit(text, ",", -1);
        for (char **word = words; *word; word++) {
            g_strstrip(*word);
        }
        config_set_words(config, row, words);
        return true;
    }
    case KIND_ORDER:
    case KIND_LEVEL:
    case KIND_MODE:
    case KIND_FLAG:
        return set_choice(config, row, text, why);
    case KIND_INSTANT:
        *why = NULL;
        if (!config_instant(ds_span_of(text), config->zone, member_of(config, row))) {
            *why = g_strdup("expected a time such as 2026-03-28T23:00:00Z or 2026-03-28 23:00");
        }
        return *why == NULL;
    case KIND_DAY:
        return set_day(config, row, text, why);
    case KIND_ZONE:
        return set_zone(config, row, text, why);
    case KIND_YEAR:
    case KIND_COUNT:
        return set_whole(config, row, text, why);
    case KIND_DURATION:
        return set_duration(config, row, text, why);
    case KIND_NUMBER:
        return set_number(config, row, text, why);
    }
    return false;
}
