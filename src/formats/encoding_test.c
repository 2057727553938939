/* Text in each encoding and back; malformed bytes as Java's decoders take them. */
#include "support/test.h"

#include <string.h>

#include "formats/encoding.h"

static void check_decoded(WeirEncoding encoding, const char *bytes, size_t length, const char *expected)
{
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    weir_encoding_decode(encoding, (const uint8_t *)bytes, length, &out);
    assert_string_equal(weir_buffer_text(&out), expected);
    weir_buffer_deinit(&out);
}

static void text_comes_back_from_every_encoding(void **state)
{
    (void)state;
    static const char text[] = "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\n";
    for (int encoding = WEIR_ENCODING_UTF8; encoding <= WEIR_ENCODING_UTF32; encoding++) {
        WeirBuffer encoded;
        weir_buffer_init(&encoded, 0, NULL);
        weir_encoding_encode((WeirEncoding)encoding, (const uint8_t *)text, strlen(text), true, &encoded);
        check_decoded((WeirEncoding)encoding, encoded.data, encoded.length,
                      encoding == WEIR_ENCODING_ASCII    ? "a???\n"
                      : encoding == WEIR_ENCODING_LATIN1 ? "a\xc3\xa9??\n"
                                                         : text);
        weir_buffer_deinit(&encoded);
    }
}

static void what_is_malformed_is_replaced(void **state)
{
    (void)state;
    check_decoded(WEIR_ENCODING_UTF16BE, "\0a\xd8\0\0b", 6, "a\xef\xbf\xbd\x62");
    check_decoded(WEIR_ENCODING_UTF16LE, "a\0b", 3, "a\xef\xbf\xbd");
    check_decoded(WEIR_ENCODING_UTF32, "\0\x11\0\0\0\0\0a", 8, "\xef\xbf\xbd\x61");
    check_decoded(WEIR_ENCODING_ASCII, "a\xff", 2, "a\xef\xbf\xbd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(text_comes_back_from_every_encoding),
                                       cmocka_unit_test(what_is_malformed_is_replaced)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
