/* SPDX-License-Identifier: MIT
 * One value to what it means: a state, a reason, a length, a count, an HTTP status; and why it cannot be. States and
 * reasons repeat from line to line, so the last word of each is remembered. */
#include "parse/value.h"

#include "base/text.h"

#define WHYS_MAX 100 /* rejections told by a word of the file: beyond that only their kind is told */
#define WORD_SHOWN 40

/* "unknown state 'WORD'": the words of a file are bounded, so that no log can fill the memory of interned texts. */
static const char *why_word(Run *run, const char *kind, Span word) {
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%s '", kind);
    ds_text_visible(text, (Span){word.p, MIN(word.n, WORD_SHOWN)});
    g_string_append(text, word.n > WORD_SHOWN ? "...'" : "'");
    const char *known = g_hash_table_lookup(run->whys, text->str);
    if (!known && g_hash_table_size(run->whys) < WHYS_MAX) {
        known = g_intern_string(text->str);
        g_hash_table_add(run->whys, (char *)known);
    }
    return known ? known : g_intern_string(kind);
}

const char *read_state(Run *run, const Value *value, State *state) {
    if (value->code >= 0) {
        *state = (State)value->code;
        return NULL;
    }
    if (value->code == CODE_REFUSED) {
        return why_word(run, "unknown state", value->text);
    }
    if (value->text.n == run->word_state_length &&
        memcmp(run->word_state, value->text.p ? value->text.p : "", value->text.n) == 0) {
        *state = (State)run->word_state_code;
        return NULL;
    }
    int code = words_state(value->text);
    if (code == CODE_NONE) {
        return why_word(run, "unknown state", ds_span_trim(value->text));
    }
    if (value->text.n <= sizeof run->word_state && value->text.n) {
        memcpy(run->word_state, value->text.p, value->text.n);
        run->word_state_length = (uint8_t)value->text.n;
        run->word_state_code = code;
    }
    *state = (State)code;
    return NULL;
}

Reason read_reason(Run *run, const Value *value) {
    if (value->code >= 0) {
        return (Reason)value->code;
    }
    if (value->text.n == 0) {
        return REASON_NONE;
    }
    if (value->text.n == run->word_reason_length && memcmp(run->word_reason, value->text.p, value->text.n) == 0) {
        return run->word_reason_code;
    }
    Reason reason = words_reason(value->text);
    if (value->text.n <= sizeof run->word_reason) {
        memcpy(run->word_reason, value->text.p, value->text.n);
        run->word_reason_length = value->text.n;
        run->word_reason_code = reason;
    }
    return reason;
}

/* Digits and a point to a whole number of 1/1000 of the unit; the common case, exact. False: something else. */
static bool read_decimal(Span text, int64_t *thousandths) {
    int64_t value = 0;
    size_t i = 0;
    for (; i < text.n && i < 15 && text.p[i] >= '0' && text.p[i] <= '9'; i++) {
        value = value * 10 + (text.p[i] - '0');
    }
    if (i == 0 || (i < text.n && text.p[i] != '.')) {
        return false;
    }
    value *= 1000;
    int64_t scale = 100;
    for (i++; i < text.n; i++, scale /= 10) {
        if (text.p[i] < '0' || text.p[i] > '9') {
            return false;
        }
        value += (text.p[i] - '0') * scale;
    }
    *thousandths = value;
    return true;
}

bool read_took(const Value *value, Millis *length) {
    static const double factors[] = {1, 1000, 1, 1e-3, 1e-6};
    static const int64_t divisors[] = {1, 1, 1000, 1000000, 1000000000};
    Span text = ds_span_trim(value->text);
    double number = 0;
    if (text.n == 0) {
        return false;
    }
    if (value->unit == UNIT_TEXT) {
        return ds_text_millis(text, length) && *length >= 0;
    }
    int64_t thousandths = 0;
    if (read_decimal(text, &thousandths)) {
        *length = thousandths / divisors[value->unit];
        return true;
    }
    if (!ds_text_double(text, &number) || !(number >= 0) || number * factors[value->unit] > 1e15) {
        return false;
    }
    *length = (Millis)(number * factors[value->unit]);
    return true;
}

/* A length in ms, cut; 0 where the text tells none (empty, "-", "NaN", negative). */
Millis read_length(const Value *value) {
    Millis length = 0;
    return read_took(value, &length) ? length : 0;
}

bool read_total(const Value *value, int64_t *total) {
    const double exact = 9007199254740992.0; /* 2^53: from there on a double leaves numbers out */
    double real = 0;
    Span text = ds_span_trim(value->text);
    if (!ds_text_int(text, total)) {
        if (!ds_text_double(text, &real) || real < 0 || real > exact) {
            return false;
        }
        *total = (int64_t)real;
    }
    return *total >= 0;
}

bool read_count(const Value *value, uint32_t *count) {
    int64_t number = 0;
    bool fine = read_total(value, &number) && number <= UINT32_MAX;
    *count = fine ? (uint32_t)number : 0;
    return fine;
}

/* An HTTP status; "-" and negative ones stand for none sent: 0. */
bool read_status(Span text, int64_t *status) {
    text = ds_span_trim(text);
    if (ds_span_equal(text, SPAN("-"))) {
        *status = 0;
        return true;
    }
    if (!ds_text_int(text, status) || *status >= 1000) {
        return false;
    }
    *status = MAX(*status, 0);
    return true;
}
