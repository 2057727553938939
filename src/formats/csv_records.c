/* See csv_records.h. */
#include "formats/csv_records.h"

#include "formats/record_reader.h"

WeirStatus weir_csv_records_open(WeirCsvRecords *records, const WeirCsvOptions *options, const WeirByteSource *source,
                                 int64_t start, int64_t end, WeirMemoryTracker *tracker, WeirError *error)
{
    *records = (WeirCsvRecords){.options = options, .source = source, .tracker = tracker, .first_block = start == 0};
    weir_csv_tokens_init(&records->tokens, tracker);
    bool own = options->separator.length > 0;
    records->line_end =
        (WeirCsvLineEnd){.first = own ? (uint8_t)options->separator.data[0] : '\n',
                         .second = options->separator.length == 2 ? (uint8_t)options->separator.data[1] : 0,
                         .normalized = options->separator.length == 1 ? (uint8_t)options->separator.data[0] : '\n',
                         .normalize_quoted = !(own && options->multi_line)};
    weir_csv_splitter_init(&records->splitter, options, &records->line_end);
    if (options->multi_line)
        return WEIR_OK;
    WEIR_TRY(weir_encoding_separator(options->encoding, own ? options->separator.data : NULL, records->separator,
                                     &records->separator_length, error));
    return weir_record_reader_open(source, start, end, own ? records->separator : NULL, records->separator_length,
                                   tracker, &records->reader, error);
}

void weir_csv_records_close(WeirCsvRecords *records)
{
    weir_record_reader_close(records->reader);
    weir_shared_buffer_release(records->block);
    weir_csv_tokens_deinit(&records->tokens);
}

/* multiLine: the line end that the file shows first, \n, \r\n or \r. */
static void detect_line_end(WeirCsvRecords *records)
{
    const uint8_t *data = records->data;
    size_t at = 0;
    if (!records->options->multi_line || records->options->separator.length > 0)
        return;
    while (at < records->length && data[at] != '\n' && data[at] != '\r')
        at++;
    bool carriage = at < records->length && data[at] == '\r';
    records->line_end.first = carriage ? '\r' : '\n';
    records->line_end.second = carriage && at + 1 < records->length && data[at + 1] == '\n' ? '\n' : 0;
    uint32_t wanted = records->splitter.fields_wanted;
    weir_csv_splitter_init(&records->splitter, records->options, &records->line_end);
    records->splitter.fields_wanted = wanted;
}

static bool is_ascii(const uint8_t *data, size_t length)
{
    uint64_t high = 0, word;
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        memcpy(&word, data + at, 8);
        high |= word;
    }
    for (; at < length; at++)
        high |= data[at];
    return (high & UINT64_C(0x8080808080808080)) == 0;
}

/* Lines whose bytes are not ASCII's are cut first and decoded singly, as Spark does it. */
static void decode_lines(WeirCsvRecords *records, WeirBuffer *out)
{
    const WeirCsvText *separator = &records->options->separator;
    const uint8_t *record;
    size_t at = 0, length;
    while (weir_record_next(records->data, records->length, &at, records->separator, records->separator_length, &record,
                            &length)) {
        weir_encoding_decode(records->options->encoding, record, length, out);
        weir_buffer_append(out, separator->length > 0 ? separator->data : "\n",
                           separator->length > 0 ? separator->length : 1);
    }
}

/* Other encodings become UTF-8 as a whole. */
static WeirStatus decode(WeirCsvRecords *records, WeirError *error)
{
    WeirSharedBuffer *decoded = NULL;
    WeirBuffer text;
    weir_buffer_init(&text, 0, records->tracker);
    if (records->reader != NULL && !weir_encoding_has_ascii_bytes(records->options->encoding))
        decode_lines(records, &text);
    else
        weir_encoding_decode(records->options->encoding, records->data, records->length, &text);
    WeirStatus status = weir_buffer_check(&text, error);
    if (status == WEIR_OK)
        status = weir_shared_buffer_new(text.length + 1, records->tracker, &decoded, error);
    if (status == WEIR_OK) {
        if (text.length > 0)
            memcpy(decoded->data, text.data, text.length);
        decoded->length = text.length;
        weir_shared_buffer_release(records->block);
        records->block = decoded;
        records->data = decoded->data;
        records->length = text.length;
    }
    weir_buffer_deinit(&text);
    return status;
}

