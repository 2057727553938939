/* Meaning of a name: Spark's AttributeSeq.resolve and the order in which scopes are asked: lambda variables, columns of
 * the input, hidden columns, functions without parentheses, earlier aliases of the SELECT list, the outer query,
 * arguments of a SQL function, SQL variables. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

static bool qualifier_matches(const WeirAnalysis *analysis, const WeirExpression *attribute, const char *const *parts,
                              uint32_t count)
{
    if (attribute->part_count == 0 || count == 0)
        return false;
    /* The last parts of the qualifier must be what was written: `t.c` and `db.t.c` both mean a column of t. */
    if (count > attribute->part_count) {
        /* Temporary views live in no catalog: system.session.v is not written in scripts. */
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!weir_name_equal(analysis, attribute->parts[attribute->part_count - count + i], parts[i]))
            return false;
    return true;
}

/* Attributes that `parts[0..qualifier_count]` name, without doubles. */
static void collect(WeirAnalysis *analysis, WeirExpression *const *attributes, uint32_t count, const char *const *parts,
                    uint32_t qualifier_count, WeirExpressionList *matches)
{
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *attribute = attributes[i];
        if (!weir_name_equal(analysis, attribute->name, parts[qualifier_count]))
            continue;
        if (qualifier_count > 0 && !qualifier_matches(analysis, attribute, parts, qualifier_count))
            continue;
        if (weir_find_by_id(matches->items, matches->count, attribute->id) == NULL)
            weir_list_append(analysis, matches, attribute);
    }
}

static WeirStatus ambiguous(WeirAnalysis *analysis, const WeirExpressionList *matches, const char *const *parts,
                            uint32_t part_count, WeirOrigin origin, WeirError *error)
{
    WeirBuffer candidates;
    weir_buffer_init(&candidates, 1u << 20, NULL);
    weir_buffer_append_char(&candidates, '[');
    for (uint32_t i = 0; i < matches->count; i++) {
        const WeirExpression *attribute = matches->items[i];
        const char **full = WEIR_ARENA_ARRAY(analysis->arena, const char *, attribute->part_count + 1);
        for (uint32_t p = 0; p < attribute->part_count; p++)
            full[p] = attribute->parts[p];
        full[attribute->part_count] = attribute->name;
        weir_buffer_append_format(&candidates, "%s%s", i == 0 ? "" : ", ",
                                  weir_name_quoted(analysis, full, attribute->part_count + 1));
    }
    weir_buffer_append_char(&candidates, ']');
    WeirStatus status =
        weir_error_set(error, WEIR_ERROR_AMBIGUOUS_REFERENCE, "name", weir_name_quoted(analysis, parts, part_count),
                       "referenceNames", weir_buffer_text(&candidates));
    weir_buffer_deinit(&candidates);
    return weir_located(analysis, origin, error, status);
}

WeirStatus weir_resolve_in_attributes(WeirAnalysis *analysis, WeirExpression *const *attributes, uint32_t count,
                                      const char *const *parts, uint32_t part_count, WeirOrigin origin,
                                      WeirExpression **out, WeirError *error)
{
    *out = NULL;
    WeirExpressionList matches = {0};
    uint32_t qualifier_count = part_count > 4 ? 3 : part_count - 1;
    for (;; qualifier_count--) {
        collect(analysis, attributes, count, parts, qualifier_count, &matches);
        if (matches.count > 0 || qualifier_count == 0)
            break;
    }
    if (matches.count == 0)
        return WEIR_OK;
    if (matches.count > 1)
        return ambiguous(analysis, &matches, parts, part_count, origin, error);
    /* The column takes the name as the query writes it: SELECT ID gives a column ID. */
    WeirExpression *result = weir_expression_copy(analysis->arena, matches.items[0]);
    result->name = parts[qualifier_count];
    result->origin = origin;
    for (uint32_t i = qualifier_count + 1; i < part_count; i++)
        WEIR_TRY(weir_extract_field(analysis, result, parts[i], origin, &result, error));
    *out = result;
    return WEIR_OK;
}

