/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rc - how a call ended, and the sentence a person can act on.
 */

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(a, b) __attribute__((format(printf, a, b)))

enum rc {
    RC_OK = 0,
    RC_INVAL,     /* the caller's words are wrong: a flag, a name, a value */
    RC_REFUSED,   /* input refused: a model, a schema, too many bad rows */
    RC_GUARD,     /* a guard refused to publish */
    RC_NOT_FOUND, /* asked for something that is not there */
    RC_CONFLICT,  /* somebody else holds it or moved it */
    RC_UNAVAIL,   /* the store is unreachable or unfit */
    RC_TIMEOUT,   /* no answer before the deadline */
    RC_FULL,      /* a bound was reached */
    RC_IO,        /* a file or socket failed */
    RC_NOMEM,
    RC_FAILED, /* the work failed, and none of the above says why */
};

/* What went wrong and what to do: one line, printable, no newline. */
struct err {
    char text[1024];
};

/*
 * Fill e (may be NULL) and return rc, so that a caller can write
 * `return err_set(e, RC_INVAL, "job.conf:12: threads must be 1..64");`
 * Control characters, and what is not UTF-8, become `?`.
 */
enum rc err_set(struct err *e, enum rc rc, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
