/* Foreign state files. The first byte says: a whole file of either kind, or content that is put into a good LZ4 stream
 * first, so that the row layer is reached; what decodes is encoded again and must decode to the same. */
#include <stddef.h>
#include <stdint.h>

#include "state/delta_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decode; entries are written to `writer` unless it is NULL, and mixed into the hash that is returned. */
static WeirStatus decode(const void *data, size_t size, WeirDeltaKind kind, WeirDeltaWriter *writer, uint64_t *hash)
{
    WeirMemorySource memory = {data, size};
    WeirDeltaReader reader;
    WeirError error = {0};
    weir_delta_reader_init(&reader, weir_memory_source(&memory), kind, "f");
    WeirDeltaEntry entry = WEIR_DELTA_PUT;
    WeirStateRow row;
    WeirStatus status = WEIR_OK;
    *hash = 0;
    while (status == WEIR_OK && entry != WEIR_DELTA_END) {
        status = weir_delta_reader_next(&reader, &entry, &row, &error);
        if (status != WEIR_OK || entry == WEIR_DELTA_END)
            break;
        for (uint32_t i = 0; i < row.key_size; i++)
            *hash = *hash * 31 + row.key[i];
        for (uint32_t i = 0; i < row.value_size; i++)
            *hash = *hash * 31 + row.value[i];
        *hash = *hash * 31 + (uint64_t)entry + row.key_size;
        if (writer != NULL && entry == WEIR_DELTA_REMOVE)
            status = weir_delta_writer_remove(writer, row.key, row.key_size, &error);
        else if (writer != NULL)
            status = weir_delta_writer_put(writer, row.key, row.key_size, row.value, row.value_size, &error);
    }
    if (status != WEIR_OK && error.message[0] == '\0')
        __builtin_trap();
    weir_delta_reader_deinit(&reader);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    WeirDeltaKind kind = (data[0] & 1) != 0 ? WEIR_SNAPSHOT_FILE : WEIR_DELTA_FILE;
    const WeirCompressionCodec *codec = (data[0] & 2) != 0 ? &weir_zstd_codec : &weir_lz4_codec;
    uint64_t hash, again;
    if ((data[0] & 4) != 0) {
        (void)decode(data + 1, size - 1, kind, NULL, &hash);
        return 0;
    }
    WeirBuffer packed, repacked;
    weir_buffer_init(&packed, 0, NULL);
    weir_buffer_init(&repacked, 0, NULL);
    void *stream = codec->writer_new(weir_buffer_sink(&packed));
    (void)codec->write(stream, data + 1, size - 1, NULL);
    (void)codec->finish(stream, NULL);
    codec->writer_free(stream);
    WeirDeltaWriter writer;
    weir_delta_writer_init(&writer, codec, weir_buffer_sink(&repacked));
    if (decode(packed.data, packed.length, kind, &writer, &hash) == WEIR_OK) {
        if (weir_delta_writer_finish(&writer, NULL) != WEIR_OK ||
            decode(repacked.data, repacked.length, kind, NULL, &again) != WEIR_OK || hash != again)
            __builtin_trap();
    }
    weir_delta_writer_deinit(&writer);
    weir_buffer_deinit(&packed);
    weir_buffer_deinit(&repacked);
    return 0;
}
