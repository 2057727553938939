/* The content of delta and snapshot files: { int32 key size, key, int32 value size, value }, ended by -1; big-endian
 * sizes; in a delta a value size below 0 is a removal. A key may occur several times in one delta: the last one counts.
 */
#ifndef WEIR_STATE_DELTA_FILE_H
#define WEIR_STATE_DELTA_FILE_H

#include "state/compression.h"
#include "state/state_store.h"

typedef struct WeirDeltaWriter {
    const WeirCompressionCodec *codec;
    void *writer;
} WeirDeltaWriter;

void weir_delta_writer_init(WeirDeltaWriter *writer, const WeirCompressionCodec *codec, WeirByteSink sink);
void weir_delta_writer_deinit(WeirDeltaWriter *writer);
WEIR_CHECKED WeirStatus weir_delta_writer_put(WeirDeltaWriter *writer, const void *key, uint32_t key_size,
                                              const void *value, uint32_t value_size, WeirError *error);
WEIR_CHECKED WeirStatus weir_delta_writer_remove(WeirDeltaWriter *writer, const void *key, uint32_t key_size,
                                                 WeirError *error);
WEIR_CHECKED WeirStatus weir_delta_writer_finish(WeirDeltaWriter *writer, WeirError *error);

typedef enum WeirDeltaKind { WEIR_DELTA_FILE, WEIR_SNAPSHOT_FILE } WeirDeltaKind;
typedef enum WeirDeltaEntry { WEIR_DELTA_END, WEIR_DELTA_PUT, WEIR_DELTA_REMOVE } WeirDeltaEntry;

typedef struct WeirDeltaReader {
    WeirDecompressor decompressor;
    WeirDeltaKind kind;
    const char *path;
    const uint8_t *run; /* decompressed bytes not yet looked at */
    size_t run_bytes;
    WeirBuffer row; /* key and value of an entry that spans runs */
} WeirDeltaReader;

/* `path` must outlive the reader. */
void weir_delta_reader_init(WeirDeltaReader *reader, WeirByteSource source, WeirDeltaKind kind, const char *path);
void weir_delta_reader_deinit(WeirDeltaReader *reader);
/* The next entry; its bytes (at any alignment) are valid until the next call. A removal has no value. Foreign bytes
 * cost no more memory than they are long, times what they decompress to. */
WEIR_CHECKED WeirStatus weir_delta_reader_next(WeirDeltaReader *reader, WeirDeltaEntry *entry, WeirStateRow *row,
                                               WeirError *error);

/* Several entries that lie side by side, so that what they need can be fetched before they are applied. */
#define WEIR_DELTA_GROUP_MAX 64
typedef struct WeirDeltaGroup {
    uint32_t count; /* 0 at the end of the file */
    WeirDeltaEntry entries[WEIR_DELTA_GROUP_MAX];
    WeirStateRow rows[WEIR_DELTA_GROUP_MAX];
} WeirDeltaGroup;
WEIR_CHECKED WeirStatus weir_delta_reader_next_group(WeirDeltaReader *reader, WeirDeltaGroup *group, WeirError *error);

/* A source over a file; `file` stays the caller's. */
typedef struct WeirFileSource {
    WeirFileSystem *fs;
    WeirFile *file;
    int64_t offset;
} WeirFileSource;
WeirByteSource weir_file_source(WeirFileSource *source);

#endif
