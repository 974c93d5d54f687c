/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink - where the rows of a run go. They are packed by many threads, each
 * into its chunk, and taken by one, in the order of the input.
 */
#include "batchgen/chunk.h"
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/record.h"

#include <stdbool.h>
#include <stddef.h>

struct sink;

/* Rows of one chunk that were scored together. */
struct sink_rows {
    size_t n;
    size_t nfeature;
    size_t noutput;                 /* 0: nothing was scored */
    size_t nitem;                   /* 0: nothing was ranked */
    const float *x;                 /* n x nfeature */
    const float *y;                 /* n x noutput */
    const struct record_item *item; /* n x nitem */
    struct sink_row {
        struct str id;   /* empty when there are no ids */
        struct str line; /* as it was read, without its end */
        bool bad;        /* rejected, but to be there: x is all missing */
        struct str item; /* its id, of a candidate */
    } * row;
};

struct sink_ops {
    const char *name; /* "keep", "file" */
    /* Append the rows to c->rows. Any thread; a full buf is seen later. */
    void (*pack)(const struct sink *s, struct chunk *c,
                 const struct sink_rows *rows);
    /* Take what was packed. One thread; sources follow each other whole. */
    enum rc (*take)(struct sink *s, struct chunk *c, struct err *e);
};

/* First member of every sink's own struct. */
struct sink {
    const struct sink_ops *ops;
};
