/* Lines from a TCP socket (Spark: TextSocketMicroBatchStream). A thread of its own reads into a bounded list of blocks;
 * offsets are indexes of lines, -1 at first. Nothing is stored: after a restart the lines that were read before are
 * gone, as in Spark. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "sources/sources.h"

#define CONNECT_TIMEOUT_MS 10000
#define POLL_MS 100
#define READ_BYTES ((size_t)1 << 16)
/* Lines that wait for their batch: the reader stops reading beyond this, and TCP slows the sender. */
#define QUEUED_BYTES_MAX ((size_t)256 << 20)

typedef struct SocketLine {
    WeirSharedBuffer *buffer; /* one reference per line */
    uint32_t offset, length;
    int64_t micros;
} SocketLine;

struct WeirSource {
    WeirConnectorContext context;
    char *host;
    int64_t port;
    bool include_timestamp;
    int descriptor;
    pthread_t thread;
    bool thread_started;
    _Atomic bool closing;
    pthread_mutex_t mutex;
    pthread_cond_t room;
    SocketLine *lines; /* index first_index … first_index + line_count - 1 */
    int64_t first_index;
    uint32_t line_count, line_capacity;
    size_t queued_bytes;
    WeirError failure;
    void (*wake)(void *context);
    void *wake_context;
};

typedef struct SocketPartition {
    int64_t first, end;
} SocketPartition;

struct WeirReader {
    WeirSource *source;
    const WeirScanRequest *request;
    WeirMemoryTracker *tracker;
    int64_t next, end;
};

static const char *const socket_options[] = {"host", "port", "includeTimestamp", "numPartitions", NULL};

static WeirStatus check_options(const WeirConnectorContext *context, const char **host, int64_t *port, bool *timestamp,
                                WeirError *error)
{
    *host = weir_options_get(&context->options, "host");
    if (*host == NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1295,
                                 "Set a host to read from with option (host '…').");
    if (weir_options_get(&context->options, "port") == NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1296,
                                 "Set a port to read from with option (port '…').");
    WEIR_TRY(weir_options_int(&context->options, "port", 0, port, error));
    if (*port < 1 || *port > 65535)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "port out of range: %lld. It is 1 to 65535.",
                                 (long long)*port);
    return weir_options_bool(&context->options, "includeTimestamp", false, timestamp, error);
}

static WeirStatus socket_infer_schema(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                                      const WeirSchema **schema, WeirError *error)
{
    const char *host;
    int64_t port;
    bool timestamp = false;
    (void)streaming;
    if (context->user_schema != NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2242,
                                 "The socket source does not support a user-specified schema.");
    WEIR_TRY(check_options(context, &host, &port, &timestamp, error));
    const WeirField fields[] = {
        {.name = "value", .type = &weir_type_string, .nullable = true, .metadata = "{}"},
        {.name = "timestamp", .type = &weir_type_timestamp, .nullable = true, .metadata = "{}"}};
    *schema = weir_type_struct(arena, fields, timestamp ? 2 : 1);
    return WEIR_OK;
}

static int connect_one(const struct addrinfo *address, int *failure)
{
    int descriptor = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
    if (descriptor < 0) {
        *failure = errno;
        return -1;
    }
    struct timeval timeout = {.tv_sec = CONNECT_TIMEOUT_MS / 1000};
    (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) == 0)
        return descriptor;
    *failure = errno;
    close(descriptor);
    return -1;
}

static WeirStatus connect_source(WeirSource *source, WeirError *error)
{
    char service[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC}, *addresses = NULL;
    int failure = 0;
    snprintf(service, sizeof(service), "%lld", (long long)source->port);
    int found = getaddrinfo(source->host, service, &hints, &addresses);
    if (found != 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The host %s is not known: %s.",
                                 source->host, gai_strerror(found));
    for (const struct addrinfo *address = addresses; address != NULL && source->descriptor < 0;
         address = address->ai_next)
        source->descriptor = connect_one(address, &failure);
    freeaddrinfo(addresses);
    if (source->descriptor >= 0)
        return WEIR_OK;
    char reason[128] = "";
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                             "Connection to %s:%lld failed: %s. Start the other side first (nc -lk %lld).",
                             source->host, (long long)source->port, strerror_r(failure, reason, sizeof(reason)),
                             (long long)source->port);
}

