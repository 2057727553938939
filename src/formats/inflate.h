/* Reading compressed files: gzip, deflate and zstd by the ending of the path. */
#ifndef WEIR_FORMATS_INFLATE_H
#define WEIR_FORMATS_INFLATE_H

#include "formats/format.h"

typedef struct WeirInflate WeirInflate;
/* Other codecs (bz2, snappy, lz4 of Hadoop): UNSUPPORTED_FEATURE…; `source` must outlive it. */
WEIR_CHECKED WeirStatus weir_inflate_open(const WeirByteSource *source, WeirInflate **inflate, WeirError *error);
void weir_inflate_close(WeirInflate *inflate); /* NULL is allowed */
/* `*got` 0: the end. Damaged data: an error that names the file. */
WEIR_CHECKED WeirStatus weir_inflate_read(WeirInflate *inflate, void *data, size_t bytes, size_t *got,
                                          WeirError *error);

#endif
