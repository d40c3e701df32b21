/* SPDX-License-Identifier: MIT
 * The window of bytes that a parser looks at. A block is read straight behind what is left; only that rest is ever
 * moved, and only when at least as many bytes before it are free, or the buffer doubles: so each byte is moved a
 * bounded number of times, however long an entry is. */
#include "input/source.h"

#include "base/error.h"

enum { HEAD_SIZE = 256, TAIL_MOST = 6 };

#define WINDOW_START (512u << 10) /* fits the caches; entries are far smaller */
#define WINDOW_SHRINK (16u << 20) /* a larger window is given back once its long entry is over */

struct Reader {
    InputSource *source;
    size_t block; /* most bytes read at once */
    char *data;   /* `room` bytes, of which [at, end) are the window */
    size_t room, at, end;
    bool over;    /* the source has ended */
    Utf16 utf16;  /* form TEXT_BYTES: no conversion */
    uint8_t *raw; /* a block before conversion */
};

static void resize(Reader *reader, size_t room) {
    const size_t rest = reader->end - reader->at;
    char *data = g_malloc(room);
    if (rest) {
        memcpy(data, reader->data + reader->at, rest);
    }
    g_free(reader->data);
    reader->data = data;
    reader->room = room;
    reader->at = 0;
    reader->end = rest;
}

/* Room for `space` bytes behind the window. */
static void make_room(Reader *reader, size_t space) {
    const size_t rest = reader->end - reader->at;
    if (reader->room > WINDOW_SHRINK && rest < WINDOW_START / 4) {
        resize(reader, WINDOW_START);
    }
    if (reader->room - reader->end >= space) {
        return;
    }
    if (reader->at >= rest && reader->room - rest >= space) {
        memmove(reader->data, reader->data + reader->at, rest);
        reader->at = 0;
        reader->end = rest;
        return;
    }
    size_t room = reader->room;
    while (room - rest < space || room / 2 < rest) {
        room *= 2;
    }
    resize(reader, room);
}

static size_t fill_utf16(Reader *reader, size_t space) {
    char *out = reader->data + reader->end;
    size_t made = 0;
    while (made == 0 && !reader->over) {
        const size_t want = MIN((space - TAIL_MOST) / 3 * 2, INPUT_BLOCK);
        const size_t got = reader->source->read(reader->source, reader->raw, MIN(want, reader->block));
        reader->over = got == 0;
        made = got ? input_utf16(&reader->utf16, (Span){(const char *)reader->raw, got}, out)
                   : input_utf16_end(&reader->utf16, out);
    }
    return made;
}

/* Appends at least a byte unless the end has come; false at the end. */
static bool fill(Reader *reader) {
    if (reader->over) {
        return false;
    }
    make_room(reader, WINDOW_START / 4);
    const size_t space = reader->room - reader->end;
    size_t got;
    if (reader->utf16.form != TEXT_BYTES) {
        got = fill_utf16(reader, space);
    } else {
        got = reader->source->read(reader->source, (uint8_t *)reader->data + reader->end, MIN(space, reader->block));
        reader->over = got == 0;
    }
    reader->end += got;
    return got > 0;
}

/* Reads the head, decides the form of the text and drops a byte order mark. */
static void start(Reader *reader) {
    while (reader->end < HEAD_SIZE && fill(reader)) {
    }
    size_t mark;
    const TextForm form = input_text_form((Span){reader->data, reader->end}, &mark);
    reader->at = mark;
    if (form == TEXT_BYTES) {
        return;
    }
    const size_t rest = reader->end - reader->at;
    g_autofree char *head = g_malloc(rest + 1);
    memcpy(head, reader->data + reader->at, rest);
    reader->raw = g_malloc(INPUT_BLOCK);
    reader->utf16.form = form;
    reader->at = reader->end = 0;
    make_room(reader, rest / 2 * 3 + 2 * TAIL_MOST);
    reader->end = input_utf16(&reader->utf16, (Span){head, rest}, reader->data);
    if (reader->over) {
        reader->end += input_utf16_end(&reader->utf16, reader->data + reader->end);
    }
}

Reader *input_reader(InputSource *source, size_t block) {
    Reader *reader = g_new0(Reader, 1);
    reader->source = source;
    reader->block = block;
    resize(reader, WINDOW_START);
    start(reader);
    return reader;
}

static InputSource *open_source(const InputFile *file, GError **error) {
    if (!file->member || input_is_copy(file->disk)) {
        InputSource *disk = input_disk_open(file->disk, error);
        return disk ? input_decode(disk) : NULL;
    }
    InputSource *archive = input_archive_open(file->disk, error);
    return archive ? input_decode(input_member_open(archive, file->entry)) : NULL;
}

Reader *ds_reader_open(const InputFile *file, GError **error) {
    InputSource *source = open_source(file, error);
    return source ? input_reader(input_ahead(source), SIZE_MAX) : NULL;
}

void ds_reader_free(Reader *reader) {
    if (reader) {
        input_close(reader->source);
        g_free(reader->data);
        g_free(reader->raw);
        g_free(reader);
    }
}

static Span window(const Reader *reader) {
    return (Span){reader->data + reader->at, reader->end - reader->at};
}

Span ds_reader_peek(Reader *reader, size_t want) {
    want = MIN(want, INPUT_ENTRY_LIMIT);
    while (reader->end - reader->at < want && fill(reader)) {
    }
    return window(reader);
}

bool ds_reader_more(Reader *reader, size_t used, Span *data) {
    g_assert(used <= reader->end - reader->at);
    reader->at += used;
    const bool full = reader->end - reader->at >= INPUT_ENTRY_LIMIT;
    const bool more = full || fill(reader);
    *data = window(reader);
    return more;
}

const Damage *ds_reader_damage(const Reader *reader) {
    return reader->source->damage;
}

const char *ds_reader_codec(const Reader *reader) {
    return reader->source->codec;
}
