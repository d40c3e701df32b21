/* SPDX-License-Identifier: MIT
 * Private to parse/: a compiled parser, the cutters and matchers of the types, and the state of one run.
 * Bytes -> frame.c cuts an entry -> regex.c, csv.c, json.c fill the slots -> fields.c makes a Record of them. */
#ifndef DS_PARSE_PARSER_H
#define DS_PARSE_PARSER_H

#include "base/zone.h"
#include "parse/parse.h"
#include "parse/stamp.h"

/* ---- regex.c: PCRE2 with limits ---- */

typedef struct Regex Regex;     /* compiled; shared by threads */
typedef struct Matcher Matcher; /* match data, JIT stack and limits of one run */

typedef enum { MATCH_NONE, MATCH_FOUND, MATCH_LIMIT } MatchResult;

/* extended: blanks and # comments in the pattern are ignored. NULL with *fault (yours to free) and *offset (bytes into
 * the pattern) when it is no pattern. */
Regex *regex_new(Span pattern, bool extended, char **fault, size_t *offset);
void regex_free(Regex *regex);
/* Highest number of a group. */
unsigned regex_groups(const Regex *regex);
/* Number of the group of that name, or -1. Groups of one name (with (?J)) are one: the first that took part. */
int regex_group(const Regex *regex, Span name);
/* Calls each for every name, in order of the names. */
void regex_names(const Regex *regex, void (*each)(const char *name, int group, void *context), void *context);

Matcher *matcher_new(unsigned groups);
void matcher_free(Matcher *matcher);
MatchResult matcher_match(Matcher *matcher, const Regex *regex, Span subject);
/* After MATCH_FOUND: values[0..groups], empty where a group took no part. */
void matcher_values(const Matcher *matcher, const Regex *regex, Span subject, Span *values);

/* ---- the compiled parser (parser.c, rule.c) ---- */

typedef enum { TYPE_REGEX, TYPE_JSON, TYPE_CSV, TYPE_ICAL, TYPE_WHOLE } ParserType;

typedef enum { /* fields of a record that a parser can give, in the order in which they are worked out */
               FIELD_TIME,
               FIELD_UNTIL,
               FIELD_STATE,
               FIELD_FROM,
               FIELD_SOFT,
               FIELD_SERVICE,
               FIELD_VANTAGE,
               FIELD_CHECK,
               FIELD_DURATION,
               FIELD_INTERVAL,
               FIELD_REASON,
               FIELD_TEXT,
               FIELD_STATUS,
               FIELD_BAD,
               FIELD_TALLY, /* "count" */
               FIELD_BAD_COUNT,
               FIELD_GOOD_COUNT,
               FIELD_USER,
               FIELD_PHASE,
               FIELD_SEQ,
               FIELD_OFFSET, /* added to the time */
               FIELD_COUNT
} Field;

typedef enum { UNIT_TEXT, UNIT_S, UNIT_MS, UNIT_US, UNIT_NS } Unit;

#define PIECE_ALTERNATIVES 6
#define SLOT_SUMMARY 0 /* ical: the first slot */
#define SLOT_KEPT 512  /* slots below are filled from an entry, those from here on are remembered */
#define CODE_NONE (-1)

typedef struct {
    int slots[PIECE_ALTERNATIVES]; /* the first with a value counts; -1: none. All -1: a literal */
    Span literal;
} Piece;

typedef struct { /* a row of `map` or `match`; code: the State or Reason it stands for, else CODE_NONE */
    Span key;
    Regex *regex;
    Span value;
    int code;
} Row;

typedef struct { /* a row of `sum`: every number that the pattern's first group finds in a capture */
    int slots[PIECE_ALTERNATIVES];
    Regex *regex;
} Sum;

typedef struct { /* where a field comes from */
    Field field;
    Unit unit;
    int plain; /* the slot whose value this is and no more; -1: it takes work */
    bool constant, has_default;
    bool cumulative; /* a running total: the record has the difference to the entry before */
    Span text;       /* of a constant */
    int code;
    Piece *pieces; /* one piece: its value as it is; more: joined */
    unsigned piece_count;
    Row *map;
    unsigned map_count;
    Row *match;
    unsigned match_count;
    Sum *sums; /* their numbers added up, instead of pieces */
    unsigned sum_count;
    Span fallback;
    int fallback_code;
} Source;

