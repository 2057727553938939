/* See csv_parser.h. The shape is that of the original, since its answers for odd input follow from it: `ch` is the
 * character at hand, `prev` the one before where that matters, and running out of input leaves everything at once
 * (functions return false) to end_of_input. What was recursion there is a loop here: the input decides its depth. */
#include "formats/csv_parser_private.h"
#include "formats/csv_row.h"

void weir_csv_tokens_init(WeirCsvTokens *tokens, WeirMemoryTracker *tracker)
{
    *tokens = (WeirCsvTokens){0};
    weir_buffer_init(&tokens->scratch, 0, tracker);
}

void weir_csv_tokens_deinit(WeirCsvTokens *tokens)
{
    weir_free(tokens->items);
    weir_buffer_deinit(&tokens->scratch);
}

WeirCsvToken *weir_csv_tokens_grow(WeirCsvTokens *tokens)
{
    tokens->capacity = tokens->capacity == 0 ? 64 : tokens->capacity * 2;
    tokens->items = weir_realloc(tokens->items, tokens->capacity * sizeof(WeirCsvToken));
    return &tokens->items[tokens->count];
}

/* ---- values ---- */

static bool column_ready(Parser *parser)
{
    if (parser->tokens->count < parser->options->columns_max)
        return true;
    parser->failure = WEIR_CSV_MANY_COLUMNS;
    return false;
}

bool weir_csv_empty_parsed(Parser *parser)
{
    if (!column_ready(parser))
        return false;
    weir_csv_tokens_add(parser->tokens, NULL, 0, WEIR_CSV_TOKEN_NULL);
    return true;
}

/* What was appended is the value. Its place in the scratch is kept as an offset until the record is done: the scratch
 * may still move. */
bool weir_csv_value_parsed(Parser *parser)
{
    WeirBuffer *scratch = &parser->tokens->scratch;
    size_t length = scratch->length - parser->value_start;
    if (parser->trim)
        while (length > 0 && (uint8_t)scratch->data[parser->value_start + length - 1] <= ' ')
            length--;
    if (!column_ready(parser))
        return false;
    if (parser->skipped)
        weir_csv_tokens_add(parser->tokens, NULL, 0, WEIR_CSV_TOKEN_NULL);
    else if (length == 0)
        weir_csv_tokens_add(parser->tokens, NULL, 0, WEIR_CSV_TOKEN_EMPTY);
    else
        weir_csv_tokens_add(parser->tokens, (const uint8_t *)(uintptr_t)parser->value_start, length,
                            WEIR_CSV_TOKEN_BUILT);
    parser->skipped = false;
    parser->units = 0;
    parser->value_start = scratch->length;
    return true;
}

/* Unquoted text up to a delimiter or line end that was seen: all blank is nothing, while at the end of the input it is
 * an empty value. */
static bool plain_parsed(Parser *parser, const uint8_t *data, size_t length)
{
    if (parser->trim)
        while (length > 0 && data[length - 1] <= ' ')
            length--;
    if (!column_ready(parser))
        return false;
    weir_csv_tokens_add(parser->tokens, data, length, length == 0 ? WEIR_CSV_TOKEN_NULL : WEIR_CSV_TOKEN_TEXT);
    return true;
}

/* ---- quoted values ---- */

typedef enum Step { STEP_DONE, STEP_VALUE, STEP_END } Step;

/* A quote inside a value that does not end it. STEP_VALUE: go on as in an unquoted value with escapes. */
static Step stray_quote_in_value(Parser *parser)
{
    switch (parser->options->quote_handling) {
    case WEIR_CSV_SKIP_VALUE:
        return weir_csv_skip_value(parser) ? STEP_DONE : STEP_END;
    case WEIR_CSV_RAISE_ERROR:
        parser->failure = WEIR_CSV_STRAY_QUOTE;
        return STEP_END;
    default:
        weir_csv_append(parser, parser->quote);
        parser->prev = parser->ch;
        return STEP_VALUE;
    }
}

static Step quote_or_escape(Parser *parser)
{
    int ch = parser->ch, prev = parser->prev;
    if (ch == parser->escape && prev == parser->escape_escape && parser->escape_escape != 0) {
        weir_csv_append(parser, parser->escape);
        parser->ch = 0;
    } else if (prev == parser->escape) {
        if (ch == parser->quote) {
            weir_csv_append(parser, parser->quote);
            parser->ch = 0;
        } else {
            weir_csv_append(parser, prev);
        }
    } else if (ch == parser->quote && prev == parser->quote) {
        weir_csv_append(parser, parser->quote);
    } else if (prev == parser->quote) {
        return stray_quote_in_value(parser);
    }
    return STEP_DONE;
}

