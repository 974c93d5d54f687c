/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * doc - look into a JSON or UBJSON text without building anything of it. A
 * value is the run of bytes it is written in, so that what is found can be
 * cut out or replaced. The text may be damaged in any way: what cannot be
 * read is not found.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doc {
    struct str text;
    bool ubjson;
};

/* A member to look for; value.p is NULL when there is none. */
struct doc_member {
    const char *key;
    struct str value;
};

/* The value the text begins with. */
bool doc_root(const struct doc *d, struct str *value);

/*
 * Look for n members of an object in one pass; of a key that is there twice,
 * the first. False when the value is no object or is damaged.
 */
bool doc_members(const struct doc *d, struct str object,
                 struct doc_member *member, size_t n);

/*
 * Open an array (of any but UBJSON's typed ones): *rest is then given to
 * doc_next until that returns false.
 */
bool doc_array(const struct doc *d, struct str array, struct str *rest);
bool doc_next(const struct doc *d, struct str *rest, struct str *value);

/* The bytes of a string, escapes not undone. False: not a string. */
bool doc_string(const struct doc *d, struct str value, struct str *text);

/* A whole number of at most 15 digits. False: something else. */
bool doc_integer(const struct doc *d, struct str value, int64_t *n);

/*
 * All numbers of an array, UBJSON's typed ones included; an array has fewer
 * than its bytes. False: more than cap, or something that is no such number.
 */
bool doc_integers(const struct doc *d, struct str array, int64_t *out,
                  size_t cap, size_t *n);
