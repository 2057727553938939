/* Named sets of characters: \d \w \s \h \v, \p{Lower}, \p{javaLetter}, \p{IsGreek}, \p{InCyrillic}, \p{gc=Lu}. */
#include <string.h>
#include <strings.h>

#include "expr/regex_private.h"

typedef struct NamedSet {
    const char *name, *inside; /* what stands inside [ ] */
    bool cased;                /* without regard to case it is all letters that have a case */
} NamedSet;

#define LETTERS_WITH_CASE "\\p{Lu}\\p{Ll}\\p{Lt}\\p{Uppercase}\\p{Lowercase}"
#define JAVA_WHITESPACE                                                                                                \
    " \\t-\\r\\x1C-\\x1F\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200A}\\x{2028}\\x{2029}\\x{205F}\\x{3000}"

static const NamedSet plain_sets[] = {
    {"Lower", "a-z", true},
    {"Upper", "A-Z", true},
    {"ASCII", "\\x00-\\x7F", false},
    {"Alpha", "a-zA-Z", false},
    {"Digit", "0-9", false},
    {"Alnum", "a-zA-Z0-9", false},
    {"Punct", "!-\\/:-@\\[-`{-~", false},
    {"Graph", "!-~", false},
    {"Print", " -~", false},
    {"Blank", " \\t", false},
    {"Cntrl", "\\x00-\\x1F\\x7F", false},
    {"XDigit", "0-9a-fA-F", false},
    {"Space", " \\t-\\r", false},
    {"L1", "\\x00-\\xFF", false},
    {"LD", "\\p{L}\\p{Nd}", false},
    {"LC", "\\p{Lu}\\p{Ll}\\p{Lt}", false},
    {"all", "\\x00-\\x{10FFFF}", false},
    {"javaLowerCase", "\\p{Lowercase}", true},
    {"javaUpperCase", "\\p{Uppercase}", true},
    {"javaTitleCase", "\\p{Lt}", true},
    {"javaAlphabetic", "\\p{Alphabetic}", false},
    {"javaIdeographic", "\\p{Ideographic}", false},
    {"javaDigit", "\\p{Nd}", false},
    {"javaDefined", "\\P{Cn}", false},
    {"javaLetter", "\\p{L}", false},
    {"javaLetterOrDigit", "\\p{L}\\p{Nd}", false},
    {"javaSpaceChar", "\\p{Z}", false},
    {"javaWhitespace", JAVA_WHITESPACE, false},
    {"javaISOControl", "\\x00-\\x1F\\x7F-\\x9F", false},
    {"javaMirrored", "\\p{Bidi_Mirrored}", false},
};

/* After "Is", in any case. */
static const NamedSet unicode_sets[] = {
    {"alphabetic", "\\p{Alphabetic}", false},
    {"letter", "\\p{L}", false},
    {"ideographic", "\\p{Ideographic}", false},
    {"lowercase", "\\p{Lowercase}", true},
    {"uppercase", "\\p{Uppercase}", true},
    {"titlecase", "\\p{Lt}", true},
    {"white_space", "\\p{White_Space}", false},
    {"control", "\\p{Cc}", false},
    {"punctuation", "\\p{P}", false},
    {"assigned", "\\P{Cn}", false},
    {"digit", "\\p{Nd}", false},
    {"join_control", "\\x{200C}\\x{200D}", false},
};

static const struct {
    const char *name; /* in small letters, without blanks, dashes and underscores */
    uint32_t first, last;
} blocks[] = {
    {"basiclatin", 0, 0x7f},
    {"latin1supplement", 0x80, 0xff},
    {"latinextendeda", 0x100, 0x17f},
    {"latinextendedb", 0x180, 0x24f},
    {"ipaextensions", 0x250, 0x2af},
    {"combiningdiacriticalmarks", 0x300, 0x36f},
    {"greek", 0x370, 0x3ff},
    {"greekandcoptic", 0x370, 0x3ff},
    {"cyrillic", 0x400, 0x4ff},
    {"armenian", 0x530, 0x58f},
    {"hebrew", 0x590, 0x5ff},
    {"arabic", 0x600, 0x6ff},
    {"devanagari", 0x900, 0x97f},
    {"thai", 0xe00, 0xe7f},
    {"latinextendedadditional", 0x1e00, 0x1eff},
    {"greekextended", 0x1f00, 0x1fff},
    {"generalpunctuation", 0x2000, 0x206f},
    {"currencysymbols", 0x20a0, 0x20cf},
    {"arrows", 0x2190, 0x21ff},
    {"mathematicaloperators", 0x2200, 0x22ff},
    {"boxdrawing", 0x2500, 0x257f},
    {"dingbats", 0x2700, 0x27bf},
    {"cjksymbolsandpunctuation", 0x3000, 0x303f},
    {"hiragana", 0x3040, 0x309f},
    {"katakana", 0x30a0, 0x30ff},
    {"bopomofo", 0x3100, 0x312f},
    {"cjkunifiedideographs", 0x4e00, 0x9fff},
    {"hangulsyllables", 0xac00, 0xd7af},
    {"emoticons", 0x1f600, 0x1f64f},
};

static const char categories[] =
    " C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk "
    "Sm So Z Zl Zp Zs ";

