/* How the grammar reports an error: the first one is kept, with its place in the text, and the token stream ends. */
#include <stdarg.h>
#include <stdio.h>

#include "sql/parser_private.h"

/* End the token stream, so that every loop of the grammar stops. */
static void stop(WeirParser *p, WeirStatus status)
{
    p->status = status;
    p->lexer.position = p->lexer.length;
    p->head = 0;
    p->count = 0;
}

static void fail_syntax_at(WeirParser *p, const WeirToken *token, const char *hint)
{
    if (p->status != WEIR_OK)
        return;
    WeirOrigin origin = weir_origin_of(token);
    const char *text = token->kind == WEIR_TOKEN_END
                           ? "end of input"
                           : weir_arena_printf(p->arena, "'%.*s'", token->length > 200 ? 200 : token->length,
                                               p->lexer.text + token->start);
    bool unclosed = p->lexer.unclosed_comment;
    WeirStatus status = weir_error_set(p->error, WEIR_ERROR_PARSE_SYNTAX_ERROR, "error", text, "hint", hint);
    weir_error_locate(p->error, p->lexer.text, origin);
    stop(p, status);
    p->lexer.unclosed_comment = unclosed;
}

void weir_fail_syntax(WeirParser *p)
{
    WeirToken token = *weir_peek(p);
    fail_syntax_at(p, &token, "");
}

void weir_fail_syntax_hint(WeirParser *p, const char *hint)
{
    WeirToken token = *weir_peek(p);
    fail_syntax_at(p, &token, hint);
}

void weir_fail(WeirParser *p, WeirOrigin origin, WeirStatus condition, const char *const *parameters)
{
    if (p->status != WEIR_OK)
        return;
    WeirStatus status = weir_error_set_parameters(p->error, condition, parameters);
    weir_error_locate(p->error, p->lexer.text, origin);
    stop(p, status);
}

void weir_fail_status(WeirParser *p, WeirOrigin origin, WeirStatus status)
{
    if (p->status != WEIR_OK)
        return;
    weir_error_locate(p->error, p->lexer.text, origin);
    stop(p, status);
}

void weir_fail_exhausted(WeirParser *p)
{
    WeirStatus status = weir_arena_check(p->arena, p->error);
    if (p->status == WEIR_OK && status != WEIR_OK)
        stop(p, status);
}

void weir_fail_text(WeirParser *p, WeirOrigin origin, WeirStatus condition, const char *format, ...)
{
    if (p->status != WEIR_OK)
        return;
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    WeirStatus status = weir_error_format(p->error, condition, "%s", message);
    weir_error_locate(p->error, p->lexer.text, origin);
    stop(p, status);
}

void weir_fail_unsupported(WeirParser *p, WeirOrigin origin, const char *what)
{
    WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_SQL_SYNTAX_UNSUPPORTED_SQL_STATEMENT, "sqlText", what);
}
