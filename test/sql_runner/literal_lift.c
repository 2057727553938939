/* See literal_lift.h. Each call above a new column is resolved again: what the function made of the literal (a compiled
 * pattern, a set) is not used, and where it refuses columns or gives another type the literal stays. */
#include "sql_runner/literal_lift.h"

#include <string.h>

#include "columnar/time_zone.h"
#include "columnar/value_parse.h"
#include "expr/function_private.h"

static WeirExpression *make_column(SqlLift *lift, WeirExpression *literal)
{
    if (lift->column_count == lift->column_capacity) {
        uint32_t capacity = lift->column_capacity * 2 + 16;
        WeirExpression **columns = WEIR_ARENA_ARRAY(lift->arena, WeirExpression *, capacity);
        const WeirValue **values = WEIR_ARENA_ARRAY(lift->arena, const WeirValue *, capacity);
        for (uint32_t i = 0; i < lift->column_count; i++) {
            columns[i] = lift->columns[i];
            values[i] = lift->values[i];
        }
        lift->columns = columns;
        lift->values = values;
        lift->column_capacity = capacity;
    }
    const char *name = weir_arena_printf(lift->arena, "literal_%u", lift->column_count);
    WeirExpression *column =
        weir_expression_attribute(lift->arena, name, literal->type, true, (*lift->next_expression_id)++);
    lift->values[lift->column_count] = literal->value;
    lift->columns[lift->column_count++] = column;
    return column;
}

static WeirExpression *lift_literal(SqlLift *lift, WeirExpression *literal)
{
    if (literal->type->id == WEIR_TYPE_VOID || weir_value_is_null(literal->value))
        return literal;
    uint32_t number = lift->seen++;
    if (lift->part != SQL_COLUMNS_ALL && (number % 2 == 0) != (lift->part == SQL_COLUMNS_EVEN))
        return literal;
    return make_column(lift, literal);
}

static WeirExpression *with_children(SqlLift *lift, const WeirExpression *expression, WeirExpression *const *children)
{
    WeirExpression *copy = weir_expression_copy(lift->arena, expression);
    if (copy->child_count > 0)
        memcpy(copy->children, children, sizeof(*children) * copy->child_count);
    for (uint32_t i = 0; i < copy->child_count; i++)
        copy->nullable = copy->nullable || children[i]->nullable;
    return copy;
}

static bool is_same_call(const WeirExpression *before, const WeirExpression *after)
{
    return after->kind == WEIR_EXPRESSION_CALL && after->function == before->function &&
           after->eval_mode == before->eval_mode && after->child_count == before->child_count &&
           weir_type_equal(after->type, before->type);
}

static WeirExpression *resolve_as(SqlLift *lift, const char *name, const WeirExpression *call,
                                  WeirExpression *const *children)
{
    WeirError ignored;
    WeirFunctionResolver resolver = {
        .arena = lift->arena, .context = lift->context, .next_expression_id = lift->next_expression_id};
    WeirExpression *resolved = NULL, *expanded = NULL,
                   *wanted = weir_expression_function(lift->arena, name, children, call->child_count, call->origin);
    wanted->sql = call->sql;
    if (weir_function_resolve(&resolver, wanted, &resolved, &ignored) != WEIR_OK || !is_same_call(call, resolved))
        return NULL;
    if ((call->function->flags & WEIR_FUNCTION_REPLACED) &&
        weir_function_expand(resolved, lift->context, lift->arena, &expanded, &ignored) != WEIR_OK)
        return NULL;
    return resolved;
}

/* The call over these children, or NULL. */
static WeirExpression *resolve_call(SqlLift *lift, const WeirExpression *call, WeirExpression *const *children)
{
    for (uint32_t i = 0; i < call->child_count; i++)
        if (children[i]->kind == WEIR_EXPRESSION_LAMBDA) /* its variables are typed already */
            return with_children(lift, call, children);
    WeirExpression *resolved = call->name == NULL ? NULL : resolve_as(lift, call->name, call, children);
    if (resolved == NULL)
        resolved = resolve_as(lift, call->function->name, call, children);
    return resolved;
}

/* Does resolving the call again give the call? Not where names of arguments count (struct) and where arguments became
 * part of the type (from_json). */
