/* SPDX-License-Identifier: MIT
 * Names of rotated logs: logrotate (x.log.2.gz, x.log-20250810), logback and log4j (x.2025-08-10.1.log), Nagios
 * (x-MM-DD-YYYY-HH.log), IIS (u_exYYMMDD.log), numbered by epoch seconds. A date is looked for anywhere in the file
 * name; where it stands, it is cut out, so that all days of a log have one name. */
#include "input/rotation.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *p; /* the name, not ended by NUL */
    size_t n;
} Name;

typedef struct {
    int year, month, day;
    int64_t epoch; /* seconds, where the name has those instead; else -1 */
    size_t size;   /* bytes of the date in the name; 0: none */
} Found;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t digits_at(Name name, size_t at) {
    size_t n = 0;
    while (at + n < name.n && is_digit(name.p[at + n])) {
        n++;
    }
    return n;
}

static int number_at(Name name, size_t at, size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (name.p[at + i] - '0');
    }
    return value;
}

static bool plausible(int year, int month, int day) {
    return year >= 1990 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= ds_month_length(year, month);
}

static bool is_separator(char c) {
    return c == '-' || c == '_' || c == '.';
}

/* Three numbers of the given widths with one and the same separator between them. */
static bool three(Name name, size_t at, const size_t width[3], int value[3]) {
    size_t p = at;
    for (int i = 0; i < 3; i++) {
        if (digits_at(name, p) != width[i]) {
            return false;
        }
        value[i] = number_at(name, p, width[i]);
        p += width[i];
        if (i < 2 && (p >= name.n || !is_separator(name.p[p]) || name.p[p] != name.p[at + width[0]])) {
            return false;
        }
        p++;
    }
    return true;
}

/* 2025-08-10; 08-10-2025 (month first as Nagios writes it, day first where it cannot be a month). */
static Found separated(Name name, size_t at) {
    static const size_t year_first[3] = {4, 2, 2};
    static const size_t year_last[3] = {2, 2, 4};
    int v[3];
    if (three(name, at, year_first, v) && plausible(v[0], v[1], v[2])) {
        return (Found){v[0], v[1], v[2], -1, 10};
    }
    if (three(name, at, year_last, v)) {
        if (plausible(v[2], v[0], v[1])) {
            return (Found){v[2], v[0], v[1], -1, 10};
        }
        if (plausible(v[2], v[1], v[0])) {
            return (Found){v[2], v[1], v[0], -1, 10};
        }
    }
    return (Found){.size = 0};
}

/* 20250810, with hours, minutes and seconds behind; epoch seconds; the six digits of IIS. */
static Found joined(Name name, size_t at) {
    const size_t n = digits_at(name, at);
    if (n == 8 || n == 10 || n == 12 || n == 14) {
        const int year = number_at(name, at, 4), month = number_at(name, at + 4, 2), day = number_at(name, at + 6, 2);
        if (plausible(year, month, day)) {
            return (Found){year, month, day, -1, 8};
        }
    }
    if (n == 10 && name.p[at] == '1') {
        return (Found){.epoch = (int64_t)number_at(name, at, 5) * 100000 + number_at(name, at + 5, 5), .size = 10};
    }
    if ((n == 6 || n == 8) && at >= 2 && memcmp(name.p + at - 2, "ex", 2) == 0) {
        const int year = 2000 + number_at(name, at, 2);
        const int month = number_at(name, at + 2, 2), day = number_at(name, at + 4, 2);
        if (plausible(year, month, day)) {
            return (Found){year, month, day, -1, 6};
        }
    }
    return (Found){.size = 0};
}

/* 2025-08: a log a month. */
static Found monthly(Name name, size_t at) {
    if (digits_at(name, at) == 4 && at + 7 <= name.n && name.p[at + 4] == '-' && digits_at(name, at + 5) == 2) {
        const int year = number_at(name, at, 4), month = number_at(name, at + 5, 2);
        const bool day = at + 8 < name.n && is_separator(name.p[at + 7]) && is_digit(name.p[at + 8]);
        if (!day && plausible(year, month, 1)) {
            return (Found){year, month, 1, -1, 7};
        }
    }
    return (Found){.size = 0};
}

