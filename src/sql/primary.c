/* Primary expressions: parentheses (a value, a row, a subquery, the parameters of a lambda), names and stars, parameter
 * markers, and what may follow any of them: .field, [index], ::type. Calls are in function_call.c, forms with syntax of
 * their own in special_form.c. */
#include <strings.h>

#include "sql/parser_private.h"

/* ---- parentheses */

static WeirExpression *make_subquery(WeirParser *p, WeirExpressionKind kind, WeirLogicalPlan *plan, WeirOrigin origin)
{
    WeirExpression *subquery = weir_expression_new(p->arena, kind, origin);
    subquery->plan = plan;
    return weir_finish(p, subquery, origin);
}

/* "(SELECT …) UNION …" was begun as an expression: its first term is `first`. Go on as a query where the text does. */
WeirExpression *weir_parse_paren_query_rest(WeirParser *p, WeirExpression *first)
{
    if (first->kind != WEIR_EXPRESSION_SCALAR_SUBQUERY || !weir_at_query_rest(p))
        return first;
    WeirOrigin origin = first->origin;
    return make_subquery(p, WEIR_EXPRESSION_SCALAR_SUBQUERY, weir_parse_query_rest(p, first->plan), origin);
}

/* "(x, y) -> body": the row that was read holds the parameters. */
static WeirExpression *make_lambda(WeirParser *p, WeirExpression *const *parameters, uint32_t count, WeirOrigin origin)
{
    weir_expect_symbol(p, WEIR_SYMBOL_ARROW);
    WeirList children = {0};
    weir_list_add(p, &children, weir_parse_expression(p));
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *variable =
            weir_expression_new(p->arena, WEIR_EXPRESSION_LAMBDA_VARIABLE, parameters[i]->origin);
        variable->name = parameters[i]->part_count > 0 ? parameters[i]->parts[0] : "";
        weir_list_add(p, &children, variable);
    }
    WeirExpression *lambda = weir_expression_new(p->arena, WEIR_EXPRESSION_LAMBDA, origin);
    weir_set_children(lambda, &children);
    return weir_finish(p, lambda, origin);
}

static bool are_plain_names(const WeirList *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const WeirExpression *item = list->items[i];
        if (item->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE || item->part_count != 1)
            return false;
    }
    return true;
}

static WeirExpression *parse_parenthesis(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect_symbol(p, '(');
    if (weir_at_query(p)) {
        WeirLogicalPlan *plan = weir_parse_query(p);
        weir_expect_symbol(p, ')');
        return make_subquery(p, WEIR_EXPRESSION_SCALAR_SUBQUERY, plan, origin);
    }
    WeirList items = {0};
    WeirExpression *first = weir_parse_paren_query_rest(p, weir_parse_named_expression(p));
    weir_list_add(p, &items, first);
    while (weir_accept_symbol(p, ','))
        weir_list_add(p, &items, weir_parse_named_expression(p));
    weir_expect_symbol(p, ')');
    if (items.count > 1 && weir_at_symbol(p, WEIR_SYMBOL_ARROW) && are_plain_names(&items))
        return make_lambda(p, (WeirExpression *const *)items.items, items.count, origin);
    if (items.count > 1) {
        WeirExpression *row = weir_make_call(p, "struct", origin, items.count, (WeirExpression *const *)items.items);
        row->name = WEIR_ROW_NAME;
        return row;
    }
    if (first->kind == WEIR_EXPRESSION_ALIAS || first->kind == WEIR_EXPRESSION_MULTI_ALIAS)
        weir_fail_syntax(p);
    return first;
}

/* ---- names */

