/* The stream of lz4-java's LZ4BlockOutputStream and LZ4BlockInputStream, Spark's default codec: blocks of 32 KiB, each
 * with a header of magic, method and level, sizes and a checksum, then a block of size 0. Integers are little-endian.
 * Blocks of any level are read, and a stream may end without its end mark (Spark reads such files too). */
#include "state/compression.h"

#include <lz4.h>

#include "common/hash.h"

#define BLOCK_BYTES 32768u
#define LEVEL 5u /* log2(BLOCK_BYTES) - 10 */
#define HEADER_BYTES 21u
#define METHOD_RAW 0x10u
#define METHOD_LZ4 0x20u
#define CHECKSUM_SEED 0x9747b28cu
#define CHECKSUM_MASK 0x0fffffffu
#define MAGIC "LZ4Block"

typedef struct Writer {
    WeirByteSink sink;
    size_t filled;
    uint8_t block[BLOCK_BYTES];
    uint8_t compressed[HEADER_BYTES + BLOCK_BYTES + BLOCK_BYTES / 255 + 16];
} Writer;

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t checksum_of(const void *data, size_t length)
{
    return weir_xxhash32(data, length, CHECKSUM_SEED) & CHECKSUM_MASK;
}

static void put_header(uint8_t *header, uint32_t method, uint32_t compressed, uint32_t length, uint32_t checksum)
{
    memcpy(header, MAGIC, 8);
    header[8] = (uint8_t)(method | LEVEL);
    put_u32(header + 9, compressed);
    put_u32(header + 13, length);
    put_u32(header + 17, checksum);
}

static void *lz4_writer_new(WeirByteSink sink)
{
    Writer *writer = weir_malloc(sizeof *writer);
    writer->sink = sink;
    writer->filled = 0;
    return writer;
}

static WeirStatus flush_block(Writer *writer, WeirError *error)
{
    uint8_t *payload = writer->compressed + HEADER_BYTES;
    int capacity = (int)(sizeof writer->compressed - HEADER_BYTES);
    int compressed = LZ4_compress_default((const char *)writer->block, (char *)payload, (int)writer->filled, capacity);
    WEIR_ASSERT(compressed > 0);
    uint32_t length = (uint32_t)writer->filled, method = METHOD_LZ4, stored = (uint32_t)compressed;
    if (stored >= length) {
        method = METHOD_RAW;
        stored = length;
        memcpy(payload, writer->block, length);
    }
    put_header(writer->compressed, method, stored, length, checksum_of(writer->block, length));
    writer->filled = 0;
    return writer->sink.write(writer->sink.context, writer->compressed, HEADER_BYTES + stored, error);
}

static WeirStatus lz4_write(void *context, const void *data, size_t length, WeirError *error)
{
    Writer *writer = context;
    const uint8_t *bytes = data;
    while (writer->filled + length > BLOCK_BYTES) { /* A full block is written when more comes, as lz4-java does it. */
        size_t part = BLOCK_BYTES - writer->filled;
        memcpy(writer->block + writer->filled, bytes, part);
        writer->filled = BLOCK_BYTES;
        WEIR_TRY(flush_block(writer, error));
        bytes += part;
        length -= part;
    }
    memcpy(writer->block + writer->filled, bytes, length);
    writer->filled += length;
    return WEIR_OK;
}

static WeirStatus lz4_finish(void *context, WeirError *error)
{
    Writer *writer = context;
    if (writer->filled > 0)
        WEIR_TRY(flush_block(writer, error));
    put_header(writer->compressed, METHOD_RAW, 0, 0, 0);
    return writer->sink.write(writer->sink.context, writer->compressed, HEADER_BYTES, error);
}

typedef struct Reader {
    WeirRawInput *input;
    uint8_t *block;
    size_t capacity;
    size_t consumed; /* bytes of the input that the last block used: given back at the next read */
} Reader;

