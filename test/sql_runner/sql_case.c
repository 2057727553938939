/* See sql_case.h. */
#include "sql_runner/sql_case.h"

#include <stdio.h>
#include <string.h>

#include "common/file_system.h"

#define FILE_BYTES_MAX ((size_t)16 << 20)
#define BLOCK_LINES_MAX 1000u /* of a file, too */

static SqlBlock *add_block(SqlCase *sql_case, int line)
{
    if (sql_case->block_count == sql_case->block_capacity) {
        sql_case->block_capacity = sql_case->block_capacity * 2 + 64;
        sql_case->blocks = weir_realloc(sql_case->blocks, sql_case->block_capacity * sizeof(*sql_case->blocks));
    }
    SqlBlock *block = &sql_case->blocks[sql_case->block_count++];
    *block = (SqlBlock){.line = line};
    return block;
}

/* Lines joined by newlines. */
static const char *join(WeirArena *arena, char *const *lines, size_t count)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    for (size_t i = 0; i < count; i++)
        weir_buffer_append_format(&text, "%s%s", i == 0 ? "" : "\n", lines[i]);
    const char *joined = weir_arena_strndup(arena, weir_buffer_text(&text), text.length);
    weir_buffer_deinit(&text);
    return joined;
}

static void read_conf(SqlBlock *block, char *words)
{
    char *space = strchr(words, ' ');
    block->kind = SQL_BLOCK_CONF;
    block->sql = words;
    if (space != NULL) {
        *space = '\0';
        block->condition = space + 1;
    }
}

static void read_query(SqlCase *sql_case, SqlBlock *block, char **lines, size_t count)
{
    size_t cut = 1;
    while (cut < count && strcmp(lines[cut], "----") != 0)
        cut++;
    block->kind = SQL_BLOCK_QUERY;
    block->sorted = strcmp(lines[0], "query sort") == 0;
    block->sql = join(&sql_case->arena, lines + 1, cut - 1);
    block->answered = cut + 1 < count;
    if (!block->answered)
        return;
    block->schema = lines[cut + 1];
    block->row_count = count - cut - 2;
    block->rows = WEIR_ARENA_ARRAY(&sql_case->arena, const char *, block->row_count + 1);
    for (size_t i = 0; i < block->row_count; i++)
        block->rows[i] = lines[cut + 2 + i];
}

/* What follows "----" in a block of an error. Returns the number of lines before it. */
static size_t read_place(SqlBlock *block, char **lines, size_t count)
{
    static const char proposal[] = "proposal: ";
    size_t cut = 1;
    while (cut < count && strcmp(lines[cut], "----") != 0)
        cut++;
    for (size_t i = cut + 1; i < count; i++)
        if (strncmp(lines[i], proposal, sizeof(proposal) - 1) == 0)
            block->proposal = lines[i] + sizeof(proposal) - 1;
        else
            block->place = lines[i];
    return cut;
}

static bool read_block(SqlCase *sql_case, char **lines, size_t count, int line)
{
    static const char error_words[] = "statement error ";
    if (lines[0][0] == '#')
        return true;
    SqlBlock *block = add_block(sql_case, line);
    if (strncmp(lines[0], "conf ", 5) == 0) {
        read_conf(block, lines[0] + 5);
        return true;
    }
    if (strncmp(lines[0], "query", 5) == 0) {
        read_query(sql_case, block, lines, count);
        return true;
    }
    block->sql = join(&sql_case->arena, lines + 1, read_place(block, lines, count) - 1);
    if (strcmp(lines[0], "statement ok") == 0) {
        block->kind = SQL_BLOCK_OK;
        return true;
    }
    if (strncmp(lines[0], error_words, sizeof(error_words) - 1) != 0)
        return false;
    char *condition = lines[0] + sizeof(error_words) - 1, *space = strchr(condition, ' ');
    block->kind = SQL_BLOCK_ERROR;
    block->condition = condition;
    if (space != NULL) {
        *space = '\0';
        block->sqlstate = space + 1;
    }
    return true;
}

bool sql_case_read(SqlCase *sql_case, const char *path)
{
    WeirError error;
    WeirBuffer content;
    *sql_case = (SqlCase){0};
    weir_arena_init(&sql_case->arena, NULL);
    weir_buffer_init(&content, FILE_BYTES_MAX, NULL);
    bool good = weir_file_read_all(weir_local_file_system(), path, FILE_BYTES_MAX, &content, &error) == WEIR_OK;
    if (!good)
        fprintf(stderr, "%s: %s\n", path, error.message);
    char *text = good ? weir_arena_strndup(&sql_case->arena, weir_buffer_text(&content), content.length) : NULL;
    weir_buffer_deinit(&content);
    char *lines[BLOCK_LINES_MAX];
    size_t count = 0;
    int number = 0;
    while (good && text != NULL) {
        char *newline = strchr(text, '\n'), *line = text;
        if (newline != NULL)
            *newline = '\0';
        text = newline == NULL ? NULL : newline + 1;
        number++;
        if (*line != '\0' && count < BLOCK_LINES_MAX)
            lines[count++] = line;
        if ((*line == '\0' || text == NULL) && count > 0) {
            int first = number - (int)count + (*line != '\0');
            good = read_block(sql_case, lines, count, first);
            if (!good)
                fprintf(stderr, "%s:%d: this block is not known: %s\n", path, first, lines[0]);
            count = 0;
        }
    }
    return good;
}

void sql_case_deinit(SqlCase *sql_case)
{
    weir_free(sql_case->blocks);
    weir_arena_deinit(&sql_case->arena);
}
