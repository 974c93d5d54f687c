/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source - the inputs of a run: files, directories, standard input. All
 * headers are read before anything is begun, so that a bad one costs nothing.
 */
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
    struct buf head;    /* the first bytes read, header included */
    struct str header;  /* view of head: the first record without its end */
    size_t data_offset; /* of the second record in the file */
    uint64_t data_line; /* and its line, from 1 */
    uint64_t size;      /* bytes, 0 for a stream */
    uint64_t mtime_us;  /* a stream: now */
    dev_t device;       /* which file it is, whatever its path */
    ino_t inode;
};

struct source_list {
    struct source *item;
    size_t n;
    uint64_t size;      /* of all, 0 if any is a stream */
    uint64_t oldest_us; /* least mtime */
};

/*
 * Expand directories (their regular files, hidden ones apart), sort by the
 * bytes of the paths and read all headers. RC_IO: cannot be read; RC_REFUSED:
 * empty, no end of the header, or compressed. source_list_fini in any case.
 */
MUST_USE enum rc source_list_init(struct source_list *list, char *const *path,
                                  size_t n, struct err *e);
void source_list_fini(struct source_list *list);

/* Is the file at this path, if there is one, among the inputs? */
bool source_list_has(const struct source_list *list, const char *path);

/* Open at the first record behind the header. */
MUST_USE enum rc source_open(struct source *s, struct err *e);

/*
 * Read up to n bytes behind those read before; *got = 0 at the end, or when
 * the run is to stop. A stream is waited for, but never past a stop.
 */
MUST_USE enum rc source_read(struct source *s, char *p, size_t n, size_t *got,
                             const struct stop *stop, struct err *e);
void source_close(struct source *s);
