/* See csv_options.h. */
#include "formats/csv_options.h"

#include <stdlib.h>
#include <strings.h>

#include "common/number_format.h"
#include "formats/codec.h"

const char *const weir_csv_read_option_names[] = {"sep",
                                                  "delimiter",
                                                  "encoding",
                                                  "charset",
                                                  "quote",
                                                  "escape",
                                                  "charToEscapeQuoteEscaping",
                                                  "comment",
                                                  "header",
                                                  "inferSchema",
                                                  "enforceSchema",
                                                  "preferDate",
                                                  "ignoreLeadingWhiteSpace",
                                                  "ignoreTrailingWhiteSpace",
                                                  "nullValue",
                                                  "emptyValue",
                                                  "nanValue",
                                                  "positiveInf",
                                                  "negativeInf",
                                                  "dateFormat",
                                                  "timestampFormat",
                                                  "timestampNTZFormat",
                                                  "enableDateTimeParsingFallback",
                                                  "maxColumns",
                                                  "maxCharsPerColumn",
                                                  "unescapedQuoteHandling",
                                                  "mode",
                                                  "columnNameOfCorruptRecord",
                                                  "multiLine",
                                                  "lineSep",
                                                  "samplingRatio",
                                                  "timeZone",
                                                  "locale",
                                                  "inputBufferSize",
                                                  "columnPruning",
                                                  "compression",
                                                  "codec",
                                                  NULL};
const char *const weir_csv_write_option_names[] = {"sep",
                                                   "delimiter",
                                                   "encoding",
                                                   "charset",
                                                   "quote",
                                                   "escape",
                                                   "charToEscapeQuoteEscaping",
                                                   "header",
                                                   "quoteAll",
                                                   "escapeQuotes",
                                                   "ignoreLeadingWhiteSpace",
                                                   "ignoreTrailingWhiteSpace",
                                                   "nullValue",
                                                   "emptyValue",
                                                   "dateFormat",
                                                   "timestampFormat",
                                                   "timestampNTZFormat",
                                                   "lineSep",
                                                   "timeZone",
                                                   "locale",
                                                   "compression",
                                                   "codec",
                                                   "extension",
                                                   NULL};

static const char *get(const WeirFormatOptions *given, const char *key)
{
    return given->get(given->context, key);
}

static const char *conf(const WeirFormatOptions *given, const char *key)
{
    return given->conf == NULL ? NULL : given->conf(given->conf_context, key);
}

static WeirStatus char_option(const WeirFormatOptions *given, const char *key, uint8_t fallback, uint8_t *value,
                              WeirError *error)
{
    const char *text = get(given, key);
    *value = fallback;
    if (text == NULL)
        return WEIR_OK;
    if ((uint8_t)text[0] >= 0x80)
        return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                 "The CSV option %s takes an ASCII character here, not '%s'.", key, text);
    if (text[0] != '\0' && text[1] != '\0')
        return weir_error_set(error, WEIR_ERROR_OPTION_VALUE_EXCEEDS_ONE_CHARACTER, "paramName", key, "actualValue",
                              text);
    *value = (uint8_t)text[0];
    return WEIR_OK;
}

static WeirStatus int_option(const WeirFormatOptions *given, const char *key, int64_t fallback, int64_t *value,
                             WeirError *error)
{
    const char *text = get(given, key);
    char *end = NULL;
    *value = fallback;
    if (text == NULL)
        return WEIR_OK;
    *value = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || *value > INT32_MAX || *value < INT32_MIN)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2146, "The CSV option %s is a number, not '%s'.",
                                 key, text);
    return WEIR_OK;
}

static WeirCsvText text_option(const WeirFormatOptions *given, const char *key, const char *fallback)
{
    const char *text = get(given, key);
    if (text == NULL)
        text = fallback;
    return (WeirCsvText){text, strlen(text)};
}

/* One character of the delimiter behind a backslash; -1: no such escape. */
static int special_character(char c)
{
    static const char names[] = "trbf\"'\\", values[] = "\t\r\b\f\"'\\";
    const char *found = c == '\0' ? NULL : strchr(names, c);
    return found == NULL ? -1 : values[found - names];
}

