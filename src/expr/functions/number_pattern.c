/* Number formats: the check of a format, reading a text by it, writing a decimal by it. */
#include "expr/functions/number_pattern.h"

#include <string.h>

#include "expr/kernels/decimal.h"
#include "expr/kernels/utf8.h"
#include "expr/unicode.h"

/* ---- the format */

typedef struct Parser {
    WeirArena *arena;
    WeirNumberToken *tokens;
    WeirDigitGroup *groups;
    uint32_t token_count, group_count;
    const char *text;
} Parser;

static bool is_digit_sign(char c)
{
    return c == '0' || c == '9' || c == ',';
}

/* A run of 0, 9 and separators; separators without digits beside them leave empty groups. */
static size_t take_digits(Parser *parser, const char *text, bool behind_point)
{
    WeirNumberToken *token = &parser->tokens[parser->token_count++];
    token->kind = WEIR_NUMBER_DIGITS;
    token->first_group = parser->group_count;
    size_t at = 0;
    do {
        WeirDigitGroup *group = &parser->groups[parser->group_count++];
        group->exact = text[at] == '0' && !behind_point;
        for (group->count = 0; text[at] == '0' || text[at] == '9'; at++)
            group->count++;
    } while (text[at] == ',' && (at++, true));
    token->group_count = parser->group_count - token->first_group;
    return at;
}

static void cut(Parser *parser)
{
    bool behind_point = false;
    for (size_t at = 0; parser->text[at] != '\0';) {
        const char *text = parser->text + at;
        if (is_digit_sign(text[0])) {
            at += take_digits(parser, text, behind_point);
            continue;
        }
        WeirNumberToken *token = &parser->tokens[parser->token_count++];
        bool pair = (text[0] == 'M' && text[1] == 'I') || (text[0] == 'P' && text[1] == 'R');
        size_t next = 0;
        token->kind = pair             ? (text[0] == 'M' ? WEIR_NUMBER_MINUS : WEIR_NUMBER_CLOSE)
                      : text[0] == 'S' ? WEIR_NUMBER_SIGN
                      : text[0] == '$' ? WEIR_NUMBER_DOLLAR
                      : text[0] == '.' ? WEIR_NUMBER_POINT
                                       : WEIR_NUMBER_OTHER;
        token->character = weir_utf8_next((const uint8_t *)text, strlen(text), &next);
        behind_point = behind_point || token->kind == WEIR_NUMBER_POINT;
        at += pair ? 2 : next;
    }
}

/* Index of the first token of a kind; the count of tokens when there is none. */
static uint32_t find_token(const Parser *parser, WeirNumberTokenKind kind)
{
    uint32_t i = 0;
    while (i < parser->token_count && parser->tokens[i].kind != kind)
        i++;
    return i;
}

static uint32_t count_tokens(const Parser *parser, WeirNumberTokenKind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < parser->token_count; i++)
        count += parser->tokens[i].kind == kind;
    return count;
}

static WeirStatus check_order(const Parser *parser, WeirError *error)
{
    static const WeirNumberTokenKind places[7][2] = {
        {WEIR_NUMBER_SIGN, WEIR_NUMBER_MINUS},    {WEIR_NUMBER_DOLLAR, WEIR_NUMBER_DOLLAR},
        {WEIR_NUMBER_DIGITS, WEIR_NUMBER_DIGITS}, {WEIR_NUMBER_POINT, WEIR_NUMBER_POINT},
        {WEIR_NUMBER_DIGITS, WEIR_NUMBER_DIGITS}, {WEIR_NUMBER_DOLLAR, WEIR_NUMBER_DOLLAR},
        {WEIR_NUMBER_SIGN, WEIR_NUMBER_MINUS}};
    uint32_t at = 0;
    for (int place = 0; place < 7 && at < parser->token_count; place++) {
        WeirNumberTokenKind kind = parser->tokens[at].kind;
        at += kind == places[place][0] || kind == places[place][1] || (place == 6 && kind == WEIR_NUMBER_CLOSE);
    }
    if (at == parser->token_count)
        return WEIR_OK;
    const WeirNumberToken *token = &parser->tokens[at];
    static const char *const names[] = {"S", "MI", "", "$", "a digit sequence", "the point", "PR"};
    uint8_t character[16] = "";
    if (token->kind == WEIR_NUMBER_OTHER)
        weir_utf8_put(token->character, character);
    return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_UNEXPECTED_TOKEN, "format", parser->text, "token",
                          token->kind == WEIR_NUMBER_OTHER ? (const char *)character : names[token->kind]);
}

