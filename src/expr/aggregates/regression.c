/* regr_*: sums, means and moments over the rows where neither argument is null. Buffers are those of the aggregates
 * that Spark computes them with. */
#include <math.h>

#include "expr/aggregates/aggregate_private.h"

typedef enum Regression { COUNT, AVERAGE_X, AVERAGE_Y, SXX, SYY, SXY, R2, SLOPE, INTERCEPT } Regression;

static Regression kind_of(const WeirExpression *expression)
{
    static const char *const names[] = {"regr_count", "regr_avgx", "regr_avgy",  "regr_sxx",      "regr_syy",
                                        "regr_sxy",   "regr_r2",   "regr_slope", "regr_intercept"};
    for (int i = 0; i < 9; i++)
        if (strcmp(expression->aggregate->name, names[i]) == 0)
            return (Regression)i;
    return COUNT;
}

static uint32_t regression_buffer(const WeirExpression *expression, WeirArena *arena,
                                  WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    static const char *const layouts[9][8] = {
        [COUNT] = {"count"},
        [AVERAGE_X] = {"sum", "count"},
        [AVERAGE_Y] = {"sum", "count"},
        [SXX] = {"n", "avg", "m2"},
        [SYY] = {"n", "avg", "m2"},
        [SXY] = {"n", "xAvg", "yAvg", "ck"},
        [R2] = {"n", "xAvg", "yAvg", "ck", "xMk", "yMk"},
        [SLOPE] = {"n", "xAvg", "yAvg", "ck", "n", "avg", "m2"},
        [INTERCEPT] = {"n", "xAvg", "yAvg", "ck", "n", "avg", "m2"},
    };
    const char *const *names = layouts[kind_of(expression)];
    uint32_t count = 0;
    (void)arena;
    for (; count < 8 && names[count] != NULL; count++) {
        bool is_count = strcmp(names[count], "count") == 0, is_sum = strcmp(names[count], "sum") == 0;
        fields[count] = weir_buffer_field(names[count], is_count ? &weir_type_long : &weir_type_double, is_sum);
    }
    return count;
}

static void regression_init(const WeirAggregateCall *call, uint8_t *row)
{
    (void)call;
    (void)row; /* the row is zeroed */
}

static double *doubles_of(const WeirAggregateCall *call, uint8_t *row)
{
    return (double *)(void *)weir_slot(row, &call->slots, 0);
}
static const double *doubles_in(const WeirAggregateCall *call, const uint8_t *row)
{
    return (const double *)(const void *)weir_slot_const(row, &call->slots, 0);
}

static void add_central(double *s, double value)
{
    double n = s[0] + 1.0, delta = value - s[1], delta_n = delta / n;
    s[0] = n;
    s[2] += delta * (delta - delta_n);
    s[1] += delta_n;
}

static void add_pair(double *s, double x, double y, bool moments)
{
    double n = s[0] + 1.0, dx = x - s[1], dy = y - s[2], x_average = s[1] + dx / n, y_average = s[2] + dy / n;
    s[3] += dx * (y - y_average);
    if (moments) {
        s[4] += dx * (x - x_average);
        s[5] += dy * (y - y_average);
    }
    s[0] = n;
    s[1] = x_average;
    s[2] = y_average;
}

static void add_long(uint8_t *slot, int64_t value)
{
    weir_slot_put_long(slot, weir_slot_get_long(slot) + value);
}

/* y is the first argument, x the second. */
static void add_row(const WeirAggregateCall *call, Regression kind, uint8_t *row, double y, double x)
{
    double *s = doubles_of(call, row);
    switch (kind) {
    case COUNT:
        add_long((uint8_t *)s, 1);
        return;
    case AVERAGE_X:
    case AVERAGE_Y:
        s[0] += kind == AVERAGE_X ? x : y;
        add_long((uint8_t *)(s + 1), 1);
        return;
    case SXX:
    case SYY:
        add_central(s, kind == SXX ? x : y);
        return;
    case SXY:
    case R2:
        add_pair(s, y, x, kind == R2);
        return;
    case SLOPE:
    case INTERCEPT:
        add_pair(s, x, y, false);
        add_central(s + 4, x);
        return;
    }
}

static WeirStatus regression_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                    const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage[2];
    const WeirVector *first, *second;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage[0], &first, error));
    WEIR_TRY(weir_aggregate_flatten(call, arguments[1], &storage[1], &second, error));
    WeirArgument y = weir_argument(first), x = weir_argument(second);
    Regression kind = kind_of(call->expression);
    WEIR_FOR_UPDATES(k, row)
    if (!weir_argument_is_null(&y, row) && !weir_argument_is_null(&x, row))
        add_row(call, kind, rows[k], WEIR_ARGUMENT_VALUE(double, y, row), WEIR_ARGUMENT_VALUE(double, x, row));
    return WEIR_OK;
}

static void merge_central(double *l, const double *r)
{
    double n1 = l[0], n2 = r[0], n = n1 + n2, delta = r[1] - l[1], delta_n = n == 0.0 ? 0.0 : delta / n;
    l[2] = l[2] + r[2] + delta * delta_n * n1 * n2;
    l[1] = l[1] + delta_n * n2;
    l[0] = n;
}

