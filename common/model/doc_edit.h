/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * doc_edit - a copy of a JSON or UBJSON text with a few places changed.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/model/doc.h"

#define DOC_EDIT_MAX 3

/* At `at`, `remove` bytes make way for text. */
struct doc_edit {
    const char *at;
    size_t remove;
    struct buf text;
};

/* In the order of their places. Begin with n = 0. */
struct doc_edits {
    struct doc_edit edit[DOC_EDIT_MAX];
    size_t n;
};

/* At most DOC_EDIT_MAX times; what is written there, the caller appends. */
struct buf *doc_edit_add(struct doc_edits *all, const char *at, size_t remove);

/* Append the changed text to out, nothing when there is no edit. Frees them. */
MUST_USE enum rc doc_edit_apply(const struct doc *d, struct doc_edits *all,
                                struct buf *out, struct err *e);

/* Append a key, or a string, in the syntax of d. */
void doc_put_key(const struct doc *d, struct buf *out, const char *key);
void doc_put_string(const struct doc *d, struct buf *out, struct str text);
