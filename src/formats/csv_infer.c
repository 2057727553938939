/* The schema of CSV files (Spark: CSVInferSchema): names from the header or _c0, _c1, …; all strings, or with
 * inferSchema the narrowest type that every value of a column fits: int, long, decimal, double, date, timestamp,
 * boolean, else string. samplingRatio < 1 looks at all rows too. */
#include <strings.h>

#include "columnar/value_parse.h"
#include "formats/csv_convert.h"
#include "formats/csv_format_private.h"
#include "formats/csv_row.h"

#define INTEGER_DIGITS 10
#define LONG_DIGITS 20

typedef struct Inferred {
    WeirTypeId id; /* void: no value yet */
    int precision; /* of a decimal, scale 0 */
} Inferred;

typedef struct Inference {
    const WeirCsvOptions *options;
    WeirArena *arena;
    const char **names; /* NULL: no record yet */
    uint32_t count;
    Inferred *types;
} Inference;

/* ---- one value ---- */

/* A decimal without a fraction once its exponent is applied; its digits. 0: not one. */
static int whole_decimal(const char *text, size_t length)
{
    WeirInt128 unscaled;
    int digits = 0, fraction = 0;
    bool point = false;
    if (weir_string_to_decimal(text, length, WEIR_DECIMAL_PRECISION_MAX, 0, &unscaled) != WEIR_PARSE_OK)
        return 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c <= ' ')
            return 0;
        if (c == 'e' || c == 'E') {
            int64_t exponent;
            if (!weir_csv_parse_integer((const uint8_t *)text + i + 1, length - i - 1, &exponent) ||
                exponent != fraction)
                return 0;
            fraction = 0;
            break;
        }
        point = point || c == '.';
        fraction += point && c != '.';
    }
    if (fraction != 0)
        return 0;
    for (WeirInt128 rest = unscaled < 0 ? -unscaled : unscaled; rest > 0; rest /= 10)
        digits++;
    return digits == 0 ? 1 : digits;
}

static bool strict_date(const char *text, size_t length)
{
    int32_t days;
    if (length != 10 || text[4] != '-' || text[7] != '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9'))
            return false;
    return weir_string_to_date(text, length, &days);
}

/* Patterns of the options where they are given; a date without one has all its digits. */
static bool is_date(const WeirCsvOptions *options, const char *text, size_t length)
{
    return options->times.date == NULL
               ? strict_date(text, length)
               : weir_time_formats_convert(&options->times, text, length, &weir_type_date, NULL);
}

static WeirTypeId time_type(const WeirCsvOptions *options, const char *text, size_t length)
{
    if (options->prefers_ntz &&
        weir_time_formats_convert(&options->times, text, length, &weir_type_timestamp_ntz, NULL))
        return WEIR_TYPE_TIMESTAMP_NTZ;
    return weir_time_formats_convert(&options->times, text, length, &weir_type_timestamp, NULL) ? WEIR_TYPE_TIMESTAMP
                                                                                                : WEIR_TYPE_VOID;
}

static Inferred value_type(const Inference *inference, WeirTypeId from, const uint8_t *data, size_t length)
{
    const WeirCsvOptions *options = inference->options;
    const char *text = (const char *)data;
    int64_t number;
    double real;
    if (from <= WEIR_TYPE_LONG && from != WEIR_TYPE_BOOLEAN && weir_csv_parse_integer(data, length, &number)) {
        bool fits = from != WEIR_TYPE_LONG && number == (int32_t)number;
        return (Inferred){fits ? WEIR_TYPE_INT : WEIR_TYPE_LONG, 0};
    }
    bool is_numeric =
        from == WEIR_TYPE_VOID || from == WEIR_TYPE_INT || from == WEIR_TYPE_LONG || from == WEIR_TYPE_DECIMAL;
    int digits = is_numeric ? whole_decimal(text, length) : 0;
    if (digits > 0)
        return (Inferred){WEIR_TYPE_DECIMAL, digits};
    if ((is_numeric || from == WEIR_TYPE_DOUBLE) && weir_csv_parse_double(options, data, length, false, &real))
        return (Inferred){WEIR_TYPE_DOUBLE, 0};
    if (from != WEIR_TYPE_TIMESTAMP && from != WEIR_TYPE_BOOLEAN && (options->prefer_date || from == WEIR_TYPE_DATE) &&
        is_date(options, text, length))
        return (Inferred){WEIR_TYPE_DATE, 0};
    WeirTypeId time = from == WEIR_TYPE_BOOLEAN ? WEIR_TYPE_VOID : time_type(options, text, length);
    if (time != WEIR_TYPE_VOID)
        return (Inferred){time, 0};
    bool boolean =
        (length == 4 && strncasecmp(text, "true", 4) == 0) || (length == 5 && strncasecmp(text, "false", 5) == 0);
    return (Inferred){boolean ? WEIR_TYPE_BOOLEAN : WEIR_TYPE_STRING, 0};
}