/* ---- the reading thread ---- */

static void add_line(WeirSource *source, WeirSharedBuffer *buffer, size_t offset, size_t length, int64_t micros)
{
    if (source->line_count == source->line_capacity) {
        source->line_capacity = source->line_capacity == 0 ? 256 : source->line_capacity * 2;
        source->lines = weir_realloc(source->lines, source->line_capacity * sizeof(SocketLine));
    }
    /* Spark's reader takes \r\n as a line end as well. */
    if (length > 0 && buffer->data[offset + length - 1] == '\r')
        length--;
    source->lines[source->line_count++] =
        (SocketLine){weir_shared_buffer_retain(buffer), (uint32_t)offset, (uint32_t)length, micros};
    source->queued_bytes += length + sizeof(SocketLine);
}

/* Hand the whole lines of `buffer` over; `*rest` is where the unfinished one begins. */
static void publish_lines(WeirSource *source, WeirSharedBuffer *buffer, bool ended, size_t *rest)
{
    int64_t micros = source->context.clock->now_micros(source->context.clock);
    size_t at = 0;
    pthread_mutex_lock(&source->mutex);
    while (source->queued_bytes > QUEUED_BYTES_MAX && !atomic_load(&source->closing))
        pthread_cond_wait(&source->room, &source->mutex);
    while (at < buffer->length) {
        const uint8_t *newline = memchr(buffer->data + at, '\n', buffer->length - at);
        if (newline == NULL)
            break;
        size_t until = (size_t)(newline - buffer->data);
        add_line(source, buffer, at, until - at, micros);
        at = until + 1;
    }
    if (ended && at < buffer->length) {
        add_line(source, buffer, at, buffer->length - at, micros);
        at = buffer->length;
    }
    pthread_mutex_unlock(&source->mutex);
    *rest = at;
    if (at > 0 && source->wake != NULL)
        source->wake(source->wake_context);
}

/* A buffer that begins with the unfinished line of the last one. */
static WeirStatus next_buffer(WeirSource *source, WeirSharedBuffer **buffer, size_t rest, WeirError *error)
{
    WeirSharedBuffer *old = *buffer, *fresh = NULL;
    size_t carried = old == NULL ? 0 : old->length - rest;
    WEIR_TRY(weir_shared_buffer_new(carried * 2 + READ_BYTES, source->context.tracker, &fresh, error));
    if (carried > 0)
        memcpy(fresh->data, old->data + rest, carried);
    fresh->length = carried;
    weir_shared_buffer_release(old);
    *buffer = fresh;
    return WEIR_OK;
}

static void fail_source(WeirSource *source, const WeirError *error)
{
    pthread_mutex_lock(&source->mutex);
    weir_error_copy(&source->failure, error);
    pthread_mutex_unlock(&source->mutex);
    if (source->wake != NULL)
        source->wake(source->wake_context);
}

/* Wait for bytes, so that closing never hangs in a read. 0: closing. */
static ssize_t read_socket(WeirSource *source, WeirSharedBuffer *buffer)
{
    struct pollfd poll_entry = {.fd = source->descriptor, .events = POLLIN};
    while (!atomic_load(&source->closing)) {
        if (poll(&poll_entry, 1, POLL_MS) <= 0)
            continue;
        ssize_t got = read(source->descriptor, buffer->data + buffer->length, buffer->capacity - buffer->length);
        if (got >= 0 || (errno != EINTR && errno != EAGAIN))
            return got;
    }
    return 0;
}

static void *socket_thread(void *context)
{
    WeirSource *source = context;
    WeirSharedBuffer *buffer = NULL;
    WeirError error = {0};
    size_t rest = 0;
    for (;;) {
        if (next_buffer(source, &buffer, rest, &error) != WEIR_OK) {
            fail_source(source, &error);
            break;
        }
        ssize_t got = read_socket(source, buffer);
        if (atomic_load(&source->closing))
            break;
        if (got > 0)
            buffer->length += (size_t)got;
        publish_lines(source, buffer, got <= 0, &rest);
        if (got <= 0) {
            /* As Spark: the stream goes on with what was read, and says so once. */
            weir_log(WEIR_LOG_WARN, "socket", "the connection to %s:%lld was closed by the other side", source->host,
                     (long long)source->port);
            break;
        }
    }
    weir_shared_buffer_release(buffer);
    return NULL;
}

