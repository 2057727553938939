/* See simulated_disk.h. Linear searches throughout: tests have small directories. */
#include "support/simulated_disk.h"

#include <string.h>

#include "common/clock.h"
#include "common/memory.h"

enum { BLOCK_BYTES = 512 };

static char *copy_name(const char *name, size_t length)
{
    char *copy = weir_malloc(length + 1);
    memcpy(copy, name, length);
    copy[length] = '\0';
    return copy;
}

static Entry *find_entry(const Entries *entries, const char *name, size_t length)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (strlen(entries->items[i].name) == length && memcmp(entries->items[i].name, name, length) == 0)
            return &entries->items[i];
    }
    return NULL;
}

static void set_entry(Entries *entries, const char *name, size_t length, Inode *inode)
{
    Entry *known = find_entry(entries, name, length);
    if (known != NULL) {
        known->inode = inode;
        return;
    }
    if (entries->count == entries->capacity) {
        entries->capacity = entries->capacity == 0 ? 8 : 2 * entries->capacity;
        entries->items = weir_realloc(entries->items, entries->capacity * sizeof *entries->items);
    }
    entries->items[entries->count++] = (Entry){.name = copy_name(name, length), .inode = inode};
}

static void drop_entry(Entries *entries, Entry *entry)
{
    weir_free(entry->name);
    *entry = entries->items[--entries->count];
}

static void free_entries(Entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        weir_free(entries->items[i].name);
    weir_free(entries->items);
    *entries = (Entries){0};
}

static Inode *new_inode(Disk *disk, bool is_directory, int64_t now_ms)
{
    if (disk->inode_count == disk->inode_capacity) {
        disk->inode_capacity = disk->inode_capacity == 0 ? 64 : 2 * disk->inode_capacity;
        disk->inodes = weir_realloc(disk->inodes, disk->inode_capacity * sizeof *disk->inodes);
    }
    Inode *inode = weir_calloc(1, sizeof *inode);
    inode->is_directory = is_directory;
    inode->modification_ms = now_ms;
    disk->inodes[disk->inode_count++] = inode;
    return inode;
}

Disk *disk_new(void)
{
    Disk *disk = weir_calloc(1, sizeof *disk);
    new_inode(disk, true, 0);
    return disk;
}

static void forget_change(Change *change)
{
    weir_free(change->from_name);
    weir_free(change->to_name);
}

void disk_free(Disk *disk)
{
    for (size_t i = 0; i < disk->inode_count; i++) {
        free_entries(&disk->inodes[i]->current);
        free_entries(&disk->inodes[i]->durable);
        weir_free(disk->inodes[i]->data);
        weir_free(disk->inodes[i]);
    }
    for (size_t i = 0; i < disk->change_count; i++)
        forget_change(&disk->changes[i]);
    weir_free(disk->inodes);
    weir_free(disk->changes);
    weir_free(disk);
}

/* The next part of a path, "." left out; false at its end. */
static bool next_part(const char **path, const char **part, size_t *length)
{
    for (;;) {
        while (**path == '/')
            (*path)++;
        *part = *path;
        *length = strcspn(*path, "/");
        *path += *length;
        if (*length == 0)
            return false;
        if (*length != 1 || **part != '.')
            return true;
    }
}

Inode *disk_find_parent(const Disk *disk, const char *path, const char **name, size_t *name_length)
{
    Inode *directory = disk->inodes[0];
    const char *part = NULL;
    size_t length = 0;
    if (!next_part(&path, name, name_length))
        return NULL; /* the root has no parent */
    while (next_part(&path, &part, &length)) {
        Entry *entry = directory->is_directory ? find_entry(&directory->current, *name, *name_length) : NULL;
        if (entry == NULL)
            return NULL;
        directory = entry->inode;
        *name = part;
        *name_length = length;
    }
    return directory->is_directory ? directory : NULL;
}

Inode *disk_find(const Disk *disk, const char *path)
{
    const char *name = NULL;
    size_t length = 0;
    Inode *parent = disk_find_parent(disk, path, &name, &length);
    if (parent != NULL) {
        Entry *entry = find_entry(&parent->current, name, length);
        return entry != NULL ? entry->inode : NULL;
    }
    return length == 0 ? disk->inodes[0] : NULL;
}

static Change *new_change(Disk *disk, Inode *inode)
{
    if (disk->change_count == disk->change_capacity) {
        disk->change_capacity = disk->change_capacity == 0 ? 64 : 2 * disk->change_capacity;
        disk->changes = weir_realloc(disk->changes, disk->change_capacity * sizeof *disk->changes);
    }
    Change *change = &disk->changes[disk->change_count++];
    *change = (Change){.inode = inode};
    return change;
}

