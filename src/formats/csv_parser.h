/* One CSV record to values, character by character, exactly as Spark's parser (univocity 2.9.1) takes quotes, escapes,
 * white space and the end of the input; what csv_splitter.c can't do in passing comes here. */
#ifndef WEIR_FORMATS_CSV_PARSER_H
#define WEIR_FORMATS_CSV_PARSER_H

#include "formats/csv_options.h"

typedef enum WeirCsvTokenKind {
    WEIR_CSV_TOKEN_NULL,  /* nothing stood there: the option nullValue */
    WEIR_CSV_TOKEN_EMPTY, /* an empty quoted value: the option emptyValue */
    WEIR_CSV_TOKEN_TEXT,  /* bytes of the input */
    WEIR_CSV_TOKEN_BUILT  /* bytes of `scratch`: gone with the next record */
} WeirCsvTokenKind;

typedef struct WeirCsvToken {
    const uint8_t *data;
    uint32_t length;
    WeirCsvTokenKind kind;
} WeirCsvToken;

/* The values of one record; reused from record to record. */
typedef struct WeirCsvTokens {
    WeirCsvToken *items;
    uint32_t count, capacity;
    WeirBuffer scratch;
} WeirCsvTokens;

typedef enum WeirCsvOutcome {
    WEIR_CSV_RECORD,
    WEIR_CSV_NO_RECORD,    /* an empty line */
    WEIR_CSV_LONG_VALUE,   /* over maxCharsPerColumn */
    WEIR_CSV_MANY_COLUMNS, /* over maxColumns */
    WEIR_CSV_STRAY_QUOTE,  /* RAISE_ERROR */
    WEIR_CSV_NO_MEMORY
} WeirCsvOutcome;

/* Line ends inside the input (multiLine): `first`, or `first` and `second`. */
typedef struct WeirCsvLineEnd {
    uint8_t first, second; /* second 0: one byte */
    uint8_t normalized;    /* what the parser sees instead: \n, or the one character of the option lineSep */
    bool normalize_quoted;
} WeirCsvLineEnd;

void weir_csv_tokens_init(WeirCsvTokens *tokens, WeirMemoryTracker *tracker);
void weir_csv_tokens_deinit(WeirCsvTokens *tokens);
WeirCsvToken *weir_csv_tokens_grow(WeirCsvTokens *tokens);
static inline void weir_csv_tokens_add(WeirCsvTokens *tokens, const uint8_t *data, size_t length, WeirCsvTokenKind kind)
{
    WeirCsvToken *token = __builtin_expect(tokens->count < tokens->capacity, 1) ? &tokens->items[tokens->count]
                                                                                : weir_csv_tokens_grow(tokens);
    token->data = data;
    token->length = (uint32_t)length;
    token->kind = kind;
    tokens->count++;
}

/* The record at the start of `data` (length < 2 GiB). `*consumed`: its bytes with the line end. */
WeirCsvOutcome weir_csv_parse(const WeirCsvOptions *options, const WeirCsvLineEnd *line_end, const uint8_t *data,
                              size_t length, size_t *consumed, WeirCsvTokens *tokens);

#endif
