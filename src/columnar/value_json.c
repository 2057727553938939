/* Values as Spark's to_json and JSON files write them. Numbers of decimals are BigDecimal.toString, binary is base64,
 * what JSON has no number for (NaN, infinities) is a string, and the keys of a map are the texts of its internal
 * values. */
#include <stdlib.h>

#include "columnar/utf8.h"
#include "columnar/value_format.h"
#include "columnar/value_text.h"
#include "columnar/vector_private.h"
#include "common/json.h"
#include "common/number_format.h"

typedef struct JsonText {
    const WeirJsonWriteOptions *options;
    WeirBuffer *out;
    uint32_t depth; /* of objects that are open */
} JsonText;

static void write_value(JsonText *json, const WeirVector *vector, uint32_t row);

/* Appending small pieces is most of the work here: no call where there is room. */
static inline void put(WeirBuffer *out, const void *data, size_t length)
{
    if (out->failed || out->capacity - out->length <= length) {
        weir_buffer_append(out, data, length);
        return;
    }
    memcpy(out->data + out->length, data, length);
    out->length += length;
    out->data[out->length] = '\0';
}

static inline void put_char(WeirBuffer *out, char c)
{
    put(out, &c, 1);
}

/* Printable ASCII without quotes and backslashes, eight bytes at a time. */
static bool is_plain(const uint8_t *data, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t found = 0;
    for (; length >= 8; data += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, data, sizeof(word));
        uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
        found |= word | ((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    }
    for (; length > 0; data++, length--)
        found |= *data < ' ' || *data == '"' || *data == '\\' || *data >= 0x80 ? highs : 0;
    return (found & highs) == 0;
}

static void write_non_ascii(const uint8_t *data, size_t length, WeirBuffer *out)
{
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        bool malformed;
        size_t bytes = weir_utf8_decode(data + at, length - at, &code_point, &malformed);
        if (code_point < 0x80)
            weir_buffer_append_char(out, (char)code_point);
        else if (code_point < 0x10000)
            weir_buffer_append_format(out, "\\u%04X", code_point);
        else
            weir_buffer_append_format(out, "\\u%04X\\u%04X", 0xd7c0 + (code_point >> 10),
                                      0xdc00 + (code_point & 0x3ff));
        at += bytes;
    }
}

static void write_string(JsonText *json, const void *data, size_t length)
{
    size_t start = json->out->length;
    if (is_plain(data, length)) {
        put_char(json->out, '"');
        put(json->out, data, length);
        put_char(json->out, '"');
        return;
    }
    bool valid = weir_utf8_is_valid(data, length);
    if (valid && !json->options->escape_non_ascii) {
        weir_json_write_string(json->out, data, length);
        return;
    }
    WeirBuffer text;
    weir_buffer_init(&text, 0, json->out->tracker);
    weir_utf8_append_replaced(data, length, &text);
    weir_json_write_string(json->out, weir_buffer_text(&text), text.length);
    if (json->options->escape_non_ascii && json->out->length > start) {
        weir_buffer_clear(&text);
        weir_buffer_append(&text, json->out->data + start, json->out->length - start);
        json->out->length = start;
        write_non_ascii((const uint8_t *)weir_buffer_text(&text), text.length, json->out);
    }
    weir_buffer_deinit(&text);
}

static void write_base64(JsonText *json, const WeirStringView *view)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *data = weir_view_data(view);
    put_char(json->out, '"');
    for (uint32_t i = 0; i < view->length; i += 3) {
        uint32_t left = view->length - i;
        uint32_t word =
            (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0);
        char text[4] = {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=',
                        left > 2 ? digits[word & 63] : '='};
        put(json->out, text, 4);
    }
    put_char(json->out, '"');
}

/* ---- members ---- */

static void break_line(JsonText *json)
{
    put_char(json->out, '\n');
    for (uint32_t i = 0; i < json->depth; i++)
        put(json->out, "  ", 2);
}

static void open_object(JsonText *json)
{
    put_char(json->out, '{');
    json->depth++;
}

static void begin_member(JsonText *json, bool first)
{
    if (!first)
        put_char(json->out, ',');
    if (json->options->pretty)
        break_line(json);
}

static void write_colon(JsonText *json)
{
    if (json->options->pretty)
        put(json->out, " : ", 3);
    else
        put_char(json->out, ':');
}

static void close_object(JsonText *json, bool empty)
{
    json->depth--;
    if (json->options->pretty && empty)
        put_char(json->out, ' ');
    else if (json->options->pretty)
        break_line(json);
    put_char(json->out, '}');
}

