/* Types and table schemas from DDL text, by Spark's grammar and with its error conditions. Recursive descent; a syntax
 * error inside <…> is reported at the outermost '<', where Spark's parser gives up too. */
#include "columnar/data_type.h"
#include "columnar/type_lexer.h"
#include "common/json.h"

#include <stdlib.h>

#define NESTING_MAX 1000
#define FIELDS_FIRST 8u

typedef struct TypeParser {
    TypeLexer lexer;
    TypeToken token; /* the next one */
    TypeToken angle; /* the outermost '<' that is open */
    int depth;
    WeirArena *arena;
    WeirError *error;
    WeirError meaning_error; /* the first; counts only if the rest of the text is without syntax errors, as in Spark */
} TypeParser;

static WeirStatus parse_type(TypeParser *parser, const WeirDataType **type);

static void next(TypeParser *parser)
{
    parser->token = weir_type_lexer_next(&parser->lexer);
}

static bool accept(TypeParser *parser, const char *word)
{
    if (!weir_type_token_is(&parser->token, word))
        return false;
    next(parser);
    return true;
}

static WeirOrigin origin_of(const TypeParser *parser, const TypeToken *token)
{
    return (WeirOrigin){.line = token->line,
                        .column = token->column,
                        .start = (int32_t)(token->start - parser->lexer.text),
                        .length = (int32_t)token->length};
}

/* The condition is set already; add where it happened. */
static WeirStatus fail_at(TypeParser *parser, const TypeToken *token, WeirStatus status)
{
    weir_error_locate(parser->error, parser->lexer.text, origin_of(parser, token));
    return status;
}

/* Where to put an error of meaning: nowhere when there is one already. */
static WeirError *meaning_error(TypeParser *parser)
{
    return parser->meaning_error.status == WEIR_OK ? &parser->meaning_error : NULL;
}

/* The text reads on after it, with a type that stands in for the wrong one. */
static WeirStatus note_at(TypeParser *parser, const TypeToken *token, const WeirDataType **type)
{
    weir_error_locate(&parser->meaning_error, parser->lexer.text, origin_of(parser, token)); /* keeps the first place */
    *type = &weir_type_void;
    return WEIR_OK;
}

static WeirStatus syntax_error(TypeParser *parser)
{
    const TypeToken *token = parser->depth > 1 ? &parser->angle : &parser->token;
    const char *text = token->kind == TYPE_TOKEN_END
                           ? "end of input"
                           : weir_arena_printf(parser->arena, "'%.*s'", (int)token->length, token->start);
    return fail_at(parser, token,
                   weir_error_set(parser->error, WEIR_ERROR_PARSE_SYNTAX_ERROR, "error", text, "hint", ""));
}

static WeirStatus expect(TypeParser *parser, const char *word)
{
    return accept(parser, word) ? WEIR_OK : syntax_error(parser);
}

/* "FOO", "BIGINT(5)" */
static WeirStatus unsupported_type(TypeParser *parser, const TypeToken *name, const int32_t *numbers, uint32_t count,
                                   const WeirDataType **type)
{
    char *text = weir_type_token_text(name, parser->arena);
    for (char *c = text; *c != '\0'; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    for (uint32_t i = 0; i < count; i++)
        text = weir_arena_printf(parser->arena, "%s%c%d%s", text, i == 0 ? '(' : ',', numbers[i],
                                 i + 1 == count ? ")" : "");
    const char *quoted = weir_arena_printf(parser->arena, "\"%s\"", text);
    weir_error_set(meaning_error(parser), WEIR_ERROR_UNSUPPORTED_DATATYPE, "typeName", quoted);
    return note_at(parser, name, type);
}

/* "(10, 2)", at most three numbers are kept: no type takes more than two. */
static WeirStatus parse_numbers(TypeParser *parser, int32_t numbers[3], uint32_t *count)
{
    *count = 0;
    if (!accept(parser, "("))
        return WEIR_OK;
    do {
        if (parser->token.kind != TYPE_TOKEN_INTEGER)
            return syntax_error(parser);
        long number = strtol(parser->token.start, NULL, 10);
        numbers[*count] = number > INT32_MAX ? INT32_MAX : (int32_t)number;
        *count += *count < 2;
        next(parser);
    } while (accept(parser, ","));
    return expect(parser, ")");
}

static const WeirDataType *find_plain_type(const TypeToken *name)
{
    static const struct {
        const char *name;
        const WeirDataType *type;
    } plain[] = {
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
        {"string", &weir_type_string},
        {"binary", &weir_type_binary},
        {"date", &weir_type_date},
        {"timestamp", &weir_type_timestamp},
        {"timestamp_ltz", &weir_type_timestamp},
        {"timestamp_ntz", &weir_type_timestamp_ntz},
        {"void", &weir_type_void},
    };
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (weir_type_token_is(name, plain[i].name))
            return plain[i].type;
    }
    return NULL;
}

