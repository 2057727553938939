/* See json_record.h. */
#include "formats/json_record.h"

void weir_json_record_init(WeirJsonRecord *record, const WeirJsonRules *rules, const WeirSchema *schema,
                           int32_t corrupt_field, WeirArena *arena, WeirMemoryTracker *tracker)
{
    uint32_t count = schema->field_count;
    record->rules = rules;
    record->schema = schema;
    record->corrupt_field = corrupt_field;
    record->spoiled = false;
    record->layout_count = 0;
    record->values = WEIR_ARENA_ARRAY(arena, WeirJsonToken, count + 1);
    record->name_lengths = WEIR_ARENA_ARRAY(arena, uint32_t, count + 1);
    record->is_string = WEIR_ARENA_ARRAY(arena, bool, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        record->name_lengths[i] = (uint32_t)strlen(schema->fields[i].name);
        record->is_string[i] = schema->fields[i].type->id == WEIR_TYPE_STRING;
    }
    weir_buffer_init(&record->scratch, 0, tracker);
}

void weir_json_record_deinit(WeirJsonRecord *record)
{
    weir_buffer_deinit(&record->scratch);
}

/* Of fields with equal names the last has the value, as in Spark. */
static int32_t find_field(WeirJsonRecord *record, const WeirJsonToken *name)
{
    const uint8_t *text = name->start;
    size_t length = name->length;
    if ((name->flags & WEIR_JSON_ESCAPED) != 0) {
        weir_buffer_clear(&record->scratch);
        if (!weir_buffer_reserve(&record->scratch, length))
            return -1;
        length = weir_json_unescape(name, (uint8_t *)record->scratch.data);
        text = (const uint8_t *)record->scratch.data;
    }
    for (uint32_t i = record->schema->field_count; i-- > 0;)
        if ((int32_t)i != record->corrupt_field && record->name_lengths[i] == length &&
            memcmp(record->schema->fields[i].name, text, length) == 0)
            return (int32_t)i;
    return -1;
}

/* From the end of the value before (or the record's bracket) to this member's value; the bytes between become the
 * layout's literal for `index`. NULL: malformed. */
static const uint8_t *read_member_name(WeirJsonRecord *record, const WeirJsonText *text, const uint8_t *from,
                                       uint32_t index, int32_t *field)
{
    WeirJsonToken name;
    const uint8_t *at = from;
    if (index > 0) {
        at = weir_json_skip_blank(text, at);
        if (at == NULL || at >= text->end || *at != ',')
            return NULL;
    }
    at = weir_json_skip_blank(text, at + 1);
    at = at == NULL ? NULL : weir_json_scan_name(text, at, &name);
    at = at == NULL ? NULL : weir_json_skip_blank(text, at);
    if (at == NULL || at >= text->end || *at != ':')
        return NULL;
    at = weir_json_skip_blank(text, at + 1);
    if (at == NULL || at >= text->end)
        return NULL;
    *field = find_field(record, &name);
    if (index < WEIR_JSON_LAYOUT_MEMBERS && at - from <= WEIR_JSON_LITERAL_BYTES) {
        WeirJsonLayoutMember *member = &record->layout[index];
        member->length = (uint8_t)(at - from);
        member->field = *field;
        memset(member->literal, 0, sizeof(member->literal));
        memcpy(member->literal, from, member->length);
        if (index >= record->layout_count)
            record->layout_count = index + 1;
    }
    return at;
}

static inline bool matches_layout(const WeirJsonRecord *record, const WeirJsonText *text, const uint8_t *at,
                                  uint32_t index)
{
    if (index >= record->layout_count)
        return false;
    const WeirJsonLayoutMember *member = &record->layout[index];
    if (text->end - at <= member->length)
        return false;
#ifdef __SSE2__
    /* A memcmp of variable length is a call. */
    if (member->length <= 16 && text->readable - at >= 16) {
        __m128i same = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)at),
                                      _mm_loadu_si128((const __m128i *)(const void *)member->literal));
        return (~(unsigned)_mm_movemask_epi8(same) & ((1u << member->length) - 1)) == 0;
    }