/* The text of a map's key, into `out`: Java's toString of Spark's internal value. */
static void append_key(const WeirVector *keys, uint32_t at, WeirBuffer *out)
{
    char text[WEIR_VALUE_TEXT_BYTES];
    const WeirVector *flat;
    uint32_t row = weir_vector_locate(keys, at, &flat);
    WeirPhysicalType physical = weir_type_physical(flat->type);
    if (weir_flat_is_null(flat, row)) {
        weir_buffer_append_text(out, "null");
        return;
    }
    switch (flat->type->id) {
    case WEIR_TYPE_DATE:
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
        weir_buffer_append(out, text, weir_format_int64(weir_load_int(flat, physical, row), text));
        break;
    case WEIR_TYPE_DECIMAL:
        weir_buffer_append(out, text,
                           weir_format_decimal_scientific(physical == WEIR_PHYSICAL_INT128
                                                              ? weir_load_int128(flat->values, row)
                                                              : weir_load_int(flat, physical, row),
                                                          flat->type->scale, text));
        break;
    case WEIR_TYPE_STRUCT:
    case WEIR_TYPE_ARRAY: {
        bool list = flat->type->id == WEIR_TYPE_ARRAY;
        const uint32_t *offsets = flat->values;
        uint32_t count = list ? offsets[row + 1] - offsets[row] : flat->type->field_count;
        weir_buffer_append_char(out, '[');
        for (uint32_t i = 0; i < count; i++) {
            if (i > 0)
                weir_buffer_append_char(out, ',');
            append_key(&flat->children[list ? 0 : i], list ? offsets[row] + i : row, out);
        }
        weir_buffer_append_char(out, ']');
        break;
    }
    default:
        weir_value_cast_text(flat, row, weir_time_zone_utc(), out);
    }
}

static void write_key(JsonText *json, const WeirVector *keys, uint32_t at)
{
    const WeirVector *flat;
    uint32_t row = weir_vector_locate(keys, at, &flat);
    if (flat->type->id == WEIR_TYPE_STRING) {
        const WeirStringView *view = &((const WeirStringView *)flat->values)[row];
        write_string(json, weir_view_data(view), view->length);
        return;
    }
    WeirBuffer text;
    weir_buffer_init(&text, 0, json->out->tracker);
    append_key(keys, at, &text);
    write_string(json, weir_buffer_text(&text), text.length);
    weir_buffer_deinit(&text);
}

/* ---- the order of members ---- */

typedef struct Member {
    WeirStringView name;
    uint32_t index;
} Member;

static int by_name(const void *a, const void *b)
{
    const Member *x = a, *y = b;
    int order = weir_view_compare(&x->name, &y->name);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static void write_map_sorted(JsonText *json, const WeirVector *flat, uint32_t first, uint32_t count)
{
    WeirArena arena;
    WeirBuffer text;
    weir_arena_init(&arena, json->out->tracker);
    weir_buffer_init(&text, 0, json->out->tracker);
    Member *members = WEIR_ARENA_ARRAY(&arena, Member, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        weir_buffer_clear(&text);
        append_key(&flat->children[0], first + i, &text);
        members[i] = (Member){weir_view_copy(&arena, weir_buffer_text(&text), text.length), first + i};
    }
    qsort(members, count, sizeof(Member), by_name);
    for (uint32_t i = 0; i < count; i++) {
        begin_member(json, i == 0);
        write_string(json, weir_view_data(&members[i].name), members[i].name.length);
        write_colon(json);
        write_value(json, &flat->children[1], members[i].index);
    }
    weir_buffer_deinit(&text);
    weir_arena_deinit(&arena);
}

static void write_map(JsonText *json, const WeirVector *flat, uint32_t row)
{
    const uint32_t *offsets = flat->values;
    open_object(json);
    if (json->options->sort_keys) {
        write_map_sorted(json, flat, offsets[row], offsets[row + 1] - offsets[row]);
    } else {
        for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++) {
            begin_member(json, at == offsets[row]);
            write_key(json, &flat->children[0], at);
            write_colon(json);
            write_value(json, &flat->children[1], at);
        }
    }
    close_object(json, offsets[row] == offsets[row + 1]);
}

static void write_array(JsonText *json, const WeirVector *flat, uint32_t row)
{
    const uint32_t *offsets = flat->values;
    put_char(json->out, '[');
    for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++) {
        if (at > offsets[row])
            put_char(json->out, ',');
        if (json->options->pretty)
            put_char(json->out, ' ');
        write_value(json, flat->children, at);
    }
    if (json->options->pretty)
        put_char(json->out, ' ');
    put_char(json->out, ']');
}

