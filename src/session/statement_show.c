/* DESCRIBE and SHOW. */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <strings.h>

#include "common/json.h"
#include "session/session_private.h"

/* Spark's SHOW patterns: regular expressions over the whole name, except that * is any text, and | separates
 * alternatives; case does not count. What is no regular expression matches nothing. */
static bool matches_part(const char *part, size_t length, const char *name)
{
    WeirBuffer text;
    regex_t regex;
    weir_buffer_init(&text, 0, NULL);
    weir_buffer_append_text(&text, "^(");
    for (size_t i = 0; i < length; i++)
        weir_buffer_append_format(&text, part[i] == '*' ? ".*" : "%c", part[i]);
    weir_buffer_append_text(&text, ")$");
    bool found = false;
    if (regcomp(&regex, weir_buffer_text(&text), REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0) {
        found = regexec(&regex, name, 0, NULL, 0) == 0;
        regfree(&regex);
    }
    weir_buffer_deinit(&text);
    return found;
}

static bool matches(const char *pattern, const char *name)
{
    if (pattern == NULL)
        return true;
    for (const char *part = pattern;; part++) {
        size_t length = strcspn(part, "|");
        if (length > 0 && matches_part(part, length, name))
            return true;
        part += length;
        if (*part == '\0')
            return false;
    }
}

/* The comment that a column's metadata carries, or NULL. */
static const char *comment_of(WeirArena *arena, const char *metadata)
{
    WeirJson *json = NULL;
    if (metadata == NULL || weir_json_parse(metadata, strlen(metadata), arena, &json, NULL) != WEIR_OK)
        return NULL;
    return weir_json_string(weir_json_get(json, "comment"));
}

/* DESCRIBE t c: one column's name, type and comment. */
static WeirStatus describe_column(WeirStatementContext *context, const WeirSchema *schema, WeirResult **result,
                                  WeirError *error)
{
    static const char *const columns[] = {"info_name", "info_value"};
    const char *wanted = context->statement->key;
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const WeirField *field = &schema->fields[i];
        if (strcasecmp(field->name, wanted) != 0)
            continue;
        WeirBuffer type;
        weir_buffer_init(&type, 0, NULL);
        weir_type_simple_string(field->type, &type);
        const char *comment = comment_of(context->arena, field->metadata);
        const char *cells[] = {"col_name",  field->name,
                               "data_type", weir_arena_strdup(context->arena, weir_buffer_text(&type)),
                               "comment",   comment == NULL ? "NULL" : comment};
        weir_buffer_deinit(&type);
        return weir_result_from_text(context->session, columns, 2, cells, 3, result, error);
    }
    return weir_error_set(error, WEIR_ERROR_COLUMN_NOT_FOUND, "colName", wanted, "caseSensitiveConfig",
                          "\"spark.sql.caseSensitive\"");
}

static WeirStatus describe_schema(WeirStatementContext *context, const WeirSchema *schema, WeirResult **result,
                                  WeirError *error)
{
    static const char *const columns[] = {"col_name", "data_type", "comment"};
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, 3 * schema->field_count + 1);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        WeirBuffer type;
        weir_buffer_init(&type, 0, NULL);
        weir_type_simple_string(schema->fields[i].type, &type);
        cells[3 * i] = schema->fields[i].name;
        cells[3 * i + 1] = weir_arena_strdup(context->arena, weir_buffer_text(&type));
        cells[3 * i + 2] = comment_of(context->arena, schema->fields[i].metadata);
        weir_buffer_deinit(&type);
    }
    return weir_result_from_text(context->session, columns, 3, cells, schema->field_count, result, error);
}

/* The plan SELECT * FROM name, as a stream where only that can be. */
static WeirLogicalPlan *plan_of_name(WeirStatementContext *context)
{
    WeirLogicalPlan *relation =
        weir_logical_new(context->arena, WEIR_LOGICAL_UNRESOLVED_RELATION, context->statement->origin);
    const char **parts = WEIR_ARENA_ARRAY(context->arena, const char *, 1);
    WeirView *view = weir_session_find_view(context->session, context->statement->name);
    parts[0] = context->statement->name;
    relation->parts = parts;
    relation->part_count = 1;
    if (view != NULL && view->relation != NULL) {
        const WeirSourceType *type = view->relation->connector;
        relation->is_streaming = type != NULL && (type->capabilities & WEIR_SOURCE_BATCH) == 0;
    }
    return relation;
}

WeirStatus weir_statement_describe(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirLogicalPlan *plan = context->statement->plan == NULL ? plan_of_name(context) : context->statement->plan;
    WeirLogicalPlan *analyzed = NULL;
    WEIR_TRY(weir_analyze(context->analyzer, plan, &analyzed, error));
    const WeirSchema *schema = weir_logical_schema(analyzed, context->arena);
    return context->statement->key != NULL ? describe_column(context, schema, result, error)
                                           : describe_schema(context, schema, result, error);
}

