/* Small JSON for logs, offsets, progress and schemas: a tree in an arena and a writer. Not the scanner of the JSON
 * source (formats/json_reader.c), which is built for speed. Strict JSON, nesting <= 256, duplicate keys: the last wins.
 */
#ifndef WEIR_COMMON_JSON_H
#define WEIR_COMMON_JSON_H

#include "common/memory.h"

typedef enum WeirJsonKind {
    WEIR_JSON_NULL,
    WEIR_JSON_BOOLEAN,
    WEIR_JSON_NUMBER, /* text kept as written */
    WEIR_JSON_STRING,
    WEIR_JSON_ARRAY,
    WEIR_JSON_OBJECT
} WeirJsonKind;

typedef struct WeirJson WeirJson;
struct WeirJson {
    WeirJsonKind kind;
    bool boolean;
    const char *text; /* string value (unescaped, zero-terminated) or number as written */
    size_t length;
    const char *key; /* of this member, when the parent is an object */
    WeirJson *first; /* children, linked by `next` */
    WeirJson *next;
    size_t child_count;
    const char *source; /* the bytes of this value in the text parsed */
    size_t source_length;
};

/* Error: MALFORMED_JSON (internal condition) with the byte offset. Everything is copied into `arena`. */
WEIR_CHECKED WeirStatus weir_json_parse(const char *text, size_t length, WeirArena *arena, WeirJson **json,
                                        WeirError *error);
const WeirJson *weir_json_get(const WeirJson *object, const char *key); /* NULL: absent or not an object */
bool weir_json_int64(const WeirJson *json, int64_t *value);             /* false: not an integer */
bool weir_json_double(const WeirJson *json, double *value);
const char *weir_json_string(const WeirJson *json); /* NULL: not a string */

/* Append "text" with quotes and escapes as Jackson writes them. */
void weir_json_write_string(WeirBuffer *buffer, const char *text, size_t length);
/* A comma-placing writer: weir_json_begin_object(w, NULL) … weir_json_end_object(w). `key` NULL inside arrays. */
typedef struct WeirJsonWriter {
    WeirBuffer *buffer;
    bool need_comma;
} WeirJsonWriter;
void weir_json_writer_init(WeirJsonWriter *writer, WeirBuffer *buffer);
void weir_json_begin_object(WeirJsonWriter *writer, const char *key);
void weir_json_end_object(WeirJsonWriter *writer);
void weir_json_begin_array(WeirJsonWriter *writer, const char *key);
void weir_json_end_array(WeirJsonWriter *writer);
void weir_json_add_string(WeirJsonWriter *writer, const char *key, const char *value); /* NULL value: null */
void weir_json_add_int(WeirJsonWriter *writer, const char *key, int64_t value);
void weir_json_add_double(WeirJsonWriter *writer, const char *key, double value); /* as Java's Double.toString */
void weir_json_add_boolean(WeirJsonWriter *writer, const char *key, bool value);
void weir_json_add_raw(WeirJsonWriter *writer, const char *key, const char *json); /* embedded JSON text */

#endif
