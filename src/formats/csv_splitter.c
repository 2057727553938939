/* See csv_splitter.h. */
#include "formats/csv_splitter.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
static inline uint64_t mask_64(const __m128i block[4], uint8_t byte)
{
    __m128i wanted = _mm_set1_epi8((char)byte);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++)
        mask |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block[i], wanted)) << (16 * i);
    return mask;
}

static inline uint64_t mask_either(const __m128i block[4], uint8_t a, uint8_t b, uint8_t c)
{
    __m128i wanted_a = _mm_set1_epi8((char)a), wanted_b = _mm_set1_epi8((char)b), wanted_c = _mm_set1_epi8((char)c);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i equal =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block[i], wanted_a), _mm_cmpeq_epi8(block[i], wanted_b)),
                         _mm_cmpeq_epi8(block[i], wanted_c));
        mask |= (uint64_t)(uint16_t)_mm_movemask_epi8(equal) << (16 * i);
    }
    return mask;
}

static inline void masks(const WeirCsvSplitter *splitter, const uint8_t *data, uint64_t *marks, uint64_t *line_ends)
{
    __m128i block[4];
    for (int i = 0; i < 4; i++)
        block[i] = _mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i));
    *line_ends = mask_64(block, splitter->line_end) | mask_64(block, splitter->other_line_end);
    *marks = *line_ends | mask_either(block, splitter->delimiter, splitter->quote, splitter->escape);
}
#else
static inline void masks(const WeirCsvSplitter *splitter, const uint8_t *data, uint64_t *marks, uint64_t *line_ends)
{
    *marks = *line_ends = 0;
    for (unsigned i = 0; i < 64; i++) {
        uint8_t c = data[i];
        uint64_t line_end = c == splitter->line_end || c == splitter->other_line_end;
        uint64_t mark = c == splitter->delimiter || c == splitter->quote || c == splitter->escape;
        *line_ends |= line_end << i;
        *marks |= (line_end | mark) << i;
    }
}
#endif

static inline void load(WeirCsvSplitter *splitter)
{
    if (splitter->window >= splitter->length) {
        splitter->marks = splitter->line_ends = 0;
        return;
    }
    masks(splitter, splitter->data + splitter->window, &splitter->marks, &splitter->line_ends);
    size_t rest = splitter->length - splitter->window;
    if (rest < 64) {
        uint64_t valid = ((uint64_t)1 << rest) - 1;
        splitter->marks &= valid;
        splitter->line_ends &= valid;
    }
}

/* The next character that matters, or `length`. It is taken: the mask forgets it. */
static inline size_t next_mark(WeirCsvSplitter *splitter)
{
    while (splitter->marks == 0) {
        if (splitter->window >= splitter->length)
            return splitter->length;
        splitter->window += 64;
        load(splitter);
    }
    size_t found = splitter->window + (size_t)__builtin_ctzll(splitter->marks);
    splitter->marks &= splitter->marks - 1;
    return found;
}

/* The next line end, or `length`; what is before it is forgotten. */
static inline size_t next_line_end(WeirCsvSplitter *splitter)
{
    uint64_t ends = splitter->line_ends & splitter->marks;
    while (ends == 0) {
        if (splitter->window >= splitter->length) {
            splitter->marks = 0;
            return splitter->length;
        }
        splitter->window += 64;
        load(splitter);
        ends = splitter->line_ends;
    }
    unsigned bit = (unsigned)__builtin_ctzll(ends);
    splitter->marks &= ~(ends ^ (ends - 1)); /* up to and with that bit */
    return splitter->window + bit;
}

void weir_csv_splitter_init(WeirCsvSplitter *splitter, const WeirCsvOptions *options, const WeirCsvLineEnd *line_end)
{
    bool lines = options->separator.length == 0;
    uint8_t own = lines ? 0 : (uint8_t)options->separator.data[0];
    bool clash = options->delimiter[0] == options->quote ||
                 (!lines && (own == options->delimiter[0] || own == options->quote || own == options->escape));
    *splitter = (WeirCsvSplitter){
        .delimiter = options->delimiter[0],
        .quote = options->quote,
        .escape = options->escape,
        .escape_escape = options->escape_escape,
        .line_end = lines ? '\n' : own,
        .other_line_end = lines ? '\r' : own,
        .multi_line = options->multi_line,
        .ends = *line_end,
        .ignore_leading = options->ignore_leading,
        .ignore_trailing = options->ignore_trailing,
        .single_character = options->delimiter_length == 1 && options->separator.length <= 1 && !clash &&
                            !(options->multi_line && options->separator.length > 0),
        .chars_max = options->chars_max,
        .columns_max = options->columns_max,
        .fields_wanted = UINT32_MAX,
    };
}

void weir_csv_splitter_seek(WeirCsvSplitter *splitter, size_t at)
{
    splitter->at = at;
    splitter->window = at & ~(size_t)63;
    load(splitter);
    splitter->marks &= ~(((uint64_t)1 << (at & 63)) - 1);
}

void weir_csv_splitter_start(WeirCsvSplitter *splitter, const uint8_t *data, size_t length, size_t at)
{
    splitter->data = data;
    splitter->length = length;
    weir_csv_splitter_seek(splitter, at);
}

