/* FROM: tables, streams, subqueries, inline tables, table functions, joins of every kind, LATERAL VIEW, and what may
 * follow a relation: TABLESAMPLE, WATERMARK, an alias. */
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "common/number_format.h"
#include "sql/parser_private.h"

/* ---- what may follow a primary relation */

static double parse_sample_number(WeirParser *p)
{
    bool negative = weir_accept_symbol(p, '-');
    const WeirToken *token = weir_peek(p);
    if (token->kind != WEIR_TOKEN_INTEGER && token->kind != WEIR_TOKEN_DECIMAL) {
        weir_fail_syntax(p);
        return 0;
    }
    WeirToken number = weir_advance(p);
    double value = 0;
    if (!weir_parse_double(p->lexer.text + number.start, (size_t)number.length, &value))
        weir_fail_syntax(p);
    return negative ? -value : value;
}

/* TABLESAMPLE () and TABLESAMPLE (10M): Hive's forms, which Spark refuses too. */
static void refuse_sample_size(WeirParser *p, WeirOrigin origin)
{
    if (weir_at_symbol(p, ')')) {
        weir_advance(p);
        weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0014,
                       "TABLESAMPLE needs an amount.");
    } else if (weir_next_is_symbol(p, 1, ')')) {
        WeirToken size = weir_advance(p);
        weir_advance(p);
        if (size.kind == WEIR_TOKEN_WORD)
            weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0015,
                           "TABLESAMPLE of bytes is not supported.");
        else
            weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0016,
                           "The size of a TABLESAMPLE needs a unit.");
    }
}

/* TABLESAMPLE (n PERCENT | n ROWS | BUCKET x OUT OF y) [REPEATABLE (seed)] */
WeirLogicalPlan *weir_parse_sample(WeirParser *p, WeirLogicalPlan *child)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_TABLESAMPLE);
    if (weir_at(p, WEIR_KEYWORD_SYSTEM))
        weir_fail_unsupported(p, origin, "TABLESAMPLE SYSTEM");
    weir_accept(p, WEIR_KEYWORD_BERNOULLI);
    weir_expect_symbol(p, '(');
    refuse_sample_size(p, origin);
    WeirLogicalPlan *plan = weir_make_unary(p, WEIR_LOGICAL_SAMPLE, child, origin);
    if (weir_accept(p, WEIR_KEYWORD_BUCKET)) {
        double numerator = parse_sample_number(p);
        weir_expect(p, WEIR_KEYWORD_OUT);
        weir_expect(p, WEIR_KEYWORD_OF);
        double denominator = parse_sample_number(p);
        plan->sample_upper = numerator / (denominator != 0 ? denominator : 1);
    } else {
        WeirOrigin place = weir_origin_here(p);
        WeirExpression *amount = weir_parse_value_expression(p);
        if (weir_accept(p, WEIR_KEYWORD_ROWS)) {
            plan = weir_make_unary(p, WEIR_LOGICAL_LIMIT, child, origin);
            plan->condition = amount;
        } else {
            weir_expect(p, WEIR_KEYWORD_PERCENT);
            double percent = 0;
            if (p->status == WEIR_OK &&
                !weir_parse_double(p->lexer.text + place.start, (size_t)amount->origin.length, &percent))
                weir_fail_syntax(p);
            plan->sample_upper = percent / 100;
        }
    }
    weir_expect_symbol(p, ')');
    if (plan->kind == WEIR_LOGICAL_SAMPLE && (plan->sample_upper < 0 || plan->sample_upper > 1))
        weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0064,
                       "Sampling fraction (%g) must be on interval [0, 1].", plan->sample_upper);
    if (weir_accept(p, WEIR_KEYWORD_REPEATABLE)) {
        weir_expect_symbol(p, '(');
        if (weir_peek(p)->kind != WEIR_TOKEN_INTEGER)
            weir_fail_syntax(p);
        plan->sample_seed = (int64_t)parse_sample_number(p);
        plan->sample_with_seed = true;
        weir_expect_symbol(p, ')');
    }
    return plan;
}

