/* SPDX-License-Identifier: MIT
 * What a time does not tell by itself: its year, its zone, which half of a repeated hour, the order of day and month.
 * The idea: neighbours in a file are near in time. A first reading walks the file and finds its direction and how many
 * New Years it passes; the second one starts with the right year and resolves each line against the one before. */
#include "parse/stamp_token.h"

#include "base/error.h"

#define YEAR (366 * MILLIS_DAY) /* of the year 2000, in which year-less times are kept */
#define HALF_YEAR (YEAR / 2)
#define YEAR_START INT64_C(10957) /* day number of 2000-01-01 */
#define LEAP_DAY 59               /* 29 February, counted from 0 */
#define SMALL_STEP (30 * MILLIS_MINUTE)
#define USUAL 3                       /* so many small steps are no accident */
#define PACKED_SLACK MILLIS_DAY       /* zone-less lines may be ahead of UTC, and clocks may differ */
#define NAMED_SLACK (32 * MILLIS_DAY) /* a name may tell the first day of the month that the file holds */
#define NET_MOST (INT64_MAX / 2)
#define CACHE_MARGIN (2 * MILLIS_DAY) /* no offset is as large: within it no other interval has a reading */

/* The same month, day and time in the year 2000. */
static Instant in_2000(Instant local) {
    Civil civil = ds_civil_of(local);
    civil.year = STAMP_YEARLESS;
    return ds_instant_of(&civil);
}

/* A time of the year 2000 put into another year. 29 February runs on to 1 March where there is none. */
static Instant in_year(Instant local, int64_t year) {
    int whole = (int)CLAMP(year, 1, 9999);
    Instant in_the_year = local - YEAR_START * MILLIS_DAY;
    if (in_the_year >= (LEAP_DAY + 1) * MILLIS_DAY && ds_month_length(whole, 2) == 28) {
        in_the_year -= MILLIS_DAY;
    }
    return ds_days_of(whole, 1, 1) * MILLIS_DAY + in_the_year;
}

/* How many years later `to` is, when the year is chosen that puts it nearest to `from`; both in the year 2000. */
static int nearest_year(Instant from, Instant to) {
    return to - from > HALF_YEAR ? -1 : to - from < -HALF_YEAR ? 1 : 0;
}

static Instant utc_or_local(const RawStamp *stamp) {
    return stamp->has_offset ? stamp->local - stamp->offset : stamp->local;
}

void stamp_survey_start(StampSurvey *survey) {
    *survey = (StampSurvey){0};
}

static void count_kinds(StampSurvey *survey, const RawStamp *stamp) {
    survey->count++;
    survey->yearless += !stamp->has_year && !stamp->dayless;
    survey->dayless += stamp->dayless;
    survey->zoneless += !stamp->has_offset;
    survey->dmy += stamp->decided_dmy;
    survey->mdy += stamp->decided_mdy;
    survey->numeric += stamp->decided_dmy || stamp->decided_mdy || stamp->swappable;
    if (stamp->swappable && survey->swappable++ == 0) {
        survey->first_swappable = *stamp;
    }
}

static void count_step(StampSurvey *survey, Millis step) {
    survey->net = CLAMP(survey->net + step, -NET_MOST, NET_MOST);
    if (step > 0) {
        survey->forward++;
        if (step < SMALL_STEP) {
            survey->small_forward++;
            survey->most_forward = MAX(survey->most_forward, step);
        }
    } else if (step < 0) {
        survey->backward++;
        if (step > -SMALL_STEP) {
            survey->small_back++;
            survey->most_back = MAX(survey->most_back, -step);
        }
    }
}

void stamp_survey_add(StampSurvey *survey, const RawStamp *stamp) {
    Instant here = stamp->has_year ? in_2000(stamp->local) : stamp->local;
    count_kinds(survey, stamp);
    if (stamp->dayless && survey->clock_started) {
        count_step(survey, stamp_day_step(survey, stamp));
    }
    if (stamp->dayless || stamp->has_year) {
        stamp_day_survey(survey, stamp);
    }
    if (stamp->dayless) {
        return;
    }
    if (survey->started) {
        int years = nearest_year(survey->walk_local, here);
        bool both_full = stamp->has_year && survey->last.has_year;
        count_step(survey, both_full ? utc_or_local(stamp) - utc_or_local(&survey->last)
                                     : here + years * YEAR - survey->walk_local);
        survey->year_walk += years;
    } else {
        survey->started = true;
        survey->first = *stamp;
    }
    if (stamp->has_year && !survey->has_anchor) {
        survey->has_anchor = true;
        survey->anchor_year = ds_civil_of(stamp->local).year;
        survey->anchor_walk = survey->year_walk;
    }
    if (!stamp->has_year && here / MILLIS_DAY == YEAR_START + LEAP_DAY) {
        survey->has_leap_day = true;
        survey->leap_walk = survey->year_walk;
    }
    survey->walk_local = here;
    survey->last = *stamp;
}

