/* Words of grouping keys: layout, filling from vectors of any kind, and back. */
#include "operators/aggregate/group_keys.h"

#include "common/hash.h"

#define NO_BIT UINT32_MAX
#define NULL_VIEW_HEAD ((uint64_t)UINT32_MAX)

/* ---- layout ---- */

static bool fits_words(const WeirDataType *type)
{
    switch (weir_type_physical(type)) {
    case WEIR_PHYSICAL_LIST:
    case WEIR_PHYSICAL_INTERVAL:
        return false;
    case WEIR_PHYSICAL_STRUCT:
        for (uint32_t i = 0; i < type->field_count; i++) {
            if (!fits_words(type->fields[i].type))
                return false;
        }
        return true;
    default:
        return true;
    }
}

typedef struct LayoutCount {
    uint32_t words, bits, views;
} LayoutCount;

/* Every value gets its null bit, whatever the schema says of nullability: a wrong promise there must not make a null a
 * zero. */
static void node_init(WeirKeyNode *node, const WeirDataType *type, LayoutCount *count, WeirArena *arena)
{
    *node = (WeirKeyNode){.type = type, .physical = weir_type_physical(type), .null_bit = NO_BIT};
    bool is_view = node->physical == WEIR_PHYSICAL_VIEW;
    if (!is_view)
        node->null_bit = count->bits++;
    node->word = count->words;
    if (node->physical == WEIR_PHYSICAL_STRUCT) {
        node->child_count = type->field_count;
        node->children = WEIR_ARENA_ARRAY(arena, WeirKeyNode, type->field_count + 1);
        for (uint32_t i = 0; i < type->field_count; i++)
            node_init(&node->children[i], type->fields[i].type, count, arena);
        return;
    }
    if (node->physical == WEIR_PHYSICAL_NONE)
        return;
    count->words += is_view || node->physical == WEIR_PHYSICAL_INT128 ? 2 : 1;
    count->views += is_view;
}

/* The null word comes first, so every word moves up by one when there is any null bit. */
static void node_place(WeirKeyNode *node, uint32_t shift, WeirKeyLayout *layout)
{
    node->word += shift;
    for (uint32_t i = 0; i < node->child_count; i++)
        node_place(&node->children[i], shift, layout);
    if (node->physical == WEIR_PHYSICAL_VIEW)
        layout->view_words[layout->view_count++] = node->word;
}

static void layout_finish(WeirKeyLayout *layout, const LayoutCount *count, WeirArena *arena)
{
    layout->has_null_word = count->bits > 0;
    layout->word_count = count->words + layout->has_null_word;
    layout->view_words = WEIR_ARENA_ARRAY(arena, uint32_t, count->views + 1);
    for (uint32_t i = 0; i < layout->node_count; i++)
        node_place(&layout->nodes[i], layout->has_null_word, layout);
}

void weir_key_layout_init_encoded(WeirKeyLayout *layout, const WeirSchema *schema, WeirArena *arena)
{
    *layout = (WeirKeyLayout){.schema = schema, .encoded = true, .node_count = 1};
    LayoutCount count = {0};
    layout->nodes = WEIR_ARENA_NEW(arena, WeirKeyNode);
    node_init(layout->nodes, &weir_type_binary, &count, arena);
    layout_finish(layout, &count, arena);
}

void weir_key_layout_init(WeirKeyLayout *layout, const WeirSchema *schema, WeirArena *arena)
{
    LayoutCount count = {0};
    *layout = (WeirKeyLayout){.schema = schema, .node_count = schema->field_count};
    layout->nodes = WEIR_ARENA_ARRAY(arena, WeirKeyNode, schema->field_count + 1);
    bool fits = true;
    for (uint32_t i = 0; i < schema->field_count && fits; i++) {
        fits = fits_words(schema->fields[i].type);
        if (fits)
            node_init(&layout->nodes[i], schema->fields[i].type, &count, arena);
    }
    if (!fits || count.bits > 64) {
        weir_key_layout_init_encoded(layout, schema, arena);
        return;
    }
    layout_finish(layout, &count, arena);
}

