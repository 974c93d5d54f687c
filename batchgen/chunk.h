/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * chunk - a piece of input made of whole records, and what becomes of it.
 * It travels reader, scorer, keeper and back to the reader.
 */
#include "batchgen/source.h"
#include "common/base/buf.h"
#include "common/base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunk {
    /* Set by the reader. */
    struct buf data;
    const struct source *source;
    size_t source_index;
    uint64_t seq;    /* place among all chunks of the run */
    uint64_t offset; /* of data in the file */
    uint64_t line;   /* of the first record, from 1 */
    bool quoted;     /* a quote occurs: line ends need not end records */
    bool last;       /* the source ends with it; there may be no data */
    uint64_t read_ns;

    /* Set by the scorer. */
    struct buf rows;    /* for keep_add */
    size_t nrow;        /* in rows */
    uint64_t read;      /* records in data */
    struct buf rejects; /* for rejected_add */
    uint64_t rejected;
    uint64_t skipped; /* not among the users asked for */
    size_t longest_id;
    uint64_t parse_ns, score_ns, pack_ns;
    enum rc rc;
    struct err err;
};

/* NULL when out of memory. */
struct chunk *chunk_create(void);

/* Frees and nulls; NULL is fine. */
void chunk_destroy(struct chunk **c);

/* The state of cutting one source. */
struct cutter {
    struct source *source;
    const struct stop *stop;
    size_t size;      /* bytes read at once: a chunk, roughly */
    struct buf carry; /* read, but behind the last whole record */
    uint64_t offset;
    uint64_t line;
    bool end;
};

/*
 * The source must be open. size may be made smaller before the first chunk:
 * where a row is much work, small chunks keep every scorer busy.
 */
void cutter_init(struct cutter *c, struct source *s, const struct stop *stop);
void cutter_fini(struct cutter *c);

/*
 * Fill chunk->data, source, offset, line and quoted. *any = false: the source
 * is at its end. RC_REFUSED: a record of more than 16 MiB, by its line.
 */
MUST_USE enum rc cutter_next(struct cutter *c, struct chunk *chunk, bool *any,
                             struct err *e);
