/* From a name with resolved arguments to a typed call: look-up, number of arguments, signature, the function's own
 * rules, implicit casts. Also CASE, and whole trees made by replacements. */
#include <ctype.h>
#include <strings.h>

#include "expr/aggregate.h"
#include "expr/function_private.h"
#include "expr/program.h"

typedef struct Target {
    const WeirFunction *function;
    const WeirAggregateFunction *aggregate;
    const char *name;
    const char *signature;
    int16_t arguments_min, arguments_max;
    WeirFunctionResolve resolve;
} Target;

static const char *lower_name(WeirArena *arena, const char *name)
{
    char *lower = weir_arena_strdup(arena, name);
    for (char *c = lower; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return lower;
}

/* builtin.f and system.builtin.f name what f does. */
static bool is_builtin_prefix(const WeirExpression *call)
{
    if (call->part_count == 1)
        return true;
    if (call->part_count == 2)
        return strcasecmp(call->parts[0], "builtin") == 0;
    return call->part_count == 3 && strcasecmp(call->parts[0], "system") == 0 &&
           strcasecmp(call->parts[1], "builtin") == 0;
}

static WeirStatus unresolved_routine(const WeirFunctionResolver *resolver, const WeirExpression *call, WeirError *error)
{
    WeirBuffer name;
    weir_buffer_init(&name, 4096, NULL);
    for (uint32_t i = 0; i < call->part_count; i++)
        weir_buffer_append_format(&name, "%s`%s`", i == 0 ? "" : ".", call->parts[i]);
    const char *catalog = resolver->context->current_catalog, *database = resolver->context->current_database;
    const char *path =
        weir_arena_printf(resolver->arena, "[`system`.`builtin`, `system`.`session`, `%s`.`%s`]",
                          catalog != NULL ? catalog : "spark_catalog", database != NULL ? database : "default");
    WeirStatus status = weir_error_set(error, WEIR_ERROR_UNRESOLVED_ROUTINE, "routineName", weir_buffer_text(&name),
                                       "searchPath", path);
    weir_buffer_deinit(&name);
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus find_target(const WeirFunctionResolver *resolver, const WeirExpression *call, Target *target,
                              WeirError *error)
{
    const char *name = call->parts[call->part_count - 1];
    *target = (Target){.name = lower_name(resolver->arena, name)};
    if (is_builtin_prefix(call)) {
        target->function = weir_function_find(name);
        if (target->function == NULL)
            target->aggregate = weir_aggregate_find(name);
    }
    if (target->function != NULL && target->function->kind == WEIR_FUNCTION_TABLE) {
        WeirStatus status = weir_error_set(error, WEIR_ERROR_NOT_A_SCALAR_FUNCTION, "functionName",
                                           weir_arena_printf(resolver->arena, "`%s`", name));
        weir_error_locate(error, NULL, call->origin);
        return status;
    }
    if (target->function != NULL) {
        const WeirFunction *function = target->function;
        target->signature = function->signature;
        target->arguments_min = function->arguments_min;
        target->arguments_max = function->arguments_max;
        target->resolve = function->resolve;
    } else if (target->aggregate != NULL) {
        const WeirAggregateFunction *aggregate = target->aggregate;
        target->signature = aggregate->signature;
        target->arguments_min = aggregate->arguments_min;
        target->arguments_max = aggregate->arguments_max;
        target->resolve = aggregate->resolve;
    } else {
        return unresolved_routine(resolver, call, error);
    }
    return WEIR_OK;
}

static WeirStatus check_count(const WeirFunctionCall *call, const Target *target, WeirError *error)
{
    int32_t count = (int32_t)call->argument_count;
    if (count >= target->arguments_min && (target->arguments_max < 0 || count <= target->arguments_max))
        return WEIR_OK;
    char expected[64];
    if (target->arguments_max < 0)
        snprintf(expected, sizeof(expected), "> %d", target->arguments_min - 1);
    else if (target->arguments_min == target->arguments_max)
        snprintf(expected, sizeof(expected), "%d", target->arguments_min);
    else if (target->arguments_max == target->arguments_min + 1)
        snprintf(expected, sizeof(expected), "[%d, %d]", target->arguments_min, target->arguments_max);
    else
        snprintf(expected, sizeof(expected), "[%d..%d]", target->arguments_min, target->arguments_max);
    return weir_call_wrong_count(call, expected, error);
}

static void prepare_call(const WeirFunctionResolver *resolver, WeirExpression *expression, const Target *target,
                         WeirFunctionCall *call)
{
    uint32_t count = expression->child_count;
    *call = (WeirFunctionCall){
        .function = target->function,
        .aggregate = target->aggregate,
        .arena = resolver->arena,
        .context = resolver->context,
        .name = target->name,
        .resolver = resolver,
        .expression = expression,
        .arguments = WEIR_ARENA_ARRAY(resolver->arena, WeirExpression *, count),
        .argument_count = count,
        .cast_types = WEIR_ARENA_ARRAY(resolver->arena, const WeirDataType *, count),
        .eval_mode = resolver->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY,
        .origin = expression->origin,
    };
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *child = expression->children[i];
        call->arguments[i] = child->kind == WEIR_EXPRESSION_NAMED_ARGUMENT ? child->children[0] : child;
        call->nullable = call->nullable || call->arguments[i]->nullable;
    }
}

WeirExpression *weir_call_cast(const WeirFunctionCall *call, WeirExpression *child, const WeirDataType *type,
                               WeirEvalMode mode)
{
    WeirExpression *cast = weir_expression_cast(call->arena, child, type, mode, true);
    if (cast != child && cast->kind == WEIR_EXPRESSION_CAST)
        cast->origin = call->origin;
    return cast;
}

static void insert_casts(WeirFunctionCall *call)
{
    WeirEvalMode mode = call->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (call->cast_types[i] == NULL)
            continue;
        WeirExpression *cast = weir_call_cast(call, call->arguments[i], call->cast_types[i], mode);
        /* A cast that may give null makes what propagates nulls nullable, too. */
        if (cast->nullable && !call->arguments[i]->nullable && call->function != NULL &&
            (call->function->flags & WEIR_FUNCTION_NULL_PROPAGATING))
            call->nullable = true;
        call->arguments[i] = cast;
    }
}

