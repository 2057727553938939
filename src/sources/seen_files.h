/* The files that a file stream has taken, with their times; those older than the newest minus maxFileAge are forgotten
 * and never taken again (Spark: SeenFilesMap). */
#ifndef WEIR_SOURCES_SEEN_FILES_H
#define WEIR_SOURCES_SEEN_FILES_H

#include "common/memory.h"

typedef struct WeirSeenFiles {
    char **names; /* open addressing, capacity a power of two; NULL = free */
    int64_t *times;
    size_t count, capacity;
    int64_t age_max_ms;
    int64_t newest_ms;     /* of all added */
    int64_t oldest_ms;     /* no file in the table is older: purges cost nothing until the threshold passes it */
    int64_t last_purge_ms; /* files older than this are not new */
} WeirSeenFiles;

void weir_seen_files_init(WeirSeenFiles *seen, int64_t age_max_ms);
void weir_seen_files_deinit(WeirSeenFiles *seen);
void weir_seen_files_add(WeirSeenFiles *seen, const char *name, int64_t time_ms);
bool weir_seen_files_is_new(const WeirSeenFiles *seen, const char *name, int64_t time_ms);
/* Forget what is too old; cheap when nothing is. */
void weir_seen_files_purge(WeirSeenFiles *seen);

#endif
