/* SPDX-License-Identifier: MIT
 * Private to report/: a Mustache template cut into tokens. */
#ifndef DS_REPORT_MUSTACHE_H
#define DS_REPORT_MUSTACHE_H

#include "report/report.h"

typedef enum {
    TOKEN_TEXT,     /* as it stands */
    TOKEN_ESCAPED,  /* {{name}} */
    TOKEN_RAW,      /* {{{name}}}, {{&name}} */
    TOKEN_SECTION,  /* {{#name}} */
    TOKEN_INVERTED, /* {{^name}} */
    TOKEN_CLOSE,    /* {{/name}} */
    TOKEN_PARTIAL,  /* {{>name}} */
} TokenKind;

typedef struct {
    TokenKind kind;
    Span text;    /* the text, or the name; borrowed from the template */
    Span indent;  /* partials that stand alone on their line: the blanks before them */
    unsigned end; /* sections: index of the token that closes it */
} Token;

/* The tokens of a template (Token), which borrow from it. NULL and an error (EXIT_USAGE, naming the line) for a tag
 * that is not closed, a section closed by another name, or bad delimiters. Yours (g_array_unref). */
GArray *mustache_scan(const char *text, GError **error);

#endif