typedef struct {   /* `when`: one of these values, or what a pattern says */
    Source source; /* a capture, or captures joined */
    Regex *regex;  /* NULL: values */
    bool negated;  /* the pattern must not be found */
    Span *values;
    unsigned count;
} When;

typedef struct {
    int slot, kept; /* a capture remembered for later entries: its slot in this rule, its slot everywhere */
} Keep;

typedef struct { /* a capture of the file's path: the field it is a default of, or its place among the kept captures */
    int group;
    Field field; /* FIELD_COUNT: none */
    unsigned kept;
} PathKeep;

typedef enum { /* does the line that an entry of a wrapper holds go on in the next one of its stream? */
               PARTIAL_NO,
               PARTIAL_YES,
               PARTIAL_NEWLINE /* where it does not end with a newline */
} Partial;

typedef enum { STAMPED_SENT, STAMPED_COMPLETED, STAMPED_NEXT } Stamped;

typedef struct Rule {
    Regex *regex; /* NULL: takes every entry */
    unsigned line;
    Stamped stamped;
    bool stamped_told;
    When *when;
    unsigned when_count;
    bool ignore, hold;
    Partial partial; /* of a wrapper */
    Signal signal;
    Event event;
    Source *sources; /* in the order of Field */
    unsigned source_count;
    bool cumulative;     /* the counts of requests are running totals */
    bool since_previous; /* they are those since the entry before */
    bool follows;        /* its time may be put together of a date told before and a clock of its own */
    uint32_t gives;      /* bits of their fields */
    uint32_t remember;   /* bits of Field */
    Keep *keeps;
    unsigned keep_count;
    Source *known_as, *recall; /* NULL: none. recall.c */
    struct Rule *also;         /* further records of the same entry; their regex is this rule's */
    unsigned also_count;
} Rule;

typedef struct { /* a column or path that must or must not be there: alternatives */
    int slots[PIECE_ALTERNATIVES];
    const char *text;
} Need;

typedef struct { /* a node of the tree of JSON paths; nodes[0] is the root, children are a linked list */
    Span key;
    int64_t index; /* the key as an array index, or -1 */
    int slot;      /* -1: none ends here */
    int child, next;
} PathNode;

typedef struct {  /* a step of `entries:` */
    Span key;     /* empty: the value itself */
    bool members; /* "*": every member of the object */
    bool list;
} EntryStep;

#define PATH_PARENTS 4

struct Parser {
    char *name, *title, *source, *file, *yields, *yaml;
    ParserType type;
    Signal signal;
    Stamped stamped;
    bool stamped_told;
    Zone *zone; /* NULL: not told */
    StampSpec *stamp;
    Regex *path; /* `file:`, searched in the path; NULL: none */
    PathKeep *path_keeps;
    unsigned path_keep_count;
    uint32_t path_fields; /* bits of Field that it gives */
    const char **beats;   /* names of parsers that are no rivals of this one; ends with NULL; NULL: none */
    bool mute;            /* evidence: none: all that its rules take is ignored */
    const char *advice;   /* of such a one: what to record instead */
    bool wraps;           /* its entries hold lines of other formats */
    const struct YamlNode *wraps_node, *stream_node; /* while it is compiled */
    bool sequenced;
    bool counted;   /* the entries themselves are the numbers; one that failed may lack a time */
    bool failures;  /* counts: failures; its requests are failed ones, and nothing tells of the others */
    bool holds_on;  /* an ignored line with a time tells how long the log was written: states of transitions hold to the
                       last dated line, and until then a log of failures tells that there were none */
    int64_t modulo; /* 0: numbers never wrap */
    Regex *begin, *end;
    Rule *rules;
    unsigned rule_count;
    unsigned groups;  /* highest group number of all patterns */
    GPtrArray *slots; /* char *: names of columns, paths or properties (csv, json, ical): slots 0.. */
    GPtrArray *kept;  /* char *: names of remembered captures: slots SLOT_KEPT.. */
    Need *require, *refuse, *optional;
    unsigned require_count, refuse_count, optional_count;
    char delimiter; /* 0: from the header */
    char comment;   /* 0: none */
    Span directive; /* csv: what a line that names the columns begins with, as "#Fields:"; empty: there is a header row
                     */
    bool headless;
    int *columns; /* headless: slot of each column, -1: none */
    unsigned column_count;
    GArray *paths;               /* PathNode; json */
    int roots[PATH_PARENTS + 1]; /* node where paths of the entry [0], its parent [1], ... begin; -1: none */
    EntryStep *steps;
    unsigned step_count;
    int member_slot;     /* of the name of the member that an entry was found below, "*"; -1: not asked for */
    GStringChunk *texts; /* owns every Span above */
    GPtrArray *blocks;   /* owns every array above */
};

