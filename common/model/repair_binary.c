/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The legacy binary format, as far as it has to be read here (little-endian):
 *
 *   "binf"?  learner param 136 B  u64 n, objective  u64 n, booster
 *                                 model param 160 B  trees ...
 *
 * 0.4 and 0.5 left num_parallel_tree 0, which 1.7.4 multiplies rounds with:
 * any range of rounds would be all of them, or none.
 */
#include "common/model/binary.h"
#include "common/model/repair.h"

#include <stdio.h>

#define PARAM_SIZE       136
#define MAJOR_AT         20
#define MINOR_AT         24
#define NAME_MAX_LEN     64
#define PARALLEL_TREE_AT 4

static uint32_t
read_u32(struct str s, size_t at)
{
    uint32_t n;

    memcpy(&n, s.p + at, sizeof(n));
    return n;
}

/* A name of an objective or booster: "rank:pairwise". */
static bool
is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != ':' &&
            c != '_' && c != '-') {
            return false;
        }
    }
    return s.len > 0;
}

static bool
take_name(struct str *rest, struct str *name)
{
    uint64_t n;

    if (rest->len < sizeof(n)) {
        return false;
    }
    memcpy(&n, rest->p, sizeof(n));
    *rest = (struct str){rest->p + sizeof(n), rest->len - sizeof(n)};
    if (n > NAME_MAX_LEN || n > rest->len) {
        return false;
    }
    *name = (struct str){rest->p, n};
    *rest = (struct str){rest->p + n, rest->len - n};
    return is_name(*name);
}

bool
binary_open(struct str bytes, struct binary_model *m)
{
    struct str rest = bytes;

    if (str_starts(rest, STR("binf"))) {
        rest = (struct str){rest.p + 4, rest.len - 4};
    }
    if (rest.len < PARAM_SIZE) {
        return false;
    }
    m->major = read_u32(rest, MAJOR_AT);
    m->minor = read_u32(rest, MINOR_AT);
    rest = (struct str){rest.p + PARAM_SIZE, rest.len - PARAM_SIZE};
    if (!take_name(&rest, &m->objective) || !take_name(&rest, &m->booster)) {
        return false;
    }
    m->gbm = rest;
    return str_eq(m->booster, STR("gbtree")) ||
           str_eq(m->booster, STR("dart")) ||
           str_eq(m->booster, STR("gblinear"));
}

enum rc
repair_binary(struct str bytes, struct repair *r, struct err *e)
{
    struct binary_model m;
    const uint32_t one = 1;
    size_t at;

    if (!binary_open(bytes, &m)) {
        return err_set(e, RC_REFUSED, "not a binary model of XGBoost");
    }
    if (m.major < 1) {
        snprintf(r->saved_by, sizeof(r->saved_by), "<1.0");
    } else {
        snprintf(r->saved_by, sizeof(r->saved_by), "%u.%u", m.major, m.minor);
    }
    if (m.major >= 1 || str_eq(m.booster, STR("gblinear")) ||
        m.gbm.len < PARALLEL_TREE_AT + sizeof(one) ||
        read_u32(m.gbm, PARALLEL_TREE_AT) != 0) {
        return RC_OK;
    }
    at = (size_t)(m.gbm.p - bytes.p) + PARALLEL_TREE_AT;
    buf_put(&r->bytes, bytes.p, at);
    buf_put(&r->bytes, &one, sizeof(one));
    buf_put(&r->bytes, bytes.p + at + sizeof(one),
            bytes.len - at - sizeof(one));
    repair_note(r, "num_parallel_tree was 0, as XGBoost 0.4 and 0.5 left it");
    return buf_failed(&r->bytes)
               ? err_set(e, RC_NOMEM, "out of memory while repairing a model")
               : RC_OK;
}
