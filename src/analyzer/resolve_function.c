/* Calls: stars in arguments, SQL functions of the session, the functions that the analyzer itself knows (time windows,
 * grouping), then the function table. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

/* Name without the qualifier of a built-in ("system.builtin.abs"), or NULL when it is qualified by something else. */
static const char *plain_name(const WeirExpression *call)
{
    if (call->part_count == 1)
        return call->parts[0];
    bool system = strcasecmp(call->parts[0], "system") == 0;
    const char *schema = call->parts[call->part_count - 2];
    if ((call->part_count == 3 && !system) || call->part_count > 3)
        return NULL;
    if (strcasecmp(schema, "builtin") != 0 && strcasecmp(schema, "session") != 0)
        return NULL;
    return call->parts[call->part_count - 1];
}

static WeirStatus unresolved_routine(WeirExpressionContext *context, const WeirExpression *call, WeirError *error)
{
    return weir_located(context->analysis, call->origin, error,
                        weir_error_set(error, WEIR_ERROR_UNRESOLVED_ROUTINE, "routineName",
                                       weir_name_quoted(context->analysis, call->parts, call->part_count), "searchPath",
                                       "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"));
}

static bool is_struct_maker(const char *name)
{
    return strcasecmp(name, "struct") == 0;
}

/* The argument as a field of struct(…): its name is kept by an alias. */
static WeirExpression *named_argument(WeirExpressionContext *context, const WeirExpression *written,
                                      WeirExpression *resolved)
{
    if (resolved->kind == WEIR_EXPRESSION_ALIAS || resolved->kind == WEIR_EXPRESSION_ATTRIBUTE ||
        resolved->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE || written->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE)
        return resolved;
    return weir_expression_alias(context->analysis->arena, resolved, written->parts[written->part_count - 1],
                                 weir_next_id(context->analysis));
}

/* t.* with a table t, not a struct. */
static bool names_table(const WeirExpressionContext *context, const WeirExpression *star)
{
    for (uint32_t i = 0; context->scope != NULL && i < context->scope->attribute_count; i++) {
        const WeirExpression *attribute = context->scope->attributes[i];
        if (attribute->part_count > 0 &&
            weir_name_equal(context->analysis, attribute->parts[attribute->part_count - 1], star->parts[0]))
            return true;
    }
    return false;
}

/* "+", "=", "[]": not a function's name. */
static bool is_operator(const char *name)
{
    return !((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z') || name[0] == '_');
}

static bool takes_lambda(const char *name)
{
    static const char *const names[] = {"transform",      "filter",           "exists",       "forall",
                                        "aggregate",      "reduce",           "zip_with",     "map_filter",
                                        "transform_keys", "transform_values", "map_zip_with", "array_sort"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static WeirStatus resolve_argument(WeirExpressionContext *context, const char *name, bool distinct,
                                   WeirExpression *argument, WeirExpressionList *out, WeirError *error)
{
    WeirExpression *resolved = NULL;
    if (argument->kind == WEIR_EXPRESSION_LAMBDA && !takes_lambda(name))
        return weir_located(
            context->analysis, argument->origin, error,
            weir_error_set(error, WEIR_ERROR_INVALID_LAMBDA_FUNCTION_CALL_NON_HIGHER_ORDER_FUNCTION, "class", name));
    if (argument->kind == WEIR_EXPRESSION_LAMBDA) {
        weir_list_append(context->analysis, out, argument); /* resolved when its variables have types */
        return WEIR_OK;
    }
    if (argument->kind == WEIR_EXPRESSION_UNRESOLVED_STAR) {
        WeirExpressionList columns = {0};
        if (is_operator(name))
            return weir_resolve_expression(context, argument, &resolved, error); /* refuses it */
        if (strcasecmp(name, "count") == 0 && !distinct && argument->part_count == 0 && argument->child_count == 0) {
            weir_list_append(context->analysis, out, weir_literal_int(context->analysis, &weir_type_int, 1));
            return WEIR_OK;
        }
        if (strcasecmp(name, "count") == 0 && argument->part_count == 1 && argument->child_count == 0 &&
            names_table(context, argument))
            return weir_located(context->analysis, argument->origin, error,
                                weir_error_set(error, WEIR_ERROR_INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT,
                                               "tableName", argument->parts[0]));
        WEIR_TRY(weir_expand_star(context, argument, &columns, error));
        for (uint32_t i = 0; i < columns.count; i++)
            weir_list_append(context->analysis, out, columns.items[i]);
        return WEIR_OK;
    }
    WEIR_TRY(weir_resolve_expression(context, argument, &resolved, error));
    if (is_struct_maker(name))
        resolved = named_argument(context, argument, resolved);
    else if (resolved->kind == WEIR_EXPRESSION_ALIAS)
        resolved = resolved->children[0];
    weir_list_append(context->analysis, out, resolved);
    return WEIR_OK;
}

static WeirStatus resolve_callback(void *context, WeirExpression *expression, WeirExpression **resolved,
                                   WeirError *error)
{
    return weir_resolve_expression(context, expression, resolved, error);
}

typedef struct SpecialFunction {
    const char *name;
    WeirStatus (*resolve)(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out, WeirError *error);
} SpecialFunction;

/* grouping() and grouping_id() stay marked calls until the aggregate knows its grouping sets. */
static WeirStatus keep_grouping(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                WeirError *error)
{
    (void)error;
    bool is_id = strcasecmp(call->parts[call->part_count - 1], "grouping_id") == 0;
    static const char *const names[] = {"grouping", "grouping_id"};
    call->name = names[is_id];
    call->parts = &names[is_id];
    call->part_count = 1;
    call->type = is_id ? &weir_type_long : &weir_type_byte;
    *out = call;
    (void)context;
    return WEIR_OK;
}

static const SpecialFunction special_functions[] = {
    {"window", weir_make_time_window},      {"session_window", weir_make_session_window},
    {"window_time", weir_make_window_time}, {"grouping", keep_grouping},
    {"grouping_id", keep_grouping},
};

static WeirStatus resolve_filter_clause(WeirExpressionContext *context, WeirExpression *call, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    if (call->filter == NULL)
        return WEIR_OK;
    WEIR_TRY(weir_resolve_expression(context, call->filter, &call->filter, error));
    if (call->filter->type->id != WEIR_TYPE_BOOLEAN && call->filter->type->id != WEIR_TYPE_VOID)
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_AGGREGATE_FILTER_NOT_BOOLEAN, "filterExpr",
                                           weir_expression_quoted(analysis, call->filter)));
    if (weir_contains_kind(call->filter, WEIR_EXPRESSION_AGGREGATE))
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_AGGREGATE_FILTER_CONTAINS_AGGREGATE, "filterExpr",
                                           weir_expression_quoted(analysis, call->filter), "aggExpr", "aggregate"));
    if (weir_has_window(call->filter))
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_AGGREGATE_FILTER_CONTAINS_WINDOW_FUNCTION,
                                           "filterExpr", weir_expression_quoted(analysis, call->filter), "windowExpr",
                                           "window"));
    if (!weir_expression_is_deterministic(call->filter))
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_AGGREGATE_FILTER_NON_DETERMINISTIC, "filterExpr",
                                           weir_expression_quoted(analysis, call->filter)));
    return WEIR_OK;
}

