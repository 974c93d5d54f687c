/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink_file - a line for each row, into a file for each source. A file is
 * there under its name when it is whole, and not before.
 */
#include "batchgen/rejected.h"
#include "batchgen/sink.h"
#include "batchgen/sink_line.h"

#include <stdint.h>

struct sink_file {
    struct sink sink;
    struct sink_line line;
    const char *folder;
    struct rejected_limit limit; /* of each file */
    const char *rejected_path;   /* named when the limit is passed */

    /* Result. */
    uint64_t nfile;

    /* Private: the file being written. */
    char *path;
    char *part; /* its name until it is whole */
    int fd;
    uint64_t read;
    uint64_t rejected;
};

/* Makes the folder, unless it is there. RC_IO. sink_file_fini in any case. */
MUST_USE enum rc sink_file_init(struct sink_file *s, struct err *e);

/* What is not whole yet is removed. */
void sink_file_fini(struct sink_file *s);

/* "FOLDER/NAME.out" for "some/NAME"; heap, NULL when out of memory. */
char *sink_file_path(const char *folder, const char *source);

/* Is it there? Then what a killed run left of another try is removed. */
bool sink_file_is_whole(const char *folder, const char *source);
