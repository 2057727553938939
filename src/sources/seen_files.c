/* See seen_files.h. */
#include "sources/seen_files.h"

#include "common/hash.h"

#define CAPACITY_FIRST 64u

void weir_seen_files_init(WeirSeenFiles *seen, int64_t age_max_ms)
{
    *seen = (WeirSeenFiles){.age_max_ms = age_max_ms, .oldest_ms = INT64_MAX};
}

void weir_seen_files_deinit(WeirSeenFiles *seen)
{
    for (size_t i = 0; i < seen->capacity; i++)
        weir_free(seen->names[i]);
    weir_free(seen->names);
    weir_free(seen->times);
    *seen = (WeirSeenFiles){0};
}

/* The slot that holds `name`, or the free one where it belongs. */
static size_t find_slot(const WeirSeenFiles *seen, const char *name)
{
    size_t mask = seen->capacity - 1;
    size_t slot = weir_table_hash_bytes(name, strlen(name)) & mask;
    while (seen->names[slot] != NULL && strcmp(seen->names[slot], name) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

/* Move what `keep_from_ms` keeps into a table of `capacity`. */
static void rebuild(WeirSeenFiles *seen, size_t capacity, int64_t keep_from_ms)
{
    WeirSeenFiles old = *seen;
    seen->names = weir_calloc(capacity, sizeof(char *));
    seen->times = weir_calloc(capacity, sizeof(int64_t));
    seen->capacity = capacity;
    seen->count = 0;
    seen->oldest_ms = INT64_MAX;
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.names[i] == NULL)
            continue;
        if (old.times[i] < keep_from_ms) {
            weir_free(old.names[i]);
            continue;
        }
        size_t slot = find_slot(seen, old.names[i]);
        seen->names[slot] = old.names[i];
        seen->times[slot] = old.times[i];
        if (old.times[i] < seen->oldest_ms)
            seen->oldest_ms = old.times[i];
        seen->count++;
    }
    weir_free(old.names);
    weir_free(old.times);
}

void weir_seen_files_add(WeirSeenFiles *seen, const char *name, int64_t time_ms)
{
    if ((seen->count + 1) * 4 > seen->capacity * 3)
        rebuild(seen, seen->capacity == 0 ? CAPACITY_FIRST : seen->capacity * 2, INT64_MIN);
    size_t slot = find_slot(seen, name);
    if (seen->names[slot] == NULL) {
        seen->names[slot] = weir_strdup(name);
        seen->count++;
    }
    seen->times[slot] = time_ms;
    if (time_ms > seen->newest_ms)
        seen->newest_ms = time_ms;
    if (time_ms < seen->oldest_ms)
        seen->oldest_ms = time_ms;
}

bool weir_seen_files_is_new(const WeirSeenFiles *seen, const char *name, int64_t time_ms)
{
    if (time_ms < seen->last_purge_ms)
        return false;
    return seen->count == 0 || seen->names[find_slot(seen, name)] == NULL;
}

void weir_seen_files_purge(WeirSeenFiles *seen)
{
    int64_t threshold = seen->age_max_ms > seen->newest_ms ? 0 : seen->newest_ms - seen->age_max_ms;
    if (threshold <= seen->last_purge_ms)
        return;
    seen->last_purge_ms = threshold;
    if (seen->oldest_ms < threshold)
        rebuild(seen, seen->capacity, threshold);
}
