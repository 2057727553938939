/* SET, RESET and SET TIME ZONE. */
#include <strings.h>

#include "columnar/time_zone.h"
#include "session/session_private.h"

static const char *const key_value[] = {"key", "value"};

static WeirStatus show_all(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const verbose_columns[] = {"key", "value", "meaning", "Since version"};
    WeirSession *session = context->session;
    uint32_t count = 0;
    bool verbose = context->statement->is_verbose;
    const char *const *entries = weir_config_entries(&session->config, verbose, context->arena, &count);
    if (!verbose)
        return weir_result_from_text(session, key_value, 2, entries, count / 2, result, error);
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, 2 * count + 1);
    for (uint32_t i = 0; i < count; i += 2) {
        const WeirSetting *setting = weir_setting_find(entries[i]);
        cells[2 * i] = entries[i];
        cells[2 * i + 1] = entries[i + 1];
        cells[2 * i + 2] = setting == NULL ? "" : setting->meaning;
        cells[2 * i + 3] = "";
    }
    return weir_result_from_text(session, verbose_columns, 4, cells, count / 2, result, error);
}

/* What was set, as a row. */
static WeirStatus setting_row(WeirSession *session, const char *key, const char *value, WeirResult **result,
                              WeirError *error)
{
    const char *cells[] = {key, value};
    WEIR_TRY(weir_result_from_text(session, key_value, 2, cells, 1, result, error));
    (*result)->is_setting = true;
    return WEIR_OK;
}

WeirStatus weir_statement_set(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirSession *session = context->session;
    const WeirStatement *statement = context->statement;
    if (statement->key == NULL)
        return show_all(context, result, error);
    if (statement->value != NULL) {
        WEIR_TRY(weir_session_set(session, statement->key, statement->value, error));
        return setting_row(session, statement->key, statement->value, result, error);
    }
    const char *value = weir_session_get(session, statement->key);
    const char *cells[] = {statement->key, value == NULL ? "<undefined>" : value};
    return weir_result_from_text(session, key_value, 2, cells, 1, result, error);
}

WeirStatus weir_statement_reset(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    (void)result;
    (void)error;
    weir_config_unset(&context->session->config, context->statement->key);
    return WEIR_OK;
}

WeirStatus weir_statement_set_time_zone(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const char *name = context->statement->value;
    const WeirTimeZone *zone = NULL;
    (void)result;
    if (name == NULL)
        name = weir_time_zone_system_name();
    if (context->statement->expression_count > 0) {
        /* SET TIME ZONE INTERVAL …: an offset, whose text Spark prints as +HH:MM[:SS]. */
        WeirExpression *analyzed = NULL;
        WeirValue *value = NULL;
        WEIR_TRY(
            weir_analyze_expression(context->analyzer, context->statement->expressions[0], NULL, &analyzed, error));
        WEIR_TRY(weir_expression_evaluate(analyzed, context->eval, context->arena, &value, error));
        int64_t micros = value->type->id == WEIR_TYPE_CALENDAR_INTERVAL
                             ? ((const WeirCalendarInterval *)value->values)->microseconds
                             : weir_value_get_int(value);
        int64_t seconds = micros / 1000000, size = seconds < 0 ? -seconds : seconds;
        if (size > 18 * 3600 || micros % 1000000 != 0)
            return weir_error_set(error, WEIR_ERROR_INVALID_INTERVAL_FORMAT_TIMEZONE_INTERVAL_OUT_OF_RANGE, "input",
                                  "TIME ZONE");
        name = weir_arena_printf(context->arena, "%c%02d:%02d:%02d", seconds < 0 ? '-' : '+', (int)(size / 3600),
                                 (int)(size / 60 % 60), (int)(size % 60));
    }
    if (weir_time_zone_find(name, &zone, error) != WEIR_OK) {
        weir_error_clear(error);
        return weir_error_set(error, WEIR_ERROR_INVALID_CONF_VALUE_TIME_ZONE, "confName", "spark.sql.session.timeZone",
                              "confValue", name);
    }
    WEIR_TRY(weir_session_set(context->session, "spark.sql.session.timeZone", name, error));
    return setting_row(context->session, "spark.sql.session.timeZone", name, result, error);
}
