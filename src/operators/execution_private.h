/* Parts of an execution that execution.c puts together: the query's output as a terminal, and the stores of stateful
 * operators. */
#ifndef WEIR_OPERATORS_EXECUTION_PRIVATE_H
#define WEIR_OPERATORS_EXECUTION_PRIVATE_H

#include "operators/operator.h"

/* ---- execution_output.c ---- */
typedef struct WeirOutputRun WeirOutputRun;
extern const WeirTerminal weir_output_terminal; /* context: WeirOutputRun */
WeirOutputRun *weir_output_run_new(WeirExecution *execution, const WeirExecutionOutput *output);
WEIR_CHECKED WeirStatus weir_output_run_finish(WeirOutputRun *run,
                                               WeirError *error); /* ordered outputs get their rows here */
int64_t weir_output_run_rows(const WeirOutputRun *run);
void weir_output_run_free(WeirOutputRun *run);

/* ---- stateful/stores.c: all stateful operators of a query ---- */
WEIR_CHECKED WeirStatus weir_stateful_open_all(WeirExecution *execution, WeirError *error);
void weir_stateful_close_all(WeirExecution *execution);
WEIR_CHECKED WeirStatus weir_stateful_commit_all(WeirExecution *execution, WeirError *error);
void weir_stateful_abort_all(WeirExecution *execution);

#endif
