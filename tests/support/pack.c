/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack - standard input to standard output as zstd, in frames of 100,000
 * bytes. Debian's Python has no zstd.
 */
#include <stdio.h>
#include <zstd.h>

#define FRAME 100000

int
main(void)
{
    static char plain[FRAME], packed[2 * FRAME];
    size_t n;

    while ((n = fread(plain, 1, FRAME, stdin)) > 0) {
        size_t len = ZSTD_compress(packed, sizeof(packed), plain, n, 3);

        if (ZSTD_isError(len) || fwrite(packed, 1, len, stdout) != len) {
            fprintf(stderr, "pack: failed\n");
            return 1;
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
