/* Expressions of a plan that is not analyzed yet, as EXPLAIN EXTENDED shows them: names with Spark's mark ', operators
 * by their symbol. Resolved expressions are printed by weir_expression_explain. */
#include "logical/logical_private.h"

static void print(const WeirExpression *expression, WeirBuffer *out, bool in_lambda);

static void print_list(WeirExpression *const *list, uint32_t count, const char *separator, WeirBuffer *out,
                       bool in_lambda)
{
    for (uint32_t i = 0; i < count; i++) {
        weir_buffer_append_text(out, i > 0 ? separator : "");
        print(list[i], out, in_lambda);
    }
}

static void print_parts(const WeirExpression *expression, WeirBuffer *out)
{
    for (uint32_t i = 0; i < expression->part_count; i++)
        weir_buffer_append_format(out, "%s%s", i > 0 ? "." : "", expression->parts[i]);
}

/* ---- operators */

/* How an operator prints: $1, $2 are its operands, $* all of them, $+ all but the first. */
typedef struct OperatorText {
    const char *name;
    uint32_t operands; /* 0: any number */
    const char *format;
} OperatorText;

static const OperatorText operators[] = {{"or", 2, "($1 OR $2)"},
                                         {"and", 2, "($1 AND $2)"},
                                         {"not", 1, "NOT $1"},
                                         {"=", 2, "($1 = $2)"},
                                         {"<=>", 2, "($1 <=> $2)"},
                                         {"<", 2, "($1 < $2)"},
                                         {"<=", 2, "($1 <= $2)"},
                                         {">", 2, "($1 > $2)"},
                                         {">=", 2, "($1 >= $2)"},
                                         {"+", 2, "($1 + $2)"},
                                         {"-", 2, "($1 - $2)"},
                                         {"*", 2, "($1 * $2)"},
                                         {"/", 2, "($1 / $2)"},
                                         {"%", 2, "($1 % $2)"},
                                         {"div", 2, "($1 div $2)"},
                                         {"&", 2, "($1 & $2)"},
                                         {"|", 2, "($1 | $2)"},
                                         {"^", 2, "($1 ^ $2)"},
                                         {"<<", 2, "($1 << $2)"},
                                         {">>", 2, "($1 >> $2)"},
                                         {">>>", 2, "($1 >>> $2)"},
                                         {"||", 2, "concat($1, $2)"},
                                         {"+", 1, "positive($1)"},
                                         {"-", 1, "-$1"},
                                         {"~", 1, "~$1"},
                                         {"isnull", 1, "isnull($1)"},
                                         {"isnotnull", 1, "isnotnull($1)"},
                                         {"is unknown", 1, "($1)"},
                                         {"is not unknown", 1, "($1)"},
                                         {"[]", 2, "$1[$2]"},
                                         {"in", 0, "$1 IN ($+)"},
                                         {"like", 2, "$1 LIKE $2"},
                                         {"like", 3, "$1 LIKE $2 ESCAPE '$3'"},
                                         {"ilike", 2, "ilike($1, $2, \\)"},
                                         {"ilike", 3, "ilike($1, $2, $3)"},
                                         {"rlike", 2, "RLIKE($1, $2)"},
                                         {"like any", 0, "likeany($*)"},
                                         {"like all", 0, "likeall($*)"},
                                         {"not like any", 0, "notlikeany($*)"},
                                         {"not like all", 0, "notlikeall($*)"},
                                         {"ilike any", 0, "likeany(lower($1), $+)"},
                                         {"ilike all", 0, "likeall(lower($1), $+)"},
                                         {"locate", 2, "locate($1, $2, 1)"}};

static const char *operator_format(const WeirExpression *call)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (call->part_count == 1 && strcmp(call->parts[0], operators[i].name) == 0 &&
            (operators[i].operands == 0 ? call->child_count > 0 : operators[i].operands == call->child_count))
            return operators[i].format;
    return NULL;
}

