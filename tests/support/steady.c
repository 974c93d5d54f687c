/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steady - asks lookup for users at a fixed rate and checks every answer.
 * Prints one line of JSON; exits 0 only if each request got a right answer.
 */
#include "tests/support/steady/client.h"

#include "common/base/check.h"
#include "common/base/option.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define STEADY_OPTION(X)                                                       \
    X(port, UINT, "8080", "", 1, 65535, "port of lookup on 127.0.0.1")         \
    X(table, TEXT, NULL, "T", 0, 0, "table to ask for")                        \
    X(users, TEXT, NULL, "FILE", 0, 0, "csv, its first column the users")      \
    X(expect, LIST, NULL, "GEN=FILE", 0, 0,                                    \
      "csv of user and prediction: what a generation says")                    \
    X(rate, UINT, "5000", "", 1, 1000000, "requests a second")                 \
    X(seconds, UINT, "10", "", 1, 86400, "how long")                           \
    X(connections, UINT, "32", "", 1, 1024, "keep-alive connections")          \
    X(timeout, DURATION, "5s", "s", 0, 0, "when a request has failed")         \
    X(seed, UINT, "1", "", 0, 0, "of the order of users")                      \
    X(help, FLAG, NULL, "", 0, 0, "this text")

struct steady_options {
    STEADY_OPTION(OPTION_FIELD)
};
#define OPTION_OWNER struct steady_options
static const struct option_def steady_def[] = {STEADY_OPTION(OPTION_DEF)};

static enum rc
read_expectations(const struct steady_options *opt, struct expect **x,
                  struct err *e)
{
    enum rc rc = expect_create(x, opt->users, e);

    for (size_t i = 0; i < opt->expect.n && rc == RC_OK; i++) {
        rc = expect_add(*x, opt->expect.item[i], e);
    }
    return rc;
}

static enum rc
steady(const struct steady_options *opt, struct tally *t, struct err *e)
{
    struct client_plan plan = {
        .server = {.sin_family = AF_INET,
                   .sin_port = htons((uint16_t)opt->port),
                   .sin_addr = {htonl(INADDR_LOOPBACK)}},
        .table = opt->table,
        .rate = opt->rate,
        .total = opt->rate * opt->seconds,
        .connections = opt->connections,
        .timeout_ns = opt->timeout,
        .seed = opt->seed,
    };
    struct expect *x = NULL;
    enum rc rc = read_expectations(opt, &x, e);

    if (rc == RC_OK) {
        rc = client_run(&plan, x, t, e);
    }
    if (rc == RC_OK) {
        tally_print(t, stdout);
    }
    expect_destroy(&x);
    return rc;
}

static enum rc
run(const struct steady_options *opt, int nrest, bool *good, struct err *e)
{
    struct tally *t = calloc(1, sizeof(*t));
    enum rc rc;

    CHECK(t != NULL);
    if (opt->table == NULL || opt->users == NULL || nrest > 0) {
        rc = err_set(e, RC_INVAL, "steady --table T --users FILE; see --help");
    } else {
        rc = steady(opt, t, e);
    }
    *good = tally_good(t);
    free(t);
    return rc;
}

int
main(int argc, char **argv)
{
    struct steady_options opt;
    struct option_set set = {
        steady_def, sizeof(steady_def) / sizeof(steady_def[0]), &opt, 0};
    char **rest = calloc((size_t)argc + 1, sizeof(*rest));
    int nrest = 0;
    bool good = true;
    struct err e;
    enum rc rc;

    CHECK(rest != NULL);
    rc = option_defaults(&set, &e);
    if (rc == RC_OK) {
        rc = option_parse_argv(&set, argc - 1, argv + 1, rest, &nrest, &e);
    }
    if (rc == RC_OK && opt.help) {
        option_help(&set, stdout);
    } else if (rc == RC_OK) {
        rc = run(&opt, nrest, &good, &e);
    }
    if (rc != RC_OK) {
        fprintf(stderr, "steady: %s\n", e.text);
    }
    option_free(&set);
    free(rest);
    if (rc != RC_OK) {
        return rc == RC_INVAL ? 2 : 1;
    }
    return good ? 0 : 1;
}
