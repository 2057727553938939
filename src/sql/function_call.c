/* Calls: arguments (DISTINCT, named, lambdas, stars, IGNORE NULLS), WITHIN GROUP, FILTER, OVER and window
 * specifications, sort items. */
#include <strings.h>

#include "sql/parser_private.h"

/* ---- sort items and windows */

WeirExpression *weir_parse_sort_item(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirExpression *order = weir_expression_unary(p->arena, WEIR_EXPRESSION_SORT_ORDER, weir_parse_expression(p));
    if (weir_accept(p, WEIR_KEYWORD_DESC))
        order->is_descending = true;
    else
        weir_accept(p, WEIR_KEYWORD_ASC);
    order->nulls_first = !order->is_descending;
    if (weir_accept2(p, WEIR_KEYWORD_NULLS, WEIR_KEYWORD_FIRST))
        order->nulls_first = true;
    else if (weir_accept2(p, WEIR_KEYWORD_NULLS, WEIR_KEYWORD_LAST))
        order->nulls_first = false;
    return weir_finish(p, order, origin);
}

void weir_parse_sort_items(WeirParser *p, WeirList *list)
{
    do {
        weir_list_add(p, list, weir_parse_sort_item(p));
    } while (weir_accept_symbol(p, ','));
}

static WeirFrameBound parse_frame_bound(WeirParser *p, WeirExpression **offset)
{
    if (weir_accept2(p, WEIR_KEYWORD_UNBOUNDED, WEIR_KEYWORD_PRECEDING))
        return WEIR_FRAME_UNBOUNDED_PRECEDING;
    if (weir_accept2(p, WEIR_KEYWORD_UNBOUNDED, WEIR_KEYWORD_FOLLOWING))
        return WEIR_FRAME_UNBOUNDED_FOLLOWING;
    if (weir_accept2(p, WEIR_KEYWORD_CURRENT, WEIR_KEYWORD_ROW))
        return WEIR_FRAME_CURRENT_ROW;
    WeirOrigin origin = weir_origin_here(p);
    *offset = weir_parse_expression(p);
    if (!weir_at(p, WEIR_KEYWORD_PRECEDING) && !weir_at(p, WEIR_KEYWORD_FOLLOWING))
        weir_fail_syntax(p);
    if (p->status == WEIR_OK && !weir_parsed_is_resolved(*offset))
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0064, "The bound of a window frame must be a literal.");
    if (weir_accept(p, WEIR_KEYWORD_PRECEDING))
        return WEIR_FRAME_PRECEDING;
    weir_expect(p, WEIR_KEYWORD_FOLLOWING);
    return WEIR_FRAME_FOLLOWING;
}

static void parse_frame(WeirParser *p, WeirWindowSpec *spec)
{
    if (!weir_at(p, WEIR_KEYWORD_ROWS) && !weir_at(p, WEIR_KEYWORD_RANGE))
        return;
    spec->has_frame = true;
    spec->is_range = weir_advance(p).keyword == WEIR_KEYWORD_RANGE;
    bool between = weir_accept(p, WEIR_KEYWORD_BETWEEN);
    spec->lower = parse_frame_bound(p, &spec->lower_offset);
    spec->upper = WEIR_FRAME_CURRENT_ROW;
    if (between) {
        weir_expect(p, WEIR_KEYWORD_AND);
        spec->upper = parse_frame_bound(p, &spec->upper_offset);
    }
}

