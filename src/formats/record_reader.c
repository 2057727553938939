/* See record_reader.h. A block ends at the last separator of what was read; the rest moves to the start of the next
 * buffer, so that views into a block stay valid as long as somebody keeps its buffer. */
#include "formats/record_reader.h"

#include <strings.h>

#include "formats/inflate.h"

#define CHUNK_BYTES ((size_t)1 << 20)

struct WeirRecordReader {
    const WeirByteSource *source;
    WeirInflate *inflate; /* NULL: plain bytes */
    WeirMemoryTracker *tracker;
    char separator[16];
    size_t separator_length; /* 0: lines */
    int64_t next_offset;     /* of the file, behind what was read */
    int64_t end;             /* records that begin at or behind it belong to another reader */
    bool skip_first;         /* the range starts inside a record, or at one: the previous reader has it */
    bool at_end;
    WeirSharedBuffer *carry; /* the unfinished record of the last chunk */
    size_t carry_offset;
    int64_t carry_start; /* file offset of its first byte */
};

bool weir_path_is_compressed(const char *path)
{
    static const char *const endings[] = {".gz",  ".gzip", ".zst",    ".zstd", ".deflate",
                                          ".bz2", ".lz4",  ".snappy", ".xz"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcasecmp(path + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

bool weir_separator_is_cuttable(const char *separator)
{
    size_t length = separator == NULL ? 0 : strlen(separator);
    for (size_t border = 1; border < length; border++)
        if (memcmp(separator, separator + length - border, border) == 0)
            return false;
    return true;
}

WeirStatus weir_record_reader_open(const WeirByteSource *source, int64_t start, int64_t end, const char *separator,
                                   size_t separator_length, WeirMemoryTracker *tracker, WeirRecordReader **out,
                                   WeirError *error)
{
    WeirRecordReader *reader = weir_calloc(1, sizeof(*reader));
    WeirStatus status = WEIR_OK;
    WEIR_ASSERT(separator_length < sizeof(reader->separator));
    reader->source = source;
    reader->tracker = tracker;
    if (separator != NULL)
        memcpy(reader->separator, separator, separator_length);
    reader->separator_length = separator == NULL ? 0 : separator_length;
    if (weir_path_is_compressed(source->path)) {
        start = 0;
        end = INT64_MAX;
        WEIR_TRY_OR_GO(done, weir_inflate_open(source, &reader->inflate, error));
    }
    /* Back by a separator, so that one that ends just before the range counts: then the range's first record is ours.
     */
    int64_t back = reader->separator_length > 0 ? (int64_t)reader->separator_length : 1;
    reader->skip_first = start > 0;
    reader->next_offset = start > back ? start - back : 0;
    reader->carry_start = reader->next_offset;
    reader->end = end;
    *out = reader;
    reader = NULL;
done:
    weir_record_reader_close(reader);
    return status;
}

void weir_record_reader_close(WeirRecordReader *reader)
{
    if (reader == NULL)
        return;
    weir_inflate_close(reader->inflate);
    weir_shared_buffer_release(reader->carry);
    weir_free(reader);
}

static WeirStatus read_bytes(WeirRecordReader *reader, void *data, size_t bytes, size_t *got, WeirError *error)
{
    if (reader->inflate != NULL)
        WEIR_TRY(weir_inflate_read(reader->inflate, data, bytes, got, error));
    else
        WEIR_TRY(reader->source->read_at(reader->source->context, reader->next_offset, data, bytes, got, error));
    reader->next_offset += (int64_t)*got;
    return WEIR_OK;
}

/* A buffer that begins with the carried bytes and has room for `room` more. */
static WeirStatus new_buffer(WeirRecordReader *reader, size_t room, WeirSharedBuffer **buffer, WeirError *error)
{
    size_t carried = reader->carry == NULL ? 0 : reader->carry->length - reader->carry_offset;
    WEIR_TRY(weir_shared_buffer_new(carried + room, reader->tracker, buffer, error));
    if (carried > 0)
        memcpy((*buffer)->data, reader->carry->data + reader->carry_offset, carried);
    (*buffer)->length = carried;
    weir_shared_buffer_release(reader->carry);
    reader->carry = NULL;
    return WEIR_OK;
}

/* The first separator at or behind `from`: its start, and the first byte behind it. A lone \r at the very end of what
 * was read is undecided unless the file ends there. */
static bool find_separator(const WeirRecordReader *reader, const uint8_t *data, size_t length, size_t from,
                           size_t *behind)
{
    if (reader->separator_length > 0) {
        const uint8_t *found =
            from < length ? memmem(data + from, length - from, reader->separator, reader->separator_length) : NULL;
        if (found == NULL)
            return false;
        *behind = (size_t)(found - data) + reader->separator_length;
        return true;
    }
    const uint8_t *newline = from < length ? memchr(data + from, '\n', length - from) : NULL;
    size_t until = newline == NULL ? length : (size_t)(newline - data);
    const uint8_t *carriage = from < until ? memchr(data + from, '\r', until - from) : NULL;
    if (carriage != NULL && (size_t)(carriage - data) + 1 < length) {
        size_t at = (size_t)(carriage - data) + 1;
        *behind = data[at] == '\n' ? at + 1 : at;
        return true;
    }
    if (carriage != NULL && reader->at_end) {
        *behind = length;
        return true;
    }
    if (newline == NULL)
        return false;
    *behind = (size_t)(newline - data) + 1;
    return true;
}

/* Behind the last separator of the buffer, searching from the back; 0: none. */
static size_t behind_last_separator(const WeirRecordReader *reader, const uint8_t *data, size_t length)
{
    if (reader->at_end)
        return length;
    if (reader->separator_length > 0) {
        for (size_t at = length; at >= reader->separator_length; at--)
            if (memcmp(data + at - reader->separator_length, reader->separator, reader->separator_length) == 0)
                return at;
        return 0;
    }
    const uint8_t *newline = memrchr(data, '\n', length);
    size_t behind = newline == NULL ? 0 : (size_t)(newline - data) + 1;
    if (length < 2)
        return behind;
    /* The last byte may be the \r of a \r\n that is not read yet. */
    const uint8_t *carriage = memrchr(data + behind, '\r', length - 1 > behind ? length - 1 - behind : 0);
    return carriage == NULL ? behind : (size_t)(carriage - data) + 1;
}

/* The start of the first record behind the range's end, or `length` when every record in [from, length) begins inside
 * the range. */
static size_t cut_at_range_end(WeirRecordReader *reader, const uint8_t *data, size_t length, int64_t data_start)
{
    if (data_start + (int64_t)length <= reader->end)
        return length;
    /* The record that holds the byte end - 1 is ours; the one that begins at `end` or later is not. */
    int64_t back = reader->separator_length > 0 ? (int64_t)reader->separator_length : 1;
    size_t at = reader->end - back > data_start ? (size_t)(reader->end - back - data_start) : 0;
    size_t behind = length;
    if (!find_separator(reader, data, length, at, &behind))
        return length;
    reader->at_end = true;
    return behind;
}

/* Drop the record that began before the range. False: its end is not in the buffer yet. */
static bool skip_foreign_record(WeirRecordReader *reader, const WeirSharedBuffer *buffer, size_t *offset)
{
    size_t behind;
    if (!reader->skip_first)
        return true;
    if (!find_separator(reader, buffer->data, buffer->length, 0, &behind)) {
        if (!reader->at_end)
            return false;
        behind = buffer->length;
    }
    reader->skip_first = false;
    *offset = behind;
    return true;
}

/* Fill a buffer until it holds at least one whole record. */
static WeirStatus fill(WeirRecordReader *reader, WeirSharedBuffer **out, size_t *offset, size_t *until,
                       WeirError *error)
{
    size_t room = CHUNK_BYTES;
    for (;;) {
        WeirSharedBuffer *buffer = NULL;
        size_t got = 0;
        WEIR_TRY(new_buffer(reader, room, &buffer, error));
        WeirStatus status = read_bytes(reader, buffer->data + buffer->length, room, &got, error);
        if (status != WEIR_OK) {
            weir_shared_buffer_release(buffer);
            return status;
        }
        buffer->length += got;
        reader->at_end = got == 0;
        reader->carry = buffer;
        reader->carry_offset = 0;
        *offset = 0;
        if (skip_foreign_record(reader, buffer, offset)) {
            *until = behind_last_separator(reader, buffer->data, buffer->length);
            if (*until > *offset || reader->at_end) {
                *out = weir_shared_buffer_retain(buffer);
                return WEIR_OK;
            }
            /* The foreign record is done with, also when the first of ours needs more bytes. */
            reader->carry_offset = *offset;
            reader->carry_start += (int64_t)*offset;
        }
        room = buffer->length < CHUNK_BYTES ? CHUNK_BYTES : buffer->length; /* A long record: double. */
    }
}

WeirStatus weir_record_reader_next(WeirRecordReader *reader, WeirSharedBuffer **block, size_t *offset, size_t *length,
                                   WeirError *error)
{
    size_t until = 0;
    *block = NULL;
    if (reader->at_end || reader->carry_start >= reader->end)
        return WEIR_OK;
    WeirSharedBuffer *buffer = NULL;
    WEIR_TRY(fill(reader, &buffer, offset, &until, error));
    int64_t buffer_start = reader->carry_start;
    if (buffer_start + (int64_t)*offset >= reader->end)
        until = *offset;
    else
        until = cut_at_range_end(reader, buffer->data, until, buffer_start);
    reader->carry_offset = until;
    reader->carry_start = buffer_start + (int64_t)until;
    if (until <= *offset) {
        weir_shared_buffer_release(buffer);
        return WEIR_OK;
    }
    *block = buffer;
    *length = until - *offset;
    return WEIR_OK;
}

bool weir_record_next(const uint8_t *data, size_t length, size_t *at, const char *separator, size_t separator_length,
                      const uint8_t **record, size_t *record_length)
{
    if (*at >= length)
        return false;
    const uint8_t *start = data + *at;
    size_t rest = length - *at;
    *record = start;
    if (separator_length > 0) {
        const uint8_t *found = memmem(start, rest, separator, separator_length);
        *record_length = found == NULL ? rest : (size_t)(found - start);
        *at += found == NULL ? rest : *record_length + separator_length;
        return true;
    }
    const uint8_t *newline = memchr(start, '\n', rest);
    size_t until = newline == NULL ? rest : (size_t)(newline - start);
    const uint8_t *carriage = memchr(start, '\r', until);
    if (carriage != NULL) {
        size_t size = (size_t)(carriage - start);
        *record_length = size;
        *at += size + (size + 1 < rest && start[size + 1] == '\n' ? 2 : 1);
        return true;
    }
    *record_length = until;
    *at += newline == NULL ? rest : until + 1;
    return true;
}

WeirStatus weir_read_whole(const WeirByteSource *source, WeirMemoryTracker *tracker, WeirSharedBuffer **out,
                           WeirError *error)
{
    WeirInflate *inflate = NULL;
    WeirSharedBuffer *buffer = NULL;
    WeirStatus status = WEIR_OK;
    size_t capacity = source->size_bytes > 0 ? (size_t)source->size_bytes + 1 : 4096;
    if (weir_path_is_compressed(source->path))
        WEIR_TRY(weir_inflate_open(source, &inflate, error));
    WEIR_TRY_OR_GO(done, weir_shared_buffer_new(capacity, tracker, &buffer, error));
    for (;;) {
        size_t got = 0;
        if (buffer->length == buffer->capacity) {
            WeirSharedBuffer *larger = NULL;
            WEIR_TRY_OR_GO(done, weir_shared_buffer_new(buffer->capacity * 2, tracker, &larger, error));
            memcpy(larger->data, buffer->data, buffer->length);
            larger->length = buffer->length;
            weir_shared_buffer_release(buffer);
            buffer = larger;
        }
        size_t room = buffer->capacity - buffer->length;
        if (inflate != NULL)
            WEIR_TRY_OR_GO(done, weir_inflate_read(inflate, buffer->data + buffer->length, room, &got, error));
        else
            WEIR_TRY_OR_GO(done, source->read_at(source->context, (int64_t)buffer->length,
                                                 buffer->data + buffer->length, room, &got, error));
        if (got == 0)
            break;
        buffer->length += got;
    }
    *out = buffer;
    buffer = NULL;
done:
    weir_shared_buffer_release(buffer);
    weir_inflate_close(inflate);
    return status;
}