/* WATERMARK expression [AS name] DELAY OF INTERVAL …; `child` is put below it. */
static WeirLogicalPlan *parse_watermark(WeirParser *p, WeirLogicalPlan *child)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_WATERMARK);
    WeirExpression *column = weir_parse_named_expression(p);
    weir_expect(p, WEIR_KEYWORD_DELAY);
    weir_expect(p, WEIR_KEYWORD_OF);
    WeirLogicalPlan *plan = weir_make_unary(p, WEIR_LOGICAL_EVENT_TIME_WATERMARK, child, origin);
    plan->condition = column;
    if (!weir_at_interval(p)) {
        weir_accept(p, WEIR_KEYWORD_INTERVAL);
        weir_fail_syntax(p);
        return plan;
    }
    const WeirExpression *delay = weir_parse_interval(p, false);
    if (p->status != WEIR_OK)
        return plan;
    if (weir_value_get_int(delay->value) < 0)
        weir_fail_text(p, delay->origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                       "The delay of a watermark should not be negative.");
    if (delay->value->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        plan->delay.months = (int32_t)weir_value_get_int(delay->value);
    else if (delay->value->type->id == WEIR_TYPE_DAY_TIME_INTERVAL)
        plan->delay.microseconds = weir_value_get_int(delay->value);
    plan->origin = weir_origin_since(p, origin);
    return plan;
}

static WeirLogicalPlan *make_alias(WeirParser *p, WeirLogicalPlan *plan, const char *name, WeirOrigin origin)
{
    plan = weir_make_unary(p, WEIR_LOGICAL_SUBQUERY_ALIAS, plan, origin);
    plan->name = name;
    return plan;
}

/* [AS] name [(columns)] */
static WeirLogicalPlan *parse_alias(WeirParser *p, WeirLogicalPlan *plan, bool *found)
{
    WeirOrigin origin = plan->origin;
    *found = weir_accept_as(p, true);
    if (!*found && !weir_at_table_alias(p))
        return plan;
    if (*found && weir_peek(p)->kind == WEIR_TOKEN_WORD && weir_keyword_is_strict(weir_peek(p)->keyword))
        weir_fail_syntax(p);
    *found = true;
    plan = make_alias(p, plan, weir_parse_identifier(p), origin);
    if (weir_at_symbol(p, '(')) {
        WeirList names = {0};
        weir_parse_parenthesized_identifiers(p, &names);
        plan->names = (const char *const *)names.items;
        plan->name_count = names.count;
        plan->origin = weir_origin_since(p, origin);
    }
    return plan;
}

static bool at_watermark(WeirParser *p)
{
    const WeirToken *next = weir_peek_at(p, 1);
    return weir_at(p, WEIR_KEYWORD_WATERMARK) && next->kind != WEIR_TOKEN_END &&
           !(next->kind == WEIR_TOKEN_SYMBOL && (next->symbol == ',' || next->symbol == ')' || next->symbol == ';'));
}

/* Sample, watermark and alias are written in this order; the alias is applied first, as in Spark. */
static WeirLogicalPlan *finish_primary(WeirParser *p, WeirLogicalPlan *plan, bool is_query)
{
    WeirLogicalPlan *sample = weir_at(p, WEIR_KEYWORD_TABLESAMPLE) && weir_peek_at(p, 1)->kind == WEIR_TOKEN_SYMBOL
                                  ? weir_parse_sample(p, plan)
                                  : NULL;
    WeirLogicalPlan *watermark = at_watermark(p) ? parse_watermark(p, plan) : NULL;
    bool aliased;
    WeirLogicalPlan *result = parse_alias(p, plan, &aliased);
    if (!aliased && is_query)
        result = make_alias(p, plan, "__auto_generated_subquery_name", plan->origin);
    if (sample != NULL) {
        sample->children[0] = result;
        result = sample;
    }
    if (watermark != NULL) {
        watermark->children[0] = result;
        result = watermark;
    }
    return result;
}

/* ---- primary relations */

/* "(…)": a query, a relation, or either in more parentheses. `*is_query` tells that it is a query without an alias yet.
 */
static WeirLogicalPlan *parse_parenthesis(WeirParser *p, bool *is_query)
{
    WeirOrigin origin = weir_origin_here(p);
    *is_query = false;
    if (!weir_enter(p))
        return weir_make_plan(p, WEIR_LOGICAL_ONE_ROW_RELATION, origin);
    weir_expect_symbol(p, '(');
    WeirLogicalPlan *plan;
    if (weir_at_query(p)) {
        plan = weir_parse_query(p);
        *is_query = true;
    } else if (weir_at_symbol(p, '(')) {
        bool inner_is_query;
        plan = parse_parenthesis(p, &inner_is_query);
        if (inner_is_query && (weir_at_query_rest(p) || weir_at_symbol(p, ')'))) {
            plan = weir_parse_query_rest(p, plan);
            *is_query = true;
        } else {
            plan = weir_parse_join_rest(p, finish_primary(p, plan, inner_is_query));
        }
    } else {
        plan = weir_parse_relation(p);
    }
    weir_expect_symbol(p, ')');
    weir_leave(p);
    return plan;
}

