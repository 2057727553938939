/* Log lines go to standard error, one line each: "WARN stream_execution: text". Thread-safe. */
#ifndef WEIR_COMMON_LOG_H
#define WEIR_COMMON_LOG_H

typedef enum WeirLogLevel { WEIR_LOG_DEBUG, WEIR_LOG_INFO, WEIR_LOG_WARN, WEIR_LOG_ERROR } WeirLogLevel;

void weir_log_set_level(WeirLogLevel level); /* WEIR_LOG_WARN at start */
/* `area` names the part of weir, as in a commit's subject. */
void weir_log(WeirLogLevel level, const char *area, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