/* ---- filling ---- */

typedef struct KeyFill {
    uint64_t *words;
    size_t stride; /* words per key */
    uint32_t count;
    WeirArena *arena;
} KeyFill;

static inline bool fill_is_null(const WeirVector *vector, uint32_t row)
{
    return row == WEIR_NULL_INDEX || (vector->validity != NULL && !weir_bit_get(vector->validity, row));
}

static void set_null(const KeyFill *fill, const WeirKeyNode *node, uint32_t k)
{
    uint64_t *words = fill->words + (size_t)k * fill->stride;
    if (node->physical == WEIR_PHYSICAL_VIEW) {
        words[node->word] = NULL_VIEW_HEAD;
        words[node->word + 1] = 0;
        return;
    }
    words[0] |= (uint64_t)1 << node->null_bit;
    if (node->physical == WEIR_PHYSICAL_STRUCT || node->physical == WEIR_PHYSICAL_NONE)
        return;
    words[node->word] = 0;
    if (node->physical == WEIR_PHYSICAL_INT128)
        words[node->word + 1] = 0;
}

static inline uint64_t float_word(float value)
{
    uint32_t bits;
    value = value == 0.0f ? 0.0f : value; /* -0.0 groups with 0.0 */
    memcpy(&bits, &value, 4);
    return value != value ? 0x7fc00000u : bits;
}

static inline uint64_t double_word(double value)
{
    uint64_t bits;
    value = value == 0.0 ? 0.0 : value;
    memcpy(&bits, &value, 8);
    return value != value ? 0x7ff8000000000000ull : bits;
}

#define FILL_LOOP(STATEMENT)                                                                                           \
    for (uint32_t k = 0; k < fill->count; k++) {                                                                       \
        uint32_t row = rows == NULL ? k : rows[k];                                                                     \
        uint64_t *out = fill->words + (size_t)k * fill->stride + node->word;                                           \
        if (nulls && fill_is_null(vector, row)) {                                                                      \
            set_null(fill, node, k);                                                                                   \
            continue;                                                                                                  \
        }                                                                                                              \
        STATEMENT;                                                                                                     \
    }
#define FILL_NUMBER(Type, EXPRESSION)                                                                                  \
    {                                                                                                                  \
        const Type *values = vector->values;                                                                           \
        FILL_LOOP(out[0] = (uint64_t)(EXPRESSION))                                                                     \
        break;                                                                                                         \
    }

/* A flat vector's leaf values. `nulls`: some row may be null. */
static void fill_leaf(const KeyFill *fill, const WeirKeyNode *node, const WeirVector *vector, const uint32_t *rows,
                      bool nulls)
{
    switch (node->physical) {
    case WEIR_PHYSICAL_BOOL:
        FILL_NUMBER(uint8_t, values[row])
    case WEIR_PHYSICAL_INT8:
        FILL_NUMBER(int8_t, (int64_t)values[row])
    case WEIR_PHYSICAL_INT16:
        FILL_NUMBER(int16_t, (int64_t)values[row])
    case WEIR_PHYSICAL_INT32:
        FILL_NUMBER(int32_t, (int64_t)values[row])
    case WEIR_PHYSICAL_INT64:
        FILL_NUMBER(int64_t, values[row])
    case WEIR_PHYSICAL_FLOAT:
        FILL_NUMBER(float, float_word(values[row]))
    case WEIR_PHYSICAL_DOUBLE:
        FILL_NUMBER(double, double_word(values[row]))
    case WEIR_PHYSICAL_INT128:
    case WEIR_PHYSICAL_VIEW: {
        const uint8_t *values = vector->values;
        FILL_LOOP(memcpy(out, values + (size_t)row * 16, 16))
        break;
    }
    case WEIR_PHYSICAL_NONE:
        for (uint32_t k = 0; k < fill->count; k++)
            set_null(fill, node, k);
        break;
    default:
        WEIR_ASSERT(false);
    }
}