/* Up to the delimiter or line end, escapes resolved. Each stray quote in front of an escape begins a value inside the
 * value, and its end swallows the delimiter: `depth` counts them. */
static bool value_with_escapes(Parser *parser)
{
    for (uint32_t depth = 0;;) {
        if (parser->ch == parser->delimiter || parser->ch == parser->new_line) {
            if (depth-- == 0)
                return true;
        } else if (parser->ch != parser->quote && parser->ch != parser->escape) {
            if (parser->prev == parser->quote) {
                Step step = stray_quote_in_value(parser);
                if (step == STEP_END)
                    return false;
                continue;
            }
            weir_csv_append(parser, parser->ch);
        } else {
            Step step = quote_or_escape(parser);
            if (step == STEP_END)
                return false;
            if (step == STEP_VALUE) {
                depth++;
                continue;
            }
        }
        parser->prev = parser->ch;
        if (!weir_csv_next(parser))
            return false;
    }
}

/* BACK_TO_DELIMITER: what looked like one quoted value is several; those before the last delimiter are done. */
static bool back_to_delimiter(Parser *parser)
{
    WeirBuffer *scratch = &parser->tokens->scratch;
    const WeirCsvOptions *options = parser->options;
    for (;;) {
        size_t length = scratch->length - parser->value_start;
        if (length == 0) /* `scratch` may have no memory yet. */
            return true;
        const char *value = scratch->data + parser->value_start;
        const char *found = memmem(value, length, options->delimiter, options->delimiter_length);
        if (found == NULL)
            return true;
        if (!column_ready(parser))
            return false;
        weir_csv_tokens_add(parser->tokens, (const uint8_t *)(uintptr_t)parser->value_start, (size_t)(found - value),
                            WEIR_CSV_TOKEN_BUILT);
        parser->value_start = (size_t)(found - scratch->data) + options->delimiter_length;
    }
}

/* Content behind a closing quote. STEP_VALUE: the quoted value goes on. */
static Step stray_quote(Parser *parser)
{
    parser->unescaped = true;
    switch (parser->options->quote_handling) {
    case WEIR_CSV_BACK_TO_DELIMITER:
        if (!back_to_delimiter(parser))
            return STEP_END;
        weir_csv_append(parser, parser->ch);
        parser->prev = 0;
        return STEP_VALUE;
    case WEIR_CSV_STOP_AT_CLOSING_QUOTE:
    case WEIR_CSV_STOP_AT_DELIMITER:
        weir_csv_append(parser, parser->quote);
        weir_csv_append(parser, parser->ch);
        parser->prev = parser->ch;
        return STEP_VALUE;
    default:
        return stray_quote_in_value(parser);
    }
}

/* One turn inside the quotes. */
static Step quoted_step(Parser *parser)
{
    if (parser->ch != parser->quote && parser->ch != parser->escape) {
        if (parser->prev == parser->quote) {
            Step step = stray_quote(parser);
            return step == STEP_DONE ? STEP_END : step; /* SKIP_VALUE: the value is over */
        }
        if (parser->prev == parser->escape && parser->escape != 0)
            weir_csv_append(parser, parser->escape);
        if (!weir_csv_append_until(parser, parser->quote, parser->escape, parser->escape_escape))
            return STEP_END;
    } else {
        Step step = quote_or_escape(parser);
        if (step == STEP_END || (step == STEP_VALUE && !value_with_escapes(parser)))
            return STEP_END;
    }
    parser->prev = parser->ch;
    return weir_csv_next(parser) ? STEP_DONE : STEP_END;
}

/* Blanks behind the closing quote. STEP_VALUE: more than blanks follow, they are part of the value. */
static Step blanks_after_quote(Parser *parser)
{
    size_t from = parser->tokens->scratch.length;
    weir_csv_append(parser, parser->quote); /* taken back if nothing follows */
    do {
        weir_csv_append(parser, parser->ch);
        if (!weir_csv_next(parser) || parser->ch == parser->new_line) {
            weir_csv_take_back(parser, from);
            return parser->ch == parser->new_line && !parser->at_end ? STEP_DONE : STEP_END;
        }
        if (parser->multi && weir_csv_match_after_quote(parser)) {
            weir_csv_take_back(parser, from);
            return STEP_DONE;
        }
    } while (parser->ch <= ' ' && parser->ch != parser->delimiter);
    if ((!parser->multi && parser->ch == parser->delimiter) ||
        parser->options->quote_handling == WEIR_CSV_RAISE_ERROR) {
        weir_csv_take_back(parser, from);
        return STEP_DONE;
    }
    if (parser->until_delimiter || (parser->ch != parser->quote && parser->ch != parser->escape))
        weir_csv_append(parser, parser->ch);
    parser->prev = parser->ch;
    return STEP_VALUE;
}

