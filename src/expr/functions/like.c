/* LIKE, ILIKE and their ANY/ALL forms. A pattern is cut into literal runs; the common shapes (equal, prefix, suffix,
 * contains, runs between %) compare and find bytes, the rest is matched with one point of return, which is enough for %
 * and _. */
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"
#include "expr/unicode.h"

typedef enum LikeShape { LIKE_EQUAL, LIKE_PREFIX, LIKE_SUFFIX, LIKE_CONTAINS, LIKE_RUNS, LIKE_GENERAL } LikeShape;
enum { TOKEN_ONE = 256, TOKEN_MANY = 257 };

typedef struct LikePattern {
    LikeShape shape;
    WeirBuffer literal;
    uint16_t *tokens; /* bytes, TOKEN_ONE, TOKEN_MANY */
    uint32_t token_count;
    WeirBuffer source; /* the pattern that this was made of */
    bool valid;
} LikePattern;

static void *new_pattern(const WeirExpression *expression)
{
    (void)expression;
    LikePattern *pattern = weir_calloc(1, sizeof(*pattern));
    weir_buffer_init(&pattern->literal, 0, NULL);
    weir_buffer_init(&pattern->source, 0, NULL);
    return pattern;
}

static void free_pattern(void *state)
{
    LikePattern *pattern = state;
    weir_buffer_deinit(&pattern->literal);
    weir_buffer_deinit(&pattern->source);
    weir_free(pattern->tokens);
    weir_free(pattern);
}

static WeirStatus bad_escape(const uint8_t *text, uint32_t length, bool at_end, WeirError *error)
{
    char shown[256];
    snprintf(shown, sizeof(shown), "'%.*s'", (int)(length < 240 ? length : 240), (const char *)text);
    return at_end
               ? weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_ESC_AT_THE_END, "format", shown)
               : weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_ESC_IN_THE_MIDDLE, "format", shown, "char", "escape");
}

static void classify(LikePattern *pattern)
{
    uint32_t count = pattern->token_count, many = 0, one = 0;
    for (uint32_t i = 0; i < count; i++) {
        many += pattern->tokens[i] == TOKEN_MANY;
        one += pattern->tokens[i] == TOKEN_ONE;
    }
    bool leads = count > 0 && pattern->tokens[0] == TOKEN_MANY,
         trails = count > 1 && pattern->tokens[count - 1] == TOKEN_MANY;
    pattern->shape = one > 0                           ? LIKE_GENERAL
                     : many > (uint32_t)leads + trails ? LIKE_RUNS
                     : leads && trails                 ? LIKE_CONTAINS
                     : leads                           ? LIKE_SUFFIX
                     : trails                          ? LIKE_PREFIX
                                                       : LIKE_EQUAL;
}

typedef struct LikeEscape {
    const uint8_t *bytes; /* of one character */
    uint32_t length;
} LikeEscape;

static bool is_escape(const LikeEscape *escape, const uint8_t *text, uint32_t length)
{
    return length >= escape->length && memcmp(text, escape->bytes, escape->length) == 0;
}

static WeirStatus parse_pattern(LikePattern *pattern, const uint8_t *text, uint32_t length, const LikeEscape *escape,
                                WeirError *error)
{
    weir_buffer_clear(&pattern->literal);
    weir_free(pattern->tokens);
    pattern->tokens = weir_calloc((size_t)length + 1, sizeof(uint16_t));
    pattern->token_count = 0;
    for (uint32_t i = 0; i < length; i++) {
        uint16_t token = text[i];
        if (is_escape(escape, text + i, length - i)) {
            i += escape->length;
            if (i == length)
                return bad_escape(text, length, true, error);
            if (text[i] != '_' && text[i] != '%' && !is_escape(escape, text + i, length - i))
                return bad_escape(text, length, false, error);
            token = text[i]; /* the other bytes of an escaped escape are bytes as all others */
        } else if (text[i] == '%') {
            if (pattern->token_count > 0 && pattern->tokens[pattern->token_count - 1] == TOKEN_MANY)
                continue;
            token = TOKEN_MANY;
        } else if (text[i] == '_') {
            token = TOKEN_ONE;
        }
        pattern->tokens[pattern->token_count++] = token;
        if (token < 256)
            weir_buffer_append_char(&pattern->literal, (char)token);
    }
    classify(pattern);
    return WEIR_OK;
}

