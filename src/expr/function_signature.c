/* Signatures such as "string,int=1,string...->string": which types a function takes, what is cast without asking
 * (Spark's ImplicitCastInputTypes), default arguments, and the type of the result. arguments   words joined by '|'; '?'
 * after it: optional, '=…': optional with a default that is added to the call, '...': any number of it words       any,
 * a type ("int", "ntz", "daytime"), numeric, integral, days (the smaller integers), anytime (either timestamp), array,
 * map, struct result      a type word, $1 (that argument's type), [string] (an array), or ? (left to the function's
 * resolve) */
#include <stdlib.h>

#include "expr/function_private.h"

#define BIT(type) (1u << WEIR_TYPE_##type)
#define DAYS_BITS (BIT(BYTE) | BIT(SHORT) | BIT(INT))
#define INTEGRAL_BITS (DAYS_BITS | BIT(LONG))
#define NUMERIC_BITS (INTEGRAL_BITS | BIT(FLOAT) | BIT(DOUBLE) | BIT(DECIMAL))

typedef struct TypeWord {
    const char *word;
    uint32_t accepts;
    const WeirDataType *concrete; /* what null becomes; the target of implicit casts for one-type words */
    const char *shown;            /* in messages */
} TypeWord;

static const TypeWord type_words[] = {
    {"any", UINT32_MAX, NULL, "\"ANY\""},
    {"string", BIT(STRING), &weir_type_string, "\"STRING\""},
    {"text", BIT(STRING), &weir_type_string, "\"STRING\""}, /* where nothing is cast to it */
    {"binary", BIT(BINARY), &weir_type_binary, "\"BINARY\""},
    {"boolean", BIT(BOOLEAN), &weir_type_boolean, "\"BOOLEAN\""},
    {"byte", BIT(BYTE), &weir_type_byte, "\"TINYINT\""},
    {"short", BIT(SHORT), &weir_type_short, "\"SMALLINT\""},
    {"int", BIT(INT), &weir_type_int, "\"INT\""},
    {"long", BIT(LONG), &weir_type_long, "\"BIGINT\""},
    {"float", BIT(FLOAT), &weir_type_float, "\"FLOAT\""},
    {"double", BIT(DOUBLE), &weir_type_double, "\"DOUBLE\""},
    {"decimal", BIT(DECIMAL), NULL, "\"DECIMAL\""},
    {"date", BIT(DATE), &weir_type_date, "\"DATE\""},
    {"timestamp", BIT(TIMESTAMP), &weir_type_timestamp, "\"TIMESTAMP\""},
    {"ntz", BIT(TIMESTAMP_NTZ), &weir_type_timestamp_ntz, "\"TIMESTAMP_NTZ\""},
    {"daytime", BIT(DAY_TIME_INTERVAL), &weir_type_day_time_interval, "\"INTERVAL DAY TO SECOND\""},
    {"yearmonth", BIT(YEAR_MONTH_INTERVAL), &weir_type_year_month_interval, "\"INTERVAL YEAR TO MONTH\""},
    {"interval", BIT(CALENDAR_INTERVAL), &weir_type_calendar_interval, "\"INTERVAL\""},
    {"numeric", NUMERIC_BITS, &weir_type_double, "\"NUMERIC\""},
    {"integral", INTEGRAL_BITS, &weir_type_int, "\"INTEGRAL\""},
    {"days", DAYS_BITS, &weir_type_int, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")"},
    {"anytime", BIT(TIMESTAMP) | BIT(TIMESTAMP_NTZ), &weir_type_timestamp,
     "(\"TIMESTAMP\" or \"TIMESTAMP WITHOUT TIME ZONE\")"},
    {"array", BIT(ARRAY), NULL, "\"ARRAY\""},
    {"map", BIT(MAP), NULL, "\"MAP\""},
    {"struct", BIT(STRUCT), NULL, "\"STRUCT\""},
};

static const TypeWord *find_word(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(type_words) / sizeof(type_words[0]); i++)
        if (strlen(type_words[i].word) == length && memcmp(type_words[i].word, word, length) == 0)
            return &type_words[i];
    return NULL;
}

/* Spark's AnsiTypeCoercion.implicitCast to one expected type. */
static const WeirDataType *implicit_cast(WeirArena *arena, const TypeWord *word, const WeirDataType *type)
{
    if (word->accepts == UINT32_MAX || ((word->accepts >> type->id) & 1u))
        return type;
    if (word->accepts == BIT(DECIMAL)) {
        if (weir_type_is_numeric(type))
            return weir_decimal_for(arena, type);
        return type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_VOID ? weir_type_decimal(arena, 38, 18) : NULL;
    }
    if (type->id == WEIR_TYPE_VOID) {
        if (word->accepts == BIT(ARRAY))
            return weir_type_array(arena, &weir_type_void, true);
        if (word->accepts == BIT(MAP))
            return weir_type_map(arena, &weir_type_void, &weir_type_void, true);
        return word->concrete != NULL ? word->concrete : type;
    }
    if (word->accepts == NUMERIC_BITS)
        return type->id == WEIR_TYPE_STRING ? &weir_type_double : NULL;
    if (word->accepts == INTEGRAL_BITS)
        return NULL;
    if (word->accepts == DAYS_BITS)
        return type->id == WEIR_TYPE_STRING ? &weir_type_int : NULL;
    if (word->accepts == (BIT(TIMESTAMP) | BIT(TIMESTAMP_NTZ)))
        return type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_DATE ? &weir_type_timestamp : NULL;
    if (word->concrete == NULL || strcmp(word->word, "text") == 0)
        return NULL;
    return weir_can_implicitly_cast(type, word->concrete) ? word->concrete : NULL;
}

