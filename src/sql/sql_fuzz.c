/* Any bytes are split, substituted and parsed, or refused with a condition; what parses can be explained and has its
 * places inside the text. */
#include <stdlib.h>

#include "sql/parser.h"

static void check(bool condition)
{
    if (!condition)
        abort();
}

static bool check_plan(void *context, const WeirLogicalPlan *plan)
{
    int32_t length = *(const int32_t *)context;
    check(plan->origin.start >= 0 && plan->origin.start <= length && plan->origin.length >= 0);
    return false;
}

static void check_statement(const WeirStatement *statement, int32_t length)
{
    while (statement->statement != NULL)
        statement = statement->statement;
    if (statement->plan == NULL)
        return;
    weir_logical_any(statement->plan, check_plan, &length);
    WeirBuffer text;
    weir_buffer_init(&text, 1u << 20, NULL);
    weir_logical_explain(statement->plan, &text);
    weir_buffer_deinit(&text);
}

static void parse(const char *text, size_t length)
{
    WeirParserOptions options = {.nesting_max = 200};
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirError error;
    WeirStatement *statement = NULL;
    if (weir_sql_parse(text, length, &options, &arena, &statement, &error) == WEIR_OK)
        check_statement(statement, (int32_t)length);
    else
        check(error.condition[0] != '\0');
    WeirExpression *expression = NULL;
    options.double_quoted_identifiers = true;
    options.ansi_reserved_words = true;
    if (weir_sql_parse_expression(text, length, &options, &arena, &expression, &error) == WEIR_OK)
        check(expression != NULL);
    weir_arena_deinit(&arena);
}

static const char *lookup(void *context, const char *name)
{
    (void)context;
    return name[0] == 'a' ? "${b}" : name[0] == 'b' ? "value" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    const char *replaced;
    size_t replaced_length;
    WeirError error;
    if (weir_sql_substitute(text, size, lookup, NULL, &arena, &replaced, &replaced_length, &error) == WEIR_OK) {
        size_t position = 0;
        for (;;) {
            const char *statement;
            size_t length;
            int32_t line;
            check(weir_sql_split(replaced, replaced_length, &position, &statement, &length, &line, &error) == WEIR_OK);
            if (length == 0)
                break;
            check(statement >= replaced && statement + length <= replaced + replaced_length && line >= 1);
            parse(statement, length);
        }
    }
    weir_arena_deinit(&arena);
    return 0;
}
