/* Runs a case's script: SQL statements, and `FRAME d = v.method(…)` lines, which stand for the calls of Datasets that
 * SQL lacks. */
#ifndef STREAM_SCRIPT_H
#define STREAM_SCRIPT_H

#include "common/memory.h"
#include "weir/weir.h"

WEIR_CHECKED WeirStatus stream_script_run(WeirSession *session, WeirArena *arena, const char *script, WeirError *error);

#endif
