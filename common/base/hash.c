/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/hash.h"

#include "common/base/check.h"

#include <errno.h>
#include <openssl/sha.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static void
put_hex(const unsigned char *p, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        *out++ = hex[p[i] >> 4];
        *out++ = hex[p[i] & 15];
    }
    *out = '\0';
}

uint64_t
hash_key(struct str s)
{
    return XXH64(s.p, s.len, 0);
}

void
hash_sha256(struct str s, char out[SHA256_HEX])
{
    unsigned char sum[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)s.p, s.len, sum);
    put_hex(sum, sizeof(sum), out);
}

void
hash_random_uid(char out[17])
{
    unsigned char raw[8];
    ssize_t n;

    do {
        n = getrandom(raw, sizeof(raw), 0);
    } while (n < 0 && errno == EINTR);
    CHECK(n == (ssize_t)sizeof(raw));
    put_hex(raw, sizeof(raw), out);
}
