/* See column_rows.h. */
#include "sql_runner/column_rows.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* The end of the type's range, or a text that is no number, date or format. */
static void append_poison(WeirVectorBuilder *builder, const WeirDataType *type)
{
    static const char text[] = "\xf0\x9f\x8c\x8a no value: %z[(";
    switch (weir_type_physical(type)) {
    case WEIR_PHYSICAL_BOOL:
        weir_vector_builder_append_int(builder, 1);
        break;
    case WEIR_PHYSICAL_INT8:
        weir_vector_builder_append_int(builder, INT8_MIN);
        break;
    case WEIR_PHYSICAL_INT16:
        weir_vector_builder_append_int(builder, INT16_MIN);
        break;
    case WEIR_PHYSICAL_INT32:
        weir_vector_builder_append_int(builder, INT32_MIN);
        break;
    case WEIR_PHYSICAL_INT64:
        weir_vector_builder_append_int(builder, type->id == WEIR_TYPE_DECIMAL ? 0 : INT64_MIN);
        break;
    case WEIR_PHYSICAL_FLOAT:
    case WEIR_PHYSICAL_DOUBLE:
        weir_vector_builder_append_double(builder, (double)NAN);
        break;
    case WEIR_PHYSICAL_INT128:
        weir_vector_builder_append_int128(builder, 0);
        break;
    case WEIR_PHYSICAL_VIEW:
        weir_vector_builder_append_bytes(builder, text, sizeof(text) - 1);
        break;
    case WEIR_PHYSICAL_INTERVAL:
        weir_vector_builder_append_interval(builder, (WeirCalendarInterval){INT32_MIN, INT32_MIN, INT64_MIN});
        break;
    case WEIR_PHYSICAL_LIST:
        weir_vector_builder_end_list(builder);
        break;
    case WEIR_PHYSICAL_STRUCT:
        for (uint32_t i = 0; i < type->field_count; i++)
            append_poison(weir_vector_builder_child(builder, i), type->fields[i].type);
        weir_vector_builder_end_struct(builder);
        break;
    case WEIR_PHYSICAL_NONE:
        weir_vector_builder_append_null(builder);
        break;
    }
}

/* ---- rows to batches */

/* Rows of a batch under way: entries[i] is a row of `rows`, or one of these. */
enum { ENTRY_NULL = -1, ENTRY_POISON = -2 };
typedef struct Rows {
    const WeirSchema *schema;
    const WeirValue *const *const *rows;
    uint32_t row_count;
} Rows;
typedef struct Entry {
    int32_t row;
    bool selected;
} Entry;

static void append_entry(WeirBatchBuilder *builder, const Rows *rows, int32_t row)
{
    for (uint32_t c = 0; c < rows->schema->field_count; c++) {
        if (row == ENTRY_NULL)
            weir_vector_builder_append_null(builder->columns[c]);
        else if (row == ENTRY_POISON)
            append_poison(builder->columns[c], rows->schema->fields[c].type);
        else
            weir_vector_builder_append_row(builder->columns[c], rows->rows[row][c], 0);
    }
    weir_batch_builder_end_row(builder);
}

static WeirStatus flat_batch(const Rows *rows, const Entry *entries, uint32_t count, WeirBatch **batch,
                             WeirError *error)
{
    WeirBatchBuilder builder;
    WEIR_TRY(weir_batch_builder_init(&builder, rows->schema, NULL, error));
    for (uint32_t i = 0; i < count; i++)
        append_entry(&builder, rows, entries[i].row);
    WeirStatus status = weir_batch_builder_finish(&builder, batch, error);
    weir_batch_builder_deinit(&builder);
    return status;
}

/* All rows once, then one that no selected row points at. */
static WeirStatus dictionary_of(const Rows *rows, WeirBatch **batch, WeirError *error)
{
    Entry *entries = weir_calloc(rows->row_count + 1, sizeof(*entries));
    for (uint32_t r = 0; r < rows->row_count; r++)
        entries[r].row = (int32_t)r;
    entries[rows->row_count].row = ENTRY_POISON;
    WeirStatus status = flat_batch(rows, entries, rows->row_count + 1, batch, error);
    weir_free(entries);
    return status;
}

static WeirStatus dictionary_batch(const Rows *rows, const Entry *entries, uint32_t count, WeirBatch **out,
                                   WeirError *error)
{
    WeirBatch *dictionary = NULL;
    WEIR_TRY(dictionary_of(rows, &dictionary, error));
    WeirBatch *batch = weir_batch_new(rows->schema->field_count, NULL);
    uint32_t *indices = weir_arena_alloc(&batch->arena, sizeof(*indices) * count);
    for (uint32_t i = 0; i < count; i++)
        indices[i] = entries[i].row == ENTRY_NULL     ? WEIR_NULL_INDEX
                     : entries[i].row == ENTRY_POISON ? rows->row_count
                                                      : (uint32_t)entries[i].row;
    for (uint32_t c = 0; c < rows->schema->field_count; c++)
        weir_vector_wrap_dictionary(&dictionary->columns[c], indices, count, &batch->columns[c]);
    batch->row_count = count;
    weir_batch_keep_batch(batch, dictionary);
    weir_batch_release(dictionary);
    *out = batch;
    return WEIR_OK;
}

