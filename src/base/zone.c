/* SPDX-License-Identifier: MIT
 * Offsets of time zones. The idea: every zone is one ascending table of (instant, offset). The rule for the time after
 * the last transition is written out for one full cycle of the calendar, 400 years, which is a whole number of weeks,
 * so any later instant is looked up one or more cycles earlier: a single binary search answers everything. Sources: RFC
 * 8536 (TZif); names as in the IANA time zone database. */
#include "base/zone.h"

#include "base/error.h"
#include "base/zone_names.h"
#include "base/zone_table.h"

#define CYCLE_YEARS 400
#define CYCLE (INT64_C(146097) * MILLIS_DAY)
#define OFFSET_MOST (26 * MILLIS_HOUR) /* no offset is as far from UTC */
#define FIXED_MOST (24 * 60)           /* minutes of "+23:59", exclusive */
#define FILE_MOST (1u << 20)           /* bytes; real files have less than 4 KiB */

struct Zone {
    char *name;
    GArray *steps; /* ZoneStep; the first one from ever */
    Instant cycle; /* from here on the table holds one whole cycle of the rule; INT64_MAX: no rule */
};

static const ZoneStep *step_at(const Zone *zone, size_t i) {
    return &g_array_index(zone->steps, ZoneStep, i);
}

/* a + b, held at the ends of the range. */
static Instant shifted(Instant a, Millis b) {
    if (b > 0) {
        return a > INT64_MAX - b ? INT64_MAX : a + b;
    }
    return a < INT64_MIN - b ? INT64_MIN : a + b;
}

/* "+02:00", "-0530", "+02"; false when the text is none of these. */
static bool fixed_offset(const char *name, int *minutes) {
    size_t digits = 0;
    int number = 0;
    if (name[0] != '+' && name[0] != '-') {
        return false;
    }
    for (const char *p = name + 1; *p; p++) {
        if (*p == ':' && p == name + 3 && p[1]) {
            continue;
        }
        if (!g_ascii_isdigit(*p) || ++digits > 4) {
            return false;
        }
        number = number * 10 + (*p - '0');
    }
    if (digits != 2 && digits != 4) {
        return false;
    }
    int hours = digits == 2 ? number : number / 100;
    int rest = digits == 2 ? 0 : number % 100;
    *minutes = hours * 60 + rest;
    if (rest > 59 || *minutes >= FIXED_MOST) {
        return false;
    }
    *minutes = name[0] == '-' ? -*minutes : *minutes;
    return true;
}

static Zone *new_zone(char *name, GArray *steps) {
    Zone *zone = g_new0(Zone, 1);
    zone->name = name;
    zone->steps = steps;
    zone->cycle = INT64_MAX;
    return zone;
}

/* Zones that need no database; NULL when the name is none of them. */
static Zone *built_in(const char *name) {
    int minutes = 0;
    bool utc = strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0 || strcmp(name, "GMT") == 0;
    if (!utc && !fixed_offset(name, &minutes)) {
        return NULL;
    }
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(ZoneStep));
    zone_add_step(steps, INSTANT_NONE, minutes * MILLIS_MINUTE);
    if (utc) {
        return new_zone(g_strdup(name[0] == 'Z' ? "UTC" : name), steps);
    }
    int size = minutes < 0 ? -minutes : minutes;
    return new_zone(g_strdup_printf("%c%02d:%02d", name[0], size / 60, size % 60), steps);
}

/* Writes the rule out from the last transition on. */
static void extend(Zone *zone, const ZoneRule *rule) {
    Instant last = step_at(zone, zone->steps->len - 1)->at;
    int first = last == INSTANT_NONE ? 1 : ds_civil_of(last).year;
    int cycle = MAX(first + 2, 1970); /* a year ruled from its beginning; not negative, so that sums stay in range */
    guint told = zone->steps->len;
    zone_rule_extend(rule, first, cycle + CYCLE_YEARS + 1, zone->steps);
    if (zone->steps->len > told) {
        zone->cycle = ds_days_of(cycle, 1, 1) * MILLIS_DAY;
    }
}