#endif
    return memcmp(at, member->literal, member->length) == 0;
}

/* Of values under one name the last that fits counts, and the others still make the record one that did not fit. */
static void keep_again(WeirJsonRecord *record, const WeirJsonText *text, int32_t field, const WeirJsonToken *value)
{
    WeirJsonToken *kept = &record->values[field];
    const WeirDataType *type = record->schema->fields[field].type;
    WeirJsonOutcome next = weir_json_convert(record->rules, text, value, type, NULL, &record->scratch);
    if (next != WEIR_JSON_GOOD ||
        weir_json_convert(record->rules, text, kept, type, NULL, &record->scratch) != WEIR_JSON_GOOD)
        record->spoiled = true;
    if (next != WEIR_JSON_BAD)
        *kept = *value;
}

const uint8_t *weir_json_record_scan(WeirJsonRecord *record, const WeirJsonText *text, const uint8_t *at)
{
    const uint8_t *first = weir_json_skip_blank(text, at + 1);
    record->spoiled = false;
    for (uint32_t i = 0; i < record->schema->field_count; i++)
        record->values[i].start = NULL;
    if (first == NULL || first >= text->end)
        return NULL;
    if (*first == '}')
        return first + 1;
    for (uint32_t index = 0;; index++) {
        int32_t field;
        WeirJsonToken value;
        if (matches_layout(record, text, at, index)) {
            at += record->layout[index].length;
            field = record->layout[index].field;
            if (*at <= ' ')
                at = weir_json_skip_blank(text, at);
            if (at == NULL || at >= text->end)
                return NULL;
        } else {
            at = read_member_name(record, text, at, index, &field);
            if (at == NULL)
                return NULL;
        }
        /* Written where it stays: a copy would wait for its parts. */
        bool again = field >= 0 && record->values[field].start != NULL;
        WeirJsonToken *token = field < 0 || again ? &value : &record->values[field];
        const uint8_t *behind = weir_json_scan_plain_string(text, at, token);
        at = behind != NULL ? behind : weir_json_scan_value(text, at, 1, token);
        if (at == NULL || at >= text->end)
            return NULL;
        if (again)
            keep_again(record, text, field, &value);
        if (*at == '}')
            return at + 1;
        if (*at != ',') {
            const uint8_t *next = weir_json_skip_blank(text, at);
            if (next == NULL || next >= text->end || (*next != ',' && *next != '}'))
                return NULL;
            if (*next == '}')
                return next + 1;
        }
    }
}

bool weir_json_record_fits(WeirJsonRecord *record, const WeirJsonText *text)
{
    if (record->spoiled)
        return false;
    for (uint32_t i = 0; i < record->schema->field_count; i++)
        if (record->values[i].start != NULL &&
            weir_json_convert(record->rules, text, &record->values[i], record->schema->fields[i].type, NULL,
                              &record->scratch) != WEIR_JSON_GOOD)
            return false;
    return true;
}

bool weir_json_record_append(WeirJsonRecord *record, const WeirJsonText *text, WeirVectorBuilder *const *fields)
{
    bool good = !record->spoiled;
    for (uint32_t i = 0; i < record->schema->field_count; i++) {
        if ((int32_t)i == record->corrupt_field)
            continue;
        const WeirJsonToken *token = &record->values[i];
        if (token->start == NULL)
            weir_vector_builder_append_null(fields[i]);
        else if (record->is_string[i] && token->kind == WEIR_JSON_TOKEN_STRING && token->flags == 0)
            weir_vector_builder_append_view(fields[i], weir_view_make(token->start, token->length));
        else if (weir_json_convert(record->rules, text, token, record->schema->fields[i].type, fields[i],
                                   &record->scratch) != WEIR_JSON_GOOD)
            good = false;
    }
    return good;
}