static Found date_at(Name name, size_t at) {
    if (!is_digit(name.p[at]) || (at > 0 && is_digit(name.p[at - 1]))) {
        return (Found){.size = 0};
    }
    Found found = separated(name, at);
    if (found.size == 0) {
        found = joined(name, at);
    }
    return found.size ? found : monthly(name, at);
}

/* HHMM or HHMMSS. */
static bool is_clock(Name name, size_t at, size_t n) {
    return number_at(name, at, 2) < 24 && number_at(name, at + 2, 2) < 60 &&
           (n == 4 || number_at(name, at + 4, 2) <= 60);
}

/* Numbers behind the date: "-00", ".1", "T1030", "_13-45"; returns where they end. Longer ones (a port, an
 * identifier) are part of the name. */
static size_t parts_after(Name name, size_t at, uint32_t parts[ROTATION_PARTS]) {
    for (int i = 0; i < ROTATION_PARTS && at < name.n; i++) {
        const bool joint = !is_digit(name.p[at]);
        if (joint && !is_separator(name.p[at]) && name.p[at] != 'T' && name.p[at] != ':') {
            break;
        }
        const size_t n = digits_at(name, at + joint);
        const size_t end = at + joint + n;
        const bool clock = n == 2 || ((n == 4 || n == 6) && is_clock(name, at + joint, n));
        const bool count = n == 1 || (n == 3 && name.p[at] == '.');
        const bool ends = end == name.n || is_separator(name.p[end]) || strchr("TZ:", name.p[end]) != NULL;
        if (n == 0 || !(clock || count) || !ends) {
            break;
        }
        parts[i] = (uint32_t)number_at(name, at + joint, n);
        at = end;
    }
    return at < name.n && name.p[at] == 'Z' && (at + 1 == name.n || is_separator(name.p[at + 1])) ? at + 1 : at;
}

/* Takes the date out of the name and notes it. */
static void cut_date(GString *name, Rotation *rotation) {
    const Name whole = {name->str, name->len};
    for (size_t at = 0; at < whole.n; at++) {
        const Found found = date_at(whole, at);
        if (found.size == 0) {
            continue;
        }
        const int64_t days = found.epoch >= 0 ? found.epoch / 86400 : ds_days_of(found.year, found.month, found.day);
        rotation->date = days * MILLIS_DAY;
        rotation->moment = found.epoch >= 0 ? found.epoch : days * 86400;
        size_t end = parts_after(whole, at + found.size, rotation->parts);
        size_t begin = at;
        if (begin > 0 && is_separator(whole.p[begin - 1])) {
            begin--;
        } else if (begin == 0 && end < whole.n && (whole.p[end] == '-' || whole.p[end] == '_')) {
            end++;
        }
        g_string_erase(name, (gssize)begin, (gssize)(end - begin));
        return;
    }
}

static bool cut_end(GString *name, const char *end) {
    const size_t n = strlen(end);
    if (name->len <= n || g_ascii_strcasecmp(name->str + name->len - n, end) != 0) {
        return false;
    }
    g_string_truncate(name, name->len - n);
    return true;
}

static bool cut_suffix(GString *name, Rotation *rotation) {
    static const char *const suffixes[] = {".gz", ".xz", ".bz2", ".zst", ".lz4", ".z", ".tgz", ".txz", ".tbz", ".tzst"};
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        if (cut_end(name, suffixes[i])) {
            return true;
        }
    }
    if (!rotation->numbered && cut_end(name, ".old")) {
        rotation->numbered = true;
        rotation->number = 1;
        return true;
    }
    return false;
}

/* True where the name ends like an IPv4 address: then its last number is no rotation. */
static bool ends_in_address(const GString *name) {
    size_t at = name->len;
    for (int groups = 0; groups < 4; groups++) {
        const size_t end = at;
        while (at > 0 && is_digit(name->str[at - 1])) {
            at--;
        }
        if (end - at < 1 || end - at > 3 || (groups < 3 && (at == 0 || name->str[--at] != '.'))) {
            return false;
        }
    }
    return true;
}

