/* Arbitrary bytes as a row of a schema with every kind of type: refused, or decoded and encoded again without harm. */
#include "columnar/unsafe_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char ddl[] =
        "a int, b string, c decimal(38,2), d struct<x:boolean,y:array<string>>, e map<string,array<bigint>>, "
        "f interval, g array<struct<z:decimal(20,0),w:interval>>, h array<boolean>, i map<int,void>";
    WeirArena arena;
    const WeirSchema *schema;
    weir_arena_init(&arena, NULL);
    WEIR_ASSERT(weir_schema_from_ddl(ddl, &arena, &schema, NULL) == WEIR_OK);
    if (weir_unsafe_row_validate(schema, data, size)) {
        WeirVector columns[9];
        const WeirVector *list[9];
        uint32_t row_size = (uint32_t)size;
        WEIR_ASSERT(weir_unsafe_row_decode(schema, &data, &row_size, 1, false, columns, &arena, NULL) == WEIR_OK);
        for (uint32_t i = 0; i < schema->field_count; i++)
            list[i] = &columns[i];
        size_t bytes = weir_unsafe_row_size(list, schema->field_count, 0);
        uint8_t *again = weir_malloc(bytes);
        weir_unsafe_row_encode(list, schema->field_count, 0, again);
        WEIR_ASSERT(weir_unsafe_row_validate(schema, again, bytes));
        weir_free(again);
    }
    weir_arena_deinit(&arena);
    return 0;
}