/* By the count of steps; where they go both ways, as with several writers, by where they lead. */
static bool newest_first(const StampSurvey *survey) {
    if (2 * survey->dayless > survey->count) { /* a long silence of a clock may lead either way */
        return survey->small_back > survey->small_forward;
    }
    if (survey->backward > 2 * survey->forward || survey->forward > 2 * survey->backward) {
        return survey->backward > survey->forward;
    }
    return survey->net < 0;
}

static bool fail_order(const StampSurvey *survey, const InputFile *file, GError **error) {
    static const char *const NAMES[12] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
    Civil dmy = ds_civil_of(survey->first_swappable.local);
    g_set_error(error, DS_ERROR, EXIT_INPUT,
                "%s: '%02d/%02d/%04d' may be %d %s %d or %d %s %d and %s; say which with --date-order dmy or "
                "--date-order mdy",
                file ? file->path : "input", dmy.day, dmy.month, dmy.year, dmy.day, NAMES[dmy.month - 1], dmy.year,
                dmy.month, NAMES[dmy.day - 1], dmy.year,
                survey->dmy ? "other lines decide both ways" : "no line decides");
    return false;
}

/* The order of day and month in numeric dates. */
static bool decide_order(StampContext *context, const StampSurvey *survey, const char *date_order,
                         const InputFile *file, FileQuality *quality, GError **error) {
    const char *order = date_order;
    if (survey && survey->numeric > 0 && !order) {
        bool both = (survey->dmy > 0) == (survey->mdy > 0); /* or neither */
        if (both && survey->swappable > 0) {
            return fail_order(survey, file, error);
        }
        order = both ? "dmy and mdy" : survey->dmy > 0 ? "dmy" : "mdy";
    }
    context->month_first = order && strcmp(order, "mdy") == 0;
    if (survey && survey->numeric > 0 && quality) {
        g_free(quality->date_order);
        quality->date_order = g_strdup(order);
    }
    return true;
}

/* The latest instant that the newest line can have, and what tells it; INSTANT_NONE: nothing does. */
static Instant newest_possible(const InputFile *file, const char **source) {
    Instant bound = INSTANT_NONE;
    if (file && file->packed != INSTANT_NONE) {
        bound = file->packed + PACKED_SLACK;
        *source = "from the gzip header";
    }
    if (file && file->date != INSTANT_NONE) {
        bound = bound == INSTANT_NONE ? file->date + NAMED_SLACK : MIN(bound, file->date + NAMED_SLACK);
        *source = "from the file's name";
    }
    if (bound == INSTANT_NONE && file && file->modified != INSTANT_NONE) {
        bound = file->modified + PACKED_SLACK;
        *source = "from the file's own time of change";
    }
    return bound;
}

/* The year of the first line where the newest one may not lie after `bound`. */
static int64_t year_by_bound(const StampContext *context, const StampSurvey *survey, Instant bound) {
    const RawStamp *newest = context->newest_first ? &survey->first : &survey->last;
    int64_t year = ds_civil_of(bound).year;
    if (in_year(newest->local, year) - newest->offset > bound) {
        year--;
    }
    int64_t first = context->newest_first ? year : year - survey->year_walk;
    for (int i = 0; survey->has_leap_day && i < 8; i++) { /* 29 February tells more than a file's time does */
        if (ds_month_length((int)CLAMP(first + survey->leap_walk, 1, 9999), 2) == 29) {
            break;
        }
        first--;
    }
    return first;
}

static void tell_year(const StampContext *context, const StampSurvey *survey, const char *source,
                      FileQuality *quality) {
    int64_t first = context->year, last = first + survey->year_walk;
    g_free(quality->year_rule);
    quality->year_rule =
        first == last
            ? g_strdup_printf("year %" G_GINT64_FORMAT " %s", first, source)
            : g_strdup_printf("years %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", that of the %s line %s",
                              MIN(first, last), MAX(first, last), context->newest_first ? "first" : "last", source);
}

