/* Values as Spark's to_json and JSON files write them. Numbers of decimals are BigDecimal.toString, binary is base64,
 * what JSON has no number for (NaN, infinities) is a string, and the keys of a map are the texts of its internal
 * values. */
#include "columnar/utf8.h"
#include "columnar/value_format.h"
#include "columnar/value_text.h"
#include "columnar/vector_private.h"
#include "common/json.h"
#include "common/number_format.h"

typedef struct JsonText {
    const WeirJsonWriteOptions *options;
    WeirBuffer *out;
} JsonText;

static void write_value(const JsonText *json, const WeirVector *vector, uint32_t row);

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

static void write_string(const JsonText *json, const void *data, size_t length)
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

static void write_base64(const JsonText *json, const WeirStringView *view)
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

/* The text of a map's key, into `out`: Java's toString of Spark's internal value. */
static void append_key(const WeirVector *flat, uint32_t row, WeirBuffer *out)
{
    char text[WEIR_VALUE_TEXT_BYTES];
    WeirPhysicalType physical = weir_type_physical(flat->type);
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
    default:
        weir_value_cast_text(flat, row, weir_time_zone_utc(), out);
    }
}

static void write_key(const JsonText *json, const WeirVector *keys, uint32_t at)
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
    append_key(flat, row, &text);
    write_string(json, weir_buffer_text(&text), text.length);
    weir_buffer_deinit(&text);
}

static void write_list(const JsonText *json, const WeirVector *flat, uint32_t row)
{
    const uint32_t *offsets = flat->values;
    bool is_map = flat->type->id == WEIR_TYPE_MAP;
    put_char(json->out, is_map ? '{' : '[');
    for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++) {
        if (at > offsets[row])
            put_char(json->out, ',');
        if (is_map) {
            write_key(json, &flat->children[0], at);
            put_char(json->out, ':');
        }
        write_value(json, &flat->children[is_map], at);
    }
    put_char(json->out, is_map ? '}' : ']');
}

/* The fields of a struct, or the columns of a row. Only here are nulls left out: a map and an array keep theirs. */
static void write_fields(const JsonText *json, const WeirDataType *type, const WeirVector *columns, uint32_t row)
{
    bool first = true;
    put_char(json->out, '{');
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (json->options->ignore_null_fields && weir_vector_is_null(&columns[i], row))
            continue;
        if (!first)
            put_char(json->out, ',');
        first = false;
        write_string(json, type->fields[i].name, strlen(type->fields[i].name));
        put_char(json->out, ':');
        write_value(json, &columns[i], row);
    }
    put_char(json->out, '}');
}

static void write_date_time(const JsonText *json, const WeirDataType *type, int64_t value)
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

static void write_number(const JsonText *json, const WeirVector *flat, uint32_t row)
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

static void write_value(const JsonText *json, const WeirVector *vector, uint32_t row)
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
    case WEIR_TYPE_MAP:
        write_list(json, flat, at);
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
    JsonText json = {options, out};
    write_value(&json, vector, row);
}

void weir_row_json(const WeirSchema *schema, const WeirVector *columns, uint32_t row,
                   const WeirJsonWriteOptions *options, WeirBuffer *out)
{
    JsonText json = {options, out};
    write_fields(&json, schema, columns, row);
}
