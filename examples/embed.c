/* weir inside a C program: cc embed.c -lweir. Counts words of its own rows with a streaming query and prints them. */
#include <stdio.h>
#include <weir/weir.h>

static WeirStatus print(void *context, WeirResult *result, WeirError *error);

static const char script[] = "CREATE TEMPORARY VIEW words (word STRING) USING memory;"
                             "CREATE STREAMING TABLE counts USING memory OPTIONS (outputMode 'complete')"
                             " AS SELECT word, count(*) AS n FROM STREAM words GROUP BY word;";

int main(void)
{
    static const char rows[] = "{\"word\":\"cat\"}\n{\"word\":\"dog\"}\n{\"word\":\"dog\"}\n";
    static const char query[] = "SELECT * FROM counts ORDER BY word";
    WeirSession *session = NULL;
    WeirError error = {0};
    if (weir_session_open(NULL, &session, &error) != WEIR_OK ||
        weir_session_run(session, script, sizeof(script) - 1, NULL, NULL, &error) != WEIR_OK ||
        weir_session_memory_add_json(session, "words", rows, sizeof(rows) - 1, &error) != WEIR_OK ||
        weir_session_run(session, query, sizeof(query) - 1, print, NULL, &error) != WEIR_OK)
        fprintf(stderr, "[%s] %s\n", error.condition, error.message);
    weir_session_close(session); /* stops the query */
    return error.status == WEIR_OK ? 0 : 1;
}

static bool to_stdout(void *context, const char *text, size_t length)
{
    (void)context;
    return fwrite(text, 1, length, stdout) == length;
}

static WeirStatus print(void *context, WeirResult *result, WeirError *error)
{
    return weir_result_write(result, WEIR_FORMAT_TABLE, to_stdout, context, error);
}