static void *lz4_reader_new(WeirRawInput *input)
{
    Reader *reader = weir_calloc(1, sizeof *reader);
    reader->input = input;
    return reader;
}

static void lz4_reader_free(void *context)
{
    Reader *reader = context;
    weir_free(reader->block);
    weir_free(reader);
}

typedef struct Header {
    uint32_t method, compressed, length, checksum;
} Header;

/* The reason why a header is damaged, or NULL. */
static const char *parse_header(const uint8_t *bytes, Header *header)
{
    *header = (Header){bytes[8] & 0xf0u, get_u32(bytes + 9), get_u32(bytes + 13), get_u32(bytes + 17)};
    uint32_t block_max = 1024u << (bytes[8] & 0x0fu);
    if (memcmp(bytes, MAGIC, 8) != 0)
        return "a block does not begin with LZ4Block";
    if (header->method != METHOD_RAW && header->method != METHOD_LZ4)
        return "a block has an unknown method";
    if (header->length > block_max || header->compressed > INT32_MAX ||
        (header->length == 0) != (header->compressed == 0) ||
        (header->method == METHOD_RAW && header->length != header->compressed))
        return "a block has impossible sizes";
    if (header->length > 0 && (header->length - 1) / 255 > header->compressed)
        return "a block has impossible sizes"; /* LZ4 shrinks at most 255 times: nothing is allocated for less. */
    if (header->length == 0 && header->checksum != 0)
        return "the end mark has a checksum";
    return NULL;
}

static WeirStatus decode_block(Reader *reader, const Header *header, const uint8_t *payload, const uint8_t **data,
                               WeirError *error)
{
    if (header->method == METHOD_RAW) {
        *data = payload;
    } else {
        if (reader->capacity < header->length) {
            reader->capacity = header->length;
            weir_free(reader->block);
            reader->block = weir_malloc(reader->capacity);
        }
        int decoded = LZ4_decompress_safe((const char *)payload, (char *)reader->block, (int)header->compressed,
                                          (int)header->length);
        if (decoded != (int)header->length)
            return weir_state_file_damaged(reader->input->path, "a block cannot be decompressed", error);
        *data = reader->block;
    }
    if (checksum_of(*data, header->length) != header->checksum)
        return weir_state_file_damaged(reader->input->path, "a block has a wrong checksum", error);
    return WEIR_OK;
}

static WeirStatus lz4_read(void *context, const uint8_t **data, size_t *length, WeirError *error)
{
    Reader *reader = context;
    WeirRawInput *input = reader->input;
    for (;;) {
        input->start += reader->consumed;
        reader->consumed = 0;
        size_t available;
        WEIR_TRY(weir_raw_input_need(input, HEADER_BYTES, &available, error));
        if (available == 0) {
            *length = 0;
            return WEIR_OK;
        }
        Header header;
        if (available < HEADER_BYTES)
            return weir_state_file_damaged(input->path, "it ends inside a block", error);
        const char *damage = parse_header(input->data + input->start, &header);
        if (damage != NULL)
            return weir_state_file_damaged(input->path, damage, error);
        size_t total = HEADER_BYTES + (size_t)header.compressed;
        WEIR_TRY(weir_raw_input_need(input, total, &available, error));
        if (available < total)
            return weir_state_file_damaged(input->path, "it ends inside a block", error);
        reader->consumed = total;
        if (header.length == 0)
            continue; /* An end mark; another stream may follow. */
        *length = header.length;
        return decode_block(reader, &header, input->data + input->start + HEADER_BYTES, data, error);
    }
}

const WeirCompressionCodec weir_lz4_codec = {
    .name = "lz4",
    .magic = MAGIC,
    .magic_bytes = 8,
    .writer_new = lz4_writer_new,
    .write = lz4_write,
    .finish = lz4_finish,
    .writer_free = weir_free,
    .reader_new = lz4_reader_new,
    .read = lz4_read,
    .reader_free = lz4_reader_free,
};
