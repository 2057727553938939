/* The disk under the simulated file system: inodes in memory, and for each what a power cut would leave. The model is
 * harsher than a journaling file system: of all directory changes since the directory was synced any subset may
 * survive, and of the bytes of a file since it was synced a prefix, or all of them with blocks of zeros among them. */
#ifndef WEIR_TEST_SUPPORT_SIMULATED_DISK_H
#define WEIR_TEST_SUPPORT_SIMULATED_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Inode Inode;

typedef struct Entry {
    char *name;
    Inode *inode;
} Entry;

typedef struct Entries {
    Entry *items;
    size_t count;
    size_t capacity;
} Entries;

struct Inode {
    bool is_directory;
    int64_t modification_ms;
    /* Of a file. */
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t durable_length;
    bool sync_failed; /* then later syncs say yes and make nothing durable, as Linux does */
    /* Of a directory. */
    Entries current;
    Entries durable;
};

/* A change of directories that is not durable yet: removes, adds, or, being a rename, both at once. */
typedef struct Change {
    Inode *from_directory; /* may be NULL */
    char *from_name;
    Inode *to_directory; /* may be NULL */
    char *to_name;
    Inode *inode;
} Change;

typedef struct Disk {
    Inode **inodes; /* all that ever were; the first is the root. Freed with the disk. */
    size_t inode_count;
    size_t inode_capacity;
    Change *changes; /* in the order made */
    size_t change_count;
    size_t change_capacity;
} Disk;

Disk *disk_new(void);
void disk_free(Disk *disk);

/* Walks from the root ("/a//b", "a/b" and "./a/b" are the same); NULL when nothing is there. */
Inode *disk_find(const Disk *disk, const char *path);
/* The directory that holds, or would hold, `path`, and the last part of the path within `path`. */
Inode *disk_find_parent(const Disk *disk, const char *path, const char **name, size_t *name_length);
Inode *disk_create(Disk *disk, Inode *directory, const char *name, size_t name_length, bool is_directory,
                   int64_t now_ms);
void disk_remove(Disk *disk, Inode *directory, const char *name, size_t name_length);
void disk_rename(Disk *disk, Inode *from_directory, const char *from_name, size_t from_length, Inode *to_directory,
                 const char *to_name, size_t to_length);
void disk_append(Inode *file, const void *data, size_t bytes, int64_t now_ms);
void disk_sync_file(Inode *file);
void disk_sync_directory(Disk *disk, Inode *directory);
/* What survives is chosen by `seed`; 0 = exactly what was synced, UINT64_MAX = everything. */
void disk_power_cut(Disk *disk, uint64_t seed);

#endif