/* rows[k]: row of `vector` of the k-th key, WEIR_NULL_INDEX: null; NULL: k itself. */
static void fill_node(const KeyFill *fill, const WeirKeyNode *node, const WeirVector *vector, const uint32_t *rows,
                      bool null_rows)
{
    if (vector->kind != WEIR_VECTOR_FLAT) {
        uint32_t *mapped = weir_arena_alloc(fill->arena, sizeof(uint32_t) * fill->count);
        bool nulls = null_rows;
        for (uint32_t k = 0; k < fill->count; k++) {
            uint32_t row = rows == NULL ? k : rows[k];
            if (row != WEIR_NULL_INDEX)
                row = vector->kind == WEIR_VECTOR_CONSTANT ? 0 : vector->indices[row];
            nulls |= row == WEIR_NULL_INDEX;
            mapped[k] = row;
        }
        WeirVector flat = *vector;
        flat.kind = WEIR_VECTOR_FLAT;
        fill_node(fill, node, vector->kind == WEIR_VECTOR_CONSTANT ? &flat : vector->dictionary, mapped, nulls);
        return;
    }
    bool nulls = null_rows || vector->validity != NULL;
    if (node->physical != WEIR_PHYSICAL_STRUCT) {
        fill_leaf(fill, node, vector, rows, nulls);
        return;
    }
    const uint32_t *child_rows = rows;
    if (nulls) { /* A null struct makes its fields null, so that equal keys have equal words. */
        uint32_t *mapped = weir_arena_alloc(fill->arena, sizeof(uint32_t) * fill->count);
        for (uint32_t k = 0; k < fill->count; k++) {
            uint32_t row = rows == NULL ? k : rows[k];
            bool null = fill_is_null(vector, row);
            if (null)
                set_null(fill, node, k);
            mapped[k] = null ? WEIR_NULL_INDEX : row;
        }
        child_rows = mapped;
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        fill_node(fill, &node->children[i], &vector->children[i], child_rows, nulls);
}

static inline uint64_t view_words_hash(const WeirKeyWord *words)
{
    uint32_t length = (uint32_t)words[0];
    if (length <= WEIR_VIEW_INLINE_BYTES || length == UINT32_MAX)
        return weir_table_hash_mix(words[0], words[1]);
    const uint8_t *data;
    memcpy(&data, &words[1], sizeof(data));
    return length <= 16 ? weir_table_hash_8_to_16(data, length) : weir_table_hash_bytes(data, length);
}

uint64_t weir_key_hash_view(const WeirStringView *view)
{
    uint64_t words[2];
    memcpy(words, view, 16);
    return view_words_hash(words);
}

static void hash_keys(const WeirKeyLayout *layout, const WeirKeyWord *words, uint32_t count, uint64_t *hashes)
{
    uint32_t width = layout->word_count;
    if (layout->view_count == 1 && width == 2) {
        for (uint32_t k = 0; k < count; k++)
            hashes[k] = view_words_hash(words + (size_t)k * 2);
        return;
    }
    for (uint32_t k = 0; k < count; k++) {
        const WeirKeyWord *key = words + (size_t)k * width;
        uint64_t hash = 0;
        uint32_t view = 0;
        for (uint32_t i = 0; i < width; i++) {
            if (view < layout->view_count && layout->view_words[view] == i) {
                hash = weir_table_hash_mix(hash, view_words_hash(key + i));
                view++;
                i++;
            } else {
                hash = weir_table_hash_mix(hash, key[i]);
            }
        }
        hashes[k] = hash;
    }
}

static WeirStatus fill_encoded(const WeirKeyLayout *layout, const WeirVector *columns, const uint32_t *selection,
                               uint32_t count, uint64_t *words, WeirArena *arena, WeirError *error)
{
    uint32_t column_count = layout->schema->field_count;
    const WeirVector **pointers = WEIR_ARENA_ARRAY(arena, const WeirVector *, column_count + 1);
    for (uint32_t i = 0; i < column_count; i++)
        pointers[i] = &columns[i];
    for (uint32_t k = 0; k < count; k++) {
        uint32_t row = selection == NULL ? k : selection[k];
        size_t size = weir_unsafe_row_size(pointers, column_count, row);
        void *bytes = NULL;
        WEIR_TRY(weir_arena_try_alloc(arena, size, &bytes, error));
        weir_unsafe_row_encode(pointers, column_count, row, bytes);
        WeirStringView view = weir_view_make(bytes, (uint32_t)size);
        memcpy(words + (size_t)k * 2, &view, 16);
    }
    return WEIR_OK;
}

/* One string that is never null: its views are the words. */
static bool is_plain_view(const WeirKeyLayout *layout, const WeirVector *columns, const uint32_t *selection)
{
    return !layout->encoded && layout->node_count == 1 && layout->word_count == 2 && layout->view_count == 1 &&
           selection == NULL && columns[0].kind == WEIR_VECTOR_FLAT && columns[0].validity == NULL;
}

WeirStatus weir_key_fill(const WeirKeyLayout *layout, const WeirVector *columns, const uint32_t *selection,
                         uint32_t count, uint64_t *words, uint64_t *hashes, WeirArena *arena, WeirError *error)
{
    if (layout->encoded) {
        WEIR_TRY(fill_encoded(layout, columns, selection, count, words, arena, error));
    } else {
        const KeyFill fill = {.words = words, .stride = layout->word_count, .count = count, .arena = arena};
        if (layout->has_null_word) {
            for (uint32_t k = 0; k < count; k++)
                words[(size_t)k * layout->word_count] = 0;
        }
        for (uint32_t i = 0; i < layout->node_count; i++)
            fill_node(&fill, &layout->nodes[i], &columns[i], selection, false);
    }
    hash_keys(layout, words, count, hashes);
    return WEIR_OK;
}

WeirStatus weir_key_read(const WeirKeyLayout *layout, const WeirVector *columns, const uint32_t *selection,
                         uint32_t count, const WeirKeyWord **words, uint64_t *hashes, WeirArena *arena,
                         WeirError *error)
{
    if (is_plain_view(layout, columns, selection)) {
        *words = columns[0].values;
        hash_keys(layout, *words, count, hashes);
        return WEIR_OK;
    }
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, sizeof(uint64_t) * ((size_t)count * layout->word_count + 1), &memory, error));
    WEIR_TRY(weir_key_fill(layout, columns, selection, count, memory, hashes, arena, error));
    *words = memory;
    return WEIR_OK;
}

