/* Matching with PCRE2, JIT-compiled where the machine allows it. A pattern is compiled in two forms: for texts of ASCII
 * only, where line ends and words are simple, and for all others. Limits on steps and memory keep a bad pattern from
 * running away. */
#include <string.h>

#include "columnar/utf8.h"
#include "expr/kernels/utf8.h"
#include "expr/regex_private.h"

#ifdef WEIR_HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 10000000u
#define HEAP_LIMIT_KIB (64u << 10)
#define JIT_STACK_BYTES_MIN (64u << 10)
#define JIT_STACK_BYTES_MAX (16u << 20)

typedef struct Form {
    pcre2_code *code;
    pcre2_match_data *data;
} Form;

struct WeirRegex {
    Form forms[2]; /* any text, ASCII only; the second when it is first needed */
    pcre2_match_context *context;
    pcre2_jit_stack *stack; /* when the machine's was too small once */
    WeirBuffer pattern;
    bool case_insensitive;
    uint32_t group_count;
    WeirBuffer literal;
    bool is_literal;
    size_t spans[2]; /* of literal patterns */
    const uint8_t *text;
    size_t length;
    bool ascii;
};

static WeirStatus bad_pattern(const char *pattern, size_t length, const char *function, WeirError *error)
{
    char text[256];
    snprintf(text, sizeof(text), "'%.*s'", (int)(length < 240 ? length : 240), pattern);
    return weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_PATTERN, "parameter", "`regexp`", "functionName",
                          function, "value", text);
}

static bool compile(WeirRegex *regex, bool ascii)
{
    WeirBuffer translated;
    weir_buffer_init(&translated, 1u << 20, NULL);
    uint32_t flags = regex->case_insensitive ? WEIR_REGEX_CASELESS | WEIR_REGEX_UNICODE_CASE : 0;
    Form *form = &regex->forms[ascii];
    if (weir_regex_translate(weir_buffer_text(&regex->pattern), regex->pattern.length,
                             flags | (ascii ? WEIR_REGEX_ASCII_TEXT : 0), &translated) &&
        !translated.failed) {
        int code;
        PCRE2_SIZE place;
        pcre2_compile_context *context = pcre2_compile_context_create(NULL);
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
        form->code = pcre2_compile((PCRE2_SPTR)weir_buffer_text(&translated), translated.length, PCRE2_UTF, &code,
                                   &place, context);
        pcre2_compile_context_free(context);
    }
    weir_buffer_deinit(&translated);
    if (form->code == NULL)
        return false;
    pcre2_jit_compile(form->code, PCRE2_JIT_COMPLETE);
    form->data = pcre2_match_data_create_from_pattern(form->code, NULL);
    return true;
}

/* \G is the end of the last match in Java, and where the search begins in PCRE2: they differ after an empty match. */
static bool searches_alike(const WeirRegex *regex)
{
    uint32_t empty = 0;
    pcre2_pattern_info(regex->forms[0].code, PCRE2_INFO_MATCHEMPTY, &empty);
    return empty == 0 || memmem(regex->pattern.data, regex->pattern.length, "\\G", 2) == NULL;
}

WeirStatus weir_regex_new(const char *pattern, size_t length, bool case_insensitive, const char *function,
                          WeirRegex **out, WeirError *error)
{
    WeirRegex *regex = weir_calloc(1, sizeof(*regex));
    weir_buffer_init(&regex->pattern, 1u << 20, NULL);
    weir_buffer_init(&regex->literal, 1u << 20, NULL);
    weir_utf8_append_replaced((const uint8_t *)pattern, length, &regex->pattern);
    regex->case_insensitive = case_insensitive;
    if (regex->pattern.failed || !compile(regex, false) || !searches_alike(regex)) {
        weir_regex_free(regex);
        return bad_pattern(pattern, length, function, error);
    }
    regex->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(regex->context, MATCH_LIMIT);
    pcre2_set_heap_limit(regex->context, HEAP_LIMIT_KIB);
    pcre2_pattern_info(regex->forms[0].code, PCRE2_INFO_CAPTURECOUNT, &regex->group_count);
    regex->is_literal =
        !case_insensitive && length > 0 &&
        weir_regex_is_literal(weir_buffer_text(&regex->pattern), regex->pattern.length, &regex->literal);
    *out = regex;
    return WEIR_OK;
}

