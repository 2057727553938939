/* Names: identifiers, names of several parts, lists of them, and string literals where the grammar wants text. In
 * Spark's default mode every keyword may be a name; only the words of joins and set operations may not be a table's
 * alias. */
#include "sql/parser_private.h"

bool weir_is_identifier(WeirParser *p, const WeirToken *token)
{
    if (token->kind == WEIR_TOKEN_BACKQUOTED)
        return true;
    if (token->kind == WEIR_TOKEN_STRING)
        return p->options->double_quoted_identifiers && p->lexer.text[token->start] == '"';
    return token->kind == WEIR_TOKEN_WORD &&
           !(p->options->ansi_reserved_words && weir_keyword_is_reserved(token->keyword));
}

static bool is_string(const WeirParser *p, const WeirToken *token)
{
    return token->kind == WEIR_TOKEN_STRING &&
           !(p->options->double_quoted_identifiers && p->lexer.text[token->start] == '"');
}

bool weir_at_identifier(WeirParser *p)
{
    return weir_is_identifier(p, weir_peek(p));
}

static bool is_plain_ascii(const char *text, int32_t length)
{
    for (int32_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 128)
            return false;
    return true;
}

const char *weir_token_name(WeirParser *p, const WeirToken *token)
{
    const char *text = p->lexer.text + token->start;
    if (token->kind == WEIR_TOKEN_WORD) {
        char *name = weir_arena_strndup(p->arena, text, (size_t)token->length);
        if (!is_plain_ascii(text, token->length))
            WEIR_FAIL(p, weir_origin_of(token), WEIR_ERROR_INVALID_IDENTIFIER, "ident", name);
        return name;
    }
    if (token->kind == WEIR_TOKEN_STRING) {
        size_t length;
        return weir_string_literal(p->arena, text, (size_t)token->length, p->options->escaped_string_literals, &length);
    }
    char *name = weir_arena_alloc(p->arena, (size_t)token->length);
    size_t length = 0;
    for (int32_t i = 1; i < token->length - 1; i++) {
        name[length++] = text[i];
        if (text[i] == '`')
            i++; /* doubled */
    }
    name[length] = '\0';
    return name;
}

const char *weir_parse_plain_identifier(WeirParser *p)
{
    if (!weir_at_identifier(p)) {
        weir_fail_syntax(p);
        return "";
    }
    WeirToken token = weir_advance(p);
    return weir_token_name(p, &token);
}

/* The constant string in IDENTIFIER(…); "" after a failure. */
static const char *identifier_text(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    bool is_literal = weir_at_string(p) && weir_next_is_symbol(p, 1, ')');
    if (is_literal)
        return weir_parse_string(p, NULL);
    WeirExpression *expression = weir_parse_expression(p);
    const char *text = "";
    if (p->status != WEIR_OK)
        return text;
    if (p->options->identifier_text == NULL) {
        weir_fail_unsupported(p, origin, "IDENTIFIER of anything but a string");
        return text;
    }
    WeirStatus status =
        p->options->identifier_text(p->options->identifier_context, expression, p->arena, &text, p->error);
    if (status != WEIR_OK)
        weir_fail_status(p, origin, status);
    return text;
}

/* IDENTIFIER('a.b'): the text is a name. */
static bool parse_identifier_clause(WeirParser *p, WeirList *parts)
{
    if (!weir_at(p, WEIR_KEYWORD_IDENTIFIER) || !weir_next_is_symbol(p, 1, '(') || !weir_enter(p))
        return false;
    weir_advance(p);
    weir_advance(p);
    const char *text = identifier_text(p);
    weir_leave(p);
    weir_expect_symbol(p, ')');
    WeirParser inner = {
        .options = p->options, .arena = p->arena, .lexer = {.text = text, .length = (int32_t)strlen(text), .line = 1}};
    do {
        weir_list_add(p, parts, (void *)(uintptr_t)weir_parse_plain_identifier(&inner));
    } while (weir_accept_symbol(&inner, '.'));
    if (inner.status != WEIR_OK || weir_peek(&inner)->kind != WEIR_TOKEN_END)
        weir_fail_syntax(p);
    return true;
}

const char *weir_parse_identifier(WeirParser *p)
{
    bool clause =
        weir_at(p, WEIR_KEYWORD_IDENTIFIER) && weir_next_is_symbol(p, 1, '(') && is_string(p, weir_peek_at(p, 2));
    WeirList parts = {0};
    if (!clause || !parse_identifier_clause(p, &parts))
        return weir_parse_plain_identifier(p);
    if (parts.count > 1)
        weir_fail_syntax(p);
    return parts.items[0];
}

