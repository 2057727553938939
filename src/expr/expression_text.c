/* Text of expressions: Spark's Expression.sql in its pretty form (names of unnamed columns, and how errors quote an
 * expression) and toString (EXPLAIN). Both walk the same tree; `explain` chooses. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "columnar/value_format.h"
#include "columnar/value_text.h"
#include "expr/aggregate.h"
#include "expr/expression_private.h"

typedef struct Printer {
    WeirBuffer *out;
    bool explain;
} Printer;

static void print(const Printer *printer, const WeirExpression *expression);

static void text(const Printer *printer, const char *string)
{
    weir_buffer_append_text(printer->out, string);
}

static void print_list(const Printer *printer, WeirExpression *const *list, uint32_t count, const char *separator)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            text(printer, separator);
        print(printer, list[i]);
    }
}

/* Spark's quoteIfNeeded: names of letters, digits and underscores, not beginning with a digit, stay bare. */
static void print_quoted_name(const Printer *printer, const char *name)
{
    bool plain = name[0] != '\0' && !isdigit((unsigned char)name[0]);
    for (const char *c = name; *c != '\0'; c++)
        plain = plain && (isalnum((unsigned char)*c) || *c == '_');
    if (plain) {
        text(printer, name);
        return;
    }
    weir_buffer_append_char(printer->out, '`');
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '`')
            weir_buffer_append_char(printer->out, '`');
        weir_buffer_append_char(printer->out, *c);
    }
    weir_buffer_append_char(printer->out, '`');
}

static void print_parts(const Printer *printer, const WeirExpression *expression, const char *separator)
{
    for (uint32_t i = 0; i < expression->part_count; i++) {
        if (i > 0)
            text(printer, separator);
        text(printer, expression->parts[i]);
    }
}

/* Of the session whose statement this thread analyses: literals are printed deep inside of names. */
static _Thread_local const WeirTimeZone *literal_zone;

void weir_expression_print_in_zone(const WeirTimeZone *zone)
{
    literal_zone = zone;
}

static void print_literal(const Printer *printer, const WeirValue *value)
{
    const WeirTimeZone *zone = literal_zone != NULL ? literal_zone : weir_time_zone_utc();
    if (weir_value_is_null(value)) {
        text(printer, printer->explain ? "null" : "NULL");
        return;
    }
    if (value->type->id == WEIR_TYPE_DECIMAL && !printer->explain) {
        char digits[WEIR_VALUE_TEXT_BYTES];
        weir_buffer_append(printer->out, digits,
                           weir_format_decimal_scientific(weir_value_get_int128(value), value->type->scale, digits));
        return;
    }
    if (value->type->id == WEIR_TYPE_STRING || weir_type_is_numeric(value->type) || printer->explain)
        weir_value_cast_text(value, 0, zone, printer->out);
    else
        weir_value_sql(value, 0, zone, printer->out);
}

/* A literal with a name is a SQL variable. */
static void print_variable(const Printer *printer, const WeirExpression *variable)
{
    const WeirValue *value = variable->value;
    weir_buffer_append_format(printer->out, "variablereference(system.session.%s=", variable->name);
    if (weir_value_is_null(value)) {
        text(printer, "CAST(NULL AS ");
        weir_type_sql(value->type, printer->out);
        text(printer, ")");
    } else {
        weir_value_sql(value, 0, weir_time_zone_utc(), printer->out);
    }
    text(printer, ")");
}

/* Id, type and watermark suffix of a column: "ts#5-T10000ms", "n#7L". */
static void print_id(const Printer *printer, const WeirExpression *named)
{
    if (!printer->explain)
        return;
    const WeirDataType *type = named->type != NULL || named->child_count == 0 ? named->type : named->children[0]->type;
    weir_buffer_append_format(printer->out, "#%lld%s", (long long)named->id,
                              type != NULL && type->id == WEIR_TYPE_LONG ? "L" : "");
    static const char key[] = "\"spark.watermarkDelayMs\":";
    const char *delay = named->metadata == NULL ? NULL : strstr(named->metadata, key);
    if (delay != NULL)
        weir_buffer_append_format(printer->out, "-T%lldms", strtoll(delay + sizeof(key) - 1, NULL, 10));
}