static int digits_of(Inferred type)
{
    return type.id == WEIR_TYPE_INT ? INTEGER_DIGITS : type.id == WEIR_TYPE_LONG ? LONG_DIGITS : type.precision;
}

static bool is_whole(Inferred type)
{
    return type.id == WEIR_TYPE_INT || type.id == WEIR_TYPE_LONG || type.id == WEIR_TYPE_DECIMAL;
}

static bool is_time(Inferred type)
{
    return type.id == WEIR_TYPE_DATE || type.id == WEIR_TYPE_TIMESTAMP || type.id == WEIR_TYPE_TIMESTAMP_NTZ;
}

static Inferred merge(Inferred a, Inferred b)
{
    if (a.id == WEIR_TYPE_VOID)
        return b;
    if (is_whole(a) && is_whole(b)) {
        if (a.id != WEIR_TYPE_DECIMAL && b.id != WEIR_TYPE_DECIMAL)
            return a.id == WEIR_TYPE_LONG ? a : b;
        return (Inferred){WEIR_TYPE_DECIMAL, digits_of(a) > digits_of(b) ? digits_of(a) : digits_of(b)};
    }
    if ((a.id == WEIR_TYPE_DOUBLE && is_whole(b)) || (b.id == WEIR_TYPE_DOUBLE && is_whole(a)))
        return (Inferred){WEIR_TYPE_DOUBLE, 0};
    if (a.id != b.id && is_time(a) && is_time(b)) /* a date goes along with either timestamp */
        return (Inferred){a.id == WEIR_TYPE_TIMESTAMP || b.id == WEIR_TYPE_TIMESTAMP ? WEIR_TYPE_TIMESTAMP
                                                                                     : WEIR_TYPE_TIMESTAMP_NTZ,
                          0};
    return a.id == b.id ? a : (Inferred){WEIR_TYPE_STRING, 0};
}

static void infer_record(Inference *inference, const WeirCsvTokens *tokens)
{
    const WeirCsvOptions *options = inference->options;
    for (uint32_t i = 0; i < inference->count && i < tokens->count; i++) {
        const WeirCsvToken *token = &tokens->items[i];
        const uint8_t *text = token->data;
        size_t length = token->length;
        if (token->kind == WEIR_CSV_TOKEN_EMPTY) {
            text = (const uint8_t *)options->empty_value.data;
            length = options->empty_value.length;
        }
        if (token->kind == WEIR_CSV_TOKEN_NULL || length == 0 ||
            weir_csv_text_equal(&options->null_value, text, length) || inference->types[i].id == WEIR_TYPE_STRING)
            continue;
        inference->types[i] = merge(inference->types[i], value_type(inference, inference->types[i].id, text, length));
    }
}

/* ---- names ---- */

static bool same_name(const Inference *inference, const char *a, const char *b)
{
    return a != NULL && b != NULL && (inference->options->case_sensitive ? strcmp(a, b) == 0 : strcasecmp(a, b) == 0);
}

/* Missing names are _c and the position; equal ones get their position behind them. */
static void name_columns(Inference *inference, const WeirCsvTokens *tokens)
{
    const WeirCsvOptions *options = inference->options;
    WeirArena *arena = inference->arena;
    const char **texts = WEIR_ARENA_ARRAY(arena, const char *, tokens->count + 1);
    inference->count = tokens->count;
    inference->names = WEIR_ARENA_ARRAY(arena, const char *, tokens->count + 1);
    inference->types = WEIR_ARENA_ARRAY(arena, Inferred, tokens->count + 1);
    for (uint32_t i = 0; i < tokens->count; i++) {
        const WeirCsvToken *token = &tokens->items[i];
        bool absent = !options->header || token->length == 0 ||
                      weir_csv_text_equal(&options->null_value, token->data, token->length);
        texts[i] = absent ? NULL : weir_arena_strndup(arena, (const char *)token->data, token->length);
        inference->types[i].id = WEIR_TYPE_VOID;
    }
    for (uint32_t i = 0; i < tokens->count; i++) {
        bool twice = false;
        for (uint32_t k = 0; k < tokens->count && !twice; k++)
            twice = k != i && same_name(inference, texts[i], texts[k]);
        inference->names[i] = texts[i] == NULL ? weir_arena_printf(arena, "_c%u", i)
                              : twice          ? weir_arena_printf(arena, "%s%u", texts[i], i)
                                               : texts[i];
    }
}