/* The field of that name ("duration_ms" tells the unit too), or FIELD_COUNT. */
Field field_named(Span name, Unit *unit);
/* Fields that records of a signal have, as bits. */
uint32_t fields_of(Signal signal);
const char *field_name(Field field);

/* The slot whose value a source is and no more, or -1. */
int source_plain(const Source *source);
/* recall.c: names that the rules remember, before any of them is compiled; `remember` of a rule. */
bool remember_names(Parser *parser, const struct YamlNode *rules, GError **error);
bool remember_compile(Parser *parser, Rule *rule, const struct YamlNode *list, GError **error);
/* Its `known_as` and `recall`. */
bool recall_compile(Parser *parser, Rule *rule, const struct YamlNode *node, GError **error);
/* when.c: the conditions of a rule. node: NULL: none. */
bool when_compile(Parser *parser, Rule *rule, const struct YamlNode *node, GError **error);
/* rule.c: the rules of a parser from its YAML. node: the list, or NULL (one rule that takes all). */
struct YamlNode;
bool rules_compile(Parser *parser, const struct YamlNode *node, GError **error);
/* Slots of a column, path or property, alternatives parted by |; made where they are new. False: too many. */
bool slots_named(Parser *parser, Span name, int slots[PIECE_ALTERNATIVES]);
/* The same as ds_parser_compile for a file that has its samples last, as those built in have. */
Parser *parser_compile_built_in(Span yaml, const char *name, GError **error);
/* Zeroed memory that lives as long as the parser. */
void *parser_block(Parser *parser, size_t count, size_t size);
Span parser_text(Parser *parser, Span text);
/* A pattern with errors at its place in the file; extended: blanks and # comments are ignored. NULL on error. */
Regex *parser_regex(Parser *parser, const struct YamlNode *node, Span pattern, bool extended, GError **error);
/* A choice of words: its number, or -1 with an error that lists them. */
int parser_choice(const Parser *parser, const struct YamlNode *node, const char *key, const char *const *words,
                  GError **error);
/* document.c: `entries:`; then, when the rules are known, whether they ask for what it does not give. */
bool steps_compile(Parser *parser, const struct YamlNode *root, GError **error);
bool steps_check(const Parser *parser, const struct YamlNode *root, GError **error);
/* path.c: `file:`. Its names get their places before any rule is compiled. */
bool path_compile(Parser *parser, const struct YamlNode *root, GError **error);
/* source.c: a text with {captures}. */
bool source_template(Parser *parser, const Rule *rule, const struct YamlNode *node, Source *out, GError **error);
/* source.c: one line of `fields`. */
bool source_compile(Parser *parser, const Rule *rule, const struct YamlNode *key, const struct YamlNode *node,
                    Source *out, GError **error);
/* The slots of a capture of a rule. False with an error where there is none of that name. */
bool capture_slots(Parser *parser, const Rule *rule, const struct YamlNode *at, Span name,
                   int slots[PIECE_ALTERNATIVES], GError **error);

/* ---- words.c: words to values ---- */

/* A State, or CODE_NONE for another word. */
int words_state(Span text);
/* A reason by its name or by the words in a text; REASON_NONE where empty, REASON_OTHER where nothing tells. */
Reason words_reason(Span text);
Reason words_status(int64_t status);
bool words_true(Span text);
bool words_false(Span text);

/* ---- frame.c: where an entry ends ---- */

typedef struct { /* the one source of bytes: a Reader, or memory */
    Reader *reader;
    Span memory;
    struct Unwrap *unwrap; /* NULL, or what takes the lines out of the bytes of the other two */
    bool partial;          /* memory: the bytes go on elsewhere; an entry that the end cuts is none */
} Bytes;

