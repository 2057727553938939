/* get_json_object: the parts of a JSON text at a path of $, .name, ['name'], [n] and [*], read in one pass. What the
 * path passes by is only checked; what it meets is written anew. The rules of several matches are Hive's: one match of
 * [*] stands without brackets, [*][*] flattens. */
#include "columnar/utf8.h"
#include "common/number_format.h"
#include "expr/functions/format_call.h"
#include "expr/functions/json_parts.h"
#include "expr/kernels/text_find.h"
#include "formats/json_copy.h"

typedef enum StepKind {
    STEP_NAME,
    STEP_INDEX,
    STEP_ANY,  /* [*] */
    STEP_NEVER /* .* and ['*'], which Spark takes and nothing matches */
} StepKind;

typedef struct PathStep {
    StepKind kind;
    const char *name;
    size_t length;
    int64_t index;
} PathStep;

typedef struct Path {
    PathStep *steps;
    uint32_t count, capacity;
    bool good;
} Path;

/* How a match is written: a bare string without quotes, as JSON, or with the elements of arrays in the parent's place.
 */
typedef enum Style { STYLE_RAW, STYLE_QUOTED, STYLE_FLATTEN } Style;

typedef struct Writer {
    WeirBuffer *out;
    bool in_array, need_comma;
} Writer;

typedef struct Search {
    WeirJsonText text;
    const Path *path;
    WeirBuffer *names; /* scratch */
} Search;

/* ---- paths ---- */

static WeirStatus parse_index(const char *text, size_t length, PathStep *step, bool *good, WeirError *error)
{
    *good = length > 0;
    for (size_t i = 0; i < length; i++)
        *good = *good && text[i] >= '0' && text[i] <= '9';
    if (*good && !weir_parse_int64(text, length, &step->index))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "The index %.*s in a JSON path is too large.", (int)length, text);
    return WEIR_OK;
}

/* The step at `*at`; `*good` false: malformed. */
static WeirStatus parse_step(const char *text, size_t length, size_t *at, PathStep *step, bool *good, WeirError *error)
{
    size_t start = *at + 1, end = start;
    *step = (PathStep){.kind = STEP_NAME};
    *good = false;
    if (text[*at] == '.') {
        while (end < length && text[end] != '.' && text[end] != '[')
            end++;
        *at = end;
    } else if (text[*at] != '[' || start >= length) {
        return WEIR_OK;
    } else if (text[start] == '\'') {
        for (end = ++start; end < length && text[end] != '\'' && text[end] != '?';)
            end++;
        if (end + 1 >= length || text[end] != '\'' || text[end + 1] != ']')
            return WEIR_OK;
        *at = end + 2;
    } else {
        while (end < length && text[end] != ']')
            end++;
        if (end == length)
            return WEIR_OK;
        *at = end + 1;
        step->kind = end - start == 1 && text[start] == '*' ? STEP_ANY : STEP_INDEX;
        *good = true;
        return step->kind == STEP_ANY ? WEIR_OK : parse_index(text + start, end - start, step, good, error);
    }
    *good = end > start;
    step->name = text + start;
    step->length = end - start;
    if (step->length == 1 && text[start] == '*')
        step->kind = STEP_NEVER;
    return WEIR_OK;
}

static WeirStatus parse_path(const char *text, size_t length, Path *path, WeirError *error)
{
    size_t at = 1;
    path->count = 0;
    path->good = length > 0 && text[0] == '$';
    while (path->good && at < length) {
        if (path->count == path->capacity) {
            path->capacity = path->capacity == 0 ? 8 : path->capacity * 2;
            path->steps = weir_realloc(path->steps, path->capacity * sizeof(PathStep));
        }
        WEIR_TRY(parse_step(text, length, &at, &path->steps[path->count++], &path->good, error));
    }
    return WEIR_OK;
}

/* ---- writing ---- */

static void begin_value(Writer *writer)
{
    if (writer->in_array && writer->need_comma)
        weir_buffer_append_char(writer->out, ',');
    writer->need_comma = true;
}

static Writer open_array(Writer *writer)
{
    begin_value(writer);
    weir_buffer_append_char(writer->out, '[');
    return (Writer){writer->out, true, false};
}

/* ---- the search: each function moves `*at` behind the value; false: the text is malformed ---- */

static bool search(Search *state, const uint8_t **at, uint32_t step, Style style, uint32_t depth, Writer *writer,
                   bool *found);

static bool skip(Search *state, const uint8_t **at, uint32_t depth)
{
    WeirJsonToken token;
    const uint8_t *behind = weir_json_scan_plain_string(&state->text, *at, &token);
    *at = behind != NULL ? behind : weir_json_scan_value(&state->text, *at, depth, &token);
    return *at != NULL;
}

