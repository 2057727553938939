/* Tables in FROM: CTEs, temporary views, source views (CREATE VIEW … USING) read as a table or, with STREAM, as an
 * unbounded one, and format.`path`. */
#include <strings.h>

#include "analyzer/analyzer_private.h"
#include "common/log.h"

static WeirStatus not_found(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error)
{
    if (plan->part_count > 3)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_REQUIRES_SINGLE_PART_NAMESPACE, "sessionCatalog",
                                           "spark_catalog", "identifier",
                                           weir_name_quoted(analysis, plan->parts, plan->part_count - 1)));
    return weir_located(analysis, plan->origin, error,
                        weir_error_set(error, WEIR_ERROR_TABLE_OR_VIEW_NOT_FOUND, "relationName",
                                       weir_name_quoted(analysis, plan->parts, plan->part_count), "searchPath",
                                       "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"));
}

static WeirLogicalPlan *find_cte(const WeirAnalysis *analysis, const WeirEnvironment *env, const char *name)
{
    for (const WeirCteFrame *frame = env->ctes; frame != NULL; frame = frame->outer)
        if (weir_name_equal(analysis, frame->name, name))
            return frame->plan;
    return NULL;
}

static WeirStatus check_capability(WeirAnalysis *analysis, const WeirSourceType *type, const WeirRelation *relation,
                                   bool streaming, WeirOrigin origin, WeirError *error)
{
    bool can_stream = (type->capabilities & (WEIR_SOURCE_MICRO_BATCH | WEIR_SOURCE_CONTINUOUS)) != 0;
    bool can_batch = (type->capabilities & WEIR_SOURCE_BATCH) != 0;
    if (streaming && !can_stream)
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2049, "className", relation->format,
                                           "operator", "reading"));
    if (!streaming && !can_batch)
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1135, "className", relation->format));
    return WEIR_OK;
}

static WeirOptions connector_options(WeirAnalysis *analysis, const WeirRelation *relation)
{
    WeirConnectorOption *entries = WEIR_ARENA_ARRAY(analysis->arena, WeirConnectorOption, relation->option_count);
    for (uint32_t i = 0; i < relation->option_count; i++)
        entries[i] = (WeirConnectorOption){relation->options[i].key, relation->options[i].value};
    return (WeirOptions){entries, relation->option_count};
}

static bool has_char(const WeirDataType *type)
{
    bool found = type->id == WEIR_TYPE_STRING && type->length != 0;
    for (uint32_t i = 0; i < type->field_count && !found; i++)
        found = has_char(type->fields[i].type);
    return found;
}

bool weir_is_batch_only_format(const char *format)
{
    return strcasecmp(format, "jdbc") == 0;
}

/* The relation with its connector and schema. A relation that has both already (given by the session) is taken as it
 * is. */
static WeirStatus open_relation(WeirAnalysis *analysis, const WeirRelation *relation, bool streaming, WeirOrigin origin,
                                WeirRelation **out, WeirError *error)
{
    const WeirSourceType *type =
        relation->connector != NULL ? relation->connector : weir_connector_find_source(relation->format);
    if (type == NULL && streaming && weir_is_batch_only_format(relation->format))
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2049, "className", relation->format,
                                           "operator", "reading"));
    if (type == NULL)
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_DATA_SOURCE_NOT_FOUND, "provider", relation->format));
    WEIR_TRY(check_capability(analysis, type, relation, streaming, origin, error));
    if (streaming && relation->user_schema != NULL &&
        has_char(relation->user_schema)) /* as Spark's DataStreamReader.schema */
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING));
    WeirRelation *copy = WEIR_ARENA_NEW(analysis->arena, WeirRelation);
    *copy = *relation;
    copy->source_index = -1;
    copy->connector = type;
    if (copy->schema == NULL) {
        WeirConnectorContext context = analysis->analyzer->connector;
        context.format = relation->format;
        context.relation_name = relation->name;
        context.options = connector_options(analysis, relation);
        context.user_schema = relation->user_schema;
        if (type->options != NULL &&
            relation->connector == NULL) /* A view's options were looked at when it was made. */
            weir_options_warn_unknown(&context.options, type->options, relation->format);
        WeirStatus status = type->infer_schema(&context, streaming, analysis->arena, &copy->schema, error);
        if (status != WEIR_OK)
            return weir_located(analysis, origin, error, status);
    }
    *out = copy;
    return WEIR_OK;
}

