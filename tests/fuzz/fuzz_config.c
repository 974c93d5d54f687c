/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's command line, a word a line: what is refused says why, what is
 * taken is within the bounds of the table of options.
 */
#include "common/base/check.h"
#include "common/table/keyspace.h"
#include "lookup/config.h"

#include <stdlib.h>

#define WORDS_MAX 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Files are other fuzzers' business, and some are never read to their end. */
static bool
names_file(const char *word)
{
    return strncmp(word, "--config", 8) == 0 ||
           strncmp(word, "--redis-password-file", 21) == 0;
}

static void
check(char **word, int n)
{
    struct config c;
    struct err e = {""};

    if (config_read(&c, n, word, &e) != RC_OK) {
        CHECK(e.text[0] != '\0');
    } else if (c.action != CONFIG_HELP && c.action != CONFIG_VERSION) {
        CHECK(c.options.threads <= 256);
        CHECK(c.options.timeout_ms >= 1 && c.options.timeout_ms <= 5000);
        CHECK(keyspace_prefix_ok(str_of(c.options.prefix)));
        CHECK(c.topology.path[0] != '\0' || c.topology.port != 0 ||
              c.options.model != NULL);
    }
    config_free(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *word[WORDS_MAX + 1] = {strdup("lookup")};
    struct str rest = {(const char *)data, size};
    int n = 1;
    bool skip = false;

    while (rest.p != NULL && n < WORDS_MAX) {
        word[n] = str_dup(str_cut(&rest, '\n'));
        CHECK(word[n] != NULL);
        skip = skip || names_file(word[n]);
        n++;
    }
    if (!skip) {
        check(word, n);
    }
    while (n > 0) {
        free(word[--n]);
    }
    return 0;
}
