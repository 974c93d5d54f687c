/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name is taken apart from its end: the place and what it is, then at the
 * colons, which prefixes and tables do not have.
 */
#include "lookup/shelf_names.h"

#include "common/base/hash.h"

#include <inttypes.h>
#include <stdio.h>

enum rc
shelf_names_init(struct shelf_names *s, const char *dir, const char *prefix,
                 const char *store)
{
    uint64_t place = hash_key(str_of(store));

    snprintf(s->prefix, sizeof(s->prefix), "%s", prefix);
    snprintf(s->snapshot, SHELF_ENDING_SIZE, ".%016" PRIx64 ".snapshot", place);
    snprintf(s->manifest, SHELF_ENDING_SIZE, ".%016" PRIx64 ".manifest", place);
    return str_copy(str_of(dir), s->dir, sizeof(s->dir)) && dir[0] != '\0'
               ? RC_OK
               : RC_INVAL;
}

const char *
shelf_names_snapshot(const struct shelf_names *s, const char *table,
                     const char *uid, char out[SHELF_PATH_SIZE])
{
    snprintf(out, SHELF_PATH_SIZE, "%s/%s:%s:%s%s", s->dir, s->prefix, table,
             uid, s->snapshot);
    return out;
}

const char *
shelf_names_manifest(const struct shelf_names *s, const char *table,
                     char out[SHELF_PATH_SIZE])
{
    snprintf(out, SHELF_PATH_SIZE, "%s/%s:%s%s", s->dir, s->prefix, table,
             s->manifest);
    return out;
}

const char *
shelf_names_path(const struct shelf_names *s, const char *name,
                 char out[SHELF_PATH_SIZE])
{
    snprintf(out, SHELF_PATH_SIZE, "%s/%s", s->dir, name);
    return out;
}

struct str
shelf_names_inner(const struct shelf_names *s, const char *name,
                  const char *ending)
{
    struct str rest = str_of(name);
    struct str prefix = str_cut(&rest, ':');
    struct str end = str_of(ending);

    if (rest.p == NULL || !str_eq(prefix, str_of(s->prefix)) ||
        !str_ends(rest, end)) {
        return (struct str){NULL, 0};
    }
    return (struct str){rest.p, rest.len - end.len};
}
