/* sentences(text): its sentences as arrays of words, cut where java.text.BreakIterator cuts them (found by observing
 * it). Latin, Greek and Cyrillic texts are known; others have rules of their own and are refused. */
#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"
#include "expr/unicode.h"

/* What a character is within a word, */
typedef enum WordClass {
    WORD_LETTER,
    WORD_DIGIT,
    WORD_QUOTE,  /* ' " join letters, and digits */
    WORD_POINT,  /* so does the point, which may lead digits, too */
    WORD_COMMA,  /* joins digits */
    WORD_DASH,   /* - _ join letters */
    WORD_PREFIX, /* # $ lead digits */
    WORD_SUFFIX, /* % & follow digits */
    WORD_OTHER
} WordClass;

/* and within a sentence. */
typedef enum SentenceClass {
    IS_BLANK,
    IS_END, /* ! ? */
    IS_QUOTE,
    IS_OTHER,
    IS_CLOSING,
    IS_SMALL,
    IS_DIGIT,
    IS_COMMA,
    IS_POINT,
    IS_CAPITAL,
    SENTENCE_CLASSES
} SentenceClass;

typedef struct Character {
    uint32_t start; /* its byte */
    uint8_t word, sentence;
    bool begins_word;
} Character;

static const struct {
    uint16_t first, last;
    uint8_t word, sentence;
} signs[] = {
    {0xa0, 0xa0, WORD_OTHER, IS_BLANK},       {0xa2, 0xa2, WORD_SUFFIX, IS_OTHER},
    {0xa3, 0xa5, WORD_PREFIX, IS_OTHER},      {0xaa, 0xaa, WORD_LETTER, IS_CAPITAL},
    {0xb2, 0xb3, WORD_DIGIT, IS_DIGIT},       {0xb9, 0xb9, WORD_DIGIT, IS_DIGIT},
    {0xba, 0xba, WORD_LETTER, IS_CAPITAL},    {0xbb, 0xbb, WORD_OTHER, IS_CLOSING},
    {0xbc, 0xbe, WORD_DIGIT, IS_DIGIT},       {0x1bb, 0x1bb, WORD_LETTER, IS_CAPITAL},
    {0x1c0, 0x1c3, WORD_LETTER, IS_CAPITAL},  {0x1c5, 0x1c5, WORD_LETTER, IS_CAPITAL},
    {0x1c8, 0x1c8, WORD_LETTER, IS_CAPITAL},  {0x1cb, 0x1cb, WORD_LETTER, IS_CAPITAL},
    {0x1f2, 0x1f2, WORD_LETTER, IS_CAPITAL},  {0x37a, 0x37a, WORD_LETTER, IS_CAPITAL},
    {0x2000, 0x200a, WORD_OTHER, IS_BLANK},   {0x2010, 0x2015, WORD_DASH, IS_OTHER},
    {0x2016, 0x2018, WORD_OTHER, IS_OTHER},   {0x2019, 0x2019, WORD_OTHER, IS_CLOSING},
    {0x201a, 0x201c, WORD_OTHER, IS_OTHER},   {0x201d, 0x201d, WORD_OTHER, IS_CLOSING},
    {0x201e, 0x2026, WORD_OTHER, IS_OTHER},   {0x2027, 0x2027, WORD_DASH, IS_OTHER},
    {0x2028, 0x2028, WORD_OTHER, IS_BLANK},   {0x202f, 0x202f, WORD_OTHER, IS_BLANK},
    {0x2030, 0x2031, WORD_SUFFIX, IS_OTHER},  {0x2032, 0x2039, WORD_OTHER, IS_OTHER},
    {0x203a, 0x203a, WORD_OTHER, IS_CLOSING}, {0x203b, 0x203e, WORD_OTHER, IS_OTHER},
    {0x20a0, 0x20bf, WORD_PREFIX, IS_OTHER},  {0xfffd, 0xfffd, WORD_OTHER, IS_OTHER},
};

static SentenceClass ascii_sentence_class(uint32_t c)
{
    if (c >= 'a' && c <= 'z')
        return IS_SMALL;
    if (c >= 'A' && c <= 'Z')
        return IS_CAPITAL;
    if (c >= '0' && c <= '9')
        return IS_DIGIT;
    switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case '\f':
        return IS_BLANK;
    case '!':
    case '?':
        return IS_END;
    case '"':
    case '\'':
        return IS_QUOTE;
    case ')':
    case ']':
    case '}':
        return IS_CLOSING;
    case ',':
        return IS_COMMA;
    case '.':
        return IS_POINT;
    default:
        return IS_OTHER;
    }
}

