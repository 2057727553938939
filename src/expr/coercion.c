/* Which type two expressions meet at, and what is cast without being asked: Spark's AnsiTypeCoercion. Facts were
 * checked by asking Spark 4.2.1 (coercion_test.c). */
#include "expr/coercion.h"

#include <strings.h>

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

const WeirDataType *weir_decimal_bounded(WeirArena *arena, int precision, int scale)
{
    return weir_type_decimal(arena, precision < 38 ? precision : 38, scale < 38 ? scale : 38);
}

const WeirDataType *weir_decimal_adjusted(WeirArena *arena, int precision, int scale)
{
    if (precision <= 38)
        return weir_type_decimal(arena, precision, scale);
    /* Digits before the point come first; at least min(scale, 6) digits after it are kept. */
    int integral = precision - scale;
    int scale_min = scale < 6 ? scale : 6;
    return weir_type_decimal(arena, 38, max_int(38 - integral, scale_min));
}

const WeirDataType *weir_decimal_wider(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    int scale = max_int(a->scale, b->scale);
    int range = max_int(a->precision - a->scale, b->precision - b->scale);
    int precision = range + scale;
    if (precision > 38) {
        scale = max_int(0, scale - (precision - 38));
        precision = 38;
    }
    return weir_type_decimal(arena, precision, scale);
}

const WeirDataType *weir_decimal_for(WeirArena *arena, const WeirDataType *type)
{
    switch (type->id) {
    case WEIR_TYPE_DECIMAL:
        return type;
    case WEIR_TYPE_BYTE:
        return weir_type_decimal(arena, 3, 0);
    case WEIR_TYPE_SHORT:
        return weir_type_decimal(arena, 5, 0);
    case WEIR_TYPE_INT:
        return weir_type_decimal(arena, 10, 0);
    case WEIR_TYPE_LONG:
        return weir_type_decimal(arena, 20, 0);
    case WEIR_TYPE_FLOAT:
        return weir_type_decimal(arena, 14, 7);
    case WEIR_TYPE_DOUBLE:
        return weir_type_decimal(arena, 30, 15);
    default:
        return weir_type_decimal(arena, 38, 18);
    }
}

const WeirDataType *weir_decimal_for_expression(WeirArena *arena, const WeirExpression *expression)
{
    /* Spark's DataTypeUtils.fromLiteral leaves bytes out. */
    if (expression->kind != WEIR_EXPRESSION_LITERAL || !weir_type_is_integral(expression->type) ||
        expression->type->id == WEIR_TYPE_BYTE || weir_value_is_null(expression->value))
        return weir_decimal_for(arena, expression->type);
    int digits = 1;
    for (int64_t value = weir_value_get_int(expression->value); value / 10 != 0; value /= 10)
        digits++;
    return weir_type_decimal(arena, digits, 0);
}

/* Place in byte < short < int < long < float < double; -1: not one of them. */
static int numeric_rank(const WeirDataType *type)
{
    return type->id >= WEIR_TYPE_BYTE && type->id <= WEIR_TYPE_DOUBLE ? (int)type->id : -1;
}

static bool decimal_holds(const WeirDataType *decimal, const WeirDataType *other)
{
    if (decimal->id != WEIR_TYPE_DECIMAL)
        return false;
    int precision = 0, scale = 0;
    switch (other->id) {
    case WEIR_TYPE_BYTE:
        precision = 3;
        break;
    case WEIR_TYPE_SHORT:
        precision = 5;
        break;
    case WEIR_TYPE_INT:
        precision = 10;
        break;
    case WEIR_TYPE_LONG:
        precision = 20;
        break;
    case WEIR_TYPE_DECIMAL:
        precision = other->precision;
        scale = other->scale;
        break;
    default:
        return false;
    }
    return decimal->precision - decimal->scale >= precision - scale && decimal->scale >= scale;
}

typedef const WeirDataType *(*Combine)(WeirArena *arena, const WeirDataType *a, const WeirDataType *b);

