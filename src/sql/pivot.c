/* PIVOT and UNPIVOT.
 * PIVOT: condition = the pivot column (a "struct" of several), grouping = its values (each plain or an ALIAS),
 * expressions = aggregates. UNPIVOT: rows = the groups of columns [row_count][row_width], parts = a name of each group
 * or NULL, name = the new name column, names = the new value columns. EXCLUDE NULLS is a Filter over it, as in Spark.
 */
#include "sql/parser_private.h"

static WeirExpression *parse_name(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirList parts = {0};
    weir_parse_multipart(p, &parts);
    return weir_make_attribute(p, &parts, origin);
}

/* PIVOT's columns have no qualifier. */
static WeirExpression *parse_plain_name(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirList parts = {0};
    weir_list_add(p, &parts, (void *)(uintptr_t)weir_parse_identifier(p));
    return weir_make_attribute(p, &parts, origin);
}

/* a or (a, b): as one "struct". */
static WeirExpression *parse_pivot_column(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_accept_symbol(p, '('))
        return parse_plain_name(p);
    WeirList columns = {0};
    do {
        weir_list_add(p, &columns, parse_plain_name(p));
    } while (weir_accept_symbol(p, ','));
    weir_expect_symbol(p, ')');
    if (columns.count == 1)
        return columns.items[0];
    return weir_make_call(p, "struct", origin, columns.count, (WeirExpression *const *)columns.items);
}

static WeirLogicalPlan *parse_pivot(WeirParser *p, WeirLogicalPlan *child)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_PIVOT);
    weir_expect_symbol(p, '(');
    WeirLogicalPlan *pivot = weir_make_unary(p, WEIR_LOGICAL_PIVOT, child, origin);
    WeirList aggregates = {0};
    WeirList values = {0};
    do {
        weir_list_add(p, &aggregates, weir_parse_named_expression(p));
    } while (weir_accept_symbol(p, ','));
    weir_expect(p, WEIR_KEYWORD_FOR);
    pivot->condition = parse_pivot_column(p);
    weir_expect(p, WEIR_KEYWORD_IN);
    weir_expect_symbol(p, '(');
    do {
        weir_list_add(p, &values, weir_parse_named_expression(p));
    } while (weir_accept_symbol(p, ','));
    weir_expect_symbol(p, ')');
    weir_expect_symbol(p, ')');
    weir_plan_set_expressions(pivot, &aggregates);
    pivot->grouping = (WeirExpression **)values.items;
    pivot->grouping_count = values.count;
    pivot->origin = weir_origin_since(p, origin);
    return pivot;
}

/* One entry of UNPIVOT's IN list: a [AS x], or (a, b) [AS x]. */
static void parse_unpivot_group(WeirParser *p, WeirList *groups, WeirList *aliases, bool several, uint32_t *width)
{
    WeirList columns = {0};
    if (several) {
        weir_expect_symbol(p, '(');
        do {
            weir_list_add(p, &columns, parse_name(p));
        } while (weir_accept_symbol(p, ','));
        weir_expect_symbol(p, ')');
    } else {
        weir_list_add(p, &columns, parse_name(p));
    }
    if (groups->count > 0 && columns.count != *width)
        weir_fail_syntax(p);
    *width = columns.count;
    weir_list_add(p, groups, columns.items);
    bool as = weir_accept(p, WEIR_KEYWORD_AS);
    weir_list_add(p, aliases, as || weir_at_identifier(p) ? (void *)(uintptr_t)weir_parse_identifier(p) : NULL);
}

static WeirLogicalPlan *exclude_nulls(WeirParser *p, WeirLogicalPlan *unpivot)
{
    WeirOrigin origin = unpivot->origin;
    WeirList values = {0};
    for (uint32_t i = 0; i < unpivot->name_count; i++) {
        WeirList name = {0};
        weir_list_add(p, &name, (void *)(uintptr_t)unpivot->names[i]);
        weir_list_add(p, &values, weir_make_attribute(p, &name, origin));
    }
    WeirExpression *any =
        values.count == 1 ? values.items[0]
                          : weir_make_call(p, "coalesce", origin, values.count, (WeirExpression *const *)values.items);
    WeirLogicalPlan *filter = weir_make_unary(p, WEIR_LOGICAL_FILTER, unpivot, origin);
    filter->condition = weir_make_call1(p, "isnotnull", origin, any);
    return filter;
}

static WeirLogicalPlan *parse_unpivot(WeirParser *p, WeirLogicalPlan *child)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_UNPIVOT);
    bool include = weir_accept2(p, WEIR_KEYWORD_INCLUDE, WEIR_KEYWORD_NULLS);
    if (!include)
        weir_accept2(p, WEIR_KEYWORD_EXCLUDE, WEIR_KEYWORD_NULLS);
    weir_expect_symbol(p, '(');
    WeirLogicalPlan *unpivot = weir_make_unary(p, WEIR_LOGICAL_UNPIVOT, child, origin);
    WeirList names = {0};
    bool several = weir_at_symbol(p, '(');
    if (several)
        weir_parse_parenthesized_identifiers(p, &names);
    else
        weir_list_add(p, &names, (void *)(uintptr_t)weir_parse_identifier(p));
    weir_expect(p, WEIR_KEYWORD_FOR);
    unpivot->name = weir_parse_identifier(p);
    weir_expect(p, WEIR_KEYWORD_IN);
    weir_expect_symbol(p, '(');
    WeirList groups = {0};
    WeirList aliases = {0};
    uint32_t width = 0;
    do {
        parse_unpivot_group(p, &groups, &aliases, several, &width);
    } while (weir_accept_symbol(p, ','));
    weir_expect_symbol(p, ')');
    weir_expect_symbol(p, ')');
    if (width != names.count)
        weir_fail_syntax(p);
    unpivot->names = (const char *const *)names.items;
    unpivot->name_count = names.count;
    unpivot->rows = (WeirExpression ***)groups.items;
    unpivot->row_count = groups.count;
    unpivot->row_width = width;
    unpivot->parts = (const char *const *)aliases.items;
    unpivot->part_count = aliases.count;
    unpivot->origin = weir_origin_since(p, origin);
    return include ? unpivot : exclude_nulls(p, unpivot);
}

/* A relation's alias may follow; the caller's alias rule applies to it. */
WeirLogicalPlan *weir_parse_pivot(WeirParser *p, WeirLogicalPlan *child)
{
    WeirOrigin origin = child->origin;
    WeirLogicalPlan *plan = weir_at(p, WEIR_KEYWORD_PIVOT) ? parse_pivot(p, child) : parse_unpivot(p, child);
    bool as = weir_accept(p, WEIR_KEYWORD_AS);
    if (!as && !weir_at_table_alias(p))
        return plan;
    plan = weir_make_unary(p, WEIR_LOGICAL_SUBQUERY_ALIAS, plan, origin);
    plan->name = weir_parse_identifier(p);
    return plan;
}
