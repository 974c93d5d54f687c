/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json_grammar - RFC 8259 to the letter: walks a text once, building nothing.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#define JSON_DEPTH_MAX 32

/*
 * Is the whole of text one value in UTF-8, of max values or less, lists and
 * objects included? *widest: the names of the object that has most. RC_INVAL
 * says at which byte it is not, and why. \u0000 and numbers of more than 63
 * characters, which cJSON would cut, are refused too.
 */
MUST_USE enum rc json_grammar_check(struct str text, size_t max, size_t *widest,
                                    struct err *e);

/*
 * The next number of a text that was checked, a view; *rest is then what is
 * behind it. There must be one.
 */
struct str json_grammar_next_number(struct str *rest);