static WeirStatus delimiter_option(const WeirFormatOptions *given, WeirCsvOptions *options, WeirError *error)
{
    const char *text = get(given, "sep");
    if (text == NULL)
        text = get(given, "delimiter");
    if (text == NULL)
        text = ",";
    if (text[0] == '\0')
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: the delimiter of CSV has at least one character.");
    for (const char *at = text; *at != '\0'; at++) {
        if (options->delimiter_length == WEIR_CSV_DELIMITER_BYTES)
            return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                     "A CSV delimiter of more than %d bytes is not built.", WEIR_CSV_DELIMITER_BYTES);
        int c = (uint8_t)*at;
        if (c == '\\' && at[1] == '\0')
            return weir_error_set(error, WEIR_ERROR_INVALID_DELIMITER_VALUE_SINGLE_BACKSLASH);
        if (c == '\\' && strncmp(at, "\\u0000", 6) == 0) {
            c = 0;
            at += 5;
        } else if (c == '\\') {
            c = special_character(*++at);
            if (c < 0)
                return weir_error_set(error, WEIR_ERROR_INVALID_DELIMITER_VALUE_UNSUPPORTED_SPECIAL_CHARACTER, "str",
                                      text);
        }
        options->delimiter[options->delimiter_length++] = (uint8_t)c;
    }
    return WEIR_OK;
}

static WeirStatus quote_options(const WeirFormatOptions *given, WeirCsvOptions *options, WeirError *error)
{
    static const char *const names[] = {"STOP_AT_DELIMITER", "STOP_AT_CLOSING_QUOTE", "BACK_TO_DELIMITER", "SKIP_VALUE",
                                        "RAISE_ERROR"};
    WEIR_TRY(char_option(given, "quote", '"', &options->quote, error));
    WEIR_TRY(char_option(given, "escape", '\\', &options->escape, error));
    /* By default the escape escapes itself, unless it is the quote. */
    WEIR_TRY(char_option(given, "charToEscapeQuoteEscaping", options->escape == options->quote ? 0 : options->escape,
                         &options->escape_escape, error));
    const char *own = get(given, "charToEscapeQuoteEscaping");
    if (own != NULL && own[0] == '\0')
        options->escape_escape = options->escape == options->quote ? 0 : options->escape;
    WEIR_TRY(char_option(given, "comment", 0, &options->comment, error));
    const char *handling = get(given, "unescapedQuoteHandling");
    for (size_t i = 0; handling != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcasecmp(handling, names[i]) == 0) {
            options->quote_handling = (WeirCsvQuoteHandling)i;
            return WEIR_OK;
        }
    }
    if (handling != NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "unescapedQuoteHandling '%s' is none of STOP_AT_DELIMITER, "
                                 "STOP_AT_CLOSING_QUOTE, BACK_TO_DELIMITER, SKIP_VALUE, RAISE_ERROR.",
                                 handling);
    return WEIR_OK;
}

static WeirStatus record_options(const WeirFormatOptions *given, WeirCsvOptions *options, WeirError *error)
{
    const char *mode = get(given, "mode"), *separator = get(given, "lineSep"), *ratio = get(given, "samplingRatio");
    int64_t columns = 0;
    options->mode = WEIR_CSV_PERMISSIVE;
    if (mode != NULL && strcasecmp(mode, "DROPMALFORMED") == 0)
        options->mode = WEIR_CSV_DROP_MALFORMED;
    else if (mode != NULL && strcasecmp(mode, "FAILFAST") == 0)
        options->mode = WEIR_CSV_FAIL_FAST;
    if (separator != NULL && (separator[0] == '\0' || strlen(separator) > 2))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: 'lineSep' is one or two characters.");
    if (separator != NULL)
        options->separator = (WeirCsvText){separator, strlen(separator)};
    WEIR_TRY(int_option(given, "maxColumns", 20480, &columns, error));
    WEIR_TRY(int_option(given, "maxCharsPerColumn", -1, &options->chars_max, error));
    options->columns_max = columns < 1 ? 1 : (uint32_t)columns;
    options->sampling_ratio = 1.0;
    if (ratio != NULL &&
        (!weir_parse_double(ratio, strlen(ratio), &options->sampling_ratio) || options->sampling_ratio <= 0))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: samplingRatio is greater than 0.");
    options->corrupt_column = get(given, "columnNameOfCorruptRecord");
    if (options->corrupt_column == NULL)
        options->corrupt_column = conf(given, "spark.sql.columnNameOfCorruptRecord");
    if (options->corrupt_column == NULL)
        options->corrupt_column = "_corrupt_record";
    return WEIR_OK;
}

