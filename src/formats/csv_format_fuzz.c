/* The CSV reader over any bytes: the first byte chooses the options. A line-based file cut in two ranges has as many
 * rows as the whole. */
#include "formats/format_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const sets[][9] = {
        {NULL},
        {"multiLine", "true", NULL},
        {"escape", "\"", "ignoreLeadingWhiteSpace", "true", "ignoreTrailingWhiteSpace", "true", NULL},
        {"sep", "||", "unescapedQuoteHandling", "STOP_AT_CLOSING_QUOTE", NULL},
        {"unescapedQuoteHandling", "BACK_TO_DELIMITER", "comment", "#", "maxCharsPerColumn", "20", NULL},
        {"unescapedQuoteHandling", "SKIP_VALUE", "lineSep", "|", "mode", "DROPMALFORMED", NULL},
        {"sep", "||", "multiLine", "true", "ignoreLeadingWhiteSpace", "true", "unescapedQuoteHandling",
         "BACK_TO_DELIMITER", NULL},
        {"encoding", "UTF-16LE", "lineSep", "\n", NULL},
        {"encoding", "UTF-16", "multiLine", "true", "header", "true", NULL},
        {"encoding", "ISO-8859-1", "quote", "", "multiLine", "true", "lineSep", "\r\n", NULL},
    };
    static const WeirField fields[] = {{"a", &weir_type_string, true, "{}"},
                                       {"b", &weir_type_int, true, "{}"},
                                       {"c", &weir_type_double, true, "{}"},
                                       {"d", &weir_type_timestamp, true, "{}"},
                                       {"_corrupt_record", &weir_type_string, true, "{}"}};
    if (size < 2)
        return 0;
    WeirSchema schema = {.id = WEIR_TYPE_STRUCT, .field_count = 5, .fields = fields};
    FuzzInput input = {data + 2, size - 2, sets[data[0] % (sizeof(sets) / sizeof(sets[0]))]};
    int64_t whole = fuzz_rows(&weir_csv_format, &input, &schema, 0, INT64_MAX, 7);
    WeirFormatOptions options = {.get = fuzz_option, .context = &input};
    if (whole < 0 || !weir_csv_format.is_splittable(&options, "memory"))
        return 0;
    int64_t cut = 1 + data[1];
    int64_t first = fuzz_rows(&weir_csv_format, &input, &schema, 0, cut, 4096);
    int64_t second = fuzz_rows(&weir_csv_format, &input, &schema, cut, INT64_MAX, 1);
    WEIR_ASSERT(first + second == whole);
    return 0;
}
