/* Splits type text into tokens, by the rules of Spark's SQL lexer. */
#include "columnar/type_lexer.h"

#include <strings.h>

void weir_type_lexer_init(TypeLexer *lexer, const char *text)
{
    *lexer = (TypeLexer){.text = text, .next = text, .line = 1, .column = 0};
}

/* Step over bytes, keeping the place; continuation bytes of UTF-8 are not characters of their own. */
static void advance(TypeLexer *lexer, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char c = *lexer->next++;
        if (c == '\n') {
            lexer->line++;
            lexer->column = 0;
        } else if (((uint8_t)c & 0xc0) != 0x80) {
            lexer->column++;
        }
    }
}

static size_t comment_length(const char *text)
{
    if (text[0] == '-' && text[1] == '-')
        return strcspn(text, "\n");
    if (text[0] == '/' && text[1] == '*') {
        const char *end = strstr(text + 2, "*/");
        return end == NULL ? strlen(text) : (size_t)(end + 2 - text);
    }
    return 0;
}

static void skip_blanks(TypeLexer *lexer)
{
    for (;;) {
        size_t bytes = strspn(lexer->next, " \t\r\n");
        if (bytes == 0)
            bytes = comment_length(lexer->next);
        if (bytes == 0)
            return;
        advance(lexer, bytes);
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (uint8_t)c >= 0x80;
}

/* Bytes of a quoted token with its quotes; 0 when it does not end. A doubled quote is part of it. */
static size_t quoted_length(const char *text, bool escapes)
{
    char quote = text[0];
    for (size_t i = 1; text[i] != '\0'; i++) {
        if (escapes && text[i] == '\\' && text[i + 1] != '\0')
            i++;
        else if (text[i] == quote && text[i + 1] == quote)
            i++;
        else if (text[i] == quote)
            return i + 1;
    }
    return 0;
}

TypeToken weir_type_lexer_next(TypeLexer *lexer)
{
    skip_blanks(lexer);
    const char *text = lexer->next;
    TypeToken token = {TYPE_TOKEN_SYMBOL, text, 1, lexer->line, lexer->column};
    if (*text == '\0') {
        token.kind = TYPE_TOKEN_END;
        token.length = 0;
    } else if (is_word(*text)) {
        token.kind = TYPE_TOKEN_INTEGER;
        for (token.length = 0; is_word(text[token.length]); token.length++) {
            if (text[token.length] < '0' || text[token.length] > '9')
                token.kind = TYPE_TOKEN_IDENTIFIER;
        }
    } else if (*text == '`' && quoted_length(text, false) > 0) {
        token.kind = TYPE_TOKEN_QUOTED;
        token.length = quoted_length(text, false);
    } else if ((*text == '\'' || *text == '"') && quoted_length(text, true) > 0) {
        token.kind = TYPE_TOKEN_STRING;
        token.length = quoted_length(text, true);
    }
    advance(lexer, token.length);
    return token;
}

bool weir_type_token_is(const TypeToken *token, const char *word)
{
    if (token->kind != TYPE_TOKEN_IDENTIFIER && token->kind != TYPE_TOKEN_SYMBOL)
        return false;
    return token->length == strlen(word) && strncasecmp(token->start, word, token->length) == 0;
}

static char unescape(char c)
{
    switch (c) {
    case '0':
        return '\0';
    case 'b':
        return '\b';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'Z':
        return '\x1a';
    default:
        return c;
    }
}

char *weir_type_token_text(const TypeToken *token, WeirArena *arena)
{
    if (token->kind != TYPE_TOKEN_QUOTED && token->kind != TYPE_TOKEN_STRING)
        return weir_arena_strndup(arena, token->start, token->length);
    char *text = weir_arena_alloc(arena, token->length);
    size_t length = 0;
    char quote = token->start[0];
    for (size_t i = 1; i + 1 < token->length; i++) {
        char c = token->start[i];
        if (c == quote)
            i++;
        else if (c == '\\' && token->kind == TYPE_TOKEN_STRING)
            c = unescape(token->start[++i]);
        text[length++] = c;
    }
    text[length] = '\0';
    return text;
}