/* To the next element or member, or behind the closing bracket (`*more` false). `first`: behind the opening one. */
static bool next_part(Search *state, const uint8_t **at, char close, bool first, bool *more)
{
    const WeirJsonText *text = &state->text;
    const uint8_t *here = weir_json_skip_blank(text, *at);
    if (here == NULL || here >= text->end)
        return false;
    *more = *here != close;
    if (!*more) {
        *at = here + 1;
        return true;
    }
    if (!first && *here != ',')
        return false;
    if (!first)
        here = weir_json_skip_blank(text, here + 1);
    *at = here;
    return here != NULL && here < text->end;
}

static bool name_matches(Search *state, const WeirJsonToken *name, const PathStep *step)
{
    if ((name->flags & WEIR_JSON_ESCAPED) == 0)
        return name->length == step->length && memcmp(name->start, step->name, step->length) == 0;
    weir_buffer_clear(state->names);
    weir_json_copy_characters(name, state->names);
    return state->names->length == step->length && memcmp(state->names->data, step->name, step->length) == 0;
}

/* Of members with the name the first that gives something counts. */
static bool search_object(Search *state, const uint8_t **at, uint32_t step, Style style, uint32_t depth, Writer *writer,
                          bool *found)
{
    const WeirJsonText *text = &state->text;
    bool more = true;
    ++*at;
    for (bool first = true;; first = false) {
        WeirJsonToken name;
        if (!next_part(state, at, '}', first, &more))
            return false;
        if (!more)
            return true;
        const uint8_t *here = weir_json_scan_name(text, *at, &name);
        here = here == NULL ? NULL : weir_json_skip_blank(text, here);
        if (here == NULL || here >= text->end || *here != ':')
            return false;
        *at = weir_json_skip_blank(text, here + 1);
        if (*at == NULL || *at >= text->end)
            return false;
        bool follow = !*found && **at != 'n' && name_matches(state, &name, &state->path->steps[step]);
        if (!(follow ? search(state, at, step + 1, style, depth + 1, writer, found) : skip(state, at, depth + 1)))
            return false;
    }
}

static bool search_index(Search *state, const uint8_t **at, uint32_t step, Style style, uint32_t depth, Writer *writer,
                         bool *found)
{
    const Path *path = state->path;
    bool more = true;
    if (step + 1 < path->count && path->steps[step + 1].kind == STEP_ANY)
        style = STYLE_QUOTED;
    ++*at;
    for (int64_t i = 0;; i++) {
        if (!next_part(state, at, ']', i == 0, &more))
            return false;
        if (!more)
            return true;
        bool follow = i == path->steps[step].index;
        if (!(follow ? search(state, at, step + 1, style, depth + 1, writer, found) : skip(state, at, depth + 1)))
            return false;
    }
}

/* Every element; `*matches` counts those that gave something. */
static bool search_elements(Search *state, const uint8_t **at, uint32_t step, Style style, uint32_t depth,
                            Writer *writer, uint32_t *matches)
{
    bool more = true;
    ++*at;
    for (bool first = true;; first = false) {
        bool found = false;
        if (!next_part(state, at, ']', first, &more))
            return false;
        if (!more)
            return true;
        if (!search(state, at, step, style, depth + 1, writer, &found))
            return false;
        *matches += found;
    }
}

static bool search_any(Search *state, const uint8_t **at, uint32_t step, Style style, uint32_t depth, Writer *writer,
                       bool *found)
{
    const Path *path = state->path;
    uint32_t matches = 0;
    bool twice = step + 1 < path->count && path->steps[step + 1].kind == STEP_ANY;
    bool good;
    if (twice || style == STYLE_QUOTED) {
        Writer inner = open_array(writer);
        good =
            search_elements(state, at, step + 1 + twice, twice ? STYLE_FLATTEN : STYLE_QUOTED, depth, &inner, &matches);
        weir_buffer_append_char(writer->out, ']');
    } else {
        WeirBuffer buffer;
        weir_buffer_init(&buffer, 0, writer->out->tracker);
        Writer inner = {&buffer, true, false};
        good = search_elements(state, at, step + 1, style == STYLE_RAW ? STYLE_QUOTED : style, depth, &inner, &matches);
        if (matches > 0) {
            begin_value(writer);
            if (matches > 1)
                weir_buffer_append_char(writer->out, '[');
            weir_buffer_append(writer->out, weir_buffer_text(&buffer), buffer.length);
            if (matches > 1)
                weir_buffer_append_char(writer->out, ']');
        }
        weir_buffer_deinit(&buffer);
    }
    *found = *found || matches > 0;
    return good;
}