typedef enum { FRAME_LINES, FRAME_BLOCKS, FRAME_CSV, FRAME_JSON } FrameKind;

typedef struct {
    Span raw;          /* as it stands in the file, without its line end */
    Span text;         /* raw without escape sequences, CR and NUL at the ends */
    uint64_t line;     /* 1-based, where it begins */
    const char *fault; /* NULL, or why it cannot be an entry */
    bool quoted;       /* csv: holds a quote */
    bool torn;         /* ended by the end of the bytes, not by its own end */
} Entry;

typedef struct {
    Bytes *bytes;
    FrameKind kind;
    const Parser *parser;
    Matcher *matcher; /* for begin and end */
    char delimiter;   /* csv; 0: not known yet */
    Span data;        /* the window */
    size_t at;        /* of the window: where the next entry begins */
    bool ended;       /* no more than data will come */
    uint64_t line;    /* of data.p[at] */
    uint64_t consumed;
    size_t escape_seen, quote_seen, nul_seen; /* offset of the next ESC, quote and NUL, valid while >= at */
    size_t plain_to;                          /* before this offset there is none of them */
    char last;                                /* byte before the window */
    int mode;                                 /* json: how values follow each other */
    bool begun;                               /* blocks: the line at `at` is known to begin an entry */
    GString *clean;
} Framer;

void framer_start(Framer *framer, FrameKind kind, Bytes *bytes, const Parser *parser, Matcher *matcher);
void framer_stop(Framer *framer);
/* The next entry, valid until the next call. False at the end. */
bool framer_next(Framer *framer, Entry *entry);
/* Physical lines met so far; all of them once framer_next has said false. */
uint64_t framer_lines(const Framer *framer);
/* At the end: the last line has no newline. */
bool framer_open(const Framer *framer);
/* A line, whatever the kind. */
bool framer_line(Framer *framer, Entry *entry);
/* frame_json.c */
bool frame_json(Framer *framer, Entry *entry);
/* For the cutters: more bytes into framer->data, what is before `at` dropped. False: nothing more will come. */
bool framer_more(Framer *framer);
/* Ends the entry of `length` bytes at framer->at, of which `skip` more are the line end; counts lines. */
void framer_take(Framer *framer, Entry *entry, size_t length, size_t skip);

/* ---- csv.c ---- */

typedef struct {
    int *slot;      /* of a column; -1: not asked for */
    Span **place;   /* where a cell of the column goes: its slot, or at once the field that it is; NULL: nowhere */
    unsigned count; /* columns */
    char delimiter;
    Span header;    /* the header row as it stood; owned */
    unsigned known; /* columns that the parser names in require and optional, for detection */
} CsvShape;

/* The header row to the shape of the file. False with *why (yours to free) when a required column lacks or a refused
 * one is there. */
bool csv_header(CsvShape *shape, const Parser *parser, Span row, char **why);
/* The same for a line that begins with parser->directive and goes on with names between blanks; the columns before are
 * forgotten. first: what the parser needs must be there. The delimiter of the rows is left to the first of them. */
bool csv_directive(CsvShape *shape, const Parser *parser, Span line, bool first, char **why);
void csv_headless(CsvShape *shape, const Parser *parser);
void csv_shape_clear(CsvShape *shape);
/* Cells to their places; scratch: for cells with "" inside. NULL, or why the row cannot be read. */
const char *csv_row(const CsvShape *shape, const Entry *entry, GString *scratch);
/* The next cell of a row from *at; false at its end. Unquoted into scratch where needed. */
bool csv_cell(Span row, char delimiter, size_t *at, Span *cell, GString *scratch);
char csv_delimiter(const Parser *parser, Span header);

/* ---- json.c ---- */

typedef enum { JSON_WHOLE, JSON_CUT, JSON_BAD } JsonResult;
#define JSON_DEPTH 64

