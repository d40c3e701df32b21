/* SPDX-License-Identifier: MIT
 * Lines inside of lines: container logs, syslog, the journal. A wrapper is a parser whose entries hold a line each; it
 * stands between the bytes and the inner parser's framer as another source of bytes, so that an inner entry may span
 * several lines, and it keeps beside each line where it came from and what stood around it. Lines that are told in
 * parts are put together, a stream at a time. Wrappers nest: the source of one may be another. */
#include "parse/value.h"

#define FILL (64u << 10)     /* bytes to have more of, at least */
#define PART_MAX (16u << 20) /* bytes of a line told in parts */
#define STREAMS_MAX 16u

typedef struct {
    uint64_t line;
    uint64_t at;                     /* of its texts, since the beginning */
    unsigned time, service, vantage; /* their lengths */
    const StampSpec *stamp;
} OuterLine;

typedef struct {
    bool open;
    GString *stream, *text, *around; /* around: time, service and vantage */
    OuterLine outer;
} Part;

struct Unwrap {
    Run run;       /* of the wrapper: its framer, rules and values */
    GString *out;  /* the window */
    GArray *lines; /* OuterLine of each line of the window */
    GString *texts;
    uint64_t lines_gone, texts_gone; /* dropped from the front */
    GString *bytes;                  /* scratch: a message told as numbers */
    Part parts[STREAMS_MAX];
    bool ended;
};

Unwrap *unwrap_new(const Parser *wrapper, const Bytes *outer, const Run *top) {
    Unwrap *unwrap = g_new0(Unwrap, 1);
    Run *run = &unwrap->run;
    run_start(run, wrapper, RUN_UNWRAP);
    run->into = unwrap;
    run->file = top->file;
    run->file_number = top->file_number;
    run->error = top->error;
    run->bytes = *outer;
    if (top->mode == RUN_READ) {
        run->sink = top->sink;
        run->quality = top->quality;
    }
    framer_start(&run->framer, run_frame_kind(run), &run->bytes, wrapper, run->matcher);
    unwrap->out = g_string_new(NULL);
    unwrap->texts = g_string_new(NULL);
    unwrap->bytes = g_string_new(NULL);
    unwrap->lines = g_array_new(FALSE, FALSE, sizeof(OuterLine));
    return unwrap;
}

void unwrap_free(Unwrap *unwrap) {
    if (!unwrap) {
        return;
    }
    for (unsigned i = 0; i < STREAMS_MAX && unwrap->parts[i].text; i++) {
        g_string_free(unwrap->parts[i].stream, TRUE);
        g_string_free(unwrap->parts[i].text, TRUE);
        g_string_free(unwrap->parts[i].around, TRUE);
    }
    framer_stop(&unwrap->run.framer);
    run_stop(&unwrap->run);
    g_string_free(unwrap->out, TRUE);
    g_string_free(unwrap->texts, TRUE);
    g_string_free(unwrap->bytes, TRUE);
    g_array_unref(unwrap->lines);
    g_free(unwrap);
}

const Run *unwrap_run(const Unwrap *unwrap) {
    return &unwrap->run;
}

void unwrap_outer(const Unwrap *unwrap, uint64_t line, Outer *outer) {
    uint64_t index = line - 1 - unwrap->lines_gone;
    *outer = (Outer){.line = line};
    if (line == 0 || index >= unwrap->lines->len) {
        return;
    }
    const OuterLine *found = &g_array_index(unwrap->lines, OuterLine, index);
    const char *text = unwrap->texts->str + (found->at - unwrap->texts_gone);
    *outer = (Outer){.line = found->line,
                     .time = {text, found->time},
                     .service = {text + found->time, found->service},
                     .vantage = {text + found->time + found->service, found->vantage},
                     .stamp = found->stamp};
}

/* ---- lines that come out ---- */

static void append(GString *out, Span text) {
    g_string_append_len(out, text.p ? text.p : "", (gssize)text.n);
}

