/* "Did you mean": names of a scope ordered by edit distance, as Spark's orderSuggestedIdentifiersBySimilarity. */
#include "analyzer/analyzer_private.h"

#define SUGGESTIONS_MAX 5u

static uint32_t edit_distance(WeirArena *arena, const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    uint32_t *row = WEIR_ARENA_ARRAY(arena, uint32_t, b_length + 1);
    for (size_t j = 0; j <= b_length; j++)
        row[j] = (uint32_t)j;
    for (size_t i = 1; i <= a_length; i++) {
        uint32_t diagonal = row[0];
        row[0] = (uint32_t)i;
        for (size_t j = 1; j <= b_length; j++) {
            uint32_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u);
            diagonal = row[j];
            uint32_t best = row[j] + 1u < row[j - 1] + 1u ? row[j] + 1u : row[j - 1] + 1u;
            row[j] = replace < best ? replace : best;
        }
    }
    return row[b_length];
}

static bool same_prefix(const char *const *const *candidates, const uint32_t *counts, uint32_t count, uint32_t dropped)
{
    for (uint32_t i = 1; i < count; i++) {
        uint32_t kept = counts[i] > dropped ? counts[i] - dropped : 0;
        uint32_t first = counts[0] > dropped ? counts[0] - dropped : 0;
        if (kept != first)
            return false;
        for (uint32_t p = 0; p < kept; p++)
            if (strcmp(candidates[i][p], candidates[0][p]) != 0)
                return false;
    }
    return true;
}

const char *weir_suggest(WeirAnalysis *analysis, const char *base, uint32_t base_parts,
                         const char *const *const *candidates, const uint32_t *counts, uint32_t count)
{
    if (count == 0)
        return "";
    /* A qualifier that all candidates share is left out where the name asked for has none. */
    uint32_t keep = UINT32_MAX;
    for (uint32_t dropped = 1; dropped <= 3 && keep == UINT32_MAX; dropped++)
        if (base_parts <= dropped && same_prefix(candidates, counts, count, dropped))
            keep = dropped;
    const char **texts = WEIR_ARENA_ARRAY(analysis->arena, const char *, count);
    uint32_t *distances = WEIR_ARENA_ARRAY(analysis->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t skip = counts[i] > keep ? counts[i] - keep : 0;
        const char *text = weir_name_quoted(analysis, candidates[i] + skip, counts[i] - skip);
        uint32_t distance = edit_distance(analysis->arena, text, base), at = i;
        for (; at > 0 && distances[at - 1] > distance; at--) {
            distances[at] = distances[at - 1];
            texts[at] = texts[at - 1];
        }
        distances[at] = distance;
        texts[at] = text;
    }
    WeirBuffer list;
    weir_buffer_init(&list, 1u << 20, NULL);
    for (uint32_t i = 0; i < count && i < SUGGESTIONS_MAX; i++)
        weir_buffer_append_format(&list, "%s%s", i == 0 ? "" : ", ", texts[i]);
    const char *result = weir_arena_strdup(analysis->arena, weir_buffer_text(&list));
    weir_buffer_deinit(&list);
    return result;
}

/* Spark's AttributeSet gives columns by name, then by id. */
static void sort_attributes(WeirExpression **attributes, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t at = i; at > 0; at--) {
            WeirExpression *a = attributes[at - 1], *b = attributes[at];
            int order = strcmp(a->name, b->name);
            if (order < 0 || (order == 0 && a->id <= b->id))
                break;
            attributes[at - 1] = b;
            attributes[at] = a;
        }
}

static bool needs_quotes(const char *part)
{
    if (*part == '\0' || (*part >= '0' && *part <= '9'))
        return true;
    for (; *part != '\0'; part++)
        if (!((*part >= 'a' && *part <= 'z') || (*part >= 'A' && *part <= 'Z') || (*part >= '0' && *part <= '9') ||
              *part == '_'))
            return true;
    return false;
}

static const char *plain_name(WeirAnalysis *analysis, const WeirExpression *name)
{
    const char *text = "";
    for (uint32_t i = 0; i < name->part_count; i++)
        text = weir_arena_printf(analysis->arena, "%s%s%s", text, i == 0 ? "" : ".",
                                 needs_quotes(name->parts[i]) ? weir_name_quoted(analysis, &name->parts[i], 1)
                                                              : name->parts[i]);
    return text;
}

WeirStatus weir_unresolved_column(WeirExpressionContext *context, const WeirExpression *name, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const char *object = weir_name_quoted(analysis, name->parts, name->part_count);
    const WeirScope *scope = context->scope;
    if (scope == NULL || scope->attribute_count == 0)
        return weir_located(
            analysis, name->origin, error,
            weir_error_set(error, WEIR_ERROR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, "objectName", object));
    WeirExpressionList sorted = {0};
    for (uint32_t i = 0; i < scope->attribute_count; i++)
        weir_list_append(analysis, &sorted, scope->attributes[i]);
    sort_attributes(sorted.items, sorted.count);
    const char *const **candidates = WEIR_ARENA_ARRAY(analysis->arena, const char *const *, sorted.count);
    uint32_t *counts = WEIR_ARENA_ARRAY(analysis->arena, uint32_t, sorted.count);
    for (uint32_t i = 0; i < sorted.count; i++) {
        const WeirExpression *attribute = sorted.items[i];
        const char **parts = WEIR_ARENA_ARRAY(analysis->arena, const char *, attribute->part_count + 1);
        for (uint32_t p = 0; p < attribute->part_count; p++)
            parts[p] = attribute->parts[p];
        parts[attribute->part_count] = attribute->name;
        candidates[i] = parts;
        counts[i] = attribute->part_count + 1;
    }
    const char *proposal =
        weir_suggest(analysis, plain_name(analysis, name), name->part_count, candidates, counts, sorted.count);
    return weir_located(analysis, name->origin, error,
                        weir_error_set(error, WEIR_ERROR_UNRESOLVED_COLUMN_WITH_SUGGESTION, "objectName", object,
                                       "proposal", proposal));
}