/* Skips blanks and one value from *at. JSON_CUT: the bytes end first. */
JsonResult json_skip(Span text, size_t *at);
/* Where the span of a null begins: empty, and yet the path is there. */
extern const char json_nothing[];
/* Fills the slots of the paths below `root` from one value. */
JsonResult json_fields(const Parser *parser, int root, Span value, Span *values, GString *scratch);
/* The value of a key of an object; a NULL span where there is none. */
Span json_member(Span object, Span key);
/* The next element of an array from *at (0 at first). False at its end, or with *result != JSON_WHOLE. */
bool json_element(Span array, size_t *at, Span *element, JsonResult *result);
typedef struct {
    Span name; /* between its quotes */
    bool escaped;
    Span value; /* as far as it is there; a NULL span where the name is cut off */
} JsonMember;
/* The same for the members of an object. */
bool json_next_member(Span object, size_t *at, JsonMember *member, JsonResult *result);
/* A string's inside without escapes, at the end of scratch, which must have room for it. */
Span json_unescape(Span inside, GString *scratch);

/* ---- run.c: one reading ---- */

typedef struct { /* what config, file and parser decide before the first byte */
    const Zone *zone;
    int year;
    Instant day; /* INSTANT_NONE: not told */
    const char *date_order;
    Span service;      /* default; the input's rule or the stem */
    Span service_told; /* of the input's rule only */
    Span vantage, check;
    Instant from, to;
} RunDefaults;

typedef enum { RUN_READ, RUN_SURVEY, RUN_BID, RUN_UNWRAP } RunMode;

typedef struct Sequencer Sequencer;

typedef struct { /* what a source gave: a text, and the code of a word that was known when the parser was compiled */
    Span text;
    int code;
    Unit unit;
} Value;

typedef struct {
    Value of[FIELD_COUNT];
} Values;

#define TAKEN_WORDS 8

typedef struct { /* entries of the head by line: those that gave a record, those that some rule took */
    uint64_t read[TAKEN_WORDS], all[TAKEN_WORDS];
} TakenLines;

typedef struct Unwrap Unwrap;

typedef struct {   /* what stands around a line that was wrapped */
    uint64_t line; /* of the file */
    Span time, service, vantage;
    const StampSpec *stamp; /* of time */
} Outer;

typedef struct { /* a date told once, before lines with nothing but a clock: which day the clock has come to since */
    bool started;
    Instant date; /* as told */
    Millis clock; /* of the last line */
    int64_t days; /* gone by since */
} DayWalk;

typedef struct Run {
    const Parser *parser;
    const Reading *reading;
    RunMode mode;
    ParserState *state;                      /* NULL: none */
    Unwrap *unwraps[READING_WRAPPERS];       /* the outermost first */
    Unwrap *into;                            /* of a wrapper's own run */
    Outer outer;                             /* of the entry at hand, where there are wrappers */
    struct Run *others[READING_PARSERS - 1]; /* parsers that are offered what this one does not take */
    unsigned other_count;
    bool deferring;      /* a rejection is not counted, but told in `verdict` */
    const char *verdict; /* NULL: taken */
    RunDefaults defaults;
    const InputFile *file;
    uint32_t file_number;
    const Sink *sink;
    FileQuality *quality;
    GError **error;
    bool failed; /* *error is set */
    Bytes bytes;
    Framer framer;
    Matcher *matcher;
    Span *values;  /* by slot */
    Values fields; /* of the entry at hand */
    uint32_t fields_set;
    const Rule *rules; /* the parser's, or those of them that the columns of this file leave */
    GPtrArray *pruned; /* memory of the latter */
    GString *scratch;  /* unescaped cells and JSON strings of the entry */
    GString *parent_scratch[PATH_PARENTS];
    GString *member; /* its name without escapes */
    GString *joined[FIELD_COUNT];
    GString *key;   /* scratch */
    GString **kept; /* remembered captures */
    GString *remembered[FIELD_COUNT];
    uint32_t remembered_set;
    DayWalk day;
    GHashTable *held;
    GHashTable *known;  /* recall.c: what entries told of themselves */
    bool recalled;      /* the entry at hand refers to one that was told */
    GHashTable *levels; /* counted.c: what the entry before of a series told */
    GHashTable *tags;   /* inside of wrappers: what is remembered of each program; NULL: none yet */
    GString *tag;       /* whose memory is at hand */
    StampMemo memo;
    StampSurvey survey;
    bool surveyed;
    StampContext stamp;
    RawStamp last_raw;
    bool has_last_raw;
    CsvShape csv;
    bool csv_ready;
    Sequencer *sequencer;
    GHashTable *programs; /* inside of wrappers: those of which some line is read; NULL: not asked yet */
    GHashTable *census;   /* where a reading that only looks for these notes them; borrowed */
    bool census_failed;
    GHashTable *whys;      /* interned reasons of rejection made from words of the file */
    Instant previous_time; /* of the last accepted record, as stamped, in file order */
    struct {
        uint64_t count;
        ClockStep first[20];
    } steps[2];                     /* back, forward */
    QuietGap gaps[2][QUALITY_GAPS]; /* of each way of time, longest first */
    bool unordered;                 /* the format is not in the order of time */
    uint8_t word_state_length;
    char word_state[16];
    int word_state_code;
    size_t word_reason_length;
    char word_reason[128];
    Reason word_reason_code;
    uint64_t accepted, ignored, rejected;
    /* Detection */
    uint64_t limit;      /* entries to look at; 0: all */
    uint64_t blank;      /* of the ignored: headers and blank lines, which say nothing */
    uint64_t needs_seen; /* bits of parser->require, then refused_seen of refuse, optional_seen of optional */
    uint64_t refused_seen, optional_seen;
    uint64_t at_line; /* of the framer's */
    TakenLines taken;
    bool misfit;       /* the header is of another format */
    bool path_fits;    /* `file:` was found in the path */
    Span cut_document; /* a document longer than the head */
} Run;

