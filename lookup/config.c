/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/config.h"

#include "common/base/log.h"
#include "lookup/config_check.h"
#include "lookup/container.h"

#include <stdlib.h>
#include <unistd.h>

#define ARGS_MAX 256

#define OPTION_OWNER struct serve_options
static const struct option_def defs[] = {SERVE_OPTION(OPTION_DEF)};

static void
init(struct config *c)
{
    memset(c, 0, sizeof(*c));
    c->set.def = defs;
    c->set.n = sizeof(defs) / sizeof(defs[0]);
    c->set.into = &c->options;
}

/* Words that are not options of the server but ask something of config. */
static bool
take_word(struct config *c, int argc, char **argv, int *i)
{
    static const struct {
        const char *word;
        enum config_action action;
    } actions[] = {
        {"--help", CONFIG_HELP},          {"-h", CONFIG_HELP},
        {"--version", CONFIG_VERSION},    {"--check-config", CONFIG_CHECK},
        {"--print-config", CONFIG_PRINT},
    };

    for (size_t k = 0; k < sizeof(actions) / sizeof(actions[0]); k++) {
        if (strcmp(argv[*i], actions[k].word) == 0) {
            c->action = actions[k].action;
            return true;
        }
    }
    if (strncmp(argv[*i], "--config=", 9) == 0) {
        c->file = argv[*i] + 9;
        return true;
    }
    if (strcmp(argv[*i], "--config") == 0 && *i + 1 < argc) {
        c->file = argv[++*i];
        return true;
    }
    return false;
}

static enum rc
read_flags(struct config *c, int argc, char **argv, struct err *e)
{
    char *rest[ARGS_MAX];
    int n_rest;
    enum rc rc = option_parse_argv(&c->set, argc, argv, rest, &n_rest, e);

    if (rc == RC_OK && n_rest > 0) {
        rc = err_set(e, RC_INVAL, "'%s' is not an option; see lookup --help",
                     rest[0]);
    }
    return rc;
}

/* The environment, under the file, under the flags. */
static enum rc
read_options(struct config *c, int argc, char **argv, struct err *e)
{
    enum rc rc = container_settings(&c->sagemaker, e);

    if (rc == RC_OK && c->file != NULL) {
        rc = option_parse_file(&c->set, c->file, e);
    }
    if (rc == RC_OK) {
        rc = read_flags(c, argc, argv, e);
    }
    if (c->options.max_payload > 0) {
        c->sagemaker.max_payload_bytes = c->options.max_payload;
    }
    return rc;
}

enum rc
config_read(struct config *c, int argc, char **argv, struct err *e)
{
    char *flags[ARGS_MAX];
    bool command = false;
    int n = 0;

    init(c);
    if (argc > ARGS_MAX) {
        return err_set(e, RC_INVAL, "more than %d arguments", ARGS_MAX);
    }
    /* "serve" is the only command, and may be left out. */
    for (int i = 1; i < argc; i++) {
        command = command || (i == 1 && strcmp(argv[i], "serve") == 0);
        if ((!command || i > 1) && !take_word(c, argc, argv, &i)) {
            flags[n++] = argv[i];
        }
    }
    enum rc rc = option_defaults(&c->set, e);

    /* Who asks for help may have the rest wrong. */
    if (rc != RC_OK || c->action == CONFIG_HELP ||
        c->action == CONFIG_VERSION) {
        return rc;
    }
    rc = read_options(c, n, flags, e);
    if (rc == RC_OK && command && container_is_asked(&c->set)) {
        c->sagemaker.container = true;
        rc = container_options(&c->set, e);
    }
    return rc == RC_OK ? config_check(c, e) : rc;
}

size_t
config_snapshot_bytes(const struct config *c)
{
    struct str how = str_of(c->options.snapshot);

    return str_eq(how, STR("off"))  ? 0
           : str_eq(how, STR("on")) ? SIZE_MAX
                                    : c->options.snapshot_memory;
}

static uint64_t
at_least_one(uint64_t n)
{
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n;
}

void
config_choose_threads(struct config *c)
{
    struct serve_options *o = &c->options;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t cores = online < 1 ? 1 : (uint64_t)online;

    o->threads = at_least_one(o->threads == 0 ? cores : o->threads);
    o->scoring_threads =
        at_least_one(o->scoring_threads == 0 ? cores / 2 : o->scoring_threads);
}

void
config_apply_log_level(const struct config *c)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};

    for (int i = 0; i <= LOG_ERROR; i++) {
        if (str_eq(str_of(c->options.log_level), str_of(names[i]))) {
            log_set_level((enum log_level)i);
        }
    }
}

void
config_free(struct config *c)
{
    option_free(&c->set);
}

void
config_help(FILE *out)
{
    struct config c;

    init(&c);
    fputs("Usage: lookup [serve] [options]\n\n"
          "Answers GET /v1/{table}/{user} from the predictions that batchgen\n"
          "published in Redis, and scores live when there is none.\n"
          "`lookup serve`, without Redis and --model, serves the model in\n"
          "$SM_MODEL_DIR or /opt/ml/model, as SageMaker's container does.\n\n"
          "  --config FILE     read `option = value` lines; flags win\n"
          "  --check-config    check flags and file, then exit\n"
          "  --print-config    print what is in force as a file, then exit\n"
          "  --version, --help\n\n"
          "Options, with [defaults]:\n",
          out);
    option_help(&c.set, out);
    fputc('\n', out);
    option_help_values(out);
}
