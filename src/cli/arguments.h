/* The command line of `weir`. */
#ifndef WEIR_CLI_ARGUMENTS_H
#define WEIR_CLI_ARGUMENTS_H

#include "weir/weir.h"

#define WEIR_EXIT_OK 0
#define WEIR_EXIT_FAILED 1
#define WEIR_EXIT_USAGE 2
#define WEIR_CONF_MAX 256

typedef enum WeirCommand {
    WEIR_COMMAND_HELP,
    WEIR_COMMAND_VERSION,
    WEIR_COMMAND_RUN,
    WEIR_COMMAND_SQL,
    WEIR_COMMAND_CHECKPOINT
} WeirCommand;

typedef struct WeirArguments {
    WeirCommand command;
    const char *file;      /* run FILE, sql -f FILE, checkpoint DIR */
    const char *statement; /* sql -c */
    bool progress;
    WeirFormat format;
    const char *conf[WEIR_CONF_MAX]; /* key, value, …: pointers into argv */
    size_t conf_count;
} WeirArguments;

/* False: a message was printed to standard error, the program ends with WEIR_EXIT_USAGE. */
bool weir_arguments_parse(int argument_count, char **arguments, WeirArguments *out);
void weir_arguments_print_help(void);

int weir_command_run(const WeirArguments *arguments);
int weir_command_sql(const WeirArguments *arguments);
int weir_command_checkpoint(const WeirArguments *arguments);

#endif
