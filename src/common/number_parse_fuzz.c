/* What weir_parse_double and weir_parse_float accept they read as the C library does. */
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/number_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    double value;
    float small;
    char *end = NULL;
    if (weir_parse_double(text, size, &value)) {
        double expected = strtod(text, &end);
        WEIR_ASSERT(end == text + size && memcmp(&expected, &value, sizeof value) == 0);
        WEIR_ASSERT(weir_parse_float(text, size, &small));
        float expected_small = strtof(text, NULL);
        WEIR_ASSERT(memcmp(&expected_small, &small, sizeof small) == 0);
    }
    free(text);
    return 0;
}
