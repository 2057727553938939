/* The state of the parser of one CSV record, shared by csv_parser.c and csv_parser_multi.c (delimiters of several
 * characters). */
#ifndef WEIR_FORMATS_CSV_PARSER_PRIVATE_H
#define WEIR_FORMATS_CSV_PARSER_PRIVATE_H

#include "formats/csv_parser.h"

typedef struct Parser {
    const WeirCsvOptions *options;
    const WeirCsvLineEnd *line_end;
    WeirCsvTokens *tokens;
    const uint8_t *data;
    size_t at, length; /* `at`: behind `ch` */
    int ch, prev;
    int delimiter; /* 0 where it has several characters */
    int quote, escape, escape_escape, new_line;
    size_t value_start; /* in the scratch */
    int64_t units;      /* of the value so far, UTF-16, where maxCharsPerColumn counts */
    size_t match;       /* characters of a long delimiter seen */
    bool multi, until_delimiter, unescaped, trim, skipped, normalize, at_end;
    WeirCsvOutcome failure;
} Parser;

static inline int64_t weir_csv_unit(int c)
{
    return ((c & 0xc0) != 0x80) + (c >= 0xf0);
}

static inline int64_t weir_csv_units(const uint8_t *data, size_t length)
{
    int64_t units = 0;
    for (size_t i = 0; i < length; i++)
        units += weir_csv_unit(data[i]);
    return units;
}

/* The next character in `ch`; false at the end of the input, `ch` as it was. */
static inline bool weir_csv_next(Parser *parser)
{
    if (__builtin_expect(parser->at >= parser->length, 0)) {
        parser->at_end = true;
        return false;
    }
    int c = parser->data[parser->at++];
    const WeirCsvLineEnd *end = parser->line_end;
    if (c == end->first && parser->normalize &&
        (end->second == 0 || (parser->at < parser->length && parser->data[parser->at] == end->second))) {
        c = end->normalized;
        parser->at += end->second != 0;
    }
    parser->ch = c;
    return true;
}

static inline void weir_csv_append(Parser *parser, int c)
{
    if (parser->skipped)
        return;
    weir_buffer_append_char(&parser->tokens->scratch, (char)c);
    if (parser->options->chars_max >= 0) {
        parser->units += weir_csv_unit(c);
        if (parser->units > parser->options->chars_max)
            parser->failure = WEIR_CSV_LONG_VALUE;
    }
}

/* Forget what was appended behind `length`. */
static inline void weir_csv_take_back(Parser *parser, size_t length)
{
    WeirBuffer *scratch = &parser->tokens->scratch;
    if (parser->options->chars_max >= 0) {
        parser->units -= weir_csv_units((const uint8_t *)scratch->data + length, scratch->length - length);
        if (parser->failure == WEIR_CSV_LONG_VALUE && parser->units <= parser->options->chars_max)
            parser->failure = WEIR_CSV_RECORD;
    }
    scratch->length = length;
}

/* Appends from `ch` on up to one of three characters, which becomes `ch`. False: the input ended, `ch` as it was. */
bool weir_csv_append_until(Parser *parser, int stop, int other, int third);
bool weir_csv_skip_value(Parser *parser);
void weir_csv_prepend_quote(Parser *parser);
bool weir_csv_empty_parsed(Parser *parser);
bool weir_csv_value_parsed(Parser *parser);
bool weir_csv_quoted_value(Parser *parser);

/* csv_parser_multi.c */
bool weir_csv_parse_multi(Parser *parser);
bool weir_csv_match_delimiter(
    Parser *parser); /* at the delimiter: true, its last character is `ch`; else what matched is appended */
bool weir_csv_match_after_quote(Parser *parser); /* the same, and what matched in part is remembered */
void weir_csv_save_match(Parser *parser);
bool weir_csv_append_until_delimiter(Parser *parser);

#endif