size_t weir_csv_splitter_line(WeirCsvSplitter *splitter, size_t *behind)
{
    size_t found = next_line_end(splitter);
    *behind = found == splitter->length ? found : found + 1;
    if (found + 1 < splitter->length && splitter->data[found] == '\r' && splitter->line_end == '\n' &&
        splitter->data[found + 1] == '\n') {
        (void)next_mark(splitter);
        *behind = found + 2;
    }
    return found;
}

/* Behind the record's line end at `found`; 0: no line end for us. */
static inline size_t behind_line_end(WeirCsvSplitter *splitter, size_t found)
{
    uint8_t c = splitter->data[found];
    bool pair = c == '\r' && splitter->other_line_end == '\r' && found + 1 < splitter->length &&
                splitter->data[found + 1] == '\n';
    if (splitter->multi_line) {
        const WeirCsvLineEnd *end = &splitter->ends;
        if (c != end->first || (end->second != 0 && !pair))
            return 0; /* a stray \r or \n: what it means depends on where it stands */
        pair = end->second != 0;
    }
    if (!pair)
        return found + 1;
    (void)next_mark(splitter);
    return found + 2;
}

static bool blank(const uint8_t *data, size_t from, size_t until)
{
    while (from < until && data[from] <= ' ')
        from++;
    return from == until;
}

static inline bool add_plain(const WeirCsvSplitter *splitter, WeirCsvTokens *tokens, size_t from, size_t until)
{
    if (__builtin_expect(splitter->chars_max >= 0 && (int64_t)(until - from) > splitter->chars_max, 0))
        return false;
    if (splitter->ignore_leading)
        while (from < until && splitter->data[from] <= ' ')
            from++;
    if (splitter->ignore_trailing)
        while (from < until && splitter->data[until - 1] <= ' ')
            until--;
    weir_csv_tokens_add(tokens, splitter->data + from, until - from,
                        from == until ? WEIR_CSV_TOKEN_NULL : WEIR_CSV_TOKEN_TEXT);
    return true;
}

/* The closing quote of the value whose opening quote was found; 0: escapes, line ends or quotes inside, not for us. */
static inline size_t closing_quote(WeirCsvSplitter *splitter)
{
    for (;;) {
        size_t found = next_mark(splitter);
        if (found == splitter->length)
            return 0;
        uint8_t c = splitter->data[found],
                next = found + 1 < splitter->length ? splitter->data[found + 1] : splitter->line_end;
        if (c == splitter->quote) {
            bool ends = next == splitter->delimiter || next == splitter->line_end || next == splitter->other_line_end;
            return ends ? found : 0;
        }
        if (c == splitter->escape) {
            if (next == splitter->quote || (next == splitter->escape_escape && next != 0))
                return 0;
        } else if (c != splitter->delimiter) {
            return 0;
        }
    }
}

static bool leave_to_parser(WeirCsvSplitter *splitter)
{
    weir_csv_splitter_seek(splitter, splitter->at);
    return false;
}

bool weir_csv_splitter_record(WeirCsvSplitter *splitter, WeirCsvTokens *tokens)
{
    size_t field = splitter->at, found, behind = 0;
    bool quoted = false; /* the field's value was added already */
    tokens->count = 0;
    if (!splitter->single_character)
        return leave_to_parser(splitter);
    for (;;) {
        found = next_mark(splitter);
        if (found == splitter->length) {
            behind = found;
            break;
        }
        uint8_t c = splitter->data[found];
        if (c == splitter->delimiter) {
            if (!quoted && !add_plain(splitter, tokens, field, found))
                return leave_to_parser(splitter);
            quoted = false;
            field = found + 1;
            if (tokens->count >= splitter->fields_wanted) {
                found = weir_csv_splitter_line(splitter, &splitter->at);
                return true;
            }
        } else if (c == splitter->quote) {
            if (found != field && !(splitter->ignore_leading && blank(splitter->data, field, found)))
                continue; /* a quote inside a plain value is a character like any other */
            size_t close = closing_quote(splitter);
            if (close == 0 || (splitter->chars_max >= 0 && (int64_t)(close - found) > splitter->chars_max))
                return leave_to_parser(splitter);
            weir_csv_tokens_add(tokens, splitter->data + found + 1, close - found - 1,
                                close == found + 1 ? WEIR_CSV_TOKEN_EMPTY : WEIR_CSV_TOKEN_TEXT);
            quoted = true;
            field = close + 1;
        } else if (c == splitter->line_end || c == splitter->other_line_end) {
            behind = behind_line_end(splitter, found);
            if (behind == 0)
                return leave_to_parser(splitter);
            break;
        }
    }
    /* At the end of a line a blank value and nothing differ, if blanks are ignored: rare enough for the parser. */
    if ((splitter->ignore_leading || splitter->ignore_trailing) && !quoted && found > field &&
        blank(splitter->data, field, found))
        return leave_to_parser(splitter);
    if ((!quoted && !add_plain(splitter, tokens, field, found)) || tokens->count > splitter->columns_max)
        return leave_to_parser(splitter);
    splitter->at = behind;
    return true;
}
