/* Grouping keys as fixed-size words: one word per number, two per string view, fields of structs one by one, nulls as
 * bits of a leading word (a null string is a view of impossible length). Keys of other types are one view over their
 * UnsafeRow bytes. Word keys are hashed and compared without looking at types. */
#ifndef WEIR_OPERATORS_GROUP_KEYS_H
#define WEIR_OPERATORS_GROUP_KEYS_H

#include "columnar/unsafe_row.h"
#include "operators/operator.h"

typedef struct WeirKeyNode WeirKeyNode;
struct WeirKeyNode {
    const WeirDataType *type;
    WeirPhysicalType physical;
    uint32_t word;     /* first word of the value */
    uint32_t null_bit; /* bit in word 0; UINT32_MAX: a view */
    uint32_t child_count;
    WeirKeyNode *children; /* struct */
};

typedef struct WeirKeyLayout {
    const WeirSchema *schema; /* the key columns */
    bool encoded;             /* one view over the whole key's UnsafeRow */
    uint32_t word_count;
    bool has_null_word;
    uint32_t node_count; /* columns; encoded: 1 */
    WeirKeyNode *nodes;
    uint32_t *view_words; /* first words of views, ascending */
    uint32_t view_count;
} WeirKeyLayout;

/* Views are read as two words, whatever they were written as. */
typedef uint64_t WeirKeyWord __attribute__((may_alias));

void weir_key_layout_init(WeirKeyLayout *layout, const WeirSchema *schema, WeirArena *arena);
/* A layout whose keys are given as bytes. */
void weir_key_layout_init_encoded(WeirKeyLayout *layout, const WeirSchema *schema, WeirArena *arena);

/* Words [count][word_count] and hashes [count] of rows selection[0..count) (NULL: 0..count). Views point into the
 * vectors (or `arena`). */
WEIR_CHECKED WeirStatus weir_key_fill(const WeirKeyLayout *layout, const WeirVector *columns, const uint32_t *selection,
                                      uint32_t count, uint64_t *words, uint64_t *hashes, WeirArena *arena,
                                      WeirError *error);
/* The same, with words in `arena`, or those that lie in the vector already. */
WEIR_CHECKED WeirStatus weir_key_read(const WeirKeyLayout *layout, const WeirVector *columns, const uint32_t *selection,
                                      uint32_t count, const WeirKeyWord **words, uint64_t *hashes, WeirArena *arena,
                                      WeirError *error);
/* Hash of a key given as bytes, equal to weir_key_fill's of its view. */
uint64_t weir_key_hash_view(const WeirStringView *view);
/* The way back: key columns of `count` keys at base + i * stride (words), as flat vectors. Strings point where the
 * words point. */
WEIR_CHECKED WeirStatus weir_key_vectors(const WeirKeyLayout *layout, const uint8_t *base, size_t stride,
                                         uint32_t count, WeirVector *columns, WeirArena *arena, WeirError *error);

/* More than 8 bytes, compared eight at a time; the last eight may overlap. Words are mostly short: a call of memcmp
 * would cost more. */
static inline bool weir_key_bytes_equal(const uint8_t *a, const uint8_t *b, uint32_t length)
{
    uint64_t word_a, word_b;
    for (uint32_t at = 0; at + 8 < length; at += 8) {
        memcpy(&word_a, a + at, 8);
        memcpy(&word_b, b + at, 8);
        if (word_a != word_b)
            return false;
    }
    memcpy(&word_a, a + length - 8, 8);
    memcpy(&word_b, b + length - 8, 8);
    return word_a == word_b;
}
bool weir_key_equal_views(const WeirKeyLayout *layout, const WeirKeyWord *a, const WeirKeyWord *b);
static inline bool weir_key_view_words_equal(const WeirKeyWord *a, const WeirKeyWord *b)
{
    if (a[0] != b[0])
        return false;
    uint32_t length = (uint32_t)a[0];
    if (length <= WEIR_VIEW_INLINE_BYTES || length == UINT32_MAX || a[1] == b[1])
        return a[1] == b[1];
    const uint8_t *data_a, *data_b;
    memcpy(&data_a, &a[1], sizeof(data_a));
    memcpy(&data_b, &b[1], sizeof(data_b));
    return weir_key_bytes_equal(data_a, data_b, length);
}
static inline bool weir_key_equal(const WeirKeyLayout *layout, const WeirKeyWord *a, const WeirKeyWord *b)
{
    if (layout->view_count != 0)
        return weir_key_equal_views(layout, a, b);
    for (uint32_t i = 0; i < layout->word_count; i++) {
        if (a[i] != b[i])
            return false;
    }
    return true;
}

#endif
