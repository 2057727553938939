/* Delta and snapshot content, written and read as streams: a file as large as the state is never in memory at once. */
#include "state/delta_file.h"

#include <stdio.h>

#define PROVIDER "HDFSBackedStateStoreProvider" /* in messages, as Spark's `clazz` */
#define END_OR_REMOVED 0xffffffffu

void weir_delta_writer_init(WeirDeltaWriter *writer, const WeirCompressionCodec *codec, WeirByteSink sink)
{
    *writer = (WeirDeltaWriter){.codec = codec, .writer = codec->writer_new(sink)};
}

void weir_delta_writer_deinit(WeirDeltaWriter *writer)
{
    if (writer->writer != NULL)
        writer->codec->writer_free(writer->writer);
    writer->writer = NULL;
}

static WeirStatus write_size(WeirDeltaWriter *writer, uint32_t size, WeirError *error)
{
    uint32_t big_endian = __builtin_bswap32(size);
    return writer->codec->write(writer->writer, &big_endian, 4, error);
}

WeirStatus weir_delta_writer_put(WeirDeltaWriter *writer, const void *key, uint32_t key_size, const void *value,
                                 uint32_t value_size, WeirError *error)
{
    WEIR_TRY(write_size(writer, key_size, error));
    WEIR_TRY(writer->codec->write(writer->writer, key, key_size, error));
    WEIR_TRY(write_size(writer, value_size, error));
    return writer->codec->write(writer->writer, value, value_size, error);
}

WeirStatus weir_delta_writer_remove(WeirDeltaWriter *writer, const void *key, uint32_t key_size, WeirError *error)
{
    WEIR_TRY(write_size(writer, key_size, error));
    WEIR_TRY(writer->codec->write(writer->writer, key, key_size, error));
    return write_size(writer, END_OR_REMOVED, error);
}

WeirStatus weir_delta_writer_finish(WeirDeltaWriter *writer, WeirError *error)
{
    WEIR_TRY(write_size(writer, END_OR_REMOVED, error));
    return writer->codec->finish(writer->writer, error);
}

void weir_delta_reader_init(WeirDeltaReader *reader, WeirByteSource source, WeirDeltaKind kind, const char *path)
{
    *reader = (WeirDeltaReader){.kind = kind, .path = path};
    weir_decompressor_init(&reader->decompressor, source, path);
    weir_buffer_init(&reader->row, SIZE_MAX / 2, NULL);
}

void weir_delta_reader_deinit(WeirDeltaReader *reader)
{
    weir_decompressor_deinit(&reader->decompressor);
    weir_buffer_deinit(&reader->row);
}

/* Have at least one byte in the run. */
static WeirStatus next_run(WeirDeltaReader *reader, WeirError *error)
{
    while (reader->run_bytes == 0) {
        WEIR_TRY(weir_decompressor_read(&reader->decompressor, &reader->run, &reader->run_bytes, error));
        if (reader->run_bytes == 0)
            return weir_state_file_damaged(reader->path, "it ends before its end mark", error);
    }
    return WEIR_OK;
}

static void consume(WeirDeltaReader *reader, size_t length)
{
    reader->run += length;
    reader->run_bytes -= length;
}

/* Append `length` bytes of the stream to the row, run by run, so that a foreign length allocates nothing by itself. */
static WeirStatus collect(WeirDeltaReader *reader, size_t length, WeirError *error)
{
    while (length > 0) {
        WEIR_TRY(next_run(reader, error));
        size_t part = length < reader->run_bytes ? length : reader->run_bytes;
        weir_buffer_append(&reader->row, reader->run, part);
        WEIR_TRY(weir_buffer_check(&reader->row, error));
        consume(reader, part);
        length -= part;
    }
    return WEIR_OK;
}

static WeirStatus read_size(WeirDeltaReader *reader, int32_t *size, WeirError *error)
{
    uint8_t bytes[4];
    for (size_t got = 0; got < 4;) {
        WEIR_TRY(next_run(reader, error));
        size_t part = 4 - got < reader->run_bytes ? 4 - got : reader->run_bytes;
        memcpy(bytes + got, reader->run, part);
        consume(reader, part);
        got += part;
    }
    *size = (int32_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]);
    return WEIR_OK;
}