static WeirExpression *parse_star(WeirParser *p, const WeirList *qualifier, WeirOrigin origin)
{
    weir_expect_symbol(p, '*');
    WeirExpression *star = weir_expression_new(p->arena, WEIR_EXPRESSION_UNRESOLVED_STAR, origin);
    star->parts = (const char *const *)qualifier->items;
    star->part_count = qualifier->count;
    bool except = weir_at(p, WEIR_KEYWORD_EXCEPT) && weir_next_is_symbol(p, 1, '(') &&
                  !weir_next_is(p, 2, WEIR_KEYWORD_SELECT) && !weir_next_is(p, 2, WEIR_KEYWORD_FROM) &&
                  !weir_next_is(p, 2, WEIR_KEYWORD_WITH) && !weir_next_is_symbol(p, 2, '(');
    if (except) {
        weir_advance(p);
        weir_advance(p);
        WeirList columns = {0};
        do {
            WeirOrigin column = weir_origin_here(p);
            WeirList parts = {0};
            weir_parse_multipart(p, &parts);
            weir_list_add(p, &columns, weir_make_attribute(p, &parts, column));
        } while (weir_accept_symbol(p, ','));
        weir_expect_symbol(p, ')');
        weir_set_children(star, &columns);
    }
    return weir_finish(p, star, origin);
}

/* Reserved words that are functions all the same. */
static bool at_reserved_function(WeirParser *p)
{
    switch (weir_peek(p)->kind == WEIR_TOKEN_WORD ? weir_peek(p)->keyword : WEIR_NOT_A_KEYWORD) {
    case WEIR_KEYWORD_CURRENT_DATE:
    case WEIR_KEYWORD_CURRENT_TIME:
    case WEIR_KEYWORD_CURRENT_TIMESTAMP:
    case WEIR_KEYWORD_CURRENT_USER:
    case WEIR_KEYWORD_SESSION_USER:
    case WEIR_KEYWORD_USER:
        return true;
    case WEIR_KEYWORD_LEFT:
    case WEIR_KEYWORD_RIGHT:
    case WEIR_KEYWORD_FILTER:
    case WEIR_KEYWORD_ANY:
    case WEIR_KEYWORD_SOME:
        return weir_next_is_symbol(p, 1, '(');
    default:
        return false;
    }
}

/* a · a.b · a.* · f(…) · a.f(…) · x -> … · DATE '…' */
static WeirExpression *parse_name(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (weir_peek(p)->kind == WEIR_TOKEN_WORD && weir_peek_at(p, 1)->kind == WEIR_TOKEN_STRING)
        return weir_parse_typed_literal(p, origin);
    WeirList parts = {0};
    if (weir_at(p, WEIR_KEYWORD_IDENTIFIER) && weir_next_is_symbol(p, 1, '(')) {
        weir_parse_multipart(p, &parts);
    } else if (at_reserved_function(p)) {
        WeirToken token = weir_advance(p);
        weir_list_add(p, &parts, (void *)(uintptr_t)weir_token_name(p, &token));
    } else
        weir_list_add(p, &parts, (void *)(uintptr_t)weir_parse_identifier(p));
    while (weir_at_symbol(p, '.')) {
        weir_advance(p);
        if (weir_at_symbol(p, '*'))
            return parse_star(p, &parts, origin);
        weir_list_add(p, &parts, (void *)(uintptr_t)weir_parse_plain_identifier(p));
    }
    if (weir_at_symbol(p, '('))
        return weir_parse_function_call(p, &parts, origin);
    WeirExpression *attribute = weir_make_attribute(p, &parts, origin);
    if (parts.count == 1 && weir_at_symbol(p, WEIR_SYMBOL_ARROW))
        return make_lambda(p, &attribute, 1, origin);
    return attribute;
}

static void set_origin(WeirExpression *expression, WeirOrigin origin)
{
    expression->origin = origin;
    for (uint32_t i = 0; i < expression->child_count; i++)
        set_origin(expression->children[i], origin);
}

/* The value of a marker, read as if it stood there; NULL: none was given. */
static WeirExpression *parameter_value(WeirParser *p, const WeirExpression *marker)
{
    const WeirParserOptions *options = p->options;
    const char *sql = NULL;
    for (uint32_t i = 0; options->has_parameters && i < options->parameter_count && sql == NULL; i++) {
        const WeirSqlParameter *parameter = &options->parameters[i];
        bool matches = marker->name == NULL ? marker->ordinal == i
                                            : parameter->name != NULL && strcmp(parameter->name, marker->name) == 0;
        sql = matches ? parameter->sql : NULL;
    }
    WeirExpression *value = NULL;
    if (sql == NULL || p->status != WEIR_OK)
        return NULL;
    WeirStatus status = weir_sql_parse_expression(sql, strlen(sql), options, p->arena, &value, p->error);
    if (status != WEIR_OK) {
        weir_fail_status(p, marker->origin, status);
        return NULL;
    }
    set_origin(value, marker->origin);
    return value;
}

