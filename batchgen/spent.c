/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/spent.h"

#include "common/base/clock.h"

const char *
spent_name(enum spent_on what)
{
    static const char *const name[SPENT_COUNT] = {
        "model", "begin", "read", "parse",  "score", "pack",   "keep",
        "sort",  "write", "rate", "verify", "warm",  "publish"};

    return name[what];
}

void
spent_add(struct spent *s, enum spent_on what, uint64_t ns)
{
    atomic_fetch_add_explicit(&s->ns[what], ns, memory_order_relaxed);
}

uint64_t
spent_lap(struct spent *s, enum spent_on what, uint64_t since_ns)
{
    uint64_t now = clock_mono_ns();

    spent_add(s, what, now - since_ns);
    return now;
}

void
spent_move(struct spent *s, enum spent_on from, enum spent_on to, uint64_t ns)
{
    atomic_fetch_sub_explicit(&s->ns[from], ns, memory_order_relaxed);
    spent_add(s, to, ns);
}

uint64_t
spent_read(const struct spent *s, uint64_t ns[SPENT_COUNT])
{
    uint64_t sum = 0;

    for (int i = 0; i < SPENT_COUNT; i++) {
        ns[i] = atomic_load_explicit(&s->ns[i], memory_order_relaxed);
        sum += ns[i];
    }
    return sum;
}

const char *
spent_busiest(const uint64_t before[SPENT_COUNT],
              const uint64_t now[SPENT_COUNT], size_t nscorer)
{
    static const struct {
        enum spent_on what;
        int role;
    } part[] = {{SPENT_READ, 0}, {SPENT_PARSE, 1}, {SPENT_SCORE, 1},
                {SPENT_PACK, 1}, {SPENT_KEEP, 2},  {SPENT_WRITE, 2}};
    static const char *const role[] = {"reader", "scorers", "writer"};
    uint64_t busy[3] = {0}, most = 0;
    const char *who = NULL;

    for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
        busy[part[i].role] += now[part[i].what] - before[part[i].what];
    }
    busy[1] /= nscorer == 0 ? 1 : nscorer;
    for (int i = 0; i < 3; i++) {
        if (busy[i] > most) {
            most = busy[i];
            who = role[i];
        }
    }
    return who;
}