static bool match_general(const LikePattern *pattern, const uint8_t *text, uint32_t length)
{
    uint32_t t = 0, p = 0, back_p = UINT32_MAX, back_t = 0;
    while (t < length) {
        uint16_t token = p < pattern->token_count ? pattern->tokens[p] : 0xffff;
        if (token == TOKEN_MANY) {
            back_p = ++p;
            back_t = t;
        } else if (token == TOKEN_ONE) {
            t += weir_utf8_step(text[t]);
            p++;
        } else if (token == text[t]) {
            t++;
            p++;
        } else if (back_p != UINT32_MAX) {
            back_t += weir_utf8_step(text[back_t]);
            t = back_t;
            p = back_p;
        } else {
            return false;
        }
    }
    while (p < pattern->token_count && pattern->tokens[p] == TOKEN_MANY)
        p++;
    return t == length && p == pattern->token_count;
}

/* `a%b%c`: each run between two % is taken at its first place, the last run at the end. The runs' bytes follow each
 * other in `literal`. */
static bool match_runs(const LikePattern *pattern, const uint8_t *text, uint32_t length)
{
    const uint8_t *run = (const uint8_t *)pattern->literal.data;
    uint32_t at = 0;
    for (uint32_t start = 0, end; start <= pattern->token_count; start = end + 1) {
        for (end = start; end < pattern->token_count && pattern->tokens[end] != TOKEN_MANY; end++) {
        }
        uint32_t size = end - start;
        bool is_first = start == 0, is_last = end == pattern->token_count;
        if (size > length - at)
            return false;
        if (size > 0 && is_first) {
            if (memcmp(text, run, size) != 0)
                return false;
            at = size;
        } else if (size > 0 && is_last) {
            return memcmp(text + length - size, run, size) == 0;
        } else if (size > 0) {
            const uint8_t *found = weir_find_bytes(text, length, at, run, size);
            if (found == NULL)
                return false;
            at = (uint32_t)(found - text) + size;
        }
        run += size;
    }
    return true;
}

static inline bool matches(const LikePattern *pattern, const uint8_t *text, uint32_t length)
{
    const uint8_t *literal = (const uint8_t *)pattern->literal.data;
    size_t size = pattern->literal.length;
    switch (pattern->shape) {
    case LIKE_EQUAL:
        return length == size && (size == 0 || memcmp(text, literal, size) == 0);
    case LIKE_PREFIX:
        return length >= size && (size == 0 || memcmp(text, literal, size) == 0);
    case LIKE_SUFFIX:
        return length >= size && (size == 0 || memcmp(text + length - size, literal, size) == 0);
    case LIKE_CONTAINS:
        return weir_find_bytes(text, length, 0, literal, size) != NULL;
    case LIKE_RUNS:
        return match_runs(pattern, text, length);
    default:
        return match_general(pattern, text, length);
    }
}

/* The state's pattern is that of these bytes; parsed again only when they change. */
static WeirStatus use_pattern(LikePattern *pattern, const uint8_t *text, uint32_t length, const LikeEscape *escape,
                              WeirError *error)
{
    WeirBuffer *source = &pattern->source;
    if (pattern->valid && source->length == length && (length == 0 || memcmp(source->data, text, length) == 0))
        return WEIR_OK; /* the escape is constant */
    pattern->valid = false;
    WEIR_TRY(parse_pattern(pattern, text, length, escape, error));
    weir_buffer_clear(source);
    weir_buffer_append(source, text, length);
    pattern->valid = true;
    return WEIR_OK;
}

static LikeEscape escape_of(const WeirKernelCall *call, const WeirVector *const *arguments)
{
    if (call->expression->child_count < 3)
        return (LikeEscape){(const uint8_t *)"\\", 1};
    const WeirStringView *view = arguments[2]->values;
    return (LikeEscape){weir_view_data(view), view->length};
}

/* Prefixes of up to four bytes lie in the views. */
static void match_short_prefix(const WeirKernelCall *call, const LikePattern *pattern, const WeirArgument *x,
                               uint8_t *out)
{
    size_t size = pattern->literal.length;
    uint32_t wanted = 0, mask = size == 4 ? UINT32_MAX : (1u << (8 * size)) - 1;
    memcpy(&wanted, pattern->literal.data, size);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *view = weir_argument_view(x, row);
        uint32_t head;
        memcpy(&head, (const uint8_t *)view + sizeof(uint32_t), sizeof(head));
        out[row] = view->length >= size && ((head ^ wanted) & mask) == 0;
    }
}

