/* Any text as a type, a schema or schema JSON: what is accepted must print as a text that is accepted as the same type.
 */
#include "columnar/data_type.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const WeirDataType *type, WeirArena *arena)
{
    WeirBuffer text;
    const WeirDataType *again;
    weir_buffer_init(&text, 0, NULL);
    weir_type_json(type, &text);
    WEIR_ASSERT(weir_type_from_json(weir_buffer_text(&text), text.length, arena, &again, NULL) == WEIR_OK);
    WEIR_ASSERT(weir_type_equal_strict(type, again));
    weir_buffer_clear(&text);
    weir_type_sql(type, &text);
    weir_type_simple_string(type, &text);
    weir_buffer_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WeirArena arena;
    WeirError error;
    const WeirDataType *type;
    weir_arena_init(&arena, NULL);
    char *text = weir_arena_strndup(&arena, (const char *)data, size);
    if (size < 4096) {
        if (weir_type_from_ddl(text, &arena, &type, &error) == WEIR_OK)
            check(type, &arena);
        if (weir_schema_from_ddl(text, &arena, &type, &error) == WEIR_OK)
            check(type, &arena);
        if (weir_type_from_json(text, size, &arena, &type, &error) == WEIR_OK)
            check(type, &arena);
    }
    weir_arena_deinit(&arena);
    return 0;
}
