/* SPDX-License-Identifier: MIT
 * Decompressing on a thread of its own, a few blocks ahead of who reads: of a large file that is up to a third of the
 * work. The bytes, their order, the damage and where it lies are the same as without; only the time differs. The thread
 * begins when a good piece of the file has been read, so that a look at its head costs none. */
#include "input/source.h"

enum { BLOCKS = 3 };

#define FILE_LEAST (4u << 20)  /* bytes on disk of a file that is worth a thread */
#define BEGIN_AFTER (1u << 20) /* bytes given: more than detection looks at */

typedef struct {
    uint8_t *bytes;
    size_t size, at;   /* size 0: the end */
    uint64_t consumed; /* of the file on disk, once these bytes are there */
} Block;

typedef struct {
    InputSource base;
    InputSource *below; /* the thread's alone while it runs */
    uint64_t given;
    bool direct;     /* not worth a thread */
    GThread *thread; /* NULL: reads are passed on */
    GMutex lock;     /* of what follows; bytes of a block belong to the thread until it counts as full */
    GCond changed;
    unsigned first, full; /* ring of full blocks */
    bool stop;
    Block blocks[BLOCKS];
} Ahead;

/* The next block to be filled, once there is one; NULL: stop. */
static Block *free_block(Ahead *a) {
    g_mutex_lock(&a->lock);
    while (a->full == BLOCKS && !a->stop) {
        g_cond_wait(&a->changed, &a->lock);
    }
    Block *block = a->stop ? NULL : &a->blocks[(a->first + a->full) % BLOCKS];
    g_mutex_unlock(&a->lock);
    return block;
}

static void *fill_blocks(void *data) {
    Ahead *a = data;
    bool more = true;
    for (Block *block; more && (block = free_block(a));) {
        block->size = a->below->read(a->below, block->bytes, INPUT_BLOCK);
        block->at = 0;
        block->consumed = a->below->consumed;
        more = block->size > 0;
        g_mutex_lock(&a->lock);
        a->full++;
        g_cond_signal(&a->changed);
        g_mutex_unlock(&a->lock);
    }
    return NULL;
}

/* The block to read from, once it is full. */
static Block *full_block(Ahead *a) {
    g_mutex_lock(&a->lock);
    while (a->full == 0) {
        g_cond_wait(&a->changed, &a->lock);
    }
    g_mutex_unlock(&a->lock);
    return &a->blocks[a->first];
}

static void release_block(Ahead *a) {
    g_mutex_lock(&a->lock);
    a->first = (a->first + 1) % BLOCKS;
    a->full--;
    g_cond_signal(&a->changed);
    g_mutex_unlock(&a->lock);
}

/* The last block, of no bytes, stays where it is: from then on each read finds the end. */
static size_t read_block(Ahead *a, uint8_t *out, size_t room) {
    Block *block = full_block(a);
    const size_t got = MIN(block->size - block->at, room);
    a->base.consumed = block->consumed;
    if (block->size == 0) { /* the thread has read for the last time */
        input_damage_inherit(&a->base, a->below);
        return 0;
    }
    memcpy(out, block->bytes + block->at, got);
    block->at += got;
    if (block->at == block->size) {
        release_block(a);
    }
    return got;
}

static void begin(Ahead *a) {
    a->direct = strcmp(a->base.codec, "plain") == 0;
    for (unsigned i = 0; i < BLOCKS && !a->direct; i++) {
        a->blocks[i].bytes = g_malloc(INPUT_BLOCK);
    }
    a->thread = a->direct ? NULL : g_thread_try_new("decompress", fill_blocks, a, NULL);
    a->direct = !a->thread;
}

static size_t ahead_read(InputSource *source, uint8_t *out, size_t room) {
    Ahead *a = (Ahead *)source;
    if (a->thread) {
        return read_block(a, out, room);
    }
    const size_t got = a->below->read(a->below, out, room);
    a->given += got;
    source->consumed = a->below->consumed;
    source->codec = a->below->codec;
    input_damage_inherit(source, a->below);
    if (!a->direct && a->given >= BEGIN_AFTER) {
        begin(a);
    }
    return got;
}

static void ahead_close(InputSource *source) {
    Ahead *a = (Ahead *)source;
    if (a->thread) {
        g_mutex_lock(&a->lock);
        a->stop = true;
        g_cond_signal(&a->changed);
        g_mutex_unlock(&a->lock);
        g_thread_join(a->thread);
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        g_free(a->blocks[i].bytes);
    }
    input_close(a->below);
    input_damage_free(source->damage);
    g_cond_clear(&a->changed);
    g_mutex_clear(&a->lock);
    g_free(a);
}

InputSource *input_ahead(InputSource *below) {
    if (below->size < FILE_LEAST) {
        return below;
    }
    Ahead *a = g_new0(Ahead, 1);
    a->base = (InputSource){.read = ahead_read, .close = ahead_close, .size = below->size, .codec = below->codec};
    a->below = below;
    g_mutex_init(&a->lock);
    g_cond_init(&a->changed);
    return &a->base;
}
