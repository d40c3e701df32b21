/* SPDX-License-Identifier: MIT
 * Times that need the whole file. Most files never do: each of their times tells year, zone and order. So the file is
 * read at once, and only the first time that leaves something open makes a second reader go through all of it (the
 * survey); what was resolved before did not depend on it. */
#include "parse/parser.h"

static bool needs_survey(const Run *run, const RawStamp *raw) {
    return !raw->has_year || (raw->swappable && !run->defaults.date_order) ||
           (!raw->has_offset && !ds_zone_fixed(run->defaults.zone));
}

/* Forgets what the first start of the context wrote; the second writes it anew. */
static void clear_rules(FileQuality *quality) {
    g_clear_pointer(&quality->zone, g_free);
    g_clear_pointer(&quality->year_rule, g_free);
    g_clear_pointer(&quality->date_order, g_free);
}

static bool survey(Run *run) {
    g_autoptr(Reader) reader = NULL;
    Run second;
    if (!run_again(run, RUN_SURVEY, &second, &reader, run->error)) {
        run->failed = true;
        return false;
    }
    stamp_survey_start(&second.survey);
    bool fine = run_read(&second);
    framer_stop(&second.framer);
    if (run->quality) {
        clear_rules(run->quality);
    }
    const RunDefaults *defaults = &run->defaults;
    fine = fine && stamp_context_start(&run->stamp, &second.survey, defaults->zone, defaults->year,
                                       defaults->date_order, run->file, run->quality, run->error);
    if (fine) {
        stamp_context_days(&run->stamp, &second.survey, defaults->day, run->file, run->quality);
    }
    run_stop(&second);
    run->surveyed = true;
    if (fine && run->has_last_raw) {
        stamp_resolve(&run->stamp, &run->last_raw); /* where the reading stands */
    }
    run->failed = !fine;
    return fine;
}

bool run_resolve(Run *run, const RawStamp *raw, Instant *out) {
    if (!run->surveyed && needs_survey(run, raw) && !survey(run)) {
        return false;
    }
    *out = stamp_resolve(&run->stamp, raw);
    run->last_raw = *raw;
    run->has_last_raw = true;
    return true;
}

bool run_resolve_aside(Run *run, const RawStamp *raw, Instant *out) {
    StampContext before = run->stamp;
    RawStamp last = run->last_raw;
    bool surveyed = run->surveyed;
    if (!run_resolve(run, raw, out)) {
        return false;
    }
    if (run->surveyed == surveyed) {
        run->stamp = before;
        run->last_raw = last;
    }
    return true;
}