static WeirStatus resolve_arguments(WeirExpressionContext *context, const char *name, const WeirExpression *call,
                                    WeirExpression **out, WeirError *error)
{
    WeirExpressionList arguments = {0};
    bool aggregate = weir_aggregate_find(name) != NULL;
    const WeirFunction *function = weir_function_find(name);
    const WeirEnvironment *env = context->env;
    WeirEnvironment of_generator = *env;
    if (function != NULL && function->kind == WEIR_FUNCTION_GENERATOR) {
        of_generator.no_sql_functions = "Generate";
        context->env = &of_generator;
    }
    context->aggregate_depth += aggregate ? 1u : 0u;
    WeirStatus status = WEIR_OK;
    for (uint32_t i = 0; i < call->child_count && status == WEIR_OK; i++)
        status = resolve_argument(context, name, call->is_distinct, call->children[i], &arguments, error);
    context->env = env;
    WeirExpression *copy = weir_expression_copy(context->analysis->arena, call);
    copy->children = arguments.items;
    copy->child_count = arguments.count;
    if (status == WEIR_OK)
        status = resolve_filter_clause(context, copy, error);
    context->aggregate_depth -= aggregate ? 1u : 0u;
    *out = copy;
    return status;
}

static bool takes_ignore_nulls(const char *name)
{
    static const char *const names[] = {"first", "last", "first_value", "last_value",   "any_value",  "nth_value",
                                        "lag",   "lead", "array_agg",   "collect_list", "collect_set"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static WeirStatus unsupported_syntax(WeirExpressionContext *context, const WeirExpression *call, const char *syntax,
                                     WeirError *error)
{
    return weir_located(context->analysis, call->origin, error,
                        weir_error_set(error, WEIR_ERROR_INVALID_SQL_SYNTAX_FUNCTION_WITH_UNSUPPORTED_SYNTAX,
                                       "prettyName", weir_name_quoted(context->analysis, call->parts, call->part_count),
                                       "syntax", syntax));
}

/* f(…) WITHIN GROUP (ORDER BY …): the orders are the call's last arguments. */
static WeirStatus check_within_group(WeirExpressionContext *context, const char *name, const WeirExpression *call,
                                     WeirError *error)
{
    const WeirAggregateFunction *aggregate = weir_aggregate_find(name);
    if (call->child_count == 0 || call->children[call->child_count - 1]->kind != WEIR_EXPRESSION_SORT_ORDER ||
        (aggregate != NULL && (aggregate->flags & WEIR_AGGREGATE_WITHIN_GROUP)))
        return WEIR_OK;
    return unsupported_syntax(context, call, "WITHIN GROUP (ORDER BY ...)", error);
}

static WeirStatus check_modifiers(WeirExpressionContext *context, const WeirExpression *call,
                                  const WeirExpression *resolved, WeirError *error)
{
    bool aggregate = resolved->kind == WEIR_EXPRESSION_AGGREGATE || resolved->kind == WEIR_EXPRESSION_WINDOW;
    bool nulls = call->ignore_nulls && !takes_ignore_nulls(call->parts[call->part_count - 1]);
    if (aggregate && !nulls)
        return WEIR_OK;
    const char *syntax = nulls                  ? "IGNORE NULLS"
                         : call->is_distinct    ? "DISTINCT"
                         : call->filter != NULL ? "FILTER CLAUSE"
                                                : NULL;
    return syntax == NULL ? WEIR_OK : unsupported_syntax(context, call, syntax, error);
}

/* expression.field is written base["field"] by the parser; over a struct it is a field. */
static bool is_field_access(const WeirExpression *call)
{
    if (call->child_count != 2 || strcmp(call->parts[call->part_count - 1], "[]") != 0)
        return false;
    const WeirDataType *type = call->children[0]->type;
    const WeirExpression *field = call->children[1];
    bool structs = type->id == WEIR_TYPE_STRUCT ||
                   (type->id == WEIR_TYPE_ARRAY && weir_type_element(type)->id == WEIR_TYPE_STRUCT);
    return structs && field->kind == WEIR_EXPRESSION_LITERAL && field->type->id == WEIR_TYPE_STRING &&
           !weir_value_is_null(field->value);
}

/* explode(a) + 1 */
static WeirStatus check_generators(WeirExpressionContext *context, const WeirExpression *call, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    for (uint32_t i = 0; i < call->child_count; i++) {
        if (call->children[i]->kind != WEIR_EXPRESSION_GENERATOR)
            continue;
        const char *text = weir_expression_quoted(analysis, call);
        WeirStatus status =
            context->in_select_list
                ? weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS, "expression", text)
                : weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, "plan", text);
        return weir_located(analysis, call->origin, error, status);
    }
    return WEIR_OK;
}

