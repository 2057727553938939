/* Paths and URIs by the rules of Hadoop's Path and of java.net.URI, which decide what Spark's logs contain. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file_system.h"

/* Drops empty and "." segments and resolves ".." in place. A ".." that leads above the root stays, as in Java. */
static void normalize(char *path)
{
    bool absolute = path[0] == '/';
    char *base = path + (absolute ? 1 : 0); /* segments are written from here */
    char *out = base;
    char *floor = base; /* what lies before is ".." that can't be resolved */
    const char *in = path;
    while (*in != '\0') {
        while (*in == '/')
            in++;
        size_t length = strcspn(in, "/");
        if (length == 0)
            break;
        bool is_dot = length == 1 && in[0] == '.';
        bool is_parent = length == 2 && in[0] == '.' && in[1] == '.';
        if (is_parent && out > floor) {
            while (out > floor && out[-1] != '/')
                out--;
            if (out > floor)
                out--; /* the slash before the segment removed */
        } else if (!is_dot) {
            if (out > base)
                *out++ = '/';
            memmove(out, in, length); /* never past the reader */
            out += length;
            if (is_parent)
                floor = out;
        }
        in += length;
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* In place; false for a malformed escape or an encoded zero. */
static bool decode_percent(char *text)
{
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        if (*in != '%') {
            *out++ = *in;
            continue;
        }
        int high = hex_value(in[1]);
        int low = high >= 0 ? hex_value(in[2]) : -1;
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *out++ = (char)(high * 16 + low);
        in += 2;
    }
    *out = '\0';
    return true;
}

static WeirStatus bad_path(const char *text, const char *why, WeirError *error)
{
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The path `%s` %s.", text, why);
}

/* Splits off "file:" and an empty host; `*local` points into `text`. */
static WeirStatus strip_scheme(const char *text, const char **local, bool *had_scheme, WeirError *error)
{
    size_t scheme_length = strcspn(text, ":/");
    *had_scheme = text[scheme_length] == ':';
    *local = text;
    if (!*had_scheme)
        return WEIR_OK;
    const char *rest = text + scheme_length + 1;
    bool has_host = rest[0] == '/' && rest[1] == '/' && rest[2] != '/' && rest[2] != '\0';
    if (scheme_length != 4 || memcmp(text, "file", 4) != 0 || has_host) {
        if (rest[0] != '/')
            return bad_path(text, "has a colon in its first part; write ./ before it", error);
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_FILE_SYSTEM, "path", text);
    }
    if (rest[0] != '/')
        return bad_path(text, "is relative behind its scheme; write it without `file:` or in full", error);
    *local = rest[1] == '/' ? rest + 2 : rest;
    if (**local == '\0')
        *local = "/";
    return WEIR_OK;
}

static WeirStatus path_from_text(const char *text, bool decode, WeirArena *arena, char **path, WeirError *error)
{
    if (text[0] == '\0')
        return bad_path(text, "is empty", error);
    const char *local = NULL;
    bool had_scheme = false;
    WEIR_TRY(strip_scheme(text, &local, &had_scheme, error));
    char *copy = weir_arena_strdup(arena, local);
    if (decode && had_scheme && !decode_percent(copy))
        return bad_path(text, "has a malformed escape", error);
    normalize(copy);
    *path = copy[0] != '\0' ? copy : weir_arena_strdup(arena, ".");
    return WEIR_OK;
}

WeirStatus weir_path_from_uri(const char *uri, WeirArena *arena, char **path, WeirError *error)
{
    return path_from_text(uri, true, arena, path, error);
}

WeirStatus weir_path_from_hadoop(const char *text, WeirArena *arena, char **path, WeirError *error)
{
    return path_from_text(text, false, arena, path, error);
}

static char *make_absolute(const char *path, WeirArena *arena)
{
    char *absolute = NULL;
    char directory[PATH_MAX];
    if (path[0] == '/' || getcwd(directory, sizeof directory) == NULL)
        absolute = weir_arena_strdup(arena, path);
    else
        absolute = weir_path_join(arena, directory, path);
    normalize(absolute);
    return absolute;
}

/* What java.net.URI leaves as it is in a path: letters, digits, and these. */
static bool is_plain_ascii(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("/-_.!~*'(),:;$&+=@", c) != NULL);
}

/* Bytes of the UTF-8 sequence at `text` if Java quotes its character although it is not ASCII: the controls
 * U+0080-U+009F and the space characters U+00A0, U+1680, U+2000-U+200A, U+2028, U+2029, U+202F, U+205F, U+3000. Else 0.
 */
static size_t quoted_sequence_length(const unsigned char *text)
{
    if (text[0] == 0xC2 && text[1] >= 0x80 && text[1] <= 0xA0)
        return 2;
    if (text[0] == 0xE1 && text[1] == 0x9A && text[2] == 0x80)
        return 3;
    if (text[0] == 0xE3 && text[1] == 0x80 && text[2] == 0x80)
        return 3;
    if (text[0] == 0xE2 && text[1] == 0x81 && text[2] == 0x9F)
        return 3;
    if (text[0] == 0xE2 && text[1] == 0x80) {
        unsigned char last = text[2];
        if ((last >= 0x80 && last <= 0x8A) || last == 0xA8 || last == 0xA9 || last == 0xAF)
            return 3;
    }
    return 0;
}

char *weir_path_to_uri(const char *path, WeirArena *arena)
{
    static const char scheme[] = "file://";
    const char *absolute = make_absolute(path, arena);
    char *uri = weir_arena_alloc(arena, sizeof scheme + 3 * strlen(absolute));
    memcpy(uri, scheme, sizeof scheme - 1);
    char *out = uri + sizeof scheme - 1;
    size_t to_quote = 0; /* bytes left of a sequence that is quoted as a whole */
    for (const unsigned char *in = (const unsigned char *)absolute; *in != '\0'; in++) {
        if (to_quote == 0)
            to_quote = *in < 0x80 ? !is_plain_ascii(*in) : quoted_sequence_length(in);
        if (to_quote > 0) {
            to_quote--;
            *out++ = '%';
            *out++ = "0123456789ABCDEF"[*in >> 4];
            *out++ = "0123456789ABCDEF"[*in & 15];
        } else {
            *out++ = (char)*in;
        }
    }
    *out = '\0';
    return uri;
}

char *weir_path_to_hadoop(const char *path, WeirArena *arena)
{
    return weir_arena_printf(arena, "file:%s", make_absolute(path, arena));
}

char *weir_path_join(WeirArena *arena, const char *directory, const char *name)
{
    size_t length = strlen(directory);
    const char *slash = length == 0 || directory[length - 1] == '/' ? "" : "/";
    return weir_arena_printf(arena, "%s%s%s", directory, slash, name);
}