/* VALUES row, row …: a row is "(a, b)" or one expression. */
WeirLogicalPlan *weir_parse_inline_table(WeirParser *p)
{
    WeirOrigin origin = p->last.kind == WEIR_TOKEN_WORD ? weir_origin_of(&p->last) : weir_origin_here(p);
    WeirList rows = {0};
    uint32_t width = 0;
    do {
        WeirExpression *row = weir_parse_expression(p);
        bool is_row = weir_is_struct(row);
        uint32_t count = is_row ? row->child_count : 1;
        if (rows.count == 0)
            width = count;
        else if (count != width)
            WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH, "expectedNumCols",
                      weir_arena_printf(p->arena, "%u", width), "actualNumCols",
                      weir_arena_printf(p->arena, "%u", count), "rowIndex",
                      weir_arena_printf(p->arena, "%u", rows.count));
        WeirExpression **values = WEIR_ARENA_ARRAY(p->arena, WeirExpression *, count);
        for (uint32_t i = 0; i < count; i++)
            values[i] = is_row ? row->children[i] : row;
        weir_list_add(p, &rows, values);
    } while (weir_accept_symbol(p, ','));
    WeirLogicalPlan *table = weir_make_plan(p, WEIR_LOGICAL_UNRESOLVED_INLINE_TABLE, origin);
    table->rows = (WeirExpression ***)rows.items;
    table->row_count = rows.count;
    table->row_width = width;
    bool aliased;
    WeirLogicalPlan *plan = parse_alias(p, table, &aliased);
    if (aliased && plan->name_count > 0) {
        if (plan->name_count != width)
            WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH,
                      "expectedNumCols", weir_arena_printf(p->arena, "%u", plan->name_count), "actualNumCols",
                      weir_arena_printf(p->arena, "%u", width), "rowIndex", "0");
        table->names = plan->names; /* the columns are named where they are made, as in Spark */
        table->name_count = plan->name_count;
        plan->names = NULL;
        plan->name_count = 0;
    }
    return plan;
}

/* name(arguments) in FROM */
static WeirLogicalPlan *parse_table_function(WeirParser *p, const WeirList *parts, WeirOrigin origin)
{
    WeirExpression *call = weir_parse_function_call(p, parts, origin);
    WeirLogicalPlan *plan = weir_make_plan(p, WEIR_LOGICAL_UNRESOLVED_TABLE_FUNCTION, origin);
    plan->parts = (const char *const *)parts->items;
    plan->part_count = parts->count;
    if (call->kind == WEIR_EXPRESSION_WINDOW)
        weir_fail_syntax(p);
    plan->expressions = call->children;
    plan->expression_count = call->child_count;
    return plan;
}

/* FOR? VERSION|TIMESTAMP AS OF: Spark's time travel, which needs tables that keep versions. */
static void refuse_time_travel(WeirParser *p)
{
    uint32_t n = weir_at(p, WEIR_KEYWORD_FOR) ? 1 : 0;
    bool word = weir_next_is(p, n, WEIR_KEYWORD_VERSION) || weir_next_is(p, n, WEIR_KEYWORD_SYSTEM_VERSION) ||
                weir_next_is(p, n, WEIR_KEYWORD_TIMESTAMP) || weir_next_is(p, n, WEIR_KEYWORD_SYSTEM_TIME);
    if (word && weir_next_is(p, n + 1, WEIR_KEYWORD_AS) && weir_next_is(p, n + 2, WEIR_KEYWORD_OF))
        WEIR_FAIL(p, weir_origin_here(p), WEIR_ERROR_UNSUPPORTED_FEATURE_TIME_TRAVEL, "relationId", "the table");
}

