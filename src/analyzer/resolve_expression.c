/* One expression resolved bottom-up: names, functions, casts, CASE, windows, subqueries. Aggregates, windows and
 * generators are resolved wherever they stand; whether they may stand there is checked by the node. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

WeirExpressionContext weir_expression_context(WeirAnalysis *analysis, const WeirEnvironment *env,
                                              const WeirScope *scope)
{
    return (WeirExpressionContext){.analysis = analysis, .env = env, .scope = scope};
}

WeirStatus weir_resolve_list(WeirExpressionContext *context, WeirExpression *const *in, uint32_t count,
                             WeirExpressionList *out, WeirError *error)
{
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *resolved = NULL;
        WEIR_TRY(weir_resolve_expression(context, in[i], &resolved, error));
        weir_list_append(context->analysis, out, resolved);
    }
    return WEIR_OK;
}

static WeirStatus resolve_children(WeirExpressionContext *context, const WeirExpression *expression,
                                   WeirExpression **out, WeirError *error)
{
    WeirExpressionList children = {0};
    WEIR_TRY(weir_resolve_list(context, expression->children, expression->child_count, &children, error));
    *out = weir_expression_copy(context->analysis->arena, expression);
    (*out)->children = children.items;
    return WEIR_OK;
}

/* Functions that do what a forbidden cast seems to mean, or NULL. */
static const char *cast_functions(const WeirDataType *from, const WeirDataType *to)
{
    if (weir_type_is_numeric(from) && to->id == WEIR_TYPE_TIMESTAMP)
        return "`TIMESTAMP_SECONDS`/`TIMESTAMP_MILLIS`/`TIMESTAMP_MICROS`";
    if (from->id == WEIR_TYPE_TIMESTAMP && weir_type_is_numeric(to))
        return "`UNIX_SECONDS`/`UNIX_MILLIS`/`UNIX_MICROS`";
    if (weir_type_is_numeric(from) && to->id == WEIR_TYPE_DATE)
        return "`DATE_FROM_UNIX_DATE`";
    return from->id == WEIR_TYPE_DATE && weir_type_is_numeric(to) ? "`UNIX_DATE`" : NULL;
}

static WeirStatus refuse_cast(WeirAnalysis *analysis, const WeirExpression *cast, WeirError *error)
{
    const WeirDataType *source = cast->children[0]->type, *target = cast->type;
    const char *from = weir_type_quoted(analysis, source), *to = weir_type_quoted(analysis, target);
    const char *sql = weir_expression_quoted(analysis, cast), *functions = cast_functions(source, target);
    WeirStatus status;
    if (functions != NULL)
        status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CAST_WITH_FUNC_SUGGESTION, "sqlExpr", sql,
                                "srcType", from, "targetType", to, "functionNames", functions);
    else if (cast->eval_mode == WEIR_EVAL_ANSI && weir_can_cast(source, target, WEIR_EVAL_LEGACY))
        status =
            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CAST_WITH_CONF_SUGGESTION, "sqlExpr", sql, "srcType",
                           from, "targetType", to, "config", "\"spark.sql.ansi.enabled\"", "configVal", "'false'");
    else
        status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, "sqlExpr", sql, "srcType",
                                from, "targetType", to);
    return weir_located(analysis, cast->origin, error, status);
}

static WeirStatus resolve_cast(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                               WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirExpression *cast = NULL;
    WEIR_TRY(resolve_children(context, expression, &cast, error));
    const WeirExpression *child = cast->children[0];
    if (cast->eval_mode == WEIR_EVAL_ANSI && !analysis->analyzer->context->ansi) {
        cast = weir_expression_copy(analysis->arena, cast);
        cast->eval_mode = WEIR_EVAL_LEGACY;
    }
    if (!weir_can_cast(child->type, cast->type, cast->eval_mode))
        return refuse_cast(analysis, cast, error);
    WeirExpression *typed =
        weir_expression_cast(analysis->arena, cast->children[0], cast->type, cast->eval_mode, false);
    if (typed->kind == WEIR_EXPRESSION_CAST && typed != cast->children[0]) {
        cast->nullable = typed->nullable;
        cast->bound = typed->bound;
        cast->name = expression->name;
        typed = cast;
    } else if (typed == cast->children[0]) {
        cast->nullable = child->nullable; /* a cast that the query wrote stays, as in Spark, so that names show it */
        typed = cast;
    }
    typed->origin = expression->origin;
    *out = typed;
    return WEIR_OK;
}

static WeirStatus resolve_case(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                               WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirExpression *children = NULL;
    WEIR_TRY(resolve_children(context, expression, &children, error));
    WeirFunctionResolver resolver = {.arena = analysis->arena, .context = analysis->analyzer->context};
    WeirStatus status = weir_case_resolve(&resolver, children, out, error);
    return status == WEIR_OK ? WEIR_OK : weir_located(analysis, expression->origin, error, status);
}

static WeirStatus resolve_parameter(WeirExpressionContext *context, const WeirExpression *expression,
                                    WeirExpression **out, WeirError *error)
{
    const WeirAnalyzer *analyzer = context->analysis->analyzer;
    if (expression->name == NULL && expression->ordinal < analyzer->parameter_count) {
        *out = weir_expression_literal(context->analysis->arena, analyzer->parameters[expression->ordinal]);
        (*out)->origin = expression->origin;
        return WEIR_OK;
    }
    const char *name = expression->name != NULL
                           ? expression->name
                           : weir_arena_printf(context->analysis->arena, "_%d", (int)expression->origin.start);
    return weir_located(context->analysis, expression->origin, error,
                        weir_error_set(error, WEIR_ERROR_UNBOUND_SQL_PARAMETER, "name", name));
}