/* Unescaped quotes up to the delimiter: the whole field is the value, its opening quote too. */
static bool until_delimiter(Parser *parser, bool multi)
{
    if (parser->options->quote_handling == WEIR_CSV_SKIP_VALUE)
        return weir_csv_skip_value(parser);
    weir_csv_prepend_quote(parser);
    if (!weir_csv_next(parser))
        return false;
    parser->trim = parser->options->ignore_trailing;
    return multi ? weir_csv_append_until_delimiter(parser)
                 : weir_csv_append_until(parser, parser->delimiter, parser->new_line, parser->new_line);
}

/* At the opening quote; stops at the delimiter or line end. False: the input ended. */
bool weir_csv_quoted_value(Parser *parser)
{
    bool multi = parser->multi;
    for (;;) {
        if (parser->prev != 0 && parser->until_delimiter)
            return until_delimiter(parser, multi);
        if (!weir_csv_next(parser))
            return false;
        Step step = STEP_DONE;
        while (step == STEP_DONE) {
            if (parser->prev == parser->quote &&
                (parser->ch <= ' ' || parser->ch == parser->new_line || (!multi && parser->ch == parser->delimiter)))
                break;
            if (multi && parser->prev == parser->quote && weir_csv_match_delimiter(parser))
                return true;
            step = quoted_step(parser);
            if (step == STEP_DONE && parser->unescaped &&
                (parser->ch == parser->new_line || (!multi && parser->ch == parser->delimiter)))
                return true;
        }
        if (step == STEP_END)
            return parser->skipped && !parser->at_end && parser->failure == WEIR_CSV_RECORD;
        if (step == STEP_VALUE)
            continue;
        if (parser->ch == parser->new_line || parser->ch > ' ' || (!multi && parser->ch == parser->delimiter))
            break;
        if (multi && weir_csv_match_after_quote(parser))
            return true;
        step = blanks_after_quote(parser);
        if (step == STEP_END)
            return false;
        if (step == STEP_DONE)
            break;
        multi = false; /* as the original: the rest of such a value knows no long delimiter */
    }
    if (multi || parser->multi || parser->ch == parser->delimiter || parser->ch == parser->new_line)
        return true;
    parser->failure = WEIR_CSV_STRAY_QUOTE;
    return false;
}

/* ---- records ---- */

static bool skip_blanks(Parser *parser)
{
    int first = parser->ch;
    while (parser->ch <= ' ' && parser->ch != parser->delimiter && parser->ch != parser->new_line &&
           parser->ch != parser->quote) {
        if (!weir_csv_next(parser)) {
            parser->ch = first;
            return false;
        }
    }
    return true;
}

static bool plain_value(Parser *parser)
{
    const WeirCsvLineEnd *end = parser->line_end;
    const uint8_t *start = parser->data + parser->at - 1, *limit = parser->data + parser->length, *stop = start;
    parser->trim = parser->options->ignore_trailing;
    while (stop < limit && *stop != parser->delimiter &&
           !(*stop == end->first && (end->second == 0 || (stop + 1 < limit && stop[1] == end->second))))
        stop++;
    int64_t chars_max = parser->options->chars_max;
    if (stop == limit || (chars_max >= 0 && weir_csv_units(start, (size_t)(stop - start)) > chars_max))
        return weir_csv_append_until(parser, parser->delimiter, parser->new_line, parser->new_line) &&
               weir_csv_value_parsed(parser);
    if (!plain_parsed(parser, start, (size_t)(stop - start)))
        return false;
    parser->at = (size_t)(stop - parser->data);
    return weir_csv_next(parser);
}

