/* Finding functions by name: a hash table over all families, built once at the first look-up. */
#include "expr/function_registry.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

#include "common/hash.h"

#define TABLE_SLOTS 4096u /* a power of two, well above twice the number of names */
#define NAME_BYTES_MAX 64u

typedef struct RegistryEntry {
    const char *name;
    const WeirFunction *function;
    const WeirAggregateFunction *aggregate;
} RegistryEntry;

static RegistryEntry table[TABLE_SLOTS];
static const char *names[TABLE_SLOTS];
static uint32_t name_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const WeirFunction *const function_families[] = {
#define X(family) weir_functions_##family,
    WEIR_FUNCTION_FAMILIES(X)
#undef X
};
static const WeirAggregateFunction *const aggregate_families[] = {
#define X(family) weir_aggregates_##family,
    WEIR_AGGREGATE_FAMILIES(X)
#undef X
};

static RegistryEntry *slot_of(const char *name)
{
    uint64_t hash = weir_table_hash_bytes(name, strlen(name));
    for (uint64_t i = hash & (TABLE_SLOTS - 1);; i = (i + 1) & (TABLE_SLOTS - 1))
        if (table[i].name == NULL || strcmp(table[i].name, name) == 0)
            return &table[i];
}

static void insert(const char *name, const WeirFunction *function, const WeirAggregateFunction *aggregate)
{
    RegistryEntry *entry = slot_of(name);
    WEIR_ASSERT(name_count < TABLE_SLOTS / 2);
    if (entry->name == NULL && !(function != NULL && (function->flags & WEIR_FUNCTION_INTERNAL)))
        names[name_count++] = name;
    *entry = (RegistryEntry){name, function != NULL ? function : entry->function,
                             aggregate != NULL ? aggregate : entry->aggregate};
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void build(void)
{
    for (size_t f = 0; f < sizeof(function_families) / sizeof(function_families[0]); f++) {
        for (const WeirFunction *function = function_families[f]; function->name != NULL; function++) {
            insert(function->name, function, NULL);
            for (const char *const *alias = function->aliases; alias != NULL && *alias != NULL; alias++)
                insert(*alias, function, NULL);
        }
    }
    for (size_t f = 0; f < sizeof(aggregate_families) / sizeof(aggregate_families[0]); f++) {
        for (const WeirAggregateFunction *aggregate = aggregate_families[f]; aggregate->name != NULL; aggregate++) {
            insert(aggregate->name, NULL, aggregate);
            for (const char *const *alias = aggregate->aliases; alias != NULL && *alias != NULL; alias++)
                insert(*alias, NULL, aggregate);
        }
    }
    qsort(names, name_count, sizeof(names[0]), compare_names);
}

static const RegistryEntry *find(const char *name)
{
    pthread_once(&once, build);
    char lower[NAME_BYTES_MAX];
    size_t length = strlen(name);
    if (length >= sizeof(lower))
        return NULL;
    for (size_t i = 0; i <= length; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    const RegistryEntry *entry = slot_of(lower);
    return entry->name == NULL ? NULL : entry;
}

const WeirFunction *weir_function_find(const char *name)
{
    const RegistryEntry *entry = find(name);
    return entry == NULL ? NULL : entry->function;
}

const WeirAggregateFunction *weir_aggregate_find(const char *name)
{
    const RegistryEntry *entry = find(name);
    return entry == NULL ? NULL : entry->aggregate;
}

const char *const *weir_function_names(uint32_t *count)
{
    pthread_once(&once, build);
    *count = name_count;
    return names;
}
