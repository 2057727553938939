/* The floor of the word count: plain C, one thread, over the same files, read by blocks. `word_count_probe FILE…`
 * prints one line of JSON: words, groups, seconds of processor time. Words of more than 16 bytes end it: the workload
 * has none. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)4 << 20)
#define SLOT_BITS 18

typedef struct Slot {
    uint64_t head, tail; /* the word, padded with zeros */
    uint64_t count;
} Slot;

static Slot slots[1u << SLOT_BITS];
static uint64_t words, groups;

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void count_word(const char *start, size_t length)
{
    uint64_t key[2];
    if (length > sizeof(key)) {
        fprintf(stderr, "a word of %zu bytes\n", length);
        exit(1);
    }
    memcpy(key, start, sizeof(key)); /* the buffer is padded */
    if (length < 8) {
        key[0] &= ((uint64_t)1 << 8 * length) - 1;
        key[1] = 0;
    } else if (length < 16) {
        key[1] &= ((uint64_t)1 << 8 * (length - 8)) - 1;
    }
    uint64_t hash = (key[0] ^ (key[1] * 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;
    uint32_t at = (uint32_t)(hash >> (64 - SLOT_BITS));
    while (slots[at].count != 0 && (slots[at].head != key[0] || slots[at].tail != key[1]))
        at = (at + 1) & ((1u << SLOT_BITS) - 1);
    groups += slots[at].count == 0;
    slots[at] = (Slot){key[0], key[1], slots[at].count + 1};
    words++;
}

/* Counts the whole words of `text` and gives how many bytes they took. */
static size_t count_block(const char *text, size_t length)
{
    const char *start = text;
    for (const char *at = text; at < text + length; at++) {
        if (*at != ' ' && *at != '\n')
            continue;
        count_word(start, (size_t)(at - start));
        start = at + 1;
    }
    return (size_t)(start - text);
}

static bool count_file(const char *path, char *buffer)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        perror(path);
        return false;
    }
    size_t held = 0;
    ssize_t got;
    while ((got = read(file, buffer + held, BLOCK_BYTES - held)) > 0) {
        held += (size_t)got;
        size_t used = count_block(buffer, held);
        memmove(buffer, buffer + used, held - used);
        held -= used;
    }
    close(file);
    return got == 0;
}

int main(int argument_count, char **arguments)
{
    char *buffer = malloc(BLOCK_BYTES + 64);
    double start = now_seconds();
    for (int i = 1; i < argument_count; i++)
        if (!count_file(arguments[i], buffer))
            return 1;
    printf("{\"words\": %" PRIu64 ", \"groups\": %" PRIu64 ", \"seconds\": %.6f}\n", words, groups,
           now_seconds() - start);
    free(buffer);
    return 0;
}
