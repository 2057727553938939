/* A WeirFileSystem in memory, for tests that cut the power or let calls fail. Thread-safe. Relative paths start at its
 * root; there is no "..". What a power cut may take away is described in simulated_disk.h.
 *
 * A crash test: arm a cut at call n, run until everything fails, then
 *     weir_simulated_file_system_power_cut(fs, seed);
 * and run again from what is left; for every n until a run ends by itself, and for several seeds. */
#ifndef WEIR_TEST_SUPPORT_SIMULATED_FILE_SYSTEM_H
#define WEIR_TEST_SUPPORT_SIMULATED_FILE_SYSTEM_H

#include "common/clock.h"
#include "common/file_system.h"

typedef enum WeirSimulatedCall {
    WEIR_SIMULATED_OPEN_READ = 1 << 0,
    WEIR_SIMULATED_READ_AT = 1 << 1,
    WEIR_SIMULATED_SIZE = 1 << 2,
    WEIR_SIMULATED_LIST = 1 << 3,
    WEIR_SIMULATED_STATUS = 1 << 4,
    WEIR_SIMULATED_CREATE = 1 << 5,
    WEIR_SIMULATED_WRITE = 1 << 6,
    WEIR_SIMULATED_SYNC = 1 << 7,
    WEIR_SIMULATED_RENAME = 1 << 8,
    WEIR_SIMULATED_REMOVE = 1 << 9,
    WEIR_SIMULATED_SYNC_DIRECTORY = 1 << 10,
    WEIR_SIMULATED_MAKE_DIRECTORIES = 1 << 11,
    WEIR_SIMULATED_READING_CALLS = 0x1F,
    WEIR_SIMULATED_CHANGING_CALLS = 0xFE0,
    WEIR_SIMULATED_ALL_CALLS = 0xFFF
} WeirSimulatedCall;

typedef enum WeirSimulatedFailure {
    WEIR_SIMULATED_EIO,
    WEIR_SIMULATED_ENOSPC,
    WEIR_SIMULATED_SHORT_WRITE, /* a write stores half and fails with ENOSPC; another call: as EIO */
    WEIR_SIMULATED_POWER_CUT    /* the call and all after it fail, until weir_simulated_file_system_power_cut */
} WeirSimulatedFailure;

/* `clock` (may be NULL: always 0) gives modification times and must outlive the file system. */
WeirFileSystem *weir_simulated_file_system_new(WeirClock *clock);
/* Files still open are an error of the caller. */
void weir_simulated_file_system_free(WeirFileSystem *fs);

/* The `nth` call from now (from 1) among `calls` fails, once (but see POWER_CUT). Replaces what was armed; 0 disarms.
 */
void weir_simulated_file_system_fail(WeirFileSystem *fs, WeirSimulatedCall calls, uint64_t nth,
                                     WeirSimulatedFailure failure);
/* Calls among those armed since then. */
uint64_t weir_simulated_file_system_call_count(WeirFileSystem *fs);
/* Switch off and on: open files are dead (all their calls fail; close them), what was not synced is lost in a subset
 * chosen by `seed`: 0 = all of it is lost, UINT64_MAX = nothing is. Disarms. */
void weir_simulated_file_system_power_cut(WeirFileSystem *fs, uint64_t seed);
/* The process is killed and started again: open files are dead, but the disk is as it was, synced or not. Disarms. */
void weir_simulated_file_system_kill(WeirFileSystem *fs);
/* For set-up: the file with this content and its directories, durable, replacing what was there. */
void weir_simulated_file_system_put(WeirFileSystem *fs, const char *path, const char *content, int64_t modification_ms);

#endif
