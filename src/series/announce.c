/* SPDX-License-Identifier: MIT
 * The board: announcements as told, until the end. Then equal ones become one, and the starts and ends of maintenance
 * that stand in lines of their own are paired, per service and vantage in time order. */
#include "series/announce.h"

#include "series/cursor.h"
#include "series/order.h"

typedef struct {
    Announcement told; /* phase and text are owned */
    Signal signal;
    Event event;
} Row;

struct Board {
    GArray *rows;                  /* Row */
    GArray *marks;                 /* MonitorMark; set is filled in at the end */
    GArray *notices, *maintenance; /* Announcement; texts borrowed from rows */
};

Board *board_new(void) {
    Board *board = g_new0(Board, 1);
    board->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    board->marks = g_array_new(FALSE, FALSE, sizeof(MonitorMark));
    board->notices = g_array_new(FALSE, FALSE, sizeof(Announcement));
    board->maintenance = g_array_new(FALSE, FALSE, sizeof(Announcement));
    return board;
}

static void free_texts(const Row *row) {
    g_free((char *)row->told.phase);
    g_free((char *)row->told.text);
}

void board_free(Board *board) {
    if (board) {
        for (guint i = 0; i < board->rows->len; i++) {
            free_texts(&g_array_index(board->rows, Row, i));
        }
        g_array_unref(board->rows);
        g_array_unref(board->marks);
        g_array_unref(board->notices);
        g_array_unref(board->maintenance);
        g_free(board);
    }
}

static char *copy_text(Span text) {
    char buffer[NAME_LIMIT];
    Span clean = names_clean(text, buffer);
    return g_strndup(clean.n ? clean.p : "", clean.n);
}

static Name name_of(Names *names, Span text) {
    char buffer[NAME_LIMIT];
    Span clean = names_clean(text, buffer);
    return clean.n ? names_add(names, clean) : NAME_NONE;
}

void board_add(Board *board, Names *names, const Record *record) {
    Row row = {.signal = record->signal, .event = record->event};
    row.told.time = record->time;
    row.told.until = record->signal == SIGNAL_MAINTENANCE ? record->until : INSTANT_NONE;
    if (row.told.until != INSTANT_NONE && row.told.until < row.told.time) {
        row.told.until = row.told.time; /* an end before the start plans nothing */
    }
    row.told.service = name_of(names, record->service);
    row.told.vantage = name_of(names, record->vantage);
    row.told.phase = copy_text(record->phase);
    row.told.text = copy_text(record->text);
    row.told.origin = record->origin;
    g_array_append_val(board->rows, row);
}

void board_plan(Board *board, Names *names, Signal signal, const PlannedRecord *planned) {
    Record record = {.signal = signal, .event = EVENT_STATE, .time = planned->time, .until = planned->until};
    record.service = ds_span_of(planned->service);
    record.phase = ds_span_of(planned->phase);
    record.text = ds_span_of(planned->text);
    board_add(board, names, &record);
}

void board_mark(Board *board, const Record *record) {
    MonitorMark mark = {.time = record->time, .start = record->event == EVENT_MONITOR_START, .origin = record->origin};
    g_array_append_val(board->marks, mark);
}

static Name renumber(Name name, const Name *numbers) {
    return name == NAME_NONE ? NAME_NONE : numbers[name];
}

void board_merge(Board *board, Board *from, const Name *numbers) {
    for (guint i = 0; i < from->rows->len; i++) {
        Row row = g_array_index(from->rows, Row, i);
        row.told.service = renumber(row.told.service, numbers);
        row.told.vantage = renumber(row.told.vantage, numbers);
        g_array_append_val(board->rows, row);
    }
    g_array_append_vals(board->marks, from->marks->data, from->marks->len);
    g_array_set_size(from->rows, 0);
    g_array_set_size(from->marks, 0);
}

/* By file and line; what stands in the config (line 0) last, as it proves nothing. */
static int compare_origins(Origin a, Origin b) {
    int order = order_of(!a.line, !b.line);
    return order ? order : order_of_origins(a, b);
}

