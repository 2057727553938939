/* One JSON record to the values of wanted fields, for the JSON format and from_json. The layout of the last record is
 * remembered as literal bytes between its values, so that records written by one program cost a comparison for each
 * name; anything else takes the general path. */
#ifndef WEIR_FORMATS_JSON_RECORD_H
#define WEIR_FORMATS_JSON_RECORD_H

#include "formats/json_convert.h"

#define WEIR_JSON_LAYOUT_MEMBERS 64u
#define WEIR_JSON_LITERAL_BYTES 62

/* What stood between two values of the last record, and the field of the value behind it (-1: none). */
typedef struct WeirJsonLayoutMember {
    uint8_t length;
    char literal[WEIR_JSON_LITERAL_BYTES + 1];
    int32_t field;
} WeirJsonLayoutMember;

typedef struct WeirJsonRecord {
    const WeirJsonRules *rules;
    const WeirSchema *schema; /* the wanted fields */
    int32_t corrupt_field;    /* among them: filled with the record's text where it is malformed; -1: none */
    WeirJsonToken *values;    /* by field; start NULL: absent */
    uint32_t *name_lengths;
    bool *is_string; /* by field */
    bool spoiled;    /* a value that did not fit stood under a name that another value of the record has too */
    WeirBuffer scratch;
    WeirJsonLayoutMember layout[WEIR_JSON_LAYOUT_MEMBERS];
    uint32_t layout_count;
} WeirJsonRecord;

/* Everything given must outlive the record. */
void weir_json_record_init(WeirJsonRecord *record, const WeirJsonRules *rules, const WeirSchema *schema,
                           int32_t corrupt_field, WeirArena *arena, WeirMemoryTracker *tracker);
void weir_json_record_deinit(WeirJsonRecord *record);
/* Finds the fields' values in the object at `at`. Behind the object, or NULL where it is malformed. */
const uint8_t *weir_json_record_scan(WeirJsonRecord *record, const WeirJsonText *text, const uint8_t *at);
/* Whether all values fit their types, without appending them. */
bool weir_json_record_fits(WeirJsonRecord *record, const WeirJsonText *text);
/* Appends the values, one to the builder of each field but the corrupt one's. False: not all fitted, nulls stand for
 * those. */
bool weir_json_record_append(WeirJsonRecord *record, const WeirJsonText *text, WeirVectorBuilder *const *fields);

#endif