static bool can_be_asked(SqlLift *lift, const WeirExpression *call)
{
    return resolve_call(lift, call, call->children) != NULL;
}

static WeirExpression *settle_call(SqlLift *lift, WeirExpression *call, WeirExpression **lifted)
{
    WeirExpression *resolved = resolve_call(lift, call, lifted);
    if (resolved != NULL)
        return resolved;
    if (!can_be_asked(lift, call) || strcmp(call->function->name, "struct") == 0)
        return with_children(lift, call, lifted);
    WeirExpression *best = call;
    WeirExpression **children = WEIR_ARENA_ARRAY(lift->arena, WeirExpression *, call->child_count + 1);
    memcpy(children, call->children, sizeof(*children) * call->child_count);
    for (uint32_t i = 0; i < call->child_count; i++) {
        if (lifted[i] == call->children[i])
            continue;
        children[i] = lifted[i];
        resolved = resolve_call(lift, call, children);
        if (resolved != NULL)
            best = resolved;
        else
            children[i] = call->children[i];
    }
    return best;
}

/* CAST('epoch' AS DATE): only constants are words for times. */
static bool names_special_time(const WeirExpression *expression)
{
    if (expression->kind != WEIR_EXPRESSION_CAST || !weir_type_is_datetime(expression->type))
        return false;
    const WeirExpression *child = expression->children[0];
    if (child->kind != WEIR_EXPRESSION_LITERAL || child->type->id != WEIR_TYPE_STRING ||
        weir_value_is_null(child->value))
        return false;
    WeirStringView view = weir_value_get_view(child->value);
    int32_t days;
    return weir_string_to_special_date((const char *)weir_view_data(&view), view.length, weir_time_zone_utc(), 0,
                                       &days);
}

WeirExpression *sql_lift_literals(SqlLift *lift, WeirExpression *expression)
{
    if (names_special_time(expression))
        return expression;
    switch (expression->kind) {
    case WEIR_EXPRESSION_LITERAL:
        return lift_literal(lift, expression);
    case WEIR_EXPRESSION_LAMBDA_VARIABLE: /* elements may be null now */
        if (!expression->nullable)
            expression = with_children(lift, expression, NULL);
        expression->nullable = true;
        return expression;
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_CALL:
    case WEIR_EXPRESSION_CAST:
    case WEIR_EXPRESSION_CASE:
    case WEIR_EXPRESSION_EXTRACT_FIELD:
    case WEIR_EXPRESSION_LAMBDA:
        break;
    default:
        return expression;
    }
    bool changed = false;
    WeirExpression **children = WEIR_ARENA_ARRAY(lift->arena, WeirExpression *, expression->child_count + 1);
    for (uint32_t i = 0; i < expression->child_count; i++) {
        children[i] = sql_lift_literals(lift, expression->children[i]);
        changed = changed || children[i] != expression->children[i];
    }
    if (!changed)
        return expression;
    if (expression->kind == WEIR_EXPRESSION_CALL)
        return settle_call(lift, expression, children);
    return with_children(lift, expression, children);
}

typedef struct Replacement {
    const SqlLift *lift;
    const WeirValue *const *values;
} Replacement;

static WeirExpression *replace(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const Replacement *replacement = context;
    const SqlLift *lift = replacement->lift;
    (void)status;
    (void)error;
    for (uint32_t i = 0; i < lift->column_count; i++) {
        if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE || expression->id != lift->columns[i]->id)
            continue;
        WeirExpression *literal = weir_expression_null_literal(lift->arena, expression->type);
        if (replacement->values != NULL)
            literal->value = replacement->values[i];
        return literal;
    }
    return expression;
}

WeirStatus sql_lift_replace(const SqlLift *lift, WeirExpression *expression, const WeirValue *const *values,
                            WeirExpression **out, WeirError *error)
{
    Replacement replacement = {lift, values};
    return weir_expression_transform(lift->arena, expression, replace, &replacement, out, error);
}

static bool is_column(void *context, const WeirExpression *expression)
{
    const WeirExpression *column = context;
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->id == column->id;
}

bool sql_lift_uses(const WeirExpression *expression, const WeirExpression *column)
{
    return weir_expression_any(expression, is_column, (void *)(uintptr_t)column);
}
