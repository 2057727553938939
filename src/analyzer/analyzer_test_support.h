/* For tests of the analyzer and the optimizer: a catalog of views made by CREATE TEMPORARY VIEW statements, a source
 * that reads nothing, and SQL to EXPLAIN text with expression ids numbered from 0 in order of appearance. */
#ifndef WEIR_ANALYZER_ANALYZER_TEST_SUPPORT_H
#define WEIR_ANALYZER_ANALYZER_TEST_SUPPORT_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "analyzer/analyzer.h"
#include "columnar/time_zone.h"
#include "logical/statement.h"

typedef struct TestView {
    const char *name;
    WeirLogicalPlan *plan;
    WeirRelation *relation;
} TestView;

typedef struct TestSession {
    WeirCatalog catalog;
    TestView views[32];
    uint32_t view_count;
    WeirArena arena; /* of the whole test */
    WeirEvalContext context;
    int64_t next_id;
} TestSession;

static inline WeirStatus test_lookup(WeirCatalog *catalog, const char *const *parts, uint32_t part_count,
                                     WeirLogicalPlan **plan, const WeirRelation **relation, WeirError *error)
{
    (void)error;
    TestSession *session = (TestSession *)catalog;
    for (uint32_t i = 0; i < session->view_count; i++)
        if (part_count == 1 && strcasecmp(session->views[i].name, parts[0]) == 0) {
            *plan = session->views[i].plan;
            *relation = session->views[i].relation;
        }
    return WEIR_OK;
}

static inline WeirStatus test_infer_schema(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                                           const WeirSchema **schema, WeirError *error)
{
    (void)streaming;
    (void)error;
    *schema = (const WeirSchema *)weir_type_as_nullable(arena, context->user_schema);
    return WEIR_OK;
}

static const char *const test_options[] = {"path", NULL};
static const WeirSourceType test_source = {.name = "json",
                                           .capabilities = WEIR_SOURCE_BATCH | WEIR_SOURCE_MICRO_BATCH,
                                           .options = test_options,
                                           .infer_schema = test_infer_schema};
static const WeirSourceType test_socket = {.name = "socket",
                                           .capabilities = WEIR_SOURCE_MICRO_BATCH,
                                           .options = test_options,
                                           .infer_schema = test_infer_schema};

static inline TestSession *test_session_new(void)
{
    TestSession *session = calloc(1, sizeof(*session));
    weir_arena_init(&session->arena, NULL);
    session->catalog.lookup = test_lookup;
    session->context = (WeirEvalContext){.zone = weir_time_zone_utc(),
                                         .ansi = true,
                                         .current_user = "me",
                                         .current_catalog = "spark_catalog",
                                         .current_database = "default"};
    weir_connector_register_source(&test_source);
    weir_connector_register_source(&test_socket);
    return session;
}

static inline void test_session_free(TestSession *session)
{
    weir_arena_deinit(&session->arena);
    free(session);
}

/* "#17" becomes "#0", the next new id "#1", and so on; uuids become "uuid". */
static inline void test_number_ids(const char *text, WeirBuffer *out)
{
    long ids[512];
    uint32_t count = 0;
    for (const char *c = text; *c != '\0';) {
        if (*c != '#' || !isdigit((unsigned char)c[1])) {
            weir_buffer_append_char(out, *c++);
            continue;
        }
        char *end = NULL;
        long id = strtol(c + 1, &end, 10);
        uint32_t i = 0;
        while (i < count && ids[i] != id)
            i++;
        if (i == count && count < 512)
            ids[count++] = id;
        weir_buffer_append_format(out, "#%u", i);
        c = end;
    }
}

static inline void test_create_view(TestSession *session, const char *name, const char *ddl, const char *format)
{
    WeirRelation *relation = WEIR_ARENA_NEW(&session->arena, WeirRelation);
    static const WeirOption options[] = {{"path", "/in"}};
    relation->name = name;
    relation->format = format;
    relation->options = options;
    relation->option_count = 1;
    if (weir_schema_from_ddl(ddl, &session->arena, &relation->user_schema, NULL) != WEIR_OK)
        abort();
    session->views[session->view_count++] = (TestView){name, NULL, relation};
}

/* NULL: refused. The including test has included sql/parser.h. */
static inline WeirLogicalPlan *test_analyze(TestSession *session, const char *sql, WeirError *error)
{
    WeirParserOptions options = {.zone = weir_time_zone_utc()};
    WeirStatement *statement = NULL;
    WeirLogicalPlan *plan = NULL;
    WeirAnalyzer analyzer = {.arena = &session->arena,
                             .catalog = &session->catalog,
                             .context = &session->context,
                             .next_expression_id = &session->next_id,
                             .sql_text = sql};
    if (weir_sql_parse(sql, strlen(sql), &options, &session->arena, &statement, error) != WEIR_OK)
        return NULL;
    if (statement->kind == WEIR_STATEMENT_CREATE_TEMPORARY_VIEW) {
        if (weir_analyze(&analyzer, statement->plan, &plan, error) == WEIR_OK)
            session->views[session->view_count++] = (TestView){statement->name, plan, NULL};
        return plan;
    }
    return weir_analyze(&analyzer, statement->plan, &plan, error) == WEIR_OK ? plan : NULL;
}

static inline const char *test_text(TestSession *session, const WeirLogicalPlan *plan)
{
    WeirBuffer raw, numbered;
    weir_buffer_init(&raw, 0, NULL);
    weir_buffer_init(&numbered, 0, NULL);
    weir_logical_explain(plan, &raw);
    test_number_ids(weir_buffer_text(&raw), &numbered);
    char *text = weir_arena_strdup(&session->arena, weir_buffer_text(&numbered));
    weir_buffer_deinit(&raw);
    weir_buffer_deinit(&numbered);
    char *uuid = strstr(text, "EventTimeWatermark ");
    for (; uuid != NULL; uuid = strstr(uuid, "EventTimeWatermark ")) {
        uuid += strlen("EventTimeWatermark ");
        memmove(uuid + 4, uuid + 36, strlen(uuid + 36) + 1);
        memcpy(uuid, "uuid", 4);
    }
    return text;
}

/* EXPLAIN text, or the condition of the error. */
static inline const char *test_explain(TestSession *session, const char *sql)
{
    WeirError error = {0};
    const WeirLogicalPlan *plan = test_analyze(session, sql, &error);
    return plan != NULL ? test_text(session, plan)
                        : weir_arena_printf(&session->arena, "%s: %s", error.condition, error.message);
}

#endif
