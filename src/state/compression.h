/* The compressed streams of state files, as Spark's CompressionCodec makes them: lz4 (LZ4BlockOutputStream) and zstd. A
 * codec is a table of functions; bytes come from a source and go to a sink, so that files, buffers and fuzzers look the
 * same. */
#ifndef WEIR_STATE_COMPRESSION_H
#define WEIR_STATE_COMPRESSION_H

#include "common/file_system.h"
#include "common/memory.h"

typedef struct WeirByteSink {
    WeirStatus (*write)(void *context, const void *data, size_t length, WeirError *error);
    void *context;
} WeirByteSink;

typedef struct WeirByteSource {
    /* Up to `length` bytes; `*got` 0 at the end. */
    WeirStatus (*read)(void *context, void *data, size_t length, size_t *got, WeirError *error);
    void *context;
} WeirByteSource;

/* Compressed bytes as a reader wants them: some at once, side by side. */
typedef struct WeirRawInput {
    WeirByteSource source;
    const char *path; /* for messages */
    uint8_t *data;
    size_t start, end, capacity;
} WeirRawInput;

typedef struct WeirCompressionCodec {
    const char *name;
    const char *magic; /* the first bytes of every stream */
    size_t magic_bytes;
    void *(*writer_new)(WeirByteSink sink);
    WeirStatus (*write)(void *writer, const void *data, size_t length, WeirError *error);
    WeirStatus (*finish)(void *writer, WeirError *error); /* writes what is left and the end mark */
    void (*writer_free)(void *writer);
    void *(*reader_new)(WeirRawInput *input);
    /* The next run of decompressed bytes, valid until the next call; `*length` 0 at the end. */
    WeirStatus (*read)(void *reader, const uint8_t **data, size_t *length, WeirError *error);
    void (*reader_free)(void *reader);
} WeirCompressionCodec;

extern const WeirCompressionCodec weir_lz4_codec, weir_zstd_codec;

/* By Spark's short name or class name; lzf, snappy and unknown ones: UNSUPPORTED_FEATURE. */
WEIR_CHECKED WeirStatus weir_compression_find(const char *name, const WeirCompressionCodec **codec, WeirError *error);

void weir_raw_input_init(WeirRawInput *input, WeirByteSource source, const char *path);
void weir_raw_input_deinit(WeirRawInput *input);
/* Have up to `wanted` bytes at data + start; fewer only at the end of the source. `*available` may be more. */
WEIR_CHECKED WeirStatus weir_raw_input_need(WeirRawInput *input, size_t wanted, size_t *available, WeirError *error);
/* CANNOT_LOAD_STATE_STORE.UNCATEGORIZED naming the file and the reason. */
WeirStatus weir_state_file_damaged(const char *path, const char *reason, WeirError *error);

/* Decompressed bytes, the codec found by the stream's first bytes. */
typedef struct WeirDecompressor {
    WeirRawInput input;
    const WeirCompressionCodec *codec;
    void *reader;
} WeirDecompressor;
void weir_decompressor_init(WeirDecompressor *decompressor, WeirByteSource source, const char *path);
void weir_decompressor_deinit(WeirDecompressor *decompressor);
WEIR_CHECKED WeirStatus weir_decompressor_read(WeirDecompressor *decompressor, const uint8_t **data, size_t *length,
                                               WeirError *error);

/* A sink that appends to a buffer, and a source that reads memory. */
WeirByteSink weir_buffer_sink(WeirBuffer *buffer);
typedef struct WeirMemorySource {
    const uint8_t *data;
    size_t length;
} WeirMemorySource;
WeirByteSource weir_memory_source(WeirMemorySource *memory);

#endif
