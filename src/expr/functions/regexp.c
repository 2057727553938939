/* RLIKE, regexp_… and split. A constant pattern is compiled once per task; patterns that are plain text never reach the
 * matcher. */
#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/text_split.h"
#include "expr/kernels/utf8.h"
#include "expr/regex.h"

typedef struct RegexState {
    WeirRegex *regex;
    WeirBuffer source;
    bool valid;
} RegexState;

static void *new_state(const WeirExpression *expression)
{
    (void)expression;
    RegexState *state = weir_calloc(1, sizeof(*state));
    weir_buffer_init(&state->source, 0, NULL);
    return state;
}

static void free_state(void *pointer)
{
    RegexState *state = pointer;
    weir_regex_free(state->regex);
    weir_buffer_deinit(&state->source);
    weir_free(state);
}

static WeirStatus use_regex(WeirKernelCall *call, const WeirStringView *pattern, WeirError *error)
{
    RegexState *state = call->state;
    const char *text = (const char *)weir_view_data(pattern);
    if (state->valid && state->source.length == pattern->length &&
        memcmp(state->source.data, text, pattern->length) == 0)
        return WEIR_OK;
    weir_regex_free(state->regex);
    state->regex = NULL;
    state->valid = false;
    const char *name = call->expression->name != NULL ? call->expression->name : call->expression->function->name;
    char function[64];
    snprintf(function, sizeof(function), "`%s`", name);
    WeirStatus status = weir_regex_new(text, pattern->length, false, function, &state->regex, error);
    if (status != WEIR_OK)
        return weir_row_error(call, status, error);
    weir_buffer_clear(&state->source);
    weir_buffer_append(&state->source, text, pattern->length);
    state->valid = true;
    return WEIR_OK;
}

#define REGEX(call) (((RegexState *)(call)->state)->regex)

/* The text and the pattern of a row: the search begins. `subject` is the text as a Java string has it. */
static WeirStatus begin(WeirKernelCall *call, WeirTextHeap *heap, const WeirStringView *text,
                        const WeirStringView *pattern, WeirStringView *subject, WeirError *error)
{
    WEIR_TRY(use_regex(call, pattern, error));
    WEIR_TRY(weir_text_heap_valid(heap, text, subject, error));
    weir_regex_set_text(REGEX(call), weir_view_data(subject), subject->length);
    return WEIR_OK;
}

/* NULL spans: no match. */
static WeirStatus find(WeirKernelCall *call, size_t from, const size_t **spans, WeirError *error)
{
    WeirStatus status = weir_regex_find(REGEX(call), from, spans, error);
    return status == WEIR_OK ? WEIR_OK : weir_row_error(call, status, error);
}

WEIR_TEXT_KERNEL(rlike_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    const size_t *spans;
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView subject;
        WEIR_TRY(begin(call, &heap, weir_argument_view(&x, row), weir_argument_view(&y, row), &subject, error));
        WEIR_TRY(find(call, 0, &spans, error));
        ((uint8_t *)result->values)[row] = spans != NULL;
    }
    return WEIR_OK;
}

static WeirStatus check_group(WeirKernelCall *call, int32_t group, WeirError *error)
{
    uint32_t count = weir_regex_group_count(REGEX(call));
    if (group >= 0 && (uint32_t)group <= count)
        return WEIR_OK;
    char counts[16], index[16];
    snprintf(counts, sizeof(counts), "%u", count);
    snprintf(index, sizeof(index), "%d", group);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_REGEX_GROUP_INDEX, "parameter",
                                         "`idx`", "functionName", "`regexp_extract`", "groupCount", counts,
                                         "groupIndex", index),
                          error);
}

static WeirStringView group_view(const uint8_t *text, const size_t *spans, int32_t group)
{
    size_t start = spans[2 * group], end = spans[2 * group + 1];
    return start == SIZE_MAX ? (WeirStringView){.length = 0} : weir_view_make(text + start, (uint32_t)(end - start));
}

WEIR_TEXT_KERNEL(extract_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]);
    WeirTextHeap heap = weir_text_heap(call);
    const size_t *spans;
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView subject, *out = &((WeirStringView *)result->values)[row];
        WEIR_TRY(begin(call, &heap, weir_argument_view(&x, row), weir_argument_view(&y, row), &subject, error));
        int32_t group = WEIR_ARGUMENT_VALUE(int32_t, z, row);
        WEIR_TRY(find(call, 0, &spans, error));
        *out = (WeirStringView){.length = 0};
        if (spans != NULL) {
            WEIR_TRY(check_group(call, group, error));
            *out = group_view(weir_view_data(&subject), spans, group);
        }
    }
    return WEIR_OK;
}