static WeirLogicalPlan *parse_table(WeirParser *p, bool streaming)
{
    WeirOrigin origin = weir_origin_here(p);
    bool parenthesis = streaming && weir_accept_symbol(p, '(');
    WeirList parts = {0};
    weir_parse_multipart(p, &parts);
    if (parenthesis)
        weir_expect_symbol(p, ')');
    if (!parenthesis && weir_at_symbol(p, '(')) {
        WeirLogicalPlan *function = parse_table_function(p, &parts, origin);
        function->is_streaming = streaming;
        bool aliased;
        if (at_watermark(p))
            function = parse_watermark(p, function);
        return parse_alias(p, function, &aliased);
    }
    WeirLogicalPlan *table = weir_make_plan(p, WEIR_LOGICAL_UNRESOLVED_RELATION, origin);
    table->parts = (const char *const *)parts.items;
    table->part_count = parts.count;
    table->is_streaming = streaming;
    refuse_time_travel(p);
    if (weir_at(p, WEIR_KEYWORD_WITH) && weir_next_is_symbol(p, 1, '(')) {
        weir_advance(p);
        weir_parse_options(p, &table->options, &table->option_count);
    }
    if (streaming && weir_at(p, WEIR_KEYWORD_IDENTIFIED) && weir_next_is(p, 1, WEIR_KEYWORD_BY))
        weir_fail_unsupported(p, weir_origin_here(p), "IDENTIFIED BY");
    if (streaming && weir_at(p, WEIR_KEYWORD_TABLESAMPLE) && weir_next_is_symbol(p, 1, '('))
        weir_fail_syntax(p);
    return finish_primary(p, table, false);
}

/* STREAM t, STREAM(t); "stream" alone, or before an alias' end, is a table of that name. */
static bool at_stream(WeirParser *p)
{
    if (!weir_at(p, WEIR_KEYWORD_STREAM))
        return false;
    if (weir_next_is_symbol(p, 1, '('))
        return weir_is_identifier(p, weir_peek_at(p, 2));
    const WeirToken *next = weir_peek_at(p, 1);
    if (!weir_is_identifier(p, next))
        return false;
    switch (next->kind == WEIR_TOKEN_WORD ? next->keyword : WEIR_NOT_A_KEYWORD) {
    case WEIR_KEYWORD_AS:
    case WEIR_KEYWORD_WHERE:
    case WEIR_KEYWORD_GROUP:
    case WEIR_KEYWORD_HAVING:
    case WEIR_KEYWORD_ORDER:
    case WEIR_KEYWORD_LIMIT:
    case WEIR_KEYWORD_WATERMARK:
    case WEIR_KEYWORD_TABLESAMPLE:
    case WEIR_KEYWORD_WITH:
    case WEIR_KEYWORD_WINDOW:
        return weir_peek_at(p, 2)->kind == WEIR_TOKEN_END;
    default:
        return next->kind != WEIR_TOKEN_WORD || !weir_keyword_is_strict(next->keyword);
    }
}

WeirLogicalPlan *weir_parse_relation_primary(WeirParser *p)
{
    if (weir_at_symbol(p, '(')) {
        bool is_query;
        WeirLogicalPlan *plan = parse_parenthesis(p, &is_query);
        return finish_primary(p, plan, is_query);
    }
    bool values = weir_at(p, WEIR_KEYWORD_VALUES) && weir_at_query(p);
    if (values) {
        weir_advance(p);
        return weir_parse_inline_table(p);
    }
    bool streaming = at_stream(p);
    if (streaming)
        weir_advance(p);
    return parse_table(p, streaming);
}

/* ---- joins */

/* The words of a join up to JOIN; false when there is none here. */
static bool parse_join_type(WeirParser *p, WeirJoinType *type, bool *natural)
{
    *natural = weir_at(p, WEIR_KEYWORD_NATURAL);
    *type = WEIR_JOIN_INNER;
    bool begins = *natural;
    switch (weir_peek_at(p, *natural)->kind == WEIR_TOKEN_WORD ? weir_peek_at(p, *natural)->keyword
                                                               : WEIR_NOT_A_KEYWORD) {
    case WEIR_KEYWORD_JOIN:
    case WEIR_KEYWORD_INNER:
    case WEIR_KEYWORD_CROSS:
    case WEIR_KEYWORD_LEFT:
    case WEIR_KEYWORD_RIGHT:
    case WEIR_KEYWORD_FULL:
    case WEIR_KEYWORD_SEMI:
    case WEIR_KEYWORD_ANTI:
        begins = true;
        break;
    default:
        break;
    }
    if (!begins)
        return false;
    if (*natural)
        weir_advance(p);
    bool left = false;
    if (weir_accept(p, WEIR_KEYWORD_CROSS)) {
        *type = WEIR_JOIN_CROSS;
    } else if (weir_accept(p, WEIR_KEYWORD_RIGHT)) {
        *type = WEIR_JOIN_RIGHT_OUTER;
    } else if (weir_accept(p, WEIR_KEYWORD_FULL)) {
        *type = WEIR_JOIN_FULL_OUTER;
    } else if (!weir_accept(p, WEIR_KEYWORD_INNER)) {
        left = weir_accept(p, WEIR_KEYWORD_LEFT);
        if (weir_accept(p, WEIR_KEYWORD_SEMI)) {
            *type = WEIR_JOIN_LEFT_SEMI;
            left = false;
        } else if (weir_accept(p, WEIR_KEYWORD_ANTI)) {
            *type = WEIR_JOIN_LEFT_ANTI;
            left = false;
        } else if (left) {
            *type = WEIR_JOIN_LEFT_OUTER;
        }
    }
    if (left || *type == WEIR_JOIN_RIGHT_OUTER || *type == WEIR_JOIN_FULL_OUTER)
        weir_accept(p, WEIR_KEYWORD_OUTER);
    weir_expect(p, WEIR_KEYWORD_JOIN);
    return true;
}