static WeirStatus make_relation(WeirAnalysis *analysis, const WeirRelation *relation, bool streaming, WeirOrigin origin,
                                WeirLogicalPlan **out, WeirError *error)
{
    WeirRelation *opened = NULL;
    WEIR_TRY(open_relation(analysis, relation, streaming, origin, &opened, error));
    WeirLogicalPlan *plan =
        weir_logical_new(analysis->arena, streaming ? WEIR_LOGICAL_STREAMING_RELATION : WEIR_LOGICAL_RELATION, origin);
    plan->relation = opened;
    plan->is_streaming = streaming;
    plan->output_count = opened->schema->field_count;
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, plan->output_count);
    for (uint32_t i = 0; i < plan->output_count; i++) {
        const WeirField *field = &opened->schema->fields[i];
        plan->output[i] = weir_expression_attribute(analysis->arena, field->name, field->type, field->nullable,
                                                    weir_next_id(analysis));
        if (field->metadata != NULL && strcmp(field->metadata, "{}") != 0)
            plan->output[i]->metadata = field->metadata;
    }
    *out = weir_plan_finish(analysis, plan);
    return WEIR_OK;
}

static WeirLogicalPlan *wrap_view(WeirAnalysis *analysis, const char *name, WeirLogicalPlan *child)
{
    WeirLogicalPlan *view = weir_logical_unary(analysis->arena, WEIR_LOGICAL_VIEW, child);
    view->name = name;
    return weir_plan_alias(analysis, name, weir_plan_finish(analysis, view));
}

/* FROM json.`path` */
static WeirStatus resolve_path(WeirAnalysis *analysis, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    if (plan->part_count != 2 || weir_connector_find_source(plan->parts[0]) == NULL)
        return not_found(analysis, plan, error);
    WeirOption *options = WEIR_ARENA_ARRAY(analysis->arena, WeirOption, plan->option_count + 1);
    options[0] = (WeirOption){"path", plan->parts[1]};
    for (uint32_t i = 0; i < plan->option_count; i++)
        options[i + 1] = plan->options[i];
    WeirRelation relation = {
        .format = plan->parts[0], .options = options, .option_count = plan->option_count + 1, .source_index = -1};
    WEIR_TRY(make_relation(analysis, &relation, plan->is_streaming, plan->origin, out, error));
    return WEIR_OK;
}

/* A view over a query is streaming or not by itself; STREAM only says which is meant. */
static WeirStatus resolve_view(WeirAnalysis *analysis, const WeirLogicalPlan *reference, WeirLogicalPlan *view,
                               WeirLogicalPlan **out, WeirError *error)
{
    const char *name = reference->parts[reference->part_count - 1];
    if (reference->is_streaming && !view->is_streaming)
        return weir_located(analysis, reference->origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1008, "quoted", name));
    *out = wrap_view(analysis, name, weir_plan_renew(analysis, view));
    return WEIR_OK;
}

WeirStatus weir_resolve_relation(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                 WeirLogicalPlan **out, WeirError *error)
{
    if (plan->kind == WEIR_LOGICAL_RELATION || plan->kind == WEIR_LOGICAL_STREAMING_RELATION)
        return make_relation(analysis, plan->relation, plan->kind == WEIR_LOGICAL_STREAMING_RELATION, plan->origin, out,
                             error);
    const char *single = plan->kind == WEIR_LOGICAL_CTE_REFERENCE ? plan->name
                         : plan->part_count == 1                  ? plan->parts[0]
                                                                  : NULL;
    WeirLogicalPlan *cte = single == NULL ? NULL : find_cte(analysis, env, single);
    if (cte != NULL) {
        *out = weir_plan_alias(analysis, single, weir_plan_renew(analysis, cte));
        return WEIR_OK;
    }
    WeirCatalog *catalog = analysis->analyzer->catalog;
    WeirLogicalPlan *view = NULL;
    const WeirRelation *relation = NULL;
    if (catalog != NULL) {
        WeirStatus status = catalog->lookup(catalog, plan->parts, plan->part_count, &view, &relation, error);
        if (status != WEIR_OK)
            return weir_located(analysis, plan->origin, error, status);
    }
    if (view == NULL && relation == NULL)
        return resolve_path(analysis, plan, out, error);
    if (plan->option_count > 0)
        weir_log(WEIR_LOG_WARN, "analyzer", "options given to the view %s are ignored: set them where it is created",
                 plan->parts[plan->part_count - 1]);
    if (view != NULL)
        return resolve_view(analysis, plan, view, out, error);
    WeirLogicalPlan *leaf = NULL;
    WEIR_TRY(make_relation(analysis, relation, plan->is_streaming, plan->origin, &leaf, error));
    *out = wrap_view(analysis, plan->parts[plan->part_count - 1], leaf);
    return WEIR_OK;
}
