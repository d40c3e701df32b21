/* SPDX-License-Identifier: MIT
 * The decoder over any source: finds the compression by its magic, feeds its row, joins members, and judges what
 * stands after the last one. All bytes before damage come out. A fast row that meets damage is replaced by its careful
 * twin, which reads the member again from its start and drops what was given out already. */
#include "input/codec.h"
#include "input/source.h"

typedef enum { AT_START, PLAIN, INSIDE, BETWEEN, OVER } Where;

typedef struct {
    InputSource base;
    InputSource *below;
    const Codec *codec;
    void *state;
    Where where;
    uint8_t *in; /* INPUT_BLOCK bytes, of which [at, have) are unused */
    size_t at, have;
    bool in_end;           /* below gave all it has */
    uint64_t fetched;      /* bytes taken from below */
    uint64_t member_start; /* byte of below where the member began */
    uint64_t member_out;   /* bytes that the member gave */
    uint64_t out_total;
    uint64_t drop; /* bytes that the careful twin has still to give a second time */
} Decoder;

/* Byte of below that comes next. */
static uint64_t position(const Decoder *d) {
    return d->fetched - (d->have - d->at);
}

/* The same as a byte on disk: exact over a file, the block in hand over an archive member. */
static uint64_t on_disk(const Decoder *d) {
    return d->below->seek ? position(d) : d->below->consumed;
}

/* Sees to it that `count` unused bytes are in the buffer, unless the end comes first. */
static void need(Decoder *d, size_t count) {
    if (d->have - d->at >= count || d->in_end) {
        return;
    }
    memmove(d->in, d->in + d->at, d->have - d->at);
    d->have -= d->at;
    d->at = 0;
    while (d->have < count && !d->in_end) {
        const size_t got = d->below->read(d->below, d->in + d->have, INPUT_BLOCK - d->have);
        d->have += got;
        d->fetched += got;
        d->in_end = got == 0;
    }
}

static Span ahead(const Decoder *d) {
    return (Span){(const char *)d->in + d->at, d->have - d->at};
}

static void spoil(Decoder *d, unsigned back, const char *why) {
    if (d->in_end && d->below->damage) { /* the cause lies deeper */
        input_damage_inherit(&d->base, d->below);
        return;
    }
    const uint64_t here = on_disk(d);
    input_damage(&d->base, d->below->seek && here >= back ? here - back : here, "%s", why);
}

static void begin_member(Decoder *d) {
    d->state = d->codec->start(d->state);
    d->member_start = position(d);
    d->member_out = 0;
    d->where = INSIDE;
}

static void begin(Decoder *d) {
    need(d, CODEC_HEAD);
    d->codec = codec_of(ahead(d), d->in_end);
    if (!d->codec) {
        d->where = PLAIN;
        return;
    }
    if (!d->below->seek && d->codec->careful) {
        d->codec = d->codec->careful;
    }
    d->base.codec = d->codec->name;
    begin_member(d);
}

/* After a member: padding, the next one, the end, or what does not belong there. */
static void between(Decoder *d) {
    const uint64_t from = on_disk(d);
    for (;;) {
        need(d, CODEC_HEAD);
        while (d->at < d->have && d->in[d->at] == 0) {
            d->at++;
        }
        if (d->at < d->have || d->in_end) {
            break;
        }
    }
    need(d, CODEC_HEAD);
    if (d->at == d->have) {
        input_damage_inherit(&d->base, d->below);
        d->where = OVER;
    } else if (d->codec->bid(ahead(d), d->in_end)) {
        begin_member(d);
    } else {
        input_damage(&d->base, d->below->seek ? position(d) : from, "bytes after the last %s that are no further one",
                     d->codec->part);
        d->where = OVER;
    }
}

/* Trouble inside a member. Returns true where the careful twin takes over. */
static bool second_try(Decoder *d) {
    if (!d->codec->careful || !d->below->seek || !d->below->seek(d->below, d->member_start)) {
        return false;
    }
    d->codec->end(d->state);
    d->codec = d->codec->careful;
    d->state = d->codec->start(NULL);
    d->fetched = d->member_start;
    d->at = d->have = 0;
    d->in_end = false;
    d->drop = d->member_out;
    d->member_out = 0;
    return true;
}

/* Gives a member up. What the fast row gave beyond the last byte that the careful one could make sure of is taken
 * back as far as it is still here (`made` bytes). Returns the bytes taken back. */