/* Reads run->bytes from the start to the end: every entry through the rules. The caller has filled parser, mode,
 * defaults, file, sink, quality and bytes. False: run->failed. */
bool run_read(Run *run);
extern const char no_rule[], not_json[]; /* why an entry is rejected that no parser knows */
FrameKind run_frame_kind(const Run *run);
/* The framer that sees the bytes of the file: the run's, or that of its outermost wrapper. */
const Framer *run_framer(const Run *run);
/* An entry of any type, from the framer. */
void run_offer(Run *run, const Entry *entry);
/* Sets run->bytes: the reader (or, where it is NULL, the memory) below the wrappers of run->reading. */
void run_source(Run *run, Reader *reader, Span memory, bool partial);
/* The line of the file that a line of the framer comes from. */
uint64_t run_line(const Run *run, uint64_t line);
/* Scratch for a run; the caller fills the rest. */
void run_start(Run *run, const Parser *parser, RunMode mode);
void run_stop(Run *run);
/* Parser over memory with defaults of samples; for samples and fuzzing. quality may be NULL. */
bool run_memory(const Parser *parser, Span bytes, const Sink *sink, FileQuality *quality, GError **error);
bool run_memory_as(const Reading *reading, Span bytes, const Sink *sink, FileQuality *quality, GError **error);
/* The same with the path that the bytes would have as a file. */
bool run_memory_at(const Reading *reading, const char *path, Span bytes, const Sink *sink, FileQuality *quality,
                   GError **error);