static bool accept_lateral(WeirParser *p)
{
    return weir_at(p, WEIR_KEYWORD_LATERAL) && !weir_next_is(p, 1, WEIR_KEYWORD_VIEW) &&
           weir_accept(p, WEIR_KEYWORD_LATERAL);
}

/* The right side of a LATERAL join is a subquery or a table function. */
static WeirLogicalPlan *parse_join_side(WeirParser *p, bool lateral, WeirOrigin origin)
{
    bool subquery = weir_at_symbol(p, '(');
    WeirLogicalPlan *side = weir_parse_relation_primary(p);
    const WeirLogicalPlan *core = side;
    while (core->child_count == 1 && core->kind == WEIR_LOGICAL_SUBQUERY_ALIAS)
        core = core->children[0];
    if (lateral && !subquery && core->kind != WEIR_LOGICAL_UNRESOLVED_TABLE_FUNCTION)
        WEIR_FAIL(p, weir_origin_since(p, origin),
                  WEIR_ERROR_INVALID_SQL_SYNTAX_LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC);
    return side;
}

static void parse_join_criteria(WeirParser *p, WeirLogicalPlan *join)
{
    if (weir_accept(p, WEIR_KEYWORD_ON)) {
        join->condition = weir_parse_expression(p);
    } else if (weir_accept(p, WEIR_KEYWORD_USING)) {
        WeirList names = {0};
        weir_parse_parenthesized_identifiers(p, &names);
        join->names = (const char *const *)names.items;
        join->name_count = names.count;
        join->is_using = true;
        if (join->is_lateral)
            WEIR_FAIL(p, weir_origin_since(p, join->origin), WEIR_ERROR_UNSUPPORTED_FEATURE_LATERAL_JOIN_USING);
    }
}

static WeirLogicalPlan *parse_join(WeirParser *p, WeirLogicalPlan *left, bool *found)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirJoinType type;
    bool natural;
    *found = parse_join_type(p, &type, &natural);
    if (!*found)
        return left;
    bool lateral = accept_lateral(p);
    WeirLogicalPlan *right = parse_join_side(p, lateral, origin);
    WeirLogicalPlan *join = weir_logical_binary(p->arena, WEIR_LOGICAL_JOIN, left, right);
    join->origin = origin;
    join->join_type = type;
    join->is_natural = natural;
    join->is_lateral = lateral;
    if (natural && lateral)
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INCOMPATIBLE_JOIN_TYPES, "joinType1", "LATERAL",
                  "joinType2", "NATURAL");
    if (natural && type == WEIR_JOIN_CROSS)
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INCOMPATIBLE_JOIN_TYPES, "joinType1", "NATURAL",
                  "joinType2", "CROSS");
    if (natural && lateral)
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INCOMPATIBLE_JOIN_TYPES, "joinType1", "LATERAL",
                  "joinType2", "NATURAL");
    if (!natural)
        parse_join_criteria(p, join);
    join->origin = weir_origin_since(p, origin);
    return join;
}

static bool at_pivot(WeirParser *p)
{
    return (weir_at(p, WEIR_KEYWORD_PIVOT) && weir_next_is_symbol(p, 1, '(')) ||
           (weir_at(p, WEIR_KEYWORD_UNPIVOT) &&
            (weir_next_is_symbol(p, 1, '(') || weir_next_is(p, 1, WEIR_KEYWORD_INCLUDE) ||
             weir_next_is(p, 1, WEIR_KEYWORD_EXCLUDE)));
}