static WeirStatus struct_field(WeirAnalysis *analysis, WeirExpression *base, const WeirDataType *type,
                               const char *field, WeirOrigin origin, WeirExpression **out, WeirError *error)
{
    uint32_t found = 0, matches = 0;
    for (uint32_t i = 0; i < type->field_count; i++)
        if (weir_name_equal(analysis, type->fields[i].name, field)) {
            found = i;
            matches++;
        }
    if (matches > 1)
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_AMBIGUOUS_REFERENCE_TO_FIELDS, "field",
                                           weir_name_quoted(analysis, &field, 1), "count",
                                           weir_arena_printf(analysis->arena, "%u", matches)));
    if (matches == 0) {
        WeirBuffer names;
        weir_buffer_init(&names, 1u << 20, NULL);
        for (uint32_t i = 0; i < type->field_count; i++)
            weir_buffer_append_format(&names, "%s%s", i == 0 ? "" : ", ",
                                      weir_name_quoted(analysis, &type->fields[i].name, 1));
        WeirStatus status = weir_error_set(error, WEIR_ERROR_FIELD_NOT_FOUND, "fieldName",
                                           weir_name_quoted(analysis, &field, 1), "fields", weir_buffer_text(&names));
        weir_buffer_deinit(&names);
        return weir_located(analysis, origin, error, status);
    }
    WeirExpression *extract = weir_expression_unary(analysis->arena, WEIR_EXPRESSION_EXTRACT_FIELD, base);
    extract->origin = origin;
    extract->ordinal = found;
    extract->name = field;
    const WeirField *member = &type->fields[found];
    if (base->type->id == WEIR_TYPE_ARRAY) {
        extract->type = weir_type_array(analysis->arena, member->type, base->type->contains_null || member->nullable);
        extract->nullable = base->nullable;
    } else {
        extract->type = member->type;
        extract->nullable = base->nullable || member->nullable;
    }
    *out = extract;
    return WEIR_OK;
}

WeirStatus weir_extract_field(WeirAnalysis *analysis, WeirExpression *base, const char *field, WeirOrigin origin,
                              WeirExpression **out, WeirError *error)
{
    const WeirDataType *type = base->type;
    if (type->id == WEIR_TYPE_ARRAY && weir_type_element(type)->id == WEIR_TYPE_STRUCT)
        return struct_field(analysis, base, weir_type_element(type), field, origin, out, error);
    if (type->id == WEIR_TYPE_STRUCT)
        return struct_field(analysis, base, type, field, origin, out, error);
    if (type->id == WEIR_TYPE_VOID) {
        *out = weir_literal_null(analysis, type);
        (*out)->name = field;
        return WEIR_OK;
    }
    if (type->id == WEIR_TYPE_MAP || type->id == WEIR_TYPE_ARRAY) {
        WeirExpression *arguments[2] = {base, weir_literal_string(analysis, field)};
        return weir_build_call(analysis, "[]", arguments, 2, origin, out, error);
    }
    return weir_located(analysis, origin, error,
                        weir_error_set(error, WEIR_ERROR_INVALID_EXTRACT_BASE_FIELD_TYPE, "base",
                                       weir_expression_quoted(analysis, base), "other",
                                       weir_type_quoted(analysis, type)));
}

WeirScope weir_scope_of(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *child)
{
    WeirExpressionList hidden = {0};
    if (child == NULL)
        return (WeirScope){.outer = env->outer};
    weir_plan_hidden(analysis, child, &hidden);
    return (WeirScope){env->outer, child->output, child->output_count, hidden.items, hidden.count, false};
}

static WeirStatus resolve_lambda(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                 WeirError *error)
{
    for (const WeirLambdaFrame *frame = context->lambdas; frame != NULL; frame = frame->outer)
        for (uint32_t i = 0; i < frame->count; i++) {
            if (!weir_name_equal(context->analysis, frame->variables[i]->name, name->parts[0]))
                continue;
            *out = frame->variables[i];
            for (uint32_t p = 1; p < name->part_count; p++)
                WEIR_TRY(weir_extract_field(context->analysis, *out, name->parts[p], name->origin, out, error));
            return WEIR_OK;
        }
    return WEIR_OK;
}

static WeirStatus resolve_in_scope(WeirExpressionContext *context, const WeirScope *scope, const WeirExpression *name,
                                   WeirExpression **out, WeirError *error)
{
    WEIR_TRY(weir_resolve_in_attributes(context->analysis, scope->attributes, scope->attribute_count, name->parts,
                                        name->part_count, name->origin, out, error));
    if (*out != NULL || scope->hidden_count == 0)
        return WEIR_OK;
    WEIR_TRY(weir_resolve_in_attributes(context->analysis, scope->hidden, scope->hidden_count, name->parts,
                                        name->part_count, name->origin, out, error));
    context->used_hidden = context->used_hidden || *out != NULL;
    return WEIR_OK;
}

/* current_date and its like need no parentheses. */
static WeirStatus resolve_bare_function(WeirExpressionContext *context, const WeirExpression *name,
                                        WeirExpression **out, WeirError *error)
{
    static const char *const bare[] = {"current_date", "current_timestamp", "current_time", "localtime", "current_user",
                                       "user",         "session_user",      "grouping__id"};
    if (name->part_count != 1)
        return WEIR_OK;
    for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++)
        if (strcasecmp(bare[i], name->parts[0]) == 0) {
            const char *function = i == sizeof(bare) / sizeof(bare[0]) - 1 ? "grouping_id" : bare[i];
            WeirExpression *call = weir_expression_function(context->analysis->arena, function, NULL, 0, name->origin);
            return weir_resolve_function_call(context, call, out, error);
        }
    return WEIR_OK;
}