/* Functions that only the grammar knows. */
static const struct GrammarFunction {
    const char *name, *group, *usage;
} grammar_functions[] = {
    {"case", "conditional_funcs",
     "CASE [a] WHEN b THEN c … [ELSE d] END: the value of the first branch that is taken."},
    {"cast", "conversion_funcs", "CAST(a AS type): a as a value of the type."},
    {"range", "table_funcs", "range([start, ]end[, step[, partitions]]): a table of numbers."},
    {"when", "conditional_funcs", "CASE WHEN a THEN b [ELSE c] END: as case."},
};
#define GRAMMAR_COUNT (sizeof(grammar_functions) / sizeof(grammar_functions[0]))

static const WeirSqlFunction *session_function(const WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->function_count; i++)
        if (strcasecmp(session->functions[i]->name, name) == 0)
            return session->functions[i];
    return NULL;
}

static int longest(int length, size_t other)
{
    return (size_t)length > other ? length : (int)other;
}

/* One line a parameter, names and types in columns. */
static void describe_parameters(const WeirSqlFunction *function, WeirArena *arena, const char **cells)
{
    uint32_t count = function->parameter_count;
    const char **types = WEIR_ARENA_ARRAY(arena, const char *, count + 1);
    int name_width = 0, type_width = 0;
    for (uint32_t i = 0; i < count; i++) {
        WeirBuffer type;
        weir_buffer_init(&type, 0, NULL);
        weir_type_sql(function->parameter_types[i], &type);
        types[i] = weir_arena_strdup(arena, weir_buffer_text(&type));
        weir_buffer_deinit(&type);
        name_width = longest(name_width, strlen(function->parameter_names[i]));
        type_width = longest(type_width, strlen(types[i]));
    }
    for (uint32_t i = 0; i < count; i++)
        cells[i] = weir_arena_printf(arena, "%-10s%-*s %-*s", i == 0 ? "Input:" : "", name_width,
                                     function->parameter_names[i], type_width, types[i]);
    if (count == 0)
        cells[0] = "Input:    ()";
}

static WeirStatus describe_session_function(WeirStatementContext *context, const WeirSqlFunction *function,
                                            WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"function_desc"};
    WeirArena *arena = context->arena;
    uint32_t inputs = function->parameter_count == 0 ? 1 : function->parameter_count;
    const char **cells = WEIR_ARENA_ARRAY(arena, const char *, inputs + 3);
    WeirBuffer returns;
    weir_buffer_init(&returns, 0, NULL);
    if (function->result_type != NULL)
        weir_type_sql(function->result_type, &returns);
    cells[0] = weir_arena_printf(arena, "Function: %s", function->name);
    cells[1] = weir_arena_printf(arena, "Type:     %s", function->returns_table ? "TABLE" : "SCALAR");
    describe_parameters(function, arena, cells + 2);
    cells[inputs + 2] = weir_arena_printf(arena, "Returns:  %s", weir_buffer_text(&returns));
    weir_buffer_deinit(&returns);
    return weir_result_from_text(context->session, columns, 1, cells, inputs + 3, result, error);
}

/* False: no function of weir's has this name. */
static bool find_builtin(const char *name, const char **group, const char **usage)
{
    const WeirFunction *function = weir_function_find(name);
    const WeirAggregateFunction *aggregate = weir_aggregate_find(name);
    if (function != NULL && (function->flags & WEIR_FUNCTION_INTERNAL))
        function = NULL;
    for (size_t i = 0; i < GRAMMAR_COUNT; i++)
        if (strcasecmp(grammar_functions[i].name, name) == 0) {
            *group = grammar_functions[i].group;
            *usage = grammar_functions[i].usage;
            return true;
        }
    if (function == NULL && aggregate == NULL)
        return false;
    *group = function != NULL ? function->group : aggregate->group;
    *usage = function != NULL ? function->usage : aggregate->usage;
    return true;
}

/* As Spark: function, class, usage, and more where that is asked for. Classes are the groups of weir's functions. */
WeirStatus weir_statement_describe_function(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"function_desc"};
    WeirArena *arena = context->arena;
    const char *name = context->statement->name, *group = NULL, *usage = NULL;
    const WeirSqlFunction *own = session_function(context->session, name);
    if (own != NULL)
        return describe_session_function(context, own, result, error);
    if (!find_builtin(name, &group, &usage))
        return weir_error_set(error, WEIR_ERROR_UNRESOLVED_ROUTINE, "routineName", name, "searchPath",
                              "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]");
    char *lower = weir_arena_strdup(arena, name);
    for (char *c = lower; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    group = group == NULL ? "misc_funcs" : group;
    const char *cells[] = {
        weir_arena_printf(arena, "Function: %s", lower),
        weir_arena_printf(arena, "Class: weir.%s", group),
        weir_arena_printf(arena, "Usage: %s", usage == NULL ? "" : usage),
        weir_arena_printf(arena, "Extended Usage:\n    One of %s; it does what Spark %s does.\n", group, "4.2"),
    };
    return weir_result_from_text(context->session, columns, 1, cells, context->statement->is_extended ? 4 : 3, result,
                                 error);
}

