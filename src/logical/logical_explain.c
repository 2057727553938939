/* The text of a plan as EXPLAIN shows it: the tree's lines. What a node's own line says is in logical_node_text.c. */
#include "logical/logical_private.h"

/* Lines of what stands above: for each level '|' (more siblings follow) or ' '. */
typedef struct Indent {
    struct Indent *parent;
    bool more;
} Indent;

static void append_indent(const Indent *indent, WeirBuffer *out)
{
    if (indent == NULL)
        return;
    append_indent(indent->parent, out);
    weir_buffer_append_text(out, indent->more ? ":  " : "   ");
}

static void append_tree(const WeirLogicalPlan *plan, Indent *indent, const char *branch, WeirBuffer *out);

/* Trees inside the node's line: CTE definitions and subqueries of its expressions. They hang one level deeper than the
 * children. */
typedef struct InnerPlans {
    const WeirLogicalPlan *plans[64];
    uint32_t count;
} InnerPlans;

static bool collect_subquery(void *context, const WeirExpression *expression)
{
    InnerPlans *inner = context;
    if (expression->plan != NULL && inner->count < 64)
        inner->plans[inner->count++] = expression->plan;
    return false;
}

static void collect_list(InnerPlans *inner, WeirExpression *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        weir_expression_any(list[i], collect_subquery, inner);
}

static void collect_inner(const WeirLogicalPlan *plan, InnerPlans *inner)
{
    collect_list(inner, plan->expressions, plan->expression_count);
    collect_list(inner, plan->grouping, plan->grouping_count);
    if (plan->condition != NULL)
        weir_expression_any(plan->condition, collect_subquery, inner);
    if (plan->kind == WEIR_LOGICAL_JOIN && plan->is_lateral && plan->child_count == 2 && inner->count < 64)
        inner->plans[inner->count++] = plan->children[1];
}

static void append_child(const WeirLogicalPlan *child, Indent *indent, bool last, WeirBuffer *out)
{
    Indent level = {.parent = indent, .more = !last};
    append_indent(indent, out);
    append_tree(child, &level, last ? "+- " : ":- ", out);
}

/* A CTE's definition prints as the alias that it stands for. */
static void append_cte(const WeirCteDefinition *cte, Indent *indent, bool last, WeirBuffer *out)
{
    WeirLogicalPlan alias = {
        .kind = WEIR_LOGICAL_SUBQUERY_ALIAS, .child_count = 1, .name = cte->name, .analyzed = cte->plan->analyzed};
    WeirLogicalPlan *plan = cte->plan;
    alias.children = &plan;
    alias.names = cte->column_names;
    alias.name_count = cte->column_count;
    append_child(&alias, indent, last, out);
}

static void append_inner(const WeirLogicalPlan *plan, Indent *indent, bool children_follow, WeirBuffer *out)
{
    InnerPlans inner = {.count = 0};
    collect_inner(plan, &inner);
    uint32_t count = plan->cte_count + inner.count;
    Indent level = {.parent = indent, .more = children_follow};
    uint32_t done = 0;
    for (uint32_t i = 0; i < plan->cte_count; i++)
        append_cte(&plan->ctes[i], &level, ++done == count, out);
    for (uint32_t i = 0; i < inner.count; i++)
        append_child(inner.plans[i], &level, ++done == count, out);
}

/* LIMIT is two nodes in Spark's tree. */
static void append_line(const WeirLogicalPlan *plan, Indent *indent, const char *branch, WeirBuffer *out)
{
    weir_buffer_append_text(out, branch);
    weir_logical_append_node(plan, out);
    weir_buffer_append_char(out, '\n');
    (void)indent;
}

/* Nodes that are one here and two in Spark: the second line, and the level below it. */
static bool append_second_line(const WeirLogicalPlan *plan, Indent *indent, WeirBuffer *out)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    bool found = weir_logical_append_second(plan, &text);
    if (found) {
        append_indent(indent, out);
        weir_buffer_append_text(out, "+- ");
        weir_buffer_append(out, weir_buffer_text(&text), text.length);
        weir_buffer_append_char(out, '\n');
    }
    weir_buffer_deinit(&text);
    return found;
}

static void append_tree(const WeirLogicalPlan *plan, Indent *indent, const char *branch, WeirBuffer *out)
{
    append_line(plan, indent, branch, out);
    Indent second = {.parent = indent, .more = false};
    if (append_second_line(plan, indent, out))
        indent = &second;
    uint32_t children = plan->kind == WEIR_LOGICAL_JOIN && plan->is_lateral ? 1 : plan->child_count;
    append_inner(plan, indent, children > 0, out);
    for (uint32_t i = 0; i < children; i++)
        append_child(plan->children[i], indent, i + 1 == children, out);
}

void weir_logical_explain(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    append_tree(plan, NULL, "", out);
}
