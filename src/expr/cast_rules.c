/* Which casts exist (Spark's Cast.canAnsiCast, canCast and canTryCast), and the resolution of CAST and of field access.
 */
#include <strings.h>

#include "expr/coercion.h"
#include "expr/expression_private.h"
#include "expr/function_private.h"

static bool is_ansi_interval(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
}

static bool can_cast_nested(const WeirDataType *from, const WeirDataType *to, WeirEvalMode mode)
{
    if (from->id != to->id || from->field_count != to->field_count)
        return false;
    if (from->id == WEIR_TYPE_ARRAY || from->id == WEIR_TYPE_MAP) {
        if (from->contains_null && !to->contains_null)
            return false;
    }
    for (uint32_t i = 0; i < from->field_count; i++) {
        if (from->id == WEIR_TYPE_STRUCT && from->fields[i].nullable && !to->fields[i].nullable)
            return false;
        if (!weir_can_cast(from->fields[i].type, to->fields[i].type, mode))
            return false;
    }
    return true;
}

/* Casts of atomic types other than to or from strings. */
static bool can_cast_atomic(const WeirDataType *from, const WeirDataType *to, WeirEvalMode mode)
{
    bool numeric_from = weir_type_is_numeric(from), numeric_to = weir_type_is_numeric(to);
    switch (to->id) {
    case WEIR_TYPE_BOOLEAN:
        return numeric_from ||
               (mode == WEIR_EVAL_LEGACY && weir_type_is_datetime(from) && from->id != WEIR_TYPE_TIMESTAMP_NTZ);
    case WEIR_TYPE_BINARY:
        return mode == WEIR_EVAL_LEGACY && weir_type_is_integral(from);
    case WEIR_TYPE_DATE:
        return weir_type_is_datetime(from);
    case WEIR_TYPE_TIMESTAMP:
        return weir_type_is_datetime(from) || numeric_from ||
               (mode == WEIR_EVAL_LEGACY && from->id == WEIR_TYPE_BOOLEAN);
    case WEIR_TYPE_TIMESTAMP_NTZ:
        return weir_type_is_datetime(from);
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
        return from->id == to->id || weir_type_is_integral(from) || from->id == WEIR_TYPE_DECIMAL;
    default:
        break;
    }
    if (!numeric_to)
        return false;
    if (numeric_from || from->id == WEIR_TYPE_BOOLEAN || from->id == WEIR_TYPE_TIMESTAMP)
        return true;
    if (from->id == WEIR_TYPE_DATE)
        return mode == WEIR_EVAL_LEGACY;
    return is_ansi_interval(from) && (weir_type_is_integral(to) || to->id == WEIR_TYPE_DECIMAL);
}

bool weir_can_cast(const WeirDataType *from, const WeirDataType *to, WeirEvalMode mode)
{
    if (weir_type_equal_strict(from, to) || from->id == WEIR_TYPE_VOID || to->id == WEIR_TYPE_STRING)
        return true;
    if (from->id == WEIR_TYPE_STRING)
        return weir_type_is_atomic(to) || to->id == WEIR_TYPE_CALENDAR_INTERVAL;
    if (weir_type_is_nested(from) || weir_type_is_nested(to))
        return can_cast_nested(from, to, mode);
    if (weir_type_equal(from, to))
        return true;
    return can_cast_atomic(from, to, mode);
}

static bool decimal_holds_all(const WeirDataType *from, const WeirDataType *to)
{
    static const int digits[] = {
        [WEIR_TYPE_BYTE] = 3, [WEIR_TYPE_SHORT] = 5, [WEIR_TYPE_INT] = 10, [WEIR_TYPE_LONG] = 20};
    if (from->id == WEIR_TYPE_BOOLEAN)
        return to->precision - to->scale >= 1;
    if (from->id == WEIR_TYPE_DECIMAL)
        return to->precision - to->scale >= from->precision - from->scale && to->scale >= from->scale;
    return weir_type_is_integral(from) && to->precision - to->scale >= digits[from->id];
}

/* Spark's Cast.forceNullable: what may give null for a value, whatever the mode; ANSI mode does not change the answer.
 */
bool weir_cast_is_nullable(const WeirDataType *from, const WeirDataType *to)
{
    if (from->id == WEIR_TYPE_VOID || (from->id == to->id && from->id != WEIR_TYPE_DECIMAL) ||
        to->id == WEIR_TYPE_STRING)
        return false;
    if (from->id == WEIR_TYPE_STRING)
        return to->id != WEIR_TYPE_BINARY;
    if (from->id == WEIR_TYPE_TIMESTAMP &&
        (to->id == WEIR_TYPE_BYTE || to->id == WEIR_TYPE_SHORT || to->id == WEIR_TYPE_INT))
        return true;
    bool floating = from->id == WEIR_TYPE_FLOAT || from->id == WEIR_TYPE_DOUBLE;
    if (to->id == WEIR_TYPE_DATE)
        return from->id != WEIR_TYPE_TIMESTAMP;
    if (from->id == WEIR_TYPE_DATE)
        return to->id != WEIR_TYPE_TIMESTAMP && to->id != WEIR_TYPE_TIMESTAMP_NTZ;
    if (to->id == WEIR_TYPE_CALENDAR_INTERVAL || (floating && to->id == WEIR_TYPE_TIMESTAMP))
        return true;
    if (to->id == WEIR_TYPE_DECIMAL)
        return !decimal_holds_all(from, to);
    return weir_type_is_fractional(from) && weir_type_is_integral(to);
}

