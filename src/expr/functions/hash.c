/* hash, xxhash64, checksums, digests (libcrypto, opened when first needed). */
#include <dlfcn.h>
#include <pthread.h>

#include "common/hash.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"

static WeirStatus resolve_hash(WeirFunctionCall *call, WeirError *error)
{
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (call->arguments[i]->type->id == WEIR_TYPE_MAP)
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_HASH_MAP_TYPE, "sqlExpr", weir_call_sql(call),
                                  "functionName", weir_arena_printf(call->arena, "`%s`", call->name));
    call->result_type = call->name[0] == 'x' ? &weir_type_long : &weir_type_int;
    call->nullable = false;
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(hash_kernel)
{
    (void)error;
    uint32_t *hashes = weir_arena_alloc(call->arena, sizeof(*hashes) * ((size_t)call->count + 1));
    for (uint32_t k = 0; k < call->count; k++)
        hashes[k] = 42;
    for (uint32_t i = 0; i < call->expression->child_count; i++)
        weir_vector_murmur3(arguments[i], call->selection, call->count, hashes);
    for (uint32_t k = 0; k < call->count; k++)
        ((int32_t *)result->values)[call->selection == NULL ? k : call->selection[k]] = (int32_t)hashes[k];
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(xxhash64_kernel)
{
    (void)error;
    WEIR_FOR_ROWS(call, row)
    {
        uint64_t hash = 42;
        for (uint32_t i = 0; i < call->expression->child_count; i++)
            hash = weir_vector_xxhash64_row(arguments[i], row, hash);
        ((int64_t *)result->values)[row] = (int64_t)hash;
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(crc32_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        ((int64_t *)result->values)[row] = (int64_t)weir_crc32(0, text, text_length);
    }
    return WEIR_OK;
}

/* ---- digests */

typedef unsigned char *(*Digest)(const unsigned char *data, size_t length, unsigned char *out);
static struct {
    Digest md5, sha1, sha224, sha256, sha384, sha512;
} crypto;
static pthread_once_t crypto_once = PTHREAD_ONCE_INIT;

static void load_crypto(void)
{
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    static const char *const names[] = {"MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
    Digest *targets[] = {&crypto.md5, &crypto.sha1, &crypto.sha224, &crypto.sha256, &crypto.sha384, &crypto.sha512};
    for (int i = 0; i < 6; i++) {
        void *symbol = dlsym(library, names[i]);
        memcpy(targets[i], &symbol, sizeof(symbol));
    }
}

static WeirStatus digest_text(WeirKernelCall *call, Digest digest, uint32_t size, const uint8_t *text, uint32_t length,
                              WeirTextHeap *heap, WeirStringView *out, WeirError *error)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[64];
    if (digest == NULL)
        return weir_row_error(
            call, weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "libcrypto.so.3 is not installed"), error);
    digest(text, length, bytes);
    WEIR_TRY(weir_text_heap_reserve(heap, (size_t)size * 2, error));
    for (uint32_t i = 0; i < size; i++) {
        heap->next[2 * i] = (uint8_t)digits[bytes[i] >> 4];
        heap->next[2 * i + 1] = (uint8_t)digits[bytes[i] & 15];
    }
    *out = weir_text_heap_commit(heap, size * 2);
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(md5_kernel)
{
    pthread_once(&crypto_once, load_crypto);
    bool sha1 = call->expression->function->name[0] == 's';
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TRY(digest_text(call, sha1 ? crypto.sha1 : crypto.md5, sha1 ? 20 : 16, text, text_length, &heap,
                             &((WeirStringView *)result->values)[row], error));
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(sha2_kernel)
{
    pthread_once(&crypto_once, load_crypto);
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        int32_t bits = WEIR_ARGUMENT_VALUE(int32_t, y, row);
        Digest digest = bits == 224                ? crypto.sha224
                        : bits == 256 || bits == 0 ? crypto.sha256
                        : bits == 384              ? crypto.sha384
                                                   : crypto.sha512;
        if (bits != 0 && bits != 224 && bits != 256 && bits != 384 && bits != 512) {
            weir_result_set_null(call, result, row);
            continue;
        }
        WEIR_TRY(digest_text(call, digest, bits == 0 ? 32 : (uint32_t)bits / 8, text, text_length, &heap,
                             &((WeirStringView *)result->values)[row], error));
    }
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define HASH(NAME, ALIASES, FLAGS, MIN, MAX, SIGNATURE, KERNEL, USAGE)                                                 \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX,                  \
        .signature = SIGNATURE, .kernel = KERNEL, .group = "hash_funcs", .usage = USAGE                                \
    }

const WeirFunction weir_functions_hash[] = {
    {.name = "hash",
     .flags = WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 1,
     .arguments_max = -1,
     .resolve = resolve_hash,
     .kernel = hash_kernel,
     .group = "hash_funcs",
     .usage = "hash(a, …): Murmur3 of the values."},
    {.name = "xxhash64",
     .flags = WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 1,
     .arguments_max = -1,
     .resolve = resolve_hash,
     .kernel = xxhash64_kernel,
     .group = "hash_funcs",
     .usage = "xxhash64(a, …): XXH64 of the values."},
    HASH("crc32", NULL, NP, 1, 1, "binary->long", crc32_kernel, "crc32(binary): its checksum."),
    HASH("md5", NULL, NP, 1, 1, "binary->string", md5_kernel, "md5(binary): its digest in hex."),
    HASH("sha1", WEIR_ALIASES("sha"), NP, 1, 1, "binary->string", md5_kernel, "sha1(binary): its digest in hex."),
    HASH("sha2", NULL, NP | WEIR_FUNCTION_NULLABLE, 2, 2, "binary,int->string", sha2_kernel,
         "sha2(binary, bits): its SHA-2 digest in hex."),
    {0},
};