static WeirStatus parse_interval(TypeParser *parser, const WeirDataType **type)
{
    static const char *const fields[] = {"year", "month", "day", "hour", "minute", "second"};
    int start = -1, end = -1;
    for (int field = 0; field < 6 && start < 0; field++) {
        if (accept(parser, fields[field]))
            start = field;
    }
    if (start < 0) {
        *type = &weir_type_calendar_interval;
        return WEIR_OK;
    }
    end = start;
    if (start != WEIR_INTERVAL_MONTH && start != WEIR_INTERVAL_SECOND && weir_type_token_is(&parser->token, "to")) {
        TypeToken to = parser->token;
        next(parser);
        int last = start <= WEIR_INTERVAL_MONTH ? WEIR_INTERVAL_MONTH : WEIR_INTERVAL_SECOND;
        for (int field = start + 1; field <= last && end == start; field++) {
            if (accept(parser, fields[field]))
                end = field;
        }
        if (end == start) {
            parser->token = to; /* Spark blames the TO */
            return syntax_error(parser);
        }
    }
    *type = weir_type_interval(parser->arena, (WeirIntervalField)start, (WeirIntervalField)end);
    return WEIR_OK;
}

static WeirStatus parse_decimal(TypeParser *parser, const TypeToken *name, const WeirDataType **type)
{
    int32_t numbers[3] = {10, 0};
    uint32_t count;
    WEIR_TRY(parse_numbers(parser, numbers, &count));
    if (count > 2)
        return unsupported_type(parser, name, numbers, count, type);
    if (count == 1)
        numbers[1] = 0;
    if (numbers[1] > numbers[0]) {
        weir_error_format(meaning_error(parser), WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                          "The scale %d of a decimal type is greater than its precision %d.", numbers[1], numbers[0]);
        return note_at(parser, name, type);
    }
    if (numbers[0] > WEIR_DECIMAL_PRECISION_MAX) {
        weir_error_set(meaning_error(parser), WEIR_ERROR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, "precision",
                       weir_arena_printf(parser->arena, "%d", numbers[0]), "maxPrecision", "38");
        return note_at(parser, name, type);
    }
    *type = weir_type_decimal(parser->arena, numbers[0], numbers[1]);
    return WEIR_OK;
}

static WeirStatus parse_sized_string(TypeParser *parser, const TypeToken *name, const WeirDataType **type)
{
    bool is_char = !weir_type_token_is(name, "varchar");
    int32_t numbers[3];
    uint32_t count;
    WEIR_TRY(parse_numbers(parser, numbers, &count));
    if (count == 0) {
        weir_error_set(meaning_error(parser), WEIR_ERROR_DATATYPE_MISSING_SIZE, "type",
                       is_char ? "\"CHAR\"" : "\"VARCHAR\"");
        return note_at(parser, name, type);
    }
    if (count > 1)
        return unsupported_type(parser, name, numbers, count, type);
    *type = weir_type_string_of_length(parser->arena, is_char ? -numbers[0] : numbers[0]);
    return WEIR_OK;
}

/* TIMESTAMP WITHOUT TIME ZONE, TIMESTAMP WITH LOCAL TIME ZONE; nothing consumed when neither follows. */
static WeirStatus parse_timestamp(TypeParser *parser, const WeirDataType **type)
{
    if (accept(parser, "without")) {
        *type = &weir_type_timestamp_ntz;
    } else if (accept(parser, "with")) {
        WEIR_TRY(expect(parser, "local"));
    } else {
        return WEIR_OK;
    }
    WEIR_TRY(expect(parser, "time"));
    return expect(parser, "zone");
}