/* A whole line, or several where the text has newlines: each is one of the same entry. */
static void put_line(Unwrap *unwrap, const OuterLine *outer, Span around, Span text) {
    OuterLine line = *outer;
    line.at = unwrap->texts_gone + unwrap->texts->len;
    append(unwrap->texts, around);
    if (text.n && text.p[text.n - 1] == '\n') {
        text.n--;
    }
    for (const char *p = text.p; p && (p = memchr(p, '\n', (size_t)(text.p + text.n - p))); p++) {
        g_array_append_val(unwrap->lines, line);
    }
    g_array_append_val(unwrap->lines, line);
    append(unwrap->out, text);
    g_string_append_c(unwrap->out, '\n');
}

static void close_part(Unwrap *unwrap, Part *part) {
    put_line(unwrap, &part->outer, (Span){part->around->str, part->around->len},
             (Span){part->text->str, part->text->len});
    g_string_truncate(part->text, 0);
    part->open = false;
}

/* The part of a stream that is open, or NULL. */
static Part *open_part(Unwrap *unwrap, Span stream) {
    for (unsigned i = 0; i < STREAMS_MAX && unwrap->parts[i].text; i++) {
        Part *part = &unwrap->parts[i];
        if (part->open && ds_span_equal((Span){part->stream->str, part->stream->len}, stream)) {
            return part;
        }
    }
    return NULL;
}

static Part *oldest_part(Unwrap *unwrap) {
    Part *oldest = NULL;
    for (unsigned i = 0; i < STREAMS_MAX && unwrap->parts[i].text; i++) {
        Part *part = &unwrap->parts[i];
        oldest = part->open && (!oldest || part->outer.line < oldest->outer.line) ? part : oldest;
    }
    return oldest;
}

static Part *begin_part(Unwrap *unwrap, Span stream, const OuterLine *outer, Span around) {
    Part *part = NULL;
    for (unsigned i = 0; !part && i < STREAMS_MAX; i++) {
        part = unwrap->parts[i].open ? NULL : &unwrap->parts[i];
    }
    if (!part) {
        part = oldest_part(unwrap);
        close_part(unwrap, part);
    }
    if (!part->text) {
        part->stream = g_string_new(NULL);
        part->text = g_string_new(NULL);
        part->around = g_string_new(NULL);
    }
    g_string_truncate(part->stream, 0);
    g_string_truncate(part->around, 0);
    append(part->stream, stream);
    append(part->around, around);
    part->outer = *outer;
    part->open = true;
    return part;
}

/* ---- entries of the wrapper ---- */

/* A message of the journal that is no text is told as an array of its bytes. */
static Span decode_bytes(Unwrap *unwrap, const Entry *entry, Span text) {
    bool raw = text.n && text.p[0] == '[' && text.p > entry->text.p && text.p < entry->text.p + entry->text.n &&
               text.p[-1] != '"';
    if (!raw) {
        return text;
    }
    g_string_truncate(unwrap->bytes, 0);
    unsigned value = 0;
    bool digits = false;
    for (size_t i = 1; i < text.n; i++) {
        if (g_ascii_isdigit(text.p[i])) {
            value = MIN(value * 10 + (unsigned)(text.p[i] - '0'), 256);
            digits = true;
        } else if (digits && (text.p[i] == ',' || text.p[i] == ']')) {
            if (value > 255) {
                return text;
            }
            g_string_append_c(unwrap->bytes, (char)value);
            value = 0;
            digits = false;
        } else if (!g_ascii_isspace(text.p[i]) && text.p[i] != ']') {
            return text;
        }
    }
    return (Span){unwrap->bytes->str, unwrap->bytes->len};
}

