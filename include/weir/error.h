/* Status codes and the error that every fallible weir function fills in. Part of the public interface. */
#ifndef WEIR_ERROR_H
#define WEIR_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define WEIR_API __attribute__((visibility("default")))
#define WEIR_CHECKED __attribute__((warn_unused_result))
#else
#define WEIR_API
#define WEIR_CHECKED
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* 0 is success; any other value is the number of an error condition. Numbers are not stable between releases: compare
 * `WeirError.condition` (Spark's name of the condition) instead. */
typedef int32_t WeirStatus;
#define WEIR_OK 0

/* Where in a statement something went wrong. Lines count from 1, columns from 0, as in Spark; `line` 0 = unknown. */
typedef struct WeirOrigin {
    int32_t line;
    int32_t column;
    int32_t start;  /* byte offset of the first byte in the statement's text */
    int32_t length; /* bytes of the place meant; 0 = a point */
} WeirOrigin;

#define WEIR_ERROR_CONDITION_BYTES 96
#define WEIR_ERROR_MESSAGE_BYTES 1600
#define WEIR_ERROR_FRAGMENT_BYTES 512

/* What went wrong. The caller owns the struct (stack or embedded); it holds no pointers and needs no release. Every
 * function that takes a `WeirError *` allows NULL. It is written only on failure. */
typedef struct WeirError {
    WeirStatus status;
    char condition[WEIR_ERROR_CONDITION_BYTES]; /* Spark's condition, such as "DIVIDE_BY_ZERO" */
    char sqlstate[8];                           /* five characters, or empty where Spark has none */
    char message[WEIR_ERROR_MESSAGE_BYTES];     /* our words; no condition, no SQLSTATE, no function names */
    WeirOrigin origin;
    char fragment[WEIR_ERROR_FRAGMENT_BYTES]; /* the line of SQL text that `origin` is in; empty = unknown */
} WeirError;

#ifdef __cplusplus
}
#endif
#endif
