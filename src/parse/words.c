/* SPDX-License-Identifier: MIT
 * Words of logs to values: states of the generic input, reasons by name or by what a failure text says (the table is
 * tried from the top; the first word found decides), yes and no. ASCII case is ignored, no locale. */
#include "parse/parser.h"

#include "base/text.h"

#define STATE_WORD_MAX 16

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Is the text this lower-case word? */
static bool is_word(Span text, const char *word) {
    size_t n = strlen(word);
    if (text.n != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (lower(text.p[i]) != word[i]) {
            return false;
        }
    }
    return true;
}

int words_state(Span text) {
    static const struct {
        const char *word;
        State state;
    } table[] = {{"up", STATE_UP},
                 {"down", STATE_DOWN},
                 {"ok", STATE_UP},
                 {"fail", STATE_DOWN},
                 {"failed", STATE_DOWN},
                 {"success", STATE_UP},
                 {"true", STATE_UP},
                 {"false", STATE_DOWN},
                 {"1", STATE_UP},
                 {"0", STATE_DOWN},
                 {"pass", STATE_UP},
                 {"healthy", STATE_UP},
                 {"degraded", STATE_DEGRADED},
                 {"warn", STATE_DEGRADED},
                 {"warning", STATE_DEGRADED},
                 {"slow", STATE_DEGRADED},
                 {"failure", STATE_DOWN},
                 {"error", STATE_DOWN},
                 {"critical", STATE_DOWN},
                 {"timeout", STATE_DOWN},
                 {"unknown", STATE_UNKNOWN},
                 {"maintenance", STATE_MAINTENANCE},
                 {"", STATE_UNKNOWN}};
    text = ds_span_trim(text);
    if (text.n == 3 && is_digit(text.p[1]) && is_digit(text.p[2])) {
        if (text.p[0] == '2' || text.p[0] == '3') {
            return STATE_UP;
        }
        return text.p[0] == '4' || text.p[0] == '5' ? STATE_DOWN : CODE_NONE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        if (is_word(text, table[i].word)) {
            return (int)table[i].state;
        }
    }
    return CODE_NONE;
}

Reason words_status(int64_t status) {
    if (status >= 400 && status < 500) {
        return REASON_HTTP_4XX;
    }
    return status >= 500 && status < 600 ? REASON_HTTP_5XX : REASON_NONE;
}

/* Does the text hold the word (lower case)? A word that begins and ends with a letter must stand alone on the sides
 * marked by ^ at its front or $ at its end. */
static bool holds(Span text, const char *word) {
    bool front = *word == '^';
    size_t n = strlen(word) - front;
    word += front;
    bool back = n && word[n - 1] == '$';
    n -= back;
    for (size_t i = 0; i + n <= text.n; i++) {
        size_t k = 0;
        while (k < n && lower(text.p[i + k]) == word[k]) {
            k++;
        }
        if (k == n && (!front || i == 0 || !g_ascii_isalnum(text.p[i - 1])) &&
            (!back || i + n == text.n || !g_ascii_isalnum(text.p[i + n]))) {
            return true;
        }
    }
    return false;
}

/* An HTTP status 400..599 that stands alone in a text: no part of a port, an address or a longer number. */
static Reason status_within(Span text) {
    for (size_t i = 0; i + 3 <= text.n; i++) {
        const char *p = text.p + i, *end = text.p + text.n;
        if ((*p != '4' && *p != '5') || !is_digit(p[1]) || !is_digit(p[2]) ||
            (i > 0 && (g_ascii_isalnum(p[-1]) || strchr(".:-_", p[-1])))) {
            continue;
        }
        bool joined = p + 3 < end && (g_ascii_isalnum(p[3]) || p[3] == '_' || p[3] == '-');
        joined = joined || (p + 4 < end && (p[3] == '.' || p[3] == ':') && is_digit(p[4]));
        if (!joined) {
            return *p == '4' ? REASON_HTTP_4XX : REASON_HTTP_5XX;
        }
    }
    return REASON_NONE;
}