/* A blank line or a header: ignored. */
void run_blank(Run *run);
void run_fail(Run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* prune.c: fits the rules of the run to the columns of this file and says where cells go. */
void run_prune(Run *run);
/* bid.c: has the entry all that the parser requires? */
bool run_has_needs(const Run *run);
/* bid.c: notes that the entry at hand was taken; read: as a record. */
void run_note_taken(Run *run, bool read);
/* reading.c: can the parser take lines that other parsers are offered too? */
bool reading_lines(const Parser *parser);
/* bid.c: notes which of the columns or paths that a parser needs are in the slots. */
void run_note_needs(Run *run);
/* Counts an entry. */
void run_accept(Run *run);
void run_ignore(Run *run);
void run_reject(Run *run, const Entry *entry, const char *why);
/* The time of a record that is accepted. */
void run_widen(Run *run, Instant time);
/* The time of a line that gave no record: states are known at least up to here. */
void run_dated(Run *run, Instant time);
/* The time of a record in the order of the file: steps of the clock, silences. */
void run_step(Run *run, uint64_t line, Instant time);
/* A record to the sink. */
void run_emit(Run *run, Record *record);
/* fields.c: the slots are filled: finds the rule, and accepts, ignores or rejects the entry. */
void run_entry(Run *run, const Entry *entry);
/* fields.c: the same for an entry whose times are known: starts and ends, a record a pair. */
void run_event(Run *run, const Entry *entry, const Instant *times, size_t count);
/* evidence.c: keys of formats that tell nothing; those of the file, and of a rule of it. */
bool evidence_compile(Parser *parser, const struct YamlNode *root, GError **error);
bool evidence_rule(const Parser *parser, Rule *rule, const struct YamlNode *node, GError **error);
/* A file that is one entry, known by its first bytes. */
void run_whole(Run *run);
/* resolve.c: a scanned time to an instant; surveys the file at the first time that needs it. False: run->failed. */
bool run_resolve(Run *run, const RawStamp *raw, Instant *out);
/* The same of the end of a maintenance or of a further record: on a copy, since it is no step of the file's own clock.
 */
bool run_resolve_aside(Run *run, const RawStamp *raw, Instant *out);
/* ical.c */
void run_ical(Run *run);
/* document.c: entries of one JSON value under `entries:` */
void run_document(Run *run, const Entry *unit);

/* programs.c: the entry at hand is of a program of which no parser reads any line, so it is no fault that none takes
 * it: counted so, by program. */
bool run_leaves_out(Run *run, const char *why);
/* A tag without the number of its process. */
Span program_name(Span tag);
/* Notes that a line of the program at hand is read. */
void run_note_program(Run *run);

/* run_file.c: the runs of the other parsers of a shared file. */
void run_start_others(Run *run, RunMode mode);
/* run_file.c: starts a second reading of what the run reads, from its first byte, by its first parser. False: it cannot
 * be opened again. *reader: NULL before, and where it reads memory; closed by the caller. */
bool run_again(const Run *run, RunMode mode, Run *second, Reader **reader, GError **error);
/* path.c: the captures of `file:`, where remembered ones are kept. */
void path_apply(Run *run);
/* day.c: puts a time whose date was told before on the day that its clock has come to. */
void day_follow(Run *run, const Rule *rule, RawStamp *raw);
/* Can the time of a rule be so put together? */
bool day_follows(const Rule *rule);

/* state.c: what the files before left; what this one leaves. */
void state_load(Run *run);
/* What was remembered is that of the program that the entry at hand comes from, by run->outer. */
void state_tag(Run *run);
void state_save(Run *run);

/* fields.c: frees what is held for a later record. */
void held_free(void *held);
/* recall.c */
void known_free(void *known);

/* ---- unwrap.c ---- */

/* Takes the lines out of `outer`, which it copies. top: the run that counts what is rejected. */
Unwrap *unwrap_new(const Parser *wrapper, const Bytes *outer, const Run *top);
void unwrap_free(Unwrap *unwrap);
/* As ds_reader_more. */
bool unwrap_more(Unwrap *unwrap, size_t used, Span *data);
/* What stood around that line of what came out; valid until the next unwrap_more. */
void unwrap_outer(const Unwrap *unwrap, uint64_t line, Outer *outer);
/* An entry of the wrapper (fields.c): `values` are those of its rule. */
void unwrap_entry(Unwrap *unwrap, const Rule *rule, const Entry *entry, const Values *values);
/* The wrapper's own reading, for its counts. */
const Run *unwrap_run(const Unwrap *unwrap);

/* ---- sequence.c ---- */

typedef enum {
    SEND_KNOWN,   /* the record's time is the sending */
    SEND_UNKNOWN, /* a failure that was told at some time after the sending */
    SEND_NEXT,    /* a failure told when the following number was sent */
} SendTime;

Sequencer *sequencer_new(int64_t modulo, void (*emit)(void *context, Record *record), void *context);
void sequencer_free(Sequencer *sequencer);
/* Records go elsewhere from here on. */
void sequencer_redirect(Sequencer *sequencer, void (*emit)(void *context, Record *record), void *context);
#define SEQUENCE_NEXT (-1) /* the number after the last one of its target */
/* A probe with its number. record->time: the sending where it is known, else the line's own time, `stamped`
 * (INSTANT_NONE: it tells none). A record whose time nothing tells is handed on with INSTANT_NONE. */
void sequencer_add(Sequencer *sequencer, const Record *record, int64_t number, SendTime sending, Instant stamped);
/* The tool was started anew: numbers begin again. */
void sequencer_restart(Sequencer *sequencer);
void sequencer_finish(Sequencer *sequencer);

#endif
