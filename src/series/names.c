/* SPDX-License-Identifier: MIT
 * Text to small number and back. Open addressing with linear probing over the hash of a span: a look-up copies
 * nothing. Numbers are given in the order of arrival, which depends on threads; names_sort gives the final ones, which
 * depend on the texts alone. */
#include "series/names.h"

#include <glib.h>

typedef struct {
    Span text;
    uint64_t hash;
} Entry;

struct Names {
    Entry *entries; /* by number */
    Name count, room;
    Name *slots; /* number + 1; 0: free */
    size_t mask; /* slots - 1, a power of two less one; at most half of them are taken */
    GStringChunk *texts;
};

enum { FIRST_ROOM = 16, CHUNK = 1024 };

Names *names_new(void) {
    Names *names = g_new0(Names, 1);
    names->room = FIRST_ROOM;
    names->entries = g_new(Entry, names->room);
    names->mask = (size_t)FIRST_ROOM * 2 - 1;
    names->slots = g_new0(Name, names->mask + 1);
    names->texts = g_string_chunk_new(CHUNK);
    return names;
}

void names_free(Names *names) {
    if (names) {
        g_string_chunk_free(names->texts);
        g_free(names->slots);
        g_free(names->entries);
        g_free(names);
    }
}

Span names_clean(Span text, char buffer[NAME_LIMIT]) {
    bool nul = text.n && memchr(text.p, '\0', text.n);
    if (!nul && text.n <= NAME_LIMIT) {
        return text;
    }
    size_t n = 0;
    size_t i = 0;
    for (; i < text.n && n < NAME_LIMIT; i++) {
        if (text.p[i] != '\0') {
            buffer[n++] = text.p[i];
        }
    }
    if (i < text.n && ((unsigned char)text.p[i] & 0xC0) == 0x80) { /* cut within a character: back to its first byte */
        while (n > NAME_LIMIT - 4 && ((unsigned char)buffer[n - 1] & 0xC0) == 0x80) {
            n--;
        }
        n -= n > NAME_LIMIT - 4;
    }
    return (Span){buffer, n};
}

/* The slot that holds the text, or the free one where it belongs. */
static size_t slot_of(const Names *names, Span text, uint64_t hash) {
    size_t slot = (size_t)hash & names->mask;
    while (names->slots[slot]) {
        const Entry *entry = &names->entries[names->slots[slot] - 1];
        if (entry->hash == hash && ds_span_equal(entry->text, text)) {
            break;
        }
        slot = (slot + 1) & names->mask;
    }
    return slot;
}

/* Fills the slots anew from the entries. */
static void fill_slots(Names *names) {
    memset(names->slots, 0, (names->mask + 1) * sizeof *names->slots);
    for (Name i = 0; i < names->count; i++) {
        names->slots[slot_of(names, names->entries[i].text, names->entries[i].hash)] = i + 1;
    }
}

static void grow(Names *names) {
    g_assert(names->room < NAME_NONE / 4);
    names->room *= 2;
    names->entries = g_renew(Entry, names->entries, names->room);
    names->mask = (size_t)names->room * 2 - 1;
    names->slots = g_renew(Name, names->slots, names->mask + 1);
    fill_slots(names);
}

Name names_add(Names *names, Span text) {
    uint64_t hash = ds_span_hash(text);
    size_t slot = slot_of(names, text, hash);
    if (names->slots[slot]) {
        return names->slots[slot] - 1;
    }
    if (names->count == names->room) {
        grow(names);
        slot = slot_of(names, text, hash);
    }
    const char *copy = g_string_chunk_insert_len(names->texts, text.n ? text.p : "", (gssize)text.n);
    names->entries[names->count] = (Entry){{copy, text.n}, hash};
    names->slots[slot] = ++names->count;
    return names->count - 1;
}

Name names_find(const Names *names, Span text) {
    size_t slot = slot_of(names, text, ds_span_hash(text));
    return names->slots[slot] ? names->slots[slot] - 1 : NAME_NONE;
}

Span names_text(const Names *names, Name name) {
    return name < names->count ? names->entries[name].text : SPAN("");
}

Name names_count(const Names *names) {
    return names->count;
}

static int by_text(const void *a, const void *b, void *context) {
    const Entry *entries = context;
    return strcmp(entries[*(const Name *)a].text.p, entries[*(const Name *)b].text.p);
}

Name *names_sort(Names *names) {
    g_autofree Name *order = g_new(Name, names->count + 1);
    for (Name i = 0; i < names->count; i++) {
        order[i] = i;
    }
    g_qsort_with_data(order, (gint)names->count, sizeof *order, by_text, names->entries);
    Name *numbers = g_new(Name, names->count + 1);
    Entry *sorted = g_new(Entry, names->room);
    for (Name i = 0; i < names->count; i++) {
        numbers[order[i]] = i;
        sorted[i] = names->entries[order[i]];
    }
    g_free(names->entries);
    names->entries = sorted;
    fill_slots(names);
    return numbers;
}
