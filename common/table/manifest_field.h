/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * manifest_field - the fields of the two hashes of manifest.h, as tables of
 * (field, type, where it goes). For manifest*.c only.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stddef.h>

enum manifest_type {
    MANIFEST_U64,
    MANIFEST_TEXT, /* fixed room in the struct */
    MANIFEST_HEAP, /* char *, owned */
    MANIFEST_STATE,
    MANIFEST_KIND,
    MANIFEST_ENCODING,
};

struct manifest_field {
    const char *name;
    enum manifest_type type;
    size_t offset;
    size_t size;
};

#define MANIFEST_AT(in, member)                                                \
    offsetof(struct in, member), sizeof(((struct in *)0)->member)

#define MANIFEST_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The names of enum table_kind. */
extern const char *const manifest_kinds[];

/* Room for the text of a number. */
#define MANIFEST_NUMBER 20

/*
 * Set the field of that name in the struct `into`; a name none of f has is
 * ignored. RC_INVAL: the value is none of its type, or too long; `what` begins
 * the message.
 */
MUST_USE enum rc manifest_field_set(const struct manifest_field *f, size_t n,
                                    void *into, const char *what,
                                    struct str name, struct str value,
                                    struct err *e);

/*
 * Text of a field of the struct `from`, as its setter reads it; empty if it has
 * no value, and of STATE. A view of `from` or of number.
 */
struct str manifest_field_text(const struct manifest_field *f, const void *from,
                               char number[MANIFEST_NUMBER]);
