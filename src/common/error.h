/* Raising and passing errors inside weir. Conditions are generated from data/error_conditions.json into
 * "common/error_conditions.h" (enum WEIR_ERROR_<NAME>: Spark's condition name, dots as underscores, no leading
 * underscore). */
#ifndef WEIR_COMMON_ERROR_H
#define WEIR_COMMON_ERROR_H

#include <stddef.h>

#include "common/error_conditions.h" /* generated */
#include "weir/error.h"

/* Set `error` to a condition. The arguments are pairs of const char * (parameter name, value) that fill the condition's
 * message template: weir_error_set(error, WEIR_ERROR_DIVIDE_BY_ZERO, "config", key). With no parameters pass nothing.
 * Returns the status, so that `return weir_error_set(...)` reads well. Values are copied and cut to fit. They come
 * quoted as Spark quotes them, since the templates add no quotes: names `a`.`b`, SQL texts, types and settings "a + 1",
 * "INT", "spark.x". */
#define weir_error_set(error, condition, ...)                                                                          \
    weir_error_set_parameters((error), (condition), (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

WeirStatus weir_error_set_parameters(WeirError *error, WeirStatus condition, const char *const *parameters);

/* As weir_error_set, but with a message made by printf instead of the template: for conditions whose text is one whole
 * parameter (Spark's _LEGACY_ERROR_TEMP_… and causes without a condition) and for WEIR_ERROR_INTERNAL_ERROR. */
WeirStatus weir_error_format(WeirError *error, WeirStatus condition, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A failed system call: condition by `system_errno` (ENOENT: PATH_NOT_FOUND, else WEIR_ERROR_INPUT_OUTPUT), `what` a
 * phrase such as "write", `path` what it was done to. */
WeirStatus weir_error_from_errno(WeirError *error, int system_errno, const char *what, const char *path);

/* Remember the place in the SQL text, unless one is known already. `text` may be NULL. */
void weir_error_locate(WeirError *error, const char *text, WeirOrigin origin);

void weir_error_copy(WeirError *target, const WeirError *source);
void weir_error_clear(WeirError *error);

/* "UNRESOLVED_COLUMN.WITH_SUGGESTION" and "42703" of a condition; "" where there is none. Static storage. */
const char *weir_error_condition_name(WeirStatus condition);
const char *weir_error_condition_sqlstate(WeirStatus condition);

/* Return a failure at once: only where nothing is owned yet. The variable is always called `status` elsewhere. */
#define WEIR_TRY(expression)                                                                                           \
    do {                                                                                                               \
        WeirStatus weir_try_status_ = (expression);                                                                    \
        if (__builtin_expect(weir_try_status_ != WEIR_OK, 0))                                                          \
            return weir_try_status_;                                                                                   \
    } while (0)

/* Jump to the function's one exit on failure; needs a local `WeirStatus status`. */
#define WEIR_TRY_OR_GO(label, expression)                                                                              \
    do {                                                                                                               \
        status = (expression);                                                                                         \
        if (__builtin_expect(status != WEIR_OK, 0))                                                                    \
            goto label;                                                                                                \
    } while (0)

/* Programmer errors only; stays on in release builds. */
#define WEIR_ASSERT(condition)                                                                                         \
    do {                                                                                                               \
        if (__builtin_expect(!(condition), 0))                                                                         \
            weir_assertion_failed(#condition, __FILE__, __LINE__);                                                     \
    } while (0)
_Noreturn void weir_assertion_failed(const char *condition, const char *file, int line);

#endif
