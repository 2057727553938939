/* Types in SQL: INT, DECIMAL(10, 2), ARRAY<…>, MAP<…>, STRUCT<a: INT, …>, INTERVAL DAY TO SECOND; and the column lists
 * of CREATE. Works on tokens, so that an error has its place in the statement; columnar's DDL parser reads the same
 * text where a schema is needed. */
#include <stdlib.h>
#include <strings.h>

#include "sql/parser_private.h"

typedef struct TypeName {
    const char *name;
    const WeirDataType *type;
} TypeName;

static const TypeName type_names[] = {
    {"boolean", &weir_type_boolean},
    {"tinyint", &weir_type_byte},
    {"byte", &weir_type_byte},
    {"smallint", &weir_type_short},
    {"short", &weir_type_short},
    {"int", &weir_type_int},
    {"integer", &weir_type_int},
    {"bigint", &weir_type_long},
    {"long", &weir_type_long},
    {"float", &weir_type_float},
    {"real", &weir_type_float},
    {"double", &weir_type_double},
    {"date", &weir_type_date},
    {"timestamp", &weir_type_timestamp},
    {"timestamp_ntz", &weir_type_timestamp_ntz},
    {"timestamp_ltz", &weir_type_timestamp},
    {"string", &weir_type_string},
    {"binary", &weir_type_binary},
    {"void", &weir_type_void},
};

static const WeirDataType *fail_type(WeirParser *p, WeirOrigin origin, const char *name)
{
    for (char *c = weir_arena_strdup(p->arena, name), *upper = c;; c++) {
        if (*c == '\0') {
            WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_UNSUPPORTED_DATATYPE, "typeName",
                      weir_arena_printf(p->arena, "\"%s\"", upper));
            return &weir_type_void;
        }
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    }
}

/* "(a, b)" after a type's name; how many numbers there were. */
static uint32_t parse_numbers(WeirParser *p, int64_t numbers[2])
{
    uint32_t count = 0;
    if (!weir_accept_symbol(p, '('))
        return 0;
    do {
        bool negative = weir_accept_symbol(p, '-');
        if (weir_peek(p)->kind != WEIR_TOKEN_INTEGER) {
            weir_fail_syntax(p);
            return 0;
        }
        WeirToken token = weir_advance(p);
        int64_t value = strtoll(p->lexer.text + token.start, NULL, 10);
        if (count < 2)
            numbers[count] = negative ? -value : value;
        count++;
    } while (weir_accept_symbol(p, ','));
    weir_expect_symbol(p, ')');
    return count;
}

static const WeirDataType *make_decimal(WeirParser *p, WeirOrigin origin, const int64_t *numbers, uint32_t count)
{
    int64_t precision = count > 0 ? numbers[0] : 10;
    int64_t scale = count > 1 ? numbers[1] : 0;
    if (precision > 38) {
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, "precision",
                  weir_arena_printf(p->arena, "%lld", (long long)precision), "maxPrecision", "38");
        return &weir_type_void;
    }
    if (scale > precision || scale < 0 || precision < 1) {
        weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_1228,
                       "Decimal scale (%lld) cannot be greater than precision (%lld).", (long long)scale,
                       (long long)precision);
        return &weir_type_void;
    }
    return weir_type_decimal(p->arena, (int)precision, (int)scale);
}

/* char(n), varchar(n): strings with a length, which only schemas know. */
static const WeirDataType *make_text(WeirParser *p, bool is_char, int64_t length)
{
    WeirDataType *type = WEIR_ARENA_NEW(p->arena, WeirDataType);
    *type = weir_type_string;
    type->length = (int32_t)(is_char ? -length : length);
    return type;
}