static WeirStatus resolve_extract(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                                  WeirError *error)
{
    WeirExpression *base = NULL;
    WEIR_TRY(weir_resolve_expression(context, expression->children[0], &base, error));
    return weir_extract_field(context->analysis, base, expression->name, expression->origin, out, error);
}

/* Called back by a higher-order function once it knows the types of its lambda's variables. */
static WeirStatus resolve_lambda(WeirExpressionContext *context, WeirExpression *lambda, WeirExpression **out,
                                 WeirError *error)
{
    for (uint32_t i = 1; i < lambda->child_count; i++)
        if (lambda->children[i]->type == NULL)
            return weir_located(context->analysis, lambda->origin, error,
                                weir_error_set(error, WEIR_ERROR_INVALID_LAMBDA_FUNCTION_CALL_NON_HIGHER_ORDER_FUNCTION,
                                               "class", "lambda"));
    for (uint32_t i = 1; i < lambda->child_count; i++)
        for (uint32_t j = i + 1; j < lambda->child_count; j++)
            if (weir_name_equal(context->analysis, lambda->children[i]->name, lambda->children[j]->name))
                return weir_located(context->analysis, lambda->origin, error,
                                    weir_error_set(error, WEIR_ERROR_INVALID_LAMBDA_FUNCTION_CALL_DUPLICATE_ARG_NAMES,
                                                   "args", lambda->children[i]->name, "caseSensitiveConfig",
                                                   "\"spark.sql.caseSensitive\""));
    WeirLambdaFrame frame = {context->lambdas, lambda->children + 1, lambda->child_count - 1};
    WeirExpressionContext inner = *context;
    inner.lambdas = &frame;
    WeirExpression *body = NULL;
    WEIR_TRY(weir_resolve_expression(&inner, lambda->children[0], &body, error));
    context->used_hidden = inner.used_hidden;
    context->used_lateral = inner.used_lateral;
    WeirExpression *copy = weir_expression_copy(context->analysis->arena, lambda);
    copy->children[0] = body;
    copy->type = body->type;
    copy->nullable = body->nullable;
    *out = copy;
    return WEIR_OK;
}

static WeirStatus resolve_sort_order(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                                     WeirError *error)
{
    WEIR_TRY(resolve_children(context, expression, out, error));
    (*out)->type = (*out)->children[0]->type;
    (*out)->nullable = (*out)->children[0]->nullable;
    return WEIR_OK;
}

static WeirStatus resolve_alias(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                                WeirError *error)
{
    WEIR_TRY(resolve_children(context, expression, out, error));
    (*out)->type = (*out)->children[0]->type;
    (*out)->nullable = (*out)->children[0]->nullable;
    if ((*out)->id == 0 && expression->kind == WEIR_EXPRESSION_ALIAS)
        (*out)->id = weir_next_id(context->analysis);
    return WEIR_OK;
}

static WeirStatus star_misplaced(WeirExpressionContext *context, const WeirExpression *star, WeirError *error)
{
    return weir_located(
        context->analysis, star->origin, error,
        weir_error_set(error, WEIR_ERROR_INVALID_USAGE_OF_STAR_OR_REGEX, "elem", "'*'", "prettyName", "expression"));
}

WeirStatus weir_resolve_expression(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                                   WeirError *error)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE:
        return weir_resolve_name(context, expression, out, error);
    case WEIR_EXPRESSION_UNRESOLVED_FUNCTION:
        return weir_resolve_function_call(context, expression, out, error);
    case WEIR_EXPRESSION_UNRESOLVED_STAR:
        return star_misplaced(context, expression, error);
    case WEIR_EXPRESSION_PARAMETER:
        return resolve_parameter(context, expression, out, error);
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_MULTI_ALIAS:
        return resolve_alias(context, expression, out, error);
    case WEIR_EXPRESSION_NAMED_ARGUMENT:
        return resolve_children(context, expression, out, error);
    case WEIR_EXPRESSION_CAST:
        return resolve_cast(context, expression, out, error);
    case WEIR_EXPRESSION_CASE:
        return expression->type != NULL ? (*out = expression, WEIR_OK) : resolve_case(context, expression, out, error);
    case WEIR_EXPRESSION_EXTRACT_FIELD:
        return expression->type != NULL ? (*out = expression, WEIR_OK)
                                        : resolve_extract(context, expression, out, error);
    case WEIR_EXPRESSION_LAMBDA:
        return resolve_lambda(context, expression, out, error);
    case WEIR_EXPRESSION_WINDOW:
        return weir_resolve_window_expression(context, expression, out, error);
    case WEIR_EXPRESSION_SORT_ORDER:
        return resolve_sort_order(context, expression, out, error);
    case WEIR_EXPRESSION_SCALAR_SUBQUERY:
    case WEIR_EXPRESSION_EXISTS:
    case WEIR_EXPRESSION_IN_SUBQUERY:
        return expression->type != NULL ? (*out = expression, WEIR_OK)
                                        : weir_resolve_subquery(context, expression, out, error);
    case WEIR_EXPRESSION_ROLLUP:
    case WEIR_EXPRESSION_CUBE:
    case WEIR_EXPRESSION_GROUPING_SETS:
    case WEIR_EXPRESSION_GROUPING_SET:
        return resolve_children(context, expression, out, error);
    default:
        *out = expression; /* literals and what is resolved already */
        return WEIR_OK;
    }
}
