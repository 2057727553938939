/* Reading the command line. Settings are split in place: KEY=VALUE becomes two texts. */
#include "cli/arguments.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    WeirCommand command;
} commands[] = {
    {"run", WEIR_COMMAND_RUN},         {"sql", WEIR_COMMAND_SQL},           {"checkpoint", WEIR_COMMAND_CHECKPOINT},
    {"version", WEIR_COMMAND_VERSION}, {"--version", WEIR_COMMAND_VERSION}, {"help", WEIR_COMMAND_HELP},
    {"--help", WEIR_COMMAND_HELP},     {"-h", WEIR_COMMAND_HELP},
};

static const struct {
    const char *name;
    WeirFormat format;
} formats[] = {
    {"table", WEIR_FORMAT_TABLE}, {"json", WEIR_FORMAT_JSON}, {"csv", WEIR_FORMAT_CSV}, {"schema", WEIR_FORMAT_SCHEMA}};

void weir_arguments_print_help(void)
{
    fputs("weir runs Spark Structured Streaming SQL without the JVM.\n\n"
          "  weir run FILE.sql [--progress]       run a script; ends when its queries do, or at SIGINT\n"
          "  weir sql [-c SQL | -f FILE]          run statements, or open a shell\n"
          "  weir checkpoint DIR                  show what a checkpoint holds\n"
          "  weir version                         print the version\n\n"
          "  --conf KEY=VALUE                     a setting, as SET KEY = VALUE (run, sql; repeatable)\n"
          "  --checkpoint-dir DIR                 root of checkpoints that a query does not name (run, sql)\n"
          "  --format table|json|csv|schema       form of results (schema: sql only; checkpoint: table or json)\n"
          "  --progress                           each batch's progress as a line of JSON on standard error\n",
          stdout);
}

static bool usage_error(const char *text, const char *argument)
{
    fprintf(stderr, "weir: %s%s%s. `weir help` shows what there is.\n", text, argument == NULL ? "" : " ",
            argument == NULL ? "" : argument);
    return false;
}

static bool add_conf(WeirArguments *out, const char *key, const char *value)
{
    if (out->conf_count + 2 > WEIR_CONF_MAX)
        return usage_error("too many --conf", NULL);
    out->conf[out->conf_count++] = key;
    out->conf[out->conf_count++] = value;
    return true;
}

static bool parse_conf(WeirArguments *out, char *text)
{
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text)
        return usage_error("--conf takes KEY=VALUE, not", text);
    *equals = '\0';
    return add_conf(out, text, equals + 1);
}

static bool parse_format(WeirArguments *out, const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcmp(formats[i].name, name) != 0)
            continue;
        out->format = formats[i].format;
        if (out->format == WEIR_FORMAT_SCHEMA && out->command != WEIR_COMMAND_SQL)
            break;
        return true;
    }
    return usage_error("there is no such --format here:", name);
}

/* An option with a value; `*at` moves past both. */
static bool parse_valued(WeirArguments *out, char **arguments, int argument_count, int *at)
{
    static const char *const valued[] = {"--conf", "--checkpoint-dir", "--format", "-c", "-f"};
    const char *name = arguments[*at];
    size_t i = 0, count = sizeof(valued) / sizeof(valued[0]);
    while (i < count && strcmp(valued[i], name) != 0)
        i++;
    if (i == count)
        return usage_error("this command does not take", name);
    if (*at + 1 >= argument_count)
        return usage_error("a value is missing after", name);
    char *value = arguments[++*at];
    bool runs = out->command == WEIR_COMMAND_RUN || out->command == WEIR_COMMAND_SQL;
    if (strcmp(name, "--conf") == 0 && runs)
        return parse_conf(out, value);
    if (strcmp(name, "--checkpoint-dir") == 0 && runs)
        return add_conf(out, "spark.sql.streaming.checkpointLocation", value);
    if (strcmp(name, "--format") == 0)
        return parse_format(out, value);
    if (strcmp(name, "-c") == 0 && out->command == WEIR_COMMAND_SQL && out->file == NULL) {
        out->statement = value;
        return true;
    }
    if (strcmp(name, "-f") == 0 && out->command == WEIR_COMMAND_SQL && out->statement == NULL) {
        out->file = value;
        return true;
    }
    return usage_error("this command does not take", name);
}

bool weir_arguments_parse(int argument_count, char **arguments, WeirArguments *out)
{
    *out = (WeirArguments){.command = WEIR_COMMAND_HELP};
    if (argument_count < 2)
        return usage_error("a command is missing", NULL);
    size_t i = 0, count = sizeof(commands) / sizeof(commands[0]);
    while (i < count && strcmp(commands[i].name, arguments[1]) != 0)
        i++;
    if (i == count)
        return usage_error("there is no command", arguments[1]);
    out->command = commands[i].command;
    for (int at = 2; at < argument_count; at++) {
        const char *argument = arguments[at];
        if (strcmp(argument, "--progress") == 0 && out->command == WEIR_COMMAND_RUN) {
            out->progress = true;
        } else if (argument[0] == '-' && argument[1] != '\0') {
            if (!parse_valued(out, arguments, argument_count, &at))
                return false;
        } else if (out->file == NULL && (out->command == WEIR_COMMAND_RUN || out->command == WEIR_COMMAND_CHECKPOINT)) {
            out->file = argument;
        } else {
            return usage_error("one argument too many:", argument);
        }
    }
    if (out->file == NULL && out->command == WEIR_COMMAND_RUN)
        return usage_error("run takes a script: weir run FILE.sql", NULL);
    if (out->file == NULL && out->command == WEIR_COMMAND_CHECKPOINT)
        return usage_error("checkpoint takes a directory: weir checkpoint DIR", NULL);
    return true;
}