/* By time, then text, then all else but the origin: 0 for copies. */
static int compare_told(const Row *a, const Row *b) {
    int order = order_of(a->told.time, b->told.time);
    order = order ? order : strcmp(a->told.text, b->told.text);
    order = order ? order : order_of(a->signal, b->signal);
    order = order ? order : order_of(a->event, b->event);
    order = order ? order : order_of(a->told.service, b->told.service);
    order = order ? order : order_of(a->told.vantage, b->told.vantage);
    order = order ? order : order_of(a->told.until, b->told.until);
    return order ? order : strcmp(a->told.phase, b->told.phase);
}

static int row_order(const void *left, const void *right) {
    const Row *a = left;
    const Row *b = right;
    int order = compare_told(a, b);
    return order ? order : compare_origins(a->told.origin, b->told.origin);
}

static void drop_copied_rows(GArray *rows, Quality *quality) {
    g_array_sort(rows, row_order);
    guint kept = 0;
    for (guint i = 0; i < rows->len; i++) {
        Row *row = &g_array_index(rows, Row, i);
        if (kept && compare_told(&g_array_index(rows, Row, kept - 1), row) == 0) {
            if (row->told.origin.line) {
                count_duplicates(quality, row->told.origin.file, 1, 0);
            }
            free_texts(row);
        } else {
            g_array_index(rows, Row, kept++) = *row;
        }
    }
    g_array_set_size(rows, kept);
}

/* Starts and ends of one service and vantage together, in time order; at one time starts come first. */
static int pair_order(const void *left, const void *right) {
    const Row *a = *(const Row *const *)left;
    const Row *b = *(const Row *const *)right;
    int order = order_of(a->told.service, b->told.service);
    order = order ? order : order_of(a->told.vantage, b->told.vantage);
    order = order ? order : order_of(a->told.time, b->told.time);
    order = order ? order : order_of(a->event == EVENT_MAINTENANCE_END, b->event == EVENT_MAINTENANCE_END);
    order = order ? order : compare_origins(a->told.origin, b->told.origin);
    return order ? order : compare_told(a, b);
}

/* `open` holds the windows of one service and vantage that no end was told of: text -> index + 1. */

/* A start whose window is open already is told again (monitors do after a restart): the window goes on. */
static void start_window(GArray *windows, GHashTable *open, const Row *row) {
    if (!g_hash_table_contains(open, row->told.text)) {
        Announcement window = row->told;
        window.until = INSTANT_NONE;
        g_array_append_val(windows, window);
        g_hash_table_insert(open, (char *)row->told.text, GUINT_TO_POINTER(windows->len));
    }
}

static void close_window(GArray *windows, const void *place, Instant until) {
    g_array_index(windows, Announcement, GPOINTER_TO_UINT(place) - 1).until = until;
}

/* An end closes the open window of its text, else all open ones; a further end closes nothing. */
static void end_windows(GArray *windows, GHashTable *open, const Row *row) {
    void *place = g_hash_table_lookup(open, row->told.text);
    if (place) {
        close_window(windows, place, row->told.time);
        g_hash_table_remove(open, row->told.text);
        return;
    }
    GHashTableIter iter;
    g_hash_table_iter_init(&iter, open);
    while (g_hash_table_iter_next(&iter, NULL, &place)) {
        close_window(windows, place, row->told.time);
        g_hash_table_iter_remove(&iter);
    }
}

/* An end before any start: planned since before the log began. */
static void end_unseen_window(GArray *windows, const Row *row, BoardSpan span, const void *context) {
    const InputSpan *input = span(context, row->told.origin.file);
    Announcement window = row->told;
    window.until = row->told.time;
    if (input && input->first != INSTANT_NONE) {
        window.time = MIN(input->first, row->told.time);
    }
    g_array_append_val(windows, window);
}