static const WeirDataType *parse_parameterized(WeirParser *p, const char *name, WeirOrigin origin)
{
    int64_t numbers[2] = {0, 0};
    uint32_t count = parse_numbers(p, numbers);
    bool is_decimal =
        strcasecmp(name, "decimal") == 0 || strcasecmp(name, "dec") == 0 || strcasecmp(name, "numeric") == 0;
    if (is_decimal && count <= 2)
        return make_decimal(p, origin, numbers, count);
    bool is_char = strcasecmp(name, "char") == 0 || strcasecmp(name, "character") == 0;
    if (is_char || strcasecmp(name, "varchar") == 0) {
        if (count == 1 && numbers[0] >= 1 && numbers[0] <= INT32_MAX)
            return make_text(p, is_char, numbers[0]);
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_DATATYPE_MISSING_SIZE, "type",
                  is_char ? "\"CHAR\"" : "\"VARCHAR\"");
        return &weir_type_void;
    }
    if (strcasecmp(name, "time") == 0)
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_UNSUPPORTED_TIME_TYPE);
    static const char *const nested[] = {"array", "map", "struct"};
    static const WeirStatus incomplete[] = {WEIR_ERROR_INCOMPLETE_TYPE_DEFINITION_ARRAY,
                                            WEIR_ERROR_INCOMPLETE_TYPE_DEFINITION_MAP,
                                            WEIR_ERROR_INCOMPLETE_TYPE_DEFINITION_STRUCT};
    for (size_t i = 0; i < sizeof nested / sizeof nested[0]; i++)
        if (strcasecmp(nested[i], name) == 0)
            WEIR_FAIL(p, weir_origin_since(p, origin), incomplete[i], "elementType", "<INT>");
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
        if (count == 0 && strcasecmp(type_names[i].name, name) == 0)
            return strcasecmp(name, "timestamp") == 0 && p->options->timestamp_ntz ? &weir_type_timestamp_ntz
                                                                                   : type_names[i].type;
    return fail_type(p, origin, weir_source_text(p, origin.start, p->last.start + p->last.length));
}

static const WeirDataType *parse_interval_type(WeirParser *p, WeirOrigin origin)
{
    static const char *const names[] = {"year", "month", "day", "hour", "minute", "second"};
    int fields[2] = {-1, -1};
    for (int which = 0; which < 2; which++) {
        if (which == 1 && !weir_at(p, WEIR_KEYWORD_TO))
            break;
        if (which == 1) {
            bool to_month = fields[0] == WEIR_INTERVAL_YEAR && weir_next_is(p, 1, WEIR_KEYWORD_MONTH);
            if (fields[0] <= WEIR_INTERVAL_MONTH && !to_month)
                weir_fail_syntax(p);
            weir_advance(p);
        }
        const WeirToken *token = weir_peek(p);
        for (int i = 0; i < 6 && token->kind == WEIR_TOKEN_WORD; i++)
            if ((size_t)token->length == strlen(names[i]) &&
                strncasecmp(p->lexer.text + token->start, names[i], strlen(names[i])) == 0)
                fields[which] = i;
        if (fields[which] >= 0)
            weir_advance(p);
        else if (which == 1)
            weir_fail_syntax(p);
        else
            return &weir_type_calendar_interval;
    }
    if (fields[1] < 0)
        fields[1] = fields[0];
    bool mixed = (fields[0] <= WEIR_INTERVAL_MONTH) != (fields[1] <= WEIR_INTERVAL_MONTH);
    if (mixed)
        weir_fail_syntax(p);
    if (fields[0] > fields[1] || mixed) {
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNSUPPORTED_FROM_TO_EXPRESSION,
                  "input", "interval", "from", names[fields[0]], "to", names[fields[1]]);
        return &weir_type_void;
    }
    return weir_type_interval(p->arena, (WeirIntervalField)fields[0], (WeirIntervalField)fields[1]);
}

/* Fields of STRUCT<…>: name [:] type [NOT NULL] [COMMENT '…'] */
static const WeirDataType *parse_struct(WeirParser *p)
{
    WeirField *fields = NULL;
    uint32_t count = 0;
    uint32_t capacity = 0;
    if (weir_accept_symbol(p, WEIR_SYMBOL_LESS_GREATER))
        return weir_type_struct(p->arena, NULL, 0);
    weir_expect_symbol(p, '<');
    while (!weir_at_symbol(p, '>') || count > 0) {
        if (count == capacity) {
            capacity = capacity == 0 ? 8 : capacity * 2;
            WeirField *more = WEIR_ARENA_ARRAY(p->arena, WeirField, capacity);
            if (count > 0)
                memcpy(more, fields, count * sizeof *fields);
            fields = more;
        }
        WeirField *field = &fields[count++];
        field->name = weir_parse_identifier(p);
        weir_accept_symbol(p, ':');
        field->type = weir_parse_type(p);
        field->nullable = !weir_accept2(p, WEIR_KEYWORD_NOT, WEIR_KEYWORD_NULL);
        field->metadata = "{}";
        if (weir_accept(p, WEIR_KEYWORD_COMMENT))
            weir_parse_string(p, NULL);
        if (!weir_accept_symbol(p, ','))
            break;
    }
    weir_expect_symbol(p, '>');
    return weir_type_struct(p->arena, fields, count);
}

