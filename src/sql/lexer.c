/* SQL text to tokens, one at a time, so that a long statement needs no memory for its tokens. Rules are those of
 * Spark's SqlBaseLexer: words may begin with a digit, "1.5" is a number only when no letter or digit follows, comments
 * nest, "--" goes on after a backslash. */
#include "sql/parser_private.h"

static int byte_at(const WeirLexer *lexer, int32_t position)
{
    return position < lexer->length ? (unsigned char)lexer->text[position] : -1;
}
static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}
static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/* Bytes over 127 are letters here: an unquoted name with one is refused later, with a better message. */
static bool is_word_byte(int c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c >= 128;
}

/* Move to `end`, counting lines and the bytes that continue a character. */
static void move_to(WeirLexer *lexer, int32_t end)
{
    for (; lexer->position < end; lexer->position++) {
        unsigned char c = (unsigned char)lexer->text[lexer->position];
        if (c == '\n') {
            lexer->line++;
            lexer->line_start = lexer->position + 1;
            lexer->column_offset = 0;
        } else if ((c & 0xC0) == 0x80) {
            lexer->column_offset++;
        }
    }
}

/* The byte after a bracketed comment that begins at `position`; -1 when it is not closed. */
static int32_t bracketed_comment_end(const WeirLexer *lexer, int32_t position)
{
    int depth = 0;
    while (position < lexer->length) {
        int c = byte_at(lexer, position);
        int next = byte_at(lexer, position + 1);
        if (c == '/' && next == '*') {
            depth++;
            position += 2;
        } else if (c == '*' && next == '/') {
            position += 2;
            if (--depth == 0)
                return position;
        } else {
            position++;
        }
    }
    return -1;
}

static int32_t line_comment_end(const WeirLexer *lexer, int32_t position)
{
    while (position < lexer->length && byte_at(lexer, position) != '\n') {
        if (byte_at(lexer, position) == '\\' && byte_at(lexer, position + 1) == '\n')
            position++;
        position++;
    }
    return position < lexer->length ? position : lexer->length;
}

/* Blanks as Spark's lexer sees them: ASCII ones, the no-break space and U+2000..U+200A, U+2028, U+202F, U+205F, U+3000.
 */
static int32_t blank_length(const WeirLexer *lexer, int32_t position)
{
    int c = byte_at(lexer, position);
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return 1;
    int second = byte_at(lexer, position + 1);
    if (c == 0xC2 && second == 0xA0)
        return 2;
    int third = byte_at(lexer, position + 2);
    if (c == 0xE2 && second == 0x80 && ((third >= 0x80 && third <= 0x8A) || third == 0xA8 || third == 0xAF))
        return 3;
    if ((c == 0xE2 && second == 0x81 && third == 0x9F) || (c == 0xE3 && second == 0x80 && third == 0x80))
        return 3;
    return 0;
}

static void skip_blanks(WeirLexer *lexer)
{
    while (lexer->position < lexer->length) {
        int32_t position = lexer->position;
        int32_t blank = blank_length(lexer, position);
        int c = byte_at(lexer, position);
        int next = byte_at(lexer, position + 1);
        if (blank > 0) {
            move_to(lexer, position + blank);
        } else if (c == '-' && next == '-') {
            move_to(lexer, line_comment_end(lexer, position));
        } else if (c == '/' && next == '*' && byte_at(lexer, position + 2) != '+') {
            int32_t end = bracketed_comment_end(lexer, position);
            if (end < 0)
                lexer->unclosed_comment = true;
            move_to(lexer, end < 0 ? lexer->length : end);
        } else {
            return;
        }
    }
}

/* End of a quoted token, or -1. A doubled quote stands for one; backslash takes the next character along (not in raw
 * strings). */
static int32_t quoted_end(const WeirLexer *lexer, int32_t position, bool backslash, bool doubled)
{
    int quote = byte_at(lexer, position);
    for (position++; position < lexer->length; position++) {
        int c = byte_at(lexer, position);
        if (backslash && c == '\\') {
            position++;
        } else if (c == quote) {
            if (doubled && byte_at(lexer, position + 1) == quote)
                position++;
            else
                return position + 1;
        }
    }
    return -1;
}

static int32_t digits_end(const WeirLexer *lexer, int32_t position)
{
    while (is_digit(byte_at(lexer, position)))
        position++;
    return position;
}

static int32_t word_end(const WeirLexer *lexer, int32_t position)
{
    while (is_word_byte(byte_at(lexer, position)) && blank_length(lexer, position) == 0)
        position++;
    return position;
}

/* Length of a type suffix at `position`: L S Y F D BD. */
static int32_t suffix_length(const WeirLexer *lexer, int32_t position, bool integral)
{
    int c = byte_at(lexer, position) & ~0x20;
    int next = byte_at(lexer, position + 1) & ~0x20;
    if (byte_at(lexer, position) < 0)
        return 0;
    if (c == 'B' && next == 'D' && byte_at(lexer, position + 1) >= 0)
        return 2;
    if (c == 'F' || c == 'D' || (integral && (c == 'L' || c == 'S' || c == 'Y')))
        return 1;
    return 0;
}

/* A number or a word that begins with digits; `position` is at a digit or at a '.' before one. The longest token wins,
 * as in ANTLR. */