static Zone *from_file(const char *name, GError **error) {
    g_autofree char *path = g_build_filename(zone_names_folder(), name, NULL);
    g_autofree char *bytes = NULL;
    size_t size = 0;
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents(path, &bytes, &size, NULL)) {
        g_autofree char *near = zone_names_nearest(name);
        g_set_error(error, DS_ERROR, EXIT_USAGE, "no time zone is called '%s'%s%s%s", name,
                    near ? "; did you mean '" : " in ", near ? near : zone_names_folder(),
                    near ? "'?" : " (expected a name like Europe/Berlin, or an offset like +02:00)");
        return NULL;
    }
    ZoneRule rule;
    bool has_rule = false;
    const char *why = "it is too large";
    GArray *steps = size > FILE_MOST ? NULL : zone_read_tzif((Span){bytes, size}, &rule, &has_rule, &why);
    if (!steps) {
        g_set_error(error, DS_ERROR, EXIT_USAGE, "%s cannot be used as a time zone: %s", path, why);
        return NULL;
    }
    Zone *zone = new_zone(g_strdup(name), steps);
    if (has_rule) {
        extend(zone, &rule);
    }
    return zone;
}

Zone *ds_zone_load(const char *name, GError **error) {
    Zone *zone = built_in(name);
    if (zone) {
        return zone;
    }
    if (!zone_names_safe(name)) {
        g_autofree char *shown = g_strescape(name, NULL);
        g_set_error(error, DS_ERROR, EXIT_USAGE,
                    "'%s' cannot be the name of a time zone (expected a name like Europe/Berlin, or an offset like "
                    "+02:00)",
                    shown);
        return NULL;
    }
    return from_file(name, error);
}

void ds_zone_free(Zone *zone) {
    if (zone) {
        g_free(zone->name);
        g_array_unref(zone->steps);
        g_free(zone);
    }
}

const char *ds_zone_name(const Zone *zone) {
    return zone->name;
}

bool ds_zone_fixed(const Zone *zone) {
    return zone->steps->len == 1;
}

/* Index of the last step at or before an instant. */
static size_t find_step(const Zone *zone, Instant instant) {
    size_t low = 0, high = zone->steps->len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (step_at(zone, middle)->at <= instant) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

Millis ds_zone_interval(const Zone *zone, Instant instant, Instant *from, Instant *to) {
    Millis cycles = 0;
    if (instant > zone->cycle) {
        cycles = (instant - zone->cycle) / CYCLE * CYCLE;
    }
    size_t i = find_step(zone, instant - cycles);
    *from = i == 0 ? INT64_MIN : shifted(step_at(zone, i)->at, cycles);
    *to = i + 1 < zone->steps->len ? shifted(step_at(zone, i + 1)->at, cycles) : INT64_MAX;
    return step_at(zone, i)->offset;
}

Millis ds_zone_offset(const Zone *zone, Instant instant) {
    Instant from, to;
    return ds_zone_interval(zone, instant, &from, &to);
}

int ds_zone_resolve(const Zone *zone, Instant local, Instant *first, Instant *second) {
    int found = 0;
    Instant latest = shifted(local, OFFSET_MOST), from, to;
    Instant at = shifted(local, -OFFSET_MOST);
    Millis before_gap = 0;
    /* Each interval near enough to hold a reading, oldest first. */
    for (;;) {
        Millis offset = ds_zone_interval(zone, at, &from, &to);
        Instant reading = shifted(local, -offset);
        if (reading >= to) {
            before_gap = offset; /* the clock passed this time's offset before showing it */
        } else if (reading >= from) {
            *second = reading;
            if (found++ == 0) {
                *first = reading;
            }
        }
        if (to > latest || to == INT64_MAX) {
            break;
        }
        at = to;
    }
    if (found == 0) {
        *first = *second = shifted(local, -before_gap);
    }
    return found > 2 ? 2 : found;
}

Instant ds_zone_midnight(const Zone *zone, Instant instant, int days) {
    Instant local = shifted(instant, ds_zone_offset(zone, instant));
    int64_t day = local / MILLIS_DAY - (local % MILLIS_DAY < 0) + days;
    Instant first, second, from, to;
    if (ds_zone_resolve(zone, day * MILLIS_DAY, &first, &second) > 0) {
        return first;
    }
    (void)ds_zone_interval(zone, first, &from, &to); /* midnight was skipped: the clocks moved at its beginning */
    return from;
}