/* ---- the table's functions ---- */

static void socket_close(WeirSource *source)
{
    if (source == NULL)
        return;
    atomic_store(&source->closing, true);
    pthread_mutex_lock(&source->mutex);
    pthread_cond_broadcast(&source->room);
    pthread_mutex_unlock(&source->mutex);
    if (source->thread_started)
        pthread_join(source->thread, NULL);
    if (source->descriptor >= 0)
        close(source->descriptor);
    for (uint32_t i = 0; i < source->line_count; i++)
        weir_shared_buffer_release(source->lines[i].buffer);
    weir_free(source->lines);
    weir_free(source->host);
    pthread_mutex_destroy(&source->mutex);
    pthread_cond_destroy(&source->room);
    weir_free(source);
}

static WeirStatus socket_open(const WeirConnectorContext *context, bool streaming, WeirSource **out, WeirError *error)
{
    WeirSource *source = weir_calloc(1, sizeof(*source));
    const char *host = NULL;
    WeirStatus status;
    (void)streaming;
    source->context = *context;
    source->descriptor = -1;
    pthread_mutex_init(&source->mutex, NULL);
    pthread_cond_init(&source->room, NULL);
    WEIR_TRY_OR_GO(done, check_options(context, &host, &source->port, &source->include_timestamp, error));
    source->host = weir_strdup(host);
    WEIR_TRY_OR_GO(done, connect_source(source, error));
    if (pthread_create(&source->thread, NULL, socket_thread, source) != 0) {
        status =
            weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "No thread could be started for the socket source.");
        goto done;
    }
    source->thread_started = true;
    *out = source;
    source = NULL;
done:
    socket_close(source);
    return status;
}

static int64_t parse_offset(const char *offset)
{
    return offset == NULL ? -1 : strtoll(offset, NULL, 10);
}

static WeirStatus socket_initial_offset(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error)
{
    (void)source, (void)error;
    *offset = weir_arena_strdup(arena, "-1");
    return WEIR_OK;
}

static WeirStatus socket_latest_offset(WeirSource *source, const char *start, WeirReadLimit limit, WeirArena *arena,
                                       const char **offset, WeirError *error)
{
    (void)limit;
    pthread_mutex_lock(&source->mutex);
    /* Offsets of an earlier run: go on behind them, the lines themselves are gone. */
    if (source->line_count == 0 && parse_offset(start) + 1 > source->first_index)
        source->first_index = parse_offset(start) + 1;
    int64_t last = source->first_index + source->line_count - 1;
    WeirStatus status = source->failure.status;
    if (status != WEIR_OK)
        weir_error_copy(error, &source->failure);
    pthread_mutex_unlock(&source->mutex);
    /* Nothing read yet is no offset: Spark's first batch holds the first line. */
    *offset = last < 0 ? NULL : weir_arena_printf(arena, "%lld", (long long)last);
    return status;
}

static WeirStatus socket_plan_partitions(WeirSource *source, const char *start, const char *end, WeirArena *arena,
                                         WeirInputPartition **partitions, uint32_t *count, WeirError *error)
{
    SocketPartition *partition = WEIR_ARENA_NEW(arena, SocketPartition);
    (void)error;
    *partition = (SocketPartition){parse_offset(start) + 1, parse_offset(end) + 1};
    pthread_mutex_lock(&source->mutex);
    if (partition->first < source->first_index)
        partition->first = source->first_index;
    /* Lines of a batch that was logged before a restart cannot be had again: their numbers are passed over. */
    if (source->first_index + source->line_count < partition->end && source->line_count == 0)
        source->first_index = partition->first = partition->end;
    pthread_mutex_unlock(&source->mutex);
    *partitions = WEIR_ARENA_NEW(arena, WeirInputPartition);
    **partitions = (WeirInputPartition){.data = partition};
    *count = 1;
    return WEIR_OK;
}

