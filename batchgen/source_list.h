/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source_list - all inputs of a run: files, directories, patterns, SageMaker
 * manifests, standard input.
 */
#include "batchgen/source.h"

struct source_list {
    struct source *item;
    size_t n;
    uint64_t size;      /* of all, 0 if that of any is not known */
    uint64_t oldest_us; /* least mtime */
};

/*
 * Expand directories (their regular files, hidden ones apart), patterns and
 * manifests, sort by the bytes of the paths and peek into all. RC_IO: cannot
 * be read; RC_REFUSED: see source_peek. source_list_fini in any case.
 */
MUST_USE enum rc source_list_init(struct source_list *list, char *const *path,
                                  size_t n, bool lines, struct err *e);
void source_list_fini(struct source_list *list);

/* Is the file at this path, if there is one, among the inputs? */
bool source_list_has(const struct source_list *list, const char *path);
