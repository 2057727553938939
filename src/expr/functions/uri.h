/* java.net.URI's reading of a text: RFC 2396 with other characters than ASCII allowed, and authorities that name no
 * host. */
#ifndef WEIR_EXPR_FUNCTIONS_URI_H
#define WEIR_EXPR_FUNCTIONS_URI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct WeirUriPart {
    const uint8_t *text; /* in the URI; NULL: it has no such part */
    size_t length;
} WeirUriPart;

typedef struct WeirUri {
    WeirUriPart scheme, authority, user_info, host, path, query, fragment;
} WeirUri;

/* `text` is valid UTF-8. False: not a URI. */
bool weir_uri_parse(const uint8_t *text, size_t length, WeirUri *uri);

#endif