static const WeirDataType *parse_map(WeirParser *p)
{
    weir_expect_symbol(p, '<');
    const WeirDataType *key = weir_parse_type(p);
    weir_expect_symbol(p, ',');
    const WeirDataType *value = weir_parse_type(p);
    weir_expect_symbol(p, '>');
    return weir_type_map(p->arena, key, value, true);
}

static const WeirDataType *parse_array(WeirParser *p)
{
    weir_expect_symbol(p, '<');
    const WeirDataType *element = weir_parse_type(p);
    weir_expect_symbol(p, '>');
    return weir_type_array(p->arena, element, true);
}

/* Texts compare by bytes: no other collation than UTF8_BINARY is a type here. */
static void parse_collation(WeirParser *p)
{
    weir_advance(p);
    WeirOrigin origin = weir_origin_here(p);
    const char *name = weir_parse_dotted_name(p);
    if (name != NULL && strcasecmp(name, "utf8_binary") != 0 && strcasecmp(name, "system.builtin.utf8_binary") != 0)
        weir_fail_unsupported(p, origin, "COLLATE");
}

const WeirDataType *weir_parse_type(WeirParser *p)
{
    if (!weir_enter(p))
        return &weir_type_void;
    WeirOrigin origin = weir_origin_here(p);
    WeirKeyword keyword = weir_peek(p)->kind == WEIR_TOKEN_WORD ? weir_peek(p)->keyword : WEIR_NOT_A_KEYWORD;
    bool nested = weir_next_is_symbol(p, 1, '<') || weir_next_is_symbol(p, 1, WEIR_SYMBOL_LESS_GREATER);
    const char *name = weir_parse_identifier(p);
    const WeirDataType *type;
    if (keyword == WEIR_KEYWORD_ARRAY && nested)
        type = parse_array(p);
    else if (keyword == WEIR_KEYWORD_MAP && nested)
        type = parse_map(p);
    else if (keyword == WEIR_KEYWORD_STRUCT && nested)
        type = parse_struct(p);
    else if (keyword == WEIR_KEYWORD_INTERVAL)
        type = parse_interval_type(p, origin);
    else
        type = parse_parameterized(p, name, origin);
    if (weir_at(p, WEIR_KEYWORD_COLLATE))
        parse_collation(p);
    weir_leave(p);
    return type;
}

/* What may follow a column's type: NOT NULL, COMMENT '…', DEFAULT …; the session's DDL reader takes what it knows. */
static void parse_column_options(WeirParser *p)
{
    for (;;) {
        if (weir_accept2(p, WEIR_KEYWORD_NOT, WEIR_KEYWORD_NULL))
            continue;
        if (weir_accept(p, WEIR_KEYWORD_COMMENT))
            weir_parse_string(p, NULL);
        else if (weir_at(p, WEIR_KEYWORD_DEFAULT) || weir_at(p, WEIR_KEYWORD_GENERATED))
            weir_fail_unsupported(p, weir_origin_here(p), "DEFAULT and GENERATED columns");
        else
            return;
    }
}

const char *weir_parse_column_definitions(WeirParser *p, uint32_t *count)
{
    int32_t start = weir_peek(p)->start;
    *count = 0;
    do {
        weir_parse_identifier(p);
        weir_accept_symbol(p, ':');
        weir_parse_type(p);
        parse_column_options(p);
        (*count)++;
    } while (weir_accept_symbol(p, ','));
    int32_t end = weir_peek(p)->start;
    weir_expect_symbol(p, ')');
    return weir_source_text(p, start, end > start ? end : start);
}
