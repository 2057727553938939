/* collate, COLLATE and collation. Texts compare by bytes, as UTF8_BINARY has it; any other collation that Spark knows
 * is refused, since its comparisons, groups and joins would differ. */
#include <strings.h>

#include "expr/function_private.h"
#include "expr/kernels/text_find.h"

/* Languages and their regions that Spark has collations of, as its collations() lists them. */
static const char locales[] =
    " unicode utf8_lcase utf8_binary af am ar ar_sau as az be bg blo bn bo br bs bs_cyrl ca ceb chr cs cy da de de_aut "
    "dsb "
    "dz ee el en en_usa eo es et fa fa_afg ff ff_adlm fi fil fo fr fr_can fy ga gl gu ha haw he he_isr hi hr hsb hu hy "
    "id "
    "id_idn ig is it ja ka kk kk_arab kl km kn ko kok ku ky lb lij lkt ln lo lt lv mk ml mn mr ms mt my nb nb_nor ne "
    "nl nn "
    "no nso om or pa pa_guru pa_guru_ind pl ps pt ro ru sa se si sk sl smn sq sr sr_cyrl sr_cyrl_bih sr_cyrl_mne "
    "sr_cyrl_srb sr_latn sr_latn_bih sr_latn_srb st sv sw ta te th tk tn to tr ug uk ur uz vi wae wo xh yi yo zh "
    "zh_hans "
    "zh_hans_chn zh_hans_sgp zh_hant zh_hant_hkg zh_hant_mac zh_hant_twn zu ";

static void lower(const WeirStringView *name, char *out, size_t size)
{
    size_t length = 0;
    for (; length < name->length && length + 1 < size; length++) {
        char c = (char)weir_view_data(name)[length];
        out[length] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    out[length] = '\0';
}

static bool is_known(char *name)
{
    static const char *const endings[] = {"_rtrim", "_ai", "_as", "_ci", "_cs"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]);) {
        size_t length = strlen(name), size = strlen(endings[i]);
        if (length > size && strcmp(name + length - size, endings[i]) == 0) {
            name[length - size] = '\0';
            i = 1; /* the blanks at the end come last */
        } else {
            i++;
        }
    }
    char padded[72];
    snprintf(padded, sizeof(padded), " %s ", name);
    return strchr(name, ' ') == NULL && strstr(locales, padded) != NULL;
}

/* The name of the collation: system.builtin.x is x. */
static WeirStatus check_name(const WeirStringView *name, WeirError *error)
{
    char text[64], shown[80];
    lower(name, text, sizeof(text));
    snprintf(shown, sizeof(shown), "COLLATE %.*s", (int)(name->length < 60 ? name->length : 60),
             (const char *)weir_view_data(name));
    char *base = strncmp(text, "system.builtin.", 15) == 0 ? text + 15 : text;
    if (strcmp(base, "utf8_binary") == 0)
        return WEIR_OK;
    if (is_known(base))
        return weir_error_set(error, WEIR_ERROR_INVALID_SQL_SYNTAX_UNSUPPORTED_SQL_STATEMENT, "sqlText", shown);
    return weir_error_set(error, WEIR_ERROR_COLLATION_INVALID_NAME, "collationName", shown + strlen("COLLATE "),
                          "proposals", "UTF8_BINARY");
}

static WeirStatus resolve_collate(WeirFunctionCall *call, WeirError *error)
{
    WeirTypeId id = call->arguments[0]->type->id;
    WeirValue *name;
    WEIR_TRY(weir_call_constant(call, 1, &name, error));
    if (name == NULL)
        return weir_error_set(error, WEIR_ERROR_NON_FOLDABLE_ARGUMENT, "funcName", "`collate`", "paramName",
                              "`collationName`", "paramType", "\"STRING\"");
    if (name->type->id != WEIR_TYPE_STRING || weir_value_is_null(name))
        return weir_error_set(error, WEIR_ERROR_UNEXPECTED_INPUT_TYPE, "paramIndex", "first", "functionName",
                              "`collate`", "requiredType", "\"STRING\"", "inputSql",
                              weir_quoted_sql(call->arena, call->arguments[1]), "inputType",
                              weir_quoted_type(call->arena, call->arguments[1]->type));
    WeirStringView view = weir_value_get_view(name);
    WEIR_TRY(check_name(&view, error));
    if (id != WEIR_TYPE_STRING && id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 0, "\"STRING\"", error);
    call->cast_types[0] = &weir_type_string;
    call->result_type = &weir_type_string;
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(collate_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    ((WeirStringView *)result->values)[row] = *weir_argument_view(&x, row);
    return WEIR_OK;
}

static WeirStatus resolve_collation(WeirFunctionCall *call, WeirError *error)
{
    WeirTypeId id = call->arguments[0]->type->id;
    if (id != WEIR_TYPE_STRING && id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 0, "\"STRING\"", error);
    static const char name[] = "SYSTEM.BUILTIN.UTF8_BINARY";
    call->replacement =
        weir_expression_literal(call->arena, weir_value_bytes(call->arena, &weir_type_string, name, sizeof(name) - 1));
    return WEIR_OK;
}

const WeirFunction weir_functions_collation[] = {
    {.name = "collate",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_SHARES,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_collate,
     .kernel = collate_kernel,
     .group = "string_funcs",
     .usage = "collate(text, collation), text COLLATE collation: the text, compared by UTF8_BINARY."},
    {.name = "collation",
     .flags = WEIR_FUNCTION_REPLACED | WEIR_FUNCTION_NEVER_NULL,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_collation,
     .group = "string_funcs",
     .usage = "collation(text): the name of its collation."},
    {0},
};
