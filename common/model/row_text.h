/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row_text - the words of a JSON row, one after the other (RFC 8259, and the
 * NaN and Infinity that some writers add). Numbers are left as their text.
 */
#include "common/base/str.h"

#include <stdbool.h>

enum row_word {
    ROW_WORD_END,    /* of the text */
    ROW_WORD_BAD,    /* nothing of JSON; word is what is left */
    ROW_WORD_MARK,   /* one of { } [ ] : , */
    ROW_WORD_STRING, /* without its quotes, escapes undone */
    ROW_WORD_NUMBER,
    ROW_WORD_NULL, /* NaN too */
    ROW_WORD_OTHER /* true, false, Infinity, -Infinity */
};

/*
 * Take the next word off *rest. A string with escapes lies in *scratch, which
 * moves on behind it; a text never needs more scratch than its own length.
 */
enum row_word row_text_next(struct str *rest, char **scratch, struct str *word);