static void print_alias(const Printer *printer, const WeirExpression *expression)
{
    const WeirExpression *child = expression->children[0];
    print(printer, child);
    if (child->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE && child->name != NULL &&
        strcmp(child->name, expression->name) == 0)
        return; /* a field called as the variable has no alias in Spark */
    text(printer, " AS ");
    if (printer->explain)
        text(printer, expression->name);
    else
        print_quoted_name(printer, expression->name);
    print_id(printer, expression);
}

static void print_cast(const Printer *printer, const WeirExpression *expression)
{
    bool implicit = expression->name != NULL && strcmp(expression->name, "implicit") == 0;
    if (!printer->explain && expression->part_count > 0) {
        print_parts(printer, expression, "");
        return;
    }
    if (!printer->explain && (implicit || weir_type_is_nested(expression->type))) {
        print(printer, expression->children[0]);
        return;
    }
    bool try_mode = expression->eval_mode == WEIR_EVAL_TRY;
    text(printer, printer->explain ? (try_mode ? "try_cast(" : "cast(") : (try_mode ? "TRY_CAST(" : "CAST("));
    print(printer, expression->children[0]);
    text(printer, printer->explain ? " as " : " AS ");
    if (printer->explain)
        weir_type_simple_string(expression->type, printer->out);
    else
        weir_type_sql(expression->type, printer->out);
    text(printer, ")");
}

static void print_case(const Printer *printer, const WeirExpression *expression)
{
    text(printer, "CASE");
    uint32_t i = 0;
    for (; i + 1 < expression->child_count; i += 2) {
        text(printer, " WHEN ");
        print(printer, expression->children[i]);
        text(printer, " THEN ");
        print(printer, expression->children[i + 1]);
    }
    if (i < expression->child_count) {
        text(printer, " ELSE ");
        print(printer, expression->children[i]);
    }
    text(printer, " END");
}

/* Fill a template such as "($1 + $2)" or "RLIKE($*)"; "$2*" is the second argument and all after it. */
static void print_template(const Printer *printer, const char *format, const WeirExpression *expression)
{
    for (const char *c = format; *c != '\0'; c++) {
        if (*c != '$') {
            weir_buffer_append_char(printer->out, *c);
        } else if (c[1] == '*') {
            print_list(printer, expression->children, expression->child_count, ", ");
            c++;
        } else {
            uint32_t index = (uint32_t)(c[1] - '1');
            c++;
            bool rest = c[1] == '*';
            c += rest;
            if (rest && index < expression->child_count)
                print_list(printer, expression->children + index, expression->child_count - index, ", ");
            else if (index < expression->child_count)
                print(printer, expression->children[index]);
        }
    }
}

/* (a, b): a struct that is written without its name. */
static bool is_row(const WeirExpression *call)
{
    return call->name != NULL && strcmp(call->name, WEIR_ROW_NAME) == 0 && call->type != NULL &&
           call->type->field_count == call->child_count;
}

static void print_row(const Printer *printer, const WeirExpression *call)
{
    text(printer, WEIR_ROW_NAME "(");
    for (uint32_t i = 0; i < call->child_count; i++) {
        weir_buffer_append_format(printer->out, "%s%s, ", i == 0 ? "" : ", ", call->type->fields[i].name);
        print(printer, call->children[i]);
    }
    text(printer, ")");
}

