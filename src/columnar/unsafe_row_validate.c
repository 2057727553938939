/* Checking foreign UnsafeRow bytes before they are read: every offset and size must stay inside, bits past the last
 * field and bytes past a narrow value must be zero, as Spark's own format check of state rows wants it. */
#include "columnar/unsafe_row_private.h"

static bool validate_value(const WeirDataType *type, const uint8_t *base, size_t size, size_t least, uint64_t word);

static uint64_t read_word(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    return word;
}

/* Bits from `count` on in the last word of null bits. */
static bool spare_bits_are_zero(const uint8_t *bits, size_t count)
{
    if (count % 64 == 0)
        return true;
    return read_word(bits + count / 64 * 8) >> (count % 64) == 0;
}

static bool validate_struct(const WeirDataType *type, const uint8_t *row, size_t size)
{
    size_t null_bytes = weir_unsafe_row_null_bytes(type->field_count);
    size_t fixed_bytes = null_bytes + (size_t)type->field_count * 8u;
    if (type->field_count == 0)
        return true;
    if (size < fixed_bytes || !spare_bits_are_zero(row, type->field_count))
        return false;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const WeirDataType *field = type->fields[i].type;
        WeirPhysicalType physical = weir_type_physical(field);
        uint64_t word = read_word(row + null_bytes + (size_t)i * 8u);
        if (weir_unsafe_row_is_null(row, i)) {
            if (word != 0 && physical != WEIR_PHYSICAL_INT128 && physical != WEIR_PHYSICAL_INTERVAL)
                return false;
        } else if (!validate_value(field, row, size, fixed_bytes, word)) {
            return false;
        }
    }
    return true;
}

static bool validate_array(const WeirDataType *element, const uint8_t *array, size_t size)
{
    if (size < 8)
        return false;
    uint64_t count = read_word(array);
    if (count > size * 8)
        return false;
    WeirPhysicalType physical = weir_type_physical(element);
    size_t width = weir_unsafe_element_width(physical);
    size_t slots = 8u + weir_bit_words_bytes(count);
    size_t fixed_bytes = slots + weir_round_to_word(count * width);
    if (fixed_bytes > size || !spare_bits_are_zero(array + 8, count))
        return false;
    if (weir_unsafe_is_fixed(physical) && physical != WEIR_PHYSICAL_BOOL && physical != WEIR_PHYSICAL_NONE)
        return true;
    for (size_t i = 0; i < count; i++) {
        if ((array[8 + (i >> 3)] >> (i & 7) & 1) != 0)
            continue;
        uint64_t word = 0;
        memcpy(&word, array + slots + i * width, width);
        if (!validate_value(element, array, size, fixed_bytes, word))
            return false;
    }
    return true;
}

static bool validate_map(const WeirDataType *type, const uint8_t *map, size_t size)
{
    if (size < 8)
        return false;
    uint64_t key_bytes = read_word(map);
    if (key_bytes < 8 || key_bytes > size - 8 || size - 8 - key_bytes < 8)
        return false;
    const uint8_t *values = map + 8 + key_bytes;
    return read_word(map + 8) == read_word(values) && validate_array(weir_type_key(type), map + 8, key_bytes) &&
           validate_array(weir_type_value(type), values, size - 8 - key_bytes);
}

/* A value that is not null, by its slot's word; variable parts lie in base[least, size). */
static bool validate_value(const WeirDataType *type, const uint8_t *base, size_t size, size_t least, uint64_t word)
{
    WeirPhysicalType physical = weir_type_physical(type);
    switch (physical) {
    case WEIR_PHYSICAL_NONE:
        return false;
    case WEIR_PHYSICAL_BOOL:
        return word <= 1;
    case WEIR_PHYSICAL_INT8:
        return word >> 8 == 0;
    case WEIR_PHYSICAL_INT16:
        return word >> 16 == 0;
    case WEIR_PHYSICAL_INT32:
    case WEIR_PHYSICAL_FLOAT:
        return word >> 32 == 0;
    case WEIR_PHYSICAL_INT64:
    case WEIR_PHYSICAL_DOUBLE:
        return true;
    default:
        break;
    }
    size_t offset = word >> 32, bytes = (uint32_t)word;
    if (bytes > INT32_MAX || offset < least || offset > size || bytes > size - offset)
        return false;
    switch (physical) {
    case WEIR_PHYSICAL_INT128:
        return bytes >= 1 && bytes <= 16;
    case WEIR_PHYSICAL_INTERVAL:
        return bytes == 16;
    case WEIR_PHYSICAL_STRUCT:
        return validate_struct(type, base + offset, bytes);
    case WEIR_PHYSICAL_LIST:
        return type->id == WEIR_TYPE_MAP ? validate_map(type, base + offset, bytes)
                                         : validate_array(weir_type_element(type), base + offset, bytes);
    default:
        return true;
    }
}

bool weir_unsafe_row_validate(const WeirSchema *schema, const uint8_t *row, size_t size)
{
    return validate_struct(schema, row, size);
}
