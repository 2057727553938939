#include "columnar/data_type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_equality_ignores_nullability_and_metadata(void **state)
{
    (void)state;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirField fields_a[] = {{"a", &weir_type_int, true, NULL}, {"b", &weir_type_string, false, "{\"x\":1}"}};
    WeirField fields_b[] = {{"a", &weir_type_int, false, "{}"}, {"b", &weir_type_string, false, "{}"}};
    const WeirDataType *a = weir_type_struct(&arena, fields_a, 2);
    const WeirDataType *b = weir_type_struct(&arena, fields_b, 2);
    assert_string_equal(a->fields[0].metadata, "{}");
    assert_true(weir_type_equal(a, b));
    assert_false(weir_type_equal_strict(a, b));
    fields_b[0].name = "A";
    assert_false(weir_type_equal(a, weir_type_struct(&arena, fields_b, 2)));
    const WeirDataType *list = weir_type_array(&arena, weir_type_decimal(&arena, 10, 2), true);
    assert_true(weir_type_equal(list, weir_type_array(&arena, weir_type_decimal(&arena, 10, 2), false)));
    assert_false(weir_type_equal(list, weir_type_array(&arena, weir_type_decimal(&arena, 10, 3), true)));
    assert_false(weir_type_equal(weir_type_interval(&arena, WEIR_INTERVAL_DAY, WEIR_INTERVAL_HOUR),
                                 &weir_type_day_time_interval));
    const WeirDataType *copy = weir_type_copy(&arena, a);
    assert_true(weir_type_equal_strict(a, copy));
    assert_ptr_not_equal(a->fields[1].name, copy->fields[1].name);
    assert_string_equal(copy->fields[1].metadata, "{\"x\":1}");
    weir_arena_deinit(&arena);
}

static void test_properties(void **state)
{
    (void)state;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    const WeirDataType *narrow = weir_type_decimal(&arena, 18, 2);
    const WeirDataType *wide = weir_type_decimal(&arena, 19, 2);
    assert_int_equal(weir_type_physical(narrow), WEIR_PHYSICAL_INT64);
    assert_int_equal(weir_type_physical(wide), WEIR_PHYSICAL_INT128);
    assert_int_equal(weir_physical_size(WEIR_PHYSICAL_INT128), 16);
    assert_int_equal(weir_physical_size(WEIR_PHYSICAL_VIEW), sizeof(void *) * 2);
    assert_true(weir_type_is_numeric(wide) && weir_type_is_numeric(&weir_type_byte));
    assert_false(weir_type_is_numeric(&weir_type_boolean) || weir_type_is_numeric(&weir_type_date));
    assert_false(weir_type_is_integral(wide));
    const WeirDataType *map = weir_type_map(&arena, &weir_type_string, wide, false);
    assert_false(weir_type_is_orderable(map) || weir_type_is_orderable(weir_type_array(&arena, map, true)));
    assert_false(weir_type_is_orderable(&weir_type_calendar_interval));
    assert_true(weir_type_is_orderable(weir_type_array(&arena, &weir_type_day_time_interval, true)));
    const WeirDataType *nullable = weir_type_as_nullable(&arena, map);
    assert_true(nullable->contains_null && nullable->fields[1].nullable && !nullable->fields[0].nullable);
    WeirField field = {"Key", &weir_type_int, true, NULL};
    const WeirSchema *schema = weir_type_struct(&arena, &field, 1);
    assert_int_equal(weir_schema_find(schema, "key", false), 0);
    assert_int_equal(weir_schema_find(schema, "key", true), -1);
    weir_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equality_ignores_nullability_and_metadata),
        cmocka_unit_test(test_properties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
