/* SPDX-License-Identifier: MIT
 * Figures as people read them: durations, times in UTC and in a zone, percentages, counts, lists. English, and the
 * same on every machine: nothing here asks the locale. */
#include "report/words.h"

#include "base/text.h"

#include <math.h>

static const char *const day_names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};

char *words_duration(Millis length) {
    GString *out = g_string_new(NULL);
    if (length != MILLIS_NONE) {
        if (length < 0) {
            g_string_append(out, "−");
        }
        ds_text_duration(out, length < 0 ? -length : length);
    }
    return g_string_free(out, FALSE);
}

char *words_length(Millis length) {
    if (length != MILLIS_NONE && (length >= MILLIS_HOUR || length <= -MILLIS_HOUR)) {
        length -= length % MILLIS_SECOND;
    }
    return words_duration(length);
}

char *words_observed(Millis observed, unsigned flags) {
    g_autofree char *length = words_duration(observed);
    return g_strconcat(*length && (flags & WORDS_AT_LEAST) ? "≥ " : "", length, NULL);
}

/* Bounds are rounded outwards, so that what is told stays true: whole seconds are enough from a minute on. */
Instant words_outward(Instant value, bool up) {
    Instant rest = value % MILLIS_SECOND;
    rest = rest < 0 ? rest + MILLIS_SECOND : rest;
    return rest == 0 ? value : value - rest + (up ? MILLIS_SECOND : 0);
}

char *words_bounds(Millis min, Millis max, unsigned flags) {
    if (min == MILLIS_NONE) {
        return g_strdup("");
    }
    min = min >= MILLIS_MINUTE ? words_outward(min, false) : min;
    max = max >= MILLIS_MINUTE ? words_outward(max, true) : max; /* MILLIS_NONE is less */
    g_autofree char *low = words_duration(min);
    if (max == MILLIS_NONE || (flags & WORDS_AT_LEAST)) {
        return g_strdup_printf("at least %s", low);
    }
    g_autofree char *high = words_duration(max);
    return min == max ? g_strdup_printf("exactly %s", low) : g_strdup_printf("%s to %s", low, high);
}

char *words_spread(Millis spread) {
    /* An uncertainty has one or two digits; whole seconds are enough from ten seconds on. */
    bool coarse = spread >= 10 * MILLIS_SECOND;
    return words_duration(coarse ? (spread + MILLIS_SECOND / 2) / MILLIS_SECOND * MILLIS_SECOND : spread);
}

char *words_likely(Millis likely, Millis sigma) {
    if (likely == MILLIS_NONE) {
        return g_strdup("");
    }
    g_autofree char *middle = words_length(likely);
    if (sigma == MILLIS_NONE || sigma <= 0) {
        return g_steal_pointer(&middle);
    }
    g_autofree char *spread = words_spread(sigma);
    return g_strdup_printf("%s ± %s", middle, spread);
}

static Civil civil_in(Instant instant, const Zone *zone) {
    return ds_civil_of(zone ? instant + ds_zone_offset(zone, instant) : instant);
}

static void append_clock(GString *out, Civil c) {
    g_string_append_printf(out, "%02d:%02d:%02d", c.hour, c.minute, c.second);
    if (c.milli) {
        g_string_append_printf(out, ".%03d", c.milli);
    }
}

char *words_instant(Instant instant, const Zone *zone) {
    GString *out = g_string_new(NULL);
    if (instant != INSTANT_NONE) {
        Civil c = civil_in(instant, zone);
        g_string_append_printf(out, "%04d-%02d-%02d ", c.year, c.month, c.day);
        append_clock(out, c);
    }
    return g_string_free(out, FALSE);
}

char *words_clock(Instant instant, const Zone *zone) {
    GString *out = g_string_new(NULL);
    if (instant != INSTANT_NONE) {
        append_clock(out, civil_in(instant, zone));
    }
    return g_string_free(out, FALSE);
}

char *words_date(Instant instant, const Zone *zone) {
    if (instant == INSTANT_NONE) {
        return g_strdup("");
    }
    Civil c = civil_in(instant, zone);
    int weekday = ds_weekday_of(ds_days_of(c.year, c.month, c.day));
    return g_strdup_printf("%s %d %s %d", day_names[weekday - 1], c.day, month_names[c.month - 1], c.year);
}

