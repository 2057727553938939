/* See stream_script.h. */
#include "stream_runner/stream_script.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ARGUMENTS_MAX 8

typedef struct FrameCall {
    char view[64], parent[64], method[64];
    const char *arguments[ARGUMENTS_MAX];
    size_t argument_count;
} FrameCall;

/* FRAME view = parent.method('a', 'b') */
static bool parse_frame(char *text, FrameCall *call)
{
    int used = 0;
    *call = (FrameCall){.argument_count = 0};
    if (strncasecmp(text, "FRAME", 5) != 0 || sscanf(text + 5, " %63[A-Za-z0-9_] = %63[A-Za-z0-9_].%63[A-Za-z0-9_](%n",
                                                     call->view, call->parent, call->method, &used) != 3)
        return false;
    for (char *at = text + 5 + used; (at = strchr(at, '\'')) != NULL;) {
        char *end = strchr(at + 1, '\'');
        if (end == NULL || call->argument_count == ARGUMENTS_MAX)
            return false;
        *end = '\0';
        call->arguments[call->argument_count++] = at + 1;
        at = end + 1;
    }
    return true;
}

static WeirStatus run_frame(WeirSession *session, WeirArena *arena, const FrameCall *call, WeirError *error)
{
    if (strcasecmp(call->method, "withWatermark") == 0)
        return weir_session_with_watermark(session, call->view, call->parent, call->arguments[0], call->arguments[1],
                                           error);
    if (strncasecmp(call->method, "dropDuplicates", 14) == 0)
        return weir_session_drop_duplicates(session, call->view, call->parent, call->arguments, call->argument_count,
                                            strcasecmp(call->method, "dropDuplicatesWithinWatermark") == 0, error);
    WeirResult *result = NULL;
    return weir_session_execute(session, /* sortWithinPartitions is SQL's SORT BY */
                                weir_arena_printf(arena,
                                                  "CREATE OR REPLACE TEMPORARY VIEW %s AS SELECT * FROM %s SORT BY %s",
                                                  call->view, call->parent, call->arguments[0]),
                                &result, error);
}

WeirStatus stream_script_run(WeirSession *session, WeirArena *arena, const char *script, WeirError *error)
{
    while (strcasestr(script, "FRAME ") != NULL) {
        while (isspace((unsigned char)*script))
            script++;
        size_t length = weir_script_complete(script, strlen(script));
        if (length == 0)
            break;
        FrameCall call;
        char *statement = weir_arena_strndup(arena, script, length);
        WEIR_TRY(parse_frame(statement, &call) ? run_frame(session, arena, &call, error)
                                               : weir_session_run(session, script, length, NULL, NULL, error));
        script += length;
    }
    return weir_session_run(session, script, strlen(script), NULL, NULL, error);
}
