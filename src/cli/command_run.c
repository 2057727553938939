/* weir run: a script, its queries' progress, and their end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/terminal.h"

static void print_progress(void *context, const char *json)
{
    (void)context;
    fprintf(stderr, "%s\n", json);
}

/* The number after a key of progress JSON; 0 where it is absent. */
static double number_after(const char *json, const char *key)
{
    const char *at = strstr(json, key);
    return at == NULL ? 0 : strtod(at + strlen(key), NULL);
}

/* One line that is written over: what the newest batch did. */
static void print_status_line(void *context, const char *json)
{
    (void)context;
    fprintf(stderr, "\r\033[Kbatch %.0f: %.0f rows in %.0f ms, %.0f rows/s", number_after(json, "\"batchId\":"),
            number_after(json, "\"numInputRows\":"), number_after(json, "\"triggerExecution\":"),
            number_after(json, "\"processedRowsPerSecond\":"));
    fflush(stderr);
}

static WeirStatus print_result(void *context, WeirResult *result, WeirError *error)
{
    const WeirArguments *arguments = context;
    return weir_result_write(result, arguments->format, weir_terminal_write, NULL, error);
}

int weir_command_run(const WeirArguments *arguments)
{
    size_t length = 0;
    WeirError error = {0};
    char *script = weir_terminal_read_file(arguments->file, &length);
    if (script == NULL)
        return WEIR_EXIT_FAILED;
    WeirSession *session = weir_terminal_open_session(arguments);
    if (session == NULL) {
        free(script);
        return WEIR_EXIT_FAILED;
    }
    bool status_line = !arguments->progress && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    if (arguments->progress || status_line) {
        WeirListener listener = {.on_progress = arguments->progress ? print_progress : print_status_line};
        weir_session_add_listener(session, &listener);
    }
    int exit_status = WEIR_EXIT_OK;
    if (weir_session_run(session, script, length, print_result, (void *)arguments, &error) != WEIR_OK &&
        !weir_terminal_interrupted()) {
        weir_terminal_print_error(&error);
        exit_status = WEIR_EXIT_FAILED;
        weir_session_interrupt(session); /* The rest of the script does not run; what runs commits its batch. */
    }
    if (weir_terminal_await_queries(session) != WEIR_EXIT_OK)
        exit_status = WEIR_EXIT_FAILED;
    if (status_line && weir_session_query_count(session) > 0)
        fputc('\n', stderr);
    weir_terminal_close_session(session);
    free(script);
    return exit_status;
}
