/* Foreign text of logs and metadata, and schema files: the first byte says which. Nothing may crash, and what fails
 * must say why. */
#include <stddef.h>
#include <stdint.h>

#include "checkpoint/checkpoint_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    WeirArena *arena = weir_arena_new(NULL);
    WeirError error = {0};
    char *text = weir_arena_strndup(arena, (const char *)data + 1, size - 1);
    WeirStatus status;
    switch (data[0] % 5) {
    case 0: {
        WeirOffsetSeq offsets;
        status = weir_offset_seq_parse(text, size - 1, "f", arena, &offsets, &error);
        break;
    }
    case 1: {
        WeirCommitMetadata commit;
        status = weir_commit_metadata_parse(text, size - 1, "f", arena, &commit, &error);
        break;
    }
    case 2: {
        char id[37];
        status = weir_stream_metadata_parse(text, size - 1, "f", arena, id, &error);
        break;
    }
    case 3: {
        WeirOperatorStateMetadata metadata;
        status = weir_operator_metadata_parse(text, size - 1, "f", arena, &metadata, &error);
        break;
    }
    default: {
        const char *key, *value;
        status = weir_state_schema_parse(data + 1, size - 1, "f", arena, &key, &value, &error);
        break;
    }
    }
    if (status != WEIR_OK && error.message[0] == '\0')
        __builtin_trap();
    weir_arena_free(arena);
    return 0;
}