static bool put_named(const WeirRegexTranslator *t, const NamedSet *set, WeirBuffer *out)
{
    bool caseless = set->cased && (t->flags & WEIR_REGEX_CASELESS) != 0;
    bool ascii = set->inside[0] != '\\';
    weir_buffer_append_text(out, !caseless ? set->inside : ascii ? "a-zA-Z" : LETTERS_WITH_CASE);
    return true;
}

static bool put_category(const WeirRegexTranslator *t, const char *name, WeirBuffer *out)
{
    char padded[16];
    if (strlen(name) > 2 || name[0] == '\0')
        return false;
    snprintf(padded, sizeof(padded), " %s ", name);
    if (strstr(categories, padded) == NULL)
        return false;
    bool cased = strcmp(name, "Lu") == 0 || strcmp(name, "Ll") == 0 || strcmp(name, "Lt") == 0;
    if (cased && (t->flags & WEIR_REGEX_CASELESS) != 0)
        weir_buffer_append_text(out, "\\p{Lu}\\p{Ll}\\p{Lt}");
    else
        weir_buffer_append_format(out, "\\p{%s}", name);
    return true;
}

static bool put_block(const char *name, WeirBuffer *out)
{
    char plain[64];
    size_t length = 0;
    for (const char *c = name; *c != '\0' && length + 1 < sizeof(plain); c++)
        if (*c != ' ' && *c != '_' && *c != '-')
            plain[length++] = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    plain[length] = '\0';
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        if (strcmp(blocks[i].name, plain) == 0) {
            weir_buffer_append_format(out, "\\x{%X}-\\x{%X}", blocks[i].first, blocks[i].last);
            return true;
        }
    return false;
}

/* PCRE2 says whether there is such a script. */
static bool put_script(const char *name, WeirBuffer *out)
{
    if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") != strlen(name) || name[0] == '\0')
        return false;
    weir_buffer_append_format(out, "\\p{sc:%s}", name);
    return true;
}

static bool put_property(const WeirRegexTranslator *t, char *name, WeirBuffer *out)
{
    char *equals = strchr(name, '=');
    if (equals != NULL) {
        *equals = '\0';
        if (strcasecmp(name, "sc") == 0 || strcasecmp(name, "script") == 0)
            return put_script(equals + 1, out);
        if (strcasecmp(name, "blk") == 0 || strcasecmp(name, "block") == 0)
            return put_block(equals + 1, out);
        bool category = strcasecmp(name, "gc") == 0 || strcasecmp(name, "general_category") == 0;
        return category && put_category(t, equals + 1, out);
    }
    if (strncmp(name, "In", 2) == 0)
        return put_block(name + 2, out);
    if (strncmp(name, "Is", 2) == 0) {
        for (size_t i = 0; i < sizeof(unicode_sets) / sizeof(unicode_sets[0]); i++)
            if (strcasecmp(unicode_sets[i].name, name + 2) == 0)
                return put_named(t, &unicode_sets[i], out);
        return put_category(t, name + 2, out) || put_script(name + 2, out);
    }
    for (size_t i = 0; i < sizeof(plain_sets) / sizeof(plain_sets[0]); i++)
        if (strcmp(plain_sets[i].name, name) == 0) {
            bool changes = i < 13 && (t->flags & WEIR_REGEX_UNICODE_CLASS) != 0; /* (?U) makes POSIX sets others */
            return !changes && put_named(t, &plain_sets[i], out);
        }
    return put_category(t, name, out);
}

static bool translate_property(WeirRegexTranslator *t, WeirBuffer *content)
{
    char name[64];
    size_t length = 0;
    t->at++;
    if (weir_regex_peek(t, 0) == '{') {
        const char *end = memchr(t->pattern + t->at, '}', t->length - t->at);
        if (end == NULL || (size_t)(end - t->pattern) - t->at - 1 >= sizeof(name))
            return false;
        length = (size_t)(end - t->pattern) - t->at - 1;
        memcpy(name, t->pattern + t->at + 1, length);
        t->at += length + 2;
    } else if (weir_regex_more(t)) {
        name[length++] = t->pattern[t->at++];
    }
    name[length] = '\0';
    return strlen(name) == length && put_property(t, name, content);
}

bool weir_regex_translate_set(WeirRegexTranslator *t, WeirBuffer *content, bool *negated)
{
    char letter = weir_regex_peek(t, 0), small = (char)(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
    *negated = letter != small;
    if (small == 'p')
        return translate_property(t, content);
    bool unicode = (t->flags & WEIR_REGEX_UNICODE_CLASS) != 0;
    const char *inside;
    switch (small) {
    case 'd':
        inside = unicode ? "\\p{Nd}" : "0-9";
        break;
    case 'w':
        inside = unicode ? "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}" : "a-zA-Z0-9_";
        break;
    case 's':
        inside = unicode ? "\\p{White_Space}" : " \\t-\\r";
        break;
    case 'h':
        inside = " \\t\\xA0\\x{1680}\\x{180E}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}";
        break;
    case 'v':
        inside = "\\n-\\r\\x{85}\\x{2028}\\x{2029}";
        break;
    default:
        return false;
    }
    t->at++;
    weir_buffer_append_text(content, inside);
    return true;
}