static WeirStatus bad_size(const WeirDeltaReader *reader, const char *parameter, int32_t size, WeirError *error)
{
    char text[16];
    snprintf(text, sizeof text, "%d", size);
    WeirStatus condition = WEIR_ERROR_CANNOT_LOAD_STATE_STORE_CANNOT_READ_DELTA_FILE_KEY_SIZE;
    if (reader->kind == WEIR_SNAPSHOT_FILE)
        condition = parameter[0] == 'k' ? WEIR_ERROR_CANNOT_LOAD_STATE_STORE_CANNOT_READ_SNAPSHOT_FILE_KEY_SIZE
                                        : WEIR_ERROR_CANNOT_LOAD_STATE_STORE_CANNOT_READ_SNAPSHOT_FILE_VALUE_SIZE;
    return weir_error_set(error, condition, "fileToRead", reader->path, "clazz", PROVIDER, parameter, text);
}

static uint32_t peek_size(const uint8_t *at)
{
    uint32_t size;
    memcpy(&size, at, 4);
    return __builtin_bswap32(size);
}

/* The usual case: the whole entry is in the run, and is returned where it lies. False: anything else, with nothing
 * consumed. */
static bool next_in_run(WeirDeltaReader *reader, WeirDeltaEntry *entry, WeirStateRow *row)
{
    if (reader->run_bytes < 8)
        return false;
    uint32_t key_size = peek_size(reader->run);
    if (key_size > reader->run_bytes - 8)
        return false;
    uint32_t value_size = peek_size(reader->run + 4 + key_size);
    bool removal = value_size == END_OR_REMOVED && reader->kind == WEIR_DELTA_FILE;
    if (!removal && (value_size > INT32_MAX || value_size > reader->run_bytes - 8 - key_size))
        return false;
    *entry = removal ? WEIR_DELTA_REMOVE : WEIR_DELTA_PUT;
    *row = (WeirStateRow){.key = reader->run + 4, .key_size = key_size};
    if (!removal) {
        row->value = reader->run + 8 + key_size;
        row->value_size =
            value_size & ~7u; /* Before Spark 2.3 some values had four bytes too many; Spark cuts them the same way. */
    }
    consume(reader, (size_t)8 + key_size + (removal ? 0 : value_size));
    return true;
}

/* An entry that spans runs, put together in a buffer; or the end. */
static WeirStatus next_collected(WeirDeltaReader *reader, WeirDeltaEntry *entry, WeirStateRow *row, WeirError *error)
{
    int32_t key_size, value_size;
    *row = (WeirStateRow){0};
    *entry = WEIR_DELTA_END;
    WEIR_TRY(read_size(reader, &key_size, error));
    if (key_size == -1)
        return WEIR_OK;
    if (key_size < 0)
        return bad_size(reader, "keySize", key_size, error);
    weir_buffer_clear(&reader->row);
    WEIR_TRY(collect(reader, (size_t)key_size, error));
    WEIR_TRY(read_size(reader, &value_size, error));
    if (value_size < 0 && reader->kind == WEIR_SNAPSHOT_FILE)
        return bad_size(reader, "valueSize", value_size, error);
    if (value_size > 0)
        WEIR_TRY(collect(reader, (size_t)value_size, error));
    *entry = value_size < 0 ? WEIR_DELTA_REMOVE : WEIR_DELTA_PUT;
    row->key = (const uint8_t *)weir_buffer_text(&reader->row);
    row->key_size = (uint32_t)key_size;
    row->value = value_size < 0 ? NULL : row->key + key_size;
    row->value_size = value_size < 0 ? 0 : (uint32_t)value_size & ~7u;
    return WEIR_OK;
}

WeirStatus weir_delta_reader_next(WeirDeltaReader *reader, WeirDeltaEntry *entry, WeirStateRow *row, WeirError *error)
{
    return next_in_run(reader, entry, row) ? WEIR_OK : next_collected(reader, entry, row, error);
}

WeirStatus weir_delta_reader_next_group(WeirDeltaReader *reader, WeirDeltaGroup *group, WeirError *error)
{
    group->count = 0;
    while (group->count < WEIR_DELTA_GROUP_MAX &&
           next_in_run(reader, &group->entries[group->count], &group->rows[group->count]))
        group->count++;
    if (group->count > 0)
        return WEIR_OK;
    WEIR_TRY(next_collected(reader, &group->entries[0], &group->rows[0], error));
    group->count = group->entries[0] != WEIR_DELTA_END;
    return WEIR_OK;
}

static WeirStatus read_from_file(void *context, void *data, size_t length, size_t *got, WeirError *error)
{
    WeirFileSource *source = context;
    WEIR_TRY(source->fs->read_at(source->file, source->offset, data, length, got, error));
    source->offset += (int64_t)*got;
    return WEIR_OK;
}

WeirByteSource weir_file_source(WeirFileSource *source)
{
    return (WeirByteSource){read_from_file, source};
}