/* The typed node of a call whose resolve step is done. */
static WeirExpression *build_node(const WeirFunctionCall *call, const Target *target)
{
    const WeirExpression *source = call->expression;
    WeirExpression *node = weir_expression_copy(call->arena, source);
    node->children = call->arguments;
    node->child_count = call->argument_count;
    node->type = call->result_type;
    node->nullable = call->nullable;
    node->bound = call->bound;
    node->eval_mode = call->eval_mode;
    bool row = source->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && source->name != NULL;
    node->name = row ? source->name : call->name;
    node->parts = NULL;
    node->part_count = 0;
    if (target->aggregate != NULL) {
        node->kind = WEIR_EXPRESSION_AGGREGATE;
        node->aggregate = call->aggregate;
        return node;
    }
    const WeirFunction *function = call->function;
    node->function = function;
    node->kind = WEIR_EXPRESSION_CALL;
    if (function != target->function)
        node->name = NULL;
    if (function->flags & WEIR_FUNCTION_NEVER_NULL)
        node->nullable = false;
    if (function->flags & WEIR_FUNCTION_NULLABLE)
        node->nullable = true;
    if (function->kind == WEIR_FUNCTION_GENERATOR) {
        size_t length = strlen(call->name);
        node->kind = WEIR_EXPRESSION_GENERATOR;
        node->is_outer = length > 6 && strcmp(call->name + length - 6, "_outer") == 0;
    }
    return node;
}

static WeirStatus finish_call(WeirFunctionCall *call, const Target *target, WeirExpression **resolved, WeirError *error)
{
    bool replaced = call->replacement != NULL;
    if (replaced && !(call->function != NULL && (call->function->flags & WEIR_FUNCTION_REPLACED)))
        return weir_function_resolve_tree(call->resolver, call->replacement, resolved, error);
    if (replaced) {
        WeirExpression *replacement = NULL;
        WEIR_TRY(weir_function_resolve_tree(call->resolver, call->replacement, &replacement, error));
        call->result_type = replacement->type;
        call->nullable = replacement->nullable;
    }
    WEIR_ASSERT(call->result_type != NULL);
    insert_casts(call); /* resolve of a REPLACED function may ask for casts of its own arguments, too */
    *resolved = build_node(call, target);
    return WEIR_OK;
}

WeirStatus weir_function_resolve(const WeirFunctionResolver *resolver, WeirExpression *expression,
                                 WeirExpression **resolved, WeirError *error)
{
    Target target;
    WEIR_TRY(find_target(resolver, expression, &target, error));
    if (target.function != NULL && target.function->kind == WEIR_FUNCTION_SPECIAL) {
        *resolved = expression;
        return WEIR_OK;
    }
    WeirFunctionCall call;
    prepare_call(resolver, expression, &target, &call);
    WEIR_TRY(check_count(&call, &target, error));
    if (target.aggregate != NULL)
        call.nullable = !(target.aggregate->flags & WEIR_AGGREGATE_COUNT_DEFAULT);
    if (target.signature != NULL)
        WEIR_TRY(weir_signature_apply(target.signature, &call, error));
    if (target.function != NULL && (target.function->flags & WEIR_FUNCTION_REPLACED)) {
        insert_casts(&call); /* the replacement is made of arguments as they are compiled */
        memset(call.cast_types, 0, sizeof(*call.cast_types) * call.argument_count);
    }
    if (target.resolve != NULL) {
        WeirStatus status = target.resolve(&call, error);
        if (status != WEIR_OK) {
            weir_error_locate(error, NULL, expression->origin);
            return status;
        }
    }
    return finish_call(&call, &target, resolved, error);
}

