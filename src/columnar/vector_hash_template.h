/* Included once per hash function by vector_hash_kernels.c, which defines Hash, HASH(part), HASH_ROW, HASH_COLUMN and
 * HASH_BYTES; they are undefined again here. */

static Hash HASH(valid)(const WeirVector *flat, uint32_t row, Hash seed)
{
    WeirPhysicalType physical = weir_type_physical(flat->type);
    switch (physical) {
    case WEIR_PHYSICAL_NONE:
        return seed;
    case WEIR_PHYSICAL_INT64:
        return HASH(long)(((const int64_t *)flat->values)[row], seed);
    case WEIR_PHYSICAL_FLOAT:
        return HASH(float)(((const float *)flat->values)[row], seed);
    case WEIR_PHYSICAL_DOUBLE:
        return HASH(double)(((const double *)flat->values)[row], seed);
    case WEIR_PHYSICAL_VIEW:
        return HASH(view)(&((const WeirStringView *)flat->values)[row], seed);
    case WEIR_PHYSICAL_INT128: {
        uint8_t bytes[16];
        uint32_t length = weir_int128_to_bytes(weir_load_int128(flat->values, row), bytes);
        return HASH_BYTES(bytes, length, seed);
    }
    case WEIR_PHYSICAL_INTERVAL: {
        const WeirCalendarInterval *interval = &((const WeirCalendarInterval *)flat->values)[row];
        return HASH(int)(interval->months, HASH(int)(interval->days, HASH(long)(interval->microseconds, seed)));
    }
    case WEIR_PHYSICAL_LIST: {
        const uint32_t *offsets = flat->values;
        for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++) {
            for (uint32_t i = 0; i < flat->type->field_count; i++)
                seed = HASH_ROW(&flat->children[i], at, seed);
        }
        return seed;
    }
    case WEIR_PHYSICAL_STRUCT:
        for (uint32_t i = 0; i < flat->type->field_count; i++)
            seed = HASH_ROW(&flat->children[i], row, seed);
        return seed;
    default:
        return HASH(int)((int32_t)weir_load_int(flat, physical, row), seed);
    }
}

Hash HASH_ROW(const WeirVector *vector, uint32_t row, Hash seed)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    return weir_flat_is_null(flat, at) ? seed : HASH(valid)(flat, at, seed);
}

/* Flat column without nulls, or with: the branch-free form first, since it is the one that the compiler vectorizes. */
#define HASH_LOOP(Value, part, argument)                                                                               \
    do {                                                                                                               \
        const Value *values = vector->values;                                                                          \
        if (vector->validity == NULL && selection == NULL) {                                                           \
            for (uint32_t k = 0; k < count; k++)                                                                       \
                hashes[k] = HASH(part)(argument values[k], hashes[k]);                                                 \
        } else {                                                                                                       \
            for (uint32_t k = 0; k < count; k++) {                                                                     \
                uint32_t row = selection == NULL ? k : selection[k];                                                   \
                if (vector->validity == NULL || weir_bit_get(vector->validity, row))                                   \
                    hashes[k] = HASH(part)(argument values[row], hashes[k]);                                           \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

void HASH_COLUMN(const WeirVector *vector, const uint32_t *selection, uint32_t count, Hash *hashes)
{
    WeirPhysicalType physical =
        vector->kind == WEIR_VECTOR_FLAT ? weir_type_physical(vector->type) : WEIR_PHYSICAL_STRUCT;
    switch (physical) {
    case WEIR_PHYSICAL_BOOL:
        HASH_LOOP(uint8_t, int, );
        break;
    case WEIR_PHYSICAL_INT8:
        HASH_LOOP(int8_t, int, );
        break;
    case WEIR_PHYSICAL_INT16:
        HASH_LOOP(int16_t, int, );
        break;
    case WEIR_PHYSICAL_INT32:
        HASH_LOOP(int32_t, int, );
        break;
    case WEIR_PHYSICAL_INT64:
        HASH_LOOP(int64_t, long, );
        break;
    case WEIR_PHYSICAL_FLOAT:
        HASH_LOOP(float, float, );
        break;
    case WEIR_PHYSICAL_DOUBLE:
        HASH_LOOP(double, double, );
        break;
    case WEIR_PHYSICAL_VIEW:
        HASH_LOOP(WeirStringView, view, &);
        break;
    default:
        for (uint32_t k = 0; k < count; k++)
            hashes[k] = HASH_ROW(vector, selection == NULL ? k : selection[k], hashes[k]);
    }
}

#undef Hash
#undef HASH
#undef HASH_ROW
#undef HASH_COLUMN
#undef HASH_BYTES
#undef HASH_LOOP