/* ---- the way back ---- */

typedef struct KeySource {
    const uint8_t *base;
    size_t stride;
    uint32_t count;
    WeirArena *arena;
} KeySource;

static inline uint64_t key_word(const KeySource *source, uint32_t k, uint32_t word)
{
    uint64_t value;
    memcpy(&value, source->base + (size_t)k * source->stride + (size_t)word * 8, 8);
    return value;
}

#define BACK_NUMBER(Type)                                                                                              \
    {                                                                                                                  \
        Type *values = out->values;                                                                                    \
        for (uint32_t k = 0; k < source->count; k++) {                                                                 \
            uint64_t word = key_word(source, k, node->word);                                                           \
            memcpy(&values[k], &word, sizeof(Type));                                                                   \
        }                                                                                                              \
        break;                                                                                                         \
    }

static void back_values(const KeySource *source, const WeirKeyNode *node, WeirVector *out)
{
    switch (node->physical) {
    case WEIR_PHYSICAL_BOOL:
    case WEIR_PHYSICAL_INT8:
        BACK_NUMBER(int8_t)
    case WEIR_PHYSICAL_INT16:
        BACK_NUMBER(int16_t)
    case WEIR_PHYSICAL_INT32:
        BACK_NUMBER(int32_t)
    case WEIR_PHYSICAL_FLOAT:
        BACK_NUMBER(float)
    case WEIR_PHYSICAL_INT64:
        BACK_NUMBER(int64_t)
    case WEIR_PHYSICAL_DOUBLE:
        BACK_NUMBER(double)
    case WEIR_PHYSICAL_INT128:
    case WEIR_PHYSICAL_VIEW: {
        uint8_t *values = out->values;
        for (uint32_t k = 0; k < source->count; k++)
            memcpy(values + (size_t)k * 16, source->base + (size_t)k * source->stride + (size_t)node->word * 8, 16);
        break;
    }
    default:
        break;
    }
}

