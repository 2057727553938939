/* A parsed statement: a query, or one of the commands that the session carries out. */
#ifndef WEIR_LOGICAL_STATEMENT_H
#define WEIR_LOGICAL_STATEMENT_H

#include "logical/logical_plan.h"

typedef enum WeirStatementKind {
    WEIR_STATEMENT_QUERY,                  /* plan */
    WEIR_STATEMENT_CREATE_TEMPORARY_VIEW,  /* name, plan, names = column names; or relation (USING) */
    WEIR_STATEMENT_CREATE_STREAMING_TABLE, /* name, schema_ddl, format, partition_names, options, location, plan (NULL:
                                              flows follow) */
    WEIR_STATEMENT_CREATE_FLOW,            /* name, target, by_name, plan */
    WEIR_STATEMENT_DROP_VIEW,              /* name, if_exists */
    WEIR_STATEMENT_SET,                    /* key (NULL: all), value (NULL: show), is_verbose (SET -v) */
    WEIR_STATEMENT_RESET,                  /* key or NULL */
    WEIR_STATEMENT_SET_TIME_ZONE,          /* value, or plan-less interval expression */
    WEIR_STATEMENT_EXPLAIN,                /* explain_mode, statement */
    WEIR_STATEMENT_DESCRIBE_TABLE,         /* name, is_extended */
    WEIR_STATEMENT_DESCRIBE_QUERY,         /* plan */
    WEIR_STATEMENT_DESCRIBE_FUNCTION,      /* name, is_extended */
    WEIR_STATEMENT_SHOW_TABLES,            /* pattern */
    WEIR_STATEMENT_SHOW_VIEWS,
    WEIR_STATEMENT_SHOW_FUNCTIONS, /* pattern, scope */
    WEIR_STATEMENT_SHOW_COLUMNS,   /* name */
    WEIR_STATEMENT_SHOW_DATABASES,
    WEIR_STATEMENT_SHOW_CATALOGS,
    WEIR_STATEMENT_SHOW_CURRENT,     /* CURRENT NAMESPACE */
    WEIR_STATEMENT_SHOW_PROPERTIES,  /* TBLPROPERTIES: name */
    WEIR_STATEMENT_DATABASE,         /* key = CREATE, DROP, DESCRIBE; name, if_exists, if_not_exists */
    WEIR_STATEMENT_RENAME_VIEW,      /* name, target */
    WEIR_STATEMENT_REFRESH_FUNCTION, /* name */
    WEIR_STATEMENT_USE,
    WEIR_STATEMENT_TABLE_COMMAND,    /* key = INSERT, ALTER TABLE …, name = its target, expressions over the target */
    WEIR_STATEMENT_CREATE_TABLE,     /* as CREATE_STREAMING_TABLE; refused */
    WEIR_STATEMENT_DECLARE_VARIABLE, /* name, type_ddl, expression, or_replace */
    WEIR_STATEMENT_SET_VARIABLE,     /* names, expressions or plan */
    WEIR_STATEMENT_DROP_VARIABLE,
    WEIR_STATEMENT_EXECUTE_IMMEDIATE, /* expressions = the text, then USING's arguments (ALIAS: named); names = INTO's
                                         variables */
    WEIR_STATEMENT_CREATE_FUNCTION,   /* temporary SQL function */
    WEIR_STATEMENT_DROP_FUNCTION,
    WEIR_STATEMENT_CACHE,
    WEIR_STATEMENT_UNCACHE,
    WEIR_STATEMENT_CLEAR_CACHE,
    WEIR_STATEMENT_REFRESH
} WeirStatementKind;

typedef enum WeirExplainMode {
    WEIR_EXPLAIN_SIMPLE,
    WEIR_EXPLAIN_EXTENDED,
    WEIR_EXPLAIN_FORMATTED,
    WEIR_EXPLAIN_CODEGEN,
    WEIR_EXPLAIN_COST
} WeirExplainMode;

typedef struct WeirParameterDeclaration {
    const char *name;
    const char *type_ddl;
    WeirExpression *default_value;
} WeirParameterDeclaration;

typedef struct WeirStatement WeirStatement;
struct WeirStatement {
    WeirStatementKind kind;
    WeirOrigin origin;
    const char *text; /* the statement's own text, zero-terminated; origins of its nodes count from its start */
    WeirLogicalPlan *plan;
    const char *name;
    const char *const *names;
    const char *const *comments; /* of CREATE VIEW: one of each name, NULL where it has none */
    uint32_t name_count;
    const char *target;
    const char *format;
    const char *schema_ddl; /* text between the parentheses */
    const WeirOption *options;
    uint32_t option_count;
    const char *const *partition_names;
    uint32_t partition_count;
    const char *location;
    const char *key, *value, *pattern, *scope, *type_ddl;
    bool or_replace, if_exists, if_not_exists, is_temporary, is_global, is_extended, is_verbose, by_name;
    WeirExpression **expressions;
    uint32_t expression_count;
    WeirExplainMode explain_mode;
    WeirStatement *statement; /* EXPLAIN's */
    WeirParameterDeclaration *parameters;
    uint32_t parameter_count;
};

#endif
