/* SPDX-License-Identifier: MIT
 * Every setting once. A scalar setting is one row of a table in config.c (key, option, type, place, default, help); the
 * YAML file, the command line, --help and docs/config.md all come from these rows. Constant after loading. */
#ifndef DS_CONFIG_H
#define DS_CONFIG_H

#include "base/clock.h"
#include "base/zone.h"
#include "model.h"

#include <glib.h>

/* Hours of the day on days of the week, in a zone: service hours, peak hours, business hours. */
typedef struct {
    unsigned days; /* bit 0 Monday .. bit 6 Sunday */
    Millis from,
        to;     /* of the local clock, since midnight; to <= from: over midnight into the next day; both 0: all day */
    Zone *zone; /* owned; never NULL after loading */
} HoursRule;

typedef struct {
    char *name;
    GArray *hours;             /* HoursRule; NULL: always */
    GArray *holidays;          /* int64_t day numbers (ds_days_of), in the zone of the hours; NULL: none */
    double users;              /* people it serves; 0: not told */
    GHashTable *vantage_users; /* vantage name -> double *; NULL: not told */
    char **checks;             /* only these checks vote; NULL: all */
    double objective;          /* availability aimed at, 0..1; 0: none */
    double cost_per_minute;    /* of the service being down; 0: none */
    char **aliases;            /* its other names in the logs; NULL: none */
    char **depends;            /* services that it cannot do without; NULL: none. No circle */
    unsigned line;             /* in the file */
} ServiceConfig;

typedef struct {      /* a time in which a vantage has no vote */
    Instant from, to; /* INT64_MIN, INT64_MAX: open */
    char **services;  /* on these; NULL: on all */
    char *reason;
    unsigned line;
} Exclusion;

typedef struct {
    char *name;
    Zone *zone;          /* owned; NULL: the config's */
    double weight;       /* vote; 1 unless set */
    double users;        /* people behind this vantage; 0: not told */
    GArray *peak;        /* HoursRule; NULL: none */
    GArray *business;    /* HoursRule; NULL: none */
    GPtrArray *excluded; /* Exclusion *; NULL: none */
    unsigned line;
} VantageConfig;

/* What the config decides by hand for the inputs whose path matches. First match wins. */
typedef struct {
    char *pattern;                   /* glob over the path as given or the file's name */
    char *parser;                    /* NULL: detect */
    char *service, *vantage, *check; /* where the log has none; NULL: the defaults of docs/parsers.md */
    Zone *zone;                      /* owned; NULL: the parser's, then the config's */
    int year;                        /* of the last line of year-less times; 0: not told */
    Instant day;                     /* of the newest line of dateless times; INSTANT_NONE: not told */
    char *date_order;                /* "dmy", "mdy" or NULL */
    unsigned line;
} InputRule;

typedef struct {         /* a notice or a planned window written in the config */
    Instant time, until; /* until: maintenance; INSTANT_NONE: open */
    char *service;       /* NULL: all */
    char *phase, *text;  /* phase: of a notice; text: or the reason of maintenance */
    unsigned line;
} PlannedRecord;

typedef struct {
    char *name;
    char *service; /* NULL: every service */
    double target; /* 0..1 */
    Millis window; /* length of the objective's window; 0: the period */
    unsigned line;
} Objective;

typedef struct { /* a reclassified window */
    char *service;
    char *vantage; /* NULL: the window of the service itself */
    Instant at;    /* the window's start, to the second; INSTANT_NONE: all that start in [from, to) */
    Instant from, to;
    OverrideKind as;
    Instant start, end; /* corrected edges; INSTANT_NONE: as measured */
    char *note, *by;    /* by: NULL: not told */
    unsigned line;
} OverrideConfig;

typedef enum { MAINTENANCE_HONOUR, MAINTENANCE_EXCLUDE, MAINTENANCE_IGNORE } MaintenanceMode;

typedef struct {     /* detection: the numbers of docs/semantics.md, sections 5 */
    Millis interval; /* of probes; 0: measured, locally */
    Millis max_gap;  /* 0: three intervals */
    Millis max_bridge;
    unsigned confirm_down, confirm_up;
    double confirm_together; /* 0: off */
    Millis reopen;
    double quorum;
    unsigned min_vantages;
    Millis request_bin, report_bin;
    double request_cost;    /* of a change of state, request automaton (nats) */
    double slow_factor;     /* times the usual 95th percentile, from which on a request is slow; 0: off */
    Millis slow_least;      /* what is quicker is never slow */
    double report_cost;     /* likewise for surges */
    Millis share_fate;      /* onsets this near share fate */
    Millis attach_before;   /* signals this long before an incident are attached */
    double degraded_weight; /* wd */
    double partial_weight;  /* wp */
} Detection;

