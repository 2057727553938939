/* Scripts: statements split at semicolons, and ${name} replaced. */
#include "sql/parser_private.h"

/* ---- splitting */

static bool is_blank_text(const char *text, size_t length)
{
    WeirLexer lexer = {.text = text, .length = (int32_t)length, .line = 1};
    WeirToken token = weir_lexer_next(&lexer);
    return token.kind == WEIR_TOKEN_END && !lexer.unclosed_comment;
}

/* An unclosed quote: the rest of the text belongs to the statement, and its parser says what is wrong. */
static bool is_open_quote(const WeirLexer *lexer, const WeirToken *token)
{
    char c = lexer->text[token->start];
    return token->kind == WEIR_TOKEN_INVALID && (c == '\'' || c == '"' || c == '`');
}

/* The byte at which the statement that begins at `start` ends. A SQL script (BEGIN … END) is one statement. */
static size_t statement_end(const char *text, size_t text_length, size_t start, bool *has_semicolon)
{
    WeirLexer lexer = {.text = text + start, .length = (int32_t)(text_length - start), .line = 1};
    int depth = 0;
    bool first = true;
    bool after_end = false; /* "END IF" closes one block */
    *has_semicolon = false;
    for (;;) {
        WeirToken token = weir_lexer_next(&lexer);
        if (token.kind == WEIR_TOKEN_END || is_open_quote(&lexer, &token))
            return text_length;
        bool word = token.kind == WEIR_TOKEN_WORD && !after_end;
        after_end = word && token.keyword == WEIR_KEYWORD_END;
        if (word && token.keyword == WEIR_KEYWORD_BEGIN && (first || depth > 0))
            depth++;
        else if (word && depth > 0 &&
                 (token.keyword == WEIR_KEYWORD_CASE || token.keyword == WEIR_KEYWORD_IF ||
                  token.keyword == WEIR_KEYWORD_LOOP))
            depth++;
        else if (word && depth > 0 && token.keyword == WEIR_KEYWORD_END)
            depth--;
        if (token.kind == WEIR_TOKEN_SYMBOL && token.symbol == ';' && depth == 0) {
            *has_semicolon = true;
            return start + (size_t)token.start;
        }
        first = false;
    }
}

static int32_t line_of(const char *text, size_t position)
{
    int32_t line = 1;
    for (size_t i = 0; i < position; i++)
        line += text[i] == '\n';
    return line;
}

WeirStatus weir_sql_split(const char *text, size_t text_length, size_t *position, const char **statement,
                          size_t *length, int32_t *line, WeirError *error)
{
    if (text_length > INT32_MAX / 2)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The script has %zu bytes; the limit is %d.",
                                 text_length, INT32_MAX / 2);
    size_t start = *position;
    *length = 0;
    while (start < text_length) {
        bool has_semicolon;
        size_t end = statement_end(text, text_length, start, &has_semicolon);
        size_t next = has_semicolon ? end + 1 : end;
        if (!is_blank_text(text + start, end - start)) {
            while (start < end && (unsigned char)text[start] <= ' ')
                start++;
            while (end > start && (unsigned char)text[end - 1] <= ' ')
                end--;
            *statement = text + start;
            *length = end - start;
            *line = line_of(text, start);
            *position = next;
            return WEIR_OK;
        }
        start = next;
    }
    *position = text_length;
    return WEIR_OK;
}

/* ---- substitution */

#define SUBSTITUTION_DEPTH_MAX 100
#define SUBSTITUTED_LENGTH_MAX (16 << 20)

typedef struct Substitution {
    const char *(*lookup)(void *context, const char *name);
    void *context;
    WeirArena *arena;
    WeirBuffer out;
} Substitution;

/* "${name}", "${name:default}", with the prefixes of Spark's ConfigReader ("spark:", "sparkconf:", "hiveconf:",
 * "hivevar:") taken off. */
static const char *find_value(const Substitution *substitution, const char *reference, size_t length)
{
    char *name = weir_arena_strndup(substitution->arena, reference, length);
    const char *value = substitution->lookup(substitution->context, name);
    char *colon = strchr(name, ':');
    if (value != NULL || colon == NULL)
        return value;
    return substitution->lookup(substitution->context, colon + 1);
}

/* A name between braces has no blanks and is not empty. */
static bool is_reference(const char *name, const char *end)
{
    for (const char *c = name; c < end; c++)
        if ((unsigned char)*c <= ' ')
            return false;
    return end > name;
}

static void substitute(Substitution *substitution, const char *text, size_t length, int depth)
{
    size_t i = 0;
    while (i < length && !substitution->out.failed) {
        const char *dollar = memchr(text + i, '$', length - i);
        if (dollar == NULL) {
            weir_buffer_append(&substitution->out, text + i, length - i);
            return;
        }
        size_t at = (size_t)(dollar - text);
        weir_buffer_append(&substitution->out, text + i, at - i);
        const char *close = at + 1 < length && text[at + 1] == '{' ? memchr(text + at, '}', length - at) : NULL;
        if (close == NULL || !is_reference(dollar + 2, close) || depth >= SUBSTITUTION_DEPTH_MAX) {
            weir_buffer_append_char(&substitution->out, '$');
            i = at + 1;
            continue;
        }
        const char *value = find_value(substitution, dollar + 2, (size_t)(close - dollar) - 2);
        if (value != NULL) /* an unknown name stands for nothing */
            substitute(substitution, value, strlen(value), depth + 1);
        i = (size_t)(close - text) + 1;
    }
}

WeirStatus weir_sql_substitute(const char *text, size_t length, const char *(*lookup)(void *context, const char *name),
                               void *context, WeirArena *arena, const char **out, size_t *out_length, WeirError *error)
{
    if (length == 0 || memchr(text, '$', length) == NULL) {
        *out = weir_arena_strndup(arena, text, length);
        *out_length = length;
        return WEIR_OK;
    }
    Substitution substitution = {.lookup = lookup, .context = context, .arena = arena};
    weir_buffer_init(&substitution.out, SUBSTITUTED_LENGTH_MAX, NULL);
    substitute(&substitution, text, length, 0);
    WeirStatus status = weir_buffer_check(&substitution.out, error);
    if (status == WEIR_OK) {
        *out = weir_arena_strndup(arena, weir_buffer_text(&substitution.out), substitution.out.length);
        *out_length = substitution.out.length;
    }
    weir_buffer_deinit(&substitution.out);
    return status;
}