char *words_span(Instant start, Instant end, const Zone *zone) {
    const char *name = zone ? ds_zone_name(zone) : "UTC";
    g_autofree char *from = words_clock(start, zone), *from_date = words_date(start, zone);
    if (end == INSTANT_NONE) {
        return g_strdup_printf("since %s %s on %s", from, name, from_date);
    }
    g_autofree char *to = words_clock(end, zone), *to_date = words_date(end, zone);
    if (strcmp(from_date, to_date) == 0) {
        return g_strdup_printf("from %s to %s %s on %s", from, to, name, from_date);
    }
    return g_strdup_printf("from %s on %s to %s on %s, %s", from, from_date, to, to_date, name);
}

const Zone *words_zone(const Report *report) {
    const Zone *zone = report->config->zone;
    if (!zone || (ds_zone_fixed(zone) && ds_zone_offset(zone, report->outages->from) == 0)) {
        return NULL;
    }
    return zone;
}

char *words_percent(double ratio) {
    if (isnan(ratio)) {
        return g_strdup("n/a");
    }
    GString *out = g_string_new(NULL);
    ds_text_percent(out, ratio);
    return g_string_free(out, FALSE);
}

char *words_share(double ratio) {
    char text[32];
    g_ascii_formatd(text, (int)sizeof text, "%.1f", floor(ratio * 1000) / 10);
    return ratio > 0 && ratio < 0.001 ? g_strdup("< 0.1 %") : g_strdup_printf("%s %%", text);
}

/* Puts commas into the digits before the point. */
static char *group(const char *digits) {
    GString *out = g_string_new(NULL);
    if (*digits == '-') {
        g_string_append(out, "−");
        digits++;
    }
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0) {
            g_string_append_c(out, ',');
        }
        g_string_append_c(out, digits[i]);
    }
    g_string_append(out, digits + whole);
    return g_string_free(out, FALSE);
}

char *words_count(uint64_t count) {
    char digits[32];
    g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
    return group(digits);
}

char *words_number(double value) {
    if (!isfinite(value)) {
        return g_strdup(isnan(value) ? "n/a" : value > 0 ? "∞" : "−∞");
    }
    char digits[512];
    bool whole = fabs(value) >= 1000 || value == floor(value);
    g_ascii_formatd(digits, (int)sizeof digits, whole ? "%.0f" : "%.2f", value);
    return group(digits);
}

char *words_money(double value, const char *currency) {
    g_autofree char *number = words_number(value);
    return currency && *currency ? g_strdup_printf("%s %s", number, currency) : g_steal_pointer(&number);
}

char *words_plural(uint64_t count, const char *one, const char *many) {
    g_autofree char *number = words_count(count);
    return g_strdup_printf("%s %s", number, count == 1 ? one : many);
}

const char *words_vantage(const char *vantage) {
    return *vantage ? vantage : "(unnamed)";
}

char *words_list(const GPtrArray *texts, unsigned most) {
    GString *out = g_string_new(NULL);
    unsigned shown = texts->len > most ? most : texts->len;
    for (unsigned i = 0; i < shown; i++) {
        bool last = i + 1 == texts->len;
        g_string_append(out, i == 0 ? "" : last ? " and " : ", ");
        g_string_append(out, g_ptr_array_index(texts, i));
    }
    if (texts->len > shown) {
        g_string_append_printf(out, " and %u more", texts->len - shown);
    }
    return g_string_free(out, FALSE);
}

char *words_names(const Report *report, const GArray *names, unsigned most) {
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    for (unsigned i = 0; i < names->len; i++) {
        const char *name = ds_store_name(report->store, g_array_index(names, Name, i));
        g_ptr_array_add(texts, (char *)words_vantage(name));
    }
    return words_list(texts, most);
}

void words_flags(GString *out, unsigned flags) {
    bool first = true;
    for (unsigned i = 0; i < FLAG_COUNT; i++) {
        if (flags & (1u << i)) {
            g_string_append_printf(out, "%s%s", first ? "" : " ", ds_flag_name(i));
            first = false;
        }
    }
}
