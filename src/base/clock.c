/* SPDX-License-Identifier: MIT
 * Civil time to instants and back, in integers only.
 * The idea: let the year begin in March, so that the leap day is its last day and the lengths of the months before a
 * month follow one straight line; 400 years then have 146097 days, always. See E. G. Richards, Mapping Time (1998),
 * ch. 25, and the Gregorian rules in ISO 8601. */
#include "base/clock.h"

#define ERA_YEARS 400
#define ERA_DAYS INT64_C(146097)
#define EPOCH_DAYS INT64_C(719468) /* from 0000-03-01 to 1970-01-01 */

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

/* Days of the year that begins in March before its month m (0 March .. 11 February). */
static unsigned days_before_month(unsigned m) {
    return (153 * m + 2) / 5;
}

int64_t ds_days_of(int year, int month, int day) {
    int64_t y = (int64_t)year - (month <= 2), eras = 0;
    if (y < 0) { /* whole eras later, so that the divisions are those of small positive numbers */
        eras = floor_div(y, ERA_YEARS);
        y -= eras * ERA_YEARS;
    }
    unsigned u = (unsigned)y;
    int64_t before_year = INT64_C(365) * u + u / 4 - u / 100 + u / 400;
    unsigned before_month = days_before_month((unsigned)(month > 2 ? month - 3 : month + 9));
    return eras * ERA_DAYS + before_year + before_month + day - 1 - EPOCH_DAYS;
}

int ds_weekday_of(int64_t days) {
    int64_t since_monday = days - floor_div(days + 3, 7) * 7 + 3; /* 1970-01-01 was a Thursday */
    return (int)since_monday + 1;
}

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int ds_month_length(int year, int month) {
    if (month == 2) {
        return is_leap(year) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool ds_civil_valid(const Civil *civil) {
    return civil->year >= 1 && civil->year <= 9999 && civil->month >= 1 && civil->month <= 12 && civil->day >= 1 &&
           civil->day <= ds_month_length(civil->year, civil->month) && civil->hour >= 0 && civil->hour <= 23 &&
           civil->minute >= 0 && civil->minute <= 59 && civil->second >= 0 && civil->second <= 60 &&
           civil->milli >= 0 && civil->milli <= 999;
}

Instant ds_instant_of(const Civil *civil) {
    bool leap_second = civil->second >= 60; /* no place of its own: the last millisecond before the next minute */
    int64_t days = ds_days_of(civil->year, civil->month, civil->day);
    int64_t seconds = (civil->hour * INT64_C(60) + civil->minute) * 60 + (leap_second ? 59 : civil->second);
    return days * MILLIS_DAY + seconds * MILLIS_SECOND + (leap_second ? 999 : civil->milli);
}

/* The date of a day number. */
static void civil_date(int64_t days, Civil *civil) {
    days += EPOCH_DAYS;
    int64_t era = floor_div(days, ERA_DAYS);
    int64_t in_era = days - era * ERA_DAYS;
    /* The last day of each 4, 100 and 400 years is one more than its share: taken off before dividing. */
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
    int64_t in_year = in_era - (year * 365 + year / 4 - year / 100);
    unsigned month = (unsigned)(5 * in_year + 2) / 153; /* 0 March .. 11 February */
    civil->day = (int)(in_year - days_before_month(month)) + 1;
    civil->month = (int)(month < 10 ? month + 3 : month - 9);
    civil->year = (int)(era * ERA_YEARS + year + (month >= 10));
}

Civil ds_civil_of(Instant instant) {
    int64_t days = floor_div(instant, MILLIS_DAY);
    int milli = (int)(instant % MILLIS_DAY); /* not instant - days * MILLIS_DAY, which could overflow */
    if (milli < 0) {
        milli += (int)MILLIS_DAY;
    }
    Civil civil;
    civil_date(days, &civil);
    civil.milli = milli % 1000;
    civil.second = milli / 1000 % 60;
    civil.minute = milli / (int)MILLIS_MINUTE % 60;
    civil.hour = milli / (int)MILLIS_HOUR;
    return civil;
}

/* Writes at least `width` digits of a number >= 0; returns the end. */
static char *put_digits(char *out, unsigned number, int width) {
    char reversed[12];
    int n = 0;
    do {
        reversed[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 || n < width);
    while (n > 0) {
        *out++ = reversed[--n];
    }
    return out;
}

char *ds_instant_text(Instant instant, char out[INSTANT_TEXT_SIZE]) {
    char *p = out;
    if (instant != INSTANT_NONE) {
        Civil civil = ds_civil_of(instant);
        if (civil.year > 9999 || civil.year < 0) { /* ISO 8601's expanded form; RFC 3339 has none */
            *p++ = civil.year < 0 ? '-' : '+';
        }
        p = put_digits(p, (unsigned)(civil.year < 0 ? -civil.year : civil.year), 4);
        *p++ = '-';
        p = put_digits(p, (unsigned)civil.month, 2);
        *p++ = '-';
        p = put_digits(p, (unsigned)civil.day, 2);
        *p++ = 'T';
        p = put_digits(p, (unsigned)civil.hour, 2);
        *p++ = ':';
        p = put_digits(p, (unsigned)civil.minute, 2);
        *p++ = ':';
        p = put_digits(p, (unsigned)civil.second, 2);
        *p++ = '.';
        p = put_digits(p, (unsigned)civil.milli, 3);
        *p++ = 'Z';
    }
    *p = '\0';
    return out;
}
