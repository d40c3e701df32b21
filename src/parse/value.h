/* SPDX-License-Identifier: MIT
 * Private to parse/: values of an entry's fields, between the captures (value.c) and the record (fields.c). */
#ifndef DS_PARSE_VALUE_H
#define DS_PARSE_VALUE_H

#include "parse/parser.h"

enum { CODE_REFUSED = -2 }; /* a word that the rule's own table does not have */

/* value.c */
Span slot_value(const Run *run, int slot);
/* All sources of a rule into run->fields, with what is remembered where an entry has none; valid until the next call.
 */
const Values *gather(Run *run, const Rule *rule);
/* Keeps what `remember` names. */
void remember(Run *run, const Rule *rule);
bool when_holds(Run *run, const Rule *rule);

/* quantity.c. NULL, or why the entry is rejected. */
const char *read_state(Run *run, const Value *value, State *state);
Reason read_reason(Run *run, const Value *value);
/* A length in ms, cut; 0 where the text tells none (empty, "-", "NaN", negative). */
Millis read_length(const Value *value);
/* The same; false where it tells none. */
bool read_took(const Value *value, Millis *length);
/* A number of 0 or more, cut; false for another. */
bool read_total(const Value *value, int64_t *total);
/* The same up to what a record can stand for. */
bool read_count(const Value *value, uint32_t *count);
/* An HTTP status; "-" and negative ones stand for none sent: 0. */
bool read_status(Span text, int64_t *status);

/* The value of a template or capture, without tables. */
Span source_text(Run *run, const Source *source);

/* recall.c */
/* Keeps what the entry at hand tells of itself under its key. */
void recall_note(Run *run, const Rule *rule);
/* Fills what the entry does not tell; false: no entry before had the key. */
bool recall_take(Run *run, const Rule *rule, Values *values);
extern const char not_told[]; /* why an entry is rejected that refers to none */

/* counted.c */
/* NULL, or why the entry is rejected. A rule of running totals gets no more than checked. */
const char *build_request(Run *run, const Rule *rule, const Values *values, Record *record);
/* Once time and names of the record are known (key: of the names): what it owes to the entry before, and the length of
 * time that it counts. NULL, level_only, or why the entry is rejected. */
const char *request_step(Run *run, const Rule *rule, const Values *values, const char *key, Record *record);
extern const char level_only[]; /* a running total that gives no record, as none is known before it */

#endif
