/* Keeping one value of any type. */
#include "expr/aggregates/holder.h"

static WeirStatus assign_view(WeirHolder *holder, WeirArena *arena, const WeirStringView *view, WeirError *error)
{
    if (view->length <= WEIR_VIEW_INLINE_BYTES) {
        holder->view = *view;
        return WEIR_OK;
    }
    if (view->length > holder->capacity) {
        uint32_t capacity = view->length < 32 ? 32 : view->length < (1u << 28) ? view->length * 2 : view->length;
        void *memory = NULL;
        WEIR_TRY(weir_arena_try_alloc(arena, capacity, &memory, error));
        holder->memory = memory;
        holder->capacity = capacity;
    }
    memmove(holder->memory, weir_view_data(view), view->length);
    holder->view = weir_view_make(holder->memory, view->length);
    return WEIR_OK;
}

WeirStatus weir_holder_assign(WeirHolder *holder, WeirArena *arena, const WeirVector *vector, uint32_t row,
                              WeirError *error)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    holder->set = true;
    holder->validity = !weir_vector_is_null(vector, row);
    if (holder->validity == 0)
        return WEIR_OK;
    if (weir_type_is_nested(vector->type)) {
        WeirValue *value = NULL;
        WEIR_TRY(weir_value_from_row(arena, vector, row, &value, error));
        holder->vector = *value;
        return WEIR_OK;
    }
    holder->vector =
        (WeirVector){.type = vector->type, .kind = WEIR_VECTOR_CONSTANT, .length = 1, .values = holder->fixed};
    size_t size = weir_physical_size(weir_type_physical(vector->type));
    if (weir_type_physical(vector->type) == WEIR_PHYSICAL_VIEW)
        return assign_view(holder, arena, &((const WeirStringView *)flat->values)[at], error);
    memcpy(holder->fixed, (const uint8_t *)flat->values + (size_t)at * size, size);
    return WEIR_OK;
}

int weir_holder_compare(const WeirHolder *holder, const WeirVector *vector, uint32_t row)
{
    return weir_vector_compare_rows(&holder->vector, 0, vector, row);
}

void weir_holder_emit(const WeirHolder *holder, WeirColumnWriter *writer)
{
    if (holder == NULL || !holder->set || weir_holder_is_null(holder))
        weir_column_writer_append_null(writer);
    else
        weir_column_writer_append_row(writer, &holder->vector, 0);
}
