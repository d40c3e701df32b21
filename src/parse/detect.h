/* SPDX-License-Identifier: MIT
 * Private to detection: what a parser says of the head of a file (bid.c), and the choice among them (detect.c). */
#ifndef DS_PARSE_DETECT_H
#define DS_PARSE_DETECT_H

#include "parse/parser.h"

#define FIT_SCORE 0.5  /* from here on a parser fits */
#define GOOD_SCORE 0.9 /* from here on no wrapper and no second parser is looked for */

typedef struct {
    Bid bid;
    TakenLines taken;
} Heard;

typedef struct {    /* the head of the file to recognise */
    InputFile file; /* no more than its path is known */
    Span bytes;
    bool whole; /* the file has no more */
} Head;

/* A parser on the head of a file, or on what is within the wrappers of it. */
Heard bid_hear(const Reading *within, const Parser *parser, const Head *head);

#endif
