/* SPDX-License-Identifier: MIT
 * The cards of the first screen: how long and how sure, from when, to when, for whom, at what cost, who noticed first.
 */
#include "report/view.h"

#include "report/tree.h"

#include "base/text.h"

#include <math.h>

static char *join(const char *separator, char *first, char *second) {
    bool both = first && *first && second && *second;
    char *joined = g_strconcat(first ? first : "", both ? separator : "", second ? second : "", NULL);
    g_free(first);
    g_free(second);
    return joined;
}

static void duration_card(const IncidentFacts *facts, json_t *cards) {
    const char *label = facts->incident->kind == INCIDENT_REPORTED ? "Reports surged for"
                        : facts->worst == STATE_DOWN               ? "Down for"
                        : facts->worst == STATE_PARTIAL            ? "Partly down for"
                                                                   : "Degraded for";
    char *note = words_bounds(facts->min, facts->max, facts->flags);
    if (facts->services->len == 1) {
        const ServiceFacts *s = &g_array_index(facts->services, ServiceFacts, 0);
        if (s->count == 1) {
            char *likely = words_likely(s->likely, s->sigma);
            note = join("\n", note, *likely ? join("", g_strdup("likely "), likely) : likely);
        } else {
            char *net = words_observed(s->worst_time, s->flags);
            note = join("\n", note, join("", net, g_strdup_printf(" net, in %u windows", s->count)));
        }
    } else if (facts->services->len > 1) {
        note = join("\n", note, g_strdup("from the first service down to the last one back"));
    }
    view_fact(cards, label, facts_length(facts), note);
}

/* "17:39:00 Europe/Berlin", with the date where it is another day there. */
static char *local_clock(const Report *report, Instant at) {
    const Zone *zone = words_zone(report);
    if (!zone || at == INSTANT_NONE) {
        return g_strdup("");
    }
    g_autofree char *here = words_date(at, zone), *utc = words_date(at, NULL);
    char *clock = strcmp(here, utc) == 0 ? words_clock(at, zone) : words_instant(at, zone);
    return join(" ", clock, g_strdup(ds_zone_name(zone)));
}

static void edge_card(const Report *report, json_t *cards, const char *label, const char *edge, Instant at, Instant low,
                      Instant high) {
    char *note = join("\n", words_date(at, NULL), local_clock(report, at));
    if (low != INSTANT_NONE && low != high) {
        g_autofree char *after = words_clock(words_outward(low, false), NULL);
        g_autofree char *by = words_clock(words_outward(high, true), NULL);
        note = join("\n", note, g_strdup_printf("true %s after %s, by %s", edge, after, by));
    }
    view_fact(cards, label, join(" ", words_clock(at, NULL), g_strdup("UTC")), note);
}

static void edge_cards(const Report *report, const IncidentFacts *facts, json_t *cards) {
    edge_card(report, cards, "From", "start", facts->start, facts->start_lo, facts->start_hi);
    if (facts->end == INSTANT_NONE) {
        g_autofree char *last = words_instant(report->outages->to, NULL);
        view_fact(cards, "Until", g_strdup("still going on"),
                  g_strdup_printf("at the end of the period, %s UTC", last));
    } else {
        edge_card(report, cards, "Until", "end", facts->end, facts->end_lo, facts->end_hi);
    }
}

static void whom_card(const Report *report, const IncidentFacts *facts, json_t *cards) {
    bool regions = facts->incident->kind == INCIDENT_REPORTED;
    g_autofree char *names = words_names(report, facts->incident->vantages, 6);
    char *value;
    if (facts->vantages_known <= 1) {
        value = g_strdup(regions ? "users" : "the one vantage that watched");
    } else {
        value = g_strdup_printf("%u of %u %s", facts->vantages_seen, facts->vantages_known,
                                regions ? "regions" : "vantages");
    }
    g_autofree char *services = words_names(report, facts->incident->services, 6);
    char *note = facts->vantages_known <= 1 ? g_strdup(services) : g_strdup_printf("%s\n%s", services, names);
    view_fact(cards, "For whom", value, note);
}

void view_cost(const Report *report, json_t *cards) {
    double minutes = NAN, cost = NAN, low = NAN, high = NAN;
    for (unsigned i = 0; i < report->impact->losses->len; i++) {
        const Loss *l = &g_array_index(report->impact->losses, Loss, i);
        if (l->vantage != NAME_NONE) {
            continue; /* the service's own row has the sum */
        }
        if (!isnan(l->user_minutes)) {
            minutes = isnan(minutes) ? l->user_minutes : minutes + l->user_minutes;
        }
        if (!isnan(l->cost)) {
            cost = isnan(cost) ? l->cost : cost + l->cost;
            low = isnan(low) ? l->cost_low : low + l->cost_low;
            high = isnan(high) ? l->cost_high : high + l->cost_high;
        }
    }
    char *people = isnan(minutes) ? NULL : join(" ", words_number(minutes), g_strdup("user-minutes lost"));
    if (isnan(cost)) {
        view_fact(cards, "Cost", people ? people : g_strdup("not estimated"),
                  g_strdup(people ? "no cost a minute is configured" : "no users and no cost are configured"));
        return;
    }
    const char *currency = report->config->currency;
    char *from = words_number(low), *to = words_money(high, currency);
    char *range = isnan(low) || isnan(high) ? NULL : g_strdup_printf("%s to %s", from, to);
    g_free(from);
    g_free(to);
    view_fact(cards, "Cost", words_money(cost, currency), join("\n", range, people));
}

static unsigned incident_index(const Report *report, const Incident *incident) {
    return (unsigned)(incident - (const Incident *)(const void *)report->outages->incidents->data);
}

/* "3 min before probes, 17 min before the operator" */
static char *lead_over_others(const Report *report, const Sighting *first, unsigned next) {
    char *text = g_strdup("");
    for (unsigned i = next; i < report->impact->sightings->len; i++) {
        const Sighting *s = &g_array_index(report->impact->sightings, Sighting, i);
        if (s->incident != first->incident) {
            break;
        }
        if (s->first == INSTANT_NONE) {
            continue;
        }
        g_autofree char *ahead = words_length(s->first - first->first);
        char *part = s->first == first->first ? g_strdup_printf("with %s", terms_who(s->signal))
                                              : g_strdup_printf("%s before %s", ahead, terms_who(s->signal));
        text = join("\n", text, part);
    }
    return text;
}

static void noticed_card(const Report *report, const IncidentFacts *facts, json_t *cards) {
    unsigned incident = incident_index(report, facts->incident);
    for (unsigned i = 0; i < report->impact->sightings->len; i++) {
        const Sighting *s = &g_array_index(report->impact->sightings, Sighting, i);
        if (s->incident == incident && s->first != INSTANT_NONE) {
            char *clock = join(" ", words_clock(s->first, NULL), g_strdup("UTC"));
            g_autofree char *who = g_strdup(terms_who(s->signal));
            who[0] = g_ascii_toupper(who[0]);
            view_fact(cards, "First noticed by", g_strdup(who), join("\n", clock, lead_over_others(report, s, i + 1)));
            return;
        }
    }
}

json_t *view_facts(const Report *report, const IncidentFacts *facts, bool only) {
    json_t *cards = json_array();
    duration_card(facts, cards);
    edge_cards(report, facts, cards);
    whom_card(report, facts, cards);
    noticed_card(report, facts, cards);
    if (only) {
        view_cost(report, cards);
    }
    return cards;
}
