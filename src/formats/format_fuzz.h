/* What the fuzzers of file formats share: a reader over bytes in memory, whole and in two ranges, which must give the
 * same number of rows. */
#ifndef WEIR_FORMATS_FORMAT_FUZZ_H
#define WEIR_FORMATS_FORMAT_FUZZ_H

#include <strings.h>

#include "formats/formats.h"

typedef struct FuzzInput {
    const uint8_t *data;
    size_t length;
    const char *const *options; /* key, value, …, NULL */
} FuzzInput;

static const char *fuzz_option(void *context, const char *key)
{
    const FuzzInput *input = context;
    for (const char *const *at = input->options; *at != NULL; at += 2)
        if (strcasecmp(at[0], key) == 0)
            return at[1];
    return NULL;
}

static WeirStatus fuzz_read(void *context, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error)
{
    const FuzzInput *input = context;
    (void)error;
    size_t left = (size_t)offset >= input->length ? 0 : input->length - (size_t)offset;
    *got = left < bytes ? left : bytes;
    if (*got > 0)
        memcpy(data, input->data + offset, *got);
    return WEIR_OK;
}

/* Rows of a range, every string looked at; -1: refused. */
static int64_t fuzz_rows(const WeirFileFormat *format, FuzzInput *input, const WeirSchema *schema, int64_t start,
                         int64_t end, uint32_t rows_max)
{
    WeirFormatOptions options = {.get = fuzz_option, .context = input, .zone = weir_time_zone_utc()};
    WeirByteSource source = {input, fuzz_read, (int64_t)input->length, "memory", NULL};
    uint32_t columns[16];
    for (uint32_t i = 0; i < schema->field_count; i++)
        columns[i] = i;
    WeirFormatScan scan = {&options, schema, columns, schema->field_count, rows_max, NULL};
    WeirFormatReader *reader = NULL;
    int64_t rows = 0;
    volatile uint8_t sink = 0;
    if (format->open_reader(&scan, &source, start, end, &reader, NULL) != WEIR_OK)
        return -1;
    for (;;) {
        WeirBatch *batch = NULL;
        if (format->next_batch(reader, &batch, NULL) != WEIR_OK) {
            rows = -1;
            break;
        }
        if (batch == NULL)
            break;
        rows += batch->selected_count;
        for (uint32_t i = 0; i < schema->field_count; i++)
            for (uint32_t row = 0; schema->fields[i].type->id == WEIR_TYPE_STRING && row < batch->row_count; row++) {
                const WeirStringView *view = &((const WeirStringView *)batch->columns[i].values)[row];
                if (!weir_vector_is_null(&batch->columns[i], row) && view->length > 0)
                    sink ^= weir_view_data(view)[view->length - 1];
            }
        weir_batch_release(batch);
    }
    format->close_reader(reader);
    (void)sink;
    return rows;
}

#endif