/* Functions that only resolution makes. Those that the parser makes, too, have names that are no identifiers. */
static bool is_internal(const char *name)
{
    const WeirFunction *function = weir_function_find(name);
    return function != NULL && (function->flags & WEIR_FUNCTION_INTERNAL) && strpbrk(name, " []") == NULL;
}

WeirStatus weir_resolve_function_call(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                      WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const char *name = plain_name(call);
    if (name == NULL)
        return unresolved_routine(context, call, error);
    WeirExpression *typed = NULL;
    WEIR_TRY(resolve_arguments(context, name, call, &typed, error));
    WEIR_TRY(check_generators(context, typed, error));
    if (is_field_access(typed)) {
        WeirStringView field = weir_value_get_view(typed->children[1]->value);
        const char *text = weir_arena_strndup(analysis->arena, (const char *)weir_view_data(&field), field.length);
        return weir_extract_field(analysis, typed->children[0], text, call->origin, out, error);
    }
    for (size_t i = 0; i < sizeof(special_functions) / sizeof(special_functions[0]); i++)
        if (strcasecmp(special_functions[i].name, name) == 0)
            return special_functions[i].resolve(context, typed, out, error);
    WeirCatalog *catalog = analysis->analyzer->catalog;
    bool internal = is_internal(name);
    if (internal || (weir_function_find(name) == NULL && weir_aggregate_find(name) == NULL)) {
        const WeirSqlFunction *function =
            catalog == NULL || catalog->sql_function == NULL ? NULL : catalog->sql_function(catalog, name);
        if (function != NULL && context->env->no_sql_functions != NULL)
            return weir_located(analysis, call->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_SQL_UDF_USAGE, "functionName",
                                               weir_name_quoted(analysis, &function->name, 1), "nodeName",
                                               context->env->no_sql_functions));
        if (function != NULL)
            return weir_resolve_sql_function(context, function, typed, out, error);
        if (internal)
            return unresolved_routine(context, call, error);
    }
    WEIR_TRY(check_within_group(context, name, typed, error));
    WEIR_TRY(weir_arrange_builtin(analysis, name, call->origin, &typed->children, &typed->child_count, error));
    if (typed->part_count > 1) {
        const char **parts = WEIR_ARENA_ARRAY(analysis->arena, const char *, 1);
        parts[0] = name;
        typed->parts = parts;
        typed->part_count = 1;
    }
    WeirFunctionResolver resolver = {analysis->arena, analysis->analyzer->context, resolve_callback, context,
                                     analysis->analyzer->next_expression_id};
    WeirStatus status = weir_function_resolve(&resolver, typed, out, error);
    if (status != WEIR_OK)
        return weir_located(analysis, call->origin, error, status);
    return check_modifiers(context, call, *out, error);
}
