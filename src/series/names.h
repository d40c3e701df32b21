/* SPDX-License-Identifier: MIT
 * Private to series/: texts of services, vantages and checks, each kept once and known by a small number. */
#ifndef DS_SERIES_NAMES_H
#define DS_SERIES_NAMES_H

#include "model.h"

#define NAME_LIMIT                                                                                                     \
    4096 /* bytes of a name or an announced text; a longer one is cut, so no line can fill the memory                  \
          */

typedef struct Names Names;

Names *names_new(void);
void names_free(Names *names);

/* What is kept of a text: no NUL (names are C strings later), at most NAME_LIMIT bytes, whole UTF-8 characters.
 * Returns the text itself where it needs no change, else a span of the buffer. */
Span names_clean(Span text, char buffer[NAME_LIMIT]);
/* The number of a text that was cleaned; copies it the first time. */
Name names_add(Names *names, Span text);
/* The number of a text, or NAME_NONE. */
Name names_find(const Names *names, Span text);
/* Borrowed, ends in NUL, and stays where it is for the life of names. */
Span names_text(const Names *names, Name name);
Name names_count(const Names *names);
/* Renumbers by the byte order of the texts. Returns the new number of each old one; yours to free. */
Name *names_sort(Names *names);

#endif