WeirLogicalPlan *weir_parse_join_rest(WeirParser *p, WeirLogicalPlan *left)
{
    bool found = true;
    while (found) {
        if (at_pivot(p))
            left = weir_parse_pivot(p, left);
        else
            left = parse_join(p, left, &found);
    }
    return left;
}

WeirLogicalPlan *weir_parse_one_join(WeirParser *p, WeirLogicalPlan *left)
{
    bool found;
    if (!at_pivot(p))
        return parse_join(p, left, &found);
    bool pivot = weir_at(p, WEIR_KEYWORD_PIVOT);
    WeirLogicalPlan *plan = weir_parse_pivot(p, left);
    if (at_pivot(p) && weir_at(p, WEIR_KEYWORD_PIVOT) != pivot)
        WEIR_FAIL(p, weir_origin_since(p, left->origin), WEIR_ERROR_NOT_ALLOWED_IN_FROM_UNPIVOT_WITH_PIVOT);
    return plan;
}

WeirLogicalPlan *weir_parse_relation(WeirParser *p)
{
    if (!weir_enter(p))
        return weir_make_plan(p, WEIR_LOGICAL_ONE_ROW_RELATION, weir_origin_here(p));
    WeirLogicalPlan *relation = weir_parse_join_rest(p, weir_parse_relation_primary(p));
    weir_leave(p);
    return relation;
}

/* ---- FROM */

/* The name is required, and AS may be one: "LATERAL VIEW explode(a) AS x" has the columns of a view "as", also in
 * Spark. */
static const char *parse_view_name(WeirParser *p)
{
    const char *name = weir_parse_identifier(p);
    char *lower = weir_arena_strdup(p->arena, name);
    for (char *c = lower; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    return lower;
}

WeirLogicalPlan *weir_parse_lateral_view(WeirParser *p, WeirLogicalPlan *child)
{
    while (weir_at(p, WEIR_KEYWORD_LATERAL) && weir_next_is(p, 1, WEIR_KEYWORD_VIEW)) {
        WeirOrigin origin = weir_origin_here(p);
        weir_advance(p);
        weir_advance(p);
        bool outer =
            weir_at(p, WEIR_KEYWORD_OUTER) && !weir_next_is_symbol(p, 1, '(') && weir_accept(p, WEIR_KEYWORD_OUTER);
        WeirOrigin place = weir_origin_here(p);
        WeirList parts = {0};
        weir_parse_multipart(p, &parts);
        WeirExpression *generator = weir_parse_function_call(p, &parts, place);
        WeirLogicalPlan *generate = weir_make_unary(p, WEIR_LOGICAL_GENERATE, child, origin);
        generate->condition = generator;
        generate->is_outer = outer;
        generate->name = parse_view_name(p);
        WeirList columns = {0};
        bool has_columns = weir_accept(p, WEIR_KEYWORD_AS) || weir_at_table_alias(p);
        while (has_columns) {
            WeirOrigin column = weir_origin_here(p);
            WeirList name = {0};
            weir_list_add(p, &name, (void *)(uintptr_t)weir_parse_identifier(p));
            weir_list_add(p, &columns, weir_make_attribute(p, &name, column));
            has_columns = weir_accept_symbol(p, ',');
        }
        generate->generator_output = (WeirExpression **)columns.items;
        generate->generator_output_count = columns.count;
        generate->origin = weir_origin_since(p, origin);
        child = generate;
    }
    return child;
}

WeirLogicalPlan *weir_parse_from(WeirParser *p)
{
    WeirOrigin from = weir_origin_of(&p->last);
    WeirLogicalPlan *plan = NULL;
    do {
        WeirOrigin origin = weir_origin_here(p);
        bool lateral = accept_lateral(p);
        WeirLogicalPlan *relation = parse_join_side(p, lateral, from);
        if (plan == NULL) {
            plan = relation;
        } else {
            plan = weir_logical_binary(p->arena, WEIR_LOGICAL_JOIN, plan, relation);
            plan->origin = weir_origin_since(p, origin);
            plan->is_lateral = lateral;
        }
        /* The joins of an item apply to all items before it too, as in Spark: "a, b JOIN c" is "(a, b) JOIN c". */
        plan = weir_parse_join_rest(p, plan);
    } while (weir_accept_symbol(p, ','));
    plan = weir_parse_lateral_view(p, plan);
    return weir_parse_join_rest(p, plan);
}
