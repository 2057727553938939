/* For unit tests only: batches from text. A schema as DDL, and rows of literals: (1, null, 'text', [1, 2], {'k': 1},
 * (1, 'nested')). Numbers are physical values: days, microseconds, unscaled decimals; x'00ff' is binary, <1 2 3> a
 * calendar interval. */
#ifndef WEIR_COLUMNAR_TEST_ROWS_H
#define WEIR_COLUMNAR_TEST_ROWS_H

#include "columnar/batch.h"
#include "common/number_format.h"

#include <math.h>
#include <stdio.h>

static inline void test_rows_skip(const char **text, char expected)
{
    *text += strspn(*text, " \n");
    if (expected != '\0') {
        if (**text != expected)
            fprintf(stderr, "test rows: '%c' expected at: %s\n", expected, *text);
        WEIR_ASSERT(**text == expected);
        (*text)++;
    }
    *text += strspn(*text, " \n");
}

static inline void test_rows_append(WeirVectorBuilder *builder, const WeirDataType *type, const char **text);

static inline void test_rows_append_number(WeirVectorBuilder *builder, const WeirDataType *type, const char **text)
{
    char *end;
    if (type->id == WEIR_TYPE_FLOAT || type->id == WEIR_TYPE_DOUBLE) {
        size_t length = strcspn(*text, ",)]}: ");
        double value;
        if (!weir_parse_double(*text, length, &value))
            value = (**text == '-' ? -1 : 1) * ((*text)[**text == '-'] == 'n' ? NAN : INFINITY);
        weir_vector_builder_append_double(builder, value);
        end = (char *)(uintptr_t)*text + length;
    } else {
        unsigned __int128 magnitude = 0;
        const char *digit = *text + (**text == '-');
        for (; *digit >= '0' && *digit <= '9'; digit++)
            magnitude = magnitude * 10 + (unsigned __int128)(*digit - '0');
        end = (char *)(uintptr_t)digit;
        weir_vector_builder_append_int128(builder, (WeirInt128)(**text == '-' ? -magnitude : magnitude));
    }
    *text = end;
}

static inline void test_rows_append_bytes(WeirVectorBuilder *builder, const char **text)
{
    char bytes[4096];
    size_t length = 0;
    bool hex = **text == 'x';
    for (*text += hex ? 2 : 1; **text != '\''; (*text)++) {
        if (hex) {
            unsigned byte;
            sscanf(*text, "%2x", &byte);
            bytes[length++] = (char)byte;
            (*text)++;
        } else {
            bytes[length++] = **text;
        }
    }
    (*text)++;
    weir_vector_builder_append_bytes(builder, bytes, length);
}

static inline void test_rows_append_list(WeirVectorBuilder *builder, const WeirDataType *type, const char **text)
{
    bool is_map = type->id == WEIR_TYPE_MAP;
    char close = is_map ? '}' : ']';
    test_rows_skip(text, is_map ? '{' : '[');
    for (bool first = true; **text != close; first = false) {
        if (!first)
            test_rows_skip(text, ',');
        test_rows_append(weir_vector_builder_child(builder, 0), type->fields[0].type, text);
        if (is_map) {
            test_rows_skip(text, ':');
            test_rows_append(weir_vector_builder_child(builder, 1), type->fields[1].type, text);
        }
        test_rows_skip(text, '\0');
    }
    test_rows_skip(text, close);
    weir_vector_builder_end_list(builder);
}

static inline void test_rows_append(WeirVectorBuilder *builder, const WeirDataType *type, const char **text)
{
    if (strncmp(*text, "null", 4) == 0) {
        *text += 4;
        weir_vector_builder_append_null(builder);
    } else if (strncmp(*text, "true", 4) == 0 || strncmp(*text, "false", 5) == 0) {
        weir_vector_builder_append_int(builder, **text == 't');
        *text += **text == 't' ? 4 : 5;
    } else if (type->id == WEIR_TYPE_STRUCT) {
        test_rows_skip(text, '(');
        for (uint32_t i = 0; i < type->field_count; i++) {
            if (i > 0)
                test_rows_skip(text, ',');
            test_rows_append(weir_vector_builder_child(builder, i), type->fields[i].type, text);
        }
        test_rows_skip(text, ')');
        weir_vector_builder_end_struct(builder);
    } else if (type->id == WEIR_TYPE_ARRAY || type->id == WEIR_TYPE_MAP) {
        test_rows_append_list(builder, type, text);
    } else if (**text == '<') {
        WeirCalendarInterval interval;
        long long microseconds;
        int used;
        sscanf(*text, "<%d %d %lld>%n", &interval.months, &interval.days, &microseconds, &used);
        interval.microseconds = microseconds;
        weir_vector_builder_append_interval(builder, interval);
        *text += used;
    } else if (**text == '\'' || **text == 'x') {
        test_rows_append_bytes(builder, text);
    } else {
        test_rows_append_number(builder, type, text);
    }
}

/* "(1, 'a') (2, 'b')" as a batch of the schema that `ddl` describes; `*schema` is in `arena`. */
static inline WeirBatch *test_rows(WeirArena *arena, const char *ddl, const char *text, const WeirSchema **schema)
{
    WeirError error;
    if (weir_schema_from_ddl(ddl, arena, schema, &error) != WEIR_OK)
        fprintf(stderr, "test rows: %s: %s\n", ddl, error.message);
    WeirBatchBuilder builder;
    WEIR_ASSERT(weir_batch_builder_init(&builder, *schema, NULL, NULL) == WEIR_OK);
    test_rows_skip(&text, '\0');
    while (*text != '\0') {
        test_rows_skip(&text, '(');
        for (uint32_t i = 0; i < (*schema)->field_count; i++) {
            if (i > 0)
                test_rows_skip(&text, ',');
            test_rows_append(builder.columns[i], (*schema)->fields[i].type, &text);
        }
        test_rows_skip(&text, ')');
        weir_batch_builder_end_row(&builder);
    }
    WeirBatch *batch = NULL;
    WEIR_ASSERT(weir_batch_builder_finish(&builder, &batch, NULL) == WEIR_OK);
    weir_batch_builder_deinit(&builder);
    return batch;
}

#endif
