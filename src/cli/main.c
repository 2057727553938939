/* The program `weir`: one command, one function. It uses the public header only, which proves that this suffices. */
#include <stdio.h>

#include "cli/terminal.h"

int weir_command_checkpoint(const WeirArguments *arguments)
{
    WeirError error = {0};
    if (weir_checkpoint_describe(arguments->file, arguments->format, weir_terminal_write, NULL, &error) == WEIR_OK)
        return WEIR_EXIT_OK;
    weir_terminal_print_error(&error);
    return WEIR_EXIT_FAILED;
}

int main(int argument_count, char **argument_texts)
{
    WeirArguments arguments;
    if (!weir_arguments_parse(argument_count, argument_texts, &arguments))
        return WEIR_EXIT_USAGE;
    switch (arguments.command) {
    case WEIR_COMMAND_RUN:
        return weir_command_run(&arguments);
    case WEIR_COMMAND_SQL:
        return weir_command_sql(&arguments);
    case WEIR_COMMAND_CHECKPOINT:
        return weir_command_checkpoint(&arguments);
    case WEIR_COMMAND_VERSION:
        printf("weir %s\n", weir_version());
        break;
    default:
        weir_arguments_print_help();
        break;
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? WEIR_EXIT_OK : WEIR_EXIT_FAILED;
}
