/* SPDX-License-Identifier: MIT
 * PCRE2 behind limits. A pattern is compiled once, and to machine code where a run uses it; match data and JIT stack
 * belong to a run and serve all its entries. A hostile line costs at most MATCH_STEPS; a file that reaches that limit
 * again and again gets a lower one, so that its cost stays linear in its lines. See pcre2api(3), pcre2jit(3). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "parse/parser.h"

#include <pcre2.h>

#define MATCH_STEPS 500000u      /* backtracking steps of one match: some milliseconds */
#define MATCH_STEPS_STRICT 5000u /* once a run has met the limit PATIENCE times */
#define MATCH_DEPTH 1000u        /* nested backtracks, interpreter only */
#define MATCH_HEAP_KIB 16384u    /* interpreter only */
#define MATCH_STARTS 65536u      /* bytes into an entry at which an unanchored pattern may still begin */
#define PATIENCE 1000u
#define JIT_STACK_MAX (1024u * 1024u)

typedef struct {
    int first, other;
} Alias; /* two groups of one name */

struct Regex {
    pcre2_code *code;
    gsize prepared; /* of g_once_init_enter: machine code was made where it can be */
    bool fast;      /* there is some, and no UTF: the short way in */
    uint32_t groups;
    GArray *aliases;
};

struct Matcher {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack; /* made where it is first needed */
    unsigned hits;
};

/* UTF is slower and lines need not be valid: only where bytes would not do. */
static uint32_t utf_options(Span pattern) {
    for (size_t i = 0; i < pattern.n; i++) {
        unsigned char c = (unsigned char)pattern.p[i];
        bool property = c == '\\' && i + 1 < pattern.n && strchr("pPXx", pattern.p[i + 1]) != NULL;
        if (c >= 0x80 || (property && (pattern.p[i + 1] != 'x' || (i + 2 < pattern.n && pattern.p[i + 2] == '{')))) {
            return PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF;
        }
        i += c == '\\';
    }
    return 0;
}

typedef struct {
    Regex *regex;
    const char *last;
    int group;
} AliasWalk;

static void note_alias(const char *name, int group, void *context) {
    AliasWalk *walk = context;
    if (walk->last && strcmp(walk->last, name) == 0) {
        if (!walk->regex->aliases) {
            walk->regex->aliases = g_array_new(FALSE, FALSE, sizeof(Alias));
        }
        g_array_append_vals(walk->regex->aliases, &(Alias){walk->group, group}, 1);
        return;
    }
    walk->last = name;
    walk->group = group;
}

Regex *regex_new(Span pattern, bool extended, char **fault, size_t *offset) {
    int code = 0;
    PCRE2_SIZE at = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_max_pattern_length(context, 1u << 16);
    uint32_t options = utf_options(pattern) | PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_BACKSLASH_C;
    options |= extended ? PCRE2_EXTENDED : 0;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &code, &at, context);
    pcre2_compile_context_free(context);
    if (!compiled) {
        PCRE2_UCHAR text[256];
        pcre2_get_error_message(code, text, sizeof text);
        *fault = g_strdup((const char *)text);
        *offset = MIN((size_t)at, pattern.n);
        return NULL;
    }
    Regex *regex = g_new0(Regex, 1);
    regex->code = compiled;
    pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
    AliasWalk walk = {regex, NULL, 0};
    regex_names(regex, note_alias, &walk);
    return regex;
}

/* Machine code takes longer to make than to compile the pattern, so only a pattern that is used gets it. */
static void prepare(Regex *regex) {
    if (!g_once_init_enter(&regex->prepared)) {
        return;
    }
    size_t size = 0;
    if (pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) == 0) {
        pcre2_pattern_info(regex->code, PCRE2_INFO_JITSIZE, &size);
    }
    uint32_t options = 0;
    pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &options);
    regex->fast = size > 0 && !(options & PCRE2_UTF);
    g_once_init_leave(&regex->prepared, 1);
}

void regex_free(Regex *regex) {
    if (regex) {
        pcre2_code_free(regex->code);
        if (regex->aliases) {
            g_array_unref(regex->aliases);
        }
        g_free(regex);
    }
}

unsigned regex_groups(const Regex *regex) {
    return regex->groups;
}

void regex_names(const Regex *regex, void (*each)(const char *name, int group, void *context), void *context) {
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count; i++, table += size) {
        each((const char *)table + 2, table[0] << 8 | table[1], context);
    }
}

typedef struct {
    Span name;
    int group;
} NameSearch;

static void compare_name(const char *name, int group, void *context) {
    NameSearch *search = context;
    if (search->group < 0 && ds_span_equal(ds_span_of(name), search->name)) {
        search->group = group;
    }
}

int regex_group(const Regex *regex, Span name) {
    NameSearch search = {name, -1};
    regex_names(regex, compare_name, &search);
    return search.group;
}

Matcher *matcher_new(unsigned groups) {
    Matcher *matcher = g_new0(Matcher, 1);
    matcher->data = pcre2_match_data_create(groups + 1, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(matcher->context, MATCH_STEPS);
    pcre2_set_depth_limit(matcher->context, MATCH_DEPTH);
    pcre2_set_heap_limit(matcher->context, MATCH_HEAP_KIB);
    pcre2_set_offset_limit(matcher->context, MATCH_STARTS);
    return matcher;
}

void matcher_free(Matcher *matcher) {
    if (matcher) {
        pcre2_match_data_free(matcher->data);
        pcre2_match_context_free(matcher->context);
        pcre2_jit_stack_free(matcher->stack);
        g_free(matcher);
    }
}

MatchResult matcher_match(Matcher *matcher, const Regex *regex, Span subject) {
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.p ? subject.p : "");
    prepare((Regex *)regex);
    if (!matcher->stack) {
        matcher->stack = pcre2_jit_stack_create(32u * 1024u, JIT_STACK_MAX, NULL);
        pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    }
    int result = regex->fast ? pcre2_jit_match(regex->code, text, subject.n, 0, 0, matcher->data, matcher->context)
                             : pcre2_match(regex->code, text, subject.n, 0, 0, matcher->data, matcher->context);
    if (result >= 0) {
        return MATCH_FOUND;
    }
    if (result == PCRE2_ERROR_NOMATCH) {
        return MATCH_NONE;
    }
    if (++matcher->hits == PATIENCE) {
        pcre2_set_match_limit(matcher->context, MATCH_STEPS_STRICT);
    }
    return MATCH_LIMIT;
}

void matcher_values(const Matcher *matcher, const Regex *regex, Span subject, Span *values) {
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(matcher->data);
    for (uint32_t i = 0; i <= regex->groups; i++) {
        bool set = ends[2 * i] != PCRE2_UNSET && ends[2 * i + 1] >= ends[2 * i];
        values[i] = set ? (Span){subject.p + ends[2 * i], ends[2 * i + 1] - ends[2 * i]} : (Span){NULL, 0};
    }
    for (unsigned i = 0; regex->aliases && i < regex->aliases->len; i++) {
        const Alias *alias = &g_array_index(regex->aliases, Alias, i);
        if (!values[alias->first].p) {
            values[alias->first] = values[alias->other];
        }
    }
}
