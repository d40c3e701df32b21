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
bool when_holds(const Run *run, const Rule *rule);

/* quantity.c. NULL, or why the entry is rejected. */
const char *read_state(Run *run, const Value *value, State *state);
Reason read_reason(Run *run, const Value *value);
/* A length in ms, cut; 0 where the text tells none (empty, "-", "NaN", negative). */
Millis read_length(const Value *value);
bool read_count(const Value *value, uint32_t *count);
/* An HTTP status; "-" and negative ones stand for none sent: 0. */
bool read_status(Span text, int64_t *status);

#endif
