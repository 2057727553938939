/* Vectors: one column of a batch. Layout is Arrow's (validity bitmap, fixed-width values, 32-bit list offsets, struct
 * children), except that strings and binary are 16-byte views, and booleans are bytes. A vector's memory belongs to its
 * batch's arena (or to batches that the batch retains); vectors are never freed singly and are read-only once their
 * batch is passed on. */
#ifndef WEIR_COLUMNAR_VECTOR_H
#define WEIR_COLUMNAR_VECTOR_H

#include "columnar/data_type.h"

#define WEIR_BATCH_ROWS_DEFAULT 4096u
#define WEIR_BATCH_BYTES_DEFAULT (4u << 20)

/* Up to 12 bytes are inline (zero-padded); longer values keep a 4-byte prefix and an address. */
#define WEIR_VIEW_INLINE_BYTES 12u
typedef struct WeirStringView {
    uint32_t length;
    union {
        uint8_t inlined[12];
        struct {
            uint8_t prefix[4];
            uint8_t data_address[8]; /* const uint8_t *, unaligned for the union's layout: use weir_view_data */
        } reference;
    };
} WeirStringView;

static inline const uint8_t *weir_view_data(const WeirStringView *view)
{
    if (view->length <= WEIR_VIEW_INLINE_BYTES)
        return view->inlined;
    const uint8_t *data;
    memcpy(&data, view->reference.data_address, sizeof(data));
    return data;
}
/* `data` must outlive the view when length > 12; it may be NULL when length is 0. The two words are put together in
 * registers (little-endian): a view made byte by byte in memory is read again before its parts have arrived. Short
 * values are two overlapping loads of a fixed size, since a memcpy of variable size is a call. */
static inline WeirStringView weir_view_make(const void *data, uint32_t length)
{
    const uint8_t *bytes = (const uint8_t *)data;
    uint64_t words[2] = {length, 0}, head = 0;
    uint32_t first = 0, last = 0;
    WeirStringView view;
    if (length > WEIR_VIEW_INLINE_BYTES) {
        memcpy(&first, bytes, 4);
        words[0] |= (uint64_t)first << 32;
        words[1] = (uint64_t)(uintptr_t)bytes;
    } else if (length >= 8) {
        memcpy(&head, bytes, 8);
        memcpy(&last, bytes + length - 4, 4);
        words[0] |= head << 32;
        words[1] = head >> 32 | (uint64_t)last << 8 * (length - 8);
    } else if (length >= 4) {
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + length - 4, 4);
        words[0] |= (uint64_t)first << 32;
        words[1] = (uint64_t)last >> 8 * (8 - length);
    } else if (length > 0) {
        head = bytes[0] | (uint64_t)bytes[length >> 1] << 8 * (length >> 1) |
               (uint64_t)bytes[length - 1] << 8 * (length - 1);
        words[0] |= head << 32;
    }
    memcpy(&view, words, sizeof(view));
    return view;
}
/* A view over a copy of the bytes in `arena`. */
WeirStringView weir_view_copy(WeirArena *arena, const void *data, size_t length);
static inline bool weir_view_equal(const WeirStringView *a, const WeirStringView *b)
{
    uint64_t head_a, head_b;
    memcpy(&head_a, a, 8); /* length and the first four bytes */
    memcpy(&head_b, b, 8);
    if (head_a != head_b)
        return false;
    if (a->length <= WEIR_VIEW_INLINE_BYTES)
        return memcmp(a->inlined, b->inlined, WEIR_VIEW_INLINE_BYTES) == 0;
    return memcmp(weir_view_data(a), weir_view_data(b), a->length) == 0;
}
/* Unsigned byte order, as Spark's UTF8_BINARY: < 0, 0, > 0. */
int weir_view_compare(const WeirStringView *a, const WeirStringView *b);

typedef struct WeirCalendarInterval {
    int32_t months;
    int32_t days;
    int64_t microseconds;
} WeirCalendarInterval;

typedef __int128 WeirInt128;

typedef enum WeirVectorKind {
    WEIR_VECTOR_FLAT,
    WEIR_VECTOR_CONSTANT,  /* one physical value (row 0) stands for all rows; null when validity bit 0 is clear */
    WEIR_VECTOR_DICTIONARY /* row i is row indices[i] of `dictionary` (flat or constant); its own validity is NULL:
                              nullness is the dictionary row's. An index of WEIR_NULL_INDEX is a null row. */
} WeirVectorKind;
#define WEIR_NULL_INDEX UINT32_MAX

