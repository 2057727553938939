/* Matching with PCRE2, JIT-compiled where the machine allows it. Match and heap limits keep a bad pattern from running
 * away. */
#include "expr/regex_private.h"

#ifdef WEIR_HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 10000000u
#define HEAP_LIMIT_KIB (64u << 10)

struct WeirRegex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    uint32_t group_count;
    WeirBuffer literal;
    bool is_literal;
    size_t spans[2]; /* of literal patterns */
};

static WeirStatus bad_pattern(const char *pattern, size_t length, const char *function, WeirError *error)
{
    char text[256];
    snprintf(text, sizeof(text), "'%.*s'", (int)(length < 240 ? length : 240), pattern);
    return weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_PATTERN, "parameter", "`regexp`", "functionName",
                          function, "value", text);
}

WeirStatus weir_regex_new(const char *pattern, size_t length, bool case_insensitive, const char *function,
                          WeirRegex **out, WeirError *error)
{
    WeirBuffer translated;
    weir_buffer_init(&translated, 1u << 20, NULL);
    if (!weir_regex_translate(pattern, length, &translated)) {
        weir_buffer_deinit(&translated);
        return bad_pattern(pattern, length, function, error);
    }
    int code;
    PCRE2_SIZE place;
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (case_insensitive ? PCRE2_CASELESS : 0);
    pcre2_compile_context *compile = pcre2_compile_context_create(NULL);
    pcre2_set_newline(compile, PCRE2_NEWLINE_ANY);
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)weir_buffer_text(&translated), translated.length, options, &code, &place, compile);
    pcre2_compile_context_free(compile);
    weir_buffer_deinit(&translated);
    if (compiled == NULL)
        return bad_pattern(pattern, length, function, error);
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    WeirRegex *regex = weir_calloc(1, sizeof(*regex));
    regex->code = compiled;
    regex->data = pcre2_match_data_create_from_pattern(compiled, NULL);
    regex->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(regex->context, MATCH_LIMIT);
    pcre2_set_heap_limit(regex->context, HEAP_LIMIT_KIB);
    pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &regex->group_count);
    weir_buffer_init(&regex->literal, 1u << 20, NULL);
    regex->is_literal = !case_insensitive && weir_regex_is_literal(pattern, length, &regex->literal) && length > 0;
    *out = regex;
    return WEIR_OK;
}

void weir_regex_free(WeirRegex *regex)
{
    if (regex == NULL)
        return;
    pcre2_match_context_free(regex->context);
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
    weir_buffer_deinit(&regex->literal);
    weir_free(regex);
}

bool weir_regex_find(WeirRegex *regex, const uint8_t *text, size_t length, size_t from, const size_t **spans)
{
    if (from > length)
        return false;
    if (regex->is_literal) {
        const uint8_t *found = memmem(text + from, length - from, regex->literal.data, regex->literal.length);
        if (found == NULL)
            return false;
        regex->spans[0] = (size_t)(found - text);
        regex->spans[1] = regex->spans[0] + regex->literal.length;
        *spans = regex->spans;
        return true;
    }
    int count = pcre2_match(regex->code, text, length, from, 0, regex->data, regex->context);
    if (count < 0)
        return false;
    size_t *vector = pcre2_get_ovector_pointer(regex->data);
    for (uint32_t group = (uint32_t)count; group <= regex->group_count; group++)
        vector[2 * group] = vector[2 * group + 1] = SIZE_MAX;
    *spans = vector;
    return true;
}

int32_t weir_regex_group_named(const WeirRegex *regex, const char *name, size_t length)
{
    char text[128];
    if (length == 0 || length >= sizeof(text) || regex->code == NULL)
        return -1;
    memcpy(text, name, length);
    text[length] = '\0';
    int number = pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)text);
    return number < 0 ? -1 : number;
}

#else
int32_t weir_regex_group_named(const WeirRegex *regex, const char *name, size_t length)
{
    (void)regex;
    (void)name;
    (void)length;
    return -1;
}

struct WeirRegex {
    uint32_t group_count;
    bool is_literal;
    WeirBuffer literal;
};

WeirStatus weir_regex_new(const char *pattern, size_t length, bool case_insensitive, const char *function,
                          WeirRegex **out, WeirError *error)
{
    (void)pattern;
    (void)length;
    (void)case_insensitive;
    (void)function;
    (void)out;
    return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "this weir was built without regular expressions");
}
void weir_regex_free(WeirRegex *regex)
{
    weir_free(regex);
}
bool weir_regex_find(WeirRegex *regex, const uint8_t *text, size_t length, size_t from, const size_t **spans)
{
    (void)regex;
    (void)text;
    (void)length;
    (void)from;
    (void)spans;
    return false;
}
#endif

uint32_t weir_regex_group_count(const WeirRegex *regex)
{
    return regex->group_count;
}

const char *weir_regex_literal(const WeirRegex *regex, size_t *length)
{
    if (!regex->is_literal)
        return NULL;
    *length = regex->literal.length;
    return weir_buffer_text(&regex->literal);
}
