/* Any bytes parse or are refused; what parses is written again to something that parses to as many nodes. */
#include "common/json.h"

static void write_again(const WeirJson *json, const char *key, WeirJsonWriter *writer)
{
    switch (json->kind) {
    case WEIR_JSON_OBJECT:
    case WEIR_JSON_ARRAY:
        json->kind == WEIR_JSON_OBJECT ? weir_json_begin_object(writer, key) : weir_json_begin_array(writer, key);
        for (const WeirJson *child = json->first; child != NULL; child = child->next)
            write_again(child, child->key, writer);
        json->kind == WEIR_JSON_OBJECT ? weir_json_end_object(writer) : weir_json_end_array(writer);
        break;
    case WEIR_JSON_STRING:
        weir_json_add_string(writer, key, json->text);
        break;
    case WEIR_JSON_NUMBER:
        weir_json_add_raw(writer, key, json->text);
        break;
    case WEIR_JSON_BOOLEAN:
        weir_json_add_boolean(writer, key, json->boolean);
        break;
    case WEIR_JSON_NULL:
        weir_json_add_string(writer, key, NULL);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirJson *json = NULL, *again = NULL;
    if (weir_json_parse((const char *)data, size, arena, &json, NULL) == WEIR_OK) {
        WeirBuffer buffer;
        WeirJsonWriter writer;
        weir_buffer_init(&buffer, 0, NULL);
        weir_json_writer_init(&writer, &buffer);
        write_again(json, NULL, &writer);
        WeirError error;
        WEIR_ASSERT(weir_json_parse(buffer.data, buffer.length, arena, &again, &error) == WEIR_OK);
        WEIR_ASSERT(again->kind == json->kind && again->child_count == json->child_count);
        weir_buffer_deinit(&buffer);
    }
    weir_arena_free(arena);
    return 0;
}