static size_t give_up(Decoder *d, size_t made, const CodecFlow *flow) {
    if (flow->why) {
        spoil(d, flow->back, flow->why);
    } else {
        g_autofree char *text = g_strdup_printf("truncated %s", d->codec->part);
        spoil(d, 0, text);
    }
    d->where = OVER;
    const size_t cut = d->drop < made ? (size_t)d->drop : made;
    d->out_total -= cut;
    return cut;
}

static bool is_bomb(const Decoder *d) {
    return d->out_total > (UINT64_C(1) << 30) && d->out_total / (position(d) + 1) > INPUT_RATIO_LIMIT;
}

/* One step of the row into out; *gave: bytes that came. */
static CodecStep run(Decoder *d, CodecFlow *flow, uint8_t *out, size_t room, size_t *gave) {
    need(d, 1);
    *flow = (CodecFlow){.in = d->in + d->at, .in_left = d->have - d->at, .out = out, .out_left = room};
    CodecStep step = d->codec->step(d->state, flow);
    *gave = room - flow->out_left;
    if (step == CODEC_ON && *gave == 0 && flow->in_left == d->have - d->at && (d->in_end || flow->in_left)) {
        flow->why = flow->in_left ? "compressed data that leads nowhere" : NULL; /* NULL: truncated */
        step = CODEC_BAD;
    }
    d->at = d->have - flow->in_left;
    d->member_out += *gave;
    return step;
}

/* Steps once; returns the bytes that are new in out, negative where some given before were taken back. */
static ptrdiff_t advance(Decoder *d, uint8_t *out, size_t room, size_t made) {
    uint8_t scratch[16384];
    const bool dropping = d->drop > 0;
    const size_t space = !dropping ? room : d->drop < sizeof scratch ? (size_t)d->drop : sizeof scratch;
    CodecFlow flow;
    size_t gave;
    const CodecStep step = run(d, &flow, dropping ? scratch : out, space, &gave);
    if (dropping) {
        d->drop -= gave;
        gave = 0;
    }
    d->out_total += gave;
    if (step == CODEC_BAD) {
        return second_try(d) ? (ptrdiff_t)gave : (ptrdiff_t)gave - (ptrdiff_t)give_up(d, made, &flow);
    }
    if (step == CODEC_SPOILED && second_try(d)) {
        return (ptrdiff_t)gave;
    }
    if (step == CODEC_SPOILED) {
        spoil(d, flow.back, flow.why);
    }
    if (step != CODEC_ON) {
        d->where = BETWEEN;
        d->drop = 0;
    }
    if (is_bomb(d)) {
        input_damage(&d->base, on_disk(d), "decompresses to more than %u times its size: a bomb, not read any further",
                     INPUT_RATIO_LIMIT);
        d->where = OVER;
    }
    return (ptrdiff_t)gave;
}

static size_t read_plain(Decoder *d, uint8_t *out, size_t room) {
    size_t got = d->have - d->at;
    if (got) {
        got = got < room ? got : room;
        memcpy(out, d->in + d->at, got);
        d->at += got;
    } else {
        got = d->below->read(d->below, out, room);
        d->fetched += got;
    }
    if (got == 0) {
        input_damage_inherit(&d->base, d->below);
    }
    return got;
}

static size_t decoder_read(InputSource *source, uint8_t *out, size_t room) {
    Decoder *d = (Decoder *)source;
    size_t made = 0;
    if (d->where == AT_START) {
        begin(d);
    }
    if (d->where == PLAIN) {
        made = read_plain(d, out, room);
    }
    while ((d->where == INSIDE || d->where == BETWEEN) && (made < room || d->drop > 0)) {
        if (d->where == BETWEEN) {
            between(d);
        } else {
            made = (size_t)((ptrdiff_t)made + advance(d, out + made, room - made, made));
        }
    }
    source->consumed = on_disk(d);
    return made;
}

static void decoder_close(InputSource *source) {
    Decoder *d = (Decoder *)source;
    if (d->codec) {
        d->codec->end(d->state);
    }
    input_close(d->below);
    input_damage_free(source->damage);
    g_free(d->in);
    g_free(d);
}

InputSource *input_decode(InputSource *below) {
    Decoder *d = g_new0(Decoder, 1);
    d->base = (InputSource){.read = decoder_read, .close = decoder_close, .size = below->size, .codec = below->codec};
    d->below = below;
    d->in = g_malloc(INPUT_BLOCK);
    return &d->base;
}
