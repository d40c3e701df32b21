/* SPDX-License-Identifier: MIT
 * Members of tar and zip archives as files, by libarchive, fed from a source of our own: a compressed tar is decoded
 * by decode.c, so that a cut one gives all its bytes. Nothing is ever written; names are names only. A tar is told by
 * the sum in its first header (POSIX.1-2017 pax, "ustar Interchange Format"), which no log has by chance. */
#include "input/source.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* libarchive loses what it made of the block in hand when a packed zip member breaks off, so blocks are small. */
#define ZIP_BLOCK (16u << 10)

enum { SUM_AT = 148, SUM_SIZE = 8, HEADS = 16 };

typedef struct {
    InputSource base;
    InputSource *below;
    struct archive *archive;
    uint8_t *block;
    size_t block_size;
    uint64_t at;     /* byte of below that comes next */
    uint32_t entry;  /* entries read so far */
    uint32_t wanted; /* the member to read */
    bool started, over;
    const uint8_t *data; /* of libarchive's block: what is not given out yet */
    size_t left;
    uint64_t hole; /* zeros to give before it (sparse members) */
    uint64_t given;
} Member;

bool input_is_zip(Span head) {
    return head.n >= 4 && (memcmp(head.p, "PK\3\4", 4) == 0 || memcmp(head.p, "PK\5\6", 4) == 0);
}

bool input_is_tar(Span head) {
    if (head.n < INPUT_HEAD) {
        return false;
    }
    const unsigned char *p = (const unsigned char *)head.p;
    long told = 0;
    size_t digits = 0;
    for (size_t i = SUM_AT; i < SUM_AT + SUM_SIZE; i++) {
        if (p[i] >= '0' && p[i] <= '7') {
            told = told * 8 + (p[i] - '0');
            digits++;
        } else if (p[i] != ' ' && p[i] != '\0') {
            return false;
        }
    }
    long sum = 0, signed_sum = 0; /* old programs summed signed chars */
    for (size_t i = 0; i < INPUT_HEAD; i++) {
        const bool field = i >= SUM_AT && i < SUM_AT + SUM_SIZE;
        sum += field ? ' ' : p[i];
        signed_sum += field ? ' ' : (signed char)p[i];
    }
    return digits >= 3 && p[0] != '\0' && (told == sum || told == signed_sum);
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **out) {
    (void)archive;
    Member *m = context;
    const size_t got = m->below->read(m->below, m->block, m->block_size);
    m->at += got;
    *out = m->block;
    return (la_ssize_t)got;
}

static la_int64_t on_skip(struct archive *archive, void *context, la_int64_t request) {
    (void)archive;
    Member *m = context;
    const uint64_t left = m->below->size > m->at ? m->below->size - m->at : 0;
    if (request < 0 || (uint64_t)request > left || !m->below->seek(m->below, m->at + (uint64_t)request)) {
        return 0; /* then it reads on, and finds the end itself */
    }
    m->at += (uint64_t)request;
    return request;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence) {
    (void)archive;
    Member *m = context;
    const int64_t from = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_END ? m->below->size : m->at);
    const int64_t to = from + offset;
    if (to < 0 || !m->below->seek(m->below, (uint64_t)to)) {
        return ARCHIVE_FATAL;
    }
    m->at = (uint64_t)to;
    return to;
}

/* Names what libarchive complains of, or the deeper damage that made it. */
static void complain(Member *m, const char *what) {
    input_damage_inherit(&m->base, m->below);
    const char *why = archive_error_string(m->archive);
    input_damage(&m->base, m->below->consumed, "%s: %s", what, why ? why : "it breaks off");
    m->over = true;
}

static bool open_archive(Member *m) {
    m->started = true;
    m->archive = archive_read_new();
    archive_read_support_format_tar(m->archive);
    archive_read_support_format_zip(m->archive);
    archive_read_set_callback_data(m->archive, m);
    archive_read_set_read_callback(m->archive, on_read);
    if (m->below->seek) {
        archive_read_set_skip_callback(m->archive, on_skip);
        archive_read_set_seek_callback(m->archive, on_seek);
    }
    if (archive_read_open1(m->archive) == ARCHIVE_OK) {
        return true;
    }
    complain(m, "damaged archive");
    return false;
}

/* The next header: NULL at the end and at damage, which is then named. */
static struct archive_entry *next_entry(Member *m) {
    struct archive_entry *entry = NULL;
    const int result = archive_read_next_header(m->archive, &entry);
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) { /* warnings: names that this locale cannot show */
        m->entry++;
        return entry;
    }
    if (result == ARCHIVE_EOF) {
        input_damage_inherit(&m->base, m->below);
        m->over = true;
        return NULL;
    }
    complain(m, "damaged archive");
    return NULL;
}

