/* Growable byte strings with a bound and a sticky failure. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"

enum { FIRST_CAPACITY = 64 };
static const size_t default_maximum = 0x7FFFFFFF;

void weir_buffer_init(WeirBuffer *buffer, size_t maximum, WeirMemoryTracker *tracker)
{
    *buffer = (WeirBuffer){.maximum = maximum != 0 ? maximum : default_maximum, .tracker = tracker};
}

void weir_buffer_deinit(WeirBuffer *buffer)
{
    free(buffer->data);
    if (buffer->tracker != NULL)
        weir_memory_release(buffer->tracker, (int64_t)buffer->capacity);
    *buffer = (WeirBuffer){.maximum = buffer->maximum, .tracker = buffer->tracker};
}

/* To at least `needed` bytes, the closing zero among them. */
static bool grow(WeirBuffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : buffer->capacity;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > buffer->maximum + 1 && needed <= buffer->maximum + 1)
        capacity = buffer->maximum + 1;
    int64_t extra = (int64_t)(capacity - buffer->capacity);
    if (buffer->tracker != NULL && weir_memory_reserve(buffer->tracker, extra, NULL) != WEIR_OK)
        return false;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        if (buffer->tracker != NULL)
            weir_memory_release(buffer->tracker, extra);
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

bool weir_buffer_reserve(WeirBuffer *buffer, size_t extra)
{
    if (buffer->failed)
        return false;
    if (extra > buffer->maximum - buffer->length) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->length + extra + 1;
    if (needed > buffer->capacity && !grow(buffer, needed))
        buffer->failed = true;
    return !buffer->failed;
}

void weir_buffer_append(WeirBuffer *buffer, const void *data, size_t length)
{
    if (!weir_buffer_reserve(buffer, length))
        return;
    if (length != 0)
        memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void weir_buffer_append_text(WeirBuffer *buffer, const char *text)
{
    weir_buffer_append(buffer, text, strlen(text));
}

void weir_buffer_append_char(WeirBuffer *buffer, char c)
{
    weir_buffer_append(buffer, &c, 1);
}

void weir_buffer_append_format(WeirBuffer *buffer, const char *format, ...)
{
    if (!weir_buffer_reserve(buffer, 0))
        return;
    va_list arguments;
    va_start(arguments, format);
    size_t room = buffer->capacity - buffer->length;
    int length = vsnprintf(buffer->data + buffer->length, room, format, arguments);
    va_end(arguments);
    WEIR_ASSERT(length >= 0);
    if ((size_t)length >= room) {
        buffer->data[buffer->length] = '\0'; /* as it was, should there be no more room */
        if (!weir_buffer_reserve(buffer, (size_t)length))
            return;
        va_start(arguments, format);
        vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
        va_end(arguments);
    } else if ((size_t)length > buffer->maximum - buffer->length) {
        buffer->data[buffer->length] = '\0';
        buffer->failed = true;
        return;
    }
    buffer->length += (size_t)length;
}

const char *weir_buffer_text(const WeirBuffer *buffer)
{
    if (buffer->length == 0 || buffer->data == NULL)
        return "";
    return buffer->data;
}

WeirStatus weir_buffer_check(const WeirBuffer *buffer, WeirError *error)
{
    if (!buffer->failed)
        return WEIR_OK;
    char requested[24], used[24], limit[24];
    snprintf(requested, sizeof requested, "%zu", buffer->capacity);
    snprintf(used, sizeof used, "%zu", buffer->length);
    snprintf(limit, sizeof limit, "%zu", buffer->maximum);
    const char *name = buffer->tracker != NULL ? buffer->tracker->name : "a buffer";
    return weir_error_set(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "requestedBytes", requested, "receivedBytes", "0",
                          "requester", name, "holder", "this buffer", "usedBytes", used, "limitBytes", limit);
}
