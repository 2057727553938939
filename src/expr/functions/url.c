/* url_encode, url_decode, parse_url: what java.net's URLEncoder, URLDecoder and URI make of a text. */
#include "columnar/utf8.h"
#include "expr/function_private.h"
#include "expr/functions/uri.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"
#include "expr/regex.h"
#include "expr/unicode.h"

/* ---- encoding */

static bool is_plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '*';
}

WEIR_TEXT_KERNEL(url_encode_kernel)
{
    static const char digits[] = "0123456789ABCDEF";
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 9, error)); /* a bad byte becomes three */
        uint32_t length = 0;
        for (size_t at = 0; at < text_length;) {
            if (text[at] < 0x80 && (is_plain(text[at]) || text[at] == ' ')) {
                heap.next[length++] = text[at] == ' ' ? '+' : text[at];
                at++;
                continue;
            }
            uint32_t c;
            bool malformed;
            at += weir_utf8_decode(text + at, text_length - at, &c, &malformed);
            uint8_t bytes[4];
            uint32_t count = weir_utf8_put(c, bytes);
            for (uint32_t i = 0; i < count; i++) {
                heap.next[length++] = '%';
                heap.next[length++] = (uint8_t)digits[bytes[i] >> 4];
                heap.next[length++] = (uint8_t)digits[bytes[i] & 15];
            }
        }
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

/* Character.digit in base 16: decimal digits of all scripts, letters of ASCII and full width. */
static int hex_digit(uint32_t c)
{
    if (c >= 0x10000)
        return -1;
    if (c >= 0xff21 && c <= 0xff5a)
        c = c - 0xff21 + 'A';
    return c >= 'a' && c <= 'f'   ? (int)(c - 'a' + 10)
           : c >= 'A' && c <= 'F' ? (int)(c - 'A' + 10)
                                  : weir_unicode_digit(c);
}

/* The byte after a %, read as Integer.parseInt does: a sign may stand for the first digit. -1: malformed. */
static int escaped_byte(const uint8_t *text, size_t length, size_t *at)
{
    size_t next = *at;
    if (next >= length)
        return -1;
    uint32_t first = weir_utf8_next(text, length, &next);
    if (next >= length)
        return -1;
    int low = hex_digit(weir_utf8_next(text, length, &next)), high = hex_digit(first);
    if (first == '+' || (first == '-' && low == 0))
        high = 0;
    if (low < 0 || high < 0)
        return -1;
    *at = next;
    return high * 16 + low;
}

/* Bytes of escapes that follow each other are one text in UTF-8. */
static bool decode(const uint8_t *text, size_t length, WeirBuffer *bytes, WeirBuffer *out)
{
    for (size_t at = 0; at < length;) {
        if (text[at] == '%') {
            weir_buffer_clear(bytes);
            while (at < length && text[at] == '%') {
                at++;
                int byte = escaped_byte(text, length, &at);
                if (byte < 0)
                    return false;
                weir_buffer_append_char(bytes, (char)byte);
            }
            weir_utf8_append_replaced((const uint8_t *)bytes->data, bytes->length, out);
            continue;
        }
        size_t start = at;
        while (at < length && text[at] != '%' && text[at] != '+')
            at++;
        weir_buffer_append(out, text + start, at - start);
        if (at < length && text[at] == '+') {
            weir_buffer_append_char(out, ' ');
            at++;
        }
    }
    return true;
}

static WeirStatus url_error(const WeirKernelCall *call, WeirStatus code, const uint8_t *text, uint32_t length,
                            WeirError *error)
{
    char shown[256];
    snprintf(shown, sizeof(shown), "%.*s", (int)(length < 240 ? length : 240), (const char *)text);
    return weir_row_error(call, weir_error_set(error, code, "url", shown), error);
}

WEIR_TEXT_KERNEL(url_decode_kernel)
{
    bool trying = call->expression->function->name[0] == 't';
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer valid, bytes, out;
    weir_buffer_init(&valid, 0, NULL);
    weir_buffer_init(&bytes, 0, NULL);
    weir_buffer_init(&out, 0, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        weir_buffer_clear(&valid);
        weir_buffer_clear(&out);
        weir_utf8_append_replaced(text, text_length, &valid);
        if (decode((const uint8_t *)weir_buffer_text(&valid), valid.length, &bytes, &out)) {
            WEIR_TRY_OR_GO(done, weir_buffer_check(&out, error));
            WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, weir_buffer_text(&out), out.length,
                                                     &((WeirStringView *)result->values)[row], error));
        } else if (trying) {
            weir_result_set_null(call, result, row);
        } else {
            status = url_error(call, WEIR_ERROR_CANNOT_DECODE_URL, text, text_length, error);
            goto done;
        }
    }
done:
    weir_buffer_deinit(&out);
    weir_buffer_deinit(&bytes);
    weir_buffer_deinit(&valid);
    return status;
}

/* ---- parse_url */

typedef struct UrlState {
    WeirRegex *regex; /* of the key */
    WeirBuffer key;
    bool compiled;
} UrlState;

static void *new_state(const WeirExpression *expression)
{
    (void)expression;
    UrlState *state = weir_calloc(1, sizeof(*state));
    weir_buffer_init(&state->key, 0, NULL);
    return state;
}

static void free_state(void *pointer)
{
    UrlState *state = pointer;
    weir_regex_free(state->regex);
    weir_buffer_deinit(&state->key);
    weir_free(state);
}