static WordClass ascii_word_class(uint32_t c, SentenceClass sentence)
{
    if (sentence == IS_SMALL || sentence == IS_CAPITAL)
        return WORD_LETTER;
    return sentence == IS_DIGIT   ? WORD_DIGIT
           : sentence == IS_QUOTE ? WORD_QUOTE
           : sentence == IS_POINT ? WORD_POINT
           : sentence == IS_COMMA ? WORD_COMMA
           : c == '-' || c == '_' ? WORD_DASH
           : c == '#' || c == '$' ? WORD_PREFIX
           : c == '%' || c == '&' ? WORD_SUFFIX
                                  : WORD_OTHER;
}

/* False: the character's rules are not known here. */
static bool classify(uint32_t c, Character *character)
{
    if (c < 0x80) {
        character->sentence = (uint8_t)ascii_sentence_class(c);
        character->word = (uint8_t)ascii_word_class(c, character->sentence);
        character->begins_word = character->word <= WORD_DIGIT;
        return true;
    }
    bool near = c != 0xad && (c < 0x250 || (c >= 0x370 && c < 0x483) || (c >= 0x48a && c < 0x530));
    character->word = WORD_OTHER;
    character->sentence = IS_OTHER;
    character->begins_word = false;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (c >= signs[i].first && c <= signs[i].last) {
            character->word = signs[i].word;
            character->sentence = signs[i].sentence;
            character->begins_word = signs[i].word == WORD_LETTER;
            return true;
        }
    bool small = weir_unicode_is_small(c);
    if (near && (small || weir_unicode_is_capital(c))) {
        character->word = WORD_LETTER;
        character->sentence = small ? IS_SMALL : IS_CAPITAL;
        character->begins_word = true;
    }
    return near;
}

/* ---- sentences */

typedef enum State {
    IN_TEXT,
    AFTER_END,       /* ! or ? and what closes behind it */
    AFTER_END_BLANK, /* and blanks */
    AFTER_POINT,
    AFTER_POINT_BLANK,
    AFTER_POINT_BLANKS,
    AFTER_POINT_QUOTE,
    MAYBE,      /* signs after a point: a letter behind them shows that a sentence began with the first of them */
    MAYBE_ONLY, /* the same, but nothing else may follow */
    STATES,
    CUT = STATES, /* before this character */
    CUT_MAYBE,    /* before the first of the signs */
    CUT_BACK      /* where it was last certain */
} State;

/* In the order of SentenceClass: blank, end, quote, other, closing, small, digit, comma, point, capital. */
static const uint8_t next_state[STATES][SENTENCE_CLASSES] = {
    [IN_TEXT] = {IN_TEXT, AFTER_END, IN_TEXT, IN_TEXT, IN_TEXT, IN_TEXT, IN_TEXT, IN_TEXT, AFTER_POINT, IN_TEXT},
    [AFTER_END] = {AFTER_END_BLANK, AFTER_END, AFTER_END, CUT, AFTER_END, CUT, CUT, CUT, AFTER_END, CUT},
    [AFTER_END_BLANK] = {AFTER_END_BLANK, CUT, CUT, CUT, CUT, CUT, CUT, CUT, CUT, CUT},
    [AFTER_POINT] = {AFTER_POINT_BLANK, AFTER_END, AFTER_POINT_QUOTE, MAYBE, AFTER_POINT, IN_TEXT, IN_TEXT, IN_TEXT,
                     AFTER_POINT, IN_TEXT},
    [AFTER_POINT_BLANK] = {AFTER_POINT_BLANKS, AFTER_END, MAYBE, MAYBE, IN_TEXT, IN_TEXT, IN_TEXT, IN_TEXT, AFTER_POINT,
                           CUT},
    [AFTER_POINT_BLANKS] = {AFTER_POINT_BLANKS, AFTER_END, MAYBE_ONLY, MAYBE_ONLY, IN_TEXT, CUT, IN_TEXT, IN_TEXT,
                            AFTER_POINT, CUT},
    [AFTER_POINT_QUOTE] = {AFTER_POINT_BLANK, AFTER_END, AFTER_POINT_QUOTE, MAYBE_ONLY, AFTER_POINT, CUT, IN_TEXT,
                           IN_TEXT, AFTER_POINT, CUT},
    [MAYBE] = {IN_TEXT, AFTER_END, MAYBE, MAYBE, IN_TEXT, CUT_MAYBE, IN_TEXT, IN_TEXT, AFTER_POINT, CUT_MAYBE},
    [MAYBE_ONLY] = {CUT_BACK, CUT_BACK, MAYBE, MAYBE, CUT_BACK, CUT_MAYBE, CUT_BACK, CUT_BACK, CUT_BACK, CUT_MAYBE},
};