bool weir_parsed_is_resolved(const WeirExpression *expression)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_LITERAL:
        return true;
    case WEIR_EXPRESSION_UNRESOLVED_FUNCTION:
        if (operator_format(expression) == NULL || strcmp(expression->parts[0], "[]") == 0)
            return false;
        break;
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_CAST:
    case WEIR_EXPRESSION_CASE:
    case WEIR_EXPRESSION_SORT_ORDER:
        break;
    default:
        return false;
    }
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (!weir_parsed_is_resolved(expression->children[i]))
            return false;
    return true;
}

static void print_operator(const char *format, const WeirExpression *call, WeirBuffer *out, bool in_lambda)
{
    const char *separator = strstr(format, " IN (") != NULL ? "," : ", ";
    for (const char *c = format; *c != '\0'; c++) {
        if (*c != '$') {
            weir_buffer_append_char(out, *c);
            continue;
        }
        c++;
        if (*c == '*')
            print_list(call->children, call->child_count, separator, out, in_lambda);
        else if (*c == '+')
            print_list(call->children + 1, call->child_count - 1, separator, out, in_lambda);
        else
            print(call->children[*c - '1'], out, in_lambda);
    }
}

/* A row or STRUCT: Spark has made named_struct of it already. */
static void print_struct(const WeirExpression *call, WeirBuffer *out, bool in_lambda)
{
    weir_buffer_append_text(out, "named_struct(");
    for (uint32_t i = 0; i < call->child_count; i++) {
        const WeirExpression *child = call->children[i];
        weir_buffer_append_text(out, i > 0 ? ", " : "");
        if (child->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE)
            weir_buffer_append_text(out, child->parts[child->part_count - 1]);
        else if (child->kind == WEIR_EXPRESSION_ALIAS)
            weir_buffer_append_text(out, child->name);
        else
            weir_buffer_append_format(out, "col%u", i + 1);
        weir_buffer_append_text(out, ", ");
        print(child, out, in_lambda);
    }
    weir_buffer_append_char(out, ')');
}

static void print_call(const WeirExpression *call, WeirBuffer *out, bool in_lambda)
{
    const char *format = operator_format(call);
    if (format != NULL) {
        print_operator(format, call, out, in_lambda);
        return;
    }
    if (call->part_count == 1 && strcmp(call->parts[0], "struct") == 0) {
        print_struct(call, out, in_lambda);
        return;
    }
    weir_buffer_append_char(out, '\'');
    print_parts(call, out);
    weir_buffer_append_text(out, call->is_distinct ? "(distinct " : "(");
    bool sorted = call->child_count > 0 && call->children[call->child_count - 1]->kind == WEIR_EXPRESSION_SORT_ORDER;
    uint32_t plain = call->child_count;
    while (sorted && plain > 0 && call->children[plain - 1]->kind == WEIR_EXPRESSION_SORT_ORDER)
        plain--;
    print_list(call->children, plain, ", ", out, in_lambda);
    if (call->filter != NULL) {
        weir_buffer_append_text(out, plain > 0 ? ", " : "");
        print(call->filter, out, in_lambda);
    }
    for (uint32_t i = plain; i < call->child_count; i++) {
        weir_buffer_append_text(out, i > 0 || call->filter != NULL ? ", " : "");
        print(call->children[i], out, in_lambda);
    }
    weir_buffer_append_char(out, ')');
}

/* ---- the other kinds */

static void print_case(const WeirExpression *expression, WeirBuffer *out, bool in_lambda)
{
    weir_buffer_append_text(out, "CASE");
    for (uint32_t i = 0; i + 1 < expression->child_count; i += 2) {
        weir_buffer_append_text(out, " WHEN ");
        print(expression->children[i], out, in_lambda);
        weir_buffer_append_text(out, " THEN ");
        print(expression->children[i + 1], out, in_lambda);
    }
    if (expression->child_count % 2 == 1) {
        weir_buffer_append_text(out, " ELSE ");
        print(expression->children[expression->child_count - 1], out, in_lambda);
    }
    weir_buffer_append_text(out, " END");
}

