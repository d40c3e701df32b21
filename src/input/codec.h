/* SPDX-License-Identifier: MIT
 * Private to input/: a compression is a row of four functions. They see one member (stream, frame) at a time and
 * never the file: decode.c feeds them, joins members and judges what stands between and after them. */
#ifndef DS_INPUT_CODEC_H
#define DS_INPUT_CODEC_H

#include "base/span.h"

typedef enum {
    CODEC_ON,      /* wants more input or more room */
    CODEC_END,     /* the member is whole */
    CODEC_SPOILED, /* the member ended where it should, all bytes are out, but its check failed: `why` */
    CODEC_BAD,     /* nothing more can be read: `why` */
} CodecStep;

typedef struct {
    const uint8_t *in; /* step moves these on by what it used and gave */
    size_t in_left;
    uint8_t *out;
    size_t out_left;
    const char *why; /* static text, set with CODEC_SPOILED and CODEC_BAD */
    unsigned back;   /* how many bytes before `in` the fault lies */
} CodecFlow;

typedef struct Codec Codec;
struct Codec {
    const char *name;                                /* "gzip" */
    const char *part;                                /* "gzip member": for messages */
    int (*bid)(Span head, bool cut);                 /* bits of `head` that speak for it; cut: the file ends there */
    void *(*start)(void *state);                     /* ready for a member: a new state, or the given one again */
    CodecStep (*step)(void *state, CodecFlow *flow); /* as far as input and room reach */
    void (*end)(void *state);                        /* frees; NULL allowed */
    const Codec *careful;                            /* slower row of the same format, exact about damage; NULL */
};

#define CODEC_HEAD 32u /* bytes that a bid may want to see */

/* The best bid, or NULL: no compression. */
const Codec *codec_of(Span head, bool cut);

extern const Codec codec_gzip;      /* zlib */
extern const Codec codec_gzip_isal; /* ISA-L, where built in */
extern const Codec codec_xz, codec_bzip2, codec_zstd, codec_lz4;

/* Bits of a magic number found at the start of head: all of it, or what there is of a file cut short (two bytes at
 * least); else 0. */
int codec_magic(Span head, bool cut, const char *magic, size_t size);

#endif