/* A SQL variable: its column has its name, but is no alias. */
static bool is_variable(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_LITERAL && expression->name != NULL;
}

static WeirStatus resolve_lateral(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                  WeirError *error)
{
    if (context->lateral_count == 0 ||
        weir_setting_is_off(context->analysis, "spark.sql.lateralColumnAlias.enableImplicitResolution"))
        return WEIR_OK;
    WeirExpressionList attributes = {0};
    bool generated = false;
    for (uint32_t i = 0; i < context->lateral_count; i++)
        if (context->laterals[i]->kind == WEIR_EXPRESSION_ALIAS && !is_variable(context->laterals[i]->children[0]) &&
            weir_name_equal(context->analysis, context->laterals[i]->name, name->parts[0])) {
            generated = context->laterals[i]->children[0]->kind == WEIR_EXPRESSION_GENERATOR;
            weir_list_append(context->analysis, &attributes,
                             weir_expression_to_attribute(context->analysis->arena, context->laterals[i]));
        }
    if (attributes.count > 1) {
        return weir_located(context->analysis, name->origin, error,
                            weir_error_set(error, WEIR_ERROR_AMBIGUOUS_LATERAL_COLUMN_ALIAS, "name",
                                           weir_name_quoted(context->analysis, name->parts, name->part_count), "n",
                                           weir_arena_printf(context->analysis->arena, "%u", attributes.count)));
    }
    /* What a generator gives is a column of the input once the generator stands below: generator_list.c. */
    if (generated && !context->in_window)
        return WEIR_OK;
    WEIR_TRY(weir_resolve_in_attributes(context->analysis, attributes.items, attributes.count, name->parts,
                                        name->part_count, name->origin, out, error));
    if (*out != NULL && (context->in_window || context->aggregate_depth > 0)) {
        const char *alias = weir_name_quoted(context->analysis, name->parts, name->part_count);
        WeirStatus status =
            context->in_window
                ? weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_WINDOW, "lca", alias,
                                 "windowExpr", "around it")
                : weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC, "lca",
                                 alias, "aggFunc", "around it");
        return weir_located(context->analysis, name->origin, error, status);
    }
    context->used_lateral = context->used_lateral || *out != NULL;
    return WEIR_OK;
}

static WeirExpression *outer_reference(void *context, WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        return expression;
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        return NULL;
    WeirExpression *outer = weir_expression_unary(context, WEIR_EXPRESSION_OUTER_REFERENCE, expression);
    outer->type = expression->type;
    outer->nullable = expression->nullable;
    outer->name = expression->name;
    return outer;
}

WeirExpression *weir_outer_expression(WeirAnalysis *analysis, WeirExpression *expression)
{
    return weir_transform_down(analysis->arena, expression, outer_reference, analysis->arena);
}

WeirArgumentFrame weir_arguments_as_outer(WeirAnalysis *analysis, const WeirArgumentFrame *frame)
{
    WeirArgumentFrame outer = *frame;
    WeirExpression **values = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, frame->count + 1);
    for (uint32_t i = 0; i < frame->count; i++)
        values[i] = weir_outer_expression(analysis, frame->values[i]);
    outer.values = values;
    return outer;
}

static WeirStatus resolve_outer(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                WeirError *error)
{
    const WeirScope *outer = context->scope == NULL ? context->env->outer : context->scope->outer;
    if (outer == NULL)
        return WEIR_OK;
    bool used_hidden = context->used_hidden;
    WEIR_TRY(resolve_in_scope(context, outer, name, out, error));
    context->used_hidden = used_hidden;
    if (*out != NULL)
        *out = weir_outer_expression(context->analysis, *out);
    return WEIR_OK;
}

static WeirStatus resolve_argument(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                   WeirError *error)
{
    const WeirArgumentFrame *frame = context->env->arguments;
    if (frame == NULL)
        return WEIR_OK;
    uint32_t first =
        name->part_count > 1 && weir_name_equal(context->analysis, frame->function, name->parts[0]) ? 1 : 0;
    for (uint32_t i = 0; i < frame->count; i++) {
        if (!weir_name_equal(context->analysis, frame->names[i], name->parts[first]))
            continue;
        *out = frame->values[i];
        for (uint32_t p = first + 1; p < name->part_count; p++)
            WEIR_TRY(weir_extract_field(context->analysis, *out, name->parts[p], name->origin, out, error));
        return WEIR_OK;
    }
    return WEIR_OK;
}

