/* Trackers, arenas and buffers. */
#include "common/memory.h"

#include <pthread.h>
#include <string.h>

#include "support/test.h"

static void reserving_walks_to_the_root(void **state)
{
    (void)state;
    WeirMemoryTracker root, query, operator;
    weir_memory_tracker_init(&root, NULL, "the session", 1000);
    weir_memory_tracker_init(&query, &root, "query counts", 0);
    weir_memory_tracker_init(&operator, & query, "hash aggregate", 600);
    WeirError error;
    assert_ok(weir_memory_reserve(&operator, 500, &error), error);
    assert_int_equal(root.used_bytes, 500);
    assert_condition(weir_memory_reserve(&operator, 200, &error), error, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_non_null(strstr(error.message, "hash aggregate"));
    assert_non_null(strstr(error.message, "500"));
    assert_string_equal(error.sqlstate, "53200");
    assert_ok(weir_memory_reserve(&query, 500, &error), error);
    assert_condition(weir_memory_reserve(&operator, 1, &error), error, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_non_null(strstr(error.message, "the session"));
    assert_int_equal(operator.used_bytes, 500); /* nothing stays of a refused request */
    assert_int_equal(query.used_bytes, 1000);
    weir_memory_release(&query, 500);
    assert_int_equal(root.peak_bytes, 1000);
    weir_memory_tracker_deinit(&operator);
    assert_int_equal(root.used_bytes, 0);
    assert_int_equal(query.used_bytes, 0);
    assert_condition(weir_memory_reserve(&query, INT64_MAX, &error), error, "UNABLE_TO_ACQUIRE_MEMORY");
}

static void *reserve_and_release(void *context)
{
    for (int i = 0; i < 10000; i++) {
        if (weir_memory_reserve(context, 10, NULL) == WEIR_OK)
            weir_memory_release(context, 10);
    }
    return NULL;
}

static void a_tracker_is_thread_safe(void **state)
{
    (void)state;
    WeirMemoryTracker root, child;
    weir_memory_tracker_init(&root, NULL, "root", 25);
    weir_memory_tracker_init(&child, &root, "child", 0);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, reserve_and_release, &child);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(root.used_bytes, 0);
    assert_int_equal(child.used_bytes, 0);
    assert_true(root.peak_bytes <= 25);
}

static void an_arena_aligns_and_keeps_what_it_gave(void **state)
{
    (void)state;
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "arena", 0);
    WeirArena arena;
    weir_arena_init(&arena, &tracker);
    uint8_t *pieces[400];
    size_t sizes[400];
    for (size_t i = 0; i < 400; i++) {
        sizes[i] = i < 300 ? i * 7 % 97 : i * 331 % 70000;
        pieces[i] = weir_arena_alloc(&arena, sizes[i]);
        assert_int_equal((uintptr_t)pieces[i] % (sizes[i] >= 4096 ? 64 : 16), 0);
        memset(pieces[i], (int)(i & 0xFF), sizes[i]);
    }
    for (size_t i = 0; i < 400; i++) {
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(pieces[i][j], i & 0xFF);
    }
    assert_int_equal(tracker.used_bytes, arena.reserved_bytes);
    weir_arena_reset(&arena);
    assert_true(arena.reserved_bytes > 0 && arena.reserved_bytes <= 1024 * 1024);
    int64_t kept = arena.reserved_bytes;
    assert_non_null(weir_arena_alloc(&arena, 100));
    assert_int_equal(arena.reserved_bytes, kept);
    weir_arena_deinit(&arena);
    assert_int_equal(tracker.used_bytes, 0);
}

