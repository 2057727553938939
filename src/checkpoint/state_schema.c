/* <store>/_metadata/schema of partition 0 (Spark: StateSchemaCompatibilityChecker), version 2: Java's writeUTF of "v2",
 * then key and value schema, each a count of chunks and that many writeUTF strings of Spark's JSON. Version 1 has each
 * schema in one string. Java's strings are "modified UTF-8": a zero takes two bytes, and a character past U+FFFF is two
 * surrogates of three bytes each. */
#include "checkpoint/checkpoint_private.h"

#include <stdio.h>

#define VERSION_MAX 3    /* of column families, which weir does not have */
#define CHUNK_MAX 65535u /* characters in Spark's chunks; bytes in one writeUTF */

static void put_u16(WeirBuffer *out, uint32_t value)
{
    weir_buffer_append_char(out, (char)(value >> 8));
    weir_buffer_append_char(out, (char)value);
}

static void put_u32(WeirBuffer *out, uint32_t value)
{
    put_u16(out, value >> 16);
    put_u16(out, value & 0xffff);
}

static void put_three(WeirBuffer *out, uint32_t unit)
{
    weir_buffer_append_char(out, (char)(0xe0 | unit >> 12));
    weir_buffer_append_char(out, (char)(0x80 | (unit >> 6 & 0x3f)));
    weir_buffer_append_char(out, (char)(0x80 | (unit & 0x3f)));
}

/* JSON has no zero bytes; only characters of four bytes differ. */
static void to_modified_utf8(const char *text, WeirBuffer *out)
{
    const uint8_t *at = (const uint8_t *)text;
    while (*at != 0) {
        if (*at >= 0xf0 && at[1] != 0 && at[2] != 0 && at[3] != 0) {
            uint32_t point = (uint32_t)(*at & 7) << 18 | (uint32_t)(at[1] & 0x3f) << 12 |
                             (uint32_t)(at[2] & 0x3f) << 6 | (uint32_t)(at[3] & 0x3f);
            point -= 0x10000;
            put_three(out, 0xd800 | (point >> 10 & 0x3ff));
            put_three(out, 0xdc00 | (point & 0x3ff));
            at += 4;
        } else {
            weir_buffer_append_char(out, (char)*at++);
        }
    }
}

static bool is_continuation(char byte)
{
    return ((uint8_t)byte & 0xc0) == 0x80;
}

/* Chunks as Spark cuts them where the text is ASCII; else smaller, at whole characters (Spark itself would fail where
 * one does not fit). */
static size_t chunk_length(const char *text, size_t left)
{
    if (left <= CHUNK_MAX)
        return left;
    size_t length = CHUNK_MAX;
    while (length > CHUNK_MAX - 8 && is_continuation(text[length]))
        length--;
    return length;
}

static void put_schema(const char *json, WeirBuffer *out)
{
    WeirBuffer text;
    weir_buffer_init(&text, WEIR_LOG_FILE_BYTES_MAX, NULL);
    to_modified_utf8(json, &text);
    uint32_t count = 0;
    for (size_t at = 0; at < text.length; at += chunk_length(text.data + at, text.length - at))
        count++;
    put_u32(out, count);
    for (size_t at = 0; at < text.length;) {
        size_t length = chunk_length(text.data + at, text.length - at);
        put_u16(out, (uint32_t)length);
        weir_buffer_append(out, text.data + at, length);
        at += length;
    }
    weir_buffer_deinit(&text);
}

WeirStatus weir_state_schema_write(WeirFileSystem *fs, const char *store_directory, bool durable,
                                   const char *key_schema_json, const char *value_schema_json, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    const char *directory = weir_path_join(arena, store_directory, "_metadata");
    WeirBuffer content;
    weir_buffer_init(&content, WEIR_LOG_FILE_BYTES_MAX, NULL);
    weir_buffer_append(&content, "\0\2v2", 4);
    put_schema(key_schema_json, &content);
    put_schema(value_schema_json, &content);
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_buffer_check(&content, error));
    WEIR_TRY_OR_GO(done, fs->make_directories(fs, directory, durable, error));
    status = weir_atomic_file_write(fs, weir_path_join(arena, directory, "schema"), content.data, content.length,
                                    WEIR_RENAME_CREATE_ONLY, durable, "state_schema", error);
    if (status == WEIR_ERROR_FILE_ALREADY_EXISTS) { /* As Spark: what is there stays. */
        weir_error_clear(error);
        status = WEIR_OK;
    }
done:
    weir_buffer_deinit(&content);
    weir_arena_free(arena);
    return status;
}

