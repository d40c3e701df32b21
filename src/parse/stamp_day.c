/* SPDX-License-Identifier: MIT
 * Clocks without a date ("10:27:55"): the day is found as the year of year-less times is. A file is walked in its own
 * direction, and a clock that goes against it by more than half a day has passed midnight. So the first reading tells
 * how many midnights lie between the first line and the last, and a full date in the file, the date in its name or the
 * time it was last written tells the day of one of them. */
#include "parse/stamp_token.h"

#define HALF_DAY (MILLIS_DAY / 2)
#define LATE_LINE (MILLIS_DAY - 30 * MILLIS_MINUTE)
#define CLOCK_SLACK (5 * MILLIS_MINUTE) /* by which the clock of a file system may be behind that of the lines */

/* How many days later a clock is than the one before it in the file. One that is nearly a day ahead belongs to a line
 * that came a little late, after midnight. */
static int64_t days_on(Millis from, Millis to, bool newest_first) {
    Millis back = newest_first ? to - from : from - to;
    int64_t days = back > HALF_DAY ? 1 : back < -LATE_LINE ? -1 : 0;
    return newest_first ? -days : days;
}

static int64_t day_of(Instant local) {
    return local / MILLIS_DAY - (local % MILLIS_DAY < 0);
}

Millis stamp_day_step(const StampSurvey *survey, const RawStamp *stamp) {
    Millis step = stamp->local - survey->clock_last.local;
    return step > HALF_DAY ? step - MILLIS_DAY : step < -HALF_DAY ? step + MILLIS_DAY : step;
}

void stamp_day_survey(StampSurvey *survey, const RawStamp *stamp) {
    int64_t day = stamp->dayless ? 0 : day_of(stamp->local);
    RawStamp clock = *stamp;
    clock.local = stamp->dayless ? stamp->local : stamp->local - day * MILLIS_DAY;
    for (unsigned way = 0; survey->clock_started && way < 2; way++) {
        survey->day_walk[way] += days_on(survey->clock_last.local, clock.local, way == 1);
    }
    if (!survey->clock_started) {
        survey->clock_first = clock;
        survey->clock_started = true;
    }
    for (unsigned way = 0; !stamp->dayless && way < 2; way++) {
        if (!survey->has_day) {
            survey->day_known_walk[way] = survey->day_walk[way];
        }
        survey->day_walk[way] = survey->day_known_walk[way] + (survey->has_day ? day - survey->day_known : 0);
    }
    if (!stamp->dayless && !survey->has_day) {
        survey->has_day = true;
        survey->day_known = day;
    }
    survey->clock_last = clock;
}

/* The day of the newest line, which cannot lie after the file was written. */
static int64_t day_by_bound(const StampContext *context, const StampSurvey *survey, Instant bound) {
    const RawStamp *newest = context->newest_first ? &survey->clock_first : &survey->clock_last;
    Millis offset = newest->has_offset ? newest->offset : ds_zone_offset(context->zone, bound);
    return day_of(bound + offset + CLOCK_SLACK - newest->local);
}

static char *day_text(int64_t day) {
    char text[INSTANT_TEXT_SIZE];
    return g_strndup(ds_instant_text(day * MILLIS_DAY, text), 10);
}

static void tell_day(int64_t first, int64_t last, const char *source, FileQuality *quality) {
    g_autofree char *from = day_text(MIN(first, last)), *to = day_text(MAX(first, last));
    g_autofree char *years = g_steal_pointer(&quality->year_rule);
    g_autofree char *days = first == last ? g_strdup_printf("day %s %s", from, source)
                                          : g_strdup_printf("days %s to %s, %s", from, to, source);
    quality->year_rule = years ? g_strdup_printf("%s; %s", years, days) : g_steal_pointer(&days);
}

void stamp_context_days(StampContext *context, const StampSurvey *survey, Instant day, const InputFile *file,
                        FileQuality *quality) {
    if (!survey->dayless) {
        return;
    }
    int64_t walk = survey->day_walk[context->newest_first], first = 0;
    const char *source = "because nothing tells it; say which with --day";
    Instant written = !file ? INSTANT_NONE : file->packed != INSTANT_NONE ? file->packed : file->modified;
    if (day != INSTANT_NONE) {
        first = day_of(day) - (context->newest_first ? 0 : walk);
        source = "as told";
    } else if (survey->has_day) {
        first = survey->day_known - survey->day_known_walk[context->newest_first];
        source = "from a full date in the file";
    } else if (file && file->date != INSTANT_NONE) { /* the name tells the day on which the file begins */
        first = day_of(file->date) - (context->newest_first ? walk : 0);
        source = "from the file's name";
    } else if (written != INSTANT_NONE) {
        first = day_by_bound(context, survey, written) - (context->newest_first ? 0 : walk);
        source = written == file->packed ? "from the gzip header" : "from the file's own time of change";
    }
    context->dayless = true;
    context->day = first;
    if (quality) {
        tell_day(first, first + walk, source, quality);
    }
}

Instant stamp_day_walk(StampContext *context, Millis clock) {
    if (context->day_started) {
        context->day += days_on(context->day_clock, clock, context->newest_first);
    }
    context->day_started = true;
    context->day_clock = clock;
    return context->day * MILLIS_DAY + clock;
}

void stamp_day_note(StampContext *context, Instant local) {
    context->day = day_of(local);
    context->day_clock = local - context->day * MILLIS_DAY;
    context->day_started = true;
}
