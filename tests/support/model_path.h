/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * model_path - bytes as a file of their own, as a person would leave a model.
 */
#include "common/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MODEL_PATH "/tmp/lookup-model.XXXXXX"

/* path: of MODEL_PATH, which is filled in. unlink() it. */
static inline void
model_path_write(char *path, const void *bytes, size_t len)
{
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

    CHECK(f != NULL && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}