static WeirStatus parse_simple_type(TypeParser *parser, const WeirDataType **type)
{
    TypeToken name = parser->token;
    int32_t numbers[3];
    uint32_t count;
    next(parser);
    if (weir_type_token_is(&name, "interval"))
        return parse_interval(parser, type);
    if (weir_type_token_is(&name, "decimal") || weir_type_token_is(&name, "dec") ||
        weir_type_token_is(&name, "numeric"))
        return parse_decimal(parser, &name, type);
    if (weir_type_token_is(&name, "char") || weir_type_token_is(&name, "character") ||
        weir_type_token_is(&name, "varchar"))
        return parse_sized_string(parser, &name, type);
    *type = find_plain_type(&name);
    if (*type == &weir_type_timestamp && weir_type_token_is(&name, "timestamp"))
        WEIR_TRY(parse_timestamp(parser, type));
    if (*type == &weir_type_string && accept(parser, "collate")) {
        TypeToken collation = parser->token;
        next(parser);
        if (!weir_type_token_is(&collation, "utf8_binary"))
            return unsupported_type(parser, &collation, NULL, 0, type);
    }
    WEIR_TRY(parse_numbers(parser, numbers, &count));
    if (weir_type_token_is(&name, "time")) {
        weir_error_set(meaning_error(parser), WEIR_ERROR_UNSUPPORTED_TIME_TYPE);
        return note_at(parser, &name, type);
    }
    return *type != NULL && count == 0 ? WEIR_OK : unsupported_type(parser, &name, numbers, count, type);
}

static WeirStatus parse_name(TypeParser *parser, const char **name)
{
    TypeToken *token = &parser->token;
    if (token->kind != TYPE_TOKEN_IDENTIFIER && token->kind != TYPE_TOKEN_QUOTED)
        return syntax_error(parser);
    TypeToken first = *token;
    *name = weir_type_token_text(token, parser->arena);
    next(parser);
    if (!weir_type_token_is(token, "-"))
        return WEIR_OK;
    while (weir_type_token_is(token, "-")) { /* a-b: Spark tells what to write instead */
        next(parser);
        first.length = (size_t)(token->start + token->length - first.start);
        next(parser);
    }
    const char *text = weir_arena_strndup(parser->arena, first.start, first.length);
    return fail_at(parser, &first, weir_error_set(parser->error, WEIR_ERROR_INVALID_IDENTIFIER, "ident", text));
}

/* name [:] type [NOT NULL] [COMMENT '…'] */
static WeirStatus parse_field(TypeParser *parser, bool colon, WeirField *field)
{
    *field = (WeirField){.nullable = true, .metadata = "{}"};
    WEIR_TRY(parse_name(parser, &field->name));
    if (colon)
        (void)accept(parser, ":");
    WEIR_TRY(parse_type(parser, &field->type));
    if (accept(parser, "not")) {
        WEIR_TRY(expect(parser, "null"));
        field->nullable = false;
    }
    if (!accept(parser, "comment"))
        return WEIR_OK;
    if (parser->token.kind != TYPE_TOKEN_STRING)
        return syntax_error(parser);
    const char *comment = weir_type_token_text(&parser->token, parser->arena);
    next(parser);
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    weir_buffer_append_text(&json, "{\"comment\":");
    weir_json_write_string(&json, comment, strlen(comment));
    weir_buffer_append_char(&json, '}');
    field->metadata = weir_arena_strdup(parser->arena, weir_buffer_text(&json));
    weir_buffer_deinit(&json);
    return WEIR_OK;
}

static WeirStatus parse_fields(TypeParser *parser, bool colon, const WeirDataType **type)
{
    uint32_t count = 0, capacity = FIELDS_FIRST;
    WeirField *fields = WEIR_ARENA_ARRAY(parser->arena, WeirField, capacity);
    do {
        if (count == capacity) {
            WeirField *larger = WEIR_ARENA_ARRAY(parser->arena, WeirField, capacity * 2);
            memcpy(larger, fields, sizeof(WeirField) * count);
            fields = larger;
            capacity *= 2;
        }
        WEIR_TRY(parse_field(parser, colon, &fields[count]));
        count++;
    } while (accept(parser, ","));
    *type = weir_type_struct(parser->arena, fields, count);
    return WEIR_OK;
}