static WeirStatus show_names(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    bool tables = context->statement->kind == WEIR_STATEMENT_SHOW_TABLES;
    const WeirField fields[] = {
        {.name = "namespace", .type = &weir_type_string, .metadata = "{}"},
        {.name = tables ? "tableName" : "viewName", .type = &weir_type_string, .metadata = "{}"},
        {.name = "isTemporary", .type = &weir_type_boolean, .metadata = "{}"}};
    const char *const *names = NULL;
    uint32_t count = 0, rows = 0;
    WEIR_TRY(weir_session_check_database(context->statement->target, error));
    context->session->catalog.names(&context->session->catalog, context->arena, &names, &count);
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, 3 * count + 1);
    for (uint32_t i = 0; i < count; i++) {
        if (!matches(context->statement->pattern, names[i]))
            continue;
        cells[3 * rows] = "";
        cells[3 * rows + 1] = names[i];
        cells[3 * rows + 2] = "true";
        rows++;
    }
    return weir_result_from_cells(context->session, fields, 3, cells, rows, result, error);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static WeirStatus show_functions(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"function"};
    uint32_t count = 0, rows = 0;
    const char *const *names = weir_function_names(&count);
    const WeirSession *session = context->session;
    WEIR_TRY(weir_session_check_database(context->statement->target, error));
    const char *scope = context->statement->scope, *pattern = context->statement->pattern;
    bool system = scope == NULL || strcasecmp(scope, "user") != 0,
         user = scope == NULL || strcasecmp(scope, "system") != 0;
    const char **cells =
        WEIR_ARENA_ARRAY(context->arena, const char *, count + session->function_count + GRAMMAR_COUNT + 1);
    for (uint32_t i = 0; system && i < count; i++)
        if (matches(pattern, names[i]))
            cells[rows++] = names[i];
    for (size_t i = 0; system && i < GRAMMAR_COUNT; i++)
        if (weir_function_find(grammar_functions[i].name) == NULL && matches(pattern, grammar_functions[i].name))
            cells[rows++] = grammar_functions[i].name;
    for (uint32_t i = 0; user && i < session->function_count; i++)
        if (matches(pattern, session->functions[i]->name))
            cells[rows++] = session->functions[i]->name;
    qsort(cells, rows, sizeof(*cells), compare_names);
    return weir_result_from_text(context->session, columns, 1, cells, rows, result, error);
}

static WeirStatus show_columns(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"col_name"};
    WeirLogicalPlan *analyzed = NULL;
    if (context->statement->target != NULL) /* a temporary view is in no database */
        return weir_session_table_not_found(context->statement->name, error);
    WEIR_TRY(weir_analyze(context->analyzer, plan_of_name(context), &analyzed, error));
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, analyzed->output_count + 1);
    for (uint32_t i = 0; i < analyzed->output_count; i++)
        cells[i] = analyzed->output[i]->name;
    return weir_result_from_text(context->session, columns, 1, cells, analyzed->output_count, result, error);
}

WeirStatus weir_statement_show(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const namespace_column[] = {"namespace"}, *const catalog_column[] = {"catalog"};
    static const char *const database[] = {"default"}, *const catalog[] = {"spark_catalog"};
    static const char *const current_columns[] = {"catalog", "namespace"}, *const property_columns[] = {"key", "value"};
    static const char *const current[] = {"spark_catalog", "default"};
    const char *pattern = context->statement->pattern;
    switch (context->statement->kind) {
    case WEIR_STATEMENT_SHOW_CURRENT:
        return weir_result_from_text(context->session, current_columns, 2, current, 1, result, error);
    case WEIR_STATEMENT_SHOW_PROPERTIES: /* a temporary view has none */
        if (weir_session_find_view(context->session, context->statement->name) == NULL)
            return weir_session_table_not_found(context->statement->name, error);
        return weir_result_from_text(context->session, property_columns, 2, current, 0, result, error);
    case WEIR_STATEMENT_SHOW_TABLES:
    case WEIR_STATEMENT_SHOW_VIEWS:
        return show_names(context, result, error);
    case WEIR_STATEMENT_SHOW_FUNCTIONS:
        return show_functions(context, result, error);
    case WEIR_STATEMENT_SHOW_COLUMNS:
        return show_columns(context, result, error);
    case WEIR_STATEMENT_SHOW_DATABASES:
        return weir_result_from_text(context->session, namespace_column, 1, database,
                                     matches(pattern, database[0]) ? 1 : 0, result, error);
    default:
        return weir_result_from_text(context->session, catalog_column, 1, catalog, matches(pattern, catalog[0]) ? 1 : 0,
                                     result, error);
    }
}