WeirStatus weir_csv_records_fill(WeirCsvRecords *records, WeirError *error)
{
    size_t offset = 0, length = 0;
    weir_shared_buffer_release(records->block);
    records->block = NULL;
    records->length = 0;
    if (records->reader != NULL) {
        WEIR_TRY(weir_record_reader_next(records->reader, &records->block, &offset, &length, error));
    } else if (!records->done) {
        WEIR_TRY(weir_read_whole(records->source, records->tracker, &records->block, error));
        length = records->block->length;
        records->done = true;
    }
    if (records->block == NULL)
        return WEIR_OK;
    records->data = records->block->data + offset;
    records->length = length;
    if (length > INT32_MAX)
        return weir_error_format(error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT, "%s has a record of more than 2 GiB.",
                                 records->source->path);
    records->ascii = is_ascii(records->data, records->length);
    bool ascii_bytes = weir_encoding_has_ascii_bytes(records->options->encoding);
    if (!ascii_bytes || (!records->ascii && records->options->encoding != WEIR_ENCODING_UTF8)) {
        WEIR_TRY(decode(records, error));
        records->ascii = is_ascii(records->data, records->length);
    }
    bool mark = records->first_block && records->options->encoding == WEIR_ENCODING_UTF8 && records->length >= 3 &&
                memcmp(records->data, "\xef\xbb\xbf", 3) == 0;
    records->first_block = false;
    detect_line_end(records);
    weir_csv_splitter_start(&records->splitter, records->data, records->length, mark ? 3 : 0);
    return WEIR_OK;
}

/* ---- records ---- */

static WeirStatus refuse(const WeirCsvRecords *records, WeirCsvOutcome outcome, WeirError *error)
{
    const char *why = outcome == WEIR_CSV_LONG_VALUE ? "a value longer than maxCharsPerColumn"
                      : outcome == WEIR_CSV_MANY_COLUMNS
                          ? "more columns than maxColumns"
                          : "a quote inside of a quoted value (unescapedQuoteHandling RAISE_ERROR)";
    if (outcome == WEIR_CSV_NO_MEMORY)
        return weir_buffer_check(&records->tokens.scratch, error);
    return weir_error_format(error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT, "%s holds a CSV record with %s.",
                             records->source->path, why);
}

/* Behind the line end that is just at `at`; 0: there is none. */
static size_t line_end_at(const WeirCsvRecords *records, size_t at)
{
    const WeirCsvLineEnd *end = &records->line_end;
    if (records->data[at] != end->first)
        return 0;
    if (end->second == 0)
        return at + 1;
    return at + 1 < records->length && records->data[at + 1] == end->second ? at + 2 : 0;
}

static size_t behind_line(const WeirCsvRecords *records, size_t at)
{
    for (; at < records->length; at++) {
        size_t end = line_end_at(records, at);
        if (end > 0)
            return end;
    }
    return at;
}

/* Past blank lines and comments. False: the block is done. */
static bool skip_to_record(WeirCsvRecords *records)
{
    WeirCsvSplitter *splitter = &records->splitter;
    size_t behind;
    while (splitter->at < splitter->length) {
        const uint8_t *data = splitter->data;
        uint8_t c = data[splitter->at];
        bool comment = c == records->options->comment && c != 0;
        if (c > ' ' && !comment && c != splitter->line_end)
            return true;
        if (records->options->multi_line) {
            size_t end = line_end_at(records, splitter->at);
            if (comment)
                end = behind_line(records, splitter->at);
            else if (end == 0 && c != records->line_end.normalized)
                return true;
            weir_csv_splitter_seek(splitter, end == 0 ? splitter->at + 1 : end);
            continue;
        }
        size_t at = splitter->at;
        while (at < splitter->length && data[at] <= ' ' && data[at] != splitter->line_end &&
               data[at] != splitter->other_line_end)
            at++;
        if (!comment && at < splitter->length && data[at] != splitter->line_end && data[at] != splitter->other_line_end)
            return true;
        (void)weir_csv_splitter_line(splitter, &behind);
        splitter->at = behind;
    }
    return false;
}