static void print_call(const Printer *printer, const WeirExpression *expression)
{
    const WeirFunction *function = expression->function;
    const char *name = expression->name != NULL ? expression->name : function->name;
    if (is_row(expression) && strcmp(function->name, "struct") == 0) {
        print_row(printer, expression);
        return;
    }
    if (function->sql_format != NULL && function->sql_format[0] == '!' &&
        !printer->explain) { /* RLIKE(a, b): the name in capitals */
        for (const char *c = name; *c != '\0'; c++)
            weir_buffer_append_char(printer->out, (char)toupper((unsigned char)*c));
        print_template(printer, function->sql_format + 1, expression);
        return;
    }
    /* "1 + 2" under try_add is still printed as the function that was called. */
    if (function->sql_format != NULL && function->sql_format[0] != '!' &&
        (expression->name == NULL || !isalpha((unsigned char)expression->name[0]) ||
         strstr(function->sql_format, "()") != NULL || strcmp(expression->name, function->name) == 0)) {
        const char *format = function->sql_format;
        const char *alternative = strchr(format, '\t'); /* after it: the form with more than one argument, */
        uint32_t least = 1;
        if (alternative == NULL) {
            alternative = strchr(format, '\v'); /* with more than two */
            least = 2;
        }
        if (alternative != NULL && expression->child_count > least) {
            print_template(printer, alternative + 1, expression);
            return;
        }
        if (alternative != NULL) {
            char first[128];
            snprintf(first, sizeof(first), "%.*s", (int)(alternative - format), format);
            print_template(printer, first, expression);
            return;
        }
        const char *explain = strchr(format, '\n'); /* second line: EXPLAIN's form where it differs */
        if (explain == NULL) {
            print_template(printer, format, expression);
        } else {
            char first[128];
            snprintf(first, sizeof(first), "%.*s", (int)(explain - format), format);
            print_template(printer, printer->explain ? explain + 1 : first, expression);
        }
        return;
    }
    text(printer, name);
    text(printer, "(");
    print_list(printer, expression->children, expression->child_count, ", ");
    text(printer, ")");
}

static void print_unresolved_function(const Printer *printer, const WeirExpression *expression)
{
    if (printer->explain)
        text(printer, "'");
    print_parts(printer, expression, ".");
    text(printer, expression->is_distinct ? "(distinct " : "(");
    print_list(printer, expression->children, expression->child_count, ", ");
    text(printer, ")");
}

static void print_ordering(const Printer *printer, const WeirExpression *expression)
{
    const WeirAggregateOrdering *ordering = expression->bound;
    for (uint32_t i = 0; ordering != NULL && i < ordering->count; i++) {
        text(printer, i == 0 ? "" : ", ");
        print(printer, expression->children[ordering->first + i]);
        text(printer, ordering->descending[i] ? " DESC" : " ASC");
        text(printer, ordering->nulls_first[i] ? " NULLS FIRST" : " NULLS LAST");
    }
}

static void print_aggregate_template(const Printer *printer, const WeirExpression *expression)
{
    for (const char *c = expression->aggregate->sql_format; *c != '\0'; c++) {
        if (*c != '$') {
            weir_buffer_append_char(printer->out, *c);
            continue;
        }
        c++;
        uint32_t index = (uint32_t)(*c - '1');
        if (*c == '0') {
            text(printer, expression->name != NULL ? expression->name : expression->aggregate->name);
        } else if (*c == 'd') {
            text(printer, !expression->is_distinct ? "" : printer->explain ? "distinct " : "DISTINCT ");
        } else if (*c == '>') {
            text(printer, expression->is_descending ? " DESC" : "");
        } else if (*c == '<') {
            text(printer, expression->is_descending ? "" : " DESC");
        } else if (*c == 'o') {
            print_ordering(printer, expression);
        } else if (c[1] == '*') {
            print_list(printer, expression->children + index, expression->child_count - index, ", ");
            c++;
        } else {
            print(printer, expression->children[index]);
        }
    }
}