typedef struct WeirVector WeirVector;
struct WeirVector {
    const WeirDataType *type;
    WeirVectorKind kind;
    uint32_t length;        /* rows; for constant vectors the rows it stands for */
    uint64_t *validity;     /* bit i set = row i is not null; NULL = no nulls. Bits past `length` are undefined */
    void *values;           /* by weir_type_physical(type); list: uint32_t offsets[length + 1]; struct, void: NULL */
    WeirVector *children;   /* list: array 1 (element), map 2 (key, value); struct: one per field; flat or constant or
                               dictionary */
    uint32_t *indices;      /* dictionary only */
    WeirVector *dictionary; /* dictionary only */
};

static inline bool weir_bit_get(const uint64_t *bits, uint32_t index)
{
    return (bits[index >> 6] >> (index & 63)) & 1u;
}
static inline void weir_bit_set(uint64_t *bits, uint32_t index)
{
    bits[index >> 6] |= (uint64_t)1 << (index & 63);
}
static inline void weir_bit_clear(uint64_t *bits, uint32_t index)
{
    bits[index >> 6] &= ~((uint64_t)1 << (index & 63));
}
static inline size_t weir_bit_words(uint32_t count)
{
    return ((size_t)count + 63u) / 64u;
}

/* The physical row of `row` (constant: 0, dictionary: through the index, nested kinds too); WEIR_NULL_INDEX for a null
 * index. `*flat` is the vector that holds it. */
static inline uint32_t weir_vector_locate(const WeirVector *vector, uint32_t row, const WeirVector **flat)
{
    for (;;) {
        if (vector->kind == WEIR_VECTOR_FLAT) {
            *flat = vector;
            return row;
        }
        if (vector->kind == WEIR_VECTOR_CONSTANT) {
            *flat = vector;
            return 0;
        }
        row = vector->indices[row];
        vector = vector->dictionary;
        if (row == WEIR_NULL_INDEX) {
            *flat = vector;
            return row;
        }
    }
}
static inline bool weir_vector_is_null(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    return at == WEIR_NULL_INDEX || flat->type->id == WEIR_TYPE_VOID ||
           (flat->validity != NULL && !weir_bit_get(flat->validity, at));
}

/* A flat vector with room for `capacity` rows, values uninitialised, validity NULL, length 0. Children of structs get
 * the same capacity; lists get offsets (offset 0 set) and empty children to be set by the caller. */
WEIR_CHECKED WeirStatus weir_vector_init(WeirVector *vector, const WeirDataType *type, uint32_t capacity,
                                         WeirArena *arena, WeirError *error);
/* Make sure there is a bitmap, all set, with room for `capacity` rows. */
void weir_vector_ensure_validity(WeirVector *vector, uint32_t capacity, WeirArena *arena);
/* An all-null constant of `length` rows. */
void weir_vector_init_null(WeirVector *vector, const WeirDataType *type, uint32_t length, WeirArena *arena);
/* Turn any kind into a flat vector in `out`: shares values when `vector` is flat. */
WEIR_CHECKED WeirStatus weir_vector_flatten(const WeirVector *vector, WeirVector *out, WeirArena *arena,
                                            WeirError *error);
/* Rows selection[0..count) (NULL: rows 0..count) as a new flat vector; WEIR_NULL_INDEX gives a null row. Nothing of the
 * result points into `vector`'s memory when `deep`. */
WEIR_CHECKED WeirStatus weir_vector_gather(const WeirVector *vector, const uint32_t *selection, uint32_t count,
                                           bool deep, WeirVector *out, WeirArena *arena, WeirError *error);
/* A dictionary vector over `vector` (no copy); `indices` must live as long. */
void weir_vector_wrap_dictionary(WeirVector *vector, uint32_t *indices, uint32_t count, WeirVector *out);

/* Comparison of two rows of equal types: Spark's order (NaN = NaN and greatest, -0.0 = 0.0; arrays and structs field by
 * field, null first). Nulls: null = null, null < anything. For keys, grouping, sort and join; SQL's three-valued `=` is
 * expr's. */
int weir_vector_compare_rows(const WeirVector *a, uint32_t row_a, const WeirVector *b, uint32_t row_b);
/* Spark's Murmur3 (hash()) of one row, chained through `seed`. */
uint32_t weir_vector_murmur3_row(const WeirVector *vector, uint32_t row, uint32_t seed);
uint64_t weir_vector_xxhash64_row(const WeirVector *vector, uint32_t row, uint64_t seed);
/* Whole-column forms: hashes[k] is seed in, hash out, for k-th selected row (selection NULL: rows 0..count). */
void weir_vector_murmur3(const WeirVector *vector, const uint32_t *selection, uint32_t count, uint32_t *hashes);
void weir_vector_xxhash64(const WeirVector *vector, const uint32_t *selection, uint32_t count, uint64_t *hashes);

#endif