WeirStatus weir_case_resolve(const WeirFunctionResolver *resolver, WeirExpression *expression,
                             WeirExpression **resolved, WeirError *error)
{
    WeirArena *arena = resolver->arena;
    WeirExpression *copy = weir_expression_copy(arena, expression);
    uint32_t count = copy->child_count, value_count = 0;
    WeirExpression **values = WEIR_ARENA_ARRAY(arena, WeirExpression *, count);
    WeirFunctionCall call = {.arena = arena,
                             .context = resolver->context,
                             .name = "casewhen",
                             .resolver = resolver,
                             .expression = expression,
                             .origin = expression->origin};
    bool nullable = count % 2 == 0; /* no ELSE */
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        if (copy->children[i]->type->id != WEIR_TYPE_BOOLEAN) {
            call.arguments = &copy->children[i];
            WeirStatus status =
                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, "sqlExpr",
                               weir_quoted_sql(arena, expression), "paramIndex", weir_ordinal_word(i / 2),
                               "requiredType", "\"BOOLEAN\"", "inputSql", weir_quoted_sql(arena, copy->children[i]),
                               "inputType", weir_quoted_type(arena, copy->children[i]->type));
            weir_error_locate(error, NULL, expression->origin);
            return status;
        }
        values[value_count++] = copy->children[i + 1];
    }
    if (count % 2 == 1)
        values[value_count++] = copy->children[count - 1];
    const WeirDataType *type = weir_common_type_of(arena, values, value_count);
    call.arguments = values;
    call.argument_count = value_count;
    if (type == NULL)
        return weir_call_diff_types(&call, error);
    WeirEvalMode mode = resolver->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY;
    for (uint32_t i = 1; i < count; i += 2)
        copy->children[i] = weir_call_cast(&call, copy->children[i], type, mode);
    if (count % 2 == 1)
        copy->children[count - 1] = weir_call_cast(&call, copy->children[count - 1], type, mode);
    for (uint32_t i = 1; i < count; i += 2)
        nullable = nullable || copy->children[i]->nullable;
    copy->nullable = nullable || (count % 2 == 1 && copy->children[count - 1]->nullable);
    copy->type = type;
    *resolved = copy;
    return WEIR_OK;
}

static WeirExpression *resolve_node(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const WeirFunctionResolver *resolver = context;
    WeirExpression *resolved = expression;
    if (expression->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION)
        *status = weir_function_resolve(resolver, expression, &resolved, error);
    else if (expression->kind == WEIR_EXPRESSION_CASE && expression->type == NULL)
        *status = weir_case_resolve(resolver, expression, &resolved, error);
    return *status == WEIR_OK ? resolved : NULL;
}

WeirStatus weir_function_resolve_tree(const WeirFunctionResolver *resolver, WeirExpression *expression,
                                      WeirExpression **resolved, WeirError *error)
{
    return weir_expression_transform(resolver->arena, expression, resolve_node, (void *)(uintptr_t)resolver, resolved,
                                     error);
}

WeirStatus weir_call_constant(const WeirFunctionCall *call, uint32_t index, WeirValue **value, WeirError *error)
{
    *value = NULL;
    if (index >= call->argument_count || !weir_expression_is_foldable(call->arguments[index]))
        return WEIR_OK;
    WeirExpression *argument = call->arguments[index];
    if (call->cast_types[index] != NULL)
        argument = weir_call_cast(call, argument, call->cast_types[index],
                                  call->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY);
    return weir_expression_evaluate(argument, call->context, call->arena, value, error);
}

bool weir_call_unify(WeirFunctionCall *call, uint32_t from, uint32_t to)
{
    const WeirDataType *type = weir_common_type_of(call->arena, call->arguments + from, to - from);
    if (type == NULL)
        return false;
    for (uint32_t i = from; i < to; i++)
        call->cast_types[i] = type;
    call->result_type = type;
    return true;
}

WeirExpression *weir_call_make(const WeirFunctionCall *call, const char *name, WeirExpression *const *arguments,
                               uint32_t count)
{
    return weir_expression_function(call->arena, name, arguments, count, call->origin);
}

WeirStatus weir_function_expand(const WeirExpression *expression, const WeirEvalContext *context, WeirArena *arena,
                                WeirExpression **expanded, WeirError *error)
{
    WeirFunctionResolver resolver = {.arena = arena, .context = context};
    const WeirFunction *function = expression->function;
    Target target = {.function = function, .name = expression->name != NULL ? expression->name : function->name};
    WeirFunctionCall call;
    prepare_call(&resolver, (WeirExpression *)(uintptr_t)expression, &target, &call);
    if (function->signature != NULL)
        WEIR_TRY(weir_signature_apply(function->signature, &call, error));
    WEIR_TRY(function->resolve(&call, error));
    WEIR_ASSERT(call.replacement != NULL);
    return weir_function_resolve_tree(&resolver, call.replacement, expanded, error);
}