typedef struct Cursor {
    const uint8_t *next;
    size_t left;
} Cursor;

static bool take(Cursor *cursor, size_t bytes, const uint8_t **data)
{
    if (cursor->left < bytes)
        return false;
    *data = cursor->next;
    cursor->next += bytes;
    cursor->left -= bytes;
    return true;
}

static bool take_utf(Cursor *cursor, const uint8_t **data, size_t *length)
{
    if (!take(cursor, 2, data))
        return false;
    *length = (size_t)((*data)[0] << 8 | (*data)[1]);
    return take(cursor, *length, data);
}

static uint32_t surrogate_at(const uint8_t *at, size_t left)
{
    if (left < 3 || at[0] != 0xed || (at[1] & 0xe0) != 0xa0)
        return 0;
    return 0xd000u | (uint32_t)(at[1] & 0x3f) << 6 | (uint32_t)(at[2] & 0x3f);
}

static void from_modified_utf8(const uint8_t *at, size_t left, WeirBuffer *out)
{
    while (left > 0) {
        uint32_t high = surrogate_at(at, left), low = high == 0 ? 0 : surrogate_at(at + 3, left - 3);
        if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00) {
            uint32_t point = 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
            char bytes[4] = {(char)(0xf0 | point >> 18), (char)(0x80 | (point >> 12 & 0x3f)),
                             (char)(0x80 | (point >> 6 & 0x3f)), (char)(0x80 | (point & 0x3f))};
            weir_buffer_append(out, bytes, 4);
            at += 6, left -= 6;
        } else {
            weir_buffer_append_char(out, (char)*at);
            at++, left--;
        }
    }
}

static bool take_schema(Cursor *cursor, int32_t version, WeirBuffer *json)
{
    const uint8_t *data;
    uint32_t chunks = 1;
    if (version == 2) {
        if (!take(cursor, 4, &data))
            return false;
        chunks = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
    }
    WeirBuffer text; /* Chunks are joined first: a pair of surrogates may be split between two. */
    weir_buffer_init(&text, WEIR_LOG_FILE_BYTES_MAX, NULL);
    bool good = true;
    for (uint32_t i = 0; good && i < chunks; i++) {
        size_t length;
        good = take_utf(cursor, &data, &length);
        if (good)
            weir_buffer_append(&text, data, length);
    }
    if (good)
        from_modified_utf8((const uint8_t *)weir_buffer_text(&text), text.length, json);
    weir_buffer_deinit(&text);
    return good && memchr(weir_buffer_text(json), 0, json->length) == NULL;
}

WeirStatus weir_state_schema_parse(const uint8_t *data, size_t length, const char *path, WeirArena *arena,
                                   const char **key_schema_json, const char **value_schema_json, WeirError *error)
{
    Cursor cursor = {data, length};
    const uint8_t *version;
    size_t version_length;
    if (!take_utf(&cursor, &version, &version_length))
        return weir_log_malformed(path, "it does not begin with a version", error);
    int32_t number;
    WeirLineReader line = weir_line_reader((const char *)version, version_length);
    WEIR_TRY(weir_log_read_version(&line, VERSION_MAX, path, &number, error));
    if (number == 3)
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_STATE_SCHEMA_VERSION, "path", path, "version",
                              "v3");
    const char **schemas[] = {key_schema_json, value_schema_json};
    for (int i = 0; i < 2; i++) {
        WeirBuffer json;
        weir_buffer_init(&json, WEIR_LOG_FILE_BYTES_MAX, NULL);
        bool good = take_schema(&cursor, number, &json);
        if (good)
            *schemas[i] = weir_arena_strndup(arena, weir_buffer_text(&json), json.length);
        weir_buffer_deinit(&json);
        if (!good)
            return weir_log_malformed(path, "it ends inside a schema", error);
    }
    return WEIR_OK;
}

WeirStatus weir_state_schema_read(WeirFileSystem *fs, const char *store_directory, WeirArena *arena,
                                  const char **key_schema_json, const char **value_schema_json, bool *found,
                                  WeirError *error)
{
    const char *path = weir_path_join(arena, weir_path_join(arena, store_directory, "_metadata"), "schema");
    WeirBuffer content;
    weir_buffer_init(&content, WEIR_LOG_FILE_BYTES_MAX, NULL);
    WeirStatus status = weir_log_read_file(fs, path, &content, found, error);
    if (status == WEIR_OK && *found)
        status = weir_state_schema_parse((const uint8_t *)weir_buffer_text(&content), content.length, path, arena,
                                         key_schema_json, value_schema_json, error);
    weir_buffer_deinit(&content);
    return status;
}
