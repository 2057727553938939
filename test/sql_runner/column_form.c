/* See column_form.h. */
#include "sql_runner/column_form.h"

#include <ctype.h>
#include <string.h>

#include "expr/program.h"
#include "sql_runner/column_rows.h"
#include "sql_runner/literal_lift.h"
#include "sql_runner/sql_answer.h"

typedef struct Form {
    SqlColumnForm *given;
    WeirSession *session;
    WeirStatementScope *scope;
    WeirArena *arena;
    const WeirEvalContext *context;
    const WeirLogicalPlan *top;
    uint32_t batch_rows;
} Form;

static WeirLogicalPlan *new_relation(const Form *form, WeirExpression **output, uint32_t count)
{
    WeirLogicalPlan *relation = weir_logical_new(form->arena, WEIR_LOGICAL_LOCAL_RELATION, (WeirOrigin){0});
    relation->output = output;
    relation->output_count = count;
    relation->analyzed = true;
    return relation;
}

/* ---- VALUES and tables */

static WeirStatus encode(Form *form, const WeirLogicalPlan *like, const WeirValue *const *const *rows,
                         uint32_t row_count, WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *relation = new_relation(form, like->output, like->output_count);
    bool dictionary = form->given->part == SQL_COLUMNS_EVEN;
    WEIR_TRY(sql_rows_encode(form->scope, weir_logical_schema(like, form->arena), rows, row_count, dictionary,
                             form->batch_rows, relation, error));
    form->given->relation_count++;
    *out = relation;
    return WEIR_OK;
}

/* VALUES: a projection over one row for each of its rows. One that fails is left to fail when it runs. */
static WeirStatus encode_values(Form *form, WeirLogicalPlan *expand, WeirLogicalPlan **out, WeirError *error)
{
    const WeirValue ***rows = WEIR_ARENA_ARRAY(form->arena, const WeirValue **, expand->row_count + 1);
    for (uint32_t r = 0; r < expand->row_count; r++) {
        rows[r] = WEIR_ARENA_ARRAY(form->arena, const WeirValue *, expand->row_width + 1);
        for (uint32_t c = 0; c < expand->row_width; c++) {
            WeirValue *value = NULL;
            WeirError ignored;
            if (!weir_expression_is_foldable(expand->rows[r][c]) ||
                weir_expression_evaluate(expand->rows[r][c], form->context, form->arena, &value, &ignored) != WEIR_OK)
                return WEIR_OK;
            rows[r][c] = value;
        }
    }
    return encode(form, expand, (const WeirValue *const *const *)rows, expand->row_count, out, error);
}

static WeirStatus encode_table(Form *form, WeirLogicalPlan *table, WeirLogicalPlan **out, WeirError *error)
{
    uint32_t count = 0, at = 0;
    for (uint32_t i = 0; i < table->batch_count; i++)
        count += table->batches[i]->selected_count;
    const WeirValue ***rows = WEIR_ARENA_ARRAY(form->arena, const WeirValue **, count + 1);
    for (uint32_t i = 0; i < table->batch_count; i++) {
        const WeirBatch *batch = table->batches[i];
        for (uint32_t k = 0; k < batch->selected_count; k++, at++) {
            rows[at] = WEIR_ARENA_ARRAY(form->arena, const WeirValue *, batch->column_count + 1);
            for (uint32_t c = 0; c < batch->column_count; c++) {
                WeirValue *value = NULL;
                WEIR_TRY(weir_value_from_row(form->arena, &batch->columns[c], weir_batch_row(batch, k), &value, error));
                rows[at][c] = value;
            }
        }
    }
    return encode(form, table, (const WeirValue *const *const *)rows, count, out, error);
}

/* ---- SELECT without FROM */

static bool has_plan(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->plan != NULL;
}

static bool can_be_lifted(const WeirLogicalPlan *project)
{
    for (uint32_t i = 0; i < project->expression_count; i++)
        if (!weir_expression_is_deterministic(project->expressions[i]) ||
            weir_expression_any(project->expressions[i], has_plan, NULL))
            return false;
    return true;
}