static WeirStatus incomplete(TypeParser *parser, const TypeToken *name, const WeirDataType **type)
{
    if (weir_type_token_is(name, "array"))
        weir_error_set(meaning_error(parser), WEIR_ERROR_INCOMPLETE_TYPE_DEFINITION_ARRAY, "elementType", "<INT>");
    else if (weir_type_token_is(name, "map"))
        weir_error_set(meaning_error(parser), WEIR_ERROR_INCOMPLETE_TYPE_DEFINITION_MAP);
    else
        weir_error_set(meaning_error(parser), WEIR_ERROR_INCOMPLETE_TYPE_DEFINITION_STRUCT);
    return note_at(parser, name, type);
}

static WeirStatus parse_complex_type(TypeParser *parser, const WeirDataType **type)
{
    TypeToken name = parser->token;
    next(parser);
    if (parser->depth == 1)
        parser->angle = parser->token;
    bool is_array = weir_type_token_is(&name, "array");
    bool is_map = weir_type_token_is(&name, "map");
    if (!accept(parser, "<"))
        return incomplete(parser, &name, type);
    const WeirDataType *first, *second;
    parser->depth++;
    if (is_array) {
        WEIR_TRY(parse_type(parser, &first));
        *type = weir_type_array(parser->arena, first, true);
    } else if (is_map) {
        WEIR_TRY(parse_type(parser, &first));
        WEIR_TRY(expect(parser, ","));
        WEIR_TRY(parse_type(parser, &second));
        *type = weir_type_map(parser->arena, first, second, true);
    } else if (weir_type_token_is(&parser->token, ">")) {
        *type = weir_type_struct(parser->arena, NULL, 0);
    } else {
        WEIR_TRY(parse_fields(parser, true, type));
    }
    WEIR_TRY(expect(parser, ">"));
    parser->depth--;
    return WEIR_OK;
}

static WeirStatus parse_type(TypeParser *parser, const WeirDataType **type)
{
    if (parser->depth > NESTING_MAX)
        return fail_at(parser, &parser->angle, weir_error_set(parser->error, WEIR_ERROR_FAILED_TO_PARSE_TOO_COMPLEX));
    if (parser->token.kind != TYPE_TOKEN_IDENTIFIER && parser->token.kind != TYPE_TOKEN_QUOTED)
        return syntax_error(parser);
    if (weir_type_token_is(&parser->token, "array") || weir_type_token_is(&parser->token, "map") ||
        weir_type_token_is(&parser->token, "struct"))
        return parse_complex_type(parser, type);
    return parse_simple_type(parser, type);
}

static WeirStatus parser_init(TypeParser *parser, const char *text, WeirArena *arena, WeirError *error)
{
    memset(parser, 0, sizeof(*parser));
    weir_type_lexer_init(&parser->lexer, text);
    parser->depth = 1;
    parser->arena = arena;
    parser->error = error;
    next(parser);
    if (parser->token.kind == TYPE_TOKEN_END)
        return fail_at(parser, &parser->token, weir_error_set(error, WEIR_ERROR_PARSE_EMPTY_STATEMENT));
    return WEIR_OK;
}

static WeirStatus parser_finish(TypeParser *parser)
{
    if (parser->token.kind != TYPE_TOKEN_END)
        return syntax_error(parser);
    if (parser->meaning_error.status != WEIR_OK && parser->error != NULL)
        weir_error_copy(parser->error, &parser->meaning_error);
    return parser->meaning_error.status;
}

WeirStatus weir_type_from_ddl(const char *text, WeirArena *arena, const WeirDataType **type, WeirError *error)
{
    TypeParser parser;
    WEIR_TRY(parser_init(&parser, text, arena, error));
    WEIR_TRY(parse_type(&parser, type));
    return parser_finish(&parser);
}

WeirStatus weir_schema_from_ddl(const char *text, WeirArena *arena, const WeirSchema **schema, WeirError *error)
{
    TypeParser parser;
    WEIR_TRY(parser_init(&parser, text, arena, error));
    WEIR_TRY(parse_fields(&parser, false, schema));
    return parser_finish(&parser);
}

WeirStatus weir_type_or_schema_from_ddl(const char *text, WeirArena *arena, const WeirDataType **type, WeirError *error)
{
    const WeirDataType *found;
    if (weir_type_from_ddl(text, arena, &found, NULL) == WEIR_OK ||
        weir_schema_from_ddl(text, arena, &found, NULL) == WEIR_OK) {
        *type = found;
        return WEIR_OK;
    }
    return weir_type_from_ddl(text, arena, type, error);
}