/* A line break does not belong to what a corrupt record shows. */
static void cut_line_break(WeirCsvRecords *records)
{
    const uint8_t *record = records->record;
    size_t length = records->record_length;
    if (length > 0 && record[length - 1] == '\n')
        length -= length > 1 && record[length - 2] == '\r' ? 2 : 1;
    else if (length > 0 && record[length - 1] == '\r')
        length--;
    records->record_length = length;
}

/* Nor does an own separator. */
static void cut_separator(WeirCsvRecords *records)
{
    const WeirCsvText *separator = &records->options->separator;
    if (separator->length == 1 && !records->options->multi_line && records->record_length > 0 &&
        records->record[records->record_length - 1] == (uint8_t)separator->data[0])
        records->record_length--;
    cut_line_break(records);
}

/* A record that ends with its line: left to the parser. */
static WeirStatus parse_line(WeirCsvRecords *records, bool count_only, WeirError *error)
{
    WeirCsvSplitter *splitter = &records->splitter;
    size_t behind, consumed, end;
    if (records->options->separator.length == 2) {
        const uint8_t *record;
        size_t at = splitter->at, length;
        (void)weir_record_next(records->data, records->length, &at, records->options->separator.data, 2, &record,
                               &length);
        end = splitter->at + length;
        behind = at;
        weir_csv_splitter_seek(splitter, splitter->at);
    } else {
        end = weir_csv_splitter_line(splitter, &behind);
    }
    size_t length = end - splitter->at;
    splitter->at = behind;
    if (count_only)
        return WEIR_OK;
    WeirCsvOutcome outcome =
        weir_csv_parse(records->options, &records->line_end, records->record, length, &consumed, &records->tokens);
    records->record_length = length;
    cut_line_break(records);
    return outcome == WEIR_CSV_RECORD || outcome == WEIR_CSV_NO_RECORD ? WEIR_OK : refuse(records, outcome, error);
}

static WeirStatus parse_lines(WeirCsvRecords *records, bool *found, WeirError *error)
{
    WeirCsvSplitter *splitter = &records->splitter;
    size_t consumed = 0;
    WeirCsvOutcome outcome = weir_csv_parse(records->options, &records->line_end, records->record,
                                            records->length - splitter->at, &consumed, &records->tokens);
    records->record_length = consumed;
    weir_csv_splitter_seek(splitter, splitter->at + consumed);
    *found = outcome == WEIR_CSV_RECORD;
    return outcome == WEIR_CSV_RECORD || outcome == WEIR_CSV_NO_RECORD ? WEIR_OK : refuse(records, outcome, error);
}

WeirStatus weir_csv_records_next(WeirCsvRecords *records, bool count_only, bool *found, WeirError *error)
{
    WeirCsvSplitter *splitter = &records->splitter;
    for (;;) {
        *found = false;
        if (!skip_to_record(records))
            return WEIR_OK;
        size_t start = splitter->at;
        records->record = records->data + start;
        if (count_only && !records->options->multi_line) {
            *found = true;
            return parse_line(records, true, error);
        }
        if (weir_csv_splitter_record(splitter, &records->tokens)) {
            records->record_length = splitter->at - start;
            cut_separator(records);
            *found = true;
            return WEIR_OK;
        }
        if (!records->options->multi_line) {
            *found = true;
            return parse_line(records, false, error);
        }
        WEIR_TRY(parse_lines(records, found, error));
        if (*found) {
            cut_separator(records);
            return WEIR_OK;
        }
    }
}