const WeirDataType *weir_signature_cast(WeirArena *arena, const char *word, size_t length, const WeirDataType *type)
{
    const char *end = word + length;
    for (int pass = 0; pass < 2; pass++) { /* first: accepted as it is by any of the words */
        for (const char *start = word; start < end;) {
            const char *bar = memchr(start, '|', (size_t)(end - start));
            const char *stop = bar != NULL ? bar : end;
            const TypeWord *entry = find_word(start, (size_t)(stop - start));
            WEIR_ASSERT(entry != NULL);
            if (pass == 0 && (entry->accepts == UINT32_MAX || ((entry->accepts >> type->id) & 1u)))
                return type;
            const WeirDataType *cast = pass == 1 ? implicit_cast(arena, entry, type) : NULL;
            if (cast != NULL)
                return cast;
            start = stop + 1;
        }
    }
    return NULL;
}

static const char *shown_words(WeirArena *arena, const char *word, size_t length)
{
    const char *end = word + length;
    if (memchr(word, '|', length) == NULL)
        return find_word(word, length)->shown;
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 4096, NULL);
    weir_buffer_append_char(&buffer, '(');
    for (const char *start = word; start < end;) {
        const char *bar = memchr(start, '|', (size_t)(end - start));
        const char *stop = bar != NULL ? bar : end;
        weir_buffer_append_text(&buffer, find_word(start, (size_t)(stop - start))->shown);
        if (bar != NULL)
            weir_buffer_append_text(&buffer, " or ");
        start = stop + 1;
    }
    weir_buffer_append_char(&buffer, ')');
    const char *shown = weir_arena_strdup(arena, weir_buffer_text(&buffer));
    weir_buffer_deinit(&buffer);
    return shown;
}

/* "1", "-1", "'text'", "true", "NULL". */
static WeirExpression *default_literal(WeirArena *arena, const char *text, size_t length, const char *word,
                                       size_t word_length)
{
    if (text[0] == '\'')
        return weir_expression_literal(arena, weir_value_bytes(arena, &weir_type_string, text + 1, length - 2));
    if (length == 4 && memcmp(text, "NULL", 4) == 0) {
        const TypeWord *entry = find_word(word, word_length);
        return weir_expression_null_literal(arena, entry != NULL && entry->concrete != NULL ? entry->concrete
                                                                                            : &weir_type_void);
    }
    if (text[0] == 't' || text[0] == 'f')
        return weir_expression_boolean_literal(arena, text[0] == 't');
    if (word_length == 4 && memcmp(word, "long", 4) == 0)
        return weir_expression_long_literal(arena, strtoll(text, NULL, 10));
    return weir_expression_int_literal(arena, (int32_t)strtol(text, NULL, 10));
}

static void append_argument(WeirFunctionCall *call, WeirExpression *argument)
{
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, call->argument_count + 1);
    const WeirDataType **cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, call->argument_count + 1);
    memcpy(arguments, call->arguments, sizeof(*arguments) * call->argument_count);
    memcpy(cast_types, call->cast_types, sizeof(*cast_types) * call->argument_count);
    arguments[call->argument_count] = argument;
    call->arguments = arguments;
    call->cast_types = cast_types;
    call->argument_count++;
}

static const WeirDataType *result_of(const char *word, const WeirFunctionCall *call)
{
    if (word[0] == '$') {
        uint32_t index = (uint32_t)(word[1] - '1');
        return call->cast_types[index] != NULL ? call->cast_types[index] : call->arguments[index]->type;
    }
    if (word[0] == '[') {
        const TypeWord *entry = find_word(word + 1, strlen(word) - 2);
        return weir_type_array(call->arena, entry->concrete, false);
    }
    const TypeWord *entry = find_word(word, strlen(word));
    WEIR_ASSERT(entry != NULL && entry->concrete != NULL);
    return entry->concrete;
}

WeirStatus weir_signature_apply(const char *signature, WeirFunctionCall *call, WeirError *error)
{
    const char *arrow = strstr(signature, "->");
    const char *next = signature;
    uint32_t index = 0;
    while (next < arrow) {
        const char *comma = memchr(next, ',', (size_t)(arrow - next));
        const char *end = comma != NULL ? comma : arrow;
        bool repeats = end - next > 3 && memcmp(end - 3, "...", 3) == 0;
        const char *word_end = repeats ? end - 3 : end;
        const char *equals = memchr(next, '=', (size_t)(word_end - next));
        const char *type_end = equals != NULL ? equals : word_end - (word_end[-1] == '?');
        if (index >= call->argument_count && equals != NULL) {
            append_argument(call, default_literal(call->arena, equals + 1, (size_t)(word_end - equals - 1), next,
                                                  (size_t)(type_end - next)));
            index++;
        }
        while (index < call->argument_count) {
            const WeirDataType *type = call->arguments[index]->type;
            const WeirDataType *cast = weir_signature_cast(call->arena, next, (size_t)(type_end - next), type);
            if (cast == NULL)
                return weir_call_unexpected_type(call, index, shown_words(call->arena, next, (size_t)(type_end - next)),
                                                 error);
            if (cast != type)
                call->cast_types[index] = cast;
            index++;
            if (!repeats)
                break;
        }
        next = end + 1;
    }
    if (arrow[2] != '?')
        call->result_type = result_of(arrow + 2, call);
    return WEIR_OK;
}