/* What stands around the line, or around the entry that it stands in. */
static OuterLine describe(const Run *run, const Values *values, uint64_t line, GString *around) {
    const Outer *outer = &run->outer;
    Span time = ds_span_trim(values->of[FIELD_TIME].text);
    Span service = ds_span_trim(values->of[FIELD_SERVICE].text);
    Span vantage = ds_span_trim(values->of[FIELD_VANTAGE].text);
    bool own = time.n > 0;
    time = own ? time : outer->time;
    service = service.n ? service : outer->service;
    vantage = vantage.n ? vantage : outer->vantage;
    time.n = MIN(time.n, 256);
    service.n = MIN(service.n, 1024);
    vantage.n = MIN(vantage.n, 1024);
    g_string_truncate(around, 0);
    append(around, time);
    append(around, service);
    append(around, vantage);
    return (OuterLine){.line = run_line(run, line),
                       .time = (unsigned)time.n,
                       .service = (unsigned)service.n,
                       .vantage = (unsigned)vantage.n,
                       .stamp = own ? run->parser->stamp : outer->stamp};
}

void unwrap_entry(Unwrap *unwrap, const Rule *rule, const Entry *entry, const Values *values) {
    Run *run = &unwrap->run;
    if (!run_has_needs(run)) {
        run_reject(run, entry, "not a line of the wrapper");
        return;
    }
    run_accept(run);
    Span text = values->of[FIELD_TEXT].text, stream = values->of[FIELD_USER].text;
    GString *around = run->key;
    OuterLine outer = describe(run, values, entry->line, around);
    if (run->parser->type == TYPE_JSON) {
        text = decode_bytes(unwrap, entry, text);
        bool led = text.n > 1 && text.p[0] == ' ' && text.p[1] != ' ';
        text = led ? (Span){text.p + 1, text.n - 1} : text; /* the blank between tag and text of a syslog line */
    }
    bool goes_on =
        rule->partial == PARTIAL_YES || (rule->partial == PARTIAL_NEWLINE && text.n && text.p[text.n - 1] != '\n');
    Part *part = open_part(unwrap, stream);
    if (!part && !goes_on) {
        put_line(unwrap, &outer, (Span){around->str, around->len}, text);
        return;
    }
    part = part ? part : begin_part(unwrap, stream, &outer, (Span){around->str, around->len});
    append(part->text, text);
    if (!goes_on || part->text->len > PART_MAX) {
        close_part(unwrap, part);
    }
}

/* ---- the window ---- */

static void drop(Unwrap *unwrap, size_t used) {
    unsigned gone = 0;
    const char *p = unwrap->out->str, *end = p + used;
    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        gone++;
        p++;
    }
    g_string_erase(unwrap->out, 0, (gssize)used);
    uint64_t next = unwrap->texts_gone + unwrap->texts->len;
    if (gone < unwrap->lines->len) {
        next = g_array_index(unwrap->lines, OuterLine, gone).at;
    }
    g_string_erase(unwrap->texts, 0, (gssize)(next - unwrap->texts_gone));
    g_array_remove_range(unwrap->lines, 0, gone);
    unwrap->texts_gone = next;
    unwrap->lines_gone += gone;
}

bool unwrap_more(Unwrap *unwrap, size_t used, Span *data) {
    Run *run = &unwrap->run;
    drop(unwrap, used);
    size_t kept = unwrap->out->len, want = MAX(kept, FILL);
    Entry entry;
    while (!unwrap->ended && kept < INPUT_ENTRY_LIMIT && unwrap->out->len - kept < want) {
        if (!run->failed && framer_next(&run->framer, &entry)) {
            if (run->bytes.unwrap) {
                unwrap_outer(run->bytes.unwrap, entry.line, &run->outer);
            }
            run_offer(run, &entry);
            continue;
        }
        unwrap->ended = true;
        for (Part *part; (part = oldest_part(unwrap));) {
            close_part(unwrap, part);
        }
    }
    *data = (Span){unwrap->out->str, unwrap->out->len};
    return !unwrap->ended;
}
