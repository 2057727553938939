/* offsets/N (Spark: OffsetSeqLog): the plan of a batch, durable before it runs. Line 1 the version, line 2 the metadata
 * (may be empty), then one line per source: its offset, or "-" for none yet. Version 2 has "<source id>:<offset>" lines
 * in any order. */
#include "checkpoint/checkpoint_private.h"

#include <stdio.h>

#include "common/json.h"

#define VERSION_MAX 2
#define SOURCES_MAX 65536

static void write_offsets(const WeirOffsetSeq *offsets, WeirBuffer *text)
{
    weir_buffer_append_text(text, "v1\n");
    if (offsets->has_metadata) {
        WeirJsonWriter writer;
        weir_json_writer_init(&writer, text);
        weir_json_begin_object(&writer, NULL);
        weir_json_add_int(&writer, "batchWatermarkMs", offsets->batch_watermark_ms);
        weir_json_add_int(&writer, "batchTimestampMs", offsets->batch_timestamp_ms);
        weir_json_begin_object(&writer, "conf");
        for (uint32_t i = 0; i + 1 < offsets->conf_count; i += 2)
            weir_json_add_string(&writer, offsets->conf[i], offsets->conf[i + 1]);
        weir_json_end_object(&writer);
        weir_json_end_object(&writer);
    }
    for (uint32_t i = 0; i < offsets->offset_count; i++) {
        weir_buffer_append_char(text, '\n');
        weir_buffer_append_text(text, offsets->offsets[i] == NULL ? "-" : offsets->offsets[i]);
    }
}

WeirStatus weir_offset_log_add(WeirMetadataLog *log, int64_t batch_id, const WeirOffsetSeq *offsets, WeirError *error)
{
    WEIR_ASSERT(offsets->conf_count % 2 == 0);
    for (uint32_t i = 0; i < offsets->offset_count; i++) /* A line each: JSON texts have no line ends in them. */
        WEIR_ASSERT(offsets->offsets[i] == NULL || strpbrk(offsets->offsets[i], "\r\n") == NULL);
    WeirBuffer text;
    weir_buffer_init(&text, WEIR_LOG_FILE_BYTES_MAX, NULL);
    write_offsets(offsets, &text);
    WeirStatus status = weir_buffer_check(&text, error);
    if (status == WEIR_OK)
        status = weir_metadata_log_add(log, batch_id, text.data, text.length, error);
    weir_buffer_deinit(&text);
    return status;
}

static WeirStatus read_conf(const WeirJson *conf, const char *path, WeirArena *arena, WeirOffsetSeq *offsets,
                            WeirError *error)
{
    if (conf == NULL)
        return WEIR_OK;
    if (conf->kind != WEIR_JSON_OBJECT)
        return weir_log_malformed(path, "conf is not an object", error);
    const char **texts = weir_arena_alloc(arena, 2 * (conf->child_count + 1) * sizeof *texts);
    uint32_t count = 0;
    for (const WeirJson *member = conf->first; member != NULL; member = member->next) {
        const char *value = weir_json_string(member);
        if (value == NULL)
            return weir_log_malformed(path, "a value of conf is not a string", error);
        texts[count++] = member->key;
        texts[count++] = value;
    }
    offsets->conf = texts;
    offsets->conf_count = count;
    return WEIR_OK;
}

static WeirStatus read_metadata(const char *line, size_t length, const char *path, WeirArena *arena,
                                WeirOffsetSeq *offsets, WeirError *error)
{
    while (length > 0 && (unsigned char)line[0] <= ' ')
        line++, length--;
    if (length == 0)
        return WEIR_OK;
    WeirJson *json;
    WeirStatus status = weir_json_parse(line, length, arena, &json, error);
    if (status == WEIR_ERROR_MALFORMED_JSON || (status == WEIR_OK && json->kind != WEIR_JSON_OBJECT))
        return weir_log_malformed(path, "its metadata is not a JSON object", error);
    WEIR_TRY(status);
    offsets->has_metadata = true;
    const WeirJson *watermark = weir_json_get(json, "batchWatermarkMs"),
                   *timestamp = weir_json_get(json, "batchTimestampMs");
    if ((watermark != NULL && !weir_json_int64(watermark, &offsets->batch_watermark_ms)) ||
        (timestamp != NULL && !weir_json_int64(timestamp, &offsets->batch_timestamp_ms)))
        return weir_log_malformed(path, "a time of its metadata is not an integer", error);
    return read_conf(weir_json_get(json, "conf"), path, arena, offsets, error);
}