static void pair_rows(GPtrArray *rows, GArray *windows, BoardSpan span, const void *context) {
    g_ptr_array_sort(rows, pair_order);
    g_autoptr(GHashTable) open = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = g_ptr_array_index(rows, i);
        const Row *previous = i ? g_ptr_array_index(rows, i - 1) : NULL;
        bool begins =
            !previous || previous->told.service != row->told.service || previous->told.vantage != row->told.vantage;
        if (begins) {
            g_hash_table_remove_all(open);
        }
        if (row->event == EVENT_MAINTENANCE_START) {
            start_window(windows, open, row);
        } else if (begins) {
            end_unseen_window(windows, row, span, context);
        } else {
            end_windows(windows, open, row);
        }
    }
}

static int announcement_order(const void *left, const void *right) {
    const Announcement *a = left;
    const Announcement *b = right;
    return row_order(&(Row){.told = *a}, &(Row){.told = *b});
}

static int mark_order(const void *left, const void *right) {
    const MonitorMark *a = left;
    const MonitorMark *b = right;
    int order = order_of(a->time, b->time);
    order = order ? order : order_of(a->set, b->set);
    order = order ? order : compare_origins(a->origin, b->origin);
    return order ? order : order_of(a->start, b->start);
}

/* At one time in one set each kind of mark once. They come by time and set. */
static void drop_copied_marks(GArray *marks, Quality *quality) {
    guint kept = 0;
    for (guint i = 0; i < marks->len; i++) {
        MonitorMark mark = g_array_index(marks, MonitorMark, i);
        bool again = false;
        for (guint k = kept; k-- > 0 && !again;) {
            const MonitorMark *other = &g_array_index(marks, MonitorMark, k);
            if (other->time != mark.time || other->set != mark.set) {
                break;
            }
            again = other->start == mark.start;
        }
        if (again) {
            count_duplicates(quality, mark.origin.file, 1, 0);
        } else {
            g_array_index(marks, MonitorMark, kept++) = mark;
        }
    }
    g_array_set_size(marks, kept);
}

static void finish_marks(GArray *marks, BoardSpan span, const void *context, Quality *quality) {
    for (guint i = 0; i < marks->len; i++) {
        MonitorMark *mark = &g_array_index(marks, MonitorMark, i);
        const InputSpan *input = span(context, mark->origin.file);
        mark->set = input ? input->set : UINT32_MAX;
    }
    g_array_sort(marks, mark_order);
    drop_copied_marks(marks, quality);
}

void board_finish(Board *board, const Name *numbers, BoardSpan span, const void *context, Quality *quality) {
    for (guint i = 0; i < board->rows->len; i++) {
        Row *row = &g_array_index(board->rows, Row, i);
        row->told.service = renumber(row->told.service, numbers);
        row->told.vantage = renumber(row->told.vantage, numbers);
    }
    drop_copied_rows(board->rows, quality);
    g_autoptr(GPtrArray) halves = g_ptr_array_new();
    for (guint i = 0; i < board->rows->len; i++) {
        Row *row = &g_array_index(board->rows, Row, i);
        if (row->event == EVENT_MAINTENANCE_START || row->event == EVENT_MAINTENANCE_END) {
            g_ptr_array_add(halves, row);
        } else {
            g_array_append_val(row->signal == SIGNAL_NOTICE ? board->notices : board->maintenance, row->told);
        }
    }
    pair_rows(halves, board->maintenance, span, context);
    g_array_sort(board->maintenance, announcement_order);
    finish_marks(board->marks, span, context, quality);
}

const Announcement *board_notices(const Board *board, size_t *count) {
    *count = board->notices->len;
    return (const Announcement *)(const void *)board->notices->data;
}

const Announcement *board_maintenance(const Board *board, size_t *count) {
    *count = board->maintenance->len;
    return (const Announcement *)(const void *)board->maintenance->data;
}

const MonitorMark *board_marks(const Board *board, size_t *count) {
    *count = board->marks->len;
    return (const MonitorMark *)(const void *)board->marks->data;
}