static void print_lambda(const WeirExpression *lambda, WeirBuffer *out)
{
    weir_buffer_append_text(out, "lambdafunction(");
    print_list(lambda->children, lambda->child_count, ", ", out, true);
    weir_buffer_append_text(out, ", false)");
}

static void print_bound(WeirFrameBound bound, const WeirExpression *offset, WeirBuffer *out)
{
    static const char *const texts[] = {"unboundedpreceding$()", NULL, "currentrow$()", NULL, "unboundedfollowing$()"};
    if (texts[bound] != NULL) {
        weir_buffer_append_text(out, texts[bound]);
        return;
    }
    if (bound == WEIR_FRAME_PRECEDING)
        weir_buffer_append_char(out, '-');
    if (offset != NULL)
        print(offset, out, false);
}

void weir_logical_append_window_spec(const WeirWindowSpec *spec, WeirBuffer *out)
{
    weir_buffer_append_text(out, "windowspecdefinition(");
    print_list(spec->partition_by, spec->partition_count, ", ", out, false);
    weir_buffer_append_text(out, spec->partition_count > 0 ? ", " : "");
    print_list(spec->order_by, spec->order_count, ", ", out, false);
    weir_buffer_append_text(out, spec->order_count > 0 ? ", " : "");
    if (spec->has_frame) {
        weir_buffer_append_format(out, "specifiedwindowframe(%s, ", spec->is_range ? "RangeFrame" : "RowFrame");
        print_bound(spec->lower, spec->lower_offset, out);
        weir_buffer_append_text(out, ", ");
        print_bound(spec->upper, spec->upper_offset, out);
        weir_buffer_append_text(out, "))");
    } else {
        weir_buffer_append_text(out, "unspecifiedframe$())");
    }
}

static void print_window(const WeirExpression *expression, WeirBuffer *out)
{
    const WeirWindowSpec *spec = expression->window;
    if (spec->name != NULL) {
        weir_buffer_append_text(out, "unresolvedwindowexpression(");
        print(expression->children[0], out, false);
        weir_buffer_append_format(out, ", WindowSpecReference(%s))", spec->name);
        return;
    }
    print(expression->children[0], out, false);
    weir_buffer_append_char(out, ' ');
    weir_logical_append_window_spec(spec, out);
}

static void print_subquery(const WeirExpression *expression, WeirBuffer *out)
{
    if (expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY) {
        weir_buffer_append_text(out, "scalar-subquery#0 []");
    } else if (expression->kind == WEIR_EXPRESSION_EXISTS) {
        weir_buffer_append_text(out, "exists#0 []");
    } else {
        bool row = expression->child_count != 1;
        if (row)
            print_struct(expression, out, false);
        else
            print(expression->children[0], out, false);
        weir_buffer_append_text(out, " IN (list#0 [])");
    }
}

/* rollup(Vector(0), Vector(1), 'a, 'b): for each set the numbers of its columns, then all columns. */
static void print_grouping(const WeirExpression *expression, WeirBuffer *out)
{
    const char *name = expression->kind == WEIR_EXPRESSION_ROLLUP ? "rollup("
                       : expression->kind == WEIR_EXPRESSION_CUBE ? "cube("
                                                                  : "groupingsets(";
    uint32_t column = 0;
    weir_buffer_append_text(out, name);
    for (uint32_t i = 0; i < expression->child_count; i++) {
        const WeirExpression *set = expression->children[i];
        uint32_t width = set->kind == WEIR_EXPRESSION_GROUPING_SET ? set->child_count : 1;
        weir_buffer_append_text(out, i > 0 ? ", Vector(" : "Vector(");
        for (uint32_t j = 0; j < width; j++)
            weir_buffer_append_format(out, "%s%u", j > 0 ? ", " : "", column++);
        weir_buffer_append_char(out, ')');
    }
    for (uint32_t i = 0; i < expression->child_count; i++) {
        const WeirExpression *set = expression->children[i];
        bool is_set = set->kind == WEIR_EXPRESSION_GROUPING_SET;
        if (is_set && set->child_count == 0)
            continue;
        weir_buffer_append_text(out, ", ");
        if (is_set)
            print_list(set->children, set->child_count, ", ", out, false);
        else
            print(set, out, false);
    }
    weir_buffer_append_char(out, ')');
}

