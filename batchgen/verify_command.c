/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command that looks whether a generation is what it should be: whole
 * always, and on demand scored again, record by record.
 */
#include "batchgen/command.h"
#include "batchgen/recheck.h"
#include "batchgen/session.h"
#include "batchgen/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define JSON_MAX  (64 << 10)
#define NAMED_MAX 3 /* users in the message */

#define VERIFY_OPTION(X)                                                       \
    X(sample, UINT, "0", "", 0, UINT32_MAX,                                    \
      "score N users again, from the rows score --with-features stored")       \
    X(all, FLAG, NULL, "", 0, 0, "score all users again, from the same")       \
    X(item_column, TEXT, NULL, "NAME|N", 0, 0,                                 \
      "column of an item id, where the table ranks candidates")                \
    INTAKE_OPTION(X)                                                           \
    SESSION_OPTION(X)

struct verify_options {
    VERIFY_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct verify_options
static const struct option_def defs[] = {VERIFY_OPTION(OPTION_DEF)};

static const struct command_text text = {
    .usage = "verify N --table T [--sample M | --all | --input PATH...]",
    .about = "Count the rows of generation N in Redis and read its model back. "
             "With --sample\nor --all users are scored again by that model "
             "from their stored features, with\n--input from what the batch "
             "was made of, and their records compared bit by bit.",
};

struct verify {
    const struct verify_options *o;
    struct stop *stop;
    uint64_t gen;
    struct session session;
    struct generation_info info;
    struct rescore rescore;
    struct recheck *recheck; /* NULL unless users are scored again */
};

static bool
scores_again(const struct verify_options *o)
{
    return o->sample > 0 || o->all || o->input.n > 0;
}

static uint64_t
count_differing(const struct verify *v)
{
    const struct compared *found = &recheck_result(v->recheck)->found;

    return found->changed + found->added;
}

static enum rc
check_options(const struct verify_options *o, struct err *e)
{
    return (o->sample > 0) + o->all + (o->input.n > 0) <= 1
               ? RC_OK
               : err_set(e, RC_INVAL,
                         "--sample, --all and --input are three ways of "
                         "scoring again: give one of them");
}

/* Candidates come with their items, and only an input has those. */
static enum rc
check_candidates(const struct verify *v, struct err *e)
{
    const struct verify_options *o = v->o;
    bool candidates = rescore_of_candidates(&v->rescore);

    if (candidates != (o->item_column != NULL)) {
        return err_set(e, RC_INVAL,
                       candidates
                           ? "generation %" PRIu64 " of '%s' ranks candidates: "
                             "give them with --input and --item-column"
                           : "generation %" PRIu64 " of '%s' does not rank "
                             "candidates: leave out --item-column",
                       v->gen, v->session.table.name);
    }
    return candidates && o->input.n == 0
               ? err_set(e, RC_INVAL, "--item-column goes with --input")
               : RC_OK;
}

static enum rc
score_again(struct verify *v, struct err *e)
{
    const struct verify_options *o = v->o;
    const struct table *t = &v->session.table;
    struct intake_how how = INTAKE_HOW(o, true);
    enum rc rc = rescore_init(&v->rescore, t, v->gen, &v->info, e);

    if (rc == RC_OK) {
        rc = check_candidates(v, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    v->recheck = recheck_create(t, v->gen, &v->info, &v->rescore);
    if (v->recheck == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    how.item_column = o->item_column;
    return o->input.n > 0
               ? recheck_input(v->recheck, &how, v->stop, e)
               : recheck_features(v->recheck, o->all ? RECHECK_ALL : o->sample,
                                  e);
}

/* "'u1' and 'u2'", those that come first. */
static void
put_names(struct buf *out, const struct compared *c)
{
    for (size_t i = 0; i < c->nfirst && i < NAMED_MAX; i++) {
        struct str user = c->first[i].user;

        user.len = user.len > 64 ? 64 : user.len;
        buf_c(out, i == 0 ? "'" : ", '");
        buf_str(out, user);
        buf_char(out, '\'');
    }
}

/* RC_FAILED names the first users. */
static enum rc
judge(const struct verify *v, struct err *e)
{
    uint64_t n = count_differing(v);
    struct buf names;
    enum rc rc;

    if (n == 0) {
        return RC_OK;
    }
    buf_init(&names, JSON_MAX);
    put_names(&names, &recheck_result(v->recheck)->found);
    rc = err_set(e, RC_FAILED,
                 "generation %" PRIu64 " of '%s': %" PRIu64 " of %" PRIu64
                 " records are not what its model gives: %.*s%s",
                 v->gen, v->session.table.name, n,
                 recheck_result(v->recheck)->checked, STR_ARG(buf_view(&names)),
                 n > NAMED_MAX ? "..." : "");
    buf_fini(&names);
    return rc;
}

static void
put_recheck(const struct verify *v, struct buf *out)
{
    const struct recheck_result *r = recheck_result(v->recheck);

    buf_printf(out,
               ",\"checked\":%" PRIu64 ",\"unchecked\":%" PRIu64
               ",\"rejected\":%" PRIu64 ",\"differ\":%" PRIu64 ",\"first\":[",
               r->checked, r->unchecked, r->rejected, count_differing(v));
    for (size_t i = 0; i < r->found.nfirst; i++) {
        buf_c(out, i == 0 ? "{" : ",{");
        buf_json_id(out, "user", r->found.first[i].user);
        buf_printf(out, ",\"stored\":%s}",
                   r->found.first[i].was.p == NULL ? "false" : "true");
    }
    buf_char(out, ']');
}

static void
print_json(const struct verify *v)
{
    struct buf out;

    buf_init(&out, JSON_MAX);
    buf_printf(&out,
               "{\"table\":\"%s\",\"generation\":%" PRIu64 ",\"rows\":%" PRIu64
               ",\"whole\":true",
               v->session.table.name, v->gen, v->info.rows);
    if (v->recheck != NULL) {
        put_recheck(v, &out);
    }
    printf("%.*s}\n", STR_ARG(buf_view(&out)));
    buf_fini(&out);
}

static void
print_recheck(const struct verify *v)
{
    const struct recheck_result *r = recheck_result(v->recheck);

    printf("  scored again %" PRIu64 " users, %" PRIu64
           " of them to the same bits; not checked: %" PRIu64
           ", rows rejected: %" PRIu64 "\n",
           r->checked, r->checked - count_differing(v), r->unchecked,
           r->rejected);
    for (size_t i = 0; i < r->found.nfirst; i++) {
        const struct difference *d = &r->found.first[i];

        printf("  %s %.*s\n",
               d->was.p == NULL ? "not stored:" : "differs:", STR_ARG(d->user));
    }
}

static void
print_text(const struct verify *v)
{
    printf("generation %" PRIu64 " of '%s' is whole: %" PRIu64
           " rows in %" PRIu64 " buckets, and its model\n",
           v->gen, v->session.table.name, v->info.rows, v->info.buckets);
    if (v->recheck != NULL) {
        print_recheck(v);
    }
}

static enum rc
run(struct verify *v, struct err *e)
{
    const struct table *t = &v->session.table;
    enum rc rc = check_options(v->o, e);

    if (rc == RC_OK) {
        rc = session_init(&v->session, &SESSION_WHERE(v->o), true, e);
    }
    if (rc == RC_OK) {
        rc = table_generation(t, v->gen, &v->info, e);
    }
    if (rc == RC_OK) {
        rc = generation_info_check(&v->info, e);
    }
    if (rc == RC_OK) {
        rc = verify_generation(t, v->gen, &v->info, e);
    }
    if (rc == RC_OK && scores_again(v->o)) {
        rc = score_again(v, e);
    }
    if (rc == RC_OK) {
        (v->o->json ? print_json : print_text)(v);
        rc = v->recheck == NULL ? RC_OK : judge(v, e);
    }
    return rc;
}

enum rc
command_verify(int argc, char **argv, struct stop *stop, struct err *e)
{
    struct verify_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    struct verify v = {.o = &o, .stop = stop};
    bool done;
    enum rc rc = command_options(&text, &set, argc, argv, &v.gen, 1, &done, e);

    if (rc == RC_OK && !done) {
        rc = run(&v, e);
        recheck_destroy(&v.recheck);
        rescore_fini(&v.rescore);
        generation_info_fini(&v.info);
        session_fini(&v.session);
    }
    option_free(&set);
    return rc;
}