void weir_parse_multipart(WeirParser *p, WeirList *parts)
{
    if (parse_identifier_clause(p, parts))
        return;
    do {
        weir_list_add(p, parts, (void *)(uintptr_t)weir_parse_identifier(p));
    } while (weir_accept_symbol(p, '.'));
}

const char *weir_parse_dotted_name(WeirParser *p)
{
    WeirList parts = {0};
    weir_parse_multipart(p, &parts);
    const char *name = parts.items[0];
    for (uint32_t i = 1; i < parts.count; i++)
        name = weir_arena_printf(p->arena, "%s.%s", name, (const char *)parts.items[i]);
    return name;
}

void weir_parse_identifier_list(WeirParser *p, WeirList *names)
{
    do {
        weir_list_add(p, names, (void *)(uintptr_t)weir_parse_identifier(p));
    } while (weir_accept_symbol(p, ','));
}

void weir_parse_parenthesized_identifiers(WeirParser *p, WeirList *names)
{
    weir_expect_symbol(p, '(');
    weir_parse_identifier_list(p, names);
    weir_expect_symbol(p, ')');
}

bool weir_at_string(WeirParser *p)
{
    return is_string(p, weir_peek(p));
}

const char *weir_parse_string(WeirParser *p, size_t *length)
{
    size_t total = 0;
    const char *result = "";
    if (!weir_at_string(p))
        weir_fail_syntax(p);
    while (weir_at_string(p)) {
        WeirToken token = weir_advance(p);
        size_t more;
        const char *text = weir_string_literal(p->arena, p->lexer.text + token.start, (size_t)token.length,
                                               p->options->escaped_string_literals, &more);
        if (total > 0) {
            char *joined = weir_arena_alloc(p->arena, total + more + 1);
            memcpy(joined, result, total);
            memcpy(joined + total, text, more + 1);
            text = joined;
        }
        result = text;
        total += more;
    }
    if (length != NULL)
        *length = total;
    return result;
}

static bool ends_item(WeirParser *p, uint32_t n)
{
    return weir_peek_at(p, n)->kind == WEIR_TOKEN_END || weir_next_is_symbol(p, n, ')') ||
           weir_next_is_symbol(p, n, ',') || weir_next_is_symbol(p, n, ';');
}

/* Words that begin what can follow a table; as names they are rare, so they are taken for what they begin. */
static bool begins_clause(WeirParser *p, uint32_t n)
{
    const WeirToken *token = weir_peek_at(p, n);
    switch (token->kind == WEIR_TOKEN_WORD ? token->keyword : WEIR_NOT_A_KEYWORD) {
    case WEIR_KEYWORD_GROUP:
    case WEIR_KEYWORD_ORDER:
    case WEIR_KEYWORD_SORT:
    case WEIR_KEYWORD_DISTRIBUTE:
    case WEIR_KEYWORD_CLUSTER:
        return weir_next_is(p, n + 1, WEIR_KEYWORD_BY);
    case WEIR_KEYWORD_WHERE:
    case WEIR_KEYWORD_HAVING:
    case WEIR_KEYWORD_LIMIT:
    case WEIR_KEYWORD_OFFSET:
    case WEIR_KEYWORD_WINDOW:
    case WEIR_KEYWORD_QUALIFY:
    case WEIR_KEYWORD_TABLESAMPLE:
    case WEIR_KEYWORD_PIVOT:
    case WEIR_KEYWORD_UNPIVOT:
    case WEIR_KEYWORD_SELECT:
    case WEIR_KEYWORD_WATERMARK:
    case WEIR_KEYWORD_WITH:
    case WEIR_KEYWORD_SET:
    case WEIR_KEYWORD_INSERT:
    case WEIR_KEYWORD_VALUES:
    case WEIR_KEYWORD_FOR:
    case WEIR_KEYWORD_FROM:
    case WEIR_KEYWORD_EXTEND:
    case WEIR_KEYWORD_AGGREGATE: {
        return !ends_item(p, n + 1);
    }
    default:
        return false;
    }
}

bool weir_at_table_alias(WeirParser *p)
{
    const WeirToken *token = weir_peek(p);
    if (!weir_is_identifier(p, token))
        return false;
    if (token->kind != WEIR_TOKEN_WORD || token->keyword == WEIR_NOT_A_KEYWORD)
        return true;
    return !weir_keyword_is_strict(token->keyword) && !begins_clause(p, 0);
}

bool weir_accept_as(WeirParser *p, bool table)
{
    if (!weir_at(p, WEIR_KEYWORD_AS) || ends_item(p, 1))
        return false;
    bool clause = table ? begins_clause(p, 1) : weir_next_is(p, 1, WEIR_KEYWORD_FROM) && !ends_item(p, 2);
    return !clause && weir_accept(p, WEIR_KEYWORD_AS);
}