static WeirTokenKind scan_number(const WeirLexer *lexer, int32_t position, int32_t *end)
{
    int32_t integer_end = digits_end(lexer, position);
    int32_t number_end = integer_end;
    bool has_point = byte_at(lexer, integer_end) == '.';
    if (has_point)
        number_end = digits_end(lexer, integer_end + 1);
    for (int attempt = has_point ? 0 : 1; attempt < 2; attempt++) {
        int32_t mantissa_end = attempt == 0 ? number_end : integer_end;
        if (mantissa_end == position)
            break;
        int32_t stop = mantissa_end;
        bool has_exponent = false;
        int c = byte_at(lexer, stop) & ~0x20;
        if (c == 'E') {
            int32_t exponent = stop + 1;
            if (byte_at(lexer, exponent) == '+' || byte_at(lexer, exponent) == '-')
                exponent++;
            if (is_digit(byte_at(lexer, exponent))) {
                stop = digits_end(lexer, exponent);
                has_exponent = true;
            }
        }
        int32_t suffix = suffix_length(lexer, stop, attempt == 1 && !has_exponent);
        bool ends_word = !is_word_byte(byte_at(lexer, stop + suffix));
        if (suffix > 0 && ends_word) {
            *end = stop + suffix;
            return WEIR_TOKEN_TYPED_NUMBER;
        }
        if (!is_word_byte(byte_at(lexer, stop))) {
            *end = stop;
            return has_exponent ? WEIR_TOKEN_EXPONENT : attempt == 0 ? WEIR_TOKEN_DECIMAL : WEIR_TOKEN_INTEGER;
        }
    }
    *end = word_end(lexer, position);
    return *end > position ? WEIR_TOKEN_WORD : WEIR_TOKEN_INVALID;
}

typedef struct Symbol {
    const char text[4];
    int32_t symbol;
} Symbol;
/* Longer ones first. */
static const Symbol symbols[] = {
    {"<=>", WEIR_SYMBOL_NULL_SAFE_EQUAL}, {"<=", WEIR_SYMBOL_LESS_EQUAL},    {"<>", WEIR_SYMBOL_LESS_GREATER},
    {"<<", WEIR_SYMBOL_SHIFT_LEFT},       {">=", WEIR_SYMBOL_GREATER_EQUAL}, {"==", WEIR_SYMBOL_EQUAL_EQUAL},
    {"=>", WEIR_SYMBOL_FAT_ARROW},        {"!=", WEIR_SYMBOL_NOT_EQUAL},     {"!>", WEIR_SYMBOL_LESS_EQUAL},
    {"!<", WEIR_SYMBOL_GREATER_EQUAL},    {"||", WEIR_SYMBOL_CONCAT},        {"|>", WEIR_SYMBOL_PIPE},
    {"::", WEIR_SYMBOL_DOUBLE_COLON},     {"->", WEIR_SYMBOL_ARROW}};

static void scan_symbol(WeirLexer *lexer, WeirToken *token, int32_t *end)
{
    int32_t position = lexer->position;
    int32_t left = lexer->length - position;
    token->kind = WEIR_TOKEN_SYMBOL;
    if (left >= 3 && memcmp(lexer->text + position, "/*+", 3) == 0) {
        token->symbol = WEIR_SYMBOL_HINT_BEGIN;
        lexer->in_hint = true;
        *end = position + 3;
        return;
    }
    if (lexer->in_hint && left >= 2 && memcmp(lexer->text + position, "*/", 2) == 0) {
        token->symbol = WEIR_SYMBOL_HINT_END;
        lexer->in_hint = false;
        *end = position + 2;
        return;
    }
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        int32_t length = (int32_t)strlen(symbols[i].text);
        if (left >= length && memcmp(lexer->text + position, symbols[i].text, (size_t)length) == 0) {
            token->symbol = symbols[i].symbol;
            *end = position + length;
            return;
        }
    }
    int c = byte_at(lexer, position);
    token->symbol = c;
    *end = position + 1;
    if (c == 0 || strchr("()[]{},.;:=<>!+-*/%~&|^?$", c) == NULL)
        token->kind = WEIR_TOKEN_INVALID;
}

static void scan_quoted(WeirLexer *lexer, WeirToken *token, int32_t *end)
{
    int32_t position = lexer->position;
    int c = byte_at(lexer, position);
    bool raw = c == 'r' || c == 'R';
    if (c == '`') {
        token->kind = WEIR_TOKEN_BACKQUOTED;
        *end = quoted_end(lexer, position, false, true);
    } else {
        token->kind = WEIR_TOKEN_STRING;
        *end = quoted_end(lexer, raw ? position + 1 : position, !raw, !raw);
    }
    if (*end < 0) {
        token->kind = WEIR_TOKEN_INVALID;
        *end = position + 1;
    }
}

WeirToken weir_lexer_next(WeirLexer *lexer)
{
    skip_blanks(lexer);
    int32_t start = lexer->position;
    int32_t end = start;
    WeirToken token = {.start = start, .line = lexer->line, .column = start - lexer->line_start - lexer->column_offset};
    int c = byte_at(lexer, start);
    int next = byte_at(lexer, start + 1);
    if (c < 0) {
        token.kind = WEIR_TOKEN_END;
    } else if (c == '\'' || c == '"' || c == '`' || ((c == 'r' || c == 'R') && (next == '\'' || next == '"'))) {
        scan_quoted(lexer, &token, &end);
    } else if (is_digit(c) || (c == '.' && is_digit(next))) {
        token.kind = scan_number(lexer, start, &end);
        if (token.kind == WEIR_TOKEN_INVALID)
            scan_symbol(lexer, &token, &end);
    } else if (is_word_byte(c)) {
        token.kind = WEIR_TOKEN_WORD;
        end = word_end(lexer, start);
        token.keyword = weir_keyword_find(lexer->text + start, (size_t)(end - start));
    } else {
        scan_symbol(lexer, &token, &end);
    }
    token.length = end - start;
    move_to(lexer, end);
    return token;
}