/* Separators need digits at both sides, and stand before the point. */
static WeirStatus check_groups(const Parser *parser, WeirError *error)
{
    uint32_t point = find_token(parser, WEIR_NUMBER_POINT);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = pass == 0 ? 0 : point; i < (pass == 0 ? point : parser->token_count); i++) {
            const WeirNumberToken *token = &parser->tokens[i];
            if (token->kind != WEIR_NUMBER_DIGITS || token->group_count == 1)
                continue;
            if (pass == 1)
                return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_THOUSANDS_SEPS_MUST_BEFORE_DEC, "format",
                                      parser->text);
            for (uint32_t g = 0; g < token->group_count; g++)
                if (parser->groups[token->first_group + g].count == 0)
                    return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_CONT_THOUSANDS_SEPS, "format", parser->text);
        }
    return WEIR_OK;
}

static WeirStatus check(const Parser *parser, WeirError *error)
{
    uint32_t digits = find_token(parser, WEIR_NUMBER_DIGITS), dollar = find_token(parser, WEIR_NUMBER_DOLLAR);
    if (digits == parser->token_count)
        return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_WRONG_NUM_DIGIT, "format", parser->text);
    if (dollar < parser->token_count && dollar > digits)
        return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_CUR_MUST_BEFORE_DIGIT, "format", parser->text);
    if (dollar < parser->token_count && dollar > find_token(parser, WEIR_NUMBER_POINT))
        return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_CUR_MUST_BEFORE_DEC, "format", parser->text);
    WEIR_TRY(check_groups(parser, error));
    static const struct {
        WeirNumberTokenKind kind;
        const char *name;
    } single[] = {{WEIR_NUMBER_POINT, "the point (. or D)"},
                  {WEIR_NUMBER_SIGN, "S"},
                  {WEIR_NUMBER_DOLLAR, "$"},
                  {WEIR_NUMBER_MINUS, "MI"},
                  {WEIR_NUMBER_CLOSE, "PR"}};
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
        if (count_tokens(parser, single[i].kind) > 1)
            return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_WRONG_NUM_TOKEN, "format", parser->text, "token",
                                  single[i].name);
    return check_order(parser, error);
}

WeirStatus weir_number_pattern_parse(WeirArena *arena, const uint8_t *text, size_t length,
                                     const WeirNumberPattern **out, WeirError *error)
{
    if (length == 0)
        return weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_EMPTY, "format", "''");
    char *shown = weir_arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++) {
        char c = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
        shown[i] = c == 'G' ? ',' : c == 'D' ? '.' : c == '\0' ? ' ' : c;
    }
    shown[length] = '\0';
    Parser parser = {.arena = arena,
                     .tokens = WEIR_ARENA_ARRAY(arena, WeirNumberToken, length + 1),
                     .groups = WEIR_ARENA_ARRAY(arena, WeirDigitGroup, length + 1),
                     .text = shown};
    cut(&parser);
    WEIR_TRY(check(&parser, error));
    if (parser.tokens[parser.token_count - 1].kind == WEIR_NUMBER_CLOSE) {
        memmove(parser.tokens + 1, parser.tokens, parser.token_count * sizeof(*parser.tokens));
        parser.tokens[0] = (WeirNumberToken){.kind = WEIR_NUMBER_OPEN};
        parser.token_count++;
    }
    WeirNumberPattern *pattern = WEIR_ARENA_ARRAY(arena, WeirNumberPattern, 1);
    pattern->text = shown;
    pattern->tokens = parser.tokens;
    pattern->token_count = parser.token_count;
    pattern->groups = parser.groups;
    bool behind = false;
    for (uint32_t i = 0; i < parser.token_count; i++) {
        behind = behind || parser.tokens[i].kind == WEIR_NUMBER_POINT;
        for (uint32_t g = 0; parser.tokens[i].kind == WEIR_NUMBER_DIGITS && g < parser.tokens[i].group_count; g++)
            *(behind ? &pattern->fraction_digits : &pattern->whole_digits) +=
                parser.groups[parser.tokens[i].first_group + g].count;
    }
    *out = pattern;
    return WEIR_OK;
}

