/* Tokens of type text, for type_parser.c only. */
#ifndef WEIR_COLUMNAR_TYPE_LEXER_H
#define WEIR_COLUMNAR_TYPE_LEXER_H

#include "common/memory.h"

typedef enum TypeTokenKind {
    TYPE_TOKEN_END,
    TYPE_TOKEN_IDENTIFIER, /* letters, digits and underscores, not all digits */
    TYPE_TOKEN_QUOTED,     /* in backticks */
    TYPE_TOKEN_INTEGER,
    TYPE_TOKEN_STRING,
    TYPE_TOKEN_SYMBOL
} TypeTokenKind;

typedef struct TypeToken {
    TypeTokenKind kind;
    const char *start;
    size_t length;
    int32_t line;
    int32_t column; /* in characters, as Spark counts */
} TypeToken;

typedef struct TypeLexer {
    const char *text;
    const char *next;
    int32_t line;
    int32_t column;
} TypeLexer;

void weir_type_lexer_init(TypeLexer *lexer, const char *text);
TypeToken weir_type_lexer_next(TypeLexer *lexer);
bool weir_type_token_is(const TypeToken *token, const char *word); /* a keyword in any case, or a symbol */
/* The name without its backticks, or the string without its quotes and escapes. */
char *weir_type_token_text(const TypeToken *token, WeirArena *arena);

#endif