/* The columns that calls accepted. */
static void drop_unused(SqlLift *lift, WeirExpression *const *expressions, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t c = 0; c < lift->column_count; c++) {
        bool used = false;
        for (uint32_t i = 0; i < count && !used; i++)
            used = sql_lift_uses(expressions[i], lift->columns[c]);
        if (used) {
            lift->columns[kept] = lift->columns[c];
            lift->values[kept++] = lift->values[c];
        }
    }
    lift->column_count = kept;
}

/* The line that a row of these values gives when it is folded (NULL: of nulls); NULL when it fails. */
static const char *fold_row(Form *form, const SqlLift *lift, WeirExpression *const *expressions, uint32_t count,
                            const WeirValue *const *values)
{
    WeirBuffer line;
    WeirError ignored;
    const char *text = NULL;
    weir_buffer_init(&line, 0, NULL);
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *constant = NULL;
        WeirValue *value = NULL;
        if (sql_lift_replace(lift, expressions[i], values, &constant, &ignored) != WEIR_OK ||
            weir_expression_evaluate(constant, form->context, form->arena, &value, &ignored) != WEIR_OK)
            goto done;
        if (i > 0)
            weir_buffer_append_char(&line, '\t');
        sql_answer_append_cell(value, 0, form->context->zone, &line);
    }
    text = weir_arena_strdup(form->given->arena, weir_buffer_text(&line));
done:
    weir_buffer_deinit(&line);
    return text;
}

#define PATTERN_COUNT 5
/* Long ones cross the words of bitmaps and the steps of vector instructions. */
static const SqlRowPattern all_patterns[PATTERN_COUNT] = {
    {"NVVNVNNVOVVOVNVNVOVVVVVVVVVVVVNNNNNNNNNNNNNNNNNNVVVVVVVVVVVVOVVVVVVNVNNNV", false},
    {"VVVVVVVVVVVVVVVVVVVVVVOVVVVVVVVVVVVVVVVVVVVOOVVVVVVVVVVVVVVVVVVVVVVV", false},
    {"pVnpVVpoNpVpNpppppppppppppppppppppppVOpp", false},
    {"VpNVOpVVNO", true},
    {"NNNnppN", false},
};

static bool is_left_out(const SqlColumnForm *given, char letter)
{
    return letter == 'V' ? given->without_values
                         : (letter == 'N' && given->null_row == NULL) || (letter == 'O' && given->other_row == NULL);
}

/* The patterns with the rows deselected that must not be seen; notes the kinds of the selected ones. */
static void choose_rows(Form *form, SqlRowPattern *patterns)
{
    SqlColumnForm *given = form->given;
    WeirBuffer kinds;
    weir_buffer_init(&kinds, 0, NULL);
    for (uint32_t p = 0; p < PATTERN_COUNT; p++) {
        char *rows = weir_arena_strdup(form->arena, all_patterns[p].rows);
        for (char *row = rows; *row != '\0'; row++) {
            if (is_left_out(given, *row))
                *row = (char)tolower(*row);
            if (isupper((unsigned char)*row))
                weir_buffer_append_char(&kinds, *row);
        }
        patterns[p] = (SqlRowPattern){rows, all_patterns[p].dictionary};
    }
    given->kinds = weir_arena_strdup(given->arena, weir_buffer_text(&kinds));
    weir_buffer_deinit(&kinds);
}

/* Values that are not the literals', of the same types. */
static const WeirValue **other_values(Form *form, const SqlLift *lift)
{
    const WeirValue **others = WEIR_ARENA_ARRAY(form->arena, const WeirValue *, lift->column_count);
    for (uint32_t c = 0; c < lift->column_count; c++)
        others[c] = sql_rows_other(form->arena, lift->values[c]);
    return others;
}