typedef struct {
    char *title;
    Instant from, to; /* INSTANT_NONE: from the data */
    Zone *zone;       /* of zone-less times and of hours without a zone; UTC unless told */
    bool zone_told;
    int year;            /* --year; 0: not told */
    Instant day;         /* --day; INSTANT_NONE: not told */
    char *parser;        /* --parser; NULL: detect */
    char **parser_dirs;  /* folders that override the built-in parsers; NULL: none */
    char *date_order;    /* "dmy" or "mdy"; NULL: from the file */
    bool strict;         /* damage is an error */
    char *rejects;       /* --rejects FILE; NULL: none */
    char *max_rejects;   /* rejected entries a file may have: a count, or a share as "1%"; NULL: any number */
    unsigned threads;    /* -j; 0: one a core */
    char *output;        /* -o DIR */
    char *template_path; /* --template FILE.mustache; NULL: none */
    char *compare;       /* --compare OLD.json; NULL: none */
    char **outputs;      /* which outputs `report` writes; NULL: all */
    char *level;         /* windows: service, series, all */
    bool json;           /* windows, extract: JSON lines */
    bool quiet;
    MaintenanceMode maintenance_mode;
    char *currency;         /* a text printed beside costs */
    double cost_per_minute; /* of any service without its own */
    double cost_per_user_minute;
    double cost_low, cost_high; /* factors of the uncertain cost, 0.5 and 1.5 unless set */
    double profile[24];         /* share of users active in a local hour, 0..1; all 1 unless set */
    Detection detection;
    GPtrArray *inputs;      /* InputRule * */
    GPtrArray *services;    /* ServiceConfig * */
    GPtrArray *vantages;    /* VantageConfig * */
    GPtrArray *maintenance; /* PlannedRecord * */
    GPtrArray *notices;     /* PlannedRecord * */
    GPtrArray *objectives;  /* Objective * */
    GPtrArray *overrides;   /* OverrideConfig * */
    char **openslo;         /* OpenSLO files that --openslo or objectives.openslo name; NULL: none */
    GPtrArray *notes;       /* char *: what reading settings could not use, with file and line */
    char *path;             /* of the config file; NULL: none */
    char *digest;           /* SHA-256 of its bytes, in hex; NULL: none */
    char **paths;           /* the inputs as given on the command line, NULL-terminated */
} Config;

/* Reads the command line of one command (argv[0] is the command's name): its options, -c FILE, and the paths, mixed as
 * they come. Options win over the file. Without paths those of the file's inputs are taken, beside the file. summary:
 * for --help. groups: which options the command takes (see config.c). Returns NULL with an error (EXIT_USAGE) or, with
 * *helped set, after --help was printed. Yours to free. */
Config *ds_config_load(int argc, char **argv, const char *command, const char *usage, const char *summary,
                       unsigned groups, bool *helped, GError **error);
/* All defaults, nothing read: for tests. */
Config *ds_config_new(void);
/* Reads a YAML file into config (for tests and ds_config_load); the keys that stand in it only. */
bool ds_config_read(Config *config, const char *path, GError **error);
void ds_config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, ds_config_free)

enum {                             /* groups of options a command may take */
       CONFIG_INPUT = 1u << 0,     /* --parser, --parsers, --tz, --year, --date-order, --strict, --rejects, -j */
       CONFIG_PERIOD = 1u << 1,    /* --from, --to */
       CONFIG_DETECTION = 1u << 2, /* --confirm-down, ... every row of detection */
       CONFIG_REPORT = 1u << 3,    /* -o, --template, --outputs, --title */
       CONFIG_WINDOWS = 1u << 4,   /* --level */
       CONFIG_JSON = 1u << 5,      /* --json */
       CONFIG_PARSERS = 1u << 6,   /* --parsers alone */
};

/* The configured service or vantage of that name, or NULL; borrowed. */
const ServiceConfig *ds_config_service(const Config *config, const char *name);
const VantageConfig *ds_config_vantage(const Config *config, const char *name);
/* Weight of a vantage's vote: 1 unless set. */
double ds_config_weight(const Config *config, const char *vantage);
/* The rule for an input's path, or NULL; borrowed. */
const InputRule *ds_config_input(const Config *config, const char *path);

/* Is the instant within the rules (any of them), holidays left out? rules NULL: always. */
bool ds_hours_hold(const GArray *rules, const GArray *holidays, Instant instant);
/* The stretches of [from, to) within the rules, united and sorted, as Segment (state STATE_UP). Built from local
 * midnights, so days of 23 and 25 hours are right. Yours to free (g_array_unref). rules NULL: all of it. */
GArray *ds_hours_within(const GArray *rules, const GArray *holidays, Instant from, Instant to);

/* One row of the table of settings, for docs and tests. */
typedef struct {
    const char *key;      /* "detection.confirm-down" */
    const char *option;   /* "confirm-down", or NULL */
    const char *type;     /* "duration", "count", "ratio", "text", "instant", "zone", "flag", ... */
    const char *fallback; /* default, as text */
    const char *help;
} SettingInfo;
/* All rows, in order; *count of them; static. */
const SettingInfo *ds_config_settings(size_t *count);
/* The value of row number `row` as a text; NULL where nothing is told. Yours. */
char *ds_config_value(const Config *config, size_t row);
/* Can the setting change a figure? False for what only says where and how much is printed, read or written. */
bool ds_config_decides(size_t row);

#endif