static WeirStatus resolve_variable(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                   WeirError *error)
{
    WeirCatalog *catalog = context->analysis->analyzer->catalog;
    if (catalog == NULL || catalog->variable == NULL)
        return WEIR_OK;
    uint32_t first = 0;
    if (name->part_count > 2 && strcasecmp(name->parts[0], "system") == 0 && strcasecmp(name->parts[1], "session") == 0)
        first = 2;
    else if (name->part_count > 1 && strcasecmp(name->parts[0], "session") == 0)
        first = 1;
    const WeirValue *value = catalog->variable(catalog, name->parts[first]);
    if (value == NULL)
        return WEIR_OK;
    *out = weir_expression_literal(context->analysis->arena, value);
    (*out)->name = name->parts[first]; /* a column made of it is called as the variable */
    (*out)->origin = name->origin;
    for (uint32_t p = first + 1; p < name->part_count; p++)
        WEIR_TRY(weir_extract_field(context->analysis, *out, name->parts[p], name->origin, out, error));
    return WEIR_OK;
}

static bool equals(void *context, const WeirExpression *expression)
{
    return weir_expression_equal(expression, context);
}

static bool is_grouping(void *context, const WeirExpression *expression)
{
    const WeirExpressionContext *resolution = context;
    for (uint32_t i = 0; i < resolution->grouping_count; i++)
        if (weir_expression_equal(resolution->grouping[i], expression))
            return true;
    return false;
}

/* Is it a grouping expression, part of one (which one shows when the whole is resolved), or taken out of one? */
static bool belongs_to_grouping(WeirExpressionContext *context, WeirExpression *expression)
{
    for (uint32_t i = 0; i < context->grouping_count; i++)
        if (weir_expression_any(context->grouping[i], equals, expression))
            return true;
    return weir_expression_any(expression, is_grouping, context);
}

/* A name that fits nothing in one scope, or more than one column, may still mean a column of the other. */
static bool may_be_elsewhere(WeirStatus status)
{
    return status == WEIR_ERROR_AMBIGUOUS_REFERENCE || status == WEIR_ERROR_FIELD_NOT_FOUND ||
           status == WEIR_ERROR_AMBIGUOUS_REFERENCE_TO_FIELDS || status == WEIR_ERROR_INVALID_EXTRACT_BASE_FIELD_TYPE;
}

/* HAVING asks the aggregate's input first, ORDER BY its output; outside of aggregate functions a column of the input
 * counts only as (part of) a grouping expression. */
static WeirStatus resolve_in_scopes(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                    WeirError *error)
{
    if (context->second == NULL)
        return context->scope == NULL ? WEIR_OK : resolve_in_scope(context, context->scope, name, out, error);
    const WeirScope *scopes[2] = {context->scope, context->second};
    if (context->second_first) {
        scopes[0] = context->second;
        scopes[1] = context->scope;
    }
    WeirError first = {0};
    for (int i = 0; i < 2; i++) {
        WeirError tried = {0};
        WeirStatus status = resolve_in_scope(context, scopes[i], name, out, &tried);
        /* Of what QUALIFY asks first, and of what HAVING asks last. */
        const bool decides = context->second_first && context->second_is_input == (i == 0);
        if (status != WEIR_OK && (!may_be_elsewhere(status) || (decides && status == WEIR_ERROR_AMBIGUOUS_REFERENCE))) {
            weir_error_copy(error, &tried);
            return status;
        }
        if (status == WEIR_OK && *out != NULL &&
            (scopes[i] == context->scope || context->second_is_input || context->aggregate_depth > 0 ||
             belongs_to_grouping(context, *out)))
            return WEIR_OK;
        if (status != WEIR_OK && status != WEIR_ERROR_AMBIGUOUS_REFERENCE && first.status == WEIR_OK)
            first = tried;
        *out = NULL;
    }
    if (first.status != WEIR_OK)
        weir_error_copy(error, &first);
    return first.status;
}

WeirStatus weir_try_resolve_name(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                 WeirError *error)
{
    typedef WeirStatus (*Step)(WeirExpressionContext *, const WeirExpression *, WeirExpression **, WeirError *);
    static const Step steps[] = {resolve_lambda, resolve_in_scopes, resolve_bare_function, resolve_lateral,
                                 resolve_outer,  resolve_argument,  resolve_variable};
    *out = NULL;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        WEIR_TRY(steps[i](context, name, out, error));
        if (*out != NULL)
            return WEIR_OK;
    }
    return WEIR_OK;
}

WeirStatus weir_resolve_name(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                             WeirError *error)
{
    WEIR_TRY(weir_try_resolve_name(context, name, out, error));
    return *out != NULL ? WEIR_OK : weir_unresolved_column(context, name, error);
}
