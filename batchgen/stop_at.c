/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/stop_at.h"

#include "common/base/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
stop_at(const char *step)
{
    const char *wanted = getenv("LOOKUP_TEST_STOP_AT");

    if (wanted != NULL && strcmp(wanted, step) == 0) {
        fprintf(stderr, "stopped at %s\n", step);
        CHECK(raise(SIGSTOP) == 0);
    }
}