/* Tried from the top: what tells more stands before what tells less. */
static const struct {
    const char *word;
    Reason reason;
} reason_words[] = {{"name or service not known", REASON_DNS},
                    {"name resolution", REASON_DNS},
                    {"no such host", REASON_DNS},
                    {"unknown host", REASON_DNS},
                    {"resolve", REASON_DNS},
                    {"resolving", REASON_DNS},
                    {"nxdomain", REASON_DNS},
                    {"servfail", REASON_DNS},
                    {"getaddrinfo", REASON_DNS},
                    {"enotfound", REASON_DNS},
                    {"eai_again", REASON_DNS},
                    {"^dns$", REASON_DNS},
                    {"refused", REASON_CONNECT_REFUSED},
                    {"certificate", REASON_TLS},
                    {"handshake", REASON_TLS},
                    {"^ssl", REASON_TLS},
                    {"^tls", REASON_TLS},
                    {"x509", REASON_TLS},
                    {"unreach", REASON_UNREACHABLE},
                    {"no route", REASON_UNREACHABLE},
                    {"prohibited", REASON_UNREACHABLE},
                    {"network is down", REASON_UNREACHABLE},
                    {"host is down", REASON_UNREACHABLE},
                    {"time to live exceeded", REASON_UNREACHABLE},
                    {"ttl expired", REASON_UNREACHABLE},
                    {"connect timeout", REASON_CONNECT_TIMEOUT},
                    {"connect timed out", REASON_CONNECT_TIMEOUT},
                    {"connection timed out", REASON_CONNECT_TIMEOUT},
                    {"connection timeout", REASON_CONNECT_TIMEOUT},
                    {"connecttimeout", REASON_CONNECT_TIMEOUT},
                    {"etimedout", REASON_CONNECT_TIMEOUT},
                    {"layer4 timeout", REASON_CONNECT_TIMEOUT},
                    {"l4tout", REASON_CONNECT_TIMEOUT},
                    {"l4con", REASON_CONNECT_REFUSED},
                    {"l6rsp", REASON_TLS},
                    {"l6tout", REASON_TLS},
                    {"packet loss", REASON_PACKET_LOSS},
                    {"packets lost", REASON_PACKET_LOSS},
                    {"no answer yet", REASON_PACKET_LOSS},
                    {"100% loss", REASON_PACKET_LOSS},
                    {"internal server error", REASON_HTTP_5XX},
                    {"bad gateway", REASON_HTTP_5XX},
                    {"service unavailable", REASON_HTTP_5XX},
                    {"gateway timeout", REASON_HTTP_5XX},
                    {"gateway time-out", REASON_HTTP_5XX},
                    {"not found", REASON_HTTP_4XX},
                    {"forbidden", REASON_HTTP_4XX},
                    {"unauthorized", REASON_HTTP_4XX},
                    {"too many requests", REASON_HTTP_4XX},
                    {"timeout", REASON_TIMEOUT},
                    {"timed out", REASON_TIMEOUT},
                    {"time out", REASON_TIMEOUT},
                    {"deadline exceeded", REASON_TIMEOUT},
                    {"l7tout", REASON_TIMEOUT},
                    {"content", REASON_CONTENT},
                    {"mismatch", REASON_CONTENT},
                    {"keyword", REASON_CONTENT},
                    {"unexpected response", REASON_CONTENT},
                    {"invalid response", REASON_CONTENT},
                    {"pattern not found", REASON_CONTENT},
                    {"string not found", REASON_CONTENT}};

static Reason by_words(Span text) {
    for (size_t i = 0; i < G_N_ELEMENTS(reason_words); i++) {
        if (reason_words[i].reason == REASON_HTTP_5XX || reason_words[i].reason == REASON_TIMEOUT) {
            Reason told = status_within(text);
            if (told != REASON_NONE) {
                return told;
            }
        }
        if (holds(text, reason_words[i].word)) {
            return reason_words[i].reason;
        }
    }
    return status_within(text) != REASON_NONE ? status_within(text) : REASON_OTHER;
}

Reason words_reason(Span text) {
    text = ds_span_trim(text);
    text.n = MIN(text.n, 512); /* what a failure is called stands at its front */
    if (text.n == 0) {
        return REASON_NONE;
    }
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        if (is_word(text, ds_reason_name((Reason)i))) {
            return (Reason)i;
        }
    }
    return by_words(text);
}

bool words_true(Span text) {
    text = ds_span_trim(text);
    return is_word(text, "true") || is_word(text, "1") || is_word(text, "soft") || is_word(text, "yes");
}

bool words_false(Span text) {
    text = ds_span_trim(text);
    return text.n == 0 || is_word(text, "false") || is_word(text, "0") || is_word(text, "no");
}