static const char *cast_suggestion(const WeirDataType *from, const WeirDataType *to)
{
    if (weir_type_is_numeric(from) && to->id == WEIR_TYPE_DATE)
        return "`DATE_FROM_UNIX_DATE`";
    if (from->id == WEIR_TYPE_DATE && weir_type_is_numeric(to))
        return "`UNIX_DATE`";
    if (weir_type_is_integral(from) && to->id == WEIR_TYPE_TIMESTAMP)
        return "`TIMESTAMP_SECONDS`/`TIMESTAMP_MILLIS`/`TIMESTAMP_MICROS`";
    return NULL;
}

WeirStatus weir_cast_resolve(const WeirFunctionResolver *resolver, WeirExpression *expression,
                             WeirExpression **resolved, WeirError *error)
{
    WeirExpression *child = expression->children[0];
    WeirEvalMode mode = expression->eval_mode;
    if (mode == WEIR_EVAL_ANSI && !resolver->context->ansi)
        mode = WEIR_EVAL_LEGACY;
    if (!weir_can_cast(child->type, expression->type, mode)) {
        WeirArena *arena = resolver->arena;
        const char *sql = weir_quoted_sql(arena, expression);
        const char *from = weir_quoted_type(arena, child->type), *to = weir_quoted_type(arena, expression->type);
        const char *function = cast_suggestion(child->type, expression->type);
        WeirStatus status;
        if (function != NULL &&
            weir_can_cast(child->type, expression->type, WEIR_EVAL_LEGACY) == (child->type->id == WEIR_TYPE_DATE))
            status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CAST_WITH_FUNC_SUGGESTION, "sqlExpr", sql,
                                    "srcType", from, "targetType", to, "functionNames", function);
        else if (mode == WEIR_EVAL_ANSI && weir_can_cast(child->type, expression->type, WEIR_EVAL_LEGACY))
            status =
                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CAST_WITH_CONF_SUGGESTION, "sqlExpr", sql, "srcType",
                               from, "targetType", to, "config", "\"spark.sql.ansi.enabled\"", "configVal", "'false'");
        else
            status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, "sqlExpr", sql,
                                    "srcType", from, "targetType", to);
        weir_error_locate(error, NULL, expression->origin);
        return status;
    }
    WeirExpression *copy = weir_expression_copy(resolver->arena, expression);
    copy->eval_mode = mode;
    copy->nullable = child->nullable || mode == WEIR_EVAL_TRY || weir_cast_is_nullable(child->type, expression->type);
    *resolved = copy;
    return WEIR_OK;
}

/* The field's ordinal, or an error when there is none or more than one. */
static WeirStatus find_field(const WeirFunctionResolver *resolver, const WeirDataType *type, const char *name,
                             WeirOrigin origin, uint32_t *ordinal, WeirError *error)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < type->field_count; i++) {
        bool same = resolver->context->case_sensitive ? strcmp(type->fields[i].name, name) == 0
                                                      : strcasecmp(type->fields[i].name, name) == 0;
        if (same && found++ == 0)
            *ordinal = i;
    }
    if (found == 1)
        return WEIR_OK;
    WeirStatus status;
    if (found > 1) {
        char count[16];
        snprintf(count, sizeof(count), "%u", found);
        status = weir_error_set(error, WEIR_ERROR_AMBIGUOUS_REFERENCE_TO_FIELDS, "field",
                                weir_arena_printf(resolver->arena, "`%s`", name), "count", count);
    } else {
        WeirBuffer fields;
        weir_buffer_init(&fields, 1u << 16, NULL);
        for (uint32_t i = 0; i < type->field_count; i++)
            weir_buffer_append_format(&fields, "%s`%s`", i == 0 ? "" : ", ", type->fields[i].name);
        status = weir_error_set(error, WEIR_ERROR_FIELD_NOT_FOUND, "fieldName",
                                weir_arena_printf(resolver->arena, "`%s`", name), "fields", weir_buffer_text(&fields));
        weir_buffer_deinit(&fields);
    }
    weir_error_locate(error, NULL, origin);
    return status;
}

WeirStatus weir_extract_field_resolve(const WeirFunctionResolver *resolver, WeirExpression *child, const char *name,
                                      WeirOrigin origin, WeirExpression **resolved, WeirError *error)
{
    WeirArena *arena = resolver->arena;
    const WeirDataType *type = child->type;
    const WeirDataType *holder = type->id == WEIR_TYPE_ARRAY ? weir_type_element(type) : type;
    if (type->id == WEIR_TYPE_MAP) {
        WeirExpression *arguments[2] = {child, weir_expression_string_literal(arena, name)};
        return weir_function_resolve(resolver, weir_expression_function(arena, "[]", arguments, 2, origin), resolved,
                                     error);
    }
    if (holder->id != WEIR_TYPE_STRUCT) {
        WeirStatus status = weir_error_set(error, WEIR_ERROR_INVALID_EXTRACT_BASE_FIELD_TYPE, "base",
                                           weir_quoted_sql(arena, child), "other", weir_quoted_type(arena, type));
        weir_error_locate(error, NULL, origin);
        return status;
    }
    uint32_t ordinal = 0;
    WEIR_TRY(find_field(resolver, holder, name, origin, &ordinal, error));
    const WeirField *field = &holder->fields[ordinal];
    WeirExpression *extract = weir_expression_unary(arena, WEIR_EXPRESSION_EXTRACT_FIELD, child);
    extract->origin = origin;
    extract->ordinal = ordinal;
    extract->name = field->name;
    if (type->id == WEIR_TYPE_ARRAY) {
        extract->type = weir_type_array(arena, field->type, type->contains_null || field->nullable);
        extract->nullable = child->nullable;
    } else {
        extract->type = field->type;
        extract->nullable = child->nullable || field->nullable;
    }
    *resolved = extract;
    return WEIR_OK;
}
