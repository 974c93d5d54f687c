/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/crc64.h"

#include <string.h>

#define POLYNOMIAL UINT64_C(0x95ac9329ac4bc9b5)

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "eight bytes are loaded as one number");

void
crc64_init(struct crc64 *c)
{
    for (unsigned b = 0; b < 256; b++) {
        uint64_t sum = b;

        for (int bit = 0; bit < 8; bit++) {
            sum = sum >> 1 ^ ((sum & 1) != 0 ? POLYNOMIAL : 0);
        }
        c->table[0][b] = sum;
    }
    for (unsigned b = 0; b < 256; b++) {
        for (int i = 1; i < 8; i++) {
            uint64_t sum = c->table[i - 1][b];

            c->table[i][b] = sum >> 8 ^ c->table[0][sum & 255];
        }
    }
}

uint64_t
crc64_of(const struct crc64 *c, struct str bytes)
{
    uint64_t sum = 0;

    for (; bytes.len >= 8; bytes.p += 8, bytes.len -= 8) {
        uint64_t eight, next = 0;

        memcpy(&eight, bytes.p, sizeof(eight));
        eight ^= sum;
        for (int i = 0; i < 8; i++) {
            next ^= c->table[7 - i][eight >> 8 * i & 255];
        }
        sum = next;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        sum = sum >> 8 ^ c->table[0][(sum ^ (unsigned char)bytes.p[i]) & 255];
    }
    return sum;
}
