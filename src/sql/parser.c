/* The parser's doors, and its handling of tokens: a ring of looked-ahead tokens, origins, nesting. The grammar is in
 * the files named in README.md; each of them is plain recursive descent over weir_peek and weir_accept. */
#include "sql/parser_private.h"

#define TEXT_LENGTH_MAX (16 << 20)
#define NESTING_MAX_DEFAULT 1000

static const WeirParserOptions default_options = {.nesting_max = NESTING_MAX_DEFAULT};

static WeirStatus parser_init(WeirParser *p, const char *text, size_t length, const WeirParserOptions *options,
                              WeirArena *arena, WeirError *error)
{
    *p = (WeirParser){.options = options != NULL ? options : &default_options, .arena = arena, .error = error};
    if (length > TEXT_LENGTH_MAX)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "The statement has %zu bytes; the limit is %d.", length, TEXT_LENGTH_MAX);
    p->lexer = (WeirLexer){.text = weir_arena_strndup(arena, text, length), .length = (int32_t)length, .line = 1};
    return WEIR_OK;
}

/* An unclosed comment is reported before anything that its missing end made wrong. */
static WeirStatus parser_finish(WeirParser *p, WeirError *error)
{
    if (p->lexer.unclosed_comment) {
        weir_error_clear(error);
        return weir_error_set(error, WEIR_ERROR_UNCLOSED_BRACKETED_COMMENT);
    }
    if (p->status != WEIR_OK)
        return p->status;
    return weir_arena_check(p->arena, error);
}

/* The markers of a statement are of one kind, and named ones need named values. */
static WeirStatus check_parameters(const WeirParser *p, WeirError *error)
{
    const WeirParserOptions *options = p->options;
    if (!options->has_parameters || p->named_parameter_count == 0)
        return WEIR_OK;
    if (p->parameter_count > 0)
        return weir_error_set(error, WEIR_ERROR_INVALID_QUERY_MIXED_QUERY_PARAMETERS);
    for (uint32_t i = 0; i < options->parameter_count; i++)
        if (options->parameters[i].name == NULL)
            return weir_error_set(error, WEIR_ERROR_ALL_PARAMETERS_MUST_BE_NAMED, "exprs", options->parameters[i].sql);
    return WEIR_OK;
}

static uint32_t nesting_limit(const WeirParser *p)
{
    return p->options->nesting_max > 0 ? p->options->nesting_max : NESTING_MAX_DEFAULT;
}

static WeirStatus fail_nesting(WeirError *error, uint32_t limit)
{
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                             "The statement is nested more than %u levels deep, or its repeated parts are too many.",
                             limit);
}

WeirStatus weir_sql_parse(const char *text, size_t length, const WeirParserOptions *options, WeirArena *arena,
                          WeirStatement **statement, WeirError *error)
{
    WeirParser parser;
    WEIR_TRY(parser_init(&parser, text, length, options, arena, error));
    WeirParser *p = &parser;
    WeirStatement *result = WEIR_ARENA_NEW(arena, WeirStatement);
    result->text = p->lexer.text;
    WeirOrigin origin = weir_origin_here(p);
    weir_parse_statement(p, result);
    while (weir_accept_symbol(p, ';')) {
    }
    if (p->status == WEIR_OK && weir_peek(p)->kind != WEIR_TOKEN_END)
        weir_fail_syntax_hint(p, weir_arena_printf(arena, ": extra input '%.*s'",
                                                   weir_peek(p)->length > 100 ? 100 : weir_peek(p)->length,
                                                   p->lexer.text + weir_peek(p)->start));
    result->origin = weir_origin_since(p, origin);
    WEIR_TRY(parser_finish(p, error));
    WEIR_TRY(check_parameters(p, error));
    if (weir_statement_is_too_deep(result, nesting_limit(p)))
        return fail_nesting(error, nesting_limit(p));
    *statement = result;
    return WEIR_OK;
}

WeirStatus weir_sql_parse_expression(const char *text, size_t length, const WeirParserOptions *options,
                                     WeirArena *arena, WeirExpression **expression, WeirError *error)
{
    WeirParser parser;
    WEIR_TRY(parser_init(&parser, text, length, options, arena, error));
    WeirParser *p = &parser;
    WeirExpression *result = weir_parse_named_expression(p);
    if (p->status == WEIR_OK && weir_peek(p)->kind != WEIR_TOKEN_END)
        weir_fail_syntax(p);
    WEIR_TRY(parser_finish(p, error));
    WeirStatement holder = {.expressions = &result, .expression_count = 1};
    if (weir_statement_is_too_deep(&holder, nesting_limit(p)))
        return fail_nesting(error, nesting_limit(p));
    *expression = result;
    return WEIR_OK;
}

