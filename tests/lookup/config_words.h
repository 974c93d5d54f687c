/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * config_words - a command line in one string.
 */
#include "lookup/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define WORDS_MAX 300

/* Read a command line whose words stand apart by blanks. */
static inline enum rc
config_words_read(struct config *c, const char *words, struct err *e)
{
    char *copy = strdup(words), *argv[WORDS_MAX];
    struct str rest = str_of(copy);
    int argc = 0;

    e->text[0] = '\0';
    while (rest.p != NULL && argc < WORDS_MAX) {
        struct str word = str_cut(&rest, ' ');

        copy[word.p - copy + (ptrdiff_t)word.len] = '\0';
        argv[argc++] = copy + (word.p - copy);
    }
    enum rc rc = config_read(c, argc, argv, e);

    c->file = NULL; /* a view of the copy */
    free(copy);
    return rc;
}

/* It is refused, and the message names what. */
static inline void
config_words_refused(const char *words, const char *what)
{
    struct config c;
    struct err e;

    assert_int_not_equal(config_words_read(&c, words, &e), RC_OK);
    if (strstr(e.text, what) == NULL) {
        fail_msg("%s: '%s' does not name %s", words, e.text, what);
    }
    config_free(&c);
}