static const char *offset_text(WeirArena *arena, const char *line, size_t length)
{
    return length == 1 && line[0] == '-' ? NULL : weir_arena_strndup(arena, line, length);
}

/* Version 2: lines "<source id>:<offset>". Sources have names there only where Spark's source naming is on. */
static WeirStatus place_offset(const char *line, size_t length, const char *path, WeirArena *arena,
                               const char **offsets, bool *present, uint32_t count, WeirError *error)
{
    const char *colon = memchr(line, ':', length);
    if (colon == NULL)
        return weir_log_malformed(path, "an offset of version 2 has no source id", error);
    char *id_text = weir_arena_strndup(arena, line, (size_t)(colon - line));
    int64_t id;
    if (!weir_log_parse_id(id_text, "", &id))
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_NAMED_STREAMING_SOURCE, "path", path, "name",
                              id_text);
    if (id >= count)
        return weir_log_malformed(path, "its source ids have gaps", error);
    offsets[id] = offset_text(arena, colon + 1, length - (size_t)(colon + 1 - line));
    present[id] = true;
    return WEIR_OK;
}

static WeirStatus read_sources(WeirLineReader lines, int32_t version, const char *path, WeirArena *arena,
                               WeirOffsetSeq *offsets, WeirError *error)
{
    const char *line;
    size_t length;
    uint32_t count = 0;
    for (WeirLineReader counting = lines; weir_line_reader_next(&counting, &line, &length);)
        count++;
    if (count > SOURCES_MAX)
        return weir_log_malformed(path, "it has too many sources", error);
    const char **texts = WEIR_ARENA_ARRAY(arena, const char *, count + 1);
    bool *present = WEIR_ARENA_ARRAY(arena, bool, count + 1);
    for (uint32_t i = 0; i < count && weir_line_reader_next(&lines, &line, &length); i++) {
        if (version == 1) {
            texts[i] = offset_text(arena, line, length);
            present[i] = true;
        } else {
            WEIR_TRY(place_offset(line, length, path, arena, texts, present, count, error));
        }
    }
    for (uint32_t i = 0; i < count; i++)
        if (!present[i])
            return weir_log_malformed(path, "its source ids have gaps", error);
    offsets->offsets = texts;
    offsets->offset_count = count;
    return WEIR_OK;
}

WeirStatus weir_offset_seq_parse(const char *text, size_t text_length, const char *path, WeirArena *arena,
                                 WeirOffsetSeq *offsets, WeirError *error)
{
    WeirLineReader lines = weir_line_reader(text, text_length);
    int32_t version;
    WEIR_TRY(weir_log_read_version(&lines, VERSION_MAX, path, &version, error));
    const char *line;
    size_t length;
    if (!weir_line_reader_next(&lines, &line, &length))
        return weir_log_malformed(path, "it ends after its version", error);
    WeirOffsetSeq result = {0};
    WEIR_TRY(read_metadata(line, length, path, arena, &result, error));
    WEIR_TRY(read_sources(lines, version, path, arena, &result, error));
    *offsets = result;
    return WEIR_OK;
}

WeirStatus weir_offset_log_get(WeirMetadataLog *log, int64_t batch_id, WeirArena *arena, WeirOffsetSeq *offsets,
                               bool *found, WeirError *error)
{
    WeirBuffer text;
    weir_buffer_init(&text, WEIR_LOG_FILE_BYTES_MAX, NULL);
    WeirStatus status = weir_metadata_log_get(log, batch_id, &text, found, error);
    if (status == WEIR_OK && *found) {
        char *path = weir_log_id_path(log->directory, batch_id, "");
        status = weir_offset_seq_parse(weir_buffer_text(&text), text.length, path, arena, offsets, error);
        weir_free(path);
    }
    weir_buffer_deinit(&text);
    return status;
}
