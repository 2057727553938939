/* Dataset's dropDuplicates and withWatermark, which SQL lacks: each is a statement that was built instead of parsed,
 * and makes a temporary view. */
#include "columnar/value_parse.h"
#include "session/session_private.h"

typedef struct DatasetCall {
    const char *view, *parent;
    const char *const *columns;
    size_t column_count;
    bool within_watermark;
    const char *event_time, *delay;
} DatasetCall;

/* The statement's own copies: a view outlives the caller's texts. */
static WeirLogicalPlan *read_parent(WeirSession *session, const char *name, WeirArena *arena)
{
    const WeirView *view = weir_session_find_view(session, name);
    const char **parts = WEIR_ARENA_ARRAY(arena, const char *, 1);
    parts[0] = weir_arena_strdup(arena, name);
    WeirLogicalPlan *relation = weir_logical_new(arena, WEIR_LOGICAL_UNRESOLVED_RELATION, (WeirOrigin){0});
    relation->parts = parts;
    relation->part_count = 1;
    relation->is_streaming = view != NULL && view->relation != NULL;
    return relation;
}

static WeirExpression *column_named(const char *name, WeirArena *arena)
{
    WeirExpression *column = weir_expression_new(arena, WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE, (WeirOrigin){0});
    const char **parts = WEIR_ARENA_ARRAY(arena, const char *, 1);
    parts[0] = weir_arena_strdup(arena, name);
    column->parts = parts;
    column->part_count = 1;
    return column;
}

static WeirStatement *make_view(const DatasetCall *call, WeirLogicalPlan *plan, WeirArena *arena)
{
    WeirStatement *statement = WEIR_ARENA_NEW(arena, WeirStatement);
    statement->kind = WEIR_STATEMENT_CREATE_TEMPORARY_VIEW;
    statement->name = weir_arena_strdup(arena, call->view);
    statement->or_replace = statement->is_temporary = true;
    statement->plan = plan;
    statement->text = "";
    return statement;
}

static WeirStatus make_deduplicate(void *context, WeirSession *session, const WeirEvalContext *eval, WeirArena *arena,
                                   WeirStatement **statement, WeirError *error)
{
    const DatasetCall *call = context;
    (void)eval;
    WeirLogicalPlan *plan =
        weir_logical_unary(arena, WEIR_LOGICAL_DEDUPLICATE, read_parent(session, call->parent, arena));
    plan->within_watermark = call->within_watermark;
    plan->expressions = WEIR_ARENA_ARRAY(arena, WeirExpression *, call->column_count + 1);
    plan->expression_count = (uint32_t)call->column_count;
    for (size_t i = 0; i < call->column_count; i++)
        plan->expressions[i] = column_named(call->columns[i], arena);
    *statement = make_view(call, plan, arena);
    return weir_arena_check(arena, error);
}

static WeirStatus make_watermark(void *context, WeirSession *session, const WeirEvalContext *eval, WeirArena *arena,
                                 WeirStatement **statement, WeirError *error)
{
    const DatasetCall *call = context;
    (void)eval;
    WeirLogicalPlan *plan =
        weir_logical_unary(arena, WEIR_LOGICAL_EVENT_TIME_WATERMARK, read_parent(session, call->parent, arena));
    plan->condition = column_named(call->event_time, arena);
    if (weir_string_to_interval(call->delay, strlen(call->delay), &plan->delay, NULL) != WEIR_OK)
        return weir_error_set(error, WEIR_ERROR_CANNOT_PARSE_INTERVAL, "intervalString", call->delay);
    if (strchr(call->event_time, '.') != NULL)
        return weir_error_set(error, WEIR_ERROR_EVENT_TIME_MUST_BE_TOP_LEVEL_COLUMN, "eventExpr", call->event_time);
    *statement = make_view(call, plan, arena);
    return weir_arena_check(arena, error);
}

WeirStatus weir_session_drop_duplicates(WeirSession *session, const char *view, const char *parent,
                                        const char *const *columns, size_t column_count, bool within_watermark,
                                        WeirError *error)
{
    DatasetCall call = {.view = view,
                        .parent = parent,
                        .columns = columns,
                        .column_count = column_count,
                        .within_watermark = within_watermark};
    WeirResult *result = NULL;
    return weir_session_execute_made(session, make_deduplicate, &call, &result, error);
}

WeirStatus weir_session_with_watermark(WeirSession *session, const char *view, const char *parent, const char *column,
                                       const char *delay, WeirError *error)
{
    DatasetCall call = {.view = view, .parent = parent, .event_time = column, .delay = delay};
    WeirResult *result = NULL;
    return weir_session_execute_made(session, make_watermark, &call, &result, error);
}
