/* SPDX-License-Identifier: MIT
 * Values of settings back to texts, for reports that tell what they were made with. */
#include "base/text.h"
#include "config_table.h"

static char *duration_text(Millis length, const Setting *row) {
    if (length == 0 && strcmp(row->info.fallback, "auto") == 0) {
        return g_strdup("auto");
    }
    g_autoptr(GString) text = g_string_new(NULL);
    ds_text_duration(text, length);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *number_text(double value) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(text, (int)sizeof text, "%.15g", value));
}

char *ds_config_value(const Config *config, size_t row) {
    static const char *const modes[] = {"honour", "exclude", "ignore"};
    size_t count;
    const Setting *setting = &config_rows(&count)[row];
    const void *member = (const char *)config + setting->offset;
    char text[INSTANT_TEXT_SIZE];
    switch (setting->kind) {
    case KIND_TEXT:
    case KIND_PATH:
    case KIND_ORDER:
    case KIND_LEVEL:
        return g_strdup(*(char *const *)member);
    case KIND_WORDS:
    case KIND_FOLDERS: {
        char **words = *(char **const *)member;
        return words ? g_strjoinv(", ", words) : NULL;
    }
    case KIND_MODE:
        return g_strdup(modes[*(const MaintenanceMode *)member]);
    case KIND_FLAG:
        return g_strdup(*(const bool *)member ? "true" : "false");
    case KIND_INSTANT: {
        Instant instant = *(const Instant *)member;
        return instant == INSTANT_NONE ? NULL : g_strdup(ds_instant_text(instant, text));
    }
    case KIND_DAY: {
        Instant instant = *(const Instant *)member;
        return instant == INSTANT_NONE ? NULL : g_strndup(ds_instant_text(instant, text), 10);
    }
    case KIND_ZONE:
        return g_strdup(ds_zone_name(*(Zone *const *)member));
    case KIND_YEAR:
        return *(const int *)member ? g_strdup_printf("%d", *(const int *)member) : NULL;
    case KIND_COUNT:
        return g_strdup_printf("%u", *(const unsigned *)member);
    case KIND_DURATION:
        return duration_text(*(const Millis *)member, setting);
    case KIND_NUMBER:
        return number_text(*(const double *)member);
    }
    return NULL;
}

bool ds_config_decides(size_t row) {
    size_t count;
    const char *key = config_rows(&count)[row].info.key;
    return !g_str_has_prefix(key, "report.") && strcmp(key, "inputs.threads") != 0 &&
           strcmp(key, "inputs.rejects") != 0;
}