static void sort_fields(const WeirDataType *type, Member *members)
{
    for (uint32_t i = 0; i < type->field_count; i++)
        members[i] = (Member){weir_view_make(type->fields[i].name, (uint32_t)strlen(type->fields[i].name)), i};
    qsort(members, type->field_count, sizeof(Member), by_name);
}

/* The fields of a struct, or the columns of a row. Only here are nulls left out: a map and an array keep theirs. */
static void write_fields(JsonText *json, const WeirDataType *type, const WeirVector *columns, uint32_t row)
{
    bool first = true;
    Member *members = NULL;
    if (json->options->sort_keys && type->field_count > 1) {
        members = weir_malloc(type->field_count * sizeof(Member));
        sort_fields(type, members);
    }
    open_object(json);
    for (uint32_t k = 0; k < type->field_count; k++) {
        uint32_t i = members == NULL ? k : members[k].index;
        if (json->options->ignore_null_fields && weir_vector_is_null(&columns[i], row))
            continue;
        begin_member(json, first);
        first = false;
        write_string(json, type->fields[i].name, strlen(type->fields[i].name));
        write_colon(json);
        write_value(json, &columns[i], row);
    }
    close_object(json, first);
    weir_free(members);
}

static void write_date_time(JsonText *json, const WeirDataType *type, int64_t value)
{
    const WeirJsonWriteOptions *options = json->options;
    const WeirValueFormatter *formatter = type->id == WEIR_TYPE_DATE        ? options->date_formatter
                                          : type->id == WEIR_TYPE_TIMESTAMP ? options->timestamp_formatter
                                                                            : options->timestamp_ntz_formatter;
    if (formatter != NULL) {
        WeirBuffer text;
        weir_buffer_init(&text, 0, json->out->tracker);
        formatter->format(formatter, value, &text);
        write_string(json, weir_buffer_text(&text), text.length);
        weir_buffer_deinit(&text);
        return;
    }
    char text[WEIR_VALUE_TEXT_BYTES];
    size_t length =
        type->id == WEIR_TYPE_DATE
            ? weir_format_date((int32_t)value, text)
            : weir_format_timestamp_iso(value, type->id == WEIR_TYPE_TIMESTAMP ? options->zone : NULL, text);
    write_string(json, text, length);
}

static void write_number(JsonText *json, const WeirVector *flat, uint32_t row)
{
    char text[WEIR_VALUE_TEXT_BYTES];
    WeirPhysicalType physical = weir_type_physical(flat->type);
    size_t length;
    if (flat->type->id == WEIR_TYPE_DECIMAL)
        length = weir_format_decimal_scientific(physical == WEIR_PHYSICAL_INT128 ? weir_load_int128(flat->values, row)
                                                                                 : weir_load_int(flat, physical, row),
                                                flat->type->scale, text);
    else
        length = weir_value_format_fixed(flat, row, NULL, text);
    bool is_word = text[0] == 'N' || text[0] == 'I' || (text[0] == '-' && text[1] == 'I'); /* NaN, Infinity */
    if (is_word)
        put_char(json->out, '"');
    put(json->out, text, length);
    if (is_word)
        put_char(json->out, '"');
}

static void write_value(JsonText *json, const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    if (weir_flat_is_null(flat, at)) {
        put(json->out, "null", 4);
        return;
    }
    char text[WEIR_VALUE_TEXT_BYTES];
    switch (flat->type->id) {
    case WEIR_TYPE_STRING: {
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        write_string(json, weir_view_data(view), view->length);
        break;
    }
    case WEIR_TYPE_BINARY:
        write_base64(json, &((const WeirStringView *)flat->values)[at]);
        break;
    case WEIR_TYPE_DATE:
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
        write_date_time(json, flat->type, weir_load_int(flat, weir_type_physical(flat->type), at));
        break;
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
    case WEIR_TYPE_CALENDAR_INTERVAL:
        write_string(json, text, weir_value_format_fixed(flat, at, NULL, text));
        break;
    case WEIR_TYPE_ARRAY:
        write_array(json, flat, at);
        break;
    case WEIR_TYPE_MAP:
        write_map(json, flat, at);
        break;
    case WEIR_TYPE_STRUCT:
        write_fields(json, flat->type, flat->children, at);
        break;
    default:
        write_number(json, flat, at);
    }
}

void weir_value_json(const WeirVector *vector, uint32_t row, const WeirJsonWriteOptions *options, WeirBuffer *out)
{
    JsonText json = {options, out, 0};
    write_value(&json, vector, row);
}

void weir_row_json(const WeirSchema *schema, const WeirVector *columns, uint32_t row,
                   const WeirJsonWriteOptions *options, WeirBuffer *out)
{
    JsonText json = {options, out, 0};
    write_fields(&json, schema, columns, row);
}
