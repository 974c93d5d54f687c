/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * folder - a directory of a test's own, and files in it.
 */
#include "common/base/check.h"
#include "common/base/str.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

struct folder {
    char path[64];
};

static inline void
folder_init(struct folder *f)
{
    snprintf(f->path, sizeof(f->path), "/tmp/lookup-test-XXXXXX");
    CHECK(mkdtemp(f->path) != NULL);
}

static inline int
folder_remove_one(const char *path, const struct stat *st, int type,
                  struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static inline void
folder_fini(struct folder *f)
{
    CHECK(nftw(f->path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

/* A heap path of a file with this content; free() it. */
static inline char *
folder_file(const struct folder *f, const char *name, struct str content)
{
    char *path;
    FILE *file;

    CHECK(asprintf(&path, "%s/%s", f->path, name) > 0);
    file = fopen(path, "w");
    CHECK(file != NULL);
    CHECK(fwrite(content.p, 1, content.len, file) == content.len);
    CHECK(fclose(file) == 0);
    return path;
}

/* For cmocka's groups: *state is a folder of theirs. */
static inline int
folder_set_up(void **state)
{
    static struct folder f;

    folder_init(&f);
    *state = &f;
    return 0;
}

static inline int
folder_tear_down(void **state)
{
    folder_fini(*state);
    return 0;
}
