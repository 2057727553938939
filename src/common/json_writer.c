/* JSON text as Jackson writes it: no spaces, short escapes where there are, upper-case \u00XX for the other controls.
 */
#include "common/json.h"

#include <stdio.h>
#include <string.h>

#include "common/number_format.h"

static void write_escape(WeirBuffer *buffer, unsigned char c)
{
    static const char short_letters[] = "btn?fr"; /* of 8 to 13; 11 has none */
    char text[8] = {'\\', (char)c};
    size_t length = 2;
    if (c >= 8 && c <= 13 && c != 11) {
        text[1] = short_letters[c - 8];
    } else if (c < 0x20) {
        text[1] = 'u';
        text[2] = text[3] = '0';
        text[4] = (char)('0' + (c >> 4));
        text[5] = "0123456789ABCDEF"[c & 15];
        length = 6;
    }
    weir_buffer_append(buffer, text, length);
}

void weir_json_write_string(WeirBuffer *buffer, const char *text, size_t length)
{
    weir_buffer_append_char(buffer, '"');
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        weir_buffer_append(buffer, text + written, i - written);
        write_escape(buffer, c);
        written = i + 1;
    }
    weir_buffer_append(buffer, text + written, length - written);
    weir_buffer_append_char(buffer, '"');
}

void weir_json_writer_init(WeirJsonWriter *writer, WeirBuffer *buffer)
{
    *writer = (WeirJsonWriter){.buffer = buffer};
}

/* The comma, and the key inside objects. */
static void begin_value(WeirJsonWriter *writer, const char *key)
{
    if (writer->need_comma)
        weir_buffer_append_char(writer->buffer, ',');
    writer->need_comma = true;
    if (key != NULL) {
        weir_json_write_string(writer->buffer, key, strlen(key));
        weir_buffer_append_char(writer->buffer, ':');
    }
}

static void begin_level(WeirJsonWriter *writer, const char *key, char bracket)
{
    begin_value(writer, key);
    weir_buffer_append_char(writer->buffer, bracket);
    writer->need_comma = false;
}

static void end_level(WeirJsonWriter *writer, char bracket)
{
    weir_buffer_append_char(writer->buffer, bracket);
    writer->need_comma = true;
}

void weir_json_begin_object(WeirJsonWriter *writer, const char *key)
{
    begin_level(writer, key, '{');
}
void weir_json_end_object(WeirJsonWriter *writer)
{
    end_level(writer, '}');
}
void weir_json_begin_array(WeirJsonWriter *writer, const char *key)
{
    begin_level(writer, key, '[');
}
void weir_json_end_array(WeirJsonWriter *writer)
{
    end_level(writer, ']');
}

void weir_json_add_raw(WeirJsonWriter *writer, const char *key, const char *json)
{
    begin_value(writer, key);
    weir_buffer_append_text(writer->buffer, json);
}

void weir_json_add_string(WeirJsonWriter *writer, const char *key, const char *value)
{
    if (value == NULL) {
        weir_json_add_raw(writer, key, "null");
        return;
    }
    begin_value(writer, key);
    weir_json_write_string(writer->buffer, value, strlen(value));
}

void weir_json_add_int(WeirJsonWriter *writer, const char *key, int64_t value)
{
    char text[WEIR_NUMBER_TEXT_BYTES];
    weir_format_int64(value, text);
    weir_json_add_raw(writer, key, text);
}

void weir_json_add_double(WeirJsonWriter *writer, const char *key, double value)
{
    char text[WEIR_NUMBER_TEXT_BYTES];
    weir_format_double(value, text);
    if (__builtin_isfinite(value))
        weir_json_add_raw(writer, key, text);
    else
        weir_json_add_string(writer, key, text); /* as Jackson: JSON has no such numbers */
}

void weir_json_add_boolean(WeirJsonWriter *writer, const char *key, bool value)
{
    weir_json_add_raw(writer, key, value ? "true" : "false");
}
