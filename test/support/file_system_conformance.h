/* What every WeirFileSystem must do; run by the tests of the local and of the simulated one. */
#ifndef WEIR_TEST_SUPPORT_FILE_SYSTEM_CONFORMANCE_H
#define WEIR_TEST_SUPPORT_FILE_SYSTEM_CONFORMANCE_H

#include "common/file_system.h"

/* `root` is an empty directory, and is empty again afterwards. Fails the running cmocka test. */
void weir_check_file_system(WeirFileSystem *fs, const char *root);

#endif
