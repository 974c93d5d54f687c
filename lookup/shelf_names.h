/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * shelf_names - what the files on a shelf are called (shelf.h shows it), and
 * what a name found there stands for.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/keyspace.h"

#define SHELF_DIR_SIZE    3072
#define SHELF_PATH_SIZE   4096
#define SHELF_ENDING_SIZE 40 /* ".<place>.snapshot" and its NUL */

struct shelf_names {
    char dir[SHELF_DIR_SIZE];
    char prefix[PREFIX_MAX + 1];
    char snapshot[SHELF_ENDING_SIZE]; /* how names end */
    char manifest[SHELF_ENDING_SIZE];
};

/* All are copied. RC_INVAL: dir is empty or too long. */
MUST_USE enum rc shelf_names_init(struct shelf_names *s, const char *dir,
                                  const char *prefix, const char *store);

/* Each fills out with a path and returns it. */
const char *shelf_names_snapshot(const struct shelf_names *s, const char *table,
                                 const char *uid, char out[SHELF_PATH_SIZE]);
const char *shelf_names_manifest(const struct shelf_names *s, const char *table,
                                 char out[SHELF_PATH_SIZE]);
const char *shelf_names_path(const struct shelf_names *s, const char *name,
                             char out[SHELF_PATH_SIZE]);

/*
 * What a name has between "<prefix>:" and the ending, one of the two above;
 * p is NULL if it is none of ours. A view of name.
 */
struct str shelf_names_inner(const struct shelf_names *s, const char *name,
                             const char *ending);
