/* *, t.*, struct.* and * EXCEPT (…): the columns that a star stands for. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

static bool qualified_by(const WeirAnalysis *analysis, const WeirExpression *attribute, const WeirExpression *star)
{
    if (star->part_count > attribute->part_count)
        return false;
    for (uint32_t i = 0; i < star->part_count; i++)
        if (!weir_name_equal(analysis, attribute->parts[attribute->part_count - star->part_count + i], star->parts[i]))
            return false;
    return true;
}

static WeirStatus expand_struct(WeirExpressionContext *context, const WeirExpression *star, WeirExpressionList *columns,
                                WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirExpression *name = weir_expression_new(analysis->arena, WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE, star->origin);
    name->parts = star->parts;
    name->part_count = star->part_count;
    WeirExpression *base = NULL;
    WEIR_TRY(weir_try_resolve_name(context, name, &base, error));
    if (base != NULL && base->type->id == WEIR_TYPE_STRUCT) {
        for (uint32_t i = 0; i < base->type->field_count; i++) {
            WeirExpression *extract = weir_expression_unary(analysis->arena, WEIR_EXPRESSION_EXTRACT_FIELD, base);
            extract->ordinal = i;
            extract->name = base->type->fields[i].name;
            extract->type = base->type->fields[i].type;
            extract->nullable = base->nullable || base->type->fields[i].nullable;
            weir_list_append(analysis, columns,
                             weir_expression_alias(analysis->arena, extract, extract->name, weir_next_id(analysis)));
        }
        return WEIR_OK;
    }
    if (base != NULL)
        return weir_located(analysis, star->origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1050, "message",
                                           "Only a struct has fields that a star can stand for."));
    WeirBuffer names;
    weir_buffer_init(&names, 1u << 20, NULL);
    for (uint32_t i = 0; context->scope != NULL && i < context->scope->attribute_count; i++)
        weir_buffer_append_format(&names, "%s%s", i == 0 ? "" : ", ",
                                  weir_name_quoted(analysis, &context->scope->attributes[i]->name, 1));
    WeirStatus status =
        weir_error_set(error, WEIR_ERROR_CANNOT_RESOLVE_STAR_EXPAND, "targetString",
                       weir_name_quoted(analysis, star->parts, star->part_count), "columns", weir_buffer_text(&names));
    weir_buffer_deinit(&names);
    return weir_located(analysis, star->origin, error, status);
}

/* EXCEPT (s.a): the struct column rebuilt without that field. */
static WeirStatus drop_field(WeirExpressionContext *context, WeirExpression *column, const WeirExpression *except,
                             uint32_t part, WeirExpression **out, bool *found, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const WeirDataType *type = column->type;
    WeirExpressionList arguments = {0};
    for (uint32_t i = 0; i < type->field_count; i++) {
        WeirExpression *field = NULL;
        bool matches = weir_name_equal(analysis, type->fields[i].name, except->parts[part]);
        WEIR_TRY(weir_extract_field(analysis, column, type->fields[i].name, except->origin, &field, error));
        if (matches && part + 1 == except->part_count) {
            *found = true;
            continue;
        }
        if (matches && field->type->id == WEIR_TYPE_STRUCT)
            WEIR_TRY(drop_field(context, field, except, part + 1, &field, found, error));
        weir_list_append(analysis, &arguments, weir_literal_string(analysis, type->fields[i].name));
        weir_list_append(analysis, &arguments, field);
    }
    return weir_build_call(analysis, "named_struct", arguments.items, arguments.count, except->origin, out, error);
}

static WeirStatus except_column(WeirExpressionContext *context, const WeirExpression *except, bool of_scope,
                                WeirExpressionList *columns, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirExpression *meant = NULL; /* a name that means nothing, or two columns, is refused as anywhere */
    if (of_scope)
        WEIR_TRY(weir_resolve_name(context, (WeirExpression *)(uintptr_t)except, &meant, error));
    for (uint32_t i = 0; i < columns->count; i++) {
        WeirExpression *column = columns->items[i];
        for (uint32_t first = 0; first < except->part_count && first <= 2; first++) {
            if (!weir_name_equal(analysis, column->name, except->parts[first]))
                continue;
            if (first > 0) {
                WeirExpression qualifier = {.parts = except->parts, .part_count = first};
                if (!qualified_by(analysis, column, &qualifier))
                    continue;
            }
            if (first + 1 == except->part_count) {
                memmove(columns->items + i, columns->items + i + 1, sizeof(*columns->items) * (columns->count - i - 1));
                columns->count--;
                return WEIR_OK;
            }
            if (column->type->id != WEIR_TYPE_STRUCT)
                continue;
            WeirExpression *rebuilt = NULL;
            bool found = false;
            WEIR_TRY(drop_field(context, column, except, first + 1, &rebuilt, &found, error));
            if (!found)
                continue;
            columns->items[i] = weir_expression_alias(analysis->arena, rebuilt, column->name, weir_next_id(analysis));
            return WEIR_OK;
        }
    }
    return weir_unresolved_column(context, except, error);
}

