/* See stream_case.h. */
#include "stream_runner/stream_case.h"

#include <stdio.h>
#include <string.h>

#include "common/file_system.h"

#define FILE_BYTES_MAX ((size_t)16 << 20)

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool has_body(const char *line)
{
    static const char *const bodies[] = {"script",           "add ",           "write ",         "expect batch ",
                                         "expect progress ", "expect console", "expect files",   "expect query ",
                                         "expect log ",      "expect state ",  "expect listing "};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        if (starts_with(line, bodies[i]))
            return true;
    return false;
}

/* The next line of `*text` without its newline, zero-terminated in place; NULL at the end. */
static char *next_line(char **text)
{
    char *line = *text;
    if (line == NULL || *line == '\0')
        return NULL;
    char *newline = strchr(line, '\n');
    if (newline != NULL)
        *newline = '\0';
    *text = newline == NULL ? NULL : newline + 1;
    return line;
}

static void read_comment(StreamCase *stream_case, const char *line)
{
    if (starts_with(line, "# needs:"))
        stream_case->needs = weir_arena_strdup(&stream_case->arena, line + strlen("# needs:"));
    if (starts_with(line, "# manual clock"))
        stream_case->manual_clock = true;
}

static bool read_body(StreamCase *stream_case, StreamStep *step, char **text, int *number)
{
    WeirBuffer body;
    weir_buffer_init(&body, 0, NULL);
    bool ended = false;
    for (char *line; !ended && (line = next_line(text)) != NULL; (*number)++) {
        ended = strcmp(line, "end") == 0;
        if (!ended)
            weir_buffer_append_format(&body, "%s\n", line);
    }
    step->body = weir_arena_strndup(&stream_case->arena, weir_buffer_text(&body), body.length);
    weir_buffer_deinit(&body);
    return ended;
}

static void add_step(StreamCase *stream_case, size_t *capacity, StreamStep step)
{
    if (stream_case->step_count == *capacity) {
        size_t larger = *capacity == 0 ? 32 : *capacity * 2;
        StreamStep *steps = WEIR_ARENA_ARRAY(&stream_case->arena, StreamStep, larger);
        if (stream_case->step_count > 0)
            memcpy(steps, stream_case->steps, stream_case->step_count * sizeof(StreamStep));
        stream_case->steps = steps;
        *capacity = larger;
    }
    stream_case->steps[stream_case->step_count++] = step;
}

bool stream_case_read(StreamCase *stream_case, const char *path, const char **message)
{
    WeirBuffer content;
    WeirError error = {0};
    size_t capacity = 0;
    int number = 0;
    memset(stream_case, 0, sizeof(*stream_case));
    weir_arena_init(&stream_case->arena, NULL);
    stream_case->path = path;
    stream_case->needs = "";
    weir_buffer_init(&content, FILE_BYTES_MAX, NULL);
    bool good = weir_file_read_all(weir_local_file_system(), path, FILE_BYTES_MAX, &content, &error) == WEIR_OK;
    if (!good)
        *message = weir_arena_strdup(&stream_case->arena, error.message);
    char *text = weir_arena_strndup(&stream_case->arena, weir_buffer_text(&content), content.length);
    for (char *line; good && (line = next_line(&text)) != NULL;) {
        number++;
        if (line[0] == '#')
            read_comment(stream_case, line);
        if (line[0] == '#' || line[0] == '\0')
            continue;
        StreamStep step = {.line = line, .number = number};
        size_t word = strcspn(line, " ");
        step.keyword = weir_arena_strndup(&stream_case->arena, line, word);
        step.argument = line[word] == '\0' ? "" : line + word + 1;
        if (has_body(line) && !read_body(stream_case, &step, &text, &number)) {
            *message = weir_arena_printf(&stream_case->arena, "line %d: the step has no end", step.number);
            good = false;
        }
        add_step(stream_case, &capacity, step);
    }
    bool has_script = false;
    for (size_t i = 0; i < stream_case->step_count; i++)
        has_script |= strcmp(stream_case->steps[i].keyword, "script") == 0;
    if (good && !has_script) {
        *message = "it has no script, so it is no .stream file";
        good = false;
    }
    weir_buffer_deinit(&content);
    return good;
}

void stream_case_free(StreamCase *stream_case)
{
    weir_arena_deinit(&stream_case->arena);
}
