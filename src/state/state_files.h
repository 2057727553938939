/* The files of one state store: which versions are there, what is needed to rebuild one, and reading them. */
#ifndef WEIR_STATE_STATE_FILES_H
#define WEIR_STATE_STATE_FILES_H

#include "state/delta_file.h"
#include "state/state_table.h"

typedef struct WeirStateFileSet {
    int64_t *deltas; /* versions, ascending */
    size_t delta_count;
    int64_t *snapshots;
    size_t snapshot_count;
    char **temporaries; /* paths of files that a crash left behind, of any version */
    size_t temporary_count;
} WeirStateFileSet;

/* In `arena`; a directory that is not there has no files. */
WEIR_CHECKED WeirStatus weir_state_file_set_list(WeirFileSystem *fs, const char *directory, WeirArena *arena,
                                                 WeirStateFileSet *set, WeirError *error);
/* The newest snapshot at or below `version`; 0 where there is none. */
int64_t weir_state_file_set_base(const WeirStateFileSet *set, int64_t version);
/* "<directory>/<version>.<suffix>" on the heap. */
char *weir_state_file_path(const char *directory, int64_t version, WeirDeltaKind kind);
/* The version in a temporary name such as ".12.delta.77-3.tmp"; -1 if it is none of ours. */
int64_t weir_state_temporary_version(const char *name);

typedef WeirStatus (*WeirDeltaVisitor)(void *context, const WeirDeltaGroup *group, WeirError *error);
/* Every entry of one file in its order, in groups. A missing delta: CANNOT_READ_DELTA_FILE_NOT_EXISTS. */
WEIR_CHECKED WeirStatus weir_state_file_read(WeirFileSystem *fs, const char *directory, int64_t version,
                                             WeirDeltaKind kind, WeirDeltaVisitor visitor, void *context,
                                             WeirError *error);
/* Every entry that rebuilds `version`: the newest snapshot, then the deltas after it. A damaged snapshot is replaced by
 * an older one with more deltas (Spark: autoSnapshotRepair, on by default): then `reset` is called, to forget all
 * entries so far. `*base` is the snapshot used. */
typedef struct WeirReplayTarget {
    WeirDeltaVisitor visitor;
    void (*reset)(void *context);
    void *context;
} WeirReplayTarget;
WEIR_CHECKED WeirStatus weir_state_files_replay(WeirFileSystem *fs, const char *directory, const WeirStateFileSet *set,
                                                int64_t version, const WeirReplayTarget *target, int64_t *base,
                                                WeirError *error);

/* Hashes of a group's keys, with what `table` will read of them fetched. */
void weir_state_group_hash(const WeirDeltaGroup *group, const WeirStateTable *table,
                           uint64_t hashes[WEIR_DELTA_GROUP_MAX]);

/* Write <version>.snapshot out of the files (semantics: the state after `version`), without a table of the state: the
 * keys of the deltas since the last snapshot are in memory, values are not. */
WEIR_CHECKED WeirStatus weir_state_snapshot_write(WeirFileSystem *fs, const char *directory,
                                                  const WeirStateFileSet *set, int64_t version,
                                                  const WeirCompressionCodec *codec, bool durable,
                                                  WeirMemoryTracker *tracker, WeirError *error);

#endif
