/* SPDX-License-Identifier: MIT
 * The workbook: where a record lands, what a text of a log becomes, and a small workbook read back. */
#include "report/xlsx.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>

static void test_place(void) {
    static const struct {
        uint64_t record;
        uint32_t limit, head;
        unsigned page;
        lxw_row_t row;
    } rows[] = {
        {0, 10, 3, 0, 3},
        {6, 10, 3, 0, 9},
        {7, 10, 3, 1, 3}, /* rows 3 to 9 are seven */
        {13, 10, 3, 1, 9},
        {14, 10, 3, 2, 3},
        {1048572, 1048576, 3, 0, 1048575}, /* the last row of a sheet */
        {1048573, 1048576, 3, 1, 3},
        {5, 3, 3, 5, 3}, /* no room: one a sheet, never a division by 0 */
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        XlsxPlace place = xlsx_place(rows[i].record, rows[i].limit, rows[i].head);
        g_assert_cmpuint(place.page, ==, rows[i].page);
        g_assert_cmpuint(place.row, ==, rows[i].row);
    }
}

static void test_names(void) {
    g_autofree char *first = xlsx_sheet_name("Windows", 0), *second = xlsx_sheet_name("Windows", 1);
    g_assert_cmpstr(first, ==, "Windows");
    g_assert_cmpstr(second, ==, "Windows 2");
}

static void test_lines(void) {
    static const struct {
        const char *text;
        double width;
        unsigned lines;
    } rows[] = {
        {"", 10, 1},
        {"ten chars.", 10, 1},
        {"ten chars. x", 10, 2},
        {"aaa bbb ccc", 7, 2},
        {"aaaaaaaaaaaaaaaaaaaaa", 10, 3},
        {"äöü äöü", 7, 1},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpuint(book_lines(rows[i].text, rows[i].width), ==, rows[i].lines);
    }
}

/* One part of a workbook; "" where there is none. */
static char *part(const char *path, const char *name) {
    struct archive *archive = archive_read_new();
    archive_read_support_format_zip(archive);
    g_assert_cmpint(archive_read_open_filename(archive, path, 65536), ==, ARCHIVE_OK);
    GString *out = g_string_new(NULL);
    struct archive_entry *entry;
    while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
        if (strcmp(archive_entry_pathname(entry), name) == 0) {
            char buffer[4096];
            la_ssize_t got;
            while ((got = archive_read_data(archive, buffer, sizeof buffer)) > 0) {
                g_string_append_len(out, buffer, got);
            }
        }
    }
    archive_read_free(archive);
    return g_string_free(out, FALSE);
}

static unsigned count(const char *text, const char *what) {
    unsigned n = 0;
    for (const char *p = text; (p = strstr(p, what)); p++) {
        n++;
    }
    return n;
}

static Book book_open(const char *path) {
    Book book = {.workbook = workbook_new(path), .limit = 6, .footer = (char *)"&CPage &P"};
    book_looks(&book);
    return book;
}