/* ---- tokens */

const WeirToken *weir_peek_at(WeirParser *p, uint32_t n)
{
    WEIR_ASSERT(n < WEIR_LOOKAHEAD);
    while (p->count <= n) {
        p->tokens[(p->head + p->count) % WEIR_LOOKAHEAD] = weir_lexer_next(&p->lexer);
        p->count++;
    }
    return &p->tokens[(p->head + n) % WEIR_LOOKAHEAD];
}

const WeirToken *weir_peek(WeirParser *p)
{
    return weir_peek_at(p, 0);
}

WeirToken weir_advance(WeirParser *p)
{
    WeirToken token = *weir_peek(p);
    if (token.kind == WEIR_TOKEN_END)
        return token;
    if (p->arena->exhausted) { /* once a token, so that no text can run far past the arena's limit */
        weir_fail_exhausted(p);
        return token;
    }
    p->last = token;
    p->head = (p->head + 1) % WEIR_LOOKAHEAD;
    p->count--;
    return token;
}

bool weir_next_is(WeirParser *p, uint32_t n, WeirKeyword keyword)
{
    const WeirToken *token = weir_peek_at(p, n);
    return token->kind == WEIR_TOKEN_WORD && token->keyword == keyword;
}

bool weir_next_is_symbol(WeirParser *p, uint32_t n, int32_t symbol)
{
    const WeirToken *token = weir_peek_at(p, n);
    return token->kind == WEIR_TOKEN_SYMBOL && token->symbol == symbol;
}

bool weir_at(WeirParser *p, WeirKeyword keyword)
{
    return weir_next_is(p, 0, keyword);
}
bool weir_at_symbol(WeirParser *p, int32_t symbol)
{
    return weir_next_is_symbol(p, 0, symbol);
}

bool weir_accept(WeirParser *p, WeirKeyword keyword)
{
    bool found = weir_at(p, keyword);
    if (found)
        weir_advance(p);
    return found;
}

bool weir_accept2(WeirParser *p, WeirKeyword first, WeirKeyword second)
{
    bool found = weir_at(p, first) && weir_next_is(p, 1, second);
    if (found) {
        weir_advance(p);
        weir_advance(p);
    }
    return found;
}

bool weir_accept_temporary(WeirParser *p)
{
    return weir_accept(p, WEIR_KEYWORD_TEMPORARY) || weir_accept(p, WEIR_KEYWORD_TEMP);
}

bool weir_accept_symbol(WeirParser *p, int32_t symbol)
{
    bool found = weir_at_symbol(p, symbol);
    if (found)
        weir_advance(p);
    return found;
}

void weir_expect(WeirParser *p, WeirKeyword keyword)
{
    if (!weir_accept(p, keyword))
        weir_fail_syntax(p);
}

void weir_expect_symbol(WeirParser *p, int32_t symbol)
{
    if (!weir_accept_symbol(p, symbol))
        weir_fail_syntax(p);
}

bool weir_at_end(WeirParser *p)
{
    return weir_peek(p)->kind == WEIR_TOKEN_END || weir_at_symbol(p, ';');
}

bool weir_enter(WeirParser *p)
{
    uint32_t limit = nesting_limit(p);
    if (p->depth >= limit) {
        weir_fail_text(p, weir_origin_here(p), WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                       "The statement is nested more than %u levels deep.", limit);
        return false;
    }
    p->depth++;
    return true;
}

void weir_leave(WeirParser *p)
{
    p->depth--;
}

/* ---- origins and text */

WeirOrigin weir_origin_of(const WeirToken *token)
{
    return (WeirOrigin){.line = token->line, .column = token->column, .start = token->start, .length = token->length};
}

WeirOrigin weir_origin_here(WeirParser *p)
{
    return weir_origin_of(weir_peek(p));
}

WeirOrigin weir_origin_since(WeirParser *p, WeirOrigin first)
{
    int32_t end = p->last.start + p->last.length;
    if (end > first.start)
        first.length = end - first.start;
    return first;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char *weir_source_text(WeirParser *p, int32_t start, int32_t end)
{
    const char *text = p->lexer.text;
    while (start < end && is_blank(text[start]))
        start++;
    while (end > start && is_blank(text[end - 1]))
        end--;
    return weir_arena_strndup(p->arena, text + start, end > start ? (size_t)(end - start) : 0);
}

void weir_list_add(WeirParser *p, WeirList *list, void *item)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        void **items = WEIR_ARENA_ARRAY(p->arena, void *, capacity);
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}