/* ---- files ---- */

static WeirStatus infer_file(Inference *inference, const WeirByteSource *file, WeirMemoryTracker *tracker,
                             WeirError *error)
{
    WeirCsvRecords records;
    bool header = inference->options->header, found = false;
    WeirStatus status = weir_csv_records_open(&records, inference->options, file, 0, INT64_MAX, tracker, error);
    while (status == WEIR_OK) {
        WEIR_TRY_OR_GO(done, weir_csv_records_fill(&records, error));
        if (records.block == NULL)
            break;
        for (;;) {
            WEIR_TRY_OR_GO(done, weir_csv_records_next(&records, false, &found, error));
            if (!found)
                break;
            if (inference->names == NULL)
                name_columns(inference, &records.tokens);
            if (!inference->options->infer_schema)
                goto done;
            if (!header)
                infer_record(inference, &records.tokens);
            header = false;
        }
    }
done:
    weir_csv_records_close(&records);
    return status;
}

static const WeirDataType *settle(WeirArena *arena, const Inference *inference, Inferred type)
{
    if (!inference->options->infer_schema)
        return &weir_type_string;
    switch (type.id) {
    case WEIR_TYPE_INT:
        return &weir_type_int;
    case WEIR_TYPE_LONG:
        return &weir_type_long;
    case WEIR_TYPE_DECIMAL:
        return weir_type_decimal(arena, type.precision, 0);
    case WEIR_TYPE_DOUBLE:
        return &weir_type_double;
    case WEIR_TYPE_DATE:
        return &weir_type_date;
    case WEIR_TYPE_TIMESTAMP:
        return &weir_type_timestamp;
    case WEIR_TYPE_TIMESTAMP_NTZ:
        return &weir_type_timestamp_ntz;
    case WEIR_TYPE_BOOLEAN:
        return &weir_type_boolean;
    default:
        return &weir_type_string;
    }
}

static const WeirDataType *inferred_struct(const Inference *inference)
{
    WeirField *fields = WEIR_ARENA_ARRAY(inference->arena, WeirField, inference->count + 1);
    for (uint32_t i = 0; i < inference->count; i++)
        fields[i] =
            (WeirField){inference->names[i], settle(inference->arena, inference, inference->types[i]), true, "{}"};
    return weir_type_struct(inference->arena, fields, inference->count);
}

WeirStatus weir_csv_infer(const WeirFormatOptions *given, const WeirByteSource *files, uint32_t count,
                          WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error)
{
    WeirCsvOptions options;
    WEIR_TRY(weir_csv_options(given, false, arena, &options, error));
    Inference inference = {.options = &options, .arena = arena};
    for (uint32_t i = 0; i < count && (options.infer_schema || inference.names == NULL); i++)
        WEIR_TRY(infer_file(&inference, &files[i], tracker, error));
    *schema = inferred_struct(&inference);
    return WEIR_OK;
}

WeirStatus weir_csv_infer_text(const WeirFormatOptions *given, const uint8_t *data, size_t length, WeirArena *arena,
                               const WeirDataType **type, WeirError *error)
{
    WeirCsvOptions options;
    WeirCsvTokens tokens;
    WEIR_TRY(weir_csv_options(given, false, arena, &options, error));
    options.header = false;
    options.infer_schema = true;
    Inference inference = {.options = &options, .arena = arena};
    weir_csv_tokens_init(&tokens, NULL);
    WeirCsvOutcome outcome = weir_csv_parse_text(&options, data, length, &tokens);
    WeirStatus status = WEIR_OK;
    if (outcome == WEIR_CSV_RECORD) {
        name_columns(&inference, &tokens);
        infer_record(&inference, &tokens);
        *type = inferred_struct(&inference);
    } else if (outcome == WEIR_CSV_NO_RECORD) {
        status = weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "The text holds no CSV record.");
    } else {
        status = weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                   "The CSV record has too many columns, too long a value or a stray quote.");
    }
    weir_csv_tokens_deinit(&tokens);
    return status;
}
