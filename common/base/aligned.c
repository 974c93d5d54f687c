/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/aligned.h"

#include <stdlib.h>
#include <string.h>

void *
aligned_zeroed(size_t n, size_t size)
{
    size_t bytes, rounded;
    void *p;

    if (__builtin_mul_overflow(n, size, &bytes) ||
        __builtin_add_overflow(bytes, ALIGNED_BYTES, &rounded)) {
        return NULL;
    }
    rounded -= rounded % ALIGNED_BYTES;
    p = aligned_alloc(ALIGNED_BYTES, rounded);
    if (p != NULL) {
        memset(p, 0, rounded);
    }
    return p;
}