static bool text_may_be_lost(const WeirDataType *from, const WeirDataType *to)
{
    return from->id == WEIR_TYPE_STRING && weir_cast_is_nullable(from, to);
}

/* Arrays, maps and structs meet where their parts do; structs need the same names, in any case. */
static const WeirDataType *combine_nested(WeirArena *arena, const WeirDataType *a, const WeirDataType *b,
                                          Combine combine)
{
    if (a->id != b->id || !weir_type_is_nested(a) || a->field_count != b->field_count)
        return NULL;
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, a->field_count);
    for (uint32_t i = 0; i < a->field_count; i++) {
        if (a->id == WEIR_TYPE_STRUCT && strcasecmp(a->fields[i].name, b->fields[i].name) != 0)
            return NULL;
        fields[i] = a->fields[i];
        fields[i].type = combine(arena, a->fields[i].type, b->fields[i].type);
        if (fields[i].type == NULL)
            return NULL;
        const bool key = a->id == WEIR_TYPE_MAP && i == 0; /* a text that is no number would be no key */
        if (key && (text_may_be_lost(a->fields[i].type, fields[i].type) ||
                    text_may_be_lost(b->fields[i].type, fields[i].type)))
            return NULL;
        fields[i].nullable = a->fields[i].nullable || b->fields[i].nullable;
    }
    bool contains_null = a->contains_null || b->contains_null;
    if (a->id == WEIR_TYPE_ARRAY)
        return weir_type_array(arena, fields[0].type, contains_null);
    if (a->id == WEIR_TYPE_MAP)
        return weir_type_map(arena, fields[0].type, fields[1].type, contains_null);
    return weir_type_struct(arena, fields, a->field_count);
}

static const WeirDataType *combine_intervals(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    uint8_t start = a->start_field < b->start_field ? a->start_field : b->start_field;
    uint8_t end = a->end_field > b->end_field ? a->end_field : b->end_field;
    return weir_type_interval(arena, (WeirIntervalField)start, (WeirIntervalField)end);
}

static const WeirDataType *tightest_atomic(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    if (weir_type_is_integral(a) && decimal_holds(b, a))
        return b;
    if (weir_type_is_integral(b) && decimal_holds(a, b))
        return a;
    int rank_a = numeric_rank(a), rank_b = numeric_rank(b);
    if (rank_a >= 0 && rank_b >= 0) {
        /* An integer beside a float goes to double: a float would lose digits. */
        if (rank_a == WEIR_TYPE_FLOAT || rank_b == WEIR_TYPE_FLOAT)
            return rank_a == rank_b ? a : &weir_type_double;
        return rank_a > rank_b ? a : b;
    }
    if (weir_type_is_datetime(a) && weir_type_is_datetime(b))
        return a->id == WEIR_TYPE_TIMESTAMP || b->id == WEIR_TYPE_TIMESTAMP ? &weir_type_timestamp
                                                                            : &weir_type_timestamp_ntz;
    if (a->id == b->id && (a->id == WEIR_TYPE_DAY_TIME_INTERVAL || a->id == WEIR_TYPE_YEAR_MONTH_INTERVAL))
        return combine_intervals(arena, a, b);
    if (a->id == WEIR_TYPE_STRING && b->id == WEIR_TYPE_STRING)
        return &weir_type_string;
    return NULL;
}

const WeirDataType *weir_tightest_type(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    if (weir_type_equal_strict(a, b) || b->id == WEIR_TYPE_VOID)
        return a;
    if (a->id == WEIR_TYPE_VOID || (!weir_type_is_nested(a) && weir_type_equal(a, b)))
        return b;
    const WeirDataType *type = tightest_atomic(arena, a, b);
    return type != NULL ? type : combine_nested(arena, a, b, weir_tightest_type);
}

const WeirDataType *weir_string_promotion(const WeirDataType *other)
{
    if (weir_type_is_integral(other))
        return &weir_type_long;
    if (weir_type_is_fractional(other))
        return &weir_type_double;
    if (other->id == WEIR_TYPE_VOID)
        return &weir_type_string;
    if (other->id == WEIR_TYPE_STRING || weir_type_is_interval(other) || !weir_type_is_atomic(other))
        return NULL;
    return other;
}

