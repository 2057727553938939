/* A dense binary kernel of one operation on one type. Included with
 *   NAME        of the function
 *   TYPE        of the operands, RESULT of the result
 *   COMPUTE     r from a and b, without undefined behaviour for any bits
 *   BAD         an expression of a, b and r that is not zero when the row may not be used (overflow, division by zero);
 * 0 = never The loops have no branch, so that they vectorize; NAME returns whether any row computed was bad, garbage
 * rows included. */
static bool NAME(const WeirKernelCall *call, const WeirVector *left, const WeirVector *right, WeirVector *result)
{
    const TYPE *restrict x = left->values;
    const TYPE *restrict y = right->values;
    RESULT *restrict out = result->values;
    uint32_t bad = 0;
    if (!call->dense) {
        uint32_t mask_x = left->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
        uint32_t mask_y = right->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
        WEIR_FOR_ROWS(call, row)
        {
            TYPE a = x[row & mask_x], b = y[row & mask_y];
            RESULT r;
            COMPUTE;
            bad |= (uint32_t)(BAD);
            out[row] = r;
        }
    } else if (right->kind == WEIR_VECTOR_CONSTANT) {
        const TYPE b = y[0];
        for (uint32_t row = 0; row < call->row_count; row++) {
            TYPE a = x[row];
            RESULT r;
            COMPUTE;
            bad |= (uint32_t)(BAD);
            out[row] = r;
        }
    } else if (left->kind == WEIR_VECTOR_CONSTANT) {
        const TYPE a = x[0];
        for (uint32_t row = 0; row < call->row_count; row++) {
            TYPE b = y[row];
            RESULT r;
            COMPUTE;
            bad |= (uint32_t)(BAD);
            out[row] = r;
        }
    } else {
        for (uint32_t row = 0; row < call->row_count; row++) {
            TYPE a = x[row], b = y[row];
            RESULT r;
            COMPUTE;
            bad |= (uint32_t)(BAD);
            out[row] = r;
        }
    }
    return bad != 0;
}
#undef NAME
#undef TYPE
#undef RESULT
#undef COMPUTE
#undef BAD