static void select_entries(WeirBatch *batch, const Entry *entries, uint32_t count)
{
    uint32_t *selection = weir_arena_alloc(&batch->arena, sizeof(*selection) * (count + 1)), selected = 0;
    for (uint32_t i = 0; i < count; i++)
        if (entries[i].selected)
            selection[selected++] = i;
    batch->selected_count = selected;
    batch->selection = selected == count ? NULL : selection;
}

/* Adds the entries to the relation, cut to the size of a batch. */
static WeirStatus add_batches(WeirStatementScope *scope, const Rows *rows, const Entry *entries, uint32_t count,
                              bool dictionary, uint32_t batch_rows, WeirLogicalPlan *relation, WeirError *error)
{
    uint32_t pieces = (count + batch_rows - 1) / batch_rows;
    WeirBatch **batches = WEIR_ARENA_ARRAY(&scope->arena, WeirBatch *, relation->batch_count + pieces + 1);
    for (uint32_t i = 0; i < relation->batch_count; i++)
        batches[i] = relation->batches[i];
    for (uint32_t start = 0; start < count; start += batch_rows) {
        uint32_t length = count - start < batch_rows ? count - start : batch_rows;
        WeirBatch *batch = NULL;
        if (dictionary)
            WEIR_TRY(dictionary_batch(rows, entries + start, length, &batch, error));
        else
            WEIR_TRY(flat_batch(rows, entries + start, length, &batch, error));
        select_entries(batch, entries + start, length);
        weir_batch_list_add(&scope->batches, batch);
        batches[relation->batch_count++] = batch;
    }
    relation->batches = batches;
    return WEIR_OK;
}

static int32_t entry_of(char letter)
{
    switch (toupper(letter)) {
    case 'V':
        return 0;
    case 'O':
        return 1;
    case 'N':
        return ENTRY_NULL;
    default:
        return ENTRY_POISON;
    }
}

/* Near what it was; not half of a huge one, which may be a length that just is not refused. */
static int64_t other_integer(int64_t value)
{
    return value > 100000 ? value - 1 : value / 2 + 1;
}

const WeirValue *sql_rows_other(WeirArena *arena, const WeirValue *value)
{
    const WeirDataType *type = value->type;
    switch (weir_type_physical(type)) {
    case WEIR_PHYSICAL_BOOL:
        return weir_value_int(arena, type, !weir_value_get_int(value));
    case WEIR_PHYSICAL_INT8:
    case WEIR_PHYSICAL_INT16:
    case WEIR_PHYSICAL_INT32:
    case WEIR_PHYSICAL_INT64:
        return weir_value_int(arena, type, other_integer(weir_value_get_int(value)));
    case WEIR_PHYSICAL_INT128:
        return weir_value_int128(arena, type, weir_value_get_int128(value) / 2);
    case WEIR_PHYSICAL_FLOAT:
    case WEIR_PHYSICAL_DOUBLE:
        return weir_value_double(arena, type, weir_value_get_double(value) / 2 + 1);
    case WEIR_PHYSICAL_VIEW: { /* two thirds of it, cut between characters */
        WeirStringView view = weir_value_get_view(value);
        const uint8_t *bytes = weir_view_data(&view);
        uint32_t length = view.length * 2 / 3;
        while (length > 0 && length < view.length && (bytes[length] & 0xc0) == 0x80)
            length--;
        return weir_value_bytes(arena, type, bytes, length);
    }
    default:
        return value;
    }
}

WeirStatus sql_rows_repeat(WeirStatementScope *scope, const WeirSchema *schema, const WeirValue *const *values,
                           const WeirValue *const *others, const SqlRowPattern *patterns, uint32_t pattern_count,
                           uint32_t batch_rows, WeirLogicalPlan *relation, WeirError *error)
{
    const WeirValue *const *both[] = {values, others};
    Rows rows = {schema, both, 2};
    for (uint32_t p = 0; p < pattern_count; p++) {
        uint32_t count = (uint32_t)strlen(patterns[p].rows);
        Entry *entries = WEIR_ARENA_ARRAY(&scope->arena, Entry, count + 1);
        for (uint32_t i = 0; i < count; i++) {
            char letter = patterns[p].rows[i];
            entries[i] = (Entry){entry_of(letter), isupper((unsigned char)letter) != 0};
        }
        WEIR_TRY(add_batches(scope, &rows, entries, count, patterns[p].dictionary, batch_rows, relation, error));
    }
    return WEIR_OK;
}

WeirStatus sql_rows_encode(WeirStatementScope *scope, const WeirSchema *schema, const WeirValue *const *const *rows,
                           uint32_t row_count, bool dictionary, uint32_t batch_rows, WeirLogicalPlan *relation,
                           WeirError *error)
{
    Rows all = {schema, rows, row_count};
    Entry *entries = WEIR_ARENA_ARRAY(&scope->arena, Entry, 2 * row_count + 1);
    uint32_t count = 0;
    for (uint32_t r = 0; r < row_count; r++) {
        if (r % 3 != 1)
            entries[count++] = (Entry){r % 2 == 0 ? ENTRY_POISON : ENTRY_NULL, false};
        entries[count++] = (Entry){(int32_t)r, true};
    }
    return add_batches(scope, &all, entries, count, dictionary, batch_rows, relation, error);
}
