/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * aligned - memory for vectors: it begins at a cache line, so that no vector
 * of up to 64 bytes goes over two of them.
 */
#include <stddef.h>

#define ALIGNED_BYTES 64

/*
 * Room for n things of size bytes each, all zero, rounded up to whole lines
 * (n = 0: one as well). Given back with free. NULL: out of memory.
 */
void *aligned_zeroed(size_t n, size_t size);