Inode *disk_create(Disk *disk, Inode *directory, const char *name, size_t name_length, bool is_directory,
                   int64_t now_ms)
{
    Inode *inode = new_inode(disk, is_directory, now_ms);
    set_entry(&directory->current, name, name_length, inode);
    Change *change = new_change(disk, inode);
    change->to_directory = directory;
    change->to_name = copy_name(name, name_length);
    return inode;
}

void disk_remove(Disk *disk, Inode *directory, const char *name, size_t name_length)
{
    Entry *entry = find_entry(&directory->current, name, name_length);
    WEIR_ASSERT(entry != NULL);
    Change *change = new_change(disk, entry->inode);
    change->from_directory = directory;
    change->from_name = copy_name(name, name_length);
    drop_entry(&directory->current, entry);
}

void disk_rename(Disk *disk, Inode *from_directory, const char *from_name, size_t from_length, Inode *to_directory,
                 const char *to_name, size_t to_length)
{
    Entry *entry = find_entry(&from_directory->current, from_name, from_length);
    WEIR_ASSERT(entry != NULL);
    Inode *inode = entry->inode;
    Change *change = new_change(disk, inode);
    change->from_directory = from_directory;
    change->from_name = copy_name(from_name, from_length);
    change->to_directory = to_directory;
    change->to_name = copy_name(to_name, to_length);
    drop_entry(&from_directory->current, entry);
    set_entry(&to_directory->current, to_name, to_length, inode);
}

void disk_append(Inode *file, const void *data, size_t bytes, int64_t now_ms)
{
    if (file->length + bytes > file->capacity) {
        file->capacity = 2 * (file->length + bytes);
        file->data = weir_realloc(file->data, file->capacity);
    }
    if (bytes > 0)
        memcpy(file->data + file->length, data, bytes);
    file->length += bytes;
    file->modification_ms = now_ms;
}

void disk_sync_file(Inode *file)
{
    if (!file->sync_failed)
        file->durable_length = file->length;
}

/* A removal concerns the inode that it was made for, not one that has taken the name since. */
static void make_durable(const Change *change)
{
    if (change->from_directory != NULL) {
        Entries *entries = &change->from_directory->durable;
        Entry *entry = find_entry(entries, change->from_name, strlen(change->from_name));
        if (entry != NULL && entry->inode == change->inode)
            drop_entry(entries, entry);
    }
    if (change->to_directory != NULL)
        set_entry(&change->to_directory->durable, change->to_name, strlen(change->to_name), change->inode);
}

void disk_sync_directory(Disk *disk, Inode *directory)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->change_count; i++) {
        Change *change = &disk->changes[i];
        if (change->from_directory == directory || change->to_directory == directory) {
            make_durable(change);
            forget_change(change);
        } else {
            disk->changes[kept++] = *change;
        }
    }
    disk->change_count = kept;
}

static void cut_file(Inode *file, uint64_t seed, WeirRandom *random)
{
    size_t unsynced = file->length - file->durable_length;
    if (seed == 0) {
        file->length = file->durable_length;
    } else if (seed != UINT64_MAX && unsynced > 0) {
        uint64_t choice = weir_random_next(random) % 4;
        if (choice == 0) {
            file->length = file->durable_length;
        } else if (choice == 1) {
            file->length = file->durable_length + (size_t)(weir_random_next(random) % unsynced);
        } else if (choice == 2) { /* the length got to the disk, some blocks did not */
            for (size_t at = file->durable_length; at < file->length; at = (at / BLOCK_BYTES + 1) * BLOCK_BYTES) {
                size_t end = (at / BLOCK_BYTES + 1) * BLOCK_BYTES;
                end = end < file->length ? end : file->length;
                if (weir_random_next(random) % 2 == 0)
                    memset(file->data + at, 0, end - at);
            }
        }
    }
    file->durable_length = file->length;
    file->sync_failed = false;
}

void disk_power_cut(Disk *disk, uint64_t seed)
{
    WeirRandom random;
    weir_random_init(&random, seed + (seed == 0));
    for (size_t i = 0; i < disk->change_count; i++) {
        bool survives = seed == UINT64_MAX || (seed != 0 && weir_random_next(&random) % 2 == 0);
        if (survives)
            make_durable(&disk->changes[i]);
        forget_change(&disk->changes[i]);
    }
    disk->change_count = 0;
    for (size_t i = 0; i < disk->inode_count; i++) {
        Inode *inode = disk->inodes[i];
        free_entries(&inode->current);
        for (size_t j = 0; j < inode->durable.count; j++)
            set_entry(&inode->current, inode->durable.items[j].name, strlen(inode->durable.items[j].name),
                      inode->durable.items[j].inode);
        if (!inode->is_directory)
            cut_file(inode, seed, &random);
    }
}
