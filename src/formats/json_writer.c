/* Rows to JSON lines (Spark: JacksonGenerator): nulls are left out unless ignoreNullFields is false. */
#include "formats/json_format_private.h"

#include "formats/json_options.h"

struct WeirFormatWriter {
    const WeirSchema *schema;
    WeirArena arena;
    WeirJsonWriting writing;
    const char *separator;
    WeirEncoding encoding;
    bool written; /* something: a byte order mark comes before */
    WeirBuffer text;
};

WeirStatus weir_json_open_writer(const WeirFormatOptions *options, const WeirSchema *schema, WeirFormatWriter **out,
                                 WeirError *error)
{
    WeirFormatWriter *writer = weir_calloc(1, sizeof(*writer));
    const char *separator = options->get(options->context, "lineSep");
    weir_arena_init(&writer->arena, NULL);
    weir_buffer_init(&writer->text, 0, NULL);
    WeirStatus status = weir_format_encoding(options, &writer->encoding, error);
    if (status == WEIR_OK)
        status = weir_json_writing_read(options, &writer->arena, &writer->writing, error);
    if (status != WEIR_OK) {
        weir_json_close_writer(writer);
        return status;
    }
    writer->schema = schema;
    writer->separator = separator == NULL ? "\n" : separator;
    *out = writer;
    return WEIR_OK;
}

WeirStatus weir_json_write_batch(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error)
{
    WeirBuffer *text = writer->encoding == WEIR_ENCODING_UTF8 ? out : &writer->text;
    WeirVector row = {.type = writer->schema, .length = batch->row_count, .children = batch->columns};
    size_t separator_length = strlen(writer->separator);
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        weir_value_json(&row, weir_batch_row(batch, k), &writer->writing.options, text);
        weir_buffer_append(text, writer->separator, separator_length);
    }
    if (text != out) {
        WEIR_TRY(weir_buffer_check(text, error));
        weir_encoding_encode(writer->encoding, (const uint8_t *)weir_buffer_text(text), text->length, !writer->written,
                             out);
        writer->written = writer->written || text->length > 0;
        weir_buffer_clear(text);
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
    weir_buffer_deinit(&writer->text);
    weir_free(writer);
}
