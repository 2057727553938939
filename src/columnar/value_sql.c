/* Values as SQL literals: Spark's Literal.sql. */
#include "columnar/value_format.h"
#include "columnar/value_text.h"
#include "columnar/vector_private.h"
#include "common/number_format.h"

static void append_quoted(const uint8_t *data, size_t length, WeirBuffer *out)
{
    weir_buffer_append_char(out, '\'');
    for (size_t i = 0; i < length; i++) {
        if (data[i] == '\'' || data[i] == '\\')
            weir_buffer_append_char(out, '\\');
        weir_buffer_append_char(out, (char)data[i]);
    }
    weir_buffer_append_char(out, '\'');
}

static void append_null(const WeirDataType *type, WeirBuffer *out)
{
    if (type->id == WEIR_TYPE_VOID || weir_type_is_nested(type)) {
        weir_buffer_append_text(out, "NULL");
        return;
    }
    weir_buffer_append_text(out, "CAST(NULL AS ");
    weir_type_sql(type, out);
    weir_buffer_append_char(out, ')');
}

static void append_string(const WeirVector *flat, uint32_t row, WeirBuffer *out)
{
    const WeirStringView *view = &((const WeirStringView *)flat->values)[row];
    const uint8_t *data = weir_view_data(view);
    if (flat->type->id == WEIR_TYPE_STRING) {
        append_quoted(data, view->length, out);
        return;
    }
    weir_buffer_append_text(out, "X'");
    for (uint32_t i = 0; i < view->length; i++)
        weir_buffer_append_format(out, "%02X", data[i]);
    weir_buffer_append_char(out, '\'');
}

/* ARRAY(1, 2), MAP('k', 1), NAMED_STRUCT('a', 1). */
static void append_nested(const WeirVector *flat, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out)
{
    bool is_struct = flat->type->id == WEIR_TYPE_STRUCT;
    const uint32_t *offsets = flat->values;
    uint32_t start = is_struct ? row : offsets[row], end = is_struct ? row + 1 : offsets[row + 1];
    bool first = true;
    weir_buffer_append_text(out, is_struct ? "NAMED_STRUCT(" : flat->type->id == WEIR_TYPE_MAP ? "MAP(" : "ARRAY(");
    for (uint32_t at = start; at < end; at++) {
        for (uint32_t i = 0; i < flat->type->field_count; i++, first = false) {
            const char *name = flat->type->fields[i].name;
            if (!first)
                weir_buffer_append_text(out, ", ");
            if (is_struct) {
                append_quoted((const uint8_t *)name, strlen(name), out);
                weir_buffer_append_text(out, ", ");
            }
            weir_value_sql(&flat->children[i], at, zone, out);
        }
    }
    weir_buffer_append_char(out, ')');
}

/* CAST('1.5' AS FLOAT), 1.5D, CAST('NaN' AS DOUBLE). */
static void append_floating(const WeirVector *flat, uint32_t row, WeirBuffer *out)
{
    char text[WEIR_NUMBER_TEXT_BYTES];
    bool is_float = flat->type->id == WEIR_TYPE_FLOAT;
    double value = is_float ? (double)((const float *)flat->values)[row] : ((const double *)flat->values)[row];
    if (is_float)
        weir_format_float((float)value, text);
    else
        weir_format_double(value, text);
    if (is_float || value - value != 0)
        weir_buffer_append_format(out, "CAST('%s' AS %s)", text, is_float ? "FLOAT" : "DOUBLE");
    else
        weir_buffer_append_format(out, "%sD", text);
}

static void append_affixed(const char *before, const char *text, size_t length, const char *after, WeirBuffer *out)
{
    weir_buffer_append_text(out, before);
    weir_buffer_append(out, text, length);
    weir_buffer_append_text(out, after);
}

void weir_value_sql(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out)
{
    static const char *const before[WEIR_TYPE_COUNT] = {[WEIR_TYPE_DATE] = "DATE '",
                                                        [WEIR_TYPE_TIMESTAMP] = "TIMESTAMP '",
                                                        [WEIR_TYPE_TIMESTAMP_NTZ] = "TIMESTAMP_NTZ '",
                                                        [WEIR_TYPE_CALENDAR_INTERVAL] = "INTERVAL '"};
    static const char *const after[WEIR_TYPE_COUNT] = {
        [WEIR_TYPE_BYTE] = "Y",          [WEIR_TYPE_SHORT] = "S",
        [WEIR_TYPE_LONG] = "L",          [WEIR_TYPE_DECIMAL] = "BD",
        [WEIR_TYPE_DATE] = "'",          [WEIR_TYPE_TIMESTAMP] = "'",
        [WEIR_TYPE_TIMESTAMP_NTZ] = "'", [WEIR_TYPE_CALENDAR_INTERVAL] = "'"};
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    const WeirDataType *type = flat->type;
    if (weir_flat_is_null(flat, at)) {
        append_null(type, out);
        return;
    }
    switch (type->id) {
    case WEIR_TYPE_STRING:
    case WEIR_TYPE_BINARY:
        append_string(flat, at, out);
        return;
    case WEIR_TYPE_ARRAY:
    case WEIR_TYPE_MAP:
    case WEIR_TYPE_STRUCT:
        append_nested(flat, at, zone, out);
        return;
    case WEIR_TYPE_FLOAT:
    case WEIR_TYPE_DOUBLE:
        append_floating(flat, at, out);
        return;
    default:
        break;
    }
    char text[WEIR_VALUE_TEXT_BYTES];
    size_t length;
    WeirPhysicalType physical = weir_type_physical(type);
    if (type->id == WEIR_TYPE_DECIMAL)
        length = weir_format_decimal_scientific(physical == WEIR_PHYSICAL_INT128 ? weir_load_int128(flat->values, at)
                                                                                 : weir_load_int(flat, physical, at),
                                                type->scale, text);
    else
        length = weir_value_format_fixed(flat, at, zone, text);
    append_affixed(before[type->id] == NULL ? "" : before[type->id], text, length,
                   after[type->id] == NULL ? "" : after[type->id], out);
}