/* ---- reading */

typedef struct Reader {
    const WeirNumberPattern *pattern;
    const uint8_t *text;
    size_t length, at;
    WeirInt128 value;
    uint32_t digits, fraction;
    bool behind_point, negative, opened;
} Reader;

static bool next_is(Reader *reader, char c)
{
    if (reader->at >= reader->length || reader->text[reader->at] != (uint8_t)c)
        return false;
    reader->at++;
    return true;
}

/* Groups of the text are held against those of the format from the right. More digits than a format may have never
 * fit, so the value can't overflow unnoticed: its digits are counted. */
static bool read_digits(Reader *reader, const WeirNumberToken *token)
{
    uint32_t sizes[40], count = 0, size = 0;
    while (reader->at < reader->length) {
        size_t next = reader->at;
        uint32_t c = weir_utf8_next(reader->text, reader->length, &next);
        int digit = c < 0x10000 ? weir_unicode_digit(c) : -1;
        if (digit >= 0) {
            if (++reader->digits > 38)
                return false;
            size++;
            reader->fraction += reader->behind_point;
            reader->value = reader->value * 10 + digit;
        } else if (c == ',') {
            if (count == sizeof(sizes) / sizeof(sizes[0]) - 1)
                return false;
            sizes[count++] = size;
            size = 0;
        } else if (!weir_unicode_is_java_whitespace(c)) {
            break;
        }
        reader->at = next;
    }
    sizes[count++] = size;
    if (count > token->group_count)
        return false;
    for (uint32_t i = 0; i < token->group_count; i++) {
        const WeirDigitGroup *group = &reader->pattern->groups[token->first_group + token->group_count - 1 - i];
        uint32_t have = i < count ? sizes[count - 1 - i] : 0;
        if (group->exact ? have != group->count : have > group->count)
            return false;
    }
    return true;
}

static bool read_token(Reader *reader, const WeirNumberToken *token)
{
    switch (token->kind) {
    case WEIR_NUMBER_DIGITS:
        return read_digits(reader, token);
    case WEIR_NUMBER_POINT:
        reader->behind_point = next_is(reader, '.');
        return true;
    case WEIR_NUMBER_DOLLAR:
        return next_is(reader, '$');
    case WEIR_NUMBER_SIGN:
        if (!next_is(reader, '+'))
            reader->negative ^= next_is(reader, '-');
        return true;
    case WEIR_NUMBER_MINUS:
        reader->negative ^= next_is(reader, '-');
        return true;
    case WEIR_NUMBER_OPEN:
        reader->opened = next_is(reader, '<');
        return true;
    case WEIR_NUMBER_CLOSE:
        if (next_is(reader, '>') != reader->opened)
            return false;
        reader->negative = reader->opened != reader->negative;
        return true;
    default:
        return false;
    }
}

bool weir_number_pattern_read(const WeirNumberPattern *pattern, const uint8_t *text, size_t length, WeirInt128 *value)
{
    Reader reader = {.pattern = pattern, .text = text, .length = length};
    for (uint32_t i = 0; i < pattern->token_count; i++)
        if (!read_token(&reader, &pattern->tokens[i]))
            return false;
    if (reader.at < length || reader.digits == 0)
        return false;
    WeirInt128 number = reader.value * weir_power_of_ten((int)(pattern->fraction_digits - reader.fraction));
    *value = reader.negative ? -number : number;
    return true;
}

/* ---- writing */

typedef struct Writer {
    uint8_t *out;
    uint32_t length;
} Writer;

static void put(Writer *writer, char c)
{
    writer->out[writer->length++] = (uint8_t)c;
}
static char last(const Writer *writer)
{
    return writer->length == 0 ? '\0' : (char)writer->out[writer->length - 1];
}

/* A blank for a digit that is not there; signs just before it move behind it. */
static void put_blank(Writer *writer)
{
    uint32_t at = writer->length;
    for (; at > 0 && strchr("+-<", writer->out[at - 1]) != NULL; at--)
        writer->out[at] = writer->out[at - 1];
    writer->out[at] = ' ';
    writer->length++;
}

/* A sign behind the number stands before the blanks at its end. */
static void put_behind(Writer *writer, char c)
{
    if (last(writer) == '.')
        writer->out[writer->length - 1] = ' ';
    uint32_t blanks = 0;
    while (last(writer) == ' ') {
        writer->length--;
        blanks++;
    }
    put(writer, c);
    while (blanks-- > 0)
        put(writer, ' ');
}

