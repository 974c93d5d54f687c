/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/command.h"

#include "common/base/number.h"

#include <stdlib.h>

static enum rc
take_word(char **word, int nword, uint64_t *number, struct err *e)
{
    if (number == NULL && nword > 0) {
        return err_set(e, RC_INVAL, "'%s' is one word too many (--help)",
                       word[0]);
    }
    if (number != NULL && nword != 1) {
        return err_set(e, RC_INVAL,
                       "give the number of one generation, as "
                       "`batchgen list` shows it");
    }
    if (number != NULL &&
        (!number_parse_u64(str_of(word[0]), number) || *number == 0)) {
        return err_set(e, RC_INVAL, "'%s' is not the number of a generation",
                       word[0]);
    }
    return RC_OK;
}

enum rc
command_options(const struct command_text *text, struct option_set *set,
                int argc, char **argv, uint64_t *number, bool *done,
                struct err *e)
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
        printf("Usage: batchgen %s\n\n%s\n\n", text->usage, text->about);
        option_help(set, stdout);
        *done = true;
    } else if (rc == RC_OK) {
        rc = take_word(word, nword, number, e);
    }
    free(word);
    return rc;
}