/* Goes to the member that is wanted. */
static bool find_member(Member *m) {
    struct archive_entry *entry = NULL;
    while (m->entry < m->wanted || m->wanted == 0) {
        entry = next_entry(m);
        if (!entry) {
            input_damage(&m->base, m->below->consumed, "damaged archive: its member %u is missing", m->wanted);
            return false;
        }
    }
    if (archive_entry_is_data_encrypted(entry) == 1) {
        input_damage(&m->base, m->below->consumed, "encrypted member: cannot be read; unpack the archive first");
        m->over = true;
        return false;
    }
    return true;
}

/* Hidden as in folders: a part of the path begins with a point; also the side files that a Mac adds. */
static bool is_hidden(const char *name) {
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        const bool dots = strncmp(part, "./", 2) == 0 || strncmp(part, "../", 3) == 0;
        if ((*part == '.' && !dots) || strncmp(part, "__MACOSX/", 9) == 0) {
            return true;
        }
    }
    return name[0] == '\0' || name[strlen(name) - 1] == '~';
}

static bool is_member(struct archive_entry *entry) {
    const char *name = archive_entry_pathname_utf8(entry);
    name = name ? name : archive_entry_pathname(entry);
    return archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) && !(name && is_hidden(name));
}

/* After the last byte of a member: whether the archive is whole up to the next one, whose reader looks further. */
static void finish(Member *m) {
    struct archive_entry *entry;
    do {
        entry = next_entry(m);
    } while (entry && !is_member(entry));
    m->over = true;
}

/* The next block of the member; false at its end. */
static bool next_block(Member *m) {
    const void *data = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(m->archive, &data, &size, &offset);
    if (result == ARCHIVE_EOF) {
        finish(m);
        return false;
    }
    if (result != ARCHIVE_OK) { /* a block may come all the same: its check, or what follows it, is at fault */
        complain(m, "damaged archive member");
        if (!data || size == 0) {
            return false;
        }
    }
    m->data = data;
    m->left = size; /* libarchive keeps it until the next call */
    m->hole = offset > 0 && (uint64_t)offset > m->given ? (uint64_t)offset - m->given : 0;
    return true;
}

static bool is_bomb(Member *m) {
    if (m->given <= UINT64_C(1) << 30 || m->given / (m->below->consumed + 1) <= INPUT_RATIO_LIMIT) {
        return false;
    }
    input_damage(&m->base, m->below->consumed, "unpacks to more than %u times its size: a bomb, not read any further",
                 INPUT_RATIO_LIMIT);
    m->over = true;
    m->left = 0;
    m->hole = 0;
    return true;
}

static size_t member_read(InputSource *source, uint8_t *out, size_t room) {
    Member *m = (Member *)source;
    if (!m->started && (!open_archive(m) || !find_member(m))) {
        m->over = true;
    }
    while (!m->over && m->left == 0 && m->hole == 0 && next_block(m)) {
    }
    size_t got = 0;
    if (m->hole) {
        got = m->hole < room ? (size_t)m->hole : room;
        memset(out, 0, got);
        m->hole -= got;
    } else if (m->left) {
        got = m->left < room ? m->left : room;
        memcpy(out, m->data, got);
        m->data += got;
        m->left -= got;
    }
    m->given += got;
    source->consumed = m->below->consumed;
    return is_bomb(m) ? 0 : got;
}

static void member_close(InputSource *source) {
    Member *m = (Member *)source;
    if (m->archive) {
        archive_read_free(m->archive);
    }
    input_close(m->below);
    input_damage_free(source->damage);
    g_free(m->block);
    g_free(m);
}

InputSource *input_archive_open(const char *path, GError **error) {
    InputSource *disk = input_disk_open(path, error);
    if (!disk) {
        return NULL;
    }
    char magic[4];
    const size_t got = input_read(disk, magic, sizeof magic);
    (void)disk->seek(disk, 0);
    return input_is_zip((Span){magic, got}) ? disk : input_decode(disk);
}

InputSource *input_member_open(InputSource *below, uint32_t entry) {
    Member *m = g_new0(Member, 1);
    m->base = (InputSource){.read = member_read, .close = member_close, .size = below->size, .codec = below->codec};
    m->below = below;
    m->wanted = entry;
    m->block_size = below->seek ? ZIP_BLOCK : INPUT_BLOCK;
    m->block = g_malloc(m->block_size);
    return &m->base;
}

