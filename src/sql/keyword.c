/* The keyword table and its search. The list is Spark's; it is in keywords.def. */
#include <strings.h>

#include "sql/parser_private.h"

#define KEYWORD_LENGTH_MAX 20

typedef struct Keyword {
    const char *text;
    bool is_strict, is_reserved;
} Keyword;

static const Keyword keywords[WEIR_KEYWORD_COUNT] = {
    [WEIR_NOT_A_KEYWORD] = {"", false, false},
#define KEYWORD(name) [WEIR_KEYWORD_##name] = {#name, false, false},
#define STRICT(name) [WEIR_KEYWORD_##name] = {#name, true, false},
#define RESERVED(name) [WEIR_KEYWORD_##name] = {#name, false, true},
#define STRICT_RESERVED(name) [WEIR_KEYWORD_##name] = {#name, true, true},
#include "sql/keywords.def"
#undef KEYWORD
#undef STRICT
#undef RESERVED
#undef STRICT_RESERVED
};

WeirKeyword weir_keyword_find(const char *text, size_t length)
{
    if (length == 0 || length >= KEYWORD_LENGTH_MAX)
        return WEIR_NOT_A_KEYWORD;
    char upper[KEYWORD_LENGTH_MAX];
    for (size_t i = 0; i < length; i++)
        upper[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - ('a' - 'A') : text[i]);
    upper[length] = '\0';
    int low = 1;
    int high = WEIR_KEYWORD_COUNT - 1;
    while (low <= high) {
        int middle = (low + high) / 2;
        int order = strcmp(upper, keywords[middle].text);
        if (order == 0)
            return (WeirKeyword)middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return WEIR_NOT_A_KEYWORD;
}

const char *weir_sql_keyword(uint32_t index, bool *reserved)
{
    if (index + 1 >= WEIR_KEYWORD_COUNT)
        return NULL;
    *reserved = keywords[index + 1].is_reserved;
    return keywords[index + 1].text;
}

const char *weir_keyword_text(WeirKeyword keyword)
{
    return keywords[keyword].text;
}
bool weir_keyword_is_strict(WeirKeyword keyword)
{
    return keywords[keyword].is_strict;
}
bool weir_keyword_is_reserved(WeirKeyword keyword)
{
    return keywords[keyword].is_reserved;
}
