/* SPDX-License-Identifier: MIT
 * The fixed sentences of a report: what a state, a signal, a flag or a reason means to someone who never read the
 * manual. Reasons are evidence; no sentence here names a cause. */
#include "report/words.h"

const char *terms_state(State state) {
    static const char *const names[STATE_COUNT] = {"unknown", "up",          "degraded",        "partly down",
                                                   "down",    "maintenance", "surge of reports"};
    return names[state];
}

const char *terms_who(Signal signal) {
    static const char *const names[SIGNAL_COUNT] = {"probes",       "the monitor's alerts", "served traffic",
                                                    "users",        "the operator",         "planned maintenance",
                                                    "the vantages", "the monitor"};
    return names[signal];
}

const char *terms_flag(unsigned index) {
    static const char *const meanings[FLAG_COUNT] = {
        "still going on at the end of the period; the duration is a lower bound",
        "it was already failing at the first record; the duration is a lower bound",
        "the logs are silent just before it, so its start was not seen; the duration is a lower bound",
        "the logs fall silent inside it, so its end was not seen; the duration is a lower bound",
        "it reaches beyond the analysed period and was cut at its edge",
        "failures too few to be confirmed; listed and counted apart, in sums it is up",
        "only this vantage failed, for most of its services at once: its own fault, it has no vote",
        "it ended because the monitor itself fell silent",
        "it touches a planned maintenance window",
        "the data support it only weakly",
        "the logs are silent for a while inside it; that time is counted as unknown",
    };
    return meanings[index];
}

const char *terms_reason(Reason reason) {
    static const char *const meanings[REASON_COUNT] = {
        "no reason told",
        "names that could not be resolved",
        "hosts that were reached and refused the connection",
        "connections that were never answered",
        "hosts or networks without a route",
        "packets lost on the way",
        "a failing TLS handshake or certificate",
        "requests that the application turned away (4xx)",
        "errors inside the application or behind its gateway (5xx)",
        "answers that did not come in time (the layer is not told)",
        "answers that came with the wrong content",
        "failures of other kinds",
    };
    return meanings[reason];
}

const char *terms_layer(Reason reason) {
    static const char *const layers[REASON_COUNT] = {
        "not told", "network",     "network",     "network",  "network",     "network",
        "TLS",      "application", "application", "not told", "application", "not told",
    };
    return layers[reason];
}

const char *terms_response(ResponseKind kind) {
    static const char *const names[RESPONSE_COUNT] = {"Impact began", "Detected", "Acknowledged",     "First notice",
                                                      "Mitigated",    "Restored", "Declared resolved"};
    return names[kind];
}

const char *terms_override(OverrideKind kind) {
    return kind == OVERRIDE_FALSE ? "false, not counted" : ds_override_name(kind);
}

const char *terms_incident_kind(IncidentKind kind) {
    static const char *const names[] = {"outage", "reported only", "served traffic only"};
    return names[kind];
}