WEIR_TEXT_KERNEL(like_kernel)
{
    LikePattern *pattern = call->state;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    const LikeEscape escape = escape_of(call, arguments);
    uint8_t *out = result->values;
    if (call->count == 0)
        return WEIR_OK;
    if (y.mask == 0) {
        const WeirStringView *view = y.values;
        WEIR_TRY(use_pattern(pattern, weir_view_data(view), view->length, &escape, error));
        if (pattern->shape == LIKE_PREFIX && pattern->literal.length > 0 && pattern->literal.length <= 4) {
            match_short_prefix(call, pattern, &x, out);
            return WEIR_OK;
        }
        WEIR_FOR_ROWS(call, row)
        {
            WEIR_TEXT(text, x, row);
            out[row] = matches(pattern, text, text_length);
        }
        return WEIR_OK;
    }
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(like, y, row);
        WEIR_TRY(use_pattern(pattern, like, like_length, &escape, error));
        out[row] = matches(pattern, text, text_length);
    }
    return WEIR_OK;
}

/* The escape is a literal of one character. */
static WeirStatus resolve_like(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count < 3)
        return WEIR_OK;
    const WeirExpression *escape = call->arguments[2];
    if (escape->kind == WEIR_EXPRESSION_LITERAL && escape->type->id == WEIR_TYPE_STRING &&
        !weir_value_is_null(escape->value)) {
        WeirStringView view = weir_value_get_view(escape->value);
        if (view.length > 0 && weir_utf8_step(weir_view_data(&view)[0]) == view.length)
            return WEIR_OK;
    }
    return weir_error_set(error, WEIR_ERROR_INVALID_ESCAPE_CHAR, "sqlExpr", weir_quoted_sql(call->arena, escape));
}

/* ILIKE is LIKE of both sides in lower case. */
static WeirStatus resolve_ilike(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(resolve_like(call, error));
    WeirExpression **lowered = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, call->argument_count);
    for (uint32_t i = 0; i < call->argument_count; i++)
        lowered[i] = i < 2 ? weir_call_make(call, "lower", &call->arguments[i], 1) : call->arguments[i];
    call->replacement = weir_call_make(call, "like", lowered, call->argument_count);
    return WEIR_OK;
}

static WeirStatus resolve_list(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    bool negated = strncmp(call->name, "not ", 4) == 0, any = strstr(call->name, " any") != NULL;
    const char *like = strstr(call->name, "ilike") != NULL ? "ilike" : "like";
    WeirExpression *result = NULL;
    for (uint32_t i = 1; i < call->argument_count; i++) {
        WeirExpression *term =
            weir_call_make(call, like, (WeirExpression *[]){call->arguments[0], call->arguments[i]}, 2);
        if (negated)
            term = weir_call_make(call, "not", &term, 1);
        result =
            result == NULL ? term : weir_call_make(call, any ? "or" : "and", (WeirExpression *[]){result, term}, 2);
    }
    call->replacement = result;
    return WEIR_OK;
}

#define LIST(NAME, FORMAT)                                                                                             \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_REPLACED | WEIR_FUNCTION_INTERNAL, .arguments_min = 2,                    \
        .arguments_max = -1, .resolve = resolve_list, .sql_format = FORMAT, .group = "predicate_funcs"                 \
    }

const WeirFunction weir_functions_like[] = {
    {.name = "like",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 2,
     .arguments_max = 3,
     .signature = "string,string,string?->boolean",
     .resolve = resolve_like,
     .kernel = like_kernel,
     .new_state = new_pattern,
     .free_state = free_pattern,
     .sql_format = "$1 LIKE $2\v$1 LIKE $2 ESCAPE '$3'",
     .group = "predicate_funcs",
     .usage = "text LIKE pattern [ESCAPE c]: % stands for any characters, _ for one."},
    {.name = "ilike",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 2,
     .arguments_max = 3,
     .signature = "string,string,string?->boolean",
     .resolve = resolve_ilike,
     .sql_format = "ilike($1, $2)",
     .group = "predicate_funcs",
     .usage = "text ILIKE pattern: LIKE without regard to case."},
    LIST("like any", "likeany($1)"),
    LIST("like all", "likeall($1)"),
    LIST("not like any", "notlikeany($1)"),
    LIST("not like all", "notlikeall($1)"),
    LIST("ilike any", "(ilike any $*)"),
    LIST("ilike all", "(ilike all $*)"),
    LIST("not ilike any", "(not ilike any $*)"),
    LIST("not ilike all", "(not ilike all $*)"),
    {0},
};