/* Where the sentence that begins at `start` ends. When signs behind a point turn out to lead nowhere, it ends where it
 * was last certain that there was one: before the point, but behind one character at least. */
static uint32_t sentence_end(const Character *characters, uint32_t start, uint32_t count)
{
    State state = IN_TEXT;
    uint32_t maybe = start, certain = start + 1;
    for (uint32_t i = start; i < count; i++) {
        State next = next_state[state][characters[i].sentence];
        if (next == CUT)
            return i;
        if (next == CUT_MAYBE)
            return maybe;
        if (next == CUT_BACK)
            return certain;
        if ((next == MAYBE || next == MAYBE_ONLY) && state != MAYBE && state != MAYBE_ONLY)
            maybe = i;
        if (next <= AFTER_END_BLANK)
            certain = i + 1;
        state = next;
    }
    return state == MAYBE || state == MAYBE_ONLY ? certain : count;
}

/* ---- words */

static bool joins(const Character *characters, uint32_t at, uint32_t end, WordClass previous)
{
    WordClass sign = characters[at].word, next = at + 1 < end ? characters[at + 1].word : WORD_OTHER;
    if (next != previous)
        return false;
    return previous == WORD_LETTER ? sign == WORD_DASH || sign == WORD_QUOTE || sign == WORD_POINT
                                   : sign == WORD_COMMA || sign == WORD_QUOTE || sign == WORD_POINT;
}

static uint32_t word_end(const Character *characters, uint32_t start, uint32_t end)
{
    WordClass state = characters[start].word;
    uint32_t at = start + 1;
    if (state > WORD_DIGIT) {
        bool leads = state == WORD_PREFIX || state == WORD_POINT;
        if (!leads || at == end || characters[at].word != WORD_DIGIT)
            return at;
        state = WORD_DIGIT;
        at++;
    }
    while (at < end) {
        WordClass class = characters[at].word;
        if (class <= WORD_DIGIT) {
            state = class;
            at++;
        } else if (joins(characters, at, end, state)) {
            at += 2;
        } else {
            return at + (state == WORD_DIGIT && class == WORD_SUFFIX);
        }
    }
    return at;
}

/* ---- the function */

static WeirStatus unknown_character(const WeirKernelCall *call, uint32_t c, WeirError *error)
{
    return weir_row_error(
        call,
        weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                          "sentences cuts Latin, Greek and Cyrillic texts only; the character U+%04X is "
                          "of another script.",
                          c),
        error);
}

static WeirStatus put_sentences(const WeirKernelCall *call, const uint8_t *text, uint32_t length, Character *characters,
                                WeirColumnWriter *writer, WeirError *error)
{
    uint32_t count = 0;
    for (size_t at = 0; at < length; count++) {
        characters[count].start = (uint32_t)at;
        uint32_t c = weir_utf8_next(text, length, &at);
        if (!classify(c, &characters[count]))
            return unknown_character(call, c, error);
    }
    characters[count].start = length;
    for (uint32_t sentence = 0; sentence < count;) {
        uint32_t end = sentence_end(characters, sentence, count);
        while (sentence < end) {
            uint32_t next = word_end(characters, sentence, end);
            const Character *first = &characters[sentence];
            if (first->begins_word)
                weir_column_writer_append_view(
                    &writer->children[0], weir_view_make(text + first->start, characters[next].start - first->start));
            sentence = next;
        }
        weir_column_writer_end_list(writer);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(sentences_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirListRows rows = {result->values, 0};
    WeirTextHeap heap = weir_text_heap(call);
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, weir_type_element(result->type), call->count, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, writer.length);
        if (weir_argument_is_null(&x, row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        WeirStringView text;
        WEIR_TRY(weir_text_heap_valid(&heap, weir_argument_view(&x, row), &text, error));
        Character *characters = weir_malloc(sizeof(*characters) * ((size_t)text.length + 1));
        WeirStatus status = put_sentences(call, weir_view_data(&text), text.length, characters, &writer, error);
        weir_free(characters);
        if (status != WEIR_OK)
            return status;
    }
    weir_list_rows_finish(&rows, call->row_count, writer.length);
    return weir_column_writer_finish(&writer, &result->children[0], error);
}

static WeirStatus resolve_sentences(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = weir_type_array(call->arena, weir_type_array(call->arena, &weir_type_string, false), false);
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

const WeirFunction weir_functions_sentences[] = {
    {.name = "sentences",
     .flags = WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 1,
     .arguments_max = 3,
     .signature = "string,string='',string=''->?",
     .resolve = resolve_sentences,
     .kernel = sentences_kernel,
     .group = "string_funcs",
     .usage = "sentences(text[, language[, country]]): its sentences as arrays of words."},
    {0},
};