/* Where the search goes on: an empty match moves on by one character. */
static size_t next_start(const uint8_t *text, size_t length, const size_t *spans)
{
    if (spans[1] > spans[0])
        return spans[1];
    return spans[1] < length ? spans[1] + weir_utf8_step(text[spans[1]]) : length + 1;
}

WEIR_TEXT_KERNEL(extract_all_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]);
    WeirListRows rows = {result->values, 0};
    WeirTextHeap heap = weir_text_heap(call);
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, weir_type_element(result->type), call->count, call->arena);
    const size_t *spans;
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, writer.length);
        WeirStringView subject;
        WEIR_TRY(begin(call, &heap, weir_argument_view(&x, row), weir_argument_view(&y, row), &subject, error));
        const uint8_t *text = weir_view_data(&subject);
        int32_t group = WEIR_ARGUMENT_VALUE(int32_t, z, row);
        WEIR_TRY(find(call, 0, &spans, error));
        while (spans != NULL) {
            WEIR_TRY(check_group(call, group, error));
            weir_column_writer_append_view(&writer, group_view(text, spans, group));
            WEIR_TRY(find(call, next_start(text, subject.length, spans), &spans, error));
        }
    }
    weir_list_rows_finish(&rows, call->row_count, writer.length);
    return weir_column_writer_finish(&writer, &result->children[0], error);
}

static WeirStatus bad_replacement(const WeirKernelCall *call, const WeirStringView *const *texts, int32_t position,
                                  WeirError *error)
{
    char shown[3][200], place[16];
    for (int i = 0; i < 3; i++)
        snprintf(shown[i], sizeof(shown[i]), "%.*s", (int)(texts[i]->length < 190 ? texts[i]->length : 190),
                 (const char *)weir_view_data(texts[i]));
    snprintf(place, sizeof(place), "%d", position);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_INVALID_REGEXP_REPLACE, "source", shown[0], "pattern",
                                         shown[1], "replacement", shown[2], "position", place),
                          error);
}

/* $1, ${name} and \c in a replacement, as Matcher.appendReplacement; false: malformed, or a group that is not there. */
static bool append_replacement(const WeirRegex *regex, WeirBuffer *out, const uint8_t *text, const size_t *spans,
                               const uint8_t *with, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (with[i] == '\\') {
            if (++i == length)
                return false;
            weir_buffer_append_char(out, (char)with[i]);
            continue;
        }
        if (with[i] != '$') {
            weir_buffer_append_char(out, (char)with[i]);
            continue;
        }
        int64_t group = -1, count = weir_regex_group_count(regex);
        if (i + 1 < length && with[i + 1] == '{') {
            const uint8_t *end = memchr(with + i, '}', length - i);
            if (end == NULL)
                return false;
            group = weir_regex_group_named(regex, (const char *)with + i + 2, (size_t)(end - with) - i - 2);
            i = (uint32_t)(end - with);
        }
        while (group <= count && i + 1 < length && with[i] != '}' && with[i + 1] >= '0' && with[i + 1] <= '9') {
            int64_t longer = (group < 0 ? 0 : group) * 10 + (with[i + 1] - '0');
            if (group >= 0 && longer > count)
                break;
            group = longer;
            i++;
        }
        if (group < 0 || group > count)
            return false;
        if (spans[2 * group] != SIZE_MAX)
            weir_buffer_append(out, text + spans[2 * group], spans[2 * group + 1] - spans[2 * group]);
    }
    return true;
}