static WeirStatus lift_project(Form *form, WeirLogicalPlan *project, WeirLogicalPlan **out, WeirError *error)
{
    static const SqlRowPattern one_row[] = {{"pnVp", false}};
    SqlLift lift = {.arena = form->arena,
                    .context = form->context,
                    .next_expression_id = &form->session->next_expression_id,
                    .part = form->given->part};
    uint32_t count = project->expression_count;
    WeirExpression **expressions = WEIR_ARENA_ARRAY(form->arena, WeirExpression *, count + 1);
    if (!can_be_lifted(project))
        return WEIR_OK;
    for (uint32_t i = 0; i < count; i++)
        expressions[i] = sql_lift_literals(&lift, project->expressions[i]);
    form->given->literal_count += lift.column_count;
    drop_unused(&lift, expressions, count);
    form->given->column_count += lift.column_count;
    if (lift.column_count == 0)
        return WEIR_OK;
    SqlRowPattern patterns[PATTERN_COUNT] = {one_row[0]};
    const WeirValue **others = other_values(form, &lift);
    bool repeated = project == form->top;
    if (repeated) {
        form->given->repeated = true;
        form->given->null_row = fold_row(form, &lift, expressions, count, NULL);
        form->given->other_row = fold_row(form, &lift, expressions, count, others);
        choose_rows(form, patterns);
    }
    WeirLogicalPlan *relation = new_relation(form, lift.columns, lift.column_count);
    WEIR_TRY(sql_rows_repeat(form->scope, weir_logical_schema(relation, form->arena), lift.values, others, patterns,
                             repeated ? PATTERN_COUNT : 1, form->batch_rows, relation, error));
    WeirLogicalPlan *copy = weir_logical_copy(form->arena, project);
    copy->expressions = expressions;
    copy->children[0] = relation;
    copy->output = WEIR_ARENA_ARRAY(form->arena, WeirExpression *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        copy->output[i] = weir_expression_to_attribute(form->arena, expressions[i]);
    *out = copy;
    return WEIR_OK;
}

static WeirLogicalPlan *rewrite(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    Form *form = context;
    WeirLogicalPlan *out = plan;
    bool over_one_row = plan->child_count == 1 && plan->children[0]->kind == WEIR_LOGICAL_ONE_ROW_RELATION;
    if (plan->kind == WEIR_LOGICAL_PROJECT && over_one_row)
        *status = lift_project(form, plan, &out, error);
    else if (plan->kind == WEIR_LOGICAL_EXPAND && over_one_row && form->given->part != SQL_COLUMNS_ODD)
        *status = encode_values(form, plan, &out, error);
    else if (plan->kind == WEIR_LOGICAL_LOCAL_RELATION && form->given->part != SQL_COLUMNS_ODD)
        *status = encode_table(form, plan, &out, error);
    return *status == WEIR_OK ? out : NULL;
}

WeirStatus sql_column_form_make(void *context, WeirSession *session, const WeirEvalContext *eval, WeirArena *arena,
                                WeirStatement **statement, WeirError *error)
{
    SqlColumnForm *given = context;
    size_t position = 0, length = 0;
    const char *text = NULL;
    int32_t line = 1;
    WEIR_TRY(weir_sql_split(given->sql, strlen(given->sql), &position, &text, &length, &line, error));
    const char *next = text;
    size_t next_length = 0, end = position;
    WEIR_TRY(weir_sql_split(given->sql, strlen(given->sql), &end, &next, &next_length, &line, error));
    if (next_length > 0) /* a second statement: refused by the parser, as in weir_session_execute */
        length = strlen(text);
    WEIR_TRY(weir_session_parse(session, eval, arena, text, length, NULL, statement, error));
    if ((*statement)->kind != WEIR_STATEMENT_QUERY)
        return WEIR_OK;
    WeirAnalyzer analyzer;
    weir_session_init_analyzer(session, eval, arena, (*statement)->text, &analyzer);
    WeirLogicalPlan *analyzed = NULL;
    WEIR_TRY(weir_analyze(&analyzer, (*statement)->plan, &analyzed, error));
    if (analyzed->is_streaming)
        return WEIR_OK;
    Form form = {.given = given,
                 .session = session,
                 .scope = session->current,
                 .arena = arena,
                 .context = eval,
                 .top = analyzed,
                 .batch_rows = (uint32_t)weir_config_int(&session->config, "weir.batch.rows")};
    return weir_logical_transform(arena, analyzed, rewrite, &form, &(*statement)->plan, error);
}
