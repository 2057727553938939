/* json_object_keys and json_array_length, and what json_tuple shares with them. */
#include "expr/functions/json_parts.h"

#include "columnar/utf8.h"
#include "expr/column_writer.h"
#include "expr/functions/format_call.h"
#include "expr/kernels/text_find.h"
#include "formats/json_copy.h"

const WeirJsonSyntax weir_json_hive_syntax = {.single_quotes = true, .control_characters = true};

static bool scan(const uint8_t *data, size_t length, WeirJsonText *text, WeirJsonToken *token)
{
    *text = (WeirJsonText){data + length, data + length, &weir_json_hive_syntax};
    const uint8_t *at = weir_json_skip_blank(text, data);
    return at != NULL && at < text->end && weir_json_scan_value(text, at, 0, token) != NULL;
}

bool weir_json_first_value(const WeirStringView *view, WeirBuffer *replaced, WeirJsonText *text, WeirJsonToken *token)
{
    const uint8_t *data = weir_view_data(view);
    if (scan(data, view->length, text, token))
        return true;
    if (weir_utf8_is_valid(data, view->length))
        return false;
    weir_buffer_clear(replaced);
    weir_utf8_append_replaced(data, view->length, replaced);
    return !replaced->failed && scan((const uint8_t *)replaced->data, replaced->length, text, token);
}

WEIR_TEXT_KERNEL(array_length_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirBuffer replaced;
    weir_buffer_init(&replaced, 0, call->arena->tracker);
    WEIR_FOR_ROWS(call, row)
    {
        WeirJsonText text;
        WeirJsonToken array, element;
        int32_t count = 0;
        if (!weir_json_first_value(weir_argument_view(&x, row), &replaced, &text, &array) ||
            array.kind != WEIR_JSON_TOKEN_ARRAY) {
            weir_result_set_null(call, result, row);
            continue;
        }
        text.end = array.start + array.length;
        for (const uint8_t *at = array.start + 1; weir_json_next_member(&text, &at, NULL, &element);)
            count++;
        ((int32_t *)result->values)[row] = count;
    }
    WeirStatus status = weir_buffer_check(&replaced, error);
    weir_buffer_deinit(&replaced);
    return status;
}

static void append_keys(WeirColumnWriter *writer, WeirJsonText *text, const WeirJsonToken *object, WeirBuffer *plain)
{
    WeirJsonToken name, value;
    text->end = object->start + object->length;
    for (const uint8_t *at = object->start + 1; weir_json_next_member(text, &at, &name, &value);) {
        weir_buffer_clear(plain);
        weir_json_copy_characters(&name, plain);
        weir_column_writer_append_bytes(&writer->children[0], weir_buffer_text(plain), plain->length);
    }
    weir_column_writer_end_list(writer);
}

WEIR_TEXT_KERNEL(object_keys_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirColumnWriter writer;
    WeirBuffer replaced, plain;
    weir_buffer_init(&replaced, 0, call->arena->tracker);
    weir_buffer_init(&plain, 0, call->arena->tracker);
    weir_column_writer_init(&writer, result->type, call->row_count, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        WeirJsonText text;
        WeirJsonToken object;
        while (writer.length < row && !writer.failed)
            weir_column_writer_append_null(&writer);
        if (!weir_argument_is_null(&x, row) &&
            weir_json_first_value(weir_argument_view(&x, row), &replaced, &text, &object) &&
            object.kind == WEIR_JSON_TOKEN_OBJECT)
            append_keys(&writer, &text, &object, &plain);
        else
            weir_column_writer_append_null(&writer);
    }
    while (writer.length < call->row_count && !writer.failed)
        weir_column_writer_append_null(&writer);
    WeirStatus status = weir_buffer_check(&replaced, error);
    if (status == WEIR_OK)
        status = weir_buffer_check(&plain, error);
    weir_buffer_deinit(&replaced);
    weir_buffer_deinit(&plain);
    return status == WEIR_OK ? weir_column_writer_finish(&writer, result, error) : status;
}

static WeirStatus resolve_array_length(WeirFunctionCall *call, WeirError *error)
{
    call->result_type = &weir_type_int;
    return weir_call_format_text(call, 0, error);
}

static WeirStatus resolve_object_keys(WeirFunctionCall *call, WeirError *error)
{
    call->result_type = weir_type_array(call->arena, &weir_type_string, true);
    return weir_call_format_text(call, 0, error);
}

const WeirFunction weir_functions_json_parts[] = {
    {.name = "json_array_length",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_array_length,
     .kernel = array_length_kernel,
     .group = "json_funcs",
     .usage = "json_array_length(json): how many elements."},
    {.name = "json_object_keys",
     .flags = WEIR_FUNCTION_NULLABLE,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_object_keys,
     .kernel = object_keys_kernel,
     .group = "json_funcs",
     .usage = "json_object_keys(json): the keys of an object."},
    {0},
};
