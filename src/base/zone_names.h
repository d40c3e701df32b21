/* SPDX-License-Identifier: MIT
 * Private to base/zone*.c: the names of the zones on this machine. */
#ifndef DS_BASE_ZONE_NAMES_H
#define DS_BASE_ZONE_NAMES_H

#include <stdbool.h>

/* The folder of TZif files: $TZDIR or the system's. Borrowed. */
const char *zone_names_folder(void);
/* No way out of the folder and no odd byte: letters, digits and _ + - . in parts joined by single slashes. */
bool zone_names_safe(const char *name);
/* The name that was meant: the same in another case, the same place elsewhere ("Berlin"), or a near spelling.
 * NULL when none is near. Yours to free. */
char *zone_names_nearest(const char *name);

#endif
