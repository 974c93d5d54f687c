/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * capture - what is printed to a descriptor meanwhile.
 */
#include "common/base/check.h"

#include <stdio.h>
#include <unistd.h>

struct capture {
    int fd, saved;
    FILE *file;
    char text[4096];
};

static inline void
capture_begin(struct capture *c, int fd)
{
    fflush(NULL);
    c->fd = fd;
    c->saved = dup(fd);
    c->file = tmpfile();
    CHECK(c->file != NULL);
    CHECK(dup2(fileno(c->file), fd) >= 0);
}

static inline void
capture_end(struct capture *c)
{
    fflush(NULL);
    CHECK(dup2(c->saved, c->fd) >= 0);
    close(c->saved);
    rewind(c->file);
    c->text[fread(c->text, 1, sizeof(c->text) - 1, c->file)] = '\0';
    fclose(c->file);
}
