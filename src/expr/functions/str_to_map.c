/* str_to_map: pairs of a text, cut at patterns (Java regular expressions, as for split). */
#include "expr/functions/collection_shared.h"
#include "expr/regex.h"

typedef struct Delimiter {
    WeirRegex *regex;
    WeirBuffer pattern; /* that `regex` was made of */
} Delimiter;

typedef struct Delimiters {
    Delimiter pair, value;
} Delimiters;

static void *new_delimiters(const WeirExpression *expression)
{
    (void)expression;
    Delimiters *delimiters = weir_calloc(1, sizeof(*delimiters));
    weir_buffer_init(&delimiters->pair.pattern, 0, NULL);
    weir_buffer_init(&delimiters->value.pattern, 0, NULL);
    return delimiters;
}

static void free_delimiters(void *state)
{
    Delimiters *delimiters = state;
    weir_regex_free(delimiters->pair.regex);
    weir_regex_free(delimiters->value.regex);
    weir_buffer_deinit(&delimiters->pair.pattern);
    weir_buffer_deinit(&delimiters->value.pattern);
    weir_free(delimiters);
}

static WeirStatus use_pattern(Delimiter *delimiter, const WeirStringView *view, WeirError *error)
{
    if (delimiter->regex != NULL && delimiter->pattern.length == view->length &&
        memcmp(delimiter->pattern.data, weir_view_data(view), view->length) == 0)
        return WEIR_OK;
    weir_regex_free(delimiter->regex);
    delimiter->regex = NULL;
    weir_buffer_clear(&delimiter->pattern);
    weir_buffer_append(&delimiter->pattern, weir_view_data(view), view->length);
    return weir_regex_new(weir_buffer_text(&delimiter->pattern), view->length, false, "str_to_map", &delimiter->regex,
                          error);
}

/* End of the part that begins at `from`, and where the next begins; SIZE_MAX: there is no other. An empty match at the
 * very beginning cuts nothing. The delimiter's text is set. */
static WeirStatus next_part(const Delimiter *delimiter, size_t length, size_t from, size_t *end, size_t *next,
                            WeirError *error)
{
    *next = SIZE_MAX;
    *end = length;
    for (size_t at = from; at <= length;) {
        const size_t *spans;
        WEIR_TRY(weir_regex_find(delimiter->regex, at, &spans, error));
        if (spans == NULL || (spans[0] == spans[1] && spans[0] == length))
            return WEIR_OK;
        at = spans[1] + 1;
        if (spans[1] == 0 || (spans[0] == spans[1] && spans[0] == from))
            continue;
        *next = spans[1];
        *end = spans[0];
        return WEIR_OK;
    }
    return WEIR_OK;
}

typedef struct Pairs {
    WeirColumnWriter keys, values;
} Pairs;

static WeirStatus append_pair(Pairs *pairs, const Delimiter *delimiter, const uint8_t *text, size_t length,
                              WeirError *error)
{
    size_t next, end;
    weir_regex_set_text(delimiter->regex, text, length);
    WEIR_TRY(next_part(delimiter, length, 0, &end, &next, error));
    weir_column_writer_append_view(&pairs->keys, weir_view_make(text, (uint32_t)end));
    if (next == SIZE_MAX)
        weir_column_writer_append_null(&pairs->values);
    else
        weir_column_writer_append_view(&pairs->values, weir_view_make(text + next, (uint32_t)(length - next)));
    return WEIR_OK;
}

static WeirStatus append_pairs(Pairs *pairs, const Delimiters *delimiters, const uint8_t *text, size_t length,
                               WeirError *error)
{
    size_t from = 0;
    weir_regex_set_text(delimiters->pair.regex, text, length);
    while (from != SIZE_MAX) {
        size_t next, end;
        WEIR_TRY(next_part(&delimiters->pair, length, from, &end, &next, error));
        WEIR_TRY(append_pair(pairs, &delimiters->value, text + from, end - from, error));
        from = next;
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(str_to_map_kernel)
{
    WeirArgument text = weir_argument(arguments[0]), pair = weir_argument(arguments[1]),
                 value = weir_argument(arguments[2]);
    Delimiters *delimiters = call->state;
    WeirTextHeap heap = weir_text_heap(call);
    Pairs pairs;
    weir_column_writer_init(&pairs.keys, &weir_type_string, call->count * 2, call->arena);
    weir_column_writer_init(&pairs.values, &weir_type_string, call->count * 2, call->arena);
    uint32_t *ends = WEIR_ARENA_ARRAY(call->arena, uint32_t, call->row_count + 1);
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView view;
        WEIR_TRY(weir_text_heap_valid(&heap, weir_argument_view(&text, row), &view, error));
        WEIR_TRY(use_pattern(&delimiters->pair, weir_argument_view(&pair, row), error));
        WEIR_TRY(use_pattern(&delimiters->value, weir_argument_view(&value, row), error));
        WEIR_TRY(append_pairs(&pairs, delimiters, weir_view_data(&view), view.length, error));
        ends[row] = pairs.keys.length;
    }
    WeirVector keys, values;
    WEIR_TRY(weir_column_writer_finish(&pairs.keys, &keys, error));
    WEIR_TRY(weir_column_writer_finish(&pairs.values, &values, error));
    WeirMapBuilder builder;
    WeirListRows rows = {result->values, 0};
    weir_map_builder_init(&builder, call, result->type, keys.length);
    uint32_t at = 0;
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, builder.key_writer.length);
        for (; at < ends[row]; at++)
            WEIR_TRY(weir_map_builder_put(&builder, &keys, at, &values, at, error));
        weir_map_builder_end_map(&builder);
    }
    weir_list_rows_finish(&rows, call->row_count, builder.key_writer.length);
    return weir_map_builder_finish(&builder, result->children, error);
}

static WeirStatus resolve_str_to_map(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 3);
    const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 3);
    for (uint32_t i = 0; i < 3; i++) {
        bool given = i < call->argument_count;
        arguments[i] = given ? call->arguments[i] : weir_expression_string_literal(call->arena, i == 1 ? "," : ":");
        if (!weir_can_implicitly_cast(arguments[i]->type, &weir_type_string))
            return weir_call_unexpected_type(call, i, "\"STRING\"", error);
        casts[i] = &weir_type_string;
    }
    call->arguments = arguments;
    call->cast_types = casts;
    call->argument_count = 3;
    call->result_type = weir_type_map(call->arena, &weir_type_string, &weir_type_string, true);
    return WEIR_OK;
}

const WeirFunction weir_functions_str_to_map[] = {
    {.name = "str_to_map",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 1,
     .arguments_max = 3,
     .resolve = resolve_str_to_map,
     .kernel = str_to_map_kernel,
     .new_state = new_delimiters,
     .free_state = free_delimiters,
     .group = "map_funcs",
     .usage = "str_to_map(text[, between pairs[, between key and value]]): the pairs of a text as a map."},
    {0},
};
