/* Records whose delimiter has several characters: as in the original it is matched in one pass, without going back.
 * Also the small steps that both kinds of parser share. */
#include "formats/csv_parser_private.h"

bool weir_csv_append_until(Parser *parser, int stop, int other, int third)
{
    int first = parser->ch;
    while (parser->ch != stop && parser->ch != other && parser->ch != third) {
        weir_csv_append(parser, parser->ch);
        if (!weir_csv_next(parser)) {
            parser->ch = first;
            return false;
        }
    }
    return true;
}

/* SKIP_VALUE: the value is null, the rest of it is passed over. */
bool weir_csv_skip_value(Parser *parser)
{
    weir_csv_take_back(parser, parser->value_start);
    parser->skipped = true;
    if (!parser->multi)
        return weir_csv_append_until(parser, parser->delimiter, parser->new_line, parser->new_line);
    const WeirCsvOptions *options = parser->options;
    while (parser->match < options->delimiter_length && parser->ch != parser->new_line) {
        parser->match = options->delimiter[parser->match] == parser->ch ? parser->match + 1 : 0;
        if (!weir_csv_next(parser))
            return false;
    }
    return true;
}

void weir_csv_prepend_quote(Parser *parser)
{
    WeirBuffer *scratch = &parser->tokens->scratch;
    weir_csv_append(parser, parser->quote);
    if (scratch->failed || parser->skipped)
        return;
    char *value = scratch->data + parser->value_start;
    memmove(value + 1, value, scratch->length - parser->value_start - 1);
    value[0] = (char)parser->quote;
}

void weir_csv_save_match(Parser *parser)
{
    if (parser->match < parser->options->delimiter_length)
        for (size_t i = 0; i < parser->match; i++)
            weir_csv_append(parser, parser->options->delimiter[i]);
    parser->match = 0;
}

bool weir_csv_match_after_quote(Parser *parser)
{
    const WeirCsvOptions *options = parser->options;
    while (parser->match < options->delimiter_length && parser->ch == options->delimiter[parser->match]) {
        if (++parser->match == options->delimiter_length)
            break;
        if (!weir_csv_next(parser))
            return false;
    }
    if (parser->match != options->delimiter_length)
        return false;
    parser->match = 0;
    return true;
}

bool weir_csv_match_delimiter(Parser *parser)
{
    if (weir_csv_match_after_quote(parser))
        return true;
    if (!parser->at_end)
        weir_csv_save_match(parser);
    return false;
}

bool weir_csv_append_until_delimiter(Parser *parser)
{
    const WeirCsvOptions *options = parser->options;
    while (parser->match < options->delimiter_length && parser->ch != parser->new_line) {
        if (options->delimiter[parser->match] == parser->ch) {
            if (++parser->match == options->delimiter_length)
                break;
        } else {
            if (parser->match > 0) {
                weir_csv_save_match(parser);
                continue;
            }
            weir_csv_append(parser, parser->ch);
        }
        if (!weir_csv_next(parser))
            return false;
    }
    weir_csv_save_match(parser);
    return true;
}

static bool skip_blanks(Parser *parser)
{
    const WeirCsvOptions *options = parser->options;
    while (parser->ch <= ' ' && parser->match < options->delimiter_length && parser->ch != parser->new_line &&
           parser->ch != parser->quote) {
        if (!weir_csv_next(parser))
            return false;
        if (options->delimiter[parser->match] == parser->ch && weir_csv_match_delimiter(parser) &&
            (!weir_csv_empty_parsed(parser) || !weir_csv_next(parser)))
            return false;
        if (parser->at_end)
            return false;
    }
    weir_csv_save_match(parser);
    return true;
}

static bool value(Parser *parser)
{
    parser->unescaped = false;
    parser->prev = 0;
    if (parser->ch == parser->quote && parser->tokens->scratch.length == parser->value_start) {
        parser->normalize = parser->line_end->normalize_quoted;
        parser->trim = false;
        if (!weir_csv_quoted_value(parser))
            return false;
        parser->normalize = true;
        bool moved = parser->unescaped && parser->options->quote_handling == WEIR_CSV_BACK_TO_DELIMITER;
        return (moved && parser->tokens->scratch.length == parser->value_start) || weir_csv_value_parsed(parser);
    }
    if (!weir_csv_append_until_delimiter(parser))
        return false;
    bool trim = parser->trim;
    parser->trim = parser->options->ignore_trailing || trim;
    bool parsed = weir_csv_value_parsed(parser);
    parser->trim = trim;
    return parsed;
}

bool weir_csv_parse_multi(Parser *parser)
{
    if (parser->ch <= ' ' && parser->options->ignore_leading &&
        !skip_blanks(parser)) /* a line of blanks has no value at all */
        return false;
    while (parser->ch != parser->new_line) {
        if (parser->ch <= ' ' && parser->options->ignore_leading && !skip_blanks(parser))
            return false;
        if (parser->ch == parser->new_line || weir_csv_match_delimiter(parser)) {
            if (!weir_csv_empty_parsed(parser))
                return false;
        } else if (parser->at_end || !value(parser)) {
            return false;
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
