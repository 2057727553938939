/* What looks at the characters of text: valid UTF-8, check digits, masking, quoting. */
#include "columnar/utf8.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"
#include "expr/unicode.h"

static inline WeirStringView *views_of(WeirVector *result)
{
    return result->values;
}

/* ---- UTF-8 */

WEIR_TEXT_KERNEL(is_valid_utf8_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        ((uint8_t *)result->values)[row] = weir_utf8_is_valid(text, text_length);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(make_valid_utf8_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        if (weir_utf8_is_valid(text, text_length)) {
            views_of(result)[row] = *text_view;
            continue;
        }
        weir_buffer_clear(&buffer);
        weir_utf8_append_replaced(text, text_length, &buffer);
        WEIR_TRY_OR_GO(done, weir_buffer_check(&buffer, error));
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, buffer.data, buffer.length, &views_of(result)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

static WeirStatus invalid_utf8(WeirKernelCall *call, const uint8_t *text, uint32_t length, WeirError *error)
{
    char shown[256];
    uint32_t used = 0;
    for (uint32_t i = 0; i < length && used + 8 < sizeof(shown); i++)
        used += (uint32_t)snprintf(shown + used, sizeof(shown) - used, "\\x%02X", text[i]);
    shown[used] = '\0';
    return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_UTF8_STRING, "str", shown), error);
}

WEIR_TEXT_KERNEL(validate_utf8_kernel)
{
    bool trying = call->expression->function->name[0] == 't';
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        if (weir_utf8_is_valid(text, text_length))
            views_of(result)[row] = *text_view;
        else if (trying)
            weir_result_set_null(call, result, row);
        else
            return invalid_utf8(call, text, text_length, error);
    }
    return WEIR_OK;
}

/* ---- luhn_check: every second digit from the right counts twice, less nine where that has two digits */

WEIR_TEXT_KERNEL(luhn_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        bool good = text_length > 0;
        uint32_t sum = 0;
        for (uint32_t i = 0; i < text_length && good; i++) {
            uint32_t digit = (uint32_t)text[text_length - 1 - i] - '0';
            good = digit <= 9;
            digit <<= i & 1u;
            sum += digit > 9 ? digit - 9 : digit;
        }
        ((uint8_t *)result->values)[row] = good && sum % 10 == 0;
    }
    return WEIR_OK;
}

/* ---- quote */

WEIR_TEXT_KERNEL(quote_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView valid;
        WEIR_TRY(weir_text_heap_valid(&heap, weir_argument_view(&x, row), &valid, error));
        const uint8_t *text = weir_view_data(&valid);
        uint32_t text_length = valid.length;
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 2 + 2, error));
        uint32_t length = 0;
        heap.next[length++] = '\'';
        for (uint32_t i = 0; i < text_length; i++) {
            if (text[i] == '\'')
                heap.next[length++] = '\\';
            heap.next[length++] = text[i];
        }
        heap.next[length++] = '\'';
        views_of(result)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

/* ---- mask(text, upper, lower, digit, other): a null stands for "leave these as they are" */

typedef enum MaskKind { MASK_UPPER, MASK_LOWER, MASK_DIGIT, MASK_OTHER } MaskKind;

static MaskKind mask_kind(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z'   ? MASK_UPPER
               : c >= 'a' && c <= 'z' ? MASK_LOWER
               : c >= '0' && c <= '9' ? MASK_DIGIT
                                      : MASK_OTHER;
    if (c >= 0x10000) /* two surrogates for Java */
        return MASK_OTHER;
    return weir_unicode_is_capital(c)   ? MASK_UPPER
           : weir_unicode_is_small(c)   ? MASK_LOWER
           : weir_unicode_digit(c) >= 0 ? MASK_DIGIT
                                        : MASK_OTHER;
}

