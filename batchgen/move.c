/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that move what is live: publish, rollback.
 */
#include "batchgen/manage.h"
#include "batchgen/progress.h"
#include "batchgen/publish.h"
#include "batchgen/script.h"
#include "batchgen/stop_at.h"
#include "batchgen/verify.h"
#include "common/base/clock.h"
#include "common/base/number.h"

#include <inttypes.h>
#include <stdio.h>

#define ANSWER_MAX 512

#define OPTION_OWNER struct manage_options
static const struct option_def rollback_defs[] = {SESSION_OPTION(OPTION_DEF)};
static const struct option_def publish_defs[] = {
    FORCE_OPTION(OPTION_DEF, "in spite of the guards, and of a bad one")
        WAIT_OPTION(OPTION_DEF) WARM_OPTION(OPTION_DEF) RETRY_OPTION(OPTION_DEF)
            SESSION_OPTION(OPTION_DEF)};

#define OPTIONS(defs) (defs), sizeof(defs) / sizeof((defs)[0])

/* Three lines for people: what is live, what was, how to undo it. */
static void
print_live(const struct table *t, uint64_t gen, const struct generation_info *g,
           const char *how)
{
    uint64_t now_us = clock_wall_us();
    uint64_t age_us = now_us > g->as_of_us ? now_us - g->as_of_us : 0;
    char as_of[CLOCK_ISO_MAX];

    clock_format_iso(g->as_of_us, as_of);
    printf("generation %" PRIu64 " of '%s' is live%s\n", gen, t->name, how);
    printf("  rows    %" PRIu64 ", as of %s (%.1f h ago)\n", g->rows, as_of,
           (double)age_us / 3.6e9);
}

static void
print_published(const struct publish *p, const struct generation_info *g)
{
    const struct table *t = p->table;

    if (p->was == p->gen) {
        print_live(t, p->gen, g, ", as it was before");
        return;
    }
    print_live(t, p->gen, g, "");
    if (p->was == 0) {
        printf("  before  nothing was live\n");
        return;
    }
    printf("  before  generation %" PRIu64 ", which is kept\n", p->was);
    printf("  undo    batchgen rollback --table %s\n", t->name);
}

static void
print_rolled_back(const struct table *t, uint64_t gen, uint64_t was)
{
    struct generation_info g = {0};

    /* It is live whether it can be read or not. */
    if (table_generation(t, gen, &g, NULL) == RC_OK) {
        print_live(t, gen, &g, " again");
    } else {
        printf("generation %" PRIu64 " of '%s' is live again\n", gen, t->name);
    }
    printf("  before  generation %" PRIu64
           ", now bad: removed in a minute or later\n",
           was);
    printf("  undo    batchgen publish %" PRIu64 " --table %s --force\n", was,
           t->name);
    generation_info_fini(&g);
}

/* May be done again from its beginning after Redis went away. */
static enum rc
publish_steps(struct publish *p, const struct table *t,
              const struct manage_options *o, struct generation_info *g,
              struct stop *stop, struct err *e)
{
    enum rc rc = publish_take(p, t, p->gen, o->wait, stop, g, e);

    if (rc == RC_OK) {
        rc = verify_generation(t, p->gen, g, e);
    }
    if (rc == RC_OK) {
        rc = publish_guard(p, g, o->force, e);
    }
    if (rc == RC_OK) {
        rc = warm_wait(t, p->uid, o->warm_wait, stop, e);
    }
    return rc == RC_OK ? publish_commit(p, e) : rc;
}

static enum rc
publish(const struct table *t, const struct manage_options *o, uint64_t gen,
        struct stop *stop, struct err *e)
{
    struct generation_info g = {0};
    struct progress progress = {0};
    struct publish p = {.gen = gen};
    struct retry retry;
    enum rc rc = progress_start(&progress, stop, e);

    retry_init(&retry, t->redis, &p, stop, o->retry);
    stop_at("begin");
    if (rc == RC_OK) {
        do {
            rc = publish_steps(&p, t, o, &g, stop, e);
        } while (rc != RC_OK && retry_again(&retry, &rc, e));
    }
    publish_end(&p);
    progress_end(&progress);
    if (rc == RC_OK && o->json) {
        manage_print_json(t, "live", gen);
    } else if (rc == RC_OK) {
        print_published(&p, &g);
    }
    generation_info_fini(&g);
    return rc;
}

enum rc
command_publish(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct managed m = {
        {"publish N --table T [options]",
         "Make generation N, which is ready, the live one. The guards "
         "look at it first."},
        OPTIONS(publish_defs),
        true,
        publish,
    };

    return manage(&m, argc, argv, stop, e);
}

/* "ok <live> <bad>" */
static enum rc
rolled_back(const struct table *t, bool json, struct str answer, struct err *e)
{
    struct str rest = answer;
    uint64_t live, was;

    str_cut(&rest, ' ');
    if (!number_parse_u64(str_cut(&rest, ' '), &live) ||
        !number_parse_u64(rest, &was)) {
        return err_set(e, RC_FAILED, "Redis did not say what is live now");
    }
    if (json) {
        manage_print_json(t, "live", live);
    } else {
        print_rolled_back(t, live, was);
    }
    return RC_OK;
}

static enum rc
rollback(const struct table *t, const struct manage_options *o, uint64_t gen,
         struct stop *stop, struct err *e)
{
    struct buf answer;
    enum rc rc;

    (void)gen, (void)stop;
    buf_init(&answer, ANSWER_MAX);
    rc = script_run(t, script_rollback, NULL, 0, &answer, e);
    if (rc == RC_OK && str_eq(buf_view(&answer), STR("none"))) {
        rc = err_set(e, RC_INVAL,
                     "table '%s' has no previous generation to go back to",
                     t->name);
    } else if (rc == RC_OK) {
        rc = rolled_back(t, o->json, buf_view(&answer), e);
    }
    buf_fini(&answer);
    return rc;
}

enum rc
command_rollback(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct managed m = {
        {"rollback --table T [options]",
         "Make the previous generation live again and mark the live "
         "one bad. One step\nonly: a second rollback is refused."},
        OPTIONS(rollback_defs),
        false,
        rollback,
    };

    return manage(&m, argc, argv, stop, e);
}
