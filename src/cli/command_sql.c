/* weir sql: statements from -c, -f or a shell with line editing where libedit is there. */
#include <dlfcn.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/terminal.h"

typedef struct LineEditor {
    char *(*read_line)(const char *prompt); /* NULL: plain reading */
    int (*add_history)(const char *line);
} LineEditor;

static WeirStatus print_result(void *context, WeirResult *result, WeirError *error)
{
    const WeirArguments *arguments = context;
    return weir_result_write(result, arguments->format, weir_terminal_write, NULL, error);
}

/* libedit is loaded only for a person at a terminal, so that nobody else pays for it. */
static void open_line_editor(LineEditor *editor)
{
    *editor = (LineEditor){0};
    if (!isatty(STDIN_FILENO))
        return;
    if (setlocale(LC_ALL, "") == NULL || strstr(setlocale(LC_CTYPE, NULL), "UTF-8") == NULL)
        setlocale(LC_CTYPE, "C.UTF-8"); /* Without a UTF-8 locale libedit drops what is not ASCII. */
    void *library = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    *(void **)&editor->read_line = dlsym(library, "readline");
    *(void **)&editor->add_history = dlsym(library, "add_history");
}

static char *read_plain_line(const char *prompt)
{
    char *line = NULL;
    size_t capacity = 0;
    if (isatty(STDIN_FILENO)) {
        fputs(prompt, stderr);
        fflush(stderr);
    }
    ssize_t length = getline(&line, &capacity, stdin);
    if (length < 0) {
        free(line);
        return NULL;
    }
    if (length > 0 && line[length - 1] == '\n')
        line[length - 1] = '\0';
    return line;
}

static bool is_exit(const char *text)
{
    return strcmp(text, "quit;\n") == 0 || strcmp(text, "exit;\n") == 0;
}

/* Run the complete statements at the start of `text`; what is left moves to its start. */
static bool run_complete(WeirSession *session, const WeirArguments *arguments, char *text, size_t *length)
{
    size_t complete;
    while ((complete = weir_script_complete(text, *length)) > 0) {
        WeirError error = {0};
        if (weir_session_run(session, text, complete, print_result, (void *)arguments, &error) != WEIR_OK)
            weir_terminal_print_error(&error);
        memmove(text, text + complete, *length - complete + 1);
        *length -= complete;
        if (weir_terminal_interrupted())
            return false;
    }
    return true;
}

static int run_shell(WeirSession *session, const WeirArguments *arguments)
{
    LineEditor editor;
    size_t length = 0, capacity = 0;
    char *text = NULL;
    bool go_on = true;
    open_line_editor(&editor);
    while (go_on) {
        const char *prompt = length == 0 ? "weir> " : "    > ";
        weir_terminal_set_prompting(true);
        char *line = editor.read_line != NULL ? editor.read_line(prompt) : read_plain_line(prompt);
        weir_terminal_set_prompting(false);
        if (line == NULL)
            break;
        if (editor.add_history != NULL && line[0] != '\0')
            editor.add_history(line);
        size_t line_length = strlen(line);
        if (length + line_length + 2 > capacity) {
            capacity = 2 * (length + line_length + 2);
            text = realloc(text, capacity);
            if (text == NULL)
                abort();
        }
        memcpy(text + length, line, line_length);
        memcpy(text + length + line_length, "\n", 2);
        length += line_length + 1;
        free(line);
        if (is_exit(text))
            break;
        go_on = run_complete(session, arguments, text, &length);
        if (strspn(text, " \t\r\n") == length) {
            length = 0;
            text[0] = '\0';
        }
    }
    if (length > 0 && go_on && !is_exit(text)) {
        WeirError error = {0};
        if (weir_session_run(session, text, length, print_result, (void *)arguments, &error) != WEIR_OK)
            weir_terminal_print_error(&error);
    }
    free(text);
    return WEIR_EXIT_OK;
}

int weir_command_sql(const WeirArguments *arguments)
{
    WeirSession *session = weir_terminal_open_session(arguments);
    int exit_status = WEIR_EXIT_OK;
    WeirError error = {0};
    char *script = NULL;
    size_t length = 0;
    if (session == NULL)
        return WEIR_EXIT_FAILED;
    if (arguments->statement == NULL && arguments->file == NULL) {
        exit_status = run_shell(session, arguments);
        weir_session_interrupt(session); /* Leaving the shell ends its queries. */
    } else {
        const char *text = arguments->statement;
        if (text == NULL)
            text = script = weir_terminal_read_file(arguments->file, &length);
        else
            length = strlen(text);
        if (text == NULL) {
            exit_status = WEIR_EXIT_FAILED;
        } else if (weir_session_run(session, text, length, print_result, (void *)arguments, &error) != WEIR_OK &&
                   !weir_terminal_interrupted()) {
            weir_terminal_print_error(&error);
            exit_status = WEIR_EXIT_FAILED;
            weir_session_interrupt(session);
        }
    }
    if (weir_terminal_await_queries(session) != WEIR_EXIT_OK)
        exit_status = WEIR_EXIT_FAILED;
    weir_terminal_close_session(session);
    free(script);
    return exit_status;
}
