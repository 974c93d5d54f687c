/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/card.h"
#include "batchgen/command.h"
#include "batchgen/scoring.h"

#define EXAMINE_OPTION(X)                                                      \
    SCORING_OPTION(X)                                                          \
    X(json, FLAG, NULL, "", 0, 0, "print the result as JSON")                  \
    X(help, FLAG, NULL, "", 0, 0, "print this and exit")

struct examine_options {
    EXAMINE_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct examine_options
static const struct option_def defs[] = {EXAMINE_OPTION(OPTION_DEF)};

static const struct command_text text = {
    .usage = "model --model F [options]",
    .about = "What a model file is, and how it will be scored.",
};

static enum rc
run(const struct examine_options *o, struct err *e)
{
    struct model *m = NULL;
    struct card c = {0};
    enum rc rc;

    if (o->model == NULL) {
        return err_set(e, RC_INVAL, "--model is missing (--help)");
    }
    rc = scoring_load(&m, o->model, NULL, e);
    if (rc == RC_OK) {
        rc = card_init(&c, m, o->iterations, e);
    }
    if (rc == RC_OK) {
        card_print(&c, o->model, o->json);
    }
    card_fini(&c);
    model_destroy(&m);
    return rc;
}

enum rc
command_model(int argc, char **argv, struct stop *stop, struct err *e)
{
    struct examine_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    bool done;
    enum rc rc = command_options(&text, &set, argc, argv, NULL, 0, &done, e);

    (void)stop;
    if (rc == RC_OK && !done) {
        rc = run(&o, e);
    }
    option_free(&set);
    return rc;
}