void weir_regex_free(WeirRegex *regex)
{
    if (regex == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        pcre2_match_data_free(regex->forms[i].data);
        pcre2_code_free(regex->forms[i].code);
    }
    pcre2_match_context_free(regex->context);
    pcre2_jit_stack_free(regex->stack);
    weir_buffer_deinit(&regex->literal);
    weir_buffer_deinit(&regex->pattern);
    weir_free(regex);
}

void weir_regex_set_text(WeirRegex *regex, const uint8_t *text, size_t length)
{
    regex->text = text;
    regex->length = length;
    regex->ascii = !regex->is_literal && weir_text_is_ascii(text, length);
    if (regex->ascii && regex->forms[1].code == NULL)
        regex->ascii = compile(regex, true);
}

static bool find_literal(WeirRegex *regex, size_t from)
{
    const uint8_t *found = memmem(regex->text + from, regex->length - from, regex->literal.data, regex->literal.length);
    if (found == NULL)
        return false;
    regex->spans[0] = (size_t)(found - regex->text);
    regex->spans[1] = regex->spans[0] + regex->literal.length;
    return true;
}

/* The JIT's stack is small at first; what does not fit into the larger one either is interpreted, with its memory on
 * the heap. */
static int match(WeirRegex *regex, const Form *form, size_t from)
{
    int count =
        pcre2_match(form->code, regex->text, regex->length, from, PCRE2_NO_UTF_CHECK, form->data, regex->context);
    if (count == PCRE2_ERROR_JIT_STACKLIMIT && regex->stack == NULL) {
        regex->stack = pcre2_jit_stack_create(JIT_STACK_BYTES_MIN, JIT_STACK_BYTES_MAX, NULL);
        pcre2_jit_stack_assign(regex->context, NULL, regex->stack);
        count =
            pcre2_match(form->code, regex->text, regex->length, from, PCRE2_NO_UTF_CHECK, form->data, regex->context);
    }
    if (count == PCRE2_ERROR_JIT_STACKLIMIT)
        count = pcre2_match(form->code, regex->text, regex->length, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, form->data,
                            regex->context);
    return count;
}

WeirStatus weir_regex_find(WeirRegex *regex, size_t from, const size_t **spans, WeirError *error)
{
    *spans = NULL;
    if (from > regex->length)
        return WEIR_OK;
    if (regex->is_literal) {
        *spans = find_literal(regex, from) ? regex->spans : NULL;
        return WEIR_OK;
    }
    const Form *form = &regex->forms[regex->ascii];
    int count = match(regex, form, from);
    if (count == PCRE2_ERROR_NOMATCH)
        return WEIR_OK;
    if (count < 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "A regular expression takes too many steps on a text of %zu bytes.", regex->length);
    size_t *vector = pcre2_get_ovector_pointer(form->data);
    for (uint32_t group = (uint32_t)count; group <= regex->group_count; group++)
        vector[2 * group] = vector[2 * group + 1] = SIZE_MAX;
    *spans = vector;
    return WEIR_OK;
}

int32_t weir_regex_group_named(const WeirRegex *regex, const char *name, size_t length)
{
    char text[128];
    if (length == 0 || length >= sizeof(text))
        return -1;
    memcpy(text, name, length);
    text[length] = '\0';
    int number = pcre2_substring_number_from_name(regex->forms[0].code, (PCRE2_SPTR)text);
    return number < 0 ? -1 : number;
}

#else
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
void weir_regex_set_text(WeirRegex *regex, const uint8_t *text, size_t length)
{
    (void)regex;
    (void)text;
    (void)length;
}
WeirStatus weir_regex_find(WeirRegex *regex, size_t from, const size_t **spans, WeirError *error)
{
    (void)regex;
    (void)from;
    (void)error;
    *spans = NULL;
    return WEIR_OK;
}
int32_t weir_regex_group_named(const WeirRegex *regex, const char *name, size_t length)
{
    (void)regex;
    (void)name;
    (void)length;
    return -1;
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
