/* Rows to JSON lines (Spark: JacksonGenerator): nulls are left out unless ignoreNullFields is false. */
#include "formats/json_format_private.h"

#include "columnar/value_text.h"

struct WeirFormatWriter {
    const WeirSchema *schema;
    WeirArena arena;
    WeirTimeFormats times;
    WeirJsonWriteOptions options;
    const char *separator;
};

WeirStatus weir_json_open_writer(const WeirFormatOptions *options, const WeirSchema *schema, WeirFormatWriter **out,
                                 WeirError *error)
{
    static const char *const not_built[] = {"locale", "pretty", "sortKeys"};
    bool ignore_nulls = true, escape = false;
    for (size_t i = 0; i < sizeof(not_built) / sizeof(not_built[0]); i++)
        if (options->get(options->context, not_built[i]) != NULL)
            return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                     "The JSON option %s is not built yet for writing. Leave it out.", not_built[i]);
    WEIR_TRY(weir_format_option_bool(options, "ignoreNullFields", true, &ignore_nulls, error));
    WEIR_TRY(weir_format_option_bool(options, "writeNonAsciiCharacterAsCodePoint", false, &escape, error));
    WeirFormatWriter *writer = weir_calloc(1, sizeof(*writer));
    const char *separator = options->get(options->context, "lineSep");
    weir_arena_init(&writer->arena, NULL);
    WeirStatus status = weir_time_formats_read(options, &writer->arena, &writer->times, error);
    if (status != WEIR_OK) {
        weir_json_close_writer(writer);
        return status;
    }
    const WeirTimeFormats *times = &writer->times;
    writer->schema = schema;
    writer->separator = separator == NULL ? "\n" : separator;
    writer->options = (WeirJsonWriteOptions){
        .ignore_null_fields = ignore_nulls,
        .escape_non_ascii = escape,
        .zone = times->zone,
        .date_formatter = times->date == NULL ? NULL : &times->date_formatter.formatter,
        .timestamp_formatter = times->timestamp == NULL ? NULL : &times->timestamp_formatter.formatter,
        .timestamp_ntz_formatter = times->timestamp_ntz == NULL ? NULL : &times->timestamp_ntz_formatter.formatter,
    };
    *out = writer;
    return WEIR_OK;
}

WeirStatus weir_json_write_batch(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error)
{
    WeirVector row = {.type = writer->schema, .length = batch->row_count, .children = batch->columns};
    size_t separator_length = strlen(writer->separator);
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        weir_value_json(&row, weir_batch_row(batch, k), &writer->options, out);
        weir_buffer_append(out, writer->separator, separator_length);
    }
    return weir_buffer_check(out, error);
}

WeirStatus weir_json_finish(WeirFormatWriter *writer, WeirBuffer *out, WeirError *error)
{
    (void)writer, (void)out, (void)error;
    return WEIR_OK;
}

void weir_json_close_writer(WeirFormatWriter *writer)
{
    if (writer == NULL)
        return;
    weir_arena_deinit(&writer->arena);
    weir_free(writer);
}