/* One row: its matches replaced, or itself. */
static WeirStatus replace_row(WeirKernelCall *call, WeirTextHeap *heap, const WeirStringView *const *texts,
                              int32_t position, WeirBuffer *buffer, WeirStringView *out, WeirError *error)
{
    WeirStringView subject;
    const size_t *spans;
    WEIR_TRY(begin(call, heap, texts[0], texts[1], &subject, error));
    const uint8_t *text = weir_view_data(&subject), *with = weir_view_data(texts[2]);
    size_t copied = 0, from = position <= 1 ? 0 : weir_utf8_advance(text, subject.length, 0, (uint64_t)position - 1);
    WEIR_TRY(find(call, from, &spans, error));
    if (spans == NULL) {
        *out = subject;
        return WEIR_OK;
    }
    weir_buffer_clear(buffer);
    while (spans != NULL) {
        weir_buffer_append(buffer, text + copied, spans[0] - copied);
        if (!append_replacement(REGEX(call), buffer, text, spans, with, texts[2]->length))
            return bad_replacement(call, texts, position, error);
        copied = spans[1];
        WEIR_TRY(find(call, next_start(text, subject.length, spans), &spans, error));
    }
    weir_buffer_append(buffer, text + copied, subject.length - copied);
    WEIR_TRY(weir_buffer_check(buffer, error));
    return weir_text_heap_copy(heap, buffer->data, buffer->length, out, error);
}

WEIR_TEXT_KERNEL(replace_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]),
                 p = weir_argument(arguments[3]);
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, INT32_MAX, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *const texts[] = {weir_argument_view(&x, row), weir_argument_view(&y, row),
                                               weir_argument_view(&z, row)};
        WEIR_TRY_OR_GO(done, replace_row(call, &heap, texts, WEIR_ARGUMENT_VALUE(int32_t, p, row), &buffer,
                                         &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

static WeirStatus resolve_replace(WeirFunctionCall *call, WeirError *error)
{
    WeirValue *position;
    WEIR_TRY(weir_call_constant(call, 3, &position, error));
    if (position == NULL)
        return weir_call_non_foldable(call, 3, "position", "\"INT\"", error);
    if (weir_value_is_null(position) || weir_value_get_int(position) > 0)
        return WEIR_OK;
    return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                          "exprName", "position", "valueRange", "(0, 2147483647]", "currentValue",
                          weir_arena_printf(call->arena, "%lld", (long long)weir_value_get_int(position)));
}

WEIR_TEXT_KERNEL(count_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    const size_t *spans;
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView subject;
        WEIR_TRY(begin(call, &heap, weir_argument_view(&x, row), weir_argument_view(&y, row), &subject, error));
        int32_t found = 0;
        WEIR_TRY(find(call, 0, &spans, error));
        for (; spans != NULL; found++)
            WEIR_TRY(find(call, next_start(weir_view_data(&subject), subject.length, spans), &spans, error));
        ((int32_t *)result->values)[row] = found;
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(substr_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    const size_t *spans;
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView subject;
        WEIR_TRY(begin(call, &heap, weir_argument_view(&x, row), weir_argument_view(&y, row), &subject, error));
        WEIR_TRY(find(call, 0, &spans, error));
        if (spans != NULL && spans[1] > spans[0])
            ((WeirStringView *)result->values)[row] = group_view(weir_view_data(&subject), spans, 0);
        else
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(instr_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    const size_t *spans;
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView subject;
        WEIR_TRY(begin(call, &heap, weir_argument_view(&x, row), weir_argument_view(&y, row), &subject, error));
        WEIR_TRY(find(call, 0, &spans, error));
        ((int32_t *)result->values)[row] =
            spans == NULL ? 0 : (int32_t)weir_utf8_count(weir_view_data(&subject), spans[0]) + 1;
    }
    return WEIR_OK;
}

/* ---- split */

/* Java's String.split with a limit: < 0 all parts; an empty match at the start gives no part. Limit 0 is -1 in Spark.
 */
static WeirStatus split_by_regex(WeirKernelCall *call, const uint8_t *text, uint32_t length, int32_t limit,
                                 WeirColumnWriter *writer, WeirError *error)
{
    const size_t *spans;
    size_t start = 0, from = 0;
    if (length == 0) {
        weir_column_writer_append_view(writer, weir_view_make(text, 0));
        return WEIR_OK;
    }
    for (uint32_t parts = 0; limit <= 0 || parts + 1 < (uint32_t)limit;) {
        WEIR_TRY(find(call, from, &spans, error));
        if (spans == NULL)
            break;
        from = next_start(text, length, spans);
        if (spans[1] == 0)
            continue;
        weir_column_writer_append_view(writer, weir_view_make(text + start, (uint32_t)(spans[0] - start)));
        start = spans[1];
        parts++;
    }
    weir_column_writer_append_view(writer, weir_view_make(text + start, (uint32_t)(length - start)));
    return WEIR_OK;
}

/* An empty pattern cuts between characters. */
static void split_characters(const uint8_t *text, uint32_t length, int32_t limit, WeirColumnWriter *writer)
{
    size_t from = 0;
    for (int32_t parts = 1; from < length && (limit <= 0 || parts < limit); parts++) {
        size_t next = weir_utf8_advance(text, length, from, 1);
        if (next == length)
            break;
        weir_column_writer_append_view(writer, weir_view_make(text + from, (uint32_t)(next - from)));
        from = next;
    }
    weir_column_writer_append_view(writer, weir_view_make(text + from, (uint32_t)(length - from)));
}

WEIR_TEXT_KERNEL(split_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]);
    WeirListRows rows = {result->values, 0};
    WeirTextHeap heap = weir_text_heap(call);
    WeirColumnWriter writer;
    uint64_t bytes = 0; /* words of eight bytes or longer need no growth */
    WEIR_FOR_ROWS(call, row)
    bytes += weir_argument_view(&x, row)->length;
    weir_column_writer_init(&writer, weir_type_element(result->type),
                            (uint32_t)(bytes / 8 < (1u << 20) ? bytes / 8 : 1u << 20) + call->count, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, writer.length);
        WeirStringView subject;
        WEIR_TRY(begin(call, &heap, weir_argument_view(&x, row), weir_argument_view(&y, row), &subject, error));
        const uint8_t *text = weir_view_data(&subject);
        uint32_t text_length = subject.length;
        int32_t limit = WEIR_ARGUMENT_VALUE(int32_t, z, row);
        size_t size = 0;
        const char *literal = weir_regex_literal(REGEX(call), &size);
        if (weir_argument_view(&y, row)->length == 0 && text_length > 0)
            split_characters(text, text_length, limit, &writer);
        else if (literal != NULL)
            weir_split_literal(text, text_length, (const uint8_t *)literal, size, limit, &writer);
        else
            WEIR_TRY(split_by_regex(call, text, text_length, limit, &writer, error));
    }
    weir_list_rows_finish(&rows, call->row_count, writer.length);
    return weir_column_writer_finish(&writer, &result->children[0], error);
}