static void print_aggregate_call(const Printer *printer, const WeirExpression *expression)
{
    if (expression->aggregate->sql_format != NULL) {
        print_aggregate_template(printer, expression);
        return;
    }
    text(printer, expression->name != NULL ? expression->name : expression->aggregate->name);
    text(printer, "(");
    if (expression->is_distinct)
        text(printer, printer->explain ? "distinct " : "DISTINCT ");
    print_list(printer, expression->children, expression->child_count, ", ");
    text(printer, ")");
}

static void print_aggregate(const Printer *printer, const WeirExpression *expression)
{
    print_aggregate_call(printer, expression);
    if (printer->explain && expression->ignore_nulls)
        text(printer, " ignore nulls");
    if (expression->filter != NULL) {
        text(printer, " FILTER (WHERE ");
        print(printer, expression->filter);
        text(printer, ")");
    }
}

static void print_lambda(const Printer *printer, const WeirExpression *expression)
{
    text(printer, "lambdafunction(");
    print(printer, expression->children[0]);
    for (uint32_t i = 1; i < expression->child_count; i++) {
        text(printer, ", ");
        print(printer, expression->children[i]);
    }
    text(printer, printer->explain ? ", false)" : ")");
}

static void print_lambda_variable(const Printer *printer, const WeirExpression *expression)
{
    if (!printer->explain) {
        text(printer, "namedlambdavariable()");
        return;
    }
    weir_buffer_append_format(printer->out, "lambda %s", expression->name);
    print_id(printer, expression);
}

