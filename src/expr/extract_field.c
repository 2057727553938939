/* Struct field access: the field's vector itself, with the struct's nulls put on it. Of an array of structs: the array
 * of that field. */
#include "expr/program_private.h"

static WeirStatus with_nulls_of(const WeirKernelCall *call, const WeirVector *parent, const WeirVector *child,
                                uint32_t length, WeirVector *out, WeirError *error)
{
    if (parent->validity == NULL) {
        *out = *child;
        out->length = length;
        return WEIR_OK;
    }
    WEIR_TRY(weir_vector_flatten(child, out, call->arena, error));
    size_t words = weir_bit_words(length);
    uint64_t *validity = weir_arena_alloc(call->arena, words * sizeof(uint64_t) + 8);
    for (size_t w = 0; w < words; w++)
        validity[w] = parent->validity[w] & (out->validity == NULL ? UINT64_MAX : out->validity[w]);
    out->validity = validity;
    out->length = length;
    return WEIR_OK;
}

WeirStatus weir_extract_field_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                     WeirError *error)
{
    const WeirVector *source = arguments[0];
    uint32_t ordinal = call->expression->ordinal;
    bool constant = source->kind == WEIR_VECTOR_CONSTANT;
    uint32_t length = constant ? 1 : call->row_count;
    if (source->type->id == WEIR_TYPE_STRUCT) {
        if (constant && weir_vector_is_null(source, 0)) {
            weir_vector_init_null(result, call->expression->type, call->row_count, call->arena);
            return WEIR_OK;
        }
        WEIR_TRY(with_nulls_of(call, source, &source->children[ordinal], length, result, error));
        if (constant && result->kind == WEIR_VECTOR_DICTIONARY) {
            WeirVector flat;
            WEIR_TRY(weir_vector_flatten(result, &flat, call->arena, error));
            *result = flat;
        }
        if (constant)
            result->kind = WEIR_VECTOR_CONSTANT;
        result->type = call->expression->type;
        return WEIR_OK;
    }
    const WeirVector *elements = &source->children[0];
    WeirVector *field = WEIR_ARENA_NEW(call->arena, WeirVector);
    WeirVector flat;
    WEIR_TRY(weir_vector_flatten(elements, &flat, call->arena, error));
    WEIR_TRY(with_nulls_of(call, &flat, &flat.children[ordinal], flat.length, field, error));
    result->values = source->values;
    result->validity = source->validity;
    result->children = field;
    result->kind = source->kind;
    return WEIR_OK;
}