WEIR_TEXT_KERNEL(mask_kernel)
{
    WeirArgument a[5];
    for (int i = 0; i < 5; i++)
        a[i] = weir_argument(arguments[i]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        if (weir_argument_is_null(&a[0], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        WeirStringView valid;
        WEIR_TRY(weir_text_heap_valid(&heap, weir_argument_view(&a[0], row), &valid, error));
        const uint8_t *text = weir_view_data(&valid);
        uint32_t text_length = valid.length;
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 4, error));
        uint32_t length = 0;
        for (size_t at = 0; at < text_length;) {
            size_t from = at;
            uint32_t c = weir_utf8_next(text, text_length, &at);
            MaskKind kind = mask_kind(c);
            bool keep = weir_argument_is_null(&a[1 + kind], row);
            const WeirStringView *with = keep ? NULL : weir_argument_view(&a[1 + kind], row);
            const uint8_t *bytes = keep ? text + from : weir_view_data(with);
            size_t count = keep ? at - from : with->length;
            count = count > 4 ? 4 : count;
            for (int units = !keep && c >= 0x10000 ? 2 : 1; units > 0; units--) { /* each surrogate is masked */
                memcpy(heap.next + length, bytes, count);
                length += (uint32_t)count;
            }
        }
        views_of(result)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

/* The replacements are constants of one character each. */
static WeirStatus resolve_mask(WeirFunctionCall *call, WeirError *error)
{
    static const char *const names[] = {"str", "upperChar", "lowerChar", "digitChar", "otherChar"};
    for (uint32_t i = 1; i < call->argument_count; i++) {
        WeirValue *value;
        WEIR_TRY(weir_call_constant(call, i, &value, error));
        if (value == NULL)
            return weir_call_non_foldable(call, i, names[i], "\"STRING\"", error);
        if (weir_value_is_null(value) || value->type->id != WEIR_TYPE_STRING)
            continue;
        WeirStringView view = weir_value_get_view(value);
        if (weir_utf8_count(weir_view_data(&view), view.length) != 1)
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INPUT_SIZE_NOT_ONE, "sqlExpr",
                                  weir_call_sql(call), "exprName", names[i]);
    }
    call->result_type = &weir_type_string;
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define CHECK(NAME, FLAGS, SIGNATURE, KERNEL, USAGE)                                                                   \
    {                                                                                                                  \
        .name = NAME, .flags = NP | (FLAGS), .arguments_min = 1, .arguments_max = 1, .signature = SIGNATURE,           \
        .kernel = KERNEL, .group = "string_funcs", .usage = USAGE                                                      \
    }

const WeirFunction weir_functions_text_check[] = {
    CHECK("is_valid_utf8", 0, "string->boolean", is_valid_utf8_kernel,
          "is_valid_utf8(text): whether its bytes are valid UTF-8."),
    CHECK("make_valid_utf8", WEIR_FUNCTION_SHARES, "string->string", make_valid_utf8_kernel,
          "make_valid_utf8(text): with U+FFFD for each malformed sequence."),
    CHECK("validate_utf8", WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_SHARES, "string->string", validate_utf8_kernel,
          "validate_utf8(text): itself; fails unless it is valid UTF-8."),
    CHECK("try_validate_utf8", WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_SHARES, "string->string", validate_utf8_kernel,
          "try_validate_utf8(text): itself; null unless it is valid UTF-8."),
    CHECK("luhn_check", 0, "string->boolean", luhn_kernel,
          "luhn_check(digits): whether the last digit is the check digit."),
    CHECK("quote", 0, "string->string", quote_kernel, "quote(text): in quotes, as a literal."),
    {.name = "mask",
     .flags = WEIR_FUNCTION_NULLABLE,
     .arguments_min = 1,
     .arguments_max = 5,
     .signature = "text,text='X',text='x',text='n',text=NULL->?",
     .resolve = resolve_mask,
     .kernel = mask_kernel,
     .group = "string_funcs",
     .usage = "mask(text[, upper[, lower[, digit[, other]]]]): each character replaced by that of its kind."},
    {0},
};