static void print_sort_order(const Printer *printer, const WeirExpression *expression)
{
    print(printer, expression->children[0]);
    text(printer, expression->is_descending ? " DESC" : " ASC");
    text(printer, expression->nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

static void print_bound(const Printer *printer, WeirFrameBound bound, const WeirExpression *offset)
{
    switch (bound) {
    case WEIR_FRAME_UNBOUNDED_PRECEDING:
        text(printer, printer->explain ? "unboundedpreceding$()" : "UNBOUNDED PRECEDING");
        return;
    case WEIR_FRAME_UNBOUNDED_FOLLOWING:
        text(printer, printer->explain ? "unboundedfollowing$()" : "UNBOUNDED FOLLOWING");
        return;
    case WEIR_FRAME_CURRENT_ROW:
        text(printer, printer->explain ? "currentrow$()" : "CURRENT ROW");
        return;
    case WEIR_FRAME_PRECEDING:
    case WEIR_FRAME_FOLLOWING:
        if (printer->explain && bound == WEIR_FRAME_PRECEDING)
            text(printer, "-");
        if (!printer->explain && bound == WEIR_FRAME_PRECEDING && offset->kind == WEIR_EXPRESSION_CAST) {
            text(printer, "(- "); /* a distance that was cast stays the negation that Spark makes of it */
            print(printer, offset->children[0]);
            text(printer, ") FOLLOWING");
            return;
        }
        print(printer, offset);
        if (!printer->explain)
            text(printer, bound == WEIR_FRAME_PRECEDING ? " PRECEDING" : " FOLLOWING");
        return;
    }
}

static void print_window_spec(const Printer *printer, const WeirWindowSpec *window)
{
    const char *separator = "";
    if (window->partition_count > 0) {
        text(printer, printer->explain ? "" : "PARTITION BY ");
        print_list(printer, window->partition_by, window->partition_count, ", ");
        separator = printer->explain ? ", " : " ";
    }
    if (window->order_count > 0) {
        text(printer, separator);
        text(printer, printer->explain ? "" : "ORDER BY ");
        print_list(printer, window->order_by, window->order_count, ", ");
        separator = printer->explain ? ", " : " ";
    }
    bool range = window->has_frame ? window->is_range : window->order_count > 0;
    WeirFrameBound lower = window->has_frame ? window->lower : WEIR_FRAME_UNBOUNDED_PRECEDING;
    WeirFrameBound upper = window->has_frame         ? window->upper
                           : window->order_count > 0 ? WEIR_FRAME_CURRENT_ROW
                                                     : WEIR_FRAME_UNBOUNDED_FOLLOWING;
    text(printer, separator);
    if (printer->explain) {
        text(printer, range ? "specifiedwindowframe(RangeFrame, " : "specifiedwindowframe(RowFrame, ");
        print_bound(printer, lower, window->lower_offset);
        text(printer, ", ");
        print_bound(printer, upper, window->upper_offset);
        text(printer, ")");
        return;
    }
    text(printer, range ? "RANGE BETWEEN " : "ROWS BETWEEN ");
    print_bound(printer, lower, window->lower_offset);
    text(printer, " AND ");
    print_bound(printer, upper, window->upper_offset);
}

/* Of the window functions only nth_value shows its IGNORE NULLS. */
static void print_window(const Printer *printer, const WeirExpression *expression)
{
    const WeirExpression *function = expression->children[0];
    print(printer, function);
    if (function->ignore_nulls && function->function != NULL && strcmp(function->function->name, "nth_value") == 0)
        text(printer, " ignore nulls");
    if (printer->explain) {
        text(printer, " windowspecdefinition(");
        print_window_spec(printer, expression->window);
        text(printer, ")");
        return;
    }
    text(printer, " OVER (");
    print_window_spec(printer, expression->window);
    text(printer, ")");
}

static void print_field(const Printer *printer, const WeirExpression *expression)
{
    print(printer, expression->children[0]);
    text(printer, ".");
    text(printer, expression->name);
}

/* The row on the left of IN, its fields named as Spark names them. */
static void print_left_row(const Printer *printer, const WeirExpression *expression)
{
    text(printer, "named_struct(");
    for (uint32_t i = 0; i < expression->child_count; i++) {
        const WeirExpression *child = expression->children[i], *column = child;
        char position[16];
        while (column->kind == WEIR_EXPRESSION_CAST)
            column = column->children[0];
        snprintf(position, sizeof(position), "_%u", i);
        text(printer, i == 0 ? "'" : ", '");
        if (column->kind == WEIR_EXPRESSION_LITERAL)
            print(printer, column);
        else
            text(printer, column->kind == WEIR_EXPRESSION_ATTRIBUTE || column->kind == WEIR_EXPRESSION_EXTRACT_FIELD
                              ? column->name
                              : position);
        text(printer, "', ");
        print(printer, child);
    }
    text(printer, ")");
}

static void print_subquery(const Printer *printer, const WeirExpression *expression)
{
    bool is_in = expression->kind == WEIR_EXPRESSION_IN_SUBQUERY;
    if (is_in) {
        text(printer, "(");
        if (expression->child_count > 1)
            print_left_row(printer, expression);
        else
            print(printer, expression->children[0]);
        text(printer, " IN (listquery(");
    } else {
        text(printer, expression->kind == WEIR_EXPRESSION_EXISTS ? "exists(" : "scalarsubquery(");
    }
    print_parts(printer, expression, ", "); /* columns of the outer query */
    text(printer, is_in ? ")))" : ")");
}

static void print_grouping(const Printer *printer, const WeirExpression *expression)
{
    static const char *const names[] = {"rollup(", "cube(", "grouping sets(", "("};
    text(printer, names[expression->kind - WEIR_EXPRESSION_ROLLUP]);
    print_list(printer, expression->children, expression->child_count, ", ");
    text(printer, ")");
}

static void print_named(const Printer *printer, const WeirExpression *expression)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE:
        if (printer->explain)
            text(printer, "'");
        print_parts(printer, expression, ".");
        return;
    case WEIR_EXPRESSION_UNRESOLVED_STAR:
        print_parts(printer, expression, ".");
        text(printer, expression->part_count > 0 ? ".*" : "*");
        return;
    case WEIR_EXPRESSION_UNRESOLVED_ORDINAL:
        weir_buffer_append_format(printer->out, "unresolvedordinal(%u)", expression->ordinal);
        return;
    case WEIR_EXPRESSION_PARAMETER:
        text(printer, expression->name == NULL ? "?" : ":");
        text(printer, expression->name == NULL ? "" : expression->name);
        return;
    case WEIR_EXPRESSION_BOUND_REFERENCE:
        if (expression->name != NULL)
            text(printer, expression->name);
        else
            weir_buffer_append_format(printer->out, "input[%u]", expression->ordinal);
        if (expression->id != 0)
            print_id(printer, expression);
        return;
    case WEIR_EXPRESSION_NAMED_ARGUMENT:
        text(printer, expression->name);
        text(printer, " => ");
        print(printer, expression->children[0]);
        return;
    case WEIR_EXPRESSION_MULTI_ALIAS:
        print(printer, expression->children[0]);
        text(printer, " AS (");
        print_parts(printer, expression, ", ");
        text(printer, ")");
        return;
    default: /* ATTRIBUTE */
        text(printer, expression->name);
        print_id(printer, expression);
        return;
    }
}