static WeirStatus socket_commit(WeirSource *source, const char *end, WeirError *error)
{
    int64_t last = parse_offset(end);
    (void)error;
    pthread_mutex_lock(&source->mutex);
    uint32_t drop = 0;
    while (drop < source->line_count && source->first_index + drop <= last) {
        source->queued_bytes -= source->lines[drop].length + sizeof(SocketLine);
        weir_shared_buffer_release(source->lines[drop].buffer);
        drop++;
    }
    source->line_count -= drop;
    source->first_index += drop;
    memmove(source->lines, source->lines + drop, source->line_count * sizeof(SocketLine));
    pthread_cond_signal(&source->room);
    pthread_mutex_unlock(&source->mutex);
    return WEIR_OK;
}

static void socket_describe(const WeirSource *source, WeirBuffer *out)
{
    weir_buffer_append_format(out, "TextSocketV2[host: %s, port: %lld]", source->host, (long long)source->port);
}

static void socket_set_wakeup(WeirSource *source, void (*wake)(void *context), void *context)
{
    source->wake_context = context;
    source->wake = wake;
}

static WeirStatus socket_open_partition(WeirSource *source, const WeirInputPartition *partition,
                                        const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **out,
                                        WeirError *error)
{
    const SocketPartition *range = partition->data;
    WeirReader *reader = weir_calloc(1, sizeof(*reader));
    (void)error;
    *reader =
        (WeirReader){.source = source, .request = request, .tracker = tracker, .next = range->first, .end = range->end};
    *out = reader;
    return WEIR_OK;
}

static void copy_lines(WeirReader *reader, WeirBatch *batch, uint32_t rows)
{
    WeirSource *source = reader->source;
    const WeirSharedBuffer *kept = NULL;
    for (uint32_t i = 0; i < rows; i++) {
        const SocketLine *line = &source->lines[reader->next + i - source->first_index];
        for (uint32_t c = 0; c < reader->request->column_count; c++) {
            if (reader->request->columns[c] == 0)
                ((WeirStringView *)batch->columns[c].values)[i] =
                    weir_view_make(line->buffer->data + line->offset, line->length);
            else
                ((int64_t *)batch->columns[c].values)[i] = line->micros / 1000 * 1000;
        }
        if (line->buffer != kept)
            weir_batch_keep_buffer(batch, line->buffer);
        kept = line->buffer;
    }
}

static WeirStatus socket_next_batch(WeirReader *reader, WeirBatch **out, WeirError *error)
{
    const WeirScanRequest *request = reader->request;
    *out = NULL;
    if (reader->next >= reader->end)
        return WEIR_OK;
    int64_t left = reader->end - reader->next;
    uint32_t rows = left < request->batch_rows_max ? (uint32_t)left : request->batch_rows_max;
    WeirBatch *batch = weir_batch_new(request->column_count, reader->tracker);
    WeirStatus status = WEIR_OK;
    for (uint32_t c = 0; c < request->column_count && status == WEIR_OK; c++) {
        status =
            weir_vector_init(&batch->columns[c], request->columns[c] == 0 ? &weir_type_string : &weir_type_timestamp,
                             rows, &batch->arena, error);
        batch->columns[c].length = rows;
    }
    if (status != WEIR_OK) {
        weir_batch_release(batch);
        return status;
    }
    pthread_mutex_lock(&reader->source->mutex);
    copy_lines(reader, batch, rows);
    pthread_mutex_unlock(&reader->source->mutex);
    batch->row_count = batch->selected_count = rows;
    reader->next += rows;
    *out = batch;
    return WEIR_OK;
}

static void socket_close_reader(WeirReader *reader)
{
    weir_free(reader);
}

const WeirSourceType weir_socket_source_type = {
    .name = "socket",
    .capabilities = WEIR_SOURCE_MICRO_BATCH | WEIR_SOURCE_CONTINUOUS,
    .options = socket_options,
    .infer_schema = socket_infer_schema,
    .open = socket_open,
    .close = socket_close,
    .initial_offset = socket_initial_offset,
    .latest_offset = socket_latest_offset,
    .plan_partitions = socket_plan_partitions,
    .commit = socket_commit,
    .describe = socket_describe,
    .set_wakeup = socket_set_wakeup,
    .open_partition = socket_open_partition,
    .next_batch = socket_next_batch,
    .close_reader = socket_close_reader,
};
