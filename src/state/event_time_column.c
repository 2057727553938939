/* Event-time columns: what a store's spec may name. */
#include "state/event_time_column.h"

static bool is_long(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_TIMESTAMP || type->id == WEIR_TYPE_TIMESTAMP_NTZ || type->id == WEIR_TYPE_LONG;
}

WeirEventTimeColumn weir_event_time_column(const WeirStateStoreSpec *spec)
{
    WeirEventTimeColumn column = {.kind = spec->event_time};
    if (column.kind == WEIR_STATE_EVENT_TIME_NONE)
        return column;
    const WeirSchema *schema = weir_event_time_in_value(&column) ? spec->value_schema : spec->key_schema;
    WEIR_ASSERT(spec->event_time_column >= 0 && (uint32_t)spec->event_time_column < schema->field_count);
    column.column = (uint32_t)spec->event_time_column;
    column.column_count = schema->field_count;
    const WeirDataType *type = schema->fields[column.column].type;
    if (column.kind == WEIR_STATE_EVENT_TIME_WINDOW_END || column.kind == WEIR_STATE_EVENT_TIME_VALUE_WINDOW_END)
        WEIR_ASSERT(type->id == WEIR_TYPE_STRUCT && type->field_count == 2 && is_long(type->fields[1].type));
    else
        WEIR_ASSERT(is_long(type));
    return column;
}
