/* Window functions over one sorted partition: ranks, neighbours, and aggregate functions over frames. */
#include "operators/window/window_private.h"

/* ---- ranks and neighbours ---- */

static int64_t int_argument(const WeirWindowFunction *function, const WeirWindowRows *rows, uint32_t argument,
                            int64_t fallback)
{
    if (function->function->child_count <= argument)
        return fallback;
    const WeirVector *flat;
    uint32_t row =
        weir_vector_locate(&rows->rows->columns[function->first_argument + argument], rows->order[rows->start], &flat);
    if (row == WEIR_NULL_INDEX || (flat->validity != NULL && !weir_bit_get(flat->validity, row)))
        return fallback;
    switch (weir_type_physical(flat->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)flat->values)[row];
    default:
        return ((const int64_t *)flat->values)[row];
    }
}

static void append_ntile(int64_t buckets, const WeirWindowRows *rows, WeirVectorBuilder *out)
{
    int64_t count = rows->end - rows->start;
    int64_t size = count / buckets, larger = count % buckets; /* the first `larger` buckets have one row more */
    for (int64_t i = 0; i < count; i++) {
        bool in_larger = i < larger * (size + 1);
        weir_vector_builder_append_int(out,
                                       in_larger ? i / (size + 1) + 1 : larger + (i - larger * (size + 1)) / size + 1);
    }
}

static void append_ranks(const char *name, const WeirWindowRows *rows, WeirVectorBuilder *out)
{
    uint32_t count = rows->end - rows->start;
    int64_t dense = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t first = rows->peer_start[i] - rows->start, last = rows->peer_end[i] - rows->start;
        dense += first == i;
        if (strcmp(name, "row_number") == 0)
            weir_vector_builder_append_int(out, (int64_t)i + 1);
        else if (strcmp(name, "rank") == 0)
            weir_vector_builder_append_int(out, (int64_t)first + 1);
        else if (strcmp(name, "dense_rank") == 0)
            weir_vector_builder_append_int(out, dense);
        else if (strcmp(name, "percent_rank") == 0)
            weir_vector_builder_append_double(out, count > 1 ? (double)first / (double)(count - 1) : 0.0);
        else
            weir_vector_builder_append_double(out, (double)last / (double)count);
    }
}

static void append_at(const WeirWindowFunction *function, const WeirWindowRows *rows, uint32_t argument,
                      uint32_t position, WeirVectorBuilder *out)
{
    weir_vector_builder_append_row(out, &rows->rows->columns[function->first_argument + argument],
                                   rows->order[position]);
}

/* lag and lead: the row `offset` away, else the default computed for the row itself. */
static void append_neighbours(const WeirWindowFunction *function, const WeirWindowRows *rows, WeirVectorBuilder *out)
{
    const WeirVector *values = &rows->rows->columns[function->first_argument];
    int64_t offset = int_argument(function, rows, 1, 1);
    if (strcmp(function->function->function->name, "lag") == 0)
        offset = -offset;
    for (uint32_t position = rows->start; position < rows->end; position++) {
        int64_t at = (int64_t)position + offset;
        if (function->function->ignore_nulls || function->window->ignore_nulls) {
            int64_t step = offset < 0 ? -1 : 1, left = offset < 0 ? -offset : offset;
            at = position;
            while (left > 0) {
                at += step;
                if (at < (int64_t)rows->start || at >= (int64_t)rows->end)
                    break;
                left -= !weir_vector_is_null(values, rows->order[at]);
            }
        }
        if (at >= (int64_t)rows->start && at < (int64_t)rows->end)
            append_at(function, rows, 0, (uint32_t)at, out);
        else if (function->function->child_count > 2)
            append_at(function, rows, 2, position, out);
        else
            weir_vector_builder_append_null(out);
    }
}

static WeirStatus append_nth(const WeirWindowFunction *function, const WeirWindowRows *rows, WeirVectorBuilder *out,
                             WeirError *error)
{
    const WeirVector *values = &rows->rows->columns[function->first_argument];
    int64_t n = int_argument(function, rows, 1, 1);
    bool ignore_nulls = function->function->ignore_nulls || function->window->ignore_nulls;
    for (uint32_t position = rows->start; position < rows->end; position++) {
        uint32_t from, to, at;
        int64_t left = n;
        WEIR_TRY(weir_window_frame(function, rows, position, &from, &to, error));
        for (at = from; at < to; at++) {
            left -= !ignore_nulls || !weir_vector_is_null(values, rows->order[at]);
            if (left == 0)
                break;
        }
        if (at < to)
            append_at(function, rows, 0, at, out);
        else
            weir_vector_builder_append_null(out);
    }
    return WEIR_OK;
}

WeirStatus weir_window_rank(const WeirWindowFunction *function, const WeirWindowRows *rows, WeirVectorBuilder *out,
                            WeirError *error)
{
    const char *name = function->function->function->name;
    if (strcmp(name, "ntile") == 0) {
        int64_t buckets = int_argument(function, rows, 0, 1);
        if (buckets <= 0)
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR,
                                     "The number of buckets of ntile must be greater than 0.");
        append_ntile(buckets, rows, out);
    } else if (strcmp(name, "lag") == 0 || strcmp(name, "lead") == 0) {
        append_neighbours(function, rows, out);
    } else if (strcmp(name, "nth_value") == 0) {
        return append_nth(function, rows, out, error);
    } else {
        append_ranks(name, rows, out);
    }
    return WEIR_OK;
}

