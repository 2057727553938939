/* stddev, variance, skewness, kurtosis, corr and covar: running central moments in doubles, merged by Chan's formulas
 * in Spark's order of operations. */
#include <math.h>

#include "expr/aggregates/aggregate_private.h"

typedef enum Moment {
    STDDEV_POP,
    STDDEV_SAMP,
    VAR_POP,
    VAR_SAMP,
    SKEWNESS,
    KURTOSIS,
    COVAR_POP,
    COVAR_SAMP,
    CORR
} Moment;

static Moment moment_of(const WeirAggregateCall *call)
{
    static const char *const names[] = {"stddev_pop", "stddev_samp", "var_pop",    "var_samp", "skewness",
                                        "kurtosis",   "covar_pop",   "covar_samp", "corr"};
    for (int i = 0; i < 9; i++)
        if (strcmp(call->expression->aggregate->name, names[i]) == 0)
            return (Moment)i;
    return STDDEV_SAMP;
}

static uint32_t buffer_of(WeirField *fields, const char *const *names)
{
    uint32_t count = 0;
    for (; names[count] != NULL; count++)
        fields[count] = weir_buffer_field(names[count], &weir_type_double, false);
    return count;
}

static uint32_t central_buffer(const WeirExpression *expression, WeirArena *arena,
                               WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)arena;
    static const char *const names[] = {"n", "avg", "m2", "m3", "m4", NULL};
    uint32_t count = buffer_of(fields, names);
    char kind = expression->aggregate->name[0];
    return kind == 'k' ? count : strcmp(expression->aggregate->name, "skewness") == 0 ? 4 : 3;
}

static uint32_t pair_buffer(const WeirExpression *expression, WeirArena *arena,
                            WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)arena;
    static const char *const names[] = {"n", "xAvg", "yAvg", "ck", "xMk", "yMk", NULL};
    uint32_t count = buffer_of(fields, names);
    return strcmp(expression->aggregate->name, "corr") == 0 ? count : 4;
}

static void zero_init(const WeirAggregateCall *call, uint8_t *row)
{
    (void)call;
    (void)row; /* all doubles begin as 0.0: the row is zeroed */
}

static double *slots_of(const WeirAggregateCall *call, uint8_t *row)
{
    return (double *)(void *)weir_slot(row, &call->slots, 0);
}
static const double *slots_in(const WeirAggregateCall *call, const uint8_t *row)
{
    return (const double *)(const void *)weir_slot_const(row, &call->slots, 0);
}

static void add_value(double *s, int order, double x)
{
    double n = s[0] + 1.0, delta = x - s[1], delta_n = delta / n;
    double m2 = s[2] + delta * (delta - delta_n), m3 = 0;
    if (order >= 3) {
        double delta2 = delta * delta, delta_n2 = delta_n * delta_n;
        m3 = s[3] - 3.0 * delta_n * m2 + delta * (delta2 - delta_n2);
        if (order >= 4)
            s[4] = s[4] - 4.0 * delta_n * m3 - 6.0 * delta_n2 * m2 + delta * (delta * delta2 - delta_n * delta_n2);
        s[3] = m3;
    }
    s[0] = n;
    s[1] += delta_n;
    s[2] = m2;
}

static int order_of(Moment moment)
{
    return moment == KURTOSIS ? 4 : moment == SKEWNESS ? 3 : 2;
}

static WeirStatus central_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                 const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *x;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &x, error));
    WeirArgument a = weir_argument(x);
    int order = order_of(moment_of(call));
    WEIR_FOR_UPDATES(k, row)
    if (!weir_argument_is_null(&a, row))
        add_value(slots_of(call, rows[k]), order, WEIR_ARGUMENT_VALUE(double, a, row));
    return WEIR_OK;
}

static WeirStatus central_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                                uint32_t count, WeirError *error)
{
    (void)error;
    int order = order_of(moment_of(call));
    for (uint32_t k = 0; k < count; k++) {
        double *l = slots_of(call, targets[k]);
        const double *r = slots_in(call, sources[k]);
        double n1 = l[0], n2 = r[0], n = n1 + n2, delta = r[1] - l[1], delta_n = n == 0.0 ? 0.0 : delta / n;
        if (order >= 4)
            l[4] = l[4] + r[4] + delta_n * delta_n * delta_n * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
                   6.0 * delta_n * delta_n * (n1 * n1 * r[2] + n2 * n2 * l[2]) +
                   4.0 * delta_n * (n1 * r[3] - n2 * l[3]);
        if (order >= 3)
            l[3] =
                l[3] + r[3] + delta_n * delta_n * delta * n1 * n2 * (n1 - n2) + 3.0 * delta_n * (n1 * r[2] - n2 * l[2]);
        l[2] = l[2] + r[2] + delta * delta_n * n1 * n2;
        l[1] = l[1] + delta_n * n2;
        l[0] = n;
    }
    return WEIR_OK;
}

