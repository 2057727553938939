/* The families of functions, one table a file; a family ends with an entry whose name is NULL. */
#ifndef WEIR_EXPR_FUNCTION_REGISTRY_H
#define WEIR_EXPR_FUNCTION_REGISTRY_H

#include "expr/aggregate.h"
#include "expr/function.h"

/* One family a line: branches merge then. */
#define WEIR_FUNCTION_FAMILIES(X)                                                                                      \
    X(constructors)                                                                                                    \
    X(collection_access)                                                                                               \
    X(array_edit)                                                                                                      \
    X(array_set)                                                                                                       \
    X(array_lambda)                                                                                                    \
    X(map_lambda)                                                                                                      \
    X(array_sort)                                                                                                      \
    X(sequence)                                                                                                        \
    X(str_to_map)                                                                                                      \
    X(map_sort)                                                                                                        \
    X(shuffle)                                                                                                         \
    X(vector_math)                                                                                                     \
    X(arithmetic)                                                                                                      \
    X(comparison)                                                                                                      \
    X(boolean)                                                                                                         \
    X(conditional)                                                                                                     \
    X(bitwise)                                                                                                         \
    X(bitmap)                                                                                                          \
    X(in_list)                                                                                                         \
    X(text_slice)                                                                                                      \
    X(like)                                                                                                            \
    X(regexp)                                                                                                          \
    X(text_build)                                                                                                      \
    X(text_search)                                                                                                     \
    X(datetime_arithmetic)                                                                                             \
    X(datetime_fields)                                                                                                 \
    X(datetime_format)                                                                                                 \
    X(time_bucket)                                                                                                     \
    X(math)                                                                                                            \
    X(rounding)                                                                                                        \
    X(interval)                                                                                                        \
    X(hash)                                                                                                            \
    X(conversion)                                                                                                      \
    X(format_number)                                                                                                   \
    X(text_encoding)                                                                                                   \
    X(charset)                                                                                                         \
    X(format_string)                                                                                                   \
    X(url)                                                                                                             \
    X(collation)                                                                                                       \
    X(random_text)                                                                                                     \
    X(sentences)                                                                                                       \
    X(to_number)                                                                                                       \
    X(make_timestamp)                                                                                                  \
    X(text_check)                                                                                                      \
    X(random)                                                                                                          \
    X(from_json)                                                                                                       \
    X(to_json)                                                                                                         \
    X(json_path)                                                                                                       \
    X(json_parts)                                                                                                      \
    X(schema_of_json)                                                                                                  \
    X(csv_text)                                                                                                        \
    X(special)                                                                                                         \
    X(generator)
#define WEIR_AGGREGATE_FAMILIES(X)                                                                                     \
    X(count)                                                                                                           \
    X(sum)                                                                                                             \
    X(min_max)                                                                                                         \
    X(moments)                                                                                                         \
    X(bits)                                                                                                            \
    X(bitmap)                                                                                                          \
    X(collect)                                                                                                         \
    X(vector_sums)                                                                                                     \
    X(approx_count_distinct)                                                                                           \
    X(percentile)                                                                                                      \
    X(listagg)                                                                                                         \
    X(histogram_numeric)                                                                                               \
    X(percentile_approx)                                                                                               \
    X(regression)

#define WEIR_DECLARE_FAMILY(family) extern const WeirFunction weir_functions_##family[];
WEIR_FUNCTION_FAMILIES(WEIR_DECLARE_FAMILY)
#undef WEIR_DECLARE_FAMILY
#define WEIR_DECLARE_FAMILY(family) extern const WeirAggregateFunction weir_aggregates_##family[];
WEIR_AGGREGATE_FAMILIES(WEIR_DECLARE_FAMILY)
#undef WEIR_DECLARE_FAMILY

#endif