/* ".3" at the end, up to four digits, no year and no part of an address. */
static bool cut_number(GString *name, Rotation *rotation) {
    size_t at = name->len;
    while (at > 0 && is_digit(name->str[at - 1])) {
        at--;
    }
    const size_t n = name->len - at;
    if (rotation->numbered || n < 1 || n > 4 || at < 2 || name->str[at - 1] != '.' || ends_in_address(name)) {
        return false;
    }
    const int number = number_at((Name){name->str, name->len}, at, n);
    if (n == 4 && number >= 1990 && number <= 2099) {
        return false;
    }
    /* a number right behind a date is counted up, not down: cut_date takes it */
    for (size_t from = at < 16 ? 0 : at - 16; from < at; from++) {
        const Found found = date_at((Name){name->str, at - 1}, from);
        if (found.size && from + found.size == at - 1) {
            return false;
        }
    }
    rotation->numbered = true;
    rotation->number = (uint32_t)number;
    g_string_truncate(name, at - 1);
    return true;
}

/* A name that is all date: the folder lends its own. */
static void name_by_folder(GString *name, const char *folder, size_t size) {
    size_t from = size;
    while (from > 0 && folder[from - 1] != '/' && folder[from - 1] != '!') {
        from--;
    }
    const bool named = size > from && folder[from] != '.';
    if (named) {
        g_string_insert_len(name, 0, folder + from, (gssize)(size - from));
    } else {
        g_string_prepend(name, "log");
    }
}

/* Without "./" in front and with single slashes, so that two spellings of a folder are one set. */
static char *plain_path(const char *path) {
    GString *plain = g_string_new(NULL);
    for (const char *p = path; *p;) {
        const bool fresh = p == path || p[-1] == '/';
        if (fresh && p[0] == '.' && p[1] == '/') {
            p += 2;
        } else if (fresh && p != path && *p == '/') {
            p++;
        } else {
            g_string_append_c(plain, *p++);
        }
    }
    return g_string_free(plain, FALSE);
}

Rotation input_rotation(const char *path) {
    Rotation rotation = {.date = INSTANT_NONE};
    g_autofree char *plain = plain_path(path);
    const char *slash = strrchr(plain, '/');
    const size_t folder = slash ? (size_t)(slash - plain) + 1 : 0;
    GString *name = g_string_new(plain + folder);
    while (cut_suffix(name, &rotation) || cut_number(name, &rotation)) {
    }
    cut_date(name, &rotation);
    if (rotation.date != INSTANT_NONE && (name->len == 0 || name->str[0] == '.')) {
        name_by_folder(name, plain, folder ? folder - 1 : 0);
    }
    g_string_prepend_len(name, plain, (gssize)folder);
    rotation.set = g_string_free(name, FALSE);
    return rotation;
}

static int compare(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

int input_rotation_compare(const Rotation *a, const Rotation *b) {
    const bool a_dated = a->date != INSTANT_NONE;
    const bool b_dated = b->date != INSTANT_NONE;
    if (a_dated != b_dated) {
        return a_dated ? -1 : 1;
    }
    int order = a_dated ? compare((uint64_t)a->moment, (uint64_t)b->moment) : 0;
    for (int i = 0; a_dated && order == 0 && i < ROTATION_PARTS; i++) {
        order = compare(a->parts[i], b->parts[i]);
    }
    if (order == 0 && a->numbered != b->numbered) {
        return a->numbered ? -1 : 1;
    }
    return order ? order : compare(b->number, a->number);
}

char *input_stem(const char *set) {
    const char *slash = strrchr(set, '/');
    const char *mark = strrchr(set, '!');
    const char *name = slash && (!mark || slash > mark) ? slash + 1 : mark ? mark + 1 : set;
    name += *name == '.';
    return g_strndup(name, strcspn(name, "."));
}