/* Limit 6 and three rows of head: three records a sheet, so seven need three sheets. */
static void test_pages(void) {
    static const XlsxColumn columns[] = {{"Number", LOOK_COUNT, 0}, {"Text", LOOK_WRAP, 20}};
    g_autofree char *dir = g_dir_make_tmp("downspan-xlsx-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "a.xlsx", NULL);
    Book book = book_open(path);
    XlsxTable t;
    table_begin(&t, &book, "Windows", "A note.", "none", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < 7; i++) {
        table_next(&t);
        table_count(&t, 0, i);
        table_text(&t, 1, "x");
    }
    table_end(&t);
    g_assert_cmpint(workbook_close(book.workbook), ==, LXW_NO_ERROR);
    g_assert_true(xlsx_whole(path, NULL));
    g_autofree char *names = part(path, "xl/workbook.xml");
    g_assert_nonnull(strstr(names, "name=\"Windows\""));
    g_assert_nonnull(strstr(names, "name=\"Windows 2\""));
    g_assert_nonnull(strstr(names, "name=\"Windows 3\""));
    g_assert_null(strstr(names, "name=\"Windows 4\""));
    static const unsigned records[] = {3, 3, 1};
    for (unsigned i = 0; i < G_N_ELEMENTS(records); i++) {
        g_autofree char *name = g_strdup_printf("xl/worksheets/sheet%u.xml", i + 1);
        g_autofree char *sheet = part(path, name);
        g_assert_cmpuint(count(sheet, "<row "), ==, 3 + records[i]);
        g_assert_cmpuint(count(sheet, "<autoFilter "), ==, 1);
        g_assert_cmpuint(count(sheet, "state=\"frozen\""), ==, 1);
    }
    g_unlink(path);
    g_rmdir(dir);
}

/* Nothing of a log becomes a formula, a link, a broken XML or another text. */
static void test_guard(void) {
    static const char *const texts[] = {"=1+1",         "@SUM(A1)", "+cmd|' /C calc'!A0", "http://example.org/x",
                                        "\x01<b>&\xff", "_x0041_",  "\xef\xbf\xbf"};
    static const char *const cells[] = {">'=1+1<",
                                        ">'@SUM(A1)<",
                                        ">'+cmd|' /C calc'!A0<",
                                        ">http://example.org/x<",
                                        ">\\x01&lt;b&gt;&amp;\xef\xbf\xbd<",
                                        ">_x005F_x0041_<",
                                        ">\xef\xbf\xbd<"};
    g_autofree char *dir = g_dir_make_tmp("downspan-xlsx-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "b.xlsx", NULL);
    Book book = book_open(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book.workbook, "A");
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        book_text(&book, sheet, i, 0, texts[i], LOOK_TEXT);
    }
    g_assert_cmpint(workbook_close(book.workbook), ==, LXW_NO_ERROR);
    g_autofree char *xml = part(path, "xl/worksheets/sheet1.xml"), *strings = part(path, "xl/sharedStrings.xml");
    g_assert_null(strstr(xml, "<f>"));
    g_assert_null(strstr(xml, "<hyperlink"));
    for (unsigned i = 0; i < G_N_ELEMENTS(cells); i++) {
        if (!strstr(strings, cells[i])) {
            g_error("%s is not in %s", cells[i], strings);
        }
    }
    g_unlink(path);
    g_rmdir(dir);
}

/* A negative length and a date before the calendar of sheets are texts; milliseconds are exact. */
static void test_times(void) {
    g_autofree char *dir = g_dir_make_tmp("downspan-xlsx-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "c.xlsx", NULL);
    Book book = book_open(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book.workbook, "A");
    book_instant(&book, sheet, 0, 0, 0);                            /* 1970-01-01: day 25569 */
    book_instant(&book, sheet, 0, 1, INT64_C(-3000000000000));      /* 1874 */
    book_length(&book, sheet, 0, 2, 12 * MILLIS_HOUR, LOOK_LENGTH); /* half a day */
    book_length(&book, sheet, 0, 3, -MILLIS_SECOND, LOOK_LENGTH);
    g_assert_cmpuint(book_instant(&book, sheet, 0, 4, INSTANT_NONE), ==, 0);
    g_assert_cmpuint(book_length(&book, sheet, 0, 5, MILLIS_NONE, LOOK_LENGTH), ==, 0);
    g_assert_cmpint(workbook_close(book.workbook), ==, LXW_NO_ERROR);
    g_autofree char *xml = part(path, "xl/worksheets/sheet1.xml"), *strings = part(path, "xl/sharedStrings.xml");
    g_assert_nonnull(strstr(xml, "<v>25569</v>"));
    g_assert_nonnull(strstr(xml, "<v>0.5</v>"));
    g_assert_nonnull(strstr(strings, ">1874-12-07T18:40:00.000Z<"));
    g_assert_nonnull(strstr(strings, ">\xe2\x88\x92"
                                     "1 s<"));
    g_assert_cmpuint(count(xml, "<c "), ==, 4);
    g_unlink(path);
    g_rmdir(dir);
}

/* A file that was cut anywhere is not taken for whole. */
static void test_cut(void) {
    g_autofree char *dir = g_dir_make_tmp("downspan-xlsx-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "d.xlsx", NULL);
    Book book = book_open(path);
    book_text(&book, workbook_add_worksheet(book.workbook, "A"), 0, 0, "x", LOOK_TEXT);
    g_assert_cmpint(workbook_close(book.workbook), ==, LXW_NO_ERROR);
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    g_assert_true(xlsx_whole(path, NULL));
    for (gsize n = 0; n < size; n += 97) {
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
        g_assert_false(xlsx_whole(path, &error));
        g_assert_nonnull(error);
    }
    g_unlink(path);
    g_rmdir(dir);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlsx/place", test_place);
    g_test_add_func("/xlsx/names", test_names);
    g_test_add_func("/xlsx/lines", test_lines);
    g_test_add_func("/xlsx/pages", test_pages);
    g_test_add_func("/xlsx/guard", test_guard);
    g_test_add_func("/xlsx/times", test_times);
    g_test_add_func("/xlsx/cut", test_cut);
    return g_test_run();
}
