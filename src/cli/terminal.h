/* What every command prints: results on standard output, errors and progress on standard error. */
#ifndef WEIR_CLI_TERMINAL_H
#define WEIR_CLI_TERMINAL_H

#include "cli/arguments.h"

bool weir_terminal_write(void *context, const char *text, size_t length);
/* "[CONDITION] text SQLSTATE: 00000", then the place with a caret where it is known. */
void weir_terminal_print_error(const WeirError *error);
/* The failure of a query: its cause, then its name and batch. */
void weir_terminal_print_query_error(const WeirError *error, WeirQuery *query);
/* A session with the command line's settings; NULL after an error was printed. SIGINT, SIGTERM and SIGHUP stop its
 * queries from then on: the first lets running batches commit, the second ends the program at once with 128 + its
 * number. */
WeirSession *weir_terminal_open_session(const WeirArguments *arguments);
void weir_terminal_close_session(WeirSession *session);
bool weir_terminal_interrupted(void);
/* While the shell waits for a line: a signal then ends the program from the signal's thread, once the queries have
 * ended. */
void weir_terminal_set_prompting(bool prompting);
/* Content of a file ("-": standard input), to be freed with free(); NULL after an error was printed. */
char *weir_terminal_read_file(const char *path, size_t *length);
/* Wait for all queries of the session; prints failures; the exit status. */
int weir_terminal_await_queries(WeirSession *session);

#endif
