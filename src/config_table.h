/* SPDX-License-Identifier: MIT
 * Private to config*.c: a row of the table of settings, and how texts become values. */
#ifndef DS_CONFIG_TABLE_H
#define DS_CONFIG_TABLE_H

#include "base/yaml.h"
#include "config.h"

#include <stddef.h>

typedef enum {
    KIND_TEXT,     /* char * */
    KIND_PATH,     /* char *; in a file: relative to the file's folder */
    KIND_WORDS,    /* char **, comma-separated or a YAML list */
    KIND_FOLDERS,  /* the same, relative to the file's folder */
    KIND_ORDER,    /* char *: dmy or mdy */
    KIND_LEVEL,    /* char *: service, series or all */
    KIND_MODE,     /* MaintenanceMode */
    KIND_FLAG,     /* bool */
    KIND_INSTANT,  /* Instant */
    KIND_ZONE,     /* Zone * */
    KIND_YEAR,     /* int */
    KIND_DAY,      /* Instant: midnight of a date, as if it were of UTC */
    KIND_COUNT,    /* unsigned */
    KIND_DURATION, /* Millis */
    KIND_NUMBER,   /* double */
} SettingKind;

typedef struct {
    SettingInfo info;
    size_t offset;     /* of the member in Config */
    double low, high;  /* range; durations in seconds */
    const char *value; /* what stands for the value in help, or NULL for a flag */
    SettingKind kind;
    unsigned groups;
    char letter; /* short option, or 0 */
} Setting;

/* All rows, in the order of ds_config_settings. */
const Setting *config_rows(size_t *count);
/* The row of "section.key", - and _ alike; the row of an option's name; NULL. */
const Setting *config_row(const char *section, const char *key);
const Setting *config_option(const char *name);

/* Sets the member of a row. False with *why (yours) = what was expected. */
bool config_set(Config *config, const Setting *row, const char *text, char **why);
/* The same from texts of a list (KIND_WORDS and KIND_FOLDERS). */
void config_set_words(Config *config, const Setting *row, char **words);
/* A word with - for _, yours. */
char *config_canonical(const char *key);
/* RFC 3339 or ISO 8601 (date alone: its midnight); without an offset in the zone. */
bool config_instant(Span text, const Zone *zone, Instant *instant);
/* YYYY-MM-DD to a day number. */
bool config_date(Span text, int64_t *day);
/* 0.999, 99.9 or 99.9% to 0..1. */
bool config_share(const char *text, double *share);

/* A path that stands in the file `name`: beside it. Yours. */
char *config_beside(const char *name, const char *path);
/* Adds the objectives of an OpenSLO file. */
bool config_read_openslo(Config *config, const char *path, GError **error);
/* What is read once all settings are set: the OpenSLO files that they name. */
bool config_complete(Config *config, GError **error);

/* The structured parts of the file. */
bool config_read_services(Config *config, const YamlNode *node, const char *name, GError **error);
/* exclude: of a vantage. */
bool config_read_exclusions(Config *config, VantageConfig *vantage, const YamlNode *item, const char *name,
                            GError **error);
/* A list of names, or one text with commas between them; absent: *names stays. */
bool config_names(const YamlNode *map, const char *key, char ***names, const char *name, GError **error);
bool config_read_vantages(Config *config, const YamlNode *node, const char *name, GError **error);
bool config_read_windows(Config *config, const YamlNode *node, const char *name, GError **error);
bool config_read_notices(Config *config, const YamlNode *node, const char *name, GError **error);
bool config_read_objectives(Config *config, const YamlNode *node, const char *name, GError **error);
bool config_read_overrides(Config *config, const YamlNode *node, const char *name, GError **error);
bool config_read_rules(Config *config, const YamlNode *node, const char *name, GError **error);
/* Hours: one rule, a list of them, or ["18:00", "23:00"]; without a timezone in `zone`. NULL with an error. Yours. */
GArray *config_read_hours(const YamlNode *node, const Zone *zone, const char *name, GError **error);

/* Helpers of the readers: values of a map by key (- and _ alike), each NULL or untouched where the key is missing. */
const YamlNode *config_get(const YamlNode *map, const char *key);
bool config_allow(const YamlNode *map, const char *const *allowed, const char *name, const char *where, GError **error);
bool config_text(const YamlNode *map, const char *key, char **out, const char *name, GError **error);
bool config_number(const YamlNode *map, const char *key, double low, double high, double *out, const char *name,
                   GError **error);
/* INSTANT_NONE where the key is missing. */
bool config_time(const YamlNode *map, const char *key, const Config *config, Instant *out, const char *name,
                 GError **error);
bool config_zone(const YamlNode *map, Zone **out, const char *name, GError **error);

/* Reads a file whose timezone an option overrides (tz NULL: it does not). */
bool config_read_file(Config *config, const char *path, const char *tz, GError **error);
/* What must hold between settings: from before to, costs in order. */
bool config_check(const Config *config, GError **error);

#endif