#define FLAGS (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL)
#define REGEXP(NAME, ALIASES, MIN, MAX, SIGNATURE, KERNEL, FORMAT, USAGE)                                              \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX,                  \
        .signature = SIGNATURE, .kernel = KERNEL, .new_state = new_state, .free_state = free_state,                    \
        .sql_format = FORMAT, .group = "string_funcs", .usage = USAGE                                                  \
    }

const WeirFunction weir_functions_regexp[] = {
    REGEXP("rlike", WEIR_ALIASES("regexp_like", "regexp"), 2, 2, "string,string->boolean", rlike_kernel, "!($*)",
           "text RLIKE pattern: true if the pattern is found in the text."),
    REGEXP("regexp_extract", NULL, 2, 3, "string,string,int=1->string", extract_kernel, NULL,
           "regexp_extract(text, pattern[, group]): the group of the first match, '' without one."),
    REGEXP("regexp_extract_all", NULL, 2, 3, "string,string,int=1->[string]", extract_all_kernel, NULL,
           "regexp_extract_all(text, pattern[, group]): the group of every match."),
    {.name = "regexp_replace",
     .flags = FLAGS,
     .arguments_min = 3,
     .arguments_max = 4,
     .signature = "string,string,string,int=1->string",
     .resolve = resolve_replace,
     .kernel = replace_kernel,
     .new_state = new_state,
     .free_state = free_state,
     .group = "string_funcs",
     .usage = "regexp_replace(text, pattern, with[, position]): every match replaced."},
    REGEXP("regexp_count", NULL, 2, 2, "string,string->int", count_kernel, NULL,
           "regexp_count(text, pattern): how many matches there are."),
    {.name = "regexp_substr",
     .flags = FLAGS | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 2,
     .arguments_max = 2,
     .signature = "string,string->string",
     .kernel = substr_kernel,
     .new_state = new_state,
     .free_state = free_state,
     .group = "string_funcs",
     .usage = "regexp_substr(text, pattern): the first match, or null."},
    REGEXP("regexp_instr", NULL, 2, 3, "string,string,int=0->int", instr_kernel, NULL,
           "regexp_instr(text, pattern): where the first match begins, 0 without one."),
    REGEXP("split", NULL, 2, 3, "string,string,int=-1->[string]", split_kernel, NULL,
           "split(text, pattern[, limit]): the parts between matches."),
    {0},
};