static WeirStatus pair_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                              const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage[2];
    const WeirVector *x, *y;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage[0], &x, error));
    WEIR_TRY(weir_aggregate_flatten(call, arguments[1], &storage[1], &y, error));
    WeirArgument a = weir_argument(x), b = weir_argument(y);
    bool corr = moment_of(call) == CORR;
    WEIR_FOR_UPDATES(k, row)
    {
        if (weir_argument_is_null(&a, row) || weir_argument_is_null(&b, row))
            continue;
        double *s = slots_of(call, rows[k]), vx = WEIR_ARGUMENT_VALUE(double, a, row),
               vy = WEIR_ARGUMENT_VALUE(double, b, row);
        double n = s[0] + 1.0, dx = vx - s[1], dy = vy - s[2], x_average = s[1] + dx / n, y_average = s[2] + dy / n;
        s[3] += dx * (vy - y_average);
        if (corr) {
            s[4] += dx * (vx - x_average);
            s[5] += dy * (vy - y_average);
        }
        s[0] = n;
        s[1] = x_average;
        s[2] = y_average;
    }
    return WEIR_OK;
}

static WeirStatus pair_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                             uint32_t count, WeirError *error)
{
    (void)error;
    bool corr = moment_of(call) == CORR;
    for (uint32_t k = 0; k < count; k++) {
        double *l = slots_of(call, targets[k]);
        const double *r = slots_in(call, sources[k]);
        double n1 = l[0], n2 = r[0], n = n1 + n2, dx = r[1] - l[1], dy = r[2] - l[2];
        double dx_n = n == 0.0 ? 0.0 : dx / n, dy_n = n == 0.0 ? 0.0 : dy / n;
        l[3] = l[3] + r[3] + dx * dy_n * n1 * n2;
        if (corr) {
            l[4] = l[4] + r[4] + dx * dx_n * n1 * n2;
            l[5] = l[5] + r[5] + dy * dy_n * n1 * n2;
        }
        l[1] += dx_n * n2;
        l[2] += dy_n * n2;
        l[0] = n;
    }
    return WEIR_OK;
}

static bool value_of(Moment moment, const double *s, double *value)
{
    double n = s[0];
    if (n == 0.0)
        return false;
    switch (moment) {
    case STDDEV_POP:
        *value = sqrt(s[2] / n);
        return true;
    case STDDEV_SAMP:
        *value = sqrt(s[2] / (n - 1.0));
        return n != 1.0;
    case VAR_POP:
        *value = s[2] / n;
        return true;
    case VAR_SAMP:
        *value = s[2] / (n - 1.0);
        return n != 1.0;
    case SKEWNESS:
        *value = sqrt(n) * s[3] / sqrt(s[2] * s[2] * s[2]);
        return s[2] != 0.0;
    case KURTOSIS:
        *value = n * s[4] / (s[2] * s[2]) - 3.0;
        return s[2] != 0.0;
    case COVAR_POP:
        *value = s[3] / n;
        return true;
    case COVAR_SAMP:
        *value = s[3] / (n - 1.0);
        return n != 1.0;
    case CORR:
        *value = s[3] / sqrt(s[4] * s[5]);
        return n != 1.0;
    }
    return false;
}

static WeirStatus divided_by_zero(const WeirAggregateCall *call, WeirError *error)
{
    WeirStatus status = weir_error_set(error, WEIR_ERROR_DIVIDE_BY_ZERO, "config", "\"spark.sql.ansi.enabled\"");
    weir_error_locate(error, call->expression->sql, call->expression->origin);
    return status;
}

static WeirStatus moment_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                  WeirVector *result, WeirArena *arena, WeirError *error)
{
    Moment moment = moment_of(call);
    for (uint32_t k = 0; k < count; k++) {
        double value = 0;
        const double *s = slots_in(call, rows[k]);
        if (moment == CORR && s[0] > 1.0 && s[4] * s[5] == 0) { /* one side does not vary */
            if (call->context->ansi)
                return divided_by_zero(call, error);
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
            continue;
        }
        if (!value_of(moment, slots_in(call, rows[k]), &value)) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
        }
        ((double *)result->values)[k] = value;
    }
    return WEIR_OK;
}

#define CENTRAL(NAME, ALIASES, USAGE)                                                                                  \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .arguments_min = 1, .arguments_max = 1, .signature = "double->double",       \
        .buffer = central_buffer, .init = zero_init, .update = central_update, .merge = central_merge,                 \
        .evaluate = moment_evaluate, .group = "agg_funcs", .usage = USAGE                                              \
    }
#define PAIR(NAME, USAGE)                                                                                              \
    {                                                                                                                  \
        .name = NAME, .arguments_min = 2, .arguments_max = 2, .signature = "double,double->double",                    \
        .buffer = pair_buffer, .init = zero_init, .update = pair_update, .merge = pair_merge,                          \
        .evaluate = moment_evaluate, .group = "agg_funcs", .usage = USAGE                                              \
    }

const WeirAggregateFunction weir_aggregates_moments[] = {
    CENTRAL("stddev_samp", WEIR_ALIASES("stddev", "std"), "stddev_samp(a): the sample's standard deviation."),
    CENTRAL("stddev_pop", NULL, "stddev_pop(a): the population's standard deviation."),
    CENTRAL("var_samp", WEIR_ALIASES("variance"), "var_samp(a): the sample's variance."),
    CENTRAL("var_pop", NULL, "var_pop(a): the population's variance."),
    CENTRAL("skewness", NULL, "skewness(a): the third moment."),
    CENTRAL("kurtosis", NULL, "kurtosis(a): the fourth moment less 3."),
    PAIR("covar_pop", "covar_pop(a, b): the population's covariance."),
    PAIR("covar_samp", "covar_samp(a, b): the sample's covariance."),
    PAIR("corr", "corr(a, b): Pearson's correlation."),
    {0},
};
