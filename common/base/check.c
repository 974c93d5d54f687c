/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/check.h"

#include <stdio.h>
#include <stdlib.h>

void
check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: check failed: %s\n", file, line, what);
    abort();
}
