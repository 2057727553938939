/* A whole script run by a session over a simulated file system: what the tests of power cuts, failing calls and
 * determinism share. */
#ifndef WEIR_TEST_SUPPORT_SIMULATED_QUERY_H
#define WEIR_TEST_SUPPORT_SIMULATED_QUERY_H

#include "common/error.h"
#include "common/memory.h"
#include "support/simulated_file_system.h"

typedef struct WeirSimulatedQuery {
    const char *script;
    uint32_t threads;
    bool maintenance; /* snapshots and clean-up of state in the background, all the time */
} WeirSimulatedQuery;

/* Opens a session whose files are in `fs`, runs the script, waits for its streaming queries and closes the session.
 * Results of SELECT are appended to `rows` (may be NULL) as lines of JSON. The first failure of a statement or of a
 * query. A run that takes longer than a minute ends the process: it hangs. */
WeirStatus weir_simulated_query_run(WeirFileSystem *fs, const WeirSimulatedQuery *query, WeirBuffer *rows,
                                    WeirError *error);

/* The lines of the data files that the log of the file sink at `directory` names, sorted, each ended by a newline. */
WeirStatus weir_simulated_sink_lines(WeirFileSystem *fs, const char *directory, WeirBuffer *lines, WeirError *error);
/* The lines of a text, sorted. */
void weir_sort_lines(WeirBuffer *text);

/* Every file below `directory` whose path contains `part`, in order of their paths: path, length and bytes. */
WeirStatus weir_simulated_files_append(WeirFileSystem *fs, const char *directory, const char *part, WeirBuffer *content,
                                       WeirError *error);

#endif
