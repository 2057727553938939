/* Filling WeirError structs from the generated table of conditions. */
#include "common/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error_conditions.h"

static const WeirErrorCondition *find_condition(WeirStatus condition)
{
    WEIR_ASSERT(condition >= 0 && condition <= WEIR_ERROR_CONDITION_COUNT);
    return &weir_error_conditions[condition];
}

/* Copies as much as fits, never half of a UTF-8 sequence. Returns the bytes copied, without the zero. */
static size_t copy_cut(char *target, size_t capacity, const char *text, size_t length)
{
    if (length >= capacity) {
        length = capacity - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0u) == 0x80u)
            length--;
    }
    memcpy(target, text, length);
    target[length] = '\0';
    return length;
}

static void begin(WeirError *error, WeirStatus condition)
{
    const WeirErrorCondition *entry = find_condition(condition);
    WEIR_ASSERT(condition != WEIR_OK);
    error->status = condition;
    copy_cut(error->condition, sizeof error->condition, entry->name, strlen(entry->name));
    copy_cut(error->sqlstate, sizeof error->sqlstate, entry->sqlstate, strlen(entry->sqlstate));
    error->message[0] = '\0';
    error->origin = (WeirOrigin){0};
    error->fragment[0] = '\0';
}

static const char *find_parameter(const char *const *parameters, const char *name, size_t length)
{
    for (; parameters[0] != NULL && parameters[1] != NULL; parameters += 2) {
        if (strlen(parameters[0]) == length && memcmp(parameters[0], name, length) == 0)
            return parameters[1];
    }
    return NULL;
}

/* Length of the parameter name at `text` (just behind '<'), or 0 if this is not a <parameter>. */
static size_t parameter_length(const char *text)
{
    size_t length = 0;
    while ((text[length] >= 'a' && text[length] <= 'z') || (text[length] >= 'A' && text[length] <= 'Z') ||
           (text[length] >= '0' && text[length] <= '9') || text[length] == '_')
        length++;
    return text[length] == '>' ? length : 0;
}

WeirStatus weir_error_set_parameters(WeirError *error, WeirStatus condition, const char *const *parameters)
{
    if (error == NULL)
        return condition;
    /* Values may point into `error` itself (a cause that is wrapped): build the message aside. */
    char message[WEIR_ERROR_MESSAGE_BYTES];
    size_t used = 0;
    const char *template = find_condition(condition)->message;
    while (*template != '\0') {
        const char *piece = template;
        size_t length = 1;
        size_t name_length = *template == '<' ? parameter_length(template + 1) : 0;
        const char *value = name_length > 0 ? find_parameter(parameters, template + 1, name_length) : NULL;
        template += name_length > 0 ? name_length + 2 : 1;
        if (value != NULL) {
            piece = value;
            length = strlen(value);
        } else if (name_length > 0) {
            length = name_length + 2; /* not given: the name in brackets says what is missing */
        } else {
            while (*template != '\0' && *template != '<') {
                template ++;
                length++;
            }
        }
        used += copy_cut(message + used, sizeof message - used, piece, length);
    }
    message[used] = '\0';
    begin(error, condition);
    memcpy(error->message, message, used + 1);
    return condition;
}

WeirStatus weir_error_format(WeirError *error, WeirStatus condition, const char *format, ...)
{
    if (error == NULL)
        return condition;
    char message[WEIR_ERROR_MESSAGE_BYTES + 4]; /* room to see whether the cut is inside of a UTF-8 sequence */
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (length < 0)
        length = 0;
    begin(error, condition);
    copy_cut(error->message, sizeof error->message, message, strnlen(message, (size_t)length));
    return condition;
}

WeirStatus weir_error_from_errno(WeirError *error, int system_errno, const char *what, const char *path)
{
    if (system_errno == ENOENT)
        return weir_error_set(error, WEIR_ERROR_PATH_NOT_FOUND, "path", path);
    if (system_errno == EEXIST)
        return weir_error_set(error, WEIR_ERROR_FILE_ALREADY_EXISTS, "path", path);
    char text[128];
    const char *reason = strerror_r(system_errno, text, sizeof text);
    return weir_error_set(error, WEIR_ERROR_INPUT_OUTPUT, "operation", what, "path", path, "reason", reason);
}

void weir_error_locate(WeirError *error, const char *text, WeirOrigin origin)
{
    if (error == NULL || origin.line == 0)
        return;
    if (error->origin.line == 0)
        error->origin = origin;
    if (text == NULL || error->fragment[0] != '\0')
        return;
    origin = error->origin; /* A place that was known before the text was is kept. */
    size_t length = strlen(text);
    size_t place = origin.start < 0 ? 0 : (size_t)origin.start;
    if (place > length)
        place = length;
    size_t line_start = place;
    while (line_start > 0 && text[line_start - 1] != '\n')
        line_start--;
    size_t line_length = strcspn(text + line_start, "\r\n");
    copy_cut(error->fragment, sizeof error->fragment, text + line_start, line_length);
}

void weir_error_copy(WeirError *target, const WeirError *source)
{
    if (target != NULL && target != source)
        *target = *source;
}

void weir_error_clear(WeirError *error)
{
    if (error != NULL)
        *error = (WeirError){0};
}

const char *weir_error_condition_name(WeirStatus condition)
{
    return find_condition(condition)->name;
}

const char *weir_error_condition_sqlstate(WeirStatus condition)
{
    return find_condition(condition)->sqlstate;
}

_Noreturn void weir_assertion_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "weir: assertion failed: %s (%s:%d)\n", condition, file, line);
    abort();
}
