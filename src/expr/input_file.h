/* The file whose rows the current thread pushes through its pipeline, as a URI: what input_file_name() gives. Behind an
 * exchange there is none. */
#ifndef WEIR_EXPR_INPUT_FILE_H
#define WEIR_EXPR_INPUT_FILE_H

/* `uri` stays the caller's and must live until it is set again; NULL: none. */
void weir_input_file_set(const char *uri);
const char *weir_input_file(void); /* "" where there is none */

#endif
