/* SPDX-License-Identifier: MIT
 * Private to report/: leaves and members of JSON trees. A text from a log may hold any bytes; here it becomes valid
 * UTF-8 and otherwise stays as it was. */
#ifndef DS_REPORT_TREE_H
#define DS_REPORT_TREE_H

#include "report/report.h"

/* A text; null for NULL. New reference, as all of these. */
json_t *tree_text(const char *text);
/* RFC 3339; null for INSTANT_NONE. */
json_t *tree_instant(Instant instant);
/* Whole milliseconds; null for MILLIS_NONE. */
json_t *tree_millis(Millis length);
/* A number; null for NAN and the infinities, which JSON does not have. */
json_t *tree_real(double value);
/* The text of a name ("" for none). */
json_t *tree_name(const Report *report, Name name);
/* A list of the texts of a GArray of Name. */
json_t *tree_names(const Report *report, const GArray *names);
/* A list of "file:line"; origins without a line are left out. */
json_t *tree_origins(const Report *report, const Origin *origins, size_t count);

/* Sets key to a text and frees the text; null where it is NULL or empty, so that a template's section is left out. */
void tree_put(json_t *object, const char *key, char *text);
/* The same with a borrowed text. */
void tree_put_text(json_t *object, const char *key, const char *text);
void tree_put_bool(json_t *object, const char *key, bool value);
void tree_put_count(json_t *object, const char *key, uint64_t count);

#endif
