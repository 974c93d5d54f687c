/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/compare.h"

#include "common/base/check.h"
#include "common/base/hash.h"

#include <math.h>
#include <string.h>

struct row {
    struct str user;
    struct str record;
};

static double
distance(const struct mover *m)
{
    double d = fabs((double)m->now - (double)m->was);

    return isnan(d) ? 0 : d;
}

/* Into its place among those that moved most, if it has one. */
static void
note_mover(struct compared *out, const struct mover *m)
{
    size_t i = out->nmover;

    if (i == COMPARE_MOVERS) {
        if (distance(m) <= distance(&out->mover[i - 1])) {
            return;
        }
        i--;
    } else {
        out->nmover++;
    }
    while (i > 0 && distance(m) > distance(&out->mover[i - 1])) {
        out->mover[i] = out->mover[i - 1];
        i--;
    }
    out->mover[i] = *m;
}

static void
note_difference(struct compared *out, struct str was, const struct row *now)
{
    if (out->nfirst < COMPARE_FIRST) {
        out->first[out->nfirst++] =
            (struct difference){now->user, was, now->record};
    }
}

static void
compare_rows(const struct row *was, const struct row *now, size_t score_offset,
             struct compared *out)
{
    struct mover m = {.user = now->user};

    if (str_eq(was->record, now->record)) {
        out->same++;
        return;
    }
    out->changed++;
    note_difference(out, was->record, now);
    if (was->record.len < sizeof(float) || now->record.len < sizeof(float) ||
        score_offset > was->record.len - sizeof(float) ||
        score_offset > now->record.len - sizeof(float)) {
        return;
    }
    memcpy(&m.was, was->record.p + score_offset, sizeof(m.was));
    memcpy(&m.now, now->record.p + score_offset, sizeof(m.now));
    out->moved += distance(&m);
    if (distance(&m) > 0) {
        note_mover(out, &m);
    }
}

/* The order rows have in a bucket. */
static int
order(struct str a, struct str b)
{
    uint64_t ha = hash_key(a), hb = hash_key(b);

    return ha != hb ? (ha < hb ? -1 : 1) : str_cmp(a, b);
}

void
compare_records(const struct keep *was, const struct keep *now,
                size_t score_offset, struct compared *out)
{
    CHECK(keep_buckets(was) == keep_buckets(now));
    *out = (struct compared){.added = 0};
    for (uint64_t b = 0; b < keep_buckets(was); b++) {
        size_t nwas = keep_bucket_rows(was, b), nnow = keep_bucket_rows(now, b);
        size_t i = 0, j = 0;

        while (i < nwas && j < nnow) {
            struct row old, new;
            int which;

            keep_row(was, b, i, &old.user, &old.record);
            keep_row(now, b, j, &new.user, &new.record);
            which = order(old.user, new.user);
            if (which == 0) {
                compare_rows(&old, &new, score_offset, out);
            }
            if (which > 0) {
                note_difference(out, (struct str){NULL, 0}, &new);
                out->added++;
            }
            out->gone += which < 0;
            i += which <= 0;
            j += which >= 0;
        }
        out->gone += nwas - i;
        out->added += nnow - j;
        for (; j < nnow; j++) {
            struct row new;

            keep_row(now, b, j, &new.user, &new.record);
            note_difference(out, (struct str){NULL, 0}, &new);
        }
    }
}
