/* Makes the workloads' files, the same bytes every time: `generate words|yahoo|nexmark-side DIR [scale]`. See README.md
 * for what they hold. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t state[2] = {0x9e3779b97f4a7c15ull, 0xbf58476d1ce4e5b9ull};

/* xoroshiro128+: small, seeded, the same everywhere. */
static uint64_t next_random(void)
{
    uint64_t a = state[0], b = state[1], result = a + b;
    b ^= a;
    state[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
    state[1] = (b << 37) | (b >> 27);
    return result;
}

static double uniform(void)
{
    return (double)(next_random() >> 11) * 0x1p-53;
}

static FILE *open_file(const char *directory, const char *name)
{
    char path[8192];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    setvbuf(file, NULL, _IOFBF, 1 << 20);
    return file;
}

enum { WORD_COUNT = 50001, WORD_BYTES_MAX = 15, WORD_SLOTS = 1 << 17 };

typedef struct Word {
    char text[WORD_BYTES_MAX + 1];
    uint8_t length;
} Word;

/* Lengths are spread evenly over the numbers, so that the words that come most often are as long as the others: 10.6
 * bytes on average, which makes 347 MB. */
static uint8_t word_length(int number)
{
    double place = number * 0.6180339887498949 + 0.66;
    place -= floor(place);
    return (uint8_t)(2 + (int)(14.0 * pow(place, 0.572)));
}

/* 50,001 different words of 2 to 15 letters. */
static void make_words(Word *words)
{
    static uint32_t slots[WORD_SLOTS]; /* number + 1 of the word that lies there; 0: none */
    for (uint32_t i = 0; i < WORD_COUNT; i++) {
        Word *word = &words[i];
        uint32_t at;
        do {
            uint32_t hash = 2166136261u;
            word->length = word_length((int)i);
            for (int k = 0; k < word->length; k++) {
                word->text[k] = (char)('a' + next_random() % 26);
                hash = (hash ^ (uint8_t)word->text[k]) * 16777619u;
            }
            at = hash % WORD_SLOTS;
            while (slots[at] != 0 && strcmp(words[slots[at] - 1].text, word->text) != 0)
                at = (at + 1) % WORD_SLOTS;
        } while (slots[at] != 0);
        slots[at] = i + 1;
    }
}

/* Lines of 6 to 14 words; word number ⌊50,000 · u⁴⌋. */
static void generate_words(const char *directory, double scale)
{
    enum { FILES = 8 };
    static Word words[WORD_COUNT];
    make_words(words);
    long lines = (long)(3000000 * scale);
    for (int f = 0; f < FILES; f++) {
        char name[32];
        snprintf(name, sizeof(name), "%02d.txt", f);
        FILE *file = open_file(directory, name);
        for (long line = lines * f / FILES; line < lines * (f + 1) / FILES; line++) {
            int count = 6 + (int)(next_random() % 9);
            for (int w = 0; w < count; w++) {
                double u = uniform();
                int word = (int)(50000.0 * u * u * u * u);
                if (w > 0)
                    fputc(' ', file);
                fwrite(words[word].text, 1, words[word].length, file);
            }
            fputc('\n', file);
        }
        fclose(file);
    }
}

static void write_uuid(char *out)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t high = next_random(), low = next_random();
    for (int i = 0, at = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            out[at++] = '-';
        out[at++] = digits[((i < 16 ? high : low) >> (4 * (i % 16))) & 15];
        out[at] = '\0';
    }
}

/* The Yahoo streaming benchmark: campaigns.csv and events as one JSON object a line. */
static void generate_yahoo(const char *directory, double scale)
{
    enum { ADS = 1000, FILES = 8 };
    static const char *const ad_types[] = {"banner", "modal", "sponsored-search", "mail", "mobile"};
    static const char *const event_types[] = {"view", "click", "purchase"};
    static char ads[ADS][40];
    char events_directory[4096], campaign[40];
    FILE *campaigns = open_file(directory, "campaigns.csv");
    fputs("ad_id,campaign_id\n", campaigns);
    for (int i = 0; i < ADS; i++) {
        if (i % 10 == 0)
            write_uuid(campaign);
        write_uuid(ads[i]);
        fprintf(campaigns, "%s,%s\n", ads[i], campaign);
    }
    fclose(campaigns);
    snprintf(events_directory, sizeof(events_directory), "%s/events", directory);
    mkdir(events_directory, 0777);
    long events = (long)(2000000 * scale);
    for (int f = 0; f < FILES; f++) {
        char name[32];
        snprintf(name, sizeof(name), "%02d.json", f);
        FILE *file = open_file(events_directory, name);
        for (long n = events * f / FILES; n < events * (f + 1) / FILES; n++) {
            char user[40], page[40];
            write_uuid(user);
            write_uuid(page);
            fprintf(file,
                    "{\"user_id\":\"%s\",\"page_id\":\"%s\",\"ad_id\":\"%s\",\"ad_type\":\"%s\",\"event_type\":\"%s\","
                    "\"event_time\":\"%lld\","
                    "\"ip_address\":\"1.2.3.4\"}\n",
                    user, page, ads[next_random() % ADS], ad_types[next_random() % 5], event_types[next_random() % 3],
                    1700000000000ll + n / 10);
        }
        fclose(file);
    }
}

int main(int argument_count, char **arguments)
{
    if (argument_count < 3) {
        fprintf(stderr, "usage: generate words|yahoo DIR [scale]\n");
        return 2;
    }
    double scale = argument_count > 3 ? strtod(arguments[3], NULL) : 1.0;
    mkdir(arguments[2], 0777);
    if (strcmp(arguments[1], "words") == 0)
        generate_words(arguments[2], scale);
    else if (strcmp(arguments[1], "yahoo") == 0)
        generate_yahoo(arguments[2], scale);
    else
        return 2;
    return 0;
}
