/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resp_parse - where a RESP command ends and what its words are: an array of
 * bulk strings, or a line of words ("inline"). Knows no connection.
 */
#include "common/base/str.h"

#include <sys/types.h>

#define RESP_ARGS_MAX    4096          /* words of a command */
#define RESP_COMMAND_MAX (1024 * 1024) /* bytes of all words together */
#define RESP_INLINE_MAX  (64 * 1024)   /* bytes of an inline line */

#define RESP_BROKEN (-1)
#define RESP_MORE   (-2)

struct resp_words {
    struct str arg[RESP_ARGS_MAX]; /* views of the bytes parsed */
    size_t narg;  /* 0: an empty line or array, to be ignored */
    char why[64]; /* of RESP_BROKEN: what Redis would say */
};

/*
 * The command at the beginning of [p, p + len): how many bytes it took, or
 * RESP_MORE, or RESP_BROKEN: the connection cannot go on. Quoted words of an
 * inline line are unquoted in place once it is whole.
 */
ssize_t resp_parse(char *p, size_t len, struct resp_words *w);
