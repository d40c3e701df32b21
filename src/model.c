/* SPDX-License-Identifier: MIT
 * Names of the enums of model.h as they stand in outputs and configuration; each in the order of its enum. */
#include "model.h"

const char *ds_signal_name(Signal signal) {
    static const char *const names[SIGNAL_COUNT] = {"probe",  "transition",  "request", "report",
                                                    "notice", "maintenance", "service", "monitor"};
    return names[signal];
}

const char *ds_state_name(State state) {
    static const char *const names[STATE_COUNT] = {"unknown", "up",          "degraded", "partial",
                                                   "down",    "maintenance", "surge"};
    return names[state];
}

const char *ds_reason_name(Reason reason) {
    static const char *const names[REASON_COUNT] = {
        "none", "dns",      "connect-refused", "connect-timeout", "unreachable", "packet-loss",
        "tls",  "http-4xx", "http-5xx",        "timeout",         "content",     "other"};
    return names[reason];
}

const char *ds_flag_name(unsigned index) {
    static const char *const names[FLAG_COUNT] = {"ongoing",     "started-before", "start-unobserved", "end-unobserved",
                                                  "clipped",     "blip",           "vantage-fault",    "monitor-outage",
                                                  "maintenance", "weak",           "bridged"};
    return names[index];
}

const char *ds_override_name(OverrideKind kind) {
    static const char *const names[OVERRIDE_COUNT] = {"", "planned", "false", "corrected"};
    return names[kind];
}