WeirWindowSpec *weir_parse_window_spec(WeirParser *p)
{
    WeirWindowSpec *spec = WEIR_ARENA_NEW(p->arena, WeirWindowSpec);
    WeirOrigin origin = weir_origin_here(p);
    spec->origin = origin;
    if (!weir_at_symbol(p, '(')) {
        spec->name = weir_parse_identifier(p);
        return spec;
    }
    weir_advance(p);
    if (weir_at_identifier(p) && weir_next_is_symbol(p, 1, ')')) {
        spec->name = weir_parse_identifier(p);
        weir_expect_symbol(p, ')');
        return spec;
    }
    WeirList partition = {0};
    WeirList order = {0};
    if (weir_accept2(p, WEIR_KEYWORD_CLUSTER, WEIR_KEYWORD_BY) ||
        weir_accept2(p, WEIR_KEYWORD_PARTITION, WEIR_KEYWORD_BY) ||
        weir_accept2(p, WEIR_KEYWORD_DISTRIBUTE, WEIR_KEYWORD_BY))
        weir_parse_expression_list(p, &partition);
    if (weir_accept2(p, WEIR_KEYWORD_ORDER, WEIR_KEYWORD_BY) || weir_accept2(p, WEIR_KEYWORD_SORT, WEIR_KEYWORD_BY))
        weir_parse_sort_items(p, &order);
    parse_frame(p, spec);
    weir_expect_symbol(p, ')');
    spec->partition_by = (WeirExpression **)partition.items;
    spec->partition_count = partition.count;
    spec->order_by = (WeirExpression **)order.items;
    spec->order_count = order.count;
    spec->origin = weir_origin_since(p, origin);
    return spec;
}

/* ---- what follows the closing parenthesis */

static void parse_nulls_option(WeirParser *p, WeirExpression *call)
{
    if (weir_accept2(p, WEIR_KEYWORD_IGNORE, WEIR_KEYWORD_NULLS))
        call->ignore_nulls = true;
    else
        weir_accept2(p, WEIR_KEYWORD_RESPECT, WEIR_KEYWORD_NULLS);
}

/* WITHIN GROUP (ORDER BY …): the sort orders become the call's last children. */
static void parse_within_group(WeirParser *p, WeirExpression *call)
{
    weir_expect_symbol(p, '(');
    weir_expect(p, WEIR_KEYWORD_ORDER);
    weir_expect(p, WEIR_KEYWORD_BY);
    WeirList children = {0};
    for (uint32_t i = 0; i < call->child_count; i++)
        weir_list_add(p, &children, call->children[i]);
    weir_parse_sort_items(p, &children);
    weir_expect_symbol(p, ')');
    weir_set_children(call, &children);
}

WeirExpression *weir_parse_call_suffix(WeirParser *p, WeirExpression *call)
{
    WeirOrigin origin = call->origin;
    if (weir_accept2(p, WEIR_KEYWORD_WITHIN, WEIR_KEYWORD_GROUP))
        parse_within_group(p, call);
    if (weir_at(p, WEIR_KEYWORD_FILTER) && weir_next_is_symbol(p, 1, '(')) {
        weir_advance(p);
        weir_advance(p);
        weir_expect(p, WEIR_KEYWORD_WHERE);
        call->filter = weir_parse_expression(p);
        weir_expect_symbol(p, ')');
    }
    parse_nulls_option(p, call);
    weir_finish(p, call, origin);
    bool over =
        weir_at(p, WEIR_KEYWORD_OVER) && (weir_next_is_symbol(p, 1, '(') || weir_is_identifier(p, weir_peek_at(p, 1)));
    if (!over)
        return call;
    weir_advance(p);
    WeirExpression *window = weir_expression_unary(p->arena, WEIR_EXPRESSION_WINDOW, call);
    window->window = weir_parse_window_spec(p);
    weir_finish(p, window, origin);
    call->origin = window->origin; /* OVER belongs to the call's place, as in Spark */
    return window;
}

/* ---- arguments */

static WeirExpression *parse_argument(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_at_identifier(p) || !weir_next_is_symbol(p, 1, WEIR_SYMBOL_FAT_ARROW))
        return weir_parse_expression(p);
    const char *name = weir_parse_identifier(p);
    weir_expect_symbol(p, WEIR_SYMBOL_FAT_ARROW);
    WeirExpression *argument =
        weir_expression_unary(p->arena, WEIR_EXPRESSION_NAMED_ARGUMENT, weir_parse_expression(p));
    argument->name = name;
    return weir_finish(p, argument, origin);
}

static bool is_datetime_unit(const char *word)
{
    static const char *const units[] = {"year", "quarter", "month",  "week",        "day",        "dayofyear",
                                        "hour", "minute",  "second", "millisecond", "microsecond"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcasecmp(word, units[i]) == 0)
            return true;
    return false;
}

