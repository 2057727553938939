/* Arguments by name: f(x => 1). Functions of SQL know their parameters' names; of the built-in ones only a few have
 * names, all others take their arguments by position (Spark: NamedParametersSupport). */
#include <strings.h>

#include "analyzer/analyzer_private.h"

static bool is_named(const WeirExpression *argument)
{
    return argument->kind == WEIR_EXPRESSION_NAMED_ARGUMENT;
}

static const char *quoted(WeirAnalysis *analysis, const char *name)
{
    return weir_name_quoted(analysis, &name, 1);
}

static const char *all_names(WeirAnalysis *analysis, const char *const *names, uint32_t count)
{
    const char *text = "";
    for (uint32_t i = 0; i < count; i++)
        text = weir_arena_printf(analysis->arena, "%s%s%s", text, i == 0 ? "" : ", ", quoted(analysis, names[i]));
    return text;
}

static WeirStatus place_named(WeirAnalysis *analysis, const WeirParameterNames *parameters,
                              const WeirExpression *argument, uint32_t positional, WeirExpression **placed,
                              WeirError *error)
{
    const char *routine = quoted(analysis, parameters->routine), *name = quoted(analysis, argument->name);
    for (uint32_t i = 0; i < parameters->count; i++) {
        if (!weir_name_equal(analysis, parameters->names[i], argument->name))
            continue;
        if (placed[i] != NULL)
            return weir_error_set(
                error,
                i < positional ? WEIR_ERROR_DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_BOTH_POSITIONAL_AND_NAMED
                               : WEIR_ERROR_DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_DOUBLE_NAMED_ARGUMENT_REFERENCE,
                "routineName", routine, "parameterName", name);
        placed[i] = argument->children[0];
        return WEIR_OK;
    }
    return weir_error_set(error, WEIR_ERROR_UNRECOGNIZED_PARAMETER_NAME, "routineName", routine, "argumentName", name,
                          "proposal", all_names(analysis, parameters->names, parameters->count));
}

WeirStatus weir_arrange_arguments(WeirAnalysis *analysis, const WeirParameterNames *parameters,
                                  WeirExpression *const *arguments, uint32_t count, WeirOrigin origin,
                                  WeirExpression ***out, WeirError *error)
{
    WeirExpression **placed = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, parameters->count + 1);
    uint32_t positional = 0;
    while (positional < count && !is_named(arguments[positional]))
        positional++;
    WeirStatus status = WEIR_OK;
    if (count > parameters->count)
        status = weir_error_set(
            error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName", quoted(analysis, parameters->routine),
            "expectedNum", weir_arena_printf(analysis->arena, "%u", parameters->count), "actualNum",
            weir_arena_printf(analysis->arena, "%u", count), "docroot", "https://spark.apache.org/docs/latest");
    for (uint32_t i = positional; i < count && status == WEIR_OK; i++)
        if (!is_named(arguments[i]))
            status = weir_error_set(error, WEIR_ERROR_UNEXPECTED_POSITIONAL_ARGUMENT, "routineName",
                                    quoted(analysis, parameters->routine), "parameterName",
                                    quoted(analysis, arguments[i - 1]->name));
    for (uint32_t i = 0; i < positional && status == WEIR_OK; i++)
        placed[i] = arguments[i];
    for (uint32_t i = positional; i < count && status == WEIR_OK; i++)
        status = place_named(analysis, parameters, arguments[i], positional, placed, error);
    *out = placed;
    return status == WEIR_OK ? WEIR_OK : weir_located(analysis, origin, error, status);
}

/* ---- built-in functions */

typedef struct BuiltinParameters {
    const char *function;
    const char *names[6];
    uint32_t count, required;
    const char *defaults[6]; /* texts; NULL: a null */
} BuiltinParameters;

static const BuiltinParameters builtins[] = {
    {"mask", {"str", "upperChar", "lowerChar", "digitChar", "otherChar"}, 5, 1, {NULL, "X", "x", "n", NULL}},
    {"explode", {"collection"}, 1, 1, {NULL}},
    {"explode_outer", {"collection"}, 1, 1, {NULL}},
    {"posexplode", {"collection"}, 1, 1, {NULL}},
    {"posexplode_outer", {"collection"}, 1, 1, {NULL}},
    {"inline", {"input"}, 1, 1, {NULL}},
    {"inline_outer", {"input"}, 1, 1, {NULL}},
    {"count_min_sketch", {"column", "epsilon", "confidence", "seed"}, 4, 4, {NULL}},
};

static const BuiltinParameters *find_builtin(const char *name)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
        if (strcasecmp(builtins[i].function, name) == 0)
            return &builtins[i];
    return NULL;
}

WeirStatus weir_arrange_builtin(WeirAnalysis *analysis, const char *name, WeirOrigin origin,
                                WeirExpression ***arguments, uint32_t *count, WeirError *error)
{
    bool named = false;
    for (uint32_t i = 0; i < *count; i++)
        named = named || is_named((*arguments)[i]);
    if (!named)
        return WEIR_OK;
    const BuiltinParameters *builtin = find_builtin(name);
    if (builtin == NULL)
        return weir_located(
            analysis, origin, error,
            weir_error_set(error, WEIR_ERROR_NAMED_PARAMETERS_NOT_SUPPORTED, "functionName", quoted(analysis, name)));
    const WeirParameterNames parameters = {builtin->function, builtin->names, builtin->count};
    WeirExpression **placed = NULL;
    WEIR_TRY(weir_arrange_arguments(analysis, &parameters, *arguments, *count, origin, &placed, error));
    for (uint32_t i = 0; i < builtin->count; i++) {
        if (placed[i] != NULL)
            continue;
        if (i < builtin->required)
            return weir_located(analysis, origin, error,
                                weir_error_set(error, WEIR_ERROR_REQUIRED_PARAMETER_NOT_FOUND, "routineName",
                                               quoted(analysis, name), "parameterName",
                                               quoted(analysis, builtin->names[i]), "index",
                                               weir_arena_printf(analysis->arena, "%u", i)));
        placed[i] = builtin->defaults[i] != NULL ? weir_literal_string(analysis, builtin->defaults[i])
                                                 : weir_literal_null(analysis, &weir_type_void);
    }
    *arguments = placed;
    *count = builtin->count;
    return WEIR_OK;
}