static void merge_pair(double *l, const double *r, bool moments)
{
    double n1 = l[0], n2 = r[0], n = n1 + n2, dx = r[1] - l[1], dy = r[2] - l[2];
    double dx_n = n == 0.0 ? 0.0 : dx / n, dy_n = n == 0.0 ? 0.0 : dy / n;
    l[3] = l[3] + r[3] + dx * dy_n * n1 * n2;
    if (moments) {
        l[4] = l[4] + r[4] + dx * dx_n * n1 * n2;
        l[5] = l[5] + r[5] + dy * dy_n * n1 * n2;
    }
    l[1] += dx_n * n2;
    l[2] += dy_n * n2;
    l[0] = n;
}

static WeirStatus regression_merge(const WeirAggregateCall *call, uint8_t *const *targets,
                                   const uint8_t *const *sources, uint32_t count, WeirError *error)
{
    Regression kind = kind_of(call->expression);
    (void)error;
    for (uint32_t k = 0; k < count; k++) {
        double *l = doubles_of(call, targets[k]);
        const double *r = doubles_in(call, sources[k]);
        if (kind == COUNT) {
            add_long((uint8_t *)l, weir_slot_get_long((const uint8_t *)r));
        } else if (kind == AVERAGE_X || kind == AVERAGE_Y) {
            l[0] += r[0];
            add_long((uint8_t *)(l + 1), weir_slot_get_long((const uint8_t *)(r + 1)));
        } else if (kind == SXX || kind == SYY) {
            merge_central(l, r);
        } else {
            merge_pair(l, r, kind == R2);
            if (kind == SLOPE || kind == INTERCEPT)
                merge_central(l + 4, r + 4);
        }
    }
    return WEIR_OK;
}

/* False: null. */
static bool value_of(Regression kind, const double *s, double *value)
{
    switch (kind) {
    case COUNT:
        return true;
    case AVERAGE_X:
    case AVERAGE_Y: {
        int64_t count = weir_slot_get_long((const uint8_t *)(s + 1));
        *value = s[0] / (double)count;
        return count > 0;
    }
    case SXX:
    case SYY:
        *value = s[2];
        return s[0] != 0;
    case SXY:
        *value = s[3];
        return s[0] != 0;
    case R2: {
        double corr = s[3] / sqrt(s[4] * s[5]);
        *value = s[4] == 0 ? 1.0 : corr * corr; /* 4 is of the first argument, which depends on the second */
        return s[5] != 0;
    }
    case SLOPE:
        *value = s[3] / s[6];
        return s[6] != 0;
    case INTERCEPT:
        *value = s[2] - s[3] / s[6] * s[1];
        return s[6] != 0;
    }
    return false;
}

static WeirStatus regression_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                      WeirVector *result, WeirArena *arena, WeirError *error)
{
    Regression kind = kind_of(call->expression);
    (void)error;
    for (uint32_t k = 0; k < count; k++) {
        const double *s = doubles_in(call, rows[k]);
        double value = 0;
        if (kind == COUNT) {
            ((int64_t *)result->values)[k] = weir_slot_get_long((const uint8_t *)s);
            continue;
        }
        if (!value_of(kind, s, &value)) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
        }
        ((double *)result->values)[k] = value;
    }
    return WEIR_OK;
}

#define REGRESSION(NAME, SIGNATURE, FLAGS, USAGE)                                                                      \
    {                                                                                                                  \
        .name = NAME, .flags = FLAGS, .arguments_min = 2, .arguments_max = 2, .signature = SIGNATURE,                  \
        .buffer = regression_buffer, .init = regression_init, .update = regression_update, .merge = regression_merge,  \
        .evaluate = regression_evaluate, .group = "agg_funcs", .usage = USAGE                                          \
    }
#define DOUBLES "double,double->double"

const WeirAggregateFunction weir_aggregates_regression[] = {
    REGRESSION("regr_count", "double,double->long", WEIR_AGGREGATE_COUNT_DEFAULT,
               "regr_count(y, x): how many pairs have no null."),
    REGRESSION("regr_avgx", DOUBLES, 0, "regr_avgx(y, x): the mean of x."),
    REGRESSION("regr_avgy", DOUBLES, 0, "regr_avgy(y, x): the mean of y."),
    REGRESSION("regr_sxx", DOUBLES, 0, "regr_sxx(y, x): the sum of squares of x around its mean."),
    REGRESSION("regr_syy", DOUBLES, 0, "regr_syy(y, x): the sum of squares of y around its mean."),
    REGRESSION("regr_sxy", DOUBLES, 0, "regr_sxy(y, x): the sum of products around the means."),
    REGRESSION("regr_r2", DOUBLES, 0, "regr_r2(y, x): the coefficient of determination."),
    REGRESSION("regr_slope", DOUBLES, 0, "regr_slope(y, x): the slope of the fitted line."),
    REGRESSION("regr_intercept", DOUBLES, 0, "regr_intercept(y, x): where the fitted line meets x = 0."),
    {0},
};