static bool write_match(Search *state, const uint8_t **at, Style style, uint32_t depth, Writer *writer, bool *found)
{
    WeirJsonToken token;
    if (style == STYLE_FLATTEN && **at == '[') {
        uint32_t matches = 0;
        bool good = search_elements(state, at, state->path->count, style, depth, writer, &matches);
        *found = *found || matches > 0;
        return good;
    }
    *at = weir_json_scan_value(&state->text, *at, depth, &token);
    if (*at == NULL)
        return false;
    begin_value(writer);
    if (style == STYLE_RAW && token.kind == WEIR_JSON_TOKEN_STRING)
        weir_json_copy_characters(&token, writer->out);
    else
        weir_json_copy_value(&state->text, &token, writer->out);
    *found = true;
    return true;
}

static bool search(Search *state, const uint8_t **at, uint32_t step, Style style, uint32_t depth, Writer *writer,
                   bool *found)
{
    if (step == state->path->count)
        return write_match(state, at, style, depth, writer, found);
    StepKind kind = state->path->steps[step].kind;
    if (depth >= WEIR_JSON_NESTING_MAX)
        return false;
    if (**at == '{' && kind == STEP_NAME)
        return search_object(state, at, step, style, depth, writer, found);
    if (**at == '[' && kind == STEP_INDEX)
        return search_index(state, at, step, style, depth, writer, found);
    if (**at == '[' && kind == STEP_ANY)
        return search_any(state, at, step, style, depth, writer, found);
    return skip(state, at, depth);
}

/* ---- the function ---- */

static bool find_part(const WeirStringView *json, const Path *path, WeirBuffer *out, WeirBuffer *names)
{
    const uint8_t *data = weir_view_data(json);
    Search state = {{data + json->length, data + json->length, &weir_json_hive_syntax}, path, names};
    const uint8_t *at = weir_json_skip_blank(&state.text, data);
    Writer writer = {out, false, false};
    bool found = false;
    weir_buffer_clear(out);
    return at != NULL && at < state.text.end && search(&state, &at, 0, STYLE_RAW, 0, &writer, &found) && found;
}

static WeirStatus append_part(WeirKernelCall *call, const WeirStringView *json, const Path *path, WeirBuffer scratch[3],
                              WeirTextHeap *heap, WeirVector *result, uint32_t row, WeirError *error)
{
    bool found = path->good && find_part(json, path, &scratch[0], &scratch[1]);
    if (!found && path->good && !weir_utf8_is_valid(weir_view_data(json), json->length)) {
        /* Java's reader replaces bytes that are not UTF-8. */
        weir_buffer_clear(&scratch[2]);
        weir_utf8_append_replaced(weir_view_data(json), json->length, &scratch[2]);
        WeirStringView replaced = weir_view_make(weir_buffer_text(&scratch[2]), (uint32_t)scratch[2].length);
        found = find_part(&replaced, path, &scratch[0], &scratch[1]);
    }
    for (int i = 0; i < 3; i++)
        WEIR_TRY(weir_buffer_check(&scratch[i], error));
    if (!found) {
        weir_result_set_null(call, result, row);
        return WEIR_OK;
    }
    return weir_text_heap_copy(heap, weir_buffer_text(&scratch[0]), scratch[0].length,
                               &((WeirStringView *)result->values)[row], error);
}

WEIR_TEXT_KERNEL(get_json_object_kernel)
{
    WeirArgument texts = weir_argument(arguments[0]), paths = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer scratch[3];
    Path path = {0};
    bool parsed = false;
    WeirStatus status = WEIR_OK;
    for (int i = 0; i < 3; i++)
        weir_buffer_init(&scratch[i], 0, call->arena->tracker);
    WEIR_FOR_ROWS(call, row)
    {
        if (!parsed || paths.mask != 0) {
            WEIR_TEXT(text, paths, row);
            status = parse_path((const char *)text, text_length, &path, error);
            if (status != WEIR_OK) {
                status = weir_row_error(call, status, error);
                goto done;
            }
            parsed = true;
        }
        WEIR_TRY_OR_GO(done,
                       append_part(call, weir_argument_view(&texts, row), &path, scratch, &heap, result, row, error));
    }
done:
    for (int i = 0; i < 3; i++)
        weir_buffer_deinit(&scratch[i]);
    weir_free(path.steps);
    return status;
}

static WeirStatus resolve_get_json_object(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_format_text(call, 0, error));
    WEIR_TRY(weir_call_format_text(call, 1, error));
    call->result_type = &weir_type_string;
    return WEIR_OK;
}

const WeirFunction weir_functions_json_path[] = {
    {.name = "get_json_object",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_get_json_object,
     .kernel = get_json_object_kernel,
     .group = "json_funcs",
     .usage = "get_json_object(json, path): the part at a path."},
    {0},
};
