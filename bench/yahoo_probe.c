/* The floor of the Yahoo benchmark: plain C, one thread, over the same JSON files. `yahoo_probe CAMPAIGNS.csv FILE…`
 * prints one line of JSON: events, views, groups, seconds of processor time. It finds the three fields it needs by
 * their names and knows their order and that there are no escapes, which an engine may not know. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ADS_MAX 4096u
#define GROUP_BITS 20
#define UUID_BYTES 36

typedef struct Ad {
    char id[UUID_BYTES];
    uint32_t campaign; /* from 1; 0: the slot is free */
} Ad;

typedef struct Group {
    uint64_t key; /* campaign and window; 0: free */
    uint64_t count;
} Group;

static Ad ads[ADS_MAX];
static Group groups[1u << GROUP_BITS];
static uint64_t events, views, group_count;

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static Ad *find_ad(const char *id)
{
    uint64_t key[2];
    memcpy(key, id, sizeof(key));
    uint32_t at = (uint32_t)(((key[0] ^ key[1]) * 0x9e3779b97f4a7c15ull) >> 40) % ADS_MAX;
    while (ads[at].campaign != 0 && memcmp(ads[at].id, id, UUID_BYTES) != 0)
        at = (at + 1) % ADS_MAX;
    return &ads[at];
}

static void count_group(uint64_t key)
{
    uint32_t at = (uint32_t)((key * 0x9e3779b97f4a7c15ull) >> (64 - GROUP_BITS));
    while (groups[at].key != 0 && groups[at].key != key)
        at = (at + 1) & ((1u << GROUP_BITS) - 1);
    group_count += groups[at].key == 0;
    groups[at].key = key;
    groups[at].count++;
}

/* Behind `name` in what is left of the line; looked for first where it was the last time. */
static const char *value_of(const char *at, const char *end, const char *name, size_t name_bytes, size_t *guess)
{
    if (*guess + name_bytes < (size_t)(end - at) && memcmp(at + *guess, name, name_bytes) == 0)
        return at + *guess + name_bytes;
    const char *found = memmem(at, (size_t)(end - at), name, name_bytes);
    if (found == NULL) {
        fprintf(stderr, "an event has no %.*s\n", (int)name_bytes, name);
        exit(1);
    }
    *guess = (size_t)(found - at);
    return found + name_bytes;
}

static void count_event(const char *line, const char *end)
{
    static const char ad_name[] = "\"ad_id\":\"", type_name[] = "\"event_type\":\"", time_name[] = "\"event_time\":\"";
    static size_t ad_guess, type_guess, time_guess;
    events++;
    const char *ad_id = value_of(line, end, ad_name, sizeof(ad_name) - 1, &ad_guess);
    const char *type = value_of(ad_id + UUID_BYTES, end, type_name, sizeof(type_name) - 1, &type_guess);
    if (memcmp(type, "view\"", 5) != 0)
        return;
    const char *time = value_of(type, end, time_name, sizeof(time_name) - 1, &time_guess);
    uint64_t millis = 0;
    while (*time >= '0' && *time <= '9')
        millis = millis * 10 + (uint64_t)(*time++ - '0');
    views++;
    const Ad *ad = find_ad(ad_id);
    if (ad->campaign != 0)
        count_group(millis / 10000 << 16 | ad->campaign);
}

static char *read_file(const char *path, size_t *length)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0) {
        perror(path);
        exit(1);
    }
    char *text = malloc((size_t)status.st_size + 64);
    for (*length = 0; *length < (size_t)status.st_size;) {
        ssize_t got = read(file, text + *length, (size_t)status.st_size - *length);
        if (got <= 0) {
            perror(path);
            exit(1);
        }
        *length += (size_t)got;
    }
    close(file);
    return text;
}

static void read_campaigns(const char *path)
{
    size_t length;
    char *text = read_file(path, &length), last[UUID_BYTES] = {0};
    uint32_t campaign = 0;
    for (char *line = memchr(text, '\n', length) + 1; line + 2 * UUID_BYTES + 1 < text + length;
         line += 2 * UUID_BYTES + 2) {
        if (memcmp(last, line + UUID_BYTES + 1, UUID_BYTES) != 0)
            campaign++;
        memcpy(last, line + UUID_BYTES + 1, UUID_BYTES);
        Ad *ad = find_ad(line);
        memcpy(ad->id, line, UUID_BYTES);
        ad->campaign = campaign;
    }
    free(text);
}

int main(int argument_count, char **arguments)
{
    if (argument_count < 3)
        return 2;
    double start = now_seconds();
    read_campaigns(arguments[1]);
    for (int i = 2; i < argument_count; i++) {
        size_t length;
        char *text = read_file(arguments[i], &length);
        for (const char *line = text, *end; line < text + length; line = end + 1) {
            end = memchr(line, '\n', (size_t)(text + length - line));
            if (end == NULL)
                end = text + length;
            count_event(line, end);
        }
        free(text);
    }
    printf("{\"events\": %" PRIu64 ", \"views\": %" PRIu64 ", \"groups\": %" PRIu64 ", \"seconds\": %.6f}\n", events,
           views, group_count, now_seconds() - start);
    return 0;
}