/* Two names of EXCEPT of which one contains the other, or is it. */
static WeirStatus check_overlaps(WeirExpressionContext *context, const WeirExpression *star, WeirError *error)
{
    for (uint32_t i = 0; i < star->child_count; i++)
        for (uint32_t j = 0; j < i; j++) {
            const WeirExpression *a = star->children[i], *b = star->children[j];
            uint32_t common = a->part_count < b->part_count ? a->part_count : b->part_count;
            bool overlap = a->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE && b->kind == a->kind;
            for (uint32_t p = 0; p < common && overlap; p++)
                overlap = weir_name_equal(context->analysis, a->parts[p], b->parts[p]);
            if (overlap)
                return weir_located(context->analysis, star->origin, error,
                                    weir_error_set(error, WEIR_ERROR_EXCEPT_OVERLAPPING_COLUMNS, "columns",
                                                   weir_name_quoted(context->analysis, a->parts, a->part_count)));
        }
    return WEIR_OK;
}

/* |> SET a = expression: an ALIAS among the star's children takes the column's place. */
static WeirStatus replace_column(WeirExpressionContext *context, WeirExpression *alias, WeirExpressionList *columns,
                                 WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirExpression *resolved = NULL;
    bool found = false;
    WEIR_TRY(weir_resolve_expression(context, alias, &resolved, error));
    for (uint32_t i = 0; i < columns->count; i++)
        if (weir_name_equal(analysis, columns->items[i]->name, alias->name)) {
            columns->items[i] = resolved;
            found = true;
        }
    if (found)
        return WEIR_OK;
    WeirExpression name = {.parts = &alias->name, .part_count = 1, .origin = alias->origin};
    return weir_unresolved_column(context, &name, error);
}

/* t.* in a subquery where t is of the outer query. */
static void append_outer(WeirExpressionContext *context, const WeirExpression *star, WeirExpressionList *columns)
{
    WeirAnalysis *analysis = context->analysis;
    const WeirScope *outer = context->scope == NULL ? context->env->outer : context->scope->outer;
    for (uint32_t i = 0; outer != NULL && i < outer->attribute_count; i++) {
        WeirExpression *column = outer->attributes[i];
        if (qualified_by(analysis, column, star))
            weir_list_append(analysis, columns,
                             weir_expression_alias(analysis->arena, weir_outer_expression(analysis, column),
                                                   column->name, weir_next_id(analysis)));
    }
}

WeirStatus weir_expand_star(WeirExpressionContext *context, const WeirExpression *star, WeirExpressionList *out,
                            WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const WeirScope *scope = context->scope;
    WeirExpressionList columns = {0};
    for (uint32_t i = 0; scope != NULL && i < scope->attribute_count; i++)
        if (star->part_count == 0 || qualified_by(analysis, scope->attributes[i], star))
            weir_list_append(analysis, &columns, scope->attributes[i]);
    /* t.* of a USING join shows the hidden key too. */
    for (uint32_t i = 0; scope != NULL && star->part_count > 0 && i < scope->hidden_count; i++)
        if (qualified_by(analysis, scope->hidden[i], star)) {
            WeirExpression *hidden = scope->hidden[i];
            weir_list_append(analysis, &columns, hidden);
            memmove(columns.items + 1, columns.items, sizeof(*columns.items) * (columns.count - 1));
            columns.items[0] = hidden;
            context->used_hidden = true;
        }
    bool of_scope = columns.count > 0 || star->part_count == 0; /* else the fields of a struct */
    if (!of_scope)
        append_outer(context, star, &columns);
    if (!of_scope && columns.count == 0)
        WEIR_TRY(expand_struct(context, star, &columns, error));
    WEIR_TRY(check_overlaps(context, star, error));
    for (uint32_t i = 0; i < star->child_count; i++)
        WEIR_TRY(star->children[i]->kind == WEIR_EXPRESSION_ALIAS
                     ? replace_column(context, star->children[i], &columns, error)
                     : except_column(context, star->children[i], of_scope, &columns, error));
    for (uint32_t i = 0; i < columns.count; i++)
        weir_list_append(analysis, out, columns.items[i]);
    return WEIR_OK;
}