void input_member_free(InputMember *member) {
    if (member) {
        g_free(member->name);
        g_free(member);
    }
}

static char *name_of(struct archive_entry *entry, uint32_t place, GHashTable *taken) {
    const char *told = archive_entry_pathname_utf8(entry);
    if (!told) {
        told = archive_entry_pathname(entry);
    }
    while (told && strncmp(told, "./", 2) == 0) {
        told += 2;
    }
    char *name = told && *told ? g_strdup(told) : g_strdup_printf("member-%u", place);
    for (unsigned copy = 2; g_hash_table_contains(taken, name); copy++) {
        g_free(name);
        name = g_strdup_printf("%s#%u", told && *told ? told : "member", copy);
    }
    g_hash_table_add(taken, g_strdup(name));
    return name;
}

static InputMember *describe(Member *m, struct archive_entry *entry, GHashTable *taken) {
    InputMember *member = g_new0(InputMember, 1);
    member->name = name_of(entry, m->entry, taken);
    member->entry = m->entry;
    member->modified = INSTANT_NONE;
    if (archive_entry_mtime_is_set(entry)) {
        member->modified =
            (Instant)archive_entry_mtime(entry) * MILLIS_SECOND + (Instant)archive_entry_mtime_nsec(entry) / 1000000;
    }
    const void *data = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    const bool head = archive_entry_is_data_encrypted(entry) != 1 &&
                      archive_read_data_block(m->archive, &data, &size, &offset) == ARCHIVE_OK && offset == 0;
    member->packed = head ? input_gzip_time((Span){data, MIN(size, (size_t)HEADS)}) : INSTANT_NONE;
    return member;
}

GPtrArray *input_archive_list(InputSource *below, bool *whole) {
    g_autoptr(InputSource) source = input_member_open(below, 0);
    Member *m = (Member *)source;
    GPtrArray *members = g_ptr_array_new_with_free_func((GDestroyNotify)input_member_free);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (open_archive(m)) {
        for (struct archive_entry *entry = next_entry(m); entry; entry = next_entry(m)) {
            if (is_member(entry)) {
                g_ptr_array_add(members, describe(m, entry, taken));
            }
        }
    }
    *whole = source->damage == NULL;
    return members;
}

static bool write_at(int fd, const char *bytes, size_t count, uint64_t at) {
    while (count) {
        const ssize_t done = pwrite(fd, bytes, count, (off_t)at);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        bytes += done;
        count -= (size_t)done;
        at += (uint64_t)done;
    }
    return true;
}

/* Copies the entry in hand to `member->at`; false, with nothing noted, where it is not whole or does not fit. */
static bool copy_member(Member *m, InputMember *member, int fd, uint64_t limit) {
    for (;;) {
        const void *data = NULL;
        size_t size = 0;
        la_int64_t offset = 0;
        const int result = archive_read_data_block(m->archive, &data, &size, &offset);
        if (result == ARCHIVE_EOF) { /* a hole at the end, or an empty file, has no block */
            member->size = offset > 0 && (uint64_t)offset > member->size ? (uint64_t)offset : member->size;
            return member->at + member->size <= limit && ftruncate(fd, (off_t)(member->at + member->size)) == 0;
        }
        const uint64_t end = (uint64_t)offset + size;
        if (result != ARCHIVE_OK || offset < 0 || end > limit - member->at ||
            !write_at(fd, data, size, member->at + (uint64_t)offset)) {
            return false;
        }
        member->size = MAX(member->size, end);
    }
}

void input_archive_copy(InputSource *below, GPtrArray *members, int fd, uint64_t limit) {
    g_autoptr(InputSource) source = input_member_open(below, 0);
    Member *m = (Member *)source;
    uint64_t at = 0;
    guint next = 0;
    struct archive_entry *entry = open_archive(m) ? next_entry(m) : NULL;
    for (; entry && next < members->len; entry = next_entry(m)) {
        InputMember *member = g_ptr_array_index(members, next);
        if (member->entry != m->entry) {
            continue;
        }
        next++;
        member->at = at;
        member->size = 0;
        if (archive_entry_is_data_encrypted(entry) != 1 && copy_member(m, member, fd, limit)) {
            member->copied = true;
            at += member->size;
        }
    }
    /* what the end of the archive lacks is the last member's to tell, so that one is read from the archive itself */
    if (source->damage && members->len) {
        ((InputMember *)g_ptr_array_index(members, members->len - 1))->copied = false;
    }
}
