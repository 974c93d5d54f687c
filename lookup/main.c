/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/version.h"
#include "lookup/config.h"
#include "lookup/server.h"

#include <stdio.h>

#define EXIT_FAILED 1
#define EXIT_USAGE  2
#define EXIT_INPUT  3 /* refused: the model */

static int
fail(int code, const struct err *e)
{
    fprintf(stderr, "lookup: %s\n", e->text);
    return code;
}

static int
serve(struct config *config, int argc, char **argv)
{
    struct err e;
    enum rc rc = server_run(config, argc, argv, &e);

    return rc == RC_OK ? 0
                       : fail(rc == RC_REFUSED ? EXIT_INPUT : EXIT_FAILED, &e);
}

static int
act(struct config *config, int argc, char **argv)
{
    switch (config->action) {
    case CONFIG_HELP:
        config_help(stdout);
        return 0;
    case CONFIG_VERSION:
        puts("lookup " LOOKUP_VERSION);
        return 0;
    case CONFIG_CHECK:
        puts("the configuration is good");
        return 0;
    case CONFIG_PRINT:
        option_print(&config->set, stdout);
        return 0;
    case CONFIG_SERVE:
        break;
    }
    return serve(config, argc, argv);
}

int
main(int argc, char **argv)
{
    struct config config;
    struct err e;
    enum rc rc = config_read(&config, argc, argv, &e);
    int code = rc == RC_OK ? act(&config, argc, argv) : fail(EXIT_USAGE, &e);

    config_free(&config);
    return code;
}
