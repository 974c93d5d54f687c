/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

#define LARGE ((uintptr_t)2 << 20)
#define STEP  (2 * LARGE) /* at a time */

#ifndef MADV_COLLAPSE /* Linux 6.1 */
#define MADV_COLLAPSE 25
#endif

bool
pages_enlarge(const void *block, size_t n, size_t *done)
{
    uintptr_t begin = (uintptr_t)block;
    uintptr_t at = (begin + LARGE - 1) / LARGE * LARGE + *done;
    uintptr_t end = (begin + n) / LARGE * LARGE;

    if (at >= end) {
        return true;
    }
    size_t step = end - at < STEP ? end - at : STEP;

    *done += step;
    return madvise((void *)at, step, MADV_HUGEPAGE) != 0 ||
           madvise((void *)at, step, MADV_COLLAPSE) != 0;
}
