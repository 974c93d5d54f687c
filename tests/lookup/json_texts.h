/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json_texts - lists of texts that a reader of JSON takes, or refuses with a
 * reason.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef enum rc (*json_reader_fn)(struct str text, struct err *e);

static inline void
json_texts_taken(json_reader_fn reader, const struct str *text, size_t n)
{
    struct err e;

    for (size_t i = 0; i < n; i++) {
        if (reader(text[i], &e) != RC_OK) {
            fail_msg("%.*s: %s", STR_ARG(text[i]), e.text);
        }
    }
}

static inline void
json_texts_refused(json_reader_fn reader, const struct str *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct err e = {""};

        if (reader(text[i], &e) != RC_INVAL || e.text[0] == '\0') {
            fail_msg("%.*s is accepted", STR_ARG(text[i]));
        }
    }
}
