/* SPDX-License-Identifier: MIT
 * Lines with nothing but a clock, below a date that was told once (a header, the name of the file): where the clock
 * goes back by more than half a day, midnight has passed, and the date told is no longer that of the line. A date told
 * anew begins anew. */
#include "parse/value.h"

#define HALF_DAY (MILLIS_DAY / 2)
#define LATE_LINE (MILLIS_DAY - 30 * MILLIS_MINUTE) /* a line that came late, after midnight */
#define LEAP_YEAR (366 * MILLIS_DAY)                /* of the year 2000, in which year-less times are kept */

static bool any_piece(const Source *source, bool kept) {
    for (unsigned i = 0; i < source->piece_count; i++) {
        for (unsigned k = 0; k < PIECE_ALTERNATIVES && source->pieces[i].slots[k] >= 0; k++) {
            if ((source->pieces[i].slots[k] >= SLOT_KEPT) == kept) {
                return true;
            }
        }
    }
    return false;
}

bool day_follows(const Rule *rule) {
    for (unsigned i = 0; i < rule->source_count; i++) {
        const Source *source = &rule->sources[i];
        if (source->field == FIELD_TIME && any_piece(source, true) && any_piece(source, false)) {
            return true;
        }
    }
    return false;
}

/* Does the time of the entry at hand hold something that was told before? */
static bool is_told_before(const Run *run, const Source *source) {
    for (unsigned i = 0; i < source->piece_count; i++) {
        const int *slots = source->pieces[i].slots;
        unsigned k = 0;
        while (k < PIECE_ALTERNATIVES && slots[k] >= 0 && slot_value(run, slots[k]).n == 0) {
            k++;
        }
        if (k < PIECE_ALTERNATIVES && slots[k] >= SLOT_KEPT) {
            return true;
        }
    }
    return false;
}

void day_follow(Run *run, const Rule *rule, RawStamp *raw) {
    bool before = false;
    for (unsigned i = 0; rule->follows && i < rule->source_count; i++) {
        before |= rule->sources[i].field == FIELD_TIME && is_told_before(run, &rule->sources[i]);
    }
    if (!before || raw->dayless) {
        return;
    }
    DayWalk *walk = &run->day;
    Millis clock = raw->local % MILLIS_DAY;
    clock += clock < 0 ? MILLIS_DAY : 0;
    Instant date = raw->local - clock;
    if (!walk->started || date != walk->date) {
        *walk = (DayWalk){.started = true, .date = date};
    } else if (walk->clock - clock > HALF_DAY) {
        walk->days++;
    } else if (clock - walk->clock > LATE_LINE && walk->days > 0) {
        walk->days--;
    }
    walk->clock = clock;
    raw->local += walk->days * MILLIS_DAY;
    raw->swapped += walk->days * MILLIS_DAY;
    if (!raw->has_year && ds_civil_of(raw->local).year > ds_civil_of(date).year) {
        raw->local -= LEAP_YEAR; /* New Year: the year is found by the neighbours */
    }
}