static const WeirDataType *wider_decimal(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    if (a->id != WEIR_TYPE_DECIMAL && b->id != WEIR_TYPE_DECIMAL)
        return NULL;
    if (!weir_type_is_numeric(a) || !weir_type_is_numeric(b))
        return NULL;
    if (numeric_rank(a) >= WEIR_TYPE_FLOAT || numeric_rank(b) >= WEIR_TYPE_FLOAT)
        return &weir_type_double;
    return weir_decimal_wider(arena, weir_decimal_for(arena, a), weir_decimal_for(arena, b));
}

const WeirDataType *weir_common_type(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    const WeirDataType *type = weir_tightest_type(arena, a, b);
    if (type == NULL)
        type = wider_decimal(arena, a, b);
    if (type == NULL && a->id == WEIR_TYPE_STRING)
        type = weir_string_promotion(b);
    if (type == NULL && b->id == WEIR_TYPE_STRING)
        type = weir_string_promotion(a);
    return type != NULL ? type : combine_nested(arena, a, b, weir_common_type);
}

static bool has_string(const WeirDataType *type)
{
    if (type->id == WEIR_TYPE_ARRAY)
        return has_string(weir_type_element(type));
    return type->id == WEIR_TYPE_STRING;
}

const WeirDataType *weir_common_type_of(WeirArena *arena, WeirExpression *const *expressions, uint32_t count)
{
    const WeirDataType *common = &weir_type_void;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < count; i++) {
            if (has_string(expressions[i]->type) != (pass == 1)) /* strings come last */
                continue;
            common = weir_common_type(arena, common, expressions[i]->type);
            if (common == NULL)
                return NULL;
        }
    }
    return common;
}

bool weir_can_store_assign(const WeirDataType *from, const WeirDataType *to)
{
    if (weir_type_equal(from, to) || from->id == WEIR_TYPE_VOID)
        return true;
    if (weir_type_is_numeric(from) && weir_type_is_numeric(to))
        return true;
    if (to->id == WEIR_TYPE_STRING)
        return weir_type_is_atomic(from) || from->id == WEIR_TYPE_CALENDAR_INTERVAL;
    if (weir_type_is_datetime(from) && weir_type_is_datetime(to))
        return true;
    if (from->id != to->id)
        return false;
    if (from->id == WEIR_TYPE_DAY_TIME_INTERVAL || from->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        return true;
    if (!weir_type_is_nested(from) || from->field_count != to->field_count)
        return false;
    if (from->contains_null && !to->contains_null)
        return false;
    for (uint32_t i = 0; i < from->field_count; i++) {
        if (from->id == WEIR_TYPE_STRUCT && from->fields[i].nullable && !to->fields[i].nullable)
            return false;
        if (!weir_can_store_assign(from->fields[i].type, to->fields[i].type))
            return false;
    }
    return true;
}

bool weir_can_implicitly_cast(const WeirDataType *from, const WeirDataType *to)
{
    if (from->id == WEIR_TYPE_STRING && weir_type_is_atomic(to))
        return true;
    return weir_can_store_assign(from, to);
}

WeirExpression *weir_expression_cast(WeirArena *arena, WeirExpression *child, const WeirDataType *type,
                                     WeirEvalMode mode, bool implicit)
{
    if (implicit && (weir_type_equal_strict(child->type, type) ||
                     (!weir_type_is_nested(type) && weir_type_equal(child->type, type))))
        return child;
    if (implicit && child->kind == WEIR_EXPRESSION_LITERAL && child->type->id == WEIR_TYPE_VOID)
        return weir_expression_literal(arena, weir_value_null(arena, type));
    WeirExpression *cast = weir_expression_unary(arena, WEIR_EXPRESSION_CAST, child);
    cast->type = type;
    cast->eval_mode = mode;
    cast->name = implicit ? "implicit" : NULL;
    cast->nullable = child->nullable || mode == WEIR_EVAL_TRY || weir_cast_is_nullable(child->type, type);
    return cast;
}
