/* json_tuple: members of one JSON object as strings; bad JSON gives nulls. */
#include "columnar/utf8.h"
#include "expr/column_writer.h"
#include "expr/functions/json_parts.h"
#include "expr/generators.h"
#include "expr/kernel.h"
#include "formats/json_copy.h"

typedef struct Tuple {
    const WeirVector *const *arguments;
    uint32_t width;
    WeirJsonToken *found; /* by column; start NULL: none */
    WeirBuffer replaced, plain;
} Tuple;

static const WeirStringView *text_at(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    if (weir_vector_is_null(vector, row))
        return NULL;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    return &((const WeirStringView *)flat->values)[at];
}

/* Of members with one name the last that is not null counts. */
static void find_members(Tuple *tuple, WeirJsonText text, const WeirJsonToken *object, uint32_t row)
{
    WeirJsonToken name, value;
    text.end = object->start + object->length;
    for (const uint8_t *at = object->start + 1; weir_json_next_member(&text, &at, &name, &value);) {
        if (value.kind == WEIR_JSON_TOKEN_NULL)
            continue;
        weir_buffer_clear(&tuple->plain);
        weir_json_copy_characters(&name, &tuple->plain);
        for (uint32_t c = 0; c < tuple->width; c++) {
            const WeirStringView *key = text_at(tuple->arguments[1 + c], row);
            if (key != NULL && key->length == tuple->plain.length &&
                memcmp(weir_view_data(key), weir_buffer_text(&tuple->plain), key->length) == 0)
                tuple->found[c] = value;
        }
    }
}

static void append_row(Tuple *tuple, WeirColumnWriter *writers, uint32_t row)
{
    const WeirStringView *json = text_at(tuple->arguments[0], row);
    WeirJsonText text = {0};
    WeirJsonToken object;
    for (uint32_t c = 0; c < tuple->width; c++)
        tuple->found[c].start = NULL;
    if (json != NULL && weir_json_first_value(json, &tuple->replaced, &text, &object) &&
        object.kind == WEIR_JSON_TOKEN_OBJECT)
        find_members(tuple, text, &object, row);
    for (uint32_t c = 0; c < tuple->width; c++) {
        const WeirJsonToken *token = &tuple->found[c];
        if (token->start == NULL) {
            weir_column_writer_append_null(&writers[c]);
            continue;
        }
        weir_buffer_clear(&tuple->plain);
        if (token->kind == WEIR_JSON_TOKEN_STRING)
            weir_json_copy_characters(token, &tuple->plain);
        else
            weir_json_copy_value(&text, token, &tuple->plain);
        weir_column_writer_append_bytes(&writers[c], weir_buffer_text(&tuple->plain), tuple->plain.length);
    }
}

WeirStatus weir_json_tuple_expand(const WeirExpression *generator, const WeirVector *const *arguments,
                                  const WeirBatch *input, uint32_t *counts, WeirVector *outputs, WeirArena *arena,
                                  WeirError *error)
{
    Tuple tuple = {.arguments = arguments, .width = generator->child_count - 1};
    WeirColumnWriter *writers = WEIR_ARENA_ARRAY(arena, WeirColumnWriter, tuple.width);
    WeirStatus status;
    tuple.found = WEIR_ARENA_ARRAY(arena, WeirJsonToken, tuple.width);
    weir_buffer_init(&tuple.replaced, 0, arena->tracker);
    weir_buffer_init(&tuple.plain, 0, arena->tracker);
    for (uint32_t c = 0; c < tuple.width; c++)
        weir_column_writer_init(&writers[c], &weir_type_string, input->selected_count, arena);
    for (uint32_t k = 0; k < input->selected_count; k++) {
        counts[k] = 1;
        append_row(&tuple, writers, weir_batch_row(input, k));
    }
    WEIR_TRY_OR_GO(done, weir_buffer_check(&tuple.replaced, error));
    WEIR_TRY_OR_GO(done, weir_buffer_check(&tuple.plain, error));
    for (uint32_t c = 0; c < tuple.width; c++)
        WEIR_TRY_OR_GO(done, weir_column_writer_finish(&writers[c], &outputs[c], error));
done:
    weir_buffer_deinit(&tuple.replaced);
    weir_buffer_deinit(&tuple.plain);
    return status;
}
