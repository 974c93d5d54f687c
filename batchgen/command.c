/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/command.h"

#include "batchgen/manual.h"
#include "common/base/number.h"

#include <stdlib.h>

static enum rc
take_words(char **word, int nword, uint64_t *number, int nnumber, struct err *e)
{
    if (nnumber == 0 && nword > 0) {
        return err_set(e, RC_INVAL, "'%s' is one word too many (--help)",
                       word[0]);
    }
    if (nword != nnumber) {
        return err_set(e, RC_INVAL,
                       "give the number%s of %s, as `batchgen list` shows it",
                       nnumber == 1 ? "" : "s",
                       nnumber == 1 ? "one generation" : "two generations");
    }
    for (int i = 0; i < nnumber; i++) {
        if (!number_parse_u64(str_of(word[i]), &number[i]) || number[i] == 0) {
            return err_set(e, RC_INVAL,
                           "'%s' is not the number of a generation", word[i]);
        }
    }
    return RC_OK;
}

enum rc
command_options(const struct command_text *text, struct option_set *set,
                int argc, char **argv, uint64_t *number, int nnumber,
                bool *done, struct err *e)
{
    char **word = calloc((size_t)argc + 1, sizeof(*word));
    int nword = 0;
    bool help = false;
    enum rc rc;

    *done = false;
    if (word == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = option_defaults(set, e);
    if (rc == RC_OK) {
        rc = option_parse_argv(set, argc, argv, word, &nword, e);
    }
    help = rc == RC_OK && option_given(set, "help");
    if (help) {
        manual_print(text, set, stdout);
        *done = true;
    } else if (rc == RC_OK) {
        rc = take_words(word, nword, number, nnumber, e);
    }
    free(word);
    return rc;
}