static void back_nulls(const KeySource *source, const WeirKeyNode *node, WeirVector *out)
{
    bool is_view = node->physical == WEIR_PHYSICAL_VIEW;
    if (!is_view && node->null_bit == NO_BIT)
        return;
    for (uint32_t k = 0; k < source->count; k++) {
        bool null = is_view ? key_word(source, k, node->word) == NULL_VIEW_HEAD
                            : (key_word(source, k, 0) >> node->null_bit) & 1u;
        if (!null)
            continue;
        weir_vector_ensure_validity(out, source->count, source->arena);
        weir_bit_clear(out->validity, k);
        if (is_view)
            memset((uint8_t *)out->values + (size_t)k * 16, 0, 16);
    }
}

static WeirStatus back_node(const KeySource *source, const WeirKeyNode *node, WeirVector *out, WeirError *error)
{
    WEIR_TRY(weir_vector_init(out, node->type, source->count, source->arena, error));
    out->length = source->count;
    for (uint32_t i = 0; i < node->child_count; i++)
        WEIR_TRY(back_node(source, &node->children[i], &out->children[i], error));
    back_values(source, node, out);
    back_nulls(source, node, out);
    return WEIR_OK;
}

static WeirStatus back_encoded(const KeySource *source, const WeirSchema *schema, WeirVector *columns, WeirError *error)
{
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(source->arena, (sizeof(uint8_t *) + sizeof(uint32_t)) * ((size_t)source->count + 1),
                                  &memory, error));
    const uint8_t **rows = memory;
    uint32_t *sizes = (uint32_t *)(void *)(rows + source->count);
    for (uint32_t k = 0; k < source->count; k++) {
        const WeirStringView *view = (const WeirStringView *)(const void *)(source->base + (size_t)k * source->stride);
        sizes[k] = view->length;
        rows[k] = weir_view_data(view);
    }
    return weir_unsafe_row_decode(schema, rows, sizes, source->count, false, columns, source->arena, error);
}

WeirStatus weir_key_vectors(const WeirKeyLayout *layout, const uint8_t *base, size_t stride, uint32_t count,
                            WeirVector *columns, WeirArena *arena, WeirError *error)
{
    const KeySource source = {.base = base, .stride = stride, .count = count, .arena = arena};
    if (layout->encoded)
        return back_encoded(&source, layout->schema, columns, error);
    for (uint32_t i = 0; i < layout->node_count; i++)
        WEIR_TRY(back_node(&source, &layout->nodes[i], &columns[i], error));
    return WEIR_OK;
}

bool weir_key_equal_views(const WeirKeyLayout *layout, const WeirKeyWord *a, const WeirKeyWord *b)
{
    uint32_t view = 0;
    for (uint32_t i = 0; i < layout->word_count; i++) {
        if (view < layout->view_count && layout->view_words[view] == i) {
            if (!weir_key_view_words_equal(a + i, b + i))
                return false;
            view++;
            i++;
        } else if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}