static void print(const Printer *printer, const WeirExpression *expression)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_LITERAL:
        if (expression->name != NULL && !printer->explain)
            print_variable(printer, expression);
        else
            print_literal(printer, expression->value);
        return;
    case WEIR_EXPRESSION_ALIAS:
        print_alias(printer, expression);
        return;
    case WEIR_EXPRESSION_OUTER_REFERENCE:
        text(printer, "outer(");
        for (uint32_t i = 0; i < expression->children[0]->part_count && !printer->explain; i++) {
            text(printer, expression->children[0]->parts[i]); /* which table's */
            text(printer, ".");
        }
        print(printer, expression->children[0]);
        text(printer, ")");
        return;
    case WEIR_EXPRESSION_LAMBDA_VARIABLE:
        print_lambda_variable(printer, expression);
        return;
    case WEIR_EXPRESSION_UNRESOLVED_FUNCTION:
        print_unresolved_function(printer, expression);
        return;
    case WEIR_EXPRESSION_CALL:
    case WEIR_EXPRESSION_GENERATOR:
        print_call(printer, expression);
        return;
    case WEIR_EXPRESSION_CAST:
        print_cast(printer, expression);
        return;
    case WEIR_EXPRESSION_CASE:
        print_case(printer, expression);
        return;
    case WEIR_EXPRESSION_EXTRACT_FIELD:
        print_field(printer, expression);
        return;
    case WEIR_EXPRESSION_LAMBDA:
        print_lambda(printer, expression);
        return;
    case WEIR_EXPRESSION_AGGREGATE:
        print_aggregate(printer, expression);
        return;
    case WEIR_EXPRESSION_WINDOW:
        print_window(printer, expression);
        return;
    case WEIR_EXPRESSION_SORT_ORDER:
        print_sort_order(printer, expression);
        return;
    case WEIR_EXPRESSION_ROLLUP:
    case WEIR_EXPRESSION_CUBE:
    case WEIR_EXPRESSION_GROUPING_SETS:
    case WEIR_EXPRESSION_GROUPING_SET:
        print_grouping(printer, expression);
        return;
    case WEIR_EXPRESSION_SCALAR_SUBQUERY:
    case WEIR_EXPRESSION_EXISTS:
    case WEIR_EXPRESSION_IN_SUBQUERY:
        print_subquery(printer, expression);
        return;
    default:
        print_named(printer, expression);
        return;
    }
}

void weir_expression_sql(const WeirExpression *expression, WeirBuffer *out)
{
    Printer printer = {out, false};
    print(&printer, expression);
}

void weir_expression_explain(const WeirExpression *expression, WeirBuffer *out)
{
    Printer printer = {out, true};
    print(&printer, expression);
}

const char *weir_expression_sql_text(WeirArena *arena, const WeirExpression *expression)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    weir_expression_sql(expression, &buffer);
    const char *copy = weir_arena_strdup(arena, weir_buffer_text(&buffer));
    weir_buffer_deinit(&buffer);
    return copy;
}
