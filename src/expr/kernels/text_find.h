/* Searching bytes in bytes: a memchr for one byte, else the loop of text_find.c. */
#ifndef WEIR_EXPR_KERNELS_TEXT_FIND_H
#define WEIR_EXPR_KERNELS_TEXT_FIND_H

#include <string.h>
#include "expr/kernel.h"

const uint8_t *weir_find_long(const uint8_t *text, size_t length, size_t from, const uint8_t *what, size_t size);
/* Small or capital ASCII letters; other bytes stay. False: there are others than ASCII. */
bool weir_ascii_lower(const uint8_t *text, uint8_t *out, size_t length);
bool weir_ascii_upper(const uint8_t *text, uint8_t *out, size_t length);
/* Every `what` replaced by `with_length` bytes, at most sixteen; returns the length. Up to WEIR_REPLACE_SLACK bytes
 * behind the result are written over. */
#define WEIR_REPLACE_SLACK 32
size_t weir_replace_byte(const uint8_t *text, size_t length, uint8_t what, const uint8_t *with, size_t with_length,
                         uint8_t *out);
/* First place of `what` at or after `from`, or NULL. An empty one is found at once. */
static inline const uint8_t *weir_find_bytes(const uint8_t *text, size_t length, size_t from, const uint8_t *what,
                                             size_t what_length)
{
    if (what_length > length || from > length - what_length)
        return NULL;
    if (what_length == 0)
        return text + from;
    if (what_length == 1)
        return memchr(text + from, what[0], length - from);
    return weir_find_long(text, length, from, what, what_length);
}

#define WEIR_TEXT_KERNEL(name)                                                                                         \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)
/* Text argument of a row: declares name (bytes) and name_length. */
#define WEIR_TEXT(name, argument, row)                                                                                 \
    const WeirStringView *name##_view = weir_argument_view(&argument, row);                                            \
    const uint8_t *name = weir_view_data(name##_view);                                                                 \
    const uint32_t name##_length = name##_view->length;                                                                \
    (void)name;                                                                                                        \
    (void)name##_length

#endif