static bool is_named(const WeirStringView *name, const char *text)
{
    return name->length == strlen(text) && memcmp(weir_view_data(name), text, name->length) == 0;
}

static WeirUriPart part_named(const WeirUri *uri, const WeirStringView *name)
{
    if (is_named(name, "HOST"))
        return uri->host;
    if (is_named(name, "PATH"))
        return uri->path;
    if (is_named(name, "QUERY"))
        return uri->query;
    if (is_named(name, "REF"))
        return uri->fragment;
    if (is_named(name, "PROTOCOL"))
        return uri->scheme;
    if (is_named(name, "AUTHORITY"))
        return uri->authority;
    if (is_named(name, "USERINFO"))
        return uri->user_info;
    WeirUriPart file = uri->path; /* the query follows its path */
    if (uri->query.text != NULL)
        file.length += 1 + uri->query.length;
    return is_named(name, "FILE") ? file : (WeirUriPart){0};
}

/* The value of a key in a query. The key is a regular expression, as in Spark. */
static WeirStatus find_value(WeirKernelCall *call, WeirUriPart query, const WeirStringView *key, WeirUriPart *value,
                             WeirError *error)
{
    UrlState *state = call->state;
    if (!state->compiled || state->key.length != key->length ||
        (key->length > 0 && memcmp(state->key.data, weir_view_data(key), key->length) != 0)) {
        WeirBuffer pattern;
        weir_buffer_init(&pattern, 0, NULL);
        weir_buffer_append_text(&pattern, "(&|^)");
        weir_buffer_append(&pattern, weir_view_data(key), key->length);
        weir_buffer_append_text(&pattern, "=([^&]*)");
        weir_regex_free(state->regex);
        state->regex = NULL;
        state->compiled = false;
        WeirStatus status =
            weir_regex_new(weir_buffer_text(&pattern), pattern.length, false, "`parse_url`", &state->regex, error);
        weir_buffer_deinit(&pattern);
        if (status != WEIR_OK)
            return weir_row_error(call, status, error);
        weir_buffer_clear(&state->key);
        weir_buffer_append(&state->key, weir_view_data(key), key->length);
        state->compiled = true;
    }
    const size_t *spans;
    *value = (WeirUriPart){0};
    weir_regex_set_text(state->regex, query.text, query.length);
    WEIR_TRY(weir_regex_find(state->regex, 0, &spans, error));
    if (spans != NULL && spans[4] != SIZE_MAX)
        *value = (WeirUriPart){query.text + spans[4], spans[5] - spans[4]};
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(parse_url_kernel)
{
    bool keyed = call->expression->child_count == 3;
    bool failing = call->expression->function->name[0] == 'p' && call->expression->eval_mode == WEIR_EVAL_ANSI;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]),
                 z = weir_argument(arguments[keyed ? 2 : 1]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView url;
        WEIR_TRY(weir_text_heap_valid(&heap, weir_argument_view(&x, row), &url, error));
        const WeirStringView *name = weir_argument_view(&y, row);
        WeirUriPart part = {0};
        WeirUri uri;
        if (!keyed || is_named(name, "QUERY")) {
            if (weir_uri_parse(weir_view_data(&url), url.length, &uri))
                part = part_named(&uri, name);
            else if (failing)
                return url_error(call, WEIR_ERROR_INVALID_URL, weir_view_data(&url), url.length, error);
        }
        if (keyed && part.text != NULL)
            WEIR_TRY(find_value(call, part, weir_argument_view(&z, row), &part, error));
        if (part.text == NULL)
            weir_result_set_null(call, result, row);
        else
            WEIR_TRY(
                weir_text_heap_copy(&heap, part.text, part.length, &((WeirStringView *)result->values)[row], error));
    }
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define PARSE(NAME, FLAGS, USAGE)                                                                                      \
    {                                                                                                                  \
        .name = NAME, .flags = NP | WEIR_FUNCTION_NULLABLE | (FLAGS), .arguments_min = 2, .arguments_max = 3,          \
        .signature = "text,text,text?->string", .kernel = parse_url_kernel, .new_state = new_state,                    \
        .free_state = free_state, .group = "url_funcs", .usage = USAGE                                                 \
    }
#define CODE(NAME, FLAGS, KERNEL, USAGE)                                                                               \
    {                                                                                                                  \
        .name = NAME, .flags = NP | (FLAGS), .arguments_min = 1, .arguments_max = 1, .signature = "string->string",    \
        .kernel = KERNEL, .group = "url_funcs", .usage = USAGE                                                         \
    }

const WeirFunction weir_functions_url[] = {
    CODE("url_encode", 0, url_encode_kernel, "url_encode(text): as a part of a URL, with %XX and +."),
    CODE("url_decode", WEIR_FUNCTION_MAY_FAIL, url_decode_kernel, "url_decode(text): what url_encode was given."),
    CODE("try_url_decode", WEIR_FUNCTION_NULLABLE, url_decode_kernel,
         "try_url_decode(text): as url_decode, null where the text is malformed."),
    PARSE("parse_url", WEIR_FUNCTION_MAY_FAIL, "parse_url(url, part[, key]): a part, or a key's value in its query."),
    PARSE("try_parse_url", 0, "try_parse_url(url, part[, key]): as parse_url, null where the URL is malformed."),
    {0},
};