static void an_arena_remembers_a_refusal(void **state)
{
    (void)state;
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "plans", 16 * 1024);
    WeirArena *arena = weir_arena_new(&tracker);
    WeirError error;
    assert_non_null(weir_arena_alloc(arena, 100));
    assert_ok(weir_arena_check(arena, &error), error);
    void *memory = NULL;
    assert_condition(weir_arena_try_alloc(arena, 1 << 20, &memory, &error), error, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_null(memory);
    assert_ok(weir_arena_check(arena, &error), error);
    for (int i = 0; i < 100; i++)
        memset(weir_arena_alloc(arena, 1000), 1, 1000);
    assert_condition(weir_arena_check(arena, &error), error, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_non_null(strstr(error.message, "plans"));
    weir_arena_reset(arena);
    assert_ok(weir_arena_check(arena, &error), error);
    assert_true(tracker.used_bytes <= 16 * 1024);
    weir_arena_free(arena);
    weir_arena_free(NULL);
    assert_int_equal(tracker.used_bytes, 0);
}

static void an_arena_takes_large_pieces_first(void **state)
{
    (void)state;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirError error;
    void *memory = NULL;
    assert_ok(weir_arena_try_alloc(&arena, 3000000, &memory, &error), error);
    memset(memory, 1, 3000000);
    assert_condition(weir_arena_try_alloc(&arena, SIZE_MAX - 8, &memory, &error), error, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_ok(weir_arena_try_alloc(&arena, 10, &memory, &error), error);
    char *text = weir_arena_printf(&arena, "%s-%0300d", "abc", 7);
    assert_int_equal(strlen(text), 304);
    assert_string_equal(weir_arena_printf(&arena, "%d", 12), "12");
    assert_string_equal(weir_arena_strdup(&arena, "weir"), "weir");
    assert_string_equal(weir_arena_strndup(&arena, "weirdo", 4), "weir");
    int *zeros = WEIR_ARENA_ARRAY(&arena, int, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(zeros[i], 0);
    weir_arena_deinit(&arena);
}

static void a_buffer_grows_to_its_maximum(void **state)
{
    (void)state;
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "text", 0);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 100, &tracker);
    assert_string_equal(weir_buffer_text(&buffer), "");
    for (int i = 0; i < 10; i++)
        weir_buffer_append_text(&buffer, "123456789");
    weir_buffer_append_format(&buffer, "%09d", 42);
    weir_buffer_append_char(&buffer, '!');
    WeirError error;
    assert_ok(weir_buffer_check(&buffer, &error), error);
    assert_int_equal(buffer.length, 100);
    assert_int_equal(strlen(weir_buffer_text(&buffer)), 100);
    weir_buffer_append_char(&buffer, '?');
    assert_condition(weir_buffer_check(&buffer, &error), error, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_int_equal(buffer.length, 100);
    weir_buffer_clear(&buffer);
    weir_buffer_append_format(&buffer, "%0200d", 1);
    assert_true(buffer.failed);
    assert_string_equal(weir_buffer_text(&buffer), "");
    weir_buffer_clear(&buffer);
    assert_true(weir_buffer_reserve(&buffer, 100));
    assert_false(weir_buffer_reserve(&buffer, 101));
    weir_buffer_deinit(&buffer);
    assert_int_equal(tracker.used_bytes, 0);
}

static void a_buffer_obeys_the_tracker(void **state)
{
    (void)state;
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "text", 200);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, &tracker);
    weir_buffer_append(&buffer, NULL, 0);
    for (int i = 0; i < 300; i++)
        weir_buffer_append_char(&buffer, 'x');
    assert_true(buffer.failed);
    assert_int_equal(buffer.length, 127);
    assert_int_equal(strlen(weir_buffer_text(&buffer)), 127);
    weir_buffer_deinit(&buffer);
    assert_int_equal(tracker.used_bytes, 0);
}

static void heap_functions_never_return_null(void **state)
{
    (void)state;
    void *nothing = weir_malloc(0);
    assert_non_null(nothing);
    nothing = weir_realloc(nothing, 0);
    assert_non_null(nothing);
    weir_free(nothing);
    weir_free(NULL);
    void *zeros = weir_calloc(0, 8);
    assert_non_null(zeros);
    weir_free(zeros);
    char *copy = weir_strdup("weir");
    assert_string_equal(copy, "weir");
    weir_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserving_walks_to_the_root),
        cmocka_unit_test(a_tracker_is_thread_safe),
        cmocka_unit_test(an_arena_aligns_and_keeps_what_it_gave),
        cmocka_unit_test(an_arena_remembers_a_refusal),
        cmocka_unit_test(an_arena_takes_large_pieces_first),
        cmocka_unit_test(a_buffer_grows_to_its_maximum),
        cmocka_unit_test(a_buffer_obeys_the_tracker),
        cmocka_unit_test(heap_functions_never_return_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
