/* Finds the fields of CSV records in a block in passing: 64 bytes at a time become a bit mask of the characters that
 * matter (SSE2; a portable loop elsewhere), and only those are looked at. A record with anything but plain quotes is
 * left to csv_parser.c. */
#ifndef WEIR_FORMATS_CSV_SPLITTER_H
#define WEIR_FORMATS_CSV_SPLITTER_H

#include "formats/csv_parser.h"

typedef struct WeirCsvSplitter {
    uint8_t delimiter, quote, escape, escape_escape;
    uint8_t line_end, other_line_end; /* \n and \r; with the option lineSep that one alone */
    bool multi_line; /* only `ends` ends a record; a record with other line ends is left to the parser */
    WeirCsvLineEnd ends;
    bool ignore_leading, ignore_trailing, single_character;
    int64_t chars_max;
    uint32_t columns_max;
    uint32_t fields_wanted; /* fields from this number on are not needed, nor counted; UINT32_MAX: all */
    const uint8_t *data;
    size_t length;             /* 64 bytes behind it are readable */
    size_t at;                 /* of the next record */
    size_t window;             /* of the masks */
    uint64_t marks, line_ends; /* not yet looked at, from bit 0 = data[window] */
} WeirCsvSplitter;

void weir_csv_splitter_init(WeirCsvSplitter *splitter, const WeirCsvOptions *options, const WeirCsvLineEnd *line_end);
/* Records of `data` from `at` on. */
void weir_csv_splitter_start(WeirCsvSplitter *splitter, const uint8_t *data, size_t length, size_t at);
/* The record at `at`: true: its fields, and `at` is behind it. False: the parser must read it; `at` is as it was. */
bool weir_csv_splitter_record(WeirCsvSplitter *splitter, WeirCsvTokens *tokens);
/* Go on at `at`, behind a record read otherwise. */
void weir_csv_splitter_seek(WeirCsvSplitter *splitter, size_t at);
/* The first line end at or behind `at`, as \n, \r or \r\n (or lineSep): its place, and the first byte behind it. */
size_t weir_csv_splitter_line(WeirCsvSplitter *splitter, size_t *behind);

#endif
