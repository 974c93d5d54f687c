/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pages - larger pages under memory that is read at random, so that less time
 * goes into finding out where it lies: a miss of the TLB costs most in a
 * virtual machine. See madvise(2), MADV_COLLAPSE.
 */
#include <stdbool.h>
#include <stddef.h>

/*
 * Do so for some megabytes more of a block that is written whole; others may
 * read it meanwhile. *done is how far it is, 0 at first. True: no more is to be
 * done, or the system does not do it. Blocks for a few milliseconds.
 */
bool pages_enlarge(const void *block, size_t n, size_t *done);