static bool parse_record(Parser *parser)
{
    bool ignore_leading = parser->options->ignore_leading;
    if (parser->ch <= ' ' && ignore_leading && !skip_blanks(parser)) /* a line of blanks has no value at all */
        return false;
    while (parser->ch != parser->new_line) {
        if (parser->ch <= ' ' && ignore_leading && !skip_blanks(parser))
            return false;
        if (parser->ch == parser->new_line || parser->ch == parser->delimiter) {
            if (!weir_csv_empty_parsed(parser))
                return false;
        } else {
            parser->unescaped = false;
            parser->prev = 0;
            if (parser->ch == parser->quote) {
                parser->normalize = parser->line_end->normalize_quoted;
                parser->trim = false;
                if (!weir_csv_quoted_value(parser))
                    return false;
                parser->normalize = true;
                bool moved = parser->unescaped && parser->options->quote_handling == WEIR_CSV_BACK_TO_DELIMITER;
                if (!(moved && parser->tokens->scratch.length == parser->value_start) && !weir_csv_value_parsed(parser))
                    return false;
            } else if (!plain_value(parser)) {
                return false;
            }
        }
        if (parser->ch != parser->new_line) {
            if (!weir_csv_next(parser))
                return false;
            if (parser->ch == parser->new_line && !weir_csv_empty_parsed(parser))
                return false;
        }
    }
    return true;
}

/* The last value of an input without a line end. */
static bool end_of_input(Parser *parser)
{
    int comment = parser->options->comment == 0 ? '#' : parser->options->comment;
    bool in_value;
    if (parser->ch == parser->quote && parser->prev == parser->quote) {
        in_value = true;
    } else {
        if (parser->ch == parser->quote && !parser->unescaped)
            weir_csv_append(parser, parser->quote);
        in_value = parser->prev != 0 && parser->ch != parser->delimiter && parser->ch != parser->new_line &&
                   parser->ch != comment;
        if (parser->match > 0) {
            weir_csv_save_match(parser);
            in_value = true;
        }
    }
    bool appended = parser->tokens->scratch.length > parser->value_start;
    if (appended || (in_value && !(parser->tokens->count == 0 && parser->at == 0)))
        return weir_csv_value_parsed(parser);
    return parser->at == 0 || weir_csv_empty_parsed(parser);
}

WeirCsvOutcome weir_csv_parse(const WeirCsvOptions *options, const WeirCsvLineEnd *line_end, const uint8_t *data,
                              size_t length, size_t *consumed, WeirCsvTokens *tokens)
{
    Parser parser = {
        .options = options,
        .line_end = line_end,
        .tokens = tokens,
        .data = data,
        .length = length,
        .normalize = true,
        .multi = options->delimiter_length > 1,
        .until_delimiter = options->quote_handling == WEIR_CSV_STOP_AT_DELIMITER ||
                           options->quote_handling == WEIR_CSV_SKIP_VALUE ||
                           options->quote_handling == WEIR_CSV_BACK_TO_DELIMITER,
        .delimiter = options->delimiter_length > 1 ? 0 : options->delimiter[0],
        .quote = options->quote,
        .escape = options->escape,
        .escape_escape = options->escape_escape,
        .new_line = line_end->normalized,
        .failure = WEIR_CSV_RECORD,
    };
    tokens->count = 0;
    weir_buffer_clear(&tokens->scratch);
    bool whole = weir_csv_next(&parser) && (parser.multi ? weir_csv_parse_multi(&parser) : parse_record(&parser));
    if (!whole && parser.failure == WEIR_CSV_RECORD && length > 0)
        (void)end_of_input(&parser);
    *consumed = parser.at;
    if (parser.failure != WEIR_CSV_RECORD)
        return parser.failure;
    if (tokens->scratch.failed)
        return WEIR_CSV_NO_MEMORY;
    for (uint32_t i = 0; i < tokens->count; i++)
        if (tokens->items[i].kind == WEIR_CSV_TOKEN_BUILT)
            tokens->items[i].data = (const uint8_t *)tokens->scratch.data + (uintptr_t)tokens->items[i].data;
    return tokens->count > 0 ? WEIR_CSV_RECORD : WEIR_CSV_NO_RECORD;
}

WeirCsvOutcome weir_csv_parse_text(const WeirCsvOptions *options, const uint8_t *data, size_t length,
                                   WeirCsvTokens *tokens)
{
    static const WeirCsvLineEnd none = {0};
    size_t consumed;
    tokens->count = 0;
    if (length == 0 || (options->comment != 0 && data[0] == options->comment))
        return WEIR_CSV_NO_RECORD;
    return weir_csv_parse(options, &none, data, length, &consumed, tokens);
}
