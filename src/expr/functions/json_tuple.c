/* json_tuple: members of one JSON object as strings; bad JSON gives nulls. */
#include "common/json.h"
#include "expr/column_writer.h"
#include "expr/generators.h"

static void append_member(WeirColumnWriter *writer, const WeirJson *member)
{
    if (member == NULL || member->kind == WEIR_JSON_NULL)
        weir_column_writer_append_null(writer);
    else if (member->kind == WEIR_JSON_STRING || member->kind == WEIR_JSON_NUMBER)
        weir_column_writer_append_bytes(writer, member->text, member->length);
    else
        weir_column_writer_append_bytes(writer, member->source, member->source_length);
}

WeirStatus weir_json_tuple_expand(const WeirExpression *generator, const WeirVector *const *arguments,
                                  const WeirBatch *input, uint32_t *counts, WeirVector *outputs, WeirArena *arena,
                                  WeirError *error)
{
    uint32_t width = generator->child_count - 1;
    WeirColumnWriter *writers = WEIR_ARENA_ARRAY(arena, WeirColumnWriter, width);
    for (uint32_t c = 0; c < width; c++)
        weir_column_writer_init(&writers[c], &weir_type_string, input->selected_count, arena);
    for (uint32_t k = 0; k < input->selected_count; k++) {
        uint32_t row = weir_batch_row(input, k);
        const WeirVector *flat;
        WeirJson *json = NULL;
        counts[k] = 1;
        if (!weir_vector_is_null(arguments[0], row)) {
            uint32_t at = weir_vector_locate(arguments[0], row, &flat);
            const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
            if (weir_json_parse((const char *)weir_view_data(view), view->length, arena, &json, NULL) != WEIR_OK)
                json = NULL;
        }
        for (uint32_t c = 0; c < width; c++) {
            const WeirJson *member = NULL;
            if (json != NULL && json->kind == WEIR_JSON_OBJECT && !weir_vector_is_null(arguments[1 + c], row)) {
                uint32_t at = weir_vector_locate(arguments[1 + c], row, &flat);
                const WeirStringView *key = &((const WeirStringView *)flat->values)[at];
                member = weir_json_get(json, weir_arena_strndup(arena, (const char *)weir_view_data(key), key->length));
            }
            append_member(&writers[c], member);
        }
    }
    for (uint32_t c = 0; c < width; c++)
        WEIR_TRY(weir_column_writer_finish(&writers[c], &outputs[c], error));
    return WEIR_OK;
}
