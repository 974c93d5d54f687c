/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source - one input of a run: a file or standard input, gzip and zstd
 * unpacked on the way. Its first record is read before anything is begun, so
 * that a bad header costs nothing.
 */
#include "batchgen/decode.h"
#include "batchgen/stop.h"
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Longest header, and longest record anywhere. */
#define RECORD_MAX ((size_t)16 << 20)

struct source {
    char *path;         /* "-": standard input */
    int fd;             /* open while it is read; a stream from the start */
    bool stream;        /* cannot be opened twice */
    bool packed;        /* gzip or zstd */
    bool lines;         /* every line is a record: quotes mean nothing */
    bool skip;          /* not to be read in this run */
    struct buf head;    /* the first bytes unpacked, header included */
    struct str header;  /* view of head: the first record without its end */
    size_t data_offset; /* of the second record in the unpacked file */
    uint64_t data_line; /* and its line, from 1 */
    uint64_t size;      /* bytes, 0 for a stream and what is packed */
    uint64_t mtime_us;  /* a stream: now */
    dev_t device;       /* which file it is, whatever its path */
    ino_t inode;

    /* Private. */
    struct decode *decode; /* NULL: not packed */
    struct buf raw;        /* read, but not unpacked yet */
    size_t raw_at;         /* what of it is used up */
    bool raw_end;
};

/* Take the path over. */
void source_init(struct source *s, char *path, bool lines);
void source_fini(struct source *s);

/*
 * Read the first record. RC_IO: cannot be read; RC_REFUSED: no end of the
 * record, or it is CSV and empty.
 */
MUST_USE enum rc source_peek(struct source *s, struct err *e);

/* The first record is no header but data; before source_open. */
void source_no_header(struct source *s);

/* Open at the first record of data. */
MUST_USE enum rc source_open(struct source *s, struct err *e);

/*
 * Read up to n bytes behind those read before; *got = 0 at the end, or when
 * the run is to stop. A stream is waited for, but never past a stop. RC_IO,
 * RC_REFUSED: what is packed is damaged or cut short.
 */
MUST_USE enum rc source_read(struct source *s, char *p, size_t n, size_t *got,
                             const struct stop *stop, struct err *e);
void source_close(struct source *s);