/* ---- aggregates over frames ---- */

typedef struct FrameAggregate {
    const WeirWindowFunction *function;
    const WeirWindowRows *rows;
    WeirAggregateCall call;
    WeirArena objects, scratch;
    const WeirVector **arguments;
    uint8_t *row;
    uint32_t *selection; /* of a piece */
    uint8_t **targets;
} FrameAggregate;

#define PIECE 1024u

static void frame_clear(FrameAggregate *frame)
{
    const WeirAggregateFunction *aggregate = frame->call.expression->aggregate;
    if (aggregate->free_object != NULL && frame->row != NULL)
        aggregate->free_object(&frame->call, frame->row);
    weir_arena_reset(&frame->objects);
    frame->row = weir_arena_calloc(&frame->objects, frame->function->row_bytes + 8u);
    aggregate->init(&frame->call, frame->row);
}

static bool filter_passes(const FrameAggregate *frame, uint32_t row)
{
    if (frame->function->filter == UINT32_MAX)
        return true;
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(&frame->rows->rows->columns[frame->function->filter], row, &flat);
    return at != WEIR_NULL_INDEX && (flat->validity == NULL || weir_bit_get(flat->validity, at)) &&
           ((const uint8_t *)flat->values)[at] != 0;
}

static WeirStatus frame_add(FrameAggregate *frame, uint32_t from, uint32_t to, WeirError *error)
{
    while (from < to) {
        uint32_t count = 0;
        for (; from < to && count < PIECE; from++) {
            frame->selection[count] = frame->rows->order[from];
            frame->targets[count] = frame->row;
            count += filter_passes(frame, frame->rows->order[from]);
        }
        if (count > 0)
            WEIR_TRY(frame->call.expression->aggregate->update(&frame->call, frame->arguments, frame->selection, count,
                                                               frame->targets, error));
    }
    return weir_arena_check(&frame->objects, error);
}

static WeirStatus frame_result(FrameAggregate *frame, uint32_t repeat, WeirVectorBuilder *out, WeirError *error)
{
    WeirVector result;
    const uint8_t *row = frame->row;
    WEIR_TRY(weir_vector_init(&result, frame->call.expression->type, 1, &frame->scratch, error));
    result.length = 1;
    WEIR_TRY(frame->call.expression->aggregate->evaluate(&frame->call, &row, 1, &result, &frame->scratch, error));
    for (uint32_t i = 0; i < repeat; i++)
        weir_vector_builder_append_row(out, &result, 0);
    weir_arena_reset(&frame->scratch);
    return WEIR_OK;
}

/* Frames that only grow are added to; others are computed anew where they change, as Spark does. */
static WeirStatus run_frames(FrameAggregate *frame, WeirVectorBuilder *out, WeirError *error)
{
    uint32_t from = 0, to = 0;
    bool first = true;
    for (uint32_t position = frame->rows->start; position < frame->rows->end;) {
        uint32_t next_from, next_to, same = position + 1;
        WEIR_TRY(weir_window_frame(frame->function, frame->rows, position, &next_from, &next_to, error));
        for (; same < frame->rows->end; same++) {
            uint32_t other_from, other_to;
            WEIR_TRY(weir_window_frame(frame->function, frame->rows, same, &other_from, &other_to, error));
            if (other_from != next_from || other_to != next_to)
                break;
        }
        if (first || next_from != from || next_to < to) {
            frame_clear(frame);
            WEIR_TRY(frame_add(frame, next_from, next_to, error));
        } else {
            WEIR_TRY(frame_add(frame, to, next_to, error));
        }
        first = false;
        from = next_from;
        to = next_to;
        WEIR_TRY(frame_result(frame, same - position, out, error));
        position = same;
    }
    return WEIR_OK;
}

WeirStatus weir_window_aggregate(const WeirWindowFunction *function, const WeirWindowRows *rows,
                                 const WeirEvalContext *context, WeirMemoryTracker *tracker, WeirVectorBuilder *out,
                                 WeirError *error)
{
    FrameAggregate frame = {.function = function, .rows = rows};
    weir_arena_init(&frame.objects, tracker);
    weir_arena_init(&frame.scratch, tracker);
    frame.call = (WeirAggregateCall){
        .expression = function->function, .context = context, .slots = function->slots, .arena = &frame.objects};
    frame.selection = weir_malloc(PIECE * sizeof(uint32_t));
    frame.targets = weir_malloc(PIECE * sizeof(uint8_t *));
    frame.arguments = weir_calloc(function->function->child_count + 1, sizeof(WeirVector *));
    for (uint32_t i = 0; i < function->function->child_count; i++)
        frame.arguments[i] = &rows->rows->columns[function->first_argument + i];
    WeirStatus status = run_frames(&frame, out, error);
    if (frame.row != NULL && function->function->aggregate->free_object != NULL)
        function->function->aggregate->free_object(&frame.call, frame.row);
    weir_free(frame.selection);
    weir_free(frame.targets);
    weir_free(frame.arguments);
    weir_arena_deinit(&frame.objects);
    weir_arena_deinit(&frame.scratch);
    return status;
}
