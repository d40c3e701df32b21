/* SPDX-License-Identifier: MIT
 * Names of time zones: which may be looked up, and which was meant by one that is not there.
 * The folder is walked only after a name was not found. */
#include "base/zone_names.h"

#include "base/text.h"

#define SYSTEM_FOLDER "/usr/share/zoneinfo"
#define NAME_MOST 128u  /* bytes; the longest real one has 32 */
#define DEPTH_MOST 3    /* America/Argentina/Ushuaia */
#define NAMES_MOST 4096 /* real folders have about 600 */

const char *zone_names_folder(void) {
    const char *folder = g_getenv("TZDIR");
    return folder && *folder ? folder : SYSTEM_FOLDER;
}

bool zone_names_safe(const char *name) {
    if (*name == '\0' || strlen(name) > NAME_MOST) {
        return false;
    }
    for (const char *p = name; *p; p++) {
        bool part_begins = p == name || p[-1] == '/';
        if (part_begins && (*p == '/' || *p == '.')) {
            return false;
        }
        if (!g_ascii_isalnum(*p) && !strchr("/_+-.", *p)) {
            return false;
        }
    }
    return name[strlen(name) - 1] != '/';
}

/* Adds the zones below a folder. Zones begin with a capital; tables and other collections do not. */
static void collect(const char *folder, const char *prefix, int depth, GPtrArray *names) {
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *entry;
    while (dir && (entry = g_dir_read_name(dir)) && names->len < NAMES_MOST) {
        if (!g_ascii_isupper(*entry)) {
            continue;
        }
        g_autofree char *path = g_build_filename(folder, entry, NULL);
        g_autofree char *name = *prefix ? g_strconcat(prefix, "/", entry, NULL) : g_strdup(entry);
        if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
            g_ptr_array_add(names, g_steal_pointer(&name));
        } else if (depth > 1) {
            collect(path, name, depth - 1, names);
        }
    }
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *last_part(const char *name) {
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

char *zone_names_nearest(const char *name) {
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    collect(zone_names_folder(), "", DEPTH_MOST, names);
    g_ptr_array_sort(names, compare_names); /* the same answer on every file system */
    const char *same_place = NULL;
    for (guint i = 0; i < names->len; i++) {
        const char *known = g_ptr_array_index(names, i);
        if (g_ascii_strcasecmp(known, name) == 0) {
            return g_strdup(known);
        }
        if (!same_place && g_ascii_strcasecmp(last_part(known), last_part(name)) == 0) {
            same_place = known;
        }
    }
    if (same_place) {
        return g_strdup(same_place);
    }
    g_ptr_array_add(names, NULL);
    return g_strdup(ds_text_nearest(name, (const char *const *)names->pdata));
}