static void print_leaf(const WeirExpression *expression, WeirBuffer *out, bool in_lambda)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE:
        weir_buffer_append_text(out, in_lambda ? "lambda '" : "'");
        print_parts(expression, out);
        break;
    case WEIR_EXPRESSION_UNRESOLVED_STAR:
        print_parts(expression, out);
        weir_buffer_append_text(out, expression->part_count > 0 ? ".*" : "*");
        break;
    case WEIR_EXPRESSION_PARAMETER:
        if (expression->name != NULL)
            weir_buffer_append_format(out, "namedparameter(%s)", expression->name);
        else
            weir_buffer_append_format(out, "posparameter(%d)", expression->origin.start);
        break;
    case WEIR_EXPRESSION_LAMBDA_VARIABLE:
        weir_buffer_append_format(out, "lambda '%s", expression->name);
        break;
    default:
        weir_expression_explain(expression, out);
    }
}

static void print_named(const WeirExpression *expression, WeirBuffer *out, bool in_lambda)
{
    print(expression->children[0], out, in_lambda);
    if (expression->kind == WEIR_EXPRESSION_ALIAS) {
        weir_buffer_append_format(out, " AS %s#%lld", expression->name, (long long)expression->id);
        return;
    }
    weir_buffer_append_text(out, " AS (");
    for (uint32_t i = 0; i < expression->part_count; i++)
        weir_buffer_append_format(out, "%s%s", i > 0 ? ", " : "", expression->parts[i]);
    weir_buffer_append_char(out, ')');
}

static void print(const WeirExpression *expression, WeirBuffer *out, bool in_lambda)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_UNRESOLVED_FUNCTION:
        print_call(expression, out, in_lambda);
        break;
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_MULTI_ALIAS:
        print_named(expression, out, in_lambda);
        break;
    case WEIR_EXPRESSION_NAMED_ARGUMENT:
        weir_buffer_append_format(out, "%s => ", expression->name);
        print(expression->children[0], out, in_lambda);
        break;
    case WEIR_EXPRESSION_CAST:
        weir_buffer_append_text(out, expression->eval_mode == WEIR_EVAL_TRY ? "try_cast(" : "cast(");
        print(expression->children[0], out, in_lambda);
        weir_buffer_append_text(out, " as ");
        weir_type_simple_string(expression->type, out);
        weir_buffer_append_char(out, ')');
        break;
    case WEIR_EXPRESSION_CASE:
        print_case(expression, out, in_lambda);
        break;
    case WEIR_EXPRESSION_LAMBDA:
        print_lambda(expression, out);
        break;
    case WEIR_EXPRESSION_SORT_ORDER:
        print(expression->children[0], out, in_lambda);
        weir_buffer_append_format(out, " %s NULLS %s", expression->is_descending ? "DESC" : "ASC",
                                  expression->nulls_first ? "FIRST" : "LAST");
        break;
    case WEIR_EXPRESSION_WINDOW:
        print_window(expression, out);
        break;
    case WEIR_EXPRESSION_SCALAR_SUBQUERY:
    case WEIR_EXPRESSION_EXISTS:
    case WEIR_EXPRESSION_IN_SUBQUERY:
        print_subquery(expression, out);
        break;
    case WEIR_EXPRESSION_ROLLUP:
    case WEIR_EXPRESSION_CUBE:
    case WEIR_EXPRESSION_GROUPING_SETS:
    case WEIR_EXPRESSION_GROUPING_SET:
        print_grouping(expression, out);
        break;
    default:
        print_leaf(expression, out, in_lambda);
    }
}

void weir_logical_append_parsed(const WeirExpression *expression, WeirBuffer *out)
{
    print(expression, out, false);
}
