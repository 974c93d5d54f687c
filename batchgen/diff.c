/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command that compares two generations of a table.
 */
#include "batchgen/command.h"
#include "batchgen/compare.h"
#include "batchgen/records.h"
#include "batchgen/session.h"
#include "batchgen/stats.h"
#include "common/table/keyspace.h"
#include "common/table/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define JSON_MAX (64 << 10)

struct diff_options {
    SESSION_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct diff_options
static const struct option_def defs[] = {SESSION_OPTION(OPTION_DEF)};

/* One of the two. */
struct side {
    uint64_t gen;
    struct generation_info info;
    struct keep *keep;
};

struct diff {
    struct session session;
    struct side was, now;
    struct compared found;
    double psi; /* NaN: there are no scores to compare */
};

static enum rc
load_side(struct diff *d, struct side *s, struct err *e)
{
    enum rc rc = table_generation(&d->session.table, s->gen, &s->info, e);

    if (rc == RC_OK) {
        rc = generation_info_check(&s->info, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    s->keep = keep_create();
    if (s->keep == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = records_load(&d->session.table, s->gen, &s->info, 0, s->keep, e);
    return rc == RC_OK ? keep_group(s->keep, d->now.info.buckets, e) : rc;
}

static double
shift(const struct side *was, const struct side *now)
{
    struct stats a, b;

    return stats_from_json(&a, str_of(was->info.score_stats)) == RC_OK &&
                   stats_from_json(&b, str_of(now->info.score_stats)) ==
                       RC_OK &&
                   a.count > 0 && b.count > 0
               ? stats_psi(&a, &b)
               : NAN;
}

static enum rc
compare(struct diff *d, struct err *e)
{
    enum rc rc = load_side(d, &d->now, e);
    const struct generation_info *a = &d->was.info, *b = &d->now.info;
    size_t offset;

    if (rc == RC_OK) {
        rc = load_side(d, &d->was, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    offset = a->encoding == b->encoding
                 ? record_size(b->encoding, 1) - sizeof(float)
                 : SIZE_MAX;
    compare_records(d->was.keep, d->now.keep, offset, &d->found);
    d->psi = shift(&d->was, &d->now);
    return RC_OK;
}

/* Of the users in both; 0 when there are none. */
static double
share(const struct compared *c, double part)
{
    uint64_t both = c->changed + c->same;

    return both == 0 ? 0 : part / (double)both;
}

/* JSON has no infinities. */
static void
put_number(struct buf *out, double v)
{
    if (isfinite(v)) {
        buf_printf(out, "%.9g", v);
    } else {
        buf_c(out, "null");
    }
}

static void
put_mover(struct buf *out, const struct mover *m)
{
    buf_char(out, '{');
    buf_json_id(out, "user", m->user);
    buf_c(out, ",\"from\":");
    put_number(out, (double)m->was);
    buf_c(out, ",\"to\":");
    put_number(out, (double)m->now);
    buf_char(out, '}');
}

static void
print_json(const struct diff *d)
{
    const struct compared *c = &d->found;
    struct buf out;

    buf_init(&out, JSON_MAX);
    buf_printf(&out,
               "{\"table\":\"%s\",\"from\":%" PRIu64 ",\"to\":%" PRIu64
               ",\"rows_from\":%" PRIu64 ",\"rows_to\":%" PRIu64
               ",\"added\":%" PRIu64 ",\"gone\":%" PRIu64
               ",\"changed\":%" PRIu64 ",\"same\":%" PRIu64 ",\"mean_move\":",
               d->session.table.name, d->was.gen, d->now.gen, d->was.info.rows,
               d->now.info.rows, c->added, c->gone, c->changed, c->same);
    put_number(&out, share(c, c->moved));
    buf_c(&out, ",\"psi\":");
    put_number(&out, d->psi);
    buf_c(&out, ",\"movers\":[");
    for (size_t i = 0; i < c->nmover; i++) {
        buf_c(&out, i == 0 ? "" : ",");
        put_mover(&out, &c->mover[i]);
    }
    buf_c(&out, "]}");
    printf("%.*s\n", STR_ARG(buf_view(&out)));
    buf_fini(&out);
}

static void
print_text(const struct diff *d)
{
    const struct compared *c = &d->found;

    printf("generations %" PRIu64 " and %" PRIu64 " of '%s'\n", d->was.gen,
           d->now.gen, d->session.table.name);
    printf("  users   %" PRIu64 " and %" PRIu64 ": %" PRIu64 " added, %" PRIu64
           " gone\n",
           d->was.info.rows, d->now.info.rows, c->added, c->gone);
    printf("  changed %" PRIu64 " of %" PRIu64 " in both (%.1f %%)\n",
           c->changed, c->changed + c->same,
           100 * share(c, (double)c->changed));
    if (!isnan(d->psi)) {
        printf("  scores  moved by %.6g in the mean; shift of their "
               "distribution (PSI) %.3f\n",
               share(c, c->moved), d->psi);
    }
    for (size_t i = 0; i < c->nmover; i++) {
        const struct mover *m = &c->mover[i];

        printf("  %s %.*s: %.6g, then %.6g\n", i == 0 ? "movers " : "       ",
               STR_ARG(m->user), (double)m->was, (double)m->now);
    }
}

static void
fini_side(struct side *s)
{
    generation_info_fini(&s->info);
    keep_destroy(&s->keep);
}

enum rc
command_diff(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct command_text text = {
        .usage = "diff A B --table T [options]",
        .about = "What changed from generation A to generation B: users, "
                 "records, scores.",
    };
    struct diff_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    uint64_t gen[2];
    bool done;
    enum rc rc = command_options(&text, &set, argc, argv, gen, 2, &done, e);

    (void)stop;
    if (rc == RC_OK && !done) {
        struct diff d = {.was.gen = gen[0], .now.gen = gen[1]};

        rc = session_init(&d.session, &SESSION_WHERE(&o), true, e);
        if (rc == RC_OK) {
            rc = compare(&d, e);
        }
        if (rc == RC_OK) {
            (o.json ? print_json : print_text)(&d);
        }
        fini_side(&d.was);
        fini_side(&d.now);
        session_fini(&d.session);
    }
    option_free(&set);
    return rc;
}
