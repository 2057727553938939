/* See terminal.h. */
#include "cli/terminal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static _Atomic(WeirSession *) interruptible; /* the signal thread's; NULL while there is none */
static _Atomic int signals_seen;
static pthread_mutex_t session_mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool prompting; /* the main thread waits for a line that may never come */
static struct termios terminal_state;
static bool has_terminal_state;

bool weir_terminal_write(void *context, const char *text, size_t length)
{
    (void)context;
    return fwrite(text, 1, length, stdout) == length && fflush(stdout) == 0;
}

static void print_place(const WeirError *error)
{
    if (error->origin.line <= 0)
        return;
    fprintf(stderr, "== SQL (line %d, position %d) ==\n", error->origin.line, error->origin.column + 1);
    if (error->fragment[0] == '\0')
        return;
    fprintf(stderr, "%s\n", error->fragment);
    /* Tabs stay tabs, so that the caret stands under its column. */
    for (int32_t i = 0; i < error->origin.column && error->fragment[i] != '\0'; i++)
        fputc(error->fragment[i] == '\t' ? '\t' : '-', stderr);
    int32_t width = error->origin.length < 1 ? 1 : error->origin.length;
    int32_t rest = (int32_t)strlen(error->fragment) - error->origin.column;
    for (int32_t i = 0; i < width && (i < rest || i == 0); i++)
        fputc('^', stderr);
    fputc('\n', stderr);
}

void weir_terminal_print_error(const WeirError *error)
{
    fprintf(stderr, "[%s] %s", error->condition, error->message);
    if (error->sqlstate[0] != '\0')
        fprintf(stderr, " SQLSTATE: %s", error->sqlstate);
    fputc('\n', stderr);
    print_place(error);
}

void weir_terminal_print_query_error(const WeirError *error, WeirQuery *query)
{
    weir_terminal_print_error(error);
    fprintf(stderr, "Query %s [id = %s, runId = %s] failed in batch %lld\n", weir_query_name(query),
            weir_query_id(query), weir_query_run_id(query), (long long)weir_query_batch_id(query));
}

void weir_terminal_set_prompting(bool value)
{
    if (value && !has_terminal_state)
        has_terminal_state = tcgetattr(STDIN_FILENO, &terminal_state) == 0;
    atomic_store(&prompting, value);
}

/* The main thread sits in a read of the terminal: end in its place. */
static void leave_prompt(WeirSession *session)
{
    int exit_status = weir_terminal_await_queries(session);
    if (has_terminal_state) {
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal_state); /* The line editor changed it. */
        fputc('\n', stderr);
    }
    fflush(NULL);
    _exit(exit_status);
}

static void *wait_for_signals(void *context)
{
    sigset_t *signals = context;
    for (;;) {
        int number = 0;
        if (sigwait(signals, &number) != 0)
            continue;
        if (atomic_fetch_add(&signals_seen, 1) > 0)
            _exit(128 + number);
        pthread_mutex_lock(&session_mutex);
        WeirSession *session = atomic_load(&interruptible);
        if (session != NULL)
            weir_session_interrupt(session);
        if (session != NULL && atomic_load(&prompting))
            leave_prompt(session);
        pthread_mutex_unlock(&session_mutex);
    }
    return NULL;
}

static void start_signal_thread(void)
{
    static sigset_t signals;
    pthread_t thread;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP); /* the terminal is gone; nohup ignores it, and so does sigwait then */
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (pthread_create(&thread, NULL, wait_for_signals, &signals) == 0)
        pthread_detach(thread);
}

bool weir_terminal_interrupted(void)
{
    return atomic_load(&signals_seen) > 0;
}

WeirSession *weir_terminal_open_session(const WeirArguments *arguments)
{
    WeirSessionOptions options = {
        .struct_bytes = sizeof(options), .conf = arguments->conf, .conf_count = arguments->conf_count};
    WeirSession *session = NULL;
    WeirError error = {0};
    start_signal_thread();
    if (weir_session_open(&options, &session, &error) != WEIR_OK) {
        weir_terminal_print_error(&error);
        return NULL;
    }
    atomic_store(&interruptible, session);
    return session;
}

void weir_terminal_close_session(WeirSession *session)
{
    pthread_mutex_lock(&session_mutex);
    atomic_store(&interruptible, NULL);
    pthread_mutex_unlock(&session_mutex);
    weir_session_close(session);
}

char *weir_terminal_read_file(const char *path, size_t *length)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t capacity = 1 << 16, used = 0;
    char *text = file == NULL ? NULL : malloc(capacity + 1);
    while (text != NULL) {
        used += fread(text + used, 1, capacity - used, file);
        if (used < capacity)
            break;
        capacity *= 2;
        char *larger = realloc(text, capacity + 1);
        if (larger == NULL)
            free(text);
        text = larger;
    }
    if (text == NULL || ferror(file)) {
        fprintf(stderr, "[PATH_NOT_FOUND] %s cannot be read: %s. SQLSTATE: 42K03\n", path, strerror(errno));
        free(text);
        text = NULL;
    } else {
        text[used] = '\0';
        *length = used;
    }
    if (file != NULL && file != stdin)
        fclose(file);
    return text;
}

/* Print a query's failure once. */
static int end_of_query(WeirQuery *query)
{
    WeirError error = {0};
    if (weir_query_await(query, 0, NULL, &error) == WEIR_OK)
        return WEIR_EXIT_OK;
    weir_terminal_print_query_error(&error, query);
    return WEIR_EXIT_FAILED;
}

int weir_terminal_await_queries(WeirSession *session)
{
    int exit_status = WEIR_EXIT_OK;
    size_t count = weir_session_query_count(session);
    bool *reported = calloc(count + 1, sizeof(bool));
    size_t running = count;
    while (running > 0 && reported != NULL) {
        running = 0;
        for (size_t i = 0; i < count; i++) {
            WeirQuery *query = weir_session_query(session, i);
            bool ended = false;
            WeirError ignored = {0};
            if (reported[i])
                continue;
            (void)(weir_query_await(query, running == 0 ? 50 : 0, &ended, &ignored) == WEIR_OK);
            if (!ended) {
                running++;
                continue;
            }
            reported[i] = true;
            if (end_of_query(query) != WEIR_EXIT_OK)
                exit_status = WEIR_EXIT_FAILED;
        }
    }
    free(reported);
    return exit_status;
}