static void rename_call(WeirParser *p, WeirExpression *call, const char *name)
{
    const char **parts = WEIR_ARENA_ARRAY(p->arena, const char *, 1);
    parts[0] = name;
    call->parts = parts;
    call->part_count = 1;
}

/* timestampadd(HOUR, 1, t), datediff(DAY, a, b) and their aliases: the unit is a word, not a column. */
static void rewrite_datetime_call(WeirParser *p, WeirExpression *call)
{
    static const char *const names[][2] = {{"timestampadd", "timestampadd"}, {"dateadd", "timestampadd"},
                                           {"date_add", "timestampadd"},     {"timestampdiff", "timestampdiff"},
                                           {"datediff", "timestampdiff"},    {"date_diff", "timestampdiff"},
                                           {"timediff", "timestampdiff"}};
    if (call->child_count != 3 || call->part_count != 1)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(call->parts[0], names[i][0]) != 0)
            continue;
        WeirExpression *unit = call->children[0];
        if (unit->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE && unit->part_count == 1 &&
            is_datetime_unit(unit->parts[0])) {
            rename_call(p, call, names[i][1]);
            call->children[0] = weir_make_string(p, unit->parts[0], unit->origin);
            call->children[0]->origin = unit->origin;
        } else if (unit->kind == WEIR_EXPRESSION_LITERAL && unit->value->type->id == WEIR_TYPE_STRING) {
            WEIR_FAIL(p, call->origin, WEIR_ERROR_INVALID_PARAMETER_VALUE_DATETIME_UNIT, "functionName",
                      weir_arena_printf(p->arena, "`%s`", names[i][1]), "parameter", "`unit`", "invalidValue",
                      weir_source_text(p, unit->origin.start, unit->origin.start + unit->origin.length));
        }
        return;
    }
}

/* count(*) counts rows: count(1). */
static void rewrite_count_star(WeirParser *p, WeirExpression *call)
{
    if (call->child_count != 1 || call->is_distinct || strcasecmp(call->parts[call->part_count - 1], "count") != 0)
        return;
    const WeirExpression *star = call->children[0];
    if (star->kind == WEIR_EXPRESSION_UNRESOLVED_STAR && star->part_count == 0 && star->child_count == 0) {
        WeirOrigin origin = star->origin;
        call->children[0] = weir_make_int(p, 1, origin);
        call->children[0]->origin = origin;
    }
}

WeirExpression *weir_parse_function_call(WeirParser *p, const WeirList *name, WeirOrigin origin)
{
    weir_expect_symbol(p, '(');
    bool distinct =
        weir_at(p, WEIR_KEYWORD_DISTINCT) && !weir_next_is_symbol(p, 1, ')') && !weir_next_is_symbol(p, 1, ',');
    if (distinct)
        weir_advance(p);
    else if (weir_at(p, WEIR_KEYWORD_ALL) && !weir_next_is_symbol(p, 1, ')') && !weir_next_is_symbol(p, 1, ',') &&
             !weir_next_is_symbol(p, 1, '.'))
        weir_advance(p);
    WeirList arguments = {0};
    bool ignore_nulls = false;
    if (!weir_at_symbol(p, ')')) {
        do {
            weir_list_add(p, &arguments, parse_argument(p));
        } while (weir_accept_symbol(p, ','));
        ignore_nulls = weir_accept2(p, WEIR_KEYWORD_IGNORE, WEIR_KEYWORD_NULLS);
        if (!ignore_nulls)
            weir_accept2(p, WEIR_KEYWORD_RESPECT, WEIR_KEYWORD_NULLS);
    }
    weir_expect_symbol(p, ')');
    WeirExpression *call =
        weir_make_call(p, name->items[0], origin, arguments.count, (WeirExpression *const *)arguments.items);
    call->parts = (const char *const *)name->items;
    call->part_count = name->count;
    call->is_distinct = distinct;
    call->ignore_nulls = ignore_nulls;
    rewrite_datetime_call(p, call);
    rewrite_count_star(p, call);
    return weir_parse_call_suffix(p, call);
}