static WeirExpression *parse_parameter(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirExpression *parameter = weir_expression_new(p->arena, WEIR_EXPRESSION_PARAMETER, origin);
    if (weir_accept_symbol(p, '?')) {
        parameter->ordinal = p->parameter_count++;
    } else {
        weir_expect_symbol(p, ':');
        parameter->name = weir_parse_plain_identifier(p);
        p->named_parameter_count++;
    }
    WeirExpression *value = parameter_value(p, parameter);
    return weir_finish(p, value != NULL ? value : parameter, origin);
}

/* ---- what may follow */

static WeirExpression *make_cast(WeirParser *p, WeirExpression *child, const WeirDataType *type, WeirOrigin origin)
{
    WeirExpression *cast = weir_expression_unary(p->arena, WEIR_EXPRESSION_CAST, child);
    cast->type = type->length != 0 ? &weir_type_string : type; /* char(n) only in schemas */
    cast->eval_mode = WEIR_EVAL_ANSI;
    return weir_finish(p, cast, origin);
}

/* COLLATE name; builtin collations may be written with their catalog and schema. */
static const char *parse_collation(WeirParser *p)
{
    weir_advance(p);
    const char *name = weir_parse_dotted_name(p);
    if (name == NULL)
        return "";
    return strncasecmp(name, "system.builtin.", 15) == 0 ? name + 15 : name;
}

static WeirExpression *parse_suffixes(WeirParser *p, WeirExpression *base, WeirOrigin origin)
{
    for (;;) {
        if (weir_accept_symbol(p, '.')) {
            WeirOrigin field = weir_origin_here(p);
            if (base->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE) { /* "(a).b" is a.b */
                WeirList parts = {0};
                for (uint32_t i = 0; i < base->part_count; i++)
                    weir_list_add(p, &parts, (void *)(uintptr_t)base->parts[i]);
                weir_list_add(p, &parts, (void *)(uintptr_t)weir_parse_identifier(p));
                base = weir_make_attribute(p, &parts, origin);
                continue;
            }
            WeirExpression *name = weir_make_string(p, weir_parse_identifier(p), field);
            base = weir_make_call2(p, "[]", origin, base, name);
        } else if (weir_accept_symbol(p, '[')) {
            WeirExpression *index = weir_parse_value_expression(p);
            weir_expect_symbol(p, ']');
            base = weir_make_call2(p, "[]", origin, base, index);
        } else if (weir_accept_symbol(p, WEIR_SYMBOL_DOUBLE_COLON)) {
            base = make_cast(p, base, weir_parse_type(p), origin);
        } else if (weir_at_symbol(p, ':')) {
            weir_fail_unsupported(p, origin, "semi-structured access with ':'");
        } else if (weir_at(p, WEIR_KEYWORD_COLLATE) && weir_is_identifier(p, weir_peek_at(p, 1)) &&
                   !weir_next_is(p, 1, WEIR_KEYWORD_FROM)) {
            base = weir_make_call2(p, "collate", origin, base, weir_make_string(p, parse_collation(p), origin));
        } else {
            return base;
        }
    }
}

static WeirExpression *parse_base(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (weir_at_symbol(p, '('))
        return parse_parenthesis(p);
    if (weir_at_symbol(p, '*'))
        return parse_star(p, &(WeirList){0}, origin);
    if (weir_at_symbol(p, '?') || weir_at_symbol(p, ':'))
        return parse_parameter(p);
    WeirExpression *result = weir_parse_literal(p);
    if (result == NULL)
        result = weir_parse_special_form(p);
    if (result == NULL && (weir_at_identifier(p) || at_reserved_function(p)))
        result = parse_name(p);
    if (result == NULL) {
        weir_fail_syntax(p);
        result = weir_make_boolean(p, false, origin);
    }
    return result;
}

WeirExpression *weir_parse_primary(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_enter(p)) /* every nesting of expressions passes here */
        return weir_make_boolean(p, false, origin);
    WeirExpression *result = parse_suffixes(p, parse_base(p), origin);
    weir_leave(p);
    return result;
}