/* true or false, for the options that Spark's CSV reads itself. */
static WeirStatus flag_option(const WeirFormatOptions *given, const char *key, bool fallback, bool *value,
                              WeirError *error)
{
    const char *text = get(given, key);
    if (text == NULL || strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0)
        return weir_format_option_bool(given, key, fallback, value, error);
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2147, "The CSV option %s is true or false, not '%s'.",
                             key, text);
}

static WeirStatus flag_options(const WeirFormatOptions *given, bool writing, WeirCsvOptions *options, WeirError *error)
{
    const char *pruning = conf(given, "spark.sql.csv.parser.columnPruning.enabled");
    const char *case_sensitive = conf(given, "spark.sql.caseSensitive");
    bool flag = false;
    WEIR_TRY(flag_option(given, "header", false, &options->header, error));
    WEIR_TRY(flag_option(given, "enforceSchema", true, &options->enforce_schema, error));
    WEIR_TRY(weir_format_option_bool(given, "multiLine", false, &options->multi_line, error));
    WEIR_TRY(flag_option(given, "inferSchema", false, &options->infer_schema, error));
    WEIR_TRY(flag_option(given, "preferDate", true, &options->prefer_date, error));
    WEIR_TRY(flag_option(given, "ignoreLeadingWhiteSpace", writing, &options->ignore_leading, error));
    WEIR_TRY(flag_option(given, "ignoreTrailingWhiteSpace", writing, &options->ignore_trailing, error));
    WEIR_TRY(flag_option(given, "quoteAll", false, &options->quote_all, error));
    WEIR_TRY(flag_option(given, "escapeQuotes", true, &options->escape_quotes, error));
    options->column_pruning = -1;
    if (get(given, "columnPruning") != NULL) {
        WEIR_TRY(weir_format_option_bool(given, "columnPruning", true, &flag, error));
        options->column_pruning = flag;
    } else if (options->multi_line || (pruning != NULL && strcasecmp(pruning, "false") == 0)) {
        options->column_pruning = 0;
    }
    const char *kind = conf(given, "spark.sql.timestampType");
    options->prefers_ntz = kind != NULL && strcasecmp(kind, "TIMESTAMP_NTZ") == 0;
    options->case_sensitive = case_sensitive != NULL && strcasecmp(case_sensitive, "true") == 0;
    return WEIR_OK;
}

WeirStatus weir_csv_options(const WeirFormatOptions *given, bool writing, WeirArena *arena, WeirCsvOptions *options,
                            WeirError *error)
{
    static const char *const not_built[] = {"singleVariantColumn", "timeFormat"};
    *options = (WeirCsvOptions){0};
    for (size_t i = 0; i < sizeof(not_built) / sizeof(not_built[0]); i++)
        if (get(given, not_built[i]) != NULL)
            return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                     "The CSV option %s is not built yet. Leave it out.", not_built[i]);
    WEIR_TRY(delimiter_option(given, options, error));
    WEIR_TRY(quote_options(given, options, error));
    WeirCodec codec;
    WEIR_TRY(weir_format_codec(given, &codec, error));
    WEIR_TRY(weir_format_check_locale(given, error));
    WEIR_TRY(weir_format_encoding(given, &options->encoding, error));
    WEIR_TRY(record_options(given, options, error));
    WEIR_TRY(flag_options(given, writing, options, error));
    options->null_value = text_option(given, "nullValue", "");
    options->empty_value = text_option(given, "emptyValue", writing ? "\"\"" : "");
    options->nan_value = text_option(given, "nanValue", "NaN");
    options->positive_infinity = text_option(given, "positiveInf", "Inf");
    options->negative_infinity = text_option(given, "negativeInf", "-Inf");
    return weir_time_formats_read(given, arena, &options->times, error);
}