typedef struct Digits {
    const char *text; /* without zeros at the left of the whole part, and at the right of the fraction */
    uint32_t length;
    bool too_many;
} Digits;

static void put_whole(Writer *writer, const WeirNumberPattern *pattern, const WeirNumberToken *token,
                      const Digits *digits)
{
    uint32_t missing = digits->too_many ? 0 : pattern->whole_digits - digits->length, at = 0;
    for (uint32_t g = 0; g < token->group_count; g++) {
        const WeirDigitGroup *group = &pattern->groups[token->first_group + g];
        if (g > 0) {
            if (last(writer) >= '0' && last(writer) <= '9')
                put(writer, ',');
            else
                put_blank(writer);
        }
        for (uint32_t i = 0; i < group->count; i++, at++) {
            if (digits->too_many)
                put(writer, '#');
            else if (at >= missing)
                put(writer, digits->text[at - missing]);
            else if (group->exact)
                put(writer, '0');
            else
                put_blank(writer);
        }
    }
}

static void put_fraction(Writer *writer, const WeirNumberPattern *pattern, const Digits *digits)
{
    for (uint32_t i = 0; i < pattern->fraction_digits; i++)
        put(writer, digits->too_many ? '#' : i < digits->length ? digits->text[i] : '0');
}

static void put_token(Writer *writer, const WeirNumberPattern *pattern, uint32_t index, bool negative,
                      const Digits *whole, const Digits *fraction, bool *behind_point)
{
    const WeirNumberToken *token = &pattern->tokens[index];
    bool first = writer->length == 0;
    switch (token->kind) {
    case WEIR_NUMBER_DIGITS:
        if (*behind_point)
            put_fraction(writer, pattern, fraction);
        else
            put_whole(writer, pattern, token, whole);
        break;
    case WEIR_NUMBER_POINT:
        if (last(writer) == ' ')
            writer->out[writer->length - 1] = '0';
        put(writer, '.');
        *behind_point = true;
        break;
    case WEIR_NUMBER_DOLLAR:
        put(writer, '$');
        break;
    case WEIR_NUMBER_SIGN:
    case WEIR_NUMBER_MINUS: {
        char sign = negative ? '-' : token->kind == WEIR_NUMBER_SIGN ? '+' : ' ';
        if (first)
            put(writer, sign);
        else
            put_behind(writer, sign);
        break;
    }
    case WEIR_NUMBER_OPEN:
        if (negative)
            put(writer, '<');
        break;
    case WEIR_NUMBER_CLOSE:
        if (negative) {
            put_behind(writer, '>');
        } else {
            put_behind(writer, ' ');
            put(writer, ' ');
        }
        break;
    default:
        break;
    }
}

size_t weir_number_pattern_bytes_max(const WeirNumberPattern *pattern)
{
    size_t groups = 0;
    for (uint32_t i = 0; i < pattern->token_count; i++)
        groups += pattern->tokens[i].group_count;
    return (size_t)pattern->whole_digits + pattern->fraction_digits + groups + 2 * (size_t)pattern->token_count + 4;
}

uint32_t weir_number_pattern_write(const WeirNumberPattern *pattern, WeirInt128 value, int scale, uint8_t *out)
{
    char text[64];
    bool negative = value < 0, behind_point = false;
    uint32_t length = weir_decimal_text(negative ? -value : value, scale, text);
    const char *point = memchr(text, '.', length);
    Digits whole = {text, point == NULL ? length : (uint32_t)(point - text), false};
    Digits fraction = {point == NULL ? text : point + 1, point == NULL ? 0 : length - whole.length - 1, false};
    while (whole.length > 0 && whole.text[0] == '0') {
        whole.text++;
        whole.length--;
    }
    while (fraction.length > 0 && fraction.text[fraction.length - 1] == '0')
        fraction.length--;
    whole.too_many = fraction.too_many =
        whole.length > pattern->whole_digits || fraction.length > pattern->fraction_digits;
    Writer writer = {out, 0};
    for (uint32_t i = 0; i < pattern->token_count; i++)
        put_token(&writer, pattern, i, negative, &whole, &fraction, &behind_point);
    if (last(&writer) == '.')
        out[writer.length - 1] = ' ';
    return writer.length;
}
