/* SPDX-License-Identifier: MIT
 * Private to input/: where bytes come from. Sources are stacked (file on disk, decoder, archive member, decoder) and
 * pulled from the top; each owns the one below. Trouble is no error here: a source ends early and names its damage. */
#ifndef DS_INPUT_SOURCE_H
#define DS_INPUT_SOURCE_H

#include "input/input.h"

#define INPUT_BLOCK (256u << 10) /* bytes asked of a file at once */
#define INPUT_HEAD 512u          /* decoded bytes needed to tell an archive: one tar header */
#define INPUT_DECODER_MEMORY                                                                                           \
    (512u << 20) /* what an xz or zstd dictionary may take: ordinary ones stay below 128 MiB                           \
                  */

typedef struct InputSource InputSource;
struct InputSource {
    /* Up to `room` bytes (> 0) into out; 0 at the end, and from then on. */
    size_t (*read)(InputSource *source, uint8_t *out, size_t room);
    bool (*seek)(InputSource *source, uint64_t offset); /* to a byte from its start; NULL: only forward */
    void (*close)(InputSource *source);                 /* frees it and the one below */
    uint64_t consumed;                                  /* bytes of the file on disk that have been used so far */
    uint64_t size;                                      /* of the file on disk */
    const char *codec;                                  /* compression of this or a lower layer; static */
    Damage *damage;                                     /* the first one; NULL while whole */
};

/* Reads until `room` bytes are there or the end is reached. */
size_t input_read(InputSource *source, void *out, size_t room);
void input_close(InputSource *source); /* NULL allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InputSource, input_close)
/* Notes damage unless one is noted already. */
void input_damage(InputSource *source, uint64_t offset, const char *format, ...) G_GNUC_PRINTF(3, 4);
void input_damage_inherit(InputSource *source, const InputSource *below);
void input_damage_free(Damage *damage);

/* A file, seekable. "/dev/fd/N" is taken as the open file N. */
InputSource *input_disk_open(const char *path, GError **error);
/* The same for a part of a copy, as input_copy_path names it. */
bool input_is_copy(const char *path);
char *input_copy_path(int fd, uint64_t at, uint64_t size);
/* Copies what comes from fd to an unlinked temporary file; returns its descriptor or -1. name: for messages. */
int input_spool(int fd, const char *name, GError **error);
/* A new unlinked file for copies; -1 where none can be made. */
int input_copy_open(void);

/* Decompresses what `below` gives, by its magic; passes other bytes through. Takes below. Never NULL. */
InputSource *input_decode(InputSource *below);

/* The same bytes, decompressed ahead on a second thread where the file is large. Takes below. Never NULL. */
InputSource *input_ahead(InputSource *below);

/* Archives. A member is known by its place, as names may occur twice. */
typedef struct {
    char *name;       /* valid UTF-8 or the raw bytes; unique within the archive */
    uint32_t entry;   /* 1 is the first entry of any kind */
    Instant modified; /* INSTANT_NONE where it has none */
    Instant packed;   /* header time where the member is itself a gzip file; INSTANT_NONE */
    bool copied;      /* its bytes stand in the copy, from `at` */
    uint64_t at, size;
} InputMember;
void input_member_free(InputMember *member);

bool input_is_tar(Span head); /* first INPUT_HEAD decoded bytes */
bool input_is_zip(Span head); /* first bytes on disk */
/* Regular members (hidden ones left out) in the order of the archive, up to the damage. Takes below, which gives the
 * bytes of the archive itself. *whole: whether the archive's end was reached. Never NULL. */
GPtrArray *input_archive_list(InputSource *below, bool *whole);
/* The bytes of an archive on disk: a zip as it is, a tar unpacked. */
InputSource *input_archive_open(const char *path, GError **error);
/* Copies members one behind the other into fd, at most `limit` bytes, and notes where. One that is damaged or
 * encrypted, or finds no room, is left for input_member_open, which names what is wrong. Takes below. */
void input_archive_copy(InputSource *below, GPtrArray *members, int fd, uint64_t limit);
/* The bytes of one member; entry 0 asks for none and only names what is wrong with the archive. Takes below. */
InputSource *input_member_open(InputSource *below, uint32_t entry);

/* Seconds of a gzip header as an instant; INSTANT_NONE where head is no gzip or has no time. */
Instant input_gzip_time(Span head);

/* A reader over any source, `block` bytes at a time at most (ds_reader_open with the usual block). Takes source. */
Reader *input_reader(InputSource *source, size_t block);

/* unicode.c */
typedef enum { TEXT_BYTES, TEXT_UTF16_LE, TEXT_UTF16_BE } TextForm;
typedef struct {
    TextForm form;
    unsigned high; /* first half of a surrogate pair waiting for its second; 0 */
    unsigned odd;  /* byte of a code unit cut in two */
    bool has_odd;
} Utf16;
/* The form of a text by its first bytes; *mark: bytes of the byte order mark, to be dropped. */
TextForm input_text_form(Span head, size_t *mark);
/* Converts a block. out has room for 3 bytes for every 2 of in, and 6 more. Returns the bytes written. */
size_t input_utf16(Utf16 *utf16, Span in, char *out);
/* What is left at the end of the file, at most 6 bytes. */
size_t input_utf16_end(Utf16 *utf16, char *out);

#endif