/* The year of the first line. */
static void decide_year(StampContext *context, const StampSurvey *survey, int year, const InputFile *file,
                        FileQuality *quality) {
    const char *source = "because nothing tells it; say which with --year";
    Instant bound = newest_possible(file, &source);
    context->year_told = year > 0;
    context->yearless = survey && survey->yearless > 0;
    if (!context->yearless) {
        context->year = year > 0 ? year : bound != INSTANT_NONE ? ds_civil_of(bound).year : 1970;
        return;
    }
    if (year > 0) {
        context->year = context->newest_first ? year : year - survey->year_walk;
        source = "as told";
    } else if (survey->has_anchor) {
        context->year = survey->anchor_year - survey->anchor_walk;
        source = "from a full date in the file";
    } else if (bound != INSTANT_NONE) {
        context->year = year_by_bound(context, survey, bound);
    } else {
        context->year = context->newest_first ? 1970 : 1970 - survey->year_walk;
    }
    if (quality) {
        tell_year(context, survey, source, quality);
    }
}

bool stamp_context_start(StampContext *context, const StampSurvey *survey, const Zone *zone, int year,
                         const char *date_order, const InputFile *file, FileQuality *quality, GError **error) {
    *context = (StampContext){.zone = zone, .previous = INSTANT_NONE, .quality = quality};
    if (survey) {
        context->newest_first = newest_first(survey);
        uint64_t against = context->newest_first ? survey->small_forward : survey->small_back;
        Millis most = context->newest_first ? survey->most_forward : survey->most_back;
        context->slack = against >= USUAL ? most : 0;
    }
    if (ds_zone_fixed(zone)) {
        context->cached_offset = ds_zone_offset(zone, 0);
        context->cache_from = INT64_MIN;
        context->cache_to = INT64_MAX;
    }
    if (!decide_order(context, survey, date_order, file, quality, error)) {
        return false;
    }
    decide_year(context, survey, year, file, quality);
    return true;
}

/* Of the two readings of a repeated hour the one that goes on from the line before; where neither does, the nearer one
 * if the lines are only a little out of order, else the first. Told for files with the oldest line first. */
static bool takes_second(Instant previous, Instant first, Instant second, Millis slack) {
    if (first >= previous - slack) {
        return false;
    }
    return second >= previous - slack || previous - second < SMALL_STEP;
}

static Instant choose_reading(const StampContext *context, Instant first, Instant second) {
    Instant previous = context->previous;
    if (context->newest_first) { /* time runs the other way: its mirror image */
        bool takes_first = previous != INSTANT_NONE && takes_second(-previous, -second, -first, context->slack);
        return takes_first ? first : second;
    }
    return previous != INSTANT_NONE && takes_second(previous, first, second, context->slack) ? second : first;
}

/* A zone-less time to its instant; remembers the offset while no other reading is possible. */
static Instant resolve_zoneless(StampContext *context, Instant local) {
    if (context->quality) {
        g_free(context->quality->zone);
        context->quality->zone = g_strdup(ds_zone_name(context->zone));
        context->quality = NULL;
    }
    if (local >= context->cache_from && local < context->cache_to) {
        return local - context->cached_offset;
    }
    Instant first, second, from, to;
    if (ds_zone_resolve(context->zone, local, &first, &second) == 2) {
        return choose_reading(context, first, second);
    }
    context->cached_offset = ds_zone_interval(context->zone, first, &from, &to);
    context->cache_from = from == INT64_MIN ? from : from + CACHE_MARGIN;
    context->cache_to = to == INT64_MAX ? to : to - CACHE_MARGIN;
    return first;
}

/* A year-less time in the year that puts it nearest to the line before. */
static Instant walk_year(StampContext *context, Instant local) {
    if (context->started) {
        context->year += nearest_year(context->walk_local, local);
    }
    context->started = true;
    context->walk_local = local;
    return in_year(local, context->year);
}

/* A time with a year among year-less ones: the next goes on from here. */
static void note_year(StampContext *context, Instant local) {
    Instant here = in_2000(local);
    if (!context->year_told) {
        context->year = ds_civil_of(local).year;
    } else if (context->started) {
        context->year += nearest_year(context->walk_local, here);
    }
    context->started = true;
    context->walk_local = here;
}

Instant stamp_resolve(StampContext *context, const RawStamp *stamp) {
    Instant local = stamp->swappable && context->month_first ? stamp->swapped : stamp->local;
    if (stamp->dayless) {
        local = stamp_day_walk(context, local);
    } else if (!stamp->has_year) {
        local = walk_year(context, local);
    } else if (context->yearless) {
        note_year(context, local);
    }
    if (context->dayless && !stamp->dayless) {
        stamp_day_note(context, local);
    }
    context->previous = stamp->has_offset ? local - stamp->offset : resolve_zoneless(context, local);
    return context->previous;
}
